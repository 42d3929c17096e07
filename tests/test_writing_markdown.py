"""Whatever an author wrote stays text in Markdown and in HTML: rendered as GitHub does it, and parsed again."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TypeAlias

import pytest
from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports_help import DAY, commit
from socialpolicy import loads
from socialpolicy.cli.main import run
from socialpolicy.errors import SocialPolicyError
from socialpolicy.loading.findings import Finding, visible
from socialpolicy.reporting.formats import as_html, as_markdown
from socialpolicy.reporting.report import Report, located
from socialpolicy.reporting.review import Linking, review
from socialpolicy.reporting.writing import (
    Block,
    Bullets,
    Details,
    Heading,
    Listing,
    Paragraph,
    Table,
    Words,
    html,
    markdown,
    plain,
)
from socialpolicy.reviewing import Compared
from strategies import EXAMPLES

Events: TypeAlias = list[tuple[str, ...]]
PIECES = [
    "|", "\\", "\\|", "`", "``", "```", "*", "**", "_", "__", "~~", "~~~", "<", ">", "<b>", "</td>", "<br>", "<script>alert(1)</script>",
    "<img src=x onerror=y>", "<!--", "-->", "--", "<!-- socialpolicy:shop -->", "&", "&amp;", "&#64;", "&lt;b&gt;", "[x](javascript:alert(1))",
    "[x]", "[x][y]", "[^1]", "[^1]: note", "[x]: http://a.example", "![x](http://a.example/y.png)", "http://a.example/b", "https://a.example",
    "ftp://a.example", "www.a.example", "WWW.a.example", "<http://a.example>", "ada@example.com", "mailto:ada@example.com", "xmpp:a@b.c/d",
    "@ada", "@org/team", "@_x", "#12", "a/b#12", "GH-12", "gh-12", "!12", "$x$", "$$", "$`x`$", ":tada:", ":+1:", ":smile_cat:", "::error::",
    "##[error]", "# x", "## x ##", "- x", "+ x", "* x", "1. x", "12) x", "> x", "=====", "-----", "- [ ] x", "> [!NOTE]", "\n", "\n\n", "\r\n",
    "\t", "    x", "\u00a0", "\u2028", "\u202e", "\u2066", "\u200b", "\u200d", "\x00", "\x1b[31m", "\ufeff", "\udc80", "</details>", "</code>",
    "</pre>", "{{x}}", "'", '"', "^", "é🔺", "a", " ", "<!DOCTYPE x>", "<?x?>", "<![CDATA[x]]>", ":", "://", "@", "#", ".", "-", "www", "http",
]  # fmt: skip
authored = st.one_of(
    st.sampled_from(PIECES), st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join), st.text(max_size=12),
    st.text("@:/.www#-_!aG12H<>`|*\\ ", max_size=12),
)  # fmt: skip


# -- what a reader sees --------------------------------------------------------------------------------------------------


class Seen(HTMLParser):
    """The elements of a page with their attributes, and the text between them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.events: Events = []
        self.inside: list[str] = []
        self.outside_code = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.events.append((tag, *(f"{name}={value}" for name, value in attrs)))
        self.outside_code += "\n"
        if tag in ("code", "pre", "style"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.events.append((f"/{tag}",))
        self.outside_code += "\n"
        if self.inside[-1:] == [tag]:
            self.inside.pop()

    def handle_comment(self, data: str) -> None:
        self.events.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.events.append(("declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.events.append(("instruction", data))

    def unknown_decl(self, data: str) -> None:
        self.events.append(("unknown", data))

    def handle_data(self, data: str) -> None:
        self.events.append(("text", data))
        if not self.inside:
            self.outside_code += data


def settled(events: Events) -> Events:
    """Events with the texts beside each other joined, spaces counted once, and none of no width."""
    joined: Events = []
    for kind, *rest in events:
        text = re.sub(r"\s+", " ", rest[0].replace("\u200b", "")) if kind == "text" else ""
        if kind == "text" and joined and joined[-1][0] == "text":
            joined[-1] = ("text", re.sub(r" +", " ", joined[-1][1] + text))
        else:
            joined.append((kind, text) if kind == "text" else (kind, *rest))
    stripped = [(kind, rest[0].strip()) if kind == "text" else (kind, *rest) for kind, *rest in joined]
    return [one for one in stripped if one != ("text", "")]


def rendered(text: str, *, raw: bool = True) -> Seen:
    """Markdown as GitHub renders it, with the HTML in it or without."""
    options = Options.CMARK_OPT_FOOTNOTES | (Options.CMARK_OPT_UNSAFE if raw else 0)
    return Seen(github_flavored_markdown_to_html(text, options))


def shown(text: str) -> str:
    """An author's text as a page shows it."""
    return visible(re.sub(r"\s+", " ", text))


def put(events: Events, tokens: Sequence[str], texts: Sequence[str]) -> Events:
    """The events of a benign page as they have to be with other texts in their places."""
    found: Events = []
    for one in events:
        text = one[1] if one[0] == "text" else ""
        for token, other in zip(tokens, texts, strict=True):
            text = text.replace(token, shown(other))
        found.append(("text", text) if one[0] == "text" else one)
    return settled(found)


CALLED = re.compile(r"@\w|#\d|\bGH-\d|(?<!\d):[\w+-]+:", re.IGNORECASE)
"""What a forge makes links, or pictures, of when it has rendered a text."""


def assert_only_text_differs(text: str, benign: str, tokens: Sequence[str], texts: Sequence[str]) -> None:
    """Assert that a page shows the texts in the places of the tokens, and is the same page in all else."""
    for raw in (True, False):
        seen = rendered(text, raw=raw)
        assert settled(seen.events) == put(rendered(benign, raw=raw).events, tokens, texts)
    assert not CALLED.search(rendered(text).outside_code), rendered(text).outside_code
    assert text.split("\n", maxsplit=1)[0] == benign.split("\n", maxsplit=1)[0]
    assert "<!-- socialpolicy:shop -->" not in text.partition("\n")[2]


# -- every block ---------------------------------------------------------------------------------------------------------


def page_with(text: str) -> list[Block]:
    """A page with a text everywhere where one can stand."""
    words = (Words("before "), Words(text), Words(" after"))
    code = (Words(text, code=True), Words(": "), Words(text, code=True, href="https://a.example/x_(1)"))
    return [
        Heading(words),
        Heading(plain(text)),
        Paragraph(plain(text)),
        Paragraph(words, small=True),
        Paragraph(code),
        Paragraph((Words("x "), Words(text, href="../a b/<x>.yaml"), Words(" y"))),
        Table(("one", "two"), (((plain(text),), (plain(text), words)), ((code,), ()))),
        Details("Folded", (Bullets((plain(text), words, code)), Paragraph(plain(text)))),
        Paragraph(plain("The end.")),
    ]


@given(authored)
@example("-->")
@example("x@y.zz")
def test_a_text_stays_a_text_in_every_block(text: str) -> None:
    """Nobody injects a link, an image, a call or a row of a table through a title; and nothing of the title is lost."""
    assert_a_text_in_every_block(text)


def assert_a_text_in_every_block(text: str) -> None:
    text = text if text.strip() else "nothing"
    assert_only_text_differs(markdown(page_with(text), "shop"), markdown(page_with("TOKEN"), "shop"), ["TOKEN"], [text])
    page = Seen(html("Title", page_with(text)))
    assert settled(page.events) == put(Seen(html("Title", page_with("TOKEN"))).events, ["TOKEN"], [text])


def test_each_piece_stays_a_text_in_every_block() -> None:
    """What is drawn above by chance, here one by one, and at both ends of another text."""
    for piece in PIECES:
        for text in (piece, f"{piece} x", f"x {piece}", f"x{piece}x"):
            assert_a_text_in_every_block(text)


@given(authored)
@example("```")
@example("x\n````\nx")
def test_lines_to_copy_stay_lines(text: str) -> None:
    """A fence is longer than all in it; what a person copies from it is what stands there, as far as it is visible."""
    expected = "\n".join(visible(line) for line in text.split("\n"))
    for page in (rendered(markdown([Listing(text), Paragraph(plain("x"))])), Seen(html("x", [Listing(text)]))):
        start = page.events.index(("pre",))
        inside = [one for one in page.events[start : page.events.index(("/pre",))] if one[0] == "text"]
        assert "".join(one[1] for one in inside).rstrip("\n") == expected.rstrip("\n")
        tags = {one[0] for one in page.events[start:]} - {"text"}
        assert tags <= {"pre", "/pre", "code", "/code", "p", "/p", "/body", "/html"}


@pytest.mark.parametrize(("text", "fence"), [("x", 3), ("`", 3), ("```", 4), ("x\n````\nx", 5), ("`````` x ```", 7)])
def test_a_fence_is_longer_than_all_in_it(text: str, fence: int) -> None:
    sign = "`" * fence
    assert markdown([Listing(text)]) == f"{sign}\n{text}\n{sign}\n"


def test_no_address_ends_its_link() -> None:
    """Neither the brackets and white space that end one in Markdown, nor the quotes that do in HTML."""
    page = [Paragraph((Words("x", href='https://a.example/>)"><b>y z\\&amp;'),))]
    assert markdown(page) == '[x](<https://a.example/%3E)"%3E%3Cb%3Ey%20z%5C&amp;>)\n'
    events = Seen(html("x", page)).events
    assert ("a", 'href=https://a.example/>)"><b>y z\\&amp;') in events
    assert ("b",) not in events


def test_only_what_is_in_the_repository_is_linked(tmp_path: Path) -> None:
    """A file elsewhere has no page on the forge."""
    linking = Linking("https://forge.example/blob/main/{file}#L{line}", tmp_path / "top")
    inside, outside = linking.place(str(tmp_path / "top/a b.yaml"), 3), linking.place(str(tmp_path / "c.yaml"), 3, "C")
    assert (inside.text, inside.href) == ("a b.yaml:3", "https://forge.example/blob/main/a%20b.yaml#L3")
    assert (outside.text, outside.code, outside.href) == ("C", True, "")
    assert Linking("", tmp_path / "top").place(str(tmp_path / "top/a.yaml"), 3).href == ""


@given(authored)
def test_the_marker_is_one_comment(text: str) -> None:
    """A program finds its comment by the first line, whatever the policy or its folder is called."""
    page = rendered(markdown([Paragraph(plain("x"))], text or "x"))
    assert [kind for kind, *_ in settled(page.events)] == ["comment", "p", "text", "/p"]


# -- a real policy -------------------------------------------------------------------------------------------------------

TOKENS = [f"Token{number}x" for number in range(9)]
BEFORE = """\
socialpolicy: 1
id: shop
version: "1.0.0"
title: Posts of the shop
owner: comms
vocabulary:
  facts:
    kind: {type: enum, values: [post, reply, ad], question: What is it?}
    secret: {type: bool, question: Is it secret?}
contacts:
  comms: {title: Communications, reach: "#comms"}
baseline: allow
rules:
  - {id: GONE, title: Token0x, effect: deny, scope: everything, when: {kind: ad}}
  - {id: STAYS, title: Secrets stay here, effect: deny, scope: everything, when: {secret: true}}
guarantees:
  - {id: kept, title: Token1x, when: {secret: true}, never: allow}
  - {id: away, title: Token2x, when: {kind: ad}, never: allow}
"""
AFTER = """\
socialpolicy: 1
id: shop
version: "1.0.1"
title: Token3x
owner: comms
vocabulary:
  facts:
    kind: {type: enum, values: [post, reply, ad], question: Token4x}
    secret: {type: bool, question: Is it secret?}
contacts:
  comms: {title: Communications, reach: "#comms"}
baseline: allow
rules:
  - {id: STAYS, title: Token5x, effect: deny, scope: everything, when: {secret: true}, unless: {kind: reply}}
  - {id: NEW, title: Token6x, effect: deny, scope: everything, when: {kind: post}}
  - {id: IDLE, title: Token7x, effect: deny, scope: everything, when: {kind: post, secret: true}}
guarantees:
  - {id: kept, title: Token1x, when: {secret: true}, never: allow}
  - {id: posts, title: Token2x, when: {kind: post}, never: allow}
"""
WAIVER = '[[waive]]\nfinding = "{key}"\nreason = {reason}\nby = "comms"\nuntil = 2026-12-31\n'


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder to work in, and the key of the change that is waived."""
    folder = tmp_path_factory.mktemp("authored")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("policy.yaml").write_text(BEFORE, "utf-8")
        commit(folder)
        Path("policy.yaml").write_text(AFTER, "utf-8")
        assert run(["diff", "policy.yaml", "--against", "HEAD", "-f", "json:found.json", "-f", "text:text"]) == 1
        changes = json.loads(Path("found.json").read_text("utf-8"))["result"][0]["changes"]
    shutil.rmtree(folder / ".git")
    return folder, next(one["key"] for one in changes if one["id"] == "decision-looser")


def pages_of(folder: Path, key: str, texts: Sequence[str]) -> dict[str, str]:
    """The pages that the commands write of a policy with these texts."""
    for name, text in (("before.yaml", BEFORE), ("policy.yaml", AFTER)):
        for token, other in zip(TOKENS, texts, strict=True):
            text = text.replace(token, json.dumps(other))  # noqa: PLW2901
        (folder / name).write_text(text, encoding="utf-8")
    reason = json.dumps(texts[8], ensure_ascii=True)
    (folder / ".socialpolicy.toml").write_text(WAIVER.format(key=key, reason=reason), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        found = {}
        for arguments in (
            ["diff", "before.yaml", "policy.yaml", "--at", DAY],
            ["lint", "policy.yaml", "--at", DAY],
            ["check", "policy.yaml", "--at", DAY],
        ):
            assert run([*arguments, "-f", "markdown:out.md", "-f", "html:out.html"]) in (1, 2), arguments
            for end in ("md", "html"):
                page = Path(f"out.{end}").read_text("utf-8")
                found[f"{arguments[0]}.{end}"] = re.sub(r"(base|head) \w{4}…\w{4}", r"\1 0…0", page)
    return found


@cache
def benign(folder: Path, key: str) -> dict[str, str]:
    pages = pages_of(folder, key, TOKENS)
    for token in (0, 1, 2, 5, 6, 7, 8):  # the others are named, and not shown
        assert any(TOKENS[token] in page for page in pages.values()), TOKENS[token]
    return pages


def loadable(text: str) -> bool:
    """Whether a policy may have this title; what hides, or says nothing, is refused long before any page."""
    try:
        loads(AFTER.replace("Token6x", json.dumps(text)))
    except SocialPolicyError:
        return False
    return all(c.isprintable() or c in "\n\t" for c in text)


titles = authored.filter(loadable)


@settings(max_examples=EXAMPLES // 3)
@given(st.lists(titles, min_size=len(TOKENS), max_size=len(TOKENS)))
def test_texts_of_a_policy_stay_texts_on_every_page(folders: tuple[Path, str], texts: list[str]) -> None:
    """From the file of a policy to the comment in a pull request: titles, questions, guarantees, the reason of a waiver."""
    texts = [f"{text} {number}." for number, text in enumerate(texts)]
    expected, found = benign(*folders), pages_of(*folders, texts)
    for name, page in found.items():
        if name.endswith("md"):
            assert_only_text_differs(page, expected[name], TOKENS, texts)
        else:
            assert settled(Seen(page).events) == put(Seen(expected[name]).events, TOKENS, texts)


# -- how long a page is --------------------------------------------------------------------------------------------------

NUMBERED = """\
socialpolicy: 1
id: many
version: "{version}"
title: Many rules
owner: comms
vocabulary:
  facts:
    kind: {{type: enum, values: [{values}], question: What is it?}}
contacts:
  comms: {{title: Communications, reach: "#comms"}}
baseline: allow
rules: [{rules}]
"""


def numbered(count: int, version: str, rules: int) -> str:
    """A policy with many rules, of which each denies something else."""
    every = ", ".join(
        f"{{id: R{number}, title: '{'No | <b> @ada ' * 12} {number}', effect: deny, scope: everything, when: {{kind: k{number}}}}}"
        for number in range(rules)
    )
    return NUMBERED.format(version=version, values=", ".join(f"k{number}" for number in range(count)), rules=every)


def well_formed(text: str) -> Seen:
    """A page whose elements are all closed, in order."""
    seen = rendered(text)
    stack: list[str] = []
    for tag, *_ in seen.events:
        if tag.startswith("/"):
            assert stack.pop() == tag[1:]
        elif tag not in ("text", "comment", "br", "hr", "img", "input"):
            stack.append(tag)
    assert not stack
    return seen


def test_a_comment_on_very_many_changes_says_what_it_leaves_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forge refuses a comment that is too long, and a comment that ends in the middle tells half of the truth."""
    count = 400
    monkeypatch.chdir(tmp_path)
    Path("old.yaml").write_text(numbered(count, "1.0.0", 1), "utf-8")
    Path("new.yaml").write_text(numbered(count, "1.0.1", count), "utf-8")
    assert run(["diff", "old.yaml", "new.yaml", "-f", "markdown:out.md", "-f", "html:out.html"]) == 1
    text = Path("out.md").read_text("utf-8")
    assert 54_000 < len(text) <= 60_000
    seen = well_formed(text)
    cut = re.search(r"(\d+) of (\d+) changes are shown", text)
    assert cut is not None
    rows = sum(event == ("tr",) for event in seen.events) - 1
    assert (int(cut[1]), int(cut[2])) == (rows, count - 1)
    listed = re.findall(r"([\d,]+) of ([\d,]+) are shown", text)
    assert listed
    assert Path("out.html").read_text("utf-8").count("<tr>") == count


@pytest.mark.parametrize("count", [0, 1, 700, 5000])
def test_a_report_of_very_many_findings_fits(count: int) -> None:
    found = tuple(Finding("tag", f"finding {number} of `many` | @ada", f"p/{number}.yaml") for number in range(count))
    text = as_markdown(located(Report("validate", 1, "many " * 5000, found)))
    seen = well_formed(text)
    rows = max(0, sum(event == ("tr",) for event in seen.events) - 1)
    assert len(text) <= 60_000
    told = re.search(r"([\d,]+) of ([\d,]+) findings are shown", text)
    assert (rows >= count) is (told is None)
    assert told is None or (int(told[1]), int(told[2].replace(",", ""))) == (rows, count)
    assert as_html(located(Report("validate", 1, "", found))).count("<tr>") == (count + 1 if count else 0)


def test_a_report_on_very_many_policies_fits() -> None:
    """There every heading counts, so whole policies are left out, and how many is said."""
    policy = loads(AFTER)
    every = [Compared(f"policy-{number}", policy=policy) for number in range(3000)]
    every = [Compared(one.id, only="new", policy=policy) for one in every]
    text = as_markdown(located(Report("diff", 0, "", page=lambda rows: review(every, rows))))
    well_formed(text)
    assert 54_000 < len(text) <= 60_000
    told = re.search(r"([\d,]+) of 3,000 parts of this report are shown", text)
    assert told is not None
    assert int(told[1].replace(",", "")) == text.count("\n### ")
