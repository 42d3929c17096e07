"""The published JSON Schemas (draft 2020-12), generated from what they describe: models, vocabularies and dataclasses.

They serve editors (completion, hover) and other programs; loading itself is done by the models. A condition stays one flat
object without alternatives, which keeps an editor's errors exact and its completion whole.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from pydantic.json_schema import GenerateJsonSchema

from socialpolicy import conditions, encoding
from socialpolicy.loading.models import CasesFile, PolicyText, SurvivorsFile, VocabularyFile
from socialpolicy.loading.vocabularies import shipped
from socialpolicy.program import Outcome, Program
from socialpolicy.values import LARGEST_INT, UNKNOWN_WORD, Kind
from socialpolicy.vocabulary import Fact, Vocabulary

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

KINDS = ("policy", "action", "decision", "tests", "program", "vocabulary", "survivors", "texts")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
CORE = "core@1"
Schema = dict[str, Any]
INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"


def schema(kind: str, policy: Policy | None = None) -> Schema:
    """The schema of that kind, generic or (``policy``, ``action`` and ``tests``) for the vocabulary of a policy.

    Raises ``ValueError`` for another kind.
    """
    match kind:
        case "policy":
            found = of_model(PolicyText)
        case "tests":
            found = of_model(CasesFile)
        case "vocabulary":
            found = of_model(VocabularyFile)
        case "survivors":
            return headed(kind, of_model(SurvivorsFile))
        case "texts":
            return headed(kind, texts())
        case "action":
            return headed(kind, action(policy.vocabulary if policy else shipped(CORE)[1]))
        case "decision":
            return headed(kind, decision())
        case "program":
            return headed(kind, program())
        case _:
            raise ValueError(f"there is no schema {kind!r}; there is {', '.join(KINDS)}")
    return headed(kind, for_policy(found, policy) if policy else found)


def text(found: Schema) -> str:
    """A schema as the text that is committed."""
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def headed(kind: str, found: Schema) -> Schema:
    """A schema with its dialect and a title."""
    titles = {
        "policy": "A social-media policy", "action": "The facts of an action", "decision": "A decision",
        "tests": "Test cases of a policy", "program": "A saved program", "vocabulary": "A vocabulary",
        "survivors": "Mutants of a policy that are kept", "texts": "The texts of a policy in another language",
    }  # fmt: skip
    return {"$schema": DIALECT, "title": titles[kind], **{key: value for key, value in found.items() if key != "title"}}


def texts() -> Schema:
    """The shape of texts in another language: texts and lists of texts, under any keys; which, the policy says."""
    words: Schema = {"type": "string", "minLength": 1}
    inner: Schema = {"$ref": "#/$defs/texts"}
    return {
        "type": "object",
        "properties": {"texts_of": words, "language": words},
        "required": ["texts_of", "language"],
        "additionalProperties": inner,
        "$defs": {
            "texts": {
                "anyOf": [
                    words,
                    {"type": "array", "items": words, "minItems": 1},
                    {"type": "object", "additionalProperties": inner},
                ]
            }
        },
    }


# -- from the models -------------------------------------------------------------------------------------------------


class Plain(GenerateJsonSchema):
    """pydantic's schemas without noise: no titles of its own, no null for keys that may be left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """No title for a field: its name says it."""
        return False


def of_model(model: Any) -> Schema:
    """The schema of a model."""
    found: Schema = tidied(model.model_json_schema(schema_generator=Plain, by_alias=True))
    return found


