"""What the bookers race for: each scenario turns a round into attempts, on a day of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.models import Clinic, VisitType
from appointment_app.scheduling.booking import BookingRequest
from appointment_app.scheduling.local_time import instant_of
from appointment_app.scheduling.slots import Offer
from tests.factories import make_clinic, make_doctor, make_patient, make_visit_type, offer_of
from tests.factories import patient_actor as actor_of
from tests.races.worker import Attempt

BOOKERS = 50
NOW = datetime(2030, 3, 4, 7, tzinfo=UTC)
HORIZON_DAYS = 730  # the longest there is: as many rounds fit in

OPENS = 8 * 60
NOON = 12 * 60
CONTESTED = NOON + 7  # no visit below starts at this minute; every one of them occupies it

# Duration, pause before and pause after, in minutes. The starts of each lie on its own grid.
VISITS = (
    (15, 0, 0),
    (20, 5, 10),
    (25, 0, 15),
    (30, 10, 0),
    (35, 0, 0),
    (40, 5, 5),
    (45, 0, 20),
    (50, 0, 0),
    (55, 15, 0),
    (60, 0, 5),
)
# These reach the contested minute with a pause only.
PAUSES = ((10, 15, 0), (10, 0, 20), (15, 20, 0), (20, 0, 25))


@dataclass(frozen=True)
class Scene:
    """A clinic with two doctors and a patient for every booker."""

    clinic: Clinic
    offer: Offer
    other_offer: Offer
    short_offer: Offer
    visits: Sequence[tuple[VisitType, Offer]]
    patients: Sequence[Actor]


async def make_scene(session: AsyncSession) -> Scene:
    """Store the scene."""
    clinic = await make_clinic(session)
    doctor = await make_doctor(session, clinic, horizon_days=HORIZON_DAYS)
    other = await make_doctor(session, clinic, horizon_days=HORIZON_DAYS)
    visits = []
    for duration, before, after in VISITS + PAUSES:
        visit = await make_visit_type(
            session, doctor, duration=duration, pause_before=before, pause_after=after
        )
        visits.append((visit, offer_of(doctor, clinic, visit)))
    half_hour = await make_visit_type(session, doctor)
    ten_minutes = await make_visit_type(session, doctor, duration=10)
    longer = await make_visit_type(session, other, duration=40)
    return Scene(
        clinic=clinic,
        offer=offer_of(doctor, clinic, half_hour),
        other_offer=offer_of(other, clinic, longer),
        short_offer=offer_of(doctor, clinic, ten_minutes),
        visits=visits,
        patients=[await actor_of(session, await make_patient(session)) for _ in range(BOOKERS)],
    )


def one_slot(scene: Scene, round_: int) -> list[Attempt]:
    """Everybody wants the same time of the same doctor."""
    start = _moment(scene, round_, NOON)
    return [_attempt(patient, scene.offer, start) for patient in scene.patients]


def overlapping_times(scene: Scene, round_: int) -> list[Attempt]:
    """Visits of different lengths and pauses that start apart and all need the same minute."""
    attempts = []
    for index, patient in enumerate(scene.patients):
        visit, offer = scene.visits[index % len(scene.visits)]
        start = _moment(scene, round_, _start_that_needs_the_contested_minute(visit))
        attempts.append(_attempt(patient, offer, start))
    return attempts


def one_patient_two_doctors(scene: Scene, round_: int) -> list[Attempt]:
    """One patient, in as many windows as there are bookers, at two doctors at the same time."""
    patient = scene.patients[0]
    start = _moment(scene, round_, NOON)
    offers = (scene.offer, scene.other_offer)
    return [_attempt(patient, offers[index % 2], start) for index in range(BOOKERS)]


def adjacent_times(scene: Scene, round_: int) -> list[Attempt]:
    """Everybody wants another time, each beginning at the instant when the last one ends."""
    return [
        _attempt(patient, scene.short_offer, _moment(scene, round_, OPENS + 10 * index))
        for index, patient in enumerate(scene.patients)
    ]


Scenario = Callable[[Scene, int], list[Attempt]]
ONE_WINS: tuple[Scenario, ...] = (one_slot, overlapping_times, one_patient_two_doctors)


def day_of(round_: int) -> date:
    """The local day on which a round takes place."""
    return NOW.date() + timedelta(days=1 + round_)


def _moment(scene: Scene, round_: int, minute: int) -> datetime:
    return instant_of(scene.clinic.zone, day_of(round_), minute)


def _start_that_needs_the_contested_minute(visit: VisitType) -> int:
    for start in range(OPENS, NOON + 120, visit.duration):
        busy_until = start + visit.duration + visit.pause_after
        if start - visit.pause_before <= CONTESTED < busy_until:
            return start
    raise AssertionError(f"{visit.duration} minutes never need the contested one")


def _attempt(actor: Actor, offer: Offer, starts_at: datetime) -> Attempt:
    return Attempt(actor, BookingRequest(offer, starts_at, "A cough", uuid4().hex))
