"""The columns of each kind of file: what page, documentation and reader know of them."""

from __future__ import annotations

from dataclasses import dataclass

from appointment_app.i18n import t
from appointment_app.models import BulkKind

NUMBER = "external_number"
NUMBER_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the first line, what stands in it, and whether it may be empty."""

    name: str
    meaning: str
    required: bool = False


COLUMNS: dict[BulkKind, tuple[Column, ...]] = {
    BulkKind.CLINICS: (
        Column(NUMBER, t("the clinic's number in your other software; never changes"), True),
        Column("name", t("at most 120 characters"), True),
        Column("street", t("with the house number")),
        Column("postcode", ""),
        Column("city", "", True),
        Column("state", ""),
        Column("country", t("two letters (ISO 3166-1), such as DE"), True),
        Column("region", t("whose public holidays hold, such as BE")),
        Column("zone", t("time zone, such as Europe/Berlin; stays as it is"), True),
        Column("phone", t("with country code, such as +49 30 901820")),
        Column("email", ""),
        Column("closed_on_holidays", t("yes or no")),
    ),
    BulkKind.DOCTORS: (
        Column(NUMBER, t("the doctor's number in your other software; never changes"), True),
        Column("email", t("the login; they get a password by “Forgot your password?”"), True),
        Column("title", t("such as Dr")),
        Column("given_name", "", True),
        Column("family_name", "", True),
        Column("licence_number", "", True),
        Column("practising_since", t("a year")),
        Column("specialties", t("codes such as dermatology, parted by |"), True),
        Column("languages", t("codes such as de, parted by |")),
        Column("clinics", t("external numbers or ids of clinics, parted by |"), True),
        Column("visit_types", t("name and minutes, such as First visit 30, parted by |")),
    ),
    BulkKind.PATIENTS: (
        Column(NUMBER, t("the patient's number in your other software; never changes"), True),
        Column("clinic", t("external number or id of the clinic that knows the patient"), True),
        Column("given_name", "", True),
        Column("family_name", "", True),
        Column("birth_date", t("such as 1961-04-05")),
        Column("phone", t("with country code, such as +49 30 901820")),
        Column("language", t("code such as de; en where it is empty")),
    ),
    BulkKind.APPOINTMENTS: (
        Column(NUMBER, t("the appointment's number in your other software; never changes"), True),
        Column("clinic", t("external number or id of the clinic"), True),
        Column("doctor", t("external number or id of the doctor, who works at the clinic"), True),
        Column("patient", t("external number or id of the patient"), True),
        Column("start", t("by the clinic's clock, such as 2026-11-23 10:00"), True),
        Column("visit_type", t("its name, as the doctor offers it; not a group session"), True),
        Column("duration", t("minutes; those of the visit type where it is empty")),
        Column("status", t("pending, confirmed, completed, no_show or cancelled"), True),
    ),
}


def as_markdown() -> str:
    """Return all columns as the page of documentation that ``docs/import.md`` is."""
    parts = [_INTRODUCTION]
    for kind, columns in COLUMNS.items():
        rows = [
            f"| `{each.name}` | {'yes' if each.required else ''} | {each.meaning} |"
            for each in columns
        ]
        head = "| column | required | what stands in it |\n|---|---|---|"
        parts.append(f"## {kind.value.title()}\n\n{head}\n" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = """# Import and export

CSV files with the columns below, in any order, named in the first line; UTF-8, comma or semicolon.
At `/admin/import`, or with `python -m appointment_app.manage import --as EMAIL KIND FILE`, which
looks only with `--dry-run`: first clinics, then doctors, patients and appointments.

- A file is brought in as a whole or, when one line is wrong, not at all. That goes on when the page
  is left; whoever opens it again sees how far it is, for a day what came of it, and no more: the
  file itself is deleted as soon as it is in. Of the files that an account has sent and not brought
  in, the newest five are kept.
- A record is known again by its external number: to bring in a file once more changes nothing, or
  what differs. What is exported and has no such number has its id there.
- Numbers are one series over all clinics, for each kind of file: who works at two clinics, or goes
  from one to another, stays the same. Where two old systems number alike, put the system before
  each number, such as `hill-1042`, also where a line names a clinic, doctor or patient. A line
  whose number is somebody else's is refused.
- An administrator brings in what belongs to clinics that they administer; a new clinic is set up by
  an administrator of all.
- Who was erased on their wish comes back by no file: a line with their number is refused.
- Two records of one patient that became one are found by the number of either.
- Patients who have an account keep their data themselves: a file does not change them.
- Appointments are kept apart from each other as everywhere else; lines that overlap are named. Only
  appointments that came by a file are changed by one, and nobody is sent a mail about them.
- Where a cell begins with `=`, `+`, `-` or `@`, or has one of them right after a semicolon, a tab
  or a new line, an apostrophe is exported before it, so that no spreadsheet calculates it, however
  it parts the cells. It is read without."""
