"""Guarantees: proved, refuted, about nothing or open; small ones that can be read, and many at random against brute force."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given

from oracles import brute
from oracles.pairs import random_small_program
from socialpolicy.cli.main import COULD_NOT, GAVE_UP, GOOD, NO, run
from socialpolicy.conditions import ALWAYS, All, Condition, Includes, holds
from socialpolicy.decisions import Decision
from socialpolicy.guarantees import Guarantee
from socialpolicy.interpret import interpret
from socialpolicy.policy import Policy, loads
from socialpolicy.program import Effect, Outcome, Program, Rule
from socialpolicy.proving import Counterexample, Result, Status, prove
from socialpolicy.solving import Cadical, Undecided
from socialpolicy.values import Facts, Kind, Truth
from strategies import APPROVALS, Pick, at_random, build_condition, chance, one, seeds, some

HOLDS, FAILS, VACUOUS, OPEN = Status.HOLDS, Status.FAILS, Status.VACUOUS, Status.OPEN

SHOP = """
socialpolicy: 1
id: shop
version: 1.0.0
title: Posts of the shop
vocabulary:
  facts:
    kind: {type: enum, values: [post, reply, ad], question: What is it?}
    secret: {type: bool, question: Is it secret?}
    label: {type: bool, mutable: true, question: Does it say that it is an ad?}
    posts_today: {type: int, min: 0, question: How many posts were there today?}
    tone: {type: enum, values: [kind, rude], question: How does it sound?}
    approvals: {type: set, of: enum, values: [comms, legal], default: [], question: Who approved?}
  approvals: approvals
  impossible:
    - {kind: reply, label: true}
conditions:
  plain: {secret: false, tone: kind}
contacts:
  comms: {title: Communications, reach: "#comms"}
  legal: {title: Legal, reach: "#legal"}
baseline: allow
rules:
  - {id: SECRET, title: Secrets stay here, effect: deny, scope: everything, when: {secret: true}}
  - {id: LABEL, title: Label ads, effect: require, scope: everything, when: {kind: ad}, require: {label: true}}
  - {id: ADS, title: Ads are looked at, effect: ask, scope: everything, when: {kind: ad}, approval: comms}
  - {id: OFTEN, title: Not too often, effect: deny, scope: everything, when: {posts_today: {at_least: 5}}}
  - {id: RUDE, title: Be kind in answers, effect: deny, scope: everything, when: {kind: reply, tone: rude}}
  - id: TELL
    title: Tell us about ads
    effect: duty
    scope: everything
    when: {kind: ad}
    duties: [{id: tell, what: Tell Communications, who: actor, within: 2 days}]
