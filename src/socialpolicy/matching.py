"""Match people with roles: for as many roles as possible one person each, and no person for two of them."""

from __future__ import annotations

from collections.abc import Iterable


def matching(edges: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each role that is matched its person; ``edges`` are persons, each with a role that the person can take.

    No choice matches more roles. A role that some of the edges match stays matched when more are added behind them: each
    edge is looked at once, and only augmenting paths (Kuhn 1955, Berge 1957) change the choice, which never leave a role.
    """
    people_of: dict[str, list[str]] = {}
    person_of: dict[str, str] = {}
    role_of: dict[str, str] = {}

    def augmented(role: str, seen: set[str]) -> bool:
        for person in people_of[role]:
            if person not in seen:
                seen.add(person)
                if person not in role_of or augmented(role_of[person], seen):
                    person_of[role], role_of[person] = person, role
                    return True
        return False

    for person, role in edges:
        people = people_of.setdefault(role, [])
        if person not in people:
            people.append(person)
            for waiting in people_of:  # the edge may open a way for a role that came before
                if waiting not in person_of and augmented(waiting, set()):
                    break
    return person_of
