"""The TEI header of a record: who read, what was scanned, what was done with it, how to take the figures."""

import re
from collections.abc import Iterable, Mapping

from lxml import etree

from ocr.page import Hand, Page, Source, Step
from ocr.tei.leaf_notes import colour_style
from ocr.tei.names import INDENT, OUTSIDE_TEXT, THRESHOLD, XML_ID, name_token, number, q
from ocr.tei.words import clean

_VERSION = re.compile(r"\d+[a-z]*\d*(\.\d+[a-z]*\d*){0,3}")  # teidata.versionNumber, TEI P5


def version_number(version: str) -> str:
    """What a tool prints as its version, cut to what TEI takes: 5.3.0-46-g1f -> 5.3.0; else 0."""
    number_ = _VERSION.search(version)
    return number_.group() if number_ else "0"


def put_header(
    root: etree._Element, page: Page, readers: Mapping[str, str], *, threshold: float, when: str | None
) -> None:
    """Writes the teiHeader. `readers` maps each reader, as the page names it, to its xml:id."""
    header = _sub(root, "teiHeader")
    file_desc = _sub(header, "fileDesc")
    machines = {step.ident: step.label for step in page.steps}
    _put_title(file_desc, page, readers, machines)
    publication = _sub(file_desc, "publicationStmt")
    _sub(publication, "authority", "tetradi")
    _sub(publication, "idno", page.fingerprint, type="fingerprint")
    _sub(publication, "idno", type="machine-digest")
    _sub(publication, "idno", type="line-digests")
    _sub(_sub(publication, "availability"), "p", "Working transcription, not published.")
    if page.notes:
        notes = _sub(file_desc, "notesStmt")
        for note in page.notes:
            _sub(notes, "note", note, type="machine")
    _put_scan(_sub(file_desc, "sourceDesc"), page.source)
    encoding = _sub(header, "encodingDesc")
    _put_editorial(_sub(encoding, "editorialDecl"), threshold)
    if any(len(line.readings) > 1 for line in page.lines):
        _sub(encoding, "variantEncoding", method=OUTSIDE_TEXT, location="external")
    if page.steps:
        programs = _sub(encoding, "appInfo")
        for step in page.steps:
            _put_program(programs, step)
    if page.hands:
        hands = _sub(_sub(header, "profileDesc"), "handNotes")
        for hand in page.hands:
            _put_hand(hands, hand)
    revision = _sub(header, "revisionDesc", status="draft")
    by_machine = [ident for reader, ident in readers.items() if reader in machines]
    is_persons = bool(readers) and not by_machine
    change = _sub(revision, "change", "transcription" if is_persons else "machine output", status="draft")
    change.set(XML_ID, "ch1")
    if when:
        change.set("when", when)
    if readers:
        change.set("who", " ".join(f"#{i}" for i in dict.fromkeys(by_machine or readers.values())))
    etree.indent(header, space=INDENT)


def _sub(parent: etree._Element, tag: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, q(tag), {k: v for k, v in attributes.items() if v})
    if text:
        element.text = clean(text)
    return element


def _put_title(
    file_desc: etree._Element, page: Page, readers: Mapping[str, str], machines: Mapping[str, str]
) -> None:
    title_stmt = _sub(file_desc, "titleStmt")
    _sub(title_stmt, "title", page.name, type="main")
    is_persons = bool(readers) and not any(reader in machines for reader in readers)
    _sub(title_stmt, "title", "транскрипция" if is_persons else "машинная транскрипция", type="sub")
    for reader, reader_id in readers.items():
        if title_stmt.find(f"*[@{XML_ID}='{reader_id}']") is not None:
            continue
        statement = _sub(title_stmt, "respStmt")
        statement.set(XML_ID, reader_id)
        if reader in machines:
            reads = any(step.reads for step in page.steps if step.ident == reader)
            _sub(statement, "resp", "automatic text recognition" if reads else "lines and what they are")
            _sub(statement, "name", machines[reader] or reader, type="software")
        else:
            _sub(statement, "resp", "transcription")
            _sub(statement, "name", reader or reader_id)


def _put_scan(source_desc: etree._Element, source: Source) -> None:
    scan = _sub(source_desc, "bibl", type="scan")
    _sub(scan, "idno", source.file, type="file")
    _sub(scan, "idno", source.sha256, type="sha256")
    sheet, sheets = str(source.sheet), str(source.sheets)
    _sub(scan, "biblScope", f"sheet {sheet} of {sheets}", unit="sheet", **{"from": sheet, "to": sheets})
    extent = _sub(scan, "extent")
    measures: Iterable[tuple[str, str, float | None]] = (
        ("width", "px", source.width_px),
        ("height", "px", source.height_px),
        ("resolution", "dpi", source.dpi),
    )
    for kind, unit, quantity in measures:
        if quantity is not None:
            value = number(quantity, 4)
            _sub(extent, "measure", f"{value} {unit}", type=kind, unit=unit, quantity=value)
    _sub(scan, "note", source.media_type, type="media-type")
    _sub(scan, "note", str(source.exif_orientation), type="exif-orientation")
    if source.embedded:
        _sub(scan, "note", source.embedded, type="embedded")
    if source.damage:
        _sub(scan, "note", clean(source.damage), type="damage")


def _put_editorial(declaration: etree._Element, threshold: float) -> None:
    certs = _sub(
        _sub(declaration, "interpretation"),
        "p",
        "@cert: the probability, 0 to 1, that a word (w) with the marks around it is right, as its reader "
        "gives it; that a mark (pc) is (the word's where the reader tells of no letters); that a line (lb) "
        "is. A word of a person has the cert high, or low where they call it unclear. @resp on lb: who read "
        "the line, and whose the doubt in it is. unclear with @reason ocr_low_confidence: a word, "
        "ocr_letter: a letter, with a cert under",
    )
    limit = number(threshold, 4)
    measure = _sub(certs, "measure", limit, type=THRESHOLD, quantity=limit)
    certs.text, measure.tail = (
        f"{certs.text} ",
        (
            ". choice of unclear: what is read (a word has its cert on w), then what else was thought of: "
            "one distribution, the likeliest first; ocr_rival: a word over it. gap: illegible, ink without "
            "text; unread, a line not read yet, or, outside lines, a place that looks like writing; failed, "
            "what its reader failed on, and how. A line break without words: a line found blank. "
            "standOff: earlier readings of a line."
        ),
    )
    hyphenation = _sub(declaration, "hyphenation", eol="all")
    _sub(
        hyphenation,
        "p",
        'Line-end hyphens are kept in pc with force="weak"; the next lb has break="no"; the halves of the '
        'word have part="I" and part="F".',
    )
    _sub(
        _sub(declaration, "normalization"),
        "p",
        "None: the spelling of the source is kept. Characters are in Unicode normal form C.",
    )


def _put_hand(hands: etree._Element, hand: Hand) -> None:
    note = _sub(hands, "handNote", f"Written in {hand.medium or 'another ink'}.", scope="minor")
    note.set(XML_ID, name_token(hand.ident))
    if hand.medium:
        note.set("medium", clean(hand.medium))
    if hand.colour is not None:
        note.set("style", colour_style(hand.colour))


def _put_program(programs: etree._Element, step: Step) -> None:
    program = _sub(
        programs,
        "application",
        ident=name_token(step.ident),
        version=version_number(step.version),
        type="reader" if step.reads else "",
    )
    _sub(program, "label", step.label)
    _sub(program, "label", step.version, type="version")
    for key, value in step.settings:
        _sub(program, "p", f"{clean(key).replace('=', '_')}={value}")