guarantees:
"""

FORMS: dict[str, tuple[str, Status, Status, tuple[str, ...]]] = {
    # what is claimed, whether it holds with all facts known, whether it does with facts missing, which rules break it
    "never": ("when: {secret: true}, never: allow", HOLDS, HOLDS, ()),
    "never, but it may be": ("when: {kind: post}, never: deny", FAILS, FAILS, ("OFTEN", "SECRET")),
    "never below": ("when: {posts_today: {more_than: 4}}, never: {below: deny}", HOLDS, HOLDS, ()),
    "never below, one too low": ("when: {posts_today: {at_least: 4}}, never: {below: ask}", FAILS, FAILS, ("",)),
    "never revise, where labels are": ("when: {kind: ad, label: true}, never: revise", HOLDS, HOLDS, ()),
    "always": ("when: {secret: true, kind: ad}, always: deny", HOLDS, HOLDS, ()),
    "always, but not for all": ("when: {kind: [post, ad]}, always: deny", FAILS, FAILS, ("", "ADS", "LABEL")),
    "always at most": (
        "when: {kind: ad, posts_today: 0}, assuming: plain, always: {at_most: ask}", HOLDS, HOLDS, (),
    ),
    "always at most, though it is stricter": ("when: {kind: ad}, always: {at_most: revise}", FAILS, FAILS, ("ADS", "LABEL", "SECRET", "OFTEN")),
    "always, all that matters being known": ("when: {kind: post, secret: false, posts_today: 0}, always: allow", HOLDS, HOLDS, ()),
    "always, but for an exception": ("when: {kind: post}, except: {any: [{secret: true}, {posts_today: {at_least: 5}}]}, always: allow",
                                   HOLDS, HOLDS, ()),
    "always, but for other kinds": ("when: {secret: false, posts_today: 0}, except: {kind: [ad, reply]}, always: allow",
                                                     HOLDS, HOLDS, ()),
    "never ask, unless something is unknown": ("when: {kind: post}, never: ask", HOLDS, FAILS, ()),
    "only_if": ("when: {kind: ad}, only_if: {approvals: comms}", HOLDS, HOLDS, ()),
    "only_if, by the wrong one": ("when: {kind: ad}, only_if: {approvals: legal}", FAILS, FAILS, ("",)),
    "only_if, where it is not known": ("when: {kind: post}, only_if: {tone: kind}", FAILS, FAILS, ("",)),
    "unaffected_by": ("when: {kind: post}, unaffected_by: [tone]", HOLDS, HOLDS, ()),
    "unaffected_by, but it is": ("when: {kind: reply}, unaffected_by: [tone]", FAILS, FAILS, ("RUDE", "")),
    "unaffected_by two": ("when: {kind: post, secret: true}, unaffected_by: [tone, posts_today]", HOLDS, HOLDS, ()),
    "unaffected_by what duties hang on": ("when: {secret: true}, unaffected_by: [kind]", FAILS, FAILS, ("SECRET", "ADS", "LABEL", "TELL")),
    "unaffected_by what is the same within its when": ("when: {kind: post, secret: false}, unaffected_by: [kind]", HOLDS, HOLDS, ()),
    "about nothing": ("when: {secret: true}, assuming: plain, never: allow", VACUOUS, HOLDS, ()),
    "about nothing that can be": ("when: {kind: reply, label: true}, never: allow", VACUOUS, HOLDS, ()),
    "about nothing, by its exception": ("when: {kind: ad}, except: {kind: ad}, always: deny", VACUOUS, HOLDS, ()),
}  # fmt: skip


def shop(*claims: str) -> Policy:
    """The shop's policy with these guarantees: G-0, G-1 and so on."""
    lines = [f"  - {{id: G-{number}, title: It is so, {claim}}}" for number, claim in enumerate(claims)]
    return loads(SHOP + "\n".join(lines), name="shop.yaml")


def check(policy: Policy | Claimed, guarantee: Guarantee, shown: Counterexample) -> None:
    """Decide a counterexample again, from plain facts."""
    decision = interpret(policy.program, shown.facts)
    assert decision.to_dict() == shown.decision.to_dict()
    completed = brute.Judge(policy.program).completed(shown.facts)
    assert completed is not None
    assert holds(guarantee.where, completed) is Truth.TRUE
    if not guarantee.unaffected_by:
        assert shown.otherwise is None
        if guarantee.only_if is None:
            assert decision.outcome not in guarantee.admits
        else:
            assert decision.outcome is Outcome.ALLOW
            assert holds(guarantee.only_if, completed) is not Truth.TRUE
        return
    assert shown.otherwise is not None
    assert shown.other_decision is not None
    names = {*shown.facts, *shown.otherwise}
    turned = {name for name in names if shown.facts.get(name, "absent") != shown.otherwise.get(name, "absent")}
    assert turned
    assert turned <= set(guarantee.unaffected_by)
    other = interpret(policy.program, shown.otherwise)
    assert other.to_dict() == shown.other_decision.to_dict()
    assert (other.outcome, other.sure) != (decision.outcome, decision.sure)


