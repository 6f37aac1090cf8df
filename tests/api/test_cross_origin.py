"""Pages of other sites are let in by name only, and never as who is logged in in the browser."""

from __future__ import annotations

import httpx
import pytest

from appointment_app.api.cross_origin import CrossOrigin
from appointment_app.database import Database
from appointment_app.settings import get_settings
from tests.accounts.people import add_user
from tests.api.clients import browser, served
from tests.api.test_auth import LOGIN

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
WEBSITE = "https://www.clinic.example"


@pytest.fixture(autouse=True)
def _open(installed_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "api_origins", f"{WEBSITE}, https://app.clinic.example")


def page_of(origin: str, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(CrossOrigin(served()), client=("192.0.2.7", 4711))
    return httpx.AsyncClient(
        transport=transport,
        base_url="http://testserver/api/v1",
        headers={"origin": origin} | headers,
    )


async def test_a_named_site_is_a_program(installed_database: Database) -> None:
    await add_user(installed_database, LOGIN["email"])
    async with page_of(WEBSITE) as page:
        asked = await page.options("/auth/login", headers={"access-control-request-method": "POST"})
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-origin"] == WEBSITE
        assert "access-control-allow-credentials" not in asked.headers
        answer = await page.post("/auth/login", json=LOGIN)
        assert set(answer.json()) >= {"access_token", "refresh_token"}
        assert "set-cookie" not in answer.headers
        assert answer.headers["access-control-allow-origin"] == WEBSITE
        token = {"authorization": f"Bearer {answer.json()['access_token']}"}
        assert (await page.get("/auth/me", headers=token)).status_code == 200


async def test_its_cookies_are_not_looked_at(installed_database: Database) -> None:
    await add_user(installed_database, LOGIN["email"])
    async with browser() as mira:
        await mira.post("/auth/login", json=LOGIN)
        cookie = f"session={mira.cookies['session']}"
        async with page_of(WEBSITE, cookie=cookie) as page:
            assert (await page.get("/auth/me")).status_code == 401
            await page.post("/auth/logout")
        assert (await mira.get("/auth/me")).status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "http://www.clinic.example", "null", f"{WEBSITE}.evil"]
)
async def test_others_are_not_let_in(installed_database: Database, origin: str) -> None:
    async with page_of(origin) as page:
        answer = await page.get("/specialties")
        assert "access-control-allow-origin" not in answer.headers
        assert (await page.post("/auth/login", json=LOGIN)).status_code == 403


async def test_nobody_is_let_in_unless_named(
    installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "api_origins", "")
    async with page_of(WEBSITE) as page:
        assert "access-control-allow-origin" not in (await page.get("/specialties")).headers
        assert (await page.post("/auth/login", json=LOGIN)).status_code == 403
