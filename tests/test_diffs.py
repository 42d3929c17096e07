"""Small pairs of policies that an author can read: one kind of change each, and what it comes to.

A folder of ``tests/diffs`` holds ``before.yaml``, ``after.yaml`` and ``expected.yaml``. The latter says in a ``story`` what was
changed, and what has to come of it, all of it written before the comparison was run:

- ``state``, ``outcomes`` (every pair of outcomes, before and after), ``findings`` (all of them, each with its rule),
  ``problems`` of the version number, ``guarantees`` (before and after), ``kinds`` (all kinds of difference, where findings do
  not tell them), ``only_missing`` (whether decisions differ only where facts are missing);
- ``differ``: actions that are decided differently, and ``same``: others that are not. Both policies decide them here;
- ``not_comparable``: why they cannot be compared, and then nothing else.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given

from socialpolicy.comparing import DiffKind, NotComparable
from socialpolicy.decisions import Decision
from socialpolicy.diffing import NEEDS, Diff, diff
from socialpolicy.loading.findings import PolicyError
from socialpolicy.policy import Policy, load, loads
from socialpolicy.program import Outcome
from socialpolicy.versions import Bump
from strategies import policy_texts, seeds

ROOT = Path(__file__).parent.parent
DIFFS = Path(__file__).parent / "diffs"
GOLDEN = Path(__file__).parent / "golden"
KEYS = {
    "story", "state", "outcomes", "findings", "problems", "guarantees", "kinds", "only_missing", "differ", "same",
    "not_comparable",
}  # fmt: skip


def expected(name: str) -> dict[str, Any]:
    """What has to come of a pair."""
    data: dict[str, Any] = yaml.safe_load((DIFFS / name / "expected.yaml").read_text("utf-8"))
    return data


PAIRS = {path.name: expected(path.name) for path in sorted(DIFFS.iterdir()) if path.is_dir()}
COMPARABLE = [name for name, wanted in PAIRS.items() if "not_comparable" not in wanted]


def pair(name: str) -> tuple[Policy, Policy]:
    """Both policies of a pair."""
    return load(DIFFS / name / "before.yaml"), load(DIFFS / name / "after.yaml")


def said(found: Diff) -> dict[str, Any]:
    """What a comparison says, as ``expected.yaml`` writes it."""
    statements = [change.statement for change in found.changes if change.statement]
    return {
        "state": found.state.word,
        "outcomes": sorted([old.word, new.word] for old, new in found.comparison.pairs),
        "findings": sorted(f"{change.id} {change.rule}".strip() for change in found.changes),
        "problems": sorted(found.problems),
        "guarantees": {
            change.id: [change.was and change.was.value, change.now and change.now.value] for change in found.guarantees
        },
        "kinds": sorted(kind.value for kind in found.comparison.kinds),
        "only_missing": bool(statements) and all(statement.missing_only for statement in statements),
    }


def wanted_of(name: str) -> dict[str, Any]:
    """What ``expected.yaml`` says, with what it leaves out."""
    wanted = PAIRS[name]
    kinds = {finding.split()[0] for finding in wanted["findings"]} & set(DiffKind)
    return {
        "state": wanted["state"],
        "outcomes": sorted(wanted["outcomes"]),
        "findings": sorted(wanted["findings"]),
        "problems": sorted(wanted.get("problems", [])),
        "guarantees": wanted.get("guarantees", {}),
        "kinds": sorted(wanted.get("kinds", kinds)),
        "only_missing": wanted.get("only_missing", False),
    }


def shown_lists(decision: Decision) -> dict[str, Any]:
    """What a decision surely lists, but for the ids of rules."""
    lists = json.loads(json.dumps(decision.sure.to_dict()))
    lists.pop("rules")
    return {name: [{**item, "rule": ""} for item in items] for name, items in lists.items()}


# -- the pairs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_is_well_formed(name: str) -> None:
    wanted = PAIRS[name]
    assert {path.name for path in (DIFFS / name).iterdir()} == {"before.yaml", "after.yaml", "expected.yaml"}
    assert set(wanted) <= KEYS
    assert wanted["story"].endswith(".")
    assert not any(policy.warnings for policy in pair(name))


@pytest.mark.parametrize("name", COMPARABLE)
def test_actions_are_decided_as_the_story_says(name: str) -> None:
    """Whatever the comparison says: both policies decide each action that the pair names."""
    before, after = pair(name)
    for action in PAIRS[name].get("differ", ()):
        old, new = before.decide(action["facts"]), after.decide(action["facts"])
        assert (old.outcome.word, new.outcome.word) == (action["before"], action["after"]), action
        assert old.outcome is not new.outcome or shown_lists(old) != shown_lists(new), action
    for action in PAIRS[name].get("same", ()):
        for policy in (before, after):
            assert policy.decide(action["facts"]).outcome.word == action["outcome"], action


@pytest.mark.parametrize("name", COMPARABLE)
def test_a_pair_comes_to_what_is_expected(name: str) -> None:
    assert said(diff(*pair(name))) == wanted_of(name)


@pytest.mark.parametrize("name", COMPARABLE)
def test_what_is_shown_is_decided_so(name: str) -> None:
    """Every example of a change is decided by both policies, once more and from plain data, as the comparison says."""
    before, after = pair(name)
    found = diff(before, after)
    for change in json.loads(json.dumps(found.as_data()))["changes"]:
        assert change["sentence"]
        if "example" not in change:
            continue
        example = change["example"]
        old, new = before.decide(example["facts"]), after.decide(example["facts"])
        assert json.loads(json.dumps([old.to_dict(), new.to_dict()])) == [example["old"], example["new"]]
        assert not change["outcomes"] or [old.outcome.word, new.outcome.word] in change["outcomes"]


@pytest.mark.parametrize("name", COMPARABLE)
def test_an_example_is_decided_so_as_it_is_printed(name: str) -> None:
    """Who decides just the facts that are printed, all others as in examples, finds the outcomes that are printed."""
    sides = pair(name)
    for change in diff(*sides).changes:
        if change.statement is None:
            continue
        shown = change.statement.shown
        decided = [side.decide(shown.unusual, assume="in_examples").outcome for side in sides]
        assert decided == [shown.old.outcome, shown.new.outcome], change.sentence


@pytest.mark.parametrize("name", COMPARABLE)
def test_nothing_differs_from_itself(name: str) -> None:
    for policy in pair(name):
        found = diff(policy, policy)
        assert found.state is Bump.IDENTICAL
        assert not found.changes


MIRROR = {
    DiffKind.STRICTER: DiffKind.LOOSER, DiffKind.DUTY_ADDED: DiffKind.DUTY_REMOVED,
    DiffKind.REVISION_ADDED: DiffKind.REVISION_REMOVED, DiffKind.APPROVAL_ADDED: DiffKind.APPROVAL_REMOVED,
}  # fmt: skip
MIRROR |= {back: forth for forth, back in MIRROR.items()}
ONE_WAY = {DiffKind.OPEN, DiffKind.ADVICE_ADDED}


@pytest.mark.parametrize("name", COMPARABLE)
def test_the_way_back_mirrors_the_way_there(name: str) -> None:
    before, after = pair(name)
    there, back = diff(before, after).comparison, diff(after, before).comparison
    assert {(new, old) for old, new in there.pairs} == set(back.pairs)
    assert {MIRROR.get(kind, kind) for kind in there.kinds - ONE_WAY} == back.kinds - ONE_WAY
    assert (DiffKind.OPEN in there.kinds) == (DiffKind.OPEN in back.kinds)


@pytest.mark.parametrize("name", [name for name in PAIRS if "not_comparable" in PAIRS[name]])
def test_what_cannot_be_compared_says_why(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 2 with one line: it never looks like "no change"."""
    from socialpolicy.cli.main import COULD_NOT, run

    reason = PAIRS[name]["not_comparable"]
    with pytest.raises(NotComparable, match=re.escape(reason)):
        diff(*pair(name))
    monkeypatch.chdir(ROOT)
    for more in ([], ["--state"], ["-f", "json"], ["--changelog"], ["--fail-on", "never"]):
        files = [f"tests/diffs/{name}/{side}.yaml" for side in ("before", "after")]
        assert run(["diff", *files, *more]) == COULD_NOT
        captured = capsys.readouterr()
        if more == ["-f", "json"]:  # programs are told, too, and that it is not done
            data = json.loads(captured.out)
            assert (data["status"], data["result"], [one["id"] for one in data["findings"]]) == (
                2,
                None,
                ["could-not-run"],
            )
        else:
            assert captured.out == ""
        assert reason in captured.err
        assert captured.err.count("\n") == 1


