"""The privacy notice in plain words; another wording is another version (``consent.py``)."""

from __future__ import annotations

import reflex as rx

from appointment_app.accounts.consent import NOTICE_DAY
from appointment_app.components.account_form import account_card, account_form
from appointment_app.components.card import card
from appointment_app.components.link import link, plain_link
from appointment_app.components.page import Viewer, public_page
from appointment_app.i18n import format_date, t
from appointment_app.settings import get_settings

ROUTE = "/privacy"


def privacy(viewer: Viewer) -> rx.Component:
    """Return the page with the notice."""
    settings = get_settings()
    organisation = settings.organisation or t("The clinic that you book with")
    return public_page(
        rx.el.article(
            rx.el.h1(t("Privacy notice")),
            rx.el.p(
                t("Version of {day}", day=format_date(NOTICE_DAY, "d MMMM y")), class_name="muted"
            ),
            _part(
                t("Who is responsible"),
                t("{organisation} runs this booking page.", organisation=organisation),
                t("Write to {address} with any question.", address=settings.mail_from),
            ),
            _list(
                t("What we keep, and why"),
                t("Your name, e-mail address and telephone number: to reach you."),
                t("Your appointments, with the reason if you give one: to keep them for you."),
                t("Your profile, as much as you tell: so that your doctors know what matters."),
                t("The people of your family whom you add: so that you can book for them."),
                t("Where and when you log in, and who looked at or changed what: for safety."),
            ),
            _list(
                t("Who sees it"),
                t("Doctors whom you book: your appointments with them and your profile."),
                t("The front desk of that clinic: when you come, how you are reached and insured."),
                t("Nobody reads your health data but those doctors, you and your guardians."),
                t("We sell nothing, show no advertising and send no health data by mail."),
            ),
            _list(
                t("How long"),
                t("Your account and profile: until you have them erased."),
                t("What belongs to your treatment: as long as the law asks of your doctors."),
                t("Reminders, links and login records: only as long as they are needed."),
            ),
            _list(
                t("Your rights"),
                t("You can see and correct what we keep of you, in your profile."),
                t("You can ask for a copy of everything, and for its erasure."),
                t("You can take back your agreement; what was right until then stays right."),
                t("You can complain to the data protection authority of your country."),
            ),
            rx.el.p(link(t("Find a doctor"), href="/", class_name="inline-target")),
            class_name="mx-auto w-full max-w-2xl grid gap-4",
        ),
        viewer=viewer,
        current=ROUTE,
    )


def consent(viewer: Viewer) -> rx.Component:
    """Return the page that asks whoever logs in, once for each version of the notice."""
    return public_page(
        account_card(
            t("Our privacy notice"),
            account_form(
                rx.el.p(
                    t(
                        "There is a version of {day} that you have not agreed to yet.",
                        day=format_date(NOTICE_DAY, "d MMMM y"),
                    )
                ),
                rx.el.p(notice_link()),
                path="/consent",
                submit=t("Agree and go on"),
            ),
        ),
        viewer=viewer,
        current="/consent",
    )


def notice_link() -> rx.Component:
    """Return the link to the notice, which opens beside the page so that nothing typed is lost."""
    return plain_link(
        t("Read the privacy notice"), href=ROUTE, target="_blank", class_name="inline-target"
    )


def _part(title: str, *sentences: str) -> rx.Component:
    return card(rx.el.h2(title), *(rx.el.p(each, class_name="mt-2") for each in sentences))


def _list(title: str, *sentences: str) -> rx.Component:
    rows = (rx.el.li(each) for each in sentences)
    return card(rx.el.h2(title), rx.el.ul(*rows, class_name="grid gap-2 mt-2 list-disc pl-5"))
