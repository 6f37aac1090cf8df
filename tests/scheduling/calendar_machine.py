"""What each rule of a calendar's life needs: a clinic, a deed done, and the check after it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
)
from sqlmodel import col, select

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.database import Database
from appointment_app.errors import DomainError
from appointment_app.models import (
    Appointment,
    AuditEvent,
    Doctor,
    DoctorAtClinic,
    ResourceUse,
    row_id,
)
from appointment_app.scheduling import (
    slots,
)
from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.opening_hours import Hours, LocalRange
from tests.factories import (
    doctor_actor,
    make_block,
    make_clinic,
    make_doctor,
    make_patient,
    make_resource,
    make_visit_type,
    offer_of,
    patient_actor,
)
from tests.races.stored import look
from tests.scheduling.calendar_model import DAY, GROUP, SEATS, Booked, CalendarModel
from tests.scheduling.desk import BERLIN

# An ordinary Monday, and the days before the clocks go forward and back.
BEGINNINGS = (date(2030, 3, 4), date(2030, 3, 30), date(2030, 10, 26))
USUAL_WEEK = (LocalRange(8 * 60, 12 * 60), LocalRange(13 * 60, 17 * 60))
SHAPES = (VisitShape(30, step=30), VisitShape(20, 5, 10, step=15), VisitShape(45, 0, 15, step=20))


class CalendarMachine(RuleBasedStateMachine):
    """One doctor, three patients and the clock, in the database and in the model."""

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
        self.model.open_weekly(USUAL_WEEK)
        self.looks_at = beginning + DAY
        self.runner.run(self._open())
        self.revision = 0
        self.changed = False
        self.begin_with_appointments()

    def begin_with_appointments(self) -> None:
        """Book what the rules can work with from the first step on."""
        raise NotImplementedError

    async def _open(self) -> None:
        model, shape = self.model, self.model.shape
        async with self.database.session() as session:
            clinic = await make_clinic(session)
            self.doctor = await make_doctor(
                session,
                clinic,
                ranges=[(each.opens, each.closes) for each in USUAL_WEEK],
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
            group_type = await make_visit_type(
                session,
                self.doctor,
                name="Group",
                position=1,
                duration=GROUP.duration,
                step=GROUP.step,
                capacity=SEATS,
            )
            self.room = await make_resource(session, clinic, group_type)
            self.other_doctor = await make_doctor(session, clinic)
            people = [await make_patient(session) for _ in range(3)]
            self.patients = [await patient_actor(session, person) for person in people]
            of_doctor = DoctorAtClinic.doctor_id == self.doctor.id
            self.place_id = (
                await session.exec(select(DoctorAtClinic.public_id).where(of_doctor))
            ).one()
        self.offer = offer_of(self.doctor, clinic, visit_type)
        self.group_offer = offer_of(self.doctor, clinic, group_type)
        self.group_id = group_type.id
        self.as_doctor = doctor_actor(self.doctor)
        self.place_version = self.doctor_version = 1

    async def give_the_room_away(self, wanted: Interval) -> None:
        """Let the other doctor have the room."""
        async with self.database.session() as session:
            block = await make_block(session, self.other_doctor, wanted.start, GROUP.duration)
            session.add(
                ResourceUse(
                    resource_id=row_id(self.room),
                    block_id=row_id(block),
                    busy_from=wanted.start,
                    busy_until=wanted.end,
                )
            )
            await session.commit()

    @invariant()
    def is_what_the_model_says(self) -> None:
        self.runner.run(self._check())

    async def _check(self) -> None:
        model = self.model
        assert (await look(self.database)).overlaps == 0
        async with self.database.session() as session:
            rows = await session.exec(
                select(Appointment).where(Appointment.doctor_id == self.doctor.id)
            )
            found = {
                row.public_id: Booked(
                    row.person_id,
                    row.starts_at,
                    row.status,
                    row.version,
                    is_group=row.visit_type_id == self.group_id,
                )
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
                seats = await slots.list_slots(session, NOBODY, self.group_offer, window)
        assert free == model.free(self.looks_at)
        assert seats == model.free(self.looks_at, group=True)

    def choose(
        self,
        ahead: int,
        choice: int,
        free: bool,
        *,
        group: bool = False,
        moved: UUID | None = None,
        visitor: str | None = None,
    ) -> tuple[datetime, bool]:
        """A moment of a day to come, one that is free if possible, and whether it is."""
        day = self.looks_at = self.model.today + ahead * DAY
        starts = self.model.free(day, group=group, moved=moved, visitor=visitor)
        if free and starts:
            return starts[choice % len(starts)], True
        moment = self.model.midnight(day) + choice * timedelta(minutes=15)
        return moment, moment in starts

    def appointment(self, which: int) -> tuple[UUID, Booked]:
        """One of the appointments, active or not, and its id."""
        keys = list(self.model.appointments)
        key = keys[which % len(keys)]
        booked = self.model.appointments[key]
        self.looks_at = self.model.day_of(booked.starts_at)
        return key, booked

    def patient(self, booked: Booked) -> Actor:
        """Who the appointment is for."""
        return next(actor for actor in self.patients if actor.person_id == booked.person_id)

    def done(self, action: str, can: bool, deed: Any, *arguments: Any, **named: Any) -> bool:
        """Do what returns nothing; returns whether it was done."""
        before = len(self.model.actions)
        self.do(action, can, deed, *arguments, **named)
        return len(self.model.actions) > before

    def do(
        self,
        action: str | None,
        can: bool,
        deed: Callable[..., Coroutine[Any, Any, Any]],
        actor: Actor,
        *arguments: Any,
        **named: Any,
    ) -> Any:
        """Do it: it must succeed, and be recorded as ``action``, when the model says it ``can``."""

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
        if action is not None:
            self.model.actions.append(action)
        return result