def tidied(node: Any) -> Any:
    """A schema without ``null`` alternatives for what may be left out, and without defaults, which nobody fills in."""
    if isinstance(node, list):
        return [tidied(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    found = {
        key: tidied_map(value) if key in ("properties", "$defs") else tidied(value)
        for key, value in node.items()
        if key != "default"
    }
    if "anyOf" in found and {"type": "null"} in found["anyOf"] and node.get("default", MISSING) is None:
        left = [branch for branch in found["anyOf"] if branch != {"type": "null"}]
        found = {key: value for key, value in found.items() if key != "anyOf"} | (
            left[0] if len(left) == 1 else {"anyOf": left}
        )
    found.pop("discriminator", None)
    if "oneOf" in found and merged(found["oneOf"]) is not None:
        found |= merged(found.pop("oneOf")) or {}
    return found


def tidied_map(node: Any) -> Any:
    """As ``tidied``, for a mapping whose keys are names."""
    return {key: tidied(value) for key, value in node.items()} if isinstance(node, dict) else node


def merged(branches: list[Schema]) -> Schema | None:
    """Branches of different types as one flat schema, where no two say something of one type."""
    together: Schema = {"type": []}
    for branch in branches:
        if (
            not isinstance(branch.get("type"), str)
            or {"const", "enum"} & set(branch)
            or set(branch) & (set(together) - {"type", "description"})
        ):
            return None
        together["type"].append(branch["type"])
        together |= {key: value for key, value in branch.items() if key != "type"}
    return together


# -- for a vocabulary ------------------------------------------------------------------------------------------------


def of_value(fact: Fact) -> Schema:
    """The schema of a fact's value."""
    match fact.kind:
        case Kind.BOOL:
            return {"type": "boolean"}
        case Kind.ENUM:
            return {"enum": list(fact.values)}
        case Kind.STRING:
            return {"type": "string"}
        case Kind.INT:
            return {
                "type": "integer",
                "minimum": fact.minimum if fact.minimum is not None else -LARGEST_INT,
                "maximum": fact.maximum if fact.maximum is not None else LARGEST_INT,
            }
        case Kind.DATETIME:
            return {"type": "string", "pattern": INSTANT}
        case Kind.SET:
            return {"type": "array", "items": {"enum": list(fact.values)} if fact.values else {"type": "string"}}


def of_stated(fact: Fact) -> Schema:
    """The schema of what may be stated of a fact: a value, or that it is not known."""
    told = {"description": fact.question} if fact.question else {}
    found = of_value(fact)
    if "enum" in found:
        return told | {"enum": [*found["enum"], UNKNOWN_WORD, None]}
    return told | {"anyOf": [found, {"enum": [UNKNOWN_WORD, None]}]}


def action(vocabulary: Vocabulary) -> Schema:
    """The facts of an action, flat or nested by the part before the first dot."""
    flat = {name: of_stated(fact) for name, fact in vocabulary.facts.items()}
    groups: dict[str, Schema] = {}
    for name, stated in flat.items():
        group, dot, rest = name.partition(".")
        if dot and group not in vocabulary.facts and "." not in rest:
            inner = groups.setdefault(group, {"type": "object", "additionalProperties": False, "properties": {}})
            inner["properties"][rest] = stated
    return {"type": "object", "additionalProperties": False, "properties": {**flat, **groups}}


def for_policy(found: Schema, policy: Policy) -> Schema:
    """A schema that knows the facts, groups, conditions, tags and contacts of a policy, and of those that it builds on."""
    definitions, vocabulary = found["$defs"], policy.vocabulary
    groups = group_names(policy)
    tests = {name: of_test(fact, groups.get(name, ())) for name, fact in vocabulary.facts.items()}
    if "ConditionText" in definitions:
        condition = definitions["ConditionText"]
        conditions = dict(policy.written.conditions) | {
            f"{base.id}/{name}": entry for base in policy.bases for name, entry in base.written.conditions.items()
        }
        named = {name: {"type": "boolean", "description": title_of(entry)} for name, entry in conditions.items()}
        condition["properties"] = {**condition["properties"], **named, **tests}
        condition["additionalProperties"] = False
    stated = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: of_stated(fact) for name, fact in vocabulary.facts.items()},
    }
    for name, key in (("ExampleText", "facts"), ("CaseText", "facts")):
        if name in definitions:
            definitions[name]["properties"][key] = stated
    if "common" in found["properties"]:
        found["properties"]["common"] = stated
    if "RuleText" in definitions:
        definitions["RuleText"]["properties"]["scope"] = of_scope(policy, groups)
        offered = [
            f"{base.id}/{name}" for base in policy.bases for name, tag in base.written.tags.items() if tag.for_others
        ]
        tags = [*policy.written.tags, *offered]
        if tags:
            definitions["RuleText"]["properties"]["tags"] = {"type": "array", "items": {"enum": tags}}
    return found


def title_of(entry: Any) -> str:
    """The title of a named condition, if it has one."""
    return getattr(entry, "title", None) or "A condition of this policy."


def group_names(policy: Policy) -> dict[str, tuple[str, ...]]:
    """The names of groups of values, by fact."""
    text = policy.written.vocabulary
    found = {name: list(groups) for name, groups in (shipped(text.uses)[0].groups if text.uses else {}).items()}
    for written in (*(base.written for base in policy.bases), policy.written):
        for name, groups in written.vocabulary.groups.items():
            found.setdefault(name, []).extend(groups)
    return {name: tuple(dict.fromkeys(names)) for name, names in found.items()}


