"""Prove guarantees: for all actions that the vocabulary admits, or refute them by one that breaks them.

A guarantee speaks of actions of which all facts are known. Whether it also holds where facts are missing is asked apart:
there it is broken by facts for which its condition is sure and the decision is one that it does not admit. What is shown was
decided again by ``interpret``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import Protocol

from socialpolicy.comparing import (
    Unconfirmed,
    conditions_of,
    decides_so,
    duty_key,
    hand_over_key,
    suffices,
    telling,
    usual_witness,
)
from socialpolicy.completing import Assume, complete
from socialpolicy.conditions import holds, reads
from socialpolicy.decisions import Decision
from socialpolicy.guarantees import Guarantee
from socialpolicy.interpret import interpret
from socialpolicy.partitions import Partition, partition
from socialpolicy.program import Effect, Outcome, Program
from socialpolicy.solving import CONFLICTS, Circuit, Undecided
from socialpolicy.symbolic import Deciding, Reading, Witness, World
from socialpolicy.telling import Plain, plain
from socialpolicy.values import Facts, Truth, Value


class Status(StrEnum):
    """What became of a guarantee. ``VACUOUS``: it is about no action at all; ``OPEN``: a stated limit was met."""

    HOLDS = "holds"
    FAILS = "fails"
    VACUOUS = "vacuous"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """An action that breaks a guarantee; ``otherwise`` is the other one, where other values should change nothing.

    ``unusual`` are the facts that are not as in examples; ``rules`` are those that decide so.
    """

    facts: Facts
    unusual: Facts
    decision: Decision
    rules: tuple[str, ...]
    otherwise: Facts | None = None
    other_decision: Decision | None = None

    def as_data(self) -> dict[str, Plain]:
        """The counterexample for programs."""
        data: dict[str, Plain] = {
            "facts": {name: plain(value) for name, value in self.facts.items()},
            "unusual": sorted(self.unusual),
            "outcome": self.decision.outcome.word,
            "rules": list(self.rules),
        }
        if self.otherwise is not None and self.other_decision is not None:
            changed = {name: plain(value) for name, value in changed_facts(self.facts, self.otherwise).items()}
            data |= {"changed": changed, "other_outcome": self.other_decision.outcome.word}
        return data


def changed_facts(facts: Facts, otherwise: Facts) -> dict[str, Value | None]:
    """The facts that another action has otherwise; one that it leaves out is told as unknown."""
    left_out = object()
    return {
        name: otherwise.get(name)
        for name in {**facts, **otherwise}
        if facts.get(name, left_out) != otherwise.get(name, left_out)
    }


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one guarantee: with all facts known (``status``), and where facts are missing (``where_missing``)."""

    guarantee: Guarantee
    status: Status
    counterexample: Counterexample | None = None
    where_missing: Status = Status.HOLDS
    counterexample_missing: Counterexample | None = None
    limit: str = ""

    @property
    def id(self) -> str:
        """The guarantee's id."""
        return self.guarantee.id

    @property
    def title(self) -> str:
        """The guarantee's title."""
        return self.guarantee.title

    def as_data(self) -> dict[str, Plain]:
        """The result for programs."""
        data: dict[str, Plain] = {
            "id": self.id,
            "title": self.title,
            "line": self.guarantee.line,
            "status": self.status.value,
        }
        if self.counterexample:
            data["counterexample"] = self.counterexample.as_data()
        if self.status is not Status.VACUOUS:
            data["where_facts_are_missing"] = self.where_missing.value
        if self.counterexample_missing:
            data["counterexample_where_facts_are_missing"] = self.counterexample_missing.as_data()
        return data | ({"limit": self.limit} if self.limit else {})


@dataclass(frozen=True, slots=True)
class Proofs:
    """What became of all guarantees of a policy."""

    results: tuple[Result, ...]

    @property
    def failed(self) -> tuple[Result, ...]:
        """Those that are not proved: refuted, about nothing, or open."""
        return tuple(result for result in self.results if result.status is not Status.HOLDS)

    @property
    def held(self) -> bool:
        """Whether all are proved."""
        return not self.failed


class Guaranteed(Protocol):
    """A policy: a program, and the guarantees that its author gives."""

    @property
    def program(self) -> Program:
        """What decides."""

    @property
    def guarantees(self) -> Sequence[Guarantee]:
        """What is claimed of it."""


