"""What the routes of doctors and clinics answer to whom, by hand; see expected_of_routes.py."""

from __future__ import annotations

from tests.policy.route_rows import ALL, SOMEBODY, Row
from tests.policy.world import SESSION, TIME_OFF

# Columns as in route_rows.py.
THE_DOCTOR = (401, 403, 403, 200, 403, 403, 403, 403)
THE_CLINIC = (401, 403, 403, 200, 403, 200, 403, 200)
DOCTORS = (401, 403, 403, 200, 200, 403, 403, 403)
ADMINISTRATORS = (401, 403, 403, 403, 403, 200, 200, 403)
ADMINISTRATOR = (401, 403, 403, 403, 403, 204, 403, 403)

_HARBOUR = "/doctors/{dora}/availability/{harbour}"
_AVAILABILITY = "/doctors/{doctor_id}/availability/{clinic_id}"
_BOTH = {"if-match": '"1.1"'}
_FIRST = {"if-match": '"1"'}
_OFFER = {"doctor_id": "{dora}", "clinic_id": "{harbour}", "visit_type_id": "{visit}"}
_HOURS = frozenset({"audit_event", "doctor", "doctor_at_clinic"})
_OFF = frozenset({"audit_event", "doctor", "time_off"})
_TYPES = frozenset({"audit_event", "doctor", "visit_type"})
_ROOMS = frozenset({"audit_event", "resource"})


def made(answers: tuple[int, ...]) -> tuple[int, ...]:
    """The same answers, where something is added."""
    return tuple(201 if status in {200, 204} else status for status in answers)


def done(answers: tuple[int, ...]) -> tuple[int, ...]:
    """The same answers, where nothing is told of it."""
    return tuple(204 if status == 200 else status for status in answers)


