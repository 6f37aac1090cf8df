"""A doctor's visit types: what patients book. A change never rewrites what was booked before."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.database import transactional
from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.i18n import t
from appointment_app.models import VisitMode, VisitType, row_id
from appointment_app.scheduling import locks
from appointment_app.texts import fit

NAME_LIMIT = 80
LINK_LIMIT = 500
SHORTEST, LONGEST = 5, 480
LONGEST_PAUSE = 240
MAX_VISIT_TYPES = 50


@dataclass(frozen=True, slots=True)
class VisitTypeDraft:
    """A visit type as somebody fills it in; durations and pauses in minutes."""

    name: str
    duration: int
    mode: VisitMode = VisitMode.IN_PERSON
    join_link: str = ""
    needs_confirmation: bool = False
    pause_before: int = 0
    pause_after: int = 0


@dataclass(frozen=True, slots=True)
class VisitTypeItem:
    """A stored visit type; ``last_active`` when patients could book nothing without it."""

    id: UUID
    draft: VisitTypeDraft
    active: bool
    last_active: bool
    version: int


async def list_visit_types(session: AsyncSession, actor: Actor) -> list[VisitTypeItem]:
    """Return the visit types of the actor, a doctor, in the order in which patients see them.

    Raises ``LoginRequired`` or ``Forbidden`` when the actor is no doctor.
    """
    doctor_id = _doctor(actor)
    rows = await _ordered(session, doctor_id)
    active = sum(row.active for row in rows)
    return [
        VisitTypeItem(
            id=row.public_id,
            draft=_draft_of(row),
            active=row.active,
            last_active=row.active and active == 1,
            version=row.version,
        )
        for row in rows
    ]


@transactional
async def create(session: AsyncSession, actor: Actor, draft: VisitTypeDraft) -> UUID:
    """Add a visit type, active and last in the order; returns its public id.

    Raises ``Invalid`` by the names of ``VisitTypeDraft``.
    """
    doctor_id = _doctor(actor)
    await locks.lock_doctor(session, doctor_id)
    rows = await _ordered(session, doctor_id)
    if len(rows) >= MAX_VISIT_TYPES:
        sentence = t("You have {limit} visit types; that is the most.", limit=MAX_VISIT_TYPES)
        raise Invalid({"name": sentence})
    draft = _sound(draft, rows)
    row = VisitType(
        doctor_id=doctor_id,
        name=draft.name,
        duration=draft.duration,
        mode=draft.mode,
        position=max((other.position for other in rows), default=-1) + 1,
    )
    _write(row, draft)
    session.add(row)
    await session.flush()
    _audit(session, actor, row, "created", ())
    return row.public_id


@transactional
async def edit(
    session: AsyncSession,
    actor: Actor,
    visit_type_id: UUID,
    draft: VisitTypeDraft,
    *,
    version: int,
) -> int:
    """Change a visit type; returns its new version. Appointments keep what was agreed.

    Raises ``NotFound``, ``Forbidden``, ``StaleVersion``, and ``Invalid`` by field.
    """
    row = await _locked(session, actor, visit_type_id, version)
    others = [other for other in await _ordered(session, row.doctor_id) if other.id != row.id]
    changed = _write(row, _sound(draft, others))
    return _changed(session, actor, row, "changed", changed)


@transactional
async def set_active(
    session: AsyncSession, actor: Actor, visit_type_id: UUID, active: bool, *, version: int
) -> int:
    """Offer a visit type to patients, or no longer; returns its new version.

    The last active one may go too: then patients cannot book, and the page says so first.
    Raises ``NotFound``, ``Forbidden``, ``StaleVersion``.
    """
    row = await _locked(session, actor, visit_type_id, version)
    row.active = active
    return _changed(session, actor, row, "activated" if active else "deactivated", ["active"])


@transactional
async def move(session: AsyncSession, actor: Actor, visit_type_id: UUID, *, by: int) -> None:
    """Move a visit type ``by`` places down (up when negative), at most to the end of the list.

    The first active one is what a doctor's card offers. Raises ``NotFound``, ``Forbidden``.
    """
    row = await _locked(session, actor, visit_type_id, None)
    rows = await _ordered(session, row.doctor_id)
    rows.remove(row)
    place = sum(_order(other) < _order(row) for other in rows)
    rows.insert(max(0, min(len(rows), place + by)), row)
    for position, other in enumerate(rows):
        if other.position != position:
            other.position = position
            session.add(other)
    _audit(session, actor, row, "moved", ("position",))


def _doctor(actor: Actor) -> int:
    require(actor, Action.EDIT_VISIT_TYPES, Record(doctor_id=actor.doctor_id))
    if actor.doctor_id is None:
        raise NotFound
    return actor.doctor_id


async def _ordered(session: AsyncSession, doctor_id: int) -> list[VisitType]:
    statement = select(VisitType).where(VisitType.doctor_id == doctor_id)
    by_place = statement.order_by(col(VisitType.position), col(VisitType.id))
    return list(await session.exec(by_place))


def _order(row: VisitType) -> tuple[int, int]:
    return row.position, row_id(row)


async def _locked(
    session: AsyncSession, actor: Actor, visit_type_id: UUID, version: int | None
) -> VisitType:
    """Return the visit type as it stands once nobody else changes its doctor's calendar."""
    owner = select(VisitType.doctor_id).where(VisitType.public_id == visit_type_id)
    doctor_id = (await session.exec(owner)).first()
    if doctor_id is None:
        _doctor(actor)
        raise NotFound
    require(actor, Action.EDIT_VISIT_TYPES, Record(doctor_id=doctor_id))
    await locks.lock_doctor(session, doctor_id)
    by_id = select(VisitType).where(VisitType.public_id == visit_type_id)
    row = (await session.exec(by_id)).one()
    if version is not None and row.version != version:
        raise StaleVersion
    return row


