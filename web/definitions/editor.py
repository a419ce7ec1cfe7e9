"""The owner's editor: the page that holds it. What it loads and saves comes from the drafts."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template
from flask_login import current_user

from office import drafts
from web.edge import access
from web.telling import names

blueprint = Blueprint("editor", __name__, url_prefix="/processes")


def register(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(blueprint)


@blueprint.get("/<key>/edit")
def edit(key: str) -> str:
    """Return the draft of a process with its diagram, decisions and forms, for its owners."""
    access.check_role(current_user, "owner")
    draft = drafts.find(key)
    name = names.of_draft(draft.package) or names.process_name(key)
    return render_template("definitions/edit.html", key=key, name=name, is_published=bool(draft.base_version))
