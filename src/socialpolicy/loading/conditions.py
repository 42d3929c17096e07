"""Lower conditions: check what is written against the vocabulary, and give it the one canonical shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from socialpolicy.conditions import (
    ALWAYS,
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
    both,
    either,
)
from socialpolicy.instants import instant
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Finding, LimitError, Where, listed, meant
from socialpolicy.loading.models import Comparison, ConditionText, NamedCondition, TermsText
from socialpolicy.values import LARGEST_INT, UNKNOWN_WORD, Kind
from socialpolicy.vocabulary import Fact, GivenValue

CONDITION_NODES = 10_000
PROGRAM_NODES = 500_000
CONDITION_DEPTH = 128
VALUES = 2_000_000
"""How many values the tests of a policy name in all, groups spelt out."""
NUMERIC = ("at_least", "at_most", "more_than", "less_than")
OF_SETS = ("any_of", "all_of", "none_of", "nothing_but", "empty", "has")
TESTS_OF: dict[Kind, str] = {
    Kind.BOOL: "true or false",
    Kind.ENUM: "one of its values, a list of them, or {all_but: [...]}",
    Kind.STRING: "a text, a list of texts, {in_list: NAME} or {matches: PATTERN}",
    Kind.INT: "a whole number, a list of them, or at_least, at_most, more_than, less_than",
    Kind.DATETIME: "{before: INSTANT} or {from: INSTANT}",
    Kind.SET: "one value, or any_of, all_of, none_of, nothing_but, empty, has",
}


@dataclass(slots=True)
class Words:
    """The words that a policy's conditions may use: facts, groups of values, named conditions and lists of terms."""

    document: Document
    facts: dict[str, Fact]
    groups: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    left_out: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)  # groups that say what is not in them
    named: Mapping[str, NamedCondition | ConditionText] = field(default_factory=dict)
    terms: Mapping[str, TermsText] = field(default_factory=dict)
    approvals: str = ""
    lowered: dict[str, tuple[Condition, int, int]] = field(default_factory=dict)
    opening: list[str] = field(default_factory=list)
    nodes: int = 0
    nodes_in_all: int = 0
    values_in_all: int = 0
    level: int = 0  # how deep the condition is here, named ones spelt out
    deepest: int = 0
    above: int = 0  # how deep the named condition that is being lowered stands in others
    approvals_may_be_tested: bool = False
    uses: bool = True  # whether a vocabulary of the package is used
    core: frozenset[str] = frozenset()  # the names of the core vocabulary, where it is not used
    told_core: bool = False
    own: frozenset[str] = frozenset()  # the facts that no policy declares: they come with the package
    core_groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    added: frozenset[tuple[str, str]] = frozenset()  # values that policies added
    begun: Mapping[str, GivenValue | None] = field(default_factory=dict)  # the defaults before any policy said one

    # -- conditions --------------------------------------------------------------------------------------------------

    def condition(self, written: ConditionText | str, where: Where, *, approvals: bool = False) -> Condition:
        """Lower one whole condition. ``approvals`` says whether it may test the approvals given."""
        self.nodes, self.approvals_may_be_tested = 0, approvals
        lowered = self.lower(written, where)
        self.nodes_in_all += self.nodes
        if self.nodes_in_all > PROGRAM_NODES:
            self.give_up(where, f"the conditions of the policy have more than {PROGRAM_NODES:,} parts in all.")
        return lowered

    def lower(self, written: ConditionText | str, where: Where) -> Condition:
        """Lower a condition or a part of one."""
        if isinstance(written, str):
            return self.named_condition(written, where, on_key=False)
        self.deeper(where, 1)
        self.level += 1
        parts: list[Condition] = []
        for name, value in (written.__pydantic_extra__ or {}).items():
            at = (*where, name)
            fact = self.facts.get(name)
            if fact is not None:
                parts.append(self.test(fact, value, at))
            elif name in self.named or name in self.lowered:
                condition = self.named_condition(name, at, on_key=True)
                if value is not True and value is not False:
                    self.document.add(
                        "wrong-type", at, f"{name} is a condition: it holds or it does not.", "write true or false."
                    )
                parts.append(condition if value is True else Not(condition))
            else:
                self.unknown_fact(name, at)
        for index, part in enumerate(written.all or ()):
            parts.append(self.lower(part, (*where, "all", index)))
        if written.any:
            parts.append(either(*(self.lower(part, (*where, "any", index)) for index, part in enumerate(written.any))))
        if written.none:
            parts.append(
                Not(either(*(self.lower(part, (*where, "none", index)) for index, part in enumerate(written.none))))
            )
        if written.not_:
            parts.append(Not(self.single(written.not_, (*where, "not"))))
        self.count(where, len(parts))
        self.level -= 1
        return both(*parts)

    def single(self, written: ConditionText, where: Where) -> Condition:
        """Lower what stands directly under ``not`` or ``unless``: exactly one test, since two would be misread."""
        entries = [name for name in ("all", "any", "none") if getattr(written, name)] + (
            ["not"] if written.not_ else []
        )
        entries = [*(written.__pydantic_extra__ or {}), *entries]
        if len(entries) > 1:
            first, second = entries[:2]
            self.document.add(
                "two-tests",
                where,
                f"`{where[-1]}` holds {len(entries)} tests, which people read in two ways.",
                f"write any: [{{{first}: …}}, {{{second}: …}}] if one of them is enough, all: [...] if it takes all of them.",
                key=True,
            )
        return self.lower(written, where)

    def named_condition(self, name: str, where: Where, *, on_key: bool) -> Condition:
        """The lowered condition of that name."""
        if name in self.lowered:
            condition, size, depth = self.lowered[name]
            self.count(where, size)
            self.deeper(where, depth)
            return condition
        entry = self.named.get(name)
        if entry is None:
            hint = meant(name, self.named)
            if name in self.facts:
                hint = f"to test the fact, write {{{name}: …}}."
            self.document.add("unknown-condition", where, f"{name} is no condition of this policy.", hint, key=on_key)
            return ALWAYS
        if name in self.opening:
            circle = " -> ".join([*self.opening[self.opening.index(name) :], name])
            self.document.add(
                "condition-cycle",
                where,
                f"conditions that stand on each other in a circle: {circle}.",
                "break the circle.",
                key=on_key,
            )
            return ALWAYS
        if len(self.opening) > 60:
            self.give_up(where, "conditions stand on each other more than 60 deep.")
        before, self.nodes = self.nodes, 0
        around, self.above = (self.level, self.deepest, self.above), self.above + self.level
        self.level = self.deepest = 0
        self.opening.append(name)
        at: Where = ("conditions", name)
        condition = self.lower(entry.is_, (*at, "is")) if isinstance(entry, NamedCondition) else self.lower(entry, at)
        self.opening.pop()
        self.lowered[name] = condition, self.nodes, self.deepest
        depth = self.deepest
        self.nodes += before
        self.level, self.deepest, self.above = around
        self.deeper(where, depth)
        return condition

    def count(self, where: Where, parts: int) -> None:
        """Count the parts of a condition, named ones spelt out."""
        self.nodes += parts + 1
        if self.nodes > CONDITION_NODES:
            self.give_up(where, f"the condition has more than {CONDITION_NODES:,} parts, the named ones spelt out.")

    def deeper(self, where: Where, levels: int) -> None:
        """Note how deep a condition is, named ones spelt out."""
        self.deepest = max(self.deepest, self.level + levels)
        if self.above + self.deepest > CONDITION_DEPTH:
            self.give_up(where, f"the condition is more than {CONDITION_DEPTH} deep, the named ones spelt out.")

    def count_values(self, where: Where, values: int) -> None:
        """Count the values that tests name, groups spelt out."""
        self.values_in_all += values
        if self.values_in_all > VALUES:
            self.give_up(where, f"the tests of the policy name more than {VALUES:,} values in all, groups spelt out.")

    def give_up(self, where: Where, message: str) -> None:
        """Give up at a limit."""
        line, column = self.document.place(where)
        raise LimitError(
            Finding(
                "limit-reached",
                message,
                self.document.name,
                line,
                column,
                column + 1,
                "split it.",
                text=self.document.line(line),
            )
        )

    def unknown_fact(self, name: str, where: Where) -> None:
        """Add the finding for a name that is neither a fact nor a condition."""
        if self.core_left_out(name):
            return
        self.document.add(
            "unknown-fact",
            where,
            f"{name} is not a fact of the vocabulary, nor a condition of this policy.",
            meant(name, [*self.facts, *self.named]),
            key=True,
        )

    def core_left_out(self, name: str) -> bool:
        """Whether a name is unknown only because the core vocabulary is not used; that is said once."""
        if self.uses or name not in self.core:
            return False
        if not self.told_core:
            self.told_core = True
            self.document.add(
                "unknown-vocabulary",
                ("vocabulary",),
                f"{name} is a fact of the core vocabulary, which this policy does not use.",
                "write `uses: core@1` in `vocabulary`, or declare all facts of your own.",
                key=True,
            )
        return True

    # -- tests of one fact -------------------------------------------------------------------------------------------

    def test(self, fact: Fact, value: Any, where: Where) -> Condition:
        """Lower what is written behind a fact's name."""
        if fact.name == self.approvals and not self.approvals_may_be_tested:
            self.document.add(
                "approval-in-condition",
                where,
                f"{fact.name} may be tested in approvals, guarantees and tests alone.",
                "a deny that an approval lifts is `effect: ask` with `approval:`.",
                key=True,
            )
        if isinstance(value, Comparison):
            return self.comparison(fact, value, where)
        if fact.kind is Kind.SET:
            return self.set_member(fact, value, where)
        values = self.plain_values(
            fact, value if isinstance(value, list) else [value], where, indexed=isinstance(value, list)
        )
        return OneOf(fact.name, frozenset(values))  # type: ignore[arg-type]

    def set_member(self, fact: Fact, value: Any, where: Where) -> Condition:
        """A bare value on a set fact means "has it"; a bare list could mean any or all."""
        if isinstance(value, list):
            text = ", ".join(map(str, value))
            self.document.add(
                "list-on-set",
                where,
                f"{fact.name} is a set: any of these, or all of these?",
                f"write {{any_of: [{text}]}} or {{all_of: [{text}]}}.",
            )
            return ALWAYS
        if isinstance(value, str) and value in self.groups.get(fact.name, {}):
            self.document.add(
                "list-on-set",
                where,
                f"{value} is a group of values, and {fact.name} a set: any of them?",
                f"write {{any_of: [{value}]}}.",
            )
            return ALWAYS
        return Includes(fact.name, frozenset(self.strings(fact, [value], where, indexed=False)))

    def plain_values(self, fact: Fact, values: list[Any], where: Where, *, indexed: bool) -> Iterable[bool | int | str]:
        """Check the values that a fact is compared with, groups spelt out."""
        if fact.kind is Kind.ENUM or fact.kind is Kind.STRING:
            return self.strings(fact, values, where, indexed=indexed)
        if fact.kind is Kind.DATETIME:
            self.document.add(
                "wrong-type",
                where,
                f"{fact.name} is an instant: it is before another, or from it on.",
                f"write {TESTS_OF[fact.kind]}.",
            )
            return []
        if fact.kind is Kind.BOOL and indexed:
            self.document.add(
                "wrong-type", where, f"{fact.name} is true or false.", "write true or false, without a list."
            )
            return []
        checked: list[bool | int] = []
        for index, value in enumerate(values):
            at = (*where, index) if indexed else where
            if fact.kind is Kind.BOOL and isinstance(value, bool):
                checked.append(value)
            elif fact.kind is Kind.INT and isinstance(value, int) and not isinstance(value, bool):
                self.in_bounds(fact, value, at)
                checked.append(value)
            else:
                self.type_mismatch(fact, value, at)
        return checked

    def strings(self, fact: Fact, values: list[Any], where: Where, *, indexed: bool, groups: bool = True) -> list[str]:
        """Check values that are words, and spell out groups."""
        checked: list[str] = []
        known = self.groups.get(fact.name, {})
        for index, value in enumerate(values):
            at = (*where, index) if indexed else where
            if not isinstance(value, str):
                self.type_mismatch(fact, value, at)
            elif value == UNKNOWN_WORD:
                self.document.add(
                    "test-for-unknown",
                    at,
                    f"no condition can test whether {fact.name} is known.",
                    "what to do where it is not known is said once, by `when_unknown`.",
                )
            elif fact.values and value not in fact.values:
                if groups and value in known:
                    self.count_values(at, len(known[value]))
                    checked.extend(known[value])
                elif value in known:
                    self.document.add(
                        "group-in-all-of",
                        at,
                        f"{value} is a group; `all_of` takes single values.",
                        "write the values out.",
                    )
                else:
                    self.document.add(
                        "unknown-value",
                        at,
                        f"{fact.name} has no value {value}.",
                        meant(value, [*fact.values, *known]) or f"it has {listed(fact.values)}.",
                    )
            else:
                checked.append(value)
        return checked

    def type_mismatch(self, fact: Fact, value: Any, where: Where) -> None:
        """Add the finding for a value that the fact cannot have."""
        hint = f"write {TESTS_OF[fact.kind]}."
        if fact.kind is Kind.BOOL and isinstance(value, str):
            hint = {"yes": "write true.", "no": "write false."}.get(value, hint)
        self.document.add(
            "type-mismatch",
            where,
            f"{fact.name} is {'an' if fact.kind in (Kind.ENUM, Kind.INT) else 'a'} {fact.kind.value}; it cannot be {told_value(value)}.",
            hint,
        )

    def in_bounds(self, fact: Fact, value: int, where: Where) -> None:
        """Check a number against the bounds of its fact."""
        if (fact.minimum is not None and value < fact.minimum) or (fact.maximum is not None and value > fact.maximum):
            limits = [f"at least {fact.minimum}"] * (fact.minimum is not None) + [f"at most {fact.maximum}"] * (
                fact.maximum is not None
            )
            self.document.add(
                "out-of-range",
                where,
                f"{fact.name} is {' and '.join(limits)}; {value} never occurs.",
                "compare with a number that occurs.",
            )

    # -- comparisons -------------------------------------------------------------------------------------------------

    def comparison(self, fact: Fact, written: Comparison, where: Where) -> Condition:
        """Lower the comparisons behind a fact's name; several of them hold together."""
        given = [name for name in COMPARISONS if getattr(written, name) is not None]
        parts: list[Condition] = []
        numeric = [name for name in given if name in NUMERIC]
        if numeric:
            parts.append(self.bounds(fact, written, numeric, where))
        instants = [name for name in given if name in ("before", "from_")]
        if instants:
            parts.append(self.span(fact, written, where))
        for name in given:
            if name not in numeric and name not in instants:
                parts.append(COMPARISONS[name](self, fact, getattr(written, name), (*where, name)))
        return both(*parts)

    def mismatch(self, fact: Fact, where: Where) -> Condition:
        """Add the finding for a comparison that facts of this type do not have."""
        word = str(where[-1]).rstrip("_")
        hint = f"write {TESTS_OF[fact.kind]}."
        if word in ("any_of", "in_list") and fact.kind is Kind.ENUM:
            hint = "write the list itself: [...]."
        elif word == "none_of" and fact.kind is Kind.ENUM:
            hint = "write {all_but: [...]}."
        elif word == "all_but" and fact.kind is Kind.SET:
            hint = "write {none_of: [...]} or {nothing_but: [...]}."
        self.document.add(
            "type-mismatch", where, f"{fact.name} is {described(fact)}, which has no `{word}`.", hint, key=True
        )
        return ALWAYS

    def bounds(self, fact: Fact, written: Comparison, names: list[str], where: Where) -> Condition:
        """Numbers, and the values of an ordered enum, between bounds."""
        if fact.kind is Kind.ENUM and fact.ordered:
            chosen = set(range(len(fact.values)))
            for name in names:
                value = getattr(written, name)
                if not self.strings(fact, [value], (*where, name), indexed=False, groups=False):
                    return ALWAYS
                if value not in fact.values:  # what the values are was refused
                    return ALWAYS
                rank = fact.values.index(value)
                chosen &= {index for index in chosen if COMPARE[name](index, rank)}
            values = frozenset(fact.values[index] for index in chosen)
            if not values:
                self.document.add(
                    "never-true",
                    where,
                    f"no value of {fact.name} passes all of these comparisons.",
                    "check which of them is meant.",
                )
            return OneOf(fact.name, values)
        if fact.kind is not Kind.INT:
            return self.mismatch(fact, (*where, names[0]))
        low, high = -LARGEST_INT - 2, LARGEST_INT + 2
        for name in names:
            value = getattr(written, name)
            at = (*where, name)
            if not isinstance(value, int) or isinstance(value, bool):
                self.type_mismatch(fact, value, at)
                return ALWAYS
            self.in_bounds(fact, value, at)
            if name in ("at_least", "more_than"):
                low = max(low, value + (name == "more_than"))
            else:
                high = min(high, value - (name == "less_than"))
        least = fact.minimum if fact.minimum is not None else low
        greatest = fact.maximum if fact.maximum is not None else high
        if max(low, least) > min(high, greatest):
            self.document.add(
                "never-true",
                where,
                f"no number passes all of these comparisons of {fact.name}.",
                "check which of them is meant.",
            )
        return Between(fact.name, low if low >= -LARGEST_INT else None, high if high <= LARGEST_INT else None)

    def span(self, fact: Fact, written: Comparison, where: Where) -> Condition:
        """Instants from one on, and before another."""
        if fact.kind is not Kind.DATETIME:
            return self.mismatch(fact, (*where, "before" if written.before is not None else "from"))
        found = {}
        for name, text in (("from", written.from_), ("before", written.before)):
            if text is not None:
                found[name] = instant(text)
                if found[name] is None:
                    self.document.add(
                        "bad-instant",
                        (*where, name),
                        f'"{text[:60]}" is no instant.',
                        'write date, time and offset: "2026-03-01T09:00:00+01:00".',
                    )
        start, end = found.get("from"), found.get("before")
        if start and end and start >= end:
            self.document.add(
                "never-true",
                where,
                f"no instant passes both comparisons of {fact.name}.",
                "put the earlier one behind `from`.",
            )
        return During(fact.name, start, end)

    def in_list(self, fact: Fact, value: str, where: Where) -> Condition:
        """A string that is an entry of a list of the policy's ``terms``."""
        if fact.kind is not Kind.STRING:
            return self.mismatch(fact, where)
        terms = self.terms.get(value)
        if terms is None:
            self.document.add("unknown-terms", where, f"{value} is no list of `terms`.", meant(value, self.terms))
            return ALWAYS
        if terms.kind == "words":
            self.document.add(
                "type-mismatch",
                where,
                f"{value} is a list of words, which are looked for in texts; a fact can be in a list of handles or hosts.",
            )
        self.count_values(where, len(terms.entries))
        return OneOf(fact.name, frozenset(terms.entries), value)

    def matching(self, fact: Fact, value: str, where: Where) -> Condition:
        """A string that matches a pattern."""
        return Matches(fact.name, value) if fact.kind is Kind.STRING else self.mismatch(fact, where)

    def of_set(
        self,
        fact: Fact,
        value: list[str],
        where: Where,
        make: Callable[[str, frozenset[str]], Condition],
        groups: bool = True,
    ) -> Condition:
        """A test of a set fact against a list of values."""
        if fact.kind is not Kind.SET:
            return self.mismatch(fact, where)
        return make(fact.name, frozenset(self.strings(fact, list(value), where, indexed=True, groups=groups)))

    def all_but(self, fact: Fact, value: list[str], where: Where) -> Condition:
        """Any value of an enum but these."""
        if fact.kind is not Kind.ENUM:
            return self.mismatch(fact, where)
        return OneOf(fact.name, self.without(fact, value, where))

    def without(self, fact: Fact, value: list[str], where: Where) -> frozenset[str]:
        """The values of an enum that are left without these."""
        left = frozenset(fact.values) - frozenset(self.strings(fact, list(value), where, indexed=True))
        self.count_values(where, len(left))
        if not left:
            self.document.add("never-true", where, f"nothing is left of {fact.name} without all of these.")
        return left

    def is_empty(self, fact: Fact, value: bool, where: Where) -> Condition:
        """Whether a set is empty."""
        if fact.kind is not Kind.SET:
            return self.mismatch(fact, where)
        empty = Within(fact.name, frozenset())
        return empty if value else Not(empty)

    def same_as(self, fact: Fact, value: str, where: Where) -> Condition:
        """Another fact of the same type has the same value."""
        other = self.other(fact, value, where)
        if other and (
            other.kind is not fact.kind or (fact.values and other.values and not set(fact.values) & set(other.values))
        ):
            self.document.add(
                "type-mismatch",
                where,
                f"{fact.name} is {described(fact)} and {value} {described(other)}: they are never the same.",
            )
        return SameAs(fact.name, value)

    def has(self, fact: Fact, value: Any, where: Where) -> Condition:
        """A set has the value of another fact."""
        if fact.kind is not Kind.SET:
            return self.mismatch(fact, where)
        other = self.other(fact, value.fact, (*where, "fact"))
        kind = Kind.ENUM if fact.values else Kind.STRING
        if other and (other.kind is not kind or (fact.values and not set(fact.values) & set(other.values))):
            self.document.add(
                "type-mismatch", where, f"{fact.name} holds what {value.fact}, {described(other)}, can never be."
            )
        return Has(fact.name, value.fact)

    def other(self, fact: Fact, name: str, where: Where) -> Fact | None:
        """The other fact of a comparison of two."""
        other = self.facts.get(name)
        if other is None:
            self.document.add(
                "unknown-fact", where, f"{name} is not a fact of the vocabulary.", meant(name, self.facts)
            )
        elif name == fact.name:
            self.document.add("compared-with-itself", where, f"{name} is compared with itself.", "name another fact.")
        elif name == self.approvals and not self.approvals_may_be_tested:
            self.document.add(
                "approval-in-condition", where, f"{name} may be tested in approvals, guarantees and tests alone."
            )
        return other

    # -- values that are stated --------------------------------------------------------------------------------------

    def given(self, fact: Fact, value: Any, where: Where) -> GivenValue | None:
        """Check a value that a vocabulary gives (a default, what an implication fills in)."""
        if fact.kind is Kind.SET:
            if not isinstance(value, list):
                self.document.add(
                    "type-mismatch", where, f"{fact.name} is a set: its value is a list.", f"write [{value}]."
                )
                return None
            return frozenset(self.strings(fact, value, where, indexed=True, groups=False))
        if fact.kind is Kind.DATETIME:
            self.document.add(
                "type-mismatch", where, f"{fact.name} is an instant, which only the caller can state.", "leave it out."
            )
            return None
        if isinstance(value, list):
            self.document.add(
                "type-mismatch",
                where,
                f"{fact.name} is {described(fact)}: it has one value.",
                f"write {TESTS_OF[fact.kind].split(',')[0]}.",
            )
            return None
        groups, self.groups = self.groups, {}
        checked = list(self.plain_values(fact, [value], where, indexed=False))
        self.groups = groups
        return checked[0] if checked else None


