"""The store finds the release that is asked for, or says why there is none; nobody changes one without being found out."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases_help import HEAD, NOW, analysis, folder_with, released, text, three
from socialpolicy import SocialPolicyError
from socialpolicy.loading.findings import Level
from socialpolicy.loading.indexes import Release
from socialpolicy.storing import ReleasesError, Store, StoreError, draft_id, frozen_findings
from socialpolicy.versions import Bump, bump_made, next_version, parsed

MARCH = datetime(2026, 2, 28, 23, 0, tzinfo=UTC)  # when 1 March begins in Berlin


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the releases 1.0.0, 2.0.0 and 2.0.1 of acme."""
    root = tmp_path_factory.mktemp("store")
    three(root / "acme-folder")
    return root


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Store:
    shutil.copytree(made, tmp_path / "policies")
    return Store(tmp_path / "policies")


def index_of(store: Store) -> Path:
    return store.root / "acme-folder" / "releases" / "index.yaml"


def edit(file: Path, old: str, new: str) -> None:
    before = file.read_text("utf-8")
    assert old in before
    file.write_text(before.replace(old, new), "utf-8")


def withdraw(store: Store, version: str, *, at: str = "2026-08-01T00:00:00Z", use: str = "") -> None:
    """Withdraw a release, as the index says it."""
    lines = []
    for line in index_of(store).read_text("utf-8").splitlines():
        lines.append(line)
        if line == f'    file: "{version}.yaml"':
            lines.append(f'    withdrawn: {{at: "{at}", by: legal, why: A mistake{f", use: {use}" if use else ""}}}')
    index_of(store).write_text("\n".join(lines) + "\n", "utf-8")


# -- what is found --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        ("acme@1.0.0", "1.0.0"), ("acme@2.0.0", "2.0.0"), ("acme@^2", "2.0.1"), ("acme@2", "2.0.1"), ("acme@~2.0", "2.0.1"),
        ("acme@<2", "1.0.0"), ("acme@>=1 <2.0.1", "2.0.0"), ("acme@*", "2.0.1"), ("acme@latest", "2.0.1"), ("acme@^1 || ^2", "2.0.1"),
    ],
)  # fmt: skip
def test_a_version_a_range_and_the_latest(store: Store, wanted: str, version: str) -> None:
    assert store.get(wanted).version == version


def test_what_is_given_is_the_policy_as_it_was_released(store: Store) -> None:
    policy = store.get("acme@1.0.0")
    assert policy.decide({"loud": True, "secret": False}).outcome.word == "allow"
    assert store.get("acme@^2").decide({"loud": True, "secret": False}).outcome.word == "deny"
    assert Path(policy.file) == store.root / "acme-folder" / "releases" / "1.0.0.yaml"
    assert policy.digest == store.releases("acme")[0].digest.everything
    assert Store(store.root / "acme-folder").get("acme@1.0.0").digest == policy.digest


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("acme@^3", "has 1.0.0, 2.0.0 and 2.0.1"), ("acme@1.0.1", "no such release"), ("acme@rubbish", "no version and no range"),
        ("acme@", "no version and no range"), ("acme@^२", "no version and no range"), ("acme@" + "9" * 5000, "no version and no range"),
        ("acme@>", "range|no such"), ("acme", "say which version"), ("acne@1.0.0", "did you mean acme"), ("@1.0.0", "no such policy"),
        ("acme@^1 junk", "no version and no range"), ("\u202eacme@1", r"\\u202e"),
    ],
)  # fmt: skip
def test_what_is_not_found_is_one_clear_line(store: Store, wanted: str, told: str) -> None:
    with pytest.raises(StoreError, match=told) as raised:
        store.get(wanted)
    assert "\n" not in str(raised.value)
    assert isinstance(raised.value, SocialPolicyError)


def test_the_error_has_its_facts_as_fields(store: Store) -> None:
    with pytest.raises(StoreError) as raised:
        store.get("acme@^3")
    assert (raised.value.policy, raised.value.asked) == ("acme", "acme@^3")


def test_no_store_and_no_release_are_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such folder of policies"):
        Store(tmp_path / "nowhere").get("acme@1")
    folder_with(tmp_path / "acme", text())
    with pytest.raises(StoreError, match="no releases yet"):
        Store(tmp_path).get("acme@latest")
    assert Store(tmp_path).releases("acme") == ()


# -- in force -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "version"),
    [
        (MARCH, "1.0.0"), (datetime(2026, 5, 31, 21, 59, 59, tzinfo=UTC), "1.0.0"), (datetime(2026, 5, 31, 22, tzinfo=UTC), "2.0.0"),
        (datetime(2026, 7, 1, 12, tzinfo=UTC), "2.0.1"), (datetime(2040, 1, 1, tzinfo=UTC), "2.0.1"),
    ],
)  # fmt: skip
def test_the_version_in_force_is_the_one_that_began_last(store: Store, at: datetime, version: str) -> None:
    assert store.get("acme", at=at).version == version


