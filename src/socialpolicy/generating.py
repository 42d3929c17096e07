"""Write the Python that decides for one set of candidate rules: plain to read, and nothing in it is a caller's text.

There are three functions for a set of candidates. ``decide`` and ``outcome`` take facts that are all known: a fact that is
absent, ``None`` or of another type raises, and the caller takes the longer way. ``partly`` takes facts of which some are not
known: every test has two truths, what it surely is (``_s``) and what it may be (``_m``). The cases stand in the order of
``interpret``, under its names.

Constants (sets, tables, instants) are passed by name. The names of facts are the only texts of a policy in the source; they
are checked to be plain names first.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from types import CodeType, FunctionType
from typing import Any as Anything
from typing import assert_never

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
    Test,
    Within,
    matches,
    tested,
)
from socialpolicy.dispatching import Candidate, parts
from socialpolicy.program import Effect, Outcome, Program, Rule, Start
from socialpolicy.telling import told
from socialpolicy.values import Facts, Kind
from socialpolicy.vocabulary import Implication

SUFFIX = re.compile(r"(_(s|m|u|raw|apart|[0-9]+))*")


def clash(name: str, other: str) -> bool:
    """Whether two names, or what is derived from them, may be one."""
    longer, shorter = (name, other) if len(name) >= len(other) else (other, name)
    return longer.startswith(shorter) and bool(SUFFIX.fullmatch(longer[len(shorter) :]))


PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)


@dataclass(slots=True)
class Slot:
    """What one bit of a decision's key stands for: a rule that applies, one of its claims (need or approval), or a start
    whose approval is not given."""

    rule: Rule | None = None
    need: int | None = None
    approval: bool = False
    start: Start | None = None


@dataclass
class Writer:
    """One function being written."""

    program: Program
    candidates: tuple[Candidate, ...]
    starts: tuple[Start, ...]
    partly: bool = False
    lines: list[str] = field(default_factory=list)
    constants: dict[str, Anything] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # the local name of each fact
    used: set[str] = field(default_factory=set)
    tests: dict[str, list[OneOf]] = field(default_factory=dict)  # tests of enum facts, each with a local of its own
    loaded: set[str] = field(default_factory=set)
    unknown_bits: dict[str, int] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()  # the facts that are never known where this function is used
    base: Counter[str] = field(default_factory=Counter)  # the bits that are set whatever is known
    truths: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # of rules that override: surely, perhaps, waits
    comparisons: set[str] = field(default_factory=set)  # the facts that are compared with others
    listed: set[str] = field(default_factory=set)  # the facts that are compared with lists of values
    inline: set[str] = field(default_factory=set)  # the facts that one test alone reads, where it reads them
    filled: set[str] = field(default_factory=set)  # the facts that implications may fill, already in a local
    defaults: Mapping[str, Anything] = field(default_factory=dict)

    # -- names and constants -----------------------------------------------------------------------------------------

    def name(self, fact: str) -> str:
        """The local variable for a fact."""
        if fact not in self.names:
            if not PLAIN_NAME.fullmatch(fact):
                raise ValueError(f"{fact!r} is no plain name")
            name = re.sub(r"\W", "_", fact)
            if keyword.iskeyword(name) or name in RESERVED or re.fullmatch(r"r[0-9]+(_[smw])?", name):
                name += "_"
            while any(clash(name, other) for other in self.used):
                name += "x"
            self.used.add(name)
            self.names[fact] = name
        return self.names[fact]

    def constant(self, kind: str, value: Anything) -> str:
        """A name for a constant."""
        for name, known in self.constants.items():
            if known is value or (type(known) is frozenset and type(value) is frozenset and known == value):
                return name
        name = f"{kind}{len(self.constants)}"
        self.constants[name] = value
        return name

    def bit(self, slot: Slot) -> int:
        """The bit for what a slot stands for."""
        self.slots.append(slot)
        return 1 << (len(self.slots) - 1)

    def line(self, depth: int, text: str) -> None:
        """Add a line."""
        self.lines.append("    " * depth + text)

    # -- reading facts -----------------------------------------------------------------------------------------------

    def collect(self, conditions: Iterable[Condition]) -> list[str]:
        """Find the facts that conditions test, in order, and the tests of each enum fact."""
        facts: dict[str, None] = {}

        def visit(condition: Condition) -> None:
            match condition:
                case Not(part):
                    visit(part)
                case All(inner) | Any(inner):
                    for part in inner:
                        visit(part)
                case _:
                    facts.update(dict.fromkeys(tested(condition)))
                    if isinstance(condition, OneOf) and self.kind(condition.fact) is Kind.ENUM:
                        tests = self.tests.setdefault(condition.fact, [])
                        if condition not in tests:
                            tests.append(condition)

        for condition in conditions:
            visit(condition)
        return list(facts)

    def kind(self, fact: str) -> Kind:
        """The type of a fact."""
        return self.program.vocabulary.facts[fact].kind

    def load(self, fact: str, depth: int = 1) -> None:
        """Read a fact into locals, once."""
        if fact in self.loaded or fact in self.inline or fact in self.absent:
            return
        self.loaded.add(fact)
        if self.partly:
            self.load_partly(fact, depth)
        else:
            self.load_known(fact, depth)

    def load_known(self, fact: str, depth: int) -> None:
        """Read a fact that has to be known: what is absent, ``None`` or of another type raises here."""
        name, kind = self.name(fact), self.kind(fact)
        if kind is Kind.BOOL:
            self.line(depth, f"{name} = BOOL[facts[{fact!r}]]")
        elif kind is Kind.ENUM and fact in self.tests:
            tests = self.tests[fact]
            names = ", ".join(self.test_name(test) for test in tests)
            self.line(depth, f"{names} = {self.constant('TABLE', self.table(tests))}[facts[{fact!r}]]  # {self.told_tests(tests)}")
        if kind is Kind.SET:
            default = self.defaults.get(fact)
            read = f"facts[{fact!r}]" if default is None else f"facts.get({fact!r}, {self.constant('DEFAULT', default)})"
            self.line(depth, f"{name} = {read}")
            self.line(depth, f"{name}_apart = {name}.isdisjoint")
        elif kind in (Kind.STRING, Kind.DATETIME, Kind.INT) or self.compared(fact):
            raw = name if kind is not Kind.ENUM else f"{name}_raw"
            if kind is not Kind.BOOL:
                self.line(depth, f"{raw} = facts[{fact!r}]")
            if kind is Kind.STRING or self.compared(fact) or (kind is Kind.INT and fact in self.listed):
                self.line(depth, f"if {raw} is None:")
                self.line(depth + 1, f"raise KeyError({fact!r})")

    def table(self, tests: list[OneOf]) -> dict[str, bool] | dict[str, tuple[bool, ...]]:
        """For each value of an enum, whether the test passes, or which of several do."""
        values = self.program.vocabulary.facts[tests[0].fact].values
        if len(tests) == 1:
            return {value: value in tests[0].values for value in values}
        return {value: tuple(value in test.values for test in tests) for value in values}

    def load_partly(self, fact: str, depth: int) -> None:
        """Read a fact that need not be known; ``raw`` says where it stands if it was read before (it may have been filled)."""
        name, kind = self.name(fact), self.kind(fact)
        read = f"{name}_raw" if fact in self.filled else self.read(fact)
        bit = self.unknown_bits.setdefault(fact, 1 << len(self.unknown_bits))
        if kind is Kind.BOOL:
            table: dict[Anything, Anything] = {True: (True, True, 0), False: (False, False, 0), None: (False, True, bit)}
            self.line(depth, f"{name}_s, {name}_m, {name}_u = {self.constant('TABLE', table)}[{read}]")
        elif kind is Kind.ENUM and fact in self.tests:
            tests = self.tests[fact]
            table = {
                value: (*(value in test.values for test in tests for _ in range(2)), 0)
                for value in self.program.vocabulary.facts[fact].values
            }
            table[None] = (*(may for _ in tests for may in (False, True)), bit)
            names = ", ".join(f"{self.test_name(test)}_s, {self.test_name(test)}_m" for test in tests)
            self.line(depth, f"{names}, {name}_u = {self.constant('TABLE', table)}[{read}]  # {self.told_tests(tests)}")
        if kind not in (Kind.BOOL, Kind.ENUM) or self.compared(fact):
            raw = name if kind not in (Kind.ENUM, Kind.BOOL) else f"{name}_raw"
            if raw != read:
                self.line(depth, f"{raw} = {read}")
            if kind is Kind.SET:
                self.line(depth, f"if {name} is None:")
                self.line(depth + 1, f"{name}_u = {bit}")
                self.line(depth, "else:")
                self.line(depth + 1, f"{name}_u = 0")
                self.line(depth + 1, f"{name}_apart = {name}.isdisjoint")
            elif kind not in (Kind.BOOL, Kind.ENUM) or (kind is Kind.ENUM and fact not in self.tests):
                self.line(depth, f"{name}_u = {bit} if {raw} is None else 0")

    def read(self, fact: str) -> str:
        """An expression for what is stated of a fact; one that is absent has its default."""
        default = self.defaults.get(fact)
        return f"get({fact!r})" if default is None else f"get({fact!r}, {self.constant('DEFAULT', default)})"

    def compared(self, fact: str) -> bool:
        """Whether a fact is compared with another."""
        return fact in self.comparisons

    def test_name(self, test: OneOf) -> str:
        """The local variable for one test of an enum fact."""
        tests = self.tests[test.fact]
        return self.name(test.fact) + (f"_{tests.index(test) + 1}" if len(tests) > 1 else "")

    def told_tests(self, tests: list[OneOf]) -> str:
        """Tests as a comment."""
        return ascii("; ".join(told(test).removeprefix(test.fact).strip() for test in tests))[1:-1]

    # -- expressions over known facts --------------------------------------------------------------------------------

    def known(self, condition: Condition) -> str:
        """An expression for the truth of a condition whose facts are all known."""
        match condition:
            case Not(Not(part)):
                return self.known(part)
            case Not(Includes(fact, values, 1)) if len(values) > 1 or fact in self.inline:
                return self.known(Includes(fact, values)).removeprefix("not ")
            case Not(part):
                return f"not {self.grouped(part, self.known)}"
            case All(inner):
                return " and ".join(self.grouped(part, self.known) for part in sorted(inner, key=self.cost)) or "True"
            case Any(inner):
                return " or ".join(self.grouped(part, self.known) for part in sorted(inner, key=self.cost)) or "False"
            case _:
                return self.test(condition)

    def cost(self, condition: Condition) -> int:
        """How much a test costs: those that cost less come first, since one may settle the whole."""
        match condition:
            case Not(part):
                return self.cost(part)
            case All(inner) | Any(inner):
                return 2 + sum(map(self.cost, inner))
            case OneOf():
                return 3 * (condition.fact in self.inline)
            case Between() | During():
                return 1 + 3 * (condition.fact in self.inline)
            case Matches():
                return 9
            case _:
                return 2 + 3 * (condition.fact in self.inline)

    def grouped(self, condition: Condition, write: Callable[[Condition], str]) -> str:
        """An expression in brackets where it needs them."""
        text = write(condition)
        return text if re.fullmatch(r"\w+", text) else f"({text})"

    def test(self, test: Test) -> str:
        """An expression for a test of facts that are known."""
        inline = test.fact in self.inline
        name = f"facts[{test.fact!r}]" if inline else self.name(test.fact)
        apart = f"{name}.isdisjoint" if inline else f"{name}_apart"
        match test:
            case OneOf(fact, values):
                if self.kind(fact) is Kind.BOOL:
                    truth = f"BOOL[{name}]" if inline else name
                    return truth if False not in values else f"not {truth}" if True not in values else "True"
                if self.kind(fact) is Kind.ENUM and inline:
                    return f"{self.constant('TABLE', self.table([test]))}[{name}]"
                if self.kind(fact) is Kind.ENUM:
                    return self.test_name(test)
                return f"{name} in {self.constant('SET', values)}"
            case Between(_, low, high):
                text = " <= ".join(str(bound) if bound is not None else "" for bound in (low, None, high))
                text = f"{low} <= {name} <= {high}" if low is not None and high is not None else text
                return f"{name} >= {low}" if high is None else f"{name} <= {high}" if low is None else text
            case During(_, start, end):
                ends = [f"{self.constant('AT', start)} <= {name}"] if start else []
                ends += [f"{name} < {self.constant('AT', end)}"] if end else []
                return " and ".join(ends) or "True"
            case Matches(_, pattern):
                return f"{self.constant('MATCHES', partial(matches, pattern))}({name})"
            case Includes(_, values, at_least):
                if len(values) == 1 and not inline and not self.partly:
                    return f"{self.constant('WORD', next(iter(values)))} in {name}"
                if at_least == 1:
                    return f"not {apart}({self.constant('SET', values)})"
                if at_least == len(values):
                    return f"{name} >= {self.constant('SET', values)}"
                return f"len({name} & {self.constant('SET', values)}) >= {at_least}"
            case Within(_, values):
                return f"{name} <= {self.constant('SET', values)}" if values or inline else f"not {name}"
            case SameAs(fact, other):
                return f"{self.raw(fact)} == {self.raw(other)}"
            case Has(fact, other):
                return f"{self.raw(other)} in {name}"
            case _:
                assert_never(test)

    def raw(self, fact: str) -> str:
        """The local that holds a fact's own value."""
        kind = self.kind(fact)
        return self.name(fact) + ("_raw" if kind is Kind.ENUM or (kind is Kind.BOOL and self.partly) else "")

    # -- expressions over facts of which some are not known ------------------------------------------------------------

    def sure(self, condition: Condition) -> str:
        """An expression that is true where a condition surely holds."""
        match condition:
            case Not(part):
                return f"not {self.grouped(part, self.may)}"
            case All(inner):
                return " and ".join(self.grouped(part, self.sure) for part in sorted(inner, key=self.cost)) or "True"
            case Any(inner):
                return " or ".join(self.grouped(part, self.sure) for part in sorted(inner, key=self.cost)) or "False"
            case _:
                return self.two_valued(condition, sure=True)

    def may(self, condition: Condition) -> str:
        """An expression that is true where a condition holds or may."""
        match condition:
            case Not(part):
                return f"not {self.grouped(part, self.sure)}"
            case All(inner):
                return " and ".join(self.grouped(part, self.may) for part in sorted(inner, key=self.cost)) or "True"
            case Any(inner):
                return " or ".join(self.grouped(part, self.may) for part in sorted(inner, key=self.cost)) or "False"
            case _:
                return self.two_valued(condition, sure=False)

    def two_valued(self, test: Test, *, sure: bool) -> str:
        """A test as it surely is, or as it may be."""
        if not self.absent.isdisjoint(tested(test)):
            return "False" if sure else "True"
        suffix = "_s" if sure else "_m"
        name = self.name(test.fact)
        if isinstance(test, OneOf):
            kind = self.kind(test.fact)
            if kind is Kind.ENUM:
                return self.test_name(test) + suffix
            if kind is Kind.BOOL:
                if False not in test.values:
                    return name + suffix
                if True not in test.values:
                    return f"not {name}{'_m' if sure else '_s'}"
                return f"not {name}_u" if sure else "True"
        flags = [f"{self.name(fact)}_u" for fact in tested(test)]
        if sure:
            return " and ".join([*(f"not {flag}" for flag in flags), f"({self.test(test)})"])
        return " or ".join([*flags, f"({self.test(test)})"])

    def unknown(self, fact: str) -> str:
        """An expression for the bit of a fact, if it is not known."""
        if fact in self.absent:
            return str(self.unknown_bits.setdefault(fact, 1 << len(self.unknown_bits)))
        return f"{self.name(fact)}_u"

    def waits(self, condition: Condition) -> str:
        """An expression for the unknown facts for which an undetermined condition waits, as bits."""
        terms = list(dict.fromkeys(self.waiting(condition)))
        return folded(" | ".join(terms) or "0")

    def waiting(self, condition: Condition) -> Iterator[str]:
        """The terms of ``waits``: parts that are settled are left out."""
        match condition:
            case Not(part):
                yield from self.waiting(part)
            case All(inner) | Any(inner):
                for part in inner:
                    if isinstance(part, All | Any) or (isinstance(part, Not) and isinstance(part.part, All | Any | Not)):
                        settled = self.grouped(part, self.sure if isinstance(condition, All) else self.may)
                        test = f"not {settled}" if isinstance(condition, All) else settled
                        yield f"(({self.waits(part)}) if {test} else 0)"
                    else:
                        yield from self.waiting(part)
            case _:
                yield from map(self.unknown, tested(condition))


