"""Imported once for all processes of the races, so that each of them starts at once."""

from __future__ import annotations

import pytest  # noqa: F401
from sqlalchemy.orm import configure_mappers

from tests.races import kills, worker, worlds  # noqa: F401

configure_mappers()
