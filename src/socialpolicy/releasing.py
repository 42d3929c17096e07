"""Release a policy: freeze its draft under a version, once everything that the version promises was checked.

What is written, and in which order, is what makes a kill at any moment harmless: the draft with its new version, the
changelog, the frozen file, and at last the index, which alone makes the release exist. Before the index is in its place
the store reads the old state, and running the release again replaces what was left; see ``writing``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yaml.events import ScalarEvent

from socialpolicy import instants
from socialpolicy.configuring import Configuration
from socialpolicy.digests import decides
from socialpolicy.loading.building import Base
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Finding, Level, LimitError, PolicyError, Where, listed, visible
from socialpolicy.loading.indexes import (
    INDEX,
    PACKS,
    RELEASES,
    BuiltOn,
    BumpText,
    DigestText,
    Index,
    Release,
    WaivedText,
    bytes_digest,
    read_index,
)
from socialpolicy.loading.policies import loaded
from socialpolicy.loading.reading import read_bytes
from socialpolicy.loading.shelves import DRAFT, beside
from socialpolicy.loading.vocabularies import exactly
from socialpolicy.policy import Policy
from socialpolicy.storing import (
    Releases,
    ReleasesError,
    StoreError,
    present,
    raw_of,
    read_releases,
)
from socialpolicy.testing import failed_case
from socialpolicy.versions import Bump, bump_made, is_prerelease, next_version, parsed
from socialpolicy.waiving import Waiver, applied
from socialpolicy.writing import NewFile, clear, locked, write_together

if TYPE_CHECKING:
    from socialpolicy.diffing import Diff

CHANGELOG = "CHANGELOG.md"
HEADING = re.compile(r"## (\S+) \([0-9]{4}-[0-9]{2}-[0-9]{2}\)\s*", re.ASCII)
SECTIONS = {"stricter": "Stricter", "looser": "Looser", "other": "Other"}
FAILED_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft of a policy: its bytes, the document with the places in it, and the policy that it holds."""

    raw: bytes
    document: Document
    policy: Policy


@dataclass(frozen=True, slots=True)
class Step:
    """The step that a release makes: from which version, how much changed, and which version that calls for.

    ``needed`` is what the changes call for that are not ``waived``, ``changed`` what all of them do.
    """

    previous: Release | None
    diff: Diff | None
    needed: Bump
    called_for: str
    changed: Bump
    waived: tuple[Waiver, ...] = ()
    remarks: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """A release as it is, or would be, written. ``refusals`` says why not; then ``files`` is empty.

    ``remarks`` are findings about waivers that do not stand against it. ``stated`` is the version that the draft states, and ``draft`` its bytes, before ``--bump auto`` writes the version of
    ``release`` into it.
    """

    policy: Policy
    release: Release
    stated: str
    draft: bytes
    refusals: tuple[Finding, ...] = ()
    files: tuple[NewFile, ...] = ()
    cases: int = 0
    remarks: tuple[Finding, ...] = ()


def release(
    folder: Path,
    *,
    released: datetime,
    auto: bool = False,
    dry_run: bool = False,
    chosen: Configuration = Configuration(),  # noqa: B008 - it cannot be changed
) -> Planned:
    """Release the draft in a policy's folder, unless something is to be said against it.

    ``auto`` writes the version that the decisions call for into the draft where the draft's own is too low. ``chosen`` has the
    steps between versions that changes call for, and waivers; they have to hold on the day of the release. Raises
    ``PolicyError`` for a draft with errors, and ``StoreError`` where releases cannot be read, or another release is under
    way.
    """
    try:
        with locked(folder):
            planned = plan(folder, released=released, auto=auto, chosen=chosen)
            if planned.files and not dry_run:
                put(folder, planned)
            return planned
    except BlockingIOError:
        raise StoreError(
            f"{folder.as_posix()}: another release of this policy is under way; try again when it is done."
        ) from None


# -- what would be written ------------------------------------------------------------------------------------------------


