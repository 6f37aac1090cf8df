"""Fifty programs want one time at once, over HTTP, of two server processes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from sqlmodel import select

from appointment_app.accounts import access_tokens, login_sessions
from appointment_app.accounts.actors import identity_of
from appointment_app.api.app import create_mount
from appointment_app.database import Database
from appointment_app.models import Appointment, Person
from appointment_app.settings import get_settings
from tests.e2e.conftest import free_port
from tests.factories import make_clinic, make_doctor, make_patient, make_visit_type
from tests.races.processes import processes

PROGRAMS = 50
_START_SECONDS = 60


@pytest.fixture
def addresses(database_url: str) -> Iterator[list[str]]:
    """Two processes that serve the API from one database."""
    ports = [free_port() for _ in range(2)]
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "SECRET_KEY": get_settings().secret_key.get_secret_value(),
        "REQUESTS_PER_ADDRESS": "0",
    }
    running = [
        processes.Process(target=_serve, args=(port, environment), daemon=True) for port in ports
    ]
    for process in running:
        process.start()
    yield [f"http://127.0.0.1:{port}/api/v1" for port in ports]
    for process in running:
        process.kill()
    for process in running:
        process.join(15)


def _serve(port: int, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    server = Server(create_mount(), port=port, interface=Interfaces.ASGI, log_enabled=False)
    asyncio.run(server.serve())


@pytest.fixture
async def servers(
    installed_database: Database, addresses: list[str]
) -> AsyncIterator[list[httpx.AsyncClient]]:
    """A client of each process, once it answers."""
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=60))
            for address in addresses
        ]
        for client in clients:
            await _answers(client)
        yield clients


async def test_one_of_fifty_gets_the_time(
    installed_database: Database, servers: list[httpx.AsyncClient]
) -> None:
    wanted, tokens = await _practice(installed_database)

    async def ask(number: int, **headers: str) -> httpx.Response:
        bearer = {"authorization": f"Bearer {tokens[number]}"}
        client = servers[number % len(servers)]
        return await client.post("/appointments", json=wanted, headers=bearer | headers)

    answers = await asyncio.gather(*map(ask, range(PROGRAMS)))
    statuses = [each.status_code for each in answers]
    assert (statuses.count(201), statuses.count(409)) == (1, PROGRAMS - 1)
    refused = [each.json() for each in answers if each.status_code == 409]
    assert {each["code"] for each in refused} == {"SLOT_TAKEN"}
    assert {len(each["nearest"]) for each in refused} == {3}

    # One program that repeats itself, at both servers, has one appointment.
    wanted["starts_at"] = refused[0]["nearest"][-1]
    loser = statuses.index(409)
    bearer = {"authorization": f"Bearer {tokens[loser]}", "idempotency-key": "once"}
    answers = await asyncio.gather(
        *(
            servers[number % 2].post("/appointments", json=wanted, headers=bearer)
            for number in range(10)
        )
    )
    assert {each.status_code for each in answers} == {201}
    assert len({each.json()["id"] for each in answers}) == 1
    async with installed_database.session() as session:
        assert len((await session.exec(select(Appointment))).all()) == 2


async def _practice(database: Database) -> tuple[dict[str, str], list[str]]:
    """What all want, and the tokens of those who want it."""
    async with database.session() as session:
        session.sync_session.expire_on_commit = False
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic)
        visit_type = await make_visit_type(session, doctor)
        people = [await make_patient(session) for _ in range(PROGRAMS)]
        tokens = [await _token(database, person) for person in people]
    day = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
    wanted = {
        "doctor_id": str(doctor.public_id),
        "clinic_id": str(clinic.public_id),
        "visit_type_id": str(visit_type.public_id),
        "starts_at": (day + timedelta(days=2)).isoformat(),
    }
    return wanted, tokens


async def _token(database: Database, person: Person) -> str:
    assert person.user_id is not None
    async with database.session() as session, session.begin():
        identity = await identity_of(session, person.user_id)
        opened = await login_sessions.open_login(session, person.user_id, identity)
    return access_tokens.issue(opened.login_id)


async def _answers(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while True:
            try:
                if (await client.get("/ready")).is_success:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
