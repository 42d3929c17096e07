"""Digests: which policy decided, and which policies decide alike. Canonical JSON (RFC 8785), hashed by SHA-256."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

from socialpolicy.encoding import deciding, encoded
from socialpolicy.program import Program


def digest(data: Any) -> str:
    """The digest of plain data, whatever its layout and the order of its keys."""
    import rfc8785

    return "sha256:" + sha256(rfc8785.dumps(data)).hexdigest()


def identified(program: Program, source: Any = None) -> Program:
    """The program with its digests: of everything (with the author's file it came from), and of what decides.

    Programs with equal ``decides`` decide equally.
    """
    bare = replace(program, identity=replace(program.identity, digest="", decides="", source=""))
    kept = digest(source) if source is not None else program.identity.source
    everything = digest({"program": encoded(bare), "source": kept})
    return replace(
        program, identity=replace(program.identity, digest=everything, decides=digest(deciding(bare)), source=kept)
    )
