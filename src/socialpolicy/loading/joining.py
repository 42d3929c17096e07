"""Put a policy and all that it builds on together: one program, in which each decides and the strictest wins.

Each policy is lowered by itself, with the one vocabulary and the contacts of all. A baseline of a base becomes a rule that its
own ``allow`` rules, and no others, set aside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from socialpolicy.digests import digest
from socialpolicy.guarantees import Guarantee
from socialpolicy.loading.assuming import check_assumptions
from socialpolicy.loading.building import Base
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Level, Where, visible
from socialpolicy.loading.lowering import Lowering
from socialpolicy.loading.models import ContactText, PolicyText, TermsText, VocabularyText
from socialpolicy.loading.overriding import ordered
from socialpolicy.loading.vocabularies import digest_of, exactly, vocabulary_of
from socialpolicy.program import Identity, Program, Rule, WhenUnknown
from socialpolicy.telling import Groups

LABELS = {"allow": "Good to go", "revise": "Fix first", "ask": "Ask first", "deny": "Not this one"}


@dataclass(frozen=True, slots=True)
class Lowered:
    """What a policy comes to: the program that decides, what is claimed of it, and the names of groups of values.

    ``origins`` tells of each rule where it is written: the document, and the place in it. ``terms`` are the lists of words
    of the policy and of all that it builds on.
    """

    program: Program
    guarantees: tuple[Guarantee, ...]
    groups: Groups
    origins: Mapping[str, tuple[Document, Where]]
    terms: Mapping[str, TermsText]
    bases: tuple[Base, ...] = ()


def lower(document: Document, written: PolicyText, bases: Sequence[Base] = (), *, uses: str = "") -> Lowered:
    """Return what a policy comes to, together with all that it builds on (a base before those that build on it).

    Adds a finding for everything that is wrong with it; with errors among the document's findings it is of no use. Every
    policy decides by its own rules and baseline; what the whole decides is the strictest of that. So the rules of all stand
    in one program, and a baseline of a base becomes a rule that its own ``allow`` rules, and no others, set aside.
    """
    texts = [*((base.document, base.written) for base in bases), (document, written)]
    first = texts[0][1].vocabulary.uses
    vocabularies = [(one, exact(vocabulary_text(text, first), uses)) for one, text in texts]
    words, vocabulary = vocabulary_of(vocabularies)
    contacts = united_contacts(texts)
    lowerings: dict[str, Lowering] = {}
    for own_words, (one, text) in zip(words, texts, strict=True):
        below = {id: lowerings[id] for id in reachable(text, lowerings)}
        prefix = "" if one is document else f"{text.id}/"
        lowerings[text.id] = Lowering(one, text, own_words, vocabulary, prefix, below, contacts)
    own = lowerings[written.id]
    by_policy = {id: lowering.rules() for id, lowering in lowerings.items()}  # bases first: others use their conditions
    rules = [rule for id in (written.id, *(base.id for base in bases)) for rule in by_policy[id]]
    rules = ordered([*lowerings.values()], placed(rules))
    check_assumptions([*lowerings.values()], rules)
    for base in bases:
        if base.document.failed and not document.failed:
            document.findings.extend(one for one in base.document.findings if one.level is Level.ERROR)
    labels = written.labels.model_dump(exclude_none=True) if written.labels else {}
    program = Program(
        identity=Identity(
            written.id, written.version, written.title, digest_of_all(document, vocabularies[-1][1], bases)
        ),
        vocabulary=vocabulary,
        rules=tuple(rules),
        baseline=own.start_of_all,
        when_unknown=WhenUnknown.STRICTEST
        if "strictest" in {text.when_unknown for _, text in texts}
        else WhenUnknown.ASK,
        contacts={name: own.contact_of(name) for name in contacts},
        labels={**LABELS, **labels},
    )
    groups = {
        fact: {name: frozenset(values) for name, values in named.items()} for fact, named in own.words.groups.items()
    }
    origins = {id: origin for lowering in lowerings.values() for id, origin in lowering.origins.items()}
    guarantees = [one for lowering in (own, *(lowerings[base.id] for base in bases)) for one in lowering.guarantees]
    return Lowered(program, tuple(guarantees), groups, origins, own.words.terms, tuple(bases))


def placed(rules: Sequence[Rule]) -> list[Rule]:
    """The rules with their places in the whole; the further approvals of a rule stand where it does."""
    places: dict[str, int] = {}
    for rule in rules:
        places.setdefault(rule.part_of or rule.id, len(places))
    return [replace(rule, place=places[rule.part_of or rule.id]) for rule in rules]


def vocabulary_text(written: PolicyText, first: str | None) -> VocabularyText:
    """What a policy says of the vocabulary; one that says nothing, and builds on others, takes theirs."""
    says_nothing = written.builds_on and "vocabulary" not in written.model_fields_set
    return written.vocabulary.model_copy(update={"uses": first}) if says_nothing else written.vocabulary


def exact(written: VocabularyText, uses: str) -> VocabularyText:
    """A vocabulary that uses just this version of the package's, where it uses it at all."""
    fits = written.uses is not None and uses.startswith(f"{written.uses}.") and uses != exactly(written.uses)
    return written.model_copy(update={"uses": uses}) if fits else written


def digest_of_all(document: Document, written: VocabularyText, bases: Sequence[Base]) -> str:
    """The digest of all that is written, of the vocabulary that is used, and of what it builds on."""
    if document.failed:
        return ""
    everything: dict[str, Any] = {"uses": digest_of(written.uses), "policy": document.data}
    if bases:
        everything["builds_on"] = [base.document.data for base in bases]
    return digest(everything)


def reachable(written: PolicyText, lowerings: Mapping[str, Lowering]) -> list[str]:
    """The ids of all policies that one builds on, through others too."""
    found: dict[str, None] = {}
    waiting = [entry.id for entry in written.builds_on]
    while waiting:
        id = waiting.pop()
        if id in lowerings and id not in found:
            found[id] = None
            waiting += [entry.id for entry in lowerings[id].written.builds_on]
    return list(found)


def united_contacts(texts: Sequence[tuple[Document, PolicyText]]) -> dict[str, ContactText]:
    """The contacts of all: whoever builds on a policy says who its contacts are, and may not change what they approve."""
    contacts: dict[str, ContactText] = {}
    for _, written in reversed(texts):
        for name, text in written.contacts.items():
            known = contacts.setdefault(name, text)
            if (known.approves_as or name) != (text.approves_as or name):
                own, policy = texts[-1]
                where: Where = ("contacts", name) if name in policy.contacts else ("contacts",)
                message = f"in {visible(written.id)}, an approval by {name} gives {text.approves_as or name}."
                own.add("unlike-contact", where, message, "let it give the same here: `approves_as`.", key=True)
    return contacts
