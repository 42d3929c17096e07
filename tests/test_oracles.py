"""The oracles of exact analysis agree with each other, and each of them with ``interpret``.

``ORACLE_PAIRS`` says how many random pairs are compared.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from random import Random
from types import ModuleType

import pytest
from hypothesis import given

from oracles import brute, pairs
from oracles.brute import (
    Bump,
    Change,
    Comparison,
    Difference,
    Direction,
    Guarantee,
    Holds,
    Part,
    TooManyError,
    Way,
    compare,
)
from oracles.pairs import EDITS, NEUTRAL, Pair, neutral_pairs, program_pairs, random_pair, random_small_program
from socialpolicy.completing import complete
from socialpolicy.conditions import (
    ALWAYS,
    All,
    Between,
    Condition,
    During,
    Has,
    Includes,
    Matches,
    Not,
    OneOf,
    SameAs,
    Within,
    holds,
)
from socialpolicy.conditions import Any as AnyOf
from socialpolicy.errors import ActionError
from socialpolicy.interpret import interpret
from socialpolicy.program import (
    Approval,
    Approver,
    Baseline,
    Duty,
    Effect,
    HandOver,
    Identity,
    Limit,
    Need,
    Outcome,
    Program,
    Rule,
    Start,
    Unit,
    WhenUnknown,
)
from socialpolicy.soundness import unsound
from socialpolicy.values import Facts, Kind, Truth, Value
from socialpolicy.vocabulary import Fact, Implication, Vocabulary
from strategies import APPROVALS, CONTACTS, LABELS, conditions_of, many_facts
from strategies import tests_of as single_tests

PAIRS = int(os.environ.get("ORACLE_PAIRS", "240"))
ALLOW, REVISE, ASK, DENY = Outcome


@cache
def drawn_pairs() -> tuple[Pair, ...]:
    """The random pairs of this run: always the same ones."""
    return tuple(random_pair(Random(seed)) for seed in range(PAIRS))


@cache
def compared() -> tuple[tuple[Pair, Comparison], ...]:
    """Those of them that have few enough actions, compared."""
    found = []
    for pair in drawn_pairs():
        try:
            found.append((pair, compare(pair.old, pair.new)))
        except TooManyError:
            continue
    return tuple(found)


# -- pairs -----------------------------------------------------------------------------------------------------------


def test_pairs_hold_together() -> None:
    for pair in drawn_pairs():
        assert unsound(pair.old) is None
        assert unsound(pair.new) is None
        assert 1 <= len(pair.edits) <= 3
        assert pair.old != pair.new


@given(program_pairs())
def test_pairs_drawn_by_hypothesis_hold_together(pair: Pair) -> None:
    assert unsound(pair.old) is None
    assert unsound(pair.new) is None


def test_everything_occurs_in_pairs() -> None:
    """All kinds of facts and tests, and all edits: what never occurs is never tested."""
    seen: Counter[str] = Counter()
    for seed in range(400):
        pair = random_pair(Random(seed))
        seen.update(pair.edits)
        vocabulary = pair.old.vocabulary
        for fact in vocabulary.facts.values():
            bounds = "" if fact.kind is not Kind.INT else f" {fact.minimum is not None} {fact.maximum is not None}"
            seen[f"{fact.kind}{bounds}{' closed' if fact.values else ''}{' ordered' if fact.ordered else ''}"] += 1
            seen["default"] += fact.default is not None
        seen["implications"] += bool(vocabulary.implications)
        seen["impossible"] += bool(vocabulary.impossible)
        seen.update(type(test).__name__ for condition in conditions_of(pair.old) for test in single_tests(condition))
    kinds = {"bool", "enum closed", "enum closed ordered", "string", "datetime", "set", "set closed"}
    numbers = {"int True True", "int True False", "int False True", "int False False"}
    tests = {"OneOf", "Between", "During", "Matches", "Includes", "Within", "SameAs", "Has"}
    rare = [
        name
        for name in (*kinds, *numbers, *tests, *EDITS, *NEUTRAL, "default", "implications", "impossible")
        if not seen[name]
    ]
    assert not rare


def test_few_pairs_are_too_large_and_many_differ() -> None:
    found = compared()
    assert len(found) > 0.85 * PAIRS
    assert sum(comparison.exhaustive for _, comparison in found) > 0.9 * len(found)
    assert sum(bool(comparison.differences) for _, comparison in found) > 0.4 * len(found)
    assert {comparison.needs for _, comparison in found} == set(Bump)


# -- brute force -----------------------------------------------------------------------------------------------------


def test_every_difference_is_one_of_interpret() -> None:
    """Brute force decides by the compiled form; what it shows is decided again by the reference."""
    for pair, comparison in compared():
        values = brute.space(pair.old, pair.new).values
        for difference, facts in comparison.differences.items():
            assert brute.differs(interpret(pair.old, facts), interpret(pair.new, facts), values) == difference
        for (old, new), facts in {**comparison.known, **comparison.determined}.items():
            assert (interpret(pair.old, facts).outcome, interpret(pair.new, facts).outcome) == (old, new)
        for facts in comparison.refused_by_new[:3]:
            interpret(pair.old, facts)
            assert refuses(pair.new, facts)


def refuses(program: Program, facts: Facts) -> bool:
    """Whether a program does not admit an action."""
    try:
        known = complete(program.vocabulary, facts)
    except ActionError:
        return True
    return any(holds(bad, known) is Truth.TRUE for bad in program.vocabulary.impossible)


def test_a_program_does_not_differ_from_itself() -> None:
    for pair, _ in compared()[:25]:
        comparison = compare(pair.old, pair.old)
        assert not comparison.differences
        assert comparison.needs is Bump.PATCH
        assert not comparison.refused_by_new


def test_comparing_the_other_way_round_is_the_mirror_image() -> None:
    for pair, comparison in compared()[:50]:
        back = compare(pair.new, pair.old)
        assert {mirrored(difference) for difference in comparison.differences} == set(back.differences)
        assert {(new, old) for old, new in comparison.known} == set(back.known)
        assert len(comparison.refused_by_new) == len(back.refused_by_old)
        assert comparison.points == back.points


def mirrored(difference: Difference) -> Difference:
    """The difference, seen from the other side."""
    ways = {Way.ADDED: Way.REMOVED, Way.REMOVED: Way.ADDED}
    changes = frozenset(replace(change, way=ways[change.way]) for change in difference.changes)
    return Difference(difference.new, difference.old, difference.open, changes)


@given(neutral_pairs())
def test_neutral_edits_change_nothing_that_is_known(pair: Pair) -> None:
    try:
        comparison = compare(pair.old, pair.new, limit=4_000)
    except TooManyError:
        return
    assert not comparison.known
    assert not comparison.known_differences
    assert comparison.needs <= Bump.MINOR  # where facts are missing, a rule split in two may decide otherwise


def test_values_left_out_tell_nothing_new() -> None:
    """Random actions, of many more values and with facts missing, show no difference that brute force has not."""
    tried = 0
    for pair, comparison in compared()[:120]:
        if not comparison.exhaustive:
            continue
        before, after = pair.old.vocabulary.facts, pair.new.vocabulary.facts
        judges = brute.Judge(pair.old), brute.Judge(pair.new)
        values = brute.space(pair.old, pair.new).values
        shared = {name: brute.common(before[name], after[name]) for name in before if name in after}
        for side in (pair.old, pair.new):
            for facts in many_facts(side, 7, 60):
                action = {
                    name: value
                    for name, value in facts.items()
                    if name in shared
                    and (value is None or ((fact := shared[name]) is not None and brute.fits(fact, value)))
                }
                old, new = judges[0](action), judges[1](action)
                if old is None or new is None:
                    continue
                tried += 1
                difference = brute.differs(old, new, values)
                assert difference is None or difference in comparison.differences
    assert tried > 20 * PAIRS


@pytest.mark.parametrize(
    "patterns",
    [
        ("a*", "*b"),
        ("a*b", "*ab*ba*", "a"),
        ("*",),
        ("**", ""),
        ("a*a", "*a*b*a", "b"),
        ("", "a", "ab"),
        ("*aa*", "a*"),
    ],
)
def test_texts_are_found_for_every_way(patterns: Sequence[str]) -> None:
    tests = [Matches("text", pattern) for pattern in patterns] + [OneOf("text", frozenset({"ab"}))]

    def way(text: str) -> tuple[Truth, ...]:
        return tuple(holds(test, {"text": text}) for test in tests)

    expected: Counter[tuple[Truth, ...]] = Counter(
        way("".join(letters)) for size in range(7) for letters in product("abcd", repeat=size)
    )
    found, complete = brute.texts_for(tests, [], 2)
    assert complete
    counted = Counter(way(text) for text in set(found))
    assert set(counted) == set(expected)
    assert all(counted[each] >= min(2, expected[each]) for each in expected)


# -- brute force and z3 ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def z3_oracle() -> ModuleType:
    """The second oracle, where z3 is installed."""
    pytest.importorskip("z3")
    from oracles import z3_oracle

    return z3_oracle


def test_brute_force_and_z3_find_the_same_pairs_of_outcomes(z3_oracle: ModuleType) -> None:
    skipped: Counter[str] = Counter()
    equal = 0
    for pair, comparison in compared():
        try:
            witnesses = z3_oracle.witnesses(pair.old, pair.new)
        except z3_oracle.SkipError as reason:
            skipped[str(reason).split(" ")[0]] += 1
            continue
        assert set(comparison.known) <= set(witnesses)
        if comparison.exhaustive:
            assert set(comparison.known) == set(witnesses)
            equal += 1
        for (old, new), facts in witnesses.items():
            assert interpret(pair.old, facts).outcome is old
            assert interpret(pair.new, facts).outcome is new
            assert not (refuses(pair.old, facts) and refuses(pair.new, facts)), (
                "what one side rules out is decided still"
            )
    assert equal > 0.7 * PAIRS, skipped
    assert skipped["z3"] <= 0.02 * PAIRS, "z3 took too long"


# -- the definition of a difference, case by case --------------------------------------------------------------------

FACTS = (
    Fact("official", Kind.BOOL),
    Fact("secret", Kind.BOOL),
    Fact("disclosure", Kind.ENUM, ("none", "vague", "clear"), mutable=True),
    Fact("tone", Kind.ENUM, ("kind", "rude"), mutable=True),
    Fact(APPROVALS, Kind.SET, ("ann", "bob", "cat"), default=frozenset()),
)


def one_of(fact: str, *values: str) -> OneOf:
    """A test of an enum fact."""
    return OneOf(fact, frozenset(values))


SECRET, OFFICIAL = OneOf("secret", frozenset({True})), OneOf("official", frozenset({True}))
CLEAR = one_of("disclosure", "clear")
VAGUE_OR_CLEAR = one_of("disclosure", "vague", "clear")


def program(
    *rules: Rule,
    start: Outcome = ALLOW,
    implications: tuple[Implication, ...] = (),
    impossible: tuple[Condition, ...] = (),
    when_unknown: WhenUnknown = WhenUnknown.ASK,
) -> Program:
    """A program of these rules, in this order."""
    made = Program(
        Identity("cases", "1.0.0"),
        Vocabulary({fact.name: fact for fact in FACTS}, implications, impossible, approvals=APPROVALS),
        tuple(replace(rule, id=rule.id or f"R{place}", place=place) for place, rule in enumerate(rules)),
        Baseline({"": Start(start)}),
        when_unknown,
        CONTACTS,
        LABELS,
    )
    assert unsound(made) is None
    return made


def deny(when: Condition = ALWAYS, **more: str) -> Rule:
    return Rule(more.get("id", ""), 0, Effect.DENY, when)


def require(*tests: Condition, when: Condition = ALWAYS, given: Condition = ALWAYS) -> Rule:
    return Rule("", 0, Effect.REQUIRE, when, needs=tuple(Need(test, given) for test in tests))


def ask(*contacts: str, at_least: int = 1, when: Condition = ALWAYS) -> Rule:
    gives = {"boss": "ann"}
    of = tuple(Approver(contact, gives.get(contact, contact)) for contact in contacts)
    met = Includes(APPROVALS, frozenset(approver.gives for approver in of), at_least)
    return Rule("", 0, Effect.ASK, when, approval=Approval(of, at_least, met))


def duty(*duties: Duty, when: Condition = ALWAYS) -> Rule:
    return Rule("", 0, Effect.DUTY, when, duties=duties)


def hand_over(to: str, say: str = "", when: Condition = ALWAYS) -> Rule:
    return Rule("", 0, Effect.DUTY, when, hand_over=HandOver(to, say=say))


def advise(say: str, when: Condition = ALWAYS) -> Rule:
    return Rule("", 0, Effect.ADVISE, when, say=say)


LOG = Duty("Write it down", "actor", "log")
DAY, HOURS = Limit(1, Unit.DAYS), Limit(24, Unit.HOURS)
NOTHING: frozenset[Change] = frozenset()
KNOWN: Facts = {"official": False, "secret": False, "disclosure": "none", "tone": "kind", APPROVALS: frozenset()}

SAME = "the same"
CASES: dict[str, tuple[Program, Program, Facts, str | Direction, Bump]] = {
    "an outcome": (program(), program(deny()), KNOWN, Direction.STRICTER, Bump.MAJOR),
    "a milder outcome": (program(deny()), program(), KNOWN, Direction.LOOSER, Bump.MINOR),
    "a milder outcome that asks for more": (
        program(deny()),
        program(require(CLEAR), duty(LOG)),
        KNOWN,
        Direction.LOOSER,
        Bump.MINOR,
    ),
    "an outcome where a fact is missing": (
        program(),
        program(deny(SECRET)),
        {**KNOWN, "secret": None},
        Direction.STRICTER,
        Bump.MINOR,
    ),
    "bounds alone": (
        program(ask("ann", when=SECRET)),
        program(ask("ann", when=AnyOf((SECRET, OFFICIAL)))),
        {**KNOWN, "secret": None, "official": None},
        SAME,
        Bump.PATCH,
    ),
    "a rule's name, and its words": (
        program(replace(require(CLEAR), id="A", say="Do.")),
        program(replace(require(CLEAR), id="B", say="Please.")),
        KNOWN,
        SAME,
        Bump.PATCH,
    ),
    "one more revision": (
        program(require(CLEAR)),
        program(require(CLEAR, one_of("tone", "rude"))),
        KNOWN,
        Direction.STRICTER,
        Bump.MAJOR,
    ),
    "one revision less": (
        program(require(CLEAR, one_of("tone", "rude"))),
        program(require(CLEAR)),
        KNOWN,
        Direction.LOOSER,
        Bump.MINOR,
    ),
    "a revision that suffices for the other": (
        program(require(CLEAR)),
        program(require(CLEAR, VAGUE_OR_CLEAR)),
        KNOWN,
        SAME,
        Bump.PATCH,
    ),
    "a stricter test": (
        program(require(VAGUE_OR_CLEAR)),
        program(require(CLEAR)),
        KNOWN,
        Direction.STRICTER,
        Bump.MAJOR,
    ),
    "a revision instead of another": (
        program(require(CLEAR)),
        program(require(one_of("tone", "rude"))),
        KNOWN,
        Direction.STRICTER,
        Bump.MAJOR,
    ),
    "a test, otherwise written": (
        program(require(VAGUE_OR_CLEAR)),
        program(require(Not(one_of("disclosure", "none")))),
        KNOWN,
        SAME,
        Bump.PATCH,
    ),
    "a revision that there might have been": (
        program(require(CLEAR), require(one_of("tone", "rude"), when=SECRET)),
        program(require(CLEAR), require(one_of("tone", "rude"))),
        {**KNOWN, "secret": None},
        Direction.STRICTER,
        Bump.MINOR,
    ),
    "a revision that there only might be": (
        program(require(CLEAR)),
        program(require(CLEAR), require(one_of("tone", "rude"), when=SECRET)),
        {**KNOWN, "secret": None},
        SAME,
        Bump.PATCH,
    ),
    "revisions where both deny": (program(deny()), program(deny(), require(CLEAR)), KNOWN, SAME, Bump.PATCH),
    "a duty where both deny": (program(deny()), program(deny(), duty(LOG)), KNOWN, Direction.STRICTER, Bump.MAJOR),
    "one more approver": (
        program(ask("ann")),
        program(ask("ann", "bob", at_least=2)),
        KNOWN,
        Direction.STRICTER,
        Bump.MAJOR,
    ),
    "one more who may approve": (
        program(ask("ann")),
        program(ask("ann", "bob")),
        KNOWN,
        Direction.LOOSER,
        Bump.MINOR,
    ),
    "an approval that suffices for the other": (
        program(ask("ann")),
        program(ask("ann"), ask("ann", "bob")),
        KNOWN,
        SAME,
        Bump.PATCH,
    ),
    "two contacts that approve as one": (program(ask("ann")), program(ask("boss")), KNOWN, SAME, Bump.PATCH),
    "an approval of which one is given": (
        program(ask("ann", "bob", at_least=2)),
        program(ask("ann")),
        {**KNOWN, APPROVALS: frozenset({"bob"})},
        SAME,
        Bump.PATCH,
    ),
    "one more duty": (program(), program(duty(LOG)), KNOWN, Direction.STRICTER, Bump.MAJOR),
    "one duty less": (program(duty(LOG)), program(), KNOWN, Direction.LOOSER, Bump.MINOR),
    "other words under one id": (
        program(duty(LOG)),
        program(duty(replace(LOG, what="Note it"))),
        KNOWN,
        SAME,
        Bump.PATCH,
    ),
    "other words without an id": (
        program(duty(replace(LOG, id=""))),
        program(duty(replace(LOG, id="", what="Note it"))),
        KNOWN,
        Direction.STRICTER,
        Bump.MAJOR,
    ),
    "a limit": (program(duty(LOG)), program(duty(replace(LOG, within=DAY))), KNOWN, Direction.STRICTER, Bump.MAJOR),
    "a longer limit": (
        program(duty(replace(LOG, within=DAY))),
        program(duty(replace(LOG, within=Limit(2, Unit.DAYS)))),
        KNOWN,
        Direction.LOOSER,
        Bump.MINOR,
    ),
    "a limit in other units": (
        program(duty(replace(LOG, within=DAY))),
        program(duty(replace(LOG, within=HOURS))),
        KNOWN,
        SAME,
        Bump.PATCH,
    ),
    "another who has to do it": (
        program(duty(LOG)),
        program(duty(replace(LOG, who="ann"))),
        KNOWN,
        Direction.STRICTER,
        Bump.MAJOR,
    ),
    "another hand-over": (program(hand_over("bob")), program(hand_over("cat")), KNOWN, Direction.OTHER, Bump.MINOR),
    "other words of a hand-over": (
        program(hand_over("bob")),
        program(hand_over("bob", "Over to Bob.")),
        KNOWN,
        SAME,
        Bump.PATCH,
    ),
    "more advice": (program(advise("A")), program(advise("A"), advise("B")), KNOWN, SAME, Bump.MINOR),
    "advice reworded": (program(advise("A")), program(advise("B")), KNOWN, SAME, Bump.PATCH),
    "advice lost": (program(advise("A")), program(), KNOWN, SAME, Bump.PATCH),
    "advice said twice": (program(advise("A")), program(advise("A"), advise("A")), KNOWN, SAME, Bump.PATCH),
    "what happens where facts are missing": (
        program(deny(SECRET)),
        program(deny(SECRET), when_unknown=WhenUnknown.STRICTEST),
        {**KNOWN, "secret": None},
        Direction.STRICTER,
        Bump.MINOR,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_difference_is(case: str) -> None:
    old, new, facts, expected, bump = CASES[case]
    values = brute.space(old, new).values
    one, other = interpret(old, facts), interpret(new, facts)
    difference = brute.differs(one, other, values)
    assert (difference.direction if difference else SAME) == expected
    assert brute.needed(one, other, values) is bump


def test_items_count_fully_only_where_the_other_decision_cannot_have_them() -> None:
    old, new, facts, _, _ = CASES["a revision that there might have been"]
    difference = brute.differs(interpret(old, facts), interpret(new, facts), brute.space(old, new).values)
    assert difference == Difference(REVISE, REVISE, False, frozenset({Change(Part.REVISION, Way.ADDED, False)}))
    assert mirrored(difference).needed is Bump.MINOR


def with_facts(*facts: Fact) -> Vocabulary:
    """A vocabulary of these facts."""
    return Vocabulary({fact.name: fact for fact in facts})


NUMBER = Fact("n", Kind.INT, minimum=0, maximum=9)


@pytest.mark.parametrize(
    ("old", "new", "bump"),
    [
        (with_facts(NUMBER), with_facts(NUMBER), Bump.PATCH),
        (with_facts(NUMBER), with_facts(), Bump.MAJOR),
        (with_facts(), with_facts(NUMBER), Bump.MINOR),
        (with_facts(NUMBER), with_facts(replace(NUMBER, maximum=8)), Bump.MAJOR),
        (with_facts(NUMBER), with_facts(replace(NUMBER, minimum=None)), Bump.MINOR),
        (with_facts(NUMBER), with_facts(replace(NUMBER, maximum=10, minimum=1)), Bump.MAJOR),
        (with_facts(FACTS[2]), with_facts(replace(FACTS[2], values=("none", "clear"))), Bump.MAJOR),
        (with_facts(FACTS[2]), with_facts(replace(FACTS[2], values=(*FACTS[2].values, "new"))), Bump.MINOR),
        (with_facts(FACTS[2]), with_facts(replace(FACTS[2], mutable=False, question="?")), Bump.PATCH),
        (with_facts(Fact("t", Kind.SET)), with_facts(Fact("t", Kind.SET, ("a",))), Bump.MAJOR),
    ],
)
def test_facts_call_for(old: Vocabulary, new: Vocabulary, bump: Bump) -> None:
    assert brute.vocabulary_bump(old, new) is bump


def test_versions_are_not_comparable_where_a_fact_means_something_else() -> None:
    ordered = replace(FACTS[2], ordered=True)
    turned = replace(ordered, values=ordered.values[::-1])
    for old, new in (
        (with_facts(NUMBER), with_facts(Fact("n", Kind.BOOL))),
        (with_facts(ordered), with_facts(turned)),
    ):
        with pytest.raises(brute.NotComparableError):
            brute.vocabulary_bump(old, new)


# -- questions about one program -------------------------------------------------------------------------------------


def test_guarantees_by_brute_force() -> None:
    policy = program(deny(SECRET), ask("ann", when=OFFICIAL), require(one_of("tone", "kind"), when=Not(OFFICIAL)))
    not_allow = frozenset({REVISE, ASK, DENY})
    approved = Includes(APPROVALS, frozenset({"ann"}))
    expected = {
        Guarantee(SECRET, outcomes=frozenset({DENY})): Holds.PROVED,
        Guarantee(OFFICIAL, outcomes=not_allow): Holds.BROKEN,
        Guarantee(OFFICIAL, only_if=approved): Holds.PROVED,
        Guarantee(ALWAYS, only_if=approved): Holds.BROKEN,
        Guarantee(OFFICIAL, unaffected_by=frozenset({"tone", "disclosure"})): Holds.PROVED,
        Guarantee(ALWAYS, unaffected_by=frozenset({"tone"})): Holds.BROKEN,
        Guarantee(one_of("tone", "kind"), unaffected_by=frozenset({"tone"})): Holds.PROVED,
        Guarantee(All((SECRET, Not(SECRET))), outcomes=not_allow): Holds.VACUOUS,
    }
    for guarantee, answer in expected.items():
        found, against = brute.guarantee_holds(policy, guarantee)
        assert found is answer
        for facts in against:
            assert holds(guarantee.when, facts) is Truth.TRUE
            if guarantee.outcomes:
                assert interpret(policy, facts).outcome not in guarantee.outcomes


def test_guarantees_are_about_admitted_actions_alone() -> None:
    never = Guarantee(ALWAYS, outcomes=frozenset({ALLOW}))
    assert brute.guarantee_holds(program(deny(SECRET)), never)[0] is Holds.BROKEN
    assert brute.guarantee_holds(program(deny(SECRET), impossible=(SECRET,)), never)[0] is Holds.PROVED
    implied = (Implication(ALWAYS, {"secret": False}, "nothing is secret"),)
    assert brute.guarantee_holds(program(deny(SECRET), implications=implied), never)[0] is Holds.PROVED


def test_which_facts_can_change_a_decision() -> None:
    policy = program(deny(SECRET), deny(All((Not(SECRET), OFFICIAL))), require(CLEAR, when=OFFICIAL))
    assert set(brute.can_change(policy, {"tone": "kind"})) == {"secret", "official"}  # who discloses is denied anyway
    assert set(brute.can_change(policy, {"official": True})) == set()  # a secret or not: it is denied
    assert set(interpret(policy, {"official": True}).missing) >= {"secret"}
    assert brute.possible_outcomes(policy, {"official": False}) == {ALLOW, DENY}
    impossible = replace(policy, vocabulary=replace(policy.vocabulary, impossible=(SECRET,)))
    assert set(brute.can_change(impossible, {"official": False})) == set()


def test_facts_that_can_change_a_decision_are_missing() -> None:
    """What is waited for is an over-approximation of what can change the decision, as long as nothing follows from facts."""
    for seed in range(60):
        policy = random_small_program(Random(seed))
        policy = replace(policy, vocabulary=replace(policy.vocabulary, implications=()))
        for facts in many_facts(policy, seed, 4, share_known=0.5):
            decision = interpret(policy, facts)
            try:
                relevant = brute.can_change(policy, facts, limit=2_000)
                outcomes = brute.possible_outcomes(policy, facts, limit=2_000)
            except TooManyError:
                continue
            assert set(relevant) <= set(decision.missing)
            assert all(decision.at_least <= outcome <= decision.at_most for outcome in outcomes)
            for name, (one, other) in relevant.items():
                assert {key for key in one if one[key] != other[key]} == {name}


def test_what_puts_an_action_right() -> None:
    policy = program(require(CLEAR, one_of("tone", "kind")), deny(SECRET))
    rude = {**KNOWN, "tone": "rude"}
    assert brute.repairs(policy, rude) == {
        frozenset({"disclosure", "tone"}): [{"disclosure": "clear", "tone": "kind"}],
    }
    assert brute.repairs(policy, {**KNOWN, "disclosure": "clear"}) == {frozenset(): [{}]}
    assert brute.repairs(policy, {**rude, "secret": True}) == {}
    either = program(require(CLEAR, given=one_of("tone", "rude")))
    assert set(brute.repairs(either, rude)) == {frozenset({"disclosure"}), frozenset({"tone"})}


def test_repairs_are_allowed_and_minimal() -> None:
    for seed in range(80):
        policy = random_small_program(Random(seed))
        for facts in many_facts(policy, seed, 3):
            try:
                decision = interpret(policy, facts)
                found = brute.repairs(policy, facts, limit=2_000)
            except (ActionError, TooManyError):
                continue
            assert (set(found) == {frozenset()}) is (decision.outcome is ALLOW and not refuses(policy, facts))
            assert len({len(names) for names in found}) <= 1
            for names, changes in found.items():
                assert all(policy.vocabulary.facts[name].mutable for name in names)
                for change in changes:
                    assert interpret(policy, {**facts, **change}).outcome is ALLOW


def test_dead_rules() -> None:
    policy = program(
        deny(SECRET, id="secret"),
        deny(All((SECRET, Not(SECRET))), id="never"),
        replace(deny(All((SECRET, OFFICIAL)), id="overridden"), overridden_by=("secret",)),
        deny(All((SECRET, one_of("tone", "rude"))), id="masked"),
        deny(OFFICIAL, id="official"),
    )
    found = brute.dead_rules(policy)
    assert found.never_hold == {"never"}
    assert found.never_apply == {"overridden"}
    assert found.never_matter == {"never", "overridden", "masked"}


def test_rules_that_never_apply_never_matter() -> None:
    for seed in range(60):
        policy = random_small_program(Random(seed))
        try:
            found = brute.dead_rules(policy, limit=1_500)
        except TooManyError:
            continue
        assert found.never_hold | found.never_apply <= found.never_matter


def test_sets_and_texts_are_compared_in_both_oracles(z3_oracle: ModuleType) -> None:
    """A text that nothing mentions may be a member or not, and two such texts may be the same."""
    facts = (Fact("topics", Kind.SET), Fact("me", Kind.STRING), Fact("you", Kind.STRING))
    base = replace(program(), vocabulary=with_facts(*facts))

    def policy(*whens: Condition) -> Program:
        made = replace(base, rules=tuple(replace(deny(when), id=f"R{n}", place=n) for n, when in enumerate(whens)))
        assert unsound(made) is None
        return made

    mine, yours, same = Has("topics", "me"), Has("topics", "you"), SameAs("me", "you")
    never = All((mine, same, Not(yours)))
    others = All((mine, Not(OneOf("me", frozenset({"a"})))))
    assert z3_oracle.outcome_pairs(policy(), policy(never)) == set()
    assert z3_oracle.outcome_pairs(policy(), policy(others)) == {(ALLOW, DENY)}
    only = policy(All((others, Not(Includes("topics", frozenset({"a"}))))))
    assert z3_oracle.outcome_pairs(policy(others), only) == {(DENY, ALLOW)}
    assert z3_oracle.outcome_pairs(policy(mine), policy(All((mine, same)), All((mine, Not(same))))) == set()
    assert set(compare(policy(), policy(others)).known) == {(ALLOW, DENY)}
    assert set(compare(policy(others), only).known) == {(DENY, ALLOW)}
    known = frozenset({"a", "b", "ab", "x"})
    unheard_of = Not(OneOf("me", known))
    assert set(compare(policy(), policy(All((mine, unheard_of)))).known) == {(ALLOW, DENY)}
    something_else = All((unheard_of, Not(mine), Not(Within("topics", known))))
    assert set(compare(policy(), policy(something_else)).known) == {(ALLOW, DENY)}


def test_values_enough_are_tried_for_facts_to_be_the_same_or_not(z3_oracle: ModuleType) -> None:
    """Two numbers that pass the same tests can still be two numbers, and so can instants and texts."""
    number, other = Fact("n", Kind.INT), Fact("m", Kind.INT)
    text, name = Fact("s", Kind.STRING), Fact("t", Kind.STRING)
    start, end = Fact("from", Kind.DATETIME), Fact("until", Kind.DATETIME)
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def above(fact: str) -> Condition:
        return All((Between(fact, 3), Not(OneOf(fact, frozenset({3})))))

    def late(fact: str) -> Condition:
        return All((During(fact, noon), Not(During(fact, noon, noon + timedelta(seconds=1)))))

    for facts, alike in (
        ((number, other), above),
        ((text, name), lambda fact: All((Matches(fact, "a*b"), Not(OneOf(fact, frozenset({"ab"})))))),
        ((start, end), late),
    ):
        base = replace(program(), vocabulary=with_facts(*facts))
        one, two = (fact.name for fact in facts)
        for same in (SameAs(one, two), Not(SameAs(one, two))):
            found = replace(base, rules=(deny(All((alike(one), alike(two), same)), id="R"),))
            assert set(compare(base, found).known) == {(ALLOW, DENY)}
            assert compare(base, found).exhaustive
            assert z3_oracle.outcome_pairs(base, found) == {(ALLOW, DENY)}


def test_values_that_only_an_implication_names_are_tried_and_others_too() -> None:
    number = Fact("n", Kind.INT, minimum=0, maximum=99)
    implied = (Implication(SECRET, {"n": 40}, "secrets are forty"),)
    facts = {fact.name: fact for fact in (*FACTS, number)}
    old = replace(program(), vocabulary=Vocabulary(facts, approvals=APPROVALS))
    new = replace(old, vocabulary=replace(old.vocabulary, implications=implied))
    comparison = compare(old, new)
    assert {facts["n"] for facts in comparison.refused_by_new if facts["secret"]} - {40, None}
    admitted = [facts["n"] for facts, _ in brute.total_actions(new) if facts["secret"]]
    assert set(admitted) == {40}
    assert {facts["n"] for facts, _ in brute.total_actions(new) if not facts["secret"]} > {40}


@pytest.mark.parametrize("name", [*EDITS, *NEUTRAL])
def test_an_edit_can_be_asked_for_by_name(name: str) -> None:
    """And it is made, somewhere among a few dozen programs."""
    made = [random_pair(Random(seed), edits=[name]) for seed in range(60)]
    assert any(set(pair.edits) == {name} for pair in made)


def test_values_of_a_pair_are_known_to_both() -> None:
    for pair in drawn_pairs()[:100]:
        space = brute.space(pair.old, pair.new)
        for name, choices in space.choices.items():
            assert name in pair.old.vocabulary.facts
            assert name in pair.new.vocabulary.facts
            values: list[Value] = [value for value in choices if value is not None and value is not brute.ABSENT]
            for vocabulary in (pair.old.vocabulary, pair.new.vocabulary):
                assert all(brute.fits(vocabulary.facts[name], value) for value in values)
    assert pairs.POINTS <= brute.LIMIT
