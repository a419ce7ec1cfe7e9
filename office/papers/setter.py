"""The program that sets one paper: reads what is asked from standard input, writes the PDF to standard output. Imports nothing of ours."""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from pathlib import Path

import typst

MOST_SECONDS = 15
MOST_BYTES = 2_000_000_000


def bounded() -> None:
    """Have less time and memory than the machine has, as far as the system allows to say so, and write no file."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Set it. What goes wrong is told on standard error, with a status other than 0."""
    request = json.load(sys.stdin.buffer)
    bounded()
    nowhere = str(Path(request["root"]) / "no-packages")
    pdf = typst.compile(
        str(Path(request["root"]) / request["template"]),
        root=request["root"],
        font_paths=[request["fonts"]],
        ignore_system_fonts=True,
        sys_inputs={"content": request["content"]},
        package_path=nowhere,
        package_cache_path=nowhere,
    )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
