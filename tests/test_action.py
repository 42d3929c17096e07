"""The GitHub Action, run as a runner runs it: what people and later steps see, what is sent, and what no text can smuggle in.

The script of the step is taken out of ``action.yml`` and run by bash, with the files and variables of a runner, in scratch
repositories. GitHub's API is a server on this machine that writes down what it is asked.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from action_help import (
    ACTION,
    BUMPED,
    CASES,
    POLICY,
    ROOT,
    STEP,
    STRICTER,
    Api,
    Ran,
    Repository,
    commands_in,
    comment_of,
    inn,
    merged,
    outputs_in,
    pull_request,
    repository,
    run_step,
)
from socialpolicy import workflow
from socialpolicy.cli.main import run as command_line
from socialpolicy.loading.findings import Finding, Level
from socialpolicy.reporting.report import Report
from test_docs import blocks

FILE = "policies/shop/policy.yaml"
TEMPLATE = ROOT / "templates" / "gitlab-ci.yml"
NAMES = {"status", "state", "needed-version", "stricter", "looser", "findings", "report-json"}


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as running:
        yield running


# -- a pull request --------------------------------------------------------------------------------------------------------


def test_a_stricter_change_is_told_everywhere_and_commented_once(tmp_path: Path, api: Api) -> None:
    made = repository(tmp_path / "repository")
    event = merged(made, {FILE: STRICTER})
    first = run_step(made, event, tmp_path / "run", api=api.address, bash=True, comment="true")
    assert first.status == 1
    assert set(first.outputs) == NAMES
    told = {name: first.outputs[name] for name in NAMES - {"report-json"}}
    assert told == {
        "status": "1", "state": "major", "needed-version": "2.0.0", "stricter": "1", "looser": "0", "findings": "2",
    }  # fmt: skip
    assert first.report()["result"]["diff"]["result"][0]["needed_version"] == "2.0.0"
    [(_, place, message)] = [one for one in first.commands if one[1].get("title") == "version-not-bumped"]
    assert place["file"] == FILE
    assert message.startswith(f"{FILE}:3:1: ")
    head = event["pull_request"]["head"]["sha"]
    assert f"https://github.com/fernhill/handbook/blob/{head}/{FILE}#L14" in first.summary
    assert first.summary.startswith("<!-- socialpolicy:policies -->\n")
    assert api.comments[0]["body"].strip() == first.summary.strip()
    made.git("checkout", "--quiet", "change")
    second = run_step(
        made, pull_request("main", made.commit({FILE: BUMPED})), tmp_path / "run", api=api.address, comment="true"
    )
    assert second.status == 0, second.log
    assert len(api.comments) == 1
    assert "a major change" in api.comments[0]["body"]
    home = "/repos/fernhill/handbook/issues"
    assert api.requests == [
        ("GET", f"{home}/7/comments?per_page=100&page=1"),
        ("POST", f"{home}/7/comments"),
        ("GET", f"{home}/7/comments?per_page=100&page=1"),
        ("PATCH", f"{home}/comments/1"),
    ]


def test_without_being_asked_nothing_is_sent(tmp_path: Path, api: Api) -> None:
    made = repository(tmp_path / "repository")
    ran = run_step(made, merged(made, {FILE: STRICTER}), tmp_path / "run", api=api.address)
    assert ran.status == 1
    assert api.requests == []
    assert "needs **2.0.0**" in ran.summary


def test_where_nothing_changes_there_is_no_comment_but_an_old_one_is_kept_up_to_date(tmp_path: Path, api: Api) -> None:
    made = repository(tmp_path / "repository")
    event = merged(made, {"README.md": "Hello"})
    ran = run_step(made, event, tmp_path / "run", api=api.address, comment="true")
    assert (ran.status, ran.outputs["state"], api.comments) == (0, "identical", [])
    api.comments.append(comment_of(1, "<!-- socialpolicy:policies -->\nold"))
    run_step(made, event, tmp_path / "run", api=api.address, comment="true")
    assert len(api.comments) == 1
    assert "nothing changes" in api.comments[0]["body"]


def test_a_new_policy_is_fine_and_said_to_be_new(tmp_path: Path) -> None:
    made = repository(tmp_path / "repository")
    event = merged(made, inn())
    ran = run_step(made, event, tmp_path / "run")
    assert ran.status == 0, ran.log
    assert "inn  is new" in ran.log
    assert "is new on this branch" in ran.summary


def test_a_broken_policy_is_told_and_nothing_is_said_of_a_comparison(tmp_path: Path) -> None:
    made = repository(tmp_path / "repository")
    ran = run_step(made, merged(made, {FILE: POLICY.replace("deny", "dent", 1)}), tmp_path / "run")
    assert ran.status == 1
    assert [place["line"] for name, place, _ in ran.commands if name == "error"] == ["16"]
    assert ran.outputs["state"] == ran.outputs["needed-version"] == ""


def test_a_policy_that_is_gone_is_an_error(tmp_path: Path) -> None:
    made = repository(tmp_path / "repository", inn())
    ran = run_step(made, merged(made, dict.fromkeys(inn())), tmp_path / "run")
    assert (ran.status, ran.outputs["state"]) == (1, "major")
    assert "inn is gone" in ran.said("error")[0]


def test_two_policies_have_each_their_number(tmp_path: Path) -> None:
    made = repository(tmp_path / "repository", inn())
    event = merged(made, {FILE: STRICTER, **inn(STRICTER)})
    ran = run_step(made, event, tmp_path / "run")
    assert sorted(ran.outputs["needed-version"].split(", ")) == ["inn 2.0.0", "shop 2.0.0"]
    assert ran.outputs["stricter"] == "2"


# -- what it is compared with ----------------------------------------------------------------------------------------------


def test_a_shallow_clone_is_told_how_to_get_the_base(tmp_path: Path, api: Api) -> None:
    made = repository(tmp_path / "repository")
    event = merged(made, {FILE: STRICTER})
    clone = Repository(tmp_path / "clone")
    clone.folder.mkdir()
    clone.git("clone", "--quiet", "--depth=1", f"file://{made.folder}", "--branch=change", ".")
    ran = run_step(clone, event, tmp_path / "run", api=api.address, bash=True, comment="true")
    assert ran.status == 2
    [error] = ran.said("error")
    assert "fetch-depth: 0" in error
    assert f"git fetch --depth=1 origin {event['pull_request']['base']['sha']}" in error
    assert ran.outputs["state"] == ""
    assert (ran.outputs["status"], ran.report()["status"]) == ("2", 2)
    assert "nothing to compare with" in ran.summary
    assert "identical" not in ran.log
    assert "fetch-depth" in api.comments[0]["body"]
    clone.git("fetch", "--quiet", "--depth=1", "origin", event["pull_request"]["base"]["sha"])
    assert run_step(clone, event, tmp_path / "run").status == 1  # the repair repairs


@pytest.mark.parametrize("merging", [True, False])
def test_what_others_did_on_the_base_meanwhile_is_no_part_of_a_change(tmp_path: Path, *, merging: bool) -> None:
    made = repository(tmp_path / "repository")
    old_base = made.git("rev-parse", "HEAD")
    made.git("checkout", "--quiet", "-b", "change")
    head = made.commit({"README.md": "Hello"})
    made.git("checkout", "--quiet", "main")
    new_base = made.commit({FILE: STRICTER})
    if merging:  # the event may be older than the merge
        made.git("merge", "--quiet", "--no-ff", "--message", "the merge", "change")
        ran = run_step(made, pull_request(old_base, head), tmp_path / "run")
    else:
        made.git("checkout", "--quiet", "change")
        ran = run_step(made, pull_request(new_base, head), tmp_path / "run", name="pull_request_target")
    assert (ran.status, ran.outputs["state"]) == (0, "identical")


def test_a_base_compared_with_itself_is_no_comparison(tmp_path: Path) -> None:
    made = repository(tmp_path / "repository")
    base = made.git("rev-parse", "HEAD")
    ran = run_step(made, pull_request(base, "0" * 40), tmp_path / "run", name="pull_request_target")
    assert ran.status == 2
    assert "no change to be seen" in ran.said("error")[0]


def test_a_push_is_compared_with_what_was_there_before(tmp_path: Path) -> None:
    made = repository(tmp_path / "repository")
    before = made.git("rev-parse", "HEAD")
    made.commit({FILE: STRICTER})
    assert run_step(made, {"before": before}, tmp_path / "run", name="push").outputs["state"] == "major"


@pytest.mark.parametrize(
    ("name", "event"), [("push", {"before": "0" * 40}), ("workflow_dispatch", {}), ("schedule", {})]
)
def test_where_nothing_was_there_before_it_is_said(tmp_path: Path, name: str, event: dict[str, Any], api: Api) -> None:
    made = repository(tmp_path / "repository")
    ran = run_step(made, event, tmp_path / "run", name=name, api=api.address, comment="true")
    assert (ran.status, ran.outputs["state"], api.requests) == (0, "", [])
    compared, comment = ran.said("notice")
    assert "Nothing is compared" in compared
    assert "no pull request" in comment


@pytest.mark.parametrize(("against", "state"), [("HEAD~1", "major"), ("HEAD", "identical"), ("latest", "identical")])
def test_what_is_compared_with_can_be_chosen(tmp_path: Path, against: str, state: str) -> None:
    made = repository(tmp_path / "repository")
    made.commit({FILE: STRICTER})
    ran = run_step(made, {}, tmp_path / "run", name="workflow_dispatch", against=against)
    assert ran.outputs["state"] == state
    assert ("has no release yet" in ran.log) == (against == "latest")


# -- what cannot be done never looks fine ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"policies": "nowhere"}, "nowhere: there is no such file or folder"),
        ({"policies": " "}, "name a file or folder"),
        ({"fail_on": "strictr"}, "Did you mean stricter?"),
        ({"comment": "yes"}, 'neither "true" nor "false"'),
        ({"replay": "log.jsonl", "against": "HEAD"}, "log.jsonl"),
        ({"against": "nosuch"}, "no such revision"),
        ({"against": "--output=x"}, "no such revision"),
        ({"policies": "$(touch pwned)"}, "no such file"),
    ],
)
def test_what_cannot_be_done_is_one_error_and_two(tmp_path: Path, inputs: dict[str, str], told: str) -> None:
    made = repository(tmp_path / "repository")
    bash = inputs.get("policies", "").startswith("$")
    ran = run_step(made, {}, tmp_path / "run", name="workflow_dispatch", bash=bash, **inputs)
    assert ran.status == 2
    [error] = ran.said("error")
    assert told in error
    assert "exit status 2" in error
    assert ran.outputs["status"] == "2"
    assert "✅ socialpolicy check" not in ran.summary
    assert sorted(path.name for path in made.folder.iterdir()) == [".git", "policies"]


def test_a_program_that_cannot_be_installed_is_an_error_too(tmp_path: Path) -> None:
    made = repository(tmp_path / "repository")
    ran = run_step(made, {}, tmp_path / "run", name="push", python="false")
    assert (ran.status, len(ran.said("error"))) == (2, 1)


def test_a_bug_is_told_and_seventy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(environment: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(workflow, "run", broken)
    with pytest.raises(SystemExit) as ended:
        workflow.main()
    [(level, _, message)] = commands_in(capsys.readouterr().out)
    assert (ended.value.code, level) == (70, "error")
    Path(message.rpartition("Details: ")[2]).unlink()


@pytest.mark.parametrize(
    ("inputs", "status"),
    [
        ({}, 0),
        ({"strict": "true"}, 1),
        ({"fail_on": "looser"}, 1),
        ({"fail_on": "stricter"}, 0),
        ({"fail_on": "any"}, 1),
    ],
)
def test_inputs_reach_the_check(tmp_path: Path, inputs: dict[str, str], status: int) -> None:
    made = repository(tmp_path / "repository", {FILE: STRICTER})
    event = merged(
        made, {FILE: POLICY.replace('version: "1.0.0"\n', 'version: "1.1.0"\n'), "policies/stray/cases.yaml": CASES}
    )  # a warning
    assert run_step(made, event, tmp_path / "run", **inputs).status == status


def test_recorded_actions_are_counted(tmp_path: Path) -> None:
    actions = [json.dumps({"content": {"classification": word}}) for word in ("internal", "public")]
    made = repository(tmp_path / "repository", {"log.jsonl": "\n".join(actions)})
    ran = run_step(made, merged(made, {FILE: STRICTER}), tmp_path / "run", replay="log.jsonl", fail_on="never")
    assert ran.status == 0
    assert "Of 2 recorded actions this version decides 1 more strictly" in ran.summary


# -- the comment ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "level", "told"),
    [
        (403, "notice", "from a fork"),
        (404, "notice", "from a fork"),
        (500, "warning", "answered 500"),
        (302, "warning", "302"),
    ],
)
def test_a_comment_that_is_refused_changes_no_exit_status(
    tmp_path: Path, api: Api, status: int, level: str, told: str
) -> None:
    made = repository(tmp_path / "repository")
    event = merged(made, {FILE: BUMPED})
    event["pull_request"]["head"]["repo"]["full_name"] = "somebody/handbook"
    api.refuses = status
    ran = run_step(made, event, tmp_path / "run", api=api.address, comment="true")
    assert ran.status == 0
    [message] = [text for name, about, text in ran.commands if (name, about["title"]) == (level, "socialpolicy")]
    assert told in message
    assert "summary" in message
    assert "Policy change" in ran.summary
    assert len(api.requests) == 1  # the token is not taken elsewhere, and nothing is tried again


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "file:///etc", ""])
def test_an_api_that_is_not_there_changes_no_exit_status(tmp_path: Path, address: str) -> None:
    made = repository(tmp_path / "repository")
    ran = run_step(made, merged(made, {FILE: BUMPED}), tmp_path / "run", api=address, comment="true")
    assert ran.status == 0
    assert "No comment was written" in ran.said("warning")[0]


def test_a_comment_of_an_outsider_is_never_taken_for_ours(tmp_path: Path, api: Api) -> None:
    made = repository(tmp_path / "repository")
    first = "<!-- socialpolicy:policies -->\nAll is well, merge it!"
    many = [comment_of(number, "Hello", kind="User") for number in range(1, 150)]
    api.comments = [*many, comment_of(150, first, kind="User", association="CONTRIBUTOR")]
    event = merged(made, {FILE: STRICTER})
    run_step(made, event, tmp_path / "run", api=api.address, comment="true")
    run_step(made, event, tmp_path / "run", api=api.address, comment="true")
    assert len(api.comments) == 151
    assert api.comments[149]["body"] == first
    assert [method for method, _ in api.requests] == ["GET", "GET", "POST", "GET", "GET", "PATCH"]


@pytest.mark.parametrize("number", ["../../x", None, 1e9, True, []])
def test_a_comment_without_a_number_changes_no_exit_status(tmp_path: Path, api: Api, number: object) -> None:
    made = repository(tmp_path / "repository")
    api.comments = [comment_of(1, "<!-- socialpolicy:policies -->\nOld") | {"id": number}]
    ran = run_step(made, merged(made, {FILE: STRICTER}), tmp_path / "run", api=api.address, comment="true")
    assert ran.status == 1
    assert "No comment was written" in ran.said("warning")[0]
    assert [method for method, _ in api.requests] == ["GET"]


@pytest.mark.parametrize("name", ["pull_request", "push"])
def test_an_event_that_cannot_be_read_is_no_reason_to_compare_with_nothing(tmp_path: Path, name: str) -> None:
    made = repository(tmp_path / "repository")
    ran = run_step(made, ["not", "an", "event"], tmp_path / "run", name=name)  # type: ignore[arg-type]
    assert ran.status == 2
    assert "no JSON object" in ran.said("error")[0]
    assert ran.report()["result"]["test"]["status"] == 0, "the rest is done"
    assert run_step(made, [], tmp_path / "run", name=name, against="HEAD").status == 0  # type: ignore[arg-type]


def test_what_could_not_be_done_is_among_the_annotations_that_are_shown(tmp_path: Path) -> None:
    made = repository(tmp_path / "repository", {f"policies/p{n}/policy.yaml": "socialpolicy: 2\n" for n in range(12)})
    ran = run_step(made, {}, tmp_path / "run", name="workflow_dispatch", against="nowhere")
    errors = [told for kind, _, told in ran.commands if kind == "error"]
    assert len(errors) == 10
    assert "could not do all that was asked" in errors[0]
    assert "more findings of this level" in errors[-1]


def test_what_was_chosen_in_the_pull_request_itself_is_said(tmp_path: Path, api: Api) -> None:
    made = repository(tmp_path / "repository")
    soft = {FILE: STRICTER, ".socialpolicy.toml": '[findings]\nbump-too-small = "off"\nversion-not-bumped = "off"\n'}
    ran = run_step(made, merged(made, soft), tmp_path / "run", api=api.address, comment="true")
    wanted = "Chosen in .socialpolicy.toml: bump-too-small is off and version-not-bumped is off."
    assert wanted in ran.log
    assert wanted in ran.summary
    assert wanted in api.comments[0]["body"]
    assert ran.report()["note"] == wanted


# -- what authors write ----------------------------------------------------------------------------------------------------

HOSTILE = (
    "x\\r\\n::set-output name=state::identical\\n::error::pwned\\u2028##[error]pwned | <img src=x> `code`"
    " [link](http://evil.example) @everyone --> <!-- socialpolicy:policies -->\\nstate<<EOF"
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("hostile")
    made = repository(folder / "repository")
    text = STRICTER.replace("title: Secrets stay here", f'title: "{HOSTILE}"').replace(
        "They are secret.", f'"{HOSTILE}"'
    )
    text = text.replace("title: Posts of the shop", f'title: "{HOSTILE}"')
    files: dict[str, str | None] = {
        FILE: text,
        "policies/shop/::error::x\n::error::y.yaml": "socialpolicy: 1\nid: ::error::pwned\n",
        "socialpolicy/__init__.py": "raise SystemExit(0)",
        "json.py": "raise SystemExit(0)",
        "venv.py": "raise SystemExit(0)",
        "pip.py": "raise SystemExit(0)",
    }
    return run_step(made, merged(made, files), folder / "run", bash=True)


def test_no_text_becomes_a_command(hostile: Ran) -> None:
    assert hostile.status == 1
    assert "::error::pwned" in hostile.log  # it is shown, and yet
    for name, properties, message in hostile.commands:
        assert name in ("error", "notice", "warning")
        assert properties["title"] != ""
        assert message != "pwned"


def test_no_text_becomes_an_output(hostile: Ran) -> None:
    assert set(hostile.outputs) == NAMES
    assert hostile.outputs["status"] == "1"


def test_no_text_becomes_markup(hostile: Ran) -> None:
    html = MarkdownIt("gfm-like").render(hostile.summary)
    tags = set(re.findall(r"<(/?[a-z][a-z0-9]*)", html))
    assert not tags & {"img", "script", "/img"}
    assert "evil.example" not in "".join(re.findall(r'href="([^"]*)"', html))
    assert hostile.summary.count("<!--") == 1


def test_outputs_stay_apart_whatever_is_in_them() -> None:
    value = "a\nstatus<<EOF\n0\nEOF\nstatus=0"
    data = [{"policy": value, "state": "major", "needed_version": value, "changes": []}] * 2
    diffed = Report("diff", 1, "", data=data)
    found = outputs_in("".join(workflow.outputs(Report("check", 1, "", parts=(diffed,)), value)))
    assert set(found) == NAMES
    assert found["status"] == "1"
    assert found["report-json"] == value
    assert found["needed-version"] == f"{value} {value}, {value} {value}"


@pytest.mark.parametrize(("status", "errors"), [(0, 0), (1, 0), (2, 1), (3, 1), (70, 1)])
def test_what_could_not_be_done_is_an_error_whatever_its_status(
    status: int, errors: int, capsys: pytest.CaptureFixture[str]
) -> None:
    part = Report("prove", status, "A question stays open")
    workflow.annotate(Report("check", status, "So it ended.", parts=(part,)))
    told = [message for level, _, message in commands_in(capsys.readouterr().out) if level == "error"]
    assert len(told) == errors
    for message in told:
        assert f"(exit status {status})" in message
        assert "prove: A question stays open" in message


def test_a_finding_is_worth_a_comment_though_nothing_changes() -> None:
    diffed = Report("diff", 0, "", data=[{"policy": "shop", "state": "identical"}])
    doubt = Finding("unused-tag", "It is so.", FILE, level=Level.WARNING)
    for findings, status, nothing in (((), 0, True), ((doubt,), 0, False), ((), 1, False)):
        assert workflow.says_nothing(Report("check", status, "", findings, parts=(diffed,))) is nothing


def test_what_an_earlier_command_of_the_step_wrote_stays(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("begun=1\n", "utf-8")
    for text in ("status=0\n", "state=major\n"):
        workflow.add_to(str(tmp_path / "output"), text)
    assert (tmp_path / "output").read_bytes() == b"begun=1\nstatus=0\nstate=major\n"
    workflow.add_to("", "nowhere")


# -- the file itself -------------------------------------------------------------------------------------------------------


def test_every_input_goes_through_a_variable_and_every_output_is_written() -> None:
    assert "${{" not in STEP["run"]
    used = re.findall(r"inputs\.([a-z-]+)", " ".join(STEP["env"].values()))
    assert sorted(used) == sorted(ACTION["inputs"])
    assert set(ACTION["outputs"]) == NAMES
    assert all(one["value"] == f"${{{{ steps.check.outputs.{name} }}}}" for name, one in ACTION["outputs"].items())
    names = {name for name in STEP["env"] if name.startswith("INPUT_")}
    text = (ROOT / "src/socialpolicy/workflow.py").read_text("utf-8")
    read = {*re.findall(r'"(INPUT_[A-Z_]+)"', text), *(f"INPUT_{word.upper()}" for word in re.findall(r'switched\(environment, "(\w+)"\)', text))}  # fmt: skip
    assert read == names
    assert set(workflow.FAIL_ON) <= set(re.findall(r"\w+", ACTION["inputs"]["fail-on"]["description"]))


def test_the_step_is_called_once() -> None:
    assert STEP["run"].count("socialpolicy.workflow") == 1
    assert [step.get("id") for step in ACTION["runs"]["steps"]] == ["python", "check"]


@pytest.fixture(scope="module")
def workflows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """All workflows that the project writes, or tells people to write, as the services would find them."""
    folder = tmp_path_factory.mktemp("workflows")
    (folder / ".github/workflows").mkdir(parents=True)
    found = {"github": [], "gitlab": []}
    texts = [block.text for block in blocks(ROOT / "docs/ci.md") if block.language == "yaml"]
    for service in ("github", "gitlab"):
        started = folder / service
        assert command_line(["init", str(started), "--yes", "--quiet", "--company", "X", "--ci", service]) == 0
    texts.append((folder / "github/.github/workflows/socialpolicy.yml").read_text("utf-8"))
    texts += [(folder / "gitlab/.gitlab-ci.yml").read_text("utf-8"), TEMPLATE.read_text("utf-8")]
    for number, text in enumerate(texts):
        data = yaml.safe_load(text)
        if "jobs" in data:
            found["github"].append(folder / f".github/workflows/{number}.yml")
            found["github"][-1].write_text(text, "utf-8")
        elif "repos" not in data:
            found["gitlab"].append(folder / f"{number}.gitlab-ci.yml")
            found["gitlab"][-1].write_text(text, "utf-8")
    assert len(found["github"]) >= 2
    assert len(found["gitlab"]) >= 3
    return {"folder": folder, **found}  # type: ignore[dict-item]


def checked(*words: str) -> subprocess.CompletedProcess[str]:
    """A program beside this Python."""
    program = Path(sys.executable).parent / words[0]
    return subprocess.run([program, *words[1:]], capture_output=True, text=True, check=False)


def test_the_files_are_what_the_services_read(workflows: dict[str, Any], tmp_path: Path) -> None:
    for schema, files in (
        ("github-actions", [ROOT / "action.yml"]),
        ("github-workflows", workflows["github"]),
        ("gitlab-ci", workflows["gitlab"]),
    ):
        done = checked("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, files))
        assert done.returncode == 0, done.stdout + done.stderr
    wrong = tmp_path / "action.yml"
    wrong.write_text((ROOT / "action.yml").read_text("utf-8").replace("using: composite", "using: composit"), "utf-8")
    assert checked("check-jsonschema", "--builtin-schema", "vendor.github-actions", str(wrong)).returncode == 1


def test_zizmor_finds_nothing(workflows: dict[str, Any], tmp_path: Path) -> None:
    done = checked("zizmor", "--offline", "--no-progress", str(ROOT / "action.yml"), *map(str, workflows["github"]))
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = tmp_path / "action.yml"
    text = (ROOT / "action.yml").read_text("utf-8")
    wrong.write_text(text.replace('-m venv "$home"', '-m venv "${{ inputs.policies }}"'), "utf-8")
    assert checked("zizmor", "--offline", "--no-progress", str(wrong)).returncode != 0


# -- GitLab ----------------------------------------------------------------------------------------------------------------


def run_job(made: Repository, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the template as GitLab's runner does: all of it in one shell, which stops at the first error."""
    job = yaml.safe_load(TEMPLATE.read_text("utf-8"))["socialpolicy"]
    programs = folder / "programs"
    programs.mkdir(parents=True, exist_ok=True)
    called = "import sys; from socialpolicy.cli.main import main; main()"
    source = f'#!/bin/sh\nPYTHONPATH={ROOT / "src"} exec {sys.executable} -c "{called}" "$@"\n'
    for name, text in (("pip", '#!/bin/sh\necho "$@" >pip.log\n'), ("socialpolicy", source)):
        (programs / name).write_text(text, "utf-8")
        (programs / name).chmod(0o755)
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(folder), "CI": "true",
        "CI_PROJECT_URL": "https://gitlab.example/fernhill/handbook", "CI_COMMIT_SHA": made.git("rev-parse", "HEAD"),
        **job["variables"], **variables,
    }  # fmt: skip
    script = "set -eo pipefail\n" + "\n".join(job["script"])
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", script], cwd=made.folder, env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip


def test_the_template_for_gitlab_writes_its_reports(tmp_path: Path) -> None:
    made = repository(tmp_path / "repository")
    base = made.git("rev-parse", "HEAD")
    made.commit({FILE: STRICTER})
    done = run_job(made, tmp_path, CI_MERGE_REQUEST_DIFF_BASE_SHA=base, CI_COMMIT_BEFORE_SHA="0" * 40)
    assert done.returncode == 1, done.stderr
    assert "a major change needs 2.0.0" in done.stdout
    job = yaml.safe_load(TEMPLATE.read_text("utf-8"))["socialpolicy"]
    kept = [*job["artifacts"]["paths"], *job["artifacts"]["reports"].values()]
    assert [name for name in kept if not (made.folder / name).is_file()] == []
    quality = json.loads((made.folder / job["artifacts"]["reports"]["codequality"]).read_text("utf-8"))
    assert {entry["location"]["path"] for entry in quality} == {FILE}
    assert "<testsuite" in (made.folder / job["artifacts"]["reports"]["junit"]).read_text("utf-8")
    assert "https://gitlab.example/fernhill/handbook/-/blob/" in (made.folder / "socialpolicy.html").read_text("utf-8")
    assert "socialpolicy" in (made.folder / "pip.log").read_text("utf-8")