RESERVED = frozenset({"facts", "get", "fired", "sure", "maybe", "missing", "opening", "opened", "known", "w"})


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
    both are empty."""

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
    where the first passes, and so on; what a rule asks for is tested where all of them pass."""
    reads: Counter[str] = Counter()

    def count(conditions: Iterable[Condition], chance: float) -> float:
        for condition in conditions:
            for fact in _tested(condition):
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
        test = " and ".join([*overridden, *(write.grouped(part, write.known) for part in sorted(parts(candidate.when), key=write.cost))]) or "True"
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
            unmet = write.known(Not(need.test)) if need.given == All(()) else f"{write.grouped(need.given, write.known)} and {write.known(Not(need.test))}"
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
        write.line(2, f"return DECISIONS[fired, {write.name(program.vocabulary.approvals)} & {write.constant('SET', given)}]")
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
        for fact in dict.fromkeys(_tested(condition)):
            write.load(fact)

    def applies(candidate: Candidate) -> list[str]:
        load(candidate.when)
        rule = candidate.rule
        overridden = [f"not {local[other]}" for other in rule.overridden_by if other in local]
        return [*overridden, *(write.grouped(part, write.known) for part in sorted(parts(candidate.when), key=write.cost))]

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


def partly_source(
    program: Program,
    candidates: tuple[Candidate, ...],
    starts: tuple[Start, ...],
    filling: Filling,
    *,
    stated: frozenset[str] | None = None,
) -> Source:
    """The function that decides where some facts are not known.

    With ``stated`` it is for actions that state no other facts than these: what waits for others is settled beforehand.
    """
    write, facts = writer(program, candidates, starts, filling, partly=True)
    if stated is not None:
        write.absent = never_known(write, facts, filling, stated)
    approvals = program.vocabulary.approvals
    given = counted_approvals(candidates, starts)
    write.line(0, "def partly(facts):")
    write.line(1, "get = facts.get")
    write_filling(write, facts, filling.implications)
    for fact in facts:
        write.load(fact)
    first = len(write.lines)
    needed = overriding(candidates)
    for candidate in candidates:
        write_partly(write, candidate, needed)
    write_baseline_partly(write, starts)
    names = ("sure", "maybe", "missing", "opening", "opened")
    write.lines[first:first] = ["    " + "; ".join(f"{name} = {write.base[name]}" for name in names)]
    key = "sure, maybe, missing"
    if given is not None:
        known = "None" if approvals in write.absent else f"None if {write.name(approvals)} is None else {write.name(approvals)} & {write.constant('SET', given)}"
        key += f", {known}"
    write.line(1, f"return DECISIONS[{key}]")
    return finished(write, given)


