"""Duties that were decided: when each is due, and what is overdue at an instant.

A *log* says of each duty when its time began (the decision, the incident or the publication, whichever the duty counts from)
and when it was done. How a length of time is counted:

- minutes and hours are time that passes: 72 hours are 72 hours, nights, Sundays and changed clocks included;
- days end at the same time of the day, in the policy's time zone. Where the clock skips that time, it is as long after
  midnight as if it had not been changed; where the clock shows it twice, the first time counts;
- working days are those of the calendar of whoever has the duty (``hours`` of the contact; Monday to Friday in the policy's
  time zone where there is none). The day on which the time begins does not count, closed days do not, and it ends with the
  office hours of the last one. (So Regulation (EEC) 1182/71, article 3, counts periods in days, hours of the office apart.)

A duty without a limit is never overdue. One with a limit of which it is not known when its time began, or whose calendar has
no such day, could not be told, even where it is done: nobody can say whether it was done in time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from socialpolicy.decisions import Decision
from socialpolicy.facts.directory import hours_in
from socialpolicy.facts.files import finish, moment, shaped
from socialpolicy.instants import day, ends, zone
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Where, listed, meant
from socialpolicy.loading.models import CalendarText, Id, Name, Text, Written
from socialpolicy.program import Duty, Limit, Unit

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

FIRST_SHOWN, LAST_SHOWN = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""The first and the last instants that the clocks of all time zones can show."""
WORKING = ("mon", "tue", "wed", "thu", "fri")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_LOOKED_AT = 366 * 10
"""After so many days without enough working days among them a calendar is taken to have none."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody works: on which days, until when, and where the clock is read."""

    days: frozenset[str]
    to: str
    closed: frozenset[date]
    where: ZoneInfo


@dataclass(frozen=True, slots=True)
class Logged:
    """A duty that somebody has: when its time began (None: not known), when it was done, and the evidence for it."""

    id: str
    duty: Duty
    rule: str
    started: datetime | None = None
    done: datetime | None = None
    evidence: str = ""
    about: str = ""
    line: int = 0


