"""A record read back: the Page that our own TEI holds."""

import itertools
from collections.abc import Iterable
from pathlib import Path

from lxml import etree

from ocr.errors import RecordError
from ocr.geometry import Box, Outline, Point
from ocr.page import (
    Glyph,
    Hand,
    Kind,
    Line,
    MarkKind,
    Page,
    Reading,
    Region,
    Rival,
    Source,
    Step,
    Surface,
    Unread,
    Word,
    WordMark,
)
from ocr.tei.flow import (
    FlowLine,
    TextRules,
    TextRun,
    confidence_of,
    flow,
    is_unread_place,
    probability,
    tokens,
    walk_inside,
)
from ocr.tei.leaf_notes import colour_of, ink_of, ruling_of, skew_of
from ocr.tei.names import BORDER, FAILED, LOW_CONFIDENCE, RIVAL, UNREAD, XML_ID, local, pointers, q
from ocr.tei.places import FAR_PX, corners
from ocr.tei.seal import idno, is_machine, machine_ids
from ocr.tei.tables import cells_of
from ocr.tei.tree import load, text_of
from ocr.text import graphemes, whole_number

_ELEMENTS = {Kind.INSERTION: "add", Kind.STRUCK: "del", Kind.NUMBER: "fw"}
"""What the words of a line of such a kind stand in."""
_AS_IT_STANDS = TextRules(deleted="keep", supplied="leave out")
_AS_THE_MACHINE_READ = TextRules(deleted="keep", supplied="leave out", app="rdg")


def parse_tei(source: Path | bytes) -> Page:
    """The page a record of ours holds, corrected or not.

    Comes back equal: text, kinds, readings and their order, failures, blanks, confidences (four digits),
    doubt of borders, geometry (word boxes in whole pixels, outlines in tenths, both clipped into the
    surface), skew, ruling (its pitch in tenths), unread places (in whole pixels), ink, source, steps,
    fingerprint, notes, rivals and the machine's marks of words.
    Does not come back: letters with a confidence above the review threshold and the boxes of letters (a word
    with a doubtful letter comes back with one glyph for each of its letters, the others unknown); rivals of
    a letter that are all told by rivals of its word; rivals of unread ink; what XML forbids; white space
    inside a word other than single spaces; idents that are no XML names (they come back as the names they
    were given); fractions of a pixel of a surface.
    In a corrected file the last reading of a line with marked corrections is the person's, and the machine's
    reading stands before it.
    RecordError when the file is no TEI of ours; `formats.leaves` reads any.
    """
    root = load(source)
    name = "The document" if isinstance(source, bytes) else str(source)
    return _Record(root, name).page()


