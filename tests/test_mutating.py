"""What no case would notice: every thing in a policy can be taken out, and what is told of those that survive is true."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from socialpolicy import CasesError, Policy, load
from socialpolicy.cli.main import run
from socialpolicy.cli.test import flow
from socialpolicy.cli.validate import validate
from socialpolicy.completing import Assume
from socialpolicy.interpret import interpret
from socialpolicy.loading.reading import read_file
from socialpolicy.mutating import Mutants, Mutated, Survivor, Trial, at, key, mutate, spelt, without
from socialpolicy.telling import plain
from socialpolicy.testing import differences

ROOT = Path(__file__).parent.parent
FACTS = """\
    kind: {type: enum, values: [official, own], question: Whose account?, in_examples: own}
    topic: {type: set, of: enum, values: [news, money, pay], question: What about?, in_examples: []}
    who: {type: string, question: Who?, in_examples: anna}
    tone: {type: enum, values: [kind, rude], question: What tone?, mutable: true, in_examples: kind}
    said: {type: bool, question: Does it say who you are?, mutable: true, in_examples: true}
    live: {type: bool, question: Is it live?, in_examples: false}
    approvals: {type: set, of: enum, values: [comms, legal], question: Who said yes?, default: []}
    at: {type: datetime, question: When?}
"""
VOCABULARY = f"vocabulary:\n  scope: {{accounts: kind}}\n  baseline: kind\n  approvals: approvals\n  instant: at\n  facts:\n{FACTS}"
POLICY = f"""\
socialpolicy: 1
id: acme
version: "1.0.0"
title: Social media at Acme
{VOCABULARY}contacts:
  comms: {{title: Communications, reach: "#ask-comms"}}
  legal: {{title: Legal, reach: "#ask-legal"}}
tags:
  civility: {{title: Politeness, may_be_set_aside: true}}
conditions:
  big: {{title: It is about news or money, is: {{any: [{{topic: news}}, {{topic: money}}]}}}}
baseline: {{official: {{outcome: ask, approval: comms}}, own: allow}}
rules:
  - id: OPEN
    title: News may go out
    effect: allow
    scope: {{accounts: official}}
    when: {{topic: news}}
    unless: {{any: [{{live: true}}, {{tone: rude}}]}}
  - id: TONE
    title: Stay friendly
    tags: [civility]
    effect: require
    scope: everything
    when: {{big: true}}
    require: {{tone: kind}}
  - id: SAY
    title: Say who you are
    effect: require
    scope: {{accounts: own}}
    when: {{topic: {{any_of: [news, money]}}}}
    require:
      - {{need: {{said: true}}}}
      - {{if: {{live: true}}, need: {{tone: kind}}}}
    duties:
      - {{id: keep, what: Keep a copy, who: actor}}
  - id: FIGURES
    title: Figures need two people
    effect: ask
    scope: everything
    when: {{topic: money}}
    approval: {{all_of: [comms, legal]}}
    hand_over: {{to: legal}}
  - id: PAY
    title: Talk about pay is free
    effect: allow
    scope: everything
    when: {{topic: pay}}
    overrides: {{tags: [civility]}}
  - id: TIP
    title: Thank you
    effect: advise
    scope: {{accounts: own}}
    in_force: {{from: "2026-03-01", through: "2026-03-31"}}
exceptions:
  EXC:
    rules: [SAY]
    for: {{who: berta}}
    owner: comms
    reason: She is known.
    ticket: T-1
    approved_by: [legal]
    in_force: {{from: "2026-01-01", through: "2026-12-31"}}
"""
CASES = """\
cases_for: acme
assume: in_examples
cases:
  - {id: C-1, facts: {kind: official}, expect: ask}
  - {id: C-2, facts: {kind: official, topic: [news]}, expect: allow}
  - {id: C-3, facts: {topic: [money], tone: rude}, expect: {outcome: ask, because: [TONE, SAY, FIGURES]}}
