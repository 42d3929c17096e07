"""What is written: the policy file and the test-case file, as strict pydantic models.

They check structure alone; the published JSON Schemas are generated from them. What no schema can say (facts that do not
exist, cycles, ids used twice) is checked where the policy is lowered. A condition is one flat object, so that an error
names its exact place and an editor completes what may stand there.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    Tag,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from socialpolicy.values import LARGEST_INT

ID = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
SEMVER = (
    r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
    r"(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?"
    r"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$"
)

Id: TypeAlias = Annotated[str, StringConstraints(pattern=ID, max_length=100)]
Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text: TypeAlias = Annotated[str, StringConstraints(min_length=1)]
Version: TypeAlias = Annotated[str, StringConstraints(pattern=SEMVER, max_length=64)]
Date: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Clock: TypeAlias = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
RangeEntry: TypeAlias = Annotated[
    Annotated[Annotated[int, Field(ge=0, le=1_000_000)], Tag("number")]
    | Annotated[Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z .*^~<>=|+-]{1,100}$")], Tag("text")],
    Discriminator(lambda value: "number" if isinstance(value, int) else "text"),
]
Duration: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[1-9][0-9]{0,5} (minutes?|hours?|days?|working days?)$")
]
Whole: TypeAlias = Annotated[int, Field(ge=-LARGEST_INT, le=LARGEST_INT)]
OutcomeWord: TypeAlias = Literal["allow", "revise", "ask", "deny"]
Texts: TypeAlias = Annotated[list[Text], Field(min_length=1)]
Names: TypeAlias = Annotated[list[Name], Field(min_length=1)]


class Written(BaseModel):
    """The base of all models: strict, closed but for ``x-…`` keys (other people's data), and never changed."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=False)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_foreign_keys(cls, data: Any) -> Any:
        if isinstance(data, dict) and any(isinstance(key, str) and key.startswith("x-") for key in data):
            return {key: value for key, value in data.items() if not (isinstance(key, str) and key.startswith("x-"))}
        return data

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        handler.resolve_ref_schema(schema)["patternProperties"] = {"^x-": True}
        return schema


def shape(value: Any) -> str:
    """Which branch of a union a value takes: by its own shape alone, so that an error names no other branch."""
    match value:
        case dict():
            return "mapping"
        case list():
            return "list"
        case bool():
            return "bool"
        case int():
            return "int"
        case _:
            return "text"


Scalar: TypeAlias = Annotated[
    Annotated[bool, Tag("bool")] | Annotated[Whole, Tag("int")] | Annotated[str, Tag("text")], Discriminator(shape)
]
Scalars: TypeAlias = Annotated[list[Scalar], Field(min_length=1)]


class OtherFact(Written):
    """Another fact, by its name."""

    fact: Name


class Comparison(Written):
    """How a fact is compared; several comparisons hold together."""

    at_least: Scalar | None = Field(None, description="This value or more.")
    at_most: Scalar | None = Field(None, description="This value or less.")
    more_than: Scalar | None = Field(None, description="More than this value.")
    less_than: Scalar | None = Field(None, description="Less than this value.")
    before: Text | None = Field(None, description="Strictly before this instant.")
    from_: Text | None = Field(None, alias="from", description="At or after this instant.")
    in_list: Name | None = Field(None, description="One of the entries of this list of `terms`.")
    matches: str | None = Field(None, description="The whole text; `*` stands for any run of characters.")
    any_of: Names | None = Field(None, description="The set has at least one of these.")
    all_of: Names | None = Field(None, description="The set has all of these.")
    none_of: Names | None = Field(None, description="The set has none of these.")
    nothing_but: Names | None = Field(None, description="The set has no value that is not among these.")
    all_but: Names | None = Field(None, description="Any value of the enum but these.")
    empty: bool | None = Field(None, description="Whether the set is empty.")
    same_as: Name | None = Field(None, description="Another fact of the same type has the same value.")
    has: OtherFact | None = Field(None, description="The set has the value of another fact.")

    @model_validator(mode="after")
    def _says_something(self) -> Comparison:
        if not self.model_fields_set:
            raise ValueError("an empty comparison")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = super().__get_pydantic_json_schema__(core, handler)
        resolved = handler.resolve_ref_schema(schema)
        resolved["anyOf"] = [{"required": [name]} for name in resolved["properties"]]
        return schema


TestValue: TypeAlias = Annotated[
    Annotated[bool, Tag("bool")]
    | Annotated[Whole, Tag("int")]
    | Annotated[str, Tag("text")]
    | Annotated[Scalars, Tag("list")]
    | Annotated[Comparison, Tag("mapping")],
    Discriminator(shape),
]


class ConditionText(BaseModel):
    """Tests joined by *and*: fact names, names of conditions, and `all`, `any`, `none`, `not`."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, populate_by_name=False)
    __pydantic_extra__: dict[str, TestValue] = Field(init=False)

    all: ConditionList | None = Field(None, description="All of these hold.")
    any: ConditionList | None = Field(None, description="At least one of these holds.")
    none: ConditionList | None = Field(None, description="None of these holds.")
    not_: ConditionText | None = Field(None, alias="not", description="This one test does not hold.")

    @model_validator(mode="after")
    def _says_something(self) -> ConditionText:
        if not self.model_fields_set and not self.__pydantic_extra__:
            raise ValueError("an empty condition")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        handler.resolve_ref_schema(schema)["minProperties"] = 1
        return schema


ConditionItem: TypeAlias = Annotated[
    Annotated[Name, Tag("text")] | Annotated[ConditionText, Tag("mapping")],
    Discriminator(lambda value: "mapping" if isinstance(value, dict) else "text"),
]
ConditionList: TypeAlias = Annotated[list[ConditionItem], Field(min_length=1)]
ConditionText.model_rebuild()


class InForce(Written):
    """Dates, both included, in the policy's time zone."""

    from_: Date = Field(alias="from", description="The first day.")
    through: Date | None = Field(None, description="The last day, included.")


class InForceFor(Written):
    """Dates, both included; both are required."""

    from_: Date = Field(alias="from", description="The first day.")
    through: Date = Field(description="The last day, included.")


class MutableExcept(Written):
    """The author can change the fact, except where this holds."""

    except_: ConditionText = Field(alias="except")


GroupAllBut: TypeAlias = Annotated[dict[Literal["all_but"], Names], Field(min_length=1)]
Group: TypeAlias = Annotated[
    Annotated[Names, Tag("list")] | Annotated[GroupAllBut, Tag("mapping")],
    Discriminator(lambda value: "mapping" if isinstance(value, dict) else "list"),
]
Given: TypeAlias = Annotated[
    Annotated[bool, Tag("bool")]
    | Annotated[Whole, Tag("int")]
    | Annotated[str, Tag("text")]
    | Annotated[list[Name], Tag("list")],
    Discriminator(lambda value: "text" if isinstance(value, dict) else shape(value)),
]


def shape_or_null(value: Any) -> str:
    """As ``shape``, for places where null stands for what is not known."""
    return "null" if value is None else "text" if isinstance(value, dict) else shape(value)


StatedValue: TypeAlias = Annotated[
    Annotated[None, Tag("null")]
    | Annotated[bool, Tag("bool")]
    | Annotated[Whole, Tag("int")]
    | Annotated[str, Tag("text")]
    | Annotated[list[Name], Tag("list")],
    Discriminator(shape_or_null),
]
StatedFacts: TypeAlias = dict[Name, StatedValue]


class FactText(Written):
    """One fact: what it may be, and how to ask for it."""

    type: Literal["bool", "enum", "string", "int", "datetime", "set"] | None = Field(
        None, description="Its type; required for a new fact."
    )
    of: Literal["enum", "string"] | None = Field(None, description="What a set holds.")
    values: Names | None = Field(None, description="The closed list of an enum, or of a set of enum.")
    ordered: bool | None = Field(None, description="The values are in order, the lowest first.")
    min: Whole | None = None
    max: Whole | None = None
    question: Text | None = Field(
        None, description="The question that a person is asked, in plain words; required for a new fact."
    )
    hint: Text | None = None
    labels: dict[Name, Text] | None = Field(None, description="What people see for each value.")
    mutable: bool | MutableExcept | None = Field(None, description="Whether the author of a post can change it.")
    sensitive: bool | None = Field(None, description="Masked in logs.")
    default: Given | None = Field(
        None, description="Assumed where the fact is absent; only where absence cannot hide a breach."
    )
    in_examples: Given | None = Field(None, description="The value in tests and examples that do not mention it.")
    supplied_by: Literal["person", "system", "text", "calendar", "approvals"] | None = None
    if_missing: Text | None = Field(None, description="A hint for integrators.")


class ImplicationText(Written):
    """Where a condition is true, these facts have these values."""

    if_: ConditionText = Field(alias="if")
    then: Annotated[dict[Name, Given], Field(min_length=1)]


class VocabularyParts(Written):
    """What a vocabulary says, its own or on top of another."""

    facts: dict[Name, FactText] = Field(default_factory=dict)
    groups: dict[Name, dict[Name, Group]] = Field(
        default_factory=dict, description="Names for several values of a fact."
    )
    implies: list[ImplicationText] = Field(default_factory=list)
    impossible: list[ConditionText] = Field(default_factory=list, description="For analysis alone.")
    scope: dict[Name, Name] | None = Field(None, description="The fact that each word of a scope stands for.")
    baseline: Name | None = Field(None, description="The enum fact that the baseline may differ by.")
    approvals: Name | None = Field(None, description="The set fact that holds the approvals given.")
    instant: Name | None = Field(None, description="The datetime at which it is to happen.")
    screening: list[Name] | None = Field(
        None, description="The questions that settle many others, in the order to ask."
    )


class VocabularyText(VocabularyParts):
    """The vocabulary of a policy: the core one, extended, or one of its own."""

    uses: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*@[1-9][0-9]*$")] | None = Field(
        None, description="The vocabulary that this one extends, such as core@1."
    )
    values: dict[Name, Names] = Field(default_factory=dict, description="Values added to an enum or a set.")
    labels: dict[Name, dict[Name, Text]] = Field(default_factory=dict)


