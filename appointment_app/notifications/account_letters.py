"""What each mail about an account says.

These mails greet nobody by name: anybody can register somebody else's address under a "name" of
their choice, and would have us deliver it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from appointment_app.i18n import t
from appointment_app.links import page_link
from appointment_app.models import MessageKind, Role
from appointment_app.notifications.letter import Letter
from appointment_app.texts import in_groups


def _verify_email(payload: Mapping[str, Any]) -> Letter:
    link = page_link("/verify", token=payload["secret"], next=payload.get("next", ""))
    return Letter(
        subject=t("Please confirm your mail address"),
        opening=(
            t("Somebody registered with this mail address. If it was you, please confirm it."),
        ),
        link=(t("Confirm my address"), link),
        closing=(
            t("The link works once."),
            t("If it was not you, you need not do anything."),
        ),
    )


def _address_known(_: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("You already have an account"),
        opening=(
            t("Somebody tried to register with this mail address, which has an account already."),
            t("If it was you, log in with your password or choose a new one there."),
        ),
        link=(t("Log in"), page_link("/login")),
        closing=(t("If it was not you, you need not do anything. Nothing was changed."),),
    )


def _reset_password(payload: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("Choose a new password"),
        opening=(t("Somebody asked for a new password for your account."),),
        link=(
            t("Choose a new password"),
            page_link("/reset-password", token=payload["secret"]),
        ),
        closing=(
            t("The link works once, within 30 minutes of asking for it."),
            t("If it was not you, you need not do anything. Your password stays as it is."),
        ),
    )


def _password_changed(_: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("Your password was changed"),
        opening=(
            t("The password of your account was changed, and every other device was logged out."),
            t("If it was not you, choose a new password at once."),
        ),
        link=(t("Choose a new password"), page_link("/forgot-password")),
    )


def _change_email(payload: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("Please confirm your new mail address"),
        opening=(t("Somebody wants to use this mail address for their account here."),),
        link=(
            t("Use this address"),
            page_link("/confirm-address", token=payload["secret"]),
        ),
        closing=(
            t("The link works once, within 24 hours."),
            t("If it was not you, you need not do anything."),
        ),
    )


def _email_changed(_: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("Your mail address was changed"),
        opening=(
            t("Your account has another mail address now. This one no longer logs in."),
            t("If it was not you, please tell the clinic at once."),
        ),
    )


def _share_family(payload: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("Look after appointments together"),
        opening=(
            t(
                "{name} asks you to look after the appointments of somebody of the family too.",
                name=payload.get("name", ""),
            ),
            t("Log in or sign up with this link; then you see for whom, and decide."),
        ),
        link=(t("See for whom"), page_link("/invitation", token=payload["secret"])),
        closing=(
            t("The link works once, within 7 days."),
            t("If you do not know who that is, you need not do anything."),
        ),
    )


def _own_account(payload: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("An account of your own"),
        opening=(
            t(
                "{name} has looked after your appointments here, and offers you an own account.",
                name=payload.get("name", ""),
            ),
            t("Choose a password, and whether they may still book for you."),
        ),
        link=(t("Open my account"), page_link("/own-account", token=payload["secret"])),
        closing=(
            t("The link works once, within 7 days."),
            t("If you do not know who that is, you need not do anything."),
        ),
    )


def _doctor_approved(_: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("Your registration was approved"),
        opening=(t("Patients can find you as soon as you have set your hours and visit types."),),
        link=(t("Set my hours"), page_link("/availability")),
    )


def _doctor_refused(payload: Mapping[str, Any]) -> Letter:
    reason = payload.get("reason", "")
    if payload.get("suspended"):
        return Letter(
            subject=t("Your account was suspended"),
            opening=(t("Patients can no longer find or book you."),),
            facts=(
                *(((t("From"), since),) if (since := payload.get("since", "")) else ()),
                *(((t("Until"), until),) if (until := payload.get("until", "")) else ()),
                (t("Reason"), reason),
            ),
        )
    return Letter(
        subject=t("Your registration was not approved"),
        opening=(t("We could not approve your registration as a doctor."),),
        facts=((t("Reason"), reason),) if reason else (),
    )


def _staff_invited(payload: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("Your account for work"),
        opening=(_role_words(payload), t("Choose a password, and you can log in.")),
        link=(t("Choose a password"), page_link("/reset-password", token=payload["secret"])),
        closing=(
            t("The link works once, within seven days."),
            t("If you do not know this clinic, you need not do anything."),
        ),
    )


def _claim_record(payload: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("Your appointments in one place"),
        opening=(
            t("A clinic keeps your appointments under this mail address."),
            t("Log in or create an account to see, move and cancel them yourself."),
        ),
        link=(t("See my appointments"), page_link("/claim", token=payload["secret"])),
        closing=(
            t("The link works once, within fourteen days."),
            t("If you are not a patient there, you need not do anything."),
        ),
    )


def _role_granted(payload: Mapping[str, Any]) -> Letter:
    where = {
        Role.RECEPTION: (t("Open the front desk"), "/front-desk"),
        Role.DOCTOR: (t("Open your calendar"), "/calendar"),
    }
    words, path = where.get(payload["role"], (t("Open your workspace"), "/admin/staff"))
    return Letter(
        subject=t("Your account has new rights"),
        opening=(_role_words(payload),),
        link=(words, page_link(path)),
    )


def _role_words(payload: Mapping[str, Any]) -> str:
    clinic = payload["clinic"] or t("all clinics")
    if payload["role"] == Role.RECEPTION:
        return t("You work at the front desk of {clinic}.", clinic=clinic)
    if payload["role"] == Role.DOCTOR:
        return t("You see patients as a doctor of {clinic}.", clinic=clinic)
    return t("You are an administrator of {clinic}.", clinic=clinic)


def _person_erased(payload: Mapping[str, Any]) -> Letter:
    kept = [in_groups(reference) for reference in payload.get("kept", ())]
    notes = t(
        "The notes that doctors wrote on visits which took place: the law makes them keep the"
        " medical record for years. They stand there without a name, under the reference."
    )
    return Letter(
        subject=t("The data were erased"),
        opening=(
            t("As you asked, the data of the account or of your dependent were erased."),
            t("What had to be kept, without a name, and why:"),
        ),
        facts=(
            (t("Appointments"), t("When a doctor's time was taken, for the practice's books.")),
            (
                t("Record"),
                t(
                    "Who did what, when and from which network address, for security;"
                    " its values can be read by nobody now."
                ),
            ),
            *(((t("Notes"), notes),) if kept else ()),
            *(((t("References"), ", ".join(kept)),) if kept else ()),
        ),
        closing=(
            t("Keep this letter: with a reference the practice finds its notes."),
            t("We forget this address too, now that the letter is sent."),
        ),
    )


ACCOUNT_LETTERS: dict[MessageKind, Callable[[Mapping[str, Any]], Letter]] = {
    MessageKind.VERIFY_EMAIL: _verify_email,
    MessageKind.ADDRESS_KNOWN: _address_known,
    MessageKind.RESET_PASSWORD: _reset_password,
    MessageKind.PASSWORD_CHANGED: _password_changed,
    MessageKind.CHANGE_EMAIL: _change_email,
    MessageKind.EMAIL_CHANGED: _email_changed,
    MessageKind.SHARE_FAMILY: _share_family,
    MessageKind.OWN_ACCOUNT: _own_account,
    MessageKind.DOCTOR_APPROVED: _doctor_approved,
    MessageKind.DOCTOR_REFUSED: _doctor_refused,
    MessageKind.STAFF_INVITED: _staff_invited,
    MessageKind.ROLE_GRANTED: _role_granted,
    MessageKind.PERSON_ERASED: _person_erased,
    MessageKind.CLAIM_RECORD: _claim_record,
}