"""
NAMES = [
    "conditions big is.any.1.topic",
    "conditions big is.any.2.topic",
    "baseline official opened",
    "rules OPEN removed",
    "rules OPEN scope.accounts",
    "rules OPEN when.topic",
    "rules OPEN unless",
    "rules OPEN unless.any.1.live",
    "rules OPEN unless.any.2.tone",
    "rules TONE removed",
    "rules TONE when.big",
    "rules TONE require.tone",
    "rules SAY removed",
    "rules SAY scope.accounts",
    "rules SAY when.topic",
    "rules SAY require.1",
    "rules SAY require.2",
    "rules SAY require.2.if",
    "rules SAY duties.keep",
    "rules FIGURES removed",
    "rules FIGURES when.topic",
    "rules FIGURES approval",
    "rules FIGURES hand_over",
    "rules FIGURES approval: one is enough",
    "rules PAY removed",
    "rules PAY when.topic",
    "rules TIP removed",
    "rules TIP scope.accounts",
    "rules TIP in_force",
    "exceptions EXC removed",
    "exceptions EXC in_force",
    "rules PAY over TONE",
    "exceptions EXC over SAY",
]


def put(folder: Path, policy: str = POLICY, cases: str = CASES, survivors: str = "") -> Policy:
    (folder / "tests").mkdir(parents=True, exist_ok=True)
    (folder / "policy.yaml").write_text(policy, "utf-8")
    (folder / "tests" / "cases.yaml").write_text(cases, "utf-8")
    if survivors:
        (folder / "tests" / "survivors.yaml").write_text(survivors, "utf-8")
    return load(folder)


def tried(policy: Policy, **options: Any) -> Mutated:
    return mutate(policy, policy.test().results, **options)


def name(one: Survivor) -> str:
    return " ".join(key(one.mutant))


@cache
def acme() -> Policy:
    return load(ROOT / "policies" / "acme")


def case_of(number: int, one: Survivor) -> str:
    """The case that is told of a survivor, as it would be pasted."""
    assert one.hint is not None
    assert one.hint.assume is Assume.IN_EXAMPLES
    facts = {fact: "unknown" if value is None else plain(value) for fact, value in one.hint.facts.items()}
    return f"  - {{id: H-{number}, facts: {flow(facts)}, expect: {flow(one.hint.expect)}}}\n"


# -- what can be taken out -------------------------------------------------------------------------------------------


def test_every_thing_in_a_policy_can_be_taken_out(tmp_path: Path) -> None:
    assert [" ".join(key(mutant)) for mutant in Mutants(put(tmp_path)).all()] == NAMES


def test_thorough_takes_single_values_out_of_lists(tmp_path: Path) -> None:
    every = [" ".join(key(mutant)) for mutant in Mutants(put(tmp_path)).all(thorough=True)]
    assert [one for one in every if one not in NAMES] == [
        "rules SAY when.topic.any_of.news",
        "rules SAY when.topic.any_of.money",
    ]


def test_no_two_things_have_one_name() -> None:
    every = [key(mutant) for mutant in Mutants(acme()).all(thorough=True)]
    assert len(set(every)) == len(every) > 800


def test_a_mutant_has_less_than_the_policy(tmp_path: Path) -> None:
    policy = put(tmp_path)
    mutants = {" ".join(key(mutant)): mutant for mutant in Mutants(policy).all()}
    gone = mutants["rules PAY removed"].program(policy.program)
    assert [rule.id for rule in gone.rules if rule.overridden_by] == ["SAY"]
    assert "PAY" not in {rule.id for rule in gone.rules}
    for name, mutant in mutants.items():
        program = mutant.program(policy.program)
        assert program != policy.program, name
        assert program.identity == policy.program.identity


@pytest.mark.parametrize(
    ("data", "path", "left"),
    [
        ({"a": 1, "b": 2}, ("a",), {"b": 2}),
        ({"when": {"all": [{"a": 1}]}}, ("when", "all", 0, "a"), {}),
        ({"when": {"all": [{"a": 1}, "c"]}}, ("when", "all", 0), {"when": {"all": ["c"]}}),
        ({"scope": {"who": ["a", "b"]}}, ("scope", "who", 1), {"scope": {"who": ["a"]}}),
        ({"scope": {"who": "a"}}, ("scope", "who"), {"scope": "everything"}),
    ],
)
def test_what_is_left_empty_goes_too(data: Any, path: tuple[Any, ...], left: Any) -> None:
    before = json.dumps(data)
    assert without(data, path) == left
    assert json.dumps(data) == before


def test_a_name_stays_when_others_are_added() -> None:
    data = {"duties": [{"id": "keep", "what": "Keep it"}], "when": {"topic": ["a", "b"]}, "any": ["x"]}
    assert spelt(data, ("duties", 0)) == "duties.keep"
    assert spelt(data, ("when", "topic", 1)) == "when.topic.b"
    assert at(data, ("any", 0)) == "x"


# -- what is told is true --------------------------------------------------------------------------------------------


def test_with_the_cases_that_are_told_every_mutant_is_noticed(tmp_path: Path) -> None:
    found = tried(put(tmp_path), thorough=True)
    assert len(found.left) > 15
    hints = "".join(case_of(number, one) for number, one in enumerate(found.left))
    again = tried(put(tmp_path, cases=CASES + hints), thorough=True)
    assert [name(one) for one in again.left] == []
    assert again.passed
    assert again.equal == found.equal == ()


def test_with_the_cases_that_are_told_the_big_policy_is_noticed(tmp_path: Path) -> None:
    edges = "edges.yaml"  # its cases are there since they were told
    results = [result for result in acme().test().results if not result.case.file.endswith(edges)]
    rules = ["SCO-1", "CRI-2", "CRI-6", "LAB-3", "SEC-19"]
    found = mutate(acme(), results, rules=rules)
    assert found.left
    for one in found.left:
        assert one.hint is not None
        program = one.mutant.program(acme().program)
        for side, expected in ((acme().program, one.hint.expect), (program, one.hint.instead)):
            decision = interpret(side, one.hint.facts, assume=one.hint.assume)
            assert not list(differences(expectation(expected), decision)), name(one)


def expectation(data: Any) -> Any:
    from socialpolicy.loading.models import Expect

    return Expect.model_validate(data)


def test_cases_that_are_not_looked_at_would_not_have_failed() -> None:
    """Only cases are run in which a changed rule is true otherwise, or true at all: the others would come out as before."""
    policy = acme()
    trial = Trial(policy, [result.case for result in policy.test().results])
    for mutant in list(Mutants(policy).all(thorough=True))[::40]:
        program = mutant.program(policy.program)
        left = set(range(len(trial.cases))) - set(trial.concerned(mutant))
        for number in sorted(left)[::7]:
            facts = trial.cases[number][1]
            now, before = interpret(program, facts).to_dict(), interpret(policy.program, facts).to_dict()
            assert now == before, f"{mutant.sentence}: {trial.cases[number][0].id}"


def test_what_makes_no_difference_is_said_apart(tmp_path: Path) -> None:
    twice = POLICY.replace("when: {topic: money}\n    approval", "when: {topic: money, big: true}\n    approval")
    found = tried(put(tmp_path, twice))
    assert [name(one) for one in found.equal] == ["rules FIGURES when.big"]


def test_a_question_that_stays_open_is_no_proof(tmp_path: Path) -> None:
    found = tried(put(tmp_path), conflicts=0)
    assert all(one.hint is not None or not one.equal for one in found.survivors)


def test_mutants_are_tried_against_cases_that_pass(tmp_path: Path) -> None:
    policy = put(tmp_path, cases=CASES.replace("expect: ask", "expect: deny"))
    with pytest.raises(ValueError, match="cases that pass"):
        tried(policy)


STAGED = f"""\
socialpolicy: 1
id: acme
version: "1.0.0"
title: Social media at Acme
{VOCABULARY}contacts:
  comms: {{title: Communications, reach: "#ask-comms"}}
  legal: {{title: Legal, reach: "#ask-legal"}}
