"""``socialpolicy test``: do the recorded cases decide as they are written?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from socialpolicy.cli import output, sources
from socialpolicy.cli.main import COULD_NOT, GOOD, NO
from socialpolicy.decisions import Decision, Item
from socialpolicy.loading.findings import told as findings_told
from socialpolicy.policy import load
from socialpolicy.telling import Plain, plain
from socialpolicy.testing import Coverage, Result, Results, test


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
@output.formats("text", "json")
@output.quiet_option
@output.color_option
def command(
    source: tuple[str, ...],
    cases: tuple[Path, ...],
    matching: str,
    coverage: bool,
    formats: list[tuple[str, str]],
    quiet: bool,
    color: str,
) -> int:
    """Run the test cases of policies: tests/*.yaml beside each, and the examples inside its rules."""
    on = output.colored(color)
    results = [
        test(load(file), list(cases) or None, matching=matching) for one in source for file in sources.folders(one)
    ]
    measured = [result.coverage() if coverage else None for result in results]

    def text() -> str:
        return "\n".join(
            told(result, cover, quiet, on, matching) for result, cover in zip(results, measured, strict=True)
        )

    output.write(
        formats,
        {
            "text": text,
            "json": lambda: output.as_json([as_data(*pair) for pair in zip(results, measured, strict=True)]),
        },
    )
    if any(not result.results for result in results):
        return COULD_NOT
    return GOOD if all(result.passed for result in results) else NO


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
        lines.append(f"    {difference.what.ljust(width)}  expected  {shown(difference.expected)}")
        lines.append(f"    {''.ljust(width)}  got       {output.paint(shown(difference.got), 'yellow', on)}")
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


def shown(value: Plain) -> str:
    """A value of a difference."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


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
