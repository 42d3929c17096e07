"""The timeline of a policy: what begins and what ends, day by day.

Dates are inclusive, so what is in force through a day has its last day then; it ends at midnight, in the time zone of the
policy that says so. Days are those of the policy's own time zone, also for what policies that it builds on say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from socialpolicy.instants import begins, day, ends, instant, zone
from socialpolicy.loading.documents import Document
from socialpolicy.loading.documents import begins as begin_of
from socialpolicy.loading.findings import Level, Where
from socialpolicy.loading.indexes import INDEX, RELEASES, Release
from socialpolicy.loading.models import Comparison, ConditionText, InForce, InForceFor, NamedCondition, PolicyText
from socialpolicy.loading.reading import read_file
from socialpolicy.loading.shelves import DRAFT
from socialpolicy.storing import Releases, ReleasesError, read_releases
from socialpolicy.tidying import entries, read_again

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

MOMENT = timedelta(microseconds=1)


class Happens(StrEnum):
    """What happens to a thing on a day."""

    BEGINS = "begins"
    LAST_DAY = "last day"
    REVIEW = "review"
    OVER = "over"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    TURNS = "turns"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that begins or ends: on which day of the policy's time zone, at which instant, what, and where it is written.

    ``kind`` says what sort of thing it is (rule, template, ...), ``id`` which one. At its last day a thing ends at ``at``,
    the first instant after that day.
    """

    day: date
    at: datetime
    happens: Happens
    kind: str
    id: str
    file: str = ""
    line: int = 1
    column: int = 1


def timeline(
    policy: Policy,
    *,
    since: date | None = None,
    through: date | None = None,
    document: Document | None = None,
    releases: tuple[Releases, Document] | None = None,
) -> list[Event]:
    """All that begins and ends, of a policy and of those that it builds on, in order; from ``since`` and ``through`` a day.

    ``document`` is the policy's file, and ``releases`` are those beside it with their index, where these are not in files
    (but in a revision). Raises ``ReleasesError`` where there are releases beside the policy that cannot be trusted.
    """
    home = zone(policy.written.time_zone) or ZoneInfo("UTC")
    known = document or read_again(policy)
    found = [*Dated(policy.written, known or Document(policy.file), home).events()]
    for base in policy.bases:
        found += Dated(base.written, base.document, home, prefix=f"{base.id}/").events()
    found += released(*releases, home, policy.version) if releases else of_releases(policy, home)
    chosen = [one for one in found if (since is None or one.day >= since) and (through is None or one.day <= through)]
    order = {happens: place for place, happens in enumerate(Happens)}
    return sorted(chosen, key=lambda one: (one.day, order[one.happens], one.at))


def today(policy: Policy, now: datetime) -> date:
    """The day that an instant is in the policy's time zone."""
    return now.astimezone(zone(policy.written.time_zone)).date()


