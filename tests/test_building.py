"""A policy that builds on others: each decides alone, the strictest wins, and nothing is set aside without permission."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from socialpolicy import diff, load, prove
from socialpolicy.cli.main import run
from socialpolicy.decisions import Decision
from socialpolicy.errors import ActionError
from socialpolicy.interpret import interpret
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import PolicyError
from socialpolicy.loading.policies import load_text
from socialpolicy.loading.reading import read_text
from socialpolicy.loading.shelves import Edition, Shelves, shipped
from socialpolicy.policy import Policy
from socialpolicy.program import Outcome
from socialpolicy.storing import ReleasesError, Store
from strategies import many_facts, policy_texts, seeds

GROUP = yaml.safe_load("""
socialpolicy: 1
id: group
version: "1.0.0"
title: The group
vocabulary:
  facts:
    channel: {type: enum, values: [official, own], question: "From where?"}
    who: {type: enum, values: [staff, lead], question: "Who?"}
    protected: {type: bool, question: "Is it protected?"}
    secret: {type: bool, question: "Is it secret?"}
    rude: {type: bool, question: "Is it rude?", mutable: true}
    approved: {type: set, of: enum, values: [legal, boss], question: "Who said yes?", default: []}
  scope: {accounts: channel, who: who}
  baseline: channel
  approvals: approved
tags:
  house: {title: House style, may_be_set_aside: true}
  civility: {title: Tone, may_be_set_aside: true, for_others: true}
may_be_set_aside: {tags: [house], rules: [G-ADVICE], exceptions: [house]}
conditions:
  serious: {title: It is serious, is: {secret: true}}
contacts:
  legal: {title: Legal, reach: your legal team}
terms:
  names: {kind: words, entries: [Heron]}
baseline: {official: deny, otherwise: allow}
rules:
  - {id: G-LEADS, title: Leads may use official accounts, effect: allow, scope: {accounts: official, who: lead}}
  - {id: G-SECRET, title: Secrets stay inside, effect: deny, scope: everything, when: {serious: true}}
  - {id: G-HOUSE, title: House style, effect: deny, tags: [house], scope: {who: {all_but: [lead]}}, when: {rude: true}}
  - {id: G-ADVICE, title: Tidy, effect: advise, scope: everything}
  - {id: G-FREE, title: Protected talk is free, effect: allow, scope: {accounts: own}, when: {protected: true}, overrides: {tags: [civility]}}
guarantees:
  - {id: GG-SECRET, title: Secrets never go out, when: {secret: true}, always: deny}
changes: [{version: "1.0.0", date: "2026-01-01", by: legal, why: First.}]
""")
FIRM = yaml.safe_load("""
socialpolicy: 1
id: firm
version: "1.0.0"
title: The firm
builds_on: [{id: group, version: 1}]
vocabulary: {values: {who: [guest]}}
contacts: {legal: {title: Our lawyers, reach: "#legal"}}
baseline: allow
rules:
  - {id: F-GUESTS, title: Guests ask, effect: ask, scope: {who: guest}, approval: legal}
  - {id: F-POLITE, title: Be polite, effect: require, tags: [group/civility], scope: everything, when: {group/serious: false}, require: {rude: false}}
guarantees:
  - {id: FG-GUESTS, title: Guests never alone, when: {who: guest}, only_if: {approved: {any_of: [legal]}}}
changes: [{version: "1.0.0", date: "2026-01-01", by: legal, why: First.}]
""")
ACTION = {"channel": "own", "who": "staff", "protected": False, "secret": False, "rude": False}


def written(folder: Path, *texts: Mapping[str, Any]) -> Path:
    """A folder of policies, and the folder of the last one of them."""
    for text in texts:
        home = folder / text["id"]
        home.mkdir(exist_ok=True)
        (home / "policy.yaml").write_text(json.dumps(text, indent=1), encoding="utf-8")
    return folder / texts[-1]["id"]


def edited(text: Mapping[str, Any], **sections: Any) -> dict[str, Any]:
    """A policy's text with other sections; None takes one away."""
    return {key: value for key, value in {**deepcopy(dict(text)), **sections}.items() if value is not None}


def rule(text: Mapping[str, Any], id: str, **keys: Any) -> list[Any]:
    """The rules of a text, one of them with other keys."""
    return [edited(one, **keys) if one["id"] == id else one for one in text["rules"]]


@pytest.fixture
def firm(tmp_path: Path) -> Policy:
    """The firm's policy, which builds on the group's."""
    return load(written(tmp_path, GROUP, FIRM))


def refused(folder: Path, *texts: Mapping[str, Any]) -> dict[str, str]:
    """The findings for a policy that is refused, by their ids."""
    with pytest.raises(PolicyError) as raised:
        load(written(folder, *texts))
    return {finding.id: str(finding) for finding in raised.value.findings}


# -- deciding ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "outcome", "because"),
    [
        ({}, "allow", ()),
        ({"who": "guest"}, "ask", ("F-GUESTS",)),
        ({"who": "guest", "approved": ["legal"]}, "allow", ()),
        ({"secret": True}, "deny", ("group/G-SECRET",)),
        ({"rude": True}, "deny", ("F-POLITE", "group/G-HOUSE")),
        ({"rude": True, "who": "guest"}, "deny", ("F-GUESTS", "F-POLITE", "group/G-HOUSE")),
        ({"rude": True, "who": "lead"}, "revise", ("F-POLITE",)),
        ({"rude": True, "who": "lead", "protected": True}, "allow", ()),
        ({"channel": "official"}, "deny", ("group/(baseline)",)),
        ({"channel": "official", "who": "lead"}, "allow", ()),
        ({"channel": "official", "who": "guest"}, "deny", ("F-GUESTS", "group/(baseline)")),
    ],
    ids=str,
)
def test_each_policy_decides_and_the_strictest_wins(
    firm: Policy, facts: dict[str, Any], outcome: str, because: tuple[str, ...]
) -> None:
    decision = firm.decide(ACTION | facts)
    assert (decision.outcome.word, decision.because) == (outcome, because)


