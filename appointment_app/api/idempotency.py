"""``Idempotency-Key``: a booking that is sent twice is made once."""

from __future__ import annotations

import hashlib
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, Header, Request

from appointment_app.accounts.request_keys import remember
from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.sessions import DatabaseSession


async def get_request_key(
    request: Request,
    session: DatabaseSession,
    identity: CurrentIdentity,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=64,
            pattern=r"^[\x21-\x7e]+$",
            description="Any text of your own; the same again gives the same answer for a day.",
            examples=["5f3b8c2e-booking"],
        ),
    ] = None,
) -> str:
    """Return the key by which a request is booked once, a new one when it names none.

    It is made of what was sent as well: a day later the same key with another request books anew.
    Raises ``LoginRequired``, ``KeyReused`` when it came with another request before.
    """
    if idempotency_key is None:
        return uuid4().hex
    sent = f"{request.method} {request.url.path}\n".encode() + await request.body()
    await remember(session, identity.actor, idempotency_key, sent)
    return hashlib.sha256(f"{idempotency_key}\n".encode() + sent).hexdigest()


RequestKey = Annotated[str, Depends(get_request_key)]
