"""Check that what a policy takes for granted decides nothing for another one, which does not build on it.

Defaults and implications fill facts that nobody stated, and what is impossible is left out of proofs. So a policy may take
things for granted about facts of its own alone, and about those that nobody else reads: what the rules of a base wait for has
to be told by whoever acts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import Any as Anything

from socialpolicy.conditions import Condition, reads
from socialpolicy.loading.findings import Where
from socialpolicy.loading.vocabularies import impossible_of
from socialpolicy.program import Rule

if TYPE_CHECKING:
    from socialpolicy.loading.lowering import Lowering


def check_assumptions(lowerings: Sequence[Lowering], rules: Sequence[Rule]) -> None:
    """Add a finding for everything that one policy takes for granted of facts that another one reads."""
    for base in lowerings:
        if not base.prefix:
            continue
        read = read_by(base, rules)
        below = {base.written.id, *base.bases}
        for other in lowerings:
            if other.written.id not in below:
                check_defaults(base, other, read)
                check_implications(base, other, read)


def read_by(base: Lowering, rules: Sequence[Rule]) -> frozenset[str]:
    """The facts that the rules and guarantees of a base read, or ask to put right."""
    conditions: list[Condition] = [
        condition for rule in rules if rule.id.startswith(base.prefix) for condition in rule.conditions
    ]
    conditions += [condition for guarantee in base.guarantees for condition in guarantee.conditions]
    return frozenset().union(*map(reads, conditions))


def check_defaults(base: Lowering, other: Lowering, read: frozenset[str]) -> None:
    """Defaults that the base does not know."""
    for name, text in other.written.vocabulary.facts.items():
        if name in read and text.default is not None and plain(text.default) != default_of(base, name):
            where: Where = ("vocabulary", "facts", name, "default")
            message = f"{base.written.id} reads {name}, and would decide otherwise with this default."
            hint = "leave the default out: where the fact is not known, that has to be seen."
            other.document.add("default-over-base", where, message, hint)


def default_of(base: Lowering, name: str) -> Anything:
    """The default of a fact as a base by itself knows it."""
    for one in (base, *base.bases.values()):
        text = one.written.vocabulary.facts.get(name)
        if text is not None and text.default is not None:
            return plain(text.default)
    return base.words.begun.get(name)


def plain(value: Anything) -> Anything:
    """A value as it can be compared: the order in a set does not count."""
    return frozenset(value) if isinstance(value, list) else value


def check_implications(base: Lowering, other: Lowering, read: frozenset[str]) -> None:
    """Implications that fill what the base reads, and impossible actions among those that it is about."""
    vocabulary = other.written.vocabulary
    own = {name for name, text in vocabulary.facts.items() if text.type is not None}
    for index, implication in enumerate(vocabulary.implies):
        for name in implication.then:
            if name in read - own:
                where: Where = ("vocabulary", "implies", index, "then", name)
                message = f"{base.written.id} reads {name}: nothing of that may be taken to follow here."
                hint = "let whoever acts state it; what follows for facts of its own, a policy may say."
                other.document.add("implication-over-base", where, message, hint, key=True)
    if vocabulary.impossible:
        for index, condition in enumerate(impossible_of(other.words, vocabulary, ("vocabulary",))):
            for name in sorted(reads(condition) & read - own):
                where = ("vocabulary", "impossible", index)
                message = f"{base.written.id} reads {name}: what it guarantees has to hold of these actions too."
                other.document.add("implication-over-base", where, message, "leave it out.")
