"""The published JSON Schemas (draft 2020-12), generated from what they describe: models, vocabularies and dataclasses.

They serve editors (completion, hover) and other programs; loading itself is done by the models. A condition stays one flat
object without alternatives, which keeps an editor's errors exact and its completion whole.
"""

from __future__ import annotations

import json
import re
import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from pydantic.json_schema import GenerateJsonSchema

from socialpolicy import conditions, encoding, tailoring
from socialpolicy.loading.findings import Level
from socialpolicy.loading.models import CasesFile, PolicyText, SurvivorsFile, VocabularyFile
from socialpolicy.loading.vocabularies import shipped
from socialpolicy.program import Outcome, Program

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

KINDS = ("policy", "action", "decision", "tests", "program", "vocabulary", "survivors", "texts", "report")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
CORE = "core@1"
Schema = dict[str, Any]


def schema(kind: str, policy: Policy | None = None) -> Schema:
    """The schema of that kind, generic or (``policy``, ``tests``, ``texts`` and ``action``) for the names of one policy.

    Raises ``ValueError`` for another kind.
    """
    match kind:
        case "policy":
            return headed(kind, fitted(PolicyText, policy))
        case "tests":
            return headed(kind, fitted(CasesFile, policy))
        case "vocabulary":
            return headed(kind, of_model(VocabularyFile))
        case "survivors":
            return headed(kind, of_model(SurvivorsFile))
        case "texts":
            return headed(kind, tailoring.texts(policy) if policy else texts())
        case "action":
            return headed(kind, tailoring.action(policy.vocabulary if policy else shipped(CORE)[1]))
        case "decision":
            return headed(kind, decision())
        case "program":
            return headed(kind, program())
        case "report":
            return headed(kind, report())
        case _:
            raise ValueError(f"there is no schema {kind!r}; there is {', '.join(KINDS)}")


def text(found: Schema) -> str:
    """A schema as the text that is committed."""
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def headed(kind: str, found: Schema) -> Schema:
    """A schema with its dialect and a title."""
    titles = {
        "policy": "A social-media policy", "action": "The facts of an action", "decision": "A decision",
        "tests": "Test cases of a policy", "program": "A saved program", "vocabulary": "A vocabulary",
        "survivors": "Mutants of a policy that are kept", "texts": "The texts of a policy in another language",
        "report": "What a command found",
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
    for name, definition in found.get("$defs", {}).items():
        definition["title"] = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Text")).capitalize()
    return found


def fitted(model: Any, policy: Policy | None) -> Schema:
    """The schema of a model, made to measure for a policy if there is one."""
    found = of_model(model)
    return tailoring.for_policy(found, policy, top=model.__name__) if policy else found


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


# -- a report --------------------------------------------------------------------------------------------------------


def report() -> Schema:
    """What a command found, as ``-f json`` writes it: the same for all of them, but for what each has besides."""
    word: Schema = {"type": "string"}
    number = {"type": "integer", "minimum": 0}
    place = {"type": "integer", "minimum": 1}
    levels = [level.word for level in reversed(Level)]
    status = {"enum": [0, 1, 2, 3], "description": "The exit status: good, no, could not be done, gave up at a limit."}
    finding = closed(
        {
            "id": {**word, "description": "What it is: `socialpolicy explain ID` tells of it."},
            "level": {"enum": levels},
            "message": {**word, "description": "What is found, in a sentence."},
            "hint": {**word, "description": 'The likely cure; "" where there is none.'},
            "file": {**word, "description": 'The file, from the top of the repository; "" where it is about none.'},
            "line": place,
            "column": {**place, "description": "The first character that is meant, counted from 1."},
            "end_line": place,
            "end_column": {**place, "description": "The character behind the last one that is meant."},
            "related": {
                "type": "array",
                "items": closed({"file": word, "line": place, "message": word}),
                "description": "Other places that it has to do with.",
            },
            "accepted": {
                "type": ["string", "null"],
                "description": "By whom it is accepted on record, until when and why; null if it is not.",
            },
            "fingerprint": {
                "type": "string",
                "pattern": "^[0-9a-f]{32}$",
                "description": "The same for the same finding while lines move and words change.",
            },
        }
    )
    versions = with_keys("old", "new", "state", "changes", "guarantees", "problems")
    compared = {"type": "array", "items": {"anyOf": [versions, with_keys("policy", "only")]}}
    tested = {"type": "array", "items": with_keys("policy", "cases", "failed")}
    proved = {"type": "array", "items": with_keys("policy", "held", "guarantees")}
    part = closed({"status": status, "summary": word, "result": {}})
    results: dict[str, Schema] = {
        "validate": {**with_keys("files", "others"), "description": "What was looked at, and what was not."},
        "test": {**tested, "description": "What became of each policy's cases."},
        "prove": {**proved, "description": "What became of each policy's guarantees."},
        "lint": {
            **with_keys("policies", "rules", "at", "open", "ignored"),
            "description": "What was looked over, and for which instant dates count.",
        },
        "diff": {**compared, "description": "What changes in each policy."},
        "audit": {**with_keys("policy", "good", "complete", "accounts"), "description": "What is to be done, by account."},
        "check": {"type": "object", "additionalProperties": part, "description": "How each step ended, by its command."},
    }  # fmt: skip
    return {
        **closed(
            {
                "report": {"const": 1, "description": "The version of this format."},
                "tool": closed({"name": {"const": "socialpolicy"}, "version": word}),
                "command": {"enum": list(results)},
                "status": status,
                "summary": {**word, "description": "All in a sentence."},
                "note": {**word, "description": 'What the configuration chose for it; "" where that is nothing.'},
                "counts": closed(dict.fromkeys([*levels, "accepted"], number)),
                "findings": {"type": "array", "items": finding},
                "result": {"description": "What the command has besides; null where it could not do its work."},
            }
        ),
        "allOf": [
            {
                "if": {"properties": {"command": {"const": name}}},
                "then": {"properties": {"result": {"anyOf": [{"type": "null"}, found]}}},
            }
            for name, found in results.items()
        ],
    }


def with_keys(*names: str) -> Schema:
    """An object that has these keys at least."""
    return {"type": "object", "required": list(names)}


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
