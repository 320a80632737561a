"""One line renewed around the words a person corrected with marks."""

from collections.abc import Iterator
from copy import deepcopy
from itertools import count

from lxml import etree

from ocr.geometry import Box
from ocr.tei.names import XML_ID, is_element, local, pointers, q
from ocr.tei.places import box_of, shared

Group = list[etree._Element]
"""Elements without white space between them: what stands between two spaces."""

_SAME_PLACE = 0.5


def has_app(node: etree._Element) -> bool:
    """Is there a correction in this node?"""
    return is_element(node) and next(node.iter(q("app")), None) is not None


def merged_line(
    old: list[etree._Element],
    new: list[etree._Element],
    old_zones: dict[str, etree._Element],
    new_zones: dict[str, etree._Element],
    zone: etree._Element,
) -> list[etree._Element] | None:
    """The new line with the corrected words of the old one in their places, their zones copied into `zone`.

    None when a corrected word cannot be placed beyond doubt: no zone, no new word there, order changed, or
    the words stand inside other marks. Neither line is altered then.
    """
    old_groups, new_groups = _groups(old), _groups(new)
    if old_groups is None or new_groups is None:
        return None
    placed: dict[int, Group] = {}
    for group in old_groups:
        if not any(has_app(node) for node in group):
            continue
        box = _box(group, old_zones)
        best = max(
            range(len(new_groups)), key=lambda i: shared(box, _box(new_groups[i], new_zones)), default=None
        )
        if box is None or best is None or shared(box, _box(new_groups[best], new_zones)) < _SAME_PLACE:
            return None
        if placed and best <= max(placed):
            return None
        placed[best] = group
    line = [new[0]]
    line[0].tail = None
    for i, group in enumerate(new_groups):
        if i in placed:
            _drop_zones(group, new_zones)
            nodes = _bring(placed[i], old_zones, zone)
        else:
            nodes = group
        for node in nodes:
            node.tail = None
        if len(line) > 1:
            line[-1].tail = " "
        line += nodes
    return line


def _groups(piece: list[etree._Element]) -> list[Group] | None:
    """The groups after the line break; None when text stands bare or a correction inside another mark."""
    if local(piece[0]) != "lb":
        return None
    groups: list[Group] = [[]]
    for node in piece:
        if node is not piece[0]:
            if has_app(node) and local(node) != "app":
                return None
            groups[-1].append(node)
        if (node.tail or "").strip():
            return None
        if node.tail:
            groups.append([])
    return [group for group in groups if group]


def _facs(group: Group) -> Iterator[str]:
    for node in group:
        for element in node.iter():
            if is_element(element):
                yield from pointers(element, "facs")


def _box(group: Group, zones: dict[str, etree._Element]) -> Box | None:
    boxes = [box for i in _facs(group) if (box := box_of(zones.get(i))) is not None]
    return Box.around(p for box in boxes for p in box.corners) if boxes else None


def _drop_zones(group: Group, zones: dict[str, etree._Element]) -> None:
    for name in dict.fromkeys(_facs(group)):
        zone = zones.get(name)
        parent = None if zone is None else zone.getparent()
        if zone is not None and parent is not None:
            parent.remove(zone)


def _bring(group: Group, zones: dict[str, etree._Element], into: etree._Element) -> Group:
    """Copies of the group and of its zones, under ids that are free in the line."""
    taken = {e.get(XML_ID) for e in into.iter()}
    renamed: dict[str, str] = {}
    for name in dict.fromkeys(_facs(group)):
        zone = zones.get(name)
        if zone is None:
            continue
        fresh = name if name not in taken else next(n for i in count(1) if (n := f"{name}.k{i}") not in taken)
        taken.add(fresh)
        renamed[name] = fresh
        copied = deepcopy(zone)
        copied.set(XML_ID, fresh)
        into.append(copied)
    copies = [deepcopy(node) for node in group]
    for node in copies:
        for element in node.iter():
            held = element.get("facs") if is_element(element) else None
            if held:
                element.set("facs", " ".join(f"#{renamed.get(p[1:], p[1:])}" for p in held.split()))
    return copies
