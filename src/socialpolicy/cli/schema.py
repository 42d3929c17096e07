"""``socialpolicy schema``: JSON Schemas for editors and other programs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from socialpolicy.cli import sources
from socialpolicy.cli.main import GOOD, NO
from socialpolicy.loading.findings import listed, meant, visible
from socialpolicy.schemas import KINDS, schema, text

if TYPE_CHECKING:
    from socialpolicy.policy import Policy


@click.command()
@click.argument("words", metavar="[KIND | SOURCE...]", nargs=-1)
@click.option(
    "--for",
    "source",
    metavar="SOURCE",
    help="Print it made to measure for this policy: with its facts, values and names.",
)
@click.option("--write", is_flag=True, help="Write the schemas of policies beside them, and name them in their files.")
@click.option("--check", is_flag=True, help="Tell whether what --write writes is up to date.")
@click.option("--settings", is_flag=True, help="Print settings for Visual Studio Code that name the schemas.")
def command(words: tuple[str, ...], source: str | None, write: bool, check: bool, settings: bool) -> int:
    """Let an editor know the words of a policy, or print a JSON Schema (draft 2020-12).

    With --write, --check or --settings the arguments are SOURCEs: policies, or folders of policies; without one, all
    policies below this folder. What --write writes belongs into the repository, beside the policy.

    Otherwise the argument is a KIND: policy, tests, texts, vocabulary, survivors, action, decision, program or report.
    """
    if write + check + settings > 1:
        raise click.UsageError("give one of --write, --check and --settings.")
    if not (write or check or settings):
        click.echo(printed(words, source), nl=False)
        return GOOD
    if source is not None:
        raise click.UsageError("--for prints a single schema; leave it out here.")
    wanted = words or (".",)
    files = [file for one in wanted for file in sources.folders(one)]
    frozen = next((file for file in files if sources.of_releases(file) or sources.of_index(file)), None)
    if frozen is not None:
        raise click.UsageError(f"{visible(str(frozen))}: a release stays as it is; name the folder of the policy.")
    policies = [sources.policy_of(str(file)) for file in files]
    if write:
        return written(policies)
    return checked(policies, words) if check else shown(policies)


def printed(words: Sequence[str], source: str | None) -> str:
    """The one schema that is asked for, as text."""
    kind = words[0] if words else "policy"
    if kind not in KINDS:
        hint = meant(kind, KINDS) or f"there is {listed(KINDS, 'and')}."
        if sources.is_there(kind):
            hint = (
                f"to write the schemas of a policy beside it: {shlex.join(['socialpolicy', 'schema', '--write', kind])}"
            )
        raise click.UsageError(f"there is no schema {visible(kind)}; {visible(hint)}")
    if len(words) > 1:
        raise click.UsageError("print one schema at a time.")
    return text(schema(kind, sources.policy_of(source) if source is not None else None))


def written(policies: Sequence[Policy]) -> int:
    """Write what is not up to date, and say what was done."""
    from socialpolicy.editors import changed, naming_files, schemas_of
    from socialpolicy.writing import NewFile, write_together

    news = False
    for policy in policies:
        schemas, naming = changed(schemas_of(policy)), changed(naming_files(policy))
        for file in schemas:
            file.path.parent.mkdir(exist_ok=True)
        write_together([*schemas, *(NewFile(file.path.resolve(), file.content) for file in naming)])
        done = [counted(len(schemas), "schema", "written"), counted(len(naming), "file", "now naming its schema")]
        click.echo(f"{policy.id}: {', '.join(filter(None, done)) or 'up to date'}")
        news = news or bool(naming)
    if news:
        click.echo(
            "Commit these files. An editor with the YAML language server (Visual Studio Code: the extension YAML)\n"
            "now offers and explains the words of these policies."
        )
    return GOOD


def counted(number: int, thing: str, done: str) -> str:
    """How many things something was done with; "" for none."""
    words = done.replace("its schema", "their schemas") if number > 1 else done
    return f"{number} {thing}{'s' if number > 1 else ''} {words}" if number else ""


def checked(policies: Sequence[Policy], words: Sequence[str]) -> int:
    """Tell what is not up to date."""
    from socialpolicy.editors import changed, naming_files, schemas_of

    stale = 0
    for policy in policies:
        found = [f"{visible(str(file.path))}: is not up to date." for file in changed(schemas_of(policy))]
        found += [f"{visible(str(file.path))}: does not name its schema." for file in changed(naming_files(policy))]
        click.echo("\n".join(found) if found else f"{policy.id}: up to date")
        stale += len(found)
    if stale:
        click.echo(f"Write them anew: {shlex.join(['socialpolicy', 'schema', '--write', *words])}")
    return NO if stale else GOOD


def shown(policies: Sequence[Policy]) -> int:
    """Print settings for Visual Studio Code."""
    from socialpolicy.editors import settings

    here = Path.cwd()
    try:
        found = settings(policies, here)
    except ValueError:
        message = "the settings name files below this folder; call it in the folder that the editor opens."
        raise click.UsageError(message) from None
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    return GOOD
