"""Schemas made to measure: one that knows the facts, values, rules, contacts and all other names of one policy.

The schema of the models says which keys there are; here the places where a name stands (``PLACES``) are given the names
that may stand there. Each list of names is a definition of its own, with what it means beside each name, so that an editor
offers the names, explains them, and underlines one that is not among them. What is refused here is refused by ``validate``
too; more than that no schema can see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from socialpolicy.loading.models import ConditionText, NamedCondition
from socialpolicy.translating import may_be_translated, to_translate
from socialpolicy.values import LARGEST_INT, UNKNOWN_WORD, Kind
from socialpolicy.vocabulary import Fact, Vocabulary

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

Schema: TypeAlias = dict[str, Any]
Groups: TypeAlias = Mapping[str, Iterable[str]]
"""Groups of a fact's values, by name."""
INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
AGAIN = "If you have just added it, save the file and run: socialpolicy schema --write"
NUMERIC = ("at_least", "at_most", "more_than", "less_than")
PLACES: Mapping[str, tuple[str, ...]] = {
    "contact": (
        "PolicyText.owner", "ContactText.deputy", "StartText.approval", "RuleText.approval", "ApprovalText.any_of",
        "ApprovalText.all_of", "ApprovalText.of", "ApprovalStage.any_of", "ApprovalStage.all_of", "ApprovalStage.of",
        "NeedText.fixable_by", "HandOverText.to", "AccountText.owner", "AccountText.backup", "AccountText.admins",
        "PlaybookText.owner", "PlaybookRole.who", "PlaybookRole.deputy", "TemplateText.owner", "TemplateText.approved_by",
        "ExceptionText.owner", "ExceptionText.approved_by", "EmbargoText.owner", "ChangeText.by", "ChangeText.agreed_with",
        "Expect.approvals", "Expect.hand_over",
    ),
    "contact or actor": ("DutyText.who", "ConsequenceStep.who"),
    "contact or part": ("PlaybookStep.who", "PlaybookEnd.who"),
    "condition": ("ConditionText.all", "ConditionText.any", "ConditionText.none", "GuaranteeText.assuming"),
    "condition or tag": ("Consequences.never_for",),
    "tag": ("RuleText.tags",),
    "own tag": ("PermitText.tags", "PermitText.exceptions"),
    "tag to override": ("OverridesText.tags",),
    "rule": ("Expect.because", "Expect.includes", "Expect.maybe_because", "Expect.not_because"),
    "own rule": ("PermitText.rules",),
    "rule to override": ("OverridesText.rules",),
    "rule to except": ("ExceptionText.rules",),
    "rule to set aside": ("SetAsideText.rule",),
    "changed rule": ("ChangeText.rules",),
    "consequence": ("RuleText.severity",),
    "terms": ("EmbargoText.terms", "SlotText.hosts"),
    "template": ("PlaybookStep.template",),
    "step": ("PlaybookStep.after",),
    "playbook": ("Expect.playbooks",),
    "duty": ("Expect.duties",),
    "calendar": ("ContactText.hours",),
    "approval": ("ContactText.approves_as",),
    "role": ("ContactText.roles",),
    "platform": ("AccountText.platform",),
    "kind of account": ("AccountText.kind",),
    "credential store": ("AccountText.credentials",),
    "fact": (
        "Expect.missing", "GuaranteeText.unaffected_by", "OtherFact.fact", "VocabularyText.baseline",
        "VocabularyText.approvals", "VocabularyText.instant", "VocabularyText.screening",
    ),
    "policy": ("CasesFile.cases_for",),
}  # fmt: skip
"""Where each kind of name stands: behind these keys of these models."""
OPEN = frozenset({"changed rule", "duty"})
"""Kinds of names of which others may stand there too: rules of old versions, duties by their words."""


# -- names -----------------------------------------------------------------------------------------------------------


