"""Whether a text says how its author is tied to the company, and where: as far as wordings and places can tell.

A wording counts as clear, or as vague, because the policy's own lists say so. Nothing is told from the absence of all of
them: people find words of their own, platforms have labels, pictures and speech say things too.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from socialpolicy.facts.derived import Covered, Known, Open, Spot
from socialpolicy.facts.marks import length_on_x
from socialpolicy.facts.normalising import plain
from socialpolicy.facts.terms import CLEAR, Terms

DISCLOSURE, PLACE = "content.disclosure", "content.disclosure_place"

START = 60
"""Within how many characters of the first line a wording is at the start. Our own choice: fewer than any platform or
screen that we know of shows before "more"."""

FOLDS = {"x": 280, "linkedin": 500, "facebook": 480, "instagram": 150, "tiktok": 150, "threads": 500}
"""Behind how many characters a text is surely hidden until somebody taps "more".

X: docs.x.com, "Counting characters" (a post has 280; longer ones are cut there). The others publish no figure, and it
differs by screen; these are our own choice, no smaller than the largest that guides for authors name in 2026 (on the
widest screen). What begins before them, but not at the start, is hidden for some readers: a person decides."""

SEEN_AS_TEXT = frozenset({"text", "link", "image"})
"""The formats in which a reader meets the text itself first."""

NOT = re.compile(
    r"\b(?:no|not|never|without|isn't|aren't|wasn't|ain't|don't|doesn't|didn't|kein|keine|keinen|nicht|nie|ohne"
    r"|pas|jamais|aucun|aucune|sans|sin|nunca|ningún|non|nessun|senza|geen|niet|não|sem)\b[^.!?\n]{0,24}\Z",
    re.IGNORECASE,
)
"""A word that denies, shortly before: "this is not an ad"."""
BEFORE = 40


@dataclass(frozen=True, slots=True)
class Reading:
    """What is to be told from: the text, what was found in it, and what the caller said of it."""

    text: str
    lists: Sequence[Terms]
    found: Sequence[Spot]  # words of the lists
    hashtags: Sequence[Spot]
    links: Sequence[Spot] | None  # None: nobody could look
    platform: str | None
    format: str | None


def disclosure(reading: Reading) -> tuple[Known | Open, Sequence[Spot]]:
    """What the text says of ties to the company, and the wordings that say it."""
    means = {one.name: one.means[DISCLOSURE] for one in reading.lists if DISCLOSURE in one.means}
    if not means:
        return Open("the policy has no list of clear wordings (terms, clear-disclosures)."), ()
    links = Covered(reading.links or ())
    wordings = [spot for spot in reading.found if spot.value in means and not links.meets(spot)]
    clear = [spot for spot in wordings if means[spot.value] == CLEAR]
    said = [spot for spot in clear if plainly_said(reading.text, spot)]
    if said:
        return Known(CLEAR, "a wording that the policy calls clear", tuple(said)), said
    if clear:
        why = "a clear wording is in it, but perhaps denied, or a word within a sentence; a person has to read it."
        return Open(why, spots=tuple(clear)), ()
    if wordings and len({means[spot.value] for spot in wordings}) == 1 and CLEAR in means.values():
        value = means[wordings[0].value]
        return Known(
            value, f"wordings that the policy calls {value}, and none that it calls clear", tuple(wordings)
        ), wordings
    why = "no wording that the policy calls clear is in it; whether it says so otherwise, a person has to tell."
    return Open(why, spots=tuple(wordings)), ()


def plainly_said(text: str, spot: Spot) -> bool:
    """Whether a wording is meant as it stands there: not denied, and a single word ("ad") only as a label by itself."""
    if NOT.search(text[max(0, spot.start - BEFORE) : spot.start]):
        return False
    if not plain(text[spot.start : spot.end]).text.strip().isalpha():
        return True
    before, behind = text[: spot.start].rstrip(" \t*_"), text[spot.end :].lstrip(" \t*_")
    return (not before or before[-1] in BEFORE_A_LABEL) and (not behind or behind[0] in BEHIND_A_LABEL)


BEFORE_A_LABEL, BEHIND_A_LABEL = "\n([|", "\n)]|:.!-\u2013\u2014"


def place(reading: Reading, wordings: Iterable[Spot]) -> Known | Open:
    """Where the wordings stand; the best place counts."""
    spots = sorted(wordings, key=lambda spot: spot.start)
    if not spots:
        return Open("it goes by where the disclosure stands, and the text alone shows none.")
    if reading.format is None:
        return Open("it differs for text, pictures and videos: say which it is (content.format).", spots=tuple(spots))
    if reading.format not in SEEN_AS_TEXT:
        return Open(f"for the format {reading.format}, the text beside it does not tell.", spots=tuple(spots))
    for spot in spots:
        if at_the_start(reading, spot):
            return Known(
                "in_message_prominent", f"it stands in the first {START} characters of the first line", (spot,)
            )
    alone = [spot for spot in spots if not any(beside(reading, spot))]
    if alone and not folded_away(reading, alone[0]):  # then what comes later is folded away too
        return Open(
            "it is not at the start, but some readers see it without a tap; a person decides.", spots=tuple(spots)
        )
    if len(alone) < len(spots):
        by_themselves = set(alone)
        among = tuple(spot for spot in spots if spot not in by_themselves)
        return Known("among_hashtags", "other hashtags stand beside it, and it is not at the start", among)
    return Known("below_fold", f"it begins behind what {reading.platform} shows before a tap", tuple(alone))


def at_the_start(reading: Reading, spot: Spot) -> bool:
    """Whether a wording is at the start of the text, with no hashtag before it."""
    text = reading.text
    begin = len(text) - len(text.lstrip())
    return spot.end <= begin + START and "\n" not in text[begin : spot.end] and not beside(reading, spot)[0]


def folded_away(reading: Reading, spot: Spot) -> bool:
    """Whether a wording is surely hidden until somebody taps "more"."""
    fold = FOLDS.get(reading.platform or "")
    if fold is None or spot.start < fold:
        return False
    if reading.platform != "x":
        return True
    links = reading.links  # on X, a long link counts for less
    if links is None:
        return False
    return length_on_x(reading.text[: spot.start], [link for link in links if link.end <= spot.start]) >= fold


def beside(reading: Reading, spot: Spot) -> tuple[bool, bool]:
    """Whether a hashtag stands right before a place, and right behind it, with nothing but space between."""
    text, tags = reading.text, reading.hashtags
    index = bisect_left(tags, spot.start, key=lambda tag: tag.end - 1)  # the first that ends behind the start
    before = index > 0 and not text[tags[index - 1].end : spot.start].strip()
    index = bisect_left(tags, spot.end, key=lambda tag: tag.start)
    after = index < len(tags) and not text[spot.end : tags[index].start].strip()
    return before, after
