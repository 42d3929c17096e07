"""The texts of a policy in a second language: ``texts/de.yaml`` beside it, with the same ids and text keys alone.

What may be translated is one shape (``SHAPE``), read off the policy as it is written: where the policy has a text, the
file has to have one, and where it has none, there is nothing to translate. The texts are put in place of the policy's own
and lowered again, so that the policy in another language decides as it did, and says it in that language. What decides
does not read them: they are no part of the policy's digests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from socialpolicy.loading.documents import REFUSED, Document
from socialpolicy.loading.findings import Finding, FindingsError, Where, listed, meant
from socialpolicy.loading.joining import LABELS, lower
from socialpolicy.loading.models import PolicyText
from socialpolicy.loading.policies import Loaded
from socialpolicy.loading.reading import read_file
from socialpolicy.policy import Policy
from socialpolicy.program import Rule

if TYPE_CHECKING:
    from socialpolicy.loading.building import Base

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
TEXTS = "texts"
"""The folder of translations beside a policy."""
NAMED = 6
"""How many keys are named in one finding."""


class TextsError(FindingsError):
    """Texts in another language that cannot be used. ``findings`` says why."""


# -- what is text ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Each:
    """A mapping in which everything has one shape."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Items:
    """A list of mappings of one shape: known by their ``id``, or by their place, counted from 1."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Text:
    """A text, or a list of texts. An optional one may stay as it is."""

    optional: bool = False


@dataclass(frozen=True, slots=True)
class Starts:
    """The baseline: one start for all, or one for each value."""

    def of(self, data: Any) -> Shape:
        """The shape of a baseline as it is written."""
        start: Shape = {"say": SAID}
        return start if isinstance(data, dict) and "outcome" in data else Each(start)


Shape: TypeAlias = "Text | Each | Items | Starts | Mapping[str, Shape]"

SAID, FREE = Text(), Text(optional=True)
HAND_OVER: Shape = {"with": SAID, "say": SAID}
FACT: Shape = {"question": SAID, "hint": SAID, "labels": Each(SAID)}
SHAPE: Mapping[str, Shape] = {
    "title": SAID,
    "purpose": SAID,
    "applies_to": SAID,
    "principles": Items({"title": SAID, "text": SAID}),
    "labels": Each(SAID),
    "vocabulary": {"facts": Each(FACT), "labels": Each(Each(SAID))},
    "tags": Each({"title": SAID}),
    "conditions": Each({"title": SAID}),
    "terms": Each({"title": SAID}),
    "contacts": Each({"title": SAID, "reach": FREE}),
    "baseline": Starts(),
    "rules": Items(
        {
            "title": SAID,
            "say": SAID,
            "why": SAID,
            "guidance": {"do": SAID, "dont": SAID, "instead": SAID, "phrases": SAID},
            "require": Items({"say": SAID}),
            "approval": Items({"say": SAID}),
            "duties": Items({"what": SAID, "evidence": SAID}),
            "hand_over": HAND_OVER,
        }
    ),
    "guarantees": Items({"title": SAID, "why": SAID}),
    "consequences": {"note": SAID, "steps": Each({"title": SAID, "what": SAID})},
    "accounts": Each({"title": SAID, "purpose": SAID}),
    "playbooks": Each(
        {
            "title": SAID,
            "steps": Items({"do": SAID, "hand_over": HAND_OVER}),
            "dont": SAID,
            "ends": {"when": SAID, "then": SAID},
        }
    ),
    "templates": Each({"title": SAID}),
    "embargoes": Each({"title": SAID}),
    "exceptions": Each({"reason": SAID}),
}
"""What of a policy is text. Template texts have their own ``languages``; stories, references and changes stay as they are."""
HEAD = ("texts_of", "language")


def texts_of(data: Any, shape: Shape) -> Any:
    """The texts in a part of a policy, under the keys by which a translation names them; None where there is none."""
    match shape:
        case Text():
            return data if isinstance(data, str | list) and data else None
        case Starts():
            return texts_of(data, shape.of(data))
        case Each(inner):
            named = data.items() if isinstance(data, dict) else ()
            found = {name: texts_of(value, inner) for name, value in named}
        case Items(inner):
            found = {key: texts_of(item, inner) for key, item in keyed(data)}
        case _:
            known = data if isinstance(data, dict) else {}
            found = {key: texts_of(known[key], inner) for key, inner in shape.items() if key in known}
    return {key: value for key, value in found.items() if value is not None} or None


def keyed(data: Any) -> Iterator[tuple[str, Any]]:
    """The mappings in a list with the keys that they are known by."""
    for place, item in enumerate(data if isinstance(data, list) else (), 1):
        if isinstance(item, dict):
            yield str(item.get("id") or place), item


def with_texts(data: Any, shape: Shape, texts: Any) -> Any:
    """A part of a policy with other texts in place of its own."""
    if texts is None:
        return data
    match shape:
        case Text():
            return texts
        case Starts():
            return with_texts(data, shape.of(data), texts)
        case Each(inner):
            return {name: with_texts(value, inner, texts.get(name)) for name, value in data.items()}
        case Items(inner):
            keys = {id(item): key for key, item in keyed(data)}
            return [with_texts(item, inner, texts.get(keys.get(id(item), ""))) for item in data]
        case _:
            return {
                key: with_texts(value, shape[key], texts.get(key)) if key in shape else value
                for key, value in data.items()
            }


def to_translate(policy: Policy) -> dict[str, Any]:
    """All texts of a policy that a translation may have. What people see of outcomes is among them also where it is left as usual."""
    shape = {key: inner for key, inner in SHAPE.items() if key != "labels"}
    return {**(texts_of(policy.data, shape) or {}), "labels": {key: policy.program.labels[key] for key in LABELS}}


def may_be_translated(policy: Policy) -> dict[str, Any]:
    """The texts of facts that a policy does not declare itself: a translation may have them."""
    others = {name for base in policy.bases for name in base.written.vocabulary.facts}
    facts = [fact for fact in policy.vocabulary.facts.values() if fact.name not in others]
    return {
        "vocabulary": {
            "facts": {fact.name: {"question": fact.question, "hint": fact.hint} for fact in facts},
            "labels": {fact.name: {value: value for value in fact.values} for fact in facts if fact.values},
        }
    }


# -- checking ------------------------------------------------------------------------------------------------------------


def check_texts(document: Document, policy: Policy | None) -> dict[str, Any]:
    """The texts in a document, adding a finding for everything that is wrong with it, and for all that is missing.

    Without the policy only the head of the file can be checked.
    """
    texts = headed(document, policy.id if policy else "")
    if policy is not None and texts:
        Checking(document).compare(texts, to_translate(policy), may_be_translated(policy), (), SHAPE)
    return texts


def headed(document: Document, id: str) -> dict[str, Any]:
    """The texts in a document below its head, which has to be that of the policy with this id; none if it is not."""
    data = document.data
    if data is REFUSED or not isinstance(data, dict):
        return {}
    for key in HEAD:
        if not isinstance(data.get(key), str):
            document.add("missing-key", (), f"`{key}` is missing.", f"write `{key}: …`.", key=True)
    if document.failed:
        return {}
    name = Path(document.name).stem
    if data["language"] != name:
        message = f"these texts are in {data['language']}, but the file is named {name}."
        document.add("other-language", ("language",), message, "rename the file, or mend `language`.")
    if id and data["texts_of"] != id:
        message = f"these are texts of {data['texts_of']}; the policy is {id}."
        document.add("other-policy", ("texts_of",), message, f"write `texts_of: {id}`, or move the file.")
        return {}
    return {key: value for key, value in data.items() if key not in HEAD}


@dataclass(frozen=True, slots=True)
class Checking:
    """The texts of one file being compared with what there is to translate."""

    document: Document

    def compare(self, given: Any, wanted: Any, optional: Any, where: Where, shape: Any) -> None:
        """Tell what is missing in a part of a file, and what is there for nothing."""
        if isinstance(wanted, dict) or isinstance(optional, dict):
            wanted, optional = wanted or {}, optional or {}
            shape = each_start(shape, wanted)
            if not isinstance(given, dict):
                self.document.add("wrong-type", where, "here belong texts under their keys.", "write `key: text`.")
                return
            known = {**optional, **wanted}
            for key, value in given.items():
                if key in known:
                    self.compare(value, wanted.get(key), optional.get(key), (*where, key), inner_of(shape, key))
                else:
                    message = f"the policy has no text {key} here."
                    self.document.add("unknown-text", (*where, key), message, meant(key, known), key=True)
            self.missing(
                [key for key in wanted if key not in given and needed(wanted[key], inner_of(shape, key))], where
            )
        elif isinstance(wanted, list):
            self.texts(given, wanted, where)
        elif not isinstance(given, str) or not given.strip():
            self.document.add("wrong-type", where, "here belongs a text.", "translate it.")

    def texts(self, given: Any, wanted: list[Any], where: Where) -> None:
        """Compare a list of texts: as many as there are in the policy."""
        if not isinstance(given, list) or not all(isinstance(text, str) and text for text in given):
            self.document.add("wrong-type", where, "here belongs a list of texts.", "write [text, text].")
        elif len(given) != len(wanted):
            message = f"here {are(len(given))}; the policy has {len(wanted)}."
            self.document.add("missing-text", where, message, "translate each, in the same order.", key=True)

    def missing(self, keys: list[str], where: Where) -> None:
        """Tell which texts are missing at a place."""
        if keys:
            names = (
                listed(keys[:NAMED], "and")
                if len(keys) <= NAMED
                else f"{', '.join(keys[:NAMED])} and {len(keys) - NAMED} more"
            )
            place = ".".join(map(str, where))
            message = (
                f"{'of ' + place + ', ' if place else ''}{names} {'is' if len(keys) == 1 else 'are'} not translated."
            )
            self.document.add(
                "missing-text", where, message, "add what the policy has there, in this language.", key=True
            )


def are(count: int) -> str:
    """How many texts there are."""
    return "is 1 text" if count == 1 else f"are {count} texts"


def each_start(shape: Any, texts: Mapping[str, Any]) -> Any:
    """The shape of a baseline, by its texts; another shape as it is."""
    return (
        ({"say": SAID} if isinstance(texts.get("say"), str) else Each({"say": SAID}))
        if isinstance(shape, Starts)
        else shape
    )


def inner_of(shape: Any, key: str) -> Any:
    """The shape of what stands under a key."""
    match shape:
        case Each() | Items():
            return shape.shape
        case Mapping():
            return shape.get(key, SAID)
        case _:
            return shape


def needed(wanted: Any, shape: Any) -> bool:
    """Whether some text in a part of a policy has to be translated."""
    if isinstance(wanted, dict):
        return any(needed(value, inner_of(shape, key)) for key, value in wanted.items())
    return not (isinstance(shape, Text) and shape.optional)


def left_to_translate(policy: Policy, texts: Mapping[str, Any]) -> dict[str, Any]:
    """The texts of a policy that have none in its place among these, in its own words."""
    found: dict[str, Any] = left(to_translate(policy), texts, SHAPE) or {}
    return found


def left(wanted: Any, given: Any, shape: Any) -> Any:
    """The texts of a part of a policy that are not given; None where all are."""
    if not isinstance(wanted, dict):
        enough = given is not None and (not isinstance(wanted, list) or len(given) == len(wanted))
        return None if enough or not needed(wanted, shape) else wanted
    shape, known = each_start(shape, wanted), given if isinstance(given, dict) else {}
    found = {key: left(value, known.get(key), inner_of(shape, key)) for key, value in wanted.items()}
    return {key: value for key, value in found.items() if value is not None} or None


# -- a policy in another language ----------------------------------------------------------------------------------------


def languages(policy: Policy) -> list[str]:
    """The languages that there are texts of a policy in, beside its own."""
    folder = Path(policy.file).parent / TEXTS
    return sorted(file.stem for file in folder.glob("*.yaml")) if folder.is_dir() else []


def translated(policy: Policy, language: str) -> Policy:
    """The policy with its texts in another language: it decides as it did.

    Policies that it builds on are told in that language where they have texts in it. Raises ``TextsError`` where there are
    no such texts, or they are not complete.
    """
    file = texts_file(policy.file, language)
    if file is None:
        there = languages(policy)
        hint = f"there is {listed(there, 'and')}." if there else f"write {TEXTS}/{language[:20]}.yaml beside it."
        message = f"there are no texts of {policy.id} in the language {language}."
        raise TextsError([Finding("missing-text", message, policy.file, hint=hint)])
    document = read_file(file)
    texts = check_texts(document, policy)
    complete(document)
    bases = tuple(translated_base(base, language) for base in policy.bases)
    written, data = put_in(policy.written, policy.data, texts)
    lowered = lower(with_data(policy.file, data), written, bases, uses=policy.uses)
    program = replace(lowered.program, identity=replace(policy.program.identity, title=written.title))
    if [deciding(rule) for rule in program.rules] != [deciding(rule) for rule in policy.program.rules]:
        raise AssertionError(f"the texts in {file} change what is decided")
    return Policy(
        Loaded(
            written=written, program=program, file=policy.file, guarantees=lowered.guarantees, data=data, groups=policy.groups,
            lines=policy.lines, warnings=policy.warnings, bases=bases, terms=lowered.terms, files=policy.files, uses=policy.uses,
        )
    )  # fmt: skip


def texts_file(policy: str, language: str) -> Path | None:
    """The file of texts in a language beside the file of a policy; None where there is none."""
    file = Path(policy).parent / TEXTS / f"{language}.yaml"
    return file if LANGUAGE.fullmatch(language) and file.is_file() else None


def translated_base(base: Base, language: str) -> Base:
    """A policy that is built on, in another language; as it is, where it has no texts in that language."""
    file = texts_file(base.document.name, language)
    if file is None:
        return base
    document, data = read_file(file), base.document.data
    texts = headed(document, base.id)
    shape = {key: inner for key, inner in SHAPE.items() if key not in ("labels", "vocabulary")}
    texts = {key: value for key, value in texts.items() if key in shape}
    if texts:
        Checking(document).compare(texts, texts_of(data, shape), {}, (), shape)
    complete(document)
    written, told = put_in(base.written, data, texts)
    return replace(base, document=with_data(base.document.name, told), written=written)


def complete(document: Document) -> None:
    """Raise ``TextsError`` where something is wrong with a file of texts."""
    if document.failed:
        raise TextsError(document.findings)


def with_data(name: str, data: Any) -> Document:
    """A document of data alone."""
    document = Document(name)
    document.data = data
    return document


def put_in(written: PolicyText, data: Any, texts: Mapping[str, Any]) -> tuple[PolicyText, Any]:
    """A policy as it is written, with other texts in place of its own: as models, and as plain data."""
    own = {key: value for key, value in texts.items() if key not in ("labels", "vocabulary")}
    told = {**with_texts(data, SHAPE, own), "labels": {**(data.get("labels") or {}), **texts.get("labels", {})}}
    vocabulary = dict(told.get("vocabulary") or {"uses": "core@1"})
    for key, words in texts.get("vocabulary", {}).items():
        entries = {name: dict(entry) for name, entry in vocabulary.get(key, {}).items()}
        for name, texts_of_one in words.items():
            entries[name] = {**entries.get(name, {}), **texts_of_one}
        vocabulary[key] = entries
    told = {key: value for key, value in {**told, "vocabulary": vocabulary}.items() if value != {}}
    return PolicyText.model_validate(told), told


def deciding(rule: Rule) -> tuple[object, ...]:
    """What of a rule decides, its words apart."""
    return (
        rule.id, rule.effect, rule.when, rule.overridden_by, tuple((need.test, need.given) for need in rule.needs),
        rule.approval, len(rule.duties),
    )  # fmt: skip
