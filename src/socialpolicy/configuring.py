"""The configuration: which findings count how much in this repository, and which changes are accepted on record.

It stands in ``.socialpolicy.toml``, or under ``[tool.socialpolicy]`` in ``pyproject.toml``:

    [findings]
    unused-tag = "off"                                       # off, info, warning or error
    decision-looser = {level = "error"}                      # Legal looks at these
    advice-added = {bump = "patch"}                          # the step between versions that it calls for

    [[waive]]                                                # see ``waiving``

Only what is a matter of judgement can be chosen. A mistake stays an error: what has one cannot be used.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from socialpolicy.catalogue import ADJUSTABLE, CHANGES
from socialpolicy.loading.findings import Finding, FindingsError, Level, listed, meant, visible
from socialpolicy.loading.reading import FILE_BYTES
from socialpolicy.versions import Bump
from socialpolicy.waiving import Waiver, wrong

FILES = (".socialpolicy.toml", "pyproject.toml")
LEVELS: Mapping[str, Level | None] = {
    "off": None,
    "info": Level.INFO,
    "warning": Level.WARNING,
    "error": Level.ERROR,
}
BUMPS: Mapping[str, Bump] = {bump.word: bump for bump in (Bump.PATCH, Bump.MINOR, Bump.MAJOR)}
KEYS = ("findings", "waive")


class ConfigError(FindingsError):
    """A configuration file with errors."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a repository chose: the levels of findings (None: off), the steps that changes call for, and waivers."""

    levels: Mapping[str, Level | None] = field(default_factory=dict)
    needs: Mapping[str, Bump] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    file: str = ""

    def told(self, file: str) -> str:
        """What was chosen in this file, in a sentence: a pull request that softens its own check is seen to do so.

        Waivers are told apart. Where nothing was chosen, that is "".
        """
        words = [f"{id} is {level.word if level is not None else 'off'}" for id, level in self.levels.items()]
        words += [f"{id} calls for a {bump.word} version" for id, bump in self.needs.items()]
        return f"Chosen in {visible(file)}: {listed(words, 'and')}." if words else ""

    def off(self, id: str) -> bool:
        """Whether a finding was turned off."""
        return id in self.levels and self.levels[id] is None

    def applied(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings at the levels that were chosen; those that are off are left out."""
        found = []
        for finding in findings:
            level = finding.level if finding.accepted else self.levels.get(finding.id, finding.level)
            if level is not None:
                found.append(finding if level is finding.level else replace(finding, level=level))
        return found


def configured(folder: Path) -> Path | None:
    """The configuration file of a folder, if it has one."""
    for name in FILES:
        path = folder / name
        if path.is_file() and (name != "pyproject.toml" or may_be_ours(path)):
            return path
    return None


def may_be_ours(path: Path) -> bool:
    """Whether a pyproject.toml has our table; or might, as it names us and cannot be read: that is then told."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return True
    try:
        table = tomllib.loads(text).get("tool", {})
    except (ValueError, RecursionError):
        return re.search(r"tool\W+socialpolicy", text) is not None
    return isinstance(table, dict) and "socialpolicy" in table


def configuration(path: Path | None) -> Configuration:
    """What a configuration file says; without one, nothing was chosen. Raises ``ConfigError`` with every mistake in it."""
    if path is None:
        return Configuration()
    name, text, data = read(path)
    findings = [
        Finding(
            "unknown-key",
            f"{visible(key)} is no key of the configuration.",
            name,
            line_of(text, key),
            hint=meant(key, KEYS) or f"there is {listed([f'`{one}`' for one in KEYS], 'and')}.",
        )
        for key in data
        if key not in KEYS
    ]
    levels: dict[str, Level | None] = {}
    needs: dict[str, Bump] = {}
    table = data.get("findings", {})
    if not isinstance(table, dict):
        at = line_of(text, "findings")
        findings.append(Finding("wrong-type", "`findings` is a table.", name, at, hint="write [findings]."))
        table = {}
    for id, value in table.items():
        at = line_of(text, id)
        mistakes = list(wrong_choice(id, value, name, at))
        findings += mistakes
        if not mistakes:
            chosen = {"level": value} if isinstance(value, str) else value
            levels |= {id: LEVELS[chosen["level"]]} if "level" in chosen else {}
            needs |= {id: BUMPS[chosen["bump"]]} if "bump" in chosen else {}
    waivers = list(waived(data.get("waive", []), text, name, findings))
    if findings:
        raise ConfigError(findings)
    return Configuration(levels, needs, tuple(waivers), path.as_posix())


def read(path: Path) -> tuple[str, str, dict[str, Any]]:
    """The name of a configuration file, its text, and our part of it. Raises ``ConfigError`` where it cannot be read."""
    name = str(path)
    try:
        raw = path.read_bytes()
        if len(raw) > FILE_BYTES:
            raise ConfigError([Finding("too-large", "the configuration is larger than any should be.", name)])
        text = raw.decode("utf-8-sig")
        data: Any = tomllib.loads(text)
    except OSError as error:
        problem = f"this file cannot be read: {error.strerror or error}."
        raise ConfigError([Finding("unreadable-file", problem, name, hint="check the name and the rights.")]) from None
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
    return name, text, data


def wrong_choice(id: str, value: Any, file: str, line: int) -> Iterator[Finding]:
    """What is wrong with what was chosen for one finding."""
    if id not in ADJUSTABLE:
        hint = meant(id, ADJUSTABLE)
        if known(id):
            problem = f"{id} is a mistake, so its level cannot be chosen: what has one cannot be used."
            yield Finding("not-adjustable", problem, file, line, hint="remove the line, and mend the mistakes.")
        else:
            problem = f"there is no finding {visible(id)}."
            yield Finding("unknown-finding", problem, file, line, hint=hint or "`socialpolicy explain` lists them all.")
        return
    chosen = {"level": value} if isinstance(value, str) else value
    if not isinstance(chosen, dict) or not chosen:
        yield Finding("wrong-type", f"{id} is a level, or a table.", file, line, hint=f'write {id} = "warning".')
        return
    for key, one in chosen.items():
        words = {"level": LEVELS, "bump": BUMPS}.get(key)
        if words is None:
            hint = meant(key, ("level", "bump")) or "there is `level` and `bump`."
            yield Finding("unknown-key", f"{visible(key)} cannot be chosen for a finding.", file, line, hint=hint)
        elif key == "bump" and id not in CHANGES:
            problem = f"{id} is no change between versions, so it calls for no step."
            yield Finding("not-adjustable", problem, file, line, hint="remove `bump`.")
        elif not isinstance(one, str) or one not in words:
            shown = visible(str(one))
            problem = f"`{key}` of {id} has to be {listed(words)}, not {shown}."
            yield Finding("unknown-value", problem, file, line, hint=meant(one, words))


def known(id: str) -> bool:
    """Whether there is a finding of that name."""
    from importlib import resources

    return bool(re.fullmatch(r"[a-z0-9-]+", id)) and (resources.files("socialpolicy") / "pages" / f"{id}.md").is_file()


def waived(entries: Any, text: str, file: str, findings: list[Finding]) -> Iterator[Waiver]:
    """The waivers of a configuration; what is wrong with them is added to the findings."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        at = line_of(text, "waive")
        findings.append(Finding("wrong-type", "`waive` is a list of tables.", file, at, hint="write [[waive]]."))
        return
    lines = [
        number for number, content in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[.*waive\s*\]\]", content)
    ]
    for index, entry in enumerate(entries):
        line = lines[index] if index < len(lines) else line_of(text, "waive")
        mistakes: Sequence[Finding] = list(wrong(entry, file, line))
        findings += mistakes
        if not mistakes:
            yield Waiver(**entry, file=file, line=line)


def line_of(text: str, word: str) -> int:
    """The first line that a word begins, or the first line."""
    return next(
        (number for number, line in enumerate(text.splitlines(), 1) if line.lstrip(" [\"'").startswith(word)), 1
    )
