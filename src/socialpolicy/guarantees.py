"""Guarantees: what a policy's author claims of every action. They decide nothing; ``proving`` proves or refutes them."""

from __future__ import annotations

from dataclasses import dataclass

from socialpolicy.conditions import Condition
from socialpolicy.program import Outcome


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A claim about all actions for which ``where`` holds, all facts being known.

    ``admits`` are the outcomes that they may have; with ``only_if``, *allow* is one of them only where that holds. With
    ``unaffected_by`` the claim is that other values of these facts, all else being equal, change nothing in the decision.
    """

    id: str
    title: str
    where: Condition
    admits: frozenset[Outcome] = frozenset(Outcome)
    only_if: Condition | None = None
    unaffected_by: tuple[str, ...] = ()
    line: int = 0
    file: str = ""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions that the claim speaks of."""
        return (self.where, self.only_if) if self.only_if is not None else (self.where,)
