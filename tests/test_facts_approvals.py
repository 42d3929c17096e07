"""Approvals that count: nobody approves what is their own, nor for two roles at once, nor what has changed since."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialpolicy.approvable import stuck_approvals
from socialpolicy.cli.main import COULD_NOT, GOOD, NO, run
from socialpolicy.facts.approvals import (
    AuthorError,
    Given,
    Record,
    approvals_given,
    digest_of_draft,
    read_approvals,
    read_people,
)
from socialpolicy.facts.files import RecordsError
from socialpolicy.loading.reading import read_text
from socialpolicy.matching import matching
from socialpolicy.policy import Policy, load, loads
from socialpolicy.program import Outcome
from socialpolicy.tidying import lint

POLICY = """
socialpolicy: 1
id: harbour
version: "1.0.0"
title: Social media at Harbour Coffee
owner: comms
purpose: Harbour Coffee is a made-up company; its policy is an example and not legal advice.
contacts:
  comms: {title: Communications, reach: "#ask-comms", deputy: brand}
  brand: {title: Brand team, reach: "#ask-brand"}
  press: {title: Press desk, reach: "#press", approves_as: comms}
  legal: {title: Legal, reach: "#ask-legal", deputy: privacy}
  privacy: {title: Privacy team, reach: "#ask-privacy"}
  care: {title: Care, reach: "#care"}
baseline: {official: {outcome: ask, approval: comms}, otherwise: allow}
rules:
  - id: MERGER
    title: Communications and Legal look at news of a merger first
    effect: ask
    scope: {actions: posting}
    when: {content.topics: {any_of: [merger]}}
    approval: {all_of: [comms, legal]}
"""
PEOPLE = {"comms": ["ada", "ben"], "brand": ["cleo"], "press": ["paul"], "legal": ["dora"], "privacy": ["emil", "ada"]}
AT = datetime(2026, 5, 5, 8, tzinfo=UTC)
DRAFT = digest_of_draft("We are joining forces.")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return loads(POLICY)


def yes(contact: str, person: str, hours_ago: int = 1, **more: object) -> Record:
    """A yes to the draft, some hours ago."""
    return replace(Record(contact, person, AT - timedelta(hours=hours_ago), DRAFT), **more)  # type: ignore[arg-type]


def count(
    policy: Policy, *records: Record, author: str = "zoe", people: Mapping[str, list[str]] = PEOPLE, stage: str = ""
) -> Given:
    return approvals_given(policy, records, author=author, of=DRAFT, at=AT, people=people, stage=stage)


def why(given: Given) -> str:
    """The reason why the one record does not count."""
    assert given.approvals == frozenset()
    (judged,) = given.not_counted
    return judged.why


# -- what counts, and why not ----------------------------------------------------------------------------------------


def test_a_yes_counts_as_what_its_contact_gives(policy: Policy) -> None:
    found = count(policy, yes("press", "paul"), yes("legal", "dora"))
    assert found.approvals == {"comms", "legal"}
    assert found.facts == {"context.approvals": frozenset({"comms", "legal"})}
    assert [judged.why for judged in found.counted] == ["paul is Press desk.", "dora is Legal."]


def test_a_yes_counts_from_its_own_instant_on(policy: Policy) -> None:
    assert count(policy, yes("legal", "dora", 0)).approvals == {"legal"}
    assert count(policy, replace(yes("legal", "dora"), at=AT + timedelta(microseconds=1))).approvals == frozenset()


@pytest.mark.parametrize("author", ["", " ", "\u200b", "\t\u00a0\ufeff"])
def test_nobody_is_no_author(policy: Policy, author: str) -> None:
    """An unset variable of a shell would let the author's own yes count."""
    with pytest.raises(AuthorError, match="not said who the author is"):
        count(policy, yes("legal", "dora"), author=author)
    assert count(policy, yes("legal", "dora"), author="漢").approvals == {"legal"}


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (yes("comms", "zoe"), "zoe is the author; somebody else has to look."),
        (yes("comms", " ZOE "), "ZOE  is the author; somebody else has to look."),
        (yes("comms", "ada", -2), "It is given at 2026-05-05T10:00:00Z, which is still to come."),
        (yes("comms", "ada", 5, expires=AT), "It expired at 2026-05-05T08:00:00Z."),
        (yes("comms", "ada", 5, withdrawn=AT), "It was taken back at 2026-05-05T08:00:00Z."),
        (yes("comms", "ada", of="sha256:0"), "It was given for another draft; this one has changed since, or was never shown."),
        (yes("comms", "ada", stage="sketch"), "It was given for the stage sketch, not for the whole."),
        (yes("comms", "dora"), "dora is not Communications, nor Brand team, who stands in."),
        (yes("press", "dora"), "dora is not Press desk."),
        (yes("care", "ada"), "A yes of Care is none that this policy can ask for."),
        (yes("lega", "dora"), "There is no contact lega in this policy. Did you mean legal?"),
    ],
)  # fmt: skip
def test_the_reason_is_given(policy: Policy, record: Record, reason: str) -> None:
    assert why(count(policy, record)).strip() == reason.strip()


