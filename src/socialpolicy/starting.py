"""Start a policy for a company: from a few answers to the files of a small policy that passes all checks.

The files come from the templates in ``starters``. A template is the file itself with two marks: ``§{name}`` stands for a value,
and the lines from ``§if name`` to ``§end`` are there only where the value of that name is true. Texts that somebody typed
are put in as YAML scalars or as Markdown in which nothing means anything, so that no name of a company can change what a
file says.
"""

from __future__ import annotations

import os
import re
import string
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from importlib import resources
from pathlib import Path

import yaml

from socialpolicy import __version__, editors
from socialpolicy.errors import SocialPolicyError
from socialpolicy.loading.findings import visible
from socialpolicy.loading.hiding import HIDDEN, belongs
from socialpolicy.loading.models import ID
from socialpolicy.policy import loads
from socialpolicy.releasing import quoted
from socialpolicy.schemas import schema, text

PROJECT = "socialpolicy/socialpolicy"
"""Where the project lives on GitHub: the action and the hooks are used from there."""
REACH = "write here how to reach them"
"""What stands for an answer that only the company knows."""
TEXT_AT_MOST = 100
ID_AT_MOST = 60
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 .,()&/+'-]*", re.ASCII)
NOT_AN_ID = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


class Place(StrEnum):
    """A part of the world where a company's readers or colleagues live."""

    US = "us"
    UK = "uk"
    EU = "eu"


PACKS = {
    Place.US: ("law-us-endorsements", "law-us-labour"),
    Place.UK: ("law-uk-advertising",),
    Place.EU: ("law-eu",),
}
LISTED = "law-us-securities"
TIME_ZONES = {Place.US: "America/New_York", Place.UK: "Europe/London", Place.EU: "Europe/Brussels"}


class CI(StrEnum):
    """A service that checks changes before they are merged."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"


CI_FILES = {CI.GITHUB: ".github/workflows/socialpolicy.yml", CI.GITLAB: ".gitlab-ci.yml"}
HOOKS = ".pre-commit-config.yaml"
SETTINGS = ".socialpolicy.toml"


class AnswerError(SocialPolicyError):
    """An answer that cannot be used: which one, and why."""

    def __init__(self, about: str, message: str) -> None:
        super().__init__(f"{about}: {message}")
        self.about = about
        self.message = message


@dataclass(frozen=True, slots=True)
class Answers:
    """What a company told about itself; ``email`` and ``owner`` may be empty."""

    company: str
    id: str
    contact: str = "Communications"
    reach: str = REACH
    email: str = ""
    owner: str = ""
    owner_reach: str = ""
    places: tuple[Place, ...] = ()
    listed: bool = False
    creators: bool = False
    official: bool = True
    ci: CI = CI.GITHUB
    pre_commit: bool = True
    settings: bool = True
    vscode: bool = False

    @property
    def packs(self) -> tuple[str, ...]:
        """The packs of law to build on."""
        found = tuple(pack for place in Place if place in self.places for pack in PACKS[place])
        return (*found, LISTED) if self.listed else found


@dataclass(frozen=True, slots=True)
class Starter:
    """A file to begin with: where it goes, what it is for, its text, and how to do without it."""

    path: str
    purpose: str
    text: str
    without: str = ""


# -- answers --------------------------------------------------------------------------------------------------------------


def checked_text(about: str, given: str) -> str:
    """A text that somebody typed, blanks around it taken away. Raises ``AnswerError`` where it cannot stand on one line."""
    found = given.strip()
    if not found:
        raise AnswerError(about, "there is nothing in it; write at least one letter.")
    if len(found) > TEXT_AT_MOST:
        raise AnswerError(about, f"it has {len(found)} letters; {TEXT_AT_MOST} are the most. Shorten it.")
    for at, character in enumerate(found):
        if character in "\n\t" or (HIDDEN.match(character) and not belongs(found, at)):
            name = "a line break" if character in "\r\n" else f"the character U+{ord(character):04X}"
            raise AnswerError(about, f"{name} is in it, which would not be seen; write it on one line without.")
    return found


def checked_email(about: str, given: str) -> str:
    """An e-mail address. Raises ``AnswerError`` where it is none."""
    found = checked_text(about, given)
    if not re.fullmatch(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+", found):
        raise AnswerError(about, f"{visible(found)} is no e-mail address; write one such as social@example.com.")
    return found


def checked_id(about: str, given: str) -> str:
    """The short name of a policy. Raises ``AnswerError`` where it is none, or another policy's."""
    if not re.fullmatch(ID, given) or given.endswith((".", "\n")):
        raise AnswerError(
            about,
            f"{visible(given) or 'nothing'} is no id; use letters of a to z, digits and -, such as fernhill-gardens.",
        )
    if len(given) > ID_AT_MOST:
        raise AnswerError(about, f"it has {len(given)} letters; {ID_AT_MOST} are the most.")
    if given.lower() in {*NOT_AN_ID, LISTED, *(pack for packs in PACKS.values() for pack in packs)}:
        raise AnswerError(about, f"{given} is the name of something else; add your company's name.")
    return given


