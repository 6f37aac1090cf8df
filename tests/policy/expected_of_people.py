"""What the handlers around people's own data do for whom, written by hand."""

from __future__ import annotations

from tests.factories import UNKNOWN_ID
from tests.policy.handler_rows import (
    DONE,
    FORBIDDEN,
    LOGIN,
    MISSING,
    NOTHING,
    SCREEN,
    SOMEBODY,
    Row,
)
from tests.policy.who_sees_what import Who

PROFILE = "/profile?person={pia}"

# Columns:         nobody  patient  another    doctor   another    administrator  another clinic's
#                                   patient             doctor     of all         administrator
# and last the reception of the doctor's clinic
HAS_A_PROFILE = (LOGIN, DONE, DONE, DONE, DONE, MISSING, MISSING, MISSING)
THE_PATIENT = (LOGIN, DONE, MISSING, MISSING, MISSING, FORBIDDEN, MISSING, MISSING)
WHO_TREATS = (LOGIN, FORBIDDEN, MISSING, DONE, MISSING, DONE, MISSING, DONE)

FAMILIES = (LOGIN, DONE, DONE, DONE, DONE, FORBIDDEN, FORBIDDEN, FORBIDDEN)

_TYPED_CHILD = {
    "typed": {
        "given_name": "Nora",
        "family_name": "New",
        "birth_date": "2020-02-29",
        "kinship": "child",
    }
}
_TYPED_PROFILE = {
    "typed": {
        "given_name": "Pia",
        "family_name": "Quillfeather",
        "language": "de",
        "allergies": "None any more",
    }
}

ROWS = (
    Row("ProfileForm.load", HAS_A_PROFILE, "/profile", shows='"is_own": true'),
    Row(
        "ProfileForm.load",
        THE_PATIENT,
        PROFILE,
        shows="Hives from penicillin",
        situation="of a patient",
    ),
    Row(
        "ProfileForm.save",
        THE_PATIENT,
        PROFILE,
        _TYPED_PROFILE,
        before=("load",),
        owner=Who.PATIENT,
        changes=frozenset({"audit_event", "patient_profile", "person"}),
    ),
    Row(
        "ProfileForm.load_new_version",
        THE_PATIENT,
        PROFILE,
        before=("load",),
        owner=Who.PATIENT,
        shows="Hives from penicillin",
    ),
    Row("FamilyPage.load", FAMILIES, "/family"),
    Row("FamilyPage.add", SCREEN, "/family"),
    Row("FamilyPage.close", SCREEN, "/family"),
    Row(
        "FamilyPage.submit",
        FAMILIES,
        "/family",
        _TYPED_CHILD,
        before=("load", "add"),
        changes=frozenset({"audit_event", "guardianship", "person"}),
    ),
    Row(
        "FamilyPage.ask",
        SCREEN,
        "/family",
        {"person": "{zoe}"},
        before=("load",),
        owner=Who.PATIENT,
    ),
    Row(
        "FamilyPage.ask_kinship",
        SCREEN,
        "/family",
        {"person": "{zoe}"},
        before=("load",),
        owner=Who.PATIENT,
    ),
    Row("FamilyPage.keep_kinship", SCREEN, "/family"),
    Row(
        "FamilyPage.save_kinship",
        (LOGIN, DONE, MISSING, MISSING, MISSING, FORBIDDEN, FORBIDDEN, FORBIDDEN),
        "/family",
        {"typed": {"kinship": "partner"}},
        before=("load", ("ask_kinship", {"person": "{zoe}"})),
        owner=Who.PATIENT,
        changes=frozenset({"audit_event", "guardianship"}),
    ),
    Row("FamilyPage.keep", SCREEN, "/family"),
    Row(
        "FamilyPage.remove",
        (LOGIN, DONE, MISSING, MISSING, MISSING, FORBIDDEN, FORBIDDEN, FORBIDDEN),
        "/family",
        before=("load", ("ask", {"person": "{zoe}"})),
        owner=Who.PATIENT,
        changes=frozenset({"audit_event", "guardianship"}),
    ),
    Row(
        "VisitFilters.choose",
        SCREEN,
        "/appointments?show=past",
        {"name": "year", "value": "2026"},
        shows="year=2026",
    ),
    Row("AccountPage.load", SOMEBODY, "/account"),
    Row("AccountPage.end", (LOGIN, *(MISSING,) * 7), "/account", {"login": UNKNOWN_ID}),
    Row("AccountPage.end_others", SOMEBODY, "/account"),
    Row("FamilyPage.close_letter", SCREEN, "/family"),
    *(
        Row(
            f"FamilyPage.{form}",
            SCREEN,
            "/family",
            {"person": "{zoe}"},
            before=("load",),
            owner=Who.PATIENT,
        )
        for form in ("invite", "offer")
    ),
    *(
        Row(
            "FamilyPage.send",
            (LOGIN, DONE, *(MISSING,) * 6),
            "/family",
            {"typed": {"email": "other@mail.example"}},
            before=("load", (form, {"person": "{zoe}"})),
            owner=Who.PATIENT,
            changes=frozenset({"account_token", "audit_event", "outbox_message"}),
            situation=f"after {form}",
        )
        for form in ("invite", "offer")
    ),
    Row(
        "InvitationPage.load",
        (LOGIN, *(MISSING,) * 4, *(FORBIDDEN,) * 3),
        "/invitation?token=old",
    ),
    Row(
        "InvitationPage.accept",
        (LOGIN, *(NOTHING,) * 4, *(FORBIDDEN,) * 3),
        "/invitation?token=old",
    ),
    # Each look is on record
    Row(
        "PatientPanel.unfold",
        WHO_TREATS,
        "/calendar",
        {"appointment_id": "{pending}"},
        shows="INS-PIA-1961",
        changes=frozenset({"audit_event"}),
    ),
    Row(
        "PatientPanel.fold",
        SCREEN,
        "/calendar",
        before=(("unfold", {"appointment_id": "{pending}"}),),
        owner=Who.DOCTOR,
    ),
)
