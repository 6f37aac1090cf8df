"""Built pages answer at their own address, and browsers keep what never changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from appointment_app.api.page_files import PageFiles

FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    for page in (".", "register", "register/doctor"):
        folder = tmp_path / page
        folder.mkdir(exist_ok=True)
        (folder / "index.html").write_text(f"page {page}")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "page-B1a2.js").write_text("1")
    (tmp_path / "forms.js").write_text("2")
    served = Starlette(
        routes=[
            Route("/api/v1/me", lambda _: JSONResponse({})),
            Mount("/", StaticFiles(directory=tmp_path, html=True)),
        ]
    )
    transport = httpx.ASGITransport(PageFiles(served, tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/", "."),
        ("/register", "register"),
        ("/register/", "register"),
        ("/register?next=/book%3Fa%3D1", "register"),
        ("/register/doctor", "register/doctor"),
    ],
)
async def test_a_page_is_answered_without_a_redirect(
    client: httpx.AsyncClient, address: str, page: str
) -> None:
    answer = await client.get(address)
    assert (answer.status_code, answer.text) == (httpx.codes.OK, f"page {page}")
    assert answer.headers["cache-control"] == "no-cache"


async def test_files_with_a_hash_in_their_name_are_kept_for_ever(client: httpx.AsyncClient) -> None:
    assert (await client.get("/assets/page-B1a2.js")).headers["cache-control"] == FOR_EVER


@pytest.mark.parametrize("path", ["/forms.js", "/assets/of-yesterday.js", "/nowhere"])
async def test_everything_else_is_asked_for_again(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).headers["cache-control"] == "no-cache"


async def test_the_api_is_left_alone(client: httpx.AsyncClient) -> None:
    assert "cache-control" not in (await client.get("/api/v1/me")).headers
