"""Each line read by who reads it better: our recogniser, or Tesseract where there is print."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, ClassVar

from ocr.engines import Recognition, cursive, recognise, tesseract
from ocr.engines.cursive import CursiveEngine, CursiveSettings
from ocr.engines.decoding import spelling_of
from ocr.engines.tesseract import TesseractEngine, TesseractSettings
from ocr.page import Line, Reading, Step
from ocr.scan.leaf import Leaf
from ocr.settings import Between


@dataclass(frozen=True, slots=True)
class AutoSettings:
    """When Tesseract is asked, and when it is believed. Its confidence parts print (0.5 to 0.9 a line) from
    handwriting (0 to 0.25), which it cannot read."""

    probes: int = 3
    """Longest lines of a leaf that Tesseract reads to see whether the leaf is printed."""
    printed: Annotated[float, Between(0, 1)] = 0.5
    """Mean confidence of the probes from which the whole leaf is given to Tesseract too."""
    believed: Annotated[float, Between(0, 1)] = 0.8
    """Confidence of a line from which Tesseract is believed, if our recogniser is less sure."""
    cursive: CursiveSettings = field(default_factory=CursiveSettings)
    tesseract: TesseractSettings = field(default_factory=TesseractSettings)


@dataclass(frozen=True, slots=True)
class AutoEngine:
    """Both engines as one."""

    settings: AutoSettings
    cursive: CursiveEngine
    tesseract: TesseractEngine
    beside: bool = False
    """Both read every line, and the reading that is not believed is kept beside the other."""
    reads_hands: ClassVar[bool] = True

    @property
    def steps(self) -> tuple[Step, ...]:
        """Both may have read."""
        return (*self.cursive.steps, *self.tesseract.steps)

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        """One reading per line (see Engine)."""
        return [line.reading for line in self.recognise(leaf, lines, timeout_s=timeout_s)]

    def recognise(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Recognition]:
        """The readings, with how legible each line is and, side by side, the reading not believed."""
        end = None if timeout_s is None else time.monotonic() + timeout_s
        ours = recognise(self.cursive, leaf, lines, timeout_s=timeout_s)
        if not self.beside and not self._printed(leaf, lines, ours, _left(end)):
            return ours
        theirs = self.tesseract.read(leaf, lines, timeout_s=_left(end))
        old = _old(ours)
        return [self._chosen(our, their, old=old) for our, their in zip(ours, theirs, strict=True)]

    def _printed(
        self, leaf: Leaf, lines: Sequence[Line], ours: Sequence[Recognition], timeout_s: float | None
    ) -> bool:
        """Whether Tesseract may read the leaf better: print in new spelling."""
        if not lines or _old(ours):
            return False
        longest = sorted(lines, key=lambda line: -line.outline.box.width)[: self.settings.probes]
        probed = self.tesseract.read(leaf, longest, timeout_s=timeout_s)
        return sum(reading.confidence or 0.0 for reading in probed) / len(probed) >= self.settings.printed

    def _chosen(self, our: Recognition, their: Reading, *, old: bool) -> Recognition:
        sure, our_sure = their.confidence or 0.0, our.reading.confidence or 0.0
        if not old and sure >= max(self.settings.believed, our_sure):
            return Recognition(their, None, (our.reading,) if self.beside else ())
        return our._replace(others=(their,)) if self.beside else our


def _left(end: float | None) -> float | None:
    """What is left of the time that both may take together; never 0, which would be no limit."""
    return None if end is None else max(end - time.monotonic(), 0.001)


def _old(ours: Sequence[Recognition]) -> bool:
    """Old spelling, of which Tesseract's Russian model does not know the letters."""
    return spelling_of(" ".join(line.reading.text for line in ours)) == "old"


def open_both(settings: AutoSettings) -> AutoEngine:
    """Both engines side by side on every line; DependencyError when one is missing."""
    return replace(open_engine(settings), beside=True)


def open_engine(settings: AutoSettings) -> AutoEngine:
    """Each line by the one that reads it better; DependencyError when one is missing."""
    return AutoEngine(
        settings, cursive.open_engine(settings.cursive), tesseract.open_engine(settings.tesseract)
    )
