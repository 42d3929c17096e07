"""Ordinary posts, read for facts: how often something is found that is not there, what is missed, and what a post costs.

    python benchmarks/posts.py                  # 10,000 posts, half a minute
    python benchmarks/posts.py --posts 1000

The posts are composed from the sentences and words below (our own, in seven languages) with links, hashtags, emoji, prices,
dates, opening hours, order and version numbers, always the same ones. None has a password, a key, an e-mail address, a phone
or card number, a word of the word lists, or a template in it: whatever is found is a false alarm. Then such things are
planted into the same posts, templates are filled in and changed, and what is not found is counted.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from socialpolicy.facts import marks, templates
from socialpolicy.facts.detectors import detectors
from socialpolicy.facts.normalising import plain
from socialpolicy.facts.templates import Ready, Slot, Template
from socialpolicy.facts.terms import Terms, Words
from socialpolicy.facts.text import Parts, TextReader
from socialpolicy.policy import loads

AT = datetime(2026, 5, 1, 9, tzinfo=UTC)
SEED = 20261123

SENTENCES = {
    "en": [
        "We spent {day} at the {place} and came home with {n} ideas.",
        "Our {thing} is back in stock, from {price}.",
        "The {thing} now runs {n} % longer, says our own test.",
        "Doors open at {time} on {date}, see you there!",
        "Anybody else who thinks that {topic} needs more time?",
        "I work at {firm} and had a good week.",
        "We are looking for somebody to share a desk with.",
        "Have a look at what the team made: {link}",
        "Version {version} is out, the notes are on {link}",
        "Your order {order} left the warehouse this morning.",
        "Thanks to everybody who wrote to us about {topic}.",
        "The password for good mornings is coffee.",
        "The key is to keep it simple, always.",
        "Ticket {ticket} took us {n} minutes, the coffee {n2}.",
        "We know that Mondays are hard. We are on it.",
        "Not an advert, just a happy customer of the bakery on the corner.",
        "Score: {n} to {n2}, what a match.Really close.",
        "Read the file README.md first, then ask.",
    ],
    "de": [
        "Am {date} sind wir auf dem {place}, kommt vorbei!",
        "Unser {thing} kostet jetzt {price}.",
        "Wer hat Lust auf {topic}? Wir schon.",
        "Bestellung {order} ist unterwegs.",
        "Ich arbeite bei {firm} und freue mich auf {day}.",
        "Wir suchen noch {n} Leute für den Umzug, z.B. am Abend.",
        "Schau mal rein: {link}",
        "Passwort vergessen? Passiert uns allen.",
        "Um {time} Uhr geht es los, {n2} Plätze sind frei.",
        "Schöne Grüße aus dem Büro, wo heute {n} Kuchen stehen.",
    ],
    "fr": [
        "Rendez-vous le {date} à {time} pour parler de {topic}.",
        "Notre {thing} est de retour, à partir de {price}.",
        "Toute l'équipe vous remercie, {n} fois.",
        "La commande {order} est en route.",
        "À voir ici : {link}",
        "Le secret d'un bon café ? Du temps.",
    ],
    "es": [
        "El {date} estaremos en el {place}, ¡ven a vernos!",
        "Nuestro {thing} cuesta ahora {price}.",
        "Gracias a las {n} personas que vinieron a hablar de {topic}.",
        "El pedido {order} ya salió.",
        "La clave es la paciencia, como siempre.",
        "Más en {link}",
    ],
    "it": [
        "Ci vediamo il {date} alle {time}.",
        "Il nostro {thing} torna a {price}.",
        "Parliamo di {topic}, siete pronti?",
        "Tutto qui: {link}",
    ],
    "ru": [
        "Сегодня говорим о том, что нас радует: работа и кофе.",
        "Сорок человек пришли в {time}, спасибо всем!",
        "Новая версия {version} уже здесь, смотрите {link}",
        "Он хорошо рассказал про опыт, а ров за домом замёрз.",
        "Заказ {order} в пути.",
        "Не выноси сор из избы.",
    ],
    "ja": [
        "今日は{time}から新しい製品の話をします。",
        "ご注文{order}を発送しました。",
        "詳しくはこちら {link}",
    ],
}
WORDS: dict[str, Sequence[str]] = {
    "day": ["Monday", "Tuesday", "Saturday", "the weekend", "a long day"],
    "place": ["fair", "lake", "market hall", "library", "Congress Center", "open day"],
    "thing": ["lamp", "bike light", "Nimbus 3", "drone", "keyboard", "coffee grinder", "XR-200", "tent"],
    "topic": ["accessibility", "open source", "night shifts", "sourdough", "data centres", "running", "childcare"],
    "firm": ["Northwind", "a small bakery", "the city library", "Northwind Cloud"],
}
TAGS = [
    "#coffee",
    "#teamwork",
    "#WirSindDabei",
    "#opensource",
    "#spring",
    "#adventure",
    "#spaß",
    "#日本",
    "#2026goals",
    "#हिन्दी",
]
EMOJI = ["😀", "🎉", "👩‍💻", "🚀", "❤️", "🙌🏽", "☕", "🇪🇺"]
HOSTS = ["northwind.example", "blog.northwind.example", "www.harbour.example", "status.example"]
HANDLES = ["@friend_of_bikes", "@jane.doe", "@coffee@social.example", "@northwindcare"]

LISTS = (
    Terms("code-names", "words", ("Project Heron", "nwc-next", "Kestrel"), secret=True),
    Terms("rivals", "words", ("Globex", "Initech", "Contoso Air")),
    Terms("weak-disclosures", "words", ("#sp", "#collab", "#partner", "#ambassador", "thanks to @northwind")),
    Terms(
        "clear-disclosures",
        "words",
        ("#ad", "advertisement", "paid partnership"),
        means={"content.disclosure": "clear"},
    ),
    Terms("short-words", "words", ("cop", "pot", "TOP secret", "opb")),
)
TEMPLATES = (
    Template(
        "hiring",
        {"": "I work at Northwind, and we are looking for a {role}. Have a look: {link}"},
        {"role": Slot("role", "text", 60), "link": Slot("link", "link", hosts=frozenset(HOSTS))},
    ),
    Template(
        "holding",
        {"": "We know that {service} is not working as it should. We are on it. Next news at {time} on {link}"},
        {"service": Slot("service", "text", 40), "time": Slot("time", "time"), "link": Slot("link", "link")},
    ),
    Template(
        "release",
        {
            "": "I work at Northwind on {project}, and version {number} is out: {link}",
            "de": "Ich arbeite bei Northwind an {project}, und Version {number} ist da: {link}",
        },
        {"project": Slot("project", "text", 40), "number": Slot("number", "text", 12), "link": Slot("link", "link")},
    ),
    Template(
        "open-day",
        {
            "": "Come and see us on {date}: we open our doors at {time}, show you around the workshop, and there is cake "
            "for everybody who helped us through the winter."
        },
        {"date": Slot("date", "date"), "time": Slot("time", "time")},
    ),
)


@dataclass(frozen=True)
class Post:
    """A post, and the hosts that it was meant to link to."""

    text: str
    language: str
    hosts: frozenset[str]


def fill(sentence: str, draw: random.Random, hosts: set[str]) -> str:
    """A sentence with words for its gaps."""
    while "{" in sentence:
        before, _, rest = sentence.partition("{")
        name, _, after = rest.partition("}")
        sentence = before + word(name, draw, hosts) + after
    return sentence


def word(name: str, draw: random.Random, hosts: set[str]) -> str:
    """A word for a gap."""
    match name:
        case "n" | "n2":
            return str(draw.randrange(1, 400))
        case "price":
            amount = f"{draw.randrange(1, 3000)}"
            return draw.choice(
                [f"{amount} €", f"${amount}.99", f"£{amount}", f"{amount},50 EUR", f"1.{amount.zfill(3)},00 €"]
            )
        case "date":
            day, month = draw.randrange(1, 28), draw.randrange(1, 12)
            return draw.choice([f"{day}.{month}.2026", f"2026-{month:02}-{day:02}", f"{day}/{month}/26", f"{day} May"])
        case "time":
            return f"{draw.randrange(7, 22)}:{draw.choice(['00', '15', '30', '45'])}"
        case "order":
            digits = "".join(draw.choice("0123456789") for _ in range(draw.choice([6, 8, 9, 10, 12, 13, 14, 16])))
            return draw.choice([digits, f"NW-{digits}", f"#{digits}", f"{digits[:4]}-{digits[4:]}", f"no. {digits}"])
        case "ticket":
            return f"{draw.choice(['OPS', 'WEB', 'SP'])}-{draw.randrange(10, 99999)}"
        case "version":
            return f"{draw.randrange(0, 9)}.{draw.randrange(0, 40)}.{draw.randrange(0, 9)}"
        case "link":
            host = draw.choice(HOSTS)
            hosts.add(host)
            path = draw.choice(
                ["", "/jobs", f"/p/{draw.randrange(10**9, 10**16)}", "/news?id=42&ref=abc", "/a-long-title-of-a-page"]
            )
            return f"https://{host}{path}"
        case _:
            return draw.choice(WORDS[name])


def compose(how_many: int) -> list[Post]:
    """Ordinary posts, always the same ones."""
    draw = random.Random(SEED)
    posts = []
    for _ in range(how_many):
        language = draw.choices(list(SENTENCES), [40, 20, 10, 10, 6, 8, 6])[0]
        hosts: set[str] = set()
        parts = [
            fill(sentence, draw, hosts) for sentence in draw.sample(SENTENCES[language], draw.choice([1, 1, 2, 2, 3]))
        ]
        if draw.random() < 0.4:
            parts.append(draw.choice(EMOJI) * draw.choice([1, 1, 3]))
        if draw.random() < 0.3:
            parts.append(draw.choice(HANDLES))
        if draw.random() < 0.6:
            parts.append(" ".join(draw.sample(TAGS, draw.choice([1, 2, 4]))))
        posts.append(Post(draw.choice([" ", " ", "\n"]).join(parts), language, frozenset(hosts)))
    return posts


# -- what is planted -----------------------------------------------------------------------------------------------------


def letters(draw: random.Random, count: int, of: str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") -> str:
    """Made-up letters."""
    return "".join(draw.choice(of) for _ in range(count))


SMALL = "abcdefghijklmnopqrstuvwxyz0123456789"
PLANTS: dict[str, Sequence[Callable[[random.Random], str]]] = {
    "secret": [
        lambda draw: "AKIA" + letters(draw, 16),
        lambda draw: "ghp_" + letters(draw, 36, SMALL),
        lambda draw: "sk_live_" + letters(draw, 24, SMALL),
        lambda draw: "the password is " + letters(draw, 5, SMALL[:26]) + "42x",
        lambda draw: "Passwort: " + letters(draw, 6, SMALL[:26]) + "7!",
        lambda draw: f"https://jane:{letters(draw, 9, SMALL)}@shop.example/",
    ],
    "email_address": [
        lambda draw: f"{letters(draw, 6, SMALL[:26])}@northwind.example",
        lambda draw: f"{letters(draw, 4, SMALL[:26])}.{letters(draw, 4, SMALL[:26])}@mail.com",
    ],
    "phone_number": [
        lambda draw: f"+49 30 901{draw.randrange(820, 830)}",
        lambda draw: f"+1 (415) 555-{draw.randrange(2600, 2700)}",
        lambda draw: f"+44 20 7946 0{draw.randrange(100, 999)}",
    ],
    "card_number": [
        lambda draw: card(draw, "4", 16),
        lambda draw: grouped(card(draw, "53", 16)),
        lambda draw: card(draw, "37", 15),
    ],
}
LOOK_ALIKES = {"o": "о", "e": "е", "r": "г", "p": "р", "c": "с", "P": "Р", "H": "Н"}


def grouped(digits: str) -> str:
    """Digits in groups of four."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def card(draw: random.Random, prefix: str, length: int) -> str:
    """A number with an issuer's form and a right check digit; nobody's card, as far as we know."""
    digits = prefix + letters(draw, length - len(prefix) - 1, "0123456789")
    total = sum(
        int(d) if at % 2 else (2 * int(d) - 9 if int(d) > 4 else 2 * int(d)) for at, d in enumerate(reversed(digits))
    )
    return digits + str(-total % 10)


