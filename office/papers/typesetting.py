"""A paper as PDF: a template of ours and what it says, set by typst in a program of its own, bounded in time, memory and size.

What is said goes in as JSON and is never read as markup. The program reads templates/ and the fonts, and nothing else; the same content gives the
same bytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import engine

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
SETTER = HERE / "setter.py"
MOST_SECONDS = 20
MOST_CONTENT = 2_000_000
MOST_PDF = 20_000_000
# Nothing of this office's surroundings, and a way to the network that leads nowhere.
SURROUNDINGS = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")


class NotSet(engine.Conflict):
    """The paper could not be set."""


def typeset(template: str, content: Mapping[str, Any], fonts: Path, *, templates: Path = TEMPLATES) -> bytes:
    """Return the PDF of a template with its content. `fonts` is the folder of the fonts. Errors: NotSet(why): fonts, too_long, too_slow, failed."""
    if not any(fonts.glob("*.ttf")):
        raise NotSet(why="fonts", folder=str(fonts))
    document = json.dumps(content, ensure_ascii=False)
    if len(document) > MOST_CONTENT:
        raise NotSet(why="too_long")
    request = {"template": f"{template}.typ", "root": str(templates), "fonts": str(fonts), "content": document}
    try:
        process = subprocess.run(
            [sys.executable, "-I", str(SETTER)],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=MOST_SECONDS,
            check=False,
            env=SURROUNDINGS,
        )
    except subprocess.TimeoutExpired as slow:
        raise NotSet(why="too_slow") from slow
    if process.returncode or not process.stdout.startswith(b"%PDF-"):
        raise NotSet(why="failed", said=process.stderr.decode(errors="replace")[-500:])
    if len(process.stdout) > MOST_PDF:
        raise NotSet(why="too_long")
    return process.stdout
