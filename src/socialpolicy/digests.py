"""Digests: which policy decided, and which policies decide alike. Canonical JSON (RFC 8785), hashed by SHA-256."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from socialpolicy.encoding import deciding
from socialpolicy.program import Program


def digest(data: Any) -> str:
    """The digest of plain data, whatever its layout and the order of its keys."""
    return "sha256:" + sha256(canonical(data)).hexdigest()


def canonical(data: Any) -> bytes:
    """Canonical JSON (RFC 8785).

    The standard library writes the same bytes, several times faster, for data without fractions whose keys hold no
    characters beyond U+FFFF (which RFC 8785 sorts otherwise); all else is left to a library made for it.
    """
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=Fraction.found)
    if max(text, default="") <= "\uffff" and not has_fraction(data):
        return text.encode()
    import rfc8785

    return rfc8785.dumps(data)


class Fraction:
    """Refuses what is no plain data."""

    @staticmethod
    def found(value: Any) -> Any:
        """Raise for a value that JSON does not have."""
        raise TypeError(f"{value!r} is no plain data")


def has_fraction(data: Any) -> bool:
    """Whether any number in plain data has a point: the values of ``x-`` keys alone can."""
    if isinstance(data, dict):
        return any(map(has_fraction, data.values()))
    if isinstance(data, list):
        return any(map(has_fraction, data))
    return isinstance(data, float)


def decides(program: Program) -> str:
    """The digest of what decides in a program: programs for which it is equal decide equally, whatever their words."""
    return digest(deciding(program))
