"""Two rules that ask for one thing by different times ask for it once, by the earlier: no list of the same duty in
versions, and no rule that makes another one's duty later.
"""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from socialpolicy.decisions import joined
from socialpolicy.program import Duty, Limit, Unit
from strategies import build_duty, drawn


@st.composite
def duties(draw) -> list[Duty]:
    return [build_duty(drawn(draw)) for _ in range(draw(st.integers(0, 8)))]


@given(duties())
def test_every_duty_is_kept_once_with_its_shortest_limit(written: list[Duty]) -> None:
    kept = joined(written)
    assert len({known_by(duty) for duty in kept}) == len(kept)
    assert {known_by(duty) for duty in kept} == {known_by(duty) for duty in written}
    for duty in kept:
        assert duty in written
        limits = [other.within.order for other in written if known_by(other) == known_by(duty) and other.within]
        assert (duty.within and duty.within.order) == min(limits, default=None)


@given(duties(), st.integers())
def test_the_order_of_rules_joins_no_other_duties(written: list[Duty], seed: int) -> None:
    shuffled = Random(seed).sample(written, len(written))
    assert {(known_by(duty), duty.within and duty.within.order) for duty in joined(written)} == {
        (known_by(duty), duty.within and duty.within.order) for duty in joined(shuffled)
    }


def test_other_evidence_another_start_or_another_bearer_is_another_duty() -> None:
    one = Duty("Tell legal", "actor", within=Limit(1, Unit.DAYS))
    others = [
        Duty("Tell legal", "ann"),
        Duty("Tell legal", "actor", start="incident"),
        Duty("Tell legal", "actor", evidence="a note"),
        Duty("Tell Legal", "actor"),
        Duty("Tell legal", "actor", id="tell"),
    ]
    assert joined([one, *others]) == (one, *others)


def test_one_id_is_one_duty_whatever_the_words() -> None:
    one = Duty("Tell legal", "actor", id="tell", within=Limit(1, Unit.DAYS))
    other = Duty("Please tell legal", "actor", id="tell", within=Limit(3, Unit.HOURS))
    assert joined([one, other]) == (other,)


def test_a_duty_with_a_limit_comes_before_one_without() -> None:
    one, other = Duty("Tell legal", "actor"), Duty("Tell legal", "actor", within=Limit(3, Unit.WORKING_DAYS))
    assert joined([one, other]) == joined([other, one]) == (other,)


def test_limits_are_compared_by_time_and_a_working_day_is_longer_than_a_day() -> None:
    order = [
        Limit(30, Unit.MINUTES),
        Limit(1, Unit.HOURS),
        Limit(23, Unit.HOURS),
        Limit(1, Unit.DAYS),
        Limit(1, Unit.WORKING_DAYS),
        Limit(25, Unit.HOURS),
        Limit(2, Unit.DAYS),
    ]
    assert [limit.order for limit in order] == sorted({limit.order for limit in order})
    assert Limit(24, Unit.HOURS).order == Limit(1, Unit.DAYS).order


def known_by(duty: Duty) -> tuple[str, ...]:
    """By what a duty is known."""
    return ("id " + duty.id if duty.id else "what " + duty.what, duty.who, duty.start, duty.evidence)
