"""Settle what a layout alone does not: the order of keys, quotes where YAML bites, and scope facts that stand in ``when``.

Everything is done to the tree (pieces of text change their places, a key its name, a text gets quotes), and told as data, so
that what is read back can be compared with what was meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pydantic import BaseModel
from yaml.resolver import Resolver

from socialpolicy.formatting.trees import Block, Flow, Item, Node, Scalar
from socialpolicy.loading.composing import BOOLS, CORE_FLOAT, CORE_INT, NULLS
from socialpolicy.loading.documents import Data
from socialpolicy.loading.lowering import ANYONE
from socialpolicy.loading.models import CaseText, ExampleText, GuaranteeText
from socialpolicy.values import Kind
from socialpolicy.vocabulary import Vocabulary

Entry = TypeVar("Entry")


def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys of what is written in a model's shape, in its order."""
    return tuple(item.alias or name for name, item in model.model_fields.items())


RULE = (
    "id", "title", "tags", "effect", "firm", "in_force", "scope", "when", "unless", "require", "approval", "overrides",
    "duties", "hand_over", "say", "why", "severity", "references", "guidance", "examples",
)  # fmt: skip
"""What a rule is; where and when it applies; what it asks for; what it says; where it comes from; how it is used."""

ORDERS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "policy": {"rules": RULE, "guarantees": keys_of(GuaranteeText)},
    "cases": {"cases": keys_of(CaseText)},
}
"""The order of the keys of entries, by the kind of the file and the section."""
EXAMPLE = keys_of(ExampleText)


def ordered(entries: Iterable[tuple[str, Entry]], order: Sequence[str]) -> list[tuple[str, Entry]]:
    """Entries in an order of their keys; those that it does not know come last, as they stood."""
    places = {key: place for place, key in enumerate(order)}
    return sorted(entries, key=lambda entry: places.get(entry[0], len(places)))


# -- trees -------------------------------------------------------------------------------------------------------------


def entries_of(node: Node | None) -> list[Item]:
    """The entries of a collection."""
    return node.items if isinstance(node, Block | Flow) else []


def entry_of(node: Node | None, key: str) -> Item | None:
    """The entry of a mapping under a key."""
    return next((item for item in entries_of(node) if item.key is not None and item.key.value == key), None)


def section(node: Node | None, key: str) -> list[Item]:
    """The entries of the list under a key of a mapping."""
    item = entry_of(node, key)
    value = item.value if item else None
    return value.items if isinstance(value, Block | Flow) and not value.mapping else []


def settle_order(root: Node, kind: str) -> None:
    """Put the keys of rules, guarantees, cases and examples into their order."""
    for name, order in ORDERS.get(kind, {}).items():
        for item in section(root, name):
            reorder(item, order)
            for example in section(item.value, "examples"):
                reorder(example, EXAMPLE)


def reorder(item: Item, order: Sequence[str]) -> None:
    """Put the keys of an entry of a list into an order, with their comments; in brackets lines break where they broke."""
    node = item.value
    if not isinstance(node, Block | Flow) or not node.mapping:
        return
    before = node.items
    node.items = [one for _, one in ordered(((one.key.value if one.key else "", one) for one in before), order)]
    if isinstance(node, Flow):
        node.items = [
            replace(one, broken=old.broken, blank=old.blank) for one, old in zip(node.items, before, strict=True)
        ]
    else:  # what stands above the first key stands above the dash
        first = node.items[0]
        item.raise_above(first.lead)
        first.lead = []


# -- quotes ------------------------------------------------------------------------------------------------------------

# Texts to us that PyYAML's resolver takes for texts as well, and other readers do not: Go's and Ruby's yes and no, Ruby's
# symbols, whole numbers with commas and days of one digit.
OTHERS = re.compile(
    r"(?i:y|n|yes|no|on|off|true|false|null)|:.+|[-+]?\d[\d,_.]*,[\d,_.]*|\d{4}-\d\d?-\d\d?([Tt\s]\s*\d.*)?", re.DOTALL
)
LONGEST = 64
"""No number, date or word that readers know is longer."""


def bites(text: str) -> bool:
    """Whether a text without quotes is a text to us and something else to another YAML reader."""
    if not text or text in NULLS or text in BOOLS or (len(text) > LONGEST and text[0] != ":"):
        return False
    if CORE_INT.fullmatch(text) or CORE_FLOAT.fullmatch(text):
        return False
    known = Resolver.yaml_implicit_resolvers.get(text[0], ())
    return OTHERS.fullmatch(text) is not None or any(pattern.match(text) for _, pattern in known)


