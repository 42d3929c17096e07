"""Every error of ``errors.py`` is caught by the test that is named there; a copy of the library without one passes.

Two copies are tested at a time, each by a pytest of its own that draws the same examples in every run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from errors import ERRORS, Planted

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "socialpolicy"
ALL_PASSED, SOME_FAILED = 0, 1


def tried(tests: tuple[str, ...], folder: Path, error: Planted | None) -> subprocess.CompletedProcess[str]:
    """Run tests against a copy of the library, in which an error may be planted."""
    copy = folder / (error.name if error else "unchanged")
    shutil.copytree(SOURCE, copy / "socialpolicy", ignore=shutil.ignore_patterns("__pycache__"))
    if error:
        file = copy / "socialpolicy" / error.file
        file.write_text(file.read_text(encoding="utf-8").replace(error.right, error.wrong), encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # it starts twice as fast
        "LAW_SHRINK": "no",
        "LAW_EXAMPLES": "100" if error else "30",
    }
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=line", *dict.fromkeys(tests)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


class Running:
    """The runs that have been asked for, two at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.pool = folder, ThreadPoolExecutor(2)
        self.started: dict[str, Future[subprocess.CompletedProcess[str]]] = {}

    def start(self, error: Planted | None) -> Future[subprocess.CompletedProcess[str]]:
        """The run of one error's tests (without one: of all tests that are named); it begins when first asked for."""
        name = error.name if error else ""
        if name not in self.started:
            tests = error.caught_by if error else tuple(test for other in ERRORS for test in other.caught_by)
            self.started[name] = self.pool.submit(partial(tried, tests, self.folder, error))
        return self.started[name]


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    running = Running(tmp_path_factory.mktemp("planted"))
    if "PYTEST_XDIST_WORKER" not in os.environ:  # there, each worker starts what it is asked for
        asked = {item.name for item in request.session.items}
        if test_the_copy_without_an_error_passes.__name__ in asked:
            running.start(None)
        for error in ERRORS:
            if f"{test_every_planted_error_is_caught.__name__}[{error.name}]" in asked:
                running.start(error)
    yield running
    running.pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.name)
def test_every_planted_error_is_caught(error: Planted, running: Running) -> None:
    done = running.start(error).result()
    assert done.returncode == SOME_FAILED, f"{error.breaks} Nobody notices.\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.name)
def test_what_is_planted_stands_there_once(error: Planted) -> None:
    assert (SOURCE / error.file).read_text(encoding="utf-8").count(error.right) == 1
    assert error.wrong != error.right


def test_the_copy_without_an_error_passes(running: Running) -> None:
    done = running.start(None).result()
    assert done.returncode == ALL_PASSED, done.stdout + done.stderr


def test_names_are_used_once() -> None:
    assert len({error.name for error in ERRORS}) == len(ERRORS)
