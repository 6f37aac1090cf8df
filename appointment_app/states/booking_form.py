"""The booking form: what was chosen stands in the address, what was typed stays in the tab."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import reflex as rx

from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.errors import DomainError, LoginRequired, NotFound
from appointment_app.i18n import format_moment, t
from appointment_app.models import VisitMode
from appointment_app.scheduling.doctors import ClinicView, DoctorView, VisitTypeView, get_doctor
from appointment_app.scheduling.errors import SlotTaken, TextTooLong
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.service import BookingRequest, book
from appointment_app.scheduling.slots import Offer, list_slots, nearest_slots
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.wording import MODE_NAMES, initials, zone_note


@dataclass(frozen=True)
class Summary:
    """What will be booked, in words."""

    doctor_name: str = ""
    doctor_initials: str = ""
    specialties: str = ""
    clinic_name: str = ""
    address: str = ""
    is_video: bool = False
    visit: str = ""
    when: str = ""
    zone: str = ""
    needs_confirmation: bool = False
    other_times: str = "/"


@dataclass(frozen=True)
class Choice:
    """Something else that can be chosen, as a link that leads back to this form."""

    label: str
    href: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the address asks for."""

    offer: Offer
    starts_at: datetime

    @property
    def href(self) -> str:
        return booking_link(self.offer, self.starts_at)


