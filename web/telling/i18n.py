"""Languages and what people read: whose language it is, and how money, instants, limits and numbers are written in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, overload

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, g, has_app_context, request, session
from flask_babel import Babel, Domain
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept

import engine
import engine.language
from office import masking
from service_tasks import amounts
from service_tasks.zone import ZONE
from web.telling import plurals

LANGUAGES = ("zh", "en")
QUOTATION, PLACEHOLDER, MOST_SENTENCES = re.compile("“[^”]*”"), re.compile(r"%\((\w+)\)s"), 4_096
# In the cookie, what the last person in this browser read; the next one who logs in does not take it over.
SPOKEN = "spoken"
SOON = timedelta(hours=2)
CODES = {"zh": "zh_Hans_CN", "en": "en"}


def register(app: Flask) -> None:
    """Set Babel up and give the templates their filters."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    babel = Babel(app, locale_selector=_locale, timezone_selector=lambda: str(ZONE))
    babel.domain_instance = _catalogues
    writers: dict[str, Callable[..., str]] = {
        "yuan": yuan,
        "moment": moment,
        "exact": exact,
        "to_the_second": to_the_second,
        "left": time_left,
    }
    filters = {
        **{name: _each_time(write) for name, write in writers.items()},
        "masked": masking.number,
        "shown_to": shown_to,
        "masked_within": masking.masked,
    }
    app.jinja_env.filters.update(filters)
    translators: dict[str, Any] = {"_": written, "gettext": written}
    app.jinja_env.globals.update(language=language, in_language=in_language, urgency=urgency, **translators)
    app.jinja_env.globals.update(instant_shown=when, limit_shown=limit)
    app.context_processor(lambda: _SPOKEN[language()])


def _each_time(write: Callable[..., str]) -> Callable[..., str]:
    """Return a filter that is asked at every rendering; of a constant Jinja would ask it once, in the language of whoever came first."""

    @pass_context
    def asked(_context: Context, *arguments: Any) -> str:
        return write(*arguments)

    return asked


class _Catalogues(Domain):
    """The texts of the page's language, found by that language; the parent writes a locale out for every text it looks up.

    `plain` keeps the texts of templates that no value goes into, by language and English wording.
    """

    def __init__(self) -> None:
        super().__init__()
        self._read: dict[str, NullTranslations] = {}
        self.plain: dict[tuple[str, str], Markup] = {}

    def get_translations(self) -> NullTranslations:
        catalogue = self._read.get(_here().__dict__.get("language", "")) if has_app_context() else None
        if catalogue is None:
            catalogue = super().get_translations()
            if g and "language" in g:
                self._read[g.language] = catalogue
        return catalogue

    def gettext(self, text: str, /, **values: object) -> str:
        translation: str = self.get_translations().ugettext(_counted(text, values) if values else text)
        return filled(translation, values) if values else translation


def filled(sentence: str, values: Mapping[str, Any]) -> str:
    """Return a sentence with its values; what is quoted within a quotation stands in single marks."""
    quoted = _quoted(sentence)
    return sentence % (_within_quotation(quoted, values) if quoted else values)


