"""What the entries of the record say, in words."""

from __future__ import annotations

from appointment_app.i18n import t

DEEDS = {
    "appointment.booked": t("Appointment booked"),
    "appointment.confirmed": t("Appointment confirmed"),
    "appointment.checked_in": t("Patient checked in"),
    "appointment.completed": t("Visit completed"),
    "appointment.no_show": t("Visit missed"),
    "appointment.cancelled": t("Appointment cancelled"),
    "appointment.rescheduled": t("Appointment moved"),
    "appointment.overbooked": t("Appointment booked over another"),
    "appointment.handed_on": t("Appointment handed on to another doctor"),
    "appointment.imported": t("Appointment imported"),
    "appointment.noted": t("Notes written"),
    "profile.changed": t("Profile changed"),
    "profile.viewed": t("Profile looked at"),
    "person.exported": t("Data of a person taken"),
    "person.erased": t("Person erased"),
    "person.imported": t("Patient imported"),
    "patient.created": t("Patient written down"),
    "patient.activated": t("Patient in use again"),
    "patient.deactivated": t("Patient no longer in use"),
    "patient.merged": t("Two records of a patient made one"),
    "patient.separated": t("One record of a patient made two again"),
    "patient.claim_link_sent": t("Link sent to claim a record"),
    "patient.claimed": t("Record claimed by its patient"),
    "dependent.added": t("Dependent added to a family"),
    "dependent.share_family": t("Second guardian invited"),
    "kinship.changed": t("Relation in a family changed"),
    "dependent.own_account": t("Account offered to a dependent"),
    "dependent.independent": t("Dependent has an account of their own"),
    "guardianship.shared": t("Second guardian joined"),
    "guardianship.ended": t("Guardian takes no longer care"),
    "privacy.agreed": t("Privacy notice agreed to"),
    "user.registered": t("Account opened"),
    "user.address_verified": t("E-mail address confirmed"),
    "user.logged_in": t("Logged in"),
    "user.logged_out": t("Logged out"),
    "user.password_reset": t("Password set by a mailed link"),
    "user.password_changed": t("Password changed"),
    "user.address_asked": t("Another e-mail address asked for"),
    "user.address_changed": t("E-mail address changed"),
    "user.invitation_accepted": t("Invitation accepted"),
    "user.token_reused": t("Stolen login of a program refused"),
    "role.granted": t("Rights given"),
    "role.revoked": t("Rights taken"),
    "administrator.created": t("Administrator created"),
    "doctor.approved": t("Doctor approved"),
    "doctor.refused": t("Doctor refused"),
    "doctor.changed": t("Doctor's profile changed"),
    "doctor.suspended": t("Doctor suspended"),
    "doctor.restored": t("Suspension of a doctor ended"),
    "doctor.placed": t("Doctor placed at a clinic"),
    "doctor.left_clinic": t("Doctor left a clinic"),
    "doctor.imported": t("Doctor imported"),
    "doctor.invited": t("Doctor invited"),
    "hours.changed": t("Weekly hours changed"),
    "hours.rules_changed": t("Booking rules changed"),
    "hours.holidays_changed": t("Public holidays chosen"),
    "hours.override_set": t("Day that differs set"),
    "hours.override_removed": t("Day that differs removed"),
    "time_off.added": t("Time off entered"),
    "time_off.changed": t("Time off changed"),
    "time_off.removed": t("Time off removed"),
    "session.opened": t("Extra session opened"),
    "session.removed": t("Extra session removed"),
    "visit_type.created": t("Visit type added"),
    "visit_type.changed": t("Visit type changed"),
    "visit_type.moved": t("Visit types put in another order"),
    "visit_type.activated": t("Visit type offered again"),
    "visit_type.deactivated": t("Visit type no longer offered"),
    "clinic.created": t("Clinic set up"),
    "clinic.changed": t("Clinic changed"),
    "clinic.deactivated": t("Clinic closed"),
    "clinic.activated": t("Clinic restored"),
    "clinic.imported": t("Clinic imported"),
    "department.created": t("Department added"),
    "department.changed": t("Department changed"),
    "department.activated": t("Department in use again"),
    "department.deactivated": t("Department no longer in use"),
    "resource.created": t("Room or device added"),
    "resource.changed": t("Room or device changed"),
    "resource.activated": t("Room or device in use again"),
    "resource.deactivated": t("Room or device no longer in use"),
    "clinics.imported": t("File of clinics imported"),
    "doctors.imported": t("File of doctors imported"),
    "patients.imported": t("File of patients imported"),
    "appointments.imported": t("File of appointments imported"),
    "clinics.exported": t("File of clinics taken"),
    "doctors.exported": t("File of doctors taken"),
    "patients.exported": t("File of patients taken"),
    "appointments.exported": t("File of appointments taken"),
    "record.read": t("Values in the record read"),
    "record.exported": t("Record taken as a file"),
}
KINDS = {
    "appointment": t("Appointment"),
    "audit_event": t("Entry of the record"),
    "busy_block": t("Session"),
    "clinic": t("Clinic"),
    "department": t("Department"),
    "doctor": t("Doctor"),
    "doctor_at_clinic": t("Availability"),
    "export": t("Export"),
    "import": t("Import"),
    "person": t("Patient"),
    "resource": t("Room or device"),
    "time_off": t("Time off"),
    "user_account": t("Account"),
    "visit_type": t("Visit type"),
}


def deed_words(action: str) -> str:
    """Return what was done, such as "Appointment booked"; a deed without words is spelled out."""
    return DEEDS.get(action) or _spelled(action)


def kind_words(record_type: str) -> str:
    """Return what kind of record it was done to."""
    return KINDS.get(record_type) or _spelled(record_type)


def field_words(field: str) -> str:
    """Return the name of a field as it is read."""
    return _spelled(field)


def _spelled(code: str) -> str:
    return code.replace(".", " ").replace("_", " ").strip().capitalize()
