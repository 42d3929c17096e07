"""Programs as JSON and back: the artefact that other systems embed without the author's file.

The shape follows from the dataclasses: an object of their fields, those left out that have their default. A condition says
in ``is`` which one it is. Reading checks everything and trusts nothing.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from socialpolicy import conditions
from socialpolicy.errors import SocialPolicyError
from socialpolicy.program import (
    Approval,
    Baseline,
    Duty,
    HandOver,
    Need,
    Outcome,
    Program,
    Rule,
    Start,
)
from socialpolicy.telling import Plain, plain
from socialpolicy.values import LARGEST_INT
from socialpolicy.vocabulary import Fact, Implication, Vocabulary

FORMAT = 1
CONDITIONS: dict[str, type] = {
    "all": conditions.All, "any": conditions.Any, "not": conditions.Not, "one_of": conditions.OneOf,
    "between": conditions.Between, "during": conditions.During, "matches": conditions.Matches,
    "includes": conditions.Includes, "within": conditions.Within, "same_as": conditions.SameAs, "has": conditions.Has,
}  # fmt: skip
TAG_OF = {kind: tag for tag, kind in CONDITIONS.items()}
DEPTH = 150

# What decides nothing, by class: words for people, and what analysis alone looks at.
SILENT: dict[type, frozenset[str]] = {
    Program: frozenset({"identity", "contacts", "labels"}),
    Rule: frozenset({"place", "title", "say", "why", "instead", "phrases"}),
    Need: frozenset({"say"}),
    HandOver: frozenset({"say"}),
    Start: frozenset({"say"}),
    Implication: frozenset({"name"}),
    Fact: frozenset({"in_examples", "mutable", "fixed_where", "sensitive", "supplied_by", "question", "hint", "if_missing", "labels"}),
    Vocabulary: frozenset({"screening", "impossible", "scope"}),
    Duty: frozenset(), Approval: frozenset(), Baseline: frozenset(),
}  # fmt: skip


class ProgramError(SocialPolicyError):
    """What was given is no saved program: ``where`` is the way to what is wrong in it."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where or 'the program'}: {message}")
        self.where, self.message = where, message


def saved(program: Program) -> dict[str, Plain]:
    """A program as plain data for JSON."""
    return {"socialpolicy_program": FORMAT, **encoded(program)}


def deciding(program: Program) -> dict[str, Plain]:
    """What of a program decides, as plain data: no words, and rules in the order of their ids."""
    data: dict[str, Any] = encoded(program, SILENT)
    data["rules"] = sorted(data["rules"], key=lambda rule: str(rule["id"]))
    return data


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (
            item.name,
            item.default
            if item.default is not MISSING
            else item.default_factory()
            if item.default_factory is not MISSING
            else MISSING,
        )
        for item in fields(kind)
    )


def encoded(value: Any, silent: Mapping[type, frozenset[str]] = {}) -> Any:
    """Any part of a program as plain data."""
    kind = type(value)
    if kind is str or kind is bool or kind is int or value is None:
        return value
    if kind is tuple:
        return [encoded(item, silent) for item in value]
    if is_dataclass(kind):
        left_out = silent.get(kind, frozenset())
        data: dict[str, Any] = {"is": TAG_OF[kind]} if kind in TAG_OF else {}
        for name, default in _fields(kind):
            item = getattr(value, name)
            if name not in left_out and (default is MISSING or (item is not default and item != default)):
                data[name] = encoded(item, silent)
        return data
    if kind is frozenset:
        return sorted(value)
    if isinstance(value, Outcome):
        return value.word
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: encoded(item, silent) for key, item in value.items()}
    return plain(value)


Decoder: TypeAlias = Callable[[Any, str, int], Any]


def loaded(data: Any) -> Program:
    """Read back what ``saved`` returned. Raises ``ProgramError``."""
    if not isinstance(data, dict) or "socialpolicy_program" not in data:
        raise ProgramError("", "this is no saved program; `socialpolicy compile` writes one.")
    if data["socialpolicy_program"] != FORMAT:
        raise ProgramError(
            "socialpolicy_program", f"this library reads format {FORMAT}, not {data['socialpolicy_program']!r}."
        )
    program: Program = _decoder(Program)(
        {key: item for key, item in data.items() if key != "socialpolicy_program"}, "", 0
    )
    return program


def _wrong(where: str, wanted: str, value: Any) -> ProgramError:
    return ProgramError(where, f"{wanted} belongs here, not {str(value)[:60]!r}.")


def _scalar(kind: type, wanted: str) -> Decoder:
    def decode(value: Any, where: str, depth: int) -> Any:
        if type(value) is not kind or (isinstance(value, int) and abs(value) > LARGEST_INT):
            raise _wrong(where, wanted, value)
        return value

    return decode


