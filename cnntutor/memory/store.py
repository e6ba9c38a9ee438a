"""The learner's memory on disk: one door to answer, undo, ask what is due, and read the log."""
# Signatures agreed with the screens and the command line; see the module's tests for behaviour.