def disguised(draw: random.Random, name: str) -> str:
    """A name as somebody writes it who does not want it to be found by a plain search."""
    kind = draw.randrange(5)
    if kind == 0:
        return name.upper()
    if kind == 1:
        at = draw.randrange(1, len(name))
        return name[:at] + "\u200b" + name[at:]
    if kind == 2:
        return "".join(chr(ord(one) + 0xFEE0) if one.isalpha() else one for one in name)
    if kind == 3:
        some = [one for one in name if one in "oepcPH"]
        return (
            name.replace(draw.choice(some), "")
            if not some
            else "".join(LOOK_ALIKES.get(one, one) if one in "oepcPH" else one for one in name)
        )
    return "".join(one + ("\u0336" if one.isalpha() else "") for one in name)


def filled_in(draw: random.Random, template: Template, language: str) -> str:
    """A template with legal values."""
    values = {
        "role": draw.choice(["baker", "site engineer (m/f/d)", "head of people: Berlin"]),
        "link": "https://northwind.example/jobs",
        "service": draw.choice(["our shop", "the status page"]),
        "time": f"{draw.randrange(7, 22)}:30",
        "project": draw.choice(["nimbus", "the wind map"]),
        "number": "2.4.1",
        "date": f"{draw.randrange(1, 28)} May 2026",
    }
    text = template.texts[language]
    for name in template.slots:
        text = text.replace(f"{{{name}}}", values[name])
    return text


