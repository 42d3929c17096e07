"""Policies that build on others, where the text of one policy cannot show what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from socialpolicy.releasing import release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 2, 10, tzinfo=UTC)
GROUP = """\
socialpolicy: 1
id: group
version: "1.0.0"
title: Social media in the group
contacts:
  comms: {title: Communications, reach: "#ask-comms"}
baseline: allow
rules:
  - id: no-secrets
    title: What is secret stays inside
    effect: deny
    scope: everything
    when: {content.classification: trade_secret}
changes:
  - {version: "1.0.0", date: 2026-02-02, by: comms, why: The first one.}
"""
BAKERY = """\
socialpolicy: 1
id: bakery
version: "1.0.0"
title: Social media at the bakery
builds_on: [{id: group, version: 1}]
baseline: allow
rules: []
changes:
  - {version: "1.0.0", date: 2026-02-10, by: comms, why: The first one.}
"""


def a_release_on_a_draft(folder: Path) -> list[str]:
    for name, text in (("group", GROUP), ("bakery", BAKERY)):
        (folder / name).mkdir()
        (folder / name / "policy.yaml").write_text(text, "utf-8")
    return [finding.id for finding in release(folder / "bakery", released=NOW).refusals]


SITUATIONS: dict[str, Callable[[Path], list[str]]] = {"builds-on-draft": a_release_on_a_draft}
"""How each finding about what a policy builds on is brought about."""