baseline: allow
rules:
  - id: MONEY
    title: Figures
    effect: ask
    scope: everything
    when: {{topic: money}}
    approval:
      - {{any_of: [comms]}}
      - {{if: {{live: true}}, all_of: [comms, legal]}}
  - {{id: FREE, title: Own figures, effect: allow, scope: {{accounts: own}}, when: {{topic: pay}}, overrides: {{rules: [MONEY]}}}}
playbooks:
  storm:
    title: A storm
    trigger: {{tone: rude, topic: {{any_of: [money, pay]}}}}
    owner: comms
    roles: {{voice: {{who: comms, deputy: legal}}}}
    steps: [{{do: Pause, who: voice}}]
    ends: {{when: It is calm, who: comms}}
"""


def test_stages_of_approval_and_playbooks_are_tried(tmp_path: Path) -> None:
    cases = "cases_for: acme\nassume: in_examples\ncases:\n  - {id: C-1, facts: {}, expect: allow}\n"
    found = tried(put(tmp_path, STAGED, cases), thorough=True)
    assert {name(one) for one in found.left} == {
        "rules MONEY removed",
        "rules MONEY approval",
        "rules MONEY approval.1",
        "rules MONEY approval.2",
        "rules MONEY approval.2.if",
        "rules MONEY approval.2: one is enough",
        "rules FREE removed",
        "rules FREE scope.accounts",
        "rules FREE over MONEY",
        "playbooks storm removed",
        "playbooks storm trigger.tone",
        "playbooks storm trigger.topic",
        "playbooks storm trigger.topic.any_of.money",
        "playbooks storm trigger.topic.any_of.pay",
        "rules FREE when.topic",
    }
    hints = "".join(case_of(number, one) for number, one in enumerate(found.left))
    again = tried(put(tmp_path, STAGED, cases + hints), thorough=True)
    assert again.left == again.equal == ()


# -- policies that build on others -----------------------------------------------------------------------------------

PACK = f"""\
socialpolicy: 1
id: pack
version: "1.0.0"
title: Rights
{VOCABULARY}tags:
  manners: {{title: Manners, may_be_set_aside: true, for_others: true}}
  style: {{title: Style}}
