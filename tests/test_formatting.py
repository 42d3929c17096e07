"""The canonical layout: stable, and proved to lose nothing: no word, no comment, no decision."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from relaying_help import Relayer
from socialpolicy.cli.main import run
from socialpolicy.digests import decides
from socialpolicy.formatting import canonical, settling
from socialpolicy.formatting.canonical import LayoutError, LayoutFaultError, formatted, kind_of
from socialpolicy.formatting.laying import laid_out
from socialpolicy.formatting.settling import RULE, bites
from socialpolicy.formatting.trees import tree_of
from socialpolicy.loading.composing import BOOLS, NULLS
from socialpolicy.loading.findings import FindingsError
from socialpolicy.loading.models import RuleText
from socialpolicy.loading.policies import load_text
from socialpolicy.loading.reading import read_file, read_text
from socialpolicy.loading.shelves import beside, shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
CASES = sorted(path.name.partition(".")[0] for path in (ROOT / "tests/fmt").glob("*.before.yaml"))
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def fmt(text: str, name: str = "policy.yaml") -> str:
    return formatted(read_text(text, name), shipped)


# -- cases -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_the_layout_is_pinned(name: str) -> None:
    """Before and after, side by side. ``UPDATE_GOLDEN=1 pytest tests/test_formatting.py`` writes them anew, to be read."""
    after = ROOT / f"tests/fmt/{name}.after.yaml"
    found = fmt((ROOT / f"tests/fmt/{name}.before.yaml").read_text("utf-8"))
    if os.environ.get("UPDATE_GOLDEN"):
        after.write_text(found, "utf-8")
    assert found == after.read_text("utf-8")
    assert fmt(found) == found


SAME = {
    "keys with a question mark": ("? a\n: b\n? c\n:\n  - d\n", "a: b\nc:\n  - d\n"),
    "lists in lists": ("- - a\n  -   b\n-\n  - - c # c\n    # d\n", "- - a\n  - b\n- - - c  # c\n    # d\n"),
    "pairs in brackets": ("[a: b, ? c : d,\n  e, 'f':g]\n", "[a: b, c: d,\ne, 'f': g]\n"),
    "nothing at all": ("a:\nb: # c\nc:\n  - # d\n  -\n", "a:\nb:  # c\nc:\n  -  # d\n  -\n"),
    "nothing in brackets": ("{a, b: , c: {}, d: [ ]}\n", "{a, b: , c: {}, d: []}\n"),
    "an indented file": ("  a: b\n  # c\n# d\n", "a: b\n# c\n# d\n"),
    "comments alone in brackets": ("a: [ # b\n # c\n\n # d\n ]\n", "a: [  # b\n    # c\n\n    # d\n  ]\n"),
    "no line end": ("a: b", "a: b\n"),
    "no line end behind a block text": ("a: |\n   b", "a: |\n  b"),
    "empty lines that count": ("a: |+\n   b\n\n\nc: >+\n\n\nd: e\n", "a: |+\n  b\n\n\nc: >+\n\n\nd: e\n"),
    "a text that is only an indicator": ("a: |\nb: >-\n\n\nc: d\n", "a: |\nb: >-\n\nc: d\n"),
    "a list as far left as its key": ("a:\n- b\n# c\n- d\n# e\nf: g\n", "a:\n  - b\n  # c\n  - d\n# e\nf: g\n"),
    "a long value stays below": (f"a:\n  '{'b ' * 60}'\nc:\n  'd'\n", f"a:\n  '{'b ' * 60}'\nc: 'd'\n"),
    "a value that fits joins its key": (f"a:\n  '{'b ' * 50}'\n", f"a: '{'b ' * 50}'\n"),
    "nothing before a bracket on its own line": ("a: {\n b: , c: \n }\n", "a: {\n    b: , c:\n  }\n"),
    "a comment in a list in a list": ("- - # a\n    b\n", "# a\n- - b\n"),
    "quotes over several lines": ('a: "b  \n\n   c \\\n  \\ d\\ \n e"\n', 'a: "b\n\n  c \\\n  \\ d\\ \n  e"\n'),
    "tabs": ("a:\tb\t# c\td\ne: {f:\tg\t,\th: i}\n", "a: b  # c\td\ne: {f: g, h: i}\n"),
    "a block text below its key": (
        "a:\n  |\n    b\nc:  # d\n  >-  # e\n    f\n",
        "a: |\n  b\nc:  # d\n  >-  # e\n  f\n",
    ),
    "entries of a long section around empty lines that count": (
        "rules:\n  - x: y\n    z: w\n  - a: |+\n      b\n\n  - c: d\n    e: f\n",
        "rules:\n  - x: y\n    z: w\n\n  - a: |+\n      b\n\n  - c: d\n    e: f\n",
    ),
    "entries of a long section behind a text that keeps its end": (
        "rules:\n  - x: y\n    z: w\n  - a: |+\n      b\n  - c: d\n    e: f\n",
        "rules:\n  - x: y\n    z: w\n\n  - a: |+\n      b\n  - c: d\n    e: f\n",
    ),
    "a dash in a comment": ("- a\n# - b\n- # - c\n  d\n", "- a\n# - b\n# - c\n- d\n"),
    "blanks in an empty line of a block text": ("a: |\n   b\n     \n\n   c\n", "a: |\n  b\n    \n\n  c\n"),
}


@pytest.mark.parametrize("name", SAME)
def test_what_is_written_seldom_is_laid_out_too(name: str) -> None:
    before, after = SAME[name]
    assert laid_out(tree_of(before)) == after
    assert laid_out(tree_of(after)) == after
    assert yaml.load(before, yaml.CSafeLoader) == yaml.load(after, yaml.CSafeLoader)


def test_a_key_over_several_lines_has_no_layout() -> None:
    """It says where, and what to do."""
    with pytest.raises(LayoutError, match=r"p:2:3: this key is written over several lines; write it on one\."):
        formatted(read_text('socialpolicy: 1\n? "a\n  b"\n: c\n', "p"), shipped)


def test_the_order_of_a_rules_keys_has_all_of_them() -> None:
    """A key that is added to the format gets a place on purpose."""
    assert sorted(RULE) == sorted(item.alias or name for name, item in RuleText.model_fields.items())


# -- quotes ------------------------------------------------------------------------------------------------------------

WORDS = re.split(
    r"\s+",
    """yes No on OFF y n 2026-01-01 2026-01-01T10:00:00Z 1:30 = << 1_000 0x1f 012 .5 1e3 -.inf 1.2.3 word ~x nobody
