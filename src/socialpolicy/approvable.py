"""Approvals that the author may have to give alone: a yes that nobody else can say is no second pair of eyes, so it never comes.

Contacts say in ``roles`` which roles the people have who are them. An author who has such a role may *be* that contact, and an
author's own yes does not count. What is left is the contact's deputy, and the other contacts who may approve. So:

1. A contact is at least one person, and two contacts are two people. (That a team has more people than one is not known.)
2. An author is every contact that has one of the author's roles; a contact without ``roles`` is somebody else.
3. For a yes of a contact stand in: the contact, and its deputy; each as far as the author is not it.
4. One person counts for one role only. So an approval can be given if, of the values that it asks for, enough can be
   *matched* with different contacts whom the author is not.

An approval is doubted where an author who is no more of the contacts than has to be leaves too few: one with the roles that the
rule itself asks for, and if these make the author none of the contacts, with one role more. And only if some action of such
an author really waits for it: that is asked of the solver, over all actions of which all facts are known and whose outcome
is to ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

from socialpolicy.comparing import conditions_of
from socialpolicy.conditions import ALWAYS, All, Condition, Includes
from socialpolicy.matching import matching
from socialpolicy.partitions import partition
from socialpolicy.program import Approval, Outcome, Program
from socialpolicy.solving import CONFLICTS, Circuit
from socialpolicy.symbolic import Deciding, Reading, World
from socialpolicy.values import Kind

Roles = Mapping[str, Set[str]]
"""For contacts by id, the roles that their people have."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """An approval, of a rule or (with ``rule`` empty) of the baseline, that authors with these roles have nobody to give.

    ``held`` are the contacts that such an author may be, and ``left`` those who can still approve: too few. ``scarce`` tells
    that it is only their number that lacks: with one person more in one of these teams there would be enough.
    """

    rule: str
    approval: Approval
    roles: tuple[str, ...]
    held: tuple[str, ...]
    left: tuple[str, ...]
    scarce: bool = False


def stuck_approvals(program: Program, roles: Roles, *, conflicts: int = CONFLICTS) -> list[Stuck]:
    """All approvals that some author may have to give alone. Raises ``Undecided`` where the solver's limit is met."""
    fact = program.vocabulary.facts.get(program.vocabulary.scope.get("roles", ""))
    if fact is None or fact.kind is not Kind.SET:
        return []
    checking = Checking(program, roles, fact.name, conflicts)
    found: list[Stuck] = []
    for rule, approval, when in asked(program):
        candidates = sorted(checking.candidates(rule, approval, when), key=lambda stuck: stuck.scarce)
        found += list(filter(checking.happens, candidates))[:1]
    return found


def asked(program: Program) -> Iterator[tuple[str, Approval, Condition]]:
    """The approvals of a program: whose each is, and the condition under which it is asked for."""
    for start in dict.fromkeys(program.baseline.starts.values()):
        if start.approval is not None:
            yield "", start.approval, ALWAYS
    for rule in sorted(program.rules, key=lambda rule: rule.place):
        if rule.approval is not None:
            yield rule.part_of or rule.id, rule.approval, rule.when


@dataclass(frozen=True)
class Checking:
    """One program being checked; ``fact`` is the one that holds an author's roles."""

    program: Program
    roles: Roles
    fact: str
    conflicts: int

    def candidates(self, rule: str, approval: Approval, when: Condition) -> Iterator[Stuck]:
        """The roles, few at a time, with which an author leaves too few for an approval."""
        concerned = [contact for contact, _ in self.speakers(approval)]
        forced = frozenset(
            role
            for part in (when.parts if isinstance(when, All) else (when,))
            if isinstance(part, Includes) and part.fact == self.fact and part.at_least == len(part.values)
            for role in part.values
        )
        theirs = frozenset[str]().union(*(self.roles.get(contact, ()) for contact in concerned))
        for roles in [forced] if forced & theirs else [forced | {role} for role in sorted(theirs)]:
            stuck = self.judged(rule, approval, roles)
            if stuck is not None:
                yield stuck

    def speakers(self, approval: Approval) -> list[tuple[str, str]]:
        """The contacts whose people can say the yes of an approval, each with the value that it gives."""
        contacts = self.program.contacts
        return [
            (contact, approver.gives)
            for approver in approval.of
            for contact in (approver.contact, contacts[approver.contact].deputy)
            if contact
        ]

    def judged(self, rule: str, approval: Approval, roles: frozenset[str]) -> Stuck | None:
        """Whether an author with these roles leaves too few for an approval."""
        speakers = self.speakers(approval)
        held = {contact for contact, _ in speakers if roles & set(self.roles.get(contact, ()))}
        left = matching((contact, gives) for contact, gives in speakers if contact not in held)
        if len(left) >= approval.at_least:
            return None
        said = {gives for contact, gives in speakers if contact not in held}
        return Stuck(
            rule,
            approval,
            tuple(sorted(roles)),
            tuple(sorted(held)),
            tuple(sorted(set(left.values()))),
            scarce=len(said) >= approval.at_least,
        )

    def happens(self, stuck: Stuck) -> bool:
        """Whether some author with these roles really waits for the approval."""
        deciding = self.deciding
        circuit = deciding.circuit
        has = deciding.holds(Includes(self.fact, frozenset(stuck.roles), len(stuck.roles))).sure
        waits = circuit.any(self.waiting(stuck, deciding))
        return circuit.possible(deciding.completed.admits, has, waits, deciding.outcome(Outcome.ASK))

    def waiting(self, stuck: Stuck, deciding: Deciding) -> Iterator[int]:
        """The literals of which one is true where the approval is waited for."""
        if stuck.rule:
            for rule in self.program.rules:
                if (rule.part_of or rule.id) == stuck.rule and rule.approval == stuck.approval:
                    yield deciding.unapproved(rule).sure
            return
        for here, _, start in deciding.starts:
            if start.approval == stuck.approval:
                unmet = deciding.holds(stuck.approval.met).negated
                yield deciding.circuit.all((here, -deciding.opened.possible, unmet.sure))

    @cached_property
    def deciding(self) -> Deciding:
        """The program over all actions of which all facts are known."""
        every = frozenset[str]().union(*map(frozenset, self.roles.values()))
        conditions = [*conditions_of(self.program), *(Includes(self.fact, frozenset({role})) for role in sorted(every))]
        parted = partition((self.program.vocabulary,), conditions)
        circuit = Circuit(conflicts=self.conflicts)
        world = World(circuit, parted, (self.program.vocabulary,), total=True)
        return Deciding(world, Reading(circuit, parted), self.program)
