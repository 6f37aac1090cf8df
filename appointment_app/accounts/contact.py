"""Where a person is reached by mail: at their own account or at a guardian's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect
from sqlalchemy.orm import aliased
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
    email, language = contact_columns(person_id)
    return contact_from(*(await session.exec(select(email, language))).one())


def contact_columns(person_id: Any) -> tuple[ScalarSelect[str], ScalarSelect[str]]:
    """Select the address and the language of ``mail_contact``, as columns of a statement."""
    guardians = select(Guardianship.guardian_id).where(Guardianship.dependent_id == person_id)
    account_holder = aliased(Person)
    contacts = (
        select(User.email)
        .join(account_holder, col(account_holder.user_id) == User.id)
        .where(
            col(User.active),
            or_(account_holder.id == person_id, col(account_holder.id).in_(guardians)),
        )
        # The person's own account comes before a guardian's.
        .order_by(col(account_holder.id) != person_id, col(account_holder.id))
        .limit(1)
    )
    languages = contacts.with_only_columns(col(account_holder.language))
    return contacts.scalar_subquery(), languages.scalar_subquery()


def contact_from(email: str | None, language: str | None) -> MailContact | None:
    """Return the contact of the values that ``contact_columns`` selected."""
    return MailContact(email, language) if email and language else None
