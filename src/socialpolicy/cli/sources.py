"""Sources: what a command is given, and the policies and files that it stands for.

A source is a file or folder first. What is none may be ``REV:PATH``, read from git's objects without a check-out
(``revisions``), or ``ID@VERSION``, a release in the store. A folder that is no policy's stands for the policies below it.

A policy that was loaded knows the name of its file, which is a source again; so what stands beside it (cases, texts,
releases) is found by that name, on disk or in the revision.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from socialpolicy.cli import revisions
from socialpolicy.cli.revisions import Revision, found_at, not_there, revision_of
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Finding, FindingsError, Level, LimitError, PolicyError, visible
from socialpolicy.loading.indexes import INDEX, RELEASES, bytes_digest, changed, read_index
from socialpolicy.loading.reading import FILE_BYTES, read_bytes, read_file
from socialpolicy.loading.shelves import DRAFT

if TYPE_CHECKING:
    from socialpolicy.deciding import Decider
    from socialpolicy.loading.shelves import Shelf
    from socialpolicy.policy import Policy
    from socialpolicy.storing import Releases, Store

SUFFIXES = (".yaml", ".yml", ".json")
STORE_FOLDER, STORE_VARIABLE = "policies", "SOCIALPOLICY_STORE"
RELEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*@[^/\\]+", re.ASCII)
PROGRAM, HEAD_BYTES = b'"socialpolicy_program"', 256


def standard_input() -> Document:
    """What stands on standard input."""
    return read_bytes(sys.stdin.buffer.read(FILE_BYTES + 1), "-")


def is_there(source: str) -> bool:
    """Whether there is a file or folder of that name."""
    try:
        return Path(source).exists() or Path(source).is_symlink()
    except (OSError, ValueError):
        return False


def exists(source: str) -> Path:
    """The path of a source. Raises a usage error where there is none, with what it may have meant."""
    if not source:
        raise click.UsageError("the name of a file or folder is empty.")
    if is_there(source):
        return Path(source)
    shown = visible(source)
    if revision_of(source) or RELEASE.fullmatch(source):
        raise click.UsageError(f"{shown}: there is no such file, and a revision or a release cannot be given here.")
    raise click.UsageError(f"{shown}: there is no such file or folder.")


def policy_of(source: str) -> Policy:
    """The one policy that a source stands for."""
    from socialpolicy.loading.policies import loaded
    from socialpolicy.policy import Policy, load

    if source == "-":
        return Policy(loaded(standard_input(), shelf_of("-")))
    if source and not is_there(source):
        revision = revision_of(source)
        if revision:
            return policy_at(*revision)
        if RELEASE.fullmatch(source):
            return store().get(source)
    path = exists(source)
    if path.is_dir() and not (path / DRAFT).exists():
        below = [str(file.parent) for file in sorted(path.glob(f"*/{DRAFT}"))]
        hint = f" Did you mean {below[0]}?" if below else f" A policy's folder has a {DRAFT}."
        raise click.UsageError(f"{visible(source)}: this folder is no policy's.{visible(hint)}")
    if not path.is_dir() and of_releases(path):
        from socialpolicy.storing import frozen_policy

        return frozen_policy(path)
    return load(path)


def policies_of(source: str) -> Iterator[Policy]:
    """The policies that a source stands for: one, or all in the folders below."""
    place = place_of(source)
    if place is not None and place.kind == "tree":
        yield from (policy_in(draft) for draft in drafts_in(place))
    elif place is None and source != "-" and is_there(source) and Path(source).is_dir():
        yield from (policy_of(str(file)) for file in folders(source))
    else:
        yield policy_of(source)


def names_of(source: str) -> list[str]:
    """The names of the policies (their files) that a source stands for; each is a source by itself."""
    place = place_of(source)
    if place is not None and place.kind == "tree":
        return [draft.shown for draft in drafts_in(place)]
    if place is None and source != "-" and is_there(source) and Path(source).is_dir():
        return [file.as_posix() for file in folders(source)]
    return [source]


def folder_of(source: str) -> Path:
    """The policy's folder that a source stands for: the folder itself, or its draft."""
    path = exists(source)
    folder = path if path.is_dir() else path.parent
    if (not path.is_dir() and path.name != DRAFT) or not (folder / DRAFT).exists():
        raise click.UsageError(f"{visible(source)}: this is no policy's folder; it has a {DRAFT}, the draft.")
    return folder


