"""Imported once for all processes that tests fork, so that each of them starts at once."""

from __future__ import annotations

import pytest  # noqa: F401
from sqlalchemy.orm import configure_mappers

from appointment_app import manage, serve  # noqa: F401
from appointment_app.api import app  # noqa: F401
from tests.races import kills, worker, worlds  # noqa: F401

configure_mappers()
