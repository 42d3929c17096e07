"""Check the structure of a document by its model, and say what is wrong in the author's words.

All problems are reported at once, so a document with errors of structure is also *mended* (what is wrong is taken out, what
is missing is put in) for the checks that come after; their findings are about the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from yaml.events import Event

from socialpolicy.loading.composing import Unquoted
from socialpolicy.loading.documents import REFUSED, Data, Document, ListSpot, MappingSpot, begins
from socialpolicy.loading.findings import Where, above, listed, meant

Model = TypeVar("Model", bound=BaseModel)

MEND_ROUNDS = 4
HINTED_AT_MOST = 500
"""Among how many findings hints are looked for: more than that are never shown."""
PLACEHOLDERS: dict[str, Data] = {
    "socialpolicy": 1, "version": "0.0.0", "scope": "everything", "effect": "advise", "baseline": "allow", "rules": [],
    "facts": {}, "cases": [], "expect": {}, "assume": "in_examples", "is": {"not": {"all": ["-"]}}, "if": {"all": ["-"]},
    "kind": "words", "entries": ["-"], "reach": "-", "outcome": "allow", "need": {}, "when": {"all": ["-"]}, "then": {},
}  # fmt: skip
OTHER_SPELLINGS = {
    "gte": "at_least", "ge": "at_least", "min": "at_least", "lte": "at_most", "le": "at_most", "max": "at_most",
    "gt": "more_than", "lt": "less_than", "like": "matches", "only": "nothing_but", "subset_of": "nothing_but",
    "in": "any_of", "not_in": "all_but", "one_of": "any_of", "contains": "any_of", "eq": "a plain value", "ne": "not",
    ">=": "at_least", "<=": "at_most", ">": "more_than", "<": "less_than", "=": "a plain value", "==": "a plain value",
    "until": "through", "expires": "through", "effective": "in_force", "message": "say", "rationale": "why",
    "extends": "builds_on", "typical": "in_examples", "description": "title", "condition": "when", "if_not": "unless",
    "except_if": "unless", "exempts": "overrides", "or": "any", "and": "all",
}  # fmt: skip
JOINTS = {
    "or": "any",
    "either": "any",
    "and": "all",
    "both": "all",
    "not_": "not",
    "nor": "none",
    "neither": "none",
    "except": "not",
}
WORDS = {
    "dict": "a mapping (`key: value`)",
    "list": "a list",
    "str": "text",
    "bool": "true or false",
    "int": "a whole number",
}
WANTED = {
    "string_type": WORDS["str"], "bool_type": WORDS["bool"], "int_type": WORDS["int"], "list_type": WORDS["list"],
    "dict_type": WORDS["dict"], "model_type": WORDS["dict"], "model_attributes_type": WORDS["dict"], "none_required": "nothing",
    "union_tag_invalid": "one value",
}  # fmt: skip
ONE_SHAPE = frozenset({"literal_error", "bool_type", "list_type", "string_type"})
"""Problems with one branch of a union, of which another may tell more."""
WANTED_AT = {
    "approval": "a contact or a mapping", "assuming": "a condition", "all": "a list of conditions", "any": "a list of conditions",
    "none": "a list of conditions", "never_for": "a list of tags and conditions",
}  # fmt: skip
"""What may stand behind a key that takes more than one shape."""
CONDITIONS = frozenset({"when", "unless", "if", "except", "only_if", "trigger", "for", "is"})
HOW = {
    "approval": "write {any_of: [...]} or {all_of: [...]}.", "overrides": "write {rules: [...]} or {tags: [...]}.",
    "vocabulary": "write {uses: core@1}.", "rules": "each rule begins with a dash: `- id: …`.",
    "scope": "write everything, or {accounts: official, actions: publish}.", "hand_over": "write {to: CONTACT}.",
    "baseline": "write one for all, or one for each kind of account.", "in_force": "write {from: 2026-03-01}.",
    "all": "write [{…}, {…}].", "any": "write [{…}, {…}].", "none": "write [{…}, {…}].",
}  # fmt: skip
DURATIONS = frozenset({"within", "answers_within", "drill"})
DATES = frozenset({"from", "through", "date", "since", "review_by", "closed", "to"})
NAME = "letters, digits, dots, dashes and underscores, beginning with a letter or digit"


def structured(document: Document, model: type[Model], *, nulls_in: frozenset[str] = frozenset()) -> Model | None:
    """Return the document as its model, adding a finding for everything that is wrong with its structure.

    With findings, what is returned is the mended model, for further checks alone; None where nothing can be mended.
    ``nulls_in`` names the keys below which null may stand for what is not known.
    """
    data = document.data
    if data is REFUSED:
        return None
    if not isinstance(data, dict):
        document.add(
            "wrong-type",
            (),
            f"a file of this kind is {WORDS['dict']}, not {kind_of(data)}.",
            "begin it with `socialpolicy: 1`.",
        )
        return None
    if document.findings:
        note_incomplete(document)
    if document.nulls:
        data = without_nulls(document, data, nulls_in)
    if isinstance(data.get("socialpolicy"), bool | Unquoted):  # 1.0 and true are equal to 1
        data = {**data, "socialpolicy": raw_text(document, ("socialpolicy",))}
    for mended in range(MEND_ROUNDS):
        try:
            return model.model_validate(data)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=True)
            if not mended:
                report_all(document, data, problems, model)
                data = copied(data)
            mend(document, data, problems)
    return None


def note_incomplete(document: Document) -> None:
    """Note the mappings in which a key was refused when the text was read."""
    waiting: list[tuple[Any, Where]] = [(document.spot, ())]
    while waiting:
        spot, where = waiting.pop()
        if isinstance(spot, MappingSpot):
            if spot.incomplete:
                document.mistakes.lack(where)
            waiting.extend((inner, (*where, key)) for key, inner in spot.values.items() if not isinstance(inner, Event))
        elif isinstance(spot, ListSpot):
            waiting.extend(
                (inner, (*where, index)) for index, inner in enumerate(spot.items) if not isinstance(inner, Event)
            )


def copied(value: Data) -> Data:
    """A copy of plain data."""
    if isinstance(value, dict):
        return {key: copied(inner) for key, inner in value.items()}
    return [copied(inner) for inner in value] if isinstance(value, list) else value


# -- nothing ------------------------------------------------------------------------------------------------------------


def without_nulls(document: Document, data: dict[str, Data], nulls_in: frozenset[str]) -> dict[str, Data]:
    """Refuse keys and entries with nothing behind them, and leave them out; other people's data may have them."""
    told = {finding.line for finding in document.findings if finding.id == "hashtag-or-comment"}

    def cleaned(value: Data, where: Where, nulls: bool) -> Data:
        if isinstance(value, dict):
            kept = {}
            for key, inner in value.items():
                at = (*where, key)
                free = nulls or (key in nulls_in and where != ("vocabulary",)) or key.startswith("x-")
                if inner is not None or free:
                    kept[key] = cleaned(inner, at, free)
                else:
                    nothing_behind(document, at, told)
            return kept
        if isinstance(value, list):
            for index, inner in enumerate(value):
                if inner is None and not nulls:
                    empty_entry(document, (*where, index), told)
            return [
                REFUSED if inner is None and not nulls else cleaned(inner, (*where, index), nulls)
                for index, inner in enumerate(value)
            ]
        return value

    result: dict[str, Data] = cleaned(data, (), False)
    return result


