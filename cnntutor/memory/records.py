"""What is kept beside the log and the settings: remembered places and quiz results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from cnntutor.memory import sql
from cnntutor.memory.clock import instant, micros
from cnntutor.memory.database import Database
from cnntutor.memory.models import QuizResult

JsonValue = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None


class Records:
    """The records of one learner and course."""

    def __init__(self, database: Database, owner: dict[str, str]) -> None:
        self._database = database
        self._owner = owner

    def remember(self, key: str, value: JsonValue) -> None:
        """Keep a value that JSON can hold."""
        with self._database.writing():
            self._database.tell(sql.PUT_PLACE, self._owner | {"key": key, "value": json.dumps(value)})

    def recall(self, key: str) -> JsonValue:
        """The value kept under a key, or None."""
        with self._database.reading():
            found = self._database.ask(sql.PLACE, self._owner | {"key": key})
        return json.loads(found[0][0]) if found else None

    def about(self, key: str) -> str | None:
        """A fact about the database itself."""
        with self._database.reading():
            found = self._database.ask(sql.META, {"key": key})
        return str(found[0][0]) if found else None

    def note(self, key: str, value: str) -> None:
        """Keep a fact about the database itself."""
        with self._database.writing():
            self._database.tell(sql.PUT_META, {"key": key, "value": value})

    def add_quiz(self, results: Sequence[QuizResult]) -> None:
        """Keep quiz results; the same result twice is kept once."""
        from sqlmodel import Session

        with self._database.writing(), Session(self._database.connection) as session:
            for result in results:
                session.merge(self._quiz_row(result))
            session.flush()

    def quiz(self, topic: str | None) -> list[QuizResult]:
        """The quiz results, oldest first; of one topic where given."""
        from sqlmodel import Session, col, select

        from cnntutor.memory.tables import QuizRow

        query = select(QuizRow).where(
            QuizRow.learner == self._owner["learner"], QuizRow.course == self._owner["course"]
        )
        if topic is not None:
            query = query.where(QuizRow.topic == topic)
        with self._database.reading(), Session(self._database.connection) as session:
            return [_quiz_result(row) for row in session.exec(query.order_by(col(QuizRow.at), col(QuizRow.id)))]

    def _quiz_row(self, result: QuizResult) -> Any:
        from cnntutor.memory.tables import QuizRow

        return QuizRow(**asdict(result) | self._owner | {"at": micros(result.at)})


def _quiz_result(row: Any) -> QuizResult:
    values = {field.name: getattr(row, field.name) for field in fields(QuizResult)}
    return QuizResult(**values | {"at": instant(row.at)})
