"""What an author may write behind a fact's name, and for which values it holds: the whole language of tests, as a
table.

Each way is tried on every value worth trying. Where the fact is not known, each is unknown: there is no test for
being known.
"""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pytest

from socialpolicy import loads
from socialpolicy.conditions import Condition, holds
from socialpolicy.values import Facts, Truth

FACTS = {
    "work": {"type": "bool", "question": "Is it about work?"},
    "kind": {"type": "enum", "values": ["publish", "reply", "like", "follow"], "question": "What is done?"},
    "crisis": {
        "type": "enum",
        "ordered": True,
        "values": ["none", "elevated", "severe"],
        "question": "Is there a crisis?",
    },
    "handle": {"type": "string", "question": "Which account?"},
    "other": {"type": "string", "question": "Which other account?"},
    "count": {"type": "int", "question": "How many?"},
    "at": {"type": "datetime", "question": "When?"},
    "roles": {"type": "set", "of": "enum", "values": ["intern", "manager", "legal"], "question": "Which roles?"},
    "names": {"type": "set", "of": "string", "question": "Who is named?"},
}
GROUPS = {
    "kind": {"posting": ["publish", "reply"], "reacting": {"all_but": ["publish", "reply"]}},
    "roles": {"seniors": ["manager", "legal"]},
}
ROLES = [frozenset(chosen) for size in range(4) for chosen in combinations(("intern", "manager", "legal"), size)]
NAMES = [frozenset(chosen) for size in range(3) for chosen in combinations(("a", "b", "ab"), size)]
DOMAINS: dict[str, list[Any]] = {
    "work": [True, False], "kind": ["publish", "reply", "like", "follow"], "crisis": ["none", "elevated", "severe"],
    "handle": ["a", "b", "ab", "", "A"], "count": [-1, 0, 1, 2, 3], "roles": ROLES, "names": NAMES,
}  # fmt: skip

# fact, what is written behind it, the values for which it holds
WAYS: list[tuple[str, Any, list[Any]]] = [
    ("work", True, [True]),
    ("work", False, [False]),
    ("kind", "reply", ["reply"]),
    ("kind", ["reply", "like"], ["reply", "like"]),
    ("kind", "posting", ["publish", "reply"]),
    ("kind", ["posting", "like"], ["publish", "reply", "like"]),
    ("kind", "reacting", ["like", "follow"]),
    ("kind", {"all_but": ["like"]}, ["publish", "reply", "follow"]),
    ("kind", {"all_but": ["posting"]}, ["like", "follow"]),
    ("crisis", "elevated", ["elevated"]),
    ("crisis", {"at_least": "elevated"}, ["elevated", "severe"]),
    ("crisis", {"at_most": "elevated"}, ["none", "elevated"]),
    ("crisis", {"more_than": "elevated"}, ["severe"]),
    ("crisis", {"less_than": "elevated"}, ["none"]),
    ("crisis", {"at_least": "elevated", "less_than": "severe"}, ["elevated"]),
    ("handle", "a", ["a"]),
    ("handle", ["a", ""], ["a", ""]),
    ("handle", {"in_list": "ours"}, ["a", "b"]),
    ("handle", {"matches": "a*"}, ["a", "ab"]),
    ("handle", {"matches": ""}, [""]),
    ("count", 1, [1]),
    ("count", [0, 2], [0, 2]),
    ("count", {"at_least": 1}, [1, 2, 3]),
    ("count", {"at_most": 1}, [-1, 0, 1]),
    ("count", {"more_than": 1}, [2, 3]),
    ("count", {"less_than": 1}, [-1, 0]),
    ("count", {"at_least": 0, "less_than": 2}, [0, 1]),
    ("roles", "intern", [roles for roles in ROLES if "intern" in roles]),
    ("roles", {"any_of": ["intern", "legal"]}, [roles for roles in ROLES if roles & {"intern", "legal"}]),
    ("roles", {"any_of": ["seniors"]}, [roles for roles in ROLES if roles & {"manager", "legal"}]),
    ("roles", {"all_of": ["intern", "legal"]}, [roles for roles in ROLES if roles >= {"intern", "legal"}]),
    ("roles", {"none_of": ["seniors"]}, [roles for roles in ROLES if not roles & {"manager", "legal"}]),
    ("roles", {"nothing_but": ["seniors"]}, [roles for roles in ROLES if roles <= {"manager", "legal"}]),
    ("roles", {"empty": True}, [frozenset()]),
    ("roles", {"empty": False}, [roles for roles in ROLES if roles]),
    (
        "roles",
        {"any_of": ["seniors"], "none_of": ["intern"]},
        [roles for roles in ROLES if roles and "intern" not in roles],
    ),
    ("names", "a", [names for names in NAMES if "a" in names]),
    ("names", {"nothing_but": ["a"]}, [frozenset(), frozenset({"a"})]),
]


def lowered(when: dict[str, Any]) -> Condition:
    """The condition of a policy's only rule."""
    rule = {"id": "A", "title": "A rule", "effect": "deny", "scope": "everything", "when": when}
    text = {
        "socialpolicy": 1, "id": "p", "version": "1.0.0", "title": "A policy", "baseline": "allow", "rules": [rule],
        "vocabulary": {"facts": FACTS, "groups": GROUPS}, "terms": {"ours": {"kind": "handles", "entries": ["a", "b"]}},
        "conditions": {"about-work": {"work": True}, "loud": {"title": "Loud", "is": {"count": {"at_least": 2}}}},
    }  # fmt: skip
    return loads(json.dumps(text)).program.rules[0].when


