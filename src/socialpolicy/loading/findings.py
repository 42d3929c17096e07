"""Findings: what is wrong (or doubtful) in a file, each with its place, in the author's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum
from functools import lru_cache
from operator import add

from socialpolicy.errors import SocialPolicyError

SHOWN_AT_MOST = 50
LINE_SHOWN_AT_MOST = 160
SENTENCE_SHOWN_AT_MOST = 400
ALIKE_AT_MOST = 6
WORDS_AT_MOST = 1000
TOLD_AT_MOST = 60_000
"""How many bytes are told at most, whatever the input."""


class Level(IntEnum):
    """How bad a finding is."""

    INFO = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> str:
        """The level as it is written."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. Lines and columns count from 1, columns in characters; ``end_column`` is behind the last one.

    ``hint`` is the likely cure; ``text`` is the line that is meant.
    """

    id: str
    message: str
    file: str
    line: int = 1
    column: int = 1
    end_column: int = 2
    hint: str = ""
    level: Level = Level.ERROR
    text: str = ""

    def __str__(self) -> str:
        told = shortened(visible(self.message), SENTENCE_SHOWN_AT_MOST)
        head = f"{visible(self.file)}:{self.line}:{self.column}: {self.level.word}: {self.id}: {told}"
        hint = shortened(visible(self.hint), SENTENCE_SHOWN_AT_MOST)
        if not self.text.strip():
            return head + (f"\n      {hint}" if hint else "")
        half, start = LINE_SHOWN_AT_MOST // 2, self.column - 1
        cut = max(0, start - half)
        before = visible(self.text[cut:start])
        dots = "…" if cut or len(before) > half else ""
        before = before[-half:]
        marked = visible(self.text[start : min(self.end_column - 1, start + LINE_SHOWN_AT_MOST)])
        after = visible(self.text[self.end_column - 1 : self.end_column - 1 + LINE_SHOWN_AT_MOST])
        shown = (before + marked + after)[:LINE_SHOWN_AT_MOST]
        carets = "^" * max(1, min(len(marked), LINE_SHOWN_AT_MOST - len(before)))
        return f"{head}\n{self.line:5} | {dots}{shown}\n      | {' ' * len(dots + before)}{carets}{f' {hint}' if hint else ''}"

    def as_data(self) -> dict[str, object]:
        """The finding for programs."""
        return {
            "id": self.id,
            "level": self.level.word,
            "message": self.message,
            "hint": self.hint,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "end_column": self.end_column,
        }


class FindingsError(SocialPolicyError):
    """A file that cannot be used as what it should be. ``findings`` lists every error (and warning) in it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(sorted(findings, key=lambda finding: (-finding.level, finding.file, finding.line, finding.column)))
        super().__init__(told(self.findings))


class PolicyError(FindingsError):
    """A policy with errors."""


class CasesError(FindingsError):
    """A test-case or action file with errors."""


class LimitError(SocialPolicyError):
    """A stated limit was met, so the question stays open. ``finding`` says which."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


def told(findings: Iterable[Finding], at_most: int = SHOWN_AT_MOST) -> str:
    """Show findings, no more than ``at_most``, and then say how many more there are."""
    findings = list(findings)
    lines: list[str] = []
    left = TOLD_AT_MOST
    for finding in findings[:at_most]:
        line = str(finding)
        left -= len(line.encode("utf-8", "replace"))
        if left < 0 and lines:
            break
        lines.append(line)
    if len(findings) > len(lines):
        lines.append(f"... and {len(findings) - len(lines):,} more.")
    return "\n".join(lines)


def meant(word: object, words: Iterable[str]) -> str:
    """Ask "did you mean ...?" where one of the words is close to this one."""
    if not isinstance(word, str) or len(word) > 64:
        return ""
    # Comparing takes long, and there may be thousands of words in the wrong: only those alike in their pairs of letters are.
    words = list(words)
    if len(words) > WORDS_AT_MOST:
        return ""
    letters = pairs(word)
    alike = sorted((2 * len(letters & pairs(other)) / (len(letters) + len(pairs(other)) or 1), other) for other in words)[-ALIKE_AT_MOST:]
    close = get_close_matches(word, [other for _, other in alike], n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else ""


@lru_cache(maxsize=4096)
def pairs(word: str) -> frozenset[str]:
    """The letters of a word, and each with the next one."""
    return frozenset(word) | frozenset(map(add, word, word[1:]))


def listed(words: Iterable[str], joint: str = "or") -> str:
    """Write words as a list in a sentence: "a, b or c"; a long list is cut and says so."""
    words = list(words)
    if len(words) > 12:
        return ", ".join(words[:12]) + f" … ({len(words)} in all)"
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + f" {joint} {words[-1]}"


def shortened(text: str, at_most: int) -> str:
    """A text, cut if it is longer than this."""
    return text if len(text) <= at_most else text[: at_most - 1] + "…"


def visible(text: str) -> str:
    """Write every control and direction character as an escape, so that nothing hides in a message."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c == " " else "\\u%04x" % ord(c) if ord(c) < 0x10000 else "\\U%08x" % ord(c) for c in text
    )
