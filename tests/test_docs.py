"""The documentation is true: its code runs, its commands print what stands below them, its policies load.

Each page is worked through from top to bottom, in a folder of its own that has copies of `policies`, `examples` and `schemas`:

- a `python` block is run (one with `>>>` as a doctest); the blocks of a page share their names;
- a `console` block has commands, `$ socialpolicy ...`, and below each all that it prints. `...` stands for any text within a
  line, or alone for any lines. The exit status is 0, or what the command line says: `# exit status 1`;
- a block below `<!-- file: NAME -->` is written to that file, one below `<!-- add: NAME -->` is added to its end; a `diff`
  block below `<!-- edit: NAME -->` changes some of its lines;
- a `yaml` block below `<!-- in: NAME -->` has sections that stand in for those of the policy of that name, which then loads
  without a finding; below `<!-- sketch -->` it is not checked.
"""

from __future__ import annotations

import doctest
import io
import re
import shlex
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from pydantic import BaseModel

import socialpolicy
from socialpolicy import loads
from socialpolicy.cli.main import COMMANDS, Commands, run
from socialpolicy.loading.models import CasesFile, PolicyText, VocabularyFile

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]
COPIED = ("policies", "examples", "schemas")
STATUS = re.compile(r"\s+# exit status (\d+)$")


@dataclass
class Block:
    """A fenced block of a page: its language, the comment above it, its text, and its first line."""

    language: str
    comment: str
    text: str
    line: int


@dataclass
class World:
    """A folder to work in, and what the Python of a page has defined so far."""

    folder: Path
    names: dict[str, Any] = field(default_factory=dict)


def blocks(page: Path) -> list[Block]:
    found: list[Block] = []
    above, open_block = "", None
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        if open_block is not None:
            if line.strip() == "```":
                found.append(open_block)
                open_block, above = None, ""
            else:
                open_block.text += line + "\n"
        elif line.startswith("```"):
            comment = re.fullmatch(r"<!-- (.*) -->", above)
            open_block = Block(line[3:].strip(), comment[1] if comment else "", "", number + 1)
        elif line.strip():
            above = line.strip()
    assert open_block is None, f"{page.name}: a block is not closed"
    return found


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


# -- what a block says is so -----------------------------------------------------------------------------------------


def check(block: Block, world: World, page: str) -> None:
    where = f"{page}:{block.line}"
    word, _, argument = block.comment.partition(": ")
    if word == "file":
        file = world.folder / argument
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, "utf-8")
    elif word == "add":
        file = world.folder / argument
        file.write_text(file.read_text("utf-8") + block.text, "utf-8")
    elif word == "edit":
        file = world.folder / argument
        file.write_text(edited(file.read_text("utf-8"), block.text, where), "utf-8")
    elif word == "in":
        policy = loads(put_in((world.folder / argument).read_text("utf-8"), block.text), name=where)
        assert not policy.warnings, f"{where}: {policy.warnings[0]}"
    elif block.language == "console":
        check_console(block, where)
    elif block.language == "python" and ">>> " in block.text:
        check_doctest(block, world, page)
    elif block.language == "python":
        exec(compile("\n" * (block.line - 1) + block.text, page, "exec"), world.names)
    elif block.language == "yaml":
        assert word == "sketch" or page in ("docs/semantics.md", "docs/glossary.md"), f"{where}: say what this block is"


def edited(text: str, change: str, where: str) -> str:
    """A text after a change, whose lines begin with `-` (goes), `+` (comes) or a blank (stays)."""
    lines = change.splitlines(keepends=True)
    old, new = ("".join(line[1:] for line in lines if line[0] != mark) for mark in "+-")
    assert text.count(old) == 1, f"{where}: these lines are in the file {text.count(old)} times"
    return text.replace(old, new)


def put_in(base: str, text: str) -> str:
    """A policy with some sections in place of its own."""
    return "".join((sections(base) | sections(text)).values())


def sections(text: str) -> dict[str, str]:
    """The text of each section by its key."""
    parts = re.split(r"^(?=[A-Za-z_])", text, flags=re.MULTILINE)
    return {part.split(":")[0]: part for part in parts if ":" in part and not part.startswith("#")}


def check_console(block: Block, where: str) -> None:
    for command, expected in commands(block.text):
        status = int(found[1]) if (found := STATUS.search(command)) else 0
        words = shlex.split(STATUS.sub("", command))
        assert words[0] == "socialpolicy", f"{where}: {command}"
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            got = run(words[1:])
        printed = "\n".join(line.rstrip() for line in out.getvalue().rstrip("\n").split("\n"))
        assert like(expected, printed), f"{where}: {command}\n--- the page has\n{expected}\n--- it prints\n{printed}"
        assert got == status, f"{where}: {command}: exit status {got}"


def commands(text: str) -> list[tuple[str, str]]:
    """The commands of a block, each with what stands below it."""
    found = []
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = re.sub(r"\\\n\s*", "", part).partition("\n")
        found.append((command, expected.rstrip("\n")))
    return found


def like(expected: str, printed: str) -> bool:
    """Whether a text is as expected, with `...` for any text within a line, and for any lines where it stands alone."""
    pattern = []
    for line in expected.split("\n"):
        if line.strip() == "...":
            pattern.append(r"(?:.*\n)*?")
        else:
            pattern.append(".*".join(map(re.escape, line.rstrip().split("..."))) + r"\n")
    return re.fullmatch("".join(pattern), printed + "\n") is not None


