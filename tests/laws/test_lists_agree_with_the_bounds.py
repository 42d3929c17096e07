"""Whoever reads the lists and whoever reads the outcome must learn the same: the bounds are the strictest of what is
listed.

One thing stands in no list of what is sure: that *some* start counts, while it is not known which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given

from socialpolicy.conditions import holds
from socialpolicy.interpret import applying, interpret
from socialpolicy.program import Effect, Outcome, Program, Start
from socialpolicy.values import Facts, Truth
from strategies import completed, many_facts, programs, seeds

if TYPE_CHECKING:
    from socialpolicy.decisions import Lists


@given(programs(), seeds())
def test_lists_agree_with_the_bounds(program: Program, seed: int) -> None:
    for stated in many_facts(program, seed, 20):
        facts = completed(program, stated)
        if facts is None:
            continue
        decision = interpret(program, stated)
        assert decision.at_least == max(strictest(decision.sure), at_least_of_the_baseline(program, facts))
        assert decision.at_most == max(strictest(decision.sure), strictest(decision.maybe))


@given(programs(), seeds())
def test_rules_that_apply_say_all_they_say_in_the_lists(program: Program, seed: int) -> None:
    for stated in many_facts(program, seed, 20):
        facts = completed(program, stated)
        if facts is None:
            continue
        decision, applies = interpret(program, stated), applying(program.rules, facts)
        for truth, lists in ((Truth.TRUE, decision.sure), (Truth.UNKNOWN, decision.maybe)):
            rules = [rule for rule in program.rules if applies[rule.id] is truth]
            named = {rule.id for rule in rules if rule.effect is not Effect.PLAYBOOK and not rule.part_of}
            assert set(lists.rules) == named, "a playbook is listed apart, a further approval under its rule"
            assert set(lists.playbooks) == {rule.playbook for rule in rules} - {None}
            denying = {rule.id for rule in rules if rule.effect is Effect.DENY}
            assert {denial.rule for denial in lists.denials} - {""} == denying
            assert {advice.rule for advice in lists.advice} == {
                rule.id for rule in rules if rule.effect is Effect.ADVISE
            }
            assert set(lists.hand_overs) == {rule.hand_over for rule in rules} - {None}
            assert {duty.who for duty in lists.duties} == {duty.who for rule in rules for duty in rule.duties}


def strictest(lists: Lists) -> Outcome:
    """The strictest outcome that what is listed gives."""
    given = [Outcome.DENY] * bool(lists.denials) + [Outcome.ASK] * bool(lists.approvals)
    return max([*given, *[Outcome.REVISE] * bool(lists.revisions)], default=Outcome.ALLOW)


def at_least_of_the_baseline(program: Program, facts: Facts) -> Outcome:
    """What the baseline comes to at the mildest: nothing, if some rule may have opened it."""
    applies = applying(program.rules, facts)
    if any(applies[rule.id] is not Truth.FALSE for rule in program.rules if rule.effect is Effect.ALLOW):
        return Outcome.ALLOW
    value = facts.get(program.baseline.fact) if program.baseline.fact else ""
    starts = program.baseline.starts
    return min(sure(start, facts) for start in ([starts[str(value)]] if value is not None else starts.values()))


def sure(start: Start, facts: Facts) -> Outcome:
    """The outcome of a start, as far as it is sure."""
    met = start.approval is not None and holds(start.approval.met, facts) is not Truth.FALSE
    return Outcome.ALLOW if met else start.outcome
