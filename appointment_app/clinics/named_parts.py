"""What rooms, devices and departments have in common: parts of a clinic that have a name.

The clinic's administrators add, rename and retire them; nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.i18n import t
from appointment_app.models import Clinic, Department, Resource, row_id
from appointment_app.texts import fit

NAME_LIMIT = 80
_NOTHING: Mapping[str, Any] = {}

Part = TypeVar("Part", Department, Resource)


async def find_clinic(
    session: AsyncSession, actor: Actor, clinic_id: UUID, action: Action, *, lock: bool = False
) -> Clinic:
    """Return the clinic (public id), with ``lock`` once nobody else changes what it has.

    Raises ``NotFound``, ``LoginRequired``, and ``Forbidden`` for who may not do ``action`` there.
    """
    by_id = select(Clinic).where(Clinic.public_id == clinic_id)
    clinic = (await session.exec(by_id.with_for_update(key_share=True) if lock else by_id)).first()
    require(actor, action, Record(clinic_id=clinic.id if clinic else None))
    if clinic is None:
        raise NotFound
    return clinic


async def find_part(
    session: AsyncSession,
    actor: Actor,
    kind: type[Part],
    part_id: UUID,
    action: Action,
    *,
    version: int,
) -> Part:
    """Return a part of a clinic (public id) as it stands once nobody else takes or changes it.

    Raises ``StaleVersion`` when ``version`` is not the one it has, ``NotFound``,
    ``LoginRequired``, and ``Forbidden`` for who may not do ``action`` at its clinic.
    """
    by_id = select(kind).where(col(kind.public_id) == part_id).with_for_update(key_share=True)
    part = (await session.exec(by_id)).first()
    require(actor, action, Record(clinic_id=part.clinic_id if part else None))
    if part is None:
        raise NotFound
    if part.version != version:
        raise StaleVersion
    return part


async def parts_of_clinic(session: AsyncSession, kind: type[Part], clinic_id: int) -> list[Part]:
    """Return all parts of one kind that a clinic (internal id) has, those not in use too."""
    return list(await session.exec(select(kind).where(col(kind.clinic_id) == clinic_id)))


async def other_parts(session: AsyncSession, part: Part) -> list[Part]:
    """Return the parts of the same kind that its clinic has besides ``part``."""
    all_of_them = await parts_of_clinic(session, type(part), part.clinic_id)
    return [each for each in all_of_them if each.id != part.id]


def require_fewer_than(most: int, parts: Sequence[Part]) -> None:
    """Raise ``Invalid`` for the field ``name`` when the clinic has ``most`` parts already."""
    if len(parts) >= most:
        sentence = t("This clinic has {limit} already; that is the most.", limit=most)
        raise Invalid({"name": sentence})


def sound_name(typed: str, *, missing: str, is_taken: Callable[[str], bool]) -> str:
    """Return a name as it is kept, without superfluous spaces.

    Raises ``Invalid`` for the field ``name`` when it is empty, with the sentence ``missing``, too
    long, or another part's already.
    """
    name = " ".join(fit(typed).split())
    sentence = ""
    if not name:
        sentence = missing
    elif len(name) > NAME_LIMIT:
        sentence = t("Please use at most {limit} characters.", limit=NAME_LIMIT)
    elif is_taken(name):
        sentence = t("This clinic already has one of this name.")
    if sentence:
        raise Invalid({"name": sentence})
    return name


def record_of_part(
    session: AsyncSession,
    actor: Actor,
    part: Department | Resource,
    deed: str,
    *,
    before: Mapping[str, Any] = _NOTHING,
    after: Mapping[str, Any] = _NOTHING,
) -> None:
    """Write into the record what was done to a part of a clinic, and the values it changed."""
    kind = "department" if isinstance(part, Department) else "resource"
    audit.record(
        session,
        actor,
        f"{kind}.{deed}",
        record_type=kind,
        record_id=row_id(part),
        clinic_id=part.clinic_id,
        before=before,
        after=after,
    )
