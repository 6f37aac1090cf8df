"""The repetition that is chosen on the booking form, and what would become of each date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import reflex as rx

from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.errors import DomainError, NotFound
from appointment_app.i18n import format_date, format_moment, t
from appointment_app.scheduling import series
from appointment_app.scheduling.doctors import get_doctor
from appointment_app.scheduling.series import (
    FEWEST_TIMES,
    MOST_TIMES,
    MOST_WEEKS,
    Occurrence,
    SeriesRequest,
)
from appointment_app.states.booking_address import Wish, wish_in
from appointment_app.states.booking_for import for_whom
from appointment_app.states.held_time import HeldTime
from appointment_app.states.session_state import SessionState, refusals_shown

# What the lists offer; values as a browser sends them.
RHYTHMS = [
    ["", t("Does not repeat")],
    ["1", t("Every week")],
    *([str(weeks), t("Every {weeks} weeks", weeks=weeks)] for weeks in range(2, MOST_WEEKS + 1)),
]
TIMES = [[str(times), str(times)] for times in range(FEWEST_TIMES, MOST_TIMES + 1)]


@dataclass(frozen=True)
class PlannedDate:
    """One date in words; ``refusal`` says why it cannot be booked."""

    label: str = ""
    refusal: str = ""


class SeriesPlan(SessionState):
    """What repeats, and the dates that will be booked together; none while nothing repeats."""

    every: str = ""
    times: str = "6"
    dates: list[PlannedDate] = []
    bookable: int = 0
    problem: str = ""

    # What was shown is what is agreed to.
    _starts: tuple[datetime, ...] = ()
    _shown_for: str = ""

    @rx.event
    @refusals_shown
    async def choose_rhythm(self, every: str) -> None:
        """Show the dates of another rhythm, or of none."""
        if every in dict(RHYTHMS):
            self.every = every
            await self._plan(await self._actor(), wish_in(self.router.url.query_parameters))

    @rx.event
    @refusals_shown
    async def choose_times(self, times: str) -> None:
        """Show as many dates."""
        if times in dict(TIMES):
            self.times = times
            await self._plan(await self._actor(), wish_in(self.router.url.query_parameters))

    async def _plan(self, actor: Actor, wish: Wish | None) -> None:
        """Look at each date anew."""
        self.dates, self.bookable, self.problem = [], 0, ""
        self._starts, self._shown_for = (), ""
        if wish is None or not self.every:
            return
        held = await self.get_state(HeldTime)
        try:
            actor = await for_whom(actor, wish)
        except NotFound as missing:
            self.problem = missing.sentence
            return
        async with get_database().session() as session:
            try:
                doctor = await get_doctor(session, actor, wish.offer.doctor_id)
                zone = next(each.zone for each in doctor.clinics if each.id == wish.offer.clinic_id)
                planned = await series.plan(
                    session,
                    actor,
                    wish.offer,
                    wish.starts_at,
                    int(self.every),
                    int(self.times),
                    visitor=held._visitor(),
                )
            except (DomainError, StopIteration) as error:
                self.problem = getattr(error, "sentence", NotFound().sentence)
                return
        self._show_planned(planned, zone, wish)

    def _show_planned(self, planned: tuple[Occurrence, ...], zone: str, wish: Wish) -> None:
        self.dates = [PlannedDate(_label(each, zone), each.refusal or "") for each in planned]
        starts = [each.starts_at for each in planned if each.starts_at and not each.refusal]
        self.bookable, self._starts, self._shown_for = len(starts), tuple(starts), wish.href
        if len(starts) < FEWEST_TIMES:
            self.bookable, self._starts = 0, ()
            self.problem = t("The other dates cannot be booked: you book this one alone.")

    def _agreed(self, wish: Wish, reason: str, key: str, visitor: str) -> SeriesRequest | None:
        """Return what to book where a series was chosen for this start, else None."""
        if not self._starts or self._shown_for != wish.href:
            return None
        return SeriesRequest(
            offer=wish.offer,
            starts=self._starts,
            every_weeks=int(self.every),
            reason=reason,
            idempotency_key=key,
            visitor=visitor,
            person_id=wish.person_id,
        )

    def _forget(self) -> None:
        """Let nothing repeat any more: what was chosen is booked."""
        self.every, self.dates, self.bookable, self.problem = "", [], 0, ""
        self._starts, self._shown_for = (), ""


def _label(date: Occurrence, zone: str) -> str:
    if date.starts_at is None:
        return format_date(date.day, "EEEE d MMMM y")
    return format_moment(date.starts_at, zone)
