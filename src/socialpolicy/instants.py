"""Dates and instants as policies and actions write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)


def instant(text: str) -> datetime | None:
    """Read an instant with its offset (RFC 3339, section 5.6), in UTC; None where the text is none."""
    if len(text) > 40 or not RFC3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper().replace(" ", "T")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(text: str) -> date | None:
    """Read a date; None where the calendar has no such day."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII) else None
    except ValueError:
        return None


def zone(name: str) -> ZoneInfo | None:
    """The time zone of that IANA name; None where this machine knows none such."""
    try:
        return ZoneInfo(name) if re.fullmatch(r"[A-Za-z0-9_+/-]{1,64}", name, re.ASCII) else None
    except (KeyError, ValueError, OSError):
        return None


def begins(day: date, where: ZoneInfo) -> datetime | None:
    """The first instant of a day in a time zone, in UTC; None outside the calendar."""
    try:
        return datetime(day.year, day.month, day.day, tzinfo=where).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def ends(day: date, where: ZoneInfo) -> datetime | None:
    """The first instant after a day, in UTC; None outside the calendar."""
    try:
        return begins(day + timedelta(days=1), where)
    except OverflowError:
        return None
