"""A release promises something, so it is checked; and it exists as a whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import releases_help as help
from releases_help import NOW, Guaranteed, Proofs, Step, analysis, answers, folder_with, ids, released, text, three
from socialpolicy import SocialPolicyError, loads
from socialpolicy.cli.main import run
from socialpolicy.configuring import Configuration
from socialpolicy.diffing import diff
from socialpolicy.loading.findings import Level, PolicyError
from socialpolicy.releasing import Planned, escaped, quoted, release
from socialpolicy.storing import Store, StoreError, frozen_findings
from socialpolicy.versions import Bump
from socialpolicy.waiving import Waiver
from socialpolicy.writing import NewFile, locked, write_together


@pytest.fixture(autouse=True)
def _analysis() -> Iterator[None]:
    with analysis():
        yield


def state(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, hidden ones too."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def reasons(planned: Planned) -> list[str]:
    return [finding.id for finding in planned.refusals]


# -- what is written ------------------------------------------------------------------------------------------------------


def test_the_frozen_file_is_the_draft_byte_for_byte(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, text())
    (folder / "policy.yaml").write_bytes(b"\xef\xbb\xbf" + text().replace("\n", "\r\n").encode())
    draft = (folder / "policy.yaml").read_bytes()
    assert release(folder, released=NOW).refusals == ()
    assert (folder / "releases" / "1.0.0.yaml").read_bytes() == draft == (folder / "policy.yaml").read_bytes()
    assert sorted(state(folder)) == ["CHANGELOG.md", "policy.yaml", "releases/1.0.0.yaml", "releases/index.yaml", "tests/cases.yaml"]  # fmt: skip


def test_the_index_tells_all_of_a_release(tmp_path: Path) -> None:
    first, second, third = Store(three(tmp_path)).releases("acme")
    assert (first.previous, first.bump.needed, first.bump.claimed) == (None, "major", "major")
    assert (second.previous, second.bump.needed, second.bump.claimed) == ("1.0.0", "major", "major")
    assert (third.previous, third.bump.needed, third.bump.claimed) == ("2.0.0", "patch", "patch")
    assert (first.by, first.why, first.agreed_with) == ("comms", "We *had* to: see [this](x)", ["legal"])
    assert (first.released, first.file, first.time_zone) == ("2026-02-10T14:03:00Z", "1.0.0.yaml", "Europe/Berlin")
    assert second.digest.decides == third.digest.decides != first.digest.decides
    assert second.digest.everything != third.digest.everything


def test_the_changelog_has_the_newest_release_on_top_and_keeps_what_stands_there(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, text())
    (folder / "CHANGELOG.md").write_text("# Ours\n\nHello.\n\n## 0.9.0 (2020-01-01)\n\nOld times.\n", "utf-8")
    three(folder)
    log = (folder / "CHANGELOG.md").read_text("utf-8")
    assert re.findall("^## .*", log, re.MULTILINE) == [
        "## 2.0.1 (2026-02-10)", "## 2.0.0 (2026-02-10)", "## 1.0.0 (2026-02-10)", "## 0.9.0 (2020-01-01)",
    ]  # fmt: skip
    assert log.startswith("# Ours\n\nHello.\n\n## 2.0.1")
    assert log.endswith("## 0.9.0 (2020-01-01)\n\nOld times.\n")
    assert "\n### Stricter\n\n- " in log.partition("## 2.0.0")[2].partition("## 1.0.0")[0]
    assert r"Communications \*team\*: We \*had\* to: see \[this\](x) Agreed with Legal." in log


MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(st.text(alphabet="ab *_`[]()<>#|~&!\\-+=.1:\n\t\u202e", max_size=30))
def test_nothing_in_a_text_of_an_author_is_markup(words: str) -> None:
    line = escaped(words)
    assert "\n" not in line
    html = MARKDOWN.render(f"- {line}\n")
    inner = html.removeprefix("<ul>\n<li>").removesuffix("</li>\n</ul>\n")
    assert "<" not in inner, (words, html)


def test_the_changelog_keeps_the_line_ends_it_has(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, text())
    (folder / "CHANGELOG.md").write_bytes(b"# Ours\r\n")
    released(folder, text())
    assert b"\n" not in (folder / "CHANGELOG.md").read_bytes().replace(b"\r\n", b"")


@given(st.text(max_size=40))
def test_what_is_quoted_reads_as_it_was(words: str) -> None:
    from socialpolicy.loading.reading import read_text

    document = read_text(f"a: {quoted(words)}\n", "x")
    assert document.findings or document.data == {"a": words}


def test_a_dry_run_tells_the_same_and_writes_nothing(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, text())
    before = state(folder)
    dry = release(folder, released=NOW, dry_run=True)
    assert state(folder) == before
    assert release(folder, released=NOW) == dry or [file.path for file in dry.files] == [
        folder / "CHANGELOG.md", folder / "releases" / "1.0.0.yaml", folder / "releases" / "index.yaml",
    ]  # fmt: skip


# -- what stands against it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", [id for id in help.SITUATIONS if id not in ("policy-id-twice",)])
def test_each_reason_refuses_alone_and_nothing_is_written(tmp_path: Path, id: str) -> None:
    assert help.SITUATIONS[id](tmp_path) == [id]
    before = state(tmp_path)
    try:
        refusals = reasons(release(tmp_path, released=NOW))
    except StoreError as error:
        refusals = [finding.id for finding in getattr(error, "findings", ())]
    assert id in refusals
    assert state(tmp_path) == before


def test_all_reasons_come_at_once(tmp_path: Path) -> None:
    folder = three(tmp_path)
    (folder / "releases" / "1.0.0.yaml").write_text("changed", "utf-8")
    cases = help.CASES.replace("expect: allow", "expect: ask")
    planned = release(folder_with(folder, text("2.0.2", broken=True, changes=("2.0.1",)), cases), released=NOW)
    assert reasons(planned) == [
        "frozen-file-changed", "case-fails", "guarantee-fails", "bump-too-small", "no-change-entry",
    ]  # fmt: skip
    assert planned.files == ()


def test_a_bump_too_small_says_which_version_it_needs_at_its_place(tmp_path: Path) -> None:
    released(tmp_path, text())
    planned = release(folder_with(tmp_path, text("1.1.0", loud="Not loud", changes=("1.1.0", "1.0.0"))), released=NOW)
    told = str(planned.refusals[0])
    assert told.startswith(
        f"{tmp_path.as_posix()}/policy.yaml:4:10: error: bump-too-small: from 1.0.0 on this is a major"
    )
    assert 'write version: "2.0.0", or release with --bump auto.' in told


def test_a_larger_bump_than_needed_is_fine(tmp_path: Path) -> None:
    planned = released(three(tmp_path), text("3.0.0", loud="Not so loud at all", changes=("3.0.0", "2.0.1")))
    assert (planned.release.bump.needed, planned.release.bump.claimed) == ("patch", "major")


@pytest.mark.parametrize("status", ["fails", "vacuous", "open"])
def test_a_guarantee_that_is_not_proved_refuses(tmp_path: Path, status: str) -> None:
    failed = Proofs((Guaranteed("SECRETS", "Secrets never go out", status),))
    with answers("proving", "prove", lambda policy: failed, always=True):
        planned = release(folder_with(tmp_path, text()), released=NOW)
    assert reasons(planned) == [f"guarantee-{status}"]
    assert planned.refusals[0].line > 20


def test_a_pre_release_cannot_smuggle_in_a_change(tmp_path: Path) -> None:
    """From a pre-release on any change may be made, so a full release is measured by the full one before it."""
    rc = text("1.0.1-rc.1", changes=("1.0.1-rc.1", "1.0.0"))
    released(tmp_path, text(), rc)
    draft = text("1.0.1", loud="Not loud", changes=("1.0.1", "1.0.1-rc.1", "1.0.0"))
    assert reasons(release(folder_with(tmp_path, draft), released=NOW)) == ["bump-too-small"]
    planned = release(tmp_path, released=NOW, auto=True)
    assert (planned.release.version, planned.release.previous) == ("2.0.0", "1.0.0")


def test_build_metadata_alone_makes_no_version(tmp_path: Path) -> None:
    draft = text("2.0.1+b", loud="Still not loud", changes=("2.0.1+b",))
    assert reasons(release(folder_with(three(tmp_path), draft), released=NOW)) == ["version-decreased"]


def test_an_earlier_date_than_the_last_release_is_refused(tmp_path: Path) -> None:
    released(tmp_path, text())
    folder_with(tmp_path, text("1.0.1", changes=("1.0.1", "1.0.0")))
    with pytest.raises(StoreError, match="earlier date"):
        release(tmp_path, released=NOW - timedelta(days=1))


def test_a_draft_with_errors_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(PolicyError):
        release(folder_with(tmp_path, "socialpolicy: 1\n"), released=NOW)
    assert not (tmp_path / "releases").exists()


@pytest.mark.parametrize("name", ["CHANGELOG.md", "releases/index.yaml", "releases"])
def test_a_release_writes_through_no_link(tmp_path: Path, name: str) -> None:
    folder, away = folder_with(tmp_path / "acme", text()), tmp_path / "away"
    if name == "releases":
        away.mkdir()
    else:
        (folder / name).parent.mkdir(exist_ok=True)
        away.write_text("untouched", "utf-8")
    (folder / name).symlink_to(away)
    with pytest.raises(StoreError):
        release(folder, released=NOW)
    assert away.is_dir() or away.read_text("utf-8") == "untouched"


# -- --bump auto ----------------------------------------------------------------------------------------------------------


def test_auto_writes_the_version_and_leaves_every_other_byte(tmp_path: Path) -> None:
    released(tmp_path, text())
    draft = text("1.0.1", loud="Not loud", changes=("1.0.1", "1.0.0"))
    planned = released(tmp_path, draft, auto=True)
    assert (planned.stated, planned.release.version) == ("1.0.1", "2.0.0")
    assert (tmp_path / "policy.yaml").read_text("utf-8") == draft.replace('"1.0.1"', '"2.0.0"')
    assert (tmp_path / "releases" / "2.0.0.yaml").read_text("utf-8") == draft.replace('"1.0.1"', '"2.0.0"')


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version: "1.0.1"   # a', "version: '1.0.1'   # a"), ('version: "1.0.1"   # a', "version: 1.0.1   # a"),
        ('version: "1.0.1"   # a', 'version: "1\\u002e0.1"   # ä😀 a'), ("# The draft", "# Der Entwurf ä😀 1.0.1\n\n\n#"),
        ('version: "1.0.1"   # a', '"version":\n    "1.0.1"   # a'), ("title: Social media", "title: 1.0.1 ä😀 Social media"),
    ],
)  # fmt: skip
def test_auto_finds_the_version_however_it_is_written(tmp_path: Path, old: str, new: str) -> None:
    released(tmp_path, text())
    draft = text("1.0.1", loud="Not loud", changes=("1.0.1", "1.0.0"))
    assert old in draft
    draft = draft.replace(old, new, 1)
    planned = released(tmp_path, draft, auto=True)
    written = (tmp_path / "policy.yaml").read_text("utf-8")
    assert planned.policy.version == "2.0.0"
    assert [line for line in written.splitlines() if "2.0.0" not in line] == [
        line for line in draft.splitlines() if not re.match(r'("?version"?:|    "1.0.1"|  - \{version: "1.0.1")', line)
    ] or '"version":' in draft


def test_auto_works_on_json(tmp_path: Path) -> None:
    import yaml

    def as_json(policy: str) -> str:
        return json.dumps(yaml.load(policy, yaml.BaseLoader), indent=1)

    def draft(version: str, **more: Any) -> str:
        found = as_json(text(version, **more))
        return found.replace('"socialpolicy": "1"', '"socialpolicy": 1').replace('"true"', "true")

    released(tmp_path, draft("1.0.0"))
    second = draft("1.0.1", loud="Not loud 😀", changes=("1.0.1", "1.0.0"))
    released(tmp_path, second, auto=True)
    assert (tmp_path / "policy.yaml").read_text("utf-8") == second.replace('"1.0.1"', '"2.0.0"')


def test_auto_does_not_rewrite_what_was_said_of_a_released_version(tmp_path: Path) -> None:
    released(tmp_path, text())
    folder_with(tmp_path, text(loud="Not loud"))
    before = state(tmp_path)
    planned = release(tmp_path, released=NOW, auto=True)
    assert reasons(planned) == ["no-change-entry"]
    assert "2.0.0" in planned.refusals[0].message
    assert state(tmp_path) == before


def test_auto_lowers_no_version_and_releases_nothing_twice(tmp_path: Path) -> None:
    three(tmp_path)
    assert reasons(release(tmp_path, released=NOW, auto=True)) == ["nothing-to-release"]
    draft = text("5.0.0", loud="Not so loud at all", changes=("5.0.0", "2.0.1"))
    assert released(tmp_path, draft, auto=True).release.version == "5.0.0"


# -- whole, or not at all -------------------------------------------------------------------------------------------------

OPERATIONS = ("open", "write", "fsync", "replace", "mkdir")


class Fault:
    """Counts what is done to files, and does something else at the n-th."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int, instead: Callable[[], None]) -> None:
        self.count, self.number, self.instead = 0, number, instead
        for name in OPERATIONS:
            monkeypatch.setattr(os, name, self.wrapped(getattr(os, name)))

    def wrapped(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **more: Any) -> Any:
            self.count += 1
            if self.count == self.number:
                self.instead()
            return real(*arguments, **more)

        return counted


