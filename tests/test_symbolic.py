"""The symbolic back end says of every single action what ``interpret`` says, and reads back the actions that it means."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given

from socialpolicy import texts
from socialpolicy.comparing import DiffKind, compare, conditions_of
from socialpolicy.completing import complete
from socialpolicy.conditions import ALWAYS, All, Includes, Not, OneOf, SameAs, matches
from socialpolicy.errors import ActionError
from socialpolicy.interpret import applying, interpret
from socialpolicy.partitions import partition
from socialpolicy.program import Baseline, Effect, Identity, Need, Outcome, Program, Rule, Start
from socialpolicy.solving import Cadical, Circuit, Undecided
from socialpolicy.symbolic import Deciding, Reading, Witness, World
from socialpolicy.values import Kind, Truth
from socialpolicy.vocabulary import Fact, Implication, Vocabulary
from strategies import many_facts, programs, random_program, seeds


def mirrors(program: Program, seed: int, number: int = 12) -> None:
    """Check the literals of a program against ``interpret``, on many actions."""
    parted = partition([program.vocabulary], conditions_of(program))
    with Circuit() as circuit:
        world = World(circuit, parted, [program.vocabulary], total=False)
        side = Deciding(world, Reading(circuit, parted), program)
        for facts in many_facts(program, seed, number):
            stated = world.stating(facts)
            assert circuit.possible(*stated), facts
            try:
                decision, known = interpret(program, facts), complete(program.vocabulary, facts)
            except ActionError:
                assert not circuit.possible(*stated, -side.completed.contradicts), facts
                continue
            assert not circuit.possible(*stated, side.completed.contradicts), facts
            assert not circuit.possible(*stated, -side.outcome(decision.outcome)), facts
            for least, bound in side.bounds.items():
                assert not circuit.possible(*stated, -bound.sure if decision.at_least >= least else bound.sure), facts
                assert not circuit.possible(*stated, -bound.possible if decision.at_most >= least else bound.possible)
            assert not circuit.possible(*stated, -side.determined if decision.determined else side.determined), facts
            for id, truth in applying(program.rules, known).items():
                literals = side.applies[id]
                assert not circuit.possible(*stated, -literals.sure if truth is Truth.TRUE else literals.sure)
                assert not circuit.possible(*stated, literals.possible if truth is Truth.FALSE else -literals.possible)
            assert circuit.possible(*stated)
            back = interpret(program, Witness(world).facts())
            assert (back.outcome, back.applies, back.may_apply) == (
                decision.outcome,
                decision.applies,
                decision.may_apply,
            )


@given(programs(), seeds())
def test_it_says_what_the_reference_says(program: Program, seed: int) -> None:
    mirrors(program, seed)


def test_so_it_does_for_some_hundred_programs_at_random() -> None:
    for seed in range(200):
        mirrors(random_program(Random(seed)), seed)


def program(*rules: Rule, facts: tuple[Fact, ...], implications: tuple[Implication, ...] = ()) -> Program:
    """A program of these rules, open where nothing restricts."""
    vocabulary = Vocabulary({fact.name: fact for fact in facts}, implications)
    labels = {"allow": "a", "revise": "b", "ask": "c", "deny": "d"}
    return Program(Identity("p", "1.0.0"), vocabulary, rules, Baseline({"": Start(Outcome.ALLOW)}), labels=labels)


CLEAR, SECRET = Fact("clear", Kind.BOOL), Fact("secret", Kind.BOOL)


def test_two_implications_that_disagree_about_an_unknown_fact_contradict_each_other() -> None:
    """Both fill it, and neither contradicts what was stated."""
    rule = Rule("R", 0, Effect.DENY, OneOf("secret", frozenset({True})))
    says = tuple(
        Implication(OneOf("clear", frozenset({True})), {"secret": value}, str(value)) for value in (True, False)
    )
    both = program(rule, facts=(CLEAR, SECRET), implications=says)
    with pytest.raises(ActionError):
        interpret(both, {"clear": True})
    parted = partition([both.vocabulary], conditions_of(both))
    with Circuit() as circuit:
        world = World(circuit, parted, [both.vocabulary], total=False)
        side = Deciding(world, Reading(circuit, parted), both)
        assert not circuit.possible(*world.stating({"clear": True}), -side.completed.contradicts)


def test_a_revision_counts_as_more_beside_one_of_a_fact_that_is_gone() -> None:
    """What would meet the old ones may be a value of a fact that the new version does not know."""
    asks = Rule("R", 0, Effect.REQUIRE, ALWAYS, needs=(Need(OneOf("secret", frozenset({False}))),))
    now = Rule("R", 0, Effect.REQUIRE, ALWAYS, needs=(Need(OneOf("clear", frozenset({True}))),))
    other = Rule("S", 1, Effect.REQUIRE, ALWAYS, needs=(Need(SameAs("secret", "shown")),))
    shown = Fact("shown", Kind.BOOL)
    old = program(asks, other, facts=(CLEAR, SECRET, shown))
    found = compare(old, program(now, facts=(CLEAR, shown)))
    assert DiffKind.OPEN in found.kinds  # what the old one asks for is never sure: the fact is unknown


@given(seeds())
def test_texts_fall_into_the_classes_that_their_patterns_make(seed: int) -> None:
    """Every text is in just one class, and every text of a class matches the same patterns."""
    random = Random(seed)
    letters = "ab*"
    patterns = [
        "".join(random.choice(letters) for _ in range(random.randrange(1, 5))) for _ in range(random.randrange(1, 5))
    ]
    classes = texts.partition(patterns, ["a", "ab"])
    for _ in range(40):
        text = "".join(random.choice("abx") for _ in range(random.randrange(7)))
        assert sum(item.has(text) for item in classes) == 1, (patterns, text)
    for item in classes:
        some = {item.text(number) for number in range(1 if item.single else 3)}
        assert len(some) == (1 if item.single else 3)
        assert len({tuple(matches(pattern, text) for pattern in patterns) for text in some}) == 1


def test_a_class_of_one_text_is_that_text() -> None:
    """What begins and ends with a, and has no two of them, is a alone."""
    classes = texts.partition(["a*", "*a", "*a*a*"], [])
    assert [item.template for item in classes if item.single] == ["a"]


def test_a_question_that_costs_too_much_stays_open() -> None:
    """Eleven pigeons in ten holes: the limit is met, and is told."""
    solver, holes = Cadical(conflicts=50), range(10)
    place = {(pigeon, hole): pigeon * 10 + hole + 1 for pigeon in range(11) for hole in holes}
    for pigeon in range(11):
        solver.add([place[pigeon, hole] for hole in holes])
    for hole in holes:
        for one in range(11):
            for other in range(one):
                solver.add([-place[one, hole], -place[other, hole]])
    with pytest.raises(Undecided, match="50 conflicts"):
        solver.solve([])


def test_patterns_that_make_too_many_cases_stay_open() -> None:
    with pytest.raises(Undecided, match="cases"):
        texts.partition([f"*{first}{second}{first}*" for first in "abcdefgh" for second in "ijklmnop"], [])


def test_gates_are_made_once() -> None:
    with Circuit() as circuit:
        one, other = circuit.fresh(), circuit.fresh()
        assert circuit.both(one, other) == circuit.both(other, one, one)
        assert circuit.both(one, -one) == circuit.FALSE
        assert circuit.either(one, circuit.TRUE) == circuit.TRUE
        assert circuit.all([]) == circuit.TRUE
        assert circuit.any([]) == circuit.FALSE
        assert circuit.possible(circuit.at_least(2, [one, other, -one]))
        assert not circuit.possible(circuit.at_least(2, [one, other]), -one)


def test_closed_sets_and_comparisons_are_exact() -> None:
    """A set of three values of which two are named; a fact that cannot be its equal and not."""
    members = Fact("team", Kind.SET, ("a", "b", "c"))
    rule = Rule("R", 0, Effect.DENY, All((Includes("team", frozenset({"a", "b"}), 2), Not(SameAs("clear", "secret")))))
    mirrors(program(rule, facts=(members, CLEAR, SECRET)), 5, 60)
