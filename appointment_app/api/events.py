"""Changes as they happen (Server-Sent Events), for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from appointment_app.accounts.errors import TryAgainLater
from appointment_app.accounts.network import network_of
from appointment_app.api.identity import CurrentIdentity, client_address
from appointment_app.database import get_database
from appointment_app.live.listeners import listening
from appointment_app.scheduling.doctors import load_doctor_keys
from appointment_app.settings import get_settings

_TEXT = {
    "schema": {"type": "string"},
    "example": 'event: slots\ndata: {"doctor_id": "5d6a3c1f-7e28-4f0b-8a95-c3e1b7d2f604"}\n\n',
}

router = APIRouter(tags=["events"])

HEARTBEAT = 15.0  # seconds
_MOST_DOCTORS = 20
_RETRY_SECONDS = 30
# How many streams of this process each network address has open.
_open: Counter[str] = Counter()


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": _TEXT}}},
)
async def events(
    request: Request,
    identity: CurrentIdentity,
    doctor: Annotated[
        list[UUID], Query(min_length=1, max_length=_MOST_DOCTORS, description="Ids of doctors.")
    ],
) -> StreamingResponse:
    """Listen for changes of the free times of doctors.

    An event `slots` with `{"doctor_id": ...}` says that something changed, not what: ask for the
    slots again. Comments come every 15 seconds. The stream ends when the server stops; connect
    again, and ask once, because what happened meanwhile is not told.
    """
    # A session of its own: that of the request would be kept as long as the stream.
    async with get_database().session() as session:
        keys = await load_doctor_keys(session, identity.actor, doctor)
    network = network_of(client_address(request))
    most = get_settings().event_streams_per_address
    if _open[network] >= most:
        raise TryAgainLater(_RETRY_SECONDS)
    return StreamingResponse(
        stream({str(key): what for key, what in keys.items()}, network),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def stream(
    wanted: Mapping[str, tuple[str, int]], network: str, *, heartbeat: float = HEARTBEAT
) -> AsyncIterator[str]:
    """Yield the text of a stream of ``wanted`` doctors to a network address."""
    begins = f"retry: {_RETRY_SECONDS * 1000}\n\n"
    # Many that came at the same moment were all let in by the route.
    if _open[network] >= get_settings().event_streams_per_address:
        yield begins
        return
    with _counted(network), listening(wanted) as told:
        yield begins
        async for name in told.names(heartbeat=heartbeat):
            if name:
                yield f"event: slots\ndata: {json.dumps({'doctor_id': name})}\n\n"
            else:
                yield ": nothing new\n\n"


@contextmanager
def _counted(network: str) -> Iterator[None]:
    _open[network] += 1
    try:
        yield
    finally:
        _open[network] -= 1
        if not _open[network]:
            del _open[network]
