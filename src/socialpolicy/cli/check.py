"""``socialpolicy check``: everything that a pull request has to pass, in one process and one report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from socialpolicy.cli import diff, lint, output, prove, sources, validate
from socialpolicy.cli import test as testing
from socialpolicy.cli.main import COULD_NOT, GAVE_UP, GOOD, NO
from socialpolicy.errors import SocialPolicyError
from socialpolicy.loading.findings import CasesError, Level, LimitError, PolicyError, listed
from socialpolicy.reporting.report import Report
from socialpolicy.reviewing import FAIL_ON

if TYPE_CHECKING:
    from socialpolicy.configuring import Configuration
    from socialpolicy.policy import Policy

STATES = {
    GOOD: ("passed", "green"),
    NO: ("FAILED", "red"),
    COULD_NOT: ("NOT DONE", "red"),
    GAVE_UP: ("GAVE UP", "yellow"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, on the command line or by a workflow."""

    source: tuple[str, ...]
    against: str | None = None
    fail_on: str = "bump"
    replay: str | None = None
    at: str | None = None
    strict: bool = False
    link: str = ""


@click.command()
@click.argument("source", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--against", metavar="REV", help="Also compare with a revision of git, or the `latest` release.")
@click.option(
    "--fail-on", type=click.Choice(FAIL_ON), default="bump", show_default=True, help="What of a comparison fails."
)
@click.option("--replay", metavar="LOG", help="Recorded actions, a JSON object a line: how many are decided otherwise?")
@click.option("--at", metavar="DATE", help="The day for which dates count; today in UTC if left out.")
@click.option("--strict", is_flag=True, help="Warnings of validate fail, too; those of lint always do.")
@output.link_option
@output.formats(*output.REPORTS)
@output.quiet_option
@output.color_option
@output.config_option
def command(
    source: tuple[str, ...],
    against: str | None,
    fail_on: str,
    replay: str | None,
    at: str | None,
    strict: bool,
    link: str,
    formats: list[tuple[str, str]],
    quiet: bool,
    color: str,
    config: Path | None,
) -> int:
    """Validate, test, prove and lint policies, and compare them with what they were: all that a pull request has to pass.

    The exit status is the highest one of these. A policy with errors is not looked at any further.
    """
    asked = Asked(source, against, fail_on, replay, at, strict, link)
    with output.answering(formats, "check"):
        chosen = output.chosen(config)
        found = checked(asked, chosen, quiet=quiet, on=output.colored(color))
        return output.answer(formats, found, quiet=quiet)


def checked(asked: Asked, chosen: Configuration, *, quiet: bool = False, on: bool = False) -> Report:
    """Do all that is asked for. What one step could not do hides nothing that another one found."""
    lint.instant_of(asked.at)
    output.doing("validate ...")
    against = asked.against if asked.against and diff.is_revision(asked.against) else None
    gone = [one for one in asked.source if against and sources.is_gone(one, against)]
    found = validate.validated([one for one in asked.source if one not in gone], chosen)
    level = Level.WARNING if asked.strict else Level.ERROR
    parts = [validate.report(found, level, quiet=True, on=on, at_most=output.FINDINGS_SHOWN)]
    by_source = {one: [] if one in gone else list(loaded(one)) for one in asked.source}
    policies = [policy for one in by_source.values() for policy in one]
    steps: list[tuple[str, Callable[[], Report | None]]] = [
        ("test", lambda: tested(policies, chosen, on=on)),
        ("prove", lambda: proved(policies, chosen, on=on)),
        ("lint", lambda: linted(policies, asked, chosen, on=on)),
    ]
    if asked.against is not None:
        steps.append(("diff", lambda: compared(by_source, asked, chosen, on=on)))
    for name, step in steps:
        output.doing(f"{name} ...")
        try:
            part = step()
        except click.UsageError:
            raise
        except (SocialPolicyError, click.ClickException, OSError) as error:
            failed = output.failed(name, error)
            part = replace(failed, text=lambda error=error: str(getattr(error, "message", error)))  # type: ignore[misc]
        if part is not None:
            parts.append(part)
    output.doing("")
    return output.noting(together(parts, asked, quiet=quiet, on=on), chosen)


def loaded(source: str) -> Iterator[Policy]:
    """The policies without errors that a source stands for; what is wrong with the others, ``validate`` tells."""
    for name in sources.names_of(source):
        try:
            yield sources.policy_of(name)
        except (PolicyError, LimitError):
            continue


def tested(policies: Sequence[Policy], chosen: Configuration, *, on: bool) -> Report | None:
    """Run the cases of all policies; files with errors were told by ``validate``."""
    from socialpolicy.testing import test

    results, left = [], []
    for policy in policies:
        try:
            results.append(testing.Tested(test(policy, documents=sources.cases_beside(policy))))
        except CasesError:
            left.append(policy.id)
    if not left:
        return testing.report(results, chosen, on=on) if results else None
    said = f"Not run: the cases of {listed(left, 'and')}, which have errors."
    found = testing.report(results, chosen, on=on)
    text = found.text
    summary = f"{found.summary} {said}" if results else said
    return replace(found, status=max(found.status, NO), summary=summary, text=lambda: f"{text()}\n{said}".strip())


def proved(policies: Sequence[Policy], chosen: Configuration, *, on: bool) -> Report | None:
    """Prove the guarantees of all policies that give some."""
    from socialpolicy.proving import prove as proofs_of

    proofs = [(policy, proofs_of(policy)) for policy in policies if policy.guarantees]
    return prove.report(proofs, chosen, quiet=True, on=on) if proofs else None


def linted(policies: Sequence[Policy], asked: Asked, chosen: Configuration, *, on: bool) -> Report | None:
    """Look for what is doubtful in all policies."""
    from socialpolicy.tidying import LINTS

    if not policies:
        return None
    every = [(policy, sources.document_of(policy)) for policy in policies]
    return lint.report(lint.looked_over(every, LINTS, lint.instant_of(asked.at)), chosen, quiet=True, on=on)


def compared(
    policies: Mapping[str, Sequence[Policy]], asked: Asked, chosen: Configuration, *, on: bool
) -> Report | None:
    """Compare all policies with what they were."""
    from socialpolicy.reviewing import compared as compare

    assert asked.against is not None
    pairs = [pair for one, some in policies.items() for pair in diff.against_earlier(one, some, asked.against)]
    if not pairs:
        return None
    found = compare(pairs, chosen, lint.instant_of(asked.at).date(), records=diff.recorded(asked.replay))
    return diff.report(found, chosen, asked.fail_on, diff.Shown(on=on, changed_alone=True), asked.link)


def together(parts: Sequence[Report], asked: Asked, *, quiet: bool, on: bool) -> Report:
    """One report of all steps: what they found, and how each ended."""
    status = max(part.status for part in parts)
    word = {GOOD: "Everything passed", NO: "Something has to be put right", COULD_NOT: "Something could not be done"}
    summary = f"{word.get(status, 'A question stays open')}: {', '.join(ended(part) for part in parts)}."

    def text() -> str:
        lines: list[str] = []
        for part in parts:
            told = part.text() if (part.status != GOOD or part.findings or part.command == "diff") and not quiet else ""
            lines += [told, ""] if told else []
        for part in parts:
            state, color = STATES.get(part.status, STATES[COULD_NOT])
            lines.append(
                f"{part.command:<9} {output.paint(f'{state:<8}', color, on, bold=state != 'passed')}  {part.summary}"
            )
        return "\n".join(lines)

    findings = tuple(dict.fromkeys(finding for part in parts for finding in part.findings))
    checks = tuple(check for part in parts for check in part.checks)
    data = {part.command: {"status": part.status, "summary": part.summary, "result": part.data} for part in parts}
    marker = " ".join(asked.source)
    return Report("check", status, summary, findings, checks, data, text, parts=tuple(parts), marker=marker)


def ended(part: Report) -> str:
    """How one step ended."""
    return f"{part.command} {STATES.get(part.status, STATES[COULD_NOT])[0].lower()}"
