"""What is learnt later never takes back what a decision said: a person who answers one more question is never told that
an earlier "at least" was too much, or an earlier "at most" too little.

A default is assumed, not learnt, so the facts here have every default stated or null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given

from socialpolicy.interpret import interpret
from strategies import learnt, programs, seeds

if TYPE_CHECKING:
    from socialpolicy.program import Program


@given(programs(), seeds())
def test_new_facts_stay_within_the_bounds(program: Program, seed: int) -> None:
    for known, more in learnt(program, seed):
        before, after = interpret(program, known), interpret(program, more)
        assert before.at_least <= after.at_least <= after.at_most <= before.at_most


@given(programs(), seeds())
def test_a_determined_outcome_does_not_depend_on_what_is_missing(program: Program, seed: int) -> None:
    for known, more in learnt(program, seed):
        before = interpret(program, known)
        if before.determined:
            assert interpret(program, more).outcome is before.outcome is before.at_least
