"""A record renewed by the machine, with all that persons wrote in it kept.

The old file is the ground: only what its seal proves to be the machine's own is taken out and replaced.
A line is *clean* (the machine's: renewed), *marked* (its only changes are corrections of the form
app(lem by a person, rdg by a machine): those words stay, the others are renewed) or *held* (anything else:
kept whole). A line a person deleted stays deleted as long as its zone is there.
"""

from collections.abc import Iterable
from string import ascii_lowercase

from lxml import etree

from ocr.corrections.match import POINTERS, SAME_PLACE, NewLine, OldLine, check_places, decide, free_ids
from ocr.corrections.merge_header import merge_header
from ocr.corrections.merge_line import has_app
from ocr.geometry import Box
from ocr.page import Page
from ocr.tei.leaf_notes import renew_notes
from ocr.tei.names import PLACES_INDENT, REVIEW_THRESHOLD, XML_ID, is_element, local, pointers, q
from ocr.tei.places import box_of, outline_of, shared, widen
from ocr.tei.seal import idno, is_changed, kept_digests, line_breaks, line_parts, machine_ids, part_digests
from ocr.tei.tree import load
from ocr.tei.unread_places import open_places, take_out
from ocr.tei.words import HYPHENS
from ocr.tei.write import serialize, to_tei


def merge(
    old: bytes, new: Page, *, review_threshold: float = REVIEW_THRESHOLD, when: str | None = None
) -> bytes:
    """The old record with its machine part renewed from `new`; simply the new one if no person touched it.

    Lines are the same when one covers half of the other. The result is valid when the old record was.
    RecordError when the old record cannot be parsed, or its lines have lost their places.
    """
    fresh = to_tei(new, review_threshold=review_threshold, when=when)
    root = load(old)
    if not is_changed(root):
        return fresh
    check_places(root)
    return serialize(_Merge(root, load(fresh), when).done())


