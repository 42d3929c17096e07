"""A pattern means what it says, and nobody can make deciding slow with one: the whole text matches, ``*`` stands for
any run of characters, and nothing else is special.
"""

from __future__ import annotations

from itertools import product
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialpolicy.conditions import matches

FEW = st.text("ab*?.[", max_size=12)
PATTERNS = ["".join(characters) for size in range(6) for characters in product("ab*", repeat=size)]
SHORT_TEXTS = ["".join(characters) for size in range(5) for characters in product("ab", repeat=size)]


def slowly(pattern: str, text: str) -> bool:
    """Whether a text matches, by a table of all beginnings of both."""
    row = [True] + [False] * len(text)
    for character in pattern:
        star = character == "*"
        new = [row[0] and star]
        for index, other in enumerate(text):
            new.append((row[index + 1] or new[-1]) if star else (row[index] and other == character))
        row = new
    return row[-1]


@given(FEW, FEW)
def test_matches_as_the_slow_way_does(pattern: str, text: str) -> None:
    assert matches(pattern, text) == slowly(pattern, text)


def test_every_short_pattern_matches_as_the_slow_way_does() -> None:
    for pattern in PATTERNS:
        for text in SHORT_TEXTS:
            assert matches(pattern, text) == slowly(pattern, text)


@given(
    st.lists(st.text("ab", max_size=3), min_size=1, max_size=5),
    st.lists(st.text("ab", max_size=3), min_size=4, max_size=4),
)
def test_what_a_pattern_was_made_of_matches_it(pieces: list[str], between: list[str]) -> None:
    text = "".join(piece + run for piece, run in zip(pieces, [*between[: len(pieces) - 1], ""], strict=True))
    assert matches("*".join(pieces), text)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*.example", "www.example", True),
        ("*.example", "www.example.org", False),
        ("a.c", "abc", False),
        ("A", "a", False),
        ("a?", "ab", False),
        ("[ab]", "a", False),
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("a*a", "a", False),
        ("ab*ba", "aba", False),
        ("**", "x", True),
        ("a*", "ba", False),
        ("*ß*", "Straße", True),
        ("a\\*", "a*", False),
    ],
)
def test_nothing_but_the_star_is_special(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    "pattern", ["*a*a*a*a*a*a*a*a*b", "a*" * 2000 + "b", "*" * 20000, "*" + "a" * 2000 + "b*", "*ab*" * 3000]
)
def test_no_pattern_takes_long(pattern: str) -> None:
    started = perf_counter()
    matches(pattern, "a" * 60_000)
    assert perf_counter() - started < 1