def _within_quotation(quoted: frozenset[str], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values, those that stand between quotation marks with single marks for their own."""
    inside = {name for name in quoted if isinstance(values.get(name), str)}
    return {**values, **{name: values[name].replace("“", "‘").replace("”", "’") for name in inside}}


@lru_cache(maxsize=MOST_SENTENCES)
def _quoted(sentence: str) -> frozenset[str]:
    """Return the placeholders of a sentence that stand between quotation marks."""
    return frozenset(name for quotation in QUOTATION.findall(sentence) for name in PLACEHOLDER.findall(quotation))


def _counted(text: str, values: Mapping[str, Any]) -> str:
    return plurals.fitting(text, values) if values and language() == "en" else text


_catalogues = _Catalogues()


def gettext(text: str, /, **values: object) -> str:
    """Return a text in the language of the page, found without asking the application which catalogue is its own."""
    return _catalogues.gettext(text, **values)


def written(text: str, /, **values: object) -> Markup:
    """Return a text of a template in the language of the page; values go in by name, escaped."""
    catalogues = _catalogues
    if values:
        sentence = catalogues.get_translations().ugettext(_counted(text, values))
        return Markup(sentence) % _within_quotation(_quoted(sentence), values)  # noqa: S704 - ours: a template's or its translation
    key = (language(), text)
    markup = catalogues.plain.get(key)
    if markup is None:
        markup = catalogues.plain[key] = Markup(catalogues.get_translations().ugettext(text)) % {}  # noqa: S704 - as above
    return markup


def _speaker(code: str) -> dict[str, Any]:
    """Return what a template says most often, in a language that is known once for the whole page."""

    def said(text: str, /, **values: object) -> Markup:
        markup = None if values else _catalogues.plain.get((code, text))
        return written(text, **values) if markup is None else markup

    def chosen(chinese: str, english: str) -> str:
        return english if code == "en" and english else chinese

    return {"_": said, "gettext": said, "language": lambda: code, "in_language": chosen}


_SPOKEN = {code: _speaker(code) for code in LANGUAGES}


def _locale() -> Locale:
    return _parsed(CODES[language()])


@cache
def _parsed(code: str) -> Locale:
    """Parse a language once: parsing looks at files, and would do so with every request."""
    return Locale.parse(code)


_here: Callable[[], object] = g._get_current_object
"""What belongs to this request, asked for a hundred times a page."""


def language() -> str:
    """Return zh or en, by one rule for pages, refusals and the API alike: `_chosen`, else what the browser or the program asks for, else Chinese."""
    code: str = _here().__dict__.get("language", "")
    if code:
        return code
    g.language = asked(_chosen())
    return str(g.language)


def asked(choice: object) -> str:
    """Return the language that was chosen; of no choice the best of those that Accept-Language names, and Chinese when it names none of ours."""
    return str(choice) if choice in LANGUAGES else preferred(request.accept_languages) or LANGUAGES[0]


def preferred(accepted: LanguageAccept) -> str:
    """Return the first of ours that Accept-Language names, of whatever country; empty when it names none.

    Werkzeug's `best_match` prefers a less wanted language that is named without its country: Chinese of `en-GB, zh;q=0.2`.
    """
    tags = (tag.partition("-")[0].lower() for tag, quality in accepted if quality > 0)
    return next((tag for tag in tags if tag in LANGUAGES), "")


def is_api(path: str = "") -> bool:
    """Tell whether a program asks, at this request's path or another: it is answered in JSON, in the language that its request names."""
    return f"{path or request.path}/".startswith("/api/")


def _chosen() -> object:
    """Return what the person chose, else what the browser session did; a program's cookies say nothing."""
    if is_api():
        return None
    return current_user.language if current_user and current_user.is_authenticated else of_browser()


def of_browser() -> object:
    """Return what was chosen in a browser in which nobody is logged in, else what the last person in it read."""
    return session.get("language") or session.get(SPOKEN)


def in_language(chinese: str, english: str) -> str:
    """Return whichever of two texts belongs to the page's language."""
    return english if language() == "en" and english else chinese


def mark(text: str) -> str:
    """Mark a text for the catalogue; it is translated when it is told. Imported as `_`."""
    return text


def remark(text: str) -> str:
    """Return what an owner wrote on a rule of a table: the first line in Chinese, the second, if there is one, in English."""
    chinese, _, english = text.partition("\n")
    return in_language(chinese.strip(), english.strip())


def yuan(fen: int | None) -> str:
    """Return fen as yuan with two decimals: 1,234.50 元, -50.00 元, in English -¥50.00."""
    if fen is None:
        return "—"
    sign, amount = "-" if fen < 0 else "", amounts.yuan(abs(fen), ",")
    return f"{sign}¥{amount}" if language() == "en" else f"{sign}{amount} 元"


def moment(at: datetime | None) -> str:
    """Return 今天 16:30 on the day itself, else 11-23 16:30, with the year when it is another."""
    if at is None:
        return "—"
    local, now = at.astimezone(ZONE), engine.now().astimezone(ZONE)
    if local.date() == now.date():
        return gettext("today %(time)s", time=f"{local:%H:%M}")
    return f"{local:%m-%d %H:%M}" if local.year == now.year else f"{local:%Y-%m-%d %H:%M}"


def exact(at: datetime | None) -> str:
    """Return an instant to the second with its offset, for auditors and on hover."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S %z}" if at is not None else ""


def to_the_second(at: datetime | None) -> str:
    """Return an instant on a paper for a customer: the whole date, whatever day it is read on, and the time by our clocks."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}" if at is not None else "—"


def when(at: datetime | None) -> Markup:
    """Return an instant as a page shows it, with what is behind it."""
    instant = at.isoformat() if at else ""
    return Markup(f'<time datetime="{instant}" title="{exact(at)}">{escape(moment(at))}</time>')  # noqa: S704 - instants only


_ = mark
_WORDS = {"ok": _("On time"), "soon": _("Due soon"), "late": _("Late"), "paused": _("Paused")}


def limit(due: datetime | None, paused: bool = False) -> Markup:
    """Return a limit as a page shows it: how urgent it is, and what is left, which the page counts down."""
    state = urgency(due, paused)
    if state == "none":
        return Markup('<span class="desk-muted">{}</span>').format(written("no limit"))
    instant = due.isoformat() if due else ""
    of_due = f' datetime="{instant}" data-due="{instant}"' if due else ""
    opening_tag = f'<time{of_due} data-lang="{language()}"{" data-paused" if paused else ""} title="{exact(due)}">'
    return Markup(  # noqa: S704 - instants and texts of ours
        f'<span class="desk-state state-{state}"><span data-state-word>{written(_WORDS[state])}</span> '
        f"{opening_tag}{escape(time_left(due, paused))}</time></span>"
    )


def urgency(due: datetime | None, paused: bool = False) -> str:
    """Return paused, none, late, soon or ok: the class of a limit."""
    if paused:
        return "paused"
    if due is None:
        return "none"
    remaining = due - engine.now()
    if remaining < timedelta():
        return "late"
    return "soon" if remaining <= SOON else "ok"


def time_left(due: datetime | None, paused: bool = False) -> str:
    """Return 剩 3 小时 20 分 · 超 1 小时 20 分 · 等客户: a limit in words."""
    state = urgency(due, paused)
    if state == "paused":
        return gettext("waiting for the customer")
    if state == "none" or due is None:
        return gettext("no limit")
    span = _span(abs(due.astimezone(UTC) - engine.now()))
    return gettext("%(span)s late", span=span) if state == "late" else gettext("%(span)s left", span=span)


def _span(remaining: timedelta) -> str:
    minutes = int(remaining.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return gettext("%(days)s d %(hours)s h", days=days, hours=hours)
    if hours:
        return gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    return gettext("%(minutes)s min", minutes=minutes)


def shown_to(value: object, sight: masking.Sight) -> object:
    """Return what somebody is shown of a personal value, in words when it is withheld."""
    return withheld(masking.said(value, sight))


@overload
def withheld(value: str) -> str: ...
@overload
def withheld(value: object) -> object: ...
def withheld(value: object) -> object:
    """Return a value, or the words for one that is not shown."""
    return gettext("(personal, not shown)") if isinstance(value, masking.Withheld) else value
