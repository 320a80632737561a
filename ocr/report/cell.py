"""Tables of the report: cells with figures that sort, and tables that scroll and can be sorted."""

from collections.abc import Iterable, Sequence

from ocr.evaluate.markup import Content, Markup, tag
from ocr.evaluate.wording import Wording, percent, whole

Cell = Markup | str


def rate(value: float | None, words: Wording, digits: int = 2) -> Markup:
    """A rate in per cent."""
    shown = words.number(percent(value, digits))
    return tag("td", shown, class_="r", data_v="" if value is None else round(value, 6))


def figure(value: float | None, words: Wording, digits: int = 3) -> Markup:
    """A plain figure."""
    shown = "–" if value is None else f"{value:.{digits}f}"
    return tag("td", words.number(shown), class_="r", data_v="" if value is None else round(value, 6))


def count(value: int) -> Markup:
    """A whole number."""
    return tag("td", whole(value), class_="r", data_v=value)


def span(low: float | None, high: float | None, words: Wording) -> Markup:
    """The bounds of an interval; empty when there is none."""
    if low is None or high is None:
        return tag("td")
    return tag("td", bounds(low, high, words), class_="range", data_v=round(high - low, 6))


def bounds(low: float, high: float, words: Wording, *, signed: bool = False) -> Markup:
    """From one rate to another."""
    if signed:
        return words.number(f"{100 * low:+.2f} … {100 * high:+.2f}\u202f%")
    return words.number(f"{100 * low:.2f}–{100 * high:.2f}\u202f%")


def text(told: Content, **attributes: str) -> Markup:
    """Words."""
    return tag("td", told, **attributes)


def name(told: Content) -> Markup:
    """What a row is about."""
    return tag("th", told, scope="row")


def table(
    heads: Sequence[str], rows: Iterable[Sequence[Markup]], words: Wording, *, sortable: bool = False
) -> Markup:
    """A table: keys of its column names (those that end in "#" stand to the right), rows of cells."""
    tops: list[Content] = []
    for head in heads:
        key, right = head.removesuffix("#"), head.endswith("#")
        held = (
            words.element("button", key, type="button")
            if sortable and key
            else words.say(key)
            if key
            else None
        )
        tops.append(tag("th", held, scope="col", class_="r" if right else None))
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