def plan(folder: Path, *, released: datetime, auto: bool, chosen: Configuration) -> Planned:
    """What a release would write, or all that is to be said against it."""
    draft = read_draft(folder)
    stated, raw = draft.policy.version, draft.raw
    releases = read_releases(folder)
    if not releases.readable:
        raise ReleasesError(releases.findings, policy=releases.policy)
    check_date(releases, released)
    step = step_to(releases, draft.policy, chosen, released)
    if auto and not sufficient(releases, step, draft.policy):
        draft = with_version(draft, step.called_for, {one.version for one in releases.entries})
    entry = entry_of(draft, step, released)
    refusals = [finding for finding in releases.findings if refused(finding, folder, draft, entry)]
    cases, failed = failed_cases(draft)
    refusals += [
        *failed,
        *other_copies(folder, draft, entry),
        *drafts_below(draft),
        *broken_guarantees(draft),
        *wrong_version(releases, draft, step),
        *no_entry(draft),
        *(one for one in step.remarks if one.level is Level.ERROR),
    ]
    remarks = tuple(one for one in step.remarks if one.level is not Level.ERROR)
    if refusals:
        return Planned(draft.policy, entry, stated, raw, tuple(refusals), cases=cases, remarks=remarks)
    files = list(files_of(folder, releases, draft, entry, step))
    if stated == draft.policy.version:
        files = files[1:]  # the draft stays as it is
    for file in files:
        if file.path.is_symlink() or (folder / RELEASES).is_symlink():
            raise StoreError(f"{file.path.as_posix()}: this is a link; a release writes ordinary files alone.")
    return Planned(draft.policy, entry, stated, raw, (), tuple(files), cases, remarks)


def read_draft(folder: Path) -> Draft:
    """The draft in a policy's folder. Raises ``PolicyError`` with every finding."""
    path = folder / DRAFT
    raw = raw_of(path, root=folder)
    if isinstance(raw, Finding):
        raise PolicyError([raw])
    return draft_of(raw, path.as_posix())


def draft_of(raw: bytes, name: str) -> Draft:
    """A draft from its bytes. Raises ``PolicyError`` with every finding."""
    document = read_bytes(raw, name)
    return Draft(raw, document, Policy(loaded(document, beside(Path(name)))))


def check_date(releases: Releases, released: datetime) -> None:
    """Raise ``StoreError`` for a release that would be earlier than the last one."""
    last = instants.instant(releases.entries[-1].released) if releases.entries else None
    if last is not None and released < last:
        raise StoreError(
            f"{releases.policy} {releases.entries[-1].version} was released at {releases.entries[-1].released}; "
            f"a release after it cannot have an earlier date. Check --date, and the clock of this machine.",
            policy=releases.policy,
        )


def step_to(releases: Releases, policy: Policy, chosen: Configuration, released: datetime) -> Step:
    """The step from the newest full release (or the newest one, where all are pre-releases) to a policy."""
    full = [one for one in releases.entries if not is_prerelease(one.version)]
    previous = (full or releases.entries)[-1] if releases.entries else None
    if previous is None:
        return Step(None, None, Bump.MAJOR, policy.version, Bump.MAJOR)
    if previous.version not in releases.frozen:  # it changed, or is not there: that is said apart
        next_one = next_version(releases.entries[-1].version, Bump.PATCH)
        return Step(previous, None, Bump.IDENTICAL, next_one, Bump.IDENTICAL)
    from socialpolicy.diffing import diff

    difference = diff(releases.load(previous), policy, needs=chosen.needs)
    changed = Bump(difference.needed)
    waived: dict[str, Waiver] = {}
    remarks: list[Finding] = []
    if chosen.waivers:
        keys = [change.key for change in difference.changes if change.fingerprint]
        waived, found = applied(chosen.waivers, keys, policy.id, released.astimezone(UTC).date())
        difference = difference.waiving(waived)
        # One that fits no change here may be for another policy: that is said where all are compared.
        remarks = chosen.applied(finding for finding in found if finding.id != "waiver-unused")
    needed = Bump(difference.needed)
    called_for = next_version(previous.version, needed)
    last = releases.entries[-1].version
    if not parsed(called_for) > parsed(last):
        called_for = next_version(last, needed)
    return Step(previous, difference, needed, called_for, changed, tuple(waived.values()), tuple(remarks))


