"""Read YAML (or JSON) text into plain data, with a place for every key and value.

PyYAML's parser does the scanning; this module composes its events by itself, iteratively, because policies need what no
loader gives: YAML 1.2 scalars (``no`` is a word, ``2026-03-01`` is text), the line and column of every key and value, and
an error for everything that a reader would silently drop, merge or misread. Limits are checked inside the loop, since the
scanner itself takes quadratic time on deep nesting. Nothing global is changed but the garbage collector, which pauses
during a big load.
"""

from __future__ import annotations

import gc
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

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

from socialpolicy.loading.findings import Finding, Level, LimitError, listed
from socialpolicy.values import LARGEST_INT

FILE_BYTES = 8 * 1024 * 1024
FILE_BYTES_SLOW = 512 * 1024
"""The limit where PyYAML lacks its C extension and is some twenty times slower."""
DEPTH = 64
NODES = 600_000
LIST_ITEMS = 10_000
TEXT_CHARACTERS = 64 * 1024

Data: TypeAlias = Any
"""Plain data: None, bool, int, str, list, dict with str keys; and ``REFUSED`` where a value was refused already."""
Where: TypeAlias = tuple[str | int, ...]
"""The way from the top of a document to a value: keys and indices."""


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

    def add(
        self, id: str, where: Where, message: str, hint: str = "", *, key: bool = False, level: Level = Level.ERROR
    ) -> None:
        """Add a finding about the value at ``where`` (or about its key)."""
        self.add_at(id, self.event(where, key=key), message, hint, level)

    def add_at(self, id: str, event: Event | None, message: str, hint: str = "", level: Level = Level.ERROR) -> None:
        """Add a finding about what an event of the parser stands for."""
        line, column, end = 1, 1, 2
        if event is not None:
            start, stop = event.start_mark, event.end_mark
            line, column = start.line + 1, start.column + 1
            token = isinstance(event, ScalarEvent) and stop.line == start.line
            end = stop.column + 1 if token else column + 1
        self.add_place(id, line, column, end, message, hint, level)

    def add_place(
        self, id: str, line: int, column: int, end: int, message: str, hint: str = "", level: Level = Level.ERROR
    ) -> None:
        """Add a finding about a place in the text."""
        self.findings.append(
            Finding(id, message, self.name, line, column, max(end, column + 1), hint, level, self.line(line))
        )

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
        return (event.start_mark.line + 1, event.start_mark.column + 1) if event else (1, 1)

    @property
    def failed(self) -> bool:
        """Whether any finding is an error."""
        return any(finding.level is Level.ERROR for finding in self.findings)


def read_file(path: Path, *, root: Path | None = None, name: str | None = None) -> Document:
    """Read a file; a special file, one that is too large, or a link that leads out of ``root`` is refused."""
    document = Document(name if name is not None else path.as_posix())
    try:
        if root is not None and not path.resolve().is_relative_to(root.resolve()):
            document.add("outside-root", (), f"this link leads out of the folder {root.as_posix()}, so it is not followed.",
                         "put a copy of the file here instead.")
            return document
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError, RuntimeError) as error:
        reason = (error.strerror or "cannot be opened") if isinstance(error, OSError) else "is no file name, or a link that leads to itself"
        document.add("unreadable-file", (), f"cannot be read: {reason[:1].lower() + reason[1:]}.", "check the name and the rights.")
        return document
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            document.add("unreadable-file", (), "this is no ordinary file (a folder, a pipe or a device).", "give a file.")
            return document
        check_size(document.name, status.st_size)
        raw = file.read(FILE_BYTES + 1)
    return read_bytes(raw, document.name)


def read_bytes(raw: bytes, name: str) -> Document:
    """Read the bytes of a file, which have to be UTF-8."""
    check_size(name, len(raw))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        document = Document(name, raw[: error.start].decode("utf-8", "replace"))
        line = raw.count(b"\n", 0, error.start) + 1
        column = len(raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        kind = "UTF-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "not UTF-8"
        document.add_place("not-utf8", line, column, column + 1, f"the file is {kind}.", "save it as UTF-8.")
        return document
    return read_text(text, name)


def check_size(name: str, size: int) -> None:
    """Raise ``LimitError`` for a file over the limit."""
    limit = FILE_BYTES if hasattr(yaml, "CSafeLoader") else FILE_BYTES_SLOW
    if size > limit:
        raise LimitError(
            Finding("limit-reached", f"the file has {size:,} bytes; at most {limit:,} are read.", name,
                    hint="split it." if limit == FILE_BYTES else "install PyYAML with its C extension, or split it.")
        )


# Invisible or direction-changing characters, and line ends that not every program takes for one.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f\ud800-\udfff]|\r(?!\n)"
)
JOINER = "\u200d"  # joins emoji and letters; allowed between two visible characters that are not ASCII
SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
COMMENT_WITHOUT_BLANK = re.compile(r"(?<=[ \t])#\w\S*")
CORE_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
CORE_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
CLOCK = re.compile(r"[-+]?[0-9]{1,2}(?::[0-5]?[0-9]){1,2}(?:\.[0-9]*)?")
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def read_text(text: str, name: str) -> Document:
    """Read YAML or JSON text. What is wrong is in the document's findings; only a limit raises (``LimitError``)."""
    document = Document(name, text)
    hide(document)
    if document.findings:
        return document
    pausing = len(text) > 200_000 and gc.isenabled()
    if pausing:
        gc.disable()
    try:
        Composer(document).compose()
    except yaml.YAMLError as error:
        syntax(document, error)
    finally:
        if pausing:
            gc.enable()
    return document


