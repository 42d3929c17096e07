"""Doubts about a program, proved for all actions: rules that do nothing, overrides that never work, contradictions.

1. Everything is asked in one circuit, over all actions that the vocabulary admits, whether all of their facts are known or
   some are missing.
2. Of most rules one cheap question shows that they matter: is there an action to which nothing else objects as strictly?
3. Of the others it is asked whether they can hold, whether they can apply, and whether the program without them shows the
   same decisions. The program without a rule is in the same circuit: it differs in that rule and in those that the rule
   sets aside, directly or through others; what all other rules claim is joined by trees of gates, of which any few leaves can
   be left out at little cost.

What is doubted is proved. Where the solver meets its limit, the doubt is an ``OPEN`` one and says which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from types import TracebackType
from typing import Self

from socialpolicy.comparing import (
    Unconfirmed,
    Versions,
    compare,
    conditions_of,
    duty_key,
    routes,
    unusual,
    usual_witness,
)
from socialpolicy.completing import complete
from socialpolicy.conditions import ALWAYS, All, Condition, During, reads
from socialpolicy.interpret import applying
from socialpolicy.partitions import partition
from socialpolicy.program import Effect, Outcome, Program, Rule, WhenUnknown
from socialpolicy.solving import CONFLICTS, Circuit, Undecided
from socialpolicy.symbolic import Deciding, Reading, Ternary, World
from socialpolicy.values import Facts, Truth
from socialpolicy.vocabulary import Vocabulary

WITNESSES = 50
"""How many contradictions get an example: finding one takes several questions."""
CONTRADICTIONS = 1_000
"""How many contradictions are told; where there are more, the rest stays open."""
TRIED = 12
"""Among how many rules one is looked for that alone says what another one says."""
NAMED = 4
"""How many rules are named that together say what another one says."""


BASELINE = ""
"""Stands for the baseline among rules that say as much as another one."""


class About(StrEnum):
    """What a doubt is about."""

    NEVER_APPLIES = "rule-never-applies"
    ALWAYS_OVERRIDDEN = "rule-always-overridden"
    NEVER_MATTERS = "rule-never-matters"
    OVERRIDE = "override-never-matters"
    CONTRADICTION = "rules-contradict"
    TOO_WIDE = "allow-too-wide"
    OPEN = "lint-open"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubt about a rule. ``others`` are the rules that have to do with it: those that override it, say it already
    (``BASELINE`` may be among them), or deny.

    ``parts`` of its condition are to blame where it never holds, ``by_vocabulary`` tells whether only since the vocabulary
    says so. ``facts`` are those that matter of an action that shows the doubt. ``entirely``: of a contradiction, that the
    rule is denied wherever it applies; of a rule that never matters, that the others say all of it. ``limit`` is the one
    that was met.
    """

    about: About
    rule: str
    others: tuple[str, ...] = ()
    parts: tuple[Condition, ...] = ()
    by_vocabulary: bool = False
    opens_nothing: bool = False
    entirely: bool = False
    facts: Facts = field(default_factory=dict)
    limit: str = ""


class Leaves:
    """Literals of which all but a few can be joined by *or* at little cost: a balanced tree of gates."""

    def __init__(self, circuit: Circuit, literals: Sequence[int]) -> None:
        self.circuit, self.literals = circuit, literals
        self.nodes: dict[tuple[int, int], int] = {}

    def but(self, skip: Iterable[int] = ()) -> list[int]:
        """Few literals of which one is true just where a leaf is whose index is not among ``skip``."""
        return list(self.over(0, len(self.literals), sorted(skip))) if self.literals else []

    def over(self, start: int, end: int, skip: Sequence[int]) -> Iterator[int]:
        """The same for the leaves from one index to another."""
        if not skip:
            yield self.node(start, end)
        elif end - start > 1:
            middle = (start + end) // 2
            yield from self.over(start, middle, [index for index in skip if index < middle])
            yield from self.over(middle, end, [index for index in skip if index >= middle])

    def node(self, start: int, end: int) -> int:
        """The literal that is true where a leaf is from one index to another."""
        if end - start == 1:
            return self.literals[start]
        found = self.nodes.get((start, end))
        if found is None:
            middle = (start + end) // 2
            found = self.nodes[start, end] = self.circuit.either(self.node(start, middle), self.node(middle, end))
        return found


