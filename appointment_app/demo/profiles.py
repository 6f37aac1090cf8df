"""What the patients of the demo logins tell of themselves."""

from __future__ import annotations

from typing import Any

from appointment_app.models import BloodGroup

# By the key of the patient; the fields are those of ``PatientProfile``.
PROFILES: dict[str, dict[str, Any]] = {
    "mara.keller": {
        "blood_group": BloodGroup.A_POSITIVE,
        "allergies": "Penicillin: rash and swelling",
        "emergency_name": "Jonas Keller",
        "emergency_phone": "+491713920099",
        "emergency_relation": "Husband",
        "insurance_provider": "Nordlicht Kasse",
        "insurance_number": "K 204 118 530",
    },
    "finn.keller": {
        "allergies": "Peanuts",
        "emergency_name": "Mara Keller",
        "emergency_phone": "+491713920000",
        "emergency_relation": "Mother",
        "insurance_provider": "Nordlicht Kasse",
        "insurance_number": "K 204 118 531",
    },
    "sam.otieno": {
        "blood_group": BloodGroup.O_NEGATIVE,
        "insurance_provider": "Bayside Health",
        "insurance_number": "BH-77120",
        "wants_reminders": False,
    },
}
