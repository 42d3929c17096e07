"""The command line as a person and a program meet it: golden output, exit status, formats."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from socialpolicy.cli.main import COMMANDS, run

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
ACME = "policies/acme"
PRAISE = ["--set", "content.endorses=company", "--set", "content.connection=employment"]

BROKEN = """socialpolicy: 1
id: broken
version: 1.40
title: A policy with mistakes
baseline: allow
rules:
  - id: DISCLOSE
    title: Say where you work
    effect: alow
    scope: {accounts: personal}
    when: {content.topic: {any_of: [roadmap]}}
  - id: QUIET
    title: Quiet, please
    effect: deny
    scope: everything
    when: {content.mature: true}
    when: {content.embargoed: true}
    unless: {content.about_work: false, content.concerted: true}
"""

GOLDENS = {
    "help": (0, ["--help"]),
    "decide-revise": (1, ["decide", ACME, *PRAISE, "--assume", "in_examples"]),
    "decide-revise-explain": (1, ["decide", ACME, *PRAISE, "--assume", "in_examples", "--explain"]),
    "decide-allow": (0, ["decide", ACME, "--set", "content.topics=personal_life", "--assume", "in_examples"]),
    "decide-deny": (1, ["decide", ACME, "--set", "content.classification=confidential", "--assume", "in_examples"]),
    "decide-deny-explain": (
        1,
        ["decide", ACME, "--set", "content.classification=confidential", "--assume", "in_examples", "--explain"],
    ),
    "decide-ask": (
        1,
        [
            "decide",
            ACME,
            "--set",
            "account.kind=official",
            "--set",
            "action.kind=create_account",
            "--assume",
            "in_examples",
            "--why",
        ],
    ),
    "decide-undetermined": (1, ["decide", ACME, "--set", "account.kind=personal", "--set", "action.kind=publish"]),
    "decide-undetermined-explain": (
        1,
        [
            "decide",
            ACME,
            "--set",
            "account.kind=personal",
            "--set",
            "action.kind=review_product",
            "--set",
            "content.endorses=company",
            "--explain",
        ],
    ),
    "questions-open": (
        1,
        [
            "questions",
            ACME,
            "examples/praise.yaml",
            "--set",
            "content.disclosure=unknown",
            "--set",
            "content.disclosure_place=unknown",
            "--assume",
            "in_examples",
        ],
    ),
    "questions-many": (1, ["questions", ACME, "--set", "account.kind=personal", "--set", "action.kind=publish"]),
    "questions-none": (0, ["questions", ACME, "examples/hike.yaml", "--assume", "in_examples"]),
    "test-acme": (0, ["test", ACME, "--coverage"]),
    "validate-acme": (0, ["validate", "policies"]),
    "explain-unknown-fact": (0, ["explain", "unknown-fact"]),
}


def call(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, stdin: str = ""
) -> tuple[int, str, str]:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
    status = run(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.parametrize("name", GOLDENS)
def test_golden(name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What people read, pinned. ``UPDATE_GOLDEN=1 pytest tests/test_cli.py`` writes it anew, to be read in the diff."""
    expected, arguments = GOLDENS[name]
    status, out, err = call(arguments, capsys, monkeypatch)
    out = re.sub(
        r"sha256:[0-9a-f]{4}…[0-9a-f]{4}", "sha256:0000…0000", re.sub(r"policy\.yaml:\d+", "policy.yaml:0", out)
    )
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(out, "utf-8")
    assert (status, err) == (expected, "")
    assert out == file.read_text("utf-8")
    assert all(len(line) <= 130 for line in out.splitlines() if not line.startswith(" ")), "lines that fit a terminal"


