"""A lesson: one screen, and one pane a tab."""
