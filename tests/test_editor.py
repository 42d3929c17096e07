"""An editor knows a policy's words: yaml-language-server, spoken to as an editor does, on the shipped policies."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lsp_help import Editor, installed_server
from socialpolicy.cli.main import run
from socialpolicy.editors import naming

ROOT = Path(__file__).parent.parent
POLICIES = sorted(file.parent.name for file in (ROOT / "policies").glob("*/policy.yaml"))
VOCABULARIES = sorted((ROOT / "src" / "socialpolicy" / "vocabularies").glob("*.yaml"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped policies with the schemas that `socialpolicy schema --write` writes."""
    found = tmp_path_factory.mktemp("editor") / "policies"
    shutil.copytree(ROOT / "policies", found, ignore=shutil.ignore_patterns("releases", ".schemas"))
    assert run(["schema", "--write", str(found)]) == 0
    return found


@pytest.fixture(scope="module")
def editor(folder: Path) -> Iterator[Editor]:
    with Editor(folder=folder) as found:
        yield found


@pytest.mark.parametrize("policy", POLICIES)
def test_shipped_files_open_without_a_complaint(policy: str, folder: Path, editor: Editor) -> None:
    files = [folder / policy / "policy.yaml", *(folder / policy).glob("t*/*.yaml")]
    assert len(files) > 2
    assert {file.name: found for file, found in editor.open_all(files).items() if found} == {}


@pytest.mark.parametrize("file", VOCABULARIES, ids=lambda file: file.name)
def test_shipped_vocabularies_open_without_a_complaint(file: Path, editor: Editor) -> None:
    assert editor.open(file) == []


def test_without_node_a_check_of_a_change_fails_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="node and npm are not on this machine"):
        installed_server()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="node and npm are not on this machine"):
        installed_server()


# -- completion ------------------------------------------------------------------------------------------------------

RULE, CASE = "\n  - id: NEW-1\n    ", "\n  - id: NEW-1\n    story: A new one\n    "


@dataclass(frozen=True)
class Typed:
    """What somebody types (the cursor is at its end, or at ``|``), and some of what is to be offered then."""

    text: str
    offered: tuple[str, ...]
    not_offered: tuple[str, ...] = ()
    policy: str = "brightline"

    def __str__(self) -> str:
        return " ".join(self.text.split())


