from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts import throttle
from appointment_app.database import Database
from appointment_app.models import LoginSession, MessageKind
from appointment_app.settings import get_settings
from tests.accounts.people import (
    NOON,
    PASSWORD,
    add_clinic,
    add_user,
    mailed_secret,
    mails,
)
from tests.api.clients import browser, program

MIRA: dict[str, Any] = {
    "email": "mira@mail.example",
    "password": PASSWORD,
    "given_name": "Mira",
    "family_name": "Sol",
    "agrees": True,
}
LOGIN = {"email": MIRA["email"], "password": PASSWORD}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Return the problem details after checking their shape."""
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["detail"]
    return body


async def is_logged_in(client: httpx.AsyncClient) -> bool:
    return (await client.get("/auth/me")).status_code == httpx.codes.OK


async def test_from_registering_to_a_new_password(installed_database: Database) -> None:
    async with browser() as mira:
        answer = await mira.post("/auth/register", json=MIRA | {"next": "/book?start=1"})
        assert (answer.status_code, answer.json()["next"]) == (202, "/book?start=1")
        assert not await is_logged_in(mira)
        secret = await mailed_secret(installed_database, MessageKind.VERIFY_EMAIL)
        answer = await mira.post("/auth/verify", json={"token": secret})
        assert answer.json() == {"next": "/book?start=1"}
        assert (await mira.get("/auth/me")).json()["display_name"] == "Mira Sol"
        problem(await mira.post("/auth/verify", json={"token": secret}), 410, "LINK_INVALID")

        assert (await mira.post("/auth/logout", json={})).json() == {"next": "/"}
        assert not await is_logged_in(mira)
        problem(await mira.get("/auth/me"), 401, "LOGIN_REQUIRED")

        wrong = LOGIN | {"password": "wrong password"}
        problem(await mira.post("/auth/login", json=wrong), 401, "WRONG_LOGIN")
        answer = await mira.post("/auth/login", json=LOGIN | {"next": "/appointments"})
        assert answer.json() == {"next": "/appointments"}

        answer = await mira.post("/auth/forgot-password", json={"email": LOGIN["email"]})
        assert answer.status_code == 202
        secret = await mailed_secret(installed_database, MessageKind.RESET_PASSWORD)
        async with browser() as elsewhere:
            new = {"token": secret, "password": "nine quiet lanterns"}
            assert (await elsewhere.post("/auth/reset-password", json=new)).status_code == 200
            assert await is_logged_in(elsewhere)
            assert not await is_logged_in(mira)
            answer = await elsewhere.post("/auth/reset-password", json=new)
            problem(answer, 410, "LINK_INVALID")


async def test_a_doctor_registers(installed_database: Database) -> None:
    clinic = await add_clinic(installed_database)
    doctor = MIRA | {"licence_number": "DE 123", "clinic": str(clinic.public_id)}
    async with browser() as amara:
        answer = await amara.post("/auth/register-doctor", json=doctor | {"specialties": []})
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"specialties"}
        one = doctor | {"specialties": "cardiology"}
        assert (await amara.post("/auth/register-doctor", json=one)).status_code == 202
        other = one | {"email": "noor@mail.example"}
        answer = await amara.post("/auth/register-doctor", json=other)
        assert set(problem(answer, 409, "LICENCE_KNOWN")["errors"]) == {"licence_number"}
        secret = await mailed_secret(installed_database, MessageKind.VERIFY_EMAIL)
        answer = await amara.post("/auth/verify", json={"token": secret})
        assert answer.json() == {"next": "/calendar"}
        assert (await amara.get("/auth/me")).json()["is_doctor"]


@pytest.mark.parametrize(
    ("path", "body"),
    [("/auth/register", MIRA), ("/auth/forgot-password", {"email": MIRA["email"]})],
)
async def test_known_and_unknown_addresses_get_the_same_answer(
    installed_database: Database, path: str, body: dict[str, Any]
) -> None:
    await add_user(installed_database, "mira@mail.example")
    answers = []
    async with browser() as stranger:
        for email in ("mira@mail.example", "nobody@mail.example"):
            answer = await stranger.post(path, json=body | {"email": email})
            answers.append((answer.status_code, answer.content, sorted(answer.headers)))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("field", ["email", "password", "given_name"])
@pytest.mark.parametrize("value", ["", None, 7, "x" * 1001, "missing"])
async def test_what_is_wrong_stands_at_its_field(
    installed_database: Database, field: str, value: Any
) -> None:
    body = MIRA | {field: value}
    if value == "missing":
        del body[field]
    async with browser() as mira:
        answer = await mira.post("/auth/register", json=body)
    status, code = (400, "MALFORMED") if value != "" else (422, "INVALID")
    assert list(problem(answer, status, code)["errors"]) == [field]
    assert await mails(installed_database) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"text"', b"\xff"])
async def test_a_body_that_is_no_form_is_a_problem_too(
    installed_database: Database, content: bytes
) -> None:
    async with browser() as mira:
        headers = {"content-type": "application/json"}
        answer = await mira.post("/auth/login", content=content, headers=headers)
    problem(answer, 400, "MALFORMED")


async def test_an_unconfirmed_address_is_told_only_with_the_right_password(
    installed_database: Database,
) -> None:
    await add_user(installed_database, "mira@mail.example", verified=False)
    async with browser() as mira:
        wrong = LOGIN | {"password": "wrong password"}
        problem(await mira.post("/auth/login", json=wrong), 401, "WRONG_LOGIN")
        problem(await mira.post("/auth/login", json=LOGIN), 403, "ADDRESS_NOT_VERIFIED")
        assert not await is_logged_in(mira)


async def test_guessing_is_told_when_to_come_back(installed_database: Database) -> None:
    await add_user(installed_database, "mira@mail.example")
    wrong = LOGIN | {"password": "wrong password"}
    with clock.frozen(NOON):
        async with browser() as stranger:
            for _ in range(throttle.FREE_FAILURES):
                problem(await stranger.post("/auth/login", json=wrong), 401, "WRONG_LOGIN")
            answer = await stranger.post("/auth/login", json=wrong)
            problem(answer, 429, "TRY_AGAIN_LATER")
            assert answer.headers["retry-after"] == "2"
        async with browser(address="198.51.100.1") as mira:
            assert (await mira.post("/auth/login", json=LOGIN)).status_code == 200


# What the cookie is.


async def login_cookie(client: httpx.AsyncClient) -> str:
    answer = await client.post("/auth/login", json=LOGIN)
    assert answer.status_code == 200
    return answer.headers["set-cookie"]


async def test_scripts_cannot_read_the_cookie_and_other_sites_cannot_send_it(
    installed_database: Database,
) -> None:
    await add_user(installed_database, "mira@mail.example")
    async with browser() as mira:
        parts = (await login_cookie(mira)).split("; ")
    assert parts[0].startswith("session=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(parts)
    assert "Secure" not in parts
    assert not any(part.startswith("Domain") for part in parts)


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The settings of a real installation; yields its address."""
    monkeypatch.setenv("APP_ENV", "production")
    monkeypatch.setenv("PUBLIC_URL", "https://clinic.example")
    monkeypatch.setenv("SMTP_HOST", "mail.clinic.example")
    get_settings.cache_clear()
    yield "https://clinic.example"
    get_settings.cache_clear()


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_in_production_the_cookie_is_bound_to_https_and_the_host(
    installed_database: Database, production: str
) -> None:
    await add_user(installed_database, "mira@mail.example")
    async with browser(origin=production) as mira:
        parts = (await login_cookie(mira)).split("; ")
    assert parts[0].startswith("__Host-session=")
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Secure"} <= set(parts)