def names_of(policy: Policy) -> dict[str, dict[str, str]]:
    """The names of each kind that a policy knows, each with what it means."""
    written, facts = policy.written, policy.vocabulary.facts
    contacts = {name: f"{contact.title}, {contact.reach}" for name, contact in policy.program.contacts.items()}
    parts = {name: f"Played by {role.who}." for book in written.playbooks.values() for name, role in book.roles.items()}
    tags = {name: tag.title for name, tag in written.tags.items()}
    conditions = conditions_of(policy)
    own_rules = {rule.id: rule.title for rule in written.rules}
    steps = written.consequences.steps if written.consequences else {}
    return {
        "contact": contacts,
        "contact or actor": {"actor": "The person who acts."} | contacts,
        "contact or part": parts | contacts,
        "condition": conditions,
        "condition or tag": conditions | tags,
        "tag": tags | {name: text for name, text, tag in base_tags(policy) if tag.for_others},
        "own tag": tags,
        "tag to override": tags_to_override(policy),
        "rule": {rule.id: rule.title for rule in policy.rules},
        "own rule": own_rules,
        "rule to override": rules_to_override(policy, "tags"),
        "rule to except": rules_to_override(policy, "exceptions"),
        "rule to set aside": {
            id: title for id, title in rules_to_override(policy, "tags").items() if id not in own_rules
        },
        "changed rule": own_rules | {name: text.reason for name, text in written.exceptions.items()},
        "consequence": {name: step.title for name, step in steps.items()},
        "terms": {name: text.title or "" for name, text in policy.terms.items()},
        "template": {name: text.title for name, text in written.templates.items()},
        "step": {step.id: step.do for book in written.playbooks.values() for step in book.steps if step.id},
        "playbook": {
            rule.playbook.id: rule.playbook.title for rule in policy.program.rules if rule.playbook is not None
        },
        "duty": {duty.id: duty.what for rule in policy.program.rules for duty in rule.duties if duty.id},
        "calendar": dict.fromkeys(written.calendars, ""),
        "approval": values_of(facts.get(policy.vocabulary.approvals)),
        "role": values_of(facts.get(policy.vocabulary.scope.get("roles", "")), policy.groups),
        "platform": values_of(facts.get("platform")),
        "kind of account": values_of(facts.get("account.kind")),
        "credential store": values_of(facts.get("account.credential_store")),
        "fact": {name: fact.question for name, fact in facts.items()},
        "policy": {policy.id: written.title},
    }


def conditions_of(policy: Policy) -> dict[str, str]:
    """The named conditions of a policy and of those that it builds on, with their titles."""
    bases = {f"{base.id}/{name}": entry for base in policy.bases for name, entry in base.written.conditions.items()}
    return {name: title_of(entry) for name, entry in {**policy.written.conditions, **bases}.items()}


def title_of(entry: NamedCondition | ConditionText) -> str:
    """The title of a named condition, if it has one."""
    return (entry.title if isinstance(entry, NamedCondition) else None) or "A condition of this policy."


def base_tags(policy: Policy) -> Iterator[tuple[str, str, Any]]:
    """The tags of all policies that one builds on: their full names, their titles, and how they are declared."""
    for base in policy.bases:
        for name, tag in base.written.tags.items():
            yield f"{base.id}/{name}", tag.title, tag


def tags_to_override(policy: Policy) -> dict[str, str]:
    """The tags that an override may name: own ones that say so, and those of others that permit it."""
    own = {name: tag.title for name, tag in policy.written.tags.items() if tag.may_be_set_aside}
    for base in policy.bases:
        permit = base.written.may_be_set_aside
        permitted = {f"{base.id}/{name}" for name in (permit.tags if permit else None) or ()}
        own |= {name: title for name, title, _ in base_tags(policy) if name in permitted}
    return own


def rules_to_override(policy: Policy, permitting: str) -> dict[str, str]:
    """The rules that may be set aside: own ones that are not firm, and those of others that permit it for such tags."""
    found = {rule.id: rule.title for rule in policy.written.rules if not rule.firm}
    for base in policy.bases:
        permit = base.written.may_be_set_aside
        if permit is None:
            continue
        ids, tags = set(permit.rules or ()), set(getattr(permit, permitting) or ())
        found |= {
            f"{base.id}/{rule.id}": rule.title
            for rule in base.written.rules
            if not rule.firm and (rule.id in ids or tags & set(rule.tags))
        }
    return found


def values_of(fact: Fact | None, groups: Mapping[str, Groups] | None = None) -> dict[str, str]:
    """The values of a fact with their labels, and the groups of them with their members; none where any text will do."""
    if fact is None or not fact.values:
        return {}
    found = {value: fact.labels.get(value, "") for value in fact.values}
    for name, members in sorted((groups or {}).get(fact.name, {}).items()):
        found[name] = "One of: " + ", ".join(value for value in fact.values if value in set(members)) + "."
    return found


