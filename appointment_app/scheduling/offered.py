"""Which visit types are offered: where, and to whom. The one place that says so in SQL."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import col, select

from appointment_app.models import BookableBy, Clinic, VisitType, VisitTypeClinic


def is_offered(*, by_staff: bool = False) -> list[sa.ColumnElement[bool]]:
    """Return the conditions under which a ``VisitType`` is offered at the ``Clinic`` of a row.

    What only staff book is not offered to patients. (Whether somebody is known to the doctor is
    asked when they book: ``patient_rules.py``.)
    """
    limits = select(VisitTypeClinic.clinic_id).where(VisitTypeClinic.visit_type_id == VisitType.id)
    here = limits.where(VisitTypeClinic.clinic_id == Clinic.id)
    conditions = [
        col(VisitType.active).is_(True),
        sa.or_(
            ~limits.correlate(VisitType).exists(),
            here.correlate(VisitType, Clinic).exists(),
        ),
    ]
    if not by_staff:
        conditions.append(col(VisitType.bookable_by) != BookableBy.STAFF)
    return conditions
