"""What is short to write means what it stands for: an author may use it without asking what it does in rare cases.

Each law takes written policies, spells out one kind of shorthand, and finds that both decide the same.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from hypothesis import given

from socialpolicy import loads
from socialpolicy.loading.vocabularies import shipped
from strategies import judged, many_facts, policy_texts, seeds

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialpolicy.decisions import Decision
    from socialpolicy.policy import Policy

Text = dict[str, Any]


@given(policy_texts(), seeds())
def test_unless_is_when_not(text: Text, seed: int) -> None:
    def spell_out(rule: Text) -> None:
        if "unless" in rule:
            parts = [*([rule["when"]] if "when" in rule else []), {"not": rule.pop("unless")}]
            rule["when"] = {"all": parts}

    decides_the_same(text, spell_out, seed)


@given(policy_texts(), seeds())
def test_a_list_in_a_scope_is_one_of_these(text: Text, seed: int) -> None:
    scope = loads(json.dumps(text)).vocabulary.scope
    facts = loads(json.dumps(text)).vocabulary.facts

    def spell_out(rule: Text) -> None:
        if rule["scope"] != "everything":
            tests = {}
            for word, entry in rule["scope"].items():
                of_set = isinstance(entry, list | str) and facts[scope[word]].kind == "set"
                listed = [entry] if isinstance(entry, str) else entry
                tests[scope[word]] = {"any_of": listed} if of_set else entry
            rule["scope"] = "everything"
            rule["when"] = {"all": [tests, *([rule["when"]] if "when" in rule else [])]}

    decides_the_same(text, spell_out, seed)


@given(policy_texts(), seeds())
def test_a_named_condition_is_its_text(text: Text, seed: int) -> None:
    named = {name: entry.get("is", entry) for name, entry in text["conditions"].items()}

    def inlined(written: Any) -> Any:
        if isinstance(written, str):
            return inlined(named[written])
        parts: list[Any] = []
        kept: Text = {}
        for key, value in written.items():
            if key in named:
                parts.append(inlined(named[key]) if value else {"not": {"all": [inlined(named[key])]}})
            elif key in ("all", "any", "none"):
                kept[key] = [inlined(part) for part in value]
            elif key == "not":
                kept[key] = inlined(value)
            else:
                kept[key] = value
        return {"all": [*([kept] if kept else []), *parts]} if parts else kept

    def spell_out(rule: Text) -> None:
        for key in ("when", "unless"):
            if key in rule:
                rule[key] = inlined(rule[key])
        for need in rule.get("require", ()):
            if isinstance(need, dict) and "if" in need:
                need["if"] = inlined(need["if"])

    decides_the_same(text, spell_out, seed)


@given(policy_texts(), seeds())
def test_a_group_is_its_values(text: Text, seed: int) -> None:
    groups = text["vocabulary"].get("groups", {})
    if "uses" in text["vocabulary"]:
        groups = shipped("core@1")[0].groups
    members = {group: list(values) for of_fact in groups.values() for group, values in of_fact.items()}

    def values(written: Any, key: str = "") -> Any:
        if isinstance(written, dict):
            return {name: values(entry, name) for name, entry in written.items()}
        if isinstance(written, list):
            if all(isinstance(entry, str) for entry in written):
                return [value for entry in written for value in members.get(entry, [entry])]
            return [values(entry) for entry in written]
        return members.get(written, written) if isinstance(written, str) else written

    def spell_out(rule: Text) -> None:
        for key in ("scope", "when", "unless", "require"):
            if key in rule and rule[key] != "everything":
                rule[key] = values(rule[key])

    decides_the_same(text, spell_out, seed)


@given(policy_texts(), seeds())
def test_a_tag_is_the_rules_that_carry_it(text: Text, seed: int) -> None:
    tagged = [rule["id"] for rule in text["rules"] if "tone" in rule.get("tags", ())]

    def spell_out(rule: Text) -> None:
        if "tags" in rule.get("overrides", {}):
            rule["overrides"] = {"rules": [name for name in tagged if name != rule["id"]]}

    decides_the_same(text, spell_out, seed)


@given(policy_texts(), seeds())
def test_the_ways_to_say_who_approves_are_one(text: Text, seed: int) -> None:
    def counted(written: Any) -> Text:
        if isinstance(written, str):
            return {"of": [written], "at_least": 1}
        if "any_of" in written:
            return {"of": written["any_of"], "at_least": 1}
        if "all_of" in written:
            of = written["all_of"]
            return {"of": of, "at_least": len({"ann" if name == "boss" else name for name in of})}
        return written

    def spell_out(rule: Text) -> None:
        if "approval" in rule:
            rule["approval"] = counted(rule["approval"])

    decides_the_same(text, spell_out, seed)


@given(policy_texts(), seeds())
def test_an_exception_is_an_unless_for_its_days(text: Text, seed: int) -> None:
    other = deepcopy(text)
    for exception in other.pop("exceptions", {}).values():
        days = {"from": "2026-03-01T00:00:00", "before": "2026-04-01T00:00:00"}
        zone = {"Europe/Berlin": ("+01:00", "+02:00"), "UTC": ("Z", "Z"), "America/New_York": ("-05:00", "-04:00")}
        begin, end = zone[text["time_zone"]]
        bounds = {"from": days["from"] + begin, "before": days["before"] + end}
        for rule in other["rules"]:
            if rule["id"] in exception["rules"]:
                granted = {"not": {"all": [exception["for"], {"context.at": bounds}]}}
                rule["when"] = {"all": [granted, *([rule["when"]] if "when" in rule else [])]}
    one, two = policy(text), policy(other)
    for facts in many_facts(one.program, seed, 20):
        first, second = judged(one.program, facts), judged(two.program, facts)
        assert (first is None) == (second is None)
        if first and second:
            assert contents(first)[:3] == contents(second)[:3]
            assert first.revisions == second.revisions
            assert first.sure.denials == second.sure.denials
            assert first.approvals == second.approvals


def decides_the_same(text: Text, spell_out: Callable[[Text], None], seed: int) -> None:
    """Spell out every rule of a policy, and decide by both."""
    other = deepcopy(text)
    for rule in other["rules"]:
        spell_out(rule)
    one, two = policy(text), policy(other)
    for facts in many_facts(one.program, seed, 20):
        first, second = judged(one.program, facts), judged(two.program, facts)
        assert (first and contents(first)) == (second and contents(second))


def policy(text: Text) -> Policy:
    """The policy that is written."""
    return loads(json.dumps(text))


def contents(decision: Decision) -> tuple[object, ...]:
    """All of a decision but which policy it comes from."""
    return (
        decision.outcome, decision.at_least, decision.at_most, decision.sure, decision.maybe, decision.missing,
    )  # fmt: skip
