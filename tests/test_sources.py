"""A source is a file, a folder, a revision (REV:PATH) or a release (ID@VERSION); what is none is one line with the remedy."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from releases_help import analysis, folder_with, text, three
from socialpolicy.cli import sources
from socialpolicy.cli.main import run
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import LimitError, PolicyError
from socialpolicy.storing import ReleasesError, StoreError
from socialpolicy.testing import test as check


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


def repair(told: str) -> None:
    """Do what an error says that brings what is missing."""
    command = shlex.split(told.partition(" it: ")[2] or told.partition(" them: ")[2])
    assert command[:1] == ["git"], told
    git(*command[1:])


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
        ("v1:nowhere.yaml", "git ls-tree -r --name-only v1 lists"), ("v1:policies", "no policy's. Did you mean v1:policies/acme?"),
        ("v1:/etc/passwd", "begins at the top of the repository"), ("-c:policies/acme", "no revision"), ("--output=x:policies", "no revision"),
        (":policies/acme", "no revision"), ("v1\n:x", "no revision"), ("v1:x\u202e", "no revision"), ("v1:../outside", "leads out of the repository"),
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


@pytest.mark.parametrize("depth", ["--depth=1", "--no-tags"])
@pytest.mark.parametrize("wanted", ["commit", "HEAD~1", "v1.0", "side"])
def test_what_a_clone_does_not_have_is_brought_by_the_command_that_is_named(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, depth: str
) -> None:
    git("checkout", "--quiet", "--detach", "v1")
    (repository / "more").write_text("more")
    wanted = wanted if wanted != "commit" else commit("on no branch")
    git("tag", "v1.0")
    git("checkout", "--quiet", "main")
    git("branch", "side", "v1")
    git("clone", "--quiet", depth, "--single-branch", "--branch=main", repository.as_uri(), "clone", cwd=tmp_path)
    monkeypatch.chdir(tmp_path / "clone")
    if wanted == "HEAD~1" and depth == "--no-tags":
        assert sources.policy_of("HEAD~1:policies/acme").version == "1.0.0"
        return
    repair(refused(f"{wanted}:policies/acme"))
    assert sources.policy_of(f"{wanted}:policies/acme").version == "1.0.0"


def test_a_link_in_a_revision_is_not_followed(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "away.yaml").write_text(text(), "utf-8")
    Path("link.yaml").symlink_to(tmp_path / "away.yaml")
    commit("link")
    Path("link.yaml").unlink()
    with pytest.raises(PolicyError, match=r"HEAD:link.yaml:1:1: error: unreadable-file: this is a link to .*away.yaml"):
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


# -- folders of a revision --------------------------------------------------------------------------------------------

CASES = """\
cases_for: acme
assume: nothing
cases:
  - {id: C-1, facts: {secret: true, loud: false}, expect: deny}
"""
BUILT = """\
socialpolicy: 1
id: shop
version: "1.0.0"
title: The shop
builds_on: [{id: acme, version: "^2"}]
vocabulary: {scope: {}, facts: {warm: {type: bool, question: "Is it warm?"}}}
baseline: allow
rules:
  - {id: warm, title: Nothing warm, effect: deny, scope: everything, when: {warm: true}}