def no_space() -> None:
    raise OSError(28, "No space left on device")


def second_draft(folder: Path) -> Path:
    """A folder with a release, and a draft of which `--bump auto` changes the version."""
    released(folder, text())
    return folder_with(folder, text("1.0.1", loud="Not loud", changes=("1.0.1", "1.0.0")))


def first_draft(folder: Path) -> Path:
    """A folder that was never released."""
    return folder_with(folder, text())


def operations(folder: Path) -> int:
    """How many operations the second release makes."""
    with pytest.MonkeyPatch.context() as patch:
        fault = Fault(patch, 0, no_space)
        release(folder, released=NOW, auto=True)
        return fault.count


def old_or_new(folder: Path) -> str:
    """The state that the store reads: nothing is wrong in it, and no half release is seen."""
    assert [finding for finding in frozen_findings(folder) if finding.level.word == "error"] == []
    versions = [one.version for one in Store(folder).releases("acme")]
    assert versions == ["1.0.0", "2.0.0"][: len(versions)]
    assert not versions or Store(folder).get("acme@latest").version == versions[-1]
    return versions[-1] if versions else "none"


def failure(folder: Path) -> str:
    """What is said of a release that something kept from being made."""
    try:
        planned = release(folder, released=NOW, auto=True)
    except (OSError, SocialPolicyError) as error:
        return str(error)
    assert planned.refusals
    return "".join(map(str, planned.refusals))


