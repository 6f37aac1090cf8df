"""The hub of this process while the server runs, as the settings choose it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from appointment_app.database import get_database
from appointment_app.live import listeners
from appointment_app.live.hub import Deliver, Hub, Lost
from appointment_app.live.publishing import publish_by, stop_publishing_by
from appointment_app.live.redis_hub import RedisHub
from appointment_app.live.revisions import compare_revisions
from appointment_app.settings import get_settings


@asynccontextmanager
async def running_hub(deliver: Deliver, lost: Lost, name: str) -> AsyncIterator[Hub]:
    """Run the hub: over Redis where ``REDIS_URL`` names a server, else in this process alone.

    There this process has a ``name``, and ``lost`` is called when what is kept there is lost.
    """

    async def tell(token: str) -> bool:
        if listeners.is_stream(token):
            listeners.tell_stream(token)
            return True
        return await deliver(token)

    url = get_settings().redis_url
    hub = RedisHub(url, tell, lost, name=name) if url else Hub(tell)
    await hub.start()
    publish_by(hub)
    listeners.listen_by(hub)
    healing = asyncio.create_task(compare_revisions(hub, get_database()))
    try:
        yield hub
    finally:
        stop_publishing_by(hub)
        listeners.stop_listening_by(hub)
        listeners.end_streams()
        healing.cancel()
        with suppress(asyncio.CancelledError):
            await healing
        await hub.stop()