def sufficient(releases: Releases, step: Step, policy: Policy) -> bool:
    """Whether the version that a draft states can stay."""
    if not releases.entries or any(
        one.version == policy.version and one.digest.everything == policy.digest for one in releases.entries
    ):
        return True
    return (
        step.previous is not None
        and parsed(policy.version) > parsed(releases.entries[-1].version)
        and bump_made(step.previous.version, policy.version) >= step.needed
    )


def entry_of(draft: Draft, step: Step, released: datetime) -> Release:
    """What the index is to say of the release of a draft."""
    written, version = draft.policy.written, draft.policy.version
    newest = written.changes[0] if written.changes else None
    claimed = bump_made(step.previous.version, version) if step.previous else Bump.MAJOR
    return Release(
        version=version,
        file=f"{version}.yaml",
        released=instant_text(released),
        in_force=written.in_force,
        time_zone=written.time_zone,
        previous=step.previous.version if step.previous else None,
        bump=BumpText.model_validate(
            {"needed": step.changed.word, "claimed": claimed.word, "waived": waived_below(step, claimed) or None}
        ),
        digest=DigestText(
            everything=draft.policy.digest, decides=decides(draft.policy.program), bytes=bytes_digest(draft.raw)
        ),
        uses=exactly(written.vocabulary.uses) if written.vocabulary.uses else None,
        builds_on=[
            BuiltOn(id=base.id, version=base.written.version, digest=bytes_digest(raw)) for base, raw in copies(draft)
        ]
        or None,
        by=newest.by if newest else "-",
        why=newest.why if newest else "-",
        agreed_with=newest.agreed_with if newest else None,
    )


def waived_below(step: Step, claimed: Bump) -> list[WaivedText]:
    """The changes that call for more than a version claims, each with who accepted that, and why."""
    needs = {change.key: change.needs for change in step.diff.changes} if step.diff and step.waived else {}
    return [
        WaivedText(finding=one.finding, by=one.by, reason=one.reason)
        for one in step.waived
        if needs[one.finding] > claimed
    ]


def copies(draft: Draft) -> Iterator[tuple[Base, bytes]]:
    """What a draft builds on, and the bytes of the copy that a release keeps of each."""
    for base in draft.policy.bases:
        yield base, base.document.text.encode()


