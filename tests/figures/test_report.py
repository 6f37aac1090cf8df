"""The figures of a report, what each is made of, and who sees which."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.errors import Forbidden, LoginRequired, NotFound
from appointment_app.figures.period import Wish
from appointment_app.figures.report import Figures, Report, load_clinic_report, load_own_report
from appointment_app.figures.tables import Figure, as_csv
from appointment_app.models import AppointmentStatus as Status
from appointment_app.models import DoctorSpecialty, Role, Specialty, row_id
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_session,
    make_visit_type,
)
from tests.scheduling.desk import TODAY, TUESDAY, Desk, at

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
WEEK = Wish(first=TODAY, last=TODAY + timedelta(days=6))  # open ten hours on each day
ROOT = Actor(user_id=1, grants=frozenset({Grant(Role.ADMINISTRATOR)}))


async def visits(desk: Desk, session: AsyncSession, *statuses: Status) -> None:
    """Appointments of half an hour each, one after the other from Tuesday eight o'clock on."""
    for number, status in enumerate(statuses):
        starts_at = at("08:00") + number * timedelta(minutes=30)
        booked = {"status": status, "created_at": starts_at - timedelta(hours=10 * (number + 1))}
        await make_appointment(
            session, desk.visit_type, desk.clinic, desk.patient, starts_at, **booked
        )


async def of_week(session: AsyncSession, actor: Actor = ROOT) -> Report:
    return await load_clinic_report(session, actor, None, WEEK)


async def test_rates_of_a_week(desk: Desk, session: AsyncSession) -> None:
    statuses = (Status.COMPLETED, Status.COMPLETED, Status.COMPLETED, Status.NO_SHOW)
    await visits(desk, session, *statuses, Status.CONFIRMED, Status.CANCELLED)
    report = await of_week(session)
    assert (report.total.booked_minutes, report.total.open_minutes) == (5 * 30, 7 * 600)
    assert report.total.no_show_rate == 0.25
    assert report.total.cancelled_rate == pytest.approx(1 / 6)
    assert report.days[TUESDAY] == Figures(3, 1, 1, 1)
    assert report.days[TODAY].all == 0
    assert len(report.days) == 7
    # Booked 10, 20 ... 60 hours ahead: of two middle ones the earlier.
    assert report.median_lead_hours == 30


async def test_who_shares_a_time_takes_it_once(desk: Desk, session: AsyncSession) -> None:
    course = await make_visit_type(session, desk.doctor, duration=60, capacity=8)
    block = await make_session(session, course, desk.clinic, at("10:00"))
    for seat, status in enumerate((Status.CANCELLED, Status.CONFIRMED, Status.CONFIRMED)):
        person = await make_patient(session)
        await make_appointment(
            session, course, desk.clinic, person, at("10:00"), block=block, seat=seat, status=status
        )
    report = await of_week(session)
    assert (report.total.all, report.total.booked_minutes) == (3, 60)


async def test_who_left_has_appointments_but_fills_nothing(
    desk: Desk, session: AsyncSession
) -> None:
    gone = await make_doctor(session, desk.clinic, given_name="Gone", active=False)
    visit = await make_visit_type(session, gone)
    await make_appointment(session, visit, desk.clinic, desk.patient, at("09:00"))
    report = await of_week(session)
    assert [each.name for each in report.doctors] == ["Dr Gone Doctor", "Dr Dora Doctor"]
    assert report.doctors[0].figures.fill_rate is None
    assert report.total.booked_minutes == 0


async def test_a_doctor_with_two_specialties_is_in_both(desk: Desk, session: AsyncSession) -> None:
    for code in ("dermatology", "allergology"):
        specialty = Specialty(code=code, name=code.title())
        session.add(specialty)
        await session.flush()
        session.add(DoctorSpecialty(doctor_id=row_id(desk.doctor), specialty_id=row_id(specialty)))
    await visits(desk, session, Status.COMPLETED)
    report = await of_week(session)
    assert [each.name for each in report.specialties] == ["Allergology", "Dermatology"]
    assert {each.figures for each in report.specialties} == {report.total}


async def test_administrators_see_their_clinics_only(desk: Desk, session: AsyncSession) -> None:
    other = await make_clinic(session, name="Hill Clinic")
    await make_doctor(session, other, given_name="Hilda")
    await visits(desk, session, Status.COMPLETED)
    of_all = await of_week(session)
    assert [each.name for each in of_all.choices] == ["Harbour Clinic", "Hill Clinic"]
    of_one = await load_clinic_report(session, ROOT, other.public_id, WEEK)
    assert (of_one.total.all, len(of_one.choices)) == (0, 2)
    theirs = await administrator_actor(session, other)
    seen = await of_week(session, theirs)
    assert [each.name for each in seen.doctors] == ["Dr Hilda Doctor"]
    with pytest.raises(NotFound):
        await load_clinic_report(session, theirs, desk.clinic.public_id, WEEK)
    with pytest.raises(Forbidden):
        await of_week(session, doctor_actor(desk.doctor))
    with pytest.raises(LoginRequired):
        await of_week(session, NOBODY)


async def test_a_doctor_sees_their_own_only(desk: Desk, session: AsyncSession) -> None:
    other = await make_doctor(session, desk.clinic, given_name="Otto")
    visit = await make_visit_type(session, other)
    await make_appointment(session, visit, desk.clinic, await make_patient(session), at("09:00"))
    await visits(desk, session, Status.COMPLETED)
    report = await load_own_report(session, doctor_actor(desk.doctor), None, WEEK)
    assert (report.total.all, report.total.open_minutes) == (1, 4200)
    assert [each.name for each in report.doctors] == ["Dr Dora Doctor"]
    for somebody_else in (desk.actor, ROOT):
        with pytest.raises(Forbidden):
            await load_own_report(session, somebody_else, None, WEEK)
    with pytest.raises(LoginRequired):
        await load_own_report(session, NOBODY, None, WEEK)


async def test_each_figure_is_a_file_without_formulas(desk: Desk, session: AsyncSession) -> None:
    await desk.change(desk.doctor, title="", given_name="=1+1", family_name="Doctor")
    await visits(desk, session, Status.COMPLETED, Status.NO_SHOW)
    report = await of_week(session)
    files = {each: as_csv(report, each).decode("utf-8-sig").splitlines() for each in Figure}
    assert files[Figure.DAYS][2] == "2030-03-05,2,1,1,0,0"
    assert files[Figure.LEAD][1:] == ["10,1", "20,1"]
    assert files[Figure.DOCTORS][1] == "'=1+1 Doctor,2,1,1,0,0,60,4200,1.4,50.0"
    assert files[Figure.CLINICS][1].startswith("Harbour Clinic,2,")
    assert len(files[Figure.CANCELLATIONS]) == 1 + 4 * 7
    assert files[Figure.SPECIALTIES][1:] == []
