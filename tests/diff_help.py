"""How each finding about a new version is brought about: by the pairs of ``tests/diffs``, or by two policies here."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from socialpolicy import Policy, load, loads
from socialpolicy.configuring import ConfigError, configuration
from socialpolicy.diffing import NEEDS, VERSION_FINDINGS, Diff, diff
from socialpolicy.loading.reading import FILE_BYTES
from socialpolicy.waiving import Waiver, applied

if TYPE_CHECKING:
    from collections.abc import Callable

PAIRS = Path(__file__).parent / "diffs"
IDS = frozenset({*NEEDS, *VERSION_FINDINGS, "bump-larger-than-needed"})
"""The ids that a comparison can give."""

HEAD = """\
socialpolicy: 1
id: shop
title: Posts of the shop
version: "{version}"
vocabulary:
  approvals: agreed
  facts:
    agreed: {{type: set, values: [comms, legal], default: [], question: Who said yes?}}
    secret: {{type: bool, question: Is it secret?}}
    loud: {{type: bool, question: Is it loud?}}
    rumour: {{type: bool, question: Is it a rumour?}}
contacts:
  comms: {{title: Communications, reach: "#comms"}}
  legal: {{title: Legal, reach: "#legal"}}
baseline: allow
"""
COMMS = """\
rules:
  - {id: A, title: Ask first, effect: ask, scope: everything, when: {loud: true}, approval: comms}
"""
LEGAL = """\
  - {id: B, title: Ask Legal as well, effect: ask, scope: everything, when: {loud: true}, approval: legal}
"""
SECRETS = """\
rules:
  - {id: A, title: Secrets stay here, effect: deny, scope: everything, when: {secret: true}}
  - {id: B, title: Loud secrets stay here, effect: deny, scope: everything, when: WHEN}
"""
OPEN = """\
when_unknown: strictest
conditions:
  loud_talk: {title: It is loud talk, is: WHEN}
rules:
  - {id: A, title: No loud rumours, effect: deny, scope: everything, when: {loud: true, rumour: true}}
  - {id: B, title: Ask first, effect: ask, scope: everything, when: {loud_talk: true}, approval: comms}
"""
LOUD, LOUD_BY_CASES = (
    "{secret: true, loud: true}",
    "{secret: true, any: [{loud: true, rumour: true}, {loud: true, rumour: false}]}",
)


def policy(text: str, version: str = "1.0.0") -> Policy:
    """A policy with this text below its head."""
    return loads(HEAD.format(version=version) + text)


def of_pair(name: str) -> Diff:
    """What a pair changes."""
    return diff(load(PAIRS / name / "before.yaml"), load(PAIRS / name / "after.yaml"))


def changes(found: Diff) -> list[str]:
    """The ids of what changes."""
    return [change.id for change in found.changes]


def in_pair(name: str, _: Path) -> list[str]:
    return changes(of_pair(name))


def between(old: str, new: str, _: Path) -> list[str]:
    return changes(diff(policy(old), policy(new)))


def said_besides(old: str, new: str, _: Path) -> list[str]:
    """What is said beside an outcome that is another."""
    found = diff(policy(old), policy(new))
    return [kind.value for change in found.changes if change.statement for kind in change.statement.also]


def with_version(name: str, _: Path) -> list[str]:
    return list(of_pair(name).problems)


# -- waivers ---------------------------------------------------------------------------------------------------------

KEY = "decision-stricter:3fa9c1d20b7e"
TODAY = date(2026, 6, 1)


def waived(*given: Waiver, keys: tuple[str, ...] = (KEY,)) -> list[str]:
    """What is wrong with waivers today, if these changes there are."""
    return [finding.id for finding in applied(given, keys, "shop", TODAY)[1]]


def waiver(until: date = date(2026, 12, 31)) -> Waiver:
    return Waiver(KEY, "agreed", "comms", until)


def configured_with(text: str, folder: Path) -> list[str]:
    """What is wrong with this configuration."""
    file = folder / ".socialpolicy.toml"
    file.write_text(text, "utf-8")
    try:
        configuration(file)
    except ConfigError as error:
        return [finding.id for finding in error.findings]
    return []


BY_PAIR = {
    "decision-stricter": "rule-added",
    "decision-looser": "exception-added",
    "duty-added": "duty-added",
    "duty-removed": "duty-removed",
    "revision-added": "one-thing-more-to-mend",
    "revision-removed": "one-thing-less-to-mend",
    "hand-over-changed": "hand-over-to-another",
    "advice-added": "advice-added",
    "decision-differs-where-facts-are-missing": "when-unknown",
    "fact-removed": "fact-removed",
    "fact-narrowed": "enum-value-dropped",
    "fact-added": "fact-added",
    "fact-widened": "enum-value-added",
    "action-refused": "impossible-added",
    "guarantee-removed": "guarantee-removed",
    "guarantee-weakened": "guarantee-weakened",
    "guarantee-added": "guarantee-added",
    "guarantee-strengthened": "guarantee-strengthened",
    "template-added": "template-added",
    "template-removed": "template-removed",
    "playbook-added": "playbook-added",
    "playbook-removed": "playbook-removed",
    "playbook-changed": "playbook-for-more",
    "rule-added": "dead-rule-added",
    "rule-removed": "advice-removed",
    "rule-renamed": "rule-renamed",
    "rule-moved": "rules-reordered",
    "rule-reworded": "rule-reworded",
    "wording-changed": "label-reworded",
}
"""For each finding, a pair that changes nothing else."""

SITUATIONS: dict[str, Callable[[Path], list[str]]] = {
    **{id: partial(in_pair, name) for id, name in BY_PAIR.items()},
    "approval-added": partial(said_besides, COMMS, COMMS + LEGAL),
    "approval-removed": partial(said_besides, COMMS + LEGAL, COMMS),
    "rule-rewritten": partial(between, SECRETS.replace("WHEN", LOUD), SECRETS.replace("WHEN", LOUD_BY_CASES)),
    "bounds-changed": partial(
        between, OPEN.replace("WHEN", "{loud: true, rumour: false}"), OPEN.replace("WHEN", "{loud: true}")
    ),
    "version-not-bumped": partial(with_version, "version-not-bumped"),
    "bump-larger-than-needed": partial(with_version, "version-larger-than-needed"),
    "waiver-expired": lambda _: waived(waiver(until=date(2026, 5, 31))),
    "waiver-unused": lambda _: waived(waiver(), keys=()),
    "waiver-duplicate": lambda _: waived(waiver(), waiver()),
    "bad-waiver": partial(
        configured_with,
        '[[waive]]\nfinding = "decision-stricter"\nreason = "agreed"\nby = "comms"\nuntil = 2026-12-31\n',
    ),
    "too-large": partial(configured_with, "#" * (FILE_BYTES + 1)),
}
"""How each finding about a new version is brought about."""
