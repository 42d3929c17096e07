"""Duties: due at the right instant, through changed clocks, Sundays and closed days; overdue just after it and not before."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialpolicy.cli.main import COULD_NOT, GOOD, NO, run
from socialpolicy.facts.duties import Hours, Logged, State, due_at, overdue, owed, read_log, standing
from socialpolicy.facts.files import RecordsError
from socialpolicy.instants import instant
from socialpolicy.loading.reading import read_text
from socialpolicy.policy import loads
from socialpolicy.program import Duty, Limit, Unit

POLICY = """
socialpolicy: 1
id: harbour
version: "1.0.0"
title: Social media at Harbour Coffee
owner: comms
time_zone: Europe/Berlin
purpose: Harbour Coffee is a made-up company; its policy is an example and not legal advice.
calendars:
  office: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00", closed: ["2026-05-14"]}
  night: {time_zone: America/New_York, days: [sat, sun], from: "18:00", to: "24:00"}
contacts:
  comms: {title: Communications, reach: "#ask-comms"}
  security: {title: Security team, reach: "#ask-security", hours: office}
  watch: {title: Night watch, reach: "+00 000", hours: night}
baseline: allow
rules:
  - id: BREACH
    title: A break-in is told early
    effect: duty
    scope: everything
    when: {account.state: compromised}
    duties:
      - {id: tell, what: Tell Security what happened, who: actor, within: 1 hour, from: incident, evidence: ticket number}
      - {id: authority, what: Tell the authority about the data, who: security, within: 72 hours, from: incident}
      - {id: look-back, what: Look back together, who: comms, within: 5 working days}
      - {what: Keep the record, who: comms}
  - id: MFA
    title: Two-step sign-in
    effect: duty
    scope: everything
    when: {account.mfa: false}
    duties: [{id: on, what: Switch it on, who: security, within: 2 working days}]
