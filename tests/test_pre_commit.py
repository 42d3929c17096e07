"""The hooks for pre-commit, run by pre-commit: what is staged is checked, and what is pushed says how much it changes.

Most tests run the hooks from this check-out, without making an environment; one has pre-commit install the program and use it
as anybody else does, in a clone with a remote, for a commit and a push.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from action_help import BUMPED, CASES, POLICY, ROOT, STRICTER, Repository, repository
from socialpolicy import starting
from socialpolicy.cli import pushed
from socialpolicy.cli.main import run
from test_docs import blocks

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
}
FILE = "policies/shop/policy.yaml"
LOOSE = POLICY.replace("effect: deny", "effect:    deny")
BROKEN = POLICY.replace("effect: deny", "effect: dent")


def environment(folder: Path) -> dict[str, str]:
    """The variables of somebody who commits; what pre-commit keeps stays in a folder."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "PYTHON"))}
    beside = Path(sys.executable).parent
    who = {f"GIT_{role}_{what}": "a@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return own | who | {
        "PATH": f"{folder / 'programs'}:{beside}:{own['PATH']}", "PRE_COMMIT_HOME": str(folder / "pre-commit"),
        "PRE_COMMIT_COLOR": "never", "GIT_CONFIG_GLOBAL": os.devnull, "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip


def program(folder: Path) -> None:
    """The program of this check-out, on the path."""
    (folder / "programs").mkdir(parents=True)
    file = folder / "programs" / "socialpolicy"
    called = "import sys; from socialpolicy.cli.main import main; main()"
    file.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT / "src"} exec {sys.executable} -c "{called}" "$@"\n', "utf-8")
    file.chmod(0o755)


