"""``socialpolicy read``: what a text says by itself, ready to decide."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from socialpolicy.cli import output, sources
from socialpolicy.cli.main import GOOD
from socialpolicy.deciding import Decider
from socialpolicy.facts.derived import Derived, Spot
from socialpolicy.facts.detectors import detectors, has_phone_numbers
from socialpolicy.facts.text import CHARACTERS, facts_from_text
from socialpolicy.loading.findings import meant, shortened, visible
from socialpolicy.telling import shown
from socialpolicy.translating import LANGUAGE

BYTES = CHARACTERS * 4
PLACES, EXCERPT = 8, 60


@click.command()
@click.argument("source")
@click.argument("text", default="-")
@click.option(
    "--platform", metavar="PLATFORM", help="Where it is to appear: it decides how X counts, and what is hidden."
)
@click.option("--as", "format", metavar="FORMAT", help="What it goes out as: text, image, video, …; for its place.")
@click.option("--at", metavar="INSTANT", help="When it is to happen, such as 2026-05-01T10:00:00Z, or `now`.")
@click.option("--language", metavar="CODE", help="Which language it is in, such as en.")
@click.option(
    "--country",
    "countries",
    multiple=True,
    metavar="CODE",
    help="Find phone numbers as they are dialled within this country too, such as DE; may be given again.",
)
@output.formats("text", "json", "facts")
def command(
    source: str,
    text: str,
    platform: str | None,
    format: str | None,
    at: str | None,
    language: str | None,
    countries: tuple[str, ...],
    formats: list[tuple[str, str]],
) -> int:
    """Tell what a TEXT (a file, or - for standard input) says by itself: links, words of the policy's lists, templates.

    Each fact comes with what derived it and where; what the text cannot tell is listed with the reason. Passwords, addresses
    and code names are never shown. The format facts is an action for decide, without them.
    """  # fmt: skip
    if source == "-" and text == "-":
        raise click.UsageError("The policy and the text cannot both be read from standard input.")
    policy = sources.decider_of(source)
    one_of(policy, "platform", platform, "--platform")
    one_of(policy, "content.format", format, "--as")
    if language is not None:
        check_language(language)
    written = text_of(text)
    when = datetime.now(UTC).replace(microsecond=0) if at == "now" else at
    chosen = detectors(tuple(map(country, countries)))
    derived = facts_from_text(
        policy, written, platform=platform, format=format, at=when, language=language, detectors=chosen
    )
    clock = f"\n(at {shown(when)}, by this machine's clock)" if isinstance(when, datetime) else ""
    texts = {
        "text": lambda: for_people(policy, derived) + clock,
        "json": lambda: output.as_json(derived.as_data()),
        "facts": lambda: output.as_json(derived.as_data()["facts"]),
    }
    output.write(formats, texts)
    return GOOD


def one_of(policy: Decider, name: str, value: str | None, option: str) -> None:
    """Refuse a word that the fact does not have as a value."""
    fact = policy.vocabulary.facts.get(name)
    if value is not None and fact is not None and fact.values and value not in fact.values:
        hint = meant(value, fact.values) or f"There is {', '.join(fact.values[:12])}."
        raise click.UsageError(f"{option} {visible(value)}: {name} has no such value. {hint[:1].upper()}{hint[1:]}")


def country(code: str) -> str:
    """The code of a country, in capitals. Raises a usage error where no phone numbers are known of it: none would be found."""
    if len(code) != 2 or not code.isascii() or not code.isalpha():
        raise click.UsageError(f"--country {visible(code)}: write the two letters of a country, such as DE.")
    if has_phone_numbers(code.upper()) is False:
        raise click.UsageError(
            f"--country {code}: there are no phone numbers of such a country. "
            "Write its two letters by ISO 3166, such as DE, or GB for the United Kingdom."
        )
    return code.upper()


def check_language(code: str) -> None:
    """Refuse what has not the form of a language's code."""
    if not LANGUAGE.fullmatch(code):
        raise click.UsageError(f"--language {visible(code)}: write the code of a language, such as en, or pt-BR.")


def text_of(name: str) -> str:
    """The text in a file, without the end of its last line. Raises an error that tells what to do."""
    if name == "-":
        raw, told = sys.stdin.buffer.read(BYTES + 1), "-"
    else:
        path: Path = sources.exists(name)
        told = visible(name)
        if not path.is_file():
            raise click.UsageError(f"{told}: this is no file; give the file that has the text.")
        with path.open("rb") as file:
            raw = file.read(BYTES + 1)
    if len(raw) > BYTES:
        raise click.UsageError(f"{told}: the text is too long; at most {CHARACTERS:,} characters are read.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise click.UsageError(f"{told}:{line}: this is not UTF-8; save it as UTF-8.") from None
    return text.removesuffix("\n").removesuffix("\r")


# -- what is printed -------------------------------------------------------------------------------------------------


def for_people(policy: Decider, derived: Derived) -> str:
    """The facts, each with what derived it and where, and what stays unknown."""
    told = derived.showable()
    lines = [f"What the text says by itself, read by {policy.id} {policy.version}:", ""]
    width = max(map(len, (*told.known, *told.unknown)), default=0)
    for name, one in told.known.items():
        lines.append(f"  {name.ljust(width)}  {visible(shown(one.value))}")
        lines.append(f"  {'':{width}}    {visible(one.by)}")
        lines += [f"  {'':{width}}    {line}" for line in places(derived, one.spots)]
    if told.slots:
        lines += ["", f"In the gaps of {told.template} stands (no approved text: the word lists count for it):"]
        lines += [f"  {name}: {visible(shortened(value, EXCERPT))}" for name, value in told.slots.items()]
    if told.unknown:
        lines += ["", "What the text does not tell:"]
        for name, gap in told.unknown.items():
            lines.append(f"  {name.ljust(width)}  {visible(gap.why)}")
            lines += [f"  {'':{width}}    {line}" for line in places(derived, gap.spots)]
    return "\n".join(lines)


def places(derived: Derived, spots: tuple[Spot, ...]) -> Iterator[str]:
    """Where something stands: line and column, and the words unless they are never shown."""
    for spot in spots[:PLACES]:
        line = derived.text.count("\n", 0, spot.start) + 1
        column = spot.start - (derived.text.rfind("\n", 0, spot.start) + 1) + 1
        words = "(not shown)" if spot.hidden else f'"{visible(shortened(derived.excerpt(spot), EXCERPT))}"'
        yield f"{line}:{column} {visible(spot.value)} {words}"
    if len(spots) > PLACES:
        yield f"… and {len(spots) - PLACES} more"
