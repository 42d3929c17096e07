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
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
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

from socialpolicy.loading.findings import Finding, Level, LimitError, Mistakes, PolicyError, Where, listed
from socialpolicy.values import LARGEST_INT

FILE_BYTES = 8 * 1024 * 1024
FILE_BYTES_SLOW = 512 * 1024
"""The limit where PyYAML lacks its C extension and is some twenty times slower."""
DEPTH = 64
FINDINGS = 2000
"""After so many findings in one file nothing more is looked for."""
NODES = 600_000
NODES_SLOW = 120_000
LIST_ITEMS = 10_000
TEXT_CHARACTERS = 64 * 1024

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


def read_file(path: Path, *, root: Path | None = None, name: str | None = None) -> Document:
    """Read a file; a special file, one that is too large, or a link that leads out of ``root`` is refused."""
    document = Document(name if name is not None else path.as_posix())
    try:
        if root is not None and not path.resolve().is_relative_to(root.resolve()):
            document.add(
                "outside-root",
                (),
                f"this link leads out of the folder {root.as_posix()}, so it is not followed.",
                "put a copy of the file here instead.",
            )
            return document
        handle = os.open(
            path, os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
        )
    except (OSError, ValueError, RuntimeError) as error:
        reason = (
            (error.strerror or "cannot be opened")
            if isinstance(error, OSError)
            else "is no file name, or a link that leads to itself"
        )
        document.add(
            "unreadable-file",
            (),
            f"cannot be read: {reason[:1].lower() + reason[1:]}.",
            "check the name and the rights.",
        )
        return document
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            document.add(
                "unreadable-file", (), "this is no ordinary file (a folder, a pipe or a device).", "give a file."
            )
            return document
        check_size(document.name, status.st_size)
        raw = file.read(FILE_BYTES + 1)
    return read_bytes(raw, document.name)


def read_bytes(raw: bytes, name: str) -> Document:
    """Read the bytes of a file, which have to be UTF-8."""
    check_size(name, len(raw))
    if raw.count(0) > NOUGHTS:
        document = Document(name)
        kind = "UTF-16 or UTF-32" if raw[:2] in BYTE_ORDER_MARKS or raw[1::2].count(0) * 3 > len(raw) else "no text"
        document.add_place("not-utf8", 1, 1, 2, f"the file is {kind}.", "save it as text in UTF-8.")
        return document
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        document = Document(name, raw[: error.start].decode("utf-8", "replace"))
        line = raw.count(b"\n", 0, error.start) + 1
        column = len(raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        kind = "UTF-16" if raw[:2] in BYTE_ORDER_MARKS else "not UTF-8"
        document.add_place("not-utf8", line, column, column + 1, f"the file is {kind}.", "save it as UTF-8.")
        return document
    return read_text(text, name)


def check_size(name: str, size: int) -> None:
    """Raise ``LimitError`` for a file over the limit."""
    limit = FILE_BYTES if hasattr(yaml, "CSafeLoader") else FILE_BYTES_SLOW
    if size > limit:
        raise LimitError(
            Finding(
                "limit-reached",
                f"the file has {size:,} bytes; at most {limit:,} are read.",
                name,
                hint="split it." if limit == FILE_BYTES else "install PyYAML with its C extension, or split it.",
            )
        )


# Invisible or direction-changing characters, and line ends that not every program takes for one.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\ud800-\udfff]|\r(?!\n)"
)
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
JOINER = "\u200d"  # joins emoji and letters; allowed between two visible characters that are not ASCII
STYLES = "\ufe0e\ufe0f"  # a character as text or as an emoji; allowed behind one that may be either
NOUGHTS = 8  # bytes of nought, from which on a file is taken for no text
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
HIDDEN_AT_MOST = 1000
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


def read_text(text: str, name: str) -> Document:
    """Read YAML or JSON text. What is wrong is in the document's findings; only a limit raises (``LimitError``)."""
    document = Document(name, text)
    hide(document)
    if document.findings:
        return document
    with collecting_later(len(text)):
        try:
            Composer(document).compose()
        except yaml.YAMLError as error:
            syntax(document, error)
    return document


