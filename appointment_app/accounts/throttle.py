"""Growing delays after wrong passwords, without a lock that lets a stranger shut somebody out.

Failures are counted twice: for the address tried from one network, where the next attempt is
refused for a while; and for the address from anywhere, where the answer only comes later. The
owner of an address, on another network than the guesser, waits a few seconds at most. Unknown
addresses are counted like known ones. The keys are keyed hashes: the table names nobody.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.errors import TryAgainLater
from appointment_app.accounts.keys import mark
from appointment_app.accounts.network import network_of
from appointment_app.database import transactional
from appointment_app.models import LoginThrottle

FREE_FAILURES = 5
LONGEST_REFUSAL = timedelta(minutes=5)
FREE_FAILURES_ANYWHERE = 20
LONGEST_PAUSE = timedelta(seconds=4)
FORGOTTEN_AFTER = timedelta(hours=24)
FREE_REQUESTS = 30
REQUESTS_FORGOTTEN_AFTER = timedelta(hours=1)
_FIRST_REFUSAL = timedelta(seconds=2)


async def begin_attempt(session: AsyncSession, email: str, address: str) -> None:
    """Count an attempt to log in as ``email`` from the network address, as a failure so far.

    Takes up to 4 seconds where many have failed. Raises ``TryAgainLater`` where the network
    has to wait. ``session`` must be fresh.
    """
    pause = await _count(session, email, address)
    if pause:
        await asyncio.sleep(pause.total_seconds())


@transactional
async def begin_request(session: AsyncSession, kind: str, address: str) -> None:
    """Count a request of ``kind`` that sends a mail to whatever address the visitor names.

    Raises ``TryAgainLater`` when the network has asked too often.
    """
    row = await _row(session, _key(kind, address), REQUESTS_FORGOTTEN_AFTER)
    _refuse_until(row, _doubling(row.failures - FREE_REQUESTS, _FIRST_REFUSAL, LONGEST_REFUSAL))
    row.failures += 1
    row.last_failure_at = clock.now()


async def forget_failures(session: AsyncSession, email: str, address: str) -> None:
    """Forget what failed, in the caller's transaction, because the owner has proved themselves."""
    keys = [_key(email, address), _key(email)]
    await session.exec(delete(LoginThrottle).where(col(LoginThrottle.key).in_(keys)))


def refusal_after(failures: int) -> timedelta:
    """Return how long one network waits after its last of ``failures`` for one address."""
    return _doubling(failures - FREE_FAILURES, _FIRST_REFUSAL, LONGEST_REFUSAL)


def pause_after(failures: int) -> timedelta:
    """Return how much later the answer comes after ``failures`` for one address anywhere."""
    return _doubling(failures - FREE_FAILURES_ANYWHERE, timedelta(seconds=0.25), LONGEST_PAUSE)


@transactional
async def _count(session: AsyncSession, email: str, address: str) -> timedelta:
    here = await _row(session, _key(email, address), FORGOTTEN_AFTER)
    _refuse_until(here, refusal_after(here.failures))
    anywhere = await _row(session, _key(email), FORGOTTEN_AFTER)
    pause = pause_after(anywhere.failures)
    for row in (here, anywhere):
        row.failures += 1
        row.last_failure_at = clock.now()
    return pause


def _refuse_until(row: LoginThrottle, delay: timedelta) -> None:
    waits = row.last_failure_at + delay - clock.now()
    if waits > timedelta(0):
        raise TryAgainLater(-(-waits // timedelta(seconds=1)))


async def _row(session: AsyncSession, key: str, forgotten_after: timedelta) -> LoginThrottle:
    query = select(LoginThrottle).where(LoginThrottle.key == key).with_for_update()
    row = (await session.exec(query)).one_or_none()
    if row is None:
        try:
            async with session.begin_nested():
                row = LoginThrottle(key=key, last_failure_at=clock.now())
                session.add(row)
        except IntegrityError:
            # Two first attempts at once: the other one's row is there now.
            return (await session.exec(query)).one()
    elif clock.now() - row.last_failure_at > forgotten_after:
        row.failures = 0
    return row


def _doubling(steps: int, first: timedelta, longest: timedelta) -> timedelta:
    if steps < 0:
        return timedelta(0)
    return min(first * int(2 ** min(steps, 20)), longest)


def _key(email: str, address: str | None = None) -> str:
    words = [email] if address is None else [email, network_of(address)]
    return mark("\n".join(words).encode(), "throttle")
