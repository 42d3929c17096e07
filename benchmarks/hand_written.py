"""The sixty rules written by hand, as a careful person writes them: what our decisions are measured against.

``decide`` tells the outcome and all rules that count: facts are read once, rules stand in blocks by account, and each
rule is one test. ``outcome`` stops at the first rule that settles it, and reads what few rules need where they need it.
Neither knows what to do when a fact is missing. Whoever changes a rule in ``spec.py`` changes it here too; ``run.py``
checks that both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COMPANY = ("official", "executive")
OWN = ("personal", "creator")
PEOPLE = ("executive", "personal", "creator")

POSTING = frozenset({"publish", "reply", "share", "livestream"})
BROADCAST = frozenset({"publish", "livestream", "advertise"})
TALKING = frozenset({"reply", "direct_message", "like"})
POSTING_OR_ADS = POSTING | {"advertise"}
POSTING_OR_EDIT = POSTING | {"edit"}
POSTING_OR_MESSAGE = POSTING | {"direct_message"}
ALL_BUT_LIKE = POSTING | {"advertise", "direct_message", "edit"}


def decide(facts: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The outcome, and the ids of all rules that count."""
    account = facts["account.kind"]
    kind = facts["action.kind"]
    platform = facts["platform"]
    roles = facts["actor.roles"]
    trained = facts["actor.trained"]
    months = facts["actor.months_employed"]
    mfa = facts["account.mfa"]
    followers = facts["account.followers"]
    topics = facts["content.topics"]
    claim = facts["content.claim"]
    tone = facts["content.tone"]
    disclosure = facts["content.disclosure"]
    connection = facts["content.connection"]
    classification = facts["content.classification"]
    form = facts["content.format"]
    alt_text = facts["content.alt_text"]
    captions = facts["content.captions"]
    shows_people = facts["content.shows_people"]
    consent = facts["content.consent"]
    length = facts["content.length"]
    hashtags = facts["content.hashtags"]
    ai = facts["content.ai"]
    ai_label = facts["content.ai_label"]
    crisis = facts["context.crisis"]
    quiet = facts["context.quiet_period"]
    approvals = facts["context.approvals"]
    denying: list[str] = []
    asking: list[str] = []
    requiring: list[str] = []

    if account == "official":
        if kind in POSTING and not trained and claim in ("factual", "comparative", "financial"):
            denying.append("OFF-1")
        if kind in ("livestream", "advertise") and "intern" in roles and ("product" in topics or "roadmap" in topics):
            denying.append("OFF-2")
        if "politics" in topics and claim in ("opinion", "factual", "comparative"):
            denying.append("OFF-3")
        if kind in POSTING and not mfa and followers >= 150_000:
            denying.append("OFF-4")
        if (
            kind in BROADCAST
            and claim == "comparative"
            and not topics.isdisjoint(("competitors", "product", "customers"))
            and not ("legal" in approvals or "brand" in approvals)
        ):
            asking.append("OFF-5")
        if (
            kind in POSTING
            and "intern" in roles
            and months < 12
            and not ("manager" in approvals or "comms" in approvals)
        ):
            asking.append("OFF-6")
        if (
            kind in POSTING
            and "customers" in topics
            and not consent
            and not ("comms" in approvals and "legal" in approvals)
        ):
            asking.append("OFF-7")
        if kind == "advertise" and followers >= 60_000 and not ("brand" in approvals or "comms" in approvals):
            asking.append("OFF-8")
        if kind in POSTING and form == "image" and followers >= 100_000 and not alt_text:
            requiring.append("OFF-9")
        if (
            kind in ("publish", "share")
            and platform in ("linkedin", "x")
            and form in ("text", "image")
            and hashtags > 4
        ):
            requiring.append("OFF-10")
        if kind in TALKING and ("customers" in topics or "product" in topics) and tone not in ("friendly", "neutral"):
            requiring.append("OFF-11")
    elif account == "executive":
        if quiet and ("financials" in topics or "roadmap" in topics):
            denying.append("EXE-1")
        if "competitors" in topics and tone in ("sharp", "insulting"):
            denying.append("EXE-2")
        if kind in POSTING and not mfa and followers >= 120_000 and "legal" not in roles:
            denying.append("EXE-3")
        if kind in POSTING and claim == "financial" and not ("ir" in approvals and "legal" in approvals):
            asking.append("EXE-4")
        if kind in POSTING and crisis != "none" and not ("comms" in approvals or "legal" in approvals):
            asking.append("EXE-5")
        if (
            kind in BROADCAST
            and "roadmap" in topics
            and claim in ("factual", "comparative")
            and not ("brand" in approvals or "manager" in approvals)
        ):
            asking.append("EXE-6")
        if (
            kind in POSTING
            and "shares" in connection
            and not topics.isdisjoint(("financials", "product", "competitors"))
            and disclosure != "clear"
        ):
            requiring.append("EXE-7")
        if kind in POSTING and platform in ("linkedin", "x") and form == "text" and length > 300:
            requiring.append("EXE-8")
    elif account == "personal":
        if (
            kind in POSTING_OR_MESSAGE
            and tone == "insulting"
            and ("employment" in connection or "shares" in connection)
        ):
            denying.append("PER-2")
        if kind in POSTING and "customers" in topics and not consent:
            denying.append("PER-4")
        if (
            kind in POSTING
            and claim in ("financial", "comparative")
            and not topics.isdisjoint(("competitors", "financials", "roadmap"))
            and "spokesperson" not in roles
        ):
            denying.append("PER-5")
        if (
            kind in POSTING
            and ("engineer" in roles or "sales" in roles)
            and "roadmap" in topics
            and not ("manager" in approvals or "comms" in approvals)
        ):
            asking.append("PER-6")
        if (
            kind in ("reply", "direct_message")
            and not topics.isdisjoint(("financials", "security", "politics"))
            and followers >= 120_000
            and "comms" not in approvals
        ):
            asking.append("PER-7")
        if (
            kind in POSTING_OR_EDIT
            and classification == "internal"
            and not ("manager" in approvals or "security" in approvals)
        ):
            asking.append("PER-8")
        if (
            kind in POSTING
            and "employment" in connection
            and not topics.isdisjoint(("product", "roadmap", "hiring"))
            and disclosure != "clear"
        ):
            requiring.append("PER-9")
        if (
            kind in TALKING
            and ("support" in roles or "sales" in roles)
            and ("customers" in topics or "competitors" in topics)
            and tone not in ("friendly", "neutral")
        ):
            requiring.append("PER-10")
    elif account == "creator":
        if kind in POSTING_OR_ADS and claim == "comparative" and ("payment" in connection or "gift" in connection):
            denying.append("CRE-1")
        if "politics" in topics and ("payment" in connection or "gift" in connection):
            denying.append("CRE-2")
        if kind in POSTING and "health" in topics and claim in ("opinion", "factual", "comparative"):
            denying.append("CRE-4")
        if (
            kind in BROADCAST
            and "payment" in connection
            and followers >= 50_000
            and not ("brand" in approvals or "legal" in approvals)
        ):
            asking.append("CRE-5")
        if kind in POSTING and months < 10 and not ("brand" in approvals or "comms" in approvals):
            asking.append("CRE-6")
        if kind in POSTING and claim == "financial" and not ("brand" in approvals and "ir" in approvals):
            asking.append("CRE-7")
        if (
            kind in POSTING_OR_ADS
            and not connection.isdisjoint(("payment", "gift", "family"))
            and not topics.isdisjoint(("product", "competitors", "hiring", "health"))
            and disclosure != "clear"
        ):
            requiring.append("CRE-8")
        if (
            kind in ("publish", "livestream")
            and platform in ("youtube", "tiktok", "instagram")
            and form in ("video", "story")
            and ("payment" in connection or "gift" in connection)
            and not captions
        ):
            requiring.append("CRE-9")
        if (
            kind in ("publish", "share")
            and platform in ("instagram", "tiktok")
            and form in ("image", "story")
            and hashtags > 4
        ):
            requiring.append("CRE-10")
    if account in COMPANY:
        if kind in BROADCAST and crisis in ("elevated", "severe"):
            denying.append("COM-1")
        if classification in ("confidential", "secret"):
            denying.append("COM-2")
        if kind in POSTING and shows_people and not consent and form in ("image", "video", "story"):
            denying.append("COM-3")
        if kind in POSTING and "health" in topics and claim in ("factual", "comparative"):
            denying.append("COM-4")
        if kind in POSTING_OR_MESSAGE and "security" in topics and classification != "public":
            denying.append("COM-5")
        if (
            kind in POSTING_OR_EDIT
            and classification == "internal"
            and not ("comms" in approvals or "security" in approvals)
        ):
            asking.append("COM-6")
        if (
            kind in BROADCAST
            and ai == "generated"
            and shows_people
            and not ("brand" in approvals or "legal" in approvals)
        ):
            asking.append("COM-7")
        if (
            kind in ("publish", "share", "advertise")
            and "hiring" in topics
            and claim in ("factual", "opinion")
            and "recruiter" not in roles
            and not ("manager" in approvals or "brand" in approvals)
        ):
            asking.append("COM-8")
        if kind == "edit" and followers >= 100_000 and not ("comms" in approvals or "manager" in approvals):
            asking.append("COM-9")
        if kind in ("publish", "share") and form in ("video", "story") and not captions:
            requiring.append("COM-10")
        if kind in POSTING and ai == "generated" and not ai_label:
            requiring.append("COM-11")
    elif account in OWN:
        if classification in ("confidential", "secret"):
            denying.append("PER-1")
        if kind in POSTING and quiet and "financials" in topics:
            denying.append("PER-3")
        if kind in BROADCAST and shows_people and not consent:
            denying.append("CRE-3")
        if kind in POSTING_OR_ADS and ai in ("assisted", "generated") and shows_people and not ai_label:
            requiring.append("ALL-6")
    if account in PEOPLE:
        if (
            kind in POSTING
            and quiet
            and claim in ("comparative", "financial")
            and not ("legal" in approvals or "ir" in approvals)
        ):
            asking.append("ALL-5")
        if kind in POSTING and form == "image" and followers >= 100_000 and not alt_text:
            requiring.append("ALL-7")
        if kind in POSTING and months < 6 and "employment" in connection and disclosure not in ("vague", "clear"):
            requiring.append("ALL-10")
    if kind in ("advertise", "livestream") and crisis == "severe":
        denying.append("ALL-1")
    if kind in ALL_BUT_LIKE and classification == "secret":
        denying.append("ALL-2")
    if (
        kind in POSTING_OR_MESSAGE
        and tone == "insulting"
        and not topics.isdisjoint(("politics", "competitors", "customers"))
    ):
        denying.append("ALL-3")
    if kind in POSTING_OR_MESSAGE and "security" in topics and crisis != "none" and "security" not in approvals:
        asking.append("ALL-4")
    if kind in TALKING and crisis != "none" and tone not in ("friendly", "neutral"):
        requiring.append("ALL-8")
    if (
        kind in ("publish", "reply")
        and platform in ("x", "tiktok", "instagram")
        and form in ("text", "image")
        and length > 400
    ):
        requiring.append("ALL-9")

    if denying:
        return "deny", (*denying, *asking, *requiring)
    if asking:
        return "ask", (*asking, *requiring)
    if requiring:
        return "revise", tuple(requiring)
    return "allow", ()


