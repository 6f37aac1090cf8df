from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from unittest.mock import Mock

import pytest
import reflex as rx

from appointment_app import clock
from appointment_app.components.mailbox_hint import MAILBOX_ROUTE, mailbox_hint
from appointment_app.components.page import Viewer
from appointment_app.notifications.mailers import MailboxMailer
from appointment_app.pages.mailbox import add_mailbox
from appointment_app.settings import Settings, get_settings
from appointment_app.states.mailbox import MailboxState, Piece, Row, _pieces
from tests.notifications.records import NOW


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The settings of a machine that keeps its mails in a scratch folder."""
    monkeypatch.setenv("DATA_DIRECTORY", str(tmp_path))
    get_settings.cache_clear()
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture
async def one_mail(settings: Settings) -> None:
    mail = EmailMessage()
    mail["Message-ID"], mail["Date"] = "<1@testserver>", NOW
    mail["To"], mail["Subject"] = "anna@example.org", "Hello"
    mail.set_content("Look:\nhttp://testserver/verify?token=1\n")
    assert settings.mailbox_directory is not None
    with clock.frozen(NOW):
        await MailboxMailer(settings.mailbox_directory).send(mail)


async def _state() -> MailboxState:
    root = rx.State(_reflex_internal_init=True)
    return await root.get_state(MailboxState)


def _pages(viewer: Viewer) -> list[str]:
    # A process has one rx.App only, the one that the front door makes.
    app = Mock(spec=rx.App)
    add_mailbox(app, viewer)
    return [call.kwargs["route"] for call in app.add_page.call_args_list]


@pytest.fixture
def viewer() -> Viewer:
    nobody, nothing = rx.Var.create(False), rx.Var.create("")
    return Viewer(nobody, nothing, nothing, nobody, nobody, nobody, nobody)


@pytest.mark.usefixtures("one_mail")
async def test_the_mails_are_listed() -> None:
    state = await _state()
    await state.refresh()
    (row,) = state.rows
    assert (row.recipient, row.subject) == ("anna@example.org", "Hello")
    assert row.time == "Friday 20 November 2026, 09:00 UTC"


class _Tab:
    """What ``look_for_mails`` needs of the state of a tab."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    async def __aenter__(self) -> None:
        """Nobody else changes it."""

    async def __aexit__(self, *_: object) -> None:
        """Nobody else changes it."""


@pytest.mark.usefixtures("one_mail")
async def test_a_mail_that_came_between_the_list_and_the_looking_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("appointment_app.states.mailbox._LOOK_EVERY_SECONDS", 0.01)
    monkeypatch.setattr("appointment_app.states.mailbox._LOOK_FOR_SECONDS", 0.03)
    tab = _Tab()
    await MailboxState.look_for_mails.fn(tab)
    assert [row.subject for row in tab.rows] == ["Hello"]


@pytest.mark.usefixtures("one_mail")
async def test_with_a_mail_server_nothing_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_HOST", "mail.clinic.example")
    get_settings.cache_clear()
    state = await _state()
    for handler in (state.load, state.refresh):
        assert await handler() is None
    assert (state.rows, state.is_loaded, state.is_reading) == ([], False, False)


def test_the_page_and_the_hint_exist_only_with_a_mailbox(
    settings: Settings, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _pages(viewer) == [MAILBOX_ROUTE]
    assert MAILBOX_ROUTE in str(mailbox_hint())
    monkeypatch.setenv("SMTP_HOST", "mail.clinic.example")
    get_settings.cache_clear()
    assert _pages(viewer) == []
    assert MAILBOX_ROUTE not in str(mailbox_hint())


def test_our_own_links_stay_on_this_host() -> None:
    text = "See http://testserver/verify?token=1\nor https://video.example/room now"
    assert list(_pieces(text)) == [
        Piece("See "),
        Piece("http://testserver/verify?token=1", "/verify?token=1"),
        Piece("\nor "),
        Piece("https://video.example/room", "https://video.example/room"),
        Piece(" now"),
    ]


def test_a_host_that_only_begins_like_ours_is_not_ours() -> None:
    (piece,) = _pieces("http://testserver.evil.example/verify")
    assert piece.href == "http://testserver.evil.example/verify"