class _Merge:
    def __init__(self, old: etree._Element, new: etree._Element, when: str | None) -> None:
        self._old, self._new, self._when = old, new, when
        self._machines = machine_ids(old)
        kept, now = kept_digests(old), part_digests(old)
        self._kept = kept
        self._ours = {name for name, digest in kept.items() if now.get(name) == digest}
        self._zones = _by_id(old, "zone", "surface")
        self._new_zones = _by_id(new, "zone", "surface")
        linked = {i for lb in old.iter(q("lb")) if not _in_stand_off(lb) for i in pointers(lb, "facs")}
        self._pointing: dict[str, list[etree._Element]] = {}
        for element in old.iter():
            if is_element(element) and not _in_stand_off(element):
                for name in (i for a in POINTERS for i in pointers(element, a)):
                    self._pointing.setdefault(name, []).append(element)
        self._added: list[etree._Element] = []
        self._gone = {n for n in kept if n in self._zones and n not in now and n not in linked}
        self._gone = {n for n in self._gone if self._zones[n].get("type") == "line"}

    def done(self) -> etree._Element:
        """The old tree, renewed."""
        pairs, lone = self._surfaces()
        for new_surface, old_surface in pairs:
            self._renew(old_surface, new_surface)
        for old_surface in lone:
            self._renew(old_surface, None)
        for new_surface, old_surface in pairs:
            if old_surface is None:
                self._append(new_surface)
        change = merge_header(self._old, self._new, self._ours, self._when)
        for ab in self._added:
            if "change" in ab.attrib:
                del ab.attrib["change"]
            if change:
                ab.set("change", f"#{change}")
        self._seal()
        return self._old

    # surfaces

    def _surfaces(self) -> tuple[list[tuple[etree._Element, etree._Element | None]], list[etree._Element]]:
        free = list(self._old.iter(q("surface")))
        pairs: list[tuple[etree._Element, etree._Element | None]] = []
        for surface in self._new.iter(q("surface")):
            best = max(free, key=lambda s: shared(box_of(s), box_of(surface)), default=None)
            if best is not None and shared(box_of(best), box_of(surface)) >= SAME_PLACE:
                free.remove(best)
                pairs.append((surface, best))
            else:
                pairs.append((surface, None))
        return pairs, free

    def _abs_of(self, root: etree._Element, surface: etree._Element) -> list[etree._Element]:
        inside = {z.get(XML_ID) for z in surface.iter(q("zone"))}
        return [ab for ab in root.iter(q("ab")) if any(i in inside for i in pointers(ab, "facs"))]

    def _renew(self, old_surface: etree._Element | None, new_surface: etree._Element | None) -> None:
        """Renews one surface: decides line by line, then rebuilds each ab."""
        if old_surface is None:
            return
        if new_surface is not None:
            widen(old_surface, new_surface)
            if old_surface.get(XML_ID) in self._ours:
                renew_notes(old_surface, new_surface)
        old_abs = self._abs_of(self._old, old_surface)
        olds = [line for ab in old_abs for line in self._old_lines(ab)]
        news = [] if new_surface is None else self._new_lines(new_surface)
        inside = set(_ids_of(old_surface))
        gone = [box_of(self._zones[name]) for name in self._gone if name in inside]
        decide(olds, news, gone, self._zones, self._new_zones)
        targets = self._targets(old_abs, news, new_surface, old_surface)
        for line in olds:
            if line.state == "clean":
                self._take_out(line)
        self._rename(news)
        for new in news:
            if not new.dropped:
                self._region_of(new, targets).append(new.zone)
                self._bring_readings(new.zone)
        for ab in [*old_abs, *(t for t in targets.values() if t not in old_abs)]:
            self._rebuild(ab, olds, [n for n in news if not n.dropped and targets[n.ab] is ab], news)
        for ab in old_abs:
            if ab not in targets.values():
                self._prune(ab)
        self._renew_unread(old_surface, new_surface)
        etree.indent(old_surface, space=PLACES_INDENT, level=2)

    def _renew_unread(self, old: etree._Element, new: etree._Element | None) -> None:
        """The places that stand in no line, anew; not where a line stands by now, a person's too."""
        take_out(self._old, old)
        zones = [zone for zone in old.iter(q("zone")) if zone.get("type") == "line"]
        lines = [outline for zone in zones if (outline := outline_of(zone)) is not None]
        for zone, gaps in [] if new is None else list(open_places(self._new, new, lines)):
            free_ids(self._old, zone, gaps)
            old.append(zone)
            self._div_of(old).extend(gaps)

    def _append(self, surface: etree._Element) -> None:
        """A surface the old record does not have, with its text."""
        facsimile, body = self._old.find(q("facsimile")), self._old.find(f".//{q('body')}")
        if body is None:
            return
        if facsimile is None:
            facsimile = etree.Element(q("facsimile"))
            self._old.insert(1, facsimile)
        divs = [d for d in self._new.iter(q("div")) if surface.get(XML_ID) in _ids_in(d)]
        apps = [a for a in self._new.iter(q("app")) if set(pointers(a, "corresp")) & set(_ids_of(surface))]
        free_ids(self._old, surface, [*divs, *apps])
        facsimile.append(surface)
        for div in divs:
            body.append(div)
            self._added += div.iter(q("ab"))
        for app in apps:
            self._list_app().append(app)
        self._ours |= set(_ids_of(surface))

    # lines

    def _old_lines(self, ab: etree._Element) -> Iterable[OldLine]:
        for piece in line_parts(ab):
            ids = [i for lb in line_breaks(piece) for i in pointers(lb, "facs")]
            zone = self._zones.get(ids[0]) if len(ids) == 1 else None
            state = "held"
            if zone is not None and ids[0] in self._ours and not self._pointed_at(zone, piece):
                state = "marked" if any(has_app(n) for n in piece) else "clean"
            box = box_of(zone) or _around(box_of(self._zones.get(i)) for i in ids)
            yield OldLine(ab, piece, zone, state, box)

    def _pointed_at(self, zone: etree._Element, piece: list[etree._Element]) -> bool:
        """Does anything outside the line point to its zones?"""
        inside = {e for node in piece for e in node.iter()}
        return any(e not in inside for name in _ids_of(zone) for e in self._pointing.get(name, []))

    def _new_lines(self, surface: etree._Element) -> list[NewLine]:
        found = []
        for ab in self._abs_of(self._new, surface):
            for piece in line_parts(ab):
                zone = self._new_zones[next(iter(pointers(piece[0], "facs")))]
                found.append(NewLine(piece, zone, ab, box_of(zone)))
        return found

    # regions

    def _targets(
        self,
        old_abs: list[etree._Element],
        news: list[NewLine],
        new_surface: etree._Element | None,
        old_surface: etree._Element,
    ) -> dict[etree._Element, etree._Element]:
        """For each new ab the ab it goes to: the old one in the same place, or a new one in the old text."""
        targets: dict[etree._Element, etree._Element] = {}
        free, before = list(old_abs), None
        for ab in [] if new_surface is None else self._abs_of(self._new, new_surface):
            box = box_of(self._region(ab, self._new_zones))
            best = max(free, key=lambda a: shared(box_of(self._region(a, self._zones)), box), default=None)
            if best is not None and shared(box_of(self._region(best, self._zones)), box) >= SAME_PLACE:
                free.remove(best)
                self._renew_region(best, ab)
                targets[ab] = before = best
                continue
            if not any(line.ab is ab and not line.dropped for line in news):
                continue
            targets[ab] = self._insert_region(ab, before, old_abs, old_surface)
            before = targets[ab]
        for line in news:
            line.dropped = line.dropped or line.ab not in targets
        return targets

    @staticmethod
    def _region(ab: etree._Element, zones: dict[str, etree._Element]) -> etree._Element | None:
        return next((zones[i] for i in pointers(ab, "facs") if i in zones), None)

    def _renew_region(self, old: etree._Element, new: etree._Element) -> None:
        zone, fresh = self._region(old, self._zones), self._region(new, self._new_zones)
        if zone is None or fresh is None or zone.get(XML_ID) not in self._ours:
            return
        zone.set("points", fresh.get("points", ""))
        old.set("type", new.get("type", ""))
        for name in {"cert", "resp"} & set(old.attrib):
            del old.attrib[name]
        old.attrib.update({name: new.attrib[name] for name in ("cert", "resp") if name in new.attrib})

    def _insert_region(
        self,
        ab: etree._Element,
        before: etree._Element | None,
        old_abs: list[etree._Element],
        surface: etree._Element,
    ) -> etree._Element:
        zone = self._region(ab, self._new_zones)
        assert zone is not None  # the writer gives each ab a zone
        bare = etree.Element(q("ab"), _attributes(ab))
        bare.tail = "\n"
        self._added.append(bare)
        region = etree.SubElement(surface, q("zone"), _attributes(zone))
        free_ids(self._old, region, [bare])
        self._zones[region.get(XML_ID, "")] = region
        self._ours.add(region.get(XML_ID, ""))
        if before is not None:
            before.addnext(bare)
            before.tail, bare.tail = "\n", before.tail or "\n"
        elif old_abs:
            old_abs[0].addprevious(bare)
        else:
            self._div_of(surface).append(bare)
        return bare

    def _div_of(self, surface: etree._Element) -> etree._Element:
        name = surface.get(XML_ID, "")
        for page_break in self._old.iter(q("pb")):
            parent = page_break.getparent()
            if name in pointers(page_break, "facs") and parent is not None and local(parent) == "div":
                return parent
        body = next(self._old.iter(q("body")))
        div = etree.SubElement(body, q("div"))
        etree.SubElement(div, q("pb"), facs=f"#{name}")
        return div

    def _region_of(self, line: NewLine, targets: dict[etree._Element, etree._Element]) -> etree._Element:
        zone = self._region(targets[line.ab], self._zones)
        assert zone is not None  # abs are found by their zones
        return zone

    def _prune(self, ab: etree._Element) -> None:
        """Takes out an ab of the machine's that has become empty."""
        zone = self._region(ab, self._zones)
        if len(ab) or (ab.text or "").strip() or zone is None or zone.get(XML_ID) not in self._ours:
            return
        if zone.find(q("zone")) is not None or self._pointed_at(zone, [ab]):
            return
        _remove(ab)
        _remove(zone)

    # moving

    def _rename(self, news: list[NewLine]) -> None:
        """Gives the zones of new lines ids that are free; those of lines that will go are free."""
        for line in news:
            if not line.dropped:
                apps = _apps_of(self._new, line.zone)
                free_ids(self._old, line.zone, [*line.piece, *apps])
                self._ours.add(line.zone.get(XML_ID, ""))

    def _take_out(self, line: OldLine) -> None:
        assert line.zone is not None  # only a line with a zone is the machine's
        for app in _apps_of(self._old, line.zone):
            _remove(app)
        for node in line.piece:
            line.ab.remove(node)
        _remove(line.zone)
        for stand_off in self._old.findall(q("standOff")):
            if stand_off.find(f".//{q('app')}") is None:
                for comment in [n for n in stand_off.iter() if not is_element(n)]:
                    stand_off.addprevious(comment)
                _remove(stand_off)

    def _bring_readings(self, zone: etree._Element) -> None:
        for app in _apps_of(self._new, zone):
            self._list_app().append(app)

    def _list_app(self) -> etree._Element:
        held = self._old.find(f"{q('standOff')}/{q('listApp')}")
        if held is None:
            stand_off = etree.Element(q("standOff"))
            stand_off.tail = "\n"
            next(self._old.iterchildren(q("text"))).addprevious(stand_off)
            held = etree.SubElement(stand_off, q("listApp"), type="readings")
        return held

    def _rebuild(
        self, ab: etree._Element, olds: list[OldLine], news: list[NewLine], all_news: list[NewLine]
    ) -> None:
        """Puts the lines of an ab into order: new ones where they were read, old ones after the line they
        followed."""
        items = [(all_news.index(n), 0, i, n.piece) for i, n in enumerate(news)]
        stay = [o for o in olds if o.ab is ab and o.state != "clean"]
        items += [(o.place, 1, i, o.piece) for i, o in enumerate(stay)]
        for old in stay:
            for node in old.piece:
                ab.remove(node)
        ours = {id(n.piece) for n in news}
        taken = {lb.get("n") for o in olds if o.state != "clean" for lb in line_breaks(o.piece)}
        for _, _, _, piece in sorted(items, key=lambda item: item[:3]):
            lb = piece[0]
            goes_on = lb.get("break") == "no"
            if id(piece) in ours:
                if goes_on and not _text_before(ab).endswith(tuple(HYPHENS)):
                    del lb.attrib["break"]
                    goes_on = False
                lb.set("n", _free_number(lb.get("n", ""), taken))
            if not goes_on and len(ab):
                ab[-1].tail = (ab[-1].tail or "").rstrip(" \n") + "\n"
            for node in piece:
                ab.append(node)

    def _seal(self) -> None:
        """Keeps the proof for what is still the machine's; the record as a whole no longer is."""
        now = part_digests(self._old)
        entries = [f"{name}:{digest}" for name, digest in now.items() if name in self._ours]
        entries += [f"{name}:{self._kept[name]}" for name in sorted(self._gone)]
        lines, whole = idno(self._old, "line-digests"), idno(self._old, "machine-digest")
        if lines is not None:
            lines.text = " ".join(entries)
        if whole is not None:
            whole.text = "merged"


