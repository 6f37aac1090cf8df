"""A date and a time as they are typed, by the clock on a wall, and the moment that they mean."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from appointment_app.i18n import t
from appointment_app.scheduling.local_time import instant_of
from appointment_app.states.address import iso_day

_NEAREST_YEAR, _FARTHEST_YEAR = 2000, 2200


def local_fields(moment: datetime, zone: str) -> tuple[str, str]:
    """Return what a date field and a time field show of ``moment`` in ``zone``."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.date().isoformat(), f"{local:%H:%M}"


def local_moment(
    typed_day: str, typed_time: str, zone: str
) -> tuple[datetime | None, dict[str, str]]:
    """Return the moment (UTC) of the two fields ``date`` and ``time``, or what to mend in which."""
    errors = {}
    day, minute = iso_day(typed_day), _minute(typed_time)
    if day is None or not _NEAREST_YEAR <= day.year <= _FARTHEST_YEAR:
        errors["date"] = t("Please choose a day.")
    if minute is None:
        errors["time"] = t("Please choose a time.")
    if errors or day is None or minute is None:
        return None, errors
    return instant_of(zone, day, minute), {}


def wall_moment(text: str, zone: str) -> datetime | None:
    """Return the moment (UTC) that a calendar in ``zone`` means, with an offset or without."""
    try:
        named = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    if not _NEAREST_YEAR <= named.year <= _FARTHEST_YEAR:
        return None
    if named.tzinfo is None:
        return instant_of(zone, named.date(), named.hour * 60 + named.minute)
    return named.astimezone(UTC).replace(second=0, microsecond=0)


def _minute(typed: str) -> int | None:
    try:
        moment = time.fromisoformat(typed)
    except ValueError:
        return None
    return moment.hour * 60 + moment.minute
