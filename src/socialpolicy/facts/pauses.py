"""The state of a crisis: from a small file that whoever leads it keeps, the facts how serious it is and whether publishing is paused.

Each entry of the file says how serious things are (``level``) and whether publishing is ``paused``, perhaps from an instant or
day on, perhaps through one, perhaps for some regions, platforms or accounts alone. For one action:

- ``context.crisis`` is the highest level of the entries in force. A level is the whole company's: the limits do not narrow it.
- ``context.paused`` is true where an entry in force pauses what is concerned: each limit that the entry has is met. A pause for
  regions concerns what is meant for people in any of them.

What an entry asks for and nobody states (when, where, on which platform or account, for whom) leaves the fact unknown, unless
another entry settles it; it never makes it false. An empty file says that there is no crisis and no pause. To resume
somewhere, end the pause and write what stays paused as a new one: no entry lifts another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import Field

from socialpolicy.facts.derived import Derived, Known, Open
from socialpolicy.facts.files import finish, moment, one_of, shaped
from socialpolicy.instants import begins, day, ends, zone
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Where, listed, meant
from socialpolicy.loading.models import Name, Names, Text, Written
from socialpolicy.values import Facts, Kind, Truth, Value
from socialpolicy.vocabulary import Vocabulary

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

CRISIS, PAUSED = "context.crisis", "context.paused"
LIMITS: Mapping[str, str] = {"regions": "content.audience_regions", "platforms": "platform", "accounts": "account.id"}
"""The limits of a pause, and the facts that tell whether an action is within them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the state: in force from ``start`` (included) until ``end`` (excluded)."""

    level: str
    paused: bool
    why: str
    by: str
    start: datetime | None = None
    end: datetime | None = None
    limits: Mapping[str, frozenset[str]] | None = None
    line: int = 0

    def in_force(self, at: Value | None) -> Truth:
        """Whether it is in force at an instant, which may not be known."""
        if self.start is None and self.end is None:
            return Truth.TRUE
        if not isinstance(at, datetime):
            return Truth.UNKNOWN
        return (
            Truth.TRUE
            if (self.start is None or self.start <= at) and (self.end is None or at < self.end)
            else Truth.FALSE
        )

    def concerns(self, facts: Facts) -> Truth:
        """Whether it concerns an action: each of its limits is met."""
        return min((met(values, facts.get(fact)) for fact, values in (self.limits or {}).items()), default=Truth.TRUE)


def met(wanted: Collection[str], value: Value | None) -> Truth:
    """Whether a fact has one of these values; a set without any member says nothing."""
    if value is None or value == frozenset():
        return Truth.UNKNOWN
    found = value if isinstance(value, frozenset) else {str(value)}
    return Truth.TRUE if found & set(wanted) else Truth.FALSE


def crisis_facts(policy: Policy, state: Sequence[Entry], stated: Mapping[str, Any]) -> Derived:
    """How serious things are, and whether publishing is paused, for an action of which these facts are stated."""
    facts, vocabulary = policy.action(stated).facts, policy.vocabulary
    at = facts.get(vocabulary.instant)
    in_force = [(entry, entry.in_force(at)) for entry in state]
    known: dict[str, Known] = {}
    unknown: dict[str, Open] = {}
    if is_a(vocabulary, CRISIS, Kind.ENUM):
        levels = vocabulary.facts[CRISIS].values
        sure = highest(levels, [entry for entry, truth in in_force if truth is Truth.TRUE])
        may_be = highest(levels, [entry for entry, truth in in_force if truth is not Truth.FALSE])
        if sure == may_be:
            known[CRISIS] = Known(sure, reason([e for e, truth in in_force if truth is Truth.TRUE and e.level == sure]))
        else:
            unknown[CRISIS] = Open(f"it is {sure}, or {may_be} if an entry is in force; when it happens is not stated")
    if is_a(vocabulary, PAUSED, Kind.BOOL):
        pausing = [(entry, min(truth, entry.concerns(facts))) for entry, truth in in_force if entry.paused]
        truth = max((truth for _, truth in pausing), default=Truth.FALSE)
        entries = [entry for entry, one in pausing if one is truth and one is not Truth.FALSE]
        if truth is Truth.UNKNOWN:
            lacking = [fact for entry in entries for fact in lacks(entry, facts, vocabulary.instant)]
            unknown[PAUSED] = Open(f"{reason(entries)}; it is not stated: {listed(dict.fromkeys(lacking), 'and')}")
        else:
            known[PAUSED] = Known(truth is Truth.TRUE, reason(entries))
    return Derived("", known, unknown)


def is_a(vocabulary: Vocabulary, name: str, kind: Kind) -> bool:
    """Whether the vocabulary has such a fact; one of a policy's own may be of another kind."""
    fact = vocabulary.facts.get(name)
    return fact is not None and fact.kind is kind


