"""Two contacts who give the same approval are one, what has been approved is not asked for again, and the three ways to
say who must approve are one way to count.
"""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from socialpolicy.conditions import ALWAYS
from socialpolicy.interpret import interpret
from socialpolicy.loading.vocabularies import shipped
from socialpolicy.program import Approval, Baseline, Effect, Identity, Outcome, Program, Rule, Start
from socialpolicy.vocabulary import Vocabulary
from strategies import APPROVALS, CONTACTS, FACTS, LABELS, build_approval, drawn

SETS = [frozenset(chosen) for size in range(4) for chosen in combinations(("ann", "bob", "cat"), size)]


@st.composite
def approvals(draw) -> Approval:
    return build_approval(drawn(draw))


@given(approvals())
def test_an_approval_is_met_by_so_many_different_ones(approval: Approval) -> None:
    gives = {approver.gives for approver in approval.of}
    for given_ones in SETS:
        decision = interpret(asking(approval), {APPROVALS: given_ones})
        assert (decision.outcome is Outcome.ALLOW) == (len(gives & given_ones) >= approval.at_least)


@given(approvals())
def test_what_has_been_approved_is_not_asked_for_again(approval: Approval) -> None:
    for given_ones in SETS:
        for asked in interpret(asking(approval), {APPROVALS: given_ones}).approvals:
            assert set(asked.of) == {approver.contact for approver in approval.of if approver.gives not in given_ones}
            assert asked.at_least == approval.at_least - len({approver.gives for approver in approval.of} & given_ones)


@given(approvals())
def test_while_approvals_are_not_known_nobody_is_surely_asked(approval: Approval) -> None:
    decision = interpret(asking(approval), {APPROVALS: None})
    assert (decision.at_least, decision.at_most, decision.outcome) == (Outcome.ALLOW, Outcome.ASK, Outcome.ASK)
    assert not decision.approvals
    assert [asked.at_least for asked in decision.maybe.approvals] == [approval.at_least]
    assert decision.missing == (APPROVALS,)


@given(approvals())
def test_a_baseline_asks_as_a_rule_does(approval: Approval) -> None:
    for given_ones in (*SETS, None):
        rule = interpret(asking(approval), {APPROVALS: given_ones})
        start = interpret(asking(approval, by_rule=False), {APPROVALS: given_ones})
        assert (rule.outcome, rule.at_least, rule.at_most, rule.missing) == (
            start.outcome,
            start.at_least,
            start.at_most,
            start.missing,
        )
        assert [asked.of for asked in rule.approvals] == [asked.of for asked in start.approvals]
        assert not start.because


def asking(approval: Approval, *, by_rule: bool = True) -> Program:
    """A program that asks for one approval, by its only rule or by its baseline."""
    vocabulary = Vocabulary({APPROVALS: next(fact for fact in FACTS if fact.name == APPROVALS)}, approvals=APPROVALS)
    rules = (Rule("A", 0, Effect.ASK, ALWAYS, approval=approval),) if by_rule else ()
    start = Start(Outcome.ALLOW) if by_rule else Start(Outcome.ASK, approval)
    return Program(Identity("p", "1.0.0"), vocabulary, rules, Baseline({"": start}), contacts=CONTACTS, labels=LABELS)


def test_in_the_core_vocabulary_nobody_has_approved_unless_stated() -> None:
    _, core = shipped("core@1")
    assert core.facts[core.approvals].default == frozenset()
