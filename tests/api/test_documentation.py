"""The pages on which the API is read and tried work without any other server."""

from __future__ import annotations

import base64
import hashlib
import re

import httpx
import pytest

from appointment_app.api.security_headers import SecurityHeaders
from tests.api.clients import served

PAGES = ["/api/docs", "/api/redoc"]


async def opened(path: str) -> httpx.Response:
    transport = httpx.ASGITransport(SecurityHeaders(served()))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.get(path)


@pytest.mark.parametrize("path", PAGES)
async def test_all_that_a_page_loads_is_ours(path: str) -> None:
    page = await opened(path)
    assert page.headers["content-type"].startswith("text/html")
    addresses = re.findall(r'(?:src|href|spec-url|data-document)="([^"]+)"', page.text)
    files = [each for each in addresses if each != "/logo.svg"]
    assert "/api/v1/openapi.json" in files
    for address in files:
        assert (await opened(address)).status_code == 200


@pytest.mark.parametrize("path", PAGES)
async def test_its_policy_lets_in_no_inline_script_but_its_own(path: str) -> None:
    page = await opened(path)
    (script_policy,) = [
        each
        for each in page.headers["content-security-policy"].split("; ")
        if each.startswith("script-src")
    ]
    assert "unsafe" not in script_policy
    assert "http" not in script_policy
    for script in re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in script_policy


async def test_the_policy_of_all_else_is_as_it_was() -> None:
    policy = (await opened("/api/v1/health")).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "blob:" not in policy
