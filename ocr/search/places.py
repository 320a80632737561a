"""Where hits stand on their scans, as their records say: the index has words alone."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from ocr.errors import RecordError
from ocr.files import refuse_drive
from ocr.geometry import Box
from ocr.search.answer import Hit
from ocr.search.record import search_page
from ocr.tei.tree import read


class HitPlace(NamedTuple):
    """A place on the upright scan, in pixels."""

    boxes: tuple[Box, ...] = ()
    """Of the words of the hit, those with a place."""
    strip: Box | None = None
    """Around the words of its line."""


def places_of(folder: Path, hits: Iterable[Hit]) -> dict[Hit, HitPlace]:
    """The places of hits among the records of a folder; none where the record is gone, or its line is another
    one than the index knew. RecordError when the drive fails."""
    places: dict[Hit, HitPlace] = {}
    for page, some in groupby(sorted(hits, key=lambda hit: hit.page), lambda hit: hit.page):
        try:
            lines = search_page(read(folder / page), is_placed=True).lines
        except RecordError as error:
            refuse_drive(error)
            lines = ()
        for hit in some:
            own, *following = lines[hit.number - 1 : hit.number + 1] or (None,)
            if own is None or own.ident != hit.line or " ".join(spot.text for spot in own.spots) != hit.text:
                places[hit] = HitPlace()
                continue
            on_lines = (own.places, *(line.places for line in following))
            boxes = [on_lines[line][n] for line, n in hit.spots if line < len(on_lines)]
            corners = [corner for box in own.places if box is not None for corner in box.corners]
            places[hit] = HitPlace(
                tuple(box for box in boxes if box is not None), Box.around(corners) if corners else None
            )
    return places