def test_every_kind_of_change_is_among_the_pairs() -> None:
    findings = {finding.split()[0] for name in COMPARABLE for finding in PAIRS[name]["findings"]}
    kinds = {kind for name in COMPARABLE for kind in wanted_of(name)["kinds"]}
    outcomes = {tuple(pair) for name in COMPARABLE for pair in PAIRS[name]["outcomes"]}
    assert len(PAIRS) >= 40
    assert set(DiffKind) == kinds
    # An approval alone never makes an outcome that stays: what is added or removed there goes with another outcome.
    with_outcomes = {"approval-added", "approval-removed"}
    assert set(NEEDS) - findings == with_outcomes
    assert outcomes == {(old.word, new.word) for old in Outcome for new in Outcome if old is not new}
    assert {problem for name in COMPARABLE for problem in PAIRS[name].get("problems", ())} == {
        "version-decreased", "version-not-bumped", "bump-too-small", "bump-larger-than-needed",
    }  # fmt: skip


# -- the commands, as processes --------------------------------------------------------------------------------------

GOLDENS: dict[str, tuple[int, list[str]]] = {
    "diff-stricter": (0, ["diff", "tests/diffs/need-narrowed"]),
    "diff-looser": (0, ["diff", "tests/diffs/override-added"]),
    "diff-facts-missing": (0, ["diff", "tests/diffs/rules-merged"]),
    "diff-same-rule-twice": (0, ["diff", "tests/diffs/named-condition-edited", "-v"]),
    "diff-too-small": (1, ["diff", "tests/diffs/version-too-small", "--at", "2026-10-02"]),
    "diff-guarantee-fails": (1, ["diff", "tests/diffs/guarantee-now-fails"]),
    "diff-identical": (0, ["diff", "tests/diffs/reformatted"]),
    "diff-wording": (0, ["diff", "tests/diffs/rule-reworded"]),
    "diff-changelog": (0, ["diff", "tests/diffs/before-to-from", "--changelog"]),
    "diff-state": (0, ["diff", "tests/diffs/duty-sooner", "--state"]),
    "diff-json": (0, ["diff", "tests/diffs/in-force-a-day-longer", "-f", "json"]),
    "diff-not-comparable": (2, ["diff", "tests/diffs/not-comparable-another-order"]),
    "diff-prove-holds": (0, ["prove", "tests/diffs/guarantee-now-fails/before.yaml"]),
    "diff-prove-fails": (1, ["prove", "tests/diffs/guarantee-now-fails/after.yaml"]),
}


