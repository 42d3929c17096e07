"""Lower a policy as it is written to the program that decides, and check all that no schema can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any as Anything
from zoneinfo import ZoneInfo

from socialpolicy.conditions import ALWAYS, All, Any, Condition, During, Includes, Matches, Not, OneOf, both, reads
from socialpolicy.digests import digest
from socialpolicy.guarantees import Guarantee
from socialpolicy.instants import begins, day, ends, zone
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Where, listed, meant
from socialpolicy.loading.models import (
    ApprovalText,
    ConditionText,
    DutyText,
    ExceptionText,
    HandOverText,
    InForce,
    InForceFor,
    PolicyText,
    RuleText,
    ScopeAllBut,
    ScopeText,
    StartText,
)
from socialpolicy.loading.sections import Explained
from socialpolicy.loading.vocabularies import CORE_SCOPE, digest_of, vocabulary_of
from socialpolicy.program import (
    Approval,
    Approver,
    Baseline,
    Contact,
    Duty,
    Effect,
    HandOver,
    Identity,
    Limit,
    Need,
    Outcome,
    Program,
    Rule,
    Start,
    Unit,
    WhenUnknown,
)
from socialpolicy.telling import Groups
from socialpolicy.values import Kind

LABELS = {"allow": "Good to go", "revise": "Fix first", "ask": "Ask first", "deny": "Not this one"}
RULES = 10_000
OVERRIDES = 200_000
ANYONE = frozenset({"anyone", "anything", "everyone", "everybody", "any", "all", "everything"})


@dataclass(frozen=True, slots=True)
class Lowered:
    """What a policy comes to: the program that decides, what is claimed of it, and the names of groups of values."""

    program: Program
    guarantees: tuple[Guarantee, ...]
    groups: Groups


def lower(document: Document, written: PolicyText) -> Lowered:
    """Return what a policy comes to, adding a finding for everything that is wrong with it.

    With errors among the document's findings it is of no use.
    """
    lowering = Lowering(document, written)
    program = lowering.program()
    groups = {
        fact: {name: frozenset(values) for name, values in named.items()}
        for fact, named in lowering.words.groups.items()
    }
    return Lowered(program, tuple(lowering.guarantees), groups)


def limit(text: str | None) -> Limit | None:
    """A length of time, from its text."""
    if text is None:
        return None
    amount, _, unit = text.partition(" ")
    return Limit(int(amount), Unit(unit if unit.endswith("s") else unit + "s"))


@dataclass
class Lowering:
    """One policy being lowered."""

    document: Document
    written: PolicyText
    ids: dict[str, int] = field(default_factory=dict)  # of rules, with their place
    guarantees: list[Guarantee] = field(default_factory=list)

    def program(self) -> Program:
        """Check all sections, in the order of the file, and put the program together."""
        written, document = self.written, self.document
        for key in ("builds_on", "may_be_set_aside"):
            if getattr(written, key) is not None:
                document.add(
                    "not-supported-yet",
                    (key,),
                    f"`{key}` decides, and is not supported yet, so the policy is refused rather than read without it.",
                    "write the rules into this policy.",
                    key=True,
                )
        self.zone = self.time_zone(written.time_zone, ("time_zone",))
        self.words, self.vocabulary = vocabulary_of(document, written.vocabulary)
        self.words.named, self.words.terms = written.conditions, written.terms
        self.check_names()
        self.dates(written.in_force, ("in_force",))
        if written.review_by is not None:
            self.day(written.review_by, ("review_by",))
        self.contacts()
        for name in written.conditions:
            self.words.condition(name, ("conditions", name))
        baseline = self.baseline()
        if len(written.rules) > RULES:
            self.words.give_up(("rules",), f"the policy has {len(written.rules):,} rules; at most {RULES:,} are read.")
        for index, rule in enumerate(written.rules):
            if rule.id in self.ids:
                line = document.place(("rules", self.ids[rule.id], "id"))[0]
                document.add(
                    "duplicate-id",
                    ("rules", index, "id"),
                    f"two rules have the id {rule.id}; the first is on line {line}.",
                    "give each its own.",
                )
            self.ids.setdefault(rule.id, index)
        rules = [self.rule(index, rule) for index, rule in enumerate(written.rules)]
        exceptions = [
            self.exception(index, name, text)
            for index, (name, text) in enumerate(written.exceptions.items(), len(rules))
        ]
        rules = self.ordered([*rules, *exceptions])
        Explained(self).check()
        labels = written.labels.model_dump(exclude_none=True) if written.labels else {}
        everything = (
            "" if document.failed else digest({"uses": digest_of(written.vocabulary.uses), "policy": document.data})
        )
        return Program(
            identity=Identity(written.id, written.version, written.title, everything),
            vocabulary=self.vocabulary,
            rules=tuple(rules),
            baseline=baseline,
            when_unknown=WhenUnknown(written.when_unknown),
            contacts={name: self.contact_of(name) for name in written.contacts},
            labels={**LABELS, **labels},
        )

    # -- names, dates, contacts --------------------------------------------------------------------------------------

    def time_zone(self, name: str, where: Where) -> ZoneInfo:
        """The time zone of that name."""
        found = zone(name)
        if found is None:
            self.document.add(
                "unknown-time-zone",
                where,
                f"{name} is no time zone that this machine knows.",
                "write an IANA name, such as Europe/Berlin.",
            )
            return ZoneInfo("UTC") if zone("UTC") else found  # type: ignore[return-value]
        return found

    def check_names(self) -> None:
        """Names of conditions: without a dot, and no fact's."""
        for name in self.written.conditions:
            plain = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
            if not plain or name in self.words.facts or name in ("all", "any", "none", "not"):
                why = (
                    "is a fact already"
                    if name in self.words.facts
                    else "cannot be told from a fact"
                    if "." in name
                    else "means something else already"
                    if plain
                    else "is not made of letters a to z, digits, dashes and underscores"
                )
                self.document.add(
                    "bad-name",
                    ("conditions", name),
                    f"the name {name} {why}.",
                    "name the condition otherwise, without a dot.",
                    key=True,
                )

    def day(self, text: str, where: Where) -> Anything:
        """A date of the calendar."""
        found = day(text)
        if found is None:
            self.document.add("bad-date", where, f"{text} is no day of the calendar.", "check month and day.")
        return found

    def dates(self, written: InForce | InForceFor | None, where: Where) -> During | None:
        """Dates in force as a test of the instant, both days included, in the policy's time zone."""
        if written is None:
            return None
        first = self.day(written.from_, (*where, "from"))
        last = self.day(written.through, (*where, "through")) if written.through is not None else None
        if first and last and last < first:
            self.document.add(
                "never-true",
                (*where, "through"),
                f"{last} is before {first}: nothing is ever in force.",
                "check the dates.",
            )
        start = begins(first, self.zone) if first else None
        end = ends(last, self.zone) if last else None
        if (first and start is None) or (last and end is None):
            key = "from" if first and start is None else "through"
            self.document.add(
                "bad-date",
                (*where, key),
                "this day is at the edge of the calendar.",
                "leave `through` out where there is no last day." if key == "through" else "check the year.",
            )
        return During(self.vocabulary.instant, start, end)

    def in_force(self, written: InForce | InForceFor | None, where: Where) -> Condition:
        """A condition that holds while something is in force."""
        test = self.dates(written, where)
        if test is None:
            return ALWAYS
        if not self.vocabulary.instant:
            self.document.add(
                "no-instant",
                where,
                "dates need a fact that tells when something is to happen; this vocabulary names none.",
                "write `instant: FACT` in `vocabulary`.",
                key=True,
            )
            return ALWAYS
        return test

    def contact(self, name: str, where: Where, *, actor: bool = False) -> str:
        """A name that has to be a contact."""
        if name not in self.written.contacts and not (actor and name == "actor"):
            self.document.add(
                "unknown-contact",
                where,
                f"{name} is no contact of this policy.",
                meant(name, self.written.contacts) or "add it to `contacts`.",
            )
        return name

    def contacts(self) -> None:
        """Check the directory."""
        approvals = self.words.facts.get(self.vocabulary.approvals)
        roles = self.words.facts.get(self.vocabulary.scope.get("roles", ""))
        if self.written.owner is not None:
            self.contact(self.written.owner, ("owner",))
        for name, text in self.written.contacts.items():
            where: Where = ("contacts", name)
            if name == "actor":
                self.document.add(
                    "reserved-word",
                    where,
                    "`actor` means the person who acts.",
                    "name the contact otherwise.",
                    key=True,
                )
            if text.deputy is not None:
                self.contact(text.deputy, (*where, "deputy"))
                if text.deputy == name:
                    self.document.add(
                        "own-deputy", (*where, "deputy"), f"{name} stands in for itself.", "name somebody else."
                    )
            if text.hours is not None and text.hours not in self.written.calendars:
                self.document.add(
                    "unknown-calendar",
                    (*where, "hours"),
                    f"{text.hours} is none of the `calendars`.",
                    meant(text.hours, self.written.calendars),
                )
            if text.approves_as is not None:
                if approvals is None:
                    self.document.add(
                        "no-approvals",
                        (*where, "approves_as"),
                        "this vocabulary names no fact that holds approvals.",
                        "write `approvals: FACT` in `vocabulary`.",
                    )
                elif text.approves_as not in approvals.values:
                    self.document.add(
                        "unknown-value",
                        (*where, "approves_as"),
                        f"{approvals.name} has no value {text.approves_as}.",
                        meant(text.approves_as, approvals.values),
                    )
            if text.roles and roles is not None:
                self.words.strings(roles, list(text.roles), (*where, "roles"), indexed=True)

    def contact_of(self, name: str) -> Contact:
        """A contact of the program."""
        text = self.written.contacts[name]
        return Contact(name, text.title, text.reach, text.deputy or "", text.hours or "", limit(text.answers_within))

    # -- approvals and the baseline ----------------------------------------------------------------------------------

    def approval(self, written: str | ApprovalText, where: Where) -> Approval | None:
        """Who may approve, and how many of them."""
        fact = self.words.facts.get(self.vocabulary.approvals)
        if fact is None:
            self.document.add(
                "no-approvals",
                where,
                "this vocabulary names no fact that holds approvals.",
                "write `approvals: FACT` in `vocabulary`.",
                key=True,
            )
            return None
        if isinstance(written, str):
            names, at_least, here = [written], 1, where
        else:
            forms = [form for form in ("any_of", "all_of", "of") if getattr(written, form) is not None]
            if len(forms) != 1 or (written.at_least is not None) != (forms == ["of"]):
                self.document.add(
                    "bad-approval",
                    where,
                    "who may approve is said in several ways here, or in none.",
                    "write {any_of: [...]}, {all_of: [...]} or {of: [...], at_least: 2}.",
                    key=True,
                )
                return None
            names, here = list(getattr(written, forms[0])), (*where, forms[0])
            at_least = 1
        approvers = []
        for index, name in enumerate(names):
            at = here if isinstance(written, str) else (*here, index)
            text = self.written.contacts.get(self.contact(name, at))
            gives = (text.approves_as if text else None) or name
            if text and gives not in fact.values:
                self.document.add(
                    "unknown-value",
                    at,
                    f"an approval by {name} would give {fact.name} the value {gives}, which it does not have.",
                    f"write `approves_as: …` in the contact; values are {listed(fact.values)}.",
                )
            approvers.append(Approver(name, gives))
        values = frozenset(approver.gives for approver in approvers)
        if isinstance(written, ApprovalText):
            at_least = len(values) if written.all_of else written.at_least or 1
            if at_least > len(values):
                self.document.add(
                    "bad-approval",
                    (*where, "at_least"),
                    f"{at_least} approvals are asked for, but these contacts give {len(values)} different ones.",
                    "ask for fewer, or add contacts.",
                )
        unique = tuple(dict.fromkeys(approvers))
        return Approval(unique, at_least, Includes(fact.name, values, at_least))

    def baseline(self) -> Baseline:
        """Where a decision starts."""
        written, where = self.written.baseline, ("baseline",)
        if not isinstance(written, dict):
            return Baseline({"": self.start(written, where)})
        fact = self.words.facts.get(self.vocabulary.baseline)
        if fact is None:
            self.document.add(
                "no-baseline-fact",
                where,
                "this vocabulary names no enum fact that the baseline may differ by.",
                "write `baseline: FACT` in `vocabulary`, or one start for all.",
                key=True,
            )
            return Baseline({"": Start(Outcome.DENY)})
        starts: dict[str, Start] = {}
        for name, entry in written.items():
            start = self.start(entry, (*where, name))
            if name != "otherwise":
                for value in self.words.strings(fact, [name], (*where, name), indexed=False):
                    if value in starts:
                        inside = "" if value == name else f" (it is one of {name})"
                        self.document.add(
                            "duplicate-value",
                            (*where, name),
                            f"{value} has a start already{inside}.",
                            "say it once.",
                            key=True,
                        )
                    starts[value] = start
        left = [value for value in fact.values if value not in starts]
        if "otherwise" in written:
            rest = self.start(written["otherwise"], (*where, "otherwise"))
            starts.update(dict.fromkeys(left, rest))
        elif left:
            self.document.add(
                "missing-key", where, f"the baseline says nothing for {listed(left)}.", "add `otherwise: …`.", key=True
            )
        return Baseline(starts, fact.name)

    def start(self, written: str | StartText, where: Where) -> Start:
        """One start."""
        text = StartText(outcome=written) if isinstance(written, str) else written  # type: ignore[arg-type]
        outcome = Outcome[text.outcome.upper()]
        approval = self.approval(text.approval, (*where, "approval")) if text.approval is not None else None
        if outcome is Outcome.ASK and text.approval is None:
            self.document.add(
                "missing-key",
                where,
                "a start that asks has to say whom.",
                "write {outcome: ask, approval: CONTACT}.",
                key=True,
            )
        if outcome is not Outcome.ASK and text.approval is not None:
            self.document.add(
                "unknown-key",
                (*where, "approval"),
                f"no approval lifts {text.outcome}.",
                "write `outcome: ask`.",
                key=True,
            )
        return Start(outcome, approval, text.say or "")

    # -- rules -------------------------------------------------------------------------------------------------------

    def rule(self, index: int, text: RuleText) -> Rule:
        """Lower one rule, overrides apart."""
        where: Where = ("rules", index)
        effect = Effect(text.effect)
        when = [self.scope(text.scope, (*where, "scope"))]
        if text.when is not None:
            when.append(self.words.condition(text.when, (*where, "when")))
        if text.unless is not None:
            self.words.nodes, self.words.approvals_may_be_tested = 0, False
            when.append(Not(self.words.single(text.unless, (*where, "unless"))))
        when.append(self.in_force(text.in_force, (*where, "in_force")))
        self.effect(effect, text, where)
        for place, tag in enumerate(text.tags):
            if tag not in self.written.tags:
                self.document.add(
                    "unknown-tag",
                    (*where, "tags", place),
                    f"the tag {tag} is not declared.",
                    meant(tag, self.written.tags) or "add it to `tags`.",
                )
        if text.severity is not None and text.severity not in (
            self.written.consequences.steps if self.written.consequences else {}
        ):
            self.document.add(
                "unknown-step",
                (*where, "severity"),
                f"{text.severity} is no step of `consequences`.",
                self.of_steps(text.severity),
            )
        needs = tuple(self.needs(text, where))
        say = text.say or text.title
        return Rule(
            id=text.id,
            place=index,
            effect=effect,
            when=both(*when),
            needs=needs,
            approval=self.approval(text.approval, (*where, "approval")) if text.approval is not None else None,
            duties=tuple(self.duty(duty, (*where, "duties", place)) for place, duty in enumerate(text.duties or ())),
            hand_over=self.hand_over(text.hand_over, (*where, "hand_over")) if text.hand_over else None,
            title=text.title,
            say=say,
            why=text.why or "",
            instead=(text.guidance.instead or "") if text.guidance else "",
            phrases=tuple(text.guidance.phrases or ()) if text.guidance else (),
        )

    def of_steps(self, name: str) -> str:
        """The step that was meant, or which steps there are."""
        steps = self.written.consequences.steps if self.written.consequences else {}
        return meant(name, steps) or (f"there is {listed(steps, 'and')}." if steps else "add it to `consequences`.")

    def effect(self, effect: Effect, text: RuleText, where: Where) -> None:
        """Check that a rule has what its effect asks for, and nothing that its effect cannot mean."""
        wanted = {Effect.REQUIRE: "require", Effect.ASK: "approval", Effect.DUTY: "duties"}.get(effect)
        if wanted and getattr(text, wanted) is None:
            self.document.add(
                "missing-key",
                (*where, "effect"),
                f"rule {text.id} has the effect {effect.value}, but no `{wanted}`.",
                f"add `{wanted}: …`.",
            )
        if effect in (Effect.DENY, Effect.DUTY, Effect.ADVISE):
            for key in ("require", "approval"):
                if getattr(text, key) is not None:
                    hint = (
                        "a deny that an approval lifts is `effect: ask`."
                        if effect is Effect.DENY and key == "approval"
                        else f"`{key}` belongs to allow, require and ask."
                    )
                    self.document.add(
                        "effect-asks-nothing",
                        (*where, key),
                        f"rule {text.id} has the effect {effect.value}, which asks for nothing.",
                        hint,
                        key=True,
                    )

    def scope(self, written: ScopeText, where: Where) -> Condition:
        """A scope as a condition: a list means one of these, on a set fact any of these."""
        if isinstance(written, str):
            return ALWAYS
        parts: list[Condition] = []
        for word, entry in written.items():
            at = (*where, word)
            name = self.vocabulary.scope.get(word)
            if name is None:
                if self.words.core_left_out(CORE_SCOPE.get(word, "")):
                    continue
                hint = (
                    meant(word, self.vocabulary.scope)
                    or f"the words of a scope are {listed(self.vocabulary.scope, 'and')}."
                )
                if word in self.words.facts:
                    hint = "test the fact in `when`."
                self.document.add("unknown-scope", at, f"{word} is no word of a scope.", hint, key=True)
                continue
            parts.append(self.scope_test(self.words.facts[name], entry, at))
        return both(*parts)

    def scope_test(self, fact: Anything, entry: Anything, where: Where) -> Condition:
        """The test of one word of a scope."""
        if isinstance(entry, ScopeAllBut):
            if fact.kind is Kind.ENUM:
                return OneOf(fact.name, self.words.without(fact, entry.all_but, (*where, "all_but")))
            self.document.add(
                "type-mismatch",
                (*where, "all_but"),
                f"{fact.name} is no enum, so `all_but` has no meaning.",
                "name the values.",
                key=True,
            )
            return ALWAYS
        values = [entry] if isinstance(entry, str) else list(entry)
        indexed = not isinstance(entry, str)
        if len(values) == 1 and values[0] in ANYONE and values[0] not in fact.values:
            self.document.add(
                "unknown-value",
                where,
                f"no value means {values[0]}.",
                "leave the word out of the scope: it then means anyone or anything.",
            )
            return ALWAYS
        if fact.kind is Kind.SET:
            return Includes(fact.name, frozenset(self.words.strings(fact, values, where, indexed=indexed)))
        return OneOf(fact.name, frozenset(self.words.plain_values(fact, values, where, indexed=indexed)))  # type: ignore[arg-type]

    def needs(self, text: RuleText, where: Where) -> Iterator[Need]:
        """What puts it right, one fact at a time."""
        if text.require is None:
            return
        entries: list[tuple[Where, Mapping[str, Anything], Condition, str, str]] = []
        if isinstance(text.require, dict):
            entries.append(((*where, "require"), text.require, ALWAYS, "", ""))
        else:
            for index, need in enumerate(text.require):
                at = (*where, "require", index)
                given = self.words.condition(need.if_, (*at, "if")) if need.if_ is not None else ALWAYS
                by = self.contact(need.fixable_by, (*at, "fixable_by")) if need.fixable_by is not None else ""
                entries.append(((*at, "need"), need.need, given, need.say or "", by))
        for at, tests, given, say, by in entries:
            self.words.nodes, self.words.approvals_may_be_tested = 0, False
            for name, value in tests.items():
                fact = self.words.facts.get(name)
                if fact is None:
                    hint = (
                        "a need tests facts alone: write out what the condition says."
                        if name in self.words.named
                        else ""
                    )
                    if hint or name in ("all", "any", "none", "not"):
                        self.document.add(
                            "bad-need",
                            (*at, name),
                            f"a need is a fact and its test, which {name} is not.",
                            hint or "name the fact to put right; for several ways, use `if`.",
                            key=True,
                        )
                    else:
                        self.words.unknown_fact(name, (*at, name))
                    continue
                if name == self.vocabulary.approvals:
                    self.document.add(
                        "approval-in-condition",
                        (*at, name),
                        f"{name} is nothing that an author puts right.",
                        "say who must approve: `approval: CONTACT`.",
                        key=True,
                    )
                    continue
                if not fact.mutable and not by:
                    self.document.add(
                        "not-mutable",
                        (*at, name),
                        f"the author of a post cannot change {name}.",
                        "use `effect: ask` or `deny`, or say who can: `fixable_by: CONTACT`.",
                        key=True,
                    )
                test = self.words.test(fact, value, (*at, name))
                for part in test.parts if isinstance(test, All) else (test,):
                    yield Need(part, given, say, by)

    def duty(self, text: DutyText, where: Where) -> Duty:
        """Lower a duty."""
        return Duty(
            text.what,
            self.contact(text.who, (*where, "who"), actor=True),
            text.id or "",
            limit(text.within),
            text.from_,
            text.evidence or "",
        )

    def hand_over(self, text: HandOverText, where: Where) -> HandOver:
        """Lower a hand-over."""
        return HandOver(
            self.contact(text.to, (*where, "to")), tuple(text.with_ or ()), text.say or "", limit(text.within)
        )

    def exception(self, place: int, name: str, text: ExceptionText) -> Rule:
        """Lower an exception: it sets rules aside where ``for`` holds, while it is in force, and says nothing else."""
        where: Where = ("exceptions", name)
        condition = self.words.condition(text.for_, (*where, "for"))
        if not self.names_somebody(condition):
            self.document.add(
                "exception-for-everyone",
                (*where, "for"),
                f"the exception {name} names nobody: it would hold for everyone.",
                "test who or what it is for, such as actor.id or account.id.",
                key=True,
            )
        if name in self.ids:
            self.document.add(
                "duplicate-id", where, f"a rule has the id {name} already.", "name the exception otherwise.", key=True
            )
        self.contact(text.owner, (*where, "owner"))
        for index, approver in enumerate(text.approved_by):
            self.contact(approver, (*where, "approved_by", index))
        return Rule(
            name,
            place,
            Effect.EXCEPT,
            both(condition, self.in_force(text.in_force, (*where, "in_force"))),
            title=text.reason,
            say=text.reason,
        )

    def names_somebody(self, condition: Condition) -> bool:
        """Whether a condition, in whichever way it holds, names a text: who or what it is about."""
        match condition:
            case All(parts):
                return any(map(self.names_somebody, parts))
            case Any(parts):
                return bool(parts) and all(map(self.names_somebody, parts))
            case OneOf(fact):
                return self.words.facts[fact].kind is Kind.STRING
            case Matches(_, pattern):
                return bool(pattern.strip("*"))
            case _:
                return False

    # -- overrides ---------------------------------------------------------------------------------------------------

    def ordered(self, rules: list[Rule]) -> list[Rule]:
        """Say of each rule which rules override it, and order them so that those come first."""
        overridden_by: dict[str, list[str]] = {}
        graph: TopologicalSorter[str] = TopologicalSorter()
        tagged: dict[str, list[int]] = {}
        count = 0
        for index, text in enumerate(self.written.rules):
            for tag in text.tags:
                tagged.setdefault(tag, []).append(index)
        for index, text in enumerate(self.written.rules):
            graph.add(text.id)
            if text.overrides is not None:
                for target in self.targets(index, text, tagged):
                    count += 1
                    if count > OVERRIDES:
                        self.words.give_up(
                            ("rules", index, "overrides"),
                            f"rules override others more than {OVERRIDES:,} times in all.",
                        )
                    overridden_by.setdefault(target, []).append(text.id)
                    graph.add(target, text.id)
                self.check_override(index, text)
        for name, exception in self.written.exceptions.items():
            if name in self.ids:
                continue
            graph.add(name)
            for place, target in enumerate(exception.rules):
                at: Where = ("exceptions", name, "rules", place)
                if self.overridable(target, at, name):
                    overridden_by.setdefault(target, []).append(name)
                    graph.add(target, name)
        if not overridden_by:
            return rules
        by_id = {
            rule.id: replace(rule, overridden_by=tuple(dict.fromkeys(overridden_by.get(rule.id, ())))) for rule in rules
        }
        try:
            graph.prepare()
        except CycleError as error:
            circle = list(reversed(error.args[1]))
            index = self.ids.get(circle[0], 0)
            self.document.add(
                "override-cycle",
                ("rules", index, "overrides"),
                f"rules override each other in a circle: {' -> '.join(circle)}.",
                "break the circle.",
                key=True,
            )
            return rules
        order: list[str] = []
        places = {rule.id: rule.place for rule in rules}
        while graph.is_active():
            ready = sorted(graph.get_ready(), key=lambda name: places.get(name, -1))
            order.extend(ready)
            graph.done(*ready)
        return [by_id[name] for name in order if name in by_id]

    def targets(self, index: int, text: RuleText, tagged: Mapping[str, list[int]]) -> Iterator[str]:
        """The ids of the rules that a rule overrides."""
        overrides = text.overrides
        assert overrides is not None
        where: Where = ("rules", index, "overrides")
        if not overrides.rules and not overrides.tags:
            self.document.add(
                "empty-value", where, "`overrides` names nothing.", "name rules or tags, or remove it.", key=True
            )
        for place, target in enumerate(overrides.rules or ()):
            if self.overridable(target, (*where, "rules", place), text.id):
                yield target
        for place, tag in enumerate(overrides.tags or ()):
            at = (*where, "tags", place)
            declared = self.written.tags.get(tag)
            if declared is None:
                self.document.add(
                    "unknown-tag",
                    at,
                    f"the tag {tag} is not declared.",
                    meant(tag, self.written.tags) or "add it to `tags`.",
                )
                continue
            if not declared.may_be_set_aside:
                self.document.add(
                    "tag-not-overridable",
                    at,
                    f"rules with the tag {tag} may not be set aside by naming it.",
                    "declare the tag with `may_be_set_aside: true`, or name the rules.",
                )
                continue
            reached = [self.written.rules[other] for other in tagged.get(tag, ()) if other != index]
            if not reached:
                self.document.add(
                    "override-reaches-nothing",
                    at,
                    f"no other rule carries the tag {tag}.",
                    "check the tag, or remove it.",
                )
            for other in reached:
                if other.firm:
                    self.document.add(
                        "firm-rule-overridden",
                        at,
                        f"rule {other.id} is firm, but carries the tag {tag}, which {text.id} sets aside.",
                        "take the tag from it, or `firm`.",
                    )
                else:
                    yield other.id

    def overridable(self, target: str, where: Where, by: str) -> bool:
        """Whether a rule may be overridden by its id."""
        index = self.ids.get(target)
        if index is None:
            self.document.add("unknown-rule", where, f"there is no rule {target}.", meant(target, self.ids))
        elif target == by:
            self.document.add("override-cycle", where, f"rule {target} overrides itself.", "remove it.")
        elif self.written.rules[index].firm:
            self.document.add(
                "firm-rule-overridden",
                where,
                f"rule {target} is firm: nothing may override it.",
                f"remove it here, or `firm` from {target}.",
            )
        else:
            return True
        return False

    def check_override(self, index: int, text: RuleText) -> None:
        """Check that a rule may override at all, and that putting it right does not bring back what it set aside."""
        where: Where = ("rules", index, "overrides")
        if text.effect in ("duty", "advise"):
            self.document.add(
                "effect-overrides-nothing",
                where,
                f"rule {text.id} has the effect {text.effect}, which sets nothing aside.",
                "use another effect, or remove `overrides`.",
                key=True,
            )
        if text.require is None:
            return
        conditions = [condition for condition in (text.when, text.unless) if condition is not None]
        tests: list[Mapping[str, Anything]] = [text.require] if isinstance(text.require, dict) else []
        if not isinstance(text.require, dict):
            tests = [need.need for need in text.require]
            conditions.extend(need.if_ for need in text.require if need.if_ is not None)
        asked = {name for test in tests for name in test}
        tested = set().union(*(self.read(condition) for condition in conditions)) | self.scope_reads(text.scope)
        for name in sorted(asked & tested):
            self.document.add(
                "need-tested-elsewhere",
                where,
                f"rule {text.id} asks for {name}, tests it, and overrides other rules: putting it right could bring those back.",
                "test another fact, or let a rule of its own override.",
                key=True,
            )

    def read(self, condition: ConditionText | str) -> frozenset[str]:
        """The facts that a written condition reads; it was checked before."""
        findings = len(self.document.findings)
        facts = reads(self.words.condition(condition, ()))
        del self.document.findings[findings:]
        return facts

    def scope_reads(self, scope: ScopeText) -> set[str]:
        """The facts that a written scope reads."""
        return set() if isinstance(scope, str) else {self.vocabulary.scope.get(word, "") for word in scope}