1,000 2026-1-2 :sym 1.40 12:30:45 0b1 2026-13-99 a=b +1 -x tRue nUll 1,5 :"x 2026-01-01x""",
)


@given(st.sampled_from(WORDS) | st.from_regex(r"[0-9A-Za-z.:_+-]{1,12}", fullmatch=True))
def test_what_pyyaml_takes_for_something_else_gets_quotes(word: str) -> None:
    """PyYAML is the reader of YAML 1.1 that is nearest to all others."""
    document = read_text(f"a: {word}\n", "t")
    if document.failed or document.data != {"a": word}:
        return
    try:
        other = yaml.safe_load(f"a: {word}\n")["a"]
    except (yaml.YAMLError, ValueError):
        other = None
    assert other == word or bites(word)


def test_what_other_readers_take_for_something_else_gets_quotes() -> None:
    """Go's and Ruby's readers cannot be asked here; and what every reader takes for a text stays as it is."""
    for word in ("y", "N", ":sym", "1,000", "2026-1-2", "tRue", "nUll"):
        assert bites(word), word
    for word in (
        "1.2.3",
        "word",
        "~x",
        "nobody",
        "yes!",
        "2026",
        "true",
        "null",
        "1.0",
        "a:b",
        "on time",
        "2026-01-01 is a day",
    ):
        assert not bites(word), word


# -- every layout ------------------------------------------------------------------------------------------------------

SMALL = [
    *sorted((ROOT / "tests/cases").glob("*.yaml")),
    *sorted((ROOT / "tests/lint").glob("*.yaml")),
    *sorted((ROOT / "tests/diffs").glob("*/after.yaml"))[::6],
    *sorted((ROOT / "tests/fmt").glob("*.before.yaml")),
    *sorted((ROOT / "policies/brightline/tests").glob("*.yaml")),
    ROOT / "policies/brightline/texts/de.yaml",
    ROOT / "tests/hostile/valid.yaml",
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SMALL), st.integers(0, 2**32).map(Random))
def test_however_it_was_laid_out(path: Path, random: Random) -> None:
    """Any layout of a file gets a canonical one: stable, with each comment once, and meaning the same."""
    document = read_file(path)
    relayer = Relayer(random)
    text = relayer.document(document.data)
    before = read_text(text, path.as_posix())
    assert not before.failed, before.findings
    assert unordered(before.data) == unordered(document.data)
    found = formatted(before, lambda: beside(path))
    after = read_text(found, path.as_posix())
    assert formatted(after, lambda: beside(path)) == found
    assert Counter(re.findall(r"# c\d+ [^\r\n]*", found)) == Counter(comment.rstrip() for comment in relayer.comments)
    assert ("\r\n" in found) == ("\r\n" in text)
    if kind_of(document.data) == "policy":
        assert decides(load_text(found).program) == decides(load_text(text).program)
    if whens(after.data) == whens(before.data):  # no scope fact was moved
        assert unordered(after.data) == unordered(document.data)
        assert letters(found) == letters(text)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SMALL), st.integers(0, 2**32).map(Random))
