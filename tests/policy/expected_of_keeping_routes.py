"""What the routes of suspensions and merges answer to whom; see expected_of_routes.py."""

from __future__ import annotations

from tests.policy.expected_of_people_routes import admin_of_all
from tests.policy.route_rows import Row

# Who keeps the records of the patients of the harbour.
KEEPERS = (401, 403, 403, 403, 403, 200, 403, 200)

_OF_DORA = "/doctors/{dora}/suspension"
_SUSPENSION = "/doctors/{doctor_id}/suspension"

KEEPING_ROWS = (
    Row(f"GET {_SUSPENSION}", admin_of_all(200), address=_OF_DORA, shows='"since":null'),
    Row(
        f"GET {_SUSPENSION}/preview",
        admin_of_all(200),
        address=f"{_OF_DORA}/preview",
        shows="Pia Quillfeather",
    ),
    Row(
        f"PUT {_SUSPENSION}",
        admin_of_all(200),
        address=_OF_DORA,
        body={"reason": "The licence has expired."},
        changes=frozenset({"audit_event", "doctor", "outbox_message"}),
        shows="The licence has expired.",
    ),
    # There is none, and nothing to settle.
    Row(f"DELETE {_SUSPENSION}", admin_of_all(204), address=_OF_DORA),
    Row(
        f"POST {_SUSPENSION}/settle",
        admin_of_all(200),
        address=f"{_OF_DORA}/settle",
        shows='"cancelled":0',
    ),
    Row(
        f"POST {_SUSPENSION}/appointments/{{appointment_id}}/settle",
        admin_of_all(204),
        address=f"{_OF_DORA}/appointments/{{pending}}/settle",
        changes=frozenset({"appointment", "audit_event", "busy_block", "doctor", "outbox_message"}),
    ),
    # She is expected.
    Row(
        "PUT /patients/{patient_id}/active",
        tuple(409 if status == 200 else status for status in KEEPERS),
        address="/patients/{pia}/active",
        body={"active": False},
    ),
    # The other record is no patient of the clinic, so that its reception cannot take it away. Who
    # may is told that Pia looks after Zoe: a dependent does not become part of their guardian.
    Row(
        "POST /patients/{patient_id}/merges",
        admin_of_all(409),
        address="/patients/{pia}/merges",
        body={"merged_id": "{zoe}"},
    ),
    Row(
        "GET /patients/{patient_id}/merges",
        KEEPERS,
        address="/patients/{pia}/merges",
        shows="[]",
    ),
    Row(
        "DELETE /patient-merges/{merge_id}",
        (401, *(404,) * 7),
        address="/patient-merges/{pending}",
    ),
)
