"""Appointment App: appointment booking for clinics."""
