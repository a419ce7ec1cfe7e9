"""Lengths of time and shares in words, for tables and badges."""

from __future__ import annotations

from flask_babel import gettext

from web.audit.queries.heat import Figure


def span(seconds: float | None) -> str:
    """Return a length of time: 35 min, 3.5 h, 2.1 d."""
    if seconds is None:
        return "—"
    if seconds < 3_600:
        return gettext("%(minutes)s min", minutes=round(seconds / 60))
    if seconds < 86_400:
        return gettext("%(hours)s h", hours=f"{seconds / 3_600:.1f}")
    return gettext("%(days)s d", days=f"{seconds / 86_400:.1f}")


def measure(figure: Figure, name: str) -> str:
    """Return one measure of a task as its badge shows it."""
    values = {
        "count": str(figure.count),
        "time": span(figure.median),
        "share": f"{figure.share:.0%}",
        "late": f"{figure.late:.0%}",
    }
    return values[name]
