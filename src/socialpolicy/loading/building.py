"""Find what a policy builds on: other policies by id and range of versions, each once, in one version that suits all.

The ranges that a policy and its bases give are collected until they do not change any more; of each base the highest
version that lies in all of its ranges is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Level, PolicyError, Where, listed, meant, visible
from socialpolicy.loading.models import PolicyText
from socialpolicy.loading.shelves import Edition, Shelf
from socialpolicy.loading.structure import structured
from socialpolicy.versions import in_range, parsed

DEPTH = 3
ROUNDS = 20
NULLS_IN = frozenset({"facts"})


@dataclass(frozen=True, slots=True)
class Base:
    """A policy that another one builds on, as it is written. ``released`` tells whether it is a release, not a draft."""

    document: Document
    written: PolicyText
    released: bool

    @property
    def id(self) -> str:
        """The id of the policy."""
        return self.written.id


@dataclass
class Building:
    """The search for the bases of one policy."""

    document: Document
    written: PolicyText
    shelf: Shelf
    editions: dict[str, Sequence[Edition]] = field(default_factory=dict)
    read: dict[tuple[str, str], Base | None] = field(default_factory=dict)

    def bases(self) -> list[Base]:
        """All policies that this one builds on, a base before those that build on it.

        Whatever is wrong is in the document's findings; then the list is of no use.
        """
        wanted, before = self.collected({}), len(self.document.findings)
        for _ in range(ROUNDS):
            found = {id: self.chosen(id, ranges) for id, ranges in wanted.items()}
            bases = {id: base for id, base in found.items() if base is not None}
            if len(bases) < len(found) or len(self.document.findings) > before:
                return []
            again = self.collected(bases)
            if again == wanted:
                return self.ordered(bases)
            wanted = again
        self.add("bad-base", ("builds_on",), "no versions of the bases suit each other.", "name exact versions.")
        return []

    def collected(self, bases: Mapping[str, Base]) -> dict[str, dict[str, str]]:
        """For every base, the ranges that are given for it and who gives them; only what can be reached counts."""
        ranges: dict[str, dict[str, str]] = {}
        waiting, seen = [self.written], {self.written.id}
        while waiting:
            one = waiting.pop()
            for entry in one.builds_on:
                ranges.setdefault(entry.id, {})[one.id] = str(entry.version)
                if entry.id in bases and entry.id not in seen:
                    seen.add(entry.id)
                    waiting.append(bases[entry.id].written)
        return ranges

    def chosen(self, id: str, ranges: Mapping[str, str]) -> Base | None:
        """The highest version of a base that lies in all ranges given for it."""
        where = self.where(id, ranges)
        try:
            if id not in self.editions:
                self.editions[id] = self.shelf.editions(id)
            editions = self.editions[id]
        except PolicyError as error:
            self.document.findings.extend(error.findings)
            self.add(
                "bad-base", where, f"the releases of {visible(id)} cannot be read.", "mend the findings of that file."
            )
            return None
        if id == self.written.id:
            self.add("bad-base", where, f"{visible(id)} builds on itself.", "take it out.")
            return None
        if not editions:
            known = [name for name in self.shelf.known() if name != self.written.id]
            hint = meant(id, known) or (
                f"there is {listed(known, 'and')}." if known else "put it beside this policy's folder."
            )
            self.add("unknown-base", (*where, "id"), f"there is no policy {visible(id)} to build on.", hint)
            return None
        wrong = [text for text in ranges.values() if in_range("1.0.0", text) is None]
        if wrong:
            hint = 'write 2, "^1.3", "~1.2", ">=1.2.0 <2.0.0" or "1.2.0".'
            self.add("bad-base", (*where, "version"), f"{visible(wrong[0])} is no range of versions.", hint)
            return None
        fitting = [edition for edition in editions if all(in_range(edition.version, text) for text in ranges.values())]
        if not fitting:
            having = listed([edition.version for edition in editions][-12:], "and")
            asked = listed(
                [f"{text}, as {'this policy' if by == self.written.id else by} asks" for by, text in ranges.items()],
                "and",
            )
            message = f"no version of {visible(id)} lies in {visible(asked)}."
            self.add("no-base-version", (*where, "version"), message, f"there is {having}.")
            return None
        return self.base(id, max(fitting, key=lambda edition: parsed(edition.version)), where)

    def base(self, id: str, edition: Edition, where: Where) -> Base | None:
        """A base, read; None where it is no policy, or not the one that was meant."""
        key = (id, edition.version)
        if key not in self.read:
            self.read[key] = None
            try:
                document = edition.read()
            except PolicyError as error:
                self.document.findings.extend(error.findings)
            else:
                written = structured(document, PolicyText, nulls_in=NULLS_IN)
                if written is not None and written.id == id and not document.failed:
                    self.read[key] = Base(document, written, edition.released)
                else:
                    self.document.findings.extend(one for one in document.findings if one.level is Level.ERROR)
            if self.read[key] is None:
                message = f"{visible(id)} {edition.version} has errors, or is a policy of another id."
                self.add(
                    "bad-base", where, message, "mend it first: `socialpolicy validate` tells what is wrong with it."
                )
        return self.read[key]

    def ordered(self, bases: Mapping[str, Base]) -> list[Base]:
        """The bases, one before those that build on it. Circles and too many storeys are findings."""
        graph = {id: [entry.id for entry in base.written.builds_on] for id, base in bases.items()}
        try:
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = " -> ".join(reversed(error.args[1]))
            self.add(
                "bad-base", ("builds_on",), f"policies build on each other in a circle: {circle}.", "break the circle."
            )
            return []
        storeys: dict[str, int] = {}
        for id in order:
            storeys[id] = 1 + max((storeys[other] for other in graph[id]), default=0)
        if max(storeys.values(), default=0) > DEPTH:
            highest = max(storeys, key=lambda id: storeys[id])
            message = f"{visible(highest)} has more than {DEPTH - 1} storeys of policies below it."
            self.add(
                "bad-base", self.where(highest, {self.written.id: ""}), message, "build on the lower ones directly."
            )
        return [bases[id] for id in order]

    def where(self, id: str, ranges: Mapping[str, str]) -> Where:
        """The place in this policy's file that asks for a base, be it by another one."""
        names = [entry.id for entry in self.written.builds_on]
        for name in (id, *ranges):
            if name in names:
                return ("builds_on", names.index(name))
        return ("builds_on",)

    def add(self, id: str, where: Where, message: str, hint: str) -> None:
        """Add a finding."""
        if self.document.event(where) is None and len(where) > 2:
            where = where[:2]
        self.document.add(id, where, message, hint)


def bases_of(document: Document, written: PolicyText, shelf: Shelf) -> list[Base]:
    """All policies that a policy builds on, a base before those that build on it."""
    for index, id in enumerate(repeated([entry.id for entry in written.builds_on])):
        if id:
            document.add("duplicate-value", ("builds_on", index, "id"), f"{id} is named twice.", "name it once.")
    return Building(document, written, shelf).bases() if written.builds_on else []


def repeated(names: Sequence[str]) -> Iterator[str]:
    """Each name where it stands again, and "" where it stands for the first time."""
    for index, name in enumerate(names):
        yield name if name in names[:index] else ""
