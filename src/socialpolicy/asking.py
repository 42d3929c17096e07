"""What is still open about one action, exactly: which facts can change the decision, and what its author could change.

*Questions* are about completions: all actions of which everything is known, that agree with what is known of this one, and
that implications and ``impossible`` admit. Two copies of the program stand in one circuit; a fact is *relevant* where two
completions that are equal in all other facts are decided differently (``differ``).

Implications may tie facts together, so that none of them can change alone. So take more generally the sets of facts in
which two completions differ that are decided differently, and of these sets the smallest: those that contain no other.
A fact is relevant if it is in one of them; a relevant fact by itself is such a set of one. If two completions are decided
differently at all, the facts in which they differ are such a set or contain one; so where no fact is relevant, all
completions are decided alike, and to ask as long as there is a relevant fact leaves nothing out. Facts that no
constraint ties have nothing to do with each other here: change two completions into each other by one group of tied facts
after the other, and each step is a completion; some step changes the decision. So smallest sets lie within one such
group, and only groups of which no single fact explains everything are looked at.

*Repairs* are about the action as it is stated: what is unknown stays unknown, what follows from facts follows anew. There the
circuit has truth values of three kinds, as ``interpret`` has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from threading import RLock
from typing import TypeAlias, TypeVar

from socialpolicy.comparing import Unconfirmed, conditions_of, duty_key, hand_over_key
from socialpolicy.completing import complete
from socialpolicy.conditions import Condition, Includes, holds, reads, waits
from socialpolicy.decisions import Decision
from socialpolicy.errors import ActionError
from socialpolicy.interpret import interpret
from socialpolicy.partitions import EPOCH, LAST_TICK, REST, TICK, Class, Named, Range, Text, partition
from socialpolicy.program import Effect, Outcome, Program, Rule
from socialpolicy.solving import CONFLICTS, Circuit, Undecided
from socialpolicy.symbolic import Deciding, Reading, Witness, World
from socialpolicy.telling import Plain, plain, shown
from socialpolicy.values import LARGEST_INT, Facts, Kind, Truth, Value
from socialpolicy.vocabulary import Fact

REPAIRS, TRIED, TIED_SETS, WORLDS = 20, 20_000, 1_000, 8
"""How many repairs are told; how many sets of facts are tried for them; how many sets of tied facts are looked at; and how many
circuits are kept for actions whose own values have to be told apart."""

STRICTNESS = {
    Effect.DENY: 9.0, Effect.ALLOW: 9.0, Effect.ASK: 3.0, Effect.EXCEPT: 3.0, Effect.REQUIRE: 1.0, Effect.DUTY: 0.3, Effect.ADVISE: 0.0, Effect.PLAYBOOK: 0.0,
}  # fmt: skip
SHARED = 0.35
"""What a rule that waits for a fact adds to its weight, by what the rule says; and for how much that counts with every fact that it
waits for. Measured on shipped policies and on random actions: other numbers near these do as well."""

Decide: TypeAlias = Callable[[Facts], Decision]
"""Decides facts that are completed."""

Key = TypeVar("Key")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Answer:
    """Answers to a question of which the same may come: as values, in words, and the outcomes that are possible then."""

    values: tuple[Plain, ...]
    words: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """An unknown fact that is worth asking for.

    ``relevant`` says whether it can itself change the decision; else some answer to it settles facts that can. ``together``
    are the facts that it is tied to: none of them can change alone.
    """

    fact: Fact
    answers: tuple[Answer, ...]
    relevant: bool = True
    together: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Plain]:
        """The question as plain data for JSON."""
        return {
            "fact": self.fact.name,
            "question": self.fact.question,
            "supplied_by": self.fact.supplied_by,
            "relevant": self.relevant,
            "together": list(self.together),
            "answers": [
                {
                    "values": list(answer.values),
                    "words": list(answer.words),
                    "outcomes": [outcome.word for outcome in answer.outcomes],
                }
                for answer in self.answers
            ],
        }


@dataclass(frozen=True, slots=True)
class Questions:
    """What is still open about an action: the questions in the order in which to ask them, and the possible outcomes.

    ``clash`` names facts that cannot all be true; then there is nothing to ask, and no outcome is possible.
    """

    decision: Decision
    outcomes: tuple[Outcome, ...]
    questions: tuple[Question, ...]
    clash: tuple[str, ...] = ()

    @property
    def contradictory(self) -> bool:
        """Whether the facts cannot all be true."""
        return not self.outcomes

    @property
    def relevant(self) -> tuple[str, ...]:
        """The facts that can still change the decision."""
        return tuple(question.fact.name for question in self.questions if question.relevant)

    @property
    def determined(self) -> bool:
        """Whether nothing that is still unknown can change the decision."""
        return len(self.outcomes) == 1 and not self.questions

    @property
    def outcome(self) -> Outcome | None:
        """The one outcome that is possible, if there is one: the decision's own may be open all the same."""
        return self.outcomes[0] if len(self.outcomes) == 1 else None

    def to_dict(self) -> dict[str, Plain]:
        """All of it as plain data for JSON."""
        return {
            "determined": self.determined,
            "outcome": self.outcome.word if self.outcome is not None else None,
            "possible": [outcome.word for outcome in self.outcomes],
            "contradictory": list(self.clash),
            "questions": [question.to_dict() for question in self.questions],
        }


