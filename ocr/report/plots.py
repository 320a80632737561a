"""The plots of the report, drawn as SVG by hand: no library, no script, both themes by the style sheet.

Lengths are in units of the drawing's own frame (`viewBox`); every mark has its figures as a tooltip.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ocr.evaluate.bootstrap import Range
from ocr.evaluate.findings import most_first
from ocr.evaluate.wording import percent, whole
from ocr.report.markup import Content, HtmlWording, Markup, letter_mark, tag

_WIDE, _TALL = 460, 300
_LEFT, _RIGHT, _TOP, _LOW = 56, 26, 12, 44
_LEAST = 0.05
"""No axis ends below this."""
_MOST_CONFUSED = 20


class Bar(NamedTuple):
    """A named rate with its interval."""

    name: str
    rate: float | None
    interval: Range | None
    units: int


class Dot(NamedTuple):
    """The mean confidence of a group of readings, the share of them that is right, how many they are."""

    confidence: float
    right: float
    size: int


class _Frame:
    """The axes of a plot; x and y from 0 up to a limit."""

    def __init__(
        self, words: HtmlWording, x_high: float, y_high: float, *, wide: int = _WIDE, tall: int = _TALL
    ):
        self.words, self.wide, self.tall = words, wide, tall
        self.x_high, self.y_high = x_high, y_high

    def x(self, value: float) -> float:
        return _LEFT + (self.wide - _LEFT - _RIGHT) * value / self.x_high

    def y(self, value: float) -> float:
        return self.tall - _LOW - (self.tall - _LOW - _TOP) * value / self.y_high

    def path(self, points: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in points)

    def axes(self, x_name: str, y_name: str, *, x_ticks: bool = True) -> list[Content]:
        """Grid, figures and names."""
        marks: list[Content] = []
        left, right, floor = _LEFT, self.wide - _RIGHT, self.tall - _LOW
        for value in ticks(self.y_high):
            y = self.y(value)
            marks.append(tag("path", d=f"M{left} {y:.1f}H{right}", class_="grid"))
            marks.append(self.words.number(tick(value), "text", class_="q e", x=left - 6, y=round(y + 4, 1)))
        marks.extend(
            self.words.number(tick(value), "text", class_="q m", x=round(self.x(value), 1), y=floor + 16)
            for value in (ticks(self.x_high) if x_ticks else ())
        )
        marks.append(tag("path", d=f"M{left} {floor}H{right}", class_="axis"))
        middle = (_TOP + floor) / 2
        turned = f"rotate(-90 14 {middle:.0f})"
        marks.append(self.words.element("text", x_name, class_="m", x=(left + right) // 2, y=self.tall - 8))
        marks.append(self.words.element("text", y_name, class_="m", x=14, y=round(middle), transform=turned))
        return marks


def ticks(high: float) -> list[float]:
    """Four to six round values from 0 to `high`."""
    rough = high / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * k for k in (1, 2, 2.5, 5, 10) if power * k >= rough * 0.999)
    return [step * k for k in range(int(high / step + 1e-9) + 1)]


def tick(value: float) -> str:
    """A share of one in per cent, as short as it can be."""
    return f"{100 * value:.3g}\u202f%"


def _drawing(words: HtmlWording, name: str, wide: float, tall: float, *marks: Content) -> Markup:
    frame = f"0 0 {wide:.0f} {tall:.0f}"
    # width as an attribute: small drawings are not blown up
    return tag("svg", *marks, viewBox=frame, width=round(wide), role="img", **words.label(name))


def _tip(text: str) -> Markup:
    return tag("title", text)


def _roof(values: Sequence[float]) -> float:
    """A limit for an axis, somewhat above the highest value."""
    high = max([*values, _LEAST])
    step = 10.0 ** math.floor(math.log10(high)) / 2
    return math.ceil(high / step - 1e-9) * step


def reliability(dots: Sequence[Dot], words: HtmlWording) -> Markup:
    """Confidence against right: dots as large as their share; on the broken line confidence is true."""
    frame = _Frame(words, 1.0, 1.0, wide=380, tall=360)
    marks = frame.axes("plot.believed", "plot.right")
    marks.append(tag("path", d=frame.path([(0, 0), (1, 1)]), class_="ideal"))
    total = sum(dot.size for dot in dots)
    if len(dots) > 1:
        marks.append(tag("path", d=frame.path([(dot.confidence, dot.right) for dot in dots]), class_="curve"))
    for dot in dots:
        tip = f"{percent(dot.confidence, 1)} → {percent(dot.right, 1)}, n = {whole(dot.size)}"
        size = round(3 + 11 * math.sqrt(dot.size / total), 1)
        x, y = round(frame.x(dot.confidence), 1), round(frame.y(dot.right), 1)
        marks.append(tag("circle", _tip(tip), cx=x, cy=y, r=size, class_="dot"))
    return _drawing(words, "plot.reliability", frame.wide, frame.tall, *marks)


def risk_coverage(points: Sequence[tuple[float, float]], words: HtmlWording) -> Markup:
    """The share of wrong ones among the surest, as more and more are taken: (coverage, risk)."""
    frame = _Frame(words, 1.0, _roof([risk for _, risk in points]), wide=420, tall=360)
    marks = frame.axes("plot.coverage", "plot.risk")
    if points:
        ground = [*points, (points[-1][0], 0.0), (points[0][0], 0.0)]
        marks.append(tag("path", d=frame.path(ground) + "Z", class_="area"))
        marks.append(tag("path", d=frame.path(points), class_="curve"))
        overall = points[-1][1]
        marks.append(tag("path", d=frame.path([(0, overall), (1, overall)]), class_="ideal"))
    return _drawing(words, "plot.riskcoverage", frame.wide, frame.tall, *marks)


def by_position(shares: Sequence[tuple[int, int]], words: HtmlWording) -> Markup:
    """(errors, letters) of equal parts of the lines, from first to last letter; the mean as a broken line."""
    rates = [errors / letters if letters else 0.0 for errors, letters in shares]
    frame = _Frame(words, len(shares), _roof(rates), tall=270)
    marks = frame.axes("plot.position", "plot.cer", x_ticks=False)
    wide = frame.x(1) - frame.x(0)
    for place, (rate, (errors, letters)) in enumerate(zip(rates, shares, strict=True)):
        top = frame.y(rate)
        tip = f"{percent(rate)} = {whole(errors)} / {whole(letters)}"
        corner = {"x": round(frame.x(place) + wide * 0.08, 1), "y": round(top, 1)}
        size = {"width": round(wide * 0.84, 1), "height": round(frame.y(0) - top, 1)}
        marks.append(tag("rect", _tip(tip), **corner, **size, class_="fill"))
        middle = round(frame.x(place + 0.5), 1)
        marks.append(tag("text", str(place + 1), class_="q m", x=middle, y=frame.tall - _LOW + 16))
    letters = sum(count for _, count in shares)
    if letters:
        mean = sum(errors for errors, _ in shares) / letters
        marks.append(tag("path", d=frame.path([(0, mean), (len(shares), mean)]), class_="mean"))
    return _drawing(words, "plot.byposition", frame.wide, frame.tall, *marks)


def forest(bars: Sequence[Bar], words: HtmlWording, name: str, *, mean: float | None = None) -> Markup:
    """A row for each name: its rate as a dot, its interval as a band; a broken line for the mean."""
    row, left, wide = 22, 210, 760
    values = [bar.rate for bar in bars if bar.rate is not None]
    values += [bound for bar in bars if bar.interval for bound in (bar.interval.low, bar.interval.high)]
    high = max([*values, mean or 0.0, 0.01])
    low = min([*values, 0.0])
    room = wide - left - 96
    tall = row * len(bars) + 40

    def x(value: float) -> float:
        return round(left + room * (value - low) / (high - low), 1)

    marks: list[Content] = []
    for value in _ticks_between(low, high):
        marks.append(tag("path", d=f"M{x(value)} 4V{tall - 30}", class_="axis" if value == 0 else "grid"))
        marks.append(words.number(tick(value), "text", class_="q m", x=x(value), y=tall - 12))
    if mean is not None:
        marks.append(tag("path", d=f"M{x(mean)} 4V{tall - 30}", class_="mean"))
    for place, bar in enumerate(bars):
        y = 4 + row * place + row // 2
        bounds = ""
        marks.append(tag("text", _tip(bar.name), _cut(bar.name, 30), class_="e", x=left - 12, y=y + 4))
        if bar.interval is not None:
            low_x, high_x = x(bar.interval.low), x(bar.interval.high)
            bounds = f" [{percent(bar.interval.low)} – {percent(bar.interval.high)}]"
            marks.append(tag("path", d=f"M{low_x} {y}H{high_x}", class_="band"))
        if bar.rate is not None:
            tip = f"{bar.name}: {percent(bar.rate)}{bounds}, n = {whole(bar.units)}"
            marks.append(tag("circle", _tip(tip), cx=x(bar.rate), cy=y, r=5, class_="dot"))
        shown = percent(bar.rate)
        marks.append(words.number(shown, "text", class_="e", x=wide - 8, y=y + 4))
    return _drawing(words, name, wide, tall, *marks)


def _ticks_between(low: float, high: float) -> list[float]:
    step = ticks(high - low)[1]
    return [step * k for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def pages_curve(bars: Sequence[Bar], words: HtmlWording) -> Markup:
    """Many pages, sorted from the worst: rates as a line, intervals as a band around it."""
    lower, middle, upper = list[float](), list[float](), list[float]()
    for bar in bars:
        if bar.rate is not None:
            middle.append(bar.rate)
            lower.append(bar.interval.low if bar.interval else bar.rate)
            upper.append(bar.interval.high if bar.interval else bar.rate)
    frame = _Frame(words, max(len(middle) - 1, 1), _roof(middle + upper), wide=760, tall=300)
    marks = frame.axes("plot.pages", "plot.cer", x_ticks=False)
    if middle:
        band = [*enumerate(upper), *reversed(list(enumerate(lower)))]
        marks.append(tag("path", d=frame.path(band) + "Z", class_="area"))
        marks.append(tag("path", d=frame.path(list(enumerate(middle))), class_="curve"))
    return _drawing(words, "plot.bypage", frame.wide, frame.tall, *marks)


def stages(parts: Sequence[tuple[str, int]], words: HtmlWording) -> Markup:
    """One bar, parted by where errors come from: (key of its name, errors)."""
    total = sum(count for _, count in parts)
    wide, x = 760.0, 0.0
    marks: list[Content] = []
    for place, (_, count) in enumerate(parts):
        share = wide * count / total if total else 0.0
        if not count:
            continue
        tip = f"{whole(count)} / {whole(total)} = {percent(count / total, 1)}"
        marks.append(tag("rect", _tip(tip), x=x, y=0, width=share, height=38, class_=f"s{place}"))
        if share > 54:
            shown = percent(count / total, 0)
            middle = round(x + share / 2, 1)
            marks.append(words.number(shown, "text", class_=f"m s{place}t", x=middle, y=24))
        x += share
    return _drawing(words, "plot.stages", wide, 38, *marks)


def swatch(place: int) -> Markup:
    """The colour of a part of `stages`, for its legend."""
    colour = tag("rect", width=14, height=14, class_=f"s{place}")
    return tag("svg", colour, viewBox="0 0 14 14", width=14, height=14, aria_hidden="true")


def confusion(
    cells: Mapping[tuple[str, str], int], frequency: Mapping[str, int], words: HtmlWording
) -> Markup:
    """Letters of the truth (rows) against what was found (columns), the most confused ones.

    `cells`: counts of (truth, found), unlike ones; "" on the right is left out. A cell's colour is its share
    of the letter's frequency, which stands with its error rate at the right end of the row.
    """
    wrong, taken = Counter[str](), Counter[str]()
    for (truth, _), count in cells.items():
        wrong.update({truth: count} if truth else {})
    rows = sorted(letter for letter, _ in most_first(wrong)[:_MOST_CONFUSED])
    for (truth, found), count in cells.items():
        taken.update({found: count} if truth in rows and found else {})
    columns = [*sorted(letter for letter, _ in most_first(taken)[:_MOST_CONFUSED]), ""]
    side, left, top = 26, 40, 34
    right = left + side * len(columns)
    marks: list[Content] = [words.element("text", "plot.often", class_="q e", x=right + 62, y=22)]
    marks.append(words.element("text", "plot.of", class_="q e", x=right + 128, y=22))
    for place, found in enumerate(columns):
        x = left + side * place + side // 2
        marks.append(tag("text", letter_mark(found), class_="m l", x=x, y=22))
    for down, truth in enumerate(rows):
        y = top + side * down
        often = frequency.get(truth, wrong[truth])
        marks.append(tag("text", letter_mark(truth), class_="m l", x=20, y=y + 18))
        for place, found in enumerate(columns):
            x = left + side * place
            count = cells.get((truth, found), 0)
            same = truth == found
            marks.append(tag("rect", x=x, y=y, width=side, height=side, class_="right" if same else "frame"))
            if count and not same:
                share = count / max(often, 1)
                tip = f"{letter_mark(truth)} → {letter_mark(found)}: {whole(count)} / {whole(often)}"
                strength = round(0.14 + 0.42 * math.sqrt(min(share, 1.0)), 3)
                inner = {"x": x + 1, "y": y + 1, "width": side - 2, "height": side - 2}
                marks.append(tag("rect", _tip(tip), class_="heat", fill_opacity=strength, **inner))
                marks.append(tag("text", _short(count), _tip(tip), class_="m", x=x + side // 2, y=y + 17))
        marks.append(words.number(whole(often), "text", class_="q e", x=right + 62, y=y + 17))
        rate = percent(wrong[truth] / max(often, 1), 0)
        marks.append(words.number(rate, "text", class_="e", x=right + 128, y=y + 17))
    return _drawing(words, "plot.confusion", right + 134, top + side * len(rows) + 4, *marks)


def _short(count: int) -> str:
    return str(count) if count < 1000 else f"{count / 1000:.0f}k"


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[:8]}…{name[-(most - 9) :]}"
