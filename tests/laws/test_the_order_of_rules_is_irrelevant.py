"""Rules are written by several people over years: where one of them stands in the file may not decide anything."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import given

from socialpolicy import loads
from strategies import judged, many_facts, policy_texts, programs, seeds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialpolicy.decisions import Decision, Lists
    from socialpolicy.program import Program, Rule


@given(programs(), seeds())
def test_the_order_of_rules_is_irrelevant(program: Program, seed: int) -> None:
    random = Random(seed)
    places = random.sample(range(len(program.rules)), len(program.rules))
    rules = [replace(rule, place=place) for rule, place in zip(program.rules, places, strict=True)]
    other = replace(program, rules=tuple(reordered(rules, random)))
    for facts in many_facts(program, seed, 20):
        assert contents(judged(program, facts)) == contents(judged(other, facts))


@given(policy_texts(), seeds())
def test_the_order_of_rules_in_the_file_is_irrelevant(text: dict[str, Any], seed: int) -> None:
    rules = Random(seed).sample(text["rules"], len(text["rules"]))
    one, other = loads(json.dumps(text)), loads(json.dumps({**text, "rules": rules}))
    for facts in many_facts(one.program, seed, 20):
        assert contents(judged(one.program, facts)) == contents(judged(other.program, facts))


def reordered(rules: Sequence[Rule], random: Random) -> list[Rule]:
    """The rules in another order, in which those that override still come first."""
    left, found = list(rules), []
    while left:
        ready = [rule for rule in left if not {other.id for other in left} & set(rule.overridden_by)]
        found.append(random.choice(ready))
        left.remove(found[-1])
    return found


def contents(decision: Decision | None) -> object:
    """A decision without the order of its lists; of duties that join, without the wording."""
    if decision is None:
        return None
    bounds = (decision.outcome, decision.at_least, decision.at_most, decision.missing)
    return bounds, contents_of(decision.sure), contents_of(decision.maybe)


def contents_of(lists: Lists) -> object:
    names = ("rules", "denials", "revisions", "approvals", "advice", "hand_overs", "playbooks")
    duties = {
        (duty.id or duty.what, duty.who, duty.start, duty.evidence, duty.within and duty.within.order)
        for duty in lists.duties
    }
    return [frozenset(getattr(lists, name)) for name in names], duties
