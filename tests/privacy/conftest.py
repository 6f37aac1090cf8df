"""Fixtures of the booking services, which these tests begin with."""

from tests.scheduling.conftest import desk, standing_clock  # noqa: F401