def instant_text(instant: datetime) -> str:
    """An instant as the index has it: in UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def files_of(folder: Path, releases: Releases, draft: Draft, entry: Release, step: Step) -> Iterator[NewFile]:
    """The files of a release, in the order in which they are to be put in place."""
    yield NewFile(folder / DRAFT, draft.raw)
    yield NewFile(folder / CHANGELOG, changelog(folder, releases, draft.policy, entry, step))
    for pin, (_, raw) in zip(entry.builds_on or (), copies(draft), strict=True):
        yield NewFile(folder / RELEASES / pin.file, raw)
    yield NewFile(folder / RELEASES / entry.file, draft.raw)
    index = Index(policy=draft.policy.id, releases=[*releases.entries, entry])
    text = index_text(index).encode()
    read = read_index(read_bytes(text, INDEX))
    if read != index:
        raise RuntimeError("the index would not be read as it is written")
    yield NewFile(folder / RELEASES / INDEX, text)


# -- what is to be said against it ----------------------------------------------------------------------------------------


def refused(finding: Finding, folder: Path, draft: Draft, entry: Release) -> bool:
    """Whether a finding about the releases stands against a new one: not the left-over that the release replaces."""
    if finding.level is not Level.ERROR:
        return False
    mine = folder / RELEASES / entry.file
    left = finding.id == "unlisted-release" and finding.file == mine.as_posix()
    return not (left and raw_of(mine, root=folder) == draft.raw)


def other_copies(folder: Path, draft: Draft, entry: Release) -> Iterator[Finding]:
    """A finding for each base of which an older release keeps another copy under the same version."""
    for pin, (_, raw) in zip(entry.builds_on or (), copies(draft), strict=True):
        path = folder / RELEASES / pin.file
        there = raw_of(path, root=folder) if present(path) else raw
        if there != raw:
            problem = f"an older release keeps another {pin.id} {pin.version}: a version says one thing."
            yield Finding("frozen-file-changed", problem, path.as_posix(), hint=f"give {pin.id} a version of its own.")


def drafts_below(draft: Draft) -> list[Finding]:
    """A finding for each base that is not released: a release stands on releases."""
    document, ids = draft.document, [entry.id for entry in draft.policy.written.builds_on]
    document.findings = []
    for base in draft.policy.bases:
        if not base.released:
            where = ("builds_on", ids.index(base.id), "version") if base.id in ids else ("builds_on",)
            problem = f"{base.id} {base.written.version} is a draft: it could still change."
            document.tell("builds-on-draft", where, problem, f"release {base.id} first.")
    return document.findings


def failed_cases(draft: Draft) -> tuple[int, list[Finding]]:
    """How many test cases there are, and a finding for each one that fails."""
    results = draft.policy.test()
    found = [failed_case(draft.policy, one) for one in results.failed]
    left = len(found) - FAILED_SHOWN
    if left > 0:
        found = found[:FAILED_SHOWN]
        found.append(Finding("case-fails", f"{left} more cases fail.", found[0].file))
    return len(results.results), found


def broken_guarantees(draft: Draft) -> list[Finding]:
    """A finding for each guarantee that is not proved."""
    document, written = draft.document, draft.policy.written
    if not (written.guarantees or any(base.written.guarantees for base in draft.policy.bases)):
        return []
    from socialpolicy.proving import prove

    proofs = prove(draft.policy)
    if proofs.held:
        return []
    places = {guarantee.id: place for place, guarantee in enumerate(written.guarantees)}
    words = {"fails": "does not hold", "vacuous": "is about no action at all", "open": "could not be proved or refuted"}
    document.findings = []
    named = [entry.id for entry in written.builds_on]
    for one in proofs.failed:
        base = one.id.partition("/")[0]
        where: Where = ("builds_on", named.index(base)) if base in named else ("builds_on",)
        if one.id in places:
            where = ("guarantees", places[one.id], "id")
        message = f"the guarantee {one.id} {words.get(one.status, 'is not proved')}: {one.title}"
        document.tell(f"guarantee-{one.status}", where, message, "`socialpolicy prove` shows why.")
    return document.findings


def wrong_version(releases: Releases, draft: Draft, step: Step) -> list[Finding]:
    """What is wrong with the version of a draft, if anything is."""
    document, version = draft.document, draft.policy.version
    document.findings = []
    if not releases.entries or step.previous is None:
        return []
    last = releases.entries[-1]
    cure = f'write version: "{step.called_for}", or release with --bump auto.'
    same = next((one for one in releases.entries if one.version == version), None)
    if same is not None and same.digest.everything == draft.policy.digest:
        problem = f"there is nothing to release: {version} is released, and the draft says the same."
        document.tell("nothing-to-release", ("version",), problem)
    elif same is not None:
        problem = f"{version} was released on {same.released[:10]} with other content."
        document.tell("same-version-new-content", ("version",), problem, cure)
    elif parsed(version) == parsed(last.version):
        problem = f"{version} is not higher than {last.version}: what stands behind the + does not count."
        document.tell("version-decreased", ("version",), problem, cure)
    elif not parsed(version) > parsed(last.version):
        document.tell("version-decreased", ("version",), f"{version} is not higher than {last.version}.", cure)
    elif bump_made(step.previous.version, version) < step.needed:
        problem = f"from {step.previous.version} on this is a {step.needed.word} change: it needs {step.called_for}."
        document.tell("bump-too-small", ("version",), problem, cure)
    return document.findings


def no_entry(draft: Draft) -> list[Finding]:
    """The finding for a version of which ``changes`` does not say who changed what, and why."""
    document, changes, version = draft.document, draft.policy.written.changes, draft.policy.version
    document.findings = []
    if not changes or changes[0].version != version:
        document.tell(
            "no-change-entry",
            ("changes", 0, "version") if changes else ("version",),
            f"`changes` does not begin with an entry for {version}.",
            f'put one on top: {{version: "{version}", date: …, by: …, why: …}}.',
        )
    return document.findings


# -- the version in the draft ---------------------------------------------------------------------------------------------


def with_version(draft: Draft, version: str, released: set[str]) -> Draft:
    """A draft with another version, every other byte as it was; so is the version of the newest of its changes.

    An entry of ``changes`` about a version that was released stays: it tells of that one.
    """
    places: list[tuple[str | int, ...]] = [("version",)]
    changes, old = draft.policy.written.changes, draft.policy.version
    if changes and changes[0].version == old and old not in released:
        places.append(("changes", 0, "version"))
    text = draft.document.text
    mark = draft.raw[: len(draft.raw) - len(text.encode())]  # a byte order mark
    for start, end in sorted((spot(draft.document, place) for place in places), reverse=True):
        quote = text[start] if text[start] in "\"'" else ""
        text = f"{text[:start]}{quote}{version}{quote}{text[end:]}"
    wanted = put_in(draft.document.data, places, version)
    try:
        new = draft_of(mark + text.encode(), draft.document.name)
    except (PolicyError, LimitError):
        new = draft
    if new.document.data != wanted:
        raise StoreError(f'{draft.document.name}: the version cannot be written here; write "{version}" by hand.')
    return new


def spot(document: Document, where: tuple[str | int, ...]) -> tuple[int, int]:
    """Where the value at a place begins and ends in the text, in characters. Raises ``StoreError`` where it cannot be told."""
    event = document.event(where)
    if not isinstance(event, ScalarEvent):
        raise StoreError(f"{document.name}: the version cannot be found in the text; write it by hand.")
    start: Any = event.start_mark
    end: Any = event.end_mark
    return int(start.index), int(end.index)


def put_in(data: Any, places: list[tuple[str | int, ...]], value: str) -> Any:
    """Plain data with another value at these places."""
    if () in places:
        return value
    inner: dict[str | int, list[tuple[str | int, ...]]] = {}
    for place in places:
        inner.setdefault(place[0], []).append(place[1:])
    if isinstance(data, dict):
        return {key: put_in(one, inner[key], value) if key in inner else one for key, one in data.items()}
    return [put_in(one, inner[index], value) if index in inner else one for index, one in enumerate(data)]


# -- the index and the changelog ------------------------------------------------------------------------------------------


def index_text(index: Index) -> str:
    """An index as it is written."""
    lines = ["# Written by `socialpolicy release`, and by nothing and nobody else.", f"policy: {quoted(index.policy)}"]
    lines.append("releases:")
    for one in index.releases:
        data = one.model_dump(by_alias=True, exclude_none=True)
        data["previous"] = one.previous
        entries = [f"{key}: {flow(data[key])}" for key in Release.model_fields if key in data]
        lines.append(f"  - {entries[0]}")
        lines.extend(f"    {entry}" for entry in entries[1:])
    return "\n".join(lines) + "\n"


def flow(value: Any) -> str:
    """Plain data on one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items() if inner is not None) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return "null" if value is None else quoted(value)