DRAFTS = pytest.mark.parametrize(
    ("draft", "old", "new"), [(first_draft, "none", "1.0.0"), (second_draft, "1.0.0", "2.0.0")], ids=["first", "second"]
)


@DRAFTS
def test_whichever_operation_fails_the_release_exists_or_it_does_not(
    tmp_path: Path, draft: Callable[[Path], Path], old: str, new: str
) -> None:
    folder = draft(tmp_path / "one")
    whole = shutil.copytree(folder, tmp_path / "whole")
    count, seen = operations(whole), set()
    assert count > 15
    for number in range(1, count + 1):
        copy = shutil.copytree(folder, tmp_path / f"copy-{number}")
        with pytest.MonkeyPatch.context() as patch:
            Fault(patch, number, no_space)
            told = failure(copy)
        assert "o space left" in told
        assert len(told.splitlines()) <= 2, told
        seen.add(old_or_new(copy))
        assert not [name for name in state(copy) if ".socialpolicy-" in name], "a temporary file stayed"
        again = release(copy, released=NOW, auto=True)
        assert reasons(again) in ([], ["nothing-to-release"])
        assert state(copy) == state(whole), number
    assert {old} <= seen <= {old, new}


@DRAFTS
def test_killed_at_any_operation_the_release_exists_or_it_does_not(
    tmp_path: Path, draft: Callable[[Path], Path], old: str, new: str
) -> None:
    folder = draft(tmp_path / "one")
    whole = shutil.copytree(folder, tmp_path / "whole")
    count, seen = operations(whole), []
    for number in range(1, count + 2):
        copy = shutil.copytree(folder, tmp_path / f"copy-{number}")
        child = os.fork()
        if child == 0:
            Fault(pytest.MonkeyPatch(), number, lambda: os.kill(os.getpid(), signal.SIGKILL))
            release(copy, released=NOW, auto=True)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        assert os.WIFSIGNALED(status) == (number <= count)
        seen.append(old_or_new(copy))
        assert reasons(release(copy, released=NOW, auto=True)) in ([], ["nothing-to-release"])
        assert {*state(copy)} >= {*state(whole)}
        if seen[-1] == old:
            assert state(copy) == state(whole), number
    first = seen.index(new)
    assert (set(seen[:first]), set(seen[first:])) == ({old}, {new})


