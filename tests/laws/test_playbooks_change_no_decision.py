"""Playbooks say what to do when something happens. Whoever adds one need not think about what it lets through, or asks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from socialpolicy import load
from socialpolicy.conditions import Condition, holds
from socialpolicy.decisions import Lists
from socialpolicy.program import Effect, Playbook, Program, Rule, Step
from socialpolicy.values import Truth
from strategies import completed, conditions, judged, many_facts, programs, seeds

CASES = Path(__file__).parents[1] / "cases"


def begins(when: Condition, place: int) -> Rule:
    """A rule that stands for a playbook with this trigger."""
    playbook = Playbook("added", "A storm", "comms", (Step("Stop everything", "comms"),))
    return Rule("playbook:added", place, Effect.PLAYBOOK, when, playbook=playbook)


def without(lists: Lists) -> Lists:
    """The lists of a decision without that playbook."""
    return replace(lists, playbooks=tuple(item for item in lists.playbooks if item.id != "added"))


@given(programs(), st.data(), seeds())
def test_playbooks_change_nothing_but_their_own_list(program: Program, data: st.DataObject, seed: int) -> None:
    rule = begins(data.draw(conditions(program.vocabulary)), len(program.rules))
    with_playbook = replace(program, rules=(*program.rules, rule))
    for facts in many_facts(program, seed, 20):
        one, other = judged(with_playbook, facts), judged(program, facts)
        if one and other:
            assert (one.outcome, one.at_least, one.at_most, one.missing) == (
                other.outcome,
                other.at_least,
                other.at_most,
                other.missing,
            )
            assert (without(one.sure), without(one.maybe)) == (other.sure, other.maybe)


@given(programs(), st.data(), seeds())
def test_a_playbook_is_listed_where_its_trigger_holds(program: Program, data: st.DataObject, seed: int) -> None:
    rule = begins(data.draw(conditions(program.vocabulary)), len(program.rules))
    for facts in many_facts(program, seed, 20):
        decision = judged(replace(program, rules=(rule, *program.rules)), facts)
        known = completed(program, facts)
        if decision and known is not None:
            truth = holds(rule.when, known)
            sure, maybe = decision.sure, decision.maybe
            assert (sure != without(sure), maybe != without(maybe)) == (
                truth is Truth.TRUE,
                truth is Truth.UNKNOWN,
            )


def test_nobody_is_asked_for_the_sake_of_a_playbook() -> None:
    policy = load(CASES / "playbooks.policy.yaml")
    found = policy.questions({"product": True})
    assert (found.determined, tuple(found.questions)) == (True, ())
