"""Compare what two programs decide, for every action that both know: exactly, and with a witness for each difference.

1. The facts are partitioned by the conditions of both programs, and both are encoded over the same actions.
2. For every kind of difference (one outcome instead of another, a duty more ...) the solver tells whether some action has it.
3. Differences are told by the rules that changed. Where no changed rule behaves differently, all rules behave alike and so do
   the decisions: so the *region* of a changed rule is where it applies in one version alone, or in both but asks
   otherwise, and the regions of all changed rules hold every difference. For each kind, rules are taken until the
   regions of those taken hold all of it; that nothing is left is proved at the end by one more question.
4. Each statement has a witness, made as usual as it can be, which ``interpret`` decides again under both versions.

First actions are compared of which every fact is known; then those of which facts are missing, where a decision may be open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from types import TracebackType
from typing import Self

from socialpolicy.completing import Assume, complete
from socialpolicy.conditions import Condition, holds, reads
from socialpolicy.decisions import Decision
from socialpolicy.errors import ActionError, SocialPolicyError
from socialpolicy.interpret import interpret
from socialpolicy.partitions import REST, Partition, partition
from socialpolicy.program import Approval, Duty, Effect, HandOver, Outcome, Program, Rule
from socialpolicy.solving import CONFLICTS, Circuit
from socialpolicy.symbolic import Deciding, Reading, State, Ternary, Witness, World
from socialpolicy.values import Facts, Kind, Truth, Value
from socialpolicy.vocabulary import Vocabulary


class NotComparable(SocialPolicyError):  # noqa: N818 - it is what these versions are
    """Two programs that cannot be compared: ``reasons`` says why, a sentence each."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("these versions cannot be compared: " + " ".join(reasons))
        self.reasons = tuple(reasons)


class Unconfirmed(AssertionError):  # noqa: N818 - it is what a claim is
    """The interpreter does not confirm what the analysis claims of an action: a bug, never a finding."""


class DiffKind(StrEnum):
    """The kinds of difference between two decisions. The first three go further where the outcome gets no milder."""

    STRICTER = "decision-stricter"
    LOOSER = "decision-looser"
    DUTY_ADDED = "duty-added"
    REVISION_ADDED = "revision-added"
    APPROVAL_ADDED = "approval-added"
    DUTY_REMOVED = "duty-removed"
    REVISION_REMOVED = "revision-removed"
    APPROVAL_REMOVED = "approval-removed"
    HAND_OVER = "hand-over-changed"
    ADVICE_ADDED = "advice-added"
    OPEN = "decision-differs-where-facts-are-missing"


MAJOR = frozenset({DiffKind.STRICTER, DiffKind.DUTY_ADDED, DiffKind.REVISION_ADDED, DiffKind.APPROVAL_ADDED})
MASKS_LOOKED_AT = 12
"""For how many statements it is looked up which other rules decide part of the region already."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that changed between two programs: a rule, the baseline, or what completes the facts (then without a rule)."""

    name: str
    old: Rule | None = None
    new: Rule | None = None

    @property
    def rule(self) -> Rule | None:
        """The rule, as it is now where there is one."""
        return self.new or self.old

    @property
    def change(self) -> str:
        """What became of it, in a word: added, removed or changed."""
        if self.rule is None:
            return "changed"
        return "added" if self.old is None else "removed" if self.new is None else "changed"


@dataclass(frozen=True, slots=True)
class Shown:
    """An action that shows a difference: the facts that are stated, those of them that are unusual, both decisions."""

    facts: Facts
    unusual: Facts
    old: Decision
    new: Decision


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that the new program decides otherwise: which kind, by which change, from which outcome to which.

    ``elsewhere`` are rules that decide some of these actions already, so that nothing changes for them; ``always`` tells
    that it is so for all others. ``missing_only``: one of the decisions is open; ``left_out``: neither is, but a fact is left
    out. ``beside`` are other changes that matter for some of the same actions. ``gains`` and ``loses`` tell whether the rule comes to apply, or ceases to.
    """

    kind: DiffKind
    part: Part
    outcomes: tuple[tuple[Outcome, Outcome], ...]
    shown: Shown
    gains: bool = False
    loses: bool = False
    elsewhere: tuple[str, ...] = ()
    always: bool = False
    missing_only: bool = False
    left_out: bool = False
    also: tuple[DiffKind, ...] = ()
    beside: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that only the new vocabulary says of facts, an action that it refuses, and why."""

    name: str
    facts: Facts


@dataclass(frozen=True)
class Comparison:
    """What two programs decide differently. ``statements`` hold every difference: that is proved, or there is an error."""

    old: Program
    new: Program
    pairs: frozenset[tuple[Outcome, Outcome]]
    statements: tuple[Statement, ...]
    refused: tuple[Refused, ...]
    renamed: tuple[tuple[str, str], ...]
    changed: tuple[Part, ...]
    bounds_differ: bool
    shown_otherwise: frozenset[Part]
    questions: int = field(default=0, compare=False)

    @property
    def kinds(self) -> frozenset[DiffKind]:
        """The kinds of difference that there are."""
        return frozenset(kind for statement in self.statements for kind in (statement.kind, *statement.also))


def compare(old: Program, new: Program, *, conflicts: int = CONFLICTS) -> Comparison:
    """Compare two programs. Raises ``NotComparable``, and ``Undecided`` where a stated limit is met."""
    return Comparing(old, new, conflicts).comparison()


