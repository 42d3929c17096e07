"""Waivers: one change each, on record, for a time. They hide nothing, cover nothing else, and a mistake in them is an error."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from socialpolicy.cli.main import COULD_NOT, GOOD, NO, run
from socialpolicy.configuring import FILES, ConfigError, configuration, configured
from socialpolicy.diffing import diff
from socialpolicy.policy import loads
from socialpolicy.waiving import Waiver, applied

ROOT = Path(__file__).parent.parent
HEAD = """
socialpolicy: 1
id: shop
version: {version}
title: Posts of the shop
vocabulary:
  facts:
    kind: {{type: enum, values: [post, reply, ad], question: What is it?}}
    secret: {{type: bool, question: Is it secret?}}
    label: {{type: bool, mutable: true, question: Is it labelled?}}
    image: {{type: bool, mutable: true, question: Is the image described?}}
    day: {{type: int, min: 0, max: 31, question: Which day is it?}}
    approvals: {{type: set, of: enum, values: [comms, legal, owner], default: [], question: Who has approved?}}
  approvals: approvals
contacts:
  comms: {{title: Communications, reach: "#comms"}}
  legal: {{title: Legal, reach: "#legal"}}
  owner: {{title: Owner, reach: "#owner"}}
baseline: {baseline}
rules:
"""


SECRET = "  - {id: SECRET, title: Secrets stay here, effect: deny, scope: everything, when: {secret: true}}\n"
ADS = "  - {id: ADS, title: No ads, effect: deny, scope: everything, when: {kind: ad}}\n"


def text(rules: str, version: str = "1.0.0", baseline: str = "allow") -> str:
    """A policy's text."""
    return HEAD.format(version=version, baseline=baseline) + (rules or "  []\n")


def keys(before: str, after: str, id: str = "") -> list[str]:
    """What waivers name the changes by, of one kind or of all."""
    found = diff(loads(before, name="shop.yaml"), loads(after, name="shop.yaml"))
    return sorted(change.key for change in found.changes if change.fingerprint and change.id.startswith(id))


def key(before: str, after: str, id: str = "decision-") -> str:
    """What a waiver names the one change by."""
    (found,) = keys(before, after, id)
    return found


# -- what the command does -------------------------------------------------------------------------------------------

STRICTER = key(text(SECRET), text(SECRET + ADS, "1.0.1"))


@dataclass
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


