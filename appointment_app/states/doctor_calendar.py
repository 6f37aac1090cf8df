"""The doctor's calendar and the panel with one appointment in full."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.errors import Forbidden, NotFound, StaleVersion
from appointment_app.i18n import t, zone_city
from appointment_app.live.keys import doctor_key
from appointment_app.scheduling import calendar, cancelling, visits
from appointment_app.scheduling.activity import list_activity
from appointment_app.scheduling.calendar import AppointmentDetail, CalendarDays, Figures
from appointment_app.scheduling.errors import ReasonRequired, TextTooLong
from appointment_app.scheduling.intervals import Interval, subtract
from appointment_app.scheduling.local_time import DAY, local_date
from appointment_app.scheduling.series_cancelling import cancel_following
from appointment_app.states.calendar_activity import CalendarActivity, marked, next_change
from appointment_app.states.calendar_view import (
    VIEWS,
    days_shown,
    hours_needed,
    monday_of,
    span_of,
    step,
    title_of,
    touches_weekend,
)
from appointment_app.states.calendar_words import (
    Detail,
    approval_notice,
    detail_in_words,
    event,
    suspension_notice,
    time_off_events,
)
from appointment_app.states.group_session import (
    GroupSessionPanel,
    session_event,
    start_of_session,
)
from appointment_app.states.live_bridge import keep_current
from appointment_app.states.series_words import FOLLOWING, following_toast
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast
from appointment_app.states.told import told_toast
from appointment_app.states.wording import zone_note

ROUTE = "/calendar"
_NEAREST_YEAR, _FARTHEST_YEAR = 2000, 2200
_LONGEST_DRAFT = 8000


class DoctorCalendar(SessionState):
    """What stands in the address (view, date, zone) and what the calendar shows of it."""

    view: str = ""
    day: str = ""
    title: str = ""
    time_zone: str = "UTC"
    zone_name: str = ""
    zones: list[list[str]] = []
    today_href: str = ROUTE
    earlier_href: str = ROUTE
    later_href: str = ROUTE
    view_hrefs: dict[str, str] = dict.fromkeys(VIEWS, ROUTE)

    events: list[dict[str, str]] = []
    closed: list[dict[str, str]] = []
    weekends: bool = False
    first_hour: str = "08:00:00"
    last_hour: str = "18:00:00"

    today_count: str = ""
    to_confirm: str = ""
    filled: str = ""
    free: str = ""

    is_loaded: bool = False
    refusal: str = ""
    approval_notice: str = ""
    suspension_notice: str = ""

    detail: Detail = Detail()
    is_open: bool = False
    is_cancelling: bool = False
    cancel_error: str = ""
    notes: str = ""
    notes_error: str = ""
    notes_of_others: str = ""
    opened: int = 0  # makes the fields of each opening fresh ones

    _version: int = 0
    _several_clinics: bool = False
    _stored_notes: str = ""
    _unsaved_notes: dict[str, str] = {}

    @rx.event
    @refusals_shown
    async def load(self) -> None:
        """Show what the address names; the screen chooses the view when it names none."""
        self.refusal = ""
        actor = await self._actor()
        try:
            await self._orient(actor)
        except Forbidden as error:
            self.refusal, self.is_loaded = error.sentence, True
            return
        if self.view:
            await self._read(actor)
        self.is_loaded = True

    @rx.event
    @refusals_shown
    async def refresh(self) -> None:
        """Read anew what changed; the view, the open panel and what is typed there stay."""
        if self.router.url.path != ROUTE or not self.view or self.refusal:
            return
        actor = await self._actor()
        await self._read(actor)
        if self.is_open and self.detail.id:
            # Only what is shown: notes that others saved still meet the question whose count.
            async with get_database().session() as session:
                detail = await calendar.load_detail(session, actor, UUID(self.detail.id))
            self.detail = detail_in_words(detail)

    @rx.event
    @refusals_shown
    async def show_dates(self, start: str, end: str, view: str) -> None:
        """Take the view that the screen has chosen; what an address named is shown already."""
        if self.view or view not in VIEWS or self.refusal:
            return
        self.view = view
        await self._read(await self._actor())

    @rx.event
    @refusals_shown
    async def open_appointment(self, appointment_id: str) -> Any:
        """Open the panel with an appointment in full, or the one of a group session."""
        if start := start_of_session(str(appointment_id)):
            return GroupSessionPanel.open(start)
        try:
            key = UUID(str(appointment_id))
        except ValueError:
            raise NotFound from None
        detail = await self._read_detail(key)
        self.notes = self._unsaved_notes.get(str(key), detail.notes)
        self.notes_error = self.notes_of_others = ""
        self.is_cancelling, self.cancel_error = False, ""
        self.opened += 1
        self.is_open = True
        return None

    @rx.event
    async def close_appointment(self) -> None:
        """Close the panel."""
        self.is_open = False

    @rx.event
    @refusals_shown
    async def confirm(self) -> Any:
        """Confirm the open appointment."""
        if not self.detail.can_confirm:
            return None
        await self._change(visits.confirm)
        return await self._told(t("The appointment is confirmed."))

    @rx.event
    @refusals_shown
    async def check_in(self) -> Any:
        """Record that the patient is here."""
        if not self.detail.can_check_in:
            return None
        await self._change(visits.check_in)
        return toast(t("Checked in."))

    @rx.event
    @refusals_shown
    async def undo_check_in(self) -> Any:
        """Take the check-in back: it was another patient."""
        if not self.detail.can_undo_check_in:
            return None
        await self._change(visits.undo_check_in)
        return toast(t("No longer checked in."))

    @rx.event
    @refusals_shown
    async def complete(self) -> Any:
        """Record that the visit took place."""
        if not self.detail.can_complete:
            return None
        await self._change(visits.complete)
        return toast(t("Marked as completed."))

    @rx.event
    @refusals_shown
    async def mark_no_show(self) -> Any:
        """Record that the patient did not come."""
        if not self.detail.can_mark_no_show:
            return None
        await self._change(visits.mark_no_show)
        return toast(t("Marked as no-show."))

    @rx.event
    async def ask_reason(self) -> None:
        """Ask why the appointment is cancelled."""
        self.is_cancelling, self.cancel_error = True, ""

    @rx.event
    async def keep_appointment(self) -> None:
        """Do not cancel after all."""
        self.is_cancelling = False

    @rx.event
    @refusals_shown
    async def cancel(self, typed: dict[str, Any]) -> Any:
        """Cancel the open appointment; the patient is told the reason."""
        if not self.is_cancelling:  # the second of two quick clicks
            return None
        reason = str(typed.get("cancel_reason", ""))
        said = None

        async def cancel(session: Any, actor: Actor, key: UUID) -> None:
            nonlocal said
            if typed.get("extent") == FOLLOWING:
                said = following_toast(await cancel_following(session, actor, key, reason=reason))
            else:
                await cancelling.cancel(session, actor, key, reason=reason)

        try:
            await self._change(cancel)
        except (ReasonRequired, TextTooLong) as error:
            self.cancel_error = error.sentence
            return None
        self.is_cancelling = False
        return said or await self._told(t("The appointment is cancelled."))

    @rx.event
    async def keep_notes(self, notes: str) -> None:
        """Keep what was typed, so that closing the panel does not lose it."""
        if str(notes) != self._stored_notes:
            self._unsaved_notes[self.detail.id] = str(notes)[:_LONGEST_DRAFT]
        else:
            self._unsaved_notes.pop(self.detail.id, None)

    @rx.event
    @refusals_shown
    async def save_notes(self, typed: dict[str, Any]) -> Any:
        """Keep the notes; when they changed meanwhile, show both and let the doctor decide."""
        if not self.detail.id:
            raise NotFound
        self.notes_error = ""
        key, notes, actor = UUID(self.detail.id), str(typed.get("notes", "")), await self._actor()
        try:
            async with get_database().session() as session:
                self._version = await visits.write_notes(
                    session, actor, key, notes=notes, version=self._version
                )
        except TextTooLong as error:
            self.notes_error = error.sentence
            return None
        except StaleVersion as stale:
            self.notes_of_others = (await self._read_detail(key)).notes
            self.notes_error = stale.sentence
            return None
        self._stored_notes, self.notes_of_others = notes, ""
        self._unsaved_notes.pop(self.detail.id, None)
        return toast(t("The notes were saved."))

    async def _orient(self, actor: Actor) -> None:
        """Read from the address where and when the doctor looks."""
        async with get_database().session() as session:
            known = await calendar.overview(session, actor)
        self._several_clinics = len(known.places) > 1
        zones = list(dict.fromkeys(place.zone for place in known.places)) or ["UTC"]
        query = self.router.url.query_parameters
        self.time_zone = query.get("zone", "") if query.get("zone") in zones else zones[0]
        self.zone_name = zone_city(self.time_zone)
        self.view = query.get("view", "") if query.get("view") in VIEWS else ""
        day = _day(query.get("date", "")) or local_date(self.time_zone, clock.now())
        self.day = day.isoformat()
        self.approval_notice = approval_notice(known.approval)
        self.zones = (
            [[zone, zone_note(zone), self._href(day, zone=zone)] for zone in zones]
            if len(zones) > 1
            else []
        )

    async def _read(self, actor: Actor) -> None:
        """Read the days of the view, and the numbers of the week around the date."""
        day = date.fromisoformat(self.day)
        window = span_of(self.time_zone, *days_shown(self.view, day))
        monday = monday_of(day)
        week = span_of(self.time_zone, monday, monday + 7 * DAY)
        async with get_database().session() as session:
            days = await calendar.load_days(session, actor, window)
            figures = await calendar.load_figures(session, actor, self.time_zone, week)
            happenings = await list_activity(session, actor)
        self.suspension_notice = suspension_notice(days.suspended_from, self.time_zone)
        self._show_days(days, window, marked(happenings))
        self._show_figures(figures)
        (await self.get_state(CalendarActivity))._show_activity(happenings, self.time_zone)
        if actor.doctor_id is not None:
            wake_at = next_change(happenings, days.suspended_from)
            shown = {doctor_key(actor.doctor_id): days.revision}
            keep_current(self, DoctorCalendar.refresh, shown, wake_at=wake_at)
        self.title = title_of(self.view, day, weekends=self.weekends)
        today = local_date(self.time_zone, clock.now())
        self.today_href = self._href(today)
        self.earlier_href = self._href(step(self.view, day, -1))
        self.later_href = self._href(step(self.view, day, 1))
        self.view_hrefs = {view: self._href(day, view=view) for view in VIEWS}
        self.zones = [[zone, name, self._href(day, zone=zone)] for zone, name, _ in self.zones]

    def _show_days(self, days: CalendarDays, window: Interval, changed: set[str]) -> None:
        several = self._several_clinics
        self.events = [
            *(event(entry, several, changed) for entry in days.entries),
            *(session_event(entry, several) for entry in days.sessions),
            *(
                day
                for each in days.time_off
                for day in time_off_events(each, self.time_zone, self.view, window)
            ),
        ]
        in_grid = self.view in ("day", "week")
        self.closed = [
            {"start": each.start.isoformat(), "end": each.end.isoformat()}
            for each in (days.closed if in_grid else ())
        ]
        shown = (*days.entries, *days.sessions)
        spans = [Interval(entry.starts_at, entry.ends_at) for entry in shown]
        spans += subtract([window], days.closed)
        self.weekends = self.view != "week" or touches_weekend(self.time_zone, spans)
        hours = hours_needed(self.time_zone, spans)
        self.first_hour, self.last_hour = f"{hours.first:02}:00:00", f"{hours.last:02}:00:00"

    def _show_figures(self, figures: Figures) -> None:
        self.today_count = str(figures.today)
        self.to_confirm = t("{count} to confirm", count=figures.to_confirm)
        percent = figures.filled_percent
        self.filled = "–" if percent is None else t("{percent} %", percent=percent)
        self.free = (
            t("1 free slot")
            if figures.free_slots == 1
            else t("{count} free slots", count=figures.free_slots)
        )

    def _href(self, day: date, *, view: str = "", zone: str = "") -> str:
        query = {"view": view or self.view, "date": day.isoformat()}
        if len(self.zones) > 1 or zone:
            query["zone"] = zone or self.time_zone
        return f"{ROUTE}?{urlencode({key: value for key, value in query.items() if value})}"

    async def _refresh(self, actor: Actor, appointment_id: UUID) -> None:
        """Show how everything stands after a deed done beside this state, where it is shown."""
        if self.detail.id == str(appointment_id):
            await self._read_detail(appointment_id)
        if self.view and self.is_loaded and not self.refusal:
            await self._read(actor)

    async def _read_detail(self, appointment_id: UUID) -> AppointmentDetail:
        actor = await self._actor()
        async with get_database().session() as session:
            detail = await calendar.load_detail(session, actor, appointment_id)
        self.detail, self._version = detail_in_words(detail), detail.version
        self._stored_notes = detail.notes
        return detail

    async def _told(self, said: str) -> Any:
        return await told_toast(await self._actor(), UUID(self.detail.id), said)

    async def _change(self, deed: Callable[[Any, Actor, UUID], Awaitable[None]]) -> None:
        """Do something to the open appointment, then show how everything stands."""
        if not self.detail.id:
            raise NotFound
        key, actor = UUID(self.detail.id), await self._actor()
        try:
            async with get_database().session() as session:
                await deed(session, actor, key)
        finally:
            # Also after a refusal: then somebody else was faster, and the page was old.
            await self._read_detail(key)
            await self._read(actor)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _NEAREST_YEAR <= day.year <= _FARTHEST_YEAR else None
