"""The program: what is decided. Sugar is gone, rules are in the order in which they must be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from socialpolicy.conditions import ALWAYS, Condition, Includes
from socialpolicy.vocabulary import Vocabulary


class Outcome(IntEnum):
    """What comes of a decision, lenient to strict: the strictest of several is their ``max``."""

    ALLOW = 0
    REVISE = 1
    ASK = 2
    DENY = 3

    @property
    def word(self) -> str:
        """The outcome as policies and programs write it: ``allow``, ``revise``, ``ask`` or ``deny``."""
        return self.name.lower()


class Effect(StrEnum):
    """What a rule says.

    ``EXCEPT`` is what an exception of the policy lowers to, and an allow rule of a policy that it builds on: it sets rules
    aside and opens nothing. ``PLAYBOOK`` is what a playbook lowers to: it begins where its trigger holds.
    """

    ALLOW = "allow"
    REQUIRE = "require"
    ASK = "ask"
    DENY = "deny"
    DUTY = "duty"
    ADVISE = "advise"
    EXCEPT = "except"
    PLAYBOOK = "playbook"


class WhenUnknown(StrEnum):
    """Which outcome an undetermined decision has."""

    ASK = "ask"
    STRICTEST = "strictest"


class Unit(StrEnum):
    """The units of a time limit."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time, in the unit in which it was written."""

    amount: int
    unit: Unit

    @property
    def order(self) -> tuple[int, bool]:
        """What limits are compared by: minutes, a working day taken as a day and as longer than one."""
        minutes = {Unit.MINUTES: 1, Unit.HOURS: 60, Unit.DAYS: 1440, Unit.WORKING_DAYS: 1440}[self.unit]
        return self.amount * minutes, self.unit is Unit.WORKING_DAYS

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.value.removesuffix('s') if self.amount == 1 else self.unit.value}"


def limit_of(text: str | None) -> Limit | None:
    """A limit as a policy writes it."""
    if text is None:
        return None
    amount, _, unit = text.partition(" ")
    return Limit(int(amount), Unit(unit if unit.endswith("s") else unit + "s"))


@dataclass(frozen=True, slots=True)
class Need:
    """One fact that puts something right: where ``given`` holds, ``test`` (a test of one fact, or a negated one) has to."""

    test: Condition
    given: Condition = ALWAYS
    say: str = ""
    fixable_by: str = ""


@dataclass(frozen=True, slots=True)
class Approver:
    """A contact, and the value of the approvals fact that its approval gives."""

    contact: str
    gives: str


@dataclass(frozen=True, slots=True)
class Approval:
    """Who may approve and how many of them must; ``met`` is the test of the approvals given."""

    of: tuple[Approver, ...]
    at_least: int
    met: Includes


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that somebody then has to do. ``start`` is what the limit counts from: now, incident or publication."""

    what: str
    who: str
    id: str = ""
    within: Limit | None = None
    start: str = "now"
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Somebody else takes it from here."""

    to: str
    bring: tuple[str, ...] = ()
    say: str = ""
    within: Limit | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a playbook. ``who`` is a contact and ``deputy`` who stands in; ``part`` is the part that they play.

    The limit counts from the beginning of the playbook, or from the end of the step ``after``.
    """

    do: str
    who: str
    id: str = ""
    part: str = ""
    deputy: str = ""
    within: Limit | None = None
    after: str = ""
    template: str = ""
    hand_over: HandOver | None = None


@dataclass(frozen=True, slots=True)
class Playbook:
    """What to do, step by step, once something has happened; ``ends`` says when it is over, and ``ended_by`` who says so."""

    id: str
    title: str
    owner: str
    steps: tuple[Step, ...]
    avoid: tuple[str, ...] = ()
    ends: str = ""
    ended_by: str = ""
    then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. It applies where ``when`` holds and no rule of ``overridden_by`` applies.

    ``place`` is its place in the author's file, by which a decision lists it. ``part_of`` names the rule that it is a further
    approval of, if it is one.
    """

    id: str
    place: int
    effect: Effect
    when: Condition
    overridden_by: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    approval: Approval | None = None
    duties: tuple[Duty, ...] = ()
    hand_over: HandOver | None = None
    playbook: Playbook | None = None
    part_of: str = ""
    title: str = ""
    say: str = ""
    why: str = ""
    instead: str = ""
    phrases: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions that it reads."""
        needs = (part for need in self.needs for part in (need.given, need.test))
        return (self.when, *needs, *((self.approval.met,) if self.approval else ()))


@dataclass(frozen=True, slots=True)
class Start:
    """Where a decision starts: the outcome that counts unless an ``allow`` rule opens it."""

    outcome: Outcome
    approval: Approval | None = None
    say: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The start for every value of one enum fact, or (with ``fact`` empty) the only one, under the key ""."""

    starts: Mapping[str, Start]
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask."""

    id: str
    title: str
    reach: str = ""
    deputy: str = ""
    hours: str = ""
    answers_within: Limit | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Which policy this is: a decision names it. ``digest`` is that of everything that its author wrote, and of the vocabulary
    that it uses.
    """

    id: str
    version: str
    title: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """All that decides, and the words that decisions are told in.

    ``rules`` stand so that an overriding rule comes before every rule that it overrides.
    """

    identity: Identity
    vocabulary: Vocabulary
    rules: tuple[Rule, ...]
    baseline: Baseline
    when_unknown: WhenUnknown = WhenUnknown.ASK
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
