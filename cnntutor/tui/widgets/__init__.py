"""One widget, one file: its looks, its messages and its keys sit with it."""
