"""``socialpolicy diff``: who may do what differently by a new version, and is its number large enough?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import click

from socialpolicy.cli import output, sources
from socialpolicy.cli.main import GOOD, NO
from socialpolicy.decisions import Decision
from socialpolicy.diffing import VERSION_FINDINGS, Change, Diff, diff, example
from socialpolicy.loading.findings import Finding
from socialpolicy.loading.findings import told as findings_told
from socialpolicy.policy import Policy
from socialpolicy.proving import Status
from socialpolicy.solving import CONFLICTS
from socialpolicy.versions import Bump
from socialpolicy.waiving import Waiver, applied, configured, waivers

COLORS = {"stricter": "red", "looser": "green", "other": "yellow"}
WIDTH = 100
VERSION = re.compile(r"[\^~<>=]*\d+(\.|$)", re.ASCII)
FAIL_ON = ["bump", "stricter", "looser", "any", "never"]


@dataclass
class Compared:
    """What became of one policy: its diff, or that it is new or gone; and which changes are waived."""

    id: str
    diff: Diff | None = None
    only: str = ""
    waived: dict[str, Waiver] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option(
    "--against", metavar="REV", help="Compare with a revision of git, a release (2.1.0, ^2) or the `latest` one."
)
@click.option("--state", is_flag=True, help="Print one word: identical, patch, minor or major.")
@click.option(
    "--fail-on", type=click.Choice(FAIL_ON), default="bump", show_default=True, help="What exit status 1 means."
)
@click.option("--changelog", is_flag=True, help="Print the sentences for a changelog alone.")
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Where waivers stand.")
@click.option("--at", "today", metavar="DATE", help="The day on which waivers have to hold; today if left out.")
@click.option(
    "--budget", type=click.IntRange(1), default=CONFLICTS, show_default=True, help="Conflicts of the solver a question."
)
@click.option("-v", "--verbose", is_flag=True, help="All examples, changes of wording, and what waives each.")
@output.formats("text", "json")
@output.quiet_option
@output.color_option
def command(
    old: str,
    new: str | None,
    against: str | None,
    state: bool,
    fail_on: str,
    changelog: bool,
    config: Path | None,
    today: str | None,
    budget: int,
    verbose: bool,
    formats: list[tuple[str, str]],
    quiet: bool,
    color: str,
) -> int:
    """Compare two versions of a policy over all actions: OLD and NEW, or one SOURCE with --against.

    What is said is proved, each change is shown by an action that both versions decided, and nothing else changes.
    """
    pairs = list(paired(old, new, against))
    day = a_day(today)
    given = waivers(config or configured(Path()) or Path()) if config or configured(Path()) else []
    compared = [one_compared(before, after, given, day, budget) for before, after in pairs]
    used = {waiver for one in compared for waiver in one.waived.values()}
    for one in compared:  # what waives a change of one policy is not unused for another one
        places = {(waiver.file, waiver.line) for waiver in used - set(one.waived.values())}
        one.findings = [
            finding
            for finding in one.findings
            if finding.id != "waiver-unused" or (finding.file, finding.line) not in places
        ]
    on = output.colored(color)

    def text() -> str:
        if state:
            states = [one.diff.state if one.diff else Bump.MAJOR for one in compared if one.only != "new"]
            return max(states, default=Bump.IDENTICAL).word
        if changelog:
            return "\n".join(line for one in compared if one.diff for line in for_changelog(one.diff))
        return "\n\n".join(told(one, verbose=verbose, quiet=quiet, on=on) for one in compared)

    output.write(formats, {"text": text, "json": lambda: output.as_json([as_data(one) for one in compared])})
    return NO if any(fails(one, fail_on) for one in compared) else GOOD


def a_day(text: str | None) -> date:
    """The day that a text names; today by this machine's clock (UTC) where there is none."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--at {text}: write a day, such as 2026-12-31.") from None


# -- what is compared ------------------------------------------------------------------------------------------------


def paired(old: str, new: str | None, against: str | None) -> Iterator[tuple[Policy | None, Policy | None]]:
    """The policies to compare, old with new, by their ids."""
    if (new is None) is (against is None):
        raise click.UsageError("Give OLD and NEW, or one SOURCE and --against REV.")
    if new is None:
        assert against is not None
        for after in sources.policies_of(old):
            yield earlier(after, against), after
        return
    before, after_all = list(sources.policies_of(old)), list(sources.policies_of(new))
    if len(before) == len(after_all) == 1:
        yield before[0], after_all[0]
        return
    for policies in (before, after_all):
        for one, other in combinations(policies, 2):
            if one.id == other.id:
                raise click.ClickException(
                    f"{one.file} and {other.file} have the same id, {one.id}: compare them one by one."
                )
    mine, theirs = ({policy.id: policy for policy in policies} for policies in (before, after_all))
    for id in dict.fromkeys((*theirs, *mine)):
        yield mine.get(id), theirs.get(id)


