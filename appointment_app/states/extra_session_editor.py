"""The dialogs of the availability editor for extra sessions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.database import get_database
from appointment_app.errors import Invalid, NotFound
from appointment_app.i18n import t
from appointment_app.scheduling import extra_sessions, visit_types
from appointment_app.scheduling.extra_sessions import SessionDraft
from appointment_app.states.availability_editor import AvailabilityEditor
from appointment_app.states.availability_words import SessionRow
from appointment_app.states.hours_form import date_of, minute_of
from appointment_app.states.session_state import refusals_shown
from appointment_app.states.toasts import toast


@dataclass(frozen=True)
class SessionForm:
    """An extra session as it is typed; ``number`` makes each opening a fresh form."""

    number: int = 0
    visit_type_id: str = ""
    day: str = ""
    starts: str = ""
    duration: str = ""
    capacity: str = ""


class ExtraSessionEditor(AvailabilityEditor):
    """Sessions that the doctor opens beside the hours, at the clinic of the editor."""

    session_form: SessionForm = SessionForm()
    session_open: bool = False
    session_errors: dict[str, str] = {}
    session_types: list[list[str]] = []
    session_asked: SessionRow = SessionRow()
    session_removal_open: bool = False
    session_problem: str = ""

    @rx.event
    @refusals_shown
    async def add_session(self) -> None:
        """Open the dialog for a new session, of the first visit type."""
        actor = await self._actor()
        async with get_database().session() as session:
            items = await visit_types.list_visit_types(session, actor)
        active = [item for item in items if item.active]
        self.session_types = [[str(item.id), item.draft.name] for item in active]
        first = active[0] if active else None
        self.session_form = SessionForm(
            number=self.session_form.number + 1,
            visit_type_id=str(first.id) if first else "",
            duration=str(first.draft.duration) if first else "",
            capacity="1",
        )
        self.session_errors = {}
        self.session_open = True

    @rx.event
    async def close_session(self) -> None:
        """Close the dialogs."""
        self.session_open = self.session_removal_open = False

    @rx.event
    @refusals_shown
    async def save_session(self, typed: dict[str, Any]) -> Any:
        """Open the session that was typed."""
        if not self.session_open:  # the second of two quick clicks
            return None
        names = ("visit_type_id", "day", "starts", "duration", "capacity")
        values = {name: str(typed.get(f"session_{name}", "")).strip()[:40] for name in names}
        self.session_form = replace(self.session_form, **values)
        actor = await self._actor()
        try:
            draft = _draft(**values)
            async with get_database().session() as session:
                await extra_sessions.open_session(session, actor, self._place(), draft)
        except Invalid as invalid:
            self.session_errors = invalid.errors
            return None
        self.session_open = False
        self._month = draft.day.replace(day=1).isoformat()
        await self._read(keep_draft=True)
        return toast(t("Saved. Patients can book it now."))

    @rx.event
    @refusals_shown
    async def ask_session_removal(self, key: str) -> None:
        """Ask before a session is taken back."""
        self.session_asked = next((row for row in self.sessions if row.key == key), SessionRow())
        if not self.session_asked.key:
            raise NotFound
        self.session_problem = ""
        self.session_removal_open = True

    @rx.event
    @refusals_shown
    async def remove_session(self) -> Any:
        """Take the session back, after the question, unless somebody is booked in it."""
        if not self.session_removal_open:
            return None
        actor, starts_at = await self._actor(), datetime.fromisoformat(self.session_asked.key)
        try:
            async with get_database().session() as session:
                await extra_sessions.remove_session(session, actor, self._place(), starts_at)
        except Invalid as invalid:
            self.session_problem = invalid.errors.get("session", invalid.sentence)
            return None
        self.session_removal_open = False
        await self._read(keep_draft=True)
        return toast(t("Removed."))


def _draft(visit_type_id: str, day: str, starts: str, duration: str, capacity: str) -> SessionDraft:
    """Return what was typed; raises ``Invalid`` by field where it is nothing of the kind."""
    errors: dict[str, str] = {}
    on_day, minute = date_of(day), minute_of(starts)
    if on_day is None:
        errors["day"] = t("Please give a day.")
    if minute is None:
        errors["starts"] = t("Please give a time.")
    for name, text in (("duration", duration), ("capacity", capacity)):
        if not (text.isdecimal() and len(text) < 6):
            errors[name] = t("Please give a whole number.")
    try:
        visit_type = UUID(visit_type_id)
    except ValueError:
        errors["visit_type_id"] = t("Please choose a visit type.")
    if errors or on_day is None or minute is None:
        raise Invalid(errors)
    return SessionDraft(visit_type, on_day, minute, int(duration), int(capacity))
