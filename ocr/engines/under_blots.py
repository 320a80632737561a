"""What was read under blots: words in doubt, and gaps where there is nothing but a blot."""

from dataclasses import replace

from ocr.engines import NO_TEXT, mean_confidence
from ocr.geometry import Box
from ocr.page import Line, Reading, Surface, Unread, Word
from ocr.scan.blots import Blots

BLOT = "a blot; what stands under it cannot be read"

LEAST_BLOTTED = 0.15
"""A word with a smaller share of its ink under a blot is as it was."""
NOTHING_ELSE = 0.85
"""A word with a larger share of its ink in a blot is none: there is nothing to read it by."""
SUREST = 0.3
"""A word partly under a blot is no likelier than this to be right, and a letter there."""
LEAST_TALL = 0.4
"""A blot is taller than this share of the words it spoils: strokes of huge letters are not."""


def under_blots(surface: Surface, blots: Blots | None) -> Surface:
    """The surface with words under blots in doubt, and a gap for each blot that leaves nothing to read.

    A word that is nothing but a blot is taken out. Blots beside the text that the finder does not mark as
    writing are not told.
    """
    if blots is None:
        return surface
    doubtful: set[int] = set()
    erased: set[int] = set()
    regions = tuple(
        replace(region, lines=tuple(_line(line, blots, doubtful, erased) for line in region.lines))
        for region in surface.regions
    )
    blocks = [region.outline.box for region in surface.regions]
    in_text = {
        n
        for n, outline in enumerate(blots.outlines)
        if blots.marked[n] or any(block.overlap(outline.box) > 0.5 * outline.box.area for block in blocks)
    }
    nothing_else = (erased | in_text) - doubtful
    gaps = [blots.outlines[n] for n in sorted(nothing_else)]
    places = [place for place in surface.unread if not _is_blot(place.outline.box, blots, nothing_else)]
    unread = sorted(
        (*places, *(Unread(gap, BLOT) for gap in gaps)),
        key=lambda place: (place.outline.box.top, place.outline.box.left),
    )
    return replace(surface, regions=regions, unread=tuple(unread))


def _is_blot(place: Box, blots: Blots, gaps: set[int]) -> bool:
    """Is there nothing in a place but a blot that is a gap itself? Letters beside one would go with it."""
    share, which = blots.under(place)
    return share > NOTHING_ELSE and not gaps.isdisjoint(which)


def _line(line: Line, blots: Blots, doubtful: set[int], erased: set[int]) -> Line:
    """The line with its readings; adds the blots that leave words in doubt, and those that leave none."""
    return replace(
        line, readings=tuple(_reading(reading, blots, doubtful, erased) for reading in line.readings)
    )


def _reading(reading: Reading, blots: Blots, doubtful: set[int], erased: set[int]) -> Reading:
    words: list[Word] = []
    for word in reading.words:
        share, which = (0.0, frozenset[int]()) if word.box is None else blots.under(word.box)
        tall = 0.0 if word.box is None else LEAST_TALL * word.box.height
        which = frozenset(n for n in which if blots.outlines[n].box.height > tall)
        if share < LEAST_BLOTTED or not which:
            words.append(word)
        elif share > NOTHING_ELSE:
            erased |= which
        else:
            doubtful |= which
            words.append(_doubted(word, share, blots))
    if tuple(words) == reading.words:
        return reading
    failure = None if words else NO_TEXT
    return replace(reading, words=tuple(words), confidence=mean_confidence(words), failure=failure)


def _doubted(word: Word, share: float, blots: Blots) -> Word:
    """A word of which a share is under a blot."""
    glyphs = tuple(
        replace(glyph, confidence=min(glyph.confidence, SUREST))
        if glyph.confidence is not None
        and glyph.box is not None
        and blots.under(glyph.box)[0] > LEAST_BLOTTED
        else glyph
        for glyph in word.glyphs
    )
    sure = None if word.confidence is None else min(word.confidence * (1 - share), SUREST)
    return replace(word, confidence=sure, glyphs=glyphs)
