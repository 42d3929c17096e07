"""A policy in another language decides as it did, and says all of it in that language: no text is missing, none is for nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from socialpolicy import Policy, load
from socialpolicy.cli.main import run
from socialpolicy.cli.validate import validate
from socialpolicy.comparing import compare
from socialpolicy.loading.reading import read_file
from socialpolicy.translating import TextsError, languages, left_to_translate, to_translate, translated

ROOT = Path(__file__).parent.parent
POLICY = """\
socialpolicy: 1
id: acme
version: "1.0.0"
title: Social media at Acme
purpose: We like it when you talk about us.
principles:
  - {id: open, title: Say who you are, text: People trust that.}
  - {title: Be kind}
tags:
  money: {title: Our figures}
conditions:
  big: {title: It is about figures, is: {content.topics: financials}}
  small: {content.topics: news}
vocabulary:
  uses: core@1
  facts:
    content.cake: {type: bool, question: Is there cake in it?, in_examples: false}
  values: {content.topics: [news]}
  labels: {content.topics: {news: what is new}}
contacts:
  comms: {title: Communications, reach: "#ask-comms"}
baseline: {official: {outcome: ask, approval: comms, say: Let us look at it.}, otherwise: allow}
rules:
  - id: TIE
    title: Say that you work here
    effect: require
    scope: {accounts: own_accounts}
    when: {content.endorses: company, content.connection: employment}
    require:
      - {need: {content.disclosure: clear}, say: Begin with "I work at Acme".}
      - {need: {content.tone: {none_of: [profane]}}}
    why: People trust that.
    guidance: {do: [Say it early, Say it plainly], phrases: [I work at Acme.]}
    duties: [{id: keep, what: Keep a copy, who: actor}]
    hand_over: {to: comms, say: They help., with: [the link]}
  - id: MONEY
    title: Our figures stay inside
    effect: deny
    scope: everything
    when: {big: true}
    guidance: {instead: Talk about the weather.}
  - {id: HAVE, title: Enjoy, effect: advise, scope: everything, when: {content.cake: true, small: true}}
guarantees:
  - {id: G, title: Figures never go out, when: {content.topics: financials}, always: deny}
"""
GERMAN = """\
texts_of: acme
language: de
title: Soziale Medien bei Acme
purpose: Wir freuen uns, wenn ihr von uns sprecht.
principles:
  open: {title: "Sag, wer du bist", text: Dem vertrauen Menschen.}
  "2": {title: Sei freundlich}
tags: {money: {title: Unsere Zahlen}}
conditions: {big: {title: Es geht um Zahlen}}
vocabulary:
  facts:
    content.cake: {question: "Kommt Kuchen darin vor?"}
    content.disclosure: {question: "Sagt der Beitrag, wer du bist?"}
  labels:
    content.topics: {news: Neues}
contacts: {comms: {title: Kommunikation}}
baseline: {official: {say: Lass uns darauf schauen.}}
rules:
  TIE:
    title: "Sag, dass du hier arbeitest"
    require: {"1": {say: "Beginne mit: Ich arbeite bei Acme."}}
    why: Dem vertrauen Menschen.
    guidance: {do: [Sag es früh, Sag es deutlich], phrases: [Ich arbeite bei Acme.]}
    duties: {keep: {what: Heb eine Kopie auf}}
    hand_over: {say: Sie helfen dir., with: [der Link]}
  MONEY:
    title: Unsere Zahlen bleiben bei uns
    guidance: {instead: Sprich über das Wetter.}
  HAVE: {title: Lass es dir schmecken}
