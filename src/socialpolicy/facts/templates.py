"""Ready-made texts: whether a text is one of a policy's templates, unchanged, changed or out of date.

A template is a row of *literal* texts and *slots*. A text is the template unchanged if it can be cut into the literals, as
they are, and a legal value for each slot. We go through the row once and keep all places of the text that can be reached so
far (as a finite automaton does), so that nothing is tried twice and no slot, however hostile its text, makes it slow.

A text that is not unchanged is compared by the pairs of neighbouring words that the template's literals and the text have in
common: how many of the template's pairs the text has. Many pairs: the template was changed. Few: it is another text. In
between nobody can tell by counting, and it stays unknown.

White space counts as one space, straight and curly quotes as one; all else has to be equal, capitals too.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from socialpolicy.facts.derived import Known, Open, Spot
from socialpolicy.facts.marks import host_name, host_of
from socialpolicy.instants import begins, day, ends, zone

TEMPLATE = "content.template"
NONE, UNCHANGED, CHANGED, EXPIRED = "none", "used_unchanged", "used_modified", "expired"

MANY, SOME = (0.6, 6), (0.4, 4)
"""From which share of a template's pairs of words, and from how many of them, a text is the template changed; and from which
on nobody can tell by counting. Less is another text: everybody says "I work at", and it takes more to be a template.
``benchmarks/posts.py`` measures both: what ordinary posts have by chance, and what is left of templates when they are changed."""
WORDS_COMPARED = 2_000
LONGEST = {"text": 1_000, "link": 2_048, "date": 40, "time": 40, "number": 40}
"""How long a slot's value may be where the policy names no ``max``."""


# -- templates -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slot:
    """A gap in a template, and what may stand in it: ``hosts`` (for links) and ``values`` (for choices) None for any."""

    name: str
    type: str = "text"
    max: int | None = None  # in characters; None for as many as the type may have
    hosts: frozenset[str] | None = None
    values: tuple[str, ...] = ()

    @property
    def longest(self) -> int:
        """How many characters its value may have."""
        least = max(map(len, self.values), default=0) if self.type == "choice" else LONGEST[self.type]
        return least if self.max is None else self.max


@dataclass(frozen=True, slots=True)
class Template:
    """A text approved beforehand, in one or several languages, with the instants between which it may be used."""

    id: str
    texts: Mapping[str, str]  # by language; "" for the one that the template begins with
    slots: Mapping[str, Slot] = field(default_factory=dict)
    begins: datetime | None = None
    ends: datetime | None = None  # the first instant at which it is over
    says_ties: bool = False

    @property
    def dated(self) -> bool:
        """Whether it is good for a time only."""
        return self.begins is not None or self.ends is not None


def templates_of(written: Any, terms: Mapping[str, Any], prefix: str = "") -> tuple[Template, ...]:
    """The templates of a policy as it is written, their ids behind a prefix; ``terms`` has the lists that slots name."""
    where = zone(written.time_zone) or ZoneInfo("UTC")
    found = []
    for name, one in written.templates.items():
        slots = {slot: slot_of(slot, text, terms) for slot, text in (one.slots or {}).items()}
        first = day(one.in_force.from_) if one.in_force else None
        last = day(one.in_force.through) if one.in_force and one.in_force.through else None
        found.append(
            Template(
                prefix + name,
                {"": one.text, **(one.languages or {})},
                slots,
                begins(first, where) if first else None,
                ends(last, where) if last else None,
                one.includes_disclosure,
            )
        )
    return tuple(found)


def slot_of(name: str, text: Any, terms: Mapping[str, Any]) -> Slot:
    """A slot as it is filled."""
    hosts = None
    if text.hosts is not None:
        hosts = (
            frozenset(host_name(entry) for entry in terms[text.hosts].entries) if text.hosts in terms else frozenset()
        )
    return Slot(name, text.type, text.max, hosts, tuple(text.values or ()))


# -- what may stand in a slot --------------------------------------------------------------------------------------------

# fmt: off
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    "januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "dezember",
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)
SHORT = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# fmt: on
DAYS_IN = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
NUMERIC_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})", re.ASCII)
WORDED_DATE = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|er|\.)? (?:de )?([^\W\d_]{3,10})\.?|([^\W\d_]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?)"
    r"(?:(?:,| de)? (\d{4}))?"
)
TIME = re.compile(
    r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?(?: ?([ap])\.?m\.?| ?Uhr| ?h)?(?: (?:UTC|GMT|CET|CEST|EST|EDT|PST|PDT|BST))?",
    re.ASCII | re.IGNORECASE,
)
NUMBER = re.compile(r"[+-]?\d{1,3}(?:[.,' ]\d{3}){1,6}(?:[.,]\d{1,6})?|[+-]?\d{1,18}(?:[.,]\d{1,6})?", re.ASCII)