def called(made: Repository, *words: str) -> tuple[int, str]:
    """The exit status of a command, and all that it prints."""
    done = subprocess.run(
        words, cwd=made.folder, env=environment(made.folder.parent), capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def hooked(folder: Path) -> Repository:
    """A repository with all hooks, which use the program of this check-out."""
    program(folder)
    local = [hook | {"language": "system"} for hook in HOOKS.values()]
    config = {"default_install_hook_types": ["pre-commit", "pre-push"], "repos": [{"repo": "local", "hooks": local}]}
    made = repository(folder / "work", {".pre-commit-config.yaml": yaml.safe_dump(config)})
    made.git("init", "--quiet", "--bare", "--initial-branch=main", str(folder / "remote.git"))
    made.git("remote", "add", "origin", str(folder / "remote.git"))
    assert called(made, "pre-commit", "install")[0] == 0
    return made


def committed(made: Repository, files: dict[str, str]) -> tuple[int, str]:
    """Write and commit files, through the hooks."""
    for name, text in files.items():
        (made.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (made.folder / name).write_text(text, "utf-8")
    made.git("add", "--all")
    return called(made, "git", "commit", "--quiet", "--message", "a change")


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    return hooked(tmp_path)


# -- commits ---------------------------------------------------------------------------------------------------------------


def test_a_good_commit_passes(made: Repository) -> None:
    status, told = committed(made, {FILE: BUMPED})
    assert status == 0, told
    assert told.count("Passed") == 3
    assert "version numbers" not in told  # compared when it is pushed


def test_a_broken_policy_is_not_committed(made: Repository) -> None:
    status, told = committed(made, {FILE: BROKEN})
    assert status == 1
    assert re.search(r"policies are well-formed\.+Failed", told)
    assert f"{FILE}:16:" in told


def test_what_is_staged_is_checked_and_not_what_lies_about(made: Repository) -> None:
    (made.folder / FILE).write_text(BROKEN, "utf-8")
    made.git("add", "--all")
    (made.folder / FILE).write_text(POLICY, "utf-8")
    status, told = called(made, "git", "commit", "--quiet", "--message", "a change")
    assert status == 1
    assert "Failed" in told


def test_a_failing_case_is_not_committed(made: Repository) -> None:
    status, told = committed(made, {"policies/shop/tests/cases.yaml": CASES.replace("expect: deny", "expect: allow")})
    assert status == 1
    assert re.search(r"policies decide as their cases say\.+Failed", told)


def test_another_layout_is_put_right_and_said(made: Repository) -> None:
    status, told = committed(made, {FILE: LOOSE})
    assert status == 1
    assert re.search(r"policies are laid out alike\.+Failed", told)
    assert "files were modified by this hook" in told
    assert (made.folder / FILE).read_text("utf-8") == POLICY


def test_other_files_are_not_looked_at(made: Repository) -> None:
    other = {
        "README.md": "Hello",
        "other.yaml": "a: [",
        "policies/shop/.schemas/policy.json": "{}",
        "policies/shop/x.md": "x",
    }
    status, told = committed(made, other)
    assert status == 0, told
    assert re.search(r"policies are well-formed\.+\(no files to check\)Skipped", told)


def test_files_beside_a_policy_that_are_none_are_passed_over(made: Repository) -> None:
    register = "as_of: 2026-03-01T00:00:00Z\naccounts: {}\n"
    status, told = committed(made, {"policies/shop/accounts.yaml": register})
    assert status == 0, told
    assert (made.folder / "policies/shop/accounts.yaml").read_text("utf-8") == register
    status, told = committed(made, {"policies/shop/policy2.yaml": POLICY.replace("rules:", "rulse:")})
    assert status == 1


def test_releases_pass(made: Repository) -> None:
    assert run(["release", str(made.folder / "policies/shop"), "--date", "2026-01-02"]) == 0
    status, told = committed(made, {})
    assert status == 0, told
    release = made.folder / "policies/shop/releases/1.0.0.yaml"
    release.write_text(release.read_text("utf-8") + "# x\n", "utf-8")
    status, told = committed(made, {})
    assert status == 1
    assert "frozen-file-changed" in told


# -- pushes ----------------------------------------------------------------------------------------------------------------


def push(made: Repository, *words: str) -> tuple[int, str]:
    """Push, through the hooks."""
    return called(made, "git", "push", *(words or ("origin", "HEAD")))


def with_default(made: Repository) -> Repository:
    """A repository of which everything is pushed, and that knows the default branch."""
    assert push(made)[0] == 0
    made.git("remote", "set-head", "origin", "main")
    return made


def test_the_first_push_ever_has_nothing_to_compare_with(made: Repository) -> None:
    status, told = push(made)
    assert status == 0, told
    assert re.search(r"version numbers say how much changes\.+Passed", told)


def test_a_push_of_a_change_without_its_number_is_refused(made: Repository) -> None:
    assert push(made)[0] == 0
    made.commit({FILE: STRICTER})
    status, told = push(made)
    assert status == 1
    assert "a major change needs 2.0.0" in told
    made.commit({FILE: BUMPED})
    status, told = push(made)
    assert status == 0, told


def test_a_branch_is_compared_with_where_it_began_however_often_it_is_pushed(made: Repository) -> None:
    with_default(made)
    made.git("checkout", "--quiet", "-b", "change")
    made.commit({FILE: BUMPED})
    assert push(made)[0] == 0
    made.commit({FILE: BUMPED.replace("[confidential, internal]", "[confidential, internal, trade_secret]")})
    status, told = push(made)
    assert status == 0, told  # 2.0.0 says it all
    made.commit({FILE: BUMPED.replace("2.0.0", "1.0.0", 1)})
    assert push(made)[0] == 1


def test_a_push_of_something_else_says_nothing(made: Repository) -> None:
    with_default(made)
    made.commit({"README.md": "Hello"})
    status, told = push(made)
    assert status == 0
    assert re.search(r"version numbers say how much changes\.+Passed", told)


def test_a_push_without_a_policy_that_was_there_is_refused(made: Repository) -> None:
    """Of a file that is gone pre-commit hands no name to a hook, so this one is called for every push."""
    with_default(made)
    made.commit({f"policies/shop/{file}": None for file in ("policy.yaml", "tests/cases.yaml")})
    status, told = push(made)
    assert status == 1
    assert "is gone: no version of it decides any more" in told


# -- the word `pushed` -----------------------------------------------------------------------------------------------------


def test_nothing_to_compare_with_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = repository(tmp_path / "work")
    monkeypatch.chdir(made.folder)
    assert run(["diff", "policies", "--against", pushed.WORD]) == 0
    assert "There is nothing to compare with" in capsys.readouterr().out
    assert run(["diff", "policies", "--against", pushed.WORD, "-f", "json"]) == 0
    assert '"status": 0' in capsys.readouterr().out


def test_files_that_are_not_those_that_are_pushed_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = repository(tmp_path / "work")
    monkeypatch.chdir(made.folder)
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", made.git("rev-parse", "HEAD"))
    monkeypatch.setenv("PRE_COMMIT_TO_REF", made.commit({"README.md": "Hello"}))
    assert run(["diff", "policies", "--against", pushed.WORD]) == 0
    assert "note" not in capsys.readouterr().err
    (made.folder / FILE).write_text(BUMPED, "utf-8")
    assert run(["diff", "policies", "--against", pushed.WORD]) == 0
    assert "policies is not what is pushed" in capsys.readouterr().err


def test_a_commit_that_is_not_here_is_not_taken_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = repository(tmp_path / "work")
    base = made.git("rev-parse", "HEAD")
    monkeypatch.chdir(made.folder)
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "1" * 40)
    assert pushed.compared_with() is None
    made.git("update-ref", "refs/remotes/origin/main", base)
    made.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    made.git("remote", "add", "origin", "nowhere")
    made.commit({FILE: STRICTER})
    assert pushed.compared_with() == base


def test_what_is_compared_with_is_what_the_other_side_has_or_where_a_branch_parted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A branch that the default one has overtaken is compared with what it had, as a whole."""
    made = repository(tmp_path / "work")
    monkeypatch.chdir(made.folder)
    begin, default = made.git("rev-parse", "HEAD"), made.commit({"README.md": "Hello"})
    made.git("remote", "add", "origin", "nowhere")
    made.git("update-ref", "refs/remotes/origin/main", default)
    made.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    first, second = made.commit({FILE: STRICTER}), made.commit({FILE: BUMPED})
    monkeypatch.setenv("PRE_COMMIT_TO_REF", second)
    for start, wanted in ((begin, begin), (default, default), (first, default)):
        monkeypatch.setenv("PRE_COMMIT_FROM_REF", start)
        assert pushed.compared_with() == wanted


# -- the file itself -------------------------------------------------------------------------------------------------------


def test_the_files_are_what_pre_commit_reads(tmp_path: Path) -> None:
    program = str(Path(sys.executable).parent / "pre-commit")
    assert subprocess.run([program, "validate-manifest", ROOT / ".pre-commit-hooks.yaml"], check=False).returncode == 0
    told = [block.text for block in blocks(ROOT / "docs/ci.md") if block.language == "yaml" and "repos:" in block.text]
    values = starting.values_of(starting.Answers("X", "x"), starting.date(2026, 1, 1))
    told.append(starting.filled("pre-commit.yaml", values))
    assert len(told) >= 2
    for number, text in enumerate(told):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text, "utf-8")
        assert subprocess.run([program, "validate-config", file], check=False).returncode == 0
        used = [hook["id"] for repo in yaml.safe_load(text)["repos"] for hook in repo["hooks"]]
        assert set(used) <= set(HOOKS), text


def test_the_hooks_look_at_every_file_of_the_shipped_policies_that_can_be_checked_alone() -> None:
    validated, formatted = (HOOKS[f"socialpolicy-{name}"] for name in ("validate", "fmt"))

    def taken(hook: dict[str, Any], name: str) -> bool:
        return bool(re.search(hook["files"], name)) and not re.search(hook["exclude"], name)

    assert taken(validated, "policies/acme/policy.yaml")
    assert taken(validated, "policies/acme/releases/1.0.0.yaml")
    assert taken(validated, "policies/a/saved.json")
    assert not taken(validated, "policies/acme/releases/index.yaml")
    assert not taken(validated, "policies/acme/releases/packs/law-eu-1.0.0.yaml")
    assert not taken(validated, "policies/acme/.schemas/policy.json")
    assert not taken(validated, "docs/policies/policy.yaml")
    assert taken(formatted, "policies/acme/tests/cases.yml")
    assert not taken(formatted, "policies/acme/releases/1.0.0.yaml")
    assert not taken(formatted, "policies/acme/.schemas/policy.yaml")


# -- once with everything real ---------------------------------------------------------------------------------------------


def test_pre_commit_installs_the_hooks_and_runs_them(tmp_path: Path) -> None:
    """This needs the package index, as pre-commit does for everybody."""
    hooks = Repository(tmp_path / "hooks")
    hooks.folder.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, hooks.folder)
    for name in ("src", "policies"):
        shutil.copytree(ROOT / name, hooks.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    hooks.git("init", "--quiet", "--initial-branch=main")
    rev = hooks.commit({})
    used = [{"id": id} for id in HOOKS]
    config = {
        "default_install_hook_types": ["pre-commit", "pre-push"],
        "repos": [{"repo": str(hooks.folder), "rev": rev, "hooks": used}],
    }
    (tmp_path / "programs").mkdir()
    made = repository(tmp_path / "work", {".pre-commit-config.yaml": yaml.safe_dump(config)})
    made.git("init", "--quiet", "--bare", "--initial-branch=main", str(tmp_path / "remote.git"))
    made.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    status, told = called(made, "pre-commit", "install", "--install-hooks")
    if status and not os.environ.get("CI"):
        pytest.skip(f"pre-commit could not install the hooks: {told[-500:]}")
    assert status == 0, told
    status, told = push(made)
    assert status == 0, told
    status, told = committed(made, {FILE: BROKEN})
    assert status == 1
    assert "unknown-value" in told
    status, told = committed(made, {FILE: STRICTER})
    assert status == 0, told
    assert told.count("Passed") == 3
    status, told = push(made)
    assert status == 1
    assert "a major change needs 2.0.0" in told
