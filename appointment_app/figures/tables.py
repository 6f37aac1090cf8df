"""Every figure as a table, to be downloaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from appointment_app import csv_files
from appointment_app.figures.counted import CancelledBy, Notice
from appointment_app.figures.report import Figures, Named, Report
from appointment_app.i18n import t


class Figure(StrEnum):
    """What can be downloaded, by the name of its file."""

    DAYS = "days"
    LEAD = "lead-times"
    CANCELLATIONS = "cancellations"
    DOCTORS = "doctors"
    SPECIALTIES = "specialties"
    CLINICS = "clinics"


Table = tuple[Sequence[str], list[Sequence[object]]]


def as_csv(report: Report, figure: Figure) -> bytes:
    """Return one figure of ``report`` as a CSV file."""
    head, rows = _TABLES[figure](report)
    return csv_files.written(head, rows)


def file_name(report: Report, figure: Figure) -> str:
    """Return what the file is called, with the days that it is about."""
    return f"{figure}-{report.period.first}-{report.period.last}.csv"


def _days(report: Report) -> Table:
    return (
        (t("Day"), t("Appointments"), t("Completed"), t("Missed"), t("Cancelled"), t("Other")),
        [
            (day, each.all, each.completed, each.missed, each.cancelled, each.other)
            for day, each in report.days.items()
        ],
    )


def _lead(report: Report) -> Table:
    head = (t("Hours from booking to start"), t("Appointments"))
    return head, [*sorted(report.lead_hours.items())]


def _cancellations(report: Report) -> Table:
    return (
        (t("Cancelled by"), t("Notice"), t("Appointments")),
        [
            (by.value, notice.value, report.cancelled.get((by, notice), 0))
            for by in CancelledBy
            for notice in Notice
        ],
    )


def _named(rows: Sequence[Named], what: str) -> Table:
    head = (
        what,
        t("Appointments"),
        t("Completed"),
        t("Missed"),
        t("Cancelled"),
        t("Other"),
        t("Booked minutes"),
        t("Open minutes"),
        t("Fill rate %"),
        t("No-show rate %"),
    )
    return head, [(each.name, *_cells(each.figures)) for each in rows]


def _cells(each: Figures) -> Sequence[object]:
    return (
        each.all,
        each.completed,
        each.missed,
        each.cancelled,
        each.other,
        each.booked_minutes,
        each.open_minutes,
        _percent(each.fill_rate),
        _percent(each.no_show_rate),
    )


def _percent(rate: float | None) -> object:
    return None if rate is None else round(rate * 100, 1)


_TABLES: dict[Figure, Callable[[Report], Table]] = {
    Figure.DAYS: _days,
    Figure.LEAD: _lead,
    Figure.CANCELLATIONS: _cancellations,
    Figure.DOCTORS: lambda report: _named(report.doctors, t("Doctor")),
    Figure.SPECIALTIES: lambda report: _named(report.specialties, t("Specialty")),
    Figure.CLINICS: lambda report: _named(report.clinics, t("Clinic")),
}