def _draft_of(row: VisitType) -> VisitTypeDraft:
    return VisitTypeDraft(
        name=row.name,
        duration=row.duration,
        mode=row.mode,
        join_link=row.join_link,
        needs_confirmation=row.needs_confirmation,
        pause_before=row.pause_before,
        pause_after=row.pause_after,
    )


def _sound(draft: VisitTypeDraft, others: list[VisitType]) -> VisitTypeDraft:
    """Return ``draft`` trimmed; raises ``Invalid`` with a sentence for each wrong field."""
    name, link = " ".join(fit(draft.name).split()), draft.join_link.strip()
    video = draft.mode is VisitMode.VIDEO
    errors = {
        "name": _name_error(name, others),
        "duration": _minutes_error(draft.duration, SHORTEST, LONGEST),
        "join_link": _link_error(link) if video else "",
        "pause_before": _minutes_error(draft.pause_before, 0, LONGEST_PAUSE),
        "pause_after": _minutes_error(draft.pause_after, 0, LONGEST_PAUSE),
    }
    if wrong := {field: sentence for field, sentence in errors.items() if sentence}:
        raise Invalid(wrong)
    return VisitTypeDraft(
        name=name,
        duration=draft.duration,
        mode=draft.mode,
        join_link=link if video else "",
        needs_confirmation=draft.needs_confirmation,
        pause_before=draft.pause_before,
        pause_after=draft.pause_after,
    )


def _name_error(name: str, others: list[VisitType]) -> str:
    if not name:
        return t("Please give the visit a name.")
    if len(name) > NAME_LIMIT:
        return t("Please use at most {limit} characters.", limit=NAME_LIMIT)
    if any(other.name.casefold() == name.casefold() for other in others):
        return t("You already have a visit type of this name.")
    return ""


def _minutes_error(minutes: int, least: int, most: int) -> str:
    if least <= minutes <= most:
        return ""
    return t("Please give {least} to {most} minutes.", least=least, most=most)


def _link_error(link: str) -> str:
    """Return what is wrong with an address that patients and doctor will open."""
    if not link:
        return t("Please give the link at which you meet the patient.")
    if len(link) > LINK_LIMIT:
        return t("Please use at most {limit} characters.", limit=LINK_LIMIT)
    try:
        parts = urlsplit(link)
        sound = parts.scheme == "https" and bool(parts.hostname) and not parts.username
    except ValueError:
        sound = False
    if not sound or not link.isprintable() or " " in link:
        return t("Please give a link that begins with https://")
    return ""


def _write(row: VisitType, draft: VisitTypeDraft) -> list[str]:
    """Write ``draft`` into ``row``; return the names of the fields that changed."""
    changed = []
    for field in VisitTypeDraft.__slots__:
        value = getattr(draft, field)
        if getattr(row, field) != value:
            setattr(row, field, value)
            changed.append(field)
    return changed


def _changed(
    session: AsyncSession, actor: Actor, row: VisitType, deed: str, fields: list[str]
) -> int:
    row.version += 1
    session.add(row)
    _audit(session, actor, row, deed, fields)
    return row.version


def _audit(
    session: AsyncSession,
    actor: Actor,
    row: VisitType,
    deed: str,
    fields: tuple[str, ...] | list[str],
) -> None:
    audit.record(
        session,
        actor,
        f"visit_type.{deed}",
        record_type="visit_type",
        record_id=row_id(row),
        fields=fields,
    )
