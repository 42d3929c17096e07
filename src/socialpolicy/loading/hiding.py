"""Refuse characters that a reviewer cannot see, or that change how the text around them is shown."""

from __future__ import annotations

import re

from socialpolicy.loading.documents import Document

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