def nothing_behind(document: Document, where: Where, told: set[int]) -> None:
    """Add the finding for a key with nothing behind it."""
    key, event = str(where[-1]), document.event(where, key=True)
    line, column = begins(event) if event else (1, 1)
    if line in told:
        pass
    elif suspicious(key):
        document.add("unknown-key", where, f'there is no key "{key[:60]}".', COMMA_HINT, key=True)
    elif document.line(line)[: column - 1].rstrip().endswith("?"):
        document.add(
            "empty-value",
            where,
            f"there is nothing behind `{key[:60]}:`.",
            "? begins a key: a text that begins with ? goes in quotes.",
            key=True,
        )
    elif ":" in key:
        word, _, rest = key.partition(":")
        document.add(
            "empty-value",
            where,
            f"there is nothing behind `{key[:60]}`.",
            f"a blank belongs behind the colon: `{word}: {rest[:60]}`.",
            key=True,
        )
    else:
        written = raw_text(document, where) != ""  # null, or ~
        document.add(
            "empty-value",
            where,
            f"there is nothing behind `{key[:60]}:`.",
            "write what belongs here, or remove the key.",
            key=not written,
        )
    document.mistakes.refuse(where)


def empty_entry(document: Document, where: Where, told: set[int]) -> None:
    """Add the finding for an entry of a list with nothing in it."""
    line, column = document.place(where)
    if line not in told:
        before = document.line(line)[: column - 1].rstrip()
        column = len(before) if before.endswith("-") else column
        document.add_place(
            "empty-value", line, column, column + 1, "this entry is empty.", "write what belongs here, or remove it."
        )