async def test_a_planted_cookie_does_not_become_a_login(installed_database: Database) -> None:
    await add_user(installed_database, "mira@mail.example")
    await add_user(installed_database, "eve@mail.example")
    async with browser() as eve, browser() as mira:
        await eve.post("/auth/login", json=LOGIN | {"email": "eve@mail.example"})
        planted = eve.cookies["session"]
        mira.cookies.set("session", planted, domain="testserver.local", path="/")
        answer = await mira.post("/auth/login", json=LOGIN)
        assert answer.status_code == 200
        assert planted not in answer.headers["set-cookie"]
        assert not await is_logged_in(eve)


async def test_logging_out_ends_the_login_itself_not_only_the_cookie(
    installed_database: Database,
) -> None:
    await add_user(installed_database, "mira@mail.example")
    async with browser() as mira, browser() as copy:
        await mira.post("/auth/login", json=LOGIN)
        copy.cookies.update(mira.cookies)
        assert await is_logged_in(copy)
        answer = await mira.post("/auth/logout", json={})
        assert 'session=""' in answer.headers["set-cookie"]
        assert not await is_logged_in(copy)


async def test_a_login_ends_by_our_clock(installed_database: Database) -> None:
    with clock.frozen(NOON):
        await add_user(installed_database, "mira@mail.example")
    async with browser() as mira:
        with clock.frozen(NOON):
            await mira.post("/auth/login", json=LOGIN)
            # Past times would make the client drop the cookie itself.
            token = mira.cookies["session"]
        headers = {"cookie": f"session={token}"}
        with clock.frozen(NOON + timedelta(hours=11)):
            assert (await mira.get("/auth/me", headers=headers)).status_code == 200
        with clock.frozen(NOON + timedelta(days=2)):
            assert (await mira.get("/auth/me", headers=headers)).status_code == 401