def test_an_allow_rule_of_a_base_does_not_open_the_baseline_of_what_builds_on_it(tmp_path: Path) -> None:
    closed = edited(FIRM, baseline="deny")
    policy = load(written(tmp_path, GROUP, closed))
    assert policy.decide(ACTION | {"channel": "official", "who": "lead"}).outcome is Outcome.DENY
    opened = edited(
        closed, rules=[*FIRM["rules"], {"id": "F-OPEN", "title": "Open", "effect": "allow", "scope": {"who": "staff"}}]
    )
    policy = load(written(tmp_path, GROUP, opened))
    assert policy.decide(ACTION).outcome is Outcome.ALLOW
    assert policy.decide(ACTION | {"channel": "official"}).because == ("group/(baseline)",)


def test_a_value_that_is_added_counts_for_the_bases_too(firm: Policy) -> None:
    assert "group/G-HOUSE" in firm.decide(ACTION | {"who": "guest", "rude": True}).applies, "all but lead"


def test_the_digest_is_of_the_whole(tmp_path: Path) -> None:
    before = load(written(tmp_path, GROUP, FIRM)).digest
    assert load(written(tmp_path, edited(GROUP, title="The whole group"), FIRM)).digest != before


def test_contacts_of_a_base_are_the_company_s_people(firm: Policy) -> None:
    assert firm.program.contacts["legal"].reach == "#legal"


def test_terms_of_one_name_are_united(tmp_path: Path) -> None:
    words = {"names": {"kind": "words", "entries": ["Egret"]}}
    loaded = load(written(tmp_path, GROUP, edited(FIRM, terms=words)))
    assert loaded.terms["names"].entries == ["Heron", "Egret"]


def test_a_strict_base_makes_the_whole_strict_where_facts_are_missing(tmp_path: Path) -> None:
    missing = {key: value for key, value in ACTION.items() if key != "secret"}
    assert load(written(tmp_path, GROUP, FIRM)).decide(missing).outcome is Outcome.ASK
    strict = load(written(tmp_path, edited(GROUP, when_unknown="strictest"), FIRM))
    assert strict.decide(missing).outcome is Outcome.DENY


@dataclass
class OneShelf:
    """A shelf with one policy."""

    id: str
    document: Document

    def editions(self, id: str) -> Sequence[Edition]:
        return [Edition("1.0.0", True, lambda: self.document)] if id == self.id else []

    def has(self, id: str) -> bool:
        return id == self.id

    def known(self) -> list[str]:
        return [self.id]


def half(text: Mapping[str, Any], id: str, kept: Sequence[bool], when_unknown: str) -> dict[str, Any]:
    """A policy with some of the rules of another one, those apart that name others."""
    rules = [edited(one, overrides=None) for one, keep in zip(text["rules"], kept, strict=True) if keep]
    return edited(
        text,
        id=id,
        version="1.0.0",
        rules=rules,
        when_unknown=when_unknown,
        guarantees=None,
        changes=None,
        exceptions=None,
    )


def strictest(program: Decision, other: Decision) -> tuple[Outcome, Outcome, Outcome]:
    """What two decisions come to."""
    return (
        max(program.outcome, other.outcome),
        max(program.at_least, other.at_least),
        max(program.at_most, other.at_most),
    )


@given(policy_texts(own=True), st.data(), seeds(), st.sampled_from(["ask", "strictest"]))
def test_composed_is_the_strictest_of_what_each_decides_alone(
    text: dict[str, Any], data: st.DataObject, seed: int, when: str
) -> None:
    """The definition of composition, for policies that do not set each other's rules aside."""
    kept = data.draw(st.lists(st.booleans(), min_size=len(text["rules"]), max_size=len(text["rules"])))
    below = half(text, "below", kept, when)
    above = half(text, "above", [not keep for keep in kept], when)
    whole = edited(above, builds_on=[{"id": "below", "version": "1.0.0"}])
    one, other = load_text(json.dumps(below)).program, load_text(json.dumps(above)).program
    shelf = OneShelf("below", read_text(json.dumps(below), "below"))
    both = load_text(json.dumps(whole), shelf=shelf).program
    for facts in many_facts(both, seed, 40):
        try:
            decided = interpret(both, facts)
        except ActionError:
            continue
        mine, theirs = interpret(other, facts), interpret(one, facts)
        start = one.baseline.fact
        found = (decided.outcome, decided.at_least, decided.at_most)
        if start and decided.program.baseline.fact and facts.get(start) is None:
            assert decided.at_least <= max(mine.at_least, theirs.at_least), (
                "the base's start is not known: it may be none"
            )
            assert decided.at_most == max(mine.at_most, theirs.at_most)
        else:
            assert found == strictest(mine, theirs)
        assert {(item.test, item.say) for item in decided.revisions} == {
            (item.test, item.say) for item in (*mine.revisions, *theirs.revisions)
        }
        assert {rule.removeprefix("below/") for rule in decided.applies} - {
            "(baseline)",
            "(baseline 2)",
            "(baseline 3)",
        } == {*mine.applies, *theirs.applies}
        assert {item.to for item in decided.hand_overs} == {item.to for item in (*mine.hand_overs, *theirs.hand_overs)}


# -- what sets aside what ------------------------------------------------------------------------------------------------


