"""Nobody may be punished for asking: an approval more never makes a decision stricter. And none lifts a denial, so that
"Legal said yes" is no way round a rule that Legal wrote.
"""

from __future__ import annotations

from itertools import combinations

from hypothesis import given

from socialpolicy.interpret import interpret
from socialpolicy.program import Outcome, Program
from strategies import APPROVALS, completed, many_facts, programs, seeds

ALL = ("ann", "bob", "cat")
SETS = [frozenset(chosen) for size in range(4) for chosen in combinations(ALL, size)]


@given(programs(), seeds())
def test_being_approved_never_makes_a_decision_stricter(program: Program, seed: int) -> None:
    for facts in many_facts(program, seed, 12 if program.vocabulary.approvals else 0):
        if completed(program, facts) is None:
            continue
        decisions = {given: interpret(program, {**facts, APPROVALS: given}) for given in SETS}
        for fewer in SETS:
            for more in SETS:
                if fewer < more:
                    before, after = decisions[fewer], decisions[more]
                    assert after.outcome <= before.outcome
                    assert after.at_least <= before.at_least
                    assert after.at_most <= before.at_most


@given(programs(), seeds())
def test_no_approval_lifts_a_denial(program: Program, seed: int) -> None:
    for facts in many_facts(program, seed, 20 if program.vocabulary.approvals else 0):
        if completed(program, facts) is None:
            continue
        before = interpret(program, {**facts, APPROVALS: frozenset()})
        after = interpret(program, {**facts, APPROVALS: frozenset(ALL)})
        assert (before.at_least is Outcome.DENY) == (after.at_least is Outcome.DENY)
        assert (before.at_most is Outcome.DENY) == (after.at_most is Outcome.DENY)
        assert before.sure.denials == after.sure.denials


@given(programs(), seeds())
def test_what_all_have_approved_asks_nobody(program: Program, seed: int) -> None:
    for facts in many_facts(program, seed, 20 if program.vocabulary.approvals else 0):
        if completed(program, facts) is not None:
            after = interpret(program, {**facts, APPROVALS: frozenset(ALL)})
            assert not after.sure.approvals
            assert not after.maybe.approvals
            assert Outcome.ASK not in (after.at_least, after.at_most)
