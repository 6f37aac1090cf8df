"""The arrows of a status, written by hand: every pair that is not listed is refused."""

from __future__ import annotations

from itertools import product

import pytest

from appointment_app.models import AppointmentStatus as Status
from appointment_app.scheduling.errors import StatusConflict
from appointment_app.scheduling.statuses import require_arrow

ALLOWED = {
    (Status.PENDING, Status.CONFIRMED),
    (Status.PENDING, Status.CANCELLED),
    (Status.CONFIRMED, Status.PENDING),
    (Status.CONFIRMED, Status.CHECKED_IN),
    (Status.CONFIRMED, Status.COMPLETED),
    (Status.CONFIRMED, Status.NO_SHOW),
    (Status.CONFIRMED, Status.CANCELLED),
    (Status.CHECKED_IN, Status.CONFIRMED),
    (Status.CHECKED_IN, Status.COMPLETED),
    (Status.CHECKED_IN, Status.CANCELLED),
}


@pytest.mark.parametrize(("current", "wanted"), list(product(Status, repeat=2)))
def test_a_status_moves_along_its_arrows_only(current: Status, wanted: Status) -> None:
    if (current, wanted) in ALLOWED:
        require_arrow(current, wanted)
        return
    with pytest.raises(StatusConflict) as refusal:
        require_arrow(current, wanted)
    assert refusal.value.code == "STATUS_CONFLICT"
    assert refusal.value.sentence


def test_each_status_has_a_sentence_of_its_own() -> None:
    assert len({StatusConflict(status).sentence for status in Status}) == len(Status)
