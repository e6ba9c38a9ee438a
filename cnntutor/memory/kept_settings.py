"""The settings as the database keeps them, for every copy of the app that has it open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cnntutor.memory import sql
from cnntutor.memory.catch_up import KEY, CatchUp
from cnntutor.memory.database import Database
from cnntutor.memory.scheduling import Scheduler
from cnntutor.memory.settings import Settings


class KeptSettings:
    """One learner's settings and what follows from them, as of the last `refresh`.

    A revision in the database counts the changes, so to ask whether another copy made one costs a single look-up.
    """

    def __init__(self, database: Database, owner: dict[str, str]) -> None:
        """Read them."""
        self._database = database
        self._owner = owner
        self._key = f"settings/{owner['learner']}/{owner['course']}"
        self._revision = -1
        self.settings = Settings()
        self.scheduler = Scheduler(self.settings)
        """Plans cards by these settings."""
        self.catch_up: CatchUp | None = None
        """How the learner is catching up, or None."""
        with database.reading():
            self.refresh()

    def refresh(self) -> None:
        """Read them again if they changed. Inside a transaction: they then hold until it ends."""
        revision = self._kept_revision()
        if revision == self._revision:
            return
        kept = dict(map(tuple, self._database.ask(sql.SETTINGS, self._owner)))
        settings = Settings.from_json(kept)
        if settings != self.settings:
            self.settings, self.scheduler = settings, Scheduler(settings)
        self.catch_up = CatchUp.from_json(kept.get(KEY))
        self._revision = revision

    def save(self, settings: Settings, replay: Callable[[Scheduler], None]) -> None:
        """Keep what differs from the settings known here; what another copy changed since stays as it is.

        Args:
            settings: those known here, with changes.
            replay: plans all cards anew by a scheduler, in the same transaction, where the changes call for it.
        """
        with self._changing():
            known = self.settings
            self.refresh()
            merged = self.settings.changed_like(known, settings)
            before = self.settings.as_json()
            changed = {key: value for key, value in merged.as_json().items() if value != before[key]}
            self._database.tell_all(sql.PUT_SETTING, [self._param(key, value) for key, value in changed.items()])
            if merged.reschedules(self.settings):
                replay(Scheduler(merged))

    def save_catch_up(self, plan: CatchUp | None) -> None:
        """Keep how the learner catches up, or that she does not."""
        with self._changing():
            if plan is None:
                self._database.tell(sql.DROP_SETTING, self._owner | {"key": KEY})
            else:
                self._database.tell(sql.PUT_SETTING, self._param(KEY, plan.as_json()))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """A transaction that changes them; known here once it is committed."""
        with self._database.writing():
            yield
            revision = str(self._kept_revision() + 1)
            self._database.tell(sql.PUT_META, {"key": self._key, "value": revision})
        with self._database.reading():
            self.refresh()

    def _kept_revision(self) -> int:
        found = self._database.ask(sql.META, {"key": self._key})
        return int(found[0][0]) if found else 0

    def _param(self, key: str, value: str) -> dict[str, str]:
        return self._owner | {"key": key, "value": value}
