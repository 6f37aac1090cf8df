"""What all tests share: scratch databases; browser tests come last."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from appointment_app.accounts import passwords
from tests.databases import (  # noqa: F401
    backend,
    database,
    database_url,
    installed_database,
    mariadb_scratch,
    postgres_scratch,
    session,
    sqlite_template,
)

BROWSER_TESTS = Path(__file__).parent / "e2e"

# What a developer keeps in .env shall not reach the tests.
os.environ |= {
    "APP_ENV": "test",
    "SECRET_KEY": "a secret for tests, long enough to sign with",
    "PUBLIC_URL": "http://testserver",
    "SMTP_HOST": "",
    "REDIS_URL": "",
}


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Hash passwords in no time; what it really costs has a test in tests/accounts."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = passwords._context.using(argon2__memory_cost=8, argon2__time_cost=1)
        patch.setattr(passwords, "_context", cheap)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Playwright's synchronous API keeps an event loop running on this thread from its first use
    # until the session ends, and no async test can run beside it.
    items.sort(key=lambda item: item.path.is_relative_to(BROWSER_TESTS))
