"""``socialpolicy audit``: what is to be done about accounts as they stand, and what could not be told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from socialpolicy.auditing import Audit, NoAudits, audit, contacts
from socialpolicy.cli.main import COULD_NOT, GOOD, NO, run
from socialpolicy.facts.accounts import read_snapshot
from socialpolicy.facts.duties import read_log, standing
from socialpolicy.loading.reading import read_text
from socialpolicy.policy import load, loads

POLICY = """
socialpolicy: 1
id: harbour
version: "1.0.0"
title: Social media at Harbour Coffee
owner: comms
purpose: Harbour Coffee is a made-up company; its policy is an example and not legal advice.
contacts:
  comms: {title: Communications, reach: "#ask-comms"}
  brand: {title: Brand team, reach: "#ask-brand"}
  security: {title: Security team, reach: "#ask-security"}
baseline: {official: {outcome: ask, approval: comms}, otherwise: allow}
accounts:
  "x:@harbour":
    {title: Harbour Coffee on X, platform: x, kind: official, owner: comms, backup: brand, admins: [comms, security], credentials: password_manager, mfa: true, recovery: company}
  "instagram:harbour":
    {platform: instagram, kind: official, owner: brand, backup: comms, admins: [brand, comms], credentials: password_manager, mfa: true, recovery: company}
  "tiktok:@harbour":
    {platform: tiktok, kind: official, owner: brand, backup: comms, admins: [brand, comms], credentials: password_manager, mfa: true, recovery: company}
  "forum:old":
    {platform: forum, kind: community, owner: brand, backup: comms, admins: [brand, comms], credentials: password_manager, mfa: true, recovery: company, state: retired}
rules:
  - id: MFA
    title: Our accounts have two-step sign-in
    effect: ask
    scope: {accounts: company_accounts, actions: audit}
    when: {account.mfa: false}
    approval: security
    say: Until it is switched on, Security decides who may use the account
    duties:
      - {id: mfa-on, what: Switch on two-step sign-in, who: security, within: 2 working days}
  - id: ADMINS
    title: Two people can get into each account
    effect: duty
    scope: {accounts: company_accounts, actions: audit}
    when: {account.admins: {less_than: 2}}
    duties:
      - {id: second-admin, what: Name a second admin, who: comms, within: 5 working days}
  - id: LEAVERS
    title: Whoever has left has no way in
    effect: deny
    scope: {accounts: company_accounts, actions: [audit, login_device]}
    when: {account.leavers: {at_least: 1}}
    guidance: {instead: Take the access of people who have left away}
    hand_over: {to: security, within: 1 day}
  - id: KEPT
    title: Passwords are in the password manager
    effect: require
    scope: {accounts: company_accounts, actions: audit}
    require:
      - {need: {account.credential_store: password_manager}, say: Move the password into the password manager, fixable_by: security}
  - id: LIST
    title: Every account is on our list
    effect: duty
    scope: {accounts: company_accounts, actions: audit}
    when: {account.registered: false}
    duties:
      - {what: Put it on the list or close it, who: comms, within: 10 working days}
  - id: BROKEN
    title: Whoever finds a break-in tells Security
    effect: duty
    scope: everything
    when: {account.state: compromised}
    duties:
      - {what: Call Security, who: actor, within: 15 minutes}
  - id: POLITE
    title: Be polite
    effect: deny
    scope: everything
    when: {content.tone: harassing}
    guidance: {instead: Sleep on it}
  - id: CRISIS
    title: In a crisis Security looks at every account
    effect: ask
    scope: {actions: audit}
    when: {context.crisis: severe, account.mfa: false}
    approval: security
"""
GOOD_X = """
  - id: x:@harbour
    platform: x
    kind: official
    admins: [{person: ada, employment: active}, {person: cleo, employment: active}]
    mfa: true
    credentials: password_manager
    recovery: company
    state: normal
