"""Figures put into words and bars for the page."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from appointment_app.figures.counted import CancelledBy, Notice
from appointment_app.figures.report import Figures, Named, Report
from appointment_app.i18n import format_date, t

# So many bars can still be told apart on a phone.
_MOST_BARS = 62
_MOST_ROWS = 12
_MOST_TICKS = 6
_GAP = 0.25


@dataclass(frozen=True)
class FigureCard:
    """One number and what it counts."""

    label: str
    number: str
    note: str


@dataclass(frozen=True)
class Column:
    """A bar: where it stands, and where each piece begins and how high it is, in per cent."""

    name: str
    x: str
    width: str
    completed: list[str]
    other: list[str]
    missed: list[str]
    cancelled: list[str]
    title: str
    numbers: list[int]


@dataclass(frozen=True)
class Tick:
    """A name along the lower edge of a plot; ``left`` in per cent."""

    text: str
    left: float


@dataclass(frozen=True)
class DayPlot:
    """Appointments by day, by week or by month, as there are days."""

    title: str = ""
    unit: str = ""
    label: str = ""
    top: str = ""
    middle: str = ""
    columns: list[Column] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)


@dataclass(frozen=True)
class BarRow:
    """A row of a distribution: its share of the longest in per cent, and how many."""

    label: str
    share: float
    number: str


@dataclass(frozen=True)
class NoticeRow:
    """Cancellations with one notice: how many by whom, and the lengths of their pieces."""

    label: str
    numbers: list[str]
    shares: list[float]


@dataclass(frozen=True)
class NamedRow:
    """The figures of a doctor, specialty or clinic."""

    name: str
    number: str
    share: float
    fill: str
    no_show: str
    cancelled: str


# Hours from booking to start below which each row ends.
_LEADS = (
    (2, t("Less than 2 hours")),
    (24, t("2 to 24 hours")),
    (3 * 24, t("1 to 3 days")),
    (7 * 24, t("3 to 7 days")),
    (14 * 24, t("1 to 2 weeks")),
    (28 * 24, t("2 to 4 weeks")),
    (math.inf, t("4 weeks or more")),
)
_NOTICES = {
    Notice.AFTER_START: t("After the start"),
    Notice.HOURS_2: t("Less than 2 hours"),
    Notice.DAY: t("2 to 24 hours"),
    Notice.DAYS_2: t("1 to 2 days"),
    Notice.WEEK: t("2 to 7 days"),
    Notice.MORE: t("A week or more"),
    Notice.UNKNOWN: t("Not noted"),
}
_BY = (CancelledBy.PATIENT, CancelledBy.DOCTOR, CancelledBy.CLINIC, CancelledBy.UNKNOWN)


def cards(report: Report) -> list[FigureCard]:
    """Return the numbers at the head of the page."""
    total = report.total
    ended = total.completed + total.missed
    return [
        FigureCard(
            t("Appointments"),
            _thousands(total.all),
            t("{n} a day", n=_one_decimal(total.all / report.period.days)),
        ),
        FigureCard(
            t("Fill rate"),
            percent(total.fill_rate),
            t(
                "{booked} of {open} open hours booked",
                booked=_hours(total.booked_minutes),
                open=_hours(total.open_minutes),
            ),
        ),
        FigureCard(
            t("No-show rate"),
            percent(total.no_show_rate),
            t(
                "{missed} of {ended} did not come",
                missed=_thousands(total.missed),
                ended=_thousands(ended),
            ),
        ),
        FigureCard(
            t("Cancelled"),
            percent(total.cancelled_rate),
            t("{n} of {all}", n=_thousands(total.cancelled), all=_thousands(total.all)),
        ),
        FigureCard(
            t("Lead time"),
            duration(report.median_lead_hours),
            t("median from booking to start"),
        ),
    ]


def day_plot(report: Report) -> DayPlot:
    """Return the plot over time."""
    groups, unit, title = _grouped(report)
    most = max((figures.all for _, figures in groups), default=0)
    top = _round_top(most)
    width = 100 / max(len(groups), 1)
    total = report.total
    return DayPlot(
        title=title,
        unit=unit,
        label=t(
            "{title}: {all} appointments, {missed} missed, {cancelled} cancelled; at most {most}.",
            title=title,
            all=_thousands(total.all),
            missed=_thousands(total.missed),
            cancelled=_thousands(total.cancelled),
            most=_thousands(most),
        ),
        top=_thousands(top),
        middle=_thousands(top // 2) if top > 1 else "",
        columns=[
            _column(number * width, width, name, figures, top)
            for number, (name, figures) in enumerate(groups)
        ],
        ticks=_ticks([name for name, _ in groups]),
    )


def lead_rows(report: Report) -> list[BarRow]:
    """Return how long before their start appointments are booked."""
    counts = [0] * len(_LEADS)
    for hours, times in report.lead_hours.items():
        counts[next(n for n, (below, _) in enumerate(_LEADS) if hours < below)] += times
    return _bar_rows([(label, count) for (_, label), count in zip(_LEADS, counts, strict=True)])


def notice_rows(report: Report) -> list[NoticeRow]:
    """Return how long before their start appointments were cancelled, and by whom."""
    rows = {
        notice: [report.cancelled.get((by, notice), 0) for by in _BY]
        for notice in Notice
        if notice is not Notice.UNKNOWN
        or any(report.cancelled.get((by, notice)) for by in CancelledBy)
    }
    most = max((sum(counts) for counts in rows.values()), default=0) or 1
    return [
        NoticeRow(
            _NOTICES[notice],
            [_thousands(count) for count in counts],
            [round(100 * count / most, 2) for count in counts],
        )
        for notice, counts in rows.items()
    ]


def named_rows(rows: Sequence[Named]) -> list[NamedRow]:
    """Return the first rows of a table."""
    most = max((each.figures.all for each in rows), default=0) or 1
    return [
        NamedRow(
            each.name,
            _thousands(each.figures.all),
            round(100 * each.figures.all / most, 2),
            percent(each.figures.fill_rate),
            percent(each.figures.no_show_rate),
            percent(each.figures.cancelled_rate),
        )
        for each in rows[:_MOST_ROWS]
    ]


def rest_of(rows: Sequence[Named]) -> str:
    """Return what is said of the rows that are not shown."""
    left = len(rows) - _MOST_ROWS
    return t("{n} more in the download", n=_thousands(left)) if left > 0 else ""


def percent(rate: float | None) -> str:
    """Return a rate in words."""
    if rate is None:
        return "–"
    return f"{rate * 100:.1f} %" if rate < 0.0995 else f"{rate * 100:.0f} %"


def duration(hours: int | None) -> str:
    """Return hours in words: days from two on."""
    if hours is None:
        return "–"
    if hours < 1:
        return t("under 1 hour")
    if hours < 48:
        return t("{n} hours", n=hours) if hours > 1 else t("1 hour")
    return t("{n} days", n=_one_decimal(hours / 24))


def _one_decimal(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _grouped(report: Report) -> tuple[list[tuple[str, Figures]], str, str]:
    """Return the days or, where they are many, weeks or months: each named, with its figures."""
    days = report.period.days
    if days <= _MOST_BARS:
        by_day = [(format_date(day, "d MMM"), each) for day, each in report.days.items()]
        return by_day, t("Day"), t("Appointments by day")
    if days <= 7 * _MOST_BARS:
        unit, title = t("Week from"), t("Appointments by week")
        groups = _together(report, lambda day: day - timedelta(days=day.weekday()))
        return [(format_date(day, "d MMM"), each) for day, each in groups], unit, title
    unit, title = t("Month"), t("Appointments by month")
    groups = _together(report, lambda day: day.replace(day=1))
    return [(format_date(day, "MMM y"), each) for day, each in groups], unit, title


def _together(report: Report, group: Callable[[date], date]) -> Iterable[tuple[date, Figures]]:
    found: defaultdict[date, Figures] = defaultdict(Figures)
    for day, figures in report.days.items():
        found[group(day)] += figures
    return found.items()


def _column(x: float, width: float, name: str, each: Figures, top: int) -> Column:
    pieces: list[list[str]] = []
    above = 0
    for count in (each.completed, each.other, each.missed, each.cancelled):
        above += count
        pieces.append([f"{100 - 100 * above / top:.3f}", f"{100 * count / top:.3f}"])
    title = t(
        "{name}: {all} appointments, {missed} missed, {cancelled} cancelled",
        name=name,
        all=each.all,
        missed=each.missed,
        cancelled=each.cancelled,
    )
    gap = width * _GAP
    return Column(
        name,
        f"{x + gap / 2:.3f}",
        f"{width - gap:.3f}",
        *pieces,
        title=title,
        numbers=[each.all, each.completed, each.missed, each.cancelled, each.other],
    )


def _ticks(names: list[str]) -> list[Tick]:
    step = max(math.ceil(len(names) / _MOST_TICKS), 1)
    width = 100 / max(len(names), 1)
    return [
        Tick(names[number], round((number + 0.5) * width, 3))
        for number in range(0, len(names), step)
    ]


def _round_top(most: int) -> int:
    """Return an even round number at or above ``most``."""
    if most <= 2:
        return 2
    power = 10 ** math.floor(math.log10(most))
    for factor in (1, 2, 4, 6, 8, 10):
        if factor * power >= most and factor * power % 2 == 0:
            return factor * power
    return 10 * power


def _bar_rows(rows: list[tuple[str, int]]) -> list[BarRow]:
    most = max(count for _, count in rows) or 1
    total = sum(count for _, count in rows)
    return [
        BarRow(
            label,
            round(100 * count / most, 2),
            f"{_thousands(count)} · {percent(count / total)}" if total else _thousands(count),
        )
        for label, count in rows
    ]


def _hours(minutes: int) -> str:
    return _thousands(round(minutes / 60))


def _thousands(number: int) -> str:
    return f"{number:,}"