def test_a_directory_that_names_nobody_is_said_so(policy: Policy) -> None:
    assert why(count(policy, yes("press", "paul"), people={})) == "The directory names nobody for Press desk (press)."


def test_a_deputy_stands_in_and_is_named(policy: Policy) -> None:
    (judged,) = count(policy, yes("legal", "emil")).counted
    assert judged.why == "emil stands in for Legal, as Privacy team, its deputy."


def test_nobody_stands_in_for_whom_a_deputy_stands_in(policy: Policy) -> None:
    assert "emil is not Communications" in why(count(policy, yes("comms", "emil")))


def test_one_person_counts_for_one_role_only(policy: Policy) -> None:
    found = count(policy, yes("comms", "ada", 2), yes("legal", "ada", 1))
    assert found.approvals == {"comms"}
    assert found.not_counted[0].why == "One person counts for one role only, and ada counts for Communications."


def test_who_could_give_two_roles_counts_for_the_one_that_nobody_else_gives(policy: Policy) -> None:
    found = count(policy, yes("comms", "ada", 3), yes("legal", "ADA", 2), yes("comms", "ben", 1))
    assert found.approvals == {"comms", "legal"}
    assert [judged.record.person for judged in found.counted] == ["ADA", "ben"]


def test_a_second_yes_of_the_same_person_is_said_so(policy: Policy) -> None:
    found = count(policy, yes("comms", "ada", 3), yes("press", "ada", 2), yes("comms", "ada", 1), yes("comms", "ben"))
    assert [judged.why for judged in found.not_counted] == [
        "ada is not Press desk.",
        "ada has said yes as Communications already.",
        "Somebody else's yes counts for Communications already.",
    ]


def test_what_was_said_first_counts_wherever_it_stands(policy: Policy) -> None:
    assert count(policy, yes("legal", "ada", 1), yes("comms", "ada", 2)).approvals == {"comms"}


def test_a_stage_counts_for_itself_alone(policy: Policy) -> None:
    sketch, whole = yes("comms", "ada", 2, stage="sketch"), yes("legal", "dora")
    assert count(policy, sketch, whole).approvals == {"legal"}
    assert count(policy, sketch, whole, stage="sketch").approvals == {"comms", "legal"}
    assert count(policy, sketch, whole, stage="final").approvals == {"legal"}


def test_roles_that_are_asked_for_go_first(policy: Policy) -> None:
    records = [yes("comms", "ada", 2), yes("legal", "ada", 1)]
    found = approvals_given(policy, records, author="zoe", of=DRAFT, at=AT, people=PEOPLE, wanted=["legal"])
    assert found.approvals == {"legal"}


