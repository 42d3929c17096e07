"""Every report of every command is what its published schema says: programs may rely on it, also where nothing was done."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import commands_help as help
from socialpolicy.cli.main import COULD_NOT, GAVE_UP, GOOD, NO, run
from socialpolicy.schemas import schema

TOLD = help.POLICY.replace('  comms: {title: Communications, reach: "#comms"}\n', "")
LOUD = "  - {id: LOUD, title: Nothing loud, effect: deny, scope: everything, when: {loud: true}}\n"


@cache
def validator() -> Draft202012Validator:
    found = schema("report")
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def clean(folder: Path) -> None:
    """A policy with which all is well."""
    help.shop(folder, TOLD + help.GUARANTEE.replace("WHEN", "{secret: true}"))
    help.accounts(folder)


def bad(folder: Path) -> None:
    """A policy that loads, and with which everything else is wrong."""
    text = help.POLICY + LOUD + help.GUARANTEE.replace("WHEN", "{loud: false}")
    help.shop(folder, text, help.CASES.replace("secret: false", "secret: true"))
    help.shop(folder, TOLD, name="before")
    help.accounts(folder, lambda text: text.replace("mfa: true", "mfa: false"))


def broken(folder: Path) -> None:
    """A policy that does not load, and accounts that are none."""
    help.shop(folder, help.POLICY.replace("effect: deny", "effect: denny"))
    help.accounts(folder)
    (folder / "accounts.yaml").write_text("accounts_for: harbour\n", "utf-8")


def accepted(folder: Path) -> None:
    """A change that its number is too low for, and that is waived."""
    help.shop(folder, TOLD.replace("1.0.0", "1.0.1") + LOUD)
    help.shop(folder, TOLD, name="before")
    _, report = help.reported(folder, "diff", "before", "shop")
    keys = [one["key"] for one in report["result"][0]["changes"] if one["id"] == "decision-stricter"]
    waiver = f'[[waive]]\nfinding = "{keys[0]}"\nreason = "agreed"\nby = "press"\nuntil = 2026-12-31\n'
    (folder / ".socialpolicy.toml").write_text(waiver, "utf-8")


def unreadable(folder: Path) -> None:
    """A file of cases that leads nowhere."""
    clean(folder)
    (folder / "shop" / "tests" / "more.yaml").symlink_to("nowhere.yaml")


def hard(folder: Path) -> None:
    help.a_guarantee_that_is_hard(folder)


def changed(folder: Path) -> None:
    """A repository in which the policy changed."""
    clean(folder)
    help.git(folder, "init")
    help.git(folder, "add", ".")
    help.git(folder, "commit", "-m", "first")
    clean(folder)
    help.shop(folder, TOLD.replace("1.0.0", "2.0.0") + LOUD + help.GUARANTEE.replace("WHEN", "{secret: true}"))
    (folder / "log.jsonl").write_text('{"secret": false, "loud": true}\n', "utf-8")


AT = ("--at", "2026-06-01")
SITUATIONS: list[tuple[Callable[[Path], None], tuple[str, ...], int]] = [
    (clean, ("validate", "shop"), GOOD),
    (clean, ("test", "shop", "--coverage"), GOOD),
    (clean, ("test", "shop", "--mutate"), NO),
    (clean, ("prove", "shop"), GOOD),
    (clean, ("lint", "shop", *AT), GOOD),
    (clean, ("diff", "shop", "shop"), GOOD),
    (clean, ("audit", "policy.yaml", "accounts.yaml"), GOOD),
    (clean, ("check", "shop", *AT), GOOD),
    (unreadable, ("validate", "shop"), COULD_NOT),
    (clean, ("check", "shop", "--against", "nowhere"), COULD_NOT),
    (bad, ("validate", "shop"), GOOD),
    (bad, ("test", "shop"), NO),
    (bad, ("prove", "shop"), NO),
    (bad, ("lint", "shop", *AT), NO),
    (bad, ("diff", "before", "shop"), NO),
    (bad, ("diff", "shop", "policy.yaml"), COULD_NOT),
    (bad, ("audit", "policy.yaml", "accounts.yaml"), NO),
    (bad, ("check", "shop", *AT), NO),
    (broken, ("validate", "shop"), NO),
    (broken, ("test", "shop"), COULD_NOT),
    (broken, ("prove", "shop"), COULD_NOT),
    (broken, ("lint", "shop"), COULD_NOT),
    (broken, ("diff", "shop", "shop"), COULD_NOT),
    (broken, ("audit", "policy.yaml", "accounts.yaml"), COULD_NOT),
    (broken, ("check", "shop"), NO),
    (accepted, ("diff", "before", "shop", *AT), GOOD),
    (accepted, ("prove", "shop"), COULD_NOT),
    (hard, ("prove", "shop", "--budget", "1"), GAVE_UP),
    (hard, ("lint", "shop", "--budget", "1"), NO),
    (changed, ("diff", "shop", "--against", "HEAD", "--replay", "log.jsonl"), GOOD),
    (changed, ("check", "shop", "--against", "HEAD", "--replay", "log.jsonl", *AT), GOOD),
    (changed, ("diff", "HEAD:shop", "shop"), GOOD),
]


@pytest.mark.parametrize(
    ("situation", "words", "status"), SITUATIONS, ids=[f"{one.__name__}-{'-'.join(words)}" for one, words, _ in SITUATIONS]
)  # fmt: skip
def test_a_report_is_what_its_schema_says(
    tmp_path: Path, situation: Callable[[Path], None], words: tuple[str, ...], status: int
) -> None:
    situation(tmp_path)
    ended, report = help.reported(tmp_path, *words)
    assert ended == report["status"] == status
    assert report["command"] == words[0]
    validator().validate(report)
    counted = dict.fromkeys(("error", "warning", "info", "accepted"), 0)
    for finding in report["findings"]:
        counted["accepted" if finding["accepted"] else finding["level"]] += 1
    assert report["counts"] == counted
    assert len({finding["fingerprint"] for finding in report["findings"]}) == len(report["findings"])
    assert (report["result"] is None) <= (status in (COULD_NOT, GAVE_UP))


def test_a_change_that_is_accepted_says_by_whom(tmp_path: Path) -> None:
    accepted(tmp_path)
    _, report = help.reported(tmp_path, "diff", "before", "shop", *AT)
    (finding,) = [one for one in report["findings"] if one["accepted"]]
    assert finding["accepted"] == "by press until 2026-12-31: agreed"
    assert report["counts"]["accepted"] == 1


def objects(node: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where the objects of a report stand, but for those inside of its result."""
    found = [path] if isinstance(node, dict) else []
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return found + [place for key, one in inner if key != "result" for place in objects(one, (*path, key))]


def test_nothing_may_be_more_or_less_than_the_schema_says(tmp_path: Path) -> None:
    bad(tmp_path)
    _, report = help.reported(tmp_path, "test", "shop")
    places = objects(report)
    assert any("related" in place for place in places)
    for place in places:
        more = copy.deepcopy(report)
        there: Any = more
        for step in place:
            there = there[step]
        for key in list(there):
            kept = there.pop(key)
            assert not validator().is_valid(more), (place, key)
            there[key] = kept
        there["else"] = 1
        assert not validator().is_valid(more), place


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("report", 2), ("status", 70), ("command", "release"), ("summary", None), ("counts", {}), ("result", {}),
        ("result", [{}]), ("findings", [{}]), ("tool", {"name": "other", "version": "1"}),
    ],
)  # fmt: skip
def test_another_value_is_refused(tmp_path: Path, key: str, value: Any) -> None:
    clean(tmp_path)
    _, report = help.reported(tmp_path, "prove", "shop")
    assert validator().is_valid(report)
    assert not validator().is_valid(report | {key: value})


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "report"]) == GOOD
    assert '"title": "What a command found"' in capsys.readouterr().out
