"""The vocabulary: which facts there are, what they may be, and what follows from what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from socialpolicy.conditions import Condition
from socialpolicy.values import Kind

GivenValue: TypeAlias = bool | int | str | frozenset[str]
"""A value that a vocabulary itself gives: instants are stated by callers alone."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that can be known of an action.

    ``values`` are those of an enum, or the members that a set may have (none: any text). ``default`` is assumed where
    the fact is absent, ``in_examples`` only where a caller asks for it. ``mutable`` says whether the author of a post
    can change it, save where ``fixed_where`` holds.
    """

    name: str
    kind: Kind
    values: tuple[str, ...] = ()
    ordered: bool = False
    minimum: int | None = None
    maximum: int | None = None
    default: GivenValue | None = None
    in_examples: GivenValue | None = None
    mutable: bool = False
    fixed_where: Condition | None = None
    sensitive: bool = False
    supplied_by: str = "person"
    question: str = ""
    hint: str = ""
    if_missing: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Implication:
    """Where the condition is true, these facts have these values."""

    given: Condition
    then: Mapping[str, GivenValue]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All facts of a policy, by name, with the parts that some of them play.

    ``scope`` says which fact each word of a rule's scope stands for; ``baseline``, ``approvals`` and ``instant`` name the
    facts that play these parts ("" for none); ``screening`` lists the questions that settle many others, in the order to ask.
    """

    facts: Mapping[str, Fact]
    implications: tuple[Implication, ...] = ()
    impossible: tuple[Condition, ...] = ()
    scope: Mapping[str, str] = field(default_factory=dict)
    baseline: str = ""
    approvals: str = ""
    instant: str = ""
    screening: tuple[str, ...] = ()
