"""The step of a GitHub workflow (``action.yml``): ``socialpolicy check``, told in all the ways that GitHub shows.

One run looks at the policies once. Of that one report come the log, annotations, the job's summary, a file for programs, the
outputs of the step, and the comment in the pull request if it is asked for. What is asked comes from environment variables
alone. The exit status is that of the check: nothing that goes wrong in telling of it makes it better or worse.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from socialpolicy import __version__
from socialpolicy.cli import check, output, sources
from socialpolicy.cli.diff import VERSION
from socialpolicy.cli.main import BUG, COULD_NOT, GOOD
from socialpolicy.cli.main import report as report_of_a_bug
from socialpolicy.cli.revisions import is_shallow
from socialpolicy.commenting import CommentError, PullRequest
from socialpolicy.errors import SocialPolicyError
from socialpolicy.loading.findings import listed, meant, visible
from socialpolicy.reporting.formats import as_json, as_markdown, data, github
from socialpolicy.reporting.report import Report, located
from socialpolicy.reporting.writing import one_line
from socialpolicy.reviewing import FAIL_ON
from socialpolicy.versions import Bump

COULD_NOT_RUN = "could-not-run"
NOBODY = re.compile(r"0*")
"""What GitHub calls the commit before the first one of a branch."""
WHOLE_HISTORY = "In the workflow, give actions/checkout `fetch-depth: 0`: it then brings the whole history."


@dataclass(frozen=True, slots=True)
class Event:
    """What a workflow runs for: its name, and what GitHub tells of it."""

    name: str
    payload: Mapping[str, Any]
    unread: str = ""

    def at(self, *path: str) -> Any:
        """What stands at a path of the payload; None where there is nothing."""
        found: Any = self.payload
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def text(self, *path: str) -> str:
        """A text at a path of the payload; empty where there is none."""
        found = self.at(*path)
        return found if isinstance(found, str) else ""

    @property
    def number(self) -> int | None:
        """The number of the pull request."""
        found = self.at("pull_request", "number")
        return found if isinstance(found, int) else None

    @property
    def from_fork(self) -> bool:
        """Whether the pull request comes from another repository."""
        head = self.text("pull_request", "head", "repo", "full_name")
        return self.number is not None and head != self.text("pull_request", "base", "repo", "full_name")


@dataclass(frozen=True, slots=True)
class Base:
    """What is compared with: a revision or None, what that is in words, and what is wrong with it."""

    revision: str | None
    words: str
    problem: str = ""


def main() -> None:
    """Run the step."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    try:
        status = run(os.environ)
    except Exception as error:  # noqa: BLE001 - also a bug is told where people look
        say("error", f"socialpolicy failed: {type(error).__name__}. This is a bug. Details: {report_of_a_bug(error)}")
        status = BUG
    sys.exit(status)


def run(environment: Mapping[str, str]) -> int:
    """Check, and tell of it. Returns the exit status."""
    event = event_of(environment)
    base = Base(None, "")
    named = tuple(line.strip() for line in environment.get("INPUT_POLICIES", "").splitlines() if line.strip())
    try:
        base = base_of(environment.get("INPUT_AGAINST", "").strip(), event, environment)
        report = check.checked(asked_of(named, environment, base, event), output.chosen(None))
    except (SocialPolicyError, click.ClickException, OSError) as error:
        report = failed("check", error, " ".join(named))
    report = repaired(report, base)
    log(report, base)
    annotate(report)
    tell(report, event, environment)
    return report.status


def failed(command: str, error: SocialPolicyError | click.ClickException | OSError, marker: str = "") -> Report:
    """The report of what could not be done, which says so in the log, too."""
    told = error.message if isinstance(error, click.ClickException) else str(error)
    return replace(output.failed(command, error), text=lambda: f"error: {told}", marker=marker)


# -- what is asked -------------------------------------------------------------------------------------------------------


def asked_of(named: tuple[str, ...], environment: Mapping[str, str], base: Base, event: Event) -> check.Asked:
    """What the inputs ask for. Raises a usage error for what they cannot mean."""
    fail_on = environment.get("INPUT_FAIL_ON", "").strip() or FAIL_ON[0]
    if fail_on not in FAIL_ON:
        raise click.UsageError(f"fail-on: {visible(fail_on)} is not known; write {listed(FAIL_ON)}.{hint(fail_on)}")
    switched(environment, "comment")
    if not named:
        raise click.UsageError("policies: name a file or folder, such as policies.")
    return check.Asked(
        named, base.revision, fail_on, environment.get("INPUT_REPLAY", "").strip() or None,
        strict=switched(environment, "strict"), link=link_of(environment, event),
    )  # fmt: skip


def hint(given: str) -> str:
    """What a word may have meant."""
    found = meant(given, FAIL_ON)
    return f" {found[:1].upper()}{found[1:]}" if found else ""


