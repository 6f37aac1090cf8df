"""Where a person is reached by mail: at their own account or at a guardian's."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import Guardianship, Person, User


@dataclass(frozen=True, slots=True)
class MailContact:
    """An address and the language (ISO 639-1) in which its owner reads."""

    email: str
    language: str


async def mail_contact(session: AsyncSession, person_id: int) -> MailContact | None:
    """Return where to write about ``person_id``, or None when they have no address."""
    guardians = select(Guardianship.guardian_id).where(Guardianship.dependent_id == person_id)
    statement = (
        select(User.email, Person.language)
        .join(Person, col(Person.user_id) == User.id)
        .where(
            col(User.active),
            or_(Person.id == person_id, col(Person.id).in_(guardians)),
        )
        # The person's own account comes before a guardian's.
        .order_by(col(Person.id) != person_id, col(Person.id))
        .limit(1)
    )
    found = (await session.exec(statement)).first()
    return MailContact(*found) if found else None
