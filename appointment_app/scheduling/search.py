"""Finds doctors by specialty, name, place and day, earliest free time first.

A result is a doctor at a clinic, and earliest is meant for the doctor's default visit type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, literal_column, union
from sqlalchemy import select as sa_select
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, require
from appointment_app.database import database_of
from appointment_app.models import Clinic, Doctor, DoctorSpecialty, Specialty, VisitType
from appointment_app.scheduling import next_free
from appointment_app.scheduling.doctors import (
    ClinicView,
    DoctorView,
    VisitTypeView,
    load_profiles,
    load_visit_types,
    view_clinic,
    view_doctor,
    view_visit_types,
)
from appointment_app.scheduling.earliest import EarliestFirst, Seen, begin_at, learned_from, look
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import by_local_day, local_date
from appointment_app.scheduling.own_times import load_own_times, without_own
from appointment_app.scheduling.rules import Place, shape_of
from appointment_app.scheduling.slots import Offer, load_offer
from appointment_app.texts import search_word

DAYS_ON_A_CARD = 6
_A_DAY = timedelta(days=1)
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
    """One local day of a card, its free starts (UTC), and those that somebody is just booking."""

    day: date
    slots: tuple[datetime, ...]
    held: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A doctor at a clinic with the free times of the coming days for one of the visit types.

    ``first_free`` is the earliest start at all, None when nothing is free up to the horizon.
    ``seats_left`` says how many more patients there is room for at the starts of group sessions;
    ``left_out`` whether times are missing because one has an appointment oneself.
    """

    doctor: DoctorView
    clinic: ClinicView
    visit_type: VisitTypeView
    days: tuple[CardDay, ...]
    first_free: datetime | None
    seats_left: Mapping[datetime, int]
    left_out: bool


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results, earliest first, and how many there are in all."""

    cards: tuple[Card, ...]
    total: int


async def find_doctors(
    session: AsyncSession,
    actor: Actor,
    query: Query,
    *,
    limit: int = 10,
    offset: int = 0,
    visitor: str = "",
) -> SearchPage:
    """Return the results ``offset`` to ``offset + limit`` of ``query``.

    What the ``visitor`` with this secret holds is free for them.
    """
    require(actor, Action.FIND_DOCTORS)
    search = EarliestFirst(session, _conditions(query), query.day, offset + limit, visitor)
    found = await search.find()
    cards = await _cards(session, actor, found[offset : offset + limit], query.day)
    if learned := learned_from(found):
        database_of(session).do_aside(partial(next_free.keep, learned=learned))
    return SearchPage(cards, search.total)


async def find_card(
    session: AsyncSession, actor: Actor, offer: Offer, day: date | None, *, visitor: str = ""
) -> Card:
    """Return the card of a doctor at a clinic with the times of the offer's visit type.

    ``day`` is the first local day that suits; what the ``visitor`` with this secret holds is free
    for them. Raises ``NotFound`` when patients cannot book it.
    """
    require(actor, Action.FIND_DOCTORS)
    place, chosen = await load_offer(session, offer)
    visit_types = await load_visit_types(session, [place])
    seen = begin_at(place, (chosen,), day, use_bound=False)
    await look(session, [seen], visitor=visitor)
    if not seen.slots:
        await look(session, [seen], far=True, visitor=visitor)
    seen.visit_types = visit_types[place.id]
    (card,) = await _cards(session, actor, [seen], day, chosen)
    return card


async def list_suggestions(session: AsyncSession, actor: Actor) -> tuple[list[str], list[str]]:
    """Return all specialties and the cities with an active clinic, to be suggested while typing."""
    require(actor, Action.FIND_DOCTORS)
    kinds: Any = [literal_column(kind).label("is_city") for kind in ("0", "1")]
    statement: Any = union(
        sa_select(kinds[0], col(Specialty.name).label("name")),
        sa_select(kinds[1], col(Clinic.city)).where(col(Clinic.active)),
    )
    rows = sorted((await session.exec(statement)).all())
    return [name for kind, name in rows if not kind], [name for kind, name in rows if kind]


async def _cards(
    session: AsyncSession,
    actor: Actor,
    found: list[Seen],
    day: date | None,
    chosen: VisitType | None = None,
) -> tuple[Card, ...]:
    """Return the cards of places, with the slots of the ``chosen`` visit type or the default."""
    profiles = await load_profiles(session, {seen.place.doctor_id for seen in found})

    own = await _own_times(session, actor, found)

    def card(seen: Seen) -> Card:
        place, visit_type = seen.place, chosen or seen.visit_types[0]
        shape = shape_of(visit_type)
        slots, held = (without_own(starts, shape, own) for starts in (seen.slots, seen.held))
        (shown,) = (
            each
            for each in view_visit_types([place], {place.id: seen.visit_types})
            if each.id == visit_type.public_id
        )
        return Card(
            doctor=view_doctor(
                place.doctor,
                profiles[place.doctor_id],
                clinics=(view_clinic(place.clinic),),
                visit_types=view_visit_types([place], {place.id: seen.visit_types}),
            ),
            clinic=view_clinic(place.clinic),
            visit_type=shown,
            days=_card_days(place, slots, held, day),
            first_free=next(iter(slots), None),
            seats_left=seen.seats_left,
            left_out=len(slots) < len(seen.slots),
        )

    return tuple(map(card, found))


async def _own_times(session: AsyncSession, actor: Actor, found: list[Seen]) -> list[Interval]:
    """Return when the actor has appointments, as far as the cards reach."""
    starts = [start for seen in found for start in (*seen.slots, *seen.held)]
    if not starts:
        return []
    return await load_own_times(session, actor, Interval(min(starts), max(starts) + _A_DAY))


def _conditions(query: Query) -> Iterator[ColumnElement[bool]]:
    for word in query.words.split()[:_MOST_WORDS]:
        pattern = f"%{_escaped(word)}%"
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
            col(Doctor.search_name).contains(search_word(word), autoescape=True),
            col(Doctor.title).ilike(_escaped(word), escape="\\"),
            col(Doctor.id).in_(of_specialty),
        )
    for word in query.place.split()[:_MOST_WORDS]:
        yield col(Clinic.search_name).contains(search_word(word), autoescape=True)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _card_days(
    place: Place, slots: list[datetime], held: list[datetime], first_day: date | None
) -> tuple[CardDay, ...]:
    zone = place.clinic.zone
    today = local_date(zone, clock.now())
    start = max(today, first_day or today)
    free, booked = by_local_day(zone, slots), by_local_day(zone, held)
    days = (start + timedelta(days=number) for number in range(DAYS_ON_A_CARD))
    return tuple(CardDay(day, free[day], booked[day]) for day in days)
