"""The formats in which any report can be written, besides the text for a terminal: each a function from report to text.

- github: workflow commands, https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
- gitlab: code quality, https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
- sarif: SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/
- junit: the XML that JUnit's Ant task began, as continuous integration reads it
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import resources
from typing import Any
from xml.etree import ElementTree

from socialpolicy import __version__
from socialpolicy.loading.findings import SENTENCE_SHOWN_AT_MOST, Finding, Level, shortened, visible
from socialpolicy.reporting.places import uri
from socialpolicy.reporting.report import Check, Located, located
from socialpolicy.reporting.writing import (
    Block,
    Heading,
    Line,
    Paragraph,
    Table,
    Words,
    html,
    markdown,
    one_line,
    plain,
)

ANNOTATIONS = 10
"""How many annotations of each level GitHub shows of one step."""
COMMENT = 60_000
"""How many characters a comment has at most: GitHub refuses one of over 65,536."""
ROWS = 1000
"""How many rows a table in a comment has at most."""
SUMMARY = 1000
"""How much of a summary a page shows: of many policies it says much."""


# -- json ----------------------------------------------------------------------------------------------------------------


def as_json(found: Located) -> str:
    """The report for programs (``socialpolicy schema report``)."""
    report = found.report
    data = {
        "report": 1,
        "tool": {"name": "socialpolicy", "version": __version__},
        "command": report.command,
        "status": report.status,
        "summary": report.summary,
        "note": report.note,
        "counts": report.counts(),
        "findings": [finding.as_data() | {"fingerprint": found.fingerprints[finding]} for finding in found.findings],
        "result": report.data,
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


# -- github --------------------------------------------------------------------------------------------------------------

COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}


def github(found: Located, said: int = 0) -> str:
    """Annotations: the first ones of each level, how many more there are, and at last all in a sentence.

    ``said`` is how many errors were annotated already: GitHub counts them all.
    """
    lines: list[str] = []
    for level in reversed(Level):
        mine = [one for one in dict.fromkeys(found.findings) if one.level is level and not one.accepted]
        room = ANNOTATIONS - (said if level is Level.ERROR else 0)
        fits = len(mine) if len(mine) <= room else room - 1
        lines += map(annotation, mine[:fits])
        if len(mine) > fits:
            rest = f"{len(mine) - fits:,} more findings of this level are not shown here; the report has them all."
            lines.append(f"::{COMMANDS[level]}::{data(rest)}")
    told = one_line(found.report.summary).replace("##[", "## [")  # which begins a command in the middle of a line, too
    note = [one_line(found.report.note)] if found.report.note else []
    return "\n".join([*lines, f"socialpolicy {found.report.command}: {told}", *note]) + "\n"


def annotation(finding: Finding) -> str:
    """One finding as a workflow command. The place is in the message too: logs show nothing else."""
    keys: dict[str, object] = {}
    if finding.file:
        keys |= {"file": finding.file, "line": finding.line, "endLine": finding.last_line}
        if finding.last_line == finding.line:
            keys |= {"col": finding.column, "endColumn": finding.end_column}
    keys["title"] = finding.id
    told = ",".join(f"{key}={of_command(visible(str(value)))}" for key, value in keys.items())
    place = f"{finding.file}:{finding.line}:{finding.column}: " if finding.file else ""
    hint = f" ({finding.hint.rstrip('.')})" if finding.hint else ""
    return f"::{COMMANDS[finding.level]} {told}::{data(visible(place) + one_line(f'{finding.message}{hint}'))}"


def data(text: str) -> str:
    """A text behind a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def of_command(text: str) -> str:
    """A text inside a workflow command."""
    return data(text).replace(":", "%3A").replace(",", "%2C")


# -- gitlab --------------------------------------------------------------------------------------------------------------

SEVERITIES = {Level.ERROR: "major", Level.WARNING: "minor", Level.INFO: "info"}


def gitlab(found: Located) -> str:
    """A code quality report. It needs a path: what is in no file is about the repository."""
    entries = [
        {
            "description": sentence(finding),
            "check_name": finding.id,
            "fingerprint": found.fingerprints[finding],
            "severity": SEVERITIES[finding.level],
            "location": {"path": finding.file or ".", "lines": {"begin": finding.line, "end": finding.last_line}},
        }
        for finding in dict.fromkeys(found.findings)
        if not finding.accepted
    ]
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


# -- sarif ---------------------------------------------------------------------------------------------------------------

LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}


