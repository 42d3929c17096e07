"""Whoever does as told must not be worse off for it, where no condition tests the very fact that was put right.

(Where one does, that rule decides about the changed action, and rightly so.)
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from socialpolicy.conditions import Between, OneOf, holds, reads
from socialpolicy.interpret import interpret
from socialpolicy.program import Effect, Need, Program
from socialpolicy.values import Kind, Truth
from socialpolicy.vocabulary import Fact
from strategies import actions, completed, many_facts, programs, seeds

ASKED_FOR = (
    Fact("content.tidy", Kind.BOOL, mutable=True),
    Fact("content.marks", Kind.INT, minimum=0, maximum=2, mutable=True),
)
NEEDS = (
    Need(OneOf("content.tidy", frozenset({True}))),
    Need(Between("content.marks", 1)),
    Need(Between("content.marks", None, 1)),
)


@given(programs(), seeds())
def test_being_put_right_never_makes_a_decision_stricter(program: Program, seed: int) -> None:
    program = asking_more(program)
    for facts in many_facts(program, seed, 20):
        if completed(program, facts) is None:
            continue
        before = interpret(program, facts)
        for revision in before.revisions:
            for name in reads(revision.test) & {fact.name for fact in ASKED_FOR}:
                for value in actions(program).pools[name]:
                    changed = {**facts, name: value}
                    if holds(revision.test, changed) is Truth.TRUE:
                        after = interpret(program, changed)
                        assert revision not in after.revisions
                        assert after.outcome <= before.outcome
                        assert after.at_least <= before.at_least
                        assert after.at_most <= before.at_most


def asking_more(program: Program) -> Program:
    """The program, with needs of facts that no condition tests."""
    facts = {**program.vocabulary.facts, **{fact.name: fact for fact in ASKED_FOR}}
    asking = (Effect.ALLOW, Effect.REQUIRE, Effect.ASK)
    rules = (
        replace(rule, needs=(*rule.needs, NEEDS[index % 3], NEEDS[0])) if rule.effect in asking else rule
        for index, rule in enumerate(program.rules)
    )
    return replace(program, vocabulary=replace(program.vocabulary, facts=facts), rules=tuple(rules))
