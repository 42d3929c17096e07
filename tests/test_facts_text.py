"""What a text says by itself: nothing hides from it, it points at what it found, and it says when it cannot tell."""

from __future__ import annotations

import builtins
import importlib
import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

pytest.importorskip("ahocorasick_rs", reason="reading texts needs the extra text")
pytest.importorskip("detect_secrets")
pytest.importorskip("phonenumbers")

from socialpolicy import ActionError, Policy, loads
from socialpolicy.cli.main import run
from socialpolicy.facts import marks
from socialpolicy.facts.derived import Derived, Known, Open, Spot
from socialpolicy.facts.detectors import Finder, NotRun, detectors, luhn
from socialpolicy.facts.embargoes import Embargo, embargoed
from socialpolicy.facts.normalising import folded, plain
from socialpolicy.facts.templates import Slot, Template
from socialpolicy.facts.terms import Terms
from socialpolicy.facts.text import FACTS, PACKAGES, Parts, TextReader, facts_from_text, facts_with_text

POLICY = """socialpolicy: 1
id: reading
version: "1.0.0"
title: A policy by which texts are read
terms:
  code-names: {kind: words, entries: ["Project Heron", "nwc-next"], secret: true}
  clear-disclosures: {kind: words, entries: ["I work at Northwind", "#ad", "Werbung"]}
  weak-disclosures: {kind: words, entries: ["#sp", "thanks to"]}
  parts: {kind: words, entries: ["cloud"], match: anywhere}
  rivals: {kind: hosts, entries: [globex.example]}
  below: {kind: hosts, entries: [initech.example], match: anywhere}
  friends: {kind: handles, entries: ["@NorthwindCare"]}
baseline: allow
rules:
  - {id: T-1, title: Keep it inside, effect: deny, scope: everything, when: {content.terms: {any_of: [code-names]}}, say: Keep it inside.,
     guidance: {instead: Ask the team.}}
"""
AT = datetime(2026, 5, 1, 9, tzinfo=UTC)
KEY = "AKIA" + "IOSFODNN7EXAMPLE"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return loads(POLICY)


@pytest.fixture(scope="module")
def reader(policy: Policy) -> TextReader:
    return TextReader(policy)


def read(text: str, **more: Any) -> Derived:
    return READER.read(text, **more)


READER = TextReader(loads(POLICY))


def words(derived: Derived, fact: str) -> list[str]:
    return [derived.text[spot.start : spot.end] for spot in derived.known[fact].spots]


# -- normalising -------------------------------------------------------------------------------------------------------

ODD = st.text(
    st.sampled_from("abA Ii#@.-'’\n\t\u00a0\u200b\u200d\u0301\u0336ßéАаһΙﬁ①Ａ가\u1100\u1161\u11a8ｶﾞ😀🏽\ufe0fİ\x00ǰ"),
    max_size=30,
)


@given(ODD | st.text(max_size=30))
@example("e\u0301")
@example("a\u0336b")
def test_every_character_of_a_form_has_its_place_in_the_original(text: str) -> None:
    for form in (plain(text), folded(text)):
        assert len(form.text) == len(form.starts) == len(form.ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(form.starts, form.ends, strict=True))
        assert list(form.starts) == sorted(form.starts)
        assert list(form.ends) == sorted(form.ends)


@given(ODD)
def test_a_form_is_its_own_form(text: str) -> None:
    assert folded(folded(text).text).text == folded(text).text


@given(st.text(st.characters(codec="ascii", exclude_categories=("Cc",))))
def test_plain_ascii_stays(text: str) -> None:
    assert plain(text).text == text


# -- terms -------------------------------------------------------------------------------------------------------------

INVISIBLE = [
    "\u200b",
    "\u200d",
    "\u00ad",
    "\u2060",
    "\ufeff",
    "\u202e",
    "\u034f",
    "\ufe0f",
    "\u0336",
    "\U000e0041",
    "\x00",
]
LOOK_ALIKES = {"o": "оοo", "e": "еe", "c": "сc", "P": "РΡ", "H": "НΗ", "x": "хx", "n": "n", "p": "р"}


