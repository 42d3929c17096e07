"""Whoever adds a rule that neither allows nor overrides can only make a policy stricter: it needs no second look for
holes.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given

from socialpolicy.program import Effect, Outcome, Program, Start
from strategies import at_random, build_rule, judged, many_facts, programs, seeds


@given(programs(), seeds())
def test_a_rule_that_neither_overrides_nor_allows_never_loosens(program: Program, seed: int) -> None:
    rule = build_rule(at_random(Random(seed)), program.vocabulary, name="new", place=99, before=program.rules)
    if rule.effect is Effect.ALLOW:
        rule = replace(rule, effect=Effect.REQUIRE if rule.needs else Effect.DENY)
    stricter = replace(program, rules=(*program.rules, rule))
    for facts in many_facts(program, seed, 20):
        before, after = judged(program, facts), judged(stricter, facts)
        if before and after:
            assert before.outcome <= after.outcome
            assert before.at_least <= after.at_least
            assert before.at_most <= after.at_most


@given(programs(), seeds())
def test_a_stricter_baseline_never_loosens(program: Program, seed: int) -> None:
    closed = dict.fromkeys(program.baseline.starts, Start(Outcome.DENY))
    stricter = replace(program, baseline=replace(program.baseline, starts=closed))
    for facts in many_facts(program, seed, 20):
        before, after = judged(program, facts), judged(stricter, facts)
        if before and after:
            assert before.at_least <= after.at_least
            assert before.at_most <= after.at_most


@given(programs(), seeds())
def test_what_a_rule_asks_besides_never_loosens(program: Program, seed: int) -> None:
    bare = tuple(replace(rule, needs=(), approval=None) for rule in program.rules)
    for facts in many_facts(program, seed, 20):
        before, after = judged(replace(program, rules=bare), facts), judged(program, facts)
        if before and after:
            assert before.outcome <= after.outcome
            assert before.at_least <= after.at_least
            assert before.at_most <= after.at_most
