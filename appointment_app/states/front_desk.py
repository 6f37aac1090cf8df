"""The board of a clinic's front desk: the day of every doctor, and who is here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.errors import Forbidden, NotFound
from appointment_app.i18n import format_date, format_time, t
from appointment_app.models import AppointmentStatus
from appointment_app.scheduling import visits
from appointment_app.scheduling.front_desk import (
    FINISHED,
    DayBoard,
    DeskColumn,
    DeskVisit,
    load_board,
)
from appointment_app.scheduling.local_time import DAY
from appointment_app.states.address import address, iso_day, public_id
from appointment_app.states.live_bridge import keep_current
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast
from appointment_app.states.told import told_toast
from appointment_app.states.wording import zone_note

ROUTE = "/front-desk"
PATIENT = "/patient"
_NEAREST_YEAR, _FARTHEST_YEAR = 2000, 2200


@dataclass(frozen=True)
class DeskRow:
    """A visit on the board; ``note`` says since when somebody waits or is awaited."""

    id: str = ""
    time: str = ""
    end: str = ""
    patient: str = ""
    visit: str = ""
    room: str = ""
    status: str = ""
    note: str = ""
    is_next: bool = False
    is_late: bool = False
    href: str = ""
    can_confirm: bool = False
    can_check_in: bool = False
    can_undo: bool = False
    can_complete: bool = False
    can_miss: bool = False


@dataclass(frozen=True)
class DeskDoctor:
    """The column of a doctor: who is still to come or here, and who was."""

    doctor: str
    ahead: list[DeskRow]
    over: list[DeskRow]
    count: str


@dataclass(frozen=True)
class DeskChoice:
    """A clinic that can be chosen."""

    name: str
    href: str
    chosen: bool


# Whoever opens the board in the afternoon shall see the afternoon.
_SHOW_NEXT = """
requestAnimationFrame(() => {
  const next = document.querySelector(".desk-next");
  if (next?.getBoundingClientRect().bottom > innerHeight) next.scrollIntoView({ block: "center" });
});
"""


class FrontDesk(SessionState):
    """The clinic and the day that the address names, and what is done there."""

    clinics: list[DeskChoice] = []
    clinic: str = ""
    zone: str = ""
    day: str = ""
    is_today: bool = False
    today_href: str = ROUTE
    earlier_href: str = ROUTE
    later_href: str = ROUTE
    columns: list[DeskDoctor] = []
    is_loaded: bool = False
    is_missing: bool = False
    refusal: str = ""

    # Whom the open question is about.
    is_asking: bool = False
    question: str = ""
    _asked: str = ""
    _clinic_id: str = ""
    _shown_day: str = ""

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the board to who works there, and a sentence to anybody else who is logged in."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        self.is_asking, self.refusal, self.is_missing = False, "", False
        try:
            await self._read(await self._actor())
        except Forbidden as error:
            self.refusal, self.columns = error.sentence, []
        except NotFound:
            self.is_missing, self.columns = True, []
        self.is_loaded = True
        return rx.call_script(_SHOW_NEXT) if self.is_today else None

    @rx.event
    @refusals_shown
    async def refresh(self) -> None:
        """Read anew what changed; an open question stays."""
        is_shown = self.is_loaded and not self.refusal and not self.is_missing
        if self.router.url.path == ROUTE and is_shown:
            await self._read(await self._actor())

    @rx.event
    @refusals_shown
    async def confirm(self, appointment_id: str) -> Any:
        """Confirm what the patient asked for."""
        await self._do(visits.confirm, appointment_id, "")
        return await told_toast(await self._actor(), UUID(appointment_id), t("Confirmed."))

    @rx.event
    @refusals_shown
    async def check_in(self, appointment_id: str) -> Any:
        """Record that the patient is here."""
        return await self._do(visits.check_in, appointment_id, t("Checked in."))

    @rx.event
    @refusals_shown
    async def undo_check_in(self, appointment_id: str) -> Any:
        """Take the check-in back: it was another patient."""
        return await self._do(visits.undo_check_in, appointment_id, t("No longer checked in."))

    @rx.event
    @refusals_shown
    async def complete(self, appointment_id: str) -> Any:
        """Record that the visit took place."""
        return await self._do(visits.complete, appointment_id, t("Marked as completed."))

    @rx.event
    @refusals_shown
    async def ask_missed(self, appointment_id: str) -> None:
        """Ask once whether the patient did not come: that cannot be taken back."""
        rows = [row for column in self.columns for row in column.ahead]
        row = next((row for row in rows if row.id == appointment_id and row.can_miss), None)
        if row is None:
            raise NotFound
        self._asked = row.id
        self.question = t("{patient}, {time}: did not come?", patient=row.patient, time=row.time)
        self.is_asking = True

    @rx.event
    async def keep(self) -> None:
        """Close the question: the patient may still come."""
        self.is_asking = False

    @rx.event
    @refusals_shown
    async def mark_no_show(self) -> Any:
        """Record that the patient of the open question did not come."""
        if not self.is_asking:  # the second of two quick clicks
            return None
        self.is_asking = False
        return await self._do(visits.mark_no_show, self._asked, t("Marked as no-show."))

    async def _do(
        self,
        deed: Callable[[Any, Actor, UUID], Awaitable[None]],
        appointment_id: str,
        done: str,
    ) -> Any:
        """Do something to an appointment, then show how everything stands."""
        key, actor = public_id(appointment_id), await self._actor()
        if key is None:
            raise NotFound
        try:
            async with get_database().session() as session:
                await deed(session, actor, key)
        finally:
            # Also after a refusal: then somebody else was faster, and the board was old.
            if self.columns:
                await self._read(actor)
        return toast(done)

    async def _read(self, actor: Actor) -> None:
        query = self.router.url.query_parameters
        asked = query.get("clinic", "")
        clinic_id = public_id(asked)
        if asked and clinic_id is None:
            raise NotFound
        async with get_database().session() as session:
            board = await load_board(session, actor, clinic_id, _day(query.get("date", "")))
        self._show_board(board)
        keep_current(self, FrontDesk.refresh, board.keys, wake_at=board.changes_at)

    def _show_board(self, board: DayBoard) -> None:
        day = None if board.day == board.today else board.day
        clinic = board.clinic
        self.clinics = [
            DeskChoice(each.name, _href(each.id, day), each == clinic) for each in board.clinics
        ]
        self._clinic_id, self._shown_day = str(clinic.id), board.day.isoformat()
        self.clinic, self.zone = clinic.name, zone_note(clinic.zone)
        self.day = format_date(board.day, "EEEE d MMMM y")
        self.is_today = day is None
        self.today_href = _href(clinic.id, None)
        self.earlier_href = _href(clinic.id, board.day - DAY)
        self.later_href = _href(clinic.id, board.day + DAY)
        self.columns = [_column(column, clinic.zone) for column in board.columns]


def _column(column: DeskColumn, zone: str) -> DeskDoctor:
    over = [each for each in column.visits if each.status in FINISHED]
    return DeskDoctor(
        doctor=column.doctor,
        ahead=[_row(each, zone) for each in column.visits if each.status not in FINISHED],
        over=[_row(each, zone) for each in over],
        count=t("{over} of {all} finished", over=len(over), all=len(column.visits))
        if column.visits
        else "",
    )


def _row(visit: DeskVisit, zone: str) -> DeskRow:
    is_here = visit.status is AppointmentStatus.CHECKED_IN
    can_check_in = AppointmentStatus.CHECKED_IN in visit.becomes
    return DeskRow(
        id=str(visit.id),
        time=format_time(visit.starts_at, zone),
        end=format_time(visit.ends_at, zone),
        patient=visit.patient,
        visit=visit.visit,
        room=visit.room,
        status=visit.status.value,
        note=_note(visit.checked_in_at, zone) if is_here else "",
        is_next=visit.is_next,
        is_late=visit.is_late,
        href=address(PATIENT, id=visit.patient_id),
        can_confirm=visit.status is AppointmentStatus.PENDING
        and AppointmentStatus.CONFIRMED in visit.becomes,
        can_check_in=can_check_in,
        can_undo=is_here and AppointmentStatus.CONFIRMED in visit.becomes,
        # Who comes is checked in first; on another day that is not asked for any more.
        can_complete=AppointmentStatus.COMPLETED in visit.becomes and not can_check_in,
        can_miss=AppointmentStatus.NO_SHOW in visit.becomes,
    )


def _note(checked_in_at: datetime | None, zone: str) -> str:
    return t("since {time}", time=format_time(checked_in_at, zone)) if checked_in_at else ""


def _day(typed: str) -> date | None:
    day = iso_day(typed)
    return day if day is not None and _NEAREST_YEAR <= day.year <= _FARTHEST_YEAR else None


def _href(clinic_id: UUID, day: date | None) -> str:
    return address(ROUTE, clinic=clinic_id, date=day)