def test_before_the_first_day_no_version_is_in_force_and_nothing_is_allowed(store: Store) -> None:
    with pytest.raises(StoreError, match="no version of acme was in force at 2026-02-28T22:59:59") as raised:
        store.get("acme", at=MARCH - timedelta(seconds=1))
    assert raised.value.policy == "acme"


def test_after_its_last_day_a_version_is_not_in_force(tmp_path: Path) -> None:
    for day, through in (("1.0.0", ", through: 2026-03-31"),):
        released(tmp_path, text(day).replace("{from: 2026-03-01}", f"{{from: 2026-03-01{through}}}"))
    end = datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert Store(tmp_path).get("acme", at=end - timedelta(microseconds=1)).version == "1.0.0"
    with pytest.raises(StoreError, match="no version of acme was in force"):
        Store(tmp_path).get("acme", at=end)


def test_an_instant_needs_its_offset_and_no_version_beside_it(store: Store) -> None:
    with pytest.raises(StoreError, match="no offset"):
        store.get("acme", at=datetime(2026, 5, 1))
    with pytest.raises(StoreError, match="say which version"):
        store.get("acme@1.0.0", at=NOW)


def test_a_policy_without_dates_is_in_force_from_its_release_on(tmp_path: Path) -> None:
    released(tmp_path, text().replace("in_force: {from: 2026-03-01}\n", ""))
    assert Store(tmp_path).get("acme", at=NOW).version == "1.0.0"
    with pytest.raises(StoreError, match="in force"):
        Store(tmp_path).get("acme", at=NOW - timedelta(seconds=1))


def test_what_was_withdrawn_counted_until_then(store: Store) -> None:
    withdraw(store, "2.0.1", use='"2.0.0"')
    assert store.get("acme@^2").version == "2.0.0"
    assert store.get("acme@latest").version == "2.0.0"
    assert store.get("acme@2.0.1").version == "2.0.1"  # who names it gets it: past decisions stay explicable
    assert store.get("acme", at=datetime(2026, 7, 31, tzinfo=UTC)).version == "2.0.1"
    assert store.get("acme", at=datetime(2026, 8, 1, tzinfo=UTC)).version == "2.0.0"
    withdraw(store, "2.0.0", use='"1.0.0"')
    with pytest.raises(StoreError, match=r"withdrawn. Use acme@2.0.0"):
        store.get("acme@^2")


# -- pre-releases ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "version"),
    [("acme@latest", "1.0.0"), ("acme@*", "1.0.0"), ("acme@2.0.0-rc.1", "2.0.0-rc.1"), ("acme@^2.0.0-rc.1", "2.0.0-rc.1"), ("acme@>=1", "1.0.0")],
)  # fmt: skip
def test_pre_releases_come_only_when_asked_for(tmp_path: Path, wanted: str, version: str) -> None:
    with analysis():
        rc = text("2.0.0-rc.1", since="2026-04-01", loud="Not loud", changes=("2.0.0-rc.1", "1.0.0"))
        released(tmp_path, text(), rc)
    assert Store(tmp_path).get(wanted).version == version
    assert Store(tmp_path).get("acme", at=datetime(2026, 5, 1, tzinfo=UTC)).version == "1.0.0"
    with pytest.raises(StoreError):
        Store(tmp_path).get("acme@^2")


# -- what was tampered with -----------------------------------------------------------------------------------------------


def test_a_frozen_file_that_changed_is_an_error_for_every_version(store: Store) -> None:
    frozen = store.root / "acme-folder" / "releases" / "1.0.0.yaml"
    edit(frozen, "# a comment", "# A comment")
    for wanted in ("acme@1.0.0", "acme@^2", "acme@latest"):
        with pytest.raises(ReleasesError, match=r"1\.0\.0\.yaml:1:1: error: frozen-file-changed") as raised:
            store.get(wanted)
        assert [finding.id for finding in raised.value.findings] == ["frozen-file-changed"]
        assert "restore it from version control" in str(raised.value)
    with pytest.raises(ReleasesError):
        store.get("acme", at=MARCH)


@given(data=st.data())
def test_every_changed_byte_of_a_frozen_file_is_found(one: Path, data: st.DataObject) -> None:
    frozen = one / "releases" / "1.0.0.yaml"
    whole = frozen.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    try:
        frozen.write_bytes(whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :])
        assert [finding.id for finding in frozen_findings(one)] == ["frozen-file-changed"]
    finally:
        frozen.write_bytes(whole)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy's folder with one release; who changes it puts it back."""
    folder = tmp_path_factory.mktemp("one")
    released(folder, text())
    return folder


