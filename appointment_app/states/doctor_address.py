"""What the address of a doctor's page asks for, made sense of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from appointment_app import clock
from appointment_app.i18n import t
from appointment_app.scheduling.appointments import AppointmentView
from appointment_app.scheduling.doctors import ClinicView, DoctorView, VisitTypeView
from appointment_app.scheduling.local_time import local_date
from appointment_app.scheduling.slots import Offer
from appointment_app.states.address import address, iso_day, public_id
from appointment_app.states.booking_address import booking_links
from appointment_app.states.moving import move_links

# No clinic takes bookings further ahead.
_DAYS_AHEAD = 730


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for, made sense of; ``problem`` says what made none."""

    doctor: DoctorView
    clinic: ClinicView
    visit_type: VisitTypeView
    day: date | None
    problem: str
    moved: AppointmentView | None = None

    @property
    def offer(self) -> Offer:
        """The visit type of the doctor at the clinic."""
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

    @property
    def links(self) -> str:
        """How the addresses begin that lead on with a free time; its start (UTC) ends them."""
        if self.moved is None:
            return booking_links(self.offer)
        return move_links(self.moved.id, self.clinic.id)


def wish_of(doctor: DoctorView, asked: Mapping[str, str], moved: AppointmentView | None) -> Wish:
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
    return Wish(
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
