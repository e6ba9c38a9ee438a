"""The course that ships, read once for all modules that look at it."""

from __future__ import annotations

from cnntutor import paths
from cnntutor.course.find import find_course
from cnntutor.course.load import load_course

COURSE = load_course(find_course(paths.shipped("content"), "cnn"))
