"""A folder of static pages to read and to search: an index, and one HTML file for each notebook.

It opens from disk, so nothing is fetched: the index of words lies in scripts, one for each two first letters,
which the page of the index loads when they are asked for. Words are folded: case, ё, letters of the old
spelling, ъ at the end.
"""

import json
import tempfile
from html import escape
from itertools import groupby
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from urllib.parse import quote

from ocr.exports import web_page
from ocr.exports.output import GroupOutput
from ocr.exports.pages import ExportPage, Group
from ocr.exports.reading import ExportSettings, reading_pages
from ocr.exports.web_page import both, static

_SAME = str.maketrans("ёѣіїѵѳ", "ееиииф")
_INDEX = "search"
"""The folder of the index of words."""


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """index.html, NOTEBOOK.html for each notebook, and the index of words. RecordError when a page is no
    TEI; a page whose scan is not there has none."""
    notebooks = [
        Group(parent if parent.name else PurePosixPath("notebook"), tuple(records), group.shelf)
        for parent, records in groupby(group.records, lambda record: record[1].parent)
    ]
    rows, remarks = list[str](), list[str]()
    with tempfile.TemporaryDirectory() as folder:
        for number, notebook in enumerate(notebooks):
            web_page.write(notebook, settings, out)
            remarks += filter(None, [out.remark])
            pages = _indexed(notebook, number, settings, Path(folder))
            address = quote(f"{notebook.place}.html")
            count = both("span", f"страниц: {pages}", f"pages: {pages}", "count")
            rows.append(f'<li><a href="{address}">{escape(str(notebook.place))}</a> {count}</li>')
        for part in sorted(Path(folder).iterdir()):
            with out.open_file(f"{_INDEX}/{part.name}.js") as file, part.open("rb") as words:
                file.write(f'found("{part.name}", [\n'.encode())
                copyfileobj(words, file)
                file.write(b"]);\n")
    names = [quote(f"{notebook.place}.html") for notebook in notebooks]
    out.put_file("index.html", _index(rows, names).encode())
    out.remark = " ".join(remarks[:1])


def folded(word: str) -> str:
    """A word as it is looked for: letters and digits, folded."""
    low = "".join(c for c in word.casefold() if c.isalnum()).translate(_SAME)
    return low.rstrip("ъ") or low


def key_of(word: str) -> str:
    """The name of the part of the index that a folded word is in: its first two letters, by their numbers."""
    return "-".join(f"{ord(letter):x}" for letter in word[:2])


def _indexed(notebook: Group, number: int, settings: ExportSettings, folder: Path) -> int:
    """Adds the words of a notebook to the parts of the index, a page at a time; how many pages it has."""
    pages = 0
    for pages, of_page in enumerate(reading_pages(notebook, settings), 1):
        parts: dict[str, list[str]] = {}
        for line in of_page.lines:
            text = " ".join(token.text or "[…]" for token in line.tokens)
            at = [number, pages, _name(of_page.page), line.line.ident, text]
            for word in {folded(token.text) for token in line.tokens} - {""}:
                row = json.dumps([word, *at], ensure_ascii=False)
                parts.setdefault(key_of(word), []).append(f"{row},\n")
        for key, rows in parts.items():
            with (folder / key).open("ab") as file:
                file.write("".join(rows).encode("utf-8", "replace"))
    return pages


def _name(page: ExportPage) -> str:
    return page.view.name or page.place.name


def _index(rows: list[str], names: list[str]) -> str:
    data = json.dumps(names, ensure_ascii=True).replace("<", "\\u003c")
    return (
        '<!DOCTYPE html>\n<html lang="ru" data-ui="ru"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="generator" '
        f'content="tetradi"><title>tetradi</title><style>{static("reading.css")}{static("site.css")}</style></head>'
        f'<body><header class="bar"><h1>{both("span", "Тетради", "Notebooks")}</h1>'
        '<button type="button" data-ui-set="ru">РУ</button><button type="button" data-ui-set="en">EN</button>'
        '</header><main class="site"><form role="search"><label for="query">'
        f"{both('span', *_HOW)}</label>"
        '<input id="query" type="search" autocomplete="off" spellcheck="false"></form>'
        '<p id="count" role="status"></p><ol id="results"></ol>'
        f'<ul class="notebooks">{"".join(rows)}</ul></main>'
        f"<script>const NOTEBOOKS = {data};\n{static('site.js')}</script></body></html>\n"
    )


_HOW = (
    "Искать слова (все в одной строке; начало слова со звёздочкой: хлеб*)",
    "Search for words (all in one line; the beginning of a word with an asterisk: хлеб*)",
)
