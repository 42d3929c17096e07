"""Pairs of programs to compare: a small random program and its twin, edited in one to three ways.

Everything takes a *pick*, as in ``strategies``: drawn by hypothesis it shrinks, taken from a ``random.Random`` it is fast.
Vocabularies are so small (some thousand actions, unknown facts included) that all actions can be tried, and of all kinds of
facts. An edit is a function of a pick and a program; it returns None where it cannot be made. *Neutral* edits change no
decision of which all facts are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from random import Random
from typing import Any, TypeAlias, TypeVar

from hypothesis import strategies as st

from socialpolicy.conditions import ALWAYS, All, Condition, Includes, Not, OneOf, Test, Within, holds, reads
from socialpolicy.conditions import Any as AnyOf
from socialpolicy.program import Baseline, Contact, Effect, Identity, Program, Rule, WhenUnknown
from socialpolicy.soundness import unsound
from socialpolicy.values import Kind, Truth
from socialpolicy.vocabulary import Fact, GivenValue, Implication, Vocabulary
from strategies import (
    APPROVALS,
    CONTACTS,
    FACTS,
    LABELS,
    SAYS,
    Pick,
    at_random,
    build_approval,
    build_condition,
    build_duty,
    build_hand_over,
    build_need,
    build_rule,
    build_start,
    build_test,
    chance,
    comparable,
    contradicts_nothing,
    drawn,
    given_value,
    in_bounds,
    one,
    pools,
    shuffled,
    with_implications,
    worlds,
)

POINTS = 5_000
"""About how many actions a vocabulary may have, unknown facts included."""

NEVER = AnyOf(())

Edit: TypeAlias = Callable[[Pick, Program], Program | None]
EDITS: dict[str, Edit] = {}
NEUTRAL: dict[str, Edit] = {}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two programs, and the names of the edits that make the second of the first."""

    old: Program
    new: Program
    edits: tuple[str, ...]

    @property
    def neutral(self) -> bool:
        """Whether by construction no decision differs of which all facts are known."""
        return all(name in NEUTRAL for name in self.edits)


# -- drawing ---------------------------------------------------------------------------------------------------------


def build_pair(pick: Pick, *, edits: Sequence[str] = (), rules_at_most: int = 7) -> Pair:
    """A program and its twin, edited in one to three of the ways named (none named: in any ways)."""
    names = tuple(edits) or (*NEUTRAL, *EDITS)
    old = build_small_program(pick, rules_at_most=rules_at_most)
    new, made = old, list[str]()
    wanted = 1 + pick(3)
    for _ in range(12):
        name = one(pick, names)
        edited = (EDITS | NEUTRAL)[name](pick, new)
        if edited is not None and edited != new and unsound(edited) is None:
            new = edited
            made.append(name)
        if len(made) == wanted:
            break
    return Pair(old, new, tuple(made))


def random_pair(random: Random, *, edits: Sequence[str] = (), rules_at_most: int = 7) -> Pair:
    """A pair at random: quicker than one drawn by hypothesis, and it does not shrink."""
    return build_pair(at_random(random), edits=edits, rules_at_most=rules_at_most)


@st.composite
def program_pairs(draw: Any, *, edits: Sequence[str] = (), rules_at_most: int = 7) -> Pair:
    """Pairs of programs."""
    return build_pair(drawn(draw), edits=edits, rules_at_most=rules_at_most)


@st.composite
def neutral_pairs(draw: Any) -> Pair:
    """Pairs of programs that decide alike where all facts are known."""
    return build_pair(drawn(draw), edits=tuple(NEUTRAL))


def random_small_program(random: Random, *, rules_at_most: int = 7) -> Program:
    """A small program at random."""
    return build_small_program(at_random(random), rules_at_most=rules_at_most)


def build_small_program(pick: Pick, *, rules_at_most: int = 7) -> Program:
    """A program that holds together and admits some action, over a vocabulary so small that all actions can be tried."""
    vocabulary = build_small_vocabulary(pick)
    rules: list[Rule] = []
    for index, place in enumerate(shuffled(pick, range(1 + pick(rules_at_most)))):
        name = f"R-{place}" if index % 2 else f"a{place}"
        rules.append(build_rule(pick, vocabulary, name=name, place=place, before=rules))
    return Program(
        Identity("drawn", "1.0.0", "A drawn policy"),
        vocabulary,
        tuple(rules),
        build_baseline(pick, vocabulary),
        one(pick, tuple(WhenUnknown)),
        CONTACTS,
        LABELS,
    )


