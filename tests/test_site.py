"""The site of the documentation is whole: nothing is left out, links lead somewhere, and nothing comes from elsewhere."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import socialpolicy

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs" / "site"))

import checking  # noqa: E402
import reference  # noqa: E402
from gathering import Page, SiteError, as_page, written_pages  # noqa: E402

FILES = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "pyproject.toml",
    "zensical.toml",
    "benchmarks/README.md",
)
FOLDERS = ("docs", "examples", "policies", "schemas", "src")
PLACES = {"docs/lint.md": "lint.md", "README.md": "readme.md", "src/socialpolicy/pages": "findings.md"}


def build(root: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of a copy of the repository."""
    command = [sys.executable, str(root / "docs" / "site" / "build.py")]
    return subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(root / "src")}
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, so that tests can break it."""
    root = tmp_path_factory.mktemp("site")
    for file in FILES:
        (root / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, root / file)
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture(scope="module")
def site(root: Path) -> Path:
    built = build(root)
    assert built.returncode == 0, built.stdout + built.stderr
    return root / "build" / "site"


# -- the site --------------------------------------------------------------------------------------------------------


def test_every_page_is_on_the_site(site: Path) -> None:
    names = [page.stem for page in (ROOT / "docs").glob("*.md") if page.stem != "index"]
    assert [name for name in names if not (site / name / "index.html").is_file()] == []
    findings = [page.stem for page in (ROOT / "src" / "socialpolicy" / "pages").glob("*.md")]
    listed = (site / "findings" / "index.html").read_text("utf-8")
    assert len(findings) > 100
    for name in findings:
        assert (site / "findings" / name / "index.html").is_file()
        assert f'/findings/{name}/"' in listed


def test_the_browser_is_told_to_load_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 200
    for page in pages:
        policy = re.search(r'http-equiv="?Content-Security-Policy"? content="([^"]*)"', page.read_text("utf-8"))
        assert policy, page
        assert policy[1].startswith("default-src 'self';")
        assert "http" not in policy[1]


def test_names_of_python_come_from_their_docstrings(site: Path) -> None:
    page = (site / "reference" / "python" / "index.html").read_text("utf-8")
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert [name for name in socialpolicy.__all__ if not any(one.endswith(f".{name}") for one in ids)] == []
    assert "Raises" in page


def test_search_finds_what_stands_on_a_page(site: Path) -> None:
    items = json.loads((site / "search.json").read_text("utf-8"))["items"]
    assert any("rule-never-matters" in item["location"] for item in items)
    assert any("pull request" in item["text"] for item in items if item["location"].startswith("review/"))


def test_no_page_offers_to_edit_it(site: Path) -> None:
    assert [page for page in site.rglob("*.html") if 'rel="edit"' in page.read_text("utf-8")] == []


# -- what is wrong stops it ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ('<a href="../nowhere/">x</a>', "the link to ../nowhere/ leads nowhere"),
        ('<a href="../tutorial/#nowhere">x</a>', "the link to ../tutorial/#nowhere leads nowhere"),
        ('<a href="../../../../nowhere.html">x</a>', "leads nowhere"),
        ('<img src="nowhere.png">', "the link to nowhere.png leads nowhere"),
        ('<img src="https://example.com/x.png">', "loads https://example.com/x.png"),
        ('<script async src="//example.com/x.js"></script>', "loads //example.com/x.js"),
        ("<link rel=stylesheet href=https://example.com/x.css>", "loads https://example.com/x.css"),
        ("<style>body { background: url(https://example.com/x.png) }</style>", "loads https://example.com/x.png"),
    ],
)
def test_a_page_that_leads_nowhere_or_elsewhere_is_told(tmp_path: Path, planted: str, said: str) -> None:
    for name in ("lint", "tutorial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text('<h1 id="a">A</h1><a href="../lint/#a">A</a>', "utf-8")
    assert checking.problems_of_site(tmp_path) == []
    page = tmp_path / "lint" / "index.html"
    page.write_text(page.read_text("utf-8") + planted, "utf-8")
    assert any(
        f"lint/index.html: {said}" in problem or said in problem for problem in checking.problems_of_site(tmp_path)
    )


def test_the_navigation_has_every_page_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [Page("a.md", "", "docs/a.md"), Page("b.md", "", "docs/b.md"), Page("findings/c.md", "", "pages/c.md")]
    monkeypatch.setattr(checking, "config", lambda: {"nav": ["a.md", {"More": ["b.md"]}]})
    assert checking.problems_of_pages(pages) == []
    monkeypatch.setattr(checking, "config", lambda: {"nav": ["a.md", {"More": ["gone.md", "a.md"]}]})
    assert checking.problems_of_pages(pages) == [
        "zensical.toml: the navigation has gone.md, which is no page.",
        "zensical.toml: the navigation has a.md twice.",
        "zensical.toml: the navigation misses b.md (docs/b.md).",
    ]


# -- pages as they are written, and as pages of the site -------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("See [lint](lint.md#a).", "See [lint](lint.md#a)."),
        ("[It](../README.md)", "[It](readme.md)"),
        ("[all](../src/socialpolicy/pages)", "[all](findings.md)"),
        ("[two\nlines](../README.md)", "[two\nlines](readme.md)"),
        ("`[no](link.md)`", "`[no](link.md)`"),
        ("[far](https://example.com/a.md)", "[far](https://example.com/a.md)"),
        ("[here](#there)", "[here](#there)"),
        ("<!-- file: a.yaml -->\n```yaml\na: 1\n```", '\n```yaml title="a.yaml"\na: 1\n```'),
        ("<!-- add: a.yaml -->\n```yaml\na: 1\n```", '\n```yaml title="a.yaml, at the end"\na: 1\n```'),
        ("<!-- sketch -->\n```yaml\n[a](b.md)\n```", "\n```yaml\n[a](b.md)\n```"),
        ("- a\n  - b\n    c", "- a\n    - b\n        c"),
        ("    code", "    code"),
    ],
)
def test_a_page_of_the_site(written: str, expected: str) -> None:
    assert as_page(written, "docs/page.md", "page.md", PLACES).strip("\n") == expected.strip("\n")


def test_a_link_that_no_page_shows_is_told_with_its_line() -> None:
    text = "# Page\n\n```yaml\na: 1\n```\n\nOne.\nSee [it](nowhere.md).\n"
    with pytest.raises(SiteError, match=r"^docs/page\.md:8: no page of the site shows docs/nowhere\.md"):
        as_page(text, "docs/page.md", "page.md", PLACES)


def test_links_from_a_folder_lead_back() -> None:
    assert (
        as_page("[lint](../docs/lint.md)", "benchmarks/README.md", "reference/x.md", PLACES) == "[lint](../lint.md)\n"
    )


# -- made pages ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made() -> dict[str, Page]:
    return {page.path: page for page in reference.made_pages()[0]}


@pytest.mark.parametrize("kind", reference.KINDS, ids=lambda kind: kind.name)
def test_every_key_of_a_kind_of_file_is_on_its_page(made: dict[str, Page], kind: reference.Kind) -> None:
    text = made[f"reference/{kind.name}-file.md"].text
    schema = json.loads((ROOT / "schemas" / f"{kind.name}.schema.json").read_text("utf-8"))
    parts = [schema, *schema.get("$defs", {}).values()]
    keys = {key for part in parts for key in part.get("properties", {})}
    assert keys
    assert [key for key in sorted(keys) if f"| `{key}` |" not in text] == []


def test_every_command_and_option_is_in_the_reference(made: dict[str, Page]) -> None:
    text = made["reference/commands.md"].text
    assert "\n## validate\n" in text
    assert "--against" in text
    assert "[OPTIONS]" in text


def test_a_module_says_in_the_reference_what_it_is(made: dict[str, Page]) -> None:
    text = made["reference/modules.md"].text
    assert (
        "| `interpret` | The definition of a decision: slow, small, and plain enough to read in ten minutes. |" in text
    )
    assert text.index("| `cli` |") < text.index("| `interpret` |") < text.index("| `values` |")


def test_what_the_pages_import_is_in_the_reference(made: dict[str, Page]) -> None:
    text = made["reference/python.md"].text
    pages = "".join(page.text for page in written_pages({page.source: page.path for page in made.values()}))
    imports = re.findall(r"from (socialpolicy[\w.]*) import ([\w, ]+)", pages)
    names = {(module, name.strip()) for module, many in imports for name in many.split(",")}
    assert len(names) > 20
    assert sorted(f"{module}.{name}" for module, name in names if f"::: {module}.{name}\n" not in text) == []


def test_each_example_of_a_finding_keeps_its_language(made: dict[str, Page]) -> None:
    text = made["findings/rule-never-matters.md"].text
    assert "```yaml\n" in text
    assert "```yaml lint" not in text
    assert "[`rule-always-overridden`](rule-always-overridden.md)" in text
