"""``socialpolicy playbook``: which playbooks there are, and how one stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from socialpolicy.cli import output, records, sources
from socialpolicy.cli.main import COULD_NOT, GOOD, NO
from socialpolicy.decisions import step_data
from socialpolicy.facts.playbooks import PlaybookError, Progress, StepStanding, names, playbook_of, progress
from socialpolicy.instants import zone
from socialpolicy.loading.findings import visible
from socialpolicy.policy import Policy
from socialpolicy.program import Playbook
from socialpolicy.telling import told

COLORS = {Progress.OVERDUE: "red", Progress.NEXT: "yellow", Progress.UNKNOWN: "yellow", Progress.DONE: "green"}


@click.command()
@click.argument("source")
@click.argument("playbook", required=False)
@click.option("--began", metavar="INSTANT", help="When it began; without it the steps are listed as they are written.")
@click.option("--done", "ended", multiple=True, metavar="STEP=INSTANT", help="A step that is done, and when.")
@click.option("--at", metavar="INSTANT", default="now", show_default=True, help="The instant to look at.")
@output.formats("text", "json")
@output.color_option
def command(
    source: str,
    playbook: str | None,
    began: str | None,
    ended: tuple[str, ...],
    at: str,
    formats: list[tuple[str, str]],
    color: str,
) -> int:
    """List the playbooks of a policy, or tell how one stands: what is next, who does it, and what is late.

    Exit status 1 means that a step is overdue, 2 that of a step this could not be told.
    """
    moment = records.moment(at)
    policy = sources.policy_of(source)
    on = output.colored(color)
    if playbook is None:
        if began or ended:
            raise click.UsageError("Name the playbook that began.")
        found = [(rule.playbook, told(rule.when)) for rule in policy.program.rules if rule.playbook]
        output.write(
            formats,
            {
                "text": lambda: listing(policy, found),
                "json": lambda: output.as_json(
                    [{"id": one.id, "title": one.title, "trigger": when} for one, when in found]
                ),
            },
        )
        return GOOD
    try:
        one = playbook_of(policy, playbook)
        start = records.moment(began, "--began") if began else None
        done = all_done(one, ended)
        if done and start is None:
            raise click.UsageError("--done: say when the playbook began, with --began.")
        if start and moment < start:
            raise click.UsageError("--began: at that instant it had not begun; see --at.")
        steps = progress(policy, one, began=start, done=done, at=moment) if start else []
    except PlaybookError as error:
        raise click.UsageError(str(error)) from None
    output.write(
        formats,
        {
            "text": lambda: told_of(policy, one, steps, on),
            "json": lambda: output.as_json(as_data(one, steps)),
        },
    )
    states = {step.progress for step in steps}
    return NO if Progress.OVERDUE in states else COULD_NOT if Progress.UNKNOWN in states else GOOD


def all_done(playbook: Playbook, texts: tuple[str, ...]) -> dict[str, datetime]:
    """The steps that are done, each with its instant; a step may be called by its number, too."""
    known = names(playbook)
    by_number = {str(number): name for number, name in enumerate(known, 1)}
    done: dict[str, datetime] = {}
    for called, instant in map(done_of, texts):
        name = called if called in known else by_number.get(called, called)
        if name in done:
            raise click.UsageError(f"--done: {visible(name)} is given twice; keep the one that is right.")
        done[name] = instant
    return done


def done_of(text: str) -> tuple[str, datetime]:
    """A step that is done, and when."""
    name, joint, instant = text.partition("=")
    if not joint:
        raise click.UsageError(f"--done {visible(text)}: write STEP=INSTANT, such as pause=2026-05-01T10:00:00Z.")
    return name, records.moment(instant, "--done")


def listing(policy: Policy, found: list[tuple[Playbook, str]]) -> str:
    """The playbooks, and when each begins."""
    if not found:
        return f"{policy.id} has no playbooks."
    lines = [f"{policy.id} {policy.version} has {len(found)} playbook{'s' * (len(found) != 1)}:", ""]
    for one, when in found:
        lines += [f"  {one.id}  {one.title}", f"      begins where {when}"]
    return "\n".join(lines)


def told_of(policy: Policy, playbook: Playbook, steps: list[StepStanding], on: bool) -> str:
    """A playbook, and how its steps stand."""
    contacts = policy.program.contacts
    lines = [f"{playbook.title}   (owner: {contacts[playbook.owner].title})", ""]
    standing = {step.name: step for step in steps}
    width = max((len(step.progress.value) for step in steps), default=0) + records.GAP
    for number, step in enumerate(playbook.steps, 1):
        name = step.id or str(number)
        now = standing.get(name)
        word = now.progress.value if now else ""
        who = contacts[step.who].title + (f" (deputy: {contacts[step.deputy].title})" if step.deputy else "")
        limit = f", within {step.within}" if step.within else ""
        after = f" after {step.after}" if step.after else ""
        due = f", by {local(policy, now.due)}" if now and now.due and now.progress is not Progress.DONE else ""
        if now and now.progress is Progress.UNKNOWN:
            due = " (until when cannot be told)"
        state = f"{output.paint(word.ljust(width), COLORS.get(now.progress), on)}" if now else ""
        lines += [f"  {number}. {state}{step.do.rstrip('.')}.", f"     {who}{limit}{after}{due}   [{name}]"]
        if step.template:
            lines.append(f"     the text: template {step.template}")
        if step.hand_over:
            lines.append(f"     then pass it on to {contacts[step.hand_over.to].title}")
    lines += [f"  Please don't: {text.rstrip('.')}." for text in playbook.avoid]
    lines += [
        "",
        f"It is over when {playbook.ends[:1].lower() + playbook.ends[1:].rstrip('.')}: {contacts[playbook.ended_by].title} says so.",
    ]
    return "\n".join([*lines, *(f"  Then: {text.rstrip('.')}." for text in playbook.then)])


def local(policy: Policy, instant: datetime) -> str:
    """An instant in the policy's time zone."""
    there = instant.astimezone(zone(policy.written.time_zone))
    return f"{there.strftime('%Y-%m-%d %H:%M')} {there.tzname()}"


def as_data(playbook: Playbook, steps: list[StepStanding]) -> dict[str, Any]:
    """A playbook and how it stands, for programs."""
    standing = {step.name: step for step in steps}
    return {
        "id": playbook.id,
        "title": playbook.title,
        "owner": playbook.owner,
        "steps": [
            {"step": name, **step_data(step), **(standing_data(standing[name]) if name in standing else {})}
            for name, step in zip(names(playbook), playbook.steps, strict=True)
        ],
        "dont": list(playbook.avoid),
        "ends": {"when": playbook.ends, "who": playbook.ended_by, "then": list(playbook.then)},
        "next": [step.name for step in steps if step.progress not in (Progress.DONE, Progress.WAITING)],
    }


def standing_data(standing: StepStanding) -> dict[str, Any]:
    """How a step stands, for programs."""
    return {
        "state": standing.progress.value,
        "due": standing.due.isoformat() if standing.due else None,
        "done": standing.done.isoformat() if standing.done else None,
    }
