"""The partition of all actions: for every fact, the classes of values that no condition tells apart.

Numbers and instants fall into ranges cut where some condition changes its mind, texts into the classes of ``texts``, values
of an enum that nothing tells apart into one. Of a set every member that some condition names is looked at by itself, and
all others together. Facts that some condition compares with each other share their cuts; of a class with fewer values than
there are facts to compare, every value is a class of its own, so that any of them may be equal or different.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TypeAlias

from socialpolicy import texts
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
)
from socialpolicy.solving import Undecided
from socialpolicy.values import LARGEST_INT, Kind, Value
from socialpolicy.vocabulary import Fact, Vocabulary

CLASSES = 20_000
EPOCH = datetime(1, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
REST = texts.OTHER
"""Stands for all members of a set that no condition names."""
LAST_TICK = (datetime.max.replace(tzinfo=UTC) - EPOCH) // TICK


@dataclass(frozen=True, slots=True)
class Named:
    """Values by name: bools, values of an enum."""

    values: tuple[bool | str, ...]

    @property
    def single(self) -> bool:
        """Whether it is one value."""
        return len(self.values) == 1

    def value(self, number: int = 0) -> Value:
        """One of the values, another for every number."""
        return self.values[number]

    def has(self, value: Value) -> bool:
        """Whether a value is in this class."""
        return value in self.values


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers, or instants counted in microseconds, from the first to the last."""

    first: int
    last: int
    instants: bool = False

    @property
    def single(self) -> bool:
        """Whether it is one value."""
        return self.first == self.last

    def value(self, number: int = 0) -> Value:
        """One of the values, another for every number: those nearest to nought, or to the year 2026, first."""
        if self.instants:
            usual = ticks(datetime(2026, 3, 2, 10, tzinfo=UTC))
            begin = min(max(self.first, usual), self.last)
            step = max(min(60_000_000, (self.last - self.first) // 1_000), 1)
        else:
            begin, step = min(max(self.first, 0), self.last), 1
        at = begin + number * step
        if at > self.last:
            at = begin - (number - (self.last - begin) // step) * step
        return EPOCH + at * TICK if self.instants else at

    def has(self, value: Value) -> bool:
        """Whether a value is in this class."""
        number = ticks(value) if isinstance(value, datetime) else value
        return isinstance(number, int) and self.first <= number <= self.last


@dataclass(frozen=True, slots=True)
class Text:
    """Texts that no condition tells apart."""

    texts: texts.Texts

    @property
    def single(self) -> bool:
        """Whether it is one text."""
        return self.texts.single

    def value(self, number: int = 0) -> Value:
        """One of the texts, another for every number."""
        return self.texts.text(number)

    def has(self, value: Value) -> bool:
        """Whether a value is in this class."""
        return isinstance(value, str) and self.texts.has(value)


Class: TypeAlias = Named | Range | Text
"""Values of one fact that no condition tells apart."""


@dataclass(frozen=True, slots=True)
class Domain:
    """What a fact may be: one of its classes, or (a set) some of its members, ``REST`` being all that no condition names."""

    kind: Kind
    classes: tuple[Class, ...] = ()
    members: tuple[str, ...] = ()
    rest: tuple[str, ...] | None = ()  # the members that REST stands for; None: endlessly many

    def place(self, value: Value) -> int:
        """The class that a value is in."""
        return next(index for index, item in enumerate(self.classes) if item.has(value))


@dataclass(frozen=True, slots=True)
class Partition:
    """The domains of all facts, and which facts are compared with which."""

    domains: Mapping[str, Domain]
    compared: tuple[frozenset[str], ...] = ()

    def beside(self, fact: str) -> frozenset[str]:
        """The facts that a fact is compared with, through others too; itself among them."""
        return next((group for group in self.compared if fact in group), frozenset({fact}))


def ticks(instant: datetime) -> int:
    """The microseconds from the first instant to this one."""
    return (instant - EPOCH) // TICK


def tests(conditions: Iterable[Condition]) -> Iterator[Test]:
    """All tests in some conditions."""
    waiting = list(conditions)
    while waiting:
        condition = waiting.pop()
        match condition:
            case Not(part):
                waiting.append(part)
            case All(parts) | Any(parts):
                waiting.extend(parts)
            case _:
                yield condition


def partition(vocabularies: Sequence[Vocabulary], conditions: Iterable[Condition]) -> Partition:
    """Part the values of all facts of these vocabularies by all conditions, those of the vocabularies among them.

    Raises ``Undecided`` where that makes too many classes.
    """
    every: dict[str, list[Fact]] = {}
    for vocabulary in vocabularies:
        for name, fact in vocabulary.facts.items():
            every.setdefault(name, []).append(fact)
    found = set(tests(conditions))
    for vocabulary in vocabularies:
        found.update(tests(implication.given for implication in vocabulary.implications))
        found.update(tests(vocabulary.impossible))
        for implication in vocabulary.implications:
            found.update(exact(name, value) for name, value in implication.then.items())
        found.update(exact(name, fact.default) for name, fact in vocabulary.facts.items() if fact.default is not None)
        if vocabulary.baseline:
            found.update(
                OneOf(vocabulary.baseline, frozenset({value})) for value in vocabulary.facts[vocabulary.baseline].values
            )
    by_fact: dict[str, list[Test]] = {name: [] for name in every}
    for test in found:
        by_fact[test.fact].append(test)
    groups = compared(found)
    domains: dict[str, Domain] = {}
    for group in groups:
        domains.update(together(group, every, by_fact))
    for name, facts in every.items():
        if name not in domains:
            domains[name] = alone(facts, by_fact[name])
    return Partition({name: domains[name] for name in every}, groups)


def exact(name: str, value: bool | int | str | frozenset[str]) -> Test:
    """A test that tells a value from all others (of a set: its members from one another)."""
    return Within(name, value) if isinstance(value, frozenset) else OneOf(name, frozenset({value}))  # type: ignore[arg-type]


def compared(found: Iterable[Test]) -> tuple[frozenset[str], ...]:
    """The facts that some condition compares, joined to groups."""
    groups: list[frozenset[str]] = []
    for test in found:
        if isinstance(test, SameAs | Has):
            joined = frozenset({test.fact, test.other})
            for group in [group for group in groups if group & joined]:
                groups.remove(group)
                joined |= group
            groups.append(joined)
    return tuple(sorted(groups, key=sorted))


def alone(facts: Sequence[Fact], found: Sequence[Test]) -> Domain:
    """The domain of a fact that is compared with no other."""
    kind = facts[0].kind
    match kind:
        case Kind.SET:
            return members(facts, named(found))
        case Kind.BOOL:
            return Domain(kind, (Named((False,)), Named((True,))))
        case Kind.ENUM:
            return Domain(kind, tuple(alike(facts, found)))
        case Kind.INT | Kind.DATETIME:
            return Domain(kind, tuple(ranges(facts, found, 1)))
        case Kind.STRING:
            return Domain(kind, tuple(map(Text, texts.partition(*spelt(found)))))


def together(
    group: frozenset[str], every: Mapping[str, Sequence[Fact]], by_fact: Mapping[str, Sequence[Test]]
) -> dict[str, Domain]:
    """The domains of facts that are compared with each other: one partition for all of them."""
    facts = [fact for name in sorted(group) for fact in every[name]]
    found = [test for name in group for test in by_fact[name]]
    kinds = {fact.kind for fact in facts}
    domains: dict[str, Domain] = {}
    if kinds <= {Kind.INT} or kinds <= {Kind.DATETIME}:
        shared = tuple(ranges(facts, found, len(group)))
        for name in group:
            first, last = bounds_of(every[name])
            domains[name] = Domain(
                every[name][0].kind, tuple(item for item in shared if first <= item.first and item.last <= last)
            )
        return domains
    if kinds <= {Kind.BOOL}:
        return {name: alone(every[name], ()) for name in group}
    listed = {value for fact in facts for value in fact.values}
    patterns, constants = spelt(found)
    pieces = texts.partition(patterns, {*constants, *named(found), *listed})
    words = sorted({item.template for item in pieces if item.single})
    for name in group:
        of = every[name]
        match of[0].kind:
            case Kind.SET:
                domains[name] = members(
                    of,
                    [
                        word
                        for word in words
                        if all(not fact.values for fact in of) or any(word in fact.values for fact in of)
                    ],
                )
            case Kind.ENUM:
                domains[name] = Domain(Kind.ENUM, tuple(Named((value,)) for value in every_value(of)))
            case _:
                domains[name] = Domain(Kind.STRING, tuple(map(Text, pieces)))
    return domains


def every_value(facts: Sequence[Fact]) -> list[str]:
    """The values of an enum, or of a set, in all vocabularies that know it."""
    return list(dict.fromkeys(value for fact in facts for value in fact.values))


def named(found: Iterable[Test]) -> list[str]:
    """The members that tests of sets name."""
    return sorted({value for test in found if isinstance(test, Includes | Within) for value in test.values})


def spelt(found: Iterable[Test]) -> tuple[list[str], list[str]]:
    """The patterns and the texts that tests of texts name."""
    patterns = [test.pattern for test in found if isinstance(test, Matches)]
    constants = [value for test in found if isinstance(test, OneOf) for value in test.values if isinstance(value, str)]
    return patterns, constants


def members(facts: Sequence[Fact], words: Iterable[str]) -> Domain:
    """The domain of a set. A member that one vocabulary alone knows is looked at by itself."""
    values = every_value(facts)
    known = [set(fact.values) for fact in facts if fact.values]
    apart = {value for value in values if known and not all(value in some for some in known)}
    chosen = sorted({*words, *apart})
    rest = None if any(not fact.values for fact in facts) else tuple(value for value in values if value not in chosen)
    return Domain(Kind.SET, members=(*chosen, *([REST] if rest is None or rest else [])), rest=rest)


def alike(facts: Sequence[Fact], found: Sequence[Test]) -> Iterator[Named]:
    """The values of an enum, those together that every test and every vocabulary treats alike."""
    groups: dict[tuple[bool, ...], list[str]] = {}
    wanted = [test.values for test in found if isinstance(test, OneOf)]
    for value in every_value(facts):
        signature = (*(value in values for values in wanted), *(value in fact.values for fact in facts))
        groups.setdefault(signature, []).append(value)
    for values in groups.values():
        typical = facts[-1].in_examples
        yield Named(tuple(sorted(values, key=lambda value: value != typical)))


def bounds_of(facts: Sequence[Fact]) -> tuple[int, int]:
    """The least and the largest number that any vocabulary admits for a fact; instants count in microseconds."""
    if facts[0].kind is Kind.DATETIME:
        return 0, LAST_TICK
    low = min(-LARGEST_INT if fact.minimum is None else fact.minimum for fact in facts)
    high = max(LARGEST_INT if fact.maximum is None else fact.maximum for fact in facts)
    return low, high


def ranges(facts: Sequence[Fact], found: Iterable[Test], at_least: int) -> Iterator[Range]:
    """The ranges that tests and bounds cut; those of fewer values than ``at_least`` value by value."""
    instants = facts[0].kind is Kind.DATETIME
    first, last = bounds_of(facts)
    cuts = {first, last + 1}
    for fact in facts:
        least, most = bounds_of([fact])
        cuts |= {least, most + 1}
    for test in found:
        match test:
            case Between(_, low, high):
                cuts |= {low} if low is not None else set()
                cuts |= {high + 1} if high is not None else set()
            case OneOf(_, values):
                cuts |= {int(value) + step for value in values for step in (0, 1)}
            case During(_, start, end):
                cuts |= {ticks(bound) for bound in (start, end) if bound is not None}
            case _:
                pass
    if instants:
        cuts |= {0, LAST_TICK + 1}
    inside = sorted(cut for cut in cuts if first <= cut <= last + 1)
    if len(inside) > CLASSES:
        raise Undecided(f"{facts[0].name} is cut into more than {CLASSES:,} ranges")
    for begin, after in pairwise(inside):
        if after - begin < at_least:
            yield from (Range(number, number, instants) for number in range(begin, after))
        else:
            yield Range(begin, after - 1, instants)
