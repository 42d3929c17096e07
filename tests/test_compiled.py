"""The compiled form decides exactly as ``interpret`` does: the same decision, list by list, unknown facts included.

The program is drawn by hypothesis and two hundred actions from a drawn seed, so that a minute sees hundreds of thousands of
pairs. ``pytest -m long tests/test_compiled.py`` runs a million of them.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from unittest import mock

import pytest
from hypothesis import given, settings

from socialpolicy import compiling
from socialpolicy.compiling import Compiled
from socialpolicy.completing import complete
from socialpolicy.errors import ActionError
from socialpolicy.interpret import interpret
from socialpolicy.program import Program
from socialpolicy.values import Facts
from strategies import many_facts, programs, random_facts, random_program, seeds

PAIRS = 1_000_000


def assert_equal(program: Program, compiled: Compiled, facts: Facts) -> bool:
    """Compare all ways to decide with the reference; False where the facts contradict each other."""
    try:
        expected = interpret(program, facts)
    except ActionError:
        return False
    decision = compiled.decide(facts)
    assert decision == expected, facts
    assert compiled.decide(facts) is decision  # the second time by the table alone
    assert compiled.outcome(facts) is expected.outcome
    whole = complete(program.vocabulary, facts)
    assert compiled.decide_completed(whole) is decision
    assert compiled.outcome_completed(whole) is expected.outcome
    return True


@given(programs(), seeds())
def test_compiled_equals_interpret(program: Program, seed: int) -> None:
    compiled = Compiled(program)
    for facts in many_facts(program, seed):
        assert_equal(program, compiled, facts)


@given(programs(), seeds())
def test_functions_for_the_facts_that_are_stated_equal_interpret(program: Program, seed: int) -> None:
    """Actions that state the same few facts get a function of their own; here at once, so that it decides the second time."""
    with mock.patch.object(compiling, "SHAPE_SEEN", 1):
        compiled = Compiled(program)
        for facts in many_facts(program, seed, share_known=0.2):
            assert_equal(program, compiled, known(facts))
            assert_equal(program, compiled, facts)


def known(facts: Facts) -> Facts:
    """Facts as a program states them that leaves out what it does not know."""
    return {name: value for name, value in facts.items() if value is not None}


def test_functions_for_the_facts_that_are_stated_are_made() -> None:
    """The law above tests what it says: sparse actions do lead to such functions, and no more than there is room for."""
    random, most = Random(5), 0
    with mock.patch.object(compiling, "SHAPE_SEEN", 1), mock.patch.object(compiling, "SHAPES", 3):
        for _ in range(20):
            program = random_program(random)
            compiled = Compiled(program)
            for _ in range(100):
                assert_equal(program, compiled, known(random_facts(program, random, 0.2)))
            most = max(most, len(compiled._tables["shapes"]))
    assert most == 3


@given(programs(), seeds())
@settings(max_examples=30)
def test_completing_compiled_equals_completing(program: Program, seed: int) -> None:
    compiled = Compiled(program)
    for facts in many_facts(program, seed):
        try:
            expected = complete(program.vocabulary, facts)
        except ActionError as error:
            with pytest.raises(ActionError, match=r".*") as raised:
                compiled.complete(facts)
            assert raised.value.problems == error.problems  # noqa: PT017
        else:
            assert compiled.complete(facts) == expected


@given(programs(), seeds())
@settings(max_examples=20)
def test_small_caches_change_nothing(program: Program, seed: int) -> None:
    """Functions and decisions are forgotten when there are too many: what is decided stays the same."""
    compiled = Compiled(program)
    for kept in compiled._functions.values():
        kept.bound = 1
    for facts in many_facts(program, seed):
        if assert_equal(program, compiled, facts):
            for table in compiled._tables.values():
                table.clear()


@given(programs(), seeds())
@settings(max_examples=20)
def test_source_is_what_decides(program: Program, seed: int) -> None:
    """The source that is shown compiles, and names every rule that applies."""
    compiled = Compiled(program)
    for facts in list(many_facts(program, seed))[:10]:
        try:
            decision = interpret(program, facts)
        except ActionError:
            continue
        text = compiled.source(facts)
        compile(text, "shown", "exec")
        assert all(f"# {name}:" in text for name in decision.applies)


def test_a_renamed_vocabulary_cannot_write_code() -> None:
    """What a policy calls its facts never reaches the source as anything but a plain name."""
    program = random_program(Random(3))
    name = next(iter(program.vocabulary.facts))
    evil = "x'] or __import__('os').system('true') or facts['x"
    facts = {
        evil if key == name else key: replace(fact, name=evil if key == name else key)
        for key, fact in program.vocabulary.facts.items()
    }
    from socialpolicy.soundness import unsound

    assert unsound(replace(program, vocabulary=replace(program.vocabulary, facts=facts))) is not None


@pytest.mark.long
def test_a_million_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    random, pairs, refused = Random(20261123), 0, 0
    monkeypatch.setattr(compiling, "SHAPE_SEEN", 2)
    while pairs < PAIRS:
        program = random_program(random)
        compiled = Compiled(program)
        for _ in range(200):
            facts = random_facts(program, random, random.choice((0.1, 0.2, 0.5, 0.8, 0.95, 1.0)))
            facts = known(facts) if random.random() < 0.5 else facts
            if assert_equal(program, compiled, facts):
                pairs += 1
            else:
                refused += 1
    print(f"\n{pairs} pairs of program and facts agree; {refused} actions contradicted themselves")


@given(programs(), seeds())
@settings(max_examples=15)
def test_warming_up_changes_nothing(program: Program, seed: int) -> None:
    """Functions made beforehand decide as those made on the way, and there is one for every key."""
    compiled = Compiled(program)
    keys = 1
    for one in compiled.dimensions:
        keys *= len(one.candidates)
    assert compiled.warm() == keys
    for facts in many_facts(program, seed):
        assert_equal(program, compiled, facts)