@st.composite
def disguises(draw: st.DrawFn, name: str) -> str:
    parts = []
    for letter in name:
        form = draw(st.sampled_from([letter, letter.upper(), letter.lower(), *LOOK_ALIKES.get(letter, "")]))
        if draw(st.integers(0, 3)) == 0 and letter.isalpha() and letter.isascii() and form.isascii():
            form = chr(ord(form) + 0xFEE0)  # full width
        if letter == " ":
            form = draw(st.sampled_from([" ", "\u00a0", "  ", "\n", "\u3000"]))
        parts.append(form + (draw(st.sampled_from(INVISIBLE)) if draw(st.booleans()) else ""))
    return "".join(parts)


@given(
    st.sampled_from(["Project Heron", "nwc-next"]).flatmap(disguises),
    st.sampled_from(["", "so ", "é, ", "😀"]),
    st.sampled_from(["", ".", " now", "の"]),
)
def test_a_disguise_hides_no_word(name: str, before: str, after: str) -> None:
    derived = read(before + name + after)
    assert "code-names" in derived.facts["content.terms"]  # type: ignore[operator]
    spots = [spot for spot in derived.known["content.terms"].spots if spot.value == "code-names"]
    visible = name.rstrip("".join(INVISIBLE))
    assert any(spot.start <= len(before) and spot.end >= len(before + visible) for spot in spots)
    assert all(spot.hidden for spot in spots)


@given(
    st.lists(
        st.sampled_from(
            ["Project Heron", "nwc-next", "#sp", "cloud", "thanks to", "nothing", "é", "\u200b", " ", "\n"]
        ),
        max_size=8,
    )
)
def test_what_stands_at_a_place_is_what_was_found(parts: list[str]) -> None:
    derived = read("".join(parts))
    entries = {one.name: {folded(entry).text for entry in one.entries} for one in READER.parts.terms}
    for spot in derived.known["content.terms"].spots:
        assert folded(derived.text[spot.start : spot.end]).text.strip() in entries[spot.value]


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("", set()),
        ("a day in spring", set()),
        ("the #spring is here", set()),
        ("a gift #sp", {"weak-disclosures"}),
        ("THANKS  TO you", {"weak-disclosures"}),
        ("nwc-nextgen", set()),
        ("nwc‑next", {"code-names"}),
        ("#ProjectHeron is great", {"code-names"}),
        ("a projectheron", set()),
        ("a cloudy day", {"parts"}),
        ("see globex.example", {"rivals"}),
        ("see https://www.globex.example/x", {"rivals"}),
        ("see https://shop.globex.example/x", set()),
        ("see https://shop.initech.example/x", {"below"}),
        ("see https://notinitech.example", set()),
        ("hello @northwindcare!", {"friends"}),
        ("hello @northwindcarefully", set()),
        ("hello ＠NORTHWINDCARE", {"friends"}),
        ("write to me@globex.example", set()),
        ("Werbungen", set()),
    ],
)
def test_lists_that_are_found(text: str, lists: set[str]) -> None:
    assert read(text).facts["content.terms"] == frozenset(lists)


def test_words_of_another_script_are_no_look_alikes_of_themselves() -> None:
    vocabulary = READER.parts.vocabulary
    lists = (Terms("litter", "words", ("сор",)), Terms("police", "words", ("cop",)))
    russian = TextReader(Parts(vocabulary, lists))
    assert russian.read("a good cop").facts["content.terms"] == {"police"}
    assert "litter" in russian.read("Не выноси сор из избы").facts["content.terms"]  # type: ignore[operator]
    assert russian.read("Не выноси мусор").facts["content.terms"] == frozenset()


def test_plain_letters_are_no_look_alikes() -> None:
    small = TextReader(Parts(READER.parts.vocabulary, (Terms("ill", "words", ("ill",)),)))
    assert small.read("\u0430 lll and a lil").facts["content.terms"] == frozenset()
    assert small.read("i\u04cf\u04cf").facts["content.terms"] == {"ill"}


# -- links, mentions, hashtags, length -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("https://Acme.example./x and www.b.com.", {"acme.example", "www.b.com"}),
        ("https://acme.example@evil.example/", {"evil.example"}),
        ("https://evil.example\\@acme.example/", {"evil.example"}),
        ("https://аcme.example", {"xn--cme-5cd.example"}),
        ("mail jane@acme.com", set()),
        ("v1.2.3, 3.50, z.B. and 1.5.2026", set()),
        ("@jane@social.example", set()),
        ("", set()),
    ],
)
def test_hosts_of_links(text: str, hosts: set[str]) -> None:
    assert read(text).facts["content.link_hosts"] == frozenset(hosts)