def build_baseline(pick: Pick, vocabulary: Vocabulary) -> Baseline:
    """A baseline: one for all, or one per value."""
    if vocabulary.baseline and chance(pick, 2):
        values = vocabulary.facts[vocabulary.baseline].values
        return Baseline({value: build_start(pick, vocabulary) for value in values}, vocabulary.baseline)
    return Baseline({"": build_start(pick, vocabulary)})


def build_small_vocabulary(pick: Pick) -> Vocabulary:
    """A vocabulary of a few facts of any kind, with defaults, implications and impossible conditions."""
    facts: dict[str, Fact] = {}
    wanted = 2 + pick(5)
    for _ in range(12):
        left = [fact for fact in FACTS if fact.name not in facts and fact.name != APPROVALS]
        related = [fact for fact in left if any(relates(fact, other) for other in facts.values())]
        fact = one(pick, related if related and chance(pick, 2) else left)
        if not facts and chance(pick, 2):
            fact = next(fact for fact in FACTS if fact.name == APPROVALS)
        fact = detailed(pick, fact)
        if prod(rough_size(other) for other in (*facts.values(), fact)) <= POINTS:
            facts[fact.name] = fact
        if len(facts) == wanted:
            break
    scope = {word: name for word, name in (("accounts", "account.kind"), ("who", "actor.type")) if name in facts}
    vocabulary = Vocabulary(
        facts,
        scope=scope,
        baseline="account.kind" if "account.kind" in facts else "",
        approvals=APPROVALS if APPROVALS in facts else "",
        instant="context.at" if "context.at" in facts else "",
    )
    if chance(pick, 2):
        vocabulary = with_implications(pick, vocabulary)
    for _ in range(pick(3)):
        tried = replace(vocabulary, impossible=(*vocabulary.impossible, build_condition(pick, vocabulary, depth=2)))
        vocabulary = tried if admits_some(tried) else vocabulary
    return vocabulary


def relates(fact: Fact, other: Fact) -> bool:
    """Whether a test may compare two facts that are not of a kind that every vocabulary has plenty of."""
    return fact.kind is not Kind.BOOL and (comparable(fact, other) or comparable(other, fact))


def detailed(pick: Pick, fact: Fact) -> Fact:
    """The fact, perhaps with a default; a whole number sometimes with other bounds."""
    if fact.name == APPROVALS:
        return fact if chance(pick, 4) else replace(fact, default=frozenset())
    if fact.kind is Kind.INT and chance(pick, 3):
        bounds: tuple[tuple[int | None, int | None], ...] = ((0, None), (None, 5))
        minimum, maximum = one(pick, bounds)
        fact = replace(fact, minimum=minimum, maximum=maximum)
    if chance(pick, 4):
        fact = replace(fact, default=given_value(pick, fact))
    return replace(fact, ordered=False) if fact.ordered and chance(pick, 3) else fact


def rough_size(fact: Fact) -> int:
    """About how many values of a fact are worth trying, not known among them."""
    match fact.kind:
        case Kind.BOOL:
            values = 2
        case Kind.ENUM:
            values = len(fact.values)
        case Kind.SET if fact.values:
            values = 2 ** len(fact.values)
        case _:
            values = 5
    return values + (2 if fact.default is not None else 1)


def admits_some(vocabulary: Vocabulary) -> bool:
    """Whether some action of which all is known is neither impossible nor refused by implications."""
    conditions = [*vocabulary.impossible, *(implication.given for implication in vocabulary.implications)]
    found = worlds(vocabulary, pools(vocabulary, conditions), Random(0), 24)
    return any(all(holds(bad, world) is Truth.FALSE for bad in vocabulary.impossible) for world in found)


# -- parts of edits --------------------------------------------------------------------------------------------------


def edit(function: Edit) -> Edit:
    """Enter an edit that may change decisions."""
    EDITS[function.__name__] = function
    return function


def neutral(function: Edit) -> Edit:
    """Enter an edit that changes no decision of which all facts are known."""
    NEUTRAL[function.__name__] = function
    return function


def with_rule(program: Program, changed: Rule) -> Program:
    """The program with the rule of that id changed."""
    return replace(program, rules=tuple(changed if rule.id == changed.id else rule for rule in program.rules))


