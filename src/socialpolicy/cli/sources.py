"""Sources: what a command is given, and the policies and files that it stands for.

A source is a file or folder first. What is none may be ``REV:PATH``, read from git's objects without a check-out, or
``ID@VERSION``, a release in the store.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import visible
from socialpolicy.loading.reading import FILE_BYTES, check_size, read_bytes
from socialpolicy.loading.shelves import DRAFT

if TYPE_CHECKING:
    from socialpolicy.deciding import Decider
    from socialpolicy.loading.shelves import Shelf
    from socialpolicy.policy import Policy
    from socialpolicy.storing import Store

SUFFIXES = (".yaml", ".yml", ".json")
STORE_FOLDER, STORE_VARIABLE = "policies", "SOCIALPOLICY_STORE"
REVISION = re.compile(r"((?:[^:{]|\{[^}]*\})*):(.*)", re.DOTALL)
DRIVE = re.compile(r"[A-Za-z]:[\\/]")
RELEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*@[^/\\]+", re.ASCII)
GIT_SECONDS = 60


def standard_input() -> Document:
    """What stands on standard input."""
    return read_bytes(sys.stdin.buffer.read(FILE_BYTES + 1), "-")


def is_there(source: str) -> bool:
    """Whether there is a file or folder of that name."""
    try:
        return Path(source).exists() or Path(source).is_symlink()
    except (OSError, ValueError):
        return False


def exists(source: str) -> Path:
    """The path of a source. Raises a usage error where there is none, with what it may have meant."""
    if not source:
        raise click.UsageError("the name of a file or folder is empty.")
    if is_there(source):
        return Path(source)
    shown = visible(source)
    if revision_of(source) or RELEASE.fullmatch(source):
        raise click.UsageError(f"{shown}: there is no such file, and a revision or a release cannot be given here.")
    raise click.UsageError(f"{shown}: there is no such file or folder.")


def policy_of(source: str) -> Policy:
    """The one policy that a source stands for."""
    from socialpolicy.loading.policies import loaded
    from socialpolicy.policy import Policy, load

    if source == "-":
        return Policy(loaded(standard_input(), shelf_of("-")))
    if source and not is_there(source):
        revision = revision_of(source)
        if revision:
            return policy_at(*revision)
        if RELEASE.fullmatch(source):
            return store().get(source)
    path = exists(source)
    if path.is_dir() and not (path / DRAFT).exists():
        below = [str(file.parent) for file in sorted(path.glob(f"*/{DRAFT}"))]
        hint = f" Did you mean {below[0]}?" if below else f" A policy's folder has a {DRAFT}."
        raise click.UsageError(f"{visible(source)}: this folder is no policy's.{visible(hint)}")
    if not path.is_dir() and of_releases(path):
        from socialpolicy.storing import frozen_policy

        return frozen_policy(path)
    return load(path)


def policies_of(source: str) -> Iterator[Policy]:
    """The policies that a source stands for: one, or all in the folders below."""
    if source == "-" or not is_there(source) or not Path(source).is_dir():
        yield policy_of(source)
    else:
        yield from (policy_of(str(file)) for file in folders(source))


def folder_of(source: str) -> Path:
    """The policy's folder that a source stands for: the folder itself, or its draft."""
    path = exists(source)
    folder = path if path.is_dir() else path.parent
    if (not path.is_dir() and path.name != DRAFT) or not (folder / DRAFT).exists():
        raise click.UsageError(f"{visible(source)}: this is no policy's folder; it has a {DRAFT}, the draft.")
    return folder


def of_releases(path: Path) -> bool:
    """Whether a file stands beside an index of releases."""
    return path.parent.name == "releases" and path.name != "index.yaml" and (path.parent / "index.yaml").exists()


def shelf_of(name: str) -> Shelf:
    """Where a policy in a file (or on standard input) finds what it builds on."""
    from socialpolicy.loading.shelves import Folder, Policies, Shelves, beside, shipped

    return beside(Path(name)) if name != "-" else Shelves((Policies(Folder(store_folder())), shipped()))


def of_index(file: Path) -> bool:
    """Whether a file is an index of releases, or a copy of what a release was built on."""
    return (file.parent.name == "releases" and file.name == "index.yaml") or file.parent.parts[-2:] == (
        "releases",
        "packs",
    )


# -- releases -----------------------------------------------------------------------------------------------------------


