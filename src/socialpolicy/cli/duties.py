"""``socialpolicy duties``: which duties are done, due and overdue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click

from socialpolicy.cli import output, records, sources
from socialpolicy.cli.main import COULD_NOT, GOOD, NO
from socialpolicy.facts.duties import Standing, State, read_log, standings
from socialpolicy.instants import zone
from socialpolicy.loading.findings import listed
from socialpolicy.policy import Policy
from socialpolicy.program import Unit
from socialpolicy.telling import plain

COLORS = {State.OVERDUE: "red", State.UNKNOWN: "yellow", State.NO_EVIDENCE: "yellow", State.DONE: "green"}
STARTS = {"now": "the decision", "incident": "the incident", "publication": "the publication"}


@click.command()
@click.argument("source")
@click.argument("log", metavar="LOG")
@click.option(
    "--at", required=True, metavar="INSTANT", help="The instant to look at, such as 2026-05-01T10:00:00Z, or `now`."
)
@output.formats("text", "json")
@output.quiet_option
@output.color_option
def command(source: str, log: str, at: str, formats: list[tuple[str, str]], quiet: bool, color: str) -> int:
    """Tell how the duties in LOG stand at an instant.

    Exit status 0 means that nothing is overdue, 1 that something is, 2 that of a duty this could not be told.
    """
    records.one_standard_input(source, log)
    policy = sources.policy_of(source)
    moment = records.moment(at)
    found = standings(policy, read_log(policy, records.document(log)), moment)
    order = list(State)
    found.sort(key=lambda one: (order.index(one.state), one.due or moment))
    on = output.colored(color)
    output.write(
        formats,
        {
            "text": lambda: summary(found, moment, on) if quiet else told(policy, found, moment, on),
            "json": lambda: output.as_json(as_data(policy, found, moment)),
        },
    )
    states = {one.state for one in found}
    return NO if State.OVERDUE in states else COULD_NOT if State.UNKNOWN in states else GOOD


def told(policy: Policy, found: list[Standing], at: datetime, on: bool) -> str:
    """How each duty stands, what is most pressing first."""
    rows = []
    for one in found:
        logged, duty = one.logged, one.logged.duty
        contact = policy.program.contacts.get(duty.who)
        who = "whoever acted" if contact is None else contact.title + (f" ({contact.reach})" if contact.reach else "")
        about = f" ({logged.about})" if logged.about else ""
        rows.append((one.state.value, logged.id, when(policy, one, at), f"{duty.what.rstrip('.')}{about}. [{who}]"))
    lines = records.table(rows)
    painted = [
        line.replace(f"  {one.state.value}", f"  {output.paint(one.state.value, COLORS.get(one.state), on)}", 1)
        for one, line in zip(found, lines, strict=True)
    ]
    return "\n".join([summary(found, at, on), *([""] if painted else []), *painted])


def when(policy: Policy, one: Standing, at: datetime) -> str:
    """Until when a duty is to be done, in the policy's time zone."""
    if one.state is State.UNKNOWN and one.logged.started is not None:
        return f"{one.logged.duty.within}: until when cannot be told"
    if one.state is State.UNKNOWN:
        return f"{one.logged.duty.within} from {STARTS[one.logged.duty.start]} on: when?"
    if one.due is None:
        return "no limit"
    there = one.due.astimezone(zone(policy.written.time_zone))
    text = f"by {there.strftime('%Y-%m-%d %H:%M')} {there.tzname()}"
    if (
        one.logged.duty.within
        and one.logged.duty.within.unit is Unit.WORKING_DAYS
        and (there.hour, there.minute) == (0, 0)
    ):
        text = f"by the end of {(there - timedelta(days=1)).date()}"
    if one.state is State.OVERDUE:
        return f"{text}, {length(at - one.due)} ago"
    return f"{text}, in {length(one.due - at)}" if one.state is State.OPEN else text


def length(span: timedelta) -> str:
    """A length of time in its greatest unit."""
    for unit, size in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if span >= size:
            return f"{span // size} {unit}{'s' * (span // size != 1)}"
    return "less than a minute"


def summary(found: list[Standing], at: datetime, on: bool) -> str:
    """All in a line."""
    counts = [(state, sum(one.state is state for one in found)) for state in State]
    parts = listed([f"{count} {state.value}" for state, count in counts if count], "and") or "nothing in the log"
    good = not any(count for state, count in counts if state in (State.OVERDUE, State.UNKNOWN))
    count = len(found)
    head = f"{count} dut{'y' if count == 1 else 'ies'} at {records.told(at)}: {parts}."
    return output.paint(head, "green" if good else None, on, bold=True)


def as_data(policy: Policy, found: list[Standing], at: datetime) -> dict[str, Any]:
    """The same for programs."""
    return {
        "policy": {"id": policy.id, "version": policy.version, "digest": policy.digest},
        "at": plain(at),
        "duties": [
            {
                "id": one.logged.id, "rule": one.logged.rule, "duty": one.logged.duty.id or one.logged.duty.what,
                "who": one.logged.duty.who, "state": one.state.value, "due": plain(one.due), "line": one.logged.line,
            }
            for one in found
        ],
    }  # fmt: skip
