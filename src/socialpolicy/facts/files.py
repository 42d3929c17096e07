"""Read the files that facts come from: strictly, and with the place of every mistake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel

from socialpolicy.instants import instant
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import FindingsError, Where, meant
from socialpolicy.loading.structure import structured

Model = TypeVar("Model", bound=BaseModel)


class RecordsError(FindingsError):
    """A file of approvals, accounts, duties or pauses with errors."""


def shaped(document: Document, model: type[Model], *, begins: str, policy: str) -> Model:
    """The document as its model; its key ``begins`` names the policy that the file is for.

    Where its structure is wrong, this is the mended model, for further checks alone: the caller adds what else is wrong and ends
    with ``finish``. Raises ``RecordsError`` where nothing can be mended.
    """
    for place, finding in enumerate(document.findings):
        if finding.id == "empty-file":
            document.findings[place] = replace(finding, hint=f"begin it with `{begins}: {policy}`.")
    data = document.data
    if not document.failed and (not isinstance(data, dict) or begins not in data):
        what = "is no mapping" if not isinstance(data, dict) else f"has no `{begins}`"
        message = f"this file {what}, so it is not told which policy it is for."
        document.add("missing-key", (), message, f"write `{begins}: {policy}`.")
        finish(document)
    found = structured(document, model)
    if found is None:
        raise RecordsError(document.findings)
    named = getattr(found, begins)
    if named != policy:
        hint = f"write `{begins}: {policy}`, or give the other policy."
        document.add("other-policy", (begins,), f"this file is for {named}; the policy is {policy}.", hint)
    return found


def finish(document: Document) -> None:
    """Raise ``RecordsError`` if anything is wrong with a document."""
    if document.failed:
        raise RecordsError(document.findings)


def moment(document: Document, text: str | None, where: Where, *, or_a_day: bool = False) -> datetime | None:
    """An instant with its offset; None where none is written, or (with a finding) where it is none."""
    if text is None:
        return None
    found = instant(text)
    if found is None:
        day = "a day, such as 2026-03-01, or " if or_a_day else ""
        hint = f'write {day}an instant with its offset, such as "2026-03-01T09:00:00+01:00".'
        document.add("bad-instant", where, f'"{text[:60]}" is no instant.', hint)
    return found


def one_of(document: Document, word: str | None, words: Iterable[str], where: Where, of: str) -> None:
    """Add a finding for a word that is none of these values; ``of`` says what has them."""
    words = list(words)
    if word is not None and word not in words:
        hint = meant(word, words) or f"it has {', '.join(words[:12])}."
        document.add("unknown-value", where, f"{of} has no value {word}.", hint)
