"""Waivers: what they waive, what they never hide, and that a waiver of one change covers no other.

The second half is about fingerprints: equal for one change however it is written, and another for every other change.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given

from socialpolicy.cli.main import COULD_NOT, GOOD, NO, run
from socialpolicy.configuring import ConfigError, configuration, configured
from socialpolicy.diffing import diff
from socialpolicy.loading.findings import PolicyError
from socialpolicy.policy import loads
from socialpolicy.waiving import Waiver, applied
from strategies import policy_texts, seeds

DIFFS = Path(__file__).parent / "diffs"
KEY = "decision-stricter:3fa9c1d20b7e"
OTHER = "duty-added:0123456789ab"


def waive(key: str = KEY, *, until: str = "2026-12-31", more: str = "") -> str:
    """One waiver, as it is written."""
    return f'[[waive]]\nfinding = "{key}"\nreason = "agreed"\nby = "comms"\nuntil = {until}\n{more}'


# -- reading them ----------------------------------------------------------------------------------------------------


def written(folder: Path, text: str | bytes, name: str = ".socialpolicy.toml") -> Path:
    """A configuration file with this content."""
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_waivers_are_read_with_their_lines(tmp_path: Path) -> None:
    text = "# ours\n" + waive() + "\n" + waive(OTHER, until="2027-01-01", more='policy = "shop"\n')
    first, second = configuration(written(tmp_path, text)).waivers
    assert (first.finding, first.until, first.policy, first.line) == (KEY, date(2026, 12, 31), "", 2)
    assert (second.finding, second.until, second.policy, second.line) == (OTHER, date(2027, 1, 1), "shop", 8)
    assert configuration(written(tmp_path, "")).waivers == ()
    assert configuration(written(tmp_path, text.replace("\n", "\r\n"))).waivers[1].until == second.until


def test_a_table_in_another_projects_file_counts_too(tmp_path: Path) -> None:
    """``.socialpolicy.toml`` comes first; a pyproject.toml counts only where it has a table for it."""
    assert configured(tmp_path) is None
    pyproject = written(tmp_path, "[project]\nname = 'shop'\n[tool.other]\nx = 1\n", "pyproject.toml")
    assert configured(tmp_path) is None
    pyproject = written(
        tmp_path,
        "[tool.other]\nx = 1\n" + waive().replace("[[waive]]", "[[tool.socialpolicy.waive]]"),
        "pyproject.toml",
    )
    assert configured(tmp_path) == pyproject
    (waiver,) = configuration(pyproject).waivers
    assert (waiver.finding, waiver.line) == (KEY, 3)
    own = written(tmp_path, "")
    assert configured(tmp_path) == own


MISTAKES: dict[str, tuple[str | bytes, str, int]] = {
    # what is written, the finding, and its line
    "no TOML": ("[[waive]\n", "syntax", 1),
    "a line that breaks off": (waive() + 'reason2 = "\n', "syntax", 6),
    "not UTF-8": (b'[[waive]]\nreason = "\xff"\n', "syntax", 1),
    "a key twice": (waive(more='by = "legal"\n'), "syntax", 6),
    "a day that there is not": (waive(until="2026-02-30"), "syntax", 5),
    "nested too deeply": ("x = " + "[" * 5000 + "]" * 5000, "syntax", 1),
    "another section": ("[waiver]\n", "unknown-key", 1),
    "a section beside": ("[settings]\nx = 1\n" + waive(), "unknown-key", 1),
    "a table and no list": (waive().replace("[[waive]]", "[waive]"), "wrong-type", 1),
    "a text": ('waive = "all"\n', "wrong-type", 1),
    "a list of texts": (f'waive = ["{KEY}"]\n', "wrong-type", 1),
    "a key that is none": (waive(more='why = "x"\n'), "unknown-key", 1),
    "no finding": (waive().replace(f'finding = "{KEY}"\n', ""), "missing-key", 1),
    "no reason": (waive().replace('reason = "agreed"\n', ""), "missing-key", 1),
    "nobody": (waive().replace('by = "comms"\n', ""), "missing-key", 1),
    "no day": (waive().replace("until = 2026-12-31\n", ""), "missing-key", 1),
    "an empty reason": (waive().replace("agreed", "   "), "wrong-type", 1),
    "a reason that is a number": (waive().replace('"agreed"', "7"), "wrong-type", 1),
    "a finding that is a list": (waive().replace(f'"{KEY}"', f'["{KEY}"]'), "wrong-type", 1),
    "a finding without its fingerprint": (waive("decision-stricter"), "bad-waiver", 1),
    "a finding for all": (waive("decision-stricter:*"), "bad-waiver", 1),
    "a fingerprint in capitals": (waive(KEY.upper()), "bad-waiver", 1),
    "a fingerprint cut short": (waive(KEY[:-1]), "bad-waiver", 1),
    "a day in quotes": (waive(until='"2026-12-31"'), "wrong-type", 1),
    "an instant": (waive(until="2026-12-31T10:00:00Z"), "wrong-type", 1),
    "no end": (waive(until='"forever"'), "wrong-type", 1),
    "a policy that is a number": (waive(more="policy = 3\n"), "wrong-type", 1),
    "the second of two": (waive() + "\n" + waive(OTHER).replace('by = "comms"\n', ""), "missing-key", 7),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_every_mistake_is_one_clear_error(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text, id, line = MISTAKES[name]
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        configuration(file)
    (finding,) = error.value.findings
    assert (finding.id, finding.line) == (id, line)
    assert finding.hint
    monkeypatch.chdir(tmp_path)
    for arguments in ([], ["--config", str(file)]):  # found by itself, or named
        status = run(["diff", *files("version-too-small"), *arguments])
        captured = capsys.readouterr()
        assert (status, captured.out) == (COULD_NOT, "")
        assert f".socialpolicy.toml:{line}" in captured.err
        assert id in captured.err
        assert "Traceback" not in captured.err


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = waive("x").replace("[[waive]]", "[[waive]]\nwhy = 1") + "\n" + waive(until="7")
    with pytest.raises(ConfigError) as error:
        configuration(written(tmp_path, text))
    assert [finding.id for finding in error.value.findings] == ["unknown-key", "bad-waiver", "wrong-type"]


@pytest.mark.parametrize("text", ["tool = 3\n", "[tool]\nsocialpolicy = 3\n", "[tool]\nsocialpolicy = ['x']\n"])
def test_a_pyproject_of_another_shape_is_no_bug(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, text, "pyproject.toml")
    status = run(["diff", *files("version-too-small"), "--config", str(file)])
    captured = capsys.readouterr()
    assert status in (COULD_NOT, NO), captured.err  # an error, or nothing waived
    assert "bug" not in captured.err


def test_a_configuration_that_is_not_there_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        assert run(["diff", *files("version-too-small"), "--config", str(path)]) == COULD_NOT
        assert capsys.readouterr().out == ""


# -- what they come to ------------------------------------------------------------------------------------------------


def a_waiver(key: str = KEY, until: date = date(2026, 12, 31), policy: str = "", line: int = 1) -> Waiver:
    """A waiver, as it is read."""
    return Waiver(key, "agreed", "comms", until, policy, "w.toml", line)


def test_a_waiver_holds_to_the_end_of_its_day() -> None:
    for today, held in ((date(2026, 1, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)):
        waived, findings = applied([a_waiver()], [KEY], "shop", today)
        assert (KEY in waived) is held
        assert [finding.id for finding in findings] == ([] if held else ["waiver-expired"])


def test_what_is_wrong_with_waivers_is_told() -> None:
    today = date(2026, 6, 1)
    expired = a_waiver(until=date(2026, 5, 31))
    cases: list[tuple[list[Waiver], list[str], bool]] = [
        ([a_waiver(OTHER)], ["waiver-unused"], False),
        ([a_waiver(), a_waiver(line=9)], ["waiver-duplicate"], True),
        ([expired, a_waiver(line=9)], ["waiver-expired"], True),
        ([expired, expired], ["waiver-expired", "waiver-expired"], False),
        ([a_waiver(policy="other")], [], False),
        ([a_waiver(policy="shop")], [], True),
    ]
    for given_, ids, held in cases:
        waived, findings = applied(given_, [KEY], "shop", today)
        assert [finding.id for finding in findings] == ids
        assert (KEY in waived) is held
        assert all(finding.file == "w.toml" and finding.hint for finding in findings)


def files(name: str) -> list[str]:
    """The files of a pair in ``tests/diffs``."""
    return [str(DIFFS / name / f"{side}.yaml") for side in ("before", "after")]


@dataclass
class Ran:
    """What a command answered."""

    status: int
    out: str
    err: str


@pytest.fixture
def compared(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Compare a pair of ``tests/diffs`` in a folder with these waivers."""
    monkeypatch.chdir(tmp_path)

    def call(name: str, text: str, *arguments: str) -> Ran:
        config = written(tmp_path, text, "waivers.toml")
        status = run(["diff", *files(name), "--config", str(config), "--at", "2026-06-01", *arguments])
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return call