def is_date(text: str) -> bool:
    """Whether a text is a day of some calendar year, in figures (in any order) or with the month as a word."""
    found = NUMERIC_DATE.fullmatch(text)
    if found:
        first, middle, last = int(found[1]), int(found[3]), int(found[4])
        if len(found[1]) == 4:
            return real_day(first, middle, last)
        return (
            len(found[1]) < 3
            and len(found[4]) in (2, 4)
            and any(
                real_day(last + (2000 if last < 100 else 0), *order) for order in ((middle, first), (first, middle))
            )
        )
    found = WORDED_DATE.fullmatch(text)
    if not found:
        return False
    word, number = (found[2] or found[3]).casefold(), int(found[1] or found[4])
    month = MONTHS.index(word) % 12 if word in MONTHS else SHORT.index(word) if word in SHORT else None
    if month is None:
        return False
    return real_day(int(found[5]), month + 1, number) if found[5] else 1 <= number <= DAYS_IN[month]


def real_day(year: int, month: int, number: int) -> bool:
    """Whether the calendar has the day."""
    try:
        date(year, month, number)
    except ValueError:
        return False
    return True


def is_time(text: str) -> bool:
    """Whether a text is a time of day, such as 14:30, 2 pm or 14.30 Uhr."""
    found = TIME.fullmatch(text)
    if not found or text.isdigit():
        return False
    hour, minute = int(found[1]), int(found[2] or 0)
    if minute > 59:
        return False
    return 1 <= hour <= 12 if found[3] else hour < 24 or (hour, minute) == (24, 0)


ADDRESS = re.compile(r"(?:https?://)?[^\s/?#\\]{1,253}(?:[/?#]\S*)?", re.IGNORECASE)


def is_link(text: str, hosts: frozenset[str] | None) -> bool:
    """Whether a text is one web address, of one of these hosts if any are named."""
    if not ADDRESS.fullmatch(text) or ("://" in text and not text.lower().startswith(("http://", "https://"))):
        return False
    host = host_of(text)
    return "." in host and host[0].isalnum() and (hosts is None or host in hosts)


def legal(slot: Slot, value: str) -> bool:
    """Whether a value may stand in a slot: of its type, on one line, and not too long."""
    if not value or "\n" in value or len(value) > slot.longest:
        return False
    match slot.type:
        case "link":
            return is_link(value, slot.hosts)
        case "choice":
            return value in slot.values
        case "date":
            return is_date(value)
        case "time":
            return is_time(value)
        case "number":
            return NUMBER.fullmatch(value) is not None
        case _:
            return not value[0].isspace() and not value[-1].isspace()


# -- matching ------------------------------------------------------------------------------------------------------------

QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "\u00a0": " ", "\u202f": " "})
GAP = re.compile(r"\{([^{}\s]+)\}")
SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Shape:
    """One text of a template, cut up: literals and slots in their order."""

    language: str
    parts: tuple[str | Slot, ...]

    @property
    def longest(self) -> int:
        """How many characters a text of this shape may have."""
        return sum(len(part) if isinstance(part, str) else part.longest for part in self.parts)


def shapes(template: Template) -> Iterator[Shape]:
    """The texts of a template, cut up. A gap that no slot is declared for is part of the literal."""
    for language, text in template.texts.items():
        parts: list[str | Slot] = []
        literal, at = "", 0
        for gap in GAP.finditer(text):
            literal += text[at : gap.start()]
            at = gap.end()
            if gap[1] not in template.slots:
                literal += gap[0]
                continue
            parts += [one_form(literal), template.slots[gap[1]]]
            literal = ""
        parts.append(one_form(literal + text[at:]))
        if isinstance(parts[0], str):
            parts[0] = parts[0].lstrip()
        if isinstance(parts[-1], str):
            parts[-1] = parts[-1].rstrip()
        yield Shape(language, tuple(part for part in parts if part != ""))


def one_form(text: str) -> str:
    """A text for comparing: composed (NFC), straight quotes, every run of white space one space or one line's end."""
    composed = text if text.isascii() else unicodedata.normalize("NFC", text)
    return SPACES.sub(lambda run: "\n" if "\n" in run[0] else " ", composed.replace("\r", "\n").translate(QUOTES))


