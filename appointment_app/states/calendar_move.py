"""Moving a patient's appointment: dropped in the calendar, or with a date and a time.

What was dropped is asked about once; whatever is not moved springs back (``springs`` counts).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action
from appointment_app.database import get_database
from appointment_app.errors import DomainError, LoginRequired, NotFound, StaleVersion
from appointment_app.i18n import format_moment, t
from appointment_app.scheduling import rescheduling
from appointment_app.scheduling.brief import Brief, load_brief
from appointment_app.scheduling.overbooking import Conflict, OverbookingNeeded
from appointment_app.scheduling.rescheduling import NewTime
from appointment_app.states.address import public_id
from appointment_app.states.doctor_calendar import DoctorCalendar
from appointment_app.states.local_moment import local_fields, local_moment, wall_moment
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.shown_page import refresh_page
from appointment_app.states.told import Told, load_told, told_toast
from appointment_app.states.wording import zone_note

# The hidden button that the toast presses.
UNDO_BUTTON = "undo-move"
_LONGEST_REASON = 1000


class MoveAppointment(SessionState):
    """The dialog that asks when, and whether, and tells the patient why."""

    is_open: bool = False
    opened: int = 0  # makes the fields of each opening fresh ones
    title: str = ""
    now: str = ""
    told: Told = Told()
    zone: str = ""
    date: str = ""
    time: str = ""
    reason: str = ""
    question: str = ""
    problem: str = ""
    errors: dict[str, str] = {}
    springs: int = 0

    _id: str = ""
    _version: int = 0
    _zone: str = "UTC"
    _old: datetime | None = None
    _was_dropped: bool = False
    # What the open question is about: it is answered for this time only.
    _asked_for: datetime | None = None
    _seen: frozenset[str] = frozenset()
    # Where the last move can be taken back to.
    _undo: tuple[str, datetime, int, frozenset[str]] | None = None

    @rx.event
    @refusals_shown
    async def ask(self, appointment_id: str) -> None:
        """Ask when the appointment shall be instead: the way without dragging."""
        detail = await self._read(appointment_id)
        self._open(detail, detail.starts_at)
        self.told = await load_told(await self._actor(), detail.id)
        self.title = t("Move {patient}", patient=detail.patient)

    @rx.event
    async def drop(self, appointment_id: str, start: str) -> Any:
        """Ask whether to move to where it was dropped; what cannot be springs back at once."""
        try:
            detail = await self._read(appointment_id)
            starts_at = wall_moment(start, (await self.get_state(DoctorCalendar)).time_zone)
            if starts_at is None or not detail.can_move:
                raise NotFound
            actor = await self._actor()
            conflicts = await self._conflicts(actor, detail.id, starts_at)
            told = await load_told(actor, detail.id)
        except DomainError as refusal:
            self.springs += 1
            return self._refused(refusal)
        self._open(detail, starts_at)
        self._was_dropped, self.told = True, told
        self.title = t(
            "Move {patient} to {moment}?",
            patient=detail.patient,
            moment=format_moment(starts_at, detail.zone),
        )
        self._ask_about(starts_at, conflicts)
        return None

    @rx.event
    async def close(self) -> None:
        """Move nothing."""
        self.is_open = False
        self._spring_back()

    @rx.event
    @refusals_shown
    async def move(self, typed: dict[str, Any]) -> Any:
        """Move to the date and time that were typed; ask once when something stands there."""
        if not self._id:
            raise NotFound
        self.reason = str(typed.get("reason") or "")[:_LONGEST_REASON]
        self.date, self.time = str(typed.get("date") or ""), str(typed.get("time") or "")
        starts_at, self.errors = local_moment(self.date, self.time, self._zone)
        if starts_at is None:
            return None
        actor, self.problem = await self._actor(), ""
        answers = self._asked_for == starts_at
        try:
            return await self._move(actor, starts_at, self._seen if answers else frozenset())
        except OverbookingNeeded as needed:
            self._ask_about(starts_at, needed.conflicts)
        except StaleVersion as stale:
            self.problem = stale.sentence
            self._version = (await self._read(self._id)).version
        except LoginRequired:
            raise
        except DomainError as refusal:
            if refusal.field == "reason":
                self.errors = {"reason": refusal.sentence}
            else:
                self._forget_question()
                self.problem = refusal.sentence
            if not self.is_open:  # it was nobody's dialog: say it, and let it spring back
                raise
        return None

    @rx.event
    @refusals_shown
    async def undo(self) -> Any:
        """Put the appointment back where it was before the last move."""
        if self._undo is None:
            return None
        (key, old, version, seen), self._undo = self._undo, None
        actor = await self._actor()
        async with get_database().session() as session:
            await rescheduling.move(
                session, actor, UUID(key), NewTime(old), version=version, seen=seen
            )
        detail = await self._read(key)
        await refresh_page(self, actor, UUID(key))
        when = format_moment(detail.starts_at, detail.zone)
        return await told_toast(actor, UUID(key), t("Moved back to {moment}.", moment=when))

    async def _move(self, actor: Actor, starts_at: datetime, seen: frozenset[str]) -> Any:
        key, old = UUID(self._id), self._old
        back = await self._way_back(actor, key)
        async with get_database().session() as session:
            version = await rescheduling.move(
                session,
                actor,
                key,
                NewTime(starts_at),
                version=self._version,
                reason=self.reason,
                seen=seen,
            )
        self.is_open = self._was_dropped = False
        self._forget_question()
        detail = await self._read(str(key))
        self._id = ""
        await refresh_page(self, actor, key)
        # An open panel would keep everybody from the button that undoes.
        (await self.get_state(DoctorCalendar)).is_open = False
        when = format_moment(detail.starts_at, detail.zone)
        said = t("{patient} moved to {moment}.", patient=detail.patient, moment=when)
        if old is None or back is None or old == starts_at:
            return await told_toast(actor, key, said)
        self._undo = (str(key), old, version, back)
        return await told_toast(actor, key, said, undo=(t("Undo"), UNDO_BUTTON))

    async def _way_back(self, actor: Actor, key: UUID) -> frozenset[str] | None:
        """Return what stands against the old time already now; None when it is over."""
        if self._old is None:
            return None
        try:
            return OverbookingNeeded(await self._conflicts(actor, key, self._old)).keys
        except DomainError:
            return None

    async def _conflicts(
        self, actor: Actor, key: UUID, starts_at: datetime
    ) -> tuple[Conflict, ...]:
        async with get_database().session() as session:
            return await rescheduling.conflicts_of_move(session, actor, key, NewTime(starts_at))

    async def _read(self, appointment_id: str) -> Brief:
        key = public_id(appointment_id)
        if key is None:
            raise NotFound
        actor = await self._actor()
        async with get_database().session() as session:
            return await load_brief(session, actor, key, Action.MOVE_APPOINTMENT)

    def _open(self, detail: Brief, starts_at: datetime) -> None:
        self._id, self._version = str(detail.id), detail.version
        self._zone, self._old = detail.zone, detail.starts_at
        self._was_dropped = False
        self.now = format_moment(detail.starts_at, detail.zone)
        self.zone = zone_note(detail.zone)
        self.date, self.time = local_fields(starts_at, detail.zone)
        self.reason, self.problem, self.errors = "", "", {}
        self._forget_question()
        self.opened += 1
        self.is_open = True

    def _ask_about(self, starts_at: datetime, conflicts: tuple[Conflict, ...]) -> None:
        self._asked_for = starts_at
        self._seen = frozenset(conflict.key for conflict in conflicts)
        self.question = " ".join(conflict.sentence for conflict in conflicts)

    def _forget_question(self) -> None:
        self.question, self._asked_for, self._seen = "", None, frozenset()

    def _spring_back(self) -> None:
        if self._was_dropped:
            self._was_dropped = False
            self.springs += 1