def of_names(kind: str, names: Mapping[str, str]) -> Schema:
    """The schema of one name out of several. Without any it is left to ``validate`` to say so."""
    if not names:
        return {"type": "string", "minLength": 1}
    found = {"title": f"{kind.capitalize()}", **words(names)}
    if kind in OPEN:
        return {"title": found["title"], "anyOf": [found, {"type": "string", "minLength": 1}]}
    return {**found, "errorMessage": f"There is no such {kind} here. {AGAIN}"}


def words(names: Mapping[str, str]) -> Schema:
    """The schema of one of these words, each with what it means."""
    told = [clean(text) for text in names.values()]
    return {"enum": list(names), **({"markdownEnumDescriptions": told} if any(told) else {})}


def clean(text: str) -> str:
    """A text that stands as it is where Markdown is read, on one line."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&!])", r"\\\1", " ".join(text.split()))


# -- the schema of a policy ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tailor:
    """What is needed to make schemas to measure for one policy."""

    policy: Policy
    definitions: Schema

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary of the policy, with all that it builds on."""
        return self.policy.vocabulary

    def defined(self, name: str, found: Schema) -> Schema:
        """A reference to a definition, made where there is none of that name."""
        self.definitions.setdefault(name, found)
        return {"$ref": f"#/$defs/{name}"}

    def place(self, model: str, key: str, found: Schema) -> None:
        """Put a schema in the place of the one that a model has for a key, if this schema has that model."""
        properties = self.definitions.get(model, {}).get("properties", {})
        if key in properties:
            told = {name: properties[key][name] for name in ("description",) if name in properties[key]}
            properties[key] = {**told, **found}

    def names(self) -> None:
        """Put names where names stand."""
        for kind, names in names_of(self.policy).items():
            for place in PLACES[kind]:
                model, key = place.split(".")
                properties = self.definitions.get(model, {}).get("properties", {})
                if key in properties:
                    slug = "names." + kind.replace(" ", "-")
                    properties[key] = named(properties[key], self.defined(slug, of_names(kind, names)))

    def value(self, fact: Fact) -> Schema:
        """One value of a fact in a condition, or a group of them."""
        if fact.values:
            return self.defined(f"value.{self.slug(fact.name)}", words(values_of(fact, self.policy.groups)))
        return {"type": "integer"} if fact.kind is Kind.INT else {"type": "string"}

    def plain(self, fact: Fact) -> Schema:
        """One value of a fact, and no group."""
        return (
            self.defined(f"plain.{self.slug(fact.name)}", words(values_of(fact))) if fact.values else self.value(fact)
        )

    def slug(self, name: str) -> str:
        """A fact's name as a part of a reference."""
        return name if re.fullmatch(r"[A-Za-z0-9._-]+", name) else str(list(self.vocabulary.facts).index(name))

    def facts(self) -> None:
        """Put facts where they are tested, stated and implied."""
        facts = self.vocabulary.facts
        tests = {
            name: self.defined(f"test.{self.slug(name)}", of_test(fact, self.value(fact), self.definitions))
            for name, fact in facts.items()
        }
        stated = {name: self.defined(f"stated.{self.slug(name)}", of_stated(fact)) for name, fact in facts.items()}
        if "ConditionText" in self.definitions:
            condition = self.definitions["ConditionText"]
            conditions = {
                name: {"type": "boolean", "description": text} for name, text in conditions_of(self.policy).items()
            }
            joints = condition["properties"]
            condition["properties"] = {**joints, **conditions, **tests}
            condition["additionalProperties"] = False
            in_lists = {**condition, "properties": {**joints, **tests}}
            if conditions:  # a name alone is enough there: as a key it is accepted, but not offered a second time
                in_lists["patternProperties"] = {any_of_these(conditions): {"type": "boolean"}}
            item = self.defined("condition.in-list", in_lists)
            for joint in ("all", "any", "none"):
                joints[joint]["items"] = one_of(self.defined("names.condition", {}), item)
        needs = {name: test for name, test in tests.items() if name != self.vocabulary.approvals}
        self.place("NeedText", "need", {**closed_map(needs), "minProperties": 1})
        self.place("Expect", "fix", closed_map(tests))
        self.place("RuleText", "require", {
            **closed_map(needs), "type": ["object", "array"], "minProperties": 1, "minItems": 1,
            "items": {"$ref": "#/$defs/NeedText"},
        })  # fmt: skip
        some = {name: {"type": "array", "items": found, "minItems": 1} for name, found in stated.items()}
        self.place("CaseText", "vary", {**closed_map(some), "minProperties": 1})
        for model, key in (("ExampleText", "facts"), ("CaseText", "facts"), ("CasesFile", "common")):
            self.place(model, key, self.defined("stated", closed_map(stated)))
        implied = {
            name: of_value(fact, self.plain(fact)) for name, fact in facts.items() if name != self.vocabulary.approvals
        }
        self.place("ImplicationText", "then", {**closed_map(implied), "minProperties": 1})
        of_words = (Kind.ENUM, Kind.SET, Kind.STRING)
        meant = {name: self.plain(fact) for name, fact in facts.items() if fact.kind in of_words}
        self.place("TermsText", "means", {**closed_map(meant), "minProperties": 1})

    def scopes(self) -> None:
        """Put the words of a scope and their values where a scope stands, and the values that the baseline differs by."""
        self.place("RuleText", "scope", self.defined("scope", self.scope()))
        self.place("TemplateText", "for", {"$ref": "#/$defs/scope"})
        fact = self.vocabulary.facts.get(self.vocabulary.baseline)
        baseline = self.definitions.get("PolicyText", {}).get("properties", {}).get("baseline")
        if fact is not None and baseline is not None:
            *others, many = baseline["oneOf"]
            start = one_of(*many["additionalProperties"]["oneOf"])
            starts = {
                value: {**start, "description": text or fact.question}
                for value, text in (values_of(fact, self.policy.groups) | {"otherwise": "All others."}).items()
            }
            many = {**closed_map(starts), "minProperties": 1}
            baseline["oneOf"] = one_of(many, *others)["oneOf"]

    def scope(self) -> Schema:
        """The schema of a scope with its words and their values."""
        properties = {}
        for word, name in self.vocabulary.scope.items():
            fact = self.vocabulary.facts[name]
            one = self.value(fact)
            some = {"type": "array", "items": one, "minItems": 1}
            but = [closed_map({"all_but": some}) | {"required": ["all_but"]}] if fact.kind is Kind.ENUM else []
            properties[word] = {**explained(fact), **one_of({**explained(fact, values=False), **one}, some, *but)}
        return one_of({"enum": ["everything"]}, {**closed_map(properties), "minProperties": 1})

    def own_words(self) -> None:
        """Put facts and their values where a policy adds to the vocabulary."""
        facts = self.vocabulary.facts
        closed = {name: fact for name, fact in facts.items() if fact.values}
        name: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
        groups = {}
        for fact in closed.values():
            some = {"type": "array", "minItems": 1, "items": self.value(fact)}
            group = {"type": ["array", "object"], "minItems": 1, "items": some["items"], "minProperties": 1,
                     "properties": {"all_but": some}, "additionalProperties": False}  # fmt: skip
            groups[fact.name] = {"type": "object", "propertyNames": name, "additionalProperties": group}
        self.place("VocabularyText", "groups", closed_map(groups, closed))
        added = {name: {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1, "maxLength": 200}}
                 for name, fact in closed.items() if not fact.ordered}  # fmt: skip
        self.place("VocabularyText", "values", closed_map(added, closed, values=False))
        label = self.defined(
            "label", {"type": "string", "minLength": 1, "description": "What people see for this value."}
        )
        labels = {
            fact.name: closed_map(dict.fromkeys(fact.values or ("true", "false"), label)) for fact in facts.values()
        }
        self.place("VocabularyText", "labels", closed_map(labels, facts, values=False))
        fact_name = {"$ref": "#/$defs/names.fact"}
        if "VocabularyText" in self.definitions:
            self.place(
                "VocabularyText", "scope", {"type": "object", "propertyNames": name, "additionalProperties": fact_name}
            )


