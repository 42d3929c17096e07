"""Every format of what the commands find: pinned, read back by those who read it, and the same bytes everywhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from junitparser import Error, Failure, JUnitXml

from npm_help import installed
from reports_help import COMMANDS, DAY, FORMATS, SHOP, every_format, repository
from socialpolicy import __version__
from socialpolicy.cli.main import run
from socialpolicy.loading.findings import Finding, Level, Place, visible
from socialpolicy.reporting import formats
from socialpolicy.reporting.places import from_top
from socialpolicy.reporting.report import Check, Located, Report, located
from socialpolicy.reporting.writing import Block, Listing, Paragraph, one_line
from strategies import EXAMPLES

GOLDEN = Path(__file__).parent / "golden"
PAGES = Path(formats.__file__).parent.parent / "pages"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def written(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What each command writes in each format, in one run."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(repo)
        for command, (status, arguments) in COMMANDS.items():
            folder = tmp_path_factory.mktemp(command)
            assert run([*arguments, *every_format(folder)]) == status, command
            found[command] = {name: (folder / end).read_text("utf-8") for name, end in FORMATS.items()}
    return found


# -- pinned --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("command", COMMANDS)
def test_golden(command: str, name: str, written: dict[str, dict[str, str]]) -> None:
    """The same findings in every format. ``UPDATE_GOLDEN=1`` writes them anew, to be read in the diff."""
    text = settled(written[command][name], name)
    file = GOLDEN / f"report-{command}.{FORMATS[name]}"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text("utf-8")


def settled(text: str, name: str) -> str:
    """An answer without what changes for other reasons: the program's version, digests, pages on findings, the style sheet."""
    if name == "sarif":
        data = json.loads(text)
        for rule in data["runs"][0]["tool"]["driver"]["rules"]:
            page = (PAGES / f"{rule['id']}.md").read_text("utf-8")
            assert rule["help"] == {"text": page, "markdown": page}
            assert rule["shortDescription"]["text"] in page
            rule["help"], rule["shortDescription"] = {"text": "…"}, {"text": "…"}
        text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    text = re.sub(r"<style>.*?</style>", "<style>…</style>", text, flags=re.DOTALL)
    text = re.sub(r"sha256:[0-9a-f]{64}", "sha256:…", text)
    text = re.sub(r"(base|head) [0-9a-f]{4}…[0-9a-f]{4}", r"\1 0000…0000", text)
    return text.replace(__version__, "VERSION") if name in ("json", "sarif", "markdown", "html") else text


def test_all_formats_tell_of_the_same_findings(written: dict[str, dict[str, str]]) -> None:
    """A finding that one format left out would be one that nobody sees who reads that format."""
    for command, texts in written.items():
        told = json.loads(texts["json"])["findings"]
        open_ones = [one for one in told if one["accepted"] is None]
        results = json.loads(texts["sarif"])["runs"][0]["results"]
        assert Counter(one["id"] for one in told) == Counter(one["ruleId"] for one in results), command
        assert {one["fingerprint"] for one in told} == {
            one["partialFingerprints"]["socialpolicy/v1"] for one in results
        }
        quality = json.loads(texts["gitlab"])
        assert {one["fingerprint"] for one in quality} == {one["fingerprint"] for one in open_ones}
        annotated = Counter(one.properties["title"] for one in commands_in(texts["github"]))
        assert annotated == Counter(one["id"] for one in open_ones), command
        for one in told:
            assert one["id"] in texts["junit"], (command, one["id"])
            assert command in ("diff", "check") or one["id"] in texts["markdown"]
            assert command in ("diff", "check") or one["id"] in texts["html"]


# -- the same bytes everywhere -------------------------------------------------------------------------------------------