def hide(document: Document) -> None:
    """Refuse characters that a reviewer cannot see."""
    for found in HIDDEN.finditer(document.text):
        at = found.start()
        if found[0] == JOINER and 0 < at < len(document.text) - 1 and document.text[at - 1] > "\x7f" < document.text[at + 1]:
            continue
        line = document.text.count("\n", 0, at) + 1
        column = at - (document.text.rfind("\n", 0, at) + 1) + 1
        document.add_place(
            "hidden-character", line, column, column + 1,
            f"the character U+{ord(found[0]):04X} cannot be seen, or changes how the text around it is shown.",
            "delete it.",
        )
        if len(document.findings) > 1000:
            return


class Composer:
    """Compose the parser's events into plain data with places. One use each."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.source = document.text
        if SURROGATES.search(self.source):
            # JSON writes characters beyond U+FFFF as two escapes, which YAML's scanner does not join.
            self.source = SURROGATES.sub(joined_surrogates, self.source)
        self.hashtags = [found for found in COMMENT_WITHOUT_BLANK.finditer(self.source) if self.behind_text(found.start())]
        self.quoted: list[tuple[int, int]] = []  # where quoted and block texts begin and end, if there are hashtags
        self.nodes = 0

    def compose(self) -> None:
        """Fill in the document's data and spot."""
        document = self.document
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(self.source)
        try:
            events: Iterator[Event] = iter(loader.get_event, None)
            data, spot, documents = REFUSED, None, 0
            for event in events:
                kind = type(event)
                if kind is DocumentStartEvent:
                    documents += 1
                    self.start_document(event, documents)
                elif kind is DocumentEndEvent or kind is StreamStartEvent:
                    continue
                elif documents > 1:
                    break
                elif kind is ScalarEvent or kind is AliasEvent:
                    data, spot = self.scalar(event), event
                elif kind is MappingStartEvent or kind is SequenceStartEvent:
                    data, spot = self.collection(event, events)
            if not documents or (isinstance(spot, ScalarEvent) and data is None):
                document.add("empty-file", (), "the file is empty.", "begin it with `socialpolicy: 1`.")
                data = REFUSED
            document.data, document.spot = data, spot
        finally:
            loader.dispose()
        self.refuse_hidden_hashtags()

    def start_document(self, event: Any, number: int) -> None:
        """Check what stands before a document: no directive but YAML 1.2, and no second document."""
        if number == 2:
            self.document.add_at("second-document", event, "a second document begins here; a file holds one.",
                                 "remove the line `---`, or put what follows into a file of its own.")
        if event.tags or event.version not in (None, (1, 2)):
            self.document.add_at("directive", event, "only the directive `%YAML 1.2` is understood.", "remove the others.")

    def collection(self, first: Any, events: Iterator[Event]) -> tuple[Data, Spot]:
        """Compose a mapping or list and all below it, without recursion."""
        top_data: Data = {} if type(first) is MappingStartEvent else []
        top_spot: MappingSpot | ListSpot = MappingSpot(first) if type(first) is MappingStartEvent else ListSpot(first)
        self.marks(first)
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
            if self.nodes > NODES:
                self.limit(event, f"the file has more than {NODES:,} keys and values.", "split it.")
            value: Data
            inner: Spot
            if kind is ScalarEvent:
                if type(spot) is MappingSpot and spot.waiting is None:
                    spot.waiting = event
                    continue
                value, inner = self.scalar(event), event
            elif kind is AliasEvent:
                value, inner = self.scalar(event), event
            else:
                self.marks(event)
                value, inner = ({}, MappingSpot(event)) if kind is MappingStartEvent else ([], ListSpot(event))
            if type(spot) is MappingSpot:
                self.entry(data, spot, value, inner)
            else:
                self.item(data, spot, value, inner, event)
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                stack.append((data, spot))
                if len(stack) >= DEPTH:
                    self.limit(event, f"this is nested more than {DEPTH} deep.", "no policy needs that: check the brackets and the indentation.")
                data, spot = value, inner  # type: ignore[assignment]
        return top_data, top_spot

    def entry(self, data: dict[str, Data], spot: MappingSpot, value: Data, inner: Spot) -> None:
        """Put a value under the key that waits for it; a collection or alias in a key's place is the key's own error."""
        event: Any = spot.waiting
        if event is None:
            self.document.add_at("non-string-key", inner if isinstance(inner, Event) else inner.start,
                                 "a key is one word or text, not a list, a mapping or a reference.", "write the key as text.")
            spot.waiting = STRAY
            return
        spot.waiting = None
        if event is STRAY:
            return
        key = self.key(event)
        if key is None:
            return
        if key in spot.keys:
            first = spot.keys[key].start_mark.line + 1
            self.document.add_at("duplicate-key", event, f"{key} is given twice; the first is on line {first}.",
                                 "keep one; to join two conditions, put them under one key.")
            return
        spot.keys[key] = event
        spot.values[key] = inner
        data[key] = value

    def key(self, event: Any) -> str | None:
        """The text of a key, or None where it is refused."""
        text: str = event.value
        if event.anchor or event.tag:
            self.marks(event)
        if event.implicit[0]:
            if text == "<<":
                self.document.add_at("merge-key", event, "`<<` would merge another mapping in; a policy says everything where it counts.",
                                     "write the entries out, or use a named condition or a group.")
                return None
            resolved = text if text[:1].isalpha() and text not in BOOLS and text not in NULLS else self.plain(event, key=True)
            if type(resolved) is not str:
                self.document.add_at("non-string-key", event, f"the key {text or '(nothing)'} would be read as a number or a yes/no, not as text.",
                                     f'write "{text}".')
                return None
        self.text(event)
        return text

    def item(self, data: list[Data], spot: ListSpot, value: Data, inner: Spot, event: Event) -> None:
        """Put a value at the end of a list; an entry with nothing in it is an error, with the hashtag in mind."""
        if value is None and isinstance(event, ScalarEvent):
            value = REFUSED
            rest = self.line(event.start_mark.line)[event.start_mark.column :].strip()
            before = self.line(event.start_mark.line).rstrip()
            tag = re.search(r"(?:^|\s)(#\S+)", rest) or re.search(r"(?:^|\s)-\s+(#\S+)", before)
            if tag:
                self.document.add_at("empty-value", event, f"this entry is empty: `{tag[1]}` starts a comment.", f'write "{tag[1]}".')
            else:
                self.document.add_at("empty-value", event, "this entry is empty.", "write what belongs here, or remove it.")
        if len(data) >= LIST_ITEMS:
            self.limit(event, f"the list has more than {LIST_ITEMS:,} entries.", "split it.")
        data.append(value)
        spot.items.append(inner)

    def scalar(self, event: Any) -> Data:
        """The value of a scalar by the core schema of YAML 1.2, or ``REFUSED``."""
        if type(event) is AliasEvent:
            text = self.source[event.start_mark.index : event.end_mark.index] if event.start_mark.index is not None else "*"
            self.document.add_at("alias", event, f"`{text}` refers to a marked value elsewhere; a policy says everything where it counts.",
                                 f'a text that begins with * goes in quotes: "{text}…".')
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
            if CLOCK.fullmatch(text) and not key:
                self.document.add_at("ambiguous-scalar", event, f"{text} is a time to people and a number to many programs.", f'write "{text}".')
                return REFUSED
        return self.text(event)

    def point(self, event: Any, text: str) -> Data:
        """A number with a point, or infinity, or what is no number."""
        number = Unquoted(text) if not text.strip("+-.").isalpha() and len(text) <= 400 else None
        if number is None or not -1e300 < number < 1e300:
            self.document.add_at("ambiguous-scalar", event, f"{text[:40]} is no number that is of use here.", f'write "{text[:40]}" if it is text.')
            return REFUSED
        return number

    def number(self, event: Any, text: str, key: bool) -> Data:
        """A whole number, if every reader reads it alike."""
        if key:
            return 0
        digits = text.lstrip("+-")
        if len(digits) > 1 and digits[0] == "0" and digits.isdigit():
            self.document.add_at("ambiguous-scalar", event, f"{text} is {int(digits[:40])} to some programs and a number to the base 8 to others.",
                                 f'write {int(digits[:40])}, or "{text}" if it is text.')
            return REFUSED
        number = int(text, 0) if len(text) <= 20 else LARGEST_INT + 1
        if abs(number) > LARGEST_INT:
            self.document.add_at("number-too-large", event, f"whole numbers go up to {LARGEST_INT}.", "put it in quotes if it is text.")
            return REFUSED
        return number

    def text(self, event: Any) -> Data:
        """A text, if it is not too long and hides nothing behind escapes."""
        text: str = event.value
        if len(text) > TEXT_CHARACTERS:
            self.limit(event, f"the text has {len(text):,} characters; at most {TEXT_CHARACTERS:,} are read.", "shorten it.")
        if self.hashtags and event.style:
            self.quoted.append((event.start_mark.index, event.end_mark.index))
        if event.style == '"':
            hidden = HIDDEN.search(text.replace("\n", ""))
            if hidden and hidden[0] != JOINER:
                self.document.add_at("hidden-character", event, f"an escape in this text stands for U+{ord(hidden[0]):04X}, which cannot be seen.", "delete it.")
                return REFUSED
        return text

    def behind_text(self, at: int) -> bool:
        """Tell whether anything but blanks stands before this place in its line."""
        return bool(self.source[self.source.rfind("\n", 0, at) + 1 : at].strip())

    def refuse_hidden_hashtags(self) -> None:
        """Refuse a comment that looks like a hashtag: the text before it ends there, unseen."""
        told = {finding.line for finding in self.document.findings}
        for found in self.hashtags:
            at = found.start()
            if any(start <= at < end for start, end in self.quoted):
                continue
            line = self.source.count("\n", 0, at) + 1
            column = at - self.source.rfind("\n", 0, at)
            if line not in told:
                self.document.add_place(
                    "hashtag-or-comment", line, column, column + len(found[0]),
                    f"the text before it ends here, because ` {found[0]}` starts a comment.",
                    "put the whole text in quotes; for a comment, write a blank after #.",
                )

    def marks(self, event: Any) -> None:
        """Refuse anchors and tags."""
        if event.anchor:
            self.document.add_at("anchor", event, f"`&{event.anchor}` marks a value for reuse; a policy says everything where it counts.",
                                 "a text that begins with & goes in quotes; to reuse, name a condition or a group.")
        if event.tag:
            self.document.add_at("tag", event, f"`{event.tag[:60]}` gives a type; types follow from the place.",
                                 "a text that begins with ! goes in quotes.")

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
        number = super().__new__(cls, float(text))
        number.text = text
        return number