def test_killed_at_any_time_the_release_exists_or_it_does_not(tmp_path: Path) -> None:
    folder = second_draft(tmp_path / "one")
    command = [sys.executable, str(Path(help.__file__))]
    environment = {**os.environ, "PYTHONPATH": str(Path(release.__code__.co_filename).parent.parent)}
    began = time.monotonic()
    whole = shutil.copytree(folder, tmp_path / "whole")
    subprocess.run([*command, str(whole)], env=environment, check=True)
    took = time.monotonic() - began
    for number in range(12):
        copy = shutil.copytree(folder, tmp_path / f"copy-{number}")
        process = subprocess.Popen([*command, str(copy)], env=environment)
        time.sleep(took * random.Random(number).uniform(0.6, 1.1))
        process.kill()
        process.wait()
        old_or_new(copy)
        assert reasons(release(copy, released=NOW, auto=True)) in ([], ["nothing-to-release"])
        assert state(copy) == state(whole)


def test_a_draft_changed_during_the_release_is_not_written_over(tmp_path: Path) -> None:
    folder = second_draft(tmp_path)
    told = Step(Bump.MAJOR, {"stricter": [], "looser": [], "other": []})

    def changing(old: object, new: object, **_: object) -> Step:
        (folder / "policy.yaml").write_text(text("9.9.9"), "utf-8")
        return told

    with (
        answers("diffing", "diff", changing, always=True),
        pytest.raises(StoreError, match="changed during the release"),
    ):
        release(folder, released=NOW, auto=True)
    assert (folder / "policy.yaml").read_text("utf-8") == text("9.9.9")
    assert not [name for name in state(folder) if ".socialpolicy-" in name]


