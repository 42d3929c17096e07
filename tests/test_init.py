"""The first policy of a company passes every check, whatever the company is called, and no file of theirs is lost."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from socialpolicy import __version__, configuring, load, loads
from socialpolicy.cli import init
from socialpolicy.cli.main import COULD_NOT, GOOD, NO, run
from socialpolicy.starting import (
    CI,
    CI_FILES,
    LISTED,
    PACKS,
    TEXT_AT_MOST,
    AnswerError,
    Answers,
    Place,
    checked_text,
    filled,
    id_of,
    scalar,
    starters,
    values_of,
    write_new,
)
from socialpolicy.testing import test as run_cases

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
DAY = date(2026, 11, 23)
FERNHILL = Answers("Fernhill Gardens", "fernhill")
CHECKS = (
    ("validate", "--strict"),
    ("test", "--coverage"),
    ("lint", "--at", DAY.isoformat(), "--fail-on", "info"),
    ("prove",),
    ("schema", "--check"),
    ("fmt", "--check"),
)


@pytest.fixture(autouse=True)
def one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(init, "today", lambda: DAY)


def ran(*words: str) -> tuple[int, str]:
    """A command's exit status, and all that it prints."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        status = run(list(words))
    return status, out.getvalue()


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, and every link, by its path."""
    return {
        path.relative_to(folder).as_posix(): os.readlink(path).encode() if path.is_symlink() else path.read_bytes()  # noqa: PTH115
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


# -- whatever is answered, all that is written passes ---------------------------------------------------------------------


@st.composite
def flags(draw: st.DrawFn) -> list[str]:
    """Flags in every combination that is admitted."""
    places = draw(st.lists(st.sampled_from(list(Place)), unique=True))
    given = [word for place in places for word in ("--where", place.value)]
    given += ["--ci", draw(st.sampled_from(list(CI))).value]
    for name in ("creators", "official", "pre-commit", "settings", "vscode"):
        given.append(draw(st.sampled_from([f"--{name}", f"--no-{name}"])))
    given.append(draw(st.sampled_from(["--listed", "--no-listed"])) if Place.US in places else "--no-listed")
    for name, value in (("owner", "Dana O'Neil"), ("reach", "#ask-comms"), ("email", "social@fernhill.example")):
        given += draw(st.sampled_from([[], [f"--{name}", value]]))
    return given


EVERYTHING = [
    *("--where", "us", "--where", "uk", "--where", "eu", "--listed", "--creators", "--official", "--ci", "github"),
    *("--pre-commit", "--settings", "--vscode", "--owner", "Dana", "--owner-reach", "door 3", "--reach", "#ask"),
]
NOTHING = [
    *("--where", "none", "--no-listed", "--no-creators", "--no-official", "--ci", "none", "--no-pre-commit"),
    *("--no-settings", "--no-vscode"),
]


@settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(flags())
@example(EVERYTHING)
@example(NOTHING)
@example(["--where", "us", "--ci", "gitlab", "--no-listed", "--creators", "--no-official"])
@example(["--where", "uk", "--where", "eu", "--no-creators", "--official", "--owner", "Communications"])
def test_whatever_is_answered_all_that_is_written_passes(given: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert ran("init", folder, "--company", "Fernhill Gardens", "--yes", "--quiet", *given)[0] == GOOD
        policies = str(Path(folder, "policies"))
        for command, *options in CHECKS:
            status, told = ran(command, policies, *options)
            assert status == GOOD, f"{command} {given}\n{told}"
        results = run_cases(load(Path(policies, "fernhill-gardens")))
        own = {rule.id for rule in results.policy.written.rules}
        coverage = results.coverage()
        assert not own & {*coverage.rules, *(literal.rule for literal in coverage.literals)}, coverage


def test_the_packs_are_those_of_the_places() -> None:
    def built_on(answers: Answers) -> set[str]:
        text = starters(answers, DAY)[0].text
        return {entry["id"] for entry in yaml.safe_load(text).get("builds_on", [])}

    assert built_on(FERNHILL) == set()
    for place, packs in PACKS.items():
        assert built_on(replace(FERNHILL, places=(place,))) == set(packs)
    assert LISTED in built_on(replace(FERNHILL, places=(Place.US,), listed=True))
    with pytest.raises(AnswerError, match="--where us"):
        starters(replace(FERNHILL, places=(Place.UK,), listed=True), DAY)


def test_it_can_be_released(tmp_path: Path) -> None:
    write_new(tmp_path, starters(replace(FERNHILL, places=(Place.US,), owner="Dana"), DAY))
    status, told = ran("release", str(tmp_path / "policies" / "fernhill"), "--dry-run")
    assert status == GOOD, told


# -- whatever the company is called ---------------------------------------------------------------------------------------

NAMES = [
    "no", "null", "1.0", "~", "true", "0x1F", "12:30", "2026-11-23", "- a", "? b", "a: b", "a #b", "#b", "&a", "*a", "!a",
    "{a}", "[a]", "a, b", "a'b", 'a"b', "'a'", '"a"', "a\\b", "%a", "@a", "`a`", "|", ">", "=", "<<", "...", "---",
    "$(reboot); `id` && $HOME", "${{ github.token }}", "§{id}", "§if us", "§end", "Straße & Söhne",
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "**bold** _it_ ~~no~~", "a | b", "🌱 Fernhill 🏳️‍🌈",
    "فرنهيل", "גינה", "フ" * 40, "a" * TEXT_AT_MOST, "trailing:", "Ünï\u0301",
]  # fmt: skip
REFUSED = {
    "a line break": "a\nb",
    "a tab": "a\tb",
    "a carriage return": "a\rb",
    "nothing": "   ",
    "a turned direction": "a\u202eb",
    "a byte order mark": "a\ufeffb",
    "no width": "a\u200bb",
    "a nought": "a\x00b",
    "too long": "a" * 200,
    "half a character": "a\ud800b",
}


def same_name(name: str) -> None:
    answers = replace(FERNHILL, company=name, contact=name, reach=name, owner=name + "2", owner_reach=name)
    values = values_of(answers, DAY)
    policy = loads(filled("policy.yaml", values))
    assert not policy.warnings
    assert policy.title == f"Social media at {name}"
    assert policy.written.contacts["comms"].title == policy.written.contacts["comms"].reach == name
    assert policy.written.contacts["lead"].title == name + "2"
    asked = policy.decide({"content.endorses": "company", "content.connection": ["employment"]}, assume="in_examples")
    assert [revision.say for revision in asked.revisions] == [f'Begin with "I work at {name}".']
    heading = MarkdownIt("commonmark").parse(filled("readme.md", values))[1].children
    assert heading is not None
    assert "".join(token.content for token in heading) == f"Social media at {name}"
    assert {token.type for token in heading} <= {"text", "text_special"}
    for template in ("cases.yaml", "github.yaml", "gitlab.yaml", "pre-commit.yaml", "socialpolicy.toml"):
        assert filled(template, values) == filled(template, values_of(FERNHILL, DAY))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_bites_survives(name: str) -> None:
    same_name(name)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1, max_size=30))
def test_every_name_survives_or_is_refused(name: str) -> None:
    try:
        kept = checked_text("--company", name)
    except AnswerError as refused:
        error = str(refused)
    else:
        assert kept == name.strip()
        return same_name(kept)
    assert error.startswith("--company: ")
    assert error.isprintable()
    return None


@settings(max_examples=300)
@given(st.text(st.sampled_from("ab :#'\"\\-?!&*{}[],|>%@`~=.0159neoNEyY\t\u00e9"), max_size=12))
def test_every_text_is_read_back_as_it_was(text: str) -> None:
    assert yaml.safe_load(f"a: {scalar(text)} # b") == {"a": text}


@pytest.mark.parametrize("name", REFUSED.values(), ids=REFUSED)
def test_a_name_that_cannot_be_kept_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    status, told = ran("init", str(tmp_path), "--yes", "--company", name)
    assert status == COULD_NOT
    assert re.fullmatch(r"error: --company: [^\n]+\.\n", told), told
    assert not files_in(tmp_path)


@pytest.mark.parametrize(
    "id", ["", ".", "..", "../up", "a/b", "a\\b", "a b", "-x", "é", "a\n", "a.", "nul", "CON", "law-eu", "x" * 61]
)
def test_an_id_that_is_no_id_is_refused(id: str, tmp_path: Path) -> None:
    status, told = ran("init", str(tmp_path), "--yes", "--id", id)
    assert (status, told.count("\n")) == (COULD_NOT, 1)
    assert told.startswith("error: --id: ")
    assert not files_in(tmp_path)


@pytest.mark.parametrize("id", ["no", "null", "1.0", "1", "0x1F", "1e3", "2026-11-23", "True"])
def test_an_id_that_bites_survives(id: str, tmp_path: Path) -> None:
    write_new(tmp_path, starters(replace(FERNHILL, id=id), DAY))
    assert load(tmp_path / "policies" / id).id == id
    status, told = ran("test", str(tmp_path / "policies"))
    assert status == GOOD, told


@pytest.mark.parametrize(
    ("name", "id"),
    [("Crumb & Co", "crumb-co"), ("Ünïted O'Neil", "united-oneil"), ("فرنهيل", "our-policy"), ("Nul", "our-policy")],
)
def test_a_short_name_is_made_of_the_company_s(name: str, id: str) -> None:
    assert id_of(name) == id


# -- nothing is written over ----------------------------------------------------------------------------------------------

ALL = starters(replace(FERNHILL, vscode=True), DAY)


@pytest.mark.parametrize(
    ("path", "kind"),
    [*((file.path, "file") for file in ALL), *((file.path, kind) for file in ALL[:6:5] for kind in ("link", "folder"))],
)
def test_what_is_there_stays_and_nothing_is_written(path: str, kind: str, tmp_path: Path) -> None:
    there = tmp_path / path
    there.parent.mkdir(parents=True, exist_ok=True)
    if kind == "folder":
        (there / "mine").mkdir(parents=True)
        (there / "mine" / "own").write_text("mine")
    elif kind == "file":
        there.write_text("mine")
    else:
        there.symlink_to("nowhere")
    before = files_in(tmp_path)
    status, told = ran("init", str(tmp_path), "--yes", "--id", "fernhill", "--vscode")
    assert status == COULD_NOT
    assert "nothing was written" in told
    assert (path if not path.startswith("policies/") else "policies/fernhill/") in told
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("path", ["policies", "policies/fernhill", ".github", ".github/workflows"])
def test_a_file_where_a_folder_is_to_be_is_in_the_way(path: str, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text("mine")
    status, told = ran("init", str(tmp_path), "--yes", "--id", "fernhill")
    assert status == COULD_NOT
    assert f"  {path} " in told
    assert files_in(tmp_path) == {path: b"mine"}


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    assert "is a file; name a folder" in ran("init", str(tmp_path / "x"), "--yes")[1]


def test_where_one_file_fails_none_stays(tmp_path: Path) -> None:
    (tmp_path / ALL[-1].path).parent.mkdir()
    (tmp_path / ALL[-1].path).write_text("mine")  # it came after all had been looked at
    with pytest.raises(FileExistsError):
        write_new(tmp_path, ALL)
    assert files_in(tmp_path) == {ALL[-1].path: b"mine"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [".vscode"]


def test_each_file_can_be_left_out_by_what_the_refusal_says(tmp_path: Path) -> None:
    for file in ALL:
        if file.without:
            status, told = ran(
                "init", str(tmp_path), "--yes", "--dry-run", "--quiet", "--vscode", *file.without.split()
            )
            assert status == GOOD
            assert file.path not in told


# -- on a terminal, and without one ---------------------------------------------------------------------------------------


def golden(name: str, got: str) -> None:
    file = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(got, "utf-8")
    assert got == file.read_text("utf-8"), f"{file}: see UPDATE_GOLDEN"


def test_what_is_told_reads_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fernhill-gardens").mkdir()
    monkeypatch.chdir(tmp_path / "fernhill-gardens")
    parts = []
    for words in ("--dry-run --quiet", "--where us --where eu --owner Dana", "--where us"):
        parts.append(f"$ socialpolicy init {words}\n{ran('init', *words.split())[1]}")
    golden("init.txt", "\n".join(parts))


def test_the_policy_reads_well() -> None:
    answers = replace(FERNHILL, places=(Place.US,), owner="Dana Fox", reach="#ask-comms", creators=True)
    golden("init.md", "\n".join(f"---- {f.path}\n{f.text}" for f in starters(answers, DAY) if ".schemas" not in f.path))


def test_without_a_terminal_nothing_is_awaited(tmp_path: Path) -> None:
    reading, writing = os.pipe()  # nobody ever writes into it
    try:
        done = subprocess.run(
            [sys.executable, "-m", "socialpolicy", "init", str(tmp_path)],
            stdin=reading, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT, env=environment(),
        )  # fmt: skip
    finally:
        os.close(reading)
        os.close(writing)
    assert done.returncode == GOOD, done.stderr
    assert "Nobody said otherwise, so these were taken:" in done.stdout
    for option in ("--company", "--id", "--contact", "--where", "--creators", "--official", "--ci", "--pre-commit"):
        assert f"  {option} " in done.stdout
    assert len(list((tmp_path / "policies").iterdir())) == 1


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_on_a_terminal_it_asks_and_asks_again(tmp_path: Path) -> None:
    answers = [
        "a\tb", "Crumb & Co", "../x", "", "Bakery desk", "#ask-bakers", "nobody", "desk@crumb.example", "Ada", "",
        "us, mars", "us, uk", "maybe", "yes", "no", "n", "svn", "gitlab", "no",
    ]  # fmt: skip
    status, shown = typed(["init", str(tmp_path)], answers)
    assert status == GOOD, shown
    for complaint in (
        "U+0009",
        "no id",
        "no e-mail address",
        "mars is not known",
        "write yes or no",
        "svn is not known",
    ):
        assert complaint in shown
    assert sorted(path for path in files_in(tmp_path) if ".schemas" not in path) == [
        ".gitlab-ci.yml", ".socialpolicy.toml", "policies/crumb-co/README.md", "policies/crumb-co/policy.yaml",
        "policies/crumb-co/tests/cases.yaml",
    ]  # fmt: skip
    written: Any = yaml.safe_load((tmp_path / "policies/crumb-co/policy.yaml").read_text("utf-8"))
    assert written["contacts"]["comms"]["reach"] == "#ask-bakers, desk@crumb.example"
    assert [entry["id"] for entry in written["builds_on"]] == [*PACKS[Place.US], *PACKS[Place.UK], LISTED]
    assert "TEAM" not in [rule["id"] for rule in written["rules"]]


@pytest.mark.parametrize("account", ["personal", "official"])
@pytest.mark.parametrize("classification", ["internal", "confidential", "trade_secret", "mnpi"])
@pytest.mark.parametrize("places", [(), (Place.US,), tuple(Place)])
def test_what_is_not_public_does_not_go_out(account: str, classification: str, places: tuple[Place, ...]) -> None:
    policy = loads(
        starters(replace(FERNHILL, places=places, listed=classification == "mnpi" and Place.US in places), DAY)[0].text
    )
    post = {
        "actor.roles": ["social_media_manager"], "account.kind": account, "content.classification": classification,
        "context.approvals": ["comms", "legal"],
    }  # fmt: skip
    assert policy.decide(post, assume="in_examples").outcome.word == "deny"


def test_the_command_for_colleagues_shows_something_to_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_new(tmp_path, starters(FERNHILL, DAY))
    monkeypatch.chdir(tmp_path)
    readme = (tmp_path / "policies" / "fernhill" / "README.md").read_text("utf-8")
    (command,) = re.findall(r"^socialpolicy decide (?:.*\\\n)*.*$", readme, re.M)
    status, told = ran(*shlex.split(command.replace("\\\n", ""))[1:])
    assert (status, told.startswith("Fix first")) == (NO, True), told


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_whoever_names_no_place_hears_that_there_is_no_law(tmp_path: Path) -> None:
    told = "No pack of law then; you can name one later"
    beginning = ["Crumb & Co", "", "", "", "", ""]
    assert told in typed(["init", str(tmp_path)], [*beginning, "", END])[1]
    assert told not in typed(["init", str(tmp_path)], [*beginning, "eu", END])[1]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_on_a_terminal_what_is_there_is_said_at_once(tmp_path: Path) -> None:
    there = [".pre-commit-config.yaml", ".socialpolicy.toml", CI_FILES[CI.GITHUB], "policies/crumb-co/policy.yaml"]
    for path in there:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("mine")
    answers = ["Crumb & Co", "", "crumb", *[""] * 7, "github", "", "yes", ""]
    status, shown = typed(["init", str(tmp_path)], answers)
    assert status == GOOD, shown
    assert shown.count("is there already and is not written over") == 2
    assert "there is a folder policies/crumb-co already" in shown
    assert ".socialpolicy.toml is there already and stays as it is" in shown
    assert all((tmp_path / path).read_text() == "mine" for path in there)
    assert (tmp_path / "policies/crumb/policy.yaml").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_whoever_stops_answering_gets_no_files(tmp_path: Path) -> None:
    status, shown = typed(["init", str(tmp_path)], ["Crumb & Co", END])
    assert status == 130, shown
    assert not files_in(tmp_path)


END = "\x04"  # what a terminal takes for the end of all input


def typed(words: list[str], answers: list[str]) -> tuple[int, str]:
    """Run the command on a terminal of its own, and type an answer whenever it asks."""
    import pty
    import select
    import signal
    import time

    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(sys.executable, [sys.executable, "-m", "socialpolicy", *words], {**environment(), "NO_COLOR": "1"})
    shown, asked, until, waiting = "", "", time.monotonic() + 60, list(answers)
    while time.monotonic() < until:
        ready, _, _ = select.select([terminal], [], [], 1)
        try:
            more = os.read(terminal, 65536).decode("utf-8", "replace") if ready else None
        except OSError:  # the other end is gone
            break
        if more == "":
            break
        shown += more or ""
        so_far = shown.rstrip(" ")
        if waiting and so_far.endswith(":") and so_far != asked:
            asked, answer = so_far, waiting.pop(0)
            os.write(terminal, answer.encode() if answer == END else answer.encode() + b"\n")
    else:
        os.kill(child, signal.SIGKILL)
    _, state = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(state), shown


def test_checks_that_nobody_would_look_for_are_told(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    below, word = tmp_path / "deep" / "er", "not the top of its git repository"
    below.mkdir(parents=True)
    assert f"socialpolicy init {tmp_path}\n" in ran("init", str(below), "--yes", "--id", "a")[1]
    assert (
        word not in ran("init", str(below), "--yes", "--id", "b", "--ci", "none", "--no-pre-commit", "--no-settings")[1]
    )
    assert word not in ran("init", str(tmp_path), "--yes", "--id", "c")[1]


def test_commands_to_copy_are_quoted(tmp_path: Path) -> None:
    told = ran("init", str(tmp_path / "our $(policy)"), "--yes")[1]
    assert f"socialpolicy test '{tmp_path}/our $(policy)/policies'\n" in told


def test_the_settings_are_settings(tmp_path: Path) -> None:
    """As they are written, and with every example in them taken for real."""
    text = next(file.text for file in ALL if file.path == ".socialpolicy.toml")
    assert tomllib.loads(text) == {}
    shown = "\n".join(line[2:] for line in text.splitlines() if re.match(r"# (\[|[a-z-]+ = )", line))
    (tmp_path / ".socialpolicy.toml").write_text(shown, "utf-8")
    chosen = configuring.configuration(tmp_path / ".socialpolicy.toml")
    assert (len(chosen.levels), len(chosen.waivers)) == (1, 1)


def test_a_dry_run_shows_all_and_writes_nothing(tmp_path: Path) -> None:
    status, told = ran(
        "init", str(tmp_path / "new"), "--dry-run", "--yes", "--id", "fernhill", "--company", FERNHILL.company
    )
    assert status == GOOD
    assert not (tmp_path / "new").exists()
    for file in starters(FERNHILL, DAY):
        assert f"  {file.path} " in told
        if ".schemas" not in file.path:
            assert file.text in told


# -- what other programs read ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=list(CI))
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[CI, Path]:
    folder = tmp_path_factory.mktemp("written")
    write_new(folder, starters(replace(FERNHILL, ci=request.param), DAY))
    return request.param, folder


def program(name: str, *words: str) -> None:
    """Run a program that stands beside Python."""
    found = Path(sys.executable).parent / name
    assert found.exists(), f"{name} is missing: pip install -e '.[dev]'"
    done = subprocess.run([str(found), *words], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_services_understand_their_files(written: tuple[CI, Path]) -> None:
    service, folder = written
    workflow, gitlab = folder / ".github/workflows/socialpolicy.yml", folder / ".gitlab-ci.yml"
    assert (workflow.exists(), gitlab.exists()) == (service is CI.GITHUB, service is CI.GITLAB)
    if service is CI.GITHUB:
        program("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(workflow))
        program("zizmor", "--offline", "--no-progress", "--persona", "pedantic", str(workflow))
    if service is CI.GITLAB:
        program("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(gitlab))


def test_the_job_for_gitlab_is_the_documented_one() -> None:
    """Where the template is included, the newest release checks; where it is written, the one that wrote it."""
    template = yaml.safe_load((ROOT / "templates" / "gitlab-ci.yml").read_text("utf-8"))
    template["socialpolicy"]["variables"]["SOCIALPOLICY_PACKAGE"] = f"socialpolicy=={__version__}"
    assert yaml.safe_load(filled("gitlab.yaml", values_of(FERNHILL, DAY))) == template


def test_the_workflow_gives_what_the_action_takes() -> None:
    inputs = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    step = yaml.safe_load(filled("github.yaml", values_of(FERNHILL, DAY)))["jobs"]["policy"]["steps"][1]
    assert set(step["with"]) <= set(inputs)


def test_the_hooks_are_those_of_the_project() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    chosen = yaml.safe_load(filled("pre-commit.yaml", values_of(FERNHILL, DAY)))["repos"][0]["hooks"]
    assert {hook["id"] for hook in chosen} <= {hook["id"] for hook in hooks}


def test_the_editor_finds_its_schemas(tmp_path: Path) -> None:
    write_new(tmp_path, ALL)
    home = tmp_path / "policies" / "fernhill"
    named = {}
    for path in (home / "policy.yaml", home / "tests" / "cases.yaml"):
        text = path.read_text("utf-8")
        found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
        assert found, path
        named[path.relative_to(tmp_path).as_posix()] = (path.parent / found[1]).resolve()
        jsonschema.validate(yaml.safe_load(text), json.loads((path.parent / found[1]).read_text("utf-8")))
    of_settings = json.loads((tmp_path / ".vscode" / "settings.json").read_text("utf-8"))["yaml.schemas"]
    for schema, pattern in of_settings.items():
        (file,) = tmp_path.glob(pattern)
        assert named[file.relative_to(tmp_path).as_posix()] == (tmp_path / schema).resolve()