def joined_surrogates(found: re.Match[str]) -> str:
    """One escape for the two halves of a character."""
    high, low = int(found[1], 16), int(found[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


SYNTAX_HINTS = (
    (re.compile(r"character '@'|character '`'|cannot start any token"), 'a text that begins with @, `, % or another sign goes in quotes, as in "@northwind".'),
    (re.compile(r"tab|'\\t'"), "indent with blanks, not with tabs."),
    (re.compile(r"mapping values are not allowed"), 'a text with ": " in it goes in quotes; or check the indentation.'),
    (re.compile(r"did not find expected ',' or|expected ',' or"), "inside { } and [ ] a text with , ? : or brackets goes in quotes."),
    (re.compile(r"alphabetic or numeric|alias"), 'a text that begins with * or & goes in quotes, as in "*.example".'),
    (re.compile(r"could not find expected ':'"), "a key is followed by a colon and a blank; check the indentation of the line before."),
    (re.compile(r"unexpected end of stream"), "a quote or bracket is not closed."),
    (re.compile(r"block end|block mapping|block collection"), "check the indentation: entries of one list or mapping begin in the same column."),
)


def syntax(document: Document, error: yaml.YAMLError) -> None:
    """Add the finding for text that is no YAML."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "this is no YAML")
    context = getattr(error, "context", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    line = min(line, max(1, len(re.split(r"\r?\n", document.text))))
    text = document.line(line)
    character = text[column - 1 : column]
    told = f"{context}, {problem}" if context else problem
    if character in set("@`%"):
        hint = f'a text that begins with {character} goes in quotes, as in "{text[column - 1 :].split(",")[0].strip(" ]}")}".'
    elif character == "\t":
        hint = "indent with blanks, not with tabs."
    elif text[column - 2 : column - 1] in set("*&") or character in set("*&"):
        hint = 'a text that begins with * or & goes in quotes, as in "*.example".'
    else:
        hint = next((hint for pattern, hint in SYNTAX_HINTS if pattern.search(told)), "check the quotes, brackets and indentation here and in the line before.")
    if "?" in text and ("}" in text or "]" in text) and "," in told:
        hint = "inside { } a text with ? , : or brackets goes in quotes, or on a line of its own."
    document.add_place("syntax", line, column, column + 1, f"{told}.", hint)


__all__ = ["Document", "MappingSpot", "REFUSED", "Unquoted", "Where", "listed", "read_bytes", "read_file", "read_text"]