DRIVER = """
import os, sys
real = os.scandir

class Scanned:  # the other way round
    def __init__(self, *given): self.found = real(*given)
    def __enter__(self): return iter(sorted(self.found, key=lambda one: one.name, reverse=BACKWARD))
    def __exit__(self, *_): self.found.close()
    def __iter__(self): return self.__enter__()
    def close(self): self.found.close()

BACKWARD = sys.argv[1] == "backward"
listed = os.listdir
os.scandir, os.listdir = Scanned, lambda *given: sorted(listed(*given), reverse=BACKWARD)
from socialpolicy.cli.main import run
sys.exit(max(run(line.split("\\t")) for line in sys.stdin.read().splitlines()))
"""
SURROUNDINGS = {
    "plain": {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0",
              "PYTHONUTF8": "0", "COLUMNS": "20"},
    "wide": {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "COLUMNS": "300"},
    "german": {"PYTHONHASHSEED": "3", "TZ": "Europe/Berlin", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"},
}  # fmt: skip


def in_surroundings(name: str, here: Path, arguments: list[list[str]], order: str) -> None:
    """Run commands in a process of their own, in which much is otherwise."""
    there = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "PYTHONDONTWRITEBYTECODE": "1"}
    path = os.pathsep.join(filter(None, sys.path))
    lines = "\n".join("\t".join(one) for one in arguments)
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, order], input=lines, env=there | {"PYTHONPATH": path} | SURROUNDINGS[name],
        cwd=here, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("name", "order"), [("plain", "backward"), ("wide", "forward")])
def test_the_same_bytes_whatever_the_surroundings(
    name: str, order: str, repo: Path, written: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """Neither hash seed, time zone, locale, width nor the order of files on the disk shows in a report."""
    for command in COMMANDS:
        (tmp_path / command).mkdir()
    calls = [[*arguments, *every_format(tmp_path / command)] for command, (_, arguments) in COMMANDS.items()]
    in_surroundings(name, repo, calls, order)
    for command, texts in written.items():
        for kind, end in FORMATS.items():
            assert (tmp_path / command / end).read_bytes() == texts[kind].encode(), (command, kind)


def test_the_same_places_from_another_folder(repo: Path, written: dict[str, dict[str, str]], tmp_path: Path) -> None:
    """Forges and editors name files from the top of the repository, wherever the command was called."""
    for command in COMMANDS:
        (tmp_path / command).mkdir()
    calls = []
    for command, (_, arguments) in COMMANDS.items():
        moved = [re.sub(r"^policies/?", "", one) or "." for one in arguments]
        moved = [f"../{one}" if one in ("accounts.yaml", "actions.jsonl") else one for one in moved]
        calls.append([*moved, *every_format(tmp_path / command)])
    in_surroundings("german", repo / "policies", calls, "backward")
    for command, texts in written.items():
        read = {kind: (tmp_path / command / end).read_text("utf-8") for kind, end in FORMATS.items()}
        for kind in ("github", "gitlab", "sarif"):
            assert read[kind] == texts[kind], (command, kind)
        assert json.loads(read["json"])["findings"] == json.loads(texts["json"])["findings"]
        if command != "check":  # whose marker names what was asked for
            assert read["markdown"] == texts["markdown"]
            assert read["html"] == texts["html"]
        assert places(read["junit"]) == places(texts["junit"])


def test_names_are_the_same_in_every_locale(tmp_path: Path) -> None:
    """A system that is set to plain ASCII takes the bytes of a name for something else; a forge does not."""
    (tmp_path / "café").mkdir()
    (tmp_path / "café" / "über uns.yaml").write_text("socialpolicy: 1\n", encoding="utf-8")
    for name in SURROUNDINGS:
        in_surroundings(
            name, tmp_path, [["validate", "café", "-f", f"sarif:{name}.sarif", "-f", f"gitlab:{name}"]], "forward"
        )
        assert json.loads((tmp_path / name).read_text("utf-8"))[0]["location"]["path"] == "café/über uns.yaml"
        assert "caf%C3%A9/%C3%BCber%20uns.yaml" in (tmp_path / f"{name}.sarif").read_text("utf-8")


def places(junit: str) -> list[tuple[str, str]]:
    return re.findall(r' file="([^"]*)" line="(\d+)"', junit)


# -- drawn reports -------------------------------------------------------------------------------------------------------

NASTY = [
    "::error::x", "##[set-output name=a]b", "a%0A::warning::b", "100%", "a,b:c;d", "\r\n::stop-commands::x", "]]>", "<b>&amp;",
    "\x00\x08\x1b[31m", "\ufffe\uffff", "\u202etxt.exe", "\u2028", "\udcc3", "", " ", "a" * 500, "é ü 🔺", "line 7", "\\", '"',
]  # fmt: skip
FILES = [
    "policies/shop/policy.yaml", "", "-", "HEAD:policies/shop/policy.yaml", "HEAD~1:./x.yaml", "main@{1 day ago}:a.yaml",
    "shop@1.0.0", "C:\\policies\\a.yaml", "C:/policies/a.yaml", "a b.yaml", "a,b=c.yaml", "a::b.yaml", "ü/é.yaml", "100%.yaml", "a,b:c.yaml", "#x?.yaml",
    "../outside.yaml", "/nowhere/x.yaml", "[a].yaml", "\udcff.yaml", "//host/x.yaml", "a\nb.yaml", "%41.yaml", "http://x/y",
]  # fmt: skip
IDS = sorted(page.stem for page in PAGES.glob("*.md"))
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=30), st.text(st.characters(), max_size=5))
names = st.one_of(st.sampled_from(FILES), st.text(st.characters(codec="utf-8"), max_size=12))
numbers = st.integers(1, 50)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    """Any finding, in any words, about any file."""
    line, column = draw(numbers), draw(numbers)
    return Finding(
        draw(st.sampled_from(IDS)), draw(texts), draw(names), line, column, column + draw(numbers), draw(texts),
        draw(st.sampled_from(Level)), draw(texts), draw(st.sampled_from([0, line, line + 3])), draw(texts),
        tuple(draw(st.lists(st.builds(Place, names, numbers, texts), max_size=2))), draw(st.sampled_from(["", *NASTY])),
    )  # fmt: skip