FACT, VALUE, CONTACT = "content.connection", "employment", "comms"
OF_RULES = [
    Typed("", ("title", "effect", "when", "scope", "approval", "examples"), ("id", "facts", "null")),
    Typed("effect: ", ("allow", "require", "ask", "deny", "duty", "advise"), ("never",)),
    Typed("tags: [|]", ("do", "partners", "law-us-labour/notice")),
    Typed("when:\n      ", (FACT, "all", "any", "none", "not", "crisis-now", "law-us-endorsements/tie")),
    Typed("when:\n      content.co", (FACT, "content.concerted")),
    Typed("when:\n      account.kind: ", ("official", "personal", "own_accounts"), ("employment",)),
    Typed("when:\n      account.kind:\n        - ", ("official", "own_accounts")),
    Typed("when:\n      account.mfa: ", ("true", "false")),
    Typed("when:\n      content.connection: {any_of: [|]}", (VALUE, "affiliate"), ("official",)),
    Typed("when:\n      content.connection:\n        ", ("any_of", "all_of", "none_of", "empty", "has"), ("at_least",)),
    Typed("when:\n      content.connection:\n        any_of:\n          - ", (VALUE,)),
    Typed("when:\n      context.crisis:\n        ", ("at_least", "less_than")),
    Typed("when:\n      context.crisis: {at_least: |}", ("watch", "severe")),
    Typed("when:\n      any:\n        - ", ("crisis-now", "news", FACT)),
    Typed("unless: {content.co|}", (FACT,)),
    Typed("scope: ", ("everything",)),
    Typed("scope:\n      ", ("accounts", "actions", "who")),
    Typed("scope: {actions: [|]}", ("publish", "posting")),
    Typed("require:\n      ", ("content.disclosure",)),
    Typed("require:\n      - need: {content.disclosure: |}", ("clear",)),
    Typed("require:\n      - ", ("need", "say", "fixable_by")),
    Typed("approval: ", (CONTACT, "legal")),
    Typed("approval: {any_of: [|]}", (CONTACT, "legal")),
    Typed("approval:\n      ", ("any_of", "all_of", "at_least")),
    Typed("hand_over: {to: |}", (CONTACT,), ("actor",)),
    Typed("duties:\n      - who: ", (CONTACT, "actor")),
    Typed("overrides: {rules: [|]}", ("DO-1",), ("law-us-endorsements/DISC-1",)),
    Typed("overrides: {tags: [|]}", ("civility", "notice"), policy="law-us-labour"),
    Typed("severity: ", (), ("comms",)),
    Typed("examples:\n      - facts:\n          ", (FACT,), ("crisis-now",)),
    Typed("examples:\n      - facts: {content.connection: [|]}", (VALUE,)),
    Typed("examples:\n      - expect: ", ("allow", "ask")),
    Typed("examples:\n      - expect: {because: [|]}", ("DO-1",)),
]
OF_CASES = [
    Typed("", ("facts", "expect", "vary"), ("id", "story")),
    Typed("facts:\n      ", (FACT,), ("crisis-now",)),
    Typed("facts: {content.co|}", (FACT,)),
    Typed("facts: {account.kind: |}", ("personal", "unknown"), ("own_accounts",)),
    Typed("facts:\n      content.about_work: ", ("true", "false", "unknown")),
    Typed("expect: ", ("allow", "revise", "ask", "deny")),
    Typed("expect:\n      ", ("outcome", "because", "includes", "missing")),
    Typed("expect: {because: [|]}", ("DO-1", "DONT-1")),
    Typed("expect:\n      includes:\n        - ", ("DO-1", "DONT-1")),
    Typed("expect: {missing: [|]}", (FACT,), ("DO-1",)),
    Typed("expect: {approvals: [|]}", (CONTACT,)),
    Typed("expect: {hand_over: [|]}", (CONTACT,)),
    Typed("expect: {playbooks: [|]}", ("slip",)),
]
ELSEWHERE = [
    Typed("playbooks:\n  new:\n    steps:\n      - who: ", (CONTACT, "legal")),
    Typed("playbooks:\n  new:\n    steps:\n      - template: ", ("incident-holding",), policy="acme"),
    Typed("playbooks:\n  new:\n    steps:\n      - after: ", ("hold",), policy="acme"),
    Typed("accounts:\n  new:\n    kind: ", ("official", "community")),
    Typed("contacts:\n  new:\n    approves_as: ", ("legal", "comms")),
    Typed("guarantees:\n  - unaffected_by: [|]", (FACT,)),
    Typed("exceptions:\n  new:\n    rules: [|]", ("DO-1",)),
]


def offered(editor: Editor, file: Path, typed: Typed, text: str) -> dict[str, str]:
    """What is offered where somebody types, the last thing in a file."""
    at_cursor, _, behind = typed.text.partition("|")
    editor.show(file, text + at_cursor + behind + "\n")
    start = text + at_cursor
    place = {"line": start.count("\n"), "character": len(start) - start.rfind("\n") - 1}
    return editor.offered(file, place)


def check(found: dict[str, str], typed: Typed) -> None:
    assert [name for name in typed.offered if name not in found] == []
    assert [name for name in typed.not_offered if name in found] == []


def policy_up_to(folder: Path, policy: str, section: str) -> tuple[Path, str]:
    """A file beside a policy's, to type in, and the policy's text up to a section."""
    text = (folder / policy / "policy.yaml").read_text("utf-8")
    return folder / policy / "typed.yaml", text[: text.index(section)]


@pytest.mark.parametrize("typed", OF_RULES, ids=str)
def test_what_may_stand_in_a_rule_is_offered(typed: Typed, folder: Path, editor: Editor) -> None:
    file, text = policy_up_to(folder, typed.policy, "\nrules:\n")
    check(offered(editor, file, typed, text + "\nrules:" + RULE), typed)


@pytest.mark.parametrize("typed", ELSEWHERE, ids=str)
def test_what_may_stand_in_other_sections_is_offered(typed: Typed, folder: Path, editor: Editor) -> None:
    file, text = policy_up_to(folder, typed.policy, "\nconditions:\n")
    check(offered(editor, file, typed, text + "\n"), typed)