def store() -> Store:
    """The store of releases: the folder that the environment names, else ``policies``, else the current folder."""
    from socialpolicy.storing import Store

    return Store(store_folder())


def store_folder() -> Path:
    """The folder of policies that the environment names, else ``policies``, else the current folder."""
    named = os.environ.get(STORE_VARIABLE)
    return Path(named or (STORE_FOLDER if Path(STORE_FOLDER).is_dir() else "."))


# -- revisions ----------------------------------------------------------------------------------------------------------


def revision_of(source: str) -> tuple[str, str] | None:
    """The revision and the path in ``REV:PATH``; None where a source is none such."""
    found = None if DRIVE.match(source) else REVISION.fullmatch(source)
    return (found[1], found[2]) if found else None


def policy_at(revision: str, path: str) -> Policy:
    """The policy in a file, or a policy's folder, of a revision. Raises an error that tells what to do."""
    from socialpolicy.loading.policies import frozen, loaded
    from socialpolicy.loading.shelves import Policies, Shelves, shipped
    from socialpolicy.policy import Policy

    shown = visible(f"{revision}:{path}")
    if not revision or revision[0] in "-^" or not revision.isprintable() or not path.isprintable():
        raise click.ClickException(
            f"{shown}: this is no revision; write one as git knows it, such as main:{visible(path)}."
        )
    if path.startswith("/"):
        raise click.ClickException(f"{shown}: the path begins at the top of the repository, or with ./ here.")
    commit = commit_of(revision, shown)
    path = path.rstrip("/")
    kind = kind_at(commit, path)
    if kind == "tree":
        path = f"{path}/{DRAFT}" if path not in ("", ".") else f"{path or '.'}/{DRAFT}"
        kind = kind_at(commit, path)
    if kind != "blob":
        below = f"; what there is, git ls-tree -r --name-only {shlex.quote(revision)} lists" if kind is None else ""
        raise click.ClickException(f"{shown}: there is no such file in that revision{below}.")
    raw = blob(commit, path, f"{revision}:{path}")
    folder, _, name = path.rpartition("/")
    index = f"{folder}/index.yaml"
    if folder.rpartition("/")[2] == "releases" and name != "index.yaml" and kind_at(commit, index) == "blob":
        from socialpolicy.storing import check_frozen

        known = blob(commit, index, f"{revision}:{index}")
        document = read_bytes(raw, f"{revision}:{path}")
        release = check_frozen(raw, document.name, read_bytes(known, f"{revision}:{index}"))
        return Policy(frozen(document, release, Revision(revision, commit, folder)))
    home = (folder.rpartition("/")[0] if "/" in folder else "") if name == DRAFT else folder
    if name == DRAFT and folder in ("", "."):
        home = ".."
    shelf = Shelves((Policies(Revision(revision, commit, home)), shipped()))
    return Policy(loaded(read_bytes(raw, f"{revision}:{path}"), shelf))


@dataclass(frozen=True, slots=True)
class Revision:
    """A folder in a revision: files under one root (``loading.shelves.Tree``)."""

    revision: str
    commit: str
    root: str

    def path(self, path: str) -> str:
        """A path from the top of the repository."""
        return f"{self.root}/{path}" if self.root else path

    def raw(self, path: str) -> bytes | None:
        """The bytes of a file; None where there is none."""
        path = self.path(path)
        if kind_at(self.commit, path) != "blob":
            return None
        return blob(self.commit, path, f"{self.revision}:{path}")

    def present(self, path: str) -> bool:
        """Whether there is anything of that name, be it readable or not."""
        return kind_at(self.commit, self.path(path)) is not None

    def name(self, path: str) -> str:
        """How findings name a file."""
        return f"{self.revision}:{self.path(path)}"

    def folders(self) -> list[str]:
        """The names of the folders at the root that hold a policy."""
        found = git(["ls-tree", "-r", "-z", "--name-only", f"{self.commit}:{self.root}"])
        names = found.stdout.decode("utf-8", "replace").split("\0")
        return sorted(name.partition("/")[0] for name in names if name.count("/") == 1 and name.endswith(f"/{DRAFT}"))


