"""The canonical layout of a file that was read, proved to say what it said."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from socialpolicy.digests import decides
from socialpolicy.errors import SocialPolicyError
from socialpolicy.formatting.laying import laid_out
from socialpolicy.formatting.settling import (
    Moves,
    form,
    settle_order,
    settle_quotes,
    settle_scopes,
    settled_data,
)
from socialpolicy.formatting.trees import Comment, NotLaidOutError, comments_of, events_of, scalars_of, tree_of
from socialpolicy.loading.documents import Data, Document
from socialpolicy.loading.findings import PolicyError, visible
from socialpolicy.loading.models import CasesFile, SurvivorsFile, VocabularyFile
from socialpolicy.loading.policies import loaded
from socialpolicy.loading.reading import collecting_later, read_text
from socialpolicy.loading.shelves import Shelf
from socialpolicy.loading.structure import structured
from socialpolicy.loading.vocabularies import CORE_SCOPE
from socialpolicy.vocabulary import Vocabulary

KINDS = {
    "socialpolicy_program": "program",
    "socialpolicy": "policy",
    "cases_for": "cases",
    "survivors_of": "survivors",
    "texts_of": "texts",
    "vocabulary": "vocabulary",
}
"""What a file is, by the first of these keys that it has."""
BEGINNING = re.compile(r"^(socialpolicy|cases_for|survivors_of|texts_of|vocabulary):", re.MULTILINE)
MODELS: Mapping[str, type[BaseModel]] = {"cases": CasesFile, "survivors": SurvivorsFile, "vocabulary": VocabularyFile}
NULLS_IN = frozenset({"facts", "common", "vary"})


class LayoutError(SocialPolicyError):
    """A file for which there is no canonical layout, with the place and the cure."""


class LayoutFaultError(Exception):
    """A bug: the canonical layout of a file does not say what the file says. The file was left alone."""


def kind_of(data: Data) -> str:
    """What a file holds that has a canonical layout, or ``program``; empty for anything else."""
    if not isinstance(data, dict):
        return ""
    found = next((kind for key, kind in KINDS.items() if key in data), "")
    return "" if found == "vocabulary" and ("version" not in data or "rules" in data) else found


def begins_as_ours(text: str) -> bool:
    """Whether a text that could not be read has a line that begins with one of the keys of files that have a layout."""
    return BEGINNING.search(text) is not None


def formatted(document: Document, shelf: Callable[[], Shelf]) -> str:
    """The text of a document in the canonical layout; its line ends are those of its first line.

    A document that would change is checked first; ``shelf`` is where a policy finds what it builds on. Raises ``PolicyError``
    with its findings where it has errors, ``LayoutError`` where it has no canonical layout, and ``LayoutFaultError`` for a bug.
    """
    if document.failed:
        raise PolicyError(document.findings)
    text, ends = document.text.replace("\r\n", "\n"), "\r\n" if first_end(document.text) else "\n"
    with collecting_later(len(text)):
        old = Old(document, text, kind_of(document.data), events_of(text))
        new = formatted_policy(old, shelf) if old.kind == "policy" else formatted_other(old)
    return new.replace("\n", ends)


@dataclass(frozen=True, slots=True)
class Old:
    """A file as it is: what was read of it, its text with plain line ends, what it holds, and the parser's events."""

    document: Document
    text: str
    kind: str
    events: list[Any]


def formatted_other(old: Old) -> str:
    """The text of what is no policy in the canonical layout."""
    new, moves = settled(old)
    if new != old.text:
        check(old.document, old.kind)
        prove(old, new, settled_data(old.document.data, old.kind, moves))
    return new


def formatted_policy(old: Old, shelf: Callable[[], Shelf]) -> str:
    """The text of a policy in the canonical layout; scope facts are moved where the digest of what decides stays equal."""
    document = old.document
    policy = loaded(document, shelf()) if may_move(document.data) else None
    vocabulary = policy.program.vocabulary if policy else None
    new, moves = settled(old, vocabulary)
    if new == old.text:
        return new
    policy = policy or loaded(document, shelf())
    before = decides(policy.program)
    after = prove(old, new, settled_data(document.data, old.kind, moves, vocabulary), moves)
    if decides(loaded(after, shelf()).program) == before:
        return new
    if not moves.facts:
        raise fault(document, "it would decide otherwise")
    new, moves = settled(old)  # the order of some test is part of the digest, so all stay
    after = prove(old, new, settled_data(document.data, old.kind, moves))
    if decides(loaded(after, shelf()).program) != before:
        raise fault(document, "it would decide otherwise")
    return new


def settled(old: Old, vocabulary: Vocabulary | None = None) -> tuple[str, Moves]:
    """A text in the canonical layout, and which scope facts were moved; without a vocabulary none are."""
    try:
        tree = tree_of(old.text, old.events)
    except NotLaidOutError as problem:
        place = f"{visible(old.document.name)}:{problem.line}:{problem.column}"
        raise LayoutError(f"{place}: {problem.message}") from None
    settle_order(tree.root, old.kind)
    moves = settle_scopes(tree.root, old.document.data, vocabulary) if vocabulary is not None else Moves()
    settle_quotes(tree.root)
    return laid_out(tree), moves


def may_move(data: Data) -> bool:
    """Whether the ``when`` of any rule begins with a fact that a word of a scope may stand for."""
    own = data.get("vocabulary")
    named = own.get("scope") if isinstance(own, dict) else None
    facts = {*CORE_SCOPE.values(), *(str(fact) for fact in (named.values() if isinstance(named, dict) else ()))}
    rules = data.get("rules")
    whens = (rule.get("when") for rule in (rules if isinstance(rules, list) else ()) if isinstance(rule, dict))
    return any(isinstance(when, dict) and next(iter(when), "") in facts for when in whens)


def check(document: Document, kind: str) -> None:
    """Raise ``PolicyError`` where a file that is no policy has a mistake in its structure."""
    if kind in MODELS:
        structured(document, MODELS[kind], nulls_in=NULLS_IN if kind == "cases" else frozenset())
        if document.failed:
            raise PolicyError(document.findings)


# -- proof -------------------------------------------------------------------------------------------------------------


def prove(old: Old, new: str, meant: Data, moves: Moves | None = None) -> Document:
    """Read back a new text. Raises ``LayoutFaultError`` unless it has the data that is meant, all comments and all scalars."""
    document, moves = old.document, moves or Moves()
    after = read_text(new, document.name)
    if after.failed:
        raise fault(document, f"it could not be read back ({after.findings[0]})")
    if json.dumps(after.data, default=repr) != json.dumps(meant, default=repr):
        raise fault(document, "it would say something else")
    now = events_of(new)
    if counted(comments_of(old.text, old.events)) != counted(comments_of(new, now)):
        raise fault(document, "a comment would be lost")
    scalars = Counter(map(form, scalars_of(old.text, old.events)))
    scalars.subtract(moves.gone)
    scalars.update(moves.come)
    if +scalars != Counter(map(form, scalars_of(new, now))):
        raise fault(document, "a text would be written otherwise")
    return after


def counted(comments: Iterator[Comment]) -> Counter[str]:
    """Comments, each with how often it stands in a text."""
    return Counter(comment.text for comment in comments)


def fault(document: Document, problem: str) -> LayoutFaultError:
    """The error for a bug in the layout of a file."""
    return LayoutFaultError(f"{visible(document.name)} was left alone: in the canonical layout {problem}")


def first_end(text: str) -> bool:
    """Whether the first line of a text ends in a carriage return and a line feed."""
    return text[: text.find("\n") + 1].endswith("\r\n")
