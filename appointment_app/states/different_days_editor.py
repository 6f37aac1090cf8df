"""The dialogs of the availability editor for days on which other hours hold, or none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import reflex as rx

from appointment_app.database import get_database
from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.i18n import t
from appointment_app.scheduling import different_days
from appointment_app.scheduling.different_days import DaySpan, OverrideDraft
from appointment_app.states import doctor_calendar
from appointment_app.states.availability_editor import AvailabilityEditor
from appointment_app.states.availability_words import (
    OutsideRow,
    OverrideRow,
    outside_rows,
    outside_sentence,
    override_row,
)
from appointment_app.states.hours_form import (
    RangeRow,
    date_of,
    range_rows,
    typed_day,
    with_another,
    with_errors,
    written,
)
from appointment_app.states.session_state import refusals_shown
from appointment_app.states.toasts import toast


@dataclass(frozen=True)
class OverrideForm:
    """The dialog for days that differ; ``number`` makes each opening a fresh form."""

    number: int = 0
    title: str = ""
    first: str = ""
    last: str = ""
    note: str = ""


class DifferentDaysEditor(AvailabilityEditor):
    """Other hours for some days, at the clinic that the availability editor shows."""

    form: OverrideForm = OverrideForm()
    form_open: bool = False
    form_closed: bool = True
    form_ranges: list[RangeRow] = []
    form_errors: dict[str, str] = {}
    form_effect: str = ""
    form_outside: list[OutsideRow] = []

    removal: OverrideRow = OverrideRow()
    removal_open: bool = False
    removal_effect: str = ""

    _replaces: DaySpan | None = None
    _first: str = ""
    _last: str = ""

    @rx.event
    @refusals_shown
    async def choose_day(self, day: str) -> None:
        """Open the dialog for a day of the month: what differs there, or something new."""
        chosen, stored = date_of(day), self._stored()
        if chosen is None:
            raise NotFound
        for each in stored.different:
            if each.first <= chosen <= each.last:
                await self._edit_override(override_row(each).key)
                return
        await self._open_form(t("Other hours on this day"), chosen, chosen)

    @rx.event
    @refusals_shown
    async def add_override(self) -> None:
        """Open the dialog for new days that differ."""
        await self._open_form(t("Add days that differ"), None, None)

    @rx.event
    @refusals_shown
    async def edit_override(self, key: str) -> None:
        """Open the dialog with days that differ already."""
        await self._edit_override(str(key))

    @rx.event
    async def close_form(self) -> None:
        """Close the dialog."""
        self.form_open = False

    @rx.event
    @refusals_shown
    async def set_first(self, value: str) -> None:
        """Take the first day as it was typed."""
        self._first = str(value)
        await self._check_form()

    @rx.event
    @refusals_shown
    async def set_last(self, value: str) -> None:
        """Take the last day as it was typed."""
        self._last = str(value)
        await self._check_form()

    @rx.event
    @refusals_shown
    async def choose_closed(self, value: str) -> None:
        """Choose between closed days and other hours."""
        self.form_closed = value == "closed"
        if not self.form_closed and not self.form_ranges:
            self.form_ranges = with_another([])
        await self._check_form()

    @rx.event
    @refusals_shown
    async def add_form_range(self) -> None:
        """Add a range to the other hours."""
        self.form_ranges = with_another(self.form_ranges)
        await self._check_form()

    @rx.event
    @refusals_shown
    async def remove_form_range(self, index: int) -> None:
        """Take a range out of the other hours."""
        self.form_ranges = [each for each in self.form_ranges if each.index != index]
        await self._check_form()

    @rx.event
    @refusals_shown
    async def set_form_opens(self, index: int, value: str) -> None:
        """Take the beginning of a range as it was typed."""
        self.form_ranges = written(self.form_ranges, index, opens=str(value)[:5])
        await self._check_form()

    @rx.event
    @refusals_shown
    async def set_form_closes(self, index: int, value: str) -> None:
        """Take the end of a range as it was typed."""
        self.form_ranges = written(self.form_ranges, index, closes=str(value)[:5])
        await self._check_form()

    @rx.event
    @refusals_shown
    async def save_override(self, typed: dict[str, Any]) -> Any:
        """Save the days of the dialog."""
        if not self.form_open:  # the second of two quick clicks
            return None
        self._first, self._last = str(typed.get("first", "")), str(typed.get("last", ""))
        draft = self._override_draft(str(typed.get("note", "")))
        if draft is None:
            self.form_errors = {"first": t("Please give a day.")}
            return None
        if not self.form_closed and not draft.ranges:
            self.form_errors = {"form": t("Please give hours, or choose Closed.")}
            return None
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                self._version = await different_days.save_override(
                    session,
                    actor,
                    self._place(),
                    draft,
                    version=self._version,
                    replaces=self._replaces,
                )
        except Invalid as invalid:
            self._show_form_errors(invalid)
            return None
        except StaleVersion as stale:
            self._show_stale(stale)
            self.form_errors = {"form": stale.sentence}
            return None
        self.form_open = False
        self._month = draft.first.replace(day=1).isoformat()
        await self._read(keep_draft=True)
        return toast(t("Saved."))

    @rx.event
    @refusals_shown
    async def ask_removal(self, key: str) -> None:
        """Ask before the weekly hours hold again on days that differ."""
        span, actor = _span(key), await self._actor()
        async with get_database().session() as session:
            preview = await different_days.preview_removal(session, actor, self._place(), span)
        self.removal = next((row for row in self.overrides if row.key == key), OverrideRow())
        self.removal_effect = outside_sentence(preview.outside)
        self.removal_open = True

    @rx.event
    async def close_removal(self) -> None:
        """Leave those days as they are."""
        self.removal_open = False

    @rx.event
    @refusals_shown
    async def remove_override(self) -> Any:
        """Let the weekly hours hold again, after the question."""
        if not self.removal_open:
            return None
        self.removal_open = False
        span, actor = _span(self.removal.key), await self._actor()
        try:
            async with get_database().session() as session:
                self._version = await different_days.remove_override(
                    session, actor, self._place(), span, version=self._version
                )
        except StaleVersion as stale:
            self._show_stale(stale)
            return None
        await self._read(keep_draft=True)
        return toast(t("Removed. The weekly hours hold again."))

    async def _edit_override(self, key: str) -> None:
        span = _span(key)
        for each in self._stored().different:
            if (each.first, each.last) == (span.first, span.last):
                title = t("Edit {days}", days=override_row(each).days)
                await self._open_form(
                    title,
                    each.first,
                    each.last,
                    note=each.note,
                    ranges=range_rows(each.ranges),
                    replaces=span,
                )
                return
        raise NotFound

    async def _open_form(
        self,
        title: str,
        first: date | None,
        last: date | None,
        *,
        note: str = "",
        ranges: list[RangeRow] | None = None,
        replaces: DaySpan | None = None,
    ) -> None:
        self._replaces = replaces
        self._first = first.isoformat() if first else ""
        self._last = last.isoformat() if last else ""
        self.form = OverrideForm(self.form.number + 1, title, self._first, self._last, note)
        self.form_ranges = ranges or []
        self.form_closed = not ranges
        await self._check_form()
        self.form_open = True

    def _override_draft(self, note: str = "") -> OverrideDraft | None:
        first = date_of(self._first)
        if first is None:
            return None
        last = date_of(self._last) if self._last.strip() else first
        if last is None:
            return None
        ranges = () if self.form_closed else typed_day(self.form_ranges)
        return OverrideDraft(first, last, ranges, note)

    async def _check_form(self) -> None:
        """Tell what is wrong with the days of the dialog, or what saving them would do."""
        self.form_errors, self.form_effect, self.form_outside = {}, "", []
        self.form_ranges = with_errors(self.form_ranges, {})
        draft = self._override_draft()
        if draft is None:
            return
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                preview = await different_days.preview_override(
                    session, actor, self._place(), draft, replaces=self._replaces
                )
        except Invalid as invalid:
            self._show_form_errors(invalid)
            return
        self.form_effect = " ".join(
            filter(
                None,
                (
                    _effect_on_dates(preview.changed_days),
                    outside_sentence(preview.outside),
                ),
            )
        )
        self.form_outside = outside_rows(preview.outside, doctor_calendar.ROUTE)

    def _show_form_errors(self, invalid: Invalid) -> None:
        at_ranges = {int(name): text for name, text in invalid.errors.items() if name.isdecimal()}
        self.form_ranges = with_errors(self.form_ranges, at_ranges)
        self.form_errors = {
            name: text for name, text in invalid.errors.items() if not name.isdecimal()
        }


def _effect_on_dates(changed_days: int) -> str:
    if changed_days == 0:
        return t("This is the same as the weekly hours.")
    if changed_days == 1:
        return t("Other hours on 1 day.")
    return t("Other hours on {count} days.", count=changed_days)


def _span(key: str) -> DaySpan:
    first, _, last = str(key).partition("/")
    from_day, to_day = date_of(first), date_of(last)
    if from_day is None or to_day is None:
        raise NotFound
    return DaySpan(from_day, to_day)
