"""What all commands share: their options, their formats, and colour on a terminal alone."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from socialpolicy.errors import SocialPolicyError
from socialpolicy.writing import NewFile

if TYPE_CHECKING:
    from socialpolicy.configuring import Configuration
    from socialpolicy.reporting.report import Report

Function = TypeVar("Function", bound=Callable[..., Any])
REPORTS = ("text", "json", "github", "gitlab", "sarif", "junit", "markdown", "html")
"""The formats of commands that look for findings."""
FINDINGS_SHOWN = 50
COLORS = {"allow": "green", "revise": "yellow", "ask": "blue", "deny": "red"}


def formats(*names: str) -> Callable[[Function], Function]:
    """The option ``-f FORMAT[:FILE]``, which may be given several times."""

    def check(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, str]]:
        chosen: list[tuple[str, str]] = []
        for value in values or ("text",):
            name, _, file = value.partition(":")
            if name not in names:
                raise click.BadParameter(f"{name} is no format here; there is {', '.join(names)}.")
            if file and any(other and Path(file).resolve() == Path(other).resolve() for _, other in chosen):
                raise click.BadParameter(f"{file} is named twice: each format goes to a file of its own.")
            if file:
                check_output(Path(file), name, names)
            chosen.append((name, file))
        return chosen

    return click.option(
        "-f", "--format", "formats", multiple=True, callback=check, metavar="FORMAT[:FILE]",
        help=f"{', '.join(names[:-1])} or {names[-1]}; more than once to write several.",
    )  # fmt: skip


color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the output.",
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print the answer alone.")
max_errors_option = click.option(
    "--max-errors", type=click.IntRange(1), default=FINDINGS_SHOWN, show_default=True, help="How many findings to show."
)


skip_others_option = click.option(
    "--skip-others", is_flag=True, help="Pass over named files that hold none of these, as in folders; for hooks."
)
config_option = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The configuration: levels of findings, waivers. `.socialpolicy.toml` or `pyproject.toml`, if left out.",
)


link_option = click.option(
    "--link", default="", metavar="ADDRESS", callback=lambda ctx, param, value: linked(value),
    help="In pages: link places to this address, which has {file} and {line} in it.",
)  # fmt: skip


def linked(address: str) -> str:
    """An address for links, checked."""
    if address and not (address.startswith(("https://", "http://", "/", "../")) and "{file}" in address):
        raise click.BadParameter("write an address such as https://forge.example/blob/main/{file}#L{line}.")
    return address


def chosen(config: Path | None) -> Configuration:
    """What the configuration says: the one that is named, or that of the current folder, or of one above in its repository."""
    file = config or configured()
    if file is None:
        from socialpolicy.configuring import Configuration

        return Configuration()
    from socialpolicy.configuring import configuration

    return configuration(file)


def configured() -> Path | None:
    """The configuration file of the current folder, or of the nearest one above it in the same repository."""
    here = Path.cwd()
    folders = (here, *here.parents)
    top = next((place for place, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    for folder in folders[: top + 1]:
        own, shared = folder / ".socialpolicy.toml", folder / "pyproject.toml"
        if own.is_file() or (shared.is_file() and b"socialpolicy" in shared.read_bytes()):
            from socialpolicy.configuring import configured as in_folder

            found = in_folder(folder)
            if found is not None:
                return relative(found)
    return None


def relative(path: Path) -> Path:
    """A path from the current folder."""
    return Path(os.path.relpath(path))


# -- writing -------------------------------------------------------------------------------------------------------------


def write(formats: Sequence[tuple[str, str]], texts: Mapping[str, Callable[[], str]]) -> None:
    """Write the answer in each format that was asked for, to its file or to standard output; to all files, or to none."""
    files: list[NewFile] = []
    for name, file in formats:
        text = texts[name]().rstrip("\n") + "\n"
        if name == "text":
            text = harmless(text)
        if not file:
            click.echo(text, nl=False, color=True)
        elif Path(file).exists() and not Path(file).is_file():  # a device, or a pipe
            Path(file).write_text(click.unstyle(text), encoding="utf-8", errors="backslashreplace")
        else:
            files.append(NewFile(Path(file).resolve(), click.unstyle(text).encode("utf-8", "backslashreplace")))
    if files:
        from socialpolicy.writing import write_together

        write_together(files)


COMMANDS = re.compile(r"^(\s*:)(?=:)|##(?=\[)", re.MULTILINE)
"""What a log of continuous integration takes for a command: ``::`` at the beginning of a line, ``##[`` anywhere in one."""
HIDING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u0085\u2028\u2029]")


def harmless(text: str) -> str:
    """A text in which no word of an author is a command for the log that it is printed to, or turns what is around it."""
    text = HIDING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)
    return COMMANDS.sub(lambda sign: f"{sign[0]} ", text)


def answer(
    formats: Sequence[tuple[str, str]], report: Report, chosen: Configuration | None = None, *, quiet: bool = False
) -> int:
    """Write a report in each format that was asked for, with what was chosen for it. Returns the exit status."""
    report = noting(report, chosen) if chosen is not None else report
    texts: dict[str, Callable[[], str]] = {"text": lambda: noted(report, quiet=quiet)}
    if any(name != "text" for name, _ in formats):
        from functools import partial

        from socialpolicy.reporting.formats import FORMATS
        from socialpolicy.reporting.report import located

        found = located(report)
        texts |= {name: partial(render, found) for name, render in FORMATS.items()}
    write(formats, texts)
    return report.status