def conditions_of(program: Program) -> Iterator[Condition]:
    """Every condition that a program reads, its vocabulary apart."""
    for rule in program.rules:
        yield from rule.conditions
    for start in program.baseline.starts.values():
        if start.approval:
            yield start.approval.met


def check_comparable(old: Vocabulary, new: Vocabulary) -> None:
    """Raise ``NotComparable`` where a fact has another type, or its values another order."""
    reasons = []
    for name, fact in old.facts.items():
        other = new.facts.get(name)
        if other is None:
            continue
        if fact.kind is not other.kind:
            reasons.append(f"{name} was {fact.kind.value} and is {other.kind.value}.")
        elif fact.kind is Kind.ENUM and fact.ordered and other.ordered:
            kept = [value for value in fact.values if value in other.values]
            if kept != [value for value in other.values if value in kept]:
                reasons.append(f"the values of {name} have another order.")
    for part in ("approvals", "baseline", "instant"):
        if getattr(old, part) and getattr(new, part) and getattr(old, part) != getattr(new, part):
            reasons.append(f"the fact for {part} was {getattr(old, part)} and is {getattr(new, part)}.")
    if reasons:
        raise NotComparable(reasons)


# -- which rules changed ---------------------------------------------------------------------------------------------


def record(rule: Rule) -> tuple[object, ...]:
    """What a rule asks, its words and its place apart."""
    return (
        rule.effect,
        frozenset((need.test, need.given) for need in rule.needs),
        rule.approval and suffices(rule.approval),
        frozenset(map(duty_key, rule.duties))
        and frozenset((duty_key(duty), duty.within and duty.within.order) for duty in rule.duties),
        frozenset(routes(rule)),
    )


def suffices(approval: Approval) -> tuple[frozenset[str], int]:
    """What suffices for an approval: whose, and how many of them."""
    return frozenset(approver.gives for approver in approval.of), approval.at_least


def duty_key(duty: Duty) -> tuple[object, ...]:
    """What a duty is known by (``decisions.joined``)."""
    return (bool(duty.id), duty.id or duty.what, duty.who, duty.start, duty.evidence)


def hand_over_key(hand_over: HandOver) -> tuple[object, ...]:
    """What a hand-over is known by: its words do not count."""
    return (hand_over.to, frozenset(hand_over.bring), hand_over.within and hand_over.within.order)


def routes(rule: Rule) -> Iterator[tuple[object, ...]]:
    """What a rule leads to, apart from its outcome and its duties: a hand-over, a playbook."""
    if rule.hand_over:
        yield hand_over_key(rule.hand_over)
    if rule.playbook:
        yield ("playbook", rule.playbook.id)


def routed(decision: Decision) -> set[tuple[object, ...]]:
    """What a decision leads to."""
    sure = decision.sure
    return {hand_over_key(item) for item in sure.hand_overs} | {("playbook", item.id) for item in sure.playbooks}


def matched(old: Program, new: Program) -> tuple[list[tuple[Rule | None, Rule | None]], dict[str, str]]:
    """The rules of both programs in pairs: by id, else renamed ones that say the same; and the new ids of the latter."""
    mine, theirs = {rule.id: rule for rule in old.rules}, {rule.id: rule for rule in new.rules}
    left = [rule for rule in old.rules if rule.id not in theirs]
    added = [rule for rule in new.rules if rule.id not in mine]
    by_record: dict[tuple[object, ...], list[Rule]] = {}
    for rule in left:
        by_record.setdefault(alike_key(rule), []).append(rule)
    renamed: dict[str, str] = {}
    pairs: list[tuple[Rule | None, Rule | None]] = [(mine[id], rule) for id, rule in theirs.items() if id in mine]
    for rule in added:
        alike = by_record.get(alike_key(rule))
        if alike:
            before = alike.pop(0)
            renamed[before.id] = rule.id
            pairs.append((before, rule))
        else:
            pairs.append((None, rule))
    pairs += [(rule, None) for rule in left if rule.id not in renamed]
    return sorted(pairs, key=lambda pair: (pair[1] is None, (pair[1] or pair[0]).place)), renamed  # type: ignore[union-attr]


def alike_key(rule: Rule) -> tuple[object, ...]:
    """What a rule keeps when it is renamed: where it holds and what it asks; a tip, also its words."""
    return rule.when, record(rule), rule.say if rule.effect is Effect.ADVISE else ""


def overriding(program: Program) -> dict[str, set[str]]:
    """For every rule, the rules that it overrides."""
    found: dict[str, set[str]] = {rule.id: set() for rule in program.rules}
    for rule in program.rules:
        for other in rule.overridden_by:
            found[other].add(rule.id)
    return found


def changed_parts(old: Program, new: Program) -> tuple[list[Part], dict[str, str]]:
    """The rules of which the record changed, and the new names of those that were renamed alone."""
    pairs, renamed = matched(old, new)
    before, after = overriding(old), overriding(new)
    parts = []
    for was, now in pairs:
        if was is None or now is None:
            parts.append(Part((now or was).id, was, now))  # type: ignore[union-attr]
        else:
            overrides = {renamed.get(id, id) for id in before[was.id]}
            if was.when != now.when or record(was) != record(now) or overrides != after[now.id]:
                parts.append(Part(now.id, was, now))
    return parts, renamed


# -- both versions over the same actions -----------------------------------------------------------------------------


