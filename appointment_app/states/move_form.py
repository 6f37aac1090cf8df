"""The page that asks once: the old time, the new one, and one button."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.errors import DomainError, LoginRequired, NotFound
from appointment_app.i18n import format_moment, t
from appointment_app.models import VisitMode
from appointment_app.scheduling.appointments import AppointmentView, get_appointment
from appointment_app.scheduling.doctors import ClinicView, get_doctor
from appointment_app.scheduling.errors import (
    DayFull,
    OutsideAvailability,
    SlotTaken,
    TooFarAhead,
    TooSoon,
)
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.rescheduling import NewTime, reschedule
from appointment_app.scheduling.slots import Offer, list_slots, nearest_slots
from appointment_app.states.address import address, moment, public_id
from appointment_app.states.booking_form import NOT_FREE, Choice, look_at
from appointment_app.states.live_bridge import keep_current
from appointment_app.states.moving import move_link, other_times_link
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.wording import initials, own_time, zone_note

# What makes a time impossible while another would do.
_ANOTHER_TIME = (SlotTaken, OutsideAvailability, TooSoon, TooFarAhead, DayFull)


@dataclass(frozen=True)
class Change:
    """What is moved from when to when, in words."""

    doctor_name: str = ""
    doctor_initials: str = ""
    visit: str = ""
    whose: str = ""
    old_when: str = ""
    old_zone: str = ""
    new_when: str = ""
    new_own_time: str = ""
    new_zone: str = ""
    is_video: bool = False
    place: str = ""
    place_changes: bool = False
    waits_again: bool = False
    other_times: str = "/"
    appointment: str = "/appointments"


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the address asks for."""

    appointment_id: UUID
    clinic_id: UUID
    starts_at: datetime

    def offer(self, found: AppointmentView) -> Offer:
        """Return what is looked at: the same visit, at the wanted clinic."""
        return Offer(found.doctor_id, self.clinic_id, found.visit_type_id)


