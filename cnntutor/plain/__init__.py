"""The plain mode: append-only text without redraws, in which a screen reader or a pipe can do the daily work."""
