"""Revisions: the files of a commit, read from git's objects without a check-out.

However many files are read, one process lists them (``git ls-tree``) and one reads them (``git cat-file --batch``). git is
never let go to the network. What cannot be read is told in one line with the command that repairs it.
"""

from __future__ import annotations

import os
import posixpath
import re
import shlex
import subprocess
import weakref
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Timer
from typing import IO

import click

from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import visible
from socialpolicy.loading.reading import check_size, read_bytes
from socialpolicy.loading.shelves import DRAFT

REVISION = re.compile(r"((?:[^:{]|\{[^}]*\})*):(.*)", re.DOTALL)
DRIVE = re.compile(r"[A-Za-z]:[\\/]")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*", re.ASCII)
WHOLE_ID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
TAG = re.compile(r"v?[0-9]+\.")
LARGE = b"version https://git-lfs.github.com/spec/"
"""What a file begins with that is kept elsewhere by Git LFS."""
GIT_SECONDS = 60
LINK, MODULE, FOLDER = "120000", "160000", "040000"
KINDS = {LINK: "blob", MODULE: "commit", FOLDER: "tree"}


def revision_of(source: str) -> tuple[str, str] | None:
    """The revision and the path in ``REV:PATH``; None where a source is none such."""
    found = None if DRIVE.match(source) else REVISION.fullmatch(source)
    return (found[1], found[2]) if found else None


# -- the files of a commit -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at a path in a commit."""

    mode: str
    id: str

    @property
    def kind(self) -> str:
        """What it is, in git's words."""
        return KINDS.get(self.mode, "blob")