def test_what_is_permitted_is_set_aside(tmp_path: Path) -> None:
    lenient = {
        "id": "F-LENIENT",
        "title": "Style is ours",
        "effect": "allow",
        "scope": {"who": "staff"},
        "overrides": {"tags": ["group/house"]},
    }
    set_aside = [{"id": "group", "version": "^1.0", "set_aside": [{"rule": "group/G-ADVICE", "why": "We are untidy."}]}]
    policy = load(written(tmp_path, GROUP, edited(FIRM, rules=[*FIRM["rules"], lenient], builds_on=set_aside)))
    decision = policy.decide(ACTION | {"rude": True})
    assert (decision.because, decision.advice) == (("F-POLITE",), ())


@pytest.mark.parametrize(
    ("overrides", "finding"),
    [
        ({"rules": ["group/G-SECRET"]}, "not-permitted"),
        ({"tags": ["group/civility"]}, "not-permitted"),
        ({"rules": ["group/G-SECRT"]}, "unknown-rule"),
        ({"tags": ["group/hous"]}, "unknown-tag"),
        ({"rules": ["G-SECRET"]}, "unknown-rule"),
        ({"tags": ["civility"]}, "unknown-tag"),
    ],
    ids=str,
)
def test_nothing_else_is_set_aside(tmp_path: Path, overrides: Any, finding: str) -> None:
    rule = {"id": "F-X", "title": "X", "effect": "allow", "scope": {"who": "staff"}, "overrides": overrides}
    assert finding in refused(tmp_path, GROUP, edited(FIRM, rules=[*FIRM["rules"], rule]))


def test_a_firm_rule_of_a_base_stays_whatever_its_tags(tmp_path: Path) -> None:
    firm_rule = edited(GROUP, rules=rule(GROUP, "G-HOUSE", firm=True), may_be_set_aside={"rules": ["G-HOUSE"]})
    mine = {
        "id": "F-X",
        "title": "X",
        "effect": "allow",
        "scope": {"who": "staff"},
        "overrides": {"rules": ["group/G-HOUSE"]},
    }
    assert "not-permitted" in refused(tmp_path, firm_rule, edited(FIRM, rules=[*FIRM["rules"], mine]))


def test_a_firm_rule_cannot_consent_to_being_set_aside(tmp_path: Path) -> None:
    assert "firm-rule-overridden" in refused(tmp_path, GROUP, edited(FIRM, rules=rule(FIRM, "F-POLITE", firm=True)))


@pytest.mark.parametrize("tag", ["group/house", "group/other", "others/civility"])
def test_only_tags_that_are_offered_can_be_carried(tmp_path: Path, tag: str) -> None:
    assert "unknown-tag" in refused(tmp_path, GROUP, edited(FIRM, rules=rule(FIRM, "F-POLITE", tags=[tag])))


def test_an_exception_reaches_what_the_base_permits(tmp_path: Path) -> None:
    vocabulary = {
        "facts": {
            "person": {"type": "string", "question": "Who is it?"},
            "at": {"type": "datetime", "question": "When?"},
        },
        "instant": "at",
    }
    group = edited(
        GROUP,
        vocabulary=GROUP["vocabulary"] | {"facts": GROUP["vocabulary"]["facts"] | vocabulary["facts"], "instant": "at"},
    )
    exception = {
        "rules": ["group/G-HOUSE"], "for": {"person": "u-1"}, "owner": "legal", "reason": "A trial.", "ticket": "T-1",
        "approved_by": ["legal"], "in_force": {"from": "2026-01-01", "through": "2026-12-31"},
    }  # fmt: skip
    policy = load(written(tmp_path, group, edited(FIRM, exceptions={"EX-1": exception})))
    facts = ACTION | {"rude": True, "person": "u-1", "at": "2026-06-01T00:00:00Z"}
    assert policy.decide(facts).because == ("F-POLITE",)
    assert policy.decide(facts | {"person": "u-2"}).because == ("F-POLITE", "group/G-HOUSE")
    assert "not-permitted" in refused(
        tmp_path, group, edited(FIRM, exceptions={"EX-1": exception | {"rules": ["group/G-SECRET"]}})
    )


def test_a_circle_across_policies_is_found(tmp_path: Path) -> None:
    group = edited(GROUP, rules=[*rule(GROUP, "G-FREE", tags=["house"])])
    circle = edited(
        FIRM,
        rules=[
            *rule(
                FIRM,
                "F-POLITE",
                overrides={"tags": ["group/house"]},
                require={"rude": False},
                when=None,
                effect="require",
            )
        ],
    )
    found = refused(tmp_path, group, circle)
    assert "override-cycle" in found
    assert "group/G-FREE" in found["override-cycle"]


# -- finding bases -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "finding"),
    [
        ({"id": "grop", "version": 1}, "unknown-base"),
        ({"id": "group", "version": "^2"}, "no-base-version"),
        ({"id": "group", "version": "one"}, "bad-base"),
        ({"id": "firm", "version": 1}, "bad-base"),
    ],
    ids=str,
)
def test_a_base_that_cannot_be_found_is_named(tmp_path: Path, entry: dict[str, Any], finding: str) -> None:
    found = refused(tmp_path, GROUP, edited(FIRM, builds_on=[entry]))
    assert found.keys() == {finding}
    assert found[finding].startswith(f"{tmp_path}/firm/policy.yaml:")


def test_a_broken_base_is_told_with_its_own_findings(tmp_path: Path) -> None:
    broken = edited(GROUP, rules=[{"id": "G-1", "title": "T", "effect": "deny"}])
    found = refused(tmp_path, broken, FIRM)
    assert found["missing-key"].startswith(f"{tmp_path}/group/policy.yaml:")
    assert "bad-base" in found


