"""The accounts with which a newcomer tries the demo clinic."""

from __future__ import annotations

from dataclasses import dataclass

DEMO_PASSWORD = "demo-password-1"  # noqa: S105 - public on purpose; production refuses it


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """An address that logs in with ``DEMO_PASSWORD``, and who that is."""

    email: str
    who: str


PATIENT = DemoLogin("patient@demo.example", "Mara Keller, patient in Berlin, with a child")
DOCTOR = DemoLogin("doctor@demo.example", "Dr Amara Meier, dermatology, Berlin")
ADMINISTRATOR = DemoLogin("admin@demo.example", "Administrator of all clinics")
RECEPTION = DemoLogin("desk@demo.example", "Front desk of the clinic in Berlin")
OTHER_PATIENT = DemoLogin("patient2@demo.example", "Sam Otieno, patient in Boston")
OTHER_DOCTOR = DemoLogin("doctor2@demo.example", "Dr Priya Raman, dermatology, Boston")

DEMO_LOGINS = (PATIENT, DOCTOR, ADMINISTRATOR, RECEPTION, OTHER_PATIENT, OTHER_DOCTOR)


def logins_as_text() -> str:
    """Return the demo logins as a table for a terminal."""
    width = max(len(login.email) for login in DEMO_LOGINS)
    lines = [f"  {login.email:<{width}}  {login.who}" for login in DEMO_LOGINS]
    return "\n".join([f"Demo logins, all with the password {DEMO_PASSWORD}", *lines])
