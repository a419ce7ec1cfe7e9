"""Who may work here: departments (the candidate groups of the lanes), people, their households, their roles, their log-ins and their API tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UTCDateTime

ROLES = ("clerk", "supervisor", "auditor", "owner", "operator")


class Department(Base):
    """A department of the manual; its code is the candidate group of the lane that bears its Chinese name."""

    __tablename__ = "department"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(60), unique=True)
    name_en: Mapped[str] = mapped_column(String(80))


class User(Base):
    """A log-in; the password is kept as an argon2 hash. Those of one `employee_number` belong to one person."""

    __tablename__ = "user_account"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    display_name: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(5), default="zh")
    active: Mapped[bool] = mapped_column(default=True)
    employee_number: Mapped[str | None] = mapped_column(String(20), index=True)

    __table_args__ = (CheckConstraint("language in ('zh', 'en')", name="language"),)


class HouseholdNumber(Base):
    """A number that an employee, or somebody of their household, holds or uses; with it every other number of its holder counts as theirs."""

    __tablename__ = "household_number"

    employee_number: Mapped[str] = mapped_column(String(20), primary_key=True)
    msisdn: Mapped[str] = mapped_column(String(20), primary_key=True, info={"personal": True})

    __table_args__ = (Index("ix_household_number_msisdn", "msisdn"),)


class Membership(Base):
    """A person works for a department."""

    __tablename__ = "membership"

    user: Mapped[str] = mapped_column(ForeignKey("user_account.name"), primary_key=True)
    department: Mapped[str] = mapped_column(ForeignKey("department.code"), primary_key=True)


class UserRole(Base):
    """A person holds a role: clerk, supervisor, auditor, owner (of processes) or operator (of the system)."""

    __tablename__ = "user_role"

    user: Mapped[str] = mapped_column(ForeignKey("user_account.name"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)

    __table_args__ = (CheckConstraint(f"role in {ROLES}", name="role"),)


class ApiToken(Base):
    """A bearer token of the REST API; only its SHA-256 is stored."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("user_account.name"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime())
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


class LoginSession(Base):
    """Somebody is logged in at a browser; only the SHA-256 of what its cookie holds is stored, and `seen_at` is coarse.

    `address` is where they logged in, as `LoginFailure` writes it.
    """

    __tablename__ = "login_session"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("user_account.name"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime())
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    address: Mapped[str | None] = mapped_column(String(45))


class LoginFailure(Base):
    """A wrong password, for as long as it counts; `name_mark` tells tries at one name together and is not the name, which may be a password in the wrong field."""

    __tablename__ = "login_failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_mark: Mapped[str] = mapped_column(String(32), index=True)
    address: Mapped[str] = mapped_column(String(45), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)
