"""The pages of the site that nobody writes: they are made of the sources that they describe."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import yaml
from gathering import ROOT, Page

import socialpolicy
from socialpolicy.catalogue import CHANGES, OF_AUDITS, OF_CASES, OF_WAIVERS
from socialpolicy.cli.main import COMMANDS, Commands, cli
from socialpolicy.diffing import NEEDS, VERSION_FINDINGS
from socialpolicy.tidying import LINTS
from socialpolicy.versions import Bump

PACKAGE = "src/socialpolicy"
OF_RELEASES = {
    "bad-index", "builds-on-draft", "bump-larger-than-needed", "frozen-file-changed", "missing-release",
    "no-change-entry", "nothing-to-release", "policy-id-twice", "policy-removed", "same-version-new-content",
    "unlisted-release",
}  # fmt: skip
OF_PROMISES = {"case-fails", "no-cases", "guarantee-fails", "guarantee-open", "guarantee-vacuous"}


def made_pages() -> tuple[list[Page], dict[str, str]]:
    """All made pages, and which page stands for which file or folder of the repository."""
    pages = [
        *finding_pages(),
        *command_pages(),
        *file_pages(),
        python_page(),
        modules_page(),
        *policy_pages(),
        *shown_files(),
    ]
    places = {page.source: page.path for page in pages}
    return pages, places


# -- findings --------------------------------------------------------------------------------------------------------


def finding_pages() -> list[Page]:
    """A page for each finding, and the list of them."""
    files = sorted((ROOT / PACKAGE / "pages").glob("*.md"))
    known = {file.stem for file in files}
    pages = [Page(f"findings/{file.name}", finding(file, known), f"{PACKAGE}/pages/{file.name}") for file in files]
    lines = [
        "# Findings",
        "",
        "All that the commands report has a name, and under each name stands why it is reported, what is wrong and what is",
        "right. `socialpolicy explain NAME` prints the same page.",
    ]
    for group, names in by_group(sorted(known)).items():
        lines += ["", f"## {group.title}", "", group.text, "", "| finding | |", "| --- | --- |"]
        lines += [f"| [`{name}`](findings/{name}.md) | {cell(summary(name))}{step(name)} |" for name in names]
    return [Page("findings.md", "\n".join(lines) + "\n", f"{PACKAGE}/pages"), *pages]


@dataclass(frozen=True, slots=True)
class Group:
    """Findings that one kind of command reports: its title, what to know of all of them, and their names."""

    title: str
    text: str
    names: frozenset[str]


MISTAKES = Group(
    "Mistakes",
    "Reported by every command that reads the file, `validate` first. They are errors: the file cannot be used.",
    frozenset(),
)
GROUPS = [
    MISTAKES,
    Group(
        "Doubts",
        "Reported by [`lint`](lint.md): warnings and notes about what is right and yet cannot be meant.",
        LINTS,
    ),
    Group(
        "Changes",
        "Reported by [`diff`](versions.md): what a new version decides otherwise, and the step that it calls for.",
        CHANGES,
    ),
    Group(
        "Versions and releases",
        "Reported by [`diff`](versions.md) and [`release`](releases.md): what a version promises is not so.",
        VERSION_FINDINGS | OF_RELEASES,
    ),
    Group(
        "Cases and guarantees",
        "Reported by [`test`](testing.md), [`prove`](guarantees.md) and [`release`](releases.md): what is promised is not so.",
        frozenset(OF_PROMISES | OF_CASES),
    ),
    Group(
        "Configuration and waivers",
        "Reported of [the configuration](configuration.md), and of changes that somebody [accepts on "
        "record](versions.md#waivers).",
        OF_WAIVERS | {"bad-waiver", "not-adjustable", "unknown-finding"},
    ),
    Group(
        "Work that was not done",
        "Reported in the place of all others, in [formats that programs read](formats.md#when-a-command-cannot-run).",
        frozenset({"could-not-run"}),
    ),
    Group("Accounts", "Reported by [`audit`](accounts.md).", OF_AUDITS),
]


def by_group(names: list[str]) -> dict[Group, list[str]]:
    """The findings by what reports them; what no other group has is a mistake."""
    found: dict[Group, list[str]] = {group: [] for group in GROUPS}
    for name in names:
        found[next((group for group in GROUPS if name in group.names), MISTAKES)].append(name)
    return {group: names for group, names in found.items() if names}


def step(name: str) -> str:
    """The step between versions that a change calls for."""
    return f" *Needs: {NEEDS[name].word}.*" if NEEDS.get(name, Bump.IDENTICAL) > Bump.IDENTICAL else ""


def finding(file: Path, known: set[str]) -> str:
    """The page on a finding: other findings that it names at its end become links, and its blocks lose their marks."""
    text = re.sub(r"^```(\w+) [\w -]+$", r"```\1", file.read_text("utf-8"), flags=re.MULTILINE)
    head, mark, others = text.partition("\n## See also\n")
    if not mark:
        return f"{head}\n[All findings](../findings.md)\n"
    linked = re.sub(r"[a-z0-9-]+", lambda name: f"[`{name[0]}`]({name[0]}.md)" if name[0] in known else name[0], others)
    return f"{head}{mark}{linked}\n[All findings](../findings.md)\n"


def summary(name: str) -> str:
    """The first sentence of the page on a finding."""
    lines = (ROOT / PACKAGE / "pages" / f"{name}.md").read_text("utf-8").splitlines()[1:]
    paragraph = "\n".join(lines).strip().split("\n\n")[0]
    return " ".join(paragraph.split())


# -- the command line ------------------------------------------------------------------------------------------------


def command_pages() -> list[Page]:
    """The help of each command, as the program itself prints it."""
    lines = [
        "# Commands and options",
        "",
        "What `socialpolicy COMMAND --help` says, made from the program itself. [The command line](../cli.md) shows each",
        "command at work.",
        "",
        "```text",
        helped(cli, "socialpolicy", None),
        "```",
        "",
    ]
    group = Commands("socialpolicy")
    parent = click.Context(cli, info_name="socialpolicy", max_content_width=88, terminal_width=88)
    for name in COMMANDS:
        command = group.get_command(parent, name)
        assert command is not None
        lines += [f"## {name}", "", "```text", helped(command, name, parent), "```", ""]
    return [Page("reference/commands.md", "\n".join(lines), f"{PACKAGE}/cli")]


def helped(command: click.Command, name: str, parent: click.Context | None) -> str:
    """The help of a command, in lines that fit a page."""
    context = click.Context(
        command,
        info_name=name,
        parent=parent,
        max_content_width=88,
        terminal_width=88,
        help_option_names=["-h", "--help"],
    )
    return command.get_help(context)


# -- kinds of files --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: the name of its schema, the title of its page, and what it is."""

    name: str
    title: str
    text: str


