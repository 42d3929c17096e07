"""``socialpolicy release``: freeze the draft of a policy under its version."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from socialpolicy import instants
from socialpolicy.cli import output, sources
from socialpolicy.cli.main import GOOD, NO
from socialpolicy.loading.findings import told
from socialpolicy.releasing import Planned, release


def instant_of(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """The instant that the option ``--date`` gives: a day stands for its beginning in UTC."""
    if value is None:
        return None
    day = instants.day(value)
    found = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else instants.instant(value)
    if found is None:
        raise click.BadParameter("write a day such as 2026-11-23, or an instant such as 2026-11-23T09:00:00+01:00.")
    return found


@click.command()
@click.argument("source")
@click.option(
    "--bump",
    type=click.Choice(["auto"]),
    help="Write the version that the decisions call for into the draft, if its own is too low.",
)
@click.option("--date", callback=instant_of, metavar="DAY|INSTANT", help="When it is released; now, if left out.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@output.formats("text", "json")
@output.quiet_option
@output.color_option
@output.config_option
def command(
    source: str,
    bump: str | None,
    date: datetime | None,
    dry_run: bool,
    formats: list[tuple[str, str]],
    quiet: bool,
    color: str,
    config: Path | None,
) -> int:
    """Freeze the draft of a policy under its version, and write the index and the changelog.

    SOURCE is the policy's folder. Refused where test cases fail, guarantees are not proved, the version is too low for what
    changed, or `changes` does not say who changed it and why.
    """
    folder = sources.folder_of(source)
    when, chosen = date or datetime.now(UTC), output.chosen(config)
    planned = release(folder, released=when, auto=bump == "auto", dry_run=dry_run, chosen=chosen)
    on = output.colored(color)
    output.write(
        formats,
        {
            "text": lambda: (refusal if planned.refusals else success)(
                planned, folder, date is None, dry_run, quiet, on
            ),
            "json": lambda: output.as_json(as_data(planned, folder, dry_run)),
        },
    )
    return NO if planned.refusals else GOOD


def refusal(planned: Planned, folder: Path, now: bool, dry_run: bool, quiet: bool, on: bool) -> str:
    """Why a policy is not released."""
    lines = [output.painted_findings(told([*planned.refusals, *planned.remarks]), on)]
    if not quiet:
        lines += ["", f"{planned.policy.id} {planned.release.version} is not released. Nothing was written."]
    return "\n".join(lines)


def success(planned: Planned, folder: Path, now: bool, dry_run: bool, quiet: bool, on: bool) -> str:
    """What was released, or would be."""
    entry = planned.release
    step = f"{entry.previous} -> {entry.version}" if entry.previous else entry.version
    verb = "would be released" if dry_run else "is released"
    lines = [output.paint(f"{planned.policy.id} {step} {verb}.", "green", on, bold=True)]
    if not quiet:
        if entry.previous:
            lines.append(f"  bump      {entry.bump.needed} is needed, {entry.bump.claimed} is made")
        lines.extend(f"  accepted  {one.finding} by {one.by}: {one.reason}" for one in entry.bump.waived or ())
        if planned.stated != entry.version:
            lines.append(
                f"  version   the draft stated {planned.stated}; it {'would state' if dry_run else 'states'} {entry.version} now"
            )
        lines.append(f"  released  {entry.released}{' (by the clock of this machine)' if now else ''}")
        lines.append(f"  cases     {planned.cases:,} passed" if planned.cases else "  cases     there are none")
        files = [file.path.as_posix() for file in planned.files]
        lines.extend(
            f"  {'' if place else 'write' if dry_run else 'written':9} {file}" for place, file in enumerate(files)
        )
    if planned.remarks:
        lines += ["", output.painted_findings(told(planned.remarks), on)]
    return "\n".join(lines)


def as_data(planned: Planned, folder: Path, dry_run: bool) -> dict[str, object]:
    """A release for programs."""
    return {
        "policy": planned.policy.id,
        "released": not planned.refusals and not dry_run,
        "release": None if planned.refusals else planned.release.model_dump(by_alias=True, exclude_none=True),
        "version_before": planned.stated,
        "cases": planned.cases,
        "files": [file.path.as_posix() for file in planned.files],
        "findings": [finding.as_data() for finding in (*planned.refusals, *planned.remarks)],
    }
