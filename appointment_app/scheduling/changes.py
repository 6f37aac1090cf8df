"""What all changes of a stored appointment share: the lock, the audit event, the message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import outbox
from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.contact import MailContact, mail_contacts
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.errors import LoginRequired, NotFound
from appointment_app.live.keys import doctor_key, person_key
from appointment_app.live.publishing import note
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    MessageKind,
    row_id,
)
from appointment_app.scheduling import locks
from appointment_app.scheduling.errors import (
    TextTooLong,
)
from appointment_app.texts import fit

Values = Mapping[str, str]
NO_VALUES: Values = {}


def fitting_text(typed: str, field: str, limit: int) -> str:
    """Return ``typed`` as it is stored; raises ``TextTooLong``."""
    text = fit(typed)
    if len(text) > limit:
        raise TextTooLong(field, limit)
    return text


async def lock_appointment(
    session: AsyncSession,
    actor: Actor,
    appointment_id: UUID,
    action: Action,
    *,
    frees_time: bool = True,
) -> Appointment:
    """Return the appointment as it stands once nobody else changes its doctor's calendar.

    Say when what is done to it never ``frees_time``: then what is known of free times stays.
    """
    if not actor.is_somebody:
        raise LoginRequired
    by_id = select(Appointment).where(Appointment.public_id == appointment_id)
    appointment = (await session.exec(by_id)).first()
    if appointment is None:
        raise NotFound
    require(
        actor,
        action,
        Record(appointment.person_id, appointment.doctor_id, appointment.clinic_id),
    )
    await locks.lock_doctor(session, appointment.doctor_id, frees_time=frees_time)
    await session.refresh(appointment)
    return appointment


def move_status(
    session: AsyncSession,
    actor: Actor,
    appointment: Appointment,
    status: AppointmentStatus,
    *,
    before: Values = NO_VALUES,
    after: Values = NO_VALUES,
) -> None:
    """Give a locked appointment another status, and record it with what else it changed."""
    appointment.status = status
    appointment.version += 1
    session.add(appointment)
    record_deed(session, actor, appointment, status.value, ("status",), before=before, after=after)


def record_deed(
    session: AsyncSession,
    actor: Actor,
    appointment: Appointment,
    deed: str,
    fields: tuple[str, ...],
    *,
    before: Values = NO_VALUES,
    after: Values = NO_VALUES,
) -> None:
    """Append the audit event of a deed done to an appointment, and have its pages told.

    ``before`` and ``after`` are what was written about the patient, which is kept encrypted.
    """
    note(session, doctor_key(appointment.doctor_id))
    note(session, person_key(appointment.person_id))
    audit.record(
        session,
        actor,
        f"appointment.{deed}",
        record_type="appointment",
        record_id=row_id(appointment),
        fields=fields,
        person_id=appointment.person_id,
        clinic_id=appointment.clinic_id,
        before=before,
        after=after,
    )


async def tell_patient(
    session: AsyncSession, appointment: Appointment, kind: MessageKind, **payload: int
) -> None:
    """Put a mail to the patient, or to each of their guardians, into the outbox.

    ``payload`` is what the letter of this kind names besides the appointment.
    """
    contacts = await mail_contacts(session, appointment.person_id)
    tell(session, contacts, appointment, kind, **payload)


def tell(
    session: AsyncSession,
    contacts: Sequence[MailContact],
    appointment: Appointment,
    kind: MessageKind,
    **payload: int,
) -> None:
    """Put a mail about an appointment to each of the ``contacts`` into the outbox."""
    _enqueue(session, contacts, appointment, kind, {"appointment_id": appointment.id, **payload})


def tell_of_series(
    session: AsyncSession,
    contacts: Sequence[MailContact],
    appointments: Sequence[Appointment],
    kind: MessageKind,
) -> None:
    """Put one mail about several appointments to each of the ``contacts`` into the outbox."""
    payload = {"appointment_ids": [row_id(each) for each in appointments]}
    _enqueue(session, contacts, appointments[0], kind, payload)


def _enqueue(
    session: AsyncSession,
    contacts: Sequence[MailContact],
    appointment: Appointment,
    kind: MessageKind,
    payload: dict[str, Any],
) -> None:
    for place, contact in enumerate(contacts):
        key = f"{appointment.public_id}:{appointment.version}"
        outbox.enqueue(
            session,
            kind,
            recipient=contact.email,
            locale=contact.language,
            key=f"{key}:{place}" if place else key,
            payload=payload,
        )
