"""A patient's appointments: the list, one of them, and cancelling."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.database import get_database
from appointment_app.errors import DomainError, LoginRequired, NotFound
from appointment_app.i18n import format_moment, t
from appointment_app.models import AppointmentStatus, VisitMode
from appointment_app.scheduling.appointments import AppointmentView, get_appointment, list_own
from appointment_app.scheduling.service import cancel
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.wording import initials, zone_note

_PAGE = 20
_MOST_PAGES = 50


@dataclass(frozen=True)
class Shown:
    """An appointment in words."""

    id: str = ""
    reference: str = ""
    status: str = ""
    headline: str = ""
    when: str = ""
    zone: str = ""
    visit: str = ""
    doctor_name: str = ""
    doctor_initials: str = ""
    is_video: bool = False
    place: str = ""
    join_link: str = ""
    clinic_name: str = ""
    clinic_phone: str = ""
    patient_name: str = ""
    reason: str = ""
    cancelled: str = ""
    cancel_reason: str = ""
    can_cancel: bool = False
    again: str = "/"


class MyAppointments(SessionState):
    """What a patient sees of their appointments."""

    shows_past: bool = False
    appointments: list[Shown] = []
    has_more: bool = False
    appointment: Shown = Shown()
    is_new: bool = False
    is_loaded: bool = False
    is_missing: bool = False

    # The appointment that the open question is about.
    asked: Shown = Shown()
    is_asking: bool = False
    is_cancelling: bool = False
    cancel_error: str = ""

    _pages: int = 1

    @rx.event
    @refusals_shown
    async def load_list(self) -> Any:
        """Show the upcoming or, when the address says so, the past appointments."""
        self.shows_past = self.router.url.query_parameters.get("show") == "past"
        self._pages = 1
        return await self._list()

    @rx.event
    @refusals_shown
    async def more(self) -> Any:
        """Show the next page of the list as well."""
        self._pages = min(self._pages + 1, _MOST_PAGES)
        return await self._list()

    @rx.event
    @refusals_shown
    async def load_one(self) -> Any:
        """Show the appointment that the address names."""
        query = self.router.url.query_parameters
        self.is_new = query.get("new") == "1"
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                found = await get_appointment(session, actor, UUID(query.get("id", "")))
            self.appointment, self.is_missing = _shown(found), False
        except (NotFound, ValueError):
            self.appointment, self.is_missing = Shown(), True
        self.is_loaded = True

    @rx.event
    @refusals_shown
    async def ask(self, appointment_id: str) -> Any:
        """Ask once whether to cancel this appointment."""
        actor = await self._actor()
        async with get_database().session() as session:
            found = await get_appointment(session, actor, _uuid(appointment_id))
        self.asked, self.is_asking, self.cancel_error = _shown(found), True, ""

    @rx.event
    async def keep(self) -> None:
        """Close the question: the appointment stays."""
        self.is_asking = False

    @rx.event
    async def cancel_appointment(self, form: dict[str, Any]) -> AsyncIterator[Any]:
        """Cancel the appointment that the open question is about."""
        self.is_cancelling, self.cancel_error = True, ""
        yield
        try:
            actor = await self._actor()
            async with get_database().session() as session:
                reason = str(form.get("cancel_reason", ""))
                await cancel(session, actor, _uuid(self.asked.id), reason=reason)
            self.is_asking = False
            self._toast(t("The appointment is cancelled. We have sent you a mail."))
            if self.appointment.id == self.asked.id:
                yield MyAppointments.load_one
            yield MyAppointments.load_list
        except LoginRequired:
            yield self._to_login()
        except DomainError as error:
            self.cancel_error = error.sentence
        self.is_cancelling = False

    async def _list(self) -> Any:
        actor = await self._actor()
        limit = self._pages * _PAGE
        async with get_database().session() as session:
            found = await list_own(session, actor, past=self.shows_past, limit=limit + 1)
        self.appointments = [_shown(each) for each in found[:limit]]
        self.has_more = len(found) > limit
        self.is_loaded = True


def _uuid(text: str) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise NotFound from error


def _shown(found: AppointmentView) -> Shown:
    return Shown(
        id=str(found.id),
        reference=f"{found.reference[:4]}-{found.reference[4:]}",
        status=found.status.value,
        headline=_headline(found),
        when=format_moment(found.starts_at, found.zone),
        zone=zone_note(found.zone),
        visit=t("{visit} · {minutes} min", visit=found.visit_name, minutes=found.duration),
        doctor_name=found.doctor_name,
        doctor_initials=initials(found.doctor_name),
        is_video=found.mode is VisitMode.VIDEO,
        place=found.place,
        join_link=found.join_link,
        clinic_name=found.clinic_name,
        clinic_phone=found.clinic_phone,
        patient_name=found.patient_name,
        reason=found.reason,
        cancelled=_cancelled(found),
        cancel_reason=found.cancel_reason,
        can_cancel=found.can_cancel,
        again=f"/doctor?id={found.doctor_id}&clinic={found.clinic_id}",
    )


def _headline(found: AppointmentView) -> str:
    sentences = {
        AppointmentStatus.PENDING: t("Your appointment waits to be confirmed"),
        AppointmentStatus.CONFIRMED: t("Your appointment is confirmed"),
        AppointmentStatus.COMPLETED: t("This appointment took place"),
        AppointmentStatus.NO_SHOW: t("This appointment was missed"),
        AppointmentStatus.CANCELLED: t("This appointment is cancelled"),
    }
    return sentences[found.status]


def _cancelled(found: AppointmentView) -> str:
    if found.status is not AppointmentStatus.CANCELLED:
        return ""
    return t("Cancelled by you") if found.cancelled_by_you else t("Cancelled by the clinic")
