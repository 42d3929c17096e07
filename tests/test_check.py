"""``check`` does what the single commands do, and hides nothing; what recorded actions say of a change; what lint knew already."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialpolicy import ActionError, Outcome, loads
from socialpolicy.cli import output
from socialpolicy.cli.main import COULD_NOT, GAVE_UP, GOOD, NO, run
from socialpolicy.loading.reading import FILE_BYTES
from socialpolicy.reviewing import impact_of
from socialpolicy.solving import Undecided

SHOP = """\
socialpolicy: 1
id: shop
version: "{version}"
title: Shop
owner: comms
vocabulary:
  approvals: post.approvals
  facts:
    post.approvals: {{type: set, values: [comms], question: Who said yes?}}
    post.kind: {{type: enum, values: [reply, story, offer], question: What is it?}}
    post.size: {{type: int, min: 0, max: 9, question: How big is it?}}
contacts: {{comms: {{title: Communications, reach: "#comms"}}}}
baseline: allow
rules:
  - id: OFFERS
    title: Offers wait
    effect: {effect}
    scope: everything
    when: {{post.kind: offer}}
    {more}
guarantees:
  - id: STORIES
    title: Stories are fine
    when: {{post.kind: story}}
    never: deny
"""
CASES = """\
cases_for: shop
assume: nothing
cases:
  - id: an-offer
    story: An offer
    facts: {{post.kind: offer, post.size: 1}}
    expect: {expect}
