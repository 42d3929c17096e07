"""Write a tree down in the canonical layout.

Two blanks for each level, and entries of a list two blanks further in than their key; one blank behind a colon and a comma, two
before a comment behind something; never two empty lines. Entries of the long sections stand apart. Where the author broke a
line in brackets or in a sentence, it stays broken there.
"""

from __future__ import annotations

from collections.abc import Iterable

from socialpolicy.formatting.trees import Block, Comment, Flow, Item, Node, Scalar, Tree

WIDTH = 120
"""A value below its key joins it where the line has no more columns than this."""
APART = frozenset({"rules", "guarantees", "playbooks", "cases"})
"""The sections whose entries stand apart: an empty line between two of which one has several lines."""


def laid_out(tree: Tree) -> str:
    """A tree as text."""
    writer = Writer()
    if tree.before is not None:
        writer.lines += [*tree.before, "---" + behind(tree.trail)]
    writer.comments(tree.lead, 0, first=True)
    if isinstance(tree.root, Block):
        writer.block(tree.root, 0, top=True)
    else:
        writer.lines += flow_lines(tree.root, 0)
    writer.lines += tree.after
    return "\n".join(writer.lines) + ("" if tree.unfinished else "\n")


class Writer:
    """The lines so far. ``head`` is the beginning of a line whose rest is still to come."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.head: str | None = None
        self.kept = -1  # behind this many lines an empty one would become part of the text before it

    def line(self, text: str, indentation: int) -> None:
        """Write a line, or the rest of one."""
        self.lines.append(" " * indentation + text if self.head is None else self.head + text)
        self.head = None

    def blank(self) -> None:
        """Write an empty line, unless there is one."""
        if self.lines and self.lines[-1] and len(self.lines) != self.kept:
            self.lines.append("")

    def comments(self, comments: Iterable[Comment], indentation: int, *, first: bool = False) -> None:
        """Write comments on lines of their own."""
        for number, comment in enumerate(comments):
            if comment.blank and not (first and number == 0):
                self.blank()
            self.line(comment.text, indentation)

    def block(self, block: Block, indentation: int, *, top: bool = False, apart: bool = False) -> None:
        """Write a mapping or list by indentation."""
        before, after_long = 0, False  # how many lines the entry before has, and whether it is a long section
        for number, item in enumerate(block.items):
            begin, kept = len(self.lines), self.kept
            self.comments(item.lead, indentation, first=number == 0)
            if item.blank and (number or item.lead):
                self.blank()
            begun = len(self.lines)
            section = top and item.key is not None and item.key.value in APART
            if block.mapping:
                self.entry(item, indentation, apart=section)
            else:
                self.dash(item, indentation)
            size = len(self.lines) - begun
            long = section and size > 1
            if number and (long or after_long or (apart and max(size, before) > 1)):
                self.part(begin, kept)
            before, after_long = size, long
        self.comments(block.tail, indentation)

    def part(self, place: int, kept: int) -> None:
        """See that there is an empty line at a place."""
        if place != kept and self.lines[place] and self.lines[place - 1]:
            self.lines.insert(place, "")
            self.kept += self.kept > place

    def entry(self, item: Item, indentation: int, *, apart: bool = False) -> None:
        """Write an entry of a mapping by indentation."""
        assert item.key is not None
        key, inner = item.key.source + ":", indentation + 2
        if isinstance(item.value, Block):
            self.line(key + behind(item.behind_key), indentation)
            self.block(item.value, inner, apart=apart)
            return
        lines = value_lines(item.value, inner)
        if item.behind_key or item.between:
            self.line(key + behind(item.behind_key), indentation)
            self.comments(item.between, inner)
        elif item.below and (len(lines) > 1 or indentation + len(key) + 1 + len(lines[0]) > WIDTH) and not text(item):
            self.line(key, indentation)
        else:
            lines[0] = f"{key} {lines[0]}" if lines[0] else key
            inner = indentation
        self.value(lines, item, inner)

    def dash(self, item: Item, indentation: int) -> None:
        """Write an entry of a list by indentation."""
        head = " " * indentation if self.head is None else self.head
        self.head = head + "- "
        if isinstance(item.value, Block):
            self.block(item.value, indentation + 2)
        elif item.value is None:
            self.head = head + "-"
            self.line(behind(item.trail), 0)
        else:
            self.value(value_lines(item.value, indentation + 2), item, indentation)

    def value(self, lines: list[str], item: Item, indentation: int) -> None:
        """Write a value; the comment stands behind its last line, or behind the indicator of a block text."""
        lines[0 if text(item) else -1] += behind(item.trail)
        self.line(lines[0], indentation)
        self.lines += lines[1:]
        if text(item) and "+" in lines[0].partition("#")[0]:
            self.kept = len(self.lines)


def text(item: Item) -> bool:
    """Whether the value of an entry is a text behind | or >."""
    return isinstance(item.value, Scalar) and item.value.style in ("|", ">")


def behind(comment: Comment | None) -> str:
    """A comment behind something."""
    return f"  {comment.text}" if comment else ""


def value_lines(value: Node | None, indentation: int) -> list[str]:
    """The lines of a scalar or of a collection in brackets; those behind the first with this indentation or more."""
    match value:
        case None:
            return [""]
        case Flow():
            return flow_lines(value, indentation)
        case Scalar(source):
            first, *others = source.split("\n")
            return [first, *(" " * indentation + line if line else "" for line in others)]
        case Block():
            raise AssertionError("a block has no place in brackets")


def flow_lines(flow: Flow, indentation: int) -> list[str]:
    """The lines of a collection in brackets.

    Where a line ends behind the opening bracket, the entries go in two blanks further than the closing bracket; elsewhere
    lines go on in the column of the bracket's own line, and the closing bracket follows the last entry.
    """
    lines = [flow.brackets[:1] + behind(flow.behind)]
    hanging = flow.behind is not None or any(item.broken or item.lead for item in flow.items[:1])
    inner = indentation + 2 if hanging else indentation
    broken = flow.behind is not None
    for number, item in enumerate(flow.items):
        parts = flow_item_lines(item, inner)
        if broken or item.lead or item.broken:
            for place, comment in enumerate(item.lead):
                if comment.blank and (number or place):
                    lines.append("")
                lines.append(" " * inner + comment.text)
            if item.blank and item.broken and (number or item.lead):
                lines.append("")
            lines.append(" " * inner + parts[0])
        else:
            lines[-1] += (" " if number else "") + parts[0]
        lines += parts[1:]
        last = number == len(flow.items) - 1
        broken = item.trail is not None
        closing = broken or bool(flow.tail) or (flow.broken and hanging)
        if not last or (flow.comma and closing):
            lines[-1] += ","
        elif closing:
            lines[-1] = lines[-1].rstrip()
        lines[-1] += behind(item.trail)
    for place, comment in enumerate(flow.tail):
        if comment.blank and (flow.items or place):
            lines.append("")
        lines.append(" " * inner + comment.text)
    if broken or flow.tail or (flow.broken and hanging):
        lines.append(" " * indentation + flow.brackets[1:])
    else:
        lines[-1] += flow.brackets[1:]
    return lines


def flow_item_lines(item: Item, indentation: int) -> list[str]:
    """The lines of an entry in brackets, without the comments around it."""
    lines = value_lines(item.value, indentation)
    if item.key is not None:
        colon = ": " if item.colon else ""
        lines[0] = item.key.source + colon + lines[0]
    return lines