def of_releases(path: Path) -> bool:
    """Whether a file stands beside an index of releases."""
    return path.parent.name == "releases" and path.name != "index.yaml" and (path.parent / "index.yaml").exists()


def shelf_of(name: str) -> Shelf:
    """Where a policy in a file of that name finds what it builds on, be it on disk, in a revision or on standard input."""
    from socialpolicy.loading.shelves import Folder, Policies, Shelves, beside, shipped

    if name == "-":
        return Shelves((Policies(Folder(store_folder())), shipped()))
    place = place_of(name)
    return shelf_in(place) if place is not None else beside(Path(name))


def of_index(file: Path) -> bool:
    """Whether a file is an index of releases, or a copy of what a release was built on."""
    return (file.parent.name == "releases" and file.name == "index.yaml") or file.parent.parts[-2:] == (
        "releases",
        "packs",
    )


# -- releases -----------------------------------------------------------------------------------------------------------


def store() -> Store:
    """The store of releases: the folder that the environment names, else ``policies``, else the current folder."""
    from socialpolicy.storing import Store

    return Store(store_folder())


def store_folder() -> Path:
    """The folder of policies that the environment names, else ``policies``, else the current folder."""
    named = os.environ.get(STORE_VARIABLE)
    return Path(named or (STORE_FOLDER if Path(STORE_FOLDER).is_dir() else "."))


# -- revisions ----------------------------------------------------------------------------------------------------------


def place_of(name: str) -> Revision | None:
    """What a source, or the name of a document, stands for in a revision; None where it is none of a revision."""
    if name == "-" or not name or is_there(name):
        return None
    revision = revision_of(name)
    return found_at(*revision) if revision else None


def policy_at(revision: str, path: str) -> Policy:
    """The policy in a file, or a policy's folder, of a revision. Raises an error that tells what to do."""
    place = found_at(revision, path)
    if place.kind is None:
        raise not_there(place)
    if place.kind != "tree":
        return policy_in(place)
    if not place.present(DRAFT):
        below = [f"{place.name(name)}" for name in place.folders()]
        hint = f" Did you mean {below[0]}?" if below else f" A policy's folder has a {DRAFT}."
        raise click.UsageError(f"{visible(place.shown)}: this folder is no policy's.{visible(hint)}")
    return policy_in(place.at(DRAFT))


def policy_in(place: Revision) -> Policy:
    """The policy in a file of a revision; a release is checked against the index beside it."""
    from socialpolicy.loading.policies import frozen, loaded
    from socialpolicy.policy import Policy

    index = index_beside(place)
    if index is None:
        return Policy(loaded(place.document(), shelf_in(place)))
    from socialpolicy.storing import check_frozen

    document, folder = place.document(), place.folder
    assert folder is not None
    if document.failed:
        raise PolicyError(document.findings)
    release = check_frozen(folder.raw(name_of(place)) or b"", document.name, index.document())
    return Policy(frozen(document, release, folder))


def name_of(place: Revision) -> str:
    """The name of a file, without its folder."""
    return place.root.rpartition("/")[2]


def index_beside(place: Revision) -> Revision | None:
    """The index of releases beside a release; None for a file that is none."""
    folder = place.folder
    if folder is None or name_of(folder) != RELEASES or name_of(place) == INDEX or not folder.present(INDEX):
        return None
    return folder.at(INDEX)


def shelf_in(place: Revision) -> Shelf:
    """Where a policy in a file of a revision finds what it builds on: the same revision, and then the package."""
    from socialpolicy.loading.shelves import Policies, Shelves, shipped

    folder = place.folder
    home = folder.folder if folder is not None and name_of(place) == DRAFT else folder
    return shipped() if home is None else Shelves((Policies(home), shipped()))


def drafts_in(place: Revision) -> Iterator[Revision]:
    """The policies (their files) below a folder of a revision; the one of the folder itself, where it is a policy's."""
    if place.present(DRAFT):
        yield place.at(DRAFT)
        return
    found = [path for path in place.files() if path.rpartition("/")[2] == DRAFT]
    if not found:
        raise click.UsageError(
            f"{visible(place.shown)}: there is no policy in this folder; a policy's folder has a {DRAFT}."
        )
    yield from (place.at(path) for path in found)


