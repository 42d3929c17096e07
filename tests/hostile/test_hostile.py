"""Every hostile file is judged rightly, by both YAML readers: exit status, findings, places, and nothing beside them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
import yaml

from hostile.bounded import MEMORY, Bounded, bounded
from hostile.corpus import GROUPS, Hostile, corpus
from socialpolicy.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READERS = ("c", "pure") if hasattr(yaml, "CSafeLoader") else ("pure",)
SECONDS = 5
OUTPUT = 64 * 1024
FINDING = re.compile(
    r"^(?P<file>.+?):(?P<line>[0-9]+):(?P<column>[0-9]+): (?:error|warning): (?P<id>[a-z0-9-]+): \S.*[.?…]$", re.M
)
ENTRIES = corpus()


def wanted(entry: Hostile, reader: str) -> bool:
    return entry.pure or reader == "c"


def cases(*, heavy: bool) -> list[object]:
    """The entries for both readers."""
    return [
        pytest.param(
            entry, reader, id=f"{entry.label}-{reader}",
        )
        for entry in ENTRIES
        for reader in READERS
        if entry.heavy is heavy and wanted(entry, reader)
    ]  # fmt: skip


def check(entry: Hostile, reader: str, status: int, output: str) -> None:
    """Check what was said of an entry."""
    told = [f"{found['id']}@{found['line']}:{found['column']}" for found in FINDING.finditer(output)]
    expected = entry.expected(pure=reader == "pure")
    if entry.many:
        assert {name.partition("@")[0] for name in told} == {name.partition("@")[0] for name in expected}, output
    else:
        assert told == expected, output
    pure_status = entry.pure_status if reader == "pure" else None
    assert status == (entry.status if pure_status is None else pure_status), output
    assert "Traceback" not in output
    assert len(output.encode()) <= OUTPUT
    assert all(character.isprintable() or character == "\n" for character in output)


@pytest.mark.parametrize(("entry", "reader"), cases(heavy=False))
def test_a_hostile_file_is_judged_rightly(
    entry: Hostile, reader: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if reader == "pure":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    status = run(["validate", *entry.write(tmp_path)])
    captured = capsys.readouterr()
    check(entry, reader, status, captured.out + captured.err)


@pytest.fixture(scope="module")
def processes() -> Iterator[dict[str, Bounded]]:
    with bounded("c") as c, bounded("pure") as pure:
        yield {"c": c, "pure": pure}


@pytest.mark.parametrize(("entry", "reader"), cases(heavy=True))
def test_a_heavy_file_stays_within_the_limits(
    entry: Hostile, reader: str, tmp_path: Path, processes: dict[str, Bounded]
) -> None:
    result = processes[reader].run(["validate", *entry.write(tmp_path)])
    check(entry, reader, result["status"], result["output"])
    assert result["seconds"] < SECONDS
    assert result["bytes"] < MEMORY


def test_the_corpus_is_what_it_says() -> None:
    labels = Counter(entry.label for entry in ENTRIES)
    assert [label for label, number in labels.items() if number > 1] == []
    contents = Counter(entry.content for entry in ENTRIES if not callable(entry.content))
    assert [content for content, number in contents.items() if number > 1] == []
    assert len(ENTRIES) >= 400
    assert {entry.group for entry in ENTRIES} == set(GROUPS)
    assert {entry.status for entry in ENTRIES} == {0, 1, 2, 3}