class VocabularyFile(VocabularyParts):
    """A vocabulary in a file of its own."""

    vocabulary: Id
    version: Version


class Purpose(Written):
    """A principle: a sentence to live by."""

    id: Id | None = None
    title: Text
    text: Text | None = None


class TagText(Written):
    """A tag that rules may carry."""

    title: Text
    may_be_set_aside: bool = Field(False, description="Whether rules with this tag can be overridden by naming it.")
    for_others: bool = Field(
        False,
        description="Whether rules of policies that build on this one may carry it, and so consent to being set aside.",
    )


class NamedCondition(Written):
    """A condition with a name and a title."""

    title: Text | None = None
    is_: ConditionText = Field(alias="is")


ConditionEntry: TypeAlias = Annotated[
    Annotated[NamedCondition, Tag("named")] | Annotated[ConditionText, Tag("bare")],
    Discriminator(lambda value: "named" if isinstance(value, dict) and "is" in value else "bare"),
]


class TermsText(Written):
    """A list of words, handles or hosts."""

    title: Text | None = None
    kind: Literal["words", "handles", "hosts"]
    entries: Texts
    match: Literal["whole_word", "anywhere"] | None = None
    secret: bool = Field(False, description="Never shown in reasons or in the handbook.")
    means: Annotated[dict[Name, Name], Field(min_length=1)] | None = Field(
        None, description="What a text with one of these is known to be, such as {content.disclosure: clear}."
    )


