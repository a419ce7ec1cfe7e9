"""What a draft changes against the newest version of its process."""

from __future__ import annotations

from engine import definitions, published
from office import drafts
from web.definitions.telling import changes


def of_draft(draft: drafts.Draft) -> list[definitions.Difference]:
    """Return what a draft changes against the newest version, in the files of its own process."""
    differences = changes.between(published.newest_package(draft.key), drafts.ready(draft.package))
    waiting = sorted(drafts.waiting_files(draft) - {difference.file for difference in differences})
    return [
        *differences,
        *(definitions.Difference(file=name, element="", kind="added", what="unused file") for name in waiting),
    ]
