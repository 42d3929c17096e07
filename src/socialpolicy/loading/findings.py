"""Findings: what is wrong (or doubtful) in a file, each with its place, in the author's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import IntEnum
from functools import lru_cache
from operator import add
from typing import TypeAlias

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


Where: TypeAlias = tuple[str | int, ...]
"""The way from the top of a document to a value: keys and indices."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that has to do with a finding, and what it has to do with it."""

    file: str
    line: int
    message: str

    def as_data(self) -> dict[str, object]:
        """The place for programs."""
        return {"file": self.file, "line": self.line, "message": self.message}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. Lines and columns count from 1, columns in characters; ``end_column`` is behind the last one.

    ``hint`` is the likely cure; ``text`` is the line that is meant. ``end_line`` is 0 where it is ``line``. ``key`` is what the
    finding is known by whatever its words: of a change, of a case. ``related`` are further places. ``accepted`` says who accepts
    it on record, until when and why.
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
    end_line: int = 0
    key: str = ""
    related: tuple[Place, ...] = ()
    accepted: str = ""

    @property
    def last_line(self) -> int:
        """The line in which it ends."""
        return max(self.line, self.end_line)

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
            "end_line": self.last_line,
            "end_column": self.end_column,
            "related": [place.as_data() for place in self.related],
            "accepted": self.accepted or None,
        }


class FindingsError(SocialPolicyError):
    """A file that cannot be used as what it should be. ``findings`` lists every error (and warning) in it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(
            sorted(findings, key=lambda finding: (-finding.level, finding.file, finding.line, finding.column))
        )
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


USES: Where = ("vocabulary", "uses")
FACTS: Where = ("vocabulary", "facts")
DECLARED: dict[str, tuple[Where, ...]] = {
    "unknown-fact": (FACTS, ("conditions",)), "unknown-condition": (("conditions",), ("tags",)), "unknown-tag": (("tags",),),
    "unknown-contact": (("contacts",),), "unknown-terms": (("terms",),), "unknown-calendar": (("calendars",),),
    "unknown-template": (("templates",),), "unknown-rule": (("rules",),), "unknown-step": (("consequences", "steps"),),
    "tag-not-overridable": (("tags",),), "missing-key": (FACTS,),
}  # fmt: skip
"""Where the names are declared that a finding is about."""
OF_FACTS = frozenset(
    {"unknown-fact", "unknown-scope", "no-approvals", "no-baseline-fact", "no-instant", "exception-for-everyone"}
)
"""Findings that come of themselves where the vocabulary is not known."""
OF_IDS = frozenset({"unknown-rule", "unknown-step"})
"""Findings that come of themselves where an id is not known."""
OF_THE_WHOLE = frozenset({"exception-for-everyone", "never-true", "missing-key"})
"""Findings about the whole of something, which may come of a mistake in it."""
BESIDE = {
    "missing-key": -1, "unknown-key": -1, "effect-asks-nothing": -1, "effect-overrides-nothing": -1, "unknown-slot": -2, "not-mutable": -2,
}  # fmt: skip
"""Findings that may come of a mistake beside them, and how many steps up from them the mapping is that holds both."""


@dataclass(slots=True)
class Mistakes:
    """Where the mistakes in a document are, to tell which findings only follow from others.

    One mistake is one finding: a name that is missed because its declaration was refused needs no cure of its own.
    """

    refused: set[Where] = field(default_factory=set)  # what was refused: the checks that come later do not see it
    beside: set[Where] = field(default_factory=set)  # mappings and lists of which an entry was refused
    around: set[Where] = field(default_factory=set)  # all in which something was refused
    incomplete: set[Where] = field(
        default_factory=set
    )  # mappings of which a key was refused, and with it who knows what
    inside: set[Where] = field(default_factory=set)  # all in which there is a finding
    ids: bool = False  # whether an id was refused

    def refuse(self, where: Where) -> None:
        """Note that a value was refused."""
        self.refused.add(where)
        self.beside.add(where[:-1])
        self.around.update(above(where))
        self.ids = self.ids or where[-1:] == ("id",)

    def lack(self, where: Where) -> None:
        """Note that a key of a mapping was refused."""
        self.incomplete.add(where)
        self.ids = self.ids or where[:1] in ((), ("rules",), ("playbooks",))

    def told(self, id: str, where: Where) -> None:
        """Note that there is a finding."""
        self.inside.update(above(where))
        if id == "unknown-vocabulary":
            self.refuse(USES)

    def entail(self, id: str, where: Where, words: Iterable[str]) -> bool:
        """Tell whether a finding says no more than what was said already. ``words`` are those that it may be about."""
        if where in self.around or where in self.incomplete or self.gone(where):
            return True
        if id in OF_THE_WHOLE and where in self.inside:
            return True
        if id in BESIDE and (where[: BESIDE[id]] in self.beside or where[: BESIDE[id]] in self.incomplete):
            return True
        if id == "unknown-fact" and where[:1] == ("conditions",) and where[:2] in self.beside:
            return True  # without its `is`, a condition with a title reads as a bare one
        if (id in OF_IDS and self.ids) or (id in OF_FACTS and self.gone(USES)):
            return True
        if id == "unknown-value" and any(self.dubious(place) for place in values(where)):
            return True
        if id == "override-reaches-nothing" and self.tags_of_rules():
            return True
        words = list(words)
        sections = DECLARED.get(id, ())
        if id == "unknown-contact" and where[:1] == ("playbooks",):
            sections = (*sections, (*where[:2], "roles"))
        elif id == "unknown-value" and "approval" in where:
            sections = (("contacts",),)
        return any(self.gone(section) or any(self.dubious((*section, word)) for word in words) for section in sections)

    def gone(self, where: Where) -> bool:
        """Tell whether what should stand at a place was refused, or may stand under a key that was."""
        return bool(where) and any(
            place in self.refused or place[:-1] in self.incomplete for place in (*above(where), where)
        )

    def tags_of_rules(self) -> bool:
        """Tell whether there is a mistake in the tags of some rule."""
        places = self.refused | self.around | self.inside
        return any(where[:1] == ("rules",) for where in self.incomplete) or any(
            where[:1] == ("rules",) and where[2:] == ("tags",) for where in places
        )

    def dubious(self, where: Where) -> bool:
        """Tell whether something at a place is not as it was meant."""
        return where in self.around or where in self.incomplete or where in self.inside or self.gone(where)


def above(where: Where) -> Iterator[Where]:
    """The ways to all that holds a value, the whole document apart."""
    return (where[:length] for length in range(1, len(where)))


def values(where: Where) -> Iterator[Where]:
    """Where the values of a fact that is named on the way to a place may be declared, and groups of them."""
    for step in where:
        if (isinstance(step, str) and "." in step) or step is where[-1]:
            yield from ((*FACTS, step, "values"), ("vocabulary", "values", step), ("vocabulary", "groups", step))


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
    alike = sorted(
        (2 * len(letters & pairs(other)) / (len(letters) + len(pairs(other)) or 1), other) for other in words
    )[-ALIKE_AT_MOST:]
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
        c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}" for c in text
    )
