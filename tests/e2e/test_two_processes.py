"""Two server processes behind a proxy; one of all they need is taken away, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from redis import Redis

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.database import Database
from appointment_app.errors import Busy
from appointment_app.live.keys import doctor_key
from appointment_app.live.redis_hub import CHANNEL
from appointment_app.models import row_id
from appointment_app.scheduling.booking import BookingRequest, book
from appointment_app.scheduling.holds import HOLD_FOR
from appointment_app.serve import STOP_SECONDS
from tests.e2e.balancer import Balancer
from tests.e2e.conftest import (
    Server,
    environment_of,
    free_port,
    start_process,
    wait_until_live,
    wait_until_ready,
)
from tests.e2e.own_servers import OwnPostgres, OwnRedis, own_servers
from tests.e2e.practice import (
    TUESDAY_TEN,
    Practice,
    add_appointment,
    appointments_with,
    confirm_button,
    expect_confirmation,
    log_in,
    open_account,
    open_form,
    open_practice,
    reason_field,
)

HALF_AN_HOUR = timedelta(minutes=30)
HALF_PAST_TEN = TUESDAY_TEN + HALF_AN_HOUR
ELEVEN = HALF_PAST_TEN + HALF_AN_HOUR
LOST = "What you see may be out of date"


@dataclass
class Site:
    """Two processes, each with an address of its own, and the proxy before them."""

    proxy: Balancer
    redis: OwnRedis
    postgres: OwnPostgres
    servers: list[Server]
    processes: list[subprocess.Popen[bytes]]

    def prefer(self, number: int) -> None:
        """Let the next pages be served by one of the processes."""
        self.proxy.prefer(int(self.servers[number].environment["PORT"]))

    def kill(self, number: int) -> None:
        """End one process as a crash does."""
        os.killpg(self.processes[number].pid, signal.SIGKILL)
        self.processes[number].wait()

    def start(self, number: int) -> None:
        """Start a process again and wait until it serves."""
        self.processes[number] = start_process(self.servers[number])
        wait_until_ready(self.servers[number], self.processes[number])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two processes of one build."""
    folder = tmp_path_factory.mktemp("site")
    ports = [free_port(), free_port()]
    with ExitStack() as stack:
        redis, postgres = stack.enter_context(own_servers(folder))
        proxy = stack.enter_context(Balancer(*ports))
        servers = [_server(folder, port, proxy.port, redis, postgres) for port in ports]
        servers[0].manage("migrate")
        processes = [start_process(server) for server in servers]
        try:
            for server, process in zip(servers, processes, strict=True):
                wait_until_ready(server, process)
            yield Site(proxy, redis, postgres, servers, processes)
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            for process in processes:
                process.wait(timeout=30)


@pytest.fixture(scope="module")
def server(site: Site) -> Server:
    """The site as visitors see it: at the proxy's address."""
    return replace(site.servers[0], url=f"http://localhost:{site.proxy.port}")


def test_what_one_process_does_shows_in_the_other_also_after_redis_was_away(
    new_page: Callable[..., Page], server: Server, site: Site
) -> None:
    practice = open_practice(server, "Apart")
    watching, booker = new_page(), new_page()
    site.prefer(0)
    free = open_doctor(watching, practice)
    expect(free("10:30")).to_be_visible()
    site.prefer(1)
    log_in(booker, server, open_account(server, "Bo"))
    open_form(booker, practice, HALF_PAST_TEN)
    expect(free("10:30")).to_have_count(0)
    reason_field(booker).fill("My knee")

    site.redis.stop()
    for page in (watching, booker):
        expect(page.get_by_text(LOST)).to_be_visible()
    expect(free("11:00")).to_be_visible()
    add_appointment(server, practice, open_account(server, "Eve").person, ELEVEN)
    site.redis.start()
    for page in (watching, booker):
        expect(page.get_by_text(LOST)).to_have_count(0)
    expect(free("11:00")).to_have_count(0)
    expect(free("10:30")).to_have_count(0)
    expect(reason_field(booker)).to_have_value("My knee")

    confirm_button(booker).click()
    expect_confirmation(booker)
    assert [each.reason for each in appointments_with(server, practice)] == ["", "My knee"]
    booker.get_by_role("button", name="Cancel appointment").click()
    booker.get_by_role("dialog").get_by_role("button", name="Cancel appointment").click()
    expect(free("10:30")).to_be_visible()


