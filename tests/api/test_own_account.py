"""Another password and another address, over HTTP as the pages send them."""

from __future__ import annotations

import httpx
import pytest
from sqlmodel import select

from appointment_app.database import Database
from appointment_app.models import MessageKind, User
from tests.accounts.people import PASSWORD, add_user, audited, mailed_secret, mails
from tests.api.clients import browser
from tests.api.test_auth import is_logged_in, problem

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

OLD, NEW = "mira@mail.example", "mira.sol@mail.example"
NEW_PASSWORD = "nine quiet lanterns"


async def log_in(client: httpx.AsyncClient, email: str = OLD, password: str = PASSWORD) -> int:
    answer = await client.post("/auth/login", json={"email": email, "password": password})
    return answer.status_code


async def test_another_password_ends_every_other_login(installed_database: Database) -> None:
    await add_user(installed_database, OLD)
    async with browser() as here, browser() as there:
        await log_in(here)
        await log_in(there)
        body = {"password": PASSWORD, "new_password": NEW_PASSWORD}
        assert (await here.post("/auth/change-password", json=body)).json() == {"next": "/account"}
        assert await is_logged_in(here)
        assert not await is_logged_in(there)
        assert await log_in(there) == 401
        assert await log_in(there, password=NEW_PASSWORD) == 200
    assert [kind for kind, _, _ in await mails(installed_database)] == [
        MessageKind.PASSWORD_CHANGED
    ]
    assert "user.password_changed" in await audited(installed_database)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": "not mine", "new_password": NEW_PASSWORD}, "password"),
        ({"password": PASSWORD, "new_password": "password"}, "new_password"),
        ({"password": PASSWORD, "new_password": ""}, "new_password"),
    ],
)
async def test_a_password_that_will_not_do_changes_nothing(
    installed_database: Database, body: dict[str, str], field: str
) -> None:
    await add_user(installed_database, OLD)
    async with browser() as mira:
        await log_in(mira)
        answer = await mira.post("/auth/change-password", json=body)
        assert list(problem(answer, 422, "INVALID")["errors"]) == [field]
        assert await log_in(mira) == 200
    assert await mails(installed_database) == []


async def test_who_guesses_the_password_has_to_wait(installed_database: Database) -> None:
    await add_user(installed_database, OLD)
    async with browser() as thief:
        await log_in(thief)
        body = {"password": "a guess", "new_password": NEW_PASSWORD}
        answers = [await thief.post("/auth/change-password", json=body) for _ in range(7)]
    assert answers[-1].status_code == 429


async def test_an_address_changes_when_the_mail_to_it_was_opened(
    installed_database: Database,
) -> None:
    await add_user(installed_database, OLD)
    async with browser() as mira:
        await log_in(mira)
        body = {"password": PASSWORD, "email": " Mira.Sol@Mail.example "}
        assert (await mira.post("/auth/change-email", json=body)).status_code == 202
        assert await log_in(mira) == 200  # until then the old one holds
        secret = await mailed_secret(installed_database, MessageKind.CHANGE_EMAIL)
        answer = await mira.post("/auth/confirm-email", json={"token": secret})
        assert answer.json() == {"next": "/account"}
        again = await mira.post("/auth/confirm-email", json={"token": secret})
        problem(again, 410, "LINK_INVALID")
        assert await log_in(mira) == 401
        assert await log_in(mira, NEW) == 200
    assert [(kind, to) for kind, to, _ in await mails(installed_database)] == [
        (MessageKind.CHANGE_EMAIL, NEW),
        (MessageKind.EMAIL_CHANGED, OLD),
    ]
    assert {"user.address_asked", "user.address_changed"} <= set(await audited(installed_database))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": "not mine", "email": NEW}, "password"),
        ({"password": PASSWORD, "email": "nonsense"}, "email"),
        ({"password": PASSWORD, "email": OLD}, "email"),
    ],
)
async def test_an_address_that_will_not_do_gets_no_mail(
    installed_database: Database, body: dict[str, str], field: str
) -> None:
    await add_user(installed_database, OLD)
    async with browser() as mira:
        await log_in(mira)
        answer = await mira.post("/auth/change-email", json=body)
    assert list(problem(answer, 422, "INVALID")["errors"]) == [field]
    assert await mails(installed_database) == []


async def test_the_address_of_another_account_is_not_taken_over(
    installed_database: Database,
) -> None:
    await add_user(installed_database, OLD)
    await add_user(installed_database, NEW)
    async with browser() as mira:
        await log_in(mira)
        body = {"password": PASSWORD, "email": NEW}
        # Asking does not tell that there is such an account.
        assert (await mira.post("/auth/change-email", json=body)).status_code == 202
        secret = await mailed_secret(installed_database, MessageKind.CHANGE_EMAIL)
        answer = await mira.post("/auth/confirm-email", json={"token": secret})
        problem(answer, 409, "ADDRESS_TAKEN")
    async with installed_database.session() as session:
        assert set(await session.exec(select(User.email))) == {OLD, NEW}