# -- what has dates --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dated:
    """What is dated in the text of one policy. Days are told in the time zone ``home``; ``prefix`` stands before ids."""

    written: PolicyText
    document: Document
    home: ZoneInfo
    prefix: str = ""

    def events(self) -> Iterator[Event]:
        """All that begins and ends in the text."""
        written, own = self.written, "policy" if not self.prefix else "policy built on"
        yield from self.between(own, f"{written.id} {written.version}", ("in_force",), written.in_force)
        if written.review_by:
            yield from self.on(written.review_by, Happens.REVIEW, own, written.id, ("review_by",))
        for index, rule in enumerate(written.rules):
            yield from self.between("rule", self.prefix + rule.id, ("rules", index, "in_force"), rule.in_force)
        for name, exception in written.exceptions.items():
            yield from self.between(
                "exception", self.prefix + name, ("exceptions", name, "in_force"), exception.in_force
            )
        for name, template in written.templates.items():
            yield from self.between("template", self.prefix + name, ("templates", name, "in_force"), template.in_force)
        for name, embargo in written.embargoes.items():
            until = instant(embargo.until)
            if until is not None:
                yield self.event(until, Happens.OVER, "embargo", self.prefix + name, ("embargoes", name, "until"))
        for name, calendar in written.calendars.items():
            for place, text in enumerate(calendar.closed or ()):
                where = ("calendars", name, "closed", place)
                yield from self.on(text, Happens.CLOSED, "calendar", self.prefix + name, where, calendar.time_zone)
        for name, account in written.accounts.items():
            if account.since:
                yield from self.on(account.since, Happens.BEGINS, "account", name, ("accounts", name, "since"))
        yield from self.tested()

    def tested(self) -> Iterator[Event]:
        """The instants that conditions name: from then on a rule or a guarantee may come out another way."""
        for kind, id, where, condition in self.conditions():
            for way, _, value in entries(condition, where):
                for key in ("from_", "before"):
                    text = getattr(value, key) if isinstance(value, Comparison) else None
                    at = instant(text) if text else None
                    if at is not None:
                        yield self.event(at, Happens.TURNS, kind, self.prefix + id, (*way, key.rstrip("_")))

    def conditions(self) -> Iterator[tuple[str, str, Where, ConditionText | str]]:
        """The conditions of rules, and those with a name: of which they are, and where they stand."""
        for index, rule in enumerate(self.written.rules):
            for key in ("when", "unless"):
                if getattr(rule, key) is not None:
                    yield "rule", rule.id, ("rules", index, key), getattr(rule, key)
            for place, need in enumerate(rule.require if isinstance(rule.require, list) else ()):
                if need.if_ is not None:
                    yield "rule", rule.id, ("rules", index, "require", place, "if"), need.if_
        for name, entry in self.written.conditions.items():
            named = isinstance(entry, NamedCondition)
            where: Where = ("conditions", name, "is") if named else ("conditions", name)
            yield "condition", name, where, entry.is_ if isinstance(entry, NamedCondition) else entry
        for name, playbook in self.written.playbooks.items():
            yield "playbook", name, ("playbooks", name, "trigger"), playbook.trigger

    def between(self, kind: str, id: str, where: Where, dates: InForce | InForceFor | None) -> Iterator[Event]:
        """The first day of something, and its last."""
        if dates is not None:
            yield from self.on(dates.from_, Happens.BEGINS, kind, id, (*where, "from"))
            if dates.through:
                yield from self.on(dates.through, Happens.LAST_DAY, kind, id, (*where, "through"))

    def on(
        self, text: str, happens: Happens, kind: str, id: str, where: Where, time_zone: str | None = None
    ) -> Iterator[Event]:
        """Something on a day of the calendar: at its beginning, or, the last one, at its end."""
        found, there = day(text), zone(time_zone or self.written.time_zone)
        if found is None or there is None:
            return
        at = ends(found, there) if happens is Happens.LAST_DAY else begins(found, there)
        if at is not None:
            yield self.event(at, happens, kind, id, where)

    def event(self, at: datetime, happens: Happens, kind: str, id: str, where: Where) -> Event:
        """Something at an instant; its last day is the one in which it ends."""
        event = self.document.event(where)
        line, column = begin_of(event) if event else (1, 1)
        return Event(day_of(at, happens, self.home), at, happens, kind, id, self.document.name, line, column)


def day_of(at: datetime, happens: Happens, home: ZoneInfo) -> date:
    """The day in a time zone on which something happens: what ends at midnight has its last day before."""
    return (at - MOMENT if happens is Happens.LAST_DAY else at).astimezone(home).date()


# -- releases ----------------------------------------------------------------------------------------------------------


def of_releases(policy: Policy, home: ZoneInfo) -> Iterator[Event]:
    """What happens to the releases beside a draft. Raises ``ReleasesError`` where they cannot be trusted."""
    path = Path(policy.file)
    index = path.parent / RELEASES / INDEX
    if path.name != DRAFT or not index.is_file():
        return
    releases = read_releases(path.parent)
    if releases.failed:
        raise ReleasesError([one for one in releases.findings if one.level is Level.ERROR], policy=releases.policy)
    yield from released(releases, read_file(index), home, policy.version)


