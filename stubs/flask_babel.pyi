from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal

from babel import Locale
from babel.support import NullTranslations
from flask import Flask

class Babel:
    domain_instance: Domain
    def __init__(
        self,
        app: Flask | None = None,
        *,
        locale_selector: Callable[[], Locale] | None = None,
        timezone_selector: Callable[[], str | None] | None = None,
    ) -> None: ...

class Domain:
    def __init__(self, translation_directories: str | list[str] | None = None, domain: str = "messages") -> None: ...
    def get_translations(self) -> NullTranslations: ...
    def gettext(self, string: str, /, **variables: object) -> str: ...

def force_locale(locale: str) -> AbstractContextManager[None]: ...
def format_decimal(number: float | Decimal | str, format: str | None = None) -> str: ...
def gettext(string: str, /, **variables: object) -> str: ...
