"""What the availability editor shows beside the weekly hours, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from appointment_app.i18n import days_text, format_date, format_moment, format_time, t
from appointment_app.scheduling.booked_outside import BookedOutside
from appointment_app.scheduling.different_days import DifferentDays
from appointment_app.scheduling.extra_sessions import ExtraSession
from appointment_app.scheduling.holiday_choice import Holiday, HolidayChoice
from appointment_app.scheduling.hours import PlaceHours
from appointment_app.scheduling.local_time import DAY, local_date
from appointment_app.scheduling.opening_hours import Hours, LocalRange, WeeklyRange
from appointment_app.scheduling.time_off import TimeOffItem
from appointment_app.scheduling.week import range_text
from appointment_app.states.hours_form import A_MONDAY

HOLIDAY_CHOICES: dict[str, bool | None] = {"clinic": None, "closed": True, "open": False}


@dataclass(frozen=True)
class OverrideRow:
    """Days that differ, in words."""

    key: str = ""
    days: str = ""
    hours: str = ""
    remark: str = ""
    is_closed: bool = False


@dataclass(frozen=True)
class TimeOffRow:
    """Time off, in words; ``key`` is its public id."""

    key: str = ""
    days: str = ""
    note: str = ""


@dataclass(frozen=True)
class SessionRow:
    """An extra session, in words; ``key`` is the moment at which it begins."""

    key: str = ""
    day: str = ""
    name: str = ""
    hours: str = ""
    seats: str = ""


@dataclass(frozen=True)
class HolidayRow:
    """A public holiday, in words; ``is_open`` tells that there are hours on it."""

    day: str = ""
    name: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class OutsideRow:
    """Somebody who is booked outside new hours, in words, and where the calendar shows it."""

    when: str = ""
    patient: str = ""
    href: str = ""


def time_off_row(item: TimeOffItem) -> TimeOffRow:
    """Return time off in words."""
    return TimeOffRow(str(item.id), days_text(item.first, item.last), item.note)


def session_row(session: ExtraSession, zone: str) -> SessionRow:
    """Return an extra session in words."""
    start = format_time(session.starts_at, zone)
    return SessionRow(
        key=session.starts_at.isoformat(),
        day=format_date(local_date(zone, session.starts_at), "d MMM"),
        name=session.visit_type,
        hours=f"{start} – {format_time(session.ends_at, zone)}",
        seats=t("{taken} of {capacity} taken", taken=session.taken, capacity=session.capacity),
    )


def holiday_row(holiday: Holiday) -> HolidayRow:
    """Return a public holiday in words."""
    return HolidayRow(format_date(holiday.day), holiday.name, holiday.is_open)


def holiday_options(holidays: HolidayChoice) -> list[list[str]]:
    """Return the choices for public holidays, key and text."""
    clinic = t("closed") if holidays.clinic_closed else t("open")
    return [
        ["clinic", t("As the clinic ({state})", state=clinic)],
        ["closed", t("Closed")],
        ["open", t("Open")],
    ]


def override_row(days: DifferentDays) -> OverrideRow:
    """Return days that differ in words."""
    hours = _ranges_text(days.ranges) if days.ranges else t("Closed")
    remarks = []
    if days.ranges and days.instead:
        remarks.append(t("instead of {hours}", hours=_ranges_text(days.instead)))
    if days.note:
        remarks.append(days.note)
    return OverrideRow(
        key=f"{days.first.isoformat()}/{days.last.isoformat()}",
        days=days_text(days.first, days.last),
        hours=hours,
        remark=" · ".join(remarks),
        is_closed=not days.ranges,
    )


def effect_on_week(changed_days: int) -> str:
    """Return what saving the weekly hours would change; empty for nothing."""
    if changed_days == 1:
        return t("Saving changes 1 day.")
    return t("Saving changes {count} days.", count=changed_days) if changed_days else ""


def outside_rows(outside: Iterable[BookedOutside], calendar: str) -> list[OutsideRow]:
    """Return who is booked outside new hours; ``calendar`` is the route that shows a day."""
    return [
        OutsideRow(
            when=format_moment(each.starts_at, each.zone),
            patient=each.patient,
            href=f"{calendar}?view=day&date={local_date(each.zone, each.starts_at)}",
        )
        for each in outside
    ]


def outside_sentence(outside: Sequence[BookedOutside]) -> str:
    """Return who is booked outside new hours as one sentence, empty when nobody is."""
    if not outside:
        return ""
    first = outside[0]
    day = format_date(local_date(first.zone, first.starts_at))
    local = f"{day} {format_time(first.starts_at, first.zone)}"
    if len(outside) == 1:
        return t(
            "1 booked appointment falls outside the new hours: {when}, {patient}.",
            when=local,
            patient=first.patient,
        )
    return t(
        "{count} booked appointments fall outside the new hours, the first: {when}, {patient}.",
        count=len(outside),
        when=local,
        patient=first.patient,
    )


def month_weeks(hours: PlaceHours, month: date) -> list[list[dict[str, str]]]:
    """Return the weeks of ``month`` (its first day) for the month grid, empty cells around it."""
    first = month.replace(day=1)
    day = first - first.weekday() * DAY
    weeks = []
    while day < _next_month(first):
        weeks.append([_cell(hours, day + n * DAY, first.month) for n in range(7)])
        day += 7 * DAY
    return weeks


def weekday_initials() -> list[str]:
    """Return the first letters of the weekdays, Monday first."""
    return [format_date(A_MONDAY + n * DAY, "EEEEE") for n in range(7)]


def _cell(hours: PlaceHours, day: date, month: int) -> dict[str, str]:
    if day.month != month:
        return {"date": "", "number": "", "kind": "off", "label": ""}
    usual = [each for each in hours.hours.weekly if each.holds_on(day)]
    ranges = hours.hours.opening_on(day)
    kind = "normal" if usual else "off"
    if usual and not ranges:
        kind = "closed"
    elif ranges and day in hours.hours.overrides:
        kind = "changed"
    text = _ranges_text(ranges) if ranges else _closed_text(hours.hours, day)
    return {
        "date": day.isoformat(),
        "number": str(day.day),
        "kind": kind,
        "label": f"{format_date(day, 'EEEE d MMMM')}: {text}",
    }


def _closed_text(hours: Hours, day: date) -> str:
    if day in hours.days_off:
        return t("time off")
    if day in hours.holidays and day not in hours.overrides:
        return t("closed, {holiday}", holiday=hours.holidays[day])
    return t("closed")


def _ranges_text(ranges: Iterable[LocalRange | WeeklyRange]) -> str:
    pairs = sorted((each.opens, each.closes) for each in ranges)
    return ", ".join(range_text(opens, closes) for opens, closes in pairs)


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
