"""Check the sections that change no outcome: by shape and by name, so that what they say is sound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from socialpolicy.conditions import Condition, Not, both
from socialpolicy.guarantees import Guarantee
from socialpolicy.instants import instant
from socialpolicy.loading.findings import Where, listed, meant
from socialpolicy.loading.models import GuaranteeText, PlaybookText
from socialpolicy.program import Effect, Outcome, Playbook, Rule, Step, limit_of

if TYPE_CHECKING:
    from socialpolicy.loading.lowering import Lowering


@dataclass
class Explained:
    """The sections that change no outcome: checked by shape and by name, so that what they say is sound."""

    lowering: Lowering
    rules: list[Rule] = field(default_factory=list)  # what the playbooks lower to

    def check(self) -> None:
        """Check them all."""
        self.written, self.document, self.words = self.lowering.written, self.lowering.document, self.lowering.words
        self.calendars()
        self.guarantees()
        self.consequences()
        self.accounts()
        self.playbooks()
        self.templates()
        self.embargoes()
        self.changes()

    def contact(self, name: str, *where: str | int, actor: bool = False) -> None:
        """Check a contact's name."""
        self.lowering.contact(name, where, actor=actor)

    def unique(self, names: Iterable[str], section: str) -> None:
        """Check that ids are used once."""
        seen: set[str] = set()
        for index, name in enumerate(names):
            if name in seen:
                self.document.add(
                    "duplicate-id", (section, index, "id"), f"the id {name} is used twice.", "give each its own."
                )
            seen.add(name)

    def calendars(self) -> None:
        """Hours that end after they begin, and days of the calendar."""
        for name, calendar in self.written.calendars.items():
            if calendar.time_zone is not None:
                self.lowering.time_zone(calendar.time_zone, ("calendars", name, "time_zone"))
            if calendar.to <= calendar.from_:
                self.document.add(
                    "never-true",
                    ("calendars", name, "to"),
                    f"{calendar.to} is not after {calendar.from_}.",
                    "check the hours.",
                )
            for index, closed in enumerate(calendar.closed or ()):
                self.lowering.day(closed, ("calendars", name, "closed", index))

    def guarantees(self) -> None:
        """Well-typed conditions, and one claim each."""
        self.unique((guarantee.id for guarantee in self.written.guarantees), "guarantees")
        for index, guarantee in enumerate(self.written.guarantees):
            where: Where = ("guarantees", index)
            lowered: dict[str, Condition] = {}
            for key, condition in (
                ("when", guarantee.when),
                ("assuming", guarantee.assuming),
                ("except", guarantee.except_),
                ("only_if", guarantee.only_if),
            ):
                if condition is not None:
                    lowered[key] = self.words.condition(condition, (*where, key), approvals=True)
            claims = [
                key for key in ("never", "always", "only_if", "unaffected_by") if getattr(guarantee, key) is not None
            ]
            if len(claims) != 1:
                self.document.add(
                    "bad-guarantee",
                    where,
                    f"guarantee {guarantee.id} makes {len(claims) or 'no'} claims; it makes one.",
                    "make a guarantee of each." if claims else "write never, always, only_if or unaffected_by.",
                )
            for place, name in enumerate(guarantee.unaffected_by or ()):
                if name not in self.words.facts:
                    self.document.add(
                        "unknown-fact",
                        (*where, "unaffected_by", place),
                        f"{name} is not a fact of the vocabulary.",
                        meant(name, self.words.facts),
                    )
            self.lowering.guarantees.append(self.guarantee(guarantee, lowered, self.document.place((*where, "id"))[0]))

    def guarantee(self, text: GuaranteeText, lowered: Mapping[str, Condition], line: int) -> Guarantee:
        """A guarantee, from its conditions."""
        parts = [lowered[key] for key in ("when", "assuming") if key in lowered]
        where = both(*parts, *([Not(lowered["except"])] if "except" in lowered else []))
        admits = frozenset(Outcome)
        if isinstance(text.never, str):
            admits -= {Outcome[text.never.upper()]}
        elif text.never is not None:
            admits = frozenset(outcome for outcome in Outcome if outcome >= Outcome[text.never.below.upper()])
        elif isinstance(text.always, str):
            admits = frozenset({Outcome[text.always.upper()]})
        elif text.always is not None:
            admits = frozenset(outcome for outcome in Outcome if outcome <= Outcome[text.always.at_most.upper()])
        return Guarantee(
            self.lowering.prefix + text.id,
            text.title,
            where,
            admits,
            lowered.get("only_if"),
            tuple(text.unaffected_by or ()),
            line,
            self.document.name,
        )

    def consequences(self) -> None:
        """Contacts that exist, and tags or conditions that exist."""
        if self.written.consequences is None:
            return
        for name, step in self.written.consequences.steps.items():
            self.contact(step.who, "consequences", "steps", name, "who", actor=True)
        for index, entry in enumerate(self.written.consequences.never_for or ()):
            if not (isinstance(entry, str) and entry in self.written.tags):
                self.words.condition(entry, ("consequences", "never_for", index))

    def accounts(self) -> None:
        """The register: known platforms and kinds, an owner and a backup who differ."""
        facts = self.words.facts
        for name, account in self.written.accounts.items():
            for key in ("owner", "backup"):
                self.contact(getattr(account, key), "accounts", name, key)
            for index, admin in enumerate(account.admins):
                self.contact(admin, "accounts", name, "admins", index)
            if account.owner == account.backup:
                self.document.add(
                    "own-deputy",
                    ("accounts", name, "backup"),
                    f"{name} has one contact as owner and backup.",
                    "name somebody else.",
                )
            if len(set(account.admins)) < len(account.admins):
                self.document.add(
                    "duplicate-value",
                    ("accounts", name, "admins"),
                    "an admin is named twice.",
                    "name two different ones.",
                )
            for key, fact in (("platform", facts.get("platform")), ("kind", facts.get("account.kind"))):
                if fact is not None and getattr(account, key) not in fact.values:
                    self.document.add(
                        "unknown-value",
                        ("accounts", name, key),
                        f"{fact.name} has no value {getattr(account, key)}.",
                        meant(getattr(account, key), fact.values),
                    )
            store = facts.get("account.credential_store")
            if store is not None and account.credentials not in store.values:
                self.document.add(
                    "unknown-value",
                    ("accounts", name, "credentials"),
                    f"credentials are kept in {listed(store.values)}; secrets themselves never stand here.",
                )
            if account.since is not None:
                self.lowering.day(account.since, ("accounts", name, "since"))

    def playbooks(self) -> None:
        """Triggers that are conditions, roles with a deputy who is somebody else, steps by roles or contacts."""
        for name, playbook in self.written.playbooks.items():
            where: Where = ("playbooks", name)
            trigger = self.words.condition(playbook.trigger, (*where, "trigger"))
            self.contact(playbook.owner, *where, "owner")
            for role, text in playbook.roles.items():
                self.contact(text.who, *where, "roles", role, "who")
                self.contact(text.deputy, *where, "roles", role, "deputy")
                if text.who == text.deputy:
                    self.document.add(
                        "own-deputy",
                        (*where, "roles", role, "deputy"),
                        f"{text.who} stands in for itself.",
                        "name somebody else.",
                    )
            ids = {step.id for step in playbook.steps if step.id}
            self.order_of_steps(name, playbook)
            for index, step in enumerate(playbook.steps):
                at = (*where, "steps", index)
                if step.who not in playbook.roles:
                    self.contact(step.who, *at, "who")
                if step.after is not None and step.after not in ids:
                    self.document.add(
                        "unknown-step",
                        (*at, "after"),
                        f"{step.after} is no step of this playbook.",
                        meant(step.after, filter(None, ids)),
                    )
                if step.template is not None and step.template not in self.written.templates:
                    self.document.add(
                        "unknown-template",
                        (*at, "template"),
                        f"{step.template} is none of the `templates`.",
                        meant(step.template, self.written.templates),
                    )
                if step.hand_over:
                    self.contact(step.hand_over.to, *at, "hand_over", "to")
            if playbook.ends.who not in playbook.roles:
                self.contact(playbook.ends.who, *where, "ends", "who")
            self.rules.append(
                Rule(
                    id=f"playbook:{name}",
                    place=0,
                    effect=Effect.PLAYBOOK,
                    when=trigger,
                    playbook=self.playbook(name, playbook),
                    title=playbook.title,
                    say=playbook.title,
                )
            )

    def order_of_steps(self, name: str, playbook: PlaybookText) -> None:
        """Ids of their own, no number that another step has, and no step that waits for itself."""
        seen: set[str] = set()
        after = {step.id: step.after for step in playbook.steps if step.id}
        for index, step in enumerate(playbook.steps):
            where: Where = ("playbooks", name, "steps", index)
            if step.id is None:
                continue
            numbers = {str(number) for number in range(1, len(playbook.steps) + 1)}
            if step.id in seen or (step.id in numbers and step.id != str(index + 1)):
                message = f"another step of this playbook is called {step.id} already."
                self.document.add("duplicate-id", (*where, "id"), message, "give each its own.")
            seen.add(step.id)
            waiting, before = [step.id], step.after
            while before is not None and before not in waiting:
                waiting.append(before)
                before = after.get(before)
            if before == step.id:
                circle = " after ".join([*waiting, step.id])
                message = f"{circle}: none of them can begin."
                self.document.add("unknown-step", (*where, "after"), message, "let one of them come first.")

    def playbook(self, name: str, text: PlaybookText) -> Playbook:
        """A playbook, every part in it filled by a contact and a deputy."""
        steps = []
        for step in text.steps:
            part = text.roles.get(step.who)
            contact = self.written.contacts.get(step.who)
            steps.append(
                Step(
                    do=step.do,
                    who=part.who if part else step.who,
                    id=step.id or "",
                    part=step.who if part else "",
                    deputy=part.deputy if part else (contact.deputy or "" if contact else ""),
                    within=limit_of(step.within),
                    after=step.after or "",
                    template=step.template or "",
                    hand_over=self.lowering.hand_over(step.hand_over, ()) if step.hand_over else None,
                )
            )
        ends = text.roles.get(text.ends.who)
        return Playbook(
            id=self.lowering.prefix + name,
            title=text.title,
            owner=text.owner,
            steps=tuple(steps),
            avoid=tuple(text.dont or ()),
            ends=text.ends.when,
            ended_by=ends.who if ends else text.ends.who,
            then=tuple(text.ends.then or ()),
        )

    def templates(self) -> None:
        """Owners and approvers who exist, dates, scopes, and slots that the text has."""
        for name, template in self.written.templates.items():
            where: Where = ("templates", name)
            self.contact(template.owner, *where, "owner")
            for index, approver in enumerate(template.approved_by):
                self.contact(approver, *where, "approved_by", index)
            self.lowering.dates(template.in_force, (*where, "in_force"))
            if template.for_ is not None:
                self.lowering.scope(template.for_, (*where, "for"))
            for slot, text in (template.slots or {}).items():
                if f"{{{slot}}}" not in template.text:
                    self.document.add(
                        "unknown-slot",
                        (*where, "slots", slot),
                        f"the text has no {{{slot}}}.",
                        "put it in, or remove the slot.",
                        key=True,
                    )
                if text.hosts is not None and text.hosts not in self.words.terms:
                    self.document.add(
                        "unknown-terms",
                        (*where, "slots", slot, "hosts"),
                        f"{text.hosts} is no list of `terms`.",
                        meant(text.hosts, self.words.terms),
                    )

    def embargoes(self) -> None:
        """Lists of terms, instants and owners that exist."""
        for name, embargo in self.written.embargoes.items():
            where: Where = ("embargoes", name)
            self.contact(embargo.owner, *where, "owner")
            if embargo.terms not in self.words.terms:
                self.document.add(
                    "unknown-terms",
                    (*where, "terms"),
                    f"{embargo.terms} is no list of `terms`.",
                    meant(embargo.terms, self.words.terms),
                )
            if instant(embargo.until) is None:
                self.document.add(
                    "bad-instant",
                    (*where, "until"),
                    f"{embargo.until} is no instant.",
                    "write it with its offset, such as 2026-05-01T09:00:00+02:00.",
                )

    def changes(self) -> None:
        """Dates of the calendar, and people who exist."""
        for index, change in enumerate(self.written.changes):
            where: Where = ("changes", index)
            self.lowering.day(change.date, (*where, "date"))
            self.contact(change.by, *where, "by")
            for place, name in enumerate(change.agreed_with or ()):
                self.contact(name, *where, "agreed_with", place)
            for place, name in enumerate(change.rules or ()):
                if name not in self.lowering.ids and name not in self.written.exceptions and not index:
                    self.document.add(
                        "unknown-rule",
                        (*where, "rules", place),
                        f"there is no rule {name}.",
                        meant(name, self.lowering.ids),
                    )
        if len(self.written.changes) > 1:
            self.newest_first()

    def newest_first(self) -> None:
        """Changes stand with the newest version first, each version once."""
        from semver import Version

        versions = [Version.parse(change.version) for change in self.written.changes]
        for index, (newer, older) in enumerate(pairwise(versions), 1):
            if not newer > older:
                self.document.add(
                    "changes-order",
                    ("changes", index, "version"),
                    f"{older} stands below {newer}, but is not older.",
                    "put the newest version first, and each version once.",
                )
