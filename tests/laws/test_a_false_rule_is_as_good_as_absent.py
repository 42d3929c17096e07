"""A rule about livestreams has no say about anything else: where its condition is false, it might as well be absent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given

from socialpolicy.conditions import holds
from socialpolicy.interpret import interpret
from socialpolicy.values import Truth
from strategies import completed, many_facts, programs, seeds

if TYPE_CHECKING:
    from socialpolicy.program import Program


@given(programs(), seeds())
def test_a_rule_whose_condition_is_false_is_as_good_as_absent(program: Program, seed: int) -> None:
    for stated in many_facts(program, seed, 15):
        facts = completed(program, stated)
        if facts is not None:
            decision = interpret(program, stated)
            for rule in program.rules:
                if holds(rule.when, facts) is Truth.FALSE:
                    assert interpret(without(program, rule.id), stated) == decision


def without(program: Program, name: str) -> Program:
    """The program without a rule."""
    rules = (
        replace(rule, overridden_by=tuple(other for other in rule.overridden_by if other != name))
        for rule in program.rules
        if rule.id != name
    )
    return replace(program, rules=tuple(rules))