def changed(draw: random.Random, text: str, share: float) -> str:
    """A text in which one word of so many is another."""
    words = text.split(" ")
    for at in draw.sample(range(len(words)), max(1, round(len(words) * share))):
        words[at] = draw.choice(["really", "today", "lovely", "with", "new", "our"])
    return " ".join(words)


# -- the tables ----------------------------------------------------------------------------------------------------------


def false_alarms(posts: Sequence[Post]) -> None:
    """What is found in posts that have nothing of it."""
    found: Counter[str] = Counter()
    examples: dict[str, str] = {}

    def count(name: str, post: Post, what: str) -> None:
        found[name] += 1
        examples.setdefault(name, what)

    every = [*detectors(), *(one for one in detectors(("US", "GB", "DE")) if "phone_number" in one.finds)]
    names = ["secret", "email_address", "phone_number", "card_number", "phone_number, also as dialled in US, GB, DE"]
    words, ready = Words(LISTS), [Ready(one) for one in TEMPLATES]
    for post in posts:
        shown = plain(post.text).text
        for name, detector in zip(names, every, strict=True):
            for spot in list(detector.find(shown))[:1]:
                count(name, post, shown[spot.start : spot.end])
        for name in sorted({spot.value for spot in words.find(post.text)}):
            count(f"terms: {name}", post, post.text)
        others = {spot.value for spot in marks.links(post.text).sites} - post.hosts
        if others:
            count("link_hosts, not meant as a link", post, ", ".join(sorted(others)))
        if post.hosts - {spot.value for spot in marks.links(post.text).sites}:
            count("link_hosts, a link missed", post, post.text)
        match = templates.best_match(ready, post.text, AT)
        if match is not None and match.state != templates.NONE:
            count(f"template: {match.state or 'not told'}", post, f"{match.template} {match.share:.0%}: {post.text}")
    print(f"False alarms in {len(posts):,} ordinary posts\n")
    kinds = [
        *names,
        *(f"terms: {one.name}" for one in LISTS),
        "link_hosts, not meant as a link",
        "link_hosts, a link missed",
    ]
    kinds += [f"template: {state}" for state in ("used_unchanged", "expired", "used_modified", "not told")]
    for name in kinds:
        example = " ".join(examples.get(name, "").split())[:70]
        print(f"  {name:48} {found[name]:6}   {100 * found[name] / len(posts):5.2f} %   {example}")


