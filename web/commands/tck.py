"""`./desk tck`: the cases of DMN's compatibility kit, played and counted by folder. The reference has the same figures, with every difference and its reason."""

from __future__ import annotations

from collections.abc import Iterable

import click

from tests import tck as kit
from web.commands.output import as_json, report
from web.commands.reference.tck_page import COLUMNS, figures, reason


@click.command()
@click.argument("folders", nargs=-1)
@as_json
def tck(folders: tuple[str, ...], as_json: bool) -> None:
    """Play the kit, or only FOLDERS (a name or its beginning); status 1 when a result differs that is not named as intended."""
    played = {
        (level, folder): list(kit.play(folder, level))
        for level in kit.LEVELS
        for folder in kit.folders(level)
        if not folders or folder.startswith(folders)
    }
    found = {f"{level} {folder}": figures(results) for (level, folder), results in played.items()}
    results = [one for listed in played.values() for one in listed]
    unknown = [one for one in results if one.verdict == kit.DIFFERS and not reason(one)]
    lines = [_line("level and folder", COLUMNS)]
    lines += [_line(name, told.values()) for name, told in found.items()]
    lines += [_line("all", figures(results).values())]
    lines += [
        f"unexplained: {one.folder} {one.case}: {one.text} gives {one.found}, not {one.expected}" for one in unknown
    ]
    report({"folders": found, "all": figures(results)}, lines, as_json=as_json, found=bool(unknown))


def _line(name: str, values: Iterable[object]) -> str:
    shown = (f"{value!s:>{max(9, len(head) + 2)}}" for value, head in zip(values, COLUMNS, strict=True))
    return f"{name:<48}{''.join(shown)}"
