"""Lower a policy as it is written to the program that decides, and check all that no schema can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any as Anything
from zoneinfo import ZoneInfo

from socialpolicy.conditions import ALWAYS, All, Any, Condition, During, Includes, Matches, Not, OneOf, both
from socialpolicy.guarantees import Guarantee
from socialpolicy.instants import begins, day, ends, zone
from socialpolicy.loading.conditions import Words
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Where, listed, meant
from socialpolicy.loading.models import (
    ApprovalStage,
    ApprovalText,
    ContactText,
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
    TermsText,
)
from socialpolicy.loading.sections import Explained
from socialpolicy.loading.vocabularies import CORE_SCOPE
from socialpolicy.program import (
    Approval,
    Approver,
    Baseline,
    Contact,
    Duty,
    Effect,
    HandOver,
    Need,
    Outcome,
    Rule,
    Start,
    limit_of,
)
from socialpolicy.values import Kind
from socialpolicy.vocabulary import Vocabulary

RULES = 10_000
ANYONE = frozenset({"anyone", "anything", "everyone", "everybody", "any", "all", "everything"})


def opens_nothing(rule: Rule) -> Rule:
    """A rule of a base: nobody's ``allow`` opens another policy's baseline, and what it asks for stands."""
    if rule.effect is not Effect.ALLOW:
        return rule
    return replace(rule, effect=Effect.REQUIRE if rule.needs else Effect.ASK if rule.approval else Effect.EXCEPT)


def united(one: TermsText, other: TermsText) -> TermsText:
    """Two lists of terms of one name as one; what either finds, both find."""
    return other.model_copy(
        update={
            "match": "anywhere" if "anywhere" in (one.match, other.match) else other.match or one.match,
            "entries": list(dict.fromkeys((*one.entries, *other.entries))),
            "secret": one.secret or other.secret,
            "means": {**(one.means or {}), **(other.means or {})} or None,
        }
    )


@dataclass
class Lowering:
    """One policy being lowered. ``prefix`` stands before its names in the whole; ``bases`` are all that it builds on."""

    document: Document
    written: PolicyText
    words: Words
    vocabulary: Vocabulary
    prefix: str = ""
    bases: Mapping[str, Lowering] = field(default_factory=dict)
    contacts_known: Mapping[str, ContactText] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)  # of rules, with their place
    guarantees: list[Guarantee] = field(default_factory=list)
    origins: dict[str, tuple[Document, Where]] = field(default_factory=dict)

    def rules(self) -> list[Rule]:
        """Check all sections, in the order of the file, and return the rules, those of exceptions and playbooks too."""
        written, document = self.written, self.document
        self.zone = self.time_zone(written.time_zone, ("time_zone",))
        self.words.named, self.words.terms = written.conditions, self.terms()
        for id, base in self.bases.items():
            self.words.lowered |= {f"{id}/{name}": base.words.lowered[name] for name in base.written.conditions}
        self.check_names()
        self.check_permit()
        self.dates(written.in_force, ("in_force",))
        if written.review_by is not None:
            self.day(written.review_by, ("review_by",))
        self.contacts()
        for name in written.conditions:
            self.words.condition(name, ("conditions", name))
        self.start_of_all = self.baseline()
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
        rules = [
            self.known(one, ("rules", index))
            for index, rule in enumerate(written.rules)
            for one in self.rule(index, rule)
        ]
        rules += [
            self.known(self.exception(name, text), ("exceptions", name)) for name, text in written.exceptions.items()
        ]
        explained = Explained(self)
        explained.check()
        rules += [self.known(rule, ("playbooks", rule.id.partition(":")[2])) for rule in explained.rules]
        if self.prefix:
            rules = [opens_nothing(rule) for rule in rules]
            rules += [self.known(rule, ("baseline",)) for rule in self.baseline_rules(self.start_of_all)]
        return rules

    def check_permit(self) -> None:
        """What others may set aside has to be there."""
        permit, ids = self.written.may_be_set_aside, [rule.id for rule in self.written.rules]
        for key, kind, known in (
            ("rules", "rule", ids),
            ("tags", "tag", self.written.tags),
            ("exceptions", "tag", self.written.tags),
        ):
            for index, name in enumerate((getattr(permit, key) if permit else None) or ()):
                if name not in known:
                    where: Where = ("may_be_set_aside", key, index)
                    self.document.add(f"unknown-{kind}", where, f"there is no {kind} {name}.", meant(name, known))

    def known(self, rule: Rule, where: Where) -> Rule:
        """A rule under the name that it has in the whole, of which it is known where it is written."""
        named = replace(
            rule,
            id=self.prefix + rule.id,
            part_of=self.prefix + rule.part_of if rule.part_of else "",
            duties=tuple(replace(duty, id=self.prefix + duty.id) if duty.id else duty for duty in rule.duties),
        )
        self.origins[named.id] = (self.document, where)
        return named

    def baseline_rules(self, baseline: Baseline) -> Iterator[Rule]:
        """The baseline of a policy that others build on, as rules: one for each start that restricts."""
        opening = tuple(f"{self.prefix}{rule.id}" for rule in self.written.rules if rule.effect == "allow")
        starts: dict[Start, list[str]] = {}
        for value, start in baseline.starts.items():
            if start.outcome is not Outcome.ALLOW:
                starts.setdefault(start, []).append(value)
        for number, (start, values) in enumerate(starts.items(), 1):
            title = f'Nothing in "{self.written.title}" opens this'
            yield Rule(
                id="(baseline)" if number == 1 else f"(baseline {number})",
                place=0,
                effect=Effect(start.outcome.word),
                when=OneOf(baseline.fact, frozenset(values)) if baseline.fact else ALWAYS,
                overridden_by=opening,
                approval=start.approval,
                title=title,
                say=start.say or title,
            )

    def terms(self) -> dict[str, TermsText]:
        """The lists of terms of this policy, together with those of the policies that it builds on."""
        found: dict[str, TermsText] = {}
        for base in self.bases.values():
            for name, text in base.written.terms.items():
                found[name] = united(found[name], text) if name in found else text
        for name, text in self.written.terms.items():
            if name in found and text.means and text.means != found[name].means:
                message = f"what the words of {name} mean is said by a policy that this one builds on."
                self.document.add("not-permitted", ("terms", name, "means"), message, "leave it out.", key=True)
            if name in found and found[name].kind != text.kind:
                self.document.add(
                    "unknown-terms",
                    ("terms", name, "kind"),
                    f"{name} of a policy that this one builds on is a list of {found[name].kind}.",
                    "let it be the same kind, or name yours otherwise.",
                )
            self.check_meaning(text, ("terms", name, "means"))
            found[name] = united(found[name], text) if name in found else text
        return found

    def check_meaning(self, text: TermsText, where: Where) -> None:
        """What words mean has to be a fact, and one of its values."""
        for name, value in (text.means or {}).items():
            fact = self.words.facts.get(name)
            if fact is None:
                message = f"{name} is not a fact of the vocabulary."
                self.document.add("unknown-fact", (*where, name), message, meant(name, self.words.facts), key=True)
            else:
                self.words.strings(fact, [value], (*where, name), indexed=False, groups=False)

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
        if name not in self.contacts_known and not (actor and name == "actor"):
            self.document.add(
                "unknown-contact",
                where,
                f"{name} is no contact of this policy.",
                meant(name, self.contacts_known) or "add it to `contacts`.",
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
        text = self.contacts_known[name]
        return Contact(name, text.title, text.reach, text.deputy or "", text.hours or "", limit_of(text.answers_within))

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
            text = self.contacts_known.get(self.contact(name, at))
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

    def rule(self, index: int, text: RuleText) -> Iterator[Rule]:
        """Lower one rule, overrides apart; where it asks for several approvals, there is one rule for each."""
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
            self.check_tag(tag, (*where, "tags", place))
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
        stages = self.stages(text.approval, (*where, "approval")) if text.approval is not None else []
        plain = stages and stages[0][0] == ALWAYS and not stages[0][2]  # nothing of its own to say
        first = stages.pop(0)[1] if plain else None
        yield Rule(
            id=text.id,
            place=index,
            effect=effect,
            when=both(*when),
            needs=needs,
            approval=first,
            duties=tuple(self.duty(duty, (*where, "duties", place)) for place, duty in enumerate(text.duties or ())),
            hand_over=self.hand_over(text.hand_over, (*where, "hand_over")) if text.hand_over else None,
            title=text.title,
            say=say,
            why=text.why or "",
            instead=(text.guidance.instead or "") if text.guidance else "",
            phrases=tuple(text.guidance.phrases or ()) if text.guidance else (),
        )
        for number, (given, approval, words) in enumerate(stages, 2 if first else 1):
            yield Rule(
                id=f"{text.id}#{number}",
                place=index,
                effect=Effect.ASK,
                when=both(*when, given),
                approval=approval,
                part_of=text.id,
                title=text.title,
                say=words or say,
                why=text.why or "",
            )

    def stages(
        self, written: str | ApprovalText | list[ApprovalStage], where: Where
    ) -> list[tuple[Condition, Approval | None, str]]:
        """The approvals that a rule asks for: where, whose, and in which words."""
        if not isinstance(written, list):
            return [(ALWAYS, self.approval(written, where), "")]
        found: list[tuple[Condition, Approval | None, str]] = []
        for index, stage in enumerate(written):
            at = (*where, index)
            given = self.words.condition(stage.if_, (*at, "if")) if stage.if_ is not None else ALWAYS
            found.append((given, self.approval(stage, at), stage.say or ""))
        return sorted(found, key=lambda stage: stage[0] != ALWAYS)

    def check_tag(self, tag: str, where: Where) -> None:
        """Check a tag that a rule carries: one of its own policy, or one that a base offers to others."""
        id, joint, name = tag.partition("/")
        if joint and id in self.bases:
            declared = self.bases[id].written.tags
            if name not in declared or not declared[name].for_others:
                offered = [f"{id}/{one}" for one, text in declared.items() if text.for_others]
                why = "does not have" if name not in declared else "does not offer to others"
                hint = meant(tag, offered) or (f"it offers {listed(offered, 'and')}." if offered else "leave it out.")
                self.document.add("unknown-tag", where, f"{tag} is a tag that {id} {why}.", hint)
        elif tag not in self.written.tags:
            offering = [
                id for id, base in self.bases.items() if tag in base.written.tags and base.written.tags[tag].for_others
            ]
            hint = (
                f"did you mean {offering[0]}/{tag}?"
                if offering
                else meant(tag, self.written.tags) or "add it to `tags`."
            )
            self.document.add("unknown-tag", where, f"the tag {tag} is not declared.", hint)

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
            limit_of(text.within),
            text.from_,
            text.evidence or "",
        )

    def hand_over(self, text: HandOverText, where: Where) -> HandOver:
        """Lower a hand-over."""
        return HandOver(
            self.contact(text.to, (*where, "to")), tuple(text.with_ or ()), text.say or "", limit_of(text.within)
        )

    def exception(self, name: str, text: ExceptionText) -> Rule:
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
            0,
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
