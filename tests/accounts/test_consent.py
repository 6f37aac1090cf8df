"""The privacy notice: agreed to once for each version, asked for at the next login."""

from __future__ import annotations

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts import consent
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.accounts.actors import identity_of
from appointment_app.database import Database
from appointment_app.errors import LoginRequired
from appointment_app.models import Consent
from tests.accounts.people import NOON, PASSWORD, add_user, audited
from tests.api.clients import browser
from tests.factories import administrator_actor

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

LOGIN = {"email": "mira@mail.example", "password": PASSWORD, "next": "/appointments"}


async def actor_of(database: Database, user_id: int) -> Actor:
    async with database.session() as session:
        return (await identity_of(session, user_id)).at("192.0.2.7").actor


async def needed(database: Database, actor: Actor) -> bool:
    async with database.session() as session:
        return await consent.is_needed(session, actor)


async def test_another_version_is_agreed_to_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = await actor_of(database, await add_user(database, LOGIN["email"]))
    assert not await needed(database, actor)
    monkeypatch.setattr(consent, "NOTICE_VERSION", "2031-01-01")
    assert await needed(database, actor)
    for _ in range(2):
        with clock.frozen(NOON):
            async with database.session() as session:
                await consent.agree(session, actor)
    assert not await needed(database, actor)
    async with database.session() as session:
        of_now = select(Consent).where(Consent.version == "2031-01-01")
        (kept,) = (await session.exec(of_now)).all()
    assert (kept.user_id, kept.agreed_at, kept.address) == (actor.user_id, NOON, "192.0.2.7")
    assert await audited(database) == ["privacy.agreed"]


async def test_who_is_no_person_is_not_asked(database: Database) -> None:
    async with database.session() as session:
        administrator = await administrator_actor(session)
    assert not await needed(database, administrator)
    assert not await needed(database, NOBODY)
    async with database.session() as session:
        with pytest.raises(LoginRequired):
            await consent.agree(session, NOBODY)


async def test_a_login_leads_to_the_notice_until_it_is_agreed_to(
    installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_user(installed_database, LOGIN["email"])
    async with browser() as mira:
        assert (await mira.post("/auth/login", json=LOGIN)).json()["next"] == "/appointments"
        monkeypatch.setattr(consent, "NOTICE_VERSION", "2031-01-01")
        asked = (await mira.post("/auth/login", json=LOGIN)).json()["next"]
        assert asked == "/consent?next=%2Fappointments"
        answer = await mira.post("/auth/consent", json={"next": "/appointments"})
        assert answer.json()["next"] == "/appointments"
        assert (await mira.post("/auth/login", json=LOGIN)).json()["next"] == "/appointments"
        answer = await mira.post("/auth/consent", json={"next": "https://elsewhere.example"})
        assert answer.json()["next"] == "/"
