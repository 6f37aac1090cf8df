"""The build talks to whatever address it is opened at, and answers carry their headers."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PHONE, Server, wait_until_live


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_page_reaches_its_server_at_the_address_it_was_opened_at(
    new_page: Callable[..., Page], server: Server, host: str
) -> None:
    page = new_page(**PHONE)
    page.goto(server.url.replace("localhost", host))
    wait_until_live(page)
    expect(page.get_by_role("main")).to_be_visible()


def test_websockets_of_foreign_origins_are_refused(server: Server) -> None:
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    address = f"{server.url}/_event/?EIO=4&transport=websocket"
    own = httpx.Headers(handshake | {"Origin": server.url})
    foreign = httpx.Headers(handshake | {"Origin": "https://elsewhere.example"})
    with httpx.stream("GET", address, headers=own) as answer:
        assert answer.status_code == httpx.codes.SWITCHING_PROTOCOLS
    with httpx.stream("GET", address, headers=foreign) as answer:
        assert answer.is_client_error


@pytest.mark.parametrize("path", ["/", "/no-such-page", "/api/v1/health", "/api/v1/nothing"])
def test_every_answer_carries_the_security_headers(server: Server, path: str) -> None:
    headers = httpx.get(server.url + path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_pages_are_sent_compressed(server: Server, encoding: str) -> None:
    with httpx.stream("GET", server.url, headers={"Accept-Encoding": encoding}) as answer:
        assert answer.headers["content-encoding"] == encoding


def test_a_page_answers_at_its_own_address_and_its_scripts_are_kept(server: Server) -> None:
    page = httpx.get(f"{server.url}/register/doctor?next=/")
    assert page.is_success
    assert page.headers["cache-control"] == "no-cache"
    script = re.search(r"/assets/[^\"]+\.js", page.text)
    assert script is not None
    kept = httpx.get(server.url + script[0]).headers["cache-control"]
    assert kept == "public, max-age=31536000, immutable"


def test_a_script_that_is_not_of_the_page_does_not_run(chromium: Browser, server: Server) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(server.url)
        with page.expect_console_message(lambda m: "Content Security Policy" in m.text):
            page.evaluate(
                """() => {
                  const script = document.createElement("script");
                  script.textContent = "document.body.dataset.injected = 1";
                  document.body.append(script);
                }"""
            )
        assert page.locator("[data-injected]").count() == 0