KINDS = [
    Kind(
        "policy", "Policy file", "A policy, as its author writes it. [The policy file](../policy-file.md) explains it."
    ),
    Kind("tests", "Test cases", "The cases of a policy. [Testing](../testing.md) explains them."),
    Kind("vocabulary", "Vocabulary file", "A vocabulary of its own. [The vocabulary](../vocabulary.md) explains it."),
    Kind("texts", "Translations", "A policy's texts in another language. [Several languages](../translations.md)."),
    Kind("survivors", "Kept survivors", "What is kept although [no case notices it](../mutation.md)."),
    Kind("action", "Action", "The facts of one action, with the core vocabulary; flat or nested."),
    Kind("decision", "Decision", "A decision, as `Decision.to_dict()` and `socialpolicy decide -f json` give it."),
    Kind("program", "Saved program", "What `socialpolicy compile` writes. Made and read by programs only."),
    Kind("report", "Report", "What a command found, as `-f json` writes it. [Formats](../formats.md) explains it."),
]


def file_pages() -> list[Page]:
    """A page for each kind of file, made of its schema, and the list of them."""
    kinds = {kind.name: kind for kind in KINDS}
    lines = [
        "# Kinds of files",
        "",
        "Every key of every file, made of the JSON Schemas in `schemas/`. [Schemas](../schemas.md) says how an editor uses",
        "them.",
        "",
        "| file | |",
        "| --- | --- |",
    ]
    pages = []
    for file in sorted(
        (ROOT / "schemas").glob("*.schema.json"), key=lambda file: list(kinds).index(known(file, kinds))
    ):
        kind = kinds[known(file, kinds)]
        lines.append(f"| [{kind.title}]({kind.name}-file.md) | {kind.text} |")
        text = schema_page(kind, json.loads(file.read_text("utf-8")))
        pages.append(Page(f"reference/{kind.name}-file.md", text, f"schemas/{file.name}"))
    return [Page("reference/files.md", "\n".join(lines) + "\n", "schemas"), *pages]