def never_known(write: Writer, facts: Iterable[str], filling: Filling, stated: frozenset[str]) -> frozenset[str]:
    """The facts that are not known where no other facts are stated than these: neither stated, nor filled in."""
    known = set(stated) | set(filling.defaults)
    read = set(facts) | {fact for implication in filling.implications for fact in (*implication.then, *_tested(implication.given))}
    before = -1
    while before != len(known):
        before = len(known)
        write.absent = frozenset(read - known)
        for implication in filling.implications:
            if may_be_true(implication.given, write.absent):
                known |= set(implication.then)
    return frozenset(read - known)


def may_be_true(condition: Condition, absent: frozenset[str], *, wanted: bool = True) -> bool:
    """Whether a condition can be true (or false, if that is wanted) though these facts are not known."""
    match condition:
        case Not(part):
            return may_be_true(part, absent, wanted=not wanted)
        case All(inner) | Any(inner):
            every = all if isinstance(condition, All) is wanted else any
            return every(may_be_true(part, absent, wanted=wanted) for part in inner)
        case _:
            return absent.isdisjoint(tested(condition))


def write_filling(write: Writer, facts: Iterable[str], implications: tuple[Implication, ...]) -> None:
    """Fill unknown facts by the implications that can reach one of these facts."""
    implications = tuple(implication for implication in implications if may_be_true(implication.given, write.absent))
    needed, relevant = set(facts), set[int]()
    while True:
        found = {index for index, implication in enumerate(implications) if needed & set(implication.then)} - relevant
        if not found:
            break
        relevant |= found
        needed |= {fact for index in found for fact in _tested(implications[index].given)}
    chosen = [implications[index] for index in sorted(relevant)]
    write.comparisons |= {fact for implication in chosen for fact in compared_facts(implication.given)}
    write.collect(implication.given for implication in chosen)
    fillable = dict.fromkeys(fact for implication in chosen for fact in implication.then if fact in needed)
    for fact in fillable:
        write.line(1, f"{write.name(fact)}_raw = {write.read(fact)}")
    write.filled = set(fillable)
    for implication in chosen:
        for fact in dict.fromkeys(_tested(implication.given)):
            write.load(fact)
        write.line(1, f"if {folded(write.sure(implication.given))}:")
        for fact, value in implication.then.items():
            if fact in fillable:
                write.line(2, f"if {write.name(fact)}_raw is None:")
                shown = repr(value) if isinstance(value, bool | int) else write.constant("VALUE", value)
                write.line(3, f"{write.name(fact)}_raw = {shown}")
        write.line(2, "pass")
        write.loaded -= set(implication.then)  # what was derived from them before holds no longer


