"""What once let something through, or could have: each stays refused, or stays decided as it should be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import socialpolicy
from socialpolicy import Outcome, PolicyError, ProgramError
from socialpolicy.cli.main import run
from socialpolicy.digests import digest
from socialpolicy.encoding import saved
from socialpolicy.interpret import interpret
from socialpolicy.saving import loads_program

HEAD = """
socialpolicy: 1
id: a
version: "1.0.0"
title: A
contacts: {legal: {title: Legal, reach: x}, hr: {title: HR, reach: y}}
baseline: allow
"""
NAMES = [
    "SET0",
    "TABLE0",
    "BOOL",
    "DENY",
    "ALLOW",
    "DECISIONS",
    "dict",
    "len",
    "settled",
    "facts",
    "get",
    "fired",
    "f_x",
    "r0",
    "w",
    "class",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_fact_may_have_any_name(name: str) -> None:
    """No name of a fact meets a name in generated code."""
    policy = socialpolicy.loads(
        HEAD
        + f"""
vocabulary:
  facts:
    {name}: {{type: string, question: Q?}}
    b: {{type: bool, question: Q?}}
    c: {{type: bool, question: Q?}}
  implies: [{{if: {{{name}: hello}}, then: {{c: true}}}}]
rules:
  - {{id: R, title: T, effect: deny, scope: everything, when: {{b: true}}, unless: {{{name}: [press]}}}}
  - {{id: S, title: T, effect: deny, scope: everything, when: {{{name}: hello, c: true}}}}
"""
    )
    for text in ("nobody", "hello", "press", None):
        for b in (True, False, None):
            facts = {name: text, "b": b}
            expected = interpret(policy.program, facts)
            assert policy.decide(facts) == expected
            assert policy.compiled.outcome(facts) is expected.outcome


@pytest.mark.parametrize(
    ("fact", "group", "added"),
    [("content.classification", "not_public", "top_secret"), ("content.connection", "close", "gift_card")],
)
def test_an_added_value_belongs_to_all_but_groups(fact: str, group: str, added: str) -> None:
    test = f"{{any_of: [{group}]}}" if fact == "content.connection" else f"[{group}]"
    policy = socialpolicy.loads(
        HEAD
        + f"""
vocabulary: {{uses: core@1, values: {{{fact}: [{added}]}}}}
rules: [{{id: R, title: T, effect: deny, scope: everything, when: {{{fact}: {test}}}}}]
"""
    )
    value: Any = [added] if fact == "content.connection" else added
    assert policy.outcome({fact: value}) is Outcome.DENY


@pytest.mark.parametrize(
    ("vocabulary", "id"),
    [
        ("values: {action.kind: [posting]}", "duplicate-value"),
        ("values: {content.topics: [zzz, zzz]}", "duplicate-value"),
        ("values: {context.crisis: [minor]}", "fact-exists"),
        ("groups: {action.kind: {posting: [publish]}}", "duplicate-value"),
        ("approvals: content.topics", "fact-exists"),
        ("baseline: platform", "fact-exists"),
    ],
)
def test_a_vocabulary_on_the_core_cannot_turn_it_round(vocabulary: str, id: str) -> None:
    with pytest.raises(PolicyError) as raised:
        socialpolicy.loads(HEAD + f"vocabulary: {{uses: core@1, {vocabulary}}}\nrules: []\n")
    assert id in {finding.id for finding in raised.value.findings}


@pytest.mark.parametrize("name", ["2fa", "-x", ".x", "x..y", "x."])
def test_a_name_that_no_program_takes_is_refused_at_once(name: str) -> None:
    with pytest.raises(PolicyError, match="bad-name"):
        socialpolicy.loads(HEAD + f"vocabulary: {{facts: {{{name}: {{type: bool, question: Q?}}}}}}\nrules: []\n")


def test_a_comparison_that_never_holds_is_refused() -> None:
    with pytest.raises(PolicyError, match="never-true"):
        socialpolicy.loads(
            HEAD
            + """
vocabulary: {facts: {n: {type: int, min: 0, max: 10, question: Q?}}}
rules: [{id: R, title: T, effect: deny, scope: everything, when: {n: {more_than: 10}}}]
"""
        )


def test_a_program_that_does_not_hold_together_is_refused_though_its_checksum_fits() -> None:
    policy = socialpolicy.loads(
        HEAD
        + """
