"""The list in which an administrator approves and refuses doctors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from appointment_app import clock
from appointment_app.clinics import inviting_doctors, onboarding
from appointment_app.clinics.onboarding import Application
from appointment_app.database import get_database
from appointment_app.errors import Invalid, NotFound
from appointment_app.i18n import format_date, format_moment, t
from appointment_app.states.address import public_id
from appointment_app.states.invited_again import tell_whether_mailed
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.toasts import toast


@dataclass(frozen=True)
class Row:
    """One doctor, worded for the list."""

    doctor: str = ""
    name: str = ""
    licence_number: str = ""
    email: str = ""
    email_verified: bool = False
    specialties: str = ""
    clinics: str = ""
    registered: str = ""
    is_approved: bool = False
    reason: str = ""
    is_suspended: bool = False
    suspension: str = ""


class AdminDoctors(SessionState):
    """Doctors who wait for a decision, those decided on, and the refusal that is being written."""

    waiting: list[Row] = []
    decided: list[Row] = []
    is_loaded: bool = False
    is_forbidden: bool = False
    refused: Row = Row()
    reason_error: str = ""

    @rx.var
    def is_refusing(self) -> bool:
        """Whether the question for the reason is open."""
        return bool(self.refused.doctor)

    @rx.event
    @refusals_shown
    async def load(self) -> Any:
        """Show the lists to an administrator, and a sentence to anybody else who is logged in."""
        if (to_login := await self._require_login()) is not None:
            return to_login
        self.is_forbidden = not self.is_administrator
        if not self.is_forbidden:
            await self._read()
        self.is_loaded = True
        return None

    @rx.event
    @refusals_shown
    async def approve(self, doctor: str) -> Any:
        """Let patients see the doctor."""
        actor = await self._actor()
        async with get_database().session() as session:
            await onboarding.approve(session, actor, doctor=doctor)
        await self._read()
        return toast(t("Approved. The doctor is told by mail."))

    @rx.event
    @refusals_shown
    async def invite_again(self, doctor: str) -> Any:
        """Mail the doctor another link to choose a password."""
        actor = await self._actor()
        if (key := public_id(doctor)) is None:
            raise NotFound
        async with get_database().session() as session:
            is_mailed = await inviting_doctors.invite_again(session, actor, key)
        return tell_whether_mailed(is_mailed, t("The invitation is sent again."))

    @rx.event
    async def ask_reason(self, doctor: str) -> None:
        """Open the question for the reason of a refusal."""
        rows = [*self.waiting, *self.decided]
        self.refused = next((row for row in rows if row.doctor == doctor), Row())
        self.reason_error = ""

    @rx.event
    async def close_reason(self) -> None:
        """Close the question; nothing is decided."""
        self.refused = Row()

    @rx.event
    @refusals_shown
    async def refuse(self, form: dict[str, Any]) -> Any:
        """Keep the doctor from patients, for the reason that was typed."""
        actor = await self._actor()
        try:
            async with get_database().session() as session:
                await onboarding.refuse(
                    session, actor, doctor=self.refused.doctor, reason=str(form.get("reason", ""))
                )
        except Invalid as invalid:
            self.reason_error = invalid.sentence
            return None
        self.refused = Row()
        await self._read()
        return toast(t("Refused. The doctor is told the reason by mail."))

    async def _read(self) -> None:
        actor = await self._actor()
        async with get_database().session() as session:
            waiting = await onboarding.list_applications(session, actor, decided=False)
            decided = await onboarding.list_applications(session, actor, decided=True)
        self.waiting = [_row(application) for application in waiting]
        self.decided = [_row(application) for application in decided]


def _row(application: Application) -> Row:
    since = application.suspended_from
    return Row(
        doctor=application.public_id,
        name=application.name,
        licence_number=application.licence_number,
        email=application.email,
        email_verified=application.email_verified,
        specialties=", ".join(application.specialties),
        clinics=", ".join(application.clinics),
        registered=format_date(application.registered_at.date(), "d MMM y"),
        is_approved=application.approval == "approved",
        reason=application.reason,
        is_suspended=since is not None and since <= clock.now(),
        suspension=_suspension(application),
    )


def _suspension(application: Application) -> str:
    """Return from when until when a doctor is suspended, in words; empty when they are not."""
    since, until, zone = application.suspended_from, application.suspended_until, application.zone
    if since is None:
        return ""
    words = t("Suspended from {moment}", moment=format_moment(since, zone))
    if until is None:
        return words
    return f"{words} {t('until {moment}', moment=format_moment(until, zone))}"
