"""Duties, advice and hand-overs inform; ``allow`` opens the baseline and nothing else. An author who adds one of these
need not think about what it lets through.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from socialpolicy.conditions import ALWAYS
from socialpolicy.program import Effect, Outcome, Program, Rule, Start
from strategies import judged, many_facts, programs, seeds


@given(programs(), seeds())
def test_duties_advice_and_hand_overs_change_no_outcome(program: Program, seed: int) -> None:
    saying = (Effect.DUTY, Effect.ADVISE, Effect.PLAYBOOK)
    kept = (rule for rule in program.rules if rule.effect not in saying)
    bare = replace(program, rules=tuple(replace(rule, duties=(), hand_over=None) for rule in kept))
    for facts in many_facts(program, seed, 20):
        one, other = judged(program, facts), judged(bare, facts)
        if one and other:
            assert (one.outcome, one.at_least, one.at_most) == (other.outcome, other.at_least, other.at_most)
            assert (one.sure.denials, one.sure.revisions, one.sure.approvals) == (
                other.sure.denials,
                other.sure.revisions,
                other.sure.approvals,
            )


@given(programs(), seeds())
def test_allow_opens_the_baseline_and_nothing_else(program: Program, seed: int) -> None:
    always = Rule("open", 99, Effect.ALLOW, ALWAYS)
    opened = replace(program, rules=(*program.rules, always))
    starts = dict.fromkeys(program.baseline.starts, Start(Outcome.ALLOW))
    free = replace(program, baseline=replace(program.baseline, starts=starts))
    for facts in many_facts(program, seed, 20):
        one, other = judged(opened, facts), judged(free, facts)
        if one and other:
            assert replace(one.sure, rules=one.sure.rules[:-1]) == other.sure
            assert (one.outcome, one.at_least, one.at_most, one.maybe, one.missing) == (
                other.outcome,
                other.at_least,
                other.at_most,
                other.maybe,
                other.missing,
            )


@given(programs(), seeds())
def test_what_an_allow_rule_asks_for_stands_as_if_a_rule_without_allow_asked(program: Program, seed: int) -> None:
    rules = []
    for rule in program.rules:
        if rule.effect is Effect.ALLOW:  # the same rule in two: one opens, one asks
            rules.append(replace(rule, id=f"{rule.id}-asks", effect=Effect.REQUIRE, duties=(), hand_over=None))
            rules.append(replace(rule, needs=(), approval=None))
        else:
            rules.append(rule)
    for facts in many_facts(program, seed, 20):
        one, other = judged(program, facts), judged(replace(program, rules=tuple(rules)), facts)
        if one and other:
            assert (one.outcome, one.at_least, one.at_most, one.missing) == (
                other.outcome,
                other.at_least,
                other.at_most,
                other.missing,
            )
