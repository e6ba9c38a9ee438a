"""Which speech engine speaks here."""

from __future__ import annotations

from cnntutor.errors import SpeechError
from cnntutor.listen.engines.engine import Engine
from cnntutor.listen.engines.espeak import Espeak
from cnntutor.listen.engines.flite import Flite
from cnntutor.listen.engines.piper import Piper


def choose_engine(piper: str = "") -> Engine:
    """The best engine there is: the learner's own Piper voices, flite, or eSpeak NG. It starts when it speaks.

    Args:
        piper: the setting for Piper voices, empty for none; see `Piper`.

    Raises:
        SpeechError: there is none, or the Piper voices are not there.
    """
    if piper.strip():
        return Piper(piper)
    if Flite.available():
        return Flite()
    if Espeak.available():
        return Espeak()
    raise SpeechError(
        "There is no speech engine here: `pip install espeakng-loader` brings one, "
        "or install flite, or set a Piper voice."
    )
