"""Build a vocabulary: the core one, that extended by a policy, or one of a policy's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any, Literal

from socialpolicy.completing import Assume, complete
from socialpolicy.conditions import Condition, reads
from socialpolicy.digests import digest
from socialpolicy.errors import ActionError
from socialpolicy.loading.conditions import Words
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Where, listed, meant
from socialpolicy.loading.models import FactText, MutableExcept, VocabularyFile, VocabularyParts, VocabularyText
from socialpolicy.loading.reading import read_bytes
from socialpolicy.loading.structure import structured
from socialpolicy.telling import told
from socialpolicy.values import UNKNOWN_WORD, Kind
from socialpolicy.vocabulary import Fact, Implication, Vocabulary

CORE_SCOPE = {
    "accounts": "account.kind", "who": "actor.type", "roles": "actor.roles", "actions": "action.kind", "platforms": "platform",
    "regions": "actor.region", "audiences": "content.audience_regions",
}  # fmt: skip
CORE_PARTS = {"baseline": "account.kind", "approvals": "context.approvals", "instant": "context.at"}
PARTS = {
    "baseline": (Kind.ENUM, "an enum"),
    "approvals": (Kind.SET, "a set of enum"),
    "instant": (Kind.DATETIME, "a datetime"),
}
IMPLICATIONS, IMPLICATION_STEPS = 2_000, 5_000_000
PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*", re.ASCII)
RESERVED = frozenset({"all", "any", "none", "not", "is"})
SETTABLE = ("default", "in_examples", "question", "hint", "mutable", "labels", "if_missing")


def names() -> list[str]:
    """The vocabularies of the package, as ``uses`` names them: the newest of each major version, and older ones."""
    folder = resources.files("socialpolicy") / "vocabularies"
    return sorted(
        file.name.removesuffix(".yaml").replace("-", "@") for file in folder.iterdir() if file.name.endswith(".yaml")
    )


@cache
def shipped(name: str) -> tuple[Words, Vocabulary]:
    """A vocabulary of the package, by its name and major version."""
    file = resources.files("socialpolicy") / "vocabularies" / f"{name.replace('@', '-')}.yaml"
    document = read_bytes(file.read_bytes(), str(file))
    written = structured(document, VocabularyFile)
    if written is None or document.failed:
        raise ValueError("\n".join(map(str, document.findings)))
    words = Words(document, {})
    vocabulary = add(words, Vocabulary({}), written, ())
    if document.failed:
        raise ValueError("\n".join(map(str, document.findings)))
    return words, vocabulary


@cache
def digest_of(name: str | None) -> str:
    """The digest of a vocabulary of the package; "" for none."""
    return digest(shipped(str(name))[0].document.data) if name in names() else ""


@cache
def exactly(name: str) -> str:
    """A vocabulary of the package under its full version, such as core@1.1.0 for core@1; a release keeps it."""
    data = shipped(name)[0].document.data if name in names() else None
    return f"{data['vocabulary']}@{data['version']}" if isinstance(data, dict) else name


def vocabulary_of(parts: Sequence[tuple[Document, VocabularyText]]) -> tuple[list[Words], Vocabulary]:
    """The one vocabulary of a policy (the last part) and of those that it builds on, and the words of each of them.

    A part may add to what those before it say, and never takes anything back. What is wrong with it is in its document's
    findings.
    """
    found: list[Words] = []
    words, vocabulary = begun(*parts[0])
    words.begun = {name: fact.default for name, fact in words.facts.items()}
    for index, (document, written) in enumerate(parts):
        where: Where = ("vocabulary",)
        if index:
            words = copied(words, document)
            if written.uses != parts[0][1].uses:
                used = parts[0][1].uses or "a vocabulary of its own"
                hint = f"write `uses: {used}`." if parts[0][1].uses else "it cannot be built on here."
                document.add(
                    "other-vocabulary", (*where, "uses"), f"a policy that this one builds on uses {used}.", hint
                )
            check_parts_stay(document, vocabulary, written)
        for name, added in written.values.items():
            add_values(words, name, list(added), (*where, "values", name))
        for name, labels in written.labels.items():
            fact = known_fact(words, name, (*where, "labels", name))
            if fact:
                check_labels(words, fact, labels, (*where, "labels", name))
                words.facts[name] = replace(fact, labels={**fact.labels, **labels})
        vocabulary = add(words, vocabulary, written, where)
        found.append(words)
    for earlier in found[:-1]:
        # What is added by a part counts for all of them: "all but" these means all others.
        earlier.facts, earlier.groups, earlier.approvals = words.facts, words.groups, words.approvals
    if len(parts) > 1 and not any(document.failed for document, _ in parts):
        implications, impossible = list(begun(*parts[0])[1].implications), list(begun(*parts[0])[1].impossible)
        for earlier, (_, written) in zip(found, parts, strict=True):
            implications += implications_of(earlier, written, ("vocabulary",), vocabulary.approvals)
            impossible += impossible_of(earlier, written, ("vocabulary",))
        vocabulary = replace(vocabulary, implications=tuple(implications), impossible=tuple(impossible))
    return found, vocabulary


def check_parts_stay(document: Document, below: Vocabulary, written: VocabularyText) -> None:
    """Check that what plays a part in a base goes on playing it: its rules are written for that."""
    where: Where = ("vocabulary",)
    for part in CORE_PARTS:
        if getattr(written, part) is not None and getattr(below, part) not in ("", getattr(written, part)):
            message = "a policy that this one builds on says which fact plays this part."
            document.add("fact-exists", (*where, part), message, "leave it out.", key=True)
    for word, fact in (written.scope or {}).items():
        if below.scope.get(word, fact) != fact:
            message = f"{word} stands for {below.scope[word]} in a policy that this one builds on."
            document.add("fact-exists", (*where, "scope", word), message, "leave it out.", key=True)


def copied(words: Words, document: Document) -> Words:
    """The same words, to be used and added to in another document."""
    return Words(
        document,
        dict(words.facts),
        {fact: dict(groups) for fact, groups in words.groups.items()},
        {fact: dict(groups) for fact, groups in words.left_out.items()},
        approvals=words.approvals,
        uses=words.uses,
        core=words.core,
        own=words.own,
        begun=words.begun,
        added=words.added,
        core_groups=words.core_groups,
    )


def begun(document: Document, written: VocabularyText) -> tuple[Words, Vocabulary]:
    """The words and the vocabulary that a policy's own is added to: those of the package, or nothing."""
    words, base = Words(document, {}), Vocabulary({})
    where: Where = ("vocabulary",)
    if written.uses is not None:
        if written.uses in names():
            core, base = shipped(written.uses)
            words = copied(core, document)
            words.own = frozenset(core.facts)
            words.core_groups = {fact: frozenset(groups) for fact, groups in core.groups.items()}
            for part in CORE_PARTS:
                if getattr(written, part) is not None:
                    document.add(
                        "fact-exists",
                        (*where, part),
                        f"{written.uses} says which fact plays this part already.",
                        "leave it out.",
                        key=True,
                    )
        else:
            document.add(
                "unknown-vocabulary",
                (*where, "uses"),
                f"there is no vocabulary {written.uses}.",
                meant(written.uses, names()) or f"there is {listed(names(), 'and')}.",
            )
    else:
        words.uses, words.core = False, frozenset(shipped("core@1")[1].facts)
    if written.uses is None and not written.facts:
        document.add(
            "unknown-vocabulary", where, "the vocabulary has no facts.", "write `uses: core@1`, or facts of your own."
        )
    return words, base


