"""Assembles the REST API; each router lives in a file of its own."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, Mount, NoMatchFound
from starlette.types import Receive, Scope, Send

from appointment_app.api import (
    appointment_changes,
    appointments,
    approvals,
    audit_events,
    auth,
    availability,
    bulk,
    clinic_administration,
    clinics,
    departments,
    doctor_photos,
    doctor_profiles,
    doctors,
    events,
    family,
    figures,
    front_desk,
    health,
    holds,
    imports,
    logins,
    openapi,
    own_account,
    patient_records,
    patients,
    privacy,
    problems,
    record,
    rooms,
    series,
    slots,
    staff,
    suspension,
    tokens,
    visit_types,
)
from appointment_app.api.body_limit import BodyLimit
from appointment_app.api.documentation import documentation_routes
from appointment_app.api.identity import require_own_origin
from appointment_app.api.rate_limits import RATE_LIMITS

API_PREFIX = "/api/v1"

# In the order in which the documentation shows them.
ROUTERS = (
    health.router,
    auth.router,
    tokens.router,
    logins.router,
    own_account.router,
    clinics.router,
    doctors.router,
    doctor_photos.router,
    doctor_profiles.router,
    slots.router,
    events.router,
    holds.router,
    imports.router,
    appointments.router,
    appointment_changes.router,
    figures.router,
    series.router,
    patients.router,
    patient_records.router,
    family.router,
    availability.router,
    visit_types.router,
    front_desk.router,
    clinic_administration.router,
    rooms.router,
    approvals.router,
    suspension.router,
    departments.router,
    staff.router,
    audit_events.router,
    record.router,
    privacy.router,
    bulk.router,
)


def create_api() -> FastAPI:
    """Return the API with all its routes, to be mounted at ``API_PREFIX``."""
    api = FastAPI(
        title="Appointment App",
        version="1",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(require_own_origin), *RATE_LIMITS],
        generate_unique_id_function=openapi.operation_id,
    )
    api.add_middleware(BodyLimit)
    problems.install(api)
    openapi.install(api)
    for router in ROUTERS:
        api.include_router(router)
    return api


def create_mount() -> Starlette:
    """Return what Reflex hangs itself below: the API first, so no page can shadow it.

    Nothing below ``/api`` is a page's: what no route answers to is a problem as well.
    """
    documentation = documentation_routes(f"{API_PREFIX}/openapi.json")
    return Starlette(routes=[Mount(API_PREFIX, create_api()), *documentation, _Rest()])


class _Rest(BaseRoute):
    """What is left below ``/api``, line breaks included, which no pattern of a route matches."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        is_ours = scope["type"] == "http" and f"{scope['path']}/".startswith("/api/")
        return (Match.FULL if is_ours else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await problems.nothing_here(scope, receive, send)
