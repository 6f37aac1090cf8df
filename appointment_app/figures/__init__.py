"""Figures that people look at: what was booked, missed and cancelled, and how full days are."""
