"""Of a line what its kind is told by: upright working pixels."""

from dataclasses import dataclass

from ocr.geometry import Box


@dataclass(frozen=True, slots=True)
class Shape:
    """A line before it has a kind."""

    box: Box
    crest: float
    """Height of its middle."""
    letter_px: float
    """The usual height of its pieces."""
    struck: float
    """The share of its width that a level stroke runs through."""
    inserted: bool = False
    """It was found between two lines."""
    aside: tuple[float, ...] | None = None
    """It stands in the margin of its column, in the row of a line; how sure that is is told by these."""
    stroke_dark: float = 1.0
    """How dark that stroke is beside the line's other ink: 1 is as dark."""
    edge_px: float = 0.0
    """How far its middle is from the upper or lower edge of the leaf, the nearer one."""
