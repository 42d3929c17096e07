"""What ``lint`` doubts is so, and what it does not doubt is not: against trying all actions, and as cases that one can read.

A case of ``tests/lint`` is a small policy. A line on which there is a finding ends with ``# <- its-id``; those on lines that
are comments stand below ``x-expected``. Nothing else is found. The day is 15 June 2026.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from oracles import brute
from socialpolicy.cli.lint import LookedOver, report
from socialpolicy.cli.main import GAVE_UP, GOOD, NO, run
from socialpolicy.comparing import compare
from socialpolicy.completing import complete
from socialpolicy.conditions import holds
from socialpolicy.configuring import Configuration
from socialpolicy.interpret import applying
from socialpolicy.linting import About, Linting, is_own
from socialpolicy.loading.findings import Finding
from socialpolicy.loading.reading import read_text
from socialpolicy.policy import load, loads
from socialpolicy.program import Effect, Program
from socialpolicy.reporting.report import fingerprints_of
from socialpolicy.tidying import LINTS, lint
from socialpolicy.values import Truth
from strategies import random_program

PROGRAMS = int(os.environ.get("PROGRAMS", "60"))
TRIED_AT_MOST = 6_000


# -- against trying all actions --------------------------------------------------------------------------------------


def doubted(program: Program) -> set[tuple[About, str, tuple[str, ...]]]:
    """What is doubted: of overrides with the rule that is overridden, else without others."""
    with Linting(program) as linting:
        return {
            (doubt.about, doubt.rule, doubt.others if doubt.about is About.OVERRIDE else ())
            for doubt in linting.doubts()
            if doubt.about is not About.TOO_WIDE
        }


def tried(program: Program) -> tuple[set[tuple[About, str, tuple[str, ...]]], bool]:
    """The same by trying all actions, those of which facts are missing among them; and whether these are all that matter."""
    space = brute.space(program, program)
    if space.size > TRIED_AT_MOST:
        raise brute.TooManyError(f"{space.size:,} actions")
    judge = brute.Judge(program)
    points = [(facts, decision) for facts in space.actions() if (decision := judge(facts)) is not None]
    held: set[str] = set()
    applied: set[str] = set()
    met: set[tuple[str, str]] = set()
    for facts, _ in points:
        known = complete(program.vocabulary, facts)
        holding = {rule.id for rule in program.rules if holds(rule.when, known) is Truth.TRUE}
        here = {rule for rule, truth in applying(program.rules, known).items() if truth is Truth.TRUE}
        held |= holding
        applied |= here
        met |= {
            (other, rule.id)
            for rule in program.rules
            for other in rule.overridden_by
            if rule.id in holding and other in here
        }
    found: set[tuple[About, str, tuple[str, ...]]] = set()
    for rule in program.rules:
        if rule.id not in held:
            found.add((About.NEVER_APPLIES, rule.id, ()))
        elif rule.id not in applied:
            found.add((About.ALWAYS_OVERRIDDEN, rule.id, ()))
        elif not brute.matters(program, rule, points, space.values):
            found.add((About.NEVER_MATTERS, rule.id, ()))
        found |= {
            (About.OVERRIDE, other, (rule.id,))
            for other in rule.overridden_by
            if (other, rule.id) not in met and other in applied and rule.id in held
        }
    own = {rule.id for rule in program.rules if is_own(rule)}
    return {doubt for doubt in found if doubt[1] in own}, space.exhaustive


def agree(seed: int) -> bool:
    """Check one program; False where it is too large to try."""
    program = random_program(Random(seed), small=True, rules_at_most=6)
    try:
        wanted, exhaustive = tried(program)
    except brute.TooManyError:
        return False
    found = doubted(program)
    assert found <= wanted, (seed, found - wanted)
    if exhaustive:
        assert found == wanted, (seed, wanted - found)
    return True


def test_doubts_are_those_that_trying_all_actions_finds() -> None:
    checked = sum(agree(seed) for seed in range(PROGRAMS))
    assert checked >= PROGRAMS // 4


@pytest.mark.long
def test_doubts_of_many_programs() -> None:
    assert sum(agree(seed) for seed in range(1_000, 4_000)) > 500


def test_a_rule_never_matters_where_the_comparison_finds_nothing_without_it() -> None:
    """On programs that are too large to try: over all kinds of facts, and with others missing."""
    for seed in range(PROGRAMS // 4):
        program = random_program(Random(seed), rules_at_most=6)
        doubts = doubted(program)
        idle = {rule for about, rule, _ in doubts if about in (About.NEVER_APPLIES, About.ALWAYS_OVERRIDDEN)}
        for rule in program.rules:
            if rule.effect is Effect.ADVISE or rule.id in idle or not is_own(rule):
                continue  # a diff does not count advice that is lost; a further approval is looked at with its rule
            statements = compare(program, brute.without_rule(program, rule.id)).statements
            assert bool(statements) != ((About.NEVER_MATTERS, rule.id, ()) in doubts), (seed, rule.id)


# -- cases -----------------------------------------------------------------------------------------------------------

CASES = sorted((Path(__file__).parent / "lint").glob("*.yaml"))
AT = datetime(2026, 6, 15, tzinfo=UTC)
ACME = Path(__file__).parent.parent / "policies" / "acme"
NO_CASE = {"lint-open"}
"""What no small policy can show; ``test_what_stays_open_is_said`` does."""


def wanted(file: Path) -> Counter[tuple[str, int]]:
    """The findings that a case says there are: their ids and lines."""
    text = file.read_text("utf-8")
    found = Counter(
        (id.strip(), number)
        for number, line in enumerate(text.splitlines(), 1)
        if (marked := re.search(r"# <- ([a-z, -]+)$", line))
        for id in marked[1].split(",")
    )
    extra = read_text(text, file.name).data.get("x-expected", {})
    return found + Counter((id, line) for id, lines in extra.items() for line in lines)


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case(file: Path) -> None:
    findings = lint(load(file), at=AT)
    assert Counter((finding.id, finding.line) for finding in findings) == wanted(file), "\n".join(map(str, findings))
    assert all(finding.hint and finding.message.endswith(".") for finding in findings)


def test_every_finding_is_in_a_case() -> None:
    assert {id for file in CASES for id, _ in wanted(file)} == set(LINTS) - NO_CASE


def test_without_an_instant_nothing_is_said_of_what_ended() -> None:
    found = {finding.id for finding in lint(load(Path(__file__).parent / "lint" / "dates.yaml"))}
    assert found == {"dates-gap", "dates-overlap"}


def test_what_is_found_does_not_depend_on_the_order_of_rules() -> None:
    """Nor do a rule's neighbours."""
    text = (Path(__file__).parent / "lint" / "rules.yaml").read_text("utf-8")
    head, *rules = re.split(r"^(?=  - id: )", text, flags=re.MULTILINE)
    found = {(one.id, one.text.split("#")[0].strip()) for one in lint(loads(text), document=read_text(text, "policy"))}
    turned = "".join([head, *reversed(rules)])
    again = lint(loads(turned), document=read_text(turned, "policy"))
    assert {(one.id, one.text.split("#")[0].strip()) for one in again} == found


