"""Fills the demo doctors' calendars: pure, and decided by the seed and the day alone.

Every planned visit is one that a patient could have booked: its start is on the grid that
``scheduling.availability`` offers, and neither doctor nor patient is in two places at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from appointment_app.demo.clinics import CLINICS, SPECIALTIES
from appointment_app.demo.doctors import DOCTORS
from appointment_app.demo.people import DemoPatient
from appointment_app.demo.planned import DemoPlan, PlannedOverride, PlannedVisit, shape
from appointment_app.demo.practice import DemoDoctor, DemoVisit, weekly
from appointment_app.models import AppointmentStatus, BookableBy
from appointment_app.scheduling.availability import free_slots, open_intervals
from appointment_app.scheduling.intervals import Interval, overlaps
from appointment_app.scheduling.local_time import instant_of, local_date, local_day_bounds
from appointment_app.scheduling.opening_hours import Hours, LocalRange
from appointment_app.scheduling.public_holidays import holidays_around

DAYS_BACK = 28
DAYS_AHEAD = 28

# Which part of an open day is booked, by how many days it is ahead at most.
_FILLED = ((-1, 0.22), (5, 0.55), (9, 0.32), (17, 0.15), (DAYS_AHEAD, 0.06))
_CANCELLED_SHARE = 0.09
_NO_SHOW_SHARE = 0.07
_DAY = timedelta(days=1)

_CANCEL_REASONS_OF_PATIENTS = (
    "",
    "",
    "I feel better.",
    "I have to work that day.",
    "I found an earlier time.",
    "My child is ill.",
)
_CANCEL_REASONS_OF_DOCTORS = (
    "The doctor is ill. Please choose another time.",
    "The practice is closed that afternoon. We are sorry.",
)
_NOTES = (
    "Findings explained, no treatment needed.",
    "Prescription renewed for three months.",
    "Control in six weeks.",
    "Blood taken, results by telephone.",
    "Referred for a second opinion.",
)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A visit of a demo login, at or after (in the past: before) a number of days from today."""

    patient: str
    doctor: str
    visit: str
    days: int
    status: AppointmentStatus
    reason: str
    cancelled_by_doctor: bool = False


_WISHES = (
    _Wish(
        "mara.keller",
        "Meier",
        "First visit",
        -24,
        AppointmentStatus.COMPLETED,
        "A mole that has changed",
    ),
    _Wish("mara.keller", "Meier", "Follow-up", -10, AppointmentStatus.COMPLETED, "Result"),
    _Wish("mara.keller", "Albrecht", "Check-up", -17, AppointmentStatus.NO_SHOW, "Yearly check-up"),
    _Wish(
        "mara.keller", "Rahimi", "Eye test", -6, AppointmentStatus.CANCELLED, "New glasses", True
    ),
    _Wish("mara.keller", "Meier", "Mole check", 3, AppointmentStatus.PENDING, "Control"),
    _Wish("mara.keller", "Albrecht", "Video visit", 2, AppointmentStatus.CONFIRMED, "Hay fever"),
    _Wish("mara.keller", "Vásquez", "First visit", 12, AppointmentStatus.CONFIRMED, ""),
    _Wish("finn.keller", "Demir", "Check-up", -13, AppointmentStatus.COMPLETED, "Earache"),
    _Wish("finn.keller", "Demir", "Check-up", 6, AppointmentStatus.CONFIRMED, "Vaccination"),
    _Wish("sam.otieno", "Raman", "First visit", -15, AppointmentStatus.COMPLETED, "Itchy rash"),
    _Wish("sam.otieno", "Bennett", "Check-up", -4, AppointmentStatus.CANCELLED, "Blood pressure"),
    _Wish("sam.otieno", "Raman", "Video visit", 2, AppointmentStatus.CONFIRMED, "Itchy rash"),
    _Wish("sam.otieno", "Raman", "Consultation", 8, AppointmentStatus.PENDING, "Allergy tests"),
)


def plan(patients: Sequence[DemoPatient], today: dict[str, date], seed: int) -> DemoPlan:
    """Return what happens at the clinics; ``today`` is the local day by clinic code."""
    planned = DemoPlan()
    diary = _Diary(patients)
    for doctor in DOCTORS:
        calendar = _Calendar(doctor, today, Random(f"{seed}/{doctor.family_name}"), diary)
        for clinic, overrides in calendar.overrides.items():
            planned.overrides[doctor, clinic] = overrides
        if doctor.approved:
            calendar.fulfil_wishes()
            calendar.gather()
            calendar.fill()
        planned.visits += sorted(calendar.visits, key=lambda visit: visit.starts_at)
    return planned


