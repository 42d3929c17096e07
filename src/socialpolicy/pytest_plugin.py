"""The pytest plugin: the cases of policies among a project's own tests.

``pytest policies`` collects what ``socialpolicy test policies`` runs: the files of cases beside each policy, and the examples
inside its rules. Installing the package adds no test to anybody's run. Policies are collected where the ini option
``socialpolicy_policies`` says so, and where the command line (or ``testpaths``) names a policy, a file of cases, a policy's
folder or the folder that policies stand in. There a file is told by its key, so no other YAML is ever taken for a test.

pytest imports this module in every run of everybody who has the package, so it imports nothing but pytest; the rest comes
with the first file that holds a policy or cases.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from socialpolicy.errors import SocialPolicyError
    from socialpolicy.loading.documents import Document
    from socialpolicy.policy import Policy
    from socialpolicy.testing import Case, Result

OPTION = "socialpolicy_policies"
DRAFT, CASES, RELEASES, INDEX = "policy.yaml", "tests", "releases", "index.yaml"
NO_CASES = "survivors.yaml"
SUFFIXES = (".yaml", ".yml", ".json")
KEY = re.compile(rb"""^(?:\xef\xbb\xbf)?(?:\{\s*)?["']?(socialpolicy|cases_for)["']?\s*:""", re.MULTILINE)
"""The key that tells a policy or test cases, at the beginning of a line of YAML, or first in JSON."""
HEAD_BYTES = 64 * 1024


# -- where policies are collected --------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini option."""
    parser.addini(OPTION, "folders (or files) of policies whose cases are collected", type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Find out where policies are collected. Raises a usage error for a folder that is not there."""
    config.addinivalue_line("markers", "socialpolicy: a case of a social-media policy.")
    listed: list[Path] = config.getini(OPTION)
    for path in listed:
        if not path.exists():
            raise pytest.UsageError(f"{OPTION}: there is no file or folder {path}; paths are relative to the ini file.")
    config.stash[RUN] = Run((*listed, *(path for path in named(config) if is_of_policies(path))))


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say where policies are collected, if anywhere."""
    roots = dict.fromkeys(map(shown, config.stash[RUN].roots))
    return f"socialpolicy: cases of the policies in {', '.join(roots)}" if roots else None


def named(config: pytest.Config) -> list[Path]:
    """The paths that the command line or ``testpaths`` names; none where pytest looks through the whole folder by itself."""
    here = config.invocation_params.dir
    if not config.option.file_or_dir and config.args == [str(here)]:
        return []
    paths = (one.partition("[")[0].partition("::")[0] for one in config.args)
    return [Path(os.path.abspath(here / path)) for path in paths]  # noqa: PTH100 - not resolved: a link stands where it stands


def is_of_policies(path: Path) -> bool:
    """Whether a path is a policy, its cases, its folder or that of its cases, or one that policies' folders stand in."""
    if not path.is_dir():
        return kind_of(path) is not None
    around = (path, path.parent) if path.name == CASES else (path,)
    return any(key_of(folder / DRAFT) == "socialpolicy" for folder in (*around, *sorted(path.iterdir())))


def kind_of(file: Path) -> str | None:
    """The key of what a file is collected as; None for all others."""
    if file.suffix not in SUFFIXES:
        return None
    key = key_of(file)
    if key == "socialpolicy":
        return None if is_frozen(file) else key
    # What stands in `tests` beside a policy has to be cases: a mistake in the key takes no test away.
    beside = file.parent.name == CASES and key_of(file.parent.parent / DRAFT) == "socialpolicy"
    return "cases_for" if key == "cases_for" or (beside and file.name != NO_CASES) else None


def key_of(file: Path) -> str | None:
    """The key that says what a file holds; None for a file of other people's."""
    try:
        with file.open("rb") as opened:
            found = KEY.search(opened.read(HEAD_BYTES))
    except OSError:
        return None
    return found[1].decode() if found else None


def is_frozen(file: Path) -> bool:
    """Whether a file is a release, or a copy of what one was built on: these were tested when they were drafts."""
    return any(folder.name == RELEASES and (folder / INDEX).exists() for folder in file.parents[:2])


def draft_of(cases: Path) -> Path | None:
    """The policy whose cases a file holds: in the folder above or its own, ``policy.yaml`` or the only policy there."""
    for folder in (cases.parent.parent, cases.parent):
        if (folder / DRAFT).is_file():
            return folder / DRAFT
        alone = [
            file for file in sorted(folder.iterdir()) if file.suffix in SUFFIXES and key_of(file) == "socialpolicy"
        ]
        if len(alone) == 1:
            return alone[0]
    return None


def shown(path: Path) -> str:
    """A path as it is written here, as pytest writes it."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # on another drive
        return path.as_posix()


# -- what is collected -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Run:
    """What one run knows: where policies are collected, and what was found there, each policy loaded once."""

    roots: tuple[Path, ...]
    policies: dict[Path, Policy | SocialPolicyError] = field(default_factory=dict)
    cases: dict[Path, dict[Path, list[Case]]] = field(default_factory=dict)
    told: set[Path] = field(default_factory=set)

    def policy(self, file: Path) -> Policy:
        """The policy in a file. Raises what is wrong with it."""
        from socialpolicy.errors import SocialPolicyError
        from socialpolicy.policy import load

        if file not in self.policies:
            try:
                self.policies[file] = load(shown(file))
            except SocialPolicyError as error:
                self.policies[file] = error
        found = self.policies[file]
        if isinstance(found, SocialPolicyError):
            raise found
        return found


RUN = pytest.StashKey[Run]()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a policy, or a file of cases, where policies are collected."""
    roots = parent.config.stash[RUN].roots
    if file_path.suffix not in SUFFIXES or not any(file_path.is_relative_to(root) for root in roots):
        return None
    match kind_of(file_path):
        case "socialpolicy":
            return PolicyFile.from_parent(parent, path=file_path)
        case "cases_for":
            return CaseFile.from_parent(parent, path=file_path)
    return None


class Cases(pytest.File):
    """A file with cases; what is wrong with it is told as ``socialpolicy validate`` tells it."""

    def collect(self) -> Iterator[pytest.Item]:
        """The cases, in the order of the file."""
        from socialpolicy.errors import SocialPolicyError

        try:
            policy, cases = self.found()
        except SocialPolicyError as error:
            raise self.CollectError(told(error)) from None
        for case in cases:
            yield PolicyCase.from_parent(self, name=case.id, policy=policy, case=case)

    def found(self) -> tuple[Policy, list[Case]]:
        """The policy and its cases in this file. Raises what is wrong with either."""
        raise NotImplementedError

    def policy(self, draft: Path) -> Policy:
        """The policy of these cases. What is wrong with it is told once a run."""
        from socialpolicy.errors import SocialPolicyError

        run = self.config.stash[RUN]
        try:
            return run.policy(draft)
        except SocialPolicyError:
            if draft in run.told:
                told = f"{shown(draft)} has errors, which are told above."
                raise self.CollectError(told) from None
            run.told.add(draft)
            raise

    def unique(self, draft: Path, cases: list[Case]) -> list[Case]:
        """These cases, if no id is used twice among the cases of the policy. Raises ``CasesError``."""
        from socialpolicy.loading.findings import CasesError
        from socialpolicy.testing import unique

        known = self.config.stash[RUN].cases.setdefault(draft, {})
        others = [case for file, found in known.items() if file != self.path for case in found]
        _, repeated = unique([*others, *cases])
        if repeated:
            raise CasesError(repeated)
        known[self.path] = cases
        return cases


class PolicyFile(Cases):
    """A policy: the examples inside its rules."""

    def found(self) -> tuple[Policy, list[Case]]:
        """The policy and its examples. Raises what is wrong with either."""
        from socialpolicy.cli.validate import examples as check_examples
        from socialpolicy.loading.findings import PolicyError
        from socialpolicy.loading.reading import read_file
        from socialpolicy.testing import examples

        policy = self.policy(self.path)
        cases = list(examples(policy))
        if cases:
            document = read_file(Path(policy.file))
            check_examples(document, policy.written, policy.program)
            if document.failed:
                raise PolicyError(document.findings)
        return policy, self.unique(self.path, cases)


class CaseFile(Cases):
    """A file of cases."""

    def found(self) -> tuple[Policy, list[Case]]:
        """The policy and its cases in this file. Raises what is wrong with either."""
        from socialpolicy.loading.findings import CasesError
        from socialpolicy.loading.reading import read_file
        from socialpolicy.testing import cases_of

        draft = draft_of(self.path)
        document = read_file(Path(shown(self.path)))
        if draft is None:
            raise CasesError(no_policy(document))
        policy = self.policy(draft)
        cases = cases_of(policy, document)
        if document.failed:
            raise CasesError(document.findings)
        return policy, self.unique(draft, cases)


def no_policy(document: Document) -> list[Any]:
    """That there is no policy that these cases belong to."""
    document.tell(
        "policy-not-found",
        ("cases_for",),
        f"there is no {DRAFT} in the folder above, so these cases cannot run.",
        f"put them into `{CASES}/` beside their policy.",
    )
    return document.findings


# -- what is run -------------------------------------------------------------------------------------------------------


class FailedCaseError(Exception):
    """A case did not come out as written."""

    def __init__(self, result: Result) -> None:
        super().__init__(summary(result))
        self.result = result


class PolicyCase(pytest.Item):
    """One case of a policy."""

    def __init__(self, *, policy: Policy, case: Case, **more: Any) -> None:
        super().__init__(**more)
        self.policy, self.case = policy, case
        self.add_marker("socialpolicy")
        self.extra_keyword_matches.update({case.story} - {""})  # as `socialpolicy test -k` has it
        self.user_properties += [
            ("policy", f"{policy.id} {policy.version}"),
            ("policy_digest", policy.digest),
            ("story", case.story),
            ("place", f"{case.file}:{case.line}"),
        ]

    def runtest(self) -> None:
        """Decide about the case. Raises ``FailedCaseError`` where something else was expected."""
        from socialpolicy.testing import run

        result = run(self.policy, self.case)
        if not result.passed:
            raise FailedCaseError(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What was expected and what came, as ``socialpolicy test`` shows it; a traceback for a mistake of ours alone."""
        from socialpolicy.errors import SocialPolicyError

        if isinstance(excinfo.value, FailedCaseError):
            return Shown(excinfo.value.result, excinfo)
        if isinstance(excinfo.value, SocialPolicyError):
            return told(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands."""
        return self.path, self.case.line - 1, self.name


class Terminal(Protocol):
    """What pytest writes on."""

    hasmarkup: bool

    def line(self, text: str) -> None:
        """Write a line."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case failed, and why in one line (what pytest calls the crash)."""

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.lineno}: {self.message}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A failed case as pytest shows it."""

    result: Result
    raised: pytest.ExceptionInfo[BaseException]
    sections: tuple[()] = ()

    @property
    def reprtraceback(self) -> Any:
        """The same as pytest's own kind of text: what a worker of xdist sends."""
        sent: Any = self.raised.getrepr(style="native")
        sent.reprtraceback.reprentries[0].lines = [f"{self}\n"]
        return sent.reprtraceback

    @property
    def reprcrash(self) -> Place:
        """Where it failed, for pytest's summary and for other reporters."""
        case = self.result.case
        return Place(case.file, case.line, summary(self.result))

    def lines(self, on: bool) -> list[str]:
        """The difference, in colour or not."""
        from socialpolicy.cli.test import failure

        return failure(self.result, on)

    def toterminal(self, terminal: Terminal) -> None:
        """Write it."""
        for line in self.lines(terminal.hasmarkup):
            terminal.line(line)

    def __str__(self) -> str:
        return "\n".join(self.lines(False)).rstrip()


def summary(result: Result) -> str:
    """What was expected and what came instead, in one line."""
    from socialpolicy.testing import worded

    return "; ".join(
        f"{one.what}: expected {worded(one.expected)}, got {worded(one.got)}" for one in result.differences
    )


def told(error: SocialPolicyError) -> str:
    """An error in words: all findings, where it has some."""
    from socialpolicy.loading.findings import FindingsError
    from socialpolicy.loading.findings import told as findings_told

    return findings_told(error.findings, len(error.findings)) if isinstance(error, FindingsError) else str(error)