def told_value(value: Any) -> str:
    """A value as its author wrote it."""
    return (
        str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)[:60]
    )


def described(fact: Fact) -> str:
    """The type of a fact in words."""
    return {
        Kind.BOOL: "true or false", Kind.ENUM: "an ordered enum" if fact.ordered else "an enum", Kind.STRING: "a string",
        Kind.INT: "an int", Kind.DATETIME: "an instant", Kind.SET: "a set",
    }[fact.kind]  # fmt: skip


COMPARE: dict[str, Callable[[int, int], bool]] = {
    "at_least": lambda a, b: a >= b,
    "at_most": lambda a, b: a <= b,
    "more_than": lambda a, b: a > b,
    "less_than": lambda a, b: a < b,
}


def _any_of(fact: str, values: frozenset[str]) -> Condition:
    return Includes(fact, values)


def _all_of(fact: str, values: frozenset[str]) -> Condition:
    return Includes(fact, values, max(1, len(values)))


def _none_of(fact: str, values: frozenset[str]) -> Condition:
    return Not(Includes(fact, values))


COMPARISONS: dict[str, Callable[..., Condition]] = {
    **dict.fromkeys((*NUMERIC, "before", "from_"), Words.bounds),
    "in_list": Words.in_list,
    "matches": Words.matching,
    "any_of": partial(Words.of_set, make=_any_of),
    "all_of": partial(Words.of_set, make=_all_of, groups=False),
    "none_of": partial(Words.of_set, make=_none_of),
    "nothing_but": partial(Words.of_set, make=Within),
    "all_but": Words.all_but,
    "empty": Words.is_empty,
    "same_as": Words.same_as,
    "has": Words.has,
}
