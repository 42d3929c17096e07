"""What the register and a snapshot say of accounts: what they cannot know stays unknown, and a contradiction is an error."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialpolicy.errors import ActionError
from socialpolicy.facts.accounts import account_facts, read_snapshot, registered
from socialpolicy.facts.files import RecordsError
from socialpolicy.facts.pauses import crisis_facts, read_state
from socialpolicy.loading.reading import read_text
from socialpolicy.policy import loads

HEAD = """
socialpolicy: 1
id: harbour
version: "1.0.0"
title: Social media at Harbour Coffee
purpose: Harbour Coffee is a made-up company; its policy is an example and not legal advice.
contacts:
  comms: {title: Communications, reach: "#ask-comms"}
  brand: {title: Brand team, reach: "#ask-brand"}
baseline: {official: {outcome: ask, approval: comms}, otherwise: allow}
rules: []
"""
REGISTER = """
accounts:
  "x:@harbour":
    {platform: x, kind: official, owner: comms, backup: brand, admins: [comms, brand], credentials: password_manager, mfa: true, recovery: company}
  "forum:old":
    {platform: forum, kind: community, owner: brand, backup: comms, admins: [brand, comms], credentials: password_manager, mfa: false, recovery: personal, state: retired}
  "x:@ceo":
    {platform: x, kind: work_persona, owner: comms, backup: brand, admins: [brand, comms], credentials: personal_device, mfa: true, recovery: company, state: normal}
"""
POLICY, WITHOUT = loads(HEAD + REGISTER), loads(HEAD)


def facts(account: str, **stated: Any) -> dict[str, Any]:
    named = {name.replace("__", "."): value for name, value in stated.items()}
    return account_facts(POLICY, account, named).facts


# -- the register ----------------------------------------------------------------------------------------------------


def test_an_entry_fills_the_facts_of_an_action() -> None:
    assert facts("x:@harbour") == {
        "account.id": "x:@harbour", "account.registered": True, "platform": "x", "account.kind": "official",
        "account.mfa": True, "account.credential_store": "password_manager", "account.recovery_contact": "company",
        "account.admins": 2, "account.owner": "company",
    }  # fmt: skip


def test_each_fact_says_what_derived_it() -> None:
    derived = account_facts(POLICY, "x:@harbour", {})
    assert derived.known["account.mfa"].by == "the register's entry x:@harbour: `mfa`"
    assert all(one.by.startswith("the register's entry") for one in derived.known.values())


def test_that_all_is_well_is_not_derived_from_nobody_having_written_anything() -> None:
    assert "account.state" not in facts("x:@harbour")
    assert facts("x:@ceo")["account.state"] == "normal"
    assert facts("forum:old")["account.state"] == "retired"


def test_whoever_sees_a_break_in_is_believed() -> None:
    assert "account.state" not in facts("x:@ceo", account__state="compromised")


def test_that_an_account_is_retired_stands_in_the_register_or_is_a_contradiction() -> None:
    """A break-in nobody can have written down; that an account is no longer in use, somebody has to."""
    with pytest.raises(ActionError, match=r"account\.state is stated to be retired, but the register has normal"):
        facts("x:@ceo", account__state="retired")
    assert "account.state" not in facts("x:@harbour", account__state="retired")


def test_who_is_named_twice_is_one_admin() -> None:
    entry = POLICY.written.accounts["x:@harbour"].model_copy(update={"admins": ["comms", "brand", "comms"]})
    assert dict(registered("x:@harbour", entry))["account.admins"].value == 2


def test_an_account_of_a_person_is_not_the_company_s() -> None:
    assert "account.owner" not in facts("x:@ceo")


@pytest.mark.parametrize(
    "stated",
    [{"account.mfa": False}, {"account": {"kind": "personal"}}, {"platform": "tiktok"}, {"account.id": "x:@other"}],
)
def test_a_stated_contradiction_is_an_error_of_the_input(stated: dict[str, Any]) -> None:
    with pytest.raises(ActionError, match="the register has") as caught:
        account_facts(POLICY, "x:@harbour", stated)
    assert [problem.id for problem in caught.value.problems] == ["contradiction"]


def test_all_contradictions_are_told() -> None:
    with pytest.raises(ActionError) as caught:
        account_facts(POLICY, "forum:old", {"account.state": "normal", "account.mfa": True, "platform": "forum"})
    assert [problem.at for problem in caught.value.problems] == ["account.mfa", "account.state"]


def test_what_is_stated_to_be_unknown_contradicts_nothing() -> None:
    assert facts("x:@harbour", account__mfa=None)["account.mfa"] is True


def test_what_is_derived_decides() -> None:
    text = HEAD.replace(
        "rules: []",
        "rules:\n  - {id: MFA, title: T, effect: deny, scope: {accounts: official}, when: {account.mfa: false}}",
    )
    policy = loads(text + REGISTER)
    stated = {"action.kind": "publish", "account.id": "x:@harbour"}
    assert policy.decide(stated).missing == ("account.kind", "account.mfa")
    assert policy.decide({**stated, **account_facts(policy, "x:@harbour", stated).facts}).missing == ()


# -- accounts that the register does not have --------------------------------------------------------------------------


def test_an_account_of_the_company_that_is_not_there_is_not_registered() -> None:
    derived = account_facts(POLICY, "x:@harbor", {"account.kind": "official"})
    assert derived.facts == {"account.registered": False}
    assert derived.known["account.registered"].by == "the register has no account x:@harbor (did you mean x:@harbour?)"


@pytest.mark.parametrize("kind", [None, "personal", "creator"])
def test_of_any_other_nothing_follows(kind: str | None) -> None:
    derived = account_facts(POLICY, "x:@harbor", {"account.kind": kind})
    assert derived.facts == {}
    assert "it is not said that it is an account of the company" in derived.unknown["account.registered"].why


def test_a_policy_without_a_register_says_nothing() -> None:
    derived = account_facts(WITHOUT, "x:@harbour", {"account.kind": "official"})
    assert derived.facts == {}
    assert derived.unknown["account.registered"].why == "the policy has no register of accounts"


def test_nobody_can_state_that_it_is_registered() -> None:
    with pytest.raises(ActionError, match="is stated to be true, but the register has no account"):
        account_facts(POLICY, "x:@new", {"account.kind": "official", "account.registered": True})


# -- a snapshot --------------------------------------------------------------------------------------------------------

SNAPSHOT = """
accounts_for: harbour
as_of: 2026-05-04T08:00:00+02:00
accounts:
  - id: x:@harbour
    platform: x
    kind: official
    admins: [{person: ada, employment: active}, {person: ben, employment: left}, {person: ada, employment: active}]
    mfa: false
    credentials: chat
    recovery: personal
    state: suspected_compromise
    regions: [eu, uk]
  - {id: x:@new}
