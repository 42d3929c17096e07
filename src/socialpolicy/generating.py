"""Write the Python that decides for one set of candidate rules: plain to read, and nothing in it is a caller's text.

There are three functions for a set of candidates. ``decide`` and ``outcome`` take facts that are all known: a fact that is
absent, ``None`` or of another type raises, and the caller takes the longer way. ``partly`` takes facts of which some are not
known: every test has two truths, what it surely is (``_s``) and what it may be (``_m``). The cases stand in the order of
``interpret``, under its names.

Constants (sets, tables, instants) are passed by name. The names of facts are the only texts of a policy in the source; they
are checked to be plain names first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any as Anything

from socialpolicy.conditions import All, Any, Between, Condition, During, Has, Not, OneOf, SameAs, Test, tested
from socialpolicy.dispatching import Candidate, parts
from socialpolicy.expressions import Slot, Writer
from socialpolicy.program import Effect, Outcome, Program, Start
from socialpolicy.values import Facts, Kind
from socialpolicy.vocabulary import Implication


def conditions_of(program: Program, candidates: Iterable[Candidate], starts: Iterable[Start]) -> Iterator[Condition]:
    """All conditions that deciding by these candidates tests."""
    for candidate in candidates:
        yield candidate.when
        for need in candidate.rule.needs:
            yield need.given
            yield need.test
        if candidate.rule.approval:
            yield candidate.rule.approval.met
    for start in starts:
        if start.approval:
            yield start.approval.met


def compared_facts(condition: Condition) -> Iterator[str]:
    """The facts that a condition compares with others."""
    match condition:
        case Not(part):
            yield from compared_facts(part)
        case All(inner) | Any(inner):
            for part in inner:
                yield from compared_facts(part)
        case SameAs(fact, other):
            yield from (fact, other)
        case Has(_, other):
            yield other


@dataclass(frozen=True, slots=True)
class Source:
    """A function as text, with the constants it names and what its bits stand for."""

    text: str
    constants: Mapping[str, Anything]
    slots: tuple[Slot, ...]
    facts: tuple[str, ...]  # the fact of each bit of what is missing
    given: frozenset[str] | None  # the approvals that a decision's key needs, if it needs them


@dataclass(frozen=True, slots=True)
class Filling:
    """How unknown facts are filled: implications in an order in which one round suffices, and the defaults of facts that no
    implication reads or sets. Where there is no such order, facts are completed before any of these functions sees them, and
    both are empty.
    """

    implications: tuple[Implication, ...] = ()
    defaults: Mapping[str, Anything] = field(default_factory=dict)


def writer(
    program: Program, candidates: tuple[Candidate, ...], starts: tuple[Start, ...], filling: Filling, *, partly: bool
) -> tuple[Writer, list[str]]:
    """A writer that knows all tests, and the facts to load."""
    made = Writer(program, candidates, starts, partly, defaults=filling.defaults)
    conditions = list(conditions_of(program, candidates, starts))
    made.comparisons = {fact for condition in conditions for fact in compared_facts(condition)}
    facts = made.collect(conditions)
    made.listed = {test.fact for condition in conditions for test in single_tests(condition) if isinstance(test, OneOf)}
    reads = expected_reads(candidates, starts)
    made.inline = {
        fact
        for fact in facts
        if reads[fact] <= INLINE_READS
        and fact not in made.comparisons
        and fact not in filling.defaults
        and not partly
        and not (made.kind(fact) is Kind.STRING or (made.kind(fact) is Kind.INT and fact in made.listed))
    }
    if counted_approvals(candidates, starts) is not None:
        made.inline.discard(program.vocabulary.approvals)  # a decision's key may need it
    return made, facts


INLINE_READS = 1.0
PASSES = 0.4
"""A fact that is read less than so often is read where it is needed; a test is taken to pass with this probability."""


def expected_reads(candidates: Iterable[Candidate], starts: Iterable[Start]) -> Counter[str]:
    """How often each fact would be read if it were read where it is tested: the first test of a rule always is, the second
    where the first passes, and so on; what a rule asks for is tested where all of them pass.
    """
    reads: Counter[str] = Counter()

    def count(conditions: Iterable[Condition], chance: float) -> float:
        for condition in conditions:
            for fact in facts_tested(condition):
                reads[fact] += chance  # type: ignore[assignment]
            chance *= PASSES
        return chance

    for candidate in candidates:
        chance = count(sorted(parts(candidate.when), key=plain_cost), 1.0)
        for need in candidate.rule.needs:
            count((*parts(need.given), need.test), chance)
        if candidate.rule.approval:
            count((candidate.rule.approval.met,), chance)
    count((start.approval.met for start in starts if start.approval), 1.0)
    return reads


def plain_cost(condition: Condition) -> int:
    """How much a test costs by itself."""
    return 0 if isinstance(condition, OneOf) else 1 if isinstance(condition, Between | During) else 2


def single_tests(condition: Condition) -> Iterator[Test]:
    """The single tests of a condition."""
    match condition:
        case Not(part):
            yield from single_tests(part)
        case All(inner) | Any(inner):
            for part in inner:
                yield from single_tests(part)
        case _:
            yield condition


def counted_approvals(candidates: Iterable[Candidate], starts: Iterable[Start]) -> frozenset[str] | None:
    """The approvals whose being given shows in a decision: those of which some may be given and not suffice."""
    approvals = [candidate.rule.approval for candidate in candidates] + [start.approval for start in starts]
    counted = frozenset(
        approver.gives for approval in approvals if approval and approval.at_least > 1 for approver in approval.of
    )
    return counted or None


def overriding(candidates: Iterable[Candidate]) -> frozenset[str]:
    """The rules among the candidates that override another."""
    ids = {candidate.rule.id for candidate in candidates}
    return frozenset(other for candidate in candidates for other in candidate.rule.overridden_by if other in ids)


def header(candidate: Candidate) -> str:
    """A comment that says which rule comes."""
    return f"# {ascii(candidate.rule.id)[1:-1]}: {candidate.rule.effect.value}"


def deciding_source(
    program: Program, candidates: tuple[Candidate, ...], starts: tuple[Start, ...], filling: Filling
) -> Source:
    """The function that decides where all facts are known."""
    write, facts = writer(program, candidates, starts, filling, partly=False)
    local = {name: f"r{index}" for index, name in enumerate(sorted(overriding(candidates)))}
    write.line(0, "def decide(facts):")
    given = counted_approvals(candidates, starts)
    for fact in facts:
        write.load(fact)
    write.line(1, "fired = 0")
    asked = 0  # the bits of approvals of which some may be given and not suffice
    for candidate in candidates:
        rule = candidate.rule
        overridden = [f"not {local[other]}" for other in rule.overridden_by if other in local]
        test = (
            " and ".join(
                [
                    *overridden,
                    *(write.grouped(part, write.known) for part in sorted(parts(candidate.when), key=write.cost)),
                ]
            )
            or "True"
        )
        write.line(1, header(candidate))
        depth = 1
        if rule.id in local:
            write.line(1, f"{local[rule.id]} = {test}")
            test = local[rule.id]
        if test != "True":
            write.line(1, f"if {test}:")
            depth = 2
        write.line(depth, f"fired |= {write.bit(Slot(rule))}")
        for index, need in enumerate(rule.needs):
            unmet = (
                write.known(Not(need.test))
                if need.given == All(())
                else f"{write.grouped(need.given, write.known)} and {write.known(Not(need.test))}"
            )
            write.line(depth, f"if {unmet}:")
            write.line(depth + 1, f"fired |= {write.bit(Slot(rule, need=index))}")
        if rule.approval:
            write.line(depth, f"if {write.known(Not(rule.approval.met))}:")
            bit = write.bit(Slot(rule, approval=True))
            asked |= bit if rule.approval.at_least > 1 else 0
            write.line(depth + 1, f"fired |= {bit}")
    for start in starts:
        if start.approval:
            bit = write.bit(Slot(start=start))
            asked |= bit if start.approval.at_least > 1 else 0
            write.line(1, "# the baseline")
            write.line(1, f"if {write.known(Not(start.approval.met))}:")
            write.line(2, f"fired |= {bit}")
    if asked and given is not None:
        write.line(1, f"if fired & {asked}:")
        write.line(
            2, f"return DECISIONS[fired, {write.name(program.vocabulary.approvals)} & {write.constant('SET', given)}]"
        )
    write.line(1, "return DECISIONS[fired]")
    return finished(write, given)


def outcome_source(
    program: Program, candidates: tuple[Candidate, ...], starts: tuple[Start, ...], filling: Filling
) -> Source:
    """The function for the outcome alone, where all facts are known: the strictest first, and out at the first hit."""
    write, _ = writer(program, candidates, starts, filling, partly=False)
    local = {name: f"r{index}" for index, name in enumerate(sorted(overriding(candidates)))}
    (start,) = starts
    write.line(0, "def outcome(facts):")

    def load(condition: Condition) -> None:
        for fact in dict.fromkeys(facts_tested(condition)):
            write.load(fact)

    def applies(candidate: Candidate) -> list[str]:
        load(candidate.when)
        rule = candidate.rule
        overridden = [f"not {local[other]}" for other in rule.overridden_by if other in local]
        return [
            *overridden,
            *(write.grouped(part, write.known) for part in sorted(parts(candidate.when), key=write.cost)),
        ]

    for candidate in candidates:  # those that override are needed below
        if candidate.rule.id in local:
            write.line(1, header(candidate))
            write.line(1, f"{local[candidate.rule.id]} = {' and '.join(applies(candidate)) or 'True'}")

    def claim(candidate: Candidate, outcome: Outcome, *more: Condition) -> None:
        tests = [local[candidate.rule.id]] if candidate.rule.id in local else applies(candidate)
        for condition in more:
            load(condition)
        tests += [write.grouped(part, write.known) for condition in more for part in parts(condition)]
        write.line(1, header(candidate))
        if tests:
            write.line(1, f"if {' and '.join(tests)}:")
        write.line(2 if tests else 1, f"return {outcome.name}")

    for candidate in candidates:
        if candidate.rule.effect is Effect.DENY:
            claim(candidate, Outcome.DENY)
    opening = [candidate for candidate in candidates if candidate.rule.effect is Effect.ALLOW]

    def baseline(*more: Condition) -> None:
        tests = []
        for candidate in opening:
            alternatives = [local[candidate.rule.id]] if candidate.rule.id in local else applies(candidate)
            tests.append(f"not ({' and '.join(alternatives) or 'True'})")
        for condition in more:
            load(condition)
            tests.append(write.grouped(condition, write.known))
        write.line(1, "# the baseline")
        if tests:
            write.line(1, f"if {' and '.join(tests)}:")
        write.line(2 if tests else 1, f"return {start.outcome.name}")

    if start.outcome is Outcome.DENY:
        baseline()
    for candidate in candidates:
        if candidate.rule.approval:
            claim(candidate, Outcome.ASK, Not(candidate.rule.approval.met))
    if start.approval:
        baseline(Not(start.approval.met))
    for candidate in candidates:
        for need in candidate.rule.needs:
            claim(candidate, Outcome.REVISE, need.given, Not(need.test))
    write.line(1, "return ALLOW")
    return finished(write, None)


def completing_source(
    program: Program, implications: Iterable[Implication], defaults: Mapping[str, Anything], *, again: bool
) -> Source:
    """The function that completes facts: implications in an order in which one round suffices, or round and round."""
    write = Writer(program, (), (), partly=True)
    implications = list(implications)
    write.line(0, "def completed(facts):")
    write.line(1, "known = dict(facts)")
    write.line(1, "get = known.get")
    depth = 1
    if again:
        write.line(1, "settled = -1")
        write.line(1, "while settled != len(known) - sum(value is None for value in known.values()):")
        write.line(2, "settled = len(known) - sum(value is None for value in known.values())")
        depth = 2
    for implication in implications:
        write.tests, write.loaded, write.comparisons = {}, set(), set(compared_facts(implication.given))
        for fact in write.collect([implication.given]):
            write.load(fact, depth)
        write.line(depth, f"if {write.sure(implication.given)}:")
        write.line(depth + 1, f"for name, value in {write.constant('THEN', tuple(implication.then.items()))}:")
        write.line(depth + 2, "stated = get(name)")
        write.line(depth + 2, "if stated is None:")
        write.line(depth + 3, "known[name] = value")
        write.line(depth + 2, "elif stated != value:")
        write.line(depth + 3, "return slowly(facts)")
    for name, value in defaults.items():
        write.line(1, f"if {name!r} not in known:")
        write.line(2, f"known[{name!r}] = {write.constant('DEFAULT', value)}")
    write.line(1, "return known")
    return finished(write, None)


def finished(write: Writer, given: frozenset[str] | None) -> Source:
    """What was written."""
    return Source("\n".join(write.lines) + "\n", write.constants, tuple(write.slots), tuple(write.unknown_bits), given)


def facts_tested(condition: Condition) -> Iterator[str]:
    """The facts that a condition tests, as often as it tests them."""
    match condition:
        case Not(part):
            yield from facts_tested(part)
        case All(inner) | Any(inner):
            for part in inner:
                yield from facts_tested(part)
        case _:
            yield from tested(condition)


def made(source: Source, name: str, **names: Anything) -> Callable[[Facts], Anything]:
    """The function that a source defines.

    Its constants are default values of its parameters: locals are read faster than globals, and functions with one text
    share their code, which a processor's caches like.
    """
    constants = {"BOOL": {True: True, False: False}, **source.constants, **names}
    parameters = ", ".join(f"{constant}=None" for constant in constants)
    text = COMMENT.sub("", source.text).replace("(facts):", f"(facts, {parameters}):", 1)
    return FunctionType(
        code(text, name),
        {"__builtins__": {"KeyError": KeyError, "len": len, "dict": dict, "sum": sum, "tuple": tuple}},
        name,
        tuple(constants.values()),
    )


COMMENT = re.compile(r"(?m)^ *#.*\n|  #.*$")


@lru_cache(4096)
def code(text: str, name: str) -> CodeType:
    """The code of the one function in a text."""
    module = compile(text, f"<socialpolicy {name}>", "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))