checks = st.builds(
    Check, st.sampled_from(["validate", "test a", *NASTY]), texts, names, numbers,
    st.lists(findings(), max_size=3).map(tuple), st.sampled_from(["", "", "not all could be told"]),
)  # fmt: skip


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Any report; a few findings are about nothing that was looked at."""
    looked = tuple(draw(st.lists(checks, max_size=4)))
    found = tuple(one for check in looked for one in check.findings) + tuple(draw(st.lists(findings(), max_size=3)))
    fails_at = draw(st.sampled_from(Level))
    return Report("test", draw(st.integers(0, 3)), draw(texts), found, looked, fails_at=fails_at)


@st.composite
def whole_reports(draw: st.DrawFn) -> Located:
    """A report of one command, or of several that ``check`` put together."""
    parts = tuple(draw(st.lists(reports(), max_size=2)))
    one = draw(reports())
    if parts:
        every = tuple(dict.fromkeys(finding for part in parts for finding in part.findings))
        one = replace(one, findings=every, checks=tuple(check for part in parts for check in part.checks), parts=parts)
    return located(one)


@settings(max_examples=EXAMPLES)  # with what `strategies` says of all laws
@given(whole_reports())
def test_every_format_can_be_written_of_anything(found: Located) -> None:
    """No text that an author or a file system comes up with keeps a report from being written, whole and as UTF-8."""
    for render in formats.FORMATS.values():
        assert render(found).encode("utf-8", "backslashreplace").decode("utf-8").endswith("\n")
    assert len(json.loads(formats.as_json(found))["findings"]) == len(found.findings)


# -- sarif ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sarif_schema() -> Draft7Validator:
    """What GitHub's own checks of SARIF start from."""
    folder = installed("@microsoft/jest-sarif", "1.0.0-beta.0")
    schema = json.loads((folder / "lib" / "schemas" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def test_sarif_is_valid(sarif_schema: Draft7Validator, written: dict[str, dict[str, str]]) -> None:
    for command, texts in written.items():
        sarif_schema.validate(json.loads(texts["sarif"]))
        assert json.loads(texts["sarif"])["runs"][0]["results"], command


def test_the_schema_of_sarif_is_not_lax(sarif_schema: Draft7Validator, written: dict[str, dict[str, str]]) -> None:
    data = json.loads(written["check"]["sarif"])
    data["runs"][0]["results"][0]["message"] = "a bare string"
    assert not sarif_schema.is_valid(data)


def test_any_sarif_is_valid(sarif_schema: Draft7Validator) -> None:
    """Forges refuse a whole file for one thing in it: a bare string, an absolute path, an index too far."""

    @given(whole_reports())
    def law(found: Located) -> None:
        data = json.loads(formats.sarif(found))
        sarif_schema.validate(data)
        run_of = data["runs"][0]
        rules = [rule["id"] for rule in run_of["tool"]["driver"]["rules"]]
        told = [*run_of["results"], *run_of["invocations"][0]["toolExecutionNotifications"]]
        assert len(told) == len(dict.fromkeys(found.findings))
        assert run_of["invocations"][0]["executionSuccessful"] is (found.report.status < 2)
        prints = [one["partialFingerprints"]["socialpolicy/v1"] for one in run_of["results"]]
        assert len(set(prints)) == len(prints)
        for one in run_of["results"]:
            assert rules[one["ruleIndex"]] == one["ruleId"]
            for place in [*one.get("locations", []), *one.get("relatedLocations", [])]:
                uri = place["physicalLocation"]["artifactLocation"]["uri"]
                assert re.fullmatch(r"(file:///)?([A-Za-z0-9._~/-]|%[0-9A-F]{2})*", uri), uri
                assert uri.startswith("file:///") or not uri.startswith("/")

    law()


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("policies/shop/policy.yaml", "policies/shop/policy.yaml"),
        ("./policies/../policies/shop/policy.yaml", "policies/shop/policy.yaml"),
        ("HEAD:policies/shop/policy.yaml", "policies/shop/policy.yaml"),
        ("main@{1 day ago}:a b.yaml", "a%20b.yaml"),
        ("shop@1.0.0", "shop%401.0.0"),
        ("C:\\policies\\a.yaml", "C%3A%5Cpolicies%5Ca.yaml"),
        ("ü/100%.yaml", "%C3%BC/100%25.yaml"),
        ("\udcff.yaml", "%FF.yaml"),
        ("-", None),
    ],
)
def test_where_sarif_says_a_file_is(
    file: str, expected: str | None, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo)
    found = located(Report("validate", 1, "", (Finding("empty-file", "it is empty.", file),)))
    result = json.loads(formats.sarif(found))["runs"][0]["results"][0]
    places = [place["physicalLocation"]["artifactLocation"]["uri"] for place in result.get("locations", [])]
    assert places == ([expected] if expected else [])


