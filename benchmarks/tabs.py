"""Open tabs without a browser: what the front end and the server say to each other, as it is."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import aiohttp
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

_NAMESPACE = "/_event"
_STATE = "reflex___state____state"
_PAGE_STATE = "doctor_profile"
_BOOT = f"{_STATE}.hydrate_and_load"


class Tab:
    """A tab on a doctor's page or the booking form, which reconnects as a browser does.

    ``on_days`` is called with the moment (``time.perf_counter``) and the starts (UTC, ISO 8601)
    that can be chosen, each time the server sends them.
    """

    def __init__(
        self,
        client: ClientSession,
        sites: Sequence[str],
        address: str,
        on_days: Callable[[float, set[str]], None] | None = None,
    ) -> None:
        """Prepare the tab; nothing is connected yet.

        ``sites`` are the servers, as http://...: the next is tried when one does not answer.
        """
        self.is_right = asyncio.Event()  # it has its page from the server
        self.free: set[str] = set()
        self.frames = 0
        self.letters = 0  # of the last frame
        self.most_letters = 0  # of the largest
        self._days: dict[str, set[str]] = {}
        self._client, self._sites, self._address, self._on_days = client, sites, address, on_days
        self._token = str(uuid4())
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Connect, and stay connected until ``close``."""
        self._task = asyncio.create_task(self._stay())

    async def close(self) -> None:
        """Close the tab."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _stay(self) -> None:
        failed = 0
        while True:
            site = self._sites[failed % len(self._sites)]
            try:
                async with self._client.ws_connect(
                    f"{site}{_NAMESPACE}/",
                    params={"EIO": "4", "transport": "websocket", "token": self._token},
                    headers={"Origin": site},
                    max_msg_size=0,
                ) as socket:
                    await self._listen(socket)
                failed = 0
            except (aiohttp.ClientError, OSError):
                pass
            self.is_right.clear()
            failed += 1
            await asyncio.sleep(0.2 * min(failed, 10))

    async def _listen(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                return
            text: str = message.data
            if text == "2":
                await socket.send_str("3")
            elif text.startswith("0"):
                await socket.send_str(f"40{_NAMESPACE},{json.dumps({'event': self._boot()})}")
            elif text.startswith(f"44{_NAMESPACE}"):
                return  # refused: to be tried again
            elif text.startswith(f"42{_NAMESPACE},"):
                self._hear(text.removeprefix(f"42{_NAMESPACE},"))

    def _boot(self) -> dict[str, Any]:
        path, _, query = self._address.partition("?")
        where = {"pathname": path, "asPath": self._address, "query": dict(parse_qsl(query))}
        return {"name": _BOOT, "payload": {"vars": {}}, "router_data": where}

    def _hear(self, text: str) -> None:
        now = time.perf_counter()
        self.frames += 1
        self.letters = len(text)
        self.most_letters = max(self.most_letters, self.letters)
        name, update = json.loads(text)
        if name == "new_token":
            self._token = update
            return
        if not isinstance(update, dict):
            return
        for state, changed in (update.get("delta") or {}).items():
            if not state.endswith(_PAGE_STATE):
                continue
            days = {key: day for key, day in changed.items() if key.startswith("day_")}
            if days:
                self._show(now, days)

    def _show(self, now: float, days: dict[str, dict[str, Any]]) -> None:
        for key, day in days.items():
            self._days[key] = {
                slot["starts_at"]
                for part in day["parts"]
                for slot in part["slots"]
                if slot["state"] == "free"
            }
        self.free = set().union(*self._days.values())
        self.is_right.set()
        if self._on_days is not None:
            self._on_days(now, self.free)