def prove(
    policy: Guaranteed, *, only: Collection[str] = (), missing: bool = True, conflicts: int = CONFLICTS
) -> Proofs:
    """Prove the guarantees of a policy, or ``only`` some, by id. What meets the limit of ``conflicts`` is told as open.

    Without ``missing`` it is not asked whether they also hold where facts are missing, and told so as open.
    """
    only = {only} if isinstance(only, str) else set(only)
    wanted = [guarantee for guarantee in policy.guarantees if not only or guarantee.id in only]
    if not wanted:
        return Proofs(())
    try:
        proving = Proving(policy.program, wanted, missing, conflicts)
    except Undecided as error:
        return Proofs(
            tuple(Result(guarantee, Status.OPEN, where_missing=Status.OPEN, limit=error.limit) for guarantee in wanted)
        )
    return Proofs(tuple(proving.result(guarantee) for guarantee in wanted))


class Proving:
    """One policy being proved: its program over all actions of which all facts are known, and over all."""

    def __init__(self, program: Program, guarantees: Sequence[Guarantee], missing: bool, conflicts: int) -> None:
        conditions = [
            *conditions_of(program),
            *(condition for guarantee in guarantees for condition in guarantee.conditions),
        ]
        self.program = program
        parted = partition((program.vocabulary,), conditions)
        self.known = Copies(program, parted, total=True, conflicts=conflicts)
        self.partly = Copies(program, parted, total=False, conflicts=conflicts) if missing else None

    def result(self, guarantee: Guarantee) -> Result:
        """Prove or refute one guarantee."""
        try:
            broken = self.broken(self.known, guarantee)
            status = Status.FAILS if broken else Status.HOLDS
            if not broken and not self.known.possible(self.known.first.holds(guarantee.where).sure):
                return Result(guarantee, Status.VACUOUS)
        except Undecided as error:
            return Result(guarantee, Status.OPEN, where_missing=Status.OPEN, limit=error.limit)
        if broken:  # by an action that is none the less one, where facts may be missing
            return Result(guarantee, status, broken, Status.FAILS)
        if self.partly is None:
            return Result(guarantee, status, broken, Status.OPEN, limit="it was not asked")
        try:
            missing = self.broken(self.partly, guarantee)
        except Undecided as error:
            return Result(guarantee, status, broken, Status.OPEN, limit=error.limit)
        return Result(guarantee, status, broken, Status.FAILS if missing else Status.HOLDS, missing)

    def broken(self, copies: Copies, guarantee: Guarantee) -> Counterexample | None:
        """An action that breaks the guarantee, if there is one."""
        literals = copies.breaking(guarantee)
        if -1 in literals or not copies.possible(*literals):
            return None
        about = frozenset().union(*map(reads, guarantee.conditions))
        facts = usual_witness(
            copies.world, copies.reading, [copies.admitted, *literals], self.program.vocabulary, about
        )
        decision = interpret(self.program, facts)
        other = None
        if guarantee.unaffected_by:
            kept = {name: value for name, value in facts.items() if name not in guarantee.unaffected_by}
            other = Witness(copies.second_world).facts(kept)
        other_decision = interpret(self.program, other) if other is not None else None
        self.confirm(guarantee, facts, decision, other, other_decision)
        rules = responsible(decision)
        if other_decision:
            alone = set(decision.applies) ^ set(other_decision.applies)
            rules = tuple(dict.fromkeys((*rules, *responsible(other_decision), *sorted(alone))))
        same = decides_so(self.program, decision)
        told = telling(facts, self.program.vocabulary, about, lambda some: same(some) and self.still(guarantee, some))
        return Counterexample(facts, told, decision, rules, other, other_decision)

    def still(self, guarantee: Guarantee, facts: Facts) -> bool:
        """Whether a guarantee is about facts, the others being as in examples."""
        known = complete(self.program.vocabulary, facts, assume=Assume.IN_EXAMPLES)
        return holds(guarantee.where, known) is Truth.TRUE

    def confirm(
        self,
        guarantee: Guarantee,
        facts: Facts,
        decision: Decision,
        other: Facts | None,
        other_decision: Decision | None,
    ) -> None:
        """Raise ``Unconfirmed`` where ``interpret`` does not see that the guarantee is broken."""
        known = complete(self.program.vocabulary, facts)
        seen = holds(guarantee.where, known) is Truth.TRUE
        if other is not None and other_decision is not None:
            mine, theirs = decision.to_dict(), other_decision.to_dict()
            beside = {name for name in {*facts, *other} if facts.get(name) != other.get(name)} <= set(
                guarantee.unaffected_by
            )
            seen = seen and beside and any(mine[key] != theirs[key] for key in ("outcome", "sure"))
        elif guarantee.only_if is not None:
            seen = seen and decision.outcome is Outcome.ALLOW and holds(guarantee.only_if, known) is not Truth.TRUE
        else:
            seen = seen and decision.outcome not in guarantee.admits
        if not seen:
            raise Unconfirmed(f"{guarantee.id} is not broken by {dict(facts)}")


