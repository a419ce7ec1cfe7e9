"""What takes seconds to make and is only copied afterwards: made by the first process of a run that needs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fasteners import InterProcessLock


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder of this name, which `make` has filled; the processes of one run, by xdist or alone, have it together."""
    own = factory.getbasetemp()
    shared = own.parent if own.name.startswith("popen-") else own
    folder, unfinished = shared / name, own / f"{name}-unfinished"
    with InterProcessLock(shared / f"{name}.lock"):
        if not folder.exists():
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder
