"""The handlers of the staff page, and what becomes of the open tabs of whoever loses a role."""

from __future__ import annotations

import pytest
from reflex.event import Event

from appointment_app import clock
from appointment_app.accounts import login_sessions, staff
from appointment_app.models import Clinic, OutboxMessage, Role, RoleAssignment, User, row_id
from appointment_app.states.admin_staff import AdminStaff, StaffRow
from appointment_app.states.front_desk import FrontDesk
from appointment_app.states.identity_guard import IdentityGuard
from tests.factories import administrator_actor, make_user
from tests.scheduling.desk import Desk
from tests.states.doctors_tab import DoctorsTab, done, log_in
from tests.states.tabs import open_tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
DESK = "desk@mail.example"


async def user_with_role(tab: DoctorsTab, role: Role, clinic: Clinic | None, email: str) -> User:
    async with tab.database.session() as session:
        user = await make_user(session, email=email, email_verified_at=clock.now())
        clinic_id = row_id(clinic) if clinic else None
        session.add(RoleAssignment(user_id=row_id(user), role=role, clinic_id=clinic_id))
        await session.commit()
    return user


async def page_of(tab: DoctorsTab, user: User) -> AdminStaff:
    root = open_tab("/admin/staff", cookie=await log_in(tab.database, row_id(user)))
    state: AdminStaff = await root.get_state(AdminStaff)
    await state.load()
    return state


@pytest.fixture
async def page(tab: DoctorsTab) -> AdminStaff:
    """The page of an administrator of the clinic."""
    admin = await user_with_role(tab, Role.ADMINISTRATOR, tab.clinic, "admin@mail.example")
    return await page_of(tab, admin)


def rows(page: AdminStaff) -> list[StaffRow]:
    return [row for place in page.places for row in place.rows]


async def mails(tab: DoctorsTab) -> int:
    return len(await Desk.all(tab, OutboxMessage))  # type: ignore[arg-type]


async def test_somebody_is_added_once(tab: DoctorsTab, page: AdminStaff) -> None:
    (place,) = page.places
    await page.add(place.key)
    assert place.name in page.title
    assert await page.submit({"email": "no address"}) is None
    assert page.is_open
    assert page.email_error
    assert DESK in await done(page.submit({"email": DESK}))
    assert not page.is_open
    assert await page.submit({"email": "second@mail.example"}) is None
    assert [(row.email, row.role, row.is_invited) for row in rows(page)] == [
        ("admin@mail.example", "Administrator", False),
        (DESK, "Front desk", True),
    ]
    assert await mails(tab) == 1
    await page.invite_again(rows(page)[1].key)
    assert await mails(tab) == 2


async def test_all_clinics_are_for_administrators_of_all(tab: DoctorsTab, page: AdminStaff) -> None:
    assert [place.key == "all" for place in page.places] == [False]
    await page.add("all")
    assert "could not find" in await done(page.submit({"email": DESK}))
    root = await page_of(
        tab, await user_with_role(tab, Role.ADMINISTRATOR, None, "root@mail.example")
    )
    assert [place.key == "all" for place in root.places] == [True, False]
    await root.add("all")
    await root.choose_role("administrator")
    await root.submit({"email": DESK})
    assert [row.email for row in root.places[0].rows] == [DESK, "root@mail.example"]


async def test_a_role_is_taken_back_after_a_question(tab: DoctorsTab, page: AdminStaff) -> None:
    await user_with_role(tab, Role.RECEPTION, tab.clinic, DESK)
    await page.load()
    assert await page.remove() is None
    await page.ask_removal(rows(page)[1].key)
    assert DESK in page.question
    await page.keep()
    assert await page.remove() is None
    assert len(rows(page)) == 2
    await page.ask_removal(rows(page)[1].key)
    assert DESK in await done(page.remove())
    assert [row.email for row in rows(page)] == ["admin@mail.example"]


async def test_the_last_administrator_reads_why_not(tab: DoctorsTab) -> None:
    root = await page_of(
        tab, await user_with_role(tab, Role.ADMINISTRATOR, None, "root@mail.example")
    )
    await root.ask_removal(rows(root)[0].key)
    assert "yourself" in root.consequence
    assert "last administrator" in await done(root.remove())


async def test_who_takes_it_from_themselves_sees_the_page_anew(
    tab: DoctorsTab, page: AdminStaff
) -> None:
    await page.ask_removal(rows(page)[0].key)
    assert "reload" in await done(page.remove())


async def test_an_open_tab_of_the_front_desk_is_emptied_at_its_next_event(tab: DoctorsTab) -> None:
    user = await user_with_role(tab, Role.RECEPTION, tab.clinic, DESK)
    root = open_tab("/front-desk", cookie=await log_in(tab.database, row_id(user)))
    desk = await root.get_state(FrontDesk)
    await IdentityGuard().preprocess(None, root, Event(name="front_desk.load", payload={}))
    await desk.load()
    assert desk.columns
    assert desk.is_reception
    refresh = Event(name="front_desk.refresh", payload={})
    assert await IdentityGuard().preprocess(None, root, refresh) is None
    async with tab.database.session() as session:
        admin = await administrator_actor(session, tab.clinic)
    async with tab.database.session() as session:
        await staff.revoke(session, admin, tab.clinic.public_id, Role.RECEPTION, user.public_id)
    update = await IdentityGuard().preprocess(None, root, refresh)
    assert update is not None
    assert "reload" in str(update.events)
    assert desk.columns == []
    assert not desk.is_reception
    assert desk.signed_in
    login_sessions.forget_everything()
