"""``python -m socialpolicy`` is the command ``socialpolicy``."""

from socialpolicy.cli.main import main

main()
