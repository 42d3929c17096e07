"""``socialpolicy diff``: who may do what differently by a new version, and is its number large enough?"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from socialpolicy.cli import output, pushed, sources
from socialpolicy.cli.main import GOOD, NO
from socialpolicy.diffing import VERSION_FINDINGS, Change, Diff, example
from socialpolicy.loading.findings import CasesError, Finding, Level, LimitError, visible
from socialpolicy.loading.findings import told as findings_told
from socialpolicy.policy import Policy
from socialpolicy.proving import Status
from socialpolicy.reporting.report import Check, Report
from socialpolicy.reporting.review import came, failing, of_impact, waiver_lines
from socialpolicy.reviewing import (
    FAIL_ON,
    NO_RELEASE,
    Compared,
    compared,
    findings_of,
    is_same,
    key_of_gone,
    to_waive,
    unwanted,
)
from socialpolicy.solving import CONFLICTS
from socialpolicy.storing import Store
from socialpolicy.versions import Bump

if TYPE_CHECKING:
    from socialpolicy.configuring import Configuration
    from socialpolicy.reporting.writing import Block

Pair: TypeAlias = tuple[str, Policy | None, Policy | None]
"""Why there is nothing to compare with, where that is so; the old policy, and the new one."""
COLORS = {"stricter": "red", "looser": "green", "other": "yellow"}
WIDTH = 100
REPLAY_BYTES = 256 * 1024 * 1024
VERSION = re.compile(r"[\^~<>=]*\d+(\.|$)", re.ASCII)


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option(
    "--against",
    metavar="REV",
    help="Compare with a revision of git, a release (2.1.0, ^2), the `latest` one, or what was `pushed`.",
)
@click.option("--state", is_flag=True, help="Print one word: identical, patch, minor or major.")
@click.option(
    "--fail-on", type=click.Choice(FAIL_ON), default="bump", show_default=True, help="What exit status 1 means."
)
@click.option("--replay", metavar="LOG", help="Recorded actions, a JSON object a line: how many are decided otherwise?")
@click.option("--changelog", is_flag=True, help="Print the sentences for a changelog alone.")
@output.config_option
@click.option("--at", "today", metavar="DATE", help="The day on which waivers have to hold; today if left out.")
@click.option(
    "--budget", type=click.IntRange(1), default=CONFLICTS, show_default=True, help="Conflicts of the solver a question."
)
@click.option("-v", "--verbose", is_flag=True, help="All examples, changes of wording, and what waives each.")
@output.link_option
@output.formats(*output.REPORTS)
@output.quiet_option
@output.color_option
def command(
    old: str,
    new: str | None,
    against: str | None,
    state: bool,
    fail_on: str,
    replay: str | None,
    changelog: bool,
    config: Path | None,
    today: str | None,
    budget: int,
    verbose: bool,
    link: str,
    formats: list[tuple[str, str]],
    quiet: bool,
    color: str,
) -> int:
    """Compare two versions of a policy over all actions: OLD and NEW, or one SOURCE with --against.

    What is said is proved, each change is shown by an action that both versions decided, and nothing else changes.
    """
    with output.answering(formats, "diff"):
        if against == pushed.WORD:
            against = pushed.compared_with()
            if against is None:
                return output.answer(formats, Report("diff", GOOD, pushed.NOTHING, text=lambda: pushed.NOTHING))
            if pushed.is_elsewhere(old):
                click.echo(
                    f"note: {visible(old)} is not what is pushed: this is about the files as they are here.", err=True
                )
        pairs = list(paired(old, new, against))
        chosen = output.chosen(config)
        found = compared(pairs, chosen, a_day(today), budget, recorded(replay))
        shown = Shown(quiet=quiet, verbose=verbose, on=output.colored(color), state=state, changelog=changelog)
        marker = found[0].id if len(found) == 1 else new or old
        answer = report(found, chosen, fail_on, shown, link, marker)
        return output.answer(formats, answer, chosen, quiet=quiet or state or changelog)


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a comparison a person wants to see."""

    quiet: bool = False
    verbose: bool = False
    on: bool = False
    state: bool = False
    changelog: bool = False
    changed_alone: bool = False


