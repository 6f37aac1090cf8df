"""Who works where: given and taken by administrators, told by mail, lost at the next event."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from appointment_app import clock
from appointment_app.accounts import (
    logging_in,
    login_sessions,
    mailed_links,
    password_reset,
    staff,
)
from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.accounts.errors import LinkInvalid, WrongLogin
from appointment_app.accounts.staff import LastAdministrator, StaffMember
from appointment_app.database import Database
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.models import AuditEvent, Clinic, MessageKind, Role, TokenPurpose, User, row_id
from tests.accounts.people import (
    NOON,
    PASSWORD,
    VISITOR,
    add_clinic,
    add_user,
    audited,
    mailed_secret,
    mails,
)

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

RECEPTION, ADMINISTRATOR = Role.RECEPTION, Role.ADMINISTRATOR
DESK = "desk@mail.example"


def administrator(user_id: int | None, clinic: Clinic | None = None) -> Actor:
    grant = Grant(ADMINISTRATOR, row_id(clinic) if clinic else None)
    return Actor(user_id=user_id, grants=frozenset({grant}))


async def give(
    database: Database, actor: Actor, clinic: Clinic | None, role: Role, email: str = DESK
) -> None:
    async with database.session() as session:
        await staff.grant(session, actor, clinic.public_id if clinic else None, role, email)


async def take(
    database: Database, actor: Actor, clinic: Clinic | None, role: Role, user_id: UUID
) -> None:
    async with database.session() as session:
        await staff.revoke(session, actor, clinic.public_id if clinic else None, role, user_id)


async def members(database: Database, actor: Actor) -> dict[str, list[StaffMember]]:
    async with database.session() as session:
        return {each.name: list(each.members) for each in await staff.list_staff(session, actor)}


async def public_id(database: Database, email: str) -> UUID:
    async with database.session() as session:
        return (await session.exec(select(User.public_id).where(User.email == email))).one()


async def identity_of(database: Database, email: str) -> login_sessions.Identity:
    async with database.session() as session:
        opened = await logging_in.log_in(session, VISITOR, email=email, password=PASSWORD)
    return await login_sessions.who_is(database, opened.token)


async def test_an_account_gets_a_role_and_is_told(database: Database) -> None:
    clinic = await add_clinic(database)
    user_id = await add_user(database, DESK)
    admin = administrator(await add_user(database, "root@mail.example", ADMINISTRATOR), clinic)
    await give(database, admin, clinic, RECEPTION, " DESK@Mail.example ")
    assert [(kind, to) for kind, to, _ in await mails(database)] == [
        (MessageKind.ROLE_GRANTED, DESK)
    ]
    (member,) = (await members(database, admin))[clinic.name]
    assert (member.email, member.role, member.is_invited) == (DESK, RECEPTION, False)
    grants = (await identity_of(database, DESK)).actor.grants
    assert grants == {Grant(Role.PATIENT), Grant(RECEPTION, row_id(clinic))}
    async with database.session() as session:
        statement = select(AuditEvent).where(col(AuditEvent.action).startswith("role."))
        (event,) = (await session.exec(statement)).all()
    assert (event.action, event.record_id, event.actor_user_id) == (
        "role.granted",
        user_id,
        admin.user_id,
    )
    assert (event.clinic_id, event.changes) == (clinic.id, {"role": [None, "reception"]})


async def test_an_unknown_address_is_invited(database: Database) -> None:
    clinic = await add_clinic(database)
    admin = administrator(await add_user(database, "root@mail.example", ADMINISTRATOR))
    await give(database, admin, clinic, RECEPTION)
    ((kind, to, payload),) = await mails(database)
    assert (kind, to) == (MessageKind.STAFF_INVITED, DESK)
    assert (payload["role"], payload["clinic"]) == ("reception", clinic.name)
    (member,) = (await members(database, admin))[clinic.name]
    assert member.is_invited
    assert member.invited_until is not None
    lifetime = mailed_links.LIFETIMES[TokenPurpose.INVITATION]
    assert lifetime - timedelta(hours=1) < member.invited_until - clock.now() <= lifetime
    with pytest.raises(WrongLogin):
        await identity_of(database, DESK)
    secret = await mailed_secret(database, MessageKind.STAFF_INVITED)
    async with database.session() as session:
        opened = await password_reset.reset_password(
            session, VISITOR, secret=secret, password=PASSWORD
        )
    assert opened.identity.is_reception
    (member,) = (await members(database, admin))[clinic.name]
    assert not member.is_invited
    assert len(await mails(database)) == 1, "the first password is no changed one"
    assert "user.invitation_accepted" in await audited(database)
    async with database.session() as session:
        with pytest.raises(LinkInvalid):
            await password_reset.reset_password(session, VISITOR, secret=secret, password=PASSWORD)


async def test_an_invitation_ends_after_a_week(database: Database) -> None:
    admin = administrator(await add_user(database, "root@mail.example", ADMINISTRATOR))
    with clock.frozen(NOON):
        await give(database, admin, None, ADMINISTRATOR)
        secret = await mailed_secret(database, MessageKind.STAFF_INVITED)
    with clock.frozen(NOON.replace(day=30, minute=1)):
        async with database.session() as session:
            with pytest.raises(LinkInvalid):
                await password_reset.reset_password(
                    session, VISITOR, secret=secret, password=PASSWORD
                )
        async with database.session() as session:
            await staff.invite_again(session, admin, None, await public_id(database, DESK))
        again = await mailed_secret(database, MessageKind.STAFF_INVITED)
        async with database.session() as session:
            await password_reset.reset_password(session, VISITOR, secret=again, password=PASSWORD)
        async with database.session() as session:
            await staff.invite_again(session, admin, None, await public_id(database, DESK))
    assert len(await mails(database)) == 2, "who has accepted gets no further link"


async def test_who_registered_an_address_that_is_not_theirs_gets_nothing_by_it(
    database: Database,
) -> None:
    """Their password must not open what is given to the owner of the address."""
    admin = administrator(await add_user(database, "root@mail.example", ADMINISTRATOR))
    await add_user(database, DESK, verified=False)
    await give(database, admin, None, ADMINISTRATOR)
    assert (await mails(database))[-1][0] is MessageKind.STAFF_INVITED
    with pytest.raises(WrongLogin):
        await identity_of(database, DESK)


async def test_what_is_taken_back_is_lost_at_the_next_event(database: Database) -> None:
    clinic = await add_clinic(database)
    admin = administrator(await add_user(database, "root@mail.example", ADMINISTRATOR), clinic)
    await add_user(database, DESK, RECEPTION, clinic_id=clinic.id)
    async with database.session() as session:
        opened = await logging_in.log_in(session, VISITOR, email=DESK, password=PASSWORD)
    assert (await login_sessions.who_is(database, opened.token)).is_reception
    await take(database, admin, clinic, RECEPTION, await public_id(database, DESK))
    assert not (await login_sessions.who_is(database, opened.token)).is_reception
    assert (await audited(database))[-1] == "role.revoked"
    assert (await members(database, admin)) == {clinic.name: []}
    with pytest.raises(NotFound):
        await take(database, admin, clinic, RECEPTION, await public_id(database, DESK))


async def test_an_invitation_that_is_taken_back_opens_nothing(database: Database) -> None:
    admin = administrator(await add_user(database, "root@mail.example", ADMINISTRATOR))
    await give(database, admin, None, RECEPTION)
    secret = await mailed_secret(database, MessageKind.STAFF_INVITED)
    await take(database, admin, None, RECEPTION, await public_id(database, DESK))
    async with database.session() as session:
        with pytest.raises(LinkInvalid):
            await password_reset.reset_password(session, VISITOR, secret=secret, password=PASSWORD)


async def test_an_invitation_that_is_taken_back_at_one_clinic_is_good_for_the_other(
    database: Database,
) -> None:
    clinic, other = await add_clinic(database), await add_clinic(database, "Harbour Clinic")
    admin = administrator(await add_user(database, "root@mail.example", ADMINISTRATOR))
    await give(database, admin, clinic, RECEPTION)
    first = await mailed_secret(database, MessageKind.STAFF_INVITED)
    await give(database, admin, other, RECEPTION)
    await take(database, admin, clinic, RECEPTION, await public_id(database, DESK))
    (member,) = (await members(database, admin))[other.name]
    assert member.invited_until is not None
    async with database.session() as session:
        opened = await password_reset.reset_password(
            session, VISITOR, secret=first, password=PASSWORD
        )
    grants = opened.identity.actor.grants
    assert grants == {Grant(RECEPTION, row_id(other))}


async def test_with_the_last_role_the_invitation_ends(database: Database) -> None:
    clinic, other = await add_clinic(database), await add_clinic(database, "Harbour Clinic")
    admin = administrator(await add_user(database, "root@mail.example", ADMINISTRATOR))
    secrets = []
    for each in (clinic, other):
        await give(database, admin, each, RECEPTION)
        secrets.append(await mailed_secret(database, MessageKind.STAFF_INVITED))
    for each in (clinic, other):
        await take(database, admin, each, RECEPTION, await public_id(database, DESK))
    for secret in secrets:
        async with database.session() as session:
            with pytest.raises(LinkInvalid):
                await password_reset.reset_password(
                    session, VISITOR, secret=secret, password=PASSWORD
                )


async def test_the_last_administrator_of_all_clinics_stays(database: Database) -> None:
    root = "root@mail.example"
    admin = administrator(await add_user(database, root, ADMINISTRATOR))
    root_id = await public_id(database, root)
    await give(database, admin, None, ADMINISTRATOR)  # invited: cannot log in yet
    with pytest.raises(LastAdministrator):
        await take(database, admin, None, ADMINISTRATOR, root_id)
    second = administrator(await add_user(database, "two@mail.example", ADMINISTRATOR))
    await take(database, second, None, ADMINISTRATOR, root_id)
    with pytest.raises(LastAdministrator):
        await take(
            database, second, None, ADMINISTRATOR, await public_id(database, "two@mail.example")
        )


@pytest.mark.parametrize("email", ["", "no address", DESK])
async def test_addresses_that_do_not_do(database: Database, email: str) -> None:
    clinic = await add_clinic(database)
    admin = administrator(await add_user(database, "root@mail.example", ADMINISTRATOR), clinic)
    await add_user(database, DESK, RECEPTION, clinic_id=clinic.id)
    with pytest.raises(Invalid) as refusal:
        await give(database, admin, clinic, RECEPTION, email)
    assert refusal.value.errors["email"]
    assert await mails(database) == []


async def test_an_account_that_is_not_active_gets_no_role(database: Database) -> None:
    admin = administrator(await add_user(database, "root@mail.example", ADMINISTRATOR))
    await add_user(database, DESK)
    async with database.session() as session, session.begin():
        (await session.exec(select(User).where(User.email == DESK))).one().active = False
    with pytest.raises(Invalid):
        await give(database, admin, None, RECEPTION)


async def test_each_gives_and_takes_only_where_they_administer(database: Database) -> None:
    clinic, other = await add_clinic(database), await add_clinic(database, "Harbour Clinic")
    own = administrator(await add_user(database, "own@mail.example"), clinic)
    await add_user(database, DESK, RECEPTION, clinic_id=clinic.id)
    desk_id = await public_id(database, DESK)
    reception = Actor(user_id=9, grants=frozenset({Grant(RECEPTION, row_id(clinic))}))
    elsewhere = administrator(own.user_id, other)
    assert list(await members(database, own)) == [clinic.name]
    for actor in (elsewhere, reception, NOBODY):
        refusal = Forbidden if actor.is_somebody else LoginRequired
        with pytest.raises(refusal):
            await give(database, actor, clinic, RECEPTION, "new@mail.example")
        with pytest.raises(refusal):
            await take(database, actor, clinic, RECEPTION, desk_id)
        with pytest.raises(refusal):
            async with database.session() as session:
                await staff.invite_again(session, actor, clinic.public_id, desk_id)
    for role in (RECEPTION, ADMINISTRATOR):
        with pytest.raises(Forbidden):
            await give(database, own, None, role)
    with pytest.raises(Forbidden):
        await members(database, reception)
    await take(database, own, clinic, RECEPTION, desk_id)


async def test_no_other_roles_are_given_or_taken(database: Database) -> None:
    admin = administrator(await add_user(database, "root@mail.example", ADMINISTRATOR))
    await add_user(database, DESK, Role.DOCTOR)
    for role in (Role.DOCTOR, Role.PATIENT):
        with pytest.raises(NotFound):
            await give(database, admin, None, role)
        with pytest.raises(NotFound):
            await take(database, admin, None, role, await public_id(database, DESK))