def test_the_highest_version_that_suits_all_is_taken(tmp_path: Path) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        text = edited(
            GROUP, version=version, title=f"The group {version}", changes=[GROUP["changes"][0] | {"version": version}]
        )
        folder = written(tmp_path, text)
        assert run(["release", str(folder), "--date", f"2026-01-0{int(version[2]) + 1}"]) == 0
    team = edited(
        FIRM, id="team", title="The team", builds_on=[{"id": "group", "version": "<1.2.0"}], rules=[], guarantees=None
    )
    both = edited(FIRM, builds_on=[{"id": "group", "version": 1}, {"id": "team", "version": 1}])
    policy = load(written(tmp_path, team, both))
    assert [(base.id, base.written.version) for base in policy.bases] == [("group", "1.1.0"), ("team", "1.0.0")]
    none = edited(both, builds_on=[{"id": "group", "version": ">=1.2.0"}, {"id": "team", "version": 1}])
    assert "no-base-version" in refused(tmp_path, none)


def test_policies_that_build_on_each_other_are_refused(tmp_path: Path) -> None:
    group = edited(GROUP, builds_on=[{"id": "third", "version": 1}])
    third = edited(GROUP, id="third", builds_on=[{"id": "group", "version": 1}])
    assert "circle" in refused(tmp_path, third, group, FIRM)["bad-base"]


def test_a_fact_of_another_type_and_a_new_default_are_refused(tmp_path: Path) -> None:
    other = edited(FIRM, vocabulary={"facts": {"rude": {"type": "enum", "values": ["a", "b"], "question": "How?"}}})
    assert "fact-exists" in refused(tmp_path, GROUP, other)
    alike = edited(FIRM, vocabulary={"facts": {"rude": {"type": "bool", "question": "How rude is it?"}}})
    alike["rules"] = rule(alike, "F-GUESTS", scope={"who": "lead"})
    alike["guarantees"] = None
    assert load(written(tmp_path, GROUP, edited(alike))).program.vocabulary.facts["rude"].question == "How rude is it?"
    default = edited(alike, vocabulary={"facts": {"secret": {"default": False}}})
    assert "default-over-base" in refused(tmp_path, GROUP, default)


def test_a_contact_may_not_approve_as_another(tmp_path: Path) -> None:
    contacts = {"legal": {"title": "Legal", "reach": "#legal", "approves_as": "boss"}}
    assert "unlike-contact" in refused(tmp_path, GROUP, edited(FIRM, contacts=contacts))


# -- versions ------------------------------------------------------------------------------------------------------------


def test_guarantees_of_all_are_proved_on_the_whole(tmp_path: Path) -> None:
    assert [(one.id, one.status.value) for one in prove(load(written(tmp_path, GROUP, FIRM))).results] == [
        ("FG-GUESTS", "holds"),
        ("group/GG-SECRET", "holds"),
    ]
    promise = {
        "id": "GG-FREE",
        "title": "Protected talk goes out",
        "when": {"protected": True, "channel": "own", "secret": False},
        "assuming": {"who": "lead"},
        "always": "allow",
    }
    group = edited(GROUP, guarantees=[promise])
    assert prove(load(written(tmp_path, group, FIRM))).held
    forgot = edited(FIRM, rules=rule(FIRM, "F-POLITE", tags=None))
    proofs = prove(load(written(tmp_path, group, forgot)))
    assert [one.id for one in proofs.failed] == ["group/GG-FREE"], "the rule that forgot to consent is found"


def test_a_release_keeps_what_it_was_built_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path
    folder = written(home, GROUP, FIRM)
    assert run(["release", str(folder), "--date", "2026-01-02"]) == 1
    assert "builds-on-draft" in capsys.readouterr().out
    assert not (folder / "releases").exists()
    assert run(["release", str(home / "group"), "--date", "2026-01-02"]) == 0
    assert run(["release", str(folder), "--date", "2026-01-03"]) == 0
    released = Store(home).get("firm@1.0.0")
    stricter = rule(GROUP, "G-ADVICE", effect="deny", when={"protected": True})
    written(home, edited(GROUP, version="2.0.0", rules=stricter))
    assert Store(home).get("firm@1.0.0").digest == released.digest
    (home / "group" / "policy.yaml").unlink()
    for file in (home / "group" / "releases").iterdir():
        file.unlink()
    assert Store(home).get("firm@1.0.0").digest == released.digest, "its own copy is enough"
    copy = folder / "releases" / "packs" / "group-1.0.0.yaml"
    copy.write_text(copy.read_text().replace("Secrets stay inside", "Secrets may go out"))
    with pytest.raises(ReleasesError, match="frozen-file-changed"):
        Store(home).get("firm@1.0.0")
    assert run(["validate", str(folder)]) == 1
    assert "packs/group-1.0.0.yaml:1:1: error: frozen-file-changed" in capsys.readouterr().out
    copy.unlink()
    assert run(["validate", str(folder)]) == 1
    assert "missing-release" in capsys.readouterr().out


def test_an_upgrade_of_a_base_shows_as_what_it_changes_here(tmp_path: Path) -> None:
    before = load(written(tmp_path, GROUP, FIRM))
    new = {
        "id": "G-NEW",
        "title": "Leads stay off our channels",
        "effect": "deny",
        "scope": {"who": "lead", "accounts": "official"},
    }
    after = load(written(tmp_path, edited(GROUP, version="1.1.0", rules=[*GROUP["rules"], new]), FIRM))
    found = diff(before, after)
    assert found.needed.word == "major"
    assert [(change.rule, change.new_place) for change in found.changes if change.statement] == [
        ("group/G-NEW", f"{tmp_path}/group/policy.yaml:{after.lines['group/G-NEW']}")
    ]


def test_the_packs_of_the_package_are_found_from_anywhere() -> None:
    assert {"law-us-endorsements", "law-us-labour"} <= set(shipped().known())


