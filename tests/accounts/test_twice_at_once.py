"""What is sent twice at once is done once, and nobody is told of an error that is not theirs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts import consent, staff
from appointment_app.accounts.actor import Actor, Grant
from appointment_app.clinics import doctor_photos
from appointment_app.database import Database
from appointment_app.errors import Invalid
from appointment_app.models import Consent, DoctorPhoto, Role, User, row_id
from tests.accounts.people import NOON
from tests.factories import doctor_actor, make_clinic, make_doctor, make_user

# SQLite lets in one at a time, so that the second sees what the first has done.
pytestmark = pytest.mark.parametrize("backend", ["postgresql", "mariadb"])
DESK = "desk@mail.example"


class Both:
    """Lets two transactions look before either goes on."""

    def __init__(self, function: Any) -> None:
        self.function, self.here, self.all_here = function, 0, asyncio.Event()

    async def __call__(self, *arguments: Any, **named: Any) -> Any:
        found = await self.function(*arguments, **named)
        self.here += 1
        if self.here == 2:
            self.all_here.set()
        await asyncio.wait_for(self.all_here.wait(), 5)
        return found


async def twice(database: Database, function: Any, *arguments: Any, **named: Any) -> list[Any]:
    async def once() -> Any:
        async with database.session() as session:
            return await function(session, *arguments, **named)

    with clock.frozen(NOON):
        return await asyncio.gather(once(), once(), return_exceptions=True)


async def stored(database: Database, table: type[Any]) -> list[Any]:
    async with database.session() as session:
        return list(await session.exec(select(table)))


async def test_one_new_address_is_invited(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.session() as session:
        clinic = await make_clinic(session)
        root = Actor(
            user_id=row_id(await make_user(session)),
            grants=frozenset({Grant(Role.ADMINISTRATOR)}),
        )
    monkeypatch.setattr(staff, "_clinic", Both(staff._clinic))
    outcomes = await twice(database, staff.grant, root, clinic.public_id, Role.RECEPTION, DESK)
    assert sorted(map(type, outcomes), key=str) == sorted([type(None), Invalid], key=str)
    assert [each.email for each in await stored(database, User)].count(DESK) == 1


async def test_one_agrees_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with database.session() as session:
        actor = Actor(user_id=row_id(await make_user(session)))
    monkeypatch.setattr(consent, "NOTICE_VERSION", "2031-01-01")
    monkeypatch.setattr(consent, "_has_agreed", Both(consent._has_agreed))
    assert await twice(database, consent.agree, actor) == [None, None]
    assert [each.version for each in await stored(database, Consent)].count("2031-01-01") == 1


async def test_the_first_photo_is_one(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with database.session() as session:
        doctor = await make_doctor(session, await make_clinic(session))
    monkeypatch.setattr(doctor_photos, "reencoded", lambda content: content)
    outcomes = await twice(
        database,
        doctor_photos.store_photo,
        doctor_actor(doctor),
        doctor.public_id,
        b"image",
    )
    assert outcomes[0] == outcomes[1]
    assert len(await stored(database, DoctorPhoto)) == 1
