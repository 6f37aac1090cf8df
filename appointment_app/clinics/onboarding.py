"""Deciding which doctors patients may see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.clinics.doctor_record import record_of_doctor
from appointment_app.database import transactional
from appointment_app.errors import Forbidden, Invalid, NotFound
from appointment_app.i18n import t
from appointment_app.models import (
    Approval,
    Clinic,
    Doctor,
    DoctorAtClinic,
    DoctorSpecialty,
    MessageKind,
    Role,
    Specialty,
    User,
)
from appointment_app.outbox import enqueue
from appointment_app.texts import fit

MAXIMUM_REASON = 500


@dataclass(frozen=True, slots=True)
class Application:
    """A doctor as the one who decides sees them.

    ``suspended_from`` (UTC) is None without a suspension that holds or is ahead, and
    ``suspended_until`` says when it ends; ``zone`` is a clinic's.
    """

    public_id: str
    name: str
    email: str
    email_verified: bool
    licence_number: str
    specialties: tuple[str, ...]
    clinics: tuple[str, ...]
    registered_at: datetime
    approval: Approval
    reason: str
    decided_at: datetime | None
    suspended_from: datetime | None
    suspended_until: datetime | None
    zone: str


async def list_applications(
    session: AsyncSession, actor: Actor, *, decided: bool, limit: int = 50, offset: int = 0
) -> list[Application]:
    """Return the doctors who wait for a decision, longest first, or the latest decided ones.

    An administrator of one clinic sees that clinic's doctors. Raises ``LoginRequired``,
    ``Forbidden``.
    """
    query = select(Doctor, User).join(User, col(User.id) == Doctor.user_id)
    clinic_ids = _own_clinics(actor)
    if clinic_ids is not None:
        at_own = select(DoctorAtClinic.doctor_id).where(
            col(DoctorAtClinic.clinic_id).in_(clinic_ids)
        )
        query = query.where(col(Doctor.id).in_(at_own))
    if decided:
        query = query.where(Doctor.approval != Approval.PENDING).order_by(
            col(Doctor.approval_decided_at).desc(), col(Doctor.id).desc()
        )
    else:
        query = query.where(Doctor.approval == Approval.PENDING).order_by(
            col(Doctor.created_at), col(Doctor.id)
        )
    rows = (await session.exec(query.limit(limit).offset(offset))).all()
    ids = [doctor.id for doctor, _ in rows]
    fields = await _names(
        session,
        select(DoctorSpecialty.doctor_id, Specialty.name)
        .join(Specialty, col(Specialty.id) == DoctorSpecialty.specialty_id)
        .where(col(DoctorSpecialty.doctor_id).in_(ids))
        .order_by(col(DoctorSpecialty.position)),
    )
    places = await _names(
        session,
        select(DoctorAtClinic.doctor_id, Clinic.name)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(col(DoctorAtClinic.doctor_id).in_(ids))
        .order_by(col(Clinic.name)),
    )
    zones = await _names(
        session,
        select(DoctorAtClinic.doctor_id, Clinic.zone)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(col(DoctorAtClinic.doctor_id).in_(ids))
        .order_by(col(DoctorAtClinic.id)),
    )
    now = clock.now()

    return [
        Application(
            public_id=str(doctor.public_id),
            name=doctor.full_name,
            email=user.email,
            email_verified=user.email_verified_at is not None,
            licence_number=doctor.licence_number,
            specialties=tuple(fields[doctor.id]),
            clinics=tuple(places[doctor.id]),
            registered_at=doctor.created_at,
            approval=doctor.approval,
            reason=doctor.approval_reason,
            decided_at=doctor.approval_decided_at,
            suspended_from=doctor.suspended_after(now),
            suspended_until=doctor.suspended_until,
            zone=next(iter(zones[doctor.id]), "UTC"),
        )
        for doctor, user in rows
    ]


async def approve(session: AsyncSession, actor: Actor, *, doctor: str) -> None:
    """Let patients see and book the doctor with this public id, who is told by mail.

    Raises ``LoginRequired``, ``Forbidden``, ``NotFound``.
    """
    await _decide(session, actor, doctor, Approval.APPROVED, "")


async def refuse(session: AsyncSession, actor: Actor, *, doctor: str, reason: str) -> None:
    """Keep the doctor with this public id from patients; the doctor is mailed the reason.

    What is booked stays booked. Raises ``Invalid`` without a reason, and as ``approve`` does.
    """
    reason = fit(reason)
    if not 1 <= len(reason) <= MAXIMUM_REASON:
        raise Invalid(
            {
                "reason": t(
                    "Please give a reason of at most {count} characters.", count=MAXIMUM_REASON
                )
            }
        )
    await _decide(session, actor, doctor, Approval.REFUSED, reason)


@transactional
async def _decide(
    session: AsyncSession, actor: Actor, doctor_public_id: str, approval: Approval, reason: str
) -> None:
    own_clinics = _own_clinics(actor)
    doctor_id = await _doctor_id(session, doctor_public_id)
    clinics = select(DoctorAtClinic.clinic_id).where(DoctorAtClinic.doctor_id == doctor_id)
    works_at = set(await session.exec(clinics))
    if own_clinics is not None and not any(
        allows(actor, Action.DECIDE_DOCTORS, Record(doctor_id=doctor_id, clinic_id=clinic_id))
        for clinic_id in works_at
    ):
        raise Forbidden
    # Raising the revision first locks the doctor, as every change of what patients see does.
    await session.exec(
        update(Doctor).where(col(Doctor.id) == doctor_id).values(revision=Doctor.revision + 1)
    )
    doctor = await session.get_one(Doctor, doctor_id, with_for_update=True)
    if doctor.approval is approval and doctor.approval_reason == reason:
        return
    before = {"approval": doctor.approval, "approval_reason": doctor.approval_reason}
    doctor.approval = approval
    doctor.approval_reason = reason
    doctor.approval_decided_at = clock.now()
    doctor.approval_decided_by = actor.user_id
    approved = approval is Approval.APPROVED
    await record_of_doctor(
        session,
        actor,
        doctor_id,
        "approved" if approved else "refused",
        before=before,
        after={"approval": approval, "approval_reason": reason},
    )
    user = await session.get_one(User, doctor.user_id)
    enqueue(
        session,
        MessageKind.DOCTOR_APPROVED if approved else MessageKind.DOCTOR_REFUSED,
        recipient=user.email,
        key=f"{doctor_id}:{doctor.revision}",
        payload={"doctor_id": doctor_id, "reason": reason},
    )


def _own_clinics(actor: Actor) -> list[int] | None:
    """Return the clinics whose doctors the actor decides on, or None for all.

    Raises ``LoginRequired``, ``Forbidden`` when there are none.
    """
    clinic_ids = [
        grant.clinic_id
        for grant in actor.grants
        if grant.role is Role.ADMINISTRATOR and grant.clinic_id is not None
    ]
    if allows(actor, Action.DECIDE_DOCTORS):
        return None
    if not clinic_ids:
        require(actor, Action.DECIDE_DOCTORS)
    return clinic_ids


async def _doctor_id(session: AsyncSession, public_id: str) -> int:
    try:
        wanted = UUID(public_id)
    except (ValueError, AttributeError, TypeError) as unreadable:
        raise NotFound from unreadable
    doctor_id = (await session.exec(select(Doctor.id).where(Doctor.public_id == wanted))).first()
    if doctor_id is None:
        raise NotFound
    return doctor_id


async def _names(session: AsyncSession, query: Any) -> dict[int | None, list[str]]:
    names: defaultdict[int | None, list[str]] = defaultdict(list)
    for doctor_id, name in await session.exec(query):
        names[doctor_id].append(name)
    return names
