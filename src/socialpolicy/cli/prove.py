"""``socialpolicy prove``: does each guarantee hold for all actions? Else an action that breaks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from socialpolicy.cli import output, sources
from socialpolicy.cli.diff import wrapped
from socialpolicy.cli.main import GAVE_UP, GOOD, NO
from socialpolicy.diffing import example
from socialpolicy.loading.findings import meant
from socialpolicy.policy import Policy
from socialpolicy.proving import Counterexample, Proofs, Result, Status, changed_facts, prove
from socialpolicy.reporting.report import Check, Report
from socialpolicy.reviewing import of_guarantee
from socialpolicy.solving import CONFLICTS

if TYPE_CHECKING:
    from socialpolicy.configuring import Configuration

WORDS = {
    Status.HOLDS: ("holds", "green"),
    Status.FAILS: ("FAILS", "red"),
    Status.VACUOUS: ("about nothing", "yellow"),
    Status.OPEN: ("OPEN", "yellow"),
}


@click.command()
@click.argument("source", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--guarantee", "only", multiple=True, metavar="ID", help="Only this one; more than once for several.")
@click.option(
    "--budget", type=click.IntRange(1), default=CONFLICTS, show_default=True, help="Conflicts of the solver a question."
)
@output.formats(*output.REPORTS)
@output.quiet_option
@output.color_option
@output.config_option
def command(
    source: tuple[str, ...],
    only: tuple[str, ...],
    budget: int,
    formats: list[tuple[str, str]],
    quiet: bool,
    color: str,
    config: Path | None,
) -> int:
    """Prove the guarantees of policies for all actions that their vocabularies admit.

    Exit status 0 means that all are proved, 1 that one is broken or about nothing, 3 that one is open.
    """
    with output.answering(formats, "prove"):
        chosen = output.chosen(config)
        policies = [policy for one in source for policy in sources.policies_of(one)]
        known = [guarantee.id for policy in policies for guarantee in policy.guarantees]
        for id in only:
            if id not in known:
                raise click.UsageError(f"--guarantee {id}: there is no such guarantee. " + meant(id, known))
        proofs = [(policy, prove(policy, only=only, conflicts=budget)) for policy in policies]
        if not any(proof.results for _, proof in proofs):
            raise click.ClickException("there is no guarantee to prove; `guarantees:` in the policy states them.")
        return output.answer(formats, report(proofs, chosen, quiet=quiet, on=output.colored(color)))


def report(
    proofs: Sequence[tuple[Policy, Proofs]], chosen: Configuration, *, quiet: bool = False, on: bool = False
) -> Report:
    """What became of all guarantees, as a report."""
    every = [(policy, result) for policy, proof in proofs for result in proof.results]
    statuses = {result.status for _, result in every}
    held = sum(result.status is Status.HOLDS for _, result in every)
    status = NO if statuses & {Status.FAILS, Status.VACUOUS} else GAVE_UP if Status.OPEN in statuses else GOOD
    checks = []
    for policy, result in every:
        guarantee = result.guarantee
        file = guarantee.file or policy.file
        found = () if result.status is Status.HOLDS else tuple(chosen.applied([of_guarantee(policy, result)]))
        checks.append(Check(f"prove {policy.id}", result.id, file, guarantee.line, found))
    return Report(
        "prove", status, f"{held:,} of {len(every):,} guarantees proved for all actions.",
        tuple(finding for check in checks for finding in check.findings), tuple(checks),
        [as_data(policy, proof) for policy, proof in proofs],
        lambda: "\n".join(line for policy, proof in proofs for line in told(policy, proof, quiet=quiet, on=on)),
    )  # fmt: skip


def told(policy: Policy, proofs: Proofs, *, quiet: bool, on: bool) -> Iterator[str]:
    """What became of a policy's guarantees, for a person."""
    width = max((len(result.id) for result in proofs.results), default=0)
    first = max([len("holds "), *(len(WORDS[result.status][0]) for result in proofs.results)])
    if not quiet:
        yield f"{output.paint(f'{policy.id} {policy.version}', None, on, bold=True)}   {policy.file}"
    for result in proofs.results:
        if quiet and result.status is Status.HOLDS:
            continue
        yield from told_one(policy, result, first, width, on=on)
    held = sum(result.status is Status.HOLDS for result in proofs.results)
    if not quiet and proofs.results:
        yield f"{held} of {len(proofs.results)} guarantees proved for all actions."


def told_one(policy: Policy, result: Result, first: int, width: int, *, on: bool) -> Iterator[str]:
    """One guarantee: its status, and an action that breaks it."""
    word, color = WORDS[result.status]
    yield f"  {output.paint(word.ljust(first), color, on, bold=result.status is not Status.HOLDS)} {result.id.ljust(width)}  {result.title}"
    if result.limit:
        yield f"         gave up: {result.limit}"
    if result.counterexample:
        yield from broken(policy, "example", result.counterexample)
    if result.status is Status.VACUOUS:
        yield f"         no action is like this; check its `when` and `assuming` ({result.guarantee.file or policy.file}:{result.guarantee.line})"
    if result.status is Status.HOLDS and result.where_missing is Status.FAILS and result.counterexample_missing:
        yield from broken(policy, "where facts are missing it does not hold", result.counterexample_missing)


def broken(policy: Policy, label: str, shown: Counterexample) -> Iterator[str]:
    """An action that breaks a guarantee."""
    yield from wrapped(f"{label}: {example(shown.unusual)}", 9)
    rules = ", ".join(
        f"{rule} ({policy.file_of(rule)}:{policy.lines[rule]})" if rule in policy.lines else rule or "the baseline"
        for rule in shown.rules
    )
    if shown.otherwise is not None and shown.other_decision is not None:
        changed, other = example(changed_facts(shown.facts, shown.otherwise)), shown.other_decision.outcome
        if other is shown.decision.outcome:
            yield from wrapped(f"with {changed} it is {other.word} too, but something else follows; by {rules}", 9)
        else:
            yield from wrapped(
                f"with {changed} it is {other.word} and not {shown.decision.outcome.word}; by {rules}", 9
            )
    else:
        why = f"by {rules}" if shown.decision.determined else "since facts are missing"
        yield from wrapped(f"{shown.decision.outcome.word}, {why}", 9)


def as_data(policy: Policy, proofs: Proofs) -> dict[str, Any]:
    """What became of a policy's guarantees, for programs."""
    return {
        "policy": {"id": policy.id, "version": policy.version, "digest": policy.digest},
        "held": proofs.held,
        "guarantees": [result.as_data() for result in proofs.results],
    }
