"""Lint a policy: what is doubtful in it although it is no mistake, each thing with its place and the likely cure.

1. What its rules do not do, by ``linting``: proved for all actions.
2. What is written and used nowhere, named in part, or past its date: read from the text as it is written.
3. Comments that ignore a finding, with their reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from yaml.events import ScalarEvent

from socialpolicy.approvable import stuck_approvals
from socialpolicy.comparing import record
from socialpolicy.conditions import All, During, reads
from socialpolicy.instants import begins, day, ends, zone
from socialpolicy.linting import About, Doubt, Linting, is_own, undated
from socialpolicy.loading.documents import Document
from socialpolicy.loading.documents import begins as begin_of
from socialpolicy.loading.findings import Finding, Level, PolicyError, Where, listed, meant
from socialpolicy.loading.ignoring import ignores, misplaced, target
from socialpolicy.loading.models import Comparison, ConditionText, InForce, InForceFor, NamedCondition, ScopeAllBut
from socialpolicy.loading.reading import read_file
from socialpolicy.program import Effect
from socialpolicy.solving import CONFLICTS, Undecided
from socialpolicy.telling import shown, told
from socialpolicy.values import Facts

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

SOON = timedelta(days=30)
"""How long before its last day something is said to end soon."""
SHARE = 60
"""From how many percent of a group's values on a list seems to be meant as the group."""
NAMED = 4
"""How many rules are named in one finding."""
LINTS = frozenset({
    "allow-too-wide", "approval-by-author-alone", "approval-never-given", "dates-gap", "dates-overlap", "ends-soon", "expired", "ignore-without-reason",
    "lint-open", "missing-owner", "need-tested-elsewhere", "override-never-matters", "partial-group", "review-overdue",
    "rule-always-overridden", "rule-never-applies", "rule-never-matters", "rules-contradict", "unused-calendar",
    "unused-condition", "unused-contact", "unused-group", "unused-ignore", "unused-tag", "unused-template", "unused-terms",
})  # fmt: skip
"""The ids of all findings of ``lint``."""
OF_FILES = frozenset({"policy-not-found", "unlisted-release", "unused-reason"})
"""What ``validate`` says of files that can be used all the same."""
PROVED = frozenset(about.value for about in About if about is not About.OPEN)
"""The ids of those for which the solver is asked."""
ONLY_LINT = "a mistake is mended, and a change between versions is accepted by a waiver."

Used: TypeAlias = tuple[Where, str, Any]
"""An entry of a written condition: where it stands, the name of a fact or of a condition, and what is written behind it."""


@dataclass(frozen=True, slots=True)
class Linted:
    """What ``lint`` says of one policy: its findings, how many were ignored by comments, and which rules stay open."""

    findings: tuple[Finding, ...]
    ignored: int = 0
    open: tuple[str, ...] = ()


def lint(
    policy: Policy,
    *,
    at: datetime | None = None,
    conflicts: int = CONFLICTS,
    document: Document | None = None,
    select: Collection[str] = LINTS,
) -> list[Finding]:
    """All that is doubtful in a policy, warnings first.

    Dates are looked at only with ``at``, the instant for which they count. ``conflicts`` is the solver's budget for one
    question; where it is met, the finding ``lint-open`` says so. ``select`` are the ids to look for. Places are those of
    ``document``; if left out, the policy's file is read again for them.
    """
    return list(linted(policy, at=at, conflicts=conflicts, document=document, select=select).findings)


def linted(
    policy: Policy,
    *,
    at: datetime | None = None,
    conflicts: int = CONFLICTS,
    document: Document | None = None,
    select: Collection[str] = LINTS,
) -> Linted:
    """The same, with what comments ignore, and what stays open."""
    tidying = Tidying(policy, at, document if document is not None else read_again(policy))
    tidying.rules_do(conflicts, select)
    tidying.unused()
    tidying.needs_tested()
    tidying.approvals_given()
    tidying.approvable(conflicts, select)
    tidying.groups_in_part()
    tidying.dates()
    if policy.written.owner is None:
        message = f"nobody owns the policy {policy.written.id}."
        tidying.tell("missing-owner", ("id",), message, "write `owner: CONTACT`: whom to ask about it.", key=True)
    tidying.ignoring(select)
    found = [finding for finding, _ in tidying.found if finding.id in select]
    found.sort(key=lambda one: (-one.level, one.line, one.column, one.id, one.message))
    return Linted(tuple(found), tidying.ignored, tuple(tidying.left_open))


