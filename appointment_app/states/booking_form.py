"""The booking form: what was chosen stands in the address, what was typed stays in the tab."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import reflex as rx

from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.errors import DomainError, LoginRequired, NotFound
from appointment_app.i18n import format_moment, t
from appointment_app.scheduling.appointments import find_own
from appointment_app.scheduling.booking import REASON_LIMIT, BookingRequest, book
from appointment_app.scheduling.doctors import DoctorView, VisitTypeView, get_doctor
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
from appointment_app.states.booking_for import already_busy, for_whom, look_for_whom
from appointment_app.states.booking_summary import Summary, chosen_offer, summary_of
from appointment_app.states.doctor_words import visit_label
from appointment_app.states.held_time import HeldTime
from appointment_app.states.live_bridge import keep_current
from appointment_app.states.series_plan import SeriesPlan
from appointment_app.states.session_state import SessionState, refusals_shown

# The element that says that the time is gone, and holds what to choose instead.
NOT_FREE = "not-free"

# What makes a time impossible while another would do.
_ANOTHER_TIME = (SlotTaken, OutsideAvailability, TooSoon, TooFarAhead, DayFull)

# Far above what can be booked: what is too long is kept, so that it can be shortened.
_KEPT_LETTERS = 4 * REASON_LIMIT


@dataclass(frozen=True)
class Choice:
    """Something else that can be chosen, as a link that leads back to this form."""

    label: str
    href: str
    chosen: bool = False


class BookingForm(SessionState):
    """The form for one slot; the same click twice books once."""

    summary: Summary = Summary()
    people: list[Choice] = []  # for whom, where that is not only who looks
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
    # It is booked, and the page was told so over this connection; over another it is told anew.
    _done_over: str | None = None
    # Who is booked for, where that is not who looks.
    _name: str = ""
    # What was typed is meant for one doctor.
    _reason_is_for: str = ""

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the slot that the address names, or lead to the appointment it has become."""
        actor = await self._actor()
        self.is_booking, self._done_over = False, None
        self.problem = self.reason_error = self.notice = ""
        wish = wish_in(self.router.url.query_parameters)
        if wish is None:
            self.is_missing, self.is_loaded = True, True
            return None
        try:
            actor = await self._choose_person(actor, wish)
        except NotFound:
            self.is_missing, self.is_loaded = True, True
            return None
        booked = await _find_own(actor, wish)
        if booked is not None and not self.people:
            return _to_appointment(booked)
        self._take_up(wish)
        await self._describe(actor, wish)
        # In a group session there may be room for somebody else of the family.
        if booked is not None and not self.summary.places:
            return _to_appointment(booked)
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
        await self._describe(await for_whom(await self._actor(), wish), wish)
        return look_at(NOT_FREE) if self.is_taken else None

    @rx.event
    @refusals_shown
    async def refresh(self) -> Any:
        """Say at once that the time is gone, or free again; what was typed stays."""
        wish = wish_in(self.router.url.query_parameters)
        is_told = self._done_over == self._connection()
        is_open = self.is_loaded and not self.is_missing and not is_told
        if self.router.url.path != "/book" or wish is None or not is_open:
            return None
        actor, held = await self._actor(), await self.get_state(HeldTime)
        try:
            actor = await for_whom(actor, wish)
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
            self.problem, self.notice = self._why_not(found), ""
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
            actor = await for_whom(await self._actor(), wish)
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
            person_id=wish.person_id,
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
        self._done_over = self._connection()
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
                clinic, visit_type = chosen_offer(doctor, wish.offer)
            except NotFound:
                self.is_missing, self.is_loaded = True, True
                return
        try:
            async with get_database().session() as session:
                visitor = (await self.get_state(HeldTime))._visitor()
                found = await look_at_start(
                    session, actor, wish.offer, wish.starts_at, visitor=visitor
                )
            refusal = already_busy(self._name) if found.is_own else await self._hold(actor, wish)
        except (NotBookable, NotFound):
            self.is_missing, self.is_loaded = True, True
            return
        zone = await self._own_zone()
        self.summary = summary_of(doctor, clinic, visit_type, wish, zone, found.seats_left)
        self.visit_types = _visit_type_choices(doctor, visit_type, wish)
        self.is_taken, self.problem = refusal != "", refusal
        self.alternatives = []
        if self.is_taken:
            await self._offer_others(actor, wish)
        self.is_loaded = True
        self._watch(doctor)

    async def _choose_person(self, actor: Actor, wish: Wish) -> Actor:
        """Show for whom can be booked; return the actor as they look for whom the address says."""
        whom = await look_for_whom(actor, wish)
        self.people = [Choice(*each) for each in whom.choices]
        self._name = whom.name
        return whom.actor

    def _why_not(self, found: Start) -> str:
        if found.is_own:
            return already_busy(self._name)
        return SlotHeld().sentence if found.is_held else t("This time is no longer free.")

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
                clinic, _ = chosen_offer(doctor, wish.offer)
            except NotFound:
                self.alternatives = []
                return
        self.alternatives = [
            Choice(
                format_moment(start, clinic.zone), booking_link(wish.offer, start, wish.person_id)
            )
            for start in starts
        ]


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


def _visit_type_choices(doctor: DoctorView, chosen: VisitTypeView, wish: Wish) -> list[Choice]:
    def offer(each: VisitTypeView) -> Offer:
        return Offer(wish.offer.doctor_id, wish.offer.clinic_id, each.id)

    return [
        Choice(
            visit_label(each),
            booking_link(offer(each), wish.starts_at, wish.person_id),
            each.id == chosen.id,
        )
        for each in doctor.visit_types_at(wish.offer.clinic_id)
    ]
