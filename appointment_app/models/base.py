"""Columns that all tables share."""

from __future__ import annotations

from enum import Enum
from typing import Any, Protocol
from uuid import uuid4

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

# Constraints have the same names on every database, so that an error can be told by its name.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def public_id() -> Any:
    """Declare the random identifier under which a record is known outside the server."""
    return Field(default_factory=uuid4, unique=True)


def choice(values: type[Enum], name: str, **options: Any) -> Any:
    """Declare a text column that holds a value of an enum, checked by the database.

    Not a native enum type: those cannot be changed inside a transaction everywhere.
    """
    return Field(sa_type=_text_of(values, name=name, create_constraint=True), **options)


def open_choice(values: type[Enum], **options: Any) -> Any:
    """Declare a text column that holds a value of an enum, checked by the program alone.

    For an enum that grows often and on which no constraint stands: a new value needs no migration.
    """
    return Field(sa_type=_text_of(values, validate_strings=True), **options)


def _text_of(values: type[Enum], **options: Any) -> sa.Enum:
    return sa.Enum(
        values,
        native_enum=False,
        length=24,
        values_callable=lambda members: [member.value for member in members],
        **options,
    )


def refers_to(target: str, **options: Any) -> Any:
    """Declare an indexed reference to ``target`` (``table.column``) that forbids its deletion."""
    options.setdefault("index", True)
    return Field(foreign_key=target, ondelete="RESTRICT", **options)


def text(limit: int, **options: Any) -> Any:
    """Declare a text column of at most ``limit`` characters."""
    options.setdefault("default", "")
    return Field(max_length=limit, **options)


class _Row(Protocol):
    id: int | None


def row_id(row: _Row) -> int:
    """Return the internal id of a row that the database has stored."""
    if row.id is None:
        raise ValueError("The row is not stored yet; flush the session first.")
    return row.id