def of_test(fact: Fact, groups: tuple[str, ...]) -> Schema:
    """The schema of what may stand behind a fact's name in a condition: one flat schema, of several types."""
    told = {"description": fact.question} if fact.question else {}
    words = {"enum": [*fact.values, *groups]} if fact.values else {"type": "string"}
    some = {"type": "array", "items": words, "minItems": 1}
    other = {"same_as": {"type": "string"}}
    compared: dict[Kind, Schema] = {
        Kind.BOOL: other,
        Kind.ENUM: {"all_but": some, **other, **({name: {"enum": list(fact.values)} for name in ("at_least", "at_most", "more_than", "less_than")} if fact.ordered else {})},
        Kind.STRING: {"in_list": {"type": "string"}, "matches": {"type": "string"}, **other},
        Kind.INT: {**{name: {"type": "integer"} for name in ("at_least", "at_most", "more_than", "less_than")}, **other},
        Kind.DATETIME: {"before": {"type": "string"}, "from": {"type": "string"}, **other},
        Kind.SET: {
            **dict.fromkeys(("any_of", "all_of", "none_of", "nothing_but"), some), "empty": {"type": "boolean"},
            "has": {"type": "object", "properties": {"fact": {"type": "string"}}, "required": ["fact"], "additionalProperties": False}, **other,
        },
    }  # fmt: skip
    found: Schema = {
        "type": ["object"],
        "minProperties": 1,
        "additionalProperties": False,
        "properties": compared[fact.kind],
    }
    match fact.kind:
        case Kind.BOOL:
            return told | found | {"type": ["boolean", "object"]}
        case Kind.INT:
            return told | found | {"type": ["integer", "array", "object"], "items": {"type": "integer"}, "minItems": 1}
        case Kind.ENUM:
            return told | {"anyOf": [words, some, found | {"type": "object"}]}
        case Kind.SET:
            return told | {"anyOf": [words if fact.values else {"type": "string"}, found | {"type": "object"}]}
        case Kind.STRING:
            return told | found | {"type": ["string", "array", "object"], "items": {"type": "string"}, "minItems": 1}
        case Kind.DATETIME:
            return told | found | {"type": "object"}


def of_scope(policy: Policy, groups: Mapping[str, tuple[str, ...]]) -> Schema:
    """The schema of a scope with its words and their values."""
    properties = {}
    for word, name in policy.vocabulary.scope.items():
        fact = policy.vocabulary.facts[name]
        words = {"enum": [*fact.values, *groups.get(name, ())]} if fact.values else {"type": "string"}
        some = {"type": "array", "items": words, "minItems": 1}
        but = {
            "type": "object",
            "properties": {"all_but": some},
            "required": ["all_but"],
            "additionalProperties": False,
        }
        properties[word] = {"description": fact.question, "anyOf": [words, some, but]}
    return {
        "anyOf": [
            {"const": "everything"},
            {"type": "object", "minProperties": 1, "properties": properties, "additionalProperties": False},
        ]
    }


# -- a decision ------------------------------------------------------------------------------------------------------


