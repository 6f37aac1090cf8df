"""A small world with something to hide: two clinics, everybody who may ask, and their secrets."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from appointment_app import clock
from appointment_app.accounts import login_sessions, mailed_links, passwords
from appointment_app.accounts.actors import identity_of
from appointment_app.database import Database
from appointment_app.models import (
    AppointmentStatus,
    Approval,
    BlockKind,
    DateOverride,
    DoctorSpecialty,
    ResourceUse,
    Role,
    RoleAssignment,
    Specialty,
    TimeOff,
    TokenPurpose,
    User,
    VisitMode,
    row_id,
)
from tests.accounts.people import NOON, PASSWORD
from tests.factories import (
    make_appointment,
    make_block,
    make_clinic,
    make_doctor,
    make_patient,
    make_resource,
    make_user,
    make_visit_type,
)
from tests.scheduling.doctors_day import place_of

OVERRIDE = "2026-12-24/2026-12-24"
TIME_OFF = str(UUID(int=7))
SESSION = "2026-12-12T09:00:00+00:00"


class Who(StrEnum):
    """Everybody who may ask for something, in the order of the columns of the tables."""

    NOBODY = "nobody"
    PATIENT = "the patient"
    OTHER_PATIENT = "another patient"
    DOCTOR = "the doctor"
    OTHER_DOCTOR = "another doctor"
    ADMINISTRATOR = "an administrator of all clinics"
    OTHER_ADMINISTRATOR = "an administrator of another clinic"
    RECEPTION = "the reception of the doctor's clinic"


# What nobody else may see, by whom it is about. Each text stands nowhere else in the world.
SECRETS: dict[str, tuple[str, ...]] = {
    "pia's person": ("Quillfeather", "+493090182011", "April 1961", "1961-04-05"),
    "pia's account": ("pia@secret.example",),
    "pia's reason": ("Fainting in the morning",),
    "pia's notes": ("Suspected arrhythmia",),
    "pia's link": ("https://meet.example/pia-and-dora",),
    "dora's link": ("https://meet.example/dora-always",),
    "paul's person": ("Umbertino", "+493090182022", "May 1972", "1972-05-06"),
    "paul's account": ("paul@secret.example",),
    "paul's reason": ("A wart on the thumb",),
    "paul's notes": ("Wart removed with ice",),
    "dora's account": ("dora@secret.example", "LIC-DORA"),
    "dora's calendar": ("Away for a christening", "Sailing in Norway"),
    "otto's account": ("otto@secret.example", "LIC-OTTO"),
    "wilma": ("Wartenberg", "wilma@secret.example", "LIC-WILMA"),
    "harbour's room": ("Echo chamber",),
    "park's room": ("Plaster room",),
    "reception": ("rita@secret.example",),
    "administrators": ("root@secret.example", "park@secret.example"),
}

# By whom each may be seen; everybody else never. Doctors see the appointments that they hold.
MAY_SEE: dict[Who, set[str]] = {
    Who.NOBODY: set(),
    Who.PATIENT: {"pia's person", "pia's account", "pia's reason", "pia's link"},
    Who.OTHER_PATIENT: {"paul's person", "paul's account", "paul's reason", "park's room"},
    Who.DOCTOR: {
        "pia's person",
        "pia's reason",
        "pia's notes",
        "pia's link",
        "dora's link",
        "dora's calendar",
        "dora's account",
        "harbour's room",
    },
    Who.OTHER_DOCTOR: {
        "paul's person",
        "paul's reason",
        "paul's notes",
        "otto's account",
        "park's room",
    },
    # The clinic knows who comes and where they meet, not why.
    Who.ADMINISTRATOR: {
        "pia's person",
        "pia's link",
        "dora's account",
        "otto's account",
        "wilma",
        "harbour's room",
        "park's room",
        "administrators",
    },
    Who.OTHER_ADMINISTRATOR: {"otto's account", "park's room", "administrators"},
    Who.RECEPTION: {"pia's person", "harbour's room", "reception"},
}


@dataclass(frozen=True)
class World:
    """The database file, the login cookies by who has them, and public ids by name."""

    path: Path
    tokens: dict[Who, str]
    ids: dict[str, str]

    def cookie(self, who: Who) -> str:
        """The cookie header of somebody's browser."""
        token = self.tokens.get(who)
        return f"session={token}" if token else ""

    def filled(self, template: Any) -> Any:
        """``template`` with each ``{name}`` in its texts replaced by the id of that name."""
        if isinstance(template, str):
            for name, value in self.ids.items():
                template = template.replace(f"{{{name}}}", value)
            return template
        if isinstance(template, dict):
            return {name: self.filled(value) for name, value in template.items()}
        return template