@pytest.mark.parametrize("typed", OF_CASES, ids=str)
def test_what_may_stand_in_a_case_is_offered(typed: Typed, folder: Path, editor: Editor) -> None:
    tests = folder / typed.policy / "tests"
    text = (tests / "work.yaml").read_text("utf-8").split("\ncases:")[0] + "\ncases:"
    check(offered(editor, tests / "typed.yaml", typed, text + CASE), typed)


def test_what_is_offered_explains_itself(folder: Path, editor: Editor) -> None:
    file, text = policy_up_to(folder, "brightline", "\nrules:\n")
    facts = offered(editor, file, Typed("when:\n      ", ()), text + "\nrules:" + RULE)
    assert facts[FACT].startswith("What ties are there to the company that is praised or compared?")
    assert "* `employment`: a job there" in facts[FACT]
    contacts = offered(editor, file, Typed("approval: ", ()), text + "\nrules:" + RULE)
    assert contacts["legal"] == "Legal, legal@brightline.example"
    rules = offered(editor, file, Typed("overrides: {rules: [|]}", ()), text + "\nrules:" + RULE)
    assert rules["DO-1"] == "Say that you work with us, in these words"
    file, text = policy_up_to(folder, "brightline", "\nvocabulary:\n")
    grouped = offered(editor, file, Typed("vocabulary:\n  groups:\n    ", ()), text + "\n")
    assert grouped[FACT].startswith("What ties are there")
    assert "content.about_work" not in grouped, "it has no values to group"


def test_the_name_of_a_condition_is_written_as_it_is(folder: Path, editor: Editor) -> None:
    """A name may stand alone in a list, and as a key before true or false: offered once, and not as a mixture of both."""
    file, text = policy_up_to(folder, "brightline", "\nrules:\n")
    start = text + "\nrules:" + RULE + "when:\n      any:\n        - "
    editor.show(file, start + "\n")
    place = {"line": start.count("\n"), "character": 10}
    found = editor.ask("textDocument/completion", textDocument={"uri": file.as_uri()}, position=place)
    [item] = [item for item in found["items"] if item["label"] == "crisis-now"]
    assert item["textEdit"]["newText"].strip() == "crisis-now"


# -- hover -----------------------------------------------------------------------------------------------------------


def shown(text: str, *wanted: str) -> None:
    assert [part for part in wanted if part not in text] == [], text


def test_a_fact_shows_its_question_and_its_values(folder: Path, editor: Editor) -> None:
    file = folder / "brightline" / "policy.yaml"
    editor.open(file)
    shown(
        editor.hover(file, "content.connection"),
        "#### content.connection",
        "What ties are there to the company",
        "*Choose everything that fits; nothing, if there is no tie at all.*",
        "* `employment`: a job there",
    )
    shown(editor.hover(file, "account.kind"), "What kind of account is it?", "* `personal`: a personal account")
    shown(
        editor.hover(file, "company_accounts", after="account.kind: "),
        "* `company_accounts`: One of: official, community.",
    )


def test_names_show_what_they_stand_for(folder: Path, editor: Editor) -> None:
    file = folder / "brightline" / "policy.yaml"
    editor.open(file)
    shown(editor.hover(file, "press", after="deputy: "), "* `press`: Press desk")
    cases = folder / "brightline" / "tests" / "partners.yaml"
    text = cases.read_text("utf-8").split("\ncases:")[0] + "\ncases:" + CASE
    editor.open(cases, text + "facts: {content.concerted: true}\n    expect: {because: [DO-2, DO-1]}\n")
    told = editor.hover(cases, "DO-1")
    shown(told, "#### Rule", "* `DO-1`: Say that you work with us, in these words")
    assert told.index("`DO-1`") < told.index("`DO-2`"), "the one under the pointer comes first"
    shown(editor.hover(cases, "content.concerted"), "Is it said with or for colleagues")


def test_a_text_shows_the_words_that_it_translates(folder: Path, editor: Editor) -> None:
    file = folder / "brightline" / "texts" / "de.yaml"
    editor.open(file)
    shown(editor.hover(file, "title", after="language: de"), "Brightline Retail on one page")


