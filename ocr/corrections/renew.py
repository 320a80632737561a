"""A record read anew by the machine: its own lines, notes and header parts renewed, all other bytes kept.

What is the machine's, its seal proves (tei/seal.py). A line is the machine's (renewed), *marked* (its only
changes are corrections, app(lem by a person, rdg by a machine): those words stay, the others are renewed), or
a person's (every byte stays). A line that a person took out stays out as long as its zone is there.
"""

import re
from dataclasses import astuple
from itertools import groupby

from lxml import etree

from ocr.corrections.lines import free_number
from ocr.corrections.match import (
    NewLine,
    OldLine,
    blocks_of,
    check_places,
    decide,
    free_names,
    lines_of,
    same_places,
)
from ocr.corrections.places import EDGES, box_of, outline_of
from ocr.corrections.renew_header import publication_idno, renew_header
from ocr.corrections.renew_lines import LineWriter, region_of
from ocr.corrections.reread import put_in_list
from ocr.corrections.spans import Document, Element, document, parsed
from ocr.corrections.tables import cells_of, is_emptied, same_cell, spelt_with, table_around
from ocr.corrections.unread import place_gaps, remove_from_aside
from ocr.geometry import Box
from ocr.page import Page
from ocr.tei.names import COVERED, PICTURE, REVIEW_THRESHOLD, UNREAD
from ocr.tei.places import is_covered
from ocr.tei.seal import is_changed, kept_digests, part_digests
from ocr.tei.write import to_tei

_POINTERS = ("facs", "corresp", "target")
_REASONS = (
    "looks like writing; no line was found here",
    "looks like writing; reads as no letters",
    "looks like writing, much paler than the other: pencil, or it shows through from behind",
    "a blot; what stands under it cannot be read",
)
"""What the machine said of places that nobody read in records from before their digests were kept."""


def renew(
    old: bytes, page: Page, *, review_threshold: float = REVIEW_THRESHOLD, when: str | None = None
) -> bytes:
    """The old record with its machine part renewed from a page; simply that page's if no person touched it.

    Lines are the same when one covers half of the other. The result is valid when the old record was.
    RecordError when the old record cannot be parsed, or its lines have lost their places.
    """
    fresh = to_tei(page, review_threshold=review_threshold, when=when)
    if not is_changed(parsed(old)):
        return fresh
    doc = document(old)
    check_places(doc)
    renewal = _Renewal(doc, Document(fresh.decode()), parsed(old))
    renewal.surfaces()
    renew_header(renewal, renewal.fresh, renewal.ours, renewal.change, when)
    made = renewal.sealed()
    return old if _without_change(made, renewal.change) == old else made


def _without_change(content: bytes, ident: str) -> bytes:
    """The record without the entry that tells of the renewal: what is left as it was, is not told again."""
    entry = rb'\s*<(?:\w+:)?change xml:id="%s"[^<>]*>[^<>]*</(?:\w+:)?change>' % ident.encode()
    return re.sub(entry, b"", content, count=1)


