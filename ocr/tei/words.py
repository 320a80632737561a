"""Words written into TEI: w and pc, doubt as unclear, rivals as choice, line-end hyphens."""

import re
from dataclasses import dataclass, replace

from lxml import etree

from ocr.page import Glyph, MarkKind, Rival, Word, WordMark, beside
from ocr.tei.names import LETTER, LOW_CONFIDENCE, RIVAL, cert, q
from ocr.text import bare_word, fit_for_xml, nfc

HYPHENS = "-‐¬\u00ad="
_XML_SPACE = re.compile(r"[ \t\r\n]+")
_MARKS = re.compile(r"(.)\1*", re.DOTALL)  # an ellipsis of dots is one mark


def clean(text: str) -> str:
    """Text as it is written: composed, without what XML forbids, XML white space made single spaces."""
    return _XML_SPACE.sub(" ", fit_for_xml(nfc(text))[0]).strip(" ")


def rows_of_marks(text: str) -> list[str]:
    """Punctuation cut into marks; a row of the same mark is one."""
    return [row.group() for row in _MARKS.finditer(text)]


def append_text(parent: etree._Element, text: str) -> None:
    """Adds text at the end of an element."""
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def hyphenated(token: str, following: str | None) -> bool:
    """Does this token end in a hyphen that the first token of the next line goes on from?

    A hyphen counts after letters when a letter follows at once; the old double hyphen "=" only before a
    small letter, since an equals sign may stand before a name of a quantity.
    """
    if not following or len(token) < 2 or token[-1] not in HYPHENS or not token[-2].isalpha():
        return False
    return following[0].islower() if token[-1] == "=" else following[0].isalpha()


@dataclass(frozen=True, slots=True)
class WordPlace:
    """What a token needs to know of its line: what is doubtful, where it stands, which halves it holds."""

    threshold: float
    facs: str | None = None
    begins: bool = False
    """It goes on in the next line (a hyphen ends it)."""
    ends: bool = False
    """It began in the line before."""
    marked_by: str = ""
    """The id of whoever marks letters of words."""


@dataclass(frozen=True, slots=True)
class _LetterRun:
    """Letters that follow each other: one doubtful letter, or any number of others."""

    text: str
    glyph: Glyph | None = None
    confidences: tuple[float | None, ...] = ()
    """The probability of each character of `text`; empty when the reader tells of no letters."""


def _doubtful(glyph: Glyph, threshold: float) -> bool:
    return glyph.confidence is not None and float(cert(glyph.confidence)) < threshold


def _runs(text: str, glyphs: tuple[Glyph, ...], threshold: float) -> list[_LetterRun]:
    """The text in runs, each doubtful letter its own run; one plain run when the glyphs do not spell it."""
    spelt = [nfc(glyph.text) for glyph in glyphs]
    if "".join(spelt) != text or not all(spelt):
        return [_LetterRun(text)]
    runs: list[_LetterRun] = []
    for glyph, letter in zip(glyphs, spelt, strict=True):
        confidences = (glyph.confidence,) * len(letter)
        if _doubtful(glyph, threshold):
            runs.append(_LetterRun(letter, glyph, confidences))
        elif runs and runs[-1].glyph is None:
            runs[-1] = _LetterRun(runs[-1].text + letter, None, runs[-1].confidences + confidences)
        else:
            runs.append(_LetterRun(letter, None, confidences))
    return runs


def _slice(runs: list[_LetterRun], start: int, end: int) -> list[_LetterRun]:
    cut, at = [], 0
    for run in runs:
        low, high = max(start - at, 0), min(end - at, len(run.text))
        if low < high:
            whole = high - low == len(run.text)
            glyph = run.glyph if whole else None
            cut.append(_LetterRun(run.text[low:high], glyph, run.confidences[low:high]))
        at += len(run.text)
    return cut


def _unclear(parent: etree._Element, reason: str, confidence: float | None = None) -> etree._Element:
    unclear = etree.SubElement(parent, q("unclear"), reason=reason)
    if confidence is not None:
        unclear.set("cert", cert(confidence))
    return unclear


def _put_alternatives(
    parent: etree._Element, reason: str, rivals: tuple[Rival, ...], confidence: float | None = None
) -> etree._Element:
    """A choice of unclear readings, the engine's own first; gives the place of the first. The reason stands
    there once: the others are there for no other."""
    choice = etree.SubElement(parent, q("choice"))
    own = _unclear(choice, reason, confidence)
    for rival in rivals:
        other = etree.SubElement(choice, q("unclear"), cert=cert(rival.confidence))
        other.text = clean(rival.text)
    return own


def set_mark(element: etree._Element, mark: WordMark, by: str) -> etree._Element:
    """The element that marks letters, with the probability of the mark and whose it is."""
    element.set("cert", cert(mark.confidence))
    element.set("resp", f"#{by}")
    return element


