"""One patient as staff see them: how to reach them, and their appointments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import reflex as rx

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.contact_details import show_phone
from appointment_app.accounts.policy import Action
from appointment_app.database import get_database
from appointment_app.errors import DomainError, Forbidden, LoginRequired, NotFound
from appointment_app.i18n import format_date, format_moment, language_name, t
from appointment_app.scheduling import brief, cancelling, patient_records
from appointment_app.scheduling.patient_records import PatientRecord, VisitOfPatient
from appointment_app.states.address import address, public_id
from appointment_app.states.front_desk import PATIENT as RECORD
from appointment_app.states.profile_words import guardians_in_words
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.told import Told, load_told, told_toast
from appointment_app.texts import number_in_groups


@dataclass(frozen=True)
class RecordWords:
    """Who it is and how they are reached."""

    id: str = ""
    name: str = ""
    number: str = ""
    born: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""
    insurance: str = ""
    is_active: bool = True
    has_account: bool = False
    can_keep: bool = False
    can_invite: bool = False
    can_erase: bool = False
    guardians: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class MergeRow:
    """A record that went into this one."""

    id: str = ""
    name: str = ""


@dataclass(frozen=True)
class VisitRow:
    """An appointment of theirs."""

    id: str = ""
    when: str = ""
    what: str = ""
    status: str = ""
    can_move: bool = False
    can_cancel: bool = False


class PatientRecordPage(SessionState):
    """The patient whom the address names, and the question before a visit is cancelled."""

    patient: RecordWords = RecordWords()
    upcoming: list[VisitRow] = []
    past: list[VisitRow] = []
    merges: list[MergeRow] = []
    is_loaded: bool = False
    is_missing: bool = False

    is_asking: bool = False
    asked_about: str = ""
    asked_told: Told = Told()
    reason_error: str = ""
    problem: str = ""

    _asked: str = ""
    _clinic: UUID | None = None

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the patient to staff who may see them."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        self.is_asking, self.is_missing = False, False
        try:
            await self._read(await self._actor())
        except (NotFound, Forbidden):
            self.is_missing, self.patient, self.upcoming, self.past = True, RecordWords(), [], []
        self.is_loaded = True
        return None

    @rx.event
    @refusals_shown
    async def ask_cancel(self, appointment_id: str) -> None:
        """Ask why an appointment is cancelled."""
        key, actor = public_id(appointment_id), await self._actor()
        if key is None:
            raise NotFound
        async with get_database().session() as session:
            found = await brief.load_brief(session, actor, key, Action.CANCEL_APPOINTMENT)
        self._asked, self.asked_told = str(found.id), await load_told(actor, found.id)
        self.asked_about = t(
            "{visit}, {moment}",
            visit=found.visit,
            moment=format_moment(found.starts_at, found.zone),
        )
        self.reason_error = self.problem = ""
        self.is_asking = True

    @rx.event
    async def keep(self) -> None:
        """Cancel nothing."""
        self.is_asking = False

    @rx.event
    @refusals_shown
    async def cancel(self, typed: dict[str, Any]) -> Any:
        """Cancel what the question is about; the patient is told the reason."""
        key = public_id(self._asked)
        if not self.is_asking or key is None:
            return None
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                await cancelling.cancel(
                    session, actor, key, reason=str(typed.get("cancel_reason") or "")
                )
        except LoginRequired:
            raise
        except DomainError as refusal:
            is_reason = refusal.field == "cancel_reason"
            self.reason_error = refusal.sentence if is_reason else ""
            self.problem = "" if is_reason else refusal.sentence
            return None
        self.is_asking = False
        await self._read(actor)
        return await told_toast(actor, key, t("Cancelled."))

    async def _read(self, actor: Actor) -> None:
        key = public_id(self.router.url.query_parameters.get("id", ""))
        if key is None:
            raise NotFound
        async with get_database().session() as session:
            found = await patient_records.load_patient(session, actor, key)
        self.patient, self._clinic = _words(found), found.clinic_id
        self.upcoming = [_row(each) for each in found.upcoming]
        self.past = [_row(each) for each in found.past]
        self.merges = [
            MergeRow(str(each.id), f"{each.name}, {number_in_groups(each.number)}")
            for each in found.merges
        ]


def record_link(person_id: object) -> str:
    """Return the address of a patient's page for staff."""
    return address(RECORD, id=person_id)


def _words(found: PatientRecord) -> RecordWords:
    view = found.view
    return RecordWords(
        id=str(view.person_id),
        name=view.name,
        number=number_in_groups(found.number),
        born=format_date(view.birth_date, "d MMMM y") if view.birth_date else "",
        phone=show_phone(view.phone),
        email=found.email,
        language=language_name(view.language),
        insurance=" · ".join(filter(None, (view.insurance_provider, view.insurance_number))),
        is_active=found.active,
        has_account=found.has_account,
        can_keep=found.can_keep,
        can_erase=found.can_erase,
        guardians=guardians_in_words(view),
        can_invite=found.can_keep and found.active and bool(found.email) and not found.has_account,
    )


def _row(visit: VisitOfPatient) -> VisitRow:
    return VisitRow(
        id=str(visit.id),
        when=format_moment(visit.starts_at, visit.zone),
        what=" · ".join((visit.visit, visit.doctor, visit.clinic)),
        status=visit.status.value,
        can_move=visit.can_move,
        can_cancel=visit.can_cancel,
    )