class _Renewal(LineWriter):
    """The renewal of one record."""

    def __init__(self, doc: Document, fresh: Document, tree: etree._Element) -> None:
        super().__init__(doc, fresh)
        self.change = doc.free_id("ch")
        self.kept_digests, now = kept_digests(tree), part_digests(tree)
        self.ours = {name for name, digest in self.kept_digests.items() if now.get(name) == digest}
        """The parts that are the machine's, by their names in the seal."""
        linked = {ident for lb in doc.lines for ident in lb.pointers("facs")}
        lost = {ident: doc.by_id[ident] for ident in self.kept_digests if ident in doc.by_id}
        self.gone = {i for i, e in lost.items() if e.get("type") == "line" and i not in now.keys() | linked}
        """The zones of lines that a person took out of the text."""
        self.not_ours = set(self.gone)
        """Those, and places that nobody read of which a person wrote: they keep their digests."""
        self._p, self._taken = doc.root.prefix, set(doc.by_id)
        self._pointing: dict[str, list[Element]] = {}
        aside = {e for part in doc.root.children if part.name == "standOff" for e in part.walk()}
        for element in (e for e in doc.root.walk() if e not in aside):
            for ident in (i for name in _POINTERS for i in element.pointers(name)):
                self._pointing.setdefault(ident, []).append(element)
        self._zones_out: list[Element] = []
        self._apps_out: list[Element] = []
        self._apps_in: list[str] = []

    def sealed(self) -> bytes:
        """The record with the proof for what is still the machine's; as a whole it no longer is."""
        now = part_digests(parsed(self.made()))
        entries = [f"{name}:{digest}" for name, digest in now.items() if name in self.ours]
        entries += [f"{name}:{self.kept_digests.get(name, '-')}" for name in sorted(self.not_ours)]
        for kind, text in (("line-digests", " ".join(entries)), ("machine-digest", "merged")):
            idno = publication_idno(self.doc, kind)
            if idno is not None:
                self.set_text(idno, text)
        return self.made()

    def surfaces(self) -> None:
        """Renews each surface with the lines on it; those that the old record lacks are put in."""
        olds, news = ([e for e in doc.root.walk() if e.name == "surface"] for doc in (self.doc, self.fresh))
        same = same_places({e: e for e in olds}, {e: e for e in news})
        new_of = {old: new for new, old in same.items()}
        for surface in sorted(olds, key=lambda e: e not in new_of):
            self._renew(surface, new_of.get(surface))
        self._append([surface for surface in news if surface not in same])
        for zone in self._zones_out:
            if not any(e in self._zones_out for e in zone.above()):
                self.take_out(zone)
        out, new = sorted(dict.fromkeys(self._apps_out), key=lambda app: app.start), self._apps_in
        for app, spelt in zip(out, new, strict=False):  # where it stood, so that what is the same stays so
            self.put(app.start, app.end, spelt)
        remove_from_aside(self, out[len(new) :], emptied=not new)
        if len(new) > len(out):
            put_in_list(self, self._p, "".join(new[len(out) :]))

    def _append(self, surfaces: list[Element]) -> None:
        """Puts in surfaces that the old record does not have, with their text."""
        facsimile, body = self.doc.root.child("facsimile"), self.doc.root.find("body")
        if body is None or not surfaces:
            return
        places, texts = "", ""
        for surface in surfaces:
            names = free_names(self._taken, _ids(surface))
            holding = (pb.parent for pb in self.fresh.pointing(surface.get("xml:id") or "", "pb"))
            spelt = "".join(f"{self._newline}{self.fresh.spelt(div)}" for div in holding if div is not None)
            places += self._newline + self.spelt(self.fresh.spelt(surface), names)
            texts += self.spelt(spelt.replace('change="#ch1"', f'change="#{self.change}"'), names)
            self._bring_readings(surface, names)
            self.ours |= set(names.values())
        if facsimile is None:
            header = self.doc.root.children[0]
            whole = f"<{self._p}facsimile>{places}</{self._p}facsimile>"
            self.put(header.end, header.end, self._newline + whole)
        else:
            self.put_inside(facsimile, places, apart=False)
        self.put_inside(body, texts, apart=False)

    def _renew(self, old: Element, new: Element | None) -> None:
        """Renews one surface: decides line by line, then renews each ab."""
        blocks, new_blocks = blocks_of(self.doc, old), [] if new is None else blocks_of(self.fresh, new)
        olds = [line for ab in blocks for line in lines_of(self.doc, ab, OldLine)]
        news = [line for ab in new_blocks for line in lines_of(self.fresh, ab, NewLine)]
        for line in olds:
            self._judge(line)
        inside = set(_ids(old))
        decide(olds, news, [box_of(self.doc.by_id[ident]) for ident in self.gone & inside])
        if new is not None:
            self._renew_leaf(old, new)
        for line in olds:
            if not line.stays and line.zone is not None:  # only a line with a zone is the machine's
                self._zones_out.append(line.zone)
                self._taken -= set(_ids(line.zone)) - set(_ids(*line.kept))
                self._apps_out += _apps_of(self.doc, line.zone)
        numbers = {e.get("n") for line in olds if line.stays for part in line.parts for e in part.walk()}
        for new_line in news:
            if new_line.written:
                assert new_line.zone is not None  # our writer gives each line one
                going = _ids(*new_line.left_out)
                new_line.names = free_names(self._taken, (i for i in _ids(new_line.zone) if i not in going))
                new_line.number = free_number(new_line.parts[0].get("n") or "", numbers)
                self._bring_readings(new_line.zone, new_line.names)
                self.ours.add(new_line.names[new_line.zone.get("xml:id") or ""])
        regions = {ab: region_of(self.doc, ab) for ab in blocks}
        targets = same_places(regions, {ab: region_of(self.fresh, ab) for ab in new_blocks})
        for new_ab, ab in targets.items():
            self._renew_region(ab, new_ab)
        pruned = []
        for ab in blocks:
            own = [(n, line) for n, line in enumerate(news) if line.written and targets.get(line.ab) is ab]
            lines = [line for line in olds if line.ab is ab]
            if ab not in targets.values() and self._prune(ab, lines):
                pruned.append(ab)
            else:
                self.renew_block(ab, lines, own)
        self._take_out(pruned)
        texts, zones = self._put_blocks(blocks, new_blocks, targets, news)
        gaps = self._renew_unread(old, new, news, zones)
        self._put_text(old, texts, gaps)
        if zones:
            self.put_inside(old, "".join(zones), apart=False)

    # what a surface says of its leaf

    def _renew_leaf(self, old: Element, new: Element) -> None:
        """Makes a surface hold what the new one holds, too; renews its notes if they are the machine's."""
        here, there = box_of(old), box_of(new)
        if here is not None and there is not None:
            box = Box.around([*here.corners, *there.corners])
            for edge, now, before in zip(EDGES, astuple(box), astuple(here), strict=True):
                if now != before:
                    self.set(old, edge, str(round(now)))
        notes, new_notes = ([e for e in surface.children if e.name == "note"] for surface in (old, new))
        spelt = "".join(self._newline + self.spelt(self.fresh.spelt(note), {}) for note in new_notes)
        same = spelt.split() == "".join(f"\n{self.doc.spelt(note)}" for note in notes).split()
        if same or old.get("xml:id") not in self.ours:
            return
        for note in notes:
            self.take_out(note)
        pictures = [e for e in old.children if e.name == "graphic" or e.get("type") == PICTURE]
        place = pictures[-1].end if pictures else old.inner
        self.put(place, place, spelt)

    def _renew_unread(
        self, old: Element, new: Element | None, news: list[NewLine], zones: list[str]
    ) -> list[str]:
        """The places that stand in no line, anew; not where a line stands by now, a person's too, or a place
        of which a person wrote something. Adds to the zones, and gives the gaps."""
        drawn = []
        for zone in (e for e in old.children if e.get("type") == UNREAD):
            apps = [app for app in _apps_of(self.doc, zone) if app.get("type") == COVERED]
            gaps = [gap for gap in place_gaps(self.doc) if _leads(gap, zone)]
            if not self._is_machines_place(zone, [*gaps, *(gap for app in apps if (gap := app.find("gap")))]):
                self.not_ours.add(zone.get("xml:id") or "")
                drawn.append(zone)
                continue
            self._zones_out.append(zone)
            self._taken -= set(_ids(zone))
            self._apps_out += apps
            for gap in gaps:
                self.put(gap.start, self.doc.end_of_space(gap.end), "")
        drawn += [e for e in old.walk() if e.get("type") == "line" and e not in self._zones_out]
        drawn += [line.zone for line in news if line.written and line.zone is not None]
        outlines = [outline for zone in drawn if (outline := outline_of(zone)) is not None]
        spelt, gaps = [], place_gaps(self.fresh)
        for zone in [] if new is None else (e for e in new.children if e.get("type") == UNREAD):
            place = outline_of(zone)
            if place is None or not is_covered(place, outlines):
                names = free_names(self._taken, _ids(zone))
                self.ours |= set(names.values())
                zones.append(self._newline + self.spelt(self.fresh.spelt(zone), names))
                own = (self.fresh.spelt(gap) for gap in gaps if _leads(gap, zone))
                spelt += [self.spelt(gap, names) for gap in own]
        return spelt

    def _is_machines_place(self, zone: Element, gaps: list[Element]) -> bool:
        """Has no person written anything of a place that nobody read?"""
        name = zone.get("xml:id") or ""
        if name in self.kept_digests:
            return name in self.ours
        reasons = {"", *(f"<{self._p}desc>{reason}</{self._p}desc>" for reason in _REASONS)}
        return all(self.doc.inside(gap) in reasons for gap in gaps)

    # lines

    def _judge(self, line: OldLine) -> None:
        """Says of a line whether it is the machine's, or marked."""
        zone = line.zone
        if zone is None or zone.get("xml:id") not in self.ours:
            return
        pointing = (e for ident in _ids(zone) for e in self._pointing.get(ident, []))
        if all(line.start <= e.start < line.end for e in pointing):
            line.marked = any(e.name == "app" for part in line.parts for e in part.walk())
            line.stays = line.marked

    # regions

    def _renew_region(self, old: Element, new: Element) -> None:
        zone, fresh = region_of(self.doc, old), region_of(self.fresh, new)
        if zone is None or fresh is None or zone.get("xml:id") not in self.ours:
            return
        self.set(zone, "points", fresh.get("points") or "")
        for name in ("type", "hand", "cert", "resp"):
            self.set(old, name, new.get(name))

    def _put_blocks(
        self, olds: list[Element], blocks: list[Element], same: dict[Element, Element], news: list[NewLine]
    ) -> tuple[list[str], list[str]]:
        """Puts in the new abs that have no old one, and tables of such: behind the ab (or table) before, or
        before the first; an ab of a table that is there, in its cell. Gives their text where there is none at
        all, and the zones of their regions."""
        texts, zones, before, places = list[str](), list[str](), None, cells_of(self.fresh)
        into: dict[Element, str] = {}
        for table, of_table in groupby(blocks, table_around):
            abs_ = list(of_table)
            new = {ab: text for ab in abs_ if ab not in same and (text := self._block(ab, news, zones))}
            there = next((around for ab in abs_ if ab in same and (around := table_around(same[ab]))), None)
            if table is not None and new and same.keys().isdisjoint(abs_):
                whole = spelt_with(self.fresh, table, new, lambda text: self.spelt(text, {}))
                new = {abs_[0]: whole}
            for ab in abs_:
                before = same.get(ab, before)
                place = None if ab.parent is None or there is None else places.get(ab.parent)
                cell = None if place is None or there is None else same_cell(self.doc, there, place)
                if ab in new and cell is not None:
                    into[cell] = into.get(cell, "") + new[ab]
                elif ab in new and before is not None:
                    end = (table_around(before) or before).end
                    self.put(end, end, self._newline + new[ab])
                elif ab in new and olds:
                    start = (table_around(olds[0]) or olds[0]).start
                    self.put(start, start, new[ab] + self._newline)
                elif ab in new:
                    texts.append(new[ab])
        for cell, text in into.items():
            if cell.is_empty:
                self.set_text(cell, text)
            else:
                self.put(cell.inner_end, cell.inner_end, text)
        return texts, zones

    def _block(self, ab: Element, news: list[NewLine], zones: list[str]) -> str:
        """An ab of the new record with those of its lines that are written; "" where there are none. Adds its
        zone to the zones."""
        lines = [line for line in news if line.ab is ab and line.written]
        region = region_of(self.fresh, ab)
        if not lines or region is None:
            return ""
        names = free_names(self._taken, [region.get("xml:id") or ""])
        self.ours |= set(names.values())
        inside = "".join(map(self.zone, lines))
        opened = self.spelt(self.fresh.text[region.start : region.inner], names)
        zones.append(f"{self._newline}{opened}{inside}{self._newline}</{self._p}zone>")
        opened = self.fresh.text[ab.start : ab.inner].replace('"#ch1"', f'"#{self.change}"')
        return f"{self.spelt(opened, names)}{self.lines('', lines)}</{self._p}ab>"

    def _prune(self, ab: Element, lines: list[OldLine]) -> bool:
        """Is it an ab of the machine's in which nothing stays? Its zone is noted as going with it."""
        zone = region_of(self.doc, ab)
        if zone is None or zone.get("xml:id") not in self.ours or any(line.stays for line in lines):
            return False
        rest = self.doc.text[ab.inner : lines[0].start if lines else ab.inner_end]
        pointing = self._pointing.get(zone.get("xml:id") or "", [])
        if rest.strip() or any(e is not ab for e in pointing):
            return False
        if any(e.name == "zone" and e not in self._zones_out for e in zone.children):
            return False
        self._zones_out.append(zone)
        self._taken -= set(_ids(zone))
        return True

    def _take_out(self, abs_: list[Element]) -> None:
        """Takes out abs, with the tables that nothing else stands in."""
        around = {ab: table_around(ab) for ab in abs_}
        for ab, table in around.items():
            whole = ab if table is None or not is_emptied(self.doc, table, around) else table
            if whole is ab or table not in [around[other] for other in abs_[: abs_.index(ab)]]:
                self.put(whole.start, self.doc.end_of_space(whole.end), "")

    def _put_text(self, surface: Element, texts: list[str], gaps: list[str]) -> None:
        """Puts abs and gaps into the div of a surface, which is made if need be."""
        name = surface.get("xml:id") or ""
        breaks = self.doc.pointing(name, "pb")
        place = next((e for e in breaks if e.parent is not None and e.parent.name == "div"), None)
        body = self.doc.root.find("body")
        if place is not None and place.parent is not None:
            if texts:
                self.put(place.end, place.end, "".join(self._newline + text for text in texts))
            if gaps:
                end = place.parent.inner_end
                self.put(end, end, "".join(gap + self._newline for gap in gaps))
        elif body is not None and (texts or gaps):
            inside = "".join(text + self._newline for text in (*texts, *gaps))
            opened = f'{self._newline}<{self._p}div><{self._p}pb facs="#{name}"/>{self._newline}'
            self.put_inside(body, f"{opened}{inside}</{self._p}div>", apart=False)

    def _bring_readings(self, place: Element, names: dict[str, str]) -> None:
        """Has what the new record keeps aside for a zone, or those in a surface, put in."""
        for zone in (e for e in place.walk() if e.name == "zone" and e.get("type") == "line"):
            self._apps_in += [self.spelt(self.fresh.spelt(app), names) for app in _apps_of(self.fresh, zone)]


def _ids(*elements: Element) -> list[str]:
    """The ids of elements and of all in them."""
    return [ident for element in elements for e in element.walk() if (ident := e.get("xml:id"))]


def _leads(element: Element, place: Element) -> bool:
    return place.get("xml:id") in element.pointers("facs")


def _apps_of(doc: Document, zone: Element) -> list[Element]:
    """What is kept aside for a zone."""
    return [app for app in doc.apps_aside if zone.get("xml:id") in app.pointers("corresp")]
