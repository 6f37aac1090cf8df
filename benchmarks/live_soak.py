"""Many open tabs for many minutes while bookings go on, and what a killed process does to them."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from redis.asyncio import Redis

from appointment_app.accounts.actor import Actor
from appointment_app.database import Database
from appointment_app.errors import DomainError
from appointment_app.live.publishing import publish_by, stop_publishing_by
from appointment_app.live.redis_hub import RedisHub
from appointment_app.scheduling.booking import BookingRequest, book
from appointment_app.scheduling.slots import Offer
from appointment_app.states.address import moment_text
from benchmarks.figures import Row
from benchmarks.live_watchers import bare_connecting, client, open_tabs, p95, page_of, start_of
from benchmarks.reading import offers_of
from benchmarks.site import Process
from benchmarks.tabs import Tab
from benchmarks.world import user_of_person

BOOKINGS_A_SECOND = 5
_STARTS = 98
_FIRST_PATIENT, _PATIENTS = 201, 190
_LATE_SECONDS = 10.0  # what has not come by then is missed
_MEGABYTE = 1024 * 1024
_WARM = 0.3  # the share of the long run after which memory has to be flat
_RECONNECT_SECONDS = 60.0


class Booker:
    """Books at random as a process of its own does, and tells the others over Redis."""

    def __init__(self, database: Database, offers: Sequence[Offer]) -> None:
        """Book what is offered; each start of each offer once."""
        self._database = database
        self._left = [(offer, number) for offer in offers for number in range(_STARTS)]
        random.shuffle(self._left)
        self.refused = 0

    async def book_one(self) -> tuple[Offer, str] | None:
        """Return what was booked and when (ISO 8601), or None when the patient had no time."""
        offer, number = self._left.pop()
        person = _FIRST_PATIENT + random.randrange(_PATIENTS)
        actor = Actor(user_id=user_of_person(person), person_id=person)
        starts_at = start_of(number)
        try:
            async with self._database.session() as session:
                await book(session, actor, BookingRequest(offer, starts_at, "", uuid4().hex))
        except DomainError:
            self.refused += 1
            return None
        return offer, moment_text(starts_at)


class _Told:
    """When each tab was told of each booking, from its commit on."""

    def __init__(self) -> None:
        self.waiting: defaultdict[int, dict[str, float]] = defaultdict(dict)
        self.seconds: list[float] = []

    def hearing(self, tab: int) -> Callable[[float, set[str]], None]:
        def hear(now: float, free: set[str]) -> None:
            waiting = self.waiting[tab]
            for start in [start for start in waiting if start not in free]:
                self.seconds.append(max(0.0, now - waiting.pop(start)))

        return hear

    @property
    def untold(self) -> int:
        return sum(len(waiting) for waiting in self.waiting.values())


async def soak_rows(
    url: str,
    redis_url: str,
    site: Sequence[Process],
    tabs: int,
    doctors: int,
    minutes: float,
    bound: float,
) -> list[Row]:
    """Return the rows of the long run: told in time, nothing missed, and memory.

    Beside them stands a ``bound`` in seconds: a bare broadcast to the tabs of one doctor.
    """
    told = _Told()
    async with _booker(url, redis_url, range(2, 2 + doctors)) as (booker, offers), client() as web:
        redis = Redis.from_url(redis_url)
        before = await _memory(site, redis)
        opened = [
            Tab(
                web,
                [site[number % len(site)].url],
                page_of(offers[number % doctors].doctor_id),
                told.hearing(number),
            )
            for number in range(tabs)
        ]
        await open_tabs(opened)
        watching: dict[Offer, list[int]] = defaultdict(list)
        for number in range(tabs):
            watching[offers[number % doctors]].append(number)
        warm = after = await _memory(site, redis)
        began, booked = time.monotonic(), 0
        while (elapsed := time.monotonic() - began) < minutes * 60:
            if (done := await booker.book_one()) is not None:
                offer, start = done
                booked += 1
                committed = time.perf_counter()
                for number in watching[offer]:
                    # Some are told before we know that it is committed.
                    if start in opened[number].free:
                        told.waiting[number][start] = committed
                    else:
                        told.seconds.append(0.0)
            if elapsed < minutes * 60 * _WARM:
                warm = await _memory(site, redis)
            await asyncio.sleep(max(0.0, booked / BOOKINGS_A_SECOND - elapsed))
        deadline = time.monotonic() + _LATE_SECONDS
        while told.untold and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        after = await _memory(site, redis)
        await asyncio.gather(*(tab.close() for tab in opened))
        await redis.aclose()
    name = f"{tabs:,} tabs on {doctors} doctors, {booked / minutes / 60:.1f} bookings/s"
    late = p95(told.seconds)
    growth = (after - warm) / _MEGABYTE
    each = (warm - before) / tabs / _MEGABYTE
    return [
        Row(
            f"{name}, {minutes:g} minutes: p95 (aim 1 s{_missed(late > 1)})",
            f"{bound * 1000:.0f} ms bare broadcast",
            f"{late * 1000:.0f} ms",
            late / bound,
        ),
        Row("  updates missed (aim 0)", f"of {len(told.seconds):,}", str(told.untold)),
        Row(
            f"  memory a tab (aim under 1 MB{_missed(each > 1)})",
            f"{growth:+.0f} MB after warm-up",
            f"{each:.2f} MB",
        ),
    ]


async def reconnect_row(
    url: str, redis_url: str, site: Sequence[Process], tabs: int, folder: Path
) -> Row:
    """Return how long it takes until all tabs of a killed process are right again."""
    async with _booker(url, redis_url, [150]) as (booker, (offer,)), client() as web:
        addresses = [site[1].url, site[0].url]
        opened = [Tab(web, addresses, page_of(offer.doctor_id)) for _ in range(tabs)]
        await open_tabs(opened)
        site[1].kill()
        for tab in opened:
            tab.is_right.clear()
        began = time.perf_counter()
        booked = None
        while booked is None:
            booked = await booker.book_one()
        async with asyncio.timeout(_RECONNECT_SECONDS):
            while not all(_is_right(tab, booked[1]) for tab in opened):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        seconds = time.perf_counter() - began
        await asyncio.gather(*(tab.close() for tab in opened))
    bound = await bare_connecting(folder, tabs, opened[0].most_letters)
    name = f"{tabs} tabs after their process is killed, all right again"
    return Row(
        f"{name} (aim 5 s{_missed(seconds > 5)})",
        f"{bound:.2f} s bare reconnect",
        f"{seconds:.1f} s",
        seconds / bound,
    )


def _is_right(tab: Tab, taken: str) -> bool:
    return tab.is_right.is_set() and taken not in tab.free


@asynccontextmanager
async def _booker(
    url: str, redis_url: str, doctors: Sequence[int]
) -> AsyncIterator[tuple[Booker, list[Offer]]]:
    async def deliver(_: str) -> bool:
        return False

    database, hub = Database(url), RedisHub(redis_url, deliver)
    await hub.start()
    publish_by(hub)
    try:
        offers = await offers_of(database, list(doctors))
        yield Booker(database, offers), offers
    finally:
        stop_publishing_by(hub)
        await hub.stop()
        await database.dispose()


async def _memory(site: Sequence[Process], redis: Redis) -> int:
    """Return the bytes that the processes and Redis use."""
    used: int = (await redis.info("memory"))["used_memory"]
    return used + sum(process.memory for process in site)


def _missed(is_missed: bool) -> str:
    return ": MISSED" if is_missed else ""