def test_what_counts_is_what_deciding_asks_for(policy: Policy) -> None:
    facts = {"account.kind": "personal", "action.kind": "publish", "content.topics": ["merger"]}
    half = count(policy, yes("comms", "ada"), yes("legal", "ada"))
    both = count(policy, yes("comms", "ada"), yes("legal", "dora"))
    assert policy.decide({**facts, **half.facts}).outcome is Outcome.ASK
    assert policy.decide({**facts, **both.facts}).outcome is Outcome.ALLOW


# -- laws --------------------------------------------------------------------------------------------------------------

PERSONS = ["ada", "ben", "cleo", "dora", "emil", "zoe"]
RECORDS = st.builds(
    yes,
    st.sampled_from(["comms", "press", "brand", "legal", "privacy", "care"]),
    st.sampled_from(PERSONS),
    st.integers(-1, 9),
)
DIRECTORIES = st.dictionaries(
    st.sampled_from(["comms", "press", "brand", "legal", "privacy"]),
    st.lists(st.sampled_from(PERSONS), max_size=3),
    max_size=5,
)
SHARED = loads(POLICY)


def largest(edges: list[tuple[str, str]]) -> int:
    """The size of the largest choice, by trying all."""
    roles, people = sorted({role for _, role in edges}), sorted({person for person, _ in edges})
    pairs = set(edges)
    sizes = [0]
    for number in range(1, min(len(roles), len(people)) + 1):
        for chosen in combinations(roles, number):
            if any(
                all(pair in pairs for pair in zip(taken, chosen, strict=True)) for taken in permutations(people, number)
            ):
                sizes.append(number)
                break
    return max(sizes)


EDGES = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("1234")), max_size=9)


@given(EDGES)
def test_as_many_roles_count_as_there_can_be(edges: list[tuple[str, str]]) -> None:
    found = matching(edges)
    assert len(found) == largest(edges)
    assert len(set(found.values())) == len(found)
    assert {(person, role) for role, person in found.items()} <= set(edges)


@given(EDGES, st.tuples(st.sampled_from("abcd"), st.sampled_from("1234")))
def test_one_edge_more_takes_no_role_away(edges: list[tuple[str, str]], more: tuple[str, str]) -> None:
    assert set(matching(edges)) <= set(matching([*edges, more]))


@given(st.lists(RECORDS, max_size=8), DIRECTORIES, st.sampled_from(PERSONS))
def test_a_later_yes_takes_no_role_away(records: list[Record], people: dict[str, list[str]], person: str) -> None:
    for contact in ("comms", "legal", "brand"):
        later = replace(yes(contact, person), at=AT)
        assert (
            count(SHARED, *records, people=people).approvals <= count(SHARED, *records, later, people=people).approvals
        )


@given(st.lists(RECORDS, max_size=8), DIRECTORIES, st.sampled_from(PERSONS))
def test_every_record_has_its_reason_and_no_person_counts_twice(
    records: list[Record], people: dict[str, list[str]], author: str
) -> None:
    found = count(SHARED, *records, author=author, people=people)
    assert [judged.record for judged in found.records] == records
    assert all(judged.why.endswith((".", "?")) for judged in found.records)
    assert {judged.gives for judged in found.counted} == found.approvals
    persons = [judged.record.person for judged in found.counted]
    assert len(set(persons)) == len(persons)
    assert author not in persons


@given(st.lists(RECORDS, max_size=6), DIRECTORIES, st.randoms())
def test_the_order_of_records_of_different_times_is_irrelevant(records, people, random) -> None:  # type: ignore[no-untyped-def]
    records = [replace(record, at=record.at - timedelta(seconds=index)) for index, record in enumerate(records)]
    shuffled = random.sample(records, len(records))
    assert count(SHARED, *records, people=people).approvals == count(SHARED, *shuffled, people=people).approvals


