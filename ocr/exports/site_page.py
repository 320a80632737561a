"""A page of the site: the scan beside the text, every line and word with its place, doubt as a shade."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from lxml import etree

from ocr.corrections.letters import Part
from ocr.corrections.tokens import Token
from ocr.corrections.view import LineView, RecordView
from ocr.errors import RecordError
from ocr.exports.layout import layout_of
from ocr.exports.modern import modern
from ocr.exports.pages import ExportPage
from ocr.exports.reading import ExportSettings, is_persons, people_of, reading_lines
from ocr.exports.site_html import Frame, add, document, e, labelled, say, wording
from ocr.geometry import Box, Point
from ocr.page import Kind
from ocr.tei.names import STATES

LIKELY, SURE = 0.9, 0.98
"""Confidence from which on a word is called likely and sure, as the desk has it."""
_ELEMENTS = {"del": "del", "add": "ins", "superscript": "sup", "abbr": "abbr", "hi": "u", "foreign": "i"}
GAP = "[…]"


@dataclass(frozen=True, slots=True)
class SiteWord:
    """A word as it is shown. Its place in pixels of the scan; None when the record has none."""

    token: Token
    box: Box | None
    doubt: str
    """person, sure, likely, unsure, doubtful or none (nobody knows)."""
    is_struck: bool

    @property
    def text(self) -> str:
        """What is shown of it, without white space."""
        return GAP if self.token.gap else "".join(self.token.text.split())


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A line as it is shown."""

    line: LineView
    words: tuple[SiteWord, ...]
    outline: tuple[Point, ...]

    @property
    def box(self) -> Box | None:
        """Where it lies."""
        return Box.around(self.outline) if self.outline else None


