"""Any life of a calendar: whatever is done in whatever order, it stays what the model says.

After every step nothing active overlaps, the free times are the model's, every appointment is
there with the status it should have, each change has its audit event and raised the doctor's
revision, and what was refused left no trace.
"""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import select

from appointment_app.accounts.actor import NOBODY
from appointment_app.database import Database
from appointment_app.models import AppointmentStatus as Status
from appointment_app.models import TimeOff
from appointment_app.scheduling import (
    booking,
    cancelling,
    holds,
    hours,
    rescheduling,
    visits,
)
from appointment_app.scheduling.booking import BookingRequest
from appointment_app.scheduling.different_days import (
    DaySpan,
    OverrideDraft,
    remove_override,
    save_override,
)
from appointment_app.scheduling.opening_hours import LocalRange
from appointment_app.scheduling.rescheduling import NewTime
from appointment_app.scheduling.time_off import TimeOffDraft, remove_time_off, save_time_off
from appointment_app.scheduling.week import TypedRange
from tests.scheduling.calendar_machine import USUAL_WEEK, CalendarMachine
from tests.scheduling.calendar_model import DAY, GROUP, OVER, Booked, Kept

ROUNDS = int(os.environ.get("RACE_ROUNDS", "15"))
STEPS = 12
EXAMPLES = {"sqlite": 10, "postgresql": 4, "mariadb": 4}  # in fifteen rounds

WEEKS = (
    USUAL_WEEK,
    (LocalRange(9 * 60 + 20, 15 * 60),),
    (LocalRange(22 * 60, 26 * 60),),
    (LocalRange(60, 5 * 60),),
)
DAYS = ((), (LocalRange(7 * 60, 10 * 60),), (LocalRange(14 * 60, 20 * 60 + 30),))

days_ahead = st.sampled_from((1, 1, 2, 0, 3, 4))
choices = st.integers(0, 95)
patients = st.integers(0, 2)
mostly = st.sampled_from((True, True, True, False))
visitors = st.sampled_from(("ann", "bob"))


