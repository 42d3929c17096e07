"""``socialpolicy init``: the first policy of a company, from a few questions or flags."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import click

from socialpolicy.cli import output
from socialpolicy.cli.main import GOOD
from socialpolicy.loading.findings import visible
from socialpolicy.starting import (
    CI,
    CI_FILES,
    HOOKS,
    REACH,
    SETTINGS,
    AnswerError,
    Answers,
    Place,
    Starter,
    checked_email,
    checked_id,
    checked_text,
    company_of,
    id_of,
    in_the_way,
    occupied,
    starters,
    write_new,
)

Answer = TypeVar("Answer")
NO_PLACE = "none"


@click.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path), metavar="[FOLDER]")
@click.option("--company", metavar="NAME", help="The company's name; the folder's if left out.")
@click.option("--id", "policy_id", metavar="ID", help="The policy's short name; made of the company's if left out.")
@click.option("--contact", metavar="TITLE", help="Who answers questions, such as Communications.")
@click.option("--reach", metavar="TEXT", help='How to reach them, such as "#ask-comms".')
@click.option("--email", metavar="ADDRESS", help="Their e-mail address.")
@click.option("--owner", metavar="TITLE", help="Who answers for the policy, if that is somebody else.")
@click.option("--owner-reach", metavar="TEXT", help="How to reach the owner.")
@click.option(
    "--where",
    multiple=True,
    type=click.Choice([*(place.value for place in Place), NO_PLACE]),
    help="Where your readers and colleagues live: it brings the packs of law. More than once for several.",
)
@click.option("--listed/--no-listed", default=None, help="Are your shares listed in the United States?")
@click.option("--creators/--no-creators", default=None, help="Do you work with creators, partners or agencies?")
@click.option("--official/--no-official", default=None, help="Does the company have accounts of its own?")
@click.option("--ci", type=click.Choice([service.value for service in CI]), help="What checks each change.")
@click.option("--pre-commit/--no-pre-commit", default=None, help="Check on your own computer, too, before a commit.")
@click.option("--settings/--no-settings", default=None, help="Write .socialpolicy.toml.  [default: settings]")
@click.option("--vscode/--no-vscode", default=False, help="Write settings for Visual Studio Code.  [default: no]")
@click.option("--yes", is_flag=True, help="Ask nothing: take the default for what is not said.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@output.quiet_option
@output.color_option
def command(
    folder: Path,
    company: str | None,
    policy_id: str | None,
    contact: str | None,
    reach: str | None,
    email: str | None,
    owner: str | None,
    owner_reach: str | None,
    where: tuple[str, ...],
    listed: bool | None,
    creators: bool | None,
    official: bool | None,
    ci: str | None,
    pre_commit: bool | None,
    settings: bool | None,
    vscode: bool,
    yes: bool,
    dry_run: bool,
    quiet: bool,
    color: str,
) -> int:
    """Write a small policy for a company, with comments, tests and checks for pull requests.

    FOLDER is the top of the repository; this folder if left out. On a terminal you are asked for what no option says.
    Nothing that is there already is written over.
    """
    if folder.exists() and not folder.is_dir():
        raise click.UsageError(f"{visible(str(folder))} is a file; name a folder.")
    questions = Questions(folder, asking=not yes and on_terminal())
    if questions.asking:
        click.echo("A few questions. Return takes what stands in brackets; nothing is written before the last.\n")
    name = questions.text("What is the company called?", "--company", company, company_of(folder), checked_text)
    id = questions.text("A short name for its policy?", "--id", policy_id, id_of(name), questions.free_id)
    title = questions.text("Who answers questions about it?", "--contact", contact, "Communications", checked_text)
    at = questions.text("How are they reached?", "--reach", reach, REACH, checked_text)
    mail = questions.text("Their e-mail address? (Return for none)", "--email", email, "", optional(checked_email))
    own = questions.text(
        "Who answers for the policy, if somebody else? (Return for nobody else)",
        "--owner",
        owner,
        "",
        optional(checked_text),
    )
    own_at = owner_reach
    if own and own != title:
        own_at = questions.text(f"How is {own} reached?", "--owner-reach", owner_reach, at, checked_text)
    places = questions.places(where)
    in_us = Place.US in places
    answers = Answers(
        company=name,
        id=id,
        contact=title,
        reach=at,
        email=mail,
        owner=own,
        owner_reach=own_at or "",
        places=places,
        listed=questions.yes("Are your shares listed in the United States?", "--listed", listed, False, needed=in_us),
        creators=questions.yes("Do you work with creators, partners or agencies?", "--creators", creators, False),
        official=questions.yes("Do you have accounts of the company?", "--official", official, True),
        ci=questions.service(ci),
        pre_commit=questions.hooks(pre_commit),
        settings=questions.settings(settings),
        vscode=vscode,
    )
    files = starters(answers, today())
    blocked = in_the_way(folder, files)
    if blocked:
        raise click.ClickException(refusal(blocked))
    if not dry_run:
        write_new(folder, files)
    on = output.colored(color)
    lines = [file.path for file in files] if quiet else told(folder, answers, files, questions.assumed, dry_run, on)
    click.echo("\n".join(lines), color=True)
    return GOOD


def today() -> date:
    """The date that the first change gets."""
    return datetime.now(UTC).date()


def on_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def optional(check: Callable[[str, str], str]) -> Callable[[str, str], str]:
    """A check that nothing at all passes, too."""
    return lambda about, given: check(about, given) if given.strip() else ""


# -- questions ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Questions:
    """What was asked or not: an answer comes from an option, else from a person, else it is the default, and said so."""

    folder: Path
    asking: bool
    assumed: list[tuple[str, str]] = field(default_factory=list)

    def text(
        self, question: str, option: str, given: str | None, default: str, check: Callable[[str, str], str]
    ) -> str:
        """A text that passes a check."""
        if given is not None:
            return check(option, given)
        return self.asked(question, option, default, lambda answer: check(option, answer), default or "none")

    def yes(self, question: str, option: str, given: bool | None, default: bool, *, needed: bool = True) -> bool:
        """Yes or no; a question that is not needed is not asked, and its answer is no."""
        if given is not None:
            return given
        if not needed:
            return False
        word = "yes" if default else "no"
        return self.asked(f"{question} (yes, no)", option, word, yes_or_no, word)

    def places(self, given: Sequence[str]) -> tuple[Place, ...]:
        """Where readers and colleagues live."""
        if given:
            return places_of(",".join(given))
        question = "For packs of law: where do your readers and colleagues live? (us, uk, eu, with commas, or none)"
        places = self.asked(question, "--where", NO_PLACE, places_of, "nowhere named, so no pack of law")
        if self.asking and not places:
            click.echo("No pack of law then; you can name one later, under `builds_on` in the policy.")
        return places

    def service(self, given: str | None) -> CI:
        """What checks each change."""
        if given is not None:
            return CI(given)

        def free(answer: str) -> CI:
            service = service_of(answer)
            self.refuse_what_is_there(CI_FILES.get(service), "write none")
            return service

        default = CI.NONE if self.asking and self.there(CI_FILES[CI.GITHUB]) else CI.GITHUB
        return self.asked("What checks each change? (github, gitlab, none)", "--ci", default.value, free, default.value)

    def hooks(self, given: bool | None) -> bool:
        """Whether to check before a commit."""
        if given is not None:
            return given

        def free(answer: str) -> bool:
            chosen = yes_or_no(answer)
            self.refuse_what_is_there(HOOKS if chosen else None, "write no")
            return chosen

        default = "no" if self.asking and self.there(HOOKS) else "yes"
        return self.asked(
            "Check on your own computer, before a commit? (yes, no)", "--pre-commit", default, free, default
        )

    def settings(self, given: bool | None) -> bool:
        """Whether to write the program's settings; those that are there stay as they are."""
        if given is None and self.asking and self.there(SETTINGS):
            click.echo(f"{SETTINGS} is there already and stays as it is.")
            return False
        return given is not False

    def free_id(self, about: str, given: str) -> str:
        """A short name, and for whoever is asked, one that no folder has yet."""
        found = checked_id(about, given)
        if self.asking and occupied(self.folder / "policies" / found):
            raise AnswerError(about, f"there is a folder policies/{found} already; choose another name.")
        return found

    def there(self, path: str) -> bool:
        """Whether there is a file already."""
        return os.path.lexists(self.folder / path)

    def refuse_what_is_there(self, path: str | None, remedy: str) -> None:
        """Say at once that a file cannot be written, rather than after the last question."""
        if self.asking and path is not None and self.there(path):
            raise AnswerError("the answer", f"{path} is there already and is not written over; {remedy}.")

    def asked(self, question: str, option: str, default: str, read: Callable[[str], Answer], shown: str) -> Answer:
        """What a person answers; the default where nobody can be asked."""
        if not self.asking:
            self.assumed.append((option, shown))
            return read(default)

        def value(answer: str) -> Answer:
            try:
                return read(answer)
            except AnswerError as error:
                raise click.UsageError(error.message) from None

        found: Answer = click.prompt(question, default=default, value_proc=value, show_default=bool(default))
        return found


