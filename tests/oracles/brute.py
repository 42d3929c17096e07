"""Two programs compared by trying all actions, and what the design says about a pair of decisions, to be executed.

The first half (``differs``, ``needed``) is the definition of a difference, written from the design alone and on two
``Decision`` objects alone. The second half enumerates. Of each fact only as many values are tried as its tests can tell
apart; ``Space.exhaustive`` says whether that is every value that matters. Every action is decided by ``Compiled``, which is
tested to equal ``interpret``.

How the design is read, where it leaves a choice:

- *Admitted* are actions that completing does not refuse and of which, completed, no ``impossible`` condition is TRUE. So
  actions known in part are admitted even where no completion of them is (``settled.md`` 9).
- *Compared* are actions that both programs admit. Facts that only one vocabulary knows are absent, and only values that both
  know are taken.
- What *suffices* is decided over the items of a list jointly: a revision is more only if some values meet all of the other
  decision's tests and not this one's; likewise approvals. The vocabulary's implications do not bear on it.
- ``fixable_by`` and ``say`` are wording. More advice is more different sentences (so a rule split in two gives no more).
- Items count at no milder outcome (what is added) and at no stricter one (what is removed). A difference is *open* if a
  decision is; an item of determined decisions is open if the other decision may have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, IntEnum, StrEnum
from itertools import combinations, product
from math import prod
from typing import Final, TypeAlias

from socialpolicy.compiling import Compiled
from socialpolicy.completing import complete
from socialpolicy.conditions import (
    ALWAYS,
    Condition,
    Has,
    Matches,
    OneOf,
    SameAs,
    Test,
    holds,
    passes,
    reads,
    tested,
)
from socialpolicy.decisions import Asked, Decision, Revision
from socialpolicy.errors import ActionError
from socialpolicy.interpret import applying
from socialpolicy.program import Approval, Duty, Effect, HandOver, Limit, Outcome, Playbook, Program, Rule
from socialpolicy.values import Facts, Kind, Truth, Value
from socialpolicy.vocabulary import Fact, Vocabulary
from strategies import conditions_of, pools, tests_of

LIMIT = 20_000
"""How many actions are tried at most."""

Values: TypeAlias = Mapping[str, Sequence[Value]]
"""For each fact the values worth trying."""


class TooManyError(Exception):
    """There are more actions than are tried."""


class NotComparableError(Exception):
    """The vocabularies do not mean the same by a fact."""


# -- what a difference is --------------------------------------------------------------------------------------------


class Bump(IntEnum):
    """What a new version has to be called."""

    PATCH = 0
    MINOR = 1
    MAJOR = 2


class Part(StrEnum):
    """The lists of a decision that are compared."""

    REVISION = "revision"
    APPROVAL = "approval"
    DUTY = "duty"
    HAND_OVER = "hand-over"


class Way(StrEnum):
    """What became of an item."""

    ADDED = "added"
    REMOVED = "removed"


class Direction(StrEnum):
    """Which way a difference goes."""

    STRICTER = "stricter"
    LOOSER = "looser"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Change:
    """Some item of a list was added or removed; ``full`` if the other decision cannot have it."""

    part: Part
    way: Way
    full: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """How two decisions differ. ``open`` says that one of them is not determined."""

    old: Outcome
    new: Outcome
    open: bool
    changes: frozenset[Change]

    @property
    def direction(self) -> Direction:
        """Stricter, if the outcome is, or if at no milder outcome it asks more; looser, if the other way round it is stricter."""
        if self.new != self.old:
            return Direction.STRICTER if self.new > self.old else Direction.LOOSER
        ways = {change.way for change in self.changes if change.part is not Part.HAND_OVER}
        if Way.ADDED in ways:
            return Direction.STRICTER
        return Direction.LOOSER if Way.REMOVED in ways else Direction.OTHER

    @property
    def needed(self) -> Bump:
        """The bump that a difference calls for: major for what is stricter and determined, else minor."""
        if not self.open and self.new > self.old:
            return Bump.MAJOR
        added = any(
            change.full and change.way is Way.ADDED and change.part is not Part.HAND_OVER for change in self.changes
        )
        return Bump.MAJOR if added and not self.open and self.new >= self.old else Bump.MINOR


def differs(old: Decision, new: Decision, values: Values) -> Difference | None:
    """How two decisions differ; None where they do not.

    ``values`` are those worth trying, of all facts that revisions may test.
    """
    undetermined = not (old.determined and new.determined)
    changes: set[Change] = set()
    for part in Part:
        if part in (Part.REVISION, Part.APPROVAL) and old.outcome == new.outcome == Outcome.DENY:
            continue
        if new.outcome >= old.outcome and (full := adds(part, old, new, values)) is not None:
            changes.add(Change(part, Way.ADDED, full and not undetermined))
        if new.outcome <= old.outcome and (full := adds(part, new, old, values)) is not None:
            changes.add(Change(part, Way.REMOVED, full and not undetermined))
    if old.outcome == new.outcome and not changes:
        return None
    return Difference(old.outcome, new.outcome, undetermined, frozenset(changes))


def needed(old: Decision, new: Decision, values: Values) -> Bump:
    """The bump that a pair of decisions calls for."""
    difference = differs(old, new, values)
    if difference:
        return difference.needed
    return Bump.MINOR if advises_more(old, new) else Bump.PATCH


def adds(part: Part, old: Decision, new: Decision, values: Values) -> bool | None:
    """Whether the new decision surely has an item of this kind that the old one surely has not: None if not.

    True if there is one that the old decision cannot have either, False if it may have each of them.
    """
    surely = [item for item in items(part, new.sure) if not suffices(old, items(part, old.sure), new, item, values)]
    if not surely:
        return None
    possible = [*items(part, old.sure), *items(part, old.maybe)]
    return any(not suffices(old, possible, new, item, values) for item in surely)


Item: TypeAlias = Revision | Asked | Duty | HandOver | Playbook


def items(part: Part, lists: object) -> list[Item]:
    """The items of a list."""
    names = {
        Part.REVISION: ("revisions",),
        Part.APPROVAL: ("approvals",),
        Part.DUTY: ("duties",),
        Part.HAND_OVER: ("hand_overs", "playbooks"),
    }[part]
    return [item for name in names for item in getattr(lists, name)]


def suffices(old: Decision, known: Sequence[Item], new: Decision, item: Item, values: Values) -> bool:
    """Whether doing all that the items of the old decision ask for does what one item of the new decision asks for."""
    match item:
        case Revision(_, test):
            tests = [other.test for other in known if isinstance(other, Revision)]
            return revised(tests, test, values)
        case Asked():
            asked = [(approvers(old, other), other.at_least) for other in known if isinstance(other, Asked)]
            return approved(asked, (approvers(new, item), item.at_least))
        case Duty():
            return any(isinstance(other, Duty) and binds_as_much(other, item) for other in known)
        case HandOver():
            return any(isinstance(other, HandOver) and same_hand_over(other, item) for other in known)
        case Playbook():
            return any(isinstance(other, Playbook) and other.id == item.id for other in known)


def revised(tests: Sequence[Condition], wanted: Condition, values: Values) -> bool:
    """Whether whatever values pass all of the tests pass the wanted one."""
    if wanted in tests:
        return True
    facts = sorted(reads(wanted).union(*map(reads, tests)))
    for chosen in product(*(values[fact] for fact in facts)):
        tried = dict(zip(facts, chosen, strict=True))
        if all(holds(test, tried) is Truth.TRUE for test in tests) and holds(wanted, tried) is not Truth.TRUE:
            return False
    return True


def approved(asked: Sequence[tuple[frozenset[str], int]], wanted: tuple[frozenset[str], int]) -> bool:
    """Whether whatever further approvals are enough for all that is asked are enough for what is wanted."""
    everybody = sorted(wanted[0].union(*(of for of, _ in asked)))
    for size in range(len(everybody) + 1):
        for chosen in combinations(everybody, size):
            given = frozenset(chosen)
            if all(len(of & given) >= least for of, least in asked) and len(wanted[0] & given) < wanted[1]:
                return False
    return True


def approvers(decision: Decision, asked: Asked) -> frozenset[str]:
    """The values that the contacts give who can still approve; two contacts with one value count once."""
    gives = {approver.contact: approver.gives for approval in approvals(decision.program) for approver in approval.of}
    return frozenset(gives[contact] for contact in asked.of)


def approvals(program: Program) -> Iterator[Approval]:
    """All approvals of a program."""
    yield from (rule.approval for rule in program.rules if rule.approval)
    yield from (start.approval for start in program.baseline.starts.values() if start.approval)


def binds_as_much(duty: Duty, other: Duty) -> bool:
    """Whether one duty is the other, and due no later."""
    return known_by(duty) == known_by(other) and due(duty.within) <= due(other.within)


def known_by(duty: Duty) -> tuple[object, ...]:
    """What a duty is known by: its id, else what it says, and who has to do it, from when, with which evidence."""
    return (bool(duty.id), duty.id or duty.what, duty.who, duty.start, duty.evidence)


def due(limit: Limit | None) -> tuple[float, bool]:
    """How soon something is due: never, without a limit."""
    return limit.order if limit else (float("inf"), False)


def same_hand_over(one: HandOver, other: HandOver) -> bool:
    """Whether two hand-overs are to the same people, with the same things, as soon."""
    return (one.to, frozenset(one.bring), due(one.within)) == (other.to, frozenset(other.bring), due(other.within))


def advises_more(old: Decision, new: Decision) -> bool:
    """Whether there is more advice: more different sentences."""
    return len({advice.say for advice in new.sure.advice}) > len({advice.say for advice in old.sure.advice})


def vocabulary_bump(old: Vocabulary, new: Vocabulary) -> Bump:
    """The bump that changed facts call for by themselves: major for a fact dropped or narrowed, minor for one added or widened.

    Raises ``NotComparableError`` where a fact has another type, or an ordered enum another order.
    """
    bump = Bump.PATCH
    for name in {**old.facts, **new.facts}:
        before, after = old.facts.get(name), new.facts.get(name)
        if before is None or after is None:
            bump = max(bump, Bump.MAJOR if after is None else Bump.MINOR)
            continue
        common(before, after)
        if narrower(before, after):
            bump = Bump.MAJOR
        elif narrower(after, before):
            bump = max(bump, Bump.MINOR)
    return bump


def narrower(before: Fact, after: Fact) -> bool:
    """Whether a fact can no longer have every value that it could have."""
    fewer = bool(after.values) and (not before.values or not set(before.values) <= set(after.values))
    low = after.minimum is not None and (before.minimum is None or before.minimum < after.minimum)
    high = after.maximum is not None and (before.maximum is None or before.maximum > after.maximum)
    return fewer or low or high


# -- which values are tried ------------------------------------------------------------------------------------------


class Absent(Enum):
    """The mark of a fact that is not stated at all."""

    ABSENT = 0


ABSENT: Final = Absent.ABSENT


def common(before: Fact, after: Fact) -> Fact | None:
    """The fact with the values that both know; None if there is none such. Raises ``NotComparableError``."""
    if before.kind is not after.kind:
        raise NotComparableError(f"{before.name} was {before.kind}, and is {after.kind}")
    values = before.values or after.values
    if before.values and after.values:
        values = tuple(value for value in before.values if value in after.values)
        if before.ordered and after.ordered and values != tuple(v for v in after.values if v in before.values):
            raise NotComparableError(f"the values of {before.name} have another order")
    lows = [fact.minimum for fact in (before, after) if fact.minimum is not None]
    highs = [fact.maximum for fact in (before, after) if fact.maximum is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    if (before.values and not values) or (low is not None and high is not None and low > high):
        return None
    return replace(before, values=values, minimum=low, maximum=high, default=None, in_examples=None)


def fits(fact: Fact, value: Value) -> bool:
    """Whether a fact can have a value of its kind."""
    match value:
        case bool() | str():
            return not fact.values or value in fact.values
        case int():
            return (fact.minimum is None or fact.minimum <= value) and (fact.maximum is None or value <= fact.maximum)
        case frozenset():
            return not fact.values or value <= set(fact.values)
        case _:
            return True


@dataclass(frozen=True, slots=True)
class Worth:
    """The values worth trying of some facts; ``exhaustive`` if tests tell no other values apart."""

    values: dict[str, tuple[Value, ...]]
    exhaustive: bool


def worth(facts: Mapping[str, Fact], programs: Sequence[Program]) -> Worth:
    """The values worth trying of these facts, for all the tests of the programs.

    Facts that tests compare form a *family*. Values go the same *way* if they pass the same tests of the family, are alike
    given by the vocabularies or not, and are possible for the same facts. Of each way a family of two needs two values, so
    that its facts can be the same and not the same; all there are, if there are fewer.
    """
    conditions = [condition for program in programs for condition in all_conditions(program)]
    tests = [
        test for condition in conditions for test in tests_of(condition) if all(name in facts for name in tested(test))
    ]
    pooled = pools(Vocabulary(facts), tests)
    given = special(programs)
    members = [test for test in tests if isinstance(test, Has)]
    for test in members:  # whether a text is one that a set's tests mention matters where the set may have it
        if not facts[test.fact].values:
            given[test.other] = (*given.get(test.other, ()), *mentioned(pooled[test.fact], given.get(test.fact, ())))
    values: dict[str, tuple[Value, ...]] = {}
    exhaustive = True
    for family in sorted(families(facts, tests), key=lambda names: facts[names[0]].kind is Kind.SET):
        known = list(dict.fromkeys(value for name in family for value in given.get(name, ())))
        own = [test for test in tests if test.fact in family and not isinstance(test, SameAs | Has)]
        tried = dict.fromkeys([*known, *(value for name in family for value in pooled[name])])
        as_members = {str(text): None for test in members if test.fact in family for text in values[test.other]}
        most, kind = len(family), facts[family[0]].kind
        match kind:
            case Kind.BOOL | Kind.ENUM:
                most = len(tried)
            case Kind.INT:
                bounds = [bound for name in family for bound in (facts[name].minimum, facts[name].maximum)]
                near = [int(value) for value in (*tried, *bounds) if isinstance(value, int)]
                tried.update(dict.fromkeys(number + step for number in near for step in range(-most, most + 1)))
            case Kind.DATETIME:
                moments = [value for value in tried if isinstance(value, datetime)]
                steps = [timedelta(seconds=step) for step in range(-most, most + 1)]
                tried.update(dict.fromkeys(moment + step for moment in moments for step in steps))
            case Kind.STRING:
                texts, all_found = texts_for(own, known, most)
                tried.update(dict.fromkeys(texts))
                exhaustive &= all_found
            case Kind.SET:
                sets, all_found = sets_for([facts[name] for name in family], tuple(tried), tuple(as_members))
                tried.update(dict.fromkeys(sets))
                related = {test.other for test in members if test.fact in family and not facts[test.fact].values}
                exhaustive &= all_found and len(related) <= 1
                if any(program.vocabulary.approvals in family for program in programs):
                    most = len(tried)
        ways: dict[object, list[Value]] = {}
        for value in tried:
            possible = tuple(fits(facts[name], value) for name in family)
            way: object = (
                possible,
                tuple(passes(test, {test.fact: value}) for test in own),
                tuple(value == other for other in known),
                tuple(member in value for member in as_members) if isinstance(value, frozenset) else (),
                # two sets may be the same wherever both are possible
                value if isinstance(value, frozenset) and sum(possible) > 1 else None,
            )
            ways.setdefault(way, []).append(value)
        chosen = [value for alike in ways.values() for value in alike[:most]]
        for name in family:
            values[name] = tuple(value for value in chosen if fits(facts[name], value))
    return Worth(values, exhaustive)


def families(facts: Mapping[str, Fact], tests: Sequence[Test]) -> list[tuple[str, ...]]:
    """The facts, those together that tests say to be the same."""
    found = [{name} for name in facts]
    for test in tests:
        if isinstance(test, SameAs):
            joined = {name for family in found if family & {test.fact, test.other} for name in family}
            found = [family for family in found if not family & joined] + [joined]
    return [tuple(sorted(family)) for family in found]


def all_conditions(program: Program) -> Iterator[Condition]:
    """All conditions of a program, the impossible ones and those of approvals among them."""
    yield from conditions_of(program)
    yield from program.vocabulary.impossible
    yield from (approval.met for approval in approvals(program))


def special(programs: Sequence[Program]) -> dict[str, tuple[Value, ...]]:
    """The values that the vocabularies themselves give to facts: defaults, and what implications fill in."""
    found: dict[str, dict[Value, None]] = {}
    for program in programs:
        for name, fact in program.vocabulary.facts.items():
            if fact.default is not None:
                found.setdefault(name, {})[fact.default] = None
        for implication in program.vocabulary.implications:
            for name, value in implication.then.items():
                found.setdefault(name, {})[value] = None
    return {name: tuple(values) for name, values in found.items()}


def mentioned(*sets: Iterable[Value]) -> list[str]:
    """The members of sets."""
    return sorted({member for values in sets for value in values if isinstance(value, frozenset) for member in value})


def sets_for(family: Sequence[Fact], tried: Sequence[Value], texts: Sequence[str]) -> tuple[list[Value], bool]:
    """Sets of what is mentioned, with and without another member, and with all those texts; whether these are all ways.

    Members that are a way of their own only as texts do not count as mentioned.
    """
    known = sorted({*mentioned(tried), *(value for fact in family for value in fact.values)})
    others = [frozenset[str]()]
    if not all(fact.values for fact in family):
        others += [frozenset({"other member"}), frozenset(texts).difference(known)]
    sets = [
        frozenset(chosen) | more
        for size in range(len(known[:7]) + 1)
        for chosen in combinations(known[:7], size)
        for more in others
    ]
    return list(sets), len(known) <= 7 and sum(not fact.values for fact in family) <= 1


def texts_for(tests: Iterable[Test], apart: Iterable[Value], wanted: int, most: int = 3_000) -> tuple[list[str], bool]:
    """So many texts for every way in which tests of a text can come out, and whether all ways were found.

    All tests are patterns (a text is a pattern without stars), read at once, letter by letter: a pattern is a list of letters
    and stars, and where it stands is the set of its places that the text so far can have led to.
    """
    patterns: dict[tuple[str | None, ...], None] = {}
    for test in tests:
        if isinstance(test, Matches):
            patterns[tuple(None if letter == "*" else letter for letter in test.pattern)] = None
        elif isinstance(test, OneOf):
            patterns.update(dict.fromkeys(tuple(str(value)) for value in sorted(test.values, key=str)))
    patterns.update(dict.fromkeys(tuple(str(value)) for value in apart))
    letters = sorted({letter for pattern in patterns for letter in pattern if letter is not None})
    letters += [chr(code) for code in range(ord("A"), ord("Z")) if chr(code) not in letters][:wanted]

    def rest(pattern: tuple[str | None, ...], places: Iterable[int]) -> frozenset[int]:
        """The places, and those that stars lead to without a letter."""
        reached = set[int]()
        for place in places:
            end = place
            while end < len(pattern) and pattern[end] is None:
                end += 1
            reached.update(range(place, end + 1))
        return frozenset(reached)

    def step(pattern: tuple[str | None, ...], places: frozenset[int], letter: str) -> frozenset[int]:
        """The places after one more letter: a star stays where it is."""
        inside = [place for place in places if place < len(pattern)]
        moved = [place + 1 for place in inside if pattern[place] == letter]
        return rest(pattern, [*moved, *(place for place in inside if pattern[place] is None)])

    start = tuple(rest(pattern, [0]) for pattern in patterns)
    texts = {start: [""]}
    queue = [(start, "")]
    for state, text in queue:
        for letter in letters:
            after = tuple(step(pattern, places, letter) for pattern, places in zip(patterns, state, strict=True))
            found = texts.setdefault(after, [])
            if len(found) < wanted:
                found.append(text + letter)
                queue.append((after, text + letter))
        if len(queue) > most:
            break
    return [text for found in texts.values() for text in found], len(queue) <= most


@dataclass(frozen=True, slots=True)
class Space:
    """The actions that two vocabularies know: for each fact that both know its values, None, and perhaps absence."""

    choices: dict[str, tuple[Value | Absent | None, ...]]
    values: Values
    exhaustive: bool

    @property
    def size(self) -> int:
        """How many actions there are."""
        return prod(map(len, self.choices.values()))

    def actions(self) -> Iterator[dict[str, Value | None]]:
        """All actions."""
        names = tuple(self.choices)
        for chosen in product(*self.choices.values()):
            yield {name: value for name, value in zip(names, chosen, strict=True) if value is not ABSENT}


def space(old: Program, new: Program, *, unknown: bool = True) -> Space:
    """The actions that both programs know; with ``unknown`` also those of which facts are not known."""
    before, after = old.vocabulary.facts, new.vocabulary.facts
    shared = {name: common(before[name], after[name]) for name in before if name in after}
    found = worth({name: fact for name, fact in shared.items() if fact}, (old, new))
    values: dict[str, tuple[Value, ...]] = {
        name: found.values.get(name, (frozenset(),) if before[name].kind is Kind.SET else ()) for name in shared
    }
    choices: dict[str, tuple[Value | Absent | None, ...]] = {}
    for name, tried in values.items():
        assumed = before[name].default is not None or after[name].default is not None
        choices[name] = (*tried, None, *([ABSENT] if assumed else [])) if unknown else tried
    alone = {
        **{n: f for n, f in before.items() if n not in after},
        **{n: f for n, f in after.items() if n not in before},
    }
    bare = {name: replace(fact, default=None, in_examples=None) for name, fact in alone.items()}
    # A fact that one program alone knows may be filled, and compared with one that both know: its values are not among those tried.
    compared = [set(tested(test)) for side in (old, new) for c in all_conditions(side) for test in tests_of(c)]
    apart = any(names & set(alone) and names & set(shared) for names in compared)
    return Space(choices, {**worth(bare, (old, new)).values, **values}, found.exhaustive and not apart)


# -- deciding --------------------------------------------------------------------------------------------------------


def agree(one: Facts, other: Facts) -> bool:
    """Whether two completions of an action know the same of each fact that both know: other defaults make other actions."""
    return all(other.get(name) in (None, value) for name, value in one.items() if value is not None)


class Judge:
    """Decides all actions that a program admits."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.decide = Compiled(program).decide_completed
        vocabulary = program.vocabulary
        self.plain = not vocabulary.implications and all(fact.default is None for fact in vocabulary.facts.values())
        self.read = frozenset(name for condition in all_conditions(program) for name in reads(condition))
        self.read |= {program.baseline.fact} - {""}

    def settled(self, facts: Facts) -> Facts | None:
        """The facts, completed; None where they contradict each other."""
        try:
            return facts if self.plain else complete(self.program.vocabulary, facts)
        except ActionError:
            return None

    def ruled_out(self, known: Facts | None) -> bool:
        """Whether completed facts contradict each other, or are said to be impossible."""
        return known is None or any(holds(bad, known) is Truth.TRUE for bad in self.program.vocabulary.impossible)

    def completed(self, facts: Facts) -> Facts | None:
        """The facts, completed; None where the program does not admit them."""
        known = self.settled(facts)
        return None if self.ruled_out(known) else known

    def knows_all(self, completed: Facts) -> bool:
        """Whether all facts are known that the program reads."""
        return all(completed.get(name) is not None for name in self.read)

    def __call__(self, facts: Facts) -> Decision | None:
        """The decision; None where the program does not admit the action."""
        known = self.completed(facts)
        return None if known is None else self.decide(known)


