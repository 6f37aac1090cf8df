"""A doctor's page: who they are, and the free times of a week; the address says which."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx

from appointment_app import clock
from appointment_app.database import get_database
from appointment_app.errors import NotFound
from appointment_app.i18n import format_date, t
from appointment_app.scheduling.appointments import AppointmentView
from appointment_app.scheduling.days import Day, DayKind, Days, list_days
from appointment_app.scheduling.doctors import ClinicView, DoctorView, VisitTypeView, get_doctor
from appointment_app.scheduling.local_time import local_date
from appointment_app.scheduling.nothing_free import NothingFree, Reason, explain, reason_of
from appointment_app.scheduling.slots import Offer
from appointment_app.states.address import address, iso_day, public_id
from appointment_app.states.booking_address import booking_link
from appointment_app.states.doctor_words import (
    languages,
    left_out_note,
    summary,
    visit_label,
    visit_note,
    weekday_name,
)
from appointment_app.states.find_doctors import FindDoctors
from appointment_app.states.just_taken import JustTaken
from appointment_app.states.live_bridge import keep_current
from appointment_app.states.moving import Moving, load_moving, move_link, moving_in_words
from appointment_app.states.nothing_free_words import OtherRow, other_row, reason_sentence
from appointment_app.states.own_zone import own_zone, short_own_time
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.slot_links import SlotLink, slot_links
from appointment_app.states.wording import initials, zone_note

_WEEK = 7
# No clinic takes bookings further ahead.
_DAYS_AHEAD = 730
_NOON, _EVENING = 12, 18

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


@dataclass(frozen=True)
class DayView:
    """One day of the week: as a column with all its slots, or as a chip with its note."""

    weekday: str
    number: str
    date: str
    month: str
    note: str
    href: str
    chosen: bool
    is_free: bool
    slots: list[SlotLink]


@dataclass(frozen=True)
class PartOfDay:
    """The slots of a morning, an afternoon or an evening."""

    name: str
    slots: list[SlotLink]


@dataclass(frozen=True)
class Jump:
    """A link to a day."""

    label: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the address asks for, made sense of; ``problem`` says what made none."""

    doctor: DoctorView
    clinic: ClinicView
    visit_type: VisitTypeView
    day: date | None
    problem: str
    moved: AppointmentView | None = None

    @property
    def offer(self) -> Offer:
        return Offer(self.doctor.id, self.clinic.id, self.visit_type.id)

    def href(
        self,
        *,
        clinic: ClinicView | None = None,
        visit_type: VisitTypeView | None = None,
        day: date | None = None,
    ) -> str:
        """Return the address of the same page with something else chosen."""
        return address(
            "/doctor",
            id=self.doctor.id,
            clinic=(clinic or self.clinic).id,
            type=(visit_type or self.visit_type).id,
            day=day or self.day,
            move=self.moved.id if self.moved else None,
        )

    def href_of(self, clinic: ClinicView) -> str:
        """Return the address of another clinic, with the same visit where it is offered there."""
        others = self.doctor.visit_types_at(clinic.id)
        same = clinic.id in self.visit_type.clinics or not others
        return self.href(clinic=clinic, visit_type=None if same else others[0])

    def link(self, starts_at: datetime) -> str:
        """Return the address that leads on with a free time (UTC)."""
        if self.moved is None:
            return booking_link(self.offer, starts_at)
        return move_link(self.moved.id, self.clinic.id, starts_at)


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
            await self._read()

    async def _read(self) -> None:
        actor = await self._actor()
        asked = self.router.url.query_parameters
        doctor_id = public_id(asked.get("id"))
        try:
            if doctor_id is None:
                raise NotFound
            async with get_database().session() as session:
                doctor = await get_doctor(session, actor, doctor_id)
                self._show_doctor(doctor)
                if not doctor.visit_types:
                    self._show_place(doctor.clinics[0], "")
                    self._show_nothing_to_book(doctor)
                else:
                    moved = await load_moving(session, actor, asked)
                    wish = _wish(doctor, asked, moved)
                    first_day = _first_day_of_week(wish)
                    days = await list_days(
                        session,
                        actor,
                        wish.offer,
                        first_day,
                        _WEEK,
                        moving=wish.moved.id if wish.moved else None,
                    )
                    self._show_days(wish, days)
                    # Whoever moves an appointment stays with its doctor.
                    if wish.moved is None:
                        self._show_way_out(await explain(session, actor, wish.offer, days))
        except NotFound:
            self.is_missing, self.is_loaded = True, True
            return
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

    def _show_days(self, wish: _Wish, days: Days) -> None:
        doctor, zone = wish.doctor, wish.clinic.zone
        today = local_date(zone, clock.now())
        first, last = days.days[0].day, days.days[-1].day
        own = own_zone(self.router.headers.cookie)

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
        clocks_differ = any(
            short_own_time(slot, zone, own) for day in days.days for slot in day.slots
        )
        self.zone = (
            t("Times in {zone}, your own below each", zone=zone_note(zone))
            if clocks_differ
            else t("Times in {zone}", zone=zone_note(zone))
        )

        self.week = t("{first} to {last}", first=format_date(first), last=format_date(last))
        self.previous_week = (
            wish.href(day=max(today, first - timedelta(days=_WEEK))) if first > today else ""
        )
        self.next_week = wish.href(day=last + timedelta(days=1)) if last < days.last_day else ""

        chosen = _chosen_day(wish, days)
        self.days = self._with_just_taken(
            wish.href(),
            [_day_view(wish, day, today, chosen, own, days.seats_left) for day in days.days],
        )
        self.chosen_day = format_date(chosen.day, "EEEE d MMMM")
        self.chosen_day_problem = _day_problem(chosen.kind)
        self.parts = _parts_of_day(next(view.slots for view in self.days if view.chosen), zone)
        self._changes_at = days.changes_at
        self.week_problem = "" if any(day.slots for day in days.days) else _week_problem(days)
        self.limit_notice, self.others = "", []
        self.jump = _jump(wish, days, chosen)

    def _with_just_taken(self, shown: str, days: list[DayView]) -> list[DayView]:
        """Return ``days`` with the times struck through that vanished while they were shown."""
        if shown != self._shown:
            self._shown, self._just_taken = shown, JustTaken()
            return days
        now = clock.now()
        before = {day.href: day.slots for day in self.days}
        return [
            replace(day, slots=self._just_taken.mark(before.get(day.href, []), day.slots, now))
            for day in days
        ]


