"""Say which rules set aside which, within a policy and across those that it builds on, and order them accordingly.

Across policies a rule is set aside only where its own side permits it. Whoever is built on says what others may set aside
(``may_be_set_aside``); whoever builds on a policy lets a rule carry one of the tags that this policy offers (``for_others``),
and so consents that the policy's own rules set it aside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING
from typing import Any as Anything

from socialpolicy.conditions import reads
from socialpolicy.loading.findings import Where, meant
from socialpolicy.loading.models import ConditionText, PolicyText, RuleText, ScopeText
from socialpolicy.program import Rule

if TYPE_CHECKING:
    from socialpolicy.loading.lowering import Lowering

OVERRIDES = 200_000


def ordered(lowerings: Sequence[Lowering], rules: Sequence[Rule]) -> list[Rule]:
    """The rules, each with those that override it, in an order in which these come first."""
    overridden_by: dict[str, list[str]] = {}
    count = 0
    sides = [Side(lowering, lowerings) for lowering in lowerings]
    for side in sides:
        for by, target, where in side.overrides():
            count += 1
            if count > OVERRIDES:
                side.own.words.give_up(where, f"rules override others more than {OVERRIDES:,} times in all.")
            overridden_by.setdefault(target, []).append(by)
    gone = {name for side in sides for name in side.set_aside()}
    kept = [rule for rule in rules if rule.id not in gone and rule.part_of not in gone]
    if not overridden_by and not any(rule.overridden_by for rule in kept):
        return kept
    there = {rule.id for rule in kept}
    above = {
        rule.id: tuple(
            id
            for id in dict.fromkeys((*rule.overridden_by, *overridden_by.get(rule.part_of or rule.id, ())))
            if id in there
        )
        for rule in kept
    }
    graph: TopologicalSorter[str] = TopologicalSorter(above)
    try:
        graph.prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        owner, index = next(
            ((one, one.ids[id.removeprefix(one.prefix)]) for id in circle for one in lowerings
             if id.startswith(one.prefix) and id.removeprefix(one.prefix) in one.ids),
            (lowerings[-1], 0),
        )  # fmt: skip
        owner.document.add(
            "override-cycle",
            ("rules", index, "overrides"),
            f"rules override each other in a circle: {' -> '.join(circle)}.",
            "break the circle.",
            key=True,
        )
        return kept
    order: list[str] = []
    by_id = {rule.id: replace(rule, overridden_by=above[rule.id]) for rule in kept}
    while graph.is_active():
        ready = sorted(graph.get_ready(), key=lambda name: by_id[name].place)
        order.extend(ready)
        graph.done(*ready)
    return [by_id[name] for name in order]


@dataclass
class Side:
    """One policy's part in what sets aside what."""

    own: Lowering
    all: Sequence[Lowering]
    tagged: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, text in enumerate(self.written.rules):
            for tag in text.tags:
                self.tagged.setdefault(tag, []).append(index)

    @property
    def written(self) -> PolicyText:
        """The policy as it is written."""
        return self.own.written

    def overrides(self) -> Iterator[tuple[str, str, Where]]:
        """Which rule overrides which, by their names in the whole, and where that is written."""
        for index, text in enumerate(self.written.rules):
            if text.overrides is not None:
                where: Where = ("rules", index, "overrides")
                for target in self.targets(index, text):
                    yield self.own.prefix + text.id, target, where
                self.check_override(index, text)
        for name, exception in self.written.exceptions.items():
            if name in self.own.ids:
                continue
            for place, target in enumerate(exception.rules):
                at: Where = ("exceptions", name, "rules", place)
                found = self.overridable(target, at, name, by_exception=True)
                if found:
                    yield self.own.prefix + name, found, at

    def set_aside(self) -> Iterator[str]:
        """The rules of bases that do not count here, because the policy says so and the base permits it."""
        for index, entry in enumerate(self.written.builds_on):
            for place, text in enumerate(entry.set_aside or ()):
                at: Where = ("builds_on", index, "set_aside", place, "rule")
                if not text.rule.startswith(f"{entry.id}/"):
                    hint = f"write {entry.id}/{text.rule.rpartition('/')[2]}."
                    self.own.document.add("unknown-rule", at, f"{text.rule} is no rule of {entry.id}.", hint)
                    continue
                found = self.overridable(text.rule, at, "")
                if found:
                    yield found

    def targets(self, index: int, text: RuleText) -> Iterator[str]:
        """The names in the whole of the rules that a rule overrides."""
        overrides = text.overrides
        assert overrides is not None
        where: Where = ("rules", index, "overrides")
        if not overrides.rules and not overrides.tags:
            self.own.document.add(
                "empty-value", where, "`overrides` names nothing.", "name rules or tags, or remove it.", key=True
            )
        for place, target in enumerate(overrides.rules or ()):
            found = self.overridable(target, (*where, "rules", place), text.id)
            if found:
                yield found
        for place, tag in enumerate(overrides.tags or ()):
            id, joint, name = tag.partition("/")
            at = (*where, "tags", place)
            if joint and id in self.own.bases:
                yield from self.with_tag_of(self.own.bases[id], name, at)
            else:
                yield from self.with_own_tag(index, text, tag, at)

    def with_tag_of(self, base: Lowering, tag: str, where: Where) -> Iterator[str]:
        """The rules of a base with one of its tags, where it permits others to set them aside."""
        permit, document = base.written.may_be_set_aside, self.own.document
        if not self.alone(base, where):
            return
        if tag not in base.written.tags:
            hint = meant(f"{base.written.id}/{tag}", [f"{base.written.id}/{one}" for one in base.written.tags])
            document.add("unknown-tag", where, f"{base.written.id} has no tag {tag}.", hint)
            return
        if permit is None or tag not in (permit.tags or ()):
            message = f"{base.written.id} does not permit that others set aside its rules with the tag {tag}."
            document.add("not-permitted", where, message, "remove it: what is not permitted stays as strict as it is.")
            return
        reached = [text for text in base.written.rules if tag in text.tags and not text.firm]
        if not reached:
            document.add(
                "override-reaches-nothing", where, f"no rule of {base.written.id} carries the tag {tag}.", "remove it."
            )
        yield from (base.prefix + text.id for text in reached)

    def with_own_tag(self, index: int, text: RuleText, tag: str, at: Where) -> Iterator[str]:
        """The rules with one of the policy's own tags: its own, and those of others that carry it by its full name."""
        declared, document = self.written.tags.get(tag), self.own.document
        if declared is None:
            document.add(
                "unknown-tag",
                at,
                f"the tag {tag} is not declared.",
                meant(tag, self.written.tags) or "add it to `tags`.",
            )
            return
        if not declared.may_be_set_aside:
            document.add(
                "tag-not-overridable",
                at,
                f"rules with the tag {tag} may not be set aside by naming it.",
                "declare the tag with `may_be_set_aside: true`, or name the rules.",
            )
            return
        reached = [self.written.rules[other] for other in self.tagged.get(tag, ()) if other != index]
        if not reached and not declared.for_others:
            document.add(
                "override-reaches-nothing",
                at,
                f"no other rule carries the tag {tag}.",
                "check the tag, or remove it; `for_others: true` offers it to policies that build on this one.",
            )
        for other in reached:
            if other.firm:
                document.add(
                    "firm-rule-overridden",
                    at,
                    f"rule {other.id} is firm, but carries the tag {tag}, which {text.id} sets aside.",
                    "take the tag from it, or `firm`.",
                )
            else:
                yield self.own.prefix + other.id
        full = f"{self.written.id}/{tag}"
        for lowering in self.all:
            for place, carrying in enumerate(lowering.written.rules):
                if full not in carrying.tags or self.written.id not in lowering.bases:
                    continue
                if carrying.firm:
                    lowering.document.add(
                        "firm-rule-overridden",
                        ("rules", place, "tags", carrying.tags.index(full)),
                        f"rule {carrying.id} is firm, but carries the tag {full}, which {self.written.id}/{text.id} sets aside.",
                        "take the tag from it, or `firm`.",
                    )
                else:
                    yield lowering.prefix + carrying.id

    def overridable(self, target: str, where: Where, by: str, *, by_exception: bool = False) -> str:
        """The name in the whole of a rule that may be overridden by its id; "" where it may not."""
        id, joint, name = target.partition("/")
        document = self.own.document
        if joint and id in self.own.bases:
            return self.permitted(self.own.bases[id], name, where, by_exception=by_exception)
        index = self.own.ids.get(target)
        if index is None:
            ids = [*self.own.ids, *(f"{id}/{one}" for id, base in self.own.bases.items() for one in base.ids)]
            document.add("unknown-rule", where, f"there is no rule {target}.", meant(target, ids))
        elif target == by:
            document.add("override-cycle", where, f"rule {target} overrides itself.", "remove it.")
        elif self.written.rules[index].firm:
            document.add(
                "firm-rule-overridden",
                where,
                f"rule {target} is firm: nothing may override it.",
                f"remove it here, or `firm` from {target}.",
            )
        else:
            return self.own.prefix + target
        return ""

    def alone(self, base: Lowering, where: Where) -> bool:
        """Whether nobody else in the whole builds on a base: whoever does decides with all of its rules."""
        id = base.written.id
        others = [
            one.written.id
            for one in self.all
            if one is not self.own and id in {entry.id for entry in one.written.builds_on}
        ]
        if others:
            message = f"{others[0]} builds on {id} too, and its rules count there: the strictest wins."
            self.own.document.add(
                "not-permitted", where, message, "remove it; set nothing of a base aside that others build on."
            )
        return not others

    def permitted(self, base: Lowering, name: str, where: Where, *, by_exception: bool) -> str:
        """The name in the whole of a base's rule, where the base permits others to set it aside; else ""."""
        index, permit = base.ids.get(name), base.written.may_be_set_aside
        full, document = f"{base.written.id}/{name}", self.own.document
        if index is None:
            hint = meant(full, [f"{base.written.id}/{id}" for id in base.ids])
            document.add("unknown-rule", where, f"{base.written.id} has no rule {name}.", hint)
            return ""
        text = base.written.rules[index]
        if not self.alone(base, where):
            return ""
        tags = (permit.exceptions if by_exception else permit.tags) if permit else None
        if text.firm or not permit or not (name in (permit.rules or ()) or set(text.tags) & set(tags or ())):
            message = f"{base.written.id} does not permit that others set aside its rule {name}."
            document.add("not-permitted", where, message, "remove it: what is not permitted stays as strict as it is.")
            return ""
        return full

    def check_override(self, index: int, text: RuleText) -> None:
        """Check that a rule may override at all, and that putting it right does not bring back what it set aside."""
        where: Where = ("rules", index, "overrides")
        if text.effect in ("duty", "advise"):
            self.own.document.add(
                "effect-overrides-nothing",
                where,
                f"rule {text.id} has the effect {text.effect}, which sets nothing aside.",
                "use another effect, or remove `overrides`.",
                key=True,
            )
        if text.require is None:
            return
        conditions = [condition for condition in (text.when, text.unless) if condition is not None]
        tests: list[Mapping[str, Anything]] = [text.require] if isinstance(text.require, dict) else []
        if not isinstance(text.require, dict):
            tests = [need.need for need in text.require]
            conditions.extend(need.if_ for need in text.require if need.if_ is not None)
        asked = {name for test in tests for name in test}
        tested = set().union(*(self.read(condition) for condition in conditions)) | self.scope_reads(text.scope)
        for name in sorted(asked & tested):
            self.own.document.add(
                "need-tested-elsewhere",
                where,
                f"rule {text.id} asks for {name}, tests it, and overrides other rules: putting it right could bring those back.",
                "test another fact, or let a rule of its own override.",
                key=True,
            )

    def read(self, condition: ConditionText | str) -> frozenset[str]:
        """The facts that a written condition reads; it was checked before."""
        document = self.own.document
        findings = len(document.findings)
        facts = reads(self.own.words.condition(condition, ()))
        del document.findings[findings:]
        return facts

    def scope_reads(self, scope: ScopeText) -> set[str]:
        """The facts that a written scope reads."""
        return set() if isinstance(scope, str) else {self.own.vocabulary.scope.get(word, "") for word in scope}
