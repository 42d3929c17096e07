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
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from socialpolicy.loading.findings import Finding, FindingsError, Level, meant, visible
from socialpolicy.loading.reading import FILE_BYTES

FILES = (".socialpolicy.toml", "pyproject.toml")
KEY = re.compile(r"[a-z]+(-[a-z]+)*:[0-9a-f]{12}", re.ASCII)
KEYS = ("finding", "reason", "by", "until", "policy")


class ConfigError(FindingsError):
    """A configuration file with errors."""


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


def configured(folder: Path) -> Path | None:
    """The configuration file of a folder, if it has one."""
    for name in FILES:
        path = folder / name
        if path.is_file() and (name != "pyproject.toml" or "socialpolicy" in tool_table(path)):
            return path
    return None


def tool_table(path: Path) -> dict[str, Any]:
    """The table ``tool`` of a pyproject.toml; empty where the file cannot be read as one: it is not ours."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {})
    except (OSError, ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}


def waivers(path: Path) -> list[Waiver]:
    """The waivers in a configuration file. Raises ``ConfigError`` with every mistake in it."""
    name = str(path)
    try:
        raw = path.read_bytes()
        if len(raw) > FILE_BYTES:
            raise ConfigError([Finding("too-large", "the configuration is larger than any should be.", name)])
        text = raw.decode("utf-8")
        data: Any = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        message = f"this is no TOML: {str(error) or 'nested too deeply'}"
        raise ConfigError(
            [Finding("syntax", message, name, line, column, column + 1, "check brackets and quotes.")]
        ) from None
    if path.name == "pyproject.toml":
        table = data.get("tool", {})
        data = table.get("socialpolicy", {}) if isinstance(table, dict) else table
    if not isinstance(data, dict):
        at = line_of(text, "socialpolicy")
        raise ConfigError(
            [Finding("wrong-type", "`socialpolicy` is a table.", name, at, hint="write [tool.socialpolicy].")]
        )
    findings = [
        Finding(
            "unknown-key",
            f"{visible(key)} is no key of the configuration.",
            name,
            line_of(text, key),
            hint=meant(key, ["waive"]) or "there is `waive`.",
        )
        for key in data
        if key != "waive"
    ]
    entries = data.get("waive", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError(
            [
                *findings,
                Finding(
                    "wrong-type", "`waive` is a list of tables.", name, line_of(text, "waive"), hint="write [[waive]]."
                ),
            ]
        )
    lines = [
        number for number, content in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[.*waive\s*\]\]", content)
    ]
    found: list[Waiver] = []
    for index, entry in enumerate(entries):
        line = lines[index] if index < len(lines) else line_of(text, "waive")
        mistakes = list(wrong(entry, name, line))
        findings += mistakes
        if not mistakes:
            found.append(Waiver(**entry, file=name, line=line))
    if findings:
        raise ConfigError(findings)
    return found


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
        if not isinstance(value, str) or not value.strip():
            yield Finding(
                "missing-key" if key not in entry else "wrong-type",
                f"the waiver has no `{key}`.",
                file,
                line,
                hint=f'write {key} = "…".',
            )
    if isinstance(entry.get("finding"), str) and entry["finding"].strip() and not KEY.fullmatch(entry["finding"]):
        yield Finding(
            "bad-waiver",
            f"{visible(entry['finding'])} names no change.",
            file,
            line,
            hint="write it as diff prints it, such as decision-stricter:3fa9c1d20b7e.",
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


def line_of(text: str, word: str) -> int:
    """The first line that a word begins, or the first line."""
    return next(
        (number for number, line in enumerate(text.splitlines(), 1) if line.lstrip(" [\"'").startswith(word)), 1
    )


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
