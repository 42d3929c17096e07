"""``socialpolicy decide``: what is decided about one action, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from socialpolicy.asking import Repairs
from socialpolicy.changes import changes
from socialpolicy.cli import facts as facts_given
from socialpolicy.cli import output
from socialpolicy.cli.facts import known_facts
from socialpolicy.cli.main import GOOD, NO
from socialpolicy.completing import Assume, complete
from socialpolicy.conditions import All, reads
from socialpolicy.deciding import Decider
from socialpolicy.decisions import Decision, Item
from socialpolicy.errors import ActionError
from socialpolicy.policy import Policy
from socialpolicy.program import Outcome
from socialpolicy.solving import Undecided
from socialpolicy.telling import shown, told
from socialpolicy.values import Facts

CHANGES_SHOWN, REPAIRS_SHOWN = 6, 4


@click.command()
@facts_given.options
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
    draft: str | None,
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
    policy, document, facts = facts_given.given(source, action, stated, at, draft)
    try:
        decision = policy.decide(facts, assume=assume)
    except ActionError as error:
        raise facts_given.located(error, document, facts) from None
    on = output.colored(color)
    if code:
        click.echo(policy.compiled.source(complete(policy.vocabulary, policy.action(facts).facts, assume=assume)))
        return GOOD
    clock = facts_given.clock_of(policy, facts, at)

    def text() -> str:
        if quiet and not explain:
            return output.paint(decision.outcome.word, output.COLORS[decision.outcome.word], on)
        if explain:
            return for_engineers(policy, decision, facts, assume, on) + (f"\n\n  {clock}" if clock else "")
        return for_people(decision, why, known_facts(policy, facts, assume), on) + (f"\n{clock}" if clock else "")

    def data() -> dict[str, Any]:
        found = changes(policy.program, known_facts(policy, facts, assume), decision)
        repairs = repairs_of(policy, facts, assume)
        return {
            "decision": decision.to_dict(),
            "would_be": [change.as_data() for change in found],
            "repairs": repairs.to_dict() if isinstance(repairs, Repairs) else None,
        } | ({"clock": clock} if clock else {})

    output.write(formats, {"text": text, "json": lambda: output.as_json(data())})
    return NO if decision.outcome >= Outcome[fail_on.upper()] else GOOD


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
    lines.extend(would_be(policy, decision, facts, assume, on))
    return "\n".join(lines)


def would_be(policy: Decider, decision: Decision, facts: Mapping[str, Any], assume: str, on: bool) -> Iterator[str]:
    """What the author could change to be allowed, or who could approve, and what single facts would do.

    Where something helps that its author can change, the single facts are those that would make it stricter.
    """
    start = "  would be  "
    found = repairs_of(policy, facts, assume)
    helped = isinstance(found, Repairs) and bool(found.repairs)
    for ways in repaired(found, decision, on):
        yield start + ways
        start = " " * 12
    grouped: dict[tuple[str, Outcome, tuple[str, ...]], list[str]] = {}
    for change in changes(policy.program, known_facts(policy, facts, assume), decision):
        if change.outcome > decision.outcome or not helped:
            grouped.setdefault((change.fact, change.outcome, change.because), []).append(shown(change.value))
    for (fact, outcome, rules), values in list(grouped.items())[:CHANGES_SHOWN]:
        because = f"   ({', '.join(rules)})" if rules else ""
        yield f"{start}{labelled(outcome, on)} if {fact} were {alternatives(values)}{because}"
        start = " " * 12
    if len(grouped) > CHANGES_SHOWN:
        yield f"{start}… and {len(grouped) - CHANGES_SHOWN} more single facts; -f json lists them all."


def repaired(found: Repairs | Undecided, decision: Decision, on: bool) -> Iterator[str]:
    """The smallest repairs, or why there are none."""
    if isinstance(found, Undecided):
        yield f"?      {found}"
        return
    for repair in found.repairs[:REPAIRS_SHOWN]:
        parts = [
            f"{name} were {alternatives([shown(value), *map(shown, repair.others[name])])}"
            for name, value in repair.changes.items()
        ]
        parts += [f"{' or '.join(contacts)} approved" for contacts in repair.approvers]
        yield f"{labelled(Outcome.ALLOW, on)} if {' and '.join(parts)}"
    more = len(found.repairs) - REPAIRS_SHOWN
    if more > 0:
        yield f"… and by {more}{'' if found.complete else ' or more'} other ways; -f json lists them."
    if not found.repairs and decision.outcome is not Outcome.ALLOW:
        rules = ", ".join(rule or "the baseline" for rule in found.in_the_way) or "facts that cannot all be true"
        yield f"no better by anything that its author could change, nor by approvals: {rules}"


def repairs_of(policy: Decider, facts: Mapping[str, Any], assume: str) -> Repairs | Undecided:
    """The smallest repairs, or the limit that was met on the way."""
    try:
        return policy.repairs(facts, assume=assume)
    except Undecided as error:
        return error


def labelled(outcome: Outcome, on: bool) -> str:
    """An outcome in capitals, in its colour."""
    return output.paint(outcome.word.upper().ljust(6), output.COLORS[outcome.word], on)


def alternatives(values: Sequence[str]) -> str:
    """Values of which any would do."""
    return " or ".join(values[:3]) + (f" (or {len(values) - 3} more)" if len(values) > 3 else "")


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

    def place(name: str) -> str:
        if name in policy.files:  # of a policy that this one builds on
            there = Path(policy.files[name])
            shown = there.parts[-3 if there.parent.name == "releases" else -2 :]
            return f"{'/'.join(shown)}:{policy.lines[name]}"
        return f"{file}:{policy.lines[name]}" if name in policy.lines else ""

    return place


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
