"""What the exact analysis costs, beside general solvers that are given the same question, and how it grows with the rules."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from socialpolicy.comparing import PAIRS, conditions_of
from socialpolicy.conditions import OneOf
from socialpolicy.deciding import Decider
from socialpolicy.guarantees import Guarantee
from socialpolicy.partitions import partition
from socialpolicy.program import Outcome, Program
from socialpolicy.solving import Circuit
from socialpolicy.symbolic import Deciding, Reading, World
from socialpolicy.values import Kind, Value
from socialpolicy.vocabulary import Fact
from solvers import Gate, Problem, adversarial, edited, structured

SETS: dict[str, Callable[[int, int], Program]] = {"adversarial": adversarial, "structured": structured}
SEED = 11


@cache
def pair(kind: str, rules: int) -> tuple[Program, Program]:
    """A synthetic policy and its edited twin."""
    program = SETS[kind](rules, SEED)
    return program, edited(program, SEED)


class Recorded:
    """A solver that keeps the clauses, to hand them on, and answers nothing."""

    def __init__(self) -> None:
        self.clauses: list[list[int]] = []

    def add(self, clause: list[int]) -> None:
        self.clauses.append(clause)

    def solve(self, assumptions: list[int]) -> bool:
        raise NotImplementedError

    def model(self) -> list[int]:
        raise NotImplementedError

    def core(self) -> list[int]:
        raise NotImplementedError

    def close(self) -> None:
        pass


class Recording(Circuit):
    """A circuit that keeps what is demanded apart from its gates."""

    def __init__(self) -> None:
        self.demanded: list[tuple[int, ...]] = []
        super().__init__(Recorded())

    def require(self, *literals: int) -> None:
        self.demanded.append(literals)


def encode(circuit: Circuit, old: Program, new: Program) -> tuple[Deciding, Deciding, int]:
    """Both programs over all actions of which everything is known, as ``comparing`` has them."""
    parted = partition((old.vocabulary, new.vocabulary), [*conditions_of(old), *conditions_of(new)])
    world, reading = World(circuit, parted, (old.vocabulary, new.vocabulary), total=True), Reading(circuit, parted)
    mine = Deciding(world, reading, old)
    theirs = Deciding(world, reading, new, mine.completed)
    return mine, theirs, mine.completed.admits


def verdict(old: Program, new: Program) -> set[tuple[int, int]]:
    """Which outcome becomes which other one for some action: twelve questions of one solver."""
    with Circuit() as circuit:
        mine, theirs, admitted = encode(circuit, old, new)
        found = {(a, b): (mine.outcome(a), theirs.outcome(b)) for a, b in PAIRS}
        return {(int(a), int(b)) for (a, b), both in found.items() if circuit.possible(admitted, *both)}


def problem(old: Program, new: Program) -> Problem:
    """The same question for other solvers: the circuit, without what we asked of it."""
    circuit = Recording()
    mine, theirs, admitted = encode(circuit, old, new)
    reaches = [[side.reaches[least] for least in Outcome] for side in (mine, theirs)]
    circuit.require(admitted)
    gates: list[Gate] = [("and", gate, sorted(key)) for key, gate in circuit.gates.items() if gate > 1]
    return Problem(circuit.last, gates, circuit.demanded, *reaches)


@dataclass(frozen=True)
class Claimed:
    """A program with guarantees."""

    program: Program
    guarantees: tuple[Guarantee, ...]


def claimed(program: Program, number: int) -> Claimed:
    """A program with so many guarantees, drawn from its own conditions."""
    draw = random.Random(SEED)
    found = []
    for index in range(number):
        rule = draw.choice(program.rules)
        admits = frozenset(outcome for outcome in Outcome if outcome >= draw.choice(list(Outcome)[1:]))
        found.append(Guarantee(f"G-{index}", "drawn", rule.when, admits))
    return Claimed(program, tuple(found))


def one_rule_edited(program: Program) -> Program:
    """A program of which one rule applies to fewer actions."""
    fact = next(
        fact for fact in program.vocabulary.facts.values() if fact.kind.value == "enum" and len(fact.values) > 2
    )
    index = len(program.rules) // 2
    rule = program.rules[index]
    from socialpolicy.conditions import both

    narrower = replace(rule, when=both(rule.when, OneOf(fact.name, frozenset(fact.values[:2]))))
    return replace(program, rules=(*program.rules[:index], narrower, *program.rules[index + 1 :]))


def seconds(work: Callable[[], object], repeats: int) -> float:
    """The median of CPU seconds that some work takes."""
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def asking(program: Program, actions: int = 60) -> tuple[float, float]:
    """Milliseconds for the relevant facts of one action of which half of the facts are known: median, and 95th of 100."""
    decider, draw, taken = Decider(program), random.Random(SEED), []
    for _ in range(actions):
        facts = {
            name: value
            for name, fact in program.vocabulary.facts.items()
            if draw.random() < 0.5 and (value := some_value(fact, draw)) is not None
        }
        decider.asker.relevant(facts)
        start = time.process_time()
        decider.asker.relevant(facts)
        taken.append((time.process_time() - start) * 1e3)
    taken.sort()
    return statistics.median(taken), taken[int(0.95 * len(taken))]


def some_value(fact: Fact, draw: random.Random) -> Value | None:
    """Some value of a fact; none for texts and instants."""
    match fact.kind:
        case Kind.BOOL:
            return draw.random() < 0.5
        case Kind.ENUM:
            return draw.choice(fact.values)
        case Kind.INT:
            low = fact.minimum or 0
            return draw.randint(low, low + 10 if fact.maximum is None else fact.maximum)
        case Kind.SET:
            return frozenset(value for value in fact.values if draw.random() < 0.2)
        case _:
            return None