def test_a_name_that_only_some_platforms_link_stays_open() -> None:
    derived = read("read readme.md first")
    assert "content.link_hosts" in derived.unknown
    assert derived.unknown["content.link_hosts"].spots == (Spot(5, 14, "readme.md"),)
    assert read("read readme.md first", platform="x").facts["content.link_hosts"] == frozenset()


@pytest.mark.parametrize(
    ("text", "platform", "mentions"),
    [
        ("hi @Jane_D, @bob.", "instagram", {"@jane_d", "@bob"}),
        ("@jane.doe", "instagram", {"@jane.doe"}),
        ("@jane.doe", "x", {"@jane"}),
        ("@jane@social.example", "mastodon", {"@jane@social.example"}),
        ("me@acme.com", None, set()),
        ("@müller", None, {"@müller"}),
    ],
)
def test_mentions(text: str, platform: str | None, mentions: set[str]) -> None:
    assert read(text, platform=platform).facts["content.mentions"] == frozenset(mentions)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#Spaß ＃日本 #हिन्दी #2026goals", {"#spass", "#日本", "#हिन्दी", "#2026goals"}),
        ("order #123 and a#b and https://x.example/#top", set()),
        ("#a_b#c", {"#a_b"}),
        ("##", set()),
    ],
)
def test_hashtags(text: str, tags: set[str]) -> None:
    assert read(text).facts["content.hashtags"] == frozenset(tags)


@pytest.mark.parametrize(
    ("text", "on_x", "elsewhere"),
    [
        ("abc", 3, 3),
        ("cafe\u0301", 4, 4),
        ("👾", 2, 1),
        ("👩‍👩‍👧‍👦🙋🏽🇪🇺", 6, 11),
        ("日本", 4, 2),
        ("see https://northwind.example/a/very/long/path ok", 30, 49),
    ],
)
def test_length(text: str, on_x: int, elsewhere: int) -> None:
    assert read(text, platform="x").facts["content.length"] == on_x
    assert read(text).facts["content.length"] == elsewhere


def test_the_language_is_what_the_caller_says() -> None:
    assert read("Guten Tag", language="de").facts["content.language"] == "de"
    assert "content.language" in read("Guten Tag").unknown


# -- detectors -----------------------------------------------------------------------------------------------------------