class Shop:
    """A folder with two versions of a policy, compared."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.write("old.yaml", text(SECRET))
        self.write("new.yaml", text(SECRET + ADS, "1.0.1"))

    def write(self, name: str, content: str) -> Path:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
        return path

    def diff(self, *more: str) -> Ended:
        """Compare the versions."""
        status = run(["diff", "old.yaml", "new.yaml", "--at", "2026-06-01", *more])
        captured = self.capsys.readouterr()
        return Ended(status, captured.out, captured.err)

    def report(self, *more: str) -> Any:
        """Compare the versions, as a report for programs."""
        return json.loads(self.diff("-f", "json", *more).out)

    def data(self, *more: str) -> Any:
        """Compare the versions, as data."""
        (data,) = self.report(*more)["result"]
        return data


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shop]:
    """A folder to work in."""
    monkeypatch.chdir(tmp_path)
    yield Shop(tmp_path, capsys)  # noqa: PT022 - the folder is left afterwards


def waiver(finding: str = STRICTER, until: str = "2026-12-31", **more: str) -> str:
    """A waiver as it is written."""
    lines = {"finding": finding, "reason": "agreed with the works council", "by": "comms", **more}
    return (
        "[[waive]]\n"
        + "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
        + f"until = {until}\n"
    )


def test_without_a_waiver_the_answer_is_no_and_says_how_to_waive(shop: Shop) -> None:
    """What is printed to be pasted is a waiver that works, once its blanks are filled."""
    ended = shop.diff()
    assert ended.status == NO
    assert f'finding = "{STRICTER}"' in ended.out
    pasted = [line.strip() for line in ended.out[ended.out.index("[[waive]]") :].splitlines()[:5]]
    shop.write(".socialpolicy.toml", "\n".join(pasted))
    assert shop.diff().status == COULD_NOT, "the blanks have to be filled"
    shop.write(".socialpolicy.toml", "\n".join(pasted).replace("…", "the works council"))
    assert shop.diff().status == GOOD


@pytest.mark.parametrize("where", ["--config", *FILES])
def test_what_is_waived_is_listed_and_passes(shop: Shop, where: str) -> None:
    if where == "--config":
        more = ["--config", str(shop.write("elsewhere/waivers.toml", waiver()))]
    else:
        content = (
            waiver() if where != "pyproject.toml" else waiver().replace("[[waive]]", "[[tool.socialpolicy.waive]]")
        )
        shop.write(where, content)
        more = []
    ended = shop.diff(*more)
    assert (ended.status, ended.err) == (GOOD, "")
    assert "(waived)" in ended.out
    assert f"{STRICTER}   by comms until 2026-12-31: agreed with the works council" in ended.out
    data = shop.data(*more)
    assert data["waivers"] == [
        {"finding": STRICTER, "by": "comms", "until": "2026-12-31", "reason": "agreed with the works council"}
    ]
    assert [change["key"] for change in data["changes"] if change["waived"]] == [STRICTER]


def test_a_waiver_never_hides(shop: Shop) -> None:
    """State, changes, examples and outcomes are the same with a waiver and without; only what is called for is less."""
    bare, bare_word = shop.data(), shop.diff("--state").out
    shop.write(".socialpolicy.toml", waiver())
    data = shop.data()
    assert data["state"] == "major"
    assert shop.diff("--state").out == bare_word == "major\n"
    for same in ("outcomes", "guarantees", "old", "new", "made"):
        assert data[same] == bare[same]
    strip = [{name: value for name, value in change.items() if name != "waived"} for change in data["changes"]]
    assert strip == [{name: value for name, value in change.items() if name != "waived"} for change in bare["changes"]]
    assert (bare["problems"], data["problems"]) == (bare["problems"], {})
    assert "bump-too-small" in bare["problems"]
    assert shop.diff("--changelog").out.count("ADS") == 1


@pytest.mark.parametrize(("day", "status"), [("2026-12-30", GOOD), ("2026-12-31", GOOD), ("2027-01-01", NO)])
def test_a_waiver_ends_with_its_day(shop: Shop, day: str, status: int) -> None:
    shop.write(".socialpolicy.toml", waiver())
    ended = shop.diff("--at", day)
    assert ended.status == status
    assert ("waiver-expired" in ended.out) is (status == NO)
    assert ("(waived)" in ended.out) is (status == GOOD)


def test_an_unused_waiver_is_a_finding(shop: Shop) -> None:
    path = shop.write(".socialpolicy.toml", waiver() + "\n" + waiver("decision-stricter:000000000000"))
    ended = shop.diff()
    assert ended.status == GOOD
    assert "waiver-unused" in ended.out
    assert f"{path.name}:7" in ended.out
    (finding,) = [one for one in shop.report()["findings"] if one["id"].startswith("waiver")]
    assert (finding["id"], finding["line"]) == ("waiver-unused", 7)


def test_an_unused_waiver_is_a_finding_beside_one_that_is_used(shop: Shop) -> None:
    """Also on the very same line."""
    names = (STRICTER, "decision-stricter:000000000000")
    ends = 'reason = "agreed", by = "comms", until = 2026-12-31'
    entries = ", ".join(f'{{finding = "{name}", {ends}}}' for name in names)
    shop.write(".socialpolicy.toml", f"waive = [{entries}]\n")
    report = shop.report()
    assert report["status"] == GOOD
    (finding,) = [one for one in report["findings"] if one["id"].startswith("waiver")]
    assert (finding["id"], finding["line"], names[1] in finding["message"]) == ("waiver-unused", 1, True)


def test_a_waiver_given_twice_is_a_finding(shop: Shop) -> None:
    shop.write(".socialpolicy.toml", waiver() + "\n" + waiver(reason="once more"))
    ended = shop.diff()
    assert ended.status == GOOD
    assert "waiver-duplicate" in ended.out
    assert "line 1" in ended.out
    assert "once more" not in ended.out


def test_a_waiver_for_another_policy_is_not_for_this_one(shop: Shop) -> None:
    shop.write(".socialpolicy.toml", waiver(policy="other"))
    ended = shop.diff()
    assert ended.status == NO
    assert "waiver-" not in ended.out
    shop.write(".socialpolicy.toml", waiver(policy="shop"))
    assert shop.diff().status == GOOD


def test_a_waiver_of_one_change_leaves_the_others(shop: Shop) -> None:
    more = "  - {id: REPLY, title: No answers, effect: deny, scope: everything, when: {kind: reply}}\n"
    shop.write("new.yaml", text(SECRET + ADS + more, "1.0.1"))
    shop.write(".socialpolicy.toml", waiver())
    ended = shop.diff()
    assert ended.status == NO
    assert "bump-too-small" in ended.out
    assert ended.out.count("(waived)") == 1


@pytest.mark.parametrize("fail_on", ["stricter", "any", "bump"])
def test_what_is_waived_does_not_fail_a_run(shop: Shop, fail_on: str) -> None:
    assert shop.diff("--fail-on", fail_on).status == NO
    shop.write(".socialpolicy.toml", waiver())
    assert shop.diff("--fail-on", fail_on).status == GOOD


@pytest.mark.parametrize("fail_on", ["bump", "stricter", "looser", "any"])
@pytest.mark.parametrize("direction", ["stricter", "looser"])
def test_what_is_waived_is_told_and_no_error(shop: Shop, fail_on: str, direction: str) -> None:
    """Its level is that of what is good to know, whatever was to fail; without the waiver it is an error."""
    rules = (SECRET, SECRET + ADS) if direction == "stricter" else (SECRET + ADS, SECRET)
    old, new = text(rules[0]), text(rules[1], "1.0.1")
    shop.write("old.yaml", old)
    shop.write("new.yaml", new)
    id = f"decision-{direction}"
    assert [one["level"] for one in shop.report("--fail-on", fail_on)["findings"] if one["id"] == id] == ["error"]
    shop.write(".socialpolicy.toml", waiver(key(old, new)))
    report = shop.report("--fail-on", fail_on)
    assert [(one["level"], bool(one["accepted"])) for one in report["findings"] if one["id"] == id] == [("info", True)]
    assert (report["status"], report["counts"]["error"], report["counts"]["accepted"]) == (GOOD, 0, 1)


def test_other_words_alone_fail_nothing(shop: Shop) -> None:
    """`any` is any change of what is decided: a sentence that is put better needs no waiver."""
    shop.write("new.yaml", text(SECRET.replace("Secrets stay here", "Secrets stay with us"), "1.0.1"))
    report = shop.report("--fail-on", "any")
    assert [(one["id"], one["level"]) for one in report["findings"]] == [("rule-reworded", "info")]
    assert report["status"] == GOOD


def test_on_the_page_what_is_waived_stands_last(shop: Shop) -> None:
    """A reviewer reads first what nobody has accepted; a rule that is gone is named as one that was there before."""
    old = text(SECRET + rule("REPLIES", when="{kind: reply}"))
    new = text(SECRET + ADS, "1.0.1")
    shop.write("old.yaml", old)
    shop.write("new.yaml", new)
    for more, signs in (("", ["stricter", "looser"]), ("waived", ["looser", "stricter (accepted)"])):
        shop.write(".socialpolicy.toml", waiver(key(old, new, "decision-stricter")) if more else "")
        page = shop.diff("-f", "markdown").out
        rows = [line for line in page.splitlines() if re.match(r"\| (🔺|🔻)", line)]
        assert [row.split(" | ")[0][4:].replace("\\", "") for row in rows] == signs
        assert ["(before)" in row for row in rows] == ["looser" in sign for sign in signs]


def test_a_waiver_does_not_spare_the_next_number(shop: Shop) -> None:
    """What changed is another version, waived or not; and the number that is asked for is one that would do."""
    shop.write("new.yaml", text(SECRET + ADS))
    shop.write(".socialpolicy.toml", waiver())
    ended = shop.diff()
    assert ended.status == NO
    assert "version-not-bumped" in ended.out
    assert 'version: "1.0.0"' not in ended.out
    assert "a identical" not in ended.out


def test_a_waiver_used_by_one_policy_is_not_unused_by_the_other(shop: Shop) -> None:
    """Several policies are compared at once: each waiver is for one of them."""
    other = text(SECRET).replace("id: shop", "id: other")
    for folder, content in (("before", text(SECRET)), ("after", text(SECRET + ADS, "1.0.1"))):
        shop.write(f"{folder}/shop/policy.yaml", content)
        shop.write(f"{folder}/other/policy.yaml", other)
    shop.write(".socialpolicy.toml", waiver())
    assert run(["diff", "before", "after", "--at", "2026-06-01"]) == GOOD
    out = shop.capsys.readouterr().out
    assert "other" in out
    assert "waiver-unused" not in out


# -- mistakes in the file --------------------------------------------------------------------------------------------

GOOD_LINES = {"finding": f'"{STRICTER}"', "reason": '"why"', "by": '"comms"', "until": "2026-12-31"}


def entry(**changes: str | None) -> str:
    """A waiver in which some lines are others, or left out."""
    lines = {**GOOD_LINES, **changes}
    return "[[waive]]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items() if value is not None)


MISTAKES: dict[str, tuple[str, str]] = {
    "no TOML": ("[[waive]\n", "this is no TOML"),
    "no TOML further down": (entry() + "\nreason = \n", "this is no TOML"),
    "one key twice": (entry() + 'by = "legal"\n', "this is no TOML"),
    "nested too deeply": ("x = " + "[" * 20_000, "this is no TOML"),
    "another key": ("other = 1\n", "other is no key of the configuration"),
    "a key written wrong": (entry().replace("[[waive]]", "[[waiv]]"), "did you mean"),
    "one table": (entry().replace("[[waive]]", "[waive]"), "`waive` is a list of tables"),
    "a list of texts": ('waive = ["decision-stricter:3fa9c1d20b7e"]\n', "`waive` is a list of tables"),
    "a number": ("waive = 3\n", "`waive` is a list of tables"),
    "no finding": (entry(finding=None), "the waiver has no `finding`"),
    "no reason": (entry(reason=None), "the waiver has no `reason`"),
    "no owner": (entry(by=None), "the waiver has no `by`"),
    "no end": (entry(until=None), "does not say until which day"),
    "an empty reason": (entry(reason='"  "'), "the waiver has no `reason`"),
    "a reason that is none": (entry(reason="3"), "the waiver has no `reason`"),
    "a day in quotes": (entry(until='"2026-12-31"'), "does not say until which day"),
    "an hour": (entry(until="2026-12-31T10:00:00Z"), "does not say until which day"),
    "a day that is none": (entry(until="2026-02-30"), "this is no TOML"),
    "for ever": (entry(until="true"), "does not say until which day"),
    "a whole kind": (entry(finding='"decision-stricter"'), "names no change"),
    "any": (entry(finding='"decision-stricter:*"'), "names no change"),
    "too short": (entry(finding='"decision-stricter:3fa9c1"'), "names no change"),
    "in capitals": (entry(finding='"decision-stricter:3FA9C1D20B7E"'), "names no change"),
    "a finding and more": (entry(finding='"decision-stricter:3fa9c1d20b7e\\n"'), "names no change"),
    "a finding that is none": (entry(finding="3"), "the waiver has no `finding`"),
    "a key of its own": (entry(untill="2026-12-31"), "untill is no key of a waiver"),
    "a policy that is none": (entry(policy="3"), "`policy` is the id of a policy"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_clear_error(shop: Shop, mistake: str) -> None:
    """Exit status 2, and nothing is compared: a waiver that cannot be read never passes for none, nor for one."""
    content, message = MISTAKES[mistake]
    shop.write(".socialpolicy.toml", content)
    ended = shop.diff()
    assert (ended.status, ended.out) == (COULD_NOT, "")
    assert message.replace("did you mean", "waive") in ended.err
    assert ".socialpolicy.toml:" in ended.err
    assert "Traceback" not in ended.err


PYPROJECTS = {
    "a tool that is none": "tool = 3\n", "a table that is none": "[tool]\nsocialpolicy = 3\n",
    "a list": "[tool]\nsocialpolicy = []\n", "a text": '[tool]\nsocialpolicy = "waive"\n',
}  # fmt: skip


@pytest.mark.parametrize("more", [[], ["--config", "pyproject.toml"]], ids=["found", "named"])
@pytest.mark.parametrize("mistake", PYPROJECTS)
def test_a_pyproject_of_another_form_is_never_a_bug(shop: Shop, mistake: str, more: list[str]) -> None:
    shop.write("pyproject.toml", PYPROJECTS[mistake])
    ended = shop.diff(*more)
    assert ended.status in (NO, COULD_NOT)
    assert "Traceback" not in ended.err
    assert "bug" not in ended.err


def test_a_pyproject_of_others_is_not_read(shop: Shop) -> None:
    shop.write("pyproject.toml", "[tool.other]\nwaive = 3\n")
    assert configured(shop.folder) is None
    assert shop.diff().status == NO
    shop.write("pyproject.toml", "this is no TOML")
    assert configured(shop.folder) is None
    assert shop.diff("--fail-on", "never").status == GOOD


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "waivers.toml"
    path.write_text(entry(by=None) + "\n" + entry(until=None) + "\n" + entry(finding='"x"'), "utf-8")
    with pytest.raises(ConfigError) as caught:
        configuration(path)
    assert [(finding.id, finding.line) for finding in caught.value.findings] == [
        ("missing-key", 1), ("missing-key", 6), ("bad-waiver", 11),
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x = \x00", b"[[waive]]\nreason = '\xe9'\n"])
def test_what_is_no_text_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "waivers.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError):
        configuration(path)


def test_a_file_that_is_not_there_is_an_error(shop: Shop) -> None:
    ended = shop.diff("--config", "nowhere.toml")
    assert (ended.status, ended.out) == (COULD_NOT, "")
    assert "nowhere.toml" in ended.err


def test_what_waivers_come_to() -> None:
    """An expired one does not stand in the way of one that holds."""
    one, two, day = "a:000000000001", "a:000000000002", date(2026, 6, 1)
    held = Waiver(one, "why", "comms", date(2026, 6, 1))
    over = Waiver(one, "why", "comms", date(2026, 5, 31))
    assert applied([over, held], [one], "shop", day)[0] == {one: held}
    assert [finding.id for finding in applied([over, held], [one], "shop", day)[1]] == ["waiver-expired"]
    assert [finding.id for finding in applied([held], [two], "shop", day)[1]] == ["waiver-unused"]
    assert applied([held], [one, two], "shop", day) == ({one: held}, [])
    assert applied([], [one], "shop", day) == ({}, [])


# -- fingerprints ----------------------------------------------------------------------------------------------------


def rule(id: str = "R", title: str = "A rule", effect: str = "deny", when: str = "{kind: ad}", more: str = "") -> str:
    """A rule."""
    return f"  - {{id: {id}, title: {title}, effect: {effect}, scope: everything, when: {when}{more and ', '}{more}}}\n"


FREE = rule("FREE", "Replies are free", "allow", "{kind: reply}", "overrides: {rules: [%s]}")
NEEDS = "require: [{need: {label: true}}, {need: {image: true}}]"
TWO = rule("ONE", when="{secret: true}") + rule("TWO", when="{day: 3}")
SAME: dict[str, tuple[str, str, str, str]] = {
    "other words": (SECRET, SECRET + rule(), SECRET, SECRET + rule(title="Another title", more="why: It is so")),
    "the name of the rule": (SECRET, SECRET + rule(), SECRET, SECRET + rule("OTHER")),
    "the name of another rule": (
        SECRET, SECRET + rule(), SECRET.replace("SECRET", "S-1"), SECRET.replace("SECRET", "S-1") + rule(),
    ),
    "the order of rules": (SECRET, SECRET + rule(), SECRET, rule() + SECRET),
    "the order of what is joined": (
        SECRET, SECRET + rule(when="{kind: ad, day: 3}"), SECRET, SECRET + rule(when="{day: 3, kind: ad}"),
    ),
    "the order of values": (
        SECRET, SECRET + rule(when="{kind: [ad, post]}"), SECRET, SECRET + rule(when="{kind: [post, ad]}"),
    ),
    "the order within a not": (
        SECRET, SECRET + rule(when="{not: {all: [{kind: ad}, {day: 3}]}}"), SECRET, SECRET + rule(when="{not: {all: [{day: 3}, {kind: ad}]}}"),
    ),
    "the order of needs": (
        SECRET, SECRET + rule(effect="require", more=NEEDS),
        SECRET, SECRET + rule(effect="require", more="require: [{need: {image: true}}, {need: {label: true}}]"),
    ),
    "the order of who approves": (
        SECRET, SECRET + rule(effect="ask", more="approval: {all_of: [comms, legal]}"),
        SECRET, SECRET + rule(effect="ask", more="approval: {all_of: [legal, comms]}"),
    ),
    "the order of the overridden": (
        TWO, TWO + FREE % "ONE, TWO", TWO, TWO + FREE % "TWO, ONE",
    ),
    "a rule elsewhere that changes nothing here": (
        SECRET, SECRET + rule(), SECRET + rule("TIP", effect="advise", when="{kind: post}"),
        SECRET + rule("TIP", effect="advise", when="{kind: post}") + rule(),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [pytest.param(case) for case in SAME],
)
def test_a_fingerprint_stays(case: str) -> None:
    """Wording, order and the names of rules are no part of what is agreed on."""
    before, after, other_before, other_after = map(text, SAME[case])
    assert key(before, after) == key(other_before, other_after)


OTHER: dict[str, tuple[str, str, str, str]] = {
    "another condition": (SECRET, SECRET + rule(), SECRET, SECRET + rule(when="{kind: post}")),
    "a wider condition": (SECRET, SECRET + rule(), SECRET, SECRET + rule(when="{kind: [ad, post]}")),
    "one day more": (SECRET, SECRET + rule(when="{day: {at_least: 3}}"), SECRET, SECRET + rule(when="{day: {at_least: 2}}")),
    "an exception": (SECRET, SECRET + rule(), SECRET, SECRET + rule(more="unless: {secret: true}")),
    "its negation": (SECRET, SECRET + rule(), SECRET, SECRET + rule(when="{not: {kind: ad}}")),
    "and for or": (
        SECRET, SECRET + rule(when="{all: [{kind: ad}, {day: 3}]}"), SECRET, SECRET + rule(when="{any: [{kind: ad}, {day: 3}]}"),
    ),
    "another effect": (SECRET, SECRET + rule(), SECRET, SECRET + rule(effect="ask", more="approval: comms")),
    "another approval": (
        SECRET, SECRET + rule(effect="ask", more="approval: comms"), SECRET, SECRET + rule(effect="ask", more="approval: legal"),
    ),
    "all and not any": (
        SECRET, SECRET + rule(effect="ask", more="approval: {any_of: [comms, legal]}"),
        SECRET, SECRET + rule(effect="ask", more="approval: {all_of: [comms, legal]}"),
    ),
    "another need": (
        SECRET, SECRET + rule(effect="require", more="require: {label: true}"),
        SECRET, SECRET + rule(effect="require", more="require: {image: true}"),
    ),
    "the same rule from elsewhere": (
        SECRET + rule(when="{kind: post}"), SECRET + rule(when="{kind: [post, ad]}"), SECRET, SECRET + rule(when="{kind: [post, ad]}"),
    ),
    "set aside by another rule": (
        rule("OPEN", effect="allow", when="{day: 3}"),
        rule("OPEN", effect="allow", when="{day: 3}", more="overrides: {rules: [R]}") + rule(),
        rule("OPEN", effect="allow", when="{day: 4}"),
        rule("OPEN", effect="allow", when="{day: 4}", more="overrides: {rules: [R]}") + rule(),
    ),
    "set aside no more": (
        rule("OPEN", effect="allow", when="{day: 3}"),
        rule("OPEN", effect="allow", when="{day: 3}", more="overrides: {rules: [R]}") + rule(),
        rule("OPEN", effect="allow", when="{day: 3}"), rule("OPEN", effect="allow", when="{day: 3}") + rule(),
    ),
    "setting aside another rule": (TWO + FREE % "ONE, TWO", TWO + FREE % "ONE", TWO + FREE % "ONE, TWO", TWO + FREE % "TWO"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(OTHER))
def test_a_waiver_of_one_change_covers_no_other(case: str) -> None:
    """Another region, effect, override or pair of outcomes is another fingerprint."""
    before, after, other_before, other_after = map(text, OTHER[case])
    same = set(keys(before, after, "decision-stricter")) & set(keys(other_before, other_after, "decision-stricter"))
    assert not same


def test_another_start_is_another_change() -> None:
    deny = key(text(SECRET), text(SECRET, baseline="deny"), "decision-stricter")
    ask = key(text(SECRET), text(SECRET, baseline="{outcome: ask, approval: comms}"), "decision-stricter")
    legal = key(text(SECRET), text(SECRET, baseline="{outcome: ask, approval: legal}"), "decision-stricter")
    assert len({deny, ask, legal}) == 3


def test_another_pair_of_outcomes_is_another_change() -> None:
    """The same rule makes allow a deny in one policy, and ask in the other."""
    asks = rule("ASK", effect="ask", when="{kind: ad}", more="approval: comms")
    new = rule()
    assert key(text(""), text(new)) != key(text(asks), text(asks + new), "decision-stricter")


def bounds(most: int) -> str:
    """A policy in which a day is at most so large."""
    return text(SECRET).replace("max: 31", f"max: {most}")


def test_another_bound_is_another_change() -> None:
    assert key(bounds(31), bounds(30), "fact-narrowed") != key(bounds(31), bounds(1), "fact-narrowed")


def test_another_value_is_another_change() -> None:
    less = [text(SECRET).replace("[post, reply, ad]", values) for values in ("[post, reply]", "[post, ad]")]
    assert key(text(SECRET), less[0], "fact-narrowed") != key(text(SECRET), less[1], "fact-narrowed")


def unknown(word: str) -> str:
    """A policy in which open decisions have another outcome."""
    return text(SECRET).replace("baseline:", f"when_unknown: {word}\nbaseline:")


def test_the_way_back_is_another_change() -> None:
    assert key(unknown("ask"), unknown("strictest")) != key(unknown("strictest"), unknown("ask"))


def guarantee(claim: str, title: str = "It is so") -> str:
    """A policy that guarantees something."""
    return text(SECRET) + f"guarantees:\n  - {{id: G, title: {title}, {claim}}}\n"


def test_another_guarantee_that_is_dropped_is_another_change() -> None:
    dropped = [
        key(guarantee(claim), text(SECRET), "guarantee-removed")
        for claim in ("when: {secret: true}, never: allow", "when: {secret: true}, unaffected_by: [kind]")
    ]
    assert dropped[0] != dropped[1]


def test_the_title_of_a_guarantee_is_wording() -> None:
    claim = "when: {secret: true}, never: allow"
    assert len({key(guarantee(claim, title), text(SECRET), "guarantee-removed") for title in ("One", "Two")}) == 1


def test_another_claim_that_is_weakened_is_another_change() -> None:
    weak = guarantee("when: {secret: true, kind: ad}, never: allow")
    found = [
        key(guarantee(claim), weak, "guarantee-weakened")
        for claim in ("when: {secret: true}, never: allow", "when: {secret: true}, always: deny")
    ]
    assert found[0] != found[1]


def test_the_words_of_facts_are_no_part_of_a_change_of_facts() -> None:
    """Something is assumed of a fact; in the other pair its question, its hint and a label are other words."""

    def assumed(value: str, question: str) -> str:
        return text(SECRET).replace(
            "{type: bool, question: Is it secret?}", f"{{type: bool, default: {value}, question: {question}}}"
        )

    one = key(assumed("true", "Is it secret?"), assumed("false", "Is it secret?"), "decision-")
    assert one == key(assumed("true", "May nobody know?"), assumed("false", "May nobody know it?"), "decision-")
    assert one != key(assumed("false", "Is it secret?"), assumed("true", "Is it secret?"), "decision-")


PAIRS_FOR_SEEDS = {
    "a rule": (text(SECRET), text(SECRET + rule(when="{kind: [post, ad], any: [{day: 3}, {secret: false}]}"))),
    "a guarantee": (
        guarantee("when: {secret: true, kind: [post, reply, ad]}, never: allow"),
        guarantee("when: {secret: true, kind: [post, reply]}, never: allow"),
    ),
    "facts": (text(SECRET), text(SECRET).replace("[post, reply, ad]", "[post]")),
}


@pytest.mark.parametrize("case", list(PAIRS_FOR_SEEDS))
def test_a_fingerprint_is_the_same_in_every_process(shop: Shop, case: str) -> None:
    """What one run prints to be pasted, the next one finds."""
    before, after = PAIRS_FOR_SEEDS[case]
    shop.write("old.yaml", before)
    shop.write("new.yaml", after)
    found = set()
    for seed in range(6):
        ended = subprocess.run(
            [sys.executable, "-m", "socialpolicy", "diff", "old.yaml", "new.yaml", "-f", "json", "--fail-on", "never"],
            cwd=shop.folder, capture_output=True, text=True, encoding="utf-8", check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": str(seed)},
        )  # fmt: skip
        (data,) = json.loads(ended.stdout)["result"]
        found.add(tuple(sorted(change["key"] for change in data["changes"])))
    assert len(found) == 1
