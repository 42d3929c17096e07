"""``socialpolicy questions``: what is still open about one action, and what to ask first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, TypeAlias

import click

from socialpolicy.asking import Answer, Question, Questions
from socialpolicy.cli import facts as facts_given
from socialpolicy.cli import output
from socialpolicy.cli.main import GOOD, NO
from socialpolicy.errors import ActionError
from socialpolicy.program import Outcome
from socialpolicy.telling import shown
from socialpolicy.values import Facts

Labels: TypeAlias = Mapping[str, str]
QUESTIONS_SHOWN, WORDS_SHOWN, WIDTH = 3, 5, 100


@click.command()
@facts_given.options
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
    formats: list[tuple[str, str]],
    quiet: bool,
    color: str,
) -> int:
    """Tell which unknown facts can still change the decision about one ACTION, in the order in which to ask.

    Exit status 0 means that nothing is left to ask, 1 that something is.
    """  # fmt: skip
    policy, document, facts = facts_given.given(source, action, stated, at, draft)
    try:
        found = policy.questions(facts, assume=assume)
        known = facts_given.known_facts(policy, facts, assume)
    except ActionError as error:
        raise facts_given.located(error, document, facts) from None
    on = output.colored(color)
    clock = facts_given.clock_of(policy, facts, at)

    def text() -> str:
        if quiet:
            return "\n".join(question.fact.name for question in found.questions)
        return "\n".join([*lines(found, known, on), *([clock] if clock else [])])

    def data() -> dict[str, Any]:
        return found.to_dict() | ({"clock": clock} if clock else {})

    output.write(formats, {"text": text, "json": lambda: output.as_json(data())})
    return GOOD if found.determined else NO


def lines(found: Questions, known: Facts, on: bool) -> Iterator[str]:
    """What is open in plain words: what may come of it, the first questions, and what comes of each answer."""
    labels = found.decision.program.labels
    if found.contradictory:
        yield "This cannot all be true, so there is nothing to decide:"
        yield from (f"  {name} is {shown(known.get(name))}" for name in found.clash)
        return
    possible = in_words(found.outcomes, labels, on)
    if found.determined:
        yield f"Nothing is left to ask: {possible}."
        return
    count = len(found.questions)
    left = "One question is" if count == 1 else f"{count} questions are"
    if found.outcome is not None:
        yield f"{possible}, in any case. {left} left about what has to be done:"
    else:
        yield f"{left} left. It may still be: {possible}."
    for number, question in enumerate(found.questions[:QUESTIONS_SHOWN], 1):
        yield from asked(number, question, labels, on)
    if count > QUESTIONS_SHOWN:
        yield f"  … and {count - QUESTIONS_SHOWN} more, many of which these may settle."


def asked(number: int, question: Question, labels: Labels, on: bool) -> Iterator[str]:
    """One question: its text, the fact and who supplies it, and what comes of each answer."""
    fact = question.fact
    first, *rest = wrap(fact.question or f"What is {fact.name}?", WIDTH - 5)
    yield f"  {number}. {first}"
    yield from (f"     {line}" for line in rest)
    notes = [fact.name, *([f"supplied by: {fact.supplied_by}"] if fact.supplied_by else [])]
    if not question.relevant:
        notes.append("settles others")
    if question.together:
        notes.append("tied to " + ", ".join(question.together))
    yield f"     ({'; '.join(notes)})"
    words = [answer_words(answer) for answer in question.answers]
    width = min(max(map(len, words), default=0), WIDTH // 2)
    for answer, text in zip(question.answers, words, strict=True):
        *before, last = wrap(text, WIDTH // 2)
        yield from (f"       {line}" for line in before)
        yield f"       {last.ljust(width)}  -> {in_words(answer.outcomes, labels, on)}"


def answer_words(answer: Answer) -> str:
    """The answers of which the same may come."""
    more = len(answer.words) - WORDS_SHOWN
    return " / ".join(answer.words[:WORDS_SHOWN]) + (f" / … ({more} more)" if more > 0 else "")


def in_words(outcomes: Sequence[Outcome], labels: Labels, on: bool) -> str:
    """The outcomes that are possible, as people see them."""
    words = [output.paint(labels[outcome.word], output.COLORS[outcome.word], on) for outcome in outcomes]
    return " or ".join(words) if len(words) < 3 else ", ".join(words[:-1]) + " or " + words[-1]
