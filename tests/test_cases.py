"""Decisions pinned as data: little policies, and cases that their authors could have written.

Beside ``cases/NAME.policy.yaml`` stand ``NAME.cases.yaml`` and, where values in examples matter,
``NAME.in_examples.cases.yaml``. Each case is decided twice: by the reference, and by what callers call.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from socialpolicy import load
from socialpolicy.interpret import interpret
from socialpolicy.loading.reading import read_file
from socialpolicy.testing import Case, cases_of, differences, run

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

HERE = Path(__file__).parent / "cases"


def all_cases() -> list[tuple[Policy, Case]]:
    """Every case of every file, with its policy. What is wrong with a file is an error here."""
    found = []
    for file in sorted(HERE.glob("*.cases.yaml")):
        policy = load(HERE / f"{file.name.split('.')[0]}.policy.yaml")
        document = read_file(file)
        cases = cases_of(policy, document)
        assert not policy.warnings
        assert not document.findings, "\n".join(map(str, document.findings))
        found += [(policy, case) for case in cases]
    return found


CASES = all_cases()


@pytest.mark.parametrize(("policy", "case"), CASES, ids=[f"{policy.id}-{case.id}" for policy, case in CASES])
def test_case(policy: Policy, case: Case) -> None:
    decision = interpret(policy.program, policy.action(case.facts).facts, assume=case.assume)
    assert list(differences(case.expect, decision)) == []
    assert run(policy, case).differences == ()
    assert policy.decide(case.facts, assume=case.assume) == decision


def test_every_policy_has_cases_and_every_rule_of_it_applies_in_one() -> None:
    for file in HERE.glob("*.policy.yaml"):
        policy = load(file)
        coverage = policy.test(*HERE.glob(f"{policy.id}.*cases.yaml")).coverage()
        assert (policy.id, coverage.rules, coverage.overrides) == (policy.id, (), ())


def test_no_case_is_written_twice() -> None:
    names = [f"{policy.id}-{case.id}" for policy, case in CASES]
    assert len(names) == len(set(names))
