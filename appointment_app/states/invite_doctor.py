"""An administrator invites a doctor, who then need not register and be approved."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.accounts.errors import LicenceKnown
from appointment_app.clinics import inviting_doctors
from appointment_app.clinics.inviting_doctors import InvitedDoctor
from appointment_app.database import get_database
from appointment_app.errors import Invalid
from appointment_app.i18n import t
from appointment_app.states.address import public_id
from appointment_app.states.admin_doctors import AdminDoctors
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast

_LONGEST = 300


class InviteDoctor(SessionState):
    """The dialog; its fields are the browser's until they are sent, and stay after a refusal."""

    is_open: bool = False
    opened: int = 0  # makes the fields of each opening fresh ones
    clinics: list[list[str]] = []
    specialties: list[list[str]] = []
    errors: dict[str, str] = {}

    @rx.event
    @refusals_shown
    async def open(self) -> None:
        """Open the dialog with the clinics that the actor administers."""
        actor = await self._actor()
        async with get_database().session() as session:
            found = await inviting_doctors.list_choices(session, actor)
        clinics = [[each.value, each.label] for each in found.clinics]
        # Where there is only one, it is that one.
        self.clinics = clinics if len(clinics) == 1 else [["", t("Please choose")], *clinics]
        self.specialties = [[f"specialty-{each.value}", each.label] for each in found.specialties]
        self.errors = {}
        self.opened += 1
        self.is_open = True

    @rx.event
    async def close(self) -> None:
        """Close the dialog; nobody is invited."""
        self.is_open = False

    @rx.event
    @refusals_shown
    async def submit(self, typed: dict[str, Any]) -> Any:
        """Invite whom the form describes, and have them told by mail."""
        if not self.is_open:  # the second of two quick clicks
            return None
        actor, wanted, self.errors = await self._actor(), self._wanted(typed), {}
        try:
            async with get_database().session() as session:
                await inviting_doctors.invite_doctor(session, actor, wanted)
        except Invalid as invalid:
            self.errors = invalid.errors
            return None
        except LicenceKnown as known:
            self.errors = {"licence_number": known.sentence}
            return None
        self.is_open = False
        await (await self.get_state(AdminDoctors))._read()
        return toast(t("Invited. We have sent a mail to {email}.", email=wanted.email.strip()))

    def _wanted(self, typed: dict[str, Any]) -> InvitedDoctor:
        def text(name: str) -> str:
            return str(typed.get(name) or "")[:_LONGEST]

        names = [name for name, _ in self.specialties]
        return InvitedDoctor(
            email=text("email"),
            given_name=text("given_name"),
            family_name=text("family_name"),
            licence_number=text("licence_number"),
            specialties=[name.removeprefix("specialty-") for name in names if typed.get(name)],
            clinic_id=public_id(typed.get("clinic")),
        )
