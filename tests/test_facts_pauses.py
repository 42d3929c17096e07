"""The state of a crisis: what is not known leaves a pause unknown, and never makes it false."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialpolicy.facts.derived import Derived
from socialpolicy.facts.files import RecordsError
from socialpolicy.facts.pauses import Entry, crisis_facts, read_state
from socialpolicy.loading.reading import read_text
from socialpolicy.policy import loads
from socialpolicy.program import Outcome

POLICY = loads("""
socialpolicy: 1
id: harbour
version: "1.0.0"
title: Social media at Harbour Coffee
time_zone: Europe/Berlin
purpose: Harbour Coffee is a made-up company; its policy is an example and not legal advice.
contacts:
  comms: {title: Communications, reach: "#ask-comms"}
  crisis_lead: {title: Crisis lead, reach: "+00 000"}
accounts:
  "x:@harbour":
    {platform: x, kind: official, owner: comms, backup: crisis_lead, admins: [comms, crisis_lead], credentials: password_manager, mfa: true, recovery: company}
baseline: allow
rules:
  - id: PAUSE
    title: Publishing is paused
    effect: deny
    scope: {actions: [publish, publish_scheduled]}
    when: {context.paused: true}
    guidance: {instead: Wait until the pause is over}
""")
STATE = """
state_for: harbour
state:
  - {level: severe, paused: true, regions: [eu, uk], from: 2026-05-04T08:00:00+02:00, through: 2026-05-06, by: crisis_lead, why: The ferry accident.}
  - {level: watch, paused: false, by: comms, why: A strike may come.}
  - {level: none, paused: true, platforms: [tiktok], accounts: ["x:@harbour"], from: 2026-05-10, by: comms, why: We move.}