class _Diary:
    """When each patient is taken, across all doctors."""

    def __init__(self, patients: Sequence[DemoPatient]) -> None:
        self.patients = {patient.key: patient for patient in patients}
        self._taken: defaultdict[str, list[Interval]] = defaultdict(list)
        self._days: defaultdict[str, set[date]] = defaultdict(set)

    def is_free(self, patient: DemoPatient, time: Interval) -> bool:
        """Tell whether ``patient`` has nothing else then."""
        return not any(overlaps(time, taken) for taken in self._taken[patient.key])

    def has_room(self, patient: DemoPatient, time: Interval) -> bool:
        """Tell whether ``patient`` has nothing else on that day and the days beside it."""
        day = time.start.date()
        return self._days[patient.key].isdisjoint((day - _DAY, day, day + _DAY))

    def take(self, patient: DemoPatient, time: Interval) -> None:
        """Note that ``patient`` is taken then."""
        self._taken[patient.key].append(time)
        self._days[patient.key].add(time.start.date())

    def visits_of(self, patient: DemoPatient) -> int:
        """How many appointments ``patient`` has so far."""
        return len(self._taken[patient.key])


class _Calendar:
    """One doctor's calendar while it is filled."""

    def __init__(
        self, doctor: DemoDoctor, today: dict[str, date], chance: Random, diary: _Diary
    ) -> None:
        self.doctor = doctor
        self.today = today
        self.chance = chance
        self.diary = diary
        self.visits: list[PlannedVisit] = []
        self.overrides: dict[str, list[PlannedOverride]] = {}
        self._busy: list[Interval] = []
        self._on_day: defaultdict[date, int] = defaultdict(int)
        self._known: set[str] = set()
        self._zones = {clinic.code: clinic.zone for clinic in CLINICS}
        self._regions = {clinic.code: (clinic.country, clinic.region) for clinic in CLINICS}
        self._reasons = next(
            each.reasons for each in SPECIALTIES if each.code == doctor.specialties[0]
        )
        self.hours = {clinic: self._hours_at(clinic) for clinic in doctor.hours}

    def fulfil_wishes(self) -> None:
        """Book what the demo logins want from this doctor."""
        for wish in _WISHES:
            if wish.doctor == self.doctor.family_name:
                self._fulfil(wish)

    def gather(self) -> None:
        """Book some people into the next group session of each kind that there is."""
        for visit in self.doctor.visits:
            if visit.capacity > 1:
                clinic = next(iter(self.doctor.hours))
                days = range(1, DAYS_AHEAD)
                starts = next(filter(None, (self._free(clinic, day, visit) for day in days)))
                time = shape(visit).visit(starts[-1])
                for seat in range(visit.capacity // 2 + 1):
                    if (patient := self._somebody(clinic, visit, time)) is None:
                        break
                    status = AppointmentStatus.CONFIRMED
                    self._book(clinic, visit, patient, time.start, status, seat=seat)

    def fill(self) -> None:
        """Book other patients, day by day, until each day is as full as it should be."""
        for ahead in range(-DAYS_BACK, DAYS_AHEAD + 1):
            for clinic in self.doctor.hours:
                self._fill_day(clinic, ahead)

    def _hours_at(self, clinic: str) -> Hours:
        ranges = weekly(self.doctor.hours[clinic])
        country, region = self._regions[clinic]
        holidays = holidays_around(country, region, self.today[clinic].year)
        regular = Hours(self._zones[clinic], ranges, holidays=holidays)
        self.overrides[clinic] = list(self._different_days(clinic, regular))
        different = {each.day: each.ranges for each in self.overrides[clinic]}
        return replace(regular, overrides=different)

    def _different_days(self, clinic: str, regular: Hours) -> Iterator[PlannedOverride]:
        working_days = [
            day
            for ahead in range(7, DAYS_AHEAD)
            if regular.opening_on(day := self.today[clinic] + ahead * _DAY)
        ]
        shorter, *closed = self.chance.sample(working_days, 3)
        first = regular.opening_on(shorter)[0]
        yield PlannedOverride(
            shorter, (LocalRange(first.opens, min(first.opens + 120, first.closes)),), "Training"
        )
        note = self.chance.choice(("Holiday", "Conference", "Closed"))
        for day in sorted(closed[: self.chance.randint(1, 2)]):
            yield PlannedOverride(day, (), note)

    def _fulfil(self, wish: _Wish) -> None:
        patient = self.diary.patients[wish.patient]
        visit = next(each for each in self.doctor.visits if each.name == wish.visit)
        clinic = next((code for code in self.doctor.hours if code == patient.city), "")
        step = -1 if wish.days < 0 else 1
        for ahead in range(wish.days, wish.days + 14 * step, step):
            starts = self._free(clinic, ahead, visit)
            fitting = [s for s in starts if self.diary.is_free(patient, shape(visit).visit(s))]
            if fitting:
                start = self.chance.choice(fitting)
                self._book(clinic, visit, patient, start, wish.status, wish)
                return

    def _fill_day(self, clinic: str, ahead: int) -> None:
        day = self.today[clinic] + ahead * _DAY
        window = local_day_bounds(self._zones[clinic], day)
        open_time = _total(open_intervals(self.hours[clinic], window))
        wanted = open_time * self._fill_share(ahead)
        tries = 3
        while tries and _total(each for each in self._busy if overlaps(each, window)) < wanted:
            tries = 3 if self._book_anybody(clinic, ahead) else tries - 1

    def _fill_share(self, ahead: int) -> float:
        if self._is_to_be_full(ahead):
            return 1
        share = next(share for until, share in _FILLED if ahead <= until)
        return min(0.9, share * self.doctor.demand * self.chance.uniform(0.7, 1.3))

    def _is_to_be_full(self, ahead: int) -> bool:
        return 0 <= ahead < self.doctor.full_days

    def _book_anybody(self, clinic: str, ahead: int) -> bool:
        options = self.doctor.visits
        visit = self.chance.choices(options, [each.share for each in options])[0]
        if self._is_to_be_full(ahead):
            longest_first = sorted(options, key=lambda each: -each.duration)
            visit = next((each for each in longest_first if self._free(clinic, ahead, each)), visit)
        starts = self._free(clinic, ahead, visit)
        if not starts:
            return False
        start = self.chance.choice(starts)
        patient = self._somebody(clinic, visit, shape(visit).visit(start))
        if patient is None:
            return False
        self._book(clinic, visit, patient, start, self._status(visit, ahead))
        return True

    def _free(self, clinic: str, ahead: int, visit: DemoVisit) -> list[datetime]:
        day = self.today[clinic] + ahead * _DAY
        zone = self._zones[clinic]
        window = local_day_bounds(zone, day)
        limit = self.doctor.max_patients_a_day
        full = {day} if limit is not None and self._on_day[day] >= limit else set()
        return free_slots(
            self.hours[clinic], self._busy, shape(visit), window, window.start, full_days=full
        )

    def _somebody(self, clinic: str, visit: DemoVisit, time: Interval) -> DemoPatient | None:
        fitting = list(self._suited(clinic))
        suited = [each for each in fitting if self.diary.has_room(each, time)]
        suited = suited or [each for each in fitting if self.diary.is_free(each, time)]
        known = [each for each in suited if each.key in self._known]
        new = [each for each in suited if each.key not in self._known]
        preferred = (known if visit.name == "Follow-up" else new) or suited
        if visit.bookable_by is BookableBy.KNOWN_PATIENTS:
            preferred = known
        if not preferred:
            return None
        few = self.chance.sample(preferred, min(4, len(preferred)))
        return min(few, key=self.diary.visits_of)

    def _suited(self, clinic: str) -> Iterator[DemoPatient]:
        for_children = self.doctor.specialties[0] == "paediatrics"
        for_women = self.doctor.specialties[0] == "gynaecology"
        for patient in self.diary.patients.values():
            is_child = patient.guardian is not None
            comes = patient.walk_in and patient.city == clinic
            if comes and is_child == for_children and (patient.woman or not for_women):
                yield patient

    def _status(self, visit: DemoVisit, ahead: int) -> AppointmentStatus:
        luck = self.chance.random()
        if luck < _CANCELLED_SHARE:
            return AppointmentStatus.CANCELLED
        if ahead < 0:
            missed = luck > 1 - _NO_SHOW_SHARE
            return AppointmentStatus.NO_SHOW if missed else AppointmentStatus.COMPLETED
        if ahead > 0 and visit.needs_confirmation and luck < 0.6:
            return AppointmentStatus.PENDING
        return AppointmentStatus.CONFIRMED

    def _book(
        self,
        clinic: str,
        visit: DemoVisit,
        patient: DemoPatient,
        start: datetime,
        status: AppointmentStatus,
        wish: _Wish | None = None,
        seat: int = 0,
    ) -> None:
        zone = self._zones[clinic]
        # What is stored happened before today, so that it is past whenever the demo is loaded.
        midnight = instant_of(zone, self.today[clinic], 0)
        latest = min(start, midnight) - timedelta(hours=2)
        booked_at = latest - timedelta(minutes=self.chance.randrange(14 * 24 * 60))
        cancelled = status is AppointmentStatus.CANCELLED
        by_doctor = wish.cancelled_by_doctor if wish else self.chance.random() < 0.3
        reasons = _CANCEL_REASONS_OF_DOCTORS if by_doctor else _CANCEL_REASONS_OF_PATIENTS
        seen = status is AppointmentStatus.COMPLETED and self.chance.random() < 0.5
        planned = PlannedVisit(
            doctor=self.doctor,
            clinic=clinic,
            visit=visit,
            patient=patient,
            starts_at=start,
            status=status,
            booked_at=booked_at,
            reason=wish.reason if wish else self.chance.choice(("", *self._reasons)),
            notes=self.chance.choice(_NOTES) if seen else "",
            cancelled_at=booked_at + (latest - booked_at) * self.chance.random()
            if cancelled
            else None,
            cancelled_by_doctor=cancelled and by_doctor,
            cancel_reason=self.chance.choice(reasons) if cancelled else "",
            seat=seat,
        )
        self.visits.append(planned)
        if not cancelled:
            if seat == 0:
                self._busy.append(planned.busy)
            self._on_day[local_date(zone, start)] += 1
            self._known.add(patient.key)
            self.diary.take(patient, planned.time)


def _total(intervals: Iterator[Interval] | Sequence[Interval]) -> timedelta:
    return sum((each.end - each.start for each in intervals), timedelta())
