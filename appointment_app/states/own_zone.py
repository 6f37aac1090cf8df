"""The visitor's own time zone, as their browser told it."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from starlette.requests import cookie_parser

from appointment_app.i18n import format_date, format_time, t

OWN_ZONE_COOKIE = "own-zone"


def own_zone(cookie_header: str) -> str:
    """Return the IANA zone that the cookies name, or an empty string when they name none."""
    zone = unquote(cookie_parser(cookie_header).get(OWN_ZONE_COOKIE, ""))
    return zone if zone in _known_zones() else ""


def short_own_time(moment: datetime, clinic_zone: str, zone: str) -> str:
    """Return the visitor's time where their clock differs from the clinic's, else nothing.

    Such as ``09:30 your time``, with the weekday when that differs too.
    """
    if not zone:
        return ""
    there, here = moment.astimezone(ZoneInfo(clinic_zone)), moment.astimezone(ZoneInfo(zone))
    if there.utcoffset() == here.utcoffset():
        return ""
    time = format_time(moment, zone)
    if there.date() == here.date():
        return t("{time} your time", time=time)
    return t("{weekday} {time} your time", weekday=format_date(here.date(), "EEE"), time=time)


@lru_cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())
