"""What a person may have of the data about them: a copy of all, and that they are forgotten."""