may_be_set_aside: {{tags: [style]}}
baseline: allow
rules:
  - {{id: FREE, title: Talk about pay is free, effect: allow, scope: everything, when: {{topic: pay}}, overrides: {{tags: [manners]}}}}
  - {{id: SHORT, title: Not live, tags: [style], effect: deny, scope: everything, when: {{live: true}}}}
"""
COMPANY = f"""\
socialpolicy: 1
id: company
version: "1.0.0"
title: Social media
builds_on:
  - {{id: pack, version: 1, set_aside: [{{rule: pack/SHORT, why: We go live.}}]}}
{VOCABULARY}contacts:
  comms: {{title: Communications, reach: "#ask-comms"}}
baseline: allow
rules:
  - {{id: TONE, title: Stay friendly, tags: [pack/manners], effect: require, scope: everything, require: {{tone: kind}}}}
"""


def test_what_one_policy_sets_aside_of_another_is_tried_too(tmp_path: Path) -> None:
    put(tmp_path / "pack", PACK, "cases_for: pack\nassume: in_examples\ncases: []\n")
    one = "cases_for: company\nassume: in_examples\ncases:\n  - {id: C-1, facts: {tone: rude}, expect: revise}\n"
    policy = put(tmp_path / "company", COMPANY, one)
    found = tried(policy)
    assert [name(one) for one in found.left] == ["rules pack/FREE over TONE", "builds_on pack pack/SHORT aside"]
    hints = "".join(case_of(number, one) for number, one in enumerate(found.left))
    assert tried(put(tmp_path / "company", COMPANY, one + hints)).left == ()


# -- reasons ---------------------------------------------------------------------------------------------------------

SURVIVORS = """\
survivors_of: acme
rules:
  SAY:
    duties.keep: Everybody knows it.
    when.topic.any_of.news: It comes with the next version.
  FIGURES:
    removed: This is noticed.
    hand_ovr: This is misspelt.
