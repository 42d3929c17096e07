"""Every finding has its page, and every page is true.

What a page calls wrong gives that finding and no other, what it calls right gives none.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import socialpolicy
from beside_help import SITUATIONS as OF_FILES_BESIDE
from building_help import SITUATIONS as OF_BUILDING
from commands_help import SITUATIONS as OF_REPORTS
from diff_help import IDS as OF_A_DIFF
from diff_help import SITUATIONS as OF_DIFFS
from releases_help import SITUATIONS as OF_RELEASES
from socialpolicy import ActionError, CasesError, LimitError, Policy, PolicyError, load, loads, save
from socialpolicy.cli.validate import validate
from socialpolicy.loading.policies import load_file
from socialpolicy.loading.reading import read_file, read_text
from socialpolicy.tidying import lint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Set

PACKAGE = Path(socialpolicy.__file__).parent
PAGES = PACKAGE / "pages"
BASE = (Path(__file__).parent / "pages_base.yaml").read_text("utf-8")
LINT_BASE = (Path(__file__).parent / "pages_lint_base.yaml").read_text("utf-8")
LINT_AT = datetime(2026, 6, 15, tzinfo=UTC)
NAMES = sorted(page.stem for page in PAGES.glob("*.md"))


# -- the pages -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page: the heading that it stands under, what it is, and its text."""

    heading: str
    kind: str
    text: str


def text_of(name: str) -> str:
    return (PAGES / f"{name}.md").read_text("utf-8")


def blocks(name: str) -> list[Block]:
    found: list[Block] = []
    lines: list[str] = []
    heading, kind = "", None
    for line in text_of(name).splitlines():
        if line.startswith("```"):
            if kind is None:
                kind, lines = line.removeprefix("```"), []
            else:
                found.append(Block(heading, kind, "\n".join(lines) + "\n"))
                kind = None
        elif kind is not None:
            lines.append(line)
        elif line.startswith("## "):
            heading = line.removeprefix("## ")
    assert kind is None, "a block is not closed"
    return found


def prose(text: str) -> list[str]:
    """The lines of a page that stand in no block."""
    return [line for part in text.split("\n```")[::2] for line in part.splitlines()]


# -- what the blocks give --------------------------------------------------------------------------------------------


@cache
def base() -> Policy:
    return loads(BASE)


def sections(text: str) -> dict[str, str]:
    """The text of each section of a policy by its key; what stands above the first is the comment."""
    parts = re.split(r"^(?=[A-Za-z_])", text, flags=re.MULTILINE)
    return {part.split(":")[0]: part for part in parts if ":" in part and not part.startswith("#")}


def put_in(text: str, base: str = BASE) -> str:
    """The base policy with these sections in place of its own."""
    return "".join((sections(base) | sections(text)).values())


def findings(block: Block, folder: Path) -> list[str]:
    """The ids of all findings in a block, warnings among them; where it holds cases, of those that fail as well."""
    try:
        match block.kind:
            case "yaml" | "yaml file":
                policy = loads(put_in(block.text) if block.kind == "yaml" else block.text)
                return [finding.id for finding in policy.warnings]
            case "yaml lint" | "yaml lint file":
                return linted(put_in(block.text, LINT_BASE) if block.kind == "yaml lint" else block.text)
            case "yaml cases":
                (folder / "cases.yaml").write_text(block.text, "utf-8")
                results = base().test(folder / "cases.yaml")
                failed = [f"{result.case.id}: {result.differences}" for result in results.failed]
                return [*(finding.id for finding in results.warnings), *failed]
            case "yaml action" | "json action":
                document = read_text(block.text, "action")
                if not document.findings:
                    base().decide(document.data)
                return [finding.id for finding in document.findings]
            case _:
                pytest.fail(f"{block.kind} is no kind of block")
    except (PolicyError, CasesError) as error:
        return [finding.id for finding in error.findings]
    except ActionError as error:
        return [problem.id for problem in error.problems]
    except LimitError as error:
        return [error.finding.id]


def linted(text: str) -> list[str]:
    """The ids of all that `lint` finds in a policy, and of the warnings before."""
    policy = loads(text)
    found = lint(policy, at=LINT_AT, document=read_text(text, "policy"))
    return [finding.id for finding in (*policy.warnings, *found)]