def test_two_releases_at_once_do_not_meet(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, text())
    with locked(folder), pytest.raises(StoreError, match="another release of this policy is under way"):
        release(folder, released=NOW)
    assert release(folder, released=NOW).refusals == ()


def test_a_killed_release_locks_nobody_out(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, text())
    child = os.fork()
    if child == 0:
        with locked(folder):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert release(folder, released=NOW).refusals == ()


def test_a_left_over_of_another_draft_is_told_and_not_taken_for_a_release(tmp_path: Path) -> None:
    folder = second_draft(tmp_path)
    (folder / "releases" / "2.0.0.yaml").write_text(text("2.0.0"), "utf-8")
    assert ids(folder) == ["unlisted-release"]
    assert reasons(release(folder, released=NOW, auto=True)) == ["unlisted-release"]


def test_the_changelog_of_a_release_that_never_was_is_replaced(tmp_path: Path) -> None:
    folder = second_draft(tmp_path)
    log = folder / "CHANGELOG.md"
    whole = log.read_text("utf-8")
    log.write_text(whole.replace("## 1.0.0", "## 1.5.0 (2026-02-09)\n\nIt never was.\n\n## 1.0.0"), "utf-8")
    release(folder, released=NOW, auto=True)
    assert "It never was" not in log.read_text("utf-8")
    assert log.read_text("utf-8").endswith(whole.partition("## 1.0.0")[2])


