"""Two programs compared by z3, over all actions of which everything is known: a translation of its own.

Enums become sorts of their own, whole numbers and instants (in microseconds) integers, texts native strings with regular
expressions. A set becomes one boolean for each member that anything mentions; an open set beside these one that says
whether it has any other member, and one for each text that may be a member. With everything known there are two truths, so
a rule is a formula, and so is "the outcome is at least so strict".

What cannot be said exactly, or is not answered in time, raises ``SkipError``; it is never guessed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any as Anything
from typing import TypeAlias

import z3  # type: ignore[import-untyped]

from socialpolicy.conditions import (
    All,
    Any,
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
    reads,
)
from socialpolicy.program import Approval, Effect, Outcome, Program, Start
from socialpolicy.values import LARGEST_INT, Facts, Kind, Value
from socialpolicy.vocabulary import Fact

Formula: TypeAlias = Anything
"""A boolean expression of z3."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
PAIRS = tuple((old, new) for old in Outcome for new in Outcome if old != new)


class SkipError(Exception):
    """The oracle does not answer: what it was asked cannot be said exactly, or took too long."""


def outcome_pairs(old: Program, new: Program, *, milliseconds: int = 5_000) -> set[tuple[Outcome, Outcome]]:
    """The pairs of different outcomes that some action has that both programs know and admit, everything known.

    Raises ``SkipError``.
    """
    return set(witnesses(old, new, milliseconds=milliseconds))


def witnesses(old: Program, new: Program, *, milliseconds: int = 5_000) -> dict[tuple[Outcome, Outcome], Facts]:
    """The pairs of outcomes as ``outcome_pairs`` has them, each with an action. ``milliseconds`` limit each query."""
    translation = Translation(shared_facts(old, new), (old, new))
    solver = z3.Solver(ctx=translation.context)
    solver.set("timeout", milliseconds)
    solver.set("random_seed", 1)
    solver.add(*translation.possible(), *translation.admitted(old), *translation.admitted(new))
    ruled_out = [translation.ruled_out(side) for side in (old, new)]
    solver.add(z3.Not(z3.And(*ruled_out)))  # what one side alone calls impossible is decided, and compared
    before, after = translation.outcomes(old), translation.outcomes(new)
    found: dict[tuple[Outcome, Outcome], Facts] = {}
    for pair in PAIRS:
        solver.push()
        solver.add(before[pair[0]], after[pair[1]])
        answer = solver.check()
        if answer == z3.unknown:
            raise SkipError(f"z3 says {solver.reason_unknown()}")
        if answer == z3.sat:
            found[pair] = translation.action(solver.model())
        solver.pop()
    return found


def shared_facts(old: Program, new: Program) -> dict[str, tuple[Fact, Fact]]:
    """The facts that both programs know. Raises ``SkipError`` where one reads or fills a fact that the other does not know."""
    before, after = old.vocabulary.facts, new.vocabulary.facts
    for program, others in ((old, after), (new, before)):
        for name in read_or_filled(program):
            if name not in others:
                raise SkipError(f"only one program knows {name}")
    shared = {name: (before[name], after[name]) for name in before if name in after}
    for fact, other in shared.values():
        if fact.kind is not other.kind:
            raise SkipError(f"{fact.name} has two types")
    return shared


def read_or_filled(program: Program) -> set[str]:
    """All facts that bear on what a program decides or admits, wherever they stand."""
    vocabulary = program.vocabulary
    names = {name for condition in conditions(program) for name in reads(condition)}
    names |= {name for implication in vocabulary.implications for name in implication.then}
    return names | ({program.baseline.fact} - {""})


def conditions(program: Program) -> Iterator[Condition]:
    """All conditions of a program."""
    for rule in program.rules:
        yield rule.when
        for need in rule.needs:
            yield from (need.test, need.given)
        if rule.approval:
            yield rule.approval.met
    for start in program.baseline.starts.values():
        if start.approval:
            yield start.approval.met
    yield from (implication.given for implication in program.vocabulary.implications)
    yield from program.vocabulary.impossible


def inner(condition: Condition) -> Iterator[Condition]:
    """A condition and all its parts."""
    yield condition
    match condition:
        case Not(part):
            yield from inner(part)
        case All(parts) | Any(parts):
            for part in parts:
                yield from inner(part)


