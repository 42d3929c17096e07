"""The bounds are a promise about every action that fits what is known: "at least ask" may be relied on before all is
known.

They are no more exact than Kleene's logic (``deny a`` and ``deny not a`` leave ``allow`` in), and no back end may be.
"""

from __future__ import annotations

from random import Random

from hypothesis import given

from socialpolicy.conditions import Not, OneOf
from socialpolicy.interpret import interpret
from socialpolicy.program import Baseline, Effect, Identity, Outcome, Program, Rule, Start
from socialpolicy.values import Kind
from socialpolicy.vocabulary import Fact, Vocabulary
from strategies import LABELS, admitted, all_facts, learnt, programs, seeds


@given(programs(), seeds())
def test_bounds_contain_every_completion(program: Program, seed: int) -> None:
    for known, more in learnt(program, seed):
        if all(value is not None for value in more.values()):
            decision = interpret(program, known)
            assert decision.at_least <= interpret(program, more).outcome <= decision.at_most


@given(programs(small=True, rules_at_most=5), seeds())
def test_bounds_contain_every_completion_of_a_small_program(program: Program, seed: int) -> None:
    worlds = [world for world in all_facts(program) if admitted(program.vocabulary, world)]
    random = Random(seed)
    outcomes = [(world, interpret(program, world).outcome) for world in random.sample(worlds, min(len(worlds), 60))]
    for world, _ in outcomes[:4]:
        hidden = {name for name in world if random.random() < 0.5}
        decision = interpret(program, {name: None if name in hidden else value for name, value in world.items()})
        for other, outcome in outcomes:
            if all(other[name] == world[name] for name in world if name not in hidden):
                assert decision.at_least <= outcome <= decision.at_most


def test_bounds_are_those_of_kleenes_logic() -> None:
    secret = OneOf("secret", frozenset({True}))
    rules = (Rule("A", 0, Effect.DENY, secret), Rule("B", 1, Effect.DENY, Not(secret)))
    vocabulary = Vocabulary({"secret": Fact("secret", Kind.BOOL)})
    program = Program(Identity("p", "1.0.0"), vocabulary, rules, Baseline({"": Start(Outcome.ALLOW)}), labels=LABELS)
    decision = interpret(program, {})
    assert (decision.at_least, decision.at_most) == (Outcome.ALLOW, Outcome.DENY)
    assert {interpret(program, {"secret": secret}).outcome for secret in (True, False)} == {Outcome.DENY}
