"""What the tests draw: vocabularies, programs, facts and written policies, from pools so small that rules collide.

Everything is built by functions that take a *pick*: a source of whole numbers below a given one. Drawn by hypothesis, a
pick shrinks (nought is always the simplest choice); taken from a ``random.Random``, it is fast. So there is one way to
build a program, and two ways to ask for one:

    @given(programs(), seeds())                                # hypothesis draws the program ...
    def test_a_law(program: Program, seed: int) -> None:
        for facts in many_facts(program, seed):                # ... and a seed gives two hundred actions
            ...

Facts are drawn so that most contradict no implication. Where they do, ``interpret`` raises ``ActionError``;
``completed`` returns None for these, and ``settled`` gives facts of which no default is left to be assumed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from socialpolicy.completing import Assume, complete
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
    Test,
    Within,
    both,
    holds,
    reads,
)
from socialpolicy.conditions import Any as AnyOf
from socialpolicy.errors import ActionError
from socialpolicy.interpret import interpret
from socialpolicy.program import (
    Approval,
    Approver,
    Baseline,
    Contact,
    Duty,
    Effect,
    HandOver,
    Identity,
    Limit,
    Need,
    Outcome,
    Playbook,
    Program,
    Rule,
    Start,
    Step,
    Unit,
    WhenUnknown,
)
from socialpolicy.values import Facts, Kind, Truth, Value
from socialpolicy.vocabulary import Fact, GivenValue, Implication, Vocabulary

if TYPE_CHECKING:
    from socialpolicy.decisions import Decision

# The one profile of all laws: reproducible, without a deadline, and longer where a run asks for it (LAW_EXAMPLES).
EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "80"))
settings.register_profile(
    "laws",
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=EXAMPLES <= 100,
    print_blob=True,
    phases=[Phase.explicit, Phase.generate, *([] if os.environ.get("LAW_SHRINK") == "no" else [Phase.shrink])],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
settings.load_profile("laws")

Pick: TypeAlias = Callable[[int], int]
"""A whole number from nought to one less than the given one."""

T = TypeVar("T")


# -- picking ---------------------------------------------------------------------------------------------------------


@cache
def below(number: int) -> st.SearchStrategy[int]:
    """Whole numbers below this one."""
    return st.integers(0, number - 1)


def drawn(draw: Callable[[st.SearchStrategy[int]], int]) -> Pick:
    """Pick by hypothesis: what fails shrinks."""
    return lambda number: draw(below(number)) if number > 1 else 0


def at_random(random: Random) -> Pick:
    """Pick at random: fast."""
    next_float = random.random
    return lambda number: int(next_float() * number)


def one(pick: Pick, items: Sequence[T]) -> T:
    """One of the items; the first is the simplest."""
    return items[pick(len(items))]


def chance(pick: Pick, number: int) -> bool:
    """True once in so many times."""
    return pick(number) == number - 1


def some(pick: Pick, items: Sequence[T], least: int = 0, most: int = 3) -> tuple[T, ...]:
    """Several different items, in any order."""
    left, chosen = list(items), []
    for _ in range(min(least + pick(max(most - least, 0) + 1), len(left))):
        chosen.append(left.pop(pick(len(left))))
    return tuple(chosen)


def shuffled(pick: Pick, items: Sequence[T]) -> tuple[T, ...]:
    """All items, in any order."""
    return some(pick, items, len(items), len(items))


def seeds() -> st.SearchStrategy[int]:
    """Seeds for ``random.Random``."""
    return st.integers(0, 2**32 - 1)


# -- vocabularies ----------------------------------------------------------------------------------------------------

ROLES = ("intern", "manager", "legal")
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
INSTANTS = (MIDNIGHT, MIDNIGHT + timedelta(days=1), MIDNIGHT + timedelta(days=30))
TEXTS = ("a", "b", "ab", "", "ba", "aba", "abab", "a*b", "Ab", "ü")
PATTERNS = ("a*", "*a", "*", "a*b", "*b*", "a", "*ab*ba*", "**", "", "a*a", "*a*b*a")
MEMBERS = ("a", "b", "ab")
NUMBERS = (2, 0, 1, 3, 5)

FACTS = (
    Fact("content.about_work", Kind.BOOL, question="Is it about work?", in_examples=True),
    Fact(
        "account.kind",
        Kind.ENUM,
        ("personal", "official", "creator"),
        question="What kind of account is it?",
        supplied_by="system",
    ),
    Fact("content.clear", Kind.BOOL, question="Is it plain who speaks?", mutable=True),
    Fact("context.approvals", Kind.SET, ("ann", "bob", "cat"), question="Who has approved?", supplied_by="approvals"),
    Fact("action.kind", Kind.ENUM, ("publish", "reply", "like"), question="What is done?"),
    Fact("context.crisis", Kind.ENUM, ("none", "elevated", "severe"), ordered=True, question="Is there a crisis?"),
    Fact("actor.roles", Kind.SET, ROLES, question="Which roles does the person have?"),
    Fact("content.count", Kind.INT, minimum=0, maximum=3, question="How many?", mutable=True),
    Fact("actor.id", Kind.STRING, question="Who is it?", sensitive=True),
    Fact("content.secret", Kind.BOOL, question="Is it secret?"),
    Fact("context.at", Kind.DATETIME, question="When is it to happen?"),
    Fact("content.topics", Kind.SET, question="What is it about?", mutable=True),
    Fact("actor.type", Kind.ENUM, (*ROLES, "bot"), question="Who acts?"),
    Fact("account.custodian", Kind.STRING, question="Who looks after the account?"),
    Fact("context.size", Kind.INT, question="How large is it?"),
    Fact("content.audience", Kind.SET, ROLES, question="Who sees it?", mutable=True),
    Fact("context.until", Kind.DATETIME, question="Until when?"),
)
SMALL = (
    "content.about_work",
    "account.kind",
    "content.clear",
    "context.approvals",
    "context.crisis",
    "actor.roles",
    "content.count",
    "content.secret",
)
APPROVALS = "context.approvals"


def given_value(pick: Pick, fact: Fact) -> GivenValue | None:
    """A value that a vocabulary may give a fact; none for instants, which callers alone state."""
    match fact.kind:
        case Kind.BOOL:
            return one(pick, (False, True))
        case Kind.ENUM:
            return one(pick, fact.values)
        case Kind.STRING:
            return one(pick, TEXTS[:3])
        case Kind.INT:
            return one(pick, [number for number in NUMBERS if in_bounds(fact, number)])
        case Kind.SET:
            return frozenset(some(pick, fact.values or MEMBERS, 0, 2))
        case Kind.DATETIME:
            return None


def in_bounds(fact: Fact, number: int) -> bool:
    """Whether an int fact can have this value."""
    return (fact.minimum is None or fact.minimum <= number) and (fact.maximum is None or number <= fact.maximum)


def build_vocabulary(pick: Pick, *, small: bool = False) -> Vocabulary:
    """A vocabulary: some of the facts, with defaults, values in examples, and implications."""
    pool = [fact for fact in FACTS if not small or fact.name in SMALL]
    if small:
        chosen = some(pick, pool, 2, 5)
    elif chance(pick, 2):
        chosen = tuple(pool)
    else:
        chosen = some(pick, pool, 1, len(pool))
    if all(fact.name == APPROVALS for fact in chosen):
        chosen = (FACTS[0], *chosen)
    facts = {}
    for fact in chosen:
        if fact.name == APPROVALS:
            update: dict[str, Any] = {} if chance(pick, 4) else {"default": frozenset()}
        else:
            update = {"default": given_value(pick, fact)} if chance(pick, 4) else {}
            if chance(pick, 3):
                update["in_examples"] = given_value(pick, fact)
            if fact.ordered and chance(pick, 3):
                update["ordered"] = False
        facts[fact.name] = replace(fact, **update)
    vocabulary = Vocabulary(
        facts,
        scope={
            word: name
            for word, name in (("accounts", "account.kind"), ("who", "actor.type"), ("roles", "actor.roles"))
            if name in facts
        },
        baseline="account.kind" if "account.kind" in facts else "",
        approvals=APPROVALS if APPROVALS in facts else "",
        instant="context.at" if "context.at" in facts else "",
    )
    return with_implications(pick, vocabulary) if chance(pick, 2) else vocabulary


def with_implications(pick: Pick, vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary with implications, in chains and circles, that contradict nothing while nothing is stated."""
    fillable = [
        fact
        for name, fact in vocabulary.facts.items()
        if fact.kind is not Kind.DATETIME and name != vocabulary.approvals
    ]
    implications: list[Implication] = []
    for number in range(1 + pick(5)):
        if not fillable:
            break
        told = [(name, value) for implication in implications for name, value in implication.then.items()]
        if told and chance(pick, 2):  # a chain: what another one fills leads on
            name, value = one(pick, told)
            given: Condition = exactly(vocabulary.facts[name], value)
        else:
            given = build_condition(pick, vocabulary, depth=pick(3))
        then = {
            fact.name: value for fact in some(pick, fillable, 1, 2) if (value := given_value(pick, fact)) is not None
        }
        implications.append(Implication(given, then, f"implication {number}"))
    while implications:
        tried = replace(vocabulary, implications=tuple(implications))
        if contradicts_nothing(tried):
            return tried
        implications.pop()
    return vocabulary