"""
SHARED = loads(POLICY)
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
OFFICE = Hours(frozenset(["mon", "tue", "wed", "thu", "fri"]), "17:00", frozenset({date(2026, 5, 14)}), BERLIN)


def due(within: str, started: str, hours: Hours = OFFICE) -> str:
    """When something is due, as its zone reads the clock."""
    amount, _, unit = within.partition(" ")
    at = instant(started)
    assert at is not None
    found = due_at(Limit(int(amount), Unit(unit)), at, hours)
    assert found is not None
    assert found.tzinfo is UTC
    return found.astimezone(hours.where).isoformat()


@pytest.mark.parametrize(
    ("within", "started", "by"),
    [
        # Clocks go forward on 29 March 2026 at 2:00, and back on 25 October at 3:00.
        ("2 hours", "2026-03-29T01:30:00+01:00", "2026-03-29T04:30:00+02:00"),
        ("90 minutes", "2026-10-25T02:30:00+02:00", "2026-10-25T03:00:00+01:00"),
        ("72 hours", "2026-03-28T22:30:00+01:00", "2026-03-31T23:30:00+02:00"),
        ("1 days", "2026-03-28T22:30:00+01:00", "2026-03-29T22:30:00+02:00"),
        ("1 days", "2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00"),
        ("1 days", "2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00"),
        ("1 days", "2026-10-25T02:30:00+01:00", "2026-10-26T02:30:00+01:00"),
        ("31 days", "2026-01-31T12:00:00+01:00", "2026-03-03T12:00:00+01:00"),
        # 14 May 2026 is a Thursday, and closed.
        ("1 working days", "2026-05-12T09:00:00+02:00", "2026-05-13T17:00:00+02:00"),
        ("2 working days", "2026-05-12T23:59:00+02:00", "2026-05-15T17:00:00+02:00"),
        ("1 working days", "2026-05-15T09:00:00+02:00", "2026-05-18T17:00:00+02:00"),
        ("1 working days", "2026-05-16T09:00:00+02:00", "2026-05-18T17:00:00+02:00"),
        # It is the zone of whoever works that says which day it is.
        ("1 working days", "2026-05-17T22:30:00Z", "2026-05-19T17:00:00+02:00"),
    ],
)
def test_the_due_instant_is_exact(within: str, started: str, by: str) -> None:
    assert due(within, started) == by


def test_hours_until_midnight_end_with_the_day() -> None:
    night = Hours(frozenset(["sat", "sun"]), "24:00", frozenset(), NEW_YORK)
    assert due("2 working days", "2026-10-30T12:00:00-04:00", night) == "2026-11-02T00:00:00-05:00"


def test_a_calendar_without_working_days_has_no_due_instant() -> None:
    never = Hours(frozenset(), "17:00", frozenset(), BERLIN)
    assert due_at(Limit(1, Unit.WORKING_DAYS), datetime(2026, 5, 1, tzinfo=UTC), never) is None
    assert due_at(Limit(999_999, Unit.DAYS), datetime(9000, 5, 1, tzinfo=UTC), OFFICE) is None


INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
LIMITS = st.builds(Limit, st.integers(1, 60), st.sampled_from(list(Unit)))
HOURS = st.builds(
    Hours,
    st.frozensets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1),
    st.sampled_from(["00:30", "02:30", "17:00", "24:00"]),
    st.frozensets(st.dates(date(2020, 1, 1), date(2036, 1, 1)), max_size=3),
    st.sampled_from([BERLIN, NEW_YORK, ZoneInfo("Asia/Kolkata"), ZoneInfo("UTC")]),
)


@given(LIMITS, INSTANTS, HOURS)
def test_more_time_is_never_due_earlier(limit: Limit, started: datetime, hours: Hours) -> None:
    first, second = due_at(limit, started, hours), due_at(Limit(limit.amount + 1, limit.unit), started, hours)
    assert first is not None
    assert second is not None
    assert started < first < second


@given(LIMITS, INSTANTS, st.timedeltas(timedelta(), timedelta(days=9)), HOURS)
def test_who_begins_later_is_never_due_earlier(limit: Limit, started: datetime, later: timedelta, hours: Hours) -> None:
    first, second = due_at(limit, started, hours), due_at(limit, started + later, hours)
    assert first is not None
    assert second is not None
    # Of a time that the clock shows twice the first counts, so who begins in that hour may gain it.
    assert first <= second + (timedelta(hours=1) if limit.unit is Unit.DAYS else timedelta())


@given(st.integers(1, 40), INSTANTS, HOURS)
def test_working_days_are_counted_one_by_one(amount: int, started: datetime, hours: Hours) -> None:
    found = due_at(Limit(amount, Unit.WORKING_DAYS), started, hours)
    assert found is not None
    last = (found - timedelta(microseconds=1)).astimezone(hours.where).date()
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    first = started.astimezone(hours.where).date()
    between = [first + timedelta(days=days) for days in range(1, (last - first).days + 1)]
    assert sum(names[one.weekday()] in hours.days and one not in hours.closed for one in between) == amount


# -- how a duty stands -------------------------------------------------------------------------------------------------

START = datetime(2026, 5, 4, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
TELL = SHARED.rules[0].duties[0]


@pytest.mark.parametrize(
    ("at", "done", "evidence", "state"),
    [
        (START + HOUR, None, "", State.OPEN),
        (START + HOUR + timedelta(seconds=1), None, "", State.OVERDUE),
        (START + 2 * HOUR, START + HOUR, "T-1", State.DONE),
        (START + 2 * HOUR, START + HOUR, "", State.NO_EVIDENCE),
        (START + 2 * HOUR, START + 2 * HOUR, "T-1", State.LATE),
        (START + 2 * HOUR, START + 3 * HOUR, "T-1", State.OVERDUE),  # it will be done: it is not yet
        (START - HOUR, None, "", State.OPEN),
    ],
)
def test_how_a_duty_stands(at: datetime, done: datetime | None, evidence: str, state: State) -> None:
    assert standing(SHARED, Logged("D", TELL, "BREACH", START, done, evidence), at).state is state


def test_of_what_is_not_dated_nothing_is_told() -> None:
    assert standing(SHARED, Logged("D", TELL, "BREACH"), START).state is State.UNKNOWN
    assert standing(SHARED, Logged("D", Duty("Keep it", "comms"), "BREACH"), START).state is State.OPEN


def test_whether_it_was_done_in_time_is_not_told_where_nobody_says_when_the_time_began() -> None:
    found = standing(SHARED, Logged("D", TELL, "BREACH", None, START, "T-1"), START + HOUR)
    assert (found.state, found.due) == (State.UNKNOWN, None)
    assert standing(SHARED, Logged("D", Duty("Keep it", "comms"), "BREACH", None, START), START).state is State.DONE
    endless = Duty("Keep it", "comms", within=Limit(9_999_999, Unit.DAYS))
    for done in (None, START):
        assert standing(SHARED, Logged("D", endless, "BREACH", START, done), START).state is State.UNKNOWN


def test_what_is_overdue_is_listed_oldest_first() -> None:
    log = [
        Logged("D-1", TELL, "BREACH", START),
        Logged("D-2", TELL, "BREACH", START - HOUR),
        Logged("D-3", TELL, "BREACH"),
    ]
    assert [one.logged.id for one in overdue(SHARED, log, START + 9 * HOUR)] == ["D-2", "D-1"]


def test_the_duties_of_a_decision_are_owed_from_then_on() -> None:
    decision = SHARED.decide({"account.state": "compromised"})
    log = owed(decision, name="I-7", starts={"now": START}, about="the phone")
    assert [(one.id, one.duty.id, one.started) for one in log] == [
        ("I-7-1", "tell", None), ("I-7-2", "authority", None), ("I-7-3", "look-back", START), ("I-7-4", "", START),
    ]  # fmt: skip
    assert standing(SHARED, log[0], START).state is State.UNKNOWN


def test_the_office_hours_are_those_of_whoever_has_the_duty() -> None:
    (on,) = SHARED.rules[1].duties
    started = datetime(2026, 5, 12, 12, tzinfo=UTC)
    assert standing(SHARED, Logged("D", on, "MFA", started), started).due == datetime(2026, 5, 15, 15, tzinfo=UTC)
    look_back = SHARED.rules[0].duties[2]
    assert standing(SHARED, Logged("D", look_back, "BREACH", started), started).due == datetime(
        2026, 5, 19, 22, tzinfo=UTC
    )


# -- the log and the command -------------------------------------------------------------------------------------------

LOG = """
duties_for: harbour
log:
  - {id: D-1, rule: MFA, started: 2026-05-04T09:00:00+02:00, about: "x:@harbour"}
  - {id: D-2, rule: BREACH, duty: tell, started: 2026-03-28T22:30:00+01:00, done: 2026-03-28T23:00:00+01:00}
  - {id: D-3, rule: BREACH, duty: authority, started: 2026-03-28T22:30:00+01:00}
  - {id: D-4, rule: BREACH, duty: look-back}
  - {id: D-5, rule: BREACH, duty: Keep the record, started: 2026-05-04T09:00:00+02:00}
  - {id: D-6, rule: BREACH, duty: look-back, started: 2026-05-04T09:00:00+02:00, done: 2026-05-05T09:00:00+02:00}
