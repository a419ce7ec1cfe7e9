"""`./desk coverage`: the manual's steps against what the product declares."""

from __future__ import annotations

from dataclasses import asdict

import click

from office import coverage as survey
from web.commands.output import ROOT, as_json, report


@click.command()
@as_json
def coverage(as_json: bool) -> None:
    """List manual ids that no element, decision, form, service task or duty declares, and elements that declare none."""
    ids = survey.manual_ids(ROOT / "docs" / "manual_ids.csv")
    found = survey.survey(ROOT / "processes", ids)
    lines = [
        *(f"nowhere declared  {one.id:<10} {one.title_zh}  {one.title_en}" for one in found.missing),
        *(f"not in the manual {ref:<10} {', '.join(places)}" for ref, places in sorted(found.unknown.items())),
        *(f"declares nothing  {place}" for place in found.bare),
        f"{len(ids) - len(found.missing)} of {len(ids)} manual ids declared; {len(found.bare)} elements declare none",
    ]
    report({"complete": found.complete, **asdict(found)}, lines, as_json=as_json, found=not found.complete)
