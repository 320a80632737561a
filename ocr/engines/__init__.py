"""Engines read lines. Each is named here by its dotted name and imported only when opened."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from ocr.errors import DependencyError, OcrError, SettingsError, reason_of
from ocr.page import Line, Reading, Step, Word
from ocr.scan.leaf import Leaf

NO_TEXT = "ink found, no text recognised"
"""Why a line that an engine made nothing of counts as failed."""


class Engine(Protocol):
    """Something that reads the lines of a leaf. Opened once per worker process, used for many pages."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """Who reads: their idents stand in `Reading.by`; versions and settings go into the record and its
        fingerprint."""
        ...

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        """One reading per line, in order, boxes in scan pixels, confidence in 0..1 or None when unknown.

        A line without text gives a reading without words. A line that could not be read gives a reading
        with a failure. What stops the whole leaf raises: EngineError, DependencyError, PageTimeoutError.
        An engine that knows more of a line than its reading has a method `recognise` too (see there).
        """
        ...


class Recognition(NamedTuple):
    """What an engine makes of a line: its reading, and what it knows beside, which no record keeps."""

    reading: Reading
    legibility: float | None = None
    """How letter-like the strip looked to its reader before language and calibration had their say, 0..1:
    not the chance of being right. None when the reader does not tell."""
    others: tuple[Reading, ...] = ()
    """What other readers made of the line, when several read it side by side."""


def recognise(
    engine: Engine, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None
) -> list[Recognition]:
    """What an engine makes of each line, in order: by its own `recognise`, or else by its readings alone.

    Raises what `Engine.read` raises.
    """
    own = cast(Callable[..., list[Recognition]] | None, getattr(engine, "recognise", None))
    if own is not None:
        return own(leaf, lines, timeout_s=timeout_s)
    return [Recognition(reading) for reading in engine.read(leaf, lines, timeout_s=timeout_s)]


def mean_confidence(words: Sequence[Word]) -> float | None:
    """The confidence of a line: the mean of those of its words that are known; None when none is."""
    known = [word.confidence for word in words if word.confidence is not None]
    return sum(known) / len(known) if known else None


ENGINES = {
    "tesseract": "ocr.engines.tesseract:open_engine",
    "cursive": "ocr.engines.cursive:open_engine",
    "auto": "ocr.engines.auto:open_engine",
    "both": "ocr.engines.auto:open_both",
}


def open_engine(name: str, settings: object) -> Engine:
    """The engine of that name, ready to read. A dotted name (package.module:function) opens a stranger's.

    `settings` is an instance of the engine's own settings class; a stranger's function is given None.
    """
    place = ENGINES.get(name, name)
    if ":" not in place:
        raise SettingsError(
            f"There is no engine {name!r}; known: {', '.join(ENGINES)}, or package.module:function."
        )
    module, function = place.split(":", 1)
    try:
        begin = cast(Callable[[object], Engine], getattr(import_module(module), function))
    except (ImportError, AttributeError) as error:
        raise DependencyError(f"The engine {name!r} cannot be opened: {reason_of(error)}.") from error
    if not callable(begin):
        raise SettingsError(f"{name!r} gives no engine: {function} is no function.")
    try:
        opened = begin(settings)
    except OcrError:
        raise
    except Exception as error:
        if name in ENGINES:  # a mistake of ours
            raise
        why = f"{type(error).__name__}: {error}"
        raise DependencyError(f"The engine {name!r} cannot be opened: {why}.") from error
    if not (hasattr(opened, "read") and hasattr(opened, "steps")):
        raise SettingsError(f"{name!r} gives no engine: what it opens has no `read` or no `steps`.")
    return opened
