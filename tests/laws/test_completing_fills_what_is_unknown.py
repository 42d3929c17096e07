"""One answered question settles many, and nothing that somebody stated is ever changed: not even "I do not know"."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from socialpolicy.completing import Assume, complete
from socialpolicy.conditions import All, OneOf, holds
from socialpolicy.errors import ActionError
from socialpolicy.interpret import interpret
from socialpolicy.loading.vocabularies import shipped
from socialpolicy.values import Facts, Kind, Truth, Value
from socialpolicy.vocabulary import Fact, Implication, Vocabulary
from strategies import completed, judged, learnt, many_facts, programs, seeds

if TYPE_CHECKING:
    from socialpolicy.program import Program


def completed_with(vocabulary: Vocabulary, facts: Facts, assume: Assume) -> dict[str, Value | None] | None:
    """The completed facts, or None where they contradict each other."""
    try:
        return complete(vocabulary, facts, assume=assume)
    except ActionError:
        return None


@given(programs(), seeds())
def test_completing_what_is_complete_changes_nothing(program: Program, seed: int) -> None:
    for facts in many_facts(program, seed, 20):
        for assume in Assume:
            once = completed_with(program.vocabulary, facts, assume)
            if once is not None:
                assert complete(program.vocabulary, once, assume=assume) == once


@given(programs(), seeds())
def test_the_order_of_implications_is_irrelevant(program: Program, seed: int) -> None:
    implications = program.vocabulary.implications
    shuffled = tuple(Random(seed).sample(implications, len(implications)))
    for facts in many_facts(program, seed, 20):
        for assume in Assume:
            other = completed_with(replace(program.vocabulary, implications=shuffled), facts, assume)
            assert other == completed_with(program.vocabulary, facts, assume)


@given(programs(), seeds())
def test_what_is_stated_stays(program: Program, seed: int) -> None:
    for facts in many_facts(program, seed, 20):
        for assume in Assume:
            found = completed_with(program.vocabulary, facts, assume)
            if found is not None:
                assert all(found[name] == value for name, value in facts.items() if value is not None)


@given(programs(), seeds())
def test_null_is_never_filled_by_a_default(program: Program, seed: int) -> None:
    bare = replace(program.vocabulary, implications=())
    for facts in many_facts(program, seed, 20):
        for assume in Assume:
            found = complete(bare, facts, assume=assume)
            assert all(found[name] is None for name, value in facts.items() if value is None)
            for name, fact in bare.facts.items():
                if name not in facts:
                    in_examples = fact.in_examples if assume is Assume.IN_EXAMPLES else None
                    assert found.get(name) == (fact.default if in_examples is None else in_examples)


@given(programs(), seeds())
def test_every_implication_that_is_true_has_filled_what_it_fills(program: Program, seed: int) -> None:
    for facts in many_facts(program, seed, 20):
        for assume in Assume:
            found = completed_with(program.vocabulary, facts, assume)
            for implication in program.vocabulary.implications if found is not None else ():
                if holds(implication.given, found) is Truth.TRUE:
                    assert all(found[name] == value for name, value in implication.then.items())


@given(programs(), seeds())
def test_what_follows_from_less_follows_from_more(program: Program, seed: int) -> None:
    for known, more in learnt(program, seed):
        before, after = complete(program.vocabulary, known), complete(program.vocabulary, more)
        assert all(after[name] == value for name, value in before.items() if value is not None)


@given(programs(), seeds())
def test_a_contradiction_is_an_error_that_names_the_fact(program: Program, seed: int) -> None:
    for facts in many_facts(program, seed, 10, share_known=1.0):
        for implication in program.vocabulary.implications:
            for name, value in implication.then.items():
                if isinstance(value, bool):
                    stated = {**facts, name: not value}
                    if holds(implication.given, stated) is Truth.TRUE:
                        with pytest.raises(ActionError) as raised:
                            interpret(program, stated)
                        assert {problem.id for problem in raised.value.problems} == {"contradiction"}


@given(programs(), seeds())
def test_values_in_examples_are_never_taken_silently(program: Program, seed: int) -> None:
    facts = {name: replace(fact, in_examples=None) for name, fact in program.vocabulary.facts.items()}
    without = replace(program, vocabulary=replace(program.vocabulary, facts=facts))
    for stated in many_facts(program, seed, 20):
        assert judged(program, stated) == judged(without, stated)


@given(programs(), seeds())
def test_deciding_completes_and_then_decides(program: Program, seed: int) -> None:
    for stated in many_facts(program, seed, 20):
        facts = completed(program, stated)
        if facts is not None:
            assert interpret(program, stated) == interpret(program, facts)


def test_a_default_that_does_not_fit_is_left_out() -> None:
    facts = {
        name: Fact(name, Kind.BOOL, default=default)
        for name, default in (("work", None), ("secret", False), ("late", True))
    }
    secret = Implication(OneOf("work", frozenset({True})), {"secret": True}, "work is secret")
    if_late = Implication(OneOf("late", frozenset({True})), {"work": False}, "what is late is not about work")
    vocabulary = Vocabulary(facts, (secret, if_late))
    assert complete(vocabulary, {"work": True}) == {"work": True, "secret": True}
    assert complete(vocabulary, {}) == {"secret": False, "late": True, "work": False}
    assert complete(vocabulary, {"work": True, "late": None}) == {"work": True, "secret": True, "late": None}


def test_defaults_that_do_not_fit_together_are_an_error() -> None:
    facts = {name: Fact(name, Kind.BOOL, default=default) for name, default in (("a", True), ("b", True), ("c", None))}
    both = All((OneOf("a", frozenset({True})), OneOf("b", frozenset({True}))))
    vocabulary = Vocabulary(facts, (Implication(both, {"c": False}, "a and b"),))
    assert complete(vocabulary, {}) == {"a": True, "b": True, "c": False}
    assert complete(vocabulary, {"c": True, "a": None}) == {"a": None, "b": True, "c": True}
    with pytest.raises(ActionError):
        complete(vocabulary, {"c": True})


def test_facts_that_no_action_has_are_decided_all_the_same() -> None:
    """Whether it is about work or not, it would be secret; while that is unknown, nothing contradicts that it is not."""
    facts = {name: Fact(name, Kind.BOOL) for name in ("work", "secret")}
    implications = tuple(
        Implication(OneOf("work", frozenset({answer})), {"secret": True}, f"work: {answer}") for answer in (True, False)
    )
    vocabulary = Vocabulary(facts, implications)
    assert complete(vocabulary, {"secret": False}) == {"secret": False}
    for answer in (True, False):
        with pytest.raises(ActionError):
            complete(vocabulary, {"secret": False, "work": answer})


def test_what_is_screened_has_in_examples_what_implies_nothing() -> None:
    _, core = shipped("core@1")
    for name in core.screening:
        value = core.facts[name].in_examples
        assert value is not None
        assert complete(core, {name: value}) == {name: value, **complete(core, {})}


def test_a_chain_is_followed_to_its_end_whatever_its_order() -> None:
    facts = {name: Fact(name, Kind.BOOL) for name in "abcde"}
    chain = [Implication(OneOf(name, frozenset({True})), {after: True}, name) for name, after in pairwise("abcde")]
    for implications in permutations(chain):
        assert complete(Vocabulary(facts, implications), {"a": True, "e": None}) == dict.fromkeys("aebcd", True)
