"""Notices (CH1.6): the agreed wording that every clerk confirms before the next case, and where a supervisor sends it out."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

import engine
from engine import language
from models.base import session
from models.notice import Notice
from office import free_text, notices
from web.edge import access, auth, unsent_forms
from web.edge.addresses import asked

blueprint = Blueprint("notices", __name__, url_prefix="/notices")
MOST = 1_000
SHOWN = 50


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("")
def listing() -> str:
    """Return all notices, newest first; supervisors write new ones here."""
    access.check_role(current_user, "supervisor")
    return _page("", unsent_forms.kept(url_for("notices.publish")).reasons)


def _page(text: str, reasons: dict[str, list[language.Reason]]) -> str:
    rows = list(session().scalars(select(Notice).order_by(Notice.at.desc()).limit(SHOWN)))
    return render_template("supervision/notices.html", found=rows, text=text, reasons=reasons)


@blueprint.post("")
def publish() -> Response | tuple[str, int]:
    """Send a wording to everybody."""
    access.check_role(current_user, "supervisor")
    text = request.form.get("text", "").strip()
    wrong = free_text.wrong(text, MOST, required=True)
    if wrong:
        return unsent_forms.back({"text": wrong}) or (_page(text, {"text": wrong}), 422)
    notices.publish(text, by=auth.actor(), at=engine.now())
    return redirect(url_for("notices.listing"))


@blueprint.post("/<int:notice_id>/withdrawal")
def withdraw(notice_id: int) -> Response:
    """Stop showing a notice."""
    notices.withdraw(notice_id, by=auth.actor())
    return redirect(url_for("notices.listing"))


@blueprint.get("/unread")
def unread() -> str | Response:
    """Return what the person has still to confirm."""
    to_confirm = notices.unconfirmed(current_user.name)
    target = asked()["next"] or "/"
    if not to_confirm:
        return redirect(auth.safe_target(target))
    waits = target.partition("?")[0] == url_for("intake.form") and unsent_forms.waits(url_for("intake.accept"))
    return render_template("supervision/unread.html", found=to_confirm, target=target, waits=waits)


@blueprint.post("/<int:notice_id>/confirmation")
def confirm(notice_id: int) -> Response:
    """Confirm that the person has read it."""
    notices.confirm(notice_id, by=auth.actor(), at=engine.now())
    return redirect(url_for("notices.unread", next=request.form.get("next", "/")))
