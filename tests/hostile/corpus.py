"""Hostile policy files: what writers, editors, converters and attackers may hand to the loader, and what must be said of it.

Each entry says all that is expected: the exit status, and every finding in the order of the output, so that a follow-up error
is as much a failure as a missing one. A finding stands where the mark ``▸`` is in the text (the marks are taken out before the
file is written), or where it says itself: ``id@line:column``.

``python -m hostile.corpus FOLDER`` (in the folder of the tests) writes the files down, to try other programs on them.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

MARK = "▸"
Builder = Callable[[Path], list[str]]
"""Makes files in a folder, and returns the arguments for the command."""

POLICY = """\
socialpolicy: 1
id: hostile
version: "1.0.0"
title: A small policy
baseline: allow
rules:
  - id: R-1
    title: Be polite
    effect: deny
    scope: everything
    when: {content.tone: profane}
"""
STATUS = {"limit-reached": 3, "unreadable-file": 2, "outside-root": 2}


@dataclass(frozen=True)
class Hostile:
    """One hostile file, and what must come of it."""

    name: str
    content: str | bytes | Builder
    findings: tuple[str, ...]
    status: int
    group: str = ""
    many: bool = False  # there are more findings than an entry can list: ids alone are given
    heavy: bool = False  # for a process of its own, with limits on time and memory
    suffix: str = ".yaml"
    pure: bool = True  # for the reader in pure Python, too, which reads less and takes longer
    pure_findings: tuple[str, ...] | None = None  # where that reader stumbles elsewhere
    pure_status: int | None = None

    @property
    def label(self) -> str:
        """The name of the entry, as part of a file's name."""
        return f"{self.group}-{re.sub('[^a-z0-9]+', '-', self.name.lower()).strip('-')}"

    def write(self, folder: Path) -> list[str]:
        """Write the file into a folder, and return the arguments for the command."""
        if callable(self.content):
            return self.content(folder)
        path = folder / f"policy{self.suffix}"
        path.write_bytes(self.content if isinstance(self.content, bytes) else self.content.replace(MARK, "").encode())
        return [str(path)]

    def expected(self, *, pure: bool = False) -> list[str]:
        """The findings that are expected, as ``id@line:column`` where a place is given."""
        marks = iter(places(self.content) if isinstance(self.content, str) else [])
        chosen = self.pure_findings if pure and self.pure_findings is not None else self.findings
        return [name if "@" in name or not (place := next(marks, "")) else f"{name}@{place}" for name in chosen]


def places(text: str) -> list[str]:
    """Where the marks of a text stand, as line:column of the text without them."""
    parts = text.split(MARK)[:-1]
    before = ["".join(parts[: index + 1]) for index in range(len(parts))]
    return [f"{text.count(chr(10)) + 1}:{len(text) - text.rfind(chr(10))}" for text in before]


def bad(
    name: str, content: str | bytes | Builder, *findings: str, status: int | None = None, **more: object
) -> Hostile:
    """An entry; its exit status follows from the findings where it is not given."""
    follows = max((STATUS.get(finding.partition("@")[0], 1) for finding in findings), default=0)
    return Hostile(name, content, findings, follows if status is None else status, **more)  # type: ignore[arg-type]


def top(lines: str) -> str:
    """The small policy with more at its end."""
    return POLICY + lines.rstrip("\n") + "\n"


def rule(lines: str) -> str:
    """The small policy with more in its one rule."""
    return POLICY + "".join(f"    {line}\n" for line in lines.rstrip("\n").split("\n"))


def when(condition: str) -> str:
    """The small policy with another condition in its one rule."""
    return put("{content.tone: profane}", condition)


def put(old: str, new: str) -> str:
    """The small policy with something else in one place."""
    assert POLICY.count(old) == 1, old
    return POLICY.replace(old, new)


# -- references, tags, documents ----------------------------------------------------------------------------------------


