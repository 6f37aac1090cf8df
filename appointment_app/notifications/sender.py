"""Sends what stands in the outbox: at least once, whatever crashes, from any number of processes.

Mails are claimed, some at once, by moving their next attempts into the future, in a transaction of
its own. No transaction is open while we talk to a mail server, and a claim that nobody finishes
comes due again by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
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

from appointment_app import i18n, outbox
from appointment_app.clock import now
from appointment_app.database import Database, get_database, transactional
from appointment_app.errors import Busy
from appointment_app.models import MessageKind, OutboxMessage
from appointment_app.notifications.appointment_words import NoLongerTrue
from appointment_app.notifications.letter import write_out
from appointment_app.notifications.mailers import Mailer, create_mailer
from appointment_app.notifications.messages import compose
from appointment_app.notifications.read_ahead import read_ahead
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
# So many mails are claimed, written and noted together.
_AT_ONCE = 10
# What is committed within this time of the first is written together with it.
_GATHERING_SECONDS = 0.25
_IDLE_SECONDS = 5
_GRACE_SECONDS = 5

_log = structlog.get_logger(__name__)


async def deliver_due(database: Database, mailer: Mailer) -> int:
    """Send every mail that is due; return how many were sent.

    A mail that cannot be sent stays for a later attempt and stops no other.
    """
    sent = 0
    while True:
        claimed = await _claim_some(database)
        sent += await _deliver(database, mailer, claimed)
        if len(claimed) < _AT_ONCE:
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
                    await asyncio.sleep(_GATHERING_SECONDS)

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


async def _claim_some(database: Database) -> list[OutboxMessage]:
    async with database.session() as session:
        # Looking needs no write lock, which SQLite has only one of.
        anything = (await session.exec(select(OutboxMessage.id).where(_is_due()).limit(1))).first()
    if anything is None:
        return []
    async with database.session() as session:
        return await _claim(session)


@transactional
async def _claim(session: AsyncSession) -> list[OutboxMessage]:
    oldest = (
        select(OutboxMessage)
        .where(_is_due())
        .order_by(col(OutboxMessage.send_after), col(OutboxMessage.id))
        .limit(_AT_ONCE)
        # SQLite has no row locks; there the transaction holds the only write lock.
        .with_for_update(skip_locked=True)
    )
    claimed = list(await session.exec(oldest))
    for mail in claimed:
        mail.send_after = now() + DELAYS[min(mail.attempts, len(DELAYS) - 1)]
        mail.attempts += 1
    return claimed


async def _deliver(database: Database, mailer: Mailer, claimed: Sequence[OutboxMessage]) -> int:
    """Send what is claimed, side by side, and note how it went; return how many were sent."""
    if not claimed:
        return 0
    end = asyncio.get_running_loop().time() + _SENDING_SECONDS
    written = await _write(database, claimed)
    failures = await asyncio.gather(*(_send(mailer, mail, end) for mail in written))
    async with database.session() as session:
        await _note(session, list(zip(claimed, failures, strict=True)))
    for mail, failure in zip(claimed, failures, strict=True):
        _log_outcome(mail, failure)
    return failures.count(None)


async def _write(
    database: Database, claimed: Sequence[OutboxMessage]
) -> list[EmailMessage | Exception]:
    """Return each mail as it will be sent, or why it cannot be written."""
    written: list[EmailMessage | Exception] = []
    async with database.session() as session:
        known = await read_ahead(session, claimed)
        for mail in claimed:
            i18n.use_locale(mail.locale)
            try:
                letter = await compose(session, mail, known)
                written.append(write_out(letter, mail, get_settings()))
            except Exception as error:  # whatever is wrong with one mail, the others must go out
                await session.rollback()
                written.append(error)
    return written


async def _send(mailer: Mailer, mail: EmailMessage | Exception, end: float) -> Exception | None:
    """Send a mail until the loop's clock reads ``end``; return what went wrong, if anything did."""
    if isinstance(mail, Exception):
        return mail
    try:
        async with asyncio.timeout_at(end):
            await mailer.send(mail)
    except Exception as error:
        return error
    return None


@transactional
async def _note(
    session: AsyncSession, outcomes: Sequence[tuple[OutboxMessage, Exception | None]]
) -> None:
    """Keep what became of mails: of those that are done with, no payload."""
    done = [mail for mail, failure in outcomes if failure is None or _is_needless(failure)]
    await _update(session, done, sent_at=now(), payload={}, last_error="")
    erased = [mail for mail in done if mail.kind is MessageKind.PERSON_ERASED]
    await _update(session, erased, recipient="")
    for mail, failure in outcomes:
        if failure is not None and not _is_needless(failure):
            await _update(session, [mail], last_error=_describe(failure))


async def _update(session: AsyncSession, mails: Sequence[OutboxMessage], **values: Any) -> None:
    if mails:
        ids = [mail.id for mail in mails]
        statement = update(OutboxMessage).where(col(OutboxMessage.id).in_(ids)).values(**values)
        await session.exec(statement.execution_options(synchronize_session=False))


def _is_needless(failure: Exception) -> bool:
    return isinstance(failure, NoLongerTrue)


def _log_outcome(mail: OutboxMessage, failure: Exception | None) -> None:
    facts = {"outbox_id": mail.id, "kind": str(mail.kind), "attempt": mail.attempts}
    if failure is None:
        _log.info("mail_sent", **facts)
    elif _is_needless(failure):
        _log.info("mail_not_needed", **facts)
    elif mail.attempts > len(DELAYS):
        _log.error("mail_given_up", error=_describe(failure), **facts)
    else:
        _log.warning("mail_not_sent", error=_describe(failure), **facts)


def _describe(error: BaseException) -> str:
    """Return the kind of an error; its text may quote an address or a record."""
    code = getattr(error, "code", None)
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        code = error.recipients[0].code
    return f"{type(error).__name__} {code}" if code else type(error).__name__
