"""``socialpolicy lint``: what is doubtful in policies, proved for all actions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from socialpolicy.cli import output, sources
from socialpolicy.cli.main import GAVE_UP, GOOD, NO
from socialpolicy.instants import day, instant
from socialpolicy.loading.findings import Finding, Level, meant, told
from socialpolicy.solving import CONFLICTS

if TYPE_CHECKING:
    from socialpolicy.loading.documents import Document
    from socialpolicy.policy import Policy


@click.command()
@click.argument("source", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--select", multiple=True, metavar="ID[,ID]", help="Look for these findings alone.")
@click.option("--ignore", multiple=True, metavar="ID[,ID]", help="Leave these findings out.")
@click.option("--at", metavar="INSTANT", help="The day, or instant, for which dates count; today in UTC if left out.")
@click.option(
    "--fail-on",
    type=click.Choice(["warning", "info", "never"]),
    default="warning",
    show_default=True,
    help="The level that fails.",
)
@click.option(
    "--budget",
    type=click.IntRange(1),
    default=CONFLICTS,
    show_default=True,
    help="How many conflicts of the solver one question may cost.",
)
@output.formats("text", "json")
@output.quiet_option
@output.color_option
@output.max_errors_option
def command(
    source: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    at: str | None,
    fail_on: str,
    budget: int,
    formats: list[tuple[str, str]],
    quiet: bool,
    color: str,
    max_errors: int,
) -> int:
    """Show what is doubtful in policies: rules that do nothing, contradictions, what is unused, dates that are past.

    What is said of rules is proved for all actions. A comment on the line before leaves a finding out:
    `# socialpolicy: ignore[FINDING-ID] reason`.
    """
    from socialpolicy.tidying import LINTS, linted

    began = perf_counter()
    chosen = (ids(select, LINTS, "--select") or set(LINTS)) - ids(ignore, LINTS, "--ignore") | {"lint-open"}
    moment = instant_of(at)
    findings: list[Finding] = []
    names: list[str] = []
    rules = ignored = left_open = 0
    for one in source:
        for policy, document in policies(one):
            result = linted(policy, at=moment, conflicts=budget, document=document, select=chosen)
            findings += result.findings
            if "dates-gap" in chosen:
                findings += of_releases(policy)
            names.append(policy.file)
            rules += len(policy.written.rules)
            ignored += result.ignored
            left_open += len(result.open)
    findings.sort(key=lambda finding: -finding.level)
    on = output.colored(color)
    until = f", dates as of {moment.isoformat().replace('+00:00', 'Z')}"

    def text() -> str:
        lines = [output.painted_findings(told(findings, max_errors), on)] if findings else []
        if not quiet:
            spent = f" ({perf_counter() - began:.1f} s)" if sys.stdout.isatty() else ""
            proved = "some questions stay open" if left_open else "proved for all actions"
            closing = f"{counted(findings, ignored)} in {number(rules, 'rule')}, {proved}{until}{spent}."
            if findings:
                closing += f"   socialpolicy explain {findings[0].id}  tells more."
                lines.append("")
            lines.append(closing if findings else output.paint(closing, "green", on))
        return "\n".join(lines)

    output.write(formats, {
        "text": text,
        "json": lambda: output.as_json({
            "policies": names, "rules": rules, "at": moment.isoformat().replace("+00:00", "Z"), "open": left_open,
            "ignored": ignored, "findings": [finding.as_data() for finding in findings],
        }),
    })  # fmt: skip
    if left_open:
        return GAVE_UP
    failing = {"warning": Level.WARNING, "info": Level.INFO}.get(fail_on)
    return NO if failing is not None and any(finding.level >= failing for finding in findings) else GOOD


def ids(given: tuple[str, ...], known: frozenset[str], option: str) -> set[str]:
    """The ids that an option names."""
    found = {name.strip() for text in given for name in text.split(",") if name.strip()}
    for name in sorted(found - known):
        raise click.UsageError(
            f"{option}: {name} is no finding of lint. {meant(name, known).capitalize() or ', '.join(sorted(known))}"
        )
    return found


def instant_of(text: str | None) -> datetime:
    """The instant for which dates count: a day begins at midnight, UTC."""
    if text is None:
        text = datetime.now(UTC).date().isoformat()
    date = day(text)
    found = datetime(date.year, date.month, date.day, tzinfo=UTC) if date else instant(text)
    if found is None:
        raise click.UsageError(
            f"--at {text}: write a day such as 2026-03-01, or an instant such as 2026-03-01T09:00:00Z."
        )
    return found


def policies(source: str) -> Iterator[tuple[Policy, Document | None]]:
    """The policies that a source stands for, with their documents where those cannot be read again."""
    from socialpolicy.loading.policies import loaded
    from socialpolicy.policy import Policy

    if source == "-":
        document = sources.standard_input()
        yield Policy(loaded(document, sources.shelf_of("-"))), document
    else:
        yield from ((policy, document_of(policy)) for policy in sources.policies_of(source))


def document_of(policy: Policy) -> Document | None:
    """The document of a policy that was read from a revision; others are read again from their file."""
    from socialpolicy.loading.reading import read_bytes

    revision = None if sources.is_there(policy.file) else sources.revision_of(policy.file)
    if revision is None:
        return None
    commit = sources.commit_of(revision[0], policy.file)
    document = read_bytes(sources.blob(commit, revision[1], policy.file), policy.file)
    return document if document.data == policy.data else None


def of_releases(policy: Policy) -> Iterator[Finding]:
    """Gaps between the releases beside a draft. Raises ``ReleasesError`` where they cannot be trusted."""
    from socialpolicy.loading.indexes import INDEX, RELEASES
    from socialpolicy.loading.reading import read_file
    from socialpolicy.loading.shelves import DRAFT
    from socialpolicy.storing import ReleasesError, read_releases
    from socialpolicy.tidying import InForceBetween, release_gaps
    from socialpolicy.versions import is_prerelease

    path = Path(policy.file)
    index = path.parent / RELEASES / INDEX
    if path.name != DRAFT or not sources.is_there(policy.file) or not index.is_file():
        return
    releases = read_releases(path.parent)
    if releases.failed:
        raise ReleasesError([one for one in releases.findings if one.level is Level.ERROR], policy=releases.policy)
    found = []
    for place, release in enumerate(releases.entries):
        begin, end = release.begins(), release.ends()
        since = instant(release.withdrawn.at) if release.withdrawn else None
        end = min((moment for moment in (end, since) if moment), default=None)
        if begin and not is_prerelease(release.version) and (end is None or begin < end):
            found.append(InForceBetween(release.version, ("releases", place), begin, end))
    yield from release_gaps(read_file(index), found)


def counted(findings: list[Finding], ignored: int) -> str:
    """How many findings there are."""
    warnings = sum(finding.level is Level.WARNING for finding in findings)
    parts = [(warnings, "warning"), (len(findings) - warnings, "note")]
    text = ", ".join(number(count, word) for count, word in parts if count) or "No findings"
    return f"{text} ({ignored} ignored)" if ignored else text


def number(count: int, word: str) -> str:
    """A number of things."""
    return f"{count:,} {word}{'s' * (count != 1)}"
