"""The table that lawyers read is the one that is decided by."""

from __future__ import annotations

from pathlib import Path

from socialpolicy.conditions import All, Any, Not, OneOf, holds
from socialpolicy.values import Truth

TEXT = (Path(__file__).parents[2] / "docs" / "semantics.md").read_text(encoding="utf-8")
STATED = {"false": False, "unknown": None, "true": True}
A, B = (OneOf(name, frozenset({True})) for name in "ab")


def test_the_table_of_the_document() -> None:
    lines = [
        line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith(("| true", "| unk", "| false"))
    ]
    assert len({(a, b) for a, b, *_ in lines}) == len(lines) == 9
    for a, b, *results in lines:
        facts = {"a": STATED[a], "b": STATED[b]}
        conditions = (All((A, B)), Any((A, B)), Not(Any((A, B))), Not(A))
        assert [holds(condition, facts) for condition in conditions] == [Truth[result.upper()] for result in results]
