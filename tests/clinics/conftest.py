"""The doctor's desk of the scheduling tests, for what administrators do beside it."""

from tests.scheduling.conftest import desk, standing_clock  # noqa: F401
