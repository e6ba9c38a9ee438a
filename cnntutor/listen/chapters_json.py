"""The chapters of an episode as podcast players fetch them: JSON Chapters 1.2.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md
"""

from __future__ import annotations

import json

from cnntutor.listen.episode import Episode, hosts_of
from cnntutor.listen.timing import Timetable


def chapters_json(episode: Episode, timetable: Timetable) -> str:
    """The chapters of an episode, each with when it starts (seconds)."""
    document = {
        "version": "1.2.0",
        "title": episode.topic.title,
        "author": hosts_of(episode.course),
        "podcastName": episode.course.title,
        "fileName": episode.sound_file,
        "chapters": [{"startTime": round(start, 3), "title": title} for start, title in timetable.chapters],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
