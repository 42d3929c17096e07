"""``socialpolicy texts``: what of a policy is still to be translated."""

from __future__ import annotations

import click
import yaml

from socialpolicy.cli import output, sources
from socialpolicy.cli.main import GOOD, NO


@click.command()
@click.argument("source", metavar="SOURCE")
@click.option("--language", required=True, metavar="TAG", help="The language, such as de or pt-BR.")
@output.formats("text", "json")
@output.quiet_option
def command(source: str, language: str, formats: list[tuple[str, str]], quiet: bool) -> int:
    """Print what of a policy is not translated yet, in its own words and in the shape of its file texts/TAG.yaml.

    To begin with, that is all of it. Put the translated words into the file beside the policy.
    """
    from socialpolicy.translating import LANGUAGE, TEXTS, check_texts, left_to_translate

    policy = sources.policy_of(source)
    if not LANGUAGE.fullmatch(language):
        raise click.UsageError(f"--language {language}: write a language such as de, or pt-BR.")
    file = sources.beside(policy, f"{TEXTS}/{language}.yaml")
    texts = check_texts(file, policy) if file else {}
    left = left_to_translate(policy, texts)

    def text() -> str:
        if not left:
            return "" if quiet else f"{policy.id} {policy.version}: all texts are there in {language}."
        data = {"texts_of": policy.id, "language": language, **left}
        return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110).rstrip("\n")

    output.write(formats, {
        "text": text,
        "json": lambda: output.as_json({"policy": policy.id, "language": language, "left": left}),
    })  # fmt: skip
    return NO if left else GOOD