def key_of(name: str) -> str:
    """The key of the first change of a pair."""
    from socialpolicy.policy import load

    return diff(*(load(file) for file in files(name))).changes[0].key


def test_a_waived_change_passes_and_is_listed(compared: Callable[..., Ran]) -> None:
    key = key_of("version-too-small")
    refused, passed = compared("version-too-small", ""), compared("version-too-small", waive(key))
    assert (refused.status, passed.status) == (NO, GOOD)
    assert key in refused.out  # ready to be pasted
    for word in ("allow -> deny", "REPLY", "(waived)", key, "comms", "agreed", "2026-12-31", "major"):
        assert word in passed.out
    assert "bump-too-small" not in passed.out


def test_a_waiver_never_hides_what_it_waives(compared: Callable[..., Ran]) -> None:
    """State, sentences, examples and data are the same with it; only that it is waived is said besides."""
    text = waive(key_of("version-too-small"))
    for arguments in (["--state"], ["--changelog"]):
        assert compared("version-too-small", "", *arguments).out == compared("version-too-small", text, *arguments).out
    (without,), (with_it,) = (
        json.loads(compared("version-too-small", given_, "-f", "json").out)["result"] for given_ in ("", text)
    )
    assert [change.pop("waived") for change in without["changes"]] == [False]
    assert [change.pop("waived") for change in with_it["changes"]] == [True]
    assert without["changes"] == with_it["changes"]
    assert without["state"] == with_it["state"] == "major"
    assert without["outcomes"] == with_it["outcomes"]
    assert (without["problems"].keys(), with_it["problems"]) == ({"bump-too-small"}, {})
    assert [waiver["by"] for waiver in with_it["waivers"]] == ["comms"]


