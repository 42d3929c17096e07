"""The timeline tells everything that begins or ends, on the day on which it does, in the policy's time zone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from socialpolicy import load, loads
from socialpolicy.cli.main import run
from socialpolicy.storing import ReleasesError
from socialpolicy.tidying import lint
from socialpolicy.timeline import MOMENT, as_data, timeline, today, told

BERLIN = ZoneInfo("Europe/Berlin")
POLICY = """\
socialpolicy: 1
id: acme
version: "2.0.0"
title: Social media at Acme
time_zone: Europe/Berlin
in_force: {from: "2026-03-01", through: "2026-10-25"}
review_by: "2026-09-01"
contacts:
  comms: {title: Communications, reach: "#ask-comms", hours: office}
calendars:
  office: {days: [mon], from: "09:00", to: "17:00", closed: ["2026-05-01"]}
conditions:
  launched: {title: It is out, is: {context.at: {from: "2026-04-02T09:30:00+02:00"}}}
baseline: allow
terms:
  heron: {kind: words, entries: [Heron]}
rules:
  - id: A
    title: One
    effect: deny
    scope: everything
    when: {content.topics: merger}
    in_force: {from: "2026-03-01", through: "2026-03-31"}
  - id: B
    title: Two
    effect: deny
    scope: everything
    when: {content.topics: merger, launched: false}
    in_force: {from: "2026-04-01"}
exceptions:
  EXC:
    rules: [A]
    for: {actor.id: anna}
    owner: comms
    reason: She is known.
    ticket: T-1
    approved_by: [comms]
    in_force: {from: "2026-03-01", through: "2026-03-31"}
templates:
"""
TEMPLATE = """\
  {name}:
    title: Hiring
    text: We are hiring
    owner: comms
    approved_by: [comms]
    in_force: {{from: "2026-01-01", through: "2026-02-28"}}
    for: {{accounts: official}}
"""
TEMPLATES = "".join(TEMPLATE.format(name=name) for name in ("hiring", "holding", "thanks"))
EMBARGO = """\
embargoes:
  heron: {title: Heron, terms: heron, until: "2026-05-04T09:00:00+02:00", owner: comms}
"""


def text() -> str:
    return POLICY + TEMPLATES + EMBARGO


def test_the_timeline_tells_what_begins_and_ends_day_by_day() -> None:
    policy = loads(text())
    assert told(timeline(policy), BERLIN) == [
        "2026-01-01  3 templates begin: hiring, holding, thanks",
        "2026-02-28  last day of 3 templates: hiring, holding, thanks",
        "2026-03-01  the policy acme 2.0.0 comes into force",
        "            the rule A begins",
        "            the exception EXC begins",
        "2026-03-31  last day of the rule A",
        "            last day of the exception EXC",
        "2026-04-01  the rule B begins",
        "2026-04-02  the condition launched may come out another way, at 09:30",
        "2026-05-01  the calendar office is closed",
        "2026-05-04  the embargo heron is over, at 09:00",
        "2026-09-01  the policy acme is to be reviewed by today",
        "2026-10-25  last day of the policy acme 2.0.0",
    ]


def test_days_are_inclusive_and_may_be_chosen() -> None:
    policy = loads(text())
    days = [event.day for event in timeline(policy, since=date(2026, 3, 31), through=date(2026, 4, 1))]
    assert days == [date(2026, 3, 31), date(2026, 3, 31), date(2026, 4, 1)]


def test_a_last_day_ends_at_midnight_also_when_the_clocks_change() -> None:
    """On 25 October 2026 the day has 25 hours in Berlin."""
    last = timeline(loads(text()))[-1]
    assert (last.day, last.at) == (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC))


def test_lint_and_the_timeline_agree_on_what_has_ended(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(text(), "utf-8")
    policy = load(tmp_path)
    for event in timeline(policy):
        if event.happens == "last day" and event.kind in ("rule", "exception", "template"):
            for at, ended in ((event.at, True), (event.at - MOMENT, False)):
                found = lint(policy, at=at, select=["expired"])
                assert ((event.line, event.column) in {(one.line, one.column) for one in found}) is ended


def test_places_are_those_of_the_dates(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(text(), "utf-8")
    lines = text().splitlines()
    for event in timeline(load(tmp_path)):
        assert lines[event.line - 1][event.column - 1] in '"2'


BASE = """\
socialpolicy: 1
id: law
version: "1.0.0"
title: Law
time_zone: America/New_York
baseline: allow
rules:
  - id: L-1
    title: Labels
    effect: deny
    scope: everything
    when: {content.topics: merger}
    in_force: {from: "2026-08-02", through: "2026-08-31"}
"""


def test_dates_of_policies_built_on_are_told_in_the_own_time_zone(tmp_path: Path) -> None:
    for name, policy in (
        ("law", BASE),
        ("acme", text().replace("conditions:", "builds_on: [{id: law, version: 1}]\nconditions:")),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "policy.yaml").write_text(policy, "utf-8")
    lines = told(timeline(load(tmp_path / "acme"), since=date(2026, 8, 1), through=date(2026, 9, 1)), BERLIN)
    assert lines[:2] == [
        "2026-08-02  the rule law/L-1 begins, at 06:00",
        "2026-09-01  last day of the rule law/L-1, until 06:00",
    ]


def test_releases_are_part_of_it() -> None:
    policy = load(Path(__file__).parent.parent / "policies" / "acme")
    lines = told(timeline(policy, through=date(2025, 3, 31)), BERLIN)
    assert "2025-02-11  the release 1.0.0 is made, at 10:00" in lines
    assert "2025-03-01  the release 1.0.0 comes into force" in lines


def test_releases_that_cannot_be_trusted_are_not_told(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(text(), "utf-8")
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / "index.yaml").write_text("policy: acme\nreleases: 3\n", "utf-8")
    with pytest.raises(ReleasesError):
        timeline(load(tmp_path))
    assert run(["timeline", str(tmp_path)]) == 2


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "policy.yaml").write_text(text(), "utf-8")
    assert run(["timeline", str(tmp_path), "--from", "2026-10-01"]) == 0
    assert capsys.readouterr().out == (
        "2026-10-25  last day of the policy acme 2.0.0\n"
        "\n"
        "acme 2.0.0: 1 date from 2026-10-01 on, in Europe/Berlin. 16 earlier; --from DATE tells them.\n"
    )
    assert run(["timeline", str(tmp_path), "--from", "2027-01-01"]) == 0
    assert capsys.readouterr().out.startswith("acme 2.0.0: Nothing begins or ends from 2027-01-01 on")
    assert run(["timeline", str(tmp_path), "--from", "2026-02-01", "--through", "2026-02-28", "-f", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [event["id"] for event in data["events"]] == ["hiring", "holding", "thanks"]
    assert data["events"] == as_data(timeline(load(tmp_path), since=date(2026, 2, 1), through=date(2026, 2, 28)))


@pytest.mark.parametrize(
    "options", [["--from", "soon"], ["--from", "2026-02-30"], ["--from", "2026-03-01", "--through", "2026-02-01"]]
)
def test_wrong_days_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    (tmp_path / "policy.yaml").write_text(text(), "utf-8")
    assert run(["timeline", str(tmp_path), *options]) == 2
    assert "Error: --" in capsys.readouterr().err


def test_today_is_that_of_the_policy() -> None:
    assert today(loads(text()), datetime(2026, 2, 28, 23, 30, tzinfo=UTC)) == date(2026, 3, 1)