def references() -> Iterator[Hostile]:
    yield bad("anchor on a text", put("title: A", "title: ▸&t A"), "anchor")
    yield bad("anchor on a mapping", when("▸&c {content.tone: profane}"), "anchor")
    yield bad("anchor on a list", rule("tags: ▸&none []"), "anchor")
    yield bad("anchor on a key", put("title: A", "▸&t title: A"), "anchor")
    yield bad("alias of nothing", top("owner: ▸*who"), "alias")
    yield bad("alias as a key", top("▸*title : x"), "alias")
    yield bad("pattern that starts like an alias", when("{account.id: {matches: ▸*.example}}"), "syntax")
    yield bad(
        "anchor and alias", put("title: A small policy", "title: ▸&t Small") + "purpose: ▸*t\n", "anchor", "alias"
    )
    yield bad("alias to what surrounds it", top("x-loop: ▸&loop [▸*loop]"), "anchor", "alias")
    bomb = "x-a: &a [one, one, one, one, one, one, one, one, one]\n" + "".join(
        f"x-{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    yield bad("billion laughs", top(bomb), "anchor", "alias", many=True)
    yield bad(
        "one anchor with ten thousand aliases",
        top(f"x-a: &a hello\nx-b: [{', '.join(['*a'] * 9999)}]"),
        "anchor",
        "alias",
        "limit-reached",
        many=True,
        status=1,
    )
    yield bad("merge key", put("scope: everything", "▸<<: *other\n    scope: everything"), "merge-key")
    yield bad(
        "merge key with a list",
        put("scope: everything", "▸<<: [▸*one, ▸*two]\n    scope: everything"),
        "merge-key",
        "alias",
        "alias",
    )
    yield bad(
        "merge key with a mapping",
        put("scope: everything", "▸<<: {scope: everything}\n    scope: everything"),
        "merge-key",
    )
    yield bad("merge key in quotes is an unknown key", rule('▸"<<": {firm: true}'), "unknown-key")
    yield bad("tag on a text", put("title: A", "title: ▸!!str A"), "tag")
    yield bad("tag that runs a program", top('x-a: ▸!!python/object/apply:os.system ["touch /tmp/owned"]'), "tag")
    yield bad("tag that makes an object", top("x-a: ▸!!python/object/new:subprocess.Popen {args: [ls]}"), "tag")
    yield bad("tag of a name in Python", top("x-a: ▸!!python/name:os.system"), "tag")
    yield bad("tag of one's own", top("x-a: ▸!secret hunter2"), "tag")
    yield bad("tag in full", top("x-a: ▸!<tag:yaml.org,2002:int> 3"), "tag")
    yield bad("tag that says nothing", top("x-a: ▸! 3"), "tag")
    yield bad("tag on a key", top("▸!!str x-a: 3"), "tag")
    yield bad("tag for bytes", put("title: A small policy", "title: ▸!!binary aGVsbG8="), "tag")
    yield bad("tag for a date", top("review_by: ▸!!timestamp 2026-03-01"), "tag")
    yield bad("tag for a set", rule("tags: ▸!!set {? polite}"), "tag")
    yield bad("tag for an ordered mapping", top("x-a: ▸!!omap [{a: 1}]"), "tag")
    yield bad("tag with an unknown handle", top("x-a: ▸!e!thing 3"), "syntax")
    yield bad("directive of YAML 1.1", "▸%YAML 1.1\n---\n" + POLICY, "directive")
    yield bad("directive of YAML 1.2 is fine", "%YAML 1.2\n---\n" + POLICY)
    yield bad("directive of YAML 2", "▸%YAML 2.0\n---\n" + POLICY, "directive")
    yield bad("directive twice", "%YAML 1.2\n▸%YAML 1.2\n---\n" + POLICY, "directive")
    yield bad("directive for tags", "▸%TAG !e! tag:example.org,2026:\n---\n" + POLICY, "directive")
    yield bad("directive nobody knows", "▸%INCLUDE other.yaml\n---\n" + POLICY, "directive")
    yield bad("directive in a comment is a comment", "# %TAG !e! tag:example.org,2026:\n" + POLICY)
    yield bad("second document", POLICY + "▸---\n" + POLICY, "second-document")
    yield bad("second document after an end mark", POLICY + "...\n▸---\n" + POLICY, "second-document")
    yield bad("second document without a start mark", POLICY + "...\n▸owner: comms\n", "second-document")
    yield bad("second document that is empty", POLICY + "▸---\n", "second-document")
    yield bad("a thousand documents", POLICY + "▸---\na: 1\n" + "---\na: 1\n" * 999, "second-document")
    yield bad("second document with broken syntax", POLICY + "▸---\n}{\n", "second-document")
    yield bad("marks around one document are fine", "---\n" + POLICY + "...\n")
    yield bad("text behind the start mark", "--- " + POLICY.replace("y: 1", "y▸: 1"), "syntax")
    yield bad("policy behind a front matter", "---\ntitle: A page\n▸---\n" + POLICY, "second-document")


# -- duplicates ---------------------------------------------------------------------------------------------------------


def duplicates() -> Iterator[Hostile]:
    yield bad("key at the top", top("▸title: Another"), "duplicate-key")
    yield bad("key at the top, three times", top("▸title: Another\n▸title: A third"), "duplicate-key", "duplicate-key")
    yield bad("key in a rule", rule("▸effect: allow"), "duplicate-key")
    yield bad("when twice in a rule", rule("▸when: {content.mature: true}"), "duplicate-key")
    yield bad("fact in a condition", when("{content.tone: profane, ▸content.tone: insulting}"), "duplicate-key")
    yield bad("key in quotes", rule('▸"effect": allow'), "duplicate-key")
    yield bad("key behind escapes", rule(r'▸"\x65ffect": allow'), "duplicate-key")
    yield bad("key in single quotes", rule("▸'effect': allow"), "duplicate-key")
    yield bad("whole section of rules", top("▸rules: []"), "duplicate-key")
    yield bad(
        "two rules with one id", top("  - {id: ▸R-1, title: T, effect: advise, scope: everything}"), "duplicate-id"
    )
    yield bad("two guarantees with one id", top("""\
guarantees:
  - {id: G-1, title: One, when: {content.mature: true}, never: allow}
  - {id: ▸G-1, title: Two, when: {content.mature: true}, never: allow}"""), "duplicate-id")  # fmt: skip
    yield bad(
        "two contacts with one id",
        top("contacts:\n  legal: {title: Legal, reach: by mail}\n  ▸legal: {title: Law, reach: by mail}"),
        "duplicate-key",
    )
    yield bad("exception with the id of a rule", POLICY + """\
  - {id: R-2, title: T, effect: deny, scope: everything}
contacts: {legal: {title: Legal, reach: by mail}}
exceptions:
  ▸R-1: {rules: [R-2], for: {actor.id: u-1}, owner: legal, reason: R, ticket: T, approved_by: [legal], in_force: {from: 2026-01-01, through: 2026-02-01}}
""", "duplicate-id")  # fmt: skip
    yield bad("key in other people's data", top("x-a: {b: 1, ▸b: 2}"), "duplicate-key")
    yield bad(
        "ten thousand times one key",
        top("x-a:\n" + "  b: 1\n" * 10_000),
        "duplicate-key",
        "limit-reached",
        many=True,
        status=1,
    )
    yield bad(
        "keys of one look and different letters",
        top("conditions:\n  ▸caf\u00e9: {content.mature: true}\n  ▸cafe\u0301: {content.mature: true}"),
        "bad-name",
        "bad-name",
    )
    yield bad(
        "one value twice in a new fact",
        top(
            "vocabulary:\n  uses: core@1\n  facts:\n    content.kind: {type: enum, values: [a, b, ▸a], question: Which one it is}"
        ),
        "duplicate-value",
    )
    yield bad("one admin twice", top("""\
contacts: {a: {title: A, reach: by mail}, b: {title: B, reach: by mail}}
accounts:
  "x:@us": {platform: x, kind: official, owner: a, backup: b, admins: ▸[a, a], credentials: password_manager, mfa: true, recovery: company}
"""), "duplicate-value")  # fmt: skip
    yield bad(
        "a start twice through a group",
        put("baseline: allow", "baseline: {official: deny, ▸company_accounts: allow, otherwise: allow}"),
        "duplicate-value",
    )


# -- what YAML makes of words and numbers -------------------------------------------------------------------------------


def typing() -> Iterator[Hostile]:
    yield bad("no is a word", put("id: hostile", "id: no"))
    yield bad("yes where true belongs", rule("firm: ▸yes"), "wrong-type")
    yield bad("on where true belongs", rule("firm: ▸on"), "wrong-type")
    yield bad("True is true", rule("firm: True"))
    yield bad("true in quotes", rule('firm: ▸"true"'), "wrong-type")
    yield bad("one where true belongs", rule("firm: ▸1"), "wrong-type")
    yield bad("true where text belongs", put("title: A small policy", "title: ▸true"), "wrong-type")
    yield bad("version with one point", put('version: "1.0.0"', "version: ▸1.40"), "unquoted-version")
    yield bad("version with no point", put('version: "1.0.0"', "version: ▸1"), "unquoted-version")
    yield bad("version without quotes but three numbers is text", put('version: "1.0.0"', "version: 1.0.0"))
    yield bad("version with two numbers in quotes", put('version: "1.0.0"', 'version: ▸"1.0"'), "bad-version")
    yield bad("version with a leading zero", put('version: "1.0.0"', 'version: ▸"1.01.0"'), "bad-version")
    yield bad("version with a v", put('version: "1.0.0"', "version: ▸v1.0.0"), "bad-version")
    yield bad("version with a line end", put('version: "1.0.0"', r'version: ▸"1.0.0\n"'), "bad-version")
    yield bad("version in wide digits", put('version: "1.0.0"', 'version: ▸"１.0.0"'), "bad-version")
    yield bad("version of five thousand digits", put('version: "1.0.0"', f'version: ▸"{"9" * 5000}.0.0"'), "too-long")
    yield bad("version that is a date", put('version: "1.0.0"', "version: ▸2026-03-01"), "bad-version")
    yield bad("number with a leading zero", put("title: A small policy", "title: ▸010"), "ambiguous-scalar")
    yield bad("number to the base 16", put("title: A small policy", "title: ▸0x1F"), "ambiguous-scalar")
    yield bad("number to the base 8", put("title: A small policy", "title: ▸0o17"), "ambiguous-scalar")
    yield bad("number to the base 2", put("title: A small policy", "title: ▸0b101"), "ambiguous-scalar")
    yield bad("number with underscores", put("title: A small policy", "title: ▸1_000"), "ambiguous-scalar")
    yield bad("number with an exponent", put("title: A small policy", "title: ▸1e3"), "wrong-type")
    yield bad("number with a comma", when("{context.promos_today: {at_least: 1,▸5}}"), "non-string-key")
    yield bad("infinity", put("title: A small policy", "title: ▸.inf"), "ambiguous-scalar")
    yield bad("no number", put("title: A small policy", "title: ▸.nan"), "ambiguous-scalar")
    yield bad("number beyond all bounds", put("title: A small policy", "title: ▸1e999"), "ambiguous-scalar")
    yield bad("time of day without quotes", put("title: A small policy", "title: ▸1:30"), "ambiguous-scalar")
    yield bad("time with seconds without quotes", put("title: A small policy", "title: ▸12:30:45"), "ambiguous-scalar")
    yield bad(
        "office hours without quotes",
        top("calendars: {office: {days: [mon], from: ▸09:00, to: ▸17:00}}"),
        "ambiguous-scalar",
        "ambiguous-scalar",
    )
    yield bad(
        "office hours that do not exist",
        top('calendars: {office: {days: [mon], from: "09:00", to: ▸"25:00"}}'),
        "bad-date",
    )
    yield bad("length of time like a clock", duty("within: ▸1:30"), "ambiguous-scalar")
    yield bad("length of time as a number", duty("within: ▸90"), "wrong-type")
    yield bad("length of time without a blank", duty("within: ▸90min"), "bad-duration")
    yield bad("length of time of nothing", duty("within: ▸0 days"), "bad-duration")
    yield bad("length of time as in a standard", duty("within: ▸PT1H"), "bad-duration")
    yield bad(
        "whole number that some readers round", when("{context.promos_today: ▸9007199254740993}"), "number-too-large"
    )
    yield bad("number of five thousand digits", when(f"{{context.promos_today: ▸{'9' * 5000}}}"), "number-too-large")
    yield bad("number below the bound of its fact", when("{context.promos_today: ▸-1}"), "out-of-range")
    yield bad("day that does not exist", top("review_by: ▸2026-02-30"), "bad-date")
    yield bad("day in a year without a leap day", top("in_force: {from: ▸2027-02-29}"), "bad-date")
    yield bad("day with one digit", top("review_by: ▸2026-3-1"), "bad-date")
    yield bad("day as people write it", top("review_by: ▸1 March 2026"), "bad-date")
    yield bad("day as a number", top("review_by: ▸20260301"), "wrong-type")
    yield bad("day with slashes", top("review_by: ▸01/03/2026"), "bad-date")
    yield bad("day with a time", top("review_by: ▸2026-03-01T00:00:00Z"), "bad-date")
    yield bad("day in wide digits", top("review_by: ▸２０２６-03-01"), "bad-date")
    yield bad("year nought", top("review_by: ▸0000-01-01"), "bad-date")
    yield bad("end of the calendar", top("in_force: {from: 2026-01-01, through: ▸9999-12-31}"), "bad-date")
    yield bad("last day before the first", top("in_force: {from: 2026-03-01, through: ▸2026-02-28}"), "never-true")
    yield bad("instant without an offset", when('{context.at: {before: ▸"2026-03-01T09:00:00"}}'), "bad-instant")
    yield bad("instant with a leap second", when('{context.at: {before: ▸"2026-06-30T23:59:60Z"}}'), "bad-instant")
    yield bad(
        "instant whose offset leaves the calendar",
        when('{context.at: {from: ▸"0001-01-01T00:00:00+14:00"}}'),
        "bad-instant",
    )
    yield bad("instant that is a day", when("{context.at: {before: ▸2026-03-01}}"), "bad-instant")
    yield bad("format of the file as text", put("socialpolicy: 1", 'socialpolicy: ▸"1"'), "unknown-value")
    yield bad("format of the file with a point", put("socialpolicy: 1", "socialpolicy: ▸1.0"), "unknown-value")
    yield bad("format of the file that is true", put("socialpolicy: 1", "socialpolicy: ▸true"), "unknown-value")
    yield bad("format of the file from the future", put("socialpolicy: 1", "socialpolicy: ▸2"), "unknown-value")
    yield bad("regions that read as no elsewhere", top("terms: {regions: {kind: words, entries: [no, se, on, y]}}"))
    yield bad("true among texts", top("terms: {answers: {kind: words, entries: [maybe, ▸true]}}"), "wrong-type")
    yield bad(
        "numbers among texts", top("terms: {years: {kind: words, entries: [▸2026, ▸1.5]}}"), "wrong-type", "wrong-type"
    )
    yield bad("time zone that does not exist", top("time_zone: ▸Europe/Berlim"), "unknown-time-zone")
    yield bad("time zone that is an offset", top("time_zone: ▸+01:00"), "ambiguous-scalar")
    yield bad("time zone that is a path", top("time_zone: ▸../../etc/passwd"), "unknown-time-zone")


def duty(line: str) -> str:
    """The small policy with a duty in its rule."""
    return rule(f"duties: [{{what: Tell us, who: actor, {line}}}]")


# -- keys ---------------------------------------------------------------------------------------------------------------


def keys() -> Iterator[Hostile]:
    yield bad("true", top("▸true: 1"), "non-string-key")
    yield bad("number", top("▸1: 1"), "non-string-key")
    yield bad("number with a point", top("▸1.5: 1"), "non-string-key")
    yield bad("number with a leading zero", top("▸010: 1"), "non-string-key")
    yield bad("null", top("▸null: 1"), "non-string-key")
    yield bad("tilde", top("▸~: 1"), "non-string-key")
    yield bad("nothing", top("▸: 1"), "syntax")
    yield bad("empty text", top('▸"": 1'), "unknown-key")
    yield bad("list", top("? ▸[a, b]\n: 1"), "non-string-key")
    yield bad("mapping", top("? ▸{a: b}\n: 1"), "non-string-key")
    yield bad("list in a flow", top("x-a: {▸[a, b]: 1}"), "non-string-key")
    yield bad("mapping in a flow", top("x-a: {▸{a: b}: 1}"), "non-string-key")
    yield bad("list of mappings with keys of their own", top("? ▸- a: 1\n    b: [1, 2]\n: c: 2"), "non-string-key")
    yield bad("question mark alone", top("? ▸strange"), "empty-value")
    yield bad("time", top("▸12:30: lunch"), "unknown-key")
    yield bad("several lines", top('▸"two\n  lines": 1'), "syntax")
    yield bad("longer than YAML takes", top("▸x-" + "a" * 1100 + ": 1"), "syntax")
    yield bad("of seventy thousand letters", top(f'? ▸"{"a" * 70_000}"\n: 1'), "limit-reached")
    yield bad("on is a word", top("▸on: true"), "unknown-key")
    yield bad("with a blank behind it", top('▸"owner ": comms'), "unknown-key")
    yield bad("in capitals", top("▸Purpose: To be nice"), "unknown-key")
    yield bad(
        "sentence cut by a comma", rule("guidance: {do: [Wait], instead: Answer calmly, ▸never delete}"), "unknown-key"
    )
    yield bad(
        "sentence cut by a comma and a question mark",
        rule("guidance: {instead: Is it ready, ▸is it yours?}"),
        "unknown-key",
        pure_findings=("syntax@12:49",),
    )
    yield bad("dunder name", top("▸__class__: x"), "unknown-key")
    yield bad("name of a part of the model", when("{▸model_fields: true}"), "unknown-fact")
    yield bad("name of a part of the model, at the top", top("▸model_config: {extra: allow}"), "unknown-key")
    yield bad(
        "alias of a part of the model",
        when("{not_: {content.tone: profane}}").replace("{not_", "{▸not_"),
        "unknown-key",
    )
    yield bad("foreign data", top("x-team: {any: [thing, 1, true, 1.5, null]}"))
    yield bad("foreign data without its dash", top("▸x_team: 1"), "unknown-key")


# -- nothing where something belongs, and hashtags ------------------------------------------------------------------------


def empties() -> Iterator[Hostile]:
    yield bad("empty file", "", "empty-file@1:1")
    yield bad("blanks", "   \n\n  \n", "empty-file@1:1")
    yield bad("comments", "# nothing here\n# yet\n", "empty-file@1:1")
    yield bad("start mark", "---\n", "empty-file@1:1")
    yield bad("start and end mark", "---\n...\n", "empty-file@1:1")
    yield bad("byte order mark", b"\xef\xbb\xbf", "empty-file@1:1")
    yield bad("null", "null\n", "empty-file@1:1")
    yield bad("empty text", '▸""\n', "wrong-type")
    yield bad("a word", "▸hello\n", "wrong-type")
    yield bad("a number", "▸42\n", "wrong-type")
    yield bad("a list", "▸- socialpolicy: 1\n", "wrong-type")
    yield bad("empty mapping", "▸{}\n", "not-a-policy")
    yield bad("empty list", "▸[]\n", "wrong-type")
    yield bad("rules of nothing", POLICY[: POLICY.index("rules:")] + "▸rules:\n", "empty-value")
    yield bad("rules of null", POLICY[: POLICY.index("rules:")] + "rules: ▸~\n", "empty-value")
    yield bad("no rules", POLICY[: POLICY.index("rules:")] + "rules: []\n")
    yield bad("title of nothing", put("title: A small policy", "▸title:"), "empty-value")
    yield bad("title without letters", put("title: A small policy", "title: ▸''"), "empty-value")
    yield bad("condition of nothing", put("when: {content.tone: profane}", "▸when:"), "empty-value")
    yield bad("condition without tests", when("▸{}"), "empty-value")
    yield bad("all of nothing", when("{all: ▸[]}"), "empty-value")
    yield bad("any of nothing", when("{content.tone: {any_of: ▸[]}}"), "empty-value")
    yield bad("comparison of nothing", when("{content.tone: ▸{}}"), "empty-value")
    yield bad("fact with nothing behind it", when("{▸content.tone: }"), "empty-value")
    yield bad("fact without a colon in a flow", when("{▸content.mature}"), "empty-value")
    yield bad("scope of nothing", put("scope: everything", "scope: ▸{}"), "empty-value")
    yield bad("scope with an empty list", put("scope: everything", "scope: {accounts: ▸[]}"), "empty-value")
    yield bad("overrides of nothing", rule("▸overrides: {}"), "empty-value")
    yield bad("null in a list", rule("tags: [▸~]"), "empty-value")
    yield bad("null among texts", top("terms: {w: {kind: words, entries: [a, ▸null, b]}}"), "empty-value")
    yield bad(
        "dash with nothing behind it",
        top("terms:\n  w:\n    kind: words\n    entries:\n      - a\n      ▸-\n"),
        "empty-value",
    )
    yield bad(
        "hashtag as an entry",
        top('terms:\n  w:\n    kind: words\n    entries:\n      - ▸#sp\n      - "#ok"\n'),
        "hashtag-or-comment",
    )
    yield bad("hashtags in a flow", top("terms:\n  w: {kind: words, entries: ▸[#sp, #collab]}\nowner: comms"), "syntax")
    yield bad("hashtag behind a key", rule("say: ▸#sp"), "hashtag-or-comment")
    yield bad("hashtag behind a text", put("title: A small policy", "title: Write ▸#ad please"), "hashtag-or-comment")
    yield bad(
        "hashtag behind an entry",
        top("terms:\n  w:\n    kind: words\n    entries:\n      - paid ▸#sp\n"),
        "hashtag-or-comment",
    )
    yield bad("number sign behind a text", put("title: A small policy", "title: Our ▸#1 rule"), "hashtag-or-comment")
    yield bad("hashtags in quotes", put("title: A small policy", "title: 'Write #ad please'"))
    yield bad("hashtag in a block text", top("purpose: |\n  Write #ad please\n  and #sp never\n"))
    yield bad("hashtag glued to a word", put("title: A small policy", "title: C#minor"))
    yield bad("comment without a blank on its own line", "#policy of ours\n" + POLICY)
    yield bad("comment with a blank", put("title: A small policy", "title: A small policy # ad"))
    yield bad("comma too many", rule("tags: [▸, ]"), "syntax")
    yield bad("two commas", rule("tags: [a, ▸, b]"), "syntax")
    yield bad(
        "nothing for an unknown fact in an example",
        rule("examples: [{story: S, facts: {content.mature: null}, expect: allow}]"),
    )
    yield bad("nothing for what is expected", rule("examples: [{story: S, facts: {}, expect: ▸null}]"), "empty-value")


# -- depth --------------------------------------------------------------------------------------------------------------

NESTED = 100_000


def depth() -> Iterator[Hostile]:
    limit = "limit-reached@1:65"
    yield bad("open brackets", "[" * NESTED, limit, heavy=True)
    yield bad("brackets", "[" * NESTED + "]" * NESTED, limit, heavy=True)
    yield bad("open braces", "{" * NESTED, limit, heavy=True)
    yield bad("braces and keys", "{a: " * NESTED, "limit-reached@1:257", heavy=True)
    yield bad("brackets and braces", "[{a: " * NESTED, "limit-reached@1:161", heavy=True)
    yield bad("dashes on one line", "- " * NESTED, "limit-reached@1:129", heavy=True)
    yield bad("question marks on one line", "? " * NESTED, "limit-reached", heavy=True, many=True)
    yield bad("question marks and dashes", "? - " * NESTED, "limit-reached", heavy=True, many=True)
    yield bad("steps of indentation", "".join(f"{' ' * n}a:\n" for n in range(300)), "limit-reached@65:65", heavy=True)
    yield bad("brackets in other people's data", top("x-a: " + "[" * 70 + "]" * 70), "limit-reached@12:69")
    yield bad("nots in nots", when("{not: " * 70 + "{content.mature: true}" + "}" * 70), "limit-reached@11:377")
    yield bad("alls in alls within the limit", when("{all: [" * 28 + "{content.mature: true}" + "]}" * 28))
    yield bad("nots in nots within the limit", when("{not: " * 58 + "{content.mature: true}" + "}" * 58))
    yield bad("brackets at the limit", top("x-a: " + "[" * 63 + "]" * 63))
    yield bad("brackets in a key", top("? " + "[" * 70 + "]" * 70 + "\n: 1"), "limit-reached", many=True)
    yield bad("objects of JSON", '{"a":' * NESTED, "limit-reached@1:321", heavy=True, suffix=".json")
    yield bad("brackets that close too early", when("{all: [{content.mature: true}▸}}"), "syntax")


# -- size ---------------------------------------------------------------------------------------------------------------


def sizes() -> Iterator[Hostile]:
    yield bad("file over the limit", POLICY + "#" * (8 * 1024 * 1024), "limit-reached@1:1", heavy=True)
    yield bad(
        "comment just under the limit",
        POLICY + "# " + "-" * (8 * 1024 * 1024 - len(POLICY) - 10),
        heavy=True,
        pure=False,
    )
    yield bad(
        "comment just under the limit of pure Python", POLICY + "# " + "-" * (512 * 1024 - len(POLICY) - 10), heavy=True
    )
    yield bad("comments on many lines", POLICY + "# -\n" * 120_000, heavy=True)
    yield bad("empty lines", POLICY + "\n" * 500_000, heavy=True)
    yield bad("blanks", POLICY + " " * 500_000 + "\n", heavy=True)
    yield bad("list over the limit", top(f"x-a: [{'1,' * 10_000}▸1]"), "limit-reached")
    yield bad("list at the limit", top(f"x-a: [{'1,' * 9_999}1]"))
    yield bad("text over the limit", top(f"purpose: ▸{'a' * 65_537}"), "limit-reached")
    yield bad("text at the limit", top(f"purpose: {'a' * 65_536}"))
    yield bad("block text over the limit", top("purpose: ▸|\n" + "  aaaaaaaaa\n" * 7_000), "limit-reached")
    yield bad("text of escapes", top('purpose: ▸"' + r"\u0061" * 66_000 + '"'), "limit-reached")
    yield bad(
        "a million keys and values",
        top(
            "x-a:\n"
            + "- [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]\n"
            * 20_000
        ),
        "limit-reached",
        many=True,
        heavy=True,
    )
    yield bad("many small values", top("x-a:\n" + f"- [{'0,' * 99}0]\n" * 2_500), heavy=True, pure=False)
    yield bad("many small lists", top("x-a:\n" + f"- [{'[],' * 99}[]]\n" * 1_000), heavy=True)
    yield bad("a hundred thousand keys", top("x-a:\n" + "".join(f"  k{n}: 0\n" for n in range(40_000))), heavy=True)
    yield bad(
        "ten thousand unknown keys",
        top("".join(f"k{n}: 0\n" for n in range(10_000))),
        "unknown-key",
        "limit-reached",
        many=True,
        status=1,
        heavy=True,
    )
    yield bad(
        "ten thousand wrong types",
        top("terms: {w: {kind: words, entries: [" + "1, " * 9_999 + "1]}}"),
        "wrong-type",
        "limit-reached",
        many=True,
        status=1,
        heavy=True,
    )
    yield bad(
        "ten thousand nulls",
        rule("tags: [" + "~, " * 9_999 + "~]"),
        "empty-value",
        "limit-reached",
        many=True,
        status=1,
        heavy=True,
    )
    yield bad("ten thousand hidden characters", top("# \u200b\n" * 10_000), "hidden-character", many=True, heavy=True)
    yield bad(
        "hidden characters on one long line", top("# " + "\u200b" * 100_000), "hidden-character", many=True, heavy=True
    )
    yield bad(
        "ten thousand hashtags behind texts",
        top("x-a:\n" + "- a #b\n" * 9_999),
        "hashtag-or-comment",
        "limit-reached",
        many=True,
        status=1,
        heavy=True,
    )
    yield bad("hashtags in ten thousand quotes", top("x-a:\n" + "- 'a #b'\n" * 9_999), heavy=True)
    yield bad("three hundred thousand hashtags", top("x-a: 'a\n" + "  #b #c\n" * 8_000 + "  '"), heavy=True)
    yield bad(
        "ten thousand unknown facts",
        when("{all: [" + "{no.fact: true}, " * 4_000 + "{no.fact: true}]}"),
        "unknown-fact",
        "limit-reached",
        many=True,
        status=1,
        heavy=True,
    )
    yield bad(
        "condition with too many parts",
        when("{any: [" + "{content.mature: true, content.consent: true}, " * 4_000 + "a]}"),
        "limit-reached",
        many=True,
        heavy=True,
    )
    yield bad(
        "eleven thousand rules",
        POLICY + "".join(f"  - {{id: A{n}, title: T, effect: advise, scope: everything}}\n" for n in range(10_001)),
        "limit-reached@10011:5",
        heavy=True,
        pure=False,
    )
    yield bad("rules over the limit of a list", POLICY + "  - {}\n" * 10_001, "limit-reached@10011:5", heavy=True)
    yield bad(
        "ten thousand broken rules",
        POLICY + "  - {}\n" * 9_999,
        "missing-key",
        "limit-reached",
        many=True,
        status=1,
        heavy=True,
    )
    yield bad(
        "ten thousand rules with one id",
        POLICY + "  - {id: R-1, title: T, effect: advise, scope: everything}\n" * 5_000,
        "duplicate-id",
        "limit-reached",
        many=True,
        status=1,
        heavy=True,
    )
    yield bad(
        "one line of a million letters",
        put("title: A small policy", "title: {" + "a: [" * 5 + "x" * 60_000 + "]" * 5 + "▸]"),
        "syntax",
    )
    yield bad(
        "names of facts next to one another",
        when("{" + ", ".join(f"content.tonee{n}: x" for n in range(3_000)) + "}"),
        "unknown-fact",
        "limit-reached",
        many=True,
        status=1,
        heavy=True,
    )
    yield bad("text of sixty thousand stars", when("{account.id: {matches: '" + "*a" * 30_000 + "'}}"))
    yield bad("id of sixty thousand letters", put("id: hostile", "id: ▸" + "a" * 60_000), "too-long")


# -- conditions and overrides that blow up --------------------------------------------------------------------------------


def blow_ups() -> Iterator[Hostile]:
    def chain(length: int, link: str) -> str:
        return (
            "conditions:\n"
            + "".join(f"  c{n}: {link.replace('NEXT', f'c{n + 1}')}\n" for n in range(length))
            + f"  c{length}: {{content.mature: true}}\n"
        )

    doubling = "{any: [{all: [NEXT, {content.consent: true}]}, {all: [NEXT, {content.mature: true}]}]}"
    yield bad("conditions that double thirty times", top(chain(30, doubling)), "limit-reached", many=True, heavy=True)
    yield bad("conditions that double sixty times", top(chain(60, doubling)), "limit-reached", many=True, heavy=True)
    yield bad(
        "conditions that say the same twice sixty times",
        top(chain(58, "{any: [NEXT, NEXT]}")),
        "limit-reached",
        many=True,
        heavy=True,
    )
    yield bad(
        "conditions that multiply by nine",
        top(
            chain(
                9,
                "{any: ["
                + ", ".join(
                    f"{{all: [NEXT, {{content.topics: {topic}}}]}}"
                    for topic in (
                        "merger",
                        "financials",
                        "litigation",
                        "competitor",
                        "outage",
                        "layoffs",
                        "culture",
                        "union",
                        "customer",
                    )
                )
                + "]}",
            )
        ),
        "limit-reached",
        many=True,
        heavy=True,
    )
    yield bad("conditions sixty deep", top(chain(50, "{not: {NEXT: true}}")), heavy=True)
    yield bad("conditions a thousand deep", top(chain(1000, "{NEXT: true}")), "limit-reached", many=True, heavy=True)
    yield bad(
        "deep conditions upon deep conditions",
        top(chain(50, "{not: " * 25 + "{NEXT: true}" + "}" * 25)),
        "limit-reached",
        many=True,
        heavy=True,
    )
    yield bad(
        "deep lists upon deep lists",
        top(chain(12, "{all: [" * 5 + "{any: [NEXT, {content.consent: true}]}" + "]}" * 5)),
        heavy=True,
    )
    yield bad("condition on itself", top("conditions: {a: {any: [▸a, {content.mature: true}]}}"), "condition-cycle")
    yield bad("two conditions on each other", top("conditions:\n  a: {b: true}\n  b: {▸a: false}"), "condition-cycle")
    yield bad(
        "three conditions in a circle",
        top("conditions:\n  a: {b: true}\n  b: {not: {c: true}}\n  c: {is: {any: [a]}}"),
        "condition-cycle",
        many=True,
    )
    yield bad(
        "a thousand conditions in a circle",
        top("conditions:\n" + "".join(f"  c{n}: {{c{(n + 1) % 1000}: true}}\n" for n in range(1000))),
        "limit-reached",
        many=True,
        heavy=True,
    )
    yield bad(
        "big condition in many rules",
        top("conditions: {big: {any: [" + ", ".join(f"{{account.id: a{n}}}" for n in range(2_400)) + "]}}\n").replace(
            "rules:\n",
            "rules:\n"
            + "".join(
                f"  - {{id: A{n}, title: T, effect: deny, scope: everything, when: {{big: true}}}}\n" for n in range(75)
            ),
        ),
        heavy=True,
    )
    yield bad(
        "big condition in too many rules",
        top("conditions: {big: {any: [" + ", ".join(f"{{account.id: a{n}}}" for n in range(4_900)) + "]}}\n").replace(
            "rules:\n",
            "rules:\n"
            + "".join(
                f"  - {{id: A{n}, title: T, effect: deny, scope: everything, when: {{big: true}}}}\n"
                for n in range(300)
            ),
        ),
        "limit-reached",
        many=True,
        heavy=True,
    )

    def rules(*overriding: tuple[str, str]) -> str:
        return put(
            POLICY[POLICY.index("  - id:") :],
            "".join(
                f"  - {{id: {name}, title: T, effect: allow, scope: {{who: employee, actions: publish, accounts: personal}}, overrides: {{rules: [{other}]}}}}\n"
                for name, other in overriding
            ),
        )

    yield bad("rule that overrides itself", rules(("A", "▸A")), "override-cycle")
    yield bad("two rules that override each other", rules(("A", "B"), ("B", "A")), "override-cycle", many=True)
    yield bad("three rules in a circle", rules(("A", "B"), ("B", "C"), ("C", "A")), "override-cycle", many=True)
    yield bad(
        "three thousand rules in a circle",
        rules(*((f"A{n}", f"A{(n + 1) % 3000}") for n in range(3000))),
        "override-cycle",
        many=True,
        heavy=True,
    )
    yield bad(
        "three thousand rules in a chain",
        rules(*((f"A{n}", f"A{n + 1}") for n in range(3000)), ("A3000", "R"))
        + "  - {id: R, title: T, effect: deny, scope: everything}\n",
        heavy=True,
    )
    yield bad("two rules in a circle by tags", top("""\
  - {id: A, title: T, effect: deny, scope: everything, tags: [t], overrides: {tags: [t]}}
  - {id: B, title: T, effect: deny, scope: everything, tags: [t], overrides: {tags: [t]}}
tags: {t: {title: T, may_be_set_aside: true}}"""), "override-cycle", many=True)  # fmt: skip
    yield bad(
        "every rule overrides every other by a tag",
        put("rules:\n", "tags: {t: {title: T, may_be_set_aside: true}}\nrules:\n")
        + "".join(
            f"  - {{id: A{n}, title: T, effect: deny, scope: everything, overrides: {{tags: [t]}}}}\n"
            for n in range(3_000)
        )
        + "".join(f"  - {{id: B{n}, title: T, effect: deny, scope: everything, tags: [t]}}\n" for n in range(3_000)),
        "limit-reached",
        many=True,
        heavy=True,
    )
    yield bad(
        "group of a group", top("vocabulary:\n  uses: core@1\n  groups:\n    platform: {a: [x], b: [a, facebook]}")
    )
    yield bad(
        "group of itself", top("vocabulary:\n  uses: core@1\n  groups:\n    platform: {a: [▸a, x]}"), "unknown-value"
    )
    yield bad("implications that contradict each other", top("""\
vocabulary:
  uses: core@1
  facts:
    content.a: {type: bool, question: A, mutable: true, default: true}
    content.b: {type: bool, question: B, mutable: true, default: true}
  ▸implies:
    - {if: {content.a: true}, then: {content.b: false}}
    - {if: {content.b: true}, then: {content.a: false}}"""), "contradiction")  # fmt: skip


# -- vocabularies that blow up --------------------------------------------------------------------------------------------


def vocabularies() -> Iterator[Hostile]:
    head = POLICY[: POLICY.index("rules:")]
    words = ", ".join(f"v{n}" for n in range(9_999))
    facts = f"""\
vocabulary:
  facts:
    k: {{type: enum, values: [{words}], question: Which}}
    s: {{type: set, of: enum, values: [{words}], question: Which}}
    t: {{type: string, question: What}}
"""
    one = "rules:\n  - {id: R-1, title: T, effect: deny, scope: everything}\n"

    def rules(number: int, condition: str) -> str:
        return "rules:\n" + "".join(
            f"  - {{id: A{n}, title: T, effect: deny, scope: everything, when: {{{condition}}}}}\n"
            for n in range(number)
        )

    def limit(name: str, text: str, **more: object) -> Hostile:
        return bad(name, text, "limit-reached", many=True, heavy=True, **more)  # type: ignore[arg-type]

    yield bad("ten thousand values", head + facts + one, heavy=True)
    yield bad(
        "ten thousand values in a group", head + facts + "  groups: {k: {a: {all_but: [v0]}}}\n" + one, heavy=True
    )
    yield limit(
        "group of groups",
        head
        + facts
        + f"  groups:\n    k:\n      a: {{all_but: [v0]}}\n      b: [{'a, ' * 9_998}a]\n      c: [{'b, ' * 9_998}b]\n"
        + one,
    )
    yield limit(
        "thousands of big groups",
        head + facts + "  groups:\n    k:\n" + "".join(f"      g{n}: {{all_but: [v0]}}\n" for n in range(9_000)) + one,
    )
    yield limit(
        "big group ten thousand times in a condition",
        head + facts + "  groups: {k: {a: {all_but: [v0]}}}\n" + rules(1, f"k: [{'a, ' * 9_998}a]"),
    )
    yield limit(
        "all but one of ten thousand values in thousands of rules",
        head + facts + rules(9_000, "k: {all_but: [v0]}"),
    )
    yield limit(
        "big group in thousands of rules",
        head + facts + "  groups: {s: {a: {all_but: [v0]}}}\n" + rules(9_000, "s: {any_of: [a]}"),
    )
    yield limit(
        "big list of terms in thousands of rules",
        head + f"terms: {{h: {{kind: handles, entries: [{words}]}}}}\n" + rules(9_000, "account.id: {in_list: h}"),
    )
    yield bad(
        "big list of terms in a few rules",
        head + f"terms: {{h: {{kind: handles, entries: [{words}]}}}}\n" + rules(20, "account.id: {in_list: h}"),
        heavy=True,
    )
    yield bad(
        "thousands of implications",
        head
        + "vocabulary:\n  facts:\n"
        + "".join(f"    f{n}: {{type: bool, question: Q}}\n" for n in range(2_001))
        + "  implies:\n"
        + "".join(f"    - {{if: {{f{n}: true}}, then: {{f{n + 1}: true}}}}\n" for n in range(2_000))
        + one,
        heavy=True,
    )
    yield limit(
        "implications that fire one after the other",
        head
        + "vocabulary:\n  facts:\n    f0: {type: bool, question: Q, default: true}\n"
        + "".join(f"    f{n}: {{type: bool, question: Q}}\n" for n in range(1, 4_001))
        + "  implies:\n"
        + "".join(f"    - {{if: {{f{n}: true}}, then: {{f{n + 1}: true}}}}\n" for n in reversed(range(4_000)))
        + one,
    )
    yield limit(
        "defaults and implications by the thousand",
        head
        + "vocabulary:\n  facts:\n"
        + "".join(f"    f{n}: {{type: bool, question: Q, default: true}}\n" for n in range(3_001))
        + "  implies:\n"
        + "".join(f"    - {{if: {{f{n}: true}}, then: {{f{n + 1}: true}}}}\n" for n in range(3_000))
        + one,
    )
    yield bad(
        "sixty thousand unknown facts",
        head + rules(3_000, ", ".join(f"f{n}: 1" for n in range(20))),
        "unknown-fact",
        "limit-reached",
        status=1,
        many=True,
        heavy=True,
    )
    yield bad(
        "thousands of values that there are not",
        head
        + facts
        + "rules:\n"
        + "".join(
            f"  - {{id: A{n}, title: T, effect: deny, scope: everything, when: {{k: w{n}}}}}\n" for n in range(2_500)
        ),
        "unknown-value",
        "limit-reached",
        status=1,
        many=True,
        heavy=True,
    )
    yield bad(
        "thousands of contacts that there are not",
        head
        + "contacts:\n"
        + "".join(f"  contact_{n}: {{title: T, reach: R}}\n" for n in range(3_000))
        + "rules:\n"
        + "".join(
            f"  - {{id: A{n}, title: T, effect: ask, approval: contact{n}, scope: everything}}\n" for n in range(2_500)
        ),
        "unknown-contact",
        "limit-reached",
        status=1,
        many=True,
        heavy=True,
        pure=False,
    )
    yield bad(
        "thousands of rules that there are not",
        head
        + "rules:\n"
        + "".join(
            f"  - {{id: A{n}, title: T, effect: deny, scope: everything, overrides: {{rules: [B{n}]}}}}\n"
            for n in range(5_000)
        ),
        "unknown-rule",
        "limit-reached",
        status=1,
        many=True,
        heavy=True,
        pure=False,
    )


# -- characters ---------------------------------------------------------------------------------------------------------


def characters() -> Iterator[Hostile]:
    def title(text: str) -> str:
        return put("title: A small policy", f"title: {text}")

    yield bad("byte order mark at the start", b"\xef\xbb\xbf" + POLICY.encode())
    yield bad("two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbf" + POLICY.encode(), "hidden-character@1:1")
    yield bad("byte order mark inside", title("A ▸\ufeff small policy"), "hidden-character")
    yield bad("utf-16, little end first", POLICY.encode("utf-16"), "not-utf8@1:1")
    yield bad("utf-16, big end first", b"\xfe\xff" + POLICY.encode("utf-16-be"), "not-utf8@1:1")
    yield bad("utf-16 without a mark", POLICY.encode("utf-16-le"), "not-utf8@1:1")
    yield bad("utf-32", POLICY.encode("utf-32"), "not-utf8@1:1")
    yield bad("latin-1", title("Caf\u00e9 rules").encode("latin-1"), "not-utf8@4:11")
    yield bad("cp1252 quotes", title("Be \u201cnice\u201d").encode("cp1252"), "not-utf8@4:11")
    yield bad("shift-jis", title("\u65b9\u91dd").encode("shift-jis"), "not-utf8@4:8")
    yield bad(
        "utf-8 cut in the middle", title("Caf\u00e9").encode()[:-100][: POLICY.index("title") + 11], "not-utf8@4:11"
    )
    yield bad(
        "utf-8 with one byte too many", title("A").encode().replace(b"title: A", b"title: \xc0\x80"), "not-utf8@4:8"
    )
    yield bad("surrogate in utf-8", title("A").encode().replace(b"title: A", b"title: \xed\xa0\x80"), "not-utf8@4:8")
    yield bad("bytes at random", bytes(range(128, 256)) * 20, "not-utf8@1:1")
    yield bad("program file", b"\x7fELF\x02\x01\x01\x00" + bytes(100), "not-utf8@1:1")
    yield bad("archive", b"PK\x03\x04" + bytes(50), "not-utf8@1:1")
    yield bad("nought byte", title("A ▸\x00 b"), "hidden-character")
    yield bad("bell", title("A ▸\x07 b"), "hidden-character")
    yield bad("escape sequence for a terminal", title("A ▸\x1b[2J b"), "hidden-character")
    yield bad("delete", title("A ▸\x7f b"), "hidden-character")
    yield bad("control of the second kind", title("A ▸\x9b2J b"), "hidden-character")
    yield bad("next line", title("A ▸\x85 b"), "hidden-character")
    yield bad("line separator", title("A ▸\u2028 b"), "hidden-character")
    yield bad("paragraph separator", title("A ▸\u2029 b"), "hidden-character")
    yield bad("line separator in a comment hides a rule", top("# nice▸\u2028owner: evil"), "hidden-character")
    yield bad("right to left override in a title", title("A ▸\u202eecilop b"), "hidden-character")
    yield bad("right to left override in a comment", top("# ▸\u202e ereht"), "hidden-character")
    yield bad("isolates in a value", when("{account.id: 'a▸\u2066b▸\u2069'}"), "hidden-character", "hidden-character")
    yield bad("left to right mark", title("A▸\u200e b"), "hidden-character")
    yield bad("zero-width blank in an id", put("id: R-1", "id: R▸\u200b-1"), "hidden-character")
    yield bad("zero-width joiner in an id", put("id: R-1", "id: R▸\u200d-1"), "hidden-character")
    yield bad("zero-width joiner in an emoji is fine", title("People \U0001f469\u200d\U0001f680 of ours"))
    yield bad("word joiner", title("A▸\u2060b"), "hidden-character")
    yield bad("soft hyphen", title("So▸\u00adcial"), "hidden-character")
    yield bad("tag characters", title("A ▸\U000e0061▸\U000e0062 b"), "hidden-character", "hidden-character")
    yield bad(
        "variation selectors that carry bytes",
        title("A ▸\U000e0101▸\U000e0102 b"),
        "hidden-character",
        "hidden-character",
    )
    yield bad("filler that looks like nothing", put("id: R-1", "id: R▸\u3164"), "hidden-character")
    yield bad("invisible times", title("A▸\u2062b"), "hidden-character")
    yield bad("annotation marks", title("A▸\ufff9b"), "hidden-character")
    yield bad("character that is none", title("A▸\uffffb"), "hidden-character")
    yield bad("bidi control behind an escape", title(r'▸"A \u202e b"'), "hidden-character")
    yield bad("nought behind an escape", title(r'▸"A \0 b"'), "hidden-character")
    yield bad("zero-width blank behind an escape in a key", rule(r'▸"fi\u200brm": true'), "hidden-character")
    yield bad(
        "lone surrogate behind an escape", title(r'"A ▸\ud800 b"'), "syntax", pure_findings=("hidden-character@4:8",)
    )
    yield bad("escape beyond unicode", title(r'"A ▸\UFFFFFFFF b"'), "syntax")
    yield bad("escape that is none", title(r'"A ▸\q b"'), "syntax")
    yield bad("escape cut short", title(r'"A ▸\u12 b"'), "syntax")
    yield bad("path of windows in quotes", title(r'"C:▸\policies"'), "syntax")
    yield bad("cyrillic letter in a fact", when("{▸\u0441ontent.tone: profane}"), "unknown-fact")
    yield bad("cyrillic letter in a value", when("{content.tone: ▸pr\u043efane}"), "unknown-value")
    yield bad("cyrillic letter in an id", put("id: R-1", "id: ▸\u0420-1"), "bad-name")
    yield bad("cyrillic letter in a key", top("▸\u043ewner: comms"), "unknown-key")
    yield bad(
        "cyrillic letter in the name of a condition",
        top("conditions: {▸p\u0430id: {content.mature: true}}"),
        "bad-name",
    )
    yield bad(
        "cyrillic letter in a value of a new fact",
        top("vocabulary: {uses: core@1, values: {content.topics: [▸m\u0435rger]}}"),
        "bad-name",
    )
    yield bad("wide letters in an effect", put("effect: deny", "effect: ▸\uff44\uff45\uff4e\uff59"), "unknown-value")
    yield bad("no-break blank behind a colon", put("effect: deny", "▸effect:\u00a0deny"), "syntax")
    yield bad("curly quotes around a version", put('"1.0.0"', "▸\u201c1.0.0\u201d"), "bad-version")
    yield bad("returns at the line ends are fine", POLICY.replace("\n", "\r\n").encode())
    yield bad("returns at some line ends are fine", POLICY.replace("\n", "\r\n", 3).encode())
    yield bad("returns alone at the line ends", POLICY.replace("\n", "\r").encode(), "hidden-character", many=True)
    yield bad(
        "return that hides what follows",
        top("# nice ▸\rowner: evil").encode().replace(MARK.encode(), b""),
        "hidden-character@12:8",
    )
    yield bad(
        "error behind wide characters",
        when("{content.tone: [\U0001f600, \u6f22]}").replace("[\U0001f600", "▸[\U0001f600"),
        "list-on-set",
    )
    yield bad(
        "error behind an emoji in a flow",
        put("title: Be polite", "title: \U0001f600\U0001f600") + "    tags: ['\U0001f600\U0001f600', ▸5]\n",
        "unknown-tag@12:12",
        "wrong-type@12:18",
    )
    yield bad("combining marks without end", title("Z" + "\u0301" * 5_000))
    yield bad("language from right to left", title("\u0645\u062f\u064a\u0646\u0629 \u05e9\u05dc\u05d5\u05dd"))


# -- broken syntax ------------------------------------------------------------------------------------------------------


def syntax() -> Iterator[Hostile]:
    def title(text: str) -> str:
        return put("title: A small policy", f"title: {text}")

    yield bad("quote that is not closed", title('▸"A small policy'), "syntax")
    yield bad("single quote that is not closed", title("▸'A small policy"), "syntax")
    yield bad("apostrophe in single quotes", title("'It'▸s ours'"), "syntax")
    yield bad("quote inside quotes", title('"Say "▸please""'), "syntax")
    yield bad("text behind a quote", title('"Say" ▸please'), "syntax")
    yield bad("bracket that is not closed", rule("tags: ▸[a, b") + "owner: comms\n", "syntax")
    yield bad("brace that is not closed", when("▸{content.tone: profane") + "owner: comms\n", "syntax")
    yield bad("brace that is not closed at the end", when("▸{content.tone: profane"), "syntax")
    yield bad("bracket closed by a brace", rule("tags: [a, b▸}"), "syntax")
    yield bad("brace too many", when("{content.tone: profane}▸}"), "syntax")
    yield bad("bracket too many", rule("tags: []▸]"), "syntax")
    yield bad("tab as indentation", POLICY + "▸\tfirm: true\n", "syntax")
    yield bad("tab before a key", put("    effect: deny", "    ▸\teffect: deny"), "syntax")
    yield bad(
        "tab behind a colon is fine",
        put("effect: deny", "effect:\tdeny"),
        pure_status=1,
        pure_findings=("syntax@9:12",),
    )
    yield bad("at sign at the start", top("owner: ▸@comms"), "syntax")
    yield bad("handle in a list", top("terms:\n  h:\n    kind: handles\n    entries:\n      - ▸@acme\n"), "syntax")
    yield bad("backtick at the start", title("▸`code`"), "syntax")
    yield bad("per cent at the start", title("▸%age of posts"), "syntax")
    yield bad("exclamation mark at the start", title("▸!important"), "tag")
    yield bad("bar at the start", title("▸| A"), "syntax")
    yield bad("star at the start of bold words", title("▸**bold** words"), "syntax")
    yield bad("and sign at the start", title("▸&"), "syntax")
    yield bad("comma at the start in a flow", rule("tags: [▸,a]"), "syntax")
    yield bad("colon in a text", title("Posts▸: the rules"), "syntax")
    yield bad("colon at the end of a text", title("Posts▸:"), "syntax")
    yield bad("colon in a text of a list", rule("guidance: {do: [Say▸: please]}"), "wrong-type@12:21")
    yield bad("address with a colon is fine", title("https://example.org/a"))
    yield bad("question mark in a flow", rule("guidance: {do: [? ▸Ask]}"), "empty-value")
    yield bad(
        "question mark at the end in a flow",
        when("{content.tone: profane?▸}"),
        "unknown-value@11:26",
        pure_findings=("syntax@11:33",),
    )
    yield bad("dash without a blank", put("  - id: R-1\n    title: Be", "  -id: R-1\n    title▸: Be"), "syntax")
    yield bad("colon without a blank", put("effect: deny", "▸effect:deny"), "syntax")
    yield bad("colon without a blank in a flow", when("{▸content.tone:profane}"), "empty-value")
    yield bad("key without a colon", put("    effect: deny", "    ▸effect deny"), "syntax")
    yield bad("key indented too far", put("    effect: deny", "      effect▸: deny"), "syntax")
    yield bad("key indented too little", put("    effect: deny", "   ▸effect: deny"), "syntax")
    yield bad("rule indented too little", top(" ▸- {id: R-2}"), "syntax")
    yield bad("rule indented too far", top("   ▸- {id: R-2, title: T, effect: advise, scope: everything}"), "syntax")
    yield bad("top key indented", POLICY + " ▸owner: comms\n", "syntax")
    yield bad("list and mapping mixed", top("tags:\n  a: {title: A}\n  ▸- b\n"), "syntax")
    yield bad("mapping and list mixed", top("x-a:\n  - a\n  ▸b: c\n"), "syntax")
    yield bad("value and list", rule("guidance:\n  do: ▸here\n    - there"), "wrong-type")
    yield bad("list behind a key on one line", top("x-a: ▸- there"), "syntax")
    yield bad("two keys on one line", put("effect: deny", "effect: deny scope▸: everything"), "syntax")
    yield bad("block text with bad indentation", top("purpose: |\n  one\n ▸two\n"), "syntax")
    yield bad("block text with indentation nought", top("purpose: ▸|0\n  one\n"), "syntax")
    yield bad("block text with words behind it", top("purpose: ▸| words\n  one\n"), "syntax")
    yield bad(
        "conflict marks of git",
        put("effect: deny\n", "effect: deny\n▸<<<<<<< HEAD\n    firm: true\n=======\n    firm: false\n>>>>>>> other\n"),
        "syntax",
    )
    yield bad("template language", title("▸{{ company }} rules"), "syntax")
    yield bad("template language in a block", top("▸{% if x %}\nowner: comms\n{% endif %}"), "syntax")
    yield bad(
        "page of a web site", "<!DOCTYPE html>\n<html><body><p>404▸: not found</p></body></html>\n", "syntax", many=True
    )
    yield bad("document of a word processor", "Policy\n======\n\n1. Be nice▸: always.\n", "syntax")
    yield bad("csv", "▸id,effect,scope\nR-1,deny,everything\n", "wrong-type")
    yield bad("toml", '[policy]\n▸id = "x"\n', "second-document")
    yield bad("xml", '▸<?xml version="1.0"?>\n<policy id="x"/>\n', "wrong-type")
    yield bad("python", "▸def policy():\n    return {'a': 1}\n", "not-a-policy")
    yield bad("only an opening brace", "▸{", "syntax")
    yield bad("only a quote", '▸"', "syntax")
    yield bad("only a colon", "▸:", "syntax")
    yield bad("only a dash", "▸-", "wrong-type")
    yield bad("only a star", "▸*", "syntax")
    yield bad("only a question mark", "▸?", "non-string-key@1:2")


# -- JSON ---------------------------------------------------------------------------------------------------------------


def in_json() -> Iterator[Hostile]:
    rules = [
        {
            "id": "R-1",
            "title": "Be polite",
            "effect": "deny",
            "scope": "everything",
            "when": {"content.tone": "profane"},
        }
    ]
    data = {
        "socialpolicy": 1,
        "id": "hostile",
        "version": "1.0.0",
        "title": "A small policy",
        "baseline": "allow",
        "rules": rules,
    }
    pretty, tight = json.dumps(data, indent=2) + "\n", json.dumps(data, separators=(",", ":"))

    def js(name: str, content: str | bytes, *findings: str, **more: object) -> Hostile:
        return bad(name, content, *findings, suffix=".json", **more)  # type: ignore[arg-type]

    def swapped(old: str, new: str, text: str = pretty) -> str:
        assert text.count(old) == 1, old
        return text.replace(old, new)

    yield js("pretty is fine", pretty)
    yield js("tight is fine", tight)
    yield js("with tabs is fine", json.dumps(data, indent="\t"))
    yield js(
        "ascii escapes are fine", swapped('"A small policy"', r'"Caf\u00e9 \"quoted\" \/ \b slash"').replace(r" \b", "")
    )
    yield js("surrogate pair is fine", swapped('"A small policy"', r'"\ud83d\ude00 \ud83d\ude80"'))
    yield js(
        "error behind a surrogate pair",
        swapped('"A small policy", "baseline": "allow"', r'"\ud83d\ude00", "baseline": ▸"alow"', json.dumps(data)),
        "unknown-value",
    )
    yield js(
        "lone surrogate",
        swapped('"A small policy"', r'"A ▸\ud83d b"'),
        "syntax",
        pure_findings=("hidden-character@5:12",),
    )
    yield js(
        "surrogates the wrong way round",
        swapped('"A small policy"', r'"A ▸\ude00\ud83d b"'),
        "syntax",
        pure_findings=("hidden-character@5:12",),
    )
    yield js(
        "escaped backslash before a pair",
        swapped('"A small policy"', r'"A \\ud83d▸\ude00 b"'),
        "syntax",
        pure_findings=("hidden-character@5:12",),
    )
    yield js("control character behind an escape", swapped('"A small policy"', r'▸"A \u0000 b"'), "hidden-character")
    yield js("duplicate key", swapped('"version"', '▸"id": "other",\n  "version"'), "duplicate-key")
    yield js("comment with slashes", swapped('  "id": "hostile",', '  ▸// a comment\n  "id": "hostile",'), "syntax")
    yield js(
        "comment with slashes and stars",
        swapped('  "id": "hostile",', '  ▸/* a comment */\n  "id": "hostile",'),
        "syntax",
    )
    yield js("not a number", swapped('"A small policy"', "NaN"))
    yield js(
        "not a number where a number belongs",
        swapped('{\n        "content.tone": "profane"\n      }', '{"context.promos_today": {"at_least": ▸NaN}}'),
        "type-mismatch",
    )
    yield js(
        "infinity where a number belongs",
        swapped('{\n        "content.tone": "profane"\n      }', '{"context.promos_today": {"at_least": ▸-Infinity}}'),
        "type-mismatch",
    )
    yield js("undefined", swapped('"rules": [', '"owner": ▸undefined,\n  "rules": ['), "unknown-contact")
    yield js("number with a point", swapped('"socialpolicy": 1', '"socialpolicy": ▸1.0'), "unknown-value")
    yield js("number with an exponent", swapped('"socialpolicy": 1', '"socialpolicy": ▸1e0'), "unknown-value")
    yield js("number too large", swapped('"socialpolicy": 1', f'"socialpolicy": ▸1{"0" * 400}'), "number-too-large")
    yield js("number beyond all bounds", swapped('"socialpolicy": 1', '"socialpolicy": ▸1E400'), "ambiguous-scalar")
    yield js("null", swapped('"baseline": "allow"', '"baseline": ▸null'), "empty-value")
    yield js("list at the top", f"▸[{tight}]", "wrong-type")
    yield js("text at the top", "▸" + json.dumps(tight), "wrong-type")
    yield js("two objects", tight + "\n▸" + tight, "second-document")
    yield js("lines of objects", tight + "\n▸{}\n", "second-document")
    yield js("cut off", pretty[:-20].replace('"when": {', '"when": ▸{'), "syntax")
    yield js(
        "cut off in a text",
        pretty[: pretty.index("profane")].replace('"content.tone": "', '"content.tone": ▸"'),
        "syntax",
    )
    yield js("comma missing", swapped('"id": "hostile",\n  "version"', '"id": "hostile"\n  ▸"version"'), "syntax")
    yield js("colon missing", swapped('"baseline": "allow"', '"baseline" ▸"allow"'), "syntax")
    yield js("comma too many at the start", swapped('{\n  "socialpolicy"', '{▸,\n  "socialpolicy"'), "syntax")
    yield js("saved program that was tampered with", '▸{"socialpolicy_program": 1, "rules": []}', "bad-program")
    yield js(
        "program nested too deep for the reader of JSON",
        '{"socialpolicy_program": ' + "[" * 50_000 + "]" * 50_000 + "}",
        "limit-reached",
        many=True,
        heavy=True,
    )
    yield js(
        "schema instead of a policy",
        json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}),
        "not-a-policy@1:1",
    )


