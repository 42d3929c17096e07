"""What a GitHub runner does, as far as the step of ``action.yml`` sees it: repositories, variables, files, and an API."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from types import TracebackType
from typing import Any
from unittest.mock import patch

import yaml

from socialpolicy import workflow

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEP = next(step for step in ACTION["runs"]["steps"] if step.get("id") == "check")
REPOSITORY = "fernhill/handbook"
TOKEN = "the-token-of-this-job"

POLICY = """\
socialpolicy: 1
id: shop
version: "1.0.0"
title: Posts of the shop
owner: comms
changes:
  - {version: "1.0.0", date: "2026-01-02", by: comms, why: Our first one.}
contacts:
  comms: {title: Communications, reach: "#comms"}
baseline: allow
when_unknown: ask

rules:
  - id: SECRET
    title: Secrets stay here
    effect: deny
    scope: {actions: posting}
    when: {content.classification: confidential}
    why: They are secret.

guarantees:
  - id: G-1
    title: Secrets never go out
    when: {action.kind: publish, content.classification: confidential}
    always: deny
"""
CASES = """\
cases_for: shop
assume: in_examples

cases:
  - {id: C-1, story: A secret, facts: {content.classification: confidential}, expect: deny}
"""
STRICTER = POLICY.replace(
    "classification: confidential}\n    why", "classification: [confidential, internal]}\n    why"
)
BUMPED = STRICTER.replace('version: "1.0.0"\n', 'version: "2.0.0"\n')


def inn(text: str = POLICY) -> dict[str, str | None]:
    """A second policy, with a case."""
    home = "policies/inn"
    return {
        f"{home}/policy.yaml": text.replace("id: shop", "id: inn"),
        f"{home}/tests/cases.yaml": CASES.replace("shop", "inn"),
    }


# -- repositories ----------------------------------------------------------------------------------------------------------


@dataclass
class Repository:
    """A scratch repository."""

    folder: Path

    def git(self, *words: str) -> str:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
        who = {f"GIT_{role}_{what}": "a@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", "-C", str(self.folder), *words], env=own | who | quiet, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"git {words}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def commit(self, files: dict[str, str | None]) -> str:
        """Write files (None: take away), and commit them."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, "utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--allow-empty", "--message", "a change")
        return self.git("rev-parse", "HEAD")


def repository(folder: Path, files: dict[str, str | None] | None = None) -> Repository:
    """A repository with the policy of the shop, on its branch main."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Repository(folder)
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit({"policies/shop/policy.yaml": POLICY, "policies/shop/tests/cases.yaml": CASES, **(files or {})})
    return made


def merged(made: Repository, files: dict[str, str | None]) -> dict[str, Any]:
    """Change files in a pull request, check out the merge as GitHub does, and tell the event."""
    base = made.git("rev-parse", "HEAD")
    made.git("checkout", "--quiet", "-b", "change")
    head = made.commit(files)
    made.git("checkout", "--quiet", "--detach", "main")
    made.git("merge", "--quiet", "--no-ff", "--message", "the merge", "change")
    return pull_request(base, head)


def pull_request(base: str, head: str, *, fork: bool = False) -> dict[str, Any]:
    """What GitHub tells of a pull request."""
    home = "somebody/handbook" if fork else REPOSITORY
    return {
        "number": 7,
        "pull_request": {
            "number": 7,
            "base": {"sha": base, "repo": {"full_name": REPOSITORY}},
            "head": {"sha": head, "repo": {"full_name": home}},
        },
    }


# -- the runner ------------------------------------------------------------------------------------------------------------

PYTHON = f"""#!{sys.executable}
import os, runpy, shutil, sys
words = sys.argv[1:]
assert words[:2] == ["-I", "-m"], words
if words[2] == "venv":
    os.makedirs(os.path.join(words[3], "bin"))
    shutil.copy(sys.argv[0], os.path.join(words[3], "bin", "python"))
elif words[2:4] == ["pip", "install"]:
    assert "INPUT_TOKEN" not in os.environ
else:
    run = "import runpy, sys; sys.path.insert(0, {str(ROOT / "src")!r}); runpy.run_module(sys.argv.pop(1), run_name='__main__')"
    os.execv(sys.executable, [sys.executable, "-I", "-c", run, words[2]])
