"""Load policies: from text, from a file, from a policy's folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from socialpolicy.guarantees import Guarantee
from socialpolicy.loading.building import NULLS_IN, Base, bases_of
from socialpolicy.loading.documents import REFUSED, Data, Document
from socialpolicy.loading.findings import Finding, Level, PolicyError
from socialpolicy.loading.indexes import Release
from socialpolicy.loading.joining import Lowered, lower
from socialpolicy.loading.models import PolicyText, TermsText
from socialpolicy.loading.reading import collecting_later, read_file, read_text
from socialpolicy.loading.shelves import DRAFT, Pinned, Shelf, Tree, beside, shipped
from socialpolicy.loading.structure import structured
from socialpolicy.program import Program
from socialpolicy.telling import Groups


@dataclass(frozen=True, slots=True)
class Loaded:
    """A policy as it is written, the program that decides, and where its rules stand in the file.

    ``data`` is the file's content as plain data, with every word of it. ``bases`` are the policies that it builds on, a base
    before those that build on it, and ``terms`` the lists of words of all; ``files`` tells of each rule of these in which
    file it stands. ``uses`` is the exact vocabulary of the package, where it is not to be the newest one.
    """

    written: PolicyText
    program: Program
    file: str
    guarantees: tuple[Guarantee, ...] = ()
    data: Data = None
    groups: Groups = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    version_line: int = 1
    warnings: tuple[Finding, ...] = ()
    bases: tuple[Base, ...] = ()
    terms: Mapping[str, TermsText] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    uses: str = ""


def load_file(path: Path, *, root: Path | None = None) -> Loaded:
    """Load a policy's file, or the draft in a policy's folder. Raises ``PolicyError`` with every finding."""
    file = path / DRAFT if path.is_dir() else path
    return loaded(read_file(file, root=root), beside(file))


def load_text(text: str, *, name: str = "policy", shelf: Shelf | None = None) -> Loaded:
    """Load a policy from its text, YAML or JSON. Raises ``PolicyError`` with every finding."""
    return loaded(read_text(text, name), shelf)


def released(document: Document, release: Release, tree: Tree) -> Loaded:
    """Load a release from its frozen file, with the vocabulary and all that it was built on; ``tree`` holds its folder."""
    return loaded(document, Pinned(tree, release.builds_on or ()), uses=release.vocabulary)


def frozen(document: Document, release: Release, tree: Tree) -> Loaded:
    """Load a release that has to be what it was when it was released. Raises ``PolicyError`` where it is not."""
    found = released(document, release, tree)
    if found.program.identity.digest != release.digest.everything:
        problem = f"{release.version} is not what it was when it was released, though its file is."
        hint = "the vocabulary that it uses has changed: install the socialpolicy that it was released with."
        raise PolicyError([Finding("bad-index", problem, document.name, hint=hint)])
    return found


def loaded(document: Document, shelf: Shelf | None = None, *, uses: str = "") -> Loaded:
    """Load a policy from a document that was read; what it builds on is on the shelf, or comes with the package.

    ``uses`` names the exact vocabulary of the package, where it is not to be the newest one.
    """
    with collecting_later(len(document.text)):
        found = check(document, shelf, uses=uses)
        if found is None:
            raise PolicyError(document.findings)
        written, lowered = found
        return Loaded(
            written=written,
            program=lowered.program,
            file=document.name,
            guarantees=lowered.guarantees,
            groups=lowered.groups,
            data=document.data,
            lines={id: place[0].place(place[1])[0] for id, place in lowered.origins.items()},
            version_line=document.place(("version",))[0],
            warnings=tuple(document.findings),
            bases=lowered.bases,
            terms=lowered.terms,
            uses=uses,
            files={id: place[0].name for id, place in lowered.origins.items() if place[0] is not document},
        )


def check(document: Document, shelf: Shelf | None = None, *, uses: str = "") -> tuple[PolicyText, Lowered] | None:
    """Check a document that should be a policy, adding every finding to it; None if there is an error among them."""
    if isinstance(document.data, dict) and "socialpolicy" not in document.data:
        other = kind_of_other(document.data)
        if other:
            document.add(
                "not-a-policy",
                (),
                f"this file holds {other}, and is no policy.",
                "a policy begins with `socialpolicy: 1`.",
            )
            return None
    written = structured(document, PolicyText, nulls_in=NULLS_IN)
    if written is None:
        if not document.failed and document.data is not REFUSED:
            document.add(
                "wrong-type", (), "the file could not be understood as a policy.", "mend the findings above first."
            )
        return None
    before = len(document.findings)
    bases = bases_of(document, written, shelf or shipped())
    if len(document.findings) > before:
        return None
    lowered = lower(document, written, bases, uses=uses)
    document.findings = unrepeated(document.findings)
    if any(finding.level is Level.ERROR for finding in document.findings):
        return None
    return written, lowered


KEYS = frozenset(PolicyText.model_fields) | {"cases_for"}


def kind_of_other(data: dict[str, Data]) -> str:
    """What a file without `socialpolicy:` holds, if it can be told."""
    if "socialpolicy_program" in data:
        return "a saved program"
    if "rules" in data or "baseline" in data:
        return ""
    if not KEYS & set(data):
        return "something else: it has none of the keys of a policy"
    return "test cases" if "cases_for" in data else "a vocabulary" if "vocabulary" in data else ""


def unrepeated(findings: list[Finding]) -> list[Finding]:
    """Findings without those that say the same of the same place."""
    return list(
        {
            (finding.id, finding.file, finding.line, finding.column, finding.message): finding for finding in findings
        }.values()
    )
