"""A text taken apart: collections, scalars and comments, each as it stands in the text and where it belongs.

The parser's events say where every scalar begins and ends, and how they are nested. Between two scalars there is nothing but
blanks, line ends, punctuation and comments; so the comments are found there, and each is given to the entry that it stands
above, behind or at the end of. A scalar is never read: it stays the piece of text that it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from socialpolicy.loading.composing import Composer, loader_of
from socialpolicy.loading.documents import Document

COMMENT = re.compile(r"#[^\n]*")
HEADER = re.compile(r"([|>][-+0-9]*)[ \t]*(#[^\n]*)?(?:\n|$)")
ENDS = (MappingEndEvent, SequenceEndEvent)


class NotLaidOutError(Exception):
    """A text that is written in a way for which there is no canonical layout; with the line and column."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.line, self.column, self.message = line, column, message


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: its text, its place, whether it has a line of its own, and whether an empty line stands above it."""

    text: str
    at: int
    line: int
    column: int
    alone: bool
    blank: bool


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar as it stands in the text. ``style`` is its quote, ``|`` or ``>``, or nothing; ``value`` is what it says.

    A block text has its indicator in ``source`` and below it its lines, without the indentation that they share.
    """

    source: str
    value: str
    style: str = ""


@dataclass(slots=True)
class Item:
    """An entry of a mapping or list.

    ``lead`` are the comments above it, ``between`` those between key and value (the one on the key's line is
    ``behind_key``), ``trail`` is the one behind the value. ``blank`` is whether an empty line stands directly above,
    ``broken`` whether it begins a line, ``below`` whether the value begins on a line below its key.
    """

    value: Node | None = None
    key: Scalar | None = None
    lead: list[Comment] = field(default_factory=list)
    behind_key: Comment | None = None
    between: list[Comment] = field(default_factory=list)
    trail: Comment | None = None
    blank: bool = False
    broken: bool = False
    below: bool = False
    colon: bool = True

    def raise_above(self, comments: list[Comment]) -> None:
        """Let comments from inside stand above the entry; an empty line above it then stands above them."""
        for comment in comments:
            self.lead.append(replace(comment, blank=self.blank if comment is comments[0] else comment.blank))
            self.blank = False


@dataclass(slots=True)
class Block:
    """A mapping or list by indentation. ``tail`` are the comments at its end, below its last entry."""

    mapping: bool
    column: int
    items: list[Item] = field(default_factory=list)
    tail: list[Comment] = field(default_factory=list)


@dataclass(slots=True)
class Flow:
    """A mapping or list in brackets; ``brackets`` is empty for a single pair inside a list.

    ``behind`` is the comment behind the opening bracket; ``comma`` is whether one stands behind the last entry, and
    ``broken`` whether the closing bracket begins a line.
    """

    mapping: bool
    brackets: str
    items: list[Item] = field(default_factory=list)
    behind: Comment | None = None
    tail: list[Comment] = field(default_factory=list)
    comma: bool = False
    broken: bool = False


Node: TypeAlias = Scalar | Block | Flow


@dataclass(slots=True)
class Tree:
    """A whole text: the lines before ``---`` (None where there is no ``---``), the root, and the lines from ``...`` on.

    ``unfinished`` is whether a line end behind the text would become part of its last scalar.
    """

    root: Block | Flow
    before: list[str] | None = None
    lead: list[Comment] = field(default_factory=list)
    trail: Comment | None = None
    after: list[str] = field(default_factory=list)
    unfinished: bool = False


def tree_of(text: str, events: list[Any] | None = None) -> Tree:
    """Take apart a text that was read without an error and whose lines end with a line feed alone.

    Raises ``NotLaidOutError``.
    """
    return Reader(text, events or events_of(text)).tree()


def events_of(text: str) -> list[Any]:
    """The parser's events for a text."""
    loader = loader_of(Composer(Document("", text)).source)
    try:
        return list(iter(loader.get_event, None))
    finally:
        loader.dispose()


def scalars_of(text: str, events: list[Any]) -> Iterator[Scalar]:
    """The scalars of a text, in their order."""
    for event in events:
        if is_scalar(event) and not empty(event):
            yield scalar_of(text, event, 0)


