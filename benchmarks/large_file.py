"""A policy file of ten thousand rules as an author would write them: eleven lines a rule, about 4.7 MB."""

from __future__ import annotations

import json
import random

import workload
from spec import FACTS

TAGS = ("disclosure", "confidentiality", "civility", "security", "brand", "crisis")
SUBJECTS = ("A post about the roadmap", "A reply to a customer", "A video from the office", "A picture of a colleague")
CURES = ("is looked at before it goes out", "says who is speaking", "waits until it is public", "keeps to what we know")
REASONS = (
    "People trust us because we say only what we have checked.",
    "A mistake here is hard to take back once it is shared.",
    "The law asks it of us in some countries, and customers in all.",
)


def large_file(number: int = 10_000, *, seed: int = 7) -> str:
    """The text of the file, the same in every run."""
    chance = random.Random(seed)
    return head() + "\n".join(rule(place, chance) for place in range(number)) + "\n"


def head() -> str:
    policy = workload.policy([])
    lines = ["socialpolicy: 1", "id: large", 'version: "1.0.0"', "title: A large policy", "", "vocabulary:"]
    lines += [f"  {key}: {json.dumps(policy['vocabulary'][key])}" for key in ("scope", "approvals")]
    lines += ["  facts:"]
    lines += [f"    {name}: {json.dumps(text)}" for name, text in policy["vocabulary"]["facts"].items()]
    lines += ["", "tags:", *(f"  {tag}: {{title: Rules about {tag}}}" for tag in TAGS)]
    lines += ["", "contacts:", *(f"  {name}: {json.dumps(text)}" for name, text in policy["contacts"].items())]
    return "\n".join([*lines, "", "baseline: allow", "", "rules:", ""])


def rule(place: int, chance: random.Random) -> str:
    """One rule. What it asks for takes one line, whichever its effect."""
    effect, asked = chance.choice(
        (
            ("ask", f"approval: {{any_of: [{some('context.approvals', chance, 2)}]}}"),
            ("require", "require: {content.disclosure: clear}"),
            ("deny", "guidance: {instead: Share what the press room has published about it.}"),
        )
    )
    return f"""\
- id: R-{place:05}
  title: {chance.choice(SUBJECTS)} {chance.choice(CURES)}
  tags: [{", ".join(chance.sample(TAGS, 2))}]
  effect: {effect}
  scope: {{accounts: [{some("account.kind", chance, 2)}], actions: [{some("action.kind", chance, 3)}]}}
  when:
    content.topics: {{any_of: [{some("content.topics", chance, 2)}]}}
    account.followers: {{at_least: {chance.randrange(1, 200) * 1000}}}
  {asked}
  say: "{chance.choice(SUBJECTS)} {chance.choice(CURES)}."
  why: {chance.choice(REASONS)}"""


def some(fact: str, chance: random.Random, number: int) -> str:
    return ", ".join(chance.sample(FACTS[fact].values, number))
