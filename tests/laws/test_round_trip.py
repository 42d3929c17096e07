"""What is saved is what is loaded, and equal ``decides`` digests decide equally: an audit can rely on either."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import given

from socialpolicy import loads
from socialpolicy.digests import decides
from socialpolicy.encoding import loaded, saved
from socialpolicy.saving import dumped, loads_program
from socialpolicy.soundness import unsound
from strategies import judged, many_facts, policy_texts, programs, seeds

if TYPE_CHECKING:
    from socialpolicy.program import Program


@given(programs())
def test_a_saved_program_loads_as_it_was(program: Program) -> None:
    assert unsound(program) is None
    assert loaded(json.loads(json.dumps(saved(program)))) == program


@given(policy_texts(), seeds())
def test_a_written_policy_decides_as_the_program_that_was_saved_from_it(text: dict[str, Any], seed: int) -> None:
    policy = loads(json.dumps(text))
    assert policy.warnings == ()
    decider = loads_program(dumped(policy.program))
    assert decider.program == policy.program
    assert unsound(policy.program) is None
    for facts in many_facts(policy.program, seed, 20):
        assert judged(decider.program, facts) == judged(policy.program, facts)


@given(programs(), seeds())
def test_equal_digests_decide_equally(program: Program, seed: int) -> None:
    other = reworded(program, Random(seed))
    assert decides(other) == decides(program)
    for facts in many_facts(program, seed, 20):
        one, two = judged(program, facts), judged(other, facts)
        if one and two:
            assert (one.outcome, one.at_least, one.at_most, one.missing) == (
                two.outcome,
                two.at_least,
                two.at_most,
                two.missing,
            )
            for lists, others in ((one.sure, two.sure), (one.maybe, two.maybe)):
                assert set(lists.rules) == set(others.rules)
                assert {(item.rule, item.test, item.fixable_by) for item in lists.revisions} == {
                    (item.rule, item.test, item.fixable_by) for item in others.revisions
                }
                assert {(item.rule, item.of, item.at_least) for item in lists.approvals} == {
                    (item.rule, item.of, item.at_least) for item in others.approvals
                }


def reworded(program: Program, random: Random) -> Program:
    """The program with other words and another order in the file, which decide nothing."""
    places = random.sample(range(len(program.rules)), len(program.rules))
    rules = (
        replace(
            rule,
            place=place,
            title="Another title",
            say="Other words.",
            why="Another reason.",
            instead="Something else.",
            needs=tuple(replace(need, say="Mend it.") for need in rule.needs),
            hand_over=rule.hand_over and replace(rule.hand_over, say="They know how."),
        )
        for rule, place in zip(program.rules, places, strict=True)
    )
    facts = {
        name: replace(fact, question="Really?", in_examples=None) for name, fact in program.vocabulary.facts.items()
    }
    return replace(
        program,
        rules=tuple(rules),
        labels={**program.labels, "allow": "Go"},
        identity=replace(program.identity, version="2.0.0"),
        vocabulary=replace(program.vocabulary, facts=facts, screening=tuple(facts)),
    )


@given(programs(), seeds())
def test_programs_that_decide_otherwise_have_other_digests(program: Program, seed: int) -> None:
    digest = decides(program)
    for less in (
        replace(program, rules=tuple(replace(rule, **{part: ()}) for rule in program.rules)) for part in PARTS
    ):
        if decides(less) == digest:
            for facts in many_facts(program, seed, 20):
                one, two = judged(program, facts), judged(less, facts)
                assert (one and (one.outcome, one.sure)) == (two and (two.outcome, two.sure))


PARTS = ("needs", "overridden_by", "duties")
