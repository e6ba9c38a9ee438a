"""From a podcast's script to its timed transcript."""
