"""A decision: what is decided of an action, and why. It holds nothing of the one call, so equal decisions are one object.

Everything in it stands twice: once for what is *sure*, once for what *may be* when more facts are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias, cast

from socialpolicy.conditions import Condition, Not, Test
from socialpolicy.explaining import explained
from socialpolicy.program import (
    Duty,
    Effect,
    HandOver,
    Identity,
    Limit,
    Outcome,
    Playbook,
    Program,
    Rule,
    Step,
    WhenUnknown,
)
from socialpolicy.telling import Plain, written
from socialpolicy.values import Facts, Truth


@dataclass(frozen=True, slots=True)
class Denial:
    """A rule (or the baseline, with ``rule`` empty) says no."""

    rule: str
    say: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """One fact to put right, and the test that it has to pass. ``fixable_by`` names who can, where the author cannot."""

    rule: str
    test: Condition
    say: str = ""
    fixable_by: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """An approval still needed: ``at_least`` of these contacts, beside those who approved already."""

    rule: str
    of: tuple[str, ...]
    at_least: int
    say: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """A tip: it changes no outcome."""

    rule: str
    say: str


Item: TypeAlias = Denial | Revision | Asked


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a rule or the baseline has against an action, how true it is, and how strict."""

    truth: Truth
    outcome: Outcome
    item: Item


@dataclass(frozen=True, slots=True)
class Lists:
    """What the rules that apply say, in the order of the policy's file."""

    rules: tuple[str, ...] = ()
    denials: tuple[Denial, ...] = ()
    revisions: tuple[Revision, ...] = ()
    approvals: tuple[Asked, ...] = ()
    duties: tuple[Duty, ...] = ()
    advice: tuple[Advice, ...] = ()
    hand_overs: tuple[HandOver, ...] = ()
    playbooks: tuple[Playbook, ...] = ()

    def to_dict(self) -> dict[str, Plain]:
        """The lists as plain data for JSON; what a policy left unsaid is left out."""
        return {
            "rules": list(self.rules),
            "denials": [given(rule=item.rule, say=item.say, instead=item.instead) for item in self.denials],
            "revisions": [
                given(
                    rule=item.rule,
                    need=written(cast("Test | Not", item.test)),
                    say=item.say,
                    fixable_by=item.fixable_by,
                )
                for item in self.revisions
            ],
            "approvals": [
                given(rule=item.rule, of=list(item.of), at_least=item.at_least, say=item.say) for item in self.approvals
            ],
            "duties": [
                given(
                    id=item.id,
                    what=item.what,
                    who=item.who,
                    within=text(item.within),
                    start=item.start,
                    evidence=item.evidence,
                )
                for item in self.duties
            ],
            "advice": [given(rule=item.rule, say=item.say) for item in self.advice],
            "hand_overs": [
                given(to=item.to, bring=list(item.bring), say=item.say, within=text(item.within))
                for item in self.hand_overs
            ],
            "playbooks": [
                {
                    "id": item.id,
                    "title": item.title,
                    "owner": item.owner,
                    "steps": [step_data(one) for one in item.steps],
                }
                for item in self.playbooks
            ],
        }


def step_data(step: Step) -> dict[str, Plain]:
    """A step of a playbook as plain data."""
    to = step.hand_over
    return given(
        id=step.id,
        do=step.do,
        who=step.who,
        part=step.part,
        deputy=step.deputy,
        within=text(step.within),
        after=step.after,
        template=step.template,
        hand_over=to.to if to else "",
    )


def given(**entries: Plain) -> dict[str, Plain]:
    """The entries that say something; the rule stays, since the baseline has none."""
    return {key: value for key, value in entries.items() if key == "rule" or value not in ("", [], None)}