def test_validate_tells_all_mistakes_with_their_places(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, _ = call(["validate", "-"], capsys, monkeypatch, BROKEN)
    assert status == 1
    assert re.findall(r"^-:(\d+:\d+): error: ([a-z-]+):", out, re.M) == [
        ("3:10", "unquoted-version"), ("9:13", "unknown-value"), ("11:12", "unknown-fact"), ("17:5", "duplicate-key"), ("18:5", "two-tests"),
    ]  # fmt: skip
    assert "did you mean allow?" in out
    assert "did you mean content.topics?" in out


def test_validate_as_data(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = call(["validate", "-", "-f", "json"], capsys, monkeypatch, BROKEN)
    findings = json.loads(out)["findings"]
    assert status == 1
    assert [finding["id"] for finding in findings] == [
        "unquoted-version",
        "unknown-value",
        "unknown-fact",
        "duplicate-key",
        "two-tests",
    ]


def test_many_findings_are_cut_and_counted(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rules = "".join(
        f"  - {{id: R{n}, title: x, effect: advise, scope: everything, when: {{no.fact{n}: 1}}}}\n" for n in range(80)
    )
    text = BROKEN.split("rules:", maxsplit=1)[0].replace("1.40", '"1.4.0"') + "rules:\n" + rules
    status, out, _ = call(["validate", "-"], capsys, monkeypatch, text)
    assert status == 1
    assert out.count("error: unknown-fact") == 50
    assert "... and 30 more." in out


def test_decide_as_data(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = call(["decide", ACME, *PRAISE, "--assume", "in_examples", "-f", "json"], capsys, monkeypatch)
    data = json.loads(out)
    assert status == 1
    assert data["decision"]["outcome"] == "revise"
    assert {
        "fact": "content.endorses",
        "value": "none",
        "outcome": "allow",
        "because": [],
        "mutable": True,
    }.items() >= {}.items()
    assert any(change["outcome"] == "allow" and change["fact"] == "content.endorses" for change in data["would_be"])
    assert data["repairs"]["complete"] is True
    assert [repair["changes"] for repair in data["repairs"]["smallest"]] == [
        {"content.disclosure": "clear", "content.disclosure_place": "in_message_prominent"}
    ]


def test_decide_reads_actions_from_files_and_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    action = (
        '{"account": {"kind": "personal"}, "content.endorses": "company", "content": {"connection": ["employment"]}}'
    )
    file = tmp_path / "action.json"
    file.write_text(action, "utf-8")
    for source, stdin in ((str(file), ""), ("-", action)):
        status, out, _ = call(["decide", ACME, source, "--assume", "in_examples", "-q"], capsys, monkeypatch, stdin)
        assert (status, out) == (1, "revise\n")


def test_stating_a_fact_leaves_the_others_of_its_group(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    action = '{"account.kind": "personal", "content": {"classification": "confidential"}}'
    for name, value in (("content.tone", "[]"), ("content.topics", "culture"), ("content.disclosure", "unknown")):
        arguments = ["decide", ACME, "-", "--set", f"{name}={value}", "--assume", "in_examples", "-q"]
        assert call(arguments, capsys, monkeypatch, action)[:2] == (1, "deny\n")
    arguments = ["decide", ACME, "-", "--set", "content.classification=public", "--assume", "in_examples", "-q"]
    assert call(arguments, capsys, monkeypatch, action)[:2] == (0, "allow\n")


def test_questions_as_data(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = call([*GOLDENS["questions-open"][1], "-f", "json"], capsys, monkeypatch)
    data = json.loads(out)
    assert status == 1
    assert data["determined"] is False
    assert data["questions"][0]["fact"].startswith("content.disclosure")
    assert {tuple(answer["outcomes"]) for answer in data["questions"][0]["answers"]} >= {("revise",)}


@pytest.mark.parametrize(
    ("text", "place", "id", "hint"),
    [
        ('{"account": {\n  "kind": "personl"}}', "2:11", "unknown-value", "personal"),
        ('{"account": {\n  "kid": "personal"}}', "2:3", "unknown-fact", "account.kind"),
        ("content.topics: merger\n", "1:17", "type-mismatch", "list"),
        ("account.mfa: yes\n", "1:14", "type-mismatch", "true or false"),
        ("- a\n", "1:1", "wrong-type", "account.kind"),
        ('{"account.kind": "personal", "account.kind": "official"}', "1:30", "duplicate-key", "first"),
    ],
)
def test_bad_actions_have_a_place(
    text: str, place: str, id: str, hint: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, err = call(["decide", ACME, "-"], capsys, monkeypatch, text)
    assert (status, out) == (2, "")
    assert f"-:{place}: error: {id}:" in err
    assert hint in err


@pytest.mark.parametrize(("option", "status"), [("revise", 1), ("ask", 0), ("deny", 0)])
def test_fail_on_says_which_outcome_fails(
    option: str, status: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (
        call(["decide", ACME, *PRAISE, "--assume", "in_examples", "--fail-on", option], capsys, monkeypatch)[0]
        == status
    )


def test_a_failed_case_is_a_readable_difference(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(
        "cases_for: acme\nassume: in_examples\ncases:\n"
        "  - {id: X-1, story: Praise, facts: {content.endorses: company, content.connection: [employment]}, expect: {outcome: allow, fix: {}}}\n",
        "utf-8",
    )
    status, out, _ = call(["test", ACME, "--cases", str(file)], capsys, monkeypatch)
    assert status == 1
    assert "FAILED  X-1  Praise" in out
    assert re.search(r"outcome +expected +allow\n +got +revise", out)
    assert "because  law-us-endorsements/TIE-1" in out


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["decide", "nowhere"], 2, "there is no such file"),
        (["decide", "policies"], 2, "Did you mean policies/acme"),
        (["decide", ACME, "--set", "account.kid=personal"], 2, "did you mean account.kind?"),
        (["decide", ACME, "--set", "account.kind=personl"], 2, "Did you mean personal?"),
        (["decide", ACME, "--set", "account.kind"], 2, "FACT=VALUE"),
        (["decide", ACME, "--at", "tomorrow"], 2, "instant"),
        (["valdate", ACME], 2, "Did you mean validate?"),
        (["validate"], 2, "Missing argument"),
        (["validate", ACME, "-f", "xml"], 2, "text, json"),
        (["explain", "unknown-fct"], 2, "did you mean unknown-fact?"),
        (["schema", "polcy"], 2, "polcy"),
        (["decide", "-", "-"], 2, "only one thing can be read from standard input"),
        (["decide", "acme@9.9.9"], 2, "9.9.9"),
    ],
)
def test_wrong_usage_is_told_in_a_line(
    arguments: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, out, err = call(arguments, capsys, monkeypatch)
    assert (found, out) == (status, "")
    assert told in err
    assert "Traceback" not in err


def test_a_bug_is_70_and_leaves_a_report(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    def broken(*_: object) -> None:
        raise AssertionError("planted")

    monkeypatch.setattr("socialpolicy.cli.sources.decider_of", broken)
    status, _, err = call(["decide", ACME], capsys, monkeypatch)
    assert status == 70
    assert "This is a bug" in err
    assert "planted" not in err
    assert "planted" in next(tmp_path.glob("socialpolicy-*.txt")).read_text("utf-8")


def test_compile_writes_a_program_that_decides(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "acme.json"
    assert call(["compile", ACME, "-o", str(file)], capsys, monkeypatch)[0] == 0
    assert call(["decide", str(file), *PRAISE, "--assume", "in_examples", "-q"], capsys, monkeypatch)[:2] == (
        1,
        "revise\n",
    )
    assert call(["validate", str(file)], capsys, monkeypatch)[0] == 0
    file.write_text(file.read_text("utf-8").replace('"deny"', '"dney"', 1), "utf-8")
    status, out, _ = call(["validate", str(file)], capsys, monkeypatch)
    assert status == 1
    assert "bad-program" in out


def test_colour_is_for_terminals(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    plain = call(["decide", ACME, "--assume", "in_examples"], capsys, monkeypatch)[1]
    coloured = call(["decide", ACME, "--assume", "in_examples", "--color", "always"], capsys, monkeypatch)[1]
    assert "\x1b[" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_help_imports_neither_pydantic_nor_yaml() -> None:
    code = "import sys; from socialpolicy.cli.main import run; run(['--help']); print([n for n in ('pydantic', 'yaml', 'jsonschema') if n in sys.modules])"
    run_ = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run_.stdout.strip().endswith("[]")
    assert all(name in run_.stdout for name in COMMANDS)


@pytest.mark.parametrize("seed", ["0", "1"])
def test_output_depends_on_nothing_around_it(seed: str) -> None:
    """Hash seed, time zone and locale leave every byte as it is."""
    outputs = set()
    for zone, locale in (("UTC", "C.UTF-8"), ("Asia/Tokyo", "C"), ("America/St_Johns", "POSIX")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONUTF8": "1"}
        command = [
            sys.executable,
            "-m",
            "socialpolicy",
            "decide",
            ACME,
            *PRAISE,
            "--assume",
            "in_examples",
            "--explain",
        ]
        outputs.add(subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=False).stdout)
    (only,) = outputs
    expected = (GOLDEN / "decide-revise-explain.txt").read_text("utf-8")
    assert only.decode().splitlines()[2].split()[:2] == expected.splitlines()[2].split()[:2]
