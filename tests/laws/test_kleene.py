"""Unknown is neither true nor false and stays so until it is known: also in "c or not c", which is never simplified."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialpolicy.conditions import All, Any, Not, OneOf, holds, reads, waits
from socialpolicy.values import Truth
from strategies import conditions, pools, vocabularies

if TYPE_CHECKING:
    from socialpolicy.vocabulary import Vocabulary

FALSE, UNKNOWN, TRUE = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
STATED = {FALSE: False, UNKNOWN: None, TRUE: True}
A, B, C = (OneOf(name, frozenset({True})) for name in "abc")

NOT = {FALSE: TRUE, UNKNOWN: UNKNOWN, TRUE: FALSE}
AND = {
    (FALSE, FALSE): FALSE, (FALSE, UNKNOWN): FALSE, (FALSE, TRUE): FALSE,
    (UNKNOWN, FALSE): FALSE, (UNKNOWN, UNKNOWN): UNKNOWN, (UNKNOWN, TRUE): UNKNOWN,
    (TRUE, FALSE): FALSE, (TRUE, UNKNOWN): UNKNOWN, (TRUE, TRUE): TRUE,
}  # fmt: skip
OR = {
    (FALSE, FALSE): FALSE, (FALSE, UNKNOWN): UNKNOWN, (FALSE, TRUE): TRUE,
    (UNKNOWN, FALSE): UNKNOWN, (UNKNOWN, UNKNOWN): UNKNOWN, (UNKNOWN, TRUE): TRUE,
    (TRUE, FALSE): TRUE, (TRUE, UNKNOWN): TRUE, (TRUE, TRUE): TRUE,
}  # fmt: skip


@pytest.mark.parametrize("truth", list(Truth))
def test_not(truth: Truth) -> None:
    assert holds(Not(A), {"a": STATED[truth]}) is NOT[truth]


@pytest.mark.parametrize(("one", "other"), list(AND))
def test_and_and_or(one: Truth, other: Truth) -> None:
    facts = {"a": STATED[one], "b": STATED[other]}
    assert holds(All((A, B)), facts) is AND[one, other]
    assert holds(Any((A, B)), facts) is OR[one, other]


@pytest.mark.parametrize("truths", list(product(Truth, repeat=3)))
def test_of_three_parts(truths: tuple[Truth, Truth, Truth]) -> None:
    one, other, third = truths
    facts = {name: STATED[truth] for name, truth in zip("abc", truths, strict=True)}
    assert holds(All((A, B, C)), facts) is AND[AND[one, other], third]
    assert holds(Any((A, B, C)), facts) is OR[OR[one, other], third]
    assert holds(Any((A, All((B, Not(C))))), facts) is OR[one, AND[other, NOT[third]]]


@pytest.mark.parametrize("truth", list(Truth))
def test_c_or_not_c_is_unknown_where_c_is(truth: Truth) -> None:
    facts = {"a": STATED[truth]}
    assert holds(Any((A, Not(A))), facts) is (UNKNOWN if truth is UNKNOWN else TRUE)
    assert holds(All((A, Not(A))), facts) is (UNKNOWN if truth is UNKNOWN else FALSE)


def test_of_no_parts() -> None:
    assert holds(All(()), {}) is TRUE
    assert holds(Any(()), {}) is FALSE


def test_absent_and_null_are_both_unknown() -> None:
    assert holds(A, {}) is holds(A, {"a": None}) is UNKNOWN


@given(st.data())
def test_a_condition_waits_for_unknown_facts_that_it_reads_and_only_while_it_is_unknown(data: st.DataObject) -> None:
    vocabulary: Vocabulary = data.draw(vocabularies())
    condition = data.draw(conditions(vocabulary))
    worth_trying = pools(vocabulary, [condition])
    for _ in range(10):
        facts = {name: data.draw(st.sampled_from((None, *worth_trying[name]))) for name in sorted(reads(condition))}
        truth, waited = holds(condition, facts), waits(condition, facts)
        assert bool(waited) == (truth is UNKNOWN)
        assert waited <= {name for name in reads(condition) if facts[name] is None}


@given(st.data())
def test_learning_settles_a_condition_and_never_unsettles_it(data: st.DataObject) -> None:
    vocabulary: Vocabulary = data.draw(vocabularies())
    condition = data.draw(conditions(vocabulary))
    worth_trying = pools(vocabulary, [condition])
    names = sorted(reads(condition))
    world = {name: data.draw(st.sampled_from(worth_trying[name])) for name in names}
    for known in product((True, False), repeat=min(len(names), 5)):
        facts = {name: world[name] for name, is_known in zip(names, known, strict=False) if is_known}
        truth = holds(condition, facts)
        assert truth is UNKNOWN or truth is holds(condition, world)
    assert holds(condition, world) is not UNKNOWN
