"""Run the command line in a process of its own, with limits on time and memory.

Started once (``python -m hostile.bounded c`` or ``pure``, for the two YAML readers), it forks for every line that it is given:
arguments as a JSON list go in, the result as a JSON object comes out.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

SECONDS = 6
"""After so much time in the processor a run is ended. (What is asserted is less: see the tests.)"""
MEMORY = 1024**3


class Bounded:
    """The process that forks, as a context."""

    def __init__(self, reader: str) -> None:
        paths = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*paths, os.environ.get("PYTHONPATH", "")])}
        self.process = Popen(
            [sys.executable, "-m", "hostile.bounded", reader], stdin=PIPE, stdout=PIPE, env=environment
        )

    def run(self, arguments: list[str]) -> dict[str, Any]:
        """Run the command line; the result has ``status``, ``output``, ``seconds`` and ``bytes``."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(arguments).encode() + b"\n")
        self.process.stdin.flush()
        result: dict[str, Any] = json.loads(self.process.stdout.readline())
        return result

    def close(self) -> None:
        """End the process."""
        self.process.communicate()


@contextlib.contextmanager
def bounded(reader: str) -> Iterator[Bounded]:
    """A process that runs the command line with limits, with the YAML reader ``c`` or ``pure``."""
    process = Bounded(reader)
    try:
        yield process
    finally:
        process.close()


def in_child(arguments: list[str], file: str) -> None:
    """Run the command line within the limits, and write what it says into a file. Never returns."""
    from socialpolicy.cli.main import run

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            status = run(arguments)
        Path(file).write_text(output.getvalue(), encoding="utf-8", errors="surrogateescape")
    except MemoryError:
        status = 71
    except BaseException as error:  # noqa: BLE001 - the parent tells of it
        Path(file).write_text(f"Traceback: {error!r}", encoding="utf-8")
        status = 72
    os._exit(status)


def main() -> None:
    """Serve runs until there are no more lines."""
    import yaml

    import socialpolicy.testing
    from socialpolicy.cli import validate
    from socialpolicy.loading.vocabularies import shipped

    del socialpolicy.testing, validate  # imported so that every child has them
    shipped("core@1")
    if sys.argv[1] == "pure" and hasattr(yaml, "CSafeLoader"):
        del yaml.CSafeLoader
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    for line in sys.stdin:
        with tempfile.NamedTemporaryFile() as file:
            began = time.monotonic()
            child = os.fork()
            if child == 0:
                in_child(json.loads(line), file.name)
            _, status, usage = os.wait4(child, 0)
            result = {
                "status": os.waitstatus_to_exitcode(status),
                "output": Path(file.name).read_text(encoding="utf-8", errors="surrogateescape"),
                "seconds": usage.ru_utime + usage.ru_stime,
                "elapsed": time.monotonic() - began,
                "bytes": usage.ru_maxrss * 1024,
            }
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
