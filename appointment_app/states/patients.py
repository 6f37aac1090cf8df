"""The list in which staff find a patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from appointment_app.accounts.contact_details import show_phone
from appointment_app.accounts.patients import KnownPatient
from appointment_app.database import get_database
from appointment_app.errors import Forbidden, NotFound
from appointment_app.i18n import format_date
from appointment_app.scheduling import patient_records
from appointment_app.states.address import address, public_id, typed_text
from appointment_app.states.front_desk import PATIENT as RECORD
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.texts import number_in_groups

ROUTE = "/patients"


@dataclass(frozen=True)
class PatientRow:
    """Just enough to tell one patient from another."""

    id: str = ""
    name: str = ""
    born: str = ""
    number: str = ""
    phone: str = ""
    href: str = ""
    is_active: bool = True


@dataclass(frozen=True)
class PatientsChoice:
    """A clinic that can be chosen."""

    name: str
    href: str
    chosen: bool


class Patients(SessionState):
    """Those of the clinic that the address names, who are what was typed."""

    clinics: list[PatientsChoice] = []
    clinic: str = ""
    rows: list[PatientRow] = []
    has_more: bool = False
    is_searched: bool = False
    can_create: bool = False
    is_loaded: bool = False
    is_missing: bool = False
    refusal: str = ""

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the patients to staff, and a sentence to anybody else who is logged in."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        self.refusal, self.is_missing = "", False
        try:
            await self._read("")
        except Forbidden as error:
            self.refusal, self.rows = error.sentence, []
        except NotFound:
            self.is_missing, self.rows = True, []
        self.is_loaded = True
        return None

    @rx.event
    @refusals_shown
    async def find(self, typed: str) -> None:
        """List those of that name, birth date, number or telephone number."""
        await self._read(typed_text(typed))

    async def _read(self, typed: str) -> None:
        asked = self.router.url.query_parameters.get("clinic", "")
        clinic_id = public_id(asked)
        if asked and clinic_id is None:
            raise NotFound
        actor = await self._actor()
        async with get_database().session() as session:
            found = await patient_records.list_patients(session, actor, clinic_id, typed)
        self.clinics = [
            PatientsChoice(each.name, address(ROUTE, clinic=each.id), each == found.clinic)
            for each in found.clinics
        ]
        self.clinic = str(found.clinic.id) if found.clinic else ""
        self.can_create = found.clinic is not None
        self.rows = [patient_row(each) for each in found.patients]
        self.has_more, self.is_searched = found.has_more, bool(typed)


def patient_row(patient: KnownPatient) -> PatientRow:
    """Return a patient worded for a list."""
    return PatientRow(
        id=str(patient.id),
        name=patient.name,
        born=format_date(patient.birth_date, "d MMMM y") if patient.birth_date else "",
        number=number_in_groups(patient.number),
        phone=show_phone(patient.phone),
        href=address(RECORD, id=patient.id),
        is_active=patient.active,
    )