def commit_of(revision: str, shown: str) -> str:
    """The commit that a revision stands for. Raises an error with the command that would bring it."""
    found = git(["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"])
    if found.returncode == 0:
        return found.stdout.decode().strip()
    inside = git(["rev-parse", "--is-shallow-repository"])
    if inside.returncode != 0:
        reason = inside.stderr.decode("utf-8", "replace").partition("\n")[0]
        if "not a git repository" in reason:
            reason = "this folder is in no git repository; go into one, or give a file"
        raise click.ClickException(f"{shown}: {visible(reason) or 'git gave no answer'}.")
    shallow = inside.stdout.strip() == b"true"
    remotes = git(["remote"]).stdout.decode("utf-8", "replace").split()
    remote, _, branch = revision.partition("/")
    if remote in remotes and re.fullmatch(r"[A-Za-z0-9._/-]+", branch):
        depth = ["--depth=1"] if shallow else []
        command = ["git", "fetch", *depth, remote, f"+{branch}:refs/remotes/{remote}/{branch}"]
    elif shallow:
        command = ["git", "fetch", "--unshallow"]
    elif remotes:
        command = ["git", "fetch", "--tags", remotes[0]]
    else:
        raise click.ClickException(
            f"{shown}: this repository has no such revision; git branch --all lists the branches."
        )
    here = "this shallow clone does not have that revision" if shallow else "this repository has no such revision"
    raise click.ClickException(f"{shown}: {here}; this may bring it: {visible(shlex.join(command))}")


def kind_at(commit: str, path: str) -> str | None:
    """What stands at a path in a commit, in git's words; None where there is nothing."""
    found = git(["cat-file", "-t", f"{commit}:{path if path != '.' else './'}"])
    return found.stdout.decode().strip() if found.returncode == 0 else None


def blob(commit: str, path: str, name: str) -> bytes:
    """The bytes of a file in a commit."""
    size = git(["cat-file", "-s", f"{commit}:{path}"])
    if size.returncode == 0:
        check_size(name, int(size.stdout))
    found = git(["cat-file", "blob", f"{commit}:{path}"])
    if found.returncode != 0:
        raise click.ClickException(f"{visible(name)}: git cannot read it; git fsck tells why.")
    return found.stdout


def git(arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Run git in the current folder, in plain English, without asking anything or going to the network."""
    environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}
    try:
        return subprocess.run(
            ["git", *arguments], capture_output=True, check=False, env=environment, stdin=subprocess.DEVNULL, timeout=GIT_SECONDS
        )  # fmt: skip
    except FileNotFoundError:
        raise click.ClickException("revisions (REV:PATH) are read by git, which is not installed.") from None
    except subprocess.TimeoutExpired:
        raise click.ClickException(f"git {visible(arguments[0])} gave no answer in {GIT_SECONDS} seconds.") from None


def decider_of(source: str) -> Decider:
    """What a source decides by: a policy, or a saved program."""
    path = Path(source)
    if source != "-" and path.suffix == ".json" and path.is_file():
        with path.open("rb") as file:
            head = file.read(256)
        if b'"socialpolicy_program"' in head:
            from socialpolicy.encoding import ProgramError
            from socialpolicy.saving import load_program

            try:
                return load_program(path)
            except ProgramError as error:
                raise ProgramError(f"{visible(source)}: {error.where or 'the program'}", error.message) from None
    return policy_of(source)


def folders(source: str) -> Iterator[Path]:
    """The policies (their files) that a source stands for: one, or all in the folders below."""
    path = exists(source)
    if not path.is_dir():
        yield path
    elif (path / DRAFT).exists():
        yield path / DRAFT
    else:
        found = [file for file in sorted(path.rglob(DRAFT)) if not file.is_symlink() or inside(file, path)]
        if not found:
            raise click.UsageError(
                f"{visible(source)}: there is no policy in this folder; a policy's folder has a {DRAFT}."
            )
        yield from found


def inside(file: Path, root: Path) -> bool:
    """Whether a link stays in a folder."""
    try:
        return file.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False


def files(source: str) -> Iterator[tuple[Path, Path | None]]:
    """All files to check that a source stands for, each with the folder that links may not lead out of."""
    path = exists(source)
    if not path.is_dir():
        yield path, None
        return
    found = False
    for file in sorted(path.rglob("*")):
        if (
            file.suffix in SUFFIXES
            and not file.is_dir()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
            and not (of_releases(file) or of_index(file))  # these are checked by digest
        ):
            found = True
            yield file, path
    if not found:
        raise click.UsageError(f"{visible(source)}: there is no YAML or JSON file in this folder.")
