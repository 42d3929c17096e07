"""Playbooks: which step is next, who does it, until when; and that a decision names them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialpolicy.cli.main import run
from socialpolicy.facts.playbooks import PlaybookError, Progress, names, playbook_of, progress
from socialpolicy.policy import Policy, loads

POLICY = """
socialpolicy: 1
id: harbour
version: "1.0.0"
title: Social media at Harbour Coffee
owner: comms
time_zone: Europe/Berlin
contacts:
  comms: {title: Communications, reach: "#ask-comms", deputy: boss}
  boss: {title: The owner, reach: "+00 000"}
  care: {title: Customer care, reach: "#care"}
baseline: allow
templates:
  holding: {title: Holding statement, text: We are looking into it., owner: comms, approved_by: [boss]}
rules:
  - {id: TIP, title: Be kind, effect: advise, scope: everything}
playbooks:
  spill:
    title: Something is wrong with the coffee
    trigger: {content.topics: product_safety}
    owner: comms
    roles: {voice: {who: comms, deputy: boss}}
    steps:
      - {id: pause, do: Pause what is planned, who: voice, within: 15 minutes}
      - {do: Post the holding statement unchanged, who: voice, within: 30 minutes, template: holding}
      - {id: answer, do: Answer everyone who asked, who: care, within: 2 hours, after: pause, hand_over: {to: boss}}
    dont: [Guess at causes]
    ends: {when: The batch is back, who: voice, then: [Thank everybody]}