def contradicts_nothing(vocabulary: Vocabulary) -> bool:
    """Whether the implications agree while nothing is stated, and admit some action of which everything is known."""
    try:
        for assume in Assume:
            complete(vocabulary, {}, assume=assume)
    except ActionError:
        return False
    return bool(worlds(vocabulary, pools(vocabulary, ()), Random(0), 1))


def exactly(fact: Fact, value: GivenValue) -> Condition:
    """The test that a fact has just this value (a set: these members and no others)."""
    if isinstance(value, frozenset):
        inside = Within(fact.name, value)
        return All((inside, Includes(fact.name, value, len(value)))) if value else inside
    if fact.kind is Kind.INT:
        return Between(fact.name, value, value)  # type: ignore[arg-type]
    return OneOf(fact.name, frozenset({value}))  # type: ignore[arg-type]


# -- conditions ------------------------------------------------------------------------------------------------------


def build_condition(pick: Pick, vocabulary: Vocabulary, *, depth: int = 3) -> Condition:
    """A condition of the vocabulary's facts, approvals apart, nested at most so deeply."""
    shape = pick(8) if depth else 0
    if shape < 4:
        return build_test(pick, vocabulary)
    if shape < 5:
        return Not(build_condition(pick, vocabulary, depth=depth - 1))
    parts = tuple(
        build_condition(pick, vocabulary, depth=depth - 1)
        for _ in range((2, 3, 1, 0)[pick(4) if chance(pick, 4) else 0])
    )
    return All(parts) if shape < 7 else AnyOf(parts)