class MoveForm(SessionState):
    """One appointment and the time it shall have; the same click twice moves once."""

    change: Change = Change()
    alternatives: list[Choice] = []
    is_loaded: bool = False
    is_missing: bool = False
    is_moving: bool = False
    is_taken: bool = False
    problem: str = ""

    # What the page was made of: a change by somebody else makes it stale.
    _version: int = 0
    # It is moved, and the page was told so over this connection; over another it is told anew.
    _done_over: str | None = None

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the old and the new time, or the appointment when it is there already."""
        self.is_moving, self._done_over = False, None
        self.problem = ""
        return await self._present(await self._actor())

    @rx.event
    @refusals_shown
    async def refresh(self) -> Any:
        """Say at once that the time is gone, or free again, or that the appointment has changed."""
        is_told = self._done_over == self._connection()
        is_open = self.is_loaded and not self.is_missing and not is_told
        if self.router.url.path != "/move" or not is_open:
            return None
        was_taken, version = self.is_taken, self._version
        shown = await self._present(await self._actor())
        if self.is_taken and not was_taken:
            self.problem = SlotTaken().sentence
        elif self._version != version and not self.is_taken:
            self.problem = t("The appointment was changed just now. Look once more at both times.")
        return shown

    @rx.event
    @refusals_shown
    async def submit(self) -> AsyncIterator[Any]:
        """Move the appointment to where the address says."""
        wish = _wish(self.router.url.query_parameters)
        if wish is None:
            raise NotFound
        self.is_moving, self.problem = True, ""
        yield
        try:
            yield await self._move(await self._actor(), wish)
        except LoginRequired:
            yield self._to_login()
        except DomainError as error:
            self.problem = error.sentence
        finally:
            self.is_moving = False

    async def _move(self, actor: Actor, wish: _Wish) -> Any:
        new_time = NewTime(wish.starts_at, wish.clinic_id)
        try:
            async with get_database().session() as session:
                await reschedule(
                    session, actor, wish.appointment_id, new_time, version=self._version
                )
        except _ANOTHER_TIME as refusal:
            async with get_database().session() as session:
                found = await get_appointment(session, actor, wish.appointment_id)
                self.alternatives = await _alternatives(session, actor, found, wish)
            self.is_taken, self.problem = True, refusal.sentence
            return look_at(NOT_FREE)
        self._done_over = self._connection()
        # The form leaves the browser's history.
        moved = address("/appointment", id=wish.appointment_id, moved="1")
        return rx.redirect(moved, replace=True)

    async def _present(self, actor: Actor) -> Any:
        wish = _wish(self.router.url.query_parameters)
        try:
            if wish is None:
                raise NotFound
            async with get_database().session() as session:
                found = await get_appointment(session, actor, wish.appointment_id)
                if not found.is_own:
                    raise NotFound
                if found.starts_at == wish.starts_at and found.clinic_id == wish.clinic_id:
                    return rx.redirect(address("/appointment", id=found.id), replace=True)
                await self._describe(session, actor, found, wish)
        except NotFound:
            self.change, self.alternatives = Change(), []
            self.is_missing, self.is_loaded = True, True
            return None
        self.is_missing, self.is_loaded = False, True
        return None

    async def _describe(
        self, session: AsyncSession, actor: Actor, found: AppointmentView, wish: _Wish
    ) -> None:
        doctor = await get_doctor(session, actor, found.doctor_id)
        clinic = next((each for each in doctor.clinics if each.id == wish.clinic_id), None)
        visit_type = next(
            (each for each in doctor.visit_types if each.id == found.visit_type_id), None
        )
        if clinic is None or visit_type is None or not found.can_move:
            raise NotFound
        at = Interval(wish.starts_at, wish.starts_at.replace(microsecond=1))
        offer = wish.offer(found)
        free = await list_slots(session, actor, offer, at, moving=found.id)
        self.is_taken = not free
        self.problem = "" if free else t("This time is not free.")
        self.alternatives = [] if free else await _alternatives(session, actor, found, wish)
        self._version = found.version
        zone = await self._own_zone()
        waits_again = visit_type.needs_confirmation
        self.change = _change(found, clinic, wish, zone, waits_again=waits_again)
        keep_current(self, MoveForm.refresh, {doctor.key: doctor.revision})


def _wish(query: Mapping[str, str]) -> _Wish | None:
    appointment_id, clinic_id = public_id(query.get("appointment")), public_id(query.get("clinic"))
    starts_at = moment(query.get("start"))
    if appointment_id is None or clinic_id is None or starts_at is None:
        return None
    return _Wish(appointment_id, clinic_id, starts_at)


async def _alternatives(
    session: AsyncSession, actor: Actor, found: AppointmentView, wish: _Wish
) -> list[Choice]:
    try:
        offer = wish.offer(found)
        starts = await nearest_slots(session, actor, offer, wish.starts_at, moving=found.id)
    except NotFound:
        return []
    return [
        Choice(format_moment(start, found.zone), move_link(found.id, wish.clinic_id, start))
        for start in starts
    ]


def _change(
    found: AppointmentView, clinic: ClinicView, wish: _Wish, zone: str, *, waits_again: bool
) -> Change:
    is_video = found.mode is VisitMode.VIDEO
    day = wish.starts_at.astimezone(ZoneInfo(clinic.zone)).date()
    return Change(
        doctor_name=found.doctor_name,
        doctor_initials=initials(found.doctor_name),
        visit=t("{visit} · {minutes} min", visit=found.visit_name, minutes=found.duration),
        whose="" if found.is_patient else t("for {name}", name=found.patient_name),
        old_when=format_moment(found.starts_at, found.zone),
        old_zone=zone_note(found.zone),
        new_when=format_moment(wish.starts_at, clinic.zone),
        new_own_time=own_time(wish.starts_at, clinic.zone, zone),
        new_zone=zone_note(clinic.zone),
        is_video=is_video,
        place=f"{clinic.name}, {clinic.address}",
        place_changes=clinic.id != found.clinic_id and not is_video,
        waits_again=waits_again,
        other_times=other_times_link(found, clinic_id=clinic.id, day=day),
        appointment=address("/appointment", id=found.id),
    )