@pytest.mark.parametrize("name", GOLDENS)
def test_golden(name: str) -> None:
    """What people read, pinned. ``UPDATE_GOLDEN=1 pytest tests/test_diffs.py`` writes it anew, to be read in the diff."""
    status, arguments = GOLDENS[name]
    if arguments[0] == "diff":
        arguments = ["diff", *(f"{arguments[1]}/{side}.yaml" for side in ("before", "after")), *arguments[2:]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"}
    ended = subprocess.run(
        [sys.executable, "-m", "socialpolicy", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    out = re.sub(r"sha256:[0-9a-f]{64}", "sha256:0", ended.stdout) + ended.stderr
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(out, "utf-8")
    assert ended.returncode == status
    assert out == file.read_text("utf-8")


# -- edits of drawn policies that decide nothing otherwise ------------------------------------------------------------

Text = dict[str, Any]


def written(text: Text, **changes: Any) -> Text:
    """A copy of a policy's text, in which some sections are others."""
    copied: Text = json.loads(json.dumps(text))
    return {**copied, **changes}


def loaded(text: Text) -> Policy:
    """The policy of a text, by way of JSON."""
    return loads(json.dumps(text), name="drawn.yaml")


def no_determined_difference(before: Text, after: Text) -> Diff:
    """Check that an edit changes no decision that is determined both times, and calls for a minor version at most."""
    try:
        new = loaded(after)
    except PolicyError:
        # an edit may make what reads in two ways, such as a group among values: not what is tested here
        assume(False)
    found = diff(loaded(before), new)
    assert not found.comparison.pairs
    assert found.comparison.kinds <= {DiffKind.OPEN}
    assert found.state <= Bump.MINOR
    return found


@given(policy_texts(), seeds())
def test_the_order_of_rules_is_no_change(text: Text, seed: int) -> None:
    from random import Random

    rules = written(text)["rules"]
    Random(seed).shuffle(rules)
    assert no_determined_difference(text, written(text, rules=rules)).state is Bump.IDENTICAL


@given(policy_texts())
def test_another_layout_is_no_change(text: Text) -> None:
    """The same data as YAML, as JSON, with comments, with its keys in another order."""
    policy = loaded(text)
    turned = dict(reversed(list(written(text).items())))
    turned["rules"] = [dict(reversed(list(rule.items()))) for rule in turned["rules"]]
    for other in (
        "# a comment\n" + json.dumps(text, indent=2),
        json.dumps(text, ensure_ascii=False, indent=1),
        json.dumps(turned),
    ):
        found = diff(policy, loads(other))
        assert found.state is Bump.IDENTICAL, [change.sentence for change in found.changes]
        assert not found.changes


@given(policy_texts(), seeds())
def test_a_rule_by_another_name_is_a_patch(text: Text, seed: int) -> None:
    assume(text["rules"])
    old = text["rules"][seed % len(text["rules"])]["id"]
    after = json.loads(json.dumps(text).replace(json.dumps(old), json.dumps("Z-0")))
    found = no_determined_difference(text, after)
    assert found.state is Bump.PATCH
    assert any(change.id == "rule-renamed" for change in found.changes) or len(found.changes) >= 2


@given(policy_texts(), seeds())
def test_a_rule_said_twice_is_no_change_of_decisions(text: Text, seed: int) -> None:
    assume(text["rules"])
    rules = written(text)["rules"]
    twin = {**rules[seed % len(rules)], "id": "Z-0"}
    assume(not any(twin["id"] in json.dumps(rule.get("overrides", {})) for rule in rules))
    after = written(text, rules=[*rules, twin])
    for rule in after["rules"]:  # who sets the one aside sets the other aside
        named = rule.get("overrides", {}).get("rules", [])
        if rules[seed % len(rules)]["id"] in named:
            named.append("Z-0")
    for exception in after.get("exceptions", {}).values():
        if rules[seed % len(rules)]["id"] in exception["rules"]:
            exception["rules"].append("Z-0")
    found = no_determined_difference(text, after)
    assert found.state is Bump.PATCH


def negated_twice(rule: Text) -> Text | None:
    """A rule of which the condition is negated twice."""
    return {**rule, "when": {"not": {"none": [rule["when"]]}}} if "when" in rule else None


def negated_parts(rule: Text) -> Text | None:
    """A rule in which the parts of the condition are all not none of."""
    if "when" not in rule:
        return None
    return {**rule, "when": {"all": [{"not": {"none": [{key: test}]}} for key, test in rule["when"].items()]}}


def turned_round(rule: Text) -> Text | None:
    """A rule in which the parts of the condition stand the other way round."""
    return {**rule, "when": dict(reversed(rule["when"].items()))} if len(rule.get("when", {})) > 1 else None


def unless_as_when(rule: Text) -> Text | None:
    """A rule in which the exception is a part of the condition."""
    if "unless" not in rule:
        return None
    parts = [{"not": rule["unless"]}, *([rule["when"]] if "when" in rule else [])]
    return {**{key: value for key, value in rule.items() if key != "unless"}, "when": {"all": parts}}


def needs_spelt_out(rule: Text) -> Text | None:
    """A rule in which each thing that is needed stands by itself."""
    if not isinstance(rule.get("require"), dict):
        return None
    return {**rule, "require": [{"need": {name: test}} for name, test in rule["require"].items()]}


REWRITINGS = (negated_twice, negated_parts, turned_round, unless_as_when, needs_spelt_out)


@pytest.mark.parametrize("rewriting", REWRITINGS)
@given(policy_texts())
def test_a_condition_written_otherwise_decides_alike(rewriting: Any, text: Text) -> None:
    """Every decision is the same, with facts missing too: at most the rule reads otherwise."""
    after = written(text, rules=[rewriting(rule) or rule for rule in written(text)["rules"]])
    found = no_determined_difference(text, after)
    assert found.state <= Bump.PATCH
    assert not found.comparison.statements


def halves(rule: Text) -> Iterator[Text]:
    """A rule that holds for any of several, as one rule for each of them."""
    for name, test in rule.get("when", {}).items():
        if isinstance(test, Mapping) and set(test) == {"any_of"} and len(test["any_of"]) > 1:
            parts: list[Any] = [{name: {"any_of": [value]}} for value in test["any_of"]]
        elif name == "any" and len(test) > 1:
            parts = list(test)
        elif isinstance(test, list) and name not in ("all", "none"):
            parts = [{name: value} for value in test]
        else:
            continue
        rest = {other: value for other, value in rule["when"].items() if other != name}
        for number, part in enumerate(parts):
            when = {"all": [part, *([rest] if rest else [])]}
            yield {**rule, "id": f"{rule['id']}" if not number else f"{rule['id']}-{number}", "when": when}
        return


@given(policy_texts())
def test_a_rule_split_in_several_is_no_determined_change(text: Text) -> None:
    """A rule about any of several is as good as a rule for each; only where facts are missing they are less sure."""
    overriding = {
        name for rule in text["rules"] for name in [rule["id"], *rule.get("overrides", {}).get("rules", ())] if "overrides" in rule
    }  # fmt: skip
    overriding |= {name for exception in text.get("exceptions", {}).values() for name in exception["rules"]}
    rules: list[Text] = []
    for rule in written(text)["rules"]:
        parts = list(halves(rule)) if rule["id"] not in overriding and not rule.get("tags") else []
        rules += parts or [rule]
    assume(len(rules) > len(text["rules"]))
    found = no_determined_difference(text, written(text, rules=rules))
    assert all(statement.missing_only for statement in found.comparison.statements)


@given(policy_texts())
def test_new_words_are_a_patch(text: Text) -> None:
    assume(text["rules"])
    rules = [{**rule, "title": f"{rule['title']}!", "why": "It is so."} for rule in written(text)["rules"]]
    found = no_determined_difference(text, written(text, rules=rules, title="Other words"))
    assert found.state is Bump.PATCH
    ids = {change.id for change in found.changes}
    assert {"rule-reworded", "wording-changed"} <= ids <= {"rule-reworded", "wording-changed", "rule-rewritten"}
