"""The dialogs of the availability editor for the weekly hours: some weeks only, and copying."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from appointment_app.errors import NotFound
from appointment_app.i18n import t
from appointment_app.scheduling.week import MAX_EVERY_WEEKS
from appointment_app.states.availability_editor import AvailabilityEditor
from appointment_app.states.hours_form import every_weeks_text, weeks_errors
from appointment_app.states.session_state import refusals_shown


@dataclass(frozen=True)
class WeeksForm:
    """In which weeks a range holds, as it is typed; ``number`` makes each opening a fresh form."""

    number: int = 0
    weekday: int = 0
    index: int = 0
    title: str = ""
    valid_from: str = ""
    valid_until: str = ""
    every_weeks: str = "1"


class WeeklyHoursDialogs(AvailabilityEditor):
    """In which weeks a range of the hours holds, and copying a day to others."""

    weeks: WeeksForm = WeeksForm()
    weeks_open: bool = False
    weeks_errors: dict[str, str] = {}
    weeks_options: list[list[str]] = []
    is_copying: bool = False

    @rx.event
    async def close(self) -> None:
        """Close the dialogs."""
        self.weeks_open = self.is_copying = False

    @rx.event
    @refusals_shown
    async def open_weeks(self, weekday: int, index: int) -> None:
        """Open the dialog that says in which weeks a range holds."""
        row = self._row(weekday)
        for each in row.ranges:
            if str(each.index) == str(index):
                self.weeks = WeeksForm(
                    number=self.weeks.number + 1,
                    weekday=row.weekday,
                    index=each.index,
                    title=t("{day}, {hours}", day=row.name, hours=f"{each.opens} – {each.closes}"),
                    valid_from=each.valid_from,
                    valid_until=each.valid_until,
                    every_weeks=each.every_weeks,
                )
                self.weeks_errors = {}
                self.weeks_options = [
                    [str(weeks), every_weeks_text(weeks)] for weeks in range(1, MAX_EVERY_WEEKS + 1)
                ]
                self.weeks_open = True
                return
        raise NotFound

    @rx.event
    @refusals_shown
    async def set_weeks(self, typed: dict[str, Any]) -> None:
        """Take the weeks of the range as they were typed."""
        names = ("valid_from", "valid_until", "every_weeks")
        values = {name: str(typed.get(name, "")).strip()[:10] for name in names}
        self.weeks_errors = weeks_errors(**values)
        if self.weeks_errors:
            self.weeks = replace(self.weeks, **values)
            return
        self.weeks_open = False
        await self._write_range(self.weeks.weekday, self.weeks.index, **values)

    @rx.event
    async def open_copy(self) -> None:
        """Open the dialog that copies a day to others."""
        self.is_copying = True

    @rx.event
    @refusals_shown
    async def copy_day(self, typed: dict[str, Any]) -> None:
        """Give the ranges of one day to the days that were ticked."""
        source = self._row(typed.get("source", ""))
        self.days = [
            replace(row, on=source.on, ranges=source.ranges)
            if typed.get(f"day-{row.weekday}")
            else row
            for row in self.days
        ]
        self.is_copying = False
        await self._check()
