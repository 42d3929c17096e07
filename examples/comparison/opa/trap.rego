package trap

import rego.v1

# The same, one would think. In OPA, `written_at_once` is undefined where the kind of account is.
written_at_once if not input.account.kind in {"personal", "creator"}

written_as_a_rule if not private

private if input.account.kind in {"personal", "creator"}
