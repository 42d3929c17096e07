"""CPU time of things that take turns. Wall-clock time on a shared machine says more about the neighbours."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Clock: TypeAlias = Callable[[], float]

LONG_ENOUGH = 0.03
"""Seconds that one turn lasts at least, so that the clock's own steps do not show."""


def take_turns(
    entries: Mapping[str, Callable[[], object]], *, repeats: int, clock: Clock = time.process_time, least: float = 0.0
) -> dict[str, float]:
    """The median seconds of each entry. In every round each has one turn; a first round warms up and does not count.

    An entry that is over before ``least`` seconds is done again within its turn.
    """
    times = {}
    for name, entry in entries.items():
        entry()
        began = clock()
        entry()
        times[name] = max(1, round(least / max(clock() - began, 1e-6)))
    rounds: dict[str, list[float]] = {name: [] for name in entries}
    for _ in range(repeats):
        for name, entry in entries.items():
            began = clock()
            for _ in range(times[name]):
                entry()
            rounds[name].append((clock() - began) / times[name])
    return {name: statistics.median(seconds) for name, seconds in rounds.items()}


def per_call(entries: Mapping[str, tuple[Callable[[Any], object], Sequence[Any]]], *, repeats: int) -> dict[str, float]:
    """The median microseconds of one call of each function, over all its inputs. The loop itself is in the figure."""

    def over(function: Callable[[Any], object], inputs: Sequence[Any]) -> Callable[[], None]:
        def entry() -> None:
            for item in inputs:
                function(item)

        return entry

    seconds = take_turns({name: over(*work) for name, work in entries.items()}, repeats=repeats, least=LONG_ENOUGH)
    return {name: taken / len(entries[name][1]) * 1e6 for name, taken in seconds.items()}


def children_clock() -> float:
    """CPU seconds, user and system, of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def process(*arguments: str, bytecode: str) -> Callable[[], object]:
    """Run Python with these arguments; anything but success is an error.

    As where packages are installed, bytecode is kept: in this folder, so that nothing is written elsewhere.
    """
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode}

    def entry() -> object:
        return subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=environment)

    return entry


@dataclass(frozen=True)
class Goal:
    """One ratio, and what it should be."""

    what: str
    measured: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    @property
    def cells(self) -> tuple[str, str, str, str]:
        sign = ">=" if self.at_least else "<="
        return self.what, f"{self.measured:.2f}", f"{sign} {self.limit:g}", "met" if self.met else "MISSED"


def at_most(what: str, measured: float, limit: float) -> Goal:
    return Goal(what, measured, limit)


def at_least(what: str, measured: float, limit: float) -> Goal:
    return Goal(what, measured, limit, at_least=True)


def show(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table: the first column to the left, figures to the right."""
    rows = [tuple(heads), *map(tuple, rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    print(f"\n{title}\n{'-' * len(title)}")
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())


def show_goals(goals: Sequence[Goal]) -> None:
    if goals:
        show("Goals", ("ratio", "measured", "goal", ""), (goal.cells for goal in goals))
