"""All laws once more, on many more examples that no run has seen before: for the night before a release.

`pytest -m long tests/laws`; LAW_EXAMPLES says how many examples each law draws.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LAWS = sorted(file.name for file in HERE.glob("test_*.py") if file.name != Path(__file__).name)


@pytest.mark.long
@pytest.mark.parametrize("law", LAWS)
def test_long(law: str) -> None:
    environment = {**os.environ, "LAW_EXAMPLES": os.environ.get("LAW_EXAMPLES", "2000")}
    command = [sys.executable, "-m", "pytest", "-q", str(HERE / law)]
    done = subprocess.run(command, cwd=HERE.parents[1], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