class Objects:
    """git's objects, read one after the other through one process, which ends when nobody needs it any more."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def read(self, id: str, name: str) -> bytes | None:
        """The content of a blob; None where git does not have it. Raises ``LimitError`` for one that is too large."""
        told, content = self.opened()
        timer = Timer(GIT_SECONDS, self.end)
        timer.start()
        try:
            told.write(f"{id}\n".encode())
            told.flush()
            head = content.readline().split()
            if len(head) != 3:
                self.end()
                return None
            check_size(name, int(head[2]))
            raw = content.read(int(head[2]) + 1)
            return raw[:-1] if len(raw) > int(head[2]) else None
        except BaseException as error:
            self.end()  # what it would say next answers to this question
            if isinstance(error, OSError):
                return None
            raise
        finally:
            timer.cancel()

    def opened(self) -> tuple[IO[bytes], IO[bytes]]:
        """What the process is asked through, and where it answers."""
        if self.process is None:
            self.process = subprocess.Popen(
                ["git", "cat-file", "--batch"], env=environment(),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            weakref.finalize(self, end, self.process)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        return self.process.stdin, self.process.stdout

    def end(self) -> None:
        """End the process; the next one that reads begins another."""
        if self.process is not None:
            end(self.process)
            self.process = None


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, and everything that it was asked through."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # for what was still to be said to it
                pipe.close()


@dataclass(slots=True)
class Commit:
    """The files of a commit. A part of it is listed when it is asked for first: all below one entry at the top."""

    id: str
    objects: Objects = field(default_factory=Objects)
    listed: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def entries(self, path: str) -> dict[str, Entry]:
        """All that stands below the same entry at the top as a path; all there is, where the path is empty."""
        top = path.partition("/")[0]
        if top not in self.listed:
            asked = ["ls-tree", "-r", "-t", "-z", "--full-tree", "--end-of-options", self.id]
            found = git([*asked, top] if top else asked)
            if found.returncode != 0:
                raise click.ClickException(f"{visible(self.id)}:{visible(top)}: {unreadable(self.id, top)}")
            lines = found.stdout.decode("utf-8", "surrogateescape").split("\0")
            self.listed[top] = dict(entry_of(line) for line in lines if line)
        return self.listed[top]

    def entry(self, path: str) -> Entry | None:
        """What stands at a path; None where there is nothing."""
        return self.entries(path).get(path) if path else Entry(FOLDER, self.id)

    def above(self, path: str) -> tuple[str, Entry] | None:
        """The link or submodule on the way to a path, for which the path itself is not in this commit."""
        parts = path.split("/")
        for length in range(1, len(parts)):
            entry = self.entry("/".join(parts[:length]))
            if entry is not None and entry.mode in (LINK, MODULE):
                return "/".join(parts[:length]), entry
        return None

    def below(self, path: str) -> list[str]:
        """The paths of all below a folder but folders, sorted."""
        start = f"{path}/" if path else ""
        found = [name for name, one in self.entries(path).items() if name.startswith(start) and one.kind != "tree"]
        return sorted(found, key=lambda name: name.split("/"))

    def document(self, path: str, name: str) -> Document:
        """A file, read. What is no ordinary file of its own content is a finding. Raises ``LimitError``."""
        entry = self.entry(path)
        problem, hint = "there is no such file in that revision.", "git ls-tree lists what there is."
        if entry is not None and entry.mode not in (MODULE, FOLDER):
            raw = self.objects.read(entry.id, name)
            if raw is None:
                problem, hint = "git does not have its content.", f"{unreadable(self.id, path)}"
            elif entry.mode == LINK:
                to = visible(raw.decode("utf-8", "replace"))
                problem, hint = f"this is a link to {to}, which is not followed in a revision.", "give the file itself."
            elif raw.startswith(LARGE):
                problem = "this file is kept by Git LFS, so the revision has no more of it than a pointer."
                hint = "keep policies out of LFS: git lfs untrack; or check the revision out, and give the file."
            else:
                return read_bytes(raw, name)
        elif entry is not None and entry.mode == MODULE:
            problem, hint = submodule(path, entry), "go into it, and give the path from there."
        elif entry is not None:
            problem, hint = "this is a folder.", "give a file."
        document = Document(name)
        document.add("unreadable-file", (), problem, hint)
        return document


def submodule(path: str, entry: Entry) -> str:
    """That a path is a repository of its own."""
    return f"{visible(path)} is a submodule: a repository of its own, here at its commit {entry.id[:12]}."


def entry_of(line: str) -> tuple[str, Entry]:
    """The path and what stands there, from a line of ``ls-tree``."""
    told, _, path = line.partition("\t")
    mode, _, id = told.split(" ")
    return path, Entry(mode, id)


@dataclass(frozen=True, slots=True)
class Revision:
    """What stands at a path of a revision; of a folder, the files under it (``loading.shelves.Tree``).

    ``root`` is the path from the top of the repository, ``shown`` how revision and path are written.
    """

    revision: str
    commit: Commit
    root: str
    shown: str

    @property
    def kind(self) -> str | None:
        """What it is, in git's words; None where there is nothing."""
        entry = self.commit.entry(self.root)
        return entry.kind if entry else None

    def at(self, path: str) -> Revision:
        """What stands at a path from here."""
        return Revision(self.revision, self.commit, self.path(path), self.name(path))

    @property
    def folder(self) -> Revision | None:
        """The folder that this stands in; None at the top of the repository."""
        if not self.root:
            return None
        home = self.root.rpartition("/")[0]
        return Revision(self.revision, self.commit, home, f"{self.revision}:{home}")

    def path(self, path: str) -> str:
        """A path from the top of the repository."""
        return "/".join(filter(None, (self.root, path)))

    def raw(self, path: str) -> bytes | None:
        """The bytes of a file; None where there is none that can be read."""
        entry = self.commit.entry(self.path(path))
        if entry is None or entry.mode in (LINK, MODULE, FOLDER):
            return None
        raw = self.commit.objects.read(entry.id, self.name(path))
        return None if raw is None or raw.startswith(LARGE) else raw

    def present(self, path: str) -> bool:
        """Whether there is anything of that name, be it readable or not."""
        return self.commit.entry(self.path(path)) is not None

    def name(self, path: str) -> str:
        """How findings name a file."""
        return f"{self.shown}{path}" if self.shown.endswith((":", "/")) else f"{self.shown}/{path}"

    def folders(self) -> list[str]:
        """The names of the folders at the root that hold a policy."""
        paths = (path.removeprefix(f"{self.root}/" if self.root else "") for path in self.commit.below(self.root))
        return sorted(path.partition("/")[0] for path in paths if path.endswith(f"/{DRAFT}") and path.count("/") == 1)

    def document(self) -> Document:
        """The file, read. What is no ordinary file of its own content is a finding. Raises ``LimitError``."""
        return self.commit.document(self.root, self.shown)

    def files(self) -> Iterator[str]:
        """The paths of all files below the root, sorted. Raises an error for a submodule, whose files nobody knows here."""
        start = len(self.root) + 1 if self.root else 0
        for path in self.commit.below(self.root):
            entry = self.commit.entry(path)
            if entry is not None and entry.mode == MODULE:
                told = submodule(path, entry)
                raise click.ClickException(
                    f"{visible(self.shown)}: {told} Go into it, and give its policies from there."
                )
            yield path[start:]


