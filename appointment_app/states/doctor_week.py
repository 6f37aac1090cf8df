"""The week of a doctor's page: which days it shows, and each of them in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from appointment_app import clock
from appointment_app.i18n import format_date, t
from appointment_app.scheduling.days import Day, DayKind, Days
from appointment_app.scheduling.local_time import local_date
from appointment_app.scheduling.nothing_free import NothingFree, reason_of
from appointment_app.states.doctor_address import Wish
from appointment_app.states.doctor_words import weekday_name
from appointment_app.states.nothing_free_words import reason_sentence
from appointment_app.states.slot_links import SlotLink, read_out, slot_links

WEEK = 7
_NOON, _EVENING = 12, 18


@dataclass(frozen=True)
class PartOfDay:
    """The slots of a morning, an afternoon or an evening."""

    name: str
    slots: list[SlotLink]


@dataclass(frozen=True)
class DayView:
    """One day of the week: as a column with all its slots, or as a chip with its note.

    What is read out of a slot stands between ``before`` and ``after``.
    """

    weekday: str = ""
    number: str = ""
    date: str = ""
    month: str = ""
    note: str = ""
    href: str = ""
    chosen: bool = False
    before: str = ""
    after: str = ""
    parts: list[PartOfDay] = field(default_factory=list)

    @property
    def slots(self) -> list[SlotLink]:
        """All slots of the day."""
        return [slot for part in self.parts for slot in part.slots]


@dataclass(frozen=True)
class Jump:
    """A link to a day."""

    label: str = ""
    href: str = ""


def first_day_of_week(wish: Wish) -> date:
    """Return the first of the ``WEEK`` days to show: weeks are counted from today on."""
    today = local_date(wish.clinic.zone, clock.now())
    ahead = ((wish.day or today) - today).days
    return today + timedelta(days=ahead // WEEK * WEEK)


def chosen_day(wish: Wish, days: Days, shown: date | None = None) -> Day:
    """Return the day that was asked for, else the first one with a free time.

    A day that is ``shown`` already stays, whatever becomes of its times.
    """
    asked = [day for day in days.days if day.day == (wish.day or shown)]
    free = [day for day in days.days if day.slots]
    return next(iter(asked or free), days.days[0])


def day_view(
    wish: Wish, day: Day, today: date, own: str, seats_left: Mapping[datetime, int]
) -> DayView:
    """Return a day in words, with its free times; ``own`` is the visitor's own zone."""
    before, after = read_out(day.day, wish.doctor.name)
    slots = slot_links(wish.clinic.zone, own, day.slots, day.held, seats_left)
    return DayView(
        weekday=weekday_name(day.day, today),
        number=str(day.day.day),
        date=format_date(day.day, "d MMM"),
        month=format_date(day.day, "MMMM"),
        note=_day_note(day),
        href=wish.href(day=day.day),
        before=before,
        after=after,
        parts=parts_of_day(slots, wish.clinic.zone),
    )


def _day_note(day: Day) -> str:
    notes = {
        DayKind.FREE: t("{number} left", number=len(day.slots)),
        DayKind.FULL: t("full"),
        DayKind.NO_RESOURCE: t("no room"),
        DayKind.NO_GAP: t("no gap"),
        DayKind.CLOSED: t("closed"),
        DayKind.OVER: t("over"),
        DayKind.NOT_YET: t("not yet"),
    }
    return notes[day.kind]


def day_problem(kind: DayKind) -> str:
    """Return why a day has no free time; empty where it has some."""
    problems = {
        DayKind.FREE: "",
        DayKind.FULL: t("All times on this day are taken, or are just being booked."),
        DayKind.NO_RESOURCE: t(
            "The doctor has time on this day, but every room or device for this visit is taken."
        ),
        DayKind.NO_GAP: t("There is some time left, but no gap as long as this visit."),
        DayKind.CLOSED: t("The doctor receives nobody on this day."),
        DayKind.OVER: t("It is too late to book a time on this day."),
        DayKind.NOT_YET: t("This day cannot be booked yet."),
    }
    return problems[kind]


def week_problem(days: Days) -> str:
    """Return why a week without a free time has none."""
    nothing = NothingFree(reason_of([day.kind for day in days.days]), days.first_free, ())
    return reason_sentence(nothing, ever=True)


def jump_to_free(wish: Wish, days: Days, chosen: Day) -> Jump:
    """Return the link to the next free day when the chosen one has no free time."""
    if chosen.slots:
        return Jump()
    if days.first_free is not None:
        day = local_date(wish.clinic.zone, days.first_free)
    else:
        free = [each.day for each in days.days if each.slots]
        later = [each for each in free if each > chosen.day]
        if not free:
            return Jump()
        day = (later or free)[0]
    return Jump(t("Next free: {day}", day=format_date(day)), wish.href(day=day))


def parts_of_day(slots: list[SlotLink], zone: str) -> list[PartOfDay]:
    """Return the slots by parts of the day of a clinic in ``zone``, those without any left out."""
    parts: dict[str, list[SlotLink]] = {t("Morning"): [], t("Afternoon"): [], t("Evening"): []}
    morning, afternoon, evening = parts.values()
    for slot in slots:
        hour = datetime.fromisoformat(slot.starts_at).astimezone(ZoneInfo(zone)).hour
        part = morning if hour < _NOON else afternoon if hour < _EVENING else evening
        part.append(slot)
    return [PartOfDay(name, some) for name, some in parts.items() if some]
