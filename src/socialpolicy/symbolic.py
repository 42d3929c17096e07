"""The symbolic back end: what a program decides about all actions at once, as literals of a circuit.

It mirrors ``completing`` and ``interpret`` case by case, under the same names. What is one truth value there is a pair of
literals here, ``Ternary``: whether it is TRUE, and whether it is not FALSE. Kleene's tables are then plain logic: *and* is
*and* of each of the two, *not* swaps them negated. Where all facts are known the two are one and the same literal, and the
circuit, which makes no gate twice, is that of plain logic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from itertools import combinations, count
from types import MappingProxyType
from typing import NamedTuple

from socialpolicy.conditions import All, Any, Condition, Has, Includes, Not, SameAs, Test, Within, passes, reads
from socialpolicy.partitions import REST, Class, Domain, Partition
from socialpolicy.program import Approval, Effect, Outcome, Program, Rule, Start, WhenUnknown
from socialpolicy.solving import Circuit
from socialpolicy.values import Facts, Kind, Value
from socialpolicy.vocabulary import GivenValue, Implication, Vocabulary


class Ternary(NamedTuple):
    """A truth value as two literals: it is TRUE, and it is not FALSE."""

    sure: int
    possible: int

    @property
    def negated(self) -> Ternary:
        """Swap the ends; what is unknown stays unknown."""
        return Ternary(-self.possible, -self.sure)


TRUE, FALSE = Ternary(1, 1), Ternary(-1, -1)


@dataclass
class State:
    """What is known of an action: whether each fact is, and as what.

    ``values`` has a literal for each class of a fact, or for each member of a set, that is true only where the fact is known.
    ``related`` has one for each two facts that some condition compares: both are known, and it holds.
    """

    known: dict[str, int]
    values: dict[str, list[int]]
    related: dict[tuple[str, str], int]
    memo: dict[Condition, Ternary] = field(default_factory=dict)


class World:
    """All actions: the facts that may be stated, by what the vocabularies that are compared have in common.

    With ``total`` every fact that all vocabularies know is known; else each may be unknown too, be it absent or stated so.
    With ``every`` facts that one vocabulary alone knows may be stated too.
    """

    def __init__(
        self,
        circuit: Circuit,
        partition: Partition,
        vocabularies: Sequence[Vocabulary],
        *,
        total: bool,
        every: bool = False,
    ) -> None:
        self.circuit, self.partition, self.total = circuit, partition, total
        self.vocabularies = vocabularies
        self.common = [
            name for name in partition.domains if every or all(name in vocabulary.facts for vocabulary in vocabularies)
        ]
        self.absent: dict[str, int] = {}
        known: dict[str, int] = {}
        values: dict[str, list[int]] = {}
        for name, domain in partition.domains.items():
            common = name in self.common
            size = len(domain.members if domain.kind is Kind.SET else domain.classes)
            admitted = [common and self.admits(name, domain, index) for index in range(size)]
            values[name] = [circuit.fresh() if admits else circuit.FALSE for admits in admitted]
            known[name] = circuit.FALSE if not common else circuit.TRUE if total else circuit.fresh()
            if common:
                self.shape(domain, known[name], values[name])
            has_default = any(
                name in vocabulary.facts and vocabulary.facts[name].default is not None for vocabulary in vocabularies
            )
            if not has_default or known[name] == circuit.FALSE:
                self.absent[name] = -known[name]
            else:
                self.absent[name] = circuit.FALSE if total else circuit.fresh()
                circuit.require(-self.absent[name], -known[name])
        self.stated = State(known, values, {})
        for group in partition.compared:
            self.relate(sorted(group))

    def admits(self, name: str, domain: Domain, index: int) -> bool:
        """Whether every vocabulary admits a class of values, or a member."""
        facts = [vocabulary.facts[name] for vocabulary in self.vocabularies if name in vocabulary.facts]
        if domain.kind is Kind.SET:
            member = domain.members[index]
            return member == REST or all(not fact.values or member in fact.values for fact in facts)
        value = domain.classes[index].value()
        if domain.kind is Kind.ENUM:
            return all(value in fact.values for fact in facts)
        if domain.kind is Kind.INT:
            assert isinstance(value, int)
            return all(
                (fact.minimum is None or fact.minimum <= value) and (fact.maximum is None or value <= fact.maximum)
                for fact in facts
            )
        return True

    def shape(self, domain: Domain, known: int, values: list[int]) -> None:
        """Demand that a fact has one value where it is known, and none where it is not; of a set, no member."""
        circuit = self.circuit
        if domain.kind is Kind.SET:
            for member in values:
                if member != circuit.FALSE:
                    circuit.require(-member, known)
            return
        choices = [value for value in values if value != circuit.FALSE]
        circuit.require(-known, *choices)
        before = circuit.FALSE
        for choice in choices:
            circuit.require(-choice, known)
            circuit.require(-before, -choice)
            before = circuit.either(before, choice)

    def relate(self, group: Sequence[str]) -> None:
        """Demand of the facts that some condition compares what being equal, and having a member, means."""
        circuit, state, domains = self.circuit, self.stated, self.partition.domains
        facts = [name for name in group if name in self.common]
        single = [name for name in facts if domains[name].kind is not Kind.SET]
        sets = [name for name in facts if domains[name].kind is Kind.SET]
        for names, of_sets in ((single, False), (sets, True)):
            for one, other in combinations(names, 2):
                if domains[one].kind is domains[other].kind or not of_sets:
                    equal = circuit.fresh()
                    state.related[one, other] = state.related[other, one] = equal
                    circuit.require(-equal, state.known[one])
                    circuit.require(-equal, state.known[other])
                    (self.equal_sets if of_sets else self.equal_values)(one, other, equal)
            for one, other, third in combinations(names, 3):
                a, b, c = state.related[one, other], state.related[other, third], state.related[one, third]
                for left, right, then in ((a, b, c), (a, c, b), (b, c, a)):
                    circuit.require(-left, -right, then)
        for holder in sets:
            for name in single:
                self.member(holder, name)
            for one, other in combinations(single, 2):
                equal = state.related[one, other]
                has, has_too = state.related[holder, one], state.related[holder, other]
                circuit.require(-equal, -has, has_too)
                circuit.require(-equal, -has_too, has)
        for holder, second in combinations(sets, 2):
            equal = state.related[holder, second]
            for name in single:
                has, has_too = state.related[holder, name], state.related[second, name]
                circuit.require(-equal, -has, has_too)
                circuit.require(-equal, -has_too, has)

    def equal_values(self, one: str, other: str, equal: int) -> None:
        """Equal values are in one class; two facts that are one and the same single value are equal."""
        circuit, state = self.circuit, self.stated
        theirs = dict(zip(map(self.key, self.partition.domains[other].classes), state.values[other], strict=True))
        for item, mine in zip(self.partition.domains[one].classes, state.values[one], strict=True):
            its = theirs.pop(self.key(item), circuit.FALSE)
            circuit.require(-equal, -mine, its)
            circuit.require(-equal, mine, -its)
            if item.single:
                circuit.require(-mine, -its, equal)
        for its in theirs.values():
            circuit.require(-equal, -its)

    @staticmethod
    def key(item: Class) -> Value | Class:
        """What two classes have in common that hold the same values: of a single one, the value."""
        return item.value() if item.single else item

    def equal_sets(self, one: str, other: str, equal: int) -> None:
        """Equal sets have the same members; sets with the same members, and no others, are equal."""
        circuit, state, domains = self.circuit, self.stated, self.partition.domains
        theirs = dict(zip(domains[other].members, state.values[other], strict=True))
        mine = dict(zip(domains[one].members, state.values[one], strict=True))
        alike = [state.known[one], state.known[other]]
        for member in dict.fromkeys((*mine, *theirs)):
            a, b = mine.get(member, circuit.FALSE), theirs.get(member, circuit.FALSE)
            circuit.require(-equal, -a, b)
            circuit.require(-equal, a, -b)
            alike.append(circuit.both(-a, -b) if member == REST else circuit.same(a, b))
        circuit.require(equal, -circuit.all(alike))

    def member(self, holder: str, name: str) -> None:
        """A set has the value of a fact: one of its members, or one of all others."""
        circuit, state, domains = self.circuit, self.stated, self.partition.domains
        has = state.related[holder, name] = circuit.fresh()
        circuit.require(-has, state.known[holder])
        circuit.require(-has, state.known[name])
        inside = dict(zip(domains[holder].members, state.values[holder], strict=True))
        for item, value in zip(domains[name].classes, state.values[name], strict=True):
            if item.single:
                is_in = inside.get(str(item.value()), circuit.FALSE)
                circuit.require(-has, -value, is_in)
                circuit.require(has, -value, -is_in)
            else:
                circuit.require(-has, -value, inside.get(REST, circuit.FALSE))

    def stating(self, facts: Facts) -> list[int]:
        """The literals that say that just these facts are stated; what one vocabulary alone knows is left out."""
        literals: list[int] = []
        for name in self.common:
            domain, values, value = self.partition.domains[name], self.stated.values[name], facts.get(name)
            if value is None:
                literals.append(-self.stated.known[name])
                if self.absent[name] != -self.stated.known[name]:
                    literals.append(self.absent[name] if name not in facts else -self.absent[name])
            elif isinstance(value, frozenset):
                rest = value - set(domain.members)
                literals.append(self.stated.known[name])
                literals += [
                    literal if member in value or (member == REST and rest) else -literal
                    for member, literal in zip(domain.members, values, strict=True)
                ]
            else:
                literals.append(values[domain.place(value)])
        for (one, other), literal in self.stated.related.items():
            literals.append(literal if self.are_related(one, other, facts) else -literal)
        return literals

    def saying(self, name: str, value: Value) -> list[int]:
        """The literals that say that one fact is known to have this value; how it compares with others is left open."""
        domain, values = self.partition.domains[name], self.stated.values[name]
        if not isinstance(value, frozenset):
            return [values[domain.place(value)]]
        rest = value - set(domain.members)
        return [
            self.stated.known[name],
            *(
                literal if member in value or (member == REST and rest) else -literal
                for member, literal in zip(domain.members, values, strict=True)
            ),
        ]

    def are_related(self, one: str, other: str, facts: Facts) -> bool:
        """Whether two facts are known and equal, or the second one a member of the first."""
        first, second = facts.get(one), facts.get(other)
        if first is None or second is None:
            return False
        return second in first if isinstance(first, frozenset) and isinstance(second, str) else first == second


class Reading:
    """Conditions read in a state of knowledge."""

    def __init__(self, circuit: Circuit, partition: Partition) -> None:
        self.circuit, self.partition = circuit, partition
        self.passing: dict[Test, list[bool]] = {}

    def holds(self, condition: Condition, state: State) -> Ternary:
        """Tell whether a condition holds of what is known."""
        found = state.memo.get(condition)
        if found is None:
            found = state.memo[condition] = self._holds(condition, state)
        return found

    def _holds(self, condition: Condition, state: State) -> Ternary:
        circuit = self.circuit
        match condition:
            case Not(part):
                return self.holds(part, state).negated
            case All(parts):
                found = [self.holds(part, state) for part in parts]
                return Ternary(circuit.all(one.sure for one in found), circuit.all(one.possible for one in found))
            case Any(parts):
                found = [self.holds(part, state) for part in parts]
                return Ternary(circuit.any(one.sure for one in found), circuit.any(one.possible for one in found))
            case SameAs(fact, other) | Has(fact, other):
                known = circuit.both(state.known[fact], state.known[other])
                return self.ternary(known, self.related(condition, state))
            case _:
                return self.ternary(state.known[condition.fact], self.passes(condition, state))

    def ternary(self, known: int, passes: int) -> Ternary:
        """Where the facts are known, what the test says, else unknown. A test that passes implies that they are known."""
        return Ternary(passes, passes if known == 1 else self.circuit.either(-known, passes))

    def passes(self, test: Test, state: State) -> int:
        """Tell whether a test of one fact passes: the fact is known, too."""
        circuit, domain, known = self.circuit, self.partition.domains[test.fact], state.known[test.fact]
        values = state.values[test.fact]
        match test:
            case Includes(_, wanted, at_least):
                members = [literal for member, literal in zip(domain.members, values, strict=True) if member in wanted]
                if at_least == 1:
                    return circuit.any(members)
                if at_least >= len(wanted):
                    return circuit.both(known, *members) if len(members) == at_least else circuit.FALSE
                return circuit.at_least(at_least, members)
            case Within(_, wanted):
                others = [
                    -literal for member, literal in zip(domain.members, values, strict=True) if member not in wanted
                ]
                return circuit.both(known, *others)
            case _:
                pass
        passing = self.passing.get(test)
        if passing is None:
            passing = self.passing[test] = [passes(test, {test.fact: item.value()}) for item in domain.classes]
        if domain.kind in (Kind.INT, Kind.DATETIME) and len(passing) > 8:
            return self.between(passing, values)
        if 2 * sum(passing) <= len(passing):
            return circuit.any(value for value, passed in zip(values, passing, strict=True) if passed)
        return circuit.both(known, *(-value for value, passed in zip(values, passing, strict=True) if not passed))

    def between(self, passing: Sequence[bool], values: Sequence[int]) -> int:
        """The same for one run of many ranges, by what is at most each of them, which all tests of the fact share."""
        circuit, at_most = self.circuit, [self.circuit.FALSE]
        for value in values:
            at_most.append(circuit.either(at_most[-1], value))
        runs, start = [], None
        for index, passed in enumerate((*passing, False)):
            if passed and start is None:
                start = index
            elif not passed and start is not None:
                runs.append(circuit.both(at_most[index], -at_most[start]))
                start = None
        return circuit.any(runs)

    def related(self, test: SameAs | Has, state: State) -> int:
        """Tell whether a test of two facts passes, both being known."""
        return state.related.get((test.fact, test.other), self.circuit.FALSE)

    def equals(self, name: str, value: GivenValue, state: State) -> int:
        """Tell whether a fact is known to have just this value."""
        domain, values = self.partition.domains[name], state.values[name]
        if isinstance(value, frozenset):
            parts = (
                literal if member in value else -literal for member, literal in zip(domain.members, values, strict=True)
            )
            return self.circuit.both(state.known[name], *parts)
        return values[domain.place(value)]


class Completing:
    """What ``completing.complete`` makes of the facts that are stated, by one vocabulary."""

    def __init__(self, world: World, reading: Reading, vocabulary: Vocabulary) -> None:
        self.world, self.reading, self.vocabulary = world, reading, vocabulary
        self.circuit, self.partition = world.circuit, world.partition
        self.rounds = rounds(vocabulary.implications)
        self.implied = {
            name for implication in vocabulary.implications for name in (*implication.then, *reads(implication.given))
        }
        first, refused = self.follow(world.stated)
        assumed: dict[str, int] = {}
        for name, fact in vocabulary.facts.items():
            if fact.default is None:
                continue
            literal = self.circuit.both(world.absent[name], -first.known[name])
            if literal != self.circuit.FALSE and name in self.implied:
                _, contradicted = self.follow(self.fill(first, [(literal, name, fact.default)]))
                literal = self.circuit.both(literal, -contradicted)
            if literal != self.circuit.FALSE:
                assumed[name] = literal
        self.state = self.fill(
            first, [(literal, name, vocabulary.facts[name].default) for name, literal in assumed.items()]
        )
        if any(name in self.implied for name in assumed):
            self.state, contradicted = self.follow(self.state)
            refused = self.circuit.either(refused, contradicted)
        self.contradicts = refused
        self.impossible = self.circuit.any(
            reading.holds(condition, self.state).sure for condition in vocabulary.impossible
        )

    @property
    def admits(self) -> int:
        """Whether the facts contradict nothing, and nothing says that they cannot be."""
        return self.circuit.both(-self.contradicts, -self.impossible)

    def follow(self, state: State) -> tuple[State, int]:
        """Fill what implications fill, and tell whether one contradicts what is known."""
        before = state
        for implications in self.rounds:
            fills = [
                (self.reading.holds(implication.given, state).sure, name, value)
                for implication in implications
                for name, value in implication.then.items()
            ]
            state = self.fill(state, fills)
        wrong = []
        for implication in self.vocabulary.implications:
            fires = self.reading.holds(implication.given, state).sure
            for name, value in implication.then.items():
                stated = self.circuit.both(before.known[name], -self.reading.equals(name, value, before))
                wrong.append(self.circuit.both(fires, self.circuit.either(stated, -self.alone(name, value, state))))
        return state, self.circuit.any(wrong)

    def alone(self, name: str, value: GivenValue, state: State) -> int:
        """Whether a fact has this value and no other: two implications that disagree fill in both."""
        equals = self.reading.equals(name, value, state)
        if isinstance(value, frozenset):
            return equals
        place = self.partition.domains[name].place(value)
        return self.circuit.both(equals, *(-other for index, other in enumerate(state.values[name]) if index != place))

    def fill(self, state: State, fills: Sequence[tuple[int, str, GivenValue | None]]) -> State:
        """The state in which facts that were unknown have these values, each where its literal is true."""
        circuit, domains = self.circuit, self.partition.domains
        by_name: dict[str, list[tuple[int, GivenValue]]] = {}
        for literal, name, value in fills:
            given = circuit.both(literal, -state.known[name])
            if given != circuit.FALSE and value is not None:
                by_name.setdefault(name, []).append((given, value))
        if not by_name:
            return state
        filled = State(dict(state.known), dict(state.values), dict(state.related))
        for name, here in by_name.items():
            domain, values = domains[name], list(state.values[name])
            for literal, value in here:
                if isinstance(value, frozenset):
                    for index, member in enumerate(domain.members):
                        if member in value:
                            values[index] = circuit.either(values[index], literal)
                else:
                    index = domain.place(value)
                    values[index] = circuit.either(values[index], literal)
            filled.values[name] = values
            filled.known[name] = circuit.either(state.known[name], *(literal for literal, _ in here))
        for name in by_name:
            for other in self.partition.beside(name) - {name}:
                self.relate(filled, name, other)
        return filled

    def relate(self, state: State, name: str, other: str) -> None:
        """Compare a fact that was filled with another one: as the world does, for values that are named."""
        domains, circuit = self.partition.domains, self.circuit
        one_set, other_set = domains[name].kind is Kind.SET, domains[other].kind is Kind.SET
        if one_set and other_set:
            mine, theirs = (dict(zip(domains[fact].members, state.values[fact], strict=True)) for fact in (name, other))
            alike = [state.known[name], state.known[other]]
            for member in dict.fromkeys((*mine, *theirs)):
                a, b = mine.get(member, circuit.FALSE), theirs.get(member, circuit.FALSE)
                alike.append(circuit.both(-a, -b) if member == REST else circuit.same(a, b))
            found = circuit.all(alike)
        elif one_set or other_set:
            holder, held = (name, other) if one_set else (other, name)
            inside = dict(zip(domains[holder].members, state.values[holder], strict=True))
            found = circuit.any(
                circuit.both(value, inside.get(str(item.value()), circuit.FALSE))
                for item, value in zip(domains[held].classes, state.values[held], strict=True)
                if item.single
            )
            name, other = holder, held
        else:
            theirs_by = dict(zip(map(World.key, domains[other].classes), state.values[other], strict=True))
            found = circuit.any(
                circuit.both(value, theirs_by.get(item.value(), circuit.FALSE))
                for item, value in zip(domains[name].classes, state.values[name], strict=True)
                if item.single
            )
        related = circuit.either(state.related.get((name, other), circuit.FALSE), found)
        state.related[name, other] = related
        if one_set == other_set:
            state.related[other, name] = related


def rounds(implications: Sequence[Implication]) -> list[list[Implication]]:
    """The implications in rounds such that what one fills is known to those that read it; circles as often as they may turn."""
    after = {
        index: {
            other
            for other, before in enumerate(implications)
            if other != index and set(before.then) & reads(implication.given)
        }
        for index, implication in enumerate(implications)
    }
    reached = {index: set(before) for index, before in after.items()}
    for middle, beyond in reached.items():
        for before in reached.values():
            if middle in before:
                before.update(beyond)
    circles = {
        index: frozenset({index} | {other for other in before if index in reached[other]})
        for index, before in reached.items()
    }
    order = TopologicalSorter(
        {
            circle: {circles[other] for index in circle for other in after[index]} - {circle}
            for circle in circles.values()
        }
    )
    return [[implications[index] for index in sorted(circle)] for circle in order.static_order() for _ in circle]


class Deciding:
    """What a program decides in a world: the literals that mirror ``interpret``."""

    def __init__(self, world: World, reading: Reading, program: Program, completed: Completing | None = None) -> None:
        self.world, self.reading, self.program = world, reading, program
        self.circuit = world.circuit
        self.completed = completed or Completing(world, reading, program.vocabulary)
        self.state = self.completed.state
        self.applies = self.applying(program.rules)
        self.opened = self.any(self.applies[rule.id] for rule in program.rules if rule.effect is Effect.ALLOW)
        self.claims = [claim for rule in program.rules for claim in self.claims_of(rule)]

    def holds(self, condition: Condition) -> Ternary:
        """Tell whether a condition holds of what is known after completing."""
        return self.reading.holds(condition, self.state)

    def all(self, parts: Iterable[Ternary]) -> Ternary:
        """The least of these."""
        parts = list(parts)
        return Ternary(self.circuit.all(part.sure for part in parts), self.circuit.all(part.possible for part in parts))

    def any(self, parts: Iterable[Ternary]) -> Ternary:
        """The greatest of these."""
        parts = list(parts)
        return Ternary(self.circuit.any(part.sure for part in parts), self.circuit.any(part.possible for part in parts))

    def applying(self, rules: Sequence[Rule]) -> dict[str, Ternary]:
        """Tell of each rule whether it applies: its condition holds and no rule that overrides it applies."""
        applies: dict[str, Ternary] = {}
        for rule in rules:
            holds = self.holds(rule.when)
            applies[rule.id] = (
                self.all((holds, *(applies[other].negated for other in rule.overridden_by)))
                if rule.overridden_by
                else holds
            )
        return applies

    def claims_of(self, rule: Rule) -> list[tuple[str, Ternary, Outcome]]:
        """What a rule has against an action: its id, whether it does, and how strict that is."""
        applies, claims = self.applies[rule.id], []
        if rule.effect is Effect.DENY:
            claims.append((rule.id, applies, Outcome.DENY))
        claims += [(rule.id, self.unmet(rule, index), Outcome.REVISE) for index in range(len(rule.needs))]
        if rule.approval:
            claims.append((rule.id, self.unapproved(rule), Outcome.ASK))
        return claims

    def unmet(self, rule: Rule, index: int) -> Ternary:
        """Whether a need of a rule is not met."""
        need = rule.needs[index]
        return self.all((self.applies[rule.id], self.holds(need.given), self.holds(need.test).negated))

    def unapproved(self, rule: Rule) -> Ternary:
        """Whether the approval that a rule asks for is not given."""
        assert rule.approval
        return self.all((self.applies[rule.id], self.holds(rule.approval.met).negated))

    @cached_property
    def starts(self) -> list[tuple[int, int, Start]]:
        """The starts: where each is sure to be the one, where it may be, and what it is."""
        baseline = self.program.baseline
        if not baseline.fact:
            return [(1, 1, start) for start in baseline.starts.values()]
        known, domain = self.state.known[baseline.fact], self.reading.partition.domains[baseline.fact]
        by_start: dict[Start, list[int]] = {}
        for item, literal in zip(domain.classes, self.state.values[baseline.fact], strict=True):
            value = str(item.value())
            if value in baseline.starts:
                by_start.setdefault(baseline.starts[value], []).append(literal)
        if len(set(baseline.starts.values())) == 1:
            return [(1, 1, start) for start in by_start]
        found = []
        for start, literals in by_start.items():
            here = self.circuit.any(literals)
            found.append((here, self.circuit.either(here, -known), start))
        return found

    def standing(self, least: Outcome) -> Ternary:
        """Whether the baseline left standing is at least so strict, between what is sure and what may be."""
        circuit = self.circuit
        sure_here, sure_all, may_be = [], [], []
        for here, maybe_here, start in self.starts:
            counts = self.start_counts(start, least)
            sure_here.append(circuit.both(here, counts.sure))
            sure_all.append(counts.sure)
            may_be.append(circuit.both(maybe_here, counts.possible))
        known = self.state.known[self.program.baseline.fact] if self.program.baseline.fact else circuit.TRUE
        sure = circuit.either(circuit.any(sure_here), circuit.both(-known, *sure_all))
        return Ternary(circuit.both(-self.opened.possible, sure), circuit.both(-self.opened.sure, circuit.any(may_be)))

    def start_counts(self, start: Start, least: Outcome) -> Ternary:
        """Whether a start counts as at least so strict: to ask does until it is approved."""
        if start.outcome < least:
            return FALSE
        return self.holds(start.approval.met).negated if start.approval else TRUE

    @cached_property
    def bounds(self) -> dict[Outcome, Ternary]:
        """For every outcome but the mildest: whether the decision is at least so strict (``at_least``, ``at_most``)."""
        found = {}
        for least in (Outcome.REVISE, Outcome.ASK, Outcome.DENY):
            found[least] = self.any(
                (self.standing(least), *(truth for _, truth, outcome in self.claims if outcome >= least))
            )
        return found

    @cached_property
    def reaches(self) -> dict[Outcome, int]:
        """For every outcome: whether the outcome is at least so strict (``decisions.outcome_of``)."""
        strictest = self.program.when_unknown is WhenUnknown.STRICTEST
        return {
            Outcome.ALLOW: self.circuit.TRUE,
            **{
                least: bound.sure if least is Outcome.DENY and not strictest else bound.possible
                for least, bound in self.bounds.items()
            },
        }

    def outcome(self, outcome: Outcome) -> int:
        """Whether this is the outcome."""
        stricter = self.reaches[Outcome(outcome + 1)] if outcome is not Outcome.DENY else self.circuit.FALSE
        return self.circuit.both(self.reaches[outcome], -stricter)

    @cached_property
    def determined(self) -> int:
        """Whether the bounds agree."""
        return self.circuit.all(self.circuit.either(-bound.possible, bound.sure) for bound in self.bounds.values())

    @cached_property
    def asking(self) -> list[tuple[Approval, Ternary]]:
        """The approvals that are asked for, and whether each is and is not given."""
        found = [(rule.approval, self.unapproved(rule)) for rule in self.program.rules if rule.approval]
        for here, maybe_here, start in self.starts:
            if start.approval:
                parts = (Ternary(here, maybe_here), self.opened.negated, self.holds(start.approval.met).negated)
                found.append((start.approval, self.all(parts)))
        return found

    @cached_property
    def revising(self) -> list[tuple[Condition, Ternary]]:
        """The tests that are to be passed, and whether each is asked for and not passed."""
        return [
            (need.test, self.unmet(rule, index)) for rule in self.program.rules for index, need in enumerate(rule.needs)
        ]


class Witness:
    """An action read from the model that the solver found last."""

    def __init__(self, world: World) -> None:
        self.world, self.state, self.domains = world, world.stated, world.partition.domains
        self.model = world.circuit.model()

    def true(self, literal: int) -> bool:
        """Whether a literal is true."""
        return literal == 1 if abs(literal) == 1 else self.model.get(abs(literal), False) == (literal > 0)

    def facts(self, given: Facts = MappingProxyType({})) -> dict[str, Value | None]:
        """The facts that are stated; ``given`` are those of which the values are settled already.

        Facts that are stated to be unknown are None, those that are absent are left out.
        """
        found: dict[str, Value | None] = dict(given)
        names = [name for name in self.world.common if name not in found]
        for name in names:
            if not self.true(self.state.known[name]):
                if self.world.total or not self.true(self.world.absent[name]):
                    found[name] = None
            elif self.domains[name].kind is not Kind.SET:
                found[name] = self.single(name, found)
        for name in names:  # a set may have the value of another fact as a member
            if self.domains[name].kind is Kind.SET and self.true(self.state.known[name]):
                found[name] = self.several(name, found)
        return {name: found[name] for name in self.world.common if name in found}

    def equal(self, name: str, found: Facts) -> Value | None:
        """The value of a fact of the same kind that this one equals, if there is one."""
        for other in self.world.partition.beside(name) - {name}:
            related = self.state.related.get((other, name))
            both_sets = (self.domains[other].kind is Kind.SET) == (self.domains[name].kind is Kind.SET)
            if both_sets and related is not None and found.get(other) is not None and self.true(related):
                return found[other]
        return None

    def single(self, name: str, found: Facts) -> Value:
        """The value of a fact: another than those of facts that it is compared with, where it is not equal to them."""
        equal = self.equal(name, found)
        if equal is not None:
            return equal
        values = zip(self.domains[name].classes, self.state.values[name], strict=True)
        item = next(item for item, literal in values if self.true(literal))
        beside = self.world.partition.beside(name) - {name}
        if item.single or not beside:
            example = next(
                (side.facts[name].in_examples for side in reversed(self.world.vocabularies) if name in side.facts), None
            )
            return example if example is not None and item.has(example) else item.value()
        taken = [found[other] for other in beside if other in found]
        return next(value for value in map(item.value, range(10_000)) if value not in taken)

    def several(self, name: str, found: Facts) -> frozenset[str]:
        """The members of a set: those by name, the values of other facts that it has, and one that nothing names."""
        equal = self.equal(name, found)
        if isinstance(equal, frozenset):
            return equal
        domain = self.domains[name]
        members = {
            member
            for member, literal in zip(domain.members, self.state.values[name], strict=True)
            if self.true(literal)
        }
        if REST not in members:
            return frozenset(members)
        members.discard(REST)
        facts = [vocabulary.facts[name] for vocabulary in self.world.vocabularies if name in vocabulary.facts]
        example = facts[-1].in_examples
        usual = example - set(domain.members) if isinstance(example, frozenset) else frozenset[str]()
        if usual and domain.rest is not None and all(not fact.values or usual <= set(fact.values) for fact in facts):
            return frozenset(members | usual)
        if domain.rest is not None:
            return frozenset(
                {
                    *members,
                    next(
                        value for value in domain.rest if all(not fact.values or value in fact.values for fact in facts)
                    ),
                }
            )
        for other in self.world.partition.beside(name):
            value = found.get(other)
            if isinstance(value, str) and self.true(self.state.related.get((name, other), -1)):
                members.add(value)
        taken = {value for value in found.values() if isinstance(value, str)} | set(domain.members)
        taken |= {member for value in found.values() if isinstance(value, frozenset) for member in value}
        return frozenset({*members, next(text for number in count(1) if (text := f"other-{number}") not in taken)})
