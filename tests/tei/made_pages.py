"""Pages made by hypothesis, in the form in which TEI gives them back."""

from dataclasses import replace

from hypothesis import strategies as st

from ocr.geometry import Box, Outline, Point
from ocr.page import (
    Cell,
    Hand,
    InkAccount,
    Kind,
    Line,
    MarkKind,
    Page,
    Reading,
    Region,
    Rival,
    RuleKind,
    Ruling,
    Skew,
    Source,
    Step,
    Surface,
    Unread,
    Word,
    WordMark,
    beside,
)
from ocr.tei.words import clean

WIDTH, HEIGHT = 1000, 1800
HASH = "ab" * 32

letters = st.text(
    st.sampled_from("абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВѣіѳѵXIVabc019№§"), min_size=1, max_size=8
)
marks = st.sampled_from(["", "", "", "«", "(", "."])
ends = st.sampled_from(["", "", "", ",", ".", "»,", "...", "-", "=", "?!"])
tokens = st.one_of(
    st.builds(lambda a, b, c: a + b + c, marks, letters, ends),
    st.sampled_from(["—", "об'явление", "т.т.", "ВКП(б)", "...", "рево-", "«", "и\u0306", "<&>\"'"]),
    st.text(min_size=1, max_size=5),
).map(clean).filter(lambda t: bool(t) and not any(c.isspace() for c in t))  # fmt: skip
certainties = st.none() | st.integers(0, 10000).map(lambda n: n / 10000)
sentences = st.sampled_from(["", "took longer than 60 s", "код 1: <ошибка> & всё"])


@st.composite
def words(draw: st.DrawFn, left: int, top: int) -> Word:
    box = draw(st.none() | st.just(Box(left, top, left + 60, top + 30)))
    if draw(st.integers(0, 12)) == 0:
        return Word("", box, draw(certainties))
    rival = st.builds(Rival, tokens, st.integers(0, 10000).map(lambda n: n / 10000))
    sure = draw(certainties)
    rivals = beside(sure, draw(st.lists(rival, max_size=2))) if draw(st.integers(0, 4)) == 0 else ()
    text = draw(tokens)
    return Word(text, box, sure, (), rivals, draw(word_marks(text)))


@st.composite
def word_marks(draw: st.DrawFn, text: str) -> tuple[WordMark, ...]:
    """What the machine marks of a word, now and then: the whole of it struck out, its last letters raised."""
    chosen = []
    sure = st.integers(9500, 10000).map(lambda n: n / 10000)
    if draw(st.integers(0, 5)) == 0:
        chosen.append(WordMark(MarkKind.STRUCK, 0, len(text), draw(sure)))
    if text.isalnum() and len(text) > 1 and draw(st.integers(0, 5)) == 0:
        start = draw(st.integers(1, len(text) - 1))
        chosen.append(WordMark(MarkKind.RAISED, start, len(text), draw(sure)))
    return tuple(chosen)


@st.composite
def readings(draw: st.DrawFn, by: str, top: int) -> Reading:
    count = draw(st.integers(0, 4))
    held = tuple(draw(words(50 + 80 * i, top)) for i in range(count))
    failure = draw(sentences) if draw(st.integers(0, 5)) == 0 else None
    return Reading(by, held, draw(certainties), failure)


@st.composite
def lines(draw: st.DrawFn, top: int) -> Line:
    outline = Box(40, top, 600, top + 35).outline()
    baseline = draw(st.sampled_from([(), (Point(40, top + 28.5), Point(600, top + 29))]))
    count = draw(st.sampled_from([0, 1, 1, 1, 1, 2, 3]))
    held = tuple(draw(readings(["tesseract", "cursive", "tesseract"][i], top)) for i in range(count))
    kind = draw(st.sampled_from([Kind.TEXT, Kind.TEXT, Kind.TEXT, *Kind]))
    if kind is Kind.STRUCK and held:  # its words are struck out together
        held = (*held[:-1], replace(held[-1], words=tuple(_not_struck(word) for word in held[-1].words)))
    doubt = draw(st.sampled_from([None, None, 0.0, 0.4275]))
    return Line(outline, baseline, kind, held, border_confidence=doubt)


def _not_struck(word: Word) -> Word:
    return replace(word, marks=tuple(mark for mark in word.marks if mark.kind is not MarkKind.STRUCK))