# -- wrong types and unknown words, at every level ------------------------------------------------------------------------


def structure() -> Iterator[Hostile]:
    yield bad("rules as a mapping", POLICY[: POLICY.index("rules:")] + "rules:\n  ▸R-1: {title: T}\n", "wrong-type")
    yield bad("rules as a text", POLICY[: POLICY.index("rules:")] + "rules: ▸none\n", "wrong-type")
    yield bad("rule as a text", top("  - ▸be nice"), "wrong-type")
    yield bad("rule as a list", top("  - ▸[id, title]"), "wrong-type")
    yield bad("id as a list", put("id: R-1", "id: ▸[R-1]"), "wrong-type")
    yield bad("title as a mapping", put("title: Be polite", "title: ▸{en: Be polite}"), "wrong-type")
    yield bad("effect that is misspelt", put("effect: deny", "effect: ▸denny"), "unknown-value")
    yield bad("effect as a list", put("effect: deny", "effect: ▸[deny]"), "unknown-value")
    yield bad("effect of an earlier draft", put("effect: deny", "effect: ▸review"), "unknown-value")
    yield bad("effect missing", put("    effect: deny\n", "").replace("- id: R-1", "- ▸id: R-1"), "missing-key")
    yield bad("effect misspelt as a key", put("effect: deny", "▸efect: deny"), "unknown-key")
    yield bad("scope missing", put("    scope: everything\n", "").replace("- id: R-1", "- ▸id: R-1"), "missing-key")
    yield bad("scope as another word", put("scope: everything", "scope: ▸anything"), "unknown-value")
    yield bad("scope as a list", put("scope: everything", "scope: ▸[everything]"), "unknown-value")
    yield bad("scope with an unknown word", put("scope: everything", "scope: {▸account: official}"), "unknown-scope")
    yield bad("scope with a fact", put("scope: everything", "scope: {▸account.kind: official}"), "unknown-scope")
    yield bad("scope with an unknown value", put("scope: everything", "scope: {accounts: ▸offical}"), "unknown-value")
    yield bad("scope for anyone", put("scope: everything", "scope: {who: ▸anyone}"), "unknown-value")
    yield bad("scope with a number", put("scope: everything", "scope: {accounts: ▸5}"), "wrong-type")
    yield bad(
        "scope with everything but on a set",
        put("scope: everything", "scope: {roles: {▸all_but: [intern]}}"),
        "type-mismatch",
    )
    yield bad("condition as a list", when("▸[{content.tone: profane}]"), "wrong-type")
    yield bad("condition as a text", when("▸content.tone is profane"), "wrong-type")
    yield bad("unknown fact", when("{▸content.ton: profane}"), "unknown-fact")
    yield bad("unknown value", when("{content.tone: ▸profain}"), "unknown-value")
    yield bad("unknown value in a list", when("{account.kind: [official, ▸offical]}"), "unknown-value")
    yield bad("unknown condition in a list", when("{any: [▸company-visible]}"), "unknown-condition")
    yield bad("fact in a list of conditions", when("{any: [▸content.mature]}"), "unknown-condition")
    yield bad("number in a list of conditions", when("{any: [▸5]}"), "wrong-type")
    yield bad("all with a mapping", when("{all: ▸{content.mature: true}}"), "wrong-type")
    yield bad("not with a list", when("{not: ▸[{content.mature: true}]}"), "wrong-type")
    yield bad("not with a name", when("{not: ▸protected-talk}"), "wrong-type")
    yield bad("text for a yes or no fact", when("{content.mature: ▸maybe}"), "type-mismatch")
    yield bad("yes for a yes or no fact", when("{content.mature: ▸yes}"), "type-mismatch")
    yield bad("list for a yes or no fact", when("{content.mature: ▸[true, false]}"), "wrong-type")
    yield bad("number for an enum", when("{account.kind: ▸5}"), "type-mismatch")
    yield bad("text for a number", when('{account.admins: ▸"2"}'), "type-mismatch")
    yield bad("true for a number", when("{account.admins: ▸true}"), "type-mismatch")
    yield bad("number with a point for a number", when("{account.admins: ▸2.5}"), "wrong-type")
    yield bad("bare list on a set", when("{content.topics: ▸[merger, financials]}"), "list-on-set")
    yield bad("group on a set", when("{content.topics: ▸labour}"), "list-on-set")
    yield bad("group in all of", when("{content.topics: {all_of: [▸labour]}}"), "group-in-all-of")
    yield bad("test for unknown", when("{account.kind: ▸unknown}"), "test-for-unknown")
    yield bad("comparison of an earlier draft", when("{account.admins: {▸gte: 2}}"), "unknown-key")
    yield bad("comparison of another language", when("{account.admins: {▸'>=': 2}}"), "unknown-key")
    yield bad("comparison that enums do not have", when("{account.kind: {▸any_of: [official]}}"), "type-mismatch")
    yield bad("comparison of an enum without order", when("{account.kind: {▸at_least: official}}"), "type-mismatch")
    yield bad("comparison that nothing passes", when("{account.admins: ▸{at_least: 5, less_than: 3}}"), "never-true")
    yield bad("fact compared with itself", when("{account.id: {same_as: ▸account.id}}"), "compared-with-itself")
    yield bad("fact compared with another type", when("{account.id: {same_as: ▸content.mature}}"), "type-mismatch")
    yield bad("list of terms that is not there", when("{account.id: {in_list: ▸friends}}"), "unknown-terms")
    yield bad("unknown key in a rule", rule("▸priority: 10"), "unknown-key")
    yield bad("key of an earlier draft", rule("▸message: Be nice"), "unknown-key")
    yield bad("key of another section", rule("▸baseline: allow"), "unknown-key")
    yield bad("unknown tag", rule("tags: [▸polite]"), "unknown-tag")
    yield bad("tags as a text", rule("tags: ▸polite"), "wrong-type")
    yield bad("tag declared as a text", top("tags: {polite: ▸Be polite}"), "wrong-type")
    yield bad("unknown contact", top("owner: ▸comms"), "unknown-contact")
    yield bad("unknown step", rule("severity: ▸grave"), "unknown-step")
    yield bad("unknown rule in overrides", rule("overrides: {rules: [▸R-2]}"), "unknown-rule")
    yield bad("overrides as a list", rule('overrides: ▸["tag:civility"]'), "wrong-type")
    yield bad("unknown vocabulary", top("vocabulary: {uses: ▸core@2}"), "unknown-vocabulary")
    yield bad("vocabulary as a text", top("vocabulary: ▸core@1"), "wrong-type")
    yield bad("baseline that is unknown", put("baseline: allow", "baseline: ▸open"), "unknown-value")
    yield bad("baseline that revises", put("baseline: allow", "baseline: ▸revise"), "unknown-value")
    yield bad("baseline that asks nobody", put("baseline: allow", "▸baseline: ask"), "missing-key")
    yield bad("baseline as a list", put("baseline: allow", "baseline: ▸[allow]"), "unknown-value")
    yield bad("baseline missing", put("baseline: allow\n", "").replace("socialpolicy", "▸socialpolicy"), "missing-key")
    yield bad(
        "title missing", put("title: A small policy\n", "").replace("socialpolicy", "▸socialpolicy"), "missing-key"
    )
    yield bad(
        "everything missing",
        "▸socialpolicy: 1\n",
        "missing-key",
    )
    yield bad("first key missing", put("socialpolicy: 1\n", "").replace("id: hostile", "▸id: hostile"), "missing-key")
    yield bad("contact without a way to reach it", top("contacts:\n  legal:\n    ▸title: Legal"), "missing-key")
    yield bad(
        "contact who stands in for itself", top("contacts: {legal: {title: L, reach: r, deputy: ▸legal}}"), "own-deputy"
    )
    yield bad(
        "example with a wrong expectation", rule("examples: [{story: S, facts: {}, expect: ▸maybe}]"), "unknown-value"
    )
    yield bad(
        "example with an unknown fact",
        rule("examples: [{story: S, facts: {▸content.ton: [profane]}, expect: deny}]"),
        "unknown-fact",
    )
    yield bad(
        "example with a wrong value",
        rule("examples: [{story: S, facts: {content.tone: ▸profane}, expect: deny}]"),
        "type-mismatch",
    )
    yield bad("account with a secret", top("""\
contacts: {a: {title: A, reach: by mail}, b: {title: B, reach: by mail}}
accounts:
  "x:@us": {platform: x, kind: official, owner: a, backup: b, admins: [a, b], credentials: ▸hunter2, mfa: true, recovery: company}
"""), "unknown-value")  # fmt: skip
    yield bad("account with a password", top("""\
contacts: {a: {title: A, reach: by mail}, b: {title: B, reach: by mail}}
accounts:
  "x:@us": {platform: x, kind: official, owner: a, backup: b, admins: [a, b], credentials: password_manager, mfa: true, recovery: company, ▸password: hunter2}
"""), "unknown-key")  # fmt: skip
    yield bad("regular expression as a pattern is plain text", when("{account.id: {matches: '^(a+)+$'}}"))
    yield bad("regular expression as a key", when("{account.id: {▸regex: '^(a+)+$'}}"), "unknown-key")
    yield bad(
        "terms of a kind that is not there", top("terms: {w: {kind: ▸patterns, entries: ['(a+)+$']}}"), "unknown-value"
    )
    yield bad(
        "facts misspelt in three places",
        when("{▸content.ton: x, all: [{▸content.mattre: true}], not: {▸acount.kind: official}}"),
        "unknown-fact",
        "unknown-fact",
        "unknown-fact",
    )
    yield bad("mistakes in every section", top("""\
owner: ▸nobody
time_zone: ▸Nowhere
tags: {a: {▸titel: A}}
conditions: {c: {▸content.x: true}}
guarantees: [{id: G, title: G, when: {content.mature: true}, never: ▸maybe}]
▸unknown: 1"""), "unknown-contact", "unknown-time-zone", "unknown-key", "unknown-fact", "unknown-value", "unknown-key")  # fmt: skip


