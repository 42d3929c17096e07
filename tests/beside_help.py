"""Files that stand beside a policy, and have findings of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialpolicy import load
from socialpolicy.cli.validate import validate
from socialpolicy.loading.reading import read_file
from socialpolicy.mutating import mutate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POLICY = """\
socialpolicy: 1
id: acme
version: "1.0.0"
title: Social media at Acme
baseline: allow
rules:
  - id: no-secrets
    title: What is secret stays inside
    effect: deny
    scope: everything
    when: {content.classification: trade_secret}
    examples:
      - {story: A recipe, facts: {content.classification: trade_secret}, expect: deny}
      - {story: A song, facts: {}, expect: allow}
"""


def a_reason_for_nothing(folder: Path) -> list[str]:
    (folder / "tests").mkdir()
    (folder / "policy.yaml").write_text(POLICY, "utf-8")
    text = "survivors_of: acme\nrules:\n  no-secrets: {removed: Nobody has any.}\n"
    (folder / "tests" / "survivors.yaml").write_text(text, "utf-8")
    policy = load(folder)
    return [finding.id for finding in mutate(policy, policy.test().results).findings]


def texts(folder: Path, text: str, name: str = "de") -> list[str]:
    (folder / "texts").mkdir()
    (folder / "policy.yaml").write_text(POLICY, "utf-8")
    (folder / "texts" / f"{name}.yaml").write_text(text, "utf-8")
    document = read_file(folder / "texts" / f"{name}.yaml")
    validate(document, {})
    return [finding.id for finding in document.findings]


GERMAN = """\
texts_of: acme
language: de
title: Soziale Medien bei Acme
rules:
  no-secrets: {title: "Was geheim ist, bleibt geheim"}
labels: {allow: Gern, revise: Erst ändern, ask: Erst fragen, deny: So nicht}
"""


def a_text_that_is_missing(folder: Path) -> list[str]:
    return texts(folder, GERMAN.replace("title: Soziale Medien bei Acme\n", ""))


def a_text_for_nothing(folder: Path) -> list[str]:
    return texts(folder, GERMAN.replace("labels:", "  TIE-9: {title: Nichts}\nlabels:"))


def a_copied_file(folder: Path) -> list[str]:
    return texts(folder, GERMAN, "fr")


SITUATIONS: dict[str, Callable[[Path], list[str]]] = {
    "unused-reason": a_reason_for_nothing,
    "missing-text": a_text_that_is_missing,
    "unknown-text": a_text_for_nothing,
    "other-language": a_copied_file,
}
