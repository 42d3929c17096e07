"""What commands about approvals, accounts, duties and pauses are given beside a policy: files, texts and an instant."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from textwrap import wrap

import click

from socialpolicy.cli import sources
from socialpolicy.instants import instant
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import visible
from socialpolicy.loading.reading import read_file

TEXT_BYTES = 1024 * 1024
GAP = 3
WIDTH, NARROWEST = 116, 36
"""How long a line gets, and how narrow the last column of a table."""


def document(source: str) -> Document:
    """The document of a file, or of standard input."""
    return sources.standard_input() if source == "-" else read_file(sources.exists(source))


def one_standard_input(*given: str | None) -> None:
    """Raise a usage error where two things are to be read from standard input."""
    if sum(source == "-" for source in given) > 1:
        raise click.UsageError("only one thing can be read from standard input.")


def moment(text: str, option: str = "--at") -> datetime:
    """The instant of an option; ``now`` is this machine's clock."""
    if text == "now":
        return datetime.now(UTC).replace(microsecond=0)
    found = instant(text)
    if found is None:
        raise click.UsageError(
            f"{option} {visible(text)}: write an instant with its offset, such as 2026-05-01T10:00:00Z, or now."
        )
    return found


def draft_text(source: str) -> str:
    """The text of a draft, from its file or from standard input."""
    raw = sys.stdin.buffer.read(TEXT_BYTES + 1) if source == "-" else sources.exists(source).read_bytes()
    if len(raw) > TEXT_BYTES:
        raise click.UsageError(f"--text {visible(source)}: the text has more than {TEXT_BYTES:,} bytes.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"--text {visible(source)}: the file is not UTF-8; save it as UTF-8.") from None


def name_of(source: str) -> str:
    """What a file is called in a sentence."""
    return "standard input" if source == "-" else Path(source).name


def table(rows: Iterable[tuple[str, ...]], indent: str = "  ") -> list[str]:
    """Rows with their columns aligned, a text each; the last column is broken where a line would get too long."""
    rows = [tuple(map(visible, row)) for row in rows]
    widths = [max(len(row[place]) for row in rows) + GAP for place in range(len(rows[0]) - 1)] if rows else []
    start = len(indent) + sum(widths)
    told = []
    for row in rows:
        first = indent + "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        lines = wrap(row[-1], max(WIDTH - start, NARROWEST), break_long_words=False, break_on_hyphens=False) or [""]
        told.append(
            "\n".join((first if not number else " " * start) + line for number, line in enumerate(lines)).rstrip()
        )
    return told


def told(at: datetime) -> str:
    """An instant for people: to the minute, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
