"""The published schemas accept what the models accept, and describe what the library writes."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

import socialpolicy
from socialpolicy.compiling import Compiled
from socialpolicy.errors import ActionError, SocialPolicyError
from socialpolicy.loading.findings import LimitError
from socialpolicy.loading.models import CasesFile, PolicyText
from socialpolicy.loading.reading import read_file, read_text
from socialpolicy.program import Program
from socialpolicy.saving import dumped
from socialpolicy.schemas import KINDS, schema, text
from socialpolicy.tailoring import PLACES, names_of
from socialpolicy.testing import cases_of
from socialpolicy.translating import check_texts
from strategies import at_random, build_policy_text, many_facts, policy_texts, programs, seeds

ROOT = Path(__file__).parent.parent
SHIPPED = sorted(
    file
    for folder in ("policies", "src")
    for file in (ROOT / folder).rglob("*.yaml")
    if "releases" not in file.parts  # frozen as they were, with digests
)


@cache
def validator(kind: str) -> Draft202012Validator:
    found = schema(kind)
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


@cache
def policy(folder: Path) -> socialpolicy.Policy:
    return socialpolicy.load(folder)


@cache
def tailored(kind: str, folder: Path) -> Draft202012Validator:
    found = schema(kind, policy(folder))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def acme() -> socialpolicy.Policy:
    return policy(ROOT / "policies" / "acme")


def accepts(model: type[BaseModel], data: Any) -> bool:
    try:
        model.model_validate(data)
        if (
            type(data.get("socialpolicy", 1)) is not int
        ):  # reading resolves it by its type; the model alone takes true for 1
            return False
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_committed_schemas_are_up_to_date(kind: str) -> None:
    assert (ROOT / "schemas" / f"{kind}.schema.json").read_text("utf-8") == text(schema(kind))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_every_shipped_file_names_its_schema_and_fits_it(file: Path) -> None:
    first = file.read_text("utf-8").split("\n", 1)[0]
    assert first.startswith("# yaml-language-server: $schema=")
    target = (file.parent / first.split("=", 1)[1].strip()).resolve()
    assert target.parent == (ROOT / "schemas").resolve()
    data = read_file(file).data
    assert not list(Draft202012Validator(json.loads(target.read_text("utf-8"))).iter_errors(data))
    if target.name != "vocabulary.schema.json":
        kind = target.name.split(".")[0]
        [folder] = [parent for parent in file.parents if (parent / "policy.yaml").exists()]
        assert not list(tailored(kind, folder).iter_errors(data))


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document: what holds it, and its key or index."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield node, key
        yield from places(value)


def mutated(data: Any, random: Random) -> Any:
    """A document with a few things broken at random places."""
    data = copy.deepcopy(data)
    for _ in range(random.randint(1, 3)):
        node, key = random.choice(list(places(data)))
        choice = random.randrange(5)
        if choice == 0:
            del node[key]
        elif choice == 1 and isinstance(node, dict):
            node[random.choice(["unknown_key", "x-mine", "any", "not", "id", "gte", "at_least"])] = random.choice(
                [1, "a", [], {}, True]
            )
        else:
            node[key] = random.choice(
                [
                    True,
                    False,
                    0,
                    1,
                    7,
                    -1,
                    2**53,
                    "",
                    "a",
                    "ask",
                    "everything",
                    [],
                    ["a"],
                    [1],
                    {},
                    {"a": 1},
                    {"any_of": ["a"]},
                    [[]],
                ]
            )
        if not data:
            break
    return data


@given(policy_texts(), st.integers(0, 2**32))
@settings(max_examples=40)
def test_schema_and_model_accept_the_same_policies(policy: dict[str, Any], seed: int) -> None:
    random = Random(seed)
    assert accepts(PolicyText, policy)
    assert validator("policy").is_valid(policy)
    for _ in range(10):
        broken = mutated(policy, random)
        assert accepts(PolicyText, broken) == validator("policy").is_valid(broken), broken


def moved(data: Any, random: Random) -> Any:
    """A document with one thing broken, or one that belongs elsewhere: a part, a key or a text of another place."""
    data = copy.deepcopy(data)
    node, key = random.choice(list(places(data)))
    other, its_key = random.choice(list(places(data)))
    choice = random.randrange(4)
    if choice == 0:
        node[key] = copy.deepcopy(other[its_key])
    elif choice == 1 and isinstance(node, dict) and isinstance(other, dict) and its_key not in node:
        node[its_key] = node.pop(key)
    elif choice == 2:
        texts = [(holder, at) for holder, at in places(data) if isinstance(holder[at], str)]
        (holder, at), (giver, its_at) = random.choice(texts), random.choice(texts)
        holder[at] = giver[its_at]
    else:
        return mutated(data, random)
    return data


def refused(data: Any) -> bool:
    """Whether reading refuses a policy, or running the examples in its rules does."""
    try:
        found = socialpolicy.loads(json.dumps(data))
        for rule in found.written.rules:
            for example in rule.examples or ():
                found.action(example.facts)
    except SocialPolicyError:
        return True
    return False


def false_errors(errors: Iterable[Any]) -> list[str]:
    """What a schema complains of, told so that a person finds it."""
    return [f"{list(error.absolute_path)}: {error.message[:200]}" for error in errors]


@given(policy_texts(), st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_what_the_schema_made_for_a_policy_refuses_reading_refuses_too(data: dict[str, Any], seed: int) -> None:
    """Nobody should see an error in the editor where there is none."""
    made = Draft202012Validator(schema("policy", socialpolicy.loads(json.dumps(data))))
    assert false_errors(made.iter_errors(data)) == []
    random = Random(seed)
    for broken in (moved(data, random) for _ in range(6)):
        if broken and not made.is_valid(broken):
            assert refused(broken), false_errors(made.iter_errors(broken))


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_what_the_schemas_made_for_a_policy_refuse_of_cases_and_texts_reading_refuses_too(seed: int) -> None:
    random, folder = Random(seed), ROOT / "policies" / "brightline"
    for kind, name in (("tests", "tests/work.yaml"), ("texts", "texts/de.yaml")):
        broken = moved(beginning(folder / name), random)
        if broken and not tailored(kind, folder).is_valid(broken):
            document = read_text(json.dumps(broken), name)
            if kind == "tests":
                with suppress(LimitError):
                    cases_of(policy(folder), document)
            else:
                check_texts(document, policy(folder))
            assert document.failed, false_errors(tailored(kind, folder).iter_errors(broken))


@cache
def beginning(file: Path) -> Any:
    """The first part of a file, so that a run sees many documents."""
    data = read_file(file).data
    if "cases" in data:
        data["cases"] = data["cases"][:8]
    return data


def test_a_schema_made_for_a_policy_sees_most_of_what_reading_sees() -> None:
    """Without this, a schema that refuses nothing would pass."""
    random, seen, refusals = Random(7), 0, 0
    for seed in range(20):
        data = build_policy_text(at_random(Random(seed)))
        made = Draft202012Validator(schema("policy", socialpolicy.loads(json.dumps(data))))
        for broken in (moved(data, random) for _ in range(5)):
            if refused(broken):
                refusals += 1
                seen += not made.is_valid(broken)
    assert refusals > 50
    assert seen > 0.8 * refusals


@given(st.integers(0, 2**32))
@settings(max_examples=25)
def test_schema_and_model_accept_the_same_large_policy_and_cases(seed: int) -> None:
    random = Random(seed)
    for kind, model, file in (("policy", PolicyText, "policy.yaml"), ("tests", CasesFile, "tests/examples.yaml")):
        data = shipped_data(file)
        broken = mutated(data, random)
        assert accepts(model, broken) == validator(kind).is_valid(broken)


@cache
def shipped_data(file: str) -> Any:
    data = read_file(ROOT / "policies" / "acme" / file).data
    if "rules" in data:  # a few rules, so that a run sees many documents
        data["rules"] = data["rules"][::12]
    else:
        data["cases"] = data["cases"][:6]
    return data


@given(programs(), seeds())
@settings(max_examples=20)
def test_decisions_and_programs_fit_their_schemas(program: Program, seed: int) -> None:
    assert validator("program").is_valid(json.loads(dumped(program)))
    compiled = Compiled(program)
    for facts in list(many_facts(program, seed))[:10]:
        try:
            decision = compiled.decide(facts)
        except ActionError:
            continue
        errors = list(validator("decision").iter_errors(decision.to_dict()))
        assert not errors, errors


def test_the_schema_of_actions_knows_facts_and_values() -> None:
    actions = Draft202012Validator(schema("action", acme()))
    for good in (
        {},
        {"account": {"kind": "personal"}},
        {"account.kind": "unknown", "content.topics": ["merger"]},
        {"content.code_published": None},
    ):
        assert actions.is_valid(good)
    for bad in (
        {"account": {"kid": "personal"}},
        {"account.kind": "personel"},
        {"content.topics": "merger"},
        {"account.mfa": 1},
        {"context.at": "soon"},
    ):
        assert not actions.is_valid(bad)


def test_the_schema_for_a_policy_knows_its_words() -> None:
    policies = tailored("policy", ROOT / "policies" / "acme")
    data = read_file(ROOT / "policies" / "acme" / "policy.yaml").data
    for change in (
        {"when": {"content.topic": "merger"}},
        {"when": {"account.kind": "personel"}},
        {"when": {"content.topics": {"any_of": ["mergers"]}}},
        {"when": {"account.mfa": "yes"}},
        {"scope": {"accounts": "officail"}},
        {"scope": {"account": "official"}},
        {"examples": [{"story": "x", "facts": {"platfrm": "x"}, "expect": "allow"}]},
        {"tags": ["law-us-labour/no-such-tag"]},
        {"overrides": {"rules": ["SCO-999"]}},
        {"approval": {"any_of": ["coms"]}},
        {"require": {"content.disclosur": "clear"}},
        {"when": {"any": ["no-such-condition"]}},
        {"severity": "no-such-step"},
        {"hand_over": {"to": "coms"}},
    ):
        broken = copy.deepcopy(data)
        broken["rules"][0].update(change)
        assert not policies.is_valid(broken), change


GROUP = """
socialpolicy: 1
id: group
version: "1.0.0"
title: The group's policy
baseline: allow
tags:
  style: {title: House style, may_be_set_aside: true}
  labour: {title: About work, for_others: true}
  plain: {title: Plain}