@dataclass(frozen=True, slots=True)
class Repair:
    """Facts with other values, and approvals (each as the contacts that can give it), by which the outcome becomes allow.

    ``others`` has for facts with a closed list of values those that would do as well, all else being as the repair says.
    """

    changes: Mapping[str, Value]
    others: Mapping[str, tuple[Value, ...]]
    approvers: tuple[tuple[str, ...], ...] = ()

    def to_dict(self) -> dict[str, Plain]:
        """The repair as plain data for JSON."""
        return {
            "changes": {name: plain(value) for name, value in self.changes.items()},
            "or": {name: [plain(value) for value in values] for name, values in self.others.items() if values},
            "approvers": [list(contacts) for contacts in self.approvers],
        }


@dataclass(frozen=True, slots=True)
class Repairs:
    """The smallest repairs of an action; ``complete`` says that there are no others.

    Without any, ``in_the_way`` are the rules that nothing which the author could change, and no approval, would satisfy ("" for
    the baseline): because of what is known, or of what is not. None are named where the facts cannot all be true anyway.
    """

    repairs: tuple[Repair, ...] = ()
    complete: bool = True
    in_the_way: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Plain]:
        """All of it as plain data for JSON."""
        return {
            "smallest": [repair.to_dict() for repair in self.repairs],
            "complete": self.complete,
            "in_the_way": list(self.in_the_way),
        }


# -- all completions, twice ------------------------------------------------------------------------------------------


class Pair:
    """Two actions of which everything is known, both admitted, and whether they are decided differently.

    ``equal`` has a literal for every fact that anything reads, which demands that both have the same value.
    """

    def __init__(self, program: Program, apart: Sequence[Condition], conflicts: int) -> None:
        self.program = program
        self.parted = partition((program.vocabulary,), [*conditions_of(program), *apart])
        self.circuit = circuit = Circuit(conflicts=conflicts)
        self.reading = Reading(circuit, self.parted)
        self.one, self.other = self.copy(), self.copy()
        read = facts_read(program)
        self.equal = {name: circuit.fresh() for name in self.parted.domains if name in read}
        for name, equal in self.equal.items():
            mine, theirs = self.one.world.stated.values[name], self.other.world.stated.values[name]
            for one, other in zip(mine, theirs, strict=True):
                circuit.require(-equal, -one, other)
                circuit.require(-equal, one, -other)
        for (name, beside), one in self.one.world.stated.related.items():
            other, both = self.other.world.stated.related[name, beside], (-self.equal[name], -self.equal[beside])
            circuit.require(*both, -one, other)
            circuit.require(*both, one, -other)
        self.differ = self.differing()

    def copy(self) -> Deciding:
        """One more action, and what is decided about it."""
        world = World(self.circuit, self.parted, (self.program.vocabulary,), total=True)
        side = Deciding(world, self.reading, self.program)
        self.circuit.require(side.completed.admits)
        return side

    def differing(self) -> int:
        """Whether the decisions differ in outcome, duties, hand-overs, or (not both being deny) in what puts things right."""
        circuit, one, other = self.circuit, self.one, self.other
        found = [-circuit.same(one.reaches[least], other.reaches[least]) for least in Outcome]
        duties = [duties_by_limit(side) for side in (one, other)]
        hand_overs = [hand_overs_by_key(side) for side in (one, other)]
        found += [-circuit.same(duties[0][key], duties[1][key]) for key in duties[0]]
        found += [-circuit.same(hand_overs[0][key], hand_overs[1][key]) for key in hand_overs[0]]
        put_right = circuit.either(self.revised_otherwise(), self.approved_otherwise())
        deny = circuit.both(one.reaches[Outcome.DENY], other.reaches[Outcome.DENY])
        return circuit.any([*found, circuit.both(-deny, put_right)])

    def revised_otherwise(self) -> int:
        """Whether some values of the facts to put right would meet all that is asked of one action, not of the other."""
        needed = {name for rule in self.program.rules for need in rule.needs for name in reads(need.test)}
        if not needed:
            return self.circuit.FALSE
        around = {other for name in needed for other in self.parted.beside(name)}
        parted = replace(
            self.parted,
            domains={name: domain for name, domain in self.parted.domains.items() if name in around},
            compared=tuple(group for group in self.parted.compared if group <= around),
        )
        remedy = World(self.circuit, parted, (self.program.vocabulary,), total=True).stated
        met = [
            self.circuit.all(
                self.circuit.either(-truth.sure, self.reading.holds(test, remedy).sure) for test, truth in side.revising
            )
            for side in (self.one, self.other)
        ]
        return -self.circuit.same(*met)

    def approved_otherwise(self) -> int:
        """Whether some further approvals would be enough for one action, and not for the other."""
        name = self.program.vocabulary.approvals
        if not name:
            return self.circuit.FALSE
        members = self.parted.domains[name].members
        further = {member: self.circuit.fresh() for member in members}
        met = []
        for side in (self.one, self.other):
            given = dict(zip(members, side.world.stated.values[name], strict=True))
            met.append(
                self.circuit.all(
                    self.circuit.either(
                        -truth.sure,
                        self.circuit.at_least(
                            approval.at_least,
                            [
                                self.circuit.either(given[member], further[member])
                                for member in sorted({approver.gives for approver in approval.of})
                            ],
                        ),
                    )
                    for approval, truth in side.asking
                )
            )
        return -self.circuit.same(*met)

    def knowing(self, known: Facts) -> list[int]:
        """The literals that say what is known, of the first action."""
        world = self.one.world
        literals = [
            literal
            for name in self.equal
            if (value := known.get(name)) is not None
            for literal in world.saying(name, value)
        ]
        for (name, other), literal in world.stated.related.items():
            if known.get(name) is not None and known.get(other) is not None:
                literals.append(literal if world.are_related(name, other, known) else -literal)
        return literals

    def outcomes(self, literals: Sequence[int], among: Iterable[Outcome] = Outcome) -> tuple[Outcome, ...]:
        """The outcomes that are possible of the first action."""
        return tuple(outcome for outcome in among if self.circuit.possible(*literals, self.one.outcome(outcome)))