def test_files_written_together_keep_their_rights(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old", "utf-8")
    (tmp_path / "a").chmod(0o640)
    write_together([NewFile(tmp_path / "a", b"new"), NewFile(tmp_path / "b", b"")])
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "b").read_bytes() == b""


# -- what the repository chose -------------------------------------------------------------------------------------------


def stricter(folder: Path, version: str = "1.0.1") -> str:
    """A folder with the release 1.0.0 and a stricter draft, whose number is too low; the key of what changed."""
    released(folder, text())
    draft = text(version, loud="Not loud", changes=tuple(dict.fromkeys((version, "1.0.0"))))
    folder_with(folder, draft)
    found = diff(loads(text()), loads(draft))
    (key,) = [change.key for change in found.changes if change.needs is Bump.MAJOR]
    return key


def waiver(key: str, until: date = date(2026, 2, 10), policy: str = "") -> Waiver:
    return Waiver(key, "Nobody was *ever* loud", "legal", until, policy, ".socialpolicy.toml", 3)


def test_a_waiver_admits_a_smaller_number_and_stays_on_record(tmp_path: Path) -> None:
    key = stricter(tmp_path)
    assert reasons(release(tmp_path, released=NOW)) == ["bump-too-small"]
    planned = release(tmp_path, released=NOW, chosen=Configuration(waivers=(waiver(key),)))
    assert (planned.refusals, planned.remarks) == ((), ())
    (_, entry) = Store(tmp_path).releases("acme")
    told = [{"finding": key, "by": "legal", "reason": "Nobody was *ever* loud"}]
    assert entry.bump.model_dump() == {"needed": "major", "claimed": "patch", "waived": told}
    log = (tmp_path / "CHANGELOG.md").read_text("utf-8")
    assert f"Accepted under this number by Legal: Nobody was \\*ever\\* loud ({key})\n" in log
    assert ids(tmp_path) == []


def test_the_version_that_auto_writes_is_the_one_that_waivers_leave(tmp_path: Path) -> None:
    key = stricter(tmp_path, "1.0.0")
    chosen = Configuration(waivers=(waiver(key),))
    assert release(tmp_path, released=NOW, auto=True, dry_run=True).release.version == "2.0.0"
    assert release(tmp_path, released=NOW, auto=True, chosen=chosen).release.version == "1.0.1"


def test_what_needs_no_waiver_is_not_put_on_record(tmp_path: Path) -> None:
    key = stricter(tmp_path, "2.0.0")
    planned = release(tmp_path, released=NOW, chosen=Configuration(waivers=(waiver(key),)))
    assert planned.release.bump.model_dump() == {"needed": "major", "claimed": "major", "waived": None}


@pytest.mark.parametrize(
    ("other", "remarks"),
    [
        ({"until": date(2026, 2, 9)}, ["waiver-expired"]),
        ({"policy": "bakery"}, []),
        ({"key": "decision-stricter:000000000000"}, []),
    ],
)
def test_a_waiver_that_does_not_hold_admits_nothing(tmp_path: Path, other: dict[str, Any], remarks: list[str]) -> None:
    key = stricter(tmp_path)
    planned = release(tmp_path, released=NOW, chosen=Configuration(waivers=(waiver(**{"key": key} | other),)))
    assert reasons(planned) == ["bump-too-small"]
    assert [one.id for one in planned.remarks] == remarks


def test_what_a_waiver_lacks_refuses_where_that_was_chosen(tmp_path: Path) -> None:
    key = stricter(tmp_path, "2.0.0")
    expired = waiver(key, date(2026, 2, 9))
    assert reasons(release(tmp_path, released=NOW, dry_run=True, chosen=Configuration(waivers=(expired,)))) == []
    chosen = Configuration({"waiver-expired": Level.ERROR}, waivers=(expired,))
    assert reasons(release(tmp_path, released=NOW, chosen=chosen)) == ["waiver-expired"]


@pytest.mark.parametrize(("bump", "refused"), [("patch", []), ("minor", ["bump-too-small"])])
def test_the_step_that_was_chosen_for_a_change_counts(tmp_path: Path, bump: str, refused: list[str]) -> None:
    stricter(tmp_path)
    planned = release(tmp_path, released=NOW, chosen=Configuration(needs={"decision-stricter": Bump[bump.upper()]}))
    assert reasons(planned) == refused
    assert planned.release.bump.needed == bump


