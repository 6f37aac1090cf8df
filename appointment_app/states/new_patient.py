"""Writing down a patient who has no account, and the question whether they are known already."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.accounts import patients
from appointment_app.accounts.patients import FIELDS, LikelyDuplicates
from appointment_app.database import get_database
from appointment_app.errors import Invalid, NotFound
from appointment_app.states.address import public_id
from appointment_app.states.new_appointment import FoundPatient, NewAppointment
from appointment_app.states.patient_record import record_link
from appointment_app.states.patients import PatientRow, Patients, patient_row
from appointment_app.states.session_state import SessionState, refusals_shown


class NewPatient(SessionState):
    """The dialog; its fields are the browser's until they are sent."""

    is_open: bool = False
    opened: int = 0  # makes the fields of each opening fresh ones
    errors: dict[str, str] = {}
    known: list[PatientRow] = []

    _clinic: str = ""
    # Who was shown as known already, for exactly what was typed then.
    _asked_for: tuple[str, ...] = ()
    _seen: frozenset[UUID] = frozenset()

    @rx.event
    async def open(self) -> None:
        """Open the dialog for the clinic that the page, or the booking on it, is about."""
        booking = await self.get_state(NewAppointment)
        if booking.is_open:
            self._clinic = str(booking._clinic_id)
        else:
            self._clinic = (await self.get_state(Patients)).clinic
        self.errors, self.known = {}, []
        self._asked_for, self._seen = (), frozenset()
        self.opened += 1
        self.is_open = True

    @rx.event
    async def close(self) -> None:
        """Write down nobody."""
        self.is_open = False

    @rx.event
    @refusals_shown
    async def create(self, typed: dict[str, Any]) -> Any:
        """Write down who was typed; ask once when somebody like that is known."""
        if not self.is_open:  # the second of two quick clicks
            return None
        clinic, actor = public_id(self._clinic), await self._actor()
        if clinic is None:
            raise NotFound
        told = {name: str(typed.get(name) or "") for name in FIELDS}
        subject = tuple(told.values())
        seen = self._seen if subject == self._asked_for else frozenset()
        self.errors, self.known = {}, []
        try:
            async with get_database().session() as session:
                created = await patients.create(session, actor, clinic, told, seen=seen)
        except Invalid as invalid:
            self.errors = invalid.errors
            return None
        except LikelyDuplicates as likely:
            self._asked_for, self._seen = subject, frozenset(each.id for each in likely.found)
            self.known = [patient_row(each) for each in likely.found]
            return None
        name = f"{told['given_name']} {told['family_name']}"
        return await self._go_on(str(created), " ".join(name.split()))

    @rx.event
    @refusals_shown
    async def take(self, patient_id: str) -> Any:
        """Go on with somebody who is known already."""
        row = next((each for each in self.known if each.id == patient_id), None)
        return None if row is None else await self._go_on(row.id, row.name)

    async def _go_on(self, patient_id: str, name: str) -> Any:
        """Book for the patient where that is what they were written down for; else show them."""
        self.is_open = False
        booking = await self.get_state(NewAppointment)
        if booking.is_open:
            await booking._take(FoundPatient(patient_id, name))
            return None
        return rx.redirect(record_link(patient_id))
