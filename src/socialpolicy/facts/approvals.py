"""Approvals that count: from records of who said yes to what, the value of the fact that holds the approvals given.

A record says that a person, as one of a policy's contacts, said yes to one draft at an instant. It counts where

1. the person is not the author,
2. it was given by then, has not expired, and was not taken back,
3. it was given for this draft, told by its digest, and for this stage of work, if it names one,
4. the person holds the role: the directory names the person for the contact, or for the contact's deputy,
5. and the person counts for no other role: as many roles count as there can be, with one person each (``matching``).

For 5 the records are taken in the order in which they were given, so a yes that is given later takes no role away. That *no*
record ever does, be it dated as it may, is more than can be had: of two roles that one and the same person gives, one
alone counts, and each of them would count if there were no record of the other.

``wanted`` roles, if a caller says which ones a decision asks for, go before others: then a later yes takes no wanted role away.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import Field

from socialpolicy.digests import digest
from socialpolicy.errors import SocialPolicyError
from socialpolicy.facts.directory import contacts_of
from socialpolicy.facts.files import finish, moment, shaped
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import meant
from socialpolicy.loading.models import Name, Names, Text, Written
from socialpolicy.matching import matching
from socialpolicy.telling import plain, shown
from socialpolicy.vocabulary import Vocabulary

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

EARLIEST = datetime.min.replace(tzinfo=UTC)


class AuthorError(SocialPolicyError):
    """It is not said who the author is, so that the author's own yes could count."""