class Versions:
    """Two programs over the same actions: of which all facts are known, or any of them may be missing."""

    def __init__(self, parted: Partition, old: Program, new: Program, *, total: bool, conflicts: int) -> None:
        self.circuit = Circuit(conflicts=conflicts)
        self.world = World(self.circuit, parted, (old.vocabulary, new.vocabulary), total=total)
        self.reading = Reading(self.circuit, parted)
        self.old = Deciding(self.world, self.reading, old)
        self.same_vocabulary = completes_alike(old.vocabulary, new.vocabulary)
        self.new = Deciding(self.world, self.reading, new, self.old.completed if self.same_vocabulary else None)
        # Deciding does not look at `impossible`, so only what both versions rule out is left aside.
        before, after = self.old.completed, self.new.completed
        ruled_out = self.circuit.both(before.impossible, after.impossible)
        self.admitted = self.circuit.both(-before.contradicts, -after.contradicts, -ruled_out)
        self.live: dict[Part, int] = {}
        self.renamed = matched(old, new)[1]
        self.overriding = overriding(old), overriding(new)
        self.questions = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.circuit.solver.close()

    def possible(self, *literals: int) -> bool:
        """Tell whether some action that both admit is so."""
        self.questions += 1
        return self.circuit.possible(self.admitted, *literals)

    # -- the kinds of difference, as literals ------------------------------------------------------------------------

    @cached_property
    def both_determined(self) -> int:
        """Whether neither decision is open."""
        return self.circuit.both(self.old.determined, self.new.determined)

    @cached_property
    def no_milder(self) -> int:
        """Whether the new outcome is at least as strict."""
        return self.circuit.all(
            self.circuit.either(-self.old.reaches[least], self.new.reaches[least]) for least in Outcome
        )

    @cached_property
    def no_stricter(self) -> int:
        """Whether the new outcome is at most as strict."""
        return self.circuit.all(
            self.circuit.either(self.old.reaches[least], -self.new.reaches[least]) for least in Outcome
        )

    def pair(self, pair: tuple[Outcome, Outcome]) -> int:
        """Whether the one outcome became the other."""
        return self.circuit.both(self.old.outcome(pair[0]), self.new.outcome(pair[1]))

    def listed(self, kind: DiffKind, *, full: bool) -> int:
        """Whether the new decision asks for something more, or less. ``full`` asks that what one says the other denies."""
        old, new = (self.new, self.old) if kind in LESS else (self.old, self.new)
        not_both_deny = -self.circuit.both(old.reaches[Outcome.DENY], new.reaches[Outcome.DENY])
        direction = self.no_stricter if kind in LESS else self.no_milder
        match kind:
            case DiffKind.DUTY_ADDED | DiffKind.DUTY_REMOVED:
                return self.circuit.both(direction, self.more_duties(old, new, full=full))
            case DiffKind.REVISION_ADDED | DiffKind.REVISION_REMOVED:
                more = self.more_to_meet(old.revising, new.revising, full=full)
                return self.circuit.both(direction, not_both_deny, more)
            case DiffKind.APPROVAL_ADDED | DiffKind.APPROVAL_REMOVED:
                mine = [(approval.met, truth) for approval, truth in old.asking]
                theirs = [(approval.met, truth) for approval, truth in new.asking]
                return self.circuit.both(direction, not_both_deny, self.more_to_meet(mine, theirs, full=full))
            case DiffKind.HAND_OVER:
                return self.circuit.either(
                    self.more_hand_overs(old, new, full=full), self.more_hand_overs(new, old, full=full)
                )
            case _:
                return self.more_advice(old, new)

    def more_duties(self, old: Deciding, new: Deciding, *, full: bool) -> int:
        """Whether there is a duty, or a shorter limit to one, that was not there before."""
        mine, theirs = self.duties(old), self.duties(new)
        found = []
        for key, limits in theirs.items():
            for limit in limits:
                now = self.circuit.any(
                    truth.sure for other, truths in limits.items() if other <= limit for truth in truths
                )
                before = [truth for other, truths in mine.get(key, {}).items() if other <= limit for truth in truths]
                was = self.circuit.any((truth.possible if full else truth.sure) for truth in before)
                found.append(self.circuit.both(now, -was))
        return self.circuit.any(found)

    @staticmethod
    def duties(side: Deciding) -> dict[tuple[object, ...], dict[tuple[float, bool], list[Ternary]]]:
        """For every duty, and every limit that it has: where it is one."""
        found: dict[tuple[object, ...], dict[tuple[float, bool], list[Ternary]]] = {}
        for rule in side.program.rules:
            for duty in rule.duties:
                limit = duty.within.order if duty.within else (float("inf"), False)
                found.setdefault(duty_key(duty), {}).setdefault(limit, []).append(side.applies[rule.id])
        return found

    def more_hand_overs(self, old: Deciding, new: Deciding, *, full: bool) -> int:
        """Whether there is a hand-over that was not there before."""
        mine, theirs = self.hand_overs(old), self.hand_overs(new)
        return self.circuit.any(
            self.circuit.both(
                self.circuit.any(truth.sure for truth in truths),
                -self.circuit.any((truth.possible if full else truth.sure) for truth in mine.get(key, ())),
            )
            for key, truths in theirs.items()
        )

    @staticmethod
    def hand_overs(side: Deciding) -> dict[tuple[object, ...], list[Ternary]]:
        """For every hand-over: where it is one."""
        found: dict[tuple[object, ...], list[Ternary]] = {}
        for rule in side.program.rules:
            for key in routes(rule):
                found.setdefault(key, []).append(side.applies[rule.id])
        return found

    def more_advice(self, old: Deciding, new: Deciding) -> int:
        """Whether there is advice that was not there before; advice in other words is the same advice."""
        topics = topics_of(old.program, new.program)
        found = []
        for topic in set(topics.values()):
            mine = [old.applies[id].sure for (side, id), other in topics.items() if side == "old" and other == topic]
            theirs = [new.applies[id].sure for (side, id), other in topics.items() if side == "new" and other == topic]
            found.append(self.circuit.both(self.circuit.any(theirs), -self.circuit.any(mine)))
        return self.circuit.any(found)

    def more_to_meet(
        self, old: Sequence[tuple[Condition, Ternary]], new: Sequence[tuple[Condition, Ternary]], *, full: bool
    ) -> int:
        """Whether something would meet all that was asked for, but not all that is asked for now.

        That something is a second set of values, of the facts that are asked for; for approvals, no fewer than are given.
        """
        kept = set(old)
        asked = [(test, truth) for test, truth in new if truth.sure != -1 and (test, truth) not in kept]
        if not asked:
            return self.circuit.FALSE
        was_met = [
            self.circuit.either(-(truth.possible if full else truth.sure), self.reading.holds(test, self.remedy).sure)
            for test, truth in dict.fromkeys(old)
        ]
        is_not = [self.circuit.both(truth.sure, -self.reading.holds(test, self.remedy).sure) for test, truth in asked]
        return self.circuit.both(self.circuit.any(is_not), *was_met)

    @cached_property
    def remedies(self) -> World:
        """The second set of values: what an action could be put right to, with the approvals it could be given."""
        needed = {
            name
            for side in (self.old.program, self.new.program)
            for rule in side.rules
            for need in rule.needs
            for name in reads(need.test)
        } | {side.vocabulary.approvals for side in (self.old.program, self.new.program)} - {""}
        around = {other for name in needed for other in self.world.partition.beside(name)}
        domains = {name: domain for name, domain in self.world.partition.domains.items() if name in around}
        parted = replace(
            self.world.partition,
            domains=domains,
            compared=tuple(group for group in self.world.partition.compared if group <= around),
        )
        world = World(self.circuit, parted, self.world.vocabularies, total=True, every=True)
        approvals = self.old.program.vocabulary.approvals
        if approvals in world.common:
            given = zip(self.world.stated.values[approvals], world.stated.values[approvals], strict=True)
            for now, then in given:
                self.circuit.require(-now, then)
        return world

    @property
    def remedy(self) -> State:
        """The state of the second set of values."""
        return self.remedies.stated

    # -- where a change can matter -----------------------------------------------------------------------------------

    def gains(self, part: Part) -> int:
        """Where a rule comes to apply."""
        old, new = self.truths(part)
        return self.circuit.either(
            self.circuit.both(new.sure, -old.sure), self.circuit.both(new.possible, -old.possible)
        )

    def loses(self, part: Part) -> int:
        """Where a rule ceases to apply."""
        old, new = self.truths(part)
        return self.circuit.either(
            self.circuit.both(old.sure, -new.sure), self.circuit.both(old.possible, -new.possible)
        )

    def truths(self, part: Part) -> tuple[Ternary, Ternary]:
        """Whether a rule applies, in both versions."""
        return (
            self.old.applies[part.old.id] if part.old else Ternary(-1, -1),
            self.new.applies[part.new.id] if part.new else Ternary(-1, -1),
        )

    def region(self, part: Part) -> int:
        """Where a change can make any difference."""
        if part.rule is None:
            return {"baseline": self.baseline_region, "facts": self.facts_region, "when_unknown": self.open_region}[
                part.name
            ]
        old, new = self.truths(part)
        moved = self.circuit.either(self.gains(part), self.loses(part))
        if part.old and part.new and self.regraded(part.old, part.new):
            moved = self.circuit.either(moved, self.circuit.both(old.possible, new.possible))
        return moved

    def regraded(self, old: Rule, new: Rule) -> bool:
        """Whether a rule asks otherwise where it applies, or sets other rules aside."""
        mine = {self.renamed.get(id, id) for id in self.overriding[0][old.id]}
        return record(old) != record(new) or mine != self.overriding[1][new.id]

    @cached_property
    def baseline_region(self) -> int:
        """Where the baselines differ, and are not surely opened in both."""
        differs = [
            self.circuit.both(maybe_before, maybe_now)
            for _, maybe_before, before in self.old.starts
            for _, maybe_now, now in self.new.starts
            if start_key(before) != start_key(now)
        ]
        for side, other in ((self.old, self.new), (self.new, self.old)):
            if len(side.starts) > len(other.starts):
                differs.append(-side.state.known[side.program.baseline.fact])
        return self.circuit.both(
            -self.circuit.both(self.old.opened.sure, self.new.opened.sure), self.circuit.any(differs)
        )

    @cached_property
    def facts_region(self) -> int:
        """Where the facts are completed otherwise."""
        if self.same_vocabulary:
            return self.circuit.FALSE
        mine, theirs = self.old.state, self.new.state
        differs = []
        for name in self.world.common:  # a fact that one version alone knows is read by rules that changed alone
            literals = zip(
                [mine.known[name], *mine.values[name]], [theirs.known[name], *theirs.values[name]], strict=True
            )
            differs += [-self.circuit.same(one, other) for one, other in literals]
        differs += [
            -self.circuit.same(literal, theirs.related.get(key, -1))
            for key, literal in mine.related.items()
            if set(key) <= set(self.world.common)
        ]
        return self.circuit.any(differs)

    @cached_property
    def open_region(self) -> int:
        """Where a decision is open."""
        return -self.both_determined


