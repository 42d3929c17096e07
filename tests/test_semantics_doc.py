"""The semantics on paper is the semantics in the tests: every clause names what pins it, and every name is there."""

from __future__ import annotations

import ast
import re
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
CLAUSE = re.compile(r"^\*\*(\d+)\.(\d+)\*\* (.*?)(?=^\*\*\d|^## |\Z)", re.MULTILINE | re.DOTALL)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
CASE = re.compile(r"case\s+`([\w.-]+)`")
ROW = re.compile(r"`([a-z]+(?:-[a-z]+)+|[a-z]+-…)`")
CLAUSES = {f"{part}.{number}": text for part, number, text in CLAUSE.findall(TEXT)}


def functions(file: Path) -> set[str]:
    """The tests of a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def case_ids() -> set[str]:
    """The cases, as the document names them: the little policy's name and the case's id."""
    found = set()
    for file in (ROOT / "tests" / "cases").glob("*.cases.yaml"):
        ids = re.findall(r"^  - id: (\S+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        found |= {f"{file.name.split('.')[0]}-{name}" for name in ids}
    return found


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_names_what_pins_it(clause: str) -> None:
    text = CLAUSES[clause]
    assert "Pinned by" in text
    said, pinned = text.split("Pinned by", 1)
    assert len(said.split()) > 5
    assert TEST.search(pinned) or CASE.search(pinned)


def test_clauses_are_numbered_one_after_the_other() -> None:
    numbers = [tuple(map(int, clause.split("."))) for clause in CLAUSES]
    parts = [(part, [number for _, number in group]) for part, group in groupby(numbers, key=lambda pair: pair[0])]
    assert [part for part, _ in parts] == list(range(1, len(parts) + 1))
    assert all(found == list(range(1, len(found) + 1)) for _, found in parts)
    assert len(CLAUSES) == len(re.findall(r"^\*\*\d", TEXT, re.MULTILINE))
    assert [int(part) for part in re.findall(r"^## (\d+)\.", TEXT, re.MULTILINE)] == [part for part, _ in parts]


def test_every_test_that_is_named_exists() -> None:
    for file, name in TEST.findall(TEXT):
        assert name in functions(ROOT / file), f"{file}::{name}"
    assert len(re.findall(r"`tests/[^`…]*`", TEXT)) == len(TEST.findall(TEXT)) + TEXT.count(
        "`tests/cases/NAME.cases.yaml`"
    )


def test_every_case_that_is_named_exists() -> None:
    assert set(CASE.findall(TEXT)) <= case_ids()


def test_every_row_that_is_named_exists() -> None:
    """In brackets behind a table of refusals stand the rows that a clause means."""
    table = (ROOT / "tests/laws/test_what_reads_in_two_ways_is_refused.py").read_text(encoding="utf-8")
    for rows in re.findall(r"\(its\s+rows?\s([^)]*)\)", TEXT):
        for row in ROW.findall(rows):
            assert f'"{row.removesuffix("…")}' in table, row


def test_every_clause_that_is_referred_to_exists() -> None:
    prose = re.sub(r"^\*\*\d+\.\d+\*\*", "", TEXT, flags=re.MULTILINE)
    assert set(re.findall(r"\b(\d+\.\d+)\b", prose)) <= set(CLAUSES)


def test_every_law_pins_a_clause() -> None:
    named = set(TEST.findall(TEXT))
    laws = {
        (f"tests/laws/{file.name}", name)
        for file in (ROOT / "tests" / "laws").glob("test_*.py")
        for name in functions(file)
        if file.name != "test_long.py"
    }
    assert laws - named == UNNAMED


# laws that say what is plain from others: details of clauses, which need no name in the document
UNNAMED = {
    ("tests/laws/test_kleene.py", "test_of_no_parts"),
    ("tests/laws/test_matches.py", "test_what_a_pattern_was_made_of_matches_it"),
    ("tests/laws/test_duties_join.py", "test_the_order_of_rules_joins_no_other_duties"),
}
