"""Find out what the test cases of a policy would not notice: take one thing away from the policy, and run them again.

A *mutant* is the policy with one thing less: a rule, a part of a condition, a requirement, an override, a duty. It is
*noticed* where some case then fails (``testing``). One that no case notices *survives*: either a case is missing, and an
action that shows what it would have to be about is told; or the thing makes no difference for any action, which is proved
(``comparing``), and then no case is to blame. The author may keep a survivor on purpose, with a reason in
``tests/survivors.yaml``.

Most mutants are made from the text: one entry is left out, and what is left is lowered again. Whatever that changes in the
rules of the policy is put into its program, so that a policy that builds on others is tried as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from socialpolicy.comparing import Shown, compare
from socialpolicy.completing import Assume, complete
from socialpolicy.conditions import All, Condition, During, holds
from socialpolicy.decisions import Decision
from socialpolicy.errors import ActionError
from socialpolicy.interpret import interpret
from socialpolicy.loading.documents import Document, begins
from socialpolicy.loading.findings import CasesError, Finding, Level, Where, meant
from socialpolicy.loading.joining import lower
from socialpolicy.loading.models import (
    BaseText,
    ConditionEntry,
    ExceptionText,
    NamedCondition,
    PlaybookText,
    PolicyText,
    RuleText,
    SurvivorsFile,
)
from socialpolicy.loading.reading import read_file
from socialpolicy.loading.structure import structured
from socialpolicy.program import Outcome, Program, Rule, Start
from socialpolicy.solving import CONFLICTS, Undecided
from socialpolicy.telling import Plain, written
from socialpolicy.testing import SURVIVORS, Case, Result, differences
from socialpolicy.tidying import read_again
from socialpolicy.values import Facts, Truth

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

BASELINE, EVERYWHERE = "baseline", "everywhere"
MODELS: dict[str, TypeAdapter[Any]] = {
    "conditions": TypeAdapter(ConditionEntry),
    "exceptions": TypeAdapter(ExceptionText),
    "playbooks": TypeAdapter(PlaybookText),
}
JOINTS = ("all", "any", "none")
WORDS = {
    "rules": "rule",
    "conditions": "the condition",
    "exceptions": "the exception",
    "playbooks": "the playbook",
}
SECTIONS = ("builds_on", "conditions", "baseline", "rules", "playbooks", "exceptions")
NOTICED_BY = ("outcome", "duties", "hand_over", "approvals", "fix", "playbooks", "because", "between", "missing")
"""What is expected of a case that would notice a mutant: the first of these that differs."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One thing less: of which rule (exception, playbook, condition, start), what, where it stands, and what that comes to.

    ``what`` is the name by which a reason is given, ``sentence`` tells it to people. ``changes`` are the rules as they then
    are, None for one that is gone; ``whole`` is the program where there are new ones among them.
    """

    section: str
    id: str
    what: str
    sentence: str
    where: Where
    changes: Mapping[str, Rule | None]
    starts: Mapping[str, Start] = field(default_factory=dict)
    whole: Program | None = None

    def program(self, program: Program) -> Program:
        """The program with this mutant's change."""
        if self.whole is not None:
            return self.whole
        rules = tuple(rule for rule in (self.changes.get(rule.id, rule) for rule in program.rules) if rule is not None)
        baseline = replace(program.baseline, starts={**program.baseline.starts, **self.starts})
        return replace(program, rules=rules, baseline=baseline)


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no case notices. ``hint`` is a case that would; ``equal`` tells that there is none: it is proved that
    every action is decided as before. ``reason`` is why it is kept all the same.
    """

    mutant: Mutant
    line: int
    column: int
    hint: Hint | None = None
    equal: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Mutated:
    """What became of all mutants of a policy: how many were tried, those that no case notices, and unused reasons."""

    policy: Policy
    tried: int
    survivors: tuple[Survivor, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def noticed(self) -> int:
        """How many were noticed by some case."""
        return self.tried - len(self.survivors)

    @property
    def left(self) -> tuple[Survivor, ...]:
        """Those for which a case is missing, and no reason is given."""
        return tuple(one for one in self.survivors if not one.equal and not one.reason)

    @property
    def kept(self) -> tuple[Survivor, ...]:
        """Those that are kept for a reason."""
        return tuple(one for one in self.survivors if one.reason)

    @property
    def equal(self) -> tuple[Survivor, ...]:
        """Those of which it is proved that no action is decided otherwise."""
        return tuple(one for one in self.survivors if one.equal and not one.reason)

    @property
    def passed(self) -> bool:
        """Whether no case is missing, and every reason is used."""
        return not self.left and not self.findings


def mutate(
    policy: Policy,
    results: Sequence[Result],
    *,
    thorough: bool = False,
    rules: Collection[str] = (),
    reasons: Path | None = None,
    conflicts: int = CONFLICTS,
    progress: Callable[[int, int], None] | None = None,
) -> Mutated:
    """Try all mutants of a policy against cases that pass (``testing.test``).

    ``thorough`` also takes single values out of lists. ``rules`` are the ids to try alone. ``reasons`` is the file of reasons,
    by default the one beside the cases. ``progress`` is called with how many mutants were tried, and how many there are.
    Raises ``ValueError`` where some case fails, ``CasesError`` where the file of reasons has errors.
    """
    if not all(result.passed for result in results):
        raise ValueError("mutants are tried against cases that pass")
    document = read_again(policy)
    kept = Reasons(policy, reasons if reasons is not None else reasons_beside(policy))
    mutants = [one for one in Mutants(policy).all(thorough=thorough) if not rules or one.id in rules]
    trial = Trial(policy, [result.case for result in results])
    survivors = []
    for number, mutant in enumerate(mutants):
        if progress:
            progress(number, len(mutants))
        if not trial.noticed(mutant):
            line, column = place(policy, document, mutant.where)
            told, equal = told_apart(policy.program, mutant.program(policy.program), conflicts)
            survivors.append(Survivor(mutant, line, column, told, equal, kept.reason(mutant)))
    if progress:
        progress(len(mutants), len(mutants))
    findings = kept.unused(policy, mutants, survivors) if not rules else []
    return Mutated(policy, len(mutants), tuple(survivors), tuple(findings))


def mutated_ids(policy: Policy) -> frozenset[str]:
    """The names by which mutants can be chosen: of rules, conditions, exceptions, playbooks and starts."""
    text = policy.written
    names = {rule.id for rule in text.rules} | {*text.conditions, *text.exceptions, *text.playbooks}
    names |= {base.id for base in text.builds_on}
    return frozenset(names | (set(text.baseline) if isinstance(text.baseline, dict) else {EVERYWHERE}))


def place(policy: Policy, document: Document | None, where: Where) -> tuple[int, int]:
    """The line and column where something stands, as far as it is known."""
    if document is not None:
        event = document.event(where, key=True)
        return begins(event) if event else (1, 1)
    match where:
        case ("rules", int() as index, *_):
            return policy.lines.get(policy.written.rules[index].id, 1), 1
        case ("exceptions", str() as name, *_):
            return policy.lines.get(name, 1), 1
        case _:
            return 1, 1


# -- making mutants --------------------------------------------------------------------------------------------------


class Mutants:
    """The mutants of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.program = policy, policy.program
        self.written: PolicyText = policy.written
        self.data: dict[str, Any] = policy.data
        self.rules = {rule.id: rule for rule in policy.program.rules}
        if self.of_text("", "", "", "", (), self.written).changes:
            raise AssertionError("the policy comes to another program than it came to before")

    def all(self, *, thorough: bool = False) -> Iterator[Mutant]:
        """All mutants, in the order of the file."""
        for name in self.written.conditions:
            yield from self.of_condition(name, thorough=thorough)
        yield from self.of_baseline()
        for index, rule in enumerate(self.written.rules):
            yield from self.of_rule(index, rule, thorough=thorough)
        for name in self.written.playbooks:
            yield from self.of_playbook(name, thorough=thorough)
        for name in self.written.exceptions:
            yield from self.of_exception(name, thorough=thorough)
        yield from self.overrides()
        for index, base in enumerate(self.written.builds_on):
            for place in range(len(base.set_aside or ())):
                yield self.brought_back(index, place)

    def of_rule(self, index: int, rule: RuleText, *, thorough: bool) -> Iterator[Mutant]:
        """A rule, and what may be left out of it."""
        where: Where = ("rules", index)
        yield self.gone("rules", rule.id, rule.id, where)
        data = self.data["rules"][index]
        for path in rule_entries(data, thorough=thorough):
            yield from self.shortened("rules", rule.id, where, path)
        for path in of_several(data.get("approval"), ("approval",)):
            text = self.text("rules", where, one_enough(data, path))
            if text is not None:
                what = f"{spelt(data, path[:-1])}: one is enough"
                yield self.of_text("rules", rule.id, what, f"rule {rule.id}, {what}", (*where, *path), text)

    def of_condition(self, name: str, *, thorough: bool) -> Iterator[Mutant]:
        """What may be left out of a named condition, for all rules that use it."""
        data, where = self.data["conditions"][name], ("conditions", name)
        inside: Where = ("is",) if isinstance(self.written.conditions[name], NamedCondition) else ()
        for path in tests(at(data, inside), inside, thorough=thorough):
            yield from self.shortened("conditions", name, where, path)

    def of_playbook(self, name: str, *, thorough: bool) -> Iterator[Mutant]:
        """A playbook, and what may be left out of its trigger."""
        where: Where = ("playbooks", name)
        if self.named(f"playbook:{name}"):
            yield self.gone("playbooks", name, f"playbook:{name}", where)
            for path in tests(at(self.data, (*where, "trigger")), ("trigger",), thorough=thorough):
                yield from self.shortened("playbooks", name, where, path)

    def of_exception(self, name: str, *, thorough: bool) -> Iterator[Mutant]:
        """An exception, its dates, and what may be left out of whom it is for."""
        where: Where = ("exceptions", name)
        yield self.gone("exceptions", name, name, where)
        rule, way = self.rules[name], (*where, "in_force")
        undated = All(tuple(part for part in all_parts(rule.when) if not isinstance(part, During)))
        changes = {name: replace(rule, when=undated)}
        yield Mutant("exceptions", name, "in_force", f"the exception {name}, in_force left out", way, changes)
        for path in tests(at(self.data, (*where, "for")), ("for",), thorough=thorough):
            yield from self.shortened("exceptions", name, where, path)

    def of_baseline(self) -> Iterator[Mutant]:
        """Each start, opened: where the policy begins with a question or a no, it begins with a yes."""
        starts, data = self.program.baseline.starts, self.written.baseline
        for name, entry in data.items() if isinstance(data, dict) else [(EVERYWHERE, data)]:
            outcome = entry if isinstance(entry, str) else entry.outcome
            here = [value for value in starts if not isinstance(data, dict) or self.start_of(value) == name]
            if outcome != "allow" and here:
                where: Where = (BASELINE, name) if isinstance(data, dict) else (BASELINE,)
                opened = dict.fromkeys(here, Start(Outcome.ALLOW))
                yield Mutant(BASELINE, name, "opened", f"the baseline {name}, opened", where, {}, opened)

    def start_of(self, value: str) -> str:
        """The key of the baseline that a value of its fact comes under."""
        assert isinstance(self.written.baseline, dict)
        groups = self.policy.groups.get(self.program.baseline.fact, {})
        return next(
            (name for name in self.written.baseline if name == value or value in groups.get(name, ())), "otherwise"
        )

    def overrides(self) -> Iterator[Mutant]:
        """Each rule of this policy that sets another one aside, or is set aside, without that."""
        index = {rule.id: place for place, rule in enumerate(self.written.rules)}
        own = {*index, *self.written.exceptions}
        pairs = {
            (other, rule.part_of or rule.id): None
            for rule in sorted(self.program.rules, key=lambda rule: rule.place)
            for other in rule.overridden_by
        }
        for other, id in pairs:
            if other not in own and id not in own:
                continue
            section = "exceptions" if other in self.written.exceptions else "rules"
            if section == "exceptions":
                where: Where = ("exceptions", other, "rules")
            else:
                where = ("rules", index[other], "overrides") if other in index else ("rules", index[id], "tags")
            sentence = f"{WORDS[section]} {other}, not over {id}"
            yield Mutant(section, other, f"over {id}", sentence, where, self.kept_apart(other, self.named(id)))

    def brought_back(self, index: int, place: int) -> Mutant:
        """A rule of a policy that this one builds on, which does not count here: it counts again."""
        base = self.written.builds_on[index]
        where: Where = ("builds_on", index, "set_aside", place)
        id = at(self.data, where)["rule"]
        data = without(at(self.data, where[:2]), where[2:])
        bases = [BaseText.model_validate(data) if one is base else one for one in self.written.builds_on]
        text = self.written.model_copy(update={"builds_on": bases})
        return self.of_text("builds_on", base.id, f"{id} aside", f"{id}, not set aside", where, text)

    # -- changes -----------------------------------------------------------------------------------------------------

    def named(self, id: str) -> list[Rule]:
        """The rules of the program that a rule of the text comes to: several, where it asks for several approvals."""
        return [rule for rule in self.program.rules if id in (rule.id, rule.part_of)]

    def kept_apart(self, other: str, rules: Iterable[Rule]) -> dict[str, Rule | None]:
        """Rules, as they are where another one does not set them aside."""
        return {
            rule.id: replace(rule, overridden_by=tuple(one for one in rule.overridden_by if one != other))
            for rule in rules
            if other in rule.overridden_by
        }

    def gone(self, section: str, name: str, id: str, where: Where) -> Mutant:
        """The policy without a rule."""
        changes = self.kept_apart(id, self.program.rules) | {rule.id: None for rule in self.named(id)}
        return Mutant(section, name, "removed", f"{WORDS[section]} {name}, removed", where, changes)

    def shortened(self, section: str, id: str, where: Where, path: Where) -> Iterator[Mutant]:
        """The policy with one entry of its text left out; none where nothing would be left, or no rule reads it."""
        data = at(self.data, where)
        text = self.text(section, where, without(data, path))
        if text is None:
            return
        what = spelt(data, path)
        mutant = self.of_text(section, id, what, f"{WORDS[section]} {id}, {what} left out", (*where, *path), text)
        if mutant.changes or section == "rules":
            yield mutant

    def text(self, section: str, where: Where, data: Any) -> PolicyText | None:
        """The policy with another text of one rule, condition, exception or playbook; None where that says nothing."""
        step: Any = where[1]
        try:
            if section == "rules":
                rules = list(self.written.rules)
                rules[step] = RuleText.model_validate(data)
                return self.written.model_copy(update={"rules": rules})
            entries = dict(getattr(self.written, section))
            if isinstance(entries[step], NamedCondition) and "is" not in data:
                return None
            entries[step] = MODELS[section].validate_python(data)
            return self.written.model_copy(update={section: entries})
        except ValidationError:
            return None

    def lowered(self, text: PolicyText) -> Program:
        """The program of a text. Findings do not matter: less of what was right names nothing that is wrong."""
        document = Document(self.policy.file)
        document.data = {}
        return lower(document, text, self.policy.bases, uses=self.policy.uses).program

    def of_text(self, section: str, id: str, what: str, sentence: str, where: Where, text: PolicyText) -> Mutant:
        """The policy with another text.

        Which rules set which aside stays, and so do places; save where there are new rules, which come with all that the
        text says.
        """
        program = self.lowered(text)
        rules = {rule.id: rule for rule in program.rules}
        changes: dict[str, Rule | None] = {id: None for id in self.rules if id not in rules}
        new = bool(rules.keys() - self.rules.keys())
        for name, rule in rules.items():
            before = self.rules.get(name)
            place = before.place if before else rule.place
            now = (
                replace(rule, place=place)
                if new or not before
                else replace(rule, overridden_by=before.overridden_by, place=place)
            )
            if now != before:
                changes[name] = now
        whole = replace(program, identity=self.program.identity) if new else None
        return Mutant(section, id, what, sentence, where, changes, whole=whole)