def quoted(text: str) -> str:
    """A text in quotes, what cannot be seen as escapes."""
    return "".join(c if c.isprintable() else visible(c) for c in json.dumps(text, ensure_ascii=False))


def changelog(folder: Path, releases: Releases, policy: Policy, entry: Release, step: Step) -> bytes:
    """The changelog with the section of a release on top; a section that an interrupted release left is replaced."""
    path = folder / CHANGELOG
    text = f"# Changes of {escaped(policy.title)}\n\nNewest first, written by `socialpolicy release`.\n"
    if present(path):
        raw = raw_of(path, root=folder)
        if isinstance(raw, Finding):
            raise ReleasesError([raw], policy=policy.id)
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            problem = Finding("not-utf8", "the file is not UTF-8.", path.as_posix(), hint="save it as UTF-8.")
            raise ReleasesError([problem], policy=policy.id) from None
    end = "\r\n" if "\r\n" in text else "\n"
    lines = without_leftovers(text.splitlines(keepends=True), {one.version for one in releases.entries}, entry.version)
    place = next((number for number, line in enumerate(lines) if line.startswith("## ")), len(lines))
    head, tail = "".join(lines[:place]).rstrip(), "".join(lines[place:])
    own = end.join(section(policy, entry, step))
    return (f"{head}{end}{end}" * bool(head) + f"{own}{end}" + f"{end}{tail}" * bool(tail)).encode()


