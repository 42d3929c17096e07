"""Whom the contacts of a policy stand for, and when they work: its own, and those of the policies that it builds on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from socialpolicy.instants import zone
from socialpolicy.loading.models import CalendarText, ContactText, PolicyText

if TYPE_CHECKING:
    from socialpolicy.policy import Policy


def texts(policy: Policy) -> Iterator[PolicyText]:
    """A policy as it is written, then those that it builds on; what an earlier one says of a contact counts."""
    yield policy.written
    yield from (base.written for base in reversed(policy.bases))


def contacts_of(policy: Policy) -> dict[str, ContactText]:
    """All contacts, as whoever builds on a policy says who they are."""
    found: dict[str, ContactText] = {}
    for text in texts(policy):
        for name, contact in text.contacts.items():
            found.setdefault(name, contact)
    return found


def hours_in(policy: Policy, contact: str) -> tuple[CalendarText | None, ZoneInfo]:
    """The calendar of a contact, if it has one, and the time zone in which the dates of its policy are."""
    for text in texts(policy):
        if contact in text.contacts:
            return text.calendars.get(text.contacts[contact].hours or ""), zone_of(text)
    return None, zone_of(policy.written)


def zone_of(text: PolicyText) -> ZoneInfo:
    """The time zone of a policy."""
    return zone(text.time_zone) or ZoneInfo("UTC")
