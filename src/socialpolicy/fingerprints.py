"""Fingerprints: what a change comes to in both versions, whatever its words and the order in which it is written.

A waiver names a change by its fingerprint, so everything that bears on which decisions differ is in it: where a rule holds, what
it asks, which rules set it aside and which it sets aside; and all of the version that it is compared with, since what a change
bites on hangs on the rules beside it. Of a rule, its id and its texts are not; of a guarantee, its title.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from socialpolicy.conditions import All, Condition, Not
from socialpolicy.conditions import Any as AnyOf
from socialpolicy.digests import canonical
from socialpolicy.encoding import SILENT, encoded
from socialpolicy.guarantees import Guarantee
from socialpolicy.program import Effect, Program, Rule
from socialpolicy.vocabulary import Fact


def fingerprint(*parts: Any) -> str:
    """Twelve hex digits of plain data."""
    return sha256(canonical(list(parts))).hexdigest()[:12]


def rule_data(program: Program, applying: Mapping[str, str], rule: Rule | None) -> Any:
    """What a rule asks, where it applies, and what it sets aside; ``applying`` is what ``applying_data`` says of all rules."""
    if rule is None:
        return None
    aside = sorted(applying[other.id] for other in program.rules if rule.id in other.overridden_by)
    return [applying[rule.id], aside]


def applying_data(program: Program) -> dict[str, str]:
    """For every rule, a digest of what it asks and where it applies."""
    applying: dict[str, str] = {}
    for rule in program.rules:  # overriding rules come first
        above = sorted(applying[id] for id in rule.overridden_by)
        applying[rule.id] = digest([asks_data(rule), unordered(rule.when), above])
    return applying


def program_data(program: Program, applying: Mapping[str, str]) -> Any:
    """All that decides, without names, words, order and tips."""
    rules = sorted(applying[rule.id] for rule in program.rules if rule.effect is not Effect.ADVISE)
    return [rules, baseline_data(program), vocabulary_data(program)]


def asks_data(rule: Rule) -> Any:
    """What a rule asks, its parts in an order of their own."""
    data = encoded(rule, SILENT)
    for key in ("id", "when", "overridden_by", "needs"):
        data.pop(key, None)
    if rule.approval:
        data["approval"] = [sorted({approver.gives for approver in rule.approval.of}), rule.approval.at_least]
    for key in ("playbook", "part_of"):  # where there are none, fingerprints stay what they were before there were any
        data.pop(key, None)
    if rule.playbook:
        data["playbook"] = rule.playbook.id
    data["duties"] = ordered(
        encoded(replace(duty, what="") if duty.id else duty, SILENT)
        for duty in rule.duties  # by its id, or by its words
    )
    data["needs"] = ordered([unordered(need.test), unordered(need.given)] for need in rule.needs)
    return data


def unordered(condition: Condition) -> Any:
    """A condition as plain data, the parts of *and* and *or* in an order of their own."""
    match condition:
        case Not(part):
            return {"not": unordered(part)}
        case All(parts) | AnyOf(parts):
            return {"all" if isinstance(condition, All) else "any": ordered(unordered(part) for part in parts)}
        case _:
            return encoded(condition, SILENT)


def guarantee_data(guarantee: Guarantee | None) -> Any:
    """What a guarantee claims."""
    if guarantee is None:
        return None
    return {
        "where": unordered(guarantee.where),
        "admits": sorted(outcome.word for outcome in guarantee.admits),
        "only_if": None if guarantee.only_if is None else unordered(guarantee.only_if),
        "unaffected_by": sorted(guarantee.unaffected_by),
    }


def fact_data(fact: Fact | None) -> Any:
    """What a fact may be."""
    return None if fact is None else [fact.kind.value, sorted(fact.values), fact.minimum, fact.maximum]


def vocabulary_data(program: Program) -> Any:
    """What completes the facts, and what is decided where they stay open."""
    vocabulary = program.vocabulary
    return {
        "defaults": {
            name: encoded(fact.default) for name, fact in vocabulary.facts.items() if fact.default is not None
        },
        "implies": ordered([unordered(one.given), encoded(dict(one.then))] for one in vocabulary.implications),
        "impossible": ordered(unordered(condition) for condition in vocabulary.impossible),
        "when_unknown": program.when_unknown.value,
    }


def baseline_data(program: Program) -> Any:
    """Where decisions start."""
    starts = {
        value: [
            start.outcome.word,
            start.approval and [sorted({one.gives for one in start.approval.of}), start.approval.at_least],
        ]
        for value, start in program.baseline.starts.items()
    }
    return [program.baseline.fact, starts]


def digest(data: Any) -> str:
    """The digest of plain data."""
    return sha256(canonical(data)).hexdigest()


def ordered(items: Iterable[Any]) -> list[Any]:
    """Plain data in an order that does not depend on how it was written."""
    return sorted(items, key=canonical)
