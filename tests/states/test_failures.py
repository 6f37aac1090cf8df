"""What is said and written down when something fails that no handler could answer for."""

from __future__ import annotations

import pytest

from appointment_app.states.failures import note_failure_of_page, tell_of_failure

TYPED = "Fainting in the morning"


def handler(form: dict[str, str]) -> int:
    reason = form["reason"]
    return int(reason)


def test_a_mistake_of_ours_is_logged_without_what_was_typed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(ValueError, match=TYPED) as failed:
        handler({"reason": TYPED})
    assert "Something went wrong on our side" in str(tell_of_failure(failed.value))
    logged = capsys.readouterr().out
    for said in ("event_failed", "ValueError", "in handler"):
        assert said in logged
    assert TYPED not in logged


def test_what_a_browser_says_went_wrong_is_one_short_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    note_failure_of_page(Exception("TypeError\n2026-11-21 [error] forged " + "x" * 1_000_000))
    logged = capsys.readouterr().out
    assert "page_failed" in logged
    assert len(logged.splitlines()) == 1
    assert len(logged) < 1000