def checked(answers: Answers) -> Answers:
    """Answers that fit each other. Raises ``AnswerError`` where they do not."""
    if answers.listed and Place.US not in answers.places:
        raise AnswerError(
            "--listed", "the pack on shares is about listings in the United States; add --where us, or leave it out."
        )
    return answers


def id_of(company: str) -> str:
    """A short name made of a company's; `our-policy` where it has no letters of a to z."""
    ascii_only = unicodedata.normalize("NFKD", company).encode("ascii", "ignore").decode()
    found = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower().replace("'", "")).strip("-")[:40].strip("-")
    try:
        return checked_id("--id", found)
    except AnswerError:
        return "our-policy"


def company_of(folder: Path) -> str:
    """A company's name made of a folder's; `Our company` where it does not look like one."""
    words = re.sub(r"[-_.\s]+", " ", folder.resolve().name).strip()
    try:
        return checked_text("--company", words.title() if words.islower() else words)
    except AnswerError:
        return "Our company"


# -- the files ------------------------------------------------------------------------------------------------------------


def starters(answers: Answers, today: date) -> list[Starter]:
    """The files for these answers, the policy first. Raises ``AnswerError`` where the answers do not fit each other."""
    values = values_of(checked(answers), today)
    home = f"policies/{answers.id}"
    policy = filled("policy.yaml", values)
    loaded = loads(policy)
    files = [
        Starter(f"{home}/policy.yaml", "the rules, with comments that explain each part", policy),
        Starter(f"{home}/tests/cases.yaml", "stories, and what should come of them", filled("cases.yaml", values)),
        Starter(f"{home}/README.md", "for your colleagues", filled("readme.md", values)),
        *(
            Starter(
                f"{home}/{editors.FOLDER}/{kind}.json",
                "lets an editor complete and explain words",
                text(schema(kind, loaded)),
            )
            for kind in ("policy", "tests")
        ),
    ]
    if answers.settings:
        files.append(Starter(SETTINGS, "settings of the program", filled("socialpolicy.toml", values), "--no-settings"))
    if answers.ci is not CI.NONE:
        purpose = f"checks every {'pull' if answers.ci is CI.GITHUB else 'merge'} request"
        files.append(Starter(CI_FILES[answers.ci], purpose, filled(f"{answers.ci.value}.yaml", values), "--ci none"))
    if answers.pre_commit:
        purpose = "checks on your own computer"
        files.append(Starter(HOOKS, purpose, filled("pre-commit.yaml", values), "--no-pre-commit"))
    if answers.vscode:
        path = ".vscode/settings.json"
        files.append(
            Starter(path, "tells Visual Studio Code of the words", filled("vscode.json", values), "--no-vscode")
        )
    return files