def test_a_waiver_that_does_not_hold_waives_nothing(compared: Callable[..., Ran]) -> None:
    key = key_of("version-too-small")
    for text, finding in (
        (waive(key, until="2026-05-31"), "waiver-expired"),
        (waive(OTHER), "waiver-unused"),
        (waive(key, more='policy = "store"\n'), ""),
        (waive(key.replace("stricter", "looser")), "waiver-unused"),
    ):
        answer = compared("version-too-small", text)
        assert answer.status == NO
        assert finding in answer.out
        assert "(waived)" not in answer.out
        assert ("waivers.toml:1" in answer.out) is bool(finding)
    twice = compared("version-too-small", waive(key) + waive(key))
    assert twice.status == GOOD
    assert "waiver-duplicate" in twice.out
    assert "waivers.toml:6" in twice.out


def test_no_waiver_makes_a_guarantee_hold(compared: Callable[..., Ran]) -> None:
    key = key_of("guarantee-now-fails")
    assert compared("guarantee-now-fails", waive(key)).status == NO


@pytest.mark.parametrize("name", ["version-not-bumped", "version-decreased"])
def test_no_waiver_replaces_a_new_number(name: str, compared: Callable[..., Ran]) -> None:
    """Under one number there is one policy: what is waived still needs a number of its own."""
    answer = compared(name, waive(key_of(name)) if name == "version-not-bumped" else "")
    assert answer.status == NO
    assert name in answer.out


def test_the_number_that_is_missing_is_another_one(compared: Callable[..., Ran]) -> None:
    answer = compared("version-not-bumped", waive(key_of("version-not-bumped")))
    assert "identical change" not in answer.out
    assert 'write version: "1.0.0"' not in answer.out


def test_fail_on_leaves_out_what_is_waived(compared: Callable[..., Ran]) -> None:
    key = key_of("rule-added")
    assert compared("rule-added", "", "--fail-on", "stricter").status == NO
    assert compared("rule-added", waive(key), "--fail-on", "stricter").status == GOOD
    assert compared("rule-added", waive(key), "--fail-on", "any").status == GOOD


# -- fingerprints -----------------------------------------------------------------------------------------------------

TEXT = """
socialpolicy: 1
id: shop
version: 1.0.0
title: Posts of the shop
vocabulary:
  facts:
    kind: {type: enum, values: [post, reply, ad], question: What is it?}
    secret: {type: bool, question: Is it secret?}
    rumour: {type: bool, question: Is it a rumour?}
    label: {type: bool, mutable: true, default: true, question: Is it labelled?}
    alt_text: {type: bool, mutable: true, question: Is it described?}
    posts_today: {type: int, min: 0, max: 20, question: How often today?}
    who: {type: string, question: Who?}
    actor.id: {type: string, question: Who are you?}
    context.at: {type: datetime, question: When?}
    approvals: {type: set, of: enum, values: [comms, legal], default: [], question: Who has approved?}
  approvals: approvals
  instant: context.at
contacts:
  comms: {title: Communications, reach: "#comms"}
  legal: {title: Legal, reach: "#legal"}
baseline: allow
rules:
  - {id: SECRET, title: Secrets stay here, effect: deny, scope: everything, when: {secret: true}}
  - {id: RUMOUR, title: No rumours, effect: deny, scope: everything, when: {rumour: true}}
  - {id: ADS, title: Free ads, effect: allow, scope: everything, when: {kind: ad}}
"""
OPENS = "  - {id: OPENS, title: Replies are free, effect: allow, scope: everything, when: {kind: reply}}\n"
OPENS_2 = "  - {id: OPENS-2, title: Rare posts are free, effect: allow, scope: everything, when: {posts_today: {at_most: 1}}}\n"
NEW = "  - {id: NEW, title: A new one, EFFECT, scope: everything, when: {kind: reply}}\n"
DENY = NEW.replace("EFFECT", "effect: deny")
ASK = NEW.replace("EFFECT", "effect: ask, approval: {any_of: [comms, legal]}")
MEND = NEW.replace("EFFECT", "effect: require, require: [{need: {alt_text: true}}, {need: {label: true}}]")
DUTY = NEW.replace("EFFECT", "effect: duty, duties: [{id: tell, what: Tell us, who: comms, within: 2 days}]")
NONE = DENY.replace("when: {kind: reply}", "when: {kind: reply, none: [{secret: true}, {rumour: true}]}")
DEEP = DENY.replace(
    "when: {kind: reply}", "when: {not: {all: [{kind: reply}, {any: [{secret: true}, {rumour: true}]}]}}"
)
EXCEPTION = """exceptions:
  EX:
    rules: [SECRET]
    for: {actor.id: ada}
    owner: comms
    reason: A trial
    ticket: T-1
    approved_by: [legal]
    in_force: {from: 2026-03-01, through: 2026-03-31}
"""
PROMISE = (
    "guarantees:\n  - {id: G, title: A promise, when: {any: [{secret: true}, {rumour: true}]}, never: {below: ask}}\n"
)

Edits = Sequence[tuple[str, str]]


def edited(text: str, edits: Edits) -> str:
    """A text with these words replaced."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


def keys(before: str, after: str) -> set[str]:
    """The keys of what changes that more than a patch is needed for."""
    from socialpolicy.versions import Bump

    return {change.key for change in diff(loads(before), loads(after)).changes if change.needs > Bump.PATCH}


SAME: dict[str, tuple[str, str, Edits]] = {
    # two versions, and how both of them are written otherwise
    "other words": (TEXT, TEXT + DENY, [("title: A new one", "title: Another, say: No., why: So it is."), ("Secrets stay here", "Psst")]),
    "another place": (TEXT, TEXT + DENY, [("rules:\n", "rules:\n  - {id: FIRST, title: First, effect: advise, scope: everything, when: {kind: post}}\n")]),
    "other rules are called otherwise": (TEXT, TEXT + DENY, [("id: SECRET", "id: S-1"), ("id: RUMOUR", "id: S-2")]),
    "it is called otherwise": (TEXT, TEXT + DENY, [("id: NEW", "id: NEWER")]),
    "questions and contacts read otherwise": (TEXT, TEXT + ASK, [("What is it?", "What do you do?"), ("#comms", "#press")]),
    "it overrides, and what it overrides has another name": (TEXT, TEXT + DENY.replace("reply}}", "reply}, overrides: {rules: [ADS]}}"), [("id: ADS", "id: FREE"), ("rules: [ADS]", "rules: [FREE]")]),
    "the order of what is joined": (TEXT, TEXT + NONE, [("kind: reply, none: [{secret: true}, {rumour: true}]", "none: [{rumour: true}, {secret: true}], kind: reply")]),
    "the order of what is joined under a not": (TEXT, TEXT + DEEP, [("{any: [{secret: true}, {rumour: true}]}", "{any: [{rumour: true}, {secret: true}]}")]),
    "the order of what is needed": (TEXT, TEXT + MEND, [("{need: {alt_text: true}}, {need: {label: true}}", "{need: {label: true}}, {need: {alt_text: true}}")]),
    "the order of who approves": (TEXT, TEXT + ASK, [("any_of: [comms, legal]", "any_of: [legal, comms]")]),
    "a duty in other words": (TEXT, TEXT + DUTY, [("what: Tell us", "what: Send us a note")]),
    "an exception for another reason": (TEXT, TEXT + EXCEPTION, [("reason: A trial", "reason: A founder"), ("ticket: T-1", "ticket: T-2")]),
    "a guarantee by another title": (TEXT + PROMISE, TEXT, [("title: A promise", "title: Our word")]),
    "a comment": (TEXT, TEXT + DENY, [("baseline: allow", "# where we start\nbaseline: allow")]),
}  # fmt: skip
"""Fingerprints that are not yet the same, and why."""


@pytest.mark.parametrize("name", SAME)
def test_one_change_has_one_fingerprint(name: str) -> None:
    """Wording, order and the names of rules are no part of it, so that a waiver outlives them."""
    before, after, edits = SAME[name]
    otherwise = [edited(text, [edit for edit in edits if edit[0] in text]) for text in (before, after)]
    assert otherwise != [before, after]
    assert keys(before, after) == keys(*otherwise) != set()


def over(effect: str, rules: str) -> str:
    """A new rule that sets others aside."""
    return NEW.replace("EFFECT", effect).replace("reply}}", f"reply}}, overrides: {{rules: [{rules}]}}}}")


CLOSED = TEXT.replace("baseline: allow", "baseline: deny")
FACT = "posts_today: {type: int, min: 0, max: 20"
OTHERS: dict[str, tuple[str, str, str, str]] = {
    # two versions, and two others of which the change is another one
    "another condition": (TEXT, TEXT + DENY, TEXT, TEXT + DENY.replace("kind: reply", "kind: post")),
    "a wider condition": (TEXT, TEXT + DENY, TEXT, TEXT + DENY.replace("kind: reply", "kind: [reply, post]")),
    "another effect": (TEXT, TEXT + DENY, TEXT, TEXT + ASK),
    "an exception to it": (TEXT, TEXT + DENY, TEXT, TEXT + DENY.replace("reply}}", "reply}, unless: {alt_text: true}}")),
    "another approver": (TEXT, TEXT + ASK, TEXT, TEXT + ASK.replace("[comms, legal]", "[comms]")),
    "all approvers": (TEXT, TEXT + ASK, TEXT, TEXT + ASK.replace("any_of", "all_of")),
    "another need": (TEXT, TEXT + MEND, TEXT, TEXT + MEND.replace("label: true", "label: false")),
    "another duty": (TEXT, TEXT + DUTY, TEXT, TEXT + DUTY.replace("id: tell", "id: ask")),
    "a duty that is due sooner": (TEXT, TEXT + DUTY, TEXT, TEXT + DUTY.replace("2 days", "1 day")),
    "the way back": (TEXT, TEXT + DENY, TEXT + DENY, TEXT),
    "it sets another rule aside": (TEXT, TEXT + over("effect: allow", "SECRET"), TEXT, TEXT + over("effect: allow", "RUMOUR")),
    "it sets another rule aside, and is stricter": (CLOSED + OPENS + OPENS_2, CLOSED + OPENS + OPENS_2 + over("effect: deny", "OPENS"), CLOSED + OPENS + OPENS_2, CLOSED + OPENS + OPENS_2 + over("effect: deny", "OPENS-2")),
    "a rule that was there sets another rule aside": (TEXT, TEXT.replace("{kind: ad}}", "{kind: ad}, overrides: {rules: [SECRET]}}"), TEXT, TEXT.replace("{kind: ad}}", "{kind: ad}, overrides: {rules: [RUMOUR]}}")),
    "it sets more aside": (TEXT, TEXT.replace("{kind: ad}}", "{kind: ad}, overrides: {rules: [SECRET]}}"), TEXT, TEXT.replace("{kind: ad}}", "{kind: ad}, overrides: {rules: [SECRET, RUMOUR]}}")),
    "an exception to another rule": (TEXT, TEXT + EXCEPTION, TEXT, TEXT + EXCEPTION.replace("[SECRET]", "[RUMOUR]")),
    "an exception for another": (TEXT, TEXT + EXCEPTION, TEXT, TEXT + EXCEPTION.replace("ada", "bob")),
    "an exception for longer": (TEXT, TEXT + EXCEPTION, TEXT, TEXT + EXCEPTION.replace("2026-03-31", "2026-04-30")),
    "another baseline": (TEXT, TEXT.replace("baseline: allow", "baseline: deny"), TEXT, TEXT.replace("baseline: allow", "baseline: {outcome: ask, approval: comms}")),
    "a baseline that nothing opens any more": (TEXT + OPENS, TEXT.replace("baseline: allow", "baseline: deny") + OPENS, TEXT + OPENS, TEXT.replace("baseline: allow", "baseline: deny")),
    "another default": (TEXT + MEND, TEXT.replace("default: true", "default: false") + MEND, TEXT.replace("true, default: true", "true") + MEND, TEXT.replace("default: true", "default: false") + MEND),
    "the other way of deciding what is open": (TEXT, TEXT.replace("baseline: allow", "when_unknown: strictest\nbaseline: allow"), TEXT.replace("baseline: allow", "when_unknown: strictest\nbaseline: allow"), TEXT),
    "another fact dropped": (TEXT, TEXT.replace("    alt_text: {type: bool, mutable: true, question: Is it described?}\n", ""), TEXT, TEXT.replace("    who: {type: string, question: Who?}\n", "")),
    "tighter bounds": (TEXT, TEXT.replace(FACT, FACT.replace("20", "10")), TEXT, TEXT.replace(FACT, FACT.replace("20", "5"))),
    "bounds from below": (TEXT, TEXT.replace(FACT, FACT.replace("20", "10")), TEXT, TEXT.replace(FACT, FACT.replace("min: 0", "min: 1"))),
    "another guarantee dropped": (TEXT + PROMISE, TEXT, TEXT + PROMISE.replace("ask}", "deny}"), TEXT),
    "a guarantee weakened further": (TEXT + PROMISE, TEXT + PROMISE.replace("{below: ask}", "allow"), TEXT + PROMISE, TEXT + PROMISE.replace("{any: [{secret: true}, {rumour: true}]}", "{secret: true}")),
    "a guarantee weakened from another": (TEXT + PROMISE, TEXT + PROMISE.replace("{below: ask}", "allow"), TEXT + PROMISE.replace("{below: ask}", "{below: deny}"), TEXT + PROMISE.replace("{below: ask}", "allow")),
}  # fmt: skip
BOUNDS = "the sentence that is taken in says no numbers"
"""Fingerprints that are not yet others, and why."""


@pytest.mark.parametrize("name", OTHERS)
def test_another_change_has_another_fingerprint(name: str) -> None:
    """A waiver of the one does not pass the other."""
    before, after, other_before, other_after = OTHERS[name]
    mine, theirs = keys(before, after), keys(other_before, other_after)
    assert mine
    assert theirs
    assert not mine & theirs


@pytest.mark.parametrize(
    "name", ["rule-added", "guarantee-weakened", "exception-added", "fact-removed", "default-stricter"]
)
def test_a_fingerprint_is_the_same_in_every_process(name: str) -> None:
    """Whatever the seed by which sets are ordered."""
    found = set()
    for seed in ("0", "1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(DIFFS.parent.parent / "src")}
        ended = subprocess.run(
            [sys.executable, "-m", "socialpolicy", "diff", *files(name), "-f", "json"],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found.add(tuple(sorted(change["key"] for change in json.loads(ended.stdout)["result"][0]["changes"])))
    assert len(found) == 1


def test_a_guarantee_of_several_values_is_named_alike_in_every_process() -> None:
    """The claim of a guarantee holds sets, and text made of a set has no order of its own."""
    script = (
        "import sys; from socialpolicy.policy import loads; from socialpolicy.diffing import diff; before, after = sys.stdin.read().split('\\f');"
        "print(*sorted(change.key for change in diff(loads(before), loads(after)).changes))"
    )
    after = TEXT + PROMISE.replace("{any: [{secret: true}, {rumour: true}]}", "{kind: [post, reply, ad], secret: true}")
    found = set()
    for seed in ("0", "1", "2", "3", "4", "5"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(DIFFS.parent.parent / "src")}
        ended = subprocess.run(
            [sys.executable, "-c", script], input=TEXT + PROMISE + "\f" + after,
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found.add(ended.stdout)
    assert len(found) == 1


def test_a_rule_that_makes_no_decision_different_makes_none() -> None:
    """The baseline closes, and what opened it for replies is gone: nobody can put that rule back and change nothing."""
    before, after = TEXT + OPENS, TEXT.replace("baseline: allow", "baseline: deny")
    said = [change.sentence for change in diff(loads(before), loads(after)).changes if "OPENS" in change.sentence]
    assert diff(loads(after), loads(after + OPENS)).comparison.pairs  # replies
    assert not any("no decision different" in sentence for sentence in said)


# -- on drawn policies ------------------------------------------------------------------------------------------------

Written = dict[str, Any]


def all_keys(before: Written, after: Written) -> list[str]:
    """The keys of what is decided otherwise."""
    try:
        found = diff(loads(json.dumps(before)), loads(json.dumps(after)))
    except PolicyError:
        assume(False)
    return sorted(change.key for change in found.changes if change.statement)


def without_one(text: Written, seed: int) -> Written:
    """The policy without one of its rules, where no other names it."""
    copied: Written = json.loads(json.dumps(text))
    named = {name for rule in copied["rules"] for name in rule.get("overrides", {}).get("rules", ())}
    named |= {name for exception in copied.get("exceptions", {}).values() for name in exception["rules"]}
    tagged = any("tags" in rule.get("overrides", {}) for rule in copied["rules"])
    free = [rule for rule in copied["rules"] if rule["id"] not in named and not (tagged and rule.get("tags"))]
    assume(free)
    copied["rules"].remove(free[seed % len(free)])
    return copied


def tip_of(rule: Written) -> str:
    """The words that a rule shows: of a tip they are what it says."""
    return str(rule.get("say", rule["title"]))


@given(policy_texts(), seeds())
def test_order_and_words_leave_fingerprints_as_they_are(text: Written, seed: int) -> None:
    random = Random(seed)
    before = without_one(text, seed)
    turned = []
    for version in (before, text):
        rules = [
            {**rule, "title": "Other words", "say": tip_of(rule) if rule["effect"] == "advise" else "Other words.", "why": "So it is."}
            for rule in version["rules"]
        ]  # fmt: skip
        random.shuffle(rules)
        turned.append({**version, "rules": rules})
    found = all_keys(before, text)
    assume(found)
    assert found == all_keys(*turned)


@given(policy_texts(), seeds())
def test_two_changes_of_one_policy_have_two_fingerprints(text: Written, seed: int) -> None:
    """Taking away one rule, or another that is not its twin: no key of what is decided is the same."""
    one, other = without_one(text, seed), without_one(text, seed + 1)
    ids = [{rule["id"]: rule for rule in version["rules"]} for version in (one, other)]
    gone = [next(rule for rule in text["rules"] if rule["id"] not in version) for version in ids]
    assume(gone[0]["id"] != gone[1]["id"])
    keep = ("effect", "scope", "when", "unless", "require", "approval", "in_force", "duties", "hand_over")
    assume([gone[0].get(key) for key in keep] != [gone[1].get(key) for key in keep])
    mine, theirs = all_keys(text, one), all_keys(text, other)
    assume(mine)
    if set(mine) & set(
        theirs
    ):  # only if the two are one change, written twice: then they decide alike wherever they apply
        assert not diff(loads(json.dumps(one)), loads(json.dumps(other))).comparison.pairs
