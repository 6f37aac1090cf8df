"""Programs log in with tokens, which no browser sends and no page can use."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from appointment_app.database import Database
from appointment_app.models import MessageKind
from tests.accounts.people import PASSWORD, add_user, mailed_secret
from tests.api.clients import browser, program
from tests.api.test_auth import LOGIN, MIRA, is_logged_in, problem

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
FORM = {"username": LOGIN["email"], "password": PASSWORD, "grant_type": "password"}


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {tokens['access_token']}"}


async def tokens_of(answer: httpx.Response) -> dict[str, Any]:
    """The tokens in an answer, which sets no cookie."""
    assert answer.status_code == 200, answer.text
    assert "set-cookie" not in answer.headers
    tokens: dict[str, Any] = answer.json()
    assert set(tokens) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 1800)
    return tokens


@pytest.mark.parametrize(
    ("path", "sent"), [("/auth/login", {"json": LOGIN}), ("/auth/token", {"data": FORM})]
)
async def test_a_program_logs_in_and_on_and_out(
    installed_database: Database, path: str, sent: dict[str, Any]
) -> None:
    await add_user(installed_database, LOGIN["email"])
    async with program() as script:
        tokens = await tokens_of(await script.post(path, **sent))
        me = (await script.get("/auth/me", headers=bearer(tokens))).json()
        assert (me["email"], me["is_patient"]) == (LOGIN["email"], True)
        assert not await is_logged_in(script)

        again = {"refresh_token": tokens["refresh_token"]}
        following = await tokens_of(await script.post("/auth/refresh", json=again))
        problem(await script.post("/auth/refresh", json=again), 401, "TOKEN_REUSED")

        answer = await script.post("/auth/logout", headers=bearer(following))
        assert answer.status_code == 200
        for each in (tokens, following):
            answer = await script.get("/auth/me", headers=bearer(each))
            problem(answer, 401, "INVALID_TOKEN")
            assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        again = {"refresh_token": following["refresh_token"]}
        problem(await script.post("/auth/refresh", json=again), 401, "INVALID_TOKEN")


async def test_a_wrong_password_or_form_gives_nothing(installed_database: Database) -> None:
    await add_user(installed_database, LOGIN["email"])
    async with program() as script:
        wrong = FORM | {"password": "wrong password"}
        problem(await script.post("/auth/token", data=wrong), 401, "WRONG_LOGIN")
        other = FORM | {"grant_type": "client_credentials"}
        answer = await script.post("/auth/token", data=other)
        assert set(problem(answer, 400, "MALFORMED")["errors"]) == {"grant_type"}


async def test_a_token_beats_the_cookie_and_needs_no_origin(installed_database: Database) -> None:
    for email in (LOGIN["email"], "noor@mail.example"):
        await add_user(installed_database, email)
    async with browser() as noor, program() as script:
        await noor.post("/auth/login", json=LOGIN | {"email": "noor@mail.example"})
        tokens = await tokens_of(await script.post("/auth/login", json=LOGIN))
        script.cookies.update(noor.cookies)
        me = (await script.get("/auth/me", headers=bearer(tokens))).json()
        assert me["email"] == LOGIN["email"]
        # An unusable token does not fall back on the cookie.
        wrong = {"authorization": "Bearer x"}
        problem(await script.get("/auth/me", headers=wrong), 401, "INVALID_TOKEN")
        problem(await script.post("/auth/logout", headers=wrong), 401, "INVALID_TOKEN")
        assert (await script.post("/auth/logout", headers=bearer(tokens))).status_code == 200
        assert await is_logged_in(noor)


async def test_cookie_and_token_cannot_be_used_as_each_other(installed_database: Database) -> None:
    await add_user(installed_database, LOGIN["email"])
    async with browser() as mira, program() as script:
        await mira.post("/auth/login", json=LOGIN)
        as_token = {"authorization": f"Bearer {mira.cookies['session']}"}
        problem(await script.get("/auth/me", headers=as_token), 401, "INVALID_TOKEN")
        tokens = await tokens_of(await script.post("/auth/login", json=LOGIN))
        as_cookie = {"cookie": f"session={tokens['access_token']}"}
        problem(await script.get("/auth/me", headers=as_cookie), 401, "LOGIN_REQUIRED")


async def test_a_mailed_link_logs_a_program_in(installed_database: Database) -> None:
    async with program() as script:
        assert (await script.post("/auth/register", json=MIRA)).status_code == 202
        secret = await mailed_secret(installed_database, MessageKind.VERIFY_EMAIL)
        tokens = await tokens_of(await script.post("/auth/verify", json={"token": secret}))
        assert (await script.get("/auth/me", headers=bearer(tokens))).status_code == 200


async def test_a_new_password_ends_the_tokens(installed_database: Database) -> None:
    await add_user(installed_database, LOGIN["email"])
    async with program() as script:
        tokens = await tokens_of(await script.post("/auth/login", json=LOGIN))
        await script.post("/auth/forgot-password", json={"email": LOGIN["email"]})
        secret = await mailed_secret(installed_database, MessageKind.RESET_PASSWORD)
        new = {"token": secret, "password": "nine quiet lanterns"}
        following = await tokens_of(await script.post("/auth/reset-password", json=new))
        problem(await script.get("/auth/me", headers=bearer(tokens)), 401, "INVALID_TOKEN")
        assert (await script.get("/auth/me", headers=bearer(following))).status_code == 200


async def test_one_sees_and_ends_ones_logins(installed_database: Database) -> None:
    await add_user(installed_database, LOGIN["email"])
    async with browser(**{"user-agent": "Firefox"}) as mira, program() as script:
        await mira.post("/auth/login", json=LOGIN)
        tokens = await tokens_of(await script.post("/auth/login", json=LOGIN))
        listed = (await mira.get("/auth/sessions")).json()
        by_kind = {each["kind"]: each for each in listed}
        assert by_kind["browser"]["is_current"]
        assert by_kind["browser"]["user_agent"] == "Firefox"
        assert not by_kind["program"]["is_current"]
        answer = await mira.delete(f"/auth/sessions/{by_kind['program']['id']}")
        assert answer.status_code == 204
        problem(await script.get("/auth/me", headers=bearer(tokens)), 401, "INVALID_TOKEN")

        tokens = await tokens_of(await script.post("/auth/login", json=LOGIN))
        assert (await script.delete("/auth/sessions", headers=bearer(tokens))).status_code == 204
        assert not await is_logged_in(mira)
        assert (await script.get("/auth/me", headers=bearer(tokens))).status_code == 200
