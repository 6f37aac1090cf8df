"""A series of appointments in words, for whoever sees one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appointment_app.i18n import format_moment, t
from appointment_app.models import AppointmentStatus
from appointment_app.scheduling.series_cancelling import CancelledSeries
from appointment_app.scheduling.series_places import SeriesPlace
from appointment_app.states.address import address
from appointment_app.states.toasts import toast

# How much of a series is cancelled.
THIS_ONE, FOLLOWING = "this", "following"


@dataclass(frozen=True)
class SeriesDate:
    """One appointment of a series, as a link; ``is_this`` is the one that is looked at."""

    label: str = ""
    href: str = ""
    is_this: bool = False


def series_note(place: SeriesPlace | None) -> str:
    """Return which of its series an appointment is; nothing when it is part of none."""
    if place is None:
        return ""
    total = len(place.appointments)
    return t("Part of a series ({number} of {total})", number=place.number, total=total)


def series_dates(place: SeriesPlace | None, zone: str) -> list[SeriesDate]:
    """Return all dates of the series, by the clock of ``zone``."""
    if place is None:
        return []
    return [
        SeriesDate(
            label=_label(format_moment(each.starts_at, zone), each.status),
            href=address("/appointment", id=each.id),
            is_this=number == place.number,
        )
        for number, each in enumerate(place.appointments, start=1)
    ]


def following_toast(ended: CancelledSeries) -> Any:
    """Say how many were cancelled and which were not; that stays until it was read."""
    sentence = t("Cancelled appointments: {count}.", count=len(ended.cancelled))
    if not ended.kept:
        return toast(sentence)
    kept = "; ".join(format_moment(each, ended.zone) for each in ended.kept)
    sentence += " " + t("It is too late to cancel these here: {dates}.", dates=kept)
    return toast(sentence, "error")


def _label(moment: str, status: AppointmentStatus) -> str:
    if status is AppointmentStatus.CANCELLED:
        return t("{moment} (cancelled)", moment=moment)
    return moment