# -- traps that read well and mean something else -------------------------------------------------------------------------

CONTACTS = "contacts: {legal: {title: Legal, reach: by mail}, ir: {title: Investors, reach: by mail}, pal: {title: P, reach: r}}\n"


def meanings() -> Iterator[Hostile]:
    yield bad(
        "two tests under unless",
        rule("▸unless: {context.investigation: true, context.company_device: true}"),
        "two-tests",
    )
    yield bad("two tests under not", when("{▸not: {content.mature: true, content.consent: true}}"), "two-tests")
    yield bad("approval in a condition", when("{▸context.approvals: legal}"), "approval-in-condition")
    yield bad(
        "approval under unless", rule("unless: {▸context.approvals: {any_of: [legal, ir]}}"), "approval-in-condition"
    )
    yield bad(
        "approval behind a named condition",
        top("conditions: {cleared: {▸context.approvals: legal}}"),
        "approval-in-condition",
    )
    yield bad(
        "approval in an implication",
        top("vocabulary: {uses: core@1, implies: [{if: {content.mature: true}, then: {▸context.approvals: [legal]}}]}"),
        "approval-in-condition",
    )
    yield bad("deny with an approval", rule("▸approval: legal") + CONTACTS, "effect-asks-nothing")
    yield bad("deny with require", rule("▸require: {content.alt_text: true}"), "effect-asks-nothing")
    yield bad("ask without an approval", put("effect: deny", "effect: ▸ask"), "missing-key")
    yield bad("require without require", put("effect: deny", "effect: ▸require"), "missing-key")
    yield bad("duty without duties", put("effect: deny", "effect: ▸duty"), "missing-key")
    yield bad(
        "advice that overrides",
        put("effect: deny", "effect: advise\n    ▸overrides: {rules: [R-2]}")
        + "  - {id: R-2, title: T, effect: deny, scope: everything}\n",
        "effect-overrides-nothing",
    )
    yield bad(
        "approval as a bare list",
        put("effect: deny", "effect: ask\n    approval: [▸legal]") + CONTACTS,
        "wrong-type",
    )
    yield bad(
        "approval in two ways",
        put("effect: deny", "effect: ask\n    ▸approval: {any_of: [legal], all_of: [ir]}") + CONTACTS,
        "bad-approval",
    )
    yield bad(
        "approval of more than there are",
        put("effect: deny", "effect: ask\n    approval: {of: [legal, ir], at_least: ▸3}") + CONTACTS,
        "bad-approval",
    )
    yield bad(
        "approval that no fact can hold",
        put("effect: deny", "effect: ask\n    approval: ▸pal") + CONTACTS,
        "unknown-value",
    )
    yield bad(
        "approval by nobody", put("effect: deny", "effect: ask\n    approval: {any_of: ▸[]}") + CONTACTS, "empty-value"
    )
    yield bad(
        "need that the author cannot change",
        put("effect: deny", "effect: require\n    require: {▸actor.trained: true}"),
        "not-mutable",
    )
    yield bad(
        "need that is a condition",
        put("effect: deny", "effect: require\n    require: {▸all: [{content.alt_text: true}]}"),
        "bad-need",
    )
    yield bad(
        "need that is tested by the rule",
        put(
            "effect: deny",
            "effect: require\n    ▸overrides: {rules: [R-2]}\n    unless: {content.alt_text: true}\n    require: {content.alt_text: true}",
        )
        + "  - {id: R-2, title: T, effect: deny, scope: everything}\n",
        "need-tested-elsewhere",
    )
    yield bad("tag that is not declared in overrides", rule("overrides: {tags: [▸civility]}"), "unknown-tag")
    yield bad(
        "tag that may not be set aside",
        rule("overrides: {tags: [▸secrets]}") + "tags: {secrets: {title: S}}\n",
        "tag-not-overridable",
    )
    yield bad(
        "tag that reaches nothing",
        rule("overrides: {tags: [▸civility]}") + "tags: {civility: {title: C, may_be_set_aside: true}}\n",
        "override-reaches-nothing",
    )
    yield bad(
        "tag that reaches the rule itself alone",
        rule("tags: [civility]\noverrides: {tags: [▸civility]}")
        + "tags: {civility: {title: C, may_be_set_aside: true}}\n",
        "override-reaches-nothing",
    )
    yield bad(
        "firm rule overridden",
        rule("overrides: {rules: [▸R-2]}") + "  - {id: R-2, title: T, effect: deny, scope: everything, firm: true}\n",
        "firm-rule-overridden",
    )
    yield bad(
        "firm rule overridden by a tag",
        rule("overrides: {tags: [▸c]}")
        + "  - {id: R-2, title: T, effect: deny, scope: everything, firm: true, tags: [c]}\ntags: {c: {title: C, may_be_set_aside: true}}\n",
        "firm-rule-overridden",
    )
    yield bad("firm rule set aside by an exception", rule("firm: true") + CONTACTS + """\
exceptions:
  E-1: {rules: [▸R-1], for: {actor.id: u-1}, owner: legal, reason: R, ticket: T, approved_by: [legal], in_force: {from: 2026-01-01, through: 2026-02-01}}
""", "firm-rule-overridden")  # fmt: skip
    yield bad("exception for everyone", POLICY + CONTACTS + """\
exceptions:
  E-1: {rules: [R-1], ▸for: {content.mature: true}, owner: legal, reason: R, ticket: T, approved_by: [legal], in_force: {from: 2026-01-01, through: 2026-02-01}}
""", "exception-for-everyone")  # fmt: skip
    yield bad("exception without an end", POLICY + CONTACTS + """\
exceptions:
  E-1: {rules: [R-1], for: {actor.id: u-1}, owner: legal, reason: R, ticket: T, approved_by: [legal], in_force: ▸{from: 2026-01-01}}
""", "missing-key")  # fmt: skip
    yield bad("builds on a policy that is not there", top("builds_on: [{id: ▸law, version: 2}]"), "unknown-base")
    yield bad("builds on an address", top('builds_on: ▸"http://127.0.0.1:9/policy.yaml"'), "wrong-type")
    yield bad("builds on a path", top('builds_on: [{id: ▸"../law", version: 2}]'), "bad-name")
    yield bad("builds on any version", top("builds_on: [{id: law-us-labour, version: ▸newest}]"), "bad-base")
    yield bad("builds on nothing", top("builds_on: ▸null"), "empty-value")
    yield bad("include that is none", top("▸include: ../../etc/passwd"), "unknown-key")
    yield bad("reference of JSON Schema", top('▸$ref: "http://127.0.0.1:9/policy.yaml"'), "unknown-key")
    yield bad(
        "vocabulary from an address", top('vocabulary: {uses: ▸"http://127.0.0.1:9/core@1"}'), "unknown-vocabulary"
    )
    yield bad(
        "value called unknown",
        top("vocabulary: {uses: core@1, facts: {content.kind: {type: enum, values: [a, ▸unknown], question: Q}}}"),
        "reserved-word",
    )
    yield bad(
        "fact of the core with another type",
        top("vocabulary: {uses: core@1, facts: {content.mature: {▸type: enum}}}"),
        "fact-exists",
    )
    yield bad(
        "fact without a question",
        top("vocabulary: {uses: core@1, facts: {▸content.kind: {type: bool}}}"),
        "missing-key",
    )
    yield bad(
        "fact with a name of the language",
        top("vocabulary: {uses: core@1, facts: {▸not: {type: bool, question: Q}}}"),
        "bad-name",
    )
    yield bad(
        "fact whose bounds cross",
        top("vocabulary: {uses: core@1, facts: {content.n: {type: int, ▸min: 5, max: 3, question: Q}}}").replace(
            "▸min: 5", "min: ▸5"
        ),
        "never-true",
    )
    yield bad(
        "condition with the name of a fact", top("conditions: {▸content.mature: {content.consent: true}}"), "bad-name"
    )
    yield bad("condition with the name of a word", top("conditions: {▸all: {content.consent: true}}"), "bad-name")
    yield bad(
        "group with the name of a value",
        top("vocabulary: {uses: core@1, groups: {platform: {▸x: [facebook]}}}"),
        "duplicate-value",
    )
    yield bad(
        "guarantee with two claims",
        top("guarantees: [▸{id: G, title: T, when: {content.mature: true}, never: allow, always: deny}]"),
        "bad-guarantee",
    )
    yield bad(
        "guarantee without a claim",
        top("guarantees: [▸{id: G, title: T, when: {content.mature: true}}]"),
        "bad-guarantee",
    )
    yield bad(
        "baseline that forgets a value",
        put("baseline: allow", "▸baseline: {official: deny, personal: allow}"),
        "missing-key",
    )
    yield bad(
        "approval that lifts a closed start",
        put("baseline: allow", "baseline: {outcome: deny, ▸approval: legal}") + CONTACTS,
        "unknown-key",
    )
    yield bad(
        "nothing left by all but", when("{context.crisis: {all_but: ▸[none, watch, elevated, severe]}}"), "never-true"
    )
    yield bad(
        "test cases instead of a policy are checked as such",
        "cases_for: other\nassume: nothing\ncases: []\n",
        "policy-not-found@1:12",
        status=0,
    )


