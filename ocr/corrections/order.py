"""What lines are and in which order they stand, changed in a record."""

from collections.abc import Sequence

from ocr.corrections.lines import check_kind, top_level
from ocr.corrections.markup import KIND_TAGS
from ocr.corrections.session import Session
from ocr.corrections.spans import Document, Element, TextEdits
from ocr.corrections.tokens import line_name, line_tokens
from ocr.errors import RecordError
from ocr.page import Kind


def set_kind(doc: Document, edits: TextEdits, session: Session, lb: Element, kind: str) -> None:
    """Makes a line an insertion, a margin note, and so on: @type of lb, and the element around its words.
    RecordError for an unknown kind, or words in a mark over several lines."""
    check_kind(kind)
    row, p = line_tokens(doc, lb), lb.prefix
    if (lb.get("type") or Kind.TEXT) == kind:
        return
    if kind == Kind.TEXT:
        edits.unset(lb, "type")
    else:
        edits.set(lb, "type", kind)
    edits.set(lb, "change", f"#{session.change('kinds of lines corrected')}")
    tag, wrapper = KIND_TAGS.get(kind), row.wrapper
    if wrapper is not None:
        edits.put(wrapper.start, wrapper.inner, f"<{p}{tag}>" if tag else "")
        edits.put(wrapper.inner_end, wrapper.end, f"</{p}{tag.split()[0]}>" if tag else "")
        return
    if not tag or not row.places:
        return
    spans = [
        (piece.path[0].start, piece.path[0].end) if piece.path else piece.outer
        for place in row.places
        for piece in place.pieces
    ]
    low, high = min(start for start, _ in spans), max(end for _, end in spans)
    if not (lb.end <= low and high <= row.end):
        raise RecordError("The words of this line stand in a mark over several lines. Use an XML editor.")
    edits.put(low, low, f"<{p}{tag}>")
    edits.put(high, high, f"</{p}{tag.split()[0]}>")


def reorder(doc: Document, edits: TextEdits, session: Session, region: str, names: Sequence[str]) -> None:
    """Puts the lines of a region into another order. The first place keeps its number, the second its, ...
    RecordError when not each line is named once."""
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
        moved_by = change if place != old else None
        text, goes_on = _line(doc, rows[old].lb, ends[old], (numbers[place], moved_by), follows=follows)
        if place:
            between = doc.text[ends[place - 1] : rows[place].lb.start]
            parts.append("" if goes_on else between or doc.newline)
        parts.append(text)
    edits.put(rows[0].lb.start, ends[-1], "".join(parts))


def _line(
    doc: Document, lb: Element, end: int, told_by: tuple[str | None, str | None], *, follows: bool
) -> tuple[str, bool]:
    """A line with its new number and the change that moved it, and whether a word of the line before goes
    on in it."""
    own = TextEdits()
    n, change = told_by
    if n is not None:
        own.set(lb, "n", n)
    if change is not None:
        own.set(lb, "change", f"#{change}")
    goes_on = lb.get("break") == "no"
    if goes_on and not follows:
        own.set(lb, "break", "yes")
    # the rest of the text is not touched, so its length tells where the line ends now
    whole = own.applied(doc.text[:end])
    return whole[lb.start :], goes_on and follows