def for_policy(found: Schema, policy: Policy, *, top: str) -> Schema:
    """A schema of the model ``top`` that knows all names of a policy, and of those that it builds on."""
    whole = {key: value for key, value in found.items() if key != "$defs"}
    tailor = Tailor(policy, {top: whole, **found.get("$defs", {})})
    tailor.names()
    tailor.facts()
    tailor.scopes()
    tailor.own_words()
    definitions = {name: inner for name, inner in tailor.definitions.items() if name != top}
    return {**whole, "$defs": {name: definitions[name] for name in used(whole, definitions)}}


def used(node: Any, definitions: Mapping[str, Schema]) -> list[str]:
    """The definitions that a schema uses, directly or through others, by name."""
    found: dict[str, None] = {}
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            name = str(inner.get("$ref", "")).removeprefix("#/$defs/")
            if name in definitions and name not in found:
                found[name] = None
                waiting.append(definitions[name])
            waiting.extend(inner.values())
        elif isinstance(inner, list):
            waiting.extend(inner)
    return sorted(found)


def named(node: Schema, name: Schema) -> Schema:
    """A schema in which another stands in for that of a text: itself, of a list's entries, or among alternatives."""
    for joint in ("oneOf", "anyOf"):
        if joint in node:
            left = {key: value for key, value in node.items() if key != joint}
            return {**left, **one_of(*(named(branch, name) for branch in node[joint]))}
    if node.get("type") == "array" and "items" in node:
        return {**node, "items": named(node["items"], name)}
    if node.get("type") == "string" and "const" not in node:
        return {**({"description": node["description"]} if "description" in node else {}), **name}
    return node