# Who may send what.


@pytest.mark.parametrize(
    "origin",
    [
        "https://elsewhere.example",
        "http://testserver.elsewhere.example",
        "https://testserver",
        "http://testserver:81",
        "null",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/auth/login", "/auth/logout", "/auth/register"])
async def test_other_sites_change_nothing(
    installed_database: Database, origin: str, path: str
) -> None:
    await add_user(installed_database, "mira@mail.example")
    async with browser() as mira:
        await mira.post("/auth/login", json=LOGIN)
        body = MIRA | {"email": "noor@mail.example"}
        answer = await mira.post(path, json=body, headers={"origin": origin})
        problem(answer, 403, "FOREIGN_ORIGIN")
        assert await is_logged_in(mira)
    async with browser(origin=origin) as stranger:
        problem(await stranger.post(path, json=LOGIN), 403, "FOREIGN_ORIGIN")
    assert await mails(installed_database) == []


async def test_a_cookie_without_an_origin_changes_nothing(installed_database: Database) -> None:
    await add_user(installed_database, "mira@mail.example")
    async with browser() as mira, program() as script:
        assert (await mira.post("/auth/login", json=LOGIN)).status_code == 200
        script.cookies.update(mira.cookies)
        problem(await script.post("/auth/logout", json={}), 403, "FOREIGN_ORIGIN")
        assert await is_logged_in(script)


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_this_machine_is_an_own_origin_outside_production(
    installed_database: Database, host: str
) -> None:
    await add_user(installed_database, "mira@mail.example")
    async with browser(origin=f"http://{host}:{get_settings().port}") as mira:
        assert (await mira.post("/auth/login", json=LOGIN)).status_code == 200


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_this_machine_is_none_in_production(
    installed_database: Database, production: str
) -> None:
    async with browser(origin="http://localhost:3000") as stranger:
        problem(await stranger.post("/auth/login", json=LOGIN), 403, "FOREIGN_ORIGIN")


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, None, "192.0.2.7"),
        (0, "203.0.113.9", "192.0.2.7"),
        (1, None, "192.0.2.7"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.66, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.66, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "203.0.113.9"),
    ],
)
async def test_only_trusted_proxies_say_where_somebody_is(
    installed_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    hops: int,
    forwarded: str | None,
    address: str,
) -> None:
    monkeypatch.setattr(get_settings(), "trusted_proxy_hops", hops)
    await add_user(installed_database, "mira@mail.example")
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    async with browser(**headers) as mira:
        await mira.post("/auth/login", json=LOGIN)
    async with installed_database.session() as session:
        assert (await session.exec(select(LoginSession.address))).one() == address


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example"])
async def test_no_answer_leads_to_another_site(installed_database: Database, path: str) -> None:
    async with browser() as mira:
        answer = await mira.post("/auth/register", json=MIRA | {"next": path})
        assert answer.json()["next"] == "/"
        secret = await mailed_secret(installed_database, MessageKind.VERIFY_EMAIL)
        assert (await mira.post("/auth/verify", json={"token": secret})).json() == {"next": "/"}
        answer = await mira.post("/auth/login", json=LOGIN | {"next": path})
        assert answer.json() == {"next": "/"}
