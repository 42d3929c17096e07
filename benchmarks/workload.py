"""What the benchmarks decide, built from ``spec.py``: policies, random actions, and a slow evaluator to check by."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from spec import FACTS, RULES, SCOPE, Condition, Fact, Rule, Value

Facts: TypeAlias = dict[str, Value]
Answer: TypeAlias = tuple[str, frozenset[str]]
"""The outcome, and the rules that count: those that deny, and those that ask for what is not there yet."""

STRICTNESS = {"allow": 0, "revise": 1, "ask": 2, "deny": 3}
OUTCOME_OF = {"require": "revise", "ask": "ask", "deny": "deny"}


@dataclass(frozen=True)
class Test:
    """One test of one fact, which is ``wanted`` to hold or not to.

    Operators: ``is``, ``one_of``, ``any_of``, ``all_of``, ``at_least``, ``at_most``, ``less_than``.
    """

    fact: str
    operator: str
    operand: Any
    wanted: bool = True


def tests(rule: Rule) -> list[Test]:
    """The tests that must all come out as wanted for a rule to count: this is what all engines are given."""
    return [
        *condition_tests({SCOPE[word]: list(values) for word, values in rule.scope.items()}, scope=True),
        *condition_tests(rule.when),
        *condition_tests(rule.unless, wanted=False),
        *condition_tests({"context.approvals": rule.approval} if rule.approval else {}, wanted=False),
        *condition_tests(rule.need, wanted=False),
    ]


def condition_tests(condition: Condition, *, wanted: bool = True, scope: bool = False) -> Iterator[Test]:
    for name, operand in condition.items():
        fact = FACTS.get(name) or Fact("enum")  # the brand
        match operand:
            case dict() if fact.ordered:
                yield Test(name, "one_of", [value for value in fact.values if in_range(fact, value, operand)], wanted)
            case dict():
                yield from (Test(name, operator, bound, wanted) for operator, bound in operand.items())
            case list() if fact.type == "set" and scope:
                yield Test(name, "any_of", operand, wanted)
            case list():
                yield Test(name, "one_of", operand, wanted)
            case _ if fact.type == "set":
                yield Test(name, "any_of", [operand], wanted)
            case _:
                yield Test(name, "is", operand, wanted)


def in_range(fact: Fact, value: str, bounds: Condition) -> bool:
    place = fact.values.index
    return place(value) >= place(bounds.get("at_least", fact.values[0])) and place(value) <= place(
        bounds.get("at_most", fact.values[-1])
    )


def naive(rules: Sequence[Rule], facts: Facts) -> Answer:
    """Decide slowly and plainly: what all others are checked against."""
    counting = [rule for rule in rules if all(holds(test, facts) for test in tests(rule))]
    outcome = max((OUTCOME_OF[rule.effect] for rule in counting), key=STRICTNESS.__getitem__, default="allow")
    return outcome, frozenset(rule.id for rule in counting)


def holds(test: Test, facts: Facts) -> bool:
    value: Any = facts[test.fact]
    match test.operator:
        case "is":
            found = value == test.operand
        case "one_of":
            found = value in test.operand
        case "any_of":
            found = any(member in value for member in test.operand)
        case "all_of":
            found = all(member in value for member in test.operand)
        case "at_least":
            found = value >= test.operand
        case "at_most":
            found = value <= test.operand
        case "less_than":
            found = value < test.operand
        case other:
            raise ValueError(other)
    return found is test.wanted


def actions(number: int = 1000, *, brands: int = 0, seed: int = 1) -> list[Facts]:
    """Random actions, the same ones in every run; with ``brands``, each belongs to one of so many."""
    chance = random.Random(seed)
    drawn = [{name: draw(fact, chance) for name, fact in FACTS.items()} for _ in range(number)]
    for action in drawn:
        if brands:
            action[BRAND] = f"brand-{chance.randrange(brands)}"
    return drawn


def draw(fact: Fact, chance: random.Random) -> Value:
    match fact.often:
        case tuple() as weights:
            return chance.choices(fact.values, weights)[0]
        case _ if fact.type == "set":
            return frozenset([value for value in fact.values if chance.random() < fact.often])
        case _ if fact.type == "int":
            return chance.randint(0, fact.most)
        case likelihood:
            return chance.random() < likelihood


def without_some(action: Facts, share: float, chance: random.Random) -> Facts:
    """The action with each fact left out with this likelihood."""
    return {name: value for name, value in action.items() if chance.random() >= share}


def plain(action: Facts) -> dict[str, Any]:
    """The action as JSON has it: sets are lists."""
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in action.items()}


# --- our policy file -------------------------------------------------------------------------------------------------


def policy(rules: Sequence[Rule] = RULES, *, brands: int = 0) -> dict[str, Any]:
    """The policy file that says the same as the rules, with a vocabulary of its own."""
    facts = {**FACTS, BRAND: Fact("enum", brand_names(brands))} if brands else FACTS
    return {
        "socialpolicy": 1,
        "id": "benchmark",
        "version": "1.0.0",
        "title": "The policy of the benchmarks",
        "vocabulary": {
            "scope": {word: name for word, name in SCOPE.items() if name in facts},
            "approvals": "context.approvals",
            "facts": {name: fact_text(name, fact) for name, fact in facts.items()},
        },
        "contacts": {
            value: {"title": value.capitalize(), "reach": f"#ask-{value}"}
            for value in FACTS["context.approvals"].values
        },
        "baseline": "allow",
        "rules": [rule_text(rule) for rule in rules],
    }


def fact_text(name: str, fact: Fact) -> dict[str, Any]:
    text: dict[str, Any] = {"type": fact.type, "question": f"What is {name}?"}
    if fact.values:
        text["values"] = list(fact.values)
    if fact.type == "set":
        text["of"] = "enum"
    if fact.type == "int":
        text |= {"min": 0, "max": fact.most}
    if fact.ordered:
        text["ordered"] = True
    if fact.mutable:
        text["mutable"] = True
    return text


def rule_text(rule: Rule) -> dict[str, Any]:
    text: dict[str, Any] = {
        "id": rule.id,
        "title": rule.title,
        "effect": rule.effect,
        "scope": {word: list(values) for word, values in rule.scope.items()},
    }
    parts = {"when": rule.when, "unless": rule.unless, "require": rule.need, "approval": rule.approval}
    return text | {key: dict(part) for key, part in parts.items() if part}


# --- ten rules for each of ever more brands --------------------------------------------------------------------------

BRAND = "account.brand"
TEMPLATES = tuple(
    rule
    for rule in RULES
    if rule.id in {"OFF-1", "OFF-3", "EXE-1", "EXE-5", "COM-3", "COM-6", "COM-10", "PER-9", "CRE-5", "ALL-6"}
)


def brand_names(brands: int) -> tuple[str, ...]:
    return tuple(f"brand-{number}" for number in range(brands))


def brand_rules(number: int) -> list[Rule]:
    """So many rules, ten for each brand: the same ten, so that what applies to an action does not grow."""
    return [
        replace(template, id=f"{brand}.{template.id}", scope={"brands": (brand,)})
        for brand in brand_names(number // len(TEMPLATES))
        for template in TEMPLATES
    ]