def text(limit: Limit | None) -> str:
    """A limit as a policy writes it."""
    return str(limit) if limit else ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided.

    ``outcome`` lies between ``at_least`` and ``at_most``, which agree where the decision is ``determined``; determined
    speaks of the outcome alone: learning facts may still move an item of ``maybe`` to ``sure``, or take it away.
    ``missing`` names the unknown facts that something still waits for. ``policy`` says which policy decided.
    """

    outcome: Outcome
    at_least: Outcome
    at_most: Outcome
    sure: Lists
    maybe: Lists
    missing: tuple[str, ...]
    policy: Identity
    program: Program = field(compare=False, repr=False)

    @property
    def determined(self) -> bool:
        """Whether no fact that is still unknown can change the outcome."""
        return self.at_least == self.at_most

    @property
    def label(self) -> str:
        """The outcome as people see it."""
        return self.program.labels[self.outcome.word]

    def explain(self, *, why: bool = False, known: Facts = MappingProxyType({})) -> str:
        """The decision in plain words, for the person who wants to post.

        ``why`` adds the rules' reasons; ``known`` are the facts that were stated, so that nothing is asked twice.
        """
        return explained(self, why=why, known=known)

    def to_dict(self) -> dict[str, Plain]:
        """The decision as plain data for JSON, as ``schemas/decision.schema.json`` has it."""
        return {
            "outcome": self.outcome.word,
            "label": self.label,
            "at_least": self.at_least.word,
            "at_most": self.at_most.word,
            "determined": self.determined,
            "because": list(self.because),
            "sure": self.sure.to_dict(),
            "maybe": self.maybe.to_dict(),
            "missing": list(self.missing),
            "policy": {"id": self.policy.id, "version": self.policy.version, "digest": self.policy.digest},
        }

    @property
    def applies(self) -> tuple[str, ...]:
        """The ids of the rules that apply, met or not."""
        return self.sure.rules

    @property
    def may_apply(self) -> tuple[str, ...]:
        """The ids of the rules that may apply when more is known."""
        return self.maybe.rules

    @property
    def because(self) -> tuple[str, ...]:
        """The ids of the rules that surely count against the action, in the order of the file."""
        items: tuple[Item, ...] = (*self.sure.denials, *self.sure.revisions, *self.sure.approvals)
        counting = {item.rule for item in items}
        return tuple(rule for rule in self.sure.rules if rule in counting)

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """What surely is to be put right."""
        return self.sure.revisions

    @property
    def approvals(self) -> tuple[Asked, ...]:
        """The approvals surely still needed."""
        return self.sure.approvals

    @property
    def duties(self) -> tuple[Duty, ...]:
        """What surely has to be done then."""
        return self.sure.duties

    @property
    def advice(self) -> tuple[Advice, ...]:
        """The tips of rules that apply."""
        return self.sure.advice

    @property
    def hand_overs(self) -> tuple[HandOver, ...]:
        """Who surely takes it from here."""
        return self.sure.hand_overs

    @property
    def playbooks(self) -> tuple[Playbook, ...]:
        """The playbooks that surely begin, or go on; the first step of each that is not done is the next one."""
        return self.sure.playbooks


def decided(
    program: Program,
    *,
    applies: Mapping[str, Truth],
    claims: Iterable[Claim],
    start: tuple[Outcome, Outcome],
    missing: Iterable[str],
) -> Decision:
    """Put a decision together from what each rule comes to.

    ``applies`` names at least the rules that apply or may; ``start`` are the bounds of the baseline left standing.
    """
    claims = list(claims)
    at_least = max([start[0], *(claim.outcome for claim in claims if claim.truth is Truth.TRUE)])
    at_most = max([start[1], *(claim.outcome for claim in claims if claim.truth is not Truth.FALSE)])
    return Decision(
        outcome=outcome_of(program.when_unknown, at_least, at_most),
        at_least=at_least,
        at_most=at_most,
        sure=lists(program, applies, claims, Truth.TRUE),
        maybe=lists(program, applies, claims, Truth.UNKNOWN),
        missing=tuple(sorted(missing)),
        policy=program.identity,
        program=program,
    )


def outcome_of(when_unknown: WhenUnknown, at_least: Outcome, at_most: Outcome) -> Outcome:
    """The outcome between two bounds: to ask is the stricter of ``at_least`` and ask, no stricter than ``at_most``."""
    if when_unknown is WhenUnknown.STRICTEST:
        return at_most
    return min(max(at_least, Outcome.ASK), at_most)


def lists(program: Program, applies: Mapping[str, Truth], claims: Iterable[Claim], truth: Truth) -> Lists:
    """What rules and claims of just this truth say, in file order."""
    rules = sorted((rule for rule in program.rules if applies.get(rule.id) is truth), key=place)
    places = {rule.id: rule.place for rule in program.rules}
    items = sorted((claim.item for claim in claims if claim.truth is truth), key=lambda item: places.get(item.rule, -1))
    return Lists(
        rules=tuple(rule.id for rule in rules if rule.effect is not Effect.PLAYBOOK and not rule.part_of),
        denials=tuple(item for item in items if isinstance(item, Denial)),
        revisions=tuple(item for item in items if isinstance(item, Revision)),
        approvals=tuple(item for item in items if isinstance(item, Asked)),
        duties=joined(duty for rule in rules for duty in rule.duties),
        advice=tuple(Advice(rule.id, rule.say) for rule in rules if rule.effect is Effect.ADVISE),
        hand_overs=tuple(dict.fromkeys(rule.hand_over for rule in rules if rule.hand_over)),
        playbooks=tuple(rule.playbook for rule in rules if rule.playbook),
    )


def joined(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    """Join duties that differ in ``within`` alone (and wording, under one id) to the one with the shorter limit."""
    kept: dict[tuple[object, ...], Duty] = {}
    for duty in duties:
        key = (bool(duty.id), duty.id or duty.what, duty.who, duty.start, duty.evidence)
        other = kept.get(key)
        if other is None or (duty.within and (not other.within or duty.within.order < other.within.order)):
            kept[key] = duty
    return tuple(kept.values())


def place(rule: Rule) -> int:
    """The place of a rule in the author's file."""
    return rule.place
