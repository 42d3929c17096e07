"""Facts from a text: what the words of a post say by themselves, before anything is decided.

Each fact comes with what derived it and where; what the text cannot tell stays unknown, with the reason. Packages that
not everybody needs are imported where they are used: without them, the facts that need them stay unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from socialpolicy.errors import ActionError, Problem
from socialpolicy.facts import disclosures, embargoes, marks, templates
from socialpolicy.facts import terms as word_lists
from socialpolicy.facts.derived import Derived, Known, Open, Spot
from socialpolicy.facts.detectors import Detector, NotRun, detectors
from socialpolicy.facts.disclosures import DISCLOSURE, PLACE
from socialpolicy.facts.embargoes import EMBARGOED, Embargo, embargoes_of
from socialpolicy.facts.normalising import Normal, plain
from socialpolicy.facts.templates import TEMPLATE, Ready, Template, templates_of
from socialpolicy.facts.terms import Terms, Words
from socialpolicy.instants import instant
from socialpolicy.values import Value
from socialpolicy.vocabulary import Vocabulary

if TYPE_CHECKING:
    from socialpolicy.deciding import Decider

LENGTH, LANGUAGE = "content.length", "content.language"
LINK_HOSTS, MENTIONS, HASHTAGS = "content.link_hosts", "content.mentions", "content.hashtags"
TERMS, DETECTED = "content.terms", "content.detected"
FACTS = (
    LENGTH, LANGUAGE, LINK_HOSTS, MENTIONS, HASHTAGS, TERMS, DETECTED, DISCLOSURE, PLACE, TEMPLATE, EMBARGOED,
)  # fmt: skip
"""The facts that a text can tell, in the order in which they are shown."""

PACKAGES = {
    "ahocorasick_rs": "ahocorasick-rs", "confusable_homoglyphs": "confusable-homoglyphs", "linkify_it": "linkify-it-py",
    "phonenumbers": "phonenumbers", "detect_secrets": "detect-secrets",
}  # fmt: skip
"""The packages of the extra ``text``, by the name under which they are imported."""
CHARACTERS = 64 * 1024
"""How long a text may be: as long as a fact that is text."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a policy is needed to read texts by it: for programs that have no policy file at hand."""

    vocabulary: Vocabulary
    terms: tuple[Terms, ...] = ()
    templates: tuple[Template, ...] = ()
    embargoes: tuple[Embargo, ...] = ()


def parts_of(policy: Decider) -> Parts:
    """What of a policy is needed to read texts by it; a saved program has no word lists, templates and embargoes."""
    written = getattr(policy, "written", None)
    if written is None:
        return Parts(policy.vocabulary)
    lists = getattr(policy, "terms", written.terms)  # with those of the policies that it builds on
    own = templates_of(written, lists), embargoes_of(written, lists)
    theirs = [
        (
            templates_of(base.written, {**lists, **base.written.terms}, base.id + "/"),
            embargoes_of(base.written, lists, base.id + "/"),
        )
        for base in getattr(policy, "bases", ())
    ]
    return Parts(
        policy.vocabulary,
        tuple(word_lists.terms_of(name, one) for name, one in lists.items()),
        tuple(one for some, _ in (own, *theirs) for one in some),
        tuple(one for _, some in (own, *theirs) for one in some),
    )


class TextReader:
    """Reads texts by one policy: make it once, read many."""

    def __init__(self, policy: Decider | Parts, *, detectors: Iterable[Detector] | None = None) -> None:
        self.parts = policy if isinstance(policy, Parts) else parts_of(policy)
        self.known = self.parts.vocabulary.facts
        self.detectors = default_detectors() if detectors is None else tuple(detectors)
        self.ready = tuple(map(Ready, self.parts.templates))
        self.words: Words | Open = ready_words(self.parts.terms) if TERMS in self.known else Open("")

    def read(
        self,
        text: str,
        *,
        platform: str | None = None,
        format: str | None = None,
        at: datetime | str | None = None,
        language: str | None = None,
    ) -> Derived:
        """The facts that a text tells, to appear on a platform, in a format (content.format), at an instant.

        Only facts of the policy's vocabulary are told of. Raises ``ActionError`` for a text that is too long, and for an
        instant that is none.
        """
        return Reader(self, check(text), platform, format, moment(at), language).derived()


def facts_from_text(
    policy: Decider | Parts,
    text: str,
    *,
    platform: str | None = None,
    format: str | None = None,
    at: datetime | str | None = None,
    language: str | None = None,
    detectors: Iterable[Detector] | None = None,
) -> Derived:
    """The facts that a text tells by itself. Who reads many texts by one policy makes a ``TextReader`` once."""
    reader = TextReader(policy, detectors=detectors)
    return reader.read(text, platform=platform, format=format, at=at, language=language)


