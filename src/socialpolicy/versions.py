"""Versions of policies: how large a change is, how large a step between two versions is, and which version comes next.

Below 1.0.0 there is one place less: a major change asks for the next minor version, all else for the next patch. A
pre-release promises nothing, so from one to a higher version of the same core any change may be made.
"""

from __future__ import annotations

import re
from enum import IntEnum

from semver import Version

RANGE = re.compile(r"[0-9A-Za-z .*^~<>=|+-]{1,100}", re.ASCII)


class Bump(IntEnum):
    """How much a version changes, from nothing to what decides somebody's action more strictly."""

    IDENTICAL = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        """The bump as it is written."""
        return self.name.lower()


def parsed(text: str) -> Version:
    """A version, to be compared; what stands behind a + does not count."""
    return Version.parse(text)


def is_version(text: str) -> bool:
    """Tell whether a text is a version."""
    return Version.is_valid(text)


def is_prerelease(text: str) -> bool:
    """Tell whether a version is one of those before a version, such as 2.0.0-rc.1."""
    return parsed(text).prerelease is not None


def next_version(old: str, bump: Bump) -> str:
    """The lowest version after ``old`` that makes this bump. Every release is higher than the last, so it is never ``old``."""
    version = parsed(old)
    if version.prerelease is not None:
        return str(version.finalize_version())
    if bump is Bump.MAJOR:
        return str(version.bump_minor() if version.major == 0 else version.bump_major())
    if bump is Bump.MINOR and version.major > 0:
        return str(version.bump_minor())
    return str(version.bump_patch())


def bump_made(old: str, new: str) -> Bump:
    """The largest change that a step from ``old`` to ``new`` admits; a version that is not higher admits none."""
    before, after = parsed(old), parsed(new)
    if not after > before:
        return Bump.IDENTICAL
    if before.finalize_version() == after.finalize_version():  # so before is a pre-release
        return Bump.MAJOR
    if after.major != before.major:
        return Bump.MAJOR
    if after.minor != before.minor:
        return Bump.MAJOR if after.major == 0 else Bump.MINOR
    return Bump.MINOR if after.major == 0 else Bump.PATCH


def in_range(version: str, wanted: str) -> bool | None:
    """Tell whether a version lies in a range, as npm has them; None for what is no range."""
    import nodesemver

    try:
        if not RANGE.fullmatch(wanted) or not wanted.strip():
            return None
        return bool(nodesemver.make_range(wanted, False).test(nodesemver.make_semver(version, False)))
    except (ValueError, IndexError, TypeError):
        return None
