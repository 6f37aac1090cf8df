"""Finds doctors by specialty, name, place and day, earliest free time first.

A result is a doctor at a clinic, and earliest is meant for the doctor's default visit type.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, require
from appointment_app.models import Clinic, Doctor, DoctorSpecialty, Specialty, VisitType
from appointment_app.scheduling.doctors import (
    ClinicView,
    DoctorView,
    VisitTypeView,
    load_languages,
    load_specialties,
    load_visit_types,
    view_clinic,
    view_doctor,
    view_visit_type,
)
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import local_date, local_day_bounds
from appointment_app.scheduling.rules import Place, load_places
from appointment_app.scheduling.slots import Offer, Wish, find_free, load_offer

DAYS_ON_A_CARD = 6
# Most doctors are free within these days; only for the others more is read.
_NEAR = timedelta(days=14)
# Each word costs a condition; nobody means more than these.
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Query:
    """What a visitor looks for; an empty field leaves all.

    ``words`` match a specialty, a symptom or a doctor's name, ``place`` a city, postcode or
    clinic; ``day`` is the first local day that suits, None for as soon as possible.
    """

    words: str = ""
    place: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class CardDay:
    """One local day of a card and its free starts (UTC)."""

    day: date
    slots: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A doctor at a clinic with the free times of the coming days for one of the visit types.

    ``first_free`` is the earliest start at all, None when nothing is free up to the horizon.
    """

    doctor: DoctorView
    clinic: ClinicView
    visit_type: VisitTypeView
    days: tuple[CardDay, ...]
    first_free: datetime | None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results, earliest first, and how many there are in all."""

    cards: tuple[Card, ...]
    total: int


async def find_doctors(
    session: AsyncSession, actor: Actor, query: Query, *, limit: int = 10, offset: int = 0
) -> SearchPage:
    """Return the results ``offset`` to ``offset + limit`` of ``query``."""
    require(actor, Action.FIND_DOCTORS)
    places = await load_places(session, *_conditions(query))
    visit_types = await load_visit_types(session, {place.doctor_id for place in places})
    bookable = [place for place in places if visit_types[place.doctor_id]]
    defaults = {place.id: visit_types[place.doctor_id][0] for place in bookable}
    slots = await _slots(session, bookable, defaults, query.day)

    def earliest_first(place: Place) -> tuple[bool, datetime, int]:
        free = slots[place.id]
        return (not free, free[0] if free else clock.now(), place.id)

    page = sorted(bookable, key=earliest_first)[offset : offset + limit]
    cards = await _cards(session, page, visit_types, defaults, slots, query.day)
    return SearchPage(cards, total=len(bookable))


async def find_card(session: AsyncSession, actor: Actor, offer: Offer, day: date | None) -> Card:
    """Return the card of a doctor at a clinic with the times of the offer's visit type.

    ``day`` is the first local day that suits. Raises ``NotFound`` when patients cannot book it.
    """
    require(actor, Action.FIND_DOCTORS)
    place, chosen = await load_offer(session, offer)
    visit_types = await load_visit_types(session, [place.doctor_id])
    slots = await _slots(session, [place], {place.id: chosen}, day)
    (card,) = await _cards(session, [place], visit_types, {place.id: chosen}, slots, day)
    return card


async def list_specialties(session: AsyncSession, actor: Actor) -> list[str]:
    """Return the names of all specialties, to be suggested while typing."""
    require(actor, Action.FIND_DOCTORS)
    return list(await session.exec(select(Specialty.name).order_by(Specialty.name)))


async def list_cities(session: AsyncSession, actor: Actor) -> list[str]:
    """Return the cities with an active clinic, to be suggested while typing."""
    require(actor, Action.FIND_DOCTORS)
    cities = select(Clinic.city).where(col(Clinic.active)).distinct().order_by(Clinic.city)
    return list(await session.exec(cities))


async def _cards(
    session: AsyncSession,
    places: list[Place],
    visit_types: dict[int, tuple[VisitType, ...]],
    chosen: dict[int, VisitType],
    slots: dict[int, list[datetime]],
    day: date | None,
) -> tuple[Card, ...]:
    """Return the cards of ``places``, whose ``chosen`` visit types and ``slots`` are by place."""
    doctor_ids = {place.doctor_id for place in places}
    specialties = await load_specialties(session, doctor_ids)
    languages = await load_languages(session, doctor_ids)
    return tuple(
        Card(
            doctor=view_doctor(
                place.doctor,
                specialties=specialties[place.doctor_id],
                languages=languages[place.doctor_id],
                clinics=(view_clinic(place.clinic),),
                visit_types=tuple(map(view_visit_type, visit_types[place.doctor_id])),
            ),
            clinic=view_clinic(place.clinic),
            visit_type=view_visit_type(chosen[place.id]),
            days=_card_days(place, slots[place.id], day),
            first_free=next(iter(slots[place.id]), None),
        )
        for place in places
    )


def _conditions(query: Query) -> Iterator[ColumnElement[bool]]:
    for word in query.words.split()[:_MOST_WORDS]:
        pattern = _contains(word)
        of_specialty = (
            select(DoctorSpecialty.doctor_id)
            .join(Specialty)
            .where(
                or_(
                    col(Specialty.name).ilike(pattern, escape="\\"),
                    col(Specialty.search_words).ilike(pattern, escape="\\"),
                )
            )
        )
        yield or_(
            col(Doctor.given_name).ilike(pattern, escape="\\"),
            col(Doctor.family_name).ilike(pattern, escape="\\"),
            col(Doctor.title).ilike(_escaped(word), escape="\\"),
            col(Doctor.id).in_(of_specialty),
        )
    for word in query.place.split()[:_MOST_WORDS]:
        pattern = _contains(word)
        yield or_(
            col(Clinic.city).ilike(pattern, escape="\\"),
            col(Clinic.name).ilike(pattern, escape="\\"),
            col(Clinic.postcode).ilike(pattern, escape="\\"),
        )


def _contains(word: str) -> str:
    return f"%{_escaped(word)}%"


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def _slots(
    session: AsyncSession,
    places: list[Place],
    visit_types: dict[int, VisitType],
    day: date | None,
) -> dict[int, list[datetime]]:
    """Return the free starts of each place, far enough to hold its first one."""
    now = clock.now()
    slots: dict[int, list[datetime]] = {place.id: [] for place in places}
    near: dict[int, Interval] = {}
    far: dict[int, Interval] = {}
    for place in places:
        begin = _begin(place, day, now)
        near[place.id] = Interval(begin, begin + _NEAR)
        if (horizon := place.bounds(now)[1]) > begin + _NEAR:
            far[place.id] = Interval(begin + _NEAR, horizon)
    for windows in (near, far):
        left = [place for place in places if not slots[place.id] and place.id in windows]
        wishes = [Wish(place, visit_types[place.id], windows[place.id]) for place in left]
        for place, free in zip(left, await find_free(session, wishes), strict=True):
            slots[place.id] = free.starts
    return slots


def _begin(place: Place, day: date | None, now: datetime) -> datetime:
    if day is None:
        return now
    return max(now, local_day_bounds(place.clinic.zone, day).start)


def _card_days(place: Place, slots: list[datetime], first_day: date | None) -> tuple[CardDay, ...]:
    zone = place.clinic.zone
    today = local_date(zone, clock.now())
    start = max(today, first_day or today)
    by_day: defaultdict[date, tuple[datetime, ...]] = defaultdict(tuple)
    for slot in slots:
        by_day[local_date(zone, slot)] += (slot,)
    days = (start + timedelta(days=number) for number in range(DAYS_ON_A_CARD))
    return tuple(CardDay(day, by_day[day]) for day in days)