def without_leftovers(lines: list[str], released: set[str], version: str) -> list[str]:
    """The lines of a changelog without the sections on top that interrupted releases left, that of ``version`` first of all.

    What an author wrote before there was any release stays.
    """
    kept: list[str] = []
    dropping, above = False, True
    for line in lines:
        if line.startswith("## "):
            found = HEADING.fullmatch(line)
            above = above and not (found and found[1] in released)
            dropping = above and found is not None and (found[1] == version or bool(released))
        if not dropping:
            kept.append(line)
    return kept


def section(policy: Policy, entry: Release, step: Step) -> Iterator[str]:
    """The lines of the changelog about a release."""
    yield f"## {entry.version} ({entry.released[:10]})"
    yield ""
    agreed = f" Agreed with {names(policy, entry.agreed_with)}." if entry.agreed_with else ""
    yield f"{names(policy, [entry.by])}: {escaped(entry.why)}{agreed}"
    if entry.in_force:
        through = f" through {entry.in_force.through}" if entry.in_force.through else ""
        yield ""
        yield f"In force from {entry.in_force.from_}{through} ({escaped(entry.time_zone)})."
    for one in entry.bump.waived or ():
        yield ""
        yield f"Accepted under this number by {names(policy, [one.by])}: {escaped(one.reason)} ({one.finding})"
    if step.diff is None:
        yield from ("", "The first release.")
        return
    sentences = step.diff.sentences()
    for key, title in SECTIONS.items():
        if sentences.get(key):
            yield from ("", f"### {title}", "")
            yield from (f"- {escaped(sentence)}" for sentence in sentences[key])
    if not any(sentences.get(key) for key in SECTIONS):
        yield from ("", "Nothing is decided otherwise.")


def names(policy: Policy, contacts: list[str]) -> str:
    """Contacts by the names that people know them by."""
    known = policy.written.contacts
    return escaped(listed([known[one].title if one in known else one for one in contacts], "and"))


def escaped(text: str) -> str:
    """A text of an author on one line of Markdown, in which nothing means anything."""
    line = visible(" ".join(text.split()))
    line = re.sub(r"([\\`*_{}\[\]<>#|~&!$])", r"\\\1", line)
    return re.sub(r"^([0-9]*)([-+=.)])", r"\1\\\2", line)


# -- writing --------------------------------------------------------------------------------------------------------------


def put(folder: Path, planned: Planned) -> None:
    """Write a release. Where that fails, or the draft changed in the meantime, the release does not exist."""
    home = folder / RELEASES
    made = not home.exists()
    if made:
        home.mkdir()
    packs = home / PACKS
    if any(file.path.parent == packs for file in planned.files):
        packs.mkdir(exist_ok=True)
        clear(packs)
    clear(folder)
    clear(home)

    def unchanged() -> None:
        raw = raw_of(folder / DRAFT, root=folder)
        if isinstance(raw, Finding):
            raise PolicyError([raw])
        if raw != planned.draft:
            raise StoreError(f"{(folder / DRAFT).as_posix()}: the draft was changed during the release; try again.")

    try:
        write_together(planned.files, before=unchanged)
    except BaseException:
        if made:
            with suppress(OSError):
                home.rmdir()
        raise
