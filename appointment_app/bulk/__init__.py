"""Bringing in clinics, doctors, patients and appointments as CSV, and taking them out again."""
