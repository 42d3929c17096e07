"""What has to be so of the site's pages, and of the site that is made of them."""

from __future__ import annotations

import html
import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from gathering import ROOT, Page

# Pages that are reached from a list, and would make the navigation too long to read.
LISTED = ("findings/", "policies/", "files/", "reference/")
LOADED = re.compile(
    r"""<(?:script|link|img|iframe|source|video|audio)\b[^>]*?\b(?:src|href)=["']?((?:https?:)?//[^"'\s>]+)"""
)
LINK = re.compile(r"""<(?:a|link|img|script|source)\b[^>]*?\s(?:src|href)=["']?([^"'\s>]+)""")
ID = re.compile(r"""\sid=["']?([^"'\s>]+)""")
FETCHED = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""")


def problems_of_pages(pages: Sequence[Page]) -> list[str]:
    """What is wrong before anything is built: pages that the navigation misses, or has and are not there."""
    in_nav = list(nav_entries(config()["nav"]))
    paths = {page.path: page for page in pages}
    twice = sorted({entry for entry in in_nav if in_nav.count(entry) > 1})
    return [
        *(f"zensical.toml: the navigation has {entry}, which is no page." for entry in in_nav if entry not in paths),
        *(f"zensical.toml: the navigation has {entry} twice." for entry in twice),
        *(
            f"zensical.toml: the navigation misses {page.path} ({page.source})."
            for page in pages
            if page.path not in in_nav and not page.path.startswith(LISTED)
        ),
    ]


def config() -> dict[str, Any]:
    """The configuration of the site."""
    found: dict[str, Any] = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    return found


def nav_entries(nav: Any) -> Iterator[str]:
    """The pages of the navigation, in its order."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        for inner in nav.values():
            yield from nav_entries(inner)
    else:
        for inner in nav:
            yield from nav_entries(inner)


def problems_of_site(site: Path) -> list[str]:
    """What is wrong with the built site: links that lead nowhere, and anything that it would load from elsewhere."""
    texts = {file: file.read_text("utf-8") for file in sorted(site.rglob("*")) if file.suffix in {".html", ".css"}}
    ids = {file: set(ID.findall(text)) for file, text in texts.items()}
    found = []
    for file, text in texts.items():
        name = file.relative_to(site).as_posix()
        found += [
            f"{name}: loads {match}, which is elsewhere." for match in LOADED.findall(text) + FETCHED.findall(text)
        ]
        if file.suffix == ".html" and file.name != "404.html":
            links = sorted(set(LINK.findall(text)))
            found += [
                f"{name}: the link to {link} leads nowhere." for link in links if not leads(link, file, site, ids)
            ]
    return found


def leads(link: str, file: Path, site: Path, ids: dict[Path, set[str]]) -> bool:
    """Whether a link leads to a file of the site, and to a place in it; one to elsewhere is not followed."""
    address = urlsplit(html.unescape(link))
    if address.scheme or address.netloc:
        return True
    path = unquote(address.path)
    target = (
        Path(os.path.normpath((site / path[1:]) if path.startswith("/") else (file.parent / path))) if path else file
    )
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(site) or not target.is_file():
        return False
    return not address.fragment or target.suffix != ".html" or unquote(address.fragment) in ids[target]
