"""Load policies: from text, from a file, from a policy's folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from socialpolicy.guarantees import Guarantee
from socialpolicy.loading.documents import REFUSED, Data, Document
from socialpolicy.loading.findings import Finding, Level, PolicyError
from socialpolicy.loading.lowering import Lowered, lower
from socialpolicy.loading.models import PolicyText
from socialpolicy.loading.reading import collecting_later, read_file, read_text
from socialpolicy.loading.structure import structured
from socialpolicy.program import Program
from socialpolicy.telling import Groups

DRAFT = "policy.yaml"
NULLS_IN = frozenset({"facts"})


@dataclass(frozen=True, slots=True)
class Loaded:
    """A policy as it is written, the program that decides, and where its rules stand in the file.

    ``data`` is the file's content as plain data, with every word of it.
    """

    written: PolicyText
    program: Program
    file: str
    guarantees: tuple[Guarantee, ...] = ()
    data: Data = None
    groups: Groups = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    warnings: tuple[Finding, ...] = ()


def load_file(path: Path, *, root: Path | None = None) -> Loaded:
    """Load a policy's file, or the draft in a policy's folder. Raises ``PolicyError`` with every finding."""
    return loaded(read_file(path / DRAFT if path.is_dir() else path, root=root))


def load_text(text: str, *, name: str = "policy") -> Loaded:
    """Load a policy from its text, YAML or JSON. Raises ``PolicyError`` with every finding."""
    return loaded(read_text(text, name))


def loaded(document: Document) -> Loaded:
    """Load a policy from a document that was read."""
    with collecting_later(len(document.text)):
        found = check(document)
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
            lines={rule.id: document.place(("rules", index))[0] for index, rule in enumerate(written.rules)}
            | {name: document.place(("exceptions", name))[0] for name in written.exceptions},
            warnings=tuple(document.findings),
        )


def check(document: Document) -> tuple[PolicyText, Lowered] | None:
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
    lowered = lower(document, written)
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