def test_that_no_record_ever_takes_a_role_away_is_more_than_can_be_had(policy: Policy) -> None:
    # Whatever is chosen for both records, one of them alone counts for the other role.
    alone = [count(policy, record).approvals for record in (yes("comms", "ada", 2), yes("legal", "ada", 1))]
    both = count(policy, yes("comms", "ada", 2), yes("legal", "ada", 1)).approvals
    assert alone == [{"comms"}, {"legal"}]
    assert len(both) == 1


# -- what was approved -------------------------------------------------------------------------------------------------


def test_the_digest_is_of_what_is_said_not_of_how_it_was_saved() -> None:
    assert digest_of_draft("Grüße\r\naus dem Hafen\r\n\n") == digest_of_draft("Gru\u0308ße\naus dem Hafen")
    assert digest_of_draft("a b") != digest_of_draft("a  b")
    assert digest_of_draft("Pay") != digest_of_draft("P\u0430y"), "a letter that only looks alike is another one"
    assert digest_of_draft("a\u200bb") != digest_of_draft("ab")


def test_the_digest_of_facts_is_of_the_draft_alone(policy: Policy) -> None:
    facts = {"content": {"topics": ["merger", "layoffs"], "tone": None}, "platform": "x"}
    same = {
        "content.topics": frozenset({"layoffs", "merger"}),
        "platform": "x",
        "context.at": AT,
        "actor.id": "u",
        "context.approvals": [],
    }
    assert digest_of_draft(facts) == digest_of_draft(same, policy.vocabulary)
    assert digest_of_draft(facts) != digest_of_draft({**facts, "platform": "linkedin"})
    assert digest_of_draft("x") != digest_of_draft({"platform": "x"})


# -- files ---------------------------------------------------------------------------------------------------------------

FILE = f"""
approvals_for: harbour
people:
  comms: [ada]
  legal: [dora]
approvals:
  - {{as: comms, by: ada, at: "2026-05-05T06:00:00Z", of: "{DRAFT}", expires: 2026-05-12T06:00:00Z}}
  - {{as: legal, by: dora, at: 2026-05-05T09:00:00+02:00, of: "{DRAFT}", x-ticket: L-7}}
  - {{as: legal, by: zoe, at: 2026-05-05T09:00:00+02:00, of: "{DRAFT}"}}
"""


def test_a_file_of_records_is_read(policy: Policy) -> None:
    records, people = read_approvals(policy, read_text(FILE, "approvals.yaml"))
    assert people == {"comms": ["ada"], "legal": ["dora"]}
    assert [(record.contact, record.person, record.line) for record in records] == [
        ("comms", "ada", 7), ("legal", "dora", 8), ("legal", "zoe", 9),
    ]  # fmt: skip
    assert records[0].expires == datetime(2026, 5, 12, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("approvals_for: harbour", "approvals_for: acme", "2:16 other-policy"),
        ("approvals_for: harbour", "x-for: harbour", "2:1 missing-key"),
        ("legal: [dora]", "lega: [dora]", "5:3 unknown-contact"),
        ('at: "2026-05-05T06:00:00Z"', "at: 2026-05-05", "7:30 bad-instant"),
        ("2026-05-12T06:00:00Z", "2026-05-01T06:00:00Z", "7:142 never-true"),
        ("by: ada, ", "", "7:5 missing-key"),
        ("by: ada", "by: ada, role: comms", "7:26 unknown-key"),
    ],
)
def test_every_mistake_in_a_file_has_its_place(policy: Policy, before: str, after: str, found: str) -> None:
    assert before in FILE
    with pytest.raises(RecordsError) as caught:
        read_approvals(policy, read_text(FILE.replace(before, after, 1), "approvals.yaml"))
    (finding,) = caught.value.findings
    assert f"{finding.line}:{finding.column} {finding.id}" == found