COMMA_HINT = "a comma inside { } begins a new key: quote the sentence, or put it on a line of its own."


def suspicious(key: str) -> bool:
    """Whether a key looks like the rest of a sentence that a comma cut in two."""
    return " " in key.strip() or key.endswith(("?", ".", "!"))


# -- what things are called ---------------------------------------------------------------------------------------------


def kind_of(value: Data) -> str:
    """What a value is, in plain words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case Unquoted():
            return f"the number {value.text[:60]}"
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


def key_of(where: Where, default: str = "") -> str:
    """The last key on the way to a value."""
    return next((step for step in reversed(where) if isinstance(step, str)), default)


def called(where: Where, default: str = "") -> str:
    """What a value is called: its key, or an entry behind it."""
    name = f"`{key_of(where, default)[:60]}`"
    return f"an entry of {name}" if where and isinstance(where[-1], int) else name


def path(where: Where) -> str:
    """The way to a value in words."""
    told = ""
    for before, step in zip((0, *where), where, strict=False):
        joint = "" if not told else ", " if isinstance(before, int) or isinstance(step, int) else "."
        told += joint + (f"entry {step + 1}" if isinstance(step, int) else step[:60])
    return told


def told_place(data: Data, where: Where) -> str:
    """A place in words: the rule with its id where it is one."""
    for length in range(len(where), 0, -1):
        entry = at(data, where[:length])
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            inner = path(where[length:])
            thing = str(where[length - 2]).removesuffix("s") if length > 1 else "the entry"
            return f"{thing} {entry['id'][:60]}" + (f" ({inner})" if inner else "")
    return f"`{path(where)}`" if where else "the file"


def foreign(text: str) -> str:
    """Tell of the first letter that only looks like one of a to z."""
    letter = next((letter for letter in text if letter > "\x7f" and letter.isalnum()), "")
    return f'"{letter}" is U+{ord(letter):04X}, none of the letters a to z. ' if letter else ""


# -- from pydantic's problems to findings -------------------------------------------------------------------------------


def steps(data: Data, loc: tuple[str | int, ...]) -> Where:
    """The way to a value from pydantic's loc, in which the tags of unions stand as well: those walk nowhere."""
    where: list[str | int] = []
    for step in loc:
        if isinstance(data, dict) and isinstance(step, str) and step in data:
            # A tag of a union may be spelt like a key; it is one where the next step fits the value here.
            where.append(step)
            data = data[step]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            where.append(step)
            data = data[step]
    return tuple(where)


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


def without_tags(problem: Any) -> tuple[str | int, ...]:
    """The loc of a problem, without the mark for a key."""
    return tuple(step for step in problem["loc"] if step != "[key]")


def report_all(document: Document, data: Data, problems: list[Any], model: type[BaseModel]) -> None:
    """Add one finding for each thing that is wrong."""
    places = [steps(data, without_tags(problem)) for problem in problems]
    around = {
        part
        for place, problem in zip(places, problems, strict=True)
        for part in above(place + (("",) if problem["type"] == "missing" else ()))
    }
    misspelt = misspelt_keys(problems, data)
    missing: dict[Where, list[str]] = {}
    told: set[Where] = set()
    refused, holders, incomplete = (
        set(document.mistakes.refused),
        set(document.mistakes.around),
        document.mistakes.incomplete,
    )
    for problem, where in zip(problems, places, strict=True):
        kind, value = problem["type"], problem["input"]
        if kind == "missing":
            parent = steps(data, problem["loc"][:-1])
            if (
                problem["loc"] not in misspelt
                and parent not in incomplete
                and (*parent, problem["loc"][-1]) not in refused
            ):
                missing.setdefault(parent, []).append(str(problem["loc"][-1]))
        elif value is REFUSED or where in told or (value == {} and (where in holders or where in incomplete)):
            continue  # it was said already, or is empty because something in it was refused
        elif kind in ONE_SHAPE and isinstance(value, dict | list) and where in around:
            continue  # another branch of the union says what is wrong inside
        else:
            told.add(where)
            told.add(report(document, data, problem, where, model))
    for parent, names in missing.items():
        words = listed([f"`{name}`" for name in names], "and")
        document.tell(
            "missing-key",
            parent,
            f"{told_place(data, parent)} lacks {words}.",
            f"add `{names[0]}: …`." if len(names) == 1 else "add them.",
        )


