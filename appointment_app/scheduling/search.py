"""Finds doctors by specialty, name, place and day, earliest free time first.

A result is a doctor at a clinic, and earliest is meant for the doctor's default visit type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal_column, union
from sqlalchemy import select as sa_select
from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, require
from appointment_app.database import database_of
from appointment_app.models import (
    Clinic,
    Department,
    Doctor,
    DoctorAtClinic,
    DoctorDepartment,
    DoctorLanguage,
    DoctorSpecialty,
    Specialty,
    VisitType,
)
from appointment_app.scheduling import next_free
from appointment_app.scheduling.doctors import (
    ClinicView,
    DepartmentView,
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
from appointment_app.scheduling.near import Near, find_nearest, load_distances
from appointment_app.scheduling.own_times import load_own_times, without_own
from appointment_app.scheduling.rules import Place, is_bookable, shape_of
from appointment_app.scheduling.slots import Offer, load_offer
from appointment_app.texts import search_form, search_word

DAYS_ON_A_CARD = 6
_A_DAY = timedelta(days=1)
# Each word costs a condition; nobody means more than these.
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Query:
    """What a visitor looks for; an empty field leaves all.

    ``words`` match a specialty, a symptom or a doctor's name, ``place`` a city, clinic or the
    beginning of a postcode; ``day`` is the first local day that suits, None for as soon as
    possible. What is ``near`` a position comes earliest first too, or ``nearest_first``. The rest
    is exact: the code of a specialty, a city, a language (ISO 639-1), a clinic and a department
    (public ids).
    """

    words: str = ""
    place: str = ""
    day: date | None = None
    specialty: str = ""
    city: str = ""
    language: str = ""
    clinic_id: UUID | None = None
    department_id: UUID | None = None
    near: Near | None = None
    nearest_first: bool = False


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
    ``distance`` how many kilometres it is to the clinic where a position was given; ``left_out``
    whether times are missing because one has an appointment oneself.
    """

    doctor: DoctorView
    clinic: ClinicView
    visit_type: VisitTypeView
    days: tuple[CardDay, ...]
    first_free: datetime | None
    seats_left: Mapping[datetime, int]
    left_out: bool
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results in the order of the query, and how many there are in all."""

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
    conditions = list(_conditions(query))
    distances: dict[int, float] = {}
    if query.near is not None:
        distances = await load_distances(session, query.near)
        conditions.append(col(Clinic.id).in_(distances))
    if query.near is not None and query.nearest_first:
        found, total = await find_nearest(
            session, conditions, query.day, distances, limit=limit, offset=offset, visitor=visitor
        )
        shown = found
    else:
        search = EarliestFirst(session, conditions, query.day, offset + limit, visitor)
        found = await search.find()
        shown, total = found[offset : offset + limit], search.total
    cards = await _cards(session, actor, shown, query.day)
    if distances:
        away = (distances[seen.place.at_clinic.clinic_id] for seen in shown)
        cards = tuple(replace(card, distance=each) for card, each in zip(cards, away, strict=True))
    if learned := learned_from(found):
        database_of(session).do_aside(partial(next_free.keep, learned=learned))
    return SearchPage(cards, total)


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


async def list_departments(
    session: AsyncSession, actor: Actor, place: str
) -> tuple[DepartmentView, ...]:
    """Return the departments of the clinic that a visitor means by ``place``, by name.

    Those to which a doctor belongs whom patients find; none where several clinics may be meant.
    """
    require(actor, Action.FIND_DOCTORS)
    meant = [col(Clinic.active), *_conditions(Query(place=place))]
    if len(meant) == 1:
        return ()
    how_many = select(func.count(col(Clinic.id))).where(*meant).correlate(None).scalar_subquery()
    taken = (
        select(DoctorDepartment.department_id)
        .join(DoctorAtClinic, col(DoctorAtClinic.id) == DoctorDepartment.doctor_at_clinic_id)
        .join(Doctor, col(Doctor.id) == DoctorAtClinic.doctor_id)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(*is_bookable())
    )
    of_clinic = (
        select(Department)
        .join(Clinic, col(Clinic.id) == Department.clinic_id)
        .where(how_many == 1, *meant, col(Department.active), col(Department.id).in_(taken))
    )
    found = [DepartmentView(each.public_id, each.name) for each in await session.exec(of_clinic)]
    return tuple(sorted(found, key=lambda each: search_form(each.name)))


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
        clinic = view_clinic(place.clinic, profiles[place.doctor_id].departments_at(place.clinic))
        (shown,) = (
            each
            for each in view_visit_types([place], {place.id: seen.visit_types})
            if each.id == visit_type.public_id
        )
        return Card(
            doctor=view_doctor(
                place.doctor,
                profiles[place.doctor_id],
                clinics=(clinic,),
                visit_types=view_visit_types([place], {place.id: seen.visit_types}),
            ),
            clinic=clinic,
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
        of_specialty = (
            select(DoctorSpecialty.doctor_id)
            .join(Specialty)
            .where(
                or_(
                    _has_word(col(Specialty.name), word),
                    _has_word(col(Specialty.search_words), word),
                )
            )
        )
        yield or_(
            col(Doctor.search_name).contains(search_word(word), autoescape=True),
            col(Doctor.title).ilike(_escaped(word), escape="\\"),
            col(Doctor.id).in_(of_specialty),
        )
    for word in query.place.split()[:_MOST_WORDS]:
        name, searched = col(Clinic.search_name), search_word(word)
        # Of a postcode one knows the beginning: 101 is in Berlin Mitte, and no part of 20101.
        is_number = any(letter.isdigit() for letter in word)
        yield _has_word(name, searched) if is_number else name.contains(searched, autoescape=True)
    if query.specialty:
        of_code = select(DoctorSpecialty.doctor_id).join(Specialty)
        yield col(Doctor.id).in_(of_code.where(Specialty.code == query.specialty))
    if query.language:
        speak = select(DoctorLanguage.doctor_id).where(DoctorLanguage.language == query.language)
        yield col(Doctor.id).in_(speak)
    if query.city:
        yield col(Clinic.city) == query.city
    if query.clinic_id is not None:
        yield col(Clinic.public_id) == query.clinic_id
    if query.department_id is not None:
        of_department = select(DoctorDepartment.doctor_at_clinic_id).join(Department)
        yield col(DoctorAtClinic.id).in_(
            of_department.where(Department.public_id == query.department_id, col(Department.active))
        )


def _has_word(text: Any, beginning: str) -> ColumnElement[bool]:
    """Tell whether a word of ``text`` begins so: an ear is no heart."""
    pattern = f"{_escaped(beginning)}%"
    return or_(text.ilike(pattern, escape="\\"), text.ilike(f"% {pattern}", escape="\\"))


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