def write_partly(write: Writer, candidate: Candidate, needed: frozenset[str]) -> None:
    """One rule: where it surely applies, and where it may."""
    rule = candidate.rule
    others = [write.truths[other] for other in rule.overridden_by if other in write.truths]
    ordered = sorted(parts(candidate.when), key=write.cost)
    may = folded(" and ".join([*(f"not {surely}" for surely, _, _ in others), *(write.grouped(part, write.may) for part in ordered)]) or "True")
    sure = folded(" and ".join([*(f"not {perhaps}" for _, perhaps, _ in others), *(write.grouped(part, write.sure) for part in ordered)]) or "True")
    bit = write.bit(Slot(rule))
    own = write.waits(candidate.when)
    if others and own != "0":  # what is undetermined may be the others alone
        own = f"(({own}) if not {write.grouped(candidate.when, write.sure)} else 0)"
    waits = folded(" | ".join([own, *(waiting for _, _, waiting in others)]))
    claims = list(claims_partly(write, rule))
    mine = f"r{len(write.truths)}" if rule.id in needed else ""
    if mine:
        write.truths[rule.id] = (f"{mine}_s", f"{mine}_m", f"{mine}_w")
    write.line(1, header(candidate))
    if may == "False":
        if mine:
            write.truths[rule.id] = ("False", "False", "0")
        return
    if mine:
        if may == "True" and sure in ("True", "False") and (sure == "True" or waits.isdigit()):
            write.truths[rule.id] = (sure, "True", "0" if sure == "True" else waits)
            mine = ""
        else:
            write.line(1, f"{mine}_s = {mine}_m = False")
            write.line(1, f"{mine}_w = 0")
    depth = 1
    if may != "True":
        write.line(1, f"if {may}:")
        depth = 2
    if sure != "False":
        if sure != "True":
            write.line(depth, f"if {sure}:")
        write_sure(write, rule, bit, claims, mine, depth + (sure != "True"))
    if sure != "True":
        if sure != "False":
            write.line(depth, "else:")
        write_maybe(write, rule, bit, claims, mine, waits, depth + (sure != "False"))


