"""A recipe: the settings of every stage of one run, closed and typed, from a small TOML file."""

import dataclasses
import difflib
import tomllib
import typing
from dataclasses import dataclass, field, replace
from pathlib import Path

from ocr.engines.auto import AutoSettings
from ocr.engines.cursive import CursiveSettings
from ocr.engines.tesseract import TesseractSettings
from ocr.errors import SettingsError
from ocr.lines import LinesSettings
from ocr.scan.finder import FinderSettings
from ocr.scan.ink import InkSettings
from ocr.scan.leaf import LeafSettings
from ocr.scan.ruling import RulingSettings
from ocr.scan.skew import SkewSettings
from ocr.scan.spread import SpreadSettings
from ocr.scan.upright import UprightSettings

Settings = typing.TypeVar("Settings")


@dataclass(frozen=True, slots=True)
class RecordSettings:
    """What the TEI says."""

    review_threshold: float = 0.60
    """Words less likely to be right than this are marked unclear."""


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """How scans are opened."""

    dpi: float | None = None
    """Resolution a PDF is drawn at (300 when not told); for pictures it replaces what the file says."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """All settings that decide what the record of a scan says. Each part belongs to one stage."""

    engine: str = "tesseract"
    """Who reads the lines."""
    scan: ScanSettings = field(default_factory=ScanSettings)
    ink: InkSettings = field(default_factory=InkSettings)
    skew: SkewSettings = field(default_factory=SkewSettings)
    finder: FinderSettings = field(default_factory=FinderSettings)
    upright: UprightSettings = field(default_factory=UprightSettings)
    spread: SpreadSettings = field(default_factory=SpreadSettings)
    ruling: RulingSettings = field(default_factory=RulingSettings)
    lines: LinesSettings = field(default_factory=LinesSettings)
    auto: AutoSettings = field(default_factory=AutoSettings)
    cursive: CursiveSettings = field(default_factory=CursiveSettings)
    tesseract: TesseractSettings = field(default_factory=TesseractSettings)
    record: RecordSettings = field(default_factory=RecordSettings)

    @property
    def of_engine(self) -> object:
        """What the chosen engine wants to know; None for a stranger's."""
        if self.engine == "auto":
            return replace(self.auto, cursive=self.cursive, tesseract=self.tesseract)
        return getattr(self, self.engine, None)

    @property
    def leaf(self) -> LeafSettings:
        """What the stage that prepares leaves wants."""
        return LeafSettings(self.ink, self.skew, self.ruling, self.finder, self.upright, self.spread)


def load_recipe(path: Path) -> Recipe:
    """The recipe of a TOML file; SettingsError names an unknown key, its nearest known one, a wrong type."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"The recipe {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The recipe {path} is not TOML: {error}.") from error
    return _fill(Recipe(), told, str(path))


def _fill(settings: Settings, told: dict[str, object], place: str) -> Settings:
    """Settings with what the table tells, part by part."""
    hints = typing.get_type_hints(type(settings))
    changes: dict[str, object] = {}
    for key, value in told.items():
        if key not in hints:
            near = difflib.get_close_matches(key, hints, n=1)
            meant = f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(hints)}."
            raise SettingsError(f"{place}: there is no setting {key!r}.{meant}")
        present = getattr(settings, key)
        if dataclasses.is_dataclass(present):
            if not isinstance(value, dict):
                raise SettingsError(f"{place}: {key!r} is a table; write [{key}] and its settings below.")
            changes[key] = _fill(present, value, f"{place} [{key}]")
        else:
            changes[key] = _fitting(value, hints[key], f"{place}: {key!r}")
    try:
        return replace(settings, **changes)  # type: ignore[type-var]
    except ValueError as error:
        raise SettingsError(f"{place}: {error}") from error


def _fitting(value: object, kind: object, place: str) -> object:
    allowed = typing.get_args(kind) or (kind,)
    if float in allowed and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not any(type(value) is one for one in allowed):
        names = " or ".join(getattr(one, "__name__", str(one)) for one in allowed if one is not type(None))
        raise SettingsError(f"{place} wants {names}, not {value!r}.")
    return value
