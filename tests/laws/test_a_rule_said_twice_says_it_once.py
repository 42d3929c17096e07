"""Two departments may write down the same rule: nothing becomes stricter, or milder, by being said twice."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from hypothesis import given

from strategies import judged, many_facts, programs, seeds

if TYPE_CHECKING:
    from socialpolicy.program import Program


@given(programs(), seeds())
def test_a_duplicate_rule_under_another_id_changes_no_outcome(program: Program, seed: int) -> None:
    if not program.rules:
        return
    twice = Random(seed).choice(program.rules)
    rules = []
    for rule in program.rules:
        also = ("again",) if twice.id in rule.overridden_by else ()
        rules.append(replace(rule, overridden_by=(*rule.overridden_by, *also)))
        if rule.id == twice.id:
            rules.append(replace(rules[-1], id="again"))
    for facts in many_facts(program, seed, 20):
        one, other = judged(program, facts), judged(replace(program, rules=tuple(rules)), facts)
        if one and other:
            assert (one.outcome, one.at_least, one.at_most, one.missing) == (
                other.outcome,
                other.at_least,
                other.at_most,
                other.missing,
            )
            assert (one.sure.duties, one.sure.hand_overs) == (other.sure.duties, other.sure.hand_overs)
            assert (one.maybe.duties, one.maybe.hand_overs) == (other.maybe.duties, other.maybe.hand_overs)
