"""Open tabs are told through Reflex's own ways in; an upgrade that changes them fails here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis

from appointment_app import clock
from appointment_app.appointment_app import app
from appointment_app.database import Database
from appointment_app.live.hub import Hub
from appointment_app.models import Doctor
from appointment_app.scheduling.booking import BookingRequest, book
from appointment_app.states import live_bridge
from appointment_app.states.doctor_profile import DoctorProfile
from tests.factories import (
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
    patient_actor,
)
from tests.policy.tabs import Sockets, Tab, running_sockets
from tests.redis_server import reachable_redis
from tests.statements import counted_statements

NOW = datetime(2030, 3, 4, 6, 30, tzinfo=UTC)  # a Monday, 07:30 in Berlin
TEN = NOW.replace(hour=9, minute=0)
_SECONDS = 5


@pytest.fixture
def backend() -> str:
    """What a tab is told does not depend on the database."""
    return "sqlite"


@pytest.fixture
async def sockets(
    installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Sockets]:
    (bridge,) = live_bridge._bridges
    with clock.frozen(NOW):
        async with running_sockets(monkeypatch) as running, bridge.running():
            yield running


async def on_the_doctors_page(sockets: Sockets, database: Database) -> tuple[Tab, Callable]:
    """A tab that shows a doctor's free times, and how somebody else books the one at ten."""
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor: Doctor = await make_doctor(session, clinic)
        offer = offer_of(doctor, clinic, await make_visit_type(session, doctor))
        actor = await patient_actor(session, await make_patient(session))

    async def book_it(starts_at: datetime = TEN) -> None:
        async with database.session() as session:
            await book(session, actor, BookingRequest(offer, starts_at, "", uuid4().hex))

    tab = await sockets.open(f"/doctor?id={doctor.public_id}")
    assert TEN.isoformat() in await tab.send("DoctorProfile.load")
    sockets.sent[tab.socket].clear()
    return tab, book_it


def hub() -> Hub:
    found = live_bridge._bridges[0]._hub
    assert found is not None
    return found


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_SECONDS):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_an_open_tab_is_sent_what_somebody_else_changed(
    sockets: Sockets, installed_database: Database
) -> None:
    tab, book_it = await on_the_doctors_page(sockets, installed_database)
    await book_it()
    await until(lambda: '"state":"taken"' in "".join(sockets.sent[tab.socket]).replace(" ", ""))


async def test_a_tab_that_is_gone_is_forgotten_and_sent_nothing(
    sockets: Sockets, installed_database: Database
) -> None:
    tab, book_it = await on_the_doctors_page(sockets, installed_database)
    assert hub().watchers == 1
    await tab.disconnect()
    await book_it()
    await until(lambda: hub().watchers == 0)
    assert sockets.sent[tab.socket] == []


async def test_with_nothing_changing_nothing_is_sent(
    sockets: Sockets, installed_database: Database
) -> None:
    tab, _ = await on_the_doctors_page(sockets, installed_database)
    await asyncio.sleep(1.5)
    assert sockets.sent[tab.socket] == []


async def test_tabs_that_are_told_of_one_change_read_it_once(
    sockets: Sockets, installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appointment_app.live.hub.SPACING", 0.0)
    tab, book_it = await on_the_doctors_page(sockets, installed_database)
    tabs, counts = [tab], []
    for starts_at in (TEN, TEN + timedelta(hours=1)):
        for each in tabs:
            sockets.sent[each.socket].clear()
        with counted_statements(installed_database) as statements:
            await book_it(starts_at)
            await until(lambda: all("taken" in "".join(sockets.sent[t.socket]) for t in tabs))
        counts.append(len(statements))
        for _ in range(9):
            tabs.append(await sockets.open(tab.address))
            await tabs[-1].send("DoctorProfile.load")
    assert counts[0] == counts[1]


@pytest.mark.parametrize("shared", [False, True], ids=["memory", "redis"])
async def test_what_an_open_tab_holds_does_not_expire_while_nothing_happens(
    sockets: Sockets, installed_database: Database, monkeypatch: pytest.MonkeyPatch, *, shared: bool
) -> None:
    manager: Any = StateManagerMemory(token_expiration=1)
    if shared:
        manager = StateManagerRedis(await reachable_redis(), token_expiration=1)
    monkeypatch.setattr(app, "_state_manager", manager)
    monkeypatch.setattr(live_bridge, "_KEEP_SECONDS", 0.2)
    (bridge,) = live_bridge._bridges
    # The processor of the fixture has another manager: a tab that asks it for its state anew.
    async with app._setup_event_processor(), bridge.running():
        tab, _ = await on_the_doctors_page(sockets, installed_database)
        await asyncio.sleep(2.5)
        async with tab.states() as root:
            assert (await root.get_state(DoctorProfile)).is_loaded
    await manager.close()