def read_again(policy: Policy) -> Document | None:
    """The document of a policy's file; None where there is none such, or it is not what was loaded."""
    try:
        if not Path(policy.file).is_file():
            return None
        document = read_file(Path(policy.file))
    except (OSError, ValueError, PolicyError):
        return None
    return document if document.data == policy.data else None


@dataclass
class Tidying:
    """One policy being linted."""

    policy: Policy
    at: datetime | None
    document: Document | None
    found: list[tuple[Finding, frozenset[int]]] = field(
        default_factory=list
    )  # and the lines that a comment may stand above
    left_open: list[str] = field(default_factory=list)
    ignored: int = 0

    def __post_init__(self) -> None:
        self.written, self.program = self.policy.written, self.policy.program
        self.index = {rule.id: index for index, rule in enumerate(self.written.rules)}

    # -- places ------------------------------------------------------------------------------------------------------

    def tell(
        self,
        id: str,
        where: Where,
        message: str,
        hint: str = "",
        *,
        level: Level = Level.WARNING,
        key: bool = False,
    ) -> None:
        """Add a finding about the value at ``where``, or about its key."""
        line, column, end, text = self.line_of(where), 1, 2, ""
        above = {line}
        if self.document is not None:
            event = self.document.event(where, key=key)
            if event is not None:
                line, column = begin_of(event)
                stop: Any = event.end_mark
                token = isinstance(event, ScalarEvent) and stop.line + 1 == line
                end, text = stop.column + 1 if token else column + 1, self.document.line(line)
            around = [where[:length] for length in range(2, len(where) + 1)] or [where]
            events = [self.document.event(way, key=as_key) for way in around for as_key in (True, False)]
            above = {line} | {begin_of(event)[0] for event in events if event is not None}
        finding = Finding(id, message, self.policy.file, line, column, max(end, column + 1), hint, level, text)
        self.found.append((finding, frozenset(above)))

    def line_of(self, where: Where) -> int:
        """The line of something, as far as it is known without the document."""
        match where:
            case ("rules", int() as index, *_):
                return self.policy.lines.get(self.written.rules[index].id, 1)
            case ("exceptions", str() as name, *_):
                return self.policy.lines.get(name, 1)
            case _:
                return 1

    def place(self, id: str, *further: str | int) -> Where:
        """The way to a rule, or to an exception."""
        return ("rules", self.index[id], *further) if id in self.index else ("exceptions", id, *further)

    def named(self, ids: Sequence[str], joint: str = "and") -> str:
        """Rules, with their lines."""
        words = [f"{id} (line {self.policy.lines.get(id, 1)})" if id else "the baseline" for id in ids[:NAMED]]
        return listed([*words, *([f"{len(ids) - NAMED} more"] if len(ids) > NAMED else [])], joint)

    def word(self, id: str) -> str:
        """A rule, or an exception, with its id."""
        return f"rule {id}" if id in self.index else f"the exception {id}"

    # -- what rules do -----------------------------------------------------------------------------------------------

    def rules_do(self, conflicts: int, select: Collection[str]) -> None:
        """What is doubtful about what rules do, proved for all actions."""
        if not PROVED & set(select):
            return
        try:
            with Linting(self.program, conflicts) as linting:
                for doubt in linting.doubts():
                    self.doubted(doubt)
                for doubt in linting.contradictions(self.one_scope()):
                    self.contradicted(doubt)
        except Undecided as error:
            self.leave_open("", error.limit)

    def one_scope(self) -> list[list[str]]:
        """The rules in groups of one written scope."""
        groups: dict[str, list[str]] = {}
        for rule in self.written.rules:
            scope = rule.scope if isinstance(rule.scope, str) else repr(sorted(map(spelt, rule.scope.items())))
            groups.setdefault(scope, []).append(rule.id)
        return list(groups.values())

    def leave_open(self, rule: str, limit: str) -> None:
        """Say that a question stays open, and at which limit."""
        if rule not in self.left_open:
            self.left_open.append(rule)
            what = f"what {self.word(rule)} does" if rule else "what the rules of this policy do"
            where: Where = self.place(rule) if rule else ("rules",)
            self.tell("lint-open", where, f"{what} stays open: {limit}.", "split its conditions, or give more time.")

    def doubted(self, doubt: Doubt) -> None:
        """Tell one doubt about a rule."""
        id, word, where = doubt.rule, self.word(doubt.rule), self.place(doubt.rule)
        match doubt.about:
            case About.NEVER_APPLIES:
                parts = told(All(doubt.parts))
                because = ", by what the vocabulary says follows," if doubt.by_vocabulary else ""
                message = f"{word} never applies: no action{because} has: {parts}."
                self.tell("rule-never-applies", where, message, "mend its condition, or remove it.")
            case About.ALWAYS_OVERRIDDEN:
                message = f"{word} never applies: whenever its condition holds, it is overridden by {self.named(doubt.others, 'or')}."
                self.tell("rule-always-overridden", where, message, "narrow what overrides it, or remove it.")
            case About.NEVER_MATTERS if doubt.opens_nothing:
                message = f"{word} opens nothing: where it holds, the baseline allows already. Every decision is the same without it."
                hint = "to promise something, write a guarantee with `always: allow`."
                self.tell("rule-never-matters", where, message, hint, level=Level.INFO)
            case About.NEVER_MATTERS:
                message = f"without {word} every decision is the same: {self.already(doubt)}."
                self.tell("rule-never-matters", where, message, "remove it, or say where it should decide otherwise.")
            case About.OVERRIDE:
                place = (*where, "overrides") if id in self.index else (*where, "rules")
                message = (
                    f"{word} overrides {self.named(doubt.others)}, but never applies where that one's condition holds."
                )
                self.tell(
                    "override-never-matters", place, message, "remove the override, or mend a condition.", key=True
                )
            case About.TOO_WIDE:
                message = f"{word} opens the baseline for every action: it narrows nothing."
                self.tell(
                    "allow-too-wide", where, message, "say in `scope` or `when` what it is for, or change the baseline."
                )
            case _:
                self.leave_open(id, doubt.limit)

    def already(self, doubt: Doubt) -> str:
        """Who says already what a rule says."""
        if doubt.rule not in self.index:
            return "nothing that it sets aside would count"
        if not doubt.others:
            return "what it says is said already"
        names = self.named(doubt.others)
        if doubt.entirely:
            return f"{names} {'says' if len(doubt.others) == 1 else 'say'} as much wherever it counts"
        return f"{names} and others say as much wherever it counts"

    def contradicted(self, doubt: Doubt) -> None:
        """Tell a contradiction of two rules."""
        if doubt.about is About.OPEN:
            self.leave_open(doubt.rule, doubt.limit)
            return
        example = f" For example: {told_facts(doubt.facts)}." if doubt.facts else ""
        hint = "narrow one of them, or let one override the other."
        if doubt.entirely:
            message = (
                f"whatever rule {doubt.rule} allows, {self.named(doubt.others)} denies; both have one scope.{example}"
            )
            self.tell("rules-contradict", self.place(doubt.rule), message, hint)
        else:
            message = f"some of what rule {doubt.rule} allows, {self.named(doubt.others)} denies; both have one scope.{example}"
            self.tell("rules-contradict", self.place(doubt.rule), message, hint, level=Level.INFO)

    def needs_tested(self) -> None:
        """Facts that one rule asks to put right, and another one reads that sets rules aside."""
        asking: dict[str, list[str]] = {}
        for rule in sorted(filter(is_own, self.program.rules), key=lambda rule: rule.place):
            for need in rule.needs:
                for fact in sorted(reads(need.test)):
                    asking.setdefault(fact, []).append(rule.id)
        overriding = {id for rule in self.program.rules for id in rule.overridden_by}
        for rule in filter(is_own, self.program.rules):
            if rule.id not in overriding or rule.effect is Effect.EXCEPT:
                continue
            for fact in sorted(reads(rule.when).union(*(reads(need.given) for need in rule.needs)) & set(asking)):
                others = [id for id in dict.fromkeys(asking[fact]) if id != rule.id]
                if others:
                    message = (
                        f"rule {rule.id} sets other rules aside and reads {fact}, which {self.named(others)} "
                        f"{'asks' if len(others) == 1 else 'ask'} to put right: that may bring back what it sets aside."
                    )
                    hint = "see that no order of putting things right leads from a mild outcome to a strict one."
                    where = self.place(rule.id, "overrides")
                    self.tell("need-tested-elsewhere", where, message, hint, level=Level.INFO, key=True)

    # -- what is written ---------------------------------------------------------------------------------------------

    @cached_property
    def outside(self) -> list[Used]:
        """The entries of all conditions that are written, those of ``conditions`` apart."""
        written = self.written
        found: list[Used] = []
        for index, rule in enumerate(written.rules):
            where: Where = ("rules", index)
            for key in ("when", "unless"):
                found += entries(getattr(rule, key), (*where, key))
            for place, need in enumerate(rule.require if isinstance(rule.require, list) else ()):
                found += entries(need.if_, (*where, "require", place, "if"))
                found += [((*where, "require", place, "need", fact), fact, test) for fact, test in need.need.items()]
            if isinstance(rule.require, dict):
                found += [((*where, "require", fact), fact, test) for fact, test in rule.require.items()]
        for index, guarantee in enumerate(written.guarantees):
            for key, condition in (
                ("when", guarantee.when), ("assuming", guarantee.assuming), ("except", guarantee.except_), ("only_if", guarantee.only_if),
            ):  # fmt: skip
                found += entries(condition, ("guarantees", index, key))
        for name, playbook in written.playbooks.items():
            found += entries(playbook.trigger, ("playbooks", name, "trigger"))
        for name, exception in written.exceptions.items():
            found += entries(exception.for_, ("exceptions", name, "for"))
        for index, entry in enumerate((written.consequences.never_for if written.consequences else None) or ()):
            found += entries(entry, ("consequences", "never_for", index))
        vocabulary = written.vocabulary
        for index, implication in enumerate(vocabulary.implies):
            found += entries(implication.if_, ("vocabulary", "implies", index, "if"))
        for index, condition in enumerate(vocabulary.impossible):
            found += entries(condition, ("vocabulary", "impossible", index))
        for name, fact in vocabulary.facts.items():
            if fact.mutable is not None and not isinstance(fact.mutable, bool):
                found += entries(fact.mutable.except_, ("vocabulary", "facts", name, "mutable", "except"))
        return found

    @cached_property
    def inside(self) -> dict[str, list[Used]]:
        """The entries of each named condition."""
        return {
            name: list(
                entries(entry.is_, ("conditions", name, "is"))
                if isinstance(entry, NamedCondition)
                else entries(entry, ("conditions", name))
            )
            for name, entry in self.written.conditions.items()
        }

    @cached_property
    def scopes(self) -> list[Used]:
        """The words of all scopes, as entries about the facts that they stand for."""
        facts = self.program.vocabulary.scope
        written = [(("rules", index, "scope"), rule.scope) for index, rule in enumerate(self.written.rules)]
        written += [(("templates", name, "for"), one.for_) for name, one in self.written.templates.items() if one.for_]  # type: ignore[misc]
        return [
            ((*where, word), facts.get(word, ""), entry)
            for where, scope in written
            if isinstance(scope, dict)
            for word, entry in scope.items()
        ]

    def unused(self) -> None:
        """What is declared and used nowhere."""
        written = self.written
        used = self.conditions_used()
        everywhere = [*self.outside, *(entry for entries in self.inside.values() for entry in entries), *self.scopes]
        hint = "use it, or remove it."
        for name in written.conditions:
            if name not in used:
                self.tell(
                    "unused-condition", ("conditions", name), f"the condition {name} is used nowhere.", hint, key=True
                )
        lists = {value.in_list for _, _, value in everywhere if isinstance(value, Comparison) and value.in_list}
        lists |= {slot.hosts for one in written.templates.values() for slot in (one.slots or {}).values() if slot.hosts}
        others = {name for base in self.policy.bases for name in base.written.terms}
        for name, terms in written.terms.items():
            if (
                name not in lists | others and terms.kind != "words"
            ):  # words are looked for in texts, not tested by conditions
                self.tell("unused-terms", ("terms", name), f"the list {name} is used nowhere.", hint, key=True)
        steps = {step.template for playbook in written.playbooks.values() for step in playbook.steps}
        for name, template in written.templates.items():
            if name not in steps and template.for_ is None:
                message = f"no playbook uses the template {name}, and it does not say whom it is for."
                self.tell(
                    "unused-template",
                    ("templates", name),
                    message,
                    "write `for: {...}`, use it, or remove it.",
                    key=True,
                )
        contacts = self.contacts_used()
        for name in written.contacts:
            if name not in contacts:
                self.tell("unused-contact", ("contacts", name), f"nothing names the contact {name}.", hint, key=True)
        tags = {tag for rule in written.rules for tag in rule.tags}
        tags |= {tag for rule in written.rules if rule.overrides for tag in rule.overrides.tags or ()}
        tags |= {
            entry for entry in (written.consequences and written.consequences.never_for) or () if isinstance(entry, str)
        }
        for name in written.tags:
            if name not in tags:
                self.tell("unused-tag", ("tags", name), f"no rule carries the tag {name}.", hint, key=True)
        hours = {contact.hours for contact in written.contacts.values()}
        for name in written.calendars:
            if name not in hours:
                self.tell("unused-calendar", ("calendars", name), f"nobody keeps the hours of {name}.", hint, key=True)
        self.groups_used(everywhere)

    def conditions_used(self) -> set[str]:
        """The named conditions that something uses, directly or through others that are used."""
        used: set[str] = set()
        waiting = [name for _, name, _ in self.outside if name in self.inside]
        while waiting:
            name = waiting.pop()
            if name not in used:
                used.add(name)
                waiting += [other for _, other, _ in self.inside[name] if other in self.inside]
        return used

    def contacts_used(self) -> set[str]:
        """The contacts that something names: whom to ask, who stands in, who owns, approves or does something."""
        written, program = self.written, self.program
        approvals = [rule.approval for rule in program.rules] + [
            one.approval for one in program.baseline.starts.values()
        ]
        used = {approver.contact for approval in approvals if approval for approver in approval.of}
        for rule in program.rules:
            used |= {duty.who for duty in rule.duties} | {need.fixable_by for need in rule.needs}
            used |= {rule.hand_over.to} if rule.hand_over else set()
        used |= {name for base in self.policy.bases for name in base.written.contacts}
        used |= {written.owner or ""} | {contact.deputy or "" for contact in written.contacts.values()}
        for account in written.accounts.values():
            used |= {account.owner, account.backup, *account.admins}
        for playbook in written.playbooks.values():
            used |= {playbook.owner, playbook.ends.who} | {
                name for role in playbook.roles.values() for name in (role.who, role.deputy)
            }
            used |= {step.who for step in playbook.steps} | {
                step.hand_over.to for step in playbook.steps if step.hand_over
            }
        for template in written.templates.values():
            used |= {template.owner, *template.approved_by}
        for exception in written.exceptions.values():
            used |= {exception.owner, *exception.approved_by}
        for change in written.changes:
            used |= {change.by, *(change.agreed_with or ())}
        return used | {step.who for step in (written.consequences.steps if written.consequences else {}).values()}

    def groups_used(self, everywhere: Iterable[Used]) -> None:
        """Groups of values that the policy declares and nothing uses."""
        used = {(fact, word) for _, fact, value in everywhere for word in words_of(value)}
        baseline = self.written.baseline
        if isinstance(baseline, dict):
            used |= {(self.program.baseline.fact, word) for word in baseline}
        groups = self.written.vocabulary.groups
        for fact, declared in groups.items():
            for name, members in declared.items():
                words = members["all_but"] if isinstance(members, dict) else members
                used |= {(fact, word) for word in words if word != name}
        for fact, declared in groups.items():
            for name in declared:
                if (fact, name) not in used:
                    where = ("vocabulary", "groups", fact, name)
                    self.tell(
                        "unused-group",
                        where,
                        f"the group {name} of {fact} is used nowhere.",
                        "use it, or remove it.",
                        key=True,
                    )

    def approvals_given(self) -> None:
        """Approvals that guarantees test, and that no contact gives."""
        fact = self.program.vocabulary.approvals
        given = {contact.approves_as or name for name, contact in self.written.contacts.items()}
        tested = [*self.outside, *(entry for name in self.inside for entry in self.inside[name])]
        for where, name, value in tested:
            if not fact or name != fact:
                continue
            for word in dict.fromkeys(words_of(value)):
                if word in given or word not in self.program.vocabulary.facts[fact].values:
                    continue
                hint = f"write `approves_as: {word}` in a contact. {meant(word, given).capitalize()}".rstrip()
                self.tell("approval-never-given", where, f"no contact gives the approval {word}.", hint, key=True)

    def approvable(self, conflicts: int, select: Collection[str]) -> None:
        """Approvals that some author may have to give alone."""
        if "approval-by-author-alone" not in select:
            return
        contacts = self.program.contacts
        texts = [
            *(base.written for base in self.policy.bases),
            self.written,
        ]  # whoever builds on another says who is who
        roles = {name: frozenset(one.roles or ()) for text in texts for name, one in text.contacts.items()}
        try:
            found = stuck_approvals(self.program, roles, conflicts=conflicts)
        except Undecided as error:
            self.leave_open("", error.limit)
            return
        for stuck in found:
            of = [contacts[approver.contact].title for approver in stuck.approval.of]
            count = stuck.approval.at_least
            wanted = (
                listed(of)
                if count == 1
                else listed(of, "and")
                if count == len(of)
                else f"{count} of {listed(of, 'and')}"
            )
            held = listed([contacts[name].title for name in stuck.held], "and")
            left = listed([contacts[name].title for name in stuck.left], "and")
            then = "nobody is left who could say it" if not left else f"only {left} could say it, each for one role"
            message = (
                f"{'rule ' + stuck.rule if stuck.rule else 'the baseline'} asks for a yes from {wanted}. An author with the "
                f"role {listed(stuck.roles, 'and')} may be {held}; then {then}."
            )
            hint = f"name a `deputy` for {listed(stuck.held, 'and')} who is somebody else, or one more contact who may approve."
            if stuck.scarce:
                hint = f"see that there are enough people, or name a `deputy` for {listed(stuck.held, 'and')} who has no other part in it."
            where: Where = ("builds_on",) if stuck.rule else ("baseline",)
            where = self.place(stuck.rule, "approval") if stuck.rule in self.index else where
            level = Level.INFO if stuck.scarce else Level.WARNING
            self.tell("approval-by-author-alone", where, message, hint, key=True, level=level)

    def groups_in_part(self) -> None:
        """Lists of values in rules that name most values of a group, but not all."""
        groups = {
            fact: {name: tuple(sorted(values)) for name, values in named.items()}
            for fact, named in self.policy.groups.items()
        }
        rules = [entry for entry in (*self.outside, *self.scopes) if entry[0][0] == "rules"]
        for where, fact, value in rules:
            for key, words in lists_of(value):
                known = groups.get(fact, {})
                alone = {word for word in words if word not in known}
                named = alone.union(*(known[word] for word in words if word in known))
                for group, members in known.items():
                    left = [member for member in members if member not in named]
                    inside = len(alone & set(members))
                    if left and len(left) < len(members) and 100 * inside >= SHARE * len(members) and inside > 2:
                        message = f"this names {inside} of the {len(members)} values in {group}; left out: {listed(left, 'and')}."
                        hint = f"write {group}, if all of them are meant."
                        self.tell("partial-group", (*where, *key), message, hint, level=Level.INFO)

    # -- dates -------------------------------------------------------------------------------------------------------

    def dates(self) -> None:
        """What is past its last day, or will be soon; and rules that say the same at different times."""
        written = self.written
        dated: list[tuple[str, Where, InForce | InForceFor | None]] = []
        dated += [
            (f"rule {rule.id}", ("rules", index, "in_force"), rule.in_force) for index, rule in enumerate(written.rules)
        ]
        dated += [
            (f"the exception {name}", ("exceptions", name, "in_force"), one.in_force)
            for name, one in written.exceptions.items()
        ]
        dated += [
            (f"the template {name}", ("templates", name, "in_force"), one.in_force)
            for name, one in written.templates.items()
        ]
        for word, where, dates in dated:
            end = self.window(dates)[1]
            if self.at is None or dates is None or end is None:
                continue
            if end <= self.at:
                message = f"{word} ended on {dates.through}."
                self.tell("expired", (*where, "through"), message, "remove it, or write a later day.")
            elif end <= self.at + SOON:
                message = f"{word} ends on {dates.through}."
                self.tell("ends-soon", (*where, "through"), message, "see what comes after it.", level=Level.INFO)
        review = self.window(InForce.model_validate({"from": written.review_by}))[0] if written.review_by else None
        if self.at is not None and review is not None and review <= self.at:
            message = f"the policy was to be reviewed by {written.review_by}."
            self.tell("review-overdue", ("review_by",), message, "review it, and write the next day.")
        self.windows()

    def window(self, dates: InForce | InForceFor | None) -> tuple[datetime | None, datetime | None]:
        """The first instant of dates in force, and the first one after them."""
        first = day(dates.from_) if dates else None
        last = day(dates.through) if dates and dates.through else None
        where = zone(self.written.time_zone)
        return (begins(first, where) if first and where else None), (ends(last, where) if last and where else None)

    def windows(self) -> None:
        """Rules that say the same, of which the dates in force leave a gap, or overlap."""
        rules = {rule.id: rule for rule in self.program.rules}
        alike: dict[object, list[tuple[datetime, datetime | None, str]]] = {}
        for text in self.written.rules:
            begin, end = self.window(text.in_force)
            if begin is not None:
                rule = rules[text.id]
                test = During(self.program.vocabulary.instant, begin, end)
                alike.setdefault((undated(rule, test), record(rule)), []).append((begin, end, text.id))
        for same in alike.values():
            same.sort(key=lambda window: window[0])
            for (_, end, one), (begin, _, other) in pairwise(same):
                where = self.place(other, "in_force")
                if end is None or begin < end:
                    message = f"rule {other} says the same as {self.named([one])}, and both are in force from {self.first(other)} on."
                    hint = "let one end the day before the other begins, or make one of them."
                    self.tell("dates-overlap", where, message, hint, level=Level.INFO)
                elif begin > end:
                    message = f"rule {other} says the same as {self.named([one])}; from the day after {self.last(one)} until {self.first(other)} neither is in force."
                    hint = "close the gap, if it is not meant."
                    self.tell("dates-gap", where, message, hint, level=Level.INFO)

    def first(self, id: str) -> str:
        """The first day of a rule."""
        dates = self.written.rules[self.index[id]].in_force
        return dates.from_ if dates else ""

    def last(self, id: str) -> str:
        """The last day of a rule."""
        dates = self.written.rules[self.index[id]].in_force
        return (dates.through or "") if dates else ""

    # -- comments ----------------------------------------------------------------------------------------------------

    def ignoring(self, select: Collection[str]) -> None:
        """Leave out what a comment on the line before ignores; and say where a comment ignores nothing, or gives no reason."""
        if self.document is None:
            return
        for line, names, reason in list(ignores(self.document)):
            below = target(self.document, line)
            if not reason:
                message = "this comment gives no reason, so it ignores nothing."
                self.tell_comment("ignore-without-reason", line, message, "write why behind the bracket.")
                continue
            for name in names or [""]:
                kept = [one for one in self.found if one[0].id != name or below not in one[1] or name == "lint-open"]
                taken = len(self.found) - len(kept)
                self.found, self.ignored = kept, self.ignored + taken
                if not taken and name not in OF_FILES and (name in select or name not in LINTS):
                    what = f"there is no finding {name} here" if name in LINTS else f"{name} is no finding of lint"
                    hint = "remove the comment." if name in LINTS else meant(name, LINTS) or ONLY_LINT
                    if not name:
                        what, hint = "it names no finding", "write ignore[FINDING-ID] and why."
                    self.tell_comment("unused-ignore", line, f"this comment ignores nothing: {what}.", hint)

        for line in misplaced(self.document):
            hint = "write it on the line before: # socialpolicy: ignore[FINDING-ID] reason."
            self.tell_comment("unused-ignore", line, "this comment ignores nothing as it is written.", hint)

    def tell_comment(self, id: str, line: int, message: str, hint: str) -> None:
        """Add a finding about a comment."""
        assert self.document is not None
        text = self.document.line(line)
        column = len(text) - len(text.lstrip()) + 1
        finding = Finding(id, message, self.policy.file, line, column, len(text) + 1, hint, Level.WARNING, text)
        self.found.append((finding, frozenset()))