"""
AT, AFTER = "2026-05-05T12:00:00Z", "2026-05-06T22:00:00Z"


def state(text: str = STATE) -> list[Entry]:
    return read_state(POLICY, read_text(text, "state.yaml"))


def found(at: str | None = AT, entries: list[Entry] | None = None, **stated: Any) -> Derived:
    named = {name.replace("__", "."): value for name, value in stated.items()}
    return crisis_facts(
        POLICY, state() if entries is None else entries, {**named, **({"context.at": at} if at else {})}
    )


def paused(**more: Any) -> Any:
    return found(**more).facts.get("context.paused", "unknown")


def test_no_entry_is_no_crisis_and_no_pause() -> None:
    derived = found(entries=[], at=None)
    assert derived.facts == {"context.crisis": "none", "context.paused": False}


def test_a_pause_concerns_whoever_it_is_meant_for() -> None:
    assert paused(content__audience_regions=["us", "eu"]) is True
    assert paused(content__audience_regions=["us"]) is False
    assert found(content__audience_regions=["eu"]).known["context.paused"].by == "The ferry accident (crisis_lead)"


def test_what_is_not_stated_leaves_it_unknown() -> None:
    derived = found()
    assert "context.paused" not in derived.facts
    why = derived.unknown["context.paused"].why
    assert why == "The ferry accident (crisis_lead); it is not stated: content.audience_regions"
    assert paused(content__audience_regions=[]) == "unknown", "nobody in particular may be anybody"
    assert paused(at=None, content__audience_regions=["eu"]) == "unknown"
    assert paused(at=None, content__audience_regions=["us"], platform="x") is False, (
        "no entry concerns it, whenever it is"
    )


def test_a_level_is_the_whole_company_s() -> None:
    assert found(content__audience_regions=["us"]).facts["context.crisis"] == "severe"
    assert found(at=AFTER).facts["context.crisis"] == "watch"
    assert "it is watch, or severe" in found(at=None).unknown["context.crisis"].why


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-05-04T05:59:59Z", False),
        ("2026-05-04T06:00:00Z", True),
        ("2026-05-06T21:59:59Z", True),  # the last second of 6 May in Berlin
        ("2026-05-06T22:00:00Z", False),
    ],
)
def test_a_pause_begins_and_ends_to_the_second(at: str, expected: bool) -> None:
    assert paused(at=at, content__audience_regions=["eu"]) is expected


def test_all_limits_of_a_pause_are_met_or_it_is_none() -> None:
    late = "2026-05-11T00:00:00Z"
    assert paused(at=late, platform="tiktok", account__id="x:@harbour") is True
    assert paused(at=late, platform="x", account__id="x:@harbour") is False
    assert paused(at=late, platform="x") is False, "one limit that is not met settles it"
    assert paused(at=late, platform="tiktok") == "unknown"


def test_a_pause_decides() -> None:
    facts = {"action.kind": "publish_scheduled", "context.at": AT}
    for regions, outcome in ((["eu"], Outcome.DENY), (["us"], Outcome.ALLOW), (None, Outcome.ASK)):
        stated = facts if regions is None else {**facts, "content.audience_regions": regions}
        assert POLICY.decide({**stated, **crisis_facts(POLICY, state(), stated).facts}).outcome is outcome


ENTRIES = st.lists(
    st.builds(
        Entry,
        st.sampled_from(["none", "watch", "elevated", "severe"]),
        st.booleans(),
        st.just("why"),
        st.just("comms"),
        st.sampled_from([None, state()[0].start]),
        st.sampled_from([None, state()[0].end]),
        st.fixed_dictionaries(
            {},
            optional={
                "content.audience_regions": st.sampled_from([frozenset({"eu"}), frozenset({"eu", "us"})]),
                "platform": st.just(frozenset({"x"})),
                "account.id": st.just(frozenset({"x:@harbour"})),
            },
        ),
    ),
    max_size=4,
)
FACTS = st.fixed_dictionaries(
    {
        "context.at": st.sampled_from(["2026-05-01T00:00:00Z", AT, AFTER]),
        "content.audience_regions": st.sampled_from([["eu"], ["us"], ["eu", "uk"]]),
        "platform": st.sampled_from(["x", "tiktok"]),
        "account.id": st.sampled_from(["x:@harbour", "other"]),
    }
)


@given(ENTRIES, FACTS, st.sets(st.sampled_from(["context.at", "content.audience_regions", "platform", "account.id"])))
def test_what_is_told_of_less_is_told_of_more(entries: list[Entry], facts: dict[str, Any], hidden: set[str]) -> None:
    """A fact that is known although others are missing stays what it is when they are learnt; with all known it is known."""
    whole = crisis_facts(POLICY, entries, facts)
    part = crisis_facts(POLICY, entries, {name: value for name, value in facts.items() if name not in hidden})
    assert set(whole.facts) == {"context.crisis", "context.paused"}
    assert part.facts.items() <= whole.facts.items()
    assert set(part.facts) | set(part.unknown) == {"context.crisis", "context.paused"}


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("level: severe", "level: sever", "4:13 unknown-value"),
        ("by: crisis_lead", "by: crisis", "4:112 unknown-contact"),
        ("uk]", "england]", "4:49 unknown-value"),
        ("[tiktok]", "[ticktock]", "6:45 unknown-value"),
        ('"x:@harbour"', '"x:@harbor"', "6:65 unknown-value"),
        ("through: 2026-05-06", "through: 2026-05-01", "4:96 never-true"),
        ("through: 2026-05-06", "through: 2026-05-32", "4:96 bad-instant"),
        (", why: A strike may come.", "", "5:5 missing-key"),
        ("paused: false", "paused: no", "5:28 wrong-type"),
        ("state_for: harbour", "state_for: acme", "2:12 other-policy"),
    ],
)
def test_every_mistake_in_a_state_has_its_place(before: str, after: str, where: str) -> None:
    with pytest.raises(RecordsError) as caught:
        state(STATE.replace(before, after, 1))
    (finding,) = caught.value.findings
    assert f"{finding.line}:{finding.column} {finding.id}" == where