def sarif(found: Located) -> str:
    """SARIF 2.1.0. Files are relative to the top of the repository; columns count characters.

    That a command could not do its work is no result (forges refuse one that is nowhere) but a notification of the run.
    """
    findings = list(dict.fromkeys(found.findings))
    stopped = [finding for finding in findings if finding.id == "could-not-run"]
    results = [finding for finding in findings if finding not in stopped]
    ids = sorted({finding.id for finding in findings})
    run = {
        "tool": {
            "driver": {
                "name": "socialpolicy",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [rule(id) for id in ids],
            }
        },
        "automationDetails": {"id": f"socialpolicy/{found.report.command}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": found.report.status in (0, 1),
                "exitCode": found.report.status,
                "toolExecutionNotifications": [notification(finding, ids.index(finding.id)) for finding in stopped],
            }
        ],
        "results": [result(finding, ids.index(finding.id), found.fingerprints[finding]) for finding in results],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def rule(id: str) -> dict[str, Any]:
    """What SARIF says of a kind of finding: the page on it."""
    title, text = page_of(id)
    return {
        "id": id,
        "shortDescription": {"text": title},
        "help": {"text": text, "markdown": text},
    }


def page_of(id: str) -> tuple[str, str]:
    """The first sentence of the page on a finding, and the page."""
    text = (resources.files("socialpolicy") / "pages" / f"{id}.md").read_text("utf-8")
    return next(line for line in text.splitlines()[1:] if line.strip()), text


def notification(finding: Finding, index: int) -> dict[str, Any]:
    """What kept a command from its work, in SARIF."""
    return {
        "level": LEVELS[finding.level],
        "message": {"text": sentence(finding)},
        "associatedRule": {"id": finding.id, "index": index},
    }


def result(finding: Finding, index: int, fingerprint: str) -> dict[str, Any]:
    """One finding in SARIF."""
    found: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": index,
        "level": LEVELS[finding.level],
        "message": {"text": sentence(finding)},
        "partialFingerprints": {"socialpolicy/v1": fingerprint},
    }
    if finding.file:
        region = {
            "startLine": finding.line,
            "startColumn": finding.column,
            "endLine": finding.last_line,
            "endColumn": finding.end_column,
        }
        found["locations"] = [physical(finding.file, region)]
    related = [
        {"id": number} | physical(place.file, {"startLine": place.line}) | {"message": {"text": visible(place.message)}}
        for number, place in enumerate(finding.related)
        if place.file
    ]
    if related:
        found["relatedLocations"] = related
    if finding.accepted:
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": visible(finding.accepted)}]
    return found


def physical(file: str, region: Mapping[str, int]) -> dict[str, Any]:
    """A place in SARIF."""
    return {"physicalLocation": {"artifactLocation": {"uri": uri(file)}, "region": dict(region)}}


def sentence(finding: Finding) -> str:
    """What a finding says, and what helps."""
    message = begun(finding.message)
    message += "" if message.endswith((".", "!", "?")) else "."
    return one_line(f"{message} {begun(finding.hint)}".strip())


def begun(text: str) -> str:
    """A text as a sentence begins; a name or a fact stays as it is written."""
    return text[:1].upper() + text[1:] if text.partition(" ")[0].isalpha() else text


# -- junit ---------------------------------------------------------------------------------------------------------------


def junit(found: Located) -> str:
    """JUnit's XML: a suite for each command and policy, a case for each thing that was looked at. No times: they differ."""
    top = ElementTree.Element("testsuites", name=f"socialpolicy {found.report.command}")
    totals: Counter[str] = Counter()
    for part in map(located, found.report.parts) if found.report.parts else (found,):
        suites: dict[str, list[Check]] = {}
        for check in (*part.checks, *unchecked(part)):
            suites.setdefault(check.suite, []).append(check)
        for name, checks in suites.items():
            suite = ElementTree.SubElement(top, "testsuite", name=visible(name))
            counts = Counter(case(suite, check, part.report.fails_at) for check in checks)
            totals += counts_of(suite, counts)
    counts_of(top, totals)
    ElementTree.indent(top)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ElementTree.tostring(top, encoding='unicode')}\n"


def unchecked(found: Located) -> Iterator[Check]:
    """A case for each finding about nothing that was looked at, such as that a command could not do its work."""
    checked = {finding for check in found.checks for finding in check.findings}
    for finding in dict.fromkeys(found.findings):
        if finding not in checked:
            told = sentence(finding) if finding.id == "could-not-run" else ""
            beside = () if told else (finding,)
            yield Check(found.report.command, finding.id, finding.file, finding.line, beside, open=told)


def case(suite: ElementTree.Element, check: Check, fails_at: Level) -> str:
    """Add one case to a suite, and return which count it is of."""
    added = ElementTree.SubElement(suite, "testcase", name=visible(check.name), classname=visible(check.suite))
    if check.file:
        added.set("file", visible(check.file))
        added.set("line", str(check.line))
    failing = [one for one in check.findings if one.level >= fails_at and not one.accepted]
    beside = [one for one in check.findings if one not in failing]
    state = "failures" if failing else "errors" if check.open else "passed"
    if failing:
        failure = ElementTree.SubElement(added, "failure", type=failing[0].id, message=sentence(failing[0]))
        failure.text = lines(failing)
    elif check.open:
        ElementTree.SubElement(added, "error", type="open", message=visible(check.open))
    if beside:
        ElementTree.SubElement(added, "system-out").text = lines(beside)
    return state