def earlier(policy: Policy, against: str) -> Policy | None:
    """The earlier version of a policy that it is compared with; None where a revision does not have it yet."""
    if against == "latest" or VERSION.match(against):
        if "@" in policy.file or not Path(policy.file).exists():
            return sources.store().get(f"{policy.id}@{against}")
        from socialpolicy.storing import Store

        return Store(Path(policy.file).parent).get(f"{policy.id}@{against}")
    path = Path(policy.file)
    if not path.exists():
        raise click.UsageError(
            f"{policy.file}: a file or folder is compared with a revision; for two revisions give OLD and NEW."
        )
    within = Path(os.path.relpath(path.resolve(), Path.cwd()))
    name = f"./{within.as_posix()}"
    commit = sources.commit_of(against, f"{against}:{name}")
    return sources.policy_at(against, name) if sources.kind_at(commit, name) is not None else None


def one_compared(old: Policy | None, new: Policy | None, given: Sequence[Waiver], day: date, budget: int) -> Compared:
    """Compare one policy, and see what is waived."""
    if old is None or new is None:
        some = old or new
        assert some is not None
        return Compared(some.id, only="new" if old is None else "gone")
    found = diff(old, new, conflicts=budget)
    keys = [change.key for change in found.changes if change.fingerprint]
    waived, findings = applied(given, keys, new.id, day)
    return Compared(new.id, found.waiving(waived), "", waived, findings)


def fails(one: Compared, fail_on: str) -> bool:
    """Whether the answer is no."""
    if fail_on == "never":
        return False
    if one.diff is None:
        return one.only == "gone"
    left = [change for change in one.diff.changes if change.key not in one.diff.waived]
    if set(one.diff.problems) & VERSION_FINDINGS or one.diff.lost:
        return True
    if fail_on in ("stricter", "looser"):
        return any(change.direction == fail_on for change in left)
    return fail_on == "any" and any(change.needs > Bump.PATCH for change in left)


# -- what is printed -------------------------------------------------------------------------------------------------


def told(one: Compared, *, verbose: bool, quiet: bool, on: bool) -> str:
    """What became of one policy, for a person."""
    if one.diff is None:
        if one.only == "new":
            return f"{one.id}  is new: there is nothing to compare it with"
        return f"{output.paint(one.id, None, on, bold=True)}  is gone: no version of it decides any more"
    found = one.diff
    lines = [headline(found, on)]
    if not quiet:
        if found.state is not Bump.IDENTICAL:
            for direction in ("stricter", "looser", "other"):
                lines += section(one, direction, verbose, on)
            lines += beside(one, on, verbose=verbose)
        lines += guarantees(found, on)
        lines += wording(found, verbose=verbose)
        lines += waived_lines(one)
    if one.findings:
        lines += ["", output.painted_findings(findings_told(one.findings), on)]
    lines += next_step(one)
    return "\n".join(lines)


def headline(found: Diff, on: bool) -> str:
    """The versions, how much changes, and whether the number says so."""
    state = found.state
    head = f"{found.new.id}  {found.old.version} -> {found.new.version}"
    problem = next((id for id in found.problems if id in VERSION_FINDINGS), "")
    if problem:
        verdict = output.paint(f"{found.problems[problem]}   ({problem})", "red", on)
    elif state is Bump.IDENTICAL:
        verdict = output.paint("identical", "green", on) + ": every decision and every text is the same"
    else:
        verdict = output.paint(f"a {state.word} change", "green", on)
        verdict += (
            f"; {found.problems['bump-larger-than-needed']}" if "bump-larger-than-needed" in found.problems else ""
        )
    only_missing = [change for change in found.changes if change.statement and change.statement.missing_only]
    if (
        state is Bump.MINOR
        and only_missing
        and all(change.statement.missing_only for change in found.changes if change.statement)
    ):
        verdict += ", in decisions only where facts are missing"
    return f"{output.paint(head, None, on, bold=True)}   {verdict}"


def section(one: Compared, direction: str, verbose: bool, on: bool) -> Iterator[str]:
    """The changes of decisions in one direction."""
    assert one.diff is not None
    for change in one.diff.of(direction):
        label = output.paint(f"  {'differs' if direction == 'other' else direction:<10}", COLORS[direction], on)
        mark = "   (waived)" if change.key in one.waived else ""
        place = change.new_place or change.old_place
        yield f"\n{label}{change.sentence}   {place}{mark}"
        for detail in change.details:
            yield from wrapped(detail)
        if change.statement is not None:
            shown = change.statement.shown
            yield from wrapped(f"example: {example(shown.unusual)}  {came(shown.old)} -> {came(shown.new)}")
            if verbose:
                yield from wrapped(f"with all facts: {example(shown.facts)}")
        if verbose or change.key in one.waived:
            yield f"            {change.key}"


def came(decision: Decision) -> str:
    """The outcome of a decision, and that it is open where it is."""
    return decision.outcome.word if decision.determined else f"{decision.outcome.word} (open)"


