"""Bearer tokens: shown once, kept as a hash, good for one active person until they expire."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import transaction
from models.identity import ApiToken, User
from office import tokens


@pytest.fixture(autouse=True)
def cleo(database: Session) -> User:
    """Cleo works here."""
    person = User(name="cleo", display_name="陈可", password_hash="x", language="zh", active=True)
    with transaction():
        database.add(person)
    return person


def test_a_token_names_its_user(at: datetime) -> None:
    """Whoever shows the token acts as the person it was made for."""
    assert tokens.user_of(tokens.create("cleo", at=at), at=at) == "cleo"


def test_the_token_itself_is_not_stored(database: Session, at: datetime) -> None:
    """A copy of the database does not let anybody in."""
    token = tokens.create("cleo", at=at)
    stored = database.scalars(select(ApiToken.token_hash)).one()
    assert token not in stored
    assert tokens.user_of(stored, at=at) is None


def test_an_expired_or_revoked_token_is_nobodys(at: datetime) -> None:
    """A token that was lost stops working by itself, or at once."""
    token = tokens.create("cleo", at=at, lifetime=timedelta(days=1))
    assert tokens.user_of(token, at=at + timedelta(days=1)) is None
    assert tokens.revoke_all("cleo", at=at) == 1
    assert tokens.user_of(token, at=at) is None


def test_who_may_not_log_in_has_no_token(cleo: User, at: datetime) -> None:
    """A person who has left can neither use an old token nor get a new one."""
    token = tokens.create("cleo", at=at)
    with transaction():
        cleo.active = False
    assert tokens.user_of(token, at=at) is None
    with pytest.raises(tokens.UnknownUser):
        tokens.create("cleo", at=at)


def test_an_unknown_user_gets_none(at: datetime) -> None:
    """A slip in the name makes no token for nobody."""
    with pytest.raises(tokens.UnknownUser):
        tokens.create("nobody", at=at)
