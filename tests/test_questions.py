"""Questions and repairs: exact by trying all completions and changes of small programs, and sound by witness elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from random import Random

from oracles import brute
from oracles.brute import TooManyError
from socialpolicy.asking import Asker
from socialpolicy.completing import complete
from socialpolicy.conditions import All, Has, Not, SameAs, holds
from socialpolicy.errors import ActionError
from socialpolicy.interpret import interpret
from socialpolicy.program import Outcome, Program
from socialpolicy.symbolic import Witness
from socialpolicy.values import Facts, Kind, Truth
from socialpolicy.vocabulary import Fact, Vocabulary
from strategies import at_random, build_test, many_facts, random_program
from test_oracles import APPROVALS, CLEAR, KNOWN, OFFICIAL, SECRET, ask, deny, require
from test_oracles import program as of_rules

SEEDS = range(150)


def small(seed: int) -> Program:
    """A small program; in every other one some condition is impossible."""
    random = Random(seed)
    program = random_program(random, small=True, rules_at_most=4)
    pick = at_random(random)
    if seed % 2:
        return program
    never = tuple(
        All((build_test(pick, program.vocabulary), Not(build_test(pick, program.vocabulary)))) for _ in range(2)
    )
    return replace(program, vocabulary=replace(program.vocabulary, impossible=never))


def asked(share_known: float = 0.5, number: int = 4) -> Iterator[tuple[Program, Asker, Facts]]:
    """Small programs with actions that contradict nothing."""
    for seed in SEEDS:
        program = small(seed)
        asker = Asker(program)
        for facts in many_facts(program, seed, number, share_known=share_known):
            try:
                complete(program.vocabulary, facts)
            except ActionError:
                continue
            yield program, asker, facts


def test_relevant_facts_are_those_that_can_change_the_decision() -> None:
    """Just the facts in which two completions differ, and nothing else, that are decided differently."""
    tried = 0
    for program, asker, facts in asked():
        try:
            expected = brute.can_change(program, facts, limit=600)
            whole = brute.completions(program, facts, limit=600)
        except TooManyError:
            continue
        exhaustive = brute.space(program, program, unknown=False).exhaustive
        found = asker.questions(facts)
        alone = {question.fact.name for question in found.questions if question.relevant and not question.together}
        assert set(expected) <= alone
        assert set(expected) == alone or not exhaustive
        assert set(expected) <= set(found.decision.missing)
        outcomes = {decision.outcome for _, decision in whole}
        assert outcomes <= set(found.outcomes)
        assert outcomes == set(found.outcomes) or not exhaustive
        if exhaustive and not found.relevant and whole:
            changed = brute.changed_by(brute.space(program, program).values)
            assert not any(changed(whole[0][1], other) for _, other in whole)
        tried += exhaustive
    assert tried > 100


def test_asking_what_is_relevant_ends_in_the_decision() -> None:
    """Asking the first question again and again ends; what is determined then is what is decided of the whole action."""
    ended, asked_for, unknown = 0, 0, 0
    for program, asker, facts in asked(share_known=0.3, number=2):
        try:
            whole = brute.completions(program, facts, limit=600)
        except TooManyError:
            continue
        for action, decision in Random(len(whole)).sample(whole, min(2, len(whole))):
            known = dict(facts)
            unknown += sum(complete(program.vocabulary, facts).get(name) is None for name in asker.plain.equal)
            while (found := asker.questions(known)).questions:
                name = found.questions[0].fact.name
                assert complete(program.vocabulary, known).get(name) is None
                assert decision.outcome in found.outcomes
                known[name] = action[name]
                asked_for += 1
            assert found.determined
            assert found.outcome is decision.outcome
            ended += 1
    assert ended > 150
    assert asked_for < unknown


def test_answers_say_what_may_come_of_them() -> None:
    """The outcomes beside an answer are those of the completions in which the fact has that value."""
    tried = 0
    for program, asker, facts in asked(number=2):
        try:
            whole = brute.completions(program, facts, limit=300)
        except TooManyError:
            continue
        exhaustive = brute.space(program, program, unknown=False).exhaustive
        for question in asker.questions(facts).questions:
            if question.fact.values and question.fact.kind.value == "enum":
                for answer in question.answers:
                    for value in answer.values:
                        outcomes = {d.outcome for action, d in whole if action[question.fact.name] == value}
                        assert outcomes <= set(answer.outcomes)
                        assert outcomes == set(answer.outcomes) or not exhaustive
                        tried += 1
    assert tried > 50


def test_facts_that_cannot_all_be_true_are_named() -> None:
    """Where no completion is left, the facts named clash, and no fewer facts do."""
    clashes = 0
    for program, asker, facts in asked(share_known=0.9, number=8):
        found = asker.questions(facts)
        if not found.contradictory:
            continue
        clashes += 1
        known = complete(program.vocabulary, facts)
        clash = {name: known[name] for name in found.clash}
        assert clash or program.vocabulary.impossible
        bare = Asker(replace(program, vocabulary=without_defaults(program)))
        assert not possible(bare, clash)
        stated = [(name, value) for name, value in facts.items() if value is not None]
        fewer = [dict(chosen) for chosen in combinations(stated, max(len(clash) - 1, 0))]
        assert all(possible(bare, chosen) for chosen in fewer) or not clash
    assert clashes > 5


def test_repairs_are_the_smallest_changes_that_make_it_allowed() -> None:
    """Every repair decides to allow, and no smaller, and no other set of facts as small, does."""
    found_some, none = 0, 0
    for program, asker, facts in asked(share_known=0.7):
        if interpret(program, facts).outcome is Outcome.ALLOW:
            continue
        try:
            expected = brute.repairs(program, facts, limit=400)
        except TooManyError:
            continue
        exhaustive = brute.space(program, program, unknown=False).exhaustive
        found = asker.repairs(facts)
        if refuses(program, facts):
            continue
        plain = [repair for repair in found.repairs if not repair.approvers]
        for repair in plain:
            assert interpret(program, {**facts, **repair.changes}).outcome is Outcome.ALLOW
            for name, values in repair.others.items():
                for value in values:
                    assert interpret(program, {**facts, **repair.changes, name: value}).outcome is Outcome.ALLOW
        sets = {frozenset(repair.changes) for repair in plain}
        if exhaustive and found.complete:
            assert sets == set(expected)
        elif expected:
            assert min(map(len, sets)) <= min(map(len, expected))
        found_some += bool(sets)
        none += not sets
    assert found_some > 20
    assert none > 30


def test_approvals_are_needed_where_no_change_is_enough() -> None:
    """As few approvals as can be, together with changes of the author; where there are none, rules stand in the way."""
    approved = 0
    for program, asker, facts in asked(share_known=0.8):
        if interpret(program, facts).outcome is Outcome.ALLOW:
            continue
        found = asker.repairs(facts)
        if not refuses(program, facts):  # facts that cannot all be true are no rule's doing
            assert bool(found.repairs) is not bool(found.in_the_way)
        for repair in found.repairs:
            if repair.approvers:
                approved += 1
                chosen = {gives for gives, contacts in asker.approvals.items() if contacts in repair.approvers}
                given = asker.with_approvals(facts, chosen)
                assert interpret(program, {**given, **repair.changes}).outcome is Outcome.ALLOW
    assert approved > 5


def test_facts_that_change_only_together_are_relevant_together() -> None:
    """Where no fact can change alone, completions are still decided differently: the tied facts are asked for."""
    apart = (All((SECRET, Not(OFFICIAL))), All((OFFICIAL, Not(SECRET))))
    policy = of_rules(deny(SECRET), impossible=apart)
    found = Asker(policy).questions({})
    assert {question.fact.name: question.together for question in found.questions} == {
        "secret": ("official",),
        "official": ("secret",),
    }
    assert Asker(policy).questions({"official": True}).determined


def test_who_has_to_approve_is_part_of_the_decision() -> None:
    """Asking one person or another has the same outcome, and is not the same decision."""
    policy = of_rules(ask("ann", when=SECRET), ask("bob", when=Not(SECRET)))
    found = Asker(policy).questions({APPROVALS: frozenset()})
    assert "secret" in found.relevant


def test_facts_that_are_fixed_are_not_changed() -> None:
    """What may be fixed where the action stands is no repair."""
    policy = of_rules(require(CLEAR))
    fact = replace(policy.vocabulary.facts["disclosure"], fixed_where=OFFICIAL)
    vocabulary = replace(policy.vocabulary, facts={**policy.vocabulary.facts, "disclosure": fact})
    fixed = Asker(replace(policy, vocabulary=vocabulary))
    for official, ways in ((False, 1), (True, 0), (None, 0)):
        assert len(fixed.repairs({**KNOWN, "official": official}).repairs) == ways


def test_what_is_relevant_is_shown_by_two_actions() -> None:
    """Of texts, numbers, instants and open sets too: two actions that differ in one fact, decided anew, and differently."""
    shown = 0
    for seed in range(60):
        program = random_program(Random(seed), rules_at_most=6)
        asker, changed = Asker(program), brute.changed_by(brute.space(program, program).values)
        for facts in many_facts(program, seed, 3, share_known=0.6):
            try:
                known = complete(program.vocabulary, facts)
            except ActionError:
                continue
            if refuses(program, facts) or asker.questions(facts).contradictory:
                continue
            for name, together in asker.relevant(known).items():
                if not together:
                    one, other = two_actions(asker, known, name)
                    assert {fact for fact in one if one[fact] != other.get(fact)} == {name}
                    assert all(one[fact] == value for fact, value in known.items() if value is not None)
                    assert changed(interpret(program, one), interpret(program, other))
                    shown += 1
    assert shown > 100


def two_actions(asker: Asker, known: Facts, name: str) -> tuple[Facts, Facts]:
    """Two completions that are equal but for one fact, and decided differently."""
    pair = asker.pair(known)
    equal = [literal for other, literal in pair.equal.items() if other != name]
    assert pair.circuit.possible(pair.differ, *pair.knowing(known), *equal)
    stated = {fact: value for fact, value in known.items() if value is not None}
    one = Witness(pair.one.world).facts(stated)
    return one, Witness(pair.other.world).facts({fact: value for fact, value in one.items() if fact != name})


def test_members_that_are_known_are_all_there_are() -> None:
    """Whoever is in a set of one member is that member: nobody else is asked about."""
    facts = {
        "team": Fact("team", Kind.SET),
        "author": Fact("author", Kind.STRING),
        "owner": Fact("owner", Kind.STRING),
    }
    rule = replace(deny(All((Has("team", "author"), Not(SameAs("author", "owner"))))), id="R")
    asker = Asker(replace(of_rules(), vocabulary=Vocabulary(facts), rules=(rule,)))
    alone = asker.questions({"team": frozenset({"ann"}), "owner": "ann"})
    assert alone.determined
    assert alone.outcomes == (Outcome.ALLOW,)
    assert asker.questions({"team": frozenset({"ann", "bob"}), "owner": "ann"}).relevant == ("author",)


def test_just_the_rules_that_stand_in_the_way_are_named() -> None:
    """What could be put right is not named beside what could not."""
    policy = of_rules(replace(deny(SECRET), id="never"), replace(require(CLEAR), id="clear"))
    found = Asker(policy).repairs({**KNOWN, "secret": True})
    assert not found.repairs
    assert found.in_the_way == ("never",)


def without_defaults(program: Program) -> Vocabulary:
    facts = {name: replace(fact, default=None) for name, fact in program.vocabulary.facts.items()}
    return replace(program.vocabulary, facts=facts)


def refuses(program: Program, facts: Facts) -> bool:
    known = complete(program.vocabulary, facts)
    return any(holds(bad, known) is Truth.TRUE for bad in program.vocabulary.impossible)


def possible(asker: Asker, facts: Facts) -> bool:
    """Whether these facts have any completion, by one look or because they contradict each other."""
    try:
        return not asker.questions(facts).contradictory
    except ActionError:
        return False
