"""Detectors: what finds passwords, addresses and numbers in a text. A company can add its own.

A detector can find, but it cannot prove that nothing is there. That ``content.detected`` holds nothing means that these
detectors, all of which ran, saw nothing; see ``docs/facts-from-text.md`` for why it is stated all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any, Protocol

from socialpolicy.facts.derived import Spot
from socialpolicy.facts.marks import links


class Detector(Protocol):
    """Finds things in a text.

    ``find`` is given the text without characters that cannot be seen, and returns places in it (``Spot``) with the value
    of ``content.detected`` that each speaks for. It raises ``NotRun`` where it could not look: the fact then stays unknown.
    """

    @property
    def name(self) -> str:
        """What people are told that it was found by."""

    @property
    def finds(self) -> frozenset[str]:
        """The values of ``content.detected`` that it looks for."""

    def find(self, text: str) -> Iterable[Spot]:
        """The places where it found one."""


class NotRun(Exception):  # noqa: N818 - it says what happened
    """A detector could not look. The message is shown to people, so it quotes nothing of the text."""


@dataclass(frozen=True, slots=True)
class Finder:
    """A detector out of a function."""

    name: str
    finds: frozenset[str]
    find: Callable[[str], Iterable[Spot]]


# -- passwords and keys --------------------------------------------------------------------------------------------------

PLUGINS = (
    ("aws", "AWSKeyDetector"),
    ("azure_storage_key", "AzureStorageKeyDetector"),
    ("basic_auth", "BasicAuthDetector"),
    ("discord", "DiscordBotTokenDetector"),
    ("github_token", "GitHubTokenDetector"),
    ("gitlab_token", "GitLabTokenDetector"),
    ("jwt", "JwtTokenDetector"),
    ("mailchimp", "MailchimpDetector"),
    ("npm", "NpmDetector"),
    ("openai", "OpenAIDetector"),
    ("private_key", "PrivateKeyDetector"),
    ("pypi_token", "PypiTokenDetector"),
    ("sendgrid", "SendGridDetector"),
    ("slack", "SlackDetector"),
    ("square_oauth", "SquareOAuthDetector"),
    ("stripe", "StripeDetector"),
    ("telegram_token", "TelegramBotTokenDetector"),
    ("twilio", "TwilioKeyDetector"),
)
"""The plugins of detect-secrets that know a key by its own form. Those that go by entropy take ordinary words for keys."""
MAY_HOLD_A_KEY = re.compile(r"[A-Za-z0-9_+/=-]{16}|PRIVATE KEY|PuTTY|://")
PRIVATE_KEY = re.compile(r"BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY|PuTTY-User-Key")
KEY_ENDS = re.compile(r"END [A-Z0-9 ]{0,24}PRIVATE KEY[ A-Z]{0,8}-{0,5}")
BEHIND_A_KEY = re.compile(r"[\s\"'`<>()\[\]{},;]")

NAMED = re.compile(
    r"\b(?:pass(?:word|wort|code|phrase)|passwd|pwd|kennwort|mot de passe|contraseña|senha|wachtwoord"
    r"|(?:api|access|secret)[ _-]?key|(?:access|auth|api)[ _-]token)\b"
    r"\s{0,3}(?::|=|\bis\b|\bist\b|\blautet\b|\best\b|\bes\b|\bé\b)\s{0,3}[\"'`„“]?(\S{6,64})",
    re.IGNORECASE,
)
"""A password that is called one: detect-secrets looks for such in program text alone."""


@lru_cache(maxsize=1)
def plugins() -> tuple[Any, ...]:
    """The chosen plugins of detect-secrets."""
    return tuple(getattr(import_module(f"detect_secrets.plugins.{module}"), name)() for module, name in PLUGINS)


def secrets(text: str) -> Iterator[Spot]:
    """Passwords and keys."""
    chosen = plugins()
    for found in NAMED.finditer(text):
        word = found[1].rstrip(".,;:!?)\"'`“”")
        if len(word) >= 6 and looks_made_up(word):
            yield Spot(found.start(1), found.start(1) + len(word), "secret", hidden=True)
    if not MAY_HOLD_A_KEY.search(text):
        return
    for start, end in windows(text):
        part = text[start:end]
        for plugin in chosen:
            for pattern in plugin.denylist:
                yield from keys(plugin, pattern, text, start, part)


def keys(plugin: Any, pattern: re.Pattern[str], text: str, offset: int, part: str) -> Iterator[Spot]:
    """The keys of one form in a part of the text."""
    at = 0
    while found := pattern.search(part, at):
        at = found.end()
        if any(True for _ in plugin.analyze_string(found[0])):  # some look closer than their pattern
            spot = Spot(*whole_key(text, offset + found.start(), offset + found.end()), "secret", hidden=True)
            at = max(at, spot.end - offset)
            yield spot


WINDOW, SHARED = 2_048, 512
"""Some patterns take the square of a text's length: long texts are read by parts, which share so many characters."""