def write_sure(write: Writer, rule: Rule, bit: int, claims: Iterable[tuple[str, str, int, str]], mine: str, depth: int) -> None:
    """What follows where a rule surely applies."""
    add(write, depth, "sure", str(bit))
    if mine:
        write.line(depth, f"{mine}_s = {mine}_m = True")
    if rule.effect is Effect.ALLOW:
        add(write, depth, "opened", "1")
    for asks, unmet, asked_bit, waiting in claims:
        if asks == "False":
            continue
        inner = depth
        if asks != "True":
            write.line(depth, f"if {asks}:")
            inner += 1
        if unmet == "True":
            add(write, inner, "sure", str(asked_bit))
        elif unmet == "False":
            add(write, inner, "maybe", str(asked_bit))
            add(write, inner, "missing", waiting)
        else:
            write.line(inner, f"if {unmet}:")
            write.line(inner + 1, f"sure |= {asked_bit}")
            write.line(inner, "else:")
            write.line(inner + 1, f"maybe |= {asked_bit}")
            write.line(inner + 1, f"missing |= {waiting}")


def write_maybe(
    write: Writer, rule: Rule, bit: int, claims: Iterable[tuple[str, str, int, str]], mine: str, waits: str, depth: int
) -> None:
    """What follows where a rule may apply."""
    add(write, depth, "maybe", str(bit))
    name = waits
    if not waits.isdigit():
        name = "w"
        write.line(depth, f"w = {waits}")
    if mine:
        write.line(depth, f"{mine}_m = True")
        write.line(depth, f"{mine}_w = {name}")
    if rule.effect is Effect.ALLOW:
        add(write, depth, "opening", name)
    if rule.effect in (Effect.DENY, Effect.DUTY, Effect.ADVISE) or rule.duties or rule.hand_over:
        add(write, depth, "missing", name)
    for asks, _, asked_bit, waiting in claims:
        if asks == "False":
            continue
        inner = depth
        if asks != "True":
            write.line(depth, f"if {asks}:")
            inner += 1
        add(write, inner, "maybe", str(asked_bit))
        add(write, inner, "missing", folded(f"{name} | {waiting}"))


