from __future__ import annotations

import asyncio

import pytest

from appointment_app.aside import aside


async def test_work_goes_on_beside_the_block_and_ends_with_it() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.set()

    async with aside(work()):
        await asyncio.wait_for(began.wait(), 1)
        assert not ended.is_set()
    assert ended.is_set()


async def test_what_went_wrong_in_the_block_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        async with aside(asyncio.sleep(60)):
            raise ZeroDivisionError
