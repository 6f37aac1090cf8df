"""From which day on somebody looks for a time, as the address says."""

from __future__ import annotations

from datetime import date, timedelta

from appointment_app import clock
from appointment_app.i18n import t
from appointment_app.states.address import iso_day

# No clinic takes bookings further ahead.
_DAYS_AHEAD = 730


def wanted_day(typed: str) -> tuple[date | None, str]:
    """Return the day to search from, and what is wrong with what was typed."""
    if not typed:
        return None, ""
    day = iso_day(typed)
    today = clock.now().date()
    if day is None:
        return None, t("We did not understand this day. These are the next free times.")
    # Somewhere it is still yesterday.
    if day < today - timedelta(days=1):
        return None, t("This day is past. These are the next free times.")
    if day > today + timedelta(days=_DAYS_AHEAD):
        return None, t("This day is too far ahead. These are the next free times.")
    return day, ""