def entries(condition: ConditionText | str | None, where: Where) -> Iterator[Used]:
    """The entries of a written condition, at any depth: facts and named conditions, each with what is written behind it."""
    if isinstance(condition, str):
        yield where, condition, True
    elif condition is not None:
        for name, value in (condition.__pydantic_extra__ or {}).items():
            yield (*where, name), name, value
        for key in ("all", "any", "none"):
            for index, part in enumerate(getattr(condition, key) or ()):
                yield from entries(part, (*where, key, index))
        yield from entries(condition.not_, (*where, "not"))


def lists_of(value: Any) -> Iterator[tuple[Where, list[str]]]:
    """The lists of values in what is written behind a fact, each with the way to it; not those of what is left out."""
    if isinstance(value, list):
        yield (), [word for word in value if isinstance(word, str)]
    elif isinstance(value, Comparison):
        for key in ("any_of", "none_of", "nothing_but"):
            if getattr(value, key):
                yield (key,), list(getattr(value, key))


def words_of(value: Any) -> Iterator[str]:
    """All words in what is written behind a fact."""
    match value:
        case str():
            yield value
        case list():
            yield from (word for word in value if isinstance(word, str))
        case ScopeAllBut(all_but=words):
            yield from words
        case Comparison():
            for key in ("any_of", "all_of", "none_of", "nothing_but", "all_but"):
                yield from getattr(value, key) or ()
            for key in ("at_least", "at_most", "more_than", "less_than"):
                if isinstance(getattr(value, key), str):
                    yield getattr(value, key)
        case _:
            return


