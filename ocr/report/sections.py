"""The sections of the report that every evaluation has: in brief, where errors come from, letters, pages."""

from collections.abc import Sequence

from ocr.evaluate.bootstrap import Range
from ocr.evaluate.findings import Findings, OldLetter, most_first, normalised
from ocr.evaluate.rates import EditCounts
from ocr.evaluate.scores import Report
from ocr.evaluate.wording import catalogue, percent, whole
from ocr.report import cell
from ocr.report.advice import Sentence, advice
from ocr.report.markup import Content, HtmlWording, Markup, joined, letter_mark, tag
from ocr.report.plots import Bar, by_position, confusion, forest, pages_curve, stages, swatch

_MANY_PAGES = 60
"""More pages are drawn as a curve."""
MOST_PAGES = 500
"""More rows make a table that nobody reads."""
_MOST_CONFUSIONS = 60


def figure(key: str, drawing: Markup, words: HtmlWording) -> Markup:
    """A plot under its name and a sentence on how to read it."""
    caption = tag("figcaption", words.element("b", f"{key}.caption"), words.element("small", f"{key}.small"))
    # a drawing wider than the window scrolls, so it must be reached by keyboard
    return tag("figure", caption, tag("div", drawing, class_="wide"))


def brief(report: Report, findings: Findings, words: HtmlWording) -> Markup:
    """The rates with their intervals, what they say, and the profiles side by side."""
    strict, bounds, lines = report.totals[0].micro, findings.intervals[0], findings.lines_without_error
    letters, spelt = strict.letters, strict.words
    heads = [
        head("head.cer", strict.cer, bounds.cer, words, ("head.letters", letters.errors, letters.truth)),
        head("head.wer", strict.wer, bounds.wer, words, ("head.words", spelt.errors, spelt.truth)),
        head("head.lines", lines.accuracy, None, words, ("head.oflines", lines.right, lines.truth)),
    ]
    return joined(
        [
            tag("div", *heads, class_="heads"),
            words.element("p", "head.strict", class_="quiet meta"),
            _sentences("says.title", advice(report, findings), words),
            _sentences("remarks", report.remark_keys, words),
            words.element("h3", "profiles"),
            words.element("p", "profiles.told", class_="quiet meta"),
            _profiles(report, findings, words),
            words.element("h3", "more"),
            _measures(report, findings, words),
        ]
    )


def _sentences(title: str, sentences: Sequence[Sentence], words: HtmlWording) -> Markup | None:
    if not sentences:
        return None
    items = (words.element("li", key, values) for key, values in sentences)
    return tag("div", words.element("h3", title), tag("ul", *items), class_="next")


def head(
    key: str,
    rate: float | None,
    interval: Range | None,
    words: HtmlWording,
    counts: tuple[str, int, int] | None = None,
) -> Markup:
    """A rate in large figures, with its bounds; `counts`: key of a sentence, the part and the whole."""
    between = below = None
    if interval is not None:
        bounds = {"n1": percent(interval.low), "n2": percent(interval.high)}
        between = words.element("div", "head.range", bounds, class_="range")
    if counts is not None:
        sentence, part, all_ = counts
        below = words.element("div", sentence, {"n": whole(part), "n1": whole(all_)}, class_="quiet meta")
    name, shown = words.element("div", key, class_="ui"), words.number(percent(rate), "b")
    return tag("div", name, shown, between, below, class_="head")


def _profiles(report: Report, findings: Findings, words: HtmlWording) -> Markup:
    """Letters, then words: a row for each profile."""
    tables: list[Content] = []
    for unit, rate in (("letters", "cer"), ("words", "wer")):
        heads = ("col.profile", f"col.{rate}#", "col.interval", "col.errors#", f"col.{unit}#", "col.macro#")
        rows = []
        for total, bounds in zip(report.totals, findings.intervals, strict=True):
            counts: EditCounts = getattr(total.micro, unit)
            rows.append(
                [
                    cell.name(total.micro.profile),
                    cell.rate(counts.rate, words),
                    cell.span(getattr(bounds, rate), words),
                    cell.count(counts.errors),
                    cell.count(counts.truth),
                    cell.rate(getattr(total, f"macro_{rate}"), words),
                    *_kinds(counts),
                ]
            )
        tables.append(cell.table((*heads, *_KINDS), rows, words))
    return joined(tables)


_KINDS = ("col.sub#", "col.del#", "col.ins#")


def _kinds(counts: EditCounts) -> list[Markup]:
    return [cell.count(kind) for kind in (counts.substitutions, counts.deletions, counts.insertions)]


def _measures(report: Report, findings: Findings, words: HtmlWording) -> Markup:
    """What one rate hides, each with its counts."""
    counts = report.totals[0].micro.letters
    capped, bag = normalised(counts), findings.bag_of_words[0]
    rows = [
        ("measure.capped", capped, f"{whole(counts.errors)} / {whole(counts.hits + counts.errors)}"),
        (
            "measure.flex",
            findings.order_free.accuracy,
            f"1 − {whole(findings.order_free.errors)} / {whole(findings.order_free.truth)}",
        ),
        ("measure.bagrecall", bag.recall, f"{whole(bag.shared)} / {whole(bag.truth)}"),
        ("measure.bagprecision", bag.precision, f"{whole(bag.shared)} / {whole(bag.found)}"),
        ("measure.bagf1", bag.f1, f"2 × {whole(bag.shared)} / {whole(bag.truth + bag.found)}"),
    ]
    cells = [
        [cell.name(words.say(key)), cell.rate(value, words), cell.text(counted, class_="r")]
        for key, value, counted in rows
    ]
    return cell.table(("col.measure", "col.value#", "col.counts#"), cells, words)