def known_fact(words: Words, name: str, where: Where) -> Fact | None:
    """The fact of that name, or a finding."""
    fact = words.facts.get(name)
    if fact is None:
        words.document.add(
            "unknown-fact", where, f"{name} is not a fact of the vocabulary.", meant(name, words.facts), key=True
        )
    return fact


def add_values(words: Words, name: str, added: list[str], where: Where) -> None:
    """Add values to an enum or a set."""
    fact = known_fact(words, name, where)
    if fact is None:
        return
    if not fact.values:
        words.document.add("type-mismatch", where, f"{name} has no closed list of values to add to.", key=True)
        return
    taken = words.groups.get(name, {})
    if fact.ordered:
        words.document.add(
            "fact-exists",
            where,
            f"the values of {name} are in order, to which none can be added.",
            "use a fact of your own.",
            key=True,
        )
    for index, value in enumerate(added):
        if value in taken:
            words.document.add(
                "duplicate-value",
                (*where, index),
                f"{value} is a group of values of {name}: a value has a name of its own.",
                "name it otherwise.",
            )
        if (value in fact.values and (name, value) not in words.added) or value in added[:index]:
            words.document.add(
                "duplicate-value", (*where, index), f"{name} has the value {value} already.", "leave it out."
            )
        check_value(words, value, (*where, index))
    words.added |= {(name, value) for value in added}
    words.facts[name] = replace(fact, values=tuple(dict.fromkeys((*fact.values, *added))))
    for group, left_out in words.left_out.get(name, {}).items():  # "all but" these goes on meaning all but these
        taken[group] = tuple(value for value in words.facts[name].values if value not in left_out)


