"""Keys: an office works with its own or not at all, and says which file is wrong, how, and what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete, text

import engine
from cli.access import session_key
from cli.database import bring_up_to_date
from cli.verify import verify
from engine import cases, proof, published
from models.base import bind, session, transaction
from models.keyring import KeyFingerprint
from office import keyring, verification
from tests.support.actors import CLEO, SAM
from tests.support.drawing import end, package, path, process, start, user
from web import create_app
from web.edge import config, keys

DRAWN = process("KEYS", start(), user("ask"), end(), path("begun", "ask", "finished"))
Spoil = Callable[[Path], object]


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office with one case, set up once by all migrations."""
    folder = tmp_path_factory.mktemp("pattern")
    founded(on_sqlite(folder))
    return folder


def on_sqlite(folder: Path) -> config.Settings:
    """The settings of an office in a folder."""
    return config.Settings(f"sqlite:///{folder / 'office.db'}", folder)


@pytest.fixture
def settings(pattern: Path, tmp_path: Path) -> config.Settings:
    """An office with one case."""
    return on_sqlite(shutil.copytree(pattern, tmp_path, dirs_exist_ok=True))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.slow])])
def on_either(request: pytest.FixtureRequest, tmp_path: Path) -> config.Settings:
    """The same on each database."""
    if request.param == "sqlite":
        settings: config.Settings = request.getfixturevalue("settings")
        return settings
    return founded(config.Settings(request.getfixturevalue("postgresql"), tmp_path))


def founded(found: config.Settings) -> config.Settings:
    """The settings of an office that is set up by this."""
    app = create_app(found)
    bring_up_to_date(app)
    with app.app_context():
        published.publish(package("KEYS", DRAWN), by=SAM, note="", at=engine.now())
        cases.start("KEYS", business_key="AJ-1", variables={}, by=CLEO, at=engine.now())
    let_go(app)
    return found


def let_go(app: Flask) -> None:
    """Close its connections."""
    with app.app_context():
        bind().dispose()


def opened(settings: config.Settings) -> dict[str, str]:
    """Open the office as every command does; the fingerprints that are kept."""
    app = create_app(settings)
    try:
        with app.app_context():
            assert proof.verify(1) == []
            return keyring.known()
    finally:
        let_go(app)


def refusal(settings: config.Settings) -> str:
    """What is said when it is opened."""
    with pytest.raises(keys.WrongKeys) as refused:
        opened(settings)
    return str(refused.value)


def test_an_office_goes_on_with_its_keys(on_either: config.Settings) -> None:
    """They are made once, for their owner alone, and known from the next start on."""
    first, folder = opened(on_either), on_either.var / "keys"
    assert set(first) == {"master", "signing"}
    assert opened(on_either) == first
    assert {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()} == dict.fromkeys(keys.NAMES, 0o600)


@pytest.mark.parametrize("name", keys.NAMES)
def test_a_missing_file_is_named(settings: config.Settings, name: str) -> None:
    """Nothing is made in its place."""
    (settings.var / "keys" / name).unlink()
    assert f"{settings.var / 'keys' / name} is missing" in refusal(settings)
    assert not (settings.var / "keys" / name).exists()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda file: file.write_text(""), "is empty"),
        (lambda file: file.write_text("ab" * 31), "has 62 characters instead of 64"),
        (lambda file: file.write_text("客" * 64), "cannot be read"),
        (lambda file: file.write_text("xy" * 32), "is not hexadecimal"),
        (lambda file: file.write_text("+1" + "0_" * 31), "is not hexadecimal"),
        (lambda file: file.chmod(0o640), "can be read by others"),
        (lambda file: file.chmod(0o604), "can be read by others"),
        (lambda file: (file.unlink(), file.mkdir()), "cannot be read"),
        (lambda file: (file.unlink(), os.mkfifo(file, 0o600)), "cannot be read (not a regular file)"),
        (lambda file: (file.unlink(), file.symlink_to("/dev/zero")), "cannot be read (not a regular file)"),
        (lambda file: file.write_text("ab" * 101), "cannot be read (longer than 200 bytes)"),
    ],
)
@pytest.mark.parametrize("name", ["master", "session"])
def test_an_unusable_file_is_named(settings: config.Settings, name: str, spoil: Spoil, told: str) -> None:
    """At once: nothing is waited for, nothing is made in its place, and nothing else is left beside it."""
    file = settings.var / "keys" / name
    spoil(file)
    found = refusal(settings)
    assert f"{file} {told}" in found
    assert "backup" in found or f"chmod 600 {file}" in found
    assert not any(one.name.startswith(".") for one in file.parent.iterdir())


