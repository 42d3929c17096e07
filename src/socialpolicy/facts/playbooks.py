"""How a playbook stands at an instant: what is done, what comes next, who does it, and what is late.

A step is known by its id, else by its number. Its limit counts from the beginning of the playbook, or from the end of the
step that it comes ``after``; until that one is done, it waits. How lengths of time are counted, ``duties`` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from socialpolicy.errors import SocialPolicyError
from socialpolicy.facts.duties import due_at, hours_of
from socialpolicy.loading.findings import listed, meant
from socialpolicy.program import Playbook, Step

if TYPE_CHECKING:
    from socialpolicy.policy import Policy


class PlaybookError(SocialPolicyError):
    """A playbook or a step that a policy does not have, or what is said of one and cannot have happened."""


class Progress(StrEnum):
    """How a step stands."""

    DONE = "done"
    NEXT = "next"
    OVERDUE = "overdue"
    UNKNOWN = "not known"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class StepStanding:
    """How one step stands; ``due`` is until when it is to be done, where that can be told.

    A step that has a limit, can be done now and has no ``due`` is ``UNKNOWN``: nobody can say whether it is late.
    """

    name: str
    step: Step
    progress: Progress
    due: datetime | None = None
    done: datetime | None = None


def playbook_of(policy: Policy, id: str) -> Playbook:
    """The playbook with that id, of the policy or of one that it builds on. Raises ``PlaybookError``."""
    known = {rule.playbook.id: rule.playbook for rule in policy.program.rules if rule.playbook}
    if id not in known:
        hint = meant(id, known) or (f"there is {listed(known, 'and')}." if known else "it has none.")
        raise PlaybookError(f"{policy.id} has no playbook {id}: {hint}")
    return known[id]


def names(playbook: Playbook) -> list[str]:
    """What the steps are called: their ids, else their numbers."""
    return [step.id or str(number) for number, step in enumerate(playbook.steps, 1)]


def progress(
    policy: Policy, playbook: Playbook, *, began: datetime, done: Mapping[str, datetime], at: datetime
) -> list[StepStanding]:
    """How each step stands at an instant, in the order of the playbook; what is dated later has not happened.

    Every step that nothing has to come before is to be done at once, so several may be next. Raises ``PlaybookError`` for a
    step that there is none of, and for one that is done before its time began.
    """
    known = names(playbook)
    check(playbook, known, began, done)
    ended = {name: instant for name, instant in done.items() if instant <= at}
    found = []
    for name, step in zip(known, playbook.steps, strict=True):
        start = ended.get(step.after) if step.after else began
        due = due_at(step.within, start, hours_of(policy, step.who)) if step.within and start else None
        if name in ended:
            state = Progress.DONE
        elif start is None:
            state = Progress.WAITING
        elif step.within and due is None:
            state = Progress.UNKNOWN
        else:
            state = Progress.OVERDUE if due is not None and due < at else Progress.NEXT
        found.append(StepStanding(name, step, state, due, ended.get(name)))
    return found


def check(playbook: Playbook, known: Sequence[str], began: datetime, done: Mapping[str, datetime]) -> None:
    """See that what is done are steps of the playbook, none of them before its time began. Raises ``PlaybookError``."""
    for name in done:
        if name not in known:
            raise PlaybookError(f"the playbook {playbook.id} has no step {name}: there is {listed(known, 'and')}.")
    for name, step in zip(known, playbook.steps, strict=True):
        if name not in done:
            continue
        said = f"the step {name} is said to be done"
        if done[name] < began:
            raise PlaybookError(f"{said} before the playbook began. Check both instants.")
        if step.after and step.after not in done:
            raise PlaybookError(f"{said}, but not {step.after}, which it comes after. Say when that was done.")
        if step.after and done[name] < done[step.after]:
            raise PlaybookError(f"{said} before {step.after}, which it comes after. Check both instants.")
