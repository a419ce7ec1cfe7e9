"""The launcher: where the folders of an office lie, in a checkout or where a release was installed, and what its commands are called there.

It knows none of them: they can be imported only once `__main__` has put their place on the path.
"""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent
IS_INSTALLED = (HERE / "tree").is_dir()
TREE = HERE / "tree" if IS_INSTALLED else HERE.parent
PROGRAM = "reception-desk" if IS_INSTALLED else "./desk"
