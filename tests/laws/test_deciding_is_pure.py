"""The same program and the same facts give the same decision, and whoever asks gets back what was given, unchanged."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING

from hypothesis import given

from socialpolicy.interpret import interpret
from strategies import completed, many_facts, programs, seeds

if TYPE_CHECKING:
    from socialpolicy.program import Program


@given(programs(), seeds())
def test_deciding_is_pure(program: Program, seed: int) -> None:
    copy = deepcopy(program)
    for facts in many_facts(program, seed, 20):
        if completed(program, facts) is None:
            continue
        before = dict(facts)
        decision = interpret(program, facts)
        assert facts == before
        backwards = dict(reversed(facts.items()))
        again = interpret(copy, backwards)
        assert again == decision
        assert json.dumps(again.to_dict()) == json.dumps(decision.to_dict())
    assert program == copy


@given(programs(), seeds())
def test_lists_are_in_the_order_of_the_file(program: Program, seed: int) -> None:
    places = {"": -1} | {rule.id: rule.place for rule in program.rules}
    for facts in many_facts(program, seed, 20):
        if completed(program, facts) is None:
            continue
        decision = interpret(program, facts)
        for lists in (decision.sure, decision.maybe):
            for items in (lists.denials, lists.revisions, lists.approvals, lists.advice):
                order = [places[item.rule] for item in items]
                assert order == sorted(order)
            assert list(lists.rules) == sorted(lists.rules, key=places.__getitem__)
        assert decision.missing == tuple(sorted(decision.missing))
        assert set(decision.because) <= set(decision.applies)
