"""Which word lists of a policy a text has words of: exact, in the form in which ``normalising`` compares words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from socialpolicy.facts.derived import Spot
from socialpolicy.facts.normalising import Normal, alike, entry_alike, folded

if TYPE_CHECKING:
    from socialpolicy.loading.models import TermsText


@dataclass(frozen=True, slots=True)
class Terms:
    """A list of words, handles or hosts; ``means`` says of a fact which value its words give it."""

    name: str
    kind: str
    entries: tuple[str, ...]
    anywhere: bool = False
    secret: bool = False
    means: Mapping[str, str] = field(default_factory=dict)


CLEAR, CLEAR_LIST = "clear", "clear-disclosures"
"""A list of this name, where it has no ``means``, holds the wordings by which a tie is told clearly. Lists of other names do
not: one that is looked for may have wordings, such as "I work at", that tell of a tie to whomever."""


def terms_of(name: str, written: TermsText) -> Terms:
    """A list as it is looked for in texts."""
    means = written.means
    if not means and written.kind == "words" and name == CLEAR_LIST:
        means = {"content.disclosure": CLEAR}
    entries = tuple(written.entries)
    return Terms(name, written.kind, entries, written.match == "anywhere", written.secret, dict(means or {}))


class Words:
    """Finds the words of all lists in one pass over the text (Aho and Corasick, 1975).

    A word counts with word boundaries around it, unless its list is matched ``anywhere``. In scripts that are written
    without spaces, every character is a boundary.
    """

    def __init__(self, lists: Iterable[Terms]) -> None:
        self.lists = [one for one in lists if one.kind == "words"]
        self.table = look_alikes() if self.lists else {}
        entries = [(entry, one) for one in self.lists for entry in one.entries]
        by_folded = by_entry((folded(entry).text.strip(), one) for entry, one in entries)
        by_alike = by_entry((entry_alike(entry, self.table), one) for entry, one in entries)
        self.lists_folded, self.lists_alike = list(by_folded.values()), list(by_alike.values())
        self.folded, self.alike = automaton(by_folded), automaton(by_alike)

    def find(self, text: str) -> Iterator[Spot]:
        """Every place of a word, by list, in the original text."""
        if not self.lists:
            return
        form = folded(text)
        found = set(self.found(form, self.folded, self.lists_folded))
        looks = alike(text, self.table)
        if looks is not None:
            # A look-alike counts where there is one: without, the plain form has told.
            found |= set(self.found(looks, self.alike, self.lists_alike, replaced=True))
        yield from sorted(found, key=lambda spot: (spot.start, spot.end, spot.value))

    def found(
        self, form: Normal, search: Any, entries: Sequence[Sequence[Terms]], *, replaced: bool = False
    ) -> Iterator[Spot]:
        """The places of entries in one form of the text."""
        for which, start, end in search.find_matches_as_indexes(form.text, overlapping=True):
            if replaced and form.replaced.isdisjoint(range(start, end)):
                continue
            whole = boundary(form.text, start) and boundary(form.text, end)
            for one in entries[which]:
                if whole or one.anywhere:
                    yield Spot(*form.back(start, end), one.name, one.secret)


def by_entry(pairs: Iterable[tuple[str, Terms]]) -> dict[str, list[Terms]]:
    """For each entry, the lists that have it, by its words and as the hashtag of them. What cannot be seen is never found."""
    found: dict[str, list[Terms]] = {}
    for entry, one in pairs:
        for form in {entry, "#" + entry.replace(" ", "")} if " " in entry else {entry}:
            lists = found.setdefault(form, [])
            if one not in lists:
                lists.append(one)
    found.pop("", None)
    return found


def automaton(entries: Iterable[str]) -> Any:
    """The automaton that finds all entries at once."""
    import ahocorasick_rs

    return ahocorasick_rs.AhoCorasick(list(entries))


@lru_cache(maxsize=1)
def look_alikes() -> dict[str, str]:
    """For letters of other scripts, the Latin letter or digit that they look like (UTS #39)."""
    from confusable_homoglyphs import confusables

    table = {}
    for character, others in confusables.confusables_data.items():
        latin = [one["c"] for one in others if len(one["c"]) == 1 and one["c"].isascii() and one["c"].isalnum()]
        if latin and len(character) == 1 and not character.isascii():
            table[character] = latin[0]
    return table


# -- words and their boundaries ------------------------------------------------------------------------------------------


def boundary(text: str, at: int) -> bool:
    """Whether a word may begin or end at a place of a text."""
    if at in (0, len(text)):
        return True
    before, after = text[at - 1], text[at]
    return not (in_word(before) and in_word(after)) or without_spaces(before) or without_spaces(after)


def in_word(character: str) -> bool:
    """Whether a character is part of a word."""
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"


def without_spaces(character: str) -> bool:
    """Whether a character is of a script that is written without spaces between words."""
    return character > "\u0e00" and (
        "\u0e00" <= character <= "\u0eff"  # Thai, Lao
        or "\u1000" <= character <= "\u109f"  # Burmese
        or "\u1780" <= character <= "\u17ff"  # Khmer
        or "\u2e80" <= character <= "\u9fff"  # Chinese and Japanese
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
    )


# -- handles and hosts ---------------------------------------------------------------------------------------------------


def of_handles(lists: Iterable[Terms], mentions: Iterable[Spot]) -> Iterator[Spot]:
    """The lists of handles that have an account which the text names; ``anywhere`` finds parts of handles."""
    spots = list(mentions)
    for one in lists:
        wanted = {folded(entry).text.strip().removeprefix("@") for entry in one.entries} - {""}
        for spot in spots:
            handle = spot.value.removeprefix("@")
            if handle in wanted or (one.anywhere and any(entry in handle for entry in wanted)):
                yield Spot(spot.start, spot.end, one.name, one.secret)


def of_hosts(lists: Iterable[Terms], links: Iterable[Spot]) -> Iterator[Spot]:
    """The lists of hosts that have a host which the text links to; ``anywhere`` finds what lies below an entry too."""
    from socialpolicy.facts.marks import host_name

    spots = list(links)
    for one in lists:
        wanted = {host_name(entry.strip()) for entry in one.entries} - {""}
        for spot in spots:
            host = spot.value
            if (
                host in wanted
                or host.removeprefix("www.") in wanted
                or (one.anywhere and any(host.endswith("." + entry) for entry in wanted))
            ):
                yield Spot(spot.start, spot.end, one.name, one.secret)