def _by_id(root: etree._Element, *tags: str) -> dict[str, etree._Element]:
    return {e.get(XML_ID, ""): e for e in root.iter(*(q(tag) for tag in tags))}


def _ids_of(zone: etree._Element) -> list[str]:
    return [e.get(XML_ID, "") for e in zone.iter(q("zone"), q("surface")) if e.get(XML_ID)]


def _ids_in(element: etree._Element) -> set[str]:
    """The ids that page breaks inside an element point to."""
    return {i for page_break in element.iter(q("pb")) for i in pointers(page_break, "facs")}


def _in_stand_off(element: etree._Element) -> bool:
    return next(element.iterancestors(q("standOff")), None) is not None


def _apps_of(root: etree._Element, zone: etree._Element) -> list[etree._Element]:
    """The readings of a line that are kept aside."""
    name = zone.get(XML_ID)
    found = (a for s in root.iterchildren(q("standOff")) for a in s.iter(q("app")))
    return [app for app in found if name in set(pointers(app, "corresp"))]


def _around(boxes: Iterable[Box | None]) -> Box | None:
    held = [corner for box in boxes if box is not None for corner in box.corners]
    return Box.around(held) if held else None


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _text_before(ab: etree._Element) -> str:
    return str(ab.xpath("string()")).rstrip()


def _free_number(n: str, taken: set[str | None]) -> str:
    """The number of a line, with a letter when a person's line has it."""
    return next(f"{n}{letter}" for letter in ["", *ascii_lowercase, *(f"-{i}" for i in range(1, 1000))]
                if f"{n}{letter}" not in taken)  # fmt: skip
