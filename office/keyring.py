"""Which keys this office works with: known by their fingerprints, and before those were kept, by what was sealed and signed with them.

Keys that are not the office's would do their harm in silence: nothing old could be read, and what is new would be sealed with what nobody has backed up.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import inspect, literal, select
from sqlalchemy.exc import IntegrityError

import engine
from engine import record
from models import cells
from models.base import session, transaction
from models.cells import as_stored
from models.entry import HistoryEntry
from models.instance import CaseKey
from models.keyring import KEYS, KeyFingerprint

LOOKED_AT = 20  # one row may have been altered; the keys are right when any of these opens


class OtherKeys(engine.Conflict):
    """A key is not the one that this database was written with. Values: `names` of the keys."""


def settled() -> bool:
    """Tell whether this database belongs to keys already, so that new ones may not be made for it."""
    return bool(known()) or any(_has(table) and _rows(table) for table in (CaseKey, HistoryEntry))


def known() -> dict[str, str]:
    """Return the fingerprints that are kept, by name; none in a database without a schema. One that cannot be read is that of no key."""
    if not _has(KeyFingerprint):
        return {}
    rows = cells.rows(select(as_stored(KeyFingerprint.name), as_stored(KeyFingerprint.fingerprint)))
    return {row.name: row.fingerprint for row in rows if row.name in KEYS}


def confirm(keys: record.Keys) -> None:
    """Check that these are the keys of this database. Errors: OtherKeys."""
    here, stored = keys.fingerprints(), known()
    wrong = {name for name in stored if stored[name] != here[name]}
    if "master" not in stored and _has(CaseKey):
        wrong |= {"master"} if _none_opens(keys) else set()
    if "signing" not in stored and _has(HistoryEntry):
        wrong |= {"signing"} if _none_is_signed(keys) else set()
    if wrong:
        raise OtherKeys(names=sorted(wrong))


def remember(keys: record.Keys, at: datetime) -> None:
    """Keep the fingerprints of the keys, where none are kept and there is a place for them."""
    lacking = set(keys.fingerprints()) - set(known())
    if not lacking or not _has(KeyFingerprint):
        return
    try:
        with transaction():
            for name, fingerprint in keys.fingerprints().items():
                if name in lacking:
                    session().add(KeyFingerprint(name=name, fingerprint=fingerprint, since=at))
    except IntegrityError:  # another process was first
        confirm(keys)


def _has(table: type) -> bool:
    return inspect(session().get_bind()).has_table(table.__tablename__)  # type: ignore[attr-defined]


def _rows(table: type) -> bool:
    return session().execute(select(literal(1)).select_from(table).limit(1)).first() is not None


def _none_opens(keys: record.Keys) -> bool:
    newest = select(as_stored(CaseKey.wrapped)).order_by(CaseKey.instance_id.desc()).limit(LOOKED_AT)
    wrapped = [row.wrapped for row in cells.rows(newest) if not cells.unreadable(row)]
    return bool(wrapped) and not any(keys.opens(case_key) for case_key in wrapped)


def _none_is_signed(keys: record.Keys) -> bool:
    newest = select(as_stored(HistoryEntry.hash), as_stored(HistoryEntry.mac)).order_by(HistoryEntry.at.desc())
    signed = [row for row in cells.rows(newest.limit(LOOKED_AT)) if not cells.unreadable(row)]
    return bool(signed) and not any(keys.signed(row.hash, row.mac) for row in signed)