def origins(findings: Findings, words: HtmlWording) -> Markup:
    """Loss by stage, and errors along the line."""
    total = sum(stage.letters.errors for stage in findings.stages.values())
    parts = [(f"stage.{outcome}", stage.letters.errors) for outcome, stage in findings.stages.items()]
    rows = [
        [
            cell.name(joined([swatch(place), words.say(key)])),
            cell.count(stage.lines),
            cell.count(errors),
            cell.rate(errors / total if total else None, words, 1),
        ]
        for place, (stage, (key, errors)) in enumerate(zip(findings.stages.values(), parts, strict=True))
    ]
    heads = ("col.stage", "col.lines#", "col.errors#", "col.share#")
    position = figure("position", by_position(findings.position, words), words)
    return joined(
        [
            figure("stages", stages(parts, words), words),
            tag("div", cell.table(heads, rows, words), position, class_="two"),
        ]
    )


def letters(findings: Findings, words: HtmlWording) -> Markup:
    """The matrix of confusions, and the commonest of them as a table."""
    commonest = most_first(findings.confusions.pairs)[:_MOST_CONFUSIONS]
    rows = [
        [
            cell.name(letter_mark(truth)),
            cell.text(letter_mark(read)),
            cell.count(count),
            cell.count(findings.confusions.frequency[truth]) if truth else tag("td"),
            cell.rate(findings.confusions.rate(truth, read), words, 1),
        ]
        for (truth, read), count in commonest
    ]
    heads = ("col.truth", "col.found", "col.times#", "col.often#", "col.share#")
    return joined(
        [
            figure(
                "confusion", confusion(findings.confusions.pairs, findings.confusions.frequency, words), words
            ),
            tag(
                "details",
                words.element("summary", "confusion.table"),
                cell.table(heads, rows, words, sortable=True),
            ),
            _old(findings.old_letters, words) if findings.old_letters else None,
        ]
    )


def _old(old_letters: Sequence[OldLetter], words: HtmlWording) -> Markup:
    rows = [
        [
            cell.name(old.letter),
            cell.count(old.kept),
            cell.count(old.lost),
            cell.rate(old.preserved, words, 1),
            cell.count(old.invented),
            cell.text(", ".join(f"{letter_mark(to)} {count}" for to, count in old.became.most_common(6))),
        ]
        for old in old_letters
    ]
    heads = ("col.letter", "col.kept#", "col.lost#", "col.share#", "col.invented#", "col.became")
    return figure("old", cell.table(heads, rows, words), words)


def pages_drawn(bars: Sequence[Bar], words: HtmlWording, name: str, mean: float | None) -> Markup:
    """Pages from the worst: a row for each, or a curve of many; `name`: the key of the drawing's name."""
    if len(bars) > _MANY_PAGES:
        return pages_curve(bars, words)
    return forest(bars, words, name, mean=mean)


def pages(report: Report, findings: Findings, words: HtmlWording) -> Markup:
    """CER by page, drawn and as a table."""
    every = [
        (page.name, page.scores[0], bounds)
        for page, bounds in zip(report.pages, findings.page_intervals, strict=True)
    ]
    every.sort(key=lambda page: -1.0 if page[1].cer is None else page[1].cer, reverse=True)
    bars = [Bar(name, score.cer, bounds, score.letters.truth) for name, score, bounds in every]
    drawing = pages_drawn(bars, words, "plot.bypage", report.totals[0].micro.cer)
    heads = ("col.page", *cell.SCORE_HEADS, *_KINDS)
    rows = [
        [cell.name(name), *cell.score(score, bounds, words), *_kinds(score.letters)]
        for name, score, bounds in every[:MOST_PAGES]
    ]
    few = None
    if len(every) > MOST_PAGES:
        few = words.element("p", "pages.few", {"n": str(MOST_PAGES), "n1": whole(len(every))}, class_="quiet")
    return joined([figure("pages", drawing, words), few, cell.table(heads, rows, words, sortable=True)])


def how(
    report: Report, findings: Findings, words: HtmlWording, settings: Sequence[tuple[str, str]]
) -> Markup:
    """Definitions, rules of the profiles and of TEI, settings by name, versions."""
    keys: list[Sentence] = [
        ("how.cer", {}),
        ("how.wer", {}),
        ("how.micro", {}),
        ("how.interval", {"n": whole(findings.draws), "n1": str(findings.seed)}),
        ("how.empty", {}),
    ]
    profiles = []
    for profile in report.profiles:
        rules = [part for rule in profile.descriptions for part in ("; ", _rule(rule, words))][1:]
        profiles += [tag("dt", profile.name), tag("dd", *rules)]
    return joined(
        [
            tag("ul", *(words.element("li", key, values) for key, values in keys)),
            words.element("h3", "how.profiles"),
            tag("dl", *profiles, class_="facts"),
            words.element("h3", "how.settings"),
            cell.facts(settings),
        ]
    )


def _rule(rule: str, words: HtmlWording) -> Content:
    """A rule of ours in both languages; a user's own as it was told."""
    return words.say(f"rule:{rule}") if f"rule:{rule}" in catalogue() else rule
