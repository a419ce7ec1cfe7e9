"""The page that an address belongs to which only takes what is sent: where somebody goes who opens it by hand, after a reload or a log-in."""

from __future__ import annotations

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from web.edge import bodies

NO_PAGES = frozenset({"drafts.draft"})  # it answers a program
BESIDE = {
    "verification": "{above}/replay",
    "confirmation": "/notices/unread",
}  # the page whose button it is stands elsewhere


def own() -> str:
    """Return the address at which the page of a form that was sent is asked for again: its own, where that shows one."""
    if request.endpoint == "auth.login_post":
        return url_for("auth.login", next=bodies.sent().get("next") or None)
    try:
        current_app.url_map.bind("").match(request.path, method="GET")
    except (HTTPException, RequestRedirect):
        return page()
    return request.path


def page() -> str:
    """Return the address above that of the request which shows a page; that of the worklist when there is none."""
    routes = current_app.url_map.bind("")
    above, _, last = request.path.rpartition("/")
    if last in BESIDE:
        return BESIDE[last].format(above=above)
    while above:
        try:
            endpoint, _ = routes.match(above, method="GET")
        except (HTTPException, RequestRedirect):
            endpoint = ""
        if endpoint and endpoint not in NO_PAGES:
            return above
        above = above.rpartition("/")[0]
    return "/"
