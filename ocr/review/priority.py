"""What a minute of work on a line is expected to gain: errors found, by calibrated confidence."""

from collections.abc import Iterable
from dataclasses import dataclass

READING_S = 0.068
"""Seconds to read one character of a text: mean of 14 languages with alphabets, Trauzettel-Klosinski and
Dietz, Investigative Ophthalmology & Visual Science 53 (2012), 5452-5461."""
READINGS = 2
"""A line is read on the scan and in the transcription. A choice of ours: nobody measured it for us."""
THINKING_S = 1.35
"""Seconds to prepare in the mind for the next action, and
seconds for a key of one who types, but not for a living: Card, Moran, Newell, The keystroke-level model,
Communications of the ACM 23 (1980), 396-410."""
KEY_S = 0.28
LETTERS = 6
"""Keys that a correction takes when the word is not known: a word of usual length and a space."""
UNKNOWN = 0.5
"""Chance of being wrong of a word that nobody gave a chance."""


LIKELY, SURE = 0.9, 0.98
"""Confidence from which on the desk calls a word likely and sure; SURE is what accepting without reading
begins with."""


@dataclass(frozen=True, slots=True)
class WordOdds:
    """A word as far as its priority goes: its letters, the chance that it is right (None: not told)."""

    letters: int
    confidence: float | None = None
    settled: bool = False
    """A person has answered for it."""

    @property
    def error(self) -> float:
        """The chance that it is wrong."""
        if self.settled:
            return 0.0
        return UNKNOWN if self.confidence is None else 1.0 - self.confidence


@dataclass(frozen=True, slots=True)
class Effort:
    """A line, or many: errors expected in it, and the seconds to find and mend them. Sums add."""

    expected_errors: float = 0.0
    seconds: float = 0.0

    def __add__(self, other: "Effort") -> "Effort":
        return Effort(self.expected_errors + other.expected_errors, self.seconds + other.seconds)

    @property
    def worth(self) -> float:
        """Errors found in a minute; 0 where there is nothing to do."""
        return 60.0 * self.expected_errors / self.seconds if self.seconds else 0.0


def effort(words: Iterable[WordOdds], silences: int = 0) -> Effort:
    """The effort of a line that nobody accepted yet; each silence (unread, failed, illegible) is an error."""
    words = list(words)
    letters = sum(word.letters + 1 for word in words)
    wrong = sum(word.error for word in words)
    retyped = sum(word.error * (THINKING_S + KEY_S * (word.letters + 1)) for word in words)
    retyped += silences * (THINKING_S + KEY_S * (LETTERS + 1))
    return Effort(wrong + silences, THINKING_S + READINGS * READING_S * letters + retyped + KEY_S)
