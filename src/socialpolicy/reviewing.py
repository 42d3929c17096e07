"""Review a new version of policies: what each changes, what of it is accepted on record, and what stands against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from socialpolicy.configuring import Configuration
from socialpolicy.decisions import Decision
from socialpolicy.diffing import VERSION_FINDINGS, Change, Diff, diff, example
from socialpolicy.errors import ActionError
from socialpolicy.fingerprints import fingerprint
from socialpolicy.loading.findings import Finding, Level, Place
from socialpolicy.policy import Policy
from socialpolicy.proving import Result, Status
from socialpolicy.solving import CONFLICTS
from socialpolicy.versions import Bump, next_version
from socialpolicy.waiving import Waiver, applied

FAIL_ON = ("bump", "stricter", "looser", "any", "never")
"""What a review can be told to fail on, besides a version number that is too small and a guarantee that is lost."""
NO_RELEASE = "no release"
ACCEPTED_FOR = timedelta(days=90)
"""How long what is printed to accept a change would hold; whoever accepts it may write another day."""


@dataclass(frozen=True, slots=True)
class Impact:
    """How many recorded actions a new version decides otherwise. ``refused`` are those that one version takes for none."""

    total: int
    stricter: int = 0
    looser: int = 0
    otherwise: int = 0
    refused: int = 0

    def as_data(self) -> dict[str, int]:
        """The counts for programs."""
        return {
            "total": self.total,
            "stricter": self.stricter,
            "looser": self.looser,
            "otherwise": self.otherwise,
            "refused": self.refused,
        }


@dataclass
class Compared:
    """What became of one policy: its diff, or why there is none (``only``: it is new, gone, or without a release)."""

    id: str
    diff: Diff | None = None
    only: str = ""
    policy: Policy | None = None
    waived: dict[str, Waiver] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    impact: Impact | None = None
    until: date = date.max
    fail_on: str = FAIL_ON[0]


def compared(
    pairs: Iterable[tuple[str, Policy | None, Policy | None]],
    chosen: Configuration,
    day: date,
    budget: int = CONFLICTS,
    records: Sequence[Mapping[str, Any]] | None = None,
) -> list[Compared]:
    """Compare policies, old with new; ``pairs`` say why there is nothing to compare with, where there is not.

    ``records`` are actions that happened. Raises ``NotComparable``, ``Undecided``.
    """
    found = [one_compared(why, old, new, chosen, day, budget, records) for why, old, new in pairs]
    used = {waiver for one in found for waiver in one.waived.values()}
    for one in found:  # what waives a change of one policy is not unused for another one
        places = {(waiver.file, waiver.line) for waiver in used - set(one.waived.values())}
        one.findings = [
            finding
            for finding in one.findings
            if finding.id != "waiver-unused" or (finding.file, finding.line) not in places
        ]
    return found


def one_compared(
    why: str,
    old: Policy | None,
    new: Policy | None,
    chosen: Configuration,
    day: date,
    budget: int,
    records: Sequence[Mapping[str, Any]] | None,
) -> Compared:
    """Compare one policy, and see what is waived."""
    if old is None or new is None:
        some = old or new
        assert some is not None
        one = Compared(some.id, only=why or ("new" if old is None else "gone"), policy=some, until=day + ACCEPTED_FOR)
        if one.only == "gone":
            one.waived, findings = applied(chosen.waivers, [key_of_gone(one)], one.id, day)
            one.findings = chosen.applied(findings)
        return one
    found = diff(old, new, conflicts=budget, needs=chosen.needs)
    keys = [change.key for change in found.changes if change.fingerprint]
    waived, findings = applied(chosen.waivers, keys, new.id, day)
    impact = impact_of(old, new, records) if records is not None else None
    unsaid = frozenset(id for id, level in chosen.levels.items() if level is None)
    found = replace(found, waived=frozenset(waived), unsaid=unsaid)
    return Compared(new.id, found, "", new, waived, chosen.applied(findings), impact, day + ACCEPTED_FOR)


def impact_of(old: Policy, new: Policy, records: Sequence[Mapping[str, Any]]) -> Impact:
    """How many recorded actions are decided otherwise: each is decided by both versions."""
    counts: Counter[str] = Counter()
    for facts in records:
        try:
            counts[change_of(old.decide(facts), new.decide(facts))] += 1
        except ActionError:
            counts["refused"] += 1
    return Impact(len(records), counts["stricter"], counts["looser"], counts["otherwise"], counts["refused"])


def change_of(before: Decision, after: Decision) -> str:
    """Whether a decision got stricter or looser, or asks for something else at the same outcome."""
    if after.outcome is not before.outcome:
        return "stricter" if after.outcome > before.outcome else "looser"
    asked = [(one.sure.revisions, one.sure.approvals, one.sure.duties) for one in (before, after)]
    return "same" if asked[0] == asked[1] else "otherwise"


def key_of_gone(one: Compared) -> str:
    """What a waiver names it by that a policy is gone."""
    return f"policy-removed:{fingerprint('policy-removed', one.id)}"


def to_waive(one: Compared) -> tuple[list[str], str]:
    """The keys of the changes of which a smaller step would do were they accepted, and the version to write then.

    That is "" where the version stays as it is written.
    """
    found = one.diff
    if found is None or not set(found.problems) & {"bump-too-small", "version-not-bumped"}:
        return [], ""
    made = max(found.made, Bump.PATCH)
    left = [change for change in found.changes if change.needs > made and change.key not in one.waived]
    if not left or not all(change.fingerprint for change in left):
        return [], ""
    version = next_version(found.old.version, made) if found.made < made else ""
    return [change.key for change in left], version


def is_against(change: Change, fail_on: str) -> bool:
    """Whether a change is what a review was told to fail on."""
    return change.direction == fail_on or (fail_on == "any" and change.needs > Bump.PATCH)


def unwanted(one: Compared) -> list[str]:
    """The keys of the changes that the review was told to fail on, and that nobody accepted."""
    changes = one.diff.changes if one.diff else ()
    return [
        change.key
        for change in changes
        if change.fingerprint and change.key not in one.waived and is_against(change, one.fail_on)
    ]


def is_same(one: Compared) -> bool:
    """Whether a policy is as it was, and nothing is to be said about it."""
    found = one.diff
    return found is not None and found.state is Bump.IDENTICAL and not (found.problems or found.lost or one.findings)


# -- findings ------------------------------------------------------------------------------------------------------------


def findings_of(one: Compared, fail_on: str, chosen: Configuration) -> Iterator[Finding]:
    """What a review found of one policy, as findings: errors stand against the new version.

    A change that the version is too small for counts as much as was chosen for that; all other levels are left to be applied.
    """
    if one.diff is None:
        if one.only == "gone":
            assert one.policy is not None
            key = key_of_gone(one)
            waiver = one.waived.get(key)
            hint = f"put it back, or accept it on record: [[waive]] with finding = {key!r}."
            yield Finding(
                "policy-removed", f"{one.id} is gone: no version of it decides any more.", one.policy.file,
                hint="" if waiver else hint, key=key, accepted=said_of(waiver) if waiver else "",
                level=Level.INFO if waiver else Level.ERROR,
            )  # fmt: skip
        yield from one.findings
        return
    found = one.diff
    new = found.new
    small = [chosen.levels.get(id, Level.ERROR) or Level.INFO for id in found.problems if id in VERSION_FINDINGS]
    for id, sentence in found.problems.items():
        level = Level.ERROR if id in VERSION_FINDINGS else Level.INFO
        hint = f'write version: "{found.needed_version}"' if level is Level.ERROR else ""
        yield Finding(id, f"{sentence}.", new.file, new.version_line, hint=hint, level=level, key=f"{new.id} {id}")
    for change in found.changes:
        yield of_change(
            one, change, max(small, default=Level.INFO) if change.needs > found.made else Level.INFO, fail_on
        )
    for guarantee in found.lost:
        if guarantee.result is not None:
            yield of_guarantee(new, guarantee.result)
    yield from one.findings


def of_change(one: Compared, change: Change, level: Level, fail_on: str) -> Finding:
    """One change as a finding, in the file of the new version if it stands there: of this level, or an error by ``fail_on``."""
    assert one.diff is not None
    waiver = one.waived.get(change.key) if change.fingerprint else None
    level = Level.INFO if waiver else Level.ERROR if is_against(change, fail_on) else level
    file, line, related = place_of(one.diff, change)
    needs = f" (a {change.needs.word} change)" if change.needs > Bump.IDENTICAL else ""
    return Finding(
        change.id, f"{change.sentence}{needs}", file, line, level=level, related=related,
        key=change.key if change.fingerprint else f"{one.id} {change.sentence}",
        accepted=said_of(waiver) if waiver else "",
    )  # fmt: skip


def said_of(waiver: Waiver) -> str:
    """Who accepts something, until when and why."""
    return f"by {waiver.by} until {waiver.until}: {waiver.reason}"


def place_of(found: Diff, change: Change) -> tuple[str, int, tuple[Place, ...]]:
    """Where a change stands in the new version, and where it stood in the old one."""
    part = change.statement.part if change.statement else None
    old, new = found.old, found.new
    before = part.old.id if part and part.old else change.rule if not part else ""
    after = part.new.id if part and part.new else change.rule if not part else ""
    related = (Place(old.file_of(before), old.lines[before], "it stood here before"),) if before in old.lines else ()
    if after in new.lines:
        return new.file_of(after), new.lines[after], related
    return new.file, new.version_line, related


def of_guarantee(policy: Policy, result: Result) -> Finding:
    """A guarantee that is not proved, as a finding: with an action that breaks it, and the rules that decide it."""
    guarantee, shown = result.guarantee, result.counterexample
    words = {
        Status.FAILS: "does not hold",
        Status.VACUOUS: "is about no action at all",
        Status.OPEN: f"could not be proved or refuted ({result.limit})",
    }
    message = f'the guarantee {result.id} "{result.title}" {words[result.status]}.'
    hint, related = "", []
    if shown is not None:
        hint = f"an action that breaks it: {example(shown.unusual)}"
        rules = [rule for rule in shown.rules if rule in policy.lines]
        related = [Place(policy.file_of(rule), policy.lines[rule], f"{rule} decides") for rule in rules]
    return Finding(
        f"guarantee-{result.status.value}", message, guarantee.file or policy.file, guarantee.line, hint=hint,
        key=f"{policy.id} {result.id}", related=tuple(related),
    )  # fmt: skip


def counted(found: Iterable[Compared]) -> Mapping[str, int]:
    """How many changes there are in each direction."""
    counts = Counter(change.direction or "beside" for one in found if one.diff for change in one.diff.changes)
    return {direction: counts[direction] for direction in ("stricter", "looser", "other", "beside")}