def facts_read(program: Program) -> set[str]:
    """Every fact that a program or its vocabulary's constraints read."""
    vocabulary = program.vocabulary
    found = {name for condition in (*conditions_of(program), *vocabulary.impossible) for name in reads(condition)}
    for implication in vocabulary.implications:
        found |= {*reads(implication.given), *implication.then}
    return found | ({program.baseline.fact} - {""})


def duties_by_limit(side: Deciding) -> dict[object, int]:
    """For every duty and limit: whether it is a duty, to be done no later."""
    found: dict[tuple[object, ...], dict[tuple[float, bool], list[int]]] = {}
    for rule in side.program.rules:
        for duty in rule.duties:
            key, limit = duty_key(duty), duty.within.order if duty.within else (float("inf"), False)
            found.setdefault(key, {}).setdefault(limit, []).append(side.applies[rule.id].sure)
    return {
        (key, limit): side.circuit.any(literal for other in limits if other <= limit for literal in limits[other])
        for key, limits in found.items()
        for limit in limits
    }


def hand_overs_by_key(side: Deciding) -> dict[object, int]:
    """For every hand-over: whether it is one. Its words do not count."""
    found: dict[object, list[int]] = {}
    for rule in side.program.rules:
        if rule.hand_over:
            found.setdefault(hand_over_key(rule.hand_over), []).append(side.applies[rule.id].sure)
    return {key: side.circuit.any(literals) for key, literals in found.items()}


# -- the action as it is stated --------------------------------------------------------------------------------------


class Stated:
    """One action of which facts may be unknown, whether it is allowed, and for each fact the author can change: is it kept?

    What is not kept has some value.
    """

    def __init__(self, program: Program, apart: Sequence[Condition], conflicts: int) -> None:
        self.parted = partition((program.vocabulary,), [*conditions_of(program), *apart])
        self.circuit = Circuit(conflicts=conflicts)
        self.world = World(self.circuit, self.parted, (program.vocabulary,), total=False)
        self.reading = Reading(self.circuit, self.parted)
        self.side = Deciding(self.world, self.reading, program)
        self.circuit.require(self.side.completed.admits)
        self.allow = self.side.outcome(Outcome.ALLOW)
        changeable = [name for name, fact in program.vocabulary.facts.items() if fact.mutable]
        self.kept = {name: self.circuit.fresh() for name in changeable}
        for name, kept in self.kept.items():
            self.circuit.require(kept, self.world.stated.known[name])

    def as_stated(self, name: str, facts: Facts) -> list[int]:
        """The literals that say of one fact what is stated."""
        value, known = facts.get(name), self.world.stated.known[name]
        if value is not None:
            return self.world.saying(name, value)
        absent = self.world.absent[name]
        return [-known] if absent == -known else [-known, -absent if name in facts else absent]

    def compared(self, facts: Facts, changed: frozenset[str]) -> Iterator[tuple[int, tuple[str, str]]]:
        """The literals that say how facts compare that are stated and not changed, each with the two facts."""
        for (one, other), literal in self.world.stated.related.items():
            if one not in changed and other not in changed:
                yield (literal if self.world.are_related(one, other, facts) else -literal), (one, other)


