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
    feet_letters: float = 0.7
    """Between lines begins so far below the middle of the upper one, in heights of small letters."""
    heads_letters: float = 0.6
    """Between lines ends so far above the middle of the lower one."""
    above_first_pitches: float = 0.85
    """Above the first line words are looked for so far."""
    least_inserted_letters: float = 0.3
    """Inserted letters are taller than this share of small letters; dots, breves and bars are not."""
    inserted_gap_letters: float = 1.3
    """Wider gaps part two insertions above one line."""
    least_inserted_width_letters: float = 1.2
    """Narrower groups of strokes are no words."""
    least_inserted_strokes: int = 3
    """Words have at least so many strokes side by side."""
    least_bridge_letters: float = 0.5
    """Pieces among inserted words that reach into a neighbour are cut from it when they are wider."""
    table_cover: float = 0.5
    """A column of a table holds less than this share of what the column of its entries holds."""
    least_rows: float = 0.5
    """A narrow column that has a line beside this share of the lines of its neighbour, and hardly any other,
    is of one table with it: sums beside entries, dates before them."""
