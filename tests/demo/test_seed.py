"""The demo clinic: what it holds, that it is always the same, and that it is possible."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit, passwords
from appointment_app.accounts.actor import NOBODY
from appointment_app.database import Database
from appointment_app.demo.appointments import plan
from appointment_app.demo.clinics import CLINICS
from appointment_app.demo.guard import NotADemo
from appointment_app.demo.logins import (
    ADMINISTRATOR,
    DEMO_LOGINS,
    DEMO_PASSWORD,
    DOCTOR,
    PATIENT,
    RECEPTION,
)
from appointment_app.demo.people import invent_patients
from appointment_app.demo.seed import load_demo
from appointment_app.models import (
    CANNOT_CHANGE,
    Appointment,
    AppointmentStatus,
    Approval,
    AuditEvent,
    BlockKind,
    BookableBy,
    BusyBlock,
    Clinic,
    DateOverride,
    Doctor,
    DoctorAtClinic,
    DoctorSpecialty,
    Guardianship,
    Person,
    Role,
    RoleAssignment,
    Specialty,
    User,
    VisitType,
    WeeklyHours,
    metadata,
)
from appointment_app.scheduling.availability import Refusal, is_free
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import local_day_bounds
from appointment_app.scheduling.rules import load_places, shape_of

# Who is checked in is so for minutes: that is for visitors of the demo to try.
LASTING = set(AppointmentStatus) - {AppointmentStatus.CHECKED_IN}
TODAY = date(2026, 11, 21)
# The week after in Berlin, and the week before in Boston, the clocks change.
CHANGE_OF_CLOCKS = date(2026, 10, 25)
ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture(scope="module")
def demo_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo clinic, for tests that only read."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copyfile(sqlite_template, path)

    async def load() -> None:
        opened = Database(f"sqlite:///{path}")
        await load_demo(opened, today=TODAY)
        await opened.dispose()

    asyncio.run(load())
    return path


@pytest.fixture
async def demo(demo_file: Path) -> AsyncIterator[AsyncSession]:
    """A session of the demo clinic, to be read only."""
    opened = Database(f"sqlite:///{demo_file}")
    async with opened.session() as session:
        yield session
    await opened.dispose()


async def test_a_reset_empties_the_record_and_leaves_it_guarded(database: Database) -> None:
    async with database.session() as session, session.begin():
        audit.record(session, NOBODY, "x.y", record_type="x", record_id=1)
    await load_demo(database, today=TODAY)
    async with database.session() as session, session.begin():
        assert (await session.exec(select(AuditEvent))).all() == []
        audit.record(session, NOBODY, "x.y", record_type="x", record_id=1)
    for statement in (sa.delete(AuditEvent), sa.update(AuditEvent).values(record_id=2)):
        with pytest.raises(DBAPIError, match=CANNOT_CHANGE):
            async with database.engine.begin() as connection:
                await connection.execute(statement)


async def test_holds_what_it_promises(demo: AsyncSession) -> None:
    clinics = (await demo.exec(select(Clinic))).all()
    assert len(clinics) == len({clinic.city for clinic in clinics}) == 3
    assert len({clinic.zone for clinic in clinics}) == 2
    approvals = Counter((await demo.exec(select(Doctor.approval))).all())
    assert approvals == {Approval.APPROVED: 24, Approval.PENDING: 2}
    assert await _count(demo, Specialty) == 8
    used = select(sa.func.count(sa.distinct(DoctorSpecialty.specialty_id)))
    assert (await demo.exec(used)).one() == 8
    # Every doctor is a person too.
    assert 190 <= await _count(demo, Person) - await _count(demo, Doctor) <= 210
    assert await _count(demo, Guardianship) >= 10
    assert await _count(demo, DateOverride) >= 24

    statuses = Counter((await demo.exec(select(Appointment.status))).all())
    assert set(statuses) == LASTING
    assert min(statuses.values()) >= 10
    first, last = (
        await demo.exec(
            select(sa.func.min(Appointment.starts_at), sa.func.max(Appointment.starts_at))
        )
    ).one()
    assert first.date() <= TODAY - timedelta(days=24)
    assert last.date() >= TODAY + timedelta(days=24)


async def test_every_row_is_demo_data(demo: AsyncSession) -> None:
    users = (await demo.exec(select(User))).all()
    assert all(user.is_demo and user.email_verified_at for user in users)
    assert all(user.email.endswith("demo.example") for user in users)
    assert all(clinic.is_demo for clinic in (await demo.exec(select(Clinic))).all())


async def test_nobody_but_who_tries_it_is_reminded(demo: AsyncSession) -> None:
    bookers = select(User.email).join(Appointment, col(Appointment.booked_by) == User.id)
    found = set((await demo.exec(bookers.where(col(Appointment.reminded_for).is_(None)))).all())
    assert PATIENT.email in found
    assert found <= {login.email for login in DEMO_LOGINS}


async def test_demo_logins_can_log_in(demo: AsyncSession) -> None:
    assert passwords.problem(DEMO_PASSWORD) is None
    for login in DEMO_LOGINS:
        user = (await demo.exec(select(User).where(User.email == login.email))).one()
        assert (await passwords.matches(DEMO_PASSWORD, user.password_hash))[0]

    roles = await demo.exec(
        select(User.email, RoleAssignment.role)
        .join(RoleAssignment, col(RoleAssignment.user_id) == User.id)
        .where(
            col(User.email).in_(
                [each.email for each in (PATIENT, DOCTOR, ADMINISTRATOR, RECEPTION)]
            )
        )
    )
    assert set(roles.all()) == {
        (PATIENT.email, Role.PATIENT),
        (DOCTOR.email, Role.DOCTOR),
        (ADMINISTRATOR.email, Role.ADMINISTRATOR),
        (RECEPTION.email, Role.RECEPTION),
    }
    amara = (
        await demo.exec(
            select(Doctor.given_name, Doctor.family_name, Clinic.city)
            .join(User, col(User.id) == Doctor.user_id)
            .join(DoctorAtClinic, col(DoctorAtClinic.doctor_id) == Doctor.id)
            .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
            .where(User.email == DOCTOR.email)
        )
    ).one()
    assert amara == ("Amara", "Meier", "Berlin")


async def test_the_demo_patient_has_something_of_everything(demo: AsyncSession) -> None:
    mine = (
        await demo.exec(
            select(Appointment)
            .join(User, col(User.id) == Appointment.booked_by)
            .where(User.email == PATIENT.email)
        )
    ).all()
    assert {appointment.status for appointment in mine} == LASTING
    assert any(appointment.join_link for appointment in mine)


async def test_a_reset_gives_the_same_rows_whatever_visitors_left(
    database: Database, session: AsyncSession
) -> None:
    await load_demo(database, today=TODAY)
    first = await _public_rows(session)
    # The database goes on counting where the demo's rows end.
    async with session.begin():
        session.add(Specialty(code="new", name="New"))
        session.add(User(email="visitor@person.example", password_hash="-"))

    await load_demo(database, today=TODAY)
    assert await _public_rows(session) == first


def test_another_seed_gives_another_clinic() -> None:
    days = {clinic.code: TODAY for clinic in CLINICS}
    one, other = (plan(invent_patients(TODAY, Random(seed)), days, seed) for seed in (7, 8))
    assert [visit.starts_at for visit in one.visits] != [visit.starts_at for visit in other.visits]


@ON_SQLITE
async def test_lies_around_the_present_day_of_each_clinic(
    database: Database, session: AsyncSession
) -> None:
    # It is Sunday in Berlin and still Saturday in Boston.
    with clock.frozen(datetime(2026, 11, 22, 2, 0, tzinfo=UTC)) as now:
        await load_demo(database)
    closed = {AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW}
    appointments = (await session.exec(select(Appointment))).all()
    for appointment in appointments:
        assert appointment.created_at < now
        assert appointment.cancelled_at is None or appointment.cancelled_at < now
        today = now.astimezone(ZoneInfo(appointment.zone)).date()
        if appointment.status in closed:
            assert appointment.ends_at < now
        if appointment.status is AppointmentStatus.PENDING:
            assert appointment.starts_at > local_day_bounds(appointment.zone, today).start


@ON_SQLITE
@pytest.mark.parametrize("today", [TODAY, CHANGE_OF_CLOCKS, date(2027, 3, 21)])
async def test_every_visit_could_have_been_booked(
    database: Database, session: AsyncSession, today: date
) -> None:
    await load_demo(database, today=today)
    places = {(place.doctor_id, place.clinic.id): place for place in await load_places(session)}
    visit_types = {row.id: row for row in (await session.exec(select(VisitType))).all()}
    blocks = {row.id: row for row in (await session.exec(select(BusyBlock))).all()}
    busy = {
        doctor_id: [
            (block.id, Interval(block.busy_from, block.busy_until))
            for block in blocks.values()
            if block.doctor_id == doctor_id and block.active
        ]
        for doctor_id, _ in places
    }
    per_day: Counter[tuple[int, date]] = Counter()
    for row in (await session.exec(select(Appointment))).all():
        place, shape = (
            places[row.doctor_id, row.clinic_id],
            shape_of(visit_types[row.visit_type_id]),
        )
        others = (
            []
            if not row.active
            else [time for block, time in busy[row.doctor_id] if block != row.block_id]
        )
        refusal: Refusal | None = is_free(place.hours, others, shape, row.starts_at, row.starts_at)
        assert refusal is None, (place.doctor.family_name, row.starts_at)
        block = blocks[row.block_id]
        taken = shape.busy(row.starts_at)
        assert (block.busy_from, block.busy_until) == (taken.start, taken.end)
        assert block.active == row.active
        assert (row.visit_name, row.duration) == (
            visit_types[row.visit_type_id].name,
            shape.duration,
        )
        assert row.zone == place.clinic.zone
        assert bool(row.place) != bool(row.join_link)
        per_day[row.doctor_id, row.starts_at.astimezone(ZoneInfo(row.zone)).date()] += row.active
    limits = {place.doctor_id: place.doctor.max_patients_a_day for place in places.values()}
    assert all(count <= (limits[doctor] or count) for (doctor, _), count in per_day.items())


async def test_a_group_class_a_price_and_a_visit_for_known_patients(demo: AsyncSession) -> None:
    (block,) = await demo.exec(select(BusyBlock).where(BusyBlock.kind == BlockKind.SESSION))
    seats = await demo.exec(select(Appointment).where(Appointment.block_id == block.id))
    assert sorted(row.seat for row in seats) == [0, 1, 2, 3, 4]
    assert block.capacity == 8
    types = (await demo.exec(select(VisitType))).all()
    assert any(row.price for row in types)
    known = {row.id for row in types if row.bookable_by is BookableBy.KNOWN_PATIENTS}
    booked: dict[tuple[int, int], list[Appointment]] = {}
    for row in await demo.exec(select(Appointment).order_by(col(Appointment.starts_at))):
        booked.setdefault((row.person_id, row.doctor_id), []).append(row)
    assert known
    for rows in booked.values():
        active = [row for row in rows if row.active]
        assert not active or active[0].visit_type_id not in known


async def test_hours_of_a_doctor_at_two_clinics_never_overlap(demo: AsyncSession) -> None:
    rows = (
        await demo.exec(
            select(DoctorAtClinic.doctor_id, WeeklyHours).join(
                WeeklyHours, col(WeeklyHours.doctor_at_clinic_id) == DoctorAtClinic.id
            )
        )
    ).all()
    at_two = [
        doctor
        for doctor, count in Counter(
            (await demo.exec(select(DoctorAtClinic.doctor_id))).all()
        ).items()
        if count == 2
    ]
    assert len(at_two) == 2
    for doctor_id, one in rows:
        for other_id, other in rows:
            if doctor_id == other_id and one.weekday == other.weekday and one.id != other.id:
                assert one.closes <= other.opens or other.closes <= one.opens


async def test_one_doctor_is_booked_out_for_weeks_and_most_days_are_half_full(
    demo: AsyncSession,
) -> None:
    filled: dict[str, list[float]] = {"Soto": [], "others": []}
    for place in await load_places(demo):
        for ahead in range(0, 6):
            window = local_day_bounds(place.clinic.zone, TODAY + timedelta(days=ahead))
            hours = place.hours.opening_on(TODAY + timedelta(days=ahead))
            if not hours:
                continue
            taken = (
                await demo.exec(
                    select(BusyBlock).where(
                        BusyBlock.doctor_id == place.doctor_id,
                        col(BusyBlock.active),
                        BusyBlock.busy_from >= window.start,
                        BusyBlock.busy_from < window.end,
                    )
                )
            ).all()
            minutes = sum((b.busy_until - b.busy_from).total_seconds() / 60 for b in taken)
            share = minutes / sum(each.closes - each.opens for each in hours)
            name = place.doctor.family_name
            filled["Soto" if name == "Soto" else "others"].append(share)
    assert min(filled["Soto"]) == 1
    assert 0.4 <= sum(filled["others"]) / len(filled["others"]) <= 0.65


@ON_SQLITE
async def test_real_data_is_refused_and_stays(database: Database, session: AsyncSession) -> None:
    await load_demo(database, today=TODAY)
    async with session.begin():
        session.add(Clinic(name="Real", city="Real", country="DE", zone="Europe/Berlin"))
    before = await _count(session, Appointment)
    with pytest.raises(NotADemo, match="not a demo"):
        await load_demo(database, today=TODAY)
    assert await _count(session, Clinic) == 4
    assert await _count(session, Appointment) == before


@ON_SQLITE
async def test_accounts_without_a_demo_clinic_are_refused(
    database: Database, session: AsyncSession
) -> None:
    async with session.begin():
        session.add(User(email="first@admin.example", password_hash="-"))
    with pytest.raises(NotADemo, match="accounts"):
        await load_demo(database, today=TODAY)
    assert await _count(session, User) == 1


@ON_SQLITE
async def test_takes_seconds(database: Database) -> None:
    # Measured: under 3 s on two slow cores; this only finds that a bulk insert was lost.
    started = time.process_time()
    await load_demo(database, today=TODAY)
    assert time.process_time() - started < 15


async def _count(session: AsyncSession, table: type[SQLModel]) -> int:
    return (await session.exec(select(sa.func.count()).select_from(table))).one()


async def _public_rows(session: AsyncSession) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, without what a database counts by itself and salted hashes."""
    hidden = {"id", "password_hash", "clinic_id"}
    found = {}
    for table in metadata.sorted_tables:
        columns = [
            column
            for column in table.columns
            if column.name not in hidden and not column.foreign_keys
        ]
        if columns:
            rows = (await session.exec(sa.select(*columns))).all()
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    await session.rollback()
    return found
