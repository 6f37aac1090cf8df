"""CSV as spreadsheets read it: with a mark of its encoding, and no cell that they would calculate.

A cell that begins with one of ``= + - @``, or the same in full width, is a formula to a
spreadsheet, and may do harm there (CSV injection). Some spreadsheets part cells where it says
``;`` or a tab, whatever the file is meant to be: there a cell can begin within one of ours. So an
apostrophe is written before such a sign at the beginning of a cell, and of what may become one,
and read without: what was written is what is read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

MEDIA_TYPE = "text/csv; charset=utf-8"
_BYTE_ORDER_MARK = "\ufeff"
# Blanks and quotation marks that a spreadsheet leaves out do not count as a beginning.
_BEGINNING = r"(^|(?<=[;\t\r\n]))([ \"]*)"
_SIGN = r"(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])"
# With apostrophes before it, so that one is added and taken away again in any case.
_FORMULA = re.compile(f"{_BEGINNING}('*){_SIGN}")
_GUARDED = re.compile(f"{_BEGINNING}'('*){_SIGN}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def written(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a file with ``head`` and ``rows``, in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([[_written_cell(cell) for cell in row] for row in rows])
    return (_BYTE_ORDER_MARK + text.getvalue()).encode()


def guarded(cell: str) -> str:
    """Return the text of a cell so that no spreadsheet takes any of it for a formula."""
    return _FORMULA.sub(r"\2'\3", cell)


def unguarded(cell: str) -> str:
    """Return a cell as it was before it was written."""
    return _GUARDED.sub(r"\2\3", cell)


def _written_cell(cell: object) -> str:
    if cell is None:
        return ""
    text = str(cell)
    is_number = isinstance(cell, int | float) and _NUMBER.fullmatch(text)
    return text if is_number else guarded(text)