guarantees: {G: {title: Zahlen gehen nie hinaus}}
labels: {allow: Gern, revise: Erst ändern, ask: Erst fragen, deny: So nicht}
"""


def put(folder: Path, texts: str = GERMAN, policy: str = POLICY, language: str = "de") -> Policy:
    (folder / "texts").mkdir(parents=True, exist_ok=True)
    (folder / "policy.yaml").write_text(policy, "utf-8")
    (folder / "texts" / f"{language}.yaml").write_text(texts, "utf-8")
    return load(folder)


def findings(folder: Path, language: str = "de") -> list[tuple[str, int, str]]:
    document = read_file(folder / "texts" / f"{language}.yaml")
    validate(document, {})
    return [(one.id, one.line, one.message) for one in document.findings]


def test_a_translated_policy_says_it_in_that_language(tmp_path: Path) -> None:
    german = translated(put(tmp_path), "de")
    decision = german.decide({"content.topics": ["financials"]}, assume="in_examples")
    text = decision.explain()
    assert "So nicht" in text
    assert "Unsere Zahlen bleiben bei uns" in text
    assert "Sprich über das Wetter." in text
    decision = german.decide(
        {"content.endorses": "company", "content.connection": ["employment"]}, assume="in_examples"
    )
    assert [revision.say for revision in decision.revisions] == ["Beginne mit: Ich arbeite bei Acme."]
    assert [duty.what for duty in decision.duties] == ["Heb eine Kopie auf"]
    assert german.vocabulary.facts["content.cake"].question == "Kommt Kuchen darin vor?"
    assert german.vocabulary.facts["content.disclosure"].question == "Sagt der Beitrag, wer du bist?"
    assert german.title == "Soziale Medien bei Acme"
    assert german.program.contacts["comms"].reach == "#ask-comms"


def test_it_decides_as_it_did(tmp_path: Path) -> None:
    policy = put(tmp_path)
    german = translated(policy, "de")
    assert german.digest == policy.digest
    own = {rule.id: rule for rule in policy.program.rules}
    rules = tuple(replace(rule, hand_over=own[rule.id].hand_over) for rule in german.program.rules)
    compared = compare(policy.program, replace(german.program, rules=rules))  # what to bring counts for `diff`
    assert compared.statements == compared.changed == ()


def test_texts_are_no_part_of_the_digest(tmp_path: Path) -> None:
    before = put(tmp_path).digest
    (tmp_path / "texts" / "de.yaml").unlink()
    assert load(tmp_path).digest == before
    assert languages(load(tmp_path)) == []


def test_complete_texts_have_no_findings(tmp_path: Path) -> None:
    policy = put(tmp_path)
    assert findings(tmp_path) == []
    assert languages(policy) == ["de"]
    assert run(["validate", str(tmp_path)]) == 0


@pytest.mark.parametrize(
    ("old", "new", "id", "said"),
    [
        ("  HAVE: {title: Lass es dir schmecken}\n", "", "missing-text", "of rules, HAVE is not translated"),
        ("    why: Dem vertrauen Menschen.\n", "", "missing-text", "of rules.TIE, why is not translated"),
        ("Sag es früh, Sag es deutlich", "Sag es früh", "missing-text", "here is 1 text; the policy has 2"),
        ("purpose: Wir", "purpos: Wir", "unknown-text", "the policy has no text purpos here"),
        ("  MONEY:\n", "  MONEI:\n", "unknown-text", "the policy has no text MONEI here"),
        ("{title: Sei freundlich}", "Sei freundlich", "wrong-type", "here belong texts under their keys"),
        ("why: Dem vertrauen Menschen.", "why: [Dem, vertrauen]", "wrong-type", "here belongs a text"),
        ("texts_of: acme", "texts_of: other", "other-policy", "the policy is acme"),
        ("language: de", "language: fr", "other-language", "the file is named de"),
        ("language: de\n", "", "missing-key", "`language` is missing"),
        (
            "content.cake: {question",
            "content.coke: {question",
            "unknown-text",
            "the policy has no text content.coke here",
        ),
        ("labels: {allow: Gern, ", "labels: {", "missing-text", "of labels, allow is not translated"),
        (
            "{official: {say: Lass uns darauf schauen.}}",
            "{}",
            "missing-text",
            "of baseline, official is not translated",
        ),
    ],
)
def test_what_is_missing_or_for_nothing_is_told(tmp_path: Path, old: str, new: str, id: str, said: str) -> None:
    assert GERMAN.count(old) == 1
    policy = put(tmp_path, GERMAN.replace(old, new))
    found = findings(tmp_path)
    assert (id, True) in {(one[0], said in one[2]) for one in found}
    assert {one[0] for one in found} <= {id, "missing-text"}
    with pytest.raises(TextsError):
        translated(policy, "de")


def test_a_language_that_is_not_there_is_told(tmp_path: Path) -> None:
    policy = put(tmp_path)
    for language in ("fr", "../../etc", ""):
        with pytest.raises(TextsError, match="there is de"):
            translated(policy, language)


def test_one_start_for_all_has_its_words_translated(tmp_path: Path) -> None:
    one = POLICY.replace(
        "{official: {outcome: ask, approval: comms, say: Let us look at it.}, otherwise: allow}",
        "{outcome: ask, approval: comms, say: Let us look at it.}",
    )
    policy = put(
        tmp_path, GERMAN.replace("{official: {say: Lass uns darauf schauen.}}", "{say: Lass uns darauf schauen.}"), one
    )
    assert findings(tmp_path) == []
    assert translated(policy, "de").program.baseline.starts[""].say == "Lass uns darauf schauen."


def test_policies_built_on_are_translated_where_they_can_be(tmp_path: Path) -> None:
    law = 'socialpolicy: 1\nid: law\nversion: "1.0.0"\ntitle: Law\nbaseline: allow\nrules:\n  - {id: L, title: Labels, effect: deny, scope: everything, when: {content.topics: merger}}\n'
    labels = "labels: {allow: Gern, revise: Erst ändern, ask: Erst fragen, deny: So nicht}\n"
    put(
        tmp_path / "law",
        f"texts_of: law\nlanguage: de\ntitle: Recht\nrules: {{L: {{title: Kennzeichnen}}}}\n{labels}",
        law,
    )
    assert findings(tmp_path / "law") == []
    policy = put(tmp_path / "acme", policy=POLICY.replace("tags:\n", "builds_on: [{id: law, version: 1}]\ntags:\n", 1))
    german = translated(policy, "de")
    assert next(rule.title for rule in german.rules if rule.id == "law/L") == "Kennzeichnen"
    (tmp_path / "law" / "texts" / "de.yaml").unlink()
    assert next(rule.title for rule in translated(policy, "de").rules if rule.id == "law/L") == "Labels"


def test_what_is_left_to_translate_is_printed_in_the_shape_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = put(tmp_path)
    assert run(["texts", str(tmp_path), "--language", "de"]) == 0
    assert capsys.readouterr().out == "acme 1.0.0: all texts are there in de.\n"
    assert left_to_translate(policy, yaml.safe_load(GERMAN)) == {}
    put(tmp_path, GERMAN.replace("  HAVE: {title: Lass es dir schmecken}\n", ""))
    assert run(["texts", str(tmp_path), "--language", "de"]) == 1
    assert yaml.safe_load(capsys.readouterr().out) == {
        "texts_of": "acme",
        "language": "de",
        "rules": {"HAVE": {"title": "Enjoy"}},
    }
    assert run(["texts", str(tmp_path), "--language", "../x"]) == 2


@pytest.mark.parametrize("name", ["acme"])
def test_what_is_printed_to_begin_with_is_complete(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """A file of all texts in their own words has no findings, and changes nothing that anybody reads."""
    policy = load(ROOT / "policies" / name)
    assert run(["texts", str(ROOT / "policies" / name), "--language", "fr"]) == 1
    again = put(tmp_path, capsys.readouterr().out, (ROOT / "policies" / name / "policy.yaml").read_text("utf-8"), "fr")
    assert findings(tmp_path, "fr") == []
    same = translated(again, "fr")
    assert [rule.say for rule in same.rules] == [rule.say for rule in policy.rules]
    assert same.program == again.program


def test_every_text_that_a_decision_shows_is_translated() -> None:
    """All words of rules and contacts, of facts that the policy declares, and of outcomes are among what is to be translated.

    The words of a pack are among what is to be translated in the pack.
    """
    policy = load(ROOT / "policies" / "acme")
    packs = [load(ROOT / "policies" / base.id) for base in policy.bases]
    words = {leaf for one in (policy, *packs) for leaf in leaves(to_translate(one))}
    for rule in policy.program.rules:
        shown = {rule.title, rule.why, rule.instead, *rule.phrases, *(need.say for need in rule.needs)}
        shown |= {duty.what for duty in rule.duties} | (
            {rule.hand_over.say, *rule.hand_over.bring} if rule.hand_over else set()
        )
        assert shown - words <= {""}, rule.id
        assert rule.say in words
    for contact in policy.program.contacts.values():
        assert contact.title in words
    assert set(policy.program.labels.values()) <= words


def leaves(data: Any) -> list[str]:
    if isinstance(data, dict):
        return [leaf for value in data.values() for leaf in leaves(value)]
    return list(data) if isinstance(data, list) else [data]


# -- the translations of shipped policies ------------------------------------------------------------------------------

SHIPPED = sorted((ROOT / "policies").glob("*/texts/*.yaml"))
NAMES = [f"{file.parent.parent.name}-{file.stem}" for file in SHIPPED]
GOLDEN = Path(__file__).parent / "golden" / "brightline-de.txt"
WORDS = {
    "title", "say", "why", "instead", "phrases", "what", "evidence", "bring", "reach", "do", "avoid", "ends", "then",
    "question", "hint", "labels",
}  # fmt: skip
"""The parts of a program that are words for people, and decide nothing."""
KEPT = {"I work at Brightline, and these are my favourite socks."}
"""What stays in English: the words in which law asks people to name a tie, for readers in the United States."""
SITUATIONS: dict[str, dict[str, Any]] = {
    "A guest complains below a picture of a team member": {"action.kind": "reply", "context.incoming": "complaint"},
    "A child is in a film from the store, under a song from the charts": {
        "content.personal_data": ["minor"], "content.third_party": ["music"], "content.rights": "none",
    },
    "The new collection, before it is out": {"content.topics": ["unreleased_product"]},
    "A price list for next year": {"content.classification": "confidential"},
    "Odd posts on our page": {
        "actor.roles": ["social_media_manager"], "account.kind": "official", "account.state": "suspected_compromise",
    },
    "A partner would like to show the store": {"actor.type": "partner"},
    "It went out an hour ago": {"context.incident_reported": False},
}  # fmt: skip


def test_some_shipped_policy_is_there_in_german() -> None:
    assert "brightline-de" in NAMES


@pytest.mark.parametrize("file", SHIPPED, ids=NAMES)
def test_texts_of_shipped_policies_are_complete(file: Path) -> None:
    document = read_file(file)
    validate(document, {})
    assert document.findings == []
    policy = load(file.parent.parent)
    assert left_to_translate(policy, yaml.safe_load(file.read_text("utf-8"))) == {}


@pytest.mark.parametrize("file", SHIPPED, ids=NAMES)
def test_shipped_policies_decide_the_same_in_every_language(file: Path) -> None:
    """All but their words is equal, and all cases of the policy pass in the other language, with the same decisions."""
    policy = load(file.parent.parent)
    other = translated(policy, file.stem)
    assert other.digest == policy.digest
    assert bare(other.program) == bare(policy.program)
    pairs = list(zip(policy.test().results, other.test().results, strict=True))
    assert [second.case.id for _, second in pairs if not second.passed] == []
    for first, second in pairs:
        assert first.case.id == second.case.id
        assert first.decision
        assert second.decision
        assert bare(first.decision.sure) == bare(second.decision.sure), first.case.id
        assert (first.decision.outcome, first.decision.missing, first.decision.because) == (
            second.decision.outcome,
            second.decision.missing,
            second.decision.because,
        ), first.case.id


def bare(value: Any) -> Any:
    """A part of a program without its words."""
    if is_dataclass(value) and not isinstance(value, type):
        known = [field.name for field in fields(value) if field.name not in WORDS]
        return type(value).__name__, {name: bare(getattr(value, name)) for name in known}
    if isinstance(value, Mapping):
        return {key: bare(inner) for key, inner in value.items()}
    return [bare(inner) for inner in value] if isinstance(value, list | tuple) else value


def test_nothing_was_left_in_english_but_what_law_asks_for() -> None:
    policy = load(ROOT / "policies" / "brightline")
    german = yaml.safe_load((ROOT / "policies" / "brightline" / "texts" / "de.yaml").read_text("utf-8"))
    assert set(leaves(to_translate(policy))) & set(leaves(german)) == KEPT
    assert "keine Rechtsberatung" in german["purpose"]
    words = german["rules"]
    assert "I work at Brightline" in words["DO-1"]["say"]
    for wording in ("for our client Brightline", "with our partner Brightline"):
        assert wording in words["PAR-3"]["require"]["1"]["say"]


def test_golden_decisions_in_german() -> None:
    """What people read, pinned. ``UPDATE_GOLDEN=1 pytest tests/test_translating.py`` writes it anew, to be read in the diff."""
    german = translated(load(ROOT / "policies" / "brightline"), "de")
    told = {
        story: german.decide(facts, assume="in_examples").explain(why=True, known=facts)
        for story, facts in SITUATIONS.items()
    }
    told["Hardly anything is known yet"] = german.decide({"account.kind": "personal"}).explain()
    out = "\n".join(f"# {story}\n{text}\n" for story, text in told.items())
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(out, "utf-8")
    assert out == GOLDEN.read_text("utf-8")
