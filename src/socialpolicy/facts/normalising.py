"""Texts in one form, with the way back: what only looks different becomes equal, and every find points into the original.

The *plain* form is what a reader would type: Unicode's compatibility composition (NFKC, UAX #15) without characters that
cannot be seen, and without marks that only cross letters out. The *folded* form is for comparing words: the plain one in
one case (Unicode, section 3.13), with one kind of space, hyphen and apostrophe. The *look-alike* form also takes letters
of other scripts for the Latin ones that they look like (UTS #39, by the table of the caller); i and l are one letter
there, because a capital I looks like a small l.

A character is normalised together with the marks that follow it, so one or several characters of the result stand for
one or several of the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
"""Marks for Latin, Greek and Cyrillic letters: those that are left when letters are composed make no other word."""
UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Characters that cannot be seen though they are not of the category Cf: fillers and variation selectors."""
JOINED_TO_THE_LAST = re.compile("[\u1160-\u11ff\uff9e\uff9f]")
"""Vowels and finals of Hangul, and voicing marks, which compose with what stands before them though they are no marks."""
HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
APOSTROPHES = "\u2018\u2019\u02bc\u2032\uff07\u0060\u00b4"
ONE_KIND = str.maketrans(dict.fromkeys(HYPHENS, "-") | dict.fromkeys(APOSTROPHES, "'") | {"\u2800": " "})
PRINTED = re.compile("[\t-\r -~]+|[^\t-\r -~]+")
SIMPLE = re.compile("[\t-\r -~]*")
MORE_THAN_A_SPACE = re.compile(r"\s{2,}|[^\S ]")
SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Normal:
    """A normalised text: where each of its characters begins and ends in the original."""

    text: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range
    replaced: frozenset[int] = frozenset()  # the characters that stand for a look-alike

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of a place (not an empty one) in the normalised text."""
        return self.starts[start], self.ends[end - 1]


def plain(text: str) -> Normal:
    """The text as a reader would type it."""
    return normalised(text, plain_cluster)


def folded(text: str) -> Normal:
    """The text for comparing words."""
    return spaced(normalised(text, folded_cluster))


def alike(text: str, table: Mapping[str, str]) -> Normal | None:
    """The text for comparing words with look-alike letters replaced; None where it has none."""
    shown = plain(text)
    if shown.text.isascii() or not any(character in table for character in shown.text):
        return None
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    replaced: set[int] = set()
    for at, character in enumerate(shown.text):
        letter = table.get(character)
        for one in alike_letters(letter or character):
            if letter is not None:
                replaced.add(len(letters))
            letters.append(one)
            starts.append(shown.starts[at])
            ends.append(shown.ends[at])
    return spaced(Normal("".join(letters), tuple(starts), tuple(ends), frozenset(replaced)))


def entry_alike(entry: str, table: Mapping[str, str]) -> str:
    """An entry of a list in the look-alike form."""
    letters = "".join(alike_letters(table.get(character, character)) for character in plain(entry).text)
    return SPACES.sub(" ", letters).strip()


def alike_letters(character: str) -> str:
    """A character in the look-alike form."""
    return character.translate(ONE_KIND).casefold().replace("i", "l")


# -- clusters ----------------------------------------------------------------------------------------------------------


def normalised(text: str, cluster: Callable[[str], str]) -> Normal:
    """The text cluster by cluster; plain ASCII stays as long as it is."""
    if SIMPLE.fullmatch(text):
        return Normal(cluster(text), range(len(text)), range(1, len(text) + 1))
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in clusters(text):
        done = cluster(text[start:end])
        letters.append(done)
        if end - start == len(done):
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        else:
            starts.extend([start] * len(done))
            ends.extend([end] * len(done))
    return Normal("".join(letters), tuple(starts), tuple(ends))


def clusters(text: str) -> Iterator[tuple[int, int]]:
    """The parts that are normalised by themselves: runs of ASCII, and characters with the marks that follow them."""
    start = 0
    for run in PRINTED.finditer(text):
        at, end = run.span()
        if text[at] in PRINTABLE:
            if start < at:
                yield start, at
            if end - at > 1:
                yield at, end - 1
            start = end - 1  # the last one may carry marks
            continue
        for place in range(at, end):
            if place > start and not continues(text[place]):
                yield start, place
                start = place
    if start < len(text):
        yield start, len(text)


PRINTABLE = frozenset(map(chr, (*range(9, 14), *range(32, 127))))


@lru_cache(maxsize=65_536)
def continues(character: str) -> bool:
    """Whether a character is normalised together with the one before it: it composes with it, or cannot be seen."""
    category = unicodedata.category(character)
    return category[0] == "M" or category in ("Cf", "Cc") or JOINED_TO_THE_LAST.match(character) is not None


@lru_cache(maxsize=65_536)
def plain_cluster(cluster: str) -> str:
    """A cluster as a reader would type it: nothing, if it cannot be seen."""
    if cluster.isascii():
        return "".join(one for one in cluster if one in PRINTABLE)
    composed = unicodedata.normalize("NFKC", seen(cluster))
    return MARKS.sub("", seen(composed))


def seen(text: str) -> str:
    """A text without what cannot be seen."""
    kept = (one for one in text if unicodedata.category(one) not in ("Cf", "Cc") or one in PRINTABLE)
    return UNSEEN.sub("", "".join(kept))


@lru_cache(maxsize=65_536)
def folded_cluster(cluster: str) -> str:
    """A cluster for comparing words."""
    shown = plain_cluster(cluster.translate(ONE_KIND))
    if shown.isascii():
        return shown.lower()
    return MARKS.sub("", unicodedata.normalize("NFKC", shown.translate(ONE_KIND).casefold()))  # İ becomes i and a mark


def spaced(normal: Normal) -> Normal:
    """The same with one space for every run of white space."""
    if not MORE_THAN_A_SPACE.search(normal.text):
        return normal
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    replaced: set[int] = set()
    at = 0
    for run in SPACES.finditer(normal.text):
        keep(normal, at, run.start(), letters, starts, ends, replaced)
        letters.append(" ")
        starts.append(normal.starts[run.start()])
        ends.append(normal.ends[run.end() - 1])
        at = run.end()
    keep(normal, at, len(normal.text), letters, starts, ends, replaced)
    return Normal("".join(letters), tuple(starts), tuple(ends), frozenset(replaced))


def keep(
    normal: Normal, start: int, end: int, letters: list[str], starts: list[int], ends: list[int], replaced: set[int]
) -> None:
    """Add a part of a text as it is."""
    if normal.replaced:
        shift = len(letters) - start
        replaced.update(one + shift for one in normal.replaced if start <= one < end)
    letters.extend(normal.text[start:end])
    starts.extend(normal.starts[start:end])
    ends.extend(normal.ends[start:end])
