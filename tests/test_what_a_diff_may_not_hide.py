"""What a diff once hid, or a waiver once covered: each stays a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from socialpolicy import Bump, PolicyError, diff, loads
from socialpolicy.cli.main import COULD_NOT, run
from socialpolicy.comparing import DiffKind

HEAD = """
socialpolicy: 1
id: shop
version: 1.0.0
title: Posts
vocabulary:
  facts:
    kind: {type: enum, values: [post, reply, ad], question: What is it?}
    paid: {type: bool, question: Is it paid?, default: false}
    crisis: {type: bool, question: Is there a crisis?}
baseline: allow
rules:
"""
ADS = "  - {id: ADS, title: No ads, effect: deny, scope: everything, when: {kind: ad}}\n"
PAID = "  - {id: PAID, title: Nothing paid, effect: deny, scope: everything, when: {paid: true}}\n"


def keys(before: str, after: str) -> set[str]:
    return {change.key for change in diff(loads(before), loads(after)).changes if change.fingerprint}


def test_what_one_version_calls_impossible_is_compared() -> None:
    """Deciding does not look at `impossible`: somebody gets that decision."""
    ruled_out = "  impossible:\n    - {kind: ad}\nbaseline"
    replies = "  - {id: R, title: No replies, effect: deny, scope: everything, when: {kind: reply}}\n"
    more = replies.replace("kind: reply", "kind: [reply, ad]")
    found = diff(loads(HEAD.replace("baseline", ruled_out) + replies), loads(HEAD + more))
    assert found.needed is Bump.MAJOR
    found = diff(loads(HEAD + replies), loads(HEAD.replace("baseline", ruled_out) + more))
    assert found.needed is Bump.MAJOR
    assert diff(loads(HEAD.replace("baseline", ruled_out) + replies), loads(HEAD + replies)).state is Bump.PATCH


def test_another_default_is_told_beside_another_rule_of_the_same_kind() -> None:
    """Each has a key of its own, so that nobody waives both by waiving one."""
    after = HEAD.replace("default: false", "default: true") + ADS.replace("kind: ad", "kind: [ad, reply]") + PAID
    found = diff(loads(HEAD + ADS + PAID), loads(after))
    stricter = [change for change in found.changes if change.id == DiffKind.STRICTER.value]
    assert {change.rule for change in stricter} == {"ADS", ""}
    assert any(change.statement and change.statement.shown.unusual == {"kind": "post"} for change in stricter)
    assert found.waiving({stricter[0].key}).needed is Bump.MAJOR
    assert found.waiving({stricter[1].key}).needed is Bump.MAJOR


def test_what_is_denied_besides_is_in_the_fingerprint() -> None:
    """Where another rule denies already, nothing changes: with another such rule, other actions do."""
    here, there = (
        f"  - {{id: Z, title: Z, effect: deny, scope: everything, when: {{crisis: {word}}}}}\n"
        for word in ("true", "false")
    )
    assert not keys(HEAD + here, HEAD + here + ADS) & keys(HEAD + there, HEAD + there + ADS)


def test_what_opens_a_baseline_is_in_the_fingerprint() -> None:
    opening = "  - {id: A, title: A, effect: allow, scope: everything, when: {kind: [post, reply]}}\n"
    fewer = opening.replace("[post, reply]", "[post]")
    closed = HEAD.replace("baseline: allow", "baseline: deny")
    assert not keys(HEAD + opening, closed + opening) & keys(HEAD + fewer, closed + fewer)


def test_two_policies_of_one_id_are_not_mixed_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("old/a", "old/b", "new/a", "new/b"):
        (tmp_path / folder).mkdir(parents=True)
        text = HEAD + (ADS if folder != "new/a" else ADS.replace("kind: ad", "kind: [ad, reply]"))
        (tmp_path / folder / "policy.yaml").write_text(text, "utf-8")
    assert run(["diff", str(tmp_path / "old"), str(tmp_path / "new")]) == COULD_NOT
    assert "the same id, shop" in capsys.readouterr().err


def test_an_ordered_enum_without_values_is_an_error_and_no_bug() -> None:
    text = HEAD.replace("values: [post, reply, ad]", "ordered: true, values: true") + ADS.replace(
        "kind: ad", "kind: {at_least: ad}"
    )
    with pytest.raises(PolicyError):
        loads(text)
