"""Build the site of the documentation into `build/site`: `python docs/site/build.py`.

The pages are gathered into `build/pages` first: those that somebody wrote, and those that are made of sources. zensical
makes the site of them, by `zensical.toml`. Any page that is not right stops it, with exit status 1.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from checking import problems_of_pages, problems_of_site
from gathering import ROOT, Page, SiteError, written_pages
from reference import made_pages

PAGES, SITE = ROOT / "build" / "pages", ROOT / "build" / "site"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ASSETS = Path(__file__).parent / "assets"


def main() -> int:
    """Gather, check, build, and check what was built."""
    try:
        made, places = made_pages()
        pages = [*written_pages(places), *made]
    except SiteError as error:
        return told([str(error)])
    if problems := problems_of_pages(pages):
        return told(problems)
    write(pages)
    shutil.rmtree(SITE, ignore_errors=True)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    built = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if built.returncode:
        return told([COLOUR.sub("", built.stdout + built.stderr.partition("Traceback (most recent")[0])])
    if problems := problems_of_site(SITE):
        return told(problems)
    print(f"{SITE.relative_to(ROOT)}: {len(pages)} pages.")
    return 0


def write(pages: list[Page]) -> None:
    """Write the pages, and what they look like, into an empty folder."""
    shutil.rmtree(PAGES, ignore_errors=True)
    shutil.copytree(ASSETS, PAGES / "assets")
    for page in pages:
        file = PAGES / page.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page.text, "utf-8")


def told(problems: list[str]) -> int:
    """Say what is wrong, and return the exit status for it."""
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
