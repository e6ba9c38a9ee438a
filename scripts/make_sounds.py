"""Speak every lesson whose sound is missing or out of date into assets/sounds, with flite's voices.

Run it after a script or a pronunciation changed: `make sounds`. It needs Debian's `flite` (or the same program built
elsewhere with the voices slt and rms); learners need neither, they get the files.
"""

from __future__ import annotations

import sys
import time

from cnntutor import paths
from cnntutor.course.find import courses
from cnntutor.course.load import load_course
from cnntutor.listen.engines.flite import Flite
from cnntutor.listen.library import Library
from cnntutor.wording import clock


def main() -> None:
    """Make what is missing; tell how long it took and how large everything is."""
    if not Flite.available():
        sys.exit("flite with the voices slt and rms is needed: on Debian, apt install flite.")
    for folder in courses(paths.shipped("content")):
        course = load_course(folder)
        library = Library(course)
        for topic in course.topics():
            sound = library.shipped_sound(topic)
            if sound is not None:
                continue
            began = time.perf_counter()
            sound = library.ship(topic)
            took = time.perf_counter() - began
            lasts = sound.timetable.duration
            print(f"{topic.slug:28} {clock(lasts)} in {took:.1f} s, {lasts / took:.0f} × faster, {sound.file}")
    sizes = [file.stat().st_size for file in (paths.assets_dir() / "sounds").rglob("*") if file.is_file()]
    print(f"{len(sizes)} files, {sum(sizes) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
