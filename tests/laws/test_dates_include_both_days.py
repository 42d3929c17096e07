"""A rule that ends on the last of March ends when that day ends where the company is: not a second sooner, nor in
London.

Dates are those of the policy's time zone, both included, on days of 23, 24 and 25 hours alike.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from socialpolicy import loads
from socialpolicy.interpret import interpret
from socialpolicy.program import Outcome

if TYPE_CHECKING:
    from socialpolicy.decisions import Decision
    from socialpolicy.policy import Policy

SECOND = timedelta(seconds=1)
FACTS = {
    "actor.id": {"type": "string", "question": "Who is it?"},
    "context.at": {"type": "datetime", "question": "When is it to happen?"},
}

# time zone, first day, last day, the first instant in force, the first instant no longer in force
SPANS = [
    ("Europe/Berlin", "2026-03-01", "2026-03-31", "2026-02-28T23:00:00+00:00", "2026-03-31T22:00:00+00:00"),
    ("Europe/Berlin", "2026-03-29", "2026-03-29", "2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00"),  # 23 hours
    ("Europe/Berlin", "2026-10-25", "2026-10-25", "2026-10-24T22:00:00+00:00", "2026-10-25T23:00:00+00:00"),  # 25 hours
    ("Europe/Berlin", "2028-02-29", "2028-02-29", "2028-02-28T23:00:00+00:00", "2028-02-29T23:00:00+00:00"),  # leap day
    ("Europe/Berlin", "2026-12-31", "2026-12-31", "2026-12-30T23:00:00+00:00", "2026-12-31T23:00:00+00:00"),
    ("America/New_York", "2026-03-08", "2026-03-08", "2026-03-08T05:00:00+00:00", "2026-03-09T04:00:00+00:00"),
    ("Asia/Kolkata", "2026-03-01", "2026-03-01", "2026-02-28T18:30:00+00:00", "2026-03-01T18:30:00+00:00"),
    ("UTC", "2026-03-01", "2026-03-01", "2026-03-01T00:00:00+00:00", "2026-03-02T00:00:00+00:00"),
]


def policy(time_zone: str, **extra: Any) -> Policy:
    """A policy with one rule that denies everything, but for its dates."""
    rule = {"id": "A", "title": "Nothing goes", "effect": "deny", "scope": "everything", **extra.pop("rule", {})}
    text = {
        "socialpolicy": 1,
        "id": "p",
        "version": "1.0.0",
        "title": "A policy",
        "time_zone": time_zone,
        "baseline": "allow",
        "vocabulary": {"facts": FACTS},
        "contacts": {"ann": {"title": "Ann", "reach": "#ann"}},
        "rules": [rule],
        **extra,
    }
    return loads(json.dumps(text))


def decided(policy: Policy, facts: dict[str, Any]) -> Decision:
    """What the policy decides, by the reference."""
    return interpret(policy.program, policy.action(facts).facts)


@pytest.mark.parametrize(("time_zone", "first", "last", "begins", "ends"), SPANS)
def test_dates_include_both_days(time_zone: str, first: str, last: str, begins: str, ends: str) -> None:
    rule = policy(time_zone, rule={"in_force": {"from": first, "through": last}})
    exception = {
        "rules": ["A"],
        "for": {"actor.id": "a"},
        "owner": "ann",
        "reason": "A trial",
        "ticket": "T-1",
        "approved_by": ["ann"],
        "in_force": {"from": first, "through": last},
    }
    excepted = policy(time_zone, exceptions={"E-1": exception})
    start, end = datetime.fromisoformat(begins), datetime.fromisoformat(ends)
    for at, in_force in ((start - SECOND, False), (start, True), (end - SECOND, True), (end, False)):
        facts = {"context.at": at, "actor.id": "a"}
        assert decided(rule, facts).outcome is (Outcome.DENY if in_force else Outcome.ALLOW)
        assert decided(excepted, facts).outcome is (Outcome.ALLOW if in_force else Outcome.DENY)
        assert decided(excepted, {**facts, "actor.id": "b"}).outcome is Outcome.DENY
        local = at.astimezone(ZoneInfo(time_zone)).isoformat()
        assert decided(rule, {"context.at": local, "actor.id": "a"}) == decided(rule, facts)


def test_a_rule_without_a_last_day_stays() -> None:
    rule = policy("Europe/Berlin", rule={"in_force": {"from": "2026-03-01"}})
    assert decided(rule, {"context.at": "2026-02-28T23:59:59+01:00"}).outcome is Outcome.ALLOW
    assert decided(rule, {"context.at": "2026-03-01T00:00:00+01:00"}).outcome is Outcome.DENY
    assert decided(rule, {"context.at": "2999-01-01T00:00:00Z"}).outcome is Outcome.DENY


def test_while_the_instant_is_not_known_dates_are_open() -> None:
    exception = {
        "rules": ["A"],
        "for": {"actor.id": "a"},
        "owner": "ann",
        "reason": "A trial",
        "ticket": "T-1",
        "approved_by": ["ann"],
        "in_force": {"from": "2026-03-01", "through": "2026-03-31"},
    }
    excepted = decided(policy("UTC", exceptions={"E-1": exception}), {"actor.id": "a"})
    assert (excepted.at_least, excepted.at_most, excepted.missing) == (Outcome.ALLOW, Outcome.DENY, ("context.at",))
    dated = decided(policy("UTC", rule={"in_force": {"from": "2026-03-01"}}), {})
    assert (dated.at_least, dated.at_most, dated.missing) == (Outcome.ALLOW, Outcome.DENY, ("context.at",))


def test_deciding_does_not_test_the_policys_own_dates() -> None:
    expired = policy("UTC", in_force={"from": "2020-01-01", "through": "2020-12-31"})
    assert decided(expired, {"context.at": "2026-03-01T00:00:00Z"}).outcome is Outcome.DENY
    assert decided(expired, {}).determined
