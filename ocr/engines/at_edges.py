"""Words that the edge of the scan or of their leaf cuts through are in doubt: nobody reads what is not there.

Ink tells it: between an edge and a word that is whole there is paper. There is, too, beside a word that is
cut between two letters, which cannot be told.
"""

from dataclasses import replace

from ocr.engines import mean_confidence
from ocr.page import Reading, Surface, Word
from ocr.scan.edges import Edges

SUREST = 0.3
"""A word that is cut is no likelier than this to be right, and a letter there."""


def at_edges(surface: Surface, edges: Edges | None) -> Surface:
    """The surface with those words in doubt whose ink runs into an edge of the scan, or of their leaf."""
    if edges is None:
        return surface
    regions = tuple(
        replace(
            region,
            lines=tuple(
                replace(line, readings=tuple(_reading(reading, edges) for reading in line.readings))
                for line in region.lines
            ),
        )
        for region in surface.regions
    )
    return replace(surface, regions=regions)


def _reading(reading: Reading, edges: Edges) -> Reading:
    words = tuple(_word(word, edges) for word in reading.words)
    if words == reading.words:
        return reading
    return replace(reading, words=words, confidence=mean_confidence(words))


def _word(word: Word, edges: Edges) -> Word:
    if word.box is None:
        return word
    cuts = edges.cutting(word.box, sum(letter.isalnum() for letter in word.text))
    if not cuts:
        return word
    glyphs = tuple(
        replace(glyph, confidence=min(glyph.confidence, SUREST))
        if glyph.confidence is not None
        and glyph.box is not None
        and any(edges.is_near(edge, glyph.box) for edge in cuts)
        else glyph
        for glyph in word.glyphs
    )
    sure = None if word.confidence is None else min(word.confidence, SUREST)
    return replace(word, confidence=sure, glyphs=glyphs)