class ContactText(Written):
    """Whom to ask."""

    title: Text
    reach: Text
    deputy: Name | None = None
    hours: Name | None = Field(None, description="One of the `calendars`.")
    answers_within: Duration | None = None
    approves_as: Name | None = Field(None, description="The value its approval gives; its own id if left out.")
    roles: Names | None = None


class CalendarText(Written):
    """Office hours."""

    time_zone: Name | None = None
    days: Annotated[list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]], Field(min_length=1)]
    from_: Clock = Field(alias="from")
    to: Clock
    closed: list[Date] | None = None


class ApprovalText(Written):
    """Who may approve: any of these, all of these, or so many `of` these."""

    any_of: Names | None = None
    all_of: Names | None = None
    of: Names | None = None
    at_least: Annotated[int, Field(ge=1, le=1000)] | None = None


ApprovalEntry: TypeAlias = Annotated[
    Annotated[Name, Tag("text")] | Annotated[ApprovalText, Tag("mapping")],
    Discriminator(lambda value: "mapping" if isinstance(value, dict) else "text"),
]


class StartText(Written):
    """What counts when no rule opens it."""

    outcome: Literal["allow", "ask", "deny"]
    approval: ApprovalEntry | None = None
    say: Text | None = None


class ApprovalStage(ApprovalText):
    """One of several approvals: where ``if`` holds, it is asked for."""

    if_: ConditionText | None = Field(None, alias="if")
    say: Text | None = None


