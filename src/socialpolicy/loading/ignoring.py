"""Comments that leave a finding out: ``# socialpolicy: ignore[FINDING-ID] reason``, on the line before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from yaml.events import ScalarEvent

from socialpolicy.loading.documents import Document, ListSpot, MappingSpot, Spot

IGNORE = re.compile(r"\s*#\s*socialpolicy:\s*ignore\b\s*(?:\[([^\]]*)\])?(.*)")


MISPLACED = re.compile(r"(.*\S\s+)#\s*socialpolicy:?\s*ignore\b|\s*#\s*socialpolicy\s+ignore\b")
"""A comment that seems meant to ignore something, and does not: behind something, or without the colon."""


def target(document: Document, line: int) -> int:
    """The line that a comment on this line is about: the next one that is more than a comment."""
    below = range(line + 1, len(document.lines) + 1)
    return next((number for number in below if not comment(document.line(number))), line)


def comment(line: str) -> bool:
    """Whether a line is a comment, or blank."""
    return not line.strip() or line.lstrip().startswith("#")


def ignores(document: Document) -> Iterator[tuple[int, list[str], str]]:
    """The comments that ignore findings: their line, the ids and the reason."""
    if "socialpolicy:" not in document.text:
        return
    document.line(1)
    texts: set[int] | None = None
    for number, line in enumerate(document.lines, 1):
        found = IGNORE.match(line)
        if found:
            texts = texts if texts is not None else set(inside_texts(document.spot))
            if number not in texts:
                yield (
                    number,
                    [name.strip() for name in (found[1] or "").split(",") if name.strip()],
                    found[2].strip(" :-"),
                )


def misplaced(document: Document) -> Iterator[int]:
    """The lines of comments that seem meant to ignore something, and are not written so that they do."""
    if "socialpolicy" not in document.text or "ignore" not in document.text:
        return
    document.line(1)
    found = ((number, MISPLACED.match(line)) for number, line in enumerate(document.lines, 1))
    lines = [number for number, match in found if match and not quoted(match[1] or "")]
    texts = set(inside_texts(document.spot)) if lines else set()
    yield from (number for number in lines if number not in texts)


def quoted(before: str) -> bool:
    """Whether a sign with this before it in its line seems to stand in quotes."""
    return before.count('"') % 2 == 1 or before.count("'") % 2 == 1


def inside_texts(spot: Spot | None) -> Iterator[int]:
    """The lines that are part of texts of several lines."""
    waiting = [spot]
    while waiting:
        match waiting.pop():
            case MappingSpot(values=values):
                waiting.extend(values.values())
            case ListSpot(items=items):
                waiting.extend(items)
            case ScalarEvent() as event:
                begin: Any = event.start_mark
                end: Any = event.end_mark
                yield from range(begin.line + 2, end.line + 1)
            case _:
                pass