def build_test(pick: Pick, vocabulary: Vocabulary, facts: Sequence[Fact] = ()) -> Test:
    """A single test of one of the facts."""
    testable = facts or [fact for name, fact in vocabulary.facts.items() if name != vocabulary.approvals]
    fact = one(pick, testable)
    name = fact.name
    if chance(pick, 6):
        others = [
            other.name
            for other in vocabulary.facts.values()
            if other.name not in (name, vocabulary.approvals) and comparable(fact, other)
        ]
        if others:
            other = one(pick, others)
            return SameAs(name, other) if vocabulary.facts[other].kind is fact.kind else Has(name, other)
    match fact.kind:
        case Kind.BOOL:
            return OneOf(name, frozenset({one(pick, (True, False))}))
        case Kind.ENUM:
            if fact.ordered:
                first = pick(len(fact.values))
                return OneOf(name, frozenset(fact.values[first:] if chance(pick, 2) else fact.values[: first + 1]))
            return OneOf(name, frozenset(some(pick, fact.values, 1, 2)))
        case Kind.STRING:
            if chance(pick, 2):
                return Matches(name, one(pick, PATTERNS))
            values = frozenset(some(pick, TEXTS[:4], 1, 3))
            return OneOf(name, values, "names" if values == frozenset(TEXTS[:2]) else "")
        case Kind.INT:
            numbers = [number for number in NUMBERS if in_bounds(fact, number)]
            match pick(4):
                case 0:
                    return Between(name, one(pick, numbers))
                case 1:
                    return Between(name, None, one(pick, numbers))
                case 2:
                    low, high = sorted((one(pick, numbers), one(pick, numbers)))
                    return Between(name, low, high)
                case _:
                    return OneOf(name, frozenset(some(pick, numbers, 1, 2)))
        case Kind.DATETIME:
            start, end = sorted((pick(len(INSTANTS)), pick(len(INSTANTS))))
            match pick(3):
                case 0:
                    return During(name, INSTANTS[start])
                case 1:
                    return During(name, None, INSTANTS[end])
                case _:
                    return During(name, INSTANTS[start], INSTANTS[min(end + (start == end), len(INSTANTS) - 1)])
        case Kind.SET:
            values = frozenset(some(pick, fact.values or MEMBERS, 1, 3))
            match pick(4):
                case 0:
                    return Includes(name, values)
                case 1:
                    return Includes(name, values, len(values))
                case 2:
                    return Within(name, values if pick(3) else frozenset())
                case _:
                    return Includes(name, values, 1 + pick(len(values)))


def comparable(fact: Fact, other: Fact) -> bool:
    """Whether a test may compare the two: of one kind with a value in common, or a set with what it can hold."""
    if fact.kind is other.kind:
        return not fact.values or not other.values or bool(set(fact.values) & set(other.values))
    if fact.kind is not Kind.SET:
        return False
    return other.kind is (Kind.ENUM if fact.values else Kind.STRING) and (
        not fact.values or bool(set(fact.values) & set(other.values))
    )


# -- programs --------------------------------------------------------------------------------------------------------

CONTACTS = {
    "ann": Contact("ann", "Ann", "#ann"),
    "bob": Contact("bob", "Bob", "bob@example.com", deputy="ann"),
    "boss": Contact("boss", "The boss", "#boss"),  # approves as ann
    "cat": Contact("cat", "Cat", "#cat", answers_within=Limit(4, Unit.HOURS)),
}
APPROVERS = (Approver("ann", "ann"), Approver("bob", "bob"), Approver("boss", "ann"), Approver("cat", "cat"))
LIMITS = (None, Limit(1, Unit.DAYS), Limit(1, Unit.WORKING_DAYS), Limit(24, Unit.HOURS), Limit(30, Unit.MINUTES))
LABELS = {"allow": "Good to go", "revise": "Fix first", "ask": "Ask first", "deny": "Not this one"}
EFFECTS = (  # few denials, since a denial hides what else is decided
    *(Effect.REQUIRE, Effect.ALLOW, Effect.DENY, Effect.ASK, Effect.EXCEPT),
    *(Effect.REQUIRE, Effect.ALLOW, Effect.DUTY, Effect.ADVISE),
)
SAYS = ("", "Please mind this.", "Say who you are.")


def build_approval(pick: Pick) -> Approval:
    """Any of some contacts, all of them, or so many."""
    of = some(pick, APPROVERS, 1, 4)
    values = frozenset(approver.gives for approver in of)
    at_least = (1, len(values), 1 + pick(len(values)))[pick(3)]
    return Approval(of, at_least, Includes(APPROVALS, values, at_least))


def build_duty(pick: Pick) -> Duty:
    """A duty, from a pool so small that duties join."""
    return Duty(
        one(pick, ("Write it down", "Tell legal")),
        one(pick, ("actor", "ann")),
        one(pick, ("", "log")),
        one(pick, LIMITS),
        one(pick, ("now", "now", "incident")),
        one(pick, ("", "", "a screenshot")),
    )


def build_hand_over(pick: Pick) -> HandOver:
    """A hand-over."""
    return HandOver(one(pick, ("bob", "cat")), one(pick, ((), ("the link",))), one(pick, SAYS), one(pick, LIMITS[:2]))


def build_need(pick: Pick, vocabulary: Vocabulary) -> Need:
    """One fact to put right."""
    mutable = [fact for fact in vocabulary.facts.values() if fact.mutable]
    test: Condition = build_test(pick, vocabulary, mutable if pick(4) else ())
    if chance(pick, 4):
        test = Not(test)
    given = build_condition(pick, vocabulary, depth=1) if chance(pick, 3) else ALWAYS
    return Need(test, given, one(pick, SAYS), one(pick, ("", "", "ann")))