def test_all_mistakes_are_told_at_once(policy: Policy) -> None:
    text = (
        FILE.replace("legal: [dora]", "lega: [dora]").replace("by: ada", "by: 7").replace("09:00:00+02:00", "soon", 1)
    )
    with pytest.raises(RecordsError) as caught:
        read_approvals(policy, read_text(text, "approvals.yaml"))
    assert {finding.id for finding in caught.value.findings} == {"unknown-contact", "wrong-type", "bad-instant"}


def test_the_directory_may_be_a_file_of_its_own(policy: Policy) -> None:
    assert read_people(policy, read_text("people_for: harbour\npeople: {legal: [dora]}\n", "p")) == {"legal": ["dora"]}


# -- the command ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.yaml").write_text(POLICY, "utf-8")
    (tmp_path / "approvals.yaml").write_text(FILE, "utf-8")
    (tmp_path / "draft.txt").write_text("We are joining forces.\n", "utf-8")
    return tmp_path


ARGUMENTS = ["approvals", "policy.yaml", "approvals.yaml", "--author", "zoe", "--at", "2026-05-05T08:00:00Z"]
TOLD = """\
2 of 3 yeses count, for the draft DIGEST by zoe at 2026-05-05 08:00 UTC: Communications and Legal.

  counts     Communications   ada    2026-05-05 06:00 UTC   ada is Communications.
  counts     Legal            dora   2026-05-05 07:00 UTC   dora is Legal.
  does not   Legal            zoe    2026-05-05 07:00 UTC   zoe is the author; somebody else has to look.

So of the action: context.approvals: [comms, legal]
"""


@pytest.mark.usefixtures("folder")
def test_the_command_tells_what_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ARGUMENTS, "--text", "draft.txt"]) == GOOD
    shown, _, of = capsys.readouterr().out.rpartition("A yes to this draft says")
    assert shown == TOLD.replace("DIGEST", f"{DRAFT[:11]}…{DRAFT[-4:]}")
    assert of == f'  of: "{DRAFT}"\n', "whole, to be put into a record"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("more", "status", "says"),
    [
        (["--of", DRAFT, "-q"], GOOD, "comms legal"),
        (["--of", DRAFT, "-q", "--asked", "legal"], GOOD, "comms legal"),
        (["--of", DRAFT, "--asked", "brand"], NO, "Still asked for: the brand team."),
        (["--of", "sha256:0"], NO, "No yes counts, for the draft sha256:0 by zoe"),
        ([], COULD_NOT, "say what is to go out"),
        (["--of", DRAFT, "--text", "draft.txt"], COULD_NOT, "say what is to go out"),
        (["--of", DRAFT, "--asked", "lgal"], COULD_NOT, "Did you mean legal?"),
        (["--of", DRAFT, "--people", "approvals.yaml"], COULD_NOT, "says already who is who"),
        (["--of", DRAFT, "--at", "today"], COULD_NOT, "write an instant with its offset"),
        (["--of", DRAFT, "--author", ""], COULD_NOT, "--author: it is not said who the author is"),
        (["--of", DRAFT, "--author", " \u200b"], COULD_NOT, "--author: it is not said who the author is"),
    ],
)
def test_the_exit_status_answers(more: list[str], status: int, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ARGUMENTS, *more]) == status
    captured = capsys.readouterr()
    assert says in captured.out + captured.err


@pytest.mark.usefixtures("folder")
def test_the_command_answers_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ARGUMENTS, "--of", DRAFT, "-f", "json"]) == GOOD
    data = json.loads(capsys.readouterr().out)
    assert data["facts"] == {"context.approvals": ["comms", "legal"]}
    assert data["records"][2] == {
        "as": "legal", "by": "zoe", "at": "2026-05-05T07:00:00Z", "line": 9, "counts": False, "gives": "",
        "why": "zoe is the author; somebody else has to look.",
    }  # fmt: skip


