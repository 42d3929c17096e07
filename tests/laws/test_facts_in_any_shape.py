"""Callers state facts as they have them: nested or flat, lists in any order, instants in any offset. What they mean is
one.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from socialpolicy import ActionError, loads
from socialpolicy.interpret import interpret
from strategies import completed, many_facts, policy_texts, seeds

if TYPE_CHECKING:
    from socialpolicy.values import Facts


@given(policy_texts(), seeds())
def test_facts_in_any_shape_decide_the_same(text: dict[str, Any], seed: int) -> None:
    policy = loads(json.dumps(text))
    random = Random(seed)
    for facts in many_facts(policy.program, seed, 20):
        if completed(policy.program, facts) is not None:
            expected = interpret(policy.program, facts)
            assert policy.decide(facts) == expected
            assert policy.decide(nested(facts)) == expected
            assert policy.decide({name: otherwise(value, random) for name, value in facts.items()}) == expected


def nested(facts: Facts) -> dict[str, Any]:
    """The facts, one mapping for each part of their names."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        inner = found
        *ways, last = name.split(".")
        for way in ways:
            inner = inner.setdefault(way, {})
        inner[last] = value
    return found


def otherwise(value: Any, random: Random) -> Any:
    """The same value as another caller states it."""
    match value:
        case None:
            return random.choice((None, "unknown"))
        case datetime():
            return value.astimezone(timezone(timedelta(hours=random.randint(-12, 14)))).isoformat()
        case frozenset():
            members = random.sample(sorted(value), len(value))
            return [*members, *members[:1]]
        case _:
            return value


FACTS = {
    "content.count": {"type": "int", "min": 0, "max": 3, "question": "How many?"},
    "content.topics": {"type": "set", "of": "enum", "values": ["a", "b"], "question": "About what?"},
    "content.tone": {"type": "enum", "values": ["kind", "rude"], "question": "How?"},
    "content.work": {"type": "bool", "question": "Work?"},
    "context.at": {"type": "datetime", "question": "When?"},
}


@pytest.mark.parametrize(
    ("facts", "finding"),
    [
        ({"content.tonne": "kind"}, "unknown-fact"),
        ({"content.tone": "Kind"}, "unknown-value"),
        ({"content.topics": ["a", None]}, "type-mismatch"),
        ({"content.topics": ["c"]}, "unknown-value"),
        ({"content.topics": "a"}, "type-mismatch"),
        ({"content.count": 4}, "out-of-range"),
        ({"content.count": True}, "type-mismatch"),
        ({"content.work": 1}, "type-mismatch"),
        ({"content.work": "yes"}, "type-mismatch"),
        ({"context.at": "2026-03-01T09:00:00"}, "bad-instant"),
        ({"context.at": datetime(2026, 3, 1)}, "type-mismatch"),
        ({"content": {"tone": "kind"}, "content.tone": "kind"}, "duplicate-key"),
    ],
    ids=lambda part: str(part)[:40],
)
def test_what_the_vocabulary_does_not_know_is_an_error(facts: dict[str, Any], finding: str) -> None:
    text = {
        "socialpolicy": 1, "id": "p", "version": "1.0.0", "title": "A policy", "baseline": "allow", "rules": [],
        "vocabulary": {"facts": FACTS},
    }  # fmt: skip
    with pytest.raises(ActionError) as raised:
        loads(json.dumps(text)).decide(facts)
    assert [problem.id for problem in raised.value.problems] == [finding]
