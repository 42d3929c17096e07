"""Tell conditions and facts in words, and as a policy writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeAlias, assert_never

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
    reads,
)
from socialpolicy.values import Value
from socialpolicy.vocabulary import Fact

Groups: TypeAlias = Mapping[str, Mapping[str, frozenset[str]]]
"""For facts by name, the names that groups of their values have."""

Plain: TypeAlias = bool | int | str | Sequence["Plain"] | Mapping[str, "Plain"] | None
"""Plain data, as JSON has it."""


def plain(value: Value | None) -> Plain:
    """A value as JSON has it: a set is a sorted list, an instant is text in UTC."""
    match value:
        case frozenset():
            return sorted(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case _:
            return value


def shown(value: Value | None) -> str:
    """A value as text."""
    match plain(value):
        case None:
            return "unknown"
        case bool() as yes:
            return "true" if yes else "false"
        case list() as members:
            return "[" + ", ".join(map(str, members)) + "]"
        case other:
            return str(other)


def written(test: Test | Not) -> dict[str, Plain]:
    """A test, or a negated one, as a policy writes it: one entry of a condition."""
    match test:
        case Not(Includes(fact, values, 1)):
            return {fact: {"none_of": list[Plain](sorted(values))}}
        case Not(Within(fact, values)) if not values:
            return {fact: {"empty": False}}
        case Not(part):
            return {"not": written(part)}  # type: ignore[arg-type]
        case _:
            return {test.fact: _written(test)}


def _written(test: Test) -> Plain:
    match test:
        case OneOf(_, values, terms):
            if terms:
                return {"in_list": terms}
            members: list[Plain] = sorted(values)  # type: ignore[assignment]
            return members[0] if len(members) == 1 else members
        case Between(_, low, high):
            return {key: bound for key, bound in (("at_least", low), ("at_most", high)) if bound is not None}
        case During(_, start, end):
            return {key: plain(bound) for key, bound in (("from", start), ("before", end)) if bound is not None}
        case Matches(_, pattern):
            return {"matches": pattern}
        case Includes(_, values, at_least):
            words = sorted(values)
            if len(words) == 1:
                return words[0]
            return {"any_of" if at_least == 1 else "all_of": words}
        case Within(_, values):
            return {"nothing_but": sorted(values)} if values else {"empty": True}
        case SameAs(_, other):
            return {"same_as": other}
        case Has(_, other):
            return {"has": {"fact": other}}
        case _:
            assert_never(test)


def told(condition: Condition, facts: Mapping[str, Fact] = {}) -> str:
    """A condition as a phrase: "account.kind is personal and content.topics has one of a, b".

    Where the facts' labels are given, values are told by them.
    """
    match condition:
        case Not(part):
            if isinstance(part, All | Any | Not):
                return f"not ({told(part, facts)})"
            return _told(part, facts, negated=True)
        case All(parts):
            return " and ".join(_inner(part, facts, Any) for part in parts) or "always"
        case Any(parts):
            return " or ".join(_inner(part, facts, All) for part in parts) or "never"
        case _:
            return _told(condition, facts)


def phrased(condition: Condition, groups: Groups = MappingProxyType({})) -> str:
    """A condition in plain words: "account kind is official and action kind is posting".

    Names of facts are told as words, and values by the groups that they are.
    """
    text = told(grouped(condition, groups))
    for name in sorted(reads(condition), key=len, reverse=True):
        text = text.replace(name, name.replace(".", " ").replace("_", " "))
    return text


def grouped(condition: Condition, groups: Groups) -> Condition:
    """A condition, to be told alone, in which groups stand for their values."""
    match condition:
        case Not(part):
            return Not(grouped(part, groups))
        case All(parts):
            return All(tuple(grouped(part, groups) for part in parts))
        case Any(parts):
            return Any(tuple(grouped(part, groups) for part in parts))
        case OneOf(fact, values) | Includes(fact, values, 1) if fact in groups:
            left, names = frozenset(map(str, values)), list[str]()
            for name, members in sorted(groups[fact].items(), key=lambda group: -len(group[1])):
                if len(members) > 2 and members <= left:
                    names.append(name)
                    left -= members
            kept = left | frozenset(names)
            return OneOf(fact, kept) if isinstance(condition, OneOf) else Includes(fact, kept)
        case _:
            return condition


def _inner(part: Condition, facts: Mapping[str, Fact], other: type[All] | type[Any]) -> str:
    return f"({told(part, facts)})" if isinstance(part, other) else told(part, facts)


def _told(test: Test, facts: Mapping[str, Fact], *, negated: bool = False) -> str:
    fact, no = test.fact, " not" if negated else ""
    match test:
        case OneOf(_, values, terms):
            return f"{fact} is{no} in the list {terms}" if terms else f"{fact} is{no} {_alternatives(values)}"
        case Between(_, low, high) if low == high:
            return f"{fact} is{no} {low}"
        case Between(_, low, None):
            return f"{fact} is{no} at least {low}"
        case Between(_, None, high):
            return f"{fact} is{no} at most {high}"
        case Between(_, low, high):
            return f"{fact} is{no} between {low} and {high}"
        case During(_, start, None):
            return f"{fact} is{no} at or after {shown(start)}"
        case During(_, None, end):
            return f"{fact} is{no} before {shown(end)}"
        case During(_, start, end):
            return f"{fact} is{no} from {shown(start)} and before {shown(end)}"
        case Matches(_, pattern):
            return f"{fact} {'does not match' if negated else 'matches'} {pattern}"
        case Includes(_, values, at_least):
            verb = "has not" if negated else "has"
            if len(values) == 1:
                return f"{fact} {verb} {next(iter(values))}"
            if at_least == 1:
                return f"{fact} has {'none' if negated else 'one'} of {', '.join(sorted(values))}"
            every = "all" if at_least == len(values) else str(at_least)
            return f"{fact} {verb} {every} of {', '.join(sorted(values))}"
        case Within(_, values) if not values:
            return f"{fact} is{no} empty"
        case Within(_, values):
            return f"{fact} has {'something' if negated else 'nothing'} but {', '.join(sorted(values))}"
        case SameAs(_, other):
            return f"{fact} is{no} the same as {other}"
        case Has(_, other):
            return f"{fact} {'has not' if negated else 'has'} the value of {other}"
        case _:
            assert_never(test)


def _alternatives(values: Iterable[bool | int | str]) -> str:
    words = [shown(value) for value in sorted(values, key=str)]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1] if words else "nothing"
