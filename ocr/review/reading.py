"""What the desk shows: the routes that change nothing."""

import hashlib
import re

from starlette.requests import Request
from starlette.responses import Response

from ocr.corrections.letters import PARTIAL
from ocr.corrections.tokens import MARKS
from ocr.corrections.view import LineView, RecordView, view
from ocr.errors import ScanError
from ocr.files import is_read_only
from ocr.page import Kind
from ocr.review import page_values
from ocr.review.desk import Desk, UnknownError
from ocr.review.journal import Journals
from ocr.review.listing import PageFile
from ocr.review.priority import LIKELY, SURE
from ocr.review.responses import RefusedError, etag_of, json_answer, number, picture
from ocr.review.threeway import pairs_of_lines, side_by_side
from ocr.review.tiles import OpenScan, Scans
from ocr.scan.scan_of import OtherScanError
from ocr.scan.strips_for_people import line_strip
from ocr.scan.tiles import OVERLAP_PX, TILE_PX

_TILE = re.compile(r"(\d{1,6})_(\d{1,6})")


class ReadRoutes:
    """Answers requests for one desk; every method runs in a thread of its own."""

    def __init__(self, desk: Desk, scans: Scans, journals: Journals, me: str) -> None:
        self._desk, self._scans, self._journals, self._me = desk, scans, journals, me

    def desk(self, _: Request) -> Response:
        """All notebooks with their counts, and what the page must know to show any of their pages."""
        books = []
        for book in self._desk.notebooks():
            progress = book.progress()
            counts = {"pages": progress.pages, "counted": progress.counted, "done": progress.done}
            effort = page_values.effort_value(progress.left)
            books.append({"id": book.ident, "name": book.name, **counts, **effort})
        return json_answer({"notebooks": books, **self._scheme()})

    def scheme(self, _: Request) -> Response:
        """What the page must know before it shows anything; no folder is looked at for it."""
        return json_answer(self._scheme())

    def _scheme(self) -> page_values.Value:
        return {
            "me": {"name": self._me},
            "others": list(self._desk.others),
            "marks": MARKS,
            "partial": PARTIAL,
            "kinds": list(Kind),
            "confidence": {"likely": LIKELY, "sure": SURE},
        }

    def pages(self, request: Request) -> Response:
        """The pages of a notebook with their counts."""
        rows = []
        for page in self._desk.notebook(request.path_params["nid"]).pages:
            tally = self._desk.tally(page)
            counts = {"state": tally.state, "lines": tally.lines, "accepted": tally.accepted}
            effort = page_values.effort_value(tally.left)
            rows.append({"id": page.ident, "name": page.name, **counts, **effort})
        return json_answer(rows)

    def queue(self, request: Request) -> Response:
        """The open lines worth most."""
        most = number(request.query_params.get("n", "50"), 1, 500, "n")
        rows = [
            {
                "page": page.ident,
                "name": page.name,
                "line": row.line,
                "n": row.n,
                "cell": page_values.cell_value(row.cell),
                **page_values.effort_value(row.effort),
            }
            for page, row in self._desk.queue(most)
        ]
        return json_answer(rows)

    def page(self, request: Request) -> Response:
        """One page; of its lines only those that were not so in the version that `since` names."""
        page = self._page(request)
        value, _ = page_shown(self._desk, self._journals, page, request.query_params.get("since", ""))
        headers = {"etag": value["etag"], "cache-control": "no-cache"}
        if value["etag"] in request.headers.get("if-none-match", ""):
            return Response(None, 304, headers)
        return json_answer(value, headers=headers)

    def sizes(self, request: Request) -> Response:
        """What a viewer of the scan must know; the whole scan begins to be read."""
        page, record = self._record(request)
        scan = self._desk.scan(page, record.scan)
        sizes = self._scans.sizes(scan)
        return json_answer(
            {
                "width": sizes.width,
                "height": sizes.height,
                "tile": TILE_PX,
                "overlap": OVERLAP_PX,
                "min_level": 0,
                "max_level": sizes.top,
                "url": f"/tiles/{page.ident}/{{level}}/{{x}}_{{y}}.jpg?v={_version(scan)}",
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
        scan = self._desk.scan(page, record.scan)
        tile = self._scans.tile(scan, level, int(place[1]), int(place[2]))
        if tile is None:
            raise UnknownError("The scan has no tile there.")
        return picture(tile, request)

    def strip(self, request: Request) -> Response:
        """One line of a scan, level and enlarged."""
        height = number(request.query_params.get("h", "120"), 16, 1200, "h")
        page, record = self._record(request)
        line = line_of(record, request.path_params["line"])
        cut = page_values.cut_of(line)
        if cut is None:
            raise UnknownError("The line has no place on the scan.")
        scan = self._scans.scan(self._desk.scan(page, record.scan))
        return picture(line_strip(scan.pixels, cut, height), request)

    def history(self, request: Request) -> Response:
        """What was written on a line, newest first."""
        page = self._page(request)
        history = self._journals.of(page.path).history(request.path_params["line"])
        values = [page_values.earlier_value(earlier, at) for at, earlier in enumerate(history)]
        return json_answer(values[::-1])

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
                    "pairs": page_values.pairs_value(pairs),
                }
            )
        return json_answer({"other": self._desk.others[which], "name": others.name, "lines": lines})

    def _page(self, request: Request) -> PageFile:
        return self._desk.page(request.path_params["pid"])

    def _record(self, request: Request) -> tuple[PageFile, RecordView]:
        page = self._page(request)
        return page, self._desk.record(page)


def page_shown(
    desk: Desk, journals: Journals, page: PageFile, since: str = ""
) -> tuple[page_values.Value, RecordView]:
    """A page as it stands now, an interrupted save ended, changes of other programs merged. `since`: the
    sha256 of a version; its lines that are still the same are left out.

    UnknownError when the page has gone, RecordError when it cannot be read, OutputError when what another
    program changed cannot be written.
    """
    current = journals.current(page.path, desk.read(page))
    record = desk.parsed(page, current.content, current.sha)
    version, other = None, False
    try:
        version = _version(desk.scan(page, record.scan))
    except ScanError as error:
        other = isinstance(error, OtherScanError)
    known = desk.version(since)
    value = page_values.page_value(
        desk.doubted(page, record),
        None if known is None else desk.doubted(page, known),
        ident=page.ident,
        name=page.name,
        etag=etag_of(current.sha),
        scan_version=version,
        other_scan=other,
    )
    conflicts = journals.of(page.path).conflicts().items()
    return {
        **value,
        "read_only": is_read_only(page.path),
        "text_anothers": journals.is_text_anothers(page.path),
        "conflicts": [page_values.conflict_value(number, conflict, record) for number, conflict in conflicts],
    }, record


def line_of(record: RecordView, ident: str) -> LineView:
    """The line of that id; UnknownError when there is none."""
    for line in record.lines:
        if line.ident == ident:
            return line
    raise UnknownError("There is no such line on this page; load the page again.")


def _version(scan: OpenScan) -> str:
    return hashlib.sha256(repr(scan.stamp).encode()).hexdigest()[:12]
