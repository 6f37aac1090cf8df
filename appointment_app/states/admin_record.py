"""The record of who did what, for administrators: the search, its pages, and single values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import reflex as rx

from appointment_app.database import get_database
from appointment_app.i18n import t
from appointment_app.record import reading
from appointment_app.record.reading import Entry, Question
from appointment_app.record.words import deed_words, field_words, kind_words
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast

_HIGHEST = 2**31 - 1  # that the column holds


@dataclass(frozen=True)
class EntryRow:
    """An entry, worded for the list."""

    number: int = 0
    title: str = ""
    facts: str = ""
    fields: str = ""
    has_values: bool = False


@dataclass(frozen=True)
class ChangeRow:
    """What became of a field, in words; what is hidden from administrators has none."""

    field: str = ""
    before: str = ""
    after: str = ""
    is_hidden: bool = False


class AdminRecord(SessionState):
    """The entries found so far, and the dialog with the values of one."""

    rows: list[EntryRow] = []
    has_more: bool = False
    is_loaded: bool = False
    is_forbidden: bool = False
    problem: str = ""
    # What is asked for, for the form that takes it as a file.
    asked: dict[str, str] = {}
    zone: str = "UTC"

    is_open: bool = False
    opened: str = ""
    changes: list[ChangeRow] = []

    _question: Question = Question()
    _next: int | None = None

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the newest entries to an administrator, a sentence to others who are logged in."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        self.is_open, self.changes = False, []
        self.is_forbidden = not self.is_administrator
        if not self.is_forbidden:
            self.zone = await self._own_zone() or "UTC"
            self._ask(Question(zone=self.zone))
            await self._read()
        self.is_loaded = True
        return None

    @rx.event
    @refusals_shown
    async def search(self, typed: dict[str, Any]) -> None:
        """Show the entries that the form asks for."""
        texts = {
            name: str(typed.get(name, ""))[:200] for name in ("person", "actor", "action", "record")
        }
        days = {name: _day(typed.get(name)) for name in ("first_day", "last_day")}
        self.problem = ""
        if days["first_day"] and days["last_day"] and days["last_day"] < days["first_day"]:
            self.problem = t("The last day lies before the first.")
            return
        self._ask(Question(**texts, **days, zone=self.zone))
        await self._read()

    @rx.event
    @refusals_shown
    async def more(self) -> None:
        """Show further entries below the others."""
        if self._next is not None:
            await self._read(further=True)

    @rx.event
    @refusals_shown
    async def show_values(self, number: int) -> Any:
        """Show what an entry says was changed; that this was read is an entry too."""
        actor, wanted = await self._actor(), _number(number)
        if wanted is None:
            return toast(t("There is no such entry in the record."), "error")
        async with get_database().session() as session:
            found = await reading.read_values(session, actor, wanted)
        self.changes = [
            ChangeRow(field_words(each.field), is_hidden=True)
            if each.hidden
            else ChangeRow(field_words(each.field), _value(each.before), _value(each.after))
            for each in found
        ]
        self.opened = t("Entry {number}", number=wanted)
        self.is_open = True
        return None

    @rx.event
    async def close(self) -> None:
        """Close the dialog."""
        self.is_open = False
        self.changes = []

    def _ask(self, question: Question) -> None:
        self._question, self._next = question, None
        self.asked = {name: str(value or "") for name, value in asdict(question).items()}

    async def _read(self, *, further: bool = False) -> None:
        actor = await self._actor()
        before = self._next if further else None
        async with get_database().session() as session:
            found = await reading.find(session, actor, self._question, before=before)
        rows = [_row(entry, self._question.zone) for entry in found.entries]
        self.rows = [*self.rows, *rows] if further else rows
        self._next = found.next
        self.has_more = found.next is not None


def _row(entry: Entry, zone: str) -> EntryRow:
    facts = (
        t("Entry {number}", number=entry.number),
        f"{entry.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}",
        entry.who or t("the program"),
        " ".join(filter(None, (kind_words(entry.record_type), entry.reference))),
        t("of {person}", person=entry.person) if entry.person else "",
        entry.clinic,
        t("from {address}", address=entry.address) if entry.address else "",
    )
    return EntryRow(
        number=entry.number,
        title=deed_words(entry.action),
        facts=" · ".join(filter(None, facts)),
        fields=", ".join(map(field_words, entry.fields)),
        has_values=entry.has_values,
    )


def _value(text: str) -> str:
    return text or t("nothing")


def _number(typed: Any) -> int | None:
    """Return the number of an entry, None for what cannot be one."""
    try:
        number = int(typed)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 < number <= _HIGHEST else None


def _day(typed: Any) -> date | None:
    try:
        return date.fromisoformat(str(typed))
    except ValueError:
        return None
