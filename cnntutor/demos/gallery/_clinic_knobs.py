"""The knobs of clinic: which patient, what is said to ail it, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import Knobs, program
from cnntutor.errors import UsageError
from cnntutor.vision.clinic.faults import Fault
from cnntutor.vision.clinic.program import Patient, admit, mended
from cnntutor.vision.clinic.safety import parsed

UNDECIDED, TOLD = "undecided", "tell me"
NONE = "none yet"

Diagnosis = Literal[
    "undecided", "stale gradients", "softmax twice", "eval forgotten", "inputs differ", "labels leak",
    "rate too high", "rate too low", "dead ReLUs", "layers left out", "never shuffled", "labels mixed up", "healthy",
    "tell me",
]  # fmt: skip
Mend = Literal[
    "none yet", "clear gradients", "raw scores", "switch to eval", "prepare alike", "pictures alone", "smaller steps",
    "larger steps", "biases of 0", "train all layers", "shuffle", "pair labels", "leave it alone",
]  # fmt: skip

REMEDIES: Mapping[str, Fault] = {
    "clear gradients": Fault.ZERO_GRAD,
    "raw scores": Fault.SOFTMAX,
    "switch to eval": Fault.EVAL,
    "prepare alike": Fault.PREPARED,
    "pictures alone": Fault.LEAK,
    "smaller steps": Fault.RATE_HIGH,
    "larger steps": Fault.RATE_LOW,
    "biases of 0": Fault.DEAD,
    "train all layers": Fault.FROZEN,
    "shuffle": Fault.ORDER,
    "pair labels": Fault.APART,
    "leave it alone": Fault.NONE,
}
"""Mend → the fault that it is for."""


class ClinicKnobs(Knobs):
    """A case, a diagnosis, a mend."""

    case: int = Field(14, ge=1, le=9999, description="the patient's number")
    diagnosis: Diagnosis = Field("undecided", description="what ails it; then its program is handed over")
    mend: Mend = Field("none yet", description="what is done about it")
    line: str = Field(
        "", description="or a line of your own: “13: code”, “13+ code”", json_schema_extra=program("shown")
    )

    @model_validator(mode="after")
    def _in_turn(self) -> Self:
        if self.diagnosis == UNDECIDED and (self.mend != NONE or self.line):
            raise UsageError("diagnosis comes before a mend: say what ails the patient")
        if self.mend != NONE and self.line:
            raise UsageError("mend and line are two ways: leave one of them out")
        parsed(mended(self.shown, self.line))
        return self

    @property
    def patient(self) -> Patient:
        """Who comes under this number."""
        return _admitted(self.case)

    @property
    def shown(self) -> tuple[str, ...]:
        """The program as the patient brought it."""
        return self.patient.lines

    @property
    def treated(self) -> bool:
        """Whether anything was done."""
        return self.mend != NONE or bool(self.line)

    @property
    def lines(self) -> tuple[str, ...]:
        """The program as it runs, treated or not."""
        if self.mend != NONE:
            return self.patient.treated(REMEDIES[self.mend])
        return mended(self.shown, self.line)

    @property
    def is_right(self) -> bool:
        """Whether the diagnosis is."""
        return self.diagnosis == self.patient.fault.value


_admitted = lru_cache(maxsize=64)(admit)
