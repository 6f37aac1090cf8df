"""The demo clinic: invented people who make an empty installation worth looking at."""