def counts_of(element: ElementTree.Element, counts: Counter[str]) -> Counter[str]:
    """Write how many cases there are of each kind, and return the counts."""
    told = {"tests": counts.total(), "failures": counts["failures"], "errors": counts["errors"], "skipped": 0}
    for key, count in told.items():
        element.set(key, str(count))
    return counts


def lines(findings: Iterable[Finding]) -> str:
    """Findings as the terminal shows them."""
    shown = (str(finding if finding.file else replace(finding, file="-")) for finding in findings)
    return "\n".join("\n".join(visible(line) for line in one.split("\n")) for one in shown)


# -- pages ---------------------------------------------------------------------------------------------------------------

STATES = {0: "✅", 1: "❌"}
SIGNS = {Level.ERROR: "❌ error", Level.WARNING: "⚠️ warning", Level.INFO: "info"}


def page(found: Located, rows: int) -> list[Block]:
    """The report as a page of at most so many rows a table."""
    report = found.report
    blocks: list[Block] = [
        Heading(plain(f"{STATES.get(report.status, '⚠️')} socialpolicy {report.command}"), 1),
        Paragraph(plain(shortened(report.summary, SUMMARY))),
    ]
    if not report.parts:
        blocks = own(found, rows) if report.page is not None else [*blocks, *own(found, rows)]
    for part in sorted(report.parts, key=lambda part: part.page is None):  # what changes for whom comes first
        sign = STATES.get(part.status, "⚠️")
        told = shortened(part.summary, SUMMARY)
        blocks.append(Paragraph((Words(f"{sign} "), Words(part.command, strong=True), Words(f": {told}"))))
        blocks += own(located(part), rows)
    return [*blocks, Paragraph(plain(shortened(report.note, SUMMARY)))] if report.note else blocks


def own(found: Located, rows: int) -> list[Block]:
    """What a report's page says below its summary: its own page, or else a table of what was found."""
    if found.report.page is not None:
        return list(found.report.page(rows))
    listed = [finding for finding in found.findings if not finding.accepted]
    blocks: list[Block] = [table_of(listed[:rows])] if listed[:rows] else []
    if len(listed) > rows:
        blocks.append(
            Paragraph(plain(f"{rows:,} of {len(listed):,} findings are shown; the full report has them all."))
        )
    return blocks


def table_of(findings: Iterable[Finding]) -> Table:
    """Findings in a table."""
    return Table(
        ("level", "finding", "what and where"),
        tuple(
            (
                (plain(SIGNS[finding.level]),),
                ((Words(finding.id, code=True),),),
                tuple(cell(finding)),
            )
            for finding in findings
        ),
    )


def cell(finding: Finding) -> Iterator[Line]:
    """What a finding says, and where."""
    yield plain(shortened(sentence(finding), SENTENCE_SHOWN_AT_MOST))
    if finding.file:
        yield (Words(f"{finding.file}:{finding.line}", code=True),)


def fitted(build: Callable[[int], list[Block]], write: Callable[[Sequence[Block]], str], at_most: int = COMMENT) -> str:
    """The longest text of at most so many characters: with as many rows in its tables as fit, or else of its first blocks."""
    whole = write(build(ROWS))
    if len(whole) <= at_most:
        return whole
    rows = most(ROWS, lambda count: len(write(build(count))) <= at_most)
    text = write(build(rows))
    if len(text) <= at_most:
        return text
    blocks = build(0)

    def first(count: int) -> str:
        told = f"{count:,} of {len(blocks):,} parts of this report are shown; the full report has them all."
        return write([*blocks[:count], Paragraph(plain(told))])

    return first(most(len(blocks), lambda count: len(first(count)) <= at_most))


def most(at_most: int, fits: Callable[[int], bool]) -> int:
    """The largest number up to a given one that fits, where all smaller ones do; nought where none does."""
    return bisect_left(range(1, at_most + 1), True, key=lambda count: not fits(count))


def as_markdown(found: Located) -> str:
    """A comment for a pull request, or a job's summary: at most ``COMMENT`` characters, and it says what was cut."""
    marker = found.report.marker or found.report.command
    return fitted(lambda rows: page(found, rows), lambda blocks: markdown(blocks, marker))


def as_html(found: Located) -> str:
    """A page of its own with everything."""
    return html(f"socialpolicy {found.report.command}", page(found, 100_000))


FORMATS: Mapping[str, Callable[[Located], str]] = {
    "json": as_json, "github": github, "gitlab": gitlab, "sarif": sarif, "junit": junit, "markdown": as_markdown,
    "html": as_html,
}  # fmt: skip