Pairs: TypeAlias = dict[tuple[Outcome, Outcome], Facts]
"""Outcomes before and after, with the first action that shows them."""


@dataclass(slots=True)
class Comparison:
    """What trying all actions says about two programs; every claim has the first action that shows it."""

    exhaustive: bool
    vocabulary: Bump
    points: int = 0
    known: Pairs = field(
        default_factory=dict
    )  # all facts known that either program reads, and the outcomes are not equal
    determined: Pairs = field(default_factory=dict)  # both decisions determined, and the outcomes are not equal
    open: Pairs = field(default_factory=dict)  # one of the decisions open, and the outcomes are not equal
    differences: dict[Difference, Facts] = field(default_factory=dict)
    known_differences: dict[Difference, Facts] = field(default_factory=dict)  # those with all facts known that are read
    more_advice: Facts | None = None
    refused_by_new: list[Facts] = field(default_factory=list)  # what the old program admits, and the new one does not
    refused_by_old: list[Facts] = field(default_factory=list)

    @property
    def decisions_need(self) -> Bump:
        """The bump that the decisions call for."""
        least = Bump.MINOR if self.more_advice is not None else Bump.PATCH
        return max((difference.needed for difference in self.differences), default=least)

    @property
    def needs(self) -> Bump:
        """The bump that the pair calls for, guarantees apart."""
        return max(self.decisions_need, self.vocabulary)


