"""Versions: which one comes next, and what a step between two of them admits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialpolicy.versions import Bump, bump_made, next_version, parsed

NEXT = [
    ("1.4.2", Bump.MAJOR, "2.0.0"), ("1.4.2", Bump.MINOR, "1.5.0"), ("1.4.2", Bump.PATCH, "1.4.3"),
    ("1.4.2", Bump.IDENTICAL, "1.4.3"), ("0.4.2", Bump.MAJOR, "0.5.0"), ("0.4.2", Bump.MINOR, "0.4.3"),
    ("2.0.0-rc.1", Bump.MAJOR, "2.0.0"), ("2.0.0-rc.1", Bump.PATCH, "2.0.0"),
]  # fmt: skip
MADE = [
    ("1.4.2", "2.0.0", Bump.MAJOR), ("1.4.2", "1.5.0", Bump.MINOR), ("1.4.2", "1.4.3", Bump.PATCH), ("1.4.2", "1.4.2", Bump.IDENTICAL),
    ("1.4.2", "1.4.1", Bump.IDENTICAL), ("0.4.2", "0.5.0", Bump.MAJOR), ("0.4.2", "0.4.3", Bump.MINOR), ("0.4.2", "1.0.0", Bump.MAJOR),
    ("1.4.2", "2.0.0-rc.1", Bump.MAJOR), ("2.0.0-rc.1", "2.0.0", Bump.MAJOR), ("2.0.0-rc.1", "2.0.1", Bump.PATCH),
]  # fmt: skip


@pytest.mark.parametrize(("old", "bump", "new"), NEXT)
def test_the_next_version(old: str, bump: Bump, new: str) -> None:
    assert next_version(old, bump) == new


@pytest.mark.parametrize(("old", "new", "bump"), MADE)
def test_what_a_step_admits(old: str, new: str, bump: Bump) -> None:
    assert bump_made(old, new) is bump


@given(st.tuples(*[st.integers(0, 30)] * 3), st.sampled_from(["", "-rc.1", "-alpha"]), st.sampled_from(Bump))
def test_the_next_version_makes_the_bump_that_it_was_asked_for(numbers: tuple[int, ...], pre: str, bump: Bump) -> None:
    old = ".".join(map(str, numbers)) + pre
    new = next_version(old, bump)
    assert parsed(new) > parsed(old)
    assert bump_made(old, new) >= bump
