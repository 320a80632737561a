"""What the desk shows: the routes that change nothing."""

import hashlib
import re

from starlette.requests import Request
from starlette.responses import Response

from ocr.corrections.view import LineView, RecordView, view
from ocr.errors import ScanError
from ocr.review import wire
from ocr.review.desk import Desk, UnknownError
from ocr.review.listing import PageFile
from ocr.review.responses import RefusedError, answer, number, picture
from ocr.review.save import Saver, etag_of, is_read_only
from ocr.review.threeway import pairs_of_lines, side_by_side
from ocr.review.tiles import Scans, Sheet
from ocr.scan.scan_of import OtherScanError
from ocr.scan.tiles import OVERLAP_PX, TILE_PX, line_strip

_TILE = re.compile(r"(\d{1,6})_(\d{1,6})")


class Reading:
    """Answers requests for one desk; every method runs in a thread of its own."""

    def __init__(self, desk: Desk, scans: Scans, saver: Saver, me: str) -> None:
        self._desk, self._scans, self._saver, self._me = desk, scans, saver, me

    def desk(self, _: Request) -> Response:
        """All notebooks with their figures."""
        books = []
        for book in self._desk.notebooks():
            told = book.progress()
            books.append(
                {
                    "id": book.ident,
                    "name": book.name,
                    "pages": told.pages,
                    "counted": told.counted,
                    "done": told.done,
                    **wire.effort_value(told.left),
                }
            )
        return answer({"notebooks": books, "me": {"name": self._me}, "others": list(self._desk.others)})

    def pages(self, request: Request) -> Response:
        """The pages of a notebook with their figures."""
        found = []
        for page in self._desk.notebook(request.path_params["nid"]).pages:
            tally = self._desk.tally(page)
            found.append(
                {
                    "id": page.ident,
                    "name": page.name,
                    "state": tally.state,
                    "lines": tally.lines,
                    "accepted": tally.accepted,
                    **wire.effort_value(tally.left),
                }
            )
        return answer(found)

    def queue(self, request: Request) -> Response:
        """The open lines worth most."""
        most = number(request.query_params.get("n", "50"), 1, 500, "n")
        found = self._desk.queue(most)
        return answer(
            [
                {
                    "page": page.ident,
                    "name": page.name,
                    "line": one.line,
                    **wire.effort_value(one.effort),
                }
                for page, one in found
            ]
        )

    def page(self, request: Request) -> Response:
        """One page; of its lines only those that were not so in the version that `since` names."""
        page = self._page(request)
        value = page_shown(self._desk, self._saver, page, request.query_params.get("since", ""))
        headers = {"etag": value["etag"], "cache-control": "no-cache"}
        if value["etag"] in request.headers.get("if-none-match", ""):
            return Response(None, 304, headers)
        return answer(value, headers=headers)

    def sizes(self, request: Request) -> Response:
        """What a viewer of the scan must know; the whole scan begins to be read."""
        page, record = self._record(request)
        sheet = self._desk.scan(page, record.scan)
        sizes = self._scans.sizes(sheet)
        return answer(
            {
                "width": sizes.width,
                "height": sizes.height,
                "tile": TILE_PX,
                "overlap": OVERLAP_PX,
                "min_level": 0,
                "max_level": sizes.top,
                "url": f"/tiles/{page.ident}/{{level}}/{{x}}_{{y}}.jpg?v={_version(sheet)}",
                "same_size": record.scan.width_px in {None, sizes.width}
                and record.scan.height_px in {None, sizes.height},
            }
        )

    def tile(self, request: Request) -> Response:
        """One tile of a scan."""
        level = number(request.path_params["level"], 0, 40, "level")
        place = _TILE.fullmatch(request.path_params["place"])
        if place is None:
            raise RefusedError(400, "A tile is called by column and row: 3_5.jpg.")
        page, record = self._record(request)
        sheet = self._desk.scan(page, record.scan)
        held = self._scans.tile(sheet, level, int(place[1]), int(place[2]))
        if held is None:
            raise UnknownError("The scan has no tile there.")
        return picture(held, request)

    def strip(self, request: Request) -> Response:
        """One line of a scan, level and enlarged."""
        height = number(request.query_params.get("h", "120"), 16, 1200, "h")
        page, record = self._record(request)
        line = line_of(record, request.path_params["line"])
        cut = wire.cut_of(line)
        if cut is None:
            raise UnknownError("The line has no place on the scan.")
        scan = self._scans.scan(self._desk.scan(page, record.scan))
        return picture(line_strip(scan.pixels, cut, height), request)

    def history(self, request: Request) -> Response:
        """What was written on a line, newest first."""
        page = self._page(request)
        past = self._saver.history(page.path, request.path_params["line"])
        return answer([wire.past_value(one, at) for at, one in enumerate(past)][::-1])

    def compare(self, request: Request) -> Response:
        """The page beside another transcription of it, word by word."""
        which = number(request.query_params.get("other", "0"), 0, 99, "other")
        page, record = self._record(request)
        others = view(self._desk.other(page, which))
        lines = []
        for ours, theirs in pairs_of_lines(record.lines, others.lines):
            pairs = side_by_side(ours.tokens if ours else (), theirs.tokens if theirs else ())
            lines.append(
                {
                    "line": ours.ident if ours else None,
                    "other": theirs.ident if theirs else None,
                    "same": all(pair.same for pair in pairs),
                    "pairs": [
                        {
                            "same": pair.same,
                            "ours": [wire.token_value(token) for token in pair.ours],
                            "theirs": [wire.token_value(token) for token in pair.theirs],
                        }
                        for pair in pairs
                    ],
                }
            )
        return answer({"other": self._desk.others[which], "name": others.name, "lines": lines})

    def _page(self, request: Request) -> PageFile:
        return self._desk.page(request.path_params["pid"])

    def _record(self, request: Request) -> tuple[PageFile, RecordView]:
        page = self._page(request)
        return page, self._desk.record(page)[1]


def page_shown(desk: Desk, saver: Saver, page: PageFile, since: str = "") -> wire.Value:
    """A page as it stands now, an interrupted save ended, changes of other programs merged. `since`: the
    sha256 of a version; its lines that are still the same are left out."""
    desk.read(page)  # says so when it has gone
    saver.bring_up(page.path)
    held, record = desk.record(page)
    version, other = None, False
    try:
        version = _version(desk.scan(page, record.scan))
    except ScanError as error:
        other = isinstance(error, OtherScanError)
    value = wire.page_value(
        record,
        desk.version(since),
        ident=page.ident,
        name=page.name,
        etag=etag_of(held),
        scan_version=version,
        other_scan=other,
    )
    conflicts = [wire.conflict_value(*one) for one in saver.conflicts(page.path).items()]
    return {
        **value,
        "read_only": is_read_only(page.path),
        "text_anothers": saver.is_text_anothers(page.path),
        "conflicts": conflicts,
    }


def line_of(record: RecordView, ident: str) -> LineView:
    """The line of that id; UnknownError when there is none."""
    for line in record.lines:
        if line.ident == ident:
            return line
    raise UnknownError("There is no such line on this page; load the page again.")


def _version(sheet: Sheet) -> str:
    return hashlib.sha256(repr(sheet.stamp).encode()).hexdigest()[:12]
