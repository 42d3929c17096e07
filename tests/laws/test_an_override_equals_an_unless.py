"""An exception may be written at the rule ("unless") or apart from it ("overrides"): authors choose by who maintains
it, never by what it does. Of ``missing`` alone nothing is promised, since it names more than can change a decision.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given

from socialpolicy.conditions import Not, both
from strategies import judged, many_facts, programs, seeds

if TYPE_CHECKING:
    from socialpolicy.program import Program


@given(programs(), seeds())
def test_an_override_that_nothing_overrides_equals_an_unless(program: Program, seed: int) -> None:
    conditions = {rule.id: rule.when for rule in program.rules if not rule.overridden_by}
    rules = (
        replace(
            rule,
            when=both(rule.when, *(Not(conditions[other]) for other in rule.overridden_by if other in conditions)),
            overridden_by=tuple(other for other in rule.overridden_by if other not in conditions),
        )
        for rule in program.rules
    )
    spelt_out = replace(program, rules=tuple(rules))
    for facts in many_facts(program, seed, 20):
        one, other = judged(program, facts), judged(spelt_out, facts)
        assert (one and replace(one, missing=())) == (other and replace(other, missing=()))
