"""A folder of static pages to read and search: index.html opens from the disk, no server is asked.

pages/ has a page for each record, lists/ one for each notebook, scans/ the reduced scans, named by what they
were made from; search/ the index. One page is held at a time, with its neighbours.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from urllib.parse import unquote

from lxml import etree

from ocr.errors import RecordError, ScanError, SettingsError
from ocr.exports.output import GroupOutput
from ocr.exports.pages import ExportPage, Group
from ocr.exports.reading import ExportSettings
from ocr.exports.site_html import Frame, document, e, say, static
from ocr.exports.site_page import SitePage, SitePicture, href, lines_of, page_html
from ocr.exports.site_search import SearchIndex
from ocr.files import sha256_of
from ocr.scan.load import Scan, digest_of, load_reduced
from ocr.scan.scan_of import ScanSheet
from ocr.scan.strips_for_people import reduced
from ocr.tei.names import STATES
from ocr.text import printable

LONGEST_PX, SMALL_PX = 1600, 220
"""Longer sides of the scan on its page, and in lists."""
_FIRST_WORDS = 12
_STATIC = ("site.css", "site.js", "page.js", "find.js", "search.js", "icon.svg")


@dataclass(frozen=True, slots=True)
class _ListedPage:
    """What the list of a notebook keeps of a page."""

    title: str
    address: str
    picture: SitePicture | None
    first_words: str
    lines: int
    lines_done: int
    doubtful: int
    words: int


@dataclass
class _Missing:
    """Scans that are not there."""

    count: int = 0
    first: str = ""

    def add(self, error: ScanError) -> None:
        """Counts another."""
        self.first = self.first or str(error)
        self.count += 1

    @property
    def remark(self) -> str:
        """What is said of them; empty of none."""
        return f"{self.count} page(s) without their scan, as text alone. {self.first}" if self.count else ""


@dataclass(frozen=True, slots=True)
class _Notebook:
    """A notebook in the list of all."""

    name: str
    address: str
    pages: list[_ListedPage] = field(default_factory=list)


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """The whole site. A record that is no TEI is left out and named; a page whose scan is missing has its
    text alone. SettingsError when two records have one place."""
    twice = [place for place, times in Counter(place for _, place in group.records).items() if times > 1]
    if twice:
        raise SettingsError(f"Two of the folders given hold {twice[0]}; export them into two folders.")
    missing, rows = _Missing(), []
    with SearchIndex(out.put_file) as index:
        pages = _pages(group, settings, out, missing)
        for address, of_notebook in groupby(pages, lambda page: page.list_address):
            notebook = _notebook(address, of_notebook, index, out)
            rows.append(_row(notebook))
            out.put_file(_path(address), _list(notebook))
        index.write_all()
    if not rows:
        raise RecordError("None of the records can be read, so there is no site.")
    out.put_file(
        "index.html",
        document(Frame("", "front"), "", (), say("h1", "notebooks"), e("ul", *rows, class_="notebooks")),
    )
    out.put_file("search.html", _search_page())
    for name in _STATIC:
        out.put_file(f"site/{name}", static(name))
    words = json.dumps(json.loads(static("site_words.json")), ensure_ascii=False, indent=1)
    out.put_file("site/words.js", f"window.SITE_WORDS = {words};\n".encode())
    out.remark, out.is_partial = missing.remark, missing.count > 0


def _notebook(address: str, pages: Iterator[SitePage], index: SearchIndex, out: GroupOutput) -> _Notebook:
    """Writes the pages of a notebook, each when its neighbours are known."""
    notebook: _Notebook | None = None
    before: SitePage | None = None
    page: SitePage | None = next(pages)
    while page is not None:
        after = next(pages, None)
        notebook = notebook or _Notebook(page.notebook, address)
        out.put_file(_path(page.address), page_html(page, before, after))
        index.add(page)
        notebook.pages.append(_listed(page))
        before, page = page, after
    assert notebook is not None  # groups are not empty
    return notebook


def _pages(group: Group, settings: ExportSettings, out: GroupOutput, missing: _Missing) -> Iterator[SitePage]:
    for page in group.pages():
        try:
            width, height, lines = lines_of(page, settings)
        except RecordError as error:
            out.omitted.append((page.place, error))
            continue
        parent = page.place.parent
        notebook = str(parent) if parent.name else page.path.resolve().parent.name
        site_page = SitePage(
            record=page.view,
            title=page.name,
            notebook=printable(notebook),
            address=href("pages", *parent.parts, f"{_short(page.place.name)}.html"),
            list_address=href("lists", *parent.parts, "index.html"),
            width=width,
            height=height,
            lines=lines,
        )
        try:
            yield replace(site_page, picture=_picture(page, out))
        except ScanError as error:
            missing.add(error)
            yield site_page


def _short(name: str) -> str:
    """A name that still fits with a suffix: that of a scan may be as long as a file system allows."""
    return name if len(os.fsencode(name)) <= 240 else sha256_of(os.fsencode(name))[:24]


def _picture(page: ExportPage, out: GroupOutput) -> SitePicture:
    """The reduced scan, made anew only when the scan is another. ScanError when it is not there."""
    sheet = page.scan()
    made_from = f"{digest_of(sheet.path)} {sheet.sheet} {sheet.dpi} {sheet.frame} {LONGEST_PX} {SMALL_PX}"
    key = sha256_of(made_from.encode())[:24]
    picture = SitePicture(f"scans/{key}.jpg", f"scans/{key}.small.jpg")
    if not (out.keeps(picture.name) and out.keeps(picture.small)):
        pixels = _loaded(sheet).pixels
        out.put_file(picture.name, reduced(pixels, LONGEST_PX))
        out.put_file(picture.small, reduced(pixels, SMALL_PX))
    return picture


def _loaded(sheet: ScanSheet) -> Scan:
    """The scan, at a part of its size where that is quicker and enough."""
    if sheet.sheet == 1 and sheet.dpi is None:
        scan = load_reduced(sheet.path, LONGEST_PX)
        if scan is not None and sheet.frame in {None, (scan.source.width_px, scan.source.height_px)}:
            return scan
    return sheet.load()


def _listed(page: SitePage) -> _ListedPage:
    words = [word for line in page.lines for word in line.words]
    first = " ".join(word.text for word in words[:_FIRST_WORDS])
    states = [line.line.state for line in page.lines]
    return _ListedPage(
        page.title,
        page.address,
        page.picture,
        f"{first} …" if len(words) > _FIRST_WORDS else first,
        len(states),
        sum(state != STATES[0] for state in states),
        sum(word.doubt == "doubtful" for word in words),
        len(words),
    )


def _row(notebook: _Notebook) -> etree._Element:
    pages = notebook.pages
    done = sum(page.lines > 0 and page.lines == page.lines_done for page in pages)
    return e(
        "li",
        e(
            "a",
            _small(next((page.picture for page in pages if page.picture), None), ""),
            e("strong", notebook.name, lang="ru"),
            href=notebook.address,
        ),
        say("span", "pages_n", values={"n": len(pages)}),
        say("span", "pages_done", values={"done": done, "n": len(pages)}, class_="quiet"),
    )


def _small(picture: SitePicture | None, up: str) -> etree._Element:
    if picture is None:
        return e("span", class_="no-small")
    return e("img", src=f"{up}{picture.small}", alt="", loading="lazy")


def _list(notebook: _Notebook) -> bytes:
    up = "../" * notebook.address.count("/")
    items = [
        e(
            "li",
            e(
                "a",
                _small(page.picture, up),
                e(
                    "span",
                    e("strong", page.title),
                    e("span", page.first_words, class_="first", lang="ru"),
                    class_="words-of",
                ),
                href=f"{up}{page.address}",
            ),
            e(
                "p",
                say("span", "lines_done", values={"done": page.lines_done, "n": page.lines}),
                "; ",
                say("span", "doubtful_n", values={"n": page.doubtful}),
                class_="quiet",
            ),
        )
        for page in notebook.pages
    ]
    return document(
        Frame(up, "list"),
        notebook.name,
        (),
        e("h1", notebook.name, lang="ru"),
        e("ol", *items, class_="pages"),
    )


def _search_page() -> bytes:
    slips = (e("option", str(n), value=n, selected=n == 1) for n in range(3))
    options = e(
        "div",
        e("label", say("span", "slips"), " ", e("select", *slips, id="slips")),
        e("label", e("input", type="checkbox", id="rivals", checked=True), " ", say("span", "search_rivals")),
        class_="options",
    )
    return document(
        Frame("", "search"),
        "",
        ("site/find.js", "site/search.js"),
        say("h1", "search"),
        options,
        say("p", "search_hint", class_="quiet", id="hint"),
        e("p", id="count", role="status"),
        e("p", id="partly", role="status"),
        say("button", "search_whole", values={"mb": 0}, id="whole", type="button", hidden="hidden"),
        e("ol", id="results"),
        say("button", "more", id="more", type="button", hidden="hidden"),
        e("noscript", say("p", "no_script")),
    )


def _path(address: str) -> str:
    """The file of an address."""
    return unquote(address, errors="surrogateescape")