def comments_of(text: str, events: list[Any]) -> Iterator[Comment]:
    """The comments of a text, in their order: whatever stands behind a # between two scalars, or behind a | or >."""
    starts = starts_of(text)
    last = 0
    for event in events:
        kind = type(event)
        if kind is ScalarEvent and not empty(event):
            start, end = event.start_mark.index, event.end_mark.index
            yield from comments_between(text, last, start, starts)
            if event.style in ("|", ">"):
                header = HEADER.match(text, start)
                if header and header[2]:
                    yield comment_at(text, header.start(2), header.end(2), starts)
            last = end
        elif kind is StreamEndEvent:
            yield from comments_between(text, last, len(text), starts)


def starts_of(text: str) -> list[int]:
    """Where the lines of a text begin."""
    return [0, *(found.end() for found in re.finditer("\n", text))]


def comments_between(text: str, start: int, end: int, starts: list[int]) -> Iterator[Comment]:
    """The comments in a piece of text without scalars."""
    if text.find("#", start, end) >= 0:
        for found in COMMENT.finditer(text, start, end):
            yield comment_at(text, found.start(), found.end(), starts)


def comment_at(text: str, start: int, end: int, starts: list[int]) -> Comment:
    """The comment at a place."""
    line = bisect_right(starts, start) - 1
    begin = starts[line]
    above = text[starts[line - 1] : begin] if line else "."
    alone = not text[begin:start].strip(" \t")
    return Comment(text[start:end].rstrip(), start, line, start - begin, alone, not above.strip())


def scalar_of(text: str, event: Any, parent: int) -> Scalar:
    """A scalar as it stands in the text; ``parent`` is the column of what it is an entry of."""
    piece = text[event.start_mark.index : event.end_mark.index]
    if event.style in ("|", ">"):
        return Scalar(block_text(piece, event.value, parent), event.value, event.style)
    style = piece[0] if event.style else ""
    if "\n" in piece:
        piece = "\n".join(folded_lines(piece, style))
    return Scalar(piece, event.value, style)


def folded_lines(piece: str, style: str) -> Iterator[str]:
    """The lines of a text of several lines in quotes, or without, with no blanks around them but those that count."""
    lines = piece.split("\n")
    for number, line in enumerate(lines):
        kept = line if number == 0 else line.lstrip(" \t")
        if number < len(lines) - 1:
            short = kept.rstrip(" \t")
            escapes = len(short) - len(short.rstrip("\\"))
            # In double quotes a blank behind a backslash is one that counts.
            kept = kept[: len(short) + 1] if style == '"' and escapes % 2 else short
        yield kept


def block_text(piece: str, value: str, parent: int) -> str:
    """A text behind | or >: its indicator, and its lines without the indentation that they share."""
    header = HEADER.match(piece)
    assert header is not None
    indicator, lines = header[1], piece[header.end() :].split("\n")
    digit = next((int(sign) for sign in indicator if sign.isdigit()), 0)
    first = next((line for line in lines if line.strip(" ")), "")
    indentation = parent + digit if digit else len(first) - len(first.lstrip(" "))
    kept = [line[indentation:] for line in lines]
    while kept and not kept[-1]:
        kept.pop()
    if "+" in indicator:  # the empty lines at the end count
        ends = len(value) - len(value.rstrip("\n"))
        kept += [""] * (ends - 1 if kept else ends)
    return "\n".join([re.sub(r"\d", "2", indicator), *kept])


def empty(event: Any) -> bool:
    """Whether an event stands for a value of which nothing is written."""
    return is_scalar(event) and event.start_mark.index == event.end_mark.index


def is_scalar(event: Any) -> bool:
    """Whether an event stands for a scalar."""
    return type(event) is ScalarEvent


