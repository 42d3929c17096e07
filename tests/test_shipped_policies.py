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

    report = mutate(policy(name), policy(name).test().results)
    assert [str(one.mutant.sentence) for one in report.left] == []


# -- what the page on packs and companies says of them is so ---------------------------------------------------------


def page_on_packs() -> str:
    """The page on packs and companies."""
    return (ROOT / "docs" / "packs.md").read_text(encoding="utf-8")


def part_of_the_page(name: str) -> str:
    """What the page says of one pack."""
    return re.split(r"^## ", page_on_packs().split(f"\n## {name}\n")[1], maxsplit=1, flags=re.M)[0]


@pytest.mark.parametrize("name", COMPANIES + PACKS)
def test_the_page_names_every_pack_and_company(name: str) -> None:
    assert f"`{name}`" in page_on_packs()


@pytest.mark.parametrize("name", PACKS)
def test_the_page_names_what_a_pack_adds_and_offers(name: str) -> None:
    written, part = policy(name).written, part_of_the_page(name)
    facts = list((written.vocabulary.facts or {}) if written.vocabulary else {})
    tags = [f"{name}/{id}" for id, tag in written.tags.items() if tag.for_others]
    assert [word for word in facts + tags if f"`{word}`" not in part] == []
    assert set(re.findall(r"`(law-[a-z-]+/[a-z-]+)`", part)) <= set(tags)


@pytest.mark.parametrize("name", PACKS)
def test_the_page_tells_of_every_rule_of_a_pack(name: str) -> None:
    named: set[str] = set()
    for cell in re.findall(r"^\| ([A-Z]+-\d.*?) \|", part_of_the_page(name), flags=re.M):
        for first, last in re.findall(r"([A-Z]+-\d+)(?: to ([A-Z]+-\d+))?", cell):
            family, start = first.rsplit("-", 1)
            end = (last or first).rsplit("-", 1)[1]
            named |= {f"{family}-{number}" for number in range(int(start), int(end) + 1)}
    assert named == {rule.id for rule in policy(name).written.rules}


RULES_THAT_WANT_A_TAG = {
    "civility": "effect: require, scope: {accounts: own_accounts, actions: posting}, "
    "require: {content.tone: {none_of: [rude]}}",
    "notice": "effect: require, scope: {accounts: own_accounts, actions: posting}, when: {content.about_work: true}, "
    "require: {content.personal_views_notice: true}",
    "branding": "effect: require, scope: {accounts: own_accounts, actions: posting}, "
    "require: {account.name_uses_brand: false}",
    "accuracy": "effect: require, scope: {accounts: own_accounts, actions: posting}, "
    "require: {content.truth: {all_but: [mistaken, unverified]}}",
    "topics": "effect: ask, approval: legal, scope: {accounts: own_accounts, actions: posting}, "
    "when: {content.topics: litigation}",
    "spokesperson": "effect: ask, approval: legal, scope: {accounts: own_accounts, actions: speak_to_media}",
    "colleague-information": "effect: require, scope: {accounts: own_accounts, actions: posting}, "
    "when: {content.personal_data: colleague}, require: {content.consent: true}",
    "house-matters": "effect: ask, approval: legal, scope: {accounts: own_accounts, actions: posting}, "
    "when: {content.classification: internal}",
}


def test_the_page_tells_which_guarantee_wants_which_tag() -> None:
    """A company's rule breaks the guarantees that the page names, and no more once it carries the tag."""
    rows = dict(re.findall(r"^\| `law-us-labour/([a-z-]+)` \|.*\| (G-[A-Z]+) \|$", page_on_packs(), flags=re.M))
    assert set(rows) == set(RULES_THAT_WANT_A_TAG)
    for tag, rule in RULES_THAT_WANT_A_TAG.items():
        assert failing(rule) == {"law-us-labour/G-FREE", f"law-us-labour/{rows[tag]}"}, tag
        assert failing(f"tags: [law-us-labour/{tag}], {rule}") == set(), tag


def failing(rule: str) -> set[str]:
    """The guarantees that do not hold of a company with this rule alone on top of the pack of labour law."""
    text = f"""
socialpolicy: 1
id: one-rule
version: "1.0.0"
title: One rule
builds_on: [{{id: law-us-labour, version: 1}}]
contacts: {{legal: {{title: Legal, reach: "#ask-legal"}}}}
baseline: allow
rules:
  - {{id: R, title: A rule, {rule}}}
"""
    loaded = Policy(load_text(text, shelf=Policies(Folder(ROOT / "policies"))))
    return {one.id for one in prove(loaded).results if one.status.value != "holds"}