# -- diagnostics -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slip:
    """A slip of the pen: what stood there, what stands there now, what is underlined, and what was meant."""

    file: str
    before: str
    after: str
    underlined: str
    meant: str

    def __str__(self) -> str:
        return self.after


POLICY, CASES = "brightline/policy.yaml", "brightline/tests/work.yaml"
SLIPS = [
    Slip(POLICY, "    deputy: press", "    deputty: press", "deputty", "deputy"),
    Slip(POLICY, "    deputy: press", "    deputy: pres", "pres", "press"),
    Slip(POLICY, "content.template: used", "content.templat: used", "content.templat", "content.template"),
    Slip(POLICY, "content.template: used_unchanged", "content.template: unchanged", "unchanged", "used_unchanged"),
    Slip(POLICY, "any_of: [unreleased_product, r", "any_of: [unreleased, r", "unreleased", "unreleased_product"),
    Slip(POLICY, "any_of: [unreleased_product, r", "any_off: [unreleased_product, r", "any_off", "any_of"),
    Slip(POLICY, "at_least: elevated", "at_lest: elevated", "at_lest", "at_least"),
    Slip(POLICY, "- account.kind: company_accounts", "- about-uss", "about-uss", "about-us"),
    Slip(POLICY, "- account.kind: company_accounts", "- account.knd: official", "account.knd", "account.kind"),
    Slip(POLICY, "effect: advise", "effect: advice", "advice", "advise"),
    Slip(POLICY, "tags: [do]", "tags: [doo]", "doo", "do"),
    Slip(POLICY, "      accounts: own_accounts", "      accounts: own_account", "own_account", "own_accounts"),
    Slip(POLICY, "      accounts: own_accounts", "      account: own_accounts", "account", "accounts"),
    Slip(CASES, "outcome: allow", "outcom: allow", "outcom", "outcome"),
    Slip(CASES, "outcome: allow", "because: [DO-11]", "DO-11", "DO-1"),
    Slip(CASES, "content.concerted", "content.concertd", "content.concertd", "content.concerted"),
    Slip(CASES, "action.kind: reply", "action.kind: repl", "repl", "reply"),
    Slip(CASES, "content.concerted: true", "content.concerted: yes", "yes", "true"),
    Slip(CASES, "content.topics: [hours]", "content.topics: [hour]", "hour", "hours"),
    Slip(CASES, "approvals: [legal]", "approvals: [legl]", "legl", "legal"),
]


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_a_slip_is_underlined_where_it_is_and_can_be_put_right(slip: Slip, folder: Path, editor: Editor) -> None:
    file = folder / slip.file
    text = file.read_text("utf-8")
    assert slip.before in text
    found = editor.open(file, text.replace(slip.before, slip.after, 1))
    assert [editor.covered(file, one) for one in found] == [slip.underlined], found
    assert slip.meant in editor.fixes(file, found[0])


def test_a_name_that_is_not_there_yet_is_told_with_what_to_do(folder: Path, editor: Editor) -> None:
    file = folder / POLICY
    text = file.read_text("utf-8").replace("    deputy: press", "    deputy: newcomer", 1)
    [found] = editor.open(file, text)
    assert found["message"] == (
        "There is no such contact here. If you have just added it, save the file and run: socialpolicy schema --write"
    )


# -- the files -------------------------------------------------------------------------------------------------------


def small(tmp_path: Path) -> Path:
    """A company's folder with one policy."""
    found = tmp_path / "policies" / "law-us-labour"
    shutil.copytree(ROOT / "policies" / "law-us-labour", found, ignore=shutil.ignore_patterns("releases", ".schemas"))
    return found


