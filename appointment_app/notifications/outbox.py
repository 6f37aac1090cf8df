"""Mails are written here, in the transaction that causes them; ``sender.py`` sends them."""

from __future__ import annotations

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import MessageKind, OutboxMessage


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

    ``payload`` is JSON: the ids and secrets that the template of this kind names.
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
