"""Two lines of a record joined: their words, their zones, and what points to them."""

from ocr.errors import RecordError
from ocr.tei.edit_header import Sitting
from ocr.tei.edit_lines import WORK, top_level
from ocr.tei.edit_places import (
    around,
    baseline,
    baseline_of,
    outline_of,
    put_inside,
    set_outline,
    spell_points,
    zone_of,
)
from ocr.tei.spans import Cuts, Document, Element
from ocr.tei.tokens import line_name, row_of

_SPACE = " \t\r\n"


def merge_lines(doc: Document, cuts: Cuts, sitting: Sitting, first: Element, second: Element) -> None:
    """Joins two lines that follow each other: the words of the second stand behind those of the first."""
    a, b = row_of(doc, first), row_of(doc, second)
    if doc.lines.index(second) != doc.lines.index(first) + 1 or a.block is not b.block:
        raise RecordError("Only a line and the next one of its region can be joined. Reorder them first.")
    top_level(doc, a)
    zones = zone_of(doc, first), zone_of(doc, second)
    sitting.change(WORK)
    start = second.start
    while doc.text[start - 1] in _SPACE:
        start -= 1
    words = bool(a.places) and bool(b.places)
    cuts.put(start, second.end, " " if words and second.get("break") != "no" else "")
    if a.places or b.places:
        for _, unit, _ in [*a.empty, *b.empty]:
            if unit.name == "gap" and unit.get("reason") == "unread":
                cuts.put(unit.start, unit.end, "")
    if zones[0] is not zones[1]:
        _join_zones(doc, cuts, sitting, *zones)
        old, new = line_name(doc, second), line_name(doc, first)
        sitting.forget(old)
        _repoint(doc, cuts, old, new)


def _join_zones(doc: Document, cuts: Cuts, sitting: Sitting, one: Element, other: Element) -> None:
    set_outline(doc, cuts, sitting, one, around([*outline_of(one), *outline_of(other)]))
    bases = baseline_of(one), baseline_of(other)
    base = max(bases, key=lambda held: abs(held[-1].x - held[0].x) if held else -1.0)
    if all(bases):
        left, right = sorted(bases, key=lambda held: held[0].x)
        if right[0].x >= left[-1].x - 1:
            base = (*left, *right)
    path = next((c for c in one.children if c.name == "path"), None)
    fresh = ""
    if path is not None:
        cuts.set(path, "points", spell_points(doc, one, base))
    elif base:
        who, change = sitting.person(), sitting.change(WORK)
        fresh = baseline(one.prefix, spell_points(doc, one, base), who, change)
    words = [child for child in other.children if child.name == "zone"]
    moved = "".join(f"{doc.indent(word)}{doc.spelt(word)}" for word in words)
    if one.children:
        if fresh:
            put_inside(doc, cuts, one, fresh, first=True)
        last = one.children[-1]
        cuts.put(last.end, last.end, moved)
    elif fresh or moved:
        put_inside(doc, cuts, one, fresh + moved if fresh else moved.lstrip())
    cuts.put(other.start - len(doc.indent(other)), other.end, "")


def _repoint(doc: Document, cuts: Cuts, old: str, new: str) -> None:
    """What led to a line that is no more leads to the one it is part of; changes are told apart (Sitting)."""
    for element in doc.root.walk():
        if element.name in {"change", "lb"}:
            continue
        for name in ("corresp", "target", "facs"):
            held = (element.get(name) or "").split()
            if f"#{old}" in held:
                kept = [f"#{new}" if pointer == f"#{old}" else pointer for pointer in held]
                cuts.set(element, name, " ".join(dict.fromkeys(kept)))
