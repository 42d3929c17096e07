"""Write data as YAML in one of the many ways in which people lay it out: the contrary of a canonical layout."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any

from socialpolicy.loading.composing import BOOLS, CORE_FLOAT, CORE_INT, NULLS

PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 _./()-]*(?<! )")
LETTERS = [
    "plain",
    "täglich",
    "日本語",
    "🎉 emoji",
    "tab\there",
    "'quote",
    '"double',
    "[x]{y}",
    "#tag",
    "key: value",
    "- dash",
]


class Relayer:
    """Writes data in a layout drawn at random; ``comments`` are those that it put in. One use each."""

    def __init__(self, random: Random, *, comments: bool = True, shuffled: bool = True) -> None:
        self.random, self.commenting, self.shuffled = random, comments, shuffled
        self.comments: list[str] = []
        self.after_text = (
            False  # whether the last line belongs to a block text, so that a comment has to stand left of it
        )
        self.keeping = False  # whether an empty line would become part of the text before it
        self.lines: list[str] = []

    def document(self, data: dict[str, Any]) -> str:
        if self.chance(5):
            self.lines.append("---" + self.behind())
        self.mapping(data, self.random.choice([0, 0, 0, 2]), top=True)
        text = "\n".join(self.lines)
        text += (
            ""
            if self.chance(5) and not self.after_text
            else "\n" * (1 if self.keeping else self.random.choice([1, 1, 2, 3]))
        )
        return text.replace("\n", "\r\n") if self.chance(6) else text

    def chance(self, one_in: int) -> bool:
        return self.random.randrange(one_in) == 0

    def comment(self) -> str:
        self.comments.append(f"# c{len(self.comments)} {self.random.choice(LETTERS)}")
        return self.comments[-1]

    def behind(self, *, tabs: bool = True) -> str:
        """A comment behind something, or blanks, or nothing."""
        if self.commenting and self.chance(6):
            return self.random.choice([" ", "  ", "\t" if tabs else " ", " " * 9]) + self.comment()
        return self.random.choice(["", "", "", "", " ", "   "])

    def between(self, column: int) -> None:
        """Empty lines and comments between two entries."""
        while self.chance(4):
            if self.commenting and self.chance(2):
                most = column if self.after_text else column + 6
                self.lines.append(
                    " " * self.random.choice([column, column, self.random.randint(0, most)]) + self.comment()
                )
                self.keeping = False
            elif not self.keeping:
                self.lines.append("" if self.after_text else self.random.choice(["", "", "  "]))

    # -- blocks ------------------------------------------------------------------------------------------------------

    def mapping(self, data: dict[str, Any], column: int, *, head: str = "", top: bool = False) -> None:
        entries = list(data.items())
        if self.shuffled and not top and ("effect" in data or "expect" in data):
            self.random.shuffle(entries)
        for number, (key, value) in enumerate(entries):
            if number or not head:
                self.between(column)
            begin = head if number == 0 and head else " " * column
            self.entry(begin + self.key(key) + self.random.choice([":", ":", ":", " :"]), value, column)

    def entry(self, begin: str, value: Any, column: int) -> None:
        if isinstance(value, dict) and value and not self.chance(3):
            self.lines.append(begin + self.behind())
            self.after_text = False
            self.mapping(value, column + self.random.choice([1, 2, 2, 3, 4]))
        elif isinstance(value, list) and value and not self.chance(3):
            self.lines.append(begin + self.behind())
            self.after_text = False
            self.entries(value, column + self.random.choice([0, 2, 2, 3]))
        else:
            self.inline(begin, value, column)

    def entries(self, data: list[Any], column: int) -> None:
        for value in data:
            self.between(column)
            begin = " " * column + "-" + " " * self.random.choice([1, 1, 1, 3])
            if isinstance(value, dict) and value and not self.chance(3):
                if self.chance(6):
                    self.lines.append(" " * column + "-" + self.behind(tabs=False))
                    self.after_text = False
                    self.mapping(value, column + self.random.choice([1, 2, 4]))
                else:
                    self.mapping(value, len(begin), head=begin)
            else:
                self.inline(begin[:-1] if isinstance(value, str) else begin.rstrip(), value, column)

    def inline(self, begin: str, value: Any, column: int) -> None:
        """A scalar or a collection in brackets behind a key or a dash."""
        self.after_text = self.keeping = False
        if isinstance(value, str):
            text = self.block_text(value, column)
            if text is not None:
                header, lines = text
                self.lines += [begin.rstrip() + " " + header + self.behind(), *lines]
                self.after_text, self.keeping = True, "+" in header
                return
        inner = column + self.random.choice([1, 2, 4, 7])
        if value is None:
            self.lines.append(begin.rstrip() + self.random.choice(["", " null", " ~"]) + self.behind(tabs=False))
            return
        if self.chance(6):
            self.lines.append(begin.rstrip() + self.behind(tabs=False))
            begin = " " * inner
        else:
            begin = begin.rstrip() + " " * self.random.choice([1, 1, 1, 2, 5])
        self.lines += (begin + self.flow(value, inner) + self.behind()).split("\n")

    def block_text(self, value: str, column: int) -> tuple[str, list[str]] | None:
        """A text behind | or >, where it can be written so."""
        plain = value.rstrip("\n")
        ends = len(value) - len(plain)
        if (
            not plain
            or plain != plain.strip()
            or self.random.randrange(3)
            or (not plain.isprintable() and "\n" not in plain)
        ):
            return None
        chomp = ["-", "", "+"][min(ends, 2)]
        indent = self.random.choice([1, 2, 3, 6])
        folded = "\n" not in plain and "  " not in plain and self.chance(2)
        lines = plain.split("\n")
        if folded:
            lines = self.broken(plain).split("\n")
        digit = str(indent) if self.chance(3) or lines[0].startswith(" ") else ""
        sign = ">" if folded else "|"
        extra = [""] * (ends - 1 if ends > 1 else 0)
        header = sign + (chomp + digit if self.chance(2) else digit + chomp)
        return header, [*(" " * (column + indent) + line if line else "" for line in lines), *extra]

    # -- scalars and brackets ------------------------------------------------------------------------------------------

    def broken(self, text: str) -> str:
        """A text of several lines that are one when they are folded."""
        return re.sub(r"(?<=[A-Za-z,.]) (?=[A-Za-z])", lambda _: "\n" if self.chance(4) else " ", text)

    def key(self, key: str) -> str:
        return self.scalar(key, None)

    def scalar(self, value: Any, column: int | None, *, brackets: bool = False) -> str:
        """A scalar; of several lines, with this indentation, if there is any."""
        if not isinstance(value, str):
            return "null" if value is None else json.dumps(value)
        plain = PLAIN.fullmatch(value) and value not in NULLS and value not in BOOLS
        plain = plain and not (CORE_INT.fullmatch(value) or CORE_FLOAT.fullmatch(value)) and " -" not in value
        styles = ["double", *(["single"] if "\n" not in value else []), *(["plain"] * 3 if plain else [])]
        style = self.random.choice(styles)
        text = value
        if column is not None and "\n" not in value and "  " not in value and self.chance(3):
            text = self.broken(value)
        lines = text.split("\n") if "\n" not in value else [text]
        if style == "double":
            lines = [json.dumps(line, ensure_ascii=False)[1:-1] for line in lines]
        elif style == "single":
            lines = [line.replace("'", "''") for line in lines]
        quote = {"double": '"', "single": "'", "plain": ""}[style]
        ends = self.random.choice(["", "", " ", "  "])
        return quote + (ends + "\n" + " " * (column or 0)).join(lines) + quote

    def space(self, column: int, *, must: bool = False) -> str:
        """What stands between two things in brackets."""
        if self.commenting and self.chance(9):
            return f" {self.comment()}\n" + " " * column
        if self.chance(6):
            return self.random.choice(["\n", "\n\n"]) + " " * column
        return self.random.choice([" ", "", "  "]) if not must else " "

    def flow(self, value: Any, column: int) -> str:
        """A value in brackets, or a scalar."""
        if isinstance(value, dict):
            entries = list(value.items())
            parts = [
                f"{self.scalar(key, None)}:{self.space(column, must=True)}{self.flow(one, column)}"
                for key, one in entries
            ]
        elif isinstance(value, list):
            parts = [self.flow(one, column) for one in value]
        else:
            return self.scalar(value, column, brackets=True)
        text = "{" if isinstance(value, dict) else "["
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            comma = ("," if self.chance(4) else "") if last else ","
            text += self.space(column) + part + self.space(column) + comma
        return text + self.space(column) + ("}" if isinstance(value, dict) else "]")
