"""Open tabs are told through Reflex's own ways in; an upgrade that changes them fails here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex.utils.token_manager import RedisTokenManager
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.appointment_app import app
from appointment_app.database import Database
from appointment_app.live.hub import Hub
from appointment_app.models import Doctor
from appointment_app.scheduling.booking import BookingRequest, book
from appointment_app.scheduling.holds import keep
from appointment_app.states import live_bridge
from appointment_app.states.address import moment_text
from appointment_app.states.doctor_profile import DoctorProfile
from appointment_app.states.doctor_reading import look
from appointment_app.states.held_time import HeldTime
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
BYTES_OF_AN_UPDATE = 3_000  # of a day with twenty half hours


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
    assert moment_text(TEN) in await tab.send("DoctorProfile.load")
    sockets.sent[tab.socket].clear()
    return tab, book_it


def hub() -> Hub:
    found = live_bridge._bridges[0]._hub
    assert found is not None
    return found


def sent_to(sockets: Sockets, tab: Tab) -> str:
    return "".join(sockets.sent[tab.socket])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_SECONDS):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_an_open_tab_is_sent_what_somebody_else_changed(
    sockets: Sockets, installed_database: Database
) -> None:
    tab, book_it = await on_the_doctors_page(sockets, installed_database)
    await book_it()
    await until(lambda: '"taken"' in sent_to(sockets, tab))


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


async def test_tabs_that_show_the_same_are_told_without_loading_their_states(
    sockets: Sockets, installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, book_it = await on_the_doctors_page(sockets, installed_database)
    enqueued: list[str] = []

    async def enqueue(token: str, *_: Any) -> None:
        enqueued.append(token)

    monkeypatch.setattr(app.event_processor, "enqueue", enqueue)
    await book_it()
    await until(lambda: '"taken"' in sent_to(sockets, tab))
    assert enqueued == []
    (update,) = [json.loads(each) for each in sockets.sent[tab.socket]]
    ((state, changed),) = update["delta"].items()
    assert state == DoctorProfile.get_full_name()
    assert list(changed) == ["day_1_rx_state_"]
    assert len(json.dumps(update)) < BYTES_OF_AN_UPDATE


async def test_a_tab_that_does_something_itself_is_told_when_that_is_done(
    sockets: Sockets, installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, book_it = await on_the_doctors_page(sockets, installed_database)
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def slow(*_: Any) -> Actor:
        begun.set()
        await goes_on.wait()
        return Actor()

    with monkeypatch.context() as patch:
        patch.setattr(DoctorProfile, "_actor", slow)
        loading = asyncio.create_task(tab.send("DoctorProfile.load"))
        await begun.wait()
        await book_it()
        await asyncio.sleep(0.2)
        assert '"taken"' not in sent_to(sockets, tab)
        goes_on.set()
        await loading
    # What it loaded had begun before; it looks once more after that.
    await until(lambda: '"taken"' in sent_to(sockets, tab))


async def test_a_server_that_stops_answers_what_is_begun_before_it_sends_tabs_away(
    sockets: Sockets, installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on = asyncio.Event(), asyncio.Event()
    order: list[str] = []

    async def slow(*_: Any) -> Actor:
        begun.set()
        await goes_on.wait()
        order.append("answered")
        return Actor()

    async def close() -> None:
        order.append("closed")

    monkeypatch.setattr(live_bridge, "close_sockets", close)
    (bridge,) = live_bridge._bridges
    running = bridge.running()
    await running.__aenter__()
    tab, _ = await on_the_doctors_page(sockets, installed_database)
    monkeypatch.setattr(DoctorProfile, "_actor", slow)
    loading = asyncio.create_task(tab.send("DoctorProfile.load"))
    await begun.wait()
    stopping = asyncio.create_task(running.__aexit__(None, None, None))
    await asyncio.sleep(0.2)
    assert order == []
    goes_on.set()
    await asyncio.gather(loading, stopping)
    assert order == ["answered", "closed"]


async def test_what_the_server_keeps_of_a_tab_may_be_behind_what_it_was_sent(
    sockets: Sockets, installed_database: Database
) -> None:
    tab, book_it = await on_the_doctors_page(sockets, installed_database)
    await book_it()
    await until(lambda: '"taken"' in sent_to(sockets, tab))
    # An event of its own starts from what it shows, not from what its state still says.
    assert '"taken"' not in await tab.send("DoctorProfile.refresh")
    assert '"taken"' in await tab.send("DoctorProfile.load")


async def test_who_holds_a_time_looks_alone_and_sees_it_free(
    sockets: Sockets, installed_database: Database
) -> None:
    tab, book_it = await on_the_doctors_page(sockets, installed_database)
    async with tab.states() as root:
        visitor = (await root.get_state(HeldTime))._visitor()
    async with installed_database.session() as session:
        doctor = (await session.exec(select(Doctor))).one()
    seen = await look(Actor(), doctor.public_id, {}, visitor, told=False)
    assert seen.wish is not None
    async with installed_database.session() as session:
        await keep(session, Actor(), seen.wish.offer, TEN, visitor=visitor, address="192.0.2.7")
    await book_it(TEN + timedelta(hours=1))
    await until(lambda: '"taken"' in sent_to(sockets, tab))
    assert '"held"' not in sent_to(sockets, tab)


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


async def test_what_a_process_that_died_was_doing_for_a_tab_holds_nobody_up(
    sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis, token = await reachable_redis(), str(uuid4())
    state_manager = StateManagerRedis(redis)
    dead, here = RedisTokenManager(redis), RedisTokenManager(redis)
    monkeypatch.setattr(app.event_namespace, "_token_manager", here)
    (bridge,) = live_bridge._bridges
    tab = BaseStateToken(ident=token, cls=rx.State)
    await dead.link_token_to_sid(token, "there")
    # Else it would hear that its record is deleted, and write it again.
    dead.token_to_socket.clear()
    async with state_manager._lock(tab):
        await bridge.admit(token)
        assert await redis.get(state_manager._lock_key(tab)) is None
    # It is no copy of a tab that is still open there.
    assert await here.link_token_to_sid(token, "here") is None
    await here.disconnect_token(token, "here")
    await state_manager.close()
