"""A policy: what is written together with the program that decides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from socialpolicy.deciding import Decider
from socialpolicy.loading.policies import Loaded, load_file, load_text

if TYPE_CHECKING:
    from socialpolicy.loading.models import PolicyText
    from socialpolicy.testing import Results


class Policy(Decider):
    """A policy that was loaded from its author's file: it decides, and knows what was written and where."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__(loaded.program)
        self.written: PolicyText = loaded.written
        self.file = loaded.file
        self.guarantees = loaded.guarantees
        self.data = loaded.data
        self.groups = loaded.groups
        self.lines = loaded.lines
        self.version_line = loaded.version_line
        self.warnings = loaded.warnings
        self.bases = loaded.bases
        self.terms = loaded.terms
        self.files = loaded.files
        self.uses = loaded.uses

    def file_of(self, rule: str) -> str:
        """The file in which a rule stands, be it this policy's or that of one that it builds on."""
        return self.files.get(rule, self.file)

    def test(self, *paths: str | Path) -> Results:
        """Run the examples inside rules, and the cases in these files (or folders).

        Without paths, the cases are the ``tests/*.yaml`` beside the policy's file. Raises ``CasesError`` for files that hold
        no cases of this policy.
        """
        from socialpolicy.testing import test

        return test(self, [Path(path) for path in paths] if paths else None)


def load(path: str | Path) -> Policy:
    """Load a policy from its file, or from its folder (which has a ``policy.yaml``).

    Raises ``PolicyError`` with every finding, and ``LimitError`` where a stated limit is met.
    """
    return Policy(load_file(Path(path)))


def loads(text: str, *, name: str = "policy") -> Policy:
    """Load a policy from its text, YAML or JSON; ``name`` stands for the file in findings.

    Raises ``PolicyError`` with every finding, and ``LimitError`` where a stated limit is met.
    """
    return Policy(load_text(text, name=name))