def _wish(doctor: DoctorView, asked: Mapping[str, str], moved: AppointmentView | None) -> _Wish:
    """Return what the address asks of a doctor who has visit types.

    An appointment is ``moved`` with its doctor and visit type only.
    """
    problems = []
    clinic_id, type_id = asked.get("clinic"), asked.get("type")
    if moved is not None:
        type_id = str(moved.visit_type_id)
        if moved.doctor_id != doctor.id or _by_id(doctor.visit_types, type_id) is None:
            moved, type_id = None, asked.get("type")
    if asked.get("move") and moved is None:
        problems.append(
            t("That appointment cannot be moved any more. These times are for a new one.")
        )
    clinic = _by_id(doctor.clinics, clinic_id)
    visit_type = _by_id(doctor.visit_types, type_id)
    if clinic_id and clinic is None:
        problems.append(t("{doctor} does not work at that clinic.", doctor=doctor.name))
    if type_id and visit_type is None:
        problems.append(t("That visit type is no longer offered."))
    elif clinic and not doctor.visit_types_at(clinic.id):
        problems.append(
            t(
                "{doctor} takes no bookings online at {clinic}.",
                doctor=doctor.name,
                clinic=clinic.name,
            )
        )
        clinic = None
    clinic = clinic or _first_clinic(doctor, visit_type)
    if visit_type and clinic.id not in visit_type.clinics:
        problems.append(t("That visit is not offered at {clinic}.", clinic=clinic.name))
        visit_type = moved = None
    day, problem = _wished_day(asked.get("day", ""), local_date(clinic.zone, clock.now()))
    problems.append(problem)
    return _Wish(
        doctor=doctor,
        clinic=clinic,
        visit_type=visit_type or doctor.visit_types_at(clinic.id)[0],
        day=day,
        problem=" ".join(filter(None, problems)),
        moved=moved,
    )


