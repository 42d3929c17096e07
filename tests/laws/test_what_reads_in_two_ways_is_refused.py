"""What could be read in two ways, or could silence a rule unseen, is no policy: it is refused, not guessed.

Each row is a way to write something wrong, and the finding that says so. Beside it stands what would have been right.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from socialpolicy import PolicyError, loads

FACTS = {
    "content.secret": {"type": "bool", "question": "Is it secret?"},
    "content.rude": {"type": "bool", "question": "Is it rude?"},
    "content.label": {"type": "bool", "mutable": True, "question": "Is it labelled?"},
    "content.topics": {"type": "set", "of": "enum", "values": ["a", "b", "c"], "question": "About what?"},
    "content.count": {"type": "int", "question": "How many?"},
    "actor.type": {"type": "enum", "values": ["employee", "bot"], "question": "Who acts?"},
    "actor.id": {"type": "string", "question": "Who is it?"},
    "account.kind": {"type": "enum", "values": ["personal", "official"], "question": "What kind of account?"},
    "context.at": {"type": "datetime", "question": "When?"},
    "context.approvals": {
        "type": "set",
        "of": "enum",
        "values": ["ann", "bob"],
        "default": [],
        "question": "Approved?",
    },
}
CONTACTS = {
    "ann": {"title": "Ann", "reach": "#ann"},
    "bob": {"title": "Bob", "reach": "#bob"},
    "boss": {"title": "The boss", "reach": "#boss", "approves_as": "ann"},
}
TAGS = {"tone": {"title": "Tone", "may_be_set_aside": True}, "law": {"title": "Law"}}
DUTY = {"what": "Write it down", "who": "actor"}
DAYS = {"from": "2026-03-01", "through": "2026-03-31"}


def policy(*rules: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """A policy of these rules, which deny everything unless they say otherwise."""
    plain = {"title": "A rule", "effect": "deny", "scope": "everything"}
    written = [{"id": f"R-{number}", **plain, **rule} for number, rule in enumerate(rules, 1)]
    vocabulary = {
        "facts": FACTS,
        "groups": {"content.topics": {"some": ["a", "b"]}},
        **sections.pop("vocabulary", {}),
    }
    return {
        "socialpolicy": 1,
        "id": "p",
        "version": "1.0.0",
        "title": "A policy",
        "baseline": "allow",
        "contacts": CONTACTS,
        "tags": TAGS,
        "vocabulary": vocabulary,
        "rules": written,
        **sections,
    }


def exception(**extra: Any) -> dict[str, Any]:
    """An exception from the first rule."""
    return {
        "E-1": {
            "rules": ["R-1"],
            "for": {"actor.id": "a"},
            "owner": "ann",
            "reason": "A trial",
            "ticket": "T-1",
            "approved_by": ["bob"],
            "in_force": DAYS,
            **extra,
        }
    }


SECRET, RUDE = {"content.secret": True}, {"content.rude": True}
LABEL = {"content.label": True}


def contradicting(then: dict[str, Any]) -> dict[str, Any]:
    """A vocabulary whose defaults lead to this beside ``content.secret: false``."""
    facts = {**FACTS, "content.rude": {**FACTS["content.rude"], "default": False}}
    facts["content.label"] = {**FACTS["content.label"], "default": True}
    implies = [{"if": {"content.rude": False, **LABEL}, "then": then}, {"if": LABEL, "then": {"content.secret": False}}]
    return {"facts": facts, "implies": implies}


# name, the finding, what is refused, what would have been right
REFUSED: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("ask-without-approval", "missing-key", policy({"effect": "ask"}), policy({"effect": "ask", "approval": "ann"})),
    (
        "require-without-need",
        "missing-key",
        policy({"effect": "require"}),
        policy({"effect": "require", "require": LABEL}),
    ),
    ("duty-without-duties", "missing-key", policy({"effect": "duty"}), policy({"effect": "duty", "duties": [DUTY]})),
    (
        "deny-with-approval",
        "effect-asks-nothing",
        policy({"approval": "ann"}),
        policy({"effect": "ask", "approval": "ann"}),
    ),
    (
        "advise-with-need",
        "effect-asks-nothing",
        policy({"effect": "advise", "require": LABEL}),
        policy({"effect": "require", "require": LABEL}),
    ),
    (
        "baseline-asks-nobody",
        "missing-key",
        policy(baseline="ask"),
        policy(baseline={"outcome": "ask", "approval": "ann"}),
    ),
    (
        "baseline-denies-and-asks",
        "unknown-key",
        policy(baseline={"outcome": "deny", "approval": "ann"}),
        policy(baseline="deny"),
    ),
    (
        "baseline-leaves-values-out",
        "missing-key",
        policy(baseline={"official": "deny"}),
        policy(baseline={"official": "deny", "otherwise": "allow"}),
    ),
    (
        "more-approvals-than-there-are",
        "bad-approval",
        policy({"effect": "ask", "approval": {"of": ["ann", "boss"], "at_least": 2}}),
        policy({"effect": "ask", "approval": {"of": ["ann", "boss", "bob"], "at_least": 2}}),
    ),
    (
        "approvals-in-a-condition",
        "approval-in-condition",
        policy({"unless": {"context.approvals": "ann"}}),
        policy({"effect": "ask", "approval": "ann"}),
    ),
    (
        "approvals-implied",
        "approval-in-condition",
        policy(vocabulary={"implies": [{"if": SECRET, "then": {"context.approvals": []}}]}),
        policy(vocabulary={"implies": [{"if": SECRET, "then": {"content.rude": False}}]}),
    ),
    (
        "approvals-imply",
        "approval-in-condition",
        policy(vocabulary={"implies": [{"if": {"context.approvals": "ann"}, "then": {"content.rude": False}}]}),
        policy(vocabulary={"implies": [{"if": SECRET, "then": {"content.rude": False}}]}),
    ),
    (
        "two-tests-under-unless",
        "two-tests",
        policy({"unless": {**SECRET, **RUDE}}),
        policy({"unless": {"any": [SECRET, RUDE]}}),
    ),
    (
        "two-tests-under-not",
        "two-tests",
        policy({"when": {"not": {**SECRET, **RUDE}}}),
        policy({"when": {"not": {"all": [SECRET, RUDE]}}}),
    ),
    ("empty-when", "empty-value", policy({"when": {}}), policy({})),
    ("empty-list-of-tests", "empty-value", policy({"when": {"any": []}}), policy({"when": {"any": [SECRET]}})),
    (
        "list-on-a-set",
        "list-on-set",
        policy({"when": {"content.topics": ["a", "b"]}}),
        policy({"when": {"content.topics": {"any_of": ["a", "b"]}}}),
    ),
    (
        "group-on-a-set",
        "list-on-set",
        policy({"when": {"content.topics": "some"}}),
        policy({"when": {"content.topics": {"any_of": ["some"]}}}),
    ),
    (
        "group-in-all-of",
        "group-in-all-of",
        policy({"when": {"content.topics": {"all_of": ["some"]}}}),
        policy({"when": {"content.topics": {"all_of": ["a", "b"]}}}),
    ),
    (
        "all-but-on-a-set",
        "type-mismatch",
        policy({"when": {"content.topics": {"all_but": ["a"]}}}),
        policy({"when": {"content.topics": {"none_of": ["a"]}}}),
    ),
    (
        "fact-against-itself",
        "compared-with-itself",
        policy({"when": {"actor.id": {"same_as": "actor.id"}}}),
        policy({"when": {"actor.id": "a"}}),
    ),
    (
        "instant-equals",
        "wrong-type",
        policy({"when": {"context.at": "2026-03-01T00:00:00Z"}}),
        policy({"when": {"context.at": {"from": "2026-03-01T00:00:00Z"}}}),
    ),
    (
        "testing-for-unknown",
        "test-for-unknown",
        policy({"when": {"actor.type": "unknown"}}),
        policy({"when": {"actor.type": "bot"}}),
    ),
    ("anyone-in-a-scope", "unknown-value", policy({"scope": {"who": "anyone"}}), policy({"scope": "everything"})),
    (
        "bounds-that-exclude-each-other",
        "never-true",
        policy({"when": {"content.count": {"at_least": 2, "less_than": 2}}}),
        policy({"when": {"content.count": {"at_least": 2, "less_than": 3}}}),
    ),
    (
        "need-that-the-author-cannot-meet",
        "not-mutable",
        policy({"effect": "require", "require": SECRET}),
        policy({"effect": "require", "require": [{"need": SECRET, "fixable_by": "ann"}]}),
    ),
    (
        "need-tested-by-a-rule-that-overrides",
        "need-tested-elsewhere",
        policy(
            {},
            {"effect": "require", "when": {"content.label": False}, "require": LABEL, "overrides": {"rules": ["R-1"]}},
        ),
        policy({}, {"effect": "require", "when": SECRET, "require": LABEL, "overrides": {"rules": ["R-1"]}}),
    ),
    (
        "overrides-in-a-circle",
        "override-cycle",
        policy({"overrides": {"rules": ["R-2"]}}, {"overrides": {"rules": ["R-1"]}}),
        policy({"overrides": {"rules": ["R-2"]}}, {}),
    ),
    ("overrides-itself", "override-cycle", policy({"overrides": {"rules": ["R-1"]}}), policy({})),
    (
        "firm-rule-overridden",
        "firm-rule-overridden",
        policy({"firm": True}, {"overrides": {"rules": ["R-1"]}}),
        policy({}, {"overrides": {"rules": ["R-1"]}}),
    ),
    (
        "firm-rule-excepted",
        "firm-rule-overridden",
        policy({"firm": True}, exceptions=exception()),
        policy({}, exceptions=exception()),
    ),
    (
        "firm-rule-under-an-overridden-tag",
        "firm-rule-overridden",
        policy({"firm": True, "tags": ["tone"]}, {"overrides": {"tags": ["tone"]}}),
        policy({"tags": ["tone"]}, {"overrides": {"tags": ["tone"]}}),
    ),
    (
        "tag-that-only-the-overrider-carries",
        "override-reaches-nothing",
        policy({"tags": ["tone"], "overrides": {"tags": ["tone"]}}),
        policy({"tags": ["tone"]}, {"tags": ["tone"], "overrides": {"tags": ["tone"]}}),
    ),
    (
        "tag-that-may-not-be-set-aside",
        "tag-not-overridable",
        policy({"tags": ["law"]}, {"overrides": {"tags": ["law"]}}),
        policy({"tags": ["tone"]}, {"overrides": {"tags": ["tone"]}}),
    ),
    (
        "duty-that-overrides",
        "effect-overrides-nothing",
        policy({}, {"effect": "duty", "duties": [DUTY], "overrides": {"rules": ["R-1"]}}),
        policy({}, {"effect": "duty", "duties": [DUTY]}),
    ),
    (
        "advice-that-overrides",
        "effect-overrides-nothing",
        policy({}, {"effect": "advise", "overrides": {"rules": ["R-1"]}}),
        policy({}, {"effect": "advise"}),
    ),
    (
        "exception-for-everyone",
        "exception-for-everyone",
        policy({}, exceptions=exception(**{"for": SECRET})),
        policy({}, exceptions=exception()),
    ),
    (
        "implications-that-contradict-each-other",
        "contradiction",
        policy(vocabulary=contradicting(SECRET)),
        policy(vocabulary=contradicting({"content.secret": False})),
    ),
    (
        "value-outcome-of-a-baseline-fact",
        "unknown-key",
        policy(baseline={"outcome": "deny", "official": "allow"}),
        policy(baseline={"official": "allow", "otherwise": "deny"}),
    ),
]


@pytest.mark.parametrize(("name", "finding", "refused", "right"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_reads_in_two_ways_is_refused(
    name: str, finding: str, refused: dict[str, Any], right: dict[str, Any]
) -> None:
    with pytest.raises(PolicyError) as raised:
        loads(json.dumps(refused))
    assert finding in {found.id for found in raised.value.findings}, name
    assert loads(json.dumps(right)).warnings == ()


def test_a_firm_rule_may_carry_a_tag_that_nobody_overrides() -> None:
    assert loads(json.dumps(policy({"firm": True, "tags": ["tone"]}))).rules[0].overridden_by == ()


def test_an_empty_section_is_no_error() -> None:
    assert loads(json.dumps(policy({}, conditions={}, guarantees=[], exceptions={}))).warnings == ()


def test_several_comparisons_of_one_fact_are_one_test() -> None:
    within = {"content.count": {"at_least": 1, "less_than": 3}}
    assert loads(json.dumps(policy({"unless": within}))).warnings == ()


def test_of_a_core_fact_the_type_stays() -> None:
    bare = {"socialpolicy": 1, "id": "p", "version": "1.0.0", "title": "A policy", "baseline": "allow", "rules": []}
    for key, value in (("type", "string"), ("ordered", True), ("values", ["x"])):
        with pytest.raises(PolicyError) as raised:
            loads(json.dumps({**bare, "vocabulary": {"uses": "core@1", "facts": {"platform": {key: value}}}}))
        assert {found.id for found in raised.value.findings} == {"fact-exists"}
    settable = {"question": "Where?", "in_examples": "x", "default": "x", "mutable": True, "labels": {"x": "X"}}
    assert loads(json.dumps({**bare, "vocabulary": {"uses": "core@1", "facts": {"platform": settable}}})).warnings == ()
