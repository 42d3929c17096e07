"""Run the test cases of a policy, and measure what they exercise.

Cases are data that a policy's author can read: facts, and what is expected of the decision. They stand in ``tests/*.yaml``
beside the policy, and as ``examples`` inside its rules.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from socialpolicy.completing import Assume, complete
from socialpolicy.conditions import All as AllOf
from socialpolicy.conditions import Any as AnyOf
from socialpolicy.conditions import Condition, Not, holds
from socialpolicy.decisions import Decision
from socialpolicy.errors import ActionError
from socialpolicy.interpret import applying
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import CasesError, Finding, Level, LimitError, Place, Where, meant
from socialpolicy.loading.models import CasesFile, Comparison, Expect
from socialpolicy.loading.reading import read_file
from socialpolicy.loading.structure import structured
from socialpolicy.program import Outcome
from socialpolicy.telling import Plain, told, written
from socialpolicy.values import Truth

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

CASES_AT_MOST = 100_000
SURVIVORS = "survivors.yaml"
"""The file beside the cases that says why some mutants are kept (``mutating``): it holds no cases."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case: the facts of an action, which values are assumed, and what is expected."""

    id: str
    story: str
    facts: Mapping[str, Any]
    assume: Assume
    expect: Expect
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was expected, and what came instead."""

    what: str
    expected: Plain
    got: Plain


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case."""

    case: Case
    decision: Decision | None
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Whether everything that was expected came."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class Literal:
    """A single test of a rule's condition, and the truth that no case gave it."""

    rule: str
    test: str
    never: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What no case exercises: rules that never apply, exceptions that never matter, tests that never come out one way."""

    rules: tuple[str, ...]
    overrides: tuple[str, ...]
    literals: tuple[Literal, ...]
    literals_in_all: int


@dataclass(frozen=True)
class Results:
    """What became of all cases of a policy."""

    policy: Policy
    results: tuple[Result, ...]
    undetermined_without_examples: int = 0
    warnings: tuple[Finding, ...] = field(default=())

    @property
    def failed(self) -> tuple[Result, ...]:
        """The cases that did not come out as written."""
        return tuple(result for result in self.results if not result.passed)

    @property
    def passed(self) -> bool:
        """Whether all cases came out as written."""
        return not self.failed

    def coverage(self) -> Coverage:
        """Measure what the cases exercise."""
        return coverage(self.policy, [result.case for result in self.results])


def test(
    policy: Policy,
    paths: Sequence[Path] | None = None,
    *,
    matching: str = "",
    documents: Iterable[Document] | None = None,
) -> Results:
    """Run the examples inside rules and the cases of these files or folders (by default those beside the policy).

    ``matching`` keeps the cases alone whose id or story has this text; ``documents`` are files of cases that were read
    already, in place of paths. Raises ``CasesError`` with every finding.
    """
    cases = [*examples(policy)]
    findings: list[Finding] = []
    if documents is None:
        documents = map(read_file, files_beside(policy) if paths is None else case_files(paths))
    for document in documents:
        cases.extend(cases_of(policy, document))
        findings.extend(document.findings)
    cases, repeated = unique(cases)
    findings.extend(repeated)
    if any(finding.level is Level.ERROR for finding in findings):
        raise CasesError(findings)
    if matching:
        cases = [case for case in cases if matching.lower() in f"{case.id} {case.story}".lower()]
    return Results(
        policy=policy,
        results=tuple(run(policy, case) for case in cases),
        undetermined_without_examples=sum(
            not determined_alone(policy, case) for case in cases if case.assume is Assume.IN_EXAMPLES
        ),
        warnings=tuple(findings),
    )


# -- reading cases ---------------------------------------------------------------------------------------------------


def files_beside(policy: Policy) -> list[Path]:
    """The case files beside a policy's file."""
    if policy.file in ("-", "policy"):
        return []
    return cases_in(Path(policy.file).parent / "tests")


def case_files(paths: Sequence[Path]) -> Iterator[Path]:
    """Files as they are, folders as the case files in them."""
    for path in paths:
        if path.is_dir():
            yield from cases_in(path)
        else:
            yield path


def cases_in(folder: Path) -> list[Path]:
    """The case files in a folder."""
    return sorted(file for file in folder.glob("*.yaml") if file.name != SURVIVORS)


def unique(cases: list[Case]) -> tuple[list[Case], list[Finding]]:
    """The cases, and a finding for every id that is used twice."""
    first: dict[str, Case] = {}
    findings = []
    for case in cases:
        other = first.setdefault(case.id, case)
        if other is not case:
            findings.append(
                Finding(
                    "duplicate-id",
                    f"the id {case.id} is used twice; the first is at {other.file}:{other.line}.",
                    case.file,
                    case.line,
                    hint="give each case its own.",
                )
            )
    return list(first.values()), findings


