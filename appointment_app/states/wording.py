"""How states word what the services return: days, times, zones and modes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from appointment_app.i18n import format_moment, format_time, t, zone_city
from appointment_app.models import VisitMode

MODE_NAMES = {VisitMode.IN_PERSON: t("In person"), VisitMode.VIDEO: t("Video")}


def initials(name: str) -> str:
    """Return the first letters of the given and family name in ``Dr Amara Meier``."""
    words = [word for word in name.split() if word not in {"Dr", "Dr.", "Prof", "Prof."}]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))


def zone_note(zone: str) -> str:
    """Return a note that names the clinic's zone, such as ``Berlin time``."""
    return t("{city} time", city=zone_city(zone))


def own_time(moment: datetime, clinic_zone: str, own_zone: str) -> str:
    """Return the visitor's own day and time where their clock differs from the clinic's."""
    if not own_zone:
        return ""
    at_clinic = moment.astimezone(ZoneInfo(clinic_zone))
    at_home = moment.astimezone(ZoneInfo(own_zone))
    if at_clinic.utcoffset() == at_home.utcoffset():
        return ""
    if at_clinic.date() == at_home.date():
        return t("{time} your time", time=format_time(moment, own_zone))
    return t("{moment} your time", moment=format_moment(moment, own_zone))