def leaks(shown: str, who: Who) -> list[str]:
    """The secrets in ``shown`` that ``who`` may not see."""
    return [
        secret
        for name, secrets in SECRETS.items()
        if name not in MAY_SEE[who]
        for secret in secrets
        if secret.casefold() in shown.casefold()
    ]


# When a login was last seen, and the bounds by which the search knows where to look first.
_ITS_OWN = {"last_seen_at", "next_free_at"}


def rows_by_table(path: Path) -> dict[str, set[tuple[Any, ...]]]:
    """All that the database holds, except what it keeps for itself alone."""
    with sqlite3.connect(path) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        found = {}
        for (table,) in tables:
            cursor = connection.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            kept = [index for index, name in enumerate(columns) if name not in _ITS_OWN]
            found[table] = {tuple(row[index] for index in kept) for row in cursor}
    connection.close()
    return found


def changed_tables(before: dict[str, set[Any]], after: dict[str, set[Any]]) -> set[str]:
    """The tables in which something is not as it was."""
    return {table for table in after if before[table] != after[table]}


async def build(path: Path) -> World:
    """Fill the migrated database at ``path``; it is Monday noon in UTC, 13:00 in Berlin."""
    database = Database(f"sqlite:///{path}")
    try:
        with clock.frozen(NOON):
            return await _build(database, path)
    finally:
        await database.dispose()


