"""The tutorial from its first line: what a newcomer types is run as it stands, from the installation on."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from test_docs import DOCS, ROOT, STATUS, Block, blocks, commands, edited, like

COPIED = ("src", "policies", "pyproject.toml", "README.md", "LICENSE")


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell, where only what the tutorial installed is known."""
    path = f"{folder / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment | {"PATH": path, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository in which the tutorial's first command was run."""
    folder = tmp_path_factory.mktemp("tutorial")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    install = next(block.text for block in blocks(DOCS / "tutorial.md") if block.language == "sh")
    done = shell(install, folder)
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"the tutorial's first command needs a package index: {done.stdout[-300:]}")
    assert done.returncode == 0, done.stdout
    return folder


def test_the_tutorial_works_from_the_installation_on(newcomer: Path) -> None:
    ran = 0
    for block in blocks(DOCS / "tutorial.md"):
        if block.language == "console":
            for command, expected in commands(block.text):
                check(command, expected, newcomer, block)
                ran += 1
        else:
            write(block, newcomer)
    assert ran > 10
    assert (newcomer / "bikes" / "releases" / "2.0.0.yaml").is_file()


def check(command: str, expected: str, folder: Path, block: Block) -> None:
    status = int(found[1]) if (found := STATUS.search(command)) else 0
    assert shlex.split(command)[0] == "socialpolicy"
    done = shell(command, folder)
    printed = "\n".join(line.rstrip() for line in done.stdout.rstrip("\n").split("\n"))
    assert like(expected, printed), f"docs/tutorial.md:{block.line}: {command}\n{printed}"
    assert done.returncode == status, f"docs/tutorial.md:{block.line}: {command}: exit status {done.returncode}"


def write(block: Block, folder: Path) -> None:
    word, _, name = block.comment.partition(": ")
    file = folder / name
    if word == "file":
        file.parent.mkdir(exist_ok=True)
        file.write_text(block.text, "utf-8")
    elif word == "add":
        file.write_text(file.read_text("utf-8") + block.text, "utf-8")
    elif word == "edit":
        file.write_text(edited(file.read_text("utf-8"), block.text, block.comment), "utf-8")
