"""One line of a file in any format: its text, its place, and how sure its reader was."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from lxml import etree

from ocr.geometry import Box
from ocr.tei.flow import FlowLine, TextRules, TextRun, confidence_of, flow, tokens
from ocr.tei.names import XML_ID, local, pointers, q
from ocr.tei.places import box_of
from ocr.text import graphemes, squeeze


@dataclass(frozen=True, slots=True)
class FoundWord:
    """What stands between two spaces, as its reader gave it; None is what the file does not tell."""

    text: str
    confidence: float | None = None
    """Probability of being right, 0..1."""
    box: Box | None = None
    """Pixels of the scan."""
    letters: tuple[float | None, ...] = ()
    """The confidence of each grapheme; empty when none is told."""


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One line as it stands in the file, white space single, line-end hyphens kept."""

    text: str
    ident: str | None = None
    """The id of the line or of its zone."""
    box: Box | None = None
    """Pixels of the scan."""
    confidence: float | None = None
    """Probability that the whole line is right, 0..1, when the file tells it."""
    words: tuple[FoundWord, ...] = ()
    """The words of the text in order, or none when the file does not tell words apart."""
    gaps: int = 0
    """Places on the line that the file calls unread or unreadable."""
    struck: str = ""
    """What stood on a line of which the rule for del leaves nothing."""


Leaves = tuple[tuple[FoundLine, ...], ...]
"""The lines of a file by leaf."""


@dataclass(frozen=True, slots=True)
class ElementLine:
    """A line with the elements it was read from, for whoever wants more of them than `FoundLine` holds."""

    line: FoundLine
    element: etree._Element
    """Its own; that of the block, of text that stands outside lines."""
    block: etree._Element
    """The innermost region or block around it."""
    words: tuple[tuple[FoundWord, etree._Element], ...] = ()
    """All words that the file gives the line, though its text may be another."""


def words_of(
    text: str, confidence: float | None, box: Box | None, letters: Iterable[FoundWord]
) -> list[FoundWord]:
    """The words of a word element, several when it holds spaces; `letters` are its parts."""
    parts = list(letters)
    spelt = "".join(part.text for part in parts)
    parted = squeeze(text).split()
    each: tuple[float | None, ...] = ()
    if [spelt] == parted and any(part.confidence is not None for part in parts):
        each = tuple(part.confidence for part in parts for _ in graphemes(part.text))
        each = each if len(each) == len(graphemes(spelt)) else ()
    return [FoundWord(part, confidence, box, each) for part in parted]


def box_of_words(words: Iterable[FoundWord]) -> Box | None:
    """The box around those of the words that have one."""
    corners = [corner for word in words if word.box for corner in word.box.corners]
    return Box.around(corners) if corners else None


def by_words(text: str, words: list[FoundWord]) -> tuple[FoundWord, ...]:
    """The words, if they are those of the text; none when a corrector changed one and left the other."""
    return tuple(words) if " ".join(word.text for word in words) == text else ()


def tei_leaves(root: etree._Element, rules: TextRules) -> Leaves:
    """The lines of a TEI document by the surface or page they stand on."""
    zones = {e.get(XML_ID): e for e in root.iter(q("zone"), q("surface"), q("line")) if e.get(XML_ID)}

    def place(element: etree._Element | None) -> Box | None:
        if element is None:
            return None
        named = next((zones[i] for i in pointers(element, "facs") if i in zones), None)
        return box_of(named if named is not None else element)

    lines = flow(root, rules)
    struck = _struck(root, rules)
    leaves: dict[str | None, list[FoundLine]] = {}
    for flow_line in lines:
        line = _line(flow_line, place)
        if not line.text and flow_line.start in struck:
            line = replace(line, struck=struck[flow_line.start])
        leaves.setdefault(flow_line.surface, []).append(line)
    return tuple(map(tuple, leaves.values()))


def _struck(root: etree._Element, rules: TextRules) -> dict[etree._Element | None, str]:
    """What stands on each line, by where it starts, when del is left out and counted."""
    if rules.deleted == "keep" or next(root.iter(q("del")), None) is None:
        return {}
    return {line.start: line.text for line in flow(root, replace(rules, deleted="keep")) if line.is_break}


def _line(line: FlowLine, place: Callable[[etree._Element | None], Box | None]) -> FoundLine:
    start = line.start
    words = by_words(line.text, [_word(token, place) for token in tokens(line.runs, inside=True)])
    gaps = sum(run.gap is not None for run in line.runs)
    if start is None or local(start) not in {"lb", "line", "l"}:
        return FoundLine(line.text, words=words, gaps=gaps)
    ident = next(iter(pointers(start, "facs")), None) or start.get(XML_ID)
    return FoundLine(line.text, ident, place(start), confidence_of(start), words, gaps)


def _word(runs: list[TextRun], place: Callable[[etree._Element | None], Box | None]) -> FoundWord:
    text = "".join(run.text for run in runs)
    elements = list(dict.fromkeys(run.word for run in runs if run.word is not None))
    confidence = next((value for value in map(confidence_of, elements) if value is not None), None)
    box = next((zone for zone in map(place, elements) if zone is not None), None)
    letters: tuple[float | None, ...] = ()
    if any(run.glyph is not None for run in runs):
        letters = tuple(r.glyph.confidence if r.glyph else None for r in runs for _ in graphemes(r.text))
        letters = letters if len(letters) == len(graphemes(text)) else ()
    return FoundWord(text, confidence, box, letters)
