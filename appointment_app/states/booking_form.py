"""The booking form: what was chosen stands in the address, what was typed stays in the tab."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import reflex as rx

from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.errors import DomainError, LoginRequired, NotFound
from appointment_app.i18n import format_date, format_moment, format_time, t
from appointment_app.models import VisitMode
from appointment_app.scheduling.appointments import find_own
from appointment_app.scheduling.booking import REASON_LIMIT, BookingRequest, book
from appointment_app.scheduling.doctors import ClinicView, DoctorView, VisitTypeView, get_doctor
from appointment_app.scheduling.errors import (
    DayFull,
    NotBookable,
    OutsideAvailability,
    SeriesRefused,
    SlotHeld,
    SlotTaken,
    TextTooLong,
    TimesChanged,
    TooFarAhead,
    TooSoon,
)
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.series import book_series
from appointment_app.scheduling.slots import (
    Offer,
    Start,
    list_slots,
    look_at_start,
    nearest_slots,
)
from appointment_app.states.address import address
from appointment_app.states.booking_address import Wish, booking_link, wish_in
from appointment_app.states.doctor_words import places_left, visit_label
from appointment_app.states.held_time import HeldTime
from appointment_app.states.live_bridge import keep_current
from appointment_app.states.own_zone import own_zone
from appointment_app.states.series_plan import SeriesPlan
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.wording import initials, own_time, zone_note

# The element that says that the time is gone, and holds what to choose instead.
NOT_FREE = "not-free"

_IS_OWN = t("You already have an appointment at this time.")

# What makes a time impossible while another would do.
_ANOTHER_TIME = (SlotTaken, OutsideAvailability, TooSoon, TooFarAhead, DayFull)

# Far above what can be booked: what is too long is kept, so that it can be shortened.
_KEPT_LETTERS = 4 * REASON_LIMIT


@dataclass(frozen=True)
class Summary:
    """What will be booked, in words; ``own_time`` where the visitor's clock differs."""

    doctor_name: str = ""
    doctor_initials: str = ""
    specialties: str = ""
    clinic_name: str = ""
    address: str = ""
    is_video: bool = False
    when: str = ""
    short_when: str = ""
    own_time: str = ""
    zone: str = ""
    needs_confirmation: bool = False
    price: str = ""
    places: str = ""
    other_times: str = "/"