"""


@pytest.fixture
def folder(repository: Path) -> Path:
    """A folder with a policy that has cases, texts and releases, and with one that builds on it; all in HEAD."""
    write = {
        "policies/acme/tests/cases.yaml": CASES,
        "policies/acme/.hidden.yaml": "a: b\n",
        "policies/acme/texts/de.yaml": "texts_of: acme\nlanguage: de\n",
        "policies/group/other/policy.yaml": text("3.0.0").replace("id: acme", "id: other"),
        "policies/notes.txt": "no policy",
        "policies/compose.yaml": "services: {}\n",
    }
    for name, content in write.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(content, "utf-8")
    commit("a folder")
    return repository


def test_a_folder_of_a_revision_stands_for_the_policies_below(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [(policy.id, policy.version, policy.file) for policy in sources.policies_of("HEAD:policies")]
    assert told == [
        ("acme", "2.0.1", "HEAD:policies/acme/policy.yaml"), ("other", "3.0.0", "HEAD:policies/group/other/policy.yaml"),
    ]  # fmt: skip
    assert sources.names_of("HEAD:policies") == [file for *_, file in told]
    assert sources.names_of("policies") == [file.removeprefix("HEAD:") for *_, file in told]
    assert sources.names_of("acme@1.0.0") == ["acme@1.0.0"]
    assert [policy.id for policy in sources.policies_of("HEAD:")] == ["acme", "other"]
    assert [policy.id for policy in sources.policies_of("HEAD:policies/group")] == ["other"]
    assert [policy.version for policy in sources.policies_of("v1:policies")] == ["1.0.0"]
    assert [policy.version for policy in sources.policies_of("HEAD:policies/acme/")] == ["2.0.1"]
    with pytest.raises(click.UsageError, match="HEAD:policies/acme/tests: there is no policy in this folder"):
        list(sources.policies_of("HEAD:policies/acme/tests"))
    with pytest.raises(click.ClickException, match="no such file in that revision"):
        list(sources.policies_of("HEAD:nowhere"))
    monkeypatch.chdir("policies/acme")
    assert [policy.file for policy in sources.policies_of("HEAD:../group")] == ["HEAD:../group/other/policy.yaml"]


def test_a_policy_of_a_revision_builds_on_what_is_in_that_revision(folder: Path) -> None:
    Path("policies/shop").mkdir()
    Path("policies/shop/policy.yaml").write_text(BUILT, "utf-8")
    commit("a shop")
    shutil.rmtree("policies")
    (policy,) = (policy for policy in sources.policies_of("HEAD:policies") if policy.id == "shop")
    assert [(base.id, base.document.name) for base in policy.bases] == [
        ("acme", "HEAD:policies/acme/releases/2.0.1.yaml")
    ]


def test_the_cases_of_a_policy_are_those_of_its_revision(folder: Path) -> None:
    changed = CASES.replace("expect: deny", "expect: allow")
    Path("policies/acme/tests/cases.yaml").write_text(changed, "utf-8")
    on_disk, before, first = (
        sources.policy_of(name) for name in ("policies/acme", "HEAD:policies/acme", "v1:policies/acme")
    )
    assert [document.text for document in sources.cases_beside(on_disk)] == [changed]
    assert [document.name for document in sources.cases_beside(before)] == ["HEAD:policies/acme/tests/cases.yaml"]
    assert [document.name for document in sources.cases_beside(first)] == ["v1:policies/acme/tests/cases.yaml"]
    assert sources.cases_beside(sources.policy_of("acme@1.0.0")) == []
    assert not check(on_disk, documents=sources.cases_beside(on_disk)).passed
    assert [result.case.id for result in check(before, documents=sources.cases_beside(before)).results] == ["C-1"]
    assert check(before, documents=sources.cases_beside(before)).passed


def test_all_files_to_check_are_the_same_on_disk_and_in_a_revision(folder: Path) -> None:
    names = [document.name for document in sources.documents("policies") if isinstance(document, Document)]
    assert names == [
        "policies/acme/policy.yaml", "policies/acme/tests/cases.yaml", "policies/acme/texts/de.yaml",
        "policies/compose.yaml", "policies/group/other/policy.yaml",
    ]  # fmt: skip
    for revision in ("HEAD:policies", "HEAD:./policies/"):
        shown = revision.removesuffix("policies").removesuffix("policies/")
        found = list(sources.documents(revision))
        assert [one.name for one in found if isinstance(one, Document)] == [f"{shown}{name}" for name in names]
    assert sources.is_folder("policies")
    assert sources.is_folder("HEAD:policies")
    assert not sources.is_folder("HEAD:policies/acme/policy.yaml")
    (document,) = sources.documents("HEAD:policies/acme/tests/cases.yaml")
    assert isinstance(document, Document)
    policy = sources.policy_beside(document.name)
    assert policy is not None
    assert policy.file == "HEAD:policies/acme/policy.yaml"
    with pytest.raises(click.ClickException, match="no such file in that revision"):
        list(sources.documents("HEAD:nowhere"))


def test_releases_of_a_revision_are_checked_as_on_disk(folder: Path) -> None:
    home = Path("policies/acme/releases")
    (home / "1.0.0.yaml").write_text("changed", "utf-8")
    (home / "2.0.0.yaml").unlink()
    (home / "9.0.0.yaml").write_text("more", "utf-8")
    commit("tampered")
    assert list(sources.release_findings("HEAD~1:policies")) == []
    ids = [sorted(one.id for one in sources.release_findings(source)) for source in ("policies", "HEAD:policies")]
    assert ids[0] == ids[1] == ["frozen-file-changed", "missing-release", "unlisted-release"]
    with pytest.raises(ReleasesError):
        sources.releases_beside(sources.policy_of("HEAD:policies/acme"))
    git("checkout", "--quiet", "HEAD~1")
    told = [sources.releases_beside(sources.policy_of(name)) for name in ("policies/acme", "HEAD:policies/acme")]
    assert [[one.version for one in found[0].entries] for found in told if found] == [["1.0.0", "2.0.0", "2.0.1"]] * 2


def test_copies_of_what_releases_of_a_revision_are_built_on_are_checked_too(repository: Path) -> None:
    shutil.copytree(Path(__file__).parent.parent / "policies" / "meridian", "policies/meridian")
    commit("a company")
    assert list(sources.release_findings("HEAD:policies/meridian")) == []
    (changed, *_, gone) = sorted(Path("policies/meridian/releases/packs").iterdir())
    changed.write_text("changed", "utf-8")
    gone.unlink()
    commit("tampered")
    told = [[(one.id, one.file) for one in sources.release_findings(name)] for name in ("policies", "HEAD:policies")]
    assert sorted((id, f"HEAD:{file}") for id, file in told[0]) == sorted(told[1])
    assert len(told[0]) == 2


def test_a_release_is_told_from_a_draft(folder: Path) -> None:
    frozen = ("acme@2.0.0", "policies/acme/releases/2.0.0.yaml", "HEAD:policies/acme/releases/2.0.0.yaml")
    assert [policy.version for policy in map(sources.released, frozen) if policy] == ["2.0.0"] * 3
    for draft in ("policies/acme", "policies", "HEAD:policies/acme", "HEAD:policies/acme/policy.yaml", "-", "nowhere"):
        assert sources.released(draft) is None


@pytest.mark.parametrize(
    "command",
    [
        ["timeline"],
        ["timeline", "--from", "2000-01-01", "-f", "json"],
        ["texts", "--language", "de"],
        ["compile"],
        ["lint"],
        ["schema", "--for"],
    ],
)
def test_other_commands_say_of_a_revision_what_they_say_of_its_files(
    folder: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    told = []
    for source in ("policies/acme", "HEAD:policies/acme"):
        status = run([*command, source])
        told.append((status, capsys.readouterr().out.replace("HEAD:", "")))
    assert told[0] == told[1]
    assert told[0][1]


def test_a_saved_program_of_a_revision_decides(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compile", "policies/acme", "-o", "program.json"]) == 0
    commit("a program")
    Path("program.json").unlink()
    capsys.readouterr()
    assert run(["decide", "HEAD:program.json", "--set", "loud=false", "--set", "secret=true", "-q"]) == 1
    assert capsys.readouterr().out == "deny\n"


def test_a_folder_is_compared_with_what_it_was(folder: Path) -> None:
    shutil.move("policies/acme", "policies/moved")
    shutil.rmtree("policies/group")
    folder_with(Path("policies/fresh"), text().replace("id: acme", "id: fresh"))
    pairs = sources.pairs_with("policies", list(sources.policies_of("policies")), "HEAD")
    assert [tuple(one and one.file for one in pair) for pair in pairs] == [
        (None, "policies/fresh/policy.yaml"),
        ("HEAD:./policies/acme/policy.yaml", "policies/moved/policy.yaml"),
        ("HEAD:./policies/group/other/policy.yaml", None),
    ]
    (pair,) = sources.pairs_with("policies/fresh", [sources.policy_of("policies/fresh")], "HEAD")
    assert pair[0] is None
    Path("new").mkdir()
    shutil.move("policies/fresh", "new/fresh")
    assert [one[0] for one in sources.pairs_with("new", list(sources.policies_of("new")), "v1")] == [None]
    Path("policies/moved/policy.yaml").write_text("socialpolicy: 1\n", "utf-8")  # broken, and so not loaded
    commit("broken")
    git("mv", "policies/moved", "policies/acme")
    assert [old.id for old, new in sources.pairs_with("policies", [], "HEAD~1") if old] == ["other"]  # not acme
    with pytest.raises(click.ClickException, match="no such revision"):
        sources.pairs_with("new", [], "v9")
    with pytest.raises(click.UsageError, match="for two revisions give OLD and NEW"):
        sources.pairs_with("HEAD:policies", [], "v1")


def test_another_id_in_the_same_file_is_another_policy(repository: Path) -> None:
    """The old one is gone, however much of it stands in the new one."""
    file = Path("policies/acme/policy.yaml")
    file.write_text(file.read_text("utf-8").replace("id: acme", "id: renamed"), "utf-8")
    pairs = sources.pairs_with("policies", [sources.policy_of(str(file))], "v1")
    assert [(old and old.id, new and new.id) for old, new in pairs] == [(None, "renamed"), ("acme", None)]


def test_what_was_behind_a_link_is_not_taken_for_new(repository: Path) -> None:
    """In a revision a link is not followed, so nobody knows what was there."""
    Path("linked").symlink_to("policies")
    commit("a link")
    Path("linked").unlink()
    shutil.copytree("policies", "linked")
    news = [sources.policy_of("linked/acme")]
    for source in ("linked/acme", "linked/acme/policy.yaml"):
        with pytest.raises(click.ClickException, match="link"):
            sources.pairs_with(source, news, "HEAD")


# -- how git is asked -------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[list[str]]]:
    """What git was asked since the last time, by a program in its place that writes it down."""
    log, real = tmp_path / "log", shutil.which("git")
    shim = tmp_path / "bin" / "git"
    shim.parent.mkdir()
    shim.write_text(f"#!{sys.executable}\nimport json, os, sys\nwith open({str(log)!r}, 'a') as log:\n    print(json.dumps(sys.argv[1:]), file=log)\nos.execv({real!r}, ['git', *sys.argv[1:]])\n")  # fmt: skip
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}{os.pathsep}{os.environ['PATH']}")

    def found() -> list[list[str]]:
        lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    return found


def test_no_process_a_file(folder: Path, asked: Callable[[], list[list[str]]]) -> None:
    for number in range(20):
        folder_with(Path(f"policies/p{number}"), text().replace("id: acme", f"id: p{number}"))
    commit("many")
    asked()
    policies = list(sources.policies_of("HEAD:policies"))
    assert len(policies) == 22
    commands = [words[0] for words in asked()]
    assert commands == ["rev-parse", "ls-tree", "cat-file"]
    assert len(list(sources.documents("HEAD:policies"))) == 45
    assert [words[0] for words in asked()] == ["rev-parse"]  # a commit that was listed stays so


def test_a_command_asks_once_which_commit_a_revision_is(
    repository: Path, asked: Callable[[], list[list[str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    asked()
    assert run(["timeline", "HEAD:./policies/acme"]) == 0
    assert [words[0] for words in asked()] == ["rev-parse", "rev-parse", "ls-tree", "cat-file"]
    assert "acme 2.0.1" in capsys.readouterr().out
    git("checkout", "--quiet", "v1")
    assert run(["timeline", "HEAD:./policies/acme"]) == 0  # the next one asks again
    assert "acme 1.0.0" in capsys.readouterr().out


def test_nothing_that_is_named_is_an_option(repository: Path, asked: Callable[[], list[list[str]]]) -> None:
    Path("-x").mkdir()
    folder_with(Path("-x/--upload-pack=y"), text())
    commit("odd names")
    asked()
    assert sources.policy_of("HEAD:-x/--upload-pack=y").version == "1.0.0"
    for words in asked():
        named = [word for word in words if "HEAD" in word or word.startswith("-x")]
        assert all("--end-of-options" in words[: words.index(word)] for word in named)


def test_names_of_files_are_taken_as_they_are(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("é ü", "a*", ":(top)b", 'q"q', "[c]"):
        folder_with(Path(name) / "p", text())
    folder_with(Path("ab"), text("5.0.0"))
    commit("odd names")
    for variable in ("GIT_GLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_NOGLOB_PATHSPECS"):
        monkeypatch.setenv(variable, "1")
    for name in ("é ü", "a*", ":(top)b", 'q"q', "[c]"):
        assert [policy.file for policy in sources.policies_of(f"HEAD:{name}")] == [f"HEAD:{name}/p/policy.yaml"]


def test_another_repository_of_the_same_commit_is_another(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sources.policy_of("v1:policies/acme").version == "1.0.0"
    git("clone", "--quiet", "--bare", str(repository), "bare", cwd=tmp_path)
    monkeypatch.chdir(tmp_path)
    assert "in no git repository" in refused("v1:policies/acme")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "bare"))
    assert sources.policy_of("v1:policies/acme").version == "1.0.0"


# -- repositories of all kinds ------------------------------------------------------------------------------------------


def test_in_a_bare_repository(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("clone", "--quiet", "--bare", str(repository), "bare", cwd=tmp_path)
    monkeypatch.chdir(tmp_path / "bare")
    assert sources.policy_of("main:policies/acme").version == "2.0.1"
    assert "write the path from the top of the repository" in refused("main:./policies/acme")


def test_in_another_worktree_and_from_a_hook(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("worktree", "add", "--quiet", str(tmp_path / "tree"), "v1")
    monkeypatch.chdir(tmp_path / "tree" / "policies")
    assert sources.policy_of("main:./acme").version == "2.0.1"
    assert sources.policy_of("HEAD:./acme").version == "1.0.0"
    monkeypatch.chdir(repository)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "no-such-index"))
    assert sources.policy_of("v1:./policies/acme").version == "1.0.0"


def test_a_repository_of_somebody_else_is_not_read(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert refused("v1:policies/acme").endswith(
        f"if you trust it: git config --global --add safe.directory {repository.as_posix()}."
    )


def test_without_a_commit_there_is_nothing_to_read(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("init", "--quiet", str(tmp_path / "empty"))
    monkeypatch.chdir(tmp_path / "empty")
    assert "no commit yet" in refused("HEAD:policies")


def test_a_branch_that_only_the_remote_has_is_named(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("clone", "--quiet", str(repository), "clone", cwd=tmp_path)
    monkeypatch.chdir(tmp_path / "clone")
    git("checkout", "--quiet", "--detach")
    git("branch", "--quiet", "-D", "main")
    told = refused("main:policies/acme")
    assert told.endswith("write origin/main:policies/acme")
    assert sources.policy_of(told.rpartition("write ")[2]).version == "2.0.1"


@pytest.mark.parametrize("kind", ["blob:none", "tree:0"])
def test_what_a_partial_clone_lacks_is_not_fetched_but_the_command_is_named(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    git("config", "uploadpack.allowFilter", "true")
    git("clone", "--quiet", "--no-checkout", f"--filter={kind}", repository.as_uri(), "clone", cwd=tmp_path)
    monkeypatch.chdir(tmp_path / "clone")
    with pytest.raises((click.ClickException, PolicyError)) as raised:
        sources.policy_of("main:policies/acme")
    told = str(getattr(raised.value, "message", raised.value))
    assert "this clone has no more than a part of the files" in told
    repair(told.splitlines()[-1].rstrip("."))
    assert sources.policy_of("main:policies/acme").version == "2.0.1"
    assert len(list(sources.policies_of("main:policies"))) == 1


def test_a_damaged_repository_is_told(repository: Path) -> None:
    id = git("rev-parse", "HEAD:policies/acme/policy.yaml")
    damaged = repository / ".git" / "objects" / id[:2] / id[2:]
    damaged.chmod(0o644)
    damaged.unlink()
    with pytest.raises(PolicyError, match=r"unreadable-file: git does not have its content\.\n.*git fsck"):
        sources.policy_of("HEAD:policies/acme")


# -- what is no ordinary file -------------------------------------------------------------------------------------------


def test_links_in_a_revision_are_told(repository: Path) -> None:
    Path("linked").symlink_to("policies")
    Path("policies/alias").mkdir()
    Path("policies/alias/policy.yaml").symlink_to("../acme/policy.yaml")
    commit("links")
    told = refused("HEAD:linked/acme")
    assert told.endswith("linked is a link, which is not followed in a revision; give HEAD:policies/acme")
    with pytest.raises(PolicyError, match=r"HEAD:policies/alias/policy.yaml:1:1: .* a link to ../acme/policy.yaml"):
        list(sources.policies_of("HEAD:policies"))


def test_submodules_are_told(repository: Path, tmp_path: Path) -> None:
    git("clone", "--quiet", str(repository), "inner", cwd=tmp_path)
    git("submodule", "--quiet", "add", str(tmp_path / "inner"), "policies/module")
    commit("a submodule")
    id = git("rev-parse", "HEAD:policies/module")
    told = refused("HEAD:policies/module/policies/acme")
    assert f"policies/module is a submodule: a repository of its own, here at its commit {id[:12]}." in told
    assert told.endswith(f"Go into it, and give {id[:12]}:policies/acme")
    for command in (sources.policies_of, sources.documents):
        with pytest.raises(click.ClickException, match="policies/module is a submodule"):
            list(command("HEAD:policies"))
    with pytest.raises(PolicyError, match="policies/module is a submodule"):
        sources.policy_of("HEAD:policies/module")


def test_files_of_git_lfs_are_told(repository: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    Path("policies/acme/policy.yaml").write_text(pointer, "utf-8")
    commit("large")
    with pytest.raises(PolicyError, match="kept by Git LFS, so the revision has no more of it than a pointer"):
        sources.policy_of("HEAD:policies/acme")


# -- where two branches part ---------------------------------------------------------------------------------------------


def test_where_two_branches_part(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("checkout", "--quiet", "-b", "side", "v1")
    Path("policies/acme/policy.yaml").write_text(text("7.0.0"), "utf-8")
    commit("on the side")
    for revision in ("main...side", "main...", "...main"):
        assert sources.policy_of(f"{revision}:policies/acme").version == "1.0.0"
    git("checkout", "--quiet", "--orphan", "alone")
    commit("alone")
    assert "main and HEAD have no commit in common; name one" in refused("main...:policies/acme")
    git("clone", "--quiet", "--depth=1", "--no-single-branch", repository.as_uri(), "clone", cwd=tmp_path)
    monkeypatch.chdir(tmp_path / "clone")
    git("checkout", "--quiet", "side")
    repair(refused("origin/main...:policies/acme"))
    assert sources.policy_of("origin/main...:policies/acme").version == "1.0.0"


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
