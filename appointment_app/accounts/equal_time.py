"""Answers that take equally long, so that a clock does not tell which addresses are known."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

MINIMUM_SECONDS = 0.5


@asynccontextmanager
async def equal_time(*, only_failures: bool = False) -> AsyncIterator[None]:
    """Let the block take at least ``MINIMUM_SECONDS``, whether it succeeds or raises.

    With ``only_failures`` a block that succeeds is not held up. Hold no transaction around it.
    """
    end = monotonic() + MINIMUM_SECONDS
    try:
        yield
    except BaseException:
        await asyncio.sleep(end - monotonic())
        raise
    if not only_failures:
        await asyncio.sleep(end - monotonic())
