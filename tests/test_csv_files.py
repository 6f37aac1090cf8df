"""CSV files: what a spreadsheet would calculate is guarded, and read as it was."""

from __future__ import annotations

from appointment_app import csv_files


def test_what_is_written_is_what_is_read() -> None:
    cells = ["=1", "'=1", "''=1", "+49 30", "-5", "@x", "\tx", "O'Hara", "'", "", "x,y;z\n"]
    rows = csv_files.written(["head"], [[cell] for cell in cells])
    assert rows.startswith(b"\xef\xbb\xbfhead\r\n'=1\r\n''=1\r\n'''=1\r\n'+49 30\r\n'-5\r\n")
    assert csv_files.written(["n"], [[-5, -0.5, None]]).endswith(b"-5,-0.5,\r\n")
    guarded = ("'=1", "''=1", "'''=1", "'+49 30", "'-5", "'@x", "'\tx", *cells[7:])
    assert [csv_files.unguarded(cell) for cell in guarded] == cells
