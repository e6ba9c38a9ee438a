"""The Textual app. It shows and asks; what is taught, remembered and computed lives in the other rooms."""
