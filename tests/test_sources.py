"""A source is a file, a folder, a revision (REV:PATH) or a release (ID@VERSION); what is none is one line with the remedy."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import click
import pytest

from releases_help import analysis, folder_with, text, three
from socialpolicy.cli import sources
from socialpolicy.cli.main import run
from socialpolicy.loading.findings import LimitError, PolicyError
from socialpolicy.storing import ReleasesError, StoreError


def git(*arguments: str, cwd: Path | None = None) -> str:
    names = [f"GIT_{role}_{what}=x@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    environment = {**os.environ, **dict(name.split("=") for name in names), "GIT_CONFIG_GLOBAL": os.devnull}
    command = ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def commit(message: str) -> str:
    git("add", "--all", "--force")
    git("commit", "--quiet", "-m", message)
    return git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two commits; the policy in the first one (tag v1) is 1.0.0, now it is 2.0.1 with releases."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.delenv("SOCIALPOLICY_STORE", raising=False)
    top = tmp_path / "top"
    folder_with(top / "policies" / "acme", text())
    monkeypatch.chdir(top)
    git("init", "--quiet")
    commit("first")
    git("tag", "v1")
    with analysis():
        three(top / "policies" / "acme")
    commit("second")
    return top


def refused(source: str) -> str:
    """What is said of a source that is none, which is one line."""
    with pytest.raises((click.ClickException, StoreError)) as raised:
        sources.policy_of(source)
    told = raised.value.message
    assert len(told.splitlines()) == 1
    assert told.isprintable()
    return told


# -- revisions ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "version"),
    [
        ("v1:policies/acme/policy.yaml", "1.0.0"), ("v1:policies/acme", "1.0.0"), ("v1:policies/acme/", "1.0.0"), ("HEAD:policies/acme", "2.0.1"),
        ("HEAD~1:policies/acme", "1.0.0"), ("main@{0}:policies/acme", "2.0.1"), ("main^{commit}:./policies/acme/policy.yaml", "2.0.1"),
        ("HEAD^{/first}:policies/acme", "1.0.0"), ("HEAD:policies/acme/releases/2.0.0.yaml", "2.0.0"),
    ],
)  # fmt: skip
def test_a_policy_of_a_revision(repository: Path, source: str, version: str) -> None:
    policy = sources.policy_of(source)
    assert policy.version == version
    assert policy.file.startswith(source.rstrip("/"))
    assert policy.file.endswith(".yaml")
    assert git("status", "--porcelain") == ""


def test_a_path_is_from_the_top_or_with_a_dot_from_here(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "policies")
    assert sources.policy_of("v1:policies/acme").version == "1.0.0"
    assert sources.policy_of("v1:./acme").version == "1.0.0"
    assert "no such file in that revision" in refused("v1:acme")
    monkeypatch.chdir(repository / "policies" / "acme")
    assert sources.policy_of("v1:./").version == "1.0.0"
    assert sources.policy_of("v1:.").version == "1.0.0"


def test_findings_in_a_revision_name_it(repository: Path) -> None:
    (repository / "policies" / "acme" / "policy.yaml").write_text("socialpolicy: 1\nid: 5\n", "utf-8")
    commit("broken")
    with pytest.raises(PolicyError) as raised:
        sources.policy_of("HEAD:policies/acme")
    assert raised.value.findings[0].file == "HEAD:policies/acme/policy.yaml"


def test_commands_take_revisions(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = ["--set", "loud=true", "--set", "secret=false"]
    assert run(["decide", "v1:policies/acme", *facts]) == 0
    assert run(["decide", "HEAD:policies/acme", *facts]) == 1
    assert run(["decide", "v9:policies/acme", *facts]) == 2
    assert capsys.readouterr().err == (
        "Error: v9:policies/acme: this repository has no such revision; git branch --all lists the branches.\n"
    )


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("v1:nowhere.yaml", "git ls-tree -r --name-only v1 lists"), ("v1:policies", "no such file in that revision"),
        ("v1:/etc/passwd", "begins at the top of the repository"), ("-c:policies/acme", "no revision"), ("--output=x:policies", "no revision"),
        (":policies/acme", "no revision"), ("v1\n:x", "no revision"), ("v1:x\u202e", "no revision"), ("v1:../outside", "no such file"),
        ("v1\0:x", "no revision"), ("v1..HEAD:policies/acme", "no such revision"), ("^v1:policies/acme", "no revision"),
        ("$(touch x):policies/acme", "no such revision"), ("C:\\policies\\acme", "no such file or folder"), ("C:/policies/acme", "no such file or folder"),
    ],
)  # fmt: skip
def test_what_a_revision_does_not_have_is_one_line(repository: Path, source: str, told: str) -> None:
    assert told in refused(source)
    assert git("status", "--porcelain") == ""


def test_a_file_with_a_colon_is_a_file_first(repository: Path) -> None:
    Path("v1:policies").mkdir()
    Path("v1:policies/acme").write_text(text("7.0.0"), "utf-8")
    Path("acme@1.0.0").write_text(text("8.0.0"), "utf-8")
    assert sources.policy_of("v1:policies/acme").version == "7.0.0"
    assert sources.policy_of("acme@1.0.0").version == "8.0.0"


def test_outside_a_repository_it_is_said(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "in no git repository" in refused("main:policies/acme")


def test_without_git_it_is_said(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert "git, which is not installed" in refused("main:policies/acme")


@pytest.mark.parametrize("branch", ["main", "side"])
def test_in_a_shallow_clone_the_command_that_is_named_brings_the_revision(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, branch: str
) -> None:
    git("branch", "side", "v1")
    git("clone", "--quiet", "--depth=1", "--branch=main", repository.as_uri(), "clone", cwd=tmp_path)
    monkeypatch.chdir(tmp_path / "clone")
    if branch == "main":
        git("update-ref", "-d", "refs/remotes/origin/main")
        git("remote", "set-head", "origin", "--delete")
    told = refused(f"origin/{branch}:policies/acme")
    assert "this shallow clone does not have that revision" in told
    command = shlex.split(told.partition("may bring it: ")[2])
    assert command == ["git", "fetch", "--depth=1", "origin", f"+{branch}:refs/remotes/origin/{branch}"]
    git(*command[1:])
    assert sources.policy_of(f"origin/{branch}:policies/acme").version == {"main": "2.0.1", "side": "1.0.0"}[branch]


def test_in_a_shallow_clone_an_older_commit_wants_the_whole_history(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = git("rev-parse", "v1")
    git("clone", "--quiet", "--depth=1", repository.as_uri(), "clone", cwd=tmp_path)
    monkeypatch.chdir(tmp_path / "clone")
    for revision in (first, "HEAD~1"):
        assert refused(f"{revision}:policies/acme").endswith("may bring it: git fetch --unshallow")
    git("fetch", "--quiet", "--unshallow")
    assert sources.policy_of(f"{first}:policies/acme").version == "1.0.0"
    assert sources.policy_of("HEAD~1:policies/acme").version == "1.0.0"


def test_a_link_in_a_revision_is_not_followed(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "away.yaml").write_text(text(), "utf-8")
    Path("link.yaml").symlink_to(tmp_path / "away.yaml")
    commit("link")
    Path("link.yaml").unlink()
    with pytest.raises(PolicyError):
        sources.policy_of("HEAD:link.yaml")


def test_a_file_too_large_is_not_read(repository: Path) -> None:
    Path("large.yaml").write_bytes(b"#" * (9 * 1024 * 1024))
    commit("large")
    with pytest.raises(LimitError):
        sources.policy_of("HEAD:large.yaml")


def test_a_frozen_file_that_changed_is_found_in_a_revision(repository: Path) -> None:
    frozen = Path("policies/acme/releases/1.0.0.yaml")
    frozen.write_text(frozen.read_text("utf-8") + "#\n", "utf-8")
    commit("tampered")
    with pytest.raises(
        ReleasesError, match=r"HEAD:policies/acme/releases/1\.0\.0\.yaml:1:1: error: frozen-file-changed"
    ):
        sources.policy_of("HEAD:policies/acme/releases/1.0.0.yaml")
    assert sources.policy_of("HEAD~1:policies/acme/releases/1.0.0.yaml").version == "1.0.0"


# -- releases -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "version"), [("acme@1.0.0", "1.0.0"), ("acme@^2", "2.0.1"), ("acme@latest", "2.0.1")]
)
def test_a_release_in_the_store(repository: Path, source: str, version: str) -> None:
    assert sources.policy_of(source).version == version


def test_the_store_is_policies_or_here_or_what_the_environment_names(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / "policies")
    assert sources.policy_of("acme@1.0.0").version == "1.0.0"
    monkeypatch.chdir(repository / "policies" / "acme")
    assert sources.policy_of("acme@1.0.0").version == "1.0.0"
    monkeypatch.chdir("/")
    monkeypatch.setenv("SOCIALPOLICY_STORE", str(repository / "policies"))
    assert sources.policy_of("acme@1.0.0").version == "1.0.0"
    monkeypatch.setenv("SOCIALPOLICY_STORE", "/nowhere")
    assert "no such folder of policies" in refused("acme@1.0.0")


def test_no_release_is_one_line_and_exit_2(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["decide", "acme@^7"]) == 2
    assert capsys.readouterr().err == "error: acme@^7: there is no such release; acme has 1.0.0, 2.0.0 and 2.0.1.\n"
    assert "there is no such policy" in refused("acne@1.0.0")
    assert "no such file or folder" in refused("a/b@c/d")


def test_a_frozen_file_given_as_a_file_is_checked(repository: Path) -> None:
    home = Path("policies/acme/releases")
    assert sources.policy_of(str(home / "1.0.0.yaml")).version == "1.0.0"
    (home / "9.0.0.yaml").write_text(text("9.0.0"), "utf-8")
    with pytest.raises(ReleasesError, match="unlisted-release"):
        sources.policy_of(str(home / "9.0.0.yaml"))
    (home / "1.0.0.yaml").write_text(text(), "utf-8")
    assert sources.policy_of(str(home / "1.0.0.yaml")).version == "1.0.0"  # the same bytes
    (home / "1.0.0.yaml").write_text(text() + "\n", "utf-8")
    with pytest.raises(ReleasesError, match="frozen-file-changed"):
        sources.policy_of(str(home / "1.0.0.yaml"))


def test_a_folder_called_releases_without_an_index_is_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / "mine.yaml").write_text(text(), "utf-8")
    assert sources.policy_of(str(tmp_path / "releases" / "mine.yaml")).version == "1.0.0"


def test_all_policies_of_a_source(repository: Path) -> None:
    folder_with(Path("policies/other"), text("3.0.0").replace("id: acme", "id: other"))
    assert [policy.id for policy in sources.policies_of("policies")] == ["acme", "other"]
    assert [policy.version for policy in sources.policies_of("acme@1.0.0")] == ["1.0.0"]
    assert [policy.version for policy in sources.policies_of("v1:policies/acme")] == ["1.0.0"]
