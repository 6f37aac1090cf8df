from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import jwt
import pytest
from sqlalchemy import update
from sqlmodel import col, select

from appointment_app import clock
from appointment_app.accounts import login_sessions
from appointment_app.accounts.actor import Grant
from appointment_app.accounts.actors import identity_of
from appointment_app.accounts.keys import key_for
from appointment_app.accounts.login_sessions import PATIENT_LIMITS, REMEMBERED, STAFF_LIMITS
from appointment_app.database import Database
from appointment_app.models import Guardianship, LoginSession, Person, Role, RoleAssignment, User
from appointment_app.models.base import row_id
from tests.accounts.people import NOON, add_clinic, add_doctor, add_user


async def open_login(database: Database, user_id: int) -> str:
    async with database.session() as session, session.begin():
        identity = await identity_of(session, user_id)
        return (await login_sessions.open_login(session, user_id, identity)).token


async def holds(database: Database, token: str, moment: datetime) -> bool:
    with clock.frozen(moment):
        return (await login_sessions.who_is(database, token)).actor.is_somebody


async def test_a_login_ends_when_it_is_not_used(database: Database) -> None:
    with clock.frozen(NOON):
        token = await open_login(database, await add_user(database, "mira@mail.example"))
    assert await holds(database, token, NOON + PATIENT_LIMITS.idle - timedelta(seconds=1))
    assert await holds(database, token, NOON + 2 * PATIENT_LIMITS.idle - timedelta(seconds=2))
    assert not await holds(database, token, NOON + 3 * PATIENT_LIMITS.idle)


@pytest.mark.parametrize(
    ("role", "limits"), [(Role.PATIENT, PATIENT_LIMITS), (Role.ADMINISTRATOR, STAFF_LIMITS)]
)
async def test_a_login_that_is_used_still_ends_at_last(
    database: Database, role: Role, limits: login_sessions.Limits
) -> None:
    with clock.frozen(NOON):
        token = await open_login(database, await add_user(database, "mira@mail.example", role))
    moment = NOON
    while moment + timedelta(hours=8) < NOON + limits.absolute:
        moment += timedelta(hours=8)
        assert await holds(database, token, moment)
    assert not await holds(database, token, NOON + limits.absolute)


async def test_an_open_tab_learns_of_the_end_by_time_without_reading_again(
    database: Database,
) -> None:
    with clock.frozen(NOON):
        token = await open_login(database, await add_user(database, "mira@mail.example"))
    almost = NOON + PATIENT_LIMITS.idle - timedelta(seconds=1)
    with clock.frozen(NOON):
        async with database.session() as session, session.begin():
            await session.exec(update(LoginSession).values(expires_at=NOON + timedelta(seconds=1)))
    assert await holds(database, token, NOON)
    assert not await holds(database, token, NOON + timedelta(seconds=1))
    assert not await holds(database, token, almost)


async def test_what_another_process_ended_is_noticed_within_seconds(database: Database) -> None:
    with clock.frozen(NOON):
        token = await open_login(database, await add_user(database, "mira@mail.example"))
    assert await holds(database, token, NOON)
    async with database.session() as session, session.begin():
        await session.exec(update(LoginSession).values(ended_at=NOON))
    assert not await holds(database, token, NOON + REMEMBERED)


async def test_a_deactivated_account_has_no_login(database: Database) -> None:
    with clock.frozen(NOON):
        user_id = await add_user(database, "mira@mail.example")
        token = await open_login(database, user_id)
    async with database.session() as session, session.begin():
        (await session.get_one(User, user_id)).active = False
    assert not await holds(database, token, NOON)


async def test_use_is_noted_once_a_minute_at_most(database: Database) -> None:
    with clock.frozen(NOON):
        token = await open_login(database, await add_user(database, "mira@mail.example"))
    seen = []
    for seconds in (30, 57, 61, 95):
        assert await holds(database, token, NOON + timedelta(seconds=seconds))
        async with database.session() as session:
            at = (await session.exec(select(LoginSession.last_seen_at))).one()
            seen.append(int((at - NOON).total_seconds()))
    assert seen == [0, 0, 61, 61]


def _claims(**changes: object) -> dict[str, object]:
    claims: dict[str, object] = {"jti": str(uuid4()), "iat": NOON, "exp": NOON + timedelta(1)}
    return {name: value for name, value in (claims | changes).items() if value is not None}


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "not a token",
        jwt.encode(_claims(), "another key, of enough bytes for it", algorithm="HS256"),
        jwt.encode(_claims(), None, algorithm="none"),
        jwt.encode(_claims(), "0" * 64, algorithm="HS512"),
    ],
)
async def test_tokens_that_are_not_ours_name_nobody(database: Database, token: str | None) -> None:
    with clock.frozen(NOON):
        assert not (await login_sessions.who_is(database, token)).actor.is_somebody


@pytest.mark.parametrize(
    "changes", [{"jti": None}, {"exp": None}, {"iat": None}, {"jti": "7"}, {"exp": NOON}]
)
async def test_our_own_tokens_are_read_strictly(
    database: Database, changes: dict[str, object]
) -> None:
    with clock.frozen(NOON):
        user_id = await add_user(database, "mira@mail.example")
        await open_login(database, user_id)
        async with database.session() as session:
            row = (await session.exec(select(LoginSession))).one()
        claims = _claims(jti=str(row.public_id))
        good = jwt.encode(claims, key_for("login session"), algorithm="HS256")
        assert (await login_sessions.who_is(database, good)).actor.user_id == user_id
        login_sessions.forget_everything()
        claims = {k: v for k, v in (claims | changes).items() if v is not None}
        bad = jwt.encode(claims, key_for("login session"), algorithm="HS256")
        assert not (await login_sessions.who_is(database, bad)).actor.is_somebody


async def test_an_identity_names_all_that_the_policy_asks_for(database: Database) -> None:
    clinic = await add_clinic(database)
    doctor = await add_doctor(database, "amara@mail.example", clinic)
    async with database.session() as session, session.begin():
        child = Person(given_name="Kim", family_name="Test")
        session.add(child)
        session.add(
            RoleAssignment(user_id=doctor.user_id, role=Role.ADMINISTRATOR, clinic_id=clinic.id)
        )
        await session.flush()
        own = (
            await session.exec(select(Person).where(col(Person.user_id) == doctor.user_id))
        ).one()
        session.add(Guardianship(guardian_id=row_id(own), dependent_id=row_id(child)))
    async with database.session() as session:
        identity = await identity_of(session, doctor.user_id)
    actor = identity.actor
    assert (actor.user_id, actor.person_id, actor.doctor_id) == (doctor.user_id, own.id, doctor.id)
    assert actor.dependents == {child.id}
    assert actor.grants == {Grant(Role.DOCTOR), Grant(Role.ADMINISTRATOR, clinic.id)}
    assert (identity.display_name, identity.initials) == ("Dr Amara Test", "AT")
    assert (identity.is_doctor, identity.is_administrator, identity.is_patient) == (
        True,
        True,
        False,
    )
