"""``socialpolicy audit``: what is to be put right about the company's accounts, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from socialpolicy.auditing import Audit, Audited, audit, close_to, contacts
from socialpolicy.cli import output, records, sources
from socialpolicy.cli.main import COULD_NOT, GOOD, NO
from socialpolicy.facts.accounts import read_snapshot
from socialpolicy.loading.findings import Finding, Level, Place, listed, visible
from socialpolicy.policy import Policy
from socialpolicy.reporting.report import Check, Report

if TYPE_CHECKING:
    from socialpolicy.configuring import Configuration

KINDS = {"denial": "stop", "revision": "put right", "approval": "ask", "duty": "do", "hand_over": "pass on"}


@click.command()
@click.argument("source")
@click.argument("accounts", metavar="ACCOUNTS")
@output.formats(*output.REPORTS)
@output.quiet_option
@output.color_option
@output.config_option
def command(
    source: str, accounts: str, formats: list[tuple[str, str]], quiet: bool, color: str, config: Path | None
) -> int:
    """Look over ACCOUNTS, a file of what the platforms say, by a policy and its register.

    Exit status 0 means that there is nothing to do, 1 that there is, 2 that something could not be told.
    """
    with output.answering(formats, "audit"):
        records.one_standard_input(source, accounts)
        policy = sources.policy_of(source)
        found = audit(policy, read_snapshot(policy, records.document(accounts)))
        chosen = output.chosen(config)
        on = output.colored(color)
        return output.answer(formats, report(policy, found, accounts, chosen, quiet=quiet, on=on), chosen, quiet=quiet)


def report(
    policy: Policy, found: Audit, file: str, chosen: Configuration, *, quiet: bool = False, on: bool = False
) -> Report:
    """What came of all accounts, as a report."""
    counted = counting(found, chosen)
    checks = [
        Check(
            "audit", account.id, file, account.line or 1,
            tuple(chosen.applied(findings_of(policy, account, found.absent, file))),
            open="not all could be told" if account.untold else "",
        )
        for account in found.accounts
    ]  # fmt: skip
    for name in found.absent:
        owner = contacts(policy, [policy.written.accounts[name].owner])
        message = f"the account {name} is in the register, but not among these accounts."
        hint = f"{owner} can say what became of it."
        one = Finding("account-missing", message, file, hint=hint, key=f"{policy.id} {name}")
        checks.append(Check("audit", name, file, 1, tuple(chosen.applied([one]))))
    findings = tuple(finding for check in checks for finding in check.findings)
    against = any(finding.level is Level.ERROR for finding in findings)
    return Report(
        "audit", NO if against else GOOD if found.told else COULD_NOT, next(summary(counted, on=False)), findings,
        tuple(checks), as_data(policy, found),
        lambda: "\n".join(summary(counted, on) if quiet else told(policy, counted, on)),
    )  # fmt: skip


def counting(found: Audit, chosen: Configuration) -> Audit:
    """An audit without what was turned off. What could not be told is never left out."""
    accounts = tuple(
        replace(
            account,
            registered=account.registered or chosen.off("account-unregistered"),
            todo=() if chosen.off("account-needs") else account.todo,
            differs=() if chosen.off("account-differs") else account.differs,
        )
        for account in found.accounts
    )
    return replace(found, accounts=accounts, absent=() if chosen.off("account-missing") else found.absent)


def findings_of(policy: Policy, account: Audited, absent: Sequence[str], file: str) -> Iterator[Finding]:
    """What was found of one account."""

    def finding(id: str, message: str, hint: str, key: str, level: Level = Level.ERROR) -> Finding:
        line = account.line or 1
        return Finding(id, message, file, line, hint=hint, level=level, key=f"{policy.id} {account.id} {key}")

    if not account.registered:
        hint = close_to(policy, account, absent)
        message = f"the account {account.id} is not in the register."
        yield finding("account-unregistered", message, hint or "add it, or close it.", "")
    for one in account.todo:
        who = contacts(policy, one.who)
        limit = f" within {one.within}" if one.within else ""
        rule = f"{one.rule} asks for it" + (f", of {who}{limit}" if who else limit)
        related = (
            (Place(policy.file_of(one.rule), policy.lines[one.rule], f"{one.rule} asks for it"),)
            if one.rule in policy.lines
            else ()
        )
        needs = finding("account-needs", f"{account.id}: {one.say}", f"{rule}.", f"{one.kind} {one.rule} {one.say}")
        yield replace(needs, related=related)
    for differs in account.differs:
        message = f"{account.id}, {differs.what}: the register has {differs.register}, the platform {differs.found}."
        yield finding("account-differs", message, "put the one right that is wrong.", differs.what)
    for untold in account.untold:
        facts = listed([question(policy, name) for name in untold.missing], "and")
        message = f"{account.id}: whether {untold.rule} counts could not be told."
        yield finding("account-open", message, f"find out: {facts}", untold.rule, Level.WARNING)


def told(policy: Policy, found: Audit, on: bool) -> Iterator[str]:
    """What is to be done, account by account."""
    yield from summary(found, on)
    for account in found.accounts:
        lines = list(of_account(policy, account, found.absent))
        if lines:
            owner = f"   looked after by {contacts(policy, [account.owner])}" if account.owner else ""
            title = f"   {account.title}" if account.title != account.id else ""
            yield ""
            yield output.paint(visible(account.id), None, on, bold=True) + visible(title + owner)
            yield from lines
    if found.absent:
        yield ""
        yield "In the register, but not among these accounts:"
        owners = {name: contacts(policy, [policy.written.accounts[name].owner]) for name in found.absent}
        yield from records.table((name, f"{owner} can say what became of it.") for name, owner in owners.items())


def of_account(policy: Policy, account: Audited, absent: Sequence[str]) -> Iterator[str]:
    """What is to be said of one account."""
    rows: list[tuple[str, ...]] = []
    if not account.registered:
        hint = close_to(policy, account, absent)
        rows.append(("register", "", "It is not in the register" + (f"; {hint}" if hint else ". Add it, or close it.")))
    for one in account.todo:
        say = one.say if one.say.endswith((".", "!", "?")) else f"{one.say}."
        who = contacts(policy, one.who)
        limit = f", within {one.within}" if one.within else ""
        rows.append((KINDS[one.kind], one.rule, say + (f" [{who}{limit}]" if who else "")))
    rows += [
        (
            "differs",
            "",
            f"{one.what[:1].upper()}{one.what[1:]}: the register has {one.register}, the platform {one.found}.",
        )
        for one in account.differs
    ]
    rows += [
        ("not told", one.rule, f"It is not known: {listed([question(policy, name) for name in one.missing], 'and')}")
        for one in account.untold
    ]
    if account.leavers:
        who = f"Have left, and can still get in: {', '.join(account.leavers)}."
        rows.append(("note", "", who if account.todo else f"{who} No rule of the policy counts it here."))
    yield from records.table(rows)


def question(policy: Policy, name: str) -> str:
    """What is not known, as a question with the name of its fact."""
    return f"{policy.vocabulary.facts[name].question} ({name})"


def summary(found: Audit, on: bool) -> Iterator[str]:
    """All in a line."""
    count = len(found.accounts)
    busy = sum(not account.good for account in found.accounts)
    untold = sum(bool(account.untold) for account in found.accounts)
    parts = [f"{busy} need{'s' * (busy == 1)} something"] if busy else []
    if found.absent:
        parts.append(f"{len(found.absent)} of the register {'is' if len(found.absent) == 1 else 'are'} not there")
    if untold:
        parts.append(f"of {untold} not all could be told")
    if not (count or parts):
        parts = ["the file names none, so nothing was looked at"]
    looked = f"{count} account{'s' * (count != 1)} as of {records.told(found.as_of)}"
    good = not parts
    yield output.paint(
        f"{looked}: {'nothing to do' if good else listed(parts, 'and')}.", "green" if good else None, on, bold=True
    )


def as_data(policy: Policy, found: Audit) -> dict[str, Any]:
    """The same for programs."""
    head = {"id": policy.id, "version": policy.version, "digest": policy.digest}
    return {"policy": head, "good": found.good, "complete": found.told, **found.as_data()}
