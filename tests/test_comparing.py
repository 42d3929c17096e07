"""The exact comparison of two programs against trying all actions, on pairs of small programs that were edited.

What brute force finds the comparison has to say; where brute force tried everything that matters, the comparison may say
nothing else. (Every statement of a comparison was decided again by ``interpret`` before it was made: else it raises.)
"""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import given

from oracles import brute
from oracles.pairs import Pair, neutral_pairs, program_pairs, random_pair
from socialpolicy.comparing import Comparison, DiffKind, NotComparable, compare
from socialpolicy.diffing import NEEDS
from socialpolicy.versions import Bump
from strategies import seeds

LONG = int(os.environ.get("PAIRS", "10000"))
PARTS = {
    (brute.Part.REVISION, brute.Way.ADDED): DiffKind.REVISION_ADDED,
    (brute.Part.REVISION, brute.Way.REMOVED): DiffKind.REVISION_REMOVED,
    (brute.Part.APPROVAL, brute.Way.ADDED): DiffKind.APPROVAL_ADDED,
    (brute.Part.APPROVAL, brute.Way.REMOVED): DiffKind.APPROVAL_REMOVED,
    (brute.Part.DUTY, brute.Way.ADDED): DiffKind.DUTY_ADDED,
    (brute.Part.DUTY, brute.Way.REMOVED): DiffKind.DUTY_REMOVED,
    (brute.Part.HAND_OVER, brute.Way.ADDED): DiffKind.HAND_OVER,
    (brute.Part.HAND_OVER, brute.Way.REMOVED): DiffKind.HAND_OVER,
}


def kinds_of(tried: brute.Comparison) -> set[DiffKind]:
    """The kinds of difference that count fully, by brute force."""
    found = set()
    for difference in tried.differences:
        if not difference.open and difference.new != difference.old:
            found.add(DiffKind.STRICTER if difference.new > difference.old else DiffKind.LOOSER)
        found |= {
            PARTS[change.part, change.way] for change in difference.changes if change.full and not difference.open
        }
    return found


def needed(found: Comparison) -> Bump:
    """The bump that decisions call for."""
    return max((NEEDS[kind.value] for kind in found.kinds), default=Bump.PATCH)


def agree(pair: Pair) -> bool:
    """Check one pair; False where it is too large to try, or cannot be compared."""
    try:
        tried = brute.compare(pair.old, pair.new, limit=6_000)
    except (brute.TooManyError, brute.NotComparableError):
        return False
    try:
        found = compare(pair.old, pair.new)
    except NotComparable:
        return False
    note = f"{pair.edits}"
    beside = {DiffKind.OPEN, DiffKind.ADVICE_ADDED, DiffKind.HAND_OVER}
    said = found.kinds - beside
    assert set(tried.determined) <= set(found.pairs), note
    assert kinds_of(tried) <= found.kinds, note
    assert not tried.refused_by_new or found.refused, note
    if tried.differences:
        assert found.statements, note
    # Brute force counts sentences of advice; a sentence that two rules share and one of them changes is another matter.
    advice_alone = not tried.differences and bool({"change_advice", "reword"} & set(pair.edits))
    if not advice_alone:
        assert needed(found).value >= tried.decisions_need.value + 1, note
    if tried.exhaustive:
        assert set(tried.determined) == set(found.pairs), note
        assert kinds_of(tried) - beside == said, note
        assert bool(tried.refused_by_new) == bool(found.refused), note
        if not advice_alone:
            assert bool(found.kinds) == bool(tried.differences or tried.more_advice), note
            assert needed(found).value == tried.decisions_need.value + 1, note
    return True


@given(program_pairs())
def test_trying_all_actions_finds_what_the_comparison_says(pair: Pair) -> None:
    agree(pair)


def test_so_it_is_for_some_hundred_pairs_at_random() -> None:
    random = Random(2026)
    assert sum(agree(random_pair(random)) for _ in range(400)) > 250


@pytest.mark.long
def test_so_it_is_for_ten_thousand_pairs() -> None:
    random, compared = Random(7), 0
    while compared < LONG:
        compared += agree(random_pair(random))


@given(neutral_pairs())
def test_what_decides_nothing_differently_is_at_most_minor(pair: Pair) -> None:
    """Renaming, reordering, duplicating, negating twice and splitting change no decision of which all facts are known."""
    found = compare(pair.old, pair.new)
    assert not found.pairs
    assert all(statement.missing_only or statement.left_out for statement in found.statements)
    assert needed(found) <= Bump.MINOR


@given(seeds())
def test_a_program_does_not_differ_from_itself(seed: int) -> None:
    program = random_pair(Random(seed)).old
    found = compare(program, program)
    assert not found.statements
    assert not found.changed
    assert not found.bounds_differ


MIRROR = {
    DiffKind.STRICTER: DiffKind.LOOSER, DiffKind.DUTY_ADDED: DiffKind.DUTY_REMOVED,
    DiffKind.REVISION_ADDED: DiffKind.REVISION_REMOVED, DiffKind.APPROVAL_ADDED: DiffKind.APPROVAL_REMOVED,
}  # fmt: skip
MIRROR |= {back: forth for forth, back in MIRROR.items()}


@given(program_pairs())
def test_the_way_back_mirrors_the_way_there(pair: Pair) -> None:
    try:
        there, back = compare(pair.old, pair.new), compare(pair.new, pair.old)
    except NotComparable:
        return
    assert {(new, old) for old, new in there.pairs} == set(back.pairs)
    one_way = {DiffKind.OPEN, DiffKind.ADVICE_ADDED}
    assert {MIRROR.get(kind, kind) for kind in there.kinds - one_way} == back.kinds - one_way
