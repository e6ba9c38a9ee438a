"""Where courses lie: `find_course(content_dir())`."""

from __future__ import annotations

from pathlib import Path

from cnntutor.course.lookup import unknown
from cnntutor.errors import CourseError

MANIFEST = "course.yaml"
"""The file that makes a folder a course."""


def courses(content_dir: Path) -> list[Path]:
    """The folders of all courses in a folder, by name; the folder itself if it is a course.

    Raises:
        CourseError: the folder may not be read.
    """
    try:
        if (content_dir / MANIFEST).is_file():
            return [content_dir]
        if not content_dir.is_dir():
            return []
        return sorted(folder for folder in content_dir.iterdir() if (folder / MANIFEST).is_file())
    except OSError as error:
        raise CourseError(f"{content_dir} cannot be read: {error.strerror}. Choose another folder.") from None


def find_course(content_dir: Path, slug: str | None = None) -> Path:
    """The folder of a course.

    Args:
        content_dir: the folder that holds the courses' folders, or one course's own.
        slug: the name of the course's folder; without it, the first by name.

    Raises:
        CourseError: there is no course at all, or the folder may not be read.
        UsageError: there is none of this name; the line names the nearest.
    """
    found = courses(content_dir)
    if not found:
        raise CourseError(f"There is no course in {content_dir}: put a folder with a {MANIFEST} there.")
    if slug is None:
        return found[0]
    by_name = {folder.name: folder for folder in found}
    if slug not in by_name:
        raise unknown("course", slug, by_name, f"ls {content_dir}")
    return by_name[slug]
