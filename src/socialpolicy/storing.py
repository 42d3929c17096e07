"""The store: releases of policies, found by version, by range, or by the instant at which they were in force.

A policy's folder holds the draft ``policy.yaml``, and ``releases/`` with a frozen copy of the draft for each version and an
index of them. The index is what makes a release exist. It has the digest of every frozen file, so nobody can change one,
not even a comment in it, without being found out: then nothing of that policy is read from the store until it is mended.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import yaml
from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from socialpolicy.errors import SocialPolicyError
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Finding, FindingsError, Level, listed, meant, visible
from socialpolicy.loading.indexes import INDEX, RELEASES, Index, Release, bytes_digest, changed, read_index
from socialpolicy.loading.policies import frozen, released
from socialpolicy.loading.reading import FILE_BYTES, check_size, read_bytes
from socialpolicy.loading.shelves import DRAFT, Folder
from socialpolicy.policy import Policy
from socialpolicy.versions import in_range, is_prerelease, parsed

SUFFIXES = (".yaml", ".yml", ".json")
LATEST = "latest"


class StoreError(SocialPolicyError):
    """Something that a store cannot give. ``policy`` is the policy's id and ``asked`` what was asked for, where known."""

    def __init__(self, message: str, *, policy: str = "", asked: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.policy = policy
        self.asked = asked


class ReleasesError(StoreError, FindingsError):
    """Releases that cannot be trusted or read. ``findings`` says what is wrong with each file."""

    def __init__(self, findings: Sequence[Finding], *, policy: str = "", asked: str = "") -> None:
        FindingsError.__init__(self, findings)
        self.message = str(self.args[0])
        self.policy = policy
        self.asked = asked


# -- files --------------------------------------------------------------------------------------------------------------


def raw_of(path: Path, *, root: Path) -> bytes | Finding:
    """The bytes of a file; a finding for what is none, is not there, or is a link that leads out of ``root``."""
    name = path.as_posix()
    flags = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            return outside(path, root)
        handle = os.open(path, flags)
    except (OSError, RuntimeError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "it cannot be opened"
        message = f"cannot be read: {reason[:1].lower() + reason[1:]}."
        return Finding("unreadable-file", message, name, hint="check the name and the rights.")
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        message = "this is no ordinary file (a folder, a pipe or a device)."
        return Finding("unreadable-file", message, name, hint="give a file.")
    with os.fdopen(handle, "rb") as file:
        check_size(name, status.st_size)
        return file.read(FILE_BYTES + 1)


def outside(path: Path, root: Path) -> Finding:
    """The finding for a link that leads out of a folder."""
    message = f"this link leads out of the folder {root.as_posix()}, so it is not followed."
    return Finding("outside-root", message, path.as_posix(), hint="put a copy of the file here instead.")


def draft_id(raw: bytes) -> str:
    """The id that a draft gives itself, whatever else is wrong with it; empty where none can be told."""
    depth, before = 0, ["", "-"]  # the nodes of the outermost mapping so far: keys and values in turn
    try:
        for event in yaml.parse(raw.decode("utf-8-sig"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            match event:
                case SequenceStartEvent() if depth == 0:
                    return ""
                case MappingStartEvent() | SequenceStartEvent():
                    depth += 1
                case MappingEndEvent() | SequenceEndEvent():
                    depth -= 1
                    before += [""] * (depth == 1)
                case ScalarEvent(value=value) if depth == 1:
                    if len(before) % 2 and before[-1] == "id":
                        return str(value)
                    before.append(str(value))
    except (yaml.YAMLError, UnicodeDecodeError):
        pass
    return ""


@dataclass(frozen=True, slots=True)
class Releases:
    """What stands in the ``releases/`` of one policy's folder: the index, the bytes of the frozen files, what is wrong.

    ``readable`` tells whether the index could be read: it may be sound while a frozen file is not.
    """

    folder: Path
    policy: str
    entries: tuple[Release, ...] = ()
    frozen: Mapping[str, bytes] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    readable: bool = True
    own: str = ""  # the id in the draft

    @property
    def failed(self) -> bool:
        """Whether anything is wrong."""
        return any(finding.level is Level.ERROR for finding in self.findings)

    def load(self, release: Release) -> Policy:
        """The policy as it was released. Raises ``ReleasesError`` where index and frozen file do not agree."""
        name = (self.folder / RELEASES / release.file).as_posix()
        tree = Folder(self.folder / RELEASES)
        policy = Policy(released(read_bytes(self.frozen[release.version], name), release, tree))
        told = policy.id, policy.version, policy.written.in_force, policy.written.time_zone
        problem, hint = "", "restore the index from version control; only `socialpolicy release` writes it."
        if told != (self.policy, release.version, release.in_force, release.time_zone):
            problem = f"the index tells of {release.version} what its file does not: id, version or dates in force."
        elif policy.digest != release.digest.everything:
            problem = f"{release.version} is not what it was when it was released, though its file is."
            hint = "the vocabulary that it uses has changed: install the socialpolicy that it was released with."
        if problem:
            index = (self.folder / RELEASES / INDEX).as_posix()
            raise ReleasesError([Finding("bad-index", problem, index, hint=hint)], policy=self.policy)
        return policy


def frozen_findings(folder: Path) -> list[Finding]:
    """What is wrong with the releases in a policy's folder; an interrupted release is an info among them."""
    return list(read_releases(folder).findings)


def read_releases(folder: Path, *, root: Path | None = None) -> Releases:
    """Read and check the releases in a policy's folder. Links may not lead out of ``root`` (the folder, if left out)."""
    root = root or folder
    home = folder / RELEASES
    draft = raw_of(folder / DRAFT, root=root) if present(folder / DRAFT) else b""
    own = draft_id(draft) if isinstance(draft, bytes) else ""
    problems = [] if isinstance(draft, bytes) else [draft]
    if not present(home):
        return Releases(folder, own, findings=tuple(problems), own=own)
    index, broken = indexed(home, root)
    if broken:
        return Releases(folder, own, findings=(*problems, *broken), readable=False, own=own)
    entries = tuple(index.releases) if index else ()
    frozen: dict[str, bytes] = {}
    problems.extend(problem for release in entries for problem in gather(home, release, root, frozen))
    problems.extend(unlisted(folder, entries, root))
    if index is not None and own and index.policy != own:
        problems.append(
            Finding(
                "bad-index",
                f"this index is of the policy {visible(index.policy)}, but the draft beside it is {visible(own)}.",
                (home / INDEX).as_posix(),
                hint="an id stays for ever: write the old one into the draft, or begin the new policy without releases.",
            )
        )
    return Releases(folder, index.policy if index else own, entries, frozen, tuple(problems), own=own)


def present(path: Path) -> bool:
    """Whether there is anything of that name, a broken link included."""
    return path.is_symlink() or path.exists()


def not_a_folder(home: Path) -> Finding:
    """The finding for a file where a folder should be."""
    return Finding("unreadable-file", "this is no folder.", home.as_posix(), hint="rename it: releases go there.")


def indexed(home: Path, root: Path) -> tuple[Index | None, tuple[Finding, ...]]:
    """The index in a folder of releases, and what is wrong with it; neither where there is none."""
    path = home / INDEX
    if not home.resolve().is_relative_to(root.resolve()):
        return None, (outside(home, root),)
    if not home.is_dir():
        return None, (not_a_folder(home),)
    if not present(path):
        return None, ()
    raw = raw_of(path, root=root)
    if isinstance(raw, Finding):
        return None, (raw,)
    document = read_bytes(raw, path.as_posix())
    return read_index(document), tuple(document.findings)


def gather(home: Path, release: Release, root: Path, frozen: dict[str, bytes]) -> Iterator[Finding]:
    """Put the bytes of a release's frozen file into ``frozen``, or tell what is wrong with it."""
    path = home / release.file
    if not present(path):
        yield Finding(
            "missing-release",
            f"release {release.version} is in the index, but its file {release.file} is not there.",
            (home / INDEX).as_posix(),
            hint="restore the file from version control.",
        )
        return
    raw = raw_of(path, root=root)
    if isinstance(raw, Finding):
        yield raw
    elif bytes_digest(raw) != release.digest.bytes:
        yield changed(path.as_posix(), release.version)
    else:
        frozen[release.version] = raw
    for pin in release.builds_on or ():
        path = home / pin.file
        copy = raw_of(path, root=root) if present(path) else None
        if copy is None:
            problem = f"release {release.version} is built on {pin.id} {pin.version}, but its copy is not there."
            yield Finding("missing-release", problem, path.as_posix(), hint="restore the file from version control.")
        elif isinstance(copy, Finding):
            yield copy
        elif bytes_digest(copy) != pin.digest:
            yield changed(path.as_posix(), pin.version)


def unlisted(folder: Path, entries: Sequence[Release], root: Path) -> Iterator[Finding]:
    """The findings for files that are no release: an info for what an interrupted release left, an error for all else."""
    known = {release.file for release in entries} | {INDEX}
    for path in sorted((folder / RELEASES).iterdir()):
        if path.name in known or path.suffix not in SUFFIXES or path.name.startswith("."):
            continue
        raw = raw_of(path, root=root)
        draft = raw_of(folder / DRAFT, root=root)  # read after the file: a release writes the draft before it
        if isinstance(raw, bytes) and raw == draft:
            yield Finding(
                "unlisted-release",
                "this file is no release: a release was interrupted before it was done, and nothing was released.",
                path.as_posix(),
                hint="run `socialpolicy release` again, or remove the file.",
                level=Level.INFO,
            )
        else:
            yield Finding(
                "unlisted-release",
                "this file is no release: the index does not list it.",
                path.as_posix(),
                hint="remove it, or restore the index from version control; only `socialpolicy release` adds releases.",
            )


def check_frozen(raw: bytes, name: str, index: Document) -> Release:
    """The release that a file beside an index holds. Raises ``ReleasesError`` where it is no release, or changed."""
    read = read_index(index)
    if read is None:
        raise ReleasesError(index.findings)
    release = next((release for release in read.releases if release.file == name.rpartition("/")[2]), None)
    if release is None:
        problem = "this file is no release: the index beside it does not list it."
        raise ReleasesError([Finding("unlisted-release", problem, name, hint="remove it.")], policy=read.policy)
    if bytes_digest(raw) != release.digest.bytes:
        raise ReleasesError([changed(name, release.version)], policy=read.policy)
    return release


def frozen_policy(path: Path) -> Policy:
    """The policy in a frozen file, checked against the index beside it."""
    raw, index = raw_of(path, root=path.parent.parent), raw_of(path.parent / INDEX, root=path.parent.parent)
    if isinstance(raw, Finding) or isinstance(index, Finding):
        raise ReleasesError([one for one in (raw, index) if isinstance(one, Finding)])
    release = check_frozen(raw, path.as_posix(), read_bytes(index, (path.parent / INDEX).as_posix()))
    return Policy(frozen(read_bytes(raw, path.as_posix()), release, Folder(path.parent)))


# -- the store ----------------------------------------------------------------------------------------------------------


class Store:
    """The policies in a folder (or in one policy's folder), and their releases.

    Everything is read anew when it is asked for, so a store never tells of a state that is gone.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    def __repr__(self) -> str:
        return f"Store({self.root.as_posix()!r})"

    def get(self, wanted: str, *, at: datetime | None = None) -> Policy:
        """The release that is wanted, as a policy.

        ``wanted`` is ``acme@2.1.0``, a range such as ``acme@^2`` (as npm has them; the highest release in it), or
        ``acme@latest``. With ``at`` it is ``acme``, and the release is the one in force at that instant. Pre-releases are
        given only where ``wanted`` names one. Raises ``StoreError`` where there is none, and ``ReleasesError`` where the
        releases of that policy were tampered with.
        """
        id, joint, version = wanted.partition("@")
        if bool(joint) == (at is not None):
            raise StoreError(
                f"{visible(wanted)}: say which version: {visible(id)}@latest, {visible(id)}@^2, or {visible(id)} at an instant, and not both.",
                policy=id,
                asked=wanted,
            )
        releases = self.of(id)
        if not releases.entries:
            raise StoreError(
                f"{visible(wanted)}: {visible(id)} has no releases yet; `socialpolicy release {releases.folder.as_posix()}` makes one.",
                policy=id,
                asked=wanted,
            )
        return releases.load(in_force(releases, at) if at is not None else chosen(releases, version))

    def releases(self, id: str) -> tuple[Release, ...]:
        """The releases of a policy, oldest first. Raises ``StoreError``."""
        return self.of(id).entries

    def of(self, id: str) -> Releases:
        """The releases of the policy with that id, read and checked. Raises ``StoreError``."""
        found: list[Releases] = []
        known: set[str] = set()
        for folder in self.folders():
            releases = read_releases(folder, root=self.root)
            names = {releases.policy, releases.own} - {""}
            known |= names
            if id in names or (not names and folder.name == id):
                found.append(releases)
        if not found:
            shown = visible(id) or "(nothing)"
            other = meant(id, known) or (f"it has {listed(sorted(known), 'and')}." if known else "it has none.")
            raise StoreError(f"{shown}: there is no such policy in {self.root.as_posix()}: {visible(other)}", policy=id)
        if len(found) > 1:
            folders = [releases.folder.as_posix() for releases in found]
            problem = f"the folders {listed(folders, 'and')} both hold a policy with the id {visible(id)}."
            finding = Finding("policy-id-twice", problem, f"{folders[1]}/{DRAFT}", hint="give one of them another id.")
            raise ReleasesError([finding], policy=id)
        if found[0].failed:
            raise ReleasesError([one for one in found[0].findings if one.level is Level.ERROR], policy=id)
        return found[0]

    def folders(self) -> Iterator[Path]:
        """The folders of the policies. Raises ``StoreError`` where there is no store, or a link leads out of it."""
        if not self.root.is_dir():
            raise StoreError(f"{visible(self.root.as_posix())}: there is no such folder of policies.")
        if present(self.root / DRAFT) or present(self.root / RELEASES):
            yield self.root
            return
        for folder in sorted(self.root.iterdir()):
            if not folder.is_dir() or not (present(folder / DRAFT) or present(folder / RELEASES)):
                continue
            if not folder.resolve().is_relative_to(self.root.resolve()):
                raise ReleasesError([outside(folder, self.root)])
            yield folder


def chosen(releases: Releases, version: str) -> Release:
    """The release of that version, or the highest in that range. Raises ``StoreError`` where there is none."""
    asked = f"{releases.policy}@{version}"
    exact = next((release for release in releases.entries if release.version == version), None)
    if exact is not None:
        return exact
    having = f"{releases.policy} has {listed([release.version for release in releases.entries][-12:], 'and')}"
    if version == LATEST:
        fitting = [release for release in releases.entries if not is_prerelease(release.version)]
    else:
        fitting = [release for release in releases.entries if within(release.version, version, asked)]
    if not fitting:
        raise StoreError(f"{visible(asked)}: there is no such release; {having}.", policy=releases.policy, asked=asked)
    left = [release for release in fitting if release.withdrawn is None]
    if not left:
        instead = next((one.withdrawn.use for one in reversed(fitting) if one.withdrawn and one.withdrawn.use), None)
        hint = f" Use {releases.policy}@{instead}." if instead else ""
        raise StoreError(
            f"{visible(asked)}: {fitting[-1].version} was withdrawn.{hint}", policy=releases.policy, asked=asked
        )
    return left[-1]


def within(version: str, wanted: str, asked: str) -> bool:
    """Whether a version lies in a range, as npm has them. Raises ``StoreError`` for what is no range."""
    found = in_range(version, wanted)
    if found is None:
        raise StoreError(
            f"{visible(asked)}: this is no version and no range; write 2.1.0, ^2, ~2.1, '>=2 <4' or latest.",
            policy=asked.partition("@")[0],
            asked=asked,
        )
    return found


def in_force(releases: Releases, at: datetime) -> Release:
    """The release in force at an instant: of those that may be, the one that began last. Raises ``StoreError``."""
    if at.tzinfo is None:
        raise StoreError(
            "the instant has no offset: give one with its time zone, such as 2026-03-01T09:00:00+01:00.",
            policy=releases.policy,
        )
    fitting = [one for one in releases.entries if not is_prerelease(one.version) and one.in_force_at(at)]
    if not fitting:
        begin = [one.begins() for one in releases.entries if not is_prerelease(one.version)]
        first = min((instant for instant in begin if instant is not None), default=None)
        hint = f" The first one began at {first.isoformat()}." if first and first > at else ""
        raise StoreError(
            f"no version of {releases.policy} was in force at {at.isoformat()}.{hint}",
            policy=releases.policy,
            asked=at.isoformat(),
        )
    return max(fitting, key=lambda one: (one.begins() or at, parsed(one.version)))
