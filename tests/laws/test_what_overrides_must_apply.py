"""An exception counts while it applies, and no longer: if A overrides B and B overrides C, then where A applies, C is
back.

And an exception that may apply leaves the rule open: a missing fact never quietly grants it.
"""

from __future__ import annotations

from itertools import product

from hypothesis import given

from socialpolicy.conditions import OneOf
from socialpolicy.interpret import applying
from socialpolicy.program import Effect, Program, Rule
from socialpolicy.values import Truth
from strategies import completed, many_facts, programs, seeds

FALSE, UNKNOWN, TRUE = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
STATED = {FALSE: False, UNKNOWN: None, TRUE: True}

# of A, B and C where A overrides B and B overrides C: the truth of each one's condition, and whether each applies
CHAIN = {
    (TRUE, TRUE, TRUE): (TRUE, FALSE, TRUE),
    (TRUE, TRUE, UNKNOWN): (TRUE, FALSE, UNKNOWN),
    (TRUE, TRUE, FALSE): (TRUE, FALSE, FALSE),
    (TRUE, UNKNOWN, TRUE): (TRUE, FALSE, TRUE),
    (TRUE, FALSE, TRUE): (TRUE, FALSE, TRUE),
    (UNKNOWN, TRUE, TRUE): (UNKNOWN, UNKNOWN, UNKNOWN),
    (UNKNOWN, UNKNOWN, TRUE): (UNKNOWN, UNKNOWN, UNKNOWN),
    (UNKNOWN, FALSE, TRUE): (UNKNOWN, FALSE, TRUE),
    (UNKNOWN, TRUE, FALSE): (UNKNOWN, UNKNOWN, FALSE),
    (FALSE, TRUE, TRUE): (FALSE, TRUE, FALSE),
    (FALSE, TRUE, UNKNOWN): (FALSE, TRUE, FALSE),
    (FALSE, UNKNOWN, TRUE): (FALSE, UNKNOWN, UNKNOWN),
    (FALSE, UNKNOWN, UNKNOWN): (FALSE, UNKNOWN, UNKNOWN),
    (FALSE, FALSE, TRUE): (FALSE, FALSE, TRUE),
    (FALSE, FALSE, UNKNOWN): (FALSE, FALSE, UNKNOWN),
}


def test_a_chain_of_overrides_brings_the_last_one_back() -> None:
    for conditions, expected in CHAIN.items():
        facts = {name: STATED[truth] for name, truth in zip("abc", conditions, strict=True)}
        assert tuple(applying(chained("a", "b", "c"), facts).values()) == expected


def test_one_override_has_nine_rows() -> None:
    for overriding, own in product(Truth, Truth):
        applies = applying(chained("a", "b"), {"a": STATED[overriding], "b": STATED[own]})
        assert applies["b"] == min(own, 2 - overriding)


@given(programs(), seeds())
def test_a_rule_and_one_that_overrides_it_never_both_apply(program: Program, seed: int) -> None:
    for stated in many_facts(program, seed, 20):
        facts = completed(program, stated)
        if facts is not None:
            applies = applying(program.rules, facts)
            for rule in program.rules:
                for other in rule.overridden_by:
                    assert min(applies[rule.id], applies[other]) is not TRUE
                    if UNKNOWN is applies[other]:
                        assert applies[rule.id] is not TRUE


def chained(*names: str) -> list[Rule]:
    """Rules of which each overrides the next."""
    return [
        Rule(name, place, Effect.DENY, OneOf(name, frozenset({True})), overridden_by=names[:place][-1:])
        for place, name in enumerate(names)
    ]