@dataclass
class Core:
    """Why some facts that are kept cannot be: one of ``kept`` has to change, wherever those of ``changed`` do."""

    kept: frozenset[str]
    changed: frozenset[str]


@dataclass
class Mending:
    """One action being mended: the facts as stated, those that its author can change, and what is preferred of each."""

    stated: Stated
    facts: Facts
    changeable: frozenset[str]
    goal: list[int]
    cores: list[Core] = field(default_factory=list)

    def literals(self, changed: frozenset[str]) -> dict[int, tuple[str, ...]]:
        """What is assumed where just these facts are changed, each literal with the facts that it speaks of."""
        found: dict[int, tuple[str, ...]] = {}
        for name in self.stated.world.common:
            if name not in changed:
                found.update((literal, (name,)) for literal in self.stated.as_stated(name, self.facts))
        for name, kept in self.stated.kept.items():
            found[-kept if name in changed else kept] = (name,)
        found.update(self.stated.compared(self.facts, changed))
        return found

    def blocked(self, changed: frozenset[str]) -> Sequence[str] | None:
        """Nothing, where these changes reach the goal; else the facts of which one has to change too."""
        for core in self.cores:
            if core.changed <= changed and not core.kept & changed:
                return sorted(core.kept)
        literals = self.literals(changed)
        if self.stated.circuit.possible(*self.goal, *literals):
            return None
        blamed = [literal for literal in self.stated.circuit.solver.core() if literal in literals]
        if len(blamed) > 1:  # a smaller core, if one more look finds it
            for literal in list(blamed):
                fewer = [other for other in blamed if other != literal]
                if not self.stated.circuit.possible(*self.goal, *fewer):
                    blamed = [other for other in self.stated.circuit.solver.core() if other in fewer]
        names = frozenset(name for literal in blamed for name in literals[literal])
        core = Core((names & self.changeable) - changed, names & changed)
        self.cores.append(core)
        return sorted(core.kept)

    def smallest(self) -> list[frozenset[str]]:
        """The smallest sets of facts which, changed, reach the goal."""
        return smallest(self.blocked)


def smallest(blocked: Callable[[frozenset[str]], Sequence[str] | None]) -> list[frozenset[str]]:
    """All smallest sets that are not ``blocked``: level by level, each that is blocked with one more of what it lacks.

    What is lacking has to be complete: every set that holds this one and is not blocked has one of these (Reiter 1987).
    """
    level, tried = [frozenset[str]()], 0
    while level:
        found, larger = [], dict[frozenset[str], None]()
        for chosen in level:
            tried += 1
            if tried > TRIED:
                raise Undecided(f"more than {TRIED:,} sets of facts would have to be tried")
            lacking = blocked(chosen)
            if lacking is None:
                found.append(chosen)
            elif not found:
                larger.update(dict.fromkeys(chosen | {name} for name in lacking))
        if found:
            return found
        level = list(larger)
    return []


# -- asking ----------------------------------------------------------------------------------------------------------


