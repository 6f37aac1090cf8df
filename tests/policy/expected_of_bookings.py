"""What the routes of finding and booking answer to whom, by hand; see expected_of_routes.py."""

from __future__ import annotations

from tests.policy.route_rows import ALL, CONCERNED, DONE, SOMEBODY, Row

THURSDAY_TEN = "2026-11-26T10:00:00+01:00"
_OFFER = {"doctor_id": "{dora}", "clinic_id": "{harbour}", "visit_type_id": "{visit}"}
_BOOKED = frozenset({"appointment", "audit_event", "busy_block", "doctor", "outbox_message"})
_CHANGED = frozenset({"appointment", "audit_event", "doctor"})
_TOLD = _CHANGED | {"outbox_message"}

# Those who work with the doctor's patients; the patient is told that this is not for them.
STAFF = (401, 403, 404, 204, 404, 204, 404, 204)

BOOKING_ROWS = (
    Row("GET /specialties", ALL, shows="dermatology"),
    Row("GET /clinics", ALL, shows="Parkside Clinic"),
    Row("GET /clinics/{clinic_id}", ALL, address="/clinics/{harbour}", shows="{harbour}"),
    Row(
        "GET /clinics/{clinic_id}/doctors",
        ALL,
        address="/clinics/{harbour}/doctors",
        shows="{dora}",
    ),
    Row("GET /doctors", ALL, address="/doctors?specialty=dermatology", shows="{dora}"),
    Row("GET /doctors/{doctor_id}", ALL, address="/doctors/{dora}", shows="{dora}"),
    Row("GET /doctors/{doctor_id}/slots", ALL, address="/doctors/{dora}/slots", shows="{visit}"),
    Row("GET /slots", ALL, address="/slots?specialty=dermatology", shows="{dora}"),
    # No hub runs in these tests, so that the stream ends at once.
    Row("GET /events", ALL, address="/events?doctor={dora}", shows="retry:"),
    # A browser without a name of its own is known by its login.
    Row(
        "POST /holds",
        (401, *(201,) * 7),
        body=_OFFER | {"starts_at": THURSDAY_TEN},
        changes=frozenset({"busy_block", "doctor", "hold"}),
    ),
    Row("DELETE /holds/{hold_id}", DONE, address="/holds/{pending}"),
    Row("POST /holds/{hold_id}/release", DONE, address="/holds/{pending}/release"),
    # Whoever is a person can have an appointment; the others' accounts are for work alone.
    Row(
        "POST /appointments",
        (401, 201, 201, 201, 201, 403, 403, 403),
        body=_OFFER | {"starts_at": THURSDAY_TEN},
        changes=_BOOKED,
    ),
    Row(
        "POST /doctors/{doctor_id}/appointments",
        (401, 403, 403, 201, 403, 201, 403, 201),
        address="/doctors/{dora}/appointments",
        body={
            "clinic_id": "{harbour}",
            "visit_type_id": "{visit}",
            "patient_id": "{pia}",
            "starts_at": THURSDAY_TEN,
        },
        changes=_BOOKED,
        shows="Pia Quillfeather",
    ),
    Row("GET /appointments", SOMEBODY, shows='"items":['),
    Row(
        "GET /appointments/{appointment_id}",
        CONCERNED,
        address="/appointments/{pending}",
        shows="https://meet.example/pia-and-dora",
    ),
    Row(
        "GET /appointments/{appointment_id}.ics",
        CONCERNED,
        address="/appointments/{pending}.ics",
        shows="https://meet.example/pia-and-dora",
    ),
    Row(
        "POST /appointments/{appointment_id}/cancel",
        CONCERNED,
        address="/appointments/{pending}/cancel",
        body={"reason": "Something came up."},
        changes=_TOLD | {"busy_block"},
        shows='"cancelled"',
    ),
    Row(
        "POST /appointments/{appointment_id}/cancel-following",
        CONCERNED,
        address="/appointments/{pending}/cancel-following",
        body={"reason": "Something came up."},
        changes=_TOLD | {"busy_block"},
    ),
    Row(
        "POST /appointments/{appointment_id}/reschedule",
        CONCERNED,
        address="/appointments/{pending}/reschedule",
        body={"starts_at": THURSDAY_TEN},
        changes=_TOLD | {"appointment_move", "busy_block"},
        shows="2026-11-26T09:00:00+00:00",
    ),
    Row(
        "POST /appointments/{appointment_id}/confirm",
        STAFF,
        address="/appointments/{pending}/confirm",
        changes=_TOLD,
    ),
    Row(
        "POST /appointments/{appointment_id}/check-in",
        STAFF,
        address="/appointments/{begun}/check-in",
        changes=_CHANGED,
    ),
    # Nobody has checked in.
    Row(
        "POST /appointments/{appointment_id}/undo-check-in",
        tuple(409 if status == 204 else status for status in STAFF),
        address="/appointments/{begun}/undo-check-in",
    ),
    Row(
        "POST /appointments/{appointment_id}/complete",
        STAFF,
        address="/appointments/{begun}/complete",
        changes=_CHANGED,
    ),
    Row(
        "POST /appointments/{appointment_id}/no-show",
        STAFF,
        address="/appointments/{begun}/no-show",
        changes=_CHANGED,
    ),
    Row(
        "PUT /appointments/{appointment_id}/notes",
        (401, 403, 404, 204, 404, 403, 404, 403),
        address="/appointments/{begun}/notes",
        headers={"if-match": '"1"'},
        body={"notes": "Better."},
        changes=_CHANGED,
    ),
)