# -- approvals in stages -------------------------------------------------------------------------------------------------

STAGES = """
socialpolicy: 1
id: stages
version: "1.0.0"
title: Stages
vocabulary: {uses: core@1}
contacts:
  comms: {title: Communications, reach: "#comms"}
  legal: {title: Legal, reach: "#legal"}
  crisis_lead: {title: Crisis lead, reach: "+00"}
baseline: allow
rules:
  - id: STATE
    title: A statement is read along
    effect: ask
    scope: {actions: issue_statement}
    approval:
      - {any_of: [comms], say: Communications reads it.}
      - {if: {context.crisis: {at_least: elevated}}, all_of: [legal, crisis_lead], say: In a crisis two more do.}
  - {id: FREE, title: Reports are free, effect: allow, scope: {actions: issue_statement, who: partner}, overrides: {rules: [STATE]}}
"""


@pytest.mark.parametrize(
    ("crisis", "given", "left"),
    [
        ("none", [], {"comms"}),
        ("none", ["comms"], set()),
        ("severe", [], {"comms", "legal", "crisis_lead"}),
        ("severe", ["comms", "legal"], {"crisis_lead"}),
        ("severe", ["comms", "legal", "crisis_lead"], set()),
    ],
)
def test_every_stage_that_its_condition_admits_is_asked_for(crisis: str, given: list[str], left: set[str]) -> None:
    policy = Policy(load_text(STAGES))
    facts = {
        "action.kind": "issue_statement",
        "actor.type": "employee",
        "context.crisis": crisis,
        "context.approvals": given,
    }
    decision = policy.decide(facts)
    assert {contact for asked in decision.approvals for contact in asked.of} == left
    assert decision.because == (("STATE",) if left else ())
    assert decision.outcome is (Outcome.ASK if left else Outcome.ALLOW)
    if not given:
        assert {asked.say for asked in decision.approvals} <= {"Communications reads it.", "In a crisis two more do."}
    assert policy.decide(facts | {"actor.type": "partner"}).outcome is Outcome.ALLOW, (
        "what overrides the rule overrides all of it"
    )


def test_a_rule_of_which_all_stages_have_conditions_matters() -> None:
    from socialpolicy import lint

    text = STAGES.replace("      - {any_of: [comms], say: Communications reads it.}\n", "")
    assert "rule-never-matters" not in {finding.id for finding in lint(Policy(load_text(text)))}


# -- nothing is loosened that was not permitted --------------------------------------------------------------------------


def test_what_is_built_on_does_not_depend_on_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pack of one's own stands before the one of that id in the package, from wherever one looks."""
    mine = edited(GROUP, id="law-eu", title="Our own reading")
    folder = written(
        tmp_path, mine, edited(FIRM, builds_on=[{"id": "law-eu", "version": 1}], rules=[], guarantees=None)
    )
    monkeypatch.chdir(folder)
    for path in (".", "policy.yaml", "../firm"):
        assert [base.written.title for base in load(path).bases] == ["Our own reading"]


@pytest.mark.parametrize("broken", ["syntax", "version", "link", "folder", "index", "withdrawn"])
def test_no_other_takes_the_place_of_a_base_that_cannot_be_read(tmp_path: Path, broken: str) -> None:
    mine = edited(GROUP, id="law-eu", title="Our own reading")
    firm = edited(FIRM, builds_on=[{"id": "law-eu", "version": 1}], rules=[], guarantees=None)
    folder = written(tmp_path, mine, firm)
    draft = tmp_path / "law-eu" / "policy.yaml"
    if broken == "syntax":
        draft.write_text("id: [", encoding="utf-8")
    elif broken == "version":
        draft.write_text(draft.read_text().replace('"1.0.0"', "1.0", 1), encoding="utf-8")
    elif broken == "withdrawn":
        assert run(["release", str(tmp_path / "law-eu"), "--date", "2026-01-02"]) == 0
        index = tmp_path / "law-eu" / "releases" / "index.yaml"
        note = '    withdrawn: {at: "2026-01-03T00:00:00Z", by: "legal", why: "It was wrong."}\n'
        index.write_text(index.read_text() + note, encoding="utf-8")
    elif broken == "index":
        (tmp_path / "law-eu" / "releases").mkdir()
        (tmp_path / "law-eu" / "releases" / "index.yaml").write_text("policy: [", encoding="utf-8")
    else:
        draft.unlink()
        if broken == "link":
            (tmp_path.parent / f"{tmp_path.name}.yaml").write_text(json.dumps(mine), encoding="utf-8")
            draft.symlink_to(tmp_path.parent / f"{tmp_path.name}.yaml")
        else:
            draft.mkdir()
    with pytest.raises(PolicyError):
        load(folder)


def test_what_is_broken_here_is_not_looked_for_elsewhere() -> None:
    """The first shelf that has a policy answers for it, also where it has no version that counts."""

    class Empty(OneShelf):
        def editions(self, id: str) -> Sequence[Edition]:
            return []

    whole = OneShelf("group", read_text(json.dumps(GROUP), "group"))
    both = Shelves((Empty("group", whole.document), whole))
    assert list(both.editions("group")) == []
    assert len(Shelves((whole,)).editions("group")) == 1


def test_a_default_for_what_a_base_only_asks_for_is_refused(tmp_path: Path) -> None:
    asking = {
        "id": "G-ASKS",
        "title": "Clear, please",
        "effect": "require",
        "scope": "everything",
        "require": {"clear": True},
    }
    vocabulary: Any = deepcopy(GROUP["vocabulary"])
    vocabulary["facts"]["clear"] = {"type": "bool", "question": "Is it clear?", "mutable": True}
    group = edited(GROUP, vocabulary=vocabulary, rules=[*GROUP["rules"], asking])
    firm = edited(FIRM, vocabulary={"facts": {"clear": {"default": True}}}, rules=[], guarantees=None)
    assert "default-over-base" in refused(tmp_path, group, firm)


