"""``socialpolicy approvals``: which approvals count, and why the others do not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from socialpolicy.cli import output, records, sources
from socialpolicy.cli.main import GOOD, NO
from socialpolicy.facts.approvals import (
    Given,
    Judged,
    approvals_given,
    blank,
    digest_of_draft,
    read_approvals,
    read_people,
)
from socialpolicy.loading.findings import listed, meant, visible
from socialpolicy.policy import Policy
from socialpolicy.telling import plain


@click.command()
@click.argument("source")
@click.argument("file", metavar="RECORDS")
@click.option("--author", required=True, metavar="PERSON", help="Who wants to post; a yes of their own does not count.")
@click.option(
    "--at", required=True, metavar="INSTANT", help="When it is to happen, such as 2026-05-01T10:00:00Z, or `now`."
)
@click.option("--of", "of", metavar="DIGEST", help="The digest of the draft.")
@click.option("--text", "text_file", metavar="FILE", help="The text of the draft instead; - for standard input.")
@click.option("--facts", "facts_file", metavar="FILE", help="The facts of the draft instead.")
@click.option("--people", metavar="FILE", help="Who is which contact, if the records do not say it.")
@click.option("--stage", default="", metavar="NAME", help="The stage of work that it is about.")
@click.option(
    "--asked", multiple=True, metavar="APPROVAL", help="An approval that is asked for; these go before others."
)
@output.formats("text", "json")
@output.quiet_option
@output.color_option
def command(
    source: str,
    file: str,
    author: str,
    at: str,
    of: str | None,
    text_file: str | None,
    facts_file: str | None,
    people: str | None,
    stage: str,
    asked: tuple[str, ...],
    formats: list[tuple[str, str]],
    quiet: bool,
    color: str,
) -> int:
    """Tell which approvals in RECORDS count for one draft, and why the others do not.

    Exit status 0 means that all that is --asked for is given (or, without it, that something is).
    """
    records.one_standard_input(source, file, text_file, facts_file, people)
    if blank(author):
        raise click.UsageError("--author: it is not said who the author is. (A variable that is not set, perhaps?)")
    policy = sources.policy_of(source)
    digest = digest_of(policy, of, text_file, facts_file)
    known = policy.vocabulary.facts[policy.vocabulary.approvals].values if policy.vocabulary.approvals else ()
    for word in asked:
        if word not in known:
            raise click.UsageError(
                f"--asked {word}: this policy has no such approval. {meant(word, known).capitalize()}"
            )
    found, directory = read_approvals(policy, records.document(file))
    if people is not None:
        if directory is not None:
            raise click.UsageError(f"--people: {records.name_of(file)} says already who is who.")
        directory = read_people(policy, records.document(people))
    if directory is None:
        raise click.UsageError(
            "it is not told who is which contact: write `people:` into the records, or give --people FILE."
        )
    moment = records.moment(at)
    given = approvals_given(
        policy, found, author=author, of=digest, at=moment, people=directory, stage=stage, wanted=asked
    )
    on = output.colored(color)
    output.write(
        formats,
        {
            "text": lambda: (
                " ".join(sorted(given.approvals))
                if quiet
                else told(policy, given, author, digest, moment, asked, on)
                + ("" if of is not None else f'\nA yes to this draft says  of: "{digest}"')
            ),
            "json": lambda: output.as_json(as_data(policy, given, digest)),
        },
    )
    return GOOD if (set(asked) <= given.approvals if asked else given.approvals) else NO


def digest_of(policy: Policy, of: str | None, text_file: str | None, facts_file: str | None) -> str:
    """The digest of the draft, given in one of three ways."""
    if sum(way is not None for way in (of, text_file, facts_file)) != 1:
        raise click.UsageError(
            "say what is to go out: --text FILE, --facts FILE or --of DIGEST. A yes counts for the draft alone that it was given for."
        )
    if of is not None:
        return of
    if text_file is not None:
        return digest_of_draft(records.draft_text(text_file))
    from socialpolicy.cli.facts import action_document

    return digest_of_draft(policy.action(action_document(str(facts_file)).data).facts, policy.vocabulary)


def told(policy: Policy, given: Given, author: str, digest: str, at: datetime, asked: tuple[str, ...], on: bool) -> str:
    """What counts, and what became of each record."""
    draft = f"the draft {digest[:11]}…{digest[-4:]}" if len(digest) > 20 else f"the draft {digest}"
    when = records.told(at)
    names = [label(policy, name) for name in sorted(given.approvals)]
    head = (
        f"{len(names)} of {len(given.records)} {'yes counts' if len(names) == 1 else 'yeses count'}"
        if names
        else "No yes counts"
    )
    lines = [
        output.paint(
            f"{head}, for {visible(draft)} by {visible(author)} at {when}"
            + (f": {listed(names, 'and')}." if names else "."),
            None,
            on,
            bold=True,
        )
    ]
    left = [label(policy, name) for name in asked if name not in given.approvals]
    if left:
        lines.append(f"Still asked for: {listed(left, 'and')}.")
    if given.records:
        rows = [row(policy, judged) for judged in given.records]
        lines += ["", *records.table(rows)]
    if given.approvals:
        lines += ["", f"So of the action: {given.fact}: [{', '.join(sorted(given.approvals))}]"]
    return "\n".join(lines)


def row(policy: Policy, judged: Judged) -> tuple[str, ...]:
    """What became of one record, in columns."""
    record = judged.record
    contacts = policy.program.contacts
    title = contacts[record.contact].title if record.contact in contacts else record.contact
    return ("counts" if judged.counts else "does not", title, record.person, records.told(record.at), judged.why)


def label(policy: Policy, approval: str) -> str:
    """What people call an approval."""
    return policy.vocabulary.facts[policy.vocabulary.approvals].labels.get(approval, approval)


def as_data(policy: Policy, given: Given, digest: str) -> dict[str, Any]:
    """The same for programs."""
    return {
        "policy": {"id": policy.id, "version": policy.version, "digest": policy.digest},
        "draft": digest,
        "facts": {name: plain(value) for name, value in given.facts.items()},
        "records": [
            {
                "as": judged.record.contact,
                "by": judged.record.person,
                "at": plain(judged.record.at),
                "line": judged.record.line,
                "counts": judged.counts,
                "gives": judged.gives,
                "why": judged.why,
            }
            for judged in given.records
        ],
    }