PRACTICE_ROWS = (
    # Why a day differs is the doctor's own.
    Row(f"GET {_AVAILABILITY}", THE_CLINIC, address=_HARBOUR, shows='"first":"2026-12-24"'),
    Row(
        "GET /doctors/{doctor_id}/availability",
        THE_CLINIC,
        address="/doctors/{dora}/availability",
        shows='"clinic":"Harbour Clinic',
    ),
    Row(
        "PUT /doctors/{doctor_id}/availability",
        THE_DOCTOR,
        address="/doctors/{dora}/availability",
        headers=_BOTH,
        body={"weekly_hours": []},
        changes=_HOURS | {"weekly_hours"},
        shows='"weekly_hours":[]',
    ),
    Row(
        f"PUT {_AVAILABILITY}",
        THE_DOCTOR,
        address=_HARBOUR,
        headers=_BOTH,
        body={"weekly_hours": [{"weekday": "monday", "opens": "09:00", "closes": "12:00"}]},
        changes=_HOURS | {"weekly_hours"},
        shows='"closes":"12:00"',
    ),
    Row(
        f"PUT {_AVAILABILITY}/rules",
        THE_DOCTOR,
        address=f"{_HARBOUR}/rules",
        headers=_BOTH,
        body={"minimum_notice": 60, "horizon_days": 30},
        changes=_HOURS,
        shows='"horizon_days":30',
    ),
    Row(
        f"PUT {_AVAILABILITY}/holidays",
        THE_DOCTOR,
        address=f"{_HARBOUR}/holidays",
        headers=_BOTH,
        body={"closed": True},
        changes=_HOURS,
        shows='"closed_on_holidays":true',
    ),
    Row(
        f"PUT {_AVAILABILITY}/overrides",
        THE_DOCTOR,
        address=f"{_HARBOUR}/overrides",
        headers=_BOTH,
        body={"first": "2026-12-01", "last": "2026-12-02"},
        changes=_HOURS | {"date_override"},
        shows='"first":"2026-12-01"',
    ),
    Row(
        f"DELETE {_AVAILABILITY}/overrides",
        THE_DOCTOR,
        address=f"{_HARBOUR}/overrides?first=2026-12-24&last=2026-12-24",
        headers=_BOTH,
        changes=_HOURS | {"date_override"},
        shows='"overrides":[]',
    ),
    Row(
        f"POST {_AVAILABILITY}/time-off",
        made(THE_DOCTOR),
        address=f"{_HARBOUR}/time-off",
        headers=_BOTH,
        body={"first": "2026-12-01", "last": "2026-12-02"},
        changes=_OFF,
    ),
    Row(
        f"PUT {_AVAILABILITY}/time-off/{{time_off_id}}",
        THE_DOCTOR,
        address=f"{_HARBOUR}/time-off/{TIME_OFF}",
        headers=_BOTH,
        body={"first": "2026-12-01", "last": "2026-12-02"},
        changes=_OFF,
    ),
    Row(
        f"DELETE {_AVAILABILITY}/time-off/{{time_off_id}}",
        THE_DOCTOR,
        address=f"{_HARBOUR}/time-off/{TIME_OFF}",
        headers=_BOTH,
        changes=_OFF,
        shows='"time_off":[]',
    ),
    Row(
        "POST /doctors/{doctor_id}/sessions",
        made(THE_DOCTOR),
        address="/doctors/{dora}/sessions",
        body={
            "clinic_id": "{harbour}",
            "visit_type_id": "{visit}",
            "day": "2026-12-10",
            "starts": "10:00",
            "duration": 60,
            "capacity": 2,
        },
        changes=frozenset({"audit_event", "busy_block", "doctor"}),
        shows="2026-12-10T09:00:00+00:00",
    ),
    Row(
        "DELETE /doctors/{doctor_id}/sessions",
        done(THE_DOCTOR),
        address="/doctors/{dora}/sessions?clinic={harbour}&starts_at="
        + SESSION.replace("+00:00", "Z"),
        changes=frozenset({"audit_event", "busy_block", "doctor"}),
    ),
    Row("GET /visit-types", DOCTORS),
    Row(
        "POST /visit-types",
        made(DOCTORS),
        body={"name": "Second look", "duration": 30},
        changes=_TYPES,
        shows="Second look",
    ),
    Row(
        "PUT /visit-types/{visit_type_id}",
        THE_DOCTOR,
        address="/visit-types/{visit}",
        headers=_FIRST,
        body={"name": "Second look", "duration": 30},
        changes=_TYPES,
        shows="Second look",
    ),
    Row(
        "PUT /visit-types/{visit_type_id}/active",
        THE_DOCTOR,
        address="/visit-types/{visit}/active",
        headers=_FIRST,
        body={"active": False},
        changes=_TYPES,
        shows='"active":false',
    ),
    Row(
        "POST /visit-types/{visit_type_id}/move",
        done(THE_DOCTOR),
        address="/visit-types/{visit}/move",
        body={"by": 1},
        changes=_TYPES,
    ),
    Row(
        "POST /series/plan",
        ALL,
        body=_OFFER
        | {
            "starts_at": "2026-11-26T10:00:00+01:00",
            "every_weeks": 1,
            "times": 2,
        },
        shows="2026-12-03",
    ),
    Row(
        "POST /series",
        (401, 201, 201, 201, 201, 403, 403, 403),
        body=_OFFER
        | {
            "starts": ["2026-11-26T10:00:00+01:00", "2026-12-03T10:00:00+01:00"],
            "every_weeks": 1,
        },
        changes=frozenset(
            {
                "appointment",
                "appointment_series",
                "audit_event",
                "busy_block",
                "doctor",
                "outbox_message",
            }
        ),
    ),
    Row(
        "GET /front-desk",
        (401, 403, 403, 403, 403, 200, 404, 200),
        address="/front-desk?clinic={harbour}",
        shows="Pia Quillfeather",
    ),
    # Clinics and who works there
    Row("GET /administration/clinics", ADMINISTRATORS, shows="{park}"),
    Row(
        "POST /clinics",
        made(ADMINISTRATOR),
        body={"name": "Hill Clinic", "city": "Kiel", "country": "DE", "zone": "Europe/Berlin"},
        changes=frozenset({"audit_event", "clinic", "specialty"}),
        shows="Hill Clinic",
    ),
    Row(
        "PATCH /clinics/{clinic_id}",
        (401, 403, 403, 403, 403, 200, 404, 403),
        address="/clinics/{harbour}",
        headers=_FIRST,
        body={"street": "Quay Street 2"},
        changes=frozenset({"audit_event", "clinic", "doctor"}),
        shows="Quay Street 2",
    ),
    # Somebody is still expected there.
    Row(
        "DELETE /clinics/{clinic_id}",
        tuple(409 if status == 204 else status for status in ADMINISTRATOR),
        address="/clinics/{park}",
        headers=_FIRST,
    ),
    Row(
        "POST /clinics/{clinic_id}/restore",
        ADMINISTRATOR,
        address="/clinics/{park}/restore",
        headers=_FIRST,
        changes=frozenset({"audit_event", "clinic", "doctor"}),
    ),
    Row("GET /rooms", ADMINISTRATORS, shows="Plaster room"),
    Row(
        "POST /clinics/{clinic_id}/rooms",
        made(ADMINISTRATOR),
        address="/clinics/{harbour}/rooms",
        body={"name": "Room 9"},
        changes=_ROOMS,
    ),
    Row(
        "PUT /rooms/{room_id}/name",
        ADMINISTRATOR,
        address="/rooms/{room}/name",
        headers=_FIRST,
        body={"name": "Room 9"},
        changes=_ROOMS,
    ),
    Row(
        "PUT /rooms/{room_id}/active",
        ADMINISTRATOR,
        address="/rooms/{room}/active",
        headers=_FIRST,
        body={"active": False},
        changes=_ROOMS,
    ),
    Row("GET /doctor-applications", ADMINISTRATORS, shows='"items":['),
    Row(
        "POST /doctors/{doctor_id}/approve",
        ADMINISTRATOR,
        address="/doctors/{wilma}/approve",
        changes=frozenset({"audit_event", "doctor", "outbox_message"}),
    ),
    Row(
        "POST /doctors/{doctor_id}/refuse",
        ADMINISTRATOR,
        address="/doctors/{wilma}/refuse",
        body={"reason": "The licence is not known."},
        changes=frozenset({"audit_event", "doctor", "outbox_message"}),
    ),
    # Patients
    Row(
        "GET /patients",
        (401, 403, 403, 200, 403, 200, 403, 200),
        address="/patients?doctor={dora}&clinic={harbour}&q=Pia",
        shows="Pia Quillfeather",
    ),
    # The look of staff is on record, one's own is not.
    Row(
        "GET /patients/{patient_id}",
        (401, 200, 404, 200, 404, 200, 404, 200),
        address="/patients/{pia}",
        changes=frozenset({"audit_event"}),
        changes_for_patient=frozenset(),
        shows="Pia Quillfeather",
    ),
    # An administrator of all clinics knows that there is such a person.
    Row(
        "PATCH /patients/{patient_id}",
        (401, 200, 404, 404, 404, 403, 404, 404),
        address="/patients/{pia}",
        headers=_FIRST,
        body={"insurance_number": "X 1"},
        changes=frozenset({"audit_event", "patient_profile", "person"}),
        shows="X 1",
    ),
    Row(
        "GET /patients/{patient_id}/appointments",
        SOMEBODY,
        address="/patients/{pia}/appointments",
        shows='"items":[',
    ),
    Row(
        "PATCH /auth/me",
        (401, 200, 200, 200, 200, 404, 404, 404),
        body={"insurance_number": "X 1"},
        changes=frozenset({"audit_event", "patient_profile", "person"}),
        shows="display_name",
    ),
)