LESS = frozenset({DiffKind.DUTY_REMOVED, DiffKind.REVISION_REMOVED, DiffKind.APPROVAL_REMOVED})


def start_key(start: object) -> object:
    """What of a start decides: its words do not."""
    approval = getattr(start, "approval", None)
    return (getattr(start, "outcome", None), approval and suffices(approval))


def completes_alike(old: Vocabulary, new: Vocabulary) -> bool:
    """Whether two vocabularies make the same of all facts."""
    defaults = [
        {name: fact.default for name, fact in side.facts.items() if fact.default is not None} for side in (old, new)
    ]
    bare = [[(implication.given, implication.then) for implication in side.implications] for side in (old, new)]
    return defaults[0] == defaults[1] and bare[0] == bare[1] and old.impossible == new.impossible


def topics_of(old: Program, new: Program) -> dict[tuple[str, str], int]:
    """What each advising rule is about: rules with one id, or the same words, are about the same."""
    topics: dict[tuple[str, str], int] = {}
    seen: dict[tuple[str, str], int] = {}
    for side, program in (("old", old), ("new", new)):
        for rule in program.rules:
            if rule.effect is not Effect.ADVISE:
                continue
            keys = [("id", rule.id), ("say", rule.say)]
            mine = sorted({seen[key] for key in keys if key in seen}) or [len(topics)]
            for other in mine[1:]:
                for known in (topics, seen):
                    known.update({key: mine[0] for key, topic in known.items() if topic == other})
            topics[side, rule.id] = mine[0]
            seen.update(dict.fromkeys(keys, mine[0]))
    return topics


