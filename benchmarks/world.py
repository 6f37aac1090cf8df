"""A country of doctors: thousands of them and a million appointments, made by the server itself.

Ten cities, ten specialties, a clinic for every twenty doctors. Every doctor works from seven to
seven and has the same number of appointments, some ahead from tomorrow on without a gap, so that
one is free tomorrow and another next week, the rest in the past: most completed, some missed, some
cancelled. Doctor 1 has 200 appointments in the month ahead.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

from appointment_app.models import (
    Appointment,
    BusyBlock,
    Clinic,
    Doctor,
    DoctorAtClinic,
    DoctorLanguage,
    DoctorSpecialty,
    Person,
    Specialty,
    User,
    VisitType,
    WeeklyHours,
)

CITIES = (
    *("Berlin", "Hamburg", "Munich", "Cologne", "Frankfurt"),
    *("Stuttgart", "Leipzig", "Dresden", "Bremen", "Essen"),
)
SPECIALTIES = (
    *("Dermatology", "Cardiology", "Paediatrics", "Neurology", "Orthopaedics"),
    *("Gynaecology", "Urology", "Psychiatry", "Ophthalmology", "General practice"),
)
ZONE = "Europe/Berlin"
MONTH_APPOINTMENTS = 200
A_DAY = 20  # appointments a day, from eight o'clock UTC every half hour
_MOST_AHEAD = 4 * A_DAY
_PATIENT = 1_000_000  # users above are patients
# How what lies in the past has ended.
_STATUS = (
    "CASE WHEN start > now() THEN 'confirmed' WHEN number % 10 = 3 THEN 'cancelled'"
    " WHEN number % 17 = 5 THEN 'no_show' ELSE 'completed' END"
)
_CANCELLED = f"{_STATUS} = 'cancelled'"
_HOURS_BEFORE = f"CASE WHEN {_CANCELLED} THEN start - interval '1 hour' * (number % 200) END"


def build(url: str, doctors: int, appointments: int) -> None:
    """Fill the empty database at ``url``; ``appointments`` is how many each doctor has."""
    with psycopg.connect(url) as connection:
        for statement in _people_and_places(doctors):
            connection.execute(statement)
        connection.execute(_planned(doctors, appointments))
        for statement in _appointments(doctors):
            connection.execute(statement)
        for table in SQLModel.metadata.sorted_tables:
            if "id" in table.columns and isinstance(table.c.id.type, sa.Integer):
                connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                    f" (SELECT coalesce(max(id), 0) + 1 FROM {table.name}))"
                )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def user_of_person(person_id: int) -> int:
    """Return the internal id of a patient's account."""
    return _PATIENT + person_id


def copy_to_sqlite(url: str, sqlite_url: str) -> None:
    """Put all rows of the PostgreSQL database at ``url`` into an empty SQLite file."""
    source = sa.create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    target = sa.create_engine(sqlite_url)
    with source.connect() as reader, target.begin() as writer:
        for table in SQLModel.metadata.sorted_tables:
            rows = [dict(row) for row in reader.execute(sa.select(table)).mappings()]
            if rows:
                writer.execute(table.insert(), rows)
    source.dispose()
    target.dispose()


