"""Choose the facts by which to find the few rules that can concern an action, and find them.

A rule is a *candidate* for the values of some facts unless one of its joined conditions is false of them alone. A fact more
costs about as much as testing one rule, and makes more and smaller functions, which a processor's caches do not like; so a
fact is worth dispatching on if it rules out more than four rules on average (measured: benchmarks/README.md). Which facts those are depends on the policy: they are chosen, greedily, not fixed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias, cast

from socialpolicy.conditions import All, Any, Condition, Not, OneOf, both, either, holds, reads
from socialpolicy.program import Program, Rule
from socialpolicy.values import Facts, Kind, Truth

FACTS_AT_MOST = 4
KEYS_AT_MOST = 200_000
WORTH_RULES = 4.0


class Other:
    """Stands for any text that no rule names."""

    def __repr__(self) -> str:
        return "another"


OTHER: Final = Other()
Point: TypeAlias = bool | str | Other
"""A value of a fact to dispatch on."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A fact to dispatch on: its values, and for each the candidates among all rules, as bits."""

    fact: str
    open: bool
    candidates: Mapping[Point, int]
    unknown: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that can concern an action, and what of its condition is left to test."""

    rule: Rule
    when: Condition


def parts(condition: Condition) -> tuple[Condition, ...]:
    """The conditions that are joined by *and*."""
    return condition.parts if isinstance(condition, All) else (condition,)


def dimensions(program: Program) -> tuple[Dimension, ...]:
    """The facts to dispatch on: the one that the baseline differs by, and those that rule out most rules."""
    facts, rules = program.vocabulary.facts, program.rules
    single: dict[str, list[tuple[int, Condition]]] = {}
    for index, rule in enumerate(rules):
        for part in parts(rule.when):
            read = reads(part)
            if len(read) == 1:
                (name,) = read
                if facts[name].kind in (Kind.ENUM, Kind.BOOL) or (facts[name].kind is Kind.STRING and only_lists(part)):
                    single.setdefault(name, []).append((index, part))
    values = {name: domain(program, name, [part for _, part in tests]) for name, tests in single.items()}
    left_by = {name: admitted(tests, values[name]) for name, tests in single.items()}
    shares = {
        name: {index: len(found) / len(values[name]) for index, found in by_rule.items()}
        for name, by_rule in left_by.items()
    }
    chosen: list[str] = []
    left = [1.0] * len(rules)
    keys = 1
    if program.baseline.fact and len(set(program.baseline.starts.values())) > 1:
        chosen.append(program.baseline.fact)
        values.setdefault(program.baseline.fact, tuple(facts[program.baseline.fact].values))
    while True:
        for name in chosen[-1:]:
            keys *= len(values[name]) + 1
            for index, share in shares.pop(name, {}).items():
                left[index] *= share
        gains = {
            name: sum(left[index] * (1 - share) for index, share in by_rule.items())
            for name, by_rule in shares.items()
            if keys * (len(values[name]) + 1) <= KEYS_AT_MOST
        }
        best = max(gains, key=lambda name: (gains[name], name), default=None)
        if best is None or gains[best] < WORTH_RULES or len(chosen) >= FACTS_AT_MOST:
            break
        chosen.append(best)
    return tuple(
        dimension(name, values[name], left_by.get(name, {}), len(rules), facts[name].kind is Kind.STRING)
        for name in chosen
    )


def only_lists(condition: Condition) -> bool:
    """Whether all tests of a condition compare with lists of values, so that all other values are alike to it."""
    match condition:
        case Not(part):
            return only_lists(part)
        case All(inner) | Any(inner):
            return all(map(only_lists, inner))
        case _:
            return isinstance(condition, OneOf)


def named(condition: Condition) -> Iterator[str]:
    """The texts that the tests of a condition name."""
    match condition:
        case Not(part):
            yield from named(part)
        case All(inner) | Any(inner):
            for part in inner:
                yield from named(part)
        case OneOf(_, values):
            yield from map(str, values)


def domain(program: Program, name: str, tests: Sequence[Condition]) -> tuple[Point, ...]:
    """The values of a fact that make a difference to these tests."""
    fact = program.vocabulary.facts[name]
    if fact.kind is Kind.BOOL:
        return (True, False)
    if fact.kind is Kind.ENUM:
        return fact.values
    return (*dict.fromkeys(text for test in tests for text in named(test)), OTHER)


def admitted(tests: Sequence[tuple[int, Condition]], values: Sequence[Point]) -> dict[int, frozenset[Point]]:
    """For each rule with a test of the fact: the values that leave the rule a candidate."""
    everything = frozenset(values)
    by_test: dict[Condition, frozenset[Point]] = {}
    by_rule: dict[int, frozenset[Point]] = {}
    for index, test in tests:
        if test not in by_test:
            by_test[test] = (
                everything & test.values
                if isinstance(test, OneOf)
                else frozenset(filter(partial(admits, test), values))
            )
        by_rule[index] = by_rule.get(index, everything) & by_test[test]
    return by_rule


def admits(test: Condition, value: Point) -> bool:
    """Whether a value of the one fact that a condition reads leaves it possible."""
    return holds(test, {name: cast("str", value) for name in reads(test)}) is not Truth.FALSE


def dimension(
    name: str, values: Sequence[Point], by_rule: Mapping[int, frozenset[Point]], rules: int, open: bool
) -> Dimension:
    """For every value of a fact, the rules that it leaves as candidates."""
    everything = (1 << rules) - 1
    free = everything & ~bits(by_rule, rules)
    indices: dict[Point, list[int]] = {value: [] for value in values}
    for index, left in by_rule.items():
        for value in left:
            indices[value].append(index)
    return Dimension(name, open, {value: free | bits(found, rules) for value, found in indices.items()}, everything)


def bits(indices: Iterable[int], size: int) -> int:
    """A set of small numbers as the bits of one."""
    raw = bytearray(size // 8 + 1)
    for index in indices:
        raw[index >> 3] |= 1 << (index & 7)
    return int.from_bytes(raw, "little")


def candidates(program: Program, chosen: Sequence[Dimension], key: Sequence[Point | None]) -> tuple[Candidate, ...]:
    """The rules that can concern an action with these values, in the program's order, scope tests gone.

    What is left of a condition means the same: tests of known facts are put in as what they are.
    """
    mask = (1 << len(program.rules)) - 1
    known: dict[str, bool | str] = {}
    for one, value in zip(chosen, key, strict=True):
        if value is None:
            continue
        mask &= one.candidates[value]
        if not isinstance(value, Other):  # which other text it is, tests may still ask
            known[one.fact] = value
    found = []
    while mask:
        low = mask & -mask
        mask ^= low
        rule = program.rules[low.bit_length() - 1]
        when = residual(rule.when, known)
        if when != NEVER:
            found.append(Candidate(rule, when))
    return tuple(found)


NEVER = Any(())


def residual(condition: Condition, known: Facts) -> Condition:
    """What is left of a condition when some facts are known: exact in three-valued logic, since those tests are settled."""
    match condition:
        case Not(part):
            inner = residual(part, known)
            return NEVER if inner == All(()) else All(()) if inner == NEVER else Not(inner)
        case All(inner_parts):
            left = [residual(part, known) for part in inner_parts]
            return NEVER if NEVER in left else both(*left)
        case Any(inner_parts):
            left = [residual(part, known) for part in inner_parts]
            return All(()) if All(()) in left else either(*left)
        case _:
            truth = holds(condition, known) if all(name in known for name in reads(condition)) else Truth.UNKNOWN
            return condition if truth is Truth.UNKNOWN else All(()) if truth is Truth.TRUE else NEVER
