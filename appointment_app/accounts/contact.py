"""Where a person is reached by mail: at their account, their guardians', or as staff wrote down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import Guardianship, Person, User


@dataclass(frozen=True, slots=True)
class MailContact:
    """An address and the language (ISO 639-1) in which its owner reads."""

    email: str
    language: str


async def mail_contacts(session: AsyncSession, person_id: int) -> tuple[MailContact, ...]:
    """Return where to write about ``person_id``; nowhere when they have no address.

    That is their own account; else those of all their guardians; else what staff wrote down.
    """
    found = (await session.exec(_account_holders(person_id))).all()
    own = [(email, language) for key, email, language in found if key == person_id]
    accounts = own or [(email, language) for _, email, language in found]
    if not accounts:
        written = select(Person.email, Person.language).where(
            Person.id == person_id, col(Person.email).is_not(None)
        )
        accounts = [(email or "", language) for email, language in await session.exec(written)]
    return tuple(MailContact(*each) for each in accounts if all(each))


async def guardian_contacts(
    session: AsyncSession, person_id: int, *, besides: int | None = None
) -> tuple[MailContact, ...]:
    """Return where the guardians of ``person_id`` read their mail, without one of them."""
    found = (await session.exec(_account_holders(person_id))).all()
    return tuple(
        MailContact(email, language)
        for key, email, language in found
        if key not in {person_id, besides}
    )


def contact_columns(person_id: Any) -> tuple[ColumnElement[Any], ...]:
    """Select the first of ``mail_contacts`` and how many guardians there are, as columns."""
    contacts = _account_holders(person_id)
    emails = contacts.with_only_columns(col(User.email)).limit(1)
    languages = contacts.with_only_columns(col(_HOLDER.language)).limit(1)
    # Somebody without an account has what staff wrote down, if they wrote something down.
    person = aliased(Person)
    written = select(person.email).where(person.id == person_id).scalar_subquery()
    language = select(person.language).where(person.id == person_id).scalar_subquery()
    guardians = select(func.count()).where(_is_dependent(person_id))
    return (
        func.coalesce(emails.scalar_subquery(), written),
        func.coalesce(languages.scalar_subquery(), language),
        guardians.scalar_subquery(),
    )


async def contacts_from(
    session: AsyncSession, person_id: int, email: str | None, language: str | None, guardians: int
) -> tuple[MailContact, ...]:
    """Return ``mail_contacts`` of the values that ``contact_columns`` selected.

    It takes a statement more only where somebody has several guardians.
    """
    if guardians > 1:
        return await mail_contacts(session, person_id)
    return (MailContact(email, language),) if email and language else ()


_HOLDER = aliased(Person)


def _is_dependent(person_id: Any) -> Any:
    return (col(Guardianship.dependent_id) == person_id) & col(Guardianship.ended_at).is_(None)


def _account_holders(person_id: Any) -> Any:
    """Select the accounts of a person and of their guardians, the person's own first."""
    guardians = select(Guardianship.guardian_id).where(_is_dependent(person_id))
    return (
        select(col(_HOLDER.id), col(User.email), col(_HOLDER.language))
        .join(User, col(_HOLDER.user_id) == User.id)
        .where(
            col(User.active),
            or_(col(_HOLDER.id) == person_id, col(_HOLDER.id).in_(guardians)),
        )
        .order_by(col(_HOLDER.id) != person_id, col(_HOLDER.id))
    )
