"""What is taught: the course's files, their models, the checker and the computed items."""
