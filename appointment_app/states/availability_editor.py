"""The availability editor: what holds at one clinic, its weekly hours and booking rules.

What is typed stays here until it is saved or discarded, also while another clinic is looked at.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx

from appointment_app.database import get_database
from appointment_app.errors import Forbidden, Invalid, NotFound, StaleVersion
from appointment_app.i18n import format_date, t
from appointment_app.scheduling import hours
from appointment_app.scheduling.booked_outside import Preview
from appointment_app.scheduling.holiday_choice import HolidayChoice, save_holiday_choice
from appointment_app.scheduling.hours import BookingRules, PlaceHours
from appointment_app.states import doctor_calendar
from appointment_app.states.availability_words import (
    HOLIDAY_CHOICES,
    HolidayRow,
    OutsideRow,
    OverrideRow,
    SessionRow,
    TimeOffRow,
    effect_on_week,
    holiday_options,
    holiday_row,
    month_weeks,
    outside_rows,
    outside_sentence,
    override_row,
    session_row,
    time_off_row,
    weekday_initials,
)
from appointment_app.states.hours_form import (
    DayRow,
    date_of,
    day_rows,
    typed_week,
    with_another,
    with_errors,
    written,
)
from appointment_app.states.rules_form import (
    RulesForm,
    notice_options,
    rules_in_words,
    typed_rules,
    window_options,
)
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast

ROUTE = "/availability"
_MONTHS_AHEAD = 24


class AvailabilityEditor(SessionState):
    """The hours of the doctor who is logged in, at the clinic that the address names."""

    is_loaded: bool = False
    refusal: str = ""
    has_place: bool = False
    place: str = ""
    places: list[list[str]] = []
    zone: str = ""

    days: list[DayRow] = []
    is_dirty: bool = False
    has_errors: bool = False
    effect: str = ""
    outside_text: str = ""
    outside: list[OutsideRow] = []
    is_showing_outside: bool = False
    is_stale: bool = False
    stale_text: str = ""

    weekday_initials: list[str] = weekday_initials()
    month_title: str = ""
    month_weeks: list[list[dict[str, str]]] = []
    overrides: list[OverrideRow] = []

    time_off: list[TimeOffRow] = []
    sessions: list[SessionRow] = []

    holiday_choice: str = ""
    holiday_options: list[list[str]] = []
    holidays: list[HolidayRow] = []
    holiday_effect: str = ""

    rules: RulesForm = RulesForm()
    notice_options: list[list[str]] = []
    window_options: list[list[str]] = []
    rules_errors: dict[str, str] = {}

    _hours: PlaceHours | None = None
    _version: int = 0
    _doctor_version: int = 0
    _month: str = ""
    _kept: dict[str, tuple[int, list[DayRow]]] = {}

    # The page

    @rx.event
    @refusals_shown
    async def load(self) -> None:
        """Show the clinic that the address names, or the first; what was typed there is kept."""
        self.refusal = ""
        self._keep_draft()
        self.is_showing_outside = False
        try:
            await self._choose_place()
        except Forbidden as error:
            self.refusal = error.sentence
        self.is_loaded = True

    @rx.event
    @refusals_shown
    async def load_new_version(self) -> Any:
        """Throw away what was typed and show what is stored now."""
        await self._read(keep_draft=False)
        return toast(t("This is the new version."))

    # Weekly hours

    @rx.event
    @refusals_shown
    async def toggle_day(self, weekday: int) -> None:
        """Switch a day on or off; switched off it keeps its ranges until it is saved."""
        row = self._row(weekday)
        ranges = row.ranges or with_another([])
        await self._write_day(replace(row, on=not row.on, ranges=ranges))

    @rx.event
    @refusals_shown
    async def add_range(self, weekday: int) -> None:
        """Add a range to a day, after its last one."""
        row = self._row(weekday)
        ranges = with_another(row.ranges if row.on else [])
        await self._write_day(replace(row, on=True, ranges=ranges))

    @rx.event
    @refusals_shown
    async def remove_range(self, weekday: int, index: int) -> None:
        """Take a range out of a day."""
        row = self._row(weekday)
        ranges = [each for each in row.ranges if each.index != index]
        await self._write_day(replace(row, on=row.on and bool(ranges), ranges=ranges))

    @rx.event
    @refusals_shown
    async def set_opens(self, weekday: int, index: int, value: str) -> None:
        """Take the beginning of a range as it was typed."""
        await self._write_range(weekday, index, opens=str(value)[:5])

    @rx.event
    @refusals_shown
    async def set_closes(self, weekday: int, index: int, value: str) -> None:
        """Take the end of a range as it was typed."""
        await self._write_range(weekday, index, closes=str(value)[:5])

    @rx.event
    @refusals_shown
    async def discard(self) -> None:
        """Show the stored hours again."""
        await self._read(keep_draft=False)

    @rx.event
    @refusals_shown
    async def save(self) -> Any:
        """Replace the weekly hours by what was typed. Booked appointments stay."""
        if not self.is_dirty:  # the second of two quick clicks
            return None
        actor, week = await self._actor(), typed_week(self.days)
        try:
            async with get_database().session() as session:
                await hours.save(session, actor, self._place(), week, version=self._version)
        except Invalid:
            await self._check()
            return None
        except StaleVersion as stale:
            self._show_stale(stale)
            return None
        await self._read(keep_draft=False)
        return toast(t("The weekly hours were saved."))

    @rx.event
    async def show_outside(self) -> None:
        """List who is booked outside the new hours."""
        self.is_showing_outside = True

    @rx.event
    async def hide_outside(self) -> None:
        """Close that list."""
        self.is_showing_outside = False

    # Days that differ

    @rx.event
    async def previous_month(self) -> None:
        """Show the month before."""
        self._turn_month(-1)

    @rx.event
    async def next_month(self) -> None:
        """Show the month after."""
        self._turn_month(1)

    # Public holidays

    @rx.event
    @refusals_shown
    async def choose_holidays(self, value: str) -> Any:
        """Keep whether the doctor works on public holidays: as the clinic, closed or open."""
        if value not in HOLIDAY_CHOICES:
            raise NotFound
        actor, closed = await self._actor(), HOLIDAY_CHOICES[value]
        try:
            async with get_database().session() as session:
                saved = await save_holiday_choice(
                    session, actor, self._place(), closed, version=self._version
                )
        except StaleVersion as stale:
            self._show_stale(stale)
            return None
        self._version = saved.version
        await self._read(keep_draft=True)
        self.holiday_effect = outside_sentence(saved.outside)
        return toast(t("Saved."))

    # Booking rules

    @rx.event
    @refusals_shown
    async def save_rules(self, typed: dict[str, Any]) -> Any:
        """Keep the booking rules."""
        self.rules_errors = {}
        actor = await self._actor()
        try:
            rules = typed_rules(typed)
            async with get_database().session() as session:
                self._version = await hours.save_rules(
                    session,
                    actor,
                    self._place(),
                    rules,
                    version=self._version,
                    doctor_version=self._doctor_version,
                )
        except Invalid as invalid:
            self.rules_errors = invalid.errors
            return None
        except StaleVersion as stale:
            self._show_stale(stale)
            return None
        await self._read(keep_draft=True)
        return toast(t("The booking rules were saved."))

    # What the events share

    async def _choose_place(self) -> None:
        actor = await self._actor()
        async with get_database().session() as session:
            places = await hours.list_places(session, actor)
        self.places = [
            [str(each.id), each.clinic, f"{ROUTE}?{urlencode({'place': each.id})}"]
            for each in places
        ]
        ids = [str(each.id) for each in places]
        self.has_place = bool(ids)
        if not ids:
            return
        wanted = self.router.url.query_parameters.get("place", "")
        self.place = wanted if wanted in ids else ids[0]
        await self._read(keep_draft=False)
        if kept := self._kept.pop(self.place, None):
            version, self.days = kept
            if version != self._version:
                self._version = version
                self._show_stale(StaleVersion())
            await self._check()

    def _keep_draft(self) -> None:
        if self.is_dirty and self.place:
            self._kept[self.place] = self._version, self.days

    def _place(self) -> UUID:
        try:
            return UUID(self.place)
        except ValueError:
            raise NotFound from None

    def _stored(self) -> PlaceHours:
        if self._hours is None:
            raise NotFound
        return self._hours

    async def _read(self, *, keep_draft: bool) -> None:
        """Read what is stored; with ``keep_draft`` what was typed into the week stays."""
        actor = await self._actor()
        async with get_database().session() as session:
            stored = await hours.load(session, actor, self._place())
        self._hours, self.zone = stored, stored.hours.zone
        self._doctor_version = stored.doctor_version
        self.overrides = [override_row(each) for each in stored.different]
        self.time_off = [time_off_row(each) for each in stored.time_off]
        self.sessions = [session_row(each, self.zone) for each in stored.sessions]
        self._show_holidays(stored.holidays)
        self._show_rules(stored.rules)
        self._show_month(date_of(self._month) or stored.today)
        if keep_draft and self.is_dirty:
            await self._check()
            return
        self._version = stored.version
        self.days = day_rows(stored.week)
        self.is_dirty = self.has_errors = self.is_stale = False
        self.effect = self.outside_text = self.stale_text = ""
        self.outside = []

    async def _check(self) -> None:
        """Tell what is wrong with the typed week, or what saving it would do."""
        week, actor = typed_week(self.days), await self._actor()
        async with get_database().session() as session:
            errors = await hours.validate(session, actor, self._place(), week)
            preview = None
            if not errors:
                preview = await hours.preview(session, actor, self._place(), week)
        self.days = [
            replace(row, ranges=with_errors(row.ranges, _of_day(errors, row.weekday)))
            for row in self.days
        ]
        self.has_errors = bool(errors)
        self.is_dirty = preview is None or preview.changed_days > 0
        shown = preview or Preview(0, ())
        self.effect = effect_on_week(shown.changed_days)
        self.outside_text = outside_sentence(shown.outside)
        self.outside = outside_rows(shown.outside, doctor_calendar.ROUTE)

    def _row(self, weekday: Any) -> DayRow:
        for row in self.days:
            if str(row.weekday) == str(weekday):
                return row
        raise NotFound

    async def _write_day(self, changed: DayRow) -> None:
        renumbered = replace(changed, ranges=with_errors(changed.ranges, {}))
        self.days = [renumbered if row.weekday == changed.weekday else row for row in self.days]
        await self._check()

    async def _write_range(self, weekday: int, index: int, **typed: str) -> None:
        row = self._row(weekday)
        ranges = written(row.ranges, index, **typed)
        if ranges != row.ranges:  # leaving an input without a change is no news
            await self._write_day(replace(row, ranges=ranges))

    def _show_stale(self, stale: StaleVersion) -> None:
        self.is_stale, self.stale_text = True, stale.sentence

    def _show_month(self, month: date) -> None:
        first = month.replace(day=1)
        self._month = first.isoformat()
        self.month_title = format_date(first, "MMMM y")
        self.month_weeks = month_weeks(self._stored(), first)

    def _turn_month(self, by: int) -> None:
        shown = date_of(self._month)
        if shown is None or self._hours is None:
            return
        today = self._hours.today
        number = shown.year * 12 + shown.month - 1 + by
        this_month = today.year * 12 + today.month - 1
        number = max(this_month, min(this_month + _MONTHS_AHEAD, number))
        self._show_month(date(number // 12, number % 12 + 1, 1))

    def _show_holidays(self, holidays: HolidayChoice) -> None:
        self.holiday_choice = next(
            key for key, closed in HOLIDAY_CHOICES.items() if closed is holidays.closed
        )
        self.holiday_options = holiday_options(holidays)
        self.holidays = [holiday_row(each) for each in holidays.coming]
        self.holiday_effect = ""

    def _show_rules(self, rules: BookingRules) -> None:
        self.notice_options = notice_options(rules)
        self.window_options = window_options(rules)
        stored = rules_in_words(rules, self.rules.number)
        if stored != self.rules:  # else what is being typed there stays
            self.rules = replace(stored, number=stored.number + 1)


def _of_day(errors: dict[tuple[int, int], str], weekday: int) -> dict[int, str]:
    return {index: text for (day, index), text in errors.items() if day == weekday}