def missed(posts: Sequence[Post]) -> None:
    """What is not found of what was planted."""
    draw = random.Random(SEED + 1)
    print(f"\nFound of what was planted into {len(posts):,} posts each\n")
    by_value = {value: one for one in detectors() for value in one.finds}
    for value, plants in PLANTS.items():
        hits = 0
        for post in posts:
            plant = draw.choice(plants)(draw)
            text = f"{post.text} {plant} ok"
            start = text.rindex(plant)
            hits += any(spot.start < start + len(plant) and start < spot.end for spot in by_value[value].find(text))
        print(f"  {value:48} {100 * hits / len(posts):6.2f} %")
    words = Words(LISTS)
    hits = 0
    for post in posts:
        name = disguised(draw, draw.choice(["Project Heron", "Kestrel", "Globex"]))
        hits += any(spot.value in ("code-names", "rivals") for spot in words.find(f"{post.text} {name} {post.text}"))
    print(f"  {'names in disguise':48} {100 * hits / len(posts):6.2f} %")
    ready = [Ready(one) for one in TEMPLATES]
    for share, label in (
        (0.0, "templates filled in"),
        (1 / 16, "… one word of 16 changed"),
        (1 / 8, "… one of 8"),
        (1 / 4, "… one of 4"),
    ):
        states: Counter[str] = Counter()
        for _ in posts:
            template = draw.choice(TEMPLATES)
            text = filled_in(draw, template, draw.choice(list(template.texts)))
            match = templates.best_match(ready, changed(draw, text, share) if share else text, AT)
            states[(match.state if match else None) or "not told"] += 1
        told = ", ".join(f"{state} {100 * number / len(posts):.1f} %" for state, number in states.most_common())
        print(f"  {label:48} {told}")