# Findings that the text of a policy cannot show: their pages have commands, and each is brought about here.


def a_link_that_leads_out(folder: Path) -> list[str]:
    (folder / "policies").mkdir()
    (folder / "elsewhere.yaml").write_text(BASE, "utf-8")
    (folder / "policies" / "policy.yaml").symlink_to(folder / "elsewhere.yaml")
    return of_file(folder / "policies" / "policy.yaml", root=folder / "policies")


def a_file_that_is_not_there(folder: Path) -> list[str]:
    return of_file(folder / "policy.yaml")


def text_in_another_encoding(folder: Path) -> list[str]:
    (folder / "policy.yaml").write_bytes(BASE.replace("Acme", "Café").encode("cp1252"))
    return of_file(folder / "policy.yaml")


def too_many_brackets(folder: Path) -> list[str]:
    (folder / "policy.yaml").write_text(BASE + f"x-deep: {'[' * 100}{']' * 100}\n", "utf-8")
    return of_file(folder / "policy.yaml")


def cases_without_a_policy(folder: Path) -> list[str]:
    (folder / "cases.yaml").write_text("cases_for: acme\nassume: nothing\ncases: []\n", "utf-8")
    return validated(folder / "cases.yaml")


def a_changed_program(folder: Path) -> list[str]:
    save(base().program, folder / "acme.json")
    text = (folder / "acme.json").read_text("utf-8")
    (folder / "acme.json").write_text(text.replace("trade_secret", "public", 1), "utf-8")
    return validated(folder / "acme.json")


def a_proof_that_takes_too_long(folder: Path) -> list[str]:
    text = put_in("rules:\n" + "".join(map(hard_rule, range(40))), LINT_BASE)
    return sorted({finding.id for finding in lint(loads(text), conflicts=1) if finding.id == "lint-open"})


def hard_rule(number: int) -> str:
    """A rule that asks for three of many facts, each true or false, as the bits of its number say."""
    names = [
        "content.ai_label",
        "content.concerted",
        "content.about_work",
        "content.mentions_company",
        "content.shows_others",
    ]
    tests = ", ".join(f"{name}: {'true' if number >> place & 1 else 'false'}" for place, name in enumerate(names))
    return f"  - {{id: R{number}, title: R, effect: deny, scope: everything, when: {{{tests}}}}}\n"


def of_file(path: Path, *, root: Path | None = None) -> list[str]:
    try:
        load_file(path, root=root)
    except PolicyError as error:
        return [finding.id for finding in error.findings]
    except LimitError as error:
        return [error.finding.id]
    return []


def validated(path: Path) -> list[str]:
    document = read_file(path)
    validate(document, {})
    return [finding.id for finding in document.findings]


SITUATIONS: dict[str, Callable[[Path], list[str]]] = {
    "outside-root": a_link_that_leads_out,
    "unreadable-file": a_file_that_is_not_there,
    "not-utf8": text_in_another_encoding,
    "limit-reached": too_many_brackets,
    "policy-not-found": cases_without_a_policy,
    "bad-program": a_changed_program,
    "lint-open": a_proof_that_takes_too_long,
    **OF_BUILDING,
    **OF_RELEASES,
    **OF_DIFFS,
    **OF_FILES_BESIDE,
    **OF_REPORTS,
}


# -- the findings of the library -------------------------------------------------------------------------------------

FINDINGS = frozenset({"Finding", "Problem", "Refuse"})
GUARANTEES = {"guarantee-fails", "guarantee-vacuous", "guarantee-open"}
PUT_TOGETHER = {
    "f'unknown-{kind}'": {"unknown-rule", "unknown-fact", "unknown-contact", "unknown-playbook"},
    "f'{id}-{word}'": {"template-added", "template-removed", "playbook-added", "playbook-removed"},
    "f'guarantee-{one.status}'": GUARANTEES,
    "f'guarantee-{result.status.value}'": GUARANTEES,
}
"""Ids that are put together from parts, with the values that they can have."""


