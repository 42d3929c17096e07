"""Whether a program holds together: what lowering promises, and deciding relies on."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    Test,
    Within,
    tested,
)
from socialpolicy.program import Outcome, Program
from socialpolicy.values import Kind
from socialpolicy.vocabulary import Fact, GivenValue

PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)


def unsound(program: Program) -> tuple[str, str] | None:
    """The first place where a program does not hold together, and why; None where it does."""
    return next(_problems(program), None)


def _problems(program: Program) -> Iterator[tuple[str, str]]:
    vocabulary = program.vocabulary
    facts = vocabulary.facts
    for name, fact in facts.items():
        if not PLAIN_NAME.fullmatch(name):
            yield f"vocabulary.facts.{name}", "this is no name for a fact."
        if fact.name != name or (fact.kind is Kind.ENUM and not fact.values):
            yield f"vocabulary.facts.{name}", "the fact has another name, or no values."
        for value in (fact.default, fact.in_examples):
            if value is not None and not _fits(fact, value):
                yield f"vocabulary.facts.{name}", f"it cannot be {value!r}."
    for part, kind in (("baseline", Kind.ENUM), ("approvals", Kind.SET), ("instant", Kind.DATETIME)):
        name = getattr(vocabulary, part)
        if name and (name not in facts or facts[name].kind is not kind):
            yield f"vocabulary.{part}", f"{name!r} is no such fact."
    for name in (*vocabulary.scope.values(), *vocabulary.screening):
        if name not in facts:
            yield "vocabulary", f"{name!r} is no fact."
    for index, implication in enumerate(vocabulary.implications):
        where = f"vocabulary.implications[{index}]"
        yield from _conditions(facts, where, implication.given)
        for name, value in implication.then.items():
            if name not in facts or not _fits(facts[name], value):
                yield where, f"{name!r} cannot be {value!r}."
    baseline = program.baseline
    wanted = set(facts[baseline.fact].values) if baseline.fact in facts else {""}
    if (baseline.fact and baseline.fact not in facts) or set(baseline.starts) != wanted:
        yield "baseline", "there has to be one start for each value."
    for value, start in baseline.starts.items():
        if start.outcome is Outcome.REVISE or (start.approval is not None) is not (start.outcome is Outcome.ASK):
            yield f"baseline.starts.{value}", "a start allows, denies, or asks somebody for approval."
    yield from _people(program)
    seen: set[str] = set()
    for index, rule in enumerate(program.rules):
        where = f"rules[{index}]"
        if rule.id in seen or not rule.id:
            yield where, f"the id {rule.id!r} is used twice, or empty."
        if not seen.issuperset(rule.overridden_by):
            yield where, "a rule that overrides it comes after it, or does not exist."
        seen.add(rule.id)
        yield from _conditions(facts, where, rule.when)
        for need in rule.needs:
            yield from _conditions(facts, where, need.given, need.test)
            if isinstance(need.test, All | Any) or (
                isinstance(need.test, Not) and isinstance(need.test.part, All | Any | Not)
            ):
                yield where, "a need is one test, or a negated one."
    approvals = [rule.approval for rule in program.rules] + [start.approval for start in baseline.starts.values()]
    for approval in filter(None, approvals):
        given = frozenset(approver.gives for approver in approval.of)
        if approval.met != Includes(
            vocabulary.approvals, given, approval.at_least
        ) or not 1 <= approval.at_least <= len(given):
            yield "approval", "it does not test the approvals that its contacts give."
    if set(program.labels) != {"allow", "revise", "ask", "deny"}:
        yield "labels", "there is one for each outcome."


def _people(program: Program) -> Iterator[tuple[str, str]]:
    """Contacts that do not exist, and limits of no length."""
    for rule in program.rules:
        names = [duty.who for duty in rule.duties if duty.who != "actor"] + [
            need.fixable_by for need in rule.needs if need.fixable_by
        ]
        names += [rule.hand_over.to] if rule.hand_over else []
        names += [step.who for step in rule.playbook.steps] if rule.playbook else []
        names += [approver.contact for approver in rule.approval.of] if rule.approval else []
        limits = [duty.within for duty in rule.duties] + ([rule.hand_over.within] if rule.hand_over else [])
        limits += [step.within for step in rule.playbook.steps] if rule.playbook else []
        if not set(names) <= set(program.contacts):
            yield f"rule {rule.id}", f"{min(set(names) - set(program.contacts))!r} is no contact."
        if any(limit is not None and limit.amount < 1 for limit in limits):
            yield f"rule {rule.id}", "a time limit has to be longer than nothing."
    for start in program.baseline.starts.values():
        if start.approval and not {approver.contact for approver in start.approval.of} <= set(program.contacts):
            yield "baseline", "an approver is no contact."


def _conditions(facts: dict[str, Fact] | object, where: str, *conditions: Condition) -> Iterator[tuple[str, str]]:
    assert isinstance(facts, dict)
    for condition in conditions:
        match condition:
            case Not(part):
                yield from _conditions(facts, where, part)
            case All(parts) | Any(parts):
                yield from _conditions(facts, where, *parts)
            case _:
                unknown = [name for name in tested(condition) if name not in facts]
                if unknown or not _suits(condition, *(facts[name] for name in tested(condition))):
                    yield where, f"it tests {', '.join(tested(condition))} in a way that is not possible."


def _suits(test: Test, fact: Fact, other: Fact | None = None) -> bool:
    """Whether a test is one that its fact has."""
    match test:
        case OneOf(_, values):
            possible = (
                fact.kind not in (Kind.SET, Kind.DATETIME)
                and len(values) > 0
                and all(_fits(fact, value) for value in values)
            )
            return possible and (fact.kind is not Kind.BOOL or len(values) == 1)
        case Between(_, low, high):
            return fact.kind is Kind.INT and (low is not None or high is not None)
        case During(_, start, end):
            return fact.kind is Kind.DATETIME and (start is not None or end is not None)
        case Matches():
            return fact.kind is Kind.STRING
        case Includes(_, values, at_least):
            return fact.kind is Kind.SET and _fits(fact, values) and 1 <= at_least <= max(1, len(values))
        case Within(_, values):
            return fact.kind is Kind.SET and _fits(fact, values)
        case SameAs():
            return other is not None and other.kind is fact.kind
        case Has():
            return other is not None and fact.kind is Kind.SET and other.kind in (Kind.ENUM, Kind.STRING)


def _fits(fact: Fact, value: GivenValue) -> bool:
    """Whether a fact can have a value."""
    match value:
        case bool():
            return fact.kind is Kind.BOOL
        case int():
            return fact.kind is Kind.INT
        case str():
            return fact.kind is Kind.STRING or (fact.kind is Kind.ENUM and value in fact.values)
        case frozenset():
            return (
                fact.kind is Kind.SET
                and (not fact.values or value <= frozenset(fact.values))
                and all(isinstance(member, str) for member in value)
            )