def _planned(doctors: int, appointments: int) -> str:
    """Return the statement that plans who has an appointment when.

    What lies ahead fills day after day from tomorrow on, what is past the days before today.
    """
    ahead = min(_MOST_AHEAD, appointments * 4 // 5)
    tomorrow = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(1)
    return (
        "CREATE TEMP TABLE planned AS"
        " SELECT doctor, number, start, row_number() OVER () AS id FROM ("
        f"SELECT doctor, number, timestamptz '{tomorrow.isoformat()}'"
        f" + (CASE WHEN number < doctor % {ahead + 1}"
        f" THEN number / {A_DAY} ELSE -2 - number / {A_DAY} END) * interval '1 day'"
        f" + number % {A_DAY} * interval '30 minutes' AS start"
        f" FROM generate_series(2, {doctors}) doctor, generate_series(0, {appointments - 1}) number"
        f" UNION ALL SELECT 1, number, timestamptz '{tomorrow.isoformat()}'"
        " + number / 7 * interval '1 day' + number % 7 * interval '90 minutes'"
        f" FROM generate_series(0, {MONTH_APPOINTMENTS - 1}) number) AS every"
    )


def _people_and_places(doctors: int) -> list[str]:
    clinics, persons = max(doctors // 20, len(CITIES)), doctors + MONTH_APPOINTMENTS
    return [
        _insert(
            Clinic,
            f"generate_series(1, {clinics}) n",
            id="n",
            name="'Clinic ' || n",
            postcode="(10000 + n)::text",
            city=_one_of(CITIES, "n"),
            search_name=f"lower('Clinic ' || n || ' ' || {_one_of(CITIES, 'n')})",
            country="'DE'",
            zone=f"'{ZONE}'",
        ),
        _insert(
            Specialty,
            f"generate_series(1, {len(SPECIALTIES)}) n",
            id="n",
            code="'s' || n",
            name=_one_of(SPECIALTIES, "n"),
        ),
        _insert(
            User,
            f"generate_series(1, {persons}) n, (VALUES (0), ({_PATIENT})) AS kind(base)",
            id="base + n",
            email="base + n || '@bench.example'",
            password_hash="'!'",
        ),
        _insert(
            Person,
            f"generate_series(1, {persons}) n",
            id="n",
            user_id=f"{_PATIENT} + n",
            given_name="'Pat'",
            family_name="'Patient ' || n",
        ),
        _insert(
            Doctor,
            f"generate_series(1, {doctors}) n",
            id="n",
            user_id="n",
            given_name="'Dora'",
            family_name="'Doctor ' || n",
            licence_number="'L' || n",
            bio="repeat('Twenty years of practice. ', 10)",
            approval="'approved'",
        ),
        _insert(
            DoctorSpecialty,
            f"generate_series(1, {doctors}) n",
            doctor_id="n",
            specialty_id=f"1 + n / {len(CITIES)} % {len(SPECIALTIES)}",
        ),
        _insert(
            DoctorLanguage,
            f"generate_series(1, {doctors}) n, (VALUES ('de'), ('en')) AS spoken(language)",
            doctor_id="n",
            language="language",
        ),
        _insert(
            DoctorAtClinic,
            f"generate_series(1, {doctors}) n",
            id="n",
            doctor_id="n",
            clinic_id=f"1 + n % {clinics}",
            horizon_days="90",
        ),
        _insert(
            WeeklyHours,
            f"generate_series(1, {doctors}) n, generate_series(0, 6) weekday",
            doctor_at_clinic_id="n",
            weekday="weekday",
            opens="7 * 60",
            closes="19 * 60",
        ),
        _insert(
            VisitType,
            f"generate_series(1, {doctors}) n, (VALUES (0, 'Consultation', 30, 'in_person'),"
            " (1, 'Video', 15, 'video')) AS kind(position, name, duration, mode)",
            id="2 * n - 1 + kind.position",
            doctor_id="n",
            position="kind.position",
            name="kind.name",
            duration="kind.duration",
            mode="kind.mode",
            step="kind.duration",
        ),
    ]


def _appointments(doctors: int) -> list[str]:
    return [
        _insert(
            BusyBlock,
            "planned",
            id="id",
            doctor_id="doctor",
            kind="'visit'",
            busy_from="start",
            busy_until="start + interval '30 minutes'",
            active=f"NOT {_CANCELLED}",
        ),
        _insert(
            Appointment,
            "planned",
            id="id",
            reference="'B' || id",
            block_id="id",
            # The n-th appointments of all doctors may be at once, so each is another patient's.
            person_id=(
                f"CASE doctor WHEN 1 THEN {doctors} + 1 + number"
                f" ELSE 1 + (doctor + number * 7919) % {doctors} END"
            ),
            doctor_id="doctor",
            clinic_id="(SELECT clinic_id FROM doctor_at_clinic at WHERE at.id = doctor)",
            visit_type_id="2 * doctor - 1",
            starts_at="start",
            ends_at="start + interval '30 minutes'",
            status=_STATUS,
            active=f"NOT {_CANCELLED}",
            cancelled_at=_HOURS_BEFORE,
            cancelled_by=f"CASE WHEN {_CANCELLED} THEN doctor + number % 2 * {_PATIENT} END",
            created_at="start - (number * 37 + doctor) % 1500 * interval '1 hour'",
            visit_name="'Consultation'",
            duration="30",
            mode="'in_person'",
            zone=f"'{ZONE}'",
            booked_by="doctor",
            idempotency_key="'bench-' || id",
        ),
    ]


def _one_of(words: tuple[str, ...], number: str) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"(ARRAY[{listed}])[1 + {number} % {len(words)}]"


def _insert(model: Any, source: str, **values: str) -> str:
    """Return the statement that fills a table; what is not named has the default of its model."""
    for name, field in model.model_fields.items():
        column = model.__table__.columns[name]
        if name not in values and name != "id" and not column.nullable:
            values[name] = _default(column.type, field)
    columns = ", ".join(values)
    return (
        f"INSERT INTO {model.__tablename__} ({columns}) SELECT {', '.join(values.values())}"
        f" FROM {source}"
    )


def _default(type_: Any, field: Any) -> str:
    if field.default_factory is not None:
        return "gen_random_uuid()" if isinstance(type_, sa.Uuid) else "now()"
    value = field.default
    if isinstance(value, bool | int):
        return str(value).lower()
    return f"'{value.value if isinstance(value, Enum) else value}'"
