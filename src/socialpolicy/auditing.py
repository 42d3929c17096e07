"""Look over the accounts of a company: what its policy says of each as it stands, and where register and platforms differ.

Each account of a snapshot is an action of the kind *audit*, decided like any other. What the rules that then surely count ask
for is to be done. Baselines say nothing here, neither the policy's own nor those of policies that it builds on: they are about
doing things, and nobody does anything. What waits for a fact that the snapshot does not have could not be told. A rule that
waits for anything else (who acts, what is said) is not about how an account stands, unless its scope names audits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from socialpolicy.completing import complete
from socialpolicy.conditions import All, OneOf, holds, waits
from socialpolicy.decisions import Decision
from socialpolicy.errors import SocialPolicyError
from socialpolicy.facts.accounts import ADMINS, AUDIT, LEAVERS, REGISTER_OF, Snap, Snapshot, fits
from socialpolicy.interpret import applying
from socialpolicy.loading.findings import meant
from socialpolicy.program import Duty, HandOver, Rule
from socialpolicy.telling import Plain, plain, shown
from socialpolicy.values import Facts, Truth, Value

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

LABELS = {
    "platform": "platform", "kind": "kind", "mfa": "two-step sign-in", "credentials": "where the password is kept",
    "recovery": "how to get back in", "state": "state",
}  # fmt: skip


class NoAudits(SocialPolicyError):  # noqa: N818 - it is what a policy has
    """A policy whose vocabulary has no kind of action for looking over an account."""


@dataclass(frozen=True, slots=True)
class Todo:
    """Something to be done about an account: what kind of thing, the rule that asks for it, in which words, and by whom.

    ``who`` are contacts (``actor`` is whoever looks after the account).
    """

    kind: str
    rule: str
    say: str
    who: tuple[str, ...] = ()
    within: str = ""


@dataclass(frozen=True, slots=True)
class Untold:
    """A rule of which it could not be told whether it counts, and the facts that it waits for."""

    rule: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Differs:
    """Something that the register and the platform say differently."""

    what: str
    register: str
    found: str


@dataclass(frozen=True, slots=True)
class Audited:
    """What came of one account."""

    id: str
    title: str
    platform: str
    registered: bool
    owner: str
    todo: tuple[Todo, ...]
    untold: tuple[Untold, ...]
    differs: tuple[Differs, ...]
    leavers: tuple[str, ...]
    line: int = 0

    @property
    def good(self) -> bool:
        """Whether nothing is to be done about it."""
        return self.registered and not self.todo and not self.differs


@dataclass(frozen=True, slots=True)
class Audit:
    """What came of all accounts. ``absent`` are those in the register, and still in use, that the snapshot does not show."""

    as_of: datetime
    accounts: tuple[Audited, ...]
    absent: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether nothing is to be done."""
        return not self.absent and all(account.good for account in self.accounts)

    @property
    def told(self) -> bool:
        """Whether everything could be told, of one account at least."""
        return bool(self.accounts) and not any(account.untold for account in self.accounts)

    def as_data(self) -> dict[str, Plain]:
        """The audit for programs."""
        return {
            "as_of": plain(self.as_of),
            "accounts": [
                {
                    "id": account.id,
                    "title": account.title,
                    "registered": account.registered,
                    "owner": account.owner,
                    "to_do": [
                        {"kind": one.kind, "rule": one.rule, "say": one.say, "who": list(one.who), "within": one.within}
                        for one in account.todo
                    ],
                    "could_not_tell": [{"rule": one.rule, "missing": list(one.missing)} for one in account.untold],
                    "differs": [
                        {"what": one.what, "register": one.register, "found": one.found} for one in account.differs
                    ],
                    "leavers": list(account.leavers),
                    "line": account.line,
                }
                for account in self.accounts
            ],
            "not_in_the_snapshot": list(self.absent),
        }


def audit(policy: Policy, snapshot: Snapshot) -> Audit:
    """Look over all accounts of a snapshot. Raises ``NoAudits`` where the vocabulary has no such kind of action."""
    actions = policy.vocabulary.scope.get("actions", "")
    if not fits(policy.vocabulary, actions, AUDIT):
        raise NoAudits(
            f"the vocabulary of {policy.id} has no kind of action `{AUDIT}`, so no rule can speak of accounts as they stand"
        )
    shown_ids = {snap.id for snap in snapshot.accounts}
    absent = [
        name for name, entry in policy.written.accounts.items() if name not in shown_ids and entry.state != "retired"
    ]
    return Audit(snapshot.as_of, tuple(audited(policy, snap) for snap in snapshot.accounts), tuple(absent))


def audited(policy: Policy, snap: Snap) -> Audited:
    """Look over one account. What is surely to be done is so for each number of leavers that there may be."""
    entry = policy.written.accounts.get(snap.id)
    every = [dict.fromkeys(todo(policy, policy.decide(facts))) for facts in snap.every()]
    sure = [one for one in every[0] if all(one in others for others in every)]
    doubted = {one.rule for others in every for one in others if one not in sure}
    untold: dict[str, frozenset[str]] = dict.fromkeys(doubted, frozenset({LEAVERS}))
    for facts in snap.every():
        for rule, missing in waiting(policy, facts, snap.lacking):
            untold[rule] = untold.get(rule, frozenset()) | missing
    open_rules = [rule for rule in dict.fromkeys(map(named, policy.rules)) if rule in untold]
    return Audited(
        snap.id,
        snap.text.title or (entry.title if entry else None) or snap.id,
        snap.text.platform or "",
        entry is not None,
        entry.owner if entry else "",
        tuple(sure),
        tuple(Untold(rule, tuple(sorted(untold[rule]))) for rule in open_rules),
        tuple(differences(policy, snap)),
        snap.leavers,
        snap.line,
    )


