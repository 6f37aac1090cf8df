"""Clinics and their doctors: the directory, and how a doctor gets into it."""