class Asker:
    """What is open about actions, by one program. Circuits are made when they are first needed, and kept."""

    def __init__(self, program: Program, decide: Decide | None = None, *, conflicts: int = CONFLICTS) -> None:
        self.program, self.vocabulary, self.conflicts = program, program.vocabulary, conflicts
        self.decide: Decide = decide or (lambda facts: interpret(program, facts))
        self.pairs: dict[tuple[Condition, ...], Pair] = {}
        self.stated: dict[tuple[Condition, ...], Stated] = {}
        self.lock = RLock()  # a solver answers one question at a time

    def apart(self, facts: Facts) -> tuple[Condition, ...]:
        """What else has to be told apart for this action: known members of sets that facts are compared with.

        How many members a set has that no condition names is known then, and matters.
        """
        found: list[Condition] = []
        for group in self.compared:
            for name in sorted(group):
                value = facts.get(name)
                if isinstance(value, frozenset) and value:
                    found.append(Includes(name, value))
        return tuple(found)

    @cached_property
    def compared(self) -> tuple[frozenset[str], ...]:
        """The facts that are compared with each other, open sets among them."""
        return tuple(
            group
            for group in self.plain.parted.compared
            if any(self.vocabulary.facts[name].kind is Kind.SET for name in group)
        )

    @cached_property
    def plain(self) -> Pair:
        """The circuit for actions of which nothing else has to be told apart."""
        return Pair(self.program, (), self.conflicts)

    def pair(self, facts: Facts) -> Pair:
        """Two completions of an action."""
        apart = self.apart(facts)
        if not apart:
            return self.plain
        return remembered(self.pairs, apart, lambda: Pair(self.program, apart, self.conflicts))

    def as_stated(self, facts: Facts) -> Stated:
        """One action as it is stated."""
        apart = self.apart(facts)
        return remembered(self.stated, apart, lambda: Stated(self.program, apart, self.conflicts))

    # -- questions ---------------------------------------------------------------------------------------------------

    def questions(self, facts: Facts) -> Questions:
        """What is open about an action of which these facts are stated (checked).

        Raises ``ActionError`` as deciding does, and ``Undecided`` where a limit is met.
        """
        with self.lock:
            known = complete(self.vocabulary, facts)
            decision = self.decide(known)
            pair = self.pair(known)
            literals = pair.knowing(known)
            outcomes = pair.outcomes(literals)
            if not outcomes:
                return Questions(decision, (), (), self.clash(pair, facts, known))
            relevant = self.relevant(known, decision)
            questions = []
            for name, fact in self.ordered(known, decision, relevant):
                answers = tuple(self.answers(pair, literals, fact, outcomes))
                questions.append(Question(fact, answers, name in relevant, relevant.get(name, ())))
            return Questions(decision, outcomes, tuple(questions))

    def relevant(self, known: Facts, decision: Decision | None = None) -> dict[str, tuple[str, ...]]:
        """The facts that can still change the decision about completed facts, each with those that it is tied to.

        A single fact can only if something waits for it (``missing``).
        """
        with self.lock:
            decision = decision or self.decide(known)
            pair = self.pair(known)
            open_facts = [name for name in pair.equal if known.get(name) is None]
            literals = [pair.differ, *pair.knowing(known)]
            literals += [equal for name, equal in pair.equal.items() if known.get(name) is not None]

            def possible(differing: Iterable[str], *more: int) -> bool:
                same = [pair.equal[name] for name in open_facts if name not in differing]
                return pair.circuit.possible(*literals, *same, *more)

            found: dict[str, tuple[str, ...]] = {
                name: () for name in decision.missing if name in pair.equal and possible({name})
            }
            for group in self.tied(known, open_facts):
                left = group - set(found)
                if len(left) > 1:
                    for together in self.smallest_sets(pair, left, possible):
                        for name in together:
                            others = {*found.get(name, ()), *together} - {name}
                            found[name] = tuple(sorted(others))
            return {name: found[name] for name in self.vocabulary.facts if name in found}

    def smallest_sets(self, pair: Pair, group: set[str], possible: Callable[..., bool]) -> Iterator[set[str]]:
        """The smallest sets of tied facts in which two completions differ that are decided differently."""
        seen = pair.circuit.fresh()  # true while the sets that were found are left out
        for _ in range(TIED_SETS):
            if not possible(group, seen):
                pair.circuit.require(-seen)
                return
            together = set(group)
            for name in sorted(group):
                if possible(together - {name}, seen):
                    together.discard(name)
            yield together
            pair.circuit.require(-seen, *(pair.equal[name] for name in together))
        raise Undecided(f"facts are tied together in more than {TIED_SETS:,} ways")

    def tied(self, known: Facts, open_facts: Iterable[str]) -> list[set[str]]:
        """The open facts, those together that some constraint ties which what is known leaves undecided."""
        names = set(open_facts)
        groups: list[set[str]] = []
        for constraint in self.constraints(known):
            joined = constraint & names
            for group in [group for group in groups if group & joined]:
                groups.remove(group)
                joined |= group
            if joined:
                groups.append(joined)
        return [group for group in groups if len(group) > 1]

    def constraints(self, known: Facts) -> Iterator[set[str]]:
        """The facts of each constraint that may still come to demand something."""
        for implication in self.vocabulary.implications:
            met = all(known.get(name) == value for name, value in implication.then.items())
            if not met and holds(implication.given, known) is not Truth.FALSE:
                yield {*reads(implication.given), *implication.then}
        for condition in self.vocabulary.impossible:
            if holds(condition, known) is not Truth.FALSE:
                yield set(reads(condition))

    def clash(self, pair: Pair, facts: Facts, known: Facts) -> tuple[str, ...]:
        """Facts that cannot all be true, as few as can be: of those that are stated, and of defaults that are assumed."""
        from_outside = {
            name: known[name]
            for name in pair.equal
            if known.get(name) is not None
            and (facts.get(name) is not None or self.vocabulary.facts[name].default == known[name])
        }

        def fits(chosen: frozenset[str]) -> Sequence[str] | None:
            """Nothing, where these facts clash; else those of which one is lacking: all that do not fit to these."""
            kept = {name: from_outside[name] for name in chosen}
            if not pair.circuit.possible(*pair.knowing(kept)):
                return None
            lacking = []
            for name, value in from_outside.items():
                if name not in kept:
                    more = {**kept, name: value}
                    if pair.circuit.possible(*pair.knowing(more)):
                        kept = more
                    else:
                        lacking.append(name)
            return lacking

        return tuple(sorted(min(smallest(fits), key=sorted)))

    # -- the order ---------------------------------------------------------------------------------------------------

    def ordered(self, known: Facts, decision: Decision, relevant: Iterable[str]) -> list[tuple[str, Fact]]:
        """The relevant facts, and screening ones that settle more than any of them, in the order in which to ask.

        A fact counts for as much as it weighs, and for what facts weigh that follow from it, on average over its answers.
        """
        left, facts = set(relevant), self.vocabulary.facts
        weights = {name: weight for name, weight in self.weights(known, decision).items() if name in left}
        screening = self.settling(known, left).intersection(self.vocabulary.screening)
        scores = {
            name: weights.get(name, 0.0) + self.settled(name, known, weights)
            for name in facts
            if name in left or name in screening
        }
        best = max((scores[name] for name in left), default=0.0)
        chosen = [name for name in scores if name in left or scores[name] > best]
        return [(name, facts[name]) for name in sorted(chosen, key=lambda name: -scores[name])]

    def weights(self, known: Facts, decision: Decision) -> dict[str, float]:
        """How much each unknown fact weighs: more where a stricter rule waits for it, and less with every other that it waits for."""
        found: dict[str, float] = {}
        undecided = {*decision.applies, *decision.may_apply}
        for rule in self.program.rules:
            if rule.id in undecided:
                conditions = [rule.when, *(part for need in rule.needs for part in (need.given, need.test))]
                names = frozenset().union(*(waits(condition, known) for condition in conditions))
                for name in names:
                    found[name] = found.get(name, 0.0) + STRICTNESS[rule.effect] * SHARED ** len(names)
        return found

    def settling(self, known: Facts, relevant: set[str]) -> set[str]:
        """The unknown facts from which, by implications, relevant ones may follow."""
        found: set[str] = set()
        while True:
            more = {
                name
                for implication in self.vocabulary.implications
                if set(implication.then) & (relevant | found) and holds(implication.given, known) is Truth.UNKNOWN
                for name in reads(implication.given)
                if known.get(name) is None
            }
            if more <= found:
                return found
            found |= more

    def settled(self, name: str, known: Facts, weights: Mapping[str, float]) -> float:
        """What the facts weigh that follow once this one is known, on average over its answers."""
        if not any(name in reads(implication.given) for implication in self.vocabulary.implications):
            return 0.0
        sums = []
        for value in self.typical(name):
            try:
                answered = complete(self.vocabulary, {**known, name: value})
            except ActionError:
                continue
            follows = (other for other in weights if other != name and answered.get(other) is not None)
            sums.append(sum(weights[other] for other in follows))
        return sum(sums) / len(sums) if sums else 0.0

    def typical(self, name: str) -> list[Value]:
        """One value of each class of a fact; of a set, none of its members, and each by itself."""
        domain = self.plain.parted.domains[name]
        if domain.kind is Kind.SET:
            return [frozenset(), *(frozenset({member}) for member in domain.members if member != REST)]
        return [item.value() for item in domain.classes]

    # -- answers -----------------------------------------------------------------------------------------------------

    def answers(self, pair: Pair, literals: Sequence[int], fact: Fact, among: Sequence[Outcome]) -> Iterator[Answer]:
        """The answers to a question, those together of which the same may come."""
        groups: dict[tuple[Outcome, ...], tuple[list[Plain], list[str]]] = {}
        for literal, values, words in choices(pair, fact):
            outcomes = pair.outcomes([*literals, *literal], among)
            if outcomes:
                group = groups.setdefault(outcomes, ([], []))
                group[0].extend(values)
                group[1].extend(words)
        for outcomes, (found, words) in groups.items():
            yield Answer(tuple(found), tuple(words), outcomes)

    # -- repairs -----------------------------------------------------------------------------------------------------

    def repairs(self, facts: Facts) -> Repairs:
        """The smallest changes that make an action allowed of which these facts are stated (checked).

        Raises ``ActionError`` as deciding does, and ``Undecided`` where a limit is met.
        """
        with self.lock:
            known = complete(self.vocabulary, facts)
            decision = self.decide(known)
            if decision.outcome is Outcome.ALLOW:
                return Repairs()
            stated = self.as_stated(known)
            changeable = frozenset(name for name in stated.kept if self.can_change(name, known))
            found = list(islice(self.found(stated, facts, changeable, decision), REPAIRS + 1))
            if found:
                return Repairs(tuple(found[:REPAIRS]), complete=len(found) <= REPAIRS)
            return Repairs(in_the_way=self.in_the_way(stated, facts, changeable))

    def found(self, stated: Stated, facts: Facts, changeable: frozenset[str], decision: Decision) -> Iterator[Repair]:
        """Repairs without any approval, or if there are none, with as few as can be."""
        if self.can_be_allowed(stated, facts, changeable):
            mending = Mending(stated, facts, changeable, [stated.allow])
            for names in sorted(mending.smallest(), key=sorted):
                yield self.repair(mending, names, decision)
        else:
            yield from self.approved(stated, facts, changeable, decision)

    def can_change(self, name: str, known: Facts) -> bool:
        """Whether the author can surely change a fact."""
        fact = self.vocabulary.facts[name]
        return fact.mutable and (fact.fixed_where is None or holds(fact.fixed_where, known) is Truth.FALSE)

    def repair(
        self, mending: Mending, names: frozenset[str], decision: Decision, approvers: frozenset[str] = frozenset()
    ) -> Repair:
        """The repair that changes just these facts: to what the policy asks for if it can be, else to what is usual."""
        circuit, world = mending.stated.circuit, mending.stated.world
        literals = [*mending.goal, *mending.literals(names)]
        for literal in self.preferred(mending, names, decision):
            if circuit.possible(*literals, literal):
                literals.append(literal)
        if not circuit.possible(*literals):
            raise Unconfirmed(f"there is no repair by {sorted(names)}")
        witness = Witness(world).facts({name: mending.facts[name] for name in mending.facts if name not in names})
        changes = {name: value for name in world.common if name in names and (value := witness[name]) is not None}
        given = self.with_approvals(mending.facts, approvers) if approvers else mending.facts
        if not self.allows({**given, **changes}):
            raise Unconfirmed(f"the repair {changes} of {dict(given)} is not confirmed")
        others = {name: tuple(self.alternatives(given, changes, name)) for name in changes}
        contacts = tuple(self.approvals[value] for value in sorted(approvers))
        return Repair(changes, others, contacts)

    def preferred(self, mending: Mending, names: frozenset[str], decision: Decision) -> Iterator[int]:
        """What is preferred of the facts that change: what the policy asks for, what is usual, of sets what there was."""
        stated = mending.stated
        tests = [revision.test for lists in (decision.sure, decision.maybe) for revision in lists.revisions]
        for test in dict.fromkeys(tests):
            if reads(test) <= names:
                yield stated.reading.holds(test, stated.world.stated).sure
        for name in sorted(names):
            value, domain = self.vocabulary.facts[name].in_examples, stated.parted.domains[name]
            before = mending.facts.get(name)
            if domain.kind is Kind.SET:
                members = before if isinstance(before, frozenset) else frozenset[str]()
                for member, literal in zip(domain.members, stated.world.stated.values[name], strict=True):
                    yield literal if member in members else -literal
            elif value is not None and any(item.has(value) for item in domain.classes):
                yield stated.world.stated.values[name][domain.place(value)]

    def alternatives(self, facts: Facts, changes: Mapping[str, Value], name: str) -> Iterator[Value]:
        """Other values of a closed list that would do as well for one fact of a repair."""
        fact = self.vocabulary.facts[name]
        values: Sequence[Value] = (False, True) if fact.kind is Kind.BOOL else fact.values
        if fact.kind in (Kind.BOOL, Kind.ENUM):
            for value in values:
                if value not in (changes[name], facts.get(name)) and self.allows({**facts, **changes, name: value}):
                    yield value

    def allows(self, facts: Facts) -> bool:
        """Whether ``interpret`` allows an action that nothing refuses."""
        try:
            known = complete(self.vocabulary, facts)
        except ActionError:
            return False
        impossible = any(holds(condition, known) is Truth.TRUE for condition in self.vocabulary.impossible)
        return not impossible and interpret(self.program, facts).outcome is Outcome.ALLOW

    # -- approvals ---------------------------------------------------------------------------------------------------

    def approved(
        self, stated: Stated, facts: Facts, changeable: frozenset[str], decision: Decision
    ) -> Iterator[Repair]:
        """The smallest sets of approvals that make the action allowed, with the fewest changes of facts for each."""
        world, name = stated.world, self.vocabulary.approvals
        if not self.approvals or not self.can_be_allowed(
            stated, self.with_approvals(facts, self.approvals), changeable
        ):
            return
        members = dict(zip(stated.parted.domains[name].members, world.stated.values[name], strict=True))

        def lacking(chosen: frozenset[str]) -> Sequence[str] | None:
            """Nothing, where with these approvals some changes do; else the approvals of which one is lacking."""
            if self.can_be_allowed(stated, self.with_approvals(facts, chosen), changeable):
                return None
            blamed = stated.circuit.solver.core()
            return [gives for gives in self.approvals if gives not in chosen and -members[gives] in blamed]

        for approvers in sorted(smallest(lacking), key=sorted):
            mending = Mending(stated, self.with_approvals(facts, approvers), changeable, [stated.allow])
            for names in sorted(mending.smallest(), key=sorted):
                yield self.repair(mending, names, decision, approvers)

    def can_be_allowed(self, stated: Stated, facts: Facts, changeable: frozenset[str]) -> bool:
        """Whether some changes of these facts, however many, make the action allowed."""
        return stated.circuit.possible(stated.allow, *self.changed_freely(stated, facts, changeable))

    def changed_freely(self, stated: Stated, facts: Facts, changeable: frozenset[str]) -> list[int]:
        """The literals that say what is stated, these facts apart: each is as stated if that is unknown, or has some value."""
        literals = [literal for literal, _ in stated.compared(facts, changeable)]
        for name in stated.world.common:
            as_stated, known = stated.as_stated(name, facts), stated.world.stated.known[name]
            if name not in changeable:
                literals += as_stated
            elif facts.get(name) is None:
                literals.append(stated.circuit.either(known, stated.circuit.both(*as_stated)))
            else:
                literals.append(known)
        return literals

    def in_the_way(self, stated: Stated, facts: Facts, changeable: frozenset[str]) -> tuple[str, ...]:
        """The fewest rules that together forbid it however the facts are changed, all approvals given ("": the baseline)."""
        if self.approvals:
            facts = self.with_approvals(facts, self.approvals)
        literals = self.changed_freely(stated, facts, changeable)
        claims: dict[str, list[int]] = {"": [-stated.side.standing(Outcome.REVISE).possible]}
        for rule, truth, _ in stated.side.claims:
            claims.setdefault(rule, []).append(-truth.possible)
        left = list(claims)
        for rule in reversed(list(claims)):
            without = [other for other in left if other != rule]
            if not stated.circuit.possible(*literals, *(literal for other in without for literal in claims[other])):
                left = without
        order = {rule.id: rule.place for rule in self.rules}
        return tuple(sorted(left, key=lambda rule: order.get(rule, -1)))

    @cached_property
    def approvals(self) -> dict[str, tuple[str, ...]]:
        """The approvals that some rule, or the baseline, asks for: each with the contacts that can give it."""
        found: dict[str, dict[str, None]] = {}
        asked = [rule.approval for rule in self.rules]
        asked += [start.approval for start in self.program.baseline.starts.values()]
        for approval in asked:
            for approver in approval.of if approval else ():
                found.setdefault(approver.gives, {})[approver.contact] = None
        return {gives: tuple(contacts) for gives, contacts in found.items()}

    @property
    def rules(self) -> list[Rule]:
        """The rules, in the order of the author's file."""
        return sorted(self.program.rules, key=lambda rule: rule.place)

    def with_approvals(self, facts: Facts, more: Iterable[str]) -> dict[str, Value | None]:
        """The facts with some more approvals given."""
        name = self.vocabulary.approvals
        given = facts.get(name)
        return {**facts, name: frozenset(more) | (given if isinstance(given, frozenset) else frozenset[str]())}