def noting(report: Report, chosen: Configuration) -> Report:
    """A report with what was chosen for it."""
    if not chosen.file:
        return report
    from socialpolicy.reporting.places import from_top, top_of

    return replace(report, note=chosen.told(from_top(chosen.file, top_of(Path()))))


def noted(report: Report, *, quiet: bool) -> str:
    """What a report says in a terminal, and below it what was chosen."""
    return report.text() if quiet or not report.note else f"{report.text()}\n{report.note}"


@contextmanager
def answering(formats: Sequence[tuple[str, str]], command: str) -> Iterator[None]:
    """Where a command cannot do its work, say so in every format that programs read, before the error is told as ever."""
    try:
        yield
    except (SocialPolicyError, click.ClickException, OSError) as error:
        others = [(name, file) for name, file in formats if name != "text" or file]
        if others:
            answer(others, failed(command, error))
        raise


def failed(command: str, error: SocialPolicyError | click.ClickException | OSError) -> Report:
    """The report of a command that could not do its work."""
    from socialpolicy.loading.findings import Finding, FindingsError, LimitError
    from socialpolicy.reporting.report import Report
    from socialpolicy.solving import Undecided

    told = error.message if isinstance(error, click.ClickException) else str(error)
    findings: Sequence[Finding] = [Finding("could-not-run", told, "")]
    if isinstance(error, FindingsError) and error.findings:
        findings = error.findings
    elif isinstance(error, LimitError):
        findings = [error.finding]
    status = 3 if isinstance(error, LimitError | Undecided) else 2
    stopped = "gave up at a limit" if status == 3 else "could not be done"
    summary = f"The command {stopped}: {told.partition(chr(10))[0]}"
    return Report(command, status, summary, tuple(findings), text=lambda: f"error: {told}")


OURS: Mapping[str, bytes] = {
    "json": rb'\s*\{\s*"report": 1\b', "gitlab": rb"\s*\[", "sarif": rb'\s*\{\s*"\$schema": "[^"]*sarif',
    "junit": rb"<\?xml[^>]*>\s*<testsuites name=\"socialpolicy ", "markdown": rb"<!-- socialpolicy:",
    "html": rb"<!doctype html>[\s\S]{,800}<title>socialpolicy ",
}  # fmt: skip
"""How a report of each format begins: only such a file is written over."""
AUTHORS = re.compile(
    rb"^(\W{,4}(socialpolicy|cases_for|accounts_for|approvals_for|survivors_of|texts_of)\W?|vocabulary|policy|as_of):",
    re.MULTILINE,
)
"""What files begin with that somebody wrote."""
WRITTEN_BY_HAND = frozenset({".yaml", ".yml", ".toml", ".jsonl", ".md", ".py", ".csv", ".cfg", ".ini"})
"""How a line begins in what authors write."""


def check_output(file: Path, name: str, names: Sequence[str] = ()) -> None:
    """Refuse to write over what is no earlier report of this format, or where there is no folder."""
    if not file.parent.is_dir():
        raise click.UsageError(f"{file}: there is no folder {file.parent}; make it first.")
    if file.is_dir():
        raise click.UsageError(f"{file}: this is a folder; name a file in it.")
    if not file.is_file():
        return
    with file.open("rb") as stream:
        head = stream.read(65536).removeprefix(b"\xef\xbb\xbf")
    if not head:
        return
    ours = OURS.get(name) if names == REPORTS else None
    by_hand = file.suffix.lower() in WRITTEN_BY_HAND or ".git" in file.parts or AUTHORS.search(head)
    if (ours is not None and not re.match(ours, head)) or (ours is None and by_hand):
        raise click.UsageError(f"{file}: this file is no earlier report, so it is not written over. Name another.")


def as_json(data: Any) -> str:
    """Data for programs."""
    return json.dumps(data, ensure_ascii=False, indent=2)


def doing(what: str) -> None:
    """Show on a terminal what is being done; nothing elsewhere."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{what}", nl=False, err=True)


def colored(choice: str) -> bool:
    """Whether to colour: on a terminal, unless NO_COLOR is set."""
    return choice == "always" or (choice == "auto" and sys.stdout.isatty() and not os.environ.get("NO_COLOR"))


def paint(text: str, color: str | None, on: bool, *, bold: bool = False) -> str:
    """A text in colour, if colour is on."""
    return click.style(text, fg=color, bold=bold or None) if on else text


def painted_findings(text: str, on: bool) -> str:
    """Findings with their levels and carets in colour."""
    if not on:
        return text
    lines = []
    for line in text.split("\n"):
        if ": error: " in line:
            line = line.replace(": error: ", f": {click.style('error', fg='red', bold=True)}: ", 1)  # noqa: PLW2901
        elif ": warning: " in line:
            line = line.replace(": warning: ", f": {click.style('warning', fg='yellow', bold=True)}: ", 1)  # noqa: PLW2901
        elif line.lstrip().startswith("|") and "^" in line:
            line = click.style(line, fg="cyan")  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines)
