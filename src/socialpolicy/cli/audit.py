"""``socialpolicy audit``: what is to be put right about the company's accounts, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from socialpolicy.auditing import Audit, Audited, audit, close_to, contacts
from socialpolicy.cli import output, records, sources
from socialpolicy.cli.main import COULD_NOT, GOOD, NO
from socialpolicy.facts.accounts import read_snapshot
from socialpolicy.loading.findings import listed, visible
from socialpolicy.policy import Policy

KINDS = {"denial": "stop", "revision": "put right", "approval": "ask", "duty": "do", "hand_over": "pass on"}


@click.command()
@click.argument("source")
@click.argument("accounts", metavar="ACCOUNTS")
@output.formats("text", "json")
@output.quiet_option
@output.color_option
def command(source: str, accounts: str, formats: list[tuple[str, str]], quiet: bool, color: str) -> int:
    """Look over ACCOUNTS, a file of what the platforms say, by a policy and its register.

    Exit status 0 means that there is nothing to do, 1 that there is, 2 that something could not be told.
    """
    records.one_standard_input(source, accounts)
    policy = sources.policy_of(source)
    found = audit(policy, read_snapshot(policy, records.document(accounts)))
    on = output.colored(color)
    output.write(
        formats,
        {
            "text": lambda: "\n".join(summary(found, on) if quiet else told(policy, found, on)),
            "json": lambda: output.as_json(as_data(policy, found)),
        },
    )
    return NO if not found.good else GOOD if found.told else COULD_NOT


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
