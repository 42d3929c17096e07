"""Which texts some patterns tell apart: every combination of matching and not matching that some text has.

A pattern (in which ``*`` stands for any run of characters) is a small automaton: which places in the pattern the text read so
far may have come to. The automata of all patterns run side by side over the characters that occur in some pattern, and
one that stands for every other character. Only places that can be reached are visited, shortest texts first.

A combination holds for endlessly many texts exactly where one of its texts has such another character in it: what is
long enough has a place that every pattern matches by a star, where another character may be put in, and none that did not
match does so then. Else there are finitely many, and they are listed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from socialpolicy.conditions import matches
from socialpolicy.solving import Undecided
from socialpolicy.values import UNKNOWN_WORD

OTHER = "\ud800"
"""Stands for any character that no pattern has: half of a character, which no text has."""
STATES, LISTED = 50_000, 2_000


@dataclass(frozen=True)
class Texts:
    """Texts that match the same patterns: one text, or endlessly many of which ``template`` gives them one by one."""

    template: str
    characters: str = ""  # what stands for other characters must not be one of these
    besides: frozenset[str] = frozenset()  # texts that are a class of their own
    matching: tuple[tuple[str, bool], ...] = ()  # which patterns they match, and which they do not

    @property
    def single(self) -> bool:
        """Whether it is one text."""
        return OTHER not in self.template

    def has(self, text: str) -> bool:
        """Whether it is one of these texts."""
        if self.single:
            return text == self.template
        return text not in self.besides and all(matches(pattern, text) is yes for pattern, yes in self.matching)

    def fillers(self) -> Iterator[str]:
        """Characters to put in for others: letters first."""
        return (c for c in chain("xyzuvwqjk", map(chr, range(0x4E00, 0x4E00 + 20_000))) if c not in self.characters)

    def text(self, number: int = 0) -> str:
        """One of the texts, another for every number."""
        if self.single:
            return self.template
        found = -1
        for filler in self.fillers():
            text = self.template.replace(OTHER, filler)
            found += text not in self.besides
            if found == number:
                return text
        raise Undecided(f"more than {number:,} different texts are needed")


def partition(patterns: Iterable[str], constants: Iterable[str]) -> list[Texts]:
    """All classes of texts that these patterns and texts tell apart; the texts are a class each.

    Raises ``Undecided`` where the patterns make too many.
    """
    starred = sorted({pattern for pattern in patterns if "*" in pattern})
    single = {*constants, *(pattern for pattern in patterns if "*" not in pattern)} - {UNKNOWN_WORD}
    characters = "".join(sorted({c for pattern in starred for c in pattern if c != "*"} | set("".join(single))))
    besides = frozenset({*single, UNKNOWN_WORD})
    classes = [Texts(text) for text in sorted(single)]
    few: set[str] = set()
    for vector, template in combinations(starred, sorted({c for pattern in starred for c in pattern if c != "*"})):
        if OTHER in template:
            classes.append(Texts(template, characters, besides, tuple(zip(starred, vector, strict=True))))
        else:
            few.add(template)
    return classes + [Texts(text) for text in sorted(few - besides)]


def combinations(patterns: Sequence[str], characters: Sequence[str]) -> list[tuple[tuple[bool, ...], str]]:
    """Every combination of the patterns that some text has: with a text, or with all texts where they are few.

    The texts are shortest first, and have ``OTHER`` in them where there are endlessly many.
    """
    automata = [Automaton(pattern) for pattern in patterns]
    start = (tuple(automaton.start for automaton in automata), False)
    texts: dict[tuple[tuple[int, ...], bool], str] = {start: ""}
    follows: dict[tuple[tuple[int, ...], bool], list[tuple[str, tuple[tuple[int, ...], bool]]]] = {}
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        places, other = state
        follows[state] = []
        for character in (*characters, OTHER):
            after = (
                tuple(automaton.after(place, character) for automaton, place in zip(automata, places, strict=True)),
                other or character == OTHER,
            )
            follows[state].append((character, after))
            if after not in texts:
                if len(texts) >= STATES:
                    raise Undecided(f"{len(patterns)} patterns of one kind of text make more than {STATES:,} cases")
                texts[after] = texts[state] + character
                waiting.append(after)
    endless: dict[tuple[bool, ...], str] = {}
    for (places, other), text in texts.items():
        vector = tuple(automaton.ends(place) for automaton, place in zip(automata, places, strict=True))
        if other and vector not in endless:
            endless[vector] = text
    found = list(endless.items())
    few = {state for state in texts if not state[1]}
    found += [(vector, text) for vector, text in listed(automata, follows, start, few) if vector not in endless]
    return found


def listed(
    automata: Sequence[Automaton],
    follows: dict[tuple[tuple[int, ...], bool], list[tuple[str, tuple[tuple[int, ...], bool]]]],
    start: tuple[tuple[int, ...], bool],
    few: set[tuple[tuple[int, ...], bool]],
) -> list[tuple[tuple[bool, ...], str]]:
    """All texts, without other characters, of combinations that have finitely many: those from which no other leads on."""
    vectors = {
        state: tuple(automaton.ends(place) for automaton, place in zip(automata, state[0], strict=True))
        for state in follows
    }
    endless = {vectors[state] for state in follows if state[1]}
    wanted = {state for state in few if vectors[state] not in endless}
    before: dict[tuple[tuple[int, ...], bool], set[tuple[tuple[int, ...], bool]]] = {}
    for state in few:
        for _, after in follows[state]:
            before.setdefault(after, set()).add(state)
    leading, waiting = set(wanted), list(wanted)
    while waiting:
        for state in before.get(waiting.pop(), ()):
            if state not in leading:
                leading.add(state)
                waiting.append(state)
    found: list[tuple[tuple[bool, ...], str]] = []
    paths = deque([(start, "")] if start in leading else [])
    while paths:
        state, text = paths.popleft()
        if state in wanted:
            found.append((vectors[state], text))
        if len(found) + len(paths) > LISTED:
            raise Undecided(f"patterns that admit more than {LISTED:,} texts of one kind, but not endlessly many")
        paths.extend((after, text + character) for character, after in follows[state] if after in leading)
    return found


class Automaton:
    """A pattern, read character by character: the places in it that a text may have come to, as bits."""

    def __init__(self, pattern: str) -> None:
        self.length = len(pattern)
        self.stars = sum(1 << place for place, c in enumerate(pattern) if c == "*")
        self.at = {
            c: sum(1 << place for place, other in enumerate(pattern) if other == c) for c in set(pattern) - {"*"}
        }
        self.start = self.past_stars(1)
        self.seen: dict[tuple[int, str], int] = {}

    def past_stars(self, places: int) -> int:
        """These places, and those behind stars on them: a star may stand for nothing."""
        while True:
            more = places | (places & self.stars) << 1
            if more == places:
                return places
            places = more

    def after(self, places: int, character: str) -> int:
        """The places after another character: a star stays where it is."""
        key = (places, character)
        found = self.seen.get(key)
        if found is None:
            found = self.past_stars((places & self.stars) | (places & self.at.get(character, 0)) << 1)
            self.seen[key] = found
        return found

    def ends(self, places: int) -> bool:
        """Whether the text read so far matches."""
        return bool(places >> self.length & 1)