def failed_case(policy: Policy, result: Result) -> Finding:
    """A case that fails, as a finding: what came instead of what was expected, and which rules decided."""
    case, decision = result.case, result.decision
    what = "; ".join(
        f"{one.what}: expected {worded(one.expected)}, got {worded(one.got)}" for one in result.differences
    )
    related: list[Place] = []
    if decision is not None:
        rules = [rule for rule in decision.because if rule in policy.lines]
        related = [Place(policy.file_of(rule), policy.lines[rule], f"{rule} decides") for rule in rules]
    return Finding(
        "case-fails", f"case {case.id} fails: {what}.", case.file, case.line,
        hint="`socialpolicy test` shows it.", key=case.id, related=tuple(related),
    )  # fmt: skip


def worded(value: Plain) -> str:
    """A value of a difference."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def examples(policy: Policy) -> Iterator[Case]:
    """The examples inside the rules of a policy."""
    for rule in policy.written.rules:
        for number, example in enumerate(rule.examples or (), 1):
            yield Case(
                id=f"{rule.id}#{number}", story=example.story, facts=example.facts, assume=Assume.IN_EXAMPLES,
                expect=expectation(example.expect), file=policy.file, line=policy.lines[rule.id],
            )  # fmt: skip


def cases_of(policy: Policy, document: Document) -> list[Case]:
    """The cases in a file, those that vary spelt out. What is wrong with them is in the document's findings."""
    if isinstance(document.data, dict) and "cases_for" not in document.data and document.data:
        document.add("not-cases", (), "this file holds no test cases.", "test cases begin with `cases_for: POLICY-ID`.")
        return []
    file = structured(document, CasesFile, nulls_in=frozenset({"facts", "common", "vary"}))
    if file is None:
        return []
    if file.cases_for != policy.id:
        document.add(
            "other-policy",
            ("cases_for",),
            f"these are cases for {file.cases_for}; the policy is {policy.id}.",
            f"write `cases_for: {policy.id}`, or move the file.",
        )
    cases: list[Case] = []
    first: dict[str, int] = {}
    for index, text in enumerate(file.cases):
        where: Where = ("cases", index)
        if first.setdefault(text.id, index) != index:
            line = document.place(("cases", first[text.id]))[0]
            document.add(
                "duplicate-id",
                (*where, "id"),
                f"the id {text.id} is used twice; the first is on line {line}.",
                "give each case its own.",
            )
            continue
        expect = expectation(text.expect)
        check_names(policy, document, expect, (*where, "expect"))
        varied = text.vary or {}
        for name in varied:
            if name in text.facts:
                document.add(
                    "duplicate-key",
                    (*where, "vary", name),
                    f"{name} is stated in `facts` as well.",
                    "leave it out there.",
                    key=True,
                )
        for values in product(*varied.values()):
            stated = {**file.common, **text.facts, **dict(zip(varied, values, strict=True))}
            suffix = "".join(f"[{value}]" for value in values)
            try:
                policy.action(stated)
            except ActionError as error:
                for problem in error.problems:
                    section = next(
                        (section for section in ("facts", "vary") if problem.at in (getattr(text, section) or {})), None
                    )
                    at = (*where, section, problem.at) if section else ("common", problem.at)
                    document.add(problem.id, at, problem.message, problem.hint, key=problem.id == "unknown-fact")
                continue
            if len(cases) >= CASES_AT_MOST:
                line, column = document.place(where)
                message = f"the file has more than {CASES_AT_MOST:,} cases, those that vary spelt out."
                raise LimitError(
                    Finding("limit-reached", message, document.name, line, column, column + 1, "split it.")
                )
            cases.append(
                Case(
                    text.id + suffix,
                    text.story or "",
                    stated,
                    Assume(file.assume),
                    expect,
                    document.name,
                    document.place(where)[0],
                )
            )
    document.findings = list(
        {(finding.id, finding.line, finding.column): finding for finding in document.findings}.values()
    )
    return cases


def expectation(expect: str | Expect) -> Expect:
    """What is expected; a bare outcome is one."""
    return expect if isinstance(expect, Expect) else Expect(outcome=expect)  # type: ignore[arg-type]


def check_names(policy: Policy, document: Document, expect: Expect, where: Where) -> None:
    """Names that a case expects have to be names of this policy, or the case could never fail or never pass."""
    rules = [rule.id for rule in policy.rules]
    kinds = {
        "because": ("rule", rules), "includes": ("rule", rules), "maybe_because": ("rule", rules), "not_because": ("rule", rules),
        "missing": ("fact", policy.vocabulary.facts), "fix": ("fact", policy.vocabulary.facts),
        "approvals": ("contact", policy.program.contacts), "hand_over": ("contact", policy.program.contacts),
        "playbooks": ("playbook", [rule.playbook.id for rule in policy.program.rules if rule.playbook]),
    }  # fmt: skip
    for key, (kind, known) in kinds.items():
        names = getattr(expect, key) or ()
        for place, name in enumerate(names):
            if name not in known:
                at = (*where, key, name) if key == "fix" else (*where, key, place)
                document.add(f"unknown-{kind}", at, f"{name} is no {kind} of this policy.", meant(name, known))


# -- running ---------------------------------------------------------------------------------------------------------


