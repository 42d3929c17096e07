"""The same rules for other engines: policies written from ``spec.py``, parsed once, all rules that count returned.

Each engine is let off what our own decision does beyond that: it returns the ids of the rules that count and no more.
What an engine needs the facts turned into is part of its call, and so of its figure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeAlias

from spec import FACTS, Rule
from workload import Facts, Test, tests

Decide: TypeAlias = Callable[[Facts], Sequence[str]]

SETS = tuple(name for name, fact in FACTS.items() if fact.type == "set")


@dataclass(frozen=True)
class Peer:
    """An engine: its package, how it takes the facts, how many times as fast we want to be, and how it loads rules."""

    name: str
    package: str
    conversion: str
    goal: float
    load: Callable[[Sequence[Rule]], Decide]

    @property
    def version(self) -> str:
        """The installed version; "" if it is not installed."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return ""


def with_lists(facts: Facts) -> dict[str, Any]:
    """The facts with lists for sets, as quickly as it can be done."""
    converted: dict[str, Any] = dict(facts)
    for name in SETS:
        converted[name] = list(converted[name])
    return converted


to_json = partial(json.JSONEncoder(default=list, check_circular=False).encode)


def quoted(values: Sequence[str]) -> str:
    return ", ".join(json.dumps(value) for value in values)


# --- Cedar -----------------------------------------------------------------------------------------------------------


def cedar(rules: Sequence[Rule]) -> Decide:
    """Every rule forbids; Cedar names all policies that forbid."""
    import cedarpy

    texts = ["permit(principal, action, resource);", *map(cedar_policy, rules)]
    policies = cedarpy.PolicySet.from_str("\n".join(texts))
    entities = cedarpy.Entities.from_json_str("[]")
    ids = {f"policy{place}": rule.id for place, rule in enumerate(rules, start=1)}  # 0 permits
    request = {"principal": 'User::"author"', "action": 'Action::"act"', "resource": 'Account::"account"'}

    def decide(facts: Facts) -> list[str]:
        result = cedarpy.is_authorized({**request, "context": with_lists(facts)}, policies, entities)
        if result.diagnostics.errors:
            raise ValueError(result.diagnostics.errors)
        return [ids[policy] for policy in result.diagnostics.reasons if policy in ids]

    return decide


def cedar_policy(rule: Rule) -> str:
    """All facts stand in the context: tried, and faster than the kind of action in the head of the policy."""
    return f"forbid(principal, action, resource) when {{ {' && '.join(map(cedar_test, tests(rule)))} }};"


def cedar_test(test: Test) -> str:
    fact = f'context["{test.fact}"]'
    match test.operator:
        case "is":
            text = f"{fact} == {json.dumps(test.operand)}"
        case "one_of":
            text = f"[{quoted(test.operand)}].contains({fact})"
        case "any_of":
            text = f"{fact}.containsAny([{quoted(test.operand)}])"
        case "all_of":
            text = f"{fact}.containsAll([{quoted(test.operand)}])"
        case comparison:
            text = f"{fact} {SIGNS[comparison]} {test.operand}"
    return text if test.wanted else f"!({text})"


SIGNS = {"at_least": ">=", "at_most": "<=", "less_than": "<"}


# --- Rego ------------------------------------------------------------------------------------------------------------


def rego(rules: Sequence[Rule]) -> Decide:
    """A set of the ids of the rules that count, in Regorus' virtual machine."""
    import regorus

    module = "package benchmark\n\nimport rego.v1\n\n" + "\n".join(map(rego_rule, rules))
    program = regorus.Program.compile_from_modules("{}", [("benchmark.rego", module)], ["data.benchmark.counting"])
    machine = regorus.Rvm()
    machine.load_program(program)

    def decide(facts: Facts) -> list[str]:
        machine.set_input_json(to_json(facts))
        found: list[str] = json.loads(machine.execute_entry_point("data.benchmark.counting"))
        return found

    return decide


def rego_rule(rule: Rule) -> str:
    return f'counting contains "{rule.id}" if {{ ' + "; ".join(map(rego_test, tests(rule))) + " }"


