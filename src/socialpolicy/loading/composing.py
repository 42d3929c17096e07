"""Compose the events of PyYAML's parser into plain data with places.

The parser does the scanning; composing is done here, iteratively, because policies need what no loader gives: YAML 1.2 scalars
(``no`` is a word, ``2026-03-01`` is text), the line and column of every key and value, and an error for everything that a
reader would silently drop, merge or misread. Limits are checked inside the loop, since the scanner itself takes quadratic time
on deep nesting.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)

from socialpolicy.loading.documents import REFUSED, SECOND, Data, Document, ListSpot, MappingSpot, Refused, Spot, begins
from socialpolicy.loading.findings import LimitError
from socialpolicy.loading.hiding import HIDDEN, HIDDEN_AT_MOST, belongs, unseen
from socialpolicy.values import LARGEST_INT

DEPTH = 64
NODES = 600_000
NODES_SLOW = 120_000
LIST_ITEMS = 10_000
TEXT_CHARACTERS = 64 * 1024

COMMENT = re.compile(r"(?<=[ \t])#(\w\S*)?")
COMMENT_WITHOUT_BLANK = re.compile(r"(?<=[ \t])#\w")
# JSON writes a character beyond U+FFFF as two escapes, which YAML's scanner does not join. They are read as a pair of
# characters for private use, of the same length so that columns stay, and joined in the text that comes out.
SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
HALF = re.compile(r"\\u[dD]")
STAND_INS = re.compile("[\ue000-\ue3ff][\ue400-\ue7ff]")
USED = re.compile(r"[\ue000-\ue7ff]|\\u[eE][0-7]")
CORE_INT = re.compile(r"[-+]?[0-9]+")
OTHER_INT = re.compile(r"[-+]?(?:0o[0-7]+|0x[0-9a-fA-F_]+|0b[01_]+|[0-9][0-9_]*_[0-9_]*)")
CORE_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
CLOCK = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
DIRECTIVE = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*%([^\r\n]*)")
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


class Composer:
    """Compose the parser's events into plain data with places. One use each."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.source, self.paired = document.text, False
        if HALF.search(self.source) and self.source.lstrip()[:1] in ("{", "[") and not USED.search(self.source):
            self.source, self.paired = SURROGATES.sub(stand_ins, self.source), True
        self.hashtags = COMMENT_WITHOUT_BLANK.search(self.source) is not None
        self.quoted: list[tuple[int, int]] = []  # where quoted and block texts begin and end, if there may be hashtags
        self.nodes = 0

    def compose(self) -> None:
        """Fill in the document's data and spot."""
        document = self.document
        self.directives()
        loader = loader_of(self.source)
        try:
            events: Iterator[Any] = iter(loader.get_event, None)
            data: Data = REFUSED
            spot: Spot | None = None
            documents = 0
            for event in events:
                kind = type(event)
                if kind is DocumentStartEvent:
                    documents += 1
                    if documents > 1:
                        self.document.add_at("second-document", event, *SECOND)
                        break
                elif kind is DocumentEndEvent or kind is StreamStartEvent:
                    continue
                elif kind is ScalarEvent or kind is AliasEvent:
                    data, spot = self.scalar(event), event
                elif kind is MappingStartEvent or kind is SequenceStartEvent:
                    data, spot = self.collection(event, events)
            if not documents or (isinstance(spot, ScalarEvent) and data is None):
                document.add("empty-file", (), "the file is empty.", "begin it with `socialpolicy: 1`.")
                data = REFUSED
            document.data, document.spot = data, spot
        except (ValueError, OverflowError) as error:
            # The parser in pure Python fails so on an escape for a character that there is not.
            raise yaml.MarkedYAMLError(
                problem=f"found unknown escape: {error}", problem_mark=loader.get_mark()
            ) from None
        finally:
            loader.dispose()
        self.refuse_hidden_hashtags()

    def directives(self) -> None:
        """Refuse all directives but one `%YAML 1.2`; the parser is given comments in their place."""
        at, version = 0, False
        while found := DIRECTIVE.match(self.source, at):
            start = found.start(1) - 1
            if found[1].split("#")[0].split() == ["YAML", "1.2"] and not version:
                version = True
            else:
                self.document.add_place(
                    "directive",
                    self.source.count("\n", 0, start) + 1,
                    1,
                    len(found[1]) + 2,
                    "a file may begin with `%YAML 1.2`, and with no other directive.",
                    "remove this line.",
                )
                self.source = f"{self.source[:start]}#{self.source[start + 1 :]}"
            at = found.end()
            at += len(self.source[at : at + 2]) - len(self.source[at : at + 2].lstrip("\r\n"))
            if len(self.document.findings) >= HIDDEN_AT_MOST:
                return

    def collection(self, first: Any, events: Iterator[Any]) -> tuple[Data, Spot]:
        """Compose a mapping or list and all below it, without recursion."""
        top_data: Data = {} if type(first) is MappingStartEvent else []
        top_spot: MappingSpot | ListSpot = MappingSpot(first) if type(first) is MappingStartEvent else ListSpot(first)
        self.marks(first)
        most = NODES if hasattr(yaml, "CSafeLoader") else NODES_SLOW
        stack: list[tuple[Data, MappingSpot | ListSpot]] = []
        data, spot = top_data, top_spot
        for event in events:
            kind = type(event)
            if kind is MappingEndEvent or kind is SequenceEndEvent:
                if not stack:
                    return top_data, top_spot
                data, spot = stack.pop()
                continue
            self.nodes += 1
            if self.nodes > most:
                self.limit(event, f"the file has more than {most:,} keys and values.", "split it.")
            kept: Data
            value: Data
            inner: Any
            if kind is ScalarEvent:
                if type(spot) is MappingSpot and spot.waiting is None:
                    spot.waiting = event
                    continue
                kept, inner = self.scalar(event), event
            elif kind is AliasEvent:
                kept, inner = self.scalar(event), event
            else:
                value, inner = ({}, MappingSpot(event)) if kind is MappingStartEvent else ([], ListSpot(event))
                if event.anchor or event.tag:
                    self.marks(event)
                    kept = REFUSED if event.tag else value
                else:
                    kept = value
            if type(spot) is MappingSpot:
                self.entry(data, spot, kept, inner)
            elif type(spot) is ListSpot:
                if len(data) >= LIST_ITEMS:
                    self.limit(event, f"the list has more than {LIST_ITEMS:,} entries.", "split it.")
                data.append(kept)
                spot.items.append(inner)
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                stack.append((data, spot))
                if len(stack) >= DEPTH:
                    self.limit(
                        event,
                        f"this is nested more than {DEPTH} deep.",
                        "no policy needs that: check the brackets and the indentation.",
                    )
                data, spot = value, inner
        return top_data, top_spot

    def entry(self, data: dict[str, Data], spot: MappingSpot, value: Data, inner: Spot) -> None:
        """Put a value under the key that waits for it; a collection or alias in a key's place is the key's own error."""
        event: Any = spot.waiting
        if event is None:
            if not isinstance(inner, AliasEvent):
                self.document.add_at(
                    "non-string-key",
                    inner if isinstance(inner, Event) else inner.start,
                    "a key is one word or text, not a list or a mapping.",
                    "write the key as text; a text that begins with { or [ goes in quotes.",
                )
            spot.waiting, spot.incomplete = STRAY, True
            return
        spot.waiting = None
        if event is STRAY:
            return
        key = self.key(event, inner)
        if key is None:
            spot.incomplete = True
            return
        if key in spot.keys:
            first, _ = begins(spot.keys[key])
            self.document.add_at(
                "duplicate-key",
                event,
                f"{key} is given twice; the first is on line {first}.",
                "keep one; to join two conditions, put them under one key.",
            )
            return
        spot.keys[key] = event
        spot.values[key] = inner
        data[key] = value

    def key(self, event: Any, inner: Spot) -> str | None:
        """The text of a key, or None where it is refused."""
        text: str = event.value
        if event.anchor or event.tag:
            self.marks(event)
        if event.implicit[0] and not (text[:1].isalpha() and text not in BOOLS and text not in NULLS):
            if text == "<<":
                if isinstance(inner, AliasEvent) and self.document.findings:
                    self.document.findings.pop()  # the reference is what the key merges in: one mistake
                self.document.add_at(
                    "merge-key",
                    event,
                    "`<<` would merge another mapping in; a policy says everything where it counts.",
                    "write the entries out, or use a named condition or a group.",
                )
                return None
            if type(self.plain(event, key=True)) is not str:
                hint = f'write "{text}".'
                if self.line(event.start_mark.line)[: event.start_mark.column].rstrip().endswith(","):
                    hint = "a comma inside { } begins a new key: a number has no comma, and a text with one goes in quotes."
                self.document.add_at(
                    "non-string-key",
                    event,
                    f"the key {text or '(nothing)'} would be read as a number or a yes/no, not as text.",
                    hint,
                )
                return None
        checked: str | Refused = self.text(event)
        return checked if isinstance(checked, str) else None

    def scalar(self, event: Any) -> Data:
        """The value of a scalar by the core schema of YAML 1.2, or ``REFUSED``."""
        if type(event) is AliasEvent:
            text = f"*{(event.anchor or '')[:60]}"
            self.document.add_at(
                "alias",
                event,
                f"`{text}` refers to a marked value elsewhere; a policy says everything where it counts.",
                f'write the value out; a text that begins with * goes in quotes: "{text}".',
            )
            return REFUSED
        if event.anchor or event.tag:
            self.marks(event)
            return REFUSED
        if event.implicit[0]:
            return self.plain(event)
        return self.text(event)

    def plain(self, event: Any, *, key: bool = False) -> Data:
        """The value of a scalar without quotes."""
        text: str = event.value
        if text in NULLS:
            self.document.nulls += 1
            return None
        first = text[0]
        if first.isalpha():
            return BOOLS[text] if text in BOOLS else self.text(event)
        if first in "0123456789+-.":
            if CORE_INT.fullmatch(text):
                return self.number(event, text, key)
            if CORE_FLOAT.fullmatch(text):
                return 0.0 if key else self.point(event, text)
            if key:
                return 0 if OTHER_INT.fullmatch(text) else self.text(event)
            if CLOCK.fullmatch(text):
                self.document.add_at(
                    "ambiguous-scalar",
                    event,
                    f"{text[:40]} is a time to people and a number to many programs.",
                    f'write "{text[:40]}".',
                )
                return REFUSED
            if OTHER_INT.fullmatch(text):
                self.document.add_at(
                    "ambiguous-scalar",
                    event,
                    f"{text[:40]} is a number to some programs and a text to others.",
                    f'write the number in plain digits, or "{text[:40]}" if it is text.',
                )
                return REFUSED
        return self.text(event)

    def point(self, event: Any, text: str) -> Data:
        """A number with a point, or infinity, or what is no number."""
        number = Unquoted(text) if not text.strip("+-.").isalpha() and len(text) <= 400 else None
        if number is None or not -1e300 < number < 1e300:
            self.document.add_at(
                "ambiguous-scalar",
                event,
                f"{text[:40]} is no number that is of use here.",
                f'write "{text[:40]}" if it is text.',
            )
            return REFUSED
        return number

    def number(self, event: Any, text: str, key: bool) -> Data:
        """A whole number, if every reader reads it alike."""
        if key:
            return 0
        digits = text.lstrip("+-")
        if len(digits) > 1 and digits[0] == "0" and digits.isdigit():
            self.document.add_at(
                "ambiguous-scalar",
                event,
                f"{text[:40]} is {int(digits[:40])} to some programs and a number to the base 8 to others.",
                f'write {int(digits[:40])}, or "{text[:40]}" if it is text.',
            )
            return REFUSED
        number = int(text) if len(text) <= 20 else LARGEST_INT + 1
        if abs(number) > LARGEST_INT:
            self.document.add_at(
                "number-too-large", event, f"whole numbers go up to {LARGEST_INT}.", "put it in quotes if it is text."
            )
            return REFUSED
        return number

    def text(self, event: Any) -> Data:
        """A text, if it is not too long and hides nothing behind escapes."""
        text: str = event.value
        if len(text) > TEXT_CHARACTERS:
            self.limit(
                event, f"the text has {len(text):,} characters; at most {TEXT_CHARACTERS:,} are read.", "shorten it."
            )
        if self.hashtags and event.style:
            self.quoted.append((event.start_mark.index, event.end_mark.index))
        if event.style == '"':
            if self.paired:
                text = STAND_INS.sub(joined, text)
            if HIDDEN.search(text):
                for found in HIDDEN.finditer(text):
                    if not belongs(text, found.start()):
                        self.document.add_at(
                            "hidden-character",
                            event,
                            f"an escape in this text stands for U+{ord(found[0]):04X}, which {unseen(found[0])}.",
                            "delete it.",
                        )
                        return REFUSED
        return text

    def refuse_hidden_hashtags(self) -> None:
        """Refuse a comment that looks like a hashtag: the text before it ends there, unseen."""
        if not self.hashtags:
            return
        told = {finding.line for finding in self.document.findings}
        starts = [start for start, _ in self.quoted]
        source, line, last, at = self.source, 1, 0, 0
        while found := COMMENT.search(source, at):
            at = found.start()
            inside = bisect_right(starts, at) - 1
            if inside >= 0 and at < self.quoted[inside][1]:
                at = max(at + 1, self.quoted[inside][1] - 1)
                continue
            line += source.count("\n", last, at)
            last, begin = at, source.rfind("\n", 0, at) + 1
            before = source[begin:at].strip()
            if found[1] and before and before[0] != "#" and line not in told:
                self.hashtag(line, at - begin + 1, found[0], before)
            at = source.find("\n", at)  # the rest of the line is the comment
            if at < 0:
                return

    def hashtag(self, line: int, column: int, text: str, before: str) -> None:
        """Add the finding for a hashtag that is read as a comment."""
        text = text.rstrip(",]}")[:60]
        if before[-1] in ":-?,[{":
            message, hint = (
                f"nothing stands here, because `{text}` starts a comment.",
                f'write "{text}"; for a comment, write a blank after #.',
            )
        else:
            message, hint = (
                f"the text before it ends here, because ` {text}` starts a comment.",
                "put the whole text in quotes; for a comment, write a blank after #.",
            )
        self.document.add_place("hashtag-or-comment", line, column, column + len(text), message, hint)

    def marks(self, event: Any) -> None:
        """Refuse anchors and tags."""
        if event.anchor:
            self.document.add_at(
                "anchor",
                event,
                f"`&{event.anchor}` marks a value for reuse; a policy says everything where it counts.",
                "a text that begins with & goes in quotes; to reuse, name a condition or a group.",
            )
        if event.tag:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")[:60]
            self.document.add_at(
                "tag",
                event,
                f"`{tag}` gives a type; types follow from the place.",
                "a text that begins with ! goes in quotes.",
            )

    def limit(self, event: Event, message: str, hint: str) -> None:
        """Give up at a limit."""
        self.document.add_at("limit-reached", event, message, hint)
        raise LimitError(self.document.findings[-1])

    def line(self, number: int) -> str:
        """A line of the text as the parser saw it, counted from 0."""
        return self.document.line(number + 1)