class Whole(Deciding):
    """What a program decides, with its claims in trees."""

    def __init__(self, world: World, reading: Reading, program: Program) -> None:
        super().__init__(world, reading, program)
        self.when = {rule.id: self.holds(rule.when) for rule in program.rules}
        self.places: dict[str, list[int]] = {}
        for index, (id, _, _) in enumerate(self.claims):
            self.places.setdefault(id, []).append(index)
        self.opening = [rule.id for rule in program.rules if rule.effect is Effect.ALLOW]
        opens = [self.applies[id] for id in self.opening]
        self.openers = self.trees(opens)

    def trees(self, truths: Sequence[Ternary]) -> tuple[Leaves, Leaves]:
        """Two trees: of what is sure, and of what may be."""
        return (
            Leaves(self.circuit, [truth.sure for truth in truths]),
            Leaves(self.circuit, [truth.possible for truth in truths]),
        )

    @cached_property
    def claiming(self) -> dict[Outcome, tuple[Leaves, Leaves]]:
        """For every outcome but the mildest: the claims that are at least so strict."""
        never = Ternary(Circuit.FALSE, Circuit.FALSE)
        return {
            least: self.trees([truth if outcome >= least else never for _, truth, outcome in self.claims])
            for least in (Outcome.REVISE, Outcome.ASK, Outcome.DENY)
        }

    def claimed(self, least: Outcome, without: Iterable[str], *, sure: bool) -> list[int]:
        """Few literals of which one is true where a rule, none of those ``without``, has something so strict against it."""
        skip = [index for id in without for index in self.places.get(id, ())]
        return self.claiming[least][not sure].but(skip)

    def opened_without(self, rules: Iterable[str]) -> Ternary:
        """Whether a rule that is none of these opens the baseline."""
        left_out = set(rules)
        skip = [index for index, id in enumerate(self.opening) if id in left_out]
        sure, possible = self.openers
        return Ternary(self.circuit.any(sure.but(skip)), self.circuit.any(possible.but(skip)))

    @cached_property
    def bounds(self) -> dict[Outcome, Ternary]:
        """For every outcome but the mildest: whether the decision is at least so strict."""
        return {
            least: self.any(
                (self.standing(least), Ternary(self.circuit.any(sure.but()), self.circuit.any(possible.but())))
            )
            for least, (sure, possible) in self.claiming.items()
        }


class Without(Deciding):
    """What the program decides without one rule: the same, but for that rule and the rules ``below`` it."""

    def __init__(self, whole: Whole, gone: Rule, below: Sequence[Rule]) -> None:
        self.whole, self.gone, self.below = whole, gone, below
        self.world, self.reading, self.program, self.circuit = whole.world, whole.reading, whole.program, whole.circuit
        self.completed, self.state = whole.completed, whole.state
        self.affected = [gone.id, *(rule.id for rule in below)]
        self.applies = {}
        for rule in below:  # in the order of the program: what overrides comes first
            over = [
                self.applies[other] if other in self.applies else whole.applies[other]
                for other in rule.overridden_by
                if other != gone.id
            ]
            self.applies[rule.id] = self.all((whole.when[rule.id], *(truth.negated for truth in over)))
        self.opens = [rule for rule in (gone, *below) if rule.effect is Effect.ALLOW]
        if self.opens:
            again = [self.applies[rule.id] for rule in self.opens if rule is not gone]
            self.opened = self.any((whole.opened_without(self.affected), *again))
        else:
            self.opened = whole.opened
        self.claims = [claim for rule in below for claim in self.claims_of(rule)]
        self.__dict__["starts"] = whole.starts

    def reaching(self, least: Outcome) -> tuple[list[int], list[int]]:
        """Few literals of which one is true where the outcome is at least so strict; and which of them are not the whole's."""
        sure = least is Outcome.DENY and self.program.when_unknown is not WhenUnknown.STRICTEST
        standing = (self.standing(least) if self.opens else self.whole.standing(least))[not sure]
        again = [truth[not sure] for _, truth, outcome in self.claims if outcome >= least]
        others = self.whole.claimed(least, self.affected, sure=sure)
        return [standing, *again, *others], [*([standing] if self.opens else []), *again]


class Remedies(Versions):
    """The second set of values by which what is asked for is compared: of one program, in its own circuit."""

    def __init__(self, deciding: Deciding) -> None:
        self.circuit, self.world, self.reading = deciding.circuit, deciding.world, deciding.reading
        self.old = self.new = deciding


