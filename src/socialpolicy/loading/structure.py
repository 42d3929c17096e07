"""Check the structure of a document by its model, and say what is wrong in the author's words.

All problems are reported at once, so a document with errors of structure is also *mended* (what is wrong is taken out, what
is missing is put in) for the checks that come after; their findings are about the rest.
"""

from __future__ import annotations

import copy
import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from socialpolicy.loading.findings import listed, meant
from socialpolicy.loading.reading import REFUSED, Data, Document, Unquoted, Where

Model = TypeVar("Model", bound=BaseModel)

MEND_ROUNDS = 4
PLACEHOLDERS: dict[str, Data] = {
    "socialpolicy": 1, "version": "0.0.0", "scope": "everything", "effect": "advise", "baseline": "allow", "rules": [],
    "facts": {}, "cases": [], "expect": {}, "assume": "in_examples", "is": {"not": {"all": ["-"]}}, "if": {"all": ["-"]},
    "kind": "words", "entries": ["-"], "reach": "-", "outcome": "allow", "need": {}, "when": {"all": ["-"]}, "then": {},
}  # fmt: skip
OTHER_SPELLINGS = {
    "gte": "at_least", "ge": "at_least", "min": "at_least", "lte": "at_most", "le": "at_most", "max": "at_most",
    "gt": "more_than", "lt": "less_than", "like": "matches", "only": "nothing_but", "subset_of": "nothing_but",
    "in": "any_of", "not_in": "all_but", "one_of": "any_of", "contains": "any_of", "eq": "a plain value", "ne": "not",
    "until": "through", "expires": "through", "effective": "in_force", "message": "say", "rationale": "why",
    "extends": "builds_on", "typical": "in_examples", "description": "title", "condition": "when", "if_not": "unless",
    "except_if": "unless", "exempts": "overrides", "or": "any", "and": "all",
}  # fmt: skip
WORDS = {"dict": "a mapping (`key: value`)", "list": "a list", "str": "text", "bool": "true or false", "int": "a whole number"}


def structured(document: Document, model: type[Model], *, nulls_in: frozenset[str] = frozenset()) -> Model | None:
    """Return the document as its model, adding a finding for everything that is wrong with its structure.

    With findings, what is returned is the mended model, for further checks alone; None where nothing can be mended.
    ``nulls_in`` names the keys below which null may stand for what is not known.
    """
    data = document.data
    if data is REFUSED:
        return None
    if not isinstance(data, dict):
        document.add("wrong-type", (), f"a file of this kind is {WORDS['dict']}, not {kind_of(data)}.", "begin it with `socialpolicy: 1`.")
        return None
    if document.nulls:
        data = without_nulls(document, data, nulls_in)
    for _round in range(MEND_ROUNDS):
        try:
            return model.model_validate(data)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=True)
            if _round == 0:
                misspelt = misspelt_keys(problems)
                for problem in problems:
                    if problem["type"] != "missing" or problem["loc"] not in misspelt:
                        report(document, data, problem, model)
                data = copy.deepcopy(data)
            mend(data, problems)
    return None


def without_nulls(document: Document, data: dict[str, Data], nulls_in: frozenset[str]) -> dict[str, Data]:
    """Refuse keys with nothing behind them, and leave them out."""

    def cleaned(value: Data, where: Where, nulls: bool) -> Data:
        if isinstance(value, dict):
            kept = {}
            for key, inner in value.items():
                at = (*where, key)
                if inner is None and not nulls and not key.startswith("x-"):
                    if suspicious(key):
                        document.add("unknown-key", at, f'there is no key "{key}".', COMMA_HINT, key=True)
                    else:
                        document.add("empty-value", at, f"there is nothing behind `{key}:`.", empty_hint(document, at), key=True)
                else:
                    kept[key] = cleaned(inner, at, nulls or key in nulls_in or key.startswith("x-"))
            return kept
        if isinstance(value, list):
            return [cleaned(inner, (*where, index), nulls) for index, inner in enumerate(value)]
        return value

    result: dict[str, Data] = cleaned(data, (), False)
    return result


def misspelt_keys(problems: list[Any]) -> set[tuple[str | int, ...]]:
    """The locs of keys that are missing because they stand there under a wrong name: one finding is enough."""
    extra = [problem["loc"] for problem in problems if problem["type"] == "extra_forbidden"]
    return {
        problem["loc"]
        for problem in problems
        if problem["type"] == "missing"
        for loc in extra
        if loc[:-1] == problem["loc"][:-1]
        and (OTHER_SPELLINGS.get(str(loc[-1])) == problem["loc"][-1] or meant(loc[-1], [str(problem["loc"][-1])]))
    }


COMMA_HINT = "a comma inside { } begins a new key: quote the sentence, or put it on a line of its own."


def suspicious(key: str) -> bool:
    """Whether a key looks like the rest of a sentence that a comma cut in two."""
    return " " in key.strip() or key.endswith(("?", ".", "!"))


