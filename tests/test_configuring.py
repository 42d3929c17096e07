"""What a repository chooses about findings counts everywhere, is found from any folder in it, and is never guessed at.

The four commands that judge (`validate`, `lint`, `diff`, `audit`) each find one thing here; then it is chosen what it counts as.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import commands_help as help
from socialpolicy import loads
from socialpolicy.catalogue import ADJUSTABLE, CHANGES, MISTAKES_TOO
from socialpolicy.cli import output
from socialpolicy.cli.main import COULD_NOT, GOOD, NO, run
from socialpolicy.configuring import LEVELS, ConfigError, Configuration, configuration
from socialpolicy.diffing import NEEDS, VERSION_FINDINGS
from socialpolicy.loading.findings import Finding, FindingsError, Level
from socialpolicy.tidying import LINTS
from socialpolicy.versions import Bump
from test_pages import NAMES, SITUATIONS, blocks, findings, put_in

FORMATS = ("text", "json", "github", "gitlab", "sarif", "junit", "markdown", "html")


# -- what each level does, in each format ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """A command with one finding: how its files are written, how it is called, its level, and when it fails."""

    id: str
    write: Callable[[Path], object]
    words: tuple[str, ...]
    fails_from: Level
    fine: int = GOOD


def stray_cases(folder: Path) -> None:
    (folder / "cases.yaml").write_text(help.CASES, "utf-8")


def an_unused_contact(folder: Path) -> None:
    (folder / "policy.yaml").write_text(help.POLICY, "utf-8")


def a_number_too_low(folder: Path) -> None:
    (folder / "old.yaml").write_text(help.POLICY, "utf-8")
    more = "  - {id: LOUD, title: Nothing loud, effect: deny, scope: everything, when: {loud: true}}\n"
    (folder / "new.yaml").write_text(help.POLICY.replace("1.0.0", "1.0.1") + more, "utf-8")


def an_account_too_many(folder: Path) -> None:
    help.accounts(folder, help.another_account)


COMMANDS = {
    "validate": Found("policy-not-found", stray_cases, ("validate", "cases.yaml"), Level.ERROR),
    "lint": Found("unused-contact", an_unused_contact, ("lint", "policy.yaml"), Level.WARNING),
    "diff": Found("bump-too-small", a_number_too_low, ("diff", "old.yaml", "new.yaml"), Level.ERROR),
    "audit": Found("account-unregistered", an_account_too_many, ("audit", "policy.yaml", "accounts.yaml"), Level.ERROR),
}


def told(folder: Path, words: tuple[str, ...]) -> tuple[int, dict[str, str]]:
    """The exit status of a command, and what it writes in each format."""
    files = {name: folder / f"report.{name}" for name in FORMATS}
    status = run([*words, *(word for name, file in files.items() for word in ("-f", f"{name}:{file}"))])
    return status, {name: file.read_text("utf-8") for name, file in files.items()}


def level_in(name: str, text: str, id: str) -> str | None:
    """The level that a report in this format gives a finding; None where it does not tell of it."""
    match name:
        case "json":
            found = [one["level"] for one in json.loads(text)["findings"] if one["id"] == id]
        case "github":
            lines = [line for line in text.splitlines() if f"title={id}::" in line]
            found = [line[2:].split(" ")[0].replace("notice", "info") for line in lines]
        case "gitlab":
            words = {"major": "error", "minor": "warning", "info": "info"}
            found = [words[one["severity"]] for one in json.loads(text) if one["check_name"] == id]
        case "sarif":
            results = json.loads(text)["runs"][0]["results"]
            found = [one["level"].replace("note", "info") for one in results if one["ruleId"] == id]
        case _:
            raise AssertionError(name)
    return found[0] if found else None


@pytest.mark.parametrize("level", [None, *LEVELS])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_level_counts_for_the_exit_status_and_in_every_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, level: str | None
) -> None:
    found = COMMANDS[command]
    found.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    if level is not None:
        (tmp_path / ".socialpolicy.toml").write_text(f'[findings]\n{found.id} = "{level}"\n', "utf-8")
    status, texts = told(tmp_path, found.words)
    own = {"validate": "warning", "lint": "warning", "diff": "error", "audit": "error"}[command]
    want = None if level == "off" else level or own
    counts = LEVELS[want] if want else None
    assert status == (NO if counts is not None and counts >= found.fails_from else found.fine)
    for name in ("json", "github", "gitlab", "sarif"):
        assert level_in(name, texts[name], found.id) == want, name
    failures = [one for one in ElementTree.fromstring(texts["junit"]).iter("failure") if one.get("type") == found.id]
    assert len(failures) == (status == NO)
    note = f"Chosen in .socialpolicy.toml: {found.id} is {level}."
    for name in ("text", "markdown", "html"):  # that it was chosen is told, wherever the finding is not
        assert (note in texts[name]) is (level is not None), name
        texts[name] = texts[name].replace(note, "")
    words = {"diff": "needs 2.0.0", "audit": "not in the register"}.get(command, found.id)
    assert (words.casefold() in texts["text"].casefold()) is (want is not None)
    if command != "diff":  # the page of a diff tells of all changes, and of the number alone in its first line
        assert (found.id in texts["markdown"]) is (found.id in texts["html"]) is (want is not None)
    assert json.loads(texts["json"])["status"] == status


def test_a_change_that_is_too_large_counts_as_much_as_the_number_that_is_too_low(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_number_too_low(tmp_path)
    monkeypatch.chdir(tmp_path)
    for chosen, levels in (
        ('bump-too-small = "warning"\n', ["warning", "warning"]),
        ('bump-too-small = "off"\n', ["info"]),
        ('bump-too-small = "off"\ndecision-stricter = "error"\n', ["error"]),
        ('decision-stricter = "off"\n', ["error"]),
    ):
        (tmp_path / ".socialpolicy.toml").write_text(f"[findings]\n{chosen}", "utf-8")
        status, report = help.reported(tmp_path, "diff", "old.yaml", "new.yaml")
        assert [one["level"] for one in report["findings"]] == levels
        assert status == (NO if "error" in levels else GOOD)


def test_what_could_not_be_told_is_never_fine_however_little_it_counts(tmp_path: Path) -> None:
    (tmp_path / ".socialpolicy.toml").write_text('[findings]\naccount-open = "off"\nlint-open = "off"\n', "utf-8")
    (tmp_path / "policy.yaml").write_text(help.REGISTER, "utf-8")
    lines = help.ACCOUNTS.replace("    credentials: password_manager\n", "")
    (tmp_path / "accounts.yaml").write_text(lines, "utf-8")
    status, report = help.reported(tmp_path, "audit", "policy.yaml", "accounts.yaml")
    assert (status, report["findings"]) == (COULD_NOT, [])
    assert "not all could be told" in report["summary"]


@pytest.mark.parametrize("id", ["waiver-unused", "waiver-expired"])
def test_remarks_about_waivers_have_levels_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], id: str
) -> None:
    a_number_too_low(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "new.yaml").write_text((tmp_path / "new.yaml").read_text("utf-8").replace("1.0.1", "2.0.0"), "utf-8")
    _, report = help.reported(tmp_path, "diff", "old.yaml", "new.yaml")
    key = next(one["key"] for one in report["result"][0]["changes"] if one["id"] == "decision-stricter")
    key = key if id == "waiver-expired" else "decision-stricter:000000000000"
    waiver = f'[[waive]]\nfinding = "{key}"\nreason = "agreed"\nby = "comms"\nuntil = 2026-01-31\n'
    for level, status in (("warning", GOOD), ("error", NO), ("off", GOOD)):
        (tmp_path / ".socialpolicy.toml").write_text(f'{waiver}[findings]\n{id} = "{level}"\n', "utf-8")
        assert run(["diff", "old.yaml", "new.yaml", "--at", "2026-06-01"]) == status
        assert (f": {id}: " in capsys.readouterr().out) is (level != "off")


# -- the step between versions that a change calls for ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("bump", "version", "status"),
    [
        (None, "1.0.1", NO), (None, "2.0.0", GOOD), ("minor", "1.0.1", NO), ("minor", "1.1.0", GOOD),
        ("patch", "1.0.1", GOOD),
    ],
)  # fmt: skip
def test_the_step_that_was_chosen_is_the_one_that_diff_needs(
    tmp_path: Path, bump: str | None, version: str, status: int
) -> None:
    a_number_too_low(tmp_path)
    new = tmp_path / "new.yaml"
    new.write_text(new.read_text("utf-8").replace("1.0.1", version), "utf-8")
    if bump:
        text = f'[findings]\ndecision-stricter = {{bump = "{bump}"}}\n'
        (tmp_path / ".socialpolicy.toml").write_text(text, "utf-8")
    ended, report = help.reported(tmp_path, "diff", "old.yaml", "new.yaml")
    (result,) = report["result"]
    assert (ended, result["state"]) == (status, bump or "major")
    (change,) = [one for one in result["changes"] if one["id"] == "decision-stricter"]
    assert change["needs"] == (bump or "major")


def test_every_kind_of_change_can_be_given_another_step(tmp_path: Path) -> None:
    for id in CHANGES:
        (tmp_path / "chosen.toml").write_text(f'[findings]\n{id} = {{level = "info", bump = "minor"}}\n', "utf-8")
        read = configuration(tmp_path / "chosen.toml")
        assert (read.levels, read.needs) == ({id: Level.INFO}, {id: Bump.MINOR})


# -- what can be chosen ----------------------------------------------------------------------------------------------


@cache
def raised() -> Mapping[str, str]:
    """The ids of errors by which policies, cases and actions are refused, by the pages that show each; with the page."""
    found: dict[str, str] = {}
    for name in NAMES:
        for block in blocks(name):
            if block.kind in ("yaml", "yaml file"):
                try:
                    loads(put_in(block.text) if block.kind == "yaml" else block.text)
                except FindingsError as error:
                    found |= {one.id: name for one in error.findings if one.level is Level.ERROR}
            elif block.kind in ("yaml cases", "yaml action", "json action"):
                found |= dict.fromkeys(findings(block, Path("/tmp")) if block.kind != "yaml cases" else [], name)
    return found


def test_what_refuses_a_policy_can_never_be_chosen_away() -> None:
    assert len(raised()) > 60
    assert "need-tested-elsewhere" in raised(), "what only some places take for a mistake is seen here"
    assert not set(raised()) & ADJUSTABLE


def test_what_can_be_chosen_has_a_page_and_is_really_found() -> None:
    """By ``lint`` on the page itself, or in a situation that the pages' test brings about; and no such page shows an error."""
    assert set(NAMES) >= ADJUSTABLE
    by_lint = {name for name in NAMES if any(block.kind.startswith("yaml lint") for block in blocks(name))}
    assert set(by_lint | set(SITUATIONS)) >= ADJUSTABLE
    assert LINTS | set(NEEDS) | VERSION_FINDINGS <= ADJUSTABLE | MISTAKES_TOO


