"""Pages for evaluations without a truth: an estimate of one run, the agreement of two transcribers."""

from collections.abc import Sequence

from ocr.evaluate.agreement import Agreement
from ocr.evaluate.estimate import Estimate, Range
from ocr.evaluate.markup import Markup, joined, tag
from ocr.evaluate.wording import Wording, percent, whole
from ocr.report import cell
from ocr.report.html import document
from ocr.report.plots import Bar, forest, pages_curve

_MANY_PAGES = 60
_MOST_PAGES = 500


def estimate_page(held: Estimate, side: str, told: Sequence[tuple[str, str]], lang: str) -> str:
    """The report of a run that nobody has transcribed."""
    words = Wording(lang)
    if held.cer is None:
        brief = words.element("p", "estimate.none")
    else:
        basis = words.element("p", "estimate.assumed")
        if held.measured:
            basis = words.element("p", "estimate.measured", {"n": whole(held.measured)})
        heads = [_head("estimate.cer", held.cer, words), _head("estimate.wer", held.wer, words)]
        small = words.element("p", "estimate.small")
        brief = joined([tag("div", *heads, class_="heads"), small, basis])
    sections = [("brief", brief)]
    if held.following:
        sections.append(("next", _following(held, words)))
    sections += [("pages", _pages(held, words)), ("how", _how(told))]
    subtitle = words.say("compared.estimate", found=side)
    return document("title.estimate", subtitle, sections, words)


def _head(key: str, rate: Range | None, words: Wording) -> Markup:
    between = None
    if rate is not None:
        bounds = {"n1": percent(rate.low), "n2": percent(rate.high)}
        between = words.element("div", "head.range", bounds, class_="range")
    shown = words.number(percent(rate.rate if rate else None), "b")
    return tag("div", words.element("div", key, class_="ui"), shown, between, class_="head")


def _following(held: Estimate, words: Wording) -> Markup:
    rows = [
        [
            cell.name(one.name),
            cell.text(words.say(f"because.{one.because}")),
            cell.count(round(one.errors)),
            cell.count(one.letters),
            cell.rate(one.gain, words, 0),
        ]
        for one in held.following
    ]
    heads = ("col.page", "col.because", "col.wronglow#", "col.letters#", "col.doubt#")
    return cell.table(heads, rows, words)


def _pages(held: Estimate, words: Wording) -> Markup:
    order = sorted(held.pages, key=lambda page: -(page.cer.rate if page.cer else -1.0))
    bars = [_bar(page.name, page.cer, page.letters) for page in order]
    drawing = pages_curve(bars, words)
    if len(bars) <= _MANY_PAGES:
        drawing = forest(bars, words, "plot.estimate", mean=held.cer.rate if held.cer else None)
    rows = [
        [
            cell.name(page.name),
            *_rate(page.cer, words),
            cell.count(page.letters),
            *_rate(page.wer, words),
            cell.count(page.words),
        ]
        for page in order[:_MOST_PAGES]
    ]
    heads = ("col.page", "col.cer#", "col.interval", "col.letters#", "col.wer#", "col.interval", "col.words#")
    return joined(
        [tag("figure", tag("div", drawing, class_="wide")), cell.table(heads, rows, words, sortable=True)]
    )


def _rate(rate: Range | None, words: Wording) -> list[Markup]:
    if rate is None:
        return [cell.rate(None, words), tag("td")]
    return [cell.rate(rate.rate, words), cell.span(rate.low, rate.high, words)]


def _bar(name: str, rate: Range | None, units: int) -> Bar:
    if rate is None:
        return Bar(name, None, None, None, units)
    return Bar(name, rate.rate, rate.low, rate.high, units)


def agreement_page(
    held: Agreement, sides: tuple[str, str], told: Sequence[tuple[str, str]], lang: str
) -> str:
    """The report of two transcriptions of the same pages."""
    words = Wording(lang)
    first = held.profiles[0]
    heads = []
    for key, sure in (("agreement.head", first.letters), ("agreement.words", first.words)):
        rate = Range(sure.rate, sure.low, sure.high) if sure else None
        heads.append(_head(key, rate, words))
    rows = [
        [
            cell.name(one.profile),
            *_rate(
                Range(one.letters.rate, one.letters.low, one.letters.high) if one.letters else None, words
            ),
            *_rate(Range(one.words.rate, one.words.low, one.words.high) if one.words else None, words),
        ]
        for one in held.profiles
    ]
    table = cell.table(("col.profile", "col.cer#", "col.interval", "col.wer#", "col.interval"), rows, words)
    differences = [
        [cell.name(_letter(one.one)), cell.text(_letter(one.other)), cell.count(one.count)]
        for one in held.differences
    ]
    pages = [
        [
            cell.name(page.name),
            cell.count(page.letters),
            cell.rate(page.letters / page.length if page.length else None, words),
        ]
        for page in sorted(held.pages, key=lambda page: -page.letters)[:_MOST_PAGES]
    ]
    sections = [
        ("brief", joined([tag("div", *heads, class_="heads"), words.element("p", "agreement.small"), table])),
        (
            "differences",
            cell.table(("col.one", "col.other", "col.times#"), differences, words, sortable=True),
        ),
        ("pages", cell.table(("col.page", "col.differ#", "col.share#"), pages, words, sortable=True)),
        ("how", _how(told)),
    ]
    subtitle = words.say("compared.agreement", truth=sides[0], found=sides[1])
    return document("title.agreement", subtitle, sections, words)


def _letter(letter: str) -> str:
    return {"": "∅", " ": "␣"}.get(letter, letter)


def _how(told: Sequence[tuple[str, str]]) -> Markup:
    return tag(
        "dl", *(part for key, value in told for part in (tag("dt", key), tag("dd", value))), class_="facts"
    )