def test_settings_serve_files_that_name_no_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = small(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run(["schema", "--write"]) == 0
    capsys.readouterr()
    assert run(["schema", "--settings"]) == 0
    settings = json.loads(capsys.readouterr().out)
    assert settings == {
        "yaml.schemas": {
            "./policies/law-us-labour/.schemas/policy.json": "policies/law-us-labour/policy.yaml",
            "./policies/law-us-labour/.schemas/tests.json": "policies/law-us-labour/tests/*.yaml",
        }
    }
    with Editor({"schemas": settings["yaml.schemas"]}, folder=tmp_path) as found:
        file = policy / "tests" / "new.yaml"
        text = "cases_for: law-us-labour\nassume: nothing\ncases:\n  - {id: A, facts: {account.kid: none}, expect: allow}\n"
        file.write_text(text)
        assert [found.covered(file, one) for one in found.open(file)] == ["account.kid"]


def test_what_is_written_is_checked_and_written_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = small(tmp_path)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str]:
        status = run(["schema", *arguments])
        return status, capsys.readouterr().out

    before = {file: file.read_bytes() for file in policy.rglob("*.yaml")}
    status, out = call("--check", "policies")
    assert status == 1
    assert "policies/law-us-labour/.schemas/policy.json: is not up to date." in out
    assert "policies/law-us-labour/policy.yaml: does not name its schema." in out
    assert out.endswith("Write them anew: socialpolicy schema --write policies\n")
    assert {file: file.read_bytes() for file in policy.rglob("*.yaml")} == before
    assert not (policy / ".schemas").exists()

    status, out = call("--write", "policies")
    assert (status, out.splitlines()[0]) == (
        0,
        "law-us-labour: 2 schemas written, 5 files now naming their schemas",
    )
    for file, content in before.items():  # nothing but the first line
        assert file.read_bytes().split(b"\n", 1)[1] == content.split(b"\n", 1)[1]
    assert call("--check", "policies") == (0, "law-us-labour: up to date\n")
    assert call("--write", "policies") == (0, "law-us-labour: up to date\n")

    text = (policy / "policy.yaml").read_text("utf-8")
    (policy / "policy.yaml").write_text(
        text.replace("\ncontacts:\n", "\ncontacts:\n  new: {title: New, reach: here}\n", 1)
    )
    status, out = call("--check", "policies")
    assert (status, "policy.json: is not up to date." in out) == (1, True)

    (policy / "policy.yaml").write_text("socialpolicy: 1\n")
    schema = (policy / ".schemas" / "policy.json").read_bytes()
    assert run(["schema", "--write", "policies"]) == 2
    assert (policy / ".schemas" / "policy.json").read_bytes() == schema


RELEASE = ROOT / "policies" / "brightline" / "releases" / "1.0.0.yaml"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--write", "--check"], "give one of --write, --check and --settings."),
        (["--write", "--for", "policies/acme"], "--for prints a single schema"),
        (["--write", "nowhere"], "there is no such file or folder."),
        (["--write", str(RELEASE)], "a release stays as it is"),
        (["policy", "tests"], "print one schema at a time"),
        (["polcy"], "there is no schema polcy; did you mean policy?"),
        (["policies"], "socialpolicy schema --write policies"),
    ],
)
def test_wrong_usage_is_told(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    before = RELEASE.read_bytes()
    assert run(["schema", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert RELEASE.read_bytes() == before


LINE = "# yaml-language-server: $schema=.schemas/policy.json"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\n", f"{LINE}\na: 1\n"),
        ("", f"{LINE}\n"),
        ("a: 1\r\nb: 2\r\n", f"{LINE}\r\na: 1\r\nb: 2\r\n"),
        ("\ufeffa: 1\n", f"\ufeff{LINE}\na: 1\n"),
        ("# yaml-language-server: $schema=old.json\na: 1\n", f"{LINE}\na: 1\n"),
        ("#  yaml-language-server:  $schema=old.json  \r\na: 1\r\n", f"{LINE}\r\na: 1\r\n"),
        ("# Ours\n# yaml-language-server: $schema=old.json\na: 1\n", f"# Ours\n{LINE}\na: 1\n"),
        ("# yaml-language-server: $schema=none\na: 1\n", "# yaml-language-server: $schema=none\na: 1\n"),
        ("a: |\n  x\n# yaml-language-server: $schema=b\n", f"{LINE}\na: |\n  x\n# yaml-language-server: $schema=b\n"),
        (f"{LINE}\na: 1\n", f"{LINE}\na: 1\n"),
        ("\n\n# Ours\n\na: 1", f"{LINE}\n\n\n# Ours\n\na: 1"),
    ],
)
def test_only_the_line_that_names_the_schema_changes(before: str, after: str) -> None:
    assert naming(before.encode(), ".schemas/policy.json") == after.encode()
    assert naming(after.encode(), ".schemas/policy.json") == after.encode()
