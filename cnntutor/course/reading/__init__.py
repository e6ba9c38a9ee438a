"""From the files of a course to its models: one module a file that an author writes."""