class LifeOfACalendar(CalendarMachine):
    """Every rule is one deed of the service; it begins with an appointment and a group session."""

    def begin_with_appointments(self) -> None:
        self.book(patient=0, visitor="ann", ahead=1, choice=0, free=True)
        self.sit_down_in_a_group(patient=1, ahead=1, choice=2, free=True, join=False)

    @rule(patient=patients, visitor=visitors, ahead=days_ahead, choice=choices, free=mostly)
    def book(self, patient: int, visitor: str, ahead: int, choice: int, free: bool) -> None:
        actor = self.patients[patient]
        starts_at, is_free = self.choose(ahead, choice, free, visitor=visitor)
        assert actor.person_id is not None
        key = self.do(
            "appointment.booked",
            is_free and self.model.is_person_free(actor.person_id, starts_at),
            booking.book,
            actor,
            BookingRequest(self.offer, starts_at, "A cough", uuid4().hex, visitor=visitor),
        )
        if key is not None:
            self.model.appointments[key] = Booked(actor.person_id, starts_at)
            self.model.holds.pop(visitor, None)

    @rule(patient=patients, ahead=days_ahead, choice=choices, free=mostly, join=mostly)
    def sit_down_in_a_group(
        self, patient: int, ahead: int, choice: int, free: bool, join: bool
    ) -> None:
        actor = self.patients[patient]
        starts_at, is_free = self.choose(ahead, choice, free, group=True)
        if join and (sessions := sorted(self.model.sessions())):
            starts_at = sessions[choice % len(sessions)]
            self.looks_at = self.model.day_of(starts_at)
            is_free = starts_at in self.model.free(self.looks_at, group=True)
        assert actor.person_id is not None
        key = self.do(
            "appointment.booked",
            is_free and self.model.is_person_free(actor.person_id, starts_at, group=True),
            booking.book,
            actor,
            BookingRequest(self.group_offer, starts_at, "A cough", uuid4().hex),
        )
        if key is not None:
            self.model.appointments[key] = Booked(actor.person_id, starts_at, is_group=True)

    @rule(ahead=days_ahead, choice=choices)
    def another_doctor_takes_the_room(self, ahead: int, choice: int) -> None:
        starts_at, _ = self.choose(ahead, choice, True, group=True)
        wanted = GROUP.visit(starts_at)
        if self.model.is_room_free(wanted):
            self.runner.run(self.give_the_room_away(wanted))
            self.model.room_taken.append(wanted)

    @rule(visitor=visitors, ahead=days_ahead, choice=choices, free=mostly)
    def hold(self, visitor: str, ahead: int, choice: int, free: bool) -> None:
        starts_at, is_free = self.choose(ahead, choice, free, visitor=visitor)
        address = {"ann": "192.0.2.1", "bob": "198.51.100.1"}[visitor]
        view = self.do(
            None,
            is_free,
            holds.keep,
            NOBODY,
            self.offer,
            starts_at,
            visitor=visitor,
            address=address,
        )
        if view is None:
            return
        kept = self.model.holds.get(visitor)
        if kept is None or kept.starts_at != starts_at or kept.expires_at <= self.model.now:
            kept = Kept(starts_at, self.model.now + timedelta(minutes=5))
        self.model.holds[visitor] = kept
        assert view.expires_at == kept.expires_at

    @precondition(lambda self: self.model.appointments)
    @rule(which=choices, ahead=days_ahead, choice=choices, free=mostly)
    def reschedule(self, which: int, ahead: int, choice: int, free: bool) -> None:
        key, booked = self.appointment(which)
        group = booked.is_group
        starts_at, is_free = self.choose(ahead, choice, free, group=group, moved=key)
        if starts_at == booked.starts_at:
            return
        moved = self.do(
            "appointment.rescheduled",
            is_free
            and booked.status is Status.CONFIRMED
            and self.model.now < booked.starts_at
            and self.model.is_person_free(booked.person_id, starts_at, group=group, moved=key),
            rescheduling.reschedule,
            self.patient(booked),
            key,
            NewTime(starts_at),
            version=booked.version,
        )
        if moved is not None:
            booked.starts_at = starts_at
            booked.version += 1
            assert moved == booked.version

    @precondition(lambda self: self.model.appointments)
    @rule(which=choices)
    def cancel(self, which: int) -> None:
        key, booked = self.appointment(which)
        can = booked.status not in OVER and self.model.now < booked.starts_at
        if self.done("appointment.cancelled", can, cancelling.cancel, self.patient(booked), key):
            booked.become(Status.CANCELLED)

    @precondition(lambda self: self.model.appointments)
    @rule(which=choices)
    def check_in(self, which: int) -> None:
        key, booked = self.appointment(which)
        is_today = self.model.day_of(booked.starts_at) == self.model.today
        can = booked.status is Status.CONFIRMED and is_today
        if self.done("appointment.checked_in", can, visits.check_in, self.as_doctor, key):
            booked.become(Status.CHECKED_IN)

    @precondition(lambda self: self.model.appointments)
    @rule(which=choices)
    def complete(self, which: int) -> None:
        key, booked = self.appointment(which)
        can = booked.status not in OVER and self.model.now >= booked.starts_at
        if self.done("appointment.completed", can, visits.complete, self.as_doctor, key):
            booked.become(Status.COMPLETED)

    @rule(week=st.sampled_from(WEEKS))
    def change_weekly_hours(self, week: tuple[LocalRange, ...]) -> None:
        self.place_version = self.do(
            "hours.changed",
            True,
            hours.save,
            self.as_doctor,
            self.place_id,
            (_typed(week),) * 7,
            version=self.place_version,
        )
        self.model.open_weekly(week)

    @rule(ahead=days_ahead, ranges=st.sampled_from(DAYS))
    def set_other_hours(self, ahead: int, ranges: tuple[LocalRange, ...]) -> None:
        day = self.looks_at = self.model.today + ahead * DAY
        self.place_version = self.do(
            "hours.override_set",
            True,
            save_override,
            self.as_doctor,
            self.place_id,
            OverrideDraft(day, day, _typed(ranges)),
            version=self.place_version,
        )
        self.model.override(day, ranges)

    @precondition(lambda self: self.model.hours.overrides)
    @rule(which=choices)
    def remove_other_hours(self, which: int) -> None:
        days = sorted(self.model.hours.overrides)
        day = self.looks_at = days[which % len(days)]
        self.place_version = self.do(
            "hours.override_removed",
            True,
            remove_override,
            self.as_doctor,
            self.place_id,
            DaySpan(day, day),
            version=self.place_version,
        )
        self.model.override(day, None)

    @rule(ahead=days_ahead, days=st.integers(1, 2))
    def take_time_off(self, ahead: int, days: int) -> None:
        first = self.looks_at = self.model.today + ahead * DAY
        last = first + (days - 1) * DAY
        can = not any(first <= other and one <= last for one, other in self.model.time_off)
        draft = TimeOffDraft(first, last)
        if self._edit_time_off("time_off.added", can, save_time_off, draft):
            self.model.time_off.append((first, last))

    @precondition(lambda self: self.model.time_off)
    @rule(which=choices)
    def come_back_from_time_off(self, which: int) -> None:
        first, last = self.model.time_off[which % len(self.model.time_off)]
        self.looks_at = first
        (key,) = [row.public_id for row in self._time_off() if row.first_day == first]
        assert self._edit_time_off("time_off.removed", True, remove_time_off, key)
        self.model.time_off.remove((first, last))

    def _edit_time_off(self, action: str, can: bool, deed: Any, what: Any) -> bool:
        done = self.done(
            action,
            can,
            deed,
            self.as_doctor,
            self.place_id,
            what,
            doctor_version=self.doctor_version,
        )
        self.doctor_version += done
        return done

    def _time_off(self) -> list[TimeOff]:
        async def load() -> list[TimeOff]:
            async with self.database.session() as session:
                of_doctor = select(TimeOff).where(TimeOff.doctor_id == self.doctor.id)
                return list(await session.exec(of_doctor))

        return self.runner.run(load())

    @rule(minutes=st.sampled_from((1, 4, 6, 50, 240, 1440)))
    def let_time_pass(self, minutes: int) -> None:
        self.model.now += timedelta(minutes=minutes)


@pytest.mark.race
def test_whatever_is_done_the_calendar_is_what_the_model_says(
    backend: str, database_url: str
) -> None:
    database = Database(database_url)
    with asyncio.Runner() as runner:
        run_state_machine_as_test(
            lambda: LifeOfACalendar(runner, database),
            settings=settings(
                max_examples=max(1, EXAMPLES[backend] * ROUNDS // 15),
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                derandomize=ROUNDS <= 15,
                # Twelve steps can be read as they are; to find fewer takes minutes.
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )
        runner.run(database.dispose())


def _typed(ranges: tuple[LocalRange, ...]) -> tuple[TypedRange, ...]:
    return tuple(TypedRange(each.opens, each.closes) for each in ranges)
