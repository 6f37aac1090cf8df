"""What is said and written down when an event fails that no handler could answer for."""

from __future__ import annotations

import pytest

from appointment_app.states.failures import tell_of_failure

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