def test_a_hold_of_one_process_that_expires_is_free_again_in_the_other(
    new_page: Callable[..., Page], server: Server, site: Site
) -> None:
    practice = open_practice(server, "Expired")
    watching, booker = new_page(), new_page()
    site.prefer(0)
    free = open_doctor(watching, practice)
    expect(free("10:30")).to_be_visible()
    site.prefer(1)
    open_form(booker, practice, HALF_PAST_TEN)
    expect(free("10:30")).to_have_count(0)
    let_hold_expire(site, practice, since_its_start=timedelta(seconds=15))
    expect(free("10:30")).to_be_visible()


def test_a_killed_process_and_one_that_stops_lose_nothing(
    new_page: Callable[..., Page], server: Server, site: Site
) -> None:
    practice = open_practice(server, "Killed")
    watching, booker = new_page(), new_page()
    site.prefer(0)
    free = open_doctor(watching, practice)
    site.prefer(1)
    log_in(booker, server, open_account(server, "Kim"))
    open_form(booker, practice, HALF_PAST_TEN)
    reason_field(booker).fill("My knee")
    reason_field(booker).blur()

    # Its pages go on with the other process, with what they held.
    with reconnecting(booker):
        site.kill(1)
    expect(free("10:30")).to_have_count(0)
    confirm_button(booker).click()
    expect_confirmation(booker)
    assert [each.reason for each in appointments_with(server, practice)] == ["My knee"]
    site.start(1)

    # A booking that has to wait is carried out by the process that is told to stop meanwhile.
    open_form(booker, practice, ELEVEN)
    with site.postgres.connect() as connection, connection.transaction():
        connection.execute("SELECT 1 FROM doctor WHERE id = %s FOR UPDATE", [practice.doctor.id])
        confirm_button(booker).click()
        expect(booker.locator("button[aria-busy=true]")).to_be_visible()
        wait_until_waiting(site)
        site.prefer(0)
        began = time.monotonic()
        site.processes[1].send_signal(signal.SIGTERM)
        wait_until_closed(site.servers[1])
    assert site.processes[1].wait(timeout=30) == 0
    assert time.monotonic() - began < STOP_SECONDS
    expect_confirmation(booker)
    expect(free("11:00")).to_have_count(0)
    assert len(appointments_with(server, practice)) == 2
    site.start(1)


def test_a_database_that_starts_anew_under_load_loses_and_doubles_nothing(
    new_page: Callable[..., Page], server: Server, site: Site
) -> None:
    practice = open_practice(server, "Restarted")
    booker, login = new_page(), open_account(server, "Rita")
    log_in(booker, server, login)
    open_form(booker, practice, HALF_PAST_TEN)
    reason_field(booker).fill("My knee")
    people = [open_account(server, name).person for name in "ABCD"]
    actors = [Actor(user_id=each.user_id, person_id=each.id) for each in people]
    stop = threading.Event()
    with ThreadPoolExecutor(1) as thread:
        load = thread.submit(asyncio.run, book_until(stop, server, practice, actors))
        wait_for(lambda: len(appointments_with(server, practice)) > 4)

        site.postgres.stop()
        confirm_button(booker).click()
        expect(booker.get_by_text("The system is very busy. Please try again")).to_be_visible()
        expect(reason_field(booker)).to_have_value("My knee")
        site.postgres.start()
        confirm_button(booker).click()
        expect_confirmation(booker)

        stored = len(appointments_with(server, practice))
        wait_for(lambda: len(appointments_with(server, practice)) > stored)
        stop.set()
        booked, refused = load.result()
    found = appointments_with(server, practice)
    assert refused > 0
    assert Counter(each.starts_at for each in found) == Counter([HALF_PAST_TEN, *booked])


