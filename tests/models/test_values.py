"""What is stored comes back the same, and equals the same, on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import AuditEvent, MessageKind, OutboxMessage, User
from tests.factories import make_user

LOOK_ALIKE = ("jose@mail.example", "josé@mail.example", "Jose@mail.example", "jose@mail.example ")


async def test_moments_keep_their_microseconds_and_are_utc(session: AsyncSession) -> None:
    moment = datetime(2030, 3, 5, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5)))
    user = await make_user(session, created_at=moment)
    await session.refresh(user)
    assert user.created_at == moment
    assert user.created_at.tzinfo is UTC
    found = select(User.id).where(User.created_at >= moment)
    assert (await session.exec(found)).all() == [user.id]
    later = found.where(User.created_at > moment)
    assert (await session.exec(later)).all() == []


async def test_text_is_compared_sign_by_sign(session: AsyncSession) -> None:
    """An address that looks like another one is somebody else's."""
    users = {email: (await make_user(session, email=email)).id for email in LOOK_ALIKE}
    for email, user_id in users.items():
        assert (await session.exec(select(User.id).where(User.email == email))).all() == [user_id]
    with pytest.raises(IntegrityError):
        await make_user(session, email=LOOK_ALIKE[0])


async def test_text_is_found_whatever_its_case(session: AsyncSession) -> None:
    await make_user(session, email="örs.nagy@mail.example")
    wanted = col(User.email).ilike("%NAGY%")
    assert len((await session.exec(select(User).where(wanted))).all()) == 1


async def test_every_writing_is_kept(session: AsyncSession) -> None:
    payload = {"words": ["Größe", "診察", "🩺"], "number": 1.5, "yes": True, "nothing": None}
    message = OutboxMessage(
        idempotency_key="🩺", kind=MessageKind.VERIFY_EMAIL, recipient="x", payload=payload
    )
    event = AuditEvent(action="x", record_type="x", record_id=1, fields=["🩺", "b"])
    session.add_all([message, event])
    await session.commit()
    await session.refresh(message)
    await session.refresh(event)
    assert (message.idempotency_key, message.payload) == ("🩺", payload)
    assert event.fields == ["🩺", "b"]


async def test_a_kind_of_mail_that_the_program_does_not_know_is_never_stored(
    session: AsyncSession,
) -> None:
    """No constraint of the database stands on it: new kinds come often."""
    session.add(OutboxMessage(idempotency_key="x", kind="unheard_of", recipient="x"))
    with pytest.raises(StatementError, match="unheard_of"):
        await session.commit()


async def test_truth_is_a_truth_value(session: AsyncSession) -> None:
    user = await make_user(session, active=False)
    await session.refresh(user)
    assert user.active is False
    assert user.is_demo is False