def any_rule(pick: Pick, program: Program, wanted: Callable[[Rule], bool] = lambda _: True) -> Rule | None:
    """Some rule of which this is true."""
    found = [rule for rule in program.rules if wanted(rule)]
    return one(pick, found) if found else None


def overrides_some(program: Program, rule: Rule) -> bool:
    """Whether the rule overrides another one."""
    return any(rule.id in other.overridden_by for other in program.rules)


def says_something(rule: Rule) -> bool:
    """Whether a rule may ask, bind and hand over: the ones of exceptions only set rules aside."""
    return rule.effect is not Effect.EXCEPT


def next_place(program: Program) -> int:
    """The place after the last rule."""
    return max((rule.place for rule in program.rules), default=-1) + 1


def unused_id(program: Program, wish: str) -> str:
    """An id that no rule has."""
    taken = {rule.id for rule in program.rules}
    while wish in taken:
        wish += "'"
    return wish


def beside(program: Program, rule: Rule, twins: Sequence[Rule]) -> Program:
    """The program with these rules in the place of one: each of them overrides what that one overrode."""
    ids = tuple(twin.id for twin in twins)
    rules: list[Rule] = []
    for other in program.rules:
        if other.id == rule.id:
            rules += twins
        elif rule.id in other.overridden_by:
            kept = tuple(name for name in other.overridden_by if name != rule.id)
            rules.append(replace(other, overridden_by=kept + ids))
        else:
            rules.append(other)
    return replace(program, rules=tuple(rules))


