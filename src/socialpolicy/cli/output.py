"""What all commands share: their options, their formats, and colour on a terminal alone."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])
COLORS = {"allow": "green", "revise": "yellow", "ask": "blue", "deny": "red"}


def formats(*names: str) -> Callable[[Function], Function]:
    """The option ``-f FORMAT[:FILE]``, which may be given several times."""

    def check(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, str]]:
        chosen = []
        for value in values or ("text",):
            name, _, file = value.partition(":")
            if name not in names:
                raise click.BadParameter(f"{name} is no format here; there is {', '.join(names)}.")
            chosen.append((name, file))
        return chosen

    return click.option(
        "-f", "--format", "formats", multiple=True, callback=check, metavar="FORMAT[:FILE]",
        help=f"{' or '.join(names)}; more than once to write several.",
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
    "--max-errors", type=click.IntRange(1), default=50, show_default=True, help="How many findings to show."
)


def write(formats: list[tuple[str, str]], texts: Mapping[str, Callable[[], str]]) -> None:
    """Write the answer in each format that was asked for, to its file or to standard output."""
    for name, file in formats:
        text = texts[name]()
        if file:
            check_output(Path(file))
            Path(file).write_text(click.unstyle(text) + "\n", encoding="utf-8")
        else:
            click.echo(text, color=True)


def check_output(file: Path) -> None:
    """Refuse to write over what an author wrote."""
    if file.is_file():
        with file.open("rb") as stream:
            if any(
                line.startswith((b"socialpolicy:", b"cases_for:", b"vocabulary:"))
                for line in stream.read(65536).splitlines()
            ):
                raise click.UsageError(
                    f"{file}: this file was written by an author; it is not written over. Name another."
                )


def as_json(data: Any) -> str:
    """Data for programs."""
    return json.dumps(data, ensure_ascii=False, indent=2)


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