@dataclass(frozen=True, slots=True)
class Record:
    """A yes: by a person, as a contact, at an instant, to the draft with the digest ``of``.

    It counts no longer from ``expires`` on, or from ``withdrawn`` on. One with a ``stage`` counts for that stage of work alone.
    ``line`` is where it stands, if it came from a file.
    """

    contact: str
    person: str
    at: datetime
    of: str
    expires: datetime | None = None
    withdrawn: datetime | None = None
    stage: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A record, whether it counts, the approval that it gives then, and why, in a sentence."""

    record: Record
    counts: bool
    gives: str
    why: str


@dataclass(frozen=True, slots=True)
class Given:
    """The approvals that count, and what became of each record, in the order of the records.

    ``fact`` is the name of the fact whose value ``approvals`` is.
    """

    fact: str
    approvals: frozenset[str]
    records: tuple[Judged, ...]

    @property
    def facts(self) -> dict[str, frozenset[str]]:
        """What is to be stated of the action."""
        return {self.fact: self.approvals} if self.fact else {}

    @property
    def counted(self) -> tuple[Judged, ...]:
        """The records that count."""
        return tuple(judged for judged in self.records if judged.counts)

    @property
    def not_counted(self) -> tuple[Judged, ...]:
        """The records that do not, each with its reason."""
        return tuple(judged for judged in self.records if not judged.counts)


def approvals_given(
    policy: Policy,
    records: Sequence[Record],
    *,
    author: str,
    of: str,
    at: datetime,
    people: Mapping[str, Collection[str]],
    stage: str = "",
    wanted: Collection[str] = (),
) -> Given:
    """Tell which approvals count at an instant for one draft of an author, and of every other record why it does not.

    ``people`` is the directory: for each contact the persons who are it. ``of`` is the digest of the draft
    (``digest_of_draft``). Persons are the same where their names differ in capitals, blanks around them or the form of letters alone.
    Raises ``AuthorError`` where the author is blank.
    """
    if blank(author):
        raise AuthorError("it is not said who the author is; name them, since a yes of their own does not count.")
    judging = Judging(policy, {contact: frozenset(map(key, names)) for contact, names in people.items()})
    order = sorted(range(len(records)), key=lambda index: (records[index].at, index))
    found: dict[int, Judged] = {}
    valid: list[int] = []
    for index in order:
        record = records[index]
        reason = refused(record, author=author, of=of, at=at, stage=stage) or judging.not_held(record)
        if reason:
            found[index] = Judged(record, False, "", reason)
        else:
            valid.append(index)
    first = [index for index in valid if judging.gives.get(records[index].contact) in wanted]
    matched = matching(
        [
            (key(records[index].person), judging.gives[records[index].contact])
            for index in dict.fromkeys([*first, *valid])
        ]
    )
    said: set[tuple[str, str]] = set()
    for index in valid:
        found[index] = judging.judged(records[index], matched, said)
    return Given(policy.vocabulary.approvals, frozenset(matched), tuple(found[index] for index in range(len(records))))


def key(person: str) -> str:
    """What two names of one person have in common."""
    return unicodedata.normalize("NFKC", person).casefold().strip()


def blank(person: str) -> bool:
    """Whether a name has nothing in it that can be seen."""
    return all(unicodedata.category(one)[0] in "CZ" for one in person)


def refused(record: Record, *, author: str, of: str, at: datetime, stage: str) -> str:
    """Why a record cannot count, whoever gave it; "" where nothing stands against it."""
    if key(record.person) == key(author):
        return f"{record.person} is the author; somebody else has to look."
    if record.at > at:
        return f"It is given at {shown(record.at)}, which is still to come."
    if record.withdrawn is not None and record.withdrawn <= at:
        return f"It was taken back at {shown(record.withdrawn)}."
    if record.expires is not None and record.expires <= at:
        return f"It expired at {shown(record.expires)}."
    if record.of != of:
        return "It was given for another draft; this one has changed since, or was never shown."
    if record.stage and record.stage != stage:
        return f"It was given for the stage {record.stage}, " + (f"not for {stage}." if stage else "not for the whole.")
    return ""


@dataclass(frozen=True)
class Judging:
    """The contacts of a policy, with the persons who are them."""

    policy: Policy
    people: Mapping[str, frozenset[str]]

    @cached_property
    def gives(self) -> dict[str, str]:
        """For each contact whose approval can count, the value that it gives."""
        return approving(self.policy)

    def title(self, contact: str) -> str:
        """What a contact is called."""
        return self.policy.program.contacts[contact].title

    def not_held(self, record: Record) -> str:
        """Why the person of a record does not speak for its contact; "" where the person does."""
        contact, contacts = record.contact, self.policy.program.contacts
        if contact not in contacts:
            hint = meant(contact, contacts)
            return f"There is no contact {contact} in this policy." + (f" {hint.capitalize()}" if hint else "")
        if contact not in self.gives:
            return f"A yes of {self.title(contact)} is none that this policy can ask for."
        if self.holding(record) is None:
            deputy = contacts[contact].deputy
            also = f", nor {self.title(deputy)}, who stands in" if deputy else ""
            if not self.people.get(contact):
                return f"The directory names nobody for {self.title(contact)} ({contact})."
            return f"{record.person} is not {self.title(contact)}{also}."
        return ""

    def holding(self, record: Record) -> str | None:
        """As which contact the person of a record speaks: that of the record, or its deputy; None as neither."""
        deputy = self.policy.program.contacts[record.contact].deputy
        for contact in (record.contact, deputy):
            if contact and key(record.person) in self.people.get(contact, frozenset()):
                return contact
        return None

    def judged(self, record: Record, matched: Mapping[str, str], said: set[tuple[str, str]]) -> Judged:
        """A record against which nothing stands: whether it is the one that counts for its role, and why."""
        gives, person = self.gives[record.contact], key(record.person)
        title = self.title(record.contact)
        repeated = (person, gives) in said
        said.add((person, gives))
        if matched.get(gives) == person:
            if repeated:
                return Judged(record, False, "", f"{record.person} has said yes as {title} already.")
            holding = self.holding(record)
            stands_in = "" if holding in (None, record.contact) else f", as {self.title(str(holding))}, its deputy"
            verb = "stands in for" if stands_in else "is"
            return Judged(record, True, gives, f"{record.person} {verb} {title}{stands_in}.")
        other = next((role for role, one in matched.items() if one == person), "")
        if other:
            label = self.policy.vocabulary.facts[self.policy.vocabulary.approvals].labels.get(other, other)
            return Judged(
                record, False, "", f"One person counts for one role only, and {record.person} counts for {label}."
            )
        return Judged(record, False, "", f"Somebody else's yes counts for {title} already.")


def approving(policy: Policy) -> dict[str, str]:
    """For each contact of a policy, the value of the approvals fact that its yes gives; those left out give none."""
    fact = policy.vocabulary.facts.get(policy.vocabulary.approvals)
    if fact is None:
        return {}
    found = {name: contact.approves_as or name for name, contact in contacts_of(policy).items()}
    return {name: value for name, value in found.items() if value in fact.values}


# -- what was approved -------------------------------------------------------------------------------------------------

LEFT_OUT = ("actor.", "context.")
"""Groups of facts that are not the draft: who acts, and under which circumstances (approvals among them)."""


def digest_of_draft(draft: str | Mapping[str, Any], vocabulary: Vocabulary | None = None) -> str:
    r"""The digest of what is approved: a text, or the facts of a draft, flat or nested.

    Of a text it does not count how lines end, how letters with accents are put together, and blank lines at its end. Of
    facts those count that say what goes out and where; ``actor`` and ``context``, facts that are not known, and the facts that
    the vocabulary names for approvals and the instant do not.

    >>> digest_of_draft("Grüße\r\n") == digest_of_draft("Gru\u0308ße")
    True
    """
    if isinstance(draft, str):
        text = unicodedata.normalize("NFC", draft.replace("\r\n", "\n").replace("\r", "\n")).rstrip()
        return digest({"draft": "text", "text": text})
    aside = {vocabulary.approvals, vocabulary.instant} if vocabulary else set()
    facts = {
        name: plainly(value)
        for name, value in flat(draft).items()
        if value is not None and name not in aside and not name.startswith(LEFT_OUT)
    }
    return digest({"draft": "facts", "facts": facts})


def flat(facts: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested facts as flat ones."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {prefix + name: value}
    return found


def plainly(value: Any) -> Any:
    """A value in the one form in which it is hashed."""
    return sorted(value) if isinstance(value, list | tuple | set | frozenset) else plain(value)


# -- files ---------------------------------------------------------------------------------------------------------------


class RecordText(Written):
    """One yes, as it is written."""

    as_: Name = Field(alias="as", description="The contact that the person speaks for.")
    by: Name
    at: Text
    of: Text
    expires: Text | None = None
    withdrawn: Text | None = None
    stage: Name | None = None


class ApprovalsFile(Written):
    """Who is who, and who said yes to what."""

    approvals_for: Name
    people: dict[Name, Names] | None = None
    approvals: list[RecordText]


class PeopleFile(Written):
    """Who is who: the directory in a file of its own."""

    people_for: Name
    people: dict[Name, Names]


def read_approvals(policy: Policy, document: Document) -> tuple[list[Record], dict[str, list[str]] | None]:
    """The records in a document, and the directory if it has one. Raises ``RecordsError`` with every mistake."""
    text = shaped(document, ApprovalsFile, begins="approvals_for", policy=policy.id)
    records = []
    for index, entry in enumerate(text.approvals):
        where = ("approvals", index)
        at = moment(document, entry.at, (*where, "at"))
        expires = moment(document, entry.expires, (*where, "expires"))
        withdrawn = moment(document, entry.withdrawn, (*where, "withdrawn"))
        if at is not None and expires is not None and expires <= at:
            document.add(
                "never-true", (*where, "expires"), "this is no later than `at`: it never counts.", "check both."
            )
        line = document.place(where)[0]
        records.append(
            Record(entry.as_, entry.by, at or EARLIEST, entry.of, expires, withdrawn, entry.stage or "", line)
        )
    known_contacts(policy, document, text.people or {})
    finish(document)
    return records, text.people


def read_people(policy: Policy, document: Document) -> dict[str, list[str]]:
    """The directory in a document. Raises ``RecordsError`` with every mistake."""
    text = shaped(document, PeopleFile, begins="people_for", policy=policy.id)
    known_contacts(policy, document, text.people)
    finish(document)
    return text.people


def known_contacts(policy: Policy, document: Document, people: Mapping[str, Collection[str]]) -> None:
    """Add a finding for each contact of the directory that the policy does not have."""
    for name in people:
        if name not in policy.program.contacts:
            hint = meant(name, policy.program.contacts)
            document.add("unknown-contact", ("people", name), f"{name} is no contact of this policy.", hint, key=True)