class State(StrEnum):
    """How a duty stands, what is most pressing first."""

    OVERDUE = "overdue"
    UNKNOWN = "not known"
    LATE = "done late"
    NO_EVIDENCE = "evidence missing"
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a duty stands at an instant, and until when it is to be done (None: no limit, or not known)."""

    logged: Logged
    state: State
    due: datetime | None = None


def owed(decision: Decision, *, name: str, starts: Mapping[str, datetime], about: str = "") -> list[Logged]:
    """The duties of a decision, for a log: ``starts`` says when ``now``, ``incident`` and ``publication`` were, as far as known."""
    return [
        Logged(f"{name}-{number}", duty, "", starts.get(duty.start), about=about)
        for number, duty in enumerate(decision.duties, 1)
    ]


def overdue(policy: Policy, log: Sequence[Logged], at: datetime) -> list[Standing]:
    """The duties that are not done at an instant although their time is over, the oldest first."""
    found = [standing for standing in standings(policy, log, at) if standing.state is State.OVERDUE]
    return sorted(found, key=lambda standing: standing.due or at)


def standings(policy: Policy, log: Sequence[Logged], at: datetime) -> list[Standing]:
    """How each duty of a log stands at an instant, in the order of the log."""
    return [standing(policy, logged, at) for logged in log]


def standing(policy: Policy, logged: Logged, at: datetime) -> Standing:
    """How one duty stands at an instant; what is dated later has not happened."""
    due = None
    if logged.duty.within is not None and logged.started is not None:
        due = due_at(logged.duty.within, logged.started, hours_of(policy, logged.duty.who))
    done = logged.done is not None and logged.done <= at
    if logged.duty.within is not None and due is None:
        return Standing(logged, State.UNKNOWN)  # done or not: nobody can say whether in time
    if done and due is not None and logged.done is not None and logged.done > due:
        return Standing(logged, State.LATE, due)
    if done:
        lacks = bool(logged.duty.evidence and not logged.evidence)
        return Standing(logged, State.NO_EVIDENCE if lacks else State.DONE, due)
    return Standing(logged, State.OVERDUE if due is not None and due < at else State.OPEN, due)


# -- when it is due ------------------------------------------------------------------------------------------------------


def due_at(within: Limit, started: datetime, hours: Hours) -> datetime | None:
    """The last instant, in UTC, at which a duty is done in time; None where the calendar has no such day."""
    due = counted(within, started, hours)
    return due if due is not None and FIRST_SHOWN <= due <= LAST_SHOWN else None


def counted(within: Limit, started: datetime, hours: Hours) -> datetime | None:
    """The instant that is so long after another; None where there is none."""
    try:
        match within.unit:
            case Unit.MINUTES:
                return started.astimezone(UTC) + timedelta(minutes=within.amount)
            case Unit.HOURS:
                return started.astimezone(UTC) + timedelta(hours=within.amount)
            case Unit.DAYS:
                there = started.astimezone(hours.where)
                return (there + timedelta(days=within.amount)).astimezone(UTC)  # the first of two (PEP 495)
            case Unit.WORKING_DAYS:
                return after_working_days(within.amount, started, hours)
    except OverflowError:
        return None


def after_working_days(amount: int, started: datetime, hours: Hours) -> datetime | None:
    """The end of the office hours of the last of so many working days after the day of the start."""
    current = started.astimezone(hours.where).date()
    left, without = amount, 0
    while left:
        current += timedelta(days=1)
        if WEEK[current.weekday()] in hours.days and current not in hours.closed:
            left, without = left - 1, 0
        else:
            without += 1
            if without > DAYS_LOOKED_AT:
                return None
    if hours.to == "24:00":
        return ends(current, hours.where)
    hour, minute = map(int, hours.to.split(":"))
    return datetime(current.year, current.month, current.day, hour, minute, tzinfo=hours.where).astimezone(UTC)


def hours_of(policy: Policy, who: str) -> Hours:
    """The office hours of a contact, or those of the policy: Monday to Friday, whole days."""
    calendar, where = hours_in(policy, who)
    if calendar is None:
        return Hours(frozenset(WORKING), "24:00", frozenset(), where)
    return of_calendar(calendar, where)


def of_calendar(calendar: CalendarText, where: ZoneInfo) -> Hours:
    """The hours of a calendar; ``where`` is the time zone of the policy."""
    closed = frozenset(found for text in calendar.closed or () if (found := day(text)) is not None)
    there = zone(calendar.time_zone) if calendar.time_zone else None
    return Hours(frozenset(calendar.days), calendar.to, closed, there or where)


# -- the log -------------------------------------------------------------------------------------------------------------


class LoggedText(Written):
    """One duty of the log, as it is written."""

    id: Id
    rule: Name
    duty: Text | None = None
    started: Text | None = None
    done: Text | None = None
    evidence: Text | None = None
    about: Text | None = None


class DutiesFile(Written):
    """Which duties there were, when their time began, and when they were done."""

    duties_for: Name
    log: list[LoggedText]


def read_log(policy: Policy, document: Document) -> list[Logged]:
    """The log in a document. Raises ``RecordsError`` with every mistake."""
    text = shaped(document, DutiesFile, begins="duties_for", policy=policy.id)
    found: list[Logged] = []
    first: dict[str, int] = {}
    for index, entry in enumerate(text.log):
        where: Where = ("log", index)
        line = document.place(where)[0]
        if first.setdefault(entry.id, line) != line:
            message = f"the id {entry.id} is used twice; the first is on line {first[entry.id]}."
            document.add("duplicate-id", (*where, "id"), message, "give each its own.")
        started = moment(document, entry.started, (*where, "started"))
        done = moment(document, entry.done, (*where, "done"))
        if started is not None and done is not None and done < started:
            document.add("never-true", (*where, "done"), "this is before `started`.", "check both.")
        duty = duty_of(policy, document, entry, where)
        if duty is not None:
            found.append(
                Logged(entry.id, duty, entry.rule, started, done, entry.evidence or "", entry.about or "", line)
            )
    finish(document)
    return found


def duty_of(policy: Policy, document: Document, entry: LoggedText, where: Where) -> Duty | None:
    """The duty of the policy that an entry is about; None, with a finding, where it is none."""
    rules = {rule.id: rule for rule in policy.rules}
    rule = rules.get(entry.rule)
    if rule is None:
        document.add("unknown-rule", (*where, "rule"), f"there is no rule {entry.rule}.", meant(entry.rule, rules))
        return None
    names = [duty.id or duty.what for duty in rule.duties]
    if entry.duty is None and len(names) == 1:
        return rule.duties[0]
    for duty in rule.duties:
        if entry.duty is not None and entry.duty in (duty.id, duty.what):
            return duty
    place = (*where, "duty") if entry.duty is not None else (*where, "rule")
    said = f"has no duty {entry.duty}" if entry.duty is not None else f"has {len(names) or 'no'} duties"
    hint = f"write `duty: …`, one of {listed(names)}." if names else "name a rule that has one."
    document.add("unknown-value", place, f"rule {entry.rule} {said}.", hint)
    return None
