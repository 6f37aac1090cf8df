"""CSV files: what a spreadsheet would calculate is guarded, and read as it was."""

from __future__ import annotations

import csv
import re

from hypothesis import given
from hypothesis import strategies as st

from appointment_app import csv_files

_FORMULA = re.compile(r"[ \"]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def test_what_is_written_is_what_is_read() -> None:
    cells = ["=1", "'=1", "''=1", "+49 30", "-5", "@x", "\tx", "O'Hara", "'", "", "x,y;z\n"]
    rows = csv_files.written(["head"], [[cell] for cell in cells])
    assert rows.startswith(b"\xef\xbb\xbfhead\r\n'=1\r\n''=1\r\n'''=1\r\n'+49 30\r\n'-5\r\n")
    assert csv_files.written(["n"], [[-5, -0.5, None]]).endswith(b"-5,-0.5,\r\n")
    guarded = ("'=1", "''=1", "'''=1", "'+49 30", "'-5", "'@x", "'\tx", *cells[7:])
    assert [csv_files.unguarded(cell) for cell in guarded] == cells


def test_no_cell_begins_within_a_cell_where_semicolons_or_tabs_part_them() -> None:
    attacks = ["a;=cmd()", 'a;"=cmd()', "a\n=cmd()", "a; =cmd()", "a\t@x", "x;", "\uff1dcmd()"]
    file = csv_files.written(["head", "more"], [[cell, cell] for cell in attacks]).decode()
    assert "'=cmd()" in file
    for delimiter in ";\t":
        for row in csv.reader(file.splitlines(), delimiter=delimiter):
            assert [cell for cell in row if _FORMULA.match(cell)] == []


@given(st.text(alphabet="=+-@'\";,\t\r\n\uff1d a1"))
def test_whatever_is_written_is_read_and_no_part_of_it_is_a_formula(cell: str) -> None:
    guarded = csv_files.guarded(cell)
    assert csv_files.unguarded(guarded) == cell
    parts = [part for part in re.split("[;\n]", guarded) if part.strip()]
    assert [part for part in parts if _FORMULA.match(part)] == []
