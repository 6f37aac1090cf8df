"""Staff book for a patient: who, what, when, and the question before overbooking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import reflex as rx

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.patients import KnownPatient
from appointment_app.accounts.policy import Action
from appointment_app.database import get_database
from appointment_app.errors import DomainError, LoginRequired, NotFound
from appointment_app.i18n import format_date, format_moment, t
from appointment_app.scheduling import calendar, patients, staff_booking
from appointment_app.scheduling.brief import load_brief
from appointment_app.scheduling.overbooking import OverbookingNeeded
from appointment_app.scheduling.staff_booking import StaffRequest
from appointment_app.states.address import public_id
from appointment_app.states.doctor_calendar import DoctorCalendar
from appointment_app.states.front_desk import FrontDesk
from appointment_app.states.local_moment import local_fields, local_moment, wall_moment
from appointment_app.states.patient_record import PatientRecordPage
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.shown_page import refresh_page
from appointment_app.states.told import told_before, told_toast
from appointment_app.states.wording import MODE_NAMES, zone_note

_LONGEST_REASON = 2000
_MINUTE = timedelta(minutes=1)
_SOON = 5 * _MINUTE


@dataclass(frozen=True)
class FoundPatient:
    """Just enough to tell one patient from another; empty while nobody is chosen."""

    id: str = ""
    name: str = ""
    born: str = ""
    told: str = ""  # how they hear of the booking, once they are chosen


class NewAppointment(SessionState):
    """The dialog; its fields are the browser's until they are sent."""

    is_open: bool = False
    opened: int = 0  # makes the fields of each opening fresh ones
    date: str = ""
    time: str = ""
    zone: str = ""
    places: list[list[str]] = []
    place: str = ""
    is_at_desk: bool = False
    can_create: bool = False
    visit_types: list[list[str]] = []
    found: list[FoundPatient] = []
    nobody_found: bool = False
    patient: FoundPatient = FoundPatient()
    question: str = ""
    problem: str = ""
    errors: dict[str, str] = {}

    _zones: dict[str, str] = {}
    _clinic_id: UUID | None = None
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
    @refusals_shown
    async def open_at_desk(self) -> None:
        """Open the dialog for somebody who phones, or stands at the front desk that is shown."""
        shown = await self.get_state(FrontDesk)
        await self._open_for_clinic(public_id(shown._clinic_id), shown._shown_day)

    @rx.event
    @refusals_shown
    async def open_for_patient(self) -> None:
        """Open the dialog for the patient whose page is shown."""
        shown = await self.get_state(PatientRecordPage)
        await self._open_for_clinic(shown._clinic, "")
        patient = shown.patient
        await self._take(FoundPatient(patient.id, patient.name, patient.born))

    @rx.event
    @refusals_shown
    async def choose_place(self, place: str) -> None:
        """Offer what can be booked with another doctor, or at another clinic."""
        if place not in self._zones:
            raise NotFound
        self.place, self.zone = place, zone_note(self._zones[place])
        await self._offer(await self._actor())

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
    @refusals_shown
    async def choose(self, patient_id: str) -> None:
        """Take one of the listed patients."""
        chosen = next((each for each in self.found if each.id == str(patient_id)), None)
        if chosen is not None:
            await self._take(chosen)
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

    async def _take(self, chosen: FoundPatient) -> None:
        """Book for a patient, and say how they will hear of it, where that may be known."""
        self.patient, self.found = chosen, []
        place, person = public_id(self.place), public_id(chosen.id)
        if place is None or person is None:
            return
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                reach = await patients.load_reach_of_patient(session, actor, place, person)
        except NotFound:  # the booking says so itself
            return
        self.patient = replace(chosen, told=told_before(reach).words)

    async def _show_booked(self, actor: Actor, booked: UUID) -> Any:
        async with get_database().session() as session:
            detail = await load_brief(session, actor, booked, Action.VIEW_APPOINTMENT)
        await refresh_page(self, actor, booked)
        when = format_moment(detail.starts_at, detail.zone)
        said = t("{patient} is booked for {moment}.", patient=detail.patient, moment=when)
        return await told_toast(actor, booked, said)

    async def _open(self, day: str, time: str) -> None:
        actor = await self._actor()
        async with get_database().session() as session:
            known = await calendar.overview(session, actor)
            if not known.places:
                raise NotFound(t("You work at no clinic yet."))
        self.is_at_desk = self.can_create = False
        self.places = [[str(each.id), each.clinic] for each in known.places]
        self._zones = {str(each.id): each.zone for each in known.places}
        await self._begin(actor, day, time)

    async def _open_for_clinic(self, clinic_id: UUID | None, day: str) -> None:
        """Open for one of the doctors of a clinic, or of all where the actor books."""
        actor = await self._actor()
        async with get_database().session() as session:
            found = await staff_booking.list_places(session, actor, clinic_id)
        if not found:
            raise NotFound(t("No doctor works here yet."))
        several = len({each.clinic for each in found}) > 1
        self.is_at_desk, self.can_create = True, clinic_id is not None
        self._clinic_id = clinic_id
        self.places = [
            [str(each.id), f"{each.doctor} · {each.clinic}" if several else each.doctor]
            for each in found
        ]
        self._zones = {str(each.id): each.zone for each in found}
        soon = clock.now() + _SOON
        today, minute = local_fields(soon - soon.minute % 5 * _MINUTE, found[0].zone)
        # Somebody who stands here is booked for now; for another day the time is still asked.
        is_now = day in {"", today}
        await self._begin(actor, day or today, minute if is_now else "")

    async def _begin(self, actor: Actor, day: str, time: str) -> None:
        self.place = self.places[0][0]
        zone = self._zones[self.place]
        self.zone = zone_note(zone)
        await self._offer(actor)
        self.date, self.time = day or local_fields(clock.now(), zone)[0], time
        self.patient, self.found, self.nobody_found = FoundPatient(), [], False
        self.problem, self.errors = "", {}
        self._forget_question()
        self._key = str(uuid4())
        self.opened += 1
        self.is_open = True

    async def _offer(self, actor: Actor) -> None:
        """List what can be booked at the place that is chosen."""
        place = public_id(self.place)
        if place is None:
            raise NotFound
        async with get_database().session() as session:
            visits = await staff_booking.list_bookable_visits(session, actor, place)
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