def run(policy: Policy, case: Case) -> Result:
    """Decide about one case and compare."""
    try:
        decision = policy.decide(case.facts, assume=case.assume)
    except ActionError as error:
        return Result(
            case, None, tuple(Difference("facts", "no contradiction", problem.message) for problem in error.problems)
        )
    return Result(case, decision, tuple(differences(case.expect, decision)))


def determined_alone(policy: Policy, case: Case) -> bool:
    """Whether a case is determined by what it states, without the values for examples."""
    try:
        return policy.decide(case.facts).determined
    except ActionError:
        return True


def differences(expect: Expect, decision: Decision) -> Iterator[Difference]:
    """What is not as expected."""
    sure = decision.sure
    if expect.outcome is not None and decision.outcome is not Outcome[expect.outcome.upper()]:
        yield Difference("outcome", expect.outcome, decision.outcome.word)
    between = [decision.at_least.word, decision.at_most.word]
    if expect.between is not None and list(expect.between) != between:
        yield Difference("between", list(expect.between), list(between))
    exact: dict[str, tuple[Sequence[str] | None, Sequence[str]]] = {
        "because": (expect.because, sure.rules),
        "maybe_because": (expect.maybe_because, decision.maybe.rules),
        "missing": (expect.missing, decision.missing),
        "approvals": (expect.approvals, [contact for asked in sure.approvals for contact in asked.of]),
        "duties": (expect.duties, [duty.id or duty.what for duty in sure.duties]),
        "hand_over": (expect.hand_over, [hand_over.to for hand_over in sure.hand_overs]),
        "playbooks": (expect.playbooks, [playbook.id for playbook in sure.playbooks]),
    }
    for what, (wanted, got) in exact.items():
        if wanted is not None and set(wanted) != set(got):
            yield Difference(what, sorted(set(wanted)), sorted(set(got)))
    if expect.includes is not None and (lacking := set(expect.includes) - set(sure.rules)):
        yield Difference("includes", sorted(lacking), "these rules do not apply; these do: " + ", ".join(sure.rules))
    if expect.not_because is not None and (extra := set(expect.not_because) & set(sure.rules)):
        yield Difference("not_because", "none of " + ", ".join(expect.not_because), sorted(extra))
    if expect.fix is not None:
        asked: dict[str, Any] = {}
        for revision in sure.revisions:
            asked.update(written(revision.test))  # type: ignore[arg-type]
        wanted_fix = {name: plain_test(value) for name, value in expect.fix.items()}
        if {name: comparable(value) for name, value in wanted_fix.items()} != {
            name: comparable(value) for name, value in asked.items()
        }:
            yield Difference("fix", wanted_fix, asked)


def plain_test(value: Any) -> Plain:
    """A test of a case file as plain data."""
    return value.model_dump(exclude_none=True, by_alias=True) if isinstance(value, Comparison) else value


def comparable(value: Any) -> Any:
    """Plain data in which the order of lists makes no difference."""
    if isinstance(value, dict):
        return {key: comparable(inner) for key, inner in value.items()}
    return sorted(map(str, value)) if isinstance(value, list) else value


# -- coverage --------------------------------------------------------------------------------------------------------


def coverage(policy: Policy, cases: Sequence[Case]) -> Coverage:
    """Measure what cases exercise: which rules apply, which overrides matter, which tests come out both ways."""
    program = policy.program
    applied: set[str] = set()
    mattered: set[str] = set()
    seen: dict[tuple[str, Condition], set[Truth]] = {}
    literals = {rule.id: tuple(dict.fromkeys(tests(rule.when))) for rule in program.rules}
    for case in cases:
        facts = complete(program.vocabulary, policy.action(case.facts).facts, assume=case.assume)
        applies = applying(program.rules, facts)
        applied |= {name for name, truth in applies.items() if truth is Truth.TRUE}
        for rule in program.rules:
            own = holds(rule.when, facts)
            if own is Truth.TRUE:
                mattered |= {f"{other} over {rule.id}" for other in rule.overridden_by if applies[other] is Truth.TRUE}
            for test in literals[rule.id]:
                seen.setdefault((rule.id, test), set()).add(holds(test, facts))
    order = sorted(program.rules, key=lambda rule: rule.place)
    overrides = [f"{other} over {rule.id}" for rule in order for other in rule.overridden_by]
    uncovered = [
        Literal(rule.id, told(test, program.vocabulary.facts), truth.name.lower())
        for rule in order
        for test in literals[rule.id]
        for truth in (Truth.TRUE, Truth.FALSE)
        if truth not in seen.get((rule.id, test), ())
    ]
    return Coverage(
        rules=tuple(rule.id for rule in order if rule.id not in applied),
        overrides=tuple(name for name in overrides if name not in mattered),
        literals=tuple(uncovered),
        literals_in_all=2 * sum(map(len, literals.values())),
    )


def tests(condition: Condition) -> Iterator[Condition]:
    """The single tests of a condition."""
    match condition:
        case Not(part):
            yield from tests(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from tests(part)
        case _:
            yield condition