def quoted(scalar: Scalar) -> Scalar:
    """A scalar, in quotes if YAML bites."""
    if scalar.style or not bites(scalar.value):
        return scalar
    inside, quote = scalar.source, '"'
    if '"' in inside or "\\" in inside:
        inside, quote = inside.replace("'", "''"), "'"
    return Scalar(f"{quote}{inside}{quote}", scalar.value, quote)


def form(scalar: Scalar) -> str:
    """A scalar as it is written, without what the layout may add: the quotes for YAML's bite, the depth of a block text."""
    if scalar.style in ("|", ">"):
        return re.sub(r"\d", "", scalar.source.partition("\n")[0]) + scalar.value
    if not scalar.style or not bites(scalar.value):
        return scalar.source
    inside = scalar.source[1:-1]
    return inside if scalar.style == '"' else inside.replace("''", "'")


def settle_quotes(node: Node | None) -> None:
    """Quote what another reader would read as something else; not in other people's data (``x-``)."""
    for item in entries_of(node):
        if item.key is not None:
            if item.key.value.startswith("x-"):
                continue
            item.key = quoted(item.key)
        if isinstance(item.value, Scalar):
            item.value = quoted(item.value)
        else:
            settle_quotes(item.value)


# -- scope facts -------------------------------------------------------------------------------------------------------

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
"""A text that needs no quotes anywhere."""


@dataclass(slots=True)
class Moves:
    """Which facts of a rule's ``when`` were moved to its ``scope``, by the place of the rule; and the words that it took."""

    facts: dict[int, list[str]] = field(default_factory=dict)
    gone: Counter[str] = field(default_factory=Counter)
    come: Counter[str] = field(default_factory=Counter)


def movable(rule: Data, vocabulary: Vocabulary) -> list[str]:
    """The facts at the beginning of a rule's ``when`` that its ``scope`` can test instead, with the very same meaning.

    Only those at the beginning: the program tests the scope first, and the order of its tests is part of its digest.
    """
    words = {fact: word for word, fact in vocabulary.scope.items()}
    when, scope = rule.get("when"), rule.get("scope")
    if not isinstance(when, dict) or not (scope == "everything" or isinstance(scope, dict)):
        return []
    taken = set(scope) if isinstance(scope, dict) else set()
    found: list[str] = []
    for fact, value in when.items():
        word = words.get(fact)
        if word is None or word in taken or in_scope(value, vocabulary.facts[fact].kind) is None:
            break
        taken.add(word)
        found.append(fact)
    return found


def in_scope(value: Data, kind: Kind) -> Data | None:
    """What a scope says in place of a test; None where it cannot say it."""
    if kind is Kind.SET and isinstance(value, dict) and list(value) == ["any_of"]:
        value = value["any_of"]
    elif kind is Kind.ENUM and isinstance(value, dict) and list(value) == ["all_but"]:
        return value
    words = value if isinstance(value, list) else [value]
    fits = all(isinstance(word, str) and word not in ANYONE for word in words)
    return value if fits else None


def settle_scopes(root: Node, data: Data, vocabulary: Vocabulary) -> Moves:
    """Move scope facts out of ``when`` into ``scope``; return what was moved."""
    moves = Moves()
    words = {fact: word for word, fact in vocabulary.scope.items()}
    for place, (item, rule) in enumerate(zip(section(root, "rules"), data["rules"], strict=True)):
        facts = movable(rule, vocabulary)
        if facts and isinstance(item.value, Block | Flow):
            moved = move(item.value, facts, words, moves)
            if moved:
                moves.facts[place] = facts
    return moves


