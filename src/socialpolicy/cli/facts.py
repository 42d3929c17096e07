"""The facts of one action, as commands are given them: a file, ``--set`` and ``--at``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from socialpolicy.cli import records, sources
from socialpolicy.completing import Assume, complete
from socialpolicy.deciding import Decider
from socialpolicy.errors import ActionError
from socialpolicy.loading.documents import REFUSED, Document
from socialpolicy.loading.findings import CasesError, meant
from socialpolicy.loading.reading import read_file
from socialpolicy.telling import plain, shown
from socialpolicy.values import UNKNOWN_WORD, Facts, Kind

Function = TypeVar("Function", bound=Callable[..., Any])


def options(command: Function) -> Function:
    """What every command about one action is given: the policy, the action, and what is stated beside it."""
    for option in (
        click.option(
            "--assume",
            type=click.Choice([Assume.NOTHING.value, Assume.IN_EXAMPLES.value]),
            default="nothing",
            show_default=True,
            help="The values of facts that are left out: none, or those for examples.",
        ),
        click.option("--at", metavar="INSTANT", help="When it is to happen, such as 2026-05-01T10:00:00Z, or `now`."),
        click.option(
            "--set",
            "stated",
            multiple=True,
            metavar="FACT=VALUE",
            help="State a fact; several values of a set by commas.",
        ),
        click.option(
            "--text",
            "draft",
            metavar="FILE",
            help="The text of the post: what it says by itself counts as stated (see `read`).",
        ),
        click.argument("action", required=False),
        click.argument("source"),
    ):
        command = option(command)
    return command


def given(
    source: str, action: str | None, stated: tuple[str, ...], at: str | None, draft: str | None
) -> tuple[Decider, Document | None, dict[str, Any]]:
    """What decides, the file of the action, and its facts. Raises a usage error where two are standard input."""
    records.one_standard_input(source, action, draft)
    policy = sources.decider_of(source)
    document = action_document(action) if action is not None else None
    facts = read_facts(policy, document, stated, at)
    if draft is not None:
        try:
            state_text(policy, facts, draft)
        except ActionError as error:
            raise located(error, document, facts) from None
    return policy, document, facts


def state_text(policy: Decider, facts: dict[str, Any], draft: str) -> None:
    """State what a text says by itself, of all that is not stated otherwise.

    Of what it says something, but not enough (words of an embargo, and not when it is to happen), nothing may be assumed.
    """
    from socialpolicy.facts.text import facts_with_text

    known = policy.action(facts).facts
    whole, derived = facts_with_text(policy, facts, records.draft_text(draft))
    for name, seen in derived.unknown.items():
        if seen.spots and known.get(name) is None:
            leave_out(facts, name)
            facts[name] = None
    for name, value in whole.items():
        if value is not None and known.get(name) is None:
            leave_out(facts, name)
            facts[name] = plain(value)


def clock_of(policy: Decider, facts: Mapping[str, Any], at: str | None) -> str:
    """Which instant was taken from this machine's clock, if one was."""
    if at != "now":
        return ""
    return f"(at {shown(policy.action(facts).facts[policy.vocabulary.instant])}, by this machine's clock)"


def action_document(action: str) -> Document:
    """The file of an action."""
    document = sources.standard_input() if action == "-" else read_file(sources.exists(action))
    if not document.failed and not isinstance(document.data, dict):
        document.add(
            "wrong-type",
            (),
            "an action is a mapping of facts to values.",
            'write account.kind: personal, or {"account": {"kind": "personal"}}.',
        )
    if document.failed or document.data is REFUSED:
        raise CasesError(document.findings)
    return document


def read_facts(policy: Decider, document: Document | None, stated: tuple[str, ...], at: str | None) -> dict[str, Any]:
    """The facts of the file, of ``--set`` and of ``--at``."""
    facts: dict[str, Any] = deepcopy(document.data) if document else {}
    given: set[str] = set()
    for text in stated:
        name, equals, value = text.partition("=")
        name = name.strip()
        if name in given:
            raise click.UsageError(
                f"--set {text}: {name} is set twice; several values of a set go into one, by commas."
            )
        given.add(name)
        fact = policy.vocabulary.facts.get(name)
        if not equals:
            raise click.UsageError(f"--set {text}: write FACT=VALUE, such as --set account.kind=personal.")
        if fact is None:
            raise click.UsageError(
                f"--set {text}: {name} is not a fact of the vocabulary. " + meant(name, policy.vocabulary.facts)
            )
        leave_out(facts, name)
        facts[name] = as_value(fact.kind, value.strip())
    if at is not None:
        name = policy.vocabulary.instant
        if not name:
            raise click.UsageError("--at: this vocabulary names no fact for the instant.")
        leave_out(facts, name)
        facts[name] = datetime.now(UTC).replace(microsecond=0) if at == "now" else at
    return facts


def leave_out(facts: dict[str, Any], name: str) -> None:
    """Take a fact out that the file states, flat or nested: the command line states it anew."""
    found = way(facts, name)
    if ".".join(found) != name:  # the file states others of its group alone
        return
    *groups, last = found
    for group in groups:
        facts = facts[group]
    facts.pop(last)


def as_value(kind: Kind, text: str) -> Any:
    """The value that a word on the command line stands for, by the fact's type."""
    if text in (UNKNOWN_WORD, "null"):
        return None
    if kind is Kind.BOOL:
        return {"true": True, "yes": True, "false": False, "no": False}.get(text.lower(), text)
    if kind is Kind.INT:
        return int(text) if len(text) < 20 and text.lstrip("-").isascii() and text.lstrip("-").isdigit() else text
    if kind is Kind.SET:
        return [word.strip() for word in text.removeprefix("[").removesuffix("]").split(",") if word.strip()]
    return text


def located(error: ActionError, document: Document | None, facts: Mapping[str, Any]) -> Exception:
    """The error with the place in the action's file, if the facts came from one."""
    if document is None:
        return error
    for problem in error.problems:
        where = way(document.data, problem.at)
        document.add(
            problem.id, where, problem.message, problem.hint, key=problem.id in ("unknown-fact", "duplicate-key")
        )
    return CasesError(document.findings)


def way(data: Any, name: str) -> tuple[str, ...]:
    """The way to a fact in nested or flat data, as far as there is one."""
    if not isinstance(data, dict):
        return ()
    if name in data:
        return (name,)
    for key, value in data.items():
        if name.startswith(f"{key}."):
            return (key, *way(value, name[len(key) + 1 :]))
    return ()


def known_facts(policy: Decider, facts: Mapping[str, Any], assume: str) -> Facts:
    """All that is known when it is decided."""
    return complete(policy.vocabulary, policy.action(facts).facts, assume=assume)
