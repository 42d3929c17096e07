"""Embargoes: what somebody has asked us not to say before a certain instant.

The register shows that an embargo covers a text; it cannot show that none does, for things can be said in other words
and in pictures. So the fact is true, or unknown; that there is no embargo is for a person to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from socialpolicy.facts.derived import Known, Open, Spot
from socialpolicy.instants import instant

EMBARGOED = "content.embargoed"


@dataclass(frozen=True, slots=True)
class Embargo:
    """What is not to be said before an instant: the list of ``terms`` by which it is known in texts."""

    id: str
    title: str
    terms: str
    until: datetime
    owner: str = ""
    secret: bool = False  # the list is secret, so that its title is not shown either


def embargoes_of(written: Any, terms: Mapping[str, Any], prefix: str = "") -> tuple[Embargo, ...]:
    """The embargoes of a policy as it is written, by the lists of ``terms``, their ids behind a prefix."""
    found = []
    for name, one in written.embargoes.items():
        until = instant(one.until)
        if until is not None:
            secret = one.terms in terms and terms[one.terms].secret
            found.append(Embargo(prefix + name, one.title or name, one.terms, until, one.owner or "", secret))
    return tuple(found)


def embargoed(
    embargoes: Sequence[Embargo], found: Set[str] | None, at: datetime | None, *, spots: Iterable[Spot] = ()
) -> Known | Open:
    """Whether an embargo covers a text in which the words of these lists were ``found`` (None: nobody has looked).

    It is over at its instant ``until``, not after it.
    """
    if not embargoes:
        return Open("the policy names no embargoes.")
    if found is None:
        return Open("nobody could look for the words of the embargoes.")
    covering = [one for one in embargoes if one.terms in found]
    lists = {one.terms for one in covering}
    seen = tuple(spot for spot in spots if spot.value in lists)
    if not covering:
        return Open("no word of an embargo is in it; whether it gives something away otherwise, a person has to tell.")
    if at is None:
        return Open("words of an embargo are in it; say when it is to happen (context.at).", spots=seen)
    running = [one for one in covering if at < one.until]
    if running:
        last = max(running, key=lambda one: (one.until, one.id))
        until = last.until.isoformat().replace("+00:00", "Z")
        named = "an embargo" if last.secret else f"the embargo {last.id}"
        return Known(
            True, f"words of {named}, which ends at {until}", tuple(spot for spot in seen if spot.value == last.terms)
        )
    return Open("the embargoes on its words are over; whether there are others, a person has to tell.", spots=seen)