# -- the comparison --------------------------------------------------------------------------------------------------


@dataclass
class Wanted:
    """One kind of difference to be told: the literal that says that it is there, and from which outcome to which."""

    kind: DiffKind
    literal: int
    pair: tuple[Outcome, Outcome] | None = None


PAIRS = [(old, new) for old in Outcome for new in Outcome if old is not new]
LISTS = (
    DiffKind.DUTY_ADDED, DiffKind.REVISION_ADDED, DiffKind.APPROVAL_ADDED, DiffKind.DUTY_REMOVED, DiffKind.REVISION_REMOVED,
    DiffKind.APPROVAL_REMOVED, DiffKind.HAND_OVER, DiffKind.ADVICE_ADDED,
)  # fmt: skip


class Comparing:
    """One comparison being made."""

    def __init__(self, old: Program, new: Program, conflicts: int) -> None:
        check_comparable(old.vocabulary, new.vocabulary)
        self.old, self.new, self.conflicts = old, new, conflicts
        self.parted = partition((old.vocabulary, new.vocabulary), [*conditions_of(old), *conditions_of(new)])
        self.parts, self.renamed = changed_parts(old, new)
        self.others: list[Part] = []
        if baseline_key(old) != baseline_key(new):
            self.others.append(Part("baseline"))
        if not completes_alike(old.vocabulary, new.vocabulary):
            self.others.append(Part("facts"))
        self.questions = 0

    def comparison(self) -> Comparison:
        """Compare actions of which all facts are known, then those of which some are missing."""
        statements: list[Statement] = []
        pairs: set[tuple[Outcome, Outcome]] = set()
        with self.versions(total=True) as versions:
            every = [*self.parts, *self.others]
            found = list(self.told(versions, self.wanted(versions, versions.both_determined, full=True), every))
            statements += self.joined(versions, found)
            pairs |= {pair for statement in statements for pair in statement.outcomes}
            self.questions += versions.questions
            refused = tuple(self.refused(versions))
        with self.versions(total=False) as versions:
            every = [*self.parts, *self.others]
            if self.old.when_unknown is not self.new.when_unknown:
                every.append(Part("when_unknown"))
            determined = self.wanted(versions, versions.both_determined, full=True)
            found = [
                (part, want)
                for part, want in self.told(versions, determined, every)
                if not any(already_told(statement, part, want) for statement in statements)
            ]
            more = self.joined(versions, found, left_out=True)
            pairs |= {pair for statement in more for pair in statement.outcomes}
            statements += more
            told = {statement.part for statement in statements if statement.kind is not DiffKind.ADVICE_ADDED}
            statements += self.open(versions, every, told)
            refused = refused or tuple(self.refused(versions))
            bounds_differ, shown_otherwise = self.bounds_differ(versions), self.shown_otherwise(versions)
            self.questions += versions.questions
        return Comparison(
            self.old, self.new, frozenset(pairs), tuple(statements), refused, tuple(self.renamed.items()),
            (*self.parts, *self.others), bounds_differ, shown_otherwise, self.questions,
        )  # fmt: skip

    def versions(self, *, total: bool) -> Versions:
        """Both programs over all actions of which all facts are known, or over all others too."""
        return Versions(self.parted, self.old, self.new, total=total, conflicts=self.conflicts)

    def wanted(self, versions: Versions, where: int, *, full: bool) -> list[Wanted]:
        """The kinds of difference that there are, where neither decision is open."""
        both = versions.circuit.both
        wanted = [
            Wanted(DiffKind.STRICTER if pair[1] > pair[0] else DiffKind.LOOSER, both(where, versions.pair(pair)), pair)
            for pair in PAIRS
        ]
        wanted += [Wanted(kind, both(where, versions.listed(kind, full=full))) for kind in LISTS]
        return [want for want in wanted if want.literal != -1 and versions.possible(want.literal)]

    def told(
        self, versions: Versions, wanted: Sequence[Wanted], every: Sequence[Part]
    ) -> Iterator[tuple[Part, Wanted]]:
        """Which change tells which difference: changes that alone make it first, then others until all of it is told."""
        if not wanted:
            return
        regions = {part: versions.region(part) for part in every}
        live = [part for part in every if regions[part] != -1 and versions.possible(regions[part])]
        versions.live = {part: regions[part] for part in live}
        for want in wanted:
            told: list[Part] = []
            for part in live:
                others = [-regions[other] for other in live if other is not part]
                if versions.possible(want.literal, regions[part], *others):
                    told.append(part)
            for part in sorted(live, key=lambda part: not decisive(part, want)):
                left = [-regions[other] for other in told]
                if part not in told and versions.possible(want.literal, regions[part], *left):
                    told.append(part)
            if versions.possible(want.literal, *(-regions[part] for part in told)):
                raise Unconfirmed(f"{want.kind} is told by no change")
            yield from ((part, want) for part in live if part in told)

    def joined(
        self, versions: Versions, found: Sequence[tuple[Part, Wanted]], *, left_out: bool = False
    ) -> list[Statement]:
        """One statement for each change and direction: several outcomes, and what goes with them, in one."""
        by_part: dict[tuple[Part, DiffKind], list[Wanted]] = {}
        for part, want in found:
            by_part.setdefault((part, want.kind), []).append(want)
        statements: list[Statement] = []
        for (part, kind), wants in by_part.items():
            main = {
                DiffKind.DUTY_ADDED: DiffKind.STRICTER,
                DiffKind.REVISION_ADDED: DiffKind.STRICTER,
                DiffKind.APPROVAL_ADDED: DiffKind.STRICTER,
            }.get(kind, DiffKind.LOOSER)
            if (
                kind not in (DiffKind.STRICTER, DiffKind.LOOSER)
                and kind is not DiffKind.ADVICE_ADDED
                and (part, main) in by_part
            ):
                continue
            also = (
                [
                    other
                    for (its, other) in by_part
                    if its == part and other in LISTS and other is not DiffKind.ADVICE_ADDED
                ]
                if kind in (DiffKind.STRICTER, DiffKind.LOOSER)
                else []
            )
            also = [
                other
                for other in also
                if (other in MAJOR or other not in LESS | {DiffKind.HAND_OVER}) is (kind is DiffKind.STRICTER)
            ]
            statements.append(
                self.statement(
                    versions,
                    part,
                    kind,
                    wants,
                    tuple(also),
                    left_out=left_out,
                    look=len(statements) < MASKS_LOOKED_AT,
                )
            )
        return statements

    def statement(
        self,
        versions: Versions,
        part: Part,
        kind: DiffKind,
        wants: Sequence[Wanted],
        also: tuple[DiffKind, ...],
        *,
        left_out: bool,
        look: bool,
    ) -> Statement:
        """One statement: with its witness, and the rules that decide some of the actions already."""
        region = versions.region(part)
        gains, loses = (versions.gains(part), versions.loses(part)) if part.rule else (-1, -1)
        literal = versions.circuit.any(want.literal for want in wants)
        shown = self.shown(versions, part, wants[0], [wants[0].literal, region])
        elsewhere: tuple[str, ...] = ()
        always = False
        outcomes = tuple(want.pair for want in wants if want.pair)
        if look and outcomes and part.rule and not left_out:
            elsewhere, always = self.elsewhere(versions, region, literal, max(max(pair) for pair in outcomes), part)
        return Statement(
            kind, part, outcomes, shown,
            gains=gains != -1 and versions.possible(literal, gains),
            loses=loses != -1 and versions.possible(literal, loses),
            elsewhere=elsewhere, always=always, left_out=left_out, also=also, beside=self.beside(versions, part),
        )  # fmt: skip

    @staticmethod
    def beside(versions: Versions, part: Part) -> tuple[Part, ...]:
        """The other changes that matter for some of the same actions: what is decided there hangs on them too."""
        region = versions.region(part)
        return tuple(
            other for other, its in versions.live.items() if other is not part and versions.possible(region, its)
        )

    def elsewhere(
        self, versions: Versions, region: int, literal: int, least: Outcome, part: Part
    ) -> tuple[tuple[str, ...], bool]:
        """The rules that decide part of a region already, so strictly that nothing changes there; and whether only they do."""
        counting = {
            id: versions.circuit.both(
                truth.sure, *(old.sure for other, old, strict in versions.old.claims if other == id and strict >= least)
            )
            for id, truth, outcome in versions.new.claims
            if outcome >= least and id != part.name and id in versions.old.applies
        }
        left, found = dict(counting), []
        while left and versions.possible(region, -literal, versions.circuit.any(left.values())):
            model = versions.circuit.model()
            hit = [id for id, counts in left.items() if true_in(model, counts)]
            found += hit
            left = {id: counts for id, counts in left.items() if id not in hit}
        always = not versions.possible(region, -literal, *(-counting[id] for id in found))
        return tuple(
            rule.id for rule in sorted(self.new.rules, key=lambda rule: rule.place) if rule.id in found
        ), always

    # -- witnesses ---------------------------------------------------------------------------------------------------

    def shown(self, versions: Versions, part: Part | None, want: Wanted, literals: Sequence[int]) -> Shown:
        """An action that is so, as usual as can be, decided again by ``interpret`` under both versions."""
        about = conditions_read(part)
        facts = usual_witness(
            versions.world, versions.reading, [versions.admitted, *literals], self.new.vocabulary, about
        )
        old, new = interpret(self.old, facts), interpret(self.new, facts)
        so = (decides_so(self.old, old), decides_so(self.new, new))
        told = telling(facts, self.new.vocabulary, about, lambda some: all(same(some) for same in so))
        shown = Shown(facts, told, old, new)
        remedy = Witness(versions.remedies).facts() if "remedies" in vars(versions) else {}
        confirm(want, shown, remedy)
        return shown

    def refused(self, versions: Versions) -> Iterator[Refused]:
        """What only the new vocabulary says of facts, with an action that it refuses and the old one decides."""
        if versions.same_vocabulary:
            return
        admitted = versions.old.completed.admits
        if versions.circuit.possible(admitted, -versions.new.completed.admits):
            facts = usual_witness(
                versions.world, versions.reading, [admitted, -versions.new.completed.admits], self.new.vocabulary
            )
            yield Refused(refusal(self.new, facts), facts)

    # -- where facts are missing -------------------------------------------------------------------------------------

    def open(self, versions: Versions, every: Sequence[Part], told: set[Part]) -> list[Statement]:
        """What is decided differently only where facts are missing: one statement for each change that makes it."""
        either_open = -versions.both_determined
        differs = [versions.pair(pair) for pair in PAIRS]
        lists = [versions.listed(kind, full=False) for kind in LISTS]
        partly = [literal for kind, literal in zip(LISTS, lists, strict=True) if kind is not DiffKind.ADVICE_ADDED]
        literal = versions.circuit.either(
            versions.circuit.both(either_open, versions.circuit.any([*differs, *lists])),
            versions.circuit.both(versions.both_determined, versions.circuit.any(partly)),
        )
        want = Wanted(DiffKind.OPEN, literal)
        if literal == -1 or not versions.possible(literal):
            return []
        found = [part for part, _ in self.told(versions, [want], every)]
        return [
            Statement(
                DiffKind.OPEN,
                part,
                (),
                self.shown(versions, part, want, [literal, versions.region(part)]),
                missing_only=True,
                beside=self.beside(versions, part),
            )
            for part in found
            if part not in told
        ]

    def bounds_differ(self, versions: Versions) -> bool:
        """Whether something that a decision shows differs that is no difference: its bounds."""
        differs = []
        for least, bound in versions.old.bounds.items():
            other = versions.new.bounds[least]
            differs += [
                -versions.circuit.same(bound.sure, other.sure),
                -versions.circuit.same(bound.possible, other.possible),
            ]
        literal = versions.circuit.any(differs)
        return literal != -1 and versions.possible(literal)

    def shown_otherwise(self, versions: Versions) -> frozenset[Part]:
        """The changed rules that some decision shows otherwise, be it among what may be."""
        regions = {part: versions.region(part) for part in self.parts}
        return frozenset(part for part, region in regions.items() if region != -1 and versions.possible(region))


