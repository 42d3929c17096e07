"""Small policies to release, and answers of ``diff`` and ``prove`` where these are not there yet."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from socialpolicy.releasing import Planned, release
from socialpolicy.versions import Bump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialpolicy import Policy

NOW = datetime(2026, 2, 10, 14, 3, tzinfo=UTC)
HEAD = """\
# The draft   (what stands here is to stay, byte for byte)
socialpolicy: 1
id: acme
version: "{version}"   # a comment
title: Social media at Acme
time_zone: Europe/Berlin
in_force: {{from: {since}}}
vocabulary:
  scope: {{}}
  facts:
    secret: {{type: bool, question: "Is it secret?"}}
    loud: {{type: bool, question: "Is it loud?"}}
contacts:
  comms: {{title: "Communications *team*", reach: "#ask-comms"}}
  legal: {{title: Legal, reach: "#ask-legal"}}
baseline: allow
rules:
  - id: no-secrets
    title: What is secret stays inside
    effect: deny
    scope: everything
    when: {{secret: true}}
"""
LOUD = """\
  - id: not-loud
    title: {title}
    effect: deny
    scope: everything
    when: {{loud: true}}
"""
GUARANTEES = """\
guarantees:
  - {id: SECRETS, title: Secrets never go out, when: {secret: true}, always: deny}
"""
BROKEN = """\
  - {id: LOUD, title: Nothing loud goes out, when: {loud: true}, always: deny}
"""
CASES = """\
cases_for: acme
assume: nothing
cases:
  - {id: C-1, facts: {secret: true, loud: false}, expect: deny}
  - {id: C-2, facts: {secret: false, loud: false}, expect: allow}
"""


def text(
    version: str = "1.0.0", *, since: str = "2026-03-01", loud: str = "", changes: tuple[str, ...] | None = None, broken: bool = False
) -> str:  # fmt: skip
    """A policy; ``loud`` is the title of its second rule, which makes it stricter."""
    parts = [
        HEAD.format(version=version, since=since),
        LOUD.format(title=loud) if loud else "",
        GUARANTEES,
        BROKEN * broken,
    ]
    parts.append("changes:\n")
    for one in (version,) if changes is None else changes:
        parts.append(
            f'  - {{version: "{one}", date: 2026-02-10, by: comms, why: "We *had* to: see [this](x)", agreed_with: [legal]}}\n'
        )
    return "".join(parts if changes != () else parts[:-1])


def folder_with(folder: Path, policy: str, cases: str = CASES) -> Path:
    """A policy's folder with this draft."""
    (folder / "tests").mkdir(parents=True, exist_ok=True)
    (folder / "policy.yaml").write_text(policy, "utf-8")
    (folder / "tests" / "cases.yaml").write_text(cases, "utf-8")
    return folder


def released(folder: Path, *policies: str, auto: bool = False, at: datetime = NOW) -> Planned:
    """Write these drafts one after the other, and release each."""
    planned = None
    for policy in policies:
        folder_with(folder, policy)
        with analysis():
            planned = release(folder, released=at, auto=auto)
        assert not planned.refusals, planned.refusals
    assert planned is not None
    return planned


def three(folder: Path) -> Path:
    """A policy's folder with the releases 1.0.0, 2.0.0 and 2.0.1."""
    with analysis():
        released(
            folder,
            text(),
            text("2.0.0", since="2026-06-01", loud="Not loud", changes=("2.0.0", "1.0.0")),
            text("2.0.1", since="2026-07-01", loud="Not so loud", changes=("2.0.1", "2.0.0", "1.0.0")),
        )
    return folder


# -- answers where there are none yet -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """What diff tells of two policies."""

    needed: Bump
    told: dict[str, list[str]]

    def sentences(self) -> dict[str, list[str]]:
        return self.told


@dataclass(frozen=True)
class Guaranteed:
    id: str
    title: str
    status: str


@dataclass(frozen=True)
class Proofs:
    failed: tuple[Guaranteed, ...]

    @property
    def held(self) -> bool:
        return not self.failed


def simple_diff(old: Policy, new: Policy, **_: object) -> Step:
    """For the policies here alone: they differ by rules that deny."""
    before, after = ({rule.id: rule.title for rule in policy.rules} for policy in (old, new))
    told: dict[str, list[str]] = {"stricter": [], "looser": [], "other": []}
    told["stricter"] = [f"{after[name]} is denied" for name in after if name not in before]
    told["looser"] = [f"{before[name]} is not denied" for name in before if name not in after]
    told["other"] = [f"{after[name]} is reworded" for name in after if before.get(name, after[name]) != after[name]]
    needed = Bump.MAJOR if told["stricter"] else Bump.MINOR if told["looser"] else Bump.PATCH
    return Step(needed, told)


