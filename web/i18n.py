"""Languages and what people read: whose language it is, and how money, instants, limits and numbers are written in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, g, request, session
from flask_babel import Babel, Domain, gettext
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

import engine
from office import masking
from web import singular

LANGUAGES = ("zh", "en")
ZONE = ZoneInfo("Asia/Shanghai")
SOON = timedelta(hours=2)
CODES = {"zh": "zh_Hans_CN", "en": "en"}


def register(app: Flask) -> None:
    """Set Babel up and give the templates their filters."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    babel = Babel(app, locale_selector=_locale, timezone_selector=lambda: str(ZONE))
    babel.domain_instance = _catalogues
    spoken: dict[str, Callable[..., str]] = {"yuan": yuan, "moment": moment, "exact": exact, "left": time_left}
    filters = {
        **{name: _each_time(write) for name, write in spoken.items()},
        "masked": masking.number,
        "shown_to": shown_to,
        "masked_within": masking.masked,
    }
    app.jinja_env.filters.update(filters)
    said: dict[str, Any] = {"_": written, "gettext": written}
    app.jinja_env.globals.update(language=language, in_language=in_language, urgency=urgency, **said)


def _each_time(write: Callable[..., str]) -> Callable[..., str]:
    """A filter that is asked at every rendering; of a constant Jinja would ask it once, in the language of whoever came first."""

    @pass_context
    def asked(_context: Context, *given: Any) -> str:
        return write(*given)

    return asked


class _Catalogues(Domain):
    """The texts of the page's language, found by that language; the parent writes a locale out for every text it looks up.

    `plain` keeps the texts of templates that no value goes into, by language and English wording.
    """

    def __init__(self) -> None:
        super().__init__()
        self._read: dict[str, Any] = {}
        self.plain: dict[tuple[str, str], Markup] = {}

    def get_translations(self) -> Any:
        known = self._read.get(g.get("language", "")) if g else None
        if known is None:
            known = super().get_translations()
            if g and "language" in g:
                self._read[g.language] = known
        return known

    def gettext(self, text: str, /, **values: Any) -> str:
        return str(super().gettext(_counted(text, values), **values))


def _counted(text: str, values: Mapping[str, Any]) -> str:
    return singular.fitting(text, values) if values and language() == "en" else text


_catalogues = _Catalogues()


def written(text: str, /, **values: Any) -> Markup:
    """A text of a template in the language of the page; values go in by name, escaped."""
    found = _catalogues
    if values:
        return Markup(found.get_translations().ugettext(_counted(text, values))) % values  # noqa: S704 - ours: a template's or its translation
    key = (language(), text)
    known = found.plain.get(key)
    if known is None:
        known = found.plain[key] = Markup(found.get_translations().ugettext(text)) % {}  # noqa: S704 - as above
    return known


def _locale() -> Locale:
    return _parsed(CODES[language()])


@cache
def _parsed(code: str) -> Locale:
    """Parsing looks at files, and would do so with every request."""
    return Locale.parse(code)


def language() -> str:
    """zh or en: the person's own choice, else what the browser session chose, else Chinese."""
    known: str = g.get("language", "")
    if known:
        return known
    chosen = session.get("language")
    if request.path.startswith("/api/"):
        chosen = "en" if (request.accept_languages.best_match(LANGUAGES) or "zh") == "en" else "zh"
    elif current_user and current_user.is_authenticated:
        chosen = current_user.language
    g.language = chosen if chosen in LANGUAGES else "zh"
    return str(g.language)


def in_language(chinese: str, english: str) -> str:
    """Whichever of two texts belongs to the page's language."""
    return english if language() == "en" and english else chinese


def mark(text: str) -> str:
    """Marks a text for the catalogue; it is translated when it is told. Imported as `_`."""
    return text


def remark(text: str) -> str:
    """What an owner wrote on a rule of a table: the first line in Chinese, the second, if there is one, in English."""
    chinese, _, english = text.partition("\n")
    return in_language(chinese.strip(), english.strip())


def yuan(fen: int | None) -> str:
    """Fen as yuan with two decimals: 1,234.50 元, -50.00 元, in English -¥50.00."""
    if fen is None:
        return "—"
    sign, amount = "-" if fen < 0 else "", engine.written.yuan(abs(fen), ",")
    return f"{sign}¥{amount}" if language() == "en" else f"{sign}{amount} 元"


def moment(at: datetime | None) -> str:
    """今天 16:30 on the day itself, else 11-23 16:30, with the year when it is another."""
    if at is None:
        return "—"
    local, now = at.astimezone(ZONE), engine.now().astimezone(ZONE)
    if local.date() == now.date():
        return gettext("today %(time)s", time=f"{local:%H:%M}")
    return f"{local:%m-%d %H:%M}" if local.year == now.year else f"{local:%Y-%m-%d %H:%M}"


def exact(at: datetime | None) -> str:
    """An instant to the second with its offset, for auditors and on hover."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S %z}" if at is not None else ""


def urgency(due: datetime | None, paused: bool = False) -> str:
    """paused, none, late, soon or ok: the class of a limit."""
    if paused:
        return "paused"
    if due is None:
        return "none"
    left = due - engine.now()
    if left < timedelta():
        return "late"
    return "soon" if left <= SOON else "ok"


def time_left(due: datetime | None, paused: bool = False) -> str:
    """剩 3 小时 20 分 · 超 1 小时 20 分 · 等客户: a limit in words."""
    state = urgency(due, paused)
    if state == "paused":
        return gettext("waiting for the customer")
    if state == "none" or due is None:
        return gettext("no limit")
    span = _span(abs(due.astimezone(UTC) - engine.now()))
    return gettext("%(span)s late", span=span) if state == "late" else gettext("%(span)s left", span=span)


def _span(left: timedelta) -> str:
    minutes = int(left.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return gettext("%(days)s d %(hours)s h", days=days, hours=hours)
    if hours:
        return gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    return gettext("%(minutes)s min", minutes=minutes)


def shown_to(value: Any, sight: masking.Sight) -> Any:
    """What somebody is shown of a personal value, in words when it is withheld."""
    return withheld(masking.said(value, sight))


def withheld(value: Any) -> Any:
    """A value, or the words for one that is not shown."""
    return gettext("(personal, not shown)") if isinstance(value, masking.Withheld) else value