@pytest.mark.parametrize(
    ("old", "new", "id"),
    [
        ('policy: "acme"', 'policy: "acne"', "bad-index"), ('file: "1.0.0.yaml"', 'file: "../1.0.0.yaml"', "bad-index"),
        ('version: "2.0.1"', 'version: "2.0.0"', "bad-index"), ('previous: "2.0.0"', 'previous: "1.5.0"', "bad-index"),
        ('released: "2026-02-10T14:03:00Z"', 'released: "yesterday"', "bad-index"), ("2026-06-01", "2026-06-31", "bad-index"),
        ("releases:", "unknown: 1\nreleases:", "unknown-key"), ('by: "comms"', "by: [comms]", "wrong-type"),
        ("releases:", "releases: {", "syntax"), ('time_zone: "Europe/Berlin"', 'time_zone: "Mars"', "bad-index"),
        ("# Written", "- Written", "syntax"),
    ],
)  # fmt: skip
def test_an_index_written_by_hand_is_refused_with_its_place(store: Store, old: str, new: str, id: str) -> None:
    edit(index_of(store), old, new)
    found = frozen_findings(store.root / "acme-folder")
    assert {one.id for one in found if one.level is Level.ERROR} >= {id}, found
    assert all(str(one).startswith(f"{index_of(store).as_posix()}:") for one in found if one.id == id)
    with pytest.raises(StoreError):
        store.get("acme@1.0.0")


def test_an_index_cannot_tell_other_dates_than_the_frozen_file(store: Store) -> None:
    edit(index_of(store), 'in_force: {from: "2026-06-01"}', 'in_force: {from: "2026-03-02"}')
    with pytest.raises(ReleasesError, match="bad-index"):
        store.get("acme", at=datetime(2026, 3, 5, tzinfo=UTC))


def test_versions_that_differ_only_in_build_metadata_are_refused(store: Store) -> None:
    edit(index_of(store), "2.0.1", "2.0.0+b")
    assert "differ only behind the +" in str(frozen_findings(store.root / "acme-folder")[0])


def test_a_missing_and_an_unlisted_file_are_each_one_error(store: Store) -> None:
    home = store.root / "acme-folder" / "releases"
    (home / "1.0.0.yaml").rename(home / "1.0.5.yaml")
    found = frozen_findings(store.root / "acme-folder")
    assert [(one.id, one.level) for one in found] == [
        ("missing-release", Level.ERROR),
        ("unlisted-release", Level.ERROR),
    ]
    with pytest.raises(ReleasesError):
        store.get("acme@2.0.1")


def test_what_an_interrupted_release_left_is_ignored_with_an_info(store: Store) -> None:
    folder = store.root / "acme-folder"
    shutil.copy(folder / "policy.yaml", folder / "releases" / "3.0.0.yaml")
    assert [(one.id, one.level) for one in frozen_findings(folder)] == [("unlisted-release", Level.INFO)]
    assert store.get("acme@latest").version == "2.0.1"


def test_two_folders_with_one_id_are_refused(store: Store) -> None:
    shutil.copytree(store.root / "acme-folder", store.root / "b-copy")
    with pytest.raises(ReleasesError, match=r"policy-id-twice: the folders .*acme-folder and .*b-copy"):
        store.get("acme@1.0.0")


def test_a_broken_draft_hides_no_release(store: Store) -> None:
    (store.root / "acme-folder" / "policy.yaml").write_text("id: acme\nrules: [", "utf-8")
    assert store.get("acme@1.0.0").version == "1.0.0"
    (store.root / "acme-folder" / "policy.yaml").unlink()
    assert store.get("acme@1.0.0").version == "1.0.0"


@pytest.mark.parametrize("name", ["releases/1.0.0.yaml", "releases/index.yaml", "policy.yaml"])
@pytest.mark.parametrize("kind", ["fifo", "folder", "link out", "loop", "broken link"])
def test_special_files_and_links_are_one_clear_error(store: Store, tmp_path: Path, name: str, kind: str) -> None:
    file = store.root / "acme-folder" / name
    (tmp_path / "elsewhere.yaml").write_bytes(file.read_bytes())
    file.unlink()
    match kind:
        case "fifo":
            os.mkfifo(file)
        case "folder":
            file.mkdir()
        case "link out":
            file.symlink_to(tmp_path / "elsewhere.yaml")
        case "loop":
            file.symlink_to(file)
        case "broken link":
            file.symlink_to(file.parent / "nothing")
    with pytest.raises(ReleasesError) as raised:
        store.get("acme@1.0.0")
    assert {one.id for one in raised.value.findings} == {"outside-root" if kind == "link out" else "unreadable-file"}
    assert len(raised.value.findings) == 1


