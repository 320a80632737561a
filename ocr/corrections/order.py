"""What lines are and in which order they stand, changed in a record."""

from collections.abc import Sequence

from ocr.corrections.lines import check_kind, top_level
from ocr.corrections.markup import KIND_TAGS
from ocr.corrections.session import Session
from ocr.corrections.spans import Document, Element, TextEdits
from ocr.corrections.tokens import line_name, line_tokens
from ocr.errors import RecordError
from ocr.page import Kind


def set_kind(session: Session, lb: Element, kind: str) -> None:
    """Makes a line an insertion, a margin note, and so on: @type of lb, and the element around its words.
    RecordError for an unknown kind, or words in a mark over several lines."""
    check_kind(kind)
    row, p = line_tokens(session.doc, lb), lb.prefix
    if (lb.get("type") or Kind.TEXT) == kind:
        return
    session.set(lb, "type", None if kind == Kind.TEXT else kind)
    session.set(lb, "change", f"#{session.change('kinds of lines corrected')}")
    tag, wrapper = KIND_TAGS.get(kind), row.wrapper
    if wrapper is not None:
        session.put(wrapper.start, wrapper.inner, f"<{p}{tag}>" if tag else "")
        session.put(wrapper.inner_end, wrapper.end, f"</{p}{tag.split()[0]}>" if tag else "")
        return
    if not tag or not row.places:
        return
    pieces = [piece for place in row.places for piece in place.pieces]
    spans = [(p.path[0].start, p.path[0].end) if p.path else p.outer for p in pieces]
    low, high = min(start for start, _ in spans), max(end for _, end in spans)
    if not (lb.end <= low and high <= row.end):
        raise RecordError("The words of this line stand in a mark over several lines. Use an XML editor.")
    session.put(low, low, f"<{p}{tag}>")
    session.put(high, high, f"</{p}{tag.split()[0]}>")


def reorder(session: Session, region: str, names: Sequence[str]) -> None:
    """Puts the lines of a region into another order. The first place keeps its number, the second its, ...
    RecordError when not each line is named once."""
    doc = session.doc
    rows = [line_tokens(doc, lb) for lb in doc.lines if lb.parent is not None]
    rows = [row for row in rows if region in row.block.pointers("facs")]
    present = [line_name(doc, row.lb) for row in rows]
    if sorted(present) != sorted(names) or not rows:
        raise RecordError("The new order must name each line of the region once. Load the page again.")
    if present == list(names):
        return
    if len({id(row.block) for row in rows}) > 1:
        raise RecordError(
            "The lines of this region stand in several ab. Change their order in an XML editor."
        )
    ends = [top_level(doc, row) for row in rows]
    numbers = [row.lb.get("n") for row in rows]
    order = [present.index(name) for name in names]
    change = session.change("order of lines corrected")
    parts = []
    for place, old in enumerate(order):
        follows = place > 0 and order[place - 1] == old - 1
        # a line told to have been moved is not the machine's any more, so a later run leaves it there
        moved_by = f"#{change}" if place != old else rows[old].lb.get("change")
        text, goes_on = _line(doc, rows[old].lb, ends[old], numbers[place], moved_by, follows=follows)
        if place:
            between = doc.text[ends[place - 1] : rows[place].lb.start]
            parts.append("" if goes_on else between or doc.newline)
        parts.append(text)
    session.put(rows[0].lb.start, ends[-1], "".join(parts))


def _line(
    doc: Document, lb: Element, end: int, n: str | None, change: str | None, *, follows: bool
) -> tuple[str, bool]:
    """A line with its new number and the change that moved it, and whether a word of the line before goes
    on in it."""
    own = TextEdits(doc)
    own.set(lb, "n", n or lb.get("n"))
    own.set(lb, "change", change)
    goes_on = lb.get("break") == "no"
    if goes_on and not follows:
        own.set(lb, "break", "yes")
    return own.applied(end)[lb.start :], goes_on and follows