@pytest.mark.usefixtures("folder")
def test_who_is_who_is_never_guessed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "approvals.yaml").write_text(FILE.replace("people:\n  comms: [ada]\n  legal: [dora]\n", ""), "utf-8")
    assert run([*ARGUMENTS, "--of", DRAFT]) == COULD_NOT
    assert "it is not told who is which contact" in capsys.readouterr().err
    (folder / "people.yaml").write_text("people_for: harbour\npeople: {legal: [dora]}\n", "utf-8")
    assert run([*ARGUMENTS, "--of", DRAFT, "--people", "people.yaml", "-q"]) == GOOD
    assert capsys.readouterr().out.strip() == "legal"


@pytest.mark.usefixtures("folder")
def test_a_draft_may_be_told_by_its_facts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digest = digest_of_draft({"platform": "x", "action.kind": "create_account"})
    (folder / "action.yaml").write_text(
        "platform: x\naction: {kind: create_account}\ncontext.quiet_period: true\n", "utf-8"
    )
    (folder / "approvals.yaml").write_text(FILE.replace(DRAFT, digest), "utf-8")
    assert run([*ARGUMENTS, "--facts", "action.yaml", "-q"]) == GOOD
    assert capsys.readouterr().out.strip() == "comms legal"


# -- approvals that the author may have to give alone ------------------------------------------------------------------

CONTACTS = """
  comms: {title: Communications, reach: "#c", roles: [social_media_manager]}
  legal: {title: Legal, reach: "#l", roles: [legal]}
  hr: {title: People team, reach: "#h", roles: [hr], deputy: legal}
  care: {title: Care, reach: "#care"}
  boss: {title: Manager, reach: "in person", approves_as: manager, roles: [manager, legal]}
"""


def doubts(rule: str, contacts: str = CONTACTS, baseline: str = "allow") -> list[str]:
    """What is said of the approval of a rule."""
    text = (
        POLICY[: POLICY.index("contacts:")]
        + f"contacts:{contacts}baseline: {baseline}\nrules:\n  - {{id: R, title: R, effect: ask, {rule}}}\n"
    )
    found = lint(loads(text), document=read_text(text, "policy"), select={"approval-by-author-alone"})
    return [finding.message for finding in found]


@pytest.mark.parametrize(
    ("rule", "stuck"),
    [
        ("scope: everything, approval: legal", "role legal may be Legal; then nobody is left"),
        ("scope: everything, approval: hr", ""),
        (
            "scope: {roles: hr}, when: {actor.roles: legal}, approval: hr",
            "role hr and legal may be People team and Legal; then nobody",
        ),
        ("scope: {roles: hr}, approval: hr", ""),
        ("scope: {roles: intern}, when: {not: {actor.roles: legal}}, approval: legal", ""),
        ("scope: {roles: intern}, approval: legal", "role intern and legal may be Legal"),
        ("scope: everything, approval: {any_of: [legal, comms]}", ""),
        ("scope: everything, approval: {any_of: [legal, boss]}", "role legal may be Manager and Legal; then nobody"),
        (
            "scope: everything, approval: {all_of: [legal, comms]}",
            "role legal may be Legal; then only Communications could say it",
        ),
        (
            "scope: everything, approval: {all_of: [legal, hr]}",
            "role legal may be Legal; then only People team could say it",
        ),
        ("scope: everything, approval: {of: [legal, comms, hr], at_least: 2}", ""),
        (
            "scope: everything, approval: {of: [legal, comms, hr], at_least: 3}",
            "role legal may be Legal; then only Communications and People team could",
        ),
        ("scope: everything, when: {actor.type: bot, actor.employment: active}, approval: legal", ""),
    ],
)
def test_an_approval_that_the_author_may_have_to_give_alone(rule: str, stuck: str) -> None:
    found = doubts(rule)
    assert bool(found) == bool(stuck), found
    assert all(stuck in message for message in found)


