"""Writes the demo clinic into a database."""

from __future__ import annotations

from datetime import date
from random import Random

from sqlmodel import delete
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import passwords
from appointment_app.database import Database, transactional
from appointment_app.demo.appointments import plan
from appointment_app.demo.clinics import CLINICS
from appointment_app.demo.guard import require_demo
from appointment_app.demo.logins import DEMO_PASSWORD
from appointment_app.demo.people import DemoPatient, invent_patients
from appointment_app.demo.planned import DemoPlan
from appointment_app.demo.practice_writer import PracticeWriter
from appointment_app.demo.visit_writer import VisitWriter
from appointment_app.models import APPEND_ONLY, metadata
from appointment_app.models.append_only import guards, releases
from appointment_app.scheduling.local_time import local_date


async def load_demo(database: Database, *, today: date | None = None, seed: int = 7) -> None:
    """Make ``database`` hold the demo clinic and nothing else.

    Everything lies around ``today``, by default the present day of each clinic; the same day
    and the same ``seed`` give the same rows. Raises ``NotADemo``, and changes nothing, when
    the database holds anything that is not demo data.
    """
    days = {each.code: today or local_date(each.zone, clock.now()) for each in CLINICS}
    patients = invent_patients(min(days.values()), Random(seed))
    planned = plan(patients, days, seed)
    # One hash for all: making it is slow on purpose.
    password_hash = await passwords.hashed(DEMO_PASSWORD)
    async with database.session() as session:
        await _replace(session, patients, planned, min(days.values()), seed, password_hash)


@transactional
async def _replace(
    session: AsyncSession,
    patients: list[DemoPatient],
    planned: DemoPlan,
    today: date,
    seed: int,
    password_hash: str,
) -> None:
    await require_demo(session)
    await _empty_record(session)
    for table in reversed(metadata.sorted_tables):
        if table.name not in APPEND_ONLY:
            await session.exec(delete(table))
    practice = PracticeWriter(session, today, password_hash)
    await practice.write(patients, planned)
    await VisitWriter(session, practice, Random(f"{seed}/references")).write(planned.visits)


async def _empty_record(session: AsyncSession) -> None:
    """Throw the record of a demo away: the database lets go of it, and then guards it again.

    MariaDB commits with each of these statements, so that the rest is a transaction of its own.
    """
    connection = await session.connection()
    for table in reversed(APPEND_ONLY):
        for statement in releases(table, connection.dialect.name):
            await connection.exec_driver_sql(statement)
        await connection.execute(delete(metadata.tables[table]))
        for statement in guards(table, connection.dialect.name):
            await connection.exec_driver_sql(statement)
