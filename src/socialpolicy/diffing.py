"""What a new version of a policy changes: for whom decisions are different, what else is, and which version that calls for.

``comparing`` says which actions are decided differently; this module adds what is written beside the rules (facts, guarantees,
texts), says all of it in sentences, and holds the step between the two version numbers against the one that is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from socialpolicy.comparing import (
    MAJOR,
    Comparison,
    DiffKind,
    Part,
    Shown,
    Statement,
    compare,
    conditions_of,
    overriding,
    record,
)
from socialpolicy.conditions import ALWAYS, All, Condition
from socialpolicy.fingerprints import (
    applying_data,
    baseline_data,
    digest,
    fact_data,
    fingerprint,
    guarantee_data,
    ordered,
    program_data,
    rule_data,
    vocabulary_data,
)
from socialpolicy.guarantees import Guarantee
from socialpolicy.partitions import partition
from socialpolicy.program import Effect, Outcome, Rule
from socialpolicy.proving import Proofs, Result, Status, prove
from socialpolicy.solving import CONFLICTS, Circuit
from socialpolicy.symbolic import Completing, Reading, World
from socialpolicy.telling import Plain, phrased, plain
from socialpolicy.values import Facts, Kind
from socialpolicy.versions import Bump, bump_made, next_version, parsed
from socialpolicy.wording import reworded, words_of, written_rules

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

NEEDS: Mapping[str, Bump] = {
    **{kind.value: Bump.MAJOR if kind in MAJOR else Bump.MINOR for kind in DiffKind},
    "fact-removed": Bump.MAJOR, "fact-narrowed": Bump.MAJOR, "fact-added": Bump.MINOR, "fact-widened": Bump.MINOR,
    "action-refused": Bump.MINOR, "guarantee-removed": Bump.MAJOR, "guarantee-weakened": Bump.MAJOR,
    "guarantee-added": Bump.MINOR, "guarantee-strengthened": Bump.MINOR, "template-added": Bump.MINOR,
    "template-removed": Bump.MINOR, "playbook-added": Bump.MINOR, "playbook-removed": Bump.MINOR, "playbook-changed": Bump.MINOR,
    "rule-added": Bump.PATCH, "rule-removed": Bump.PATCH, "rule-renamed": Bump.PATCH, "rule-moved": Bump.IDENTICAL,
    "rule-rewritten": Bump.PATCH, "bounds-changed": Bump.PATCH, "rule-reworded": Bump.PATCH, "wording-changed": Bump.PATCH,
}  # fmt: skip
"""Which step between versions each kind of finding calls for."""

VERSION_FINDINGS = frozenset({"version-decreased", "version-not-bumped", "bump-too-small"})
"""Findings about the version number that fail a comparison."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a new version changes: which kind, in a sentence, and where it stands in both files."""

    id: str
    sentence: str
    needs: Bump
    rule: str = ""
    details: tuple[str, ...] = ()
    old_place: str = ""
    new_place: str = ""
    line: int = 1
    fingerprint: str = ""
    statement: Statement | None = None

    @property
    def key(self) -> str:
        """What a waiver names it by."""
        return f"{self.id}:{self.fingerprint}"

    @property
    def direction(self) -> str:
        """Whether decisions get stricter or looser by it, or otherwise different; "" where they do not."""
        if self.statement is None:
            return ""
        kind = self.statement.kind
        if kind in MAJOR:
            return "stricter"
        loose = {DiffKind.LOOSER, DiffKind.DUTY_REMOVED, DiffKind.REVISION_REMOVED, DiffKind.APPROVAL_REMOVED}
        return "looser" if kind in loose else "other"

    def as_data(self) -> dict[str, Plain]:
        """The change for programs."""
        data: dict[str, Plain] = {
            "id": self.id, "key": self.key, "sentence": self.sentence, "needs": self.needs.word, "direction": self.direction,
            "rule": self.rule, "old_place": self.old_place, "new_place": self.new_place, "details": list(self.details),
        }  # fmt: skip
        if self.statement is not None:
            statement = self.statement
            data |= {
                "outcomes": [[old.word, new.word] for old, new in statement.outcomes],
                "also": [kind.value for kind in statement.also],
                "only_where_facts_are_missing": statement.missing_only,
                "except_where_decided_by": list(statement.elsewhere),
                "everywhere_else": statement.always,
                "example": shown_data(statement.shown),
            }
        return data


@dataclass(frozen=True, slots=True)
class GuaranteeChange:
    """What became of a guarantee: its status in both versions (None where it is not given), and its counterexample."""

    id: str
    title: str
    was: Status | None
    now: Status | None
    result: Result | None = None

    @property
    def lost(self) -> bool:
        """Whether what is claimed does not hold now (or could not be told)."""
        return self.now in (Status.FAILS, Status.OPEN)

    def as_data(self) -> dict[str, Plain]:
        """The change for programs."""
        data: dict[str, Plain] = {
            "id": self.id, "title": self.title, "was": self.was.value if self.was else None, "now": self.now.value if self.now else None,
        }  # fmt: skip
        if self.result and self.result.counterexample:
            data["counterexample"] = self.result.counterexample.as_data()
        return data


@dataclass(frozen=True)
class Diff:
    """What a new version of a policy changes. ``waived`` are the keys of changes that somebody accepted on record.

    ``unsaid`` are findings about the version number that are left out.
    """

    old: Policy
    new: Policy
    comparison: Comparison
    changes: tuple[Change, ...]
    guarantees: tuple[GuaranteeChange, ...]
    waived: frozenset[str] = frozenset()
    unsaid: frozenset[str] = frozenset()

    @property
    def state(self) -> Bump:
        """How much changes, whatever is waived."""
        return max((change.needs for change in self.changes), default=Bump.IDENTICAL)

    @property
    def needed(self) -> Bump:
        """The bump that the changes call for which are not waived; what changes at all needs another number."""
        left = [change.needs for change in self.changes if change.key not in self.waived]
        return max([min(self.state, Bump.PATCH), *left])

    @property
    def lost(self) -> tuple[GuaranteeChange, ...]:
        """The guarantees that do not hold now, or could not be told."""
        return tuple(change for change in self.guarantees if change.lost)

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong with the version number of the new one: the ids of findings, with a sentence each."""
        return {id: sentence for id, sentence in self.of_the_version().items() if id not in self.unsaid}

    def of_the_version(self) -> dict[str, str]:
        """The same, with what is left out."""
        old, new = parsed(self.old.version), parsed(self.new.version)
        if new < old:
            return {
                "version-decreased": f"{self.new.version} is lower than {self.old.version}; write {self.needed_version} or a higher version"
            }
        if self.state is Bump.IDENTICAL:
            return {"bump-larger-than-needed": "nothing changes"} if new > old else {}
        if new == old:
            return {
                "version-not-bumped": f"the version is still {self.old.version}, but a {self.needed.word} change needs {self.needed_version}"
            }
        if self.made < self.needed:
            return {
                "bump-too-small": f"a {self.needed.word} change needs {self.needed_version} or a higher version, not {self.new.version}"
            }
        if self.made > self.state:
            return {"bump-larger-than-needed": f"{self.needed_version} would do"}
        return {}

    @property
    def made(self) -> Bump:
        """The bump between the two version numbers."""
        return bump_made(self.old.version, self.new.version)

    @property
    def needed_version(self) -> str:
        """The lowest version that the changes admit; the old one where nothing changes."""
        return self.old.version if self.needed is Bump.IDENTICAL else next_version(self.old.version, self.needed)

    def waiving(self, keys: Iterable[str]) -> Diff:
        """The same diff with these changes waived."""
        return replace(self, waived=frozenset(keys))

    def of(self, direction: str) -> tuple[Change, ...]:
        """The changes of decisions in one direction: stricter, looser or other."""
        return tuple(change for change in self.changes if change.direction == direction)

    def sentences(self) -> dict[str, list[str]]:
        """What changes, in sentences: what is decided more strictly, more loosely, and everything else."""
        beside = [
            change for change in self.changes if change.direction in ("", "other") and change.needs > Bump.IDENTICAL
        ]
        return {
            "stricter": [change.sentence for change in self.of("stricter")],
            "looser": [change.sentence for change in self.of("looser")],
            "other": [change.sentence for change in beside],
        }

    def as_data(self) -> dict[str, Plain]:
        """The diff for programs."""
        return {
            "policy": self.new.id,
            "old": {"version": self.old.version, "digest": self.old.digest, "file": self.old.file},
            "new": {"version": self.new.version, "digest": self.new.digest, "file": self.new.file},
            "state": self.state.word,
            "needed": self.needed.word,
            "made": self.made.word,
            "needed_version": self.needed_version,
            "problems": dict(self.problems),
            "outcomes": sorted([old.word, new.word] for old, new in self.comparison.pairs),
            "complete": True,
            "changes": [change.as_data() | {"waived": change.key in self.waived} for change in self.changes],
            "guarantees": [change.as_data() for change in self.guarantees],
        }


def diff(old: Policy, new: Policy, *, conflicts: int = CONFLICTS, needs: Mapping[str, Bump] | None = None) -> Diff:
    """Compare two versions of a policy, over all actions.

    ``needs`` says of kinds of changes which step between versions they call for, where it is another than ``NEEDS`` has.
    Raises ``NotComparable`` (another policy, a fact of another type) and ``Undecided`` where a stated limit is met.
    """
    from socialpolicy.comparing import NotComparable

    if old.id != new.id:
        raise NotComparable([f"{old.id} and {new.id} are two policies."])
    return Differing(old, new, conflicts, needs or {}).diff()


def shown_data(shown: Shown) -> dict[str, Plain]:
    """A witness for programs."""
    return {
        "facts": {name: plain(value) for name, value in shown.facts.items()},
        "unusual": {name: plain(value) for name, value in shown.unusual.items()},
        "old": shown.old.to_dict(),
        "new": shown.new.to_dict(),
    }


class Differing:
    """One diff being made."""

    def __init__(self, old: Policy, new: Policy, conflicts: int, needs: Mapping[str, Bump]) -> None:
        self.old, self.new, self.conflicts, self.needs = old, new, conflicts, needs
        self.comparison = compare(old.program, new.program, conflicts=conflicts)
        self.before, self.after = applying_data(old.program), applying_data(new.program)
        self.base = digest(program_data(old.program, self.before))
        self.old_file, self.new_file = (place_name(policy.file) for policy in (old, new))

    def diff(self) -> Diff:
        """Put together all that changed, what calls for the largest bump first."""
        guarantees, changed = self.guarantees()
        changes = [*self.decisions(), *self.refused(), *self.facts(), *changed, *self.rules(), *self.wording()]
        changes = [replace(change, needs=self.needs.get(change.id, change.needs)) for change in changes]
        changes.sort(key=lambda change: (-change.needs, change.direction != "stricter"))
        return Diff(self.old, self.new, self.comparison, tuple(changes), guarantees)

    # -- what is decided ---------------------------------------------------------------------------------------------

    def decisions(self) -> Iterator[Change]:
        """The statements of the comparison, in sentences."""
        for statement in self.comparison.statements:
            part = statement.part
            playbook = playbook_of(statement)
            yield Change(
                f"playbook-{part.change}" if playbook else statement.kind.value,
                f"{self.by(part, statement).replace('applies to', 'begins for')}"
                if playbook
                else self.sentence(statement),
                NEEDS[statement.kind.value],
                rule=part.name if part.rule and not playbook else "",
                details=tuple(self.details(statement)),
                old_place=self.place(self.old, self.old_file, part.old),
                new_place=self.place(self.new, self.new_file, part.new),
                line=self.new.lines.get(part.new.id, 1) if part.new else 1,
                fingerprint=self.fingerprint(statement),
                statement=statement,
            )

    def sentence(self, statement: Statement) -> str:
        """One statement as a sentence: what comes of which actions, and by which change."""
        return (
            f"{WHAT[statement.kind].format(outcomes=arrows(statement.outcomes))}: {self.by(statement.part, statement)}"
        )

    def by(self, part: Part, statement: Statement) -> str:
        """The change that makes a difference, in words."""
        if part.rule is None:
            return {
                "baseline": "the baseline is another", "facts": "other facts follow, or are assumed",
                "when_unknown": f"what is open is decided by {self.new.program.when_unknown.value}",
            }[part.name]  # fmt: skip
        name = f'{part.name.replace("playbook:", "")} "{part.rule.title}"'
        noun = NOUNS.get(part.rule.effect, "rule")
        if "/" in part.name and part.rule.effect is Effect.EXCEPT:
            noun = "rule"  # an allow rule of a policy that this one builds on
        if part.change != "changed":
            return f"new {noun} {name}" if part.change == "added" else f"{noun} {name} is gone"
        if statement.gains and statement.loses:
            return f"{noun} {name} applies to other actions"
        if statement.gains or statement.loses:
            return f"{noun} {name} applies to {'more' if statement.gains else 'fewer'} actions"
        assert part.old is not None
        assert part.new is not None
        if part.old.effect is not part.new.effect:
            return f"{noun} {name} was {part.old.effect.value} and is {part.new.effect.value}"
        if record(part.old) == record(part.new):
            return f"{noun} {name} {self.overrides(part.old, part.new)}"
        return f"{noun} {name} asks for something else"

    def overrides(self, old: Rule, new: Rule) -> str:
        """Which rules a rule sets aside now, or no longer."""
        renamed = dict(self.comparison.renamed)
        before = {renamed.get(id, id) for id in overriding(self.old.program)[old.id]}
        after = overriding(self.new.program)[new.id]
        told = [
            f"{word} {', '.join(sorted(ids)[:4])}" + (f" and {len(ids) - 4} more" if len(ids) > 4 else "")
            for word, ids in (("now sets aside", after - before), ("no longer sets aside", before - after))
            if ids
        ]
        return " and ".join(told)

    def details(self, statement: Statement) -> Iterator[str]:
        """Which actions it is about, and which not."""
        part, groups = statement.part, {**self.old.groups, **self.new.groups}

        def phrases(conditions: Iterable[Condition]) -> str:
            return " and ".join(phrased(condition, groups) for condition in conditions)

        if statement.also:
            yield "also " + ", ".join(ALSO[kind] for kind in statement.also)
        if part.old is not None and part.new is not None:
            before, after = conjuncts(part.old.when), conjuncts(part.new.when)
            common = [condition for condition in after if condition in before]
            lost = [condition for condition in before if condition not in after]
            won = [condition for condition in after if condition not in before]
            if common:
                yield "where " + phrases(common)
            if lost or won:
                yield f"before: where {phrases(lost)}" if lost else "before: everywhere there"
                yield f"now: where {phrases(won)}" if won else "now: everywhere there"
            before_asks, after_asks = asks(part.old), asks(part.new)
            dropped = [ask for ask in before_asks if ask not in after_asks]
            more = [ask for ask in after_asks if ask not in before_asks]
            if dropped:
                yield f"asked for {'; '.join(dropped)}"
            if more:
                yield f"{'asks now for' if dropped else 'also asks for'} {'; '.join(more)}"
        elif part.rule is not None:
            yield "where " + phrases([part.rule.when]) if part.rule.when != ALWAYS else "for every action"
        if statement.elsewhere:
            others = f", {len(statement.elsewhere) - 3} more" if len(statement.elsewhere) > 3 else ""
            yield f"except where {', '.join(statement.elsewhere[:3])}{others} decide as strictly already"
        if statement.left_out:
            yield "only where facts are left out, since others are assumed or follow then"

    def fingerprint(self, statement: Statement) -> str:
        """What the region of a statement comes to in both versions, whatever the words and the order: twelve hex digits."""
        beside = ordered(self.part_data(other) for other in statement.beside)
        outcomes = sorted([old.word, new.word] for old, new in statement.outcomes)
        region = self.part_data(statement.part)
        return fingerprint(statement.kind.value, sorted(statement.also), outcomes, region, beside, self.base)

    def part_data(self, part: Part) -> Any:
        """What changed, as it is in both versions."""
        if part.rule is not None:
            return [
                rule_data(self.old.program, self.before, part.old),
                rule_data(self.new.program, self.after, part.new),
            ]
        of = baseline_data if part.name == "baseline" else vocabulary_data
        return [part.name, of(self.old.program), of(self.new.program)]

    def refused(self) -> Iterator[Change]:
        """Actions that only the new vocabulary refuses."""
        for refused in self.comparison.refused:
            yield Change(
                "action-refused",
                f"some actions are said now to be none that were some before: {refused.name}",
                NEEDS["action-refused"],
                details=("example: " + example(refused.facts),),
                fingerprint=fingerprint(
                    "action-refused", vocabulary_data(self.old.program), vocabulary_data(self.new.program)
                ),
            )

    @staticmethod
    def place(policy: Policy, file: str, rule: Rule | None) -> str:
        """Where a rule stands."""
        return f"{policy.files.get(rule.id, file)}:{policy.lines.get(rule.id, 1)}" if rule is not None else ""

    # -- facts and guarantees ----------------------------------------------------------------------------------------

    def facts(self) -> Iterator[Change]:
        """Facts that are new or gone, and values that they may have no longer, or now."""
        mine, theirs = self.old.program.vocabulary.facts, self.new.program.vocabulary.facts
        for name in mine:
            if name not in theirs:
                yield self.named(
                    "fact-removed",
                    name,
                    f"the fact {name} is gone",
                    fact_data(mine.get(name)),
                    fact_data(theirs.get(name)),
                )
        for name, fact in theirs.items():
            old = mine.get(name)
            if old is None:
                yield self.named(
                    "fact-added", name, f"a new fact: {name}", fact_data(mine.get(name)), fact_data(theirs.get(name))
                )
                continue
            lost, won = [], []
            if fact.values or old.values:
                lost = [value for value in old.values if value not in fact.values] if fact.values else []
                won = [value for value in fact.values if value not in old.values] if old.values else []
                lost += ["any text"] if not old.values else []
                won += ["any text"] if not fact.values else []
            if fact.kind is Kind.INT:
                low, high = (limits(old), limits(fact))
                lost += ["numbers that it had"] if high[0] > low[0] or high[1] < low[1] else []
                won += ["more numbers"] if high[0] < low[0] or high[1] > low[1] else []
            if lost:
                yield self.named(
                    "fact-narrowed",
                    name,
                    f"{name} can no longer be {', '.join(lost)}",
                    fact_data(mine.get(name)),
                    fact_data(theirs.get(name)),
                )
            if won:
                yield self.named(
                    "fact-widened",
                    name,
                    f"{name} can also be {', '.join(won)}",
                    fact_data(mine.get(name)),
                    fact_data(theirs.get(name)),
                )

    @staticmethod
    def named(id: str, name: str, sentence: str, *data: Any) -> Change:
        """A change that is known by a name, and by what it is in both versions."""
        return Change(id, sentence, NEEDS[id], fingerprint=fingerprint(id, name, *data))

    def guarantees(self) -> tuple[tuple[GuaranteeChange, ...], list[Change]]:
        """What became of each guarantee, and which were added, dropped, weakened or strengthened."""
        was, now = (by_id(prove(policy, missing=False, conflicts=self.conflicts)) for policy in (self.old, self.new))
        found, changes = [], []
        for id in dict.fromkeys((*now, *was)):
            before, after = was.get(id), now.get(id)
            some = after or before
            assert some is not None
            found.append(
                GuaranteeChange(
                    id, some.title, before.status if before else None, after.status if after else None, after
                )
            )
            claims = [guarantee_data(result.guarantee if result else None) for result in (before, after)]
            if before is None:
                changes.append(self.named("guarantee-added", id, f'a new guarantee: {id} "{some.title}"', *claims))
            elif after is None:
                changes.append(
                    self.named("guarantee-removed", id, f'the guarantee {id} "{some.title}" is gone', *claims)
                )
            elif meaning(before.guarantee) != meaning(after.guarantee):
                weaker, stronger = self.claims(before.guarantee, after.guarantee)
                for id_, is_so, word in (
                    ("guarantee-weakened", weaker, "less"),
                    ("guarantee-strengthened", stronger and not weaker, "more"),
                ):
                    if is_so:
                        sentence = f'the guarantee {id} "{some.title}" claims {word} than before'
                        changes.append(self.named(id_, id, sentence, *claims))
        return tuple(found), changes

    def claims(self, old: Guarantee, new: Guarantee) -> tuple[bool, bool]:
        """Whether a guarantee claims less of some action than it did, and whether it claims more of some."""
        if bool(old.unaffected_by) is not bool(new.unaffected_by):
            return True, True
        vocabularies = (self.old.program.vocabulary, self.new.program.vocabulary)
        parted = partition(
            vocabularies,
            [*old.conditions, *new.conditions, *conditions_of(self.old.program), *conditions_of(self.new.program)],
        )
        with Circuit(conflicts=self.conflicts) as circuit:
            world, reading = World(circuit, parted, vocabularies, total=True), Reading(circuit, parted)
            sides = [Completing(world, reading, vocabulary) for vocabulary in vocabularies]
            state = sides[1].state
            admitted = circuit.both(*(side.admits for side in sides))

            def allowed(guarantee: Guarantee, outcome: Outcome) -> int:
                """Where a guarantee admits an outcome: everywhere that it does not speak of."""
                inside = outcome in guarantee.admits
                only_if = guarantee.only_if if outcome is Outcome.ALLOW else None
                holds = circuit.TRUE if inside else circuit.FALSE
                if inside and only_if is not None:
                    holds = reading.holds(only_if, state).sure
                return circuit.either(-reading.holds(guarantee.where, state).sure, holds)

            def less(before: Guarantee, after: Guarantee) -> bool:
                if before.unaffected_by:
                    wider = circuit.both(
                        reading.holds(before.where, state).sure, -reading.holds(after.where, state).sure
                    )
                    return not set(before.unaffected_by) <= set(after.unaffected_by) or circuit.possible(
                        admitted, wider
                    )
                admits = (circuit.both(allowed(after, outcome), -allowed(before, outcome)) for outcome in Outcome)
                return circuit.possible(admitted, circuit.any(admits))

            return less(old, new), less(new, old)

    # -- structure and wording ---------------------------------------------------------------------------------------

    def rules(self) -> Iterator[Change]:
        """Rules that were added, removed, renamed or rewritten without any difference in what is decided."""
        told = {statement.part for statement in self.comparison.statements}
        for old, new in self.comparison.renamed:
            yield self.structural("rule-renamed", f"rule {old} is called {new} now", self.new, new)
        for part in self.comparison.changed:
            if (
                part in told
                or part.rule is None
                or (part.change == "changed" and (part not in self.comparison.shown_otherwise or self.as_written(part)))
            ):
                continue
            policy = self.new if part.new else self.old
            told_above = bool(self.comparison.statements) and part in self.comparison.shown_otherwise
            otherwise = "what it changes is told above" if told_above else "it makes no decision different"
            word = {"added": "new", "removed": "gone", "changed": "written otherwise"}[part.change]
            id = {"added": "rule-added", "removed": "rule-removed", "changed": "rule-rewritten"}[part.change]
            yield self.structural(id, f'rule {part.name} "{part.rule.title}" is {word}; {otherwise}', policy, part.name)
        kept = [rule.id for rule in self.old.rules if rule.id in self.new.lines]
        if kept != [rule.id for rule in self.new.rules if rule.id in set(kept)]:
            yield self.structural("rule-moved", "rules stand in another order", self.new, "")

    def as_written(self, part: Part) -> bool:
        """Whether a rule that changed is written as before: it names a condition, group or list that changed."""
        texts = []
        for policy, rule in ((self.old, part.old), (self.new, part.new)):
            texts.append(written_rules(policy).get(rule.id) if rule else None)
        return texts[0] == texts[1]

    def structural(self, id: str, sentence: str, policy: Policy, rule: str) -> Change:
        """A change of how rules are written."""
        file = policy.files.get(rule, self.new_file if policy is self.new else self.old_file)
        line = policy.lines.get(rule, 1)
        place = f"{file}:{line}"
        return Change(
            id,
            sentence,
            NEEDS[id],
            rule=rule,
            new_place=place if policy is self.new else "",
            old_place="" if policy is self.new else place,
            line=line,
        )

    def wording(self) -> Iterator[Change]:
        """Texts that changed, and templates and playbooks that are new, gone, or begin elsewhere."""
        mine, theirs = words_of(self.old), words_of(self.new)
        told = {playbook_of(statement) for statement in self.comparison.statements}
        for section, id in (("templates", "template"), ("playbooks", "playbook")):
            before, after = mine.sections.get(section) or {}, theirs.sections.get(section) or {}
            if id == "playbook":
                before, after = ({key: one for key, one in side.items() if key not in told} for side in (before, after))
            for name in sorted(set(before) ^ set(after)):
                word = "added" if name in after else "removed"
                yield self.named(f"{id}-{word}", name, f"the {id} {name} is {'new' if name in after else 'gone'}")
            for name in sorted(set(before) & set(after)):
                if before[name].get("trigger") != after[name].get("trigger"):
                    yield self.named("playbook-changed", name, f"the playbook {name} begins elsewhere")
                elif before[name] != after[name]:
                    yield self.named("wording-changed", f"{section} {name}", f"the {id} {name} reads otherwise")
        renamed = dict(self.comparison.renamed)
        for name, words in mine.rules.items():
            id = renamed.get(name, name)
            other = theirs.rules.get(id)
            keys = reworded(words, other) if other is not None else []
            if keys:
                yield self.structural("rule-reworded", f"rule {id} reads otherwise: {', '.join(keys)}", self.new, id)
        for kind, old, new in (
            ("fact", mine.facts, theirs.facts),
            ("guarantee", mine.guarantees, theirs.guarantees),
            ("condition", mine.conditions, theirs.conditions),
        ):
            for name in old:
                if name in new and old[name] != new[name]:
                    yield self.named("wording-changed", f"{kind} {name}", f"the {kind} {name} reads otherwise")
        if any(name in theirs.starts and reworded(words, theirs.starts[name]) for name, words in mine.starts.items()):
            yield self.named("wording-changed", "baseline", "`baseline` reads otherwise")
        ruled_out = [side.program.vocabulary.impossible for side in (self.old, self.new)]
        if ruled_out[0] != ruled_out[1] and not self.comparison.refused:
            yield self.named("wording-changed", "impossible", "other actions are said to be impossible")
        for section in dict.fromkeys((*mine.sections, *theirs.sections)):
            if section not in ("templates", "playbooks") and mine.sections.get(section) != theirs.sections.get(section):
                yield self.named("wording-changed", section, f"`{section}` reads otherwise")
        differ = self.comparison.bounds_differ or bool(self.comparison.shown_otherwise)
        if differ and not self.comparison.statements and not any(self.rules()):
            yield self.named(
                "bounds-changed", "bounds", "bounds, or lists of what may be, differ where facts are missing"
            )


def playbook_of(statement: Statement) -> str:
    """The playbook that a statement is about, if it is about the beginning of one."""
    rule = statement.part.rule
    about = rule is not None and rule.playbook is not None and statement.kind is DiffKind.HAND_OVER
    return rule.playbook.id if about and rule and rule.playbook else ""


NOUNS = {Effect.EXCEPT: "exception", Effect.PLAYBOOK: "playbook"}
WHAT = {
    DiffKind.STRICTER: "{outcomes}", DiffKind.LOOSER: "{outcomes}", DiffKind.DUTY_ADDED: "one more duty, or a shorter limit",
    DiffKind.REVISION_ADDED: "one more thing to fix", DiffKind.APPROVAL_ADDED: "one more approval",
    DiffKind.DUTY_REMOVED: "one duty less, or a longer limit", DiffKind.REVISION_REMOVED: "one thing less to fix",
    DiffKind.APPROVAL_REMOVED: "one approval less", DiffKind.HAND_OVER: "another hand-over", DiffKind.ADVICE_ADDED: "one more tip",
    DiffKind.OPEN: "only where facts are missing",
}  # fmt: skip
ALSO = {
    DiffKind.DUTY_ADDED: "one more duty", DiffKind.REVISION_ADDED: "one more thing to fix", DiffKind.APPROVAL_ADDED: "one more approval",
    DiffKind.DUTY_REMOVED: "one duty less", DiffKind.REVISION_REMOVED: "one thing less to fix",
    DiffKind.APPROVAL_REMOVED: "one approval less", DiffKind.HAND_OVER: "another hand-over",
}  # fmt: skip


def asks(rule: Rule) -> list[str]:
    """What a rule asks for and hands on, in words."""
    found = []
    for need in rule.needs:
        found.append(phrased(need.test) + (f" if {phrased(need.given)}" if need.given != ALWAYS else ""))
    if rule.approval:
        contacts = ", ".join(approver.contact for approver in rule.approval.of)
        found.append(
            f"approval by {rule.approval.at_least} of {contacts}"
            if len(rule.approval.of) > 1
            else f"approval by {contacts}"
        )
    for duty in rule.duties:
        found.append(f'the duty of {duty.who} "{duty.what}"' + (f" within {duty.within}" if duty.within else ""))
    if rule.hand_over:
        found.append(
            f"hand-over to {rule.hand_over.to}"
            + (f" with {', '.join(rule.hand_over.bring)}" if rule.hand_over.bring else "")
        )
    return found


def arrows(outcomes: Iterable[tuple[Outcome, Outcome]]) -> str:
    """From which outcomes to which: "allow or revise -> deny", "deny -> allow or ask"."""
    by_new: dict[Outcome, set[Outcome]] = {}
    for old, new in outcomes:
        by_new.setdefault(new, set()).add(old)
    merged: dict[frozenset[Outcome], list[Outcome]] = {}
    for new in sorted(by_new):
        merged.setdefault(frozenset(by_new[new]), []).append(new)
    return ", ".join(f"{words(olds)} -> {words(news)}" for olds, news in merged.items())


def words(outcomes: Iterable[Outcome]) -> str:
    """Outcomes as a phrase: "allow or ask"."""
    return " or ".join(outcome.word for outcome in sorted(outcomes))


def example(facts: Facts) -> str:
    """Facts as one would write them: "{account.kind: official, actor.roles: [intern]}"."""
    from socialpolicy.telling import shown

    return "{" + ", ".join(f"{name}: {shown(value)}" for name, value in facts.items()) + "}"


def place_name(file: str) -> str:
    """The name of a file in a place: without its folders, which are long and stand in the first line."""
    return file if ":" in file else PurePath(file).name


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """The parts of a condition that all have to hold."""
    return condition.parts if isinstance(condition, All) else (condition,)


def limits(fact: Any) -> tuple[float, float]:
    """The least and the largest number of an int fact."""
    return (
        float("-inf") if fact.minimum is None else fact.minimum,
        float("inf") if fact.maximum is None else fact.maximum,
    )


def by_id(proofs: Proofs) -> dict[str, Result]:
    """Results by the ids of guarantees."""
    return {result.id: result for result in proofs.results}


def meaning(guarantee: Guarantee) -> tuple[object, ...]:
    """What a guarantee claims, its words apart."""
    return (guarantee.where, guarantee.admits, guarantee.only_if, frozenset(guarantee.unaffected_by))