def test_a_file_outside_the_repository_is_named_by_its_whole_path(repo: Path, tmp_path: Path) -> None:
    assert from_top(str(tmp_path / "x.yaml"), repo) == str(tmp_path / "x.yaml")
    assert unquote(formats.uri("/a b/x.yaml")) == "file:///a b/x.yaml"


def test_a_file_for_git_marks_the_top_as_a_folder_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is in a work tree, and in a submodule."""
    (tmp_path / "policies").mkdir()
    (tmp_path / ".git").write_text("gitdir: elsewhere\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "policies")
    (finding,) = located(Report("validate", 1, "", (Finding("tag", "It is so.", "a.yaml"),))).findings
    assert finding.file == "policies/a.yaml"


# -- junit ---------------------------------------------------------------------------------------------------------------


@given(whole_reports())
def test_junit_is_read_back(found: Located) -> None:
    """Whoever reads the XML counts what the report counts, and what failed the command fails there."""
    text = formats.junit(found)
    read = JUnitXml.fromstring(text.encode("utf-8"))
    expected = list(expected_cases(found.report))
    cases = [case for suite in read for case in suite]
    assert Counter((visible(suite), visible(name), state) for suite, name, state in expected) == Counter(
        (case.classname, case.name, state_of(case.result)) for case in cases
    )
    kinds = Counter(state for *_, state in expected)
    assert (read.tests, read.failures, read.errors) == (len(expected), kinds["failure"], kinds["error"])
    for suite in read:
        states = Counter(state_of(case.result) for case in suite)
        assert (suite.tests, suite.failures, suite.errors) == (len(list(suite)), states["failure"], states["error"])


def expected_cases(report: Report) -> Iterator[tuple[str, str, str]]:
    """The suite, name and state of each case: what was looked at, and findings about nothing of it."""
    for part in report.parts or (report,):
        for check in part.checks:
            failing = any(one.level >= part.fails_at and not one.accepted for one in check.findings)
            yield check.suite, check.name, "failure" if failing else "error" if check.open else ""
        here = located(part)
        for one in dict.fromkeys(here.findings):
            if not any(one in check.findings for check in here.checks):
                failing = one.level >= part.fails_at and not one.accepted
                state = "error" if one.id == "could-not-run" else "failure" if failing else ""
                yield part.command, one.id, state


def state_of(results: list[Any]) -> str:
    kinds = [one for one in results if isinstance(one, Failure | Error)]
    assert len(kinds) <= 1
    return type(kinds[0]).__name__.lower() if kinds else ""


def test_junit_of_the_scenario(written: dict[str, dict[str, str]]) -> None:
    """A command that failed has failures, at the level from which it fails: of lint that is a warning."""
    for command, texts in written.items():
        read = JUnitXml.fromstring(texts["junit"].encode())
        assert read.failures, command
    lint = [suite for suite in JUnitXml.fromstring(written["check"]["junit"].encode()) if suite.name == "lint"]
    assert [suite.failures for suite in lint] == [1]


# -- github --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Command:
    """A workflow command, as GitHub's runner reads it."""

    name: str
    properties: dict[str, str]
    data: str


