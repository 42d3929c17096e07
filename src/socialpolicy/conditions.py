"""Conditions: what a rule tests, in one canonical shape, and what they mean.

A condition is a tree of *tests* of facts under ``All``, ``Any`` and ``Not``. Its meaning is three-valued: a test of a fact
that is not known is UNKNOWN, *and* is ``min``, *or* is ``max``, *not* swaps the ends. That is the meaning of
``c or not c`` too, so nothing here (and no back end) simplifies it to a constant.

Sugar is gone when a condition has this shape: groups and ``all_but`` are spelt out, the comparisons of an ordered enum
are the values that they admit, ``none_of`` is a negated ``any_of``, named lists and named conditions are put in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias, assert_never, cast

from socialpolicy.values import Facts, Truth


@dataclass(frozen=True, slots=True)
class OneOf:
    """A bool, enum, string or int fact has one of these values. ``terms`` names the policy's list that they are."""

    fact: str
    values: frozenset[bool] | frozenset[int] | frozenset[str]
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Between:
    """An int fact lies between two bounds, both included; ``None`` is no bound."""

    fact: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class During:
    """An instant is at or after ``start`` and strictly before ``end``; ``None`` is no bound."""

    fact: str
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Matches:
    """The whole text matches a pattern in which ``*`` stands for any run of characters and nothing else is special."""

    fact: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Includes:
    """A set fact has at least so many of these values: one is *any of*, as many as there are is *all of*."""

    fact: str
    values: frozenset[str]
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Within:
    """A set fact has nothing but these values; with none given it is empty."""

    fact: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class SameAs:
    """Two facts of one type have the same value."""

    fact: str
    other: str


@dataclass(frozen=True, slots=True)
class Has:
    """A set fact has the value of another fact as a member."""

    fact: str
    other: str


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; with no parts it always does."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Some part holds; with no parts it never does."""

    parts: tuple[Condition, ...]


Test: TypeAlias = OneOf | Between | During | Matches | Includes | Within | SameAs | Has
Condition: TypeAlias = Test | Not | All | Any

ALWAYS: Final = All(())


def holds(condition: Condition, facts: Facts) -> Truth:
    """Tell whether a condition holds of what is known."""
    match condition:
        case Not(part):
            return holds(part, facts).negated()
        case All(parts):
            return min((holds(part, facts) for part in parts), default=Truth.TRUE)
        case Any(parts):
            return max((holds(part, facts) for part in parts), default=Truth.FALSE)
        case _:
            if any(facts.get(fact) is None for fact in tested(condition)):
                return Truth.UNKNOWN
            return Truth.TRUE if passes(condition, facts) else Truth.FALSE


def passes(test: Test, facts: Facts) -> bool:
    """Tell whether a test passes whose facts are all known."""
    value = facts[test.fact]
    match test:
        case OneOf(_, values):
            return value in values
        case Between(_, low, high):
            number = cast("int", value)
            return (low is None or low <= number) and (high is None or number <= high)
        case During(_, start, end):
            instant = cast("datetime", value)
            return (start is None or start <= instant) and (end is None or instant < end)
        case Matches(_, pattern):
            return matches(pattern, cast("str", value))
        case Includes(_, values, at_least):
            return len(values & cast("frozenset[str]", value)) >= at_least
        case Within(_, values):
            return cast("frozenset[str]", value) <= values
        case SameAs(_, other):
            return value == facts[other]
        case Has(_, other):
            return facts[other] in cast("frozenset[str]", value)
        case _:
            assert_never(test)


def matches(pattern: str, text: str) -> bool:
    """Tell whether the whole text matches the pattern.

    Each piece between two stars is taken where it first occurs, which leaves the most for the rest; so there is no going
    back, and the time is that of finding the pieces one after the other.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    last = rest.pop()
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in rest:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def tested(test: Test) -> tuple[str, ...]:
    """The facts that a single test reads: one, or two where it compares them."""
    match test:
        case SameAs(fact, other) | Has(fact, other):
            return (fact, other)
        case _:
            return (test.fact,)


def reads(condition: Condition) -> frozenset[str]:
    """All facts that a condition reads."""
    match condition:
        case Not(part):
            return reads(part)
        case All(parts) | Any(parts):
            return frozenset().union(*map(reads, parts))
        case _:
            return frozenset(tested(condition))


def waits(condition: Condition, facts: Facts) -> frozenset[str]:
    """The unknown facts for which the truth of a condition waits: none, if it does not wait.

    Parts that are settled are left out: in "a or b", with a known to be false, only b's facts are waited for.
    """
    if holds(condition, facts) is not Truth.UNKNOWN:
        return frozenset()
    match condition:
        case Not(part):
            return waits(part, facts)
        case All(parts) | Any(parts):
            return frozenset().union(*(waits(part, facts) for part in parts))
        case _:
            return frozenset(fact for fact in tested(condition) if facts.get(fact) is None)


def both(*conditions: Condition) -> Condition:
    """Join conditions by *and*, without nesting one ``All`` in another and without saying anything twice."""
    parts: dict[Condition, None] = {}
    for condition in conditions:
        parts.update(dict.fromkeys(condition.parts if isinstance(condition, All) else (condition,)))
    return next(iter(parts)) if len(parts) == 1 else All(tuple(parts))


def either(*conditions: Condition) -> Condition:
    """Join conditions by *or*, as ``both`` joins them by *and*."""
    parts: dict[Condition, None] = {}
    for condition in conditions:
        parts.update(dict.fromkeys(condition.parts if isinstance(condition, Any) else (condition,)))
    return next(iter(parts)) if len(parts) == 1 else Any(tuple(parts))
