"""A document: its data, where every key and value stands in the text, and what was found wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from yaml.events import Event, ScalarEvent

from socialpolicy.loading.findings import Finding, Level, Mistakes, PolicyError, Where

SECOND = ("a second document begins here; a file holds one.", "remove it, or put it into a file of its own.")
FINDINGS = 2000
"""After so many findings in one file nothing more is looked for."""

Data: TypeAlias = Any
"""Plain data: None, bool, int, str, list, dict with str keys; and ``REFUSED`` where a value was refused already."""


class Refused:
    """Stands in the data where a value was refused already, so that nobody complains about it twice."""

    def __repr__(self) -> str:
        return "REFUSED"


REFUSED = Refused()


@dataclass(slots=True)
class MappingSpot:
    """Where a mapping and its keys and values stand."""

    start: Event
    keys: dict[str, Event] = field(default_factory=dict)
    values: dict[str, Spot] = field(default_factory=dict)
    waiting: Event | None = None  # the key whose value comes next
    incomplete: bool = False  # whether a key was refused


@dataclass(slots=True)
class ListSpot:
    """Where a list and its items stand."""

    start: Event
    items: list[Spot] = field(default_factory=list)


Spot: TypeAlias = Event | MappingSpot | ListSpot


@dataclass(slots=True)
class Document:
    """A file read: its data, where everything stands, and what was wrong with it.

    ``data`` is ``REFUSED`` where the text could not be read at all.
    """

    name: str
    text: str = ""
    data: Data = REFUSED
    spot: Spot | None = None
    findings: list[Finding] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    nulls: int = 0
    mistakes: Mistakes = field(default_factory=Mistakes)

    def add(
        self, id: str, where: Where, message: str, hint: str = "", *, key: bool = False, level: Level = Level.ERROR
    ) -> None:
        """Add a finding about the value at ``where`` (or about its key), unless it only follows from another."""
        if self.findings and self.mistakes.entail(id, where, self.words(where)):
            return
        if level is Level.ERROR:
            self.mistakes.told(id, where)
        self.tell(id, where, message, hint, key=key, level=level)

    def tell(
        self, id: str, where: Where, message: str, hint: str = "", *, key: bool = False, level: Level = Level.ERROR
    ) -> None:
        """Add a finding, whatever was said before."""
        self.add_at(id, self.event(where, key=key), message, hint, level)

    def words(self, where: Where) -> Iterator[str]:
        """The words that a finding at ``where`` may be about: the key, and the text behind it."""
        if where and isinstance(where[-1], str):
            yield where[-1]
        event = self.event(where)
        if isinstance(event, ScalarEvent):
            yield event.value

    def add_at(self, id: str, event: Event | None, message: str, hint: str = "", level: Level = Level.ERROR) -> None:
        """Add a finding about what an event of the parser stands for."""
        line, column, end = 1, 1, 2
        if event is not None:
            line, column = begins(event)
            stop: Any = event.end_mark
            token = isinstance(event, ScalarEvent) and stop.line + 1 == line
            end = stop.column + 1 if token else column + 1
        self.add_place(id, line, column, end, message, hint, level)

    def add_place(
        self, id: str, line: int, column: int, end: int, message: str, hint: str = "", level: Level = Level.ERROR
    ) -> None:
        """Add a finding about a place in the text. Raises ``PolicyError`` where there are too many."""
        if len(self.findings) > FINDINGS:
            return
        if len(self.findings) == FINDINGS:
            line, column, end = 1, 1, 2
            id, message, hint = (
                "limit-reached",
                f"the file has more than {FINDINGS:,} mistakes; the rest was not looked at.",
                "mend these first.",
            )
        self.findings.append(
            Finding(id, message, self.name, line, column, max(end, column + 1), hint, level, self.line(line))
        )
        if len(self.findings) > FINDINGS:
            raise PolicyError(self.findings)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1; empty behind the end."""
        if not self.lines:
            self.lines = re.split(r"\r?\n", self.text)
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def event(self, where: Where, *, key: bool = False) -> Event | None:
        """The parser's event for the value at ``where``, or its key, or the closest thing around it that exists."""
        spot, last = self.spot, None
        for step in where:
            if isinstance(spot, MappingSpot) and step in spot.values:
                last, spot = spot.keys[str(step)], spot.values[str(step)]
            elif isinstance(spot, ListSpot) and isinstance(step, int) and step < len(spot.items):
                last, spot = None, spot.items[step]
            else:
                last = None
                break
        if key and last is not None:
            return last
        return spot.start if isinstance(spot, MappingSpot | ListSpot) else spot

    def place(self, where: Where) -> tuple[int, int]:
        """The line and column of the value at ``where``, counted from 1."""
        event = self.event(where)
        return begins(event) if event else (1, 1)

    @property
    def failed(self) -> bool:
        """Whether any finding is an error."""
        return any(finding.level is Level.ERROR for finding in self.findings)


def begins(event: Event) -> tuple[int, int]:
    """The line and column where the thing begins that an event stands for, counted from 1."""
    mark: Any = event.start_mark
    return mark.line + 1, mark.column + 1