@pytest.mark.parametrize("remembered", [True, False])
@pytest.mark.parametrize("name", ["master", "signing"])
def test_the_key_of_another_office_is_refused(on_either: config.Settings, name: str, remembered: bool) -> None:
    """By its fingerprint, or where none is kept, because nothing of this office opens with it."""
    if remembered:
        opened(on_either)
    (on_either.var / "keys" / name).write_text("ab" * 32)
    assert f"keys/{name} is not the key of this database" in refusal(on_either)


def test_a_fingerprint_that_was_taken_away_opens_no_door(on_either: config.Settings) -> None:
    """Who can write to the database cannot make the office accept other keys by it."""
    app = create_app(on_either)
    with app.app_context(), transaction():
        session().execute(delete(KeyFingerprint))
    let_go(app)
    shutil.rmtree(on_either.var / "keys")
    found = refusal(on_either)
    assert [name for name in keys.NAMES if f"keys/{name} is missing" in found] == list(keys.NAMES)


@pytest.mark.parametrize("since", ["'x'", "12.5", "x'ff'"])
def test_a_cell_beside_a_fingerprint_keeps_nobody_out(settings: config.Settings, since: str) -> None:
    """A date that is none ended every command in a trace; verification names it, and the office goes on."""
    first = spoiled(settings, f"UPDATE key_fingerprint SET since = {since}")
    assert opened(settings) == first
    app = create_app(settings)
    with app.app_context():
        told = [one.what for one in verification.verify_office()]
    let_go(app)
    assert told == ["key_fingerprint master.since", "key_fingerprint signing.since"]


@pytest.mark.parametrize("value", ["x'ff'", "CAST(x'ff' AS TEXT)", "12.5"])
def test_a_fingerprint_that_cannot_be_read_is_refused_in_words(settings: config.Settings, value: str) -> None:
    """It is that of no key."""
    spoiled(settings, f"UPDATE key_fingerprint SET fingerprint = {value}")
    assert "is not the key of this database" in refusal(settings)


def spoiled(settings: config.Settings, statement: str) -> dict[str, str]:
    """Write behind the office's back; the fingerprints before."""
    first = opened(settings)
    app = create_app(settings)
    with app.app_context(), transaction():
        session().execute(text(statement))
    let_go(app)
    return first


def test_a_command_says_it_in_words(settings: config.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """No trace of the program, and status 1."""
    monkeypatch.setenv("DESK_VAR", str(settings.var))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    (settings.var / "keys" / "master").unlink()
    refused = CliRunner().invoke(verify, ["--instance", "1"])
    assert (refused.exit_code, refused.output.startswith(f"Error: {settings.var}/keys/master is missing")) == (1, True)


def test_an_office_lacks_no_table(on_either: config.Settings) -> None:
    """What is looked for is what migrations make, on each database."""
    app = create_app(on_either)
    with app.app_context():
        assert verification.verify_office() == []
        assert next(verification.verify_each([1])).ok
    let_go(app)


@pytest.mark.parametrize("asked", [["--all"], ["--instance", "AJ-1"]])
def test_a_table_that_is_gone_is_said_in_words(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    """Cases that cannot be looked at without it end in no trace, and pass for nothing verified."""
    monkeypatch.setenv("DESK_VAR", str(settings.var))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    spoiled(settings, "DROP TABLE timer")
    told = CliRunner().invoke(verify, asked)
    assert (told.exit_code, type(told.exception)) == (1, SystemExit)
    assert "table timer is missing" in told.output
    assert "0 cases, 0 entries: 1 deviation" in told.output


def test_the_session_key_is_replaced_on_demand(settings: config.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept that it opens; log-ins are signed with the new one."""
    monkeypatch.setenv("DESK_VAR", str(settings.var))
    file = settings.var / "keys" / "session"
    before = file.read_text()
    file.chmod(0o644)
    assert f"chmod 600 {file}" in refusal(settings)
    assert CliRunner().invoke(session_key, []).exit_code == 0
    assert file.read_text() != before
    assert create_app(settings).config["SECRET_KEY"] == bytes.fromhex(file.read_text())


def test_an_app_without_keys_is_none(tmp_path: Path) -> None:
    """Only a test may bring its own; what lies in the folder is used, never a constant."""
    app = create_app(config.Settings(f"sqlite:///{tmp_path / 'office.db'}", tmp_path))
    assert app.config["SECRET_KEY"] == bytes.fromhex((tmp_path / "keys" / "session").read_text())
    with app.app_context():
        assert keyring.known() == {}


def test_a_full_disk_leaves_no_half_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun is taken away, and the next start makes a whole one."""

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(keys.WrongKeys, match="No space left on device"):
            keys.make(tmp_path, "master")
    assert list((tmp_path / "keys").iterdir()) == []
    assert len(keys.make(tmp_path, "master")) == keys.KEY_BYTES


def test_two_who_make_a_key_at_once_get_the_same(tmp_path: Path) -> None:
    """Whoever comes second takes what the first has written."""
    assert keys.make(tmp_path, "master") == keys.make(tmp_path, "master")