class _Record:
    """One file while it is read."""

    def __init__(self, root: etree._Element, name: str) -> None:
        self._root, self._name = root, name
        self._zones = {e.get(XML_ID): e for e in root.iter(q("zone"), q("surface"))}
        self._machines = machine_ids(root)
        self._cells = cells_of(root)

    def page(self) -> Page:
        scan = self._root.find(f".//{q('sourceDesc')}/{q('bibl')}[@type='scan']")
        if scan is None:
            raise RecordError(
                f"{self._name} is TEI, but not a record written by tetradi: its header names no scan "
                "(sourceDesc/bibl type='scan'). Its text can still be read for comparison."
            )
        title = self._root.find(f".//{q('titleStmt')}/{q('title')}[@type='main']")
        fingerprint = idno(self._root, "fingerprint")
        notes = self._root.iterfind(f".//{q('notesStmt')}/{q('note')}[@type='machine']")
        as_read: dict[etree._Element, FlowLine] = {}
        if any(not is_machine(e) for e in self._root.iter(q("respStmt"))):
            as_read = {f.start: f for f in flow(self._root, _AS_THE_MACHINE_READ) if f.start is not None}
        starts = ((f, f.start) for f in flow(self._root, _AS_IT_STANDS) if f.is_break)
        lines = {start: self._line(f, start, as_read) for f, start in starts if start is not None}
        return Page(
            name=text_of(title),
            source=self._source(scan),
            surfaces=tuple(self._surface(s, lines) for s in self._root.iter(q("surface"))),
            steps=tuple(self._step(e) for e in self._root.iter(q("application"))),
            fingerprint=text_of(fingerprint),
            notes=tuple(text_of(note) for note in notes),
            hands=tuple(self._hands()),
        )

    def _number(self, element: etree._Element | None, attribute: str) -> float:
        text = None if element is None else element.get(attribute)
        try:
            value = float(text or "")
        except ValueError:
            value = float("nan")
        if not abs(value) < FAR_PX:  # also false for what is no number
            self._refuse(element, f"@{attribute} is {text!r} where a number is needed")
        return value

    def _refuse(self, element: etree._Element | None, why: str) -> None:
        tag, line = ("", 1) if element is None else (local(element), element.sourceline)
        raise RecordError(
            f"{self._name}, line {line}: {tag} {why}. Mend it, or run 'ocr validate' to see all such places."
        )

    def _source(self, scan: etree._Element) -> Source:
        def typed(kind: str, tag: str) -> etree._Element | None:
            return scan.find(f".//{q(tag)}[@type='{kind}']")

        scope = scan.find(q("biblScope"))
        resolution = typed("resolution", "measure")
        orientation = text_of(typed("exif-orientation", "note")) or "1"
        return Source(
            file=text_of(typed("file", "idno")),
            sha256=text_of(typed("sha256", "idno")),
            width_px=int(self._number(typed("width", "measure"), "quantity")),
            height_px=int(self._number(typed("height", "measure"), "quantity")),
            media_type=text_of(typed("media-type", "note")),
            sheet=1 if scope is None else int(self._number(scope, "from")),
            sheets=1 if scope is None else int(self._number(scope, "to")),
            dpi=None if resolution is None else self._number(resolution, "quantity"),
            exif_orientation=whole_number(orientation) or 1,
            embedded=text_of(typed("embedded", "note")),
            damage=text_of(typed("damage", "note")),
        )

    @staticmethod
    def _step(program: etree._Element) -> Step:
        labels = {label.get("type", ""): text_of(label) for label in program.iterchildren(q("label"))}
        settings = (text_of(p).partition("=") for p in program.iterchildren(q("p")))
        return Step(
            ident=program.get("ident", ""),
            label=labels.get("", ""),
            version=labels.get("version", program.get("version", "")),
            settings=tuple((key, value) for key, _, value in settings),
            reads=program.get("type") == "reader",
        )

    def _surface(self, element: etree._Element, lines: dict[etree._Element, Line]) -> Surface:
        surface_id = element.get(XML_ID)
        regions = []
        for ab in self._root.iter(q("ab")):
            zone = self._zone_of(ab)
            parent = None if zone is None else next(zone.iterancestors(q("surface")), None)
            if zone is None or parent is None or parent.get(XML_ID) != surface_id:
                continue
            breaks = [lb for lb in ab.iter(q("lb")) if lb in lines and self._zone_of(lb) is not None]
            hand = next(iter(pointers(ab, "hand")), None)
            cell = None if (parent := ab.getparent()) is None else self._cells.get(parent)
            own = tuple(lines[lb] for lb in breaks)
            regions.append(Region(self._outline(zone), own, _kind(ab), hand, cell))
        return Surface(
            box=self._box(element),
            regions=tuple(regions),
            skew=skew_of(element, self._number),
            remark=text_of(element.find(f"{q('note')}[@type='remark']")),
            ruling=ruling_of(element, self._number),
            unread=tuple(self._unread(element)),
            ink=ink_of(element, self._number),
        )

    def _unread(self, surface: etree._Element) -> Iterable[Unread]:
        for gap in self._root.iter(q("gap")):
            zone = self._zone_of(gap) if is_unread_place(gap) else None
            if zone is not None and zone.getparent() is surface:
                yield Unread(self._outline(zone), text_of(gap.find(q("desc"))))

    def _hands(self) -> Iterable[Hand]:
        for note in self._root.iterfind(f".//{q('handNotes')}/{q('handNote')}"):
            if note.get("scope") == "minor":
                yield Hand(note.get(XML_ID, ""), note.get("medium", ""), colour_of(note))

    def _zone_of(self, element: etree._Element) -> etree._Element | None:
        return next((self._zones[i] for i in pointers(element, "facs") if i in self._zones), None)

    def _points(self, element: etree._Element) -> tuple[Point, ...]:
        points = tuple(corners(element))
        if not points or not all(abs(v) < FAR_PX for p in points for v in p):
            self._refuse(element, "has no place that can be read: numbers in @points, or in @ulx to @lry")
        return points

    def _box(self, element: etree._Element) -> Box:
        points = self._points(element)
        if len(points) == 2 and (points[1].x < points[0].x or points[1].y < points[0].y):
            self._refuse(element, "ends before it begins")
        return Box.around(points)

    def _outline(self, zone: etree._Element) -> Outline:
        if zone.get("points") is None:
            return self._box(zone).outline()
        points = self._points(zone)
        if len(points) < 3:
            self._refuse(zone, "has fewer than three points")
        return Outline(points)

    def _line(
        self, flow_line: FlowLine, start: etree._Element, as_read: dict[etree._Element, FlowLine]
    ) -> Line:
        zone = self._zone_of(start)
        readings = list(self._earlier(zone))
        persons = list(dict.fromkeys(self._persons(flow_line)))
        by = next(iter(pointers(start, "resp")), "")
        reason = {run.gap.get("reason") for run in flow_line.runs if run.gap is not None}
        if UNREAD not in reason or flow_line.text:
            if persons and start in as_read and not _unread(as_read[start]):
                readings.append(self._reading(as_read[start].runs, by, confidence_of(start)))
            reading = self._reading(
                flow_line.runs, " ".join(persons) or by, None if persons else confidence_of(start)
            )
            readings.append(reading)
        path = None if zone is None else zone.find(q("path"))
        return Line(
            outline=Outline((Point(0, 0),) * 3) if zone is None else self._outline(zone),
            baseline=() if path is None else self._points(path),
            kind=_kind(start),
            readings=tuple(readings),
            kind_confidence=self._kind_confidence(start),
            border_confidence=None if zone is None else _border_confidence(zone),
        )

    def _kind_confidence(self, start: etree._Element) -> float | None:
        """How sure the machine is that a line is struck out, put in above, a page number, in the margin."""
        mark = start.getnext()
        if _kind(start) is Kind.MARGIN:
            mark = next(start.iterancestors(q("ab")), None)
            by_person = start.get("change") not in {None, None if mark is None else mark.get("change")}
            if mark is None or _kind(mark) is not Kind.MARGIN or by_person:
                return None
            return confidence_of(mark) if any(by in self._machines for by in pointers(mark, "resp")) else None
        if mark is None or local(mark) != _ELEMENTS.get(_kind(start)):
            return None
        return confidence_of(mark) if any(by in self._machines for by in pointers(mark, "resp")) else None

    def _persons(self, line: FlowLine) -> Iterable[str]:
        """Who corrected words of this line by marks of their own."""
        for run in line.runs:
            element = run.word if run.word is not None else run.gap
            while element is not None and local(element) != "ab":
                # unclear is often marked with the engine's name inside a person's words; outer marks count
                yield from (p for p in pointers(element, "resp") if p not in self._machines)
                element = element.getparent()

    def _earlier(self, zone: etree._Element | None) -> Iterable[Reading]:
        """The readings kept aside, in the order they were made."""
        if zone is None:
            return
        for app in self._root.iterfind(f"{q('standOff')}//{q('app')}"):
            if zone.get(XML_ID, "") in list(pointers(app, "corresp")):
                for rdg in reversed(app.findall(q("rdg"))):
                    by = next(iter(pointers(rdg, "resp")), "")
                    yield self._reading(walk_inside(rdg, _AS_IT_STANDS), by, confidence_of(rdg))

    def _reading(self, runs: list[TextRun], by: str, confidence: float | None) -> Reading:
        words, failure = [], None
        for token in tokens(runs, inside=False):
            gap = token[0].gap
            if gap is None:
                words.append(self._word(token))
            elif gap.get("reason") == FAILED:
                failure = text_of(gap.find(q("desc")))
            elif gap.get("reason") != UNREAD:
                words.append(Word("", self._word_box(gap), confidence_of(gap)))
        return Reading(by, tuple(words), confidence, failure)

    def _word_box(self, element: etree._Element) -> Box | None:
        zone = self._zone_of(element)
        return None if zone is None else self._outline(zone).box

    def _word(self, token: list[TextRun]) -> Word:
        elements = list(dict.fromkeys(r.word for r in token if r.word is not None))
        text = without_line_ends("".join(r.text for r in token))
        glyphs: tuple[Glyph, ...] = ()
        if any(r.glyph is not None for r in token):
            glyphs = tuple(
                g
                for r in token
                for g in ([r.glyph] if r.glyph is not None else map(Glyph, graphemes(r.text)))
            )
        placed = [e for e in elements if e.get("facs") or e.get("cert")]
        main = next((e for e in placed if local(e) == "w"), placed[0] if placed else None)
        box = None if main is None else self._word_box(main)
        words = [main] if main is not None else [*(e for e in elements if local(e) == "w"), *elements]
        marks = tuple(self._marks(token, words[0])) if words else ()
        return Word(text, box, confidence_of(main), glyphs, self._rivals(token, main), marks)

    def _marks(self, token: list[TextRun], main: etree._Element) -> Iterable[WordMark]:
        """What the machine marks of a word, whose w or pc is given: struck out, letters raised."""
        length = sum(len(run.text) for run in token)
        holder = main.getparent()
        if holder is not None and local(holder) == "del" and not _holds_line(holder):
            yield from self._mark(MarkKind.STRUCK, holder, 0, length)
        for raised in (hi for hi in main.iter(q("hi")) if hi.get("rend") == "superscript"):
            before = itertools.takewhile(lambda run: run.word is not main, token)
            start = sum(len(run.text) for run in before) + _letters_before(raised, main)
            end = start + sum(len(run.text) for run in walk_inside(raised, _AS_IT_STANDS))
            yield from self._mark(MarkKind.RAISED, raised, start, end)

    def _mark(self, kind: MarkKind, element: etree._Element, start: int, end: int) -> Iterable[WordMark]:
        """The mark that an element makes, if it is the machine's."""
        sure = confidence_of(element)
        if sure is not None and any(by in self._machines for by in pointers(element, "resp")):
            yield WordMark(kind, start, end, sure)

    @staticmethod
    def _rivals(token: list[TextRun], main: etree._Element | None) -> tuple[Rival, ...]:
        """The other readings of a word, with the marks around it put back."""
        holders = dict.fromkeys(r.word for r in token if r.word is not None)
        for holder in [main] if main is not None else holders:
            choice = holder.find(q("choice"))
            own = None if choice is None else choice.find(q("unclear"))
            if choice is None or own is None or own.get("reason") not in {LOW_CONFIDENCE, RIVAL}:
                continue
            at = next(i for i, r in enumerate(token) if r.word is holder)
            before = "".join(r.text for r in token[:at])
            inside = [r for r in token if r.word is holder]
            after = "".join(r.text for r in token[at + len(inside) :])
            weak = "".join(pc.text or "" for pc in holder.iterchildren(q("pc")))
            return tuple(
                Rival(f"{before}{e.text or ''}{weak}{after}", probability(e.get("cert")) or 0.0)
                for e in choice.findall(q("unclear"))[1:]
            )
        return ()


