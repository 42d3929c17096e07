"""The index of a policy's releases: which there are, what each is built on, and the digests of all its files."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, StringConstraints

from socialpolicy import instants
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Finding
from socialpolicy.loading.models import Id, InForce, Name, Names, Text, Version
from socialpolicy.loading.structure import structured
from socialpolicy.versions import parsed

RELEASES, INDEX, PACKS = "releases", "index.yaml", "packs"

Digest: TypeAlias = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
BumpWord: TypeAlias = Literal["identical", "patch", "minor", "major"]


class Indexed(BaseModel):
    """The base of what stands in an index: strict and closed."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=False)


class WaivedText(Indexed):
    """A change that was accepted on record under a smaller number than it calls for: its key, by whom, and why."""

    finding: Name
    by: Text
    reason: Text


class BumpText(Indexed):
    """The bump that the changes call for, the one that the version makes, and what was waived where that is smaller."""

    needed: BumpWord
    claimed: BumpWord
    waived: list[WaivedText] | None = None


class DigestText(Indexed):
    """The digests of a release: of all that is written, of what decides, and of the bytes of the frozen file."""

    everything: Digest
    decides: Digest
    bytes: Digest


class BuiltOn(Indexed):
    """A policy that a release is built on: its version, and the digest of the bytes of the copy that was kept."""

    id: Id
    version: Version
    digest: Digest

    @property
    def file(self) -> str:
        """The name of the copy, in the folder of the releases."""
        return f"{PACKS}/{self.id}-{self.version}.yaml"


class Withdrawn(Indexed):
    """From when on a release does not count any more."""

    at: str
    by: Name
    why: Text
    use: Version | None = None


class Release(Indexed):
    """One release of a policy, as the index has it. ``bump`` is the step from ``previous``.

    ``uses`` is the vocabulary of the package that it was released with, and ``builds_on`` all that it is built on: so it
    means the same for ever.
    """

    version: Version
    file: Name
    released: str
    in_force: InForce | None = None
    time_zone: Name = "UTC"
    previous: Version | None
    bump: BumpText
    digest: DigestText
    uses: Name | None = None
    builds_on: list[BuiltOn] | None = None
    by: Name
    why: Text
    agreed_with: Names | None = None
    withdrawn: Withdrawn | None = None

    @property
    def vocabulary(self) -> str:
        """The vocabulary of the package that it was released with; the first releases were made before it was noted."""
        return self.uses or "core@1.0.0"

    def begins(self) -> datetime | None:
        """The first instant at which it is in force: that of its release, where its policy does not say."""
        if self.in_force is None:
            return instants.instant(self.released)
        day, where = instants.day(self.in_force.from_), instants.zone(self.time_zone)
        begins, released = instants.begins(day, where) if day and where else None, instants.instant(self.released)
        # A version is in force at no moment at which it was not there yet: the past stays as it was.
        return max(begins, released) if begins and released else begins

    def ends(self) -> datetime | None:
        """The first instant at which it is in force no more; None where there is no end."""
        if self.in_force is None or self.in_force.through is None:
            return None
        day, where = instants.day(self.in_force.through), instants.zone(self.time_zone)
        return instants.ends(day, where) if day and where else None

    def withdrawn_at(self, at: datetime) -> bool:
        """Whether it was withdrawn at an instant."""
        since = instants.instant(self.withdrawn.at) if self.withdrawn else None
        return since is not None and since <= at

    def in_force_at(self, at: datetime) -> bool:
        """Whether it may be in force at an instant."""
        begin, end = self.begins(), self.ends()
        return begin is not None and begin <= at and (end is None or at < end) and not self.withdrawn_at(at)


class Index(Indexed):
    """The index of a policy's releases, oldest first."""

    policy: Id
    releases: list[Release]


def read_index(document: Document) -> Index | None:
    """The index in a document, adding every finding to it; None if there is an error among them."""
    if not document.failed and not isinstance(document.data, dict):
        document.add("bad-index", (), "this file is no index of releases.", "restore it from version control.")
    if document.failed:
        return None
    index = structured(document, Index, nulls_in=frozenset({"previous"}))
    if index is None or document.failed:
        return None
    versions: list[str] = []
    for place, release in enumerate(index.releases):
        check_entry(document, release, place, versions)
        versions.append(release.version)
    return None if document.failed else index


def check_entry(document: Document, release: Release, place: int, before: list[str]) -> None:
    """Check what no model can say of one release in the index; ``before`` are the versions above it."""
    cure = "restore the index from version control; only `socialpolicy release` writes it."
    where = ("releases", place)
    if release.file != f"{release.version}.yaml":
        document.add("bad-index", (*where, "file"), f"the file of {release.version} is {release.version}.yaml.", cure)
    if before and not parsed(release.version) > parsed(before[-1]):
        problem = f"{release.version} stands below {before[-1]}, but is not higher."
        if parsed(release.version) == parsed(before[-1]) and release.version != before[-1]:
            problem = f"{release.version} and {before[-1]} differ only behind the +, which does not count."
        document.add("bad-index", (*where, "version"), problem, cure)
    if release.previous is not None and release.previous not in before:
        document.add("bad-index", (*where, "previous"), f"no release above this one is {release.previous}.", cure)
    if instants.instant(release.released) is None:
        document.add("bad-index", (*where, "released"), "this is no instant such as 2026-02-10T14:03:00Z.", cure)
    if release.withdrawn and instants.instant(release.withdrawn.at) is None:
        document.add("bad-index", (*where, "withdrawn", "at"), "this is no instant such as 2026-02-10T14:03:00Z.", cure)
    if release.in_force and (release.begins() is None or (release.in_force.through and release.ends() is None)):
        document.add("bad-index", (*where, "in_force"), "these are no days, or the time zone is not known.", cure)


def bytes_digest(raw: bytes) -> str:
    """The digest of the bytes of a file."""
    return "sha256:" + sha256(raw).hexdigest()


def changed(name: str, version: str) -> Finding:
    """The finding for a frozen file that is not as it was released."""
    return Finding(
        "frozen-file-changed",
        f"release {version} was changed after it was frozen: its bytes do not have the digest in the index.",
        name,
        hint="restore it from version control; what should change goes into the draft, and is released as a new version.",
    )