def report(
    found: Sequence[Compared], chosen: Configuration, fail_on: str, shown: Shown, link: str = "", marker: str = ""
) -> Report:
    """What changes, as a report."""
    for one in found:
        one.fail_on = fail_on

    def text() -> str:
        if shown.state:
            return state_of(found).word
        if shown.changelog:
            return "\n".join(line for one in found if one.diff for line in for_changelog(one.diff))
        some = [one for one in found if not (shown.changed_alone and is_same(one))]
        return "\n\n".join(told(one, verbose=shown.verbose, quiet=shown.quiet, on=shown.on) for one in some)

    def page(rows: int) -> list[Block]:
        from socialpolicy.reporting.review import Linking, review

        return review(found, rows, Linking(link))

    checks = tuple(
        Check(
            "diff", one.id, one.policy.file if one.policy else "",
            findings=tuple(chosen.applied(findings_of(one, fail_on, chosen))),
        )
        for one in found
    )  # fmt: skip
    findings = tuple(finding for check in checks for finding in check.findings)
    against = any(finding.level is Level.ERROR and not finding.accepted for finding in findings)
    return Report(
        "diff", NO if against and fail_on != "never" else GOOD, summary(found), findings, checks,
        [as_data(one) for one in found], text, page, marker=marker,
    )  # fmt: skip


def state_of(found: Iterable[Compared]) -> Bump:
    """The largest step that any of the policies calls for."""
    states = [one.diff.state if one.diff else Bump.MAJOR for one in found if one.diff or one.only == "gone"]
    return max(states, default=Bump.IDENTICAL)


def summary(found: Sequence[Compared]) -> str:
    """What became of all policies, in a sentence: those that changed, and how many did not."""
    if not found:
        return "There is no policy to compare."
    parts = []
    same = [one for one in found if is_same(one)]
    for one in found:
        if one.diff is None:
            parts.append(f"{one.id}: {'has no release yet' if one.only == NO_RELEASE else f'is {one.only}'}")
        elif one not in same or len(found) == 1:
            bump = one.diff
            problem = next((text for id, text in bump.problems.items() if id in VERSION_FINDINGS), "")
            step = problem or ("identical" if bump.state is Bump.IDENTICAL else f"a {bump.state.word} change")
            parts.append(f"{one.id} {bump.old.version} -> {bump.new.version}: {step}")
    if same and len(found) > 1:
        parts.append(f"{len(same)} {'policy is' if len(same) == 1 else 'policies are'} identical")
    return f"{'; '.join(parts)}."


def recorded(name: str | None) -> list[Mapping[str, Any]] | None:
    """The actions in a file of records: a JSON object a line. Raises ``CasesError`` with every line that is none."""
    if name is None:
        return None
    if name == "-":
        raw = sys.stdin.buffer.read(REPLAY_BYTES + 1)
    else:
        with sources.exists(name).open("rb") as file:
            raw = file.read(REPLAY_BYTES + 1)
    if len(raw) > REPLAY_BYTES:
        problem = f"the recorded actions have more than {REPLAY_BYTES:,} bytes; no more are read."
        raise LimitError(Finding("limit-reached", problem, name, hint="give a part of them."))
    found: list[Mapping[str, Any]] = []
    mistakes: list[Finding] = []
    for number, line in enumerate(raw.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict):
            facts = data.get("facts")  # of a record of a decision
            found.append(facts if isinstance(facts, dict) else data)
        else:
            problem = "this line is no JSON object, so it is no recorded action."
            mistakes.append(Finding("syntax", problem, name, number, hint="write the facts of one action a line."))
    if mistakes:
        raise CasesError(mistakes)
    return found