# -- small ones ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_each_form(form: str) -> None:
    claim, status, missing, rules = FORMS[form]
    policy = shop(claim)
    proofs = prove(policy)
    (result,) = proofs.results
    assert (result.status, result.limit) == (status, "")
    assert proofs.held is (status is HOLDS)
    assert bool(result.counterexample) is (status is FAILS)
    if status is not VACUOUS:
        assert result.where_missing is missing
    for shown in (result.counterexample, result.counterexample_missing):
        if shown is not None:
            check(policy, result.guarantee, shown)
    if result.counterexample is not None:
        assert set(result.counterexample.rules) <= set(rules)
        facts = result.counterexample.facts
        every = {name for name in policy.program.vocabulary.facts if name != "approvals"}
        assert every <= {name for name, value in facts.items() if value is not None}


def test_what_fails_where_facts_are_missing_alone_is_shown_apart() -> None:
    """A post of which nobody knows whether it is secret is asked about; every post of which all is known is not."""
    policy = shop("when: {kind: post}, never: ask")
    (result,) = prove(policy).results
    assert (result.status, result.counterexample, result.where_missing) == (HOLDS, None, FAILS)
    shown = result.counterexample_missing
    assert shown is not None
    assert shown.decision.outcome is Outcome.ASK
    assert not shown.decision.determined


def test_several_are_proved_by_themselves() -> None:
    """What becomes of one does not depend on the others, nor on their order."""
    claims = [claim for claim, *_ in FORMS.values()]
    alone = [prove(shop(claim)).results[0].status for claim in claims]
    together = [result.status for result in prove(shop(*claims)).results]
    turned = [result.status for result in prove(shop(*reversed(claims))).results]
    assert alone == together == turned[::-1]


def test_only_some_are_proved_where_only_some_are_asked_for() -> None:
    policy = shop("when: {secret: true}, never: allow", "when: {secret: true}, always: allow")
    assert [result.id for result in prove(policy, only=["G-1"]).results] == ["G-1"]
    assert prove(policy, only=["G-0"]).held
    assert not prove(policy).held
    assert not prove(shop("when: {secret: true}, never: allow"), only=["G-9"]).results


def test_a_counterexample_is_as_usual_as_can_be() -> None:
    """Facts have the value they have in examples, but for those that have to differ."""
    text = SHOP.replace("question: How many", "in_examples: 1, question: How many").replace(
        "question: Is it secret?", "in_examples: false, question: Is it secret?"
    )
    policy = loads(text + "  - {id: G, title: It is so, when: {kind: post}, always: allow}\n")
    (result,) = prove(policy).results
    assert result.counterexample is not None
    facts = result.counterexample.facts
    assert (facts["posts_today"], facts["secret"]) in {(1, True), (5, False)}


