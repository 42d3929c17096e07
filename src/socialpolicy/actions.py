"""Actions: check the facts that a caller states against the vocabulary.

Facts may be nested (``{"account": {"kind": "personal"}}``) or flat (``{"account.kind": "personal"}``). A name that is no
fact and a value outside the vocabulary are errors that name the nearest valid one; nothing is ever ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, TypeAlias

from socialpolicy.errors import ActionError, Problem
from socialpolicy.instants import instant
from socialpolicy.shaping import shape_check
from socialpolicy.values import LARGEST_INT, UNKNOWN_WORD, Facts, Kind, Value
from socialpolicy.vocabulary import Fact, Vocabulary

TEXT_CHARACTERS = 64 * 1024
MEMBERS = 10_000
LEVELS = 8
PROBLEMS = 100
"""Among how many problems with one action the rest is not looked for."""
HINTS = 20
LISTS = (list, tuple, set, frozenset)
SURROGATE = re.compile("[\ud800-\udfff]")


SHAPES, SHAPE_SEEN, COUNTS = 1_024, 32, 65_536
"""How many checks are made for actions of one shape, how often the shape must have been seen before, and how many are counted."""


class Refuse(Exception):  # noqa: N818 - it never leaves this module
    """A value that its fact cannot have."""

    def __init__(self, id: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.id, self.message, self.hint = id, message, hint


Check: TypeAlias = Callable[[Any], Value | None]
"""Returns the value in the one form that deciding knows, or raises ``Refuse``."""


@dataclass(frozen=True, slots=True)
class Action:
    """The facts of one action, checked: names and values that the vocabulary knows, instants in UTC, sets frozen."""

    facts: Facts

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any], checker: Checker) -> Action:
        """Check facts, nested or flat, by a policy's ``checker``. Raises ``ActionError`` with every problem."""
        return cls(checker(facts))


class Checker:
    """Checks facts against a vocabulary: called with them, it returns them flat and in the one form that deciding knows.

    Plain facts of plain types are looked up in tables; all else, and all that is wrong, takes the longer way.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.by_name = {name: check(fact) for name, fact in vocabulary.facts.items()}
        self.shapes: dict[Any, Callable[[Any], dict[str, Value | None]]] = {}
        self.counts: dict[Any, int] = {}
        self.words: dict[str, Any] = {}
        self.members: dict[str, frozenset[str]] = {}
        self.bounds: dict[str, tuple[int, int]] = {}
        self.bools = frozenset(name for name, fact in vocabulary.facts.items() if fact.kind is Kind.BOOL)
        for name, fact in vocabulary.facts.items():
            if fact.kind is Kind.ENUM:
                self.words[name] = frozenset(fact.values) - {UNKNOWN_WORD}
            elif fact.kind is Kind.SET and fact.values:
                self.members[name] = frozenset(fact.values)
            elif fact.kind is Kind.INT:
                self.bounds[name] = bounds(fact)
            if fact.kind is not Kind.ENUM:
                self.words[name] = ()
        self.groups: dict[str, dict[str, str]] = {}
        for name in vocabulary.facts:
            group, dot, rest = name.partition(".")
            if dot and group not in vocabulary.facts:
                self.groups.setdefault(group, {})[rest] = name

    def __call__(self, facts: Mapping[str, Any]) -> dict[str, Value | None]:
        """Check facts, nested or flat. Raises ``ActionError`` with every problem."""
        if type(facts) is dict:
            try:
                shape = tuple(facts)
                check = self.shapes.get(shape)
                if check is not None:
                    return check(facts)
                self.seen(shape, facts)
            except Exception:  # noqa: BLE001 - what is wrong is told below
                pass
        return self.checked(facts)

    def seen(self, shape: tuple[str, ...], facts: dict[str, Any]) -> None:
        """Count the actions of a shape, and make the check for one that has been seen often."""
        count = self.counts[shape] = self.counts.get(shape, 0) + 1
        if len(self.counts) > COUNTS:
            self.counts.clear()
        if count == SHAPE_SEEN and len(self.shapes) < SHAPES:
            check = shape_check(self.vocabulary, self.by_name, facts)
            if check is not None:
                self.shapes[shape] = check

    def checked(self, facts: Mapping[str, Any]) -> dict[str, Value | None]:
        """Check facts one by one."""
        try:
            flat = facts.copy() if type(facts) is dict else dict(facts.items())
            for value in flat.values():
                if type(value) is dict:
                    flat = self.flattened(flat)
                    break
            words, members, bools = self.words, self.members, self.bools
            for name, value in flat.items():
                kind = type(value)
                if kind is str:
                    if value in words[name]:
                        continue
                elif kind is bool:
                    if name in bools:
                        continue
                elif kind is list:
                    found = frozenset(value)
                    if name in members and found <= members[name]:
                        flat[name] = found
                        continue
                elif kind is int and name in self.bounds:
                    low, high = self.bounds[name]
                    if low <= value <= high:
                        continue
                elif kind is frozenset and name in members and value <= members[name]:
                    continue
                flat[name] = self.by_name[name](value)
        except Exception:  # noqa: BLE001 - whatever a strange value did: the longer way tells of it, and calls nothing of it
            return thoroughly_checked(self.by_name, facts)
        return flat

    def flattened(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Facts nested in groups as flat ones. Raises ``KeyError`` for what is no group, or stated twice."""
        flat: dict[str, Any] = {}
        for group, inner in facts.items():
            if type(inner) is dict:
                names = self.groups[group]
                for key, value in inner.items():
                    name = names[key]
                    if name in flat or name in facts:
                        raise KeyError(name)
                    flat[name] = value
            else:
                flat[group] = inner
        return flat


