"""A doctor's page in words: made of what was read, and of what the tab shows already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from appointment_app import clock
from appointment_app.clinics.public_hours import lines
from appointment_app.i18n import format_date, t
from appointment_app.scheduling.days import Day, Days
from appointment_app.scheduling.doctors import ClinicView, DoctorView
from appointment_app.scheduling.local_time import local_date
from appointment_app.scheduling.nothing_free import NothingFree, Reason
from appointment_app.states.doctor_address import Wish
from appointment_app.states.doctor_reading import Seen
from appointment_app.states.doctor_week import (
    WEEK,
    DayView,
    Jump,
    chosen_day,
    day_problem,
    jump_to_free,
    parts_of_day,
    week_problem,
)
from appointment_app.states.doctor_words import (
    department_names,
    languages,
    left_out_note,
    photo_address,
    summary,
    visit_label,
    visit_note,
)
from appointment_app.states.just_taken import JustTaken, first_links
from appointment_app.states.moving import Moving, moving_in_words
from appointment_app.states.nothing_free_words import OtherRow, other_row, reason_sentence
from appointment_app.states.own_zone import short_own_time
from appointment_app.states.wording import initials, zone_note


@dataclass(frozen=True)
class Profile:
    """Who the doctor is."""

    name: str = ""
    initials: str = ""
    summary: str = ""
    languages: str = ""
    bio: str = ""
    qualifications: str = ""
    photo: str = ""


@dataclass(frozen=True)
class Place:
    """A clinic of the doctor; ``href`` chooses it."""

    name: str = ""
    address: str = ""
    departments: str = ""
    phone: str = ""
    phone_href: str = ""
    hours: list[str] = field(default_factory=list)
    href: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class VisitChoice:
    """A visit type; ``href`` chooses it."""

    label: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class DoctorPage:
    """All of the page but its days; ``slot_links`` is how the addresses of free times begin."""

    problem: str = ""
    moving: Moving = field(default_factory=Moving)
    profile: Profile = field(default_factory=Profile)
    places: list[Place] = field(default_factory=list)
    place: Place = field(default_factory=Place)
    visit_types: list[VisitChoice] = field(default_factory=list)
    visit_note: str = ""
    left_out: str = ""
    zone: str = ""
    week: str = ""
    has_days: bool = False
    slot_links: str = ""
    chosen_day: str = ""
    chosen_day_problem: str = ""
    week_problem: str = ""
    limit_notice: str = ""
    others: list[OtherRow] = field(default_factory=list)
    previous_week: str = ""
    next_week: str = ""
    jump: Jump = field(default_factory=Jump)


@dataclass(frozen=True)
class Shown:
    """What a tab shows at the address ``href``: the page, its days, and which one is chosen.

    ``keys`` are what it is made of, with their revisions; time alone changes it at ``wake_at``.
    """

    page: DoctorPage = field(default_factory=DoctorPage)
    days: tuple[DayView, ...] = ()
    href: str = ""
    day: date | None = None
    taken: JustTaken = field(default_factory=JustTaken, compare=False)
    keys: Mapping[str, int | None] = field(default_factory=dict, compare=False)
    wake_at: datetime | None = field(default=None, compare=False)


def shown_after(before: Shown, seen: Seen, own_zone: str) -> Shown:
    """Return what a tab shows of what was ``seen``, where it showed ``before`` until now.

    The chosen day stays, and what vanished is struck through. ``own_zone`` is the visitor's.
    """
    doctor, wish, days = seen.doctor, seen.wish, seen.days
    keys = {doctor.key: doctor.revision}
    if wish is None or days is None:
        return Shown(_nothing_to_book(doctor), keys=keys, wake_at=doctor.suspended_from)
    if wish.href() != before.href:
        before = Shown()
    now = clock.now()
    chosen = chosen_day(wish, days, before.day)
    taken = JustTaken(before.taken)
    views = [
        replace(view, chosen=day is chosen)
        for view, day in zip(seen.day_views(own_zone), days.days, strict=True)
    ]
    shown = {view.href: view for view in before.days}
    views = [
        _with_just_taken(view, shown.get(view.href, view), taken, wish.clinic.zone, now)
        for view in views
    ]
    return Shown(
        page=_with_way_out(_page(wish, days, chosen, views, own_zone), seen.nothing),
        days=tuple(views),
        href=wish.href(),
        day=chosen.day,
        taken=taken,
        keys=keys,
        wake_at=taken.until(now) or days.changes_at,
    )


def _with_just_taken(
    view: DayView, shown: DayView, taken: JustTaken, zone: str, now: datetime
) -> DayView:
    """Return a day with the times struck through that vanished while it was shown."""
    if shown.parts == view.parts:
        return view
    slots = first_links(taken.mark(shown.slots, view.slots, now))
    return replace(view, parts=parts_of_day(slots, zone))


def _page(wish: Wish, days: Days, chosen: Day, views: list[DayView], own_zone: str) -> DoctorPage:
    doctor, zone = wish.doctor, wish.clinic.zone
    today = local_date(zone, clock.now())
    first, last = days.days[0].day, days.days[-1].day
    problem = wish.problem
    if wish.day is not None and wish.day > days.last_day:
        problem = t(
            "Bookings are open until {day}.", day=format_date(days.last_day, "EEEE d MMMM y")
        )
    places = [
        _place(each, wish.href_of(each), chosen=each == wish.clinic) for each in doctor.clinics
    ]
    offered = doctor.visit_types_at(wish.clinic.id) if wish.moved is None else [wish.visit_type]
    return DoctorPage(
        problem=problem,
        moving=moving_in_words(wish.moved) if wish.moved else Moving(),
        profile=_profile(doctor),
        places=places,
        place=next(place for place in places if place.chosen),
        visit_types=[
            VisitChoice(visit_label(each), wish.href(visit_type=each), each == wish.visit_type)
            for each in offered
        ],
        visit_note=visit_note(wish.visit_type),
        left_out=left_out_note(days.left_out),
        zone=_zone(zone, own_zone, days),
        week=t("{first} to {last}", first=format_date(first), last=format_date(last)),
        has_days=True,
        slot_links=wish.links,
        chosen_day=format_date(chosen.day, "EEEE d MMMM"),
        chosen_day_problem=day_problem(chosen.kind),
        week_problem="" if any(view.slots for view in views) else week_problem(days),
        previous_week=(
            wish.href(day=max(today, first - timedelta(days=WEEK))) if first > today else ""
        ),
        next_week=wish.href(day=last + timedelta(days=1)) if last < days.last_day else "",
        jump=jump_to_free(wish, days, chosen),
    )


def _with_way_out(page: DoctorPage, nothing: NothingFree | None) -> DoctorPage:
    if nothing is None:
        return page
    sentence = reason_sentence(nothing, ever=nothing.next_free is not None)
    others = [other_row(each) for each in nothing.alternatives]
    if page.week_problem:
        return replace(page, week_problem=sentence, others=others)
    is_limit = nothing.reason is Reason.PATIENT_LIMIT
    return replace(page, limit_notice=sentence if is_limit else "", others=others)


def _nothing_to_book(doctor: DoctorView) -> DoctorPage:
    place = _place(doctor.clinics[0], "", chosen=True)
    return DoctorPage(
        profile=_profile(doctor),
        places=[place],
        place=place,
        week_problem=t(
            "{doctor} takes no bookings online at the moment. Please call the clinic.",
            doctor=doctor.name,
        ),
    )


def _profile(doctor: DoctorView) -> Profile:
    return Profile(
        name=doctor.name,
        initials=initials(doctor.name),
        summary=summary(doctor),
        languages=languages(doctor),
        bio=doctor.bio,
        qualifications=doctor.qualifications,
        photo=photo_address(doctor.id, doctor.photo),
    )


def _place(clinic: ClinicView, href: str, *, chosen: bool) -> Place:
    digits = "".join(letter for letter in clinic.phone if letter.isdigit() or letter == "+")
    return Place(
        name=clinic.name,
        address=clinic.address,
        departments=department_names(clinic),
        phone=clinic.phone,
        phone_href=f"tel:{digits}" if digits else "",
        hours=lines(clinic.opening_hours),
        href=href,
        chosen=chosen,
    )


def _zone(zone: str, own_zone: str, days: Days) -> str:
    starts = (start for day in days.days for start in (*day.slots, *day.held))
    if any(short_own_time(start, zone, own_zone) for start in starts):
        return t("{zone}, your own below each", zone=zone_note(zone))
    return zone_note(zone)