def test_where_only_people_are_few_it_is_a_note() -> None:
    text = POLICY[: POLICY.index("contacts:")] + f"contacts:{CONTACTS}baseline: allow\nrules:\n"
    text += "  - {id: FEW, title: R, effect: ask, scope: {roles: hr}, approval: {all_of: [legal, hr]}}\n"
    text += "  - {id: NOBODY, title: R, effect: ask, scope: everything, approval: {all_of: [legal, hr]}}\n"
    found = lint(loads(text), document=read_text(text, "policy"), select={"approval-by-author-alone"})
    assert [(finding.level.word, finding.line) for finding in found] == [("warning", 17), ("info", 16)]
    assert found[1].hint.startswith("see that there are enough people")


def test_a_contact_without_roles_is_somebody_else() -> None:
    contacts = CONTACTS.replace(", roles: [legal]", "", 1)
    assert doubts("scope: everything, approval: legal", contacts) == []


def test_what_is_denied_anyway_waits_for_no_approval() -> None:
    text = (
        POLICY[: POLICY.index("contacts:")]
        + f"""contacts:{CONTACTS}baseline: allow
rules:
  - {{id: R, title: R, effect: ask, scope: {{actions: publish}}, approval: legal}}
  - {{id: D, title: D, effect: deny, scope: {{actions: [publish, reply]}}}}
"""
    )
    assert lint(loads(text), document=read_text(text, "policy"), select={"approval-by-author-alone"}) == []


def test_the_baseline_asks_too() -> None:
    found = doubts(
        "scope: {roles: hr}, approval: hr", baseline="{official: {outcome: ask, approval: legal}, otherwise: allow}"
    )
    assert found == [
        "the baseline asks for a yes from Legal. An author with the role legal may be Legal; then nobody is left who could say it."
    ]
    opened = "{official: {outcome: ask, approval: hr}, otherwise: allow}"
    assert doubts("scope: {roles: hr}, approval: hr", baseline=opened) == []


def test_a_baseline_that_is_open_asks_for_nothing() -> None:
    contacts = CONTACTS.replace("care: {", "law: {deputy: hr, approves_as: legal, roles: [legal], ").replace(
        ", deputy: legal", ""
    )
    text = (
        POLICY[: POLICY.index("contacts:")]
        + f"""contacts:{contacts}
baseline: {{official: {{outcome: ask, approval: legal}}, otherwise: allow}}
rules:
  - {{id: OPEN, title: R, effect: allow, scope: everything, when: {{account.kind: official}}}}
  - {{id: R, title: R, effect: ask, scope: everything, approval: law}}
"""
    )
    found = lint(loads(text), document=read_text(text, "policy"), select={"approval-by-author-alone"})
    assert found == [], [finding.message for finding in found]