VOCABULARY: Any = FIRM["vocabulary"]
LOOSENING: list[tuple[str, dict[str, Any], str]] = [
    ("an approval by default", {"facts": {"approved": {"default": ["legal"]}}}, "approval-in-condition"),
    ("a default for what is read", {"facts": {"secret": {"default": False}}}, "default-over-base"),
    ("a default for what is asked for", {"facts": {"rude": {"default": False}}}, "default-over-base"),
    ("another fact for approvals", {"facts": {"mine": {"type": "set", "of": "enum", "values": ["legal"], "question": "Who?"}}, "approvals": "mine"}, "fact-exists"),
    ("another fact for a word of scopes", {"facts": {"mine": {"type": "enum", "values": ["own"], "question": "Where?"}}, "scope": {"accounts": "mine"}}, "fact-exists"),
    ("another fact for the baseline", {"facts": {"mine": {"type": "enum", "values": ["own"], "question": "Where?"}}, "baseline": "mine"}, "fact-exists"),
    ("an implication", {"implies": [{"if": {"channel": "own"}, "then": {"secret": False}}]}, "implication-over-base"),
    ("something impossible", {"impossible": [{"secret": True}]}, "implication-over-base"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "vocabulary", "finding"), LOOSENING, ids=[one[0] for one in LOOSENING])
def test_a_vocabulary_takes_nothing_for_granted_that_a_base_reads(
    tmp_path: Path, what: str, vocabulary: dict[str, Any], finding: str
) -> None:
    assert finding in refused(tmp_path, GROUP, edited(FIRM, vocabulary={**VOCABULARY, **vocabulary})), what


def test_a_base_takes_nothing_for_granted_that_another_base_reads(tmp_path: Path) -> None:
    """The order in which they are named does not count either."""
    other = edited(GROUP, id="zother", rules=[], guarantees=None, may_be_set_aside=None)
    facts: Any = deepcopy(GROUP["vocabulary"])
    facts["facts"]["secret"]["default"] = False
    other["vocabulary"] = facts
    for order in (["group", "zother"], ["zother", "group"]):
        firm = edited(FIRM, builds_on=[{"id": id, "version": 1} for id in order])
        assert "default-over-base" in refused(tmp_path, GROUP, other, firm)


def test_a_default_that_a_base_gives_itself_stands(tmp_path: Path) -> None:
    vocabulary: Any = deepcopy(GROUP["vocabulary"])
    vocabulary["facts"]["protected"]["default"] = False
    policy = load(written(tmp_path, edited(GROUP, vocabulary=vocabulary), FIRM))
    assert policy.decide({key: value for key, value in ACTION.items() if key != "protected"}).determined


def test_facts_of_its_own_a_policy_may_say_everything_of(tmp_path: Path) -> None:
    facts = {"mine": {"type": "bool", "question": "Is it mine?", "default": False}}
    implies = [{"if": {"channel": "own"}, "then": {"mine": False}}]
    vocabulary = {**VOCABULARY, "facts": facts, "implies": implies, "impossible": [{"mine": True}]}
    assert load(written(tmp_path, GROUP, edited(FIRM, vocabulary=vocabulary))).decide(ACTION).outcome is Outcome.ALLOW


def test_nothing_of_a_base_is_set_aside_that_others_build_on(tmp_path: Path) -> None:
    """Whoever builds on it decides with all of its rules, and the strictest wins."""
    team = edited(FIRM, id="team", rules=[], guarantees=None)
    aside = [{"id": "group", "version": 1, "set_aside": [{"rule": "group/G-ADVICE", "why": "We are untidy."}]}]
    both = edited(FIRM, builds_on=[*aside, {"id": "team", "version": 1}])
    assert "team builds on group too" in refused(tmp_path, GROUP, team, both)["not-permitted"]
    below = edited(team, builds_on=aside)
    both = edited(FIRM, builds_on=[{"id": "group", "version": 1}, {"id": "team", "version": 1}])
    assert "firm builds on group too" in refused(tmp_path, GROUP, below, both)["not-permitted"]


def test_words_that_a_company_adds_narrow_no_list_of_a_base(tmp_path: Path) -> None:
    group = edited(GROUP, terms={"names": {"kind": "words", "entries": ["Heron"], "match": "anywhere"}})
    firm = edited(FIRM, terms={"names": {"kind": "words", "entries": ["Egret"]}})
    assert load(written(tmp_path, group, firm)).terms["names"].match == "anywhere"
    means = edited(FIRM, terms={"names": {"kind": "words", "entries": ["Egret"], "means": {"rude": "true"}}})
    assert "not-permitted" in refused(tmp_path, group, means)


def test_what_others_may_set_aside_has_to_be_there(tmp_path: Path) -> None:
    group = edited(GROUP, may_be_set_aside={"rules": ["G-X"], "tags": ["hose"], "exceptions": ["house"]})
    assert {"unknown-rule", "unknown-tag"} <= refused(tmp_path, group).keys()


def test_a_withdrawn_version_is_no_draft_again(tmp_path: Path) -> None:
    for version in ("1.0.0", "1.1.0"):
        text = edited(
            GROUP, version=version, title=f"The group {version}", changes=[GROUP["changes"][0] | {"version": version}]
        )
        folder = written(tmp_path, text)
        assert run(["release", str(folder), "--date", f"2026-01-0{int(version[2]) + 1}"]) == 0
    index = folder / "releases" / "index.yaml"
    note = '    withdrawn: {at: "2026-01-03T00:00:00Z", by: "legal", why: "It was wrong."}\n'
    index.write_text(index.read_text() + note, encoding="utf-8")
    assert [base.written.version for base in load(written(tmp_path, FIRM)).bases] == ["1.0.0"]


