"""The 26 facts as pydantic models, flat and nested: as strict about types, values and names as our own check."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from spec import FACTS, Fact

STRICT = ConfigDict(strict=True, extra="forbid", frozen=True)


def flat_model() -> type[BaseModel]:
    """One model, its fields named as the facts are."""
    fields: dict[str, Any] = {
        name.replace(".", "_"): (annotation(fact), Field(None, alias=name)) for name, fact in FACTS.items()
    }
    return create_model("FlatAction", __config__=STRICT, **fields)


def nested_model() -> type[BaseModel]:
    """A model for each group of facts, and one that holds them."""
    groups: dict[str, dict[str, Any]] = {}
    for name, fact in FACTS.items():
        group, _, last = name.rpartition(".")
        groups.setdefault(group, {})[last] = (annotation(fact), None)
    fields: dict[str, Any] = {
        group: (create_model(group.capitalize(), __config__=STRICT, **members), ...)
        for group, members in groups.items()
        if group
    }
    return create_model("NestedAction", __config__=STRICT, **fields, **groups[""])


def annotation(fact: Fact) -> Any:
    """The type of one fact. Any fact may be unknown; a set comes as a list."""
    match fact.type:
        case "bool":
            return bool | None
        case "int":
            return Annotated[int, Field(ge=0, le=fact.most)] | None
        case "enum":
            return Literal[fact.values] | None
        case _:
            return Annotated[frozenset[Literal[fact.values]], Field(strict=False)] | None


def nested(facts: dict[str, Any]) -> dict[str, Any]:
    """Flat facts, nested by the groups in their names."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        group, _, last = name.rpartition(".")
        if group:
            found.setdefault(group, {})[last] = value
        else:
            found[last] = value
    return found