REGISTERED = (
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice", "remove-matcher",
    "save-state", "set-env", "set-output", "stop-commands", "warning",
)  # fmt: skip


def commands_in(text: str) -> list[Command]:
    """The commands in the output of a step, by the rules of the runner: ``::`` begins a line, ``##[`` may stand in it."""
    return [found for line in re.split(r"\r\n|\r|\n", text) if (found := command_in(line)) is not None]


def command_in(line: str) -> Command | None:
    """The command of one line, if it is one."""
    start = line.lstrip()
    if start.startswith("::") and (end := start.find("::", 2)) >= 0:
        name, _, rest = start[2:end].partition(" ")
        if name in REGISTERED:
            pairs = (one.split("=", 1) for one in rest.strip().split(",") if one)
            properties = {pair[0]: unescaped(pair[1], colons=True) for pair in pairs if len(pair) == 2 and pair[1]}
            return Command(name, properties, unescaped(start[end + 2 :]))
    begin = line.find("##[")
    end = line.find("]", begin)
    if begin >= 0 and end >= 0 and line[begin + 3 : end].partition(" ")[0] in REGISTERED:
        return Command(line[begin + 3 : end].partition(" ")[0], {}, line[end + 1 :])
    return None


def unescaped(text: str, *, colons: bool = False) -> str:
    for code, sign in (("%0D", "\r"), ("%0A", "\n"), *((("%3A", ":"), ("%2C", ",")) if colons else ()), ("%25", "%")):
        text = text.replace(code, sign)
    return text


@given(whole_reports())
@example(located(Report("test", 1, "##[stop-commands]x", (Finding("tag", "x,y:%0A", "a,b%3A.yaml"),))))
def test_annotations_are_read_back(found: Located) -> None:
    """No text becomes a command of its own; each annotation says what its finding says, and where."""
    text = formats.github(found)
    read = commands_in(text)
    lines = text.removesuffix("\n").split("\n")
    assert len(read) == len(lines) - 1
    assert command_in(lines[-1]) is None
    assert {one.name for one in read} <= {"error", "warning", "notice"}
    mine = [one for one in dict.fromkeys(found.findings) if not one.accepted]
    shown = [one for one in read if "title" in one.properties]
    for level, name in ((Level.ERROR, "error"), (Level.WARNING, "warning"), (Level.INFO, "notice")):
        of_level = [one for one in mine if one.level is level]
        drawn = [one for one in shown if one.name == name]
        assert len(drawn) == (len(of_level) if len(of_level) <= 10 else 9)
        for finding, told in zip(of_level, drawn, strict=False):
            place = f"{visible(finding.file)}:{finding.line}:{finding.column}: " if finding.file else ""
            assert told.data.startswith(place + one_line(finding.message).rstrip())
            assert told.properties["title"] == finding.id
            assert told.properties.get("file", "") == visible(finding.file)
            if finding.file:
                assert told.properties["line"] == str(finding.line)
                assert told.properties["endLine"] == str(finding.last_line)
                assert ("col" in told.properties) is (finding.last_line == finding.line)