def costs(posts: Sequence[Post]) -> None:
    """Microseconds of CPU a post, each part by itself and all together."""
    policy = loads("socialpolicy: 1\nid: bench\nversion: '1.0.0'\ntitle: x\nbaseline: allow\nrules: []\n")
    reader = TextReader(Parts(policy.vocabulary, LISTS, TEMPLATES))
    words, ready = Words(LISTS), [Ready(one) for one in TEMPLATES]
    many = Words([Terms(f"list-{at}", "words", tuple(f"entry {at} {n}" for n in range(100))) for at in range(20)])
    print("\nMicroseconds of CPU a post\n")
    parts: list[tuple[str, Callable[[str], Any]]] = [
        ("all facts", lambda text: reader.read(text, platform="x", format="text", at=AT)),
        ("links", marks.links),
        ("mentions and hashtags", lambda text: (list(marks.mentions(text, "x")), list(marks.hashtags(text)))),
        ("terms, 5 lists", lambda text: list(words.find(text))),
        ("terms, 20 lists of 100 entries", lambda text: list(many.find(text))),
        ("templates, 4", lambda text: templates.best_match(ready, text, AT)),
        *((f"detector: {one.name}", lambda text, one=one: list(one.find(text))) for one in detectors()),
    ]
    texts = [post.text for post in posts]
    for name, work in parts:
        for text in texts[:50]:
            work(text)
        began = time.process_time()
        for text in texts:
            work(text)
        print(f"  {name:66} {(time.process_time() - began) / len(texts) * 1e6:8.0f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--posts", type=int, default=10_000)
    chosen = arguments.parse_args()
    posts = compose(chosen.posts)
    false_alarms(posts)
    missed(posts[: max(1, chosen.posts // 10)])
    costs(posts[: max(1, chosen.posts // 5)])


if __name__ == "__main__":
    main()