def remembered(kept: dict[Key, Made], key: Key, make: Callable[[], Made]) -> Made:
    """What was made for a key before, or is made now; the oldest is forgotten."""
    if key not in kept:
        if len(kept) >= WORLDS:
            del kept[next(iter(kept))]
        kept[key] = make()
    return kept[key]


def choices(pair: Pair, fact: Fact) -> Iterator[tuple[list[int], list[Plain], list[str]]]:
    """The answers that a question can have: the literals that say so, the values, and the words for them.

    A set has none of what conditions name, or one of these at least.
    """
    domain, values = pair.parted.domains[fact.name], pair.one.world.stated.values[fact.name]
    if domain.kind is not Kind.SET:
        for item, literal in zip(domain.classes, values, strict=True):
            found = list(class_values(item))
            yield [literal], [plain(value) for value in found], class_words(item, fact)
        return
    named = [(member, literal) for member, literal in zip(domain.members, values, strict=True) if member != REST]
    for member, literal in named:
        yield [literal], [member], [fact.labels.get(member, member)]
    yield [-literal for _, literal in named], [None], ["none of these" if named else "anything"]


def class_values(item: Class) -> Iterator[Value]:
    """The values of a class: all of them if they are listed, else one."""
    if isinstance(item, Named):
        yield from item.values
    else:
        yield item.value()


def class_words(item: Class, fact: Fact) -> list[str]:
    """The values of a class in words."""
    match item:
        case Named(values):
            words = {True: "yes", False: "no"}
            return [words[value] if isinstance(value, bool) else fact.labels.get(value, value) for value in values]
        case Range(first, last, False) if first != last:
            low = fact.minimum if fact.minimum is not None else -LARGEST_INT
            high = fact.maximum if fact.maximum is not None else LARGEST_INT
            return [
                f"at least {first}" if last == high else f"at most {last}" if first == low else f"{first} to {last}"
            ]
        case Range(first, last, True) if first != last:
            start, end = (shown(EPOCH + tick * TICK) for tick in (first, last + 1 if last < LAST_TICK else last))
            return [
                f"from {start}"
                if last == LAST_TICK
                else f"before {end}"
                if first == 0
                else f"from {start}, before {end}"
            ]
        case Text() if not item.single:
            return [f"another text, such as {shown(item.value()) or 'none'}"]
        case _:
            return [shown(item.value())]