STRAY = StreamStartEvent()  # stands for a key that was refused already, until its value has passed


class Unquoted(float):
    """A number with a point: no place in a policy takes one, and the text it was written as is what the author meant."""

    text: str

    def __new__(cls, text: str) -> Unquoted:
        """Make one of its text."""
        number = super().__new__(cls, float(text))
        number.text = text
        return number


def stand_ins(found: re.Match[str]) -> str:
    """The escapes of two characters for private use that stand for the two halves of a character."""
    return f"{found[1]}\\u{int(found[2], 16) + 0x800:04x}\\u{int(found[3], 16) + 0x800:04x}"


def joined(found: re.Match[str]) -> str:
    """The character that two stand-ins are the halves of."""
    return chr(0x10000 + ((ord(found[0][0]) - 0xE000) << 10) + (ord(found[0][1]) - 0xE400))


def loader_of(source: str) -> Any:
    """The parser: that in C where PyYAML has it, or else that in Python, which takes tabs for blanks nowhere."""
    if hasattr(yaml, "CSafeLoader"):
        return yaml.CSafeLoader(source)
    if source.lstrip()[:1] in ("{", "["):
        source = re.sub(r"^[ \t]*\t[ \t]*", lambda found: " " * len(found[0]), source, flags=re.MULTILINE)
    return yaml.SafeLoader(source)
