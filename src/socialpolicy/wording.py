"""The texts of a policy: all that people read and that decides nothing, in a form in which two versions can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from socialpolicy.program import Approval, Rule, Start

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

DECIDING = frozenset(
    {
        "socialpolicy", "version", "in_force", "review_by", "changes", "rules", "baseline", "when_unknown", "guarantees",
        "exceptions", "vocabulary", "conditions", "time_zone", "builds_on", "may_be_set_aside",
    }
)  # fmt: skip
"""The sections that decide, or that are dates and numbers of versions; what they say in words is taken from them one by one."""
OF_RULES = ("tags", "guidance", "severity", "references", "owner", "ticket", "approved_by")
OF_FACTS = ("question", "hint", "if_missing", "labels", "sensitive", "supplied_by", "mutable")


@dataclass(frozen=True)
class Words:
    """The texts of a policy: of each rule and exception, fact, guarantee and named condition, and of the other sections."""

    rules: Mapping[str, Mapping[str, Any]]
    facts: Mapping[str, Any]
    guarantees: Mapping[str, Any]
    conditions: Mapping[str, Any]
    starts: Mapping[str, Mapping[str, Any]]
    sections: Mapping[str, Any]


def words_of(policy: Policy) -> Words:
    """The texts of a policy. Keys that begin with ``x-`` are other people's, and are left out."""
    data: Any = without_foreign(policy.data)
    written = written_rules(policy) | dict(data.get("exceptions") or {})
    vocabulary = data.get("vocabulary") or {}
    facts = {
        name: {key: fact.get(key) for key in OF_FACTS}
        for name, fact in (vocabulary.get("facts") or {}).items()
        if isinstance(fact, Mapping)
    }
    sections = {key: value for key, value in data.items() if key not in DECIDING}
    sections["labels of values"] = vocabulary.get("labels")
    starts = policy.program.baseline.starts
    every = (
        policy.program.vocabulary.facts[policy.program.vocabulary.baseline].values
        if policy.program.vocabulary.baseline
        else ("",)
    )
    return Words(
        {rule.id: of_rule(rule, written.get(rule.id) or {}) for rule in policy.program.rules},
        facts,
        {
            item["id"]: {key: item.get(key) for key in ("title", "why", "references")}
            for item in data.get("guarantees") or ()
        },
        {
            name: entry.get("title") if isinstance(entry, Mapping) and "is" in entry else None
            for name, entry in (data.get("conditions") or {}).items()
        },
        {value: of_start(starts[value] if value in starts else starts[""]) for value in every},
        sections,
    )


def written_rules(policy: Policy) -> dict[str, Any]:
    """The rules of a policy and of all that it builds on, as they are written, by their names in the whole."""
    texts: list[tuple[str, Any]] = [("", policy.data), *((f"{base.id}/", base.document.data) for base in policy.bases)]
    return {
        f"{prefix}{rule['id']}": without_foreign(rule) for prefix, data in texts for rule in data.get("rules") or ()
    }


def of_rule(rule: Rule, written: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a rule: what a decision shows of it, and what its author wrote beside."""
    words: dict[str, Any] = {
        "title": rule.title,
        "say": rule.say,
        "why": rule.why,
        "instead": rule.instead,
        "phrases": rule.phrases,
        "require": [(need.say, need.fixable_by) for need in rule.needs if need.say or need.fixable_by],
        "approval": of_approval(rule.approval),
        "duties": sorted((duty.id, duty.what) for duty in rule.duties),
        "hand_over": rule.hand_over.say if rule.hand_over else "",
    }
    return words | {key: written[key] for key in OF_RULES if written.get(key)}


def of_approval(approval: Approval | None) -> dict[str, list[str]]:
    """The contacts that may approve, by what their approval gives: two of them may give the same."""
    found: dict[str, list[str]] = {}
    for approver in approval.of if approval else ():
        found.setdefault(approver.gives, []).append(approver.contact)
    return {gives: sorted(contacts) for gives, contacts in found.items()}


def of_start(start: Start) -> dict[str, Any]:
    """The words of a start."""
    return {"say": start.say, "approval": of_approval(start.approval)}


def reworded(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The keys under which words differ. Of approvals those count that both ask for: another approval is no other word."""
    found = []
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if key == "approval" and before is not None and after is not None:
            before, after = ({gives: side[gives] for gives in before.keys() & after.keys()} for side in (before, after))
        if before != after:
            found.append(key)
    return found


def without_foreign(data: Any) -> Any:
    """Plain data without the keys that begin with ``x-``."""
    if isinstance(data, dict):
        return {key: without_foreign(value) for key, value in data.items() if not key.startswith("x-")}
    return [without_foreign(item) for item in data] if isinstance(data, list) else data
