"""Every command takes every kind of source: what it says of a revision is what it says of the same files on disk."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from releases_help import folder_with, text
from socialpolicy.cli.main import run
from test_sources import commit, git, repository

__all__ = ["repository"]  # a fixture


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = run(list(words))
    captured = capsys.readouterr()
    return status, re.sub(r"\d+\.\d+ s\b", "0.0 s", captured.out + captured.err)


@pytest.mark.parametrize(
    "command",
    [["validate"], ["test"], ["test", "--coverage"], ["prove"], ["lint"], ["check"], ["validate", "-f", "json"]],
)
@pytest.mark.parametrize("source", ["policies", "policies/acme", "policies/acme/policy.yaml"])
def test_of_a_revision_the_same_is_said_as_of_its_files(
    repository: Path, capsys: pytest.CaptureFixture[str], command: list[str], source: str
) -> None:
    folder_with(Path("policies/other"), text("3.0.0").replace("id: acme", "id: other"), "cases_for: other\nassume: nothing\ncases:\n  - {id: X-1, facts: {secret: true}, expect: allow}\n")  # fmt: skip
    commit("more")
    told = [said(capsys, *command, name) for name in (source, f"HEAD:{source}")]
    assert told[1][0] == told[0][0]
    assert told[1][1].replace("HEAD:", "") == told[0][1]
    assert told[0][1]


def test_what_is_wrong_in_a_revision_is_found_there(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("policies/acme/tests/cases.yaml").write_text("cases_for: acme\nassume: nothing\ncases:\n  - {id: A, facts: {loud: true}, expect: {because: [nope]}}\n")  # fmt: skip
    frozen = Path("policies/acme/releases/1.0.0.yaml")
    frozen.write_text(frozen.read_text("utf-8") + "#\n", "utf-8")
    commit("wrong")
    git("checkout", "--quiet", "HEAD~1")
    status, told = said(capsys, "validate", "main:policies")
    assert status == 1
    assert re.findall(r"^(main:\S+?):\d+:\d+: error: (\S+):", told, re.M) == [
        ("main:policies/acme/releases/1.0.0.yaml", "frozen-file-changed"),
        ("main:policies/acme/tests/cases.yaml", "unknown-rule"),
    ]
    assert said(capsys, "test", "main:policies")[0] == 2
    assert said(capsys, "validate", "main:policies/acme/releases/1.0.0.yaml")[0] == 1


def test_a_release_is_a_source(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = said(capsys, "validate", "acme@1.0.0")
    assert (status, told.splitlines()[0]) == (0, "1 file checked: no findings.")
    for command in ("prove", "lint", "timeline"):
        assert said(capsys, command, "acme@2.0.0")[0] in (0, 1)
    assert said(capsys, "validate", "acme@9")[0] == 2
    assert said(capsys, "test", "acme@1.0.0")[0] == 2  # it has no cases: its draft has


@pytest.mark.parametrize("command", ["release", "fmt", "read"])
def test_what_works_on_files_alone_says_so(repository: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    status, told = said(capsys, command, *(["policies/acme"] if command == "read" else []), "HEAD:policies/acme")
    assert status == 2
    assert "a revision or a release cannot be given here" in told


def test_new_and_gone_policies_are_said(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder_with(Path("policies/other"), text("3.0.0").replace("id: acme", "id: other"))
    assert said(capsys, "diff", "policies", "--against", "HEAD")[0] == 0
    status, told = said(capsys, "diff", "policies", "--against", "HEAD", "-f", "json")
    assert status == 0
    assert {one["policy"]["id"] if isinstance(one["policy"], dict) else one["policy"]: one.get("only") for one in json.loads(told)["result"]}["other"] == "new"  # fmt: skip
    assert said(capsys, "diff", "policies", "--against", "latest")[0] == 0  # other has no release yet
    commit("both")
    shutil.rmtree("policies/other")
    for command in (["diff", "policies", "--against", "HEAD"], ["diff", "HEAD:policies", "policies"], ["check", "policies", "--against", "HEAD"]):  # fmt: skip
        status, told = said(capsys, *command)
        assert status == 1
        assert "other" in told
        assert "gone" in told


def test_two_revisions_are_compared(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = said(capsys, "diff", "v1:policies", "HEAD:policies")
    assert status == 0
    assert "acme  1.0.0 -> 2.0.1" in told
    assert said(capsys, "diff", "v1:policies/acme", "acme@latest")[1].startswith("acme  1.0.0 -> 2.0.1")
    shutil.copytree("policies", "copy")
    assert said(capsys, "diff", "copy", "--against", "v1...HEAD")[0] == 0  # new there


def test_a_missing_base_is_2_with_the_remedy(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git("clone", "--quiet", "--depth=1", repository.as_uri(), "clone", cwd=tmp_path)
    monkeypatch.chdir(tmp_path / "clone")
    first = git("rev-parse", "v1", cwd=repository)
    for command in (["diff", "policies", "--against", first], ["check", "policies", "--against", first]):
        status, told = said(capsys, *command)
        assert status == 2
        assert f"git fetch --depth=1 origin {first}" in told
    assert os.environ.get("GIT_DIR") is None
