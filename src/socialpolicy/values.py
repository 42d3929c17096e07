"""Truth and the values that facts take: the ground that conditions and programs stand on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TypeAlias

Value: TypeAlias = bool | int | str | datetime | frozenset[str]
"""The value of a known fact. Instants are in UTC, so that equal instants are equal values."""

Facts: TypeAlias = Mapping[str, Value | None]
"""What is known of one action, by the name of the fact. ``None`` and absence both mean *not known*; they differ in
completing alone (a default fills what is absent, never what is stated to be unknown)."""

UNKNOWN_WORD = "unknown"
"""The word that stands for "not known" wherever a fact may stand; no fact has it as a value."""

LARGEST_INT = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly (RFC 8785, section 3.2.2.3)."""


class Truth(IntEnum):
    """Kleene's three truth values, in their order: *and* is ``min``, *or* is ``max``."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def negated(self) -> Truth:
        """Swap the ends; what is unknown stays unknown."""
        return Truth(2 - self)


class Kind(StrEnum):
    """The types that a fact may have."""

    BOOL = "bool"
    ENUM = "enum"
    STRING = "string"
    INT = "int"
    DATETIME = "datetime"
    SET = "set"
