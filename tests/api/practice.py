"""A practice to call over HTTP, and the programs of the people there."""

from __future__ import annotations

from typing import Any

import httpx

from appointment_app.accounts import access_tokens, login_sessions
from appointment_app.accounts.actors import identity_of
from appointment_app.database import Database
from appointment_app.models import Doctor, Person, Role, RoleAssignment, row_id
from tests.api.clients import program
from tests.factories import make_user
from tests.states.patients_tab import Practice


async def caller(database: Database, user_id: int | None) -> httpx.AsyncClient:
    """A program that is logged in as a user, without asking for a password."""
    assert user_id is not None
    async with database.session() as session, session.begin():
        identity = await identity_of(session, user_id)
        opened = await login_sessions.open_login(session, user_id, identity)
    return program(authorization=f"Bearer {access_tokens.issue(opened.login_id)}")


async def called_by(practice: Practice, who: Person | Doctor) -> httpx.AsyncClient:
    """A program that is logged in as a patient or a doctor of the practice."""
    return await caller(practice.database, who.user_id)


async def administrator(practice: Practice) -> httpx.AsyncClient:
    """A program of an administrator of all clinics."""
    async with practice.database.session() as session:
        user_id = row_id(await make_user(session))
        session.add(RoleAssignment(user_id=user_id, role=Role.ADMINISTRATOR))
        await session.commit()
    return await caller(practice.database, user_id)


def offer(practice: Practice, **more: Any) -> dict[str, Any]:
    """What is booked at the practice, as a request names it."""
    return {
        "doctor_id": str(practice.doctor.public_id),
        "clinic_id": str(practice.clinic.public_id),
        "visit_type_id": str(practice.visit_type.public_id),
    } | more
