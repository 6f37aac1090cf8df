"""Where an appointment stands in the series that it was booked with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows
from appointment_app.models import Appointment, AppointmentStatus, row_id
from appointment_app.scheduling.statuses import ARROWS


@dataclass(frozen=True, slots=True)
class InSeries:
    """One appointment of a series; ``id`` is public, times are UTC."""

    id: UUID
    starts_at: datetime
    status: AppointmentStatus


@dataclass(frozen=True, slots=True)
class SeriesPlace:
    """The how-many-th of its series an appointment is, from 1 on, and the series by time.

    As far as whoever looks may see it.
    """

    number: int
    appointments: tuple[InSeries, ...]

    @property
    def following(self) -> tuple[InSeries, ...]:
        """The later ones that still stand."""
        return tuple(
            each
            for each in self.appointments[self.number :]
            if AppointmentStatus.CANCELLED in ARROWS[each.status]
        )


async def load_series_places(
    session: AsyncSession, actor: Actor, appointments: Iterable[Appointment]
) -> dict[int, SeriesPlace]:
    """Return the place of each appointment that is part of a series, by its internal id.

    All of a series are one person's with one doctor, but one that was moved to another clinic is
    hidden from administrators of this one. Asks the database only when one of the appointments,
    which the actor may see, is part of a series.
    """
    rows = {row_id(each): each.series_id for each in appointments if each.series_id is not None}
    if not rows:
        return {}
    statement = select(Appointment).where(col(Appointment.series_id).in_(set(rows.values())))
    ordered = statement.order_by(col(Appointment.starts_at), col(Appointment.id))
    series: defaultdict[int | None, list[Appointment]] = defaultdict(list)
    for each in await session.exec(ordered):
        record = Record(each.person_id, each.doctor_id, each.clinic_id)
        if allows(actor, Action.VIEW_APPOINTMENT, record):
            series[each.series_id].append(each)
    return {
        key: SeriesPlace(
            number=[each.id for each in series[series_id]].index(key) + 1,
            appointments=tuple(
                InSeries(each.public_id, each.starts_at, each.status) for each in series[series_id]
            ),
        )
        for key, series_id in rows.items()
    }
