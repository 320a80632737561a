"""Which line of an old record is which line of a new reading, and what becomes of each."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar

from ocr.corrections.places import box_around, box_of
from ocr.corrections.spans import Document, Element
from ocr.errors import RecordError
from ocr.geometry import Box
from ocr.tei.places import shared

SAME_PLACE = 0.5
"""Lines are the same when one covers at least this share of the other."""
_POINTING = re.compile(r"""\b(xml:id|facs|corresp|target)=(["'])([^"']*)\2""")
_TAG = re.compile(r"<[^>]*>")
_Group = list[Element]
"""Elements without white space between them: what stands between two spaces."""


@dataclass(eq=False, slots=True)
class RecordLine:
    """A line of a record: the elements it consists of (of its ab), where it begins and ends (white space
    behind it left out), its zone (None: it has none, or several), the box it stands in."""

    doc: Document
    ab: Element
    parts: list[Element]
    end: int
    zone: Element | None
    box: Box | None

    @property
    def start(self) -> int:
        """Where its first element begins."""
        return self.parts[0].start


@dataclass(eq=False, slots=True)
class OldLine(RecordLine):
    """A line of the old record."""

    stays: bool = True
    """Does it stay as it is?"""
    marked: bool = False
    """Are corrections its only changes?"""
    place: int = -1
    """Where it belongs among the new lines of its surface."""
    kept: list[Element] = field(default_factory=list)
    """The word zones that the new line has taken over."""


@dataclass(eq=False, slots=True)
class NewLine(RecordLine):
    """A line of the new reading."""

    written: bool = True
    words: list[tuple[bool, str]] = field(default_factory=list)
    """Of a merged line what stands between two spaces; True: bytes of the old record."""
    left_out: dict[Element, list[Element]] = field(default_factory=dict)
    """Word zones of its own, with those of the old record that stand in their place."""
    names: dict[str, str] = field(default_factory=dict)
    """The ids that those of its zone become."""
    number: str = ""
    """The @n that it has."""


_L = TypeVar("_L", OldLine, NewLine)


def blocks_of(doc: Document, surface: Element) -> list[Element]:
    """The abs that hold the text of a surface."""
    inside = {e.get("xml:id") for e in surface.walk() if e.name == "zone"}
    return [e for e in doc.root.walk() if e.name == "ab" and inside & set(e.pointers("facs"))]


def parts_of_lines(ab: Element) -> Iterator[list[Element]]:
    """The children of an ab, cut before each line break (or child that holds one)."""
    parts: list[Element] = []
    for child in ab.children:
        if any(e.name == "lb" for e in child.walk()):
            if parts:
                yield parts
            parts = [child]
        elif parts:
            parts.append(child)
    if parts:
        yield parts


def lines_of(doc: Document, ab: Element, kind: type[_L]) -> Iterator[_L]:
    """The lines of an ab, as they stand in the file."""
    cut = list(parts_of_lines(ab))
    for at, parts in enumerate(cut):
        end = cut[at + 1][0].start if at + 1 < len(cut) else ab.inner_end
        end = parts[0].start + len(doc.text[parts[0].start : end].rstrip(" \t\r\n"))
        names = [i for part in parts for e in part.walk() if e.name == "lb" for i in e.pointers("facs")]
        zone = doc.by_id.get(names[0]) if len(names) == 1 else None
        if zone is not None and zone.name != "zone":
            zone = None
        yield kind(doc, ab, parts, end, zone, box_around(doc, names))


def same_places(
    olds: Mapping[Element, Element | None], news: Mapping[Element, Element | None]
) -> dict[Element, Element]:
    """For each new element, in turn, the old one that stands in the same place, if one is left. Both are
    given with what tells their place."""
    same: dict[Element, Element] = {}
    boxes = {old: None if place is None else box_of(place) for old, place in olds.items()}
    for new, place in news.items():
        box = None if place is None else box_of(place)
        best = max(boxes, key=lambda old: shared(boxes[old], box), default=None)
        if best is not None and shared(boxes[best], box) >= SAME_PLACE:
            same[new] = best
            del boxes[best]
    return same


def decide(olds: Sequence[OldLine], news: Sequence[NewLine], gone: Sequence[Box | None]) -> None:
    """Settles what becomes of each line: new lines are not written where an old one stays or a person took
    one out (`gone`), marked lines are merged with the one new line in their place, clean lines stay if
    nothing may replace them, and each old line has its place among the new ones."""
    rivals: dict[NewLine, list[OldLine]] = {}
    for new in news:
        rivals[new] = [old for old in olds if old.stays and shared(old.box, new.box) >= SAME_PLACE]
        if any(shared(box, new.box) >= SAME_PLACE for box in gone):
            new.written, rivals[new] = False, []
        elif rivals[new]:
            new.written = False
    for old in olds:
        own = [new for new in news if old in rivals[new]]
        if old.marked and len(own) == 1 and len(rivals[own[0]]) == 1 and _merge(old, own[0]):
            old.stays, own[0].written = False, True
    for old in olds:
        same = [new for new in news if shared(old.box, new.box) >= SAME_PLACE]
        if not old.stays and same and not any(new.written for new in same):
            old.stays = True  # nothing new stands in its place
    place = -1
    for old in olds:
        best = max(range(len(news)), key=lambda i: shared(old.box, news[i].box), default=-1)
        if best >= 0 and shared(old.box, news[best].box) >= SAME_PLACE:
            # lines that stay keep the order a person may have given them
            place = max(place, best) if old.stays else best
        old.place = place


def _merge(old: OldLine, new: NewLine) -> bool:
    """Puts the corrected words of an old line into the new one, each for all new words that stand in its
    place: a person may have made one word of five. Not, and False, when one cannot be placed beyond doubt: no
    zone, no new word there or one that reaches out of it, order changed, words inside other marks."""
    old_groups, new_groups = _groups(old), _groups(new)
    if old_groups is None or new_groups is None:
        return False
    places = [box_around(new.doc, _zones(group)) for group in new_groups]
    instead: dict[int, _Group] = {}
    for group in old_groups:
        if not any(e.name == "app" for e in group):
            continue
        box = box_around(old.doc, _zones(group))
        there = [at for at, place in enumerate(places) if shared(box, place) >= SAME_PLACE]
        if not there or there != [*range(there[0], there[-1] + 1)] or there[0] <= max(instead, default=-1):
            return False
        if not all(_lies_in(places[at], box) for at in there):
            return False
        instead |= dict.fromkeys(there, group)
    for source, indices in groupby(range(len(new_groups)), instead.get):
        if source is None:
            new.words += [(False, _spelt(new, new_groups[at])) for at in indices]
            continue
        new.words.append((True, _spelt(old, source)))
        kept = [e for i in _zones(source) if (e := old.doc.by_id.get(i)) is not None]
        own = [e for at in indices for i in _zones(new_groups[at]) if (e := new.doc.by_id.get(i)) is not None]
        new.left_out |= {zone: kept if zone is own[0] else [] for zone in own}
        old.kept += kept
    return True


def _lies_in(place: Box | None, box: Box | None) -> bool:
    """Does most of a place lie in a box?"""
    return place is not None and box is not None and place.overlap(box) >= SAME_PLACE * place.area


def _spelt(line: RecordLine, group: _Group) -> str:
    return line.doc.text[group[0].start : group[-1].end]


def _groups(line: RecordLine) -> list[_Group] | None:
    """The groups behind the line break; None when text stands bare, a correction inside another mark, or one
    that was read where nothing tells."""
    lb, *words = line.parts
    if lb.name != "lb" or any(e.name == "app" for word in words if word.name != "app" for e in word.walk()):
        return None
    for reading in (e for word in words for e in word.walk() if e.name == "rdg"):
        read = _apart(line.doc, reading.children, reading.inner_end)
        if read is None or not all(map(_zones, read)):
            return None
    first = words[0].start if words else line.end
    return None if line.doc.text[lb.end : first].strip() else _apart(line.doc, words, line.end)


def _apart(doc: Document, elements: Sequence[Element], end: int) -> list[_Group] | None:
    """The groups that elements are; None when text stands bare between them."""
    groups: list[_Group] = [[]]
    for element, following in zip(elements, [*(e.start for e in elements[1:]), end], strict=False):
        groups[-1].append(element)
        between = doc.text[element.end : following]
        if between.strip():
            return None
        if between:
            groups.append([])
    return [group for group in groups if group]


def _zones(group: _Group) -> list[str]:
    return list(dict.fromkeys(i for word in group for e in word.walk() for i in e.pointers("facs")))


def free_names(taken: set[str], names: Iterable[str]) -> dict[str, str]:
    """For each id one that is free; they are taken then."""
    free: dict[str, str] = {}
    for name in names:
        fresh, count = name, 1
        while fresh in taken:
            count += 1
            fresh = f"{name}.{count}"
        taken.add(fresh)
        free[name] = fresh
    return free


def respelt(text: str, names: Mapping[str, str], doc: Document) -> str:
    """TEI that we wrote, as it stands in a record: with other ids, in all that points to them too, and the
    prefix and line ends of the record."""

    def other(match: re.Match[str]) -> str:
        if match[1] == "xml:id":
            value = names.get(match[3], match[3])
        else:
            value = " ".join("#" + names.get(i[1:], i[1:]) if i[0] == "#" else i for i in match[3].split())
        return f"{match[1]}={match[2]}{value}{match[2]}"

    text = _TAG.sub(lambda tag: _POINTING.sub(other, tag[0]), text).replace("\n", doc.newline)
    return re.sub(r"<(/?)(?=\w)", rf"<\1{doc.root.prefix}", text) if doc.root.prefix else text


def check_places(doc: Document) -> None:
    """RecordError when lines of the text have lost their places: each would stand there twice."""
    zones = {ident for ident, e in doc.by_id.items() if e.name == "zone"}
    has_facsimile = any(e.name == "facsimile" for e in doc.root.children)
    lost = [
        lb
        for lb in doc.lines
        if not has_facsimile or (lb.get("facs") and not zones & set(lb.pointers("facs")))
    ]
    if lost:
        raise RecordError(
            f"{len(lost)} of {len(doc.lines)} lines have lost their places (the facsimile, or zones of it, "
            "were taken out), so nothing tells which line is which, and this file is left as it is. Keep it "
            "under another name, and read the page anew without it."
        )