def known(file: Path, kinds: dict[str, Kind]) -> str:
    """The kind of a schema's file; a new one has to be described here first."""
    name = file.name.removesuffix(".schema.json")
    if name not in kinds:
        raise KeyError(f"schemas/{file.name}: say in docs/site/reference.py (KINDS) what this kind of file is")
    return name


def schema_page(kind: Kind, schema: dict[str, Any]) -> str:
    """The page on a kind of file: a table for the file and one for each thing within it."""
    lines = [f"# {kind.title}", "", kind.text, ""]
    if schema.get("properties"):
        lines += keys(schema)
    for name, inner in schema.get("$defs", {}).items():
        lines += [f"## {spoken(name)}", ""]
        if inner.get("description"):
            lines += [sentence(inner["description"]), ""]
        lines += keys(inner) if inner.get("properties") else [f"Is {typed(inner)}.", ""]
    return "\n".join(lines) + "\n"


def keys(schema: dict[str, Any]) -> list[str]:
    """The table of the keys of a mapping."""
    required = set(schema.get("required", ()))
    lines = ["| key | is | |", "| --- | --- | --- |"]
    for key, value in schema["properties"].items():
        must = "**needed**. " if key in required else ""
        lines.append(f"| `{cell(key)}` | {cell(typed(value))} | {must}{cell(sentence(value.get('description', '')))} |")
    return [*lines, ""]


def sentence(text: str) -> str:
    """A description as Markdown: what stands in two backticks stands in one."""
    return " ".join(text.replace("``", "`").split())


def spoken(name: str) -> str:
    """The name of a part of a schema, without the word that the code adds."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Text")).capitalize()


def typed(schema: Any) -> str:
    """What a value may be, in a few words."""
    if schema is True or not schema:
        return "anything"
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        title = spoken(name)
        return f"[{title.lower()}](#{title.lower().replace(' ', '-')})"
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return one_of([f"`{json.dumps(value).strip(chr(34))}`" for value in schema["enum"]])
    for word in ("oneOf", "anyOf"):
        if word in schema and not schema.get("properties"):
            shapes = dict.fromkeys(typed(inner) for inner in schema[word] if set(inner) != {"required"})
            if shapes:
                return one_of(list(shapes))
    kinds = schema.get("type", "object")
    return one_of([plain(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)])


def plain(kind: str, schema: dict[str, Any]) -> str:
    """What a value of a simple type may be."""
    match kind:
        case "array":
            return f"a list, each {typed(schema.get('items', True))}"
        case "object":
            inner = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties", False)]
            shapes = dict.fromkeys(typed(one) for one in inner if isinstance(one, dict) and one)
            return "names, each with " + one_of(list(shapes)) if shapes else "keys and values"
        case "string":
            return text_like(schema)
        case "integer" | "number":
            low, high = schema.get("minimum"), schema.get("maximum")
            limits = f", {low} to {high}" if low is not None and high is not None else ""
            return ("a whole number" if kind == "integer" else "a number") + limits
        case "boolean":
            return "`true` or `false`"
        case "null":
            return "`null`"
    raise ValueError(kind)


def text_like(schema: dict[str, Any]) -> str:
    """What a text may be: some patterns have a name that says more than the pattern."""
    match schema.get("pattern", ""), schema.get("format", ""):
        case [_, "date-time"]:
            return "an instant"
        case ["", _]:
            return "text"
        case [pattern, _] if pattern.startswith("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"):
            return "a date"
        case [pattern, _] if pattern.startswith("^[A-Za-z0-9][A-Za-z0-9._-]*$"):
            return "a name"
        case [pattern, _] if pattern.startswith("^(0|[1-9]"):
            return "a version, such as `1.2.0`"
        case [pattern, _] if pattern.startswith("^([01][0-9]|2[0-3])"):
            return "a time of day"
        case _:
            return "text of a fixed form"


def one_of(shapes: list[str]) -> str:
    """The shapes, the last one with "or"."""
    return shapes[0] if len(shapes) == 1 else f"{', '.join(shapes[:-1])} or {shapes[-1]}"


def cell(text: str) -> str:
    """A text within a table."""
    return text.replace("|", "\\|")


# -- Python ----------------------------------------------------------------------------------------------------------

# What the pages in `docs/` use beside the names that the package exports.
MODULES = {
    "socialpolicy.auditing": ["audit"],
    "socialpolicy.facts.accounts": ["account_facts"],
    "socialpolicy.facts.approvals": ["Record", "approvals_given", "digest_of_draft"],
    "socialpolicy.facts.derived": ["Derived", "Spot"],
    "socialpolicy.facts.detectors": ["Finder", "detectors"],
    "socialpolicy.facts.duties": ["overdue", "standings"],
    "socialpolicy.facts.pauses": ["crisis_facts", "read_state"],
    "socialpolicy.facts.playbooks": ["playbook_of", "progress"],
    "socialpolicy.facts.templates": ["Slot", "Template", "matching"],
    "socialpolicy.facts.text": ["TextReader", "facts_from_text", "facts_with_text"],
    "socialpolicy.loading.reading": ["read_file"],
    "socialpolicy.mutating": ["mutate"],
    "socialpolicy.schemas": ["schema"],
    "socialpolicy.timeline": ["timeline"],
    "socialpolicy.translating": ["languages", "translated"],
}


def python_page() -> Page:
    """What Python programs may use: all that the package exports, and what the pages use of its modules."""
    lines = [
        "# Python names",
        "",
        "Made of the docstrings. [The Python API](../api.md) shows them at work.",
        "",
        "## socialpolicy",
        "",
        "What the package exports is the supported API.",
        "",
    ]
    lines += [f"::: socialpolicy.{name}" for name in socialpolicy.__all__]
    for module, names in MODULES.items():
        lines += ["", f"## {module}", ""]
        lines += [f"::: {module}.{name}" for name in names]
    return Page("reference/python.md", "\n\n".join(lines) + "\n", f"{PACKAGE}/__init__.py")


def modules_page() -> Page:
    """All modules by layers, each with the first sentence of its docstring."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    lines = [
        "# All modules",
        "",
        "Layer by layer, from the top. A module imports only from layers below its own, which the linters check.",
        "[How it is built](../architecture.md) has the idea.",
    ]
    for contract in contracts:
        if contract["type"] == "layers":
            package = contract["containers"][0]
            lines += ["", f"## {package}", "", "| layer | module | |", "| --- | --- | --- |"]
            for number, layer in enumerate(contract["layers"], 1):
                for module in layer.split(" | "):
                    lines.append(f"| {number} | `{module}` | {cell(first_sentence(f'{package}.{module}'))} |")
    return Page("reference/modules.md", "\n".join(lines) + "\n", "pyproject.toml")