"""
BEGAN = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def harbour() -> Policy:
    return loads(POLICY)


def states(policy: Policy, minutes: float, **done: float) -> list[tuple[str, str]]:
    """How the steps stand so many minutes after the beginning."""
    ended = {name.lstrip("_"): BEGAN + timedelta(minutes=after) for name, after in done.items()}
    at = BEGAN + timedelta(minutes=minutes)
    found = progress(policy, playbook_of(policy, "spill"), began=BEGAN, done=ended, at=at)
    return [(one.name, one.progress.value) for one in found]


def test_a_decision_names_the_playbook_and_its_steps(harbour: Policy) -> None:
    decision = harbour.decide({"content.topics": ["product_safety"]})
    (playbook,) = decision.playbooks
    first = playbook.steps[0]
    assert (first.do, first.who, first.deputy) == ("Pause what is planned", "comms", "boss")
    shown = " ".join(decision.explain().split())
    assert "Next, within 15 minutes, for Communications (deputy: The owner): Pause what is planned." in shown
    assert decision.applies == ("TIP",), "a playbook is no rule"
    assert harbour.decide({"content.topics": ["wages"]}).playbooks == ()
    unknown = harbour.decide({})
    assert (unknown.playbooks, [one.id for one in unknown.maybe.playbooks]) == ((), ["spill"])
    assert "content.topics" not in unknown.missing, "what only a playbook waits for is not asked"


def test_steps_come_one_after_the_other(harbour: Policy) -> None:
    assert states(harbour, 1) == [("pause", "next"), ("2", "next"), ("answer", "waiting")]
    assert states(harbour, 16) == [("pause", "overdue"), ("2", "next"), ("answer", "waiting")]
    assert states(harbour, 16, pause=10) == [("pause", "done"), ("2", "next"), ("answer", "next")]
    assert states(harbour, 131, pause=10, _2=20)[2] == ("answer", "overdue"), (
        "two hours from the end of the step before"
    )
    assert states(harbour, 130, pause=10, _2=20)[2] == ("answer", "next")


def test_a_step_there_is_none_of_is_refused(harbour: Policy) -> None:
    with pytest.raises(PlaybookError, match="pause, 2 and answer"):
        states(harbour, 1, paus=1)
    with pytest.raises(PlaybookError, match="spill"):
        playbook_of(harbour, "spil")


DONE = st.dictionaries(st.sampled_from(["pause", "2", "answer"]), st.floats(0, 200)).filter(
    lambda done: "answer" not in done or done.get("pause", 999) <= done["answer"]
)


@given(
    DONE,
    st.floats(0, 300),
    st.floats(0, 300),
)
def test_what_is_done_stays_done_and_what_is_late_stays_late(done: dict[str, float], one: float, other: float) -> None:
    """Law: time alone brings a step from next to overdue, and never back."""
    policy = loads(POLICY)
    ended = {name: BEGAN + timedelta(minutes=after) for name, after in done.items()}
    early, late = sorted((one, other))
    order = [Progress.WAITING, Progress.NEXT, Progress.OVERDUE, Progress.DONE]
    sides = [
        progress(policy, playbook_of(policy, "spill"), began=BEGAN, done=ended, at=BEGAN + timedelta(minutes=after))
        for after in (early, late)
    ]
    for before, after in zip(*sides, strict=True):
        assert order.index(before.progress) <= order.index(after.progress)


def test_every_part_has_a_deputy_who_is_somebody_else(harbour: Policy) -> None:
    from socialpolicy.loading.findings import PolicyError

    for deputy in ("comms", "nobody"):
        with pytest.raises(PolicyError):
            loads(POLICY.replace("voice: {who: comms, deputy: boss}", f"voice: {{who: comms, deputy: {deputy}}}"))
    with pytest.raises(PolicyError):
        loads(POLICY.replace("voice: {who: comms, deputy: boss}", "voice: {who: comms}"))
    assert names(playbook_of(harbour, "spill")) == ["pause", "2", "answer"]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY, encoding="utf-8")
    assert run(["playbook", str(file)]) == 0
    assert (
        "spill  Something is wrong with the coffee\n      begins where content.topics has product_safety"
        in capsys.readouterr().out
    )
    began = ["--began", "2026-05-01T08:00:00Z"]
    assert (
        run(
            ["playbook", str(file), "spill", *began, "--at", "2026-05-01T08:20:00Z", "--done", "2=2026-05-01T08:10:00Z"]
        )
        == 1
    )
    shown = capsys.readouterr().out
    assert (
        "1. overdue   Pause what is planned.\n     Communications (deputy: The owner), within 15 minutes, by 2026-05-01 10:15 CEST"
        in shown
    )
    assert "It is over when the batch is back: Communications says so." in shown
    assert run(["playbook", str(file), "spill", *began, "--at", "2026-05-01T08:01:00Z", "-f", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["next"] == ["pause", "2"]
    for wrong in (
        ["spil"],
        ["spill", "--done", "pause=2026-05-01T08:10:00Z"],
        ["spill", *began, "--done", "paus=2026-05-01T08:10:00Z"],
    ):
        assert run(["playbook", str(file), *wrong]) == 2
        assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("{id: pause, do", "{id: pause, after: answer, do", "pause after answer after pause: none of them can begin"),
        ("{id: pause, do", "{id: pause, after: pause, do", "pause after pause: none of them can begin"),
        ("{id: answer, do", "{id: pause, do", "another step of this playbook is called pause already"),
        ("{id: answer, do", '{id: "2", do', "another step of this playbook is called 2 already"),
    ],
)
def test_steps_that_cannot_be_told_apart_or_never_begin_are_refused(old: str, new: str, finding: str) -> None:
    from socialpolicy.loading.findings import PolicyError

    with pytest.raises(PolicyError, match=finding):
        loads(POLICY.replace(old, new))


# -- what has not happened, and what cannot have happened --------------------------------------------------------------


def test_what_is_dated_later_is_not_done_yet(harbour: Policy) -> None:
    assert states(harbour, 5, pause=6) == [("pause", "next"), ("2", "next"), ("answer", "waiting")]
    assert states(harbour, 16, pause=17)[0] == ("pause", "overdue")
    assert states(harbour, 6, pause=6)[0] == ("pause", "done")


def test_working_days_are_those_of_whoever_does_the_step() -> None:
    text = POLICY.replace("within: 2 hours", "within: 1 working day")
    care = 'care: {title: Customer care, reach: "#care"'
    office = text.replace(care, f"{care}, hours: office").replace(
        "contacts:", 'calendars: {office: {days: [mon, sun], from: "09:00", to: "12:00"}}\ncontacts:', 1
    )
    dues = []
    for policy in (loads(text), loads(office)):
        steps = progress(policy, playbook_of(policy, "spill"), began=BEGAN, done={"pause": BEGAN}, at=BEGAN)
        dues.append(steps[2].due)
    # 1 May 2026 is a Friday, and Berlin two hours ahead.
    assert dues == [datetime(2026, 5, 4, 22, tzinfo=UTC), datetime(2026, 5, 3, 10, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("done", "says"),
    [
        ({"pause": -1}, "the step pause is said to be done before the playbook began."),
        ({"pause": 10, "answer": 9}, "the step answer is said to be done before pause, which it comes after."),
        ({"answer": 9}, "the step answer is said to be done, but not pause, which it comes after."),
    ],
)
def test_what_cannot_have_happened_is_refused(harbour: Policy, done: dict[str, float], says: str) -> None:
    for minutes in (5, 60):  # at whatever instant it is asked
        with pytest.raises(PlaybookError) as caught:
            states(harbour, minutes, **done)
        assert str(caught.value).startswith(says)
        assert str(caught.value).count("\n") == 0
    assert states(harbour, 60, pause=0, answer=0)[2] == ("answer", "done"), "in the same instant is not before"


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return str(tmp_path / "policy.yaml")


STARTED = ["--began", "2026-05-01T08:00:00Z"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--at", "garbage"], "--at garbage: write an instant"),
        (["spill", "--at", "garbage"], "--at garbage: write an instant"),
        (["spill", *STARTED, "--done", "pause=2026-05-01T07:00:00Z"], "before the playbook began"),
        (
            ["spill", *STARTED, "--done", "pause=2026-05-01T08:10:00Z", "--done", "pause=2026-05-01T08:20:00Z"],
            "--done: pause is given twice; keep the one that is right.",
        ),
    ],
)
def test_the_command_refuses(arguments: list[str], says: str, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["playbook", file, *arguments]) == 2
    captured = capsys.readouterr()
    assert says in captured.err
    assert not captured.out


def test_a_limit_whose_end_cannot_be_told_is_no_time_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As with duties: a step that nobody can say to be late or not is neither fine nor overdue."""
    sundays = ", ".join(f'"{date(2026, 5, 3) + timedelta(weeks=week)}"' for week in range(560))
    calendar = f'calendars: {{never: {{days: [sun], from: "09:00", to: "12:00", closed: [{sundays}]}}}}\ncontacts:'
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        POLICY.replace("within: 30 minutes", "within: 1 working day")
        .replace('reach: "#ask-comms"', 'reach: "#ask-comms", hours: never')
        .replace("contacts:", calendar, 1),
        encoding="utf-8",
    )
    arguments = ["playbook", str(policy), "spill", *STARTED, "--at"]
    assert run([*arguments, "2026-05-01T08:01:00Z"]) == 2
    out = capsys.readouterr().out
    assert (
        "  1. next        Pause what is planned.\n"
        "     Communications (deputy: The owner), within 15 minutes, by 2026-05-01 10:15 CEST   [pause]\n"
        "  2. not known   Post the holding statement unchanged.\n"
        "     Communications (deputy: The owner), within 1 working day (until when cannot be told)   [2]\n"
    ) in out
    assert run([*arguments, "2026-05-01T08:01:00Z", "-f", "json"]) == 2
    data = json.loads(capsys.readouterr().out)
    assert [step["state"] for step in data["steps"]] == ["next", "not known", "waiting"]
    assert data["next"] == ["pause", "2"]
    assert run([*arguments, "2026-05-01T08:20:00Z"]) == 1, "what is surely overdue comes first"


def test_a_step_without_a_limit_is_never_late() -> None:
    policy = loads(POLICY.replace(", within: 30 minutes", ""))
    assert states(policy, 500, pause=10)[1] == ("2", "next")


def test_the_ends_of_the_calendar_are_no_bug(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    for day in ("9999-12-31T23:30:00Z", "0001-01-01T00:00:00Z"):
        assert run(["playbook", file, "spill", "--began", day, "--at", day]) == 2
        assert "cannot be told" in capsys.readouterr().out


def test_a_step_is_called_by_its_id_or_its_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY, encoding="utf-8")
    shown = []
    for name in ("pause", "1"):
        command = ["playbook", str(file), "spill", "--began", "2026-05-01T08:00:00Z", "--at", "2026-05-01T08:10:00Z"]
        assert run([*command, "--done", f"{name}=2026-05-01T08:05:00Z"]) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]
    assert run([*command, "--done", "1=2026-05-01T08:05:00Z", "--done", "pause=2026-05-01T08:05:00Z"]) == 2