def _put_raised(
    parent: etree._Element, runs: list[_LetterRun], written: frozenset[str], mark: WordMark | None, by: str
) -> None:
    """The same as `_put_runs`, raised letters in an element of theirs; places are of the text of the runs."""
    if mark is None:
        _put_runs(parent, runs, written)
        return
    length = sum(len(run.text) for run in runs)
    parts = [_slice(runs, *ends) for ends in ((0, mark.start), (mark.start, mark.end), (mark.end, length))]
    texts = ["".join(run.text for run in part) for part in parts]
    for n, part in enumerate(parts):
        if not part:
            continue
        target = parent
        if n == 1:
            target = set_mark(etree.SubElement(parent, q("hi"), rend="superscript"), mark, by)
        before, after = "".join(texts[:n]), "".join(texts[n + 1 :])
        _put_runs(target, part, written, before, after)


def _put_runs(
    parent: etree._Element,
    runs: list[_LetterRun],
    written: frozenset[str] = frozenset(),
    first: str = "",
    last: str = "",
) -> None:
    """Letters, the doubtful ones marked. `written`: other readings of the whole, which need not be written
    again letter by letter; `first` and `last` stand before and after the letters in it."""
    for at, run in enumerate(runs):
        glyph = run.glyph
        if glyph is None or glyph.confidence is None:
            append_text(parent, run.text)
            continue
        rivals = beside(glyph.confidence, glyph.rivals)
        before = first + "".join(other.text for other in runs[:at])
        after = "".join(other.text for other in runs[at + 1 :]) + last
        if rivals and not all(f"{before}{clean(rival.text)}{after}" in written for rival in rivals):
            own = _put_alternatives(parent, LETTER, rivals, glyph.confidence)
        else:
            own = _unclear(parent, LETTER, glyph.confidence)
        own.text = run.text


def put_word(parent: etree._Element, word: Word, place: WordPlace) -> None:
    """Writes one token (text not empty) at the end of the parent: pc for marks around it, w for the word."""
    text = clean(word.text)
    runs = _runs(text, word.glyphs, place.threshold)
    hyphen = 1 if place.begins else 0
    before, core, after = bare_word(text[: len(text) - hyphen])
    if not core:
        before, core, after, hyphen = "", text, "", 0
    rivals = tuple(Rival(clean(r.text), r.confidence) for r in beside(word.confidence, word.rivals))
    tail = after + text[len(text) - hyphen :]
    shared = len(before) + len(tail)
    if all(r.text.startswith(before) and r.text.endswith(tail) and len(r.text) > shared for r in rivals):
        rivals = tuple(Rival(r.text[len(before) : len(r.text) - len(tail)], r.confidence) for r in rivals)
    else:  # the rivals differ in their marks: these stay with the word
        before, core, after, hyphen = "", text, "", 0

    low = word.confidence is not None and float(cert(word.confidence)) < place.threshold
    _put_marks(parent, _slice(runs, 0, len(before)), place, word.confidence)
    is_marks = bare_word(core)[1] == ""
    element = _placed(parent, "pc" if is_marks else "w", place, word.confidence)
    if place.begins or place.ends:
        element.set("part", "M" if place.begins and place.ends else "I" if place.begins else "F")
    inner = element
    if rivals:
        reason = LOW_CONFIDENCE if low else RIVAL
        inner = _put_alternatives(element, reason, rivals)  # its own confidence stands on w
    elif low:
        inner = _unclear(element, LOW_CONFIDENCE)
    written = frozenset(rival.text for rival in rivals)
    raised = word.mark(MarkKind.RAISED) if text == word.text else None
    if raised is not None:
        start, end = (min(max(n - len(before), 0), len(core)) for n in (raised.start, raised.end))
        raised = replace(raised, start=start, end=end) if start < end else None
    core_runs = _slice(runs, len(before), len(before) + len(core))
    _put_raised(inner, core_runs, written, raised, place.marked_by)
    if hyphen:
        (mark,) = _put_marks(element, _slice(runs, len(text) - 1, len(text)), place, word.confidence)
        mark.set("force", "weak")
    end = len(text) - hyphen
    _put_marks(parent, _slice(runs, end - len(after), end), place, word.confidence)


def _placed(parent: etree._Element, tag: str, place: WordPlace, confidence: float | None) -> etree._Element:
    """A w or pc with its place and its confidence."""
    element = etree.SubElement(parent, q(tag))
    if place.facs:
        element.set("facs", f"#{place.facs}")
    if confidence is not None:
        element.set("cert", cert(confidence))
    return element


def _put_marks(
    parent: etree._Element, runs: list[_LetterRun], place: WordPlace, whole: float | None
) -> list[etree._Element]:
    """One pc for each mark; a row of the same mark is one. Its probability is that of its letters; where the
    reader tells of none, that of the `whole` word."""
    marks = []
    for run in runs:
        rows = (
            [row.span() for row in _MARKS.finditer(run.text)] if run.glyph is None else [(0, len(run.text))]
        )
        for low, high in rows:
            mark = _LetterRun(run.text[low:high], run.glyph, run.confidences[low:high])
            known = [confidence for confidence in mark.confidences if confidence is not None]
            marks.append(_placed(parent, "pc", place, min(known, default=whole)))
            _put_runs(marks[-1], [mark])
    return marks
