"""``socialpolicy compile``: write the program that decides."""

from __future__ import annotations

from pathlib import Path

import click

from socialpolicy.cli import output, sources
from socialpolicy.cli.main import GOOD
from socialpolicy.saving import dumped, save


@click.command()
@click.argument("source")
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; standard output if left out.",
)
@click.option("--to", type=click.Choice(["json"]), default="json", show_default=True, help="The form to write.")
def command(source: str, file: Path | None, to: str) -> int:
    """Write the program that decides, to embed without the author's file.

    socialpolicy.load_program(FILE) decides from it.
    """
    policy = sources.policy_of(source)
    if file is None:
        click.echo(dumped(policy.program), nl=False)
    else:
        output.check_output(file, "json")
        save(policy.program, file)
        click.echo(f"{file}: {policy.id} {policy.version}, {len(policy.rules)} rules.", err=True)
    return GOOD
