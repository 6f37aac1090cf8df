"""What a doctor chooses from when registering."""

from __future__ import annotations

import reflex as rx

from appointment_app.clinics.directory import active_clinics, specialties
from appointment_app.database import get_database
from appointment_app.i18n import t
from appointment_app.states.session_state import SessionState


class PracticeChoices(SessionState):
    """Clinics and specialties as pairs of value and label."""

    clinics: list[list[str]] = []
    specialties: list[list[str]] = []

    @rx.event
    async def load(self) -> None:
        """Read the choices."""
        async with get_database().session() as session:
            clinics = await active_clinics(session)
            fields = await specialties(session)
        self.clinics = [
            ["", t("Please choose")],
            *([choice.value, choice.label] for choice in clinics),
        ]
        self.specialties = [[choice.value, choice.label] for choice in fields]
