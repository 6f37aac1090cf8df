"""The table of rights for people to read, made from ``policy.py``."""

from __future__ import annotations

from appointment_app.accounts.policy import RULES, Relation

_HEAD = {
    Relation.ANYBODY: "anybody",
    Relation.USER: "logged in",
    Relation.PATIENT: "patient",
    Relation.DOCTOR: "doctor",
    Relation.SUSPENDED_DOCTOR: "suspended doctor",
    Relation.RECEPTION: "reception",
    Relation.ADMINISTRATOR: "administrator",
}
_INTRODUCTION = """# Who may do what

Made from `appointment_app/accounts/policy.py` by `python -m appointment_app.manage rights`.

*Patient* is the patient whom the record is about, or their guardian; *doctor* the one whom it is
about; *reception* and *administrator* are those of its clinic, or of all clinics. Where others get
"not found", they cannot tell whether there is such a record.

"""


def rights_table() -> str:
    """Return the table as Markdown, with a line for each action of the policy."""
    heads = ["", *_HEAD.values(), "others get"]
    lines = [_line(heads), _line(["---", *([":-:"] * len(_HEAD)), "---"])]
    for action, rule in RULES.items():
        is_for = {Relation.ANYBODY, Relation.USER} & rule.allowed
        cells = ["yes" if {each, *is_for} & rule.allowed else "" for each in _HEAD]
        if is_for and Relation.ANYBODY not in rule.allowed:
            cells[0] = ""
        refused = "" if is_for else "not found" if rule.hidden else "no right"
        lines.append(_line([action.value, *cells, refused]))
    return _INTRODUCTION + "\n".join(lines) + "\n"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