def build_rule(pick: Pick, vocabulary: Vocabulary, *, name: str, place: int, before: Sequence[Rule]) -> Rule:
    """A rule that some of the rules before it may override."""
    if chance(pick, 16):
        step = Step("Pause what is planned", one(pick, ("ann", "bob")), within=one(pick, LIMITS[:2]))
        when, playbook = build_condition(pick, vocabulary), Playbook(f"{name}-storm", "A storm", "ann", (step,))
        return Rule(name, place, Effect.PLAYBOOK, when, playbook=playbook, title=f"Rule {name}", say="A storm")
    effect = one(pick, EFFECTS)
    if effect is Effect.ASK and not vocabulary.approvals:
        effect = Effect.DENY
    asks = effect in (Effect.ALLOW, Effect.REQUIRE, Effect.ASK)
    wants_need = effect is Effect.REQUIRE or (asks and chance(pick, 3))
    wants_approval = effect is Effect.ASK or (asks and bool(vocabulary.approvals) and chance(pick, 3))
    says = effect is not Effect.EXCEPT
    silent = (Effect.DUTY, Effect.ADVISE, Effect.PLAYBOOK)
    overriding = [rule.id for rule in before if rule.effect not in silent] if says else []
    if effect is Effect.ASK and before and chance(pick, 4):  # a further approval of another rule
        first = one(pick, before)
        if first.effect in (Effect.ASK, Effect.ALLOW, Effect.REQUIRE) and not first.part_of:
            when = both(first.when, build_condition(pick, vocabulary, depth=1)) if chance(pick, 2) else first.when
            return Rule(
                name, place, effect, when, first.overridden_by, approval=build_approval(pick), part_of=first.id,
                title=first.title, say=one(pick, SAYS),
            )  # fmt: skip
    return Rule(
        id=name,
        place=place,
        effect=effect,
        when=build_condition(pick, vocabulary),
        overridden_by=some(pick, overriding, 1, 2) if overriding and chance(pick, 2) else (),
        needs=tuple(build_need(pick, vocabulary) for _ in range(1 + pick(2))) if wants_need else (),
        approval=build_approval(pick) if wants_approval else None,
        duties=tuple(build_duty(pick) for _ in range(1 + pick(2)))
        if effect is Effect.DUTY or (says and chance(pick, 5))
        else (),
        hand_over=build_hand_over(pick) if says and chance(pick, 5) else None,
        title=f"Rule {name}",
        say=one(pick, SAYS),
        why=one(pick, ("", "It is the law.")),
        instead=one(pick, ("", "Ask first.")) if effect is Effect.DENY else "",
    )


def build_start(pick: Pick, vocabulary: Vocabulary) -> Start:
    """Where a decision starts."""
    match pick(5):
        case 3:
            return Start(Outcome.DENY, None, one(pick, SAYS))
        case 4 if vocabulary.approvals:
            return Start(Outcome.ASK, build_approval(pick), one(pick, SAYS))
        case _:
            return Start(Outcome.ALLOW)


def build_program(pick: Pick, *, small: bool = False, rules_at_most: int = 12) -> Program:
    """A program that holds together. ``small`` keeps to few facts with few values, so that all actions can be tried."""
    vocabulary = build_vocabulary(pick, small=small)
    number = (pick(rules_at_most + 1) + 3) % (rules_at_most + 1)
    places = shuffled(pick, range(number))
    rules: list[Rule] = []
    for index, place in enumerate(places):
        rules.append(
            build_rule(pick, vocabulary, name=f"R-{place}" if index % 2 else f"a{place}", place=place, before=rules)
        )
    if vocabulary.baseline and chance(pick, 2):
        values = vocabulary.facts[vocabulary.baseline].values
        baseline = Baseline({value: build_start(pick, vocabulary) for value in values}, vocabulary.baseline)
    else:
        baseline = Baseline({"": build_start(pick, vocabulary)})
    return Program(
        Identity("drawn", "1.0.0", "A drawn policy"),
        vocabulary,
        tuple(rules),
        baseline,
        one(pick, tuple(WhenUnknown)),
        CONTACTS,
        LABELS,
    )


def random_program(random: Random, *, small: bool = False, rules_at_most: int = 12) -> Program:
    """A program at random: quicker than one drawn by hypothesis, and it does not shrink."""
    return build_program(at_random(random), small=small, rules_at_most=rules_at_most)


@st.composite
def vocabularies(draw: Any, *, small: bool = False) -> Vocabulary:
    """Vocabularies."""
    return build_vocabulary(drawn(draw), small=small)


@st.composite
def conditions(draw: Any, vocabulary: Vocabulary, *, depth: int = 3) -> Condition:
    """Conditions of a vocabulary's facts."""
    return build_condition(drawn(draw), vocabulary, depth=depth)


@st.composite
def programs(draw: Any, *, small: bool = False, rules_at_most: int = 12) -> Program:
    """Programs that hold together."""
    return build_program(drawn(draw), small=small, rules_at_most=rules_at_most)


# -- facts -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Actions:
    """The actions of one program: for every fact the values worth trying, and actions that the implications admit."""

    program: Program
    pools: dict[str, tuple[Value, ...]] = field(init=False)
    tied: tuple[str, ...] = field(init=False)  # the facts that implications read or fill
    worlds: list[dict[str, Value]] = field(init=False)
    entries: list[tuple[str, tuple[Value, ...], int]] = field(init=False)

    def __post_init__(self) -> None:
        program, vocabulary = self.program, self.program.vocabulary
        self.pools = pools(vocabulary, conditions_of(program))
        names = {
            name for implication in vocabulary.implications for name in (*reads(implication.given), *implication.then)
        }
        self.tied = tuple(name for name in vocabulary.facts if name in names)
        self.worlds = []
        if names:
            plain = pools(vocabulary, ())
            self.worlds = worlds(vocabulary, self.pools, Random(1), 48) or worlds(vocabulary, plain, Random(0), 1)
        self.entries = [(name, pool, len(pool)) for name, pool in self.pools.items()]

    def draw(self, pick: Pick, percent_known: int, percent_contradicting: int) -> dict[str, Value | None]:
        """Some facts known, some stated to be unknown, some absent."""
        found: dict[str, Value | None] = {}
        for name, pool, size in self.entries:
            kind = pick(100)
            if kind < percent_known:
                found[name] = pool[pick(size)]
            elif kind % 2:
                found[name] = None
        if self.worlds and not (percent_contradicting and pick(100) >= 100 - percent_contradicting):
            world = self.worlds[pick(len(self.worlds))]
            for name in self.tied:
                if found.get(name) is not None:
                    found[name] = world[name]
        return found