"""


def text(effect: str = "ask", version: str = "1.0.0") -> str:
    more = {"ask": "approval: comms", "deny": "why: Not here."}[effect]
    return SHOP.format(effect=effect, version=version, more=more)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one policy, committed; the current folder."""
    folder = tmp_path / "policies" / "shop"
    (folder / "tests").mkdir(parents=True)
    (folder / "policy.yaml").write_text(text())
    (folder / "tests" / "cases.yaml").write_text(CASES.format(expect="ask"))
    monkeypatch.chdir(tmp_path)
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "Begin"]):
        names = ["-c", "user.name=Jo", "-c", "user.email=jo@example.org"]
        subprocess.run(["git", *names, *arguments], check=True, cwd=tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    status = run(list(arguments))
    return status, capsys.readouterr().out


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    status, out = told(capsys, *arguments, "-f", "json")
    data = json.loads(out)
    assert data["status"] == status
    return status, data


def test_all_is_well(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = report(capsys, "check", "policies", "--against", "main")
    assert status == GOOD
    assert list(data["result"]) == ["validate", "test", "prove", "lint", "diff"]
    assert data["findings"] == []


def test_what_one_step_finds_hides_nothing_of_another(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "policies/shop/policy.yaml").write_text(text("deny").replace("never: deny", "never: allow"))
    _, data = report(capsys, "check", "policies", "--against", "main")
    assert Counter(one["id"] for one in data["findings"]) >= Counter(
        ["case-fails", "guarantee-fails", "version-not-bumped", "decision-stricter", "guarantee-weakened"]
    )
    singles = [
        report(capsys, "validate", "policies"), report(capsys, "test", "policies"), report(capsys, "prove", "policies"),
        report(capsys, "lint", "policies"), report(capsys, "diff", "policies", "--against", "main"),
    ]  # fmt: skip
    assert data["status"] == max(status for status, _ in singles) == NO
    alone = {(one["id"], one["file"], one["line"]) for _, single in singles for one in single["findings"]}
    assert {(one["id"], one["file"], one["line"]) for one in data["findings"]} == alone


def test_a_policy_with_errors_stops_no_other(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = shop / "policies" / "broken"
    broken.mkdir()
    (broken / "policy.yaml").write_text(text().replace("id: shop", "id: broken").replace("effect: ask", "effect: aks"))
    (shop / "policies/shop/tests/cases.yaml").write_text(CASES.format(expect="allow"))
    status, data = report(capsys, "check", "policies")
    assert status == NO
    assert {one["id"] for one in data["findings"]} >= {"unknown-value", "case-fails"}


def test_cases_with_errors_stop_nothing_else(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "policies/shop/tests/cases.yaml").write_text(CASES.format(expect="perhaps"))
    status, data = report(capsys, "check", "policies")
    assert status == NO
    assert "prove" in data["result"]
    assert data["result"]["validate"]["status"] == NO


def test_cases_that_pass_do_not_speak_for_those_with_errors(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not having been run is told by the step that was to run them, too."""
    other = shop / "policies" / "stall"
    (other / "tests").mkdir(parents=True)
    (other / "policy.yaml").write_text(text().replace("id: shop", "id: stall"))
    (other / "tests" / "cases.yaml").write_text(CASES.format(expect="ask").replace("shop", "stall"))
    for expect, status in (("perhaps", NO), ("ask", GOOD)):
        (shop / "policies/shop/tests/cases.yaml").write_text(CASES.format(expect=expect))
        _, data = report(capsys, "check", "policies")
        assert data["result"]["test"]["status"] == status
        assert ("Not run: the cases of shop" in data["result"]["test"]["summary"]) is (status == NO)
    (shop / "policies/shop/tests/cases.yaml").write_text(CASES.format(expect="perhaps"))
    (other / "tests" / "cases.yaml").unlink()  # which could not be told is not less than that
    assert report(capsys, "check", "policies")[1]["result"]["test"]["status"] == COULD_NOT


def test_what_is_given_up_at_a_limit_ends_with_three_in_its_report(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "policies/shop/tests/more.yaml").write_bytes(b"#" * (FILE_BYTES + 1))
    status, data = report(capsys, "test", "policies")
    assert (status, [one["id"] for one in data["findings"]]) == (GAVE_UP, ["limit-reached"])
    assert report(capsys, "check", "policies")[1]["result"]["test"]["status"] == GAVE_UP
    assert [output.failed("diff", error).status for error in (Undecided("so many"), OSError())] == [GAVE_UP, COULD_NOT]


def test_a_missing_revision_is_not_done_and_the_rest_is(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = report(capsys, "check", "policies", "--against", "nowhere")
    assert status == COULD_NOT
    assert data["result"]["test"]["status"] == GOOD
    (finding,) = data["findings"]
    assert (finding["id"], "git branch --all" in finding["message"]) == ("could-not-run", True)
    status, out = told(capsys, "check", "policies", "--against", "nowhere")
    assert "diff      NOT DONE" in out


def test_a_policy_without_cases_is_not_passed_over(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "policies/shop/tests/cases.yaml").unlink()
    status, data = report(capsys, "check", "policies")
    assert status == COULD_NOT
    assert [one["id"] for one in data["findings"]] == ["no-cases"]


def test_a_policy_that_is_new_on_the_branch_is_fine(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = shop / "policies" / "stall"
    (new / "tests").mkdir(parents=True)
    (new / "policy.yaml").write_text(text().replace("id: shop", "id: stall"))
    (new / "tests" / "cases.yaml").write_text(CASES.format(expect="ask").replace("shop", "stall"))
    status, out = told(capsys, "check", "policies", "--against", "main")
    assert status == GOOD
    assert "stall  is new: there is nothing to compare it with" in out
    status, out = told(capsys, "check", "policies", "--against", "latest")
    assert status == GOOD
    assert "has no release yet" in out


@pytest.mark.parametrize(
    ("fail_on", "status"), [("bump", GOOD), ("stricter", NO), ("looser", GOOD), ("any", NO), ("never", GOOD)]
)
def test_fail_on(shop: Path, capsys: pytest.CaptureFixture[str], fail_on: str, status: int) -> None:
    (shop / "policies/shop/policy.yaml").write_text(text("deny", "2.0.0"))
    (shop / "policies/shop/tests/cases.yaml").write_text(CASES.format(expect="deny"))
    assert report(capsys, "check", "policies", "--against", "main", "--fail-on", fail_on)[0] == status


def test_a_configuration_counts_in_every_step(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "policies/shop/policy.yaml").write_text(text("deny", "1.0.1"))
    (shop / "policies/shop/tests/cases.yaml").write_text(CASES.format(expect="deny"))
    assert report(capsys, "check", "policies", "--against", "main")[0] == NO
    (shop / ".socialpolicy.toml").write_text('[findings]\ndecision-stricter = {bump = "patch"}\n')
    assert report(capsys, "check", "policies", "--against", "main")[0] == GOOD


# -- recorded actions ----------------------------------------------------------------------------------------------------

RECORDS = st.fixed_dictionaries(
    {"post.kind": st.sampled_from(["reply", "story", "offer", "nonsense"])},
    optional={"post.size": st.integers(-1, 10)},
)


@given(st.lists(RECORDS, max_size=12))
def test_the_impact_is_what_both_versions_decide(records: list[dict[str, Any]]) -> None:
    old, new = loads(text()), loads(text("deny"))
    wanted: Counter[str] = Counter()
    for facts in records:
        try:
            before, after = old.decide(facts).outcome, new.decide(facts).outcome
        except ActionError:
            wanted["refused"] += 1
        else:
            assert {before, after} <= {Outcome.ALLOW} or (before, after) == (Outcome.ASK, Outcome.DENY)
            wanted["stricter"] += before is not after
    found = impact_of(old, new, records)
    assert found.as_data() == {
        "total": len(records), "stricter": wanted["stricter"], "looser": 0, "otherwise": 0, "refused": wanted["refused"],
    }  # fmt: skip
    assert impact_of(new, old, records).looser == wanted["stricter"]


def test_what_one_version_alone_takes_for_an_action_is_not_counted_as_decided_alike() -> None:
    old = loads(text())
    new = loads(text().replace("[reply, story, offer]", "[reply, offer, story, poem]"))
    records = [{"post.kind": kind} for kind in ("reply", "poem", "offer")]
    for before, after in ((old, new), (new, old)):
        found = impact_of(before, after, records).as_data()
        assert found == {"total": 3, "stricter": 0, "looser": 0, "otherwise": 0, "refused": 1}


def test_recorded_actions_are_told_beside_a_change(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "policies/shop/policy.yaml").write_text(text("deny", "2.0.0"))
    log = shop / "log.jsonl"
    log.write_text('{"post.kind": "offer"}\n\n{"facts": {"post": {"kind": "reply"}}}\n{"post.kind": "poem"}\n')
    wanted = "Of 3 recorded actions this version decides 1 more strictly than before."
    status, out = told(capsys, "diff", "policies", "--against", "main", "--replay", str(log))
    assert status == GOOD
    assert f"{wanted} 1 could not be decided by both versions." in out
    _, data = report(capsys, "diff", "policies", "--against", "main", "--replay", str(log))
    assert data["result"][0]["impact"] == {"total": 3, "stricter": 1, "looser": 0, "otherwise": 0, "refused": 1}


def test_every_line_that_is_no_record_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "log.jsonl").write_text('{"post.kind": "offer"}\nnot json\n[1]\n')
    assert run(["diff", "policies", "--against", "main", "--replay", "log.jsonl"]) == COULD_NOT
    error = capsys.readouterr().err
    assert ("log.jsonl:2:1" in error, "log.jsonl:3:1" in error, "log.jsonl:1:1" in error) == (True, True, False)


# -- what lint knew already ----------------------------------------------------------------------------------------------


def test_lint_with_a_baseline_tells_what_is_new(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = shop / "policies/shop/policy.yaml"
    file.write_text(text().replace("owner: comms\n", ""))
    assert run(["lint", "policies", "-q", "-f", "json:known.json"]) == NO
    status, out = told(capsys, "lint", "policies", "--baseline", "known.json")
    assert (status, "1 in the baseline" in out) == (GOOD, True)
    unused = "  press: {title: Press, reach: '#press'}\n"
    file.write_text(
        "# a line more\n" + text().replace("owner: comms\n", "").replace('contacts: {comms: {title: Communications, reach: "#comms"}}',
        f'contacts:\n  comms: {{title: Communications, reach: "#comms"}}\n{unused}')
    )  # fmt: skip
    status, data = report(capsys, "lint", "policies", "--baseline", "known.json")
    assert (status, [one["id"] for one in data["findings"]]) == (NO, ["unused-contact"])


def test_a_report_of_check_tells_lint_what_was_known(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "policies/shop/policy.yaml").write_text(text().replace("owner: comms\n", ""))
    assert run(["check", "policies", "-f", "json:known.json"]) == NO
    status, data = report(capsys, "lint", "policies", "--baseline", "known.json")
    assert (status, data["findings"], data["result"]["in_the_baseline"]) == (GOOD, [], 1)


@pytest.mark.parametrize("content", [None, "", "[]", '{"report": 1, "command": "test", "findings": []}', "[" * 100_000])
def test_without_a_baseline_nothing_is_guessed(
    shop: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    if content is not None:
        (shop / "known.json").write_text(content)
    assert run(["lint", "policies", "--baseline", "known.json"]) == COULD_NOT
    assert "write one: socialpolicy lint policies -f json:known.json" in capsys.readouterr().err


# -- what a reviewer has to be told --------------------------------------------------------------------------------------


def page(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    return told(capsys, *arguments, "-f", "markdown")


@pytest.mark.parametrize("step", ["major", "minor", "patch"])
@pytest.mark.parametrize("command", ["check", "diff"])
def test_the_page_leaves_no_decision_out_whatever_step_was_chosen_for_it(
    shop: Path, capsys: pytest.CaptureFixture[str], command: str, step: str
) -> None:
    (shop / "policies/shop/policy.yaml").write_text(text("deny", "3.0.0"))
    (shop / ".socialpolicy.toml").write_text(f'[findings]\ndecision-stricter = {{bump = "{step}"}}\n')
    _, out = page(capsys, command, "policies", "--against", "main")
    assert "| 🔺 stricter | " in out
    assert "Everything else is proved to stay as it was" in out
    assert "Every decision is proved" not in out
    assert f"Chosen in .socialpolicy.toml: decision-stricter calls for a {step} version." in out


def test_what_a_configuration_softens_is_said_in_every_answer(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "policies/shop/policy.yaml").write_text(text("deny"))
    (shop / ".socialpolicy.toml").write_text('[findings]\nversion-not-bumped = "off"\n')
    wanted = "Chosen in .socialpolicy.toml: version-not-bumped is off."
    for command in (
        ["check", "policies", "--against", "main"],
        ["diff", "policies", "--against", "main"],
        ["lint", "policies"],
    ):
        assert wanted in told(capsys, *command)[1]
        assert wanted in page(capsys, *command)[1]
        assert report(capsys, *command)[1]["note"] == wanted


def test_an_unchanged_number_can_be_raised_by_its_last_part_where_the_change_is_accepted(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "policies/shop/policy.yaml").write_text(text("deny"))
    status, out = told(capsys, "diff", "policies", "--against", "main")
    assert status == NO
    assert 'or, if it was agreed on, write version: "1.0.1", and waive it in .socialpolicy.toml:' in out
    assert 'write <code>version: "1.0.1"</code>, and' in page(capsys, "diff", "policies", "--against", "main")[1]
    start = out.index("[[waive]]")
    lines = "\n".join(line.strip() for line in out[start:].splitlines()[:5])
    (shop / ".socialpolicy.toml").write_text(lines.replace("…", "agreed with the works council"))
    (shop / "policies/shop/policy.yaml").write_text(text("deny", "1.0.1"))
    assert told(capsys, "diff", "policies", "--against", "main", "--at", "2026-12-01")[0] == GOOD


@pytest.mark.parametrize("left", ["nothing", "another"])
@pytest.mark.parametrize("command", ["check", "diff"])
def test_a_policy_that_is_gone_is_told_and_can_be_accepted(
    shop: Path, capsys: pytest.CaptureFixture[str], command: str, left: str
) -> None:
    for file in ("policy.yaml", "tests/cases.yaml"):
        (shop / "policies/shop" / file).unlink()
    if left == "nothing":
        (shop / "policies/shop/tests").rmdir()
        (shop / "policies/shop").rmdir()
        (shop / "policies").rmdir()
    else:
        other = shop / "policies/other"
        (other / "tests").mkdir(parents=True)
        (other / "policy.yaml").write_text(text().replace("id: shop", "id: other"))
        (other / "tests/cases.yaml").write_text(CASES.format(expect="ask").replace("shop", "other"))
    arguments = [command, "policies", "--against", "main", "--at", "2026-12-01"]
    status, data = report(capsys, *arguments)
    assert (status, [one["id"] for one in data["findings"]]) == (NO, ["policy-removed"])
    status, out = told(capsys, *arguments)
    assert "shop  is gone: no version of it decides any more" in out
    start = out.index("[[waive]]")
    lines = "\n".join(line.strip() for line in out[start:].splitlines()[:5])
    assert lines.partition("\n[")[0] in page(capsys, *arguments)[1]
    (shop / ".socialpolicy.toml").write_text(lines.replace("…", "the shop was closed"))
    status, data = report(capsys, *arguments)
    assert (status, [one["accepted"] for one in data["findings"]]) == (
        GOOD, ["by the shop was closed until 2027-03-01: the shop was closed"],
    )  # fmt: skip


def test_a_folder_that_never_was_is_not_taken_for_one_that_is_gone(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("check", "diff"):
        assert report(capsys, command, "police", "--against", "main")[0] == COULD_NOT
        assert report(capsys, command, "policies", "--against", "nowhere")[0] == COULD_NOT


def test_a_release_can_be_named_with_the_id_of_its_policy(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "policies/shop", "--against", "shop@1.0.0"]) == COULD_NOT
    assert "no releases yet" in capsys.readouterr().err
    assert run(["diff", "policies/shop", "--against", "stall@1.0.0"]) == COULD_NOT
    assert "give a version alone" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("comment", "hint"),
    [
        ("  # socialpolicy: ignore[unused-contact] it is spring", "on the line before"),
        ("\n  # socialpolicy ignore[unused-contact] it is spring", "on the line before"),
        ("\n  # socialpolicy: ignore because it is spring", "write ignore[FINDING-ID]"),
        ("\n  # socialpolicy: ignore[decision-stricter] it is spring", "accepted by a waiver"),
    ],
)
def test_a_comment_that_ignores_nothing_says_so(
    shop: Path, capsys: pytest.CaptureFixture[str], comment: str, hint: str
) -> None:
    contacts = f'contacts:{comment}\n  comms: {{title: Communications, reach: "#comms # socialpolicy: ignore"}}'
    file = shop / "policies/shop/policy.yaml"
    file.write_text(text().replace('contacts: {comms: {title: Communications, reach: "#comms"}}', contacts))
    _, data = report(capsys, "lint", "policies")
    (found,) = [one for one in data["findings"] if one["id"] == "unused-ignore"]
    assert hint in found["hint"]


def test_what_looks_like_such_a_comment_inside_a_text_is_text(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It leaves nothing out, and is no comment that is unused."""
    contacts = (
        'contacts:\n  comms:\n    reach: "#comms"\n    title: |\n      Communications\n'
        '      # socialpolicy: ignore[unused-contact] so we write\n  press: {title: Press, reach: "#press"}'
    )
    file = shop / "policies/shop/policy.yaml"
    file.write_text(text().replace('contacts: {comms: {title: Communications, reach: "#comms"}}', contacts))
    status, data = report(capsys, "lint", "policies")
    assert (status, [one["id"] for one in data["findings"]]) == (NO, ["unused-contact"])
    assert data["result"]["ignored"] == 0


# -- what must not pass in silence ---------------------------------------------------------------------------------------


def test_a_policy_above_others_hides_none(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "policies/policy.yaml").write_text(text().replace("id: shop", "id: above"))
    for command in (["check", "policies", "--against", "main"], ["test", "policies"], ["prove", "policies"]):
        assert run(command) == COULD_NOT
        assert "policies/shop/policy.yaml stands below" in capsys.readouterr().err


def test_a_policy_behind_a_link_is_not_passed_over(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "elsewhere").mkdir()
    (shop / "policies/shop").rename(shop / "elsewhere/shop")
    (shop / "policies/shop").symlink_to(Path("../elsewhere/shop"), target_is_directory=True)
    (shop / "policies/stall/tests").mkdir(parents=True)
    (shop / "policies/stall/policy.yaml").write_text(text().replace("id: shop", "id: stall"))
    (shop / "policies/stall/tests/cases.yaml").write_text(CASES.format(expect="ask").replace("shop", "stall"))
    status, data = report(capsys, "check", "policies", "--against", "main")
    assert (status, [one["id"] for one in data["findings"]]) == (NO, ["policy-removed"])


def test_a_configuration_that_cannot_be_read_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = shop / "pyproject.toml"
    file.write_text("[tool.socialpolicy.findings]\nunused-tag = 'off'\n[tool.other\n")
    assert run(["lint", "policies"]) == COULD_NOT
    assert "pyproject.toml:3" in capsys.readouterr().err
    file.write_text("[tool.other\n")  # which is somebody else's
    assert run(["lint", "policies"]) == GOOD
    for written in (
        "\ufeff[tool.socialpolicy.findings]\n",
        "[tool.socialpolicy]\nfindings",
        '"tool"."socialpolicy".findings',
    ):
        one = "unused-tag = 'off'\n" if written.endswith("]\n") else ".unused-tag = 'off'\n"
        file.write_text(written + one, "utf-8")
        assert "Chosen in pyproject.toml: unused-tag is off." in told(capsys, "lint", "policies")[1]


def test_words_of_authors_are_no_commands_in_a_log(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    title = '"Offers\\n::stop-commands::x\\n  ::add-mask::y ##[error]z \\u202e turned"'
    (shop / "policies/shop/policy.yaml").write_text(
        text("deny", "2.0.0").replace("title: Offers wait", f"title: {title}")
    )
    for command in (
        ["test", "policies"],
        ["diff", "policies", "--against", "main", "-v"],
        ["check", "policies", "--against", "main"],
    ):
        _, out = told(capsys, *command)
        assert not [line for line in out.splitlines() if line.lstrip().startswith("::")]
        assert "##[" not in out
        assert "\u202e" not in out


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("policy.json", '{"socialpolicy": 1, "id": "shop"}', "json"), ("x.json", '{"facts": {}}', "json"),
        ("quoted.txt", '"socialpolicy": 1\n', "text"), ("marked.txt", "\ufeffsocialpolicy: 1\n", "github"),
        ("survivors.yaml", "survivors_of: shop\n", "text"), ("README.md", "# Hello\n", "markdown"),
        ("log.jsonl", '{"post.kind": "offer"}\n', "json"), ("page.html", "<!doctype html><title>Mine</title>", "html"),
        ("results.xml", "<testsuites name='mine'/>", "junit"), (".socialpolicy.toml", "", "text"),
    ],
)  # fmt: skip
def test_only_an_earlier_report_is_written_over(
    shop: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, format: str
) -> None:
    file = shop / name
    file.write_text(content or "[findings]\n", "utf-8")
    before = file.read_bytes()
    assert run(["validate", "policies", "-f", f"{format}:{name}"]) == COULD_NOT
    assert file.read_bytes() == before


def test_each_format_goes_to_a_file_of_its_own(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "link").symlink_to("a")
    for other in ("./a", str(shop / "a"), "policies/../a", "link"):
        assert run(["validate", "policies", "-f", "json:a", "-f", f"sarif:{other}"]) == COULD_NOT
        assert not (shop / "a").exists()
    for format in ("json", "sarif", "junit", "gitlab", "markdown", "html", "github", "text"):
        for _ in range(2):  # an earlier report is written over
            assert run(["validate", "policies", "-f", f"{format}:report"]) == GOOD
        (shop / "report").unlink()


def test_an_earlier_report_does_not_outlive_a_run_that_could_not_be_done(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    formats = ["-f", "json:r.json", "-f", "text:r.txt"]
    assert run(["check", "policies", *formats]) == GOOD
    assert run(["check", "nope", *formats]) == COULD_NOT
    assert json.loads((shop / "r.json").read_text())["status"] == COULD_NOT
    assert "nope" in (shop / "r.txt").read_text()


@pytest.mark.parametrize("fail_on", ["stricter", "any"])
def test_what_fails_by_choice_says_why_and_how_it_is_accepted(
    shop: Path, capsys: pytest.CaptureFixture[str], fail_on: str
) -> None:
    (shop / "policies/shop/policy.yaml").write_text(text("deny", "2.0.0"))
    arguments = ["diff", "policies", "--against", "main", "--at", "2026-10-02", "--fail-on", fail_on]
    status, out = told(capsys, *arguments)
    words = {"stricter": "what gets stricter fails", "any": "any change fails"}[fail_on]
    assert (status, f"Next: {words}; if it was agreed on" in out) == (NO, True)
    assert f"1.0.0 → 2.0.0 ❌ {words}" in page(capsys, *arguments)[1]
    lines = "\n".join(line.strip() for line in out[out.index("[[waive]]") :].splitlines())
    (shop / ".socialpolicy.toml").write_text(lines.replace("…", "agreed"))
    status, out = page(capsys, *arguments)
    assert (status, "❌" in out) == (GOOD, False)