def _holds_line(mark: etree._Element) -> bool:
    """Does a del hold the words of a struck line, rather than a word of a line?"""
    before = mark.getprevious()
    return before is not None and local(before) == "lb" and _kind(before) is Kind.STRUCK


def _letters_before(element: etree._Element, word: etree._Element) -> int:
    """How many letters of a word stand before an element in it; of a choice the first reading counts."""
    count = 0
    while element is not word:
        parent = element.getparent()
        assert parent is not None  # it stands in the word
        if local(parent) != "choice":
            count += len(parent.text or "")
            for other in element.itersiblings(preceding=True):
                read = next(iter(other), other) if local(other) == "choice" else other
                count += sum(len(run.text) for run in walk_inside(read, _AS_IT_STANDS)) + len(
                    other.tail or ""
                )
        element = parent
    return count


def _unread(line: FlowLine) -> bool:
    """Does the machine say that it has not read the line? A person typed it, then."""
    return any(run.gap is not None and run.gap.get("reason") == UNREAD for run in line.runs)


def without_line_ends(text: str) -> str:
    """Text with the line ends that XML editors put inside a word taken back."""
    return text.replace("\n", " ").replace("\t", " ").strip(" ")


def _border_confidence(zone: etree._Element) -> float | None:
    """How likely the outline of a zone is right; None where nobody doubts it."""
    doubt = zone.find(f"{q('certainty')}[@match='{BORDER}']")
    return None if doubt is None else probability(doubt.get("degree"))


def _kind(element: etree._Element) -> Kind:
    """What @type says an ab or lb is; text when it says nothing known."""
    return next((kind for kind in Kind if kind.value == element.get("type")), Kind.TEXT)
