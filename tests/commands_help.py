"""How the findings are brought about that commands tell in their reports, and what a report is for a program."""

from __future__ import annotations

import json
import subprocess
from contextlib import chdir, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from socialpolicy.cli.main import run
from socialpolicy.configuring import ConfigError, configuration

if TYPE_CHECKING:
    from collections.abc import Callable

POLICY = """\
socialpolicy: 1
id: shop
title: Posts of the shop
version: "1.0.0"
vocabulary:
  facts:
    secret: {type: bool, question: Is it secret?}
    loud: {type: bool, question: Is it loud?}
    lots: {type: int, min: 0, max: 9, question: How many are there?}
    few: {type: int, min: 0, max: 9, question: How many are left?}
owner: press
contacts:
  press: {title: The press desk, reach: "#press"}
  comms: {title: Communications, reach: "#comms"}
baseline: allow
rules:
  - {id: SECRET, title: Secrets stay here, effect: deny, scope: everything, when: {secret: true}}
"""
GUARANTEE = "guarantees:\n  - {id: G-1, title: Secrets never go out, when: WHEN, always: deny}\n"
CASES = """\
cases_for: shop
assume: nothing
cases:
  - {id: C-1, facts: {secret: false, loud: false}, expect: allow}
"""
REGISTER = """\
socialpolicy: 1
id: harbour
version: "1.0.0"
title: Social media at Harbour Coffee
contacts:
  comms: {title: Communications, reach: "#ask-comms"}
  security: {title: Security team, reach: "#ask-security"}
baseline: allow
accounts:
  "x:@harbour":
    platform: x
    kind: official
    owner: comms
    backup: security
    admins: [comms, security]
    credentials: password_manager
    mfa: true
    recovery: company
rules:
  - id: KEPT
    title: Passwords are in the password manager
    effect: require
    scope: {accounts: company_accounts, actions: audit}
    require:
      - {need: {account.credential_store: password_manager}, say: Move it, fixable_by: security}
"""
ACCOUNTS = """\
accounts_for: harbour
as_of: "2026-05-04T08:00:00+02:00"
accounts:
  - id: "x:@harbour"
    platform: x
    kind: official
    admins: [{person: ada, employment: active}, {person: ben, employment: active}]
    mfa: true
    credentials: password_manager
    recovery: company
    state: normal
"""


def reported(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit status of a command that is called in a folder, and its report for programs."""
    with chdir(folder), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        status = run([*words, "-f", "json:.report.json"])
    file = folder / ".report.json"
    report: dict[str, Any] = json.loads(file.read_text("utf-8"))
    file.unlink()
    return status, report


def ids(folder: Path, *words: str) -> list[str]:
    """The ids of what a command finds."""
    return [finding["id"] for finding in reported(folder, *words)[1]["findings"]]


def shop(folder: Path, text: str = POLICY, cases: str = CASES, name: str = "shop") -> Path:
    """A folder with this policy and these cases."""
    (folder / name / "tests").mkdir(parents=True, exist_ok=True)
    (folder / name / "policy.yaml").write_text(text, "utf-8")
    if cases:
        (folder / name / "tests" / "cases.yaml").write_text(cases, "utf-8")
    return folder


def git(folder: Path, *words: str) -> None:
    """Call git in a folder, as nobody in particular."""
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@crumb.example", "-c", "init.defaultBranch=main")
    subprocess.run(["git", "-C", folder, *who, *words], check=True, capture_output=True)


def a_revision_that_is_not_there(folder: Path) -> list[str]:
    git(shop(folder), "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    return ids(folder, "diff", "shop", "--against", "v1.0-never")


def a_guarantee(folder: Path, when: str) -> Path:
    return shop(folder, POLICY + GUARANTEE.replace("WHEN", when))


def a_guarantee_that_is_hard(folder: Path) -> list[str]:
    sums = ", ".join(f"{{lots: {{same_as: few}}, few: {number}}}" for number in range(9))
    when = f"{{secret: true, any: [{sums}, {{not: {{lots: {{same_as: few}}}}}}]}}"
    return ids(a_guarantee(folder, when), "prove", "shop", "--budget", "1")


def accounts(folder: Path, change: Callable[[str], str] = str, register: Callable[[str], str] = str) -> list[str]:
    """What is found of accounts that are as they should be, but for a change."""
    (folder / "policy.yaml").write_text(register(REGISTER), "utf-8")
    (folder / "accounts.yaml").write_text(change(ACCOUNTS), "utf-8")
    return ids(folder, "audit", "policy.yaml", "accounts.yaml")


def another_account(text: str) -> str:
    _, _, account = text.partition("accounts:\n")
    return text + account.replace("x:@harbour", "x:@harbor")


def a_policy_that_is_gone(folder: Path) -> list[str]:
    shop(shop(folder / "before"), POLICY.replace("id: shop", "id: stall"), "", "stall")
    return ids(shop(folder / "after").parent, "diff", "before", "after")


def chosen(folder: Path, text: str) -> list[str]:
    """What is wrong with this configuration."""
    (folder / ".socialpolicy.toml").write_text(text, "utf-8")
    with suppress(ConfigError):
        configuration(folder / ".socialpolicy.toml")
        return []
    return ids(shop(folder), "validate", "shop")


SITUATIONS: dict[str, Callable[[Path], list[str]]] = {
    "could-not-run": a_revision_that_is_not_there,
    "guarantee-vacuous": lambda folder: ids(
        a_guarantee(folder, "{all: [{secret: true}, {secret: false}]}"), "prove", "shop"
    ),
    "guarantee-open": a_guarantee_that_is_hard,
    "no-cases": lambda folder: ids(shop(folder, cases=""), "test", "shop"),
    "mutant-survives": lambda folder: ids(shop(folder), "test", "shop", "--mutate"),
    "account-needs": lambda folder: accounts(
        folder,
        lambda text: text.replace("password_manager", "chat"),
        lambda text: text.replace("    credentials: password_manager", "    credentials: chat"),
    ),
    "account-missing": lambda folder: accounts(
        folder, lambda text: text.partition("accounts:\n")[0] + "accounts: []\n"
    ),
    "account-differs": lambda folder: accounts(folder, lambda text: text.replace("mfa: true", "mfa: false")),
    "account-open": lambda folder: accounts(
        folder, lambda text: text.replace("    credentials: password_manager\n", "")
    ),
    "account-unregistered": lambda folder: accounts(folder, another_account),
    "policy-removed": a_policy_that_is_gone,
    "not-adjustable": lambda folder: chosen(folder, '[findings]\nunknown-fact = "off"\n'),
    "unknown-finding": lambda folder: chosen(folder, '[findings]\nunused-tags = "off"\n'),
}
"""How each finding that commands tell in their reports is brought about."""
