"""Waivers: changes that somebody accepts on record, although the version number does not admit them.

They stand in ``.socialpolicy.toml``, or under ``[tool.socialpolicy]`` in ``pyproject.toml``:

    [[waive]]
    finding = "decision-stricter:3fa9c1d20b7e"
    reason = "agreed with the works council before the release"
    by = "comms"
    until = 2026-12-31

A waiver names one change by its kind and the fingerprint of its region, so it covers no other change. It hides nothing: what
it waives is listed as waived. It ends with the day ``until``. One that waives nothing (any more) is a finding itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from socialpolicy.loading.findings import Finding, Level, meant, visible

KEY = re.compile(r"[a-z]+(-[a-z]+)*:[0-9a-f]{12}", re.ASCII)
HINTS = {
    "finding": "write it as diff prints it, such as decision-stricter:3fa9c1d20b7e.",
    "reason": "write in words why the change is accepted.",
    "by": "write who accepts it.",
}
KEYS = ("finding", "reason", "by", "until", "policy")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One change that is accepted: by whom, why, and until which day (included). ``policy`` is the one it is for, "" any."""

    finding: str
    reason: str
    by: str
    until: date
    policy: str = ""
    file: str = ""
    line: int = 1


def wrong(entry: dict[str, Any], file: str, line: int) -> Iterable[Finding]:
    """What is wrong with one waiver."""
    for key in entry:
        if key not in KEYS:
            yield Finding(
                "unknown-key",
                f"{visible(key)} is no key of a waiver.",
                file,
                line,
                hint=meant(key, KEYS) or "a waiver has finding, reason, by and until.",
            )
    for key in ("finding", "reason", "by"):
        value = entry.get(key)
        if not isinstance(value, str) or not re.search(r"\w", value):
            yield Finding(
                "missing-key" if key not in entry else "wrong-type",
                f"the waiver has no `{key}`.",
                file,
                line,
                hint=HINTS[key],
            )
    if isinstance(entry.get("finding"), str) and entry["finding"].strip() and not KEY.fullmatch(entry["finding"]):
        yield Finding(
            "bad-waiver",
            f"{visible(entry['finding'])} names no change.",
            file,
            line,
            hint=HINTS["finding"],
        )
    if "until" not in entry or type(entry["until"]) is not date:
        yield Finding(
            "missing-key" if "until" not in entry else "wrong-type",
            "the waiver does not say until which day.",
            file,
            line,
            hint="write until = 2026-12-31, without quotes.",
        )
    if not isinstance(entry.get("policy", ""), str):
        yield Finding("wrong-type", "`policy` is the id of a policy.", file, line, hint='write policy = "…".')


def applied(
    given: Sequence[Waiver], keys: Sequence[str], policy: str, today: date
) -> tuple[dict[str, Waiver], list[Finding]]:
    """Which changes (by their keys) are waived today, and what is wrong with the waivers: expired, unused, given twice."""
    waived: dict[str, Waiver] = {}
    findings: list[Finding] = []
    for waiver in given:
        if waiver.policy not in ("", policy):
            continue

        def finding(id: str, message: str, hint: str, waiver: Waiver = waiver) -> None:
            findings.append(Finding(id, message, waiver.file, waiver.line, hint=hint, level=Level.WARNING))

        if waiver.finding in waived:
            first = waived[waiver.finding].line
            finding(
                "waiver-duplicate", f"{waiver.finding} is waived twice; the first is on line {first}.", "remove one."
            )
        elif waiver.finding not in keys:
            finding(
                "waiver-unused", f"nothing that changes is {waiver.finding}.", "remove it, or check what it was for."
            )
        elif waiver.until < today:
            finding(
                "waiver-expired",
                f"the waiver of {waiver.finding} ended on {waiver.until}.",
                "agree on it anew, or write the version that the change needs.",
            )
        else:
            waived[waiver.finding] = waiver
    return waived, findings