@dataclass(frozen=True)
class Choice:
    """Something else that can be chosen, as a link that leads back to this form."""

    label: str
    href: str
    chosen: bool = False


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
    notice: str = ""
    reason: str = ""
    reason_error: str = ""

    # One key for each visit to the form: however often its button arrives here, it books once.
    _key: str = ""
    _key_is_for: str = ""
    # It is booked, and the page is about to show it.
    _is_done: bool = False
    # What was typed is meant for one doctor.
    _reason_is_for: str = ""

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the slot that the address names, or lead to the appointment it has become."""
        actor = await self._actor()
        self.is_booking = self._is_done = False
        self.problem = self.reason_error = self.notice = ""
        wish = wish_in(self.router.url.query_parameters)
        if wish is None:
            self.is_missing, self.is_loaded = True, True
            return None
        if (booked := await _find_own(actor, wish)) is not None:
            return _to_appointment(booked)
        self._take_up(wish)
        await self._describe(actor, wish)
        await (await self.get_state(SeriesPlan))._plan(actor, wish)
        return None

    @rx.event
    @refusals_shown
    async def keep_time(self) -> Any:
        """Keep the time of the address again, or offer others when it is gone meanwhile."""
        wish = wish_in(self.router.url.query_parameters)
        if wish is None or not self.is_loaded:
            return None
        self.notice = ""
        await self._describe(await self._actor(), wish)
        return look_at(NOT_FREE) if self.is_taken else None

    @rx.event
    @refusals_shown
    async def refresh(self) -> Any:
        """Say at once that the time is gone, or free again; what was typed stays."""
        wish = wish_in(self.router.url.query_parameters)
        is_open = self.is_loaded and not self.is_missing and not self._is_done
        if self.router.url.path != "/book" or wish is None or not is_open:
            return None
        actor, held = await self._actor(), await self.get_state(HeldTime)
        try:
            async with get_database().session() as session:
                doctor = await get_doctor(session, actor, wish.offer.doctor_id)
                found = await look_at_start(
                    session, actor, wish.offer, wish.starts_at, visitor=held._visitor()
                )
        except NotFound:
            self.is_taken, self.problem, self.alternatives = True, NotBookable().sentence, []
            return None
        was_taken, self.is_taken = self.is_taken, not found.is_free
        if self.is_taken:
            # The one who was faster may be the same person, in another tab.
            if found.is_own and (earlier := await _find_own(actor, wish)) is not None:
                return _to_appointment(earlier)
            self.problem, self.notice = _why_not(found), ""
            if not was_taken:
                held._show_kept(None)
            await self._offer_others(actor, wish)
        elif was_taken:
            self.problem, self.notice = "", t("This time is free again.")
        self._watch(doctor)
        return None

    @rx.event
    async def keep_reason(self, reason: str) -> None:
        """Keep what was typed, so that logging in or another time does not lose it."""
        self.reason = _typed(reason)

    @rx.event
    @refusals_shown
    async def submit(self, form: dict[str, Any]) -> AsyncIterator[Any]:
        """Book what the address names, or lead to logging in and back."""
        self.reason = _typed(form.get("reason") if isinstance(form, dict) else "")
        self.problem = self.reason_error = ""
        wish = wish_in(self.router.url.query_parameters)
        if wish is None:
            self.is_missing, self.is_loaded = True, True
            return
        self.is_booking = True
        yield
        try:
            actor = await self._actor()
            yield await self._book(actor, wish)
        except LoginRequired:
            yield self._to_login()
        except TextTooLong as too_long:
            self.reason_error = too_long.sentence
        except DomainError as error:
            self.problem = error.sentence
        finally:
            self.is_booking = False

    async def _book(self, actor: Actor, wish: Wish) -> Any:
        """Return the event that shows the appointment, or the other times."""
        if self._key_is_for != wish.href:
            self._take_up(wish)
        held, series = await self.get_state(HeldTime), await self.get_state(SeriesPlan)
        visitor = held._visitor()
        agreed = series._agreed(wish, self.reason, self._key, visitor)
        request = BookingRequest(
            offer=wish.offer,
            starts_at=wish.starts_at,
            reason=self.reason,
            idempotency_key=self._key,
            visitor=visitor,
        )
        try:
            async with get_database().session() as session:
                if agreed is not None:
                    booked = (await book_series(session, actor, agreed))[0]
                else:
                    booked = await book(session, actor, request)
        except SeriesRefused:
            await series._plan(actor, wish)
            raise
        except _ANOTHER_TIME as refusal:
            # The one who was faster may be the same person, in another tab.
            if (earlier := await _find_own(actor, wish)) is not None:
                return _to_appointment(earlier)
            self.is_taken, self.problem = True, refusal.sentence
            await held._release(actor)
            await self._offer_others(actor, wish)
            return look_at(NOT_FREE)
        self.reason = ""
        held._show_kept(None)
        series._forget()
        self._is_done = True
        return _to_appointment(booked, is_new=True)

    def _take_up(self, wish: Wish) -> None:
        doctor = str(wish.offer.doctor_id)
        if self._reason_is_for not in {"", doctor}:
            self.reason = ""
        self._key, self._key_is_for, self._reason_is_for = str(uuid4()), wish.href, doctor

    async def _describe(self, actor: Actor, wish: Wish) -> None:
        self.is_missing = False
        async with get_database().session() as session:
            try:
                doctor = await get_doctor(session, actor, wish.offer.doctor_id)
                clinic, visit_type = _chosen(doctor, wish.offer)
            except NotFound:
                self.is_missing, self.is_loaded = True, True
                return
        try:
            async with get_database().session() as session:
                visitor = (await self.get_state(HeldTime))._visitor()
                found = await look_at_start(
                    session, actor, wish.offer, wish.starts_at, visitor=visitor
                )
            refusal = _IS_OWN if found.is_own else await self._hold(actor, wish)
        except (NotBookable, NotFound):
            self.is_missing, self.is_loaded = True, True
            return
        zone = own_zone(self.router.headers.cookie)
        self.summary = _summary(doctor, clinic, visit_type, wish, zone, found.seats_left)
        self.visit_types = _visit_type_choices(doctor, visit_type, wish)
        self.is_taken, self.problem = refusal != "", refusal
        self.alternatives = []
        if self.is_taken:
            await self._offer_others(actor, wish)
        self.is_loaded = True
        self._watch(doctor)

    def _watch(self, doctor: DoctorView) -> None:
        """Have the form told when something changes at the doctor's."""
        keep_current(self, BookingForm.refresh, {doctor.key: doctor.revision})

    async def _hold(self, actor: Actor, wish: Wish) -> str:
        """Keep the time for this tab; return why it cannot be booked, or nothing.

        Raises ``NotBookable`` or ``NotFound`` when it is the visit that cannot.
        """
        held = await self.get_state(HeldTime)
        try:
            if await held._keep(actor, wish.offer, wish.starts_at):
                return ""
        except (SlotHeld, TimesChanged) as refusal:
            return refusal.sentence
        except _ANOTHER_TIME:
            return t("This time is not free.")
        moment = Interval(wish.starts_at, wish.starts_at.replace(microsecond=1))
        async with get_database().session() as session:
            free = await list_slots(session, actor, wish.offer, moment)
        return "" if free else t("This time is not free.")

    async def _offer_others(self, actor: Actor, wish: Wish) -> None:
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