def check_value(words: Words, value: str, where: Where) -> None:
    """Check a value of a closed list by itself."""
    if not value.isascii():
        words.document.add(
            "bad-name",
            where,
            f"the value {value} holds letters beyond a to z, which may look like others.",
            "write it in plain letters, and give it a label.",
        )
    if value == UNKNOWN_WORD:
        words.document.add(
            "reserved-word",
            where,
            "`unknown` is kept for what is not known.",
            "name the value otherwise, or leave it out.",
        )


def add(words: Words, base: Vocabulary, written: VocabularyParts, where: Where) -> Vocabulary:
    """Add what is written to a vocabulary."""
    document = words.document
    for name, text in written.facts.items():
        at = (*where, "facts", name)
        if name in words.facts:
            words.facts[name] = changed(words, words.facts[name], text, at)
        else:
            fact = new_fact(words, name, text, at)
            if fact:
                words.facts[name] = fact
    add_groups(words, written, where)
    parts = {
        part: getattr(written, part)
        or getattr(base, part)
        or (CORE_PARTS[part] if plays(words, CORE_PARTS[part], part) else "")
        for part in CORE_PARTS
    }
    words.approvals = parts["approvals"]
    check_parts(words, parts, written, where)
    scope = dict(base.scope)
    if not scope and written.scope is None:
        scope = {word: fact for word, fact in CORE_SCOPE.items() if fact in words.facts}
    for word, name in (written.scope or {}).items():
        if known_fact_value(words, name, (*where, "scope", word)):
            scope[word] = name
    screening = tuple(
        name
        for index, name in enumerate(written.screening or base.screening)
        if written.screening is None or known_fact_value(words, name, (*where, "screening", index))
    )
    values_of_facts(words, written, where)
    implications = [*base.implications, *implications_of(words, written, where, parts["approvals"])]
    impossible = impossible_of(words, written, where)
    vocabulary = Vocabulary(
        facts=words.facts, implications=tuple(implications), impossible=(*base.impossible, *impossible),
        scope=scope, screening=screening, **parts,
    )  # fmt: skip
    involved = {name for one in implications for name in (*one.then, *reads(one.given))}
    assumed = sum(
        words.facts[name].default is not None or words.facts[name].in_examples is not None for name in involved
    )
    if len(implications) > IMPLICATIONS or len(implications) ** 2 * (assumed + 1) > IMPLICATION_STEPS:
        words.give_up(
            (*where, "implies"),
            f"there are {len(implications):,} implications, about {assumed:,} facts that have a default or a value in examples: "
            "too many to try them all.",
        )
    if not document.failed:
        for assume in Assume:
            try:
                complete(vocabulary, {}, assume=assume)
            except ActionError as error:
                document.add(
                    "contradiction",
                    (*where, "implies"),
                    f"with nothing stated, {error.problems[0].message}",
                    "change the default, the value in examples, or the implication.",
                    key=True,
                )
    return vocabulary


def implications_of(words: Words, written: VocabularyParts, where: Where, approvals: str) -> list[Implication]:
    """What follows from facts, as it is written."""
    implications: list[Implication] = []
    for index, implication in enumerate(written.implies):
        at = (*where, "implies", index)
        given = words.condition(implication.if_, (*at, "if"))
        then = {}
        for name, value in implication.then.items():
            fact = known_fact(words, name, (*at, "then", name))
            if fact and name == approvals:
                words.document.add(
                    "approval-in-condition",
                    (*at, "then", name),
                    f"no implication sets {name}.",
                    "leave it out.",
                    key=True,
                )
            elif fact:
                filled = words.given(fact, value, (*at, "then", name))
                if filled is not None:
                    then[name] = filled
        implications.append(Implication(given, then, told(given, words.facts)))
    return implications