def misspelt_keys(problems: list[Any], data: Data) -> set[tuple[str | int, ...]]:
    """The locs of keys that are missing because they stand there under a wrong name: one finding is enough."""
    extra: dict[tuple[str | int, ...], list[str]] = {}
    for problem in problems:
        if problem["type"] == "extra_forbidden":
            extra.setdefault(problem["loc"][:-1], []).append(str(problem["loc"][-1]))
    return {
        problem["loc"]
        for problem in problems
        if problem["type"] == "missing"
        for name in extra.get(problem["loc"][:-1], ())[:100]
        if OTHER_SPELLINGS.get(name) == problem["loc"][-1]
        or meant(name, [str(problem["loc"][-1])])
        or len(at(data, steps(data, problem["loc"][:-1])) or ())
        == len(extra[problem["loc"][:-1]])  # all names are wrong
    }


def report(document: Document, data: Data, problem: Any, where: Where, model: type[BaseModel]) -> Where:
    """Add the finding for one problem of pydantic's, and return the place that it is about."""
    kind, value, context = problem["type"], problem["input"], problem.get("ctx", {})
    last = str(problem["loc"][-1]) if problem["loc"] else ""
    name, thing = key_of(where, last), called(where, last)
    hinted = len(document.findings) < HINTED_AT_MOST
    if kind in ("extra_forbidden", "union_tag_invalid"):
        above = joint(data, where)
        if above and above[-2] in ("require", "need"):
            hint = "name the fact to put right; for several ways, use `if`."
            document.tell(
                "bad-need", above, f"a need is a fact and its test, which {above[-1]} is not.", hint, key=True
            )
            return above
        if above:
            word = str(above[-1])
            hint = f"write {JOINTS[word]}." if word in JOINTS else "tests are joined by all, any, none or not."
            document.tell("unknown-key", above, f'there is no word "{word[:60]}" in a condition.', hint, key=True)
            return above
    if kind == "extra_forbidden":
        known = allowed_keys(model, data, where) if hinted else set()
        document.tell(
            "unknown-key",
            where,
            f'there is no key "{last[:60]}" in {told_place(data, where[:-1])}.',
            key_hint(last, known),
            key=True,
        )
        for key in known:
            if OTHER_SPELLINGS.get(last) == key or meant(last, [key]):
                document.mistakes.refuse((*where[:-1], key))  # it may be this one that was meant
    elif "[key]" in problem["loc"]:
        document.tell("bad-name", where, f'"{name[:60]}" is no name.', f"{foreign(name)}A name has {NAME}.", key=True)
    elif kind == "literal_error":
        words = [word.strip().strip("'") for word in re.split(r", | or ", context["expected"])]
        told = f'"{value[:60]}"' if isinstance(value, str) else kind_of(value)
        hint = meant(value, words) or HOW.get(name, "") if hinted else ""
        if isinstance(value, list) and len(value) == 1 and value[0] in words:
            hint = f"write {value[0]}."
        elif isinstance(value, str) and value in words:
            hint = f"write {value}, without quotes."
        document.tell("unknown-value", where, f"{thing.strip('`')} has to be {listed(words)}, not {told}.", hint)
    elif kind == "string_pattern_mismatch":
        pattern_finding(document, where, value)
    elif kind in ("too_short", "string_too_short") and len(value):
        document.tell(
            "too-short",
            where,
            f"{thing} has {len(value)} of the {context.get('min_length')} entries that it needs.",
            "add what is missing.",
        )
    elif kind in ("too_short", "string_too_short", "value_error"):
        document.tell(
            "empty-value",
            where,
            f"{thing} is empty, which could silence what it stands in.",
            "write what belongs here, or remove the key.",
        )
    elif kind in ("too_long", "string_too_long"):
        unit = "characters" if kind == "string_too_long" else "entries"
        document.tell(
            "too-long",
            where,
            f"{thing} has {len(value):,} {unit}; at most {context.get('max_length')} are read.",
            "shorten it.",
        )
    elif kind in ("greater_than_equal", "less_than_equal"):
        bound = f"at least {context['ge']}" if "ge" in context else f"at most {context.get('le')}"
        document.tell("out-of-range", where, f"{thing} has to be {bound}.")
    else:
        wrong_type(document, where, value, kind, required(model, context.get("class_name", "")))
    return where