# -- what people call ------------------------------------------------------------------------------------------------


def test_what_stays_open_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["lint", str(ACME), "--at", "2026-06-15", "--budget", "1"])
    out = capsys.readouterr().out
    assert (status == GAVE_UP) == ("lint-open" in out)


def test_a_question_that_stays_open_is_never_known_already() -> None:
    """What was open when the baseline was written may be anything by now."""
    found = LookedOver(AT, [Finding(id, "It is so.", "shop.yaml", key=id) for id in ("lint-open", "unused-tag")])
    found.left_open = 1
    told = report(found, Configuration(), known=fingerprints_of(found.findings))
    assert ([one.id for one in told.findings], told.status) == (["lint-open"], GAVE_UP)
    assert told.data["in_the_baseline"] == 1


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ([], NO),
        (["--fail-on", "never"], GOOD),
        (["--select", "unused-terms"], NO),
        (["--select", "unused-terms", "--ignore", "unused-terms"], GOOD),
        (["--select", "partial-group"], GOOD),
        (["--select", "partial-group", "--fail-on", "info"], NO),
        (["--select", "unused-term"], 2),
        (["--at", "yesterday"], 2),
    ],
)
def test_the_exit_status_is_that_of_what_was_asked(
    options: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    names = str(Path(__file__).parent / "lint" / "names.yaml")
    assert run(["lint", names, *options]) == status
    captured = capsys.readouterr()
    assert bool(captured.err) == (status == 2)


def test_data_for_programs_has_every_finding(capsys: pytest.CaptureFixture[str]) -> None:
    file = Path(__file__).parent / "lint" / "ignores.yaml"
    assert run(["lint", str(file), "-f", "json", "--at", "2026-06-15"]) == NO
    data = json.loads(capsys.readouterr().out)
    assert Counter((one["id"], one["line"]) for one in data["findings"]) == wanted(file)
    assert data["result"]["at"] == "2026-06-15T00:00:00Z"


def test_nothing_found_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    file = Path(__file__).parent / "lint" / "fixed.yaml"
    assert run(["lint", str(file), "--at", "2026-06-15"]) == GOOD
    assert (
        capsys.readouterr().out == "No findings in 5 rules, proved for all actions, dates as of 2026-06-15T00:00:00Z.\n"
    )
    assert run(["lint", str(file), "-q"]) == GOOD
    assert capsys.readouterr().out.strip() == ""
