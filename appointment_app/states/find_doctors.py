"""The search: what is looked for stands in the address, the results are cards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.errors import NotFound
from appointment_app.i18n import format_date, t
from appointment_app.scheduling.doctors import DoctorView
from appointment_app.scheduling.local_time import local_date
from appointment_app.scheduling.search import (
    Card,
    Query,
    find_card,
    find_doctors,
    list_suggestions,
)
from appointment_app.scheduling.slots import Offer
from appointment_app.states.address import address, iso_day, public_id, typed_text
from appointment_app.states.booking_address import booking_link
from appointment_app.states.doctor_words import (
    languages,
    left_out_note,
    summary,
    visit_label,
    weekday_name,
)
from appointment_app.states.held_time import HeldTime
from appointment_app.states.just_taken import JustTaken, first_links
from appointment_app.states.live_bridge import keep_current
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.slot_links import SlotLink, slot_links
from appointment_app.states.wording import MODE_NAMES, initials, zone_note

CARDS_A_PAGE = 10
SLOTS_A_DAY = 4
# Behind those that are shown, what may come forward.
_SLOTS_LOOKED_AT = 2 * SLOTS_A_DAY
# Beyond these a visitor does better with other words.
_MOST_CARDS = 200
# No clinic takes bookings further ahead.
_DAYS_AHEAD = 730
# Times become too near by themselves; a page that stays open shows it within this.
_LOOK_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True)
class DayColumn:
    """One day of a card; ``slots`` are its first times."""

    weekday: str
    date: str
    slots: list[SlotLink]


@dataclass(frozen=True)
class DoctorCard:
    """A doctor at a clinic, ready to be shown.

    ``days`` is empty when none of them has a free time; then ``next_free`` leads to the first
    one, if there is any.
    """

    key: str
    doctor_id: str
    clinic_id: str
    name: str
    initials: str
    summary: str
    place: str
    tags: list[str]
    visit_type_id: str
    visit_type: str
    visit_types: list[list[str]]
    days: list[DayColumn]
    next_free: str
    href: str
    href_of_next_free: str
    zone: str
    left_out: bool


class FindDoctors(SessionState):
    """The search form with its results."""

    words: str = ""
    place: str = ""
    day: str = ""
    day_problem: str = ""
    cards: list[DoctorCard] = []
    total: int = 0
    first_day: str = ""
    is_loaded: bool = False
    is_searching: bool = False
    specialties: list[str] = []
    cities: list[str] = []

    _query: Query = Query()
    # What was taken while somebody looked at the cards, and whose cards they are.
    _just_taken: JustTaken = JustTaken()
    _keys: dict[str, int | None] = {}

    @rx.var
    def count(self) -> str:
        """How many were found, in words."""
        if self.total == 1:
            return t("1 doctor")
        return t("{number} doctors", number=self.total)

    @rx.var
    def one_zone(self) -> str:
        """The zone of all cards, in words; empty where they differ and each names its own."""
        zones = {card.zone for card in self.cards}
        return zones.pop() if len(zones) == 1 else ""

    @rx.var
    def left_out(self) -> str:
        """Why times are missing on the cards, where some are."""
        return left_out_note(any(card.left_out for card in self.cards))

    @rx.var
    def has_more(self) -> bool:
        """Whether there are results that are not shown yet."""
        return len(self.cards) < min(self.total, _MOST_CARDS)

    @rx.var
    def shown(self) -> str:
        """How many of all results are shown, in words."""
        return t("{shown} of {total} shown", shown=len(self.cards), total=self.total)

    @rx.var
    def href_everywhere(self) -> str:
        """The address of the same search in all cities; empty when it is one already."""
        return address("/", words=self.words, day=self.day) if self.place else ""

    @rx.event
    @refusals_shown
    async def load(self) -> AsyncIterator[Any]:
        """Search for what the address asks."""
        query = self._read(self.router.url.query_parameters)
        # Who comes back to the same search finds as many cards as they had.
        is_known = self.is_loaded and query == self._query
        limit = max(CARDS_A_PAGE, len(self.cards)) if is_known else CARDS_A_PAGE
        self._query = query
        self.is_searching = not is_known
        yield
        actor = await self._actor()
        async with get_database().session() as session:
            page = await find_doctors(
                session, actor, query, limit=limit, visitor=await self._visitor()
            )
            if not self.cities:
                self.specialties, self.cities = await list_suggestions(session, actor)
        self.cards = [_as_shown(_view(card, query.day)) for card in page.cards]
        self.total = page.total
        self.first_day = format_date(query.day, "EEEE d MMMM") if query.day else ""
        self.is_searching, self.is_loaded = False, True
        self._just_taken = JustTaken()
        self._watch(_keys_of(page.cards))

    @rx.event
    @refusals_shown
    async def more(self) -> None:
        """Add the next results."""
        actor = await self._actor()
        limit = min(CARDS_A_PAGE, _MOST_CARDS - len(self.cards))
        if limit <= 0:
            return
        async with get_database().session() as session:
            page = await find_doctors(
                session,
                actor,
                self._query,
                limit=limit,
                offset=len(self.cards),
                visitor=await self._visitor(),
            )
        self.total = page.total
        # What was booked meanwhile may have moved somebody behind the cards that are shown.
        shown = {card.key for card in self.cards}
        cards = [_as_shown(_view(card, self._query.day)) for card in page.cards]
        self.cards += [card for card in cards if card.key not in shown]
        self._watch(self._keys | _keys_of(page.cards))

    @rx.event
    @refusals_shown
    async def refresh(self) -> None:
        """Read anew the cards that are shown; they stay in their order, with their choices."""
        if self.router.url.path != "/" or not self.cards:
            return
        actor = await self._actor()
        async with get_database().session() as session:
            page = await find_doctors(
                session, actor, self._query, limit=len(self.cards), visitor=await self._visitor()
            )
            views = [_view(card, self._query.day) for card in page.cards]
            found = {view.key: view for view in views}
            keys = _keys_of(page.cards)
            cards = []
            for shown in self.cards:
                fresh = found.get(shown.key)
                # It may stand further down by now, or show another visit type than the first.
                if fresh is None or fresh.visit_type_id != shown.visit_type_id:
                    card = await self._find_card(session, actor, shown)
                    if card is None:
                        continue
                    keys |= _keys_of([card])
                    fresh = _view(card, self._query.day)
                cards.append(self._with_just_taken(shown, fresh))
        self.cards, self.total = cards, page.total
        self._watch(keys)

    @rx.event
    @refusals_shown
    async def choose_visit_type(self, doctor_id: str, clinic_id: str, visit_type_id: str) -> None:
        """Show the times of another visit type on one card."""
        ids = [public_id(each) for each in (doctor_id, clinic_id, visit_type_id)]
        if None in ids or _key(doctor_id, clinic_id) not in {card.key for card in self.cards}:
            return
        actor = await self._actor()
        async with get_database().session() as session:
            found = await find_card(
                session, actor, Offer(*ids), self._query.day, visitor=await self._visitor()
            )
        view = _as_shown(_view(found, self._query.day))
        self.cards = [view if card.key == view.key else card for card in self.cards]

    async def _find_card(
        self, session: AsyncSession, actor: Actor, shown: DoctorCard
    ) -> Card | None:
        offer = Offer(UUID(shown.doctor_id), UUID(shown.clinic_id), UUID(shown.visit_type_id))
        try:
            return await find_card(
                session, actor, offer, self._query.day, visitor=await self._visitor()
            )
        except NotFound:
            return None

    async def _visitor(self) -> str:
        return (await self.get_state(HeldTime))._visitor()

    def _with_just_taken(self, before: DoctorCard, card: DoctorCard) -> DoctorCard:
        slots = {day.date: day.slots for day in before.days}
        now = clock.now()
        days = [
            replace(
                day,
                slots=self._just_taken.mark(
                    slots.get(day.date, []), day.slots, now, most=_SLOTS_LOOKED_AT
                ),
            )
            for day in card.days
        ]
        return _as_shown(replace(card, days=days))

    def _watch(self, keys: Mapping[str, int | None]) -> None:
        """Have the cards that are shown kept current."""
        self._keys = dict(keys)
        wake_at = self._just_taken.until(clock.now()) or clock.now() + _LOOK_AGAIN
        keep_current(self, FindDoctors.refresh, self._keys, wake_at=wake_at)

    def _address(self) -> str:
        """Return the address of the search that this tab has made last."""
        return address("/", words=self.words, place=self.place, day=self.day)

    def _read(self, asked: Mapping[str, str]) -> Query:
        """Fill the form with what the address asks, and return it as far as it makes sense."""
        self.words = typed_text(asked.get("words"))
        self.place = typed_text(asked.get("place"))
        self.day = typed_text(asked.get("day"))
        day, self.day_problem = _day(self.day)
        return Query(self.words, self.place, day)


def _keys_of(cards: Iterable[Card]) -> dict[str, int | None]:
    return {card.doctor.key: card.doctor.revision for card in cards}


def _day(typed: str) -> tuple[date | None, str]:
    """Return the day to search from, and what is wrong with what was typed."""
    if not typed:
        return None, ""
    day = iso_day(typed)
    today = clock.now().date()
    if day is None:
        return None, t("We did not understand this day. These are the next free times.")
    # Somewhere it is still yesterday.
    if day < today - timedelta(days=1):
        return None, t("This day is past. These are the next free times.")
    if day > today + timedelta(days=_DAYS_AHEAD):
        return None, t("This day is too far ahead. These are the next free times.")
    return day, ""


def _as_shown(card: DoctorCard) -> DoctorCard:
    """Return a card with as many times a day as are shown."""
    days = [replace(day, slots=first_links(day.slots, SLOTS_A_DAY)) for day in card.days]
    return replace(card, days=days)


def _view(card: Card, first_day: date | None) -> DoctorCard:
    doctor, clinic, zone = card.doctor, card.clinic, card.clinic.zone
    offer = Offer(doctor.id, clinic.id, card.visit_type.id)
    today = local_date(zone, clock.now())
    has_days = any(day.slots or day.held for day in card.days)
    page = {"id": offer.doctor_id, "clinic": offer.clinic_id, "type": offer.visit_type_id}
    next_day = local_date(zone, card.first_free) if card.first_free else None
    return DoctorCard(
        key=_key(doctor.id, clinic.id),
        doctor_id=str(doctor.id),
        clinic_id=str(clinic.id),
        name=doctor.name,
        initials=initials(doctor.name),
        summary=summary(doctor),
        place=f"{clinic.name}, {clinic.address}",
        tags=_tags(doctor),
        visit_type_id=str(card.visit_type.id),
        visit_type=visit_label(card.visit_type),
        visit_types=[[str(each.id), visit_label(each)] for each in doctor.visit_types],
        days=[
            DayColumn(
                weekday=weekday_name(day.day, today),
                date=format_date(day.day, "d MMM"),
                slots=slot_links(
                    partial(booking_link, offer),
                    doctor.name,
                    zone,
                    "",
                    day.day,
                    day.slots,
                    day.held,
                    card.seats_left,
                    most=_SLOTS_LOOKED_AT,
                ),
            )
            for day in card.days
            if has_days
        ],
        next_free=format_date(next_day) if next_day else "",
        href=address("/doctor", **page, day=first_day),
        href_of_next_free=address("/doctor", **page, day=next_day),
        zone=zone_note(zone),
        left_out=card.left_out,
    )


def _key(doctor_id: object, clinic_id: object) -> str:
    return f"{doctor_id}:{clinic_id}"


def _tags(doctor: DoctorView) -> list[str]:
    modes = {visit_type.mode for visit_type in doctor.visit_types}
    names = [name for mode, name in MODE_NAMES.items() if mode in modes]
    return [each for each in (languages(doctor), *names) if each]