def empty_hint(document: Document, where: Where) -> str:
    """What to do about an empty value, with the hashtag in mind."""
    event = document.event(where, key=True)
    rest = document.line(event.end_mark.line + 1)[event.end_mark.column :] if event else ""
    tag = re.search(r"\s(#\S+)", rest)
    return f'`{tag[1]}` starts a comment; write "{tag[1]}".' if tag else "write what belongs here, or remove the key."


def kind_of(value: Data) -> str:
    """What a value is, in plain words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case Unquoted():
            return f"the number {value.text}"
        case int():
            return f"the number {value}"
        case str():
            return f'the text "{value[:60]}"'
        case list():
            return WORDS["list"]
        case dict():
            return WORDS["dict"]
        case _:
            return "this"


def steps(data: Data, loc: tuple[str | int, ...]) -> Where:
    """The way to a value from pydantic's loc, in which the tags of unions stand as well: those walk nowhere."""
    where: list[str | int] = []
    for index, step in enumerate(loc):
        if isinstance(data, dict) and isinstance(step, str) and step in data:
            # A tag of a union may be spelt like a key; it is one where the next step fits the value here.
            where.append(step)
            data = data[step]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            where.append(step)
            data = data[step]
        elif index == len(loc) - 1 and isinstance(data, dict) and isinstance(step, str) and step not in TAGS:
            where.append(step)
    return tuple(where)


TAGS = frozenset({"mapping", "list", "bool", "int", "text", "null", "named", "bare", "one", "many", "[key]"})


def at(data: Data, where: Where) -> Data:
    """The value at a place, or None."""
    for step in where:
        if isinstance(data, dict):
            data = data.get(str(step))
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def report(document: Document, data: Data, problem: Any, model: type[BaseModel]) -> None:
    """Add the finding for one problem of pydantic's."""
    kind, value, context = problem["type"], problem["input"], problem.get("ctx", {})
    if value is REFUSED:
        return
    loc = tuple(step for step in problem["loc"] if step != "[key]")
    where = steps(data, loc)
    last = str(loc[-1]) if loc else ""
    name = str(where[-1]) if where and isinstance(where[-1], str) else last
    is_key = "[key]" in problem["loc"]
    if kind == "missing":
        parent = steps(data, loc[:-1])
        document.add("missing-key", parent, f"{told_place(data, parent)} lacks `{last}`.", f"add `{last}: …`.")
    elif kind == "extra_forbidden":
        known = allowed_keys(model, data, problem["loc"])
        if last in OTHER_SPELLINGS and (not known or OTHER_SPELLINGS[last] in known or " " in OTHER_SPELLINGS[last]):
            hint = f"write {OTHER_SPELLINGS[last]}."
        elif suspicious(last):
            hint = COMMA_HINT
        else:
            hint = meant(last, known) or (f"known here: {listed(sorted(known))}." if known else "")
        document.add("unknown-key", where, f'there is no key "{last}" {place_of(data, where[:-1])}.', hint, key=True)
    elif is_key:
        document.add("bad-name", where, f'"{last}" is no name: letters, digits, dots, dashes and underscores, beginning with a letter or digit.', key=True)
    elif kind == "literal_error":
        words = [word.strip().strip("'") for word in re.split(r", | or ", context["expected"])]
        if isinstance(value, str):
            document.add("unknown-value", where, f'{name} has to be {listed(words)}, not "{value[:60]}".', meant(value, words))
        else:
            document.add("unknown-value", where, f"{name} has to be {listed(words)}, not {kind_of(value)}.")
    elif kind == "string_pattern_mismatch":
        pattern_finding(document, where, name, value)
    elif kind in ("too_short", "string_too_short"):
        document.add("empty-value", where, f"`{name}` is empty, which could silence what it stands in.", "write what belongs here, or remove the key.")
    elif kind == "value_error":
        document.add("empty-value", where, f"`{name}` is empty, which could silence what it stands in.", "write a test, or remove the key.")
    elif kind in ("too_long", "string_too_long"):
        document.add("too-long", where, f"`{name}` is too long: at most {context.get('max_length')}.")
    elif kind in ("greater_than_equal", "less_than_equal"):
        document.add("out-of-range", where, f"`{name}` has to be {'at least' if 'ge' in context else 'at most'} {context.get('ge', context.get('le'))}.")
    else:
        wrong_type(document, data, where, name, value, kind)