"""
GOOD_OTHERS = GOOD_X.replace("x:@harbour", "instagram:harbour").replace(
    "platform: x", "platform: instagram"
) + GOOD_X.replace("x:@harbour", "tiktok:@harbour").replace("platform: x", "platform: tiktok")
HEAD = "accounts_for: harbour\nas_of: 2026-05-04T08:00:00+02:00\naccounts:"
BUSY = (
    HEAD
    + """
  - id: x:@harbour
    platform: x
    kind: official
    admins: [{person: ada, employment: active}, {person: ben, employment: left}, {person: cleo}]
    mfa: false
    credentials: password_manager
    recovery: company
    state: normal
  - id: instagram:harbour
    platform: instagram
    kind: official
    admins: [{person: ada, employment: active}, {person: dora}]
    credentials: chat
    recovery: company
    state: normal
  - id: instagram:harbor
    kind: official
    platform: instagram
    mfa: true
    admins: [{person: ada, employment: active}]
    credentials: password_manager
    state: normal
"""
)

TOLD = """\
3 accounts as of 2026-05-04 06:00 UTC: 3 need something, 1 of the register is not there and of 2 not all could be told.

x:@harbour   Harbour Coffee on X   looked after by Communications (#ask-comms)
  ask        MFA       Until it is switched on, Security decides who may use the account. [Security team
                       (#ask-security)]
  do         MFA       Switch on two-step sign-in. [Security team (#ask-security), within 2 working days]
  stop       LEAVERS   Take the access of people who have left away. [Security team (#ask-security)]
  pass on    LEAVERS   Whoever has left has no way in. [Security team (#ask-security), within 1 day]
  differs              Two-step sign-in: the register has on, the platform off.
  not told   CRISIS    It is not known: How serious is the crisis at the company, if there is one? (context.crisis)
  note                 Have left, and can still get in: ben.

instagram:harbour   looked after by Brand team (#ask-brand)
  put right   KEPT      Move the password into the password manager. [Security team (#ask-security)]
  differs               Where the password is kept: the register has the company's password manager, the platform a
                        chat or e-mail.
  not told    MFA       It is not known: Does signing in need a second step, such as a code from a phone?
                        (account.mfa)
  not told    LEAVERS   It is not known: How many people who have left can still get into the account?
                        (account.leavers)
  not told    CRISIS    It is not known: Does signing in need a second step, such as a code from a phone?
                        (account.mfa) and How serious is the crisis at the company, if there is one?
                        (context.crisis)

instagram:harbor
  register            It is not in the register. Add it, or close it.
  do         ADMINS   Name a second admin. [Communications (#ask-comms), within 5 working days]
  do         LIST     Put it on the list or close it. [Communications (#ask-comms), within 10 working days]

In the register, but not among these accounts:
  tiktok:@harbour   Brand team (#ask-brand) can say what became of it.
"""


def audited(accounts: str, policy: str = POLICY) -> Audit:
    loaded = loads(policy)
    return audit(loaded, read_snapshot(loaded, read_text(accounts, "accounts.yaml")))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.yaml").write_text(POLICY, "utf-8")
    return tmp_path


def test_what_is_to_be_done_is_told_with_who_does_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "accounts.yaml").write_text(BUSY, "utf-8")
    assert run(["audit", "policy.yaml", "accounts.yaml"]) == NO
    assert capsys.readouterr().out == TOLD


def test_nothing_to_do_is_told_in_a_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "accounts.yaml").write_text(HEAD + GOOD_X + GOOD_OTHERS, "utf-8")
    assert run(["audit", "policy.yaml", "accounts.yaml"]) == GOOD
    assert capsys.readouterr().out == "3 accounts as of 2026-05-04 06:00 UTC: nothing to do.\n"


def test_what_could_not_be_told_is_never_fine(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (HEAD + GOOD_X + GOOD_OTHERS).replace("    state: normal\n", "", 1)
    (folder / "accounts.yaml").write_text(text, "utf-8")
    assert run(["audit", "policy.yaml", "accounts.yaml"]) == COULD_NOT
    out = capsys.readouterr().out
    assert "of 1 not all could be told" in out
    assert "not told   BROKEN   It is not known: Is the account all right? (account.state)" in out


def test_a_file_with_mistakes_is_not_audited(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "accounts.yaml").write_text(BUSY.replace("mfa: false", "mfa: no"), "utf-8")
    assert run(["audit", "policy.yaml", "accounts.yaml"]) == COULD_NOT
    assert "accounts.yaml:8:10: error: wrong-type" in capsys.readouterr().err


def test_programs_get_all_of_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "accounts.yaml").write_text(BUSY, "utf-8")
    assert run(["audit", "policy.yaml", "accounts.yaml", "-f", "json"]) == NO
    data = json.loads(capsys.readouterr().out)["result"]
    assert (data["good"], data["complete"], data["as_of"]) == (False, False, "2026-05-04T06:00:00Z")
    assert data["not_in_the_snapshot"] == ["tiktok:@harbour"]
    first = data["accounts"][0]
    assert first["to_do"][1] == {
        "kind": "duty", "rule": "MFA", "say": "Switch on two-step sign-in", "who": ["security"], "within": "2 working days",
    }  # fmt: skip
    assert first["leavers"] == ["ben"]
    assert data["accounts"][1]["differs"] == [
        {
            "what": "where the password is kept",
            "register": "the company's password manager",
            "found": "a chat or e-mail",
        }
    ]


def test_the_baseline_says_nothing_about_how_an_account_stands() -> None:
    found = audited(HEAD + GOOD_X + GOOD_OTHERS)
    assert found.good
    assert found.told


def test_a_leaver_is_one_whoever_else_may_have_left() -> None:
    with_one, without = audited(BUSY), audited(BUSY.replace("{person: ben, employment: left}", "{person: ben}"))
    assert "LEAVERS" in [one.rule for one in with_one.accounts[0].todo]
    assert "LEAVERS" not in [one.rule for one in without.accounts[0].todo]
    assert ("LEAVERS", ("account.leavers",)) in [(one.rule, one.missing) for one in without.accounts[0].untold]


def test_what_counts_for_few_leavers_alone_is_not_told_where_there_may_be_more() -> None:
    few = POLICY.replace("{account.leavers: {at_least: 1}}", "{account.leavers: 1}")
    account = audited(BUSY, few).accounts[0]
    assert "LEAVERS" not in [one.rule for one in account.todo]
    assert ("LEAVERS", ("account.leavers",)) in [(one.rule, one.missing) for one in account.untold]


def test_rules_about_what_is_said_do_not_wait_for_an_audit() -> None:
    found = audited(HEAD + GOOD_X)
    assert "POLITE" not in [one.rule for account in found.accounts for one in account.untold]


def test_an_exception_is_heard() -> None:
    exception = """
exceptions:
  EXC-1:
    rules: [MFA]
    for: {account.id: "x:@harbour"}
    owner: comms
    reason: The platform has no two-step sign-in yet.
    ticket: H-1
    approved_by: [security]
    in_force: {from: 2026-05-01, through: 2026-05-31}
"""
    assert "MFA" not in [one.rule for one in audited(BUSY, POLICY + exception).accounts[0].todo]
    late = BUSY.replace("2026-05-04", "2026-06-04")
    assert "MFA" in [one.rule for one in audited(late, POLICY + exception).accounts[0].todo]


def test_retired_accounts_need_not_be_there_but_are_told_if_they_live() -> None:
    old = (
        GOOD_X.replace("x:@harbour", "forum:old")
        .replace("platform: x", "platform: forum")
        .replace("official", "community")
    )
    account = audited(HEAD + old).accounts[0]
    assert [(one.what, one.register, one.found) for one in account.differs] == [
        ("state", "no longer in use", "all right")
    ]
    assert "forum:old" not in audited(HEAD + GOOD_X).absent


def test_fewer_admins_than_the_register_names_are_told() -> None:
    alone = audited(HEAD + GOOD_X.replace(", {person: cleo, employment: active}", "")).accounts[0]
    assert [(one.what, one.register, one.found) for one in alone.differs] == [
        ("people who can administer it", "2 contacts", "1")
    ]


def test_leavers_of_whom_no_rule_speaks_are_a_note(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "policy.yaml").write_text(POLICY.replace("[audit, login_device]", "[login_device]"), "utf-8")
    text = (HEAD + GOOD_X + GOOD_OTHERS).replace("cleo, employment: active", "cleo, employment: left", 1)
    (folder / "accounts.yaml").write_text(text, "utf-8")
    assert run(["audit", "policy.yaml", "accounts.yaml"]) == GOOD
    told = "  note      Have left, and can still get in: cleo. No rule of the policy counts it here.\n"
    assert capsys.readouterr().out.endswith(told)


def test_a_vocabulary_without_audits_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = """
socialpolicy: 1
id: harbour
version: "1.0.0"
title: A policy with a vocabulary of its own
vocabulary:
  facts: {kind: {type: enum, values: [post, reply], question: What is it?}}
  scope: {actions: kind}
baseline: allow
rules: []
"""
    with pytest.raises(NoAudits, match="no kind of action `audit`"):
        audited(HEAD + GOOD_X, text)
    (folder / "own.yaml").write_text(text, "utf-8")
    (folder / "accounts.yaml").write_text(HEAD + GOOD_X, "utf-8")
    assert run(["audit", "own.yaml", "accounts.yaml"]) == COULD_NOT
    assert "no kind of action `audit`" in capsys.readouterr().err


def test_rules_of_a_policy_that_it_builds_on_are_heard(tmp_path: Path) -> None:
    pack = """
socialpolicy: 1
id: pack
version: "1.0.0"
title: Rules of a trade
calendars: {seven: {time_zone: America/New_York, days: [sun], from: "08:00", to: "12:00"}}
contacts: {watch: {title: Watch, reach: your night watch, hours: seven}}
baseline: allow
rules:
  - id: STORE
    title: Passwords are kept safely
    effect: duty
    scope: {actions: audit}
    when: {account.credential_store: {all_but: [password_manager]}}
    duties: [{what: Keep it safely, who: watch, within: 1 working day}]
"""
    text = POLICY.replace("baseline: {", "builds_on: [{id: pack, version: 1}]\nbaseline: {")
    for name, written in (("pack", pack), ("harbour", text)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "policy.yaml").write_text(written, "utf-8")
    policy = load(tmp_path / "harbour")
    found = audit(policy, read_snapshot(policy, read_text(BUSY, "accounts.yaml"))).accounts[1]
    assert [(one.rule, one.say, one.who) for one in found.todo if one.kind == "duty"] == [
        ("pack/STORE", "Keep it safely", ("watch",))
    ]
    assert contacts(policy, ["watch"]) == "Watch (your night watch)"
    (logged,) = read_log(
        policy,
        read_text("duties_for: harbour\nlog: [{id: D, rule: pack/STORE, started: 2026-05-04T06:00:00Z}]\n", "log"),
    )
    due = standing(policy, logged, found_at := datetime(2026, 5, 10, 16, tzinfo=UTC)).due
    assert due == found_at, "noon in New York on Sunday, by the calendar of the policy that has the contact"


def test_the_baseline_of_a_policy_that_it_builds_on_says_nothing_either(tmp_path: Path) -> None:
    """Laid on as a rule, it would be to do for every account that there is, or could not be told of it."""
    starts = "official: {outcome: ask, approval: comms}, community: deny, otherwise: allow"
    pack = f"""
socialpolicy: 1
id: pack
version: "1.0.0"
title: Rules of a trade
contacts: {{comms: {{title: Whoever speaks for you, reach: your own people}}}}
baseline: {{{starts}}}
rules: []
"""
    text = POLICY.replace("baseline: {", "builds_on: [{id: pack, version: 1}]\nbaseline: {")
    for name, written in (("pack", pack), ("harbour", text)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "policy.yaml").write_text(written, "utf-8")
    policy = load(tmp_path / "harbour")
    assert {"pack/(baseline)", "pack/(baseline 2)"} <= {rule.id for rule in policy.rules}
    without_kind = (HEAD + GOOD_X + GOOD_OTHERS).replace("    kind: official\n", "", 1)
    for accounts in (HEAD + GOOD_X + GOOD_OTHERS, without_kind, BUSY):
        found = audit(policy, read_snapshot(policy, read_text(accounts, "accounts.yaml")))
        alone = audited(accounts)
        assert [one.todo for one in found.accounts] == [one.todo for one in alone.accounts]
        assert [one.untold for one in found.accounts] == [one.untold for one in alone.accounts]


def test_where_no_account_was_looked_at_that_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start, end = POLICY.index("accounts:"), POLICY.index("rules:")
    (folder / "policy.yaml").write_text(POLICY[:start] + POLICY[end:], "utf-8")
    (folder / "accounts.yaml").write_text(HEAD + " []\n", "utf-8")
    assert run(["audit", "policy.yaml", "accounts.yaml"]) == COULD_NOT
    assert capsys.readouterr().out == (
        "0 accounts as of 2026-05-04 06:00 UTC: the file names none, so nothing was looked at.\n"
    )
    assert run(["audit", "policy.yaml", "accounts.yaml", "-f", "json"]) == COULD_NOT
    assert json.loads(capsys.readouterr().out)["result"]["complete"] is False
    (folder / "policy.yaml").write_text(POLICY, "utf-8")
    assert run(["audit", "policy.yaml", "accounts.yaml", "-q"]) == NO
    assert "3 of the register are not there" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "null\n"])
def test_an_empty_file_is_told_how_it_begins(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "accounts.yaml").write_text(text, "utf-8")
    assert run(["audit", "policy.yaml", "accounts.yaml"]) == COULD_NOT
    err = capsys.readouterr().err
    assert "empty-file" in err
    assert "begin it with `accounts_for: harbour`." in err
    assert "socialpolicy: 1" not in err


WAITS = """
  - id: {id}
    title: In a crisis somebody looks
    effect: duty
    scope: {{actions: {actions}}}
    when: {{context.crisis: severe}}
    duties: [{{what: Look at it, who: comms, within: 1 day}}]
"""


def test_only_a_rule_that_names_audits_waits_for_what_no_snapshot_can_say() -> None:
    """A rule for nearly all that people do leaves audits in by the way; it is not about how an account stands."""
    few, many = WAITS.format(id="FEW", actions="[audit, like]"), WAITS.format(id="MANY", actions="{all_but: [like]}")
    found = audited(HEAD + GOOD_X, POLICY + few + many).accounts[0]
    assert [one.rule for one in found.untold] == ["FEW"]


def test_a_rule_waits_for_what_would_override_it_too() -> None:
    rules = """
  - id: LOOK
    title: Each account is looked at
    effect: duty
    scope: {accounts: company_accounts, actions: audit}
    when: {account.admins: {at_least: 1}}
    duties: [{what: Look at it, who: comms, within: 1 day}]
  - id: REST
    title: Not where all is well
    effect: allow
    scope: {accounts: company_accounts, actions: audit}
    when: {account.state: normal}
    overrides: {rules: [LOOK]}
"""
    text = HEAD + GOOD_X.replace("    state: normal\n", "")
    untold = {one.rule: one.missing for one in audited(text, POLICY + rules).accounts[0].untold}
    assert untold["LOOK"] == ("account.state",)
