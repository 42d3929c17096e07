"""The API is typed from outside: a caller's strict type check sees what it returns, and what it takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import socialpolicy

GOOD = """
import socialpolicy
from socialpolicy import Action, Decider, Decision, Outcome, Policy

policy: Policy = socialpolicy.load("policies/acme")
decision: Decision = policy.decide({"account": {"kind": "personal"}}, assume="in_examples")
outcome: Outcome = policy.outcome({"platform": None})
action: Action = policy.action({"platform": "x"})
names: tuple[str, ...] = decision.applies + decision.missing
determined: bool = decision.determined and decision.at_least <= Outcome.ASK
text: str = decision.explain() + decision.label
digest: str = decision.policy.digest
needed: list[str] = [contact for asked in decision.approvals for contact in asked.of]
saved: Decider = socialpolicy.load_program("acme.json")
again: Decision = saved.decide(action)
passed: bool = policy.test().passed
fast: Decision = policy.compiled.decide({"account.kind": "personal"})
titles: list[str] = [rule.title for rule in policy.rules]
"""

BAD = """
import socialpolicy

policy = socialpolicy.load(1)
policy.decide("post")
number: int = policy.decide({}).explain()
policy.decide({}).outcom
"""


def check(text: str, folder: Path) -> str:
    file = folder / "caller.py"
    file.write_text(text, "utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-incremental",
        "--cache-dir",
        str(folder / "cache"),
        file.name,
    ]
    home = Path(socialpolicy.__file__).parent.parent
    environment = os.environ if home.name == "site-packages" else {**os.environ, "MYPYPATH": str(home)}
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False).stdout


def test_what_callers_write_type_checks(tmp_path: Path) -> None:
    assert "caller.py" not in check(GOOD, tmp_path)


def test_what_callers_get_wrong_does_not(tmp_path: Path) -> None:
    found = check(BAD, tmp_path)
    assert [
        line.split(":")[1] for line in found.splitlines() if line.startswith("caller.py") and ": error:" in line
    ] == ["4", "5", "6", "7"]
