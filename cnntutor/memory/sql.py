"""The statements of the hot path, shared by the store and the glance: named parameters, any SQL dialect."""

from __future__ import annotations

SCHEMA = 1
"""The schema that this version of cnntutor reads and writes."""

MINE = "learner = :learner AND course = :course"
_STANDS = "NOT EXISTS (SELECT 1 FROM review_log AS u WHERE u.event = 'undo' AND u.target = review_log.id)"

WAITING = (
    "card",
    "note",
    "topic",
    "position",
    "phase",
    "due_at",
    "due_day",
    "last_at",
    "last_day",
    "stability",
    "suspended",
    "buried_on",
    "retired",
    "made_due_on",
    "introduced_on",
    "reviewed_on",
    "reviewed_due",
)
"""What the queue needs of a card."""
_WAITING = f"SELECT {', '.join(WAITING)} FROM card WHERE {MINE}"
_SHOWN = "NOT retired AND NOT suspended AND (:topic = '' OR topic = :topic)"

IN_STEPS = f"{_WAITING} AND due_at IS NOT NULL AND {_SHOWN}"
DUE_BY_DAY = f"{_WAITING} AND due_day <= :day AND {_SHOWN}"
MADE_DUE = f"{_WAITING} AND made_due_on <= :day AND {_SHOWN} ORDER BY position"
WAITS = f"{_WAITING} AND card = :card"
TOUCHED = (
    f"{_WAITING} AND last_day >= :day AND card IN "
    f"(SELECT card FROM review_log WHERE {MINE} AND day >= :day AND event = 'answer')"
)
HIDDEN = (
    f"SELECT note FROM card WHERE {MINE} AND (suspended OR buried_on = :day) AND card IN "
    f"(SELECT card FROM review_log WHERE {MINE} AND day = :day AND event IN ('bury', 'suspend') AND {_STANDS})"
)
NEW = (
    f"{_WAITING} AND phase = 'new' AND position > :position AND {_SHOWN} "
    "AND (buried_on IS NULL OR buried_on <> :day) ORDER BY position LIMIT 64"
)
NEXT_DAY = f"SELECT MIN(due_day) FROM card WHERE {MINE} AND due_day > :day AND {_SHOWN}"

STATE = (
    "phase",
    "step",
    "stability",
    "difficulty",
    "due_at",
    "due_day",
    "last_at",
    "last_day",
    "reps",
    "lapses",
    "suspended",
    "buried_on",
    "flag",
    "version",
    "ordering",
    "recalled",
    "made_due_on",
    "introduced_on",
    "reviewed_on",
    "reviewed_due",
)
"""The cached columns of a card, in the order in which rows are read and written."""
_MEMORY = f"SELECT card, note, topic, retired, {', '.join(STATE)} FROM card WHERE {MINE}"

CARD = f"{_MEMORY} AND card = :card"
CARDS = f"{_MEMORY} AND NOT retired AND (:topic = '' OR topic = :topic) ORDER BY position"
ALL_CARDS = f"{_MEMORY} ORDER BY card"
SAVE_CARD = (
    f"UPDATE card SET {', '.join(f'{name} = :{name}' for name in STATE)} "
    f"WHERE {MINE} AND card = :card AND version = :seen"
)
_SLOT = ("learner", "course", "card", "note", "topic", "position", "retired")
_VALUES = ", ".join(f":{name}" for name in (*_SLOT, *STATE))
_PUT_CARD = f"INSERT INTO card ({', '.join((*_SLOT, *STATE))}) VALUES ({_VALUES}) ON CONFLICT (learner, course, card)"
PUT_SLOT = f"{_PUT_CARD} DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _SLOT[3:])}"
PUT_UNKNOWN = f"{_PUT_CARD} DO NOTHING"
RETIRE_ALL = f"UPDATE card SET retired = :retired WHERE {MINE} AND NOT retired"

LOG = (
    "id",
    "card",
    "event",
    "rating",
    "at",
    "ordering",
    "day",
    "ms",
    "device",
    "source",
    "target",
    "phase",
)
"""The columns of the log, in the order of `LogRow`."""
_LOG = f"SELECT {', '.join(LOG)} FROM review_log WHERE {MINE}"

APPEND = (
    f"INSERT INTO review_log (learner, course, {', '.join(LOG)}) "
    f"VALUES (:learner, :course, {', '.join(f':{name}' for name in LOG)})"
)
UNION = f"{APPEND} ON CONFLICT (id) DO NOTHING"
CARD_LOG = f"{_LOG} AND card = :card"
EVENTS = f"{_LOG} ORDER BY ordering, id"
LOG_BY_CARD = f"{_LOG} ORDER BY card, ordering, id"
ANSWERS = f"{_LOG} AND event = 'answer' AND {_STANDS} ORDER BY ordering, id"
# An index on the owner would make SQLite sort the whole log for its last row; hidden so, it walks back from the end.
_WALKED = "learner || '' = :learner AND course || '' = :course AND device = :device"
_UNDOABLE = "event IN ('answer', 'bury', 'suspend', 'resume', 'flag')"
LAST_MINE = (
    f"SELECT {', '.join(LOG)} FROM review_log WHERE {_WALKED} AND {_UNDOABLE} AND {_STANDS} ORDER BY seq DESC LIMIT 1"
)
UNDOABLE = f"{_LOG} AND id = :id AND {_UNDOABLE} AND {_STANDS}"

_ASKED = f"{MINE} AND event = 'answer' AND source <> 'placement' AND {_STANDS}"
DAY_BEFORE = f"SELECT MAX(day) FROM review_log WHERE {_ASKED} AND day <= :day"
TALLIES = (
    "SELECT day, rating, CASE WHEN phase = 'review' THEN 1 ELSE 0 END, COUNT(*), SUM(ms), "
    f"SUM(CASE WHEN ms > 0 THEN 1 ELSE 0 END) FROM review_log WHERE {_ASKED} GROUP BY 1, 2, 3"
)
QUARTERS = f"SELECT at / 900000000, COUNT(*) FROM review_log WHERE {_ASKED} GROUP BY 1"
TOPICS = f"SELECT topic, stability, recalled, reps FROM card WHERE {MINE} AND NOT retired ORDER BY position"
DUE_DAYS = (
    f"SELECT due_day, COUNT(*) FROM card WHERE {MINE} AND due_day <= :day AND NOT retired AND NOT suspended "
    "GROUP BY due_day"
)
STEP_TIMES = f"SELECT due_at FROM card WHERE {MINE} AND due_at IS NOT NULL AND NOT retired AND NOT suspended"
DAILY = f"SELECT day, COUNT(*) FROM review_log WHERE {_ASKED} AND day > :since AND day <= :day GROUP BY day"

SETTINGS = f"SELECT key, value FROM setting WHERE {MINE}"
PUT_SETTING = (
    "INSERT INTO setting (learner, course, key, value) VALUES (:learner, :course, :key, :value) "
    "ON CONFLICT (learner, course, key) DO UPDATE SET value = excluded.value"
)
DROP_SETTING = f"DELETE FROM setting WHERE {MINE} AND key = :key"
PLACE = f"SELECT value FROM place WHERE {MINE} AND key = :key"
PUT_PLACE = PUT_SETTING.replace("setting", "place")
META = "SELECT value FROM meta WHERE key = :key"
PUT_META = "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