def test_no_name_ends_a_property() -> None:
    """Where the runner splits, a name has nothing to split at."""
    found = Finding("tag", "100%: a, b", "a::b,c:d%3A.yaml", 3, 2, 5)
    assert formats.annotation(found) == (
        "::error file=a%3A%3Ab%2Cc%3Ad%253A.yaml,line=3,endLine=3,col=2,endColumn=5,title=tag"
        "::a::b,c:d%253A.yaml:3:2: 100%25: a, b"
    )


def test_every_format_knows_where_a_finding_of_several_lines_ends() -> None:
    found = located(Report("validate", 1, "", (Finding("tag", "It is so.", "a.yaml", 3, 5, 9, end_line=7),)))
    (told,) = [one.properties for one in commands_in(formats.github(found))]
    assert told == {"file": "a.yaml", "line": "3", "endLine": "7", "title": "tag"}
    assert json.loads(formats.gitlab(found))[0]["location"]["lines"] == {"begin": 3, "end": 7}
    (result,) = json.loads(formats.sarif(found))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 3, "startColumn": 5, "endLine": 7, "endColumn": 9,
    }  # fmt: skip


@pytest.mark.parametrize(("count", "shown"), [(9, 9), (10, 10), (11, 9), (1234, 9)])
def test_no_more_annotations_than_github_shows(count: int, shown: int) -> None:
    """Ten of a level is what it shows of a step; where there are more, the tenth says how many."""
    found = [Finding("tag", f"number {number}", "a.yaml", number) for number in range(1, count + 1)]
    found += [Finding("tag", "only one", "a.yaml", level=Level.WARNING)]
    read = commands_in(formats.github(located(Report("validate", 1, "", tuple(found)))))
    errors = [one for one in read if one.name == "error"]
    assert sum("title" in one.properties for one in errors) == shown
    assert len(errors) <= 10
    assert sum(one.name == "warning" for one in read) == 1
    rest = [one.data for one in errors if "title" not in one.properties]
    assert [int(text.split(" ")[0].replace(",", "")) for text in rest] == ([count - shown] if count > shown else [])


# -- gitlab --------------------------------------------------------------------------------------------------------------


@given(whole_reports())
def test_code_quality_has_what_gitlab_needs(found: Located) -> None:
    entries = json.loads(formats.gitlab(found))
    mine = [one for one in dict.fromkeys(found.findings) if not one.accepted]
    assert [one["check_name"] for one in entries] == [one.id for one in mine]
    prints = [one["fingerprint"] for one in entries]
    assert len(set(prints)) == len(prints)
    for one in entries:
        assert set(one) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["description"]
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert one["location"]["path"]
        assert not one["location"]["path"].startswith("./")
        assert 1 <= one["location"]["lines"]["begin"] <= one["location"]["lines"]["end"]


# -- pages ---------------------------------------------------------------------------------------------------------------


def test_what_is_accepted_is_no_row_of_a_page() -> None:
    """A page shows what is to be done; programs are told of both."""
    mine = Finding("tag", "It is so.", "a.yaml"), Finding("alias", "It is well.", "a.yaml", accepted="by comms")
    found = located(Report("validate", 1, "", mine))
    for page in (formats.as_markdown(found), formats.as_html(found)):
        assert ("<code>tag</code>" in page, "<code>alias</code>" in page) == (True, False)
    assert [one["id"] for one in json.loads(formats.as_json(found))["findings"]] == ["tag", "alias"]


