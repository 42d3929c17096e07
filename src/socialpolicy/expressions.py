"""Write expressions and readings of facts in Python: the words that generated functions are made of.

Constants (sets, tables, instants) are passed by name. The names of facts are the only texts of a policy in the source; they
are checked to be plain names first. Where facts need not be known, every test has two truths: what it surely is (``_s``) and
what it may be (``_m``); a third name holds the fact's bit where it is not known (``_u``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
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
from socialpolicy.dispatching import Candidate
from socialpolicy.folding import folded
from socialpolicy.program import Program, Rule, Start
from socialpolicy.telling import told
from socialpolicy.values import Kind

SUFFIX = re.compile(r"(_(s|m|u|raw|apart|[0-9]+))*")


def clash(name: str, other: str) -> bool:
    """Whether two names, or what is derived from them, may be one."""
    longer, shorter = (name, other) if len(name) >= len(other) else (other, name)
    return longer.startswith(shorter) and bool(SUFFIX.fullmatch(longer[len(shorter) :]))


PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)


@dataclass(slots=True)
class Slot:
    """What one bit of a decision's key stands for: a rule that applies, one of its claims (need or approval), or a start
    whose approval is not given.
    """

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
    truths: dict[str, tuple[str, str, str]] = field(
        default_factory=dict
    )  # of rules that override: surely, perhaps, waits
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
            name = "f_" + re.sub(r"\W", "_", fact)  # no constant begins so
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
            self.line(
                depth,
                f"{names} = {self.constant('TABLE', self.table(tests))}[facts[{fact!r}]]  # {self.told_tests(tests)}",
            )
        if kind is Kind.SET:
            default = self.defaults.get(fact)
            read = (
                f"facts[{fact!r}]" if default is None else f"facts.get({fact!r}, {self.constant('DEFAULT', default)})"
            )
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
            table: dict[Anything, Anything] = {
                True: (True, True, 0),
                False: (False, False, 0),
                None: (False, True, bit),
            }
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
                    if isinstance(part, All | Any) or (
                        isinstance(part, Not) and isinstance(part.part, All | Any | Not)
                    ):
                        settled = self.grouped(part, self.sure if isinstance(condition, All) else self.may)
                        test = f"not {settled}" if isinstance(condition, All) else settled
                        yield f"(({self.waits(part)}) if {test} else 0)"
                    else:
                        yield from self.waiting(part)
            case _:
                yield from map(self.unknown, tested(condition))
