"""How lines are found."""

from dataclasses import dataclass
from typing import Annotated

from ocr.settings import Between


@dataclass(frozen=True, slots=True)
class LinesSettings:
    """How lines are found. Lengths in pitches are multiples of the distance between neighbouring lines."""

    column_gap_pitches: float = 1.5
    """Corridors at least so wide, the whole height of the text, part columns."""
    least_line_pitches: float = 0.4
    """Shorter lines are dirt."""
    margin_cover: float = 0.25
    """A column that holds less than this share of what the fullest holds is a margin."""
    number_width: float = 0.35
    """Page numbers are narrower than this share of a line, and indented by more."""
    heading_room: float = 0.15
    """Headings leave at least this share of a line free on both sides."""
    least_struck: float = 0.6
    """Only a line with a level stroke through at least this share of its width may be struck out."""
    least_sure: Annotated[float, Between(0, 1)] = 0.95
    """Struck out or put in above is what is so with at least this probability; else it is text."""