def all_parts(condition: Condition) -> tuple[Condition, ...]:
    """The parts of a condition that all have to hold."""
    return condition.parts if isinstance(condition, All) else (condition,)


# -- what may be left out of a text ----------------------------------------------------------------------------------


def rule_entries(data: Mapping[str, Any], *, thorough: bool) -> Iterator[Where]:
    """The ways to all that may be left out of a rule's text."""
    for word, entry in data["scope"].items() if isinstance(data["scope"], dict) else ():
        yield ("scope", word)
        yield from values({word: entry}, ("scope",)) if thorough else ()
    yield from tests(data.get("when"), ("when",), thorough=thorough)
    if "unless" in data:
        inside = tests(data["unless"], ("unless",), thorough=thorough)
        yield ("unless",)
        yield from (path for path in inside if "unless" in without(data, path))
    yield from needs(data.get("require"), thorough=thorough)
    if "approval" in data:
        yield ("approval",)
        yield from stages(data["approval"])
    yield from (("duties", index) for index in range(len(data.get("duties", ()))))
    yield from ((name,) for name in ("hand_over", "in_force") if name in data)


def needs(require: Any, *, thorough: bool) -> Iterator[Where]:
    """The ways to what may be left out of what a rule asks to put right."""
    where: Where = ("require",)
    if isinstance(require, dict):
        yield from ((*where, fact) for fact in require)
        yield from values(require, where) if thorough else ()
    for index, need in enumerate(require if isinstance(require, list) else ()):
        here = (*where, index)
        yield from [here] if len(need["need"]) == 1 else ((*here, "need", fact) for fact in need["need"])
        yield from values(need["need"], (*here, "need")) if thorough else ()
        if "if" in need:
            inside = tests(need["if"], ("if",), thorough=thorough)
            yield (*here, "if")
            yield from ((*here, *path) for path in inside if "if" in without(need, path))


