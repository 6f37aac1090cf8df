"""A doctor books for a patient: who, what, when, and the question before overbooking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import reflex as rx

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.errors import DomainError, LoginRequired, NotFound
from appointment_app.i18n import format_date, format_moment, t
from appointment_app.scheduling import calendar, patients, staff_booking
from appointment_app.scheduling.overbooking import OverbookingNeeded
from appointment_app.scheduling.patients import KnownPatient
from appointment_app.scheduling.staff_booking import StaffRequest
from appointment_app.states.address import public_id
from appointment_app.states.doctor_calendar import DoctorCalendar
from appointment_app.states.local_moment import local_fields, local_moment, wall_moment
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast
from appointment_app.states.wording import MODE_NAMES, zone_note

_LONGEST_REASON = 2000


@dataclass(frozen=True)
class FoundPatient:
    """Just enough to tell one patient from another; empty while nobody is chosen."""

    id: str = ""
    name: str = ""
    born: str = ""


class NewAppointment(SessionState):
    """The dialog; its fields are the browser's until they are sent."""

    is_open: bool = False
    opened: int = 0  # makes the fields of each opening fresh ones
    date: str = ""
    time: str = ""
    zone: str = ""
    places: list[list[str]] = []
    place: str = ""
    visit_types: list[list[str]] = []
    found: list[FoundPatient] = []
    nobody_found: bool = False
    patient: FoundPatient = FoundPatient()
    question: str = ""
    problem: str = ""
    errors: dict[str, str] = {}

    _zones: dict[str, str] = {}
    # One key for each opening: however often its button arrives here, it books once.
    _key: str = ""
    # What the open question is about: it is answered for exactly this.
    _asked_for: tuple[str, ...] = ()
    _seen: frozenset[str] = frozenset()

    @rx.event
    @refusals_shown
    async def open(self) -> None:
        """Open the dialog for the day that the calendar shows."""
        shown = await self.get_state(DoctorCalendar)
        await self._open(shown.day, "")

    @rx.event
    @refusals_shown
    async def open_at(self, start: str) -> None:
        """Open the dialog for a time, or a day, that was clicked in the calendar."""
        shown = await self.get_state(DoctorCalendar)
        starts_at = wall_moment(start, shown.time_zone)
        if starts_at is None:
            raise NotFound
        day, time = local_fields(starts_at, shown.time_zone)
        await self._open(day, time if "T" in start else "")

    @rx.event
    async def close(self) -> None:
        """Book nothing."""
        self.is_open = False

    @rx.event
    @refusals_shown
    async def find(self, typed: str) -> None:
        """List the known patients of that name or birth date."""
        place = public_id(self.place)
        if place is None:
            raise NotFound
        actor = await self._actor()
        async with get_database().session() as session:
            found = await patients.find_patients(session, actor, place, str(typed))
        self.found = [_found(each) for each in found]
        self.nobody_found = bool(str(typed).strip()) and not found

    @rx.event
    async def choose(self, patient_id: str) -> None:
        """Take one of the listed patients."""
        chosen = next((each for each in self.found if each.id == str(patient_id)), None)
        if chosen is not None:
            self.patient, self.found = chosen, []
            self.errors = {name: each for name, each in self.errors.items() if name != "patient"}

    @rx.event
    async def choose_another(self) -> None:
        """Look for another patient."""
        self.patient, self.found, self.nobody_found = FoundPatient(), [], False

    @rx.event
    @refusals_shown
    async def book(self, typed: dict[str, Any]) -> Any:
        """Book what was typed; ask once when something stands against the time."""
        self.problem = ""
        request = self._request(typed)
        if request is None:
            return None
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                booked = await staff_booking.book_for_patient(session, actor, request)
        except OverbookingNeeded as needed:
            self._ask_about(request, needed)
            return None
        except LoginRequired:
            raise
        except DomainError as refusal:
            if not self.is_open:
                raise
            self._forget_question()
            if refusal.field == "reason":
                self.errors = {"reason": refusal.sentence}
            else:
                self.problem = refusal.sentence
            return None
        self.is_open = False
        return await self._show_booked(actor, booked)

    async def _show_booked(self, actor: Actor, booked: UUID) -> Any:
        async with get_database().session() as session:
            detail = await calendar.load_detail(session, actor, booked)
        await (await self.get_state(DoctorCalendar))._refresh(actor, booked)
        when = format_moment(detail.starts_at, detail.zone)
        return toast(
            t(
                "{patient} is booked for {moment}. The patient is told.",
                patient=detail.patient,
                moment=when,
            )
        )

    async def _open(self, day: str, time: str) -> None:
        actor = await self._actor()
        async with get_database().session() as session:
            known = await calendar.overview(session, actor)
            if not known.places:
                raise NotFound(t("You work at no clinic yet."))
            first = known.places[0]
            visits = await staff_booking.list_bookable_visits(session, actor, first.id)
        self.places = [[str(each.id), each.clinic] for each in known.places]
        self._zones = {str(each.id): each.zone for each in known.places}
        self.place, self.zone = str(first.id), zone_note(first.zone)
        self.visit_types = [
            [
                str(each.id),
                t(
                    "{visit} · {minutes} min · {mode}",
                    visit=each.name,
                    minutes=each.duration,
                    mode=MODE_NAMES[each.mode],
                ),
            ]
            for each in visits
        ]
        self.date, self.time = day or local_fields(clock.now(), first.zone)[0], time
        self.patient, self.found, self.nobody_found = FoundPatient(), [], False
        self.problem, self.errors = "", {}
        self._forget_question()
        self._key = str(uuid4())
        self.opened += 1
        self.is_open = True

    def _request(self, typed: dict[str, Any]) -> StaffRequest | None:
        """Return what was typed, or None when the fields say what to mend."""
        place = str(typed.get("place") or self.place)
        zone = self._zones.get(place)
        if zone is None:
            raise NotFound
        day, time = str(typed.get("date") or ""), str(typed.get("time") or "")
        starts_at, self.errors = local_moment(day, time, zone)
        visit_type = public_id(typed.get("visit_type"))
        patient = public_id(self.patient.id)
        if visit_type is None:
            self.errors["visit_type"] = t("Please choose a visit type.")
        if patient is None:
            self.errors["patient"] = t("Please choose a patient.")
        if starts_at is None or visit_type is None or patient is None:
            return None
        request = StaffRequest(
            place_id=UUID(place),
            visit_type_id=visit_type,
            person_id=patient,
            starts_at=starts_at,
            reason=str(typed.get("reason") or "")[:_LONGEST_REASON],
            idempotency_key=self._key,
        )
        answers = self._asked_for == _subject(request)
        return replace(request, seen=self._seen) if answers else request

    def _ask_about(self, request: StaffRequest, needed: OverbookingNeeded) -> None:
        self._asked_for, self._seen = _subject(request), needed.keys
        self.question = t(
            "{conflicts} Book {patient} as well?",
            conflicts=needed.sentence,
            patient=self.patient.name,
        )

    def _forget_question(self) -> None:
        self.question, self._asked_for, self._seen = "", (), frozenset()


def _found(patient: KnownPatient) -> FoundPatient:
    born = format_date(patient.birth_date, "d MMMM y") if patient.birth_date else ""
    return FoundPatient(str(patient.id), patient.name, born)


def _subject(request: StaffRequest) -> tuple[str, ...]:
    """Return what a question is about: another patient or time makes it another question."""
    return (
        str(request.place_id),
        str(request.visit_type_id),
        str(request.person_id),
        request.starts_at.isoformat(),
    )