def _first_clinic(doctor: DoctorView, visit_type: VisitTypeView | None) -> ClinicView:
    """Return the first clinic at which the visit type is offered, or else any is."""
    return next(
        clinic
        for clinic in doctor.clinics
        if (clinic.id in visit_type.clinics if visit_type else doctor.visit_types_at(clinic.id))
    )


def _by_id(choices: tuple[Any, ...], typed: str | None) -> Any:
    wanted: UUID | None = public_id(typed)
    return next((each for each in choices if each.id == wanted), None)


def _wished_day(typed: str, today: date) -> tuple[date | None, str]:
    if not typed:
        return None, ""
    day = iso_day(typed)
    if day is None:
        return None, t("We did not understand the day. These are the next days.")
    if day < today:
        return None, t("That day is past. These are the next days.")
    if day > today + timedelta(days=_DAYS_AHEAD):
        return None, t("That day is too far ahead. These are the next days.")
    return day, ""


def _first_day_of_week(wish: _Wish) -> date:
    """Return the first of the seven days to show: weeks are counted from today on."""
    today = local_date(wish.clinic.zone, clock.now())
    ahead = ((wish.day or today) - today).days
    return today + timedelta(days=ahead // _WEEK * _WEEK)


def _chosen_day(wish: _Wish, days: Days) -> Day:
    """Return the day that was asked for, else the first one with a free time."""
    asked = [day for day in days.days if day.day == wish.day]
    free = [day for day in days.days if day.slots]
    return next(iter(asked or free), days.days[0])


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


def _day_view(
    wish: _Wish, day: Day, today: date, chosen: Day, own: str, seats_left: Mapping[datetime, int]
) -> DayView:
    return DayView(
        weekday=weekday_name(day.day, today),
        number=str(day.day.day),
        date=format_date(day.day, "d MMM"),
        month=format_date(day.day, "MMMM"),
        note=_day_note(day),
        href=wish.href(day=day.day),
        chosen=day is chosen,
        is_free=bool(day.slots),
        slots=slot_links(
            wish.link, wish.doctor.name, wish.clinic.zone, own, day.day, day.slots, seats_left
        ),
    )


def _day_note(day: Day) -> str:
    notes = {
        DayKind.FREE: t("{number} left", number=len(day.slots)),
        DayKind.FULL: t("full"),
        DayKind.NO_GAP: t("no gap"),
        DayKind.CLOSED: t("closed"),
        DayKind.OVER: t("over"),
        DayKind.NOT_YET: t("not yet"),
    }
    return notes[day.kind]


def _day_problem(kind: DayKind) -> str:
    problems = {
        DayKind.FREE: "",
        DayKind.FULL: t("All times on this day are taken."),
        DayKind.NO_GAP: t("There is some time left, but no gap as long as this visit."),
        DayKind.CLOSED: t("The doctor receives nobody on this day."),
        DayKind.OVER: t("It is too late to book a time on this day."),
        DayKind.NOT_YET: t("This day cannot be booked yet."),
    }
    return problems[kind]


def _week_problem(days: Days) -> str:
    """Return why a week without a free time has none."""
    nothing = NothingFree(reason_of([day.kind for day in days.days]), days.first_free, ())
    return reason_sentence(nothing, ever=True)


def _jump(wish: _Wish, days: Days, chosen: Day) -> Jump:
    """Return the link to the next free day when the chosen one has no free time."""
    if chosen.slots:
        return Jump()
    if days.first_free is not None:
        day = local_date(wish.clinic.zone, days.first_free)
    else:
        free = [each.day for each in days.days if each.slots]
        later = [each for each in free if each > chosen.day]
        if not free:
            return Jump()
        day = (later or free)[0]
    return Jump(t("Next free: {day}", day=format_date(day)), wish.href(day=day))


def _parts_of_day(links: list[SlotLink], zone: str) -> list[PartOfDay]:
    parts: dict[str, list[SlotLink]] = {t("Morning"): [], t("Afternoon"): [], t("Evening"): []}
    morning, afternoon, evening = parts.values()
    for link in links:
        hour = datetime.fromisoformat(link.starts_at).astimezone(ZoneInfo(zone)).hour
        part = morning if hour < _NOON else afternoon if hour < _EVENING else evening
        part.append(link)
    return [PartOfDay(name, slots) for name, slots in parts.items() if slots]