@st.composite
def surfaces(draw: st.DrawFn, left: int = 0) -> Surface:
    regions = []
    for r in range(draw(st.integers(0, 3))):
        held = tuple(draw(lines(r * 600 + 40 * n)) for n in range(draw(st.integers(0, 4))))
        regions.append(
            Region(
                Box(30, r * 600, 700, r * 600 + 590).outline(),
                held,
                draw(st.sampled_from(Kind)),
                draw(st.sampled_from((None, *(hand.ident for hand in HANDS)))),
            )
        )
    if regions and draw(st.integers(0, 2)) == 0:
        regions = draw(in_cells(regions))
    angles, shares = st.integers(-99, 99).map(lambda n: n / 10), st.integers(0, 100).map(lambda n: n / 100)
    skew = draw(st.none() | st.builds(Skew, angles, shares, st.booleans(), sentences))
    bright = st.integers(0, 255)
    colours = st.none() | st.tuples(bright, bright, bright)
    pitches = st.none() | st.integers(50, 2000).map(lambda n: n / 10)
    ruling = draw(
        st.none()
        | st.builds(Ruling, st.sampled_from(RuleKind), angles, shares, pitches, colours, st.integers(0, 3))
    )
    reasons = st.sampled_from(["looks like writing; no line was found here", "", "reads as <no> letters"])
    corner = st.integers(0, 800)
    places = st.builds(
        lambda x, y, why: Unread(Box(x, y, x + 90, y + 30).outline(), why), corner, corner, reasons
    )
    counts = st.builds(InkAccount, st.integers(0, 10**7), st.integers(0, 10**6), st.booleans())
    surface = Surface(
        Box(0, 0, WIDTH, HEIGHT),
        tuple(regions),
        skew,
        draw(sentences),
        ruling,
        tuple(draw(st.lists(places, max_size=2))),
        draw(st.none() | counts),
    )
    return shifted(surface, left)


@st.composite
def in_cells(draw: st.DrawFn, regions: list[Region]) -> list[Region]:
    """The regions, the last of them cells of a table, in order; one may cover what stands free behind it."""
    at = draw(st.integers(0, len(regions) - 1))
    count = len(regions) - at
    place = st.tuples(st.integers(0, 2), st.integers(0, 2))
    places = sorted(draw(st.lists(place, min_size=count, max_size=count, unique=True)))
    cells = [Cell(1, row, column) for row, column in places]
    if draw(st.booleans()):
        cells[-1] = replace(cells[-1], columns=2)
    rows = {cell.row for cell in cells}
    if len(rows) == 1 and len(cells) > 1 and draw(st.booleans()):
        cells[0] = replace(cells[0], rows=2)
    return [*regions[:at], *(replace(r, cell=cell) for r, cell in zip(regions[at:], cells, strict=True))]


def numbered(surfaces: tuple[Surface, ...]) -> tuple[Surface, ...]:
    """The surfaces, their tables counted through."""
    counted, count = [], 0
    for surface in surfaces:
        has_table = any(region.cell for region in surface.regions)
        count += has_table
        regions = (replace(r, cell=replace(r.cell, table=count)) if r.cell else r for r in surface.regions)
        counted.append(replace(surface, regions=tuple(regions)))
    return tuple(counted)


def shifted(surface: Surface, left: int) -> Surface:
    """The same surface further to the right."""

    def box(b: Box) -> Box:
        return Box(b.left + left, b.top, b.right + left, b.bottom)

    def points(held: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple(Point(p.x + left, p.y) for p in held)

    def word(w: Word) -> Word:
        return replace(w, box=None if w.box is None else box(w.box))

    def reading(r: Reading) -> Reading:
        return replace(r, words=tuple(word(w) for w in r.words))

    def line(n: Line) -> Line:
        return replace(n, outline=Outline(points(n.outline.points)), baseline=points(n.baseline),
                       readings=tuple(reading(r) for r in n.readings))  # fmt: skip

    regions = tuple(
        replace(r, outline=Outline(points(r.outline.points)), lines=tuple(line(n) for n in r.lines))
        for r in surface.regions
    )
    unread = tuple(replace(p, outline=Outline(points(p.outline.points))) for p in surface.unread)
    return replace(surface, box=box(surface.box), regions=regions, unread=unread)


HANDS = (Hand("ink-red", "red ink", (200, 35, 45)), Hand("ink-другие", "blue pencil"))
"""Others who wrote on the page."""

STEPS = (
    Step("tetradi", "tetradi", "1.0"),
    Step("opencv", "OpenCV", "4.11.0.86", (("deskew", "auto"), ("rule", "a=b"))),
    Step("tesseract", "Tesseract OCR", "5.3.0-46-g1f", (("lang", "rus"), ("psm", "6")), reads=True),
    Step("cursive", "tetradi cursive", "0.1.0", (), reads=True),
)


@st.composite
def pages(draw: st.DrawFn) -> Page:
    name = draw(st.sampled_from(["лист 12 #1 & ?.tif", "a%20b.jpg", "тетрадь/л. 3.png"]))
    source = Source(
        name,
        HASH,
        WIDTH * 2,
        HEIGHT,
        "image/tiff",
        draw(st.integers(1, 3)),
        3,
        draw(st.sampled_from([None, 300.0])),
        damage=draw(st.sampled_from(["", "premature end of data segment"])),
        embedded=draw(st.sampled_from(["", "picture 1 of page 2"])),
    )
    held = tuple(draw(surfaces(WIDTH * i)) for i in range(draw(st.sampled_from([0, 1, 1, 2]))))
    notes = tuple(draw(st.lists(st.just("a note"), max_size=1)))
    return Page("л. 12", source, numbered(held), STEPS, "f" * 64, notes, HANDS)
