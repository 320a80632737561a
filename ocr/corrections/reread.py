"""A line read again by an engine: the new reading is the text, the old one is kept aside, byte for byte."""

from typing import cast

from lxml import etree

from ocr.corrections.markup import in_kind
from ocr.corrections.places import box_of, surface_of
from ocr.corrections.session import Session, introduce, statements_of
from ocr.corrections.shapes import zone_of
from ocr.corrections.spans import Document, Element, TextEdits, attribute, content
from ocr.corrections.tokens import PENDING, line_tokens
from ocr.page import Reading, Step
from ocr.tei.header import version_number
from ocr.tei.names import FAILED, ILLEGIBLE, TEI, cert, name_token, q
from ocr.tei.words import WordPlace, append_text, clean, put_word

WORK = "lines read again"


def reread_line(session: Session, lb: Element, reading: Reading, reader: Step, threshold: float) -> None:
    """Writes the new reading of a line; words under the threshold are marked unclear."""
    doc = session.doc
    row, zone, p = line_tokens(doc, lb), zone_of(doc, lb), lb.prefix
    low, high = lb.end, max(lb.end, doc.end_of_text(row.end))
    if row.wrapper is not None:
        low, high = row.wrapper.inner, row.wrapper.inner_end
    change, engine = session.change(WORK), _engine(session, reader)
    old = doc.text[low:high]
    waiting = [unit for _, unit, _ in row.empty if unit.get("reason") in PENDING]
    read = bool(row.places or row.empty) or lb.get("resp") is not None
    if read and not (not row.places and any(unit.get("reason") == "unread" for unit in waiting)):
        _keep(session, lb, zone.get("xml:id") or "", old)
    words, zones = _spelt(doc, zone, reading, engine, threshold, p)
    inside = row.wrapper is not None
    session.put(low, high, words if inside or not words else in_kind(words, lb.get("type") or "text", p))
    if zones:
        margin = doc.indent(zone)
        session.put_inside(zone, (f"{margin}  " if margin else "").join(zones))
    session.set(lb, "resp", f"#{engine}")
    session.set(lb, "change", f"#{change}")
    session.set(lb, "cert", None if reading.confidence is None else cert(reading.confidence))


def _engine(edits: TextEdits, reader: Step) -> str:
    """The id of the engine; the header tells of it if it did not."""
    doc = edits.doc
    name = name_token(reader.ident)
    if all(statement.get("xml:id") != name for statement in statements_of(doc)):
        while name in doc.by_id:
            name += "_"
        called = clean(reader.label or reader.ident)
        introduce(edits, name, "automatic text recognition", called, software=True)
    known = doc.root.find("appInfo")
    ident, version = name_token(reader.ident), version_number(reader.version)
    if known is None or any(e.get("ident") == ident and e.get("version") == version for e in known.children):
        return name
    p = known.prefix
    settings = "".join(
        f"<{p}p>{content(clean(key).replace('=', '_'))}={content(clean(str(value)))}</{p}p>"
        for key, value in reader.settings
    )
    edits.put_inside(
        known,
        f'<{p}application ident="{attribute(ident)}" version="{version}" type="reader">'
        f"<{p}label>{content(clean(reader.label))}</{p}label>"
        f'<{p}label type="version">{content(clean(reader.version))}</{p}label>{settings}</{p}application>',
    )
    return name


def _keep(session: Session, lb: Element, zone: str, old: str) -> None:
    """Puts the old reading first among those kept aside for the line."""
    p = lb.prefix
    spelt = ((name, lb.get(name)) for name in ("cert", "resp"))
    attributes = "".join(f' {name}="{attribute(value)}"' for name, value in spelt if value)
    rdg = f"<{p}rdg{attributes}>{old}</{p}rdg>" if old else f"<{p}rdg{attributes}/>"
    for app in session.doc.apps_aside:
        if zone in app.pointers("corresp") and app.get("type") is None:
            session.put_inside(app, rdg, first=True, apart=False)
            return
    keep_reading_aside(session, p, f'<{p}app corresp="#{attribute(zone)}">{rdg}</{p}app>')


def keep_reading_aside(session: Session, p: str, app_text: str) -> None:
    """Puts an app among the readings that are kept in standOff, which is made if need be."""
    session.variants(inside=False)
    put_in_list(session, p, app_text)


def put_in_list(edits: TextEdits, p: str, app_text: str) -> None:
    """The same, without telling in the header how app is linked to the text."""
    doc = edits.doc
    stand_off = doc.root.child("standOff")
    listed = None if stand_off is None else stand_off.find("listApp")
    if listed is not None:
        edits.put_inside(listed, app_text, apart=False)
        return
    put_aside(edits, p, f'<{p}listApp type="readings">{app_text}</{p}listApp>')


def put_aside(edits: TextEdits, p: str, elements: str) -> None:
    """Puts elements into standOff, which is made if need be."""
    doc = edits.doc
    stand_off = doc.root.child("standOff")
    if stand_off is not None:
        edits.put_inside(stand_off, elements, apart=False)
        return
    text = next(c for c in doc.root.children if c.name == "text")
    edits.put(text.start, text.start, f"<{p}standOff>{elements}</{p}standOff>{doc.newline}")


def _spelt(
    doc: Document, zone: Element, reading: Reading, engine: str, threshold: float, p: str
) -> tuple[str, list[str]]:
    """The words as TEI, and the zones they point to."""
    root = etree.Element(q("ab"), nsmap=cast(dict[str, str], {p[:-1] or None: TEI}))
    surface = surface_of(zone)
    frame = None if surface is None else box_of(surface)
    zones, taken = list[str](), set[str]()
    for number, word in enumerate(reading.words, 1):
        if number > 1:
            append_text(root, " ")
        facs = None
        if word.box is not None:
            facs = doc.free_id(f"{zone.get('xml:id')}_w", taken, number)
            taken.add(facs)
            box = word.box if frame is None else word.box.clip(frame)
            edges = (("ulx", box.left), ("uly", box.top), ("lrx", box.right), ("lry", box.bottom))
            edges_spelt = " ".join(f'{edge}="{round(value)}"' for edge, value in edges)
            zones.append(f'<{zone.prefix}zone xml:id="{facs}" type="word" {edges_spelt}/>')
        if clean(word.text):
            put_word(root, word, WordPlace(threshold, facs))
            continue
        gap = etree.SubElement(root, q("gap"), reason=ILLEGIBLE, resp=f"#{engine}")
        if facs:
            gap.set("facs", f"#{facs}")
        if word.confidence is not None:
            gap.set("cert", cert(word.confidence))
    if reading.failure is not None:
        gap = etree.SubElement(root, q("gap"), reason=FAILED, resp=f"#{engine}")
        if clean(reading.failure):
            etree.SubElement(gap, q("desc")).text = clean(reading.failure)
    whole = etree.tostring(root, encoding="unicode")
    if not len(root):
        return "", zones
    return whole[whole.index(">") + 1 : whole.rindex("<")], zones