def add(write: Writer, depth: int, name: str, bits: str) -> None:
    """Add bits: beforehand, where they are the same whatever is known."""
    if depth == 1 and bits.isdigit():
        write.base[name] |= int(bits)
    else:
        write.line(depth, f"{name} |= {bits}")


def claims_partly(write: Writer, rule: Rule) -> Iterator[tuple[str, str, int, str]]:
    """For each claim of a rule: where it may count, where it surely does, its bit, and what it waits for."""
    asked: list[tuple[Condition, Condition, Slot]] = [(need.given, need.test, Slot(rule, need=index)) for index, need in enumerate(rule.needs)]
    if rule.approval:
        asked.append((All(()), rule.approval.met, Slot(rule, approval=True)))
    for given, met, slot in asked:
        asks, unmet = write.may(Not(met)), write.sure(Not(met))
        waiting = write.waits(met)
        if given != All(()):
            asks = f"{write.grouped(given, write.may)} and {asks}"
            unmet = f"{write.grouped(given, write.sure)} and {unmet}"
            waiting = f"(({write.waits(given)}) if not {write.grouped(given, write.sure)} else 0) | {waiting}"
        yield folded(asks), folded(unmet), write.bit(slot), folded(f"({waiting})")


def write_baseline_partly(write: Writer, starts: tuple[Start, ...]) -> None:
    """What the baseline waits for, while nothing surely opens it."""
    restricting = [start for start in starts if start.outcome is not Outcome.ALLOW]
    if not restricting:
        return
    waits = ["opening"]
    if len(starts) > 1:
        fact = write.program.baseline.fact
        waits.append(str(write.unknown_bits.setdefault(fact, 1 << len(write.unknown_bits))))
    approvals = [start.approval.met for start in restricting if start.approval]
    for start in restricting:
        if start.approval:
            met, bit = start.approval.met, write.bit(Slot(start=start))
            write.line(1, "# the baseline")
            write.line(1, f"if {folded(f'not ({write.sure(met)})')}:")
            write.line(2, f"if {folded(write.may(met))}:")
            write.line(3, f"maybe |= {bit}")
            write.line(2, "else:")
            write.line(3, f"sure |= {bit}")
    waits += [folded(f"({write.waits(met)} if {write.may(met)} and not ({write.sure(met)}) else 0)") for met in approvals]
    tests = ["not opened"]
    if len(approvals) == len(restricting):
        unmet = " or ".join(f"not ({write.sure(met)})" for met in approvals)
        tests.append(f"({unmet})")
    write.line(1, "# the baseline")
    write.line(1, f"if {folded(' and '.join(tests))}:")
    write.line(2, f"missing |= {folded(' | '.join(waits))}")