# -- files of test cases --------------------------------------------------------------------------------------------------


def cases() -> Iterator[Hostile]:
    def beside(name: str, text: str, *findings: str, **more: object) -> Hostile:
        """Test cases in their place beside the small policy."""
        where = iter(places(text))
        told = [
            f"{finding}@{place}" if "@" not in finding and (place := next(where, "")) else finding
            for finding in findings
        ]

        def build(folder: Path) -> list[str]:
            (folder / "tests").mkdir()
            (folder / "policy.yaml").write_text(POLICY, "utf-8")
            (folder / "tests" / "cases.yaml").write_text(text.replace(MARK, ""), "utf-8")
            return [str(folder / "tests" / "cases.yaml")]

        return bad(name, build, *told, **more)  # type: ignore[arg-type]

    head = "cases_for: hostile\nassume: nothing\ncases:\n"

    def case(facts: str, rest: str = "expect: deny") -> str:
        return f"{head}  - {{id: A, facts: {facts}, {rest}}}\n"

    yield beside("nothing wrong", case("{content.tone: [profane]}"))
    yield beside("no cases", "cases_for: hostile\nassume: nothing\ncases: []\n")
    yield beside("for another policy", case("{}").replace("hostile", "▸other"), "other-policy")
    yield beside(
        "assumption missing",
        case("{}").replace("assume: nothing\n", "").replace("cases_for", "▸cases_for"),
        "missing-key",
    )
    yield beside("assumption that there is not", case("{}").replace("nothing", "▸everything"), "unknown-value")
    yield beside("unknown fact", case("{▸content.ton: [profane]}"), "unknown-fact")
    yield beside("unknown value", case("{content.tone: ▸[profain]}"), "unknown-value")
    yield beside("text for a set", case("{content.tone: ▸profane}"), "type-mismatch")
    yield beside("null in a set", case("{content.tone: [▸null]}"), "wrong-type")
    yield beside("nothing is unknown", case("{content.tone: null}"))
    yield beside(
        "hashtag for a fact",
        head + "  - id: A\n    facts:\n      account.id: ▸#sp\n    expect: deny\n",
        "hashtag-or-comment",
    )
    yield beside("fact twice", case("{content.mature: true, ▸content.mature: false}"), "duplicate-key")
    yield beside(
        "fact in two places",
        case("{content.mature: true}", "vary: {▸content.mature: [true]}, expect: deny"),
        "duplicate-key",
    )
    yield beside("number with a point", case("{account.admins: ▸1.5}"), "wrong-type")
    yield beside("number out of bounds", case("{account.admins: ▸-1}"), "out-of-range")
    yield beside("instant without an offset", case('{context.at: ▸"2026-01-01T00:00:00"}'), "bad-instant")
    yield beside("outcome that there is not", case("{}", "expect: ▸denied"), "unknown-value")
    yield beside("rule that there is not", case("{}", "expect: {because: [▸R-9]}"), "unknown-rule")
    yield beside("missing fact that there is not", case("{}", "expect: {missing: [▸content.ton]}"), "unknown-fact")
    yield beside("case misspelt", case("{}", "expekt: deny").replace("expekt", "▸expekt"), "unknown-key")
    yield beside("variations without end", case("{}", "vary: {" + ", ".join(f"{name}: [true, false]" for name in (
        "content.mature", "content.consent", "content.credited", "account.mfa", "actor.trained", "actor.on_duty", "content.embargoed", "content.concerted",
        "content.forward_looking", "content.ai_label", "context.legal_hold", "context.quiet_period", "context.investigation", "content.alt_text",
        "account.registered", "content.shows_others", "content.official_rules", "content.human_reviewed")) + "}, expect: deny"),
        "limit-reached@4:5", heavy=True)  # fmt: skip
    yield beside("wrong variations without end", case("{}", "vary: {" + ", ".join(f"{name}: [{', '.join(f'x{n}' for n in range(100))}]" for name in (
        "content.mature", "content.consent", "content.credited", "account.mfa", "actor.trained", "actor.on_duty")) + "}, expect: deny"),
        "type-mismatch", "limit-reached", many=True, heavy=True, status=1)  # fmt: skip
    yield beside("cases that are a policy", POLICY)
    yield beside(
        "cases as a mapping",
        "cases_for: hostile\nassume: nothing\ncases: ▸{A: {facts: {}, expect: deny}}\n",
        "wrong-type",
    )