def test_a_release_needs_the_guarantees_of_what_it_builds_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    promise = {
        "id": "GG-FREE",
        "title": "Free",
        "when": {"protected": True, "channel": "own", "secret": False, "who": "lead"},
        "always": "allow",
    }
    forgot = edited(FIRM, rules=rule(FIRM, "F-POLITE", tags=None), guarantees=None)
    folder = written(tmp_path, edited(GROUP, guarantees=[promise]), forgot)
    assert run(["release", str(tmp_path / "group"), "--date", "2026-01-02"]) == 0
    assert run(["release", str(folder), "--date", "2026-01-03"]) == 1
    assert "guarantee-fails" in capsys.readouterr().out


def test_a_release_overwrites_no_copy_of_an_older_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path, GROUP, FIRM)
    for one, day in ((tmp_path / "group", 2), (folder, 3)):
        assert run(["release", str(one), "--date", f"2026-01-0{day}"]) == 0
    for file in (tmp_path / "group" / "releases").iterdir():
        file.unlink()
    (tmp_path / "group" / "releases").rmdir()
    written(tmp_path, edited(GROUP, title="The group, otherwise"))
    assert run(["release", str(tmp_path / "group"), "--date", "2026-01-04"]) == 0
    newer = edited(FIRM, version="1.0.1", title="The firm again", changes=[FIRM["changes"][0] | {"version": "1.0.1"}])
    assert run(["release", str(written(tmp_path, newer)), "--date", "2026-01-05"]) == 1
    assert "an older release keeps another group 1.0.0" in capsys.readouterr().out
    assert Store(tmp_path).get("firm@1.0.0").bases[0].written.title == "The group"


def test_a_frozen_file_is_read_by_the_vocabulary_it_was_released_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path, GROUP)
    assert run(["release", str(folder), "--date", "2026-01-02"]) == 0
    index = folder / "releases" / "index.yaml"
    text = index.read_text(encoding="utf-8")
    digest = load(folder).digest
    index.write_text(text.replace(digest, "sha256:" + "0" * 64), encoding="utf-8")
    assert run(["decide", str(folder / "releases" / "1.0.0.yaml")]) == 2
    assert "is not what it was when it was released" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("effect", "extra"),
    [("allow", {"require": {"rude": False}}), ("allow", {"approval": "legal"})],
    ids=["asks for a fix", "asks somebody"],
)
def test_what_an_allow_rule_of_a_base_asks_for_stands(tmp_path: Path, effect: str, extra: dict[str, Any]) -> None:
    asking = {"id": "G-ASKS", "title": "Once that is done", "effect": effect, "scope": {"who": "lead"}, **extra}
    policy = load(written(tmp_path, edited(GROUP, rules=[*GROUP["rules"], asking]), edited(FIRM, rules=[])))
    decision = policy.decide(ACTION | {"who": "lead", "rude": True})
    assert decision.because == ("group/G-ASKS",)


def test_names_of_duties_and_stages_are_those_of_their_policy(tmp_path: Path) -> None:
    duty = {
        "id": "G-DUTY",
        "title": "Log it",
        "effect": "duty",
        "scope": "everything",
        "duties": [{"id": "log", "what": "Log it", "who": "legal"}],
    }
    stages = {
        "id": "G-STAGES",
        "title": "Two look",
        "effect": "ask",
        "scope": {"who": "lead"},
        "approval": [{"any_of": ["legal"]}, {"if": {"rude": True}, "any_of": ["legal"], "say": "Again."}],
    }
    group = edited(GROUP, rules=[*GROUP["rules"], duty, stages], may_be_set_aside={"rules": ["G-STAGES"]})
    policy = load(written(tmp_path, group, edited(FIRM, rules=[])))
    decision = policy.decide(ACTION | {"who": "lead", "rude": True})
    assert [one.id for one in decision.duties] == ["group/log"]
    assert {one.rule for one in decision.approvals} == {"group/G-STAGES"}
    aside = [{"id": "group", "version": 1, "set_aside": [{"rule": "group/G-STAGES", "why": "One is enough."}]}]
    policy = load(written(tmp_path, group, edited(FIRM, rules=[], builds_on=aside)))
    assert policy.decide(ACTION | {"who": "lead", "rude": True}).approvals == (), "all of its stages are set aside"


def test_a_tag_without_its_policy_is_told(tmp_path: Path) -> None:
    found = refused(tmp_path, GROUP, edited(FIRM, rules=rule(FIRM, "F-POLITE", tags=["civility"])))
    assert "did you mean group/civility?" in found["unknown-tag"]


# -- who may be named, and how -------------------------------------------------------------------------------------------


def test_a_tag_of_a_policy_that_is_no_base_consents_to_nothing(tmp_path: Path) -> None:
    """It is unknown, though a policy of that id is part of the whole by another way."""
    team = edited(FIRM, id="team", builds_on=[], vocabulary=GROUP["vocabulary"], rules=[], guarantees=None)
    carrying = rule(FIRM, "F-POLITE", tags=["team/civility"])
    assert "unknown-tag" in refused(tmp_path, team, GROUP, edited(FIRM, rules=carrying))


