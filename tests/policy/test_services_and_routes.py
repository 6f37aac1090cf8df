"""Whatever the services do for somebody has a route, or a reason why it has none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from appointment_app.settings import PROJECT_ROOT

PACKAGE = PROJECT_ROOT / "appointment_app"
SERVICES = (
    "accounts",
    "bulk",
    "clinics",
    "figures",
    "live",
    "notifications",
    "privacy",
    "record",
    "scheduling",
)

_PART = "a part of other services, inside their transaction"
_PAGE = "what a page shows at once; programs ask for its parts"
_PREVIEW = "what a page shows before saving; a refusal tells programs the same"
_BROWSER = "two people agree by mailed links, which lead to pages"
_COMMAND = "for the command line; programs send a file first"
_ASKED_TWICE = "it cannot be undone, and a page asks twice, about one person"

# By hand: a service that asks who somebody is, and no route.
WITHOUT_ROUTE: dict[str, str] = {
    "bulk.appointments.plan_appointments": _PART,
    "bulk.clinics.plan_clinics": _PART,
    "bulk.doctors.plan_doctors": _PART,
    "bulk.importing.bring_in": _COMMAND,
    "bulk.importing.check": _COMMAND,
    "bulk.importing.look": _PART,
    "bulk.importing.store": _PART,
    "bulk.patients.plan_patients": _PART,
    "bulk.plan.load_clinics": _PART,
    "bulk.writing.write": _PART,
    "scheduling.claiming.claim": _BROWSER,
    "scheduling.claiming.send_claim_link": _BROWSER,
    "scheduling.handing_on.hand_on": _PART,
    "scheduling.keeping_patients.load_kept": _PART,
    "scheduling.keeping_patients.merge_rows": _PART,
    "privacy.erasure.erase_for_patient": _ASKED_TWICE,
    "accounts.own_clinics.clinics_where": _PART,
    "accounts.patients.load_clinic": _PART,
    "clinics.doctor_profiles.administers": _PART,
    "clinics.doctor_record.record_of_doctor": _PART,
    "clinics.doctor_profiles.editable_doctor": _PART,
    "clinics.doctor_profiles.known_doctor": _PART,
    "clinics.named_parts.find_clinic": _PART,
    "clinics.named_parts.find_part": _PART,
    "figures.scope.of_clinics": _PART,
    "figures.scope.of_doctor": _PART,
    "scheduling.alternatives.nearest_alternatives": _PART,
    "scheduling.booking.come_in": _PART,
    "scheduling.booking.lock_patient": _PART,
    "scheduling.booking.take": _PART,
    "scheduling.cancelling.cancel_locked": _PART,
    "scheduling.changes.lock_appointment": _PART,
    "scheduling.days.list_days": _PART,
    "scheduling.handing_on.find_successors": _PART,
    "scheduling.held.find": _PART,
    "scheduling.move_rows.store_move": _PART,
    "scheduling.moved.find_moved": _PART,
    "scheduling.nothing_free.explain": _PART,
    "scheduling.overbooking.find_conflicts": _PART,
    "scheduling.own_place.load_own_place": _PART,
    "scheduling.own_place.lock_own_place": _PART,
    "scheduling.own_times.load_own_times": _PART,
    "scheduling.patient_rules.require_may_keep": _PART,
    "scheduling.patients.load_known_patient": _PART,
    "scheduling.patients.load_place_of_staff": _PART,
    "scheduling.series_places.load_series_places": _PART,
    "scheduling.slots.look_at_start": _PART,
    "scheduling.slots.slots_for": _PART,
    "scheduling.staff_time.look_at_time": _PART,
    "accounts.audit.record_many": _PART,
    "accounts.family.people_to_book_for": _PAGE,
    "accounts.own_account.load_address": _PAGE,
    "accounts.profiles.view_patient_of": _PAGE,
    "clinics.inviting_doctors.list_choices": _PAGE,
    "privacy.copy.list_people": _PAGE,
    "scheduling.activity.list_activity": _PAGE,
    "scheduling.appointments.find_own": _PAGE,
    "scheduling.appointments.list_own": _PAGE,
    "scheduling.brief.load_brief": _PAGE,
    "scheduling.brief.load_reach": _PAGE,
    "scheduling.calendar.load_days": _PAGE,
    "scheduling.calendar.load_detail": _PAGE,
    "scheduling.calendar.load_figures": _PAGE,
    "scheduling.calendar.overview": _PAGE,
    "scheduling.hours.list_places": _PAGE,
    "scheduling.hours.load": _PAGE,
    "scheduling.patient_records.list_patients": _PAGE,
    "scheduling.patient_records.load_patient": _PAGE,
    "scheduling.patients.load_reach_of_patient": _PAGE,
    "scheduling.search.find_card": _PAGE,
    "scheduling.search.list_departments": _PAGE,
    "scheduling.search.list_suggestions": _PAGE,
    "scheduling.session_calendar.list_sessions": _PAGE,
    "scheduling.session_calendar.load_session": _PAGE,
    "scheduling.slots.list_slots": _PAGE,
    "scheduling.staff_booking.list_bookable_visits": _PAGE,
    "scheduling.staff_booking.list_places": _PAGE,
    "scheduling.visit_history.visit_choices": _PAGE,
    "scheduling.visit_types.list_clinics": _PAGE,
    "scheduling.visit_types.list_resources": _PAGE,
    "scheduling.different_days.preview_override": _PREVIEW,
    "scheduling.different_days.preview_removal": _PREVIEW,
    "scheduling.hours.preview": _PREVIEW,
    "scheduling.hours.validate": _PREVIEW,
    "scheduling.rescheduling.conflicts_of_move": _PREVIEW,
    "scheduling.time_off.preview_time_off": _PREVIEW,
    "accounts.sharing.accept_invitation": _BROWSER,
    "accounts.sharing.invite_guardian": _BROWSER,
    "accounts.sharing.look_at_invitation": _BROWSER,
    "accounts.sharing.offer_account": _BROWSER,
}


def services() -> set[str]:
    """Every public function of the services that is given an actor, or a visitor."""
    return {
        f"{package}.{path.stem}.{node.name}"
        for package in SERVICES
        for path in sorted((PACKAGE / package).glob("*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and {"actor", "visitor"} & {argument.arg for argument in node.args.args}
    }


def called_by_routes() -> set[str]:
    """Every function of the services that a module of the API names."""
    return {name for path in sorted((PACKAGE / "api").glob("*.py")) for name in _called_in(path)}


def _called_in(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node.module is None:
            continue
        _, _, inside = node.module.partition("appointment_app.")
        for alias in node.names:
            whole = f"{inside}.{alias.name}"
            if inside in SERVICES:
                modules[alias.asname or alias.name] = whole
            else:
                yield whole
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = modules.get(node.value.id)
            if module is not None:
                yield f"{module}.{node.attr}"


def test_every_service_has_a_route_or_a_reason() -> None:
    without = sorted(services() - called_by_routes() - WITHOUT_ROUTE.keys())
    assert not without, (
        "Programs cannot do what these services do. Give each a route, or say in"
        f" {Path(__file__).name} why it has none: {without}"
    )


def test_reasons_are_of_services_without_a_route() -> None:
    assert sorted(WITHOUT_ROUTE.keys() - services()) == []
    assert sorted(WITHOUT_ROUTE.keys() & called_by_routes()) == []


@pytest.mark.parametrize(
    "name",
    ["scheduling.booking.book", "accounts.program_logins.refresh", "clinics.resources.add"],
)
def test_it_sees_what_is_called(name: str) -> None:
    assert name in services() | called_by_routes()
    assert name in called_by_routes()
