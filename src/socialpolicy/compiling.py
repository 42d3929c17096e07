"""Compile a program to Python that decides single actions fast, and exactly as ``interpret`` does.

The values of a few facts lead, by one look-up in a table, to a function made for the few rules that can concern such an
action (``dispatching``); what it finds is an integer, and that integer leads to a decision that was made before. So a decision
costs as much as testing its rules. Functions and decisions are made when they are first needed, and bounded in number.

Where a fact is not known, the first function raises and a second one takes its place, in which every test has two truths.
Where that one raises as well, the facts were not what the caller promised: they are checked, and the check says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import product
from typing import Any as Anything
from typing import TypeAlias

from socialpolicy.actions import Checker
from socialpolicy.bounding import partly_source
from socialpolicy.completing import complete
from socialpolicy.conditions import All, Any, Condition, Not, OneOf, holds, reads, tested
from socialpolicy.decisions import Claim, Decision, Denial, Revision, decided
from socialpolicy.dispatching import OTHER, Candidate, Other, candidates, dimensions, parts
from socialpolicy.generating import Filling, Source, completing_source, deciding_source, made, outcome_source
from socialpolicy.interpret import baseline_claims, interpret, standing, still_asked
from socialpolicy.program import Effect, Outcome, Program, Start
from socialpolicy.values import Facts, Truth, Value
from socialpolicy.vocabulary import GivenValue, Implication

Key: TypeAlias = tuple[Anything, ...]
UNFIT = (KeyError, TypeError, AttributeError)
"""What generated code raises for facts that it was not made for."""

KEYS = 65_536
FUNCTIONS = 4_096
DECISIONS = 65_536
CANDIDATES = 1_000
FEW = 2
SHAPES = 1_024
SHAPE_SEEN = 32
"""Bounds: of the table, of functions, of decisions kept; the candidates beyond which a function would be too large; and how many
of the facts that rules read may be missing for it to be worth trying the function that needs them all; how many functions are
made for actions that state the same few facts, and how many such actions must have been seen before."""


class Kept(dict[Anything, Anything]):
    """What was made for a key, made when it is first asked for, and forgotten when it is too much."""

    __slots__ = ("bound", "make")

    def __init__(self, make: Callable[[Anything], Anything], bound: int) -> None:
        super().__init__()
        self.make, self.bound = make, bound

    def __missing__(self, key: Anything) -> Anything:
        value = self.make(key)
        if len(self) >= self.bound:
            self.clear()
        self[key] = value
        return value


class Normal(dict[Anything, Anything]):
    """Texts that rules name, and ``OTHER`` for all others."""

    def __missing__(self, text: Anything) -> Other:
        if type(text) is not str:
            raise KeyError(text)
        return OTHER


class Compiled:
    """A program, compiled.

    It trusts its callers: facts are given flat, by names and with values that the vocabulary knows (sets as ``frozenset``,
    instants in UTC), those that are not known are left out or ``None``, and none contradicts what follows from others.
    ``Action.from_dict`` makes such facts. Facts that are not known are filled in by implications and defaults, as ever. What
    is not so is not noticed for certain: a name that is no fact is not looked at. Whoever has not checked calls
    ``Decider.decide``, which does.

    ``decide(facts)`` returns the ``Decision``; ``outcome(facts)`` the outcome alone.
    """

    decide: Callable[[Facts], Decision]
    outcome: Callable[[Facts], Outcome]
    decide_completed: Callable[[Facts], Decision]
    outcome_completed: Callable[[Facts], Outcome]
    complete: Callable[[Facts], dict[str, Value | None]]

    def __init__(self, program: Program) -> None:
        self.program = program
        self.dimensions = dimensions(program)
        self._normals = [
            Normal({value: value for value in one.candidates if value != OTHER}) if one.open else None
            for one in self.dimensions
        ]
        self._interned: dict[Decision, Decision] = {}
        self._functions: dict[str, Kept] = {
            name: Kept(make, FUNCTIONS)
            for name, make in (("decide", self._decide), ("outcome", self._outcome), ("partly", self._partly))
        }
        self._tables: dict[str, dict[Anything, Callable[[Facts], Anything]]] = {
            "decide": {},
            "outcome": {},
            "partly": {},
            "shapes": {},
        }
        self._shapes_seen: dict[Anything, int] = {}
        self._filling, self.complete = completer(program)
        vocabulary, start = program.vocabulary, program.baseline.fact
        self._start_may_follow = bool(start) and (
            vocabulary.facts[start].default is not None
            or any(start in implication.then for implication in vocabulary.implications)
        )
        read = {fact for rule in program.rules for condition in rule.conditions for fact in reads(condition)}
        self._many = len(read - {name for name, fact in vocabulary.facts.items() if fact.default is not None}) - FEW
        at_once = self._filling is not None and not self._start_may_follow
        self.decide_completed = self._dispatcher("decide", self._decide_slowly, partly=not self._start_may_follow)
        self.outcome_completed = self._dispatcher("outcome", self._outcome_slowly, partly=not self._start_may_follow)
        if self._filling is None:
            self.decide = self._dispatcher(
                "decide", lambda facts: self._decide_slowly(self._completed(facts)), partly=at_once
            )
            self.outcome = self._dispatcher(
                "outcome", lambda facts: self._outcome_slowly(self._completed(facts)), partly=at_once
            )
        else:
            self.decide, self.outcome = self.decide_completed, self.outcome_completed

    def __repr__(self) -> str:
        return (
            f"<Compiled {self.program.identity.id}, by {', '.join(one.fact for one in self.dimensions) or 'nothing'}>"
        )

    # -- what others may ask -----------------------------------------------------------------------------------------

    def source(self, facts: Facts) -> str:
        """The Python that decides about actions like this one."""
        facts = self._completed(facts)
        key = self._key(facts)
        names = ", ".join(f"{one.fact} is {value}" for one, value in zip(self.dimensions, key, strict=True))
        found, starts = self._signature(key)
        if len(found) > CANDIDATES:
            return (
                f"# {len(found):,} rules can concern such an action: too many for a function, so interpret decides.\n"
            )
        filling = self._filling or Filling()
        text = partly_source(self.program, found, starts, filling).text
        if None not in key:
            try:
                self._function("decide", key)(facts)
                text = deciding_source(self.program, found, starts, filling).text
            except UNFIT:  # some fact that it needs is not known
                pass
        return (f"# {ascii(names)[1:-1]}\n" if names else "") + text

    def warm(self) -> int:
        """Make the functions for all values of the facts that lead to them, up to the bound, and return how many."""
        keys = product(*(list(one.candidates) for one in self.dimensions))
        for _, key in zip(range(KEYS), keys, strict=False):
            for name in ("decide", "outcome"):
                self._tables[name][self._table_key(key)] = self._function(name, key)
        return len(self._tables["decide"])

    # -- dispatch ----------------------------------------------------------------------------------------------------

    def _dispatcher(
        self, name: str, slowly: Callable[[Facts], Anything], *, partly: bool
    ) -> Callable[[Facts], Anything]:
        """The function that finds the function: one look-up by the values of the facts to dispatch on; another where some fact
        turns out not to be known (if ``partly`` functions may be given such facts at once); and then the longer way.
        """
        key, open_key = self._key_text("facts[{!r}]", "NORMAL"), self._key_text("get({!r})", "PARTLY")
        text = f"def {name}(facts):\n"
        if name == "decide" and partly:  # where many facts are missing, some that is needed nearly always is
            text += f"    if len(facts) < {self._many}:\n        try:\n            get = facts.get\n"
            text += f"            if len(facts) < {self._many // 2}:\n"
            text += f"                shape = SHAPES.get((tuple(facts), {open_key}))\n"
            text += "                if shape is not None:\n                    return shape(facts)\n"
            text += f"                seen((tuple(facts), {open_key}), facts)\n"
            text += f"            return TABLE_PARTLY[{open_key}](facts)\n        except UNFIT:\n            return slowly(facts)\n"
        text += f"    try:\n        return TABLE[{key}](facts)\n    except UNFIT:\n        pass\n"
        if partly:
            outcome = ".outcome" if name == "outcome" else ""
            text += f"    try:\n        get = facts.get\n        return TABLE_PARTLY[{open_key}](facts){outcome}\n    except UNFIT:\n        pass\n"
        text += "    return slowly(facts)\n"
        constants: dict[str, Anything] = {
            "SHAPES": self._tables["shapes"],
            "seen": self._seen,
            "TABLE": self._tables[name],
            "TABLE_PARTLY": self._tables["partly"],
            "UNFIT": UNFIT,
        }
        for index, normal in enumerate(self._normals):
            if normal is not None:
                constants |= {f"NORMAL{index}": normal, f"PARTLY{index}": Normal({None: None, **normal})}
        return made(Source(text, constants, (), (), None), name, slowly=slowly)

    def _seen(self, shape: Key, facts: Facts) -> None:
        """Count the actions that state the same few facts; where there are many, make them a function of their own.

        Programs that ask for decisions state the same facts each time. No more functions are made than there is room for.
        """
        count = self._shapes_seen.get(shape, 0) + 1
        self._shapes_seen[shape] = count
        if len(self._shapes_seen) >= KEYS:
            self._shapes_seen.clear()
        if count == SHAPE_SEEN and len(self._tables["shapes"]) < SHAPES:
            found, starts = self._signature(self._key(facts))
            if len(found) <= CANDIDATES:
                self._tables["shapes"][shape] = self._made_partly((found, starts), frozenset(facts))

    def _key_text(self, read: str, normal: str) -> str:
        """The expression for a key of the tables."""
        values = [
            read.format(one.fact) if known is None else f"{normal}{index}[{read.format(one.fact)}]"
            for index, (one, known) in enumerate(zip(self.dimensions, self._normals, strict=True))
        ]
        return ", ".join(values) or "()"

    def _table_key(self, key: Key) -> Anything:
        return key if len(key) != 1 else key[0]

    def _key(self, facts: Facts) -> Key:
        """The values of the facts to dispatch on; an unknown one is ``None``. Raises ``ActionError`` for values there are not."""
        key = []
        for one in self.dimensions:
            value: Anything = facts.get(one.fact)
            if value is not None and one.open and type(value) is str:
                value = value if value in one.candidates else OTHER
            if value is not None and (not isinstance(value, str | bool | Other) or value not in one.candidates):
                self._checked(facts)
            key.append(value)
        return tuple(key)

    def _decide_slowly(self, facts: Facts) -> Decision:
        """Decide where functions are still to be made, where some fact is not known, or where facts are not what they should be."""
        facts = self._with_start(facts)
        key = self._key(facts)
        for name in ("decide", "partly"):
            function = self._kept(name, key)
            if function is not None:
                try:
                    return function(facts)  # type: ignore[no-any-return]
                except UNFIT:
                    pass
        return self._interned_of(interpret(self.program, self._checked(facts)))

    def _outcome_slowly(self, facts: Facts) -> Outcome:
        """The outcome, where it takes the longer way."""
        facts = self._with_start(facts)
        function = self._kept("outcome", self._key(facts))
        if function is not None:
            try:
                return function(facts)  # type: ignore[no-any-return]
            except UNFIT:
                pass
        return self._decide_slowly(facts).outcome

    def _kept(self, name: str, key: Key) -> Callable[[Facts], Anything] | None:
        """The function for a key, from now on in the table; where the key is not all known there is ``partly`` alone."""
        if None in key and name != "partly":
            return None
        table = self._tables[name]
        function = table.get(self._table_key(key))
        if function is None:
            function = self._function(name, key)
            if len(table) >= KEYS:
                table.clear()
            table[self._table_key(key)] = function
        return function

    def _with_start(self, facts: Facts) -> Facts:
        """The facts, completed first where otherwise the start of the decision would not be known, though it follows."""
        return (
            self._completed(facts)
            if self._start_may_follow and facts.get(self.program.baseline.fact) is None
            else facts
        )

    def _completed(self, facts: Facts) -> Facts:
        """The facts with all that follows from them; those that are not what they should be are checked first."""
        try:
            return self.complete(facts)
        except UNFIT:
            return complete(self.program.vocabulary, self._checked(facts))

    def _checked(self, facts: Facts) -> Facts:
        """The facts in the form that deciding knows. Raises ``ActionError`` where they have none."""
        return Checker(self.program.vocabulary)(facts)

    # -- functions ---------------------------------------------------------------------------------------------------

    def _signature(self, key: Key) -> tuple[tuple[Candidate, ...], tuple[Start, ...]]:
        """What makes functions one and the same: the candidates, and the starts that are possible."""
        found = candidates(self.program, self.dimensions, key)
        baseline = self.program.baseline
        values = dict(zip((one.fact for one in self.dimensions), key, strict=True))
        value = values.get(baseline.fact) if baseline.fact else ""
        if baseline.fact and baseline.fact not in values:  # then all starts are alike
            value = next(iter(baseline.starts))
        starts = tuple(dict.fromkeys(baseline.starts.values())) if value is None else (baseline.starts[value],)
        return found, starts

    def _function(self, name: str, key: Key) -> Callable[[Facts], Anything]:
        """The function of that name for a key: one for all keys with the same candidates."""
        signature = self._signature(key)
        if len(signature[0]) > CANDIDATES:
            return (lambda facts: interpret(self.program, facts).outcome) if name == "outcome" else self._interpreted
        function: Callable[[Facts], Anything] = self._functions[name][signature]
        return function

    def _interpreted(self, facts: Facts) -> Decision:
        return self._interned_of(interpret(self.program, facts))

    def _decide(self, signature: Anything) -> Callable[[Facts], Decision]:
        found, starts = signature
        source = deciding_source(self.program, found, starts, self._filling or Filling())

        def make(key: Anything) -> Decision:
            fired, given = key if isinstance(key, tuple) else (key, frozenset())
            return self._decision(source, starts, fired, 0, (), given)

        return made(source, "decide", DECISIONS=Kept(make, DECISIONS))

    def _partly(self, signature: Anything) -> Callable[[Facts], Decision]:
        return self._made_partly(signature, None)

    def _made_partly(self, signature: Anything, stated: frozenset[str] | None) -> Callable[[Facts], Decision]:
        found, starts = signature
        source = partly_source(self.program, found, starts, self._filling or Filling(), stated=stated)

        def make(key: Anything) -> Decision:
            sure, maybe, missing, *given = key
            names = tuple(fact for index, fact in enumerate(source.facts) if missing >> index & 1)
            return self._decision(source, starts, sure, maybe, names, given[0] if given else frozenset())

        return made(source, "partly", DECISIONS=Kept(make, DECISIONS))

    def _outcome(self, signature: Anything) -> Callable[[Facts], Outcome]:
        found, starts = signature
        source = outcome_source(self.program, found, starts, self._filling or Filling())
        return made(source, "outcome", **{outcome.name: outcome for outcome in Outcome})

    # -- decisions ---------------------------------------------------------------------------------------------------

    def _decision(
        self, source: Source, starts: tuple[Start, ...], sure: int, maybe: int, missing: Sequence[str], given: Anything
    ) -> Decision:
        """The decision that the bits of a key stand for."""
        applies: dict[str, Truth] = {}
        claims: list[Claim] = []
        unmet: dict[Start, Truth] = {}
        approvals = self.program.vocabulary.approvals
        facts: Facts = {approvals: given}
        for index, slot in enumerate(source.slots):
            truth = Truth.TRUE if sure >> index & 1 else Truth.UNKNOWN if maybe >> index & 1 else Truth.FALSE
            rule = slot.rule
            if slot.start is not None:
                unmet[slot.start] = truth
            if truth is Truth.FALSE or rule is None:
                continue
            if slot.need is not None:
                need = rule.needs[slot.need]
                claims.append(Claim(truth, Outcome.REVISE, Revision(rule.id, need.test, need.say, need.fixable_by)))
            elif slot.approval and rule.approval:
                claims.append(
                    Claim(
                        truth,
                        Outcome.ASK,
                        still_asked(self.program, rule.part_of or rule.id, rule.approval, rule.say, facts),
                    )
                )
            else:
                applies[rule.id] = truth
                if rule.effect is Effect.DENY:
                    claims.append(Claim(truth, Outcome.DENY, Denial(rule.id, rule.say, rule.instead)))
        opened = max(
            (
                applies.get(slot.rule.id, Truth.FALSE)
                for slot in source.slots
                if slot.rule and slot.rule.effect is Effect.ALLOW
            ),
            default=Truth.FALSE,
        )
        return self._interned_of(
            decided(
                self.program,
                applies=applies,
                claims=[*baseline_claims(self.program, starts, opened, unmet, facts), *claims],
                start=standing(starts, opened, unmet),
                missing=missing,
            )
        )

    def _interned_of(self, decision: Decision) -> Decision:
        """The one object for equal decisions."""
        if len(self._interned) >= DECISIONS:
            self._interned.clear()
        return self._interned.setdefault(decision, decision)


def completer(program: Program) -> tuple[Filling | None, Callable[[Facts], dict[str, Value | None]]]:
    """How functions may fill unknown facts by themselves (``None`` where they may not), and a function that completes facts as
    ``complete`` does, made for the vocabulary where that is possible.
    """
    vocabulary = program.vocabulary

    def slowly(facts: Facts) -> dict[str, Value | None]:
        return complete(vocabulary, facts)

    defaults = {name: fact.default for name, fact in vocabulary.facts.items() if fact.default is not None}
    involved = {
        name for implication in vocabulary.implications for name in (*implication.then, *reads(implication.given))
    }
    if involved & set(defaults):
        return None, slowly  # which defaults to leave out is then a question that takes the whole of `complete`
    every = vocabulary.implications
    graph = {
        index: {other for other, before in enumerate(every) if other != index and helps(before, after)}
        for index, after in enumerate(every)
    }
    try:
        order = tuple(every[index] for index in TopologicalSorter(graph).static_order())
        filling: Filling | None = Filling(order, defaults)
    except CycleError:
        order, filling = every, None
    source = completing_source(program, order, defaults, again=filling is None)
    return filling, made(source, "completed", slowly=slowly)


def helps(before: Implication, after: Implication) -> bool:
    """Whether what one implication fills in may make the condition of another true that then fills in something new.

    Filling in a value can only make those tests true that pass for it (or fail for it, where they are negated).
    """
    settled: dict[str, GivenValue] = dict(before.then)
    for part in parts(before.given):
        if isinstance(part, OneOf) and len(part.values) == 1:
            settled.setdefault(part.fact, *part.values)
    if all(settled.get(name) == value and name in settled for name, value in after.then.items()):
        return False
    return any(made_true(after.given, name, value) for name, value in before.then.items())


def made_true(condition: Condition, name: str, value: Value, *, wanted: bool = True) -> bool:
    """Whether knowing one fact can make some test of a condition come out as it has to for the condition to be true."""
    match condition:
        case Not(part):
            return made_true(part, name, value, wanted=not wanted)
        case All(inner) | Any(inner):
            return any(made_true(part, name, value, wanted=wanted) for part in inner)
        case _:
            if name not in tested(condition):
                return False
            return holds(condition, {name: value}) is not (Truth.FALSE if wanted else Truth.TRUE)
