"""What a text says by itself: facts, each with what derived it and where, and what stays unknown, with the reason."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from socialpolicy.telling import Plain, plain
from socialpolicy.values import Value

NOT_SHOWN = "has a member that is not shown here; ask by the library, which keeps it to itself"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the text as it was given, counted in characters, the end excluded, and the value that it speaks for.

    What stands at a ``hidden`` spot (a password, a code name) is never shown.
    """

    start: int
    end: int
    value: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """The value of a fact, what derived it in a sentence, and where."""

    value: Value
    by: str
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """Why a fact stays unknown, the package that would tell it ("" for none), and what was seen of it."""

    why: str
    package: str = ""
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """What was learnt from one text: a fact is ``known``, or ``unknown`` for a reason; of others nothing is said."""

    text: str
    known: Mapping[str, Known] = field(default_factory=dict)
    unknown: Mapping[str, Open] = field(default_factory=dict)
    template: str = ""  # the template that the text is, or was made from, with what differs
    slots: Mapping[str, str] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Value]:
        """The facts, as ``decide`` takes them."""
        return {name: one.value for name, one in self.known.items()}

    def hidden(self) -> list[Spot]:
        """The places whose words are never shown."""
        every: Iterable[Known | Open] = (*self.known.values(), *self.unknown.values())
        return sorted({spot for one in every for spot in one.spots if spot.hidden}, key=lambda spot: spot.start)

    def excerpt(self, spot: Spot) -> str:
        """The words at a place, with dots for what is never shown."""
        return masked(self.text, spot.start, spot.end, self.hidden())

    def showable(self) -> Derived:
        """The same without what is never shown: a fact with a member out of a hidden place is left out, with the reason."""
        hidden = self.hidden()
        covered = Covered(hidden)
        known: dict[str, Known] = {}
        unknown = dict(self.unknown)
        for name, one in self.known.items():
            # Values that are words of the text give them away; the others are names out of the policy or vocabulary.
            if name in OUT_OF_THE_TEXT and any(covered.meets(spot) for spot in one.spots):
                unknown[name] = Open(NOT_SHOWN)
            else:
                known[name] = one
        slots = dict.fromkeys(self.slots, "…") if hidden else self.slots  # they may have a part of what is hidden
        return replace(self, known=known, unknown=unknown, slots=slots)

    def as_data(self) -> dict[str, Plain]:
        """All of it for programs, without a word that is never shown."""
        told = self.showable()
        return {
            "facts": {name: plain(one.value) for name, one in told.known.items()},
            "derived": {
                name: {"value": plain(one.value), "by": one.by, "spots": list(spots_as_data(one.spots))}
                for name, one in told.known.items()
            },
            "unknown": {
                name: {"why": one.why, "package": one.package, "spots": list(spots_as_data(one.spots))}
                for name, one in told.unknown.items()
            },
            "template": {"id": told.template, "slots": dict(told.slots)} if told.template else None,
        }


OUT_OF_THE_TEXT = frozenset({"content.link_hosts", "content.mentions", "content.hashtags"})
"""The facts whose values are words of the text itself."""


def spots_as_data(spots: Iterable[Spot]) -> Iterator[dict[str, Plain]]:
    """Places for programs."""
    for spot in spots:
        yield {"start": spot.start, "end": spot.end, "value": spot.value, "hidden": spot.hidden}


class Covered:
    """The parts of a text that places cover, to tell quickly whether another place is among them."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        for spot in sorted(spots, key=lambda one: one.start):
            if self.ends and spot.start < self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], spot.end)
            else:
                self.starts.append(spot.start)
                self.ends.append(spot.end)

    def meets(self, spot: Spot) -> bool:
        """Whether a place shares a character with one of them."""
        index = bisect_left(self.starts, spot.end) - 1
        return index >= 0 and self.ends[index] > spot.start


def masked(text: str, start: int, end: int, hidden: Iterable[Spot]) -> str:
    """A part of a text in which every hidden place is one "…"."""
    parts, at = [], start
    for spot in hidden:
        if spot.end <= at or spot.start >= end:
            continue
        parts.append(text[at : max(at, spot.start)] + "…")
        at = max(at, spot.end)
    parts.append(text[at:end])
    return "".join(parts)