def pairs_with(source: str, news: Sequence[Policy], revision: str) -> list[tuple[Policy | None, Policy | None]]:
    """The policies that a file or folder stands for, each with what it was in a revision; None for what is new or gone.

    Policies of a folder belong together by their ids. ``news`` are those that could be loaded: one with errors is not gone.
    Raises an error where there is no such revision.
    """
    if not is_there(source) and not is_gone(source, revision):
        raise click.UsageError(
            f"{visible(source)}: a file or folder is compared with a revision; for two revisions give OLD and NEW."
        )
    within = Path(os.path.relpath(Path(source).resolve(), Path.cwd())).as_posix()
    place = found_at(revision, f"./{within}" if within != "." else ".")
    if place.kind is None and place.commit.above(place.root):
        raise not_there(place)
    if not is_there(source) and holds_policy(place):
        return [(policy_at(revision, f"./{within}"), None)]
    if is_there(source) and (not Path(source).is_dir() or (Path(source) / DRAFT).exists()):
        return [(policy_at(revision, f"./{within}") if holds_policy(place) else None, new) for new in news]
    olds = {old.id: old for old in map(policy_in, drafts_in(place))} if any_drafts(place) else {}
    ids, files = {new.id for new in news}, {Path(new.file).resolve() for new in news}
    pairs: list[tuple[Policy | None, Policy | None]] = [(olds.get(new.id), new) for new in news]
    any_left = is_there(source) and any(Path(source).rglob(DRAFT))
    looked_at = {file.resolve() for file in folders(source)} if any_left else set()
    for old in olds.values():
        file = (Path(source) / old.file[len(place.shown) + 1 :]).resolve()
        broken = file in looked_at and file not in files  # it is there, and has errors
        if old.id not in ids and not broken:
            pairs.append((old, None))
    return pairs


def is_gone(source: str, revision: str) -> bool:
    """Whether there is no policy (any more) where a revision had some. Raises an error where there is no such revision."""
    path = Path(source)
    if source == "-" or (is_there(source) and (not path.is_dir() or any(path.rglob(DRAFT)))):
        return False
    if not is_there(source) and (revision_of(source) or RELEASE.fullmatch(source)):
        return False
    within = Path(os.path.relpath(path.resolve(), Path.cwd())).as_posix()
    place = found_at(revision, f"./{within}" if within != "." else ".")
    return holds_policy(place) or any_drafts(place)


def holds_policy(place: Revision) -> bool:
    """Whether there was a policy at a place already."""
    return place.kind == "blob" or (place.kind == "tree" and place.present(DRAFT))


def any_drafts(place: Revision) -> bool:
    """Whether there was any policy in a folder already."""
    return place.kind == "tree" and any(path.rpartition("/")[2] == DRAFT for path in place.files())


def commit_of(revision: str, shown: str) -> str:
    """The commit that a revision stands for. Raises an error with the command that would bring it."""
    return revisions.commit_of(revision, shown)


# -- what stands beside a policy ---------------------------------------------------------------------------------------


def beside(policy: Policy, path: str) -> Document | None:
    """A file that stands beside a policy's own, wherever that is; None where there is none."""
    if policy.file in ("-", "policy"):
        return None
    place = place_of(policy.file)
    if place is None:
        file = Path(policy.file).parent / path
        return read_file(file) if is_there(str(file)) else None
    folder = place.folder
    return folder.at(path).document() if folder is not None and folder.present(path) else None


def cases_beside(policy: Policy) -> list[Document]:
    """The files of cases beside a policy's file, wherever that is: on disk, or in a revision."""
    from socialpolicy.testing import SURVIVORS, files_beside

    place = place_of(policy.file) if policy.file not in ("-", "policy") else None
    if place is None:
        return [read_file(file) for file in files_beside(policy)]
    tests = place.folder.at("tests") if place.folder else None
    if tests is None or tests.kind != "tree":
        return []
    names = [path for path in tests.files() if "/" not in path and path.endswith(".yaml") and path != SURVIVORS]
    return [tests.at(name).document() for name in names]