def yes_or_no(answer: str) -> bool:
    """A yes or a no in words."""
    word = answer.strip().lower()
    if word not in ("y", "yes", "n", "no"):
        raise AnswerError("the answer", "write yes or no.")
    return word.startswith("y")


def places_of(answer: str) -> tuple[Place, ...]:
    """Places named with commas between them."""
    words = [word for word in answer.lower().replace(",", " ").split() if word != NO_PLACE]
    for word in words:
        if word not in list(Place):
            raise AnswerError("the answer", f"{visible(word)} is not known here; write us, uk, eu or none.")
    return tuple(place for place in Place if place in words)


def service_of(answer: str) -> CI:
    """A service by its name."""
    word = answer.strip().lower()
    if word not in list(CI):
        raise AnswerError("the answer", f"{visible(word)} is not known here; write github, gitlab or none.")
    return CI(word)


# -- what is told ---------------------------------------------------------------------------------------------------------


def refusal(blocked: Sequence[tuple[str, str]]) -> str:
    """Why nothing was written, and how each file in the way can be left alone."""
    width = max(len(path) for path, _ in blocked)
    lines = [f"  {visible(path).ljust(width)}  {remedy}" for path, remedy in blocked]
    return "\n".join(["nothing was written, for this is there already and is not written over:", *lines])


