from __future__ import annotations

import pytest

from appointment_app.accounts.next_path import safe_next_path


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/appointments",
        "/book?doctor=1&clinic=2&start=2026-11-23T09%3A00%3A00%2B00%3A00",
        "/doctor?id=4c2&day=2026-11-23#times",
        "/book?note=https%3A%2F%2Felsewhere.example%2F",
    ],
)
def test_paths_on_this_site_are_kept(path: str) -> None:
    assert safe_next_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "appointments",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/ /evil.example",
        " //evil.example",
        "/path\\evil",
        "https:evil.example",
        "https://evil.example/",
        "HTTPS://evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "/%2Fevil.example",
        "/%2fevil.example",
        "/%5Cevil.example",
        "/%252Fevil.example",
        "/%09/evil.example",
        "%2F%2Fevil.example",
        "/" + "a" * 500,
    ],
)
def test_everything_else_is_not(path: str | None) -> None:
    assert safe_next_path(path, default="/start") == "/start"