def values_of(answers: Answers, today: date) -> dict[str, str | bool]:
    """What the marks of the templates stand for."""
    two = bool(answers.owner) and answers.owner != answers.contact
    reach = f"{answers.reach}, {answers.email}" if answers.email else answers.reach
    zones = [TIME_ZONES[place] for place in Place if place in answers.places]
    looks_after = (
        f"A small team looks after our accounts. {answers.contact} can help."
        if answers.official
        else f"We have no accounts of our own yet. {answers.contact} can tell whether we open one."
    )
    return {
        "id": scalar(answers.id),
        "title": scalar(f"Social media at {answers.company}"),
        "heading": markdown(f"Social media at {answers.company}"),
        "owner_id": "lead" if two else "comms",
        "two": two,
        "time_zone": zones[0] if zones else "UTC",
        "today": today.isoformat(),
        "review_by": (today + timedelta(days=365)).isoformat(),
        "contact": scalar(answers.contact),
        "contact_plain": markdown(answers.contact),
        "reach": scalar(reach),
        "reach_plain": markdown(reach),
        "owner": scalar(answers.owner),
        "owner_reach": scalar(answers.owner_reach or reach),
        "say_official": scalar(looks_after),
        "say_disclose": scalar(f'Begin with "I work at {answers.company}".'),
        "say_colleagues": scalar(f"Ask {answers.contact} whether it may be made public first."),
        "secret": "{all_but: [public, internal, mnpi]}" if answers.listed else "{all_but: [public, internal]}",
        "packs": bool(answers.packs),
        "builds_on": "\n".join(f"  - {{id: {pack}, version: 1}}" for pack in answers.packs),
        **{place.value: place in answers.places for place in Place},
        "listed": answers.listed,
        "creators": answers.creators,
        "official": answers.official,
        "ci_words": ", in a pull request" if answers.ci is not CI.NONE else "",
        "schema": f"{editors.FOLDER}/policy.json",
        "cases_schema": f"../{editors.FOLDER}/tests.json",
        "action": PROJECT,
        "repository": f"https://github.com/{PROJECT}",
        "version": __version__,
        "tag": f"v{__version__}",
    }


class Marked(string.Template):
    """A text with marks such as ``§{name}``."""

    delimiter = "§"


def filled(name: str, values: Mapping[str, str | bool]) -> str:
    """A template with its marks filled in, and without the parts that do not belong in."""
    source = resources.files("socialpolicy").joinpath("starters", f"{name}.template").read_text("utf-8")
    lines, shown = [], True
    for line in source.splitlines(keepends=True):
        word, _, condition = line.strip().partition(" ")
        if word == "§if":
            shown = bool(values[condition])
        elif word == "§end":
            shown = True
        elif shown:
            lines.append(line)
    return Marked("".join(lines)).substitute(values)


def scalar(value: str) -> str:
    """A text as YAML on one line: as it is where every reader takes it for a text, else in quotes."""
    if PLAIN.fullmatch(value) and value == value.strip() and yaml.safe_load(value) == value:
        return value
    if '"' in value and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return quoted(value)


def markdown(value: str) -> str:
    """A checked text within a line of Markdown, in which nothing means anything."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&!$])", r"\\\1", value)


# -- writing --------------------------------------------------------------------------------------------------------------


def in_the_way(folder: Path, files: Sequence[Starter]) -> list[tuple[str, str]]:
    """What is there already where files (the policy's first) or their folders are to be, and how to do without it."""
    found: list[tuple[str, str]] = []
    home = Path(files[0].path).parent
    if occupied(folder / home):
        found.append((f"{home.as_posix()}/", "choose another --id"))
    for file in files:
        if Path(file.path).is_relative_to(home) and found:
            continue
        parts = Path(file.path).parts
        for length in range(1, len(parts) + 1):
            path = folder.joinpath(*parts[:length])
            last = length == len(parts)
            if os.path.lexists(path) if last else os.path.lexists(path) and not path.is_dir():
                without = f"leave it out with {file.without}" if file.without else "move it, or name another folder"
                found.append((path.relative_to(folder).as_posix(), without))
                break
    return found


def occupied(folder: Path) -> bool:
    """Whether a folder has anything in it."""
    return folder.is_dir() and any(folder.iterdir())


def write_new(folder: Path, files: Sequence[Starter]) -> None:
    """Write files that are not there yet, all or none. Raises ``OSError``, and then nothing of them stays."""
    made: list[Path] = []
    try:
        for file in files:
            path = folder / file.path
            for parent in reversed([one for one in path.parents if not one.exists()]):
                parent.mkdir()
                made.append(parent)
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                made.append(path)
                stream.write(file.text)
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise
