"""What the comparison with other engines says of them is what they answer: all of them run, on the same policy.

Cerbos comes from npm and OPA's engine from PyPI, both into a folder of the user's cache; `-e '.[compare]'` has the others.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).parent.parent
HOME = ROOT / "examples" / "comparison"
GOLDEN = Path(__file__).parent / "golden" / "comparison.txt"
PAGE = (ROOT / "docs" / "comparison.md").read_text("utf-8")
CERBOS, OPA = "0.55.0", "0.4.4"


def example() -> ModuleType:
    """The example's program; it stands outside of the package."""
    spec = importlib.util.spec_from_file_location("compare", HOME / "compare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["compare"] = module
    spec.loader.exec_module(module)
    return module


compare = example()


# -- the engines that are not Python packages of this Python ---------------------------------------------------------


def without(reason: str) -> NoReturn:
    """Skip the test, or let it fail where nobody would notice a skipped one."""
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(reason)
    pytest.skip(reason)


def installed(name: str, command: Callable[[Path], list[str]]) -> Path:
    """The folder of that name in the user's cache, filled by the command if it is not there."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or tempfile.gettempdir()) / "socialpolicy-tests"
    folder = cache / name
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=cache))  # two test runs may install at once: the whole or nothing
        done = subprocess.run(command(fresh), capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            shutil.rmtree(fresh)
            without(f"{name} could not be installed: {done.stderr.strip()[-500:]}")
        try:
            fresh.rename(folder)
        except OSError:  # the other run was first
            shutil.rmtree(fresh)
    return folder


@pytest.fixture(scope="module")
def program() -> Path:
    npm = shutil.which("npm")
    if npm is None:
        without("npm is not on this machine, and Cerbos comes from there (on Debian: apt-get install npm).")
    system = f"{sys.platform}-{ {'x86_64': 'x64', 'aarch64': 'arm64'}.get(platform.machine(), platform.machine()) }"
    package = f"@cerbos/cerbos-{system}"
    options = ["--no-audit", "--no-fund", "--ignore-scripts"]
    folder = installed(
        f"cerbos-{system}-{CERBOS}",
        lambda fresh: [npm, "install", *options, "--prefix", str(fresh), f"{package}@{CERBOS}"],
    )
    return folder / "node_modules" / package / f"cerbos-{system}"


@pytest.fixture(scope="module")
def opa_folder() -> Path:
    """OPA's engine in Go. The package says that it wants Python 3.14; what it has of Python runs on 3.11."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    wanted = f"opa-golib-python-bindings=={OPA}"
    options = ["--only-binary=:all:", "--ignore-requires-python"]
    return installed(f"opa-golib-{OPA}", lambda fresh: [*pip, *options, "--target", str(fresh), wanted])


@pytest.fixture(scope="module")
def tables(program: Path, opa_folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = compare.tables(compare.ways(program=program, folder=opa_folder))
    return found


def rows(lines: list[str]) -> dict[str, list[str]]:
    """The cells of a table by the name of their row."""
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[2:]]
    return {name: answers for name, *answers in cells}


# -- what they answer -------------------------------------------------------------------------------------------------


def test_the_tables_are_as_they_were(tables: dict[str, list[str]]) -> None:
    """What people read, pinned. ``UPDATE_GOLDEN=1 pytest tests/test_comparison.py`` writes it anew."""
    text = "\n".join(line for name, lines in tables.items() for line in (f"{name}:", "", *lines, ""))
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("name", ["left out", "null", "tally", "misspelt"])
def test_the_page_shows_what_they_answer(tables: dict[str, list[str]], name: str) -> None:
    assert "\n".join(tables[name]) in PAGE


def test_all_decide_alike_where_everything_is_known(tables: dict[str, list[str]]) -> None:
    """Or else the policies would not be the same, and nothing could be compared."""
    expected = [compare.judge(case.facts) for case in compare.cases()]
    assert expected == ["allow", "deny", "deny", "revise", "revise", "ask"]
    for way, answers in rows(tables["known"]).items():
        if way == "Casbin, allow list":  # which has no reasons for a "no"
            assert answers == ["allow" if one == "allow" else "deny?" for one in expected]
        else:
            assert answers == expected, way


@pytest.mark.parametrize("way", ["OPA", "Cedar", "Casbin", "Cedar, schema", "OPA, each rule twice", "socialpolicy"])
def test_each_decides_alike_on_all_complete_actions(opa_folder: Path, way: str) -> None:
    with compare.ways(folder=opa_folder)[way](HOME) as decide:
        empty: dict[str, dict[str, Any]] = {group: {} for group in compare.POOLS}
        for facts in compare.completions(empty):
            assert decide(facts) == compare.judge(facts), facts


def test_we_let_nothing_through(tables: dict[str, list[str]]) -> None:
    assert "allow" not in rows(tables["left out"])["socialpolicy"][1:]
    assert [answer.split()[0] for answer in rows(tables["tally"])["socialpolicy"]] == ["0", "0"]


def test_regorus_answers_as_opa_does(tables: dict[str, list[str]]) -> None:
    """The page's own Rego runs in Regorus; this is what makes that fair. (The tally of "OPA" has the trap below in it.)"""
    instead = compare.tables({name: way for name, way in compare.ways().items() if name.startswith("OPA")})
    for name, lines in instead.items():
        for way, answers in rows(lines).items():
            assert (answers == rows(tables[name])[way]) is ((name, way) != ("tally", "OPA")), f"{name}: {way}"


def test_not_is_undefined_of_what_an_argument_leaves_undefined(opa_folder: Path) -> None:
    """The one place where the two interpreters differ here, and the reason for asking OPA itself."""
    import regorus

    sys.path.append(str(opa_folder))
    from opa_bindings import OpaEngine  # type: ignore[import-not-found, unused-ignore]

    trap = HOME / "opa" / "trap.rego"
    with OpaEngine() as engine:
        engine.add_policy("trap.rego", trap.read_text("utf-8"))
        assert engine.eval_document("trap", {}) == {"written_as_a_rule": True}
    other = regorus.Engine()
    other.add_policy_from_file(str(trap))
    other.set_input_json("{}")
    assert json.loads(other.eval_query_as_json("data.trap"))["result"][0]["expressions"][0]["value"] == {
        "written_as_a_rule": True,
        "written_at_once": True,
    }


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("engine.strictEvaluation=false", {"actions": {"publish": "EFFECT_ALLOW"}}),
        ("engine.strictEvaluation=true", {"actions": {"publish": "EFFECT_DENY"}}),
        (
            "schema.enforcement=reject",
            {
                "actions": {"publish": "EFFECT_DENY"},
                "validationErrors": [
                    {"path": "/content", "message": "missing properties: 'classification'", "source": "SOURCE_RESOURCE"}
                ],
            },
        ),
    ],
)
def test_what_cerbos_tells_of_a_missing_fact(program: Path, setting: str, told: dict[str, Any]) -> None:
    [recipe] = [case for case in compare.cases() if case.id == "recipe"]
    with compare.cerbos_server(HOME, program=program, settings=(setting,)) as answer:
        assert answer(recipe.with_less()) == {"resource": {"id": "p", "kind": "post"}, **told}


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_names_the_versions_that_were_asked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pinned = dict(one.split("==") for one in project["optional-dependencies"]["compare"])
    assert set(pinned) == {"casbin", "cedarpy", "gordon-to-regorus"}
    assert {name: version(name) for name in pinned} == pinned
    for name, number in {**pinned, "Cerbos": CERBOS, "opa-golib-python-bindings": OPA}.items():
        assert re.search(rf"\b{name}`? {re.escape(number)}\b", PAGE), f"{name} {number}"


def test_what_the_page_quotes_of_the_policies_is_in_them() -> None:
    files = [file.read_text("utf-8") for file in HOME.rglob("*") if file.suffix in {".rego", ".cedar", ".csv", ".yaml"}]
    quoted = re.findall(r"^<!-- quoted -->\n```\w*\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert len(quoted) >= 5
    for text in quoted:
        assert any(text in file for file in files), text
