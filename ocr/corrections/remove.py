"""Lines taken out of the text of a record, and brought back.

The zone stays where it is, so that a later run of the machine leaves the line out; the line itself, byte for
byte, waits in standOff as app[@type='removed']. A line that a person had put in, and that says nothing, goes
without a trace.
"""

import re

from ocr.corrections.lines import WORK, block_of, top_level
from ocr.corrections.reread import keep_reading_aside
from ocr.corrections.session import Session, machines_of
from ocr.corrections.shapes import zone_of
from ocr.corrections.spans import Document, Element, TextEdits, attribute
from ocr.corrections.tokens import line_break, line_name, line_tokens
from ocr.corrections.unread import remove_from_aside
from ocr.errors import RecordError

REMOVED = "removed"
_GOES_ON = re.compile(
    r"""<(?:\w+:)?pc\b[^>]*\bforce\s*=\s*["']weak["'][^>]*>[^<]*</[^>]*>(?:</[^>]*>)*\s*$"""
)
"""A line that ends in a hyphen of a word that goes on."""


def remove_line(session: Session, lb: Element) -> None:
    """Takes a line out of the text."""
    doc = session.doc
    row, zone, p = line_tokens(doc, lb), zone_of(doc, lb), lb.prefix
    low, high = lb.start, top_level(doc, row)
    by, spelt = session.by(WORK), doc.text[low:high]
    before, following = _beside(doc, lb, -1), _beside(doc, lb, 1)
    if before is not None:
        low = doc.end_of_text(low)
    if following is not None:
        space = doc.text[high : following.start] or doc.text[low : lb.start] or doc.newline
        goes_on = before is not None and _goes_on(doc.text[before.start : low], following)
        session.put(low, following.start, space if before is not None and not goes_on else "")
        if goes_on or following.get("break") == "no":
            session.set(following, "break", "no" if goes_on else "yes")
    else:
        session.put(low, high, "")
    if not row.places and _is_persons(doc, lb, zone):
        session.forget(line_name(doc, lb))
        session.take_out(zone)
        return
    app = f'<{p}app type="{REMOVED}" corresp="#{attribute(zone.get("xml:id") or "")}" {by}>'
    keep_reading_aside(session, p, f"{app}<{p}rdg>{spelt}</{p}rdg></{p}app>")


def restore_line(session: Session, line: str, after: str | None) -> None:
    """Brings a line back behind another; without one, behind the line whose zone stands before its own.
    RecordError when it was not taken out."""
    doc = session.doc
    app = next((app for app in removed(doc) if line in app.pointers("corresp")), None)
    zone = doc.by_id.get(line)
    if app is None or zone is None or zone.parent is None:
        raise RecordError(f"The line {line} was not taken out of this file. Load the page again.")
    session.change(WORK)
    before = line_break(doc, after) if after is not None else _before(doc, zone)
    _put_back(session, zone.parent.get("xml:id") or "", before, app.children[0])
    remove_from_aside(session, [app])


def _put_back(edits: TextEdits, region: str, before: Element | None, rdg: Element) -> None:
    doc = edits.doc
    spelt, own = doc.inside(rdg), rdg.find("lb")
    if before is None:
        block = block_of(doc, region)
        following = next((lb for lb in doc.lines if lb.parent is block), None)
        if following is None:
            edits.put_inside(block, spelt, apart=False)
            return
        low = following.start
    else:
        low, following = top_level(doc, line_tokens(doc, before)), _beside(doc, before, 1)
    high = low if following is None else following.start
    space = doc.text[low:high] or doc.newline
    goes_on = following is not None and _goes_on(spelt, following)
    if following is not None and goes_on:
        edits.set(following, "break", "no")
    joined = before is None or (own is not None and own.get("break") == "no")
    apart = "" if goes_on or following is None else space
    edits.put(low, high, f"{'' if joined else space}{spelt}{apart}")


def removed(doc: Document) -> list[Element]:
    """The lines taken out, each as its app."""
    return [app for app in doc.apps_aside if app.get("type") == REMOVED and app.children]


def _beside(doc: Document, lb: Element, step: int) -> Element | None:
    """The line before or after in the same block."""
    neighbour = doc.following(lb, step)
    return neighbour if neighbour is not None and neighbour.parent is lb.parent else None


def _goes_on(spelt: str, following: Element) -> bool:
    """Does a line end in the hyphen of a word that went on in the following one until they were parted?"""
    return following.get("break") == "yes" and _GOES_ON.search(spelt) is not None


def _is_persons(doc: Document, lb: Element, zone: Element) -> bool:
    """Did a person put the line in, so that no machine ever read it?"""
    who = {*lb.pointers("resp"), *zone.pointers("resp")}
    return bool(who) and not who & set(machines_of(doc)) and zone.get("change") is not None


def _before(doc: Document, zone: Element) -> Element | None:
    """The line of the nearest zone before this one in its region that has a line."""
    assert zone.parent is not None
    by_zone = {name: lb for lb in doc.lines for name in lb.pointers("facs")}
    earlier = [z for z in zone.parent.children if z.start < zone.start]
    return next((lb for z in reversed(earlier) if (lb := by_zone.get(z.get("xml:id") or ""))), None)
