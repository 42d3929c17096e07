"""Ready-made texts: unchanged with whatever legal values, changed by a word, and out of date by the day."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from socialpolicy import load, loads
from socialpolicy.facts.derived import Known
from socialpolicy.facts.templates import (
    CHANGED,
    EXPIRED,
    NONE,
    UNCHANGED,
    Match,
    Ready,
    Shape,
    Slot,
    Template,
    best_match,
    fact,
    filled,
    is_date,
    is_time,
    legal,
    matching,
    one_form,
    slot_of,
    templates_of,
)  # fmt: skip
from socialpolicy.loading.models import SlotText

AT = datetime(2026, 5, 1, 9, tzinfo=UTC)
HOSTS = frozenset({"northwind.example", "jobs.northwind.example"})
HIRING = Template(
    "hiring",
    {
        "": "I work at Northwind, and we look for a {role} from {day} on. Have a look: {link}",
        "de": "Ich arbeite bei Northwind, und wir suchen ab {day} {role}. Schau mal: {link}",
    },
    {"role": Slot("role", "text", 60), "day": Slot("day", "date"), "link": Slot("link", "link", hosts=HOSTS)},
)
HOLDING = Template(
    "holding",
    {
        "": "We know that {service} is not working as it should.\nWe are on it. Next news at {time}, for {number} customers: {link}."
    },
    {
        "service": Slot("service", "choice", values=("the shop", "the shop and the app")),
        "time": Slot("time", "time"),
        "number": Slot("number", "number"),
        "link": Slot("link", "link"),
    },
)
FREE = Template("free", {"": "{a} and {b} and {c}!"}, {name: Slot(name, "text", 40) for name in "abc"})

FREE_TEXT = (
    st.text(st.sampled_from("ab ,.:!?'é漢😀{}#/01-@\u200bIwork "), min_size=1, max_size=40)
    .map(one_form)
    .map(str.strip)
    .filter(bool)
)
DATES = (
    st.dates()
    .filter(lambda day: day.year > 1000)
    .flatmap(
        lambda day: st.sampled_from(
            [
                day.isoformat(),
                f"{day.day}.{day.month}.{day.year}",
                f"{day.month}/{day.day}/{day.year}",
                f"{day.day} May",
                f"May {min(day.day, 31)}, 2026",
            ]
        )
    )
)
LINKS = st.sampled_from(sorted(HOSTS)).flatmap(
    lambda host: st.sampled_from(
        [f"https://{host}", f"https://{host}/jobs?a=b&c", host, f"http://{host}:8080/x.", f"HTTPS://{host.upper()}/"]
    )
)
VALUES = {
    "role": FREE_TEXT, "day": DATES, "link": LINKS, "a": FREE_TEXT, "b": FREE_TEXT, "c": FREE_TEXT,
    "service": st.sampled_from(["the shop", "the shop and the app"]),
    "time": st.times().map(lambda one: one.strftime("%H:%M")) | st.sampled_from(["2 pm", "14.30 Uhr", "9:05 a.m."]),
    "number": st.integers(0, 10**15).map(str) | st.sampled_from(["1,234.50", "1.234,5", "-3"]),
}  # fmt: skip


def fill(template: Template, values: dict[str, str], language: str = "") -> str:
    text = template.texts[language]
    for name in values:
        text = text.replace(f"{{{name}}}", f"\0{name}\0")
    for name, value in values.items():
        text = text.replace(f"\0{name}\0", value)
    return text


@given(st.data(), st.sampled_from([HIRING, HOLDING, FREE]))
def test_a_template_with_legal_values_is_unchanged(data: st.DataObject, template: Template) -> None:
    values = {name: data.draw(VALUES[name], name) for name in template.slots}
    assume(all(legal(template.slots[name], value) for name, value in values.items()))
    text = fill(template, values, data.draw(st.sampled_from(sorted(template.texts))))
    found = matching(template, text, AT)
    assert found.state == UNCHANGED
    # Free texts may be cut otherwise than they were put in; each value is legal, and together they are the text.
    assert all(legal(template.slots[name], value) for name, value in found.slots.items())
    assert (
        one_form(fill(template, dict(found.slots), found.language)).replace("\n", " ").strip()
        == one_form(text).replace("\n", " ").strip()
    )


@given(st.data(), st.sampled_from([HIRING, HOLDING]), st.sampled_from(["really", "not", "NORTHWIND", "1", "…"]))
def test_with_one_word_of_its_own_changed_it_is_not(data: st.DataObject, template: Template, word: str) -> None:
    values = {name: data.draw(VALUES[name].filter(lambda value: value.isascii()), name) for name in template.slots}
    assume(all(legal(template.slots[name], value) for name, value in values.items()))
    words = template.texts[""].split(" ")
    own = [at for at, one in enumerate(words) if "{" not in one]
    at = data.draw(st.sampled_from(own))
    assume(words[at] != word and word not in " ".join(values.values()))
    changed = Template("changed", {"": " ".join([*words[:at], word, *words[at + 1 :]])}, template.slots)
    assume(words[at] not in " ".join(values.values()))
    assert matching(template, fill(changed, values), AT).state != UNCHANGED


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("Northwind,", "Northwind Cloud,"),
        lambda text: text.replace("I work", "i work"),
        lambda text: text + " Really!",
        lambda text: "Wow. " + text,
        lambda text: text.replace("Have a look", "Have a long look"),
        lambda text: text.replace("northwind.example", "evil.example"),
        lambda text: text.replace("northwind.example", "northwind.example@evil.example"),
        lambda text: text.replace("a baker", "a baker\nSecond line"),
        lambda text: text.replace("baker", "b" * 61),
        lambda text: text.replace("2026-06-01", "2026-06-31"),
        lambda text: text.replace("Have", "H\u200bave"),
    ],
)  # fmt: skip
def test_what_makes_it_another_text(change) -> None:  # type: ignore[no-untyped-def]
    text = fill(HIRING, {"role": "baker", "day": "2026-06-01", "link": "https://northwind.example"})
    assert matching(HIRING, text).state == UNCHANGED
    assert matching(HIRING, change(text)).state == CHANGED


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f"\n  {text} \n",
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace(". ", ".\r\n"),
    ],
)  # fmt: skip
def test_white_space_makes_no_other_text(change) -> None:  # type: ignore[no-untyped-def]
    text = fill(HIRING, {"role": "baker", "day": "2026-06-01", "link": "https://northwind.example"})
    assert matching(HIRING, change(text)).state == UNCHANGED


def test_what_was_put_in_is_told() -> None:
    found = matching(
        HIRING,
        "I work at Northwind, and we look for a head of people: Berlin from 1 June 2026 on. Have a look: northwind.example/jobs",
    )
    assert found.slots == {"role": "head of people: Berlin", "day": "1 June 2026", "link": "northwind.example/jobs"}
    assert (
        matching(
            HIRING, "Ich arbeite bei Northwind, und wir suchen ab 1. Juni jemand. Schau mal: northwind.example"
        ).language
        == "de"
    )


def test_a_sign_behind_a_link_belongs_to_the_sentence() -> None:
    text = fill(HOLDING, {"service": "the shop", "time": "9:30", "number": "1.200", "link": "https://x.example/a"})
    assert matching(HOLDING, text).slots["link"] == "https://x.example/a"


def test_what_differs_is_told_in_the_words_of_the_template_alone() -> None:
    found = matching(
        HIRING,
        "I work at Northwind, and we look for a baker from 2026-06-01 on. Take a hidden look: https://northwind.example",
    )
    assert found.state == CHANGED
    assert '"Have"' in found.why
    assert "hidden" not in found.why


TWICE = Template("twice", {"": "{day} it is: we meet on {day}."}, {"day": Slot("day", "date")})


def test_one_slot_in_two_places_has_one_value() -> None:
    assert matching(TWICE, "2026-06-01 it is: we meet on 2026-06-01.", AT).state == UNCHANGED
    assert matching(TWICE, "2026-06-01 it is: we meet on 2026-06-02.", AT).state != UNCHANGED


def test_a_template_reaches_to_the_end_of_the_text() -> None:
    answer = Slot("answer", "choice", values=("no", "not now"))
    shape = Shape("", (answer, "!", "?"))
    assert filled(shape, "no!?") == {"answer": "no"}
    assert filled(shape, "no!? no") is None


@pytest.mark.parametrize("type", ["text", "choice", "link", "date", "time", "number"])
def test_no_slot_has_two_lines(type: str) -> None:
    assert not legal(Slot("s", type, values=("one\ntwo",)), "one\ntwo")


def test_a_link_out_of_a_list_that_there_is_not_is_none() -> None:
    """Loading refuses such a list; whoever comes past that opens no gap for every address."""
    written = SlotText.model_validate({"type": "link", "hosts": "our-hosts"})
    assert slot_of("link", written, {}).hosts == frozenset()
    assert not legal(slot_of("link", written, {}), "https://northwind.example")
    assert slot_of("link", SlotText.model_validate({"type": "link"}), {}).hosts is None


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (datetime(2026, 2, 28, 22, 59, 59, tzinfo=UTC), EXPIRED),
        (datetime(2026, 2, 28, 23, tzinfo=UTC), UNCHANGED),
        (datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC), UNCHANGED),
        (datetime(2026, 6, 30, 22, tzinfo=UTC), EXPIRED),
        (None, None),
    ],
)
def test_a_template_is_good_from_its_first_day_through_its_last(at: datetime | None, state: str | None) -> None:
    policy = loads(
        "socialpolicy: 1\nid: t\nversion: '1.0.0'\ntitle: T\ntime_zone: Europe/Berlin\nbaseline: allow\nrules: []\n"
        "contacts: {comms: {title: Communications, reach: x}}\n"
        "templates:\n  t: {title: T, text: 'We are {what}', slots: {what: {type: text}}, owner: comms, approved_by: [comms],\n"
        "    in_force: {from: '2026-03-01', through: '2026-06-30'}}\n"
    )
    (template,) = templates_of(policy.written, policy.terms)
    assert matching(template, "We are glad", at).state == state
    assert matching(template, "They are glad", at).state == NONE


def test_the_best_of_several_counts() -> None:
    text = fill(HIRING, {"role": "baker", "day": "2026-06-01", "link": "https://northwind.example"})
    old = Template("old", HIRING.texts, HIRING.slots, ends=AT - timedelta(days=1))
    near = Template(
        "near",
        {"": "I work at Northwind, and we really look for a {role} from {day} on. Have a look: {link}"},
        HIRING.slots,
    )
    found = [best_match(list(map(Ready, some)), text, AT) for some in ([near, old, HIRING], [near, old], [near], [])]
    assert [one and (one.template, one.state) for one in found] == [
        ("hiring", UNCHANGED),
        ("old", EXPIRED),
        ("near", CHANGED),
        None,
    ]
    dated = best_match([Ready(near), Ready(old)], text, None)
    assert dated is not None
    assert (dated.template, dated.state) == ("old", None)


def test_the_fact() -> None:
    text = "anything"
    assert fact(Match("t", NONE, ""), text) == Known(NONE, "no template of the policy is like it")
    assert not isinstance(fact(Match("t", None, "why"), text), Known)
    assert not isinstance(fact(None, text), Known)


def test_ordinary_posts_are_no_templates() -> None:
    for text in (
        "",
        "I work at Northwind, and I like it.",
        "Have a look: https://northwind.example",
        "We look for a place to eat.",
    ):
        assert matching(HIRING, text).state == NONE


def test_the_templates_of_acme_match_themselves() -> None:
    acme = load("policies/acme")
    ready = list(map(Ready, templates_of(acme.written, acme.terms)))
    assert ready
    found = best_match(
        ready,
        "I work at Acme Cloudworks, and we are looking for a baker. Have a look: https://jobs.acmecloudworks.example/1",
        AT,
    )
    assert found is not None
    assert (found.template, found.state, found.says_ties) == ("hiring", UNCHANGED, True)


@pytest.mark.parametrize(
    "text", ["2026-02-29", "31.2.2026", "May", "32 May", "1 Foo 2026", "13/13/2026", "2026", "1.1"]
)
def test_no_dates(text: str) -> None:
    assert not is_date(text)


@pytest.mark.parametrize("text", ["25:00", "9:60", "13 pm", "14", "0 pm", "noon"])
def test_no_times(text: str) -> None:
    assert not is_time(text)


@pytest.mark.parametrize(
    "text", ["https://evil.example", "https://northwind.example.evil.example", "ftp://northwind.example", "https://evil.example\\@northwind.example",
             "javascript://northwind.example", "https://n\u043erthwind.example", "northwind.example evil", ""],
)  # fmt: skip
def test_no_links_of_ours(text: str) -> None:
    assert not legal(HIRING.slots["link"], text)


@pytest.mark.parametrize(
    "part", ["a", " and ", "a and ", "1", "https://a.b/", "http://", "a.b", "the shop", "1:1", "\n", "9/9/", "and and"]
)
def test_no_text_takes_long(part: str) -> None:
    hard = Template(
        "hard",
        {"": "{a}{b} {c}a{d}1{e}.{f}"},
        {
            "a": Slot("a"),
            "b": Slot("b", "link"),
            "c": Slot("c", "number"),
            "d": Slot("d", "date"),
            "e": Slot("e", "time"),
            "f": Slot("f", "choice", values=("a", "aa")),
        },
    )
    many = Template(
        "many", {"": " and ".join(f"{{s{at}}}" for at in range(20))}, {f"s{at}": Slot(f"s{at}") for at in range(20)}
    )
    links = Template("links", {"": "{a}{b}{c}"}, {name: Slot(name, "link") for name in "abc"})
    began = time.process_time()
    for template in (HIRING, HOLDING, FREE, hard, many, links):
        matching(template, (part * 65_536)[:65_536])
        matching(template, (part * 65_536)[:3_900])
    assert time.process_time() - began < 8


def test_a_template_takes_the_hosts_of_what_it_builds_on(tmp_path: Path) -> None:
    """A list of a base stands behind a slot; a base's own template goes by the base's own list."""
    from socialpolicy.facts.text import facts_from_text
    from socialpolicy.policy import load as load_policy

    base = """
