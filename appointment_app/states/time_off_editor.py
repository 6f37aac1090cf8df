"""The dialogs of the availability editor for time off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.database import get_database
from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.i18n import format_moment, t
from appointment_app.scheduling import time_off
from appointment_app.scheduling.extra_sessions import ExtraSession
from appointment_app.scheduling.time_off import TimeOffDraft, TimeOffItem
from appointment_app.states import doctor_calendar
from appointment_app.states.availability_editor import AvailabilityEditor
from appointment_app.states.availability_words import (
    OutsideRow,
    TimeOffRow,
    outside_rows,
    time_off_row,
)
from appointment_app.states.hours_form import date_of
from appointment_app.states.session_state import refusals_shown
from appointment_app.states.toasts import toast


@dataclass(frozen=True)
class TimeOffForm:
    """Time off as it is typed; ``number`` makes each opening a fresh form."""

    number: int = 0
    title: str = ""
    first: str = ""
    last: str = ""
    note: str = ""


class TimeOffEditor(AvailabilityEditor):
    """Days on which the doctor receives nobody, at any clinic."""

    away: TimeOffForm = TimeOffForm()
    away_open: bool = False
    away_errors: dict[str, str] = {}
    away_effect: str = ""
    away_outside: list[OutsideRow] = []
    away_sessions: list[str] = []
    return_asked: TimeOffRow = TimeOffRow()
    return_open: bool = False

    _edited: str = ""
    _away_first: str = ""
    _away_last: str = ""

    @rx.event
    @refusals_shown
    async def add_time_off(self) -> None:
        """Open the dialog for new time off."""
        self._open(t("Add time off"), "", "", "", edited="")

    @rx.event
    @refusals_shown
    async def edit_time_off(self, key: str) -> None:
        """Open the dialog with time off that is there already."""
        item = self._item(key)
        title = t("Edit time off {days}", days=time_off_row(item).days)
        first, last = item.first.isoformat(), item.last.isoformat()
        self._open(title, first, last, item.note, edited=str(item.id))
        await self._check_days()

    @rx.event
    async def close_time_off(self) -> None:
        """Close the dialogs."""
        self.away_open = self.return_open = False

    @rx.event
    @refusals_shown
    async def set_away_first(self, value: str) -> None:
        """Take the first day as it was typed."""
        self._away_first = str(value)
        await self._check_days()

    @rx.event
    @refusals_shown
    async def set_away_last(self, value: str) -> None:
        """Take the last day as it was typed."""
        self._away_last = str(value)
        await self._check_days()

    @rx.event
    @refusals_shown
    async def save_time_off(self, typed: dict[str, Any]) -> Any:
        """Save the days of the dialog."""
        if not self.away_open:  # the second of two quick clicks
            return None
        self._away_first = str(typed.get("away_first", ""))
        self._away_last = str(typed.get("away_last", ""))
        draft = self._draft(str(typed.get("away_note", "")))
        if draft is None:
            self.away_errors = {"first": t("Please give a day.")}
            return None
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                await time_off.save_time_off(
                    session,
                    actor,
                    self._place(),
                    draft,
                    doctor_version=self._doctor_version,
                    replaces=UUID(self._edited) if self._edited else None,
                )
        except Invalid as invalid:
            self.away_errors = invalid.errors
            return None
        except StaleVersion as stale:
            self._show_stale(stale)
            self.away_errors = {"form": stale.sentence}
            return None
        self.away_open = False
        self._month = draft.first.replace(day=1).isoformat()
        await self._read(keep_draft=True)
        return toast(t("Saved."))

    @rx.event
    @refusals_shown
    async def ask_return(self, key: str) -> None:
        """Ask before the hours hold again on days of time off."""
        self.return_asked = time_off_row(self._item(key))
        self.return_open = True

    @rx.event
    @refusals_shown
    async def remove_time_off(self) -> Any:
        """Let the hours hold again, after the question."""
        if not self.return_open:
            return None
        self.return_open = False
        item, actor = self._item(self.return_asked.key), await self._actor()
        try:
            async with get_database().session() as session:
                await time_off.remove_time_off(
                    session,
                    actor,
                    self._place(),
                    item.id,
                    doctor_version=self._doctor_version,
                )
        except StaleVersion as stale:
            self._show_stale(stale)
            return None
        await self._read(keep_draft=True)
        return toast(t("Removed. The hours hold again."))

    def _open(self, title: str, first: str, last: str, note: str, *, edited: str) -> None:
        self._edited, self._away_first, self._away_last = edited, first, last
        self.away = TimeOffForm(self.away.number + 1, title, first, last, note)
        self._forget_effect()
        self.away_open = True

    def _item(self, key: str) -> TimeOffItem:
        for each in self._stored().time_off:
            if str(each.id) == str(key):
                return each
        raise NotFound

    def _draft(self, note: str = "") -> TimeOffDraft | None:
        first = date_of(self._away_first)
        last = date_of(self._away_last) if self._away_last.strip() else first
        if first is None or last is None:
            return None
        return TimeOffDraft(first, last, note)

    async def _check_days(self) -> None:
        """Tell what is wrong with the days of the dialog, or who is booked on them."""
        self._forget_effect()
        draft = self._draft()
        if draft is None:
            return
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                preview = await time_off.preview_time_off(
                    session,
                    actor,
                    self._place(),
                    draft,
                    replaces=UUID(self._edited) if self._edited else None,
                )
        except Invalid as invalid:
            self.away_errors = invalid.errors
            return
        self.away_effect = _effect(len(preview.booked))
        self.away_outside = outside_rows(preview.booked, doctor_calendar.ROUTE)
        self.away_sessions = [_session_in_words(each) for each in preview.sessions]

    def _forget_effect(self) -> None:
        self.away_errors, self.away_effect = {}, ""
        self.away_outside, self.away_sessions = [], []


def _session_in_words(session: ExtraSession) -> str:
    return t(
        "{moment}: {visit}, {taken} of {capacity} taken",
        moment=format_moment(session.starts_at, session.zone),
        visit=session.visit_type,
        taken=session.taken,
        capacity=session.capacity,
    )


def _effect(booked: int) -> str:
    if booked == 0:
        return t("Nobody is booked on these days.")
    if booked == 1:
        return t("1 appointment is booked on these days. It stays booked until you cancel it.")
    return t(
        "{count} appointments are booked on these days. They stay booked until you cancel them.",
        count=booked,
    )