# -- files that are none --------------------------------------------------------------------------------------------------


def special() -> Iterator[Hostile]:
    def fifo(folder: Path) -> list[str]:
        os.mkfifo(folder / "policy.yaml")
        return [str(folder / "policy.yaml")]

    def a_socket(folder: Path) -> list[str]:
        here = Path.cwd()
        os.chdir(folder)  # the names of sockets are short
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("policy.yaml")
        os.chdir(here)
        return [str(folder / "policy.yaml")]

    def link(target: str) -> Builder:
        def build(folder: Path) -> list[str]:
            (folder / "policy.yaml").symlink_to(target)
            return [str(folder / "policy.yaml")]

        return build

    def folder_with(make: Callable[[Path], None]) -> Builder:
        def build(folder: Path) -> list[str]:
            inner = folder / "policies"
            inner.mkdir()
            (inner / "good.yaml").write_text(POLICY)
            make(inner)
            return [str(inner)]

        return build

    def named(name: str) -> Builder:
        def build(folder: Path) -> list[str]:
            (folder / name).write_text(POLICY.replace("everything", "nothing"))
            return [str(folder / name)]

        return build

    def unreadable(folder: Path) -> list[str]:
        (folder / "policy.yaml").write_text(POLICY)
        (folder / "policy.yaml").chmod(0)
        return [str(folder / "policy.yaml")]

    def outside(inner: Path) -> None:
        (inner.parent / "secret.yaml").write_text(POLICY)
        (inner / "link.yaml").symlink_to("../secret.yaml")

    def plain(*arguments: str) -> Builder:
        return lambda folder: [argument.replace("FOLDER", str(folder)) for argument in arguments]

    yield bad("pipe with a name", fifo, "unreadable-file@1:1")
    yield bad("socket", a_socket, "unreadable-file@1:1")
    yield bad("device without end", plain("/dev/zero"), "unreadable-file@1:1")
    yield bad("device without beginning", plain("/dev/null"), "unreadable-file@1:1")
    yield bad("link to a device", link("/dev/zero"), "unreadable-file@1:1")
    yield bad("link to itself", link("policy.yaml"), "unreadable-file@1:1")
    yield bad("link to nothing", link("gone.yaml"), "unreadable-file@1:1")
    yield bad("file without the right to read it", unreadable, *(["unreadable-file@1:1"] if os.geteuid() else []))
    yield bad("missing file", plain("FOLDER/missing.yaml"), status=2)
    yield bad("empty argument", plain(""), status=2)
    yield bad("name with a nought byte", plain("FOLDER/a\0b.yaml"), status=2)
    yield bad("name longer than names may be", plain("FOLDER/" + "a" * 5000), status=2)
    yield bad("folder without a policy", plain("FOLDER"), status=2)
    yield bad("revision that there is not", plain("no-such-revision:policies/acme/policy.yaml"), status=2)
    yield bad("folder with a link that leads out", folder_with(outside), "outside-root@1:1")
    yield bad(
        "folder with a link to itself",
        folder_with(lambda inner: (inner / "loop.yaml").symlink_to("loop.yaml")),
        "unreadable-file@1:1",
    )
    yield bad("folder with a pipe", folder_with(lambda inner: os.mkfifo(inner / "pipe.yaml")), "unreadable-file@1:1")
    yield bad("folder with a link to the folder above", folder_with(lambda inner: (inner / "up").symlink_to("..")))
    yield bad(
        "folder with a file of other people",
        folder_with(lambda inner: (inner / "ci.yaml").write_text("on: push\njobs: {}\n")),
    )
    yield bad(
        "folder with an empty file", folder_with(lambda inner: (inner / "a.yaml").write_text("")), "empty-file@1:1"
    )
    yield bad(
        "folder with a policy without its first key",
        folder_with(lambda inner: (inner / "a.yaml").write_text(POLICY.partition("\n")[2])),
        "missing-key@1:1",
    )
    yield bad("name with a line end", named("a\nb: error: 1.yaml"), "unknown-value@10:12")
    yield bad("name with a bidi override", named("a\u202elmay.b.yaml"), "unknown-value@10:12")
    yield bad("name with an escape sequence", named("a\x1b[31mb.yaml"), "unknown-value@10:12")
    yield bad("name with a colon and a percent sign", named("a:1:2: 100%.yaml"), "unknown-value@10:12")
    yield bad("name that is an option", plain("--no-such-option"), status=2)


GROUPS: dict[str, Callable[[], Iterator[Hostile]]] = {
    "references": references, "duplicates": duplicates, "typing": typing, "keys": keys, "empties": empties, "depth": depth,
    "sizes": sizes, "blow-ups": blow_ups, "vocabularies": vocabularies, "characters": characters, "syntax": syntax, "json": in_json, "structure": structure,
    "meanings": meanings, "cases": cases, "special": special,
}  # fmt: skip


def corpus() -> list[Hostile]:
    """All entries."""
    return [
        replace(entry, group=group, pure=entry.pure and not (entry.heavy and group in ("blow-ups", "vocabularies")))
        for group, entries in GROUPS.items()
        for entry in entries()
    ]


def main() -> None:
    """Write all files below a folder, each in one of its own."""
    for entry in corpus():
        folder = Path(sys.argv[1]) / entry.label
        folder.mkdir(parents=True)
        print(entry.label, entry.status, *entry.expected(), *entry.write(folder))


if __name__ == "__main__":
    main()
