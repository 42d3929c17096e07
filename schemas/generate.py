"""Write the published schemas: `python schemas/generate.py`, or with `--check` only tell whether they are up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from socialpolicy.schemas import KINDS, schema, text

FOLDER = Path(__file__).parent


def main() -> int:
    """Write or check all schemas."""
    stale = []
    for kind in KINDS:
        file, wanted = FOLDER / f"{kind}.schema.json", text(schema(kind))
        if not file.exists() or file.read_text(encoding="utf-8") != wanted:
            stale.append(file.name)
            if "--check" not in sys.argv:
                file.write_text(wanted, encoding="utf-8")
    if stale:
        print(("stale: " if "--check" in sys.argv else "written: ") + ", ".join(stale))
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
