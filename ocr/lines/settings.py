"""How lines are found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LinesSettings:
    """How lines are found. Lengths in pitches are multiples of the distance between neighbouring lines."""

    smear_along_pitches: float = 0.7
    """How far ink is smeared along lines."""
    smear_across_pitches: float = 0.17
    """How far ink is smeared across lines, at most."""
    smear_across_letters: float = 0.6
    """How far ink is smeared across lines, at most, in heights of letters."""
    least_crest: float = 0.08
    """A crest must be so high, as a share of the usual crest of the leaf."""
    link_pitches: float = 0.4
    """Pieces of one line stand at the same height to within this."""
    column_gap_pitches: float = 1.5
    """Corridors at least so wide, the whole height of the text, part columns."""
    least_line_pitches: float = 0.4
    """Shorter lines are dirt."""
    crossing: float = 0.12
    """At most this share of lines runs across where columns part."""
    least_aligned: float = 0.6
    """Where no wide corridor parts columns, at least this share of lines begins at one margin."""
    margin_cover: float = 0.25
    """A column that holds less than this share of what the fullest holds is a margin."""
    mark_above: float = 0.7
    """Loose marks over a line count as so much nearer to it than marks under it."""
    number_width: float = 0.35
    """Page numbers are narrower than this share of a line, and indented by more."""
    heading_room: float = 0.15
    """Headings leave at least this share of a line free on both sides."""
    wedged: float = 0.75
    """Insertions stand nearer to a neighbour than this share of the distance of lines."""
    least_struck: float = 0.6
    """Struck out is a line with a level stroke through at least this share of its width."""
    reach_pitches: float = 0.9
    """Ink further from any line belongs to none."""