def stages(approval: Any) -> Iterator[Where]:
    """The ways to what may be left out of several approvals that a rule asks for."""
    if isinstance(approval, list):
        yield from (("approval", index) for index in range(len(approval)) if len(approval) > 1)
        yield from (("approval", index, "if") for index, stage in enumerate(approval) if "if" in stage)


def tests(condition: Any, where: Where, *, thorough: bool) -> Iterator[Where]:
    """The ways to what may be left out of a written condition."""
    yield from parts(condition, where)
    yield from values(condition, where) if thorough else ()


def of_several(approval: Any, where: Where) -> Iterator[Where]:
    """The ways to approvals of several that any one could give instead."""
    if isinstance(approval, list):
        for index, stage in enumerate(approval):
            yield from of_several(stage, (*where, index))
    elif isinstance(approval, dict):
        if len(approval.get("all_of") or ()) > 1:
            yield (*where, "all_of")
        elif (approval.get("at_least") or 1) > 1:
            yield (*where, "at_least")


def one_enough(data: Any, path: Where) -> Any:
    """A text in which any one approval is enough."""
    approval = at(data, path[:-1])
    names = approval.get("all_of") or approval.get("of")
    left = {key: value for key, value in approval.items() if key not in ("all_of", "of", "at_least")}
    return put(data, path[:-1], {**left, "any_of": names})


