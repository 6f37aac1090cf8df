"""Keeping a patient's record in order: the link to claim it, in use or not, two that are one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.errors import DomainError, LoginRequired, NotFound
from appointment_app.i18n import t
from appointment_app.scheduling import claiming, keeping_patients, patient_records
from appointment_app.states.address import public_id, typed_text
from appointment_app.states.patient_record import PatientRecordPage
from appointment_app.states.patients import PatientRow, patient_row
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast


class KeepPatient(SessionState):
    """What is done to the record of the patient whose page is shown."""

    is_merging: bool = False
    opened: int = 0  # makes the field of each opening a fresh one
    found: list[PatientRow] = []
    chosen: PatientRow = PatientRow()
    problem: str = ""

    _patient: str = ""
    _clinic: UUID | None = None

    @rx.event
    @refusals_shown
    async def send_link(self) -> Any:
        """Mail the patient a link to claim the record."""
        key, actor = await self._shown(), await self._actor()
        async with get_database().session() as session:
            address = await claiming.send_claim_link(session, actor, key)
        return toast(t("We have sent a link to {email}.", email=address))

    @rx.event
    @refusals_shown
    async def deactivate(self) -> Any:
        """Take the patient out of use."""
        return await self._set_active(active=False)

    @rx.event
    @refusals_shown
    async def activate(self) -> Any:
        """Take the patient into use again."""
        return await self._set_active(active=True)

    @rx.event
    @refusals_shown
    async def ask_merge(self) -> None:
        """Ask which other record is of the same patient."""
        page = await self.get_state(PatientRecordPage)
        self._patient, self._clinic = page.patient.id, page._clinic
        self.found, self.chosen, self.problem = [], PatientRow(), ""
        self.opened += 1
        self.is_merging = True

    @rx.event
    @refusals_shown
    async def find(self, typed: str) -> None:
        """List the other patients who are what was typed."""
        actor, text = await self._actor(), typed_text(typed)
        async with get_database().session() as session:
            found = await patient_records.list_patients(session, actor, self._clinic, text)
        others = [each for each in found.patients if str(each.id) != self._patient and each.active]
        self.found = [patient_row(each) for each in others] if text else []

    @rx.event
    async def choose(self, patient_id: str) -> None:
        """Take one of those who were found."""
        row = next((each for each in self.found if each.id == patient_id), None)
        if row is not None:
            self.chosen, self.found, self.problem = row, [], ""

    @rx.event
    async def close(self) -> None:
        """Merge nothing."""
        self.is_merging = False

    @rx.event
    @refusals_shown
    async def merge(self) -> Any:
        """Make one record of the two."""
        kept, other = public_id(self._patient), public_id(self.chosen.id)
        if not self.is_merging or kept is None or other is None:
            return None
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                await keeping_patients.merge(session, actor, kept, other)
        except LoginRequired:
            raise
        except DomainError as refusal:
            self.problem = refusal.sentence
            return None
        self.is_merging = False
        await self._read_anew(actor)
        return toast(t("The two records are one now."))

    @rx.event
    @refusals_shown
    async def separate(self, merge_id: str) -> Any:
        """Make two records of one again."""
        key, actor = public_id(merge_id), await self._actor()
        if key is None:
            raise NotFound
        async with get_database().session() as session:
            await keeping_patients.undo(session, actor, key)
        await self._read_anew(actor)
        return toast(t("They are two records again."))

    async def _set_active(self, *, active: bool) -> Any:
        key, actor = await self._shown(), await self._actor()
        async with get_database().session() as session:
            await keeping_patients.set_active(session, actor, key, active)
        await self._read_anew(actor)
        return toast(t("In use again.") if active else t("Not in use any more."))

    async def _shown(self) -> UUID:
        key = public_id((await self.get_state(PatientRecordPage)).patient.id)
        return key or _NOBODY

    async def _read_anew(self, actor: Actor) -> None:
        await (await self.get_state(PatientRecordPage))._read(actor)


# Whoever is shown nobody gets the answer of the service about somebody who does not exist.
_NOBODY = UUID(int=0)