def test_tags_for_rules_are_no_tags_for_exceptions(tmp_path: Path) -> None:
    """What exceptions may set aside is said apart from what rules may."""
    for permit, by_rule, by_exception in (({"tags": ["house"]}, True, False), ({"exceptions": ["house"]}, False, True)):
        vocabulary: Any = deepcopy(GROUP["vocabulary"])
        vocabulary["facts"] |= {
            "person": {"type": "string", "question": "Who?"},
            "at": {"type": "datetime", "question": "When?"},
        }
        vocabulary["instant"] = "at"
        group = edited(GROUP, vocabulary=vocabulary, may_be_set_aside=permit)
        mine = {
            "id": "F-X",
            "title": "X",
            "effect": "allow",
            "scope": {"who": "lead"},
            "overrides": {"tags": ["group/house"]},
        }
        exception = {
            "rules": ["group/G-HOUSE"], "for": {"person": "u-1"}, "owner": "legal", "reason": "A trial.", "ticket": "T-1",
            "approved_by": ["legal"], "in_force": {"from": "2026-01-01", "through": "2026-12-31"},
        }  # fmt: skip
        for firm, may in (
            (edited(FIRM, rules=[*FIRM["rules"], mine]), by_rule),
            (edited(FIRM, exceptions={"EX-1": exception}), by_exception),
        ):
            if may:
                load(written(tmp_path, group, firm))
            else:
                assert "not-permitted" in refused(tmp_path, group, firm)


def test_a_tag_reaches_no_firm_rule_of_a_base(tmp_path: Path) -> None:
    group = edited(
        GROUP, rules=[*rule(GROUP, "G-ADVICE", tags=["house"], effect="deny", firm=True, when={"rude": True})]
    )
    mine = {
        "id": "F-X",
        "title": "X",
        "effect": "allow",
        "scope": {"who": "lead"},
        "overrides": {"tags": ["group/house"]},
    }
    policy = load(written(tmp_path, group, edited(FIRM, rules=[mine])))
    assert policy.decide(ACTION | {"who": "lead", "rude": True}).because == ("group/G-ADVICE",)


def test_all_use_one_vocabulary(tmp_path: Path) -> None:
    firm = edited(FIRM, vocabulary={"uses": "core@1"})
    assert "other-vocabulary" in refused(tmp_path, GROUP, firm)


def test_groups_of_one_name_are_alike(tmp_path: Path) -> None:
    vocabulary: Any = deepcopy(GROUP["vocabulary"])
    vocabulary["groups"] = {"who": {"our_people": ["staff", "lead"]}}
    group = edited(GROUP, vocabulary=vocabulary)
    for members, fine in ((["lead", "staff"], True), (["lead"], False)):
        firm = edited(FIRM, vocabulary={"groups": {"who": {"our_people": members}}}, rules=[], guarantees=None)
        if fine:
            load(written(tmp_path, group, firm))
        else:
            assert "duplicate-value" in refused(tmp_path, group, firm)


def test_what_bases_say_of_facts_counts_in_the_whole(tmp_path: Path) -> None:
    """Implications and impossible actions of a base, though another policy adds values."""
    vocabulary: Any = deepcopy(GROUP["vocabulary"])
    vocabulary["facts"]["filled"] = {"type": "bool", "question": "Is it filled in?"}
    vocabulary["implies"] = [{"if": {"who": {"all_but": ["lead"]}}, "then": {"filled": True}}]
    vocabulary["impossible"] = [{"who": "lead", "filled": True}]
    filled = {"id": "G-FILLED", "title": "Filled", "effect": "deny", "scope": "everything", "when": {"filled": True}}
    policy = load(written(tmp_path, edited(GROUP, vocabulary=vocabulary, rules=[*GROUP["rules"], filled]), FIRM))
    assert "group/G-FILLED" in policy.decide(ACTION | {"who": "guest"}).because, "a guest is all but a lead"
    assert len(policy.vocabulary.impossible) == 1


def test_secret_words_of_a_base_stay_secret(tmp_path: Path) -> None:
    group = edited(
        GROUP, terms={"names": {"kind": "words", "entries": ["Heron"], "secret": True, "means": {"who": "lead"}}}
    )
    terms = load(written(tmp_path, group, edited(FIRM, terms={"names": {"kind": "words", "entries": ["Egret"]}}))).terms
    assert (terms["names"].secret, terms["names"].means) == (True, {"who": "lead"})


def test_mistakes_in_the_rules_of_a_base_are_told(tmp_path: Path) -> None:
    broken = edited(GROUP, rules=rule(GROUP, "G-SECRET", when={"serios": True}))
    found = refused(tmp_path, broken, edited(FIRM, rules=[], guarantees=None))
    assert found["unknown-fact"].startswith(f"{tmp_path}/group/policy.yaml:")


def test_storeys_and_repeated_bases_are_refused(tmp_path: Path) -> None:
    tower = [GROUP]
    for name in ("second", "third", "fourth"):
        below = [{"id": tower[-1]["id"], "version": 1}]
        tower.append(edited(FIRM, id=name, builds_on=below, vocabulary=None, rules=[], guarantees=None, contacts=None))
        tower[-1].pop("changes")
    assert load(
        written(
            tmp_path, *tower[:3], edited(FIRM, builds_on=[{"id": "third", "version": 1}], rules=[], guarantees=None)
        )
    )
    top = edited(FIRM, builds_on=[{"id": "fourth", "version": 1}], rules=[], guarantees=None)
    assert "storeys" in refused(tmp_path, *tower, top)["bad-base"]
    twice = edited(FIRM, builds_on=[{"id": "group", "version": 1}, {"id": "group", "version": "^1"}])
    assert "duplicate-value" in refused(tmp_path, twice)


def test_a_base_of_another_id_in_the_folder_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, GROUP, FIRM)
    other = tmp_path / "group" / "policy.yaml"
    other.write_text(json.dumps(edited(GROUP, id="grope")), encoding="utf-8")
    with pytest.raises(PolicyError, match="has errors, or is a policy of another id"):
        load(folder)
