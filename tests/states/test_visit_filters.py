"""Past appointments are narrowed down by what stands in the address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from appointment_app.models import Appointment, AppointmentStatus, Person
from appointment_app.states.my_appointments import MyAppointments
from appointment_app.states.visit_filters import VisitFilters
from tests.factories import (
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
)
from tests.states.doctors_tab import done
from tests.states.patients_tab import TUESDAY_TEN, Practice, Tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite", "postgresql", "mariadb"])


class Past:
    """A parent and a child, at two doctors of two clinics, in two years."""

    def __init__(self, tab: Tab, asked: dict[str, str], visits: list[Appointment]) -> None:
        self.tab, self.asked = tab, asked
        self.own, self.childs, self.cancelled = visits

    async def listed(self, **query: str) -> list[str]:
        """The ids of the appointments that an address shows."""
        more = "".join(f"&{name}={value}" for name, value in query.items())
        self.tab.go_to(f"/appointments?show=past{more}")
        state = await self.tab.state(MyAppointments)
        await state.load_list()
        return [row.id for row in state.appointments]

    async def filters(self) -> VisitFilters:
        return await self.tab.state(VisitFilters)


@pytest.fixture
async def past(practice: Practice) -> Past:
    async with practice.database.session() as session:
        child = await make_patient(session, guardian=practice.patient, given_name="Kim")
        hill = await make_clinic(session, name="Hill Clinic")
        other = await make_doctor(session, hill, licence_number="L-2", given_name="Otto")
        visit = await make_visit_type(session, other)

        async def add(at: Any, whose: Person, days: int, **values: Any) -> Appointment:
            starts_at = TUESDAY_TEN - timedelta(days=days)
            return await make_appointment(session, *at, whose, starts_at, **values)

        here, there = (practice.visit_type, practice.clinic), (visit, hill)
        visits = [
            await add(here, practice.patient, 30, status=AppointmentStatus.COMPLETED),
            await add(there, child, 400, status=AppointmentStatus.COMPLETED),
            await add(here, practice.patient, 5, status=AppointmentStatus.CANCELLED),
        ]
    asked = {
        "doctor": str(other.public_id),
        "clinic": str(hill.public_id),
        "person": str(child.public_id),
    }
    return Past(await practice.tab(practice.patient), asked, visits)


async def test_each_filter_leaves_what_fits(past: Past) -> None:
    own, childs, cancelled = (
        str(each.public_id) for each in (past.own, past.childs, past.cancelled)
    )
    assert await past.listed() == [cancelled, own, childs]
    for name, value in past.asked.items():
        assert await past.listed(**{name: value}) == [childs]
    assert await past.listed(status="cancelled") == [cancelled]
    assert await past.listed(year="2025") == [childs]
    assert await past.listed(year="2026", status="completed") == [own]
    assert await past.listed(year="2025", status="cancelled") == []
    assert (await past.filters()).is_narrowed


async def test_there_is_to_choose_what_there_was(past: Past) -> None:
    await past.listed()
    filters = await past.filters()
    assert [name for _, name in filters.doctors] == ["All", "Dr Dora Doctor", "Dr Otto Doctor"]
    assert [name for _, name in filters.clinics] == ["All", "Harbour Clinic", "Hill Clinic"]
    assert [name for _, name in filters.people] == ["All", "Kim Patient", "Pia Patient"]
    assert [value for value, _ in filters.statuses] == ["", "completed", "cancelled"]
    assert [value for value, _ in filters.years] == ["", "2026", "2025"]
    assert not filters.is_narrowed


async def test_a_choice_keeps_the_others_in_the_address(past: Past) -> None:
    await past.listed(year="2026")
    to = await done((await past.filters()).choose("status", "completed"))
    assert "show=past&status=completed&year=2026" in to
    to = await done((await past.filters()).choose("year", ""))
    assert "year" not in to
    assert await (await past.filters()).choose("limit", "1") is None


@pytest.mark.parametrize("year", ["0000", "9999", "²²²²", "99"])
async def test_an_address_may_ask_for_nonsense(past: Past, year: str) -> None:
    found = await past.listed(year=year, doctor="me", status="lost")
    assert len(found) in {0, 3}