def released(releases: Releases, index: Document, home: ZoneInfo, draft: str) -> Iterator[Event]:
    """When each release was made, when it begins and ends, and when it was withdrawn; the dates of the draft are its own."""
    for place, release in enumerate(releases.entries):
        for happens, at, key in moments(release, with_dates=release.version != draft):
            event = index.event(("releases", place, key))
            line, column = begin_of(event) if event else (1, 1)
            yield Event(day_of(at, happens, home), at, happens, "release", release.version, index.name, line, column)


def moments(release: Release, *, with_dates: bool) -> Iterator[tuple[Happens, datetime, str]]:
    """The moments of a release, and the keys of the index that say so."""
    made = instant(release.released)
    if made is not None:
        yield Happens.RELEASED, made, "released"
    begin, end = release.begins(), release.ends()
    if with_dates and begin is not None and begin != made:
        yield Happens.BEGINS, begin, "in_force"
    if with_dates and end is not None:
        yield Happens.LAST_DAY, end, "in_force"
    since = instant(release.withdrawn.at) if release.withdrawn else None
    if since is not None:
        yield Happens.WITHDRAWN, since, "withdrawn"


# -- telling -----------------------------------------------------------------------------------------------------------

TOLD: dict[Happens, tuple[str, str]] = {
    Happens.BEGINS: ("{} begins", "{} begin"),
    Happens.LAST_DAY: ("last day of {}", "last day of {}"),
    Happens.REVIEW: ("{} is to be reviewed by today", "{} are to be reviewed by today"),
    Happens.OVER: ("{} is over", "{} are over"),
    Happens.RELEASED: ("{} is made", "{} are made"),
    Happens.WITHDRAWN: ("{} is withdrawn", "{} are withdrawn"),
    Happens.CLOSED: ("{} is closed", "{} are closed"),
    Happens.TURNS: ("{} may come out another way", "{} may come out another way"),
}
IN_FORCE = ("{} comes into force", "{} come into force")
"""How it is told that a policy or a release begins."""
PLURALS = {"policy": "policies", "policy built on": "policies built on", "embargo": "embargoes"}
NAMED = 12
"""How many things are named in one line."""


def told(events: Sequence[Event], home: ZoneInfo) -> list[str]:
    """Events in lines, those of a day together, and in it those of one sort: "last day of 3 templates: a, b, c"."""
    groups: dict[tuple[date, Happens, str, str], list[str]] = {}
    for event in events:
        key = (event.day, event.happens, event.kind, time_of(event, home))
        groups.setdefault(key, []).append(event.id)
    lines, before = [], None
    for (when, happens, kind, time), ids in groups.items():
        head = when.isoformat() if when != before else " " * 10
        lines.append(f"{head}  {sentence(happens, kind, list(dict.fromkeys(ids)))}{time}")
        before = when
    return lines


def sentence(happens: Happens, kind: str, ids: Sequence[str]) -> str:
    """What happens to some things of one sort."""
    one, many = (
        IN_FORCE if happens is Happens.BEGINS and kind in ("policy", "policy built on", "release") else TOLD[happens]
    )
    if len(ids) == 1:
        return one.format(f"the {kind} {ids[0]}")
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    things = f"{len(ids)} {PLURALS.get(kind, kind + 's')}"
    return f"{many.format(things)}: {', '.join(ids[:NAMED])}{more}"


def time_of(event: Event, home: ZoneInfo) -> str:
    """At which time of the day, where that is not its beginning (or, of a last day, its end)."""
    local = event.at.astimezone(home)
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        return ""
    return f", {'until' if event.happens is Happens.LAST_DAY else 'at'} {local:%H:%M}"


def as_data(events: Iterable[Event]) -> list[dict[str, object]]:
    """Events for programs."""
    return [
        {
            "day": event.day.isoformat(), "at": event.at.isoformat().replace("+00:00", "Z"), "happens": event.happens.value,
            "kind": event.kind, "id": event.id, "file": event.file, "line": event.line, "column": event.column,
        }
        for event in events
    ]  # fmt: skip