def first_sentence(module: str) -> str:
    """What a module says of itself first."""
    path = ROOT / "src" / Path(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return sentence(text.split("\n\n")[0])


# -- policies and other files ----------------------------------------------------------------------------------------


def policy_pages() -> list[Page]:
    """The shipped policies, each with its text, and the list of them."""
    lines = [
        "# The shipped policies",
        "",
        "To read, and to copy from. [Packs and companies](packs.md) says what they cover, and which is like yours.",
        "The companies do not exist, and nothing here is legal advice.",
        "",
        "| policy | | rules |",
        "| --- | --- | --- |",
    ]
    pages = []
    for file in sorted((ROOT / "policies").glob("*/policy.yaml")):
        text = file.read_text("utf-8")
        written = yaml.safe_load(text)
        lines.append(
            f"| [`{written['id']}`](policies/{written['id']}.md) | {cell(written['title'])} | {len(written['rules'])} |"
        )
        source = file.relative_to(ROOT).as_posix()
        intro = f"`{source}`, version {written['version']}."
        pages.append(Page(f"policies/{written['id']}.md", as_file(written["title"], intro, text, "yaml"), source))
    return [Page("policies.md", "\n".join(lines) + "\n", "policies"), *pages]


LANGUAGES = {".yaml": "yaml", ".json": "json", ".py": "python"}


def shown_files() -> list[Page]:
    """Pages that show other files, for the pages that link to them."""
    texts = [*(ROOT / "policies").glob("*/texts/*.yaml"), *(ROOT / "examples").rglob("*.*"), ROOT / "LICENSE"]
    pages = []
    for file in sorted(file for file in texts if file.is_file() and "__pycache__" not in file.parts):
        source = file.relative_to(ROOT).as_posix()
        text = as_file(source, "", file.read_text("utf-8"), LANGUAGES.get(file.suffix, "text"))
        pages.append(Page(f"files/{source.replace('/', '-')}.md", text, source))
    return pages


def as_file(title: str, intro: str, text: str, language: str) -> str:
    """A page that shows a file."""
    return f"# {title}\n\n{intro}\n\n~~~~{language}\n{text.rstrip()}\n~~~~\n"