@pytest.mark.parametrize("what", ["acme-folder", "acme-folder/releases"])
def test_a_folder_that_is_a_link_out_of_the_store_is_refused(store: Store, tmp_path: Path, what: str) -> None:
    (store.root / what).rename(tmp_path / "away")
    (store.root / what).symlink_to(tmp_path / "away")
    with pytest.raises(ReleasesError, match="outside-root"):
        store.get("acme@1.0.0")


def test_links_inside_the_store_are_followed(store: Store) -> None:
    frozen = store.root / "acme-folder" / "releases" / "1.0.0.yaml"
    frozen.rename(store.root / "kept.yaml")
    frozen.symlink_to(store.root / "kept.yaml")
    assert store.get("acme@1.0.0").version == "1.0.0"


@given(content=st.text(max_size=60))
def test_no_index_makes_the_store_fail_otherwise(one: Path, content: str) -> None:
    index = one / "releases" / "index.yaml"
    whole = index.read_bytes()
    try:
        index.write_text(content, "utf-8", newline="")
        assert any(finding.level is Level.ERROR for finding in frozen_findings(one))
    finally:
        index.write_bytes(whole)


@pytest.mark.parametrize(
    ("draft", "id"),
    [
        ("id: acme", "acme"), ("a: {id: b}\nid: acme\n", "acme"), ("[id, acme]", ""), ('{"rules": [{"id": "r"}], "id": "acme"}', "acme"),
        ("title: id\nid: acme\nrules: [", "acme"), ("", ""), ("\x00", ""), ("? [id]\n: x\nid: y", "y"), ("id: [x]", ""), ("- id: acme", ""),
    ],
)  # fmt: skip
def test_the_id_of_a_draft_is_told_whatever_else_is_wrong(draft: str, id: str) -> None:
    assert draft_id(draft.encode()) == id
    assert HEAD


# -- versions -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "bump", "new"),
    [
        ("1.2.3", Bump.MAJOR, "2.0.0"), ("1.2.3", Bump.MINOR, "1.3.0"), ("1.2.3", Bump.PATCH, "1.2.4"), ("1.2.3", Bump.IDENTICAL, "1.2.4"),
        ("0.2.3", Bump.MAJOR, "0.3.0"), ("0.2.3", Bump.MINOR, "0.2.4"), ("0.2.3", Bump.PATCH, "0.2.4"),
        ("2.0.0-rc.1", Bump.MAJOR, "2.0.0"), ("2.0.0-rc.1", Bump.PATCH, "2.0.0"), ("1.0.0+b", Bump.PATCH, "1.0.1"),
    ],
)  # fmt: skip
def test_the_next_version(old: str, bump: Bump, new: str) -> None:
    assert next_version(old, bump) == new


@pytest.mark.parametrize(
    ("old", "new", "bump"),
    [
        ("1.2.3", "2.0.0", Bump.MAJOR), ("1.2.3", "1.3.0", Bump.MINOR), ("1.2.3", "1.2.4", Bump.PATCH), ("1.2.3", "1.2.3", Bump.IDENTICAL),
        ("1.2.3", "1.2.2", Bump.IDENTICAL), ("0.2.3", "0.3.0", Bump.MAJOR), ("0.2.3", "0.2.4", Bump.MINOR), ("0.9.0", "1.0.0", Bump.MAJOR),
        ("2.0.0-rc.1", "2.0.0-rc.2", Bump.MAJOR), ("2.0.0-rc.1", "2.0.0", Bump.MAJOR), ("2.0.0", "2.0.0-rc.1", Bump.IDENTICAL),
        ("1.0.0", "2.0.0-rc.1", Bump.MAJOR), ("1.0.0", "1.0.1-rc.1", Bump.PATCH), ("1.0.0+a", "1.0.0+b", Bump.IDENTICAL),
        ("2.0.0-rc.1", "2.0.1", Bump.PATCH),
    ],
)  # fmt: skip
def test_the_bump_that_is_made(old: str, new: str, bump: Bump) -> None:
    assert bump_made(old, new) is bump


SMALL = st.integers(0, 3)


@given(st.tuples(SMALL, SMALL, SMALL), st.sampled_from(["", "-rc.1", "-0"]), st.sampled_from(Bump))
def test_the_next_version_is_higher_and_makes_the_bump(core: tuple[int, int, int], pre: str, bump: Bump) -> None:
    old = ".".join(map(str, core)) + pre
    new = next_version(old, bump)
    assert parsed(new) > parsed(old)
    assert bump_made(old, new) >= bump


def test_a_release_is_data() -> None:
    assert Release.model_config["extra"] == "forbid"