def parts(condition: Any, where: Where) -> Iterator[Where]:
    """The ways to the parts of a written condition, at any depth."""
    if not isinstance(condition, dict):
        return
    for key, value in condition.items():
        here = (*where, key)
        if key in JOINTS:
            for index, part in enumerate(value):
                inside = list(parts(part, (*here, index)))
                if len(inside) != 1 or isinstance(part, str):
                    yield (*here, index)
                yield from inside
        elif key == "not":
            inside = list(parts(value, here))
            yield from ([here] if len(inside) != 1 else [])
            yield from inside
        else:
            yield here
            if isinstance(value, dict) and len(value) > 1:
                yield from ((*here, comparison) for comparison in value)


def values(condition: Any, where: Where) -> Iterator[Where]:
    """The ways to the single values in the lists of a written condition."""
    if not isinstance(condition, dict):
        return
    for key, value in condition.items():
        here = (*where, key)
        if key in JOINTS:
            for index, part in enumerate(value):
                yield from values(part, (*here, index))
        elif key == "not":
            yield from values(value, here)
        elif isinstance(value, dict):
            for comparison, entry in value.items():
                yield from members(entry, (*here, comparison))
        else:
            yield from members(value, here)


def members(value: Any, where: Where) -> Iterator[Where]:
    """The ways to the members of a list of several."""
    if isinstance(value, list) and len(value) > 1:
        yield from ((*where, index) for index in range(len(value)))


