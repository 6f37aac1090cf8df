"""People with accounts, and what was mailed to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import col, select

from appointment_app import clock
from appointment_app.accounts import equal_time, login_sessions, passwords
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.consent import NOTICE_VERSION
from appointment_app.accounts.registration import NewAccount
from appointment_app.api.rate_limits import forget_requests
from appointment_app.database import Database
from appointment_app.models import (
    AuditEvent,
    Clinic,
    Consent,
    Doctor,
    DoctorAtClinic,
    MessageKind,
    OutboxMessage,
    Person,
    Role,
    RoleAssignment,
    Specialty,
    User,
)
from appointment_app.models.base import row_id

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PASSWORD = "seven green kettles"
VISITOR = Actor(address="192.0.2.7")
MIRA = NewAccount(
    email="Mira.Sol@Mail.example",
    password=PASSWORD,
    given_name="Mira",
    family_name="Sol",
    phone="+49 30 901820",
    agrees=True,
)


def answer_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out the wait for equal time, and what earlier tests left in this process."""
    monkeypatch.setattr(equal_time, "MINIMUM_SECONDS", 0)
    login_sessions.forget_everything()
    forget_requests()


async def add_user(
    database: Database,
    email: str,
    *roles: Role,
    clinic_id: int | None = None,
    verified: bool = True,
    password_hash: str | None = None,
) -> int:
    """Store an account with ``PASSWORD`` and a person; return its id."""
    async with database.session() as session, session.begin():
        user = User(
            email=email,
            password_hash=password_hash or await passwords.hashed(PASSWORD),
            email_verified_at=clock.now() if verified else None,
        )
        session.add(user)
        await session.flush()
        session.add(Consent(user_id=row_id(user), version=NOTICE_VERSION))
        name = email.split("@")[0].title()
        session.add(Person(user_id=row_id(user), given_name=name, family_name="Test"))
        for role in roles or (Role.PATIENT,):
            session.add(RoleAssignment(user_id=row_id(user), role=role, clinic_id=clinic_id))
        return row_id(user)


async def add_clinic(database: Database, name: str = "Parkside Clinic") -> Clinic:
    """Store a clinic, and the specialties ``dermatology`` and ``cardiology`` with the first."""
    async with database.session() as session, session.begin():
        if not (await session.exec(select(Specialty))).all():
            session.add(Specialty(code="dermatology", name="Dermatology"))
            session.add(Specialty(code="cardiology", name="Cardiology"))
        clinic = Clinic(name=name, city="Berlin", country="DE", zone="Europe/Berlin")
        session.add(clinic)
    return clinic


async def add_doctor(database: Database, email: str, clinic: Clinic) -> Doctor:
    """Store a doctor's account who waits for a decision; return the doctor."""
    user_id = await add_user(database, email, Role.DOCTOR)
    async with database.session() as session, session.begin():
        doctor = Doctor(
            user_id=user_id,
            given_name=email.split("@")[0].title(),
            family_name="Test",
            licence_number=f"L-{user_id}",
        )
        session.add(doctor)
        await session.flush()
        session.add(DoctorAtClinic(doctor_id=row_id(doctor), clinic_id=row_id(clinic)))
    return doctor


async def mails(database: Database) -> list[tuple[MessageKind, str, dict[str, Any]]]:
    """Return what is in the outbox: kind, recipient, payload, oldest first."""
    async with database.session() as session:
        rows = await session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id)))
        return [(row.kind, row.recipient, row.payload) for row in rows]


async def mailed_secret(database: Database, kind: MessageKind) -> str:
    """Return the secret in the newest mail of this kind."""
    return next(str(mail["secret"]) for k, _, mail in reversed(await mails(database)) if k is kind)


async def audited(database: Database) -> list[str]:
    """Return the actions in the record, oldest first."""
    async with database.session() as session:
        return list(await session.exec(select(AuditEvent.action).order_by(col(AuditEvent.id))))
