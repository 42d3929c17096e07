"""``socialpolicy validate``: every mistake in policies and test cases, with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from socialpolicy.cli import output, sources
from socialpolicy.cli.main import COULD_NOT, GAVE_UP, GOOD, NO
from socialpolicy.loading.documents import REFUSED, Document
from socialpolicy.loading.findings import Finding, FindingsError, Level, LimitError, PolicyError, Where, told
from socialpolicy.loading.ignoring import ignores, target
from socialpolicy.loading.policies import check
from socialpolicy.loading.shelves import DRAFT
from socialpolicy.reporting.report import Check, Report

if TYPE_CHECKING:
    from socialpolicy.configuring import Configuration
    from socialpolicy.loading.models import PolicyText
    from socialpolicy.policy import Policy
    from socialpolicy.program import Program

UNREADABLE = frozenset({"unreadable-file", "outside-root"})


@click.command()
@click.argument("source", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    default="error",
    show_default=True,
    help="The level that fails.",
)
@output.skip_others_option
@output.formats(*output.REPORTS)
@output.quiet_option
@output.color_option
@output.max_errors_option
@output.config_option
def command(
    source: tuple[str, ...],
    strict: bool,
    fail_on: str,
    skip_others: bool,
    formats: list[tuple[str, str]],
    quiet: bool,
    color: str,
    max_errors: int,
    config: Path | None,
) -> int:
    """Check policies and test cases: every mistake, with its place.

    A file is told by its first key: `socialpolicy` (a policy), `cases_for` (test cases), `vocabulary`.
    """
    level = Level.WARNING if strict else Level[fail_on.upper()]
    with output.answering(formats, "validate"):
        chosen = output.chosen(config)
        found = validated(source, chosen, skip_others=skip_others)
        answer = report(found, level, quiet=quiet, on=output.colored(color), at_most=max_errors)
        return output.answer(formats, answer, chosen, quiet=quiet)


@dataclass
class Validated:
    """What was looked at, and what was found in it. ``waiting`` are cases that could not be checked beside a broken policy."""

    findings: list[Finding] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    waiting: int = 0
    ignored: int = 0
    gave_up: bool = False


def validated(source: Iterable[str], chosen: Configuration, *, skip_others: bool = False) -> Validated:
    """Check all that some sources stand for; of other files that are named it is an error that they are none such."""
    found = Validated()
    findings: list[Finding] = []
    known: dict[str, Policy | None] = {}
    for one in source:
        try:
            released = sources.released(one)  # checked by its digest, and loaded with what it was released with
        except FindingsError as error:
            findings.extend(error.findings)
            found.names.append(error.findings[0].file)
            continue
        if released is not None:
            found.names.append(released.file)
            continue
        for document in sources.documents(one):
            if isinstance(document, LimitError):
                findings.append(document.finding)
                found.names.append(document.finding.file)
                found.gave_up = True
            elif isinstance(document, PolicyError):
                findings.extend(document.findings)
                found.names.append(document.findings[0].file)
            elif kind(document) == "other" and (skip_others or sources.is_folder(one)):
                found.other.append(document.name)
            else:
                try:
                    validate(document, known)
                except LimitError as error:
                    document.findings.append(error.finding)
                    found.gave_up = True
                except PolicyError:
                    pass  # there were too many findings to go on; the document has them
                found.names.append(document.name)
                kept, ignored = not_ignored(document)
                findings.extend(kept)
                found.ignored += ignored
        findings.extend(sources.release_findings(one))
    broken = {
        str(Path(name).parent)
        for name in found.names
        if any(one.file == name and one.level is Level.ERROR for one in findings)
    }
    waiting = [one for one in findings if one.id == "policy-not-found" and str(Path(one.file).parent.parent) in broken]
    found.waiting = len(waiting)
    # The policy's own findings say what to mend; those of what it builds on are told once.
    found.findings = [one for one in chosen.applied(dict.fromkeys(findings)) if one not in waiting]
    found.findings.sort(key=lambda finding: (-finding.level, finding.file, finding.line, finding.column))
    return found


def report(found: Validated, level: Level, *, quiet: bool, on: bool, at_most: int) -> Report:
    """What was found, as a report."""
    findings = found.findings

    def text() -> str:
        lines = [output.painted_findings(told(findings, at_most), on)] if findings else []
        if not quiet:
            if findings:
                lines.append("")
            lines.append(closing(found, on))
            if found.waiting:
                files = f"{found.waiting} file{'s' * (found.waiting != 1)} of test cases"
                lines.append(f"The names in {files} are checked when their policy has no errors.")
        return "\n".join(lines)

    by_file: dict[str, list[Finding]] = {name: [] for name in found.names}
    for finding in findings:
        by_file.setdefault(finding.file, []).append(finding)
    status = NO if any(finding.level >= level for finding in findings) else GOOD
    if any(finding.id in UNREADABLE for finding in findings):
        status = COULD_NOT
    return Report(
        "validate", GAVE_UP if found.gave_up else status, summary(found), tuple(findings),
        tuple(Check("validate", name, name, findings=tuple(one)) for name, one in by_file.items()),
        {"files": found.names, "others": found.other}, text, fails_at=level,
    )  # fmt: skip


def not_ignored(document: Document) -> tuple[list[Finding], int]:
    """The findings of a document without those that a comment ignores, and how many those are. Errors cannot be ignored."""
    comments = list(ignores(document)) if any(one.level < Level.ERROR for one in document.findings) else []
    lines = {(target(document, line), name) for line, names, reason in comments if reason for name in names}
    kept = [one for one in document.findings if one.level is Level.ERROR or (one.line, one.id) not in lines]
    return kept, len(document.findings) - len(kept)


def kind(document: Document) -> str:
    """What a document is, by its keys."""
    if not isinstance(document.data, dict):
        return "broken" if document.data is REFUSED else "policy"
    for key, name in (
        ("socialpolicy_program", "program"),
        ("socialpolicy", "policy"),
        ("cases_for", "cases"),
        ("survivors_of", "survivors"),
        ("texts_of", "texts"),
        ("vocabulary", "vocabulary"),
    ):
        if key in document.data:
            return name
    return "other" if not {"rules", "id", "cases"} & set(document.data) else "policy"


def validate(document: Document, known: dict[str, Policy | None]) -> None:
    """Check a document as what it is, adding every finding to it. ``known`` are the policies of cases loaded so far."""
    match kind(document):
        case "cases":
            from socialpolicy.testing import cases_of

            policy = sources.policy_beside(document.name, known)
            if policy is None:
                from socialpolicy.loading.models import CasesFile
                from socialpolicy.loading.structure import structured

                structured(document, CasesFile, nulls_in=frozenset({"facts", "common", "vary"}))
                document.add(
                    "policy-not-found",
                    ("cases_for",),
                    f"the names in these cases were not checked: no {DRAFT} without errors was found in the folder above.",
                    "put cases into `tests/` beside their policy, and mend that first.",
                    level=Level.WARNING,
                )
            else:
                cases_of(policy, document)
        case "survivors":
            from socialpolicy.mutating import survivors_file

            survivors_file(document, sources.policy_beside(document.name, known))
        case "texts":
            from socialpolicy.translating import check_texts

            check_texts(document, sources.policy_beside(document.name, known))
        case "vocabulary" if "version" in document.data and "rules" not in document.data:
            from socialpolicy.loading.conditions import Words
            from socialpolicy.loading.models import VocabularyFile
            from socialpolicy.loading.structure import structured
            from socialpolicy.loading.vocabularies import add
            from socialpolicy.vocabulary import Vocabulary

            written = structured(document, VocabularyFile)
            if written is not None:
                add(Words(document, {}), Vocabulary({}), written, ())
        case "program":
            from socialpolicy.encoding import ProgramError
            from socialpolicy.saving import loads_program

            try:
                loads_program(document.text)
            except ProgramError as error:
                document.add("bad-program", (), str(error), "write it anew with `socialpolicy compile`.")
        case "other":
            if not document.failed:
                document.add(
                    "not-a-policy",
                    (),
                    "this file has none of the keys that a policy, test cases or a vocabulary have.",
                    "a policy begins with `socialpolicy: 1`, test cases with `cases_for: POLICY-ID`.",
                )
        case _:
            found = check(document, sources.shelf_of(document.name))
            if found is not None:
                examples(document, found[0], found[1].program)


def examples(document: Document, written: PolicyText, program: Program) -> None:
    """Check the facts and names in the examples of rules."""
    from socialpolicy.errors import ActionError
    from socialpolicy.loading.policies import Loaded
    from socialpolicy.policy import Policy
    from socialpolicy.testing import check_names, expectation

    policy = Policy(Loaded(written, program, document.name))
    for index, rule in enumerate(written.rules):
        for place, example in enumerate(rule.examples or ()):
            where: Where = ("rules", index, "examples", place)
            check_names(policy, document, expectation(example.expect), (*where, "expect"))
            try:
                policy.action(example.facts)
            except ActionError as error:
                for problem in error.problems:
                    document.add(
                        problem.id,
                        (*where, "facts", problem.at),
                        problem.message,
                        problem.hint,
                        key=problem.id == "unknown-fact",
                    )


def closing(found: Validated, on: bool) -> str:
    """The last line: how many findings in how many files, and what was not looked at."""
    other = found.other
    left = (
        f" {len(other)} other file{'s' * (len(other) != 1)} in the folder {'are' if len(other) != 1 else 'is'} no policy and {'were' if len(other) != 1 else 'was'} not checked: {', '.join(other[:3])}{', …' if len(other) > 3 else ''}."
        if other
        else ""
    )
    if not found.findings:
        return output.paint(summary(found), "green", on) + left
    return f"{summary(found)}   socialpolicy explain {found.findings[0].id}  tells more.{left}"


def summary(found: Validated) -> str:
    """How many findings there are in how many files."""
    findings, names = found.findings, found.names
    files = f"{len(names)} file{'s' * (len(names) != 1)}"
    ignored = f" ({found.ignored} ignored)" if found.ignored else ""
    if not findings:
        return f"{files} checked: no findings{ignored}."
    errors = sum(finding.level is Level.ERROR for finding in findings)
    warnings = sum(finding.level is Level.WARNING for finding in findings)
    counts = " and ".join(
        f"{count} {word}{'s' * (count != 1)}" for count, word in ((errors, "error"), (warnings, "warning")) if count
    )
    in_files = len({finding.file for finding in findings})
    of = f" of {files}" if set(names) >= {finding.file for finding in findings} else f" file{'s' * (in_files != 1)}"
    where = f"{in_files}{of}"
    return f"{counts or 'some remarks'}{ignored} in {where}."