def wrong_type(document: Document, data: Data, where: Where, name: str, value: Data, kind: str) -> None:
    """Add the finding for a value of the wrong type, with the cure for what YAML did to it."""
    want = {
        "string_type": WORDS["str"], "bool_type": WORDS["bool"], "int_type": WORDS["int"], "list_type": WORDS["list"],
        "dict_type": WORDS["dict"], "model_type": WORDS["dict"], "model_attributes_type": WORDS["dict"], "none_required": "nothing",
    }.get(kind, "something else")  # fmt: skip
    if isinstance(value, Unquoted):
        if name == "version":
            zero = value.text + ".0" if value.text.count(".") == 1 else value.text
            document.add("unquoted-version", where, f'{value.text} would be read as the number {float(value):g}; write "{zero}".', f'write "{zero}".')
        else:
            document.add("wrong-type", where, f"{value.text} is read as a number with a point, which no place here takes.", f'write "{value.text}" if it is text, or a whole number.')
        return
    hint = ""
    if want == WORDS["str"] and isinstance(value, bool | int):
        raw = raw_text(document, where)
        hint = f'write "{raw}" if it is text.'
        if name == "version":
            document.add("unquoted-version", where, f'a version has three numbers in quotes, such as "{raw}.0.0".', f'write "{raw}.0.0".')
            return
    elif want == WORDS["bool"] and isinstance(value, str):
        word = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}.get(value.lower())
        hint = f"write {word}." if word else ""
    elif want == WORDS["list"] and isinstance(value, str):
        hint = f"write [{value[:60]}]."
    elif want == WORDS["dict"] and name in ("all", "any", "none"):
        hint = "a list of conditions stands here: [{…}, {…}]."
    document.add("wrong-type", where, f"`{name}` has to be {want}, not {kind_of(value)}.", hint)


def raw_text(document: Document, where: Where) -> str:
    """The text of a value as it was written."""
    event = document.event(where)
    return str(getattr(event, "value", ""))[:60]


def pattern_finding(document: Document, where: Where, name: str, value: str) -> None:
    """Add the finding for a text that lacks the form its place asks for."""
    if name == "version":
        document.add("bad-version", where, f'"{value[:64]}" is no semantic version.', 'write three numbers, such as "1.4.0".')
    elif name in ("within", "answers_within", "drill"):
        document.add("bad-duration", where, f'"{value[:60]}" is no length of time.', "write a number and minutes, hours, days or working days: `4 hours`.")
    elif re.search(r"\d", value) and name in ("from", "through", "date", "since", "review_by", "closed"):
        document.add("bad-date", where, f'"{value[:60]}" is not a date (or time of day) in the form that belongs here.', "write 2026-03-01 for a date, \"09:00\" for a time.")
    elif name == "uses":
        document.add("unknown-vocabulary", where, f'"{value[:60]}" names no vocabulary.', "write core@1.")
    else:
        document.add("bad-name", where, f'`{name}` is no name: letters, digits, dots, dashes and underscores, beginning with a letter or digit; not "{value[:60]}".')


def told_place(data: Data, where: Where) -> str:
    """A place in words: the rule with its id where it is one."""
    for length in range(len(where), 0, -1):
        entry = at(data, where[:length])
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            inner = ".".join(str(step) for step in where[length:])
            thing = str(where[length - 2]).removesuffix("s") if length > 1 else "the entry"
            return f"{thing} {entry['id']}" + (f" ({inner})" if inner else "")
    return "`" + ".".join(map(str, where)) + "`" if where else "the file"


def place_of(data: Data, where: Where) -> str:
    """A place in words, as in "in rule DISC-1"."""
    return f"in {told_place(data, where)}"


def allowed_keys(model: type[BaseModel], data: Data, loc: tuple[str | int, ...]) -> set[str]:
    """The keys that may stand where an unknown one was found: walk the model's schema along the loc."""
    try:
        schema = model.model_json_schema()
    except Exception:  # noqa: BLE001 - a hint is worth no error
        return set()
    definitions = schema.get("$defs", {})

    def opened(node: Any) -> list[Any]:
        if "$ref" in node:
            node = definitions[node["$ref"].rsplit("/", 1)[1]]
        branches = [inner for key in ("anyOf", "oneOf", "allOf") for inner in node.get(key, ())]
        return [node, *(deeper for branch in branches if isinstance(branch, dict) for deeper in opened(branch))]

    nodes = opened(schema)
    for step in steps(data, loc)[:-1]:
        following: list[Any] = []
        for node in nodes:
            if isinstance(step, int):
                inner = node.get("items")
            else:
                inner = node.get("properties", {}).get(step) or node.get("additionalProperties")
            if isinstance(inner, dict):
                following.extend(opened(inner))
        nodes = following
    return {name for node in nodes for name in node.get("properties", {})}


def mend(data: dict[str, Data], problems: list[Any]) -> None:
    """Take out what is wrong and put in what is missing, so that the rest can be checked."""
    for problem in sorted(problems, key=lambda problem: [str(step) for step in problem["loc"]], reverse=True):
        loc = tuple(step for step in problem["loc"] if step != "[key]")
        if problem["type"] == "missing":
            parent = at(data, steps(data, loc[:-1]))
            if isinstance(parent, dict):
                parent[str(loc[-1])] = copy.deepcopy(PLACEHOLDERS.get(str(loc[-1]), f"-{len(data)}"))
            continue
        where = steps(data, loc)
        if not where:
            continue
        parent = at(data, where[:-1])
        last = where[-1]
        if isinstance(parent, dict):
            parent.pop(str(last), None)
        elif isinstance(parent, list) and isinstance(last, int) and last < len(parent):
            parent[last] = MENDED_ITEM.get(problem["type"], "-")


MENDED_ITEM: dict[str, Data] = {"model_type": {}, "dict_type": {}, "list_type": [], "bool_type": False, "int_type": 0}