def found_at(revision: str, path: str) -> Revision:
    """What ``REV:PATH`` names, be it there or not. Raises an error that tells what to do."""
    shown = visible(f"{revision}:{path}")
    if not revision or revision[0] in "-^" or not revision.isprintable() or not path.isprintable():
        raise click.ClickException(
            f"{shown}: this is no revision; write one as git knows it, such as main:{visible(path)}."
        )
    if path.startswith("/"):
        raise click.ClickException(f"{shown}: the path begins at the top of the repository, or with ./ here.")
    commit = commit_of(revision, shown)
    return Revision(revision, opened(commit), from_the_top(path, shown), f"{revision}:{path.rstrip('/')}")


def not_there(place: Revision) -> click.ClickException:
    """The error for what is not in a revision, with the reason where there is one."""
    shown, above = visible(place.shown), place.commit.above(place.root)
    if above is None:
        listing = f"git ls-tree -r --name-only {shlex.quote(place.revision)}"
        return click.ClickException(
            f"{shown}: there is no such file in that revision; what there is, {visible(listing)} lists."
        )
    path, entry = above
    rest = place.root[len(path) + 1 :]
    if entry.mode == MODULE:
        return click.ClickException(
            f"{shown}: {submodule(path, entry)} Go into it, and give {entry.id[:12]}:{visible(rest)}"
        )
    to = (place.commit.objects.read(entry.id, path) or b"").decode("utf-8", "replace")
    real = posixpath.normpath(posixpath.join(posixpath.dirname(path), to, rest))
    return click.ClickException(
        f"{shown}: {visible(path)} is a link, which is not followed in a revision; give {visible(f'{place.revision}:{real}')}"
    )


def from_the_top(path: str, shown: str) -> str:
    """A path from the top of the repository, as git reads it: from there, or from here where it begins with ``./``."""
    if path.partition("/")[0] in (".", ".."):
        here = git_once(["rev-parse", "--is-inside-work-tree", "--show-prefix"]).stdout.decode(
            "utf-8", "surrogateescape"
        )
        inside, _, prefix = here.partition("\n")
        if inside != "true":
            raise click.ClickException(
                f"{shown}: there are no files here; write the path from the top of the repository."
            )
        path = f"{prefix.removesuffix(chr(10))}{path}"
    path = posixpath.normpath(path) if path else "."
    if path.partition("/")[0] == "..":
        raise click.ClickException(f"{shown}: this path leads out of the repository.")
    return "" if path == "." else path


def opened(id: str) -> Commit:
    """A commit of the repository that git finds here. It stays open, so that several commands in one process list it once."""
    told = tuple(sorted(pair for pair in os.environ.items() if pair[0].startswith("GIT_")))
    return opened_in(id, os.getcwd(), told)  # noqa: PTH109


@lru_cache(maxsize=4)
def opened_in(id: str, here: str, told: tuple[tuple[str, str], ...]) -> Commit:
    """A commit of one repository: what a commit holds never changes."""
    return Commit(id)


# -- which commit ----------------------------------------------------------------------------------------------------------