def _instant(value: Any, where: str, depth: int) -> datetime:
    from socialpolicy.instants import instant

    found = instant(value) if isinstance(value, str) else None
    if found is None:
        raise _wrong(where, "an instant", value)
    return found.astimezone(UTC)


def _set(value: Any, where: str, depth: int) -> frozenset[Any]:
    if (
        not isinstance(value, list)
        or len({type(item) for item in value}) > 1
        or not all(type(item) in (str, bool, int) for item in value)
    ):
        raise _wrong(where, "a list of values of one type", value)
    return frozenset(value)


def _given(value: Any, where: str, depth: int) -> Any:
    if isinstance(value, list):
        return _set(value, where, depth)
    if type(value) not in (str, bool, int):
        raise _wrong(where, "a value", value)
    return value


def _condition(value: Any, where: str, depth: int) -> Any:
    if depth > DEPTH:
        raise ProgramError(where, "this is nested too deeply.")
    tag = value.get("is") if isinstance(value, dict) else None
    if not isinstance(tag, str) or tag not in CONDITIONS:
        raise _wrong(where, "a condition", value)
    return _object(CONDITIONS[tag])({key: item for key, item in value.items() if key != "is"}, where, depth + 1)


def _sequence(inner: Decoder) -> Decoder:
    def decode(value: Any, where: str, depth: int) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _wrong(where, "a list", value)
        return tuple(inner(item, f"{where}[{index}]", depth) for index, item in enumerate(value))

    return decode


def _mapping(inner: Decoder) -> Decoder:
    def decode(value: Any, where: str, depth: int) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _wrong(where, "an object", value)
        return {key: inner(item, f"{where}.{key}", depth) for key, item in value.items()}

    return decode


def _enumerated(kind: type[Enum]) -> Decoder:
    words = {member.word if isinstance(member, Outcome) else member.value: member for member in kind}

    def decode(value: Any, where: str, depth: int) -> Any:
        if not isinstance(value, str) or value not in words:
            raise _wrong(where, " or ".join(words), value)
        return words[value]

    return decode


def _one_condition(kind: type) -> Decoder:
    def decode(value: Any, where: str, depth: int) -> Any:
        found = _condition(value, where, depth)
        if type(found) is not kind:
            raise _wrong(where, f"the condition `{TAG_OF[kind]}`", value)
        return found

    return decode


@cache
def _object(kind: type) -> Decoder:
    hints = get_type_hints(kind)
    decoders = {item.name: _decoder(hints[item.name]) for item in fields(kind)}
    required = [name for name, default in _fields(kind) if default is MISSING]

    def decode(value: Any, where: str, depth: int) -> Any:
        if not isinstance(value, dict):
            raise _wrong(where, "an object", value)
        for name in value:
            if name not in decoders:
                raise ProgramError(f"{where}.{name}".lstrip("."), "there is no such key.")
        for name in required:
            if name not in value:
                raise ProgramError(where, f"`{name}` is missing.")
        return kind(
            **{name: decoders[name](item, f"{where}.{name}".lstrip("."), depth) for name, item in value.items()}
        )

    return decode


@cache
def _decoder(hint: Any) -> Decoder:
    """How to read a value of a type."""
    if hint is conditions.Condition:
        return _condition
    if get_origin(hint) in (Union, types.UnionType):
        arms = [arm for arm in get_args(hint) if arm is not type(None)]
        inner: Decoder
        if any(arm in TAG_OF for arm in arms):
            inner = _condition
        elif all(get_origin(arm) is frozenset for arm in arms):
            inner = _set
        elif len(arms) > 1:
            inner = _given
        else:
            inner = _decoder(arms[0])
        if len(arms) == len(get_args(hint)):
            return inner
        return lambda value, where, depth: None if value is None else inner(value, where, depth)
    scalars = {str: "text", bool: "true or false", int: "a whole number"}
    if hint in scalars:
        return _scalar(hint, scalars[hint])
    if hint is datetime:
        return _instant
    origin = get_origin(hint)
    if origin is tuple:
        return _lazy(_sequence, get_args(hint)[0])
    if origin is frozenset:
        return _set
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enumerated(hint)
    if hint in TAG_OF:
        return _one_condition(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _object(hint)
    return _lazy(_mapping, get_args(hint)[1])


def _lazy(make: Callable[[Decoder], Decoder], hint: Any) -> Decoder:
    """A decoder of several, whose inner one is made when it is first needed (conditions hold conditions)."""
    return make(lambda value, where, depth: _decoder(hint)(value, where, depth))
