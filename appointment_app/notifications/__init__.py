"""Mails to people: written to an outbox in the transaction that causes them, sent by a task."""
