"""Pages for evaluations without a truth: an estimate of one run, the agreement of two transcribers."""

from collections.abc import Sequence

from ocr.evaluate.agreement import Agreement
from ocr.evaluate.bootstrap import Range
from ocr.evaluate.estimate import Estimate
from ocr.evaluate.wording import whole
from ocr.report import cell
from ocr.report.html import document
from ocr.report.markup import HtmlWording, Markup, joined, letter_mark, tag
from ocr.report.plots import Bar
from ocr.report.sections import MOST_PAGES, head, pages_drawn


def estimate_page(run: Estimate, side: str, settings: Sequence[tuple[str, str]], lang: str) -> str:
    """The report of a run that nobody has transcribed."""
    words = HtmlWording(lang)
    if run.cer is None:
        brief = words.element("p", "estimate.none")
    else:
        basis = words.element("p", "estimate.assumed")
        if run.calibration_pages:
            basis = words.element("p", "estimate.measured", {"n": whole(run.calibration_pages)})
        heads = [_head("estimate.cer", run.cer, words), _head("estimate.wer", run.wer, words)]
        small = words.element("p", "estimate.small")
        brief = joined([tag("div", *heads, class_="heads"), small, basis])
    sections = [("brief", brief)]
    if run.transcribe_next:
        sections.append(("next", _next(run, words)))
    sections += [("pages", _pages(run, words)), ("how", cell.facts(settings))]
    return document("title.estimate", words.say("compared.estimate", found=side), sections, words)


def _head(key: str, rate: Range | None, words: HtmlWording) -> Markup:
    return head(key, rate.rate if rate else None, rate, words)


def _next(run: Estimate, words: HtmlWording) -> Markup:
    rows = [
        [
            cell.name(page.name),
            cell.text(words.say(f"because.{page.because}")),
            cell.count(round(page.errors)),
            cell.count(page.letters),
            cell.rate(page.gain, words, 0),
        ]
        for page in run.transcribe_next
    ]
    heads = ("col.page", "col.because", "col.wronglow#", "col.letters#", "col.doubt#")
    return cell.table(heads, rows, words)


def _pages(run: Estimate, words: HtmlWording) -> Markup:
    order = sorted(run.pages, key=lambda page: -(page.cer.rate if page.cer else -1.0))
    bars = [Bar(page.name, page.cer.rate if page.cer else None, page.cer, page.letters) for page in order]
    drawing = pages_drawn(bars, words, "plot.estimate", run.cer.rate if run.cer else None)
    rows = [
        [
            cell.name(page.name),
            *_rate(page.cer, words),
            cell.count(page.letters),
            *_rate(page.wer, words),
            cell.count(page.words),
        ]
        for page in order[:MOST_PAGES]
    ]
    heads = ("col.page", "col.cer#", "col.interval", "col.letters#", "col.wer#", "col.interval", "col.words#")
    return joined(
        [tag("figure", tag("div", drawing, class_="wide")), cell.table(heads, rows, words, sortable=True)]
    )


def _rate(rate: Range | None, words: HtmlWording) -> list[Markup]:
    return [cell.rate(rate.rate if rate else None, words), cell.span(rate, words)]


def agreement_page(
    agreed: Agreement, sides: tuple[str, str], settings: Sequence[tuple[str, str]], lang: str
) -> str:
    """The report of two transcriptions of the same pages."""
    words = HtmlWording(lang)
    first = next(iter(agreed.profiles.values()))
    heads = [_head("agreement.head", first.letters, words), _head("agreement.words", first.words, words)]
    rows = [
        [cell.name(profile), *_rate(differ.letters, words), *_rate(differ.words, words)]
        for profile, differ in agreed.profiles.items()
    ]
    table = cell.table(("col.profile", "col.cer#", "col.interval", "col.wer#", "col.interval"), rows, words)
    differences = [
        [cell.name(letter_mark(pair.one)), cell.text(letter_mark(pair.other)), cell.count(pair.count)]
        for pair in agreed.differences
    ]
    pages = [
        [
            cell.name(page.name),
            cell.count(page.letters),
            cell.rate(page.letters / page.length if page.length else None, words),
        ]
        for page in sorted(agreed.pages, key=lambda page: -page.letters)[:MOST_PAGES]
    ]
    small = words.element("p", "agreement.small")
    sections = [
        ("brief", joined([tag("div", *heads, class_="heads"), small, table])),
        (
            "differences",
            cell.table(("col.one", "col.other", "col.times#"), differences, words, sortable=True),
        ),
        ("pages", cell.table(("col.page", "col.differ#", "col.share#"), pages, words, sortable=True)),
        ("how", cell.facts(settings)),
    ]
    subtitle = words.say("compared.agreement", truth=sides[0], found=sides[1])
    return document("title.agreement", subtitle, sections, words)