@contextmanager
def collecting_later(size: int) -> Iterator[None]:
    """Let the garbage collector pause during a big load: nothing that a load makes is garbage."""
    pausing = size > 200_000 and gc.isenabled()
    if pausing:
        gc.disable()
    try:
        yield
    finally:
        if pausing:
            gc.enable()


def hide(document: Document) -> None:
    """Refuse characters that a reviewer cannot see."""
    text = document.text
    if text.isascii() and not CONTROLS.search(text):
        return
    line, begin, last = 1, 0, 0
    for found in HIDDEN.finditer(text):
        at = found.start()
        if belongs(text, at):
            continue
        line += text.count("\n", last, at)
        begin = max(begin, text.rfind("\n", last, at) + 1)
        last = at
        column = at - begin + 1
        document.add_place(
            "hidden-character",
            line,
            column,
            column + 1,
            f"the character U+{ord(found[0]):04X} {unseen(found[0])}.",
            "delete it.",
        )
        if len(document.findings) >= HIDDEN_AT_MOST:
            return


def belongs(text: str, at: int) -> bool:
    """Tell whether a character that cannot be seen belongs to those around it, as in an emoji."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] == JOINER:
        return before > "\x7f" < after
    return text[at] in STYLES and (before > "\x7f" or before in set("0123456789#*")) and not HIDDEN.match(before)


def unseen(character: str) -> str:
    """Why a character is refused."""
    return (
        "ends a line for some programs only"
        if character in "\r\x85\u2028\u2029"
        else "cannot be seen, or changes how the text around it is shown"
    )


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


SECOND = ("a second document begins here; a file holds one.", "remove it, or put it into a file of its own.")
QUOTE_IT = "inside { } and [ ] a text with , ? : # or brackets goes in quotes."
COLUMNS = "check the indentation: entries of one list or mapping begin in the same column."


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the parser says, told in the author's words. ``begin`` is whether it stands where the thing begins that fails."""

    said: re.Pattern[str]
    begin: bool
    message: str
    hint: str


def trouble(said: str, message: str, hint: str, *, begin: bool = False) -> Trouble:
    """One row of the table."""
    return Trouble(re.compile(said), begin, message, hint)


# What the two parsers (in C, in Python) say of one mistake differs in words alone; the first row that fits counts.
TROUBLES = (
    trouble(r"tab|'\\t'", "a tab stands here.", "indent with blanks, not with tabs."),
    trouble(r"quoted scalar.*(end of stream|document)", "this quote is not closed.", "close it; a quote inside quotes is written twice ('') or as \\\".", begin=True),
    trouble(r"escape|hexdecimal", "this backslash stands for no character.", r"write the character itself, \\ for a backslash, or the text in single quotes."),
    trouble(r"cannot start any token", "a text cannot begin with this sign.", "put the text in quotes."),
    trouble(r"an (alias|anchor)", "a text cannot begin with * or &.", 'put it in quotes, as in "*.example".', begin=True),
    trouble(r"a tag|tag handle|parsing a node", "a text cannot begin with !.", "put it in quotes.", begin=True),
    trouble(r"block scalar", "| or > begins a text on the lines below, and nothing stands behind it.", "put a text that begins with | or > in quotes.", begin=True),
    trouble(r"simple key", "a colon with a blank behind it is missing: this is no `key: value`.", "write `key: value`; or check the indentation of this line and the one before.", begin=True),
    trouble(r"mapping values are not", "a colon with a blank behind it begins a value, and none can begin here.", 'put a text with ": " in it in quotes; or check the indentation of this line and the one before.'),
    trouble(r"sequence entries are not", "a list cannot begin behind a key on the same line.", "begin each entry on a line of its own, or write [a, b]."),
    trouble(r"mapping keys are not", "a key cannot begin here.", "put a text that begins with ? in quotes."),
    trouble(r"node content", "something is missing here.", "remove the comma or the bracket that is too many; " + QUOTE_IT),
    trouble(r"flow (mapping|sequence)", "a comma or the closing bracket is missing before this.", QUOTE_IT),
    trouble(r"block (mapping|collection|end)", "this line fits no entry above it.", COLUMNS),
)  # fmt: skip