"""
"""A Python that has the program already, and so makes no environment of its own and installs nothing."""


@dataclass
class Ran:
    """What came of a step: its exit status, its log, and what it wrote into the files of the runner."""

    status: int
    log: str
    outputs: dict[str, str]
    summary: str
    folder: Path

    @property
    def commands(self) -> list[tuple[str, dict[str, str], str]]:
        """The commands in the log, as the runner reads them."""
        return commands_in(self.log)

    def said(self, level: str) -> list[str]:
        """The messages of one level."""
        return [message for name, _, message in self.commands if name == level]

    def report(self) -> dict[str, Any]:
        """The report for programs."""
        found: dict[str, Any] = json.loads(Path(self.outputs["report-json"]).read_text("utf-8"))
        return found


def run_step(
    made: Repository,
    event: dict[str, Any],
    folder: Path,
    *,
    name: str = "pull_request",
    python: str | None = None,
    api: str = "http://127.0.0.1:9",
    bash: bool = False,
    **inputs: str,
) -> Ran:
    """Run the script of the step as a runner does: by bash, with the inputs in its variables alone.

    Without ``bash`` and ``python``, what the script calls is called in this process, which is faster.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "temp").mkdir(parents=True)
    stub = folder / "python3"
    stub.write_text(PYTHON, "utf-8")
    stub.chmod(0o755)
    for file, text in (("event.json", json.dumps(event)), ("output", ""), ("summary", "")):
        (folder / file).write_text(text, "utf-8")
    defaults = {key: str(one.get("default", "")) for key, one in ACTION["inputs"].items()} | {"token": TOKEN}
    given = defaults | {key.replace("_", "-"): value for key, value in inputs.items()}
    filled = {
        key: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda mark: given[mark[1]], value)
        for key, value in STEP["env"].items()
        if key != "PYTHON"
    }
    kept = ("PATH", "HOME", "LANG", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONFIG_FILE", "SSL_CERT_FILE")
    own = {key: value for key, value in os.environ.items() if key in kept or key.lower().endswith("_proxy")}
    environment = own | filled | {
        "PYTHON": python or str(stub), "CI": "true", "GITHUB_ACTIONS": "true", "NO_PROXY": "*", "no_proxy": "*",
        "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_API_URL": api, "GITHUB_EVENT_NAME": name,
        "GITHUB_EVENT_PATH": str(folder / "event.json"), "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_SHA": made.git("rev-parse", "HEAD"), "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "RUNNER_TEMP": str(folder / "temp"), "GIT_CONFIG_GLOBAL": os.devnull,
    }  # fmt: skip
    called = by_bash if bash or python else in_this_process
    status, log = called(made.folder, environment, folder)
    assert "Traceback" not in log, log
    return Ran(
        status,
        log,
        outputs_in((folder / "output").read_text("utf-8")),
        (folder / "summary").read_text("utf-8"),
        folder,
    )


def by_bash(home: Path, environment: dict[str, str], folder: Path) -> tuple[int, str]:
    """Run the script by bash as a runner calls it. Returns the exit status and the log."""
    script = folder / "script.sh"
    script.write_text(STEP["run"], "utf-8")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=home, env=environment, capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).decode("utf-8")


def in_this_process(home: Path, environment: dict[str, str], folder: Path) -> tuple[int, str]:
    """Do what the script calls. Returns the exit status and the log."""
    log = StringIO()
    with chdir(home), patch.dict(os.environ, environment, clear=True), redirect_stdout(log), redirect_stderr(log):
        status = workflow.run(os.environ)
    return status, log.getvalue()


def outputs_in(text: str) -> dict[str, str]:
    """The outputs in a file, as the runner reads it: ``name=value``, or ``name<<MARK``, lines, ``MARK``."""
    found: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if re.match(r"[^=]*<<", line):
            name, _, mark = line.partition("<<")
            value = []
            for inner in lines:
                if inner == mark:
                    break
                value.append(inner)
            found[name] = "\n".join(value)
        elif line:
            name, _, rest = line.partition("=")
            found[name] = rest
    return found


def commands_in(log: str) -> list[tuple[str, dict[str, str], str]]:
    """The commands in a log, as the runner reads it: none between ``stop-commands`` and its mark."""
    found: list[tuple[str, dict[str, str], str]] = []
    stopped = ""
    for line in re.split(r"\r\n|\r|\n", log):
        parsed = re.match(r"\s*::([^\s:]+)(?: ([^:]*))?::(.*)$", line) or re.match(
            r".*##\[([^\s\]]+)(?: ([^\]]*))?\](.*)$", line
        )
        if stopped:
            if line.strip() == f"::{stopped}::":
                stopped = ""
        elif parsed and parsed[1] == "stop-commands":
            stopped = parsed[3]
        elif parsed:
            pairs = dict(pair.partition("=")[::2] for pair in (parsed[2] or "").split(",") if pair)
            found.append((parsed[1], pairs, parsed[3]))
    assert not stopped, "the commands were never let on again"
    return found


# -- GitHub's API ----------------------------------------------------------------------------------------------------------


@dataclass
class Api:
    """GitHub's API on this machine, with the comments of one pull request. ``refuses`` is what it answers to everything."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    refuses: int = 0
    requests: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""

    def __enter__(self) -> Api:
        api = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                data = json.loads(self.rfile.read(length)) if length else None
                api.requests.append((self.command, self.path))
                status, body = api.refuses, {}
                if self.headers["Authorization"] != f"Bearer {TOKEN}":
                    status = 401
                elif not status:
                    status, body = api.answered(self.command, self.path, data)
                raw = json.dumps(body).encode()
                self.send_response(status)
                if status in (301, 302, 307):
                    self.send_header("Location", f"{api.address}/elsewhere")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815

            def log_message(self, format: str, *values: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answered(self, method: str, path: str, data: Any) -> tuple[int, Any]:
        """What GitHub answers."""
        home = f"/repos/{REPOSITORY}/issues"
        page = re.fullmatch(rf"{home}/7/comments\?per_page=(\d+)&page=(\d+)", path)
        if method == "GET" and page:
            size, number = int(page[1]), int(page[2])
            return 200, self.comments[size * (number - 1) : size * number]
        if method == "POST" and path == f"{home}/7/comments":
            self.comments.append(comment_of(len(self.comments) + 1, data["body"]))
            return 201, self.comments[-1]
        one = re.fullmatch(rf"{home}/comments/(\d+)", path)
        if method == "PATCH" and one:
            self.comments[int(one[1]) - 1]["body"] = data["body"]
            return 200, self.comments[int(one[1]) - 1]
        return 404, {}


def comment_of(number: int, body: str, *, kind: str = "Bot", association: str = "NONE") -> dict[str, Any]:
    """A comment as GitHub tells it."""
    return {"id": number, "body": body, "user": {"login": "x", "type": kind}, "author_association": association}
