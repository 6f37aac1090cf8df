"""A doctor's page: who they are, and the free times of a week; the address says which."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import reflex as rx

from appointment_app import clock
from appointment_app.errors import NotFound
from appointment_app.i18n import format_date, t
from appointment_app.scheduling.days import Days
from appointment_app.scheduling.doctors import ClinicView, DoctorView
from appointment_app.scheduling.local_time import local_date
from appointment_app.scheduling.nothing_free import NothingFree, Reason
from appointment_app.states.address import public_id
from appointment_app.states.doctor_address import Wish
from appointment_app.states.doctor_reading import look
from appointment_app.states.doctor_week import (
    WEEK,
    DayView,
    Jump,
    PartOfDay,
    chosen_day,
    day_problem,
    jump_to_free,
    parts_of_day,
    week_problem,
)
from appointment_app.states.doctor_words import (
    languages,
    left_out_note,
    summary,
    visit_label,
    visit_note,
)
from appointment_app.states.find_doctors import FindDoctors
from appointment_app.states.held_time import HeldTime
from appointment_app.states.just_taken import JustTaken, first_links
from appointment_app.states.live_bridge import keep_current
from appointment_app.states.moving import Moving, moving_in_words
from appointment_app.states.nothing_free_words import OtherRow, other_row, reason_sentence
from appointment_app.states.own_zone import own_zone
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.wording import initials, zone_note

# A strip that scrolls sideways shall show the chosen day; the page itself stays where it is.
_SHOW_CHOSEN_DAY = """
requestAnimationFrame(() => {
  const chip = document.querySelector(".day-strip [aria-current]");
  if (chip) chip.parentElement.scrollLeft = chip.offsetLeft - chip.offsetWidth;
});
"""


@dataclass(frozen=True)
class Profile:
    """Who the doctor is."""

    name: str = ""
    initials: str = ""
    summary: str = ""
    languages: str = ""
    bio: str = ""


@dataclass(frozen=True)
class Place:
    """A clinic of the doctor; ``href`` chooses it."""

    name: str = ""
    address: str = ""
    phone: str = ""
    phone_href: str = ""
    href: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class VisitChoice:
    """A visit type; ``href`` chooses it."""

    label: str
    href: str
    chosen: bool


class DoctorProfile(SessionState):
    """The doctor, clinic, visit type and week that the address names."""

    is_loaded: bool = False
    is_missing: bool = False
    href_back: str = "/"
    problem: str = ""
    moving: Moving = Moving()
    profile: Profile = Profile()
    places: list[Place] = []
    place: Place = Place()
    visit_types: list[VisitChoice] = []
    visit_note: str = ""
    left_out: str = ""
    zone: str = ""
    week: str = ""
    days: list[DayView] = []
    chosen_day: str = ""
    chosen_day_problem: str = ""
    parts: list[PartOfDay] = []
    week_problem: str = ""
    limit_notice: str = ""
    others: list[OtherRow] = []
    previous_week: str = ""
    next_week: str = ""
    jump: Jump = Jump()

    # What this tab shows, and what was taken of it while somebody looked.
    _shown: str = ""
    _day: date | None = None
    _just_taken: JustTaken = JustTaken()
    _changes_at: datetime | None = None

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show what the address names."""
        self.href_back = (await self.get_state(FindDoctors))._address()
        await self._read()
        if self.is_missing:
            return None
        title = json.dumps(f"{self.profile.name} · {t('Appointments')}")
        return rx.call_script(f"document.title = {title};{_SHOW_CHOSEN_DAY}")

    @rx.event
    @refusals_shown
    async def refresh(self) -> None:
        """Read anew what changed meanwhile; the page stays where it is."""
        if self.router.url.path == "/doctor":
            await self._read(told=True)

    async def _read(self, *, told: bool = False) -> None:
        asked = self.router.url.query_parameters
        visitor = (await self.get_state(HeldTime))._visitor()
        try:
            if (doctor_id := public_id(asked.get("id"))) is None:
                raise NotFound
            seen = await look(await self._actor(), doctor_id, asked, visitor, told=told)
        except NotFound:
            self.is_missing, self.is_loaded = True, True
            return
        doctor = seen.doctor
        self._show_doctor(doctor)
        if seen.wish is None or seen.days is None:
            self._show_place(doctor.clinics[0], "")
            self._show_nothing_to_book(doctor)
        else:
            self._show_days(seen.wish, seen.days, seen.day_views(self._own_zone()))
            self._show_way_out(seen.nothing)
        self.is_missing, self.is_loaded = False, True
        wake_at = self._just_taken.until(clock.now()) or self._changes_at
        keep_current(self, DoctorProfile.refresh, {doctor.key: doctor.revision}, wake_at=wake_at)

    def _show_doctor(self, doctor: DoctorView) -> None:
        self.profile = Profile(
            name=doctor.name,
            initials=initials(doctor.name),
            summary=summary(doctor),
            languages=languages(doctor),
            bio=doctor.bio,
        )

    def _show_place(self, clinic: ClinicView, href: str) -> None:
        self.place = _place(clinic, href, chosen=True)
        self.places = [self.place]

    def _show_nothing_to_book(self, doctor: DoctorView) -> None:
        self.visit_types, self.days, self.parts, self.jump = [], [], [], Jump()
        self.limit_notice, self.others = "", []
        self.moving = Moving()
        self.left_out = self.visit_note = self.problem = self.week = self.previous_week = (
            self.next_week
        ) = ""
        self.week_problem = t(
            "{doctor} takes no bookings online at the moment. Please call the clinic.",
            doctor=doctor.name,
        )

    def _show_way_out(self, nothing: NothingFree | None) -> None:
        if nothing is None:
            return
        sentence = reason_sentence(nothing, ever=nothing.next_free is not None)
        if self.week_problem:
            self.week_problem = sentence
        elif nothing.reason is Reason.PATIENT_LIMIT:
            self.limit_notice = sentence
        self.others = [other_row(each) for each in nothing.alternatives]

    def _show_days(self, wish: Wish, days: Days, day_views: list[DayView]) -> None:
        doctor, zone = wish.doctor, wish.clinic.zone
        today = local_date(zone, clock.now())
        first, last = days.days[0].day, days.days[-1].day

        self.problem = wish.problem
        self.moving = moving_in_words(wish.moved) if wish.moved else Moving()
        if wish.day is not None and wish.day > days.last_day:
            self.problem = t(
                "Bookings are open until {day}.", day=format_date(days.last_day, "EEEE d MMMM y")
            )
        self.places = [
            _place(each, wish.href_of(each), chosen=each == wish.clinic) for each in doctor.clinics
        ]
        self.place = next(place for place in self.places if place.chosen)
        self.visit_types = [
            VisitChoice(visit_label(each), wish.href(visit_type=each), each == wish.visit_type)
            for each in (
                doctor.visit_types_at(wish.clinic.id) if wish.moved is None else [wish.visit_type]
            )
        ]
        self.visit_note = visit_note(wish.visit_type)
        self.left_out = left_out_note(days.left_out)
        clocks_differ = any(link.own_time for view in day_views for link in view.slots)
        self.zone = (
            t("{zone}, your own below each", zone=zone_note(zone))
            if clocks_differ
            else zone_note(zone)
        )

        self.week = t("{first} to {last}", first=format_date(first), last=format_date(last))
        self.previous_week = (
            wish.href(day=max(today, first - timedelta(days=WEEK))) if first > today else ""
        )
        self.next_week = wish.href(day=last + timedelta(days=1)) if last < days.last_day else ""

        chosen = chosen_day(wish, days, self._day if wish.href() == self._shown else None)
        self._day = chosen.day
        # The views are shared; which of the days is shown is this tab's own.
        views = zip(day_views, days.days, strict=True)
        self.days = self._with_just_taken(
            wish.href(), [replace(view, chosen=day is chosen) for view, day in views]
        )
        self.chosen_day = format_date(chosen.day, "EEEE d MMMM")
        self.chosen_day_problem = day_problem(chosen.kind)
        self.parts = parts_of_day(next(view.slots for view in self.days if view.chosen), zone)
        self._changes_at = days.changes_at
        self.week_problem = "" if any(day.slots for day in self.days) else week_problem(days)
        self.limit_notice, self.others = "", []
        self.jump = jump_to_free(wish, days, chosen)

    def _own_zone(self) -> str:
        return own_zone(self.router.headers.cookie)

    def _with_just_taken(self, shown: str, days: list[DayView]) -> list[DayView]:
        """Return ``days`` with the times struck through that vanished while they were shown."""
        if shown != self._shown:
            self._shown, self._just_taken = shown, JustTaken()
            return days
        now = clock.now()
        before = {day.href: day.slots for day in self.days}
        return [
            replace(
                day,
                slots=first_links(
                    self._just_taken.mark(before.get(day.href, []), day.slots, now),
                ),
            )
            for day in days
        ]


def _place(clinic: ClinicView, href: str, *, chosen: bool) -> Place:
    digits = "".join(letter for letter in clinic.phone if letter.isdigit() or letter == "+")
    return Place(
        name=clinic.name,
        address=clinic.address,
        phone=clinic.phone,
        phone_href=f"tel:{digits}" if digits else "",
        href=href,
        chosen=chosen,
    )
