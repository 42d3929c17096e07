"""The report of a command: what it looked at, what it found, and how it ended. Every format is a rendering of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from socialpolicy.loading.findings import Finding, Level, Place
from socialpolicy.reporting.places import from_top, top_of
from socialpolicy.reporting.writing import Block


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: a file, a test case, a guarantee. ``open`` says why it could not be told."""

    suite: str
    name: str
    file: str = ""
    line: int = 1
    findings: tuple[Finding, ...] = ()
    open: str = ""


@dataclass(frozen=True)
class Report:
    """What one run of a command found.

    ``status`` is its exit status, ``fails_at`` the level from which findings fail it, ``summary`` all in a sentence. ``data`` is
    what the command has for programs, ``text`` what it says to a person in a terminal. ``page`` makes what a page shows, with at
    most so many rows in a table, where that is more than the findings. ``parts`` are the reports that it is put together from.
    ``note`` is what was chosen for it in this repository. ``marker`` is what a comment in a pull request is found again by.
    """

    command: str
    status: int
    summary: str
    findings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    data: Any = None
    text: Callable[[], str] = str
    page: Callable[[int], Sequence[Block]] | None = None
    parts: tuple[Report, ...] = ()
    marker: str = ""
    note: str = ""
    fails_at: Level = Level.ERROR

    def counts(self) -> dict[str, int]:
        """How many findings there are of each level, those accepted on record apart."""
        found = Counter("accepted" if finding.accepted else finding.level.word for finding in self.findings)
        return {word: found[word] for word in ("error", "warning", "info", "accepted")}


@dataclass(frozen=True)
class Located:
    """A report with every file as it is named from the top of the repository, and every finding with its fingerprint."""

    report: Report
    findings: tuple[Finding, ...]
    checks: tuple[Check, ...]
    fingerprints: Mapping[Finding, str]


def located(report: Report, folder: Path | None = None) -> Located:
    """Name the files of a report from the top of the repository around a folder, the current one if left out."""
    top = top_of(folder or Path())
    names: dict[str, str] = {}
    lines: dict[str, list[str]] = {}

    def named(file: str) -> str:
        if file not in names:
            names[file] = from_top(file, top)
        return names[file]

    def moved(finding: Finding) -> Finding:
        if not finding.text and finding.end_column == 2:
            finding = whole_line(finding, lines)
        related = tuple(Place(named(place.file), place.line, place.message) for place in finding.related)
        return replace(finding, file=named(finding.file), related=related)

    findings = tuple(map(moved, report.findings))
    checks = tuple(
        replace(check, file=named(check.file), findings=tuple(map(moved, check.findings))) for check in report.checks
    )
    return Located(report, findings, checks, fingerprints(findings))


def fingerprints_of(findings: Sequence[Finding]) -> list[str]:
    """The fingerprint of each of some findings, as a report of them has it."""
    found = located(Report("", 0, "", tuple(findings)))
    return [found.fingerprints[finding] for finding in found.findings]


def whole_line(finding: Finding, lines: dict[str, list[str]]) -> Finding:
    """A finding of which only the line is known, about all of that line; ``lines`` are those of files read before."""
    if finding.file not in lines:
        try:
            text = Path(finding.file).read_text(encoding="utf-8") if finding.file else ""
        except (OSError, ValueError):
            text = ""
        lines[finding.file] = text.split("\n")
    found = lines[finding.file]
    text = found[finding.line - 1].rstrip() if 0 < finding.line <= len(found) else ""
    start = len(text) - len(text.lstrip())
    return replace(finding, column=start + 1, end_column=len(text) + 1) if text else finding


def fingerprints(findings: Iterable[Finding]) -> dict[Finding, str]:
    """What each finding is known by while lines move: its id and file, and its key, or else the text of its line.

    Of findings that are alike in all of these, the second, third ... are told apart by their number.
    """
    found: dict[Finding, str] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    for finding in dict.fromkeys(findings):
        said = re.sub(r"\bline \d+", "line", finding.message)
        what = (finding.id, finding.file, finding.key or finding.text.strip() or said)
        seen[what] += 1
        parts = (*what, str(seen[what])) if seen[what] > 1 else what
        found[finding] = sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return found
