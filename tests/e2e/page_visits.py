"""Every page in every state that a person can meet, written by hand.

A page of the app that is missing here fails a test.
"""

from __future__ import annotations

from tests.e2e.page_visit import Visit
from tests.e2e.visits_of_patients import OF_PATIENTS
from tests.e2e.visits_of_staff import OF_STAFF

VISITS: dict[str, list[Visit]] = OF_PATIENTS | OF_STAFF