def compare(old: Program, new: Program, *, limit: int = LIMIT) -> Comparison:
    """Compare two programs on all actions that both know and admit.

    Raises ``TooManyError`` and ``NotComparableError``.
    """
    tried = space(old, new)
    if tried.size > limit:
        raise TooManyError(f"{tried.size:,} actions")
    found = Comparison(tried.exhaustive, vocabulary_bump(old.vocabulary, new.vocabulary))
    before, after = Judge(old), Judge(new)
    judged: dict[tuple[int, int], tuple[Decision, Decision, Difference | None]] = {}  # equal decisions are one object
    for facts in tried.actions():
        known, known_after = before.settled(facts), after.settled(facts)
        one_out, other_out = before.ruled_out(known), after.ruled_out(known_after)
        if other_out and not one_out:
            found.refused_by_new.append(facts)
        if one_out and not other_out:
            found.refused_by_old.append(facts)
        # Deciding does not look at `impossible`: what one of them rules out is compared all the same.
        if known is None or known_after is None or (one_out and other_out):
            continue
        found.points += 1
        one, other = before.decide(known), after.decide(known_after)
        key = (id(one), id(other))
        if key not in judged:
            judged[key] = (one, other, differs(one, other, tried.values))
            if found.more_advice is None and advises_more(one, other):
                found.more_advice = facts
        difference = judged[key][2]
        if difference is None:
            continue
        found.differences.setdefault(difference, facts)
        everything = before.knows_all(known) and after.knows_all(known_after) and agree(known, known_after)
        if everything:
            found.known_differences.setdefault(difference, facts)
        if difference.old != difference.new:
            outcomes = (difference.old, difference.new)
            (found.open if difference.open else found.determined).setdefault(outcomes, facts)
            if everything:
                found.known.setdefault(outcomes, facts)
    return found