socialpolicy: 1
id: group
version: "1.0.0"
title: The group
contacts: {comms: {title: Communications, reach: "#comms"}}
baseline: allow
rules: []
terms: {our-hosts: {kind: hosts, entries: [group.example]}}
templates:
  hello: {title: Hello, text: "Hello from {where} to all of you", slots: {where: {type: link, hosts: our-hosts}}, owner: comms, approved_by: [comms]}
"""
    firm = """
socialpolicy: 1
id: firm
version: "1.0.0"
title: The firm
builds_on: [{id: group, version: 1}]
contacts: {comms: {title: Communications, reach: "#comms"}}
baseline: allow
rules: []
terms: {our-hosts: {kind: hosts, entries: [firm.example]}}
templates:
  hiring: {title: Hiring, text: "Come and work with us: {where} tells more", slots: {where: {type: link, hosts: our-hosts}}, owner: comms, approved_by: [comms]}
"""
    for name, text in (("group", base), ("firm", firm)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "policy.yaml").write_text(text, encoding="utf-8")
    policy = load_policy(tmp_path / "firm")

    def found(text: str) -> object:
        return facts_from_text(policy, text).facts.get("content.template")

    for host in ("group.example", "firm.example"):
        assert found(f"Come and work with us: https://{host}/jobs tells more") == "used_unchanged"
    assert found("Hello from https://group.example/ to all of you") == "used_unchanged"
    assert found("Hello from https://firm.example/ to all of you") != "used_unchanged"
