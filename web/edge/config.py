"""Settings: the one reader of the environment. Every wrong one is named at once; the keys are files, and `keys` knows about those."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from engine import record
from reception_desk import IS_INSTALLED, TREE

MOST_PROXIES = 9
SETTINGS: dict[str, tuple[str, str]] = {
    "DATABASE_URL": ("a SQLite file in DESK_VAR", "`sqlite:///` and a path, or `postgresql://user:password@host/name`"),
    "DESK_VAR": (
        "`var/` in the checkout; of an installed release `reception-desk/` in `$XDG_DATA_HOME`, else in `~/.local/share`",
        "folder for the SQLite file and for `keys/`, whose files `master`, `signing` and `session` only their owner may read; back them up once, apart from the database",
    ),
    "DESK_HTTPS": ("`no`", "`yes` when the office is reached by HTTPS: the session cookie then never leaves it"),
    "DESK_PROXIES": (
        "`1` with HTTPS, else `0`",
        "how many proxies stand before the office; each has to add the address it was asked from to `X-Forwarded-For`",
    ),
}


class WrongSettings(click.ClickException):
    """Some settings cannot be used."""


@dataclass(frozen=True)
class Settings:
    """What a running office is configured with. `DATABASE_URL`, `DESK_VAR` (folder for database and keys), `DESK_HTTPS` and `DESK_PROXIES` come from the environment.

    Keys that are not given are read from `var`.
    """

    database_url: str
    var: Path
    https: bool = False
    secret_key: bytes = field(default=b"", repr=False)
    keys: record.Keys | None = field(default=None, repr=False)
    testing: bool = False
    proxies: int = 0


def environment(**changed: str) -> dict[str, str]:
    """Return the environment for a process that is started from here, with some settings changed."""
    return {**os.environ, **changed}


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this process, or of another `environment`. Errors: WrongSettings naming every wrong one."""
    environment = os.environ if environment is None else environment
    wrong: list[str] = []
    var = Path(environment.get("DESK_VAR") or _usual_var(environment))
    https = environment.get("DESK_HTTPS", "no").lower()
    if https not in ("yes", "no"):
        wrong.append(f"DESK_HTTPS is {https!r}; it can be yes or no")
    proxies = environment.get("DESK_PROXIES") or str(int(https == "yes"))
    if proxies not in map(str, range(MOST_PROXIES + 1)):
        wrong.append(f"DESK_PROXIES is {proxies!r}; it can be 0 to {MOST_PROXIES}")
    url = environment.get("DATABASE_URL") or f"sqlite:///{var / 'reception.db'}"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        wrong.append(f"DATABASE_URL starts with {url.split(':')[0]!r}; it can be sqlite:/// or postgresql://")
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        wrong.append(f"DESK_VAR {var} cannot be written: {error.strerror}")
    if wrong:
        raise WrongSettings("; ".join(wrong))
    driver = url.replace("postgresql://", "postgresql+psycopg://")
    return Settings(driver, var, https == "yes", proxies=int(proxies))


def _usual_var(environment: Mapping[str, str]) -> Path:
    """Return the usual folder, one a person, however they came to the command: a release that is called from another folder must not find another office."""
    if not IS_INSTALLED:
        return TREE / "var"
    shared = Path(environment.get("XDG_DATA_HOME", ""))
    return (shared if shared.is_absolute() else Path("~/.local/share").expanduser()) / "reception-desk"
