"""A notebook as one HTML file: text beside scan, tied line by line; opens from disk.

It asks nothing of any other place, which a content security policy sees to. Scans are inside as smaller
pictures, page after page.
"""

import tempfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from html import escape
from importlib.resources import files
from itertools import groupby
from shutil import copyfileobj

from ocr.corrections.letters import Part
from ocr.corrections.tokens import Token
from ocr.errors import ScanError
from ocr.exports.modern import modern
from ocr.exports.output import GroupOutput
from ocr.exports.pages import ExportPage, Group
from ocr.exports.reading import (
    ExportSettings,
    ReadingLine,
    ReadingPage,
    ShownWords,
    is_doubtful,
    reading_pages,
)
from ocr.exports.tables import grid_of
from ocr.exports.wording import LEGEND, remark_of, summary
from ocr.geometry import Box, Outline
from ocr.page import Cell, Kind
from ocr.scan.strips_for_people import cut
from ocr.text import bare_word

_LONG_SIDE_PX = 1500
"""Of a scan in the file: writing stays legible at twice its size on the screen."""
_QUALITY = 55
_TAGS = {
    "del": ("<del>", "</del>"),
    "add": ('<ins class="add">‹', "›</ins>"),
    "supplied": ('<span class="supplied">[', "]</span>"),
    "unclear": ('<span class="q kept">', "</span>"),
    "foreign": ("<i>", "</i>"),
    "hi": ("<u>", "</u>"),
    "superscript": ("<sup>", "</sup>"),
}
_GAP = '<span class="gap">[…]</span>'


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NOTEBOOK.html. RecordError when a page is no TEI; a page whose scan is not there has none."""
    counts, used, contents, missing = ShownWords(), set[str](), list[str](), list[str]()
    with tempfile.TemporaryFile() as body:
        for number, of_page in enumerate(reading_pages(group, settings), 1):
            page = of_page.page
            counts.add_page(of_page)
            name = page.name
            contents.append(f'<a href="#p{number}">{number}. {escape(name)}</a>')
            has_scan = True
            try:
                scan = _scan(page, of_page, number)
            except ScanError as error:
                has_scan = False
                missing.append(f"{name}: {error}")
                scan = _both("p", "Скана нет.", "The scan is not here.", "none")
            text = "".join(_text(of_page, number, settings, used, has_scan=has_scan))
            heading = f'<h2><a href="#p{number}">{number}. {escape(name)}</a></h2>'
            pair = f'<div class="scan">{scan}</div><div class="text" lang="ru">{text}</div>'
            section = f'{heading}<div class="pair">{pair}</div>'
            body.write(f'<section class="page" id="p{number}">{section}</section>\n'.encode())
        with out.open_file(f"{group.place}.html") as file:
            file.write(_head(group.name, contents, used, summary(counts, settings)).encode())
            body.seek(0)
            copyfileobj(body, file)
            file.write(f"</main><script>{_static('reading.js')}</script></body></html>\n".encode())
    out.is_partial = bool(missing)  # they may be there the next time
    lacking = f"{len(missing)} page(s) without a picture. {missing[0]}" if missing else ""
    out.remark = " ".join(filter(None, (remark_of(counts, settings), lacking)))


def _static(name: str) -> str:
    return files("ocr.exports").joinpath("static", name).read_text("utf-8")


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _both(name: str, russian: str, english: str, kind: str = "") -> str:
    """An element in both languages; the style shows one of them."""
    return "".join(
        f'<{name} class="{f"{lang} {kind}".strip()}" lang="{lang}">{text}</{name}>'
        for lang, text in (("ru", russian), ("en", english))
    )


def _head(name: str, contents: Sequence[str], used: set[str], counted: tuple[str, str]) -> str:
    style, script = _static("reading.css"), _static("reading.js")
    policy = (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    )

    def button(setting: str, label: str, value: str = "") -> str:
        start = f'<button type="button" data-set="{setting}" value="{value}" aria-pressed="false">'
        return f"{start}{label}</button>"

    buttons = (
        button("lines", _both("span", "По строкам", "By lines")),
        button("doubt", _both("span", "Сомнения", "Doubt")),
        button("zoom", _both("span", "Крупнее", "Zoom")),
        button("ui", "РУ", "ru") + button("ui", "EN", "en"),
    )
    summary_of_pages = f"<summary>{_both('span', 'Страницы', 'Pages')}</summary>"
    pages = f'<details class="pages">{summary_of_pages}<nav>{"".join(contents)}</nav></details>'
    rows = "".join(f"<li>{sample}: {_both('span', *LEGEND[key])}</li>" for key, sample in _samples(used))
    russian, english = (
        f"{about} {how}"
        for about, how in (
            (counted[1], "Нажмите на строку: её место видно на скане; и наоборот."),
            (counted[0], "Click on a line to see its place on the scan, or the other way round."),
        )
    )
    about = _both("p", escape(russian), escape(english))
    return (
        '<!DOCTYPE html>\n<html lang="ru" data-ui="ru" data-lines="on" data-doubt="on" data-zoom="off"><head>'
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="generator" content="tetradi"><title>{escape(name)}</title><style>{style}</style></head>'
        f'<body>\n<header class="bar"><h1>{escape(name)}</h1>{"".join(buttons)}{pages}'
        f'</header>\n<main><div class="about">{about}<ul>{rows}</ul></div>\n'
    )


def _samples(used: set[str]) -> Iterator[tuple[str, str]]:
    for key in LEGEND:
        if key in used and key in _TAGS:
            start, end = _TAGS[key]
            yield key, f"<span>{start}слово{end}</span>"
        elif key in used:
            own = {
                "gap": _GAP,
                "doubtful": '<span class="q">слово</span>',
                "expan": '<abbr title="товарищ">т.</abbr>',
            }
            yield key, f"<span>{own[key]}</span>"


def _scan(page: ExportPage, of_page: ReadingPage, number: int) -> str:
    """The picture of a page with the places of its lines. ScanError when it is not there."""
    pixels = page.scan().load().pixels
    height, width = pixels.shape[:2]
    least = 2 * _LONG_SIDE_PX if height >= width else round(1.4 * _LONG_SIDE_PX)
    (jpeg,) = cut(pixels, [Box(0, 0, width, height)], width_px=least, quality=_QUALITY)
    places = "".join(
        _place(f"p{number}-{escape(part.line.ident)}", part.line.outline)
        for each in of_page.lines
        for part in each.parts
        if part.line.outline is not None
    )
    name = escape(page.name)
    picture = f'href="data:image/jpeg;base64,{b64encode(jpeg).decode()}"'
    return (
        f'<svg viewBox="0 0 {width} {height}" role="group" aria-label="{name}">'
        f'<image width="{width}" height="{height}" {picture}/>{places}</svg>'
    )


def _place(ident: str, outline: Outline) -> str:
    points = " ".join(f"{round(x)},{round(y)}" for x, y in outline.points)
    return f'<a href="#{ident}" tabindex="-1"><polygon id="z-{ident}" points="{points}"/></a>'


def _text(
    of_page: ReadingPage, number: int, settings: ExportSettings, used: set[str], *, has_scan: bool
) -> Iterator[str]:
    """Paragraphs; one that runs on from the page before goes on without an indent."""
    lines = list(enumerate(of_page.lines))
    count = 0

    def paragraph_of(item: tuple[int, ReadingLine]) -> tuple[int, Kind]:
        nonlocal count
        aside = {Kind.NUMBER, Kind.MARGIN, Kind.HEADING}
        kind = item[1].line.kind if item[1].line.kind in aside else Kind.TEXT
        count += item[1].begins_paragraph
        return count, kind

    if not lines:
        yield _both("p", "Текста нет.", "No text.", "none")
    for (_, kind), rows in groupby(lines, paragraph_of):
        of_paragraph = list(rows)
        if of_paragraph[0][1].line.cell is not None:
            at_line = {each.line.ident: at for at, each in of_paragraph}
            show = partial(_line, of_page, number=number, settings=settings, used=used, has_scan=has_scan)
            grid = grid_of([each for _, each in of_paragraph])
            yield _table(
                [[(c, "".join(show(at_line[e.line.ident]) for e in own)) for c, own in row] for row in grid]
            )
            continue
        first = "first " if of_paragraph[0][1].begins_paragraph and kind is Kind.TEXT else ""
        content = "".join(
            _line(of_page, at, number, settings, used, has_scan=has_scan) for at, _ in of_paragraph
        )
        yield f'<p class="{first}{kind.value}">{content}</p>\n'


def _table(rows: list[list[tuple[Cell, str]]]) -> str:
    spans = (("rowspan", "rows"), ("colspan", "columns"))
    shown = ""
    for row in rows:
        shown += "<tr>"
        for cell, content in row:
            wide = "".join(f' {name}="{n}"' for name, of in spans if (n := getattr(cell, of)) > 1)
            shown += f"<td{wide}>{content}</td>"
        shown += "</tr>\n"
    return f'<table class="cells">{shown}</table>\n'


def _line(
    of_page: ReadingPage, at: int, number: int, settings: ExportSettings, used: set[str], *, has_scan: bool
) -> str:
    each = of_page.lines[at]
    following = of_page.lines[at + 1] if at + 1 < len(of_page.lines) else None
    before = of_page.lines[at - 1] if at else None
    tokens = list(each.tokens)
    if settings.modern:
        tokens = [_modern(token) for token in tokens]
        if following is not None and following.goes_on:
            tokens[-1] = _half(each.tokens[-1], following.tokens[0], first=True)
        if each.goes_on and before is not None:
            tokens[0] = _half(before.tokens[-1], each.tokens[0], first=False)
    words = [_word(token, of_page, each, used) for token in tokens]
    goes_on = following is not None and following.goes_on and bool(tokens[-1].text)
    if goes_on:
        hyphen = escape(tokens[-1].text[-1])
        head, _, tail = words[-1].rpartition(hyphen)
        words[-1] = f'{head}<span class="hy">{hyphen}</span>{tail}'
    for place, insertion in reversed(each.inserted):
        words[place:place] = [_insertion(insertion, of_page, number, settings, used)]
    content = " ".join(words)
    if each.line.kind is Kind.STRUCK:
        used.add("del")
        content = f"<del>{content}</del>"
    if each.line.kind is Kind.INSERTION:
        used.add("add")
        content = f'<ins class="add">‹{content}›</ins>'
    ident = f"p{number}-{escape(each.line.ident)}"
    n = escape(each.line.n or str(at + 1))
    link = f'<a class="n" href="#z-{ident}">{n}</a>'
    if each.line.outline is None or not has_scan:
        link = f'<span class="n">{n}</span>'
    kind = each.line.kind.value + " goes-on" * each.goes_on
    return f'<span class="line {kind}" id="{ident}">{link}{content}</span>{"" if goes_on else " "}'


def _insertion(
    each: ReadingLine, of_page: ReadingPage, number: int, settings: ExportSettings, used: set[str]
) -> str:
    """What was put in above a line, in its place in it."""
    used.add("add")
    tokens = map(_modern, each.tokens) if settings.modern else each.tokens
    content = " ".join(_word(token, of_page, each, used) for token in tokens)
    ident = f"p{number}-{escape(each.line.ident)}"
    return f'<ins class="add above" id="{ident}">‹{content}›</ins>'


def _word(token: Token, of_page: ReadingPage, each: ReadingLine, used: set[str]) -> str:
    if token.gap is not None:
        used.add("gap")
        return _GAP
    shown = ""
    for part in token.parts or (Part(token.text),):
        shown += _marked(escape(part.text), [mark for mark in part.marks if mark not in token.marks], used)
    if token.expan:
        used.add("expan")
        shown = f'<abbr title="{escape(token.expan)}">{shown}</abbr>'
    if is_doubtful(token, each.line, of_page.page.view) and token.cert is not None:
        used.add("doubtful")
        others = ", ".join(rival.text for rival in token.rivals[:4])
        hint = f"{100 * token.cert:.0f} %" + (f": {others}" if others else "")
        shown = f'<span class="q" title="{escape(hint)}">{shown}</span>'
    return _marked(shown, token.marks, used)


def _marked(content: str, marks: Sequence[str], used: set[str]) -> str:
    for mark in reversed(marks):
        if mark in _TAGS:
            used.add("doubtful" if mark == "unclear" else mark)
            start, end = _TAGS[mark]
            content = f"{start}{content}{end}"
    return content


def _modern(token: Token) -> Token:
    """The token in new spelling, unless letters of it are marked."""
    return token if token.parts or token.gap is not None else replace(token, text=modern(token.text))


def _half(first_token: Token, second_token: Token, *, first: bool) -> Token:
    """A half of a word in new spelling, as the whole word has it."""
    token = first_token if first else second_token
    if first_token.parts or second_token.parts or not first_token.text or not second_token.text:
        return token
    begin, end = first_token.text[:-1], second_token.text
    core = len(begin) if bare_word(begin)[1] else 0
    whole = modern(begin + end)
    return replace(token, text=whole[:core] + first_token.text[-1] if first else whole[core:])