@pytest.mark.parametrize(
    ("variables", "status", "told"),
    [
        ({}, 0, "Nothing is compared"),
        ({"CI_COMMIT_BEFORE_SHA": "0" * 40}, 0, "Nothing is compared"),
        ({"SOCIALPOLICY_AGAINST": "latest"}, 0, "no release yet"),
        ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": "1" * 39 + "a"}, 2, "NOT DONE"),
        ({"SOCIALPOLICY_POLICIES": "$(touch pwned)"}, 2, ""),
    ],
)
def test_the_template_says_what_it_compares_with(
    tmp_path: Path, variables: dict[str, str], status: int, told: str
) -> None:
    made = repository(tmp_path / "repository")
    done = run_job(made, tmp_path, **variables)
    assert (done.returncode, told in done.stdout) == (status, True), done.stdout + done.stderr
    assert not (made.folder / "pwned").exists()


# -- once with everything real ---------------------------------------------------------------------------------------------


def test_the_step_installs_the_program_and_runs_it(tmp_path: Path) -> None:
    """This needs the package index, as the action does."""
    made = repository(tmp_path / "repository", {"tests/x": CASES})
    ran = run_step(made, merged(made, {FILE: BUMPED}), tmp_path / "run", python=sys.executable)
    if ran.status == 2 and "could not be installed" in ran.log and not os.environ.get("CI"):
        pytest.skip(f"the program could not be installed: {ran.log[-300:]}")
    assert ran.status == 0, ran.log
    assert ran.outputs["state"] == "major"
    assert (tmp_path / "run/temp/socialpolicy/bin/socialpolicy").exists()