def every_way(policy: Policy, roles: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """The rules whose approval gets stuck, by trying each author of one role against the definition."""
    for rule in policy.program.rules:
        approval = rule.approval
        assert approval is not None
        for author in sorted(frozenset().union(*roles.values())):
            speakers = [
                [
                    (contact, one.gives)
                    for contact in (one.contact, policy.program.contacts[one.contact].deputy)
                    if contact and author not in roles[contact]
                ]
                for one in approval.of
            ]
            best = 0
            for picked in product(*([None, *options] for options in speakers)):
                chosen = [pair for pair in picked if pair is not None]
                if len({contact for contact, _ in chosen}) == len(chosen):
                    best = max(best, len({gives for _, gives in chosen}))
            if best < approval.at_least:
                yield rule.id
                break


@given(
    st.lists(st.sampled_from([*range(6)]), min_size=3, max_size=3),
    st.lists(st.sampled_from(["legal", "hr", "manager"]), min_size=3, max_size=3),
    st.integers(1, 3),
)
def test_the_doubt_is_just_the_definition(deputies: list[int], roles: list[str], number: int) -> None:
    names = ["comms", "legal", "hr"]
    contacts = "".join(
        f"  {name}: {{title: {name}, reach: x, roles: [{role}]{f', deputy: {names[deputy]}' if deputy < 3 and names[deputy] != name else ''}}}\n"
        for name, role, deputy in zip(names, roles, deputies, strict=True)
    )
    text = POLICY[: POLICY.index("contacts:")] + f"contacts:\n{contacts}baseline: allow\nrules:\n"
    text += f"  - {{id: R, title: R, effect: ask, scope: everything, approval: {{of: [comms, legal, hr], at_least: {number}}}}}\n"
    policy = loads(text)
    by_contact = {name: frozenset({role}) for name, role in zip(names, roles, strict=True)}
    assert [stuck.rule for stuck in stuck_approvals(policy.program, by_contact)] == list(every_way(policy, by_contact))


PACK = """
socialpolicy: 1
id: pack
version: "1.0.0"
title: Rules of a trade
purpose: An example, not legal advice.
contacts:
  legal: {title: A lawyer, reach: your legal team, roles: [legal]}
  press: {title: The press office, reach: your press office, approves_as: comms}
baseline: allow
rules:
  - id: COURT
    title: A lawyer looks at court cases first
    effect: ask
    scope: {actions: posting}
    when: {content.topics: {any_of: [litigation]}}
    approval:
      - {any_of: [press]}
      - {if: {account.kind: official}, all_of: [legal]}
"""
BUILT = POLICY.replace("baseline:", "builds_on: [{id: pack, version: 1}]\nbaseline:").replace(
    "legal: {title: Legal, ", "legal: {title: Legal, roles: [legal], "
)


def built(folder: Path, text: str = BUILT) -> Policy:
    """The company's policy, in a folder beside that of the pack that it builds on."""
    for name, written in (
        ("pack", PACK),
        ("harbour", text.replace('  press: {title: Press desk, reach: "#press", approves_as: comms}\n', "")),
    ):
        (folder / name).mkdir()
        (folder / name / "policy.yaml").write_text(written, "utf-8")
    return load(folder / "harbour")


def test_contacts_of_a_policy_that_it_builds_on_approve(tmp_path: Path) -> None:
    policy = built(tmp_path)
    found = count(policy, yes("press", "paul"), yes("legal", "emil"))
    assert [judged.why for judged in found.counted] == [
        "paul is The press office.",
        "emil stands in for Legal, as Privacy team, its deputy.",
    ]
    facts = {"account.kind": "official", "action.kind": "publish", "content.topics": ["litigation"]}
    assert [asked.of for asked in policy.decide(facts).approvals if asked.rule] == [("press",), ("legal",)]
    assert policy.decide({**facts, **found.facts}).outcome is Outcome.ALLOW


def test_a_rule_that_a_policy_builds_on_may_get_stuck_by_its_contacts(tmp_path: Path) -> None:
    policy = built(tmp_path, BUILT.replace("deputy: privacy", "deputy: legl").replace("privacy:", "legl:").replace(
        'reach: "#ask-privacy"', 'reach: "#ask-privacy", roles: [legal]'
    ))  # fmt: skip
    found = lint(policy, select={"approval-by-author-alone"})
    assert [(finding.line, finding.message.partition(".")[0]) for finding in found] == [
        (14, "rule pack/COURT asks for a yes from Legal"),
        (22, "rule MERGER asks for a yes from Communications and Legal"),
    ]
    assert policy.written.builds_on
    assert not lint(built_again(tmp_path), select={"approval-by-author-alone"})


def built_again(folder: Path) -> Policy:
    """The company's policy with its deputies as they should be."""
    (folder / "again").mkdir()
    return built(folder / "again")


def test_standard_input_is_read_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["approvals", "-", "-", "--author", "a", "--at", "now", "--of", "x"]) == COULD_NOT
    assert "only one thing" in capsys.readouterr().err
    assert sys.stdin is not None
