"""One mistake is one finding, on the exact token; and no text at all brings about anything but a finding."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from yaml.events import Event, ScalarEvent

from hostile.corpus import POLICY
from socialpolicy import LimitError, PolicyError, loads
from socialpolicy.loading.documents import ListSpot, MappingSpot, Spot
from socialpolicy.loading.policies import load_text
from socialpolicy.loading.reading import read_bytes, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialpolicy.loading.findings import Finding

WHOLE = (Path(__file__).parent / "valid.yaml").read_text("utf-8")
DECLARING = frozenset(
    {
        "facts",
        "groups",
        "content.kind",
        "tags",
        "conditions",
        "terms",
        "calendars",
        "contacts",
        "roles",
        "steps",
        "templates",
        "baseline",
    }
)
"""Mappings whose keys are names that the policy declares: with another name, what is wrong is where the old one is used."""


# -- single mistakes ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Token:
    """A key or a value of the valid policy."""

    event: Event
    key: bool
    inside: str  # the key that it stands behind

    @property
    def text(self) -> str:
        return WHOLE[self.event.start_mark.index : self.event.end_mark.index]

    @property
    def place(self) -> tuple[int, int]:
        return self.event.start_mark.line + 1, self.event.start_mark.column + 1

    def replaced(self, new: str) -> str:
        return WHOLE[: self.event.start_mark.index] + new + WHOLE[self.event.end_mark.index :]


def tokens(spot: Spot | None, inside: str = "") -> Iterator[Token]:
    """All keys and values, other people's data apart."""
    if isinstance(spot, MappingSpot):
        for name, event in spot.keys.items():
            if not name.startswith("x-"):
                yield Token(event, True, inside)
                yield from tokens(spot.values[name], name)
    elif isinstance(spot, ListSpot):
        for item in spot.items:
            yield from tokens(item, inside)
    elif isinstance(spot, ScalarEvent):
        yield Token(spot, False, inside)


@cache
def all_tokens() -> list[Token]:
    return list(tokens(read_text(WHOLE, "valid").spot))


def findings(text: str) -> list[Finding]:
    try:
        load_text(text, name="valid")
    except PolicyError as error:
        return list(error.findings)
    except LimitError as error:
        return [error.finding]
    return []


def mistakes(token: Token) -> Iterator[tuple[str, str]]:
    """Mistakes to make of a token, by name."""
    if token.key:
        yield "a number as a key", "5"
        if token.inside not in DECLARING:
            yield "a misspelt key", f"zq{token.text}"
        return
    yield "a number with a point", "1.5"
    yield "an empty mapping", "{}"
    yield "an empty list", "[]"
    yield "nothing", "~"
    yield "a time of day", "12:30"
    if token.text not in ("true", "false"):
        yield "true", "true"
    if token.inside not in ("id", "values", "content.topics", "type", "uses") and token.text[-1] not in "\"'":
        yield "a misspelt word", f"{token.text}zq"


def test_the_policy_is_valid() -> None:
    assert findings(WHOLE) == []


def test_one_mistake_is_one_finding_on_its_token() -> None:
    counts: Counter[str] = Counter()
    elsewhere = []
    for token in all_tokens():
        for name, new in mistakes(token):
            told = findings(token.replaced(new))
            counts["mistakes"] += 1
            if not told:
                counts[f"not one: {name}"] += 1
                continue
            counts["told"] += 1
            counts["findings"] += len(told)
            exact = sum((finding.line, finding.column) == token.place for finding in told)
            counts["exact"] += exact
            counts["alone"] += len(told) == 1
            if exact < len(told):
                elsewhere.append((name, token.text, token.place, [str(finding).split("\n")[0] for finding in told]))
    assert counts["told"] > 2000
    assert counts["exact"] >= 0.98 * counts["findings"], elsewhere
    assert counts["alone"] >= 0.99 * counts["told"], elsewhere
    # Only free text takes another word, and only a place for any one value takes a time of day.
    assert counts["not one: a number as a key"] == counts["not one: a number with a point"] == 0
    assert counts["not one: nothing"] <= 2, "facts of an example may be unknown"


def test_every_finding_is_a_sentence_with_its_place() -> None:
    for token in all_tokens()[::3]:
        for _, new in mistakes(token):
            for finding in findings(token.replaced(new)):
                assert finding.message[-1] in ".?"
                assert finding.line >= 1
                assert finding.column >= 1
                assert finding.end_column > finding.column
                assert not finding.hint or finding.hint[-1] in ".?)"
                assert len(finding.message) + len(finding.hint) < 500


# -- any text at all ------------------------------------------------------------------------------------------------

ANY_NUMBER = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
PIECES = st.sampled_from(
    [
        *"{}[]:,-?&*!|>'\"%@`#~ \t\n\r", ": ", "- ", "? ", " #", "---\n", "...\n", "<<", "{{", "}}", "\\", "\\u202e", "\\ud83d", "\u200b",
        "\u2028", "\ufeff", "\0", "é", "漢", "😀", "null", "true", "no", "1.5", "1e400", "0x1f", "12:30", "2026-02-30", "rules", "when",
        "content.tone", "not", "all", "socialpolicy: 1\n", "id", "  ", "    ", "&a ", "*a", "!!python/name:os.system ", "%YAML 1.1\n",
    ]
)  # fmt: skip


def accepted_or_refused(text: str) -> None:
    """Load a text; nothing but the library's own errors may come of it."""
    told = "fine"
    try:
        loads(text)
    except (PolicyError, LimitError) as error:
        told = str(error)
    assert told


@given(st.text() | st.lists(PIECES, max_size=40).map("".join))
@ANY_NUMBER
def test_any_text_is_accepted_or_refused(text: str) -> None:
    accepted_or_refused(text)


@given(st.binary(max_size=200))
@ANY_NUMBER
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    document = read_bytes(raw, "bytes")
    assert document.failed or document.data is not None


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid policy in which something was changed by an accident."""
    text = draw(st.sampled_from([POLICY, WHOLE]))
    for _ in range(draw(st.integers(1, 4))):
        at, to = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        lines = text.splitlines(keepends=True)
        first, second = (draw(st.integers(0, len(lines) - 1)) for _ in range(2)) if lines else (0, 0)
        match draw(st.integers(0, 7)):
            case 0:
                text = text[:at] + draw(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[at + draw(st.integers(1, 5)) :]
            case 2:
                text = text[:at] + chr(draw(st.integers(0, 0x10FFFF))) + text[at + 1 :]
            case 3 if lines:
                text = "".join([*lines[:first], *lines[first + 1 :]])
            case 4 if lines:
                text = "".join([*lines[:first], lines[second], *lines[first:]])
            case 5 if lines:
                lines[first], lines[second] = lines[second], lines[first]
                text = "".join(lines)
            case 6:
                text = text[:at] + text[to : to + 30] + text[at:]
            case _:
                words = text.split(" ")
                chosen = draw(st.integers(0, len(words) - 1))
                words[chosen], words[-1 - chosen] = words[-1 - chosen], words[chosen]
                text = " ".join(words)
    return text


@given(mutated())
@example(POLICY.replace("profane", "*a"))
@ANY_NUMBER
def test_a_valid_policy_with_accidents_is_accepted_or_refused(text: str) -> None:
    accepted_or_refused(text)


@pytest.mark.parametrize("seed", range(3))
def test_a_policy_cut_off_anywhere_is_accepted_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        accepted_or_refused(WHOLE[: chance.randrange(len(WHOLE))])