def facts_with_text(
    policy: Decider, stated: Mapping[str, Any], text: str, *, detectors: Iterable[Detector] | None = None
) -> tuple[dict[str, Value | None], Derived]:
    """What is stated of an action together with what its text tells, ready to decide, and the latter by itself.

    Platform, format, instant and language are taken from what is stated. What is stated and what the text tells may not
    contradict each other (``ActionError``), save for facts that a person judges: there the person's word stands.
    """
    facts = dict(policy.action(stated).facts)
    derived = facts_from_text(
        policy,
        text,
        platform=word(facts.get("platform")),
        format=word(facts.get("content.format")),
        at=when if isinstance(when := facts.get(policy.vocabulary.instant), datetime) else None,
        language=word(facts.get(LANGUAGE)),
        detectors=detectors,
    )
    return joined(policy.vocabulary, facts, derived), derived


def joined(vocabulary: Vocabulary, facts: Mapping[str, Value | None], derived: Derived) -> dict[str, Value | None]:
    """Stated facts with those that a text tells. Raises ``ActionError`` where they contradict each other."""
    whole, problems = dict(facts), []
    for name, one in derived.known.items():
        stated = whole.get(name)
        if stated is None:
            whole[name] = one.value
        elif stated != one.value and vocabulary.facts[name].supplied_by != "person":
            message = f"{name} is stated otherwise than the text tells."  # neither is quoted: the text may hold secrets
            problems.append(Problem("contradiction", name, message, "Leave it out, or null, and the text decides."))
    if problems:
        raise ActionError(tuple(problems))
    return whole


def word(value: Value | None) -> str | None:
    """A value that is a word, or nothing."""
    return value if isinstance(value, str) else None


def check(text: str) -> str:
    """A text that is not too long, and that every program can write down."""
    if len(text) > CHARACTERS:
        message = f"the text has {len(text):,} characters; at most {CHARACTERS:,} are read."
        raise ActionError((Problem("too-long", "text", message, "Shorten it."),))
    if not text.isascii() and any("\ud800" <= one <= "\udfff" for one in text):
        message = "the text has half a character in it."
        raise ActionError((Problem("type-mismatch", "text", message, "Write the whole character."),))
    return text


def moment(at: datetime | str | None) -> datetime | None:
    """An instant, from text too. Raises ``ActionError`` where it is none, or has no offset."""
    found = instant(at) if isinstance(at, str) else at
    if at is not None and (found is None or found.tzinfo is None):
        hint = 'Write one with its offset, such as "2026-03-01T09:00:00+01:00".'
        raise ActionError((Problem("bad-instant", "at", "at is no instant.", hint),))
    return found


def default_detectors() -> tuple[Detector, ...]:
    """The detectors that come along."""
    return detectors()


def ready_words(lists: Sequence[Terms]) -> Words | Open:
    """What finds the words of lists, or the package that it lacks."""
    try:
        return Words(lists)
    except ModuleNotFoundError as error:
        return lacking(error)


def lacking(error: ModuleNotFoundError) -> Open:
    """A fact that stays unknown for want of a package. Raises the error where it is none of the extra."""
    package = PACKAGES.get((error.name or "").partition(".")[0])
    if package is None:
        raise error
    return Open(f"the package {package} is not installed: pip install 'socialpolicy[text]'.", package)


# -- reading one text ----------------------------------------------------------------------------------------------------