def joint(data: Data, where: Where) -> Where:
    """The way to a key above that is no fact but joins tests, as `or: [{…}]` would; empty where there is none.

    Facts are compared with words; so where a fact or a mapping stands behind a name, the name was meant to join.
    """
    last = where[-1] if where else ""
    fact = isinstance(last, str) and "." in last
    if not fact and not (isinstance(last, int) and isinstance(at(data, where), dict)):
        return ()
    above = where[:-1]
    inside = any(
        step in CONDITIONS or step in ("conditions", "require", "need", "all", "any", "none", "not")
        for step in above[:-1]
    )
    return above if inside and isinstance(above[-1], str) and "." not in above[-1] else ()


def key_hint(key: str, known: set[str]) -> str:
    """What may have been meant by a key that there is not."""
    other = OTHER_SPELLINGS.get(key)
    if other and (not known or other in known or " " in other):
        return f"write {other}."
    if suspicious(key):
        return COMMA_HINT
    return foreign(key) + (meant(key, known) or (f"known here: {listed(sorted(known))}." if known else ""))


def wrong_type(document: Document, where: Where, value: Data, kind: str, needed: list[str]) -> None:
    """Add the finding for a value of the wrong type, with the cure for what YAML did to it."""
    name, thing = key_of(where), called(where)
    entry = bool(where) and isinstance(where[-1], int)
    want = "a condition" if entry and name in ("all", "any", "none") else WANTED_AT.get(name, "") if not entry else ""
    want = want or WANTED.get(kind, "something else")
    if isinstance(value, Unquoted) or (name == "version" and isinstance(value, bool | int)):
        number_instead(document, where, value)
        return
    hint = wrong_type_hint(document, where, value, want, needed)
    document.tell("wrong-type", where, f"{thing} has to be {want}, not {kind_of(value)}.", hint)


def wrong_type_hint(document: Document, where: Where, value: Data, want: str, needed: list[str]) -> str:
    """How a value of the wrong type is put right."""
    name = key_of(where)
    entry = bool(where) and isinstance(where[-1], int)
    match value:
        case str() if entry and "approval" in where:
            return "any of these, or all of these? write {any_of: [...]} or {all_of: [...]}."
        case bool() | int() if name in DURATIONS:
            return f"write the unit, too: `{raw_text(document, where)} minutes`."
        case bool() | int() if name in DATES:
            return DATE_HINT
        case bool() | int() if want == WORDS["str"]:
            return f'write "{raw_text(document, where)}" if it is text.'
        case str() if want == WORDS["bool"]:
            word = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}.get(
                value.lower(), value.lower()
            )
            return f"write {word}, without quotes." if word in ("true", "false") else ""
        case str() if want == WORDS["list"]:
            return f"write [{value[:60]}]."
        case str() if name == "not":
            return f"write {{{value[:60]}: true}}."
        case str() if name in CONDITIONS:
            return "write a fact and its value, such as {content.tone: profane}."
        case list() if name == "not":
            return "for neither of them write none: [...]."
        case list() if name in CONDITIONS:
            return "join them by a word: {any: [...]} or {all: [...]}."
        case dict() if want == WORDS["str"] and len(value) == 1:
            (key, inner), *_ = value.items()
            return (
                f'a text with ": " in it goes in quotes: "{key[:40]}: {inner[:40]}".'
                if isinstance(inner, str)
                else "write one text."
            )
        case list() if want == WORDS["str"]:
            return "write one text, without brackets."
    if name in HOW and not entry:
        return HOW[name]
    return f"write {{{', '.join(f'{key}: …' for key in needed)}}}." if needed else ""


def number_instead(document: Document, where: Where, value: bool | int | Unquoted) -> None:
    """Add the finding for a version or a text that YAML takes for a number."""
    if key_of(where) != "version":
        text = raw_text(document, where)
        document.tell(
            "wrong-type",
            where,
            f"{text} is read as a number with a point, which no place here takes.",
            f'write "{text}" if it is text, or a whole number.',
        )
        return
    text = raw_text(document, where)
    zeros = text + ".0" * (2 - text.count("."))
    if isinstance(value, Unquoted):
        document.tell(
            "unquoted-version",
            where,
            f"{text} would be read as the number {float(value):g}; a version has three numbers, in quotes.",
            f'write "{zeros}".',
        )
    else:
        document.tell("unquoted-version", where, "a version has three numbers, in quotes.", f'write "{zeros}".')