def already_told(statement: Statement, part: Part, want: Wanted) -> bool:
    """Whether a statement says of a change what is wanted."""
    kinds = (statement.kind, *statement.also)
    return statement.part == part and want.kind in kinds and (want.pair is None or want.pair in statement.outcomes)


def decisive(part: Part, want: Wanted) -> bool:
    """Whether a rule says what an outcome comes to: it is as strict as the new one, or was as strict as the old one."""
    if want.pair is None:
        return True
    old, new = want.pair
    rule, outcome = (part.new, new) if new > old else (part.old, old)
    if rule is None:
        return part.rule is None
    strictest = Outcome.DENY if rule.effect is Effect.DENY else Outcome.ASK if rule.approval else Outcome.REVISE
    return strictest >= outcome and (rule.effect is Effect.DENY or bool(rule.approval or rule.needs))


def true_in(model: Mapping[int, bool], literal: int) -> bool:
    """Whether a literal is true in a model."""
    return literal == 1 or (literal != -1 and model.get(abs(literal), False) == (literal > 0))


def baseline_key(program: Program) -> object:
    """What of a baseline decides."""
    return program.baseline.fact, {value: start_key(start) for value, start in program.baseline.starts.items()}


def conditions_read(part: Part | None) -> frozenset[str]:
    """The facts that a changed rule reads, in either version."""
    rules = [rule for rule in (part.old, part.new) if rule] if part else []
    return frozenset().union(*(reads(rule.when) for rule in rules))


