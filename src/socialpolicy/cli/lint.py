"""``socialpolicy lint``: what is doubtful in policies, proved for all actions."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from socialpolicy.cli import output, sources
from socialpolicy.cli.main import GAVE_UP, GOOD, NO
from socialpolicy.instants import day, instant
from socialpolicy.loading.findings import SHOWN_AT_MOST, Finding, Level, meant, told, visible
from socialpolicy.reporting.report import Check, Report, fingerprints_of
from socialpolicy.solving import CONFLICTS

if TYPE_CHECKING:
    from socialpolicy.configuring import Configuration
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
@click.option(
    "--baseline", metavar="FILE", help="Leave out what is in this report, which an earlier `lint -f json:FILE` wrote."
)
@output.formats(*output.REPORTS)
@output.quiet_option
@output.color_option
@output.max_errors_option
@output.config_option
def command(
    source: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    at: str | None,
    fail_on: str,
    budget: int,
    baseline: str | None,
    formats: list[tuple[str, str]],
    quiet: bool,
    color: str,
    max_errors: int,
    config: Path | None,
) -> int:
    """Show what is doubtful in policies: rules that do nothing, contradictions, what is unused, dates that are past.

    What is said of rules is proved for all actions. A comment on the line before leaves a finding out:
    `# socialpolicy: ignore[FINDING-ID] reason`.
    """
    from socialpolicy.tidying import LINTS

    wanted = (ids(select, LINTS, "--select") or set(LINTS)) - ids(ignore, LINTS, "--ignore") | {"lint-open"}
    with output.answering(formats, "lint"):
        known = fingerprints_in(baseline, source) if baseline is not None else frozenset()
        found = looked_over([pair for one in source for pair in policies(one)], wanted, instant_of(at), budget)
        chosen, on = output.chosen(config), output.colored(color)
        answer = report(found, chosen, fail_on, known, quiet=quiet, on=on, at_most=max_errors)
        return output.answer(formats, answer, chosen, quiet=quiet)


@dataclass
class LookedOver:
    """What lint found in some policies."""

    moment: datetime
    findings: list[Finding] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)
    rules: int = 0
    ignored: int = 0
    left_open: int = 0
    seconds: float = 0.0


def looked_over(
    every: Iterable[tuple[Policy, Document | None]], wanted: Collection[str], moment: datetime, budget: int = CONFLICTS
) -> LookedOver:
    """Look over some policies."""
    from socialpolicy.tidying import linted

    began = perf_counter()
    found = LookedOver(moment)
    for policy, document in every:
        result = linted(policy, at=moment, conflicts=budget, document=document, select=wanted)
        found.findings += result.findings
        if "dates-gap" in wanted:
            found.findings += of_releases(policy)
        found.names.append((policy.id, policy.file))
        found.rules += len(policy.written.rules)
        found.ignored += result.ignored
        found.left_open += len(result.open)
    found.seconds = perf_counter() - began
    return found


def report(
    found: LookedOver,
    chosen: Configuration,
    fail_on: str = "warning",
    known: Collection[str] = (),
    *,
    quiet: bool = False,
    on: bool = False,
    at_most: int = SHOWN_AT_MOST,
) -> Report:
    """What was found, as a report."""
    findings = sorted(chosen.applied(found.findings), key=lambda finding: -finding.level)
    known_already = 0
    if known:
        pairs = list(zip(findings, fingerprints_of(findings), strict=True))
        findings = [finding for finding, mark in pairs if mark not in known or finding.id == "lint-open"]
        known_already = len(pairs) - len(findings)
    until = found.moment.isoformat().replace("+00:00", "Z")
    proved = "some questions stay open" if found.left_open else "proved for all actions"
    told_of = counted(findings, found.ignored, known_already)
    summary = f"{told_of} in {number(found.rules, 'rule')}, {proved}, dates as of {until}"

    def text() -> str:
        lines = [output.painted_findings(told(findings, at_most), on)] if findings else []
        if not quiet:
            spent = f" ({found.seconds:.1f} s)" if sys.stdout.isatty() else ""
            closing = f"{summary}{spent}."
            if findings:
                closing += f"   socialpolicy explain {findings[0].id}  tells more."
                lines.append("")
            lines.append(closing if findings else output.paint(closing, "green", on))
        return "\n".join(lines)

    failing = {"warning": Level.WARNING, "info": Level.INFO}.get(fail_on, Level.ERROR)
    fails = fail_on != "never" and any(finding.level >= failing for finding in findings)
    files: dict[str, list[Finding]] = {file: [] for _, file in found.names}
    for finding in findings:
        files.setdefault(finding.file, []).append(finding)
    data = {
        "policies": [file for _, file in found.names], "rules": found.rules, "at": until, "open": found.left_open,
        "ignored": found.ignored, "in_the_baseline": known_already,
    }  # fmt: skip
    return Report(
        "lint", GAVE_UP if found.left_open else NO if fails else GOOD, f"{summary}.", tuple(findings),
        tuple(Check("lint", file, file, findings=tuple(one)) for file, one in files.items()), data, text,
        fails_at=failing,
    )  # fmt: skip


def fingerprints_in(baseline: str, source: tuple[str, ...]) -> frozenset[str]:
    """The fingerprints of the findings in an earlier report. Raises an error with the command that writes one."""
    shown = " ".join(map(visible, source))
    remedy = f"write one: socialpolicy lint {shown} -f json:{visible(baseline)}"
    try:
        data = json.loads(Path(baseline).read_text(encoding="utf-8"))
        findings = data["findings"] if data["report"] == 1 and data["command"] in ("lint", "check") else None
        if findings is not None:
            return frozenset(str(one["fingerprint"]) for one in findings)
    except OSError as error:
        raise click.ClickException(f"{visible(baseline)}: {error.strerror or error}; {remedy}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise click.ClickException(f"{visible(baseline)}: this is no report of lint; {remedy}")


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
        yield from ((policy, sources.document_of(policy)) for policy in sources.policies_of(source))


def of_releases(policy: Policy) -> Iterator[Finding]:
    """Gaps between the releases beside a draft. Raises ``ReleasesError`` where they cannot be trusted."""
    from socialpolicy.tidying import InForceBetween, release_gaps
    from socialpolicy.versions import is_prerelease

    beside = sources.releases_beside(policy)
    if beside is None:
        return
    releases, index = beside
    found = []
    for place, release in enumerate(releases.entries):
        begin, end = release.begins(), release.ends()
        since = instant(release.withdrawn.at) if release.withdrawn else None
        end = min((moment for moment in (end, since) if moment), default=None)
        if begin and not is_prerelease(release.version) and (end is None or begin < end):
            found.append(InForceBetween(release.version, ("releases", place), begin, end))
    yield from release_gaps(index, found)


def counted(findings: list[Finding], ignored: int, known: int = 0) -> str:
    """How many findings there are."""
    levels = [finding.level for finding in findings]
    parts = [
        (levels.count(Level.ERROR), "error"), (levels.count(Level.WARNING), "warning"), (levels.count(Level.INFO), "note")
    ]  # fmt: skip
    text = ", ".join(number(count, word) for count, word in parts if count) or "No findings"
    beside = [f"{ignored} ignored"] * bool(ignored) + [f"{known} in the baseline"] * bool(known)
    return f"{text} ({', '.join(beside)})" if beside else text


def number(count: int, word: str) -> str:
    """A number of things."""
    return f"{count:,} {word}{'s' * (count != 1)}"
