"""Facts about accounts: from the register in a policy, and from a snapshot of what the platforms really say.

The *register* says what is meant to be. It fills the facts of an action on an account; what a caller states otherwise is a
contradiction, and so an error of the input. Whether an account was broken into the register cannot know: `state: normal`,
where somebody wrote it, means "in use and all right as far as we know", and gives way to what a caller states.

A *snapshot* says what is: accounts with their admins and settings at one instant. From each account come the facts of an
action of the kind *audit*, which somebody would do who looks over how the account stands. What a snapshot leaves out stays
unknown. People who have left and can still get in are counted; where it is not said of all admins whether they work here, the
number lies between two bounds, and ``Snap.every`` has the facts for each number that it may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from socialpolicy.errors import ActionError, Problem
from socialpolicy.facts.derived import Derived, Known, Open
from socialpolicy.facts.files import finish, moment, one_of, shaped
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Where, meant
from socialpolicy.loading.models import AccountText, Name, Names, Text, Written
from socialpolicy.telling import shown
from socialpolicy.values import Kind, Value
from socialpolicy.vocabulary import Vocabulary

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

ID, KIND, PLATFORM = "account.id", "account.kind", "platform"
REGISTERED, OWNER, STATE, LEAVERS = "account.registered", "account.owner", "account.state", "account.leavers"
ADMINS, REGIONS = "account.admins", "content.audience_regions"
COMPANY_KINDS = frozenset({"official", "community"})
AUDIT = "audit"
LEFT = "left"
LEAVERS_TRIED = 20
"""Up to how many admins of whom it is not said whether they work here every number of leavers is tried."""
REGISTER_OF: Mapping[str, str] = {
    "platform": PLATFORM, "kind": KIND, "mfa": "account.mfa", "credentials": "account.credential_store",
    "recovery": "account.recovery_contact", "state": STATE,
}  # fmt: skip
"""The keys of the register, and of a snapshot, that say what a fact is."""


# -- the register --------------------------------------------------------------------------------------------------------


def account_facts(policy: Policy, account: str, stated: Mapping[str, Any]) -> Derived:
    """What the register of a policy says of an account, for an action of which these facts are stated, nested or flat.

    Raises ``ActionError`` where a stated fact contradicts the register. Of an account that the register does not have nothing
    follows, unless it is stated to be one of the company's: then it is not registered.
    """
    facts = policy.action(stated).facts
    entry = policy.written.accounts.get(account)
    if entry is None:
        return unregistered(policy, account, facts)
    found = {name: one for name, one in registered(account, entry) if fits(policy.vocabulary, name, one.value)}
    if facts.get(STATE) not in (None, "retired") and entry.state == "normal":
        found.pop(STATE, None)
    problems = [
        Problem(
            "contradiction", name,
            f"{name} is stated to be {shown(facts[name])}, but the register has {shown(one.value)} for {account}.",
            "Mend the one that is wrong; `socialpolicy audit` compares the register with what the platforms say.",
        )
        for name, one in found.items()
        if facts.get(name) not in (None, one.value)
    ]  # fmt: skip
    if problems:
        raise ActionError(tuple(problems))
    return Derived("", found)


def registered(account: str, entry: AccountText) -> Iterator[tuple[str, Known]]:
    """The facts that an entry of the register gives, each with what it comes from."""
    place = f"the register's entry {account}"
    yield ID, Known(account, f"{place} is of this account")
    yield REGISTERED, Known(True, f"{place} is there")
    for key, fact in REGISTER_OF.items():
        if key != "state" or key in entry.model_fields_set:
            yield fact, Known(getattr(entry, key), f"{place}: `{key}`")
    yield ADMINS, Known(len(set(entry.admins)), f"{place} names so many under `admins`")
    if entry.kind in COMPANY_KINDS:
        yield OWNER, Known("company", f"{place}: an account of this kind is the company's")


def unregistered(policy: Policy, account: str, facts: Mapping[str, Value | None]) -> Derived:
    """What follows from an account's not being in the register."""
    if REGISTERED not in policy.vocabulary.facts:
        return Derived("")
    accounts = policy.written.accounts
    if not accounts:
        return Derived("", {}, {REGISTERED: Open("the policy has no register of accounts")})
    hint = meant(account, accounts)
    why = f"the register has no account {account}" + (f" ({hint})" if hint else "")
    if facts.get(KIND) in COMPANY_KINDS:
        if facts.get(REGISTERED) is True:
            message = f"{REGISTERED} is stated to be true, but {why}."
            raise ActionError(
                (Problem("contradiction", REGISTERED, message, "Mend it, or add the account to `accounts`."),)
            )
        return Derived("", {REGISTERED: Known(False, why)})
    return Derived("", {}, {REGISTERED: Open(f"{why}; it is not said that it is an account of the company")})


def fits(vocabulary: Vocabulary, name: str, value: Value) -> bool:
    """Whether the vocabulary has a fact that can have this value."""
    fact = vocabulary.facts.get(name)
    if fact is None:
        return False
    match fact.kind:
        case Kind.BOOL:
            return isinstance(value, bool)
        case Kind.INT:
            return isinstance(value, int) and not isinstance(value, bool)
        case Kind.ENUM:
            return value in fact.values
        case Kind.STRING:
            return isinstance(value, str)
        case Kind.DATETIME:
            return isinstance(value, datetime)
        case Kind.SET:
            return isinstance(value, frozenset) and (not fact.values or value <= frozenset(fact.values))


