"""A recipe: the settings of every stage of one run, closed and typed, from a small TOML file."""

import dataclasses
import math
import typing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from ocr.engines.auto import AutoSettings
from ocr.engines.cursive import CursiveSettings
from ocr.engines.legible import LegibleSettings
from ocr.engines.tesseract import TesseractSettings
from ocr.errors import SettingsError, reason_of
from ocr.lines import LinesSettings
from ocr.notation import from_toml
from ocr.scan.coverage import CoverageSettings
from ocr.scan.leaf import LeafSettings
from ocr.settings import Between, nearest_name
from ocr.tei.names import REVIEW_THRESHOLD

Settings = typing.TypeVar("Settings")

LEAF_PARTS = tuple(part.name for part in dataclasses.fields(LeafSettings))


@dataclass(frozen=True, slots=True)
class RecordSettings:
    """What the TEI says."""

    review_threshold: Annotated[float, Between(0, 1)] = REVIEW_THRESHOLD
    """Words less likely to be right than this are marked unclear."""


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """How scans are opened."""

    dpi: Annotated[float | None, Between(50, 1200)] = None
    """Resolution the pages of a PDF are drawn at; when None, a page that is one picture is read in its own
    pixels, others as fits. For pictures it replaces what the file says."""


@dataclass(frozen=True, slots=True)
class Recipe(LeafSettings):
    """All settings that decide what the record of a scan says: those of leaves, and each later stage's."""

    engine: str = "auto"
    """Recognition engine: auto, cursive, tesseract, both, or package.module:function."""
    scan: ScanSettings = field(default_factory=ScanSettings)
    lines: LinesSettings = field(default_factory=LinesSettings)
    auto: AutoSettings = field(default_factory=AutoSettings)
    cursive: CursiveSettings = field(default_factory=CursiveSettings)
    tesseract: TesseractSettings = field(default_factory=TesseractSettings)
    legible: LegibleSettings = field(default_factory=LegibleSettings)
    coverage: CoverageSettings = field(default_factory=CoverageSettings)
    record: RecordSettings = field(default_factory=RecordSettings)

    @property
    def of_engine(self) -> object:
        """What the chosen engine wants to know; None for a stranger's."""
        if self.engine in {"auto", "both"}:
            return replace(self.auto, cursive=self.cursive, tesseract=self.tesseract)
        return getattr(self, self.engine, None)

    @property
    def leaf(self) -> LeafSettings:
        """What the stage that prepares leaves wants."""
        return LeafSettings(**{part: getattr(self, part) for part in LEAF_PARTS})


def load_recipe(path: Path) -> Recipe:
    """The recipe of a TOML file; SettingsError names an unknown key, its nearest known one, a wrong type."""
    try:
        table = from_toml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"The recipe {path} cannot be read: {reason_of(error)}.") from error
    except ValueError as error:  # not TOML, not UTF-8, a number or a nest without end
        raise SettingsError(f"The recipe {path} is not TOML that can be read: {reason_of(error)}.") from error
    return _fill(Recipe(), table, str(path))


def _fill(settings: Settings, table: dict[str, object], place: str) -> Settings:
    """Settings with what the table tells, part by part."""
    if not isinstance(settings, Recipe):
        _refuse_twins(table, place)
    hints = typing.get_type_hints(type(settings), include_extras=True)
    changes: dict[str, object] = {}
    for key, value in table.items():
        if key not in hints:
            raise SettingsError(f"{place}: there is no setting {key!r}. {nearest_name(key, hints)}")
        present = getattr(settings, key)
        if dataclasses.is_dataclass(present):
            if not isinstance(value, dict):
                raise SettingsError(f"{place}: {key!r} is a table; write [{key}] and its settings below.")
            changes[key] = _fill(present, value, f"{place} [{key}]")
        else:
            changes[key] = _fitting(value, hints[key], present, f"{place}: {key!r}")
    try:
        return replace(settings, **changes)  # type: ignore[type-var]
    except ValueError as error:
        raise SettingsError(f"{place}: {error}") from error


def _refuse_twins(table: dict[str, object], place: str) -> None:
    """The settings of a stage with a table of its own are not taken from below another: it would not hear."""
    own = {part.name for part in dataclasses.fields(Recipe)}
    for key, value in table.items():
        if key in own and isinstance(value, dict):
            raise SettingsError(f"{place}: the settings of {key!r} have a table of their own; write [{key}].")


def _fitting(value: object, kind: object, present: object, place: str) -> object:
    """The value, if it is of the setting's type and in its range.

    The range is told beside the setting (Between), or goes from a hundredth to a hundredfold of its default:
    what lies farther off is a slip of the pen or of the unit.
    """
    extras = getattr(kind, "__metadata__", ())
    kind = getattr(kind, "__origin__", kind) if extras else kind
    allowed = typing.get_args(kind) or (kind,)
    if float in allowed and isinstance(value, int) and not isinstance(value, bool):
        value = float(value) if abs(value) < 1e9 else math.inf
    if not any(type(value) is known for known in allowed):
        names = " or ".join(
            getattr(known, "__name__", str(known)) for known in allowed if known is not type(None)
        )
        raise SettingsError(f"{place} wants {names}, not {value!r}.")
    if isinstance(value, int | float) and not isinstance(value, bool):
        usual = present if isinstance(present, int | float) else None
        whole = Between(usual / 100, usual * 100) if usual else Between(0, math.inf)
        limits = next((extra for extra in extras if isinstance(extra, Between)), whole)
        if not (limits.low <= value <= limits.high and abs(value) < math.inf):
            raise SettingsError(
                f"{place} wants a number from {limits.low:g} to {limits.high:g}, not {value}."
            )
    return value
