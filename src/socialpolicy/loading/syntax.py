"""Tell in the author's words why a text is no YAML, at the place that is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from socialpolicy.loading.documents import SECOND, Document

QUOTE_IT = "inside { } and [ ] a text with , ? : # or brackets goes in quotes."
COLUMNS = "check the indentation: entries of one list or mapping begin in the same column."


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the parser says, told in the author's words. ``begin`` is whether it stands where the thing begins that fails."""

    said: re.Pattern[str]
    begin: bool
    message: str
    hint: str


def trouble(said: str, message: str, hint: str, *, begin: bool = False) -> Trouble:
    """One row of the table."""
    return Trouble(re.compile(said), begin, message, hint)


# What the two parsers (in C, in Python) say of one mistake differs in words alone; the first row that fits counts.
TROUBLES = (
    trouble(r"tab|'\\t'", "a tab stands here.", "indent with blanks, not with tabs."),
    trouble(r"quoted scalar.*(end of stream|document)", "this quote is not closed.", "close it; a quote inside quotes is written twice ('') or as \\\".", begin=True),
    trouble(r"escape|hexdecimal", "this backslash stands for no character.", r"write the character itself, \\ for a backslash, or the text in single quotes."),
    trouble(r"cannot start any token", "a text cannot begin with this sign.", "put the text in quotes."),
    trouble(r"an (alias|anchor)", "a text cannot begin with * or &.", 'put it in quotes, as in "*.example".', begin=True),
    trouble(r"a tag|tag handle|parsing a node", "a text cannot begin with !.", "put it in quotes.", begin=True),
    trouble(r"block scalar", "| or > begins a text on the lines below, and nothing stands behind it.", "put a text that begins with | or > in quotes.", begin=True),
    trouble(r"simple key", "a colon with a blank behind it is missing: this is no `key: value`.", "write `key: value`; or check the indentation of this line and the one before.", begin=True),
    trouble(r"mapping values are not", "a colon with a blank behind it begins a value, and none can begin here.", 'put a text with ": " in it in quotes; or check the indentation of this line and the one before.'),
    trouble(r"sequence entries are not", "a list cannot begin behind a key on the same line.", "begin each entry on a line of its own, or write [a, b]."),
    trouble(r"mapping keys are not", "a key cannot begin here.", "put a text that begins with ? in quotes."),
    trouble(r"node content", "something is missing here.", "remove the comma or the bracket that is too many; " + QUOTE_IT),
    trouble(r"flow (mapping|sequence)", "a comma or the closing bracket is missing before this.", QUOTE_IT),
    trouble(r"block (mapping|collection|end)", "this line fits no entry above it.", COLUMNS),
)  # fmt: skip


def syntax(document: Document, error: yaml.YAMLError) -> None:
    """Add the finding for text that is no YAML."""
    mark, begin = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    mark = mark or begin
    said = f"{getattr(error, 'context', None) or ''}: {getattr(error, 'problem', None) or error}"
    row = next((row for row in TROUBLES if row.said.search(said)), None)
    if row and row.begin and begin:
        mark = begin
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    document.line(1)
    ended = line > len(document.lines) or not "".join(document.lines[line - 1 :])[column - 1 :].strip()
    if ended:
        line, column = last_place(document)
    id, message, hint = (
        "syntax",
        row.message if row else f"this is no YAML ({said.strip(': ')[:200]}).",
        row.hint if row else "",
    )
    if "<document start>" in said:
        id, (message, hint) = "second-document", SECOND
    elif (
        row
        and "node content" not in said
        and "flow " in said
        and begin
        and (ended or unclosed(document, begin.line + 1, line))
    ):
        line, column, message = begin.line + 1, begin.column + 1, "this bracket is not closed."
        tag = re.search(r"\s(#\w+)", document.line(line)[column:])
        hint = (
            f'`{tag[1]}` starts a comment; write "{tag[1]}".'
            if tag
            else "close it. " + QUOTE_IT[0].upper() + QUOTE_IT[1:]
        )
    elif row:
        line, column, message, hint = nearer(document, line, column, said, message, hint)
    document.findings = [finding for finding in document.findings if finding.line != line]
    document.add_place(id, line, column, column + 1, message, hint)


def last_place(document: Document) -> tuple[int, int]:
    """Where the last letter of a document stands."""
    line = next((number for number in range(len(document.lines), 0, -1) if document.line(number).strip()), 1)
    return line, max(1, len(document.line(line).rstrip()))


def unclosed(document: Document, opened: int, line: int) -> bool:
    """Whether a bracket opened on one line was still open when the text on another went on outside it."""
    return line > opened and indentation(document.line(line)) <= indentation(document.line(opened))


def indentation(text: str) -> int:
    """How many blanks a line begins with."""
    return len(text) - len(text.lstrip(" "))


def nearer(document: Document, line: int, column: int, said: str, message: str, hint: str) -> tuple[int, int, str, str]:
    """Tell the mistakes more exactly that can be told by the text around them."""
    text = document.line(line)
    here, before = text[column - 1 : column], text[: column - 1]
    for number in (line, line - 1):
        told = document.line(number).strip()
        if told.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            return (
                number,
                1,
                "two versions of this text were merged and are still both here.",
                "settle it, and remove the lines with <<<<<<<, ======= and >>>>>>>.",
            )
        if told.startswith(("//", "/*")):
            return (
                number,
                document.line(number).index("/") + 1,
                "this is no comment.",
                "remove it; comments begin with # and a blank, and JSON has none.",
            )
    if "{{" in text or "{%" in text:
        at = min(place for place in (text.find("{{"), text.find("{%")) if place >= 0)
        return (
            line,
            at + 1,
            "a text cannot begin with this sign.",
            "fill in the template first, or put the text in quotes.",
        )
    if "escape" in said or "hexdecimal" in said:
        return line, text.rfind("\\", 0, column) + 1 or column, message, hint
    if "start any token" in said and here in ("@", "`", "%"):
        word = text[column - 1 :].split(",")[0].strip(" ]}")[:40]
        return line, column, f"a text cannot begin with {here}.", f'put it in quotes, as in "{word}".'
    if "simple key" in said and text.find(":", column) > column + 1000:
        return line, column, "this key has more than 1,024 characters.", "write a shorter one."
    if "simple key" in said and here in ('"', "'") and text.count(here) % 2:
        return line, column, "a key has to stand on one line.", "close the quote on this line."
    if "block " in said:
        if here in ("}", "]"):
            return line, column, "this bracket closes nothing.", "remove it, or put the text in quotes."
        if here == ":":
            return line, column, "the key before this colon is missing.", "write `key: value`."
        if before.rstrip().endswith(('"', "'")):
            return (
                line,
                column,
                "the text in quotes ends before this.",
                "a quote inside quotes is written twice ('') or as \\\".",
            )
        if before.strip():
            return line, column, "the value before this ends here.", "put the whole text in quotes."
    return line, column, message, hint