# -- a snapshot ----------------------------------------------------------------------------------------------------------


class AdminText(Written):
    """Somebody who can get into an account."""

    person: Name
    employment: Name | None = None


class SnapText(Written):
    """One account as its platform shows it; what is not known is left out."""

    id: Name
    title: Text | None = None
    platform: Name | None = None
    kind: Name | None = None
    admins: list[AdminText] | None = None
    mfa: bool | None = None
    credentials: Name | None = None
    recovery: Name | None = None
    state: Name | None = None
    regions: Names | None = None


class SnapshotFile(Written):
    """What the platforms say of a company's accounts, at one instant."""

    accounts_for: Name
    as_of: Text
    accounts: list[SnapText]


@dataclass(frozen=True, slots=True)
class Snap:
    """One account of a snapshot: ``facts`` for its audit, and which facts a snapshot could have said and did not.

    ``leavers`` are those admins who have left; of ``unsure`` ones it is not said whether they work here.
    """

    text: SnapText
    facts: Mapping[str, Value]
    lacking: frozenset[str]
    leavers: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    line: int = 0

    @property
    def id(self) -> str:
        """The account's id."""
        return self.text.id

    def every(self) -> list[dict[str, Value]]:
        """The facts, once for each number of leavers that there may be."""
        if not self.unsure or LEAVERS not in self.lacking or len(self.unsure) > LEAVERS_TRIED:
            return [dict(self.facts)]
        first = len(self.leavers)
        return [{**self.facts, LEAVERS: number} for number in range(first, first + len(self.unsure) + 1)]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the platforms say of a company's accounts, at one instant."""

    as_of: datetime
    accounts: tuple[Snap, ...]


def read_snapshot(policy: Policy, document: Document) -> Snapshot:
    """The snapshot in a document. Raises ``RecordsError`` with every mistake."""
    vocabulary = policy.vocabulary
    text = shaped(document, SnapshotFile, begins="accounts_for", policy=policy.id)
    as_of = moment(document, text.as_of, ("as_of",))
    first: dict[str, int] = {}
    for index, account in enumerate(text.accounts):
        if first.setdefault(account.id, index) != index:
            line = document.place(("accounts", first[account.id]))[0]
            message = f"{account.id} is in the snapshot twice; the first is on line {line}."
            document.add("duplicate-id", ("accounts", index, "id"), message, "keep the one that is right.")
        check_values(vocabulary, document, account, ("accounts", index))
    finish(document)
    assert as_of is not None, "what is no instant is a finding"
    snaps = [
        snap(policy, account, as_of, document.place(("accounts", index))[0])
        for index, account in enumerate(text.accounts)
    ]
    return Snapshot(as_of, tuple(snaps))


def check_values(vocabulary: Vocabulary, document: Document, account: SnapText, where: Where) -> None:
    """Add a finding for each word that is no value of the fact that it says."""
    for key, name in REGISTER_OF.items():
        fact, word = vocabulary.facts.get(name), getattr(account, key)
        if fact is not None and isinstance(word, str):
            one_of(document, word, fact.values, (*where, key), fact.name)
    employment = vocabulary.facts.get("actor.employment")
    for place, admin in enumerate(account.admins or ()):
        if employment is not None:
            one_of(
                document, admin.employment, employment.values, (*where, "admins", place, "employment"), employment.name
            )
    regions = vocabulary.facts.get(REGIONS)
    for place, region in enumerate(account.regions or ()):
        if regions is not None:
            one_of(document, region, regions.values, (*where, "regions", place), regions.name)


def snap(policy: Policy, account: SnapText, as_of: datetime, line: int) -> Snap:
    """An account of a snapshot, with the facts of its audit."""
    vocabulary = policy.vocabulary
    said: dict[str, Value | None] = {
        vocabulary.scope.get("actions", ""): AUDIT,
        vocabulary.instant: as_of,
        ID: account.id,
        REGISTERED: account.id in policy.written.accounts,
        OWNER: "company" if account.kind in COMPANY_KINDS else None,
        REGIONS: frozenset(account.regions) if account.regions else None,
        **{fact: getattr(account, key) for key, fact in REGISTER_OF.items()},
    }
    left: list[str] = []
    unsure: list[str] = []
    if account.admins is not None:
        people = {admin.person: admin.employment for admin in account.admins}
        left = [person for person, employment in people.items() if employment == LEFT]
        unsure = [person for person, employment in people.items() if employment is None]
        said |= {ADMINS: len(people), LEAVERS: None if unsure else len(left)}
    facts = {name: value for name, value in said.items() if value is not None and fits(vocabulary, name, value)}
    could = {*REGISTER_OF.values(), ADMINS, LEAVERS, REGIONS, OWNER}
    return Snap(account, facts, frozenset(could & set(vocabulary.facts)) - set(facts), tuple(left), tuple(unsure), line)
