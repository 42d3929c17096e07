"""The word ``pushed``: what a push is compared with, found from what pre-commit tells and from the branches that git knows.

A change is looked at as a whole: from where it parted from the default branch, however often it was pushed before. So what is
pushed for the first time, and what goes onto the default branch itself, is compared with ``PRE_COMMIT_FROM_REF``, which is what
the other side has; a branch that was pushed before is compared with where it parted.
"""

from __future__ import annotations

import os

from socialpolicy.cli.revisions import git

WORD = "pushed"
NOTHING = (
    "There is nothing to compare with: nothing was pushed before, and no default branch is known (git remote set-head"
    " origin --auto tells git which it is)."
)


def compared_with() -> str | None:
    """The commit that what is pushed (else what is checked out) is compared with; None where there is none."""
    start, pushed = commit(os.environ.get("PRE_COMMIT_FROM_REF", "")), os.environ.get("PRE_COMMIT_TO_REF", "")
    default = default_branch()
    if default is None or (start is not None and succeeds(["merge-base", "--is-ancestor", start, default])):
        return start
    return told(["merge-base", commit(pushed) or "HEAD", default]) or start


def default_branch() -> str | None:
    """The commit of the branch that changes go into, as the remote had it last."""
    remotes = (told(["remote"]) or "").split()
    chosen = os.environ.get("PRE_COMMIT_REMOTE_NAME", "")
    for remote in (*(name for name in remotes if name == chosen), "origin", *remotes):
        found = commit(f"refs/remotes/{remote}/HEAD")
        if found is not None:
            return found
    return None


def is_elsewhere(source: str) -> bool:
    """Whether what stands in a file or folder is something else than what is pushed."""
    pushed = commit(os.environ.get("PRE_COMMIT_TO_REF", ""))
    return pushed is not None and not succeeds(
        ["diff", "--quiet", "--no-ext-diff", "--no-textconv", pushed, "--", source]
    )


def commit(revision: str) -> str | None:
    """The commit that a revision stands for; None where there is none, or it is not here."""
    return (
        told(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"]) if revision else None
    )


def told(arguments: list[str]) -> str | None:
    """What git answers; None where it has no answer."""
    found = git(arguments)
    return found.stdout.decode("utf-8", "replace").strip() or None if found.returncode == 0 else None


def succeeds(arguments: list[str]) -> bool:
    """Whether git says yes."""
    return git(arguments).returncode == 0
