"""The clinics that take part, as everybody may find them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, require
from appointment_app.errors import NotFound
from appointment_app.models import Clinic, row_id
from appointment_app.scheduling.doctors import ClinicView, view_clinic
from appointment_app.scheduling.near import Near, load_distances
from appointment_app.texts import search_word

_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class ClinicQuery:
    """What a visitor looks for; an empty field leaves all.

    ``words`` match the name, the postcode or the city; ``city`` and ``postcode`` are exact. What is
    ``near`` a position comes by name too, or ``nearest_first``.
    """

    words: str = ""
    city: str = ""
    postcode: str = ""
    near: Near | None = None
    nearest_first: bool = False


@dataclass(frozen=True, slots=True)
class FoundClinic:
    """A clinic, and how many kilometres it is to it where a position was given."""

    clinic: ClinicView
    kilometres: float | None


async def find_clinics(
    session: AsyncSession, actor: Actor, query: ClinicQuery, *, limit: int = 20, offset: int = 0
) -> list[FoundClinic]:
    """Return the active clinics of ``query``, by name or, when it says so, the nearest first."""
    require(actor, Action.FIND_DOCTORS)
    statement = select(Clinic).where(col(Clinic.active))
    for word in query.words.split()[:_MOST_WORDS]:
        statement = statement.where(
            col(Clinic.search_name).contains(search_word(word), autoescape=True)
        )
    if query.city:
        statement = statement.where(Clinic.city == query.city)
    if query.postcode:
        statement = statement.where(Clinic.postcode == query.postcode)
    distances: dict[int, float] = {}
    if query.near is not None:
        distances = await load_distances(session, query.near)
        statement = statement.where(col(Clinic.id).in_(distances))
    by_name = statement.order_by(col(Clinic.name), col(Clinic.id))
    if query.near is not None and query.nearest_first:
        # The clinics of a circle are few rows; those equally far stay by name.
        found = sorted(await session.exec(by_name), key=lambda each: distances[row_id(each)])
        page = found[offset : offset + limit]
    else:
        page = list(await session.exec(by_name.limit(limit).offset(offset)))
    return [FoundClinic(view_clinic(each), distances.get(row_id(each))) for each in page]


async def get_clinic(session: AsyncSession, actor: Actor, clinic_id: UUID) -> ClinicView:
    """Return an active clinic; raises ``NotFound``."""
    require(actor, Action.FIND_DOCTORS)
    by_id = select(Clinic).where(Clinic.public_id == clinic_id, col(Clinic.active))
    clinic = (await session.exec(by_id)).first()
    if clinic is None:
        raise NotFound
    return view_clinic(clinic)
