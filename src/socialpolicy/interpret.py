"""The definition of a decision: slow, small, and plain enough to read in ten minutes.

Everything that decides faster, or asks more than one action at a time, answers to this module and is tested against it.
``docs/semantics.md`` says the same in numbered clauses.

1. The facts are completed (``completing``).
2. A rule *applies* where its condition holds and no rule that overrides it applies (``applying``).
3. Of a rule that applies, what it asks for and is not met yet is a *claim* against the action: each unmet need gives
   revise, an unmet approval gives ask, a denial gives deny (``claims_of``).
4. The baseline counts unless an ``allow`` rule opens it (``standing``).
5. The outcome is the strictest of all that counts, between what is sure and what may be (``decided``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from socialpolicy.completing import Assume, complete
from socialpolicy.conditions import holds, waits
from socialpolicy.decisions import Asked, Claim, Decision, Denial, Revision, decided
from socialpolicy.program import Approval, Baseline, Effect, Outcome, Program, Rule, Start
from socialpolicy.values import Facts, Truth


def interpret(program: Program, facts: Facts, *, assume: Assume | str = Assume.NOTHING) -> Decision:
    """Decide about one action.

    Raises ``ActionError`` where the facts contradict what follows from them.
    """
    facts = complete(program.vocabulary, facts, assume=assume)
    applies = applying(program.rules, facts)
    opened = max((applies[rule.id] for rule in program.rules if rule.effect is Effect.ALLOW), default=Truth.FALSE)
    possible = starts(program.baseline, facts)
    unmet = {start: holds(start.approval.met, facts).negated() for start in possible if start.approval}
    return decided(
        program,
        applies=applies,
        claims=[
            *baseline_claims(program, possible, opened, unmet, facts),
            *(claim for rule in program.rules for claim in claims_of(program, rule, applies[rule.id], facts)),
        ],
        start=standing(possible, opened, unmet),
        missing=missing(program, applies, opened, facts),
    )


def applying(rules: Sequence[Rule], facts: Facts) -> dict[str, Truth]:
    """Tell of each rule whether it applies: its condition holds and no rule that overrides it applies."""
    applies: dict[str, Truth] = {}
    for rule in rules:  # a program lists overriding rules before the rules they override
        overridden = max((applies[other] for other in rule.overridden_by), default=Truth.FALSE)
        applies[rule.id] = min(holds(rule.when, facts), overridden.negated())
    return applies


def claims_of(program: Program, rule: Rule, applies: Truth, facts: Facts) -> Iterator[Claim]:
    """What a rule has against an action: true where the rule applies and what it asks for is not met."""
    if rule.effect is Effect.DENY:
        yield Claim(applies, Outcome.DENY, Denial(rule.id, rule.say, rule.instead))
    for need in rule.needs:
        unmet = min(applies, holds(need.given, facts), holds(need.test, facts).negated())
        yield Claim(unmet, Outcome.REVISE, Revision(rule.id, need.test, need.say, need.fixable_by))
    if rule.approval:
        unmet = min(applies, holds(rule.approval.met, facts).negated())
        yield Claim(unmet, Outcome.ASK, still_asked(program, rule.part_of or rule.id, rule.approval, rule.say, facts))


def still_asked(program: Program, rule: str, approval: Approval, say: str, facts: Facts) -> Asked:
    """Who must still approve: the contacts who have not, and how many of them."""
    given = facts.get(program.vocabulary.approvals)
    given = given if isinstance(given, frozenset) else frozenset()
    left = tuple(approver.contact for approver in approval.of if approver.gives not in given)
    counted = len({approver.gives for approver in approval.of} & given)
    return Asked(rule, left, max(approval.at_least - counted, 0), say)


def starts(baseline: Baseline, facts: Facts) -> tuple[Start, ...]:
    """The starts that are possible: one, or several where the fact that they differ by is not known."""
    value = facts.get(baseline.fact) if baseline.fact else ""
    if isinstance(value, str):
        return (baseline.starts[value],)
    return tuple(dict.fromkeys(baseline.starts.values()))


def standing(possible: Sequence[Start], opened: Truth, unmet: Mapping[Start, Truth]) -> tuple[Outcome, Outcome]:
    """The bounds of the baseline left standing: what may open it does not restrict at least, and does at most.

    Of several possible starts the mildest and the strictest count, each as far as its approval is not given.
    """
    mildest = min(start_counts(start, Truth.TRUE, unmet) for start in possible)
    strictest = max(start_counts(start, Truth.UNKNOWN, unmet) for start in possible)
    return (
        mildest if opened is Truth.FALSE else Outcome.ALLOW,
        strictest if opened is not Truth.TRUE else Outcome.ALLOW,
    )


def start_counts(start: Start, at_least: Truth, unmet: Mapping[Start, Truth]) -> Outcome:
    """The outcome of a start, if it counts with at least this truth: to ask does until it is approved."""
    return start.outcome if unmet.get(start, Truth.TRUE) >= at_least else Outcome.ALLOW


def baseline_claims(
    program: Program, possible: Sequence[Start], opened: Truth, unmet: Mapping[Start, Truth], facts: Facts
) -> Iterator[Claim]:
    """What the baseline has against an action: nothing of it is surely so while several starts are possible."""
    this_one = Truth.TRUE if len(possible) == 1 else Truth.UNKNOWN
    for start in possible:
        truth = min(opened.negated(), this_one, unmet.get(start, Truth.TRUE))
        if start.approval:
            yield Claim(truth, Outcome.ASK, still_asked(program, "", start.approval, start.say, facts))
        elif start.outcome is Outcome.DENY:
            yield Claim(truth, Outcome.DENY, Denial("", start.say))


SAYING = (Effect.DENY, Effect.DUTY, Effect.ADVISE)
"""The effects of rules that say something of the action wherever they apply; a playbook is about the situation alone."""


def missing(program: Program, applies: Mapping[str, Truth], opened: Truth, facts: Facts) -> frozenset[str]:
    """The unknown facts that something undetermined waits for.

    More than can really change the decision: which ones can is a question about all actions. But never less.
    """
    applying_waits: dict[str, frozenset[str]] = {}  # its own facts, and those of rules that may override it
    for rule in program.rules:
        applying_waits[rule.id] = (
            waits(rule.when, facts).union(*(applying_waits[other] for other in rule.overridden_by))
            if applies[rule.id] is Truth.UNKNOWN
            else frozenset()
        )
    waited: set[str] = set()
    for rule in program.rules:
        if applies[rule.id] is Truth.FALSE:
            continue
        if rule.effect in SAYING or rule.duties or rule.hand_over:
            waited |= applying_waits[rule.id]
        for need in rule.needs:
            if min(applies[rule.id], holds(need.given, facts), holds(need.test, facts).negated()) is Truth.UNKNOWN:
                waited |= applying_waits[rule.id] | waits(need.given, facts) | waits(need.test, facts)
        if rule.approval and min(applies[rule.id], holds(rule.approval.met, facts).negated()) is Truth.UNKNOWN:
            waited |= applying_waits[rule.id] | waits(rule.approval.met, facts)
    possible = starts(program.baseline, facts)
    unmet = {start: holds(start.approval.met, facts).negated() for start in possible if start.approval}
    restricting = [start for start in possible if start_counts(start, Truth.UNKNOWN, unmet) > Outcome.ALLOW]
    if opened is not Truth.TRUE and restricting:
        if len(possible) > 1:
            waited.add(program.baseline.fact)
        for start in restricting:
            if start.approval:
                waited |= waits(start.approval.met, facts)
        for rule in program.rules:
            if rule.effect is Effect.ALLOW:
                waited |= applying_waits[rule.id]
    return frozenset(waited)
