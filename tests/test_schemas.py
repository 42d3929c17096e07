"""The published schemas accept what the models accept, and describe what the library writes."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
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
from socialpolicy.errors import ActionError
from socialpolicy.loading.models import CasesFile, PolicyText
from socialpolicy.loading.reading import read_file
from socialpolicy.program import Program
from socialpolicy.saving import dumped
from socialpolicy.schemas import KINDS, schema, text
from strategies import many_facts, policy_texts, programs, seeds

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
        assert not list(Draft202012Validator(schema(kind, policy(folder))).iter_errors(data))


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
    policies = Draft202012Validator(schema("policy", acme()))
    data = read_file(ROOT / "policies" / "acme" / "policy.yaml").data
    for change in (
        {"when": {"content.topic": "merger"}},
        {"when": {"account.kind": "personel"}},
        {"when": {"content.topics": {"any_of": ["mergers"]}}},
        {"when": {"account.mfa": "yes"}},
        {"scope": {"accounts": "officail"}},
        {"scope": {"account": "official"}},
        {"examples": [{"story": "x", "facts": {"platfrm": "x"}, "expect": "allow"}]},
    ):
        broken = copy.deepcopy(data)
        broken["rules"][0].update(change)
        assert not policies.is_valid(broken), change
