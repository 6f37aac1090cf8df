"""What a doctor unfolds of a patient beside an appointment: allergies first."""

from __future__ import annotations

import reflex as rx

from appointment_app.accounts import profiles
from appointment_app.database import get_database
from appointment_app.errors import NotFound
from appointment_app.states.address import public_id
from appointment_app.states.profile_words import PatientWords, patient_in_words
from appointment_app.states.session_state import SessionState, refusals_shown


class PatientPanel(SessionState):
    """The patient of one appointment, as far as whoever looks may see them."""

    patient: PatientWords = PatientWords()
    appointment: str = ""  # whose patient is shown; empty when folded

    @rx.event
    @refusals_shown
    async def unfold(self, appointment_id: str) -> None:
        """Show the patient of an appointment; the look is on record."""
        key = public_id(appointment_id)
        if key is None:
            raise NotFound
        actor = await self._actor()
        async with get_database().session() as session:
            found = await profiles.view_patient_of(session, actor, key)
        self.patient, self.appointment = patient_in_words(found), str(key)

    @rx.event
    async def fold(self) -> None:
        """Show no patient any more."""
        self.patient, self.appointment = PatientWords(), ""