def thoroughly_checked(by_name: Mapping[str, Check], facts: Any) -> dict[str, Value | None]:
    """Check facts one by one, nested ones among them, and tell of every problem (or of the first hundred)."""
    if not isinstance(facts, Mapping):
        raise ActionError(
            (Problem("wrong-type", "", f"an action is a mapping of facts to values, not {told(facts)}."),)
        )
    found: dict[str, Value | None] = {}
    problems: list[Problem] = []

    def visit(stated: Mapping[Any, Any], prefix: str, level: int) -> None:
        for key, value in stated.items():
            if len(problems) >= PROBLEMS:
                return
            if not issubclass(type(key), str):
                problems.append(
                    Problem("unknown-fact", "", f"a fact's name is text, not {told(key)}.", "Write the name of a fact.")
                )
                continue
            name = prefix + str.__str__(key)
            if name in by_name:
                if name in found:
                    problems.append(
                        Problem("duplicate-key", name, f"{name} is stated twice.", "State it once, nested or flat.")
                    )
                    continue
                found[name] = None
                try:
                    found[name] = by_name[name](value)
                except Refuse as refusal:
                    problems.append(Problem(refusal.id, name, refusal.message, refusal.hint))
            elif (
                isinstance(value, Mapping) and level < LEVELS and any(known.startswith(name + ".") for known in by_name)
            ):
                visit(value, name + ".", level + 1)
            else:
                hint = close(name, by_name) if len(problems) < HINTS else ""
                problems.append(
                    Problem(
                        "unknown-fact", shown(name, 200), f"{shown(name, 200)} is not a fact of the vocabulary.", hint
                    )
                )

    visit(facts, "", 0)
    if problems:
        raise ActionError(tuple(problems))
    return found


def shown(text: str, at_most: int = 60) -> str:
    """A text for a message: cut, and with escapes for what cannot be printed."""
    text = text if len(text) <= at_most else text[: at_most - 1] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text) or '""'


def told(value: Any) -> str:
    """A value for a message, told without calling anything of its own."""
    kind = type(value)
    if value is None:
        return "null"
    if issubclass(kind, str):
        return f'"{shown(str.__str__(value))}"'
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value) if -(10**30) < value < 10**30 else "a number of more than 30 digits"
    if issubclass(kind, float):
        return f"the number {float.__repr__(value)}"
    if issubclass(kind, Mapping):
        return "a mapping"
    return "a list" if kind in LISTS else f"a value of the type {shown(kind.__name__)}"


def close(word: str, words: Iterable[str]) -> str:
    """Ask "Did you mean ...?" where one of the words is close to this one."""
    near = get_close_matches(word, list(words), n=1, cutoff=0.6) if len(word) <= 64 else []
    return f"Did you mean {near[0]}?" if near else ""


def check(fact: Fact) -> Check:
    """The check for one fact's values."""
    match fact.kind:
        case Kind.BOOL:
            return check_bool(fact)
        case Kind.ENUM:
            return check_enum(fact)
        case Kind.STRING:
            return check_string(fact)
        case Kind.INT:
            return check_int(fact)
        case Kind.DATETIME:
            return check_datetime(fact)
        case Kind.SET:
            return check_set(fact)


def unknown(fact: Fact, value: Any, wanted: str) -> Value | None:
    """Return None where a value says "not known"; refuse any other."""
    if value is not None and not (issubclass(type(value), str) and str.__eq__(value, UNKNOWN_WORD) is True):
        raise Refuse("type-mismatch", f"{fact.name} cannot be {told(value)}.", f"Write {wanted}.")
    return None


def check_bool(fact: Fact) -> Check:
    """True or false."""

    def check(value: Any) -> Value | None:
        if value is True or value is False:
            return bool(value)
        return unknown(fact, value, "true or false")

    return check


