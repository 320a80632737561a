"""New lines written into a record, among the lines that stay: their bytes, in the spelling of the record."""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate

from ocr.corrections.match import NewLine, OldLine, respelt
from ocr.corrections.spans import Document, Element, TextEdits
from ocr.corrections.words import NOT_READ
from ocr.tei.words import HYPHENS

_CHOICE = re.compile(
    r"<(?:\w+:)?choice\b[^>]*>((?:(?!<(?:\w+:)?choice\b).)*?)</(?:\w+:)?choice\s*>", re.DOTALL
)
"""A choice that holds no other, and what it holds."""
_NEXT_READING = re.compile(r"</(?:\w+:)?(?:unclear|sic|orig|abbr)\s*>")


def region_of(doc: Document, ab: Element) -> Element | None:
    """The zone that an ab points to."""
    return next((doc.by_id[ident] for ident in ab.pointers("facs") if ident in doc.by_id), None)


class LineWriter(TextEdits):
    """Edits of an old record, `doc`, that bring lines of a new one, `fresh`, into it."""

    def __init__(self, doc: Document, fresh: Document) -> None:
        super().__init__(doc)
        self.fresh, self._newline = fresh, doc.newline

    def spelt(self, text: str, names: Mapping[str, str]) -> str:
        """TEI of the new record as it stands in the old one: its ids, prefix, line ends."""
        return respelt(text, names, self.doc)

    def renew_block(self, ab: Element, olds: list[OldLine], news: list[tuple[int, NewLine]]) -> None:
        """Puts new lines where they were read, among the lines that stay in their order."""
        stays = [line for line in olds if line.stays]
        places = list(accumulate((line.place for line in stays), max))
        slots: list[list[NewLine]] = [[] for _ in range(len(stays) + 1)]
        for n, new in news:
            slots[bisect_left(places, n)].append(new)
        region, behind = region_of(self.doc, ab), None
        zones: dict[Element | None, str] = {}
        for before, own, after in zip([None, *stays], slots, [*stays, None], strict=True):
            low = before.end if before else olds[0].start if olds else ab.inner_end
            high = after.start if after else olds[-1].end if olds else low
            if own or any(low <= line.start < high for line in olds if not line.stays):
                text = self.lines("" if before is None else self.doc.text[before.start : before.end], own)
                goes_on = after is not None and after.parts[0].get("break") == "no"
                between = after is not None and (before is not None or own) and not goes_on
                text += self._newline if between else ""
                if ab.is_empty:
                    self.set_text(ab, text)
                else:
                    self.put(low, high, text)
            if before and before.zone and before.zone.parent is region:
                behind = before.zone
            zones[behind] = zones.get(behind, "") + "".join(map(self.zone, own))
        for zone, text in zones.items():
            if zone is not None:
                self.put(zone.end, zone.end, text)
            elif region is not None and text:
                self.put_inside(region, text, first=True, apart=False)

    def lines(self, before: str, lines: Sequence[NewLine]) -> str:
        """The text of new lines, behind what stands before them in their ab."""
        text = before
        for line in lines:
            lb, own = line.parts[0], TextEdits(self.fresh)
            own.set(lb, "n", line.number)
            goes_on = lb.get("break") == "no" and _shown(text).rstrip().endswith(tuple(HYPHENS))
            if not goes_on:
                own.set(lb, "break", None)
            spelt = self.spelt(own.applied(lb.end)[lb.start :], line.names)
            if line.words:
                words = (word if kept else self.spelt(word, line.names) for kept, word in line.words)
                spelt += " ".join(words)
            else:
                spelt += self.spelt(self.fresh.text[lb.end : line.end], line.names)
            text += spelt if goes_on or not text else self._newline + spelt
        return text[len(before) :]

    def zone(self, line: NewLine) -> str:
        """The zone of a new line, spelt, with the word zones that it takes over from an old one."""
        assert line.zone is not None  # our writer gives each line one
        spelt, at = self._newline, line.zone.start
        for word, kept in line.left_out.items():
            before = word.start - len(self.fresh.indent(word))
            spelt += self.spelt(self.fresh.text[at:before], line.names)
            spelt += "".join(self._newline + self.doc.spelt(zone) for zone in kept)
            at = word.end
        return spelt + self.spelt(self.fresh.text[at : line.zone.end], line.names)


def _shown(spelt: str) -> str:
    """The text that a reader sees of spelt elements: of a choice the first reading alone."""
    before = ""
    while before != spelt:
        before, spelt = spelt, _CHOICE.sub(lambda choice: _NEXT_READING.split(choice[1])[0], spelt)
    return NOT_READ.sub("", spelt)
