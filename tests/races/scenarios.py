"""What bookers race for: each scenario turns a round into attempts, on a day of its own."""

from __future__ import annotations

from collections.abc import Callable

from appointment_app.models import VisitType
from tests.races.scene import BOOKERS, NOON, OPENS, Scene, booking_of
from tests.races.worker import Attempt

CONTESTED = NOON + 7  # no visit of the scene starts at this minute; every one of them occupies it


def one_slot(scene: Scene, round_: int) -> list[Attempt]:
    """Everybody wants the same time of the same doctor."""
    start = scene.moment(round_, NOON)
    return [booking_of(patient, scene.offer, start) for patient in scene.patients]


def overlapping_times(scene: Scene, round_: int) -> list[Attempt]:
    """Visits of different lengths and pauses that start apart and all need the same minute."""
    attempts = []
    for index, patient in enumerate(scene.patients):
        visit, offer = scene.visits[index % len(scene.visits)]
        start = scene.moment(round_, _start_that_needs_the_contested_minute(visit))
        attempts.append(booking_of(patient, offer, start))
    return attempts


def one_patient_two_doctors(scene: Scene, round_: int) -> list[Attempt]:
    """One patient, in as many windows as there are bookers, at two doctors at the same time."""
    patient = scene.patients[0]
    start = scene.moment(round_, NOON)
    offers = (scene.offer, scene.other_offer)
    return [booking_of(patient, offers[index % 2], start) for index in range(BOOKERS)]


def adjacent_times(scene: Scene, round_: int) -> list[Attempt]:
    """Everybody wants another time, each beginning at the instant when the last one ends."""
    return [
        booking_of(patient, scene.short_offer, scene.moment(round_, OPENS + 10 * index))
        for index, patient in enumerate(scene.patients)
    ]


TOUCHING = 15  # times, each wanted by one or two of the first half of the bookers


def touching_pauses(scene: Scene, round_: int) -> list[Attempt]:
    """Every twenty minutes a visit that takes twenty, pauses inside; in the afternoon 21."""
    attempts = []
    for index, patient in enumerate(scene.patients):
        is_morning = index < BOOKERS // 2
        minute = OPENS + (0 if is_morning else 20 * TOUCHING) + 20 * (index % TOUCHING)
        offer = scene.touching_offer if is_morning else scene.longer_pause_offer
        attempts.append(booking_of(patient, offer, scene.moment(round_, minute)))
    return attempts


Scenario = Callable[[Scene, int], list[Attempt]]
ONE_WINS: tuple[Scenario, ...] = (one_slot, overlapping_times, one_patient_two_doctors)


def _start_that_needs_the_contested_minute(visit: VisitType) -> int:
    for start in range(OPENS, NOON + 120, visit.duration):
        busy_until = start + visit.duration + visit.pause_after
        if start - visit.pause_before <= CONTESTED < busy_until:
            return start
    raise AssertionError(f"{visit.duration} minutes never need the contested one")
