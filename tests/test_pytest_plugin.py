"""Engineers run a policy's cases among their own tests, and nobody's run changes who did not ask for it.

Each test starts pytest as people do, in a folder of their own; the plugin comes by the entry point in pyproject.toml.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import pytest

import socialpolicy
from releases_help import text
from test_docs import blocks, commands, like

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
PACKAGE = Path(socialpolicy.__file__).parent.parent

POLICY = """\
socialpolicy: 1
id: bakery
version: "1.0.0"
title: Social media at Crumb & Co
contacts:
  comms: {title: Communications, reach: "#ask-comms"}
baseline: {official: {outcome: ask, approval: comms}, otherwise: allow}
rules:
  - id: DISC-1
    title: Say that you work here
    effect: require
    scope: {accounts: own_accounts, actions: posting}
    when: {content.endorses: company, content.connection: {any_of: [employment]}}
    require:
      - {need: {content.disclosure: clear}, say: Begin with "I work at Crumb & Co".}
    examples:
      - story: A baker praises our bread and does not say where she works
        facts: {content.endorses: company, content.connection: [employment]}
        expect: revise
"""
CASES = """\
cases_for: bakery
assume: in_examples
common: {content.endorses: company}
cases:
  - {id: P-1, story: Praise with no tie to us, facts: {content.connection: []}, expect: allow}
  - id: P-2
    story: Praise by a colleague
    facts: {content.connection: [employment]}
    vary: {platform: [x, linkedin]}
    expect: {outcome: revise, because: [DISC-1]}
"""
WRONG = """\
cases_for: bakery
assume: in_examples
cases:
  - id: W-1
    story: Praise by a colleague who says so
    facts: {content.endorses: company, content.connection: [employment], content.disclosure: clear}
    expect: {outcome: revise, fix: {content.disclosure: clear}}
"""
OTHERS = {
    "tests/test_own.py": "def test_own():\n    pass\n",
    "policies/compose.yaml": "services: {web: {image: bread}}\n",
    "policies/bakery/notes.yml": "notes:\n  socialpolicy: is what we use\n",
    "policies/bakery/releases/index.yaml": "releases_of: bakery\nreleases: []\n",
    "policies/bakery/releases/0.9.0.yaml": POLICY,
    "policies/bakery/tests/survivors.yaml": "survivors_of: bakery\n",
}
OWN = ["tests/test_own.py::test_own"]
NODES = [
    "policies/bakery/policy.yaml::DISC-1#1",
    "policies/bakery/tests/posts.yaml::P-1",
    "policies/bakery/tests/posts.yaml::P-2[x]",
    "policies/bakery/tests/posts.yaml::P-2[linkedin]",
]


@dataclass(frozen=True)
class Project:
    """Somebody's project, in which pytest is run."""

    folder: Path
    environment: dict[str, str]

    def write(self, name: str, content: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")

    def run(self, *arguments: str, status: int = 0, inside: str = "", **environment: str) -> str:
        """What pytest prints."""
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments],
            cwd=self.folder / inside, env=self.environment | environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == status, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    def collected(self, *arguments: str, status: int = 0, **more: str) -> list[str]:
        """The ids of what pytest collects."""
        printed = self.run("--collect-only", "-q", *arguments, status=status, **more)
        return [line for line in printed.splitlines() if "::" in line]

    def socialpolicy(self, *arguments: str) -> str:
        """What the command line prints."""
        command = [sys.executable, "-m", "socialpolicy", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        ).stdout