def _why_not(found: Start) -> str:
    if found.is_own:
        return _IS_OWN
    return SlotHeld().sentence if found.is_held else t("This time is no longer free.")


def _typed(reason: Any) -> str:
    return reason[:_KEPT_LETTERS] if isinstance(reason, str) else ""


def _to_appointment(appointment_id: UUID, *, is_new: bool = False) -> Any:
    """Return the redirect to an appointment; the form leaves the browser's history."""
    href = address("/appointment", id=appointment_id, new="1" if is_new else "")
    return rx.redirect(href, replace=True)


def look_at(element_id: str) -> Any:
    """Return the event that moves the keyboard, and the eye, to what has just appeared."""
    script = f"setTimeout(() => document.getElementById({element_id!r})?.focus(), 60)"
    return rx.call_script(script)


async def _find_own(actor: Actor, wish: Wish) -> UUID | None:
    async with get_database().session() as session:
        return await find_own(session, actor, wish.offer, wish.starts_at)


def _chosen(doctor: DoctorView, offer: Offer) -> tuple[ClinicView, VisitTypeView]:
    clinics = [clinic for clinic in doctor.clinics if clinic.id == offer.clinic_id]
    offered = doctor.visit_types_at(offer.clinic_id)
    visit_types = [each for each in offered if each.id == offer.visit_type_id]
    if not clinics or not visit_types:
        raise NotFound
    return clinics[0], visit_types[0]


def _summary(
    doctor: DoctorView,
    clinic: ClinicView,
    visit_type: VisitTypeView,
    wish: Wish,
    own_zone: str,
    seats_left: int | None,
) -> Summary:
    offer, starts_at, zone = wish.offer, wish.starts_at, clinic.zone
    day = starts_at.astimezone(ZoneInfo(zone)).date()
    return Summary(
        doctor_name=doctor.name,
        doctor_initials=initials(doctor.name),
        specialties=", ".join(doctor.specialties),
        clinic_name=clinic.name,
        address=clinic.address,
        is_video=visit_type.mode is VisitMode.VIDEO,
        when=format_moment(starts_at, zone),
        short_when=f"{format_date(day)}, {format_time(starts_at, zone)}",
        own_time=own_time(starts_at, zone, own_zone),
        zone=zone_note(zone),
        needs_confirmation=visit_type.needs_confirmation,
        price=visit_type.price,
        places=places_left(seats_left),
        other_times=address(
            "/doctor", id=offer.doctor_id, clinic=clinic.id, type=visit_type.id, day=day
        ),
    )


def _visit_type_choices(doctor: DoctorView, chosen: VisitTypeView, wish: Wish) -> list[Choice]:
    def offer(each: VisitTypeView) -> Offer:
        return Offer(wish.offer.doctor_id, wish.offer.clinic_id, each.id)

    return [
        Choice(visit_label(each), booking_link(offer(each), wish.starts_at), each.id == chosen.id)
        for each in doctor.visit_types_at(wish.offer.clinic_id)
    ]
