"""The workload as plain data: 26 facts, how often a random action has which of their values, and sixty rules.

Everything that is measured says what stands here and is built from it (``workload.py``, ``peers.py``), save the
functions written by hand (``hand_written.py``), which are checked against it. Conditions stand as in a policy file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

Value: TypeAlias = bool | int | str | frozenset[str]
Condition: TypeAlias = Mapping[str, Any]
"""Tests of facts, joined by *and*: a value, one of a list, ``{any_of: [...]}``, ``{at_least: n}`` and the like."""


@dataclass(frozen=True)
class Fact:
    """One fact. ``often`` is the weight of each value, or how likely a bool is true and a member is in a set."""

    type: str
    values: tuple[str, ...] = ()
    often: float | tuple[float, ...] = 0.5
    most: int = 0
    ordered: bool = False
    mutable: bool = False


@dataclass(frozen=True)
class Rule:
    """One rule, in the words of a policy file."""

    id: str
    effect: str
    title: str
    scope: Mapping[str, Sequence[str]]
    when: Condition = field(default_factory=dict)
    unless: Condition = field(default_factory=dict)
    approval: Mapping[str, Sequence[str]] = field(default_factory=dict)
    need: Condition = field(default_factory=dict)


def rule(
    name: str,
    title: str,
    accounts: Sequence[str],
    actions: Sequence[str],
    when: Condition,
    *,
    effect: str,
    platforms: Sequence[str] = (),
    roles: Sequence[str] = (),
    **more: Condition,
) -> Rule:
    scope = {"accounts": accounts, "actions": actions, "platforms": platforms, "roles": roles}
    return Rule(name, effect, title, {word: values for word, values in scope.items() if values}, when, **more)


deny = partial(rule, effect="deny")
ask = partial(rule, effect="ask")
require = partial(rule, effect="require")

ACCOUNTS = ("official", "executive", "personal", "creator")
PLATFORMS = ("linkedin", "x", "instagram", "youtube", "tiktok")
POSTING = ("publish", "reply", "share", "livestream")
BROADCAST = ("publish", "livestream", "advertise")
TALKING = ("reply", "direct_message", "like")
CRISIS = ("none", "watch", "elevated", "severe")

FACTS: Mapping[str, Fact] = {
    "account.kind": Fact("enum", ACCOUNTS, (3, 2, 3, 2)),
    "action.kind": Fact("enum", (*POSTING, "advertise", "direct_message", "like", "edit"), (6, 6, 4, 3, 4, 4, 2, 2)),
    "platform": Fact("enum", PLATFORMS, (1, 1, 1, 1, 1)),
    "actor.roles": Fact(
        "set", ("intern", "engineer", "sales", "support", "recruiter", "manager", "legal", "spokesperson"), 0.2
    ),
    "actor.trained": Fact("bool", often=0.75),
    "actor.months_employed": Fact("int", most=60),
    "account.mfa": Fact("bool", often=0.8),
    "account.followers": Fact("int", most=200_000),
    "content.topics": Fact(
        "set",
        ("product", "roadmap", "financials", "customers", "hiring", "politics", "competitors", "security", "health"),
        0.25,
    ),
    "content.claim": Fact("enum", ("none", "opinion", "factual", "comparative", "financial"), (4, 3, 2, 2, 1)),
    "content.tone": Fact("enum", ("friendly", "neutral", "sharp", "insulting"), (4, 4, 2, 1), mutable=True),
    "content.disclosure": Fact("enum", ("none", "vague", "clear"), (2, 1, 3), mutable=True),
    "content.connection": Fact("set", ("employment", "payment", "gift", "shares", "family"), 0.3),
    "content.classification": Fact("enum", ("public", "internal", "confidential", "secret"), (14, 3, 1, 1)),
    "content.format": Fact("enum", ("text", "image", "video", "story"), (3, 3, 2, 1)),
    "content.alt_text": Fact("bool", often=0.5, mutable=True),
    "content.captions": Fact("bool", often=0.5, mutable=True),
    "content.shows_people": Fact("bool", often=0.3),
    "content.consent": Fact("bool", often=0.7),
    "content.length": Fact("int", most=600, mutable=True),
    "content.hashtags": Fact("int", most=12, mutable=True),
    "content.ai": Fact("enum", ("none", "assisted", "generated"), (5, 2, 1)),
    "content.ai_label": Fact("bool", often=0.5, mutable=True),
    "context.crisis": Fact("enum", CRISIS, (9, 3, 2, 1), ordered=True),
    "context.quiet_period": Fact("bool", often=0.3),
    "context.approvals": Fact("set", ("comms", "legal", "ir", "brand", "security", "manager"), 0.22),
}
SCOPE = {
    "accounts": "account.kind",
    "actions": "action.kind",
    "platforms": "platform",
    "roles": "actor.roles",
    "brands": "account.brand",  # in the growth workload alone
}

ANY = ()
OFFICIAL = ("official",)
EXECUTIVE = ("executive",)
PERSONAL = ("personal",)
CREATOR = ("creator",)
COMPANY = ("official", "executive")
OWN = ("personal", "creator")
PEOPLE = ("executive", "personal", "creator")

# fmt: off
RULES: tuple[Rule, ...] = (
    # the company's own accounts
    deny("OFF-1", "Only trained people post for us", OFFICIAL, POSTING,
        {"actor.trained": False, "content.claim": ["factual", "comparative", "financial"]}),
    deny("OFF-2", "Interns leave live video to others", OFFICIAL, ("livestream", "advertise"),
        {"content.topics": {"any_of": ["product", "roadmap"]}}, roles=("intern",)),
    deny("OFF-3", "Our accounts stay out of politics", OFFICIAL, ANY,
        {"content.topics": {"any_of": ["politics"]}, "content.claim": ["opinion", "factual", "comparative"]}),
    deny("OFF-4", "We do not post from an unprotected account", OFFICIAL, POSTING,
        {"account.mfa": False, "account.followers": {"at_least": 150_000}}),
    ask("OFF-5", "Comparisons are looked at first", OFFICIAL, BROADCAST,
        {"content.claim": "comparative", "content.topics": {"any_of": ["competitors", "product", "customers"]}},
        approval={"any_of": ["legal", "brand"]}),
    ask("OFF-6", "A manager looks at what interns post", OFFICIAL, POSTING,
        {"actor.months_employed": {"less_than": 12}}, roles=("intern",), approval={"any_of": ["manager", "comms"]}),
    ask("OFF-7", "Naming customers needs a yes", OFFICIAL, POSTING,
        {"content.topics": {"any_of": ["customers"]}, "content.consent": False},
        approval={"all_of": ["comms", "legal"]}),
    ask("OFF-8", "Brand sees advertisements", OFFICIAL, ("advertise",),
        {"account.followers": {"at_least": 60_000}}, approval={"any_of": ["brand", "comms"]}),
    require("OFF-9", "Pictures have a text description", OFFICIAL, POSTING,
        {"content.format": "image", "account.followers": {"at_least": 100_000}}, need={"content.alt_text": True}),
    require("OFF-10", "Few hashtags, please", OFFICIAL, ("publish", "share"),
        {"content.format": ["text", "image"]}, platforms=("linkedin", "x"),
        need={"content.hashtags": {"at_most": 4}}),
    require("OFF-11", "We answer kindly", OFFICIAL, TALKING,
        {"content.topics": {"any_of": ["customers", "product"]}}, need={"content.tone": ["friendly", "neutral"]}),
    # executives
    deny("EXE-1", "No figures in the quiet period", EXECUTIVE, ANY,
        {"context.quiet_period": True, "content.topics": {"any_of": ["financials", "roadmap"]}}),
    deny("EXE-2", "Executives do not attack competitors", EXECUTIVE, ANY,
        {"content.topics": {"any_of": ["competitors"]}, "content.tone": ["sharp", "insulting"]}),
    deny("EXE-3", "Executives use a protected account", EXECUTIVE, POSTING,
        {"account.mfa": False, "account.followers": {"at_least": 120_000}}, unless={"actor.roles": "legal"}),
    ask("EXE-4", "Claims about figures go to investor relations", EXECUTIVE, POSTING,
        {"content.claim": "financial"}, approval={"all_of": ["ir", "legal"]}),
    ask("EXE-5", "Comms reads along in a crisis", EXECUTIVE, POSTING,
        {"context.crisis": {"at_least": "watch"}}, approval={"any_of": ["comms", "legal"]}),
    ask("EXE-6", "Roadmaps are shown by the product team", EXECUTIVE, BROADCAST,
        {"content.topics": {"any_of": ["roadmap"]}, "content.claim": ["factual", "comparative"]},
        approval={"any_of": ["brand", "manager"]}),
    require("EXE-7", "Say that you hold shares", EXECUTIVE, POSTING,
        {"content.connection": {"any_of": ["shares"]},
         "content.topics": {"any_of": ["financials", "product", "competitors"]}},
        need={"content.disclosure": "clear"}),
    require("EXE-8", "Short is better", EXECUTIVE, POSTING,
        {"content.format": "text"}, platforms=("linkedin", "x"), need={"content.length": {"at_most": 300}}),
    # official and executive accounts together
    deny("COM-1", "Promotion pauses in a crisis", COMPANY, BROADCAST,
        {"context.crisis": {"at_least": "elevated"}}),
    deny("COM-2", "Nothing that is not public", COMPANY, ANY,
        {"content.classification": ["confidential", "secret"]}),
    deny("COM-3", "No picture of people without their consent", COMPANY, POSTING,
        {"content.shows_people": True, "content.consent": False, "content.format": ["image", "video", "story"]}),
    deny("COM-4", "No advice about health", COMPANY, POSTING,
        {"content.topics": {"any_of": ["health"]}, "content.claim": ["factual", "comparative"]}),
    deny("COM-5", "We keep security matters to the security team", COMPANY, (*POSTING, "direct_message"),
        {"content.topics": {"any_of": ["security"]},
         "content.classification": ["internal", "confidential", "secret"]}),
    ask("COM-6", "Internal matters are cleared first", COMPANY, (*POSTING, "edit"),
        {"content.classification": "internal"}, approval={"any_of": ["comms", "security"]}),
    ask("COM-7", "Generated pictures are looked at", COMPANY, BROADCAST,
        {"content.ai": "generated", "content.shows_people": True}, approval={"any_of": ["brand", "legal"]}),
    ask("COM-8", "Job offers go through recruiting", COMPANY, ("publish", "share", "advertise"),
        {"content.topics": {"any_of": ["hiring"]}, "content.claim": ["factual", "opinion"]},
        unless={"actor.roles": "recruiter"}, approval={"any_of": ["manager", "brand"]}),
    ask("COM-9", "Edits are seen by a second pair of eyes", COMPANY, ("edit",),
        {"account.followers": {"at_least": 100_000}}, approval={"any_of": ["comms", "manager"]}),
    require("COM-10", "Videos have captions", COMPANY, ("publish", "share"),
        {"content.format": ["video", "story"]}, need={"content.captions": True}),
    require("COM-11", "Label what a machine made", COMPANY, POSTING,
        {"content.ai": "generated"}, need={"content.ai_label": True}),
    # private accounts of people who work here
    deny("PER-1", "Secrets stay inside", OWN, ANY,
        {"content.classification": ["confidential", "secret"]}),
    deny("PER-2", "No insults where people see that you work here", PERSONAL, (*POSTING, "direct_message"),
        {"content.tone": "insulting", "content.connection": {"any_of": ["employment", "shares"]}}),
    deny("PER-3", "No hints about results", OWN, POSTING,
        {"context.quiet_period": True, "content.topics": {"any_of": ["financials"]}}),
    deny("PER-4", "Customers are not named in private posts", PERSONAL, POSTING,
        {"content.topics": {"any_of": ["customers"]}, "content.consent": False}),
    deny("PER-5", "Nobody speaks for us in private", PERSONAL, POSTING,
        {"content.claim": ["financial", "comparative"],
         "content.topics": {"any_of": ["competitors", "financials", "roadmap"]}},
        unless={"actor.roles": "spokesperson"}),
    ask("PER-6", "Roadmap talk is checked with the team", PERSONAL, POSTING,
        {"content.topics": {"any_of": ["roadmap"]}}, roles=("engineer", "sales"),
        approval={"any_of": ["manager", "comms"]}),
    ask("PER-7", "Answers to press go through comms", PERSONAL, ("reply", "direct_message"),
        {"content.topics": {"any_of": ["financials", "security", "politics"]},
         "account.followers": {"at_least": 120_000}},
        approval={"any_of": ["comms"]}),
    ask("PER-8", "Talk to your manager about internal matters", PERSONAL, (*POSTING, "edit"),
        {"content.classification": "internal"}, approval={"any_of": ["manager", "security"]}),
    require("PER-9", "Say that you work here", PERSONAL, POSTING,
        {"content.connection": {"any_of": ["employment"]},
         "content.topics": {"any_of": ["product", "roadmap", "hiring"]}},
        need={"content.disclosure": "clear"}),
    require("PER-10", "Stay civil with customers", PERSONAL, TALKING,
        {"content.topics": {"any_of": ["customers", "competitors"]}}, roles=("support", "sales"),
        need={"content.tone": ["friendly", "neutral"]}),
    # creators who work with us
    deny("CRE-1", "No paid comparison", CREATOR, (*POSTING, "advertise"),
        {"content.claim": "comparative", "content.connection": {"any_of": ["payment", "gift"]}}),
    deny("CRE-2", "No paid politics", CREATOR, ANY,
        {"content.topics": {"any_of": ["politics"]}, "content.connection": {"any_of": ["payment", "gift"]}}),
    deny("CRE-3", "No picture of others without consent", OWN, BROADCAST,
        {"content.shows_people": True, "content.consent": False}),
    deny("CRE-4", "No promises about health", CREATOR, POSTING,
        {"content.topics": {"any_of": ["health"]}, "content.claim": ["opinion", "factual", "comparative"]}),
    ask("CRE-5", "Brand sees paid posts", CREATOR, BROADCAST,
        {"content.connection": {"any_of": ["payment"]}, "account.followers": {"at_least": 50_000}},
        approval={"any_of": ["brand", "legal"]}),
    ask("CRE-6", "New creators start with a check", CREATOR, POSTING,
        {"actor.months_employed": {"less_than": 10}}, approval={"any_of": ["brand", "comms"]}),
    ask("CRE-7", "Figures come from us", CREATOR, POSTING,
        {"content.claim": "financial"}, approval={"all_of": ["brand", "ir"]}),
    require("CRE-8", "Say that you are paid", CREATOR, (*POSTING, "advertise"),
        {"content.connection": {"any_of": ["payment", "gift", "family"]},
         "content.topics": {"any_of": ["product", "competitors", "hiring", "health"]}},
        need={"content.disclosure": "clear"}),
    require("CRE-9", "Say it in the video too", CREATOR, ("publish", "livestream"),
        {"content.format": ["video", "story"], "content.connection": {"any_of": ["payment", "gift"]}},
        platforms=("youtube", "tiktok", "instagram"), need={"content.captions": True}),
    require("CRE-10", "Few hashtags, please", CREATOR, ("publish", "share"),
        {"content.format": ["image", "story"]}, platforms=("instagram", "tiktok"),
        need={"content.hashtags": {"at_most": 4}}),
    # everybody
    deny("ALL-1", "Nothing sells in a severe crisis", ANY, ("advertise", "livestream"),
        {"context.crisis": "severe"}),
    deny("ALL-2", "Company secrets never go out", ANY, (*POSTING, "advertise", "direct_message", "edit"),
        {"content.classification": "secret"}),
    deny("ALL-3", "Nobody is insulted", ANY, (*POSTING, "direct_message"),
        {"content.tone": "insulting", "content.topics": {"any_of": ["politics", "competitors", "customers"]}}),
    ask("ALL-4", "Security reads incidents first", ANY, (*POSTING, "direct_message"),
        {"content.topics": {"any_of": ["security"]}, "context.crisis": {"at_least": "watch"}},
        approval={"any_of": ["security"]}),
    ask("ALL-5", "Legal reads claims in the quiet period", PEOPLE, POSTING,
        {"context.quiet_period": True, "content.claim": ["comparative", "financial"]},
        approval={"any_of": ["legal", "ir"]}),
    require("ALL-6", "Label what a machine made of people", OWN, (*POSTING, "advertise"),
        {"content.ai": ["assisted", "generated"], "content.shows_people": True}, need={"content.ai_label": True}),
    require("ALL-7", "Describe your pictures", PEOPLE, POSTING,
        {"content.format": "image", "account.followers": {"at_least": 100_000}}, need={"content.alt_text": True}),
    require("ALL-8", "Keep an even temper in a crisis", ANY, TALKING,
        {"context.crisis": {"at_least": "watch"}}, need={"content.tone": ["friendly", "neutral"]}),
    require("ALL-9", "Long posts belong elsewhere", ANY, ("publish", "reply"),
        {"content.format": ["text", "image"]}, platforms=("x", "tiktok", "instagram"),
        need={"content.length": {"at_most": 400}}),
    require("ALL-10", "Newcomers say where they work", PEOPLE, POSTING,
        {"actor.months_employed": {"less_than": 6}, "content.connection": {"any_of": ["employment"]}},
        need={"content.disclosure": ["vague", "clear"]}),
)
# fmt: on
