"""What is on a screen and what its controls do: thin, every rule is in a service."""
