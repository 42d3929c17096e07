"""A repository in which every command has something to report: the shop's policy changes, and little is in order."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

FILES = Path(__file__).parent / "reports"
FORMATS = {
    "text": "txt", "json": "json", "github": "github.txt", "gitlab": "gitlab.json", "sarif": "sarif.json",
    "junit": "junit.xml", "markdown": "md", "html": "html",
}  # fmt: skip
"""The formats, and how a file of each ends."""
SHOP, DAY = "policies/shop", "2026-03-01"
COMMANDS = {
    "validate": (1, ["validate", "policies"]),
    "test": (1, ["test", SHOP]),
    "prove": (1, ["prove", SHOP]),
    "lint": (1, ["lint", SHOP, "--at", DAY]),
    "diff": (1, ["diff", SHOP, "--against", "HEAD", "--at", DAY, "--replay", "actions.jsonl"]),
    "audit": (1, ["audit", "policies/harbour", "accounts.yaml"]),
    "check": (1, ["check", SHOP, "policies/broken.yaml", "--against", "HEAD", "--at", DAY]),
}
"""Each command's exit status and arguments in the repository."""


def repository(folder: Path) -> Path:
    """Make the repository in an empty folder: the shop's policy as it was is committed, all else is as it is now."""
    (folder / SHOP).mkdir(parents=True)
    shutil.copy(FILES / "before.yaml", folder / SHOP / "policy.yaml")
    commit(folder)
    for name in ("shop", "harbour"):
        shutil.copytree(FILES / name, folder / "policies" / name, dirs_exist_ok=True)
    shutil.copy(FILES / "broken.yaml", folder / "policies")
    for name in ("accounts.yaml", "actions.jsonl"):
        shutil.copy(FILES / name, folder)
    shutil.copy(FILES / "config.toml", folder / ".socialpolicy.toml")
    return folder


def commit(folder: Path) -> None:
    """Commit all that is in a folder, in a repository that is made if there is none."""
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "--allow-empty", "-m", "All there is"]):
        subprocess.run(["git", *command], cwd=folder, check=True, timeout=60)


def every_format(folder: Path) -> list[str]:
    """The options that write each format into a file of a folder."""
    return [part for name, ending in FORMATS.items() for part in ("-f", f"{name}:{folder / ending}")]
