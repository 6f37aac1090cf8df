"""What the clients of the HTTP benchmark ask for, and what the same takes in bare rows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import psycopg

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.accounts.passwords import hashed
from appointment_app.accounts.request_keys import remember
from appointment_app.database import Database
from appointment_app.scheduling.booking import BookingRequest, book
from appointment_app.scheduling.slot_list import SlotQuery, list_free_slots
from appointment_app.scheduling.slots import Offer
from benchmarks.http_bare import Bare
from benchmarks.http_clients import Client, Request
from benchmarks.reading import offers_of
from benchmarks.replay import Transaction, listening, recorded
from benchmarks.world import user_of_person

CLIENTS = 8
# The day and the month are those of the doctor with 200 appointments ahead, the week is of others.
DAY, WEEK, MONTH = "day", "week", "month"
_DAYS = {DAY: 1, WEEK: 7, MONTH: 30}
_PASSWORD = "a-password-of-the-benchmark"
# From then on there is no appointment in the world.
_DAYS_AHEAD, _SLOTS_A_DAY = 35, 16
_NAMES = ("doctor_id", "clinic_id", "visit_type_id")


class HttpWorld:
    """The world of the benchmarks as programs ask for it, a patient and doctors for each client."""

    def __init__(self, url: str) -> None:
        """Prepare questions about the world in the database at ``url``."""
        self._url = url
        self._offers: list[Offer] = []
        self._logins: list[dict[str, str]] = []
        self._slots: list[Iterator[int]] = [count() for _ in range(CLIENTS)]
        self._bare_slots: list[Iterator[int]] = [count() for _ in range(CLIENTS)]

    async def prepared(self, copy_url: str) -> Bare:
        """Let patients log in; returns what the bare routes send to a copy of the database."""
        await self._let_in()
        database = Database(self._url)
        self._offers = await offers_of(database, range(1, 11 + CLIENTS))
        with listening(database):
            inserts = await _recorded(lambda: self._book_one(database))
            selects = {
                name: await _recorded(lambda name=name: self._list(database, name))  # type: ignore[misc]
                for name in _DAYS
            }
        await database.dispose()
        return Bare(
            copy_url, [each for each in inserts if each.statement.startswith("INSERT")], selects, {}
        )

    async def log_in(self, site: str) -> None:
        """Get the tokens of the clients' patients; they are good for half an hour."""
        self._logins = []
        async with httpx.AsyncClient(base_url=f"{site}/api/v1") as web:
            for client in range(CLIENTS):
                form = {"username": _address(client), "password": _PASSWORD}
                answer = (await web.post("/auth/token", data=form)).raise_for_status().json()
                self._logins.append({"Authorization": f"Bearer {answer['access_token']}"})

    def bookings(self, client: int, site: str, times: int) -> Client:
        """Return a client that books so many free times."""
        requests = []
        for _ in range(times):
            doctor, starts_at = _next(client, self._slots[client])
            offer = self._offers[doctor - 1]
            body = _of_offer(offer) | {"starts_at": starts_at.isoformat(), "reason": "A rash"}
            key = {"Idempotency-Key": uuid4().hex}
            requests.append(Request("/api/v1/appointments", body, key))
        return Client(site, requests, self._logins[client])

    def bare_bookings(self, client: int, site: str, times: int) -> Client:
        """Return a client that has as many bookings inserted."""
        requests = []
        for _ in range(times):
            doctor, starts_at = _next(client, self._bare_slots[client])
            body = {"doctor": doctor, "person": _person(client), "starts_at": starts_at.isoformat()}
            requests.append(Request("/bookings", body))
        return Client(site, requests)

    def slots(self, name: str, client: int, site: str, times: int) -> Client:
        """Return a client that asks for the free times of a day, a week or a month."""
        return Client(site, [Request(self._path(name, 1 + client))] * times, self._logins[client])

    def bare_slots(self, name: str, site: str, times: int) -> Client:
        """Return a client that has the same rows selected."""
        return Client(site, [Request(f"/{name}")] * times)

    async def letters(self, site: str) -> dict[str, int]:
        """Book one time, and return how long that answer of a server is, and those of slots."""
        (wanted,) = self.bookings(0, site, 1).requests
        async with httpx.AsyncClient(base_url=site, headers=self._logins[0]) as web:
            booked = await web.post(wanted.path, json=wanted.body, headers=wanted.headers)
            found = {
                name: len((await web.get(self._path(name, 1))).raise_for_status().content)
                for name in _DAYS
            }
        return found | {"booking": len(booked.raise_for_status().content)}

    async def rested(self) -> None:
        """Wait until the letters about all bookings are written: they are work of their own."""
        waiting = "SELECT count(*) FROM outbox_message WHERE sent_at IS NULL"
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            while True:
                found = await (await connection.execute(waiting)).fetchone()
                if found is None or not found[0]:
                    return
                await asyncio.sleep(0.2)

    async def _let_in(self) -> None:
        password = await hashed(_PASSWORD)
        async with await psycopg.AsyncConnection.connect(self._url) as connection:
            for client in range(CLIENTS):
                user_id = user_of_person(_person(client))
                await connection.execute(
                    "UPDATE user_account SET email = %s, password_hash = %s,"
                    " email_verified_at = now() WHERE id = %s",
                    (_address(client), password, user_id),
                )
                await connection.execute(
                    "INSERT INTO role_assignment (user_id, role, created_at)"
                    " VALUES (%s, 'patient', now())",
                    (user_id,),
                )

    async def _book_one(self, database: Database) -> None:
        person_id = _person(0)
        actor = Actor(user_id=user_of_person(person_id), person_id=person_id)
        doctor, starts_at = _next(0, self._slots[0])
        async with database.session() as session:
            await remember(session, actor, uuid4().hex, b"")
            request = BookingRequest(self._offers[doctor - 1], starts_at, "A rash", uuid4().hex)
            await book(session, actor, request)

    async def _list(self, database: Database, name: str) -> None:
        offer = self._offers[0]
        first, last = _window(name)
        query = SlotQuery(offer.doctor_id, offer.clinic_id, offer.visit_type_id, first, last)
        async with database.session() as session:
            await list_free_slots(session, NOBODY, query)

    def _path(self, name: str, doctor: int) -> str:
        offer = self._offers[doctor - 1]
        first, last = _window(name)
        return (
            f"/api/v1/doctors/{offer.doctor_id}/slots?clinic={offer.clinic_id}"
            f"&visit_type={offer.visit_type_id}&from={first}&to={last}"
        )


async def _recorded(work: Callable[[], Awaitable[Any]]) -> Transaction:
    async with recorded() as sent:
        await work()
    return sent


def _of_offer(offer: Offer) -> dict[str, Any]:
    return {name: str(getattr(offer, name)) for name in _NAMES}


def _person(client: int) -> int:
    """Return the internal id of a client's patient."""
    return 400 + client


def _address(client: int) -> str:
    return f"client-{client}@bench.example"


def _window(name: str) -> tuple[date, date]:
    """Return the first and the last day, from tomorrow on."""
    first = clock.now().date() + timedelta(days=1)
    return first, first + timedelta(days=_DAYS[name] - 1)


def _next(client: int, slots: Iterator[int]) -> tuple[int, datetime]:
    """Return the doctor (internal id) and the free start that a client books next."""
    day, half_hour = divmod(next(slots), _SLOTS_A_DAY)
    first = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
    return 10 + client, first + timedelta(days=_DAYS_AHEAD + day, minutes=30 * half_hour)
