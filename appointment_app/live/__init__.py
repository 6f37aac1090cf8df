"""Telling open pages that something changed: which keys are watched, in process or over Redis.

What is published is a key, never content: whoever is told reads anew, with their own rights.
"""
