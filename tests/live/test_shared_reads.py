"""What tabs that were told of one change read once for all; and that nothing old is ever shared."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from appointment_app import clock
from appointment_app.live import shared_reads
from appointment_app.live.shared_reads import Read, SharedReads, note_all_told, note_told

NOW = datetime(2030, 3, 4, 6, 30, tzinfo=UTC)
DOCTOR, OTHER = "doctor:1", "doctor:2"


class Reader:
    """Counts how often is read; each reading waits until it ``may_end``."""

    def __init__(self) -> None:
        self.reads = 0
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.shared: SharedReads[int] = SharedReads()

    async def read(self) -> Read[int]:
        self.reads += 1
        number = self.reads
        await self.may_end.wait()
        return Read(number, DOCTOR, NOW + timedelta(minutes=1))

    async def told(self) -> int:
        return await self.shared.get("page", self.read)


async def test_all_who_were_told_of_a_change_share_one_reading() -> None:
    reader = Reader()
    with clock.frozen(NOW):
        await reader.told()
        note_told([DOCTOR])
        reader.may_end.clear()
        tabs = [asyncio.create_task(reader.told()) for _ in range(200)]
        await asyncio.sleep(0)
        reader.may_end.set()
        assert set(await asyncio.gather(*tabs)) == {2}
        note_told([OTHER])
        assert await reader.told() == 2


@pytest.mark.parametrize("tell", [lambda: note_told([DOCTOR]), note_all_told])
async def test_a_reading_that_began_before_the_change_is_not_shared(tell: object) -> None:
    reader = Reader()
    reader.may_end.clear()
    with clock.frozen(NOW):
        early = asyncio.create_task(reader.told())
        await asyncio.sleep(0)
        tell()
        late = asyncio.create_task(reader.told())
        await asyncio.sleep(0)
        reader.may_end.set()
        assert (await early, await late) == (1, 2)
        tell()
        assert await reader.told() == 3


async def test_time_alone_ends_what_is_shared() -> None:
    reader = Reader()
    with clock.frozen(NOW):
        assert (await reader.told(), await reader.told()) == (1, 1)
    with clock.frozen(NOW + timedelta(minutes=1)):
        assert await reader.told() == 2


async def test_a_reading_that_fails_is_not_kept() -> None:
    reader = Reader()

    async def fail() -> Read[int]:
        raise OSError("away")

    with clock.frozen(NOW):
        with pytest.raises(OSError, match="away"):
            await reader.shared.get("page", fail)
        assert await reader.told() == 1


async def test_who_leaves_takes_the_reading_from_nobody() -> None:
    reader = Reader()
    reader.may_end.clear()
    with clock.frozen(NOW):
        first, second = (asyncio.create_task(reader.told()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        reader.may_end.set()
        assert await second == 1


async def test_what_counts_no_more_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader()
    with clock.frozen(NOW):
        for number in range(50):
            await reader.shared.get(number, reader.read)
        assert len(reader.shared._entries) == 50
        monkeypatch.setattr(shared_reads, "LOST_SECONDS", -1.0)
        await reader.shared.get("another page", reader.read)
    assert len(reader.shared._entries) <= 1
