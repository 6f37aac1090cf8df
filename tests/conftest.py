"""What all tests share: browser tests come last."""

from __future__ import annotations

from pathlib import Path

import pytest

BROWSER_TESTS = Path(__file__).parent / "e2e"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Playwright's synchronous API keeps an event loop running on this thread from its first use
    # until the session ends, and no async test can run beside it.
    items.sort(key=lambda item: item.path.is_relative_to(BROWSER_TESTS))