"""


def test_a_survivor_may_be_kept_for_a_reason(tmp_path: Path) -> None:
    found = tried(put(tmp_path, survivors=SURVIVORS))
    assert [(name(one), one.reason) for one in found.kept] == [("rules SAY duties.keep", "Everybody knows it.")]
    assert "rules SAY duties.keep" not in {name(one) for one in found.left}
    assert [(one.id, one.line, one.column) for one in found.findings] == [
        ("unused-reason", 7, 5),
        ("unused-reason", 8, 5),
    ]
    assert "some case notices it now" in found.findings[0].message
    assert "did you mean hand_over?" in found.findings[1].hint
    assert len(tried(put(tmp_path, survivors=SURVIVORS), thorough=True).kept) == 2


def test_with_some_rules_alone_no_reason_is_unused(tmp_path: Path) -> None:
    assert tried(put(tmp_path, survivors=SURVIVORS), rules=["SAY"]).findings == ()


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("survivors_of: other\n", "other-policy"),
        ("survivors_of: acme\nrulez: {}\n", "unknown-key"),
        ("survivors_of: acme\nrules: {SAY: {removed: ''}}\n", "empty-value"),
        ("survivors_of: acme\nrules: {SAY: never}\n", "wrong-type"),
    ],
)
def test_reasons_with_mistakes_are_refused(tmp_path: Path, text: str, id: str) -> None:
    policy = put(tmp_path, survivors=text)
    with pytest.raises(CasesError) as caught:
        tried(policy)
    assert [finding.id for finding in caught.value.findings] == [id]
    document = read_file(tmp_path / "tests" / "survivors.yaml")
    validate(document, {})
    assert [finding.id for finding in document.findings] == [id]


# -- the command -----------------------------------------------------------------------------------------------------


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = run(["test", *arguments])
    captured = capsys.readouterr()
    return status, captured.out + captured.err


def test_the_command_tells_survivors_with_a_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "acme", survivors="survivors_of: acme\nrules: {FIGURES: {hand_over: It is shown to them anyway.}}\n")
    monkeypatch.chdir(tmp_path)
    status, text = told(capsys, "acme", "--mutate", "--rule", "FIGURES")
    assert status == 1
    assert text == (
        "acme 1.0.0: 3 cases passed.\n"
        "  2 of 3 cases are undetermined without the values for examples.\n"
        "acme/policy.yaml:56:16: no case notices: rule FIGURES, approval: one is enough.\n"
        "    facts: {topic: [money], approvals: [legal]}\n"
        "    expect: ask   # without it: allow\n"
        "\n"
        "acme/policy.yaml:57:5: kept: rule FIGURES, hand_over left out. It is shown to them anyway.\n"
        "  5 mutants: 1 is kept for a reason, 1 is noticed by no case.\n"
    )


def test_the_exit_status_says_whether_a_case_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path)
    assert told(capsys, str(tmp_path), "--mutate", "--rule", "TIP")[0] == 1
    assert told(capsys, str(tmp_path), "--mutate", "--rule", "official")[0] == 0
    status, text = told(capsys, str(tmp_path), "--mutate", "--rule", "FIGURE")
    assert status == 2
    assert "Did you mean figures?" in text or "Did you mean FIGURES?" in text
    assert told(capsys, str(tmp_path), "--thorough")[0] == 2
    assert told(capsys, str(tmp_path), "--mutate", "-k", "C-1")[0] == 2
    put(tmp_path, survivors="survivors_of: other\n")
    assert told(capsys, str(tmp_path), "--mutate")[0] == 2
    put(tmp_path, cases=CASES.replace("expect: ask", "expect: deny"))
    status, text = told(capsys, str(tmp_path), "--mutate")
    assert status == 1
    assert "No mutants were tried" in text


def test_an_unused_reason_is_exit_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = put(tmp_path)
    hints = "".join(case_of(number, one) for number, one in enumerate(tried(policy).left))
    put(tmp_path, cases=CASES + hints)
    assert told(capsys, str(tmp_path), "--mutate")[0] == 0
    put(tmp_path, cases=CASES + hints, survivors="survivors_of: acme\nrules: {TIP: {removed: No.}}\n")
    status, text = told(capsys, str(tmp_path), "--mutate")
    assert status == 1
    assert "unused-reason" in text


def test_survivors_as_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path)
    status, text = told(capsys, str(tmp_path), "--mutate", "-f", "json")
    mutants = json.loads(text)["result"][0]["mutants"]
    assert status == 1
    assert mutants["tried"] == len(NAMES)
    assert mutants["no_difference"] == mutants["kept"] == mutants["findings"] == []
    one = mutants["survivors"][0]
    assert set(one) == {"section", "id", "what", "sentence", "file", "line", "column", "case"}
    assert set(one["case"]) == {"assume", "facts", "expect", "instead"}


@pytest.mark.parametrize("value", [{"a": ["x", "yes"], "b": None, "c": "2026-03-01"}, "off", "a: b", [True, 3], {}, []])
def test_a_line_of_yaml_is_read_as_it_was_meant(value: Any) -> None:
    assert yaml.safe_load(flow(value)) == value


def test_a_release_is_tried_with_the_vocabulary_that_it_was_made_with() -> None:
    """Core 1.0.0 had no action ``audit``: a mutant of a release of that time has none either."""
    from socialpolicy import Store
    from socialpolicy.mutating import Mutants

    policy = Store("policies").get("acme@4.0.0")
    again = Mutants(policy).lowered(policy.written)
    assert again.vocabulary == policy.program.vocabulary
    assert "audit" not in again.vocabulary.facts["action.kind"].values
