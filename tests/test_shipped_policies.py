"""The shipped policies: whole, proved, tested to the last rule, and written so that nobody is blamed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from socialpolicy import load, prove
from socialpolicy.conditions import reads
from socialpolicy.loading.policies import load_text
from socialpolicy.loading.shelves import Folder, Policies
from socialpolicy.policy import Policy
from socialpolicy.program import Effect

ROOT = Path(__file__).parent.parent
FOLDERS = sorted(file.parent for file in (ROOT / "policies").glob("*/policy.yaml"))
PACKS = [folder.name for folder in FOLDERS if folder.name.startswith("law-")]
COMPANIES = [folder.name for folder in FOLDERS if folder.name not in PACKS]
COMMON = yaml.safe_load((Path(__file__).parent / "common_guarantees.yaml").read_text(encoding="utf-8"))
BLAMING = re.compile(
    r"\b(violat\w*|prohibited|forbidden|must not|offend(er|ing)\w*|guilty|punish\w*|misconduct|abus(ive|er)\w*|failed to)\b",
    re.I,
)


@cache
def policy(name: str) -> Policy:
    """A shipped policy."""
    return load(ROOT / "policies" / name)


def test_they_are_all_there() -> None:
    assert set(PACKS) == {"law-eu", "law-uk-advertising", "law-us-endorsements", "law-us-labour", "law-us-securities"}
    assert set(COMPANIES) == {"acme", "brightline", "cornerway", "meridian", "playfield"}


@pytest.mark.parametrize("name", COMPANIES + PACKS)
def test_it_says_that_it_is_no_legal_advice(name: str) -> None:
    assert "not legal advice" in " ".join((policy(name).written.purpose or "").split())


@pytest.mark.parametrize("name", PACKS)
def test_every_rule_of_a_pack_cites_its_sources(name: str) -> None:
    for rule in policy(name).written.rules:
        assert rule.references, rule.id
        practice = "practice and not a rule of law" in rule.references[0]
        assert practice or any(re.search(r"\d{4}", text) for text in rule.references), (
            f"{rule.id}: the date of the text"
        )


@pytest.mark.parametrize("name", COMPANIES)
def test_a_company_builds_on_packs(name: str) -> None:
    assert {base.id for base in policy(name).bases} & set(PACKS)


@pytest.mark.parametrize("name", COMPANIES + PACKS)
def test_all_guarantees_are_proved(name: str) -> None:
    proofs = prove(policy(name))
    assert [one.id for one in proofs.results if one.status.value != "holds"] == []
    assert len(policy(name).written.guarantees) >= 8


@pytest.mark.parametrize("name", COMPANIES)
def test_what_every_company_guarantees_is_proved(name: str) -> None:
    """Proved on the whole composition, in the words of one file, whatever each company promises beside."""
    data: Any = policy(name).data
    text = json.dumps({**data, "guarantees": COMMON})
    loaded = load_text(text, shelf=Policies(Folder(ROOT / "policies")))
    assert {one.id: one.status.value for one in prove(Policy(loaded)).results if one.id.startswith("COMMON")} == {
        one["id"]: "holds" for one in COMMON
    }


@pytest.mark.parametrize("name", COMPANIES + PACKS)
def test_nobody_is_singled_out(name: str) -> None:
    """Only an exception with owner and expiry may read who somebody is, and only packs of law where somebody lives."""
    for rule in policy(name).program.rules:
        read = reads(rule.when).union(*(reads(need.given) for need in rule.needs))
        in_a_pack = name in PACKS or "/" in rule.id
        assert "actor.id" not in read or rule.effect is Effect.EXCEPT, rule.id
        assert "actor.region" not in read or in_a_pack, rule.id


def words_of(value: Any) -> Iterator[str]:
    """All texts in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for inner in value.values() for text in words_of(inner))
    elif isinstance(value, list):
        yield from (text for inner in value for text in words_of(inner))


@pytest.mark.parametrize("name", COMPANIES + PACKS)
def test_words_that_people_read_blame_nobody(name: str) -> None:
    data: Any = policy(name).data
    shown = [
        {key: rule.get(key) for key in ("title", "say", "why", "guidance")}
        | {"require": [need.get("say") for need in rule.get("require") or () if isinstance(need, dict)]}
        for rule in data["rules"]
    ]
    found = [text for text in words_of([shown, data.get("labels"), data.get("principles")]) if BLAMING.search(text)]
    assert found == []


@pytest.mark.parametrize("name", COMPANIES + PACKS)
def test_every_deny_shows_a_way_on(name: str) -> None:
    for rule in policy(name).written.rules:
        if rule.effect == "deny":
            assert (rule.guidance and rule.guidance.instead) or rule.hand_over, rule.id


@pytest.mark.parametrize("name", COMPANIES + PACKS)
def test_every_rule_applies_in_some_case(name: str) -> None:
    results = policy(name).test()
    assert results.passed, [one.case.id for one in results.failed]
    own = {rule.id for rule in policy(name).written.rules}
    assert own & set(results.coverage().rules) == set(), "rules that never apply in a case"


@pytest.mark.parametrize("name", COMPANIES + PACKS)
def test_some_case_asks_for_just_the_facts_that_are_missing(name: str) -> None:
    """Where facts are missing the right answer is to ask, and the cases say for which."""
    asking = [result for result in policy(name).test().results if result.case.expect.missing]
    assert len(asking) >= 3


@pytest.mark.long
@pytest.mark.parametrize("name", COMPANIES + PACKS)
def test_no_part_of_a_rule_goes_unnoticed(name: str) -> None:
    """Every mutant of a shipped policy fails some case, or it is written why not (``tests/survivors.yaml``)."""
    from socialpolicy.mutating import mutate

    report = mutate(policy(name))
    assert [str(one.mutant.sentence) for one in report.left] == []
