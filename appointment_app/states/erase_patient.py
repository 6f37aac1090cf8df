"""Erasing a patient who asked for it on paper or by telephone, after their number was typed."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.database import get_database
from appointment_app.errors import DomainError, Forbidden, LoginRequired, NotFound
from appointment_app.i18n import t
from appointment_app.privacy.erasure import erase_for_patient
from appointment_app.states.address import public_id
from appointment_app.states.patient_record import PatientRecordPage
from appointment_app.states.patients import ROUTE
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast


class ErasePatient(SessionState):
    """The dialog about the patient whose page is shown; the service decides who may."""

    is_open: bool = False
    opened: int = 0  # makes the fields of each opening fresh ones
    errors: dict[str, str] = {}
    problem: str = ""

    _patient: str = ""

    @rx.event
    async def ask(self) -> None:
        """Ask once more, for the number of the patient."""
        self._patient = (await self.get_state(PatientRecordPage)).patient.id
        self.errors, self.problem = {}, ""
        self.opened += 1
        self.is_open = True

    @rx.event
    async def close(self) -> None:
        """Erase nobody."""
        self.is_open = False

    @rx.event
    @refusals_shown
    async def erase(self, typed: dict[str, Any]) -> Any:
        """Erase the patient, and lead back to the list."""
        if not self.is_open:  # the second of two quick clicks
            return None
        key, actor = public_id(self._patient), await self._actor()
        if key is None:
            raise NotFound
        self.errors, self.problem = {}, ""
        try:
            async with get_database().session() as session:
                is_told = await erase_for_patient(
                    session,
                    actor,
                    key,
                    typed_number=str(typed.get("typed_number", ""))[:100],
                    cancels_appointments=bool(typed.get("cancel_appointments")),
                )
        except (LoginRequired, Forbidden, NotFound):
            raise
        except DomainError as refusal:
            if refusal.field:
                self.errors = {refusal.field: refusal.sentence}
            else:
                self.problem = refusal.sentence
            return None
        self.is_open = False
        said = (
            t("Erased. A last letter says what had to be kept.")
            if is_told
            else t("Erased. There was no mail address: tell the patient yourself.")
        )
        return [rx.redirect(ROUTE), toast(said, "good" if is_told else "note")]