_ACTIONS: dict[int, Actions] = {}


def actions(program: Program) -> Actions:
    """The actions of a program, made once."""
    known = _ACTIONS.get(id(program))
    if known is None or known.program is not program:
        if len(_ACTIONS) > 50:
            _ACTIONS.clear()
        known = _ACTIONS[id(program)] = Actions(program)
    return known


def conditions_of(program: Program) -> Iterator[Condition]:
    """All conditions of a program."""
    for rule in program.rules:
        yield rule.when
        for need in rule.needs:
            yield from (need.given, need.test)
    yield from (implication.given for implication in program.vocabulary.implications)


def tests_of(condition: Condition) -> Iterator[Test]:
    """The single tests of a condition."""
    match condition:
        case Not(part):
            yield from tests_of(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from tests_of(part)
        case _:
            yield condition


def pools(
    vocabulary: Vocabulary, conditions: Iterator[Condition] | Sequence[Condition]
) -> dict[str, tuple[Value, ...]]:
    """For every fact the values worth trying: all of a short list, and those next to what conditions compare with."""
    found: dict[str, dict[Value, None]] = {}
    for name, fact in vocabulary.facts.items():
        match fact.kind:
            case Kind.BOOL:
                values: tuple[Value, ...] = (False, True)
            case Kind.ENUM:
                values = fact.values
            case Kind.SET:
                members = fact.values or MEMBERS
                values = tuple(
                    frozenset(chosen)
                    for size in range(min(len(members), 4) + 1)
                    for chosen in combinations(members[:12], size)
                )
            case Kind.INT:
                values = (
                    tuple(range(fact.minimum, fact.maximum + 1))
                    if fact.minimum is not None and fact.maximum is not None and fact.maximum - fact.minimum < 8
                    else (0,)
                )
            case Kind.STRING:
                values = TEXTS
            case Kind.DATETIME:
                values = (MIDNIGHT,)
        found[name] = dict.fromkeys(values)
        for value in (fact.default, fact.in_examples):
            if value is not None:
                found[name][value] = None
    for condition in conditions:
        for test in tests_of(condition):
            found[test.fact].update(dict.fromkeys(edges(vocabulary.facts[test.fact], test)))
    return {name: tuple(values) for name, values in found.items()}


def edges(fact: Fact, test: Test) -> Iterator[Value]:
    """The values next to which a test changes its mind."""
    match test:
        case Between(_, low, high):
            yield from (
                bound + step
                for bound in (low, high)
                if bound is not None
                for step in (-1, 0, 1)
                if in_bounds(fact, bound + step)
            )
        case OneOf(_, values) if fact.kind is Kind.INT:
            yield from (
                int(value) + step
                for value in sorted(values, key=int)
                for step in (-1, 0, 1)
                if in_bounds(fact, int(value) + step)
            )
        case OneOf(_, values) if fact.kind is Kind.STRING:
            yield from sorted(map(str, values))
        case During(_, start, end):
            second = timedelta(seconds=1)
            yield from (
                bound + step for bound in (start, end) if bound is not None for step in (-second, timedelta(), second)
            )
        case Matches(_, pattern):
            yield from (pattern, pattern.replace("*", ""), pattern.replace("*", "x"), pattern + "x")
        case Includes(_, values) | Within(_, values) if fact.kind is Kind.SET:
            ordered = sorted(values)
            yield from (
                frozenset(ordered),
                frozenset(ordered[1:]),
                frozenset((*ordered, "x") if not fact.values else ordered[:1]),
            )
        case _:
            return


def worlds(
    vocabulary: Vocabulary, pools: Mapping[str, Sequence[Value]], random: Random, wanted: int
) -> list[dict[str, Value]]:
    """Actions of which everything is known and which the implications admit: drawn, and mended until they are."""
    found: list[dict[str, Value]] = []
    pick = at_random(random)
    for _ in range(wanted + 12):
        world = {name: one(pick, pool) for name, pool in pools.items()}
        for _ in range(6):
            wrong = [
                (name, value)
                for implication in vocabulary.implications
                if holds(implication.given, world) is Truth.TRUE
                for name, value in implication.then.items()
                if world[name] != value
            ]
            if not wrong:
                found.append(world)
                break
            name, value = one(pick, wrong)
            world[name] = value
        if len(found) == wanted:
            break
    return found


def random_facts(
    program: Program, random: Random, share_known: float = 0.7, *, share_contradicting: float = 0.03
) -> dict[str, Value | None]:
    """Facts at random, fast. A share of them is known, the others are stated to be unknown or absent.

    A share of the fact sets may contradict implications; with all known and none contradicting, they are complete and
    admitted.
    """
    return actions(program).draw(at_random(random), round(100 * share_known), round(100 * share_contradicting))


def many_facts(
    program: Program, seed: int, number: int = 200, share_known: float | None = None
) -> Iterator[dict[str, Value | None]]:
    """Many fact sets from a seed; without a share, some are nearly empty and some nearly full."""
    pick, source = at_random(Random(seed)), actions(program)
    contradicting = 0 if share_known == 1 else 3
    for _ in range(number):
        percent = pick(101) if share_known is None else round(100 * share_known)
        yield source.draw(pick, percent, contradicting)


def learnt(program: Program, seed: int, number: int = 20) -> Iterator[tuple[Facts, Facts]]:
    """Pairs of fact sets: what is known first, and what is known when more has been learnt. Neither assumes anything.

    Every pair agrees with one action of which all is known and which the implications admit.
    """
    random = Random(seed)
    unknown = dict.fromkeys(program.vocabulary.facts)
    for world in many_facts(program, seed, number, share_known=1.0):
        more = {name: value for name, value in world.items() if random.random() < random.random() + 0.2}
        less = {name: value for name, value in more.items() if random.random() < 0.6}
        yield {**unknown, **less}, {**unknown, **more}


@st.composite
def facts(draw: Any, program: Program, *, contradicting: bool = True) -> dict[str, Value | None]:
    """Facts of a program: some known, some None, some absent; now and then such that contradict an implication."""
    pick = drawn(draw)
    return actions(program).draw(pick, (70, 100, 30)[pick(3)], 5 if contradicting else 0)


@st.composite
def complete_facts(draw: Any, program: Program) -> dict[str, Value]:
    """Facts of a program, all of them known, that its implications admit."""
    return actions(program).draw(drawn(draw), 100, 0)  # type: ignore[return-value]


def all_facts(program: Program, *, unknown: bool = False) -> Iterator[dict[str, Value | None]]:
    """All actions of a small program that the values worth trying make up (``unknown``: also those known in part)."""
    found: list[dict[str, Value | None]] = [{}]
    for name, pool in actions(program).pools.items():
        values: tuple[Value | None, ...] = (*pool, None) if unknown else pool
        found = [{**before, name: value} for before in found for value in values]
    yield from found


def completed(program: Program, facts: Facts) -> dict[str, Value | None] | None:
    """The completed facts, or None where they contradict each other."""
    try:
        return complete(program.vocabulary, facts)
    except ActionError:
        return None


def judged(program: Program, facts: Facts) -> Decision | None:
    """The decision about these facts, or None where they contradict each other."""
    try:
        return interpret(program, facts)
    except ActionError:
        return None


def settled(program: Program, facts: Facts) -> dict[str, Value | None]:
    """The same facts with every default either stated or null: what would be assumed is stated to be unknown."""
    defaults = {
        name: None for name, fact in program.vocabulary.facts.items() if fact.default is not None and name not in facts
    }
    return {**facts, **defaults}


def admitted(vocabulary: Vocabulary, facts: Facts) -> bool:
    """Whether facts that are all known contradict no implication."""
    return all(
        facts[name] == value
        for implication in vocabulary.implications
        if holds(implication.given, facts) is Truth.TRUE
        for name, value in implication.then.items()
    )


# -- written policies ------------------------------------------------------------------------------------------------

CORE_FACTS = (
    "content.about_work",
    "account.kind",
    "content.disclosure",
    "action.kind",
    "context.crisis",
    "actor.roles",
    "actor.id",
    "context.at",
    "platform",
    "content.mentions_company",
    "content.alt_text",
    "content.topics",
    "actor.type",
    "account.custodian",
)
TAGS = {"tone": {"title": "Tone", "may_be_set_aside": True}, "law": {"title": "Law"}}


@dataclass(slots=True)
class Writing:
    """The words that a written policy may use."""

    pick: Pick
    facts: Mapping[str, Fact]
    approvals: str
    scope: Mapping[str, str]
    groups: Mapping[str, Mapping[str, Sequence[str]]]
    named: list[str] = field(default_factory=list)

    def testable(self) -> list[Fact]:
        """The facts that conditions may test."""
        return [fact for name, fact in self.facts.items() if name != self.approvals]

    def condition(self, depth: int = 2) -> dict[str, Any]:
        """A condition of one or several entries."""
        pick, written = self.pick, {}
        for _ in range((1, 2, 3)[pick(3)]):
            match pick(8) if depth else 0:
                case 4:
                    written["any"] = [self.item(depth - 1) for _ in range(1 + pick(3))]
                case 5:
                    written["all"] = [self.item(depth - 1) for _ in range(1 + pick(2))]
                case 6:
                    written["none"] = [self.item(depth - 1) for _ in range(1 + pick(2))]
                case 7:
                    written["not"] = self.single(depth - 1)
                case 3 if self.named:
                    written[one(pick, self.named)] = one(pick, (True, False))
                case _:
                    fact = one(pick, self.testable())
                    written[fact.name] = self.test(fact)
        return written

    def item(self, depth: int) -> dict[str, Any] | str:
        """A part of a list of conditions: the name of one, or one."""
        return one(self.pick, self.named) if self.named and chance(self.pick, 4) else self.condition(depth)

    def single(self, depth: int = 1) -> dict[str, Any]:
        """Exactly one test."""
        pick = self.pick
        if depth and chance(pick, 3):
            return {one(pick, ("any", "all", "none")): [self.condition(depth - 1), self.condition(depth - 1)]}
        fact = one(pick, self.testable())
        return {fact.name: self.test(fact)}

    def test(self, fact: Fact) -> Any:
        """What may stand behind a fact's name."""
        pick = self.pick
        others = [other for other in self.testable() if other.name != fact.name and comparable(fact, other)]
        if others and chance(pick, 6):
            other = one(pick, others)
            return {"same_as": other.name} if other.kind is fact.kind else {"has": {"fact": other.name}}
        groups = list(self.groups.get(fact.name, {}))
        match fact.kind:
            case Kind.BOOL:
                return one(pick, (True, False))
            case Kind.ENUM:
                words = list(some(pick, (*groups, *fact.values), 1, 2))
                if fact.ordered and chance(pick, 2):
                    return {one(pick, ("at_least", "at_most")): one(pick, fact.values)}
                return (words, words[0], {"all_but": words[:1]})[pick(3)]
            case Kind.STRING:
                return (
                    one(pick, TEXTS),
                    list(some(pick, TEXTS[:4], 1, 3)),
                    {"matches": one(pick, PATTERNS)},
                    {"in_list": "names"},
                )[pick(4)]
            case Kind.INT:
                numbers = [number for number in NUMBERS if in_bounds(fact, number)]
                low, high = sorted((one(pick, numbers), one(pick, numbers)))
                return (
                    low,
                    list(dict.fromkeys((low, high))),
                    {"at_least": low},
                    {"less_than": high} if fact.minimum is None or high > fact.minimum else {"at_most": high},
                    {"more_than": low} if fact.maximum is None or low < fact.maximum else {"at_least": low},
                    {"at_least": low, "at_most": high},
                )[pick(6)]
            case Kind.DATETIME:
                start, end = sorted((pick(len(INSTANTS)), pick(len(INSTANTS))))
                bounds = {"from": INSTANTS[start].isoformat(), "before": INSTANTS[end].isoformat()}
                return (
                    {"from": bounds["from"]},
                    {"before": bounds["before"]},
                    bounds if start < end else {"from": bounds["from"]},
                )[pick(3)]
            case Kind.SET:
                values = list(some(pick, fact.values or MEMBERS, 1, 2))
                words = [*groups[:1], *values[:1]] if groups else values
                return (
                    values[0],
                    {"any_of": words},
                    {"all_of": values},
                    {"none_of": words},
                    {"nothing_but": words},
                    {"empty": one(pick, (True, False))},
                    {"any_of": values, "none_of": [one(pick, fact.values or MEMBERS)]},
                )[pick(7)]

    def scoped(self) -> dict[str, Any] | str:
        """A scope."""
        pick, written = self.pick, {}
        for word in some(pick, sorted(self.scope), 0, 2):
            fact = self.facts.get(self.scope[word])
            if fact is not None and fact.values:
                values = list(some(pick, (*fact.values[:4], *self.groups.get(fact.name, {})), 1, 2))
                forms = (values, values[0], {"all_but": values[:1]}) if fact.kind is Kind.ENUM else (values, values[0])
                written[word] = one(pick, forms)
        return written or "everything"

    def approval(self) -> Any:
        """Who may approve."""
        pick = self.pick
        names = list(some(pick, ("ann", "bob", "boss", "cat"), 1, 4))
        distinct = len({"ann" if name == "boss" else name for name in names})
        return ({"any_of": names}, {"all_of": names}, {"of": names, "at_least": 1 + pick(distinct)}, names[0])[pick(4)]

    def rule(self, index: int, asked_elsewhere: Sequence[str]) -> dict[str, Any]:
        """A rule; it overrides some of those of which the ids are given."""
        pick = self.pick
        effect = one(pick, ("deny", "ask", "require", "allow", "duty", "advise"))
        if effect == "ask" and not self.approvals:
            effect = "deny"
        written: dict[str, Any] = {
            "id": f"R-{index}",
            "title": f"Rule {index}",
            "effect": effect,
            "scope": self.scoped(),
        }
        if pick(4):
            written["when"] = self.condition()
        if chance(pick, 3):
            written["unless"] = self.single()
        mutable = [fact for fact in self.testable() if fact.mutable]
        overrides = effect not in ("duty", "advise") and bool(asked_elsewhere) and chance(pick, 2)
        if effect == "require" or (effect in ("allow", "ask") and chance(pick, 3)):
            named = [] if overrides else [*mutable, *(mutable or self.testable())]
            tested = overrides and self.tested_by(written)
            named = named or [fact for fact in (mutable or self.testable()) if not (tested and fact.name in tested)]
            if named:
                entries = []
                for fact in some(pick, list(dict.fromkeys(fact.name for fact in named)), 1, 2):
                    entry: dict[str, Any] = {"need": {fact: self.test(self.facts[fact])}}
                    if not self.facts[fact].mutable:
                        entry["fixable_by"] = "ann"
                    if not overrides and chance(pick, 3):
                        entry["if"] = self.condition(1)
                    entries.append({**entry, "say": "Mend it."})
                written["require"] = entries
                if not overrides and all(set(entry) == {"need", "say"} for entry in entries) and chance(pick, 3):
                    written["require"] = {name: test for entry in entries for name, test in entry["need"].items()}
            elif effect == "require":
                written["effect"] = "deny"
                effect = "deny"
        if effect == "ask" or (effect in ("allow", "require") and self.approvals and chance(pick, 3)):
            written["approval"] = self.approval()
        if effect == "duty" or chance(pick, 5):
            duties: list[dict[str, Any]] = [{"what": "Write it down", "who": one(pick, ("actor", "ann"))}]
            if chance(pick, 2):
                duties[0] |= {"id": "log", "within": one(pick, ("1 day", "24 hours", "1 working day"))}
            written["duties"] = duties
        if chance(pick, 6):
            written["hand_over"] = {"to": "cat", "with": ["the link"]}
        if chance(pick, 4):
            written["tags"] = [one(pick, tuple(TAGS))]
        if overrides:
            written["overrides"] = {"rules": list(some(pick, asked_elsewhere, 1, 2))}
        if "context.at" in self.facts and chance(pick, 6):
            written["in_force"] = {"from": "2026-03-01", "through": one(pick, ("2026-03-01", "2026-03-31"))}
        return written

    def tested_by(self, rule: Mapping[str, Any]) -> set[str]:
        """All facts that a rule's scope and conditions may read."""
        text = json.dumps(rule)
        read = {name for name in self.facts if f'"{name}"' in text} | {
            self.scope[word] for word in self.scope if f'"{word}"' in text
        }
        return set(self.facts) if any(f'"{name}"' in text for name in self.named) else read


def build_policy_text(pick: Pick, *, own: bool = True) -> dict[str, Any]:
    """A written policy that loads without findings: of a vocabulary of its own, or of the core one."""
    if own:
        vocabulary = build_vocabulary(pick)
        facts: Mapping[str, Fact] = vocabulary.facts
        groups = {
            name: values
            for name, values in {
                "action.kind": {"posting": ["publish", "reply"]},
                "actor.roles": {"seniors": ["manager", "legal"]},
            }.items()
            if name in facts
        }
        written_vocabulary: dict[str, Any] = {"facts": {name: fact_text(fact) for name, fact in facts.items()}}
        if groups:
            written_vocabulary["groups"] = groups
        words = Writing(pick, facts, vocabulary.approvals, vocabulary.scope, groups)
        baseline = vocabulary.baseline
    else:
        from socialpolicy.loading.vocabularies import shipped

        core_words, core = shipped("core@1")
        facts = {name: core.facts[name] for name in CORE_FACTS}
        written_vocabulary = {
            "uses": "core@1",
            "values": {
                core.approvals: [
                    name for name in ("ann", "bob", "cat") if name not in core.facts[core.approvals].values
                ]
            },
        }
        words = Writing(
            pick,
            facts,
            core.approvals,
            {word: name for word, name in core.scope.items() if name in facts},
            core_words.groups,
        )
        baseline = core.baseline
    conditions: dict[str, Any] = {}
    for name in ("first-one", "second-one")[: pick(3)]:
        condition = words.condition(1)
        conditions[name] = {"title": "A named condition", "is": condition} if chance(pick, 2) else condition
        words.named.append(name)
    order: list[dict[str, Any]] = []
    for index in range(pick(9)):
        order.append(words.rule(index, [rule["id"] for rule in order]))
    tagged = [rule["id"] for rule in order if "tone" in rule.get("tags", ())]
    written: dict[str, Any] = {
        "socialpolicy": 1,
        "id": "drawn",
        "version": "1.0.0",
        "title": "A drawn policy",
        "time_zone": one(pick, ("Europe/Berlin", "UTC", "America/New_York")),
        "vocabulary": written_vocabulary,
        "tags": TAGS,
        "conditions": conditions,
        "terms": {"names": {"kind": "handles", "entries": ["a", "b"]}},
        "contacts": {
            "ann": {"title": "Ann", "reach": "#ann"},
            "bob": {"title": "Bob", "reach": "#bob", "deputy": "ann"},
            "cat": {"title": "Cat", "reach": "#cat"},
            "boss": {"title": "The boss", "reach": "#boss", **({"approves_as": "ann"} if words.approvals else {})},
        },
        "when_unknown": one(pick, ("ask", "strictest")),
        "rules": list(shuffled(pick, order)),
    }
    if tagged and chance(pick, 2):
        effect = {"effect": "deny"} if not words.approvals else {"effect": "ask", "approval": "ann"}
        written["rules"].append(
            {
                "id": "R-tone",
                "title": "Tone is set aside",
                **effect,
                "scope": "everything",
                "when": words.condition(1),
                "overrides": {"tags": ["tone"]},
            }
        )
    starts: tuple[Any, ...] = (
        ("allow", "deny") if not words.approvals else ("allow", "deny", {"outcome": "ask", "approval": "ann"})
    )
    written["baseline"] = one(pick, starts)
    if baseline and chance(pick, 2):
        written["baseline"] = {facts[baseline].values[0]: one(pick, starts), "otherwise": one(pick, starts)}
    if "actor.id" in facts and order and chance(pick, 4):
        written["exceptions"] = {
            "E-1": {
                "rules": [order[0]["id"]],
                "for": {"actor.id": "a"},
                "owner": "ann",
                "reason": "A trial",
                "ticket": "T-1",
                "approved_by": ["bob"],
                "in_force": {"from": "2026-03-01", "through": "2026-03-31"},
            }
        }
        if "context.at" not in facts:
            del written["exceptions"]
    return written


def fact_text(fact: Fact) -> dict[str, Any]:
    """A fact as a policy writes it."""
    text: dict[str, Any] = {"type": fact.kind.value, "question": fact.question}
    if fact.kind is Kind.SET:
        text["of"] = "enum" if fact.values else "string"
    if fact.values:
        text["values"] = list(fact.values)
    for key, name in (("minimum", "min"), ("maximum", "max"), ("default", "default"), ("in_examples", "in_examples")):
        value = getattr(fact, key)
        if value is not None:
            text[name] = sorted(value) if isinstance(value, frozenset) else value
    for key in ("ordered", "mutable", "sensitive"):
        if getattr(fact, key):
            text[key] = True
    return text


@st.composite
def policy_texts(draw: Any, *, own: bool | None = None) -> dict[str, Any]:
    """Written policies that load without findings, as plain data: ``json.dumps`` makes a policy's file of one."""
    pick = drawn(draw)
    return build_policy_text(pick, own=bool(own) if own is not None else not chance(pick, 4))