vocabulary: {facts: {b: {type: bool, question: Q?}, at: {type: datetime, question: Q?}}, instant: at}
rules: [{id: R, title: T, effect: deny, scope: everything, when: {b: true}, duties: [{what: x, who: legal, within: 1 day}]}]
"""
    )
    good = json.loads(json.dumps(saved(policy.program)))
    assert loads_program(json.dumps({**good, "checksum": digest(good)})).program == policy.program
    changes: list[Any] = [
        lambda data: data["baseline"]["starts"].update({"": {"outcome": "ask"}}),
        lambda data: data["baseline"]["starts"].update({"": {"outcome": "revise"}}),
        lambda data: data["rules"][0].update(
            when={"is": "not", "part": {"is": "one_of", "fact": "b", "values": [True, False]}}
        ),
        lambda data: data["rules"][0].update(when={"is": "one_of", "fact": "b", "values": []}),
        lambda data: data["rules"][0].update(when={"is": "not", "part": {"is": "during", "fact": "at"}}),
        lambda data: data.pop("contacts"),
        lambda data: data["rules"][0]["duties"][0]["within"].update(amount=-5),
        lambda data: data["rules"][0].update(title="\ud800"),
    ]
    for change in changes:
        data = json.loads(json.dumps(good))
        change(data)
        try:
            checksum = digest(data)
        except ValueError:
            checksum = ""
        with pytest.raises(ProgramError):
            loads_program(json.dumps({**data, "checksum": checksum}))


def test_no_output_is_written_over_what_an_author_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "policy.yaml"
    text = HEAD + "rules: []\n"
    file.write_text(text, "utf-8")
    assert run(["compile", str(file), "-o", str(file)]) == 2
    assert run(["decide", str(file), "-f", f"json:{file}"]) == 2
    assert file.read_text("utf-8") == text
    assert "not written over" in capsys.readouterr().err


@pytest.mark.parametrize(
    "given",
    [
        '{actor.id: {matches: "*"}}',
        "{any: [{actor.id: bob}, {actor.type: employee}]}",
        "{not: {actor.id: bob}}",
        "{actor.type: employee}",
    ],
)
def test_an_exception_for_everyone_is_refused(given: str) -> None:
    text = (
        HEAD
        + """
rules: [{id: R, title: T, effect: deny, scope: everything, when: {content.mature: true}}]
exceptions:
  E: {rules: [R], for: GIVEN, owner: hr, reason: x, ticket: T-1, approved_by: [legal], in_force: {from: 2026-01-01, through: 2026-02-01}}
"""
    )
    with pytest.raises(PolicyError, match="exception-for-everyone"):
        socialpolicy.loads(text.replace("GIVEN", given))
    socialpolicy.loads(text.replace("GIVEN", "{any: [{actor.id: [bob, eve]}, {account.id: {matches: 'x:@acme*'}}]}"))


def test_code_is_shown_for_very_many_rules_too() -> None:
    rules = "".join(
        f"  - {{id: R{n}, title: T, effect: deny, scope: everything, when: {{n: {{at_least: {n}}}}}}}\n"
        for n in range(1, 1101)
    )
    policy = socialpolicy.loads(HEAD + "vocabulary: {facts: {n: {type: int, question: Q?}}}\nrules:\n" + rules)
    assert "interpret decides" in policy.compiled.source({"n": 1})
    assert policy.outcome({"n": 1}) is Outcome.DENY
    assert policy.outcome({"n": 0}) is Outcome.ALLOW


@pytest.mark.parametrize(
    "rule",
    [
        "scope: {formats: text}, require: {content.format: image}",
        "scope: everything, require: [{need: {content.alt_text: true}, if: {content.alt_text: false}}]",
        "scope: everything, when: {content.alt_text: false}, require: {content.alt_text: true}",
    ],
)
def test_putting_right_what_is_tested_and_overrides_is_refused(rule: str) -> None:
    """Settled 7: the scope, when, unless and if of a rule that overrides do not read what it asks for."""
    text = (
        HEAD
        + f"""
vocabulary: {{uses: core@1, scope: {{formats: content.format}}, facts: {{content.format: {{mutable: true}}}}}}
rules:
  - {{id: A, title: T, effect: require, {rule}, overrides: {{rules: [B]}}}}
  - {{id: B, title: T, effect: deny, scope: everything, when: {{content.mature: true}}}}
"""
    )
    with pytest.raises(PolicyError, match="need-tested-elsewhere"):
        socialpolicy.loads(text)


def test_values_in_examples_that_contradict_each_other_are_found_at_load() -> None:
    with pytest.raises(PolicyError, match="contradiction"):
        socialpolicy.loads(
            HEAD
            + """
vocabulary:
  facts:
    a: {type: bool, question: Q?, in_examples: true}
    b: {type: bool, question: Q?, in_examples: true}
  implies: [{if: {a: true}, then: {b: false}}]
rules: []
"""
        )


def test_the_digest_is_of_the_vocabulary_too(monkeypatch: pytest.MonkeyPatch) -> None:
    text = HEAD + "rules: []\n"
    before = socialpolicy.loads(text).digest
    monkeypatch.setattr("socialpolicy.loading.joining.digest_of", lambda name: "another")
    assert socialpolicy.loads(text).digest != before
