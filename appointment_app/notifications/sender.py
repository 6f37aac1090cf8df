"""Sends what stands in the outbox: at least once, whatever crashes, from any number of processes.

A mail is claimed by moving its next attempt into the future, in a transaction of its own. No
transaction is open while we talk to a mail server, and a claim that nobody finishes comes due
again by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import structlog
from sqlalchemy import ColumnElement, and_
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import i18n
from appointment_app.clock import now
from appointment_app.database import Database, get_database, transactional
from appointment_app.errors import Busy
from appointment_app.models import MessageKind, OutboxMessage
from appointment_app.notifications import outbox
from appointment_app.notifications.appointment_words import NoLongerTrue
from appointment_app.notifications.letter import write_out
from appointment_app.notifications.mailers import Mailer, create_mailer
from appointment_app.notifications.messages import compose
from appointment_app.notifications.reminders import write_due
from appointment_app.settings import get_settings

# After the n-th attempt the next one waits this long; after the last we give up.
DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
    timedelta(hours=48),
)
# Shorter than the first delay, so that nobody else claims a mail while it is being sent.
_SENDING_SECONDS = 45
_IDLE_SECONDS = 5
_GRACE_SECONDS = 5

_log = structlog.get_logger(__name__)


async def deliver_due(database: Database, mailer: Mailer) -> int:
    """Send every mail that is due; return how many were sent.

    A mail that cannot be sent stays for a later attempt and stops no other.
    """
    sent = 0
    while (claimed := await _claim_next(database)) is not None:
        sent += await _deliver(database, mailer, claimed)
    return sent


class Sender:
    """Delivers what is due at once after a commit of this process, and else every few seconds."""

    def __init__(self, database: Database, mailer: Mailer) -> None:
        self._database = database
        self._mailer = mailer
        self._wake = asyncio.Event()
        self._stopping = False

    async def run(self) -> None:
        """Deliver until ``stop`` is called; a failure is logged and tried again."""
        with outbox.listening(self._wake.set):
            while not self._stopping:
                self._wake.clear()
                try:
                    await write_due(self._database)
                    await deliver_due(self._database, self._mailer)
                except (SQLAlchemyError, Busy, OSError) as error:
                    _log.warning("outbox_unavailable", error=_describe(error))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), _IDLE_SECONDS)

    def stop(self) -> None:
        """Make ``run`` return after the round it is in."""
        self._stopping = True
        self._wake.set()


@asynccontextmanager
async def sending_mails() -> AsyncIterator[None]:
    """Send mails as long as the block lasts; to be registered as a lifespan task."""
    sender = Sender(get_database(), create_mailer(get_settings()))
    task = asyncio.create_task(sender.run())
    try:
        yield
    finally:
        sender.stop()
        await asyncio.wait([task], timeout=_GRACE_SECONDS)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _is_due() -> ColumnElement[bool]:
    return and_(
        col(OutboxMessage.sent_at).is_(None),
        col(OutboxMessage.send_after) <= now(),
        col(OutboxMessage.attempts) <= len(DELAYS),
    )


async def _claim_next(database: Database) -> OutboxMessage | None:
    async with database.session() as session:
        # Looking needs no write lock, which SQLite has only one of.
        anything = (await session.exec(select(OutboxMessage.id).where(_is_due()).limit(1))).first()
    if anything is None:
        return None
    async with database.session() as session:
        return await _claim(session)


@transactional
async def _claim(session: AsyncSession) -> OutboxMessage | None:
    oldest = (
        select(OutboxMessage)
        .where(_is_due())
        .order_by(col(OutboxMessage.send_after), col(OutboxMessage.id))
        .limit(1)
        # SQLite has no row locks; there the transaction holds the only write lock.
        .with_for_update(skip_locked=True)
    )
    claimed = (await session.exec(oldest)).first()
    if claimed is not None:
        claimed.send_after = now() + DELAYS[min(claimed.attempts, len(DELAYS) - 1)]
        claimed.attempts += 1
    return claimed


async def _deliver(database: Database, mailer: Mailer, claimed: OutboxMessage) -> bool:
    facts = {"outbox_id": claimed.id, "kind": str(claimed.kind), "attempt": claimed.attempts}
    try:
        async with asyncio.timeout(_SENDING_SECONDS):
            await mailer.send(await _write(database, claimed))
    except NoLongerTrue:
        async with database.session() as session:
            await _note_sent(session, claimed)  # it is done with
        _log.info("mail_not_needed", **facts)
        return False
    except Exception as error:  # whatever is wrong with one mail, the others must go out
        description = _describe(error)
        async with database.session() as session:
            await _note_failure(session, claimed, description)
        if claimed.attempts > len(DELAYS):
            _log.error("mail_given_up", error=description, **facts)
        else:
            _log.warning("mail_not_sent", error=description, **facts)
        return False
    async with database.session() as session:
        await _note_sent(session, claimed)
    _log.info("mail_sent", **facts)
    return True


async def _write(database: Database, claimed: OutboxMessage) -> EmailMessage:
    i18n.use_locale(claimed.locale)
    async with database.session() as session:
        letter = await compose(session, claimed)
    return write_out(letter, claimed, get_settings())


@transactional
async def _note_sent(session: AsyncSession, claimed: OutboxMessage) -> None:
    left: dict[str, Any] = {"sent_at": now(), "payload": {}, "last_error": ""}
    if claimed.kind is MessageKind.PERSON_ERASED:
        left["recipient"] = ""
    await session.exec(
        update(OutboxMessage).where(col(OutboxMessage.id) == claimed.id).values(**left)
    )


@transactional
async def _note_failure(session: AsyncSession, claimed: OutboxMessage, description: str) -> None:
    await session.exec(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == claimed.id)
        .values(last_error=description)
    )


def _describe(error: BaseException) -> str:
    """Return the kind of an error; its text may quote an address or a record."""
    code = getattr(error, "code", None)
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        code = error.recipients[0].code
    return f"{type(error).__name__} {code}" if code else type(error).__name__