def test_what_duties_hang_on_is_told_by_its_rule(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Secrets are denied whatever they are; but a secret ad brings a duty, and a secret post does not."""
    policy = shop("when: {secret: true}, unaffected_by: [kind]")
    (result,) = prove(policy).results
    assert result.counterexample is not None
    _, out, _ = asked(
        file, capsys, SHOP + "  - {id: G, title: It is so, when: {secret: true}, unaffected_by: [kind]}\n"
    )
    assert "deny and not deny" not in " ".join(out.split())
    assert "TELL" in result.counterexample.rules


# -- open ------------------------------------------------------------------------------------------------------------


def pigeons(number: int) -> str:
    """A policy of which no action can be, as one sees by counting: more pigeons than holes, and no two in one hole."""
    names = [f"pigeon_{index}" for index in range(number)]
    facts = {
        name: {"type": "enum", "values": [f"hole_{hole}" for hole in range(number - 1)], "question": "Where?"}
        for name in names
    }
    two = [{one: {"same_as": other}} for one, other in combinations(names, 2)]
    return json.dumps({
        "socialpolicy": 1, "id": "pigeons", "version": "1.0.0", "title": "Pigeons",
        "vocabulary": {"facts": facts, "impossible": two}, "baseline": "allow", "rules": [],
        "guarantees": [{"id": "G", "title": "No two in one hole", "when": {"pigeon_0": "hole_0"}, "never": "allow"}],
    })  # fmt: skip


def test_what_meets_the_limit_is_open() -> None:
    """An answer that could not be computed is never given as one that was."""
    policy = loads(pigeons(8))
    proofs = prove(policy, conflicts=1)
    (result,) = proofs.results
    assert (result.status, result.where_missing) == (OPEN, OPEN)
    assert "1 conflicts" in result.limit
    assert "--budget" in result.limit
    assert not proofs.held
    assert prove(policy).results[0].status is VACUOUS


@pytest.mark.parametrize("questions", range(9))
def test_giving_up_at_any_question_says_open_or_the_same(questions: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever the solver gives up, what is said is the full answer, or open: with a limit, and without an exception."""
    policy = shop(*(claim for claim, *_ in FORMS.values()))
    full = {result.id: result for result in prove(policy).results}
    left, ask = [questions], Cadical.solve

    def tired(solver: Cadical, assumptions: list[int]) -> bool:
        if not left[0]:
            raise Undecided("the solver is tired")
        left[0] -= 1
        return ask(solver, assumptions)

    for id, known in full.items():
        left[0] = questions
        monkeypatch.setattr(Cadical, "solve", tired)
        (result,) = prove(policy, only=[id]).results
        monkeypatch.undo()
        assert result.status in (known.status, OPEN)
        assert result.where_missing in (known.where_missing, OPEN)
        assert bool(result.limit) is (OPEN in (result.status, result.where_missing))


# -- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop.yaml"


def asked(file: Path, capsys: pytest.CaptureFixture[str], text: str, *more: str) -> tuple[int, str, str]:
    """The status, the output and the errors of ``prove`` for a policy."""
    file.write_text(text, "utf-8")
    status = run(["prove", str(file), *more])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def claims(*names: str) -> str:
    """The shop's policy with these of ``FORMS``."""
    return SHOP + "\n".join(f"  - {{id: G-{n}, title: It is so, {FORMS[name][0]}}}" for n, name in enumerate(names))


def test_the_exit_status_says_what_became_of_them(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = asked(file, capsys, claims("never", "unaffected_by"))
    assert (status, err) == (GOOD, "")
    assert "2 of 2 guarantees proved for all actions." in out
    status, out, err = asked(file, capsys, claims("never", "unaffected_by, but it is"))
    assert (status, err) == (NO, "")
    assert "FAILS" in out
    assert "tone" in out
    status, out, err = asked(file, capsys, claims("never", "about nothing"))
    assert (status, err) == (NO, "")
    assert "about nothing" in out
    status, out, err = asked(file, capsys, claims("never ask, unless something is unknown"))
    assert (status, err) == (GOOD, "")
    assert "where facts are missing it does not hold" in out
    status, out, err = asked(file, capsys, claims("about nothing", "never"), "--guarantee", "G-1")
    assert (status, err) == (GOOD, "")


def test_open_has_an_exit_status_of_its_own(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = asked(file, capsys, pigeons(8), "--budget", "1")
    assert status == GAVE_UP
    assert "OPEN" in out
    assert "gave up" in out
    status, out, _ = asked(file, capsys, pigeons(8), "--budget", "1", "-f", "json")
    assert status == GAVE_UP
    (found,) = json.loads(out)["result"]
    assert found["held"] is False
    assert found["guarantees"][0]["status"] == "open"


def test_what_cannot_be_proved_is_one_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = SHOP.replace("guarantees:\n", "")
    status, out, err = asked(file, capsys, bare)
    assert status == COULD_NOT
    assert "there is no guarantee to prove" in err
    assert err.count("\n") == 1
    status, out, err = asked(file, capsys, claims("never"), "--guarantee", "G-O")
    assert (status, out) == (COULD_NOT, "")
    assert "G-O" in err
    assert "G-0" in err
    assert "Traceback" not in err


def test_json_holds_what_text_says(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["never", "unaffected_by, but it is", "about nothing", "never ask, unless something is unknown"]
    status, out, _ = asked(file, capsys, claims(*names), "-f", "json")
    assert status == NO
    (data,) = json.loads(out)["result"]
    assert [one["status"] for one in data["guarantees"]] == ["holds", "fails", "vacuous", "holds"]
    assert data["held"] is False
    broken = data["guarantees"][1]["counterexample"]
    assert set(broken["changed"]) == {"tone"}
    assert {broken["outcome"], broken["other_outcome"]} == {"allow", "deny"}
    assert "where_facts_are_missing" not in data["guarantees"][2]
    assert data["guarantees"][3]["where_facts_are_missing"] == "fails"


# -- many at random, against brute force -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Claimed:
    """A program with guarantees."""

    program: Program
    guarantees: Sequence[Guarantee]


def build_guarantee(pick: Pick, program: Program, name: str) -> Guarantee:
    """A guarantee of any form."""
    vocabulary = program.vocabulary
    where = ALWAYS if chance(pick, 4) else build_condition(pick, vocabulary, depth=2)
    match pick(3):
        case 0:
            admits = frozenset(some(pick, tuple(Outcome), 1, 3))
            return Guarantee(name, "Outcomes", where, admits)
        case 1:
            approvals = vocabulary.facts.get(APPROVALS)
            if approvals and chance(pick, 2):
                only_if: Condition = Includes(APPROVALS, frozenset({one(pick, ("ann", "bob"))}), 1)
            else:
                only_if = build_condition(pick, vocabulary, depth=1)
            return Guarantee(name, "Only if", where, only_if=only_if)
        case _:
            return Guarantee(name, "Unaffected", where, unaffected_by=some(pick, tuple(vocabulary.facts), 1, 2))


def telling_apart(program: Program, guarantees: Sequence[Guarantee]) -> Program:
    """The program with tips about all that the guarantees speak of, so that all actions are tried that they tell apart."""
    conditions = [condition for guarantee in guarantees for condition in guarantee.conditions]
    tip = Rule("TIP", 10_000, Effect.ADVISE, All(tuple(conditions)), title="A tip")
    return replace(program, rules=(*program.rules, tip))


Points = list[tuple[Facts, Facts, Decision]]
"""Actions as they are stated and as they are completed, with what is decided."""


def points_of(program: Program, tried: brute.Space) -> Points:
    """All admitted actions, decided."""
    judge = brute.Judge(program)
    found: Points = []
    for facts in tried.actions():
        known = judge.completed(facts)
        if known is not None:
            found.append((facts, known, judge.decide(known)))
    return found


def broken(guarantee: Guarantee, points: Points, values: brute.Values) -> bool:
    """Whether some action breaks a guarantee, or some two."""
    meant = [point for point in points if holds(guarantee.where, point[1]) is Truth.TRUE]
    if not guarantee.unaffected_by:
        return any(
            decision.outcome is Outcome.ALLOW and holds(guarantee.only_if, known) is not Truth.TRUE
            if guarantee.only_if is not None
            else decision.outcome not in guarantee.admits
            for _, known, decision in meant
        )
    groups: dict[object, dict[int, Decision]] = {}
    names = sorted({name for facts, _, _ in points for name in facts} - set(guarantee.unaffected_by))
    for facts, _, decision in meant:
        same = tuple(facts.get(name, "absent") for name in names)
        groups.setdefault(same, {})[id(decision)] = decision
    return any(
        changes(one, other, values) or changes(other, one, values)
        for group in groups.values()
        for one, other in combinations(group.values(), 2)
    )


def changes(one: Decision, other: Decision, values: brute.Values) -> bool:
    """Whether two decisions differ in the outcome or in what is surely asked for; items by themselves, not by what suffices."""
    return brute.changed_by(values)(one, other)


def agree(program: Program, guarantees: Sequence[Guarantee]) -> tuple[int, int]:
    """Check some guarantees of one program: how many were compared, and how many of them where facts are missing."""
    apart = telling_apart(program, guarantees)
    tried, partly = (brute.space(apart, apart, unknown=unknown) for unknown in (False, True))
    if tried.size > 5_000:
        return 0, 0
    points = points_of(program, tried)
    open_points = points_of(program, partly) if partly.size <= 5_000 else None
    compared, missing = 0, 0
    for result in prove(Claimed(program, guarantees)).results:
        guarantee = result.guarantee
        for shown in (result.counterexample, result.counterexample_missing):
            if shown is not None:
                check(Claimed(program, guarantees), guarantee, shown)
        note = f"{guarantee}"
        is_broken = broken(guarantee, points, tried.values)
        about_something = any(holds(guarantee.where, known) is Truth.TRUE for _, known, _ in points)
        compared += 1
        assert result.status is not OPEN, note
        if is_broken:
            assert result.status is FAILS, note
        elif tried.exhaustive:
            assert result.status is (HOLDS if about_something else VACUOUS), note
        if open_points is not None and result.status is not VACUOUS:
            missing += 1
            if is_broken or broken(guarantee, open_points, partly.values):
                assert result.where_missing is FAILS, note
            elif partly.exhaustive:
                assert result.where_missing is HOLDS, note
    return compared, missing


def at_random_agree(random: Random, number: int = 4) -> tuple[int, int]:
    """Check some guarantees at random of one program at random."""
    program = random_small_program(random)
    return agree(program, [build_guarantee(at_random(random), program, f"G-{index}") for index in range(number)])


def test_trying_all_actions_finds_what_is_proved() -> None:
    """Several hundred guarantees of small programs at random: what is proved, refuted or about nothing."""
    random, compared, missing = Random(2026), 0, 0
    for _ in range(250):
        both = at_random_agree(random)
        compared, missing = compared + both[0], missing + both[1]
    assert compared >= 600
    assert missing >= 200


@given(seeds())
def test_so_it_is_for_any_program(seed: int) -> None:
    at_random_agree(Random(seed), 2)


@pytest.mark.long
def test_so_it_is_for_many_thousand() -> None:
    random = Random(3)
    assert sum(at_random_agree(random)[0] for _ in range(5_000)) > 10_000


@given(seeds())
def test_guarantees_follow_from_one_another(seed: int) -> None:
    """What is claimed of more actions, or admits less, holds only where the weaker claim does."""
    random = Random(seed)
    program, pick = random_small_program(random), at_random(random)
    outcomes = frozenset(some(pick, tuple(Outcome), 1, 2))
    where = build_condition(pick, program.vocabulary, depth=2)
    narrower = All((where, build_condition(pick, program.vocabulary, depth=1)))
    strong = Guarantee("strong", "All", where, outcomes)
    weaker = [
        replace(strong, id="narrower", where=narrower),
        replace(strong, id="milder", admits=outcomes | {Outcome.DENY}),
    ]
    first, *rest = prove(Claimed(program, [strong, *weaker])).results
    if first.status in (HOLDS, VACUOUS):
        assert all(result.status in (HOLDS, VACUOUS) for result in rest)
    if first.where_missing is HOLDS and first.status in (HOLDS, VACUOUS):
        assert all(result.where_missing is HOLDS for result in rest)


def results(program: Program, guarantees: Sequence[Guarantee]) -> tuple[Result, ...]:
    """What became of guarantees."""
    return prove(Claimed(program, guarantees)).results


@given(seeds())
def test_the_bounds_cover_a_promise_that_nothing_is_allowed(seed: int) -> None:
    """``never: allow`` that is proved with all facts known holds with facts missing too: bounds cover every completion."""
    random = Random(seed)
    program, pick = random_small_program(random), at_random(random)
    never = frozenset(Outcome) - {Outcome.ALLOW}
    where = build_condition(pick, program.vocabulary, depth=2)
    (result,) = results(program, [Guarantee("G", "Never", where, never)])
    if result.status is HOLDS and not program.vocabulary.implications and not program.vocabulary.impossible:
        assert result.where_missing is HOLDS or any(
            fact.kind is Kind.DATETIME for fact in program.vocabulary.facts.values()
        )


def as_data(value: Any) -> Any:
    """Plain data once through JSON."""
    return json.loads(json.dumps(value))


def test_results_are_plain_data() -> None:
    for result in prove(shop(*(claim for claim, *_ in FORMS.values()))).results:
        data = as_data(result.as_data())
        assert data["status"] == result.status.value
        assert ("counterexample" in data) is (result.status is FAILS)
