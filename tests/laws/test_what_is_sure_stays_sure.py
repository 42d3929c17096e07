"""A list that shrinks while answers come in teaches people to wait: what is *sure* stays, and nothing comes from
nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given

from socialpolicy.interpret import interpret
from strategies import learnt, programs, seeds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialpolicy.decisions import Asked, Decision
    from socialpolicy.program import Duty, Program

EXACT = ("rules", "denials", "revisions", "approvals", "advice", "hand_overs", "playbooks")


@given(programs(), seeds())
def test_what_is_sure_stays_sure(program: Program, seed: int) -> None:
    for known, more in learnt(program, seed):
        before, after = interpret(program, known).sure, interpret(program, more).sure
        for name in EXACT:
            assert set(getattr(before, name)) <= set(getattr(after, name))
        for duty in before.duties:
            assert any(key(other) == key(duty) and no_longer(other, duty) for other in after.duties)


@given(programs(), seeds())
def test_nothing_comes_that_was_not_foreseen(program: Program, seed: int) -> None:
    for known, more in learnt(program, seed):
        before, after = interpret(program, known), interpret(program, more)
        for name in ("rules", "denials", "revisions", "advice", "hand_overs", "playbooks"):
            assert possible(after, name) <= possible(before, name)
        for lists in (after.sure, after.maybe):  # of an approval, the contacts left are known only with the approvals
            assert {asked.rule for asked in lists.approvals} <= {asked.rule for asked in all_approvals(before)}
        assert {key(duty) for duty in both(after)} <= {key(duty) for duty in both(before)}


def possible(decision: Decision, name: str) -> set[object]:
    """What is sure and what may be of one list."""
    return {*getattr(decision.sure, name), *getattr(decision.maybe, name)}


def all_approvals(decision: Decision) -> Iterable[Asked]:
    return (*decision.sure.approvals, *decision.maybe.approvals)


def both(decision: Decision) -> Iterable[Duty]:
    return (*decision.sure.duties, *decision.maybe.duties)


def key(duty: Duty) -> tuple[str, ...]:
    """By what a duty is known."""
    return ("#" + duty.id if duty.id else duty.what, duty.who, duty.start, duty.evidence)


def no_longer(duty: Duty, other: Duty) -> bool:
    """Whether a duty has no longer limit than another."""
    return other.within is None or (duty.within is not None and duty.within.order <= other.within.order)
