"""Where a decision starts is said once, for all or for each kind of account: so small that every case can be tried.

A baseline alone is exact: its bounds are the mildest and the strictest of what can still come of it, no wider.
"""

from __future__ import annotations

from itertools import product

import pytest

from socialpolicy.conditions import Includes, OneOf
from socialpolicy.interpret import interpret
from socialpolicy.program import (
    Approval,
    Approver,
    Baseline,
    Effect,
    Identity,
    Outcome,
    Program,
    Rule,
    Start,
    WhenUnknown,
)
from socialpolicy.values import Facts, Kind, Value
from socialpolicy.vocabulary import Fact, Vocabulary
from strategies import CONTACTS, LABELS

NONE, ANN = frozenset[str](), frozenset({"ann"})
ASKS = Approval((Approver("ann", "ann"),), 1, Includes("approvals", ANN))
STARTS = (Start(Outcome.ALLOW), Start(Outcome.ASK, ASKS, "Ask Ann."), Start(Outcome.DENY, None, "Closed."))
VOCABULARY = Vocabulary(
    {
        "account": Fact("account", Kind.ENUM, ("personal", "official")),
        "open": Fact("open", Kind.BOOL),
        "approvals": Fact("approvals", Kind.SET, ("ann",)),
    },
    baseline="account",
    approvals="approvals",
)
DOMAINS: dict[str, tuple[Value, ...]] = {
    "account": ("personal", "official"),
    "open": (False, True),
    "approvals": (NONE, ANN),
}
FACTS = [
    {name: value for name, value in zip(DOMAINS, values, strict=True) if value is not None}
    for values in product(*((*domain, None) for domain in DOMAINS.values()))
]


def starting(baseline: Baseline) -> Program:
    """A program of a baseline and one rule that opens it."""
    rule = Rule("open", 0, Effect.ALLOW, OneOf("open", frozenset({True})))
    return Program(Identity("p", "1.0.0"), VOCABULARY, (rule,), baseline, WhenUnknown.ASK, CONTACTS, LABELS)


def came_of(start: Start, facts: Facts) -> Outcome:
    """What comes of a start with everything known."""
    approved = start.outcome is Outcome.ASK and facts["approvals"] == ANN
    return Outcome.ALLOW if facts["open"] or approved else start.outcome


@pytest.mark.parametrize("known", FACTS, ids=str)
def test_a_baseline_comes_to_the_mildest_and_the_strictest_of_what_it_can(known: Facts) -> None:
    for personal, official in product(STARTS, STARTS):
        starts = {"personal": personal, "official": official}
        decision = interpret(starting(Baseline(starts, "account")), known)
        completions = [dict(zip(DOMAINS, values, strict=True)) for values in product(*DOMAINS.values())]
        outcomes = [
            came_of(starts[str(facts["account"])], facts) for facts in completions if known.items() <= facts.items()
        ]
        assert (decision.at_least, decision.at_most) == (min(outcomes), max(outcomes))
        if decision.determined:
            assert decision.outcome is decision.at_least
        changing = {name for name in DOMAINS if name not in known and decision.at_most > Outcome.ALLOW}
        assert set(decision.missing) <= changing
        assert bool(decision.missing) == (
            not decision.determined or bool(decision.maybe.denials + decision.maybe.approvals)
        )


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.outcome.word)
def test_one_start_for_all_is_that_start_for_every_value(start: Start) -> None:
    every = Baseline({"personal": start, "official": start}, "account")
    for known in FACTS:
        assert interpret(starting(Baseline({"": start})), known) == interpret(starting(every), known)


def test_a_baseline_tells_why() -> None:
    closed = interpret(starting(Baseline({"": STARTS[2]})), {"open": False})
    assert [(denial.rule, denial.say) for denial in closed.sure.denials] == [("", "Closed.")]
    asking = interpret(starting(Baseline({"": STARTS[1]})), {"open": False, "approvals": NONE})
    assert [(asked.rule, asked.of, asked.say) for asked in asking.approvals] == [("", ("ann",), "Ask Ann.")]
    either = interpret(
        starting(Baseline({"personal": STARTS[1], "official": STARTS[2]}, "account")),
        {"open": False, "approvals": NONE},
    )
    assert not either.sure.denials
    assert not either.approvals
    assert len(either.maybe.denials) == len(either.maybe.approvals) == 1