def spelt(item: tuple[str, Any]) -> str:
    """One word of a scope with its values, the same in whichever order they stand."""
    word, entry = item
    values = entry.all_but if isinstance(entry, ScopeAllBut) else [entry] if isinstance(entry, str) else entry
    return f"{word}{'!' if isinstance(entry, ScopeAllBut) else ''}={sorted(set(values))}"


def told_facts(facts: Facts) -> str:
    """Facts in one line."""
    return ", ".join(f"{name}: {shown(value)}" for name, value in facts.items())


# -- releases ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InForceBetween:
    """When a release is in force, and the way to it in the index; ``end`` is the first instant after, None for never."""

    version: str
    where: Where
    begin: datetime
    end: datetime | None


def release_gaps(index: Document, releases: Iterable[InForceBetween]) -> Iterator[Finding]:
    """The findings for moments between the first release and the last at which no version is in force."""
    before: InForceBetween | None = None  # of those so far the one that ends last
    for release in sorted(releases, key=lambda one: one.begin):
        if before is not None and before.end is not None and before.end < release.begin:
            message = (
                f"no version is in force from {before.end.isoformat()} until {release.begin.isoformat()}: "
                f"{before.version} has ended, and {release.version} not begun."
            )
            hint = "release a version that is in force then."
            line, column = index.place(release.where)
            yield Finding(
                "dates-gap", message, index.name, line, column, column + 1, hint, Level.WARNING, index.line(line)
            )
        if before is None or release.end is None or (before.end is not None and release.end > before.end):
            before = release
