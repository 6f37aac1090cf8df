"""The hub of several processes: what one publishes, the others hear over Redis."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from datetime import datetime
from uuid import uuid4

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from appointment_app.live.hub import Deliver, Hub, Lost

CHANNEL = "appointments:changes"
_RETRY_SECONDS = 1.0

_log = logging.getLogger(__name__)


def _own_channel(name: str) -> str:
    return f"{CHANNEL}:{name}"


class RedisHub(Hub):
    """Tells its own watchers itself and the other processes over Redis.

    Without Redis it goes on for its own process. What it missed meanwhile it tells everybody as
    soon as it hears again.
    """

    def __init__(
        self, url: str, deliver: Deliver, lost: Lost | None = None, *, name: str = ""
    ) -> None:
        """Publish over the Redis server at ``url``, as the process of that ``name``.

        ``lost`` is called when what the processes keep there cannot be reached any more, or is
        gone because the server started anew.
        """
        super().__init__(deliver)
        # Who waits is told quickly: trying again is the business of the listener.
        self._redis = Redis.from_url(
            url, socket_connect_timeout=2, socket_keepalive=True, retry=Retry(NoBackoff(), 0)
        )
        self._lost = lost
        self._name = name or uuid4().hex
        self._server = ""  # the run of the server that we heard last, empty while it is away
        self._listener: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to hear the others."""
        self._listener = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """End all, once what was published is on its way."""
        await asyncio.gather(*self._sending, return_exceptions=True)
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        await super().stop()
        await self._redis.aclose()

    @property
    def is_connected(self) -> bool:
        """Whether what the processes share can be reached."""
        return bool(self._server)

    async def is_alive(self, name: str) -> bool:
        """Tell whether the process of that ``name`` runs; so it does as far as we know."""
        try:
            ((_, listeners),) = await self._redis.pubsub_numsub(_own_channel(name))
        except (RedisError, OSError):
            return True
        return bool(listeners)

    def publish(self, *keys: str) -> None:
        """Tell everybody who watches one of ``keys`` in any process; never raises."""
        super().publish(*keys)
        self._send_soon(keys, None)

    def publish_at(self, moment: datetime, *keys: str) -> None:
        """Have every process tell its watchers at ``moment`` (UTC); never raises."""
        super().publish_at(moment, *keys)
        self._send_soon(keys, moment)

    def _send_soon(self, keys: tuple[str, ...], moment: datetime | None) -> None:
        task = asyncio.get_running_loop().create_task(self._send(keys, moment))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, keys: tuple[str, ...], moment: datetime | None) -> None:
        message = {"from": self._name, "keys": keys, "at": moment.isoformat() if moment else ""}
        try:
            await self._redis.publish(CHANNEL, json.dumps(message))
        except (RedisError, OSError) as error:
            # The others notice within the time in which they compare revisions.
            _log.warning("A change could not be told to the other processes: %s", error)

    async def _listen(self) -> None:
        is_first = True
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
                    # Nobody sends to the second: it shows the others that this process lives.
                    await channel.subscribe(CHANNEL, _own_channel(self._name))
                    await self._found(await self._run_of_server())
                    if not is_first:
                        self.tell_all()
                    async for message in channel.listen():
                        self._hear(message["data"])
            except (RedisError, OSError) as error:
                _log.warning("Other processes cannot be heard, trying again: %s", error)
            is_first = False
            if not await self._answers():
                await self._found("")
                await asyncio.sleep(_RETRY_SECONDS)

    async def _found(self, server: str) -> None:
        """Take note of which server is there; what another one held is lost."""
        before, self._server = self._server, server
        if before and before != server and self._lost is not None:
            await self._lost()

    async def _run_of_server(self) -> str:
        return str((await self._redis.info("server"))["run_id"])

    async def _answers(self) -> bool:
        try:
            return bool(await self._run_of_server())
        except (RedisError, OSError):
            return False

    def _hear(self, data: bytes) -> None:
        try:
            message = json.loads(data)
            sender, keys = message["from"], [str(key) for key in message["keys"]]
            moment = datetime.fromisoformat(message["at"]) if message["at"] else None
        except (ValueError, KeyError, TypeError):
            _log.warning("A message of other processes was not understood.")
            return
        if sender == self._name:
            return
        if moment is None:
            self.tell(keys)
        else:
            self.tell_at(moment, keys)
