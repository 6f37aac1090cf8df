"""The departments of a clinic, over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.named_parts import Added, InUse, Name
from appointment_app.api.openapi import refuses
from appointment_app.api.preconditions import SeenVersion
from appointment_app.api.sessions import DatabaseSession
from appointment_app.clinics import departments

router = APIRouter(tags=["administration"])


class DepartmentOut(BaseModel):
    """A department; `version` is its ETag."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    active: bool
    doctors: int
    version: int


@router.get("/clinics/{clinic_id}/departments")
async def list_departments(
    session: DatabaseSession, identity: CurrentIdentity, clinic_id: UUID
) -> list[DepartmentOut]:
    """List the departments of a clinic, those not in use last."""
    found = await departments.list_departments(session, identity.actor, clinic_id)
    return [DepartmentOut.model_validate(each) for each in found]


@router.post("/clinics/{clinic_id}/departments", status_code=status.HTTP_201_CREATED)
async def add_department(
    session: DatabaseSession, identity: CurrentIdentity, clinic_id: UUID, wanted: Name
) -> Added:
    """Add a department to a clinic."""
    key = await departments.add_department(session, identity.actor, clinic_id, wanted.name)
    return Added(id=key)


@router.put(
    "/departments/{department_id}/name",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refuses(412, 428),
)
async def rename_department(
    session: DatabaseSession,
    identity: CurrentIdentity,
    department_id: UUID,
    version: SeenVersion,
    wanted: Name,
) -> None:
    """Give a department another name."""
    await departments.rename_department(
        session, identity.actor, department_id, wanted.name, version=version
    )


@router.put(
    "/departments/{department_id}/active",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refuses(412, 428),
)
async def set_department_active(
    session: DatabaseSession,
    identity: CurrentIdentity,
    department_id: UUID,
    version: SeenVersion,
    wanted: InUse,
) -> None:
    """Use a department, or no longer; the doctors in it stay."""
    await departments.set_department_active(
        session, identity.actor, department_id, wanted.active, version=version
    )
