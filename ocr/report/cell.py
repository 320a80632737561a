"""Tables of the report: cells with figures that sort, and tables that scroll and can be sorted."""

from collections.abc import Iterable, Sequence

from ocr.evaluate.bootstrap import Range
from ocr.evaluate.rates import Score
from ocr.evaluate.wording import percent, whole
from ocr.report.markup import Content, HtmlWording, Markup, tag


def rate(value: float | None, words: HtmlWording, digits: int = 2) -> Markup:
    """A rate in per cent."""
    shown = words.number(percent(value, digits))
    return tag("td", shown, class_="r", data_v="" if value is None else round(value, 6))


def figure(value: float | None, words: HtmlWording, digits: int = 3) -> Markup:
    """A plain figure."""
    shown = "–" if value is None else f"{value:.{digits}f}"
    return tag("td", words.number(shown), class_="r", data_v="" if value is None else round(value, 6))


def count(value: int) -> Markup:
    """A whole number."""
    return tag("td", whole(value), class_="r", data_v=value)


def span(interval: Range | None, words: HtmlWording) -> Markup:
    """The bounds of an interval; empty when there is none."""
    if interval is None:
        return tag("td")
    low, high = interval.low, interval.high
    return tag("td", bounds(low, high, words), class_="range", data_v=round(high - low, 6))


def bounds(low: float, high: float, words: HtmlWording, *, signed: bool = False) -> Markup:
    """From one rate to another."""
    if signed:
        return words.number(f"{100 * low:+.2f} … {100 * high:+.2f}\u202f%")
    return words.number(f"{100 * low:.2f}–{100 * high:.2f}\u202f%")


SCORE_HEADS = (
    "col.cer#", "col.interval", "col.errors#", "col.letters#", "col.wer#", "col.errors#", "col.words#",
)  # fmt: skip
"""What stands above the cells of `score`."""


def score(of: Score, cer: Range | None, words: HtmlWording) -> list[Markup]:
    """Rates of letters and words with what they are made of; `cer`: the bounds of the first."""
    letters, spelt = of.letters, of.words
    return [
        rate(of.cer, words), span(cer, words), count(letters.errors), count(letters.truth),
        rate(of.wer, words), count(spelt.errors), count(spelt.truth),
    ]  # fmt: skip


def text(content: Content, **attributes: str) -> Markup:
    """Words."""
    return tag("td", content, **attributes)


def name(content: Content) -> Markup:
    """What a row is about."""
    return tag("th", content, scope="row")


def facts(pairs: Iterable[tuple[str, str]]) -> Markup:
    """Names and what they are, one below the other."""
    return tag(
        "dl", *(part for key, value in pairs for part in (tag("dt", key), tag("dd", value))), class_="facts"
    )


def table(
    heads: Sequence[str], rows: Iterable[Sequence[Markup]], words: HtmlWording, *, sortable: bool = False
) -> Markup:
    """A table: keys of its column names (those that end in "#" stand to the right), rows of cells."""
    tops: list[Content] = []
    for head in heads:
        key, right = head.removesuffix("#"), head.endswith("#")
        title = words.element("button", key, type="button") if sortable else words.say(key)
        tops.append(tag("th", title, scope="col", class_="r" if right else None))
    body = tag("tbody", *(tag("tr", *row) for row in rows))
    # a region that scrolls must be reached by keyboard
    return tag(
        "div",
        tag("table", tag("thead", tag("tr", *tops)), body),
        class_="wide",
        tabindex=0,
        role="region",
        **words.label("table"),
    )