def wrapped(text: str, indent: int = 12) -> Iterator[str]:
    """A text over several lines, each with the same indent."""
    line = ""
    for word in text.split(" "):
        if line and len(line) + len(word) + 1 > WIDTH - indent:
            yield " " * indent + line
            line = "  " + word
        else:
            line = f"{line} {word}" if line else word
    yield " " * indent + line


def beside(one: Compared, on: bool, *, verbose: bool) -> Iterator[str]:
    """What the comparison proves of all else, and what else calls for a larger version."""
    assert one.diff is not None
    more = "everything else" if any(change.statement for change in one.diff.changes) else "every decision"
    yield f"\n{output.paint('  same      ', None, on)}{more}: proved for all actions that both versions know"
    others = [change for change in one.diff.changes if change.statement is None and change.needs > Bump.PATCH]
    for change in others:
        mark = f"   (waived: {change.key})" if change.key in one.waived else f"   {change.key}" if verbose else ""
        yield f"  {change.needs.word:<10}{change.sentence}{mark}"
        for detail in change.details:
            yield from wrapped(detail)


def guarantees(found: Diff, on: bool) -> Iterator[str]:
    """What became of the guarantees: those that changed, one by one, and how many hold as before."""
    kept = [change for change in found.guarantees if change.was is change.now is Status.HOLDS]
    rest = [change for change in found.guarantees if change not in kept]
    if found.guarantees:
        yield ""
    label = "  guarantee"
    for change in rest:
        was = {
            None: "not given",
            Status.HOLDS: "held",
            Status.FAILS: "failed",
            Status.VACUOUS: "was about nothing",
            Status.OPEN: "was open",
        }[change.was]
        now = {
            None: "not given",
            Status.HOLDS: "holds",
            Status.FAILS: "FAILS",
            Status.VACUOUS: "is about nothing",
            Status.OPEN: "OPEN",
        }[change.now]
        now = output.paint(now, "red" if change.lost else None, on, bold=change.lost)
        yield f"{label:<12}{change.id}   {was} -> {now}   {change.title}"
        label = ""
        if change.lost and change.result and change.result.counterexample:
            shown = change.result.counterexample
            rules = ", ".join(rule or "the baseline" for rule in shown.rules)
            yield from wrapped(f"example: {example(shown.unusual)}  {shown.decision.outcome.word}, by {rules}")
    if kept:
        yield f"{label:<12}{len(kept)} hold as before"


def wording(found: Diff, *, verbose: bool) -> Iterator[str]:
    """Changes of texts and of how rules are written: a line each, or how many."""
    texts = [change for change in found.changes if change.statement is None and change.needs <= Bump.PATCH]
    if not texts:
        return
    yield ""
    shown: Sequence[Change] = texts if verbose else texts[:6]
    label = "  wording"
    for change in shown:
        yield f"{label:<12}{change.sentence}   {change.new_place or change.old_place}".rstrip()
        label = ""
    if len(texts) > len(shown):
        yield f"{'':12}and {len(texts) - len(shown)} more; -v lists them"


def waived_lines(one: Compared) -> Iterator[str]:
    """What is waived, by whom, why and until when."""
    label = "\n  waived"
    for key, waiver in one.waived.items():
        yield f"{label:<12}{key}   by {waiver.by} until {waiver.until}: {waiver.reason}"
        label = "  "


def next_step(one: Compared) -> Iterator[str]:
    """What to do where the answer is no."""
    found = one.diff
    assert found is not None
    if not set(found.problems) & VERSION_FINDINGS:
        return
    yield f'\nNext: write version: "{found.needed_version}" in {found.new.file}'
    reasons = [
        change
        for change in found.changes
        if change.needs > found.made and change.key not in one.waived and change.fingerprint
    ]
    if reasons and "bump-too-small" in found.problems:
        yield "      or, if it was agreed on, waive it in .socialpolicy.toml:"
        for change in reasons[:3]:
            yield f'        [[waive]]\n        finding = "{change.key}"\n        reason = "…"\n        by = "…"\n        until = 2026-12-31'
        if len(reasons) > 3:
            yield f"        … and {len(reasons) - 3} more; -v shows the key of each"


def for_changelog(found: Diff) -> Iterator[str]:
    """The sentences for a changelog."""
    titles = {"stricter": "Stricter", "looser": "Looser", "other": "Other"}
    for direction, sentences in found.sentences().items():
        if sentences:
            yield f"### {titles[direction]}"
            yield from (f"- {sentence}" for sentence in sentences)


def as_data(one: Compared) -> dict[str, Any]:
    """What became of one policy, for programs."""
    data: dict[str, Any] = {"policy": one.id, "only": one.only} if one.diff is None else dict(one.diff.as_data())
    data["waivers"] = [
        {"finding": key, "by": waiver.by, "until": waiver.until.isoformat(), "reason": waiver.reason}
        for key, waiver in one.waived.items()
    ]
    data["findings"] = [finding.as_data() for finding in one.findings]
    return data