def highest(levels: Sequence[str], entries: Sequence[Entry]) -> str:
    """The highest level of some entries; the lowest there is where there are none."""
    return max((entry.level for entry in entries), key=levels.index, default=levels[0])


def reason(entries: Sequence[Entry]) -> str:
    """What some entries say."""
    told = [f"{entry.why.rstrip('.')} ({entry.by})" for entry in entries]
    return listed(told, "and") if told else "nothing in the state says otherwise"


def lacks(entry: Entry, facts: Facts, instant: str) -> list[str]:
    """The facts that would tell whether an entry counts."""
    found = [instant] if entry.in_force(facts.get(instant)) is Truth.UNKNOWN else []
    return found + [
        fact for fact, values in (entry.limits or {}).items() if met(values, facts.get(fact)) is Truth.UNKNOWN
    ]


# -- the file ------------------------------------------------------------------------------------------------------------


class EntryText(Written):
    """One entry, as it is written."""

    level: Name
    paused: bool
    by: Name
    why: Text
    regions: Names | None = None
    platforms: Names | None = None
    accounts: Names | None = None
    from_: Text | None = Field(None, alias="from")
    through: Text | None = None


class StateFile(Written):
    """How serious things are at a company, and what is paused."""

    state_for: Name
    state: list[EntryText]


def read_state(policy: Policy, document: Document) -> list[Entry]:
    """The state in a document. Raises ``RecordsError`` with every mistake."""
    text = shaped(document, StateFile, begins="state_for", policy=policy.id)
    where_clocks_are = zone(policy.written.time_zone) or ZoneInfo("UTC")
    facts, contacts = policy.vocabulary.facts, policy.program.contacts
    found = []
    for index, entry in enumerate(text.state):
        where: Where = ("state", index)
        if is_a(policy.vocabulary, CRISIS, Kind.ENUM):
            one_of(document, entry.level, facts[CRISIS].values, (*where, "level"), CRISIS)
        if entry.by not in contacts:
            message = f"{entry.by} is no contact of this policy."
            document.add("unknown-contact", (*where, "by"), message, meant(entry.by, contacts))
        limits = {fact: frozenset(getattr(entry, key)) for key, fact in LIMITS.items() if getattr(entry, key)}
        for key, fact in LIMITS.items():
            for place, value in enumerate(getattr(entry, key) or ()):
                if fact in facts and facts[fact].values:
                    one_of(document, value, facts[fact].values, (*where, key, place), fact)
                elif key == "accounts" and policy.written.accounts:
                    one_of(document, value, policy.written.accounts, (*where, key, place), "the register")
        start = edge(document, entry.from_, (*where, "from"), where_clocks_are, last=False)
        end = edge(document, entry.through, (*where, "through"), where_clocks_are, last=True)
        if start is not None and end is not None and end <= start:
            document.add(
                "never-true", (*where, "through"), "this is before `from`: it is never in force.", "check both."
            )
        line = document.place(where)[0]
        found.append(Entry(entry.level, entry.paused, entry.why, entry.by, start, end, limits, line))
    finish(document)
    return found


def edge(document: Document, text: str | None, where: Where, clocks: ZoneInfo, *, last: bool) -> datetime | None:
    """Where an entry begins or ends: a day, included, in the policy's time zone, or an instant."""
    found = day(text) if text is not None else None
    if found is not None:
        return ends(found, clocks) if last else begins(found, clocks)
    return moment(document, text, where, or_a_day=True)