def outcome(facts: Mapping[str, Any]) -> str:
    """The outcome alone: the strictest rules come first, and the first that counts settles it."""
    account = facts["account.kind"]
    kind = facts["action.kind"]
    topics = facts["content.topics"]
    claim = facts["content.claim"]
    classification = facts["content.classification"]

    if account == "official":
        if kind in POSTING and not facts["actor.trained"] and claim in ("factual", "comparative", "financial"):
            return "deny"  # OFF-1
        if (
            kind in ("livestream", "advertise")
            and "intern" in facts["actor.roles"]
            and ("product" in topics or "roadmap" in topics)
        ):
            return "deny"  # OFF-2
        if "politics" in topics and claim in ("opinion", "factual", "comparative"):
            return "deny"  # OFF-3
        if kind in POSTING and not facts["account.mfa"] and facts["account.followers"] >= 150_000:
            return "deny"  # OFF-4
    elif account == "executive":
        if facts["context.quiet_period"] and ("financials" in topics or "roadmap" in topics):
            return "deny"  # EXE-1
        if "competitors" in topics and facts["content.tone"] in ("sharp", "insulting"):
            return "deny"  # EXE-2
        if (
            kind in POSTING
            and not facts["account.mfa"]
            and facts["account.followers"] >= 120_000
            and "legal" not in facts["actor.roles"]
        ):
            return "deny"  # EXE-3
    elif account == "personal":
        if (
            kind in POSTING_OR_MESSAGE
            and facts["content.tone"] == "insulting"
            and ("employment" in facts["content.connection"] or "shares" in facts["content.connection"])
        ):
            return "deny"  # PER-2
        if kind in POSTING and "customers" in topics and not facts["content.consent"]:
            return "deny"  # PER-4
        if (
            kind in POSTING
            and claim in ("financial", "comparative")
            and not topics.isdisjoint(("competitors", "financials", "roadmap"))
            and "spokesperson" not in facts["actor.roles"]
        ):
            return "deny"  # PER-5
    elif account == "creator":
        if (
            kind in POSTING_OR_ADS
            and claim == "comparative"
            and ("payment" in facts["content.connection"] or "gift" in facts["content.connection"])
        ):
            return "deny"  # CRE-1
        if "politics" in topics and ("payment" in facts["content.connection"] or "gift" in facts["content.connection"]):
            return "deny"  # CRE-2
        if kind in POSTING and "health" in topics and claim in ("opinion", "factual", "comparative"):
            return "deny"  # CRE-4
    if account in COMPANY:
        if kind in BROADCAST and facts["context.crisis"] in ("elevated", "severe"):
            return "deny"  # COM-1
        if classification in ("confidential", "secret"):
            return "deny"  # COM-2
        if (
            kind in POSTING
            and facts["content.shows_people"]
            and not facts["content.consent"]
            and facts["content.format"] in ("image", "video", "story")
        ):
            return "deny"  # COM-3
        if kind in POSTING and "health" in topics and claim in ("factual", "comparative"):
            return "deny"  # COM-4
        if kind in POSTING_OR_MESSAGE and "security" in topics and classification != "public":
            return "deny"  # COM-5
    elif account in OWN:
        if classification in ("confidential", "secret"):
            return "deny"  # PER-1
        if kind in POSTING and facts["context.quiet_period"] and "financials" in topics:
            return "deny"  # PER-3
        if kind in BROADCAST and facts["content.shows_people"] and not facts["content.consent"]:
            return "deny"  # CRE-3
    if kind in ("advertise", "livestream") and facts["context.crisis"] == "severe":
        return "deny"  # ALL-1
    if kind in ALL_BUT_LIKE and classification == "secret":
        return "deny"  # ALL-2
    if (
        kind in POSTING_OR_MESSAGE
        and facts["content.tone"] == "insulting"
        and not topics.isdisjoint(("politics", "competitors", "customers"))
    ):
        return "deny"  # ALL-3

    approvals = facts["context.approvals"]
    if account == "official":
        if (
            kind in BROADCAST
            and claim == "comparative"
            and not topics.isdisjoint(("competitors", "product", "customers"))
            and not ("legal" in approvals or "brand" in approvals)
        ):
            return "ask"  # OFF-5
        if (
            kind in POSTING
            and "intern" in facts["actor.roles"]
            and facts["actor.months_employed"] < 12
            and not ("manager" in approvals or "comms" in approvals)
        ):
            return "ask"  # OFF-6
        if (
            kind in POSTING
            and "customers" in topics
            and not facts["content.consent"]
            and not ("comms" in approvals and "legal" in approvals)
        ):
            return "ask"  # OFF-7
        if (
            kind == "advertise"
            and facts["account.followers"] >= 60_000
            and not ("brand" in approvals or "comms" in approvals)
        ):
            return "ask"  # OFF-8
    elif account == "executive":
        if kind in POSTING and claim == "financial" and not ("ir" in approvals and "legal" in approvals):
            return "ask"  # EXE-4
        if kind in POSTING and facts["context.crisis"] != "none" and not ("comms" in approvals or "legal" in approvals):
            return "ask"  # EXE-5
        if (
            kind in BROADCAST
            and "roadmap" in topics
            and claim in ("factual", "comparative")
            and not ("brand" in approvals or "manager" in approvals)
        ):
            return "ask"  # EXE-6
    elif account == "personal":
        if (
            kind in POSTING
            and ("engineer" in facts["actor.roles"] or "sales" in facts["actor.roles"])
            and "roadmap" in topics
            and not ("manager" in approvals or "comms" in approvals)
        ):
            return "ask"  # PER-6
        if (
            kind in ("reply", "direct_message")
            and not topics.isdisjoint(("financials", "security", "politics"))
            and facts["account.followers"] >= 120_000
            and "comms" not in approvals
        ):
            return "ask"  # PER-7
        if (
            kind in POSTING_OR_EDIT
            and classification == "internal"
            and not ("manager" in approvals or "security" in approvals)
        ):
            return "ask"  # PER-8
    elif account == "creator":
        if (
            kind in BROADCAST
            and "payment" in facts["content.connection"]
            and facts["account.followers"] >= 50_000
            and not ("brand" in approvals or "legal" in approvals)
        ):
            return "ask"  # CRE-5
        if (
            kind in POSTING
            and facts["actor.months_employed"] < 10
            and not ("brand" in approvals or "comms" in approvals)
        ):
            return "ask"  # CRE-6
        if kind in POSTING and claim == "financial" and not ("brand" in approvals and "ir" in approvals):
            return "ask"  # CRE-7
    if account in COMPANY:
        if (
            kind in POSTING_OR_EDIT
            and classification == "internal"
            and not ("comms" in approvals or "security" in approvals)
        ):
            return "ask"  # COM-6
        if (
            kind in BROADCAST
            and facts["content.ai"] == "generated"
            and facts["content.shows_people"]
            and not ("brand" in approvals or "legal" in approvals)
        ):
            return "ask"  # COM-7
        if (
            kind in ("publish", "share", "advertise")
            and "hiring" in topics
            and claim in ("factual", "opinion")
            and "recruiter" not in facts["actor.roles"]
            and not ("manager" in approvals or "brand" in approvals)
        ):
            return "ask"  # COM-8
        if (
            kind == "edit"
            and facts["account.followers"] >= 100_000
            and not ("comms" in approvals or "manager" in approvals)
        ):
            return "ask"  # COM-9
    if (
        account in PEOPLE
        and kind in POSTING
        and facts["context.quiet_period"]
        and claim in ("comparative", "financial")
        and not ("legal" in approvals or "ir" in approvals)
    ):
        return "ask"  # ALL-5
    if (
        kind in POSTING_OR_MESSAGE
        and "security" in topics
        and facts["context.crisis"] != "none"
        and "security" not in approvals
    ):
        return "ask"  # ALL-4

    if account == "official":
        if (
            kind in POSTING
            and facts["content.format"] == "image"
            and facts["account.followers"] >= 100_000
            and not facts["content.alt_text"]
        ):
            return "revise"  # OFF-9
        if (
            kind in ("publish", "share")
            and facts["platform"] in ("linkedin", "x")
            and facts["content.format"] in ("text", "image")
            and facts["content.hashtags"] > 4
        ):
            return "revise"  # OFF-10
        if (
            kind in TALKING
            and ("customers" in topics or "product" in topics)
            and facts["content.tone"] not in ("friendly", "neutral")
        ):
            return "revise"  # OFF-11
    elif account == "executive":
        if (
            kind in POSTING
            and "shares" in facts["content.connection"]
            and not topics.isdisjoint(("financials", "product", "competitors"))
            and facts["content.disclosure"] != "clear"
        ):
            return "revise"  # EXE-7
        if (
            kind in POSTING
            and facts["platform"] in ("linkedin", "x")
            and facts["content.format"] == "text"
            and facts["content.length"] > 300
        ):
            return "revise"  # EXE-8
    elif account == "personal":
        if (
            kind in POSTING
            and "employment" in facts["content.connection"]
            and not topics.isdisjoint(("product", "roadmap", "hiring"))
            and facts["content.disclosure"] != "clear"
        ):
            return "revise"  # PER-9
        if (
            kind in TALKING
            and ("support" in facts["actor.roles"] or "sales" in facts["actor.roles"])
            and ("customers" in topics or "competitors" in topics)
            and facts["content.tone"] not in ("friendly", "neutral")
        ):
            return "revise"  # PER-10
    elif account == "creator":
        if (
            kind in POSTING_OR_ADS
            and not facts["content.connection"].isdisjoint(("payment", "gift", "family"))
            and not topics.isdisjoint(("product", "competitors", "hiring", "health"))
            and facts["content.disclosure"] != "clear"
        ):
            return "revise"  # CRE-8
        if (
            kind in ("publish", "livestream")
            and facts["platform"] in ("youtube", "tiktok", "instagram")
            and facts["content.format"] in ("video", "story")
            and ("payment" in facts["content.connection"] or "gift" in facts["content.connection"])
            and not facts["content.captions"]
        ):
            return "revise"  # CRE-9
        if (
            kind in ("publish", "share")
            and facts["platform"] in ("instagram", "tiktok")
            and facts["content.format"] in ("image", "story")
            and facts["content.hashtags"] > 4
        ):
            return "revise"  # CRE-10
    if account in COMPANY:
        if (
            kind in ("publish", "share")
            and facts["content.format"] in ("video", "story")
            and not facts["content.captions"]
        ):
            return "revise"  # COM-10
        if kind in POSTING and facts["content.ai"] == "generated" and not facts["content.ai_label"]:
            return "revise"  # COM-11
    elif (
        account in OWN
        and kind in POSTING_OR_ADS
        and facts["content.ai"] in ("assisted", "generated")
        and facts["content.shows_people"]
        and not facts["content.ai_label"]
    ):
        return "revise"  # ALL-6
    if account in PEOPLE:
        if (
            kind in POSTING
            and facts["content.format"] == "image"
            and facts["account.followers"] >= 100_000
            and not facts["content.alt_text"]
        ):
            return "revise"  # ALL-7
        if (
            kind in POSTING
            and facts["actor.months_employed"] < 6
            and "employment" in facts["content.connection"]
            and facts["content.disclosure"] not in ("vague", "clear")
        ):
            return "revise"  # ALL-10
    if kind in TALKING and facts["context.crisis"] != "none" and facts["content.tone"] not in ("friendly", "neutral"):
        return "revise"  # ALL-8
    if (
        kind in ("publish", "reply")
        and facts["platform"] in ("x", "tiktok", "instagram")
        and facts["content.format"] in ("text", "image")
        and facts["content.length"] > 400
    ):
        return "revise"  # ALL-9

    return "allow"