def one_of(*branches: Schema) -> Schema:
    """Alternatives of different types, a mapping first and a list last.

    In this order yaml-language-server tells what is wrong with the one that was meant, and not that it is none of them.
    """

    def rank(branch: Schema) -> int:
        if "$ref" in branch:
            return 1 if branch["$ref"].startswith(("#/$defs/names.", "#/$defs/value.")) else 0
        return {"object": 0, "array": 2}.get(branch.get("type", ""), 1)

    return {"oneOf": sorted(branches, key=rank)}


def any_of_these(names: Iterable[str]) -> str:
    """A pattern that these names match, and nothing else."""
    escaped = (re.sub(r"[\\^$.*+?()\[\]{}|]", r"\\\g<0>", name) for name in names)
    return f"^({'|'.join(escaped)})$"


def closed_map(
    properties: Mapping[str, Schema], told: Mapping[str, Fact] | None = None, *, values: bool = True
) -> Schema:
    """A mapping with these keys alone; with ``told``, the facts that its keys name explain themselves (and their values)."""
    if told:
        properties = {name: {**explained(told[name], values=values), **found} for name, found in properties.items()}
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


# -- facts -----------------------------------------------------------------------------------------------------------


def explained(fact: Fact, *, values: bool = True) -> Schema:
    """What an editor shows of a fact: its name, its question, and what each of its values means."""
    question = clean(fact.question)
    hint = f"\n\n*{clean(fact.hint)}*" if fact.hint else ""
    lines = [f"* `{value}`" + (f": {clean(label)}" if label else "") for value, label in values_of(fact).items()]
    listed = "\n\n" + "\n".join(lines) if values and lines else ""
    ordered = "\n\nIn this order, the lowest first." if listed and fact.ordered else ""
    told = question + hint + listed + ordered
    return {"title": fact.name, "description": fact.question, "markdownDescription": told} if told else {}


def of_value(fact: Fact, one: Schema) -> Schema:
    """The schema of a fact's value; ``one`` is that of a word out of its closed list."""
    match fact.kind:
        case Kind.BOOL:
            return {"type": "boolean"}
        case Kind.ENUM:
            return one
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
            return {"type": "array", "items": one if fact.values else {"type": "string"}}


def of_stated(fact: Fact) -> Schema:
    """The schema of what may be stated of a fact: a value, or that it is not known."""
    unknown = {UNKNOWN_WORD: "It is not known."}
    if fact.kind in (Kind.ENUM, Kind.BOOL):
        values = values_of(fact) or {value: fact.labels.get(value, "") for value in ("true", "false")}
        found = words(values | unknown)
        plain = found["enum"] if fact.kind is Kind.ENUM else [True, False, UNKNOWN_WORD]
        return {**explained(fact, values=False), **one_of({**found, "enum": plain}, {"type": "null"})}
    if fact.kind is Kind.STRING:
        return {**explained(fact), "type": ["string", "null"]}
    return {
        **explained(fact),
        **one_of(of_value(fact, words(values_of(fact))), {**words(unknown), "enum": [UNKNOWN_WORD, None]}),
    }