def commit_of(revision: str, shown: str) -> str:
    """The commit that a revision stands for; ``A...B`` is where the two part. Raises an error with the command that would bring it."""
    one, dots, other = revision.partition("...")
    if dots and "{" not in revision:
        return parting(one or "HEAD", other or "HEAD", shown)
    found = git_once(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"])
    if found.returncode == 0:
        return found.stdout.decode().strip()
    check_repository(shown)
    raise click.ClickException(f"{shown}: {missing(revision, shown)}")


def parting(one: str, other: str, shown: str) -> str:
    """The commit where two revisions part. Raises an error where there is none, or it was not fetched."""
    ids = [commit_of(revision, shown) for revision in (one, other)]
    found = git(["merge-base", *ids])
    if found.returncode == 0:
        return found.stdout.decode().split()[0]
    told = f"{visible(one)} and {visible(other)} have no commit in common"
    if is_shallow():
        raise click.ClickException(f"{shown}: {told} in this shallow clone; this brings it: git fetch --unshallow")
    raise click.ClickException(f"{shown}: {told}; name one commit to compare with.")


def check_repository(shown: str) -> None:
    """Raise an error where git cannot or will not read a repository here."""
    inside = git(["rev-parse", "--git-dir"])
    if inside.returncode == 0:
        return
    said = inside.stderr.decode("utf-8", "replace")
    reason = said.partition("\n")[0].removeprefix("fatal: ").rstrip(".")
    trusted = re.search(r"^\s*(git config --global --add safe\.directory .*)$", said, re.MULTILINE)
    if "not a git repository" in said:
        reason = "this folder is in no git repository; go into one, or give a file"
    elif trusted:
        reason = f"git does not read a repository of somebody else; if you trust it: {trusted[1]}"
    raise click.ClickException(f"{shown}: {visible(reason) or 'git gave no answer'}.")


def missing(revision: str, shown: str) -> str:
    """That a revision is not there, and the command that may bring it."""
    remotes = git(["remote"]).stdout.decode("utf-8", "replace").split()
    if not remotes:
        some = git(["rev-list", "--all", "--max-count=1"]).stdout
        return (
            "this repository has no such revision; git branch --all lists the branches."
            if some
            else "this repository has no commit yet, so there is nothing to read."
        )
    shallow = is_shallow()
    remote, _, branch = revision.partition("/")
    depth = ["--depth=1"] if shallow else []
    known = f"{remotes[0]}/{revision}"
    if remote in remotes and NAME.fullmatch(branch):
        command = ["git", "fetch", *depth, remote, f"+{branch}:refs/remotes/{remote}/{branch}"]
    elif WHOLE_ID.fullmatch(revision):
        command = ["git", "fetch", *depth, remotes[0], revision]
    elif NAME.fullmatch(revision) and has(f"refs/remotes/{known}"):
        path = shown.partition(":")[2]
        return f"there is no such revision here, but one of {remotes[0]}: write {known}:{path}"
    elif NAME.fullmatch(revision) and not re.fullmatch(r"HEAD|[0-9a-f]{4,}", revision):
        wanted = ["tag", revision] if TAG.match(revision) else [f"{revision}:{revision}"]
        command = ["git", "fetch", *depth, remotes[0], *wanted]
    elif shallow:
        command = ["git", "fetch", "--unshallow"]
    else:
        command = ["git", "fetch", "--tags", remotes[0]]
    here = "this shallow clone does not have that revision" if shallow else "this repository has no such revision"
    return f"{here}; this may bring it: {visible(shlex.join(command))}"


def has(revision: str) -> bool:
    """Whether the repository has a commit of that name."""
    return git(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"]).returncode == 0


def is_shallow() -> bool:
    """Whether the repository was cloned without its history."""
    return git(["rev-parse", "--is-shallow-repository"]).stdout.strip() == b"true"


def unreadable(commit: str, path: str) -> str:
    """Why git does not have what a commit names, and the command that repairs it."""
    partial = git(["config", "--get-regexp", r"^remote\..*\.(promisor|partialclonefilter)$"]).returncode == 0
    if not partial:
        return "git cannot read it, for the repository is damaged: git fsck tells more."
    top = path.partition("/")[0]
    command = ["git", "archive", "--output=/dev/null", commit, *([top] if top else [])]
    return f"this clone has no more than a part of the files; this brings them: {visible(shlex.join(command))}"


# -- git -------------------------------------------------------------------------------------------------------------------


def git(arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Run git in the current folder, in plain English, without asking anything or going to the network."""
    try:
        return subprocess.run(
            ["git", *arguments], capture_output=True, check=False, env=environment(), stdin=subprocess.DEVNULL, timeout=GIT_SECONDS
        )  # fmt: skip
    except FileNotFoundError:
        raise click.ClickException("revisions (REV:PATH) are read by git, which is not installed.") from None
    except subprocess.TimeoutExpired:
        raise click.ClickException(f"git {visible(arguments[0])} gave no answer in {GIT_SECONDS} seconds.") from None


def git_once(arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Ask git once during a command: all of it sees one state, though branches may move meanwhile."""
    context = click.get_current_context(silent=True)
    if context is None:
        return git(arguments)
    said: dict[tuple[str, ...], subprocess.CompletedProcess[bytes]] = context.meta.setdefault(__name__, {})
    asked = (os.getcwd(), *arguments)  # noqa: PTH109
    if asked not in said:
        said[asked] = git(arguments)
    return said[asked]


def environment() -> dict[str, str]:
    """The environment in which git runs: it asks nothing, takes paths as they are, and fetches nothing by itself."""
    own = {name: value for name, value in os.environ.items() if not name.endswith("_PATHSPECS")}
    return {
        **own, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_LITERAL_PATHSPECS": "1",
        "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none",  # the second is for git before 2.39.4
    }  # fmt: skip
