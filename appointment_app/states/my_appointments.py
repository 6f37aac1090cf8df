"""A patient's appointments: the list, one of them, and cancelling."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app import clock
from appointment_app.database import get_database
from appointment_app.errors import DomainError, LoginRequired, NotFound
from appointment_app.i18n import format_moment, t
from appointment_app.live.keys import person_key
from appointment_app.models import AppointmentStatus, VisitMode
from appointment_app.scheduling.appointments import (
    AppointmentView,
    CancelledBy,
    get_appointment,
    list_own,
)
from appointment_app.scheduling.cancelling import CANCEL_REASON_LIMIT, cancel
from appointment_app.scheduling.errors import TooLateToCancel
from appointment_app.scheduling.series_cancelling import cancel_following
from appointment_app.states.address import address, public_id
from appointment_app.states.changed_meanwhile import news_since, with_changes
from appointment_app.states.live_bridge import keep_current
from appointment_app.states.moving import other_times_link
from appointment_app.states.own_zone import own_zone
from appointment_app.states.series_words import (
    FOLLOWING,
    SeriesDate,
    following_toast,
    series_dates,
    series_note,
)
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast
from appointment_app.states.wording import initials, own_time, zone_note

_PAGE = 20
_MOST_PAGES = 50

# What held the keyboard's place is gone with the question; the page, and what it says, is there.
_BACK_TO_PAGE = """setTimeout(() => {
  document.getElementById("content")?.focus();
  scrollTo(0, 0);
}, 60)"""


@dataclass(frozen=True)
class EarlierRow:
    """A time at which the appointment was, and why it was moved from there."""

    when: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Shown:
    """An appointment in words; ``whose`` names the patient where that is not who looks."""

    id: str = ""
    reference: str = ""
    status: str = ""
    headline: str = ""
    when: str = ""
    own_time: str = ""
    zone: str = ""
    visit: str = ""
    doctor_name: str = ""
    doctor_initials: str = ""
    is_video: bool = False
    place: str = ""
    room: str = ""
    device: str = ""
    join_link: str = ""
    clinic_name: str = ""
    clinic_phone: str = ""
    patient_name: str = ""
    whose: str = ""
    reason: str = ""
    cancelled: str = ""
    cancel_reason: str = ""
    series: str = ""
    series_dates: list[SeriesDate] = field(default_factory=list)
    following: int = 0  # the later ones of its series that still stand
    is_own: bool = False
    price: str = ""
    can_cancel: bool = False
    is_ahead: bool = False
    deadline: str = ""
    can_move: bool = False
    other_times: str = "/"
    earlier: list[EarlierRow] = field(default_factory=list)
    again: str = "/"
    news: str = ""  # what the clinic changed while the page was open


class MyAppointments(SessionState):
    """What a patient sees of their appointments."""

    shows_past: bool = False
    appointments: list[Shown] = []
    has_more: bool = False
    is_listed: bool = False

    appointment: Shown = Shown()
    is_new: bool = False
    moved: str = ""
    is_loaded: bool = False
    is_missing: bool = False

    # The appointment that the open question is about.
    asked: Shown = Shown()
    is_asking: bool = False
    is_cancelling: bool = False
    cancel_problem: str = ""
    cancel_reason_error: str = ""

    _pages: int = 1
    _page: str = ""

    @rx.event
    @refusals_shown
    async def load_list(self) -> None:
        """Show the upcoming or, when the address says so, the past appointments."""
        self._turn_page()
        self.shows_past = self.router.url.query_parameters.get("show") == "past"
        self._pages = 1
        await self._list()
        await self._keep_current()

    @rx.event
    @refusals_shown
    async def refresh(self) -> Any:
        """Read anew what the clinic changed; an open question and what is typed there stay."""
        news = None
        page = self.router.url.path
        key = public_id(self.appointment.id)
        if page == "/appointments" and self.is_listed:
            before = self.appointments
            await self._list()
            self.appointments = await with_changes(before, self.appointments, self._read)
            news = news_since(before, self.appointments)
        elif page == "/appointment" and key is not None:
            self.appointment = await self._read(key)
        else:
            return None
        await self._keep_current()
        return toast(news) if news else None

    @rx.event
    @refusals_shown
    async def more(self) -> None:
        """Show the next page of the list as well."""
        self._pages = min(self._pages + 1, _MOST_PAGES)
        await self._list()

    @rx.event
    @refusals_shown
    async def load_one(self) -> AsyncIterator[Any]:
        """Show the appointment that the address names."""
        self._turn_page()
        query = self.router.url.query_parameters
        key = public_id(query.get("id"))
        if self.appointment.id != str(key):
            self.is_loaded = False
            yield
        try:
            if key is None:
                raise NotFound
            self.appointment, self.is_missing = await self._read(key), False
            one = self.appointment
            self.is_new = query.get("new") == "1" and one.can_cancel and not one.whose
            self.moved = _moved(one) if query.get("moved") == "1" else ""
        except NotFound:
            self.appointment, self.is_missing, self.is_new = Shown(), True, False
            self.moved = ""
        self.is_loaded = True
        await self._keep_current()

    @rx.event
    @refusals_shown
    async def ask(self, appointment_id: str) -> None:
        """Ask once whether to cancel this appointment."""
        key = public_id(appointment_id)
        if key is None:
            raise NotFound
        self.asked = await self._read(key)
        self.cancel_problem = self.cancel_reason_error = ""
        self.is_asking = True

    @rx.event
    async def keep(self) -> None:
        """Close the question: the appointment stays."""
        self.is_asking = False

    @rx.event
    @refusals_shown
    async def cancel_appointment(self, form: dict[str, Any]) -> AsyncIterator[Any]:
        """Cancel the appointment that the open question is about."""
        key = public_id(self.asked.id)
        if key is None or not self.is_asking:  # the second of two quick clicks
            return
        self.is_cancelling = True
        self.cancel_problem = self.cancel_reason_error = ""
        yield
        try:
            said = await self._cancel(key, form)
        except LoginRequired:
            yield self._to_login()
        except DomainError as error:
            if error.field:
                self.cancel_reason_error = error.sentence
            else:
                self.cancel_problem = error.sentence
        else:
            self.is_asking = False
            await self._show_cancelled(key)
            yield said
            yield rx.call_script(_BACK_TO_PAGE)
        finally:
            self.is_cancelling = False

    async def _keep_current(self) -> None:
        actor = await self._actor()
        people = {actor.person_id, *actor.dependents} - {None}
        keys = {person_key(person_id): None for person_id in people}
        keep_current(self, MyAppointments.refresh, keys)

    def _turn_page(self) -> None:
        """Close the question when its page was left; a page that reconnects keeps it open."""
        here = str(self.router.url)
        if self._page != here:
            self._page, self.is_asking = here, False

    async def _cancel(self, key: UUID, form: Any) -> Any:
        """Cancel as much of the series as was asked for; return what to say."""
        actor, reason = await self._actor(), _typed(form)
        async with get_database().session() as session:
            if _typed(form, "extent") == FOLLOWING:
                ended = await cancel_following(session, actor, key, reason=reason)
                return following_toast(ended)
            await cancel(session, actor, key, reason=reason)
        if self.asked.whose:
            return toast(t("The appointment is cancelled."))
        return toast(t("The appointment is cancelled. You get a mail that says so."))

    async def _show_cancelled(self, key: UUID) -> None:
        """Bring up to date what the page shows; it is the one or the list."""
        if self.appointment.id == str(key):
            self.appointment, self.is_new, self.moved = await self._read(key), False, ""
        if self.is_listed:
            await self._list()

    async def _read(self, key: UUID) -> Shown:
        actor = await self._actor()
        async with get_database().session() as session:
            found = await get_appointment(session, actor, key)
        return _shown(found, own_zone(self.router.headers.cookie))

    async def _list(self) -> None:
        actor = await self._actor()
        limit = self._pages * _PAGE
        async with get_database().session() as session:
            found = await list_own(session, actor, past=self.shows_past, limit=limit + 1)
        zone = own_zone(self.router.headers.cookie)
        self.appointments = [_shown(each, zone) for each in found[:limit]]
        self.has_more = len(found) > limit
        self.is_listed = True


def _typed(form: Any, name: str = "cancel_reason") -> str:
    """Return a field of ``form``; what is too long stays too long."""
    typed = form.get(name) if isinstance(form, dict) else ""
    return typed[: 2 * CANCEL_REASON_LIMIT] if isinstance(typed, str) else ""


def _shown(found: AppointmentView, zone: str) -> Shown:
    return Shown(
        id=str(found.id),
        reference=f"{found.reference[:4]}-{found.reference[4:]}",
        status=found.status.value,
        headline=_headline(found),
        when=format_moment(found.starts_at, found.zone),
        own_time=own_time(found.starts_at, found.zone, zone),
        zone=zone_note(found.zone),
        visit=t("{visit} · {minutes} min", visit=found.visit_name, minutes=found.duration),
        doctor_name=found.doctor_name,
        doctor_initials=initials(found.doctor_name),
        is_video=found.mode is VisitMode.VIDEO,
        place=found.place,
        room=found.room,
        device=found.device,
        join_link=found.join_link,
        clinic_name=found.clinic_name,
        clinic_phone=found.clinic_phone,
        patient_name=found.patient_name,
        whose="" if found.is_patient else t("for {name}", name=found.patient_name),
        reason=found.reason,
        cancelled=_cancelled(found),
        cancel_reason=found.cancel_reason,
        series=series_note(found.series),
        series_dates=series_dates(found.series, found.zone),
        following=len(found.series.following) if found.series else 0,
        is_own=found.is_own,
        price=found.price,
        can_cancel=found.can_cancel,
        is_ahead=_is_ahead(found),
        deadline=_deadline(found),
        can_move=found.can_move,
        other_times=other_times_link(found) if found.can_move else "/",
        earlier=[
            EarlierRow(format_moment(each.starts_at, found.zone), each.reason)
            for each in found.earlier
        ],
        again=address("/doctor", id=found.doctor_id, clinic=found.clinic_id),
    )


def _moved(shown: Shown) -> str:
    """Return what is said right after moving; nothing once that is over."""
    if not shown.earlier or not shown.can_cancel:
        return ""
    return t(
        "Moved from {before} to {now}. You get a mail with the new time.",
        before=shown.earlier[-1].when,
        now=shown.when,
    )


def _is_ahead(found: AppointmentView) -> bool:
    """Tell whether the appointment is still to come, cancelled neither."""
    return found.cancelled_by is None and clock.now() < found.starts_at


def _deadline(found: AppointmentView) -> str:
    """Return until when the patient can cancel, or whom to call once it is too late."""
    if not found.can_cancel:
        return TooLateToCancel(found.clinic_name, found.clinic_phone).sentence
    if found.deadline == found.starts_at:
        return t("You can cancel here until the appointment begins.")
    until = format_moment(found.deadline, found.zone)
    return t("You can cancel here until {moment}.", moment=until)


def _headline(found: AppointmentView) -> str:
    sentences = {
        AppointmentStatus.PENDING: t("Your appointment waits to be confirmed")
        if found.is_patient
        else t("The appointment waits to be confirmed"),
        AppointmentStatus.CONFIRMED: t("Your appointment is confirmed")
        if found.is_patient
        else t("The appointment is confirmed"),
        AppointmentStatus.CHECKED_IN: t("You are checked in")
        if found.is_patient
        else t("The patient is checked in"),
        AppointmentStatus.COMPLETED: t("This appointment took place"),
        AppointmentStatus.NO_SHOW: t("This appointment was missed"),
        AppointmentStatus.CANCELLED: t("This appointment is cancelled"),
    }
    return sentences[found.status]


def _cancelled(found: AppointmentView) -> str:
    match found.cancelled_by:
        case None:
            return ""
        case CancelledBy.YOU:
            return t("Cancelled by you")
        case CancelledBy.CLINIC:
            return t("Cancelled by the clinic")
        case CancelledBy.PATIENT if found.is_patient:
            return t("Cancelled by your guardian")
        case CancelledBy.PATIENT:
            return t("Cancelled by the patient")
