"""How long a browser keeps the files of the pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask


@pytest.mark.parametrize(("file", "kept"), [("build/assets/desk-BjXvRxcg.js", 31_536_000), ("mark.svg", None)])
def test_how_long_a_file_is_kept(desk: Flask, tmp_path: Path, file: str, kept: int | None) -> None:
    """A file that is named by its content is asked for once; about any other a browser asks each time, and is told when it is still the same."""
    desk.static_folder = str(tmp_path)
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text("x")
    answer = desk.test_client().get(f"/static/{file}")
    assert (answer.status_code, answer.cache_control.max_age) == (200, kept)
    assert bool(answer.cache_control.no_cache) == (kept is None)
