"""Engines read lines. Each is named here by its dotted name and imported only when opened."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Protocol, cast

from ocr.errors import DependencyError, OcrError, SettingsError, reason_of
from ocr.page import Line, Reading, Step
from ocr.scan.leaf import Leaf

NO_TEXT = "ink found, no text recognised"
"""Why a line that an engine made nothing of counts as failed."""


class Engine(Protocol):
    """Something that reads the lines of a leaf. Opened once per worker process, used for many pages."""

    steps: tuple[Step, ...]
    """Who reads: their idents stand in `Reading.by`; versions and settings go into record and fingerprint."""

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        """One reading per line, in order, boxes in scan pixels, confidence in 0..1 or None when unknown.

        A line without text gives a reading without words. A line that could not be read gives a reading
        with a failure. Readings side by side stand in `others`. What stops the whole leaf raises:
        EngineError, DependencyError, PageTimeoutError.
        """
        ...


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