StagesText: TypeAlias = Annotated[
    Annotated[Name, Tag("text")]
    | Annotated[ApprovalText, Tag("mapping")]
    | Annotated[Annotated[list[ApprovalStage], Field(min_length=1)], Tag("list")],
    Discriminator(lambda value: {"mapping": "mapping", "list": "list"}.get(shape(value), "text")),
]


StartEntry: TypeAlias = Annotated[
    Annotated[Literal["allow", "ask", "deny"], Tag("text")] | Annotated[StartText, Tag("mapping")],
    Discriminator(lambda value: "mapping" if isinstance(value, dict) else "text"),
]


def baseline_shape(value: Any) -> str:
    """A word, one start for all (told by its key ``outcome``), or one per value."""
    if not isinstance(value, dict):
        return "text"
    return "one" if "outcome" in value else "many"


BaselineText: TypeAlias = Annotated[
    Annotated[Literal["allow", "ask", "deny"], Tag("text")]
    | Annotated[StartText, Tag("one")]
    | Annotated[
        Annotated[dict[Name, StartEntry], Field(min_length=1, json_schema_extra={"not": {"required": ["outcome"]}})],
        Tag("many"),
    ],
    Discriminator(baseline_shape),
]


class ScopeAllBut(Written):
    """Any value but these."""

    all_but: Names


ScopeEntry: TypeAlias = Annotated[
    Annotated[Name, Tag("text")] | Annotated[Names, Tag("list")] | Annotated[ScopeAllBut, Tag("mapping")],
    Discriminator(lambda value: {"mapping": "mapping", "list": "list"}.get(shape(value), "text")),
]
ScopeText: TypeAlias = Annotated[
    Annotated[Literal["everything"], Tag("text")]
    | Annotated[Annotated[dict[Name, ScopeEntry], Field(min_length=1)], Tag("mapping")],
    Discriminator(lambda value: "mapping" if isinstance(value, dict) else "text"),
]
NeedTests: TypeAlias = Annotated[dict[Name, TestValue], Field(min_length=1)]


class NeedText(Written):
    """What puts it right, where it is needed, and the words for it."""

    need: NeedTests
    if_: ConditionText | None = Field(None, alias="if")
    say: Text | None = None
    fixable_by: Name | None = Field(None, description="Who can change it, where the author cannot.")


RequireText: TypeAlias = Annotated[
    Annotated[NeedTests, Tag("mapping")] | Annotated[Annotated[list[NeedText], Field(min_length=1)], Tag("list")],
    Discriminator(lambda value: "mapping" if isinstance(value, dict) else "list"),
]


