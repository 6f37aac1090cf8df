"""The record as a file for a spreadsheet, written piece by piece."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import UTC

from appointment_app import csv_files
from appointment_app.accounts.actor import Actor
from appointment_app.database import Database
from appointment_app.i18n import t
from appointment_app.record.reading import Entry, Question, find
from appointment_app.record.words import deed_words, field_words, kind_words

MEDIA_TYPE = "text/csv; charset=utf-8"
FILE_NAME = "record.csv"
_AT_ONCE = 500


async def csv_pieces(database: Database, actor: Actor, question: Question) -> AsyncIterator[str]:
    """Yield the lines of the file, a few hundred at a time, newest first; no values.

    Raises ``LoginRequired``, ``Forbidden`` before the first piece.
    """
    before: int | None = None
    is_first = True
    while is_first or before is not None:
        async with database.session() as session:
            page = await find(session, actor, question, before=before, limit=_AT_ONCE)
        head = [_head()] if is_first else []
        yield _lines([*head, *map(_cells, page.entries)])
        is_first, before = False, page.next


def _head() -> list[str]:
    return [
        t("Entry"),
        t("Time (UTC)"),
        t("Who"),
        t("What"),
        t("Record"),
        t("Reference"),
        t("Patient"),
        t("Clinic"),
        t("Fields"),
        t("From"),
    ]


def _cells(entry: Entry) -> list[str]:
    return [
        str(entry.number),
        f"{entry.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        entry.who,
        deed_words(entry.action),
        kind_words(entry.record_type),
        entry.reference,
        entry.person,
        entry.clinic,
        ", ".join(map(field_words, entry.fields)),
        entry.address,
    ]


def _lines(rows: Iterable[Iterable[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(map(csv_files.guarded, row) for row in rows)
    return written.getvalue()