@dataclass(slots=True)
class SetTerms:
    """A set: whether it has each of the members that are mentioned, any other, and those texts that are not mentioned."""

    has: dict[str, Formula]
    has_other: Formula | None = None  # None: there is no other
    has_text: dict[str, Formula] = field(default_factory=dict)


class Translation:
    """Facts as terms of z3, and what programs make of them."""

    def __init__(self, facts: Mapping[str, tuple[Fact, Fact]], programs: Sequence[Program]) -> None:
        self.context = z3.Context()
        self.facts = facts
        self.terms: dict[str, Anything] = {}
        self.values: dict[str, dict[str, Anything]] = {}
        self.sets: dict[str, SetTerms] = {}
        tests = [
            part
            for program in programs
            for condition in conditions(program)
            for part in inner(condition)
            if not isinstance(part, Not | All | Any)
        ]
        for name, both in facts.items():
            match both[0].kind:
                case Kind.BOOL:
                    self.terms[name] = z3.Bool(name, self.context)
                case Kind.ENUM:
                    values = common_values(both)
                    if not values:
                        raise SkipError(f"{name} has no value that both know")
                    sort, constants = z3.EnumSort(name, [f"{name}={value}" for value in values], ctx=self.context)
                    self.values[name] = dict(zip(values, constants, strict=True))
                    self.terms[name] = z3.Const(name, sort)
                case Kind.INT | Kind.DATETIME:
                    self.terms[name] = z3.Int(name, self.context)
                case Kind.STRING:
                    self.terms[name] = z3.String(name, self.context)
                case Kind.SET:
                    self.sets[name] = self.set_terms(name, both, tests, programs)

    # -- facts -------------------------------------------------------------------------------------------------------

    def set_terms(
        self, name: str, both: tuple[Fact, Fact], tests: Iterable[Condition], programs: Iterable[Program]
    ) -> SetTerms:
        """The terms of a set. An open one mentions whatever it is tested for, filled with, or compared with."""
        is_closed = any(fact.values for fact in both)
        mentioned = dict.fromkeys(common_values(both)) if is_closed else {}
        texts: dict[str, None] = {}
        for test in () if is_closed else tests:
            match test:
                case Includes(fact, values) | Within(fact, values) if fact == name:
                    mentioned.update(dict.fromkeys(sorted(values)))
                case Has(fact, other) if fact == name and self.facts[other][0].kind is Kind.STRING:
                    texts[other] = None
                case Has(fact, other) if fact == name:
                    mentioned.update(dict.fromkeys(common_values(self.facts[other])))
                case SameAs(fact, other) if name in (fact, other):
                    partner = self.facts[other if fact == name else fact]
                    if not any(each.values for each in partner):
                        raise SkipError("two open sets are compared")
                    mentioned.update(dict.fromkeys(common_values(partner)))
        for implication in [] if is_closed else [each for p in programs for each in p.vocabulary.implications]:
            filled = implication.then.get(name)
            if isinstance(filled, frozenset):
                mentioned.update(dict.fromkeys(sorted(filled)))
        has = {member: z3.Bool(f"{name} has {member}", self.context) for member in mentioned}
        if is_closed:
            return SetTerms(has)
        return SetTerms(
            has,
            z3.Bool(f"{name} has others", self.context),
            {text: z3.Bool(f"{name} has other {text}", self.context) for text in texts},
        )

    def possible(self) -> Iterator[Formula]:
        """What is true of all actions: bounds, and that a text is a member of a set or is not, whatever fact it is."""
        for name, both in self.facts.items():
            term: Anything = self.terms.get(name)
            if both[0].kind is Kind.INT:
                lows = [fact.minimum for fact in both if fact.minimum is not None]
                highs = [fact.maximum for fact in both if fact.maximum is not None]
                yield term >= max([*lows, -LARGEST_INT])
                yield term <= min([*highs, LARGEST_INT])
            elif both[0].kind is Kind.DATETIME:
                yield term >= microseconds(EARLIEST)
                yield term <= microseconds(LATEST)
        for terms in self.sets.values():
            for index, (text, has_text) in enumerate(terms.has_text.items()):
                is_other = self.all(self.terms[text] != self.text(member) for member in terms.has)
                yield z3.Implies(has_text, z3.And(is_other, terms.has_other))
                for other in list(terms.has_text)[:index]:
                    same = self.terms[text] == self.terms[other]
                    yield z3.Implies(same, has_text == terms.has_text[other])

    def all(self, formulas: Iterable[Formula]) -> Formula:
        """All of these."""
        return z3.And([z3.BoolVal(True, self.context), *formulas])

    def any(self, formulas: Iterable[Formula]) -> Formula:
        """Some of these."""
        return z3.Or([z3.BoolVal(False, self.context), *formulas])

    def text(self, text: str) -> Anything:
        """A constant text. A backslash would be read as an escape."""
        if "\\" in text:
            raise SkipError("a text has a backslash")
        return z3.StringVal(text, self.context)

    # -- conditions --------------------------------------------------------------------------------------------------

    def holds(self, condition: Condition) -> Formula:
        """Whether a condition holds."""
        match condition:
            case Not(part):
                return z3.Not(self.holds(part))
            case All(parts):
                return self.all(map(self.holds, parts))
            case Any(parts):
                return self.any(map(self.holds, parts))
            case OneOf(fact, values):
                return self.any(self.equals(fact, value) for value in sorted(values, key=str))
            case Between(fact, low, high):
                number = self.terms[fact]
                return self.all(
                    [*([number >= low] if low is not None else []), *([number <= high] if high is not None else [])]
                )
            case During(fact, start, end):
                moment = self.terms[fact]
                return self.all(
                    [
                        *([moment >= microseconds(start)] if start else []),
                        *([moment < microseconds(end)] if end else []),
                    ]
                )
            case Matches(fact, pattern):
                return z3.InRe(self.terms[fact], self.expression(pattern))
            case Includes(fact, values, at_least):
                has = self.sets[fact].has
                return (
                    z3.Sum([z3.IntVal(0, self.context), *(z3.If(has[v], 1, 0) for v in sorted(values) if v in has)])
                    >= at_least
                )
            case Within(fact, values):
                terms = self.sets[fact]
                outside = [has for member, has in terms.has.items() if member not in values]
                return z3.Not(self.any([*outside, *([terms.has_other] if terms.has_other is not None else [])]))
            case SameAs(fact, other):
                return self.same(fact, other)
            case Has(fact, other):
                return self.member(fact, other)

    def expression(self, pattern: str) -> Anything:
        """The regular expression of a pattern."""
        every = z3.Full(z3.ReSort(z3.StringSort(self.context)))
        parts: list[Anything] = []
        for index, piece in enumerate(pattern.split("*")):
            parts += [every] if index else []
            parts += [z3.Re(self.text(piece), self.context)]
        return z3.Concat(*parts) if len(parts) > 1 else parts[0]

    def equals(self, fact: str, value: object) -> Formula:
        """Whether a fact has just this value; never, if it is one that not both programs know."""
        match value:
            case bool():
                return self.terms[fact] == z3.BoolVal(value, self.context)
            case int():
                return self.terms[fact] == value
            case str() if fact in self.values:
                constant = self.values[fact].get(value)
                return z3.BoolVal(False, self.context) if constant is None else self.terms[fact] == constant
            case str():
                return self.terms[fact] == self.text(value)
            case frozenset():
                terms = self.sets[fact]
                if not value <= set(terms.has):
                    return z3.BoolVal(False, self.context)
                others = [z3.Not(terms.has_other)] if terms.has_other is not None else []
                return self.all([*(has == (member in value) for member, has in terms.has.items()), *others])
            case _:
                raise TypeError(f"{fact} cannot be {value!r}")

    def same(self, fact: str, other: str) -> Formula:
        """Whether two facts have the same value."""
        if fact in self.sets:
            one, two = self.sets[fact], self.sets[other]
            no = z3.BoolVal(False, self.context)
            alike = [one.has.get(member, no) == two.has.get(member, no) for member in {**one.has, **two.has}]
            others = [terms.has_other for terms in (one, two) if terms.has_other is not None]
            return self.all([*alike, *(z3.Not(has) for has in others)])  # at most one of the two is open
        if fact in self.values:
            shared = [value for value in self.values[fact] if value in self.values[other]]
            return self.any(z3.And(self.equals(fact, value), self.equals(other, value)) for value in shared)
        return self.terms[fact] == self.terms[other]

    def member(self, fact: str, other: str) -> Formula:
        """Whether a set has the value of another fact."""
        terms = self.sets[fact]
        mentioned = self.any(z3.And(self.equals(other, member), has) for member, has in terms.has.items())
        return z3.Or(mentioned, terms.has_text[other]) if other in terms.has_text else mentioned

    # -- programs ----------------------------------------------------------------------------------------------------

    def admitted(self, program: Program) -> Iterator[Formula]:
        """That no implication is contradicted."""
        for implication in program.vocabulary.implications:
            filled = self.all(self.equals(name, value) for name, value in implication.then.items())
            yield z3.Implies(self.holds(implication.given), filled)

    def ruled_out(self, program: Program) -> Formula:
        """That something is the case which the vocabulary calls impossible."""
        return self.any(self.holds(condition) for condition in program.vocabulary.impossible)

    def outcomes(self, program: Program) -> dict[Outcome, Formula]:
        """For each outcome, whether it is the one."""
        applies: dict[str, Formula] = {}
        counts: dict[Outcome, list[Formula]] = {outcome: [] for outcome in Outcome}
        for rule in program.rules:
            overridden = self.any(applies[other] for other in rule.overridden_by)
            here = applies[rule.id] = z3.And(self.holds(rule.when), z3.Not(overridden))
            if rule.effect is Effect.DENY:
                counts[Outcome.DENY].append(here)
            for need in rule.needs:
                counts[Outcome.REVISE].append(z3.And(here, self.holds(need.given), z3.Not(self.holds(need.test))))
            if rule.approval:
                counts[Outcome.ASK].append(z3.And(here, self.unmet(rule.approval)))
        opened = self.any(applies[rule.id] for rule in program.rules if rule.effect is Effect.ALLOW)
        for value, start in program.baseline.starts.items():
            fact = program.baseline.fact
            this_one = self.equals(fact, value) if fact else z3.BoolVal(True, self.context)
            counts[start.outcome].append(z3.And(this_one, z3.Not(opened), self.start_counts(start)))
        at_least: dict[int, Formula] = {Outcome.DENY + 1: z3.BoolVal(False, self.context)}
        for outcome in sorted(Outcome, reverse=True):
            at_least[outcome] = z3.Or(self.any(counts[outcome]), at_least[outcome + 1])
        at_least[Outcome.ALLOW] = z3.BoolVal(True, self.context)
        return {outcome: z3.And(at_least[outcome], z3.Not(at_least[outcome + 1])) for outcome in Outcome}

    def unmet(self, approval: Approval) -> Formula:
        """Whether an approval is not given."""
        return z3.Not(self.holds(approval.met))

    def start_counts(self, start: Start) -> Formula:
        """Whether a start is left standing by approvals."""
        return self.unmet(start.approval) if start.approval else z3.BoolVal(True, self.context)

    # -- reading back ------------------------------------------------------------------------------------------------

    def action(self, model: Anything) -> dict[str, Value]:
        """The action that a model stands for."""
        found: dict[str, Value] = {}
        for name, both in self.facts.items():
            term = self.terms.get(name)
            value: Anything = model.eval(term, model_completion=True) if term is not None else None
            match both[0].kind:
                case Kind.BOOL:
                    found[name] = z3.is_true(value)
                case Kind.ENUM:
                    found[name] = next(key for key, constant in self.values[name].items() if constant.eq(value))
                case Kind.INT:
                    found[name] = value.as_long()
                case Kind.DATETIME:
                    found[name] = EPOCH + timedelta(microseconds=value.as_long())
                case Kind.STRING:
                    found[name] = contents(value)
        for name, terms in self.sets.items():

            def true(formula: Formula) -> bool:
                return bool(z3.is_true(model.eval(formula, model_completion=True)))

            members = {member for member, has in terms.has.items() if true(has)}
            members |= {str(found[text]) for text, has in terms.has_text.items() if true(has)}
            if terms.has_other is not None and true(terms.has_other) and members <= set(terms.has):
                taken = {*terms.has, *(str(value) for value in found.values())}
                members.add(next(word for word in ("other" + "'" * size for size in range(99)) if word not in taken))
            found[name] = frozenset(members)
        return found


def common_values(both: tuple[Fact, Fact]) -> tuple[str, ...]:
    """The values that both vocabularies know: of a closed list and an open one those of the closed."""
    one, other = both
    if one.values and other.values:
        return tuple(value for value in one.values if value in other.values)
    return one.values or other.values


def microseconds(moment: datetime) -> int:
    """An instant as a whole number."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def contents(value: Anything) -> str:
    """A text constant, letter by letter."""
    reference, handle = value.ctx.ref(), value.as_ast()
    length = z3.Z3_get_string_length(reference, handle)
    letters = (ctypes.c_uint * length)()
    z3.Z3_get_string_contents(reference, handle, length, letters)
    return "".join(map(chr, letters))