class OverridesText(Written):
    """The rules that this one sets aside, by id and by tag."""

    rules: Names | None = None
    tags: Names | None = None


class DutyText(Written):
    """Something that somebody then has to do."""

    id: Id | None = None
    what: Text
    who: Name = Field(description="`actor` or a contact.")
    within: Duration | None = None
    from_: Literal["now", "incident", "publication"] = Field("now", alias="from")
    evidence: Text | None = None


class HandOverText(Written):
    """Who takes it from here."""

    to: Name
    with_: Texts | None = Field(None, alias="with")
    say: Text | None = None
    within: Duration | None = None


class GuidanceText(Written):
    """The rule for people: what to do, what not to, and what to do instead."""

    do: Texts | None = None
    dont: Texts | None = None
    instead: Text | None = None
    phrases: Texts | None = Field(None, description="Sentences that may be copied.")


class Expect(Written):
    """What a case expects: each key is exact when given, save `includes`."""

    outcome: OutcomeWord | None = None
    between: Annotated[list[OutcomeWord], Field(min_length=2, max_length=2)] | None = None
    because: list[Name] | None = Field(None, description="All rules that apply.")
    includes: list[Name] | None = Field(None, description="Rules that apply, among others.")
    maybe_because: list[Name] | None = Field(None, description="All rules that may apply.")
    not_because: list[Name] | None = Field(None, description="Rules that do not apply.")
    missing: list[Name] | None = Field(None, description="The unknown facts that the decision waits for.")
    fix: dict[Name, TestValue] | None = Field(None, description="What is to be put right.")
    approvals: list[Name] | None = Field(None, description="The contacts whose approval is still needed.")
    duties: list[Name] | None = Field(
        None, description="The ids of the duties (what is to be done, for those without)."
    )
    hand_over: list[Name] | None = Field(None, description="The contacts who take over.")
    playbooks: list[Name] | None = Field(None, description="The playbooks that begin.")


ExpectEntry: TypeAlias = Annotated[
    Annotated[OutcomeWord, Tag("text")] | Annotated[Expect, Tag("mapping")],
    Discriminator(lambda value: "mapping" if isinstance(value, dict) else "text"),
]


class ExampleText(Written):
    """An example of a rule: facts not mentioned have their values in examples."""

    story: Text
    facts: StatedFacts
    expect: ExpectEntry


class RuleText(Written):
    """One rule."""

    id: Id
    title: Text = Field(description="A sentence to the reader.")
    tags: list[Name] = Field(default_factory=list)
    effect: Literal["allow", "require", "ask", "deny", "duty", "advise"] = Field(
        description="`allow` opens, `deny` closes, `require` and `ask` ask; `duty` and `advise` change no outcome."
    )
    scope: ScopeText = Field(description="Whom and what it is about; `everything` says it in a word.")
    when: ConditionText | None = None
    unless: ConditionText | None = Field(None, description="Exactly one test; for more: any or all.")
    require: RequireText | None = Field(None, description="What puts it right: facts that the author can change.")
    approval: StagesText | None = Field(None, description="Who may approve; a list asks for each that its `if` admits.")
    overrides: OverridesText | None = None
    duties: Annotated[list[DutyText], Field(min_length=1)] | None = None
    hand_over: HandOverText | None = None
    say: Text | None = Field(None, description="What the decision shows; the title if left out.")
    why: Text | None = Field(None, description="One line, shown on request.")
    guidance: GuidanceText | None = None
    severity: Name | None = Field(None, description="A step of `consequences`; never shown in a decision.")
    references: list[Text] | None = None
    examples: list[ExampleText] | None = None
    in_force: InForce | None = None
    firm: bool = Field(False, description="Nothing overrides it.")


