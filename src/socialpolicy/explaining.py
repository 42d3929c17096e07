"""Tell a decision to a person: what it is, why, what to do, who helps. No fact names, no blame, always a way on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap
from types import MappingProxyType
from typing import TYPE_CHECKING

from socialpolicy.conditions import Condition, Includes, Not, OneOf, reads
from socialpolicy.program import Contact, Duty, HandOver, Outcome, Playbook, Program
from socialpolicy.values import Facts, Kind

if TYPE_CHECKING:
    from socialpolicy.decisions import Asked, Decision, Lists, Revision

QUESTIONS_SHOWN = 3
ITEMS_SHOWN = 4
WIDTH = 100


def explained(decision: Decision, *, why: bool = False, known: Facts = MappingProxyType({})) -> str:
    """The decision as text for the person who wants to post.

    ``why`` adds the reasons that the rules give; ``known`` are the facts that were stated, so that nothing is asked twice.
    """
    return "\n".join(line for long in _lines(decision, why, known) for line in _wrapped(long))


def _lines(decision: Decision, why: bool, known: Facts) -> Iterator[str]:
    program, sure = decision.program, decision.sure
    yield _headline(decision)
    for sentence in dict.fromkeys(denial.say for denial in sure.denials):
        yield f"  {_ended(sentence)}" if sentence else "  Nothing in the policy opens this."
    instead = [denial.instead for denial in sure.denials if denial.instead]
    if instead:
        yield "What you can do instead:"
        yield from _cut(f"  - {_ended(text)}" for text in dict.fromkeys(instead))
    if decision.outcome is not Outcome.DENY:  # which neither a yes nor a better wording lifts
        if sure.approvals:
            if decision.outcome is not Outcome.ASK or not decision.determined:
                yield "It needs a yes from:"
            yield from _cut(f"  {_ended(asked.say)}" for asked in said(program, sure.approvals))
            yield from _approvals(program, sure.approvals)
        if sure.revisions:
            if decision.outcome is not Outcome.REVISE or not decision.determined:
                yield "To be put right:"
            yield from (f"  {number}. {text}" for number, text in enumerate(_revisions(program, sure.revisions), 1))
    yield from _hand_overs(program, sure.hand_overs)
    yield from (line for playbook in sure.playbooks for line in _playbook(program, playbook))
    if not decision.determined:
        yield from _questions(decision, known)
    yield from _cut(_duty(program, duty) for duty in sure.duties)
    yield from _cut(f"Tip: {_ended(advice.say)}" for advice in sure.advice)
    if (
        decision.outcome in (Outcome.ASK, Outcome.DENY)
        and decision.determined
        and not (instead or sure.approvals or sure.hand_overs)
    ):
        helper = next(iter(program.contacts.values()), None)
        if helper:
            yield f"Not sure what to do? Ask {_reach(helper)}."
    if why:
        yield from (f"  why: {reason}" for reason in _reasons(program, sure))
    yield _signature(decision)


def _headline(decision: Decision) -> str:
    label = decision.label
    if not decision.determined:
        count = len(decision.missing)
        thing = "one thing is" if count == 1 else f"{count} things are" if count <= 9 else "some things are"
        if decision.at_least is Outcome.ALLOW:
            return f"{label}: nearly there, but {thing} not known yet."
        return f"{label}: {thing} not known yet that can still change this."
    match decision.outcome:
        case Outcome.ALLOW:
            return f"{label}, as you described it."
        case Outcome.REVISE:
            count = len(list(_revisions(decision.program, decision.sure.revisions)))
            return f"{label}, then good to go. {'One small thing' if count == 1 else f'{count} things'}:"
        case Outcome.ASK:
            return (
                f"{label}. It is fine as soon as this is approved{' and put right' if decision.sure.revisions else ''}:"
            )
        case Outcome.DENY:
            return f"{label}, as it stands."


def _revisions(program: Program, revisions: Iterable[Revision]) -> Iterator[str]:
    """What to put right, each sentence and each test once: a policy and what it builds on may ask for the same."""
    rules = {rule.id: rule for rule in program.rules}
    told: set[str | Condition] = set()
    for revision in revisions:
        text = revision.say or rules[revision.rule].say
        if told & {text, revision.test}:
            continue
        told |= {text, revision.test}
        by = f" ({program.contacts[revision.fixable_by].title} can do this for you.)" if revision.fixable_by else ""
        worded = revision.say or rules[revision.rule].say != rules[revision.rule].title
        wanted = "" if worded else _wanted(program, revision.test)
        phrase = next((f' For example: "{phrase}"' for phrase in rules[revision.rule].phrases), "")
        yield _ended(text) + wanted + by + phrase


def _wanted(program: Program, test: Condition) -> str:
    """The answer that puts it right, where the rule does not say it in words of its own."""
    facts = program.vocabulary.facts
    fact = facts[min(reads(test))]
    match test:
        case OneOf(_, values) if len(values) == 1 and fact.question:
            value = next(iter(values))
            word = (
                {True: "yes", False: "no"}[value]
                if isinstance(value, bool)
                else fact.labels.get(str(value), str(value))
            )
            return f' ("{fact.question}" has to be answered: {word}.)'
        case Not(Includes(_, values)) if fact.question:
            return f" (It should not be {', '.join(fact.labels.get(value, value) for value in sorted(values))}.)"
        case _:
            return f' (It is about: "{fact.question}")' if fact.question else ""


def said(program: Program, approvals: Iterable[Asked]) -> Iterator[Asked]:
    """The approvals of which somebody wrote why they are asked for: a title alone stands in the last line anyway."""
    titles = {rule.id: rule.title for rule in program.rules}
    told: set[str] = set()
    for asked in approvals:
        if asked.say and asked.say != titles.get(asked.rule) and asked.say not in told:
            told.add(asked.say)
            yield asked


def _approvals(program: Program, approvals: Iterable[Asked]) -> Iterator[str]:
    """Who must approve: first all without whom it does not go, each once, then sets of which some are enough."""
    sets = list(dict.fromkeys((asked.of, asked.at_least) for asked in approvals))
    needed = tuple(dict.fromkeys(name for of, at_least in sets if at_least == len(of) for name in of))
    left = [(of, at_least) for of, at_least in sets if len(set(of) & set(needed)) < at_least]
    for of, at_least in ([(needed, len(needed))] if needed else []) + left:
        if len(of) > 1:
            yield (
                "  all of these:"
                if at_least == len(of)
                else "  one of these:"
                if at_least == 1
                else f"  {at_least} of these:"
            )
        for name in of:
            yield f"  [ ] {_reach(program.contacts[name], program)}"


def _reach(contact: Contact, program: Program | None = None) -> str:
    """A contact with the way to reach it."""
    text = contact.title + (f" ({contact.reach})" if contact.reach else "")
    if contact.answers_within:
        text += f", usually within {contact.answers_within}"
    if program and contact.deputy:
        text += f". Away? {program.contacts[contact.deputy].title} stands in"
    return text


def _playbook(program: Program, playbook: Playbook) -> Iterator[str]:
    """The first step of a playbook, who takes it, and how many more there are."""
    first, rest = playbook.steps[0], len(playbook.steps) - 1
    limit = f", within {first.within}" if first.within else ""
    deputy = f" (deputy: {program.contacts[first.deputy].title})" if first.deputy else ""
    more = f" Then {rest} more {'steps' if rest > 1 else 'step'}." if rest else ""
    who = program.contacts[first.who].title
    yield f'We follow the playbook "{playbook.title}". Next{limit}, for {who}{deputy}: {_ended(first.do)}{more}'


def _hand_overs(program: Program, hand_overs: Iterable[HandOver]) -> Iterator[str]:
    for hand_over in hand_overs:
        limit = f" within {hand_over.within}" if hand_over.within else ""
        bring = f", with {', '.join(hand_over.bring)}" if hand_over.bring else ""
        say = f" {_ended(hand_over.say)}" if hand_over.say else ""
        yield f"Pass it on{limit} to {_reach(program.contacts[hand_over.to])}{bring}.{say}"


def _duty(program: Program, duty: Duty) -> str:
    who = "" if duty.who == "actor" else f" ({program.contacts[duty.who].title} does this)"
    limit = f", within {duty.within}" if duty.within else ""
    start = {"incident": " of the incident", "publication": " of publication"}.get(duty.start, "") if limit else ""
    what = duty.what.rstrip(".")
    return f"Then please: {what[:1].lower() + what[1:] if what[1:2].islower() else what}{limit}{start}{who}."


def _questions(decision: Decision, known: Facts) -> Iterator[str]:
    """The questions that are open: those first whose answer may settle several others, and never all of them."""
    vocabulary = decision.program.vocabulary
    missing = set(decision.missing)
    screening = [
        name
        for name in vocabulary.screening
        if known.get(name) is None
        and any(
            name in reads(implication.given) and missing & set(implication.then)
            for implication in vocabulary.implications
        )
    ]
    order = {name: index for index, name in enumerate((*screening, *vocabulary.facts))}
    facts = [vocabulary.facts[name] for name in sorted(missing | set(screening), key=lambda name: order[name])]
    people = [fact for fact in facts if fact.supplied_by == "person"] or facts
    yield "Open questions:"
    for number, fact in enumerate(people[:QUESTIONS_SHOWN], 1):
        answers = (
            "yes / no"
            if fact.kind is Kind.BOOL
            else " / ".join(fact.labels.get(value, value) for value in fact.values[:6])
        )
        more = " / …" if len(fact.values) > 6 else ""
        yield f"  {number}. {fact.question}" + (f"  [{answers}{more}]" if answers else "")
    if missing - {fact.name for fact in people[:QUESTIONS_SHOWN]}:
        yield "  … and more, many of which these may settle." if screening else "  … and more."


def _reasons(program: Program, sure: Lists) -> Iterator[str]:
    """Why the rules are as they are."""
    applying = set(sure.rules)
    for rule in sorted(program.rules, key=lambda rule: rule.place):
        if rule.id in applying and rule.why:
            yield f"{_ended(rule.why)} ({rule.id})"


def _signature(decision: Decision) -> str:
    rules = {rule.id: rule for rule in decision.program.rules}
    identity = decision.policy
    reasons = [f"{name}, {rules[name].title}" for name in decision.because]
    text = (
        "why: " + "; ".join(reasons[:2]) + (f"; and {len(reasons) - 2} more" if len(reasons) > 2 else "")
        if reasons
        else f"{identity.title or identity.id} {identity.version}"
    )
    return text.rjust(WIDTH)


def _wrapped(line: str) -> list[str]:
    """A line, broken where it is too long to read."""
    if len(line) <= WIDTH or line.startswith(" " * 20):
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return wrap(
        line, WIDTH, initial_indent="", subsequent_indent=indent + "   ", break_long_words=False, break_on_hyphens=False
    )


def _ended(sentence: str) -> str:
    """A sentence with its full stop."""
    return sentence if sentence.endswith((".", "!", "?", '"', ":", "…")) else sentence + "."


def _cut(lines: Iterable[str]) -> Iterator[str]:
    """A few lines, and how many more there are."""
    lines = list(lines)
    yield from lines[:ITEMS_SHOWN]
    if len(lines) > ITEMS_SHOWN:
        yield f"  … and {len(lines) - ITEMS_SHOWN} more."
