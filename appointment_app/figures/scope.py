"""Whose figures somebody may see: those of the clinics that they administer, or a doctor's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.own_clinics import clinics_where
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.errors import NotFound
from appointment_app.figures.counted import Scope
from appointment_app.figures.period import Wish
from appointment_app.models import Clinic, DoctorAtClinic, row_id
from appointment_app.scheduling.local_time import local_date


@dataclass(frozen=True, slots=True)
class ClinicChoice:
    """A clinic (public id) whose figures can be chosen."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody looks at: the ``scope``, of which clinic (None: all) of which ``choices``."""

    scope: Scope
    choices: tuple[ClinicChoice, ...]
    chosen: UUID | None
    today: date


async def of_clinics(
    session: AsyncSession, actor: Actor, clinic_id: UUID | None, wish: Wish
) -> Sight:
    """Return the sight of an administrator: one clinic (public id), or all that they administer.

    Raises ``LoginRequired``, ``Forbidden``, and ``NotFound`` for a clinic that is not theirs.
    """
    clinics = await clinics_where(session, actor, Action.VIEW_FIGURES)
    if not clinics:
        require(actor, Action.VIEW_FIGURES)
    return _sight(clinics, clinic_id, wish, None)


async def of_doctor(
    session: AsyncSession, actor: Actor, clinic_id: UUID | None, wish: Wish
) -> Sight:
    """Return the sight of a doctor: their own appointments, at one clinic or at all.

    Raises ``LoginRequired``, ``Forbidden``, and ``NotFound`` for a clinic where they never worked.
    """
    require(actor, Action.VIEW_OWN_FIGURES, Record(doctor_id=actor.own_doctor_id))
    where = select(DoctorAtClinic.clinic_id).where(DoctorAtClinic.doctor_id == actor.own_doctor_id)
    by_name = select(Clinic).where(col(Clinic.id).in_(where)).order_by(col(Clinic.name))
    return _sight(list(await session.exec(by_name)), clinic_id, wish, actor.own_doctor_id)


def _sight(
    clinics: list[Clinic], clinic_id: UUID | None, wish: Wish, doctor_id: int | None
) -> Sight:
    seen = [each for each in clinics if clinic_id in {None, each.public_id}]
    if not seen and clinic_id is not None:
        raise NotFound
    # Clinics in several zones may have two dates at a time: presets go by the first one's.
    today = local_date(seen[0].zone if seen else "UTC", clock.now())
    zones = {row_id(each): each.zone for each in seen}
    return Sight(
        Scope(zones, wish.period(today), doctor_id),
        tuple(ClinicChoice(each.public_id, each.name) for each in clinics),
        clinic_id,
        today,
    )