# -- texts as data ---------------------------------------------------------------------------------------------------


def at(data: Any, path: Where) -> Any:
    """What stands at the end of a way."""
    for step in path:
        data = data[step]
    return data


def put(data: Any, path: Where, value: Any) -> Any:
    """Data with another value at the end of a way."""
    if not path:
        return value
    step, *rest = path
    if isinstance(data, dict):
        return {**data, step: put(data[step], tuple(rest), value)}
    return [put(inner, tuple(rest), value) if index == step else inner for index, inner in enumerate(data)]


def without(data: Any, path: Where) -> Any:
    """Data without what stands at the end of a way, and without what is then empty."""
    step, *rest = path
    inner = without(data[step], tuple(rest)) if rest else None
    if inner:
        return put(data, (step,), inner)
    if isinstance(data, dict):
        left: Any = {key: value for key, value in data.items() if key != step}
        return {**left, "scope": "everything"} if step == "scope" else left
    return [value for index, value in enumerate(data) if index != step]


def plainly(value: Any) -> str:
    """A value as it is written."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def spelt(data: Any, path: Where) -> str:
    """The way to something as a name that stays when other things are added: places in lists count from 1, values by themselves."""
    words = []
    for length, step in enumerate(path, 1):
        value = at(data, path[:length])
        if not isinstance(step, int):
            words.append(step)
        elif isinstance(value, dict):
            words.append(str(value.get("id") or step + 1))
        else:
            words.append(plainly(value))
    return ".".join(words)


# -- trying them -----------------------------------------------------------------------------------------------------


class Trial:
    """The cases that mutants are tried against, completed once."""

    def __init__(self, policy: Policy, cases: Sequence[Case]) -> None:
        self.program = policy.program
        self.rules = {rule.id: rule for rule in policy.program.rules}
        vocabulary = policy.vocabulary
        self.cases = [
            (case, complete(vocabulary, policy.action(case.facts).facts, assume=case.assume)) for case in cases
        ]

    def noticed(self, mutant: Mutant) -> bool:
        """Whether some case fails for a mutant."""
        if not mutant.changes and not mutant.starts:
            return False
        program = mutant.program(self.program)
        concerned = sorted(self.concerned(mutant), key=lambda number: not self.names(number, mutant))
        return any(next(self.failing(program, number), None) for number in concerned)

    def failing(self, program: Program, number: int) -> Iterator[object]:
        """What a case finds wrong."""
        case, facts = self.cases[number]
        return differences(case.expect, interpret(program, facts))

    def names(self, number: int, mutant: Mutant) -> bool:
        """Whether a case speaks of the rule: such a case notices it first."""
        case = self.cases[number][0]
        expect = case.expect
        named = (*(expect.because or ()), *(expect.includes or ()), case.id.partition("#")[0])
        return mutant.id in named or bool(mutant.changes.keys() & set(named))

    def concerned(self, mutant: Mutant) -> Iterator[int]:
        """The cases in which a mutant may decide otherwise: in all others each changed rule is as true as before."""
        for number, (_, facts) in enumerate(self.cases):
            if (mutant.starts and self.starts(mutant, facts)) or any(
                self.concerns(number, facts, id, rule) for id, rule in mutant.changes.items()
            ):
                yield number

    def starts(self, mutant: Mutant, facts: Facts) -> bool:
        """Whether an action may start where a mutant starts otherwise."""
        value = facts.get(self.program.baseline.fact) if self.program.baseline.fact else ""
        return value is None or value in mutant.starts

    def concerns(self, number: int, facts: Facts, id: str, rule: Rule | None) -> bool:
        """Whether a change of a rule may matter for an action."""
        if id not in self.rules:
            return rule is not None and holds(rule.when, facts) is not Truth.FALSE
        before = self.holds(number, facts, id)
        if rule is None:
            return before is not Truth.FALSE
        old = self.rules[id]
        if rule.when != old.when:
            now = holds(rule.when, facts)
            if now is not before or now is Truth.UNKNOWN:
                return True
        if replace(rule, when=old.when) == old:
            return False
        return before is not Truth.FALSE

    @cached_property
    def truths(self) -> dict[tuple[int, str], Truth]:
        """Whether the conditions of rules hold in cases, as far as it was looked up."""
        return {}

    def holds(self, number: int, facts: Facts, id: str) -> Truth:
        """Whether the condition of a rule holds in a case."""
        key = (number, id)
        if key not in self.truths:
            self.truths[key] = holds(self.rules[id].when, facts)
        return self.truths[key]


@dataclass(frozen=True, slots=True)
class Hint:
    """A case that would notice a mutant: its facts, what it expects, and what it would get from the mutant instead."""

    facts: Facts
    assume: Assume
    expect: Mapping[str, Plain]
    instead: Mapping[str, Plain]


def hint(old: Program, new: Program, shown: Shown) -> Hint | None:
    """The case that an action makes: with values assumed for what is usual, and as few facts as we find; or with all facts."""
    found = case_of(old, new, shown.unusual, Assume.IN_EXAMPLES)
    if found is None:
        return case_of(old, new, shown.facts, Assume.NOTHING)
    for name in shown.unusual:
        fewer = case_of(old, new, {other: found.facts[other] for other in found.facts if other != name}, found.assume)
        if fewer and (fewer.expect, fewer.instead) == (found.expect, found.instead):
            found = fewer
    return found


def case_of(old: Program, new: Program, facts: Facts, assume: Assume) -> Hint | None:
    """The case that facts make, where it tells two programs apart."""
    try:
        is_now, would_be = (outline(interpret(program, facts, assume=assume)) for program in (old, new))
    except ActionError:
        return None
    word = next((word for word in NOTICED_BY if is_now[word] != would_be[word]), None)
    return Hint(facts, assume, {word: is_now[word]}, {word: would_be[word]}) if word else None


def told_apart(old: Program, new: Program, conflicts: int) -> tuple[Hint | None, bool]:
    """A case that tells two programs apart; or, without one, whether it is proved that there is none."""
    try:
        for one, other in ((old, new), (new, old)):  # advice lost is no difference, and advice gained is one
            statements = compare(one, other, conflicts=conflicts).statements
            for told in sorted(statements, key=lambda told: (told.missing_only, told.left_out)):
                found = hint(old, new, told.shown)
                if found:
                    return found, False
            if statements:
                return None, False
    except Undecided:
        return None, False
    return None, True


def outline(decision: Decision) -> dict[str, Plain]:
    """A decision as a case expects it."""
    sure = decision.sure
    fix: dict[str, Plain] = {}
    for revision in sure.revisions:
        fix.update(written(revision.test))  # type: ignore[arg-type]
    return {
        "outcome": decision.outcome.word,
        "duties": sorted({duty.id or duty.what for duty in sure.duties}),
        "hand_over": sorted({item.to for item in sure.hand_overs}),
        "approvals": sorted({contact for asked in sure.approvals for contact in asked.of}),
        "fix": fix,
        "playbooks": sorted(item.id for item in sure.playbooks),
        "because": sorted(sure.rules),
        "between": [decision.at_least.word, decision.at_most.word],
        "missing": sorted(decision.missing),
    }


# -- reasons ---------------------------------------------------------------------------------------------------------


def reasons_beside(policy: Policy) -> Path | None:
    """The file of reasons beside the cases of a policy; None where there is none."""
    if policy.file in ("-", "policy"):
        return None
    path = Path(policy.file).parent / "tests" / SURVIVORS
    return path if path.is_file() else None


def survivors_file(document: Document, policy: Policy | None) -> SurvivorsFile | None:
    """The reasons in a document, adding a finding for everything that is wrong with it."""
    file = structured(document, SurvivorsFile)
    if file is not None and policy is not None and file.survivors_of != policy.id:
        document.add(
            "other-policy",
            ("survivors_of",),
            f"these are reasons for {file.survivors_of}; the policy is {policy.id}.",
            f"write `survivors_of: {policy.id}`, or move the file.",
        )
    return file


class Reasons:
    """The reasons that are given for survivors. Raises ``CasesError`` where their file has errors."""

    def __init__(self, policy: Policy, path: Path | None) -> None:
        self.document = read_file(path) if path else None
        self.file: SurvivorsFile | None = None
        if self.document is not None:
            self.file = survivors_file(self.document, policy)
            if self.document.failed or self.file is None:
                raise CasesError(self.document.findings)

    def reason(self, mutant: Mutant) -> str:
        """The reason that is given for a mutant; empty where there is none."""
        if self.file is None:
            return ""
        reasons: dict[str, dict[str, str]] = getattr(self.file, mutant.section)
        return reasons.get(mutant.id, {}).get(mutant.what, "")

    def unused(self, policy: Policy, mutants: Sequence[Mutant], survivors: Sequence[Survivor]) -> list[Finding]:
        """A finding for every reason that is given for nothing. Those for what was not tried this time are left alone."""
        if self.document is None:
            return []
        given, tried = set(self.given), {key(mutant) for mutant in mutants}
        used = {key(survivor.mutant) for survivor in survivors}
        every = tried if given <= tried else {key(mutant) for mutant in Mutants(policy).all(thorough=True)}
        before = len(self.document.findings)
        for section, id, what in self.given:
            entry = (section, id, what)
            if entry in tried - used:
                message = f"some case notices it now when {id} has no {what}, so it needs no reason."
                self.tell(entry, message, "remove the reason.")
            elif entry not in every:
                names = [one[2] for one in every if one[:2] == entry[:2]]
                message = f"there is nothing called {what} to be left out of {id}."
                self.tell(
                    entry, message, meant(what, names) or "`socialpolicy test --mutate -f json` has all the names."
                )
        return self.document.findings[before:]

    @property
    def given(self) -> Iterator[tuple[str, str, str]]:
        """What reasons are given for, in the order of the file."""
        for section in SECTIONS:
            for id, reasons in (getattr(self.file, section) if self.file else {}).items():
                yield from ((section, id, what) for what in reasons)

    def tell(self, entry: tuple[str, str, str], message: str, hint: str) -> None:
        """Add the finding for a reason that is given for nothing."""
        assert self.document is not None
        self.document.tell("unused-reason", entry, message, hint, key=True, level=Level.WARNING)


def key(mutant: Mutant) -> tuple[str, str, str]:
    """What a reason is given for: section, id and name."""
    return mutant.section, mutant.id, mutant.what