def usual_witness(
    world: World, reading: Reading, literals: Sequence[int], vocabulary: Vocabulary, about: frozenset[str] = frozenset()
) -> dict[str, Value | None]:
    """An action that is so, with as many facts as can be at the values they have in examples.

    Facts that the question is ``about`` give way first. All usual values are assumed at once; of those that cannot all be,
    the solver names some that are to blame, and one of these is given up, until the rest can be. What was given up and
    can be all the same is taken back.
    """
    circuit, usual = world.circuit, usual_literals(world, reading, vocabulary)
    given_up: list[int] = []
    while not circuit.possible(*literals, *usual):
        blamed = [literal for literal in circuit.solver.core() if literal in usual]
        if not blamed:
            raise Unconfirmed("there is no such action")
        given_up.append(min(blamed, key=lambda literal: (usual[literal] not in about, usual[literal], literal)))
        del usual[given_up[-1]]
    for literal in given_up:
        if circuit.possible(*literals, *usual, literal):
            usual[literal] = ""
    circuit.possible(*literals, *usual)
    return Witness(world).facts()


def usual_literals(world: World, reading: Reading, vocabulary: Vocabulary) -> dict[int, str]:
    """What is usual of each fact, as literals: the value it has in examples; of a set, each member by itself."""
    usual: dict[int, str] = {}
    for name in world.common:
        fact, domain = vocabulary.facts[name], world.partition.domains[name]
        value = fact.in_examples
        if domain.kind is Kind.SET:
            members = value if isinstance(value, frozenset) else frozenset[str]()
            rest = bool(members - set(domain.members))
            for member, literal in zip(domain.members, world.stated.values[name], strict=True):
                usual.setdefault(literal if member in members or (member == REST and rest) else -literal, name)
        elif value is not None and any(item.has(value) for item in domain.classes):
            usual.setdefault(reading.equals(name, value, world.stated), name)
        elif not world.total:
            usual.setdefault(-world.stated.known[name], name)
    usual.pop(world.circuit.FALSE, None)
    return usual