PLANTED = [
    ("key " + KEY + ", ok", KEY, "secret"),
    ("ghp_" + "a1" * 18, "ghp_" + "a1" * 18, "secret"),
    ("The password is hunter2xyz.", "hunter2xyz", "secret"),
    ("Passwort: Sommer!2026", "Sommer!2026", "secret"),
    ("https://jane:hunter2@shop.example/", "hunter2", "secret"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY----- bye", "MIIabc", "secret"),
    ("mail jane@acme.com now", "jane@acme.com", "email_address"),
    ("call +49 30 901820 now", "+49 30 901820", "phone_number"),
    ("card 4111 1111 1111 1111.", "4111 1111 1111 1111", "card_number"),
    ("card 4111111111111111", "4111111111111111", "card_number"),
]


@pytest.mark.parametrize(("text", "planted", "value"), PLANTED)
@pytest.mark.parametrize("hide", ["", "\u200b", "\u00ad"])
def test_what_is_planted_is_found_and_never_shown(
    text: str, planted: str, value: str, hide: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    at = text.index(planted) + 3
    text = text[:at] + hide + text[at:]
    derived = read(text)
    assert value in derived.facts["content.detected"]  # type: ignore[operator]
    spot = next(spot for spot in derived.known["content.detected"].spots if spot.value == value)
    assert spot.start <= at <= spot.end
    (tmp_path / "policy.yaml").write_text(POLICY, "utf-8")
    (tmp_path / "post.txt").write_text(f"{text} #end\n", "utf-8")
    for form in ("text", "json", "facts"):
        assert run(["read", str(tmp_path / "policy.yaml"), str(tmp_path / "post.txt"), "-f", form]) == 0
    out = capsys.readouterr()
    assert planted[4:10] not in out.out + out.err


@pytest.mark.parametrize(
    "text",
    [
        "Order 4111111111111112 is on its way",
        "Order 9111 1111 1111 1111",
        "Order 4111-111111111111",
        "https://shop.example/p/4111111111111111",
        "The password is simple",
        "The key is to listen; the secret is time.",
        "Call us on Monday 3.6.2026 at 10:00",
        "@jane@social.example",
        "v1.2.3-rc1 #sha256 0123456789",
    ],
)
def test_ordinary_words_and_numbers_are_no_finds(text: str) -> None:
    assert read(text).facts["content.detected"] == frozenset()


def test_numbers_as_they_are_dialled_within_a_country() -> None:
    american = TextReader(loads(POLICY), detectors=detectors(("US",)))
    assert american.read("call (415) 555-2671").facts["content.detected"] == {"phone_number"}
    assert american.read("order 4155552671").facts["content.detected"] == frozenset()
    assert read("call (415) 555-2671").facts["content.detected"] == frozenset()


def test_in_a_country_that_is_none_no_number_is_looked_for() -> None:
    """That none was found would be known, although nobody looked."""
    german = TextReader(loads(POLICY), detectors=detectors(("de",)))
    assert german.read("Ruf an: 030 901820").facts["content.detected"] == {"phone_number"}
    for countries in (("ZZ",), ("DE", "UK"), ("",)):
        told = TextReader(loads(POLICY), detectors=detectors(countries)).read("Ruf an: 030 901820")
        assert "content.detected" not in told.facts
        assert "knows no country" in told.unknown["content.detected"].why


@given(st.text("0123456789", min_size=2, max_size=18))
def test_one_check_digit_is_right(digits: str) -> None:
    assert sum(luhn(digits + str(last)) for last in range(10)) == 1


def test_a_detector_that_did_not_run_leaves_it_open() -> None:
    def refuse(text: str) -> Iterable[Spot]:
        raise NotRun("the service is down")

    policy = loads(POLICY)
    three = [one for one in detectors() if "phone_number" not in one.finds]
    for own in ((), (Finder("numbers", frozenset({"phone_number"}), refuse),)):
        derived = TextReader(policy, detectors=(*three, *own)).read("mail jane@acme.com")
        assert "content.detected" not in derived.facts
        told = derived.unknown["content.detected"]
        assert [spot.value for spot in told.spots] == ["email_address"]
        assert "phone_number" in told.why or "the service is down" in told.why


def test_a_detector_of_ones_own_finds_a_value_of_ones_own() -> None:
    def find(text: str) -> Iterator[Spot]:
        at = text.find("DE02")
        if at >= 0:
            yield Spot(at, at + 22, "iban")

    policy = loads(
        POLICY.replace("\nterms:", "\nvocabulary: {uses: core@1, values: {content.detected: [iban]}}\nterms:")
    )
    assert "content.detected" in TextReader(policy).read("x").unknown
    own = TextReader(policy, detectors=(*detectors(), Finder("bank accounts", frozenset({"iban"}), find)))
    derived = own.read("pay to DE0\u200b2120300000000202051, please")
    assert derived.facts["content.detected"] == {"iban"}
    assert words(derived, "content.detected") == ["DE0\u200b2120300000000202051"]
    assert all(spot.hidden for spot in derived.known["content.detected"].spots)


def test_a_detector_that_tells_of_no_place_is_a_bug() -> None:
    wrong = Finder("wrong", frozenset({"secret"}), lambda text: [Spot(3, 99, "secret")])
    with pytest.raises(ValueError, match="told of the place"):
        TextReader(loads(POLICY), detectors=[wrong]).read("short")


# -- disclosure ----------------------------------------------------------------------------------------------------------

CLEAR = "I work at Northwind"


@pytest.mark.parametrize(
    ("text", "disclosure", "place"),
    [
        (f"{CLEAR}, and I like our new lamp.", "clear", "in_message_prominent"),
        ("#ad #lamp I like it", "clear", "in_message_prominent"),
        ("I like it #lamp #ad", "clear", "among_hashtags"),
        ("I like it\n#ad #lamp", "clear", "among_hashtags"),
        ("What a long and winding first line about nothing in particular. " + CLEAR, "clear", None),
        ("Line one\n" + CLEAR, "clear", None),
        ("x " * 150 + CLEAR, "clear", "below_fold"),
        ("x " * 150 + f"#lamp #ad\n{CLEAR}", "clear", "among_hashtags"),
        (f"{CLEAR}. " + "x " * 150 + "#lamp #ad", "clear", "in_message_prominent"),
        (f"It is not that {CLEAR}", None, None),
        ("This is not an advert, no #ad", None, None),
        ("Werbung: our new lamp", "clear", "in_message_prominent"),
        ("[Werbung] our new lamp", "clear", "in_message_prominent"),
        ("I love the new Werbung of Northwind", None, None),
        ("Werbung nervt", None, None),
        ("a gift, thanks to them #sp", None, None),
        ("see https://x.example/#ad", None, None),
        ("nothing said", None, None),
    ],
)
def test_disclosure_by_the_policys_wordings(text: str, disclosure: str | None, place: str | None) -> None:
    derived = read(text, platform="x", format="text")
    assert derived.facts.get("content.disclosure") == disclosure
    assert derived.facts.get("content.disclosure_place") == place
    for name in {"content.disclosure", "content.disclosure_place"} - set(derived.facts):
        assert derived.unknown[name].why


def test_a_long_link_counts_as_x_counts_it() -> None:
    text = "https://northwind.example/" + "a" * 300 + " " + CLEAR
    assert "content.disclosure_place" in read(text, platform="x", format="text").unknown


@pytest.mark.parametrize("format", [None, "video", "livestream", "audio", "story"])
def test_the_place_is_not_told_where_the_text_is_not_what_people_meet(format: str | None) -> None:
    derived = read(CLEAR, platform="x", format=format)
    assert derived.facts["content.disclosure"] == "clear"
    assert "content.disclosure_place" in derived.unknown


def test_where_a_platform_folds_is_not_guessed() -> None:
    assert "content.disclosure_place" in read("x " * 400 + CLEAR, platform="forum", format="text").unknown
    assert "content.disclosure_place" in read("x " * 400 + CLEAR, format="text").unknown


def test_lists_may_say_what_their_words_mean() -> None:
    means = {"content.disclosure": "clear"}
    lists = (
        Terms("plain", "words", ("advertisement",), means=means),
        Terms("weak", "words", ("#sp",), means={"content.disclosure": "vague"}),
    )
    own = TextReader(Parts(READER.parts.vocabulary, lists))
    assert own.read("a gift #sp").facts["content.disclosure"] == "vague"
    assert own.read("advertisement: a gift #sp").facts["content.disclosure"] == "clear"
    only_weak = TextReader(Parts(READER.parts.vocabulary, lists[1:]))
    assert "content.disclosure" in only_weak.read("a gift #sp").unknown


# -- embargoes -----------------------------------------------------------------------------------------------------------

EMBARGOES = (
    Embargo("launch", "The launch", "code-names", datetime(2026, 5, 1, 9, tzinfo=UTC)),
    Embargo("award", "The award", "award-words", datetime(2026, 6, 1, tzinfo=UTC)),
)


@pytest.mark.parametrize(
    ("found", "at", "value"),
    [
        ({"code-names"}, datetime(2026, 5, 1, 8, 59, 59, tzinfo=UTC), True),
        ({"code-names"}, datetime(2026, 5, 1, 9, tzinfo=UTC), None),
        ({"code-names", "award-words"}, datetime(2026, 5, 1, 9, tzinfo=UTC), True),
        ({"code-names"}, None, None),
        (set(), AT, None),
        (None, AT, None),
    ],
)
def test_an_embargo_covers_its_words_until_it_ends_and_nothing_shows_that_there_is_none(
    found: set[str] | None, at: datetime | None, value: bool | None
) -> None:
    told = embargoed(EMBARGOES, found, at)
    assert (told.value if isinstance(told, Known) else None) is value
    assert isinstance(told, Known) or told.why


def test_an_embargo_on_a_secret_list_is_not_named() -> None:
    """Who reads why a draft waits may not be somebody who may know for what."""
    for secret, named in ((True, "words of an embargo, which ends"), (False, "words of the embargo launch, which")):
        launch = Embargo("launch", "The launch", "code-names", AT, secret=secret)
        told = embargoed([launch], {"code-names"}, AT.replace(hour=8))
        assert isinstance(told, Known)
        assert told.by.startswith(named)


def test_an_embargo_in_a_text() -> None:
    policy = TextReader(Parts(READER.parts.vocabulary, READER.parts.terms, embargoes=EMBARGOES))
    derived = policy.read("soon: Pr\u200boject Heron", at="2026-04-01T00:00:00Z")
    assert derived.facts["content.embargoed"] is True
    assert "Heron" not in json.dumps(derived.as_data())


def test_an_embargo_of_a_policy_file() -> None:
    policy = loads(
        POLICY.replace(
            "baseline: allow",
            "contacts: {comms: {title: Communications, reach: x}}\nembargoes:\n"
            "  launch: {title: Launch, terms: code-names, until: '2026-05-01T11:00:00+02:00', owner: comms}\nbaseline: allow",
        )
    )
    told = [
        facts_from_text(policy, "nwc-next", at=at).facts.get("content.embargoed") for at in (AT.replace(hour=8), AT)
    ]
    assert told == [True, None]


def test_a_list_of_a_policy_built_on_is_looked_for() -> None:
    policy = loads(POLICY)
    base = loads(
        "socialpolicy: 1\nid: b\nversion: '1.0.0'\ntitle: B\nbaseline: allow\nrules: []\nterms: {x-words: {kind: words, entries: [xylophone]}}\n"
    )
    policy.terms = {**policy.terms, **base.terms}
    assert "x-words" in facts_from_text(policy, "a xylophone").facts["content.terms"]  # type: ignore[operator]


# -- what is told, and to whom -------------------------------------------------------------------------------------------


@given(
    st.lists(
        st.sampled_from(
            [
                "Project Heron ",
                "#ProjectHeron ",
                "@nwc-next ",
                "https://nwc-next.example/ ",
                KEY + " ",
                "jane@acme.com ",
                "fine ",
            ]
        ),
        max_size=5,
    )
)
def test_nothing_secret_is_in_what_is_printed(parts: list[str]) -> None:
    text = json.dumps(read("".join(parts), platform="mastodon", format="text", at=AT).as_data()).casefold()
    assert not [word for word in ("heron", "nwc-next", KEY.casefold(), "jane@") if word in text]


def test_what_stands_in_a_gap_is_not_printed_beside_a_secret() -> None:
    template = Template("t", {"": "We look for a {role}."}, {"role": Slot("role")})
    own = TextReader(Parts(READER.parts.vocabulary, READER.parts.terms, (template,)))
    for role in ("baker", "lead of Project  Heron"):
        derived = own.read(f"We look for a {role}.")
        assert derived.slots == {"role": " ".join(role.split())}
        assert derived.as_data()["template"] == {"id": "t", "slots": {"role": "baker" if role == "baker" else "…"}}


def test_only_facts_of_the_vocabulary_are_told() -> None:
    own = loads(
        "socialpolicy: 1\nid: own\nversion: '1.0.0'\ntitle: Own\nvocabulary:\n  baseline: where\n  facts:\n"
        "    where: {type: enum, values: [here, there], question: Where?}\n"
        "    content.length: {type: int, question: How long?}\nbaseline: allow\nrules: []\n"
    )
    derived = facts_from_text(own, "abc")
    assert derived.facts == {"content.length": 3}
    assert derived.unknown == {}


def test_every_fact_is_told_or_open_with_a_reason() -> None:
    derived = read("abc")
    assert set(derived.known) | set(derived.unknown) == set(FACTS)
    assert all(one.by for one in derived.known.values())
    assert all(one.why for one in derived.unknown.values())


def test_the_facts_are_what_decide_takes(policy: Policy) -> None:
    facts, derived = facts_with_text(
        policy, {"account.kind": "personal", "context.at": "2026-05-01T00:00:00Z"}, "Project H\u0435ron"
    )
    assert policy.decide(facts).outcome.word == "deny"
    assert derived.facts["content.terms"] == {"code-names"}
    assert policy.decide(json.loads(json.dumps(derived.as_data()["facts"]))).outcome.word == "deny"


def test_what_is_stated_and_what_the_text_tells_may_not_differ(policy: Policy) -> None:
    with pytest.raises(ActionError) as error:
        facts_with_text(policy, {"content.terms": []}, "Project Heron")
    assert [problem.id for problem in error.value.problems] == ["contradiction"]
    assert "Heron" not in str(error.value)
    facts, _ = facts_with_text(
        policy, {"content.terms": None, "content.disclosure": "vague"}, f"{CLEAR} on Project Heron"
    )
    assert facts["content.terms"] == {"code-names", "clear-disclosures"}
    assert facts["content.disclosure"] == "vague"  # a person's word stands


@pytest.mark.parametrize(
    ("text", "at", "id"),
    [
        ("x" * 70_000, None, "too-long"),
        ("\ud800", None, "type-mismatch"),
        ("x", "tomorrow", "bad-instant"),
        ("x", datetime(2026, 1, 1), "bad-instant"),
    ],
)
def test_texts_and_instants_that_cannot_be_read(text: str, at: Any, id: str) -> None:
    with pytest.raises(ActionError) as error:
        read(text, at=at)
    assert error.value.problems[0].id == id


@pytest.mark.parametrize("module", sorted(PACKAGES))
def test_without_a_package_what_needs_it_is_open_and_says_so(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == module:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest, **more)

    from socialpolicy.facts import detectors as detecting
    from socialpolicy.facts import terms

    for cached in (marks.linkifier, terms.look_alikes, detecting.plugins):
        cached.cache_clear()
    for name in list(sys.modules):
        if name.partition(".")[0] == module:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setattr(
        detecting,
        "import_module",
        lambda name: refuse(name) if name.startswith(module) else importlib.import_module(name),
    )
    derived = TextReader(loads(POLICY)).read(f"+49 30 901820 jane@acme.com {CLEAR} {KEY}", platform="x")
    lacking = {name: one.package for name, one in derived.unknown.items() if one.package}
    assert set(lacking.values()) == {PACKAGES[module]}
    needs = {
        "linkify_it": {
            "content.detected",
            "content.link_hosts",
            "content.length",
            "content.terms",
            "content.disclosure",
            "content.disclosure_place",
        },
        "detect_secrets": {"content.detected"},
        "phonenumbers": {"content.detected"},
    }.get(module, {"content.terms", "content.disclosure", "content.disclosure_place"})
    assert set(lacking) == needs
    assert "pip install 'socialpolicy[text]'" in derived.unknown[min(lacking)].why


# -- how long it takes ---------------------------------------------------------------------------------------------------

SIZE = 30_000
HOSTILE = [
    "a.",
    "http://",
    "://a:",
    "eyJ",
    "AKIA",
    "sk-a",
    "1 ",
    "+49 ",
    "a\u0336",
    "\u200b",
    "е",
    "#ad ",
    "not ",
    "password is ",
    "@a ",
    "ﷺ",
]


@pytest.mark.parametrize("part", HOSTILE)
def test_no_text_takes_long(part: str) -> None:
    began = time.process_time()
    read((part * SIZE)[:SIZE], platform="x", format="text", at=AT)
    assert time.process_time() - began < 5


# -- the command ---------------------------------------------------------------------------------------------------------


def cli(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = run(arguments)
    out = capsys.readouterr()
    return status, out.out + out.err


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, post = tmp_path / "policy.yaml", tmp_path / "post.txt"
    file.write_text(POLICY, "utf-8")
    post.write_text(f"{CLEAR}.\nProject Heron, see https://globex.example\n", "utf-8")
    status, out = cli(
        ["read", str(file), str(post), "--platform", "linkedin", "--as", "text", "--at", "2026-05-01T00:00:00Z"], capsys
    )
    assert status == 0
    assert "2:1 code-names (not shown)" in out
    assert '2:20 rivals "https://globex.example"' in out
    assert "What the text does not tell:" in out
    status, out = cli(["read", str(file), str(post), "-f", "json"], capsys)
    assert json.loads(out)["derived"]["content.terms"]["spots"][1] == {
        "start": 21,
        "end": 34,
        "value": "code-names",
        "hidden": True,
    }
    status, out = cli(["read", str(file), str(post), "-f", f"facts:{tmp_path / 'facts.json'}"], capsys)
    assert cli(["decide", str(file), str(tmp_path / "facts.json"), "-q"], capsys) == (1, "deny\n")


@pytest.mark.parametrize(
    ("arguments", "raw", "says"),
    [
        (["--platform", "linkdin"], b"x", "did you mean linkedin?"),
        (["--as", "poem"], b"x", "content.format has no such value"),
        (["--country", "Germany"], b"x", "two letters"),
        (["--country", "ZZ"], b"x", "--country ZZ: there are no phone numbers of such a country"),
        (["--country", "DE", "--country", "uk"], b"x", "GB for the United Kingdom"),
        (["--language", "xx9"], b"x", "--language xx9: write the code of a language"),
        (["--language", "german"], b"x", "such as en, or pt-BR"),
        (["--language", ""], b"x", "write the code of a language"),
        (["--at", "soon"], b"x", "bad-instant"),
        ([], b"\xff\xfe", "not UTF-8"),
        ([], b"x" * 300_000, "too long"),
        ([], b"x" * 70_000, "at most 65,536"),
    ],
)
def test_what_the_command_refuses(
    arguments: list[str], raw: bytes, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, "utf-8")
    (tmp_path / "post.txt").write_bytes(raw)
    status, out = cli(["read", str(tmp_path / "policy.yaml"), str(tmp_path / "post.txt"), *arguments], capsys)
    assert status == 2
    assert says.lower() in out.lower()
    assert "Traceback" not in out


def test_open_and_known_are_apart() -> None:
    derived = Derived("x", {"a": Known(True, "by")}, {"b": Open("why")})
    assert derived.facts == {"a": True}


def test_decide_takes_a_text_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``decide --text``: what the text says by itself counts as stated, and a word of its own beside it wins nothing."""
    from socialpolicy.cli.main import run

    policy, draft = tmp_path / "policy.yaml", tmp_path / "draft.txt"
    policy.write_text(
        'socialpolicy: 1\nid: short\nversion: "1.0.0"\ntitle: Short\nbaseline: allow\nrules:\n'
        "  - {id: LONG, title: Keep it short, effect: require, scope: everything, when: {content.length: {more_than: 20}}, "
        "require: {content.length: {at_most: 20}}}\n",
        encoding="utf-8",
    )
    draft.write_text("This is by far too long for us.", encoding="utf-8")
    assert run(["decide", str(policy), "--text", str(draft)]) == 1
    assert "Keep it short" in capsys.readouterr().out
    draft.write_text("Short enough.", encoding="utf-8")
    assert run(["decide", str(policy), "--text", str(draft)]) == 0
    assert run(["decide", str(policy), "--text", str(draft), "--set", "content.length=99"]) == 2
    assert "content.length is stated otherwise than the text tells" in capsys.readouterr().err
    assert run(["decide", str(policy), "-", "--text", "-"]) == 2


def test_what_a_text_leaves_open_is_not_assumed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Words of an embargo are in it, and nobody says when it is to happen: no value for examples makes that fine."""
    from socialpolicy.cli.main import run

    policy, draft = tmp_path / "policy.yaml", tmp_path / "draft.txt"
    policy.write_text(
        'socialpolicy: 1\nid: hush\nversion: "1.0.0"\ntitle: Hush\nbaseline: allow\n'
        "contacts: {comms: {title: Communications, reach: '#comms'}}\n"
        "terms: {code-names: {kind: words, entries: [Project Heron]}}\n"
        "embargoes: {heron: {title: The launch, terms: code-names, until: '2027-01-01T09:00:00Z', owner: comms}}\n"
        "rules:\n  - {id: WAIT, title: Not before the launch, effect: deny, scope: everything, when: {content.embargoed: true}}\n",
        encoding="utf-8",
    )
    draft.write_text("Project Heron is nearly there.", encoding="utf-8")
    command = ["decide", str(policy), "--text", str(draft), "--assume", "in_examples", "-q"]
    assert run(command) == 1
    assert capsys.readouterr().out.strip() == "ask"
    assert run([*command, "--at", "2026-12-01T09:00:00Z"]) == 1
    assert capsys.readouterr().out.strip() == "deny"
    draft.write_text("A quiet week.", encoding="utf-8")
    assert run(command) == 0