@pytest.mark.parametrize("level", ["off", "warning"])
def test_no_level_lets_a_promise_be_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], level: str
) -> None:
    """A level says how much a finding counts in a report; what is frozen under a number has to keep what it promises."""
    stricter(tmp_path / "shop")
    (tmp_path / ".socialpolicy.toml").write_text(f'[findings]\nbump-too-small = "{level}"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["diff", "shop", "--against", "latest"]) == 0
    capsys.readouterr()
    assert run(["release", "shop", "--date", "2026-02-10T14:03:00Z"]) == 1
    assert "bump-too-small" in capsys.readouterr().out


@pytest.mark.parametrize("more", [[], ["--config", "elsewhere.toml"]])
def test_the_command_reads_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    key = stricter(tmp_path / "policies" / "acme")
    wanted = f'[[waive]]\nfinding = "{key}"\nreason = "agreed"\nby = "legal"\nuntil = 2026-02-10\n'
    (tmp_path / (more[1] if more else ".socialpolicy.toml")).write_text(wanted, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["release", "policies/acme", "--date", "2026-02-11", "--dry-run", *more]) == 1
    told = capsys.readouterr().out
    assert "bump-too-small" in told
    assert "warning: waiver-expired" in told
    assert run(["release", "policies/acme", "--date", "2026-02-10T15:00:00Z", *more]) == 0
    told = capsys.readouterr().out
    assert "major is needed, patch is made" in told
    assert f"accepted  {key} by legal: agreed" in told


# -- the command ----------------------------------------------------------------------------------------------------------


def test_the_command_tells_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    folder_with(Path("acme"), text())
    assert run(["release", "acme", "--date", "2026-02-10", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("acme 1.0.0 would be released.\n")
    assert not Path("acme/releases").exists()
    assert run(["release", "acme", "--date", "2026-02-10"]) == 0
    assert capsys.readouterr().out == (
        "acme 1.0.0 is released.\n"
        "  released  2026-02-10T00:00:00Z\n"
        "  cases     2 passed\n"
        "  written   acme/CHANGELOG.md\n"
        "            acme/releases/1.0.0.yaml\n"
        "            acme/releases/index.yaml\n"
    )
    assert run(["release", "acme/policy.yaml"]) == 1
    assert "nothing-to-release" in capsys.readouterr().out
    folder_with(Path("acme"), text("1.0.1", loud="Not loud", changes=("1.0.1", "1.0.0")))
    assert run(["release", "acme", "-f", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["released"], data["release"], data["findings"][0]["id"]) == (False, None, "bump-too-small")
    assert run(["release", "acme", "--bump", "auto", "-f", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["version_before"], data["release"]["version"], data["released"]) == ("1.0.1", "2.0.0", True)
    assert run(["decide", "acme@2.0.0", "--set", "loud=true", "--set", "secret=false"]) == 1


def test_the_clock_is_named_where_it_gives_the_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["release", str(folder_with(tmp_path, text()))]) == 0
    assert "(by the clock of this machine)" in capsys.readouterr().out
    assert datetime.fromisoformat(Store(tmp_path).releases("acme")[0].released) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["nowhere"], 2, "no such file or folder"), (["-"], 2, "no such file"), (["."], 2, "no policy's folder"),
        (["acme", "--date", "yesterday"], 2, "write a day such as"), (["acme", "--bump", "major"], 2, "auto"),
        (["acme/tests/cases.yaml"], 2, "no policy's folder"), (["main:acme"], 2, "cannot be given here"), (["acme@1.0.0"], 2, "cannot be given"),
        (["broken"], 2, "error: "), (["pipe"], 2, "ordinary file"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, told: str
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    folder_with(Path("acme"), text())
    folder_with(Path("broken"), "socialpolicy: 2\n")
    folder_with(Path("pipe"), "")
    Path("pipe/policy.yaml").unlink()
    os.mkfifo("pipe/policy.yaml")
    assert run(["release", *arguments]) == status
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error
