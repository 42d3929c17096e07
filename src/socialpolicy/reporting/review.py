"""What a reviewer of a pull request reads: what changes for whom, before and after, and how to accept it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

from socialpolicy import __version__
from socialpolicy.comparing import DiffKind
from socialpolicy.decisions import Decision
from socialpolicy.diffing import VERSION_FINDINGS, Change, Diff, GuaranteeChange, example, words
from socialpolicy.loading.findings import listed, shortened
from socialpolicy.proving import Status
from socialpolicy.reporting.places import from_top, top_of
from socialpolicy.reporting.writing import (
    Block,
    Bullets,
    Details,
    Heading,
    Line,
    Listing,
    Paragraph,
    Table,
    Words,
    plain,
)
from socialpolicy.reviewing import Compared, Impact, is_same, key_of_gone, said_of, to_waive, unwanted
from socialpolicy.versions import Bump

PUT = "put these lines into .socialpolicy.toml"
SENTENCE = 400
"""How much of one text a table shows."""
SIGNS = {"stricter": "🔺 stricter", "looser": "🔻 looser", "other": "🔸 differs", "": "➕ also"}
WAS = {
    None: "–", Status.HOLDS: "held", Status.FAILS: "failed", Status.VACUOUS: "was about nothing", Status.OPEN: "was open",
}  # fmt: skip
NOW = {
    None: "is gone", Status.HOLDS: "holds", Status.FAILS: "fails", Status.VACUOUS: "is about nothing",
    Status.OPEN: "could not be told",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Linking:
    """How places become links: an address with ``{file}`` and ``{line}`` in it; without one they stay names."""

    template: str = ""
    top: Path | None = None

    def place(self, file: str, line: int, name: str = "") -> Words:
        """A place, as a link where there can be one."""
        within = from_top(file, self.top or top_of(Path()))
        text = name or f"{within}:{line}"
        if not self.template or not within or within.startswith("/"):
            return Words(text, code=True)
        address = self.template.replace("{file}", quote(within, errors="surrogateescape")).replace("{line}", str(line))
        return Words(text, code=True, href=address)


def review(compared: Sequence[Compared], rows: int, linking: Linking | None = None) -> list[Block]:
    """All policies that were compared, with at most so many rows in each table."""
    same = [one for one in compared if is_same(one)] if len(compared) > 1 else []
    blocks = [block for one in compared if one not in same for block in of_one(one, rows, linking or Linking())]
    if same:
        names = listed([one.id for one in same], "and")
        blocks.append(Paragraph(plain(f"✅ Nothing changes in {names}: proved for all actions.")))
    return blocks


def of_one(one: Compared, rows: int, linking: Linking) -> Iterator[Block]:
    """One policy."""
    if one.diff is None:
        said = {
            "new": "is new on this branch, so there is nothing to compare it with",
            "gone": "is gone: no version of it decides any more",
        }.get(one.only, f"has {one.only} yet, so there is nothing to compare it with")
        accepted = bool(one.waived)
        sign = "🆕" if one.only != "gone" else "✅" if accepted else "❌"
        yield Heading((Words(f"{sign} "), Words(one.id, strong=True), Words(f" {said}.")))
        if one.only == "gone" and not accepted:
            how = plain(f"Put it back; or, where it was agreed on, {PUT}:")
            yield Details(
                "How to accept this change", (Paragraph(how), Listing(waiver_lines(key_of_gone(one), one.until)))
            )
        if accepted:
            yield Details(f"Accepted on record ({len(one.waived)})", (Bullets(accepted_lines(one)),))
        return
    found = one.diff
    yield Heading(headline(one, found))
    yield Paragraph(plain(summary(one)))
    told = ("guarantee-added", "guarantee-removed")  # their own rows tell these
    changes = [
        change for change in found.changes if (change.statement or change.needs > Bump.PATCH) and change.id not in told
    ]
    changes.sort(key=lambda change: (change.key in one.waived, -change.needs, list(SIGNS).index(change.direction)))
    guarantees = [change for change in found.guarantees if not change.was is change.now is Status.HOLDS]
    if changes or guarantees:
        shown = [of_change(one, change, linking) for change in changes[:rows]]
        told_of = [(is_lost(change), of_guarantee(found, change, linking)) for change in guarantees[:rows]]
        lost, other = ([row for is_so, row in told_of if is_so is side] for side in (True, False))
        yield Table(("", "who and what", "before", "after", "where"), (*lost, *shown, *other))
        if len(guarantees) > rows:
            yield Paragraph(
                plain(f"{rows:,} of {len(guarantees):,} guarantees are shown; the full report has them all.")
            )
        if len(changes) > rows:
            yield Paragraph(plain(f"{rows:,} of {len(changes):,} changes are shown; the full report has them all."))
    if one.impact is not None:
        yield Paragraph(plain(of_impact(one.impact)))
    yield from details(one, changes, rows)
    digests = f"base {short(found.old.digest)} · head {short(found.new.digest)}"
    same = "Everything else is" if any(change.statement for change in found.changes) else "Every decision is"
    proved = f"{same} proved to stay as it was, for all actions that both versions know."
    yield Paragraph(plain(f"{proved} socialpolicy {__version__} · {digests}"), small=True)


def headline(one: Compared, found: Diff) -> Line:
    """The versions, and whether the number says how much changes."""
    head = (
        Words("Policy change: "),
        Words(found.new.id, strong=True),
        Words(f" {found.old.version} → {found.new.version} "),
    )
    problem = set(found.problems) & VERSION_FINDINGS
    if problem:
        return (*head, Words("❌ needs "), Words(found.needed_version, strong=True))
    if found.lost:
        return (*head, Words("❌ a guarantee is lost"))
    if unwanted(one):
        return (*head, Words(f"❌ {failing(one.fail_on)}"))
    if found.state is Bump.IDENTICAL:
        return (*head, Words("✅ nothing changes"))
    return (*head, Words(f"✅ a {found.state.word} change"))


def summary(one: Compared) -> str:
    """How much changes, in a sentence or two."""
    found = one.diff
    assert found is not None
    parts = []
    for direction, word in (("stricter", "stricter"), ("looser", "looser"), ("other", "different in what is asked")):
        count = len(found.of(direction))
        if count:
            parts.append(f"{count} {'kind' if count == 1 else 'kinds'} of action {word}")
    problem = next((text for id, text in found.problems.items() if id in VERSION_FINDINGS), "")
    said = f"{', '.join(parts)}." if parts else "No action is decided otherwise."
    waived = f" {len(one.waived)} accepted on record." if one.waived else ""
    return f"{said}{waived}" + (f" {problem[:1].upper()}{problem[1:]}." if problem else "")


def of_change(one: Compared, change: Change, linking: Linking) -> tuple[tuple[Line, ...], ...]:
    """One change as a row."""
    found = one.diff
    assert found is not None
    sign = SIGNS[change.direction] + (" (accepted)" if change.key in one.waived else "")
    statement = change.statement
    said = change.sentence
    if statement is not None and statement.kind in (DiffKind.STRICTER, DiffKind.LOOSER):
        said = said.partition(": ")[2]  # from which outcome to which, the next columns tell
    who = tuple(plain(shortened(text[:1].upper() + text[1:], SENTENCE)) for text in (said, *change.details))
    if statement is None:
        return (
            (plain(sign),),
            who,
            (),
            (plain(f"needs a {change.needs.word} version"),),
            where(found, change, linking),
        )
    olds, news = (sorted({pair[side] for pair in statement.outcomes}) for side in (0, 1))
    after = Words(words(news), strong=olds != news)
    return ((plain(sign),), who, (plain(words(olds)),), ((after,),), where(found, change, linking))


def where(found: Diff, change: Change, linking: Linking) -> tuple[Line, ...]:
    """The rule that makes a change, linked to its line."""
    part = change.statement.part if change.statement else None
    for policy, rule in ((found.new, part.new if part else None), (found.old, part.old if part else None)):
        if rule is not None:
            name = f"{rule.id}" + ("" if policy is found.new else " (before)")
            if rule.id in policy.lines:
                return ((linking.place(policy.file_of(rule.id), policy.lines[rule.id], name),),)
            return ((Words(name, code=True),),)
    return ()


def of_guarantee(found: Diff, change: GuaranteeChange, linking: Linking) -> tuple[tuple[Line, ...], ...]:
    """What became of a guarantee, as a row."""
    lost = is_lost(change)
    guarantee = change.result.guarantee if change.result else None
    file, line = (guarantee.file or found.new.file, guarantee.line) if guarantee else ("", 0)
    place = ((linking.place(file, line, change.id),),) if file and line else ((Words(change.id, code=True),),)
    who = (plain(shortened(change.title, SENTENCE)),)
    sign = "⚠️ guarantee" if lost else "✅ guarantee"
    return ((plain(sign),), who, (plain(WAS[change.was]),), ((Words(NOW[change.now], strong=lost),),), place)


def is_lost(change: GuaranteeChange) -> bool:
    """Whether a guarantee holds no more, could not be told, or is not given any more."""
    return change.lost or change.now is None


def of_impact(impact: Impact) -> str:
    """What a new version means for actions that were recorded."""
    total = impact.total
    if not total:
        return "No recorded actions were given."
    parts = [
        (impact.stricter, "more strictly"),
        (impact.looser, "more loosely"),
        (impact.otherwise, "with something else to do"),
    ]
    counted = [f"{count:,} {word}" for count, word in parts if count]
    told = f"{listed(counted, 'and')} than before" if counted else "none otherwise than before"
    refused = f" {impact.refused:,} could not be decided by both versions." if impact.refused else ""
    return f"Of {total:,} recorded action{'s' * (total != 1)} this version decides {told}.{refused}"


def details(one: Compared, changes: Sequence[Change], rows: int) -> Iterator[Block]:
    """What is folded: examples, how to accept, what is accepted already, and wording."""
    found = one.diff
    assert found is not None
    inner: list[Block] = list(examples(found, changes))
    if inner:
        shown_of = (Paragraph(plain(f"{rows:,} of {len(inner):,} are shown.")),) if len(inner) > rows else ()
        lines = tuple(inner_lines(inner[:rows]))
        yield Details(f"Examples ({len(inner)})", (Bullets(lines), *shown_of) if lines else shown_of)
    how = list(accepting(one))
    if how:
        yield Details("How to accept this change", tuple(how))
    if one.waived:
        lines = accepted_lines(one)
        more = (Paragraph(plain(f"{rows:,} of {len(lines):,} are shown.")),) if len(lines) > rows else ()
        yield Details(f"Accepted on record ({len(lines)})", (Bullets(lines[:rows]), *more) if rows else more)
    texts = [change for change in found.changes if change.statement is None and change.needs <= Bump.PATCH]
    if texts:
        shown = tuple(plain(shortened(change.sentence, SENTENCE)) for change in texts[:rows])
        more = (Paragraph(plain(f"{rows:,} of {len(texts):,} are shown.")),) if len(texts) > rows else ()
        yield Details(f"Wording and order ({len(texts)})", (Bullets(shown), *more) if shown else more)


def accepted_lines(one: Compared) -> tuple[Line, ...]:
    """What is accepted on record, by whom, until when and why."""
    return tuple((Words(key, code=True), Words(f" {said_of(waiver)}")) for key, waiver in one.waived.items())


def inner_lines(blocks: Sequence[Block]) -> Iterator[Line]:
    """The lines of paragraphs."""
    return (block.line for block in blocks if isinstance(block, Paragraph))


def examples(found: Diff, changes: Sequence[Change]) -> Iterator[Paragraph]:
    """An action for each change, and what comes of it; and one for each guarantee that is lost."""
    for change in changes:
        if change.statement is not None:
            shown = change.statement.shown
            facts = Words(shortened(example(shown.unusual), SENTENCE), code=True)
            yield Paragraph((facts, Words(f": {came(shown.old)} → {came(shown.new)}")))
    for guarantee in found.lost:
        if guarantee.result and guarantee.result.counterexample:
            broken = guarantee.result.counterexample
            facts = Words(shortened(example(broken.unusual), SENTENCE), code=True)
            by = ", ".join(rule or "the baseline" for rule in broken.rules)
            yield Paragraph((facts, Words(f": {broken.decision.outcome.word}, by {by}, against {guarantee.id}")))


def came(decision: Decision) -> str:
    """The outcome of a decision, and that it is open where it is."""
    return decision.outcome.word if decision.determined else f"{decision.outcome.word} (open)"


def accepting(one: Compared) -> Iterator[Block]:
    """The version to write, or the lines that accept the changes on record."""
    found = one.diff
    assert found is not None
    if not set(found.problems) & VERSION_FINDINGS:
        keys = unwanted(one)
        if keys:
            yield Paragraph(plain(f"Here {failing(one.fail_on)}. Where it was agreed on, {PUT}:"))
            yield from listing(one, keys)
        return
    yield Paragraph((Words("Write "), Words(f'version: "{found.needed_version}"', code=True), Words(" in the policy.")))
    keys, version = to_waive(one)
    if keys:
        also = (Words(" write "), Words(f'version: "{version}"', code=True), Words(", and")) if version else ()
        yield Paragraph((Words("Or, where it was agreed on,"), *also, Words(f" {PUT}:")))
        yield from listing(one, keys)


def listing(one: Compared, keys: Sequence[str]) -> Iterator[Block]:
    """The lines that accept some changes: of the first three, and how many more there are."""
    yield Listing("\n\n".join(waiver_lines(key, one.until) for key in keys[:3]))
    if len(keys) > 3:
        yield Paragraph(plain(f"And {len(keys) - 3:,} more; `socialpolicy diff -v` shows the key of each."))


def failing(fail_on: str) -> str:
    """What a review was told to fail on, in words."""
    return "any change fails" if fail_on == "any" else f"what gets {fail_on} fails"


def waiver_lines(key: str, until: date) -> str:
    """The lines that accept one change."""
    return f'[[waive]]\nfinding = "{key}"\nreason = "…"\nby = "…"\nuntil = {until.isoformat()}'


def short(digest: str) -> str:
    """The beginning and the end of a digest."""
    plain_digest = digest.removeprefix("sha256:")
    return f"{plain_digest[:4]}…{plain_digest[-4:]}"
