"""Write the groups and facts of the core vocabulary into `vocabulary.md`: `python docs/core_table.py`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path

from socialpolicy.loading.vocabularies import shipped
from socialpolicy.values import Kind
from socialpolicy.vocabulary import Fact

PAGE = Path(__file__).parent / "vocabulary.md"
BEGIN, END = "<!-- core {}: written by core_table.py -->\n", "<!-- end of core {} -->\n"
WIDTH = 118


def table() -> str:
    """All facts of the core vocabulary, group by group: type, who supplies it, question, values."""
    _, vocabulary = shipped("core@1")
    by_group: dict[str, list[Fact]] = {}
    for name, fact in vocabulary.facts.items():
        by_group.setdefault(name.partition(".")[0], []).append(fact)
    lines: list[str] = []
    for group, facts in by_group.items():
        lines += ["", f"### {group}", ""]
        for fact in facts:
            lines += wrapped(f"- **`{fact.name}`** {described(fact)}. {fact.question}")
            if fact.values:
                lines += wrapped(f"  - Values: {said(fact.values)}", indent="    ")
    return "\n".join(lines[1:]) + "\n"


def groups() -> str:
    """All groups of values."""
    words, vocabulary = shipped("core@1")
    lines: list[str] = []
    for name, found in words.groups.items():
        for group, members in found.items():
            left_out = [value for value in vocabulary.facts[name].values if value not in members]
            few = f"all but {said(left_out)}" if len(left_out) < len(members) / 2 else said(members)
            lines += wrapped(f"- `{group}` of `{name}`: {few}")
    return "\n".join(lines) + "\n"


def said(values: Iterable[str]) -> str:
    """Values one after the other."""
    return ", ".join(f"`{value}`" for value in values)


def described(fact: Fact) -> str:
    """The type of a fact, and what is particular about it."""
    kind = {Kind.SET: "set", Kind.ENUM: "ordered enum" if fact.ordered else "enum"}.get(fact.kind, fact.kind.value)
    notes = [kind]
    if fact.supplied_by:
        notes.append(f"from the {fact.supplied_by}" if fact.supplied_by != "approvals" else "from approvals")
    if fact.mutable:
        notes.append("the author can change it")
    if fact.sensitive:
        notes.append("sensitive")
    if fact.default is not None:
        notes.append("empty if left out" if fact.default == frozenset() else f"{fact.default} if left out")
    return f"({', '.join(notes)})"


def wrapped(text: str, indent: str = "  ") -> list[str]:
    """A text over several lines."""
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def put_in(page: str) -> str:
    """The page with both tables as they are now."""
    for name, text in (("groups", groups()), ("facts", table())):
        head, _, rest = page.partition(BEGIN.format(name))
        _, _, tail = rest.partition(END.format(name))
        page = head + BEGIN.format(name) + "\n" + text + "\n" + END.format(name) + tail
    return page


if __name__ == "__main__":
    PAGE.write_text(put_in(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