async def _build(database: Database, path: Path) -> World:
    async with database.session() as session:
        session.sync_session.expire_on_commit = False
        harbour = await make_clinic(session)
        park = await make_clinic(session, name="Parkside Clinic", city="Hamburg")
        users = {
            name: await make_user(
                session, email=f"{name}@secret.example", email_verified_at=clock.now()
            )
            for name in ("pia", "paul", "dora", "otto", "wilma", "root", "park", "rita")
        }
        pia = await make_patient(
            session,
            user_id=row_id(users["pia"]),
            given_name="Pia",
            family_name="Quillfeather",
            phone="+493090182011",
            birth_date=date(1961, 4, 5),
        )
        paul = await make_patient(
            session,
            user_id=row_id(users["paul"]),
            given_name="Paul",
            family_name="Umbertino",
            phone="+493090182022",
            birth_date=date(1972, 5, 6),
        )
        dora = await make_doctor(
            session, harbour, user_id=row_id(users["dora"]), licence_number="LIC-DORA"
        )
        otto = await make_doctor(
            session,
            park,
            user_id=row_id(users["otto"]),
            given_name="Otto",
            licence_number="LIC-OTTO",
        )
        for name in ("dora", "otto"):
            await make_patient(
                session,
                user_id=row_id(users[name]),
                given_name=name.title(),
                family_name="Doctor",
            )
        wilma = await make_doctor(
            session,
            harbour,
            user_id=row_id(users["wilma"]),
            given_name="Wilma",
            family_name="Wartenberg",
            licence_number="LIC-WILMA",
            approval=Approval.PENDING,
        )
        visit = await make_visit_type(session, dora)
        video = await make_visit_type(
            session,
            dora,
            name="Video call",
            mode=VisitMode.VIDEO,
            join_link="https://meet.example/dora-always",
            position=1,
        )
        ottos_visit = await make_visit_type(session, otto)
        pending = await make_appointment(
            session,
            video,
            harbour,
            pia,
            _on(1, 9),
            status=AppointmentStatus.PENDING,
            reason="Fainting in the morning",
            notes="Suspected arrhythmia",
            join_link="https://meet.example/pia-and-dora",
        )
        begun = await make_appointment(session, visit, harbour, pia, NOON - timedelta(minutes=20))
        pauls = await make_appointment(
            session,
            ottos_visit,
            park,
            paul,
            _on(2, 9),
            reason="A wart on the thumb",
            notes="Wart removed with ice",
        )
        room = await make_resource(session, harbour, name="Echo chamber")
        used = await make_resource(session, park, name="Plaster room")
        session.add(
            ResourceUse(
                resource_id=row_id(used),
                block_id=pauls.block_id,
                busy_from=pauls.starts_at,
                busy_until=pauls.ends_at,
            )
        )
        place = await place_of(session, dora, harbour)
        ottos_place = await place_of(session, otto, park)
        await _add_rights(session, users, row_id(park), row_id(harbour))
        dermatology = Specialty(code="dermatology", name="Dermatology")
        session.add(dermatology)
        await session.flush()
        for doctor in (dora, otto, wilma):
            session.add(DoctorSpecialty(doctor_id=row_id(doctor), specialty_id=row_id(dermatology)))
        # The only place of the doctor has the first key.
        session.add(
            DateOverride(
                doctor_at_clinic_id=1,
                day=date.fromisoformat(OVERRIDE.partition("/")[0]),
                note="Away for a christening",
            )
        )
        session.add(
            TimeOff(
                public_id=UUID(TIME_OFF),
                doctor_id=row_id(dora),
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 8),
                note="Sailing in Norway",
            )
        )
        opened = datetime.fromisoformat(SESSION)
        await make_block(
            session,
            dora,
            opened,
            20,
            kind=BlockKind.SESSION,
            clinic_id=row_id(harbour),
            visit_type_id=row_id(visit),
            starts_at=opened,
            ends_at=opened + timedelta(minutes=20),
            capacity=6,
            published=True,
        )
        users["pia"].password_hash = await passwords.hashed(PASSWORD)
        newcomer = User(email="new@secret.example", password_hash="!")
        session.add(newcomer)
        await session.flush()
        verify = await mailed_links.issue(session, row_id(newcomer), TokenPurpose.VERIFY_EMAIL)
        reset = await mailed_links.issue(
            session, row_id(users["paul"]), TokenPurpose.RESET_PASSWORD
        )
        await session.commit()
        tokens = {
            who: await _log_in(session, row_id(users[name]))
            for who, name in {
                Who.PATIENT: "pia",
                Who.OTHER_PATIENT: "paul",
                Who.DOCTOR: "dora",
                Who.OTHER_DOCTOR: "otto",
                Who.ADMINISTRATOR: "root",
                Who.OTHER_ADMINISTRATOR: "park",
                Who.RECEPTION: "rita",
            }.items()
        }
    records = {
        "pia": pia,
        "dora": dora,
        "otto": otto,
        "wilma": wilma,
        "harbour": harbour,
        "park": park,
        "visit": visit,
        "video": video,
        "ottos_visit": ottos_visit,
        "pending": pending,
        "begun": begun,
        "pauls": pauls,
        "room": room,
        "used": used,
    }
    ids = {name: str(record.public_id) for name, record in records.items()}
    ids |= {"place": str(place), "ottos_place": str(ottos_place)}
    ids |= {"verify": verify, "reset": reset, "override": OVERRIDE, "password": PASSWORD}
    return World(path, tokens, ids)


def _on(days: int, hour: int) -> datetime:
    return (NOON + timedelta(days=days)).replace(hour=hour)


async def _add_rights(session: Any, users: dict[str, User], park_id: int, harbour_id: int) -> None:
    roles = {
        "pia": (Role.PATIENT, None),
        "paul": (Role.PATIENT, None),
        "dora": (Role.DOCTOR, None),
        "otto": (Role.DOCTOR, None),
        "wilma": (Role.DOCTOR, None),
        "root": (Role.ADMINISTRATOR, None),
        "park": (Role.ADMINISTRATOR, park_id),
        "rita": (Role.RECEPTION, harbour_id),
    }
    for name, (role, clinic_id) in roles.items():
        session.add(RoleAssignment(user_id=row_id(users[name]), role=role, clinic_id=clinic_id))


async def _log_in(session: Any, user_id: int) -> str:
    async with session.begin():
        identity = await identity_of(session, user_id)
        opened = await login_sessions.open_login(session, user_id, identity)
    return opened.token
