"""No table about a person is forgotten: all that refers to one is in the copy, or says why not."""

from __future__ import annotations

import pytest

from appointment_app.models import metadata
from appointment_app.privacy.tables import (
    AFTER_ERASURE,
    NOT_COPIED,
    NOT_EXPORTED,
    Subject,
    exported,
)

EXPORTED = exported(Subject(1, 1))
ROOTS = {"person", "user_account"}


def about_people() -> set[str]:
    """Every table that refers to a person or an account, however many references away.

    Not through doctors and clinics: what refers to those is about the practice.
    """
    found = set(ROOTS)
    while True:
        further = {
            table.name
            for table in metadata.tables.values()
            for key in table.foreign_keys
            if key.column.table.name in found - {"doctor", "audit_event", "appointment_series"}
        }
        if further <= found:
            return found
        found |= further


def test_each_table_is_in_the_copy_or_says_why_not() -> None:
    unnamed = sorted(about_people() - EXPORTED.keys() - NOT_EXPORTED.keys())
    assert not unnamed, (
        f"These tables hold something about a person: {unnamed}. Name each in"
        " appointment_app/privacy/tables.py: what of it belongs into a copy, or why nothing does."
    )


def test_each_table_says_what_becomes_of_it_when_somebody_is_erased() -> None:
    assert AFTER_ERASURE.keys() == EXPORTED.keys() | NOT_EXPORTED.keys(), (
        "Whoever adds a table says in AFTER_ERASURE what becomes of its rows, does so in"
        " privacy/erasure.py, and gives the test of the erasure a row with values."
    )


def test_a_table_is_named_once_and_exists() -> None:
    assert not EXPORTED.keys() & NOT_EXPORTED.keys()
    assert EXPORTED.keys() | NOT_EXPORTED.keys() <= metadata.tables.keys()


@pytest.mark.parametrize("name", NOT_COPIED)
def test_a_column_that_is_left_out_exists(name: str) -> None:
    table, column = name.split(".")
    assert table in EXPORTED
    assert column in metadata.tables[table].c


def test_each_reason_is_a_sentence() -> None:
    for reason in (*NOT_EXPORTED.values(), *NOT_COPIED.values(), *AFTER_ERASURE.values()):
        assert reason.endswith(".")