def simple_prove(policy: Policy) -> Proofs:
    """For the policies here alone: LOUD holds where there is the rule."""
    rules = {rule.id for rule in policy.rules}
    return Proofs(
        tuple(
            Guaranteed(one.id, one.title, "fails")
            for one in policy.written.guarantees
            if one.id == "LOUD" and "not-loud" not in rules
        )
    )


@contextmanager
def analysis() -> Iterator[None]:
    """Answer for ``diff`` and ``prove`` where these are not there yet."""
    with answers("diffing", "diff", simple_diff), answers("proving", "prove", simple_prove):
        yield


@contextmanager
def answers(module: str, name: str, function: object, *, always: bool = False) -> Iterator[None]:
    """Let a function stand for the one of that name, if there is none (or always)."""
    full = f"socialpolicy.{module}"
    known = sys.modules.get(full)
    if not always and (known is not None or find_spec(full) is not None):
        yield
        return
    stand_in = ModuleType(full)
    setattr(stand_in, name, function)
    sys.modules[full] = stand_in
    try:
        yield
    finally:
        del sys.modules[full]
        if known is not None:
            sys.modules[full] = known


# -- what the pages of the findings tell ----------------------------------------------------------------------------------


def ids(folder: Path) -> list[str]:
    """The ids of what is wrong with the releases in a folder."""
    from socialpolicy.storing import frozen_findings

    return [finding.id for finding in frozen_findings(folder)]


def refused(folder: Path, policy: str, cases: str = CASES) -> list[str]:
    """The ids of what stands against the release of a draft."""
    with analysis():
        return [finding.id for finding in release(folder_with(folder, policy, cases), released=NOW).refusals]


def a_frozen_file_that_changed(folder: Path) -> list[str]:
    file = three(folder) / "releases" / "2.0.0.yaml"
    file.write_text(file.read_text("utf-8") + "# only a comment\n", "utf-8")
    return ids(folder)


def a_release_without_its_file(folder: Path) -> list[str]:
    (three(folder) / "releases" / "1.0.0.yaml").unlink()
    return ids(folder)


def a_file_that_is_no_release(folder: Path) -> list[str]:
    (three(folder) / "releases" / "3.0.0.yaml").write_text(text("3.0.0"), "utf-8")
    return ids(folder)


def an_index_written_by_hand(folder: Path) -> list[str]:
    index = three(folder) / "releases" / "index.yaml"
    index.write_text(index.read_text("utf-8").replace('file: "2.0.0.yaml"', 'file: "2.0.1.yaml"', 1), "utf-8")
    return ids(folder)


def two_folders_with_one_id(folder: Path) -> list[str]:
    from socialpolicy.storing import ReleasesError, Store

    for name in ("acme", "acme-copy"):
        folder_with(folder / name, text())
    try:
        Store(folder).releases("acme")
    except ReleasesError as error:
        return [finding.id for finding in error.findings]
    return []


SITUATIONS = {
    "frozen-file-changed": a_frozen_file_that_changed,
    "missing-release": a_release_without_its_file,
    "unlisted-release": a_file_that_is_no_release,
    "bad-index": an_index_written_by_hand,
    "policy-id-twice": two_folders_with_one_id,
    "case-fails": lambda folder: refused(folder, text(), CASES.replace("expect: allow", "expect: ask")),
    "guarantee-fails": lambda folder: refused(folder, text(broken=True)),
    "nothing-to-release": lambda folder: refused(three(folder), (folder / "policy.yaml").read_text("utf-8")),
    "same-version-new-content": lambda folder: refused(three(folder), text("2.0.1", loud="Loud", changes=("2.0.1",))),
    "version-decreased": lambda folder: refused(three(folder), text("1.5.0", loud="Not so loud", changes=("1.5.0",))),
    "bump-too-small": lambda folder: refused(three(folder), text("2.0.2", changes=("2.0.2",))),
    "no-change-entry": lambda folder: refused(folder, text(changes=("0.9.0",))),
}
"""How each finding about releases is brought about."""

if __name__ == "__main__":  # release in a process of its own, for the tests that kill it
    with analysis():
        release(Path(sys.argv[1]), released=NOW, auto=True)
    os._exit(0)