def impossible_of(words: Words, written: VocabularyParts, where: Where) -> list[Condition]:
    """What no action is, as it is written."""
    return [words.condition(part, (*where, "impossible", index)) for index, part in enumerate(written.impossible)]


def known_fact_value(words: Words, name: str, where: Where) -> bool:
    """Whether a name that stands as a value is a fact; a finding if not."""
    if name not in words.facts:
        words.document.add("unknown-fact", where, f"{name} is not a fact of the vocabulary.", meant(name, words.facts))
    return name in words.facts


def plays(words: Words, name: str, part: str) -> bool:
    """Whether a fact is of the type that can play a part."""
    fact = words.facts.get(name)
    return fact is not None and fact.kind is PARTS[part][0] and (part != "approvals" or bool(fact.values))


def check_parts(words: Words, parts: dict[str, str], written: VocabularyParts, where: Where) -> None:
    """Check the facts that play a part."""
    for part, (_, word) in PARTS.items():
        if (
            getattr(written, part) is not None
            and known_fact_value(words, parts[part], (*where, part))
            and not plays(words, parts[part], part)
        ):
            words.document.add("type-mismatch", (*where, part), f"`{part}` names {word}; {parts[part]} is none.")


def add_groups(words: Words, written: VocabularyParts, where: Where) -> None:
    """Add groups of values."""
    for name, groups in written.groups.items():
        at = (*where, "groups", name)
        fact = known_fact(words, name, at)
        if fact is None:
            continue
        if not fact.values:
            words.document.add(
                "type-mismatch", at, f"{name} has no closed list of values, so there are no groups of them.", key=True
            )
            continue
        for group, members in groups.items():
            here = (*at, group)
            if group in fact.values or group == UNKNOWN_WORD:
                words.document.add(
                    "duplicate-value", here, f"{group} is a value of {name}: a group has a name of its own.", key=True
                )
                continue
            words.count_values(here, len(fact.values))
            if group in words.groups.get(name, {}) and not same_group(words, fact, group, members):
                words.document.add(
                    "duplicate-value",
                    here,
                    f"{group} is a group of {name} already.",
                    "give yours another name.",
                    key=True,
                )
                continue
            if isinstance(members, dict):
                left_out = words.strings(fact, list(members["all_but"]), (*here, "all_but"), indexed=True)
                chosen = tuple(value for value in fact.values if value not in left_out)
                words.left_out.setdefault(name, {})[group] = frozenset(left_out)
            else:
                chosen = tuple(words.strings(fact, list(members), here, indexed=True))
            if not chosen and not words.document.failed:
                words.document.add(
                    "never-true", here, f"the group {group} has no value.", "leave fewer values out.", key=True
                )
            words.groups.setdefault(name, {})[group] = chosen


def same_group(
    words: Words, fact: Fact, group: str, members: Mapping[Literal["all_but"], list[str]] | list[str]
) -> bool:
    """Whether a group that another policy has is written again, alike."""
    if group in words.core_groups.get(fact.name, ()):
        return False
    if isinstance(members, dict):
        return words.left_out.get(fact.name, {}).get(group) == frozenset(members["all_but"])
    return set(words.groups[fact.name][group]) == set(members)