def raw_text(document: Document, where: Where) -> str:
    """The text of a value as it was written."""
    event = document.event(where)
    return str(getattr(event, "value", ""))[:60]


DATE_HINT = "write a date as 2026-03-01."


def pattern_finding(document: Document, where: Where, value: str) -> None:
    """Add the finding for a text that lacks the form its place asks for."""
    name, told = key_of(where), f'"{value[:60]}"'
    if name == "version":
        document.tell("bad-version", where, f"{told} is no semantic version.", 'write three numbers, such as "1.4.0".')
    elif name in DURATIONS:
        document.tell(
            "bad-duration",
            where,
            f"{told} is no length of time.",
            "write a number and minutes, hours, days or working days: `4 hours`.",
        )
    elif where[0] == "calendars" and name in ("from", "to"):
        document.tell(
            "bad-date", where, f"{told} is no time of the day.", 'write "09:00", or "24:00" for the end of the day.'
        )
    elif name in DATES:
        document.tell("bad-date", where, f"{told} is no date in the form that belongs here.", DATE_HINT)
    elif name == "uses":
        document.tell("unknown-vocabulary", where, f"{told} names no vocabulary.", "write core@1.")
    else:
        document.tell(
            "bad-name",
            where,
            f"{told} is no name.",
            f"{foreign(value)}{'an' if name == 'id' else 'A'} {name if name == 'id' else 'name'} has {NAME}.",
        )


# -- the models' schemas ------------------------------------------------------------------------------------------------


@cache
def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a model, for hints."""
    return model.model_json_schema()


def required(model: type[BaseModel], name: str) -> list[str]:
    """The keys that a mapping of this kind has to have, by the name of its model."""
    definition = schema_of(model).get("$defs", {}).get(name, {}) if name else {}
    return list(definition.get("required", ()))


def allowed_keys(model: type[BaseModel], data: Data, where: Where) -> set[str]:
    """The keys that may stand where an unknown one was found: walk the model's schema along the way to it."""
    schema = schema_of(model)
    definitions = schema.get("$defs", {})

    def opened(node: Any) -> Iterator[Any]:
        if "$ref" in node:
            node = definitions[node["$ref"].rsplit("/", 1)[1]]
        yield node
        for branch in (inner for key in ("anyOf", "oneOf", "allOf") for inner in node.get(key, ())):
            if isinstance(branch, dict):
                yield from opened(branch)

    def inside(node: Any, step: str | int) -> Iterator[Any]:
        if isinstance(step, int):
            yield node.get("items")
        elif step in node.get("properties", {}):
            yield node["properties"][step]
        else:
            yield node.get("additionalProperties")
            yield from node.get("patternProperties", {}).values()

    nodes = list(opened(schema))
    for step in where[:-1]:
        following = [inner for node in nodes for inner in inside(node, step)]
        nodes = [inner for node in following if isinstance(node, dict) for inner in opened(node)]
    return {name for node in nodes for name in node.get("properties", {})}


# -- mending ------------------------------------------------------------------------------------------------------------


def mend(document: Document, data: dict[str, Data], problems: Iterable[Any]) -> None:
    """Take out what is wrong and put in what is missing, so that the rest can be checked."""
    places = [(problem, steps(data, without_tags(problem))) for problem in problems]
    for problem, where in sorted(places, key=lambda place: [str(step) for step in place[0]["loc"]], reverse=True):
        if problem["type"] == "missing":
            parent, key = at(data, where), str(problem["loc"][-1])
            if isinstance(parent, dict):
                parent[key] = copied(PLACEHOLDERS.get(key, f"-{len(data)}"))
                document.mistakes.refuse((*where, key))
            continue
        if not where:
            continue
        document.mistakes.refuse(where)
        parent = at(data, where[:-1])
        last = where[-1]
        if isinstance(parent, dict):
            parent.pop(str(last), None)
        elif isinstance(parent, list) and isinstance(last, int) and last < len(parent):
            parent[last] = copied(MENDED_ITEM.get(problem["type"], "-"))


MENDED_ITEM: dict[str, Data] = {"model_type": {}, "dict_type": {}, "list_type": [], "bool_type": False, "int_type": 0}
