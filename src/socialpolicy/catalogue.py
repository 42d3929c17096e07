"""The findings whose level a company may choose, and of which the step between versions that they call for.

All others are mistakes: what has one cannot be used, whatever a configuration says, so none of those can be made less.
"""

from __future__ import annotations

from socialpolicy.diffing import NEEDS, VERSION_FINDINGS
from socialpolicy.tidying import LINTS, OF_FILES

OF_AUDITS = frozenset({"account-differs", "account-missing", "account-needs", "account-open", "account-unregistered"})
"""What ``audit`` finds."""
OF_WAIVERS = frozenset({"waiver-duplicate", "waiver-expired", "waiver-unused"})
OF_CASES = frozenset({"mutant-survives"})
CHANGES = frozenset(NEEDS)
"""The kinds of changes: of these, the step that they call for can be chosen too."""
MISTAKES_TOO = frozenset({"need-tested-elsewhere", "unlisted-release"})
"""What is doubtful in some places, and in others a mistake."""
ADJUSTABLE = (
    LINTS
    | CHANGES
    | VERSION_FINDINGS
    | {"bump-larger-than-needed", "policy-removed"}
    | OF_AUDITS
    | OF_WAIVERS
    | OF_FILES
    | OF_CASES
) - MISTAKES_TOO
