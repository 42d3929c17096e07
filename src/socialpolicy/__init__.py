"""Social-media policy as code: write a policy once, decide, test and explain it everywhere.

What is exported here is the supported API. Names are imported when they are first used, so that deciding by a saved program
needs neither pydantic nor YAML.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialpolicy.actions import Action as Action
    from socialpolicy.completing import Assume as Assume
    from socialpolicy.deciding import Decider as Decider
    from socialpolicy.decisions import Decision as Decision
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
    from socialpolicy.saving import load_program as load_program
    from socialpolicy.saving import save as save

__version__ = "0.1.0"

_HOMES = {
    "Action": "actions", "ActionError": "errors", "Assume": "completing", "CasesError": "loading.findings", "Decider": "deciding",
    "Decision": "decisions", "Finding": "loading.findings", "LimitError": "loading.findings", "Outcome": "program",
    "Policy": "policy", "PolicyError": "loading.findings", "Program": "program", "ProgramError": "encoding",
    "SocialPolicyError": "errors", "load": "policy", "load_program": "saving", "loads": "policy", "save": "saving",
}  # fmt: skip

__all__ = [
    "Action", "ActionError", "Assume", "CasesError", "Decider", "Decision", "Finding", "LimitError", "Outcome", "Policy",
    "PolicyError", "Program", "ProgramError", "SocialPolicyError", "load", "load_program", "loads", "save",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'socialpolicy' has no attribute {name!r}")
    value = getattr(import_module(f"socialpolicy.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