def emitted() -> dict[str, str]:
    """Every finding id in the source of the library, with a place where it is emitted."""
    trees = {file.relative_to(PACKAGE): ast.parse(file.read_text("utf-8")) for file in sorted(PACKAGE.rglob("*.py"))}
    emitters = FINDINGS | {name for tree in trees.values() for name in takers(tree)}
    found = dict.fromkeys(OF_A_DIFF, "diffing.py")  # that stand in its tables, and not where they are emitted
    for file, tree in trees.items():
        for scope in ast.walk(tree):
            if isinstance(scope, ast.FunctionDef | ast.Module):
                for call in own_calls(scope, emitters):
                    for name in ids(call, scope):
                        found.setdefault(name, f"{file}:{call.lineno}")
    return found


def takers(tree: ast.Module) -> Iterator[str]:
    """The names of the functions that take an id first, such as ``Document.add``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [item.arg for item in node.args.args if item.arg != "self"]
            if names[:1] == ["id"]:
                yield node.name


def own_calls(scope: ast.FunctionDef | ast.Module, emitters: Set[str]) -> Iterator[ast.Call]:
    """The calls in a function (or a module) that may emit a finding, those in functions inside it apart."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef):
            continue
        waiting.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Call) and len(node.args) + len(node.keywords) > 1:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in emitters:
                yield node


def ids(call: ast.Call, scope: ast.AST) -> set[str]:
    """The ids that a call may emit; none where it passes on the id of another finding, or is a call of another kind."""
    first = call.args[0] if call.args else next((word.value for word in call.keywords if word.arg == "id"), None)
    match first:
        case ast.Constant(value=str() as id):
            return {id} if re.fullmatch(r"[a-z0-9-]+", id) else set()
        case ast.JoinedStr():
            return PUT_TOGETHER[ast.unparse(first)]
        case ast.Name(id=name):
            return {value for target, value in assigned(scope) if target == name}
        case _:
            return set()


def assigned(scope: ast.AST) -> Iterator[tuple[str, str]]:
    """The names in a function that are set to a text, with that text."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=True))
                for name, value in pairs:
                    if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                        yield name.id, value.value


# -- tests -----------------------------------------------------------------------------------------------------------


def test_every_finding_has_a_page_and_every_page_a_finding() -> None:
    found = emitted()
    without = {name: place for name, place in found.items() if name not in NAMES}
    assert not without, f"no page in {PAGES}: {without}"
    assert set(NAMES) <= set(found), "no finding has these ids"
    assert set(SITUATIONS) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_reads_well_on_a_terminal(name: str) -> None:
    text = text_of(name)
    lines = text.splitlines()
    assert lines[0] == f"# {name}"
    assert lines[1] == "" != lines[2]
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert 10 <= len(lines) <= 40
    assert max(map(len, lines)) <= 100
    assert "\t" not in text
    assert not any(line != line.rstrip() for line in lines)
    assert not [line for line in prose(text) if line.count("`") % 2], "a name in `…` is cut in two"
    headings = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    assert headings in (["Wrong", "Right"], ["Wrong", "Right", "See also"])


@pytest.mark.parametrize("name", NAMES)
def test_a_page_names_other_pages_that_there_are(name: str) -> None:
    _, _, others = text_of(name).partition("## See also\n")
    named = [word.strip() for word in others.replace("\n", " ").split(",") if word.strip()]
    assert set(named) <= set(NAMES) - {name}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in SITUATIONS])
def test_what_is_wrong_gives_the_finding_and_what_is_right_gives_none(name: str, tmp_path: Path) -> None:
    wrong = [block for block in blocks(name) if block.heading == "Wrong"]
    right = [block for block in blocks(name) if block.heading == "Right"]
    assert wrong
    assert right
    for block in wrong:
        assert set(findings(block, tmp_path)) == {name}, block.text
    for block in right:
        assert findings(block, tmp_path) == [], block.text


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_a_page_tells_without_a_text_gives_its_finding(name: str, tmp_path: Path) -> None:
    assert [block.kind for block in blocks(name)] == ["sh", "sh"]
    assert SITUATIONS[name](tmp_path) == [name]


def test_the_policy_of_the_pages_is_sound(tmp_path: Path) -> None:
    assert linted(LINT_BASE) == []
    assert base().warnings == ()
    (tmp_path / "policy.yaml").write_text(BASE, "utf-8")
    assert load(tmp_path).digest == base().digest
