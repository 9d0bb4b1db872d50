"""Which of the last commits would have re-run which steps, and why."""