def check_enum(fact: Fact) -> Check:
    """One of a closed list."""
    values = {value: value for value in fact.values}

    def check(value: Any) -> Value | None:
        if not issubclass(type(value), str):
            return unknown(fact, value, f"one of its values: {few(fact)}")
        found = values.get(str.__str__(value))
        return found if found is not None else unknown_word(fact, str.__str__(value))

    return check


def few(fact: Fact) -> str:
    """The values of a fact, or the first of them."""
    return ", ".join(fact.values[:12]) + (", …" if len(fact.values) > 12 else "")


def unknown_word(fact: Fact, value: str) -> Value | None:
    """Return None where a word says "not known"; refuse one that is not in the closed list of a fact."""
    if value != UNKNOWN_WORD:
        raise Refuse(
            "unknown-value",
            f'{fact.name} has no value "{shown(value)}".',
            close(value, fact.values) or f"It has {few(fact)}.",
        )
    return None


def check_string(fact: Fact) -> Check:
    """Open text."""

    def check(value: Any) -> Value | None:
        if not issubclass(type(value), str) or str.__eq__(value, UNKNOWN_WORD) is True:
            return unknown(fact, value, "a text")
        return text(fact, str.__str__(value))

    return check


def text(fact: Fact, value: str) -> str:
    """A text that is not too long, and that every program can write down."""
    if len(value) > TEXT_CHARACTERS:
        raise Refuse(
            "too-long",
            f"{fact.name} has {len(value):,} characters; at most {TEXT_CHARACTERS:,} are read.",
            "Shorten it.",
        )
    if not value.isascii() and SURROGATE.search(value):
        raise Refuse(
            "type-mismatch",
            f'{fact.name} cannot be "{shown(value)}": it has half a character in it.',
            "Write the whole character.",
        )
    return value


def bounds(fact: Fact) -> tuple[int, int]:
    """The least and the greatest number that a fact can be."""
    return (
        fact.minimum if fact.minimum is not None else -LARGEST_INT,
        fact.maximum if fact.maximum is not None else LARGEST_INT,
    )


def check_int(fact: Fact) -> Check:
    """A whole number within the bounds of its fact."""
    low, high = bounds(fact)

    def check(value: Any) -> Value | None:
        if type(value) is not int:
            return unknown(fact, value, "a whole number")
        if not low <= value <= high:
            raise Refuse("out-of-range", f"{fact.name} lies between {low} and {high}.")
        return value

    return check


def check_datetime(fact: Fact) -> Check:
    """An instant with its offset, as text (RFC 3339) or as an aware ``datetime``."""

    def check(value: Any) -> Value | None:
        kind = type(value)
        if issubclass(kind, str) and str.__ne__(value, UNKNOWN_WORD) is True:
            found = instant(str.__str__(value))
        elif issubclass(kind, datetime) and value.tzinfo is not None and value.utcoffset() is not None:
            found = in_utc(value)
        else:
            return unknown(fact, value, INSTANT)
        if found is None:
            cannot = told(value) if issubclass(kind, str) else "an instant so near the edge of the calendar"
            raise Refuse("bad-instant", f"{fact.name} cannot be {cannot}.", f"Write {INSTANT}.")
        return found

    return check


INSTANT = 'an instant with its offset, such as "2026-03-01T09:00:00+01:00"'


def in_utc(value: datetime) -> datetime | None:
    """An instant in UTC; None where its offset takes it out of the calendar."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return None


def check_set(fact: Fact) -> Check:
    """A set, known as a whole: a list, tuple, set or frozenset of texts."""
    known = frozenset(fact.values)
    empty: frozenset[str] = frozenset()

    def check(value: Any) -> Value | None:
        if type(value) not in LISTS:
            return unknown(fact, value, f"a list: [{shown(value) if type(value) is str else '…'}]")
        if not value:
            return empty
        if len(value) > MEMBERS:
            raise Refuse(
                "too-long", f"{fact.name} has {len(value):,} members; at most {MEMBERS:,} are read.", "Shorten it."
            )
        members = frozenset(member(fact, one) for one in value)
        if known and not members <= known:
            unknown_word(fact, min(members - known))
            raise Refuse(
                "type-mismatch",
                f"{fact.name} cannot hold {UNKNOWN_WORD}: a set is known as a whole, or unknown.",
                WHOLE,
            )
        return members

    return check


WHOLE = "Leave the whole set out, or give null for it."


def member(fact: Fact, value: Any) -> str:
    """One member of a set, which is a text."""
    if value is None:
        raise Refuse("type-mismatch", f"{fact.name} holds null: a set is known as a whole, or unknown.", WHOLE)
    if not issubclass(type(value), str):
        raise Refuse("type-mismatch", f"{fact.name} cannot hold {told(value)}.", "Write texts.")
    return text(fact, str.__str__(value))
