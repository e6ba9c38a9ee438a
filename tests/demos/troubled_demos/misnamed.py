"""A file whose author forgot the demo."""