def check_doctest(block: Block, world: World, page: str) -> None:
    test = doctest.DocTestParser().get_doctest(block.text, world.names, page, page, block.line - 1)
    out = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    runner.run(test, out=out.write, clear_globs=False)
    world.names.update(test.globs)
    assert not runner.failures, out.getvalue()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in COPIED:
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(socialpolicy.__file__).parent.parent))  # for processes that a page starts
    world = World(tmp_path, {"__name__": "docs"})
    for block in blocks(page):
        check(block, world, name_of(page))


def test_the_first_command_of_the_readme_decides(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    first, second = [block.text for block in blocks(ROOT / "README.md") if block.language == "sh"]
    install, _, command = first.partition(".venv/bin/socialpolicy ")
    assert install == "python3 -m venv .venv && .venv/bin/pip install -q . && "
    assert run(shlex.split(command)) == 0
    assert capsys.readouterr().out.startswith("Good to go")
    assert second == "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/pytest -n 2\n"


# -- the checks above really fail ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("a\nb", "a\nb", True),
        ("a", "a\nb", False),
        ("a\nb", "a", False),
        ("a\n...", "a\nb\nc", True),
        ("...\nc", "a\nb\nc", True),
        ("a\n...\nc", "a\nc", True),
        ("a ... c", "a b c", True),
        ("a ... c", "a b\nc", False),
        ("a.c", "abc", False),
    ],
)
def test_like(expected: str, printed: str, *, same: bool) -> None:
    assert like(expected, printed) is same


@pytest.mark.parametrize(
    "block",
    [
        Block("console", "", "$ socialpolicy --version\nsocialpolicy 0.0.0\n", 1),
        Block("console", "", "$ socialpolicy --version # exit status 1\n...\n", 1),
        Block("console", "", "$ socialpolicy nonsense\n...\n", 1),
        Block("console", "", "$ echo 1\n1\n", 1),
        Block("python", "", "assert 1 == 2\n", 1),
        Block("python", "", ">>> 1\n2\n", 1),
        Block("python", "", "raise ValueError\n", 1),
        Block("yaml", "", "a: 1\n", 1),
        Block("yaml", "in: policies/acme/policy.yaml", "rules:\n  - id: A\n", 1),
    ],
)
def test_a_block_that_is_wrong_fails(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises((AssertionError, ValueError, socialpolicy.PolicyError)):
        check(block, World(ROOT), "README.md")


# -- nothing is left out, and links lead somewhere -------------------------------------------------------------------


def models(model: type[BaseModel], found: dict[str, type[BaseModel]]) -> dict[str, type[BaseModel]]:
    """A model and all that it is made of."""
    if model.__name__ not in found:
        found[model.__name__] = model
        for one in model.model_fields.values():
            for inner in models_in(one.annotation):
                models(inner, found)
    return found


def models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for inner in get_args(annotation) for found in models_in(inner)]


@pytest.mark.parametrize("model", [PolicyText, CasesFile, VocabularyFile])
def test_every_key_of_a_file_is_on_a_page(model: type[BaseModel]) -> None:
    text = "".join((DOCS / page).read_text("utf-8") for page in ("policy-file.md", "testing.md", "vocabulary.md"))
    keys = {one.alias or name for found in models(model, {}).values() for name, one in found.model_fields.items()}
    assert len(keys) > 10
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", text)] == []


def test_every_command_and_option_is_on_its_page() -> None:
    text = (DOCS / "cli.md").read_text("utf-8")
    group = Commands("socialpolicy")
    for name in COMMANDS:
        command = group.get_command(click.Context(group), name)
        assert command is not None
        assert f"\n## {name}\n" in text
        options = {option for one in command.params if isinstance(one, click.Option) for option in one.opts}
        assert [option for option in sorted(options) if f"`{option}" not in text] == [], name


def test_every_page_is_on_the_map() -> None:
    text = (DOCS / "index.md").read_text("utf-8")
    assert [
        page.name for page in sorted(DOCS.glob("*.md")) if page.name != "index.md" and f"]({page.name})" not in text
    ] == []


def test_every_exported_name_is_on_the_page_of_the_api() -> None:
    text = (DOCS / "api.md").read_text("utf-8")
    assert [name for name in socialpolicy.__all__ if not re.search(rf"\b{name}\b", text)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), f"{name_of(page)}: {target}"
        if anchor:
            assert anchor in anchors(file), f"{name_of(page)}: {target}"


def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_lines_are_not_too_long(page: Path) -> None:
    lines = page.read_text("utf-8").splitlines()  # a row of a quoted table cannot be broken
    assert [number for number, line in enumerate(lines, 1) if len(line) > 120 and not line.startswith("> |")] == []


def test_the_comment_that_reviewers_read_is_what_a_diff_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = DOCS / "review.md"
    for block in blocks(page):
        if block.comment in ("file: before.yaml", "file: draft.yaml"):
            (tmp_path / block.comment.removeprefix("file: ")).write_text(block.text, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["diff", "before.yaml", "draft.yaml", "-f", "markdown"]) == 1
    printed = re.sub(r"[*#>]|<(?!br)[^>]*>", "", capsys.readouterr().out)
    quoted = re.findall(r"^> ?(.*)$", page.read_text("utf-8"), flags=re.MULTILINE)
    shown = [re.sub(r"[*#>]|<(?!br)[^>]*>|^▸", "", line).strip() for line in quoted]
    assert len(shown) > 8
    assert [line for line in shown if line not in printed] == []


def test_the_table_of_the_core_vocabulary_is_up_to_date() -> None:
    names: dict[str, Any] = {"__name__": "docs", "__file__": str(DOCS / "core_table.py")}
    exec((DOCS / "core_table.py").read_text("utf-8"), names)
    page = (DOCS / "vocabulary.md").read_text("utf-8")
    assert names["put_in"](page) == page, "run python docs/core_table.py"
