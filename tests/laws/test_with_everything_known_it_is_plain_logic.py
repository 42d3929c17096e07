"""With every fact known there is nothing left of the three-valued logic: a decision is what a lawyer would work out by
hand.

The lawyer here is a dozen lines of two-valued logic that share no code with the library.
"""

from __future__ import annotations

from hypothesis import given

from socialpolicy.conditions import (
    All,
    Any,
    Between,
    Condition,
    During,
    Has,
    Includes,
    Matches,
    Not,
    OneOf,
    SameAs,
    Within,
)
from socialpolicy.decisions import Lists
from socialpolicy.interpret import interpret
from socialpolicy.program import Outcome, Program
from strategies import many_facts, programs, seeds


@given(programs(), seeds())
def test_with_everything_known_a_decision_is_determined(program: Program, seed: int) -> None:
    for facts in many_facts(program, seed, 30, share_known=1.0):
        decision = interpret(program, facts)
        assert decision.determined
        assert decision.maybe == Lists()
        assert decision.missing == ()


@given(programs(), seeds())
def test_with_everything_known_it_is_plain_logic(program: Program, seed: int) -> None:
    for facts in many_facts(program, seed, 30, share_known=1.0):
        assert interpret(program, facts).outcome.word == worked_out(program, facts)


def worked_out(program: Program, facts: dict) -> str:
    """The outcome, worked out by hand."""
    applies: dict[str, bool] = {}
    for rule in program.rules:
        applies[rule.id] = true(rule.when, facts) and not any(applies[other] for other in rule.overridden_by)
    against = []
    if not any(applies[rule.id] for rule in program.rules if rule.effect == "allow"):
        start = program.baseline.starts[facts[program.baseline.fact] if program.baseline.fact else ""]
        if start.outcome is not Outcome.ASK or not approved(start.approval, facts):
            against.append(start.outcome.word)
    for rule in program.rules:
        if applies[rule.id]:
            if rule.effect == "deny":
                against.append("deny")
            if any(true(need.given, facts) and not true(need.test, facts) for need in rule.needs):
                against.append("revise")
            if rule.approval and not approved(rule.approval, facts):
                against.append("ask")
    return next((word for word in ("deny", "ask", "revise") if word in against), "allow")


def approved(approval, facts: dict) -> bool:
    """Whether enough different ones of the contacts have approved."""
    return (
        len({approver.gives for approver in approval.of if approver.gives in facts["context.approvals"]})
        >= approval.at_least
    )


def true(condition: Condition, facts: dict) -> bool:
    """Whether a condition is true, everything being known."""
    match condition:
        case Not(part=part):
            return not true(part, facts)
        case All(parts=parts):
            return all(true(part, facts) for part in parts)
        case Any(parts=parts):
            return any(true(part, facts) for part in parts)
    value = facts[condition.fact]
    match condition:
        case OneOf(values=values):
            return value in values
        case Between(low=low, high=high):
            return not (low is not None and value < low) and not (high is not None and value > high)
        case During(start=start, end=end):
            return not (start is not None and value < start) and not (end is not None and value >= end)
        case Matches(pattern=pattern):
            return fits(pattern, value)
        case Includes(values=values, at_least=at_least):
            return sum(member in values for member in value) >= at_least
        case Within(values=values):
            return all(member in values for member in value)
        case SameAs(other=other):
            return value == facts[other]
        case Has(other=other):
            return facts[other] in value
    raise AssertionError(condition)


def fits(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern, tried in every way."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(fits(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and text[0] == pattern[0] and fits(pattern[1:], text[1:])
