"""The suspension of a doctor, and what is left to be handed on or cancelled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app import clock
from appointment_app.clinics import suspension
from appointment_app.clinics.suspension import Remaining, Suspension
from appointment_app.database import get_database
from appointment_app.errors import Forbidden, Invalid, NotFound
from appointment_app.i18n import format_moment, t
from appointment_app.states.address import iso_day, public_id
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast
from appointment_app.states.told import told_toast


@dataclass(frozen=True)
class RemainingRow:
    """An appointment that is left, worded; ``successors`` are pairs of value and name."""

    id: str = ""
    when: str = ""
    what: str = ""
    successors: list[list[str]] = field(default_factory=list)


class DoctorSuspension(SessionState):
    """What administrators see of a doctor's suspension; others see nothing of it."""

    may_suspend: bool = False
    since: str = ""
    until: str = ""
    has_begun: bool = False
    reason: str = ""
    remaining: list[RemainingRow] = []
    left: str = ""
    is_open: bool = False
    errors: dict[str, str] = {}
    is_asking: bool = False

    _doctor: UUID | None = None

    @rx.event
    @refusals_shown
    async def load(self) -> None:
        """Show how it stands with the doctor that the address names, to administrators."""
        self._doctor = public_id(self.router.url.query_parameters.get("id"))
        self.is_open = self.is_asking = self.may_suspend = False
        self.since, self.until, self.reason, self.left, self.remaining = "", "", "", "", []
        if self._doctor is None or not (await self._actor()).is_somebody:
            return
        try:
            await self._read()
        except (Forbidden, NotFound):
            return  # the profile says why

    @rx.event
    async def ask(self) -> None:
        """Open the dialog for a suspension."""
        self.errors, self.is_open = {}, True

    @rx.event
    async def close(self) -> None:
        """Close the dialogs; nothing is changed."""
        self.is_open = self.is_asking = False

    @rx.event
    @refusals_shown
    async def suspend(self, typed: dict[str, Any]) -> Any:
        """Suspend the doctor for the reason that was typed."""
        doctor = self._known()
        days = {name: str(typed.get(name, "")) for name in ("first_day", "last_day")}
        read = {name: iso_day(day) for name, day in days.items()}
        self.errors = {
            name: t("Please give a day.") for name in days if days[name] and read[name] is None
        }
        if self.errors:
            return None
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                await suspension.suspend(
                    session,
                    actor,
                    doctor,
                    **read,
                    reason=str(typed.get("reason", "")),
                )
        except Invalid as invalid:
            self.errors = invalid.errors
            return None
        self.is_open = False
        await self._read()
        return toast(t("Suspended. The doctor is told the reason by mail."))

    @rx.event
    @refusals_shown
    async def restore(self) -> Any:
        """End the suspension."""
        actor = await self._actor()
        async with get_database().session() as session:
            await suspension.restore(session, actor, self._known())
        await self._read()
        return toast(t("Restored. Patients find the doctor again."))

    @rx.event
    @refusals_shown
    async def hand_on(self, appointment: str, successor: str) -> Any:
        """Hand an appointment on to the doctor who was chosen."""
        place = public_id(successor)
        if place is None:
            raise NotFound
        return await self._settle(appointment, place, t("Handed on."))

    @rx.event
    @refusals_shown
    async def cancel(self, appointment: str) -> Any:
        """Cancel an appointment with notice."""
        return await self._settle(appointment, None, t("Cancelled."))

    @rx.event
    async def ask_all(self) -> None:
        """Ask before all that is left is handed on or cancelled."""
        self.is_asking = True

    @rx.event
    @refusals_shown
    async def settle_all(self) -> Any:
        """Hand on what somebody is free for, and cancel the rest, after the question."""
        if not self.is_asking:
            return None
        self.is_asking = False
        actor = await self._actor()
        async with get_database().session() as session:
            handed_on, cancelled = await suspension.settle_all(session, actor, self._known())
        await self._read()
        return toast(
            t(
                "{handed_on} handed on, {cancelled} cancelled.",
                handed_on=handed_on,
                cancelled=cancelled,
            )
        )

    async def _settle(self, appointment: str, place: UUID | None, done: str) -> Any:
        key = public_id(appointment)
        if key is None:
            raise NotFound
        actor = await self._actor()
        async with get_database().session() as session:
            await suspension.settle(session, actor, self._known(), key, place_id=place)
        await self._read()
        return await told_toast(actor, key, done)

    def _known(self) -> UUID:
        if self._doctor is None:
            raise NotFound
        return self._doctor

    async def _read(self) -> None:
        actor = await self._actor()
        async with get_database().session() as session:
            found = await suspension.get_suspension(session, actor, self._known())
        self.may_suspend = True
        self.since = format_moment(found.since, found.zone) if found.since else ""
        self.until = format_moment(found.until, found.zone) if found.until else ""
        self.has_begun = found.since is not None and found.since <= clock.now()
        self.reason = found.reason
        self.remaining = [_row(each) for each in found.remaining]
        self.left = _left(found)


def _row(each: Remaining) -> RemainingRow:
    return RemainingRow(
        id=str(each.id),
        when=format_moment(each.starts_at, each.zone),
        what=" · ".join((each.patient, each.visit, each.clinic)),
        successors=[
            [str(one.place_id), ", ".join(filter(None, (one.doctor, one.elsewhere)))]
            for one in each.successors
        ],
    )


def _left(found: Suspension) -> str:
    if found.since is None:
        return ""
    if found.is_complete:
        return t("The suspension is complete: nobody is expected any more.")
    if len(found.remaining) == 1:
        return t("One appointment is left: hand it on or cancel it.")
    return t(
        "{count} appointments are left: hand each on or cancel it.", count=len(found.remaining)
    )
