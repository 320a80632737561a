"""One edition of a notebook in TEI: header once, the places of all leaves, its text run on across them.

Written page by page: places and text into files of their own while the pages are read, the header, which
tells of all of them, in front at the end. Ids of a page bear its number: p3_s1_r1_l2.
"""

import tempfile
from dataclasses import replace
from functools import partial
from shutil import copyfileobj
from typing import IO

from ocr.exports.edition_header import EditionHeader
from ocr.exports.edition_places import surfaces_of
from ocr.exports.edition_words import EditionWord, WordWriter, marked, tag
from ocr.exports.output import GroupOutput
from ocr.exports.pages import Group
from ocr.exports.reading import (
    ExportSettings,
    Layers,
    ReadingLine,
    ReadingPage,
    ReadingWord,
    ShownWords,
    is_doubtful,
    reading_pages,
)
from ocr.exports.tables import grid_of
from ocr.exports.wording import remark_of
from ocr.page import Kind
from ocr.tei.names import MODEL_HREF, TEI

_START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<?xml-model href="{MODEL_HREF}" type="application/xml" '
    'schematypens="http://relaxng.org/ns/structure/1.0"?>\n'
    f'<TEI xmlns="{TEI}" xml:lang="ru">\n'
)


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NOTEBOOK.tei.xml. RecordError when a page is no TEI."""
    counts, header = ShownWords(), EditionHeader(group.name)
    with tempfile.TemporaryFile() as places, tempfile.TemporaryFile() as text:
        writer = _Text(text, settings, header)
        has_places = False
        for number, page in enumerate(reading_pages(group, settings), 1):
            header.add(page.page)
            for surface in surfaces_of(page.page, number, settings, header.pointer):
                places.write(surface + b"\n")
                has_places = True
            counts.add_page(page)
            writer.put(page, number)
        writer.end()
        with out.open_file(f"{group.place}.tei.xml") as file:
            file.write(_START.encode() + header.xml(counts, settings).encode())
            if has_places:
                file.write(b"<facsimile>\n")
                _copy(places, file)
                file.write(b"</facsimile>\n")
            file.write(b"<text>\n<body>\n")
            _copy(text, file)
            file.write(b"</body>\n</text>\n</TEI>\n")
    out.remark = remark_of(counts, settings)


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    source.seek(0)
    copyfileobj(source, target)


class _Text:
    """Writes the body: paragraphs stay open from page to page until the next begins."""

    def __init__(self, file: IO[bytes], settings: ExportSettings, header: EditionHeader) -> None:
        self._file, self._header = file, header
        self._places = settings.layers is not Layers.TEXT
        self._words = WordWriter(settings.layers, in_both_spellings=settings.modern)
        self._open = ""
        """The element that is open: p, head, or none."""
        self._in_div = False
        self._half: EditionWord | None = None
        self._is_inside = False
        """The line before was the middle of a word and nothing else."""
        self._waiting: list[partial[str]] = []
        self._notes: list[str] = []
        self._leaves = 0

    def put(self, of_page: ReadingPage, number: int) -> None:
        """The text of the next page."""
        self._begin_div()
        prefix = f"p{number}"
        record = of_page.page.view
        surfaces = [surface.ident for surface in record.surfaces]
        if not surfaces:
            self._wait_for_leaf(None, number)
        for n, each in enumerate(of_page.lines, 1):
            leaf = each.line.surface
            if leaf in surfaces:
                while surfaces and leaf in surfaces:
                    self._wait_for_leaf(f"#{prefix}_{surfaces.pop(0)}", number)
            if each.line.cell is None:
                self._line(of_page, each, prefix, n)
            elif each.begins_paragraph:  # the whole table with its first line
                table = [other for other in of_page.lines if _is_in(other, each.line.cell.table)]
                self._table(of_page, table, prefix)
        for ident in surfaces:
            self._wait_for_leaf(f"#{prefix}_{ident}", number)

    def _table(self, of_page: ReadingPage, lines: list[ReadingLine], prefix: str) -> None:
        """A table between paragraphs; its leaf begins before it."""
        self._close_half()
        self._write("".join(self._notes) if self._open else "")
        self._notes = [] if self._open else self._notes
        self._close()
        self._write("".join(f"\n{wait(None)}" for wait in self._taken()) + "\n<table>")
        for row in grid_of(lines):
            self._write("\n<row>")
            for cell, own in row:
                spans = {name: str(n) for name, n in (("rows", cell.rows), ("cols", cell.columns)) if n > 1}
                self._write(
                    tag("cell", "".join(self._cell_line(of_page, each, prefix) for each in own), **spans)
                )
            self._write("</row>")
        self._write("\n</table>")

    def _cell_line(self, of_page: ReadingPage, each: ReadingLine, prefix: str) -> str:
        line = each.line
        facs = f"#{prefix}_{line.ident}" if line.outline is not None else None
        row = self._words.row([self._word(of_page, word, prefix, is_inserted=False) for word in each.words])
        row = marked("del", row) if line.kind is Kind.STRUCK else row
        return (
            _line_start(line.n or "1", facs, None if line.kind is Kind.TEXT else line.kind.value, None) + row
        )

    def end(self) -> None:
        """Nothing follows."""
        self._close_half()
        for note in self._notes:
            self._begin("p", [])
            self._write(note)
        if self._waiting:
            self._close()
            self._write("".join(f"\n{each(None)}" for each in self._waiting))
        self._close()
        if self._in_div:
            self._write("\n</div>\n")

    def _wait_for_leaf(self, facs: str | None, page: int) -> None:
        self._leaves += 1
        self._waiting.append(partial(_leaf, str(self._leaves), facs, None if facs else f"p{page}"))

    def _line(self, of_page: ReadingPage, each: ReadingLine, prefix: str, n: int) -> None:
        line = each.line
        facs = f"#{prefix}_{line.ident}" if line.outline is not None else None
        kind = None if line.kind is Kind.TEXT else line.kind.value
        start = partial(_line_start, line.n or str(n), facs, kind)
        words = [self._word(of_page, word, prefix, is_inserted=word.line is not line) for word in each.words]
        if line.kind is Kind.NUMBER:
            fw = tag("fw", self._words.row(words), type="pageNum")
            self._waiting.append(partial(_number, start, fw))
            return
        if line.kind is Kind.MARGIN:
            note = f'{start(None)}<add place="margin">{self._words.row(words)}</add>'
            self._notes.append(f"\n{note}")
            return
        if each.begins_paragraph or not self._open:
            self._close_half()
            self._write("".join(self._notes) if self._open else "")
            self._notes = [] if self._open else self._notes
            self._begin("head" if line.kind is Kind.HEADING else "p", self._taken())
        if each.goes_on and self._half is not None:
            breaks = "".join(wait("no") for wait in self._taken()) + start("no")
            second = words.pop(0)
            self._write(self._words.halves(self._half, breaks, second) + (" " if words else ""))
            self._half, self._is_inside = None, not words
        elif each.goes_on and self._is_inside:
            self._write("".join(wait("no") for wait in self._taken()) + start("no"))
            self._is_inside = False
        else:
            self._close_half()
            self._write("".join(f"\n{wait(None)}" for wait in self._taken()))
            self._write(f"\n{start(None)}")
            self._is_inside = False
        self._put_words(words, line.kind)

    def _put_words(self, words: list[EditionWord], kind: Kind) -> None:
        wrapper = {Kind.INSERTION: "add", Kind.STRUCK: "del"}.get(kind)
        if not words:
            return
        if wrapper is not None:
            self._write(marked(wrapper, self._words.row(words)))
            return
        *whole, last = words
        self._write(self._words.row(whole) + (" " if whole else ""))
        self._half = last

    def _word(
        self, of_page: ReadingPage, word: ReadingWord, prefix: str, *, is_inserted: bool
    ) -> EditionWord:
        number, token = int(prefix[1:]), word.token
        return EditionWord(
            replace(token, marks=word.marks) if is_inserted else token,
            is_doubtful(token, word.line, of_page.page.view),
            f"#{prefix}_{token.id}" if token.id is not None and self._places else None,
            self._header.pointer(number, token.by),
            self._header.pointer(number, word.line.by),
            f"#{prefix}_{word.line.ident}" if is_inserted else None,
        )

    def _taken(self) -> list[partial[str]]:
        taken, self._waiting = self._waiting, []
        return taken

    def _close_half(self) -> None:
        if self._half is not None:
            self._write(self._words.row([self._half]))
            self._half = None

    def _begin_div(self) -> None:
        if not self._in_div:
            self._write("<div>")
            self._in_div = True

    def _begin(self, name: str, breaks: list[partial[str]]) -> None:
        self._close()
        if name == "head":
            self._write("\n</div>\n<div>")
        self._write("".join(f"\n{each(None)}" for each in breaks) + f"\n<{name}>")
        self._open = name

    def _close(self) -> None:
        if self._open:
            self._write(f"</{self._open}>")
            self._open = ""

    def _write(self, text: str) -> None:
        self._file.write(text.encode())


def _is_in(each: ReadingLine, table: int) -> bool:
    return each.line.cell is not None and each.line.cell.table == table


def _leaf(n: str, facs: str | None, page: str | None, broken: str | None) -> str:
    return tag("pb", n=n, facs=facs, xml__id=page, break_=broken)


def _line_start(n: str, facs: str | None, kind: str | None, broken: str | None) -> str:
    return tag("lb", n=n, facs=facs, type=kind, break_=broken)


def _number(start: partial[str], fw: str, broken: str | None) -> str:
    return start(broken) + fw