class Reader:
    """Takes a text apart. One use each."""

    def __init__(self, text: str, events: list[Any]) -> None:
        self.text, self.events = text, events
        self.next = 0
        self.end = 0  # where the last scalar or bracket ends
        self.end_line = 0
        self.starts = starts_of(text)
        self.unfinished = False
        self.comments = list(comments_of(text, self.events))
        self.taken = 0

    def tree(self) -> Tree:
        """The whole text."""
        before: list[str] | None = None
        lead: list[Comment] = []
        trail: Comment | None = None
        while type(self.peek()) in (StreamStartEvent, DocumentStartEvent):
            event = self.step()
            if getattr(event, "explicit", False):
                self.end, self.end_line = event.end_mark.index, event.end_mark.line
                before = [line.rstrip() for line in self.text[: self.end - 3].split("\n") if line.strip()]
                self.take(self.end)
        if before is not None:
            trail = self.behind(self.end_line)
        if not is_scalar(self.peek()) and self.peek().flow_style:
            lead = self.take(self.peek().start_mark.index)
        root = self.node(-1)
        assert isinstance(root, Block | Flow)
        event = self.step()  # the end of the document
        after: list[str] = []
        stop = len(self.text)
        if event.explicit:
            stop = event.start_mark.index
            after = [line.strip() for line in self.text[stop:].split("\n") if line.strip()]
        left = self.take(stop)
        if isinstance(root, Block):
            root.tail.extend(self.attached(root, left, -1))
        else:
            after = [*(comment.text for comment in left), *after]
        return Tree(root, before, lead, trail, after, self.unfinished)

    # -- events and comments -----------------------------------------------------------------------------------------

    def peek(self) -> Any:
        """The event that comes next."""
        return self.events[self.next]

    def step(self) -> Any:
        """The next event, taken."""
        event = self.events[self.next]
        self.next += 1
        return event

    def take(self, end: int) -> list[Comment]:
        """The comments up to a place that nobody has taken yet."""
        first = self.taken
        while self.taken < len(self.comments) and self.comments[self.taken].at < end:
            self.taken += 1
        return self.comments[first : self.taken]

    def behind(self, line: int) -> Comment | None:
        """The comment that stands behind something on a line, taken."""
        if self.taken < len(self.comments):
            comment = self.comments[self.taken]
            if comment.line == line:
                self.taken += 1
                return comment
        return None

    def line_of(self, place: int) -> int:
        """The line that a place is on."""
        return bisect_right(self.starts, place) - 1

    def blank_above(self, line: int) -> bool:
        """Whether the line above is empty."""
        return line > 0 and not self.text[self.starts[line - 1] : self.starts[line]].strip()

    # -- nodes -------------------------------------------------------------------------------------------------------

    def node(self, parent: int) -> Node | None:
        """The next node; None for nothing."""
        event = self.peek()
        if is_scalar(event):
            return self.scalar(parent)
        self.step()
        return self.flow(event) if event.flow_style else self.block(event)

    def scalar(self, parent: int) -> Scalar | None:
        """The next scalar; None for nothing."""
        event = self.step()
        if empty(event):
            if event.start_mark.index > self.end:
                self.end, self.end_line = event.start_mark.index, event.start_mark.line
            return None
        found = scalar_of(self.text, event, max(parent, 0))
        self.end = event.end_mark.index
        if found.style in ("|", ">"):
            self.end_line = event.start_mark.line  # a comment may stand behind the indicator
            kept = bool(found.value) and "-" not in found.source.partition("\n")[0]
            self.unfinished = kept and not found.value.endswith("\n")
        else:
            self.end_line = event.end_mark.line
        return found

    def key(self, parent: int) -> Scalar:
        """The next key."""
        event = self.peek()
        found = self.scalar(parent)
        if found is None or event.start_mark.line != event.end_mark.line:
            begin = event.start_mark
            raise NotLaidOutError(
                begin.line + 1, begin.column + 1, "this key is written over several lines; write it on one."
            )
        return found

    def block(self, start: Any) -> Block:
        """The entries of a mapping or list by indentation, up to its end."""
        block = Block(type(start) is MappingStartEvent, start.start_mark.column)
        while type(self.peek()) not in ENDS:
            previous = block.items[-1].value if block.items else None
            item = self.entry(block, previous) if block.mapping else self.dash(block, previous, start)
            block.items.append(item)
        self.step()
        return block

    def entry(self, block: Block, previous: Node | None) -> Item:
        """The next entry of a mapping by indentation."""
        event = self.peek()
        lead = self.attached(previous, self.take(event.start_mark.index), block.column)
        first = not block.items and not lead  # which perhaps stands behind a dash
        item = Item(lead=lead, blank=not first and self.blank_above(event.start_mark.line), broken=True)
        item.key = self.key(block.column)
        value = self.peek()
        line = self.end_line
        if empty(value):
            item.value = self.scalar(block.column)
            item.trail = self.behind(self.end_line)
            return item
        item.below = value.start_mark.line > line
        if item.below:
            item.behind_key = self.behind(line)
        if is_scalar(value) or value.flow_style:
            item.between = self.take(value.start_mark.index)
        item.value = self.node(block.column)
        if not isinstance(item.value, Block):
            item.trail = self.behind(self.end_line)
        return item

    def dash(self, block: Block, previous: Node | None, start: Any) -> Item:
        """The next entry of a list by indentation."""
        value = self.peek()
        dash = self.place_of_dash(max(self.end, start.start_mark.index), value.start_mark.index)
        lead = self.attached(previous, self.take(dash), block.column)
        item = Item(lead=lead, broken=True)
        item.blank = self.blank_above(self.line_of(dash))
        if not empty(value):
            item.raise_above(self.take(value.start_mark.index))
        item.value = self.node(block.column)
        if isinstance(item.value, Block):
            first = item.value.items[0]
            item.raise_above(first.lead)
            first.lead = []
        else:
            item.trail = self.behind(self.end_line)
        return item

    def place_of_dash(self, start: int, end: int) -> int:
        """Where the first dash stands in a piece of text without scalars."""
        while True:
            dash, comment = self.text.find("-", start, end), self.text.find("#", start, end)
            if comment < 0 or dash < comment:
                return dash
            start = self.text.index("\n", comment)

    def attached(self, previous: Node | None, comments: list[Comment], column: int) -> list[Comment]:
        """Give comments to the ends of the collections that ended, by their columns; return those for what comes next."""
        ended: list[Block] = []
        while isinstance(previous, Block):
            ended.append(previous)
            previous = previous.items[-1].value if previous.items else None
        for number, comment in enumerate(comments):
            while ended and ended[-1].column > comment.column:
                ended.pop()
            if comment.column <= column or not ended:
                return comments[number:]
            ended[-1].tail.append(comment)
        return []

    def flow(self, start: Any) -> Flow:
        """The entries of a mapping or list in brackets, up to its end."""
        mapping = type(start) is MappingStartEvent
        bracket = self.text[start.start_mark.index]
        brackets = {"{": "{}", "[": "[]"}.get(bracket, "") if bracket == ("{" if mapping else "[") else ""
        flow = Flow(mapping, brackets)
        if brackets:
            self.end, self.end_line = start.start_mark.index + 1, start.start_mark.line
        while type(self.peek()) not in ENDS:
            flow.items.append(self.flow_item(flow))
        end = self.step()
        if brackets:
            last, line = self.end, self.end_line
            place = end.start_mark.index
            self.leading(flow, flow.tail, place)
            gap = COMMENT.sub("", self.text[last:place])
            flow.comma, flow.broken = "," in gap, end.start_mark.line > line
            self.end, self.end_line = end.end_mark.index, end.end_mark.line
        return flow

    def flow_item(self, flow: Flow) -> Item:
        """The next entry in brackets."""
        event = self.peek()
        begin = event.start_mark
        item = Item(broken=bool(flow.brackets) and begin.line > self.end_line, blank=self.blank_above(begin.line))
        self.leading(flow, item.lead, begin.index)
        if flow.mapping:
            item.key = self.key(0)
            end = self.end
            value = self.peek()
            if empty(value):  # it may be told to stand on a line further down
                self.step()
                item.colon = ":" in COMMENT.sub("", self.text[end : value.start_mark.index])
            else:
                item.lead += self.take(value.start_mark.index)
                item.value = self.node(0)
        else:
            item.value = self.node(0)
        return item

    def leading(self, flow: Flow, lead: list[Comment], end: int) -> None:
        """Give the comments up to a place in brackets to what they stand behind, or else to ``lead``."""
        for comment in self.take(end):
            if not comment.alone and not lead and not flow.items and flow.behind is None and flow.brackets:
                flow.behind = comment
            elif not comment.alone and not lead and flow.items and flow.items[-1].trail is None:
                flow.items[-1].trail = comment
            else:
                lead.append(comment)
