"""The record of who did what: sealed, verified, searched, and given out."""
