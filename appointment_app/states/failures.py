"""What is said and written down when something fails that no handler could answer for."""

from __future__ import annotations

import traceback

import structlog
from redis.exceptions import RedisError
from reflex.event import EventSpec

from appointment_app.database_errors import busy_of
from appointment_app.errors import Busy
from appointment_app.i18n import t
from appointment_app.states.toasts import toast

_MOST_SAID = 500

_log = structlog.get_logger(__name__)


def tell_of_failure(exception: Exception) -> EventSpec | None:
    """Return the toast for ``exception``: to try again later, or that the mistake is ours.

    A mistake of ours is logged with where it happened, without what was typed.
    """
    busy = busy_of(exception) or (Busy() if isinstance(exception, RedisError) else None)
    if busy is not None:
        _log.warning("event_not_served", error=type(exception).__name__)
        return toast(busy.sentence, "error")
    # Neither the message nor what the variables held: both may be what somebody typed.
    where = "".join(traceback.format_tb(exception.__traceback__))
    _log.error("event_failed", error=type(exception).__name__, where=where)
    return toast(t("Something went wrong on our side. Please try again in a moment."), "error")


def note_failure_of_page(exception: Exception) -> None:
    """Log what a script of a page stumbled over, as its browser says.

    Anybody can say anything, so it is cut off and kept on one line.
    """
    _log.warning("page_failed", said=repr(str(exception)[:_MOST_SAID]))
