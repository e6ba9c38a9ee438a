"""The process that makes a lesson's sound while the app goes on: `python -m cnntutor.listen.making_child`.

Arguments: the course's folder, the topic's slug, the setting for Piper voices. Standard output: a line of JSON for
every step, `{"share": 0.4}`, and at the end `{"done": true}` or `{"failed": "why"}`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from cnntutor.course.load import load_course
from cnntutor.errors import CnntutorError
from cnntutor.listen.library import Library


def main() -> None:
    """Make it, and tell how it goes."""
    folder, slug, piper = sys.argv[1:]
    try:
        course = load_course(Path(folder))
        Library(course, piper).make(course.topic(slug), lambda share: _tell(share=share))
    except CnntutorError as error:
        _tell(failed=str(error))
    else:
        _tell(done=True)


def _tell(**news: object) -> None:
    print(json.dumps(news), flush=True)


if __name__ == "__main__":
    main()
