"""Social-media policy as code: write a policy once, decide, test and explain it everywhere.

What is exported here is the supported API. Names are imported when they are first used, so that deciding by a saved program
needs neither pydantic nor YAML.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialpolicy.actions import Action as Action
    from socialpolicy.asking import Questions as Questions
    from socialpolicy.asking import Repairs as Repairs
    from socialpolicy.comparing import NotComparable as NotComparable
    from socialpolicy.completing import Assume as Assume
    from socialpolicy.deciding import Decider as Decider
    from socialpolicy.decisions import Decision as Decision
    from socialpolicy.diffing import Diff as Diff
    from socialpolicy.diffing import diff as diff
    from socialpolicy.encoding import ProgramError as ProgramError
    from socialpolicy.errors import ActionError as ActionError
    from socialpolicy.errors import SocialPolicyError as SocialPolicyError
    from socialpolicy.loading.findings import CasesError as CasesError
    from socialpolicy.loading.findings import Finding as Finding
    from socialpolicy.loading.findings import LimitError as LimitError
    from socialpolicy.loading.findings import PolicyError as PolicyError
    from socialpolicy.policy import Policy as Policy
    from socialpolicy.policy import load as load
    from socialpolicy.policy import loads as loads
    from socialpolicy.program import Outcome as Outcome
    from socialpolicy.program import Program as Program
    from socialpolicy.proving import Proofs as Proofs
    from socialpolicy.proving import prove as prove
    from socialpolicy.saving import load_program as load_program
    from socialpolicy.saving import save as save
    from socialpolicy.solving import Undecided as Undecided
    from socialpolicy.storing import Store as Store
    from socialpolicy.storing import StoreError as StoreError
    from socialpolicy.tidying import lint as lint
    from socialpolicy.versions import Bump as Bump

__version__ = "0.1.0"

_HOMES = {
    "Action": "actions", "ActionError": "errors", "Assume": "completing", "Bump": "versions",
    "CasesError": "loading.findings", "Decider": "deciding", "Decision": "decisions", "Diff": "diffing",
    "Finding": "loading.findings", "LimitError": "loading.findings", "NotComparable": "comparing",
    "Outcome": "program", "Policy": "policy", "PolicyError": "loading.findings", "Program": "program",
    "ProgramError": "encoding", "Proofs": "proving", "Questions": "asking", "Repairs": "asking", "SocialPolicyError": "errors", "Store": "storing",
    "StoreError": "storing", "Undecided": "solving", "diff": "diffing", "lint": "tidying", "load": "policy", "load_program": "saving",
    "loads": "policy", "prove": "proving", "save": "saving",
}  # fmt: skip

__all__ = [
    "Action", "ActionError", "Assume", "Bump", "CasesError", "Decider", "Decision", "Diff", "Finding", "LimitError",
    "NotComparable", "Outcome", "Policy", "PolicyError", "Program", "ProgramError", "Proofs", "Questions", "Repairs", "SocialPolicyError",
    "Store", "StoreError", "Undecided", "diff", "lint", "load", "load_program", "loads", "prove", "save",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'socialpolicy' has no attribute {name!r}")
    value = getattr(import_module(f"socialpolicy.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
