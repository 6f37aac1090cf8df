"""What a page of figures costs: of all clinics, of one, of a doctor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor, Grant
from appointment_app.database import Database
from appointment_app.figures.period import Preset, Wish
from appointment_app.figures.report import Report, load_clinic_report, load_own_report
from appointment_app.figures.settling import settle
from appointment_app.models import Appointment, Clinic, Role
from benchmarks.figures import Row, Work, medians, milliseconds
from benchmarks.replay import listening, read_on_postgres, recorded

_ADMINISTRATOR = Actor(user_id=1, grants=frozenset({Grant(Role.ADMINISTRATOR)}))
_DOCTOR = Actor(user_id=2, doctor_id=2, grants=frozenset({Grant(Role.DOCTOR)}))
_MONTH = Wish(Preset.LAST_30)
# Below, the bound is some milliseconds of ten statements: what Python adds is reported only.
_MANY = 100_000

Load = Callable[[AsyncSession, Actor, UUID | None, Wish], Awaitable[Report]]


async def figure_rows(url: str, database: Database, rounds: int) -> list[Row]:
    """Return the rows of the figures, over all that ``database`` has and over a month.

    Once as if no week were kept yet, then all of them as they are, which is the usual case.
    """
    async with database.session() as session:
        stored = (await session.exec(select(func.count()).select_from(Appointment))).one()
        ends = select(func.min(col(Appointment.starts_at)), func.max(col(Appointment.starts_at)))
        first, last = (await session.exec(ends)).one()
        clinic = (await session.exec(select(Clinic.public_id).where(Clinic.id == 2))).one()
    everything = Wish(None, (first - timedelta(days=1)).date(), (last + timedelta(days=1)).date())
    of_everything = load_clinic_report, _ADMINISTRATOR, None, everything
    pages: list[tuple[str, Load, Actor, UUID | None, Wish]] = [
        ("all clinics, all days", *of_everything),
        ("all clinics, a month", load_clinic_report, _ADMINISTRATOR, None, _MONTH),
        ("a clinic, all days", load_clinic_report, _ADMINISTRATOR, clinic, everything),
        ("a clinic, a month", load_clinic_report, _ADMINISTRATOR, clinic, _MONTH),
        ("a doctor, all days", load_own_report, _DOCTOR, None, everything),
    ]
    rows = [Row(f"figures over {stored:,} appointments, PostgreSQL")]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DELETE FROM kept_week")
        nothing_kept = "all clinics, all days, no week kept"
        rows.append(await _row(connection, database, rounds, nothing_kept, *of_everything))
        await settle(database, breath=0)
        connection.execute("VACUUM ANALYZE kept_week, uncounted_change")
        for name, *page in pages:
            rows.append(await _row(connection, database, rounds, name, *page))
    return rows


async def _row(
    connection: psycopg.Connection[Any],
    database: Database,
    rounds: int,
    name: str,
    load: Load,
    actor: Actor,
    clinic: UUID | None,
    wish: Wish,
) -> Row:
    counted = 0

    async def service() -> None:
        nonlocal counted
        async with database.session() as session:
            counted = (await load(session, actor, clinic, wish)).total.all

    with listening(database):
        async with recorded() as sent:
            await service()

    async def bare() -> None:
        read_on_postgres(connection, sent)

    work: list[Work] = [bare, service]
    bound, measured = await medians(rounds, *work)
    return Row(
        f"  {name}: {counted:,} counted by {len(sent)} statements",
        f"{milliseconds(bound)} bare psycopg",
        milliseconds(measured),
        measured / bound,
        at_most=2 if counted > _MANY else None,
    )