def booking_link(offer: Offer, starts_at: datetime) -> str:
    """Return the address of the booking form for a slot (UTC)."""
    query = {
        "doctor": offer.doctor_id,
        "clinic": offer.clinic_id,
        "type": offer.visit_type_id,
        "start": starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return f"/book?{urlencode(query)}"


class BookingForm(SessionState):
    """The form for one slot; the same click twice books once."""

    summary: Summary = Summary()
    visit_types: list[Choice] = []
    alternatives: list[Choice] = []
    is_loaded: bool = False
    is_missing: bool = False
    is_booking: bool = False
    is_taken: bool = False
    problem: str = ""
    reason: str = ""
    reason_error: str = ""

    # One key for each choice: however often its button arrives here, it books once.
    _key: str = ""
    _key_is_for: str = ""
    _booked: str = ""

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the slot that the address names, or where it now stands."""
        actor = await self._actor()
        self.is_booking = False
        self.problem = self.reason_error = ""
        wish = _wish(self.router.url.query_parameters)
        if wish is None:
            self.is_missing, self.is_loaded = True, True
            return None
        if self._key_is_for == wish.href and self._booked:
            return rx.redirect(f"/appointment?id={self._booked}", replace=True)
        self._key, self._key_is_for, self._booked = str(uuid4()), wish.href, ""
        await self._describe(actor, wish)
        return None

    @rx.event
    async def keep_reason(self, reason: str) -> None:
        """Keep what was typed, so that logging in or another time does not lose it."""
        self.reason = str(reason)[:4000]

    @rx.event
    async def submit(self, form: dict[str, Any]) -> AsyncIterator[Any]:
        """Book what the address names, or lead to logging in and back."""
        self.reason = str(form.get("reason", ""))[:4000]
        self.problem = self.reason_error = ""
        wish = _wish(self.router.url.query_parameters)
        if wish is None:
            self.is_missing = True
            return
        self.is_booking = True
        yield
        try:
            actor = await self._actor()
            yield await self._book(actor, wish)
        except LoginRequired:
            yield self._to_login()
        except SlotTaken as taken:
            self.is_taken, self.problem = True, taken.sentence
            await self._offer_others(await self._actor(), wish)
        except TextTooLong as too_long:
            self.reason_error = too_long.sentence
        except DomainError as error:
            self.problem = error.sentence
        self.is_booking = False

    async def _book(self, actor: Actor, wish: _Wish) -> Any:
        if self._key_is_for != wish.href:
            self._key, self._key_is_for, self._booked = str(uuid4()), wish.href, ""
        request = BookingRequest(
            offer=wish.offer,
            starts_at=wish.starts_at,
            reason=self.reason,
            idempotency_key=self._key,
        )
        async with get_database().session() as session:
            self._booked = str(await book(session, actor, request))
        self.reason = ""
        return rx.redirect(f"/appointment?id={self._booked}&new=1", replace=True)

    async def _describe(self, actor: Actor, wish: _Wish) -> None:
        self.is_missing = False
        async with get_database().session() as session:
            try:
                doctor = await get_doctor(session, actor, wish.offer.doctor_id)
                clinic, visit_type = _chosen(doctor, wish.offer)
            except NotFound:
                self.is_missing, self.is_loaded = True, True
                return
            moment = Interval(wish.starts_at, wish.starts_at.replace(microsecond=1))
            free = await list_slots(session, actor, wish.offer, moment)
        self.summary = _summary(doctor, clinic, visit_type, wish)
        self.visit_types = _visit_type_choices(doctor, visit_type, wish)
        self.is_taken = not free
        self.problem = "" if free else t("This time is not free any more.")
        self.alternatives = []
        if not free:
            await self._offer_others(actor, wish)
        self.is_loaded = True

    async def _offer_others(self, actor: Actor, wish: _Wish) -> None:
        async with get_database().session() as session:
            try:
                starts = await nearest_slots(session, actor, wish.offer, wish.starts_at)
                doctor = await get_doctor(session, actor, wish.offer.doctor_id)
                clinic, _ = _chosen(doctor, wish.offer)
            except NotFound:
                self.alternatives = []
                return
        self.alternatives = [
            Choice(format_moment(start, clinic.zone), booking_link(wish.offer, start))
            for start in starts
        ]


def _wish(query: Mapping[str, str]) -> _Wish | None:
    """Return what the address asks for, or None when that is nothing we understand."""
    try:
        offer = Offer(UUID(query["doctor"]), UUID(query["clinic"]), UUID(query["type"]))
        starts_at = datetime.fromisoformat(query["start"]).astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        return None
    if not 2000 <= starts_at.year <= 2200:
        return None
    return _Wish(offer, starts_at.replace(second=0, microsecond=0))


def _chosen(doctor: DoctorView, offer: Offer) -> tuple[ClinicView, VisitTypeView]:
    clinics = [clinic for clinic in doctor.clinics if clinic.id == offer.clinic_id]
    visit_types = [each for each in doctor.visit_types if each.id == offer.visit_type_id]
    if not clinics or not visit_types:
        raise NotFound
    return clinics[0], visit_types[0]


def _summary(
    doctor: DoctorView, clinic: ClinicView, visit_type: VisitTypeView, wish: _Wish
) -> Summary:
    offer = wish.offer
    query = {"id": offer.doctor_id, "clinic": offer.clinic_id, "type": offer.visit_type_id}
    return Summary(
        doctor_name=doctor.name,
        doctor_initials=initials(doctor.name),
        specialties=", ".join(doctor.specialties),
        clinic_name=clinic.name,
        address=clinic.address,
        is_video=visit_type.mode is VisitMode.VIDEO,
        visit=_visit_label(visit_type),
        when=format_moment(wish.starts_at, clinic.zone),
        zone=zone_note(clinic.zone),
        needs_confirmation=visit_type.needs_confirmation,
        other_times=f"/doctor?{urlencode(query)}",
    )


def _visit_type_choices(doctor: DoctorView, chosen: VisitTypeView, wish: _Wish) -> list[Choice]:
    def offer(each: VisitTypeView) -> Offer:
        return Offer(wish.offer.doctor_id, wish.offer.clinic_id, each.id)

    return [
        Choice(_visit_label(each), booking_link(offer(each), wish.starts_at), each.id == chosen.id)
        for each in doctor.visit_types
    ]


def _visit_label(visit_type: VisitTypeView) -> str:
    label = t("{visit} · {minutes} min", visit=visit_type.name, minutes=visit_type.duration)
    if visit_type.mode is VisitMode.VIDEO:
        return f"{label} · {MODE_NAMES[VisitMode.VIDEO]}"
    return label