def syntax(document: Document, error: yaml.YAMLError) -> None:
    """Add the finding for text that is no YAML."""
    mark, begin = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    mark = mark or begin
    said = f"{getattr(error, 'context', None) or ''}: {getattr(error, 'problem', None) or error}"
    row = next((row for row in TROUBLES if row.said.search(said)), None)
    if row and row.begin and begin:
        mark = begin
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    document.line(1)
    ended = line > len(document.lines) or not "".join(document.lines[line - 1 :])[column - 1 :].strip()
    if ended:
        line, column = last_place(document)
    id, message, hint = (
        "syntax",
        row.message if row else f"this is no YAML ({said.strip(': ')[:200]}).",
        row.hint if row else "",
    )
    if "<document start>" in said:
        id, (message, hint) = "second-document", SECOND
    elif (
        row
        and "node content" not in said
        and "flow " in said
        and begin
        and (ended or unclosed(document, begin.line + 1, line))
    ):
        line, column, message = begin.line + 1, begin.column + 1, "this bracket is not closed."
        tag = re.search(r"\s(#\w+)", document.line(line)[column:])
        hint = (
            f'`{tag[1]}` starts a comment; write "{tag[1]}".'
            if tag
            else "close it. " + QUOTE_IT[0].upper() + QUOTE_IT[1:]
        )
    elif row:
        line, column, message, hint = nearer(document, line, column, said, message, hint)
    document.findings = [finding for finding in document.findings if finding.line != line]
    document.add_place(id, line, column, column + 1, message, hint)


def last_place(document: Document) -> tuple[int, int]:
    """Where the last letter of a document stands."""
    line = next((number for number in range(len(document.lines), 0, -1) if document.line(number).strip()), 1)
    return line, max(1, len(document.line(line).rstrip()))


def unclosed(document: Document, opened: int, line: int) -> bool:
    """Whether a bracket opened on one line was still open when the text on another went on outside it."""
    return line > opened and indentation(document.line(line)) <= indentation(document.line(opened))


def indentation(text: str) -> int:
    """How many blanks a line begins with."""
    return len(text) - len(text.lstrip(" "))


def nearer(document: Document, line: int, column: int, said: str, message: str, hint: str) -> tuple[int, int, str, str]:
    """Tell the mistakes more exactly that can be told by the text around them."""
    text = document.line(line)
    here, before = text[column - 1 : column], text[: column - 1]
    for number in (line, line - 1):
        told = document.line(number).strip()
        if told.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            return (
                number,
                1,
                "two versions of this text were merged and are still both here.",
                "settle it, and remove the lines with <<<<<<<, ======= and >>>>>>>.",
            )
        if told.startswith(("//", "/*")):
            return (
                number,
                document.line(number).index("/") + 1,
                "this is no comment.",
                "remove it; comments begin with # and a blank, and JSON has none.",
            )
    if "{{" in text or "{%" in text:
        at = min(place for place in (text.find("{{"), text.find("{%")) if place >= 0)
        return (
            line,
            at + 1,
            "a text cannot begin with this sign.",
            "fill in the template first, or put the text in quotes.",
        )
    if "escape" in said or "hexdecimal" in said:
        return line, text.rfind("\\", 0, column) + 1 or column, message, hint
    if "start any token" in said and here in ("@", "`", "%"):
        word = text[column - 1 :].split(",")[0].strip(" ]}")[:40]
        return line, column, f"a text cannot begin with {here}.", f'put it in quotes, as in "{word}".'
    if "simple key" in said and text.find(":", column) > column + 1000:
        return line, column, "this key has more than 1,024 characters.", "write a shorter one."
    if "simple key" in said and here in ('"', "'") and text.count(here) % 2:
        return line, column, "a key has to stand on one line.", "close the quote on this line."
    if "block " in said:
        if here in ("}", "]"):
            return line, column, "this bracket closes nothing.", "remove it, or put the text in quotes."
        if here == ":":
            return line, column, "the key before this colon is missing.", "write `key: value`."
        if before.rstrip().endswith(('"', "'")):
            return (
                line,
                column,
                "the text in quotes ends before this.",
                "a quote inside quotes is written twice ('') or as \\\".",
            )
        if before.strip():
            return line, column, "the value before this ends here.", "put the whole text in quotes."
    return line, column, message, hint


__all__ = ["REFUSED", "Document", "MappingSpot", "Unquoted", "Where", "listed", "read_bytes", "read_file", "read_text"]
