"""The one place that knows what time it is, so that tests can freeze it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_frozen_at: datetime | None = None
_offset = timedelta(0)


def now() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    if _frozen_at is not None:
        return _frozen_at
    return datetime.now(UTC) + _offset


def start_at(moment: datetime) -> None:
    """Make the clock of this process read ``moment`` now and tick on from there."""
    global _offset
    _offset = moment.astimezone(UTC) - datetime.now(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[datetime]:
    """Hold the clock of this process at ``moment`` inside the block."""
    global _frozen_at
    before, _frozen_at = _frozen_at, moment.astimezone(UTC)
    try:
        yield _frozen_at
    finally:
        _frozen_at = before