class GuaranteeText(Written):
    """What holds for every possible action."""

    id: Id
    title: Text
    when: ConditionText
    assuming: ConditionItem | None = None
    except_: ConditionText | None = Field(None, alias="except")
    never: Literal["allow", "revise", "ask", "deny"] | GuaranteeBelow | None = None
    always: Literal["allow", "revise", "ask", "deny"] | GuaranteeAtMost | None = None
    only_if: ConditionText | None = None
    unaffected_by: Names | None = None
    why: Text | None = None
    references: list[Text] | None = None


class GuaranteeBelow(Written):
    """Never below this outcome."""

    below: OutcomeWord


class GuaranteeAtMost(Written):
    """Always at most this outcome."""

    at_most: OutcomeWord


GuaranteeText.model_rebuild()


class ConsequenceStep(Written):
    """One step of what follows from a breach."""

    order: Whole
    title: Text
    what: Text
    who: Name


class Consequences(Written):
    """What follows from breaches: data for people; it decides nothing."""

    note: Text | None = None
    steps: dict[Name, ConsequenceStep]
    never_for: list[ConditionItem] | None = None


class AccountText(Written):
    """An official account in the register."""

    title: Text | None = None
    platform: Name
    kind: Name
    owner: Name
    backup: Name
    admins: Annotated[list[Name], Field(min_length=2)]
    credentials: Name
    mfa: bool
    recovery: Literal["company", "personal"]
    since: Date | None = None
    state: Literal["normal", "retired"] = "normal"
    purpose: Text | None = None


class PlaybookRole(Written):
    """Who plays a part, and who stands in."""

    who: Name
    deputy: Name


class PlaybookStep(Written):
    """One step of a playbook."""

    id: Id | None = None
    do: Text
    who: Name
    within: Duration | None = None
    after: Id | None = None
    template: Name | None = None
    hand_over: HandOverText | None = None


class PlaybookEnd(Written):
    """When a playbook is over."""

    when: Text
    who: Name
    then: Texts | None = None


class PlaybookText(Written):
    """What to do when something happens."""

    title: Text
    trigger: ConditionText
    owner: Name
    roles: dict[Name, PlaybookRole]
    steps: Annotated[list[PlaybookStep], Field(min_length=1)]
    dont: Texts | None = None
    ends: PlaybookEnd
    drill: (
        Annotated[str, StringConstraints(pattern=r"^every [1-9][0-9]{0,5} (minutes?|hours?|days?|working days?)$")]
        | None
    ) = None


class SlotText(Written):
    """A gap in a template."""

    type: Literal["text", "link", "date", "time", "number", "choice"]
    max: Annotated[int, Field(ge=1)] | None = None
    hosts: Name | None = None
    values: Names | None = None


class TemplateText(Written):
    """A text approved beforehand."""

    title: Text
    text: Text
    slots: dict[Name, SlotText] | None = None
    owner: Name
    approved_by: Names
    in_force: InForce | None = None
    for_: ScopeText | None = Field(None, alias="for")
    includes_disclosure: bool = False
    languages: dict[Name, Text] | None = None


class ExceptionText(Written):
    """Rules set aside for one named case, for a time."""

    rules: Names
    for_: ConditionText = Field(alias="for")
    owner: Name
    reason: Text
    ticket: Text
    approved_by: Names
    in_force: InForceFor


class ChangeText(Written):
    """What a version changed, and why."""

    version: Version
    date: Date
    by: Name
    why: Text
    rules: Names | None = None
    agreed_with: Names | None = None
    tell: Literal["all"] | Names | None = None


class OutcomeLabels(Written):
    """What people see for each outcome."""

    allow: Text | None = None
    revise: Text | None = None
    ask: Text | None = None
    deny: Text | None = None


class SetAsideText(Written):
    """A rule of a policy built on that does not count here, and why."""

    rule: Name = Field(description="ID/RULE")
    why: Text


class BaseText(Written):
    """A policy to build on: its id, and the versions that will do."""

    id: Id
    version: RangeEntry = Field(description='A range as npm has them: 2 (any 2.x), "^1.3", "1.2.0".')
    set_aside: Annotated[list[SetAsideText], Field(min_length=1)] | None = None


