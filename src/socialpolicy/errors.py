"""What goes wrong in a caller's hands: one base class, and the facts of each case as fields."""

from __future__ import annotations

from dataclasses import dataclass


class SocialPolicyError(Exception):
    """The base of every error that this library raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an action: the finding's id, the fact or key, the sentence, and a likely cure."""

    id: str
    at: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.id}: {self.message}" + (f" {self.hint}" if self.hint else "")


class ActionError(SocialPolicyError):
    """The facts of an action are not what the vocabulary admits, or contradict each other.

    ``problems`` lists all of them.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
