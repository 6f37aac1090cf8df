"""The doctor's desk of the scheduling tests."""

from __future__ import annotations

from tests.scheduling.conftest import desk, standing_clock

__all__ = ["desk", "standing_clock"]
