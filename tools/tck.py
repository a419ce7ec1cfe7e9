"""`./desk tck`: the cases of DMN's compatibility kit, played and counted by folder. The reference has the same figures, with every difference and its reason."""

from __future__ import annotations

from collections.abc import Iterable

import click

from cli.output import as_json, report
from engine import runtime
from office import composition
from tools import kit
from tools.reference_pages.tck_page import COLUMNS, figures, reason


@click.command()
@click.argument("folders", nargs=-1)
@as_json
def tck(folders: tuple[str, ...], as_json: bool) -> None:
    """Play the kit, or only FOLDERS (a name or its beginning); status 1 when a result differs that is not named as intended."""
    with runtime.entered(composition.bare()):
        played = {
            (level, folder): list(kit.play(folder, level))
            for level in kit.LEVELS
            for folder in kit.folders(level)
            if not folders or folder.startswith(folders)
        }
    figures_by_folder = {f"{level} {folder}": figures(results) for (level, folder), results in played.items()}
    results = [result for results_of_folder in played.values() for result in results_of_folder]
    unknown = [result for result in results if result.verdict == kit.DIFFERS and not reason(result)]
    lines = [_line("level and folder", COLUMNS)]
    lines += [_line(name, counts.values()) for name, counts in figures_by_folder.items()]
    lines += [_line("all", figures(results).values())]
    lines += [
        f"unexplained: {result.folder} {result.case}: {result.text} gives {result.actual}, not {result.expected}"
        for result in unknown
    ]
    report({"folders": figures_by_folder, "all": figures(results)}, lines, as_json=as_json, found=bool(unknown))


def _line(name: str, values: Iterable[object]) -> str:
    cells = (f"{value!s:>{max(9, len(head) + 2)}}" for value, head in zip(values, COLUMNS, strict=True))
    return f"{name:<48}{''.join(cells)}"