def told(
    folder: Path,
    answers: Answers,
    files: Sequence[Starter],
    assumed: Sequence[tuple[str, str]],
    dry_run: bool,
    on: bool,
) -> list[str]:
    """What was written, what was assumed, and what to do next."""
    where = "this folder" if folder == Path() else visible(str(folder))
    verb = "Would write" if dry_run else "Wrote"
    lines = [output.paint(f"{verb} {len(files)} files into {where}:", None, on, bold=True)]
    width = max(len(file.path) for file in files)
    lines += [f"  {output.paint(file.path.ljust(width), 'cyan', on)}  {file.purpose}" for file in files]
    if assumed:
        lines += ["", "Nobody said otherwise, so these were taken:"]
        width = max(len(option) for option, _ in assumed)
        lines += [f"  {option.ljust(width)}  {shown}" for option, shown in assumed]
    if dry_run:
        for file in files:
            if "/.schemas/" not in file.path:
                lines += ["", output.paint(f"---- {file.path}", "cyan", on), file.text.rstrip("\n")]
        return lines
    note = misplaced(folder, answers)
    if note:
        lines += ["", output.paint(note, "yellow", on)]
    lines += ["", output.paint("What next:", None, on, bold=True)]
    return lines + [f"  {number}. {step}" for number, step in enumerate(steps(folder, answers), 1)]


def steps(folder: Path, answers: Answers) -> list[str]:
    """What to do next, in the words of whoever looks after communications."""
    policies = (folder / "policies").as_posix()
    home = f"{policies}/{answers.id}"
    found = [f"Read {visible(home)}/policy.yaml, and change what is not true of {visible(answers.company)}."]
    if answers.reach == REACH:
        found.append(f"Write under `contacts` how to reach {visible(answers.contact)}: everybody will be sent there.")
    found.append(f"Look whether all is well:  socialpolicy test {visible(shlex.quote(policies))}")
    if answers.packs:
        found.append("Let your lawyers read the packs under `builds_on`: they are examples and not legal advice.")
    found.append(f"Once you agree on it:  socialpolicy release {visible(shlex.quote(home))}")
    return found


def misplaced(folder: Path, answers: Answers) -> str | None:
    """A word on files that only count at the top of a repository, where the folder is further down in one."""
    home = folder.resolve()
    top = next((path for path in (home, *home.parents) if (path / ".git").exists()), None)
    if top in (None, home) or (answers.ci is CI.NONE and not answers.pre_commit):
        return None
    command = f"socialpolicy init {visible(shlex.quote(str(top)))}"
    return f"This folder is not the top of its git repository, and checks are looked for there alone: {command}"
