"""``socialpolicy test``: do the recorded cases decide as they are written?"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from socialpolicy.cli import output, sources
from socialpolicy.cli.main import COULD_NOT, GOOD, NO
from socialpolicy.completing import Assume
from socialpolicy.decisions import Decision, Item
from socialpolicy.loading.findings import Finding, Level, meant
from socialpolicy.loading.findings import told as findings_told
from socialpolicy.reporting.report import Check, Report
from socialpolicy.telling import Plain, plain
from socialpolicy.testing import Coverage, Result, Results, failed_case, test, worded
from socialpolicy.values import Value

if TYPE_CHECKING:
    from socialpolicy.configuring import Configuration
    from socialpolicy.mutating import Hint, Mutated, Survivor


@click.command()
@click.argument("source", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--cases",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="These cases instead of those beside the policy.",
)
@click.option("-k", "matching", default="", metavar="TEXT", help="Only cases whose id or story has this text.")
@click.option("--coverage", is_flag=True, help="Also: which rules, overrides and tests no case exercises.")
@click.option("--mutate", is_flag=True, help="Also: take things out of the policy, and tell what no case would notice.")
@click.option("--thorough", is_flag=True, help="With --mutate: take single values out of lists, too.")
@click.option("--rule", "rules", multiple=True, metavar="ID", help="With --mutate: try these rules alone.")
@output.formats(*output.REPORTS)
@output.quiet_option
@output.color_option
@output.config_option
def command(
    source: tuple[str, ...],
    cases: tuple[Path, ...],
    matching: str,
    coverage: bool,
    mutate: bool,
    thorough: bool,
    rules: tuple[str, ...],
    formats: list[tuple[str, str]],
    quiet: bool,
    color: str,
    config: Path | None,
) -> int:
    """Run the test cases of policies: tests/*.yaml beside each, and the examples inside its rules."""
    on = output.colored(color)
    if (thorough or rules) and not mutate:
        raise click.UsageError(f"{'--thorough' if thorough else '--rule'} goes with --mutate.")
    if mutate and matching:
        raise click.UsageError("--mutate tries all cases, so -k does not go with it; --rule ID tries one rule alone.")
    with output.answering(formats, "test"):
        chosen = output.chosen(config)
        results = [
            test(
                policy,
                list(cases) or None,
                matching=matching,
                documents=None if cases else sources.cases_beside(policy),
            )
            for one in source
            for policy in sources.policies_of(one)
        ]
        every = [
            Tested(
                result,
                result.coverage() if coverage else None,
                mutated(result, thorough, rules) if mutate and result.results else None,
            )
            for result in results
        ]
        return output.answer(formats, report(every, chosen, quiet=quiet, on=on, matching=matching, mutate=mutate))


@dataclass(frozen=True, slots=True)
class Tested:
    """The results of one policy, and what else was asked for."""

    results: Results
    coverage: Coverage | None = None
    mutants: Mutated | None = None


def report(
    every: Sequence[Tested],
    chosen: Configuration,
    *,
    quiet: bool = False,
    on: bool = False,
    matching: str = "",
    mutate: bool = False,
) -> Report:
    """What became of the cases of all policies, as a report."""

    def text() -> str:
        return "\n".join(
            line
            for one in every
            for line in (
                told(one.results, one.coverage, quiet, on, matching),
                *(mutants_told(one.mutants, quiet, on) if one.mutants else []),
                *([NOT_TRIED] if mutate and one.results.failed else []),
            )
        )

    found = [finding for one in every for finding in findings_of(one, matching)]
    findings = chosen.applied(found)
    checks = tuple(check for one in every for check in checks_of(one, chosen))
    count, failed = sum(len(one.results.results) for one in every), sum(len(one.results.failed) for one in every)
    summary = f"{failed:,} of {counted(count)} failed." if failed else f"{counted(count)} passed."
    survivors = [finding for finding in findings if finding.id == "mutant-survives"]
    if survivors:
        summary += f" {len(survivors):,} mutants are noticed by no case."
    data = [
        as_data(one.results, one.coverage) | ({"mutants": mutants_as_data(one.mutants)} if one.mutants else {})
        for one in every
    ]
    status = NO if any(finding.level is Level.ERROR for finding in findings) else GOOD
    if any(not one.results.results for one in every):
        status = COULD_NOT
        summary += " Of some policies there are no cases."
    return Report("test", status, summary, tuple(findings), checks, data, text)


def findings_of(one: Tested, matching: str = "") -> Iterator[Finding]:
    """What was found of one policy: cases that fail, mutants that no case notices, and that there are no cases."""
    policy = one.results.policy
    yield from one.results.warnings
    yield from (failed_case(policy, result) for result in one.results.failed)
    if not one.results.results and not matching:
        hint = "put some into tests/*.yaml beside the policy, or as `examples` into its rules."
        yield Finding("no-cases", f"{policy.id} has no test cases.", policy.file, policy.version_line, hint=hint)
    if one.mutants:
        yield from (replace(finding, level=Level.ERROR) for finding in one.mutants.findings)
        for survivor in one.mutants.left:
            message = f"no case notices: {survivor.mutant.sentence}."
            yield Finding(
                "mutant-survives", message, policy.file, survivor.line, survivor.column, survivor.column + 1,
                "\n".join(line.strip() for line in case_told(survivor.hint)), key=f"{policy.id} {message}",
            )  # fmt: skip


def checks_of(one: Tested, chosen: Configuration) -> Iterator[Check]:
    """Every case as a thing that passes or fails."""
    suite = f"test {one.results.policy.id}"
    for result in one.results.results:
        found = () if result.passed else tuple(chosen.applied([failed_case(one.results.policy, result)]))
        yield Check(suite, result.case.id, result.case.file, result.case.line, found)
    if one.mutants:
        for survivor in (finding for finding in findings_of(one) if finding.id == "mutant-survives"):
            yield Check(f"mutants {one.results.policy.id}", survivor.message, survivor.file, survivor.line,
                        tuple(chosen.applied([survivor])))  # fmt: skip


def told(results: Results, coverage: Coverage | None, quiet: bool, on: bool, matching: str = "") -> str:
    """The results of one policy, failures first."""
    policy = results.policy
    name = f"{policy.id} {policy.version}"
    if not results.results and matching:
        return f'{name}: no case has the text "{matching}" in its id or story.'
    if not results.results:
        return f"{name}: there are no cases. Put some into tests/*.yaml beside the policy, or as `examples` into its rules."
    lines = [findings_told(results.warnings)] if results.warnings else []
    for result in results.failed:
        lines.extend(failure(result, on))
    count, failed = len(results.results), len(results.failed)
    verdict = (
        output.paint(f"{failed} of {counted(count)} failed", "red", on, bold=True)
        if failed
        else output.paint(f"{counted(count)} passed", "green", on)
    )
    lines.append(f"{name}: {verdict}.")
    if not quiet and results.undetermined_without_examples:
        lines.append(
            f"  {results.undetermined_without_examples} of {counted(count)} {'is' if count == 1 else 'are'} undetermined without the values for examples."
        )
    if coverage is not None:
        lines.extend(covered(coverage, len(policy.rules)))
    return "\n".join(lines)


def counted(count: int) -> str:
    """A number of cases."""
    return f"{count:,} case{'s' * (count != 1)}"


def failure(result: Result, on: bool) -> list[str]:
    """One failed case as a readable difference."""
    case = result.case
    lines = [f"{output.paint('FAILED', 'red', on, bold=True)}  {case.id}  {case.story}   {case.file}:{case.line}"]
    width = max(len(difference.what) for difference in result.differences)
    for difference in result.differences:
        lines.append(f"    {difference.what.ljust(width)}  expected  {worded(difference.expected)}")
        lines.append(f"    {''.ljust(width)}  got       {output.paint(worded(difference.got), 'yellow', on)}")
    lines.extend(f"    {line}" for line in because(result.decision))
    return [*lines, ""]


def because(decision: Decision | None) -> list[str]:
    """What decided, in a line or two."""
    if decision is None:
        return []
    rules = {rule.id: rule.title for rule in decision.program.rules}
    items: list[Item] = [*decision.sure.denials, *decision.sure.revisions, *decision.sure.approvals]
    names = dict.fromkeys(item.rule for item in items)
    lines = [f"because  {name or 'baseline'}  {rules.get(name, 'where we start')}" for name in names]
    if decision.missing and not decision.determined:
        lines.append(f"missing  {', '.join(decision.missing[:8])}{' …' if len(decision.missing) > 8 else ''}")
    return lines


def covered(coverage: Coverage, rules: int) -> list[str]:
    """What no case exercises."""
    exercised = coverage.literals_in_all - len(coverage.literals)
    share = f"{100 * exercised // coverage.literals_in_all} %" if coverage.literals_in_all else "none"
    lines = [
        f"  coverage: {rules - len(coverage.rules)} of {rules} rules apply in some case; {exercised} of {coverage.literals_in_all} tests' outcomes are seen ({share})."
    ]
    if coverage.rules:
        lines.append(f"  never apply: {', '.join(coverage.rules)}")
    if coverage.overrides:
        lines.append(f"  overrides that never matter: {', '.join(coverage.overrides)}")
    lines.extend(f"  {literal.rule}: never {literal.never}: {literal.test}" for literal in coverage.literals)
    return lines


def as_data(results: Results, coverage: Coverage | None) -> dict[str, object]:
    """The results of one policy for programs."""
    data: dict[str, object] = {
        "policy": {"id": results.policy.id, "version": results.policy.version, "digest": results.policy.digest},
        "cases": len(results.results),
        "failed": [
            {
                "id": result.case.id, "story": result.case.story, "file": result.case.file, "line": result.case.line,
                "facts": {name: plain(value) if not isinstance(value, list) else value for name, value in result.case.facts.items()},
                "differences": [{"what": item.what, "expected": item.expected, "got": item.got} for item in result.differences],
            }
            for result in results.failed
        ],
        "undetermined_without_examples": results.undetermined_without_examples,
    }  # fmt: skip
    if coverage is not None:
        data["coverage"] = {
            "rules_that_never_apply": list(coverage.rules),
            "overrides_that_never_matter": list(coverage.overrides),
            "tests_never_seen": [
                {"rule": item.rule, "test": item.test, "never": item.never} for item in coverage.literals
            ],
            "tests_in_all": coverage.literals_in_all,
        }
    return data


# -- mutants -------------------------------------------------------------------------------------------------------------

PLAIN = re.compile(r"(?!(?:true|false|null|yes|no|on|off)$)[A-Za-z][A-Za-z0-9_./-]*", re.IGNORECASE)
"""Texts that need no quotes in YAML, wherever they stand."""
NOT_TRIED = "  No mutants were tried: that needs cases that pass."


def mutated(results: Results, thorough: bool, rules: tuple[str, ...]) -> Mutated | None:
    """What no case of a policy notices; None where some case fails already."""
    from socialpolicy.mutating import mutate, mutated_ids

    if sources.place_of(results.policy.file):
        raise click.UsageError(f"{results.policy.file}: --mutate takes files and folders, no revision.")
    known = mutated_ids(results.policy)
    for rule in rules:
        if rule not in known:
            raise click.UsageError(
                f"--rule {rule}: there is nothing of that name in {results.policy.id}. {hinted(rule, known)}"
            )
    if not results.passed:
        return None
    return mutate(results.policy, results.results, thorough=thorough, rules=rules, progress=progress())


def hinted(name: str, known: Collection[str]) -> str:
    """The name that was meant, if one is close."""
    return meant(name, known).capitalize()


def progress() -> Callable[[int, int], None] | None:
    """What shows on a terminal how far it is; nothing elsewhere."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, of: int) -> None:
        click.echo("\r\x1b[K" if done == of else f"\r{done:,} of {of:,} mutants tried", nl=False, err=True)

    return show


def mutants_told(found: Mutated, quiet: bool, on: bool) -> list[str]:
    """What no case notices, each with a case that would; then what makes no difference, and what is kept."""
    lines: list[str] = []
    for one in found.left:
        lines += [f"{place(found, one)}: no case notices: {one.mutant.sentence}.", *case_told(one.hint), ""]
    if found.findings:
        lines += [findings_told(found.findings), ""]
    if not quiet:
        lines += [f"{place(found, one)}: no action is decided otherwise: {one.mutant.sentence}." for one in found.equal]
        lines += [f"{place(found, one)}: kept: {one.mutant.sentence}. {one.reason}" for one in found.kept]
    counts = [
        (len(found.equal), "make no difference for any action", "makes no difference for any action"),
        (len(found.kept), "are kept for a reason", "is kept for a reason"),
    ]
    left = len(found.left)
    verdict = (
        output.paint(f"{left:,} {'is' if left == 1 else 'are'} noticed by no case", "yellow", on, bold=True)
        if left
        else output.paint(
            "all others are noticed" if any(count for count, *_ in counts) else "all are noticed", "green", on
        )
    )
    others = [f"{count:,} {one if count == 1 else many}" for count, many, one in counts if count]
    lines.append(f"  {found.tried:,} mutants: {', '.join([*others, verdict])}.")
    return lines


def place(found: Mutated, one: Survivor) -> str:
    """Where the thing stands that was taken out."""
    return f"{found.policy.file}:{one.line}:{one.column}"


def case_told(hint: Hint | None) -> list[str]:
    """A case that would notice a mutant, in lines that can be copied into a file of cases."""
    if hint is None:
        return ["    Whether any action is decided otherwise stays open."]
    expect, instead = (flow(one.get("outcome", one)) for one in (hint.expect, hint.instead))
    lines = [f"    facts: {flow({name: as_fact(value) for name, value in hint.facts.items()})}"]
    if hint.assume is Assume.NOTHING:
        lines[0] += "   # with assume: nothing"
    return [*lines, f"    expect: {expect}   # without it: {instead}"]


def as_fact(value: Value | None) -> Plain:
    """A fact as a case states it."""
    return "unknown" if value is None else plain(value)


def flow(value: Plain) -> str:
    """Plain data in one line of YAML."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{name}: {flow(inner)}" for name, inner in value.items()) + "}"
        case str():
            return value if PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
        case bool() | int() | None:
            return json.dumps(value)
        case _:
            return "[" + ", ".join(map(flow, value)) + "]"


def mutants_as_data(found: Mutated) -> dict[str, object]:
    """What became of the mutants of a policy, for programs."""
    return {
        "tried": found.tried,
        "survivors": [survivor_as_data(found, one) for one in found.left],
        "no_difference": [survivor_as_data(found, one) for one in found.equal],
        "kept": [survivor_as_data(found, one) for one in found.kept],
        "findings": [finding.as_data() for finding in found.findings],
    }


def survivor_as_data(found: Mutated, one: Survivor) -> dict[str, object]:
    """One mutant that no case notices, for programs."""
    mutant, hint = one.mutant, one.hint
    data: dict[str, object] = {
        "section": mutant.section, "id": mutant.id, "what": mutant.what, "sentence": mutant.sentence,
        "file": found.policy.file, "line": one.line, "column": one.column,
    }  # fmt: skip
    if one.reason:
        data["reason"] = one.reason
    if hint is not None:
        data["case"] = {
            "assume": hint.assume.value,
            "facts": {name: as_fact(value) for name, value in hint.facts.items()},
            "expect": dict(hint.expect),
            "instead": dict(hint.instead),
        }
    return data
