"""What was changed in a diagram so that everything in it can be seen and executed, in words: one sentence for each kind of change."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext

from engine import diagrams
from web.telling.i18n import filled
from web.telling.i18n import mark as _

KINDS = {
    "id_given": _("Elements that had no id have one now: %(count)s."),
    "id_changed": _("Elements with the id of another have one of their own now: %(names)s."),
    "picture_renamed": _("Parts of the drawing that had one id between them are told apart now: %(count)s."),
    "picture_removed": _("Parts of the drawing that showed nothing are gone: %(count)s."),
    "second_picture_removed": _("Elements that were drawn twice are drawn once: %(names)s."),
    "drawn": _("The file had no drawing; it was drawn anew. Arrange it as you like."),
    "drawn_anew": _("%(count)s elements were not drawn; the whole diagram was drawn anew. Please look it through."),
    "drawn_beside": _("Elements that were executed but not drawn are drawn now: %(names)s. Please look them through."),
    "made_executable": _("The process was not marked to be executed; it is now."),
    "process_id_set": _("The id of the process was %(before)s; it is %(after)s now."),
}
MOST_NAMES = 5


def sentences(changes: Iterable[diagrams.Mending]) -> list[str]:
    """Return one sentence for each kind of change, in the order of the first."""
    kinds: dict[str, list[diagrams.Mending]] = {}
    for mending in changes:
        kinds.setdefault(mending.kind, []).append(mending)
    return [_sentence(kind, mendings) for kind, mendings in kinds.items()]


def _sentence(kind: str, mendings: list[diagrams.Mending]) -> str:
    names = [str(mending.values.get("name") or mending.element_id) for mending in mendings]
    listing = gettext(", ").join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")
    values = {"count": len(mendings), **mendings[0].values, "names": listing}
    return filled(gettext(KINDS[kind]), values)
