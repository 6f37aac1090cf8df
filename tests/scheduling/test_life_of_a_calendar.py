"""Any life of a calendar: whatever is done in whatever order, it stays what the model says.

After every step nothing active overlaps, the free times are the model's, every appointment is
there with the status it should have, each change has its audit event and raised the doctor's
revision, and what was refused left no trace.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import col, select

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.database import Database
from appointment_app.errors import DomainError
from appointment_app.models import Appointment, AuditEvent, Doctor, DoctorAtClinic
from appointment_app.models import AppointmentStatus as Status
from appointment_app.scheduling import (
    booking,
    cancelling,
    different_days,
    hours,
    rescheduling,
    slots,
    visits,
)
from appointment_app.scheduling.availability import Hours, LocalRange, VisitShape
from appointment_app.scheduling.booking import BookingRequest
from appointment_app.scheduling.different_days import DaySpan, OverrideDraft
from appointment_app.scheduling.rescheduling import NewTime
from appointment_app.scheduling.week import TypedRange
from tests.factories import (
    doctor_actor,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
    patient_actor,
)
from tests.races.stored import look
from tests.scheduling.calendar_model import DAY, OVER, Booked, CalendarModel
from tests.scheduling.desk import BERLIN

ROUNDS = int(os.environ.get("RACE_ROUNDS", "15"))
STEPS = 12
EXAMPLES = {"sqlite": 10, "postgresql": 4, "mariadb": 4}  # in fifteen rounds

# An ordinary Monday, and the days before the clocks go forward and back.
BEGINNINGS = (date(2030, 3, 4), date(2030, 3, 30), date(2030, 10, 26))
WEEKS = (
    (LocalRange(8 * 60, 12 * 60), LocalRange(13 * 60, 17 * 60)),
    (LocalRange(9 * 60 + 20, 15 * 60),),
    (LocalRange(20 * 60, 24 * 60),),
    (LocalRange(60, 5 * 60),),
)
DAYS = ((), (LocalRange(7 * 60, 10 * 60),), (LocalRange(14 * 60, 20 * 60 + 30),))
SHAPES = (VisitShape(30, step=30), VisitShape(20, 5, 10, step=15), VisitShape(45, 0, 15, step=20))

days_ahead = st.integers(0, 4)
choices = st.integers(0, 95)
patients = st.integers(0, 2)


class LifeOfACalendar(RuleBasedStateMachine):
    """One doctor, three patients and the clock; every rule is one deed of the service."""

    def __init__(self, runner: asyncio.Runner, database: Database) -> None:
        super().__init__()
        self.runner, self.database = runner, database

    @initialize(
        beginning=st.sampled_from(BEGINNINGS),
        shape=st.sampled_from(SHAPES),
        minimum_notice=st.sampled_from((0, 90)),
        max_patients_a_day=st.sampled_from((None, 2)),
    )
    def begin(
        self,
        beginning: date,
        shape: VisitShape,
        minimum_notice: int,
        max_patients_a_day: int | None,
    ) -> None:
        self.model = CalendarModel(
            now=datetime(
                beginning.year, beginning.month, beginning.day, 7, 10, tzinfo=BERLIN
            ).astimezone(UTC),
            shape=shape,
            hours=Hours("Europe/Berlin", (), {}, {}, frozenset()),
            minimum_notice=minimum_notice,
            horizon_days=3,
            max_patients_a_day=max_patients_a_day,
        )
        self.model.open_weekly(WEEKS[0])
        self.looks_at = beginning + DAY
        self.runner.run(self._open())
        self.revision = 0
        self.changed = False

    async def _open(self) -> None:
        model, shape = self.model, self.model.shape
        async with self.database.session() as session:
            clinic = await make_clinic(session)
            self.doctor = await make_doctor(
                session,
                clinic,
                ranges=[(each.opens, each.closes) for each in WEEKS[0]],
                minimum_notice=model.minimum_notice,
                horizon_days=model.horizon_days,
                max_patients_a_day=model.max_patients_a_day,
            )
            visit_type = await make_visit_type(
                session,
                self.doctor,
                duration=shape.duration,
                pause_before=shape.pause_before,
                pause_after=shape.pause_after,
                step=shape.step,
            )
            people = [await make_patient(session) for _ in range(3)]
            self.patients = [await patient_actor(session, person) for person in people]
            of_doctor = DoctorAtClinic.doctor_id == self.doctor.id
            self.place_id = (
                await session.exec(select(DoctorAtClinic.public_id).where(of_doctor))
            ).one()
        self.offer = offer_of(self.doctor, clinic, visit_type)
        self.as_doctor = doctor_actor(self.doctor)
        self.place_version = 1

    @rule(patient=patients, ahead=days_ahead, choice=choices, free=st.booleans())
    def book(self, patient: int, ahead: int, choice: int, free: bool) -> None:
        actor = self.patients[patient]
        starts_at, is_free = self._choose(ahead, choice, free)
        assert actor.person_id is not None
        key = self._do(
            "appointment.booked",
            is_free and self.model.is_person_free(actor.person_id, starts_at),
            booking.book,
            actor,
            BookingRequest(self.offer, starts_at, "A cough", uuid4().hex),
        )
        if key is not None:
            self.model.appointments[key] = Booked(actor.person_id, starts_at)

    @precondition(lambda self: self.model.appointments)
    @rule(which=choices, ahead=days_ahead, choice=choices, free=st.booleans())
    def reschedule(self, which: int, ahead: int, choice: int, free: bool) -> None:
        key, booked = self._appointment(which)
        starts_at, is_free = self._choose(ahead, choice, free, moved=key)
        if starts_at == booked.starts_at:
            return
        moved = self._do(
            "appointment.rescheduled",
            is_free
            and booked.status is Status.CONFIRMED
            and self.model.now < booked.starts_at
            and self.model.is_person_free(booked.person_id, starts_at, moved=key),
            rescheduling.reschedule,
            self._patient(booked),
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
        key, booked = self._appointment(which)
        can = booked.status not in OVER and self.model.now < booked.starts_at
        if self._done("appointment.cancelled", can, cancelling.cancel, self._patient(booked), key):
            booked.become(Status.CANCELLED)

    @precondition(lambda self: self.model.appointments)
    @rule(which=choices)
    def check_in(self, which: int) -> None:
        key, booked = self._appointment(which)
        is_today = self.model.day_of(booked.starts_at) == self.model.today
        can = booked.status is Status.CONFIRMED and is_today
        if self._done("appointment.checked_in", can, visits.check_in, self.as_doctor, key):
            booked.become(Status.CHECKED_IN)

    @precondition(lambda self: self.model.appointments)
    @rule(which=choices)
    def complete(self, which: int) -> None:
        key, booked = self._appointment(which)
        can = booked.status not in OVER and self.model.now >= booked.starts_at
        if self._done("appointment.completed", can, visits.complete, self.as_doctor, key):
            booked.become(Status.COMPLETED)

    @rule(week=st.sampled_from(WEEKS))
    def change_weekly_hours(self, week: tuple[LocalRange, ...]) -> None:
        self.place_version = self._do(
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
        self.place_version = self._do(
            "hours.override_set",
            True,
            different_days.save_override,
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
        self.place_version = self._do(
            "hours.override_removed",
            True,
            different_days.remove_override,
            self.as_doctor,
            self.place_id,
            DaySpan(day, day),
            version=self.place_version,
        )
        self.model.override(day, None)

    @rule(minutes=st.sampled_from((1, 4, 6, 50, 240, 1440)))
    def let_time_pass(self, minutes: int) -> None:
        self.model.now += timedelta(minutes=minutes)

    @invariant()
    def is_what_the_model_says(self) -> None:
        self.runner.run(self._check())

    async def _check(self) -> None:
        model = self.model
        stored = await look(self.database)
        assert stored.overlaps == 0
        async with self.database.session() as session:
            rows = await session.exec(
                select(Appointment).where(Appointment.doctor_id == self.doctor.id)
            )
            found = {
                row.public_id: Booked(row.person_id, row.starts_at, row.status, row.version)
                for row in rows
            }
            assert found == model.appointments
            people = [self.as_doctor.user_id, *(actor.user_id for actor in self.patients)]
            actions = await session.exec(
                select(AuditEvent.action)
                .where(col(AuditEvent.actor_user_id).in_(people))
                .order_by(col(AuditEvent.id))
            )
            assert list(actions) == model.actions
            doctor = (await session.exec(select(Doctor).where(Doctor.id == self.doctor.id))).one()
            if self.changed:
                assert doctor.revision > self.revision
            else:
                assert doctor.revision == self.revision
            self.revision, self.changed = doctor.revision, False
        with clock.frozen(model.now):
            async with self.database.session() as session:
                window = model.window(self.looks_at)
                free = await slots.list_slots(session, NOBODY, self.offer, window)
        assert free == model.free(self.looks_at)

    def _choose(
        self, ahead: int, choice: int, free: bool, moved: UUID | None = None
    ) -> tuple[datetime, bool]:
        """A moment of a day to come, one that is free if possible, and whether it is."""
        day = self.looks_at = self.model.today + ahead * DAY
        starts = self.model.free(day, moved=moved)
        if free and starts:
            return starts[choice % len(starts)], True
        moment = self.model.midnight(day) + choice * timedelta(minutes=15)
        return moment, moment in starts

    def _appointment(self, which: int) -> tuple[UUID, Booked]:
        keys = list(self.model.appointments)
        key = keys[which % len(keys)]
        booked = self.model.appointments[key]
        self.looks_at = self.model.day_of(booked.starts_at)
        return key, booked

    def _patient(self, booked: Booked) -> Actor:
        return next(actor for actor in self.patients if actor.person_id == booked.person_id)

    def _done(self, action: str, can: bool, deed: Any, *arguments: Any, **named: Any) -> bool:
        """Do what returns nothing; returns whether it was done."""
        before = len(self.model.actions)
        self._do(action, can, deed, *arguments, **named)
        return len(self.model.actions) > before

    def _do(
        self,
        action: str,
        can: bool,
        deed: Callable[..., Coroutine[Any, Any, Any]],
        actor: Actor,
        *arguments: Any,
        **named: Any,
    ) -> Any:
        """Do it: it must succeed, and be recorded, when the model says that it ``can``."""

        async def call() -> Any:
            async with self.database.session() as session:
                return await deed(session, actor, *arguments, **named)

        with clock.frozen(self.model.now):
            if not can:
                with pytest.raises(DomainError, match=r"."):
                    self.runner.run(call())
                return None
            result = self.runner.run(call())
        self.changed = True
        self.model.actions.append(action)
        return result


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