@pytest.mark.parametrize("id", sorted(set(NAMES) - ADJUSTABLE))
def test_a_mistake_cannot_be_chosen_at_any_level(tmp_path: Path, id: str) -> None:
    assert wrong(tmp_path, f'[findings]\n{id} = "info"\n') == [("not-adjustable", 2)]


@given(st.sampled_from(sorted(ADJUSTABLE)), st.sampled_from(sorted(LEVELS)), st.sampled_from(Level))
def test_levels_are_applied_to_these_findings_and_to_no_others(id: str, level: str, own: Level) -> None:
    mine, other = Finding(id, "so", "a.yaml", level=own), Finding("syntax", "so", "a.yaml", level=own)
    accepted = Finding(id, "so", "a.yaml", level=own, accepted="by comms")
    chosen = Configuration({id: LEVELS[level]})
    first, *rest = [*chosen.applied([mine]), None]
    assert first is None if level == "off" else first is not None and first.level is LEVELS[level]
    assert len(rest) == (level != "off")
    assert chosen.applied([other, accepted]) == [other, accepted]
    assert chosen.applied(chosen.applied([mine])) == chosen.applied([mine])


# -- mistakes --------------------------------------------------------------------------------------------------------


def wrong(folder: Path, text: str) -> list[tuple[str, int]]:
    """The mistakes in a configuration, with their lines."""
    file = folder / ".socialpolicy.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        configuration(file)
    assert all(one.hint for one in caught.value.findings if one.id != "unknown-value")  # that lists the values
    assert all(one.file == str(file) and one.level is Level.ERROR for one in caught.value.findings)
    return [(one.id, one.line) for one in caught.value.findings]