def new_fact(words: Words, name: str, text: FactText, where: Where) -> Fact | None:
    """A fact of that name; None where it lacks what makes one."""
    document = words.document
    if name in RESERVED or not PLAIN_NAME.fullmatch(name):
        document.add(
            "bad-name",
            where,
            f"`{name}` is no name for a fact: letters, digits, _ and dots, as in content.alt_text.",
            key=True,
        )
    missing = [key for key in ("type", "question") if getattr(text, key) is None]
    if missing:
        hint = meant(name, words.facts)
        document.add(
            "missing-key",
            where,
            f"the new fact {name} lacks {listed(missing, 'and')}.",
            hint or f"add `{missing[0]}: …`.",
            key=True,
        )
    if text.type is None:
        return None
    kind = Kind(text.type)
    members = kind is Kind.ENUM or (kind is Kind.SET and text.of != "string")
    wants = {
        "values": members, "of": kind is Kind.SET, "ordered": kind is Kind.ENUM, "min": kind is Kind.INT, "max": kind is Kind.INT,
    }  # fmt: skip
    for key, allowed in wants.items():
        if getattr(text, key) is not None and not allowed:
            document.add("unknown-key", (*where, key), f"a fact of type {kind.value} has no `{key}`.", key=True)
    if members and text.values is None:
        document.add("missing-key", where, f"the fact {name} lacks `values`.", "add `values: [...]`.", key=True)
    values = tuple(text.values or ()) if members else ()
    for index, value in enumerate(values):
        check_value(words, value, (*where, "values", index))
        if value in values[:index]:
            document.add("duplicate-value", (*where, "values", index), f"{value} is listed twice.", "leave one out.")
    if text.min is not None and text.max is not None and text.min > text.max:
        document.add("never-true", (*where, "min"), f"{text.min} is more than the `max`, {text.max}.")
    fact = Fact(name, kind, values, bool(text.ordered), text.min, text.max)
    return changed(words, fact, text, where, new=True)


def changed(words: Words, fact: Fact, text: FactText, where: Where, *, new: bool = False) -> Fact:
    """A fact with what may be set of one that is known already."""
    if not new:
        others = [
            key
            for key in FactText.model_fields
            if key in text.model_fields_set and key not in SETTABLE and not said_alike(words, fact, text, key)
        ]
        if others:
            words.document.add(
                "fact-exists",
                (*where, others[0]),
                f"{fact.name} is in the vocabulary already; of such a fact, {listed(SETTABLE)} may be set, not {listed(others)}.",
                "leave it out, or name your fact otherwise.",
                key=True,
            )
    update: dict[str, Any] = {
        key: value for key in ("question", "hint", "if_missing") if (value := getattr(text, key)) is not None
    }
    if new:
        update |= {"sensitive": bool(text.sensitive), "supplied_by": text.supplied_by or "person"}
    if text.labels is not None:
        check_labels(words, fact, text.labels, (*where, "labels"))
        update["labels"] = {**fact.labels, **text.labels}
    if isinstance(text.mutable, bool):
        update |= {"mutable": text.mutable, "fixed_where": None}
    elif text.mutable is not None:
        update["mutable"] = True
    return replace(fact, **update)


def said_alike(words: Words, fact: Fact, text: FactText, key: str) -> bool:
    """Whether a fact that another policy declared is declared again, alike: two packs may need the same one."""
    if fact.name in words.own:
        return False
    declared = {
        "type": fact.kind.value,
        "values": list(fact.values),
        "of": "enum" if fact.values else "string",
        "ordered": fact.ordered,
        "min": fact.minimum,
        "max": fact.maximum,
        "sensitive": fact.sensitive,
        "supplied_by": fact.supplied_by,
    }
    return bool(declared.get(key) == getattr(text, key))


def check_labels(words: Words, fact: Fact, labels: dict[str, str], where: Where) -> None:
    """Check that labels are for values that there are."""
    known = fact.values or ("true", "false")
    for value in labels:
        if value not in known:
            words.document.add(
                "unknown-value", (*where, value), f"{fact.name} has no value {value}.", meant(value, known), key=True
            )


def values_of_facts(words: Words, written: VocabularyParts, where: Where) -> None:
    """Fill in, now that all facts are known, what of a fact needs them: defaults, values in examples, where it is fixed."""
    for name, text in written.facts.items():
        fact = words.facts.get(name)
        if fact is None:
            continue
        at = (*where, "facts", name)
        update: dict[str, Any] = {}
        for key in ("default", "in_examples"):
            if getattr(text, key) is not None:
                update[key] = words.given(fact, getattr(text, key), (*at, key))
        if name == words.approvals and update.get("default"):
            words.document.add(
                "approval-in-condition",
                (*at, "default"),
                f"an approval in {name} is given by somebody, and never assumed.",
                "write `default: []`, or leave it out.",
            )
        if isinstance(text.mutable, MutableExcept):
            update["fixed_where"] = words.condition(text.mutable.except_, (*at, "mutable", "except"))
        if update:
            words.facts[name] = replace(fact, **update)
