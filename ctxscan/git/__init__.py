"""Git, asked through one locked-down command: what is tracked and ignored, and the history."""
