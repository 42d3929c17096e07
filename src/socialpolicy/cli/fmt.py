"""``socialpolicy fmt``: put files into the canonical layout."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from socialpolicy.cli import output, sources
from socialpolicy.cli.main import COULD_NOT, GAVE_UP, GOOD, NO
from socialpolicy.formatting.canonical import LayoutError, LayoutFaultError, begins_as_ours, formatted, kind_of
from socialpolicy.loading.documents import REFUSED, Document
from socialpolicy.loading.findings import FindingsError, LimitError, told, visible
from socialpolicy.loading.reading import FILE_BYTES, read_bytes, read_file
from socialpolicy.writing import NewFile, write_together

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Done:
    """What became of the files: how many were in order, which were not, and how many were left alone and why."""

    whole: int = 0
    changed: list[str] = field(default_factory=list)
    failed: int = 0
    gave_up: int = 0
    faults: list[LayoutFaultError] = field(default_factory=list)


@click.command()
@click.argument("source", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--check", is_flag=True, help="Write nothing; name the files that would change, and end with 1 if there are any."
)
@click.option("--diff", is_flag=True, help="Write nothing; show what would change, and end with 1 if anything would.")
@output.skip_others_option
@output.color_option
@output.quiet_option
def command(source: tuple[str, ...], check: bool, diff: bool, skip_others: bool, color: str, quiet: bool) -> int:
    """Put policies, test cases, vocabularies, texts and survivors into the canonical layout.

    Comments and every word stay as they are, and so does what is decided: that is proved of each file before it is
    written. SOURCE is a file, a folder, or - for standard input, which is then written to standard output. Releases and
    JSON are never touched, and of a folder only what belongs to policies is.
    """
    if "-" in source:
        if len(source) > 1:
            raise click.UsageError("- (standard input) stands alone.")
        return standard_input(check, diff, output.colored(color))
    done = Done()
    for path, root in files(source):
        named = root is None and not skip_others
        one(path, root, done, named=named, write=not (check or diff), diff=output.colored(color) if diff else None)
        if check and not diff and done.changed[-1:] == [path.as_posix()]:
            click.echo(visible(path.as_posix()))
    if not quiet:
        click.echo(closing(done, written=not (check or diff)), err=check or diff)
    return status(done, failing=check or diff)


def files(source: tuple[str, ...]) -> Iterator[tuple[Path, Path | None]]:
    """The files to lay out, each once, with the folder that links may not lead out of. Raises a usage error."""
    seen: set[Path] = set()
    for name in source:
        path = sources.exists(name)
        if not path.is_dir():
            refuse(path)
        for file, root in sources.files(name):
            if (root is None or file.suffix != ".json") and file not in seen:
                seen.add(file)
                yield file, root


def refuse(path: Path) -> None:
    """Raise a usage error for a file that is never laid out."""
    shown = visible(path.as_posix())
    if sources.of_releases(path) or sources.of_index(path):
        raise click.UsageError(f"{shown}: releases are frozen, and checked by their digest; give the draft.")
    if path.suffix == ".json":
        raise click.UsageError(f"{shown}: JSON is written by programs and stays as it is; give a YAML file.")


def one(path: Path, root: Path | None, done: Done, *, named: bool, write: bool, diff: bool | None) -> None:
    """Lay out one file, or tell what is wrong with it. ``diff`` is whether to colour what would change, if it is shown."""
    try:
        document = read_file(path, root=root)
        if not ours(document, named=named):
            return
        new = formatted(document, lambda: sources.shelf_of(document.name))
        if new == document.text:
            done.whole += 1
            return
        if write:
            replace(path, document, new)
        done.changed.append(document.name)
        if diff is not None:
            show(document.name, document.text, new, diff)
    except LimitError as error:
        done.gave_up += 1
        click.echo(str(error.finding), err=True)
    except FindingsError as error:
        done.failed += 1
        click.echo(told(error.findings), err=True)
    except LayoutError as error:
        done.failed += 1
        click.echo(f"error: {error}", err=True)
    except OSError as error:
        done.failed += 1
        click.echo(f"error: {visible(path.as_posix())}: {error.strerror or error}", err=True)
    except LayoutFaultError as error:
        done.faults.append(error)
        click.echo(f"error: {error}", err=True)


def ours(document: Document, *, named: bool) -> bool:
    """Whether a file is one that has a canonical layout. Raises ``LayoutError`` for a file that was named and is none."""
    kind = kind_of(document.data)
    if kind == "program" or (document.data is not REFUSED and not kind):
        if named:
            what = "a saved program" if kind else "no policy, nor test cases, a vocabulary, texts or survivors"
            raise LayoutError(f"{visible(document.name)}: this is {what}; it stays as it is.")
        return False
    return bool(kind) or named or begins_as_ours(document.text)


def replace(path: Path, document: Document, new: str) -> None:
    """Put the new text into the place of the old one, at once; a link stays one. Raises where the file has changed meanwhile."""
    place = path.resolve()
    old = place.read_bytes()
    mark = BYTE_ORDER_MARK if old.startswith(BYTE_ORDER_MARK) else b""
    if old != mark + document.text.encode("utf-8"):
        raise LayoutError(f"{visible(document.name)}: the file was changed by somebody else just now; run this again.")
    write_together([NewFile(place, mark + new.encode("utf-8"))])


def show(name: str, old: str, new: str, colored: bool) -> None:
    """Print what would change."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), visible(name), visible(name), lineterm="", n=3)
    colors = {"+": "green", "-": "red", "@": "cyan"}
    for number, line in enumerate(lines):
        color = None if number < 2 else colors.get(line[:1])
        click.echo(output.paint(line, color, colored, bold=number < 2), color=True)


def standard_input(check: bool, diff: bool, colored: bool) -> int:
    """Lay out what stands on standard input, and write it to standard output; nothing is written where it has errors."""
    raw = sys.stdin.buffer.read(FILE_BYTES + 1)
    document = read_bytes(raw, "-")
    if not document.failed:
        ours(document, named=True)
    new = formatted(document, lambda: sources.shelf_of("-"))
    if check or diff:
        if new != document.text and diff:
            show("-", document.text, new, colored)
        elif new != document.text:
            click.echo("-")
        return NO if new != document.text else GOOD
    mark = BYTE_ORDER_MARK if raw.startswith(BYTE_ORDER_MARK) else b""
    sys.stdout.flush()
    sys.stdout.buffer.write(mark + new.encode("utf-8"))
    sys.stdout.buffer.flush()
    return GOOD


def closing(done: Done, *, written: bool) -> str:
    """What became of the files, in a line; the names of those that were written above it."""
    lines = [f"laid out {visible(name)}" for name in done.changed] if written else []
    left = done.failed + done.gave_up + len(done.faults)
    parts = []
    if done.changed:
        parts.append(f"{counted(len(done.changed))} {'laid out' if written else 'would change'}")
    if done.whole or not (done.changed or left):
        parts.append(f"{counted(done.whole)} in order{' already' if parts else ''}")
    if left:
        parts.append(f"{counted(left)} left alone, because of the errors above")
    return "\n".join([*lines, ", ".join(parts) + "."])


def counted(number: int) -> str:
    """A number of files."""
    return f"{number} file{'s' * (number != 1)}"


def status(done: Done, *, failing: bool) -> int:
    """The exit status; raises the first bug, if there was any."""
    if done.faults:
        raise done.faults[0]
    if done.failed:
        return COULD_NOT
    if done.gave_up:
        return GAVE_UP
    return NO if failing and done.changed else GOOD
