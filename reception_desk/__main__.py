"""`reception-desk COMMAND`: what ./desk does once everything is set up, from whatever folder."""

from __future__ import annotations

import sys
from importlib import import_module

from reception_desk import PROGRAM, TREE


def main() -> None:
    """Put the tree first on the path, since others have modules called `web` and `models` too, and hand over to its commands."""
    sys.path.insert(0, str(TREE))
    import_module("cli.__main__").desk(prog_name=PROGRAM)


if __name__ == "__main__":
    main()
