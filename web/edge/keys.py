"""The key files in DESK_VAR/keys: read, refused when unusable, made for an office that has none, and held against the database before anything is done.

A key that is there is never changed or replaced here, but for the session key, on demand: nothing is kept that it opens.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import click

import engine
from engine import record
from office import keyring
from reception_desk import PROGRAM

KEY_BYTES = 32
MOST_BYTES = 200
NAMES = ("master", "signing", "session")
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class WrongKeys(click.ClickException):
    """Some keys cannot be used; says which file, what is wrong, and what to do."""


class Found(NamedTuple):
    """The usable keys by name, and what is wrong with files that are there, a sentence each."""

    keys: dict[str, bytes]
    wrong: list[str]


def read(var: Path) -> Found:
    """Return what lies in var/keys."""
    contents = Found({}, [])
    for name in NAMES:
        file = var / "keys" / name
        try:
            mode, text = _opened(file)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            contents.wrong.append(_told(file, f"cannot be read ({_reason(error)})"))
            continue
        if mode & OTHERS:
            contents.wrong.append(f"{file} can be read by others than its owner; chmod 600 {file}")
        elif fault := _fault(text):
            contents.wrong.append(_told(file, fault))
        else:
            contents.keys[name] = bytes.fromhex(text)
    return contents


def _opened(file: Path) -> tuple[int, str]:
    """Return mode and content, of a regular file of a few bytes only: a pipe or a device would be waited for, or never end. Errors: OSError, ValueError."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as opened:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise OSError(errno.EFBIG, f"longer than {MOST_BYTES} bytes")
    return stat.S_IMODE(status.st_mode), content.decode("ascii").strip()


def _fault(text: str) -> str:
    """Return what is wrong with the content of a key file; "" for nothing."""
    if not text:
        return "is empty"
    if len(text) != 2 * KEY_BYTES:
        return f"has {len(text)} characters instead of {2 * KEY_BYTES}"
    return "" if all(sign in "0123456789abcdefABCDEF" for sign in text) else "is not hexadecimal"


def _reason(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or "not text"


def _told(file: Path, fault: str) -> str:
    return f"{file} {fault}; {_remedy(file.name)}"


def _remedy(name: str) -> str:
    if name == "session":
        return f"put it back from a backup, or: {PROGRAM} session-key (everybody logs in again)"
    return "put it back from a backup; without it the cases of this office cannot be read or proved"


def hold(var: Path, supplied: record.Keys | None, session_key: bytes) -> tuple[record.Keys, bytes]:
    """Return the keys of the office whose database the context leads to; what is not given is read, and made where the database belongs to no keys yet.

    Errors: WrongKeys.
    """
    contents = read(var)
    names = [name for name in NAMES if not (session_key if name == "session" else supplied)]
    wrong = [fault for fault in contents.wrong if any(fault.startswith(str(var / "keys" / name)) for name in names)]
    lacking = [name for name in names if name not in contents.keys]
    if not wrong and lacking and keyring.settled():
        wrong = [
            _told(var / "keys" / name, "is missing, and this database belongs to an office with keys")
            for name in lacking
        ]
    if wrong:
        raise WrongKeys("\n".join(wrong))
    keys = contents.keys | {name: make(var, name) for name in lacking}
    office_keys = supplied or record.Keys(master=keys["master"], signing=keys["signing"])
    confirm(var, office_keys)
    keyring.remember(office_keys, engine.now())
    return office_keys, session_key or keys["session"]


def confirm(var: Path, keys: record.Keys) -> None:
    """Check that the keys are those of the database. Errors: WrongKeys when it was written with others."""
    try:
        keyring.confirm(keys)
    except keyring.OtherKeys as error:
        files = [_told(var / "keys" / name, "is not the key of this database") for name in error.values["names"]]
        raise WrongKeys("\n".join(files)) from None


def make(var: Path, name: str, *, instead: bool = False) -> bytes:
    """Make a new key, on the disk as a whole or not at all; the one of another process when that was first. `instead` replaces what is there. Errors: WrongKeys."""
    folder, key = var / "keys", secrets.token_bytes(KEY_BYTES)
    file, draft = folder / name, folder / f".{name}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        _write(draft, key.hex().encode())
        if instead:
            draft.replace(file)
        else:
            with suppress(FileExistsError):
                file.hardlink_to(draft)
        _settle(folder)
    except OSError as error:
        raise WrongKeys(f"{file} cannot be written ({error.strerror}); nothing was kept of it") from None
    finally:
        draft.unlink(missing_ok=True)
    contents = read(var)
    if name not in contents.keys:
        raise WrongKeys("\n".join(contents.wrong))
    return contents.keys[name]


def _write(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _settle(folder: Path) -> None:
    """Settle what was written in a folder, so that it outlasts a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