def folded(expression: str) -> str:
    """An expression without the constants in it that settle a part of it. Nothing in these expressions has an effect."""
    if not CONSTANT.search(expression):
        return expression
    node = Fold().visit(ast.parse(expression, mode="eval")).body
    return f"({ast.unparse(node)})" if isinstance(node, ast.IfExp) else ast.unparse(node)


CONSTANT = re.compile(r"\b(True|False|[0-9]+)\b")


class Fold(ast.NodeTransformer):
    """Settles what constants settle: of *and*, *or*, *not*, conditional expressions, and bits joined."""

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:  # noqa: N802 - the name is the library's
        """Settle *and* and *or*."""
        settling = isinstance(node.op, ast.Or)
        left: list[ast.expr] = []
        for value in map(self.visit, node.values):
            if isinstance(value, ast.Constant) and isinstance(value.value, bool):
                if value.value is settling:
                    return value
            else:
                left.append(value)
        if not left:
            return ast.Constant(not settling)
        return left[0] if len(left) == 1 else ast.BoolOp(node.op, left)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:  # noqa: N802
        """Settle *not*."""
        operand = self.visit(node.operand)
        if isinstance(node.op, ast.Not) and isinstance(operand, ast.Constant):
            return ast.Constant(not operand.value)
        return ast.UnaryOp(node.op, operand)

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:  # noqa: N802
        """Settle a conditional expression."""
        test = self.visit(node.test)
        if isinstance(test, ast.Constant):
            found: ast.expr = self.visit(node.body if test.value else node.orelse)
            return found
        return ast.IfExp(test, self.visit(node.body), self.visit(node.orelse))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:  # noqa: N802
        """Join bits."""
        if not isinstance(node.op, ast.BitOr):
            return node
        constant, others = 0, list[ast.expr]()
        for term in terms(node):
            value = self.visit(term)
            for inner in terms(value):
                if isinstance(inner, ast.Constant):
                    constant |= inner.value
                elif ast.dump(inner) not in map(ast.dump, others):
                    others.append(inner)
        if constant or not others:
            others.append(ast.Constant(constant))
        joined = others[0]
        for other in others[1:]:
            joined = ast.BinOp(joined, ast.BitOr(), other)
        return joined


def terms(node: ast.expr) -> Iterator[ast.expr]:
    """The terms that are joined by ``|``."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from terms(node.left)
        yield from terms(node.right)
    else:
        yield node


def completing_source(program: Program, implications: Iterable[Implication], defaults: Mapping[str, Anything], *, again: bool) -> Source:
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


def _tested(condition: Condition) -> Iterator[str]:
    match condition:
        case Not(part):
            yield from _tested(part)
        case All(inner) | Any(inner):
            for part in inner:
                yield from _tested(part)
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
    return FunctionType(code(text, name), {"__builtins__": {"KeyError": KeyError, "len": len, "dict": dict, "sum": sum, "tuple": tuple}}, name, tuple(constants.values()))


COMMENT = re.compile(r"(?m)^ *#.*\n|  #.*$")


@lru_cache(4096)
def code(text: str, name: str) -> CodeType:
    """The code of the one function in a text."""
    module = compile(text, f"<socialpolicy {name}>", "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))