MISTAKES: dict[str, tuple[str, list[tuple[str, int]]]] = {
    "no such finding": ('[findings]\nunused-tags = "off"\n', [("unknown-finding", 2)]),
    "a name that is no id": ('[findings]\n"../tag" = "off"\n', [("unknown-finding", 2)]),
    "no such level": ('[findings]\nunused-tag = "none"\n', [("unknown-value", 2)]),
    "a level in capitals": ('[findings]\nunused-tag = "OFF"\n', [("unknown-value", 2)]),
    "true": ("[findings]\nunused-tag = true\n", [("wrong-type", 2)]),
    "a number": ("[findings]\nunused-tag = 0\n", [("wrong-type", 2)]),
    "a list": ('[findings]\nunused-tag = ["off"]\n', [("wrong-type", 2)]),
    "a list for a level": ('[findings]\nunused-tag = {level = ["off"]}\n', [("unknown-value", 2)]),
    "an empty table": ("[findings]\nunused-tag = {}\n", [("wrong-type", 2)]),
    "a table of its own": ("[findings.unused-tag]\nlevels = 'off'\n", [("unknown-key", 1)]),
    "another key": ('[findings]\nunused-tag = {severity = "off"}\n', [("unknown-key", 2)]),
    "no such step": ('[findings]\nadvice-added = {bump = "none"}\n', [("unknown-value", 2)]),
    "no step at all": ('[findings]\nadvice-added = {bump = "identical"}\n', [("unknown-value", 2)]),
    "a step for what is no change": ('[findings]\nunused-tag = {bump = "major"}\n', [("not-adjustable", 2)]),
    "findings that are a list": ("[[findings]]\n", [("wrong-type", 1)]),
    "findings that are a text": ('findings = "off"\n', [("wrong-type", 1)]),
    "no TOML": ("[findings]\nunused-tag = off\n", [("syntax", 2)]),
    "one id twice": ('[findings]\nunused-tag = "off"\nunused-tag = "info"\n', [("syntax", 3)]),
    "no table": ("[findings\n", [("syntax", 1)]),
    "a waiver that is none": ('[[waive]]\nfinding = "decision-stricter"\n', [("bad-waiver", 1), *[("missing-key", 1)] * 3]),
    "all at once": (
        'levels = 1\n\n[findings]\nunused-tag = "of"\nunknown-fact = "off"\nnothing = "off"\n\n[[waive]]\nby = "comms"\n'
        'reason = "so"\nuntil = 2026-12-31\nfinding = "x"\n',
        [("unknown-key", 1), ("unknown-value", 4), ("not-adjustable", 5), ("unknown-finding", 6), ("bad-waiver", 8)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_is_told_at_its_line(tmp_path: Path, mistake: str) -> None:
    text, expected = MISTAKES[mistake]
    assert sorted(wrong(tmp_path, text)) == sorted(expected)


@pytest.mark.parametrize(
    "words",
    [
        ("validate", "shop"), ("test", "shop"), ("prove", "shop"), ("lint", "shop"), ("check", "shop"),
        ("diff", "shop", "shop"), ("audit", "policy.yaml", "accounts.yaml"), ("release", "shop", "--dry-run"),
    ],
    ids=lambda words: words[0],
)  # fmt: skip
def test_no_command_goes_on_with_a_configuration_that_it_does_not_understand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    help.a_guarantee(tmp_path, "{secret: true}")
    help.accounts(tmp_path)
    (tmp_path / ".socialpolicy.toml").write_text('[findings]\nunused-tags = "off"\nunknown-fact = "off"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert run([*words]) == COULD_NOT
    error = capsys.readouterr().err
    assert ".socialpolicy.toml:2:1: error: unknown-finding: there is no finding unused-tags." in error
    assert "did you mean unused-tag?" in error
    assert ".socialpolicy.toml:3:1: error: not-adjustable: unknown-fact is a mistake" in error
    if words[0] != "release":
        status, report = help.reported(tmp_path, *words)
        assert (status, sorted(one["id"] for one in report["findings"])) == (
            COULD_NOT, ["not-adjustable", "unknown-finding"],
        )  # fmt: skip


# -- where it is looked for ------------------------------------------------------------------------------------------

OFF = '[findings]\nunused-contact = "off"\n'


@pytest.fixture
def deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a folder two steps down that has a policy and is the current one. Returns the top."""
    top = tmp_path / "top"
    folder = top / "policies" / "shop"
    folder.mkdir(parents=True)
    (top / ".git").mkdir()
    an_unused_contact(folder)
    monkeypatch.chdir(folder)
    return top


def linted() -> int:
    return run(["lint", "policy.yaml", "-q", "--at", "2026-06-01"])


@pytest.mark.parametrize("name", [".socialpolicy.toml", "pyproject.toml"])
@pytest.mark.parametrize("place", [".", "policies", "policies/shop"])
def test_it_is_found_from_a_folder_below(deep: Path, name: str, place: str) -> None:
    assert linted() == NO
    text = OFF if name != "pyproject.toml" else OFF.replace("findings", "tool.socialpolicy.findings")
    (deep / place / name).write_text(text, "utf-8")
    assert linted() == GOOD


def test_it_is_not_looked_for_beyond_the_repository(deep: Path) -> None:
    (deep.parent / ".socialpolicy.toml").write_text(OFF, "utf-8")
    assert linted() == NO


def test_outside_of_a_repository_only_the_current_folder_is_looked_at(deep: Path) -> None:
    (deep / ".git").rmdir()
    (deep / "policies" / ".socialpolicy.toml").write_text(OFF, "utf-8")
    assert linted() == NO
    (deep / "policies" / "shop" / ".socialpolicy.toml").write_text(OFF, "utf-8")
    assert linted() == GOOD


def test_a_file_for_git_marks_the_top_as_a_folder_does(deep: Path) -> None:
    """So it is in a work tree, and in a submodule."""
    (deep / ".git").rmdir()
    (deep / ".git").write_text("gitdir: elsewhere\n", "utf-8")
    (deep.parent / ".socialpolicy.toml").write_text(OFF, "utf-8")
    assert linted() == NO
    (deep / ".socialpolicy.toml").write_text(OFF, "utf-8")
    assert linted() == GOOD


def test_the_nearest_one_counts_alone(deep: Path) -> None:
    (deep / ".socialpolicy.toml").write_text(OFF, "utf-8")
    (deep / "policies" / ".socialpolicy.toml").write_text('[findings]\nexpired = "off"\n', "utf-8")
    assert linted() == NO


def test_of_two_in_one_folder_our_own_counts(deep: Path) -> None:
    (deep / ".socialpolicy.toml").write_text(OFF, "utf-8")
    (deep / "pyproject.toml").write_text('[tool.socialpolicy.findings]\nunused-contact = "error"\n', "utf-8")
    assert linted() == GOOD


@pytest.mark.parametrize("text", ['[project]\nname = "socialpolicy-of-acme"\n', "[tool.other]\n", "# socialpolicy\n["])
def test_a_pyproject_of_others_is_passed_over(deep: Path, text: str) -> None:
    (deep / ".socialpolicy.toml").write_text(OFF, "utf-8")
    (deep / "policies" / "pyproject.toml").write_text(text, "utf-8")
    assert linted() == GOOD


def test_the_one_that_is_named_counts_alone(deep: Path) -> None:
    (deep / ".socialpolicy.toml").write_text('[findings]\nunused-contact = "error"\n', "utf-8")
    (deep / "chosen.toml").write_text(OFF, "utf-8")
    assert run(["lint", "policy.yaml", "-q", "--config", str(deep / "chosen.toml")]) == GOOD
    assert output.chosen(None).levels == {"unused-contact": Level.ERROR}


def test_one_that_is_named_and_is_not_there_is_an_error(deep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "policy.yaml", "--config", "nowhere.toml"]) == COULD_NOT
    assert "nowhere.toml" in capsys.readouterr().err


# -- comments that leave a finding out -------------------------------------------------------------------------------


def commented(reason: str) -> str:
    return help.POLICY.replace("  comms:", f"  # socialpolicy: ignore[unused-contact]{reason}\n  comms:")


def test_a_comment_with_a_reason_leaves_one_finding_out(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(commented(" comes with 1.1.0"), "utf-8")
    status, report = help.reported(tmp_path, "lint", "policy.yaml")
    assert (status, report["findings"], report["result"]["ignored"]) == (GOOD, [], 1)
    assert "(1 ignored)" in report["summary"]


def test_without_a_reason_it_is_a_finding_itself(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(commented(""), "utf-8")
    assert set(help.ids(tmp_path, "lint", "policy.yaml")) == {"ignore-without-reason", "unused-contact"}


@pytest.mark.parametrize(("reason", "found"), [(" kept apart for now", []), ("", ["policy-not-found"])])
def test_validate_hears_it_of_warnings(tmp_path: Path, reason: str, found: list[str]) -> None:
    text = f"# socialpolicy: ignore[policy-not-found]{reason}\n{help.CASES}"
    (tmp_path / "cases.yaml").write_text(text, "utf-8")
    status, report = help.reported(tmp_path, "validate", "cases.yaml", "--strict")
    assert ([one["id"] for one in report["findings"]], status) == (found, NO if found else GOOD)
    assert ("(1 ignored)" in report["summary"]) is (not found)


def test_a_mistake_is_not_left_out(tmp_path: Path) -> None:
    text = help.POLICY.replace("  - {id: SECRET", "  # socialpolicy: ignore[unknown-fact] later\n  - {id: SECRET")
    (tmp_path / "policy.yaml").write_text(text.replace("{secret: true}}", "{secrets: true}}"), "utf-8")
    status, report = help.reported(tmp_path, "validate", "policy.yaml")
    assert (status, [one["id"] for one in report["findings"]]) == (NO, ["unknown-fact"])


def test_a_report_says_what_was_chosen_and_not_what_would_have_been(tmp_path: Path) -> None:
    """The counts of a report, and those in its summary, are those of the findings in it."""
    an_unused_contact(tmp_path)
    (tmp_path / ".socialpolicy.toml").write_text('[findings]\nunused-contact = "info"\n', "utf-8")
    _, report = help.reported(tmp_path, "lint", "policy.yaml")
    counts: dict[str, Any] = {"error": 0, "warning": 0, "info": 1, "accepted": 0}
    assert report["counts"] == counts
    assert report["summary"].startswith("1 note in 1 rule,")
