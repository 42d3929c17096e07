"""Write the Python that checks the facts of actions of one shape: the same facts, stated in the same order and nesting.

Programs that ask for decisions state their facts in one shape each time, so nothing has to be looked up by name. What such a
function finds wrong it does not tell: it raises, and the checks that name every problem take its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from socialpolicy.values import LARGEST_INT, UNKNOWN_WORD, Kind, Value
from socialpolicy.vocabulary import Vocabulary


class Unfit(Exception):  # noqa: N818 - it never leaves the check of a shape
    """The facts are not of the shape, or not what the vocabulary admits."""


def shape_check(
    vocabulary: Vocabulary, checks: Mapping[str, Callable[[Any], Any]], example: Mapping[str, Any]
) -> Callable[[Any], dict[str, Value | None]] | None:
    """The check for actions of the shape that an example has; None where the example states what is no fact, or twice."""
    constants: dict[str, Any] = {"Unfit": Unfit, "NOTHING": frozenset()}
    lines: list[str] = []
    names: dict[str, str] = {}  # each fact, with the local that holds its value
    tests: list[str] = []

    def read(stated: Mapping[str, Any], source: str, prefix: str) -> bool:
        """Write the reading of a mapping; False where it is not to be read this way."""
        locals_ = [f"{source}_{index}" for index in range(len(stated))]
        if locals_:
            lines.append(f"    {', '.join(locals_)}, = {source}.values()")
        for local, (key, value) in zip(locals_, stated.items(), strict=True):
            name = prefix + key
            if name in vocabulary.facts:
                if name in names:
                    return False
                names[name] = local
            elif type(value) is dict and not prefix and all(type(inner) is str for inner in value):
                constants[f"KEYS{local}"] = tuple(value)
                lines.append(f"    if tuple({local}) != KEYS{local}:")
                lines.append("        raise Unfit")
                if not read(value, local, name + "."):
                    return False
            else:
                return False
        return True

    if not all(type(key) is str for key in example) or not read(example, "facts", ""):
        return None
    for name, local in names.items():
        fact = vocabulary.facts[name]
        if fact.kind is Kind.BOOL:
            tests.append(f"({local} is True or {local} is False)")
        elif fact.kind is Kind.ENUM:  # the word of the vocabulary takes the place of what equals it
            constants[f"WORDS{local}"] = {value: value for value in fact.values if value != UNKNOWN_WORD}
            lines.append(f"    {local} = WORDS{local}[{local}]")
        elif fact.kind is Kind.INT:
            low = fact.minimum if fact.minimum is not None else -LARGEST_INT
            high = fact.maximum if fact.maximum is not None else LARGEST_INT
            tests.append(f"type({local}) is int and {low} <= {local} <= {high}")
        elif fact.kind is Kind.SET and fact.values:
            constants[f"MEMBERS{local}"] = frozenset(fact.values)
            lines.append(f"    if type({local}) is list:")
            lines.append(f"        {local} = frozenset({local}) if {local} else NOTHING")
            lines.append(f"    elif type({local}) is not frozenset:")
            lines.append("        raise Unfit")
            tests.append(f"{local} <= MEMBERS{local}")
        else:
            constants[f"CHECK{local}"] = checks[name]
            lines.append(f"    {local} = CHECK{local}({local})")
    if tests:
        lines.append(f"    if not ({' and '.join(tests)}):")
        lines.append("        raise Unfit")
    stated = ", ".join(f"{name!r}: {local}" for name, local in names.items())
    parameters = "".join(f", {constant}={constant}" for constant in constants)
    text = f"def check(facts{parameters}):\n" + "\n".join([*lines, f"    return {{{stated}}}"]) + "\n"
    namespace = {
        "__builtins__": {"type": type, "tuple": tuple, "frozenset": frozenset, "int": int, "list": list},
        **constants,
    }
    exec(compile(text, "<socialpolicy check>", "exec"), namespace)  # noqa: S102 - names of facts are the only texts in it
    check: Callable[[Any], dict[str, Value | None]] = namespace["check"]
    return check