def unusual(facts: Facts, vocabulary: Vocabulary, about: frozenset[str]) -> dict[str, Value | None]:
    """The facts of an action that are not as in examples; those that have no example only if the question is about them."""
    found: dict[str, Value | None] = {}
    for name, fact in vocabulary.facts.items():
        value = facts.get(name)
        no_example = fact.in_examples is None
        if (
            (value is not None and name in about)
            if no_example
            else (value != fact.in_examples and (name in facts or fact.default is None))
        ):
            found[name] = value
    return found


TRIED_TO_LEAVE_OUT = 24
"""How many facts are tried to be left out of what is told of a witness."""


def telling(facts: Facts, vocabulary: Vocabulary, about: frozenset[str], same: Callable[[Facts], bool]) -> Facts:
    """The facts of a witness that have to be told, so that with all others as in examples it is decided so.

    Those that are not as in examples are; of those that have no example, as few as we find. All, if nothing less is the same.
    """
    odd = unusual(facts, vocabulary, frozenset())
    without = [name for name in facts if name in vocabulary.facts and vocabulary.facts[name].in_examples is None]
    kept = [name for name in without if name in about]
    chosen = kept if same({**odd, **{name: facts[name] for name in kept}}) else without
    if chosen is without and not same({**odd, **{name: facts[name] for name in without}}):
        return facts
    left = {name: facts[name] for name in facts if name in odd or name in chosen}
    for name in sorted(chosen, key=lambda name: name in about)[:TRIED_TO_LEAVE_OUT]:
        fewer = {other: value for other, value in left.items() if other != name}
        if same({**odd, **fewer}):
            left = fewer
    return {**odd, **left}


def decides_so(program: Program, decision: Decision) -> Callable[[Facts], bool]:
    """Whether facts, the others being as in examples, are decided like this."""

    def same(facts: Facts) -> bool:
        known = {name: value for name, value in facts.items() if name in program.vocabulary.facts}
        try:
            other = interpret(program, known, assume=Assume.IN_EXAMPLES)
        except ActionError:
            return False
        return (other.outcome, other.determined, other.sure) == (decision.outcome, decision.determined, decision.sure)

    return same


def refusal(program: Program, facts: Facts) -> str:
    """Why a vocabulary refuses an action."""
    try:
        known = complete(program.vocabulary, facts)
    except ActionError as error:
        return str(error.problems[0])
    for condition in program.vocabulary.impossible:
        if holds(condition, known) is Truth.TRUE:
            return "it cannot be, by `impossible`"
    raise Unconfirmed("the new vocabulary does not refuse this action")


def confirm(want: Wanted, shown: Shown, remedy: Facts) -> None:
    """Raise ``Unconfirmed`` where ``interpret`` does not see the difference that is claimed."""
    old, new = shown.old, shown.new
    determined = old.determined and new.determined
    mine, theirs = (new, old) if want.kind in LESS else (old, new)
    match want.kind:
        case DiffKind.STRICTER | DiffKind.LOOSER:
            seen = determined and (old.outcome, new.outcome) == want.pair
        case DiffKind.DUTY_ADDED | DiffKind.DUTY_REMOVED:
            had = {(duty_key(duty), duty.within and duty.within.order) for duty in mine.sure.duties}
            seen = (
                determined
                and theirs.outcome >= mine.outcome
                and not all(
                    any(
                        key == duty_key(duty) and (duty.within is None or (limit and limit <= duty.within.order))
                        for key, limit in had
                    )
                    for duty in theirs.sure.duties
                )
            )
        case DiffKind.REVISION_ADDED | DiffKind.REVISION_REMOVED:
            seen = theirs.outcome >= mine.outcome and (
                all(holds(revision.test, remedy) is Truth.TRUE for revision in mine.sure.revisions)
                and any(holds(revision.test, remedy) is not Truth.TRUE for revision in theirs.sure.revisions)
            )
        case DiffKind.APPROVAL_ADDED | DiffKind.APPROVAL_REMOVED:
            seen = theirs.outcome >= mine.outcome and len(theirs.sure.approvals) > 0
        case DiffKind.HAND_OVER:
            seen = routed(old) != routed(new)
        case DiffKind.ADVICE_ADDED:
            seen = len(new.sure.advice) > 0
        case DiffKind.OPEN:
            seen = old.to_dict() | {"policy": ""} != new.to_dict() | {"policy": ""}
    if not seen:
        raise Unconfirmed(
            f"{want.kind} is not confirmed for {dict(shown.facts)}: {old.outcome.word} -> {new.outcome.word}"
        )
