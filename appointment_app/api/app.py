"""Assembles the REST API; each router lives in a file of its own."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from appointment_app.api import appointments, auth, health, holds, problems
from appointment_app.api.identity import require_own_origin

API_PREFIX = "/api/v1"


def create_api() -> FastAPI:
    """Return the API with all its routes, to be mounted at ``API_PREFIX``."""
    api = FastAPI(
        title="Appointment App",
        version="1",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(require_own_origin)],
    )
    problems.install(api)
    api.include_router(health.router)
    api.include_router(auth.router)
    api.include_router(appointments.router)
    api.include_router(holds.router)
    return api


def create_mount() -> Starlette:
    """Return what Reflex hangs itself below: the API first, so no page can shadow it."""
    return Starlette(routes=[Mount(API_PREFIX, create_api())])