@dataclass(frozen=True, slots=True)
class SitePicture:
    """The reduced scan of a page, and a small one; names below the site."""

    name: str
    small: str


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page of the site."""

    record: RecordView
    title: str
    notebook: str
    address: str
    """Below the site, as a link has it."""
    list_address: str
    """Of the list of its notebook."""
    width: int
    height: int
    """Of the scan; 0 when nothing tells places."""
    lines: tuple[SiteLine, ...]
    picture: SitePicture | None = None

    @property
    def up(self) -> str:
        """The way from it to the first page."""
        return "../" * self.address.count("/")


def lines_of(page: ExportPage, settings: ExportSettings) -> tuple[int, int, tuple[SiteLine, ...]]:
    """Width and height of the scan, and the lines of a page. RecordError when it is no TEI."""
    record, people = page.view, people_of(page)
    shown = {each.line.ident: each.tokens for each in reading_lines(page, settings)}

    def site_line(line: LineView, boxes: list[Box], outline: tuple[Point, ...]) -> SiteLine:
        words = _words(record, line, shown[line.ident], boxes, people) if line.tokens else ()
        return SiteLine(
            line, tuple(_spelt(word) for word in words) if settings.modern else tuple(words), outline
        )

    def is_wanted(line: LineView) -> bool:
        return line.ident in shown or not line.tokens  # what is in another ink is left out by choice

    try:
        layout = layout_of(page)
    except RecordError:  # a text without places is a text
        return 0, 0, tuple(site_line(line, [], ()) for line in record.lines if is_wanted(line))
    lines = (
        site_line(each.line, [word.box for word in each.words], each.outline.points)
        for region in layout.regions
        for each in region.lines
        if is_wanted(each.line)
    )
    return layout.width, layout.height, tuple(lines)


def _words(
    record: RecordView, line: LineView, shown: tuple[Token, ...], boxes: list[Box], people: frozenset[str]
) -> Iterator[SiteWord]:
    places = iter(boxes)
    for token, original in zip(shown, line.tokens, strict=True):
        box = next(places, None) if original.text else original.box
        struck = line.kind is Kind.STRUCK or "del" in original.marks
        doubt = _doubt(original, record, is_persons=is_persons(original, line, people))
        yield SiteWord(token, box, doubt, struck)


def _spelt(word: SiteWord) -> SiteWord:
    """The word in new spelling; one whose letters are marked apart stays as it is."""
    if word.token.gap or word.token.parts:
        return word
    return replace(word, token=replace(word.token, text=modern(word.token.text)))


def _doubt(token: Token, record: RecordView, *, is_persons: bool) -> str:
    if is_persons:
        return "person"
    if token.cert is None:
        return "none"
    if token.cert < record.threshold:
        return "doubtful"
    return "unsure" if token.cert < LIKELY else "likely" if token.cert < SURE else "sure"


def page_html(page: SitePage, before: SitePage | None, after: SitePage | None) -> bytes:
    """The file of a page; `before` and `after` are its neighbours in the notebook."""
    up = page.up
    head = e(
        "div",
        e("p", e("a", page.notebook, href=f"{up}{page.list_address}"), class_="crumbs"),
        e("h1", page.title),
        e(
            "nav",
            _turn("previous_page", "prev", "←", before, up),
            _turn("next_page", "next", "→", after, up),
            class_="turn",
            **labelled("pages"),
        ),
        class_="head",
    )
    return document(
        Frame(up, "page"),
        f"{page.title} – {page.notebook}",
        ("site/page.js",),
        head,
        e("div", _scan(page), _text(page), class_="both"),
        _facts(page),
    )


def _turn(key: str, rel: str, arrow: str, other: SitePage | None, up: str) -> etree._Element | None:
    if other is None:
        return None
    link = e("a", href=f"{up}{other.address}", rel=rel, class_="tool", title=other.title, **labelled(key))
    words = say("span", key, class_="wide")
    add(link, *((arrow, " ", words) if rel == "prev" else (words, " ", arrow)))
    return link


def _scan(page: SitePage) -> etree._Element:
    if page.picture is None:
        return e("div", say("p", "no_scan"), class_="scan no-scan")
    tools = e(
        "div",
        *(
            e("button", sign, type="button", class_="tool", data_zoom=how, **labelled(f"zoom_{how}"))
            for how, sign in (("in", "+"), ("out", "−"), ("home", "⤢"))
        ),
        class_="scan-tools",
    )
    picture = e("img", src=f"{page.up}{page.picture.name}", alt=wording("image"), data_t_alt="image")
    if page.width:
        picture.set("width", str(page.width))
        picture.set("height", str(page.height))
    sheet = e(
        "div",
        e("div", picture, class_="canvas"),
        class_="sheet",
        tabindex=0,
        role="group",
        **labelled("image"),
    )
    return e(
        "div", tools, sheet, class_="scan", data_width=page.width or None, data_height=page.height or None
    )


def _text(page: SitePage) -> etree._Element:
    lines = e("ol", class_="lines", lang="ru")
    leaf = page.lines[0].line.surface if page.lines else None
    for number, line in enumerate(page.lines, 1):
        begins = line.line.surface != leaf
        leaf = line.line.surface
        lines.append(_line(line, number, begins_leaf=begins))
    choice = e(
        "select",
        *(say("option", f"doubt_{how}", value=how) for how in ("shade", "numbers", "none")),
        id="doubt",
    )
    return e(
        "section",
        e("div", e("label", say("span", "doubt"), " ", choice), class_="text-tools"),
        None if page.lines else say("p", "no_lines", class_="quiet"),
        lines,
        e("div", say("p", "about_hint", class_="quiet"), class_="about", id="about", aria_live="polite"),
        class_="text",
        **labelled("text"),
    )


def _line(line: SiteLine, number: int, *, begins_leaf: bool) -> etree._Element:
    view = line.line
    classes = f"line kind-{view.kind.value} is-{view.state}" + (" new-leaf" if begins_leaf else "")
    row = e("li", class_=classes, id=f"l{number}", data_p=_points(line.outline), data_s=view.state)
    add(
        row,
        e(
            "a",
            str(number),
            href=f"#l{number}",
            class_="n",
            **{
                "aria_label": wording("line", {"n": number}),
                "data_t_label": "line",
                "data_v": f'{{"n": {number}}}',
            },
        ),
        " ",
    )
    words = e("span", class_="words")
    for at, word in enumerate(line.words):
        add(words, " " if at else None, _word(word, f"w{number}.{at}"))
    if not line.words:
        add(words, say("span", f"silence_{view.silence or 'blank'}", class_="quiet silence"))
    add(row, words)
    if view.state != STATES[0]:
        add(row, " ", say("span", f"state_{view.state}", class_="state"))
    return row


def _word(word: SiteWord, ident: str) -> etree._Element:
    token = word.token
    cert = None if token.cert is None or word.doubt == "person" else math.floor(token.cert * 100)
    rivals = [
        f"{rival.text}\t{'' if rival.cert is None else math.floor(rival.cert * 100)}"
        for rival in token.rivals[:5]
    ]
    element = e(
        "span",
        class_=f"w t-{word.doubt}" + (" gap" if token.gap else ""),
        id=ident,
        data_p=_box(word.box),
        data_c=cert,
        data_r="\n".join(rivals) or None,
        data_g=token.gap.reason if token.gap else None,
        data_m=" ".join(sorted({*token.marks, *(mark for part in token.parts for mark in part.marks)}))
        or None,
        data_x=token.expan,
    )
    if token.gap:
        add(element, GAP)
        return element
    parts = token.parts or (Part(token.text, token.marks),)
    for part in parts:
        marks = part.marks
        if word.is_struck and "del" not in marks:
            marks = ("del", *marks)
        inner: etree._Element | str = part.text
        for mark in reversed(marks):
            inner = e(_ELEMENTS.get(mark, "span"), inner, class_=f"m-{mark}")
            if mark == "abbr" and token.expan:
                inner.set("title", token.expan)
        add(element, inner)
    return element


def _facts(page: SitePage) -> etree._Element:
    """Who read and corrected, how far they came, what the shades mean, what is not read."""
    record = page.record
    readers = list(dict.fromkeys(record.people.get(line.by, line.by) for line in record.lines if line.by))
    done = sum(line.state != STATES[0] for line in record.lines)
    facts = e("dl")

    def fact(key: str, *content: etree._Element | str) -> None:
        add(facts, e("div", say("dt", key), e("dd", *content)))

    fact(
        "page_state",
        say("span", f"state_{record.state}"),
        "; ",
        say("span", "lines_done", values={"done": done, "n": len(record.lines)}),
    )
    if readers:
        fact("read_by", "; ".join(readers))
    for change in record.changes[:20]:
        if change.status in STATES[1:]:
            who = record.people.get(change.who, change.who)
            fact(f"{change.status}_by", f"{who}, {change.when}" if change.when else who)
    if record.scan.file:
        sheet = f" ({record.scan.sheet})" if record.scan.sheet > 1 else ""
        fact("image", f"{record.scan.file}{sheet}")
    if record.unread:
        fact("unread_places", str(len(record.unread)))
    legend = e("ul", class_="legend")
    for doubt in ("sure", "likely", "unsure", "doubtful", "person"):
        sample = e("span", wording("sample"), class_=f"w t-{doubt}", data_t="sample")
        least = {"sure": SURE, "likely": LIKELY, "unsure": record.threshold}.get(doubt)
        values = None if least is None else {"from": math.floor(100 * least)}
        add(legend, e("li", sample, " ", say("span", f"legend_{doubt}", values=values)))
    places = e(
        "ul",
        *(e("li", data_p=_points(place.outline.points)) for place in record.unread),
        id="unread",
        hidden=True,
    )
    return e(
        "section", e("h2", wording("about_page"), data_t="about_page"), facts, legend, places, class_="facts"
    )


def _points(points: tuple[Point, ...]) -> str | None:
    return " ".join(f"{round(point.x)},{round(point.y)}" for point in points) or None


def _box(box: Box | None) -> str | None:
    if box is None:
        return None
    return f"{round(box.left)} {round(box.top)} {max(round(box.width), 1)} {max(round(box.height), 1)}"


def href(*parts: str) -> str:
    """A place below the site as links have it."""
    return "/".join(quote(part.encode("utf-8", "surrogateescape"), safe="") for part in parts)