def closed(properties: Schema, *optional: str) -> Schema:
    """An object of just these keys, all required but the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def decision() -> Schema:
    """A decision, as ``Decision.to_dict`` has it."""
    word: Schema = {"type": "string"}
    words = {"type": "array", "items": word}
    outcome = {"enum": [outcome.word for outcome in Outcome]}
    rule = {"type": "string", "description": "The rule's id; empty for the baseline."}
    within = {"type": "string", "description": "A number and minutes, hours, days or working days."}
    optional = ("id", "part", "deputy", "within", "after", "template", "hand_over")
    step = closed({"do": word, "who": word, **dict.fromkeys(optional, word), "within": within}, *optional)
    lists = closed(
        {
            "rules": {**words, "description": "The rules, met or not, in the order of the policy's file."},
            "denials": {
                "type": "array",
                "items": closed({"rule": rule, "say": word, "instead": word}, "say", "instead"),
            },
            "revisions": {
                "type": "array",
                "description": "What is to be put right: one fact and its test each.",
                "items": closed(
                    {"rule": rule, "need": {"type": "object"}, "say": word, "fixable_by": word}, "say", "fixable_by"
                ),
            },
            "approvals": {
                "type": "array",
                "description": "Approvals still needed: at least so many of these contacts.",
                "items": closed(
                    {"rule": rule, "of": words, "at_least": {"type": "integer", "minimum": 0}, "say": word}, "say", "of"
                ),
            },
            "duties": {
                "type": "array",
                "items": closed(
                    {
                        "id": word,
                        "what": word,
                        "who": word,
                        "within": within,
                        "start": {"enum": ["now", "incident", "publication"]},
                        "evidence": word,
                    },
                    "id",
                    "within",
                    "evidence",
                ),
            },
            "advice": {"type": "array", "items": closed({"rule": rule, "say": word}, "say")},
            "hand_overs": {
                "type": "array",
                "items": closed({"to": word, "bring": words, "say": word, "within": within}, "bring", "say", "within"),
            },
            "playbooks": {
                "type": "array",
                "description": "What to do once something has happened; the first step that is not done is the next one.",
                "items": closed({"id": word, "title": word, "owner": word, "steps": {"type": "array", "items": step}}),
            },
        }
    )
    return {
        **closed(
            {
                "outcome": {**outcome, "description": "What is decided."},
                "label": {"type": "string", "description": "The outcome as people see it."},
                "at_least": {**outcome, "description": "The mildest outcome that is possible when more is known."},
                "at_most": {**outcome, "description": "The strictest outcome that is possible when more is known."},
                "determined": {
                    "type": "boolean",
                    "description": "Whether the outcome stays whatever is learnt; items may still move from maybe to sure, or go.",
                },
                "because": {**words, "description": "The rules that surely count against the action."},
                "sure": {"$ref": "#/$defs/lists", "description": "What rules say that surely apply."},
                "maybe": {"$ref": "#/$defs/lists", "description": "What rules say that may apply when more is known."},
                "missing": {**words, "description": "The unknown facts that something still waits for."},
                "policy": closed({"id": word, "version": word, "digest": word}),
            }
        ),
        "$defs": {"lists": lists},
    }


# -- a saved program -------------------------------------------------------------------------------------------------


def program() -> Schema:
    """A saved program, from the dataclasses that it is made of."""
    definitions: dict[str, Schema] = {}

    def of(hint: Any) -> Schema:
        if hint is conditions.Condition:
            return {"$ref": "#/$defs/condition"}
        origin, arms = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            real = [arm for arm in arms if arm is not type(None)]
            if any(arm in encoding.TAG_OF for arm in real):
                return {"$ref": "#/$defs/condition"}
            found = [json.loads(one) for one in dict.fromkeys(json.dumps(of(arm)) for arm in real)]
            return found[0] if len(found) == 1 else {"anyOf": found}
        if origin is tuple:
            return {"type": "array", "items": of(arms[0])}
        if origin is frozenset:
            return {"type": "array", "items": {"type": ["string", "integer", "boolean"]}}
        if origin is not None:
            return {"type": "object", "additionalProperties": of(arms[1])}
        if isinstance(hint, type) and issubclass(hint, Enum):
            return {"enum": [member.word if isinstance(member, Outcome) else member.value for member in hint]}
        if is_dataclass(hint):
            return of_dataclass(hint)
        return {"type": {str: "string", bool: "boolean", int: "integer", datetime: "string"}[hint]}

    def of_dataclass(kind: Any) -> Schema:
        name = kind.__name__
        if name not in definitions:
            definitions[name] = {}
            hints = get_type_hints(kind)
            tag = encoding.TAG_OF.get(kind)
            properties = ({"is": {"const": tag}} if tag else {}) | {
                item.name: of(hints[item.name]) for item in fields(kind)
            }
            optional = [
                item.name for item in fields(kind) if item.default is not MISSING or item.default_factory is not MISSING
            ]
            definitions[name] = {"description": (kind.__doc__ or "").split("\n")[0], **closed(properties, *optional)}
        return {"$ref": f"#/$defs/{name}"}

    definitions["condition"] = {"oneOf": [of_dataclass(kind) for kind in encoding.CONDITIONS.values()]}
    top = of_dataclass(Program)
    whole = definitions.pop("Program")
    whole["properties"] |= {"socialpolicy_program": {"const": encoding.FORMAT}, "checksum": {"type": "string"}}
    whole["required"] += ["socialpolicy_program", "checksum"]
    assert top
    return {**whole, "$defs": definitions}
