"""Hostile actions: whatever a caller states is decided about as it is, or refused with every problem; never ignored."""

from __future__ import annotations

import enum
import math
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from hostile.corpus import MARK, POLICY, places
from socialpolicy import ActionError, Policy, loads
from socialpolicy.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Iterator


class Hits:
    """An object all of whose own methods fail."""

    def fail(self, *_: object) -> Any:
        raise RuntimeError("an object's own method was called")

    __eq__ = __ne__ = __hash__ = __repr__ = __str__ = __bool__ = __len__ = __iter__ = __lt__ = __format__ = fail  # type: ignore[assignment]


class Lies:
    """An object that says it equals everything."""

    def __init__(self, word: object) -> None:
        self.word = word

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return hash(self.word)


class Loud(str):
    """A text of a kind of its own, which says that it equals everything."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = str.__hash__


class Word(enum.StrEnum):
    OFFICIAL = "official"
    INTERN = "intern"
    WRONG = "oficial"


class Number(int):
    """A number of a kind of its own."""


class Turns(dict[str, Any]):
    """A mapping of a kind of its own."""


def endless() -> dict[str, Any]:
    """A mapping that holds itself."""
    made: dict[str, Any] = {}
    made["account"] = made
    return made


@cache
def policy() -> Policy:
    return loads(POLICY)


REFUSED: list[tuple[str, Any, str]] = [
    ("a list instead of a mapping", [("account.kind", "official")], "wrong-type@"),
    ("a text instead of a mapping", "account.kind=official", "wrong-type@"),
    ("nothing instead of a mapping", None, "wrong-type@"),
    ("a number instead of a mapping", 5, "wrong-type@"),
    ("an object instead of a mapping", Hits(), "wrong-type@"),
    ("number as a key", {1: "official"}, "unknown-fact@"),
    ("bytes as a key", {b"account.kind": "official"}, "unknown-fact@"),
    ("nothing as a key", {None: "official"}, "unknown-fact@"),
    ("tuple as a key", {("account", "kind"): "official"}, "unknown-fact@"),
    ("key of no letters", {"": 1}, 'unknown-fact@""'),
    ("unknown fact near a known one", {"content.topic": ["merger"]}, "unknown-fact@content.topic"),
    ("unknown fact in other letters", {"Account.Kind": "official"}, "unknown-fact@Account.Kind"),
    ("unknown fact with a cyrillic letter", {"\u0430ccount.kind": "official"}, "unknown-fact@\u0430ccount.kind"),
    ("unknown fact with a blank", {"account.kind ": "official"}, "unknown-fact@account.kind "),
    ("unknown fact with a bidi control", {"account.kind\u202e": "official"}, "unknown-fact@account.kind\\u202e"),
    ("unknown fact with half a character", {"account.\ud800": 1}, "unknown-fact@account.\\ud800"),
    ("unknown fact of a million letters", {"a" * 1_000_000: 1}, f"unknown-fact@{'a' * 199}…"),
    ("unknown fact that is unknown", {"content.topic": None}, "unknown-fact@content.topic"),
    ("unknown fact in a group", {"account": {"knd": "official"}}, "unknown-fact@account.knd"),
    ("group as a value", {"account": "official"}, "unknown-fact@account"),
    ("name of a method", {"__class__": "official"}, "unknown-fact@__class__"),
    ("fact behind a fact", {"account.kind": {"kind": "official"}}, "type-mismatch@account.kind"),
    ("group nested too deep", {"account": {"kind": {"kind": {"kind": 1}}}}, "type-mismatch@account.kind"),
    ("group that holds itself", endless(), "unknown-fact@account.account"),
    ("fact stated twice, nested and flat", {"account": {"kind": "official"}, "account.kind": "official"}, "duplicate-key@account.kind"),
    ("fact stated twice, once wrongly", {"account": {"kind": "nope"}, "account.kind": "official"}, "unknown-value@account.kind duplicate-key@account.kind"),
    ("unknown value near a known one", {"account.kind": "oficial"}, "unknown-value@account.kind"),
    ("value in other letters", {"account.kind": "Official"}, "unknown-value@account.kind"),
    ("value with a line end", {"account.kind": "official\n"}, "unknown-value@account.kind"),
    ("value with half a character", {"account.kind": "\ud800"}, "unknown-value@account.kind"),
    ("value of a million letters", {"account.kind": "a" * 1_000_000}, "unknown-value@account.kind"),
    ("group of values", {"account.kind": "own_accounts"}, "unknown-value@account.kind"),
    ("no letters for an enum", {"account.kind": ""}, "unknown-value@account.kind"),
    ("bytes for an enum", {"account.kind": b"official"}, "type-mismatch@account.kind"),
    ("list for an enum", {"account.kind": ["official"]}, "type-mismatch@account.kind"),
    ("set for an enum", {"account.kind": {"official"}}, "type-mismatch@account.kind"),
    ("mapping for an enum", {"account.kind": {}}, "type-mismatch@account.kind"),
    ("true for an enum", {"account.kind": True}, "type-mismatch@account.kind"),
    ("number of five thousand digits for an enum", {"account.kind": 10**5000}, "type-mismatch@account.kind"),
    ("object that fails for an enum", {"account.kind": Hits()}, "type-mismatch@account.kind"),
    ("object that lies for an enum", {"account.kind": Lies("official")}, "type-mismatch@account.kind"),
    ("word of an enum of Python that is none here", {"account.kind": Word.WRONG}, "unknown-value@account.kind"),
    ("text that lies for an enum", {"account.kind": Loud("oficial")}, "unknown-value@account.kind"),
    ("one for true", {"account.mfa": 1}, "type-mismatch@account.mfa"),
    ("nought for false", {"account.mfa": 0}, "type-mismatch@account.mfa"),
    ("text for true", {"account.mfa": "true"}, "type-mismatch@account.mfa"),
    ("yes for true", {"account.mfa": "yes"}, "type-mismatch@account.mfa"),
    ("no letters for false", {"account.mfa": ""}, "type-mismatch@account.mfa"),
    ("list for true", {"account.mfa": [True]}, "type-mismatch@account.mfa"),
    ("number of five thousand digits for true", {"account.mfa": 10**5000}, "type-mismatch@account.mfa"),
    ("object that fails for true", {"account.mfa": Hits()}, "type-mismatch@account.mfa"),
    ("object that lies for true", {"account.mfa": Lies(True)}, "type-mismatch@account.mfa"),
    ("text that lies that it is unknown", {"account.mfa": Loud("true")}, "type-mismatch@account.mfa"),
    ("true for a number", {"account.admins": True}, "type-mismatch@account.admins"),
    ("number with a point", {"account.admins": 2.0}, "type-mismatch@account.admins"),
    ("no number", {"account.admins": math.nan}, "type-mismatch@account.admins"),
    ("infinity", {"account.admins": math.inf}, "type-mismatch@account.admins"),
    ("decimal", {"account.admins": Decimal(2)}, "type-mismatch@account.admins"),
    ("fraction", {"account.admins": Fraction(2)}, "type-mismatch@account.admins"),
    ("complex number", {"account.admins": 2j}, "type-mismatch@account.admins"),
    ("text for a number", {"account.admins": "2"}, "type-mismatch@account.admins"),
    ("number of a kind of its own", {"account.admins": Number(2)}, "type-mismatch@account.admins"),
    ("number below its bound", {"account.admins": -1}, "out-of-range@account.admins"),
    ("number that some readers round", {"account.admins": 2**53}, "out-of-range@account.admins"),
    ("number of five thousand digits", {"account.admins": 10**5000}, "out-of-range@account.admins"),
    ("bare text for a set", {"content.tone": "profane"}, "type-mismatch@content.tone"),
    ("mapping for a set", {"content.tone": {"profane": True}}, "type-mismatch@content.tone"),
    ("generator for a set", {"content.tone": (word for word in ("profane",))}, "type-mismatch@content.tone"),
    ("keys of a mapping for a set", {"content.tone": {"profane": 1}.keys()}, "type-mismatch@content.tone"),
    ("true for a set", {"content.tone": True}, "type-mismatch@content.tone"),
    ("nothing in a set", {"content.tone": [None]}, "type-mismatch@content.tone"),
    ("nothing beside a value in a set", {"content.tone": ["profane", None]}, "type-mismatch@content.tone"),
    ("unknown in a set", {"content.tone": ["unknown"]}, "type-mismatch@content.tone"),
    ("unknown value in a set", {"content.tone": ["profain"]}, "unknown-value@content.tone"),
    ("list in a set", {"content.tone": [["profane"]]}, "type-mismatch@content.tone"),
    ("mapping in a set", {"content.tone": [{}]}, "type-mismatch@content.tone"),
    ("number in a set", {"content.tone": [1, "profane"]}, "type-mismatch@content.tone"),
    ("bytes in a set", {"content.tone": {b"profane"}}, "type-mismatch@content.tone"),
    ("number of five thousand digits in a set", {"content.tone": [10**5000]}, "type-mismatch@content.tone"),
    ("object that fails in a set", {"content.tone": [Hits()]}, "type-mismatch@content.tone"),
    ("set of a million members", {"content.terms": [str(number) for number in range(1_000_000)]}, "too-long@content.terms"),
    ("text of a million letters in a set", {"content.terms": ["a" * 1_000_000]}, "too-long@content.terms"),
    ("half a character in a set", {"content.terms": ["\udfff"]}, "type-mismatch@content.terms"),
    ("text of a million letters", {"account.id": "a" * 1_000_000}, "too-long@account.id"),
    ("text with half a character", {"account.id": "a\ud83d"}, "type-mismatch@account.id"),
    ("bytes for a text", {"account.id": b"x"}, "type-mismatch@account.id"),
    ("number for a text", {"account.id": 5}, "type-mismatch@account.id"),
    ("list for a text", {"account.id": ["x"]}, "type-mismatch@account.id"),
    ("path for a text", {"account.id": Path("x")}, "type-mismatch@account.id"),
    ("object that fails for a text", {"account.id": Hits()}, "type-mismatch@account.id"),
    ("instant without an offset", {"context.at": "2026-03-01T09:00:00"}, "bad-instant@context.at"),
    ("instant that is a day", {"context.at": "2026-03-01"}, "bad-instant@context.at"),
    ("instant with a leap second", {"context.at": "2016-12-31T23:59:60Z"}, "bad-instant@context.at"),
    ("instant at the hour 24", {"context.at": "2026-03-01T24:00:00Z"}, "bad-instant@context.at"),
    ("instant on a day that there is not", {"context.at": "2026-02-30T09:00:00Z"}, "bad-instant@context.at"),
    ("instant in the year nought", {"context.at": "0000-01-01T00:00:00Z"}, "bad-instant@context.at"),
    ("instant whose offset leaves the calendar below", {"context.at": "0001-01-01T00:00:00+14:00"}, "bad-instant@context.at"),
    ("instant whose offset leaves the calendar above", {"context.at": "9999-12-31T23:00:00-14:00"}, "bad-instant@context.at"),
    ("instant with an offset of a day", {"context.at": "2026-03-01T09:00:00+24:00"}, "bad-instant@context.at"),
    ("instant in wide digits", {"context.at": "２０２６-03-01T09:00:00Z"}, "bad-instant@context.at"),
    ("instant with a line end", {"context.at": "2026-03-01T09:00:00Z\n"}, "bad-instant@context.at"),
    ("instant as seconds", {"context.at": 1_772_355_600}, "type-mismatch@context.at"),
    ("datetime without an offset", {"context.at": datetime(2026, 3, 1)}, "type-mismatch@context.at"),
    ("date of Python", {"context.at": datetime(2026, 3, 1, tzinfo=UTC).date()}, "type-mismatch@context.at"),
    ("datetime whose offset leaves the calendar", {"context.at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))}, "bad-instant@context.at"),
    ("object that fails for an instant", {"context.at": Hits()}, "type-mismatch@context.at"),
    ("everything at once", {"account.kind": 5, "content.ton": [], "account.mfa": "yes"}, "type-mismatch@account.kind unknown-fact@content.ton type-mismatch@account.mfa"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "expected"), [pytest.param(facts, expected, id=name) for name, facts, expected in REFUSED]
)
def test_what_cannot_be_is_refused_with_every_problem(facts: Any, expected: str) -> None:
    with pytest.raises(ActionError) as caught:
        policy().decide(facts)
    problems = caught.value.problems
    assert " ".join(f"{problem.id}@{problem.at}" for problem in problems) == expected
    for problem in problems:
        assert problem.message.endswith(".")
        assert len(str(problem)) < 600
        assert str(problem).isprintable()


def value_of(name: str) -> Any:
    """A value that a fact can have; nothing for what is no fact."""
    fact = policy().vocabulary.facts.get(name)
    kinds = {"bool": True, "int": 1, "string": "x", "datetime": "2026-03-01T09:00:00Z", "set": []}
    return None if fact is None else fact.values[0] if fact.kind == "enum" else kinds[fact.kind]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(facts, expected, id=name)
        for name, facts, expected in REFUSED
        if isinstance(facts, dict) and not {"million", "lies"} & set(name.split())
    ],
)
def test_facts_that_were_stated_often_are_checked_as_well(facts: dict[Any, Any], expected: str) -> None:
    often = loads(POLICY)
    known = {name: value_of(name) for name in facts}
    for _ in range(200):
        if all(name in often.vocabulary.facts for name in known):
            often.action(known)
        else:
            with pytest.raises(ActionError):
                often.action(facts)
    with pytest.raises(ActionError) as caught:
        often.action(facts)
    assert " ".join(f"{problem.id}@{problem.at}" for problem in caught.value.problems) == expected


def test_a_hundred_thousand_problems_are_told_quickly_and_briefly() -> None:
    with pytest.raises(ActionError) as caught:
        policy().decide({f"content.tonne{number}": 1 for number in range(100_000)})
    assert len(caught.value.problems) == 100


ACCEPTED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("nothing stated", {}, {}),
    ("unknown in words", {"account.kind": "unknown"}, {"account.kind": None}),
    ("a group with nothing in it", {"account": {}}, {}),
    ("nested", {"account": {"kind": "official", "mfa": True}}, {"account.kind": "official", "account.mfa": True}),
    ("mapping of a kind of its own", Turns({"account.kind": "official"}), {"account.kind": "official"}),
    ("mapping that cannot be changed", MappingProxyType({"account.kind": "official"}), {"account.kind": "official"}),  # type: ignore[list-item]
    ("word of an enum of Python", {"account.kind": Word.OFFICIAL}, {"account.kind": "official"}),
    ("words of an enum of Python", {"actor.roles": [Word.INTERN]}, {"actor.roles": frozenset({"intern"})}),
    ("member twice", {"actor.roles": ["intern", "intern"]}, {"actor.roles": frozenset({"intern"})}),
    ("tuple", {"actor.roles": ("intern",)}, {"actor.roles": frozenset({"intern"})}),
    ("text as it is", {"account.id": "x\n\u202e\0"}, {"account.id": "x\n\u202e\0"}),
    ("instant with an offset", {"context.at": "2026-03-01T09:00:00+01:00"}, {"context.at": datetime(2026, 3, 1, 8, tzinfo=UTC)}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "expected"), [pytest.param(facts, expected, id=name) for name, facts, expected in ACCEPTED]
)
def test_what_can_be_is_taken_as_it_is(facts: dict[str, Any], expected: dict[str, Any]) -> None:
    assert policy().action(facts).facts == expected
    for value in policy().action(facts).facts.values():
        assert type(value) in (str, bool, int, datetime, frozenset, type(None))


def in_files() -> Iterator[tuple[str, str, list[str]]]:
    yield "unknown fact", "▸content.ton: [profane]\n", ["unknown-fact"]
    yield "unknown value", "account.kind: ▸oficial\n", ["unknown-value"]
    yield "nested unknown fact", "account:\n  ▸knd: official\n", ["unknown-fact"]
    yield "fact twice", "account.kind: official\n▸account.kind: personal\n", ["duplicate-key"]
    yield "fact twice in JSON", '{"account.kind": "official", ▸"account.kind": "personal"}', ["duplicate-key"]
    yield "fact twice in a group", '{"account": {"kind": "official", ▸"kind": "official"}}', ["duplicate-key"]
    yield "fact nested and flat", "account: {kind: official}\n▸account.kind: personal\n", ["duplicate-key"]
    yield "not a number in JSON", '{"account.admins": ▸NaN}', ["type-mismatch"]
    yield "number with a point", '{"account.admins": ▸2.0}', ["type-mismatch"]
    yield "number beyond all bounds", '{"account.admins": ▸1e999}', ["ambiguous-scalar"]
    yield "number with a leading zero", "account.admins: ▸007\n", ["ambiguous-scalar"]
    yield "number that some readers round", "account.admins: ▸9007199254740993\n", ["number-too-large"]
    yield "yes", "account.mfa: ▸yes\n", ["type-mismatch"]
    yield "one for true", '{"account.mfa": ▸1}', ["type-mismatch"]
    yield "bare text for a set", "content.tone: ▸profane\n", ["type-mismatch"]
    yield "null in a set", "content.tone: ▸[profane, null]\n", ["type-mismatch"]
    yield "hashtag in a set", "content.terms:\n  - ▸#sp\n", ["hashtag-or-comment"]
    yield "hashtag for a fact", "account.id: ▸#sp\n", ["hashtag-or-comment"]
    yield "instant without an offset", "context.at: ▸2026-03-01T09:00:00\n", ["bad-instant"]
    yield "instant with blanks", "context.at: ▸2026-03-01 09:00:00 +01:00\n", ["bad-instant"]
    yield "key that is a number", "▸5: official\n", ["non-string-key"]
    yield "key that is true", "▸true: official\n", ["non-string-key"]
    yield "list", "▸- account.kind: official\n", ["wrong-type"]
    yield "text", "▸official\n", ["wrong-type"]
    yield "nothing", "", ["empty-file@1:1"]
    yield "broken JSON", '▸{"account.kind": "official"', ["syntax"]
    yield "second document", "account.kind: official\n▸---\naccount.kind: personal\n", ["second-document"]
    yield "anchor and alias", "account.kind: ▸&a official\nplatform: ▸*a\n", ["anchor", "alias"]
    yield "tag that runs a program", 'account.kind: ▸!!python/object/apply:os.system ["true"]\n', ["tag"]
    yield "nested too deep", '{"account": ' * 100 + "1" + "}" * 100, ["limit-reached@1:769"]
    yield "hidden character", "account.id: a▸\u200bb\n", ["hidden-character"]
    yield "hidden character behind an escape", '{"account.id": ▸"a\\u200bb"}', ["hidden-character"]
    yield "text of a hundred thousand letters", f"account.id: ▸{'a' * 100_000}\n", ["limit-reached"]
    yield "set of twenty thousand members", f"content.terms: [{'a, ' * 10_000}▸a]\n", ["limit-reached"]
    yield "a policy", "▸" + POLICY, ["unknown-fact"]


@pytest.mark.parametrize(
    ("text", "findings"), [pytest.param(text, findings, id=name) for name, text, findings in in_files()]
)
def test_a_file_of_facts_is_refused_with_its_places(
    text: str, findings: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, "utf-8")
    (tmp_path / "action.yaml").write_text(text.replace(MARK, ""), "utf-8")
    status = run(["decide", str(tmp_path / "policy.yaml"), str(tmp_path / "action.yaml")])
    captured = capsys.readouterr()
    told = re.findall(r"^.*action\.yaml:([0-9]+:[0-9]+): error: ([a-z0-9-]+): \S.*[.?…]$", captured.err, re.M)
    marks = iter(places(text))
    expected = [finding if "@" in finding else f"{finding}@{next(marks)}" for finding in findings]
    assert [f"{id}@{place}" for place, id in told][: len(expected)] == expected, captured.err
    assert len(told) == len(expected) or text.startswith("▸socialpolicy"), captured.err
    assert status == (3 if "limit-reached" in findings[0] else 2), captured.err
    assert captured.out == ""
    assert "Traceback" not in captured.err