async def book_until(
    stop: threading.Event, server: Server, practice: Practice, actors: list[Actor]
) -> tuple[list[datetime], int]:
    """Book one time after the other, each again until it is certain.

    Returns what was booked, and how often trying again was asked for. Nothing else may happen.
    """
    database = Database(server.environment["DATABASE_URL"])
    booked: list[datetime] = []
    refused = 0

    async def keep_booking(number: int, actor: Actor) -> None:
        nonlocal refused
        for step in count():
            if stop.is_set():
                return
            half_hours, days = divmod(step, 50)
            starts_at = TUESDAY_TEN + timedelta(days=1 + days, hours=2 * number)
            starts_at += half_hours * HALF_AN_HOUR
            request = BookingRequest(practice.offer, starts_at, "", uuid4().hex)
            while starts_at not in booked:
                try:
                    async with database.session() as session:
                        await book(session, actor, request)
                    booked.append(starts_at)
                except Busy:
                    refused += 1
                    await asyncio.sleep(0.1)

    with clock.frozen(TUESDAY_TEN - timedelta(days=1)):
        await asyncio.gather(*(keep_booking(*each) for each in enumerate(actors)))
    await database.dispose()
    return booked, refused


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until what is stored fulfils the condition."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def open_doctor(page: Page, practice: Practice) -> Callable[[str], Locator]:
    """Open a doctor's page; returns how to find one of the free times."""
    page.goto(f"/doctor?id={practice.doctor.public_id}&day=2026-11-24")
    wait_until_live(page)
    name = f"Dr Dora {practice.doctor.family_name}"

    def free(time: str) -> Locator:
        return page.get_by_role("link", name=f"Tuesday 24 November, {time} with {name}").last

    return free


def let_hold_expire(site: Site, practice: Practice, *, since_its_start: timedelta) -> None:
    """Make a hold shorter than ours are, and tell the processes as if it had begun so."""
    with site.postgres.connect() as connection:
        ((expires_at,),) = connection.execute(
            "UPDATE busy_block SET expires_at = expires_at - %s + %s"
            " WHERE doctor_id = %s AND kind = 'hold' RETURNING expires_at",
            [HOLD_FOR, since_its_start, practice.doctor.id],
        ).fetchall()
    ends = {"from": "", "keys": [doctor_key(row_id(practice.doctor))], "at": expires_at.isoformat()}
    with Redis.from_url(site.redis.url) as redis:
        redis.publish(CHANNEL, json.dumps(ends))


def wait_until_waiting(site: Site) -> None:
    """Wait until somebody waits for a lock of the database."""
    with site.postgres.connect() as connection:
        while not connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            time.sleep(0.02)


@contextmanager
def reconnecting(page: Page) -> Iterator[None]:
    """Wait until the page, which loses its connection within, has its state again."""
    page.evaluate("delete document.documentElement.dataset.live")
    yield
    wait_until_live(page)


def wait_until_closed(server: Server) -> None:
    """Wait until the process takes no more connections."""
    with suppress(httpx.TransportError):
        while True:
            httpx.get(f"{server.url}/api/v1/health")


def _server(folder: Path, port: int, proxy: int, redis: OwnRedis, postgres: OwnPostgres) -> Server:
    shared = {
        "PUBLIC_URL": f"http://localhost:{proxy}",
        "DATABASE_URL": postgres.url,
        "REDIS_URL": redis.url,
    }
    environment = environment_of(folder, port) | shared
    return Server(f"http://localhost:{port}", environment, folder / f"server-{port}.log")
