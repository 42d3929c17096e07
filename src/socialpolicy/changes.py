"""Which single facts, were they otherwise, would change the outcome of a decision: each one is tried with ``interpret``.

The smallest sets of several facts are a question about all actions, and are not found here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from socialpolicy.conditions import All, Any, Between, Condition, Not, OneOf
from socialpolicy.decisions import Decision
from socialpolicy.errors import ActionError
from socialpolicy.interpret import interpret
from socialpolicy.program import Outcome, Program
from socialpolicy.telling import Plain, plain
from socialpolicy.values import Facts, Kind, Value
from socialpolicy.vocabulary import Fact


@dataclass(frozen=True, slots=True)
class Change:
    """One fact with another value, and what would be decided then. ``mutable`` says whether the author can change it."""

    fact: str
    value: Value
    outcome: Outcome
    because: tuple[str, ...]
    mutable: bool

    def as_data(self) -> dict[str, Plain]:
        """The change for programs."""
        return {
            "fact": self.fact, "value": plain(self.value), "outcome": self.outcome.word,
            "because": list(self.because), "mutable": self.mutable,
        }  # fmt: skip


def changes(program: Program, facts: Facts, decision: Decision) -> list[Change]:
    """The single facts that would change the outcome: what the author can change first, what helps first."""
    found = []
    tested = {fact: list(numbers) for fact, numbers in numbers_of(program).items()}
    for name, fact in program.vocabulary.facts.items():
        for value in other_values(fact, facts.get(name), tested.get(name, ())):
            try:
                other = interpret(program, {**facts, name: value})
            except ActionError:  # this fact cannot be otherwise while the others are as they are
                continue
            if other.outcome is not decision.outcome:
                because = tuple(rule for rule in other.because if rule not in decision.because)
                found.append(Change(name, value, other.outcome, because, fact.mutable))
    return sorted(
        found, key=lambda change: (change.outcome > decision.outcome, not change.mutable, change.outcome, change.fact)
    )


def other_values(fact: Fact, value: Value | None, numbers: Sequence[int]) -> Iterator[Value]:
    """Other values that a fact may have: all of a closed list, a set with one member more or less, numbers at the bounds."""
    candidates: list[Value] = []
    match fact.kind:
        case Kind.BOOL:
            candidates = [True, False]
        case Kind.ENUM:
            candidates = list(fact.values)
        case Kind.INT:
            low = fact.minimum if fact.minimum is not None else min(numbers, default=0) - 1
            high = fact.maximum if fact.maximum is not None else max(numbers, default=0) + 1
            candidates = [number for number in sorted(set(numbers)) if low <= number <= high]
        case Kind.SET if fact.values:
            members = value if isinstance(value, frozenset) else frozenset()
            candidates = [members ^ {member} for member in fact.values]
            candidates = candidates if isinstance(value, frozenset) else [frozenset[str](), *candidates]
        case _:
            return  # texts and instants are what they are
    yield from (candidate for candidate in candidates if candidate != value)


def numbers_of(program: Program) -> dict[str, set[int]]:
    """For each int fact, the numbers at which some test comes out otherwise."""
    found: dict[str, set[int]] = {}

    def visit(condition: Condition) -> None:
        match condition:
            case Not(part):
                visit(part)
            case All(parts) | Any(parts):
                for part in parts:
                    visit(part)
            case Between(fact, low, high):
                bounds = [number for number in (low, high) if number is not None]
                found.setdefault(fact, set()).update(number + step for number in bounds for step in (-1, 0, 1))
            case OneOf(fact, values):
                found.setdefault(fact, set()).update(value for value in values if type(value) is int)
            case _:
                pass

    for rule in program.rules:
        visit(rule.when)
        for need in rule.needs:
            visit(need.given)
            visit(need.test)
    return found
