"""The pages of the site, from the pages of the repository.

The pages in `docs/` and the few beside it are written to be read in the repository as well: their links lead to files, and a
comment above a block says which file it is. Here they become pages of a site: a link to a file leads to the page that shows
it, and a block is headed by the name of its file.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^ *(```+|~~~+)")
COMMENT = re.compile(r"^<!-- (?:(file|add|edit): )?(.*) -->$")
LINK = re.compile(r"(!?\[(?:[^\]\[]|\[[^\]]*\])*\]\()([^)\s]+)(\))", re.DOTALL)
ITEM = re.compile(r"^(?:[-*]|\d+\.) ")

# Pages that stand elsewhere in the repository.
BESIDE = {
    "README.md": "readme.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "benchmarks/README.md": "benchmarks.md",
}


class SiteError(Exception):
    """The site cannot be built: a page is not as it has to be."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the site: its path in the site, its Markdown, and the file of the repository that it comes from."""

    path: str
    text: str
    source: str


def written_pages(elsewhere: dict[str, str]) -> list[Page]:
    """The pages that somebody wrote; `elsewhere` says which page of the site stands for a file that is no page."""
    sources = {f"docs/{file.name}": file.name for file in sorted((ROOT / "docs").glob("*.md"))} | BESIDE
    places = elsewhere | sources
    return [
        Page(path, as_page((ROOT / source).read_text("utf-8"), source, path, places), source)
        for source, path in sources.items()
    ]


def as_page(text: str, source: str, path: str, places: dict[str, str]) -> str:
    """The text of a file of the repository as a page of the site."""
    prose: list[str] = []  # of the part between two blocks
    parts: list[str] = []
    fence = ""
    start = 1

    def end_prose() -> None:
        parts.append(linked(deeper("\n".join(prose)), start, source, path, places))
        prose.clear()

    for number, line in enumerate(text.splitlines(), 1):
        if fence:
            parts.append(line)
            if line.strip() == fence:
                fence, start = "", number + 1
        elif opened := FENCE.match(line):
            fence = opened[1]
            title = title_of(prose)
            end_prose()
            parts.append(line + (f' title="{title}"' if title else ""))
        else:
            prose.append(line)
    end_prose()
    return "\n".join(parts) + "\n"


def title_of(prose: list[str]) -> str:
    """The heading of the block that follows; the comment that says it is taken out."""
    if not prose or not (comment := COMMENT.match(prose[-1])):
        return ""
    prose[-1] = ""
    word, name = comment[1], comment[2]
    return {"file": name, "add": f"{name}, at the end", "edit": name}.get(word or "", "")


def deeper(text: str) -> str:
    """Lists within lists: two spaces are enough in the repository, and four are needed here."""
    lines, in_list = [], False
    for line in text.split("\n"):
        if ITEM.match(line):
            in_list = True
        elif line and not line.startswith(" "):
            in_list = False
        indent = len(line) - len(line.lstrip(" "))
        lines.append(" " * indent + line if in_list and line.strip() else line)
    return "\n".join(lines)


def linked(text: str, start: int, source: str, path: str, places: dict[str, str]) -> str:
    """The text, whose first line has that number, with the links between files as links between pages."""

    def moved(found: re.Match[str]) -> str:
        file, mark, anchor = found[2].partition("#")
        if not file or "://" in file or file.startswith("mailto:"):
            return found[0]
        target = os.path.normpath(PurePosixPath(source).parent / file).replace(os.sep, "/")
        if target not in places:
            line = start + text.count("\n", 0, found.start(2))
            raise SiteError(
                f"{source}:{line}: no page of the site shows {target}. Link to a page, or name it without a link."
            )
        return found[1] + os.path.relpath(places[target], PurePosixPath(path).parent or ".") + mark + anchor + found[3]

    return re.sub(
        r"`[^`]*`|" + LINK.pattern, lambda found: moved(found) if found[2] else found[0], text, flags=re.DOTALL
    )