def of_test(fact: Fact, one: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """The schema of what may stand behind a fact's name in a condition; ``one`` is that of one of its values."""
    some: Schema = {"type": "array", "items": one, "minItems": 1}
    same = {"same_as": name_of("fact", definitions)}
    numeric = words(values_of(fact)) if fact.values else {"type": "integer"}
    compared: dict[Kind, Schema] = {
        Kind.BOOL: same,
        Kind.ENUM: {"all_but": some, **same, **(dict.fromkeys(NUMERIC, numeric) if fact.ordered else {})},
        Kind.STRING: {"in_list": name_of("terms", definitions), "matches": {"type": "string"}, **same},
        Kind.INT: {**dict.fromkeys(NUMERIC, numeric), **same},
        Kind.DATETIME: {**{key: {"type": "string", "minLength": 1} for key in ("before", "from")}, **same},
        Kind.SET: {
            **dict.fromkeys(("any_of", "all_of", "none_of", "nothing_but"), some), "empty": {"type": "boolean"},
            "has": closed_map({"fact": name_of("fact", definitions)}) | {"required": ["fact"]}, **same,
        },
    }  # fmt: skip
    comparison = {**closed_map(compared_told(compared[fact.kind], definitions)), "minProperties": 1}
    whole = explained(fact)
    if fact.values:  # an editor tells the values of a single one by itself
        plain = {**explained(fact, values=False), **one}
        return {**whole, **one_of(plain, *([some] if fact.kind is Kind.ENUM else []), comparison)}
    match fact.kind:
        case Kind.BOOL:
            return {**whole, **comparison, "type": ["boolean", "object"]}
        case Kind.INT:
            return {**whole, **comparison, "type": ["integer", "array", "object"], "items": one, "minItems": 1}
        case Kind.STRING:
            return {**whole, **comparison, "type": ["string", "array", "object"], "items": one, "minItems": 1}
        case Kind.SET:
            return {**whole, **comparison, "type": ["string", "object"]}
        case _:
            return {**whole, **comparison}


def name_of(kind: str, definitions: Mapping[str, Schema]) -> Schema:
    """A reference to the names of a kind, where there are such; else any text."""
    name = f"names.{kind}"
    return {"$ref": f"#/$defs/{name}"} if name in definitions else {"type": "string", "minLength": 1}


def compared_told(properties: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Comparisons with what the model says of each."""
    told = definitions.get("Comparison", {}).get("properties", {})
    return {
        name: {"description": told[name]["description"], **found} if name in told else found
        for name, found in properties.items()
    }


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


# -- texts in another language ---------------------------------------------------------------------------------------


def texts(policy: Policy) -> Schema:
    """The texts of a policy in another language: the same keys, each explained by the policy's own words."""
    head = {
        "texts_of": of_names("policy", {policy.id: policy.written.title}),
        "language": {"type": "string", "minLength": 1, "description": "The language, as the file is named: de, pt-BR."},
    }
    wanted = of_texts(to_translate(policy), may_be_translated(policy))
    properties = {**head, **wanted["properties"]}
    return {**closed_map(properties), "required": ["texts_of", "language"]}


def of_texts(wanted: Any, optional: Any) -> Schema:
    """The schema of texts that have to be there or may be."""
    if isinstance(wanted, dict) or isinstance(optional, dict):
        wanted, optional = wanted or {}, optional or {}
        keys = dict.fromkeys((*wanted, *optional))
        return closed_map({key: of_texts(wanted.get(key), optional.get(key)) for key in keys})
    if isinstance(wanted, list):
        told = "\n".join(f"* {clean(text)}" for text in wanted)
        some = {"minItems": len(wanted), "maxItems": len(wanted)}
        return {"type": "array", "items": {"type": "string", "minLength": 1}, **some, "markdownDescription": told}
    return {"type": "string", "minLength": 1, "markdownDescription": clean(str(wanted or optional or ""))}