# -- questions about one program -------------------------------------------------------------------------------------


def total_actions(program: Program, *, limit: int = LIMIT) -> list[tuple[Facts, Decision]]:
    """All admitted actions of which everything is known, decided. Raises ``TooManyError``."""
    tried = space(program, program, unknown=False)
    if tried.size > limit:
        raise TooManyError(f"{tried.size:,} actions")
    judge = Judge(program)
    return [(facts, decision) for facts in tried.actions() if (decision := judge(facts)) is not None]


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What a program is said to guarantee wherever ``when`` holds; just one of the others is given.

    ``outcomes`` are those that there may be (``never: allow`` are the other three); ``only_if`` has to hold wherever the
    outcome is allow; changing the facts of ``unaffected_by`` changes nothing, as long as ``when`` goes on to hold.
    """

    when: Condition = ALWAYS
    outcomes: frozenset[Outcome] | None = None
    only_if: Condition | None = None
    unaffected_by: frozenset[str] = frozenset()


class Holds(StrEnum):
    """What comes of a guarantee."""

    PROVED = "holds"
    BROKEN = "fails"
    VACUOUS = "vacuous"


Changed: TypeAlias = Callable[[Decision, Decision], bool]
"""Whether two decisions are not alike."""


def outcome_changed(one: Decision, other: Decision) -> bool:
    """Whether the outcomes are not the same."""
    return one.outcome != other.outcome


def changed_by(values: Values) -> Changed:
    """Whether two decisions differ, in outcome, revisions, approvals, duties or hand-overs: playbooks judge no action."""
    return lambda one, other: differs(unplayed(one), unplayed(other), values) is not None


def unplayed(decision: Decision) -> Decision:
    """A decision without the playbooks that begin."""
    sure, maybe = (replace(lists, playbooks=()) for lists in (decision.sure, decision.maybe))
    return replace(decision, sure=sure, maybe=maybe)


def guarantee_holds(
    program: Program,
    guarantee: Guarantee,
    points: Sequence[tuple[Facts, Decision]] | None = None,
    *,
    changed: Changed | None = None,
) -> tuple[Holds, tuple[Facts, ...]]:
    """Whether a guarantee holds of all actions of which everything is known, and one or two that break it.

    ``points`` (of ``total_actions``) have to tell apart what the guarantee's own conditions tell apart. ``changed`` says what
    counts for ``unaffected_by``: every difference, unless told otherwise.
    """
    points = total_actions(program) if points is None else points
    meant = [(facts, decision) for facts, decision in points if holds(guarantee.when, facts) is Truth.TRUE]
    if not meant:
        return Holds.VACUOUS, ()
    if guarantee.unaffected_by:
        changed = changed or changed_by(space(program, program).values)
        groups: dict[tuple[object, ...], list[tuple[Facts, Decision]]] = {}
        for facts, decision in meant:
            same = tuple(value for name, value in facts.items() if name not in guarantee.unaffected_by)
            groups.setdefault(same, []).append((facts, decision))
        for group in groups.values():
            for (facts, decision), (others, other) in combinations(group, 2):
                if decision is not other and changed(decision, other):
                    return Holds.BROKEN, (facts, others)
        return Holds.PROVED, ()
    for facts, decision in meant:
        if guarantee.outcomes is not None and decision.outcome not in guarantee.outcomes:
            return Holds.BROKEN, (facts,)
        if (
            guarantee.only_if is not None
            and decision.outcome is Outcome.ALLOW
            and holds(guarantee.only_if, facts) is not Truth.TRUE
        ):
            return Holds.BROKEN, (facts,)
    return Holds.PROVED, ()


def completions(program: Program, facts: Facts, *, limit: int = LIMIT) -> list[tuple[Facts, Decision]]:
    """All admitted actions of which everything is known that these facts can turn out to be, decided.

    What is absent takes its default first: a default is assumed, not learnt. Raises ``TooManyError`` and ``ActionError``.
    """
    known = complete(program.vocabulary, facts)
    tried = space(program, program, unknown=False)
    open_facts = {name: values for name, values in tried.choices.items() if known.get(name) is None}
    if prod(map(len, open_facts.values())) > limit:
        raise TooManyError("too many completions")
    judge = Judge(program)
    found = []
    for chosen in product(*open_facts.values()):
        whole: Facts = {**known, **dict(zip(open_facts, chosen, strict=True))}  # type: ignore[arg-type]
        decision = judge(whole)
        if decision is not None:
            found.append((whole, decision))
    return found


def can_change(
    program: Program, facts: Facts, *, changed: Changed | None = None, limit: int = LIMIT
) -> dict[str, tuple[Facts, Facts]]:
    """The unknown facts that can still change the decision, each with two completions that show it.

    They are equal but for this fact, and ``changed`` says so of their decisions (they differ, unless told otherwise).
    """
    known = complete(program.vocabulary, facts)
    changed = changed or changed_by(space(program, program).values)
    whole = completions(program, facts, limit=limit)
    relevant: dict[str, tuple[Facts, Facts]] = {}
    for name in program.vocabulary.facts:
        if known.get(name) is not None:
            continue
        groups: dict[tuple[object, ...], dict[int, tuple[Facts, Decision]]] = {}
        for action, decision in whole:
            same = tuple(value for other, value in sorted(action.items()) if other != name)
            groups.setdefault(same, {}).setdefault(id(decision), (action, decision))
        for group in groups.values():
            for (action, one), (others, other) in combinations(group.values(), 2):
                if name not in relevant and changed(one, other):
                    relevant[name] = (action, others)
    return relevant


def possible_outcomes(program: Program, facts: Facts, *, limit: int = LIMIT) -> frozenset[Outcome]:
    """The outcomes that the decision can come to when everything is known."""
    return frozenset(decision.outcome for _, decision in completions(program, facts, limit=limit))


def repairs(program: Program, facts: Facts, *, limit: int = LIMIT) -> dict[frozenset[str], list[Facts]]:
    """The smallest changes of facts that the author can change after which the outcome is allow.

    For each set of facts, no larger than any other that does, all the values (of those tried) that they can be given. They
    are changed among the facts as stated; what follows from them follows anew. A fact is not to be changed unless its
    ``fixed_where`` is known to be false. Nothing is to be changed where the outcome is allow already; an empty answer says
    that the author cannot change it. Raises ``ActionError`` for facts that contradict each other.
    """
    vocabulary = program.vocabulary
    known = complete(vocabulary, facts)
    tried = space(program, program, unknown=False)
    judge = Judge(program)
    mutable = [
        name
        for name, fact in vocabulary.facts.items()
        if fact.mutable and (fact.fixed_where is None or holds(fact.fixed_where, known) is Truth.FALSE)
    ]
    for size in range(len(mutable) + 1):
        found: dict[frozenset[str], list[Facts]] = {}
        for names in combinations(mutable, size):
            pool = [[value for value in tried.choices[name] if value != known.get(name)] for name in names]
            if prod(map(len, pool)) > limit:
                raise TooManyError("too many changes")
            for chosen in product(*pool):
                change: Facts = dict(zip(names, chosen, strict=True))  # type: ignore[arg-type]
                decision = judge({**facts, **change})
                if decision is not None and decision.outcome is Outcome.ALLOW:
                    found.setdefault(frozenset(names), []).append(change)
        if found:
            return found
    return {}


@dataclass(frozen=True, slots=True)
class DeadRules:
    """The rules that do nothing, over all admitted actions of which everything is known."""

    never_hold: frozenset[str]  # their conditions never hold
    never_apply: frozenset[str]  # their conditions hold, but then they are always overridden
    never_matter: frozenset[str]  # without them every decision is the same, advice included


def dead_rules(program: Program, *, limit: int = LIMIT) -> DeadRules:
    """The rules that never hold, never apply, or never matter."""
    points = total_actions(program, limit=limit)
    held: set[str] = set()
    applied: set[str] = set()
    for facts, _ in points:
        known = complete(program.vocabulary, facts)
        held |= {rule.id for rule in program.rules if holds(rule.when, known) is Truth.TRUE}
        applied |= {rule for rule, truth in applying(program.rules, known).items() if truth is Truth.TRUE}
    own = [rule for rule in program.rules if rule.effect is not Effect.PLAYBOOK and not rule.part_of]
    every = {rule.id for rule in own}
    values = space(program, program).values
    idle = frozenset(rule.id for rule in own if not matters(program, rule, points, values))
    return DeadRules(frozenset(every - held), frozenset((held - applied) & every), idle)


def matters(program: Program, rule: Rule, points: Sequence[tuple[Facts, Decision]], values: Values) -> bool:
    """Whether some decision is another one without the rule."""
    judge = Judge(without_rule(program, rule.id))
    seen: dict[tuple[int, int], tuple[Decision, Decision]] = {}
    for facts, decision in points:
        other = judge(facts)
        assert other is not None, "rules refuse nothing"
        seen.setdefault((id(decision), id(other)), (decision, other))
    return any(
        differs(one, other, values) is not None or advises_more(other, one) or advises_more(one, other)
        for one, other in seen.values()
    )


def without_rule(program: Program, name: str) -> Program:
    """The program without a rule, and without its further approvals."""
    rules = tuple(
        replace(rule, overridden_by=tuple(other for other in rule.overridden_by if other != name))
        for rule in program.rules
        if name not in {rule.id, rule.part_of}
    )
    there = {rule.id for rule in rules}
    rules = tuple(
        replace(rule, overridden_by=tuple(other for other in rule.overridden_by if other in there)) for rule in rules
    )
    return replace(program, rules=rules)
