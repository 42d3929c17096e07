"""Pages of headings, tables and lists, written as Markdown or as HTML. Whatever an author wrote stays text in both.

Markdown is that of GitHub and GitLab (https://github.github.com/gfm/). Backslashes keep punctuation from being markup; names in
code stand between tags, as references to characters, since backticks cannot be escaped; and a space of no width behind signs
such as ``@`` and ``#`` keeps a forge from calling a person, linking an issue or drawing a face that an author's text names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeAlias
from urllib.parse import quote

from socialpolicy.loading.findings import visible

MARKUP = re.compile(r"([\\`*_\[\]<>|~&$]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
"""What begins markup anywhere, or an address that would become a link."""
FIRST = re.compile(r"\s*([#+=-]|\d(?=\d*[.)]))")
"""What begins markup at the beginning of a line."""
CALLS = re.compile(r"([@#](?=\\?\w)|[!%](?=\d)|\bGH(?=-\d)|(?<!\d):(?=[\w+\\-]+:))", re.IGNORECASE)
"""What calls a person, links an issue or becomes a picture, in a text that is marked already."""
MAIL = re.compile(r"(?<=[\w.+-])@(?=[\w.-])")
"""What becomes a link even in code."""


@dataclass(frozen=True, slots=True)
class Words:
    """Some words: plain, strong, or as code; ``href`` is what they link to."""

    text: str
    strong: bool = False
    code: bool = False
    href: str = ""


Line: TypeAlias = tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 is the page's own."""

    line: Line
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    line: Line
    small: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; a cell is a few lines."""

    head: tuple[str, ...]
    rows: tuple[tuple[tuple[Line, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Text as it is: lines to copy, or what a terminal shows."""

    text: str


@dataclass(frozen=True, slots=True)
class Details:
    """What is folded until it is asked for."""

    title: str
    blocks: tuple[Block, ...]


Block: TypeAlias = Heading | Paragraph | Bullets | Table | Listing | Details


def plain(text: str) -> Line:
    """Words as they are."""
    return (Words(text),)


# -- Markdown ------------------------------------------------------------------------------------------------------------


def markdown(blocks: Iterable[Block], marker: str = "") -> str:
    """Blocks as Markdown. ``marker`` is a name in a comment in the first line, by which a program finds the text again."""
    parts = [f"<!-- {marker_of(marker)} -->"] if marker else []
    return "\n".join([*parts, *("\n".join(block_lines(block)) + "\n" for block in blocks)]).rstrip() + "\n"


def marker_of(name: str) -> str:
    """A name that no text can end the comment around."""
    return quote(f"socialpolicy:{name}", safe="/:@ ").replace("--", "-%2D").replace(">", "%3E")


def block_lines(block: Block) -> Iterator[str]:
    """The lines of one block."""
    match block:
        case Heading(line, level):
            text = inline(line)  # the last signs of a heading would not be shown
            yield f"{'#' * (level + 1)} {text[:-1] + '&#35;' if text.endswith('#') else text}"
        case Paragraph(line, small):
            yield f"<sub>{inline(line)}</sub>" if small else inline(line)
        case Bullets(lines):
            yield from (f"- {inline(line)}" for line in lines)
        case Table(head, rows):
            yield f"| {' | '.join(marked(cell) for cell in head)} |"
            yield f"|{' --- |' * len(head)}"
            yield from (f"| {' | '.join('<br>'.join(map(inline, cell)) for cell in row)} |" for row in rows)
        case Listing(text):
            fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text)), 3)
            yield fence
            yield from (visible(line) for line in text.split("\n"))
            yield fence
        case Details(title, inner):
            yield f"<details><summary>{entities(title)}</summary>"
            yield ""
            for one in inner:
                yield from block_lines(one)
                yield ""
            yield "</details>"


def inline(line: Line) -> str:
    """Words in a line of Markdown."""
    text = "".join(map(word, line))
    first = FIRST.match(text)
    return f"{text[: first.start(1)]}&#{ord(first[1])};{text[first.end(1) :]}" if first else text


def word(words: Words) -> str:
    """Some words in Markdown."""
    text = f"<code>{entities(words.text)}</code>" if words.code else marked(words.text)
    if words.strong and text.strip():
        text = f"**{text.strip()}**"
    return f"[{text}](<{address(words.href)}>)" if words.href else text


def marked(text: str) -> str:
    """A text that Markdown shows as it is."""
    return CALLS.sub("\\1&#8203;", MARKUP.sub(r"\\\1", one_line(text)))


def entities(text: str) -> str:
    """A text between tags, every sign that Markdown knows as a reference to a character."""
    return MAIL.sub("@&#8203;", MARKUP.sub(lambda sign: f"&#{ord(sign[1])};", one_line(text)))


def address(href: str) -> str:
    """A link that nothing can break out of."""
    return re.sub(r"[<>\s\\]", lambda sign: f"%{ord(sign[0]):02X}", href)


def one_line(text: str) -> str:
    """A text in one line, in which nothing hides."""
    return visible(re.sub(r"\s+", " ", text))


# -- HTML ----------------------------------------------------------------------------------------------------------------

STYLE = """
:root { color-scheme: light dark; --line: #d0d7de; --soft: #59636e; --code: #eff1f3 }
@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --soft: #9198a1; --code: #262c36 } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line) }
code, pre { font: .875em/1.5 ui-monospace, monospace; background: var(--code); border-radius: .25rem }
code { padding: .1em .3em; overflow-wrap: break-word } pre { padding: .8rem; overflow-x: auto }
small { color: var(--soft) } summary { cursor: pointer; padding: .3rem 0 }
"""


def html(title: str, blocks: Sequence[Block]) -> str:
    """Blocks as a page of its own, which loads nothing from anywhere."""
    body = "\n".join(map(element, blocks))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{text_of(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def element(block: Block) -> str:
    """One block as an element."""
    match block:
        case Heading(line, level):
            return f"<h{level}>{spans(line)}</h{level}>"
        case Paragraph(line, small):
            return f"<p><small>{spans(line)}</small></p>" if small else f"<p>{spans(line)}</p>"
        case Bullets(lines):
            return "<ul>" + "".join(f"<li>{spans(line)}</li>" for line in lines) + "</ul>"
        case Table(head, rows):
            top = "".join(f"<th>{text_of(cell)}</th>" for cell in head)
            body = "\n".join(
                "<tr>" + "".join(f"<td>{'<br>'.join(map(spans, cell))}</td>" for cell in row) + "</tr>" for row in rows
            )
            return f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        case Listing(text):
            return f"<pre>{escape(chr(10).join(visible(line) for line in text.split(chr(10))))}</pre>"
        case Details(title, inner):
            return f"<details><summary>{text_of(title)}</summary>\n" + "\n".join(map(element, inner)) + "\n</details>"


def spans(line: Line) -> str:
    """Words in HTML."""
    return "".join(map(span, line))


def span(words: Words) -> str:
    """Some words in HTML."""
    text = text_of(words.text)
    text = f"<code>{text}</code>" if words.code else text
    text = f"<strong>{text}</strong>" if words.strong else text
    return f'<a href="{escape(words.href)}">{text}</a>' if words.href else text


def text_of(text: str) -> str:
    """A text in HTML: nothing in it is markup, and nothing hides."""
    kept = re.sub(r"\s", " ", text)
    return escape(visible(kept))
