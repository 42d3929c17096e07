"""``socialpolicy explain``: the page on a finding."""

from __future__ import annotations

from importlib import resources

import click

from socialpolicy.cli.main import GOOD
from socialpolicy.loading.findings import meant


@click.command()
@click.argument("finding_id", required=False)
def command(finding_id: str | None) -> int:
    """Print the page on a finding: why it is one, what is wrong and what is right. Without an id: all ids."""
    folder = resources.files("socialpolicy") / "pages"
    names = sorted(page.name.removesuffix(".md") for page in folder.iterdir() if page.name.endswith(".md"))
    if finding_id is None:
        for name in names:
            summary = next(line for line in (folder / f"{name}.md").read_text("utf-8").splitlines()[1:] if line.strip())
            click.echo(f"{name.ljust(max(map(len, names)))}  {summary}")
        return GOOD
    if finding_id not in names:
        raise click.UsageError(
            f"There is no finding {finding_id}. {meant(finding_id, names) or 'socialpolicy explain  lists them all.'}"
        )
    click.echo((folder / f"{finding_id}.md").read_text("utf-8").rstrip())
    return GOOD