def test_where_lines_break_and_how_far_they_go_in_is_no_matter(path: Path, random: Random) -> None:
    """Blanks at the ends of lines, empty lines in twos and threes, and comments further out: one result."""
    text = formatted(read_file(path), lambda: beside(path))
    tree_lines = text.split("\n")
    if any(re.search(r"[|>][-+0-9]*(  #.*)?$", line) or line.count('"') % 2 for line in tree_lines):
        return  # there blanks can be part of a text
    noisy = []
    for line in tree_lines:
        noisy.append(line.replace("  # ", "      # ") + (" " * random.randint(0, 3) if line else ""))
        if not line and noisy[:-1]:
            noisy += [""] * random.randint(0, 2)
    assert formatted(read_text("\n".join(noisy) + "\n\n", path.as_posix()), lambda: beside(path)) == text


def unordered(data: Any) -> str:
    return json.dumps(data, sort_keys=True, default=repr)


def whens(data: Any) -> list[Any]:
    rules = data.get("rules", ())
    return [rule.get("when") for rule in rules if isinstance(rule, dict)]


def letters(text: str) -> Counter[str]:
    return Counter(sign for sign in text if sign.isalpha())


def everything() -> Iterator[Path]:
    """Every YAML file of the repository that is read without an error."""
    for pattern in (
        "policies/*/*.yaml",
        "policies/*/tests/*.yaml",
        "tests/**/*.yaml",
        "src/socialpolicy/vocabularies/*.yaml",
    ):
        yield from (path for path in sorted(ROOT.glob(pattern)) if path.stem not in ("before", "expected"))