def letters(blocks: Sequence[Block]) -> str:
    """Blocks as nothing but their text."""
    return "".join(
        block.text if isinstance(block, Listing) else "".join(words.text for words in block.line)
        for block in blocks
        if isinstance(block, Listing | Paragraph)
    )


@pytest.mark.parametrize("blocks", [1, 2, 150])
def test_a_page_is_as_long_as_it_may_be_and_never_longer(blocks: int) -> None:
    """A row is a letter here, and so is a block: all that fits is there, to the last letter."""

    def build(rows: int) -> list[Block]:
        return [*[Listing("b")] * blocks, Listing("r" * rows)]

    least = len(f"b0 of {blocks + 1} parts of this report are shown; the full report has them all.")
    for at_most in (*range(least, blocks + 2), *range(990, blocks + 1003)):
        text = formats.fitted(build, letters, at_most)
        assert len(text) <= at_most
        if at_most >= blocks:
            assert text == "b" * blocks + "r" * min(at_most - blocks, formats.ROWS)
        else:
            assert re.fullmatch(r"b+\d+ of \d+ parts of this report are shown; the full report has them all\.", text)
            assert len(text) >= at_most - 1  # one block more may be a digit more


# -- fingerprints --------------------------------------------------------------------------------------------------------

few = st.builds(
    Finding, st.sampled_from(["tag", "alias"]), st.sampled_from(["a", "b; the first is on line 7"]),
    st.sampled_from(["a.yaml", "b.yaml"]), numbers, key=st.sampled_from(["", "", "k"]), text=st.sampled_from(["", " x", "y"]),
)  # fmt: skip


@given(st.lists(few, max_size=8), st.integers(1, 1000))
def test_fingerprints_stay_when_lines_move(found: list[Finding], lines: int) -> None:
    """A forge shows what is new by them: what only moved down is not new, and no two findings are taken for one."""
    found.sort(key=lambda one: one.line)
    moved = [
        replace(one, line=one.line + lines, message=one.message.replace("line 7", f"line {7 + lines}"), text=f"  {one.text}")
        for one in found
    ]  # fmt: skip
    before, after = (located(Report("validate", 1, "", tuple(every))) for every in (found, moved))
    assert [before.fingerprints[one] for one in before.findings] == [after.fingerprints[one] for one in after.findings]
    assert len(set(before.fingerprints.values())) == len(set(before.findings))