def rego_test(test: Test) -> str:
    fact = f'input["{test.fact}"]'
    match test.operator:
        case "is":
            return f"{fact} {'==' if test.wanted else '!='} {json.dumps(test.operand)}"
        case "one_of":
            return f"{'' if test.wanted else 'not '}{fact} in {{{quoted(test.operand)}}}"
        case "any_of" if not test.wanted:
            return "; ".join(f"not {json.dumps(value)} in {fact}" for value in test.operand)
        case "any_of" if len(test.operand) == 1:
            return f"{json.dumps(test.operand[0])} in {fact}"
        case "any_of":
            member = test.fact.rpartition(".")[2]  # a name of its own in this body
            return f"some {member} in {fact}; {member} in {{{quoted(test.operand)}}}"
        case "all_of" if not test.wanted:
            return f"some needed in {{{quoted(test.operand)}}}; not needed in {fact}"
        case "all_of":
            return "; ".join(f"{json.dumps(value)} in {fact}" for value in test.operand)
        case comparison:
            text = f"{fact} {SIGNS[comparison]} {test.operand}"
            return text if test.wanted else f"not {text}"


# --- CEL -------------------------------------------------------------------------------------------------------------


def cel(rules: Sequence[Rule]) -> Decide:
    """One expression: a list that says of each rule whether it counts."""
    from cel_expr_python import cel as engine

    types = {
        "bool": engine.Type.BOOL,
        "int": engine.Type.INT,
        "enum": engine.Type.STRING,
        "set": engine.Type.List(engine.Type.STRING),
    }
    environment = engine.NewEnv(variables={name: types[fact.type] for name, fact in FACTS.items()})
    expression = environment.compile("[" + ", ".join(map(cel_rule, rules)) + "]")
    ids = [rule.id for rule in rules]

    def decide(facts: Facts) -> list[str]:
        counting = expression.eval(data=with_lists(facts)).plain_value()
        return [rule for rule, counts in zip(ids, counting, strict=True) if counts]

    return decide


def cel_rule(rule: Rule) -> str:
    return " && ".join(map(cel_test, tests(rule)))


def cel_test(test: Test) -> str:
    match test.operator:
        case "is":
            text = f"{test.fact} == {json.dumps(test.operand)}"
        case "one_of":
            text = f"{test.fact} in [{quoted(test.operand)}]"
        case "any_of":
            text = "(" + " || ".join(f"{json.dumps(value)} in {test.fact}" for value in test.operand) + ")"
        case "all_of":
            text = "(" + " && ".join(f"{json.dumps(value)} in {test.fact}" for value in test.operand) + ")"
        case comparison:
            text = f"{test.fact} {SIGNS[comparison]} {test.operand}"
    return text if test.wanted else f"!({text})"


# --- JSONLogic -------------------------------------------------------------------------------------------------------


def datalogic(rules: Sequence[Rule]) -> Decide:
    """One rule: the ids of those of ours that count, joined into a text. The facts are read as they are."""
    import datalogic_py

    engine = datalogic_py.Engine()
    rule = engine.compile(datalogic_text(rules))
    session = engine.session()
    return lambda facts: session.evaluate(rule, with_lists(facts)).split()


def datalogic_by_json(rules: Sequence[Rule]) -> Decide:
    """The same, by way of JSON text."""
    import datalogic_py

    engine = datalogic_py.Engine()
    rule = engine.compile(datalogic_text(rules))
    session = engine.session()
    return lambda facts: json.loads(session.evaluate_str(rule, to_json(facts))).split()


def datalogic_text(rules: Sequence[Rule]) -> dict[str, Any]:
    return {"cat": [{"if": [datalogic_rule(rule), rule.id + " ", ""]} for rule in rules]}


def datalogic_rule(rule: Rule) -> dict[str, Any]:
    return {"and": [datalogic_test(test) for test in tests(rule)]}


def datalogic_test(test: Test) -> dict[str, Any]:
    fact = {"val": test.fact}
    match test.operator:
        case "is":
            logic: dict[str, Any] = {"===": [fact, test.operand]}
        case "one_of":
            logic = {"in": [fact, list(test.operand)]}
        case "any_of":
            logic = {"or": [{"in": [value, fact]} for value in test.operand]}
        case "all_of":
            logic = {"and": [{"in": [value, fact]} for value in test.operand]}
        case comparison:
            logic = {SIGNS[comparison]: [fact, test.operand]}
    return logic if test.wanted else {"!": [logic]}


PEERS = (
    Peer("Cedar (cedarpy)", "cedarpy", "dict of lists; JSON inside", 100, cedar),
    Peer("Rego (regorus)", "gordon-to-regorus", "JSON text in and out", 50, rego),
    Peer("CEL (cel-expr-python)", "cel-expr-python", "dict of lists", 25, cel),
    Peer("JSONLogic (datalogic-py), JSON", "datalogic-py", "JSON text in and out", 12, datalogic_by_json),
    Peer("JSONLogic (datalogic-py), dict", "datalogic-py", "dict of lists", 12, datalogic),
)