def releases_beside(policy: Policy) -> tuple[Releases, Document] | None:
    """The releases beside a draft and their index, wherever it is. Raises ``ReleasesError`` where they cannot be trusted."""
    from socialpolicy.storing import Releases, ReleasesError, read_releases

    place = place_of(policy.file) if policy.file not in ("-", "policy") else None
    if place is None:
        folder = Path(policy.file).parent
        index = folder / RELEASES / INDEX
        if Path(policy.file).name != DRAFT or not index.is_file():
            return None
        releases = read_releases(folder)
        if releases.failed:
            errors = [one for one in releases.findings if one.level is Level.ERROR]
            raise ReleasesError(errors, policy=releases.policy)
        return releases, read_file(index)
    home = place.folder
    if home is None or name_of(place) != DRAFT or not home.present(f"{RELEASES}/{INDEX}"):
        return None
    file = home.at(f"{RELEASES}/{INDEX}")
    errors = list(frozen_in(file))
    document = file.document()
    read = read_index(document)
    if errors or read is None:
        raise ReleasesError(errors, policy=policy.id)
    return Releases(Path(home.shown), read.policy, tuple(read.releases), own=policy.id), document


def document_of(policy: Policy) -> Document | None:
    """The document of a policy, read again; None where it is not what was loaded, or was on standard input."""
    place = place_of(policy.file) if policy.file not in ("-", "policy") else None
    if place is None and not is_there(policy.file):
        return None
    document = read_file(Path(policy.file)) if place is None else place.document()
    return document if document.data == policy.data else None


def policy_beside(name: str, known: dict[str, Policy | None] | None = None) -> Policy | None:
    """The policy that cases (or texts) in a file of that name are for: in the folder above, or in its own.

    None where there is none without errors. ``known`` are those that were loaded so far, by their files' names.
    """
    draft = draft_beside(name)
    if draft is None:
        return None
    known = {} if known is None else known
    if draft not in known:
        try:
            known[draft] = policy_of(draft)
        except (PolicyError, LimitError):
            known[draft] = None
    return known[draft]


def draft_beside(name: str) -> str | None:
    """The name of the draft in the folder above a file, or in its own."""
    place = place_of(name)
    if place is None:
        folder = Path(name).resolve().parent
        return next((str(home / DRAFT) for home in (folder.parent, folder) if (home / DRAFT).is_file()), None)
    homes = [place.folder.folder if place.folder else None, place.folder]
    return next((home.at(DRAFT).shown for home in homes if home is not None and home.present(DRAFT)), None)


# -- all files of a source -----------------------------------------------------------------------------------------------


def is_folder(source: str) -> bool:
    """Whether a source is a folder, be it on disk or in a revision."""
    if source == "-" or is_there(source):
        return source != "-" and Path(source).is_dir()
    place = place_of(source)
    return place is not None and place.kind == "tree"


def released(source: str) -> Policy | None:
    """The release that a source stands for, checked and loaded; None where it stands for something else."""
    if source == "-" or not source:
        return None
    if is_there(source):
        return policy_of(source) if Path(source).is_file() and of_releases(Path(source)) else None
    place = place_of(source)
    if place is None:
        return store().get(source) if RELEASE.fullmatch(source) else None
    return policy_in(place) if place.kind == "blob" and index_beside(place) else None


def documents(source: str) -> Iterator[Document | LimitError | PolicyError]:
    """All documents to check that a source stands for; what could not be read to its end is the error that says so.

    Of a folder these are its YAML and JSON files, without the releases, which are checked by their digests
    (``release_findings``).
    """
    place = place_of(source) if source != "-" else None
    readers: Iterator[Callable[[], Document]]
    if source == "-":
        readers = iter([standard_input])
    elif place is None:
        readers = (partial(read_file, file, root=root) for file, root in files(source))
    elif place.kind is None:
        raise not_there(place)
    else:
        readers = (one.document for one in files_in(place))
    for read in readers:
        try:
            yield read()
        except (LimitError, PolicyError) as error:
            yield error


def files_in(place: Revision) -> Iterator[Revision]:
    """All files to check at a place of a revision."""
    if place.kind != "tree":
        yield place
        return
    found = False
    for path in place.files():
        file = place.at(path)
        if path.endswith(SUFFIXES) and not f"/{path}".count("/.") and not is_release_in(file):
            found = True
            yield file
    if not found:
        raise click.UsageError(f"{visible(place.shown)}: there is no YAML or JSON file in this folder.")


