"""``socialpolicy timeline``: what begins and ends, day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import click

from socialpolicy import instants
from socialpolicy.cli import output, sources
from socialpolicy.cli.main import GOOD


@click.command()
@click.argument("source", metavar="SOURCE")
@click.option("--from", "since", metavar="DATE", help="The first day to tell of; today if left out.")
@click.option("--through", metavar="DATE", help="The last day to tell of; no end if left out.")
@output.formats("text", "json")
@output.quiet_option
def command(source: str, since: str | None, through: str | None, formats: list[tuple[str, str]], quiet: bool) -> int:
    """Tell what begins and ends: the policy and its releases, rules, exceptions, templates, embargoes.

    Days are those of the policy's time zone. What is in force through a day has its last day then.
    """
    from socialpolicy.timeline import as_data, timeline, today, told

    policy = sources.policy_of(source)
    first = day_of("--from", since) or today(policy, datetime.now(UTC))
    last = day_of("--through", through)
    if last is not None and last < first:
        raise click.UsageError(f"--through {last} is before {first}, the first day to tell of.")
    releases = sources.releases_beside(policy)
    every = timeline(policy, through=last, document=sources.document_of(policy), releases=releases)
    events = [event for event in every if event.day >= first]
    where = policy.written.time_zone
    span = f"from {first}" + (f" through {last}" if last else " on")

    def text() -> str:
        home = instants.zone(where)
        assert home is not None
        lines = told(events, home)
        if not quiet:
            earlier = len(every) - len(events)
            before = f" {earlier} earlier; --from DATE tells them." if earlier else ""
            lines.append("") if lines else None
            count = f"{len(events)} date{'s' * (len(events) != 1)}" if events else "Nothing begins or ends"
            lines.append(f"{policy.id} {policy.version}: {count} {span}, in {where}.{before}")
        return "\n".join(lines)

    output.write(formats, {
        "text": text,
        "json": lambda: output.as_json({
            "policy": {"id": policy.id, "version": policy.version, "digest": policy.digest}, "time_zone": where,
            "from": first.isoformat(), "through": last.isoformat() if last else None, "events": as_data(events),
        }),
    })  # fmt: skip
    return GOOD


def day_of(option: str, text: str | None) -> date | None:
    """The day that an option names."""
    if text is None:
        return None
    found = instants.day(text)
    if found is None:
        raise click.UsageError(f"{option} {text}: write a day of the calendar, such as 2026-03-01.")
    return found
