"""``socialpolicy schema``: JSON Schemas for editors and other programs."""

from __future__ import annotations

import click

from socialpolicy.cli import sources
from socialpolicy.cli.main import GOOD
from socialpolicy.schemas import KINDS, schema, text


@click.command()
@click.argument("kind", type=click.Choice(KINDS), default="policy")
@click.option(
    "--for", "source", metavar="SOURCE", help="For the vocabulary that this policy uses: its fact names and values."
)
def command(kind: str, source: str | None) -> int:
    """Print a JSON Schema (draft 2020-12) of a policy, an action, a decision, test cases or a saved program.

    An editor completes fact names and values with the one of `schema policy --for SOURCE`.
    """
    policy = sources.policy_of(source) if source is not None else None
    click.echo(text(schema(kind, policy)), nl=False)
    return GOOD