def switched(environment: Mapping[str, str], name: str) -> bool:
    """Whether an input is true. Raises a usage error where it is neither true nor false."""
    given = environment.get(f"INPUT_{name.upper()}", "").strip()
    if given.lower() not in ("", "true", "false"):
        raise click.UsageError(f'{name}: {visible(given)} is neither "true" nor "false".')
    return given.lower() == "true"


def link_of(environment: Mapping[str, str], event: Event) -> str:
    """The address of a line of a file, as it is in what is checked; empty where GitHub does not tell."""
    server, repository = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_REPOSITORY", "")
    head = event.text("pull_request", "head", "sha") or environment.get("GITHUB_SHA", "")
    if not (server and repository and head):
        return ""
    return output.linked(f"{server}/{repository}/blob/{head}/{{file}}#L{{line}}")


def event_of(environment: Mapping[str, str]) -> Event:
    """The event that a workflow runs for. One that cannot be read has no payload, and ``unread`` says why."""
    name, file = environment.get("GITHUB_EVENT_NAME", ""), environment.get("GITHUB_EVENT_PATH", "")
    try:
        payload = json.loads(Path(file).read_bytes()) if file else {}
    except (OSError, ValueError, RecursionError) as error:
        return Event(name, {}, f"the event of this run cannot be read: {type(error).__name__}")
    if not isinstance(payload, dict):
        return Event(name, {}, "the event of this run is no JSON object")
    return Event(name, payload)


# -- what is compared with -----------------------------------------------------------------------------------------------


def base_of(given: str, event: Event, environment: Mapping[str, str]) -> Base:
    """What to compare with: what is given, else what the event says was there before."""
    if given:
        return found(given, given)
    if event.unread:
        return Base(None, "", f"{event.unread}; name by `against` what to compare with.")
    if event.number is not None:
        return of_pull_request(event, environment)
    before = event.text("merge_group", "base_sha") or (event.text("before") if event.name == "push" else "")
    if NOBODY.fullmatch(before):
        return Base(None, "Nothing is compared: this is no pull request, and nothing was there before.")
    return found(before, f"what was there before ({before[:12]})")


def of_pull_request(event: Event, environment: Mapping[str, str]) -> Base:
    """Where a pull request begins: its base where the merge of both is checked out, else where the two part.

    The event's word for the base may be older than the merge, which then has what others did meanwhile; so the merge is asked.
    """
    base, words = event.text("pull_request", "base", "sha"), f"the base of pull request {event.number}"
    head = commit("HEAD")
    if event.name == "pull_request" and head == environment.get("GITHUB_SHA"):
        merged = commit("HEAD^1") if commit("HEAD^2") == event.text("pull_request", "head", "sha") else None
        return found(merged or base, f"{words} ({(merged or base)[:12]})")
    if head == base:
        problem = (
            f"what is checked out is {words} itself, so there is no change to be seen. Check out what it brings, as the"
            " event pull_request does by itself."
        )
        return Base(base, words, problem)
    return found(f"{base}...HEAD", f"where pull request {event.number} begins ({base[:12]}...)")


def found(revision: str, words: str) -> Base:
    """A revision to compare with, by its commit; what is wrong where there is none."""
    if revision == "latest" or VERSION.match(revision):
        return Base(revision, f"release {revision}" if revision != "latest" else "the latest release")
    try:
        return Base(sources.commit_of(revision, revision), words)
    except click.ClickException as error:
        cure = f" {WHOLE_HISTORY}" if is_shallow() else ""
        return Base(revision, words, f"{error.message}{cure}")


def commit(revision: str) -> str | None:
    """The commit of a revision; None where there is none."""
    try:
        return sources.commit_of(revision, revision)
    except click.ClickException:
        return None


def repaired(report: Report, base: Base) -> Report:
    """A report in which what is wrong with the base stands with its cure, so that it never looks like a comparison."""
    if not base.problem or not report.parts:
        return report
    told = f"There is nothing to compare with: {base.problem}"
    parts = [part for part in report.parts if part.command != "diff"]
    parts.append(replace(failed("diff", click.ClickException(told)), summary=told))
    return replace(check.together(parts, check.Asked((report.marker,)), quiet=False, on=False), note=report.note)


# -- telling -------------------------------------------------------------------------------------------------------------


def log(report: Report, base: Base) -> None:
    """The report for a person, in the log of the step. Nothing in it is taken for a command."""
    stop = secrets.token_hex(16)
    compared = "" if base.problem else f"Compared with {base.words}." if base.revision else base.words
    click.echo(f"::stop-commands::{stop}")
    click.echo(f"{visible(f'socialpolicy {__version__}. {compared}'.rstrip())}\n")
    click.echo(output.noted(report, quiet=False).rstrip("\n"))
    click.echo(f"::{stop}::")
    if base.revision is None and base.words:
        say("notice", base.words)


def annotate(report: Report) -> None:
    """Findings beside the lines that they are about; and one error that says what could not be done, where that is so."""
    not_done = [finding for finding in report.findings if finding.id == COULD_NOT_RUN]
    rest = tuple(finding for finding in report.findings if finding.id != COULD_NOT_RUN)
    if report.status >= COULD_NOT:  # first, since only so many are shown
        parts = [f"{part.command}: {part.summary}" for part in report.parts if part.status >= COULD_NOT]
        why = " ".join([finding.message for finding in not_done] or parts or [report.summary])
        say("error", f"socialpolicy could not do all that was asked (exit status {report.status}). {why}")
    click.echo(github(located(replace(report, findings=rest)), said=int(report.status >= COULD_NOT)), nl=False)


def tell(report: Report, event: Event, environment: Mapping[str, str]) -> None:
    """Write the report for programs, the summary of the job, the outputs and the comment."""
    whole = located(report)
    page = as_markdown(whole)
    try:
        add_to(environment.get("GITHUB_STEP_SUMMARY", ""), f"{page}\n")
        add_to(environment.get("GITHUB_OUTPUT", ""), "".join(outputs(report, written(as_json(whole), environment))))
    except OSError as error:  # what was found is in the log all the same
        problem = f"{error.filename or 'a file of the runner'}: {error.strerror or error}"
        say("warning", f"Not all that is known could be handed on: {problem}.")
    if environment.get("INPUT_COMMENT", "").strip().lower() == "true":
        comment(page, event, environment, only_update=says_nothing(report))


def written(text: str, environment: Mapping[str, str]) -> str:
    """The file that the report for programs is written to, one of its own for each step."""
    folder = Path(tempfile.mkdtemp(prefix="socialpolicy-", dir=environment.get("RUNNER_TEMP") or None))
    file = folder / "report.json"
    file.write_text(text, encoding="utf-8", errors="backslashreplace")
    return str(file)


def add_to(file: str, text: str) -> None:
    """Add to a file that GitHub reads when the step is over."""
    if file:
        with Path(file).open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            stream.write(text)


def outputs(report: Report, file: str) -> Iterator[str]:
    """The outputs of the step. What stands in a value cannot end it: it stands between two lines that nobody can guess."""
    compared = of_comparison(report)
    counts = report.counts()
    values = {
        "status": str(report.status),
        "findings": str(sum(counts[level] for level in ("error", "warning", "info"))),
        **(comparison_in_words(compared) if compared is not None else dict.fromkeys(COMPARED, "")),
        "report-json": file,
    }
    for name, value in values.items():
        mark = secrets.token_hex(16)
        yield f"{name}<<{mark}\n{value}\n{mark}\n"


COMPARED = ("state", "needed-version", "stricter", "looser")


def of_comparison(report: Report) -> Sequence[Mapping[str, Any]] | None:
    """What became of each policy; None where nothing was compared."""
    return next((part.data for part in report.parts if part.command == "diff" and part.status <= 1), None)


def comparison_in_words(compared: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """How much changes in all policies together, and the versions that this calls for."""
    steps = {bump.word: bump for bump in Bump}
    states = [steps[one["state"]] for one in compared if "state" in one]
    states += [Bump.MAJOR for one in compared if one.get("only") == "gone"]
    changes = [change for one in compared for change in one.get("changes", ())]
    changed = [one for one in compared if one.get("state", Bump.IDENTICAL.word) != Bump.IDENTICAL.word]
    alone = len(compared) == 1
    needed = [one["needed_version"] if alone else f"{one['policy']} {one['needed_version']}" for one in changed]
    return {
        "state": max(states, default=Bump.IDENTICAL).word,
        "needed-version": ", ".join(needed),
        **{way: str(sum(change["direction"] == way for change in changes)) for way in ("stricter", "looser")},
    }


def says_nothing(report: Report) -> bool:
    """Whether there is nothing that anybody would want a comment for: all is well, and nothing changes."""
    compared = of_comparison(report)
    same = compared is not None and all(one.get("state") == Bump.IDENTICAL.word for one in compared)
    return same and report.status == GOOD and not report.findings


def comment(text: str, event: Event, environment: Mapping[str, str], *, only_update: bool) -> None:
    """Write the comment, or say why there is none."""
    beside = "The summary of this job has the same text."
    token = environment.get("INPUT_TOKEN", "")
    if event.number is None:
        say("notice", f"No comment was written: this is no pull request. {beside}")
        return
    if not token:
        say("notice", f"No comment was written: there is no token. {beside}")
        return
    there = PullRequest(
        environment.get("GITHUB_API_URL", ""), environment.get("GITHUB_REPOSITORY", ""), event.number, token
    )
    try:
        done = there.comment(text, only_update=only_update)
    except CommentError as error:
        why = f"{error}"
        if error.refused:
            why += (
                ", since a pull request from a fork may not write comments"
                if event.from_fork
                else "; the job needs `permissions: pull-requests: write`"
            )
        say("notice" if error.refused else "warning", f"No comment was written: {why}. {beside}")
        return
    click.echo(f"Comment in pull request {event.number}: {done}.")


def say(level: str, text: str) -> None:
    """Say something beside the findings."""
    click.echo(f"::{level} title=socialpolicy::{data(one_line(text))}")


if __name__ == "__main__":
    main()
