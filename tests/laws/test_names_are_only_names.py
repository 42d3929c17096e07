"""A rule may be renamed without a lawyer: its id decides nothing."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import given

from strategies import judged, many_facts, programs, seeds

if TYPE_CHECKING:
    from socialpolicy.program import Program


@given(programs(), seeds())
def test_renaming_rules_changes_nothing_but_names(program: Program, seed: int) -> None:
    ids = [rule.id for rule in program.rules]
    new = dict(zip(ids, Random(seed).sample([f"N-{number}" for number in range(len(ids))], len(ids)), strict=True))
    rules = (
        replace(
            rule,
            id=new[rule.id],
            overridden_by=tuple(new[other] for other in rule.overridden_by),
            part_of=new.get(rule.part_of, ""),
        )
        for rule in program.rules
    )
    renamed_program = replace(program, rules=tuple(rules))
    for facts in many_facts(program, seed, 20):
        before, after = judged(program, facts), judged(renamed_program, facts)
        assert (before and renamed(before.sure, new)) == (after and after.sure)
        assert (before and renamed(before.maybe, new)) == (after and after.maybe)
        if before and after:
            assert (before.outcome, before.at_least, before.at_most, before.missing) == (
                after.outcome,
                after.at_least,
                after.at_most,
                after.missing,
            )


def renamed(value: Any, new: dict[str, str]) -> Any:
    """What a decision lists, with the new names of rules."""
    if isinstance(value, tuple):
        return tuple(renamed(item, new) for item in value)
    if is_dataclass(value):
        return type(value)(**{item.name: renamed(getattr(value, item.name), new) for item in fields(value)})
    return new.get(value, value) if isinstance(value, str) else value