"""
TOLD = """\
6 duties at 2026-05-05 12:00 UTC: 1 overdue, 1 not known, 1 evidence missing, 2 open and 1 done.

  overdue            D-3   by 2026-03-31 23:30 CEST, 34 days ago        Tell the authority about the data. [Security
                                                                        team (#ask-security)]
  not known          D-4   5 working days from the decision on: when?   Look back together. [Communications
                                                                        (#ask-comms)]
  evidence missing   D-2   by 2026-03-28 23:30 CET                      Tell Security what happened. [whoever acted]
  open               D-5   no limit                                     Keep the record. [Communications
                                                                        (#ask-comms)]
  open               D-1   by 2026-05-06 17:00 CEST, in 1 day           Switch it on (x:@harbour). [Security team
                                                                        (#ask-security)]
  done               D-6   by the end of 2026-05-11                     Look back together. [Communications
                                                                        (#ask-comms)]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.yaml").write_text(POLICY, "utf-8")
    (tmp_path / "log.yaml").write_text(LOG, "utf-8")
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_the_command_tells_what_is_most_pressing_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["duties", "policy.yaml", "log.yaml", "--at", "2026-05-05T12:00:00Z"]) == NO
    assert capsys.readouterr().out == TOLD


def test_the_exit_status_answers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = LOG.splitlines(keepends=True)
    for kept, status in ((lines[:4], GOOD), ([*lines[:4], lines[6]], COULD_NOT), ([*lines[:4], *lines[5:7]], NO)):
        (folder / "log.yaml").write_text("".join(kept), "utf-8")
        assert run(["duties", "policy.yaml", "log.yaml", "--at", "2026-05-05T12:00:00Z", "-q"]) == status
    (folder / "log.yaml").write_text("duties_for: harbour\nlog: []\n", "utf-8")
    assert run(["duties", "policy.yaml", "log.yaml", "--at", "2026-05-05T12:00:00Z"]) == GOOD
    assert capsys.readouterr().out.endswith("0 duties at 2026-05-05 12:00 UTC: nothing in the log.\n")


def test_a_duty_done_nobody_knows_how_late_is_not_fine(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = "duties_for: harbour\nlog:\n  - {id: D-1, rule: BREACH, duty: tell, done: 2026-03-28T23:00:00+01:00, evidence: T-1}\n"
    (folder / "log.yaml").write_text(log, "utf-8")
    assert run(["duties", "policy.yaml", "log.yaml", "--at", "2026-05-05T12:00:00Z"]) == COULD_NOT
    out = capsys.readouterr().out
    assert out.startswith("1 duty at 2026-05-05 12:00 UTC: 1 not known.\n")
    assert "not known   D-1   1 hour from the incident on: when?   Tell Security" in out
    (folder / "log.yaml").write_text(
        log.replace("done: 2026-03-28T23:00:00+01:00", "started: 9999-12-31T22:30:00Z"), "utf-8"
    )
    assert run(["duties", "policy.yaml", "log.yaml", "--at", "2026-05-05T12:00:00Z"]) == COULD_NOT
    assert "1 hour: until when cannot be told" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_programs_get_the_due_instants(capsys: pytest.CaptureFixture[str]) -> None:
    run(["duties", "policy.yaml", "log.yaml", "--at", "2026-05-05T12:00:00Z", "-f", "json"])
    data = json.loads(capsys.readouterr().out)
    assert data["duties"][0] == {
        "id": "D-3", "rule": "BREACH", "duty": "authority", "who": "security", "state": "overdue",
        "due": "2026-03-31T21:30:00Z", "line": 6,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("rule: MFA", "rule: MFX", "4:21 unknown-rule"),
        ("duty: tell", "duty: tel", "5:35 unknown-value"),
        (", duty: tell", "", "5:21 unknown-value"),
        ("D-2", "D-1", "5:10 duplicate-id"),
        ("2026-03-28T23:00:00+01:00", "2026-03-28T22:00:00+01:00", "5:83 never-true"),
        ("2026-05-04T09:00:00+02:00", "Monday", "4:35 bad-instant"),
        ("about:", "for:", "4:62 unknown-key"),
    ],
)
def test_every_mistake_in_a_log_has_its_place(before: str, after: str, found: str) -> None:
    with pytest.raises(RecordsError) as caught:
        read_log(SHARED, read_text(LOG.replace(before, after, 1), "log.yaml"))
    (finding,) = caught.value.findings
    assert f"{finding.line}:{finding.column} {finding.id}" == found