def test_fingerprints_of_every_command_stay_when_lines_are_inserted(
    written: dict[str, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = repository(tmp_path / "moved")
    for file in [*repo.rglob("*.yaml"), repo / ".socialpolicy.toml"]:
        file.write_text("# One more line,\n# and another\n\n" + file.read_text("utf-8"), encoding="utf-8")
    monkeypatch.chdir(repo)
    for command, (status, arguments) in COMMANDS.items():
        assert run([*arguments, "-f", f"json:{tmp_path / command}"]) == status
        before, after = (
            json.loads(text)["findings"] for text in (written[command]["json"], (tmp_path / command).read_text("utf-8"))
        )
        assert [one["fingerprint"] for one in before] == [one["fingerprint"] for one in after], command
        assert [one["line"] for one in before] != [one["line"] for one in after]


# -- many formats in one run ---------------------------------------------------------------------------------------------


def test_the_exit_status_is_the_same_in_every_format(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo)
    for status, arguments in ((1, COMMANDS["validate"][1]), (0, ["validate", SHOP]), (1, COMMANDS["lint"][1])):
        assert {run([*arguments, "-f", name]) for name in FORMATS} == {status}


BROKEN = {
    "test": (["test", "policies/broken.yaml"], "unknown-fact"),
    "diff": (["diff", SHOP, "--against", "nowhere"], "could-not-run"),
    "prove": (["prove", "policies/harbour"], "could-not-run"),
    "lint": (["lint", "policies/broken.yaml"], "unknown-fact"),
    "check": (["check", SHOP, "--against", "nowhere", "--at", DAY], "could-not-run"),
}
"""Commands that cannot do their work, and what they say."""


@pytest.mark.parametrize("command", BROKEN)
def test_what_could_not_be_done_looks_like_it_in_every_format(
    command: str, repo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A report without a finding reads as one of success, so there is none where nothing could be told."""
    arguments, id = BROKEN[command]
    monkeypatch.chdir(repo)
    assert run([*arguments, *every_format(tmp_path)]) == 2
    text = {name: tmp_path / end for name, end in FORMATS.items()}
    read = {name: file.read_text("utf-8") for name, file in text.items() if file.exists()}
    assert set(FORMATS) - set(read) <= {"text"}
    data = json.loads(read["json"])
    assert data["status"] == 2
    assert id in {one["id"] for one in data["findings"]}
    junit = JUnitXml.fromstring(read["junit"].encode())
    assert junit.errors + junit.failures
    assert id in {one["check_name"] for one in json.loads(read["gitlab"])}
    invocation = json.loads(read["sarif"])["runs"][0]["invocations"][0]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 2)
    assert id in read["sarif"]
    assert id in {one.properties["title"] for one in commands_in(read["github"]) if one.name == "error"}
    assert id in read["markdown"]
    assert id in read["html"]
    titles = re.search(r"^## (.*)$", read["markdown"], re.MULTILINE), re.search(r"<h1>(.*?)</h1>", read["html"])
    assert [title and title[1] for title in titles] == [f"⚠️ socialpolicy {command}"] * 2


def test_files_are_written_together_or_not_at_all(
    repo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that is missing is found before any work; and what an author wrote is written over by nothing."""
    monkeypatch.chdir(repo)
    good = ["-f", f"json:{tmp_path / 'one.json'}"]
    assert run(["validate", "policies", *good, "-f", f"junit:{tmp_path / 'none' / 'x.xml'}"]) == 2
    assert "no folder" in capsys.readouterr().err
    for file in (f"{SHOP}/policy.yaml", f"{SHOP}/tests/sale.yaml", "accounts.yaml", ".socialpolicy.toml", "policies"):
        before = Path(file).read_bytes() if Path(file).is_file() else b""
        assert run(["validate", "policies", *good, "-f", f"html:{file}"]) == 2, file
        assert not before or Path(file).read_bytes() == before
    assert run(["validate", "policies", *good, "-f", f"html:{tmp_path / 'one.json'}"]) == 2
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_where_one_format_fails(repo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A bug in one format leaves the files of an earlier run as they were."""
    monkeypatch.chdir(repo)
    (tmp_path / "json").write_text("of an earlier run", encoding="utf-8")

    def broken(_: Located) -> str:
        raise OSError("the disk is full")

    monkeypatch.setitem(formats.FORMATS, "sarif", broken)
    assert run(["validate", "policies", "-f", f"json:{tmp_path / 'json'}", "-f", f"sarif:{tmp_path / 'sarif'}"]) == 2
    assert (tmp_path / "json").read_text("utf-8") == "of an earlier run"
    assert [file.name for file in tmp_path.iterdir()] == ["json"]


def test_a_report_is_written_over_its_last_one(repo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The folded lines to copy look like a configuration; the page is ours all the same."""
    monkeypatch.chdir(repo)
    status, arguments = COMMANDS["diff"]
    for _ in range(2):
        assert run([*arguments, *every_format(tmp_path)]) == status
    assert "[[waive]]" in (tmp_path / "md").read_text("utf-8")


def test_a_report_goes_where_a_link_leads(repo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The link stays one: who reads by the other name reads the new report."""
    monkeypatch.chdir(repo)
    (tmp_path / "kept").mkdir()
    (tmp_path / "latest.json").symlink_to(tmp_path / "kept" / "real.json")
    for command in ("prove", "validate"):
        assert run([*COMMANDS[command][1], "-f", f"json:{tmp_path / 'latest.json'}"]) == COMMANDS[command][0]
        assert (tmp_path / "latest.json").is_symlink()
        assert json.loads((tmp_path / "kept" / "real.json").read_text("utf-8"))["command"] == command