class Reader:
    """The reading of one text."""

    def __init__(
        self,
        by: TextReader,
        text: str,
        platform: str | None,
        format: str | None,
        at: datetime | None,
        language: str | None,
    ) -> None:
        self.by, self.text, self.platform, self.format, self.at, self.language = (
            by,
            text,
            platform,
            format,
            at,
            language,
        )
        self.mentions = list(marks.mentions(text, platform))
        self.hashtags = list(marks.hashtags(text))
        self.links: marks.Links | Open = self.find_links()
        self.found: list[Spot] | Open = self.find_terms()
        self.match = templates.best_match(by.ready, text, at)

    def derived(self) -> Derived:
        """All facts of the vocabulary that a text can tell, or why not."""
        told: dict[str, Known | Open] = {
            LENGTH: self.length(),
            LANGUAGE: Known(self.language, "the caller")
            if self.language
            else Open("say which it is; it is not guessed."),
            LINK_HOSTS: self.link_hosts(),
            MENTIONS: a_set(self.mentions, "words that begin with @"),
            HASHTAGS: a_set(self.hashtags, "words that begin with #"),
            TERMS: self.found if isinstance(self.found, Open) else a_set(self.found, "the policy's word lists"),
        }
        if DETECTED in self.by.known:
            told[DETECTED] = self.detected()
        told[DISCLOSURE], told[PLACE] = self.disclosure()
        told[TEMPLATE] = templates.fact(self.match, self.text)
        told[EMBARGOED] = self.embargoed()
        ours = {name: one for name, one in told.items() if name in self.by.known}
        return Derived(
            self.text,
            {name: one for name, one in ours.items() if isinstance(one, Known)},
            {name: one for name, one in ours.items() if isinstance(one, Open)},
            self.match.template if self.match is not None and self.match.state != templates.NONE else "",
            dict(self.match.slots) if self.match is not None else {},
        )

    def length(self) -> Known | Open:
        """How long the text is, as its platform counts where that is known."""
        if self.platform != "x":
            return Known(marks.length(self.text), "Unicode characters, composed (NFC)")
        if isinstance(self.links, Open):
            return self.links
        return Known(
            marks.length_on_x(self.text, self.links.sites), "counted as X counts: 23 for a link, 2 for an emoji"
        )

    def find_links(self) -> marks.Links | Open:
        """The links in the text."""
        try:
            return marks.links(self.text)
        except ModuleNotFoundError as error:
            return lacking(error)

    def link_hosts(self) -> Known | Open:
        """The hosts of all links; unknown if it differs by platform whether something is one."""
        if isinstance(self.links, Open):
            return self.links
        if self.links.doubtful and self.platform != "x":
            why = "some platforms make a link of a bare name; write it with https:// or otherwise, or say which sites."
            return Open(why, spots=(*self.links.sites, *self.links.doubtful))
        return a_set(self.links.sites, "links (linkify-it)")

    def find_terms(self) -> list[Spot] | Open:
        """The places of words, handles and hosts of the policy's lists; unknown if any list could not be looked for."""
        words, lists = self.by.words, self.by.parts.terms
        if isinstance(words, Open):
            return words
        hosts = [one for one in lists if one.kind == "hosts"]
        if hosts and isinstance(self.links, Open):
            return self.links
        found = list(words.find(self.text))
        found += word_lists.of_handles([one for one in lists if one.kind == "handles"], self.mentions)
        if isinstance(self.links, marks.Links):
            found += word_lists.of_hosts(hosts, [*self.links.sites, *self.links.doubtful])
        return sorted(found, key=lambda spot: (spot.start, spot.end, spot.value))

    def detected(self) -> Known | Open:
        """What the detectors found; unknown if anything that the vocabulary names was not looked for."""
        wanted = frozenset(self.by.known[DETECTED].values)
        shown = plain(self.text)
        spots: list[Spot] = []
        ran: set[str] = set()
        why = Open("")
        for detector in self.by.detectors:
            try:
                spots += [spot for one in detector.find(shown.text) if (spot := back(shown, one)).value in wanted]
            except ModuleNotFoundError as error:
                why = why if why.why else lacking(error)
            except NotRun as error:
                why = why if why.why else Open(f"{detector.name}: {error}")
            else:
                ran |= detector.finds
        spots = sorted(set(spots), key=lambda spot: (spot.start, spot.end, spot.value))
        if wanted <= ran and not why.why:
            names = "; ".join(detector.name for detector in self.by.detectors if detector.finds & wanted)
            return Known(frozenset(spot.value for spot in spots), f"as far as these see: {names}", tuple(spots))
        missing = ", ".join(sorted(wanted - ran))
        return Open(why.why or f"no detector looks for {missing}.", why.package, tuple(spots))

    def disclosure(self) -> tuple[Known | Open, Known | Open]:
        """Whether the text tells of ties to the company, and where."""
        if self.match is not None and self.match.state == templates.UNCHANGED and self.match.says_ties:
            said: Known | Open = Known("clear", f"the template {self.match.template} includes it")
        else:
            said = Open("")
        if isinstance(self.found, Open):
            return (said if isinstance(said, Known) else self.found), self.found
        links = None if isinstance(self.links, Open) else self.links.sites
        reading = disclosures.Reading(
            self.text, self.by.parts.terms, self.found, self.hashtags, links, self.platform, self.format
        )
        told, wordings = disclosures.disclosure(reading)
        return (said if isinstance(said, Known) else told), disclosures.place(reading, wordings)

    def embargoed(self) -> Known | Open:
        """Whether an embargo of the policy covers the text."""
        spots = [] if isinstance(self.found, Open) else self.found
        found = None if isinstance(self.found, Open) else frozenset(spot.value for spot in spots)
        return embargoes.embargoed(self.by.parts.embargoes, found, self.at, spots=spots)


def a_set(spots: Sequence[Spot], by: str) -> Known:
    """A set fact: the values of all places."""
    return Known(frozenset(spot.value for spot in spots), by, tuple(spots))


def back(shown: Normal, spot: Spot) -> Spot:
    """A place in the text as it was given, for one in the text that detectors see. What they find is never shown."""
    if not 0 <= spot.start < spot.end <= len(shown.text):
        raise ValueError(f"a detector told of the place {spot.start} to {spot.end}, which is none in the text")
    return Spot(*shown.back(spot.start, spot.end), spot.value, hidden=True)
