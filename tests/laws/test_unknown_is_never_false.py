"""A missing fact never turns what may be a prohibition into allow: the promise that a program may be built on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from socialpolicy.decisions import outcome_of
from socialpolicy.interpret import interpret
from socialpolicy.program import Outcome, Program, WhenUnknown
from strategies import completed, many_facts, programs, seeds

ALLOW, REVISE, ASK, DENY = Outcome


@given(programs(), seeds())
def test_a_missing_fact_never_turns_what_may_be_a_prohibition_into_allow(program: Program, seed: int) -> None:
    for facts in many_facts(program, seed, 20):
        if completed(program, facts) is None:
            continue
        for when_unknown in WhenUnknown:
            decision = interpret(replace(program, when_unknown=when_unknown), facts)
            assert decision.at_least <= decision.outcome <= decision.at_most
            assert (decision.outcome is ALLOW) == (decision.at_most is ALLOW)
            assert decision.determined == (decision.at_least is decision.at_most)


# at least, at most: the outcome under `ask`; under `strictest` it is at_most
TABLE = [
    (ALLOW, ALLOW, ALLOW), (ALLOW, REVISE, REVISE), (ALLOW, ASK, ASK), (ALLOW, DENY, ASK), (REVISE, REVISE, REVISE),
    (REVISE, ASK, ASK), (REVISE, DENY, ASK), (ASK, ASK, ASK), (ASK, DENY, ASK), (DENY, DENY, DENY),
]  # fmt: skip


@pytest.mark.parametrize(("at_least", "at_most", "expected"), TABLE)
def test_when_unknown_is_a_table_of_ten_rows(at_least: Outcome, at_most: Outcome, expected: Outcome) -> None:
    assert outcome_of(WhenUnknown.ASK, at_least, at_most) is expected
    assert outcome_of(WhenUnknown.STRICTEST, at_least, at_most) is at_most
