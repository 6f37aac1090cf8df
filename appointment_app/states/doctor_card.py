"""A doctor's card among the results of a search, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from appointment_app import clock
from appointment_app.i18n import format_date
from appointment_app.scheduling.doctors import DoctorView
from appointment_app.scheduling.local_time import local_date
from appointment_app.scheduling.search import Card, CardDay
from appointment_app.scheduling.slots import Offer
from appointment_app.states.address import address
from appointment_app.states.booking_address import booking_links
from appointment_app.states.doctor_words import (
    department_names,
    languages,
    photo_address,
    summary,
    visit_label,
    weekday_name,
)
from appointment_app.states.just_taken import first_links
from appointment_app.states.near_address import distance_text
from appointment_app.states.slot_links import SlotLink, read_out, slot_links
from appointment_app.states.wording import MODE_NAMES, initials, zone_note

SLOTS_A_DAY = 4
# Behind those that are shown, what may come forward.
SLOTS_LOOKED_AT = 2 * SLOTS_A_DAY


@dataclass(frozen=True)
class DayColumn:
    """One day of a card; ``slots`` are its first times.

    What is read out of each stands between ``before`` and ``after``.
    """

    weekday: str
    date: str
    before: str
    after: str
    slots: list[SlotLink]


@dataclass(frozen=True)
class DoctorCard:
    """A doctor at a clinic, ready to be shown.

    ``days`` is empty when none of them has a free time; then ``next_free`` leads to the first
    one, if there is any. ``slot_links`` is how the addresses of its times begin.
    """

    key: str
    doctor_id: str
    clinic_id: str
    name: str
    initials: str
    photo: str
    summary: str
    place: str
    departments: str
    tags: list[str]
    visit_type_id: str
    visit_type: str
    visit_types: list[list[str]]
    slot_links: str
    days: list[DayColumn]
    next_free: str
    href: str
    href_of_next_free: str
    zone: str
    left_out: bool
    distance: str


def as_shown(card: DoctorCard) -> DoctorCard:
    """Return a card with as many times a day as are shown."""
    days = [replace(day, slots=first_links(day.slots, SLOTS_A_DAY)) for day in card.days]
    return replace(card, days=days)


def view(card: Card, first_day: date | None) -> DoctorCard:
    """Return a card in words, with some more times than are shown: what may come forward."""
    doctor, clinic, zone = card.doctor, card.clinic, card.clinic.zone
    offer = Offer(doctor.id, clinic.id, card.visit_type.id)
    today = local_date(zone, clock.now())
    has_days = any(day.slots or day.held for day in card.days)
    page = {"id": offer.doctor_id, "clinic": offer.clinic_id, "type": offer.visit_type_id}
    next_day = local_date(zone, card.first_free) if card.first_free else None
    return DoctorCard(
        key=card_key(doctor.id, clinic.id),
        doctor_id=str(doctor.id),
        clinic_id=str(clinic.id),
        name=doctor.name,
        initials=initials(doctor.name),
        photo=photo_address(doctor.id, doctor.photo),
        summary=summary(doctor),
        place=f"{clinic.name}\n{clinic.address}",
        departments=department_names(clinic),
        tags=_tags(doctor),
        visit_type_id=str(card.visit_type.id),
        visit_type=visit_label(card.visit_type),
        visit_types=[[str(each.id), visit_label(each)] for each in doctor.visit_types],
        slot_links=booking_links(offer),
        days=[_column(card, day, today) for day in card.days if has_days],
        next_free=format_date(next_day) if next_day else "",
        href=address("/doctor", **page, day=first_day),
        href_of_next_free=address("/doctor", **page, day=next_day),
        zone=zone_note(zone),
        left_out=card.left_out,
        distance=distance_text(card.distance),
    )


def _column(card: Card, day: CardDay, today: date) -> DayColumn:
    before, after = read_out(day.day, card.doctor.name)
    return DayColumn(
        weekday=weekday_name(day.day, today),
        date=format_date(day.day, "d MMM"),
        before=before,
        after=after,
        slots=slot_links(
            card.clinic.zone, "", day.slots, day.held, card.seats_left, most=SLOTS_LOOKED_AT
        ),
    )


def card_key(doctor_id: object, clinic_id: object) -> str:
    """Return what names a card among others (two public ids)."""
    return f"{doctor_id}:{clinic_id}"


def _tags(doctor: DoctorView) -> list[str]:
    modes = {visit_type.mode for visit_type in doctor.visit_types}
    names = [name for mode, name in MODE_NAMES.items() if mode in modes]
    return [each for each in (languages(doctor), *names) if each]
