"""Who listens beside the open tabs: streams of events, each told of the keys that it asked for.

As tabs are, a stream is told *that* something changed, never what.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

from appointment_app.live.hub import Hub

_hubs: list[Hub] = []
_streams: dict[str, tuple[Stream, str]] = {}


class Stream:
    """What one listener is told, in order."""

    def __init__(self) -> None:
        """Nothing was told yet."""
        self._told: asyncio.Queue[str | None] = asyncio.Queue()
        self._waiting: set[str | None] = set()

    async def names(self, *, heartbeat: float) -> AsyncIterator[str]:
        """Yield the name of what changed, and an empty one every ``heartbeat`` seconds of silence.

        Ends when the server stops.
        """
        while True:
            try:
                name = await asyncio.wait_for(self._told.get(), heartbeat)
            except TimeoutError:
                name = ""
            self._waiting.discard(name)
            if name is None:
                return
            yield name

    def tell(self, name: str | None) -> None:
        """Tell that what has this name changed, or with None that nothing follows.

        Once is enough for who has not heard of it yet: a listener may be slow, or not read at all.
        """
        if name not in self._waiting:
            self._waiting.add(name)
            self._told.put_nowait(name)


@contextmanager
def listening(wanted: Mapping[str, tuple[str, int]]) -> Iterator[Stream]:
    """Listen for changes of keys as long as the block lasts.

    ``wanted`` has for each name that is told its key, and the revision that the listener knows.
    """
    stream = Stream()
    tokens = {f"stream {uuid4()}": name for name in wanted}
    for token, name in tokens.items():
        _streams[token] = stream, name
        for hub in _hubs:
            key, revision = wanted[name]
            hub.watch(token, {key: revision})
    if not _hubs:
        stream.tell(None)
    try:
        yield stream
    finally:
        for token in tokens:
            _streams.pop(token, None)
            for hub in _hubs:
                hub.forget(token)


def listen_by(hub: Hub) -> None:
    """Hear of changes from ``hub``."""
    _hubs.append(hub)


def stop_listening_by(hub: Hub) -> None:
    """Hear nothing from ``hub`` any more."""
    if hub in _hubs:
        _hubs.remove(hub)


def end_streams() -> None:
    """Tell every listener that nothing follows: the server stops."""
    for stream in {id(stream): stream for stream, _ in _streams.values()}.values():
        stream.tell(None)


def is_stream(token: str) -> bool:
    """Tell whether the watcher of this token is a stream."""
    return token in _streams


def tell_stream(token: str) -> None:
    """Tell the stream of this token that its key changed."""
    stream, name = _streams[token]
    stream.tell(name)
