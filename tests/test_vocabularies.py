"""Vocabularies: the core one as it is shipped, and what a policy may make of one."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest

import socialpolicy
from socialpolicy import ActionError, PolicyError
from socialpolicy.completing import complete
from socialpolicy.loading.vocabularies import shipped
from socialpolicy.soundness import unsound
from socialpolicy.values import Kind

ROOT = Path(__file__).parent.parent
CORE = shipped("core@1")[1]
OWN = """
socialpolicy: 1
id: own
version: "1.0.0"
title: A vocabulary of its own
vocabulary:
  facts:
    account.kind: {{type: {kind}, question: Which account?}}
    context.at: {{type: {at}, question: When?}}
baseline: {baseline}
rules:
  - {{id: A, title: t, effect: advise, scope: everything{extra}}}
"""


def test_a_fact_of_another_type_plays_no_part() -> None:
    """A string called account.kind is not the fact that a baseline may differ by, nor a text called context.at the instant."""
    with pytest.raises(PolicyError, match="no-baseline-fact"):
        socialpolicy.loads(
            OWN.format(kind="string", at="datetime", baseline="{personal: deny, otherwise: allow}", extra="")
        )
    with pytest.raises(PolicyError, match="no-instant"):
        socialpolicy.loads(
            OWN.format(kind="string", at="string", baseline="deny", extra=", in_force: {from: 2026-01-01}")
        )
    policy = socialpolicy.loads(OWN.format(kind="string", at="string", baseline="deny", extra=""))
    assert unsound(policy.program) is None
    assert not policy.vocabulary.baseline
    assert not policy.vocabulary.instant


def test_a_scope_of_ones_own_stands_alone() -> None:
    text = OWN.format(kind="string", at="string", baseline="deny", extra="")
    assert socialpolicy.loads(text).vocabulary.scope == {"accounts": "account.kind"}
    own = text.replace("vocabulary:\n", "vocabulary:\n  scope: {where: account.kind}\n")
    assert socialpolicy.loads(own).vocabulary.scope == {"where": "account.kind"}


def test_a_contradiction_names_what_was_assumed() -> None:
    text = """
socialpolicy: 1
id: assumed
version: "1.0.0"
title: Defaults that lead to a contradiction
vocabulary:
  facts:
    a: {type: bool, question: A?, default: true}
    b: {type: bool, question: B?, default: true}
    c: {type: bool, question: C?}
    d: {type: bool, question: D?}
  implies:
    - {if: {a: true, b: true}, then: {c: false}}
    - {if: {d: true}, then: {c: true}}
baseline: allow
rules: []
"""
    policy = socialpolicy.loads(text)
    with pytest.raises(ActionError, match="a is assumed to be true, b is assumed to be true"):
        policy.decide({"c": True})
    with pytest.raises(ActionError, match='"d is true" makes it true'):
        policy.decide({"d": True})


# -- the core vocabulary ---------------------------------------------------------------------------------------------


def test_core_is_whole() -> None:
    """Every fact has its question, every value its label, and what is silent about a breach has no default."""
    assert 1 <= len(CORE.screening) <= 6
    for name, fact in CORE.facts.items():
        assert fact.question.endswith("?"), name
        assert set(fact.labels) == set(fact.values), name
        if fact.kind in (Kind.STRING, Kind.DATETIME):
            assert fact.in_examples is None or name == "content.terms"
    assert {name for name, fact in CORE.facts.items() if fact.default is not None} == {"context.approvals"}
    for name in CORE.screening:
        fact = CORE.facts[name]
        assert fact.kind is Kind.BOOL
        assert complete(CORE, {name: fact.in_examples}) == {name: fact.in_examples, "context.approvals": frozenset()}


def test_a_private_post_that_is_harmless_in_every_way_is_allowed() -> None:
    policy = socialpolicy.load(ROOT / "policies" / "acme")
    harmless = dict.fromkeys(CORE.screening, False)
    decision = policy.decide({"account.kind": "personal", "action.kind": "publish", **harmless})
    assert decision.determined
    assert decision.outcome is socialpolicy.Outcome.ALLOW
    assert not decision.missing
    without = policy.decide({"account.kind": "personal", "action.kind": "publish"})
    assert not without.determined  # no default is there to avoid that: what is not known is never taken for harmless


def test_the_worked_examples_wait_for_few_facts() -> None:
    """With the answers to the screening questions, the 22 worked examples wait for five facts or fewer in the median.

    So it is by the rules of one company. The packs of law ask for more: there it is counted for those answers together with
    what the caller's systems know of the author and the readers, and what a text shows by itself.
    """
    company = socialpolicy.load(ROOT / "policies" / "acme" / "releases" / "4.0.0.yaml")
    policy = socialpolicy.load(ROOT / "policies" / "acme")
    cases = {result.case.id: result.case for result in policy.test().results}
    systems = {
        "account.audience": "public",
        "actor.employment": "active",
        "actor.region": "us",
        "actor.roles": [],
        "actor.trained": True,
        "actor.type": "employee",
        "content.detected": [],
        "content.terms": [],
    }
    stated, screened, with_packs = [], [], []
    for number in range(1, 23):
        facts, answered = cases[f"EX-{number:02}"].facts, cases[f"EX-{number:02}-S"].facts
        known = {name: value for name, value in answered.items() if name in company.vocabulary.facts}
        screened.append(len(company.decide(known).missing))
        stated.append(len(company.decide(facts).missing))
        by_systems = {} if answered.get("actor.type", "employee") != "employee" else systems
        with_packs.append(len(policy.decide({**by_systems, **facts, **answered}).missing))
    print(f"\nmissing facts, median: {median(stated):g} as stated, {median(screened):g} with the screening answers")
    print(f"with the packs of law, and what systems and the text say: {median(with_packs):g}")
    assert median(screened) <= 5 < median(stated)
    assert median(with_packs) <= 10