Asked = tuple[Condition, Ternary]
"""A test that has to be passed, and whether it is asked for and not passed yet."""


def without(program: Program, ids: Collection[str]) -> Program:
    """A program without some of its rules."""
    kept = (rule for rule in program.rules if rule.id not in ids)
    rules = (
        replace(rule, overridden_by=tuple(other for other in rule.overridden_by if other not in ids)) for rule in kept
    )
    return replace(program, rules=tuple(rules))


def is_own(rule: Rule) -> bool:
    """Whether a rule is written in the policy itself, as a rule or an exception: its author can mend it."""
    return "/" not in rule.id and not rule.part_of and rule.effect is not Effect.PLAYBOOK


class Linting:
    """One program being doubted."""

    def __init__(self, program: Program, conflicts: int = CONFLICTS) -> None:
        """Raise ``Undecided`` where the facts are cut into too many classes."""
        self.program, self.rules = program, {rule.id: rule for rule in program.rules}
        parted = partition((program.vocabulary,), conditions_of(program))
        self.circuit = Circuit(conflicts=conflicts)
        self.world = World(self.circuit, parted, (program.vocabulary,), total=False)
        self.reading = Reading(self.circuit, parted)
        self.whole = Whole(self.world, self.reading, program)
        self.circuit.require(self.whole.completed.admits)
        self.set_aside: dict[str, list[str]] = {}
        for rule in program.rules:
            for other in rule.overridden_by:
                self.set_aside.setdefault(other, []).append(rule.id)
        self.seen: set[str] = set()
        """Rules of which it was seen that they apply to some action."""
        self.set_aside_seen: set[tuple[str, str]] = set()
        """Rules, and rules that they were seen to set aside."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.circuit.solver.close()

    def possible(self, *literals: int) -> bool:
        """Tell whether some action that the vocabulary admits is so."""
        return self.circuit.possible(*literals)

    def holds(self, id: str) -> int:
        """Where the condition of a rule holds."""
        return self.whole.when[id].sure

    def applies(self, id: str) -> int:
        """Where a rule applies."""
        return self.whole.applies[id].sure

    # -- doubts ------------------------------------------------------------------------------------------------------

    def doubts(self) -> Iterator[Doubt]:
        """Every doubt about a rule by itself, in the order of the file; those of a policy built on are others' business."""
        own = [rule for rule in sorted(self.program.rules, key=lambda rule: rule.place) if is_own(rule)]
        for rule in own:
            try:
                doubt = self.doubt(rule)
                if doubt:
                    yield doubt
                if rule.effect is Effect.ALLOW and self.holds_always(rule):
                    yield Doubt(About.TOO_WIDE, rule.id)
            except Undecided as error:
                yield Doubt(About.OPEN, rule.id, limit=error.limit)
        for rule in own:
            try:
                yield from self.idle_overrides(rule)
            except Undecided as error:
                yield Doubt(About.OPEN, rule.id, limit=error.limit)

    def doubt(self, rule: Rule) -> Doubt | None:
        """Why a rule does nothing, if it does nothing: one doubt, the strongest."""
        further = {other.id for other in self.program.rules if other.part_of == rule.id}
        if further and any(map(self.can_apply, (rule.id, *further))):  # it is these, too, that would be gone
            gone = without(self.program, {rule.id, *further})
            return None if compare(self.program, gone).statements else Doubt(About.NEVER_MATTERS, rule.id)
        differs = any(self.possible(*literals) for literals in self.differences(rule))
        if differs and (rule.id in self.seen or true_in(self.circuit.solver.model(), self.applies(rule.id))):
            return None
        if not self.can_apply(rule.id):
            if self.possible(self.holds(rule.id)):
                others = [id for id in rule.overridden_by if self.possible(self.holds(rule.id), self.applies(id))]
                return Doubt(About.ALWAYS_OVERRIDDEN, rule.id, others=self.in_file_order(others))
            parts, by_vocabulary = self.blamed(rule.when)
            return Doubt(About.NEVER_APPLIES, rule.id, parts=parts, by_vocabulary=by_vocabulary)
        return None if differs else self.never_matters(rule)

    def can_apply(self, id: str) -> bool:
        """Whether a rule applies to some action. An action that shows it shows it of other rules, too."""
        if id in self.seen:
            return True
        if not self.possible(self.applies(id)):
            return False
        model = self.circuit.solver.model()
        now = [other for other in self.rules if true_in(model, self.applies(other))]
        self.seen.update(now)
        for other in now:
            held = (below for below in self.set_aside.get(other, ()) if true_in(model, self.holds(below)))
            self.set_aside_seen.update((other, below) for below in held)
        return True

    def holds_always(self, rule: Rule) -> bool:
        """Whether the condition of a rule holds for every action of which all facts are known."""
        if rule.when == ALWAYS:
            return True
        if not true_in(self.known_in_full, self.holds(rule.id)):
            return False
        return not self.possible(-self.holds(rule.id), *self.all_known)

    @property
    def all_known(self) -> list[int]:
        """What says that all facts are known."""
        return [literal for literal in self.world.stated.known.values() if literal != Circuit.FALSE]

    @cached_property
    def known_in_full(self) -> list[int]:
        """Some action of which all facts are known, as the solver has it."""
        return self.circuit.solver.model() if self.possible(*self.all_known) else []

    def idle_overrides(self, rule: Rule) -> Iterator[Doubt]:
        """The rules that a rule overrides though it never applies where their conditions hold."""
        for other in self.in_file_order(self.set_aside.get(rule.id, ())):
            if (rule.id, other) in self.set_aside_seen or not self.can_apply(rule.id):
                continue
            if not self.possible(self.applies(rule.id), self.holds(other)) and self.possible(self.holds(other)):
                yield Doubt(About.OVERRIDE, rule.id, others=(other,))

    def contradictions(self, groups: Iterable[Sequence[str]]) -> Iterator[Doubt]:
        """Of rules that have one scope: an ``allow`` rule and a ``deny`` rule that apply to one action, neither overriding the other."""
        count = 0
        for group in groups:
            denying = [id for id in group if self.rules[id].effect is Effect.DENY]
            for allow in (id for id in group if self.rules[id].effect is Effect.ALLOW):
                left = [
                    id
                    for id in denying
                    if id not in self.rules[allow].overridden_by and allow not in self.rules[id].overridden_by
                ]
                try:
                    for deny in self.meeting(allow, left):
                        facts = self.shown(allow, deny) if count < WITNESSES else {}
                        count += 1
                        if count > CONTRADICTIONS:
                            raise Undecided(f"there are more than {CONTRADICTIONS:,} contradictions")
                        entirely = not self.possible(self.applies(allow), -self.applies(deny))
                        yield Doubt(About.CONTRADICTION, allow, others=(deny,), entirely=entirely, facts=facts)
                except Undecided as error:
                    yield Doubt(About.OPEN, allow, limit=error.limit)
                    if count > CONTRADICTIONS:
                        return

    def meeting(self, rule: str, others: Sequence[str]) -> list[str]:
        """Which of these rules apply to some action to which the rule applies: one model may show several."""
        left, found = list(others), []
        while left and self.possible(self.applies(rule), self.circuit.any(self.applies(id) for id in left)):
            model = self.circuit.solver.model()
            hit = [id for id in left if true_in(model, self.applies(id))]
            found += hit
            left = [id for id in left if id not in hit]
        return list(self.in_file_order(found))

    def shown(self, *rules: str) -> Facts:
        """An action to which these rules apply, as usual as can be: the facts that matter. ``interpret`` confirms it."""
        about = frozenset[str]().union(*(reads(self.rules[id].when) for id in rules))
        vocabulary = self.program.vocabulary
        literals = [self.applies(id) for id in rules]
        facts = usual_witness(self.world, self.reading, literals, vocabulary, about)
        found = applying(self.program.rules, complete(vocabulary, facts))
        if any(found[id] is not Truth.TRUE for id in rules):
            raise Unconfirmed(f"{rules} do not apply to {facts}")
        odd = unusual(facts, vocabulary, about)
        return {name: value for name, value in facts.items() if value is not None and (name in about or name in odd)}

    # -- whether a rule matters --------------------------------------------------------------------------------------

    def below(self, rule: Rule) -> list[Rule]:
        """The rules that a rule sets aside, directly or through others, in the order of the program."""
        if rule.id not in self.set_aside:
            return []
        found: set[str] = set()
        waiting = [rule.id]
        while waiting:
            for other in self.set_aside.get(waiting.pop(), ()):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return [rule for rule in self.program.rules if rule.id in found]

    def differences(self, rule: Rule) -> Iterator[list[int]]:
        """Each way in which the decision is another one without a rule, as literals: those likely to be possible come first.

        Those about revisions and approvals are exact only if the outcome is never another one.
        """
        below = self.below(rule)
        old, new = self.whole, Without(self.whole, rule, below)
        affected = [rule, *below]
        if rule.effect in (Effect.DUTY, Effect.ADVISE, Effect.PLAYBOOK):
            yield from self.lists_differ(new, affected)
        levels = self.levels(affected)
        reaching = {least: new.reaching(least) for least in levels}
        for least in levels:
            yield [old.reaches[least], *(-literal for literal in reaching[least][0])]
        for least in levels:
            again = self.circuit.any(reaching[least][1])
            if again != Circuit.FALSE:
                yield [-old.reaches[least], again]
        if rule.effect not in (Effect.DUTY, Effect.ADVISE, Effect.PLAYBOOK):
            yield from self.lists_differ(new, affected)
        not_denied = -old.reaches[Outcome.DENY]
        for mine, theirs, left in (*self.revised(new, affected), *self.asked(new, affected)):
            rest = [not_denied, *(-literal for literal in left)]
            yield [*rest, self.fails(mine), -self.fails(theirs)]
            if theirs:
                yield [*rest, -self.fails(mine), self.fails(theirs)]

    def levels(self, affected: Sequence[Rule]) -> list[Outcome]:
        """The outcomes to look at, strictest first: that an outcome is so strict can change with these rules.

        Of a rule by itself those are enough that it claims itself: where it alone makes it stricter than a milder one, it
        alone makes it so strict. A denial that is not sure makes an outcome of asking, if that is what the policy says.
        """
        claimed = {self.whole.claims[i][2] for rule in affected for i in self.whole.places.get(rule.id, ())}
        if len(affected) > 1 or affected[0].effect is Effect.ALLOW:
            every = affected[0].effect is Effect.ALLOW or any(rule.effect is Effect.ALLOW for rule in affected)
            most = Outcome.DENY if every else max(claimed, default=Outcome.ALLOW)
            return [least for least in (Outcome.DENY, Outcome.ASK, Outcome.REVISE) if least <= most]
        if Outcome.DENY in claimed and self.program.when_unknown is not WhenUnknown.STRICTEST:
            claimed.add(Outcome.ASK)
        return sorted(claimed, reverse=True)

    def truth(self, new: Without, id: str) -> Ternary:
        """Whether a rule applies in the program without another one."""
        if id == new.gone.id:
            return Ternary(Circuit.FALSE, Circuit.FALSE)
        return new.applies[id] if id in new.applies else self.whole.applies[id]

    def revised(self, new: Without, affected: Sequence[Rule]) -> Iterator[tuple[list[Asked], list[Asked], list[int]]]:
        """What these rules ask to put right, in both programs, and where a second set of values fails what others ask."""
        if any(rule.needs for rule in affected):
            mine = [(need.test, self.whole.unmet(rule, i)) for rule in affected for i, need in enumerate(rule.needs)]
            theirs = [(need.test, new.unmet(rule, i)) for rule in new.below for i, need in enumerate(rule.needs)]
            places, leaves = self.revisions
            yield mine, theirs, leaves.but(place for rule in affected for place in places.get(rule.id, ()))

    def asked(self, new: Without, affected: Sequence[Rule]) -> Iterator[tuple[list[Asked], list[Asked], list[int]]]:
        """The same for approvals, those of the baseline among them where these rules may open it."""
        if new.opens or any(rule.approval for rule in affected):
            mine: list[Asked] = [(rule.approval.met, self.whole.unapproved(rule)) for rule in affected if rule.approval]
            theirs: list[Asked] = [(rule.approval.met, new.unapproved(rule)) for rule in new.below if rule.approval]
            starts: list[Asked] = []
            if new.opens:
                mine += self.of_starts(self.whole)
                theirs += self.of_starts(new)
            else:
                starts = self.of_starts(self.whole)
            places, leaves = self.approvals
            left = leaves.but(place for rule in affected for place in places.get(rule.id, ()))
            yield mine, theirs, [*left, self.fails(starts)]

    def of_starts(self, deciding: Deciding) -> list[Asked]:
        """The approvals that the baseline asks for."""
        found: list[Asked] = []
        for here, maybe_here, start in self.whole.starts:
            if start.approval:
                missing = self.whole.holds(start.approval.met).negated
                asks = deciding.all((Ternary(here, maybe_here), deciding.opened.negated, missing))
                found.append((start.approval.met, asks))
        return found

    def fails(self, asked: Iterable[Asked]) -> int:
        """Where a second set of values does not do all that is asked for."""
        remedy = self.remedies.remedy
        return self.circuit.any(
            self.circuit.both(truth.sure, -self.reading.holds(test, remedy).sure) for test, truth in asked
        )

    @cached_property
    def remedies(self) -> Remedies:
        """The second set of values."""
        return Remedies(self.whole)

    @cached_property
    def revisions(self) -> tuple[dict[str, list[int]], Leaves]:
        """For every need of every rule, where a second set of values does not meet it; and which are whose."""
        return self.failing(
            (rule.id, (need.test, self.whole.unmet(rule, i)))
            for rule in self.program.rules
            for i, need in enumerate(rule.needs)
        )

    @cached_property
    def approvals(self) -> tuple[dict[str, list[int]], Leaves]:
        """The same for the approvals of rules."""
        return self.failing(
            (rule.id, (rule.approval.met, self.whole.unapproved(rule))) for rule in self.program.rules if rule.approval
        )

    def failing(self, asked: Iterable[tuple[str, Asked]]) -> tuple[dict[str, list[int]], Leaves]:
        """A tree of what is asked for and a second set of values does not do, and which leaves belong to which rule."""
        places: dict[str, list[int]] = {}
        literals: list[int] = []
        for id, item in asked:
            places.setdefault(id, []).append(len(literals))
            literals.append(self.fails([item]))
        return places, Leaves(self.circuit, literals)

    def lists_differ(self, new: Without, affected: Sequence[Rule]) -> Iterator[list[int]]:
        """Where duties, hand-overs or advice are not the same: who else has the same, and where the rules apply."""
        for rule in affected:
            for duty in rule.duties:
                limit = duty.within.order if duty.within else (float("inf"), False)
                ids = [id for other, id in self.duties[duty_key(duty)] if other <= limit]
                yield from self.otherwise(new, ids)
            for key in routes(rule):
                yield from self.otherwise(new, self.hand_overs[key])
            if rule.effect is Effect.ADVISE:
                yield from self.otherwise(new, self.advice[rule.say])

    def otherwise(self, new: Without, ids: Sequence[str]) -> Iterator[list[int]]:
        """Where one of these rules applies with the rule that is left out, and none without it, or the other way."""
        mine = self.circuit.any(self.applies(id) for id in ids)
        theirs = [self.truth(new, id).sure for id in ids]
        yield [mine, *(-literal for literal in theirs)]
        if new.below:
            yield [-mine, self.circuit.any(theirs)]

    @cached_property
    def duties(self) -> dict[tuple[object, ...], list[tuple[tuple[float, bool], str]]]:
        """For every duty, the rules that have it, each with its limit."""
        found: dict[tuple[object, ...], list[tuple[tuple[float, bool], str]]] = {}
        for rule in self.program.rules:
            for duty in rule.duties:
                limit = duty.within.order if duty.within else (float("inf"), False)
                found.setdefault(duty_key(duty), []).append((limit, rule.id))
        return found

    @cached_property
    def hand_overs(self) -> dict[tuple[object, ...], list[str]]:
        """For every hand-over, the rules that have it."""
        found: dict[tuple[object, ...], list[str]] = {}
        for rule in self.program.rules:
            for key in routes(rule):
                found.setdefault(key, []).append(rule.id)
        return found

    @cached_property
    def advice(self) -> dict[str, list[str]]:
        """For every sentence of advice, the rules that give it."""
        found: dict[str, list[str]] = {}
        for rule in self.program.rules:
            if rule.effect is Effect.ADVISE:
                found.setdefault(rule.say, []).append(rule.id)
        return found

    # -- why it does not ---------------------------------------------------------------------------------------------

    def never_matters(self, rule: Rule) -> Doubt:
        """The doubt about a rule that never matters, with the rules that say already what it says."""
        if rule.effect is Effect.ALLOW and not rule.needs and not rule.approval:
            closed = self.whole.any(
                self.whole.all((Ternary(maybe_here, maybe_here), self.whole.start_counts(start, Outcome.REVISE)))
                for _, maybe_here, start in self.whole.starts
            )
            if not self.possible(self.whole.when[rule.id].possible, closed.possible):
                return Doubt(About.NEVER_MATTERS, rule.id, opens_nothing=True)
        claims = [self.whole.claims[index][1].sure for index in self.whole.places.get(rule.id, ())]
        region = self.circuit.any(claims) if claims else self.applies(rule.id)
        names, entirely = self.cover(region, self.alike(rule))
        return Doubt(About.NEVER_MATTERS, rule.id, others=names, entirely=entirely)

    def alike(self, rule: Rule) -> dict[str, int]:
        """The rules that ask for as much as a rule does, or open the baseline as it does, and where they do."""
        if rule.effect is Effect.ALLOW and not rule.needs and not rule.approval:
            return {id: self.applies(id) for id in self.whole.opening if id != rule.id}
        if rule.effect in (Effect.DUTY, Effect.ADVISE, Effect.PLAYBOOK):
            ids = [id for duty in rule.duties for _, id in self.duties[duty_key(duty)]]
            ids += self.advice[rule.say] if rule.effect is Effect.ADVISE else []
            return {id: self.applies(id) for id in ids if id != rule.id}
        least = max((self.whole.claims[i][2] for i in self.whole.places.get(rule.id, ())), default=None)
        found: dict[str, list[int]] = {}
        for id, truth, outcome in self.whole.claims:
            if least is not None and id != rule.id and outcome >= least:
                found.setdefault(id, []).append(truth.sure)
        baseline = {BASELINE: self.whole.standing(least).sure} if least is not None else {}
        return baseline | {id: self.circuit.any(literals) for id, literals in found.items()}

    def cover(self, region: int, others: Mapping[str, int]) -> tuple[tuple[str, ...], bool]:
        """Rules that together hold all of a region where they are true, few if it can be; whether they do hold it."""
        found: list[str] = []
        left = dict(others)
        while left and self.possible(region, self.circuit.any(left.values()), *(-others[id] for id in found)):
            model = self.circuit.solver.model()
            hit = [id for id, literal in left.items() if true_in(model, literal)]
            if not found:
                for id in hit[:TRIED]:
                    if not self.possible(region, -others[id]):
                        return (id,), True
            found.append(hit[0])
            del left[hit[0]]
            if len(found) == NAMED:
                break
        return self.in_file_order(found), bool(found) and not self.possible(region, *(-others[id] for id in found))

    def blamed(self, when: Condition) -> tuple[tuple[Condition, ...], bool]:
        """The parts of a condition that never hold together, as few as can be, and whether only by the vocabulary."""
        parts = when.parts if isinstance(when, All) else (when,)
        literals = {part: self.whole.holds(part).sure for part in parts}
        kept = [part for part in parts if literals[part] == Circuit.FALSE][:1] or list(parts)
        for part in list(kept):
            rest = [other for other in kept if other is not part]
            if rest and not self.possible(*(literals[other] for other in rest)):
                kept = rest
        return tuple(kept), self.holds_bare(kept)

    def holds_bare(self, parts: Sequence[Condition]) -> bool:
        """Whether conditions can hold together if the vocabulary's implications, and what it says cannot be, do not count."""
        vocabulary = self.program.vocabulary
        bare = Vocabulary(vocabulary.facts)
        parted = partition((bare,), parts)
        with Circuit(conflicts=self.circuit_conflicts) as circuit:
            world = World(circuit, parted, (bare,), total=True)
            reading = Reading(circuit, parted)
            return circuit.possible(*(reading.holds(part, world.stated).sure for part in parts))

    @property
    def circuit_conflicts(self) -> int:
        """The budget of the circuit."""
        return int(getattr(self.circuit.solver, "conflicts", CONFLICTS))

    def in_file_order(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Rules in the order of the author's file."""
        return tuple(sorted(dict.fromkeys(ids), key=lambda id: self.rules[id].place if id != BASELINE else -1))


def true_in(model: Sequence[int], literal: int) -> bool:
    """Whether a literal is true in a model, which has every variable in its place as the literal that is true."""
    place = abs(literal) - 1
    return model[place] == literal if place < len(model) else literal < 0


def undated(rule: Rule, window: During | None) -> Condition:
    """The condition of a rule without its dates in force."""
    if window is None:
        return rule.when
    parts = list(rule.when.parts) if isinstance(rule.when, All) else [rule.when]
    if window in parts:
        parts.remove(window)
    return parts[0] if len(parts) == 1 else All(tuple(parts))