def texts_of_docs() -> Iterator[tuple[str, str]]:
    """The YAML in the documentation and in the pages of findings."""
    for page in [*sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "src/socialpolicy/pages").glob("*.md"))]:
        for number, found in enumerate(re.findall(r"^```yaml[^\n]*\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)):
            yield f"{page.name} {number}", found


def test_every_file_and_example_survives() -> None:
    """The layout alone, without the order of keys, of whatever there is in the repository: stable, and the same data."""
    count = 0
    files = ((path.as_posix(), path.read_text("utf-8")) for path in everything() if path.stat().st_size < 60_000)
    for name, text in [*files, *texts_of_docs()]:
        document = read_text(text, name)
        if document.failed or not isinstance(document.data, dict | list):
            continue
        found = laid_out(tree_of(document.text))
        after = read_text(found, name)
        assert json.dumps(after.data, default=repr) == json.dumps(document.data, default=repr), name
        assert laid_out(tree_of(found)) == found, name
        assert letters(found) == letters(text), name
        count += 1
    assert count > 250


# -- what is meant is proved -------------------------------------------------------------------------------------------

POLICY = """socialpolicy: 1
id: bakery
version: "1.0.0"
title:  Social media   # why
baseline: allow
rules:
  - id: ONE
    title: One
    effect: deny
    scope: {accounts: official}
    when: {content.about_work: true, action.kind: publish}
    guidance: {instead: Wait}
"""
BROKEN = {
    "a comment is lost": ("  # why", ""),
    "a text changes its quotes": ("title: One", "title: 'One'"),
    "a text changes": ("title: One", "title: Two"),
    "an entry is lost": ("baseline: allow\n", ""),
    "entries change places": ('id: bakery\nversion: "1.0.0"', 'version: "1.0.0"\nid: bakery'),
    "a value becomes another": ("about_work: true", "about_work: false"),
    "it cannot be read": ("baseline: allow", "baseline: [allow"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_layout_that_says_something_else_is_not_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever mistake a layout made, the file stays as it was, and it is told as the bug that it is."""
    monkeypatch.setattr(canonical, "laid_out", lambda tree: laid_out(tree).replace(*BROKEN[name]))
    file, other = tmp_path / "policy.yaml", tmp_path / "other.yaml"
    file.write_text(POLICY)
    other.write_text("cases_for: bakery\nassume:  nothing\ncases: []\n")
    assert run(["fmt", str(other), str(file)]) == 70
    assert file.read_text() == POLICY
    assert other.read_text() == "cases_for: bakery\nassume: nothing\ncases: []\n"
    told = capsys.readouterr().err
    assert f"{file} was left alone" in told
    assert "This is a bug" in told


def test_a_fact_is_moved_only_where_the_digest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """If moving it changed what decides, it stays in ``when``, and the rest is laid out."""
    monkeypatch.setattr(settling, "movable", lambda rule, vocabulary: [])
    meant = fmt(POLICY)
    monkeypatch.undo()
    assert fmt(POLICY) == meant
    swapped = POLICY.replace(
        "content.about_work: true, action.kind: publish", "action.kind: publish, content.about_work: true"
    )
    assert "scope: {accounts: official, actions: publish}\n    when: {content.about_work: true}" in fmt(swapped)
    digest = decides
    told = iter(["before", "after", "before"])
    monkeypatch.setattr(canonical, "decides", lambda program: next(told, digest(program)))
    assert "when: {action.kind: publish, content.about_work: true}" in fmt(swapped)
    told = iter(["before", "after", "another"])
    with pytest.raises(LayoutFaultError):
        fmt(swapped)


# -- the command -------------------------------------------------------------------------------------------------------


def written(folder: Path, **files: str | bytes) -> Path:
    for name, text in files.items():
        place = folder / name.replace("__", "/")
        place = place.with_name(place.name + ".yaml") if not place.suffix else place
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


CROOKED = "cases_for: bakery\nassume:  nothing\ncases: []\n"
STRAIGHT = "cases_for: bakery\nassume: nothing\ncases: []\n"


def test_check_names_what_would_change_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, a=CROOKED, b=STRAIGHT)
    assert run(["fmt", "--check", str(tmp_path)]) == 1
    out = capsys.readouterr()
    assert out.out == f"{tmp_path}/a.yaml\n"
    assert out.err == "1 file would change, 1 file in order already.\n"
    assert (tmp_path / "a.yaml").read_text() == CROOKED
    assert run(["fmt", "--check", str(tmp_path / "b.yaml")]) == 0


def test_diff_shows_what_would_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, a=CROOKED)
    name = f"{tmp_path}/a.yaml"
    assert run(["fmt", "--diff", str(tmp_path)]) == 1
    assert capsys.readouterr().out == (
        f"--- {name}\n+++ {name}\n@@ -1,3 +1,3 @@\n cases_for: bakery\n-assume:  nothing\n+assume: nothing\n cases: []\n"
    )
    assert run(["fmt", "--diff", "--color", "always", str(tmp_path)]) == 1
    assert "\x1b[32m+assume: nothing\x1b[0m" in capsys.readouterr().out
    assert run(["fmt", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"laid out {name}\n1 file laid out.\n"
    assert run(["fmt", "--diff", str(tmp_path)]) == 0


def test_standard_input_goes_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Byte for byte, line ends and all; and nothing at all where it has errors."""

    def given_bytes(raw: bytes, *options: str) -> tuple[int, bytes]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        status = run(["fmt", *options, "-"])
        return status, capfdbinary.readouterr().out

    windows = (MARK + CROOKED.replace("\n", "\r\n")).encode()
    assert given_bytes(windows) == (0, (MARK + STRAIGHT.replace("\n", "\r\n")).encode())
    assert given_bytes(b"cases_for: [") == (2, b"")
    assert given_bytes(b"anything: else\n") == (2, b"")
    assert given_bytes(CROOKED.encode(), "--check") == (1, b"-\n")
    assert given_bytes(STRAIGHT.encode(), "--check") == (0, b"")


def test_mode_link_line_ends_and_mark_survive(tmp_path: Path) -> None:
    """What a layout is not about stays: the rights of a file, a link to it, CRLF and the mark of the byte order."""
    written(tmp_path, real__a=(MARK + CROOKED.replace("\n", "\r\n")).encode())
    real, link = tmp_path / "real/a.yaml", tmp_path / "link.yaml"
    real.chmod(0o640)
    link.symlink_to(real)
    assert run(["fmt", str(link)]) == 0
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert real.read_bytes() == (MARK + STRAIGHT.replace("\n", "\r\n")).encode()
    assert [path.name for path in real.parent.iterdir()] == ["a.yaml"]


def test_mixed_line_ends_become_those_of_the_first_line() -> None:
    assert fmt("cases_for: bakery\r\nassume: nothing\ncases: []\r\n") == STRAIGHT.replace("\n", "\r\n")


def test_a_file_with_errors_is_left_alone_and_the_others_are_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Errors of every kind: of the text, of the structure, and those that only the whole policy shows."""
    broken = {
        "a": "cases_for: bakery\nassume:  [\n",
        "b": CROOKED.replace("nothing", "something"),
        "c": POLICY.replace("content.about_work", "content.about_wrk"),
    }
    written(tmp_path, **broken, d=CROOKED)
    assert run(["fmt", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == f"laid out {tmp_path}/d.yaml\n1 file laid out, 3 files left alone, because of the errors above.\n"
    for name, id in (("a", "syntax"), ("b", "unknown-value"), ("c", "unknown-fact")):
        assert re.search(rf"{name}\.yaml:\d+:\d+: error: {id}", err), err
        assert (tmp_path / f"{name}.yaml").read_text() == broken[name]
    assert (tmp_path / "d.yaml").read_text() == STRAIGHT


def test_a_file_too_large_is_not_told_to_be_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 3: nobody knows."""
    written(tmp_path, a=CROOKED + "# long\n" * 1_300_000)
    assert run(["fmt", "--check", str(tmp_path)]) == 3
    err = capsys.readouterr().err
    assert "limit-reached" in err
    assert err.endswith("\n1 file left alone, because of the errors above.\n")


def test_what_belongs_to_no_policy_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In folders it is passed over; named, it is refused. Releases and JSON are never touched."""
    other, release = "on:   push\n", POLICY
    written(tmp_path, p__policy=POLICY, p__releases__index="policy:  bakery\n", p__mine=other)
    release_file = tmp_path / "p/releases/1.0.0.yaml"
    release_file.write_text(release)
    (tmp_path / "p/data.json").write_text('{"cases_for":   "bakery"}')
    (tmp_path / "p/broken.yaml").write_text("jobs: [\n")
    (tmp_path / "p/releases/packs").mkdir()
    (tmp_path / "p/releases/packs/x@1.yaml").write_text(POLICY)
    before = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert run(["fmt", str(tmp_path)]) == 0
    after = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path for path in before if before[path] != after[path]} == {tmp_path / "p/policy.yaml"}
    capsys.readouterr()
    for name, words in (
        ("releases/1.0.0.yaml", "releases are frozen"),
        ("releases/index.yaml", "releases are frozen"),
        ("releases/packs/x@1.yaml", "releases are frozen"),
        ("data.json", "JSON is written by programs"),
        ("mine.yaml", "it stays as it is"),
    ):
        assert run(["fmt", str(tmp_path / "p" / name)]) == 2
        assert words in capsys.readouterr().err
    assert {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()} == after
    assert run(["fmt", str(tmp_path / "p/broken.yaml")]) == 2
    assert "broken.yaml:1:7: error: syntax" in capsys.readouterr().err
    written(tmp_path, q__quoted='"cases_for":  bakery\nassume: nothing\ncases: []\n')
    assert run(["fmt", "--check", str(tmp_path / "q")]) == 1
    written(tmp_path, z=CROOKED)
    assert run(["fmt", str(tmp_path / "p/mine.yaml"), str(tmp_path / "z.yaml")]) == 2
    assert (tmp_path / "z.yaml").read_text() == STRAIGHT  # the others are done


def test_a_file_that_changes_meanwhile_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from socialpolicy.cli import fmt as command

    written(tmp_path, a=CROOKED)
    file = tmp_path / "a.yaml"

    def slow(document: Any, shelf: Any) -> str:
        file.write_text(CROOKED + "# mine\n")
        return formatted(document, shelf)

    monkeypatch.setattr(command, "formatted", slow)
    assert run(["fmt", str(file)]) == 2
    assert file.read_text() == CROOKED + "# mine\n"
    assert "changed by somebody else" in capsys.readouterr().err


def test_the_shipped_policies_are_in_the_canonical_layout(capsys: pytest.CaptureFixture[str]) -> None:
    """Small ones here; CI runs ``socialpolicy fmt --check policies examples`` over all of them."""
    assert run(["fmt", "--check", str(ROOT / "policies/brightline"), str(ROOT / "policies/law-us-labour")]) == 0


def test_what_a_program_wrote_is_never_read_as_an_author_did() -> None:
    """The words that YAML has for nothing and for yes and no are no texts to us, so they get no quotes."""
    assert not any(bites(word) for word in (*NULLS, *BOOLS))


@pytest.mark.parametrize("text", ["rules: []\n", "a: b\n", "vocabulary: a\n", "vocabulary: a\nversion: b\nrules: []\n"])
def test_a_text_that_is_no_policy_has_no_kind(text: str) -> None:
    assert kind_of(read_text(text, "t").data) == ""


def test_a_policy_with_errors_tells_all_of_them() -> None:
    with pytest.raises(FindingsError) as caught:
        fmt(POLICY.replace("accounts: official", "accounts: oficial").replace("publish", "publsh"))
    assert len(caught.value.findings) == 2
