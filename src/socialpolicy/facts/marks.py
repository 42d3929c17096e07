"""What platforms make of a text: its length, links, mentions and hashtags."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from socialpolicy.facts.derived import Spot
from socialpolicy.facts.normalising import folded_cluster

LINKS_PACKAGE = "linkify-it-py"
RESERVED = ("example", "test", "invalid")
"""Top-level names that nobody can buy (RFC 2606), known here so that policies can be tried out with them."""

ASCII_HANDLES = frozenset({"x", "instagram", "threads", "tiktok", "facebook", "youtube", "twitch", "reddit", "github"})
"""Platforms whose handles have ASCII letters alone."""


# -- links ---------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def linkifier() -> Any:
    """What finds links, with all top-level names that it knows, for platforms link bare names as well."""
    from linkify_it import LinkifyIt
    from linkify_it.tlds import TLDS

    return LinkifyIt().tlds([*TLDS, *RESERVED])


@dataclass(frozen=True, slots=True)
class Links:
    """The places of links, each with its host, of names that only some platforms make links of, and of e-mail addresses."""

    sites: list[Spot]
    doubtful: list[Spot]
    addresses: list[Spot]


SHORT_NAME = re.compile(r"[^./]+\.[A-Za-z]{2}")
"""A bare name under the top-level name of a country, such as readme.md: X makes no link of it, others do."""


def links(text: str) -> Links:
    """What platforms make links of."""
    sites: list[Spot] = []
    doubtful: list[Spot] = []
    addresses: list[Spot] = []
    if "." not in text and "//" not in text:
        return Links(sites, doubtful, addresses)
    for found in linkifier().match(text) or ():
        start, end = found.index, found.last_index
        if found.schema == "mailto:":
            if not text.startswith("mailto:", start) and text[start - 1 : start] in ("@", "＠"):
                continue  # the full handle of a federated platform: @name@host
            addresses.append(Spot(start, end, found.raw.casefold(), hidden=True))
            continue
        host = host_of(found.raw)
        if host:
            (doubtful if SHORT_NAME.fullmatch(found.raw) else sites).append(Spot(start, end, host))
    return Links(sites, doubtful, addresses)


WITH_SLASHES = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//")


def host_of(link: str) -> str:
    """The host that a link leads to, as a browser reads it; "" for none."""
    # Browsers take a backslash for a slash (WHATWG URL), so what follows it is no part of the host.
    address = link.replace("\\", "/")
    if not WITH_SLASHES.match(address):
        address = "//" + address
    try:
        return host_name(urlsplit(address).hostname or "")
    except ValueError:
        return ""


def host_name(host: str) -> str:
    """A host in the form in which hosts are compared: small letters, ASCII, so that no look-alike equals another."""
    host = unicodedata.normalize("NFKC", host).casefold().rstrip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


# -- mentions and hashtags -----------------------------------------------------------------------------------------------

MENTION = re.compile(r"(?<![\w@＠/.+-])[@＠](\w(?:[\w.-]{0,98}\w)?)(?:@(\w(?:[\w.-]{0,251}\w)?))?")
ASCII_MENTION = re.compile(r"(?<![\w@＠/.+-])[@＠]([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_])?)")
X_MENTION = re.compile(r"(?<![\w@＠/.+-])[@＠]([A-Za-z0-9_]{1,50})")


def mentions(text: str, platform: str | None) -> Iterator[Spot]:
    """The places where an account is named, each as @handle in small letters (with @host on federated platforms)."""
    pattern = X_MENTION if platform == "x" else ASCII_MENTION if platform in ASCII_HANDLES else MENTION
    for found in pattern.finditer(text):
        yield Spot(found.start(), found.end(), "@" + folded_cluster(found[0][1:]).replace("＠", "@"))


SIGN = re.compile(r"[#＃]")
JOINERS = "\u200c\u200d"


def hashtags(text: str) -> Iterator[Spot]:
    """The places of hashtags, each as #tag in small letters: letters, marks, digits and _, not digits alone (UAX #31)."""
    for found in SIGN.finditer(text):
        start = found.start()
        if start and (text[start - 1] in "&/#＃" or in_tag(text[start - 1])):
            continue
        end = start + 1
        while end < len(text) and in_tag(text[end]):
            end += 1
        while end > start + 1 and text[end - 1] in JOINERS:
            end -= 1
        tag = text[start + 1 : end]
        if any(not one.isdigit() and one not in JOINERS for one in tag):
            yield Spot(start, end, "#" + folded_cluster(tag))


def in_tag(character: str) -> bool:
    """Whether a character is part of a hashtag."""
    if character.isascii():
        return character.isalnum() or character == "_"
    return unicodedata.category(character)[0] in "LMN" or character in JOINERS


# -- length --------------------------------------------------------------------------------------------------------------

LINK_ON_X = 23
"""Characters that X counts for every link (docs.x.com, "Counting characters")."""
HEAVY = re.compile("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
"""The code points that X counts twice (twitter-text, configuration version 3)."""
EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3"
    "|[\u203c-\u3299\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
    "(?:\u200d[\u203c-\u3299\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]?)*"
)
"""One emoji, with what is joined to it: X counts it twice, however long it is."""


def length(text: str) -> int:
    """How many characters a text has: code points of its composed form (NFC)."""
    return len(text if text.isascii() else unicodedata.normalize("NFC", text))


def length_on_x(text: str, sites: list[Spot]) -> int:
    """How X counts: 23 for a link, two for an emoji and for most letters beyond Latin, Greek and Cyrillic, else one."""
    total = 0
    at = 0
    for start, end in [*((site.start, site.end) for site in sites), (len(text), len(text))]:
        between = unicodedata.normalize("NFC", text[at:start])
        total += weight(between) + (LINK_ON_X if end > start else 0)
        at = end
    return total


def weight(text: str) -> int:
    """How X counts a text without links."""
    if text.isascii():
        return len(text)
    rest, emoji = EMOJI.subn("", text)
    return 2 * emoji + len(rest) + len(HEAVY.findall(rest))