# -- what is to be done --------------------------------------------------------------------------------------------------


def todo(policy: Policy, decision: Decision) -> Iterator[Todo]:
    """What the rules that surely count ask for, rule by rule."""
    rules = {rule.id: rule for rule in policy.rules}
    sure = decision.sure
    for name in sure.rules:
        rule = rules[name]
        if is_baseline(rule):
            continue
        kind = ""
        for denial in sure.denials:
            if denial.rule == name:
                kind = "denial"
                yield Todo(kind, name, denial.instead or denial.say or rule.title, helpers(rule))
        for revision in sure.revisions:
            if revision.rule == name:
                kind = "revision"
                yield Todo(
                    kind,
                    name,
                    revision.say or rule.say,
                    (revision.fixable_by,) if revision.fixable_by else helpers(rule),
                )
        for asked in sure.approvals:
            if asked.rule == name:
                kind = "approval"
                yield Todo(kind, name, asked.say or rule.say, asked.of)
        for duty in rule.duties:
            if duty in sure.duties:
                yield Todo("duty", name, duty.what, (duty.who,), within(duty))
        if rule.hand_over is not None and rule.hand_over in sure.hand_overs:
            yield Todo("hand_over", name, rule.hand_over.say or rule.say, (rule.hand_over.to,), within(rule.hand_over))


def helpers(rule: Rule) -> tuple[str, ...]:
    """Who does something about what a rule says, as far as the rule names somebody."""
    if rule.hand_over is not None:
        return (rule.hand_over.to,)
    return tuple(dict.fromkeys(duty.who for duty in rule.duties))


def within(one: Duty | HandOver) -> str:
    """A limit as a policy writes it."""
    return str(one.within) if one.within else ""


# -- what could not be told ----------------------------------------------------------------------------------------------


def waiting(policy: Policy, facts: Facts, lacking: Set[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """The rules that may count, each with the facts that it waits for, where these are among those ``lacking`` in a snapshot."""
    known = complete(policy.vocabulary, facts)
    applies = applying(policy.program.rules, known)
    waited: dict[str, frozenset[str]] = {}  # its own facts, and those of rules that may override it
    for rule in policy.program.rules:
        truth = applies[rule.id]
        waited[rule.id] = (
            waits(rule.when, known).union(*(waited[other] for other in rule.overridden_by))
            if truth is Truth.UNKNOWN
            else frozenset()
        )
    for rule in policy.rules:
        if applies[rule.id] is Truth.FALSE or is_baseline(rule) or not asks(rule):
            continue
        missing = waited[rule.id] if applies[rule.id] is Truth.UNKNOWN else frozenset()
        for need in rule.needs:
            if min(holds(need.given, known), holds(need.test, known).negated()) is Truth.UNKNOWN:
                missing |= waits(need.given, known) | waits(need.test, known)
        if missing and (missing <= lacking or names_audits(policy, rule)):
            yield named(rule), missing


def named(rule: Rule) -> str:
    """The id under which a rule is known: of a further approval, that of the rule that asks for it."""
    return rule.part_of or rule.id


BASELINE = re.compile(r"(?:.*/)?\(baseline(?: [0-9]+)?\)")
"""The ids of the rules that stand for the baselines of policies that are built on; what somebody writes has no brackets."""


def is_baseline(rule: Rule) -> bool:
    """Whether a rule stands for the baseline of a policy that is built on."""
    return BASELINE.fullmatch(named(rule)) is not None


def asks(rule: Rule) -> bool:
    """Whether something is to be done where a rule counts."""
    return bool(rule.effect == "deny" or rule.needs or rule.approval or rule.duties or rule.hand_over)


def names_audits(policy: Policy, rule: Rule) -> bool:
    """Whether a rule names audits among few kinds of action, and does not merely leave them in."""
    actions = policy.vocabulary.scope.get("actions", "")
    every = len(policy.vocabulary.facts[actions].values)
    parts = rule.when.parts if isinstance(rule.when, All) else (rule.when,)
    return any(
        isinstance(part, OneOf) and part.fact == actions and AUDIT in part.values and 2 * len(part.values) < every
        for part in parts
    )


# -- register and snapshot -----------------------------------------------------------------------------------------------


def differences(policy: Policy, snap: Snap) -> Iterator[Differs]:
    """What the register and the snapshot say differently of one account."""
    entry = policy.written.accounts.get(snap.id)
    if entry is None:
        return
    for key, fact in REGISTER_OF.items():
        wanted: Value = getattr(entry, key)
        found: Value | None = getattr(snap.text, key)
        if found is not None and found != wanted:
            yield Differs(LABELS[key], told(policy, fact, wanted), told(policy, fact, found))
    admins: object = snap.facts.get(ADMINS)
    if isinstance(admins, int) and admins < len(set(entry.admins)):
        yield Differs("people who can administer it", f"{len(set(entry.admins))} contacts", f"{admins}")


def told(policy: Policy, fact: str, value: Value) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    known = policy.vocabulary.facts.get(fact)
    return (known.labels.get(str(value), str(value)) if known else None) or shown(value)


def close_to(policy: Policy, account: Audited, absent: Sequence[str]) -> str:
    """Which account of the register that is not there may be meant, as a question; "" for none."""
    return meant(account.id, [name for name in absent if policy.written.accounts[name].platform == account.platform])


def contacts(policy: Policy, who: Sequence[str]) -> str:
    """Contacts with the way to reach them."""
    known: Mapping[str, str] = {
        name: one.title + (f" ({one.reach})" if one.reach else "") for name, one in policy.program.contacts.items()
    }
    return ", ".join(known.get(name, "whoever looks after it") for name in who)
