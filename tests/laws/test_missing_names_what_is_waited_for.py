"""A form that asks the facts in ``missing`` asks enough: whatever can still change a decision is among them.

It may ask too much (which of them can really change the decision is a question about all actions). Rules that apply
or may are listed for engineers; a fact that changes these lists alone is not waited for.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given

from socialpolicy.conditions import All, Any, OneOf
from socialpolicy.decisions import Decision, Lists
from socialpolicy.interpret import interpret
from socialpolicy.program import Baseline, Effect, Identity, Outcome, Program, Rule, Start
from socialpolicy.values import Kind
from socialpolicy.vocabulary import Fact, Vocabulary
from strategies import LABELS, actions, completed, many_facts, programs, seeds, settled


@given(programs(), seeds())
def test_what_is_missing_is_not_known(program: Program, seed: int) -> None:
    for stated in many_facts(program, seed, 20):
        facts = completed(program, stated)
        if facts is not None:
            assert all(facts.get(name) is None for name in interpret(program, stated).missing)


@given(programs(), seeds())
def test_where_nothing_is_missing_nothing_is_open(program: Program, seed: int) -> None:
    for stated in many_facts(program, seed, 20):
        if completed(program, stated) is not None:
            decision = interpret(program, stated)
            if not decision.missing:
                assert decision.determined
                assert told(decision.maybe) == Lists()


@given(programs(), seeds())
def test_every_fact_that_can_change_the_decision_is_missing(program: Program, seed: int) -> None:
    everything_is_waited_for_that_matters(program, seed, 12)


@given(programs(small=True, rules_at_most=6), seeds())
def test_the_same_of_a_small_program(program: Program, seed: int) -> None:
    everything_is_waited_for_that_matters(program, seed, 25)


def everything_is_waited_for_that_matters(program: Program, seed: int, number: int) -> None:
    """Learn every unknown fact by itself, in every way."""
    random = Random(seed)
    for stated in many_facts(program, seed, number):
        facts = completed(program, settled(program, stated))
        if facts is None:
            continue
        before = interpret(program, facts)
        for name, pool in actions(program).pools.items():
            if facts.get(name) is None:
                for value in random.sample(pool, min(len(pool), 4)):
                    after = completed(program, {**facts, name: value})
                    if after is not None and changed(before, interpret(program, after)):
                        learnt = {other for other in after if after[other] is not None and facts.get(other) is None}
                        assert learnt & set(before.missing), f"{name} matters"


def changed(before: Decision, after: Decision) -> bool:
    """Whether anything of a decision changed but which rules apply."""
    return (before.outcome, before.at_least, before.at_most, told(before.sure), told(before.maybe)) != (
        after.outcome, after.at_least, after.at_most, told(after.sure), told(after.maybe),
    )  # fmt: skip


def told(lists: Lists) -> Lists:
    """What is listed, the ids of rules apart, and playbooks, which are about the situation and not about the action."""
    return replace(lists, rules=(), playbooks=())


def test_missing_may_name_more_than_can_change_the_decision() -> None:
    """Since "a, or a and b" is a: the same decisions, and yet b is waited for in the one program and not in the other."""
    a, b = (OneOf(name, frozenset({True})) for name in "ab")
    vocabulary = Vocabulary({name: Fact(name, Kind.BOOL) for name in "ab"})
    plain, longer = (
        Program(
            Identity("p", "1.0.0"),
            vocabulary,
            (Rule("A", 0, Effect.DENY, when),),
            Baseline({"": Start(Outcome.ALLOW)}),
            labels=LABELS,
        )
        for when in (a, Any((a, All((a, b)))))
    )
    for facts in (
        {name: value for name, value in (("a", one), ("b", two)) if value is not None}
        for one in (True, False, None)
        for two in (True, False, None)
    ):
        assert replace(interpret(plain, facts), missing=()) == replace(interpret(longer, facts), missing=())
    assert interpret(plain, {}).missing == ("a",)
    assert interpret(longer, {}).missing == ("a", "b")