@pytest.fixture
def project(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with tests of its own and a policy; the package is installed as far as pytest can tell."""
    points = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["pytest11"]
    known = tmp_path / "installed" / "socialpolicy-0.dist-info"
    known.mkdir(parents=True)
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: socialpolicy\nVersion: 0\n", "utf-8")
    lines = [f"{name} = {module}" for name, module in points.items()]
    (known / "entry_points.txt").write_text("\n".join(["[pytest11]", *lines, ""]), "utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "FORCE_"))}
    environment |= {"PYTHONPATH": f"{PACKAGE}{os.pathsep}{known.parent}", "NO_COLOR": "1", "COLUMNS": "100"}
    environment |= {
        "PYTHONPYCACHEPREFIX": str(tmp_path_factory.getbasetemp() / "bytecode")
    }  # compiled once for all tests
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.pop("CI", None)  # where pytest cuts no line
    made = Project(tmp_path / "top", environment)
    for name, content in OTHERS.items():
        made.write(name, content)
    made.write("pytest.ini", "[pytest]\n")
    made.write("policies/bakery/policy.yaml", POLICY)
    made.write("policies/bakery/tests/posts.yaml", CASES)
    return made


def check_golden(name: str, printed: str) -> None:
    """What people read, pinned. ``UPDATE_GOLDEN=1 pytest tests/test_pytest_plugin.py`` writes it anew."""
    printed = re.sub(r"in \d+\.\d+s", "in 0.00s", re.sub(r"={5,}", "=====", re.sub(r"_{5,}", "_____", printed)))
    printed = re.sub(r"^(platform|rootdir:|plugins:) .*\n", "", printed, flags=re.MULTILINE)
    if os.environ.get("UPDATE_GOLDEN"):
        (GOLDEN / name).write_text(printed, "utf-8")
    assert printed == (GOLDEN / name).read_text("utf-8")


# -- what is collected, and where ------------------------------------------------------------------------------------


def test_the_policies_that_are_named_are_collected_and_nothing_else(project: Project) -> None:
    assert project.collected("policies") == NODES
    assert project.collected("policies/bakery", "tests") == NODES + OWN
    assert project.collected("policies/bakery/tests") == NODES[1:]
    assert project.collected("policies/bakery/policy.yaml") == NODES[:1]
    assert project.collected(".", inside="policies") == NODES


def test_who_names_no_policies_sees_his_own_tests_alone(project: Project) -> None:
    assert project.collected() == OWN
    assert project.collected("tests") == OWN
    assert "socialpolicy: " not in project.run("tests/test_own.py")
    assert project.collected(".") == OWN  # the folder of policies is inside
    project.write("bakery/policy.yaml", POLICY)  # now the whole project is a folder of policies, and still nobody asked
    assert project.collected() == OWN
    assert "1 passed" in project.run("-n", "1")
    assert "bakery/policy.yaml::DISC-1#1" in project.collected(".")


def test_the_ini_option_collects_them_in_every_run(project: Project) -> None:
    project.write("pytest.ini", "[pytest]\nsocialpolicy_policies = policies\n")
    assert project.collected() == NODES + OWN
    assert project.collected("tests") == OWN
    assert "5 passed" in project.run("-n", "2", "--import-mode=importlib")
    project.write("pytest.ini", "[pytest]\ntestpaths = tests policies\n")
    assert project.collected() == OWN + NODES
    project.write("pytest.ini", "[pytest]\nsocialpolicy_policies = polices\n")
    assert re.search(r"socialpolicy_policies: there is no file or folder .*polices;", project.run(status=4))


def test_what_stands_outside_of_the_named_folders_is_not_collected(project: Project) -> None:
    project.write("elsewhere/stall/policy.yaml", POLICY.replace("id: bakery", "id: stall"))
    project.write("pytest.ini", "[pytest]\nsocialpolicy_policies = policies\n")
    assert project.collected() == NODES + OWN


def test_it_can_be_switched_off(project: Project) -> None:
    assert project.collected("policies", "tests", "-p", "no:socialpolicy") == OWN
    assert project.collected("policies", "tests", "-m", "not socialpolicy", "--strict-markers") == OWN


def test_cases_are_selected_as_other_tests_are(project: Project) -> None:
    assert project.collected(NODES[2]) == [NODES[2]]
    assert project.collected(NODES[2].partition("[")[0]) == NODES[2:]
    assert project.collected(NODES[0]) == NODES[:1]
    assert project.collected("policies", "-k", "P-2 and linkedin") == [NODES[3]]
    assert project.collected("policies", "-k", "baker and praises and not posts") == NODES[:1]  # words of the story


def test_a_policy_in_a_file_of_another_name_has_its_cases_too(project: Project) -> None:
    project.write("one/bread.json", json.dumps({"socialpolicy": 1}))  # no policy yet, and no reason to look for another
    project.write("one/tests/a.yaml", CASES)
    assert "one/bread.json has errors" in project.run("one/bread.json", "one/tests/a.yaml", status=2)
    (project.folder / "one" / "bread.json").rename(project.folder / "one" / "bread.yaml")
    project.write("one/bread.yaml", POLICY)
    assert project.collected("one/tests/a.yaml")[-1] == "one/tests/a.yaml::P-2[linkedin]"


def test_the_same_cases_as_the_command_runs(project: Project) -> None:
    for name, count in (("law-us-labour", 159), ("brightline", 126)):
        folder = str(ROOT / "policies" / name)
        found = json.loads(project.socialpolicy("test", folder, "-f", "json"))
        assert found["result"][0]["cases"] == count  # so that this test is about something
        assert re.search(rf" {count} passed", project.run(folder, "-o", "addopts="))


def test_order_and_ids_depend_on_nothing(project: Project) -> None:
    project.write("policies/also/policy.yaml", text().replace("id: acme", "id: also"))
    project.write("policies/also/tests/b.yml", "cases_for: also\nassume: nothing\ncases:\n  - {id: A, facts: {secret: true}, expect: deny}\n")  # fmt: skip
    seeds = [project.collected("policies", PYTHONHASHSEED=seed, LC_ALL=locale) for seed, locale in (("1", "C"), ("2", "C.UTF-8"))]  # fmt: skip
    assert seeds[0] == seeds[1] == ["policies/also/tests/b.yml::A", *NODES]


# -- what a run says -------------------------------------------------------------------------------------------------


def test_a_failure_is_the_difference_that_the_command_shows(project: Project) -> None:
    project.write("policies/bakery/tests/wrong.yaml", WRONG)
    printed = project.run("policies", status=1)
    check_golden("pytest-failure.txt", printed)
    difference = project.socialpolicy("test", "policies").partition("\n\n")[0]
    assert difference.startswith("FAILED  W-1")
    assert difference in printed


def test_workers_say_the_same(project: Project) -> None:
    project.write("policies/bakery/tests/wrong.yaml", WRONG)
    report = project.folder / "report.xml"
    printed = project.run("policies", "-n", "2", f"--junit-xml={report}", "-o", "junit_family=xunit1", status=1)
    difference = project.socialpolicy("test", "policies").partition("\n\n")[0]
    assert difference in printed
    assert "wrong.yaml::W-1 - outcome: expected revise, got allow; fix: expected" in printed
    cases = {case.attrib["name"]: case for case in ET.parse(report).iter("testcase")}
    assert sorted(cases) == ["DISC-1#1", "P-1", "P-2[linkedin]", "P-2[x]", "W-1"]
    assert (cases["W-1"].attrib["file"], cases["W-1"].attrib["line"]) == (
        "policies/bakery/tests/wrong.yaml",
        "3",
    )  # from 0
    properties = {one.attrib["name"]: one.attrib["value"] for one in cases["W-1"].iter("property")}
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", properties.pop("policy_digest"))
    assert properties == {
        "policy": "bakery 1.0.0",
        "story": "Praise by a colleague who says so",
        "place": "policies/bakery/tests/wrong.yaml:4",
    }
    failure = cases["W-1"].find("failure")
    assert failure is not None
    assert failure.text == difference
    assert failure.attrib["message"].startswith("outcome: expected revise, got allow; fix: expected")


def test_what_is_wrong_with_files_is_told_as_validate_tells_it(project: Project) -> None:
    project.write("policies/bakery/policy.yaml", POLICY.replace("require\n", "requir\n").replace("ask,", "aks,"))
    project.write("policies/law/policy.yaml", POLICY.replace("id: bakery", "id: law"))
    project.write("policies/law/tests/a.yaml", "case_for: law\nassume: in_examples\ncases: []\n")
    project.write("policies/law/tests/b.yaml", CASES.replace("DISC-1", "DISC-2").replace("bakery", "law"))
    project.write("policies/law/tests/c.yaml", "cases_for: law\ncases: [\n")
    printed = project.run("policies", status=2)
    check_golden("pytest-errors.txt", printed)
    told = project.socialpolicy("validate", "policies").split("\npolicies/")
    for one in [told[0], *(f"policies/{rest}" for rest in told[1:])]:
        finding = one.partition("\n\n")[0].rstrip()
        assert finding in printed or "not-a-policy" in finding or "releases" in finding, finding
    assert printed.count("error: unknown-value: effect") == 1  # once, however many files of cases there are
    assert "Traceback" not in printed


def test_errors_of_the_policy_are_told_where_its_cases_alone_are_run(project: Project) -> None:
    project.write("policies/bakery/policy.yaml", POLICY.replace("require\n", "requir\n"))
    assert "did you mean require?" in project.run("policies/bakery/tests/posts.yaml::P-1", status=4)


def test_an_id_that_two_files_use_is_an_error(project: Project) -> None:
    project.write("policies/bakery/tests/twice.yaml", CASES)
    printed = project.run("policies", status=2)
    assert "ERROR collecting policies/bakery/tests/twice.yaml" in printed
    assert "the id P-1 is used twice; the first is at policies/bakery/tests/posts.yaml:5." in printed


def test_names_in_examples_are_checked(project: Project) -> None:
    project.write("policies/bakery/policy.yaml", POLICY.replace("expect: revise", "expect: {not_because: [DISC-2]}"))
    assert "error: unknown-rule: DISC-2 is no rule of this policy." in project.run("policies", status=2)


def test_cases_without_a_policy_are_an_error(project: Project) -> None:
    project.write("alone/tests/a.yaml", CASES)
    printed = project.run("alone/tests/a.yaml", status=2)
    assert "alone/tests/a.yaml:1:12: error: policy-not-found: there is no policy.yaml in the folder above" in printed


def test_a_bug_looks_like_a_bug(project: Project) -> None:
    project.write(
        "conftest.py", "import socialpolicy.testing\ndef run(*_):\n    raise ZeroDivisionError\nsocialpolicy.testing.run = run\n"
    )  # fmt: skip
    printed = project.run(NODES[1], status=1)
    assert "ZeroDivisionError" in printed
    assert "conftest.py:3" in printed


# -- what it costs ---------------------------------------------------------------------------------------------------

IMPORTED = """
import sys
def pytest_sessionfinish():
    names = [name for name in sys.modules if name.partition(".")[0] in {"socialpolicy", "pydantic", "yaml", "pysat", "click"}]
    print("imported", *sorted(names))
"""


def test_a_run_without_policies_imports_nothing_but_the_plugin(project: Project) -> None:
    project.write("conftest.py", IMPORTED)
    assert "imported socialpolicy socialpolicy.pytest_plugin\n" in project.run("-s")
    assert " yaml " in project.run("-s", "policies")


def test_each_policy_is_loaded_once(project: Project) -> None:
    project.write(
        "conftest.py",
        "import socialpolicy.policy as home\nload = home.load\n"
        "def counted(path):\n    print('loads', path)\n    return load(path)\nhome.load = counted\n",
    )
    project.write("policies/bakery/tests/more.yaml", CASES.replace("P-", "M-"))
    assert project.run("-s", "policies").count("loads ") == 1


# -- the page --------------------------------------------------------------------------------------------------------


def test_what_the_page_shows_is_so(project: Project) -> None:
    project.write("policies/bakery/tests/wrong.yaml", WRONG)
    shown = 0
    for block in blocks(ROOT / "docs" / "pytest.md"):
        if block.language == "toml":
            (project.folder / "pytest.ini").unlink()
            project.write("pyproject.toml", block.text)
        elif block.language == "sh":
            for command, expected in commands(block.text):
                assert command.startswith("pytest ")
                status = 1 if " failed" in expected else 0
                printed = project.run(*shlex.split(command)[1:], status=status, COLUMNS="80")
                assert like(expected, printed.rstrip("\n")), f"{command}\n{printed}"
                shown += 1
    assert shown >= 3
