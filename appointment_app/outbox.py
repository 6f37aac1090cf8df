"""Mails are written here, in the transaction that causes them; ``sender.py`` sends them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import MessageKind, OutboxMessage

_ENQUEUED = "mails_enqueued"
_listeners: list[Callable[[], None]] = []


def enqueue(
    session: AsyncSession,
    kind: MessageKind,
    *,
    recipient: str,
    key: str,
    payload: dict[str, Any],
    locale: str = "en",
) -> None:
    """Add a mail of ``kind`` to the transaction; ``key`` makes a second equal one impossible.

    ``payload`` is JSON: the ids and secrets that the letter of this kind names.
    """
    session.add(
        OutboxMessage(
            idempotency_key=f"{kind}:{key}",
            kind=kind,
            recipient=recipient,
            locale=locale,
            payload=payload,
        )
    )
    session.info[_ENQUEUED] = True


@contextmanager
def listening(wake: Callable[[], None]) -> Iterator[None]:
    """Call ``wake`` inside the block after each commit of this process that enqueued a mail."""
    _listeners.append(wake)
    try:
        yield
    finally:
        _listeners.remove(wake)


@event.listens_for(Session, "after_commit")
def _tell_listeners(session: Session) -> None:
    if not session.in_nested_transaction() and session.info.pop(_ENQUEUED, False):
        for wake in _listeners:
            wake()
