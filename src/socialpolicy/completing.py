"""Complete the facts of an action before anything is decided, so that one answered question settles many.

In this order: what implications make of the facts that are stated, to a fixpoint; then, for facts that are absent and
still unknown, the values they have in examples (where a caller asks for them) or else their defaults, all at once and
leaving out any that an implication contradicts; then implications again. A fact that is stated to be unknown (``None``) is
filled by implications, never by a default. Implications only ever fill what is unknown, so the order in which they are
looked at makes no difference to what is known in the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from socialpolicy.conditions import holds, reads
from socialpolicy.errors import ActionError, Problem
from socialpolicy.telling import shown
from socialpolicy.values import Facts, Truth, Value
from socialpolicy.vocabulary import Fact, GivenValue, Implication, Vocabulary


class Assume(StrEnum):
    """Which values absent facts take, beside defaults: none, or those that the vocabulary has in examples."""

    @classmethod
    def _missing_(cls, value: object) -> Assume:
        raise ValueError(f"assume is one of {', '.join(cls)}, not {value!r}")

    NOTHING = "nothing"
    IN_EXAMPLES = "in_examples"


def complete(vocabulary: Vocabulary, facts: Facts, *, assume: Assume | str = Assume.NOTHING) -> dict[str, Value | None]:
    """Return the facts with all that follows from them and all that may be assumed.

    Completing what is complete changes nothing. Raises ``ActionError`` where an implication contradicts a stated fact, an
    assumed value or another implication; the message names both.
    """
    assume = Assume(assume)
    settled_by: dict[str, str] = {}
    known = follow(vocabulary, facts, {}, settled_by)
    assumed = {
        name: value
        for name, fact in vocabulary.facts.items()
        if name not in facts and known.get(name) is None and (value := assumed_value(fact, assume)) is not None
    }
    if not assumed:
        return known
    kept = {name: value for name, value in assumed.items() if agrees(vocabulary, known, name, value)}
    return follow(vocabulary, {**known, **kept}, kept, settled_by)


def assumed_value(fact: Fact, assume: Assume) -> GivenValue | None:
    """The value that an absent fact takes, if it takes one."""
    if assume is Assume.IN_EXAMPLES and fact.in_examples is not None:
        return fact.in_examples
    return fact.default


def follow(
    vocabulary: Vocabulary, facts: Facts, assumed: Mapping[str, Value], settled_by: dict[str, str]
) -> dict[str, Value | None]:
    """Fill what implications fill, to a fixpoint. ``settled_by`` comes to name, for each fact filled, what filled it."""
    known = dict(facts)
    waiting = list(vocabulary.implications)
    while fired := [implication for implication in waiting if holds(implication.given, known) is Truth.TRUE]:
        for implication in fired:
            for name, value in implication.then.items():
                stated = known.get(name)
                if stated is None:
                    known[name] = value
                    settled_by[name] = implication.name
                elif stated != value:
                    raise contradiction(implication, name, value, stated, assumed, settled_by)
        waiting = [implication for implication in waiting if implication not in fired]
    return known


def contradiction(
    implication: Implication,
    name: str,
    value: Value,
    stated: Value,
    assumed: Mapping[str, Value],
    settled_by: Mapping[str, str],
) -> ActionError:
    """The error for a fact that would have two values: it names where each comes from, and what was assumed for it."""
    if name in settled_by:
        source = f'"{settled_by[name]}" makes it {shown(stated)}'
    elif name in assumed:
        source = f"{shown(stated)} is assumed for it"
    else:
        source = f"it is stated to be {shown(stated)}"
    leaning = [
        f"{fact} is assumed to be {shown(assumed[fact])}"
        for fact in sorted(reads(implication.given))
        if fact in assumed
    ]
    because = f" ({', '.join(leaning)})" if leaning else ""
    return ActionError(
        (
            Problem(
                "contradiction",
                name,
                f'{name} would be {shown(value)}, since "{implication.name}"{because}, but {source}.',
                "Mend the fact that is wrong, or leave out the one that you are not sure of.",
            ),
        )
    )


def agrees(vocabulary: Vocabulary, known: Facts, name: str, value: Value) -> bool:
    """Tell whether assuming this one value, beside what is known, contradicts no implication."""
    if not any(name in implication.then or name in reads(implication.given) for implication in vocabulary.implications):
        return True
    try:
        follow(vocabulary, {**known, name: value}, {}, {})
    except ActionError:
        return False
    return True