def move(rule: Block | Flow, facts: list[str], words: Mapping[str, str], moves: Moves) -> bool:
    """Move the first entries of a rule's ``when`` to its ``scope``, unless a comment or the layout is in the way."""
    when, scope = entry_of(rule, "when"), entry_of(rule, "scope")
    assert when is not None
    assert scope is not None
    assert isinstance(when.value, Block | Flow)
    entries = when.value.items
    whole = len(entries) == len(facts)
    if whole and (commented(when) or when.value.tail or (isinstance(when.value, Flow) and when.value.behind)):
        return False
    taken = [copy for entry in entries[: len(facts)] if (copy := unwrapped(entry)) is not None]
    if len(taken) < len(facts):
        return False
    target = scope.value
    brackets = isinstance(target, Flow) or (isinstance(target, Scalar) and isinstance(when.value, Flow))
    if brackets and not all(fits_brackets(entry) for entry in taken):
        if isinstance(rule, Flow):
            return False
        brackets = False
    for fact, before, after in zip(facts, entries, taken, strict=False):
        assert before.key is not None
        moves.gone[form(before.key)] += 1
        moves.come[words[fact]] += 1
        if after.value is not before.value:
            inner = entry_of(before.value, "any_of")
            assert inner is not None
            assert inner.key is not None
            moves.gone[form(inner.key)] += 1
        after.key = Scalar(words[fact], words[fact])
    if isinstance(target, Scalar):
        moves.gone[form(target)] += 1
    widen(scope, taken, brackets=brackets)
    when.value.items = entries[len(facts) :]
    if whole:
        assert when.key is not None
        moves.gone[form(when.key)] += 1
        rule.items = [item for item in rule.items if item is not when]
    elif isinstance(when.value, Flow):
        when.value.items[0].broken = entries[0].broken
    return True


def widen(scope: Item, entries: list[Item], *, brackets: bool) -> None:
    """Add entries to a scope: to its brackets, if they can stand there, or else below its key."""
    for entry in entries:
        entry.broken = entry.blank = False
    if isinstance(scope.value, Block) or (isinstance(scope.value, Flow) and brackets):
        scope.value.items.extend(entries)
    elif brackets:
        scope.value = Flow(True, "{}", entries)
    else:  # comments around brackets that go, or around `everything`, come to stand above the first entry
        old = scope.value if isinstance(scope.value, Flow) else Flow(True, "{}")
        notes = [*scope.between, *(note for note in (old.behind, scope.trail) if note)]
        scope.value = Block(True, 0, [*old.items, *entries], old.tail)
        scope.value.items[0].lead[:0] = notes
        scope.between, scope.trail = [], None


def commented(item: Item) -> bool:
    """Whether any comment stands at an entry."""
    return bool(item.lead or item.behind_key or item.between or item.trail)


def unwrapped(item: Item) -> Item | None:
    """A copy of an entry whose value is what stands in its ``any_of``, which a scope leaves out; None if a comment is in it."""
    wrapper, inner = item.value, entry_of(item.value, "any_of")
    if inner is None or not isinstance(wrapper, Block | Flow):
        return replace(item)
    if commented(inner) or wrapper.tail or item.behind_key or item.between:
        return None
    if isinstance(wrapper, Flow) and wrapper.behind:
        return None
    return replace(item, value=inner.value, below=inner.below)


def fits_brackets(item: Item) -> bool:
    """Whether an entry can stand in brackets on one line."""
    if commented(item):
        return False
    value = item.value
    if isinstance(value, Scalar):
        return (value.style in ("'", '"') and "\n" not in value.source) or PLAIN.fullmatch(value.source) is not None
    return isinstance(value, Flow)


# -- data --------------------------------------------------------------------------------------------------------------


def settled_data(data: Data, kind: str, moves: Moves, vocabulary: Vocabulary | None = None) -> Data:
    """What is to be read once keys are in order and scope facts moved, with everything in its order."""
    changed = dict(data)
    for name, order in ORDERS.get(kind, {}).items():
        entries = data.get(name)
        if isinstance(entries, list):
            changed[name] = [
                settled_entry(entry, order, moves.facts.get(place, []) if name == "rules" else [], vocabulary)
                for place, entry in enumerate(entries)
            ]
    return changed


def settled_entry(entry: Data, order: Sequence[str], facts: Sequence[str], vocabulary: Vocabulary | None) -> Data:
    """One rule, guarantee or case as it is to be read."""
    if not isinstance(entry, dict):
        return entry
    changed = dict(entry)
    if facts and vocabulary is not None:
        words = {fact: word for word, fact in vocabulary.scope.items()}
        scope = dict(entry["scope"]) if isinstance(entry["scope"], dict) else {}
        for fact in facts:
            scope[words[fact]] = in_scope(entry["when"][fact], vocabulary.facts[fact].kind)
        changed["scope"] = scope
        changed["when"] = {name: value for name, value in entry["when"].items() if name not in facts}
        if not changed["when"]:
            del changed["when"]
    if isinstance(entry.get("examples"), list):
        changed["examples"] = [
            dict(ordered(one.items(), EXAMPLE)) if isinstance(one, dict) else one for one in entry["examples"]
        ]
    return dict(ordered(changed.items(), order))