def responsible(decision: Decision) -> tuple[str, ...]:
    """The rules that decide so: those that count, or (where nothing does) those that open; "" is the baseline."""
    if decision.because:
        return decision.because
    allowing = {rule.id for rule in decision.program.rules if rule.effect is Effect.ALLOW}
    return tuple(rule for rule in decision.applies if rule in allowing) or ("",)


class Copies:
    """A program over all actions; and, where a question compares two actions, over all of them once more."""

    def __init__(self, program: Program, parted: Partition, *, total: bool, conflicts: int) -> None:
        self.program, self.parted, self.total = program, parted, total
        self.circuit = Circuit(conflicts=conflicts)
        self.world = World(self.circuit, parted, (program.vocabulary,), total=total)
        self.reading = Reading(self.circuit, parted)
        self.first = Deciding(self.world, self.reading, program)
        self.admitted = self.first.completed.admits

    def possible(self, *literals: int) -> bool:
        """Tell whether some action that is admitted is so."""
        return self.circuit.possible(self.admitted, *literals)

    def breaking(self, guarantee: Guarantee) -> list[int]:
        """The literals of an action that breaks a guarantee."""
        where = self.first.holds(guarantee.where).sure
        if guarantee.unaffected_by:
            kept = [self.equal[name] for name in self.world.common if name not in guarantee.unaffected_by]
            kept += [
                literal
                for pair, literal in self.equally_related.items()
                if not set(pair) & set(guarantee.unaffected_by)
            ]
            second = self.second
            return [where, second.holds(guarantee.where).sure, second.completed.admits, self.differs, *kept]
        if guarantee.only_if is not None:
            return [where, self.first.outcome(Outcome.ALLOW), -self.first.holds(guarantee.only_if).sure]
        return [where, -self.circuit.any(self.first.outcome(outcome) for outcome in guarantee.admits)]

    @cached_property
    def second_world(self) -> World:
        """All actions once more."""
        return World(self.circuit, self.parted, (self.program.vocabulary,), total=self.total)

    @cached_property
    def second(self) -> Deciding:
        """The program over all actions once more."""
        return Deciding(self.second_world, self.reading, self.program)

    @cached_property
    def equal(self) -> dict[str, int]:
        """For each fact, whether both actions have the same of it."""
        one, other = self.world, self.second_world
        return {
            name: self.circuit.all(
                self.circuit.same(mine, theirs)
                for mine, theirs in zip(
                    [one.stated.known[name], one.absent[name], *one.stated.values[name]],
                    [other.stated.known[name], other.absent[name], *other.stated.values[name]],
                    strict=True,
                )
            )
            for name in one.common
        }

    @cached_property
    def equally_related(self) -> dict[tuple[str, str], int]:
        """For each two facts that are compared, whether both actions have them alike."""
        theirs = self.second_world.stated.related
        return {pair: self.circuit.same(mine, theirs[pair]) for pair, mine in self.world.stated.related.items()}

    @cached_property
    def differs(self) -> int:
        """Whether the two actions are decided differently."""
        circuit, first, second = self.circuit, self.first, self.second
        outcome = circuit.any(-circuit.same(first.reaches[least], second.reaches[least]) for least in Outcome)
        both_deny = circuit.both(first.reaches[Outcome.DENY], second.reaches[Outcome.DENY])
        mine, theirs = asked(first), asked(second)
        to_do = circuit.any(-circuit.same(circuit.any(mine[key]), circuit.any(theirs[key])) for key in mine)
        mine, theirs = handed_on(first), handed_on(second)
        follows = circuit.any(-circuit.same(circuit.any(mine[key]), circuit.any(theirs[key])) for key in mine)
        return circuit.either(outcome, follows, circuit.both(to_do, -both_deny))


def asked(side: Deciding) -> Mapping[object, Sequence[int]]:
    """What a decision asks for, and where: revisions and approvals."""
    found: dict[object, list[int]] = {}
    for key, truth in chain(side.revising, ((suffices(approval), truth) for approval, truth in side.asking)):
        found.setdefault(key, []).append(truth.sure)
    return found


def handed_on(side: Deciding) -> Mapping[object, Sequence[int]]:
    """What follows from a decision, and where: duties, each with all limits that it is within, and hand-overs."""
    found: dict[object, list[int]] = {}
    limits: dict[object, set[tuple[int, bool] | None]] = {}
    for rule in side.program.rules:
        for duty in rule.duties:
            limits.setdefault(duty_key(duty), set()).add(duty.within.order if duty.within else None)
    for rule in side.program.rules:
        sure = side.applies[rule.id].sure
        for duty in rule.duties:
            for limit in limits[duty_key(duty)]:
                if limit is None or (duty.within and duty.within.order <= limit):
                    found.setdefault((duty_key(duty), limit), []).append(sure)
        if rule.hand_over:  # a playbook is about the situation, and judges no action
            found.setdefault(hand_over_key(rule.hand_over), []).append(sure)
    return found