@pytest.mark.parametrize(("fact", "written", "expected"), WAYS, ids=lambda part: json.dumps(part, default=sorted)[:40])
def test_every_way_to_write_a_test(fact: str, written: Any, expected: list[Any]) -> None:
    condition = lowered({fact: written})
    for value in DOMAINS[fact]:
        assert holds(condition, {fact: value}) is (Truth.TRUE if value in expected else Truth.FALSE)
    assert holds(condition, {}) is holds(condition, {fact: None}) is Truth.UNKNOWN


def test_comparing_two_facts() -> None:
    same, has = lowered({"handle": {"same_as": "other"}}), lowered({"names": {"has": {"fact": "handle"}}})
    assert holds(same, {"handle": "a", "other": "a"}) is Truth.TRUE
    assert holds(same, {"handle": "a", "other": "b"}) is Truth.FALSE
    assert holds(same, {"handle": "a"}) is holds(same, {"other": "a"}) is Truth.UNKNOWN
    assert holds(has, {"names": frozenset("ab"), "handle": "a"}) is Truth.TRUE
    assert holds(has, {"names": frozenset("b"), "handle": "a"}) is Truth.FALSE
    assert holds(has, {"names": frozenset(), "handle": None}) is holds(has, {"handle": "a"}) is Truth.UNKNOWN


# two ways to write one thing
SAME: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"none": [{"work": True}, {"count": 1}]}, {"not": {"any": [{"work": True}, {"count": 1}]}}),
    ({"none": [{"work": True}, {"count": 1}]}, {"all": [{"not": {"work": True}}, {"not": {"count": 1}}]}),
    ({"all": [{"work": True}, {"count": 1}]}, {"work": True, "count": 1}),
    ({"not": {"all": [{"work": True}, {"count": 1}]}}, {"any": [{"not": {"work": True}}, {"not": {"count": 1}}]}),
    ({"kind": {"all_but": ["like"]}}, {"kind": ["publish", "reply", "follow"]}),
    ({"kind": {"all_but": ["like"]}}, {"not": {"kind": "like"}}),
    ({"roles": {"none_of": ["intern", "legal"]}}, {"not": {"roles": {"any_of": ["intern", "legal"]}}}),
    ({"roles": {"none_of": ["intern"]}}, {"not": {"roles": "intern"}}),
    ({"roles": {"empty": True}}, {"not": {"roles": {"any_of": ["intern", "manager", "legal"]}}}),
    ({"roles": {"nothing_but": ["intern"]}}, {"roles": {"none_of": ["seniors"]}}),
    ({"about-work": True, "loud": False}, {"work": True, "not": {"count": {"at_least": 2}}}),
    ({"any": ["about-work", "loud"]}, {"any": [{"work": True}, {"count": {"at_least": 2}}]}),
    ({"handle": {"in_list": "ours"}}, {"handle": ["a", "b"]}),
    (
        {"not": {"count": {"at_least": 0, "less_than": 2}}},
        {"any": [{"count": {"less_than": 0}}, {"count": {"at_least": 2}}]},
    ),
    ({"crisis": {"at_least": "elevated"}}, {"crisis": {"all_but": ["none"]}}),
    ({"kind": "posting"}, {"kind": ["publish", "reply"]}),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=lambda part: json.dumps(part)[:50])
def test_two_ways_to_write_one_thing(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = lowered(one), lowered(other)
    for facts in every_two(DOMAINS):
        assert holds(first, facts) is holds(second, facts)


def every_two(domains: dict[str, list[Any]]) -> list[Facts]:
    """Fact sets in which every two facts take all their values, and none, beside each other."""
    found: list[Facts] = []
    for one, other in combinations(domains, 2):
        found += [{one: value, other: second} for value in (*domains[one], None) for second in (*domains[other], None)]
    return found


@pytest.mark.parametrize(
    ("before", "start", "at", "expected"),
    [
        (None, "2026-03-01T00:00:00+01:00", "2026-02-28T23:00:00Z", Truth.TRUE),  # from: at it, told in another offset
        (None, "2026-03-01T00:00:00+01:00", "2026-02-28T22:59:59Z", Truth.FALSE),
        ("2026-03-01T00:00:00+01:00", None, "2026-02-28T23:00:00Z", Truth.FALSE),  # before: strictly
        ("2026-03-01T00:00:00+01:00", None, "2026-02-28T22:59:59Z", Truth.TRUE),
        ("2026-03-01T00:00:00+01:00", "2026-02-01T00:00:00+01:00", "2026-02-10T00:00:00-05:00", Truth.TRUE),
        ("2026-03-01T00:00:00+01:00", "2026-02-01T00:00:00+01:00", None, Truth.UNKNOWN),
    ],
)
def test_instants_are_compared_as_instants(
    before: str | None, start: str | None, at: str | None, expected: Truth
) -> None:
    from socialpolicy.instants import instant

    written = {key: value for key, value in (("before", before), ("from", start)) if value is not None}
    assert holds(lowered({"at": written}), {"at": instant(at) if at else None}) is expected