def filled(shape: Shape, text: str) -> dict[str, str] | None:
    """The values of the slots, if the text (in one form, trimmed) is the shape unchanged."""
    if not shape.parts or len(text) > shape.longest:
        return None
    # A line's end in a literal is as good as a space, so that a wrapped text still matches; no slot spans one.
    flat = text.replace("\n", " ")
    came: list[dict[int, int]] = []  # for every part, the places that it reaches, and from where
    reached = [0]
    for number, part in enumerate(shape.parts):
        if isinstance(part, str):
            literal = part.replace("\n", " ")
            step = {at + len(literal): at for at in reached if flat.startswith(literal, at)}
        else:
            step = dict(slot_ends(part, text, reached, ends_before(shape, number + 1, flat)))
        came.append(step)
        reached = sorted(step)
    if len(text) not in came[-1]:
        return None
    values: dict[str, str] = {}
    at = len(text)
    for part, step in zip(reversed(shape.parts), reversed(came), strict=True):
        start = step[at]
        if isinstance(part, Slot) and values.setdefault(part.name, text[start:at]) != text[start:at]:
            return None  # one slot in two places has one value
        at = start
    return dict(reversed(values.items()))


def ends_before(shape: Shape, number: int, flat: str) -> Sequence[int]:
    """Where a slot may end: where the next literal begins, or at the end of the text, or anywhere before another slot."""
    if number == len(shape.parts):
        return [len(flat)]
    following = shape.parts[number]
    if not isinstance(following, str):
        return range(len(flat) + 1)
    literal = following.replace("\n", " ")
    if number == len(shape.parts) - 1:
        return [len(flat) - len(literal)] if flat.endswith(literal) else []
    found, at = [], flat.find(literal)
    while at >= 0:
        found.append(at)
        at = flat.find(literal, at + 1)
    return found


