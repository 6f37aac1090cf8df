"""The figures as files: what the pages show, with the same rights."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from appointment_app import csv_files
from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import answers_file
from appointment_app.api.sessions import DatabaseSession
from appointment_app.figures.period import Preset, Wish
from appointment_app.figures.report import Report, load_clinic_report, load_own_report
from appointment_app.figures.tables import Figure, as_csv, file_name

router = APIRouter(prefix="/figures", tags=["figures"])

Days = Annotated[Preset | None, Query()]
Day = Annotated[date | None, Query()]


_ANSWERS = answers_file(csv_files.MEDIA_TYPE, "day,booked,cancelled\r\n2026-11-24,12,1\r\n")


@router.get("/clinics/{figure}.csv", response_class=Response, responses=_ANSWERS)
async def of_clinics(
    figure: Figure,
    session: DatabaseSession,
    identity: CurrentIdentity,
    clinic: UUID | None = None,
    days: Days = None,
    first: Day = None,
    last: Day = None,
) -> Response:
    """Answer with a figure of a clinic, or of all that somebody administers."""
    wish = Wish(days, first, last)
    return _file(await load_clinic_report(session, identity.actor, clinic, wish), figure)


@router.get("/own/{figure}.csv", response_class=Response, responses=_ANSWERS)
async def of_doctor(
    figure: Figure,
    session: DatabaseSession,
    identity: CurrentIdentity,
    clinic: UUID | None = None,
    days: Days = None,
    first: Day = None,
    last: Day = None,
) -> Response:
    """Answer with a figure of the doctor who asks."""
    wish = Wish(days, first, last)
    return _file(await load_own_report(session, identity.actor, clinic, wish), figure)


def _file(report: Report, figure: Figure) -> Response:
    name = file_name(report, figure)
    return Response(
        as_csv(report, figure),
        media_type=csv_files.MEDIA_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