def is_release_in(file: Revision) -> bool:
    """Whether a file of a revision is a release, a copy of what one was built on, or an index of releases."""
    folders = file.root.split("/")[:-1]
    return index_beside(file) is not None or (
        (folders[-1:] == [RELEASES] and name_of(file) == INDEX) or folders[-2:] == [RELEASES, "packs"]
    )


def release_findings(source: str) -> Iterator[Finding]:
    """What is wrong with the releases in the folders that a source stands for: files are frozen, and have digests."""
    from socialpolicy.storing import frozen_findings

    place = place_of(source) if source != "-" else None
    if place is not None and place.kind == "tree":
        for path in place.files():
            if f"/{path}".endswith(f"/{RELEASES}/{INDEX}"):
                yield from frozen_in(place.at(path))
    elif source != "-" and Path(source).is_dir():
        for index in sorted(Path(source).rglob(f"{RELEASES}/{INDEX}")):
            yield from frozen_findings(index.parent.parent)


def frozen_in(index: Revision) -> Iterator[Finding]:
    """What is wrong with the releases beside an index of a revision."""
    from socialpolicy.storing import check_frozen

    document, folder = index.document(), index.folder
    read = None if document.failed else read_index(document)
    if read is None or folder is None:
        yield from document.findings
        return
    frozen = [(release.file, release.version, release.digest.bytes) for release in read.releases]
    copies = [(pin.file, pin.version, pin.digest) for release in read.releases for pin in release.builds_on or ()]
    for file, version, digest in dict.fromkeys((*frozen, *copies)):
        raw = folder.raw(file)
        if raw is None:
            hint = "restore the file from version control."
            yield Finding("missing-release", "this file of a release is not there.", folder.name(file), hint=hint)
        elif bytes_digest(raw) != digest:
            yield changed(folder.name(file), version)
    known = {file for file, *_ in frozen}
    for name in folder.files():
        if "/" not in name and name.endswith(SUFFIXES) and name != INDEX and name not in known:
            try:
                check_frozen(folder.raw(name) or b"", folder.name(name), document)
            except FindingsError as error:
                yield from error.findings


# -- saved programs ------------------------------------------------------------------------------------------------------


def decider_of(source: str) -> Decider:
    """What a source decides by: a policy, or a saved program."""
    path, text = Path(source), ""
    if source != "-" and path.suffix == ".json":
        place = place_of(source)
        if place is not None and place.kind == "blob":
            text = place.document().text
        elif path.is_file():
            with path.open("rb") as file:
                if PROGRAM in file.read(HEAD_BYTES):
                    text = path.read_text("utf-8")
    if PROGRAM in text[:HEAD_BYTES].encode():
        from socialpolicy.encoding import ProgramError
        from socialpolicy.saving import loads_program

        try:
            return loads_program(text)
        except ProgramError as error:
            raise ProgramError(f"{visible(source)}: {error.where or 'the program'}", error.message) from None
    return policy_of(source)


def folders(source: str) -> Iterator[Path]:
    """The policies (their files) that a source stands for: one, or all in the folders below."""
    path = exists(source)
    if not path.is_dir():
        yield path
    elif (path / DRAFT).exists():
        below = next((file for file in sorted(path.rglob(f"*/{DRAFT}"))), None)
        if below is not None:
            raise click.UsageError(
                f"{visible(source)}: a policy's folder holds one policy, and {visible(below.as_posix())} stands below "
                f"{visible((path / DRAFT).as_posix())}. Put each into a folder of its own."
            )
        yield path / DRAFT
    else:
        found = [file for file in sorted(path.rglob(DRAFT)) if not file.is_symlink() or inside(file, path)]
        if not found:
            raise click.UsageError(
                f"{visible(source)}: there is no policy in this folder; a policy's folder has a {DRAFT}."
            )
        yield from found


def inside(file: Path, root: Path) -> bool:
    """Whether a link stays in a folder."""
    try:
        return file.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False


def files(source: str) -> Iterator[tuple[Path, Path | None]]:
    """All files to check that a source stands for, each with the folder that links may not lead out of."""
    path = exists(source)
    if not path.is_dir():
        yield path, None
        return
    found = False
    for file in sorted(path.rglob("*")):
        if (
            file.suffix in SUFFIXES
            and not file.is_dir()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
            and not (of_releases(file) or of_index(file))  # these are checked by digest
        ):
            found = True
            yield file, path
    if not found:
        raise click.UsageError(f"{visible(source)}: there is no YAML or JSON file in this folder.")
