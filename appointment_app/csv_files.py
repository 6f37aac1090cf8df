"""CSV as spreadsheets read it: with a mark of its encoding, and no cell that they would calculate.

A cell that begins with one of ``= + - @`` is a formula to a spreadsheet, and may do harm there
(CSV injection). It is written with an apostrophe before it, and read without: what was written is
what is read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

MEDIA_TYPE = "text/csv; charset=utf-8"
_BYTE_ORDER_MARK = "\ufeff"
# With apostrophes before it, so that one is added and taken away again in any case.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def written(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a file with ``head`` and ``rows``, in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([[_guarded(cell) for cell in row] for row in rows])
    return (_BYTE_ORDER_MARK + text.getvalue()).encode()


def unguarded(cell: str) -> str:
    """Return a cell as it was before it was written."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _guarded(cell: object) -> str:
    if cell is None:
        return ""
    text = str(cell)
    is_number = isinstance(cell, int | float) and _NUMBER.fullmatch(text)
    return f"'{text}" if _FORMULA.match(text) and not is_number else text