def windows(text: str) -> Iterator[tuple[int, int]]:
    """The parts by which a text is read."""
    start = 0
    while start + WINDOW < len(text):
        yield start, start + WINDOW
        start += WINDOW - SHARED
    yield start, len(text)


def looks_made_up(word: str) -> bool:
    """Whether a word has letters and something else among them, as passwords have and words do not."""
    return (
        any(one.isalpha() for one in word)
        and any(one.isdigit() or one in "!$%&*+=?^_~#@" for one in word)
        and "://" not in word
    )


def whole_key(text: str, start: int, end: int) -> tuple[int, int]:
    """The place of a key as far as it may reach: up to its last line, or the whole word that it is in."""
    if PRIVATE_KEY.match(text, start):
        last = KEY_ENDS.search(text, end)
        return start, last.end() if last else len(text)
    start += len(text[start:end]) - len(text[start:end].lstrip())
    last = BEHIND_A_KEY.search(text, end)
    return start, last.start() if last else len(text)


# -- addresses and numbers -----------------------------------------------------------------------------------------------


MAY_BE_AN_ADDRESS = re.compile(r"[^\s@]@\w")


def email_addresses(text: str) -> Iterator[Spot]:
    """E-mail addresses."""
    if MAY_BE_AN_ADDRESS.search(text):
        for spot in links(text).addresses:
            yield Spot(spot.start, spot.end, "email_address", hidden=True)


def has_phone_numbers(country: str) -> bool | None:
    """Whether phonenumbers knows a country, by its two capital letters; None where the package is not installed."""
    try:
        import phonenumbers
    except ModuleNotFoundError:
        return None
    return country in phonenumbers.SUPPORTED_REGIONS


def phone_numbers(countries: Sequence[str] = ()) -> Callable[[str], Iterator[Spot]]:
    """What finds valid phone numbers: with + and the country's code, and as they are dialled within ``countries``.

    Where one of these is none that phonenumbers knows, it does not run.
    """
    countries = tuple(map(str.upper, countries))

    def find(text: str) -> Iterator[Spot]:
        import phonenumbers

        for code in countries:
            if code not in phonenumbers.SUPPORTED_REGIONS:
                raise NotRun(f"phonenumbers knows no country {code}.")
        if sum(map(str.isdigit, text)) < FEWEST_DIGITS:
            return
        for country in (None, *countries):
            for found in phonenumbers.PhoneNumberMatcher(text, country):
                # A number without any sign between is an order number more often than one to call.
                if country is None or not found.raw_string.isdigit():
                    yield Spot(found.start, found.end, "phone_number", hidden=True)

    return find


FEWEST_DIGITS = 6

CARD = re.compile(r"(?<![\w.,/=#+-])\d(?:[ -]?\d){12,18}(?![\w/=-])", re.ASCII)
ISSUERS = re.compile(
    r"4\d{12}(?:\d{3}){0,2}"  # Visa
    r"|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"  # American Express, Diners Club
    r"|6(?:011|5\d{2}|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}",  # Discover, JCB, UnionPay
    re.ASCII,
)
"""How the numbers of issuers begin, and how long they are (ISO/IEC 7812-1)."""


GROUPS = frozenset({(), (4, 4, 4), (4, 4, 4, 4), (4, 6), (4, 3, 3)})
"""How the digits of cards are grouped, but for the last group: other groupings belong to order numbers."""


def card_numbers(text: str) -> Iterator[Spot]:
    """Numbers of payment cards: an issuer's form, and a right check digit."""
    for found in CARD.finditer(text):
        groups = re.split("[ -]", found[0])
        digits = "".join(groups)
        if tuple(map(len, groups[:-1])) in GROUPS and ISSUERS.fullmatch(digits) and luhn(digits):
            yield Spot(found.start(), found.end(), "card_number", hidden=True)


def luhn(digits: str) -> bool:
    """Whether the last digit is right (the Luhn formula, ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# -- the detectors that come along ---------------------------------------------------------------------------------------


def detectors(countries: Sequence[str] = ()) -> tuple[Detector, ...]:
    """The detectors that come along. Phone numbers without a country's code are found for ``countries`` (US, DE, …)."""
    return (
        Finder("keys of known forms (detect-secrets) and passwords called so", frozenset({"secret"}), secrets),
        Finder("e-mail addresses (linkify-it)", frozenset({"email_address"}), email_addresses),
        Finder("valid phone numbers (phonenumbers)", frozenset({"phone_number"}), phone_numbers(tuple(countries))),
        Finder("card numbers with a right check digit", frozenset({"card_number"}), card_numbers),
    )
