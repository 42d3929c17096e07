"""Actions for the shipped policy: its worked examples, and random facts of its vocabulary."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

import socialpolicy
from socialpolicy.completing import complete
from socialpolicy.values import Facts, Kind, Value
from socialpolicy.vocabulary import Fact, Vocabulary


def examples(policy: socialpolicy.Policy, folder: Path) -> list[tuple[Facts, Facts]]:
    """The facts that each worked example states; and all facts of the policy, as they are in examples or at random."""
    cases = yaml.safe_load((folder / "tests" / "examples.yaml").read_text(encoding="utf-8"))
    stated = [policy.action(case["facts"]).facts for case in cases["cases"]]
    return [(facts, with_all(policy.vocabulary, facts)) for facts in stated]


def with_all(vocabulary: Vocabulary, facts: Facts) -> Facts:
    chance = random.Random(4)
    whole = complete(vocabulary, facts, assume=socialpolicy.Assume.IN_EXAMPLES)
    unknown = {name: fact for name, fact in vocabulary.facts.items() if whole.get(name) is None}
    return complete(vocabulary, whole | {name: random_value(fact, chance) for name, fact in unknown.items()})


def random_facts(vocabulary: Vocabulary, number: int, *, missing: float, seed: int = 5) -> Iterator[Facts]:
    """Random actions that contradict no implication, with so large a share of the facts left out."""
    chance = random.Random(seed)
    while number:
        facts = {
            name: random_value(fact, chance) for name, fact in vocabulary.facts.items() if chance.random() >= missing
        }
        try:
            complete(vocabulary, facts)
        except socialpolicy.ActionError:
            continue
        yield facts
        number -= 1


def random_value(fact: Fact, chance: random.Random) -> Value:
    match fact.kind:
        case Kind.BOOL:
            return chance.random() < 0.5
        case Kind.INT:
            return chance.randint(fact.minimum or 0, fact.maximum if fact.maximum is not None else 10)
        case Kind.DATETIME:
            return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(10_000))
        case Kind.SET:
            return frozenset([value for value in fact.values or ("one", "two") if chance.random() < 0.2])
        case Kind.ENUM | Kind.STRING:
            return chance.choice(fact.values or ("one", "two"))