def a_day(text: str | None) -> date:
    """The day that a text names; today by this machine's clock (UTC) where there is none."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--at {text}: write a day, such as 2026-12-31.") from None


# -- what is compared ------------------------------------------------------------------------------------------------


def paired(old: str, new: str | None, against: str | None) -> Iterator[Pair]:
    """The policies to compare, old with new, by their ids; and why there is no old one, where that is not that it is new."""
    if (new is None) is (against is None):
        raise click.UsageError("Give OLD and NEW, or one SOURCE and --against REV.")
    if new is None:
        assert against is not None
        gone = is_revision(against) and sources.is_gone(old, against)
        yield from against_earlier(old, [] if gone else list(sources.policies_of(old)), against)
        return
    before, after_all = list(sources.policies_of(old)), list(sources.policies_of(new))
    if len(before) == len(after_all) == 1:
        yield "", before[0], after_all[0]
        return
    for policies in (before, after_all):
        for one, other in combinations(policies, 2):
            if one.id == other.id:
                raise click.ClickException(
                    f"{one.file} and {other.file} have the same id, {one.id}: compare them one by one."
                )
    mine, theirs = ({policy.id: policy for policy in policies} for policies in (before, after_all))
    for id in dict.fromkeys((*theirs, *mine)):
        yield "", mine.get(id), theirs.get(id)


def against_earlier(source: str, policies: Sequence[Policy], against: str) -> Iterator[Pair]:
    """The policies that a source stands for, each with what it was; and those that are gone since a revision."""
    against = version_in(against, policies)
    if not is_revision(against):
        yield from (earlier(policy, against) for policy in policies)
    else:
        yield from (("", old, new) for old, new in sources.pairs_with(source, policies, against))


def is_revision(against: str) -> bool:
    """Whether what is compared with is a revision of git, and no release."""
    version = against.rpartition("@")[2]  # of ID@VERSION, too
    return version != "latest" and not VERSION.match(version)


def version_in(against: str, policies: Sequence[Policy]) -> str:
    """The version in ``ID@VERSION``, which has to be one of the one policy there is; else what was given."""
    id, joint, version = against.partition("@")
    if not joint or is_revision(against):
        return against
    if [policy.id for policy in policies] != [id]:
        raise click.UsageError(f"--against {visible(against)}: give a version alone, or one policy of that id.")
    return version


def earlier(policy: Policy, against: str) -> Pair:
    """The release that a policy is compared with, and the policy; None where there is none yet."""
    beside = "@" not in policy.file and Path(policy.file).exists()
    store = Store(Path(policy.file).parent) if beside else sources.store()
    if against == "latest" and not store.releases(policy.id):
        return NO_RELEASE, None, policy
    return "", store.get(f"{policy.id}@{against}"), policy


# -- what is printed -------------------------------------------------------------------------------------------------


def told(one: Compared, *, verbose: bool, quiet: bool, on: bool) -> str:
    """What became of one policy, for a person."""
    if one.diff is None:
        if one.only == "new":
            return f"{one.id}  is new: there is nothing to compare it with"
        if one.only == NO_RELEASE:
            return f"{one.id}  has no release yet: there is nothing to compare it with"
        said = f"{output.paint(one.id, None, on, bold=True)}  is gone: no version of it decides any more"
        key = key_of_gone(one)
        if key in one.waived:
            return "\n".join([f"{said}   (waived)", *waived_lines(one)])
        lines = [f"        {line}" for line in waiver_lines(key, one.until).splitlines()]
        return "\n".join(
            [said, "", "Next: put it back, or, if it was agreed on, waive it in .socialpolicy.toml:", *lines]
        )
    found = one.diff
    lines = [headline(found, on)]
    if not quiet:
        if found.state is not Bump.IDENTICAL:
            for direction in ("stricter", "looser", "other"):
                lines += section(one, direction, verbose, on)
            lines += beside(one, on, verbose=verbose)
        lines += guarantees(found, on)
        lines += wording(found, verbose=verbose)
        lines += ["", f"  recorded  {of_impact(one.impact)}"] if one.impact else []
        lines += waived_lines(one)
    if one.findings:
        lines += ["", output.painted_findings(findings_told(one.findings), on)]
    lines += next_step(one, quiet=quiet)
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


def next_step(one: Compared, *, quiet: bool) -> Iterator[str]:
    """What to do where the answer is no."""
    found = one.diff
    assert found is not None
    if not set(found.problems) & VERSION_FINDINGS:
        keys = [] if quiet else unwanted(one)
        if keys:
            yield f"\nNext: {failing(one.fail_on)}; if it was agreed on, waive it in .socialpolicy.toml:"
            yield from lines_of(one, keys)
        return
    yield f'\nNext: write version: "{found.needed_version}" in {found.new.file}'
    keys, version = to_waive(one)
    if keys:
        also = f'write version: "{version}", and ' if version else ""
        yield f"      or, if it was agreed on, {also}waive it in .socialpolicy.toml:"
        yield from lines_of(one, keys)


def lines_of(one: Compared, keys: Sequence[str]) -> Iterator[str]:
    """The lines that accept some changes: of the first three, and how many more there are."""
    for key in keys[:3]:
        yield from (f"        {line}" for line in waiver_lines(key, one.until).splitlines())
    if len(keys) > 3:
        yield f"        … and {len(keys) - 3} more; -v shows the key of each"


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
    data["impact"] = one.impact.as_data() if one.impact else None
    return data