"""


def test_a_snapshot_gives_the_facts_of_an_audit() -> None:
    found = read_snapshot(POLICY, read_text(SNAPSHOT, "accounts.yaml"))
    at = datetime(2026, 5, 4, 6, tzinfo=UTC)
    assert found.as_of == at
    first, second = found.accounts
    assert first.facts == {
        "action.kind": "audit", "context.at": at, "account.id": "x:@harbour", "account.registered": True, "platform": "x",
        "account.kind": "official", "account.owner": "company", "account.admins": 2, "account.leavers": 1,
        "account.mfa": False, "account.credential_store": "chat", "account.recovery_contact": "personal",
        "account.state": "suspected_compromise", "content.audience_regions": frozenset({"eu", "uk"}),
    }  # fmt: skip
    assert first.lacking == frozenset()
    assert (first.leavers, first.line) == (("ben",), 5)
    assert second.facts == {
        "action.kind": "audit",
        "context.at": at,
        "account.id": "x:@new",
        "account.registered": False,
    }
    assert {"account.mfa", "account.leavers", "account.kind"} <= second.lacking


@given(st.lists(st.sampled_from(["active", "left", "notice_given", None]), max_size=6))
def test_leavers_lie_between_those_who_left_and_those_who_may_have(employments: list[str | None]) -> None:
    admins = ", ".join(
        f"{{person: p{index}" + (f", employment: {employment}}}" if employment else "}")
        for index, employment in enumerate(employments)
    )
    text = f"accounts_for: harbour\nas_of: 2026-05-04T06:00:00Z\naccounts:\n  - {{id: a, admins: [{admins}]}}\n"
    (snap,) = read_snapshot(POLICY, read_text(text, "a")).accounts
    left, unsure = employments.count("left"), employments.count(None)
    assert [facts.get("account.leavers") for facts in snap.every()] == [left + more for more in range(unsure + 1)]
    assert ("account.leavers" in snap.facts) == (unsure == 0)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("platform: x", "platform: twitter", "6:15 unknown-value"),
        ("employment: left", "employment: gone", "8:75 unknown-value"),
        ("regions: [eu, uk]", "regions: [eu, england]", "13:19 unknown-value"),
        ("x:@new", "x:@harbour", "14:10 duplicate-id"),
        ("2026-05-04T08:00:00+02:00", "2026-05-04", "3:8 bad-instant"),
        ("mfa: false", "mfa: off", "9:10 wrong-type"),
        ("credentials: chat", "password: hunter2", "10:5 unknown-key"),
        ("accounts_for: harbour", "accounts_for: acme", "2:15 other-policy"),
    ],
)
def test_every_mistake_in_a_snapshot_has_its_place(before: str, after: str, found: str) -> None:
    with pytest.raises(RecordsError) as caught:
        read_snapshot(POLICY, read_text(SNAPSHOT.replace(before, after, 1), "accounts.yaml"))
    (finding,) = caught.value.findings
    assert f"{finding.line}:{finding.column} {finding.id}" == found


OWN = """
socialpolicy: 1
id: harbour
version: "1.0.0"
title: A policy with a vocabulary of its own
vocabulary:
  facts:
    account.mfa: {type: enum, values: ["on", "off"], question: Is it on?}
    account.id: {type: string, question: Which account is it?}
    context.crisis: {type: bool, question: Is there a crisis?}
    context.paused: {type: string, question: What is paused?}
contacts:
  comms: {title: Communications, reach: x}
  brand: {title: Brand team, reach: x}
baseline: allow
rules: []
"""


def test_facts_of_another_kind_are_left_alone() -> None:
    policy = loads(OWN + REGISTER)
    assert account_facts(policy, "x:@harbour", {}).facts == {"account.id": "x:@harbour"}
    entries = read_state(
        policy, read_text("state_for: harbour\nstate: [{level: high, paused: true, by: comms, why: x}]\n", "s")
    )
    assert crisis_facts(policy, entries, {}).facts == {}
