"""A practice, and tabs of people who book there, without a browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import reflex as rx
from sqlmodel import col, select

from appointment_app.accounts import login_sessions
from appointment_app.database import Database
from appointment_app.models import Appointment, Clinic, Doctor, Person, VisitType
from appointment_app.states.booking_address import booking_link
from tests.factories import make_clinic, make_doctor, make_patient, make_visit_type, offer_of
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.doctors_tab import log_in
from tests.states.tabs import go_to, open_tab

State = TypeVar("State", bound=rx.State)

TUESDAY_TEN = MONDAY_EIGHT + timedelta(days=1, hours=1)  # 10:00 in Berlin


@dataclass
class Tab:
    """A tab of somebody, or of nobody."""

    root: rx.State
    cookie: str = ""

    def go_to(self, address: str, *, connection: str = "") -> None:
        """Show another address, or come again over another connection."""
        go_to(self.root, address, cookie=self.cookie, connection=connection)

    async def state(self, kind: type[State]) -> State:
        """One of the states of the tab."""
        return await self.root.get_state(kind)


@dataclass
class Practice:
    """A doctor in Berlin who receives every day from eight to six."""

    database: Database
    clinic: Clinic
    doctor: Doctor
    visit_type: VisitType
    patient: Person

    @property
    def link(self) -> str:
        """The booking form for Tuesday at ten."""
        return booking_link(offer_of(self.doctor, self.clinic, self.visit_type), TUESDAY_TEN)

    async def tab(self, person: Person | Doctor | None = None, *, cookies: str = "") -> Tab:
        """Open a tab of somebody who is logged in, or of nobody."""
        cookie = cookies
        if person is not None and person.user_id is not None:
            login = await log_in(self.database, person.user_id)
            cookie = f"{login}; {cookies}" if cookies else login
        return Tab(open_tab("/", cookie=cookie), cookie)

    async def person(self, **values: object) -> Person:
        """Another patient."""
        async with self.database.session() as session:
            return await make_patient(session, **values)

    async def appointments(self) -> list[Appointment]:
        """All appointments there are, oldest first."""
        async with self.database.session() as session:
            return list(await session.exec(select(Appointment).order_by(col(Appointment.id))))


async def open_practice(database: Database) -> Practice:
    """Store the practice and its first patient, Pia."""
    login_sessions.forget_everything()
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic)
        visit_type = await make_visit_type(session, doctor, name="First visit")
        patient = await make_patient(session)
    return Practice(database, clinic, doctor, visit_type, patient)
