"""``socialpolicy decide``: what is decided about one action, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from socialpolicy.changes import changes
from socialpolicy.cli import output, sources
from socialpolicy.cli.main import GOOD, NO
from socialpolicy.completing import Assume, complete
from socialpolicy.conditions import All, reads
from socialpolicy.deciding import Decider
from socialpolicy.decisions import Decision, Item
from socialpolicy.errors import ActionError
from socialpolicy.loading.documents import REFUSED, Document
from socialpolicy.loading.findings import CasesError, meant
from socialpolicy.loading.reading import read_file
from socialpolicy.policy import Policy
from socialpolicy.program import Outcome
from socialpolicy.telling import shown, told
from socialpolicy.values import UNKNOWN_WORD, Facts, Kind

CHANGES_SHOWN = 6


@click.command()
@click.argument("source")
@click.argument("action", required=False)
@click.option(
    "--set", "stated", multiple=True, metavar="FACT=VALUE", help="State a fact; several values of a set by commas."
)
@click.option("--at", metavar="INSTANT", help="When it is to happen, such as 2026-05-01T10:00:00Z, or `now`.")
@click.option(
    "--assume",
    type=click.Choice([Assume.NOTHING.value, Assume.IN_EXAMPLES.value]),
    default="nothing",
    show_default=True,
    help="The values of facts that are left out: none, or those for examples.",
)
@click.option("--explain", is_flag=True, help="For engineers: rules, facts, and what would change the decision.")
@click.option("--why", is_flag=True, help="Add the rules' reasons.")
@click.option("--code", is_flag=True, help="Print the Python that decides about this action.")
@click.option(
    "--fail-on",
    type=click.Choice(["revise", "ask", "deny"]),
    default="revise",
    show_default=True,
    help="The outcome from which the exit status is 1.",
)
@output.formats("text", "json")
@output.quiet_option
@output.color_option
def command(
    source: str,
    action: str | None,
    stated: tuple[str, ...],
    at: str | None,
    assume: str,
    explain: bool,
    why: bool,
    code: bool,
    fail_on: str,
    formats: list[tuple[str, str]],
    quiet: bool,
    color: str,
) -> int:
    """Decide about one ACTION (a JSON or YAML file of facts, or - for standard input), and say why.

    Exit status 0 means that it may be posted.
    """  # fmt: skip
    if source == "-" and action == "-":
        raise click.UsageError("The policy and the action cannot both be read from standard input.")
    policy = sources.decider_of(source)
    document = action_document(action) if action is not None else None
    facts = read_facts(policy, document, stated, at)
    try:
        decision = policy.decide(facts, assume=assume)
    except ActionError as error:
        raise located(error, document, facts) from None
    on = output.colored(color)
    if code:
        click.echo(policy.compiled.source(complete(policy.vocabulary, policy.action(facts).facts, assume=assume)))
        return GOOD
    clock = (
        f"(at {shown(policy.action(facts).facts[policy.vocabulary.instant])}, by this machine's clock)"
        if at == "now"
        else ""
    )

    def text() -> str:
        if quiet and not explain:
            return output.paint(decision.outcome.word, output.COLORS[decision.outcome.word], on)
        if explain:
            return for_engineers(policy, decision, facts, assume, on) + (f"\n\n  {clock}" if clock else "")
        return for_people(decision, why, known_facts(policy, facts, assume), on) + (f"\n{clock}" if clock else "")

    def data() -> dict[str, Any]:
        would_be = [
            change.as_data() for change in changes(policy.program, known_facts(policy, facts, assume), decision)
        ]
        return {"decision": decision.to_dict(), "would_be": would_be} | ({"clock": clock} if clock else {})

    output.write(formats, {"text": text, "json": lambda: output.as_json(data())})
    return NO if decision.outcome >= Outcome[fail_on.upper()] else GOOD


# -- the facts -------------------------------------------------------------------------------------------------------


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
    *groups, last = way(facts, name) or (name,)
    for group in groups:
        facts = facts[group]
    if isinstance(facts, dict):
        facts.pop(last, None)


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


# -- what is printed -------------------------------------------------------------------------------------------------


def for_people(decision: Decision, why: bool, known: Facts, on: bool) -> str:
    """The decision in plain words, its label in colour."""
    first, _, rest = decision.explain(why=why, known=known).partition("\n")
    label = decision.label
    if first.startswith(label):
        first = output.paint(label, output.COLORS[decision.outcome.word], on, bold=True) + first[len(label) :]
    return first + "\n" + rest


def for_engineers(policy: Decider, decision: Decision, facts: Mapping[str, Any], assume: str, on: bool) -> str:
    """Rules with their places, the facts that decide, what to do, and what would change the decision."""
    identity = decision.policy
    digest = identity.digest.removeprefix("sha256:")
    outcome = output.paint(decision.outcome.word.upper(), output.COLORS[decision.outcome.word], on, bold=True)
    assumed = " (assuming the values for examples)" if assume == Assume.IN_EXAMPLES else ""
    bounds = "" if decision.determined else f"   between {decision.at_least.word} and {decision.at_most.word}"
    lines = [f"{outcome}   {identity.id} {identity.version} (sha256:{digest[:4]}…{digest[-4:]}){assumed}{bounds}", ""]
    known = known_facts(policy, facts, assume)
    places = place_of(policy)
    titles = {rule.id: rule for rule in policy.rules}
    width = max([12, *(len(name) for name in (*decision.because, *decision.may_apply))])
    start = "  because   "
    for name in decision.because:
        lines.append(f"{start}{name.ljust(width)}  {titles[name].title}   {places(name)}".rstrip())
        lines.append(" " * 12 + deciding_facts(policy, name, known))
        start = " " * 12
    sure: list[Item] = [*decision.sure.denials, *decision.sure.approvals]
    if any(not item.rule for item in sure):
        lines.append(f"{start}{'baseline'.ljust(width)}  nothing opens it")
    start = "  to do     "
    for line in to_do(decision):
        lines.append(start + line)
        start = " " * 12
    maybe: list[Item] = [*decision.maybe.denials, *decision.maybe.revisions, *decision.maybe.approvals]
    start = "  maybe     "
    for name in dict.fromkeys(item.rule for item in maybe):
        lines.append(
            f"{start}{(name or 'baseline').ljust(width)}  {titles[name].title if name else 'unless a rule opens it'}   {places(name)}".rstrip()
        )
        start = " " * 12
    if decision.missing:
        lines.append("  missing   " + wrapped(decision.missing))
    start = "  would be  "
    found = changes(policy.program, known, decision)
    grouped: dict[tuple[str, Outcome, tuple[str, ...]], list[str]] = {}
    for change in found:
        grouped.setdefault((change.fact, change.outcome, change.because), []).append(shown(change.value))
    for (fact, other, rules), values in list(grouped.items())[:CHANGES_SHOWN]:
        because = f"   ({', '.join(rules)})" if rules else ""
        label = output.paint(other.word.upper().ljust(6), output.COLORS[other.word], on)
        several = " or ".join(values[:3]) + (f" (or {len(values) - 3} more)" if len(values) > 3 else "")
        lines.append(f"{start}{label} if {fact} were {several}{because}")
        start = " " * 12
    if len(grouped) > CHANGES_SHOWN:
        lines.append(f"{start}… and {len(grouped) - CHANGES_SHOWN} more single facts; -f json lists them all.")
    return "\n".join(lines)


def wrapped(names: tuple[str, ...], width: int = 88) -> str:
    """Names over several lines."""
    lines, line = [], ""
    for name in names:
        if line and len(line) + len(name) + 2 > width:
            lines.append(line + ",")
            line = name
        else:
            line = f"{line}, {name}" if line else name
    return ("\n" + " " * 12).join([*lines, line])


def place_of(policy: Decider) -> Any:
    """A function that tells where a rule stands, if that is known."""
    if not isinstance(policy, Policy):
        return lambda name: ""
    file = Path(policy.file).name if policy.file != "-" else "-"
    return lambda name: f"{file}:{policy.lines[name]}" if name in policy.lines else ""


def deciding_facts(policy: Decider, name: str, known: Facts) -> str:
    """The facts that a rule tests, as they are."""
    rule = next(rule for rule in policy.program.rules if rule.id == name)
    conditions = [
        *(rule.when.parts if isinstance(rule.when, All) else (rule.when,)),
        *(need.test for need in rule.needs),
    ]
    facts = dict.fromkeys(fact for condition in conditions for fact in sorted(reads(condition)))
    return " · ".join(f"{fact} is {shown(known.get(fact))}" for fact in facts) or "always"


def to_do(decision: Decision) -> Iterator[str]:
    """What puts it right, and who must approve."""
    titles = {rule.id: rule for rule in decision.program.rules}
    for revision in decision.sure.revisions:
        yield f"{revision.say or titles[revision.rule].say}   ({told(revision.test)})"
    for asked in decision.sure.approvals:
        yield f"approval by {asked.at_least} of {', '.join(asked.of)}"
    for denial in decision.sure.denials:
        if denial.instead:
            yield denial.instead
    for hand_over in decision.sure.hand_overs:
        yield f"hand over to {hand_over.to}"
    for duty in decision.sure.duties:
        yield f"duty of {duty.who}: {duty.what}" + (f", within {duty.within}" if duty.within else "")
