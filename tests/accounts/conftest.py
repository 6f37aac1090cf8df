"""Accounts tests do not wait for equal time; test_equal_time.py measures it."""

from __future__ import annotations

import pytest

from tests.accounts.people import answer_at_once

quick = pytest.fixture(autouse=True)(answer_at_once)