conditions: {at-work: {title: It is about work, is: {content.about_work: true}}}
may_be_set_aside: {rules: [G-3], tags: [style], exceptions: [plain]}
rules:
  - {id: G-1, title: Styled, effect: advise, scope: everything, tags: [style]}
  - {id: G-2, title: Plain, effect: advise, scope: everything, tags: [plain]}
  - {id: G-3, title: Named, effect: advise, scope: everything}
  - {id: G-4, title: Firm, effect: advise, scope: everything, tags: [plain], firm: true}
"""
SHOP = """
socialpolicy: 1
id: shop
version: "1.0.0"
title: A shop's policy
baseline: allow
builds_on: [{id: group, version: 1}]
tags: {own: {title: Our own, may_be_set_aside: true}, other: {title: Another}}
rules:
  - {id: S-1, title: Ours, effect: advise, scope: everything, tags: [own]}
  - {id: S-2, title: Ours and firm, effect: advise, scope: everything, firm: true}
"""


def test_only_what_may_be_set_aside_is_offered_to_be_set_aside(tmp_path: Path) -> None:
    for id, written in (("group", GROUP), ("shop", SHOP)):
        (tmp_path / id).mkdir()
        (tmp_path / id / "policy.yaml").write_text(written)
    names = names_of(socialpolicy.load(tmp_path / "shop"))
    assert {kind: sorted(found) for kind, found in names.items() if "rule" in kind or "tag" in kind} == {
        "condition or tag": ["group/at-work", "other", "own"],
        "tag": ["group/labour", "other", "own"],
        "own tag": ["other", "own"],
        "tag to override": ["group/style", "own"],
        "rule": ["S-1", "S-2", "group/G-1", "group/G-2", "group/G-3", "group/G-4"],
        "own rule": ["S-1", "S-2"],
        "rule to override": ["S-1", "group/G-1", "group/G-3"],
        "rule to except": ["S-1", "group/G-2", "group/G-3"],
        "rule to set aside": ["group/G-1", "group/G-3"],
        "changed rule": ["S-1", "S-2"],
    }


def test_every_place_for_a_name_is_a_key_of_a_model() -> None:
    """A key that was renamed would lose its completion without a word."""
    models = {name: found for kind in ("policy", "tests") for name, found in schema(kind)["$defs"].items()}
    models |= {"PolicyText": schema("policy"), "CasesFile": schema("tests")}
    places = [place.split(".") for places in PLACES.values() for place in places]
    assert [place for place in places if place[1] not in models[place[0]]["properties"]] == []
    assert sorted(PLACES) == sorted(names_of(acme()))