def mapped(condition: Condition, change: Callable[[Test], Condition]) -> Condition:
    """The condition with each of its tests changed."""
    match condition:
        case Not(part):
            return Not(mapped(part, change))
        case All(parts):
            return All(tuple(mapped(part, change) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(mapped(part, change) for part in parts))
        case _:
            return change(condition)


def with_tests(program: Program, change: Callable[[Test], Condition]) -> Program:
    """The program with each test of its conditions changed; needs that are no single test any more are left out."""
    rules = []
    for rule in program.rules:
        needs = [
            replace(need, test=mapped(need.test, change), given=mapped(need.given, change))
            for need in rule.needs
            if not isinstance(mapped(bare(need.test), change), All | AnyOf)
        ]
        rules.append(replace(rule, when=mapped(rule.when, change), needs=tuple(needs)))
    vocabulary = program.vocabulary
    vocabulary = replace(
        vocabulary,
        implications=tuple(replace(each, given=mapped(each.given, change)) for each in vocabulary.implications),
        impossible=tuple(mapped(each, change) for each in vocabulary.impossible),
    )
    return replace(program, rules=tuple(rules), vocabulary=vocabulary)


def bare(test: Condition) -> Condition:
    """The test of a need, without its negation."""
    return test.part if isinstance(test, Not) else test


def with_fact(program: Program, fact: Fact) -> Program:
    """The program with a fact changed. What its vocabulary gives and the fact cannot be any more is left out."""

    def fits(name: str, value: GivenValue) -> bool:
        return name != fact.name or possible(fact, value)

    if fact.default is not None and not possible(fact, fact.default):
        fact = replace(fact, default=None)
    if fact.in_examples is not None and not possible(fact, fact.in_examples):
        fact = replace(fact, in_examples=None)
    vocabulary = program.vocabulary
    implications = tuple(
        each for each in vocabulary.implications if all(fits(name, value) for name, value in each.then.items())
    )
    vocabulary = replace(vocabulary, facts={**vocabulary.facts, fact.name: fact}, implications=implications)
    return replace(program, vocabulary=vocabulary)


def possible(fact: Fact, value: GivenValue) -> bool:
    """Whether a fact can have a value of its kind."""
    if fact.kind is Kind.INT:
        return isinstance(value, int) and in_bounds(fact, value)
    if not fact.values:
        return True
    return value <= set(fact.values) if isinstance(value, frozenset) else value in fact.values


def sane(program: Program) -> Program | None:
    """The program, if its vocabulary still contradicts nothing while nothing is stated, and admits some action."""
    vocabulary = program.vocabulary
    return program if contradicts_nothing(vocabulary) and admits_some(vocabulary) else None


def without(items: Sequence[T], index: int) -> tuple[T, ...]:
    """All items but one."""
    return (*items[:index], *items[index + 1 :])


# -- neutral edits ---------------------------------------------------------------------------------------------------


@neutral
def rename_rule(pick: Pick, program: Program) -> Program | None:
    """A rule gets another id."""
    rule = any_rule(pick, program)
    return beside(program, rule, [replace(rule, id=unused_id(program, f"{rule.id}-new"))]) if rule else None


@neutral
def reorder_rules(pick: Pick, program: Program) -> Program | None:
    """The rules stand in another order in the file, and in the program as far as overrides let them."""
    places = shuffled(pick, [rule.place for rule in program.rules])
    left = [replace(rule, place=place) for rule, place in zip(program.rules, places, strict=True)]
    rules: list[Rule] = []
    while left:
        waiting = {rule.id for rule in left}
        ready = [rule for rule in left if not waiting.intersection(rule.overridden_by)]
        rules.append(one(pick, ready))
        left.remove(rules[-1])
    return replace(program, rules=tuple(rules))


@neutral
def duplicate_rule(pick: Pick, program: Program) -> Program | None:
    """A rule stands in the file twice; whatever it overrides, its double overrides too."""
    rule = any_rule(pick, program)
    if rule is None:
        return None
    return beside(
        program, rule, [rule, replace(rule, id=unused_id(program, f"{rule.id}-again"), place=next_place(program))]
    )


@neutral
def negate_twice(pick: Pick, program: Program) -> Program | None:
    """A condition stands under two negations."""
    rule = any_rule(pick, program)
    if rule is None:
        return None
    if rule.needs and chance(pick, 3):
        needs = tuple(replace(need, given=Not(Not(need.given))) for need in rule.needs)
        return with_rule(program, replace(rule, needs=needs))
    return with_rule(program, replace(rule, when=Not(Not(rule.when))))


@neutral
def split_any(pick: Pick, program: Program) -> Program | None:
    """A rule for this or that becomes a rule for this and a rule for that."""
    rule = any_rule(pick, program, lambda rule: choice_in(rule.when) is not None)
    if rule is None:
        return None
    parts, index, choice = choice_in(rule.when) or ((), 0, NEVER)
    at = 1 + pick(len(choice.parts) - 1)
    halves = [AnyOf(some_parts) for some_parts in (choice.parts[:at], choice.parts[at:])]
    whens = [All((*parts[:index], half, *parts[index + 1 :])) for half in halves]
    second = replace(rule, id=unused_id(program, f"{rule.id}-more"), place=next_place(program), when=whens[1])
    return beside(program, rule, [replace(rule, when=whens[0]), second])


def choice_in(condition: Condition) -> tuple[tuple[Condition, ...], int, AnyOf] | None:
    """The first *or* of several parts among what a condition joins by *and*, and where it stands."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    for index, part in enumerate(parts):
        if isinstance(part, AnyOf) and len(part.parts) > 1:
            return parts, index, part
    return None


@neutral
def split_values(pick: Pick, program: Program) -> Program | None:
    """A test for one of several values becomes two tests, joined by *or*."""
    rule = any_rule(pick, program, lambda rule: isinstance(rule.when, OneOf) and len(rule.when.values) > 1)
    if rule is None or not isinstance(rule.when, OneOf):
        return None
    first = min(rule.when.values, key=str)
    tests = (OneOf(rule.when.fact, frozenset({first})), OneOf(rule.when.fact, rule.when.values - {first}))  # type: ignore[arg-type]
    return with_rule(program, replace(rule, when=AnyOf(tests)))


@neutral
def reword(pick: Pick, program: Program) -> Program | None:
    """Everything is said in other words."""

    def other(text: str) -> str:
        return f"{text} Thank you." if text else ""

    rules = tuple(
        replace(
            rule,
            title=other(rule.title),
            say=other(rule.say),
            why=other(rule.why),
            instead=other(rule.instead),
            needs=tuple(replace(need, say=other(need.say)) for need in rule.needs),
            duties=tuple(replace(duty, what=other(duty.what)) if duty.id else duty for duty in rule.duties),
            hand_over=replace(rule.hand_over, say=other(rule.hand_over.say)) if rule.hand_over else None,
        )
        for rule in program.rules
    )
    starts = {value: replace(start, say=other(start.say)) for value, start in program.baseline.starts.items()}
    contacts: Mapping[str, Contact] = {
        name: replace(contact, title=other(contact.title)) for name, contact in program.contacts.items()
    }
    return replace(
        program,
        rules=rules,
        contacts=contacts,
        baseline=replace(program.baseline, starts=starts),
        labels={word: other(label) for word, label in program.labels.items()},
        identity=replace(program.identity, title=other(program.identity.title)),
    )


# -- edits of conditions and rules -----------------------------------------------------------------------------------


@edit
def widen(pick: Pick, program: Program) -> Program | None:
    """A rule holds in more cases."""
    rule = any_rule(pick, program)
    if rule is None:
        return None
    if isinstance(rule.when, All) and rule.when.parts and chance(pick, 2):
        return with_rule(program, replace(rule, when=All(without(rule.when.parts, pick(len(rule.when.parts))))))
    return with_rule(program, replace(rule, when=AnyOf((rule.when, build_test(pick, program.vocabulary)))))


@edit
def narrow(pick: Pick, program: Program) -> Program | None:
    """A rule holds in fewer cases."""
    rule = any_rule(pick, program)
    if rule is None:
        return None
    if isinstance(rule.when, AnyOf) and rule.when.parts and chance(pick, 2):
        return with_rule(program, replace(rule, when=AnyOf(without(rule.when.parts, pick(len(rule.when.parts))))))
    return with_rule(program, replace(rule, when=All((rule.when, build_test(pick, program.vocabulary)))))


@edit
def negate(pick: Pick, program: Program) -> Program | None:
    """A rule holds where it did not."""
    rule = any_rule(pick, program)
    return with_rule(program, replace(rule, when=Not(rule.when))) if rule else None


@edit
def change_condition(pick: Pick, program: Program) -> Program | None:
    """A rule has another condition."""
    rule = any_rule(pick, program)
    return with_rule(program, replace(rule, when=build_condition(pick, program.vocabulary))) if rule else None


@edit
def add_rule(pick: Pick, program: Program) -> Program | None:
    """There is one more rule."""
    name, place = unused_id(program, f"new-{len(program.rules)}"), next_place(program)
    rule = build_rule(pick, program.vocabulary, name=name, place=place, before=program.rules)
    return replace(program, rules=(*program.rules, rule))


@edit
def remove_rule(pick: Pick, program: Program) -> Program | None:
    """There is one rule less."""
    rule = any_rule(pick, program)
    return beside(program, rule, []) if rule else None


@edit
def regrade_rule(pick: Pick, program: Program) -> Program | None:
    """A rule has another effect, and asks for what goes with it."""
    rule = any_rule(pick, program)
    if rule is None:
        return None
    other = build_rule(pick, program.vocabulary, name=rule.id, place=rule.place, before=())
    if other.effect in (Effect.DUTY, Effect.ADVISE) and overrides_some(program, rule):
        return None
    overridden_by = rule.overridden_by if other.effect is not Effect.EXCEPT else ()
    return with_rule(program, replace(other, when=rule.when, overridden_by=overridden_by, title=rule.title))


@edit
def add_override(pick: Pick, program: Program) -> Program | None:
    """A rule sets another one aside."""
    rule = any_rule(pick, program, says_something)
    if rule is None:
        return None
    before = [
        other.id
        for other in program.rules[: program.rules.index(rule)]
        if other.effect not in (Effect.DUTY, Effect.ADVISE) and other.id not in rule.overridden_by
    ]
    return with_rule(program, replace(rule, overridden_by=(*rule.overridden_by, one(pick, before)))) if before else None


@edit
def remove_override(pick: Pick, program: Program) -> Program | None:
    """A rule no longer sets another one aside."""
    rule = any_rule(pick, program, lambda rule: bool(rule.overridden_by))
    if rule is None:
        return None
    return with_rule(program, replace(rule, overridden_by=without(rule.overridden_by, pick(len(rule.overridden_by)))))


# -- edits of what rules ask for -------------------------------------------------------------------------------------


def asks(rule: Rule) -> bool:
    """Whether a rule may ask for something."""
    return rule.effect in (Effect.ALLOW, Effect.REQUIRE, Effect.ASK)


@edit
def change_needs(pick: Pick, program: Program) -> Program | None:
    """A rule needs something more, something less, or something else."""
    rule = any_rule(pick, program, asks)
    if rule is None:
        return None
    match pick(4) if rule.needs else 0:
        case 0:
            needs = (*rule.needs, build_need(pick, program.vocabulary))
        case 1:
            needs = without(rule.needs, pick(len(rule.needs)))
        case 2:
            needs = (*rule.needs[1:], build_need(pick, program.vocabulary))
        case _:
            given = build_condition(pick, program.vocabulary, depth=1) if rule.needs[0].given == ALWAYS else ALWAYS
            needs = (replace(rule.needs[0], given=given), *rule.needs[1:])
    return with_rule(program, replace(rule, needs=needs))


@edit
def change_approval(pick: Pick, program: Program) -> Program | None:
    """A rule asks for an approval, for another one, or for none; or for more or fewer people's."""
    rule = any_rule(pick, program, asks)
    if rule is None or not program.vocabulary.approvals:
        return None
    before = rule.approval
    if before and chance(pick, 3) and rule.effect is not Effect.ASK:
        return with_rule(program, replace(rule, approval=None))
    if before and len(before.met.values) > 1 and chance(pick, 2):
        at_least = before.at_least % len(before.met.values) + 1
        met = replace(before.met, at_least=at_least)
        return with_rule(program, replace(rule, approval=replace(before, at_least=at_least, met=met)))
    return with_rule(program, replace(rule, approval=build_approval(pick)))


@edit
def change_duties(pick: Pick, program: Program) -> Program | None:
    """A rule binds to something more, something less, or sooner."""
    rule = any_rule(pick, program, says_something)
    if rule is None:
        return None
    match pick(3) if rule.duties else 0:
        case 0:
            duties = (*rule.duties, build_duty(pick))
        case 1:
            duties = without(rule.duties, pick(len(rule.duties)))
        case _:
            duties = (replace(rule.duties[0], within=build_duty(pick).within), *rule.duties[1:])
    return with_rule(program, replace(rule, duties=duties))


@edit
def change_hand_over(pick: Pick, program: Program) -> Program | None:
    """A rule hands over to somebody, to somebody else, or to nobody."""
    rule = any_rule(pick, program, says_something)
    if rule is None:
        return None
    hand_over = None if rule.hand_over and chance(pick, 3) else build_hand_over(pick)
    return with_rule(program, replace(rule, hand_over=hand_over))


@edit
def change_advice(pick: Pick, program: Program) -> Program | None:
    """A rule says something else, be it advice or the reason."""
    advice = any_rule(pick, program, lambda rule: rule.effect is Effect.ADVISE)
    rule = advice if advice and chance(pick, 2) else any_rule(pick, program)
    return with_rule(program, replace(rule, say=one(pick, (*SAYS, "A new tip.")))) if rule else None


# -- edits of what stands around the rules ---------------------------------------------------------------------------


@edit
def change_baseline(pick: Pick, program: Program) -> Program | None:
    """Decisions start elsewhere."""
    baseline = program.baseline
    if chance(pick, 3):
        return replace(program, baseline=build_baseline(pick, program.vocabulary))
    value = one(pick, tuple(baseline.starts))
    starts = {**baseline.starts, value: build_start(pick, program.vocabulary)}
    return replace(program, baseline=replace(baseline, starts=starts))


@edit
def change_when_unknown(pick: Pick, program: Program) -> Program | None:
    """Undetermined decisions have another outcome."""
    other = WhenUnknown.STRICTEST if program.when_unknown is WhenUnknown.ASK else WhenUnknown.ASK
    return replace(program, when_unknown=other)


@edit
def change_default(pick: Pick, program: Program) -> Program | None:
    """Something else is assumed of a fact that is absent, or nothing."""
    fact = one(pick, tuple(program.vocabulary.facts.values()))
    if fact.kind is Kind.DATETIME:
        return None
    default = None if fact.default is not None and chance(pick, 2) else given_value(pick, fact)
    if fact.name == APPROVALS and default is not None:
        default = frozenset()
    return sane(with_fact(program, replace(fact, default=default)))


@edit
def change_implications(pick: Pick, program: Program) -> Program | None:
    """Something else follows from facts."""
    vocabulary = program.vocabulary
    implications = vocabulary.implications
    if implications and chance(pick, 2):
        implications = without(implications, pick(len(implications)))
    else:
        added = with_implications(pick, replace(vocabulary, implications=())).implications[:1]
        implications = (*implications, *(Implication(each.given, each.then, "a new implication") for each in added))
    return sane(replace(program, vocabulary=replace(vocabulary, implications=implications)))


@edit
def change_impossible(pick: Pick, program: Program) -> Program | None:
    """Other actions are impossible."""
    vocabulary = program.vocabulary
    impossible = vocabulary.impossible
    if impossible and chance(pick, 2):
        impossible = without(impossible, pick(len(impossible)))
    else:
        impossible = (*impossible, build_condition(pick, vocabulary, depth=2))
    return sane(replace(program, vocabulary=replace(vocabulary, impossible=impossible)))


@edit
def add_fact(pick: Pick, program: Program) -> Program | None:
    """There is one more fact, which a rule may test."""
    left = [fact for fact in FACTS if fact.name not in program.vocabulary.facts and fact.name != APPROVALS]
    fact = detailed(pick, one(pick, left))
    program = with_fact(program, fact)
    rule = any_rule(pick, program)
    if rule and chance(pick, 2):
        program = with_rule(program, replace(rule, when=All((rule.when, build_test(pick, program.vocabulary, [fact])))))
    return sane(program)


@edit
def drop_fact(pick: Pick, program: Program) -> Program | None:
    """There is one fact less; what tested it always holds, or never does."""
    vocabulary = program.vocabulary
    names = [name for name in vocabulary.facts if name != APPROVALS]
    if len(names) < 2:
        return None
    name = one(pick, names)
    choices: tuple[Condition, ...] = (ALWAYS, NEVER)
    instead = one(pick, choices)
    program = with_tests(program, lambda test: instead if name in reads(test) else test)
    vocabulary = program.vocabulary
    vocabulary = replace(
        vocabulary,
        facts={other: fact for other, fact in vocabulary.facts.items() if other != name},
        implications=tuple(each for each in vocabulary.implications if name not in each.then),
        scope={word: fact for word, fact in vocabulary.scope.items() if fact != name},
        baseline="" if vocabulary.baseline == name else vocabulary.baseline,
        instant="" if vocabulary.instant == name else vocabulary.instant,
    )
    baseline = program.baseline
    if baseline.fact == name:
        baseline = Baseline({"": next(iter(baseline.starts.values()))})
    return sane(replace(program, vocabulary=vocabulary, baseline=baseline))


def closed(program: Program) -> list[Fact]:
    """The facts with a closed list of values, approvals apart."""
    return [fact for fact in program.vocabulary.facts.values() if fact.values and fact.name != APPROVALS]


@edit
def add_value(pick: Pick, program: Program) -> Program | None:
    """A closed list has one value more."""
    facts = closed(program)
    if not facts:
        return None
    fact = one(pick, facts)
    if "extra" in fact.values:
        return None
    at = pick(len(fact.values) + 1)
    program = with_fact(program, replace(fact, values=(*fact.values[:at], "extra", *fact.values[at:])))
    baseline = program.baseline
    if baseline.fact == fact.name:
        starts = {**baseline.starts, "extra": build_start(pick, program.vocabulary)}
        program = replace(program, baseline=replace(baseline, starts=starts))
    return program


@edit
def drop_value(pick: Pick, program: Program) -> Program | None:
    """A closed list has one value less, and no test names it any more."""
    facts = [fact for fact in closed(program) if len(fact.values) > 1]
    if not facts:
        return None
    fact = one(pick, facts)
    value = one(pick, fact.values)

    def change(test: Test) -> Condition:
        if test.fact != fact.name or not isinstance(test, OneOf | Includes | Within):
            return test
        left: Any = test.values - {value}
        if isinstance(test, Within):
            return replace(test, values=left)
        enough = len(left) >= (test.at_least if isinstance(test, Includes) else 1)
        return replace(test, values=left) if enough else NEVER

    program = with_tests(program, change)
    program = with_fact(program, replace(fact, values=tuple(other for other in fact.values if other != value)))
    baseline = program.baseline
    if baseline.fact == fact.name:
        starts = {key: start for key, start in baseline.starts.items() if key != value}
        program = replace(program, baseline=replace(baseline, starts=starts))
    return sane(program)


@edit
def change_bounds(pick: Pick, program: Program) -> Program | None:
    """A whole number has tighter bounds, or wider ones."""
    facts = [fact for fact in program.vocabulary.facts.values() if fact.kind is Kind.INT]
    if not facts:
        return None
    fact = one(pick, facts)
    bounds: tuple[tuple[int | None, int | None], ...] = ((0, 2), (1, 3), (0, None), (None, 3), (None, None), (0, 4))
    minimum, maximum = one(pick, bounds)
    return sane(with_fact(program, replace(fact, minimum=minimum, maximum=maximum)))
