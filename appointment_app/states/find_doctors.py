"""The search: what is looked for stands in the address, the results are cards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.errors import NotFound
from appointment_app.i18n import format_date, t
from appointment_app.scheduling.doctors import DepartmentView
from appointment_app.scheduling.search import (
    Card,
    Query,
    find_card,
    find_doctors,
    list_departments,
    list_suggestions,
)
from appointment_app.scheduling.slots import Offer
from appointment_app.states.address import address, public_id, typed_text
from appointment_app.states.doctor_card import (
    SLOTS_LOOKED_AT,
    DoctorCard,
    as_shown,
    card_key,
    view,
)
from appointment_app.states.doctor_words import (
    left_out_note,
)
from appointment_app.states.held_time import HeldTime
from appointment_app.states.just_taken import JustTaken
from appointment_app.states.live_bridge import keep_current
from appointment_app.states.near_address import (
    NearAddress,
    NearChoice,
    choices,
    coarse,
    read_near,
)
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.wanted_day import wanted_day

CARDS_A_PAGE = 10
# Beyond these a visitor does better with other words.
_MOST_CARDS = 200
# Times become too near by themselves; a page that stays open shows it within this.
_LOOK_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True)
class DepartmentChoice:
    """A department of the clinic that is looked in, or all of them, as a link."""

    label: str
    href: str
    chosen: bool


class FindDoctors(SessionState):
    """The search form with its results."""

    words: str = ""
    place: str = ""
    day: str = ""
    day_problem: str = ""
    near: str = ""
    within: str = ""
    sort: str = ""
    department: str = ""
    departments: list[DepartmentChoice] = []
    near_choices: list[NearChoice] = []
    near_problem: str = ""
    cards: list[DoctorCard] = []
    total: int = 0
    first_day: str = ""
    is_loaded: bool = False
    is_searching: bool = False
    specialties: list[str] = []
    cities: list[str] = []

    _query: Query = Query()
    # What was taken while somebody looked at the cards, and whose cards they are.
    _just_taken: dict[str, JustTaken] = {}
    _keys: dict[str, int | None] = {}
    # When doctors among them are no longer found, though nothing is changed.
    _ends: dict[str, datetime] = {}

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
        is_somewhere = self.place or self.near
        return address("/", words=self.words, day=self.day) if is_somewhere else ""

    @rx.event
    @refusals_shown
    async def load(self) -> AsyncIterator[Any]:
        """Search for what the address asks."""
        query = self._read(self.router.url.query_parameters)
        # Who comes back to the same search finds as many cards as they had.
        is_known = self.is_loaded and query == self._query
        limit = max(CARDS_A_PAGE, len(self.cards)) if is_known else CARDS_A_PAGE
        self.is_searching = not is_known
        yield
        actor = await self._actor()
        async with get_database().session() as session:
            departments = await list_departments(session, actor, query.place)
            if query.department_id not in {each.id for each in departments}:
                query, self.department = replace(query, department_id=None), ""
            self._query = query
            page = await find_doctors(
                session, actor, query, limit=limit, visitor=await self._visitor()
            )
            if not self.cities:
                self.specialties, self.cities = await list_suggestions(session, actor)
        self.departments = self._choices(departments)
        self.cards = [as_shown(view(card, query.day)) for card in page.cards]
        self.total = page.total
        self.first_day = format_date(query.day, "EEEE d MMMM") if query.day else ""
        self.is_searching, self.is_loaded = False, True
        self._just_taken = {}
        self._ends = _ends_of(page.cards)
        self._watch(_keys_of(page.cards))

    @rx.event
    async def go_near(self, position: str) -> Any:
        """Search around the position (degrees, comma) that the visitor's browser has told."""
        near = coarse(position)
        if near:
            return rx.redirect(address("/", words=self.words, day=self.day, near=near))
        self.near_problem = (
            t("Your browser keeps your position to itself. Type a city or a postcode instead.")
            if position == "refused"
            else t("We could not find out where you are. Type a city or a postcode instead.")
        )
        return None

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
        cards = [as_shown(view(card, self._query.day)) for card in page.cards]
        self.cards += [card for card in cards if card.key not in shown]
        self._ends |= _ends_of(page.cards)
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
            views = [view(card, self._query.day) for card in page.cards]
            found = {view.key: view for view in views}
            keys, ends = _keys_of(page.cards), _ends_of(page.cards)
            cards = []
            for shown in self.cards:
                fresh = found.get(shown.key)
                # It may stand further down by now, or show another visit type than the first.
                if fresh is None or fresh.visit_type_id != shown.visit_type_id:
                    card = await self._find_card(session, actor, shown)
                    if card is None:
                        continue
                    keys |= _keys_of([card])
                    ends |= _ends_of([card])
                    fresh = view(card, self._query.day)
                cards.append(self._with_just_taken(shown, fresh))
        self.cards, self.total, self._ends = cards, page.total, ends
        self._watch(keys)

    @rx.event
    @refusals_shown
    async def choose_visit_type(self, doctor_id: str, clinic_id: str, visit_type_id: str) -> None:
        """Show the times of another visit type on one card."""
        ids = [public_id(each) for each in (doctor_id, clinic_id, visit_type_id)]
        if None in ids or card_key(doctor_id, clinic_id) not in {card.key for card in self.cards}:
            return
        actor = await self._actor()
        async with get_database().session() as session:
            found = await find_card(
                session, actor, Offer(*ids), self._query.day, visitor=await self._visitor()
            )
        chosen = as_shown(view(found, self._query.day))
        self.cards = [
            replace(chosen, distance=card.distance) if card.key == chosen.key else card
            for card in self.cards
        ]

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
        taken = self._just_taken.setdefault(card.key, JustTaken())
        days = [
            replace(
                day,
                slots=taken.mark(slots.get(day.date, []), day.slots, now, most=SLOTS_LOOKED_AT),
            )
            for day in card.days
        ]
        return as_shown(replace(card, days=days, distance=before.distance))

    def _watch(self, keys: Mapping[str, int | None]) -> None:
        """Have the cards that are shown kept current."""
        self._keys = dict(keys)
        now = clock.now()
        ends = [taken.until(now) for taken in self._just_taken.values()]
        wake_at = min((end for end in ends if end), default=now + _LOOK_AGAIN)
        wake_at = min([wake_at, *(end for end in self._ends.values() if now < end)])
        keep_current(self, FindDoctors.refresh, self._keys, wake_at=wake_at)

    def _choices(self, found: Iterable[DepartmentView]) -> list[DepartmentChoice]:
        named = [("", t("All departments")), *((str(each.id), each.name) for each in found)]
        if len(named) == 1:
            return []
        return [
            DepartmentChoice(
                name,
                address("/", words=self.words, place=self.place, day=self.day, department=key),
                key == self.department,
            )
            for key, name in named
        ]

    def _address(self) -> str:
        """Return the address of the search that this tab has made last."""
        return self._address_near(
            near=self.near, within=self.within, sort=self.sort, department=self.department
        )

    def _address_near(self, **near: str) -> str:
        return address("/", words=self.words, place=self.place, day=self.day, **near)

    def _read(self, asked: Mapping[str, str]) -> Query:
        """Fill the form with what the address asks, and return it as far as it makes sense."""
        self.words = typed_text(asked.get("words"))
        self.place = typed_text(asked.get("place"))
        self.day = typed_text(asked.get("day"))
        day, self.day_problem = wanted_day(self.day)
        department = public_id(asked.get("department")) if self.place else None
        self.department = str(department) if department else ""
        # Who types a place means that one.
        near = NearAddress() if self.place else read_near(asked)
        self.near, self.within, self.sort, self.near_problem = near.near, near.within, near.sort, ""
        self.near_choices = choices(near, self._address_near)
        return Query(
            self.words,
            self.place,
            day,
            department_id=department,
            near=near.position,
            nearest_first=near.is_nearest_first,
        )


def _keys_of(cards: Iterable[Card]) -> dict[str, int | None]:
    return {card.doctor.key: card.doctor.revision for card in cards}


def _ends_of(cards: Iterable[Card]) -> dict[str, datetime]:
    ends = {card.doctor.key: card.doctor.suspended_from for card in cards}
    return {key: end for key, end in ends.items() if end is not None}