class PermitText(Written):
    """What policies that build on this one may set aside: rules by id, rules with a tag, and by `exceptions`."""

    rules: Names | None = None
    tags: Names | None = None
    exceptions: Names | None = Field(None, description="Tags of rules that exceptions for a named case may set aside.")


class EmbargoText(Written):
    """Something that is not said before a moment that is still to come."""

    title: Text
    terms: Name = Field(description="One of the `terms`: a text with one of its words is about it.")
    until: Text = Field(description="The instant from which on it may be said, such as 2026-05-01T09:00:00+02:00.")
    owner: Name


class PolicyText(Written):
    """A company's social-media policy, as it is written."""

    socialpolicy: Literal[1] = Field(description="The version of this file format.")
    id: Id
    version: Version
    title: Text
    owner: Name | None = None
    time_zone: Name = Field("UTC", description="An IANA name such as Europe/Berlin; the dates of this file are in it.")
    in_force: InForce | None = Field(None, description="For choosing a version; a decision does not test it.")
    review_by: Date | None = None
    purpose: Text | None = None
    applies_to: Text | None = Field(None, description="Explains; decides nothing.")
    principles: list[Purpose] = Field(default_factory=list)
    builds_on: list[BaseText] = Field(
        default_factory=list, description="Policies that this one builds on: each decides too, and the strictest wins."
    )
    may_be_set_aside: PermitText | None = Field(
        None, description="What policies that build on this one may set aside; all else is firm for them."
    )
    vocabulary: VocabularyText = Field(default_factory=lambda: VocabularyText.model_validate({"uses": "core@1"}))
    tags: dict[Id, TagText] = Field(default_factory=dict)
    conditions: dict[Name, ConditionEntry] = Field(default_factory=dict)
    terms: dict[Id, TermsText] = Field(default_factory=dict)
    contacts: dict[Id, ContactText] = Field(default_factory=dict)
    calendars: dict[Id, CalendarText] = Field(default_factory=dict)
    baseline: BaselineText = Field(description="Where we start: what counts when no rule opens it.")
    when_unknown: Literal["ask", "strictest"] = "ask"
    rules: list[RuleText]
    guarantees: list[GuaranteeText] = Field(default_factory=list)
    consequences: Consequences | None = None
    accounts: dict[Name, AccountText] = Field(default_factory=dict)
    playbooks: dict[Id, PlaybookText] = Field(default_factory=dict)
    templates: dict[Id, TemplateText] = Field(default_factory=dict)
    embargoes: dict[Id, EmbargoText] = Field(default_factory=dict)
    exceptions: dict[Id, ExceptionText] = Field(default_factory=dict)
    labels: OutcomeLabels | None = None
    changes: list[ChangeText] = Field(default_factory=list)


class CaseText(Written):
    """One case: facts and what is expected; `vary` makes one case of each value."""

    id: Id
    story: Text | None = None
    facts: StatedFacts
    vary: Annotated[dict[Name, Annotated[list[StatedValue], Field(min_length=1)]], Field(min_length=1)] | None = None
    expect: ExpectEntry


class CasesFile(Written):
    """The cases of a policy."""

    cases_for: Id
    assume: Literal["in_examples", "nothing"]
    common: StatedFacts = Field(default_factory=dict)
    cases: list[CaseText]


Reasons: TypeAlias = dict[Name, dict[Name, Text]]


class SurvivorsFile(Written):
    """Why some mutants of a policy are kept that no case notices: under each id, the names of mutants with a reason."""

    survivors_of: Id
    builds_on: Reasons = Field(default_factory=dict, description="Policies built on, of which rules are set aside.")
    conditions: Reasons = Field(default_factory=dict)
    baseline: Reasons = Field(default_factory=dict, description="Starts; `everywhere` for the one start of all.")
    rules: Reasons = Field(default_factory=dict)
    playbooks: Reasons = Field(default_factory=dict)
    exceptions: Reasons = Field(default_factory=dict)
