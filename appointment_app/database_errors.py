"""What the databases say when a transaction has to start again, or cannot be served now."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from appointment_app.errors import Busy

# Two transactions collided and one has to start again.
_RETRY_SQLSTATES = {"40001", "40P01"}
# The wait for a lock or a statement itself took too long.
_BUSY_SQLSTATES = {"55P03", "57014", "70100"}
_MARIADB_LOCK_WAIT_TIMEOUT = 1205  # its SQLSTATE is the one of any error
# The server stops, starts or has no connection left; "08" begins what is about connections.
_AWAY_SQLSTATES = {"57P01", "57P02", "57P03", "53300"}
_MARIADB_AWAY = {1040, 1053, 1927, 2002, 2003, 2006, 2013}


def is_retryable(error: DBAPIError) -> bool:
    """Tell whether the database gave up this transaction so that others could go on."""
    return _sqlstate(error) in _RETRY_SQLSTATES


def busy_of(error: BaseException) -> Busy | None:
    """Return what to tell a person where trying again later is right, None for a mistake of ours.

    That is when a lock, a statement or a free connection was waited for too long, and when the
    database cannot be reached.
    """
    if isinstance(error, PoolTimeout):
        return Busy()
    if isinstance(error, DBAPIError) and (_is_busy(error) or _is_away(error)):
        return Busy()
    return None


def _is_busy(error: DBAPIError) -> bool:
    return (
        _sqlstate(error) in _BUSY_SQLSTATES
        or _mariadb_code(error) == _MARIADB_LOCK_WAIT_TIMEOUT
        or "database is locked" in str(error.orig)
    )


def _is_away(error: DBAPIError) -> bool:
    state = _sqlstate(error)
    return (
        error.connection_invalidated
        or state in _AWAY_SQLSTATES
        or (state or "").startswith("08")
        or _mariadb_code(error) in _MARIADB_AWAY
        # psycopg could not connect: then there is no server that gives a state.
        or (isinstance(error, OperationalError) and state is None and _is_psycopg(error))
    )


def _is_psycopg(error: DBAPIError) -> bool:
    return type(error.orig).__module__.startswith("psycopg")


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _mariadb_code(error: DBAPIError) -> int | None:
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else None