def slot_ends(slot: Slot, text: str, reached: Sequence[int], wanted: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The places among those ``wanted`` that a slot can reach, each with the place where its value begins."""
    if slot.type == "text":
        yield from text_ends(slot, text, reached, wanted)
        return
    allowed = wanted if isinstance(wanted, range) else frozenset(wanted)
    for start in reached:
        for end in candidates(slot, text, start):
            if end in allowed and legal(slot, text[start:end]):
                yield end, start


def text_ends(slot: Slot, text: str, reached: Sequence[int], wanted: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The places that a free text can reach, each from the nearest beginning.

    That gives the shortest value: if it is too long or has a line's end in it, so have all others.
    """
    starts = [start for start in reached if start < len(text) and not text[start].isspace()]
    lines = [found.start() for found in re.finditer("\n", text)]
    for end in wanted:
        index = bisect_left(starts, end) - 1
        if index < 0 or text[end - 1].isspace():
            continue
        start = starts[index]
        if end - start <= slot.longest and bisect_left(lines, start) == bisect_left(lines, end):
            yield end, start


STARTS = {
    "link": re.compile(r"\w"),
    "date": re.compile(r"\w"),
    "time": re.compile(r"\d"),
    "number": re.compile(r"[+\d-]"),
}
ENDINGS = ".,;:!?)]\"'"
ENDINGS_AT_MOST = 8


def candidates(slot: Slot, text: str, start: int) -> Iterable[int]:
    """Where a value that begins at a place may end, unless it is free text."""
    if slot.type == "choice":
        return [start + len(value) for value in slot.values if text.startswith(value, start)]
    if not STARTS[slot.type].match(text, start):
        return []
    last = min(len(text), start + slot.longest)
    if slot.type != "link":
        return range(start + 1, last + 1)
    if start and text[start - 1].isalnum() and not text.startswith("http", start):
        return []
    space = SPACES.search(text, start, last)
    end = space.start() if space else last
    bare = start + len(text[start:end].rstrip(ENDINGS))  # a sign behind a link may belong to the sentence
    return range(max(start + 1, bare, end - ENDINGS_AT_MOST), end + 1)


# -- comparing -----------------------------------------------------------------------------------------------------------

WORD = re.compile(r"[#@]?\w+(?:['-]\w+)*")


def pairs(text: str) -> set[tuple[str, str]]:
    """The pairs of neighbouring words in a text."""
    return set(pairwise(WORD.findall(text.casefold())))


def pairs_of(shape: Shape) -> set[tuple[str, str]]:
    """The pairs of neighbouring words in the literals of a shape."""
    return {pair for part in shape.parts if isinstance(part, str) for pair in pairs(part)}


def difference(shape: Shape, text: str) -> str:
    """What a changed text no longer has of the template's words. What came instead is not quoted: it may be secret."""
    mine: list[str] = []
    for part in shape.parts:
        mine += WORD.findall(part) if isinstance(part, str) else [f"{{{part.name}}}"]
    theirs = WORD.findall(text)
    if max(len(mine), len(theirs)) > WORDS_COMPARED:
        return "it is too long to show what differs"
    told, added = [], 0
    for kind, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        words = [word for word in mine[a:b] if not word.startswith("{")]
        if kind == "insert":
            added += d - c
        elif kind != "equal" and words:
            told.append(f'"{" ".join(words)}" {"is gone" if kind == "delete" else "is now something else"}')
    told = told[:4] + ["…"] * (len(told) > 4)
    if added:
        told.append("1 word is new" if added == 1 else f"{added} words are new")
    return "; ".join(told) or "other signs or capitals, or something in a slot that is not meant for it"


@dataclass(frozen=True, slots=True)
class Match:
    """What a text is to one template: unchanged, changed, out of date (by its dates), or another text.

    ``state`` None is not known, for the reason ``why``. ``slots`` has what was put in: it is no approved text.
    """

    template: str
    state: str | None
    why: str
    language: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    share: float = 0.0  # of the template's pairs of words
    whole: bool = False  # word for word
    says_ties: bool = False


class Ready:
    """A template that is ready to be compared with many texts."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.shapes = tuple(shapes(template))

    @cached_property
    def pairs(self) -> tuple[set[tuple[str, str]], ...]:
        """The pairs of words of each shape."""
        return tuple(map(pairs_of, self.shapes))

    def match(self, text: str, at: datetime | None, *, words: set[tuple[str, str]] | None = None) -> Match:
        """What a text is to the template; ``words`` are its pairs, if they are known."""
        form = one_form(text).strip()
        template = self.template
        for shape in self.shapes:
            slots = filled(shape, form)
            if slots is not None:
                state, why = in_time(template, at)
                return Match(template.id, state, why, shape.language, slots, 1.0, True, template.says_ties)
        words = pairs(form) if words is None else words
        common = [len(mine & words) for mine in self.pairs]
        shares = [count / len(mine) if mine else 0.0 for count, mine in zip(common, self.pairs, strict=True)]
        share = max(shares)
        which = shares.index(share)
        enough = [share >= least and common[which] >= fewest for least, fewest in (MANY, SOME)]
        if not any(enough):
            return Match(template.id, NONE, "it is another text", share=share)
        best = self.shapes[which]
        if not enough[0]:
            why = f"it has {share:.0%} of the words of {template.id}: a person has to tell whether it was made from it"
            return Match(template.id, None, why, best.language, share=share)
        return Match(template.id, CHANGED, difference(best, form), best.language, share=share)


def in_time(template: Template, at: datetime | None) -> tuple[str | None, str]:
    """Whether a template may be used at an instant."""
    if not template.dated:
        return UNCHANGED, "word for word"
    if at is None:
        return None, f"word for word the template {template.id}, which has dates: say when it is to happen (context.at)"
    if template.begins is not None and at < template.begins:
        return EXPIRED, f"word for word, but good from {template.begins.isoformat()} on"
    if template.ends is not None and at >= template.ends:
        return EXPIRED, f"word for word, but it was good until {template.ends.isoformat()}"
    return UNCHANGED, "word for word, and within its dates"


def matching(template: Template, text: str, at: datetime | None = None) -> Match:
    """Tell whether a text is a template unchanged, changed or expired, or another text."""
    return Ready(template).match(text, at)


def best_match(ready: Sequence[Ready], text: str, at: datetime | None) -> Match | None:
    """The template that a text is nearest to; None where there are no templates.

    Unchanged counts before unknown dates, these before out of date, changed, perhaps changed, and another text.
    """
    words = pairs(one_form(text))
    found = [one.match(text, at, words=words) for one in ready]
    return max(found, key=rank, default=None)


def rank(match: Match) -> tuple[int, float]:
    """How near a text is to a template."""
    if match.state is None:
        return 4 if match.whole else 1, match.share
    return {UNCHANGED: 5, EXPIRED: 3, CHANGED: 2, NONE: 0}[match.state], match.share


def fact(match: Match | None, text: str) -> Known | Open:
    """The fact that a match makes."""
    if match is None:
        return Open("the policy has no templates.")
    if match.state is None:
        return Open(match.why + ".")
    if match.state == NONE:
        return Known(NONE, "no template of the policy is like it")
    language = f" ({match.language})" if match.language else ""
    spots = (Spot(0, len(text), match.template),) if match.whole else ()
    return Known(match.state, f"the template {match.template}{language}: {match.why}", spots)
