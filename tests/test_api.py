"""The supported API, as its users call it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import socialpolicy
from socialpolicy import ActionError, Outcome, PolicyError, ProgramError

ROOT = Path(__file__).parent.parent
PRAISE = {"account": {"kind": "personal"}, "content": {"endorses": "company", "connection": ["employment"]}}

POLICY = """
socialpolicy: 1
id: doors
version: "1.0.0"
title: Who may open what
vocabulary:
  scope: {subjects: subject.role, actions: action.name}
  instant: at
  facts:
    subject.role: {type: enum, values: [guest, clerk, boss], question: Who is it?}
    subject.name: {type: string, question: What is the name?}
    action.name: {type: enum, values: [look, open], question: What is to be done?}
    resource.secret: {type: bool, question: Is it secret?}
    resource.size: {type: int, min: 0, max: 10, question: How large is it?}
    resource.tags: {type: set, of: string, question: Which tags has it?}
    at: {type: datetime, question: When?}
baseline: deny
rules:
  - {id: LOOK, title: Everybody may look, effect: allow, scope: {actions: look}, unless: {resource.secret: true}}
  - {id: BOSS, title: The boss may open, effect: allow, scope: {subjects: boss}, when: {at: {from: "2026-01-01T00:00:00Z"}}}
"""


@pytest.fixture(scope="module")
def acme() -> socialpolicy.Policy:
    return socialpolicy.load(ROOT / "policies" / "acme")


@pytest.fixture(scope="module")
def doors() -> socialpolicy.Policy:
    return socialpolicy.loads(POLICY)


def test_a_decision_says_what_to_do(acme: socialpolicy.Policy) -> None:
    decision = acme.decide(PRAISE, assume="in_examples")
    assert decision.outcome is Outcome.REVISE
    assert decision.determined
    assert decision.because == ("law-us-endorsements/TIE-1", "law-us-endorsements/TIE-2")
    assert (decision.policy.id, decision.policy.version) == ("acme", acme.version)
    assert decision.policy.digest == acme.digest
    assert "They sent me this for free" in decision.explain()
    assert acme.outcome(PRAISE, assume="in_examples") is Outcome.REVISE


def test_nested_and_flat_facts_are_the_same(acme: socialpolicy.Policy) -> None:
    flat = {"account.kind": "personal", "content.endorses": "company", "content.connection": ["employment"]}
    assert acme.decide(flat) is acme.decide(PRAISE)
    assert acme.decide(acme.action(flat)) is acme.decide(flat)
    assert socialpolicy.Action.from_dict(flat, acme.checker) == acme.action(PRAISE)


@pytest.mark.parametrize(
    ("facts", "id", "hint"),
    [
        ({"account.kin": "personal"}, "unknown-fact", "account.kind"),
        ({"account": {"kin": "personal"}}, "unknown-fact", "account.kind"),
        ({"account.kind": "personl"}, "unknown-value", "personal"),
        ({"account.kind": True}, "type-mismatch", ""),
        ({"account.mfa": 1}, "type-mismatch", "true or false"),
        ({"account.admins": True}, "type-mismatch", "whole number"),
        ({"account.admins": 2.0}, "type-mismatch", "whole number"),
        ({"content.connection": "employment"}, "type-mismatch", "list"),
        ({"content.connection": ["employment", None]}, "type-mismatch", "null"),
        ({"context.at": "2026-05-01T10:00:00"}, "type-mismatch", "offset"),
        ({"account": {"kind": "personal"}, "account.kind": "personal"}, "duplicate-key", "once"),
    ],
)
def test_facts_that_are_wrong_are_errors(
    acme: socialpolicy.Policy, facts: dict[str, object], id: str, hint: str
) -> None:
    with pytest.raises(ActionError) as raised:
        acme.decide(facts)
    (problem,) = raised.value.problems
    assert problem.id in (id, "bad-instant")
    assert hint in problem.hint + problem.message


def test_all_problems_are_told_at_once(acme: socialpolicy.Policy) -> None:
    with pytest.raises(ActionError) as raised:
        acme.decide({"platfrm": "x", "account.kind": "offical", "content.ai": 3})
    assert len(raised.value.problems) == 3


def test_null_and_the_word_unknown_say_not_known(acme: socialpolicy.Policy) -> None:
    assert acme.decide({"platform": None}) is acme.decide({"platform": "unknown"})
    assert acme.decide({"context.approvals": None}) is not acme.decide({})  # null is never filled by a default


def test_facts_that_contradict_each_other_are_errors(acme: socialpolicy.Policy) -> None:
    with pytest.raises(ActionError, match="about_work"):
        acme.decide({"content.about_work": False, "content.mentions_company": True})


def test_assume_is_a_word_that_is_known(acme: socialpolicy.Policy) -> None:
    with pytest.raises(ValueError, match="everything"):
        acme.decide({}, assume="everything")


def test_another_domain(doors: socialpolicy.Policy) -> None:
    assert doors.outcome({"subject.role": "guest", "action.name": "look", "resource.secret": False}) is Outcome.ALLOW
    assert doors.outcome({"subject.role": "guest", "action.name": "open", "resource.secret": False}) is Outcome.DENY
    open_doubt = doors.decide({"subject.role": "boss", "action.name": "open"})
    assert (open_doubt.at_least, open_doubt.at_most, open_doubt.missing) == (Outcome.ALLOW, Outcome.DENY, ("at",))


def test_instants_are_compared_as_instants(doors: socialpolicy.Policy) -> None:
    new_year = datetime(2026, 1, 1, tzinfo=UTC)
    facts = {"subject.role": "boss", "action.name": "open", "resource.secret": False}
    assert doors.outcome({**facts, "at": new_year}) is Outcome.ALLOW
    assert doors.outcome({**facts, "at": new_year - timedelta(seconds=1)}) is Outcome.DENY
    assert doors.outcome({**facts, "at": new_year.astimezone(timezone(timedelta(hours=9)))}) is Outcome.ALLOW
    assert doors.outcome({**facts, "at": "2026-01-01T08:59:59+09:00"}) is Outcome.DENY


def test_to_dict_is_json(acme: socialpolicy.Policy) -> None:
    data = acme.decide(PRAISE, assume="in_examples").to_dict()
    assert json.loads(json.dumps(data)) == data
    assert data["sure"]["revisions"][0] == {  # type: ignore[index,call-overload]
        "rule": "law-us-endorsements/TIE-1", "need": {"content.disclosure": "clear"},
        "say": 'Say it in ordinary words, such as "Ad", "I work there" or "They sent me this for free".',
    }  # fmt: skip


def test_a_saved_program_decides_the_same(acme: socialpolicy.Policy, tmp_path: Path) -> None:
    file = tmp_path / "acme.json"
    socialpolicy.save(acme.program, file)
    saved = socialpolicy.load_program(file)
    assert saved.program == acme.program
    assert saved.decide(PRAISE, assume="in_examples") == acme.decide(PRAISE, assume="in_examples")
    assert list(tmp_path.iterdir()) == [file]


def test_a_program_that_was_changed_is_refused(acme: socialpolicy.Policy, tmp_path: Path) -> None:
    file = tmp_path / "acme.json"
    socialpolicy.save(acme.program, file)
    text = file.read_text("utf-8")
    for old, new, message in (
        ('"effect": "deny"', '"effect": "advise"', "checksum"),
        ('"effect": "deny"', '"effect": "perhaps"', "effect"),
        ('"is": "one_of"', '"is": "regex"', "condition"),
        ('"socialpolicy_program": 1', '"socialpolicy_program": 2', "format"),
        ('"overridden_by"', '"overriden_by"', "no such key"),
        ("{", "", "JSON"),
    ):
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(ProgramError, match=message):
            socialpolicy.load_program(file)


def test_deciding_by_a_saved_program_needs_no_pydantic(acme: socialpolicy.Policy, tmp_path: Path) -> None:
    file = tmp_path / "acme.json"
    socialpolicy.save(acme.program, file)
    code = (
        "import sys, socialpolicy\n"
        f"decision = socialpolicy.load_program({str(file)!r}).decide({{'account.kind': 'personal'}})\n"
        "print(decision.outcome.word, [name for name in ('pydantic', 'yaml', 'jsonschema', 'click') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "ask []"


def test_importing_needs_nothing() -> None:
    code = "import sys, socialpolicy; print([n for n in ('pydantic', 'yaml', 'jsonschema', 'click', 'json') if n in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_a_policy_with_errors_names_them_all() -> None:
    with pytest.raises(PolicyError) as raised:
        socialpolicy.loads(
            POLICY.replace("effect: allow", "effect: alow", 1).replace("resource.secret: true", "resource.secrt: true")
        )
    assert [finding.id for finding in raised.value.findings] == ["unknown-value", "unknown-fact"]
    assert all(finding.file == "policy" and finding.line > 1 for finding in raised.value.findings)


def test_a_base_that_is_not_there_is_refused_not_left_out() -> None:
    with pytest.raises(PolicyError, match="no policy pack to build on"):
        socialpolicy.loads(POLICY + "builds_on: [{id: pack, version: 2}]\n")


def test_policy_test_runs_the_cases(acme: socialpolicy.Policy) -> None:
    results = acme.test()
    assert results.passed
    assert len(results.results) >= 122
    coverage = results.coverage()
    assert not coverage.rules
    assert not coverage.overrides


def test_what_is_exported_exists() -> None:
    for name in socialpolicy.__all__:
        assert getattr(socialpolicy, name).__doc__
    assert set(socialpolicy.__all__) <= set(dir(socialpolicy))


def test_checks_of_one_shape_agree_with_checks_one_by_one(acme: socialpolicy.Policy) -> None:
    """Actions of a shape that is seen often are checked by a function of their own: the same facts, the same problems."""
    from socialpolicy import actions

    good = {
        "account": {"kind": "personal", "mfa": True},
        "content.topics": ["merger"],
        "account.admins": 2,
        "platform": "x",
        "context.at": "2026-05-01T10:00:00Z",
    }
    wrong = [
        {**good, "account": {"kind": "personl", "mfa": True}}, {**good, "account": {"kind": "personal", "mfa": 1}},
        {**good, "account": {"mfa": True, "kind": "personal"}}, {**good, "account": {"kind": "personal", "mf": True}},
        {**good, "account": ["kind", "mfa"]}, {**good, "account": None}, {**good, "content.topics": "merger"},
        {**good, "content.topics": ["mergers"]}, {**good, "content.topics": [["merger"]]}, {**good, "content.topics": None},
        {**good, "account.admins": True}, {**good, "account.admins": -1}, {**good, "account.admins": 2**60}, {**good, "platform": "unknown"},
        {**good, "platform": ["x"]}, {**good, "context.at": "2026-05-01"}, {**good, "context.at": None}, {**good, "content.topics": ()},
    ]  # fmt: skip

    def result(checker: actions.Checker, facts: object) -> object:
        try:
            return checker(facts)  # type: ignore[arg-type]
        except ActionError as error:
            return error.problems

    fresh = actions.Checker(acme.vocabulary)
    expected = [result(fresh, facts) for facts in [good, *wrong]]
    assert not fresh.shapes
    used = actions.Checker(acme.vocabulary)
    for _ in range(40):
        used(good)
    assert len(used.shapes) == 1
    assert [result(used, facts) for facts in [good, *wrong]] == expected
